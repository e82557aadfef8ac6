"""`kunshan-gis access`: every method from the command line, in both languages."""

from __future__ import annotations

import csv
import io
import json

import pytest

from kunshan_gis import toy


@pytest.fixture
def folder(write_toy):
    return write_toy(toy.serviced_city())


def test_only_json_is_printed_and_it_holds_full_figures(cli, folder) -> None:
    ran = cli("access", "小学", "--method", "2sfca", "--layers", folder, "--by", "town", "--format", "json")
    assert ran.code == 0
    west, east = json.loads(ran.out)
    assert (west["unit_id"], west["population"], west["none"], west["mean"]) == ("west", 303, 0, 100 / 640)
    assert east["none"] + east["reached"] + east["not_measurable"] == 397
    assert west["value_unit"] == "capacity_per_person"


def test_other_tables_are_asked_for_by_name(cli, folder) -> None:
    asked = ("access", "parks", "--layers", folder, "--format", "csv", "--table")
    rows = list(csv.DictReader(io.StringIO(cli(*asked, "supply").out)))
    assert [(row["id"], row["people"]) for row in rows] == [("C", "300"), ("P", "390")]
    assert len(cli(*asked, "lorenz").out.splitlines()) == 102
    ran = cli(*asked, "categories")
    assert ran.code == 2
    assert "there is no table categories; there are: homes, supply" in ran.err


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["公园", "到最近处的步行时间", "基尼系数", "中位数", "西镇"]),
        ("en", ["Parks", "walk to the nearest", "Gini", "Median", "West", "in minutes"]),
    ],
)
def test_the_table_speaks_the_language_asked_for(cli, folder, lang, words) -> None:
    ran = cli("access", "parks", "--layers", folder, "--by", "town", "--lang", lang)
    assert ran.code == 0
    assert all(word in ran.out for word in words)


@pytest.mark.parametrize("method", ["cumulative", "gravity", "e2sfca", "gaussian", "m2sfca", "bfca", "proximity"])
def test_every_method_has_a_table(cli, folder, method) -> None:
    ran = cli("access", "parks", "--method", method, "--layers", folder)
    assert ran.code == 0
    assert "玩具城" in ran.out


def test_everything_at_once_is_proximity_time(cli, folder) -> None:
    ran = cli("access", "all", "--method", "proximity", "--layers", folder, "--table", "categories", "--format", "json")
    assert json.loads(ran.out)[0]["category"] == "health_station"
    assert cli("access", "all", "--layers", folder).code == 2


def test_capacity_that_is_not_there_is_refused_in_both_languages(cli, folder) -> None:
    ran = cli("access", "food_market", "--method", "2sfca", "--layers", folder)
    assert ran.code == 2
    assert ran.out == ""
    assert "没有容量" in ran.err
    assert "state no capacity: M" in ran.err


def test_groups_that_are_not_there_are_named(cli, folder) -> None:
    ran = cli("access", "parks", "--groups", "renters,migrants", "--layers", folder)
    assert ran.code == 2
    assert "renters, migrants" in ran.err


@pytest.mark.parametrize("method", ["cumulative", "2sfca", "e2sfca", "gaussian", "m2sfca", "bfca", "gravity"])
def test_the_weights_are_said_in_words(cli, folder, method: str) -> None:
    said = cli("access", "小学", "--method", method, "--layers", folder).out
    assert "(cutoff_min" not in said
    assert "decay_" not in said
    if method == "gravity":
        assert "权重：每 5 分钟减半，15 分钟以外不计" in said
