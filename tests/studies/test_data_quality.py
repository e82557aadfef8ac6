"""The data-quality report: values by hand on the toy city, defects planted one by one, real cities, the command."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from paper import CRS, X0, Y0, frame, gates, homes, layer, parks, streets
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import translate

from kunshan_gis import toy
from kunshan_gis.contracts import check
from kunshan_gis.export import table_bytes, write_area
from kunshan_gis.layers import embedded_folder
from kunshan_gis.messages import Text
from kunshan_gis.model import AreaInfo, StudyArea
from kunshan_gis.studies.data_quality import DataQuality, data_quality
from kunshan_gis.studies.osm_import import import_osm
from kunshan_gis.studies.quality_checks import SEVERITIES, Check

Found = dict[tuple[str, str], tuple[Any, ...]]


def numbers(report: DataQuality) -> Found:
    """What is found, by key and layer: severity, count, people, km."""
    rows = [check for check in report.checks if check.state == "found"]
    told = {(row.key, row.layer): (row.severity, row.count, row.people, row.km and round(row.km, 3)) for row in rows}
    assert len(told) == len([row for row in rows if row.key not in REPEATED]) + len(
        {(row.key, row.layer) for row in rows if row.key in REPEATED}
    )
    return told


REPEATED = ("layer_problem", "optional_missing", "required_missing")


def one(report: DataQuality, key: str) -> Check:
    (check,) = [check for check in report.checks if check.key == key]
    return check


@pytest.fixture
def toy_report(write_toy) -> DataQuality:
    return data_quality(write_toy())


def test_the_toy_city_says_what_is_known_of_it(toy_report: DataQuality) -> None:
    assert numbers(toy_report) == {
        ("network_edge", "streets"): ("distorts", None, 700, None),
        ("homes_isolated", ""): ("distorts", 1, 7, None),  # h6, on the 80 m path
        ("cells_without_street", ""): ("distorts", 1, 3, None),  # h7's cell of 500 m
        ("homes_too_far", ""): ("distorts", 1, 3, None),  # h7, 600 m from any street
        ("accuracy_unknown", "homes"): ("information", 7, 700, None),
        ("towns_without_zone", ""): ("information", 1, 397, None),  # east, on purpose
        ("accuracy_unknown", "parks"): ("information", 2, None, None),
        ("accuracy_unknown", "park_gates"): ("information", 2, None, None),
        ("network_pieces", "streets"): ("information", 1, None, 0.08),
        ("optional_missing", ""): ("information", None, None, None),
    }
    assert toy_report.summary() == {"stops": 0, "distorts": 4, "information": 8, "not_measurable": 3, "fine": 17}
    assert toy_report.reportable
    assert not toy_report.stops


def test_findings_come_severest_first_then_by_the_people_concerned(toy_report: DataQuality) -> None:
    rows = toy_report.of_state("found")
    order = [(SEVERITIES.index(row.severity), -(row.people or 0)) for row in rows]  # type: ignore[arg-type]
    assert order == sorted(order)
    states = [row.state for row in toy_report.checks]
    assert states == sorted(states, key=("found", "not_measurable", "fine").index)


def test_what_cannot_be_measured_is_a_row_that_says_why(toy_report: DataQuality) -> None:
    rows = {row.key: row.what for row in toy_report.of_state("not_measurable")}
    assert set(rows) == {"estates_without_gate", "stations_without_entrance", "facilities_without_category"}
    assert rows["estates_without_gate"] == Text(
        "没有可用的图层：小区（estates）、小区出入口（estate_gates）",
        "no usable layer: Estates (estates), Estate gates (estate_gates)",
    )


def test_every_finding_has_words_in_both_languages_and_a_remedy(toy_report: DataQuality) -> None:
    for row in toy_report.of_state("found"):
        assert all(part.zh and part.en and "{" not in part.zh + part.en for part in (row.title, row.what, row.remedy))
    assert one(toy_report, "homes_isolated").what.en.startswith("1 homes with 7 residents have only isolated bits")


def test_shares_by_basis_add_up_and_a_row_can_rest_on_something_else(write_toy) -> None:
    city = toy.city()
    table = city.table("homes").assign(basis=[None, "synthetic", *[None] * 5])  # h2, 200 of 700 people
    report = data_quality(write_toy(StudyArea(city.info, {**city.layers, "homes": layer("homes", table)})))
    rows = report.basis.set_index("basis")
    assert rows["people"].to_dict() == {
        "surveyed": 500, "official": 0, "open": 0, "facts": 0, "schematic": 0, "synthetic": 200,
    }  # fmt: skip
    assert rows.loc["surveyed", "park_m2"] == pytest.approx(10_000 + 1_600, abs=1)
    assert rows.loc["surveyed", "street_m"] == pytest.approx(2000 + 6 * 300 + 80, abs=1)
    assert rows["share_people"].sum() == pytest.approx(1)
    assert one(report, "demonstration_homes").people == 200
    assert not report.reportable


def test_parks_by_how_they_are_entered_with_the_people_who_depend_on_each(toy_report: DataQuality, write_toy) -> None:
    assert toy_report.access is not None
    rows = toy_report.access.set_index("access_source")
    assert rows.loc["gate"].tolist() == [2, 640]  # all who are covered within 900 m
    assert rows["parks"].sum() == 2
    bare = data_quality(write_toy(without=("park_gates",), name="bare"))
    assert bare.access is not None
    rows = bare.access.set_index("access_source")
    assert rows.loc["gate"].tolist() == [0, 0]
    assert rows["parks"].sum() == 2
    assert one(bare, "parks_without_gate").state == "not_measurable"


def test_cells_hold_everybody_once_and_the_street_beside_them(toy_report: DataQuality) -> None:
    cells = toy_report.as_dict()["cells"]
    assert sum(row["people"] for row in cells["by_class"].values()) == 700
    assert cells["by_class"]["none"] == {"cells": 1, "people": 3}


# ---- defects planted one by one ----

WIDE = [box(-200, -200, 4200, 4200)]


def whole(**changed: Any) -> StudyArea:
    """A city with nothing wrong: a grid of streets, homes, parks with gates, towns in zones, all with a known place."""
    at = range(-1500, 5501, 250)
    lines = [[(x, y) for y in at] for x in at] + [[(x, y) for x in at] for y in at]
    places = [(x + 50, y) for x in range(250, 3751, 500) for y in range(250, 3751, 500)]
    tables = {
        "boundary": frame(WIDE),
        "streets": streets(*lines),
        "homes": homes(*places, population=[10 + row for row in range(len(places))]).assign(accuracy_m=5.0),
        "parks": parks((500, 500, 600, 600), (2000, 2000, 2100, 2100), tier="community").assign(accuracy_m=5.0),
        "park_gates": gates((550, 500), (2050, 2000), park_id=["i0", "i1"]).assign(accuracy_m=5.0),
        "towns": frame(WIDE, id=["t"], name="镇"),
        "zones": pd.DataFrame({"id": ["z"], "name": ["片"]}),
        "zone_towns": pd.DataFrame({"zone_id": ["z"], "town_id": ["t"]}),
        "estates": frame([box(700, 700, 740, 740)], id=["e"], gated=True),
        "estate_gates": frame([Point(720, 700)], estate_id="e"),
        "stations": frame([Point(1000, 1000)], id=["s"], accuracy_m=5.0),
        "entrances": frame([Point(1010, 1000)], station_id="s", accuracy_m=5.0),
        "facilities": frame([Point(1250, 1250)], category="school", accuracy_m=5.0),
    }
    tables |= {key: value for key, value in changed.items() if not key.startswith("_")}
    people = int(pd.to_numeric(tables["homes"]["population"]).sum()) if "homes" in tables else 0
    info = AreaInfo(name="整城", name_en="Whole City", analysis_crs=CRS, population=changed.get("_population", people))
    given = {key: table for key, table in tables.items() if table is not None}
    return StudyArea(
        info, {key: layer(key, table, **changed.get("_info", {}).get(key, {})) for key, table in given.items()}
    )


def more(table: gpd.GeoDataFrame, *shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    """The table with rows like its first, elsewhere."""
    rows = pd.concat([table.iloc[[0]]] * len(shapes), ignore_index=True)
    rows = rows.assign(id=[f"new{row}" for row in range(len(shapes))], **columns)
    moved = gpd.GeoSeries([translate(shape, X0, Y0) for shape in shapes], crs=CRS)
    return pd.concat([table, gpd.GeoDataFrame(rows.set_geometry(moved))], ignore_index=True)


def report_of(area: StudyArea, folder: Path) -> DataQuality:
    sound = [one for one in area.layers.values() if not check(one.table, one.info.kind, where="")]
    broken = [one for one in area.layers.values() if one not in sound]
    write_area(
        folder,
        area.info,
        [(one.info, FIRST[one.info.kind] if one in broken else one.table) for one in area.layers.values()],
    )
    for one in broken:  # as a planner's own file may be
        (folder / one.info.path).write_bytes(table_bytes(one.table, ".geojson"))
    return data_quality(folder)


@pytest.fixture(scope="module")
def nothing_wrong(tmp_path_factory) -> Found:
    return numbers(report_of(whole(), tmp_path_factory.mktemp("whole") / "city"))


FIRST = {"streets": streets([(0, 0), (1, 0)]), **{key: one.table for key, one in whole().layers.items()}}
PEOPLE = int(FIRST["homes"]["population"].sum())


def moved_gate(x: float, y: float) -> gpd.GeoDataFrame:
    """The gates, the first of them at another place."""
    table = FIRST["park_gates"]
    return table.assign(geometry=[translate(Point(x, y), X0, Y0), table.geometry[1]])


PLANTED: dict[str, tuple[dict[str, Any], Found]] = {
    "a home given twice": (
        {"homes": more(FIRST["homes"], Point(300, 250)), "_population": PEOPLE + 10},
        {("homes_twice", "homes"): ("distorts", 1, 10, None)},
    ),
    "a home outside the boundary": (
        {"homes": more(FIRST["homes"], Point(4250, 4300), population=33), "_population": PEOPLE + 33},
        {("homes_outside", "homes"): ("distorts", 1, 33, None), ("homes_without_town", ""): ("distorts", 1, 33, None)},
    ),
    "a total that differs": (
        {"_population": PEOPLE + 77},
        {("population_total", ""): ("distorts", None, 77, None)},
    ),
    "a home 110 m from its street": (
        {"homes": more(FIRST["homes"], Point(1125, 1125), population=9), "_population": PEOPLE + 9},
        {("homes_far", ""): ("information", 1, 9, None)},
    ),
    "a park given twice": (
        {"parks": more(FIRST["parks"], box(500, 500, 600, 600))},
        {("twice", "parks"): ("distorts", 1, None, None)},
    ),
    "a park without a gate": (
        {"parks": more(FIRST["parks"], box(3000, 3000, 3100, 3100))},
        {("parks_without_gate", ""): ("distorts", 1, None, None)},
    ),
    "a park without a tier": (
        {"parks": FIRST["parks"].assign(tier=["community", None])},
        {("parks_without_tier", ""): ("distorts", 1, None, None)},
    ),
    "a park in two parts": (
        {"parks": FIRST["parks"].assign(geometry=[
            translate(MultiPolygon([box(500, 500, 600, 600), box(620, 500, 640, 600)]), X0, Y0),
            FIRST["parks"].geometry[1],
        ])},
        {("multipart", "parks"): ("information", 1, None, None)},
    ),
    "a sliver beside an estate": (
        {"estates": more(FIRST["estates"], box(900, 900, 902, 902), gated=False)},
        {("slivers", "estates"): ("information", 1, None, None)},
    ),
    "a gate 50 m off its park": (
        {"park_gates": moved_gate(550, 450)},
        {("gates_off_park", ""): ("distorts", 1, None, None)},
    ),
    "a gate 400 m off its park": (
        {"park_gates": moved_gate(250, 100)},
        {("layer_problem", "park_gates"): ("stops", None, None, None)},
    ),
    "a gate of no park": (
        {"park_gates": more(FIRST["park_gates"], Point(551, 500), park_id="nobody's")},
        {("layer_problem", "park_gates"): ("stops", None, None, None)},
    ),
    "a town in no zone": (
        {"zone_towns": pd.DataFrame({"zone_id": [None], "town_id": ["t"]}, dtype=object)},
        {("towns_without_zone", ""): ("information", 1, PEOPLE, None)},
    ),
    "an estate without a gate": (
        {"estates": more(FIRST["estates"], box(1240, 230, 1320, 260))},  # holds the home of 18 at (1300, 250)
        {("estates_without_gate", ""): ("information", 1, 26, None)},
    ),
    "a station without an entrance": (
        {"stations": more(FIRST["stations"], Point(1500, 1500))},
        {("stations_without_entrance", ""): ("information", 1, None, None)},
    ),
    "a facility without a category": (
        {"facilities": FIRST["facilities"].assign(category=None)},
        {("layer_problem", "facilities"): ("stops", None, None, None)},
    ),
    "places that are not known well": (
        {"stations": FIRST["stations"].assign(accuracy_m=500.0)},
        {("coarse", "stations"): ("distorts", 1, None, None)},
    ),
    "an accuracy nobody states": (
        {"facilities": FIRST["facilities"].drop(columns="accuracy_m")},
        {("accuracy_unknown", "facilities"): ("information", 1, None, None)},
    ),
    "a date nobody states": (
        {"_info": {"stations": {"date": "unknown"}}},
        {("date_unknown", "stations"): ("information", None, None, None)},
    ),
    "a layer eight years behind": (
        {"_info": {"facilities": {"date": "2012"}}},
        {("dates_apart", "facilities"): ("information", None, None, None)},
    ),
    "a layer that is not public": (
        {"_info": {"estates": {"sensitivity": "internal"}}},
        {("not_public", "estates"): ("information", None, None, None)},
    ),
    "parks that were sketched": (
        {"_info": {"parks": {"basis": "schematic"}}},
        {("demonstration_parks", "parks"): ("distorts", 2, None, None)},
    ),
    "homes that were invented": (
        {"_info": {"homes": {"basis": "synthetic"}}},
        {("demonstration_homes", "homes"): ("distorts", 64, PEOPLE, None)},
    ),
    "buildings for people": (
        {"_info": {"homes": {"counts": "buildings"}}},
        {("buildings", ""): ("distorts", 64, PEOPLE, None)},
    ),
    "a dead end just short of a street": (
        {"streets": more(FIRST["streets"], LineString([(1125, 1249), (1125, 1125)]))},
        {("network_near", "streets"): ("distorts", 1, None, 0.124),
         ("network_pieces", "streets"): ("information", 1, None, 0.124)},
    ),
    "an invalid park": (
        {"parks": more(FIRST["parks"], Polygon([(3000, 3000), (3100, 3100), (3100, 3000), (3000, 3100)]))},
        {("layer_problem", "parks"): ("stops", None, None, None)},
    ),
}  # fmt: skip
FAST = ("a home given twice", "a park without a gate", "a gate of no park", "a total that differs", "an invalid park")


@pytest.mark.parametrize(
    "defect", [one if one in FAST else pytest.param(one, marks=pytest.mark.full) for one in PLANTED]
)
def test_a_planted_defect_shows_with_its_number_and_nowhere_else(defect, nothing_wrong, tmp_path) -> None:
    changed, expected = PLANTED[defect]
    now = numbers(report_of(whole(**changed), tmp_path / "city"))
    people_follow = {"parks_without_gate", "parks_without_tier", "demonstration_parks"}
    plain = {key: (*row[:2], None, row[3]) if key[0] in people_follow else row for key, row in now.items()}
    assert {key: row for key, row in plain.items() if nothing_wrong.get(key) != row} == expected
    assert set(nothing_wrong) <= set(now)


def test_a_whole_city_has_nothing_to_mend(nothing_wrong: Found) -> None:
    assert nothing_wrong == {("optional_missing", ""): ("information", None, None, None)}  # water and walls


def test_what_a_broken_layer_holds_is_described_all_the_same(tmp_path) -> None:
    changed, _ = PLANTED["an invalid park"]
    report = report_of(whole(**changed), tmp_path / "city")
    (sheet,) = [one for one in report.sheets if one.info.kind == "parks"]
    assert not sheet.usable
    assert (sheet.rows_at_fault("invalid"), sheet.as_dict()["rows"]) == (1, 3)
    assert one(report, "parks_without_tier").state == "not_measurable"
    assert report.stops


def test_without_streets_or_homes_everything_that_needs_them_is_not_measurable(write_toy) -> None:
    for kind in ("streets", "homes"):
        report = data_quality(write_toy(without=(kind,), name=kind))
        states = {row.key: row.state for row in report.checks}
        for key in ("cells_without_street", "cells_crowded", "homes_far", "homes_too_far", f"demonstration_{kind}"):
            assert states[key] == "not_measurable"
        assert one(report, "required_missing").severity == "stops"
        assert report.as_dict()["cells"] is None


def test_streets_that_nobody_may_walk_on_are_said_and_stop_nothing_else(write_toy) -> None:
    city = toy.city()
    closed = layer("streets", city.table("streets").assign(walkable=False))
    report = data_quality(write_toy(StudyArea(city.info, {**city.layers, "streets": closed})))
    assert "no street is walkable" in one(report, "network").what.en
    assert one(report, "homes_far").state == "not_measurable"
    assert one(report, "population_total").state == "fine"


def test_without_a_stated_total_the_sum_cannot_be_compared(write_toy) -> None:
    city = toy.city()
    report = data_quality(write_toy(StudyArea(city.info.model_copy(update={"population": None}), city.layers)))
    assert "states no population" in one(report, "population_total").what.en


def test_the_report_changes_no_file_and_says_the_same_again(write_toy, tmp_path) -> None:
    folder = write_toy()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.chmod(0o444)
    first = [path.read_bytes() for path in data_quality(folder).write(tmp_path / "a")]
    second = [path.read_bytes() for path in data_quality(folder).write(tmp_path / "b")]
    assert first == second
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert str(folder).encode() not in b"".join(first)


def test_the_json_has_the_documented_parts_and_no_others(toy_report: DataQuality) -> None:
    data = json.loads(json.dumps(toy_report.as_dict(), allow_nan=False))
    documented = (Path(__file__).parents[2] / "docs" / "data-quality.md").read_text(encoding="utf-8")
    assert set(data) == {
        "format", "title", "reportable", "counted", "area", "parameters", "version", "summary", "checks", "layers",
        "basis", "access", "cells", "network",
    }  # fmt: skip
    for part in (*data, *data["checks"][0], *data["layers"][0], *data["basis"][0], *data["cells"], *data["parameters"]):
        assert f"`{part}`" in documented, part
    for key in {row["key"] for row in data["checks"] if not row["key"].startswith("network_")}:
        assert f"`{key}`" in documented, key


def test_one_mark_replaces_the_other_when_the_data_becomes_real(write_toy, tmp_path) -> None:
    city = toy.city()
    sketched = StudyArea(city.info, {**city.layers, "homes": layer("homes", city.table("homes"), basis="schematic")})
    out = tmp_path / "out"
    data_quality(write_toy(sketched, name="sketched")).write(out)
    assert {path.name for path in out.iterdir()} == {"data_quality-DEMO.html", "data_quality-DEMO.json"}
    data_quality(write_toy()).write(out)
    assert {path.name for path in out.iterdir()} == {"data_quality.html", "data_quality.json"}


def test_people_are_rounded_wherever_any_of_the_three_layers_is_a_demonstration(write_toy) -> None:
    city = toy.city()
    sketched = layer("streets", city.table("streets"), basis="synthetic")
    report = data_quality(write_toy(StudyArea(city.info, {**city.layers, "streets": sketched})))
    assert "0.7 thousand residents" in one(report, "network_edge").what.en
    assert "0.7 thousand" in one(report, "demonstration_streets").what.en
    assert one(report, "network_edge").people == 700


# ---- the command ----


def test_the_command_prints_json_only_and_ends_with_0_where_nothing_stops(cli, write_toy) -> None:
    ran = cli("layers", "report", "--layers", write_toy(), "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["summary"]["distorts"] == 4


def test_the_command_prints_rows_for_a_spreadsheet(cli, write_toy) -> None:
    ran = cli("layers", "report", "--layers", write_toy(), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert rows[0]["key"] == "network_edge"
    assert rows[0]["people"] == "700"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_speaks_both_languages(cli, write_toy, lang: str) -> None:
    ran = cli("layers", "report", "--layers", write_toy(), "--lang", lang)
    assert ran.code == 0
    for part in {
        "zh": ("玩具城：数据质量报告", "! 影响数字：附近没有街道的居民点", "? 无法测算", "✓ 未发现问题的内容："),
        "en": ("Toy City: data-quality report", "! Distorts: Homes with no street near", "? Not measurable", "✓ What"),
    }[lang]:
        assert part in ran.out


def test_the_command_ends_with_1_where_a_study_would_refuse_and_writes_the_report_all_the_same(cli, tmp_path) -> None:
    changed, _ = PLANTED["a gate of no park"]
    report_of(whole(**changed), tmp_path / "city")
    ran = cli("layers", "report", "--layers", tmp_path / "city", "--out", tmp_path / "out", "--lang", "en")
    assert ran.code == 1
    assert "✗ Stops: " in ran.out
    assert "nobody's" in ran.out
    assert (tmp_path / "out" / "data_quality.html").is_file()
    assert str(tmp_path / "out" / "data_quality.json") in ran.err


def test_the_command_refuses_what_is_no_study_area(cli, tmp_path) -> None:
    ran = cli("layers", "report", "--layers", tmp_path / "nowhere")
    assert (ran.code, ran.out) == (2, "")
    assert "give --layers a folder" in ran.err


# ---- whole cities ----


@pytest.mark.full
def test_the_embedded_city_is_a_demonstration_from_top_to_bottom() -> None:
    report = data_quality(embedded_folder())
    assert not report.reportable
    assert not report.stops
    assert [row.key for row in report.checks[:3]] == [
        "demonstration_homes", "demonstration_streets", "demonstration_parks"
    ]  # fmt: skip
    assert one(report, "demonstration_homes").people == 2_092_496
    assert one(report, "population_total").state == "fine"
    assert one(report, "parks_without_gate").count == 47
    assert one(report, "stations_without_entrance").count == 1
    assert "万人" in one(report, "homes_too_far").what.zh  # rounded where people read it


DATA = Path(__file__).parents[3] / "shared" / "data"
CITIES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "helsinki": ("helsinki/Helsinki.osm.pbf", {"population": DATA / "helsinki" / "helsinki_population_grid_2020.gpkg"}),
    "porto_alegre": ("porto-alegre/poa_osm.osm.pbf", {}),
}


@pytest.mark.full
@pytest.mark.parametrize("city", CITIES)
@pytest.mark.filterwarnings("ignore::kunshan_gis.errors.KunshanGISWarning")  # areas cut by the extract
def test_a_mapped_city_says_who_lives_at_its_edge_and_which_parks_have_no_tier(tmp_path, city: str) -> None:
    file, options = CITIES[city]
    if not (DATA / file).exists():
        pytest.skip(f"{file} is not beside the project")
    import_osm(DATA / file, tmp_path / "city", **options)
    report = data_quality(tmp_path / "city")
    held = int(report.on_foot.people.sum())
    assert not report.stops
    assert one(report, "network_edge").people <= held
    assert sum(row["people"] for row in report.as_dict()["cells"]["by_class"].values()) == held
    assert one(report, "parks_without_tier").count == len(report.on_foot.parks)  # OpenStreetMap knows no tiers
    assert report.basis.set_index("basis").loc["open", "share_streets"] == 1
    assert ("buildings" in {row.key for row in report.of_state("found")}) == (not options)
