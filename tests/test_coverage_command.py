"""`kunshan-gis coverage to`: what is asked, what is printed, and what is refused."""

from __future__ import annotations

import csv
import io
import json

import geopandas as gpd
import pytest
from shapely import box

from kunshan_gis import toy


@pytest.fixture
def folder(write_toy):
    return write_toy(toy.serviced_city())


def test_only_json_is_printed_and_it_holds_full_figures(cli, folder) -> None:
    ran = cli("coverage", "to", "公园", "--layers", folder, "--minutes", 5, "--minutes", 15, "--tier", "社区公园",
              "--by", "town", "--format", "json")  # fmt: skip
    assert ran.code == 0
    rows = json.loads(ran.out)
    assert [(row["unit_id"], row["minutes"], row["covered"], row["not_measurable"]) for row in rows] == [
        ("west", 5, 100, 3), ("east", 5, 0, 7), ("west", 15, 300, 3), ("east", 15, 300, 7),
    ]  # fmt: skip
    assert {row["tier"] for row in rows} == {"community"}
    assert all(row["covered"] + row["not_covered"] + row["not_measurable"] == row["total"] for row in rows)


def test_csv_and_json_say_the_same(cli, folder) -> None:
    asked = ("coverage", "to", "food_market", "stations", "--layers", folder, "--metres", 300, "--of", "street")
    rows = list(csv.DictReader(io.StringIO(cli(*asked, "--format", "csv").out)))
    (row,) = json.loads(cli(*asked, "--format", "json").out)
    assert {key: str(row[key]).lower() for key in ("covered", "total", "reportable")} == {
        key: rows[0][key] for key in ("covered", "total", "reportable")
    }
    assert row["minutes"] is None
    assert row["amount_unit"] == "m"


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ["公园", "覆盖率", "口袋公园", "640"]), ("en", ["Parks", "Share covered", "640"])]
)
def test_the_table_speaks_the_language_asked_for(cli, folder, lang, words) -> None:
    ran = cli("coverage", "to", "parks", "--layers", folder, "--lang", lang)
    assert ran.code == 0
    assert all(word in ran.out for word in words)


def test_polygons_and_hexagons_are_units_too(cli, folder, tmp_path) -> None:
    x, y = toy.ORIGIN
    half = gpd.GeoDataFrame(
        {"id": ["w"], "name": ["西半"]}, geometry=[box(x - 300, y - 300, x + 1000, y + 1000)], crs=toy.CRS
    )
    half.to_file(tmp_path / "mine.gpkg")
    asked = ("coverage", "to", "parks", "--layers", folder, "--tier", "pocket", "--format", "json")
    rows = json.loads(cli(*asked, "--units", tmp_path / "mine.gpkg").out)
    assert [(row["unit_id"], row["total"], row["covered"]) for row in rows] == [("w", 303, 0), ("unassigned", 397, 340)]
    cells = json.loads(cli(*asked, "--by", "hex", "--hex-m", 800).out)
    assert sum(row["total"] for row in cells) == 700


def test_an_unknown_place_is_answered_with_what_there_is(cli, folder) -> None:
    ran = cli("coverage", "to", "zoo", "--layers", folder)
    assert ran.code == 2
    assert ran.out == ""
    assert "没有`zoo`；可选：parks（公园）" in ran.err
    assert "food_market (Food markets)" in ran.err
