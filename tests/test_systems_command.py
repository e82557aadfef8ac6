"""`kunshan-gis parks` and its like: tables on the terminal, JSON and CSV alone on stdout, files, refusals."""

from __future__ import annotations

import csv
import io
import json

import pytest
from paper import layer

from kunshan_gis import toy
from kunshan_gis.model import StudyArea


@pytest.fixture
def folder(write_toy):
    return write_toy(toy.serviced_city())


@pytest.fixture
def demo_folder(write_toy):
    plain = toy.serviced_city()
    parks = layer("parks", plain.table("parks"), basis="synthetic")
    return write_toy(StudyArea(plain.info, {**plain.layers, "parks": parks}), name="demo")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["公园分级", "社区公园", "其他表：parks_served"]),
        ("en", ["Park tiers", "Community", "other tables: parks_served"]),
    ],
)
def test_the_tables_and_findings_speak_the_language_asked_for(cli, folder, lang, words) -> None:
    ran = cli("parks", "--layers", folder, "--lang", lang)
    assert ran.code == 0
    assert all(word in ran.out for word in words)
    assert "演示" not in ran.out
    assert "没有绿地图层" in ran.out if lang == "zh" else "there is no layer of green" in ran.out


def test_a_demonstration_says_so_first(cli, demo_folder) -> None:
    ran = cli("parks", "--layers", demo_folder, "--table", "tiers")
    assert ran.out.splitlines()[0].startswith("演示数据·不得上报")
    assert "0.07" in cli("parks", "--layers", demo_folder, "--table", "served").out  # 700 residents in 万人


def test_only_json_is_printed_and_it_holds_every_table_in_full(cli, demo_folder) -> None:
    ran = cli("parks", "--layers", demo_folder, "--by", "town", "--format", "json")
    assert ran.code == 0
    tables = json.loads(ran.out)
    assert next(iter(tables)) == "parks_tiers"
    assert [row["parks"] for row in tables["parks_tiers"]] == [0, 1, 1, 2]
    assert {row["population"] for row in tables["parks_served"]} == {700}
    assert tables["parks_tiers"][0]["park_plan"] is None
    assert [row["unit_id"] for row in tables["parks_towns"]] == ["west", "east"]


@pytest.mark.parametrize("name", ["parks_served", "served"])
def test_one_table_by_its_name_with_or_without_the_system(cli, folder, name) -> None:
    ran = cli("parks", "--layers", folder, "--table", name, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [(row["tier"], row["covered"]) for row in rows] == [
        ("comprehensive", "0"), ("community", "100"), ("pocket", "0"), ("all", "100"),
    ]  # fmt: skip


def test_csv_without_a_name_is_the_leading_table(cli, folder) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("parks", "--layers", folder, "--format", "csv").out)))
    assert [row["tier"] for row in rows] == ["comprehensive", "community", "pocket", "all"]


def test_an_unknown_table_is_answered_with_those_there_are(cli, folder) -> None:
    ran = cli("parks", "--layers", folder, "--table", "trams")
    assert ran.code == 2
    assert ran.out == ""
    assert "没有表 `trams`；可选：parks_tiers" in ran.err
    assert "there is no table `trams`" in ran.err


def test_a_systems_own_options_reach_it_and_are_refused_by_name(cli, folder) -> None:
    asked = ("parks", "--layers", folder, "--format", "json", "--table", "ways")
    (near, *_) = json.loads(cli(*asked, "--sight-m", 40).out)["parks_ways"]
    (far, *_) = json.loads(cli(*asked, "--sight-m", 600).out)["parks_ways"]
    assert (near["covered"], far["covered"]) == (0, 690)  # all but the 7 at 666 m and the 3 at 838 m
    ran = cli(*asked, "--sight-m", -1)
    assert ran.code == 2
    assert "sight_m" in ran.err
    ran = cli(*asked, "--served-by", "gb50180-2018")
    assert ran.code == 2
    assert "gbt51346-2019" in ran.err
    assert cli(*asked, "--colour", "red").code == 2


def test_scenario_border_and_walk_are_those_asked_for(cli, folder, tmp_path) -> None:
    out = tmp_path / "out"
    ran = cli("parks", "--layers", folder, "--scenario", "planned", "--within-border", "--minutes", 10, "--by", "area",
              "--table", "area", "--out", out)  # fmt: skip
    assert ran.code == 0
    stated = json.loads((out / "result.json").read_text(encoding="utf-8"))["parameters"]
    assert (stated["scenario"], stated["beyond"], stated["minutes"], stated["by"]) == ("planned", False, 10.0, "area")


def test_the_files_are_named_and_say_demo(cli, folder, demo_folder, tmp_path) -> None:
    for where, mark in ((folder, ""), (demo_folder, "-DEMO")):
        out = tmp_path / f"out{mark}"
        ran = cli("parks", "--layers", where, "--out", out, "--table", "tiers")
        assert ran.code == 0
        assert {path.name for path in out.iterdir()} == {f"parks{mark}.html", f"parks{mark}.xlsx", "result.json"}
        assert all(name in ran.out + ran.err for name in (f"parks{mark}.html", "result.json"))


def test_a_missing_layer_is_named_with_the_remedy(cli, folder) -> None:
    ran = cli("corridors", "--layers", folder)
    assert ran.code == 2
    assert "corridors" in ran.err
    assert "[[layer]]" in ran.err


@pytest.mark.parametrize("key", ["zones", "tod", "roads", "corridors", "parks"])
def test_every_system_says_what_it_takes(cli, key) -> None:
    ran = cli(key, "--help")
    assert ran.code == 0
    assert "--within-border" in ran.out
    assert "--table" in ran.out
