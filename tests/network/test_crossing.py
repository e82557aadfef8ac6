"""Legs and barriers: what is across and what only touches, by hand and against areas that are cut in two."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import strategies as st
from laws import tried_on
from paper import CRS, X0, Y0, streets
from shapely import LineString, MultiLineString, Point, Polygon
from shapely.affinity import translate

from kunshan_gis.errors import CRSError
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network import build, snap

NARROW, END = 1e-5, 1e-4
HOME, STREET = (0, 0), [(-50, 10), (50, 10)]


def walls(*shapes: object) -> np.ndarray:
    return np.array([translate(LineString(s) if isinstance(s, list) else s, X0, Y0) for s in shapes], dtype=object)


def home(*shapes: object, turn: float = 0.0) -> Points:
    """A home 10 m south of a street, with walls; all turned around the home."""
    turned = [shapely.affinity.rotate(LineString(s) if isinstance(s, list) else s, turn, (0, 0)) for s in shapes]
    network = build(streets(shapely.affinity.rotate(LineString(STREET), turn, (0, 0))))
    points = gpd.GeoSeries([Point(X0, Y0)], crs=CRS)
    return snap(points, network, max_leg_m=20, min_component_m=0, barriers=walls(*turned))


ACROSS = {
    "a wall across": [[(-5, 5), (5, 5)]],
    "a wall across, askew": [[(-9, 1), (8, 9)]],
    "a wall across just off the home": [[(-5, 0.01), (5, 0.01)]],
    "a wall with a corner on the leg": [[(-5, 4), (0, 5), (5, 3)]],
    "a wall with corners on both its ends": [[(-5, 5), (0, 5)], [(0, 5), (5, 5)]],
    "walls that meet on the leg": [[(-5, 4), (0, 5)], [(5, 8), (0, 5)]],
    "a wall that follows the leg for a while": [[(-5, 3), (0, 3), (0, 7), (5, 7)]],
    "a wall that follows the leg, in pieces": [[(-5, 7), (0, 7)], [(0, 3), (0, 5)], [(0, 7), (0, 5)], [(0, 3), (5, 3)]],
    "a pond": [Polygon([(-5, 3), (5, 3), (5, 7), (-5, 7)])],
    "a pond whose corner is entered": [Polygon([(0, 3), (3, 6), (0, 9), (-3, 6)])],
    "a home on an island in a pond": [
        Polygon([(-9, -9), (9, -9), (9, 9), (-9, 9)], [[(-1, -1), (1, -1), (1, 1), (-1, 1)]])
    ],
    "several lines in one": [MultiLineString([[(20, 20), (30, 30)], [(-1, 5), (1, 5)]])],
    "a wall with height": [LineString([(-5, 5, 7), (5, 5, 9)])],
    "a long wall": [[(-9e6, 5), (9e6, 5)]],
}
NOT_ACROSS = {
    "no wall": [],
    "a wall beside": [[(1, 0), (1, 10)]],
    "a wall along the leg": [[(0, -5), (0, 15)]],
    "a wall along part of the leg": [[(0, 3), (0, 7)]],
    "a wall that ends on the leg": [[(-5, 5), (0, 5)]],
    "walls that end on the leg apart from each other": [[(-5, 5), (0, 5)], [(0, 6), (5, 6)]],
    "a corner that touches the leg": [[(-5, 4), (0, 5), (-5, 6)]],
    "corners that touch the leg from both sides": [[(-5, 4), (0, 5), (-5, 6)], [(5, 6), (0, 7), (5, 8)]],
    "a wall that follows the leg and turns back": [[(-5, 3), (0, 3), (0, 7), (-5, 7)]],
    "a home on the bank": [[(-5, 0), (5, 0)]],
    "a home on a corner of the bank": [[(-5, 3), (0, 0), (5, 3)]],
    "a street on the bank": [[(-50, 10), (50, 10)]],
    "a street that touches the bank": [[(-5, 15), (0, 10), (5, 15)]],
    "a wall along the leg that turns off behind the home": [[(-5, 5), (0, 5), (0, -5), (5, -5)]],
    "a wall along the leg that turns off beyond the street": [[(-5, 5), (0, 5), (0, 15), (5, 15)]],
    "a pond beside that is touched": [Polygon([(0, 3), (5, 3), (5, 7), (0, 7)])],
    "a wall beyond the street": [[(-5, 11), (5, 11)]],
    "a wall behind the home": [[(-5, -1), (5, -1)]],
    "a point and nothing": [Point(0, 5), LineString()],
}


@pytest.mark.parametrize("turn", [0, 37, 90, 203])
@pytest.mark.parametrize("case", ACROSS)
def test_across(case: str, turn: float) -> None:
    found = home(*ACROSS[case], turn=turn)
    assert found.reason.tolist() == ["barred"]
    assert found.edge.tolist() == [-1]
    assert np.isnan(found.leg_m).all()


@pytest.mark.parametrize("turn", [0, 37, 90, 203])
@pytest.mark.parametrize("case", NOT_ACROSS)
def test_not_across(case: str, turn: float) -> None:
    found = home(*NOT_ACROSS[case], turn=turn)
    assert found.reason.tolist() == [""]
    assert found.leg_m.tolist() == pytest.approx([10], abs=1e-6)


def placed(network: WalkNetwork, barriers: object, *places: tuple[float, float], leg: float = 100) -> Points:
    points = gpd.GeoSeries([Point(x + X0, y + Y0) for x, y in places], crs=CRS)
    return snap(points, network, max_leg_m=leg, min_component_m=50, barriers=barriers)


def test_behind_a_river_the_street_on_this_side_is_taken() -> None:
    network = build(streets([(0, 10), (100, 10)], [(0, -40), (100, -40)]))
    river = walls([(-50, 5), (150, 5)])
    found = placed(network, river, (50, 0), (50, 8))
    assert found.leg_m.tolist() == [40, 2]


def test_the_reason_is_barred_before_isolated_before_too_far() -> None:
    network = build(streets([(0, 10), (100, 10)], [(0, -5), (10, -5)]))
    river = walls([(-50, 5), (150, 5)])
    assert placed(network, river, (5, 0), leg=20).reason.tolist() == ["barred"]
    assert placed(network, river, (5, 0), leg=7).reason.tolist() == ["isolated"]
    assert placed(network, river, (5, 0), leg=4).reason.tolist() == ["too_far"]


def test_an_island_behind_a_wall_is_still_an_island() -> None:
    network = build(streets([(0, 100), (100, 100)], [(0, -5), (10, -5)]))
    assert placed(network, walls([(-50, -2), (50, -2)]), (5, 0), leg=20).reason.tolist() == ["isolated"]


def test_where_the_nearest_place_of_an_edge_is_barred_another_piece_of_it_may_be_in_sight() -> None:
    network = build(streets([(-30, 10), (20, 10), (60, 10), (60, -10)]))
    assert placed(network, None, (0, 0)).leg_m.tolist() == [10]
    found = placed(network, walls([(-1, 5), (1, 5)]), (0, 0))
    assert found.leg_m.tolist() == pytest.approx([np.hypot(20, 10)])
    assert found.offset_m.tolist() == [50]
    found = placed(network, walls([(-1, 5), (20, 5)]), (0, 0))
    assert found.leg_m.tolist() == [60]
    assert found.offset_m.tolist() == [100]


def test_barriers_may_be_a_series_in_the_same_crs_only() -> None:
    network = build(streets([(0, 10), (100, 10)]))
    river = gpd.GeoSeries(walls([(-50, 5), (150, 5)]), crs=CRS)
    assert placed(network, river, (5, 0)).reason.tolist() == ["barred"]
    assert placed(network, river.iloc[:0], (5, 0)).reason.tolist() == [""]
    with pytest.raises(CRSError, match="barriers"):
        placed(network, river.to_crs("EPSG:32651"), (5, 0))


def test_no_barriers_or_only_broken_ones_bar_nothing() -> None:
    network = build(streets([(0, 10), (100, 10)]))
    with np.errstate(invalid="ignore"):
        nowhere = LineString([(np.nan, 0), (1, 1)])
    broken = np.array([None, LineString(), nowhere, Point(X0, Y0)], dtype=object)
    for nothing in (None, np.empty(0, dtype=object), broken):
        assert placed(network, nothing, (5, 0)).leg_m.tolist() == [10]


def apart(start: tuple[float, float], end: tuple[float, float], walled: shapely.Geometry) -> bool:
    """True if a narrow band around the leg falls apart between its ends where the walls are cut out of it."""
    leg = LineString([start, end])
    if leg.length < 3 * END or not leg.intersects(walled):
        return False
    band, first, last = (
        shapely.ops.substring(leg, a, b).buffer(NARROW, cap_style="flat")
        for a, b in ((END, -END), (END, 2 * END), (-2 * END, -END))
    )
    rest = shapely.get_parts(band - walled)
    return not any(part.intersection(first).area > 0 and part.intersection(last).area > 0 for part in rest)


def lines_of(random: np.random.Generator, most: int, vertices: int) -> list[list[tuple[int, int]]]:
    """Lines on a grid so small that they meet, touch and run along each other."""
    some = (random.integers(0, 7, (random.integers(2, vertices + 1), 2)) for _ in range(random.integers(1, most + 1)))
    return [[(int(x), int(y)) for x, y in line] for line in some]


@tried_on(st.integers(0, 2**32 - 1), st.sampled_from([3.0, 20.0]), st.booleans(), fast=80, full=250)
def test_the_nearest_place_in_sight_is_found_as_by_trying_all(seed: int, cap: float, straight: bool) -> None:
    random = np.random.default_rng(seed)
    lines = [line for line in lines_of(random, 3, 4) if len(set(line)) > 1] or [[(0, 0), (6, 0)]]
    network = build(streets(*([[(0, 5), (6, 5)]] if straight else lines)))
    barriers, places = lines_of(random, 3, 5), [(int(x), int(y)) for x, y in random.integers(0, 7, (5, 2))]
    walled = shapely.union_all([LineString(barrier) for barrier in barriers]).buffer(NARROW / 100, quad_segs=1)
    points = gpd.GeoSeries([Point(x + X0, y + Y0) for x, y in places], crs=CRS)
    found = snap(points, network, max_leg_m=cap, min_component_m=0, barriers=walls(*barriers))
    for i, place in enumerate(places):
        feet = sorted(every_foot(network, place, cap))
        seen = next((foot for foot in feet if not apart(place, foot[5], walled)), None)
        if seen is None:
            assert found.reason[i] == ("barred" if feet else "too_far")
        else:
            assert found.leg_m[i] == pytest.approx(seen[0], abs=1e-6)
            assert network.edge_id[found.edge[i]] == seen[3]
            assert found.offset_m[i] == pytest.approx(seen[4], abs=1e-6)


def every_foot(network: WalkNetwork, place: tuple[int, int], cap: float) -> list[tuple]:
    """The nearest place of every straight piece of street: (metres, east, north, edge id, metres along, where)."""
    feet = []
    for edge, line in enumerate(network.lines):
        begun, xy = 0.0, np.round(shapely.get_coordinates(line) - (X0, Y0))
        for a, b in pairwise(xy):
            piece = LineString([a, b])
            along = piece.project(Point(place))
            where = piece.interpolate(along)
            metres = where.distance(Point(place))
            if metres <= cap + 1e-9:
                by = round(where.x - place[0], 6) + 0.0, round(where.y - place[1], 6) + 0.0
                feet.append((round(metres, 6), *by, network.edge_id[edge], begun + along, (where.x, where.y)))
            begun += piece.length
    return feet
