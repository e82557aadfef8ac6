"""Service areas: the exact covered street, widened; they nest, keep their holes, and agree with buffer and union."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import X0, Y0, streets
from shapely import LineString, MultiPolygon, Point

from kunshan_gis.errors import ParameterError
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network import build, covered_streets, search
from kunshan_gis.network.service_area import service_areas

PORTO_ALEGRE = Path(__file__).parents[3] / "shared" / "data" / "porto-alegre" / "poa_osm.osm.pbf"
W, CELL = 25.0, 4.0
SQUARE = [(0, 0), (300, 0), (300, 300), (0, 300), (0, 0)]
TOWN = [[(0, 0), (100, 0)], [(100, 0), (100, 90)], [(0, 0), (100, 90)], [(100, 90), (400, 130), (420, 300)]]


def at(network: WalkNetwork, *places: tuple[float, float], leg: float = 0.0) -> Points:
    """The nearest points of the network, by brute force."""
    where = [Point(X0 + x, Y0 + y) for x, y in places]
    edge = np.array([np.argmin(shapely.distance(network.lines, p)) for p in where], dtype=np.int64)
    offset = np.array([network.lines[e].project(p) for e, p in zip(edge, where, strict=True)], dtype=np.float64)
    n = len(places)
    return Points(edge, offset, np.full(n, leg), np.full(n, "", dtype=object))


def area(lines: list[object], place: tuple[float, float], cutoff: float, **options: float) -> MultiPolygon:
    network = build(streets(*lines))
    return service_areas(network, at(network, place), cutoffs_m=[cutoff], **options).geometry.iloc[0]


def buffered(network: WalkNetwork, sources: Points, cutoff: float, width: float = W) -> shapely.Geometry:
    covered = covered_streets(search(network, sources), [cutoff])
    return shapely.union_all(shapely.buffer(covered.geometry.array, width, quad_segs=32))


def in_common(one: shapely.Geometry, other: shapely.Geometry) -> float:
    return shapely.area(shapely.intersection(one, other)) / shapely.area(shapely.union(one, other))


def holes(shape: MultiPolygon) -> list[shapely.Polygon]:
    return [shapely.Polygon(ring) for part in shape.geoms for ring in part.interiors]


@pytest.mark.parametrize("end", [(1000, 0), (0, 1000), (600, 800), (-731, 215)])
def test_a_straight_street_has_a_stadium_around_it(end: tuple[float, float]) -> None:
    middle = (end[0] / 2, end[1] / 2)
    stadium = area([[(0, 0), end]], middle, 200)
    assert stadium.area == pytest.approx(2 * W * 400 + np.pi * W**2, rel=0.005)
    assert stadium.length == pytest.approx(2 * 400 + 2 * np.pi * W, rel=0.005)
    assert len(stadium.geoms) == 1
    assert not holes(stadium)


def test_a_street_at_the_cutoff_is_covered_as_far_as_the_walk_goes() -> None:
    found = area([[(0, 0), (1000, 0)]], (300, 0), 200)
    np.testing.assert_allclose(found.bounds, [X0 + 75, Y0 - 25, X0 + 525, Y0 + 25], atol=0.15)
    found = area([[(0, 0), (300, 0), (300, 500)]], (100, 0), 260)
    np.testing.assert_allclose(found.bounds, [X0 - 25, Y0 - 25, X0 + 325, Y0 + 85], atol=0.15)


def test_the_leg_is_walked_before_the_street() -> None:
    network = build(streets([(0, 0), (1000, 0)]))
    found = service_areas(network, at(network, (500, 0), leg=150), cutoffs_m=[100, 250])
    assert found["area_m2"].iloc[0] == 0
    assert found.geometry.iloc[0].is_empty
    assert found["area_m2"].iloc[1] == pytest.approx(2 * W * 200 + np.pi * W**2, rel=0.005)


def test_a_ring_road_keeps_what_it_goes_around_out() -> None:
    found = area([SQUARE], (0, 0), 600)
    (hole,) = holes(found)
    assert hole.area == pytest.approx(250 * 250, rel=0.005)
    assert found.area == pytest.approx(350**2 - (4 - np.pi) * W**2 - 250**2, rel=0.005)
    assert not holes(area([SQUARE], (0, 0), 550))  # the far corner is not reached: the ring stands open


def test_a_square_within_a_ring_within_a_ring_alternates() -> None:
    rings = [[(-300, -300), (600, -300), (600, 600), (-300, 600), (-300, -300)], SQUARE, [(-300, 150), (0, 150)]]
    network = build(streets(*rings[:2], [(0, 0), (-300, -300)]))
    found = service_areas(network, at(network, (0, 0)), cutoffs_m=[np.inf]).geometry.iloc[0]
    assert len(found.geoms) == 1
    assert len(holes(found)) == 2
    assert not found.covers(Point(X0 + 150, Y0 + 150))


def test_streets_nearer_than_twice_the_width_merge_and_others_leave_a_gap() -> None:
    def beside(gap: float) -> MultiPolygon:
        return area([[(0, 0), (400, 0)], [(0, 0), (0, gap)], [(0, gap), (400, gap)]], (0, 0), 400)

    assert beside(40).covers(LineString([(X0, Y0 + 20), (X0 + 360, Y0 + 20)]))
    assert not beside(70).intersects(LineString([(X0 + 30, Y0 + 35), (X0 + 400, Y0 + 35)]))


def test_an_unreached_street_inside_the_outline_stays_out() -> None:
    found = area([SQUARE, [(120, 150), (180, 150)]], (0, 0), 600)
    assert not found.covers(Point(X0 + 150, Y0 + 150))
    (hole,) = holes(found)
    assert hole.area == pytest.approx(250 * 250, rel=0.005)


def test_several_entrances_of_a_park_are_one_area_and_several_parks_are_rows_in_order() -> None:
    network = build(streets([(0, 0), (1000, 0)]))
    sources = at(network, (800, 0), (200, 0), (300, 0))
    found = service_areas(network, sources, [1, 0, 0], cutoffs_m=[100], ids=["west", "east"])
    assert found["id"].tolist() == ["west", "east"]
    np.testing.assert_allclose(found["area_m2"], [2 * W * 300 + np.pi * W**2, 2 * W * 200 + np.pi * W**2], rtol=0.005)
    np.testing.assert_allclose(found["area_m2"], found.area)
    assert found.crs == network.crs
    shuffled = service_areas(
        network, at(network, (300, 0), (800, 0), (200, 0)), [0, 1, 0], cutoffs_m=[100], ids=["west", "east"]
    )
    assert shuffled.geometry.to_wkb().tolist() == found.geometry.to_wkb().tolist()


def test_each_source_is_one_of_its_own_unless_grouped() -> None:
    network = build(streets([(0, 0), (1000, 0)]))
    found = service_areas(network, at(network, (200, 0), (300, 0)), cutoffs_m=[50, 10, 50])
    assert found[["id", "cutoff_m"]].to_numpy().tolist() == [[0, 10], [0, 50], [1, 10], [1, 50]]


def test_a_facility_that_is_not_on_the_network_has_an_empty_area() -> None:
    network = build(streets([(0, 0), (1000, 0)]))
    sources = Points(
        np.array([-1, 0]), np.array([np.nan, 500.0]), np.array([np.nan, 0.0]), np.array(["too_far", ""], dtype=object)
    )
    found = service_areas(network, sources, [0, 1], cutoffs_m=[100], ids=["far", "here", "without entrance"])
    assert found.geometry.is_empty.tolist() == [True, False, True]
    assert found["area_m2"].tolist()[::2] == [0, 0]
    nothing = service_areas(network, at(network), cutoffs_m=[100])
    assert nothing.columns.tolist() == ["id", "cutoff_m", "area_m2", "geometry"]
    assert len(nothing) == 0
    assert nothing.crs == network.crs


def test_a_cutoff_of_zero_is_a_disc_around_the_source() -> None:
    for place in [(500, 0), (0, 0), (1000, 0)]:
        disc = area([[(0, 0), (1000, 0)], [(1000, 0), (1000, 300)]], place, 0)
        assert disc.area == pytest.approx(np.pi * W**2, rel=0.01)
        assert disc.centroid.distance(Point(X0 + place[0], Y0 + place[1])) < 0.1


def test_infinity_takes_in_all_that_is_connected() -> None:
    network = build(streets(*TOWN, [(0, 900), (100, 900)]))
    found = service_areas(network, at(network, (0, 0)), cutoffs_m=[1e9, np.inf])
    assert found["area_m2"].iloc[0] == found["area_m2"].iloc[1]
    whole = shapely.union_all(shapely.buffer(network.lines[[line.bounds[1] < Y0 + 800 for line in network.lines]], W))
    assert in_common(found.geometry.iloc[1], whole) > 0.99


def test_edges_without_length_carry_sources_and_walks() -> None:
    lines = np.array([LineString([(0, 0), (0, 0)]), LineString([(0, 0), (100, 0)])], dtype=object)
    network = WalkNetwork(
        node_xy=np.array([[0.0, 0], [0, 0], [100, 0]]),
        edge_uv=np.array([[0, 1], [1, 2]]),
        length_m=np.array([0.0, 100]),
        delay_s=np.zeros(2),
        edge_id=np.arange(2, dtype=np.uint64),
        component_m=np.full(2, 100.0),
        lines=lines,
        street=np.arange(2),
        crs="EPSG:4549",
        walk_filter="",
    )
    sources = Points(np.array([0]), np.zeros(1), np.zeros(1), np.array([""], dtype=object))
    found = service_areas(network, sources, cutoffs_m=[0, 50])
    np.testing.assert_allclose(found["area_m2"], [np.pi * W**2, np.pi * W**2 + 2 * W * 50], rtol=0.01)


def test_streets_that_meet_the_width_exactly_give_valid_polygons() -> None:
    blocks = [[(x, 0), (x, 50), (x, 100), (x, 150)] for x in (0, 50, 100, 150)]
    blocks += [[(0, y), (50, y), (100, y), (150, y)] for y in (0, 50, 100, 150)]
    for cutoff in (0, 5, 25, 50, 75, 100, 125, 1000):
        for cell in (5, 2.5, 12.5):
            found = area(blocks, (50, 50), cutoff, cell_m=cell)
            assert found.is_valid
            assert found.area > 0


def test_a_city_moved_moves_its_areas() -> None:
    shift = np.array([12345.678, -98765.4321])
    lines = [LineString(line) for line in [*TOWN, SQUARE]]
    moved = [shapely.transform(line, lambda xy: xy + shift) for line in lines]
    here, there = area(lines, (30, 0), 350), area(moved, (30 + shift[0], shift[1]), 350)
    back = shapely.transform(there, lambda xy: xy - shift)
    assert shapely.symmetric_difference(here, back).area < 1e-3 * here.area
    assert len(holes(here)) == len(holes(back))


def test_the_same_question_has_the_same_bytes_and_leaves_its_input_alone() -> None:
    network = build(streets(*TOWN))
    sources, group = at(network, (30, 0), (100, 40)), np.array([0, 0])
    before = [sources.edge.copy(), sources.offset_m.copy(), sources.leg_m.copy(), network.length_m.copy()]
    one, two = (service_areas(network, sources, group, cutoffs_m=[50, 200]) for _ in range(2))
    assert one.geometry.to_wkb().tolist() == two.geometry.to_wkb().tolist()
    for was, now in zip(before, [sources.edge, sources.offset_m, sources.leg_m, network.length_m], strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cutoffs_m": []}, "cutoff"),
        ({"cutoffs_m": [-1.0]}, "cutoff"),
        ({"cutoffs_m": [100, np.nan]}, "cutoff"),
        ({"width_m": 0.0}, "width_m"),
        ({"width_m": -25.0}, "width_m"),
        ({"width_m": np.nan}, "width_m"),
        ({"width_m": np.inf}, "width_m"),
        ({"cell_m": 0.0}, "cell_m"),
        ({"cell_m": np.nan}, "cell_m"),
        ({"cell_m": 13.0}, "cell_m"),
        ({"group": [0]}, "group"),
        ({"group": [0, -1]}, "group"),
        ({"ids": ["only one"]}, "ids"),
    ],
)
def test_an_option_without_meaning_is_refused(options: dict[str, object], said: str) -> None:
    network = build(streets([(0, 0), (1000, 0)]))
    asked = {"group": [0, 1], "cutoffs_m": [100.0]} | options
    with pytest.raises(ParameterError, match=said):
        service_areas(network, at(network, (0, 0), (500, 0)), **asked)


def test_an_area_too_wide_for_its_cells_is_refused_with_the_remedy() -> None:
    network = build(streets([(0, 0), (100_000, 100_000)]))
    with pytest.raises(ParameterError, match="raise cell_m"):
        service_areas(network, at(network, (0, 0)), cutoffs_m=[np.inf])


PLACES = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda p: (p[0] * 37.0, p[1] * 37.0))
LINES = st.lists(st.lists(PLACES, min_size=2, max_size=4), min_size=1, max_size=10)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(LINES, st.lists(st.floats(0, 1), min_size=1, max_size=4), st.floats(1, 600), st.data())
def test_random_towns_agree_with_buffer_and_union_nest_and_are_valid(
    lines: list[list[tuple[float, float]]], along: list[float], cutoff: float, data: st.DataObject
) -> None:
    lines = [line for line in lines if LineString(line).length > 0]
    if not lines:
        return
    network = build(streets(*lines))
    edge = np.array([data.draw(st.integers(0, len(network.length_m) - 1)) for _ in along])
    n = len(along)
    sources = Points(edge, np.array(along) * network.length_m[edge], np.zeros(n), np.full(n, "", dtype=object))
    found = service_areas(network, sources, np.zeros(n, dtype=int), cutoffs_m=[cutoff / 3, cutoff / 2, cutoff])
    near, middle, far = found.geometry
    assert found.is_valid.all()
    assert far.covers(middle)
    assert middle.covers(near)
    exact = buffered(network, sources, cutoff)
    assert in_common(far, exact) > 0.98
    assert exact.buffer(CELL).covers(far)
    assert far.buffer(CELL).covers(exact)
    assert len(far.geoms) >= shapely.get_num_geometries(exact.buffer(5))


@pytest.mark.full
@pytest.mark.skipif(not PORTO_ALEGRE.exists(), reason="needs the extract of Porto Alegre beside the repository")
def test_on_real_streets_areas_share_995_of_1000_with_buffer_and_union() -> None:
    from kunshan_gis.layers.osm import read_osm

    network = build(gpd.GeoDataFrame(read_osm(PORTO_ALEGRE)["streets"]).to_crs("EPSG:31982"))
    random = np.random.default_rng(3)
    n = 40
    edge = random.integers(0, len(network.length_m), n)
    sources = Points(edge, random.random(n) * network.length_m[edge], np.zeros(n), np.full(n, "", dtype=object))
    found = service_areas(network, sources, cutoffs_m=[375, 750, 1125])
    assert found.is_valid.all()
    for row in range(n):
        one = Points(edge[[row]], sources.offset_m[[row]], np.zeros(1), np.full(1, "", dtype=object))
        mine = found[found["id"] == row].set_index("cutoff_m").geometry
        assert in_common(mine[1125], buffered(network, one, 1125)) > 0.995
        assert mine[1125].covers(mine[750])
        assert mine[750].covers(mine[375])
