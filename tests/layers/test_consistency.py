"""Layers against each other: elsewhere, off their park, in a CRS for another place."""

from __future__ import annotations

import geopandas as gpd
import pytest
from paper import CRS, X0, Y0, layer
from shapely import box

from kunshan_gis import toy
from kunshan_gis.crs import project, require_true_scale
from kunshan_gis.datum import shapes_from_wgs84
from kunshan_gis.errors import CRSError
from kunshan_gis.layers.consistency import inconsistencies


def problems(**changed: gpd.GeoDataFrame) -> list[str]:
    city = toy.city()
    layers = {**city.layers, **{kind: layer(kind, table) for kind, table in changed.items()}}
    return [problem.said("en") for problem in inconsistencies(city.info, list(layers.values()))]


def test_the_toy_city_is_consistent() -> None:
    assert problems() == []


def test_a_layer_hundreds_of_kilometres_away_is_named_with_its_extent() -> None:
    homes = toy.city().table("homes")
    (said,) = problems(homes=homes.set_geometry(homes.translate(-300_000)))
    assert said.startswith("homes (homes.geojson): lies elsewhere (117.9")
    assert "over 50 km from the streets" in said
    assert said.endswith("check its CRS and the order of its axes")


def test_a_boundary_is_the_measure_where_there_is_one() -> None:
    away = gpd.GeoDataFrame({"id": ["b"]}, geometry=[box(X0 + 9e5, Y0, X0 + 9.1e5, Y0 + 1e4)], crs=CRS)
    assert len([said for said in problems(boundary=away) if "from the boundary" in said]) == 5


def test_gates_of_parks_in_another_datum_are_noticed_by_their_distance() -> None:
    parks = toy.city().table("parks").to_crs(4326)
    moved = project(shapes_from_wgs84(parks, "gcj02"), datum="wgs84", to=CRS, name="parks")
    (said,) = problems(parks=moved)
    assert "2 gates lie over 100 m from the outline of their park (median 4" in said
    assert "GCJ-02 is several hundred metres from WGS 84" in said


def test_a_gate_100_m_away_is_still_its_park_s() -> None:
    gates = toy.city().table("park_gates")
    assert problems(park_gates=gates.set_geometry(gates.translate(0, -100))) == []
    assert len(problems(park_gates=gates.set_geometry(gates.translate(0, -101)))) == 1


def test_ages_that_add_up_to_more_than_the_residents_are_named_by_home() -> None:
    homes = toy.city().table("homes").assign(pop_0_14=[20] * 5 + [0, 0], pop_60_plus=[80, 10, 10, 21, 10, None, 3])
    assert problems(homes=homes.assign(pop_60_plus=0)) == []
    (said,) = problems(homes=homes)
    assert "of 1 homes the ages (pop_0_14 + pop_60_plus) add up to more than `population`: h4" in said
    assert said.endswith("correct these rows, or leave the columns of ages out")


@pytest.mark.parametrize(("code", "lon"), [("EPSG:4549", 121.0), ("EPSG:32651", 121.0), ("EPSG:4549", 122.0)])
def test_a_zone_of_the_place_measures_true(code: str, lon: float) -> None:
    require_true_scale(code, lon, 31.3)


@pytest.mark.parametrize("code", ["EPSG:4547", "EPSG:32649", "EPSG:4534"])
def test_a_zone_of_another_place_is_refused_and_the_right_one_named(code: str) -> None:
    with pytest.raises(CRSError, match="use one made for the place, for example EPSG:4549"):
        require_true_scale(code, 121.0, 31.3)
