"""Layers in another datum than they say: who is at fault, what is said, and which command puts it right."""

from __future__ import annotations

import shlex
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from paper import layer
from town import CRS, boundary, homes, parks, streets

from kunshan_gis.datum import converted_line
from kunshan_gis.layers import open_area
from kunshan_gis.layers.datum_guard import guard, misplaced, slips
from kunshan_gis.layers.fingerprint import Slip
from kunshan_gis.layers.osm import read_osm
from kunshan_gis.model import Layer

LAYERS = Path(__file__).parents[2] / "layers"
DATA = Path(__file__).parents[3] / "shared" / "data"
RAW, TWICE = Slip("wgs84", "gcj02"), Slip("gcj02", "wgs84")
TABLES = {"boundary": boundary, "streets": streets, "homes": homes, "parks": parks}


def town(**changed: Layer) -> list[Layer]:
    made = {kind: layer(kind, table(), source=f"source of {kind}") for kind, table in TABLES.items()}
    return list((made | changed).values())


def slipped(kind: str, slip: Slip, table: gpd.GeoDataFrame | None = None, **info: object) -> Layer:
    table = TABLES[kind]() if table is None else table
    shapes = shapely.transform(np.asarray(table.geometry.array), lambda xy: slip.reversed.corrected(xy, CRS))
    return layer(kind, table.set_geometry(shapes), **({"source": f"source of {kind}"} | info))


def said(layers: list[Layer], folder: str = "my town") -> list[str]:
    return [problem.said("en") for problem in misplaced(layers, analysis_crs=CRS, folder=Path(folder))]


def test_a_town_whose_layers_lie_right_has_no_problem() -> None:
    assert said(town()) == []
    assert said(town()[:1]) == said([]) == []


def test_a_layer_taken_off_a_web_map_is_named_with_its_metres_and_the_command() -> None:
    (line,) = said(town(parks=slipped("parks", RAW)))
    assert line.startswith("parks (parks.geojson): its coordinates are GCJ-02, not WGS 84, 4")
    what, _, remedy = line.partition(" → ")
    assert int(what.split(" m off")[0].split()[-1]) == pytest.approx(474, abs=13)
    assert "from `streets` on average" in what
    command = remedy.removeprefix("run ").split("; if")[0]
    assert shlex.split(command) == [
        "kunshan-gis", "layers", "datum", "parks", "--from", "gcj02", "--layers", "my town",
    ]  # fmt: skip
    assert remedy.endswith("if it is `streets` that is shifted, put that right first")


def test_baidu_coordinates_are_told_from_amap_s() -> None:
    (line,) = said(town(homes=slipped("homes", Slip("wgs84", "bd09"))))
    assert "its coordinates are BD-09, not WGS 84, 11" in line
    assert "--from bd09 --layers" in line


def test_a_layer_that_was_converted_twice_is_named_with_the_way_back() -> None:
    twice = slipped("homes", TWICE, history=(converted_line("gcj02", 471),))
    for changed in (twice, slipped("homes", TWICE)):
        (line,) = said(town(homes=changed))
        assert line.startswith("homes (homes.geojson): was WGS 84 already when it was converted from GCJ-02")
        assert '--from gcj02 --layers "my town" --undo' in line


def test_one_shift_undone_for_another_takes_two_steps() -> None:
    (line,) = said(town(homes=slipped("homes", Slip("gcj02", "bd09"))), "town")
    assert "is BD-09 but was converted as if it were GCJ-02" in line
    assert "run kunshan-gis layers datum homes --from gcj02 --layers town --undo, then kunshan-gis" in line
    assert "--from bd09 --layers town; if it is" in line


def test_a_layer_declared_gcj02_that_is_not_needs_another_word_in_the_catalogue() -> None:
    (line,) = said(town(homes=slipped("homes", TWICE, datum="gcj02")))
    assert "is declared GCJ-02 but its coordinates are WGS 84" in line
    assert 'in catalog.toml, set the datum of `homes` to "wgs84"' in line
    (line,) = said(town(homes=slipped("homes", Slip("gcj02", "bd09"), datum="gcj02")))
    assert 'set the datum of `homes` to "bd09"' in line


def test_where_several_layers_agree_against_the_streets_it_is_the_streets() -> None:
    (line,) = said(town(streets=slipped("streets", RAW)))
    assert line.startswith("streets (streets.geojson): its coordinates are GCJ-02, not WGS 84")


def test_all_layers_of_one_web_map_are_named_and_not_the_streets() -> None:
    web_map = {kind: slipped(kind, RAW, source="web map") for kind in ("homes", "parks")}
    assert [line.split(" ")[0] for line in said(town(**web_map))] == ["homes", "parks"]


def test_an_outline_that_repeats_the_boundary_is_held_against_it() -> None:
    scope = boundary().assign(scope="urban")
    assert said([*town(), layer("scope", scope)]) == []
    (line,) = said([*town(), slipped("scope", RAW, scope)])
    assert line.startswith("scope (scope.geojson): its coordinates are GCJ-02")
    assert "both cover the same ground to 0.8" in line
    assert "1.000 once put right" in line


def test_a_layer_to_be_added_is_told_what_to_declare() -> None:
    def told(new: Layer) -> list[str]:
        return [problem.said("en") for problem in guard(new.table, new.info, town()[:2], analysis_crs=CRS)]

    assert told(layer("homes", homes())) == []
    (line,) = told(slipped("homes", RAW))
    assert line.startswith("homes (homes.geojson): its coordinates are GCJ-02, not WGS 84, 4")
    assert "→ give --datum gcj02;" in line
    (line,) = told(slipped("homes", TWICE, datum="gcj02"))
    assert "→ give --datum wgs84;" in line
    (line,) = told(slipped("homes", TWICE))
    assert "ask for the file as it was before it was converted from GCJ-02, and give --datum wgs84" in line


def test_new_streets_are_at_fault_even_if_one_layer_says_so() -> None:
    new = slipped("streets", RAW)
    (problem,) = guard(new.table, new.info, [layer("homes", homes())], analysis_crs=CRS)
    assert "its coordinates are GCJ-02, not WGS 84" in problem.what.en


def test_the_embedded_layers_lie_right() -> None:
    """Among them real ones (boundary, neighbours, stations) and sketches that follow no street."""
    area = open_area(LAYERS)
    assert slips(list(area.layers.values()), analysis_crs=CRS) == {}


CAUGHT = (
    "boundary", "neighbours", "towns", "scope", "parks", "park_gates", "estates", "estate_gates", "homes", "facilities",
    "landuse", "bus_stops", "entrances", "streets", "barriers", "expressways",
)  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("kind", CAUGHT)
def test_each_embedded_layer_that_can_be_measured_is_caught_alone(kind: str) -> None:
    layers = list(open_area(LAYERS).layers.values())
    (one,) = [found for found in layers if found.info.kind == kind]
    for slip in (RAW, Slip("wgs84", "bd09"), TWICE):
        wrong = slipped(kind, slip, one.table, source=one.info.source, name=one.info.name)
        assert slips([wrong if found is one else found for found in layers], analysis_crs=CRS) == {kind: slip}


@pytest.mark.filterwarnings("ignore::kunshan_gis.errors.KunshanGISWarning")
@pytest.mark.parametrize(
    ("file", "crs"), [("helsinki/Helsinki.osm.pbf", "EPSG:32635"), ("porto-alegre/poa_osm.osm.pbf", "EPSG:32722")]
)
def test_real_layers_of_other_cities_lie_right_as_if_they_were_in_china(file: str, crs: str) -> None:
    if not (DATA / file).exists():
        pytest.skip(f"the extract is not beside the project ({file})")
    tables = {kind: table.to_crs(crs) for kind, table in read_osm(DATA / file).items() if len(table)}
    west, south, east, north = tables["streets"].total_bounds
    here = {
        kind: table.set_geometry(
            table.translate(589_000 - (west + east) / 2, 3_461_000 - (south + north) / 2).set_crs(
                CRS, allow_override=True
            )
        )
        for kind, table in tables.items()
        if kind != "buildings"
    }
    layers = [layer(kind, table) for kind, table in here.items()]
    assert slips(layers, analysis_crs=CRS) == {}
    for kind in {"bus_stops", "park_gates"} & set(here):
        for slip in (RAW, Slip("wgs84", "bd09"), TWICE):
            wrong = [slipped(kind, slip, here[kind]) if one.info.kind == kind else one for one in layers]
            assert slips(wrong, analysis_crs=CRS) == ({kind: slip} if len(here[kind]) > 100 else {})
