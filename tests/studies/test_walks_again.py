"""Coverage and access written, read and run again: the same, or what differs."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from kunshan_gis import toy
from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import ParameterError, ResultError
from kunshan_gis.layers import open_area, read_result
from kunshan_gis.studies.access import access
from kunshan_gis.studies.coverage import coverage
from kunshan_gis.studies.reproduce import reproduce
from kunshan_gis.studies.walks_again import KINDS_READ, write_result

ASKED = [
    lambda area: coverage(area, ["parks"], minutes=[5, 15], by="towns"),
    lambda area: coverage(area, ["菜市场", "stations"], metres=[300], of="street", by="hex", hex_m=700),
    lambda area: coverage(area, ["bus_stops"], of="jobs", speed_mps=1.2),
    lambda area: access(area, "parks", method="m2sfca", minutes=12),
    lambda area: access(area, "parks", k=2, by="zones"),
    lambda area: access(area, "jobs", method="gravity", half_min=3),
    lambda area: access(area, "all", method="proximity"),
]


@pytest.fixture
def area(write_toy):
    return open_area(write_toy(toy.serviced_city()), KINDS_READ)


@pytest.mark.parametrize("ask", ASKED)
def test_run_again_it_is_the_same(ask, area, tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    (file,) = write_result(area, ask(area).result, tmp_path / "one", cache=cache)
    found = reproduce(read_result(file), area, cache=cache)
    assert (found.status, found.figures, found.settings) == ("same", (), ())
    assert found.rows
    (again,) = write_result(area, ask(area).result, tmp_path / "two", cache=cache)
    assert file.read_bytes() == again.read_bytes()


def test_another_layer_is_told_and_its_figures_are_named(area, tmp_path: Path, write_toy) -> None:
    (file,) = write_result(area, coverage(area, ["food_market"], minutes=[5, 10]).result, tmp_path / "out")
    folder = write_toy(toy.serviced_city(), name="later")
    facilities = folder / "facilities.geojson"
    data = json.loads(facilities.read_text(encoding="utf-8"))
    data["features"] = [one for one in data["features"] if one["properties"]["id"] != "S"]
    data["features"][0]["properties"]["category"] = "shopping"
    data["features"][1]["properties"]["category"] = "food_market"
    facilities.write_text(json.dumps(data), encoding="utf-8")
    found = reproduce(read_result(file), open_area(folder, KINDS_READ))
    assert found.status == "differs"
    assert [entry.kind for entry in found.changed_inputs] == ["facilities"]
    assert {cell.row["metres"] for cell in found.figures if cell.column == "covered"} == {300, 600}


def test_units_of_ones_own_are_asked_for_again(area, tmp_path: Path) -> None:
    x, y = toy.ORIGIN
    mine = gpd.GeoDataFrame({"id": ["w"]}, geometry=[box(x - 300, y - 300, x + 1000, y + 1000)], crs=toy.CRS)
    result = access(area, "parks", by="towns", polygons=mine).result
    (file,) = write_result(area, result, tmp_path / "out")
    with pytest.raises(ParameterError, match="give their file with --units"):
        reproduce(read_result(file), area)
    assert reproduce(read_result(file), area, polygons=mine).status == "same"


def test_parameters_nobody_could_have_asked_are_refused(area, tmp_path: Path) -> None:
    (file,) = write_result(area, coverage(area, ["parks"]).result, tmp_path / "out")
    data = json.loads(file.read_text(encoding="utf-8"))
    data["parameters"] |= {"minutes": [-5], "of": "cats"}
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ResultError, match=r"(?s)minutes.*of|of.*minutes"):
        reproduce(read_result(file), area)


def test_the_commands_write_a_result_that_reproduce_takes(cli, write_toy, tmp_path: Path) -> None:
    folder = write_toy(toy.serviced_city())
    for number, command in enumerate((("coverage", "to", "parks"), ("access", "parks", "--method", "2sfca"))):
        out = tmp_path / str(number)
        ran = cli(*command, "--layers", folder, "--out", out, "--format", "json")
        assert json.loads(ran.out)
        assert "result.json" in ran.err
        assert cli("reproduce", out / "result.json", "--layers", folder).code == 0
