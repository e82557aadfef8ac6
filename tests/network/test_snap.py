"""Points on streets: the nearest edge, the place along it, the straight leg, and why not."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import strategies as st
from laws import tried_on
from paper import CRS, X0, Y0, frame, streets
from shapely import LineString, MultiPoint, Point, box

from kunshan_gis.errors import CRSError, LayerSchemaError, ParameterError
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network import build, nearest, search, snap
from kunshan_gis.network.snap import not_placed

GRID = [[(x, 0), (x, 100)] for x in range(0, 500, 100)] + [[(x, 0), (x + 100, 0)] for x in range(0, 400, 100)]


def at(*places: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(x + X0, y + Y0) for x, y in places], crs=CRS)


def put(points: gpd.GeoSeries, network, *, leg: float = 200.0, component: float = 0.0):
    return snap(points, network, max_leg_m=leg, min_component_m=component)


def test_a_point_stands_along_its_nearest_edge() -> None:
    network = build(streets([(0, 0), (600, 0)], [(0, 0), (0, 300)]))
    found = put(at((310, 40), (5, 250)), network)
    main = int(np.flatnonzero(network.length_m == 600)[0])
    assert found.edge.tolist() == [main, 1 - main]
    assert found.offset_m.tolist() == pytest.approx([310, 250], abs=1e-9)
    assert found.leg_m.tolist() == [40, 5]


def test_the_cap_on_the_leg_is_inclusive_and_beyond_it_there_is_no_place() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    found = put(at((300, 200), (300, 200.01)), network)
    assert found.placed.tolist() == [True, False]
    assert found.reason.tolist() == ["", "too_far"]
    assert np.isnan(found.offset_m[1])
    assert np.isnan(found.leg_m[1])


def test_an_isolated_80_m_path_is_not_walked_from() -> None:
    network = build(streets([(0, 0), (600, 0)], [(280, 150), (360, 150)]))
    found = put(at((300, 140), (300, 390)), network, leg=140, component=500)
    assert found.placed.tolist() == [True, False]
    assert found.leg_m[0] == 140  # the main street, though the path is 10 m away
    assert found.reason[1] == "too_far"
    assert put(at((300, 160)), network, leg=100, component=500).reason.tolist() == ["isolated"]
    assert put(at((300, 160)), network, leg=100, component=80).placed.all()  # at least 80 m is enough


def test_a_point_on_a_junction_is_at_the_same_place_whichever_edge_it_is_put_on() -> None:
    network = build(streets(*GRID))
    junction = put(at((200, 0)), network)
    gate = put(at((0, 100)), network)
    assert junction.leg_m.tolist() == [0]
    assert nearest(search(network, gate), junction)["metres"].tolist() == [300]
    assert nearest(search(network, junction), gate)["metres"].tolist() == [300]


def test_ties_are_settled_by_the_edge_and_not_by_the_order_of_rows() -> None:
    there, back = build(streets(*GRID)), build(streets(*GRID[::-1]))
    middle = at((50, 50), (150, 50), (250, 50), (350, 50), (100, 0))
    one, two = put(middle, there), put(middle, back)
    assert there.edge_id[one.edge].tolist() == back.edge_id[two.edge].tolist()


def test_no_points_and_no_eligible_edges_are_fine() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    assert len(put(at(), network).edge) == 0
    assert put(at((0, 0)), network, component=1e9).reason.tolist() == ["isolated"]


def test_another_crs_is_refused_with_the_remedy() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    with pytest.raises(CRSError, match=r'the study area measures in EPSG:4549. Reproject first: homes.to_crs\("EPSG'):
        snap(at((0, 0)).to_crs("EPSG:32651"), network, max_leg_m=200, min_component_m=0, name="homes")


@pytest.mark.parametrize(("leg", "component"), [(0, 0), (-1, 0), (np.nan, 0), (200, -1), (200, np.nan)])
def test_a_cap_that_means_nothing_is_refused(leg: float, component: float) -> None:
    with pytest.raises(ParameterError, match="longest leg"):
        put(at((0, 0)), build(streets([(0, 0), (600, 0)])), leg=leg, component=component)


def test_a_cap_of_infinity_is_no_cap() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    found = put(at((300, 1e7), (-1e7, 0)), network, leg=np.inf)
    assert found.leg_m.tolist() == pytest.approx([1e7, 1e7])
    assert found.offset_m.tolist() == pytest.approx([300, 0])


def test_the_cap_holds_for_legs_that_are_not_straight_north() -> None:
    network = build(streets([(3, 4), (300, 4)]))
    for move in (0.0, 0.1, 1 / 3):
        found = put(at((move, 0)), build(streets([(3 + move, 4), (300 + move, 4)])), leg=5)
        assert found.leg_m.tolist() == pytest.approx([5], abs=1e-9)
        assert found.leg_m[0] <= 5
    assert put(at((0, 0)), network, leg=4.9999).reason.tolist() == ["too_far"]


def test_of_two_places_equally_near_the_western_then_the_southern_is_taken() -> None:
    network = build(streets([(0, 0), (0, 100)], [(20, 0), (20, 100)]))
    assert foot(network, put(at((10, 50)), network)) == [(0, 50)]
    network = build(streets([(0, 0), (100, 0)], [(0, 20), (100, 20)]))
    assert foot(network, put(at((50, 10)), network)) == [(50, 0)]


def test_two_equally_near_places_of_one_edge_are_told_apart_the_same_way() -> None:
    there = [(0, 0), (0, 100), (20, 100), (20, 0)]
    for way in (there, there[::-1]):
        network = build(streets(way))
        assert foot(network, put(at((10, 50)), network)) == [(0, 50)]


def test_at_a_junction_every_edge_gives_the_same_leg_and_the_smaller_id_is_taken() -> None:
    spokes = [[(0, 0), (-100, 30 * k)] for k in range(-3, 4)]
    network = build(streets(*spokes))
    found = put(at((7.1, 0), (3.3, 0.7)), network)
    assert network.edge_id[found.edge].tolist() == [network.edge_id.min()] * 2
    for edge in range(len(spokes)):
        alone = put(at((7.1, 0), (3.3, 0.7)), network_of(network, edge))
        assert alone.leg_m.tolist() == found.leg_m.tolist()


def test_a_place_that_is_on_a_loop_twice_is_its_beginning() -> None:
    network = build(streets([(0, 0), (100, 0), (100, 100), (0, 0)]))
    found = put(at((-5, -5), (100, 0)), network)
    assert found.offset_m.tolist() == [0, 100]


def test_points_without_a_place_are_not_placed_and_say_so() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    nowhere = [Point(), None, Point(np.nan, np.nan), Point(np.inf, 0), LineString(), Point(X0, Y0)]
    found = put(gpd.GeoSeries(nowhere, crs=CRS), network)
    assert found.reason.tolist() == ["no_place"] * 5 + [""]
    assert found.edge.tolist() == [-1] * 5 + [0]
    assert np.isnan(found.leg_m[:5]).all()


@pytest.mark.parametrize("shape", [box(0, 0, 1, 1), LineString([(0, 0), (1, 1)]), MultiPoint([(0, 0)])])
def test_what_is_no_point_is_refused_with_its_row_and_a_remedy(shape: shapely.Geometry) -> None:
    network = build(streets([(0, 0), (600, 0)]))
    points = gpd.GeoSeries([Point(X0, Y0), shape], crs=CRS)
    with pytest.raises(
        LayerSchemaError, match=r"row 2: the geometry is no single point .*representative_point"
    ) as caught:
        snap(points, network, max_leg_m=200, min_component_m=0, name="homes")
    assert "第 2 行" in caught.value.said("zh")
    assert "homes" in caught.value.said("zh")


def test_heights_do_not_count() -> None:
    network = build(streets(LineString([(0, 0, 50), (600, 0, 90)])))
    found = put(gpd.GeoSeries([Point(X0 + 310, Y0 + 40, 7)], crs=CRS), network)
    assert found.offset_m.tolist() == pytest.approx([310], abs=1e-9)
    assert found.leg_m.tolist() == [40]


def test_an_edge_of_a_thousand_vertices_is_as_long_as_it_is() -> None:
    wave = [(x / 2, 10 * np.sin(x / 10)) for x in range(4001)]
    network = build(streets(wave))
    places = at((-1, 0), (777.7, 30), (2001, 10 * np.sin(400.0)))
    found = put(places, network)
    assert found.offset_m == pytest.approx(shapely.line_locate_point(network.lines[0], np.asarray(places)), abs=1e-6)
    assert found.offset_m[[0, 2]].tolist() == [0, network.length_m[0]]


def test_an_edge_of_hardly_any_length_is_an_edge() -> None:
    network = build(streets([(0, 0), (0.002, 0)], [(50, 0), (90, 0)]))
    found = put(at((-3, 0), (1, 0)), network)
    assert found.offset_m == pytest.approx([0, network.length_m[found.edge[1]]])
    assert found.leg_m == pytest.approx([3, 0.998])


def test_an_edge_that_is_barred_is_not_there() -> None:
    network = build(streets([(0, 0), (600, 0)], [(0, 50), (600, 50)]))
    points = at((300, 40))
    bridge = network.lines == network.lines[put(points, network).edge[0]]
    found = snap(points, network, max_leg_m=200, min_component_m=0, barred=bridge)
    assert found.leg_m.tolist() == [40]
    assert snap(points, network, max_leg_m=20, min_component_m=0, barred=bridge).reason.tolist() == ["too_far"]
    for wrong in (np.zeros(3, dtype=bool), [0, 1]):
        with pytest.raises(ParameterError, match="of each of the 2 edges whether it is closed"):
            snap(points, network, max_leg_m=20, min_component_m=0, barred=wrong)


def test_no_edges_at_all_place_nobody() -> None:
    network = network_of(build(streets([(0, 0), (600, 0)])))
    assert put(at((0, 0)), network).reason.tolist() == ["too_far"]


def foot(network: WalkNetwork, found: Points) -> list[tuple[float, float]]:
    """Where the points were put, to the micrometre."""
    where = shapely.line_interpolate_point(network.lines[found.edge], found.offset_m)
    return [(round(p.x - X0, 6) + 0.0, round(p.y - Y0, 6) + 0.0) for p in where]


def network_of(network: WalkNetwork, *edges: int) -> WalkNetwork:
    """Some edges of a network only."""
    rows = list(edges)
    own = ("edge_uv", "length_m", "delay_s", "edge_id", "component_m", "lines", "street")
    return replace(network, **{name: getattr(network, name)[rows] for name in own})


PLACE = st.tuples(st.integers(0, 12), st.integers(0, 12))
LINES = st.lists(st.lists(PLACE, min_size=2, max_size=6).filter(lambda xy: len(set(xy)) > 1), min_size=1, max_size=6)
PLACES = st.lists(st.tuples(st.floats(-5, 17), st.floats(-5, 17)) | PLACE, min_size=1, max_size=6)


def lies(network: WalkNetwork, place: tuple[float, float]) -> list[tuple[float, float, float, int, float]]:
    """For every straight piece of street: metres, metres east and north to its foot, edge id, metres along the edge."""
    feet, point = [], Point(place[0] + X0, place[1] + Y0)
    for line, edge_id in zip(network.lines, network.edge_id, strict=True):
        begun = 0.0
        for ends in pairwise(line.coords):
            piece = LineString(ends)
            along = piece.project(point)
            there = piece.interpolate(along)
            feet.append((piece.distance(point), there.x - point.x, there.y - point.y, edge_id, begun + along))
            begun += piece.length
    return feet


@tried_on(LINES, PLACES, st.sampled_from([2.0, 30.0]), st.sampled_from([0.0, 12.0]), fast=80, full=250)
def test_every_point_is_where_trying_all_puts_it(lines, places, cap: float, component: float) -> None:
    network = build(streets(*lines))
    points = at(*places)
    found = put(points, network, leg=cap, component=component)
    for i, place in enumerate(places):
        feet = lies(network, place)
        if any(cap < foot[0] < cap + 2e-6 for foot in feet):
            continue  # as good as at the cap
        feet = [foot for foot in feet if foot[0] <= cap]
        usable = network.edge_id[network.component_m >= component]
        allowed = [foot for foot in feet if foot[3] in usable]
        if not allowed:
            assert found.reason[i] == ("isolated" if feet else "too_far")
            continue
        best = min(allowed)
        assert found.leg_m[i] == pytest.approx(best[0], abs=2e-6)
        line = network.lines[found.edge[i]]
        assert line.distance(points[i]) == pytest.approx(best[0], abs=2e-6)
        assert line.interpolate(found.offset_m[i]).distance(points[i]) == pytest.approx(best[0], abs=2e-6)
        equal = [foot for foot in allowed if foot[0] <= best[0] + 1e-9]
        if all(foot[0] <= best[0] + 1e-9 or foot[0] > best[0] + 1e-5 for foot in allowed):
            east, north, edge_id, offset = min((round(dx, 6), round(dy, 6), *rest) for _, dx, dy, *rest in equal)
            assert network.edge_id[found.edge[i]] == edge_id, (east, north)
            assert found.offset_m[i] == pytest.approx(offset, abs=1e-6)


@tried_on(LINES, PLACES, st.randoms(), st.sampled_from([(0, 0), (1e5, -3e5), (0.1, 1 / 3)]), fast=20, full=60)
def test_shuffled_rows_and_a_city_elsewhere_change_nothing(lines, places, random, move) -> None:
    network, found = None, None
    shuffled = random.sample(lines, len(lines))
    for version, by in ((lines, (0, 0)), (shuffled, (0, 0)), (lines, move)):
        moved = build(streets(*([(x + by[0], y + by[1]) for x, y in line] for line in version)))
        again = put(at(*((x + by[0], y + by[1]) for x, y in places)), moved, leg=30)
        if network is None:
            network, found = moved, again
        assert again.leg_m == pytest.approx(found.leg_m, abs=1e-6, nan_ok=True)
        assert again.reason.tolist() == found.reason.tolist()
        if by == (0, 0):
            assert moved.edge_id[again.edge].tolist() == network.edge_id[found.edge].tolist()


def test_who_is_left_out_is_listed_with_reason_people_and_distance() -> None:
    network = build(streets([(0, 0), (600, 0)], [(0, 900), (80, 900)]))
    places = [Point(300, 40), Point(300, 450), Point(40, 890), Point()]
    table = frame(places, population=[1, 20, 300, 4000], id=["a", "b", "c", "d"])
    points = put(table.geometry, network, component=100)
    found = not_placed(table, points, network=network)
    assert found.columns.tolist() == ["id", "reason", "population", "street_m"]
    assert found["id"].tolist() == ["b", "c", "d"]
    assert found["reason"].tolist() == ["too_far", "isolated", "no_place"]
    assert found["population"].tolist() == [20, 300, 4000]
    assert found["street_m"].tolist() == pytest.approx([450, 10, np.nan], nan_ok=True)
    assert not_placed(table[["id", "geometry"]], points).columns.tolist() == ["id", "reason"]
    assert len(not_placed(table.iloc[:1], put(table.geometry.iloc[:1], network), network=network)) == 0
