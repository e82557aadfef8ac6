"""Metres to measure in, degrees to draw in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import tried_on
from pyproj import CRS, Geod
from shapely import Point

from kunshan_gis.crs import (
    analysis_crs,
    project,
    proposal,
    propose_crs,
    require_metric,
    scale_error,
    suggest_metric,
)
from kunshan_gis.datum import DATUMS, from_wgs84
from kunshan_gis.errors import CRSError, DatumError, LayerSchemaError

GEOD = Geod(ellps="WGS84")


def metres(lon_a, lat_a, lon_b, lat_b) -> np.ndarray:
    return np.asarray(GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2])


@pytest.mark.parametrize("lon", np.arange(73.6, 135.1, 0.7).tolist())
def test_in_china_the_suggested_zone_has_the_nearest_central_meridian(lon: float) -> None:
    crs = CRS(suggest_metric(lon, 31.3))
    meridian = next(p.value for p in crs.coordinate_operation.params if "longitude" in p.name.lower())
    assert "CGCS2000 / 3-degree Gauss-Kruger CM" in crs.name
    assert abs(meridian - lon) <= 1.5
    easting = next(p.value for p in crs.coordinate_operation.params if p.name == "False easting")
    assert easting == 500_000  # not the variant with the zone number before the metres
    assert analysis_crs(suggest_metric(lon, 31.3))


def test_suggestions_for_known_places() -> None:
    assert suggest_metric(121.0, 31.3) == "EPSG:4549"
    assert suggest_metric(24.94, 60.17) == "EPSG:32635"  # Helsinki
    assert suggest_metric(-51.2, -30.03) == "EPSG:32722"  # Porto Alegre
    assert suggest_metric(180.0, 0.0) == suggest_metric(-180.0, 0.0) == "EPSG:32601"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.floats(-180, 180), st.floats(-80, 84))
def test_anywhere_on_earth_the_suggestion_measures_metres_of_that_place(lon: float, lat: float) -> None:
    code = suggest_metric(lon, lat)
    assert analysis_crs(code) == code
    near = gpd.GeoSeries([Point(lon, lat), Point(lon, lat + 0.001)], crs="EPSG:4326").to_crs(code)
    true = metres(lon, lat, lon, lat + 0.001)
    assert near.iloc[0].distance(near.iloc[1]) == pytest.approx(true, rel=0.0015)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("EPSG:4326", "does not measure metres on the ground"),
        ("EPSG:4490", "does not measure metres on the ground"),
        ("EPSG:3857", "does not measure metres on the ground"),
        ("ESRI:102100", "does not measure metres on the ground"),
        ("EPSG:900913", "not a coordinate reference system|does not measure metres"),
        ("EPSG:3785", "does not measure metres on the ground"),
        ("EPSG:3395", "does not measure metres on the ground"),
        ("EPSG:4978", "does not measure metres on the ground"),
        ("EPSG:2263", "US survey foot; choose one in metres"),
        ("EPSG:99999", "is not a coordinate reference system; write for example EPSG:4549"),
        ("{{7*7}}", "is not a coordinate reference system"),
        ("", "is not a coordinate reference system"),
    ],
)
def test_an_analysis_crs_that_is_not_in_metres_on_the_ground_is_refused(code: str, says: str) -> None:
    with pytest.raises(CRSError, match=says):
        analysis_crs(code)


@pytest.mark.parametrize(
    ("code", "error"),
    [("EPSG:4549", 0.0001), ("EPSG:32651", 0.0), ("EPSG:4534", 0.27), ("EPSG:32633", 0.75), ("EPSG:4087", 0.17)],
)
def test_a_crs_made_for_another_place_is_off_at_31_north_121_east(code: str, error: float) -> None:
    assert scale_error(code, 121.0, 31.3) == pytest.approx(error, abs=0.005)


@pytest.mark.parametrize("code", ["EPSG:4549", "EPSG:32651", "EPSG:3879", "EPSG:2056", "EPSG:3035"])
def test_national_grids_in_metres_are_fine(code: str) -> None:
    assert analysis_crs(code) == code


def table(crs: str | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[Point(121, 31)], crs=crs)


@pytest.mark.parametrize(
    ("crs", "says"),
    [
        (None, "`parks` states no CRS"),
        ("EPSG:4326", r"`parks` is in EPSG:4326 \(degree\); this measures metres"),
        ("EPSG:3857", "`parks` is in EPSG:3857, whose metres are not metres on the ground"),
        ("EPSG:3395", "`parks` is in EPSG:3395, whose metres are not metres on the ground"),
        ("EPSG:2263", "`parks` is in EPSG:2263 .*foot"),
        ("EPSG:4548", "`parks` is in EPSG:4548, the study area measures in EPSG:4549"),
    ],
)
def test_a_table_that_is_not_in_metres_is_refused_with_the_remedy(crs: str | None, says: str) -> None:
    with pytest.raises(CRSError, match=says) as caught:
        require_metric(table(crs), "parks", analysis_crs="EPSG:4549")
    assert 'parks.to_crs("EPSG:4549")' in str(caught.value)


def test_a_table_in_metres_passes() -> None:
    require_metric(table("EPSG:4549"), "parks", analysis_crs="EPSG:4549")
    require_metric(table("EPSG:32651"), "parks")


def test_projecting_undoes_the_shift_and_leaves_the_table_alone() -> None:
    shifted = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*from_wgs84([121.0], [31.3], "gcj02")), crs="EPSG:4326")
    before = shifted.copy(deep=True)
    moved = project(shifted, datum="gcj02", to="EPSG:4549", name="x")
    true = gpd.GeoSeries([Point(121.0, 31.3)], crs="EPSG:4326").to_crs("EPSG:4549")
    assert moved.geometry.iloc[0].distance(true.iloc[0]) < 0.001
    assert shifted.equals(before)


@pytest.mark.parametrize("datum", DATUMS)
def test_a_table_without_crs_is_refused(datum: str) -> None:
    with pytest.raises(CRSError, match="states no CRS"):
        project(table(None), datum=datum, to="EPSG:4549", name="parks")


def test_a_shift_declared_for_metres_is_refused() -> None:
    with pytest.raises(DatumError, match="the shift is defined on degrees"):
        project(table("EPSG:4549"), datum="bd09", to="EPSG:4549", name="parks")


def test_degrees_in_the_wrong_order_are_no_place_on_earth() -> None:
    swapped = gpd.GeoDataFrame(geometry=[Point(121, 31), Point(31, 121)], crs="EPSG:4326")
    with pytest.raises(LayerSchemaError, match="no place on earth") as caught:
        project(swapped, datum="wgs84", to="EPSG:4549", name="parks")
    assert [problem.where.en for problem in caught.value.problems] == ["parks, row 2"]
    assert "axis order" in caught.value.problems[0].remedy.en


PLACE = gpd.GeoSeries([Point(120.81, 31.11), Point(121.15, 31.54)], crs="EPSG:4326")
HERE = (121.0, 31.3)


def bounds_in(code: str) -> tuple[float, float, float, float]:
    return tuple(PLACE.to_crs(code).total_bounds)


@pytest.mark.parametrize(
    ("code", "because"),
    [
        ("EPSG:4326", "within ±180 and ±90"),
        ("EPSG:4528", "zone number 40: CGCS2000 3-degree zone 40, central meridian 120 E"),
        ("EPSG:4498", "zone number 20: CGCS2000 6-degree zone 20, central meridian 117 E"),
        ("EPSG:3857", "whose metres are not metres on the ground"),
    ],
)
def test_coordinates_that_tell_their_crs_are_given_one_with_the_reason(code: str, because: str) -> None:
    for near in (None, HERE):
        found = propose_crs(bounds_in(code), near=near)
        assert found is not None
        assert found[0] == code
        assert because in found[1].en
    assert f"looks like {code}" in proposal(bounds_in(code)).en


def test_eastings_without_a_zone_number_need_the_place() -> None:
    assert propose_crs(bounds_in("EPSG:4549")) is None
    assert "do not tell their central meridian" in proposal(bounds_in("EPSG:4549")).en
    assert propose_crs(bounds_in("EPSG:4549"), near=HERE)[0] == "EPSG:4549"
    assert propose_crs(bounds_in("EPSG:4510"), near=HERE)[0] == "EPSG:4510"  # 6-degree zone, meridian 123
    assert propose_crs(bounds_in("EPSG:4549"), near=(109.0, 31.3))[0] == "EPSG:4545"  # the same numbers elsewhere


@pytest.mark.parametrize("bounds", [
    (np.nan, np.nan, np.nan, np.nan), (np.inf, 0, np.inf, 1), (3_460_000, 590_000, 3_470_000, 600_000),
    (590_000, 9e6, 600_000, 9e6), (0, 0, 1000, 1000), (40_100_000, 3.4e6, 41_600_000, 3.5e6),
])  # fmt: skip
def test_other_numbers_are_given_none(bounds) -> None:
    assert propose_crs(bounds, near=HERE) is None
    assert proposal(bounds) == ("", "")


@tried_on(st.floats(74, 134), st.floats(4, 53), fast=20, full=60)
def test_anywhere_in_china_the_zone_of_the_place_is_found_again(lon: float, lat: float) -> None:
    near = gpd.GeoSeries([Point(lon, lat), Point(lon + 0.01, lat + 0.01)], crs="EPSG:4326")
    plain = f"EPSG:{4534 + round(lon / 3) - 25}"
    assert propose_crs(tuple(near.to_crs(plain).total_bounds), near=(lon, lat))[0] == plain
    numbered = f"EPSG:{4513 + round(lon / 3) - 25}"
    assert propose_crs(tuple(near.to_crs(numbered).total_bounds))[0] == numbered
