"""Streets drawn so that they do not join, found by hand-worked cases and against trying every pair."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import X0, Y0, streets
from shapely import LineString

from kunshan_gis.model import WalkNetwork
from kunshan_gis.network import build
from kunshan_gis.network.faults import dangling, joined_m, near_misses, unjoined


def structure_of(network: WalkNetwork, table: gpd.GeoDataFrame) -> np.ndarray:
    return table["structure"].to_numpy(dtype=object)[network.street]


def found(table: gpd.GeoDataFrame, near_m: float = 2.0) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, WalkNetwork]:
    network = build(table)
    structure = structure_of(network, table)
    misses = near_misses(network, structure, near_m=near_m)
    return misses, unjoined(network, structure, misses, near_m=near_m), network


def places(table: gpd.GeoDataFrame) -> set[tuple[float, float]]:
    return {(round(point.x - X0, 3), round(point.y - Y0, 3)) for point in table.geometry}


MAIN = [(0, 0), (400, 0)]


def test_a_lane_that_stops_short_of_the_road_is_found_and_what_it_cuts_off() -> None:
    misses, crossed, network = found(streets(MAIN, [(200, 1.5), (200, 90), (260, 90)]))
    assert places(misses) == {(200, 1.5)}
    (row,) = misses.to_dict(orient="records")
    assert row["gap_m"] == pytest.approx(1.5)
    assert np.isnan(row["around_m"])
    assert row["cut_off_m"] == pytest.approx(148.5)
    assert joined_m(network, misses["edge"].to_numpy(), misses["other"].to_numpy()) == pytest.approx(148.5)
    assert len(crossed) == 0


def test_a_lane_that_reaches_the_road_without_a_vertex_of_it_does_not_join_it() -> None:
    misses, crossed, _ = found(streets(MAIN, [(200, 0), (200, 90)]))
    assert misses["gap_m"].tolist() == [0]
    assert len(crossed) == 0


@pytest.mark.parametrize(("gap", "count"), [(1.999, 1), (2.0, 1), (2.001, 0)])
def test_the_tolerance_is_inclusive(gap: float, count: int) -> None:
    assert len(found(streets(MAIN, [(200, gap), (200, 90)]))[0]) == count


def test_the_way_around_is_measured_and_a_short_one_does_no_harm() -> None:
    around = streets(MAIN, [(0, 0), (0, 50), (100, 50), (100, 1)])
    misses, _, _ = found(around)
    assert misses["around_m"].tolist() == [50 + 100 + 49 + 100]
    stub = streets([(0, 0), (200, 0)], [(200, 0), (400, 0)], [(200, 0), (201, 1.5)])
    assert len(found(stub)[0]) == 0


def test_two_ends_that_stop_short_of_each_other_are_one_place() -> None:
    misses, _, _ = found(streets([(0, 0), (100, 0)], [(101, 0), (200, 0)]))
    assert len(misses) == 1
    both_ends = found(streets([(0, 0), (100, 0)], [(1, 1), (50, 40), (99, 1)]))[0]
    assert len(both_ends) == 2


def test_streets_that_cross_without_a_shared_vertex_do_not_connect() -> None:
    misses, crossed, network = found(streets(MAIN, [(200, -90), (200, 90)]))
    assert len(misses) == 0
    assert places(crossed) == {(200, 0)}
    assert crossed[["kind", "cut_off_m"]].values.tolist() == [["cross", 180]]
    assert joined_m(network, crossed["edge"].to_numpy(), crossed["other"].to_numpy()) == 180
    joined = found(streets([(0, 0), (200, 0), (400, 0)], [(200, -90), (200, 0), (200, 90)]))
    assert len(joined[1]) == 0


def test_streets_that_overshoot_a_junction_are_one_fault_and_not_two() -> None:
    misses, crossed, _ = found(streets(MAIN, [(200, -1), (200, 90)]))
    assert (len(misses), len(crossed)) == (1, 0)


@pytest.mark.parametrize("structure", ["elevated", "tunnel", "unknown"])
def test_a_bridge_or_a_tunnel_may_cross_and_may_end_beside_a_street(structure: str) -> None:
    for other in ([(200, -90), (200, 90)], [(200, 1), (200, 90)]):
        misses, crossed, _ = found(streets(MAIN, other, structure=["ground", structure]))
        assert (len(misses), len(crossed)) == (0, 0)


def test_a_lane_that_touches_a_road_with_a_corner_is_a_crossing_that_does_not_connect() -> None:
    _, crossed, _ = found(streets(MAIN, [(100, 90), (200, 0)], [(200, 0), (300, 90)]))
    assert places(crossed) == {(200, 0)}


def test_streets_drawn_over_each_other_with_other_vertices_overlap() -> None:
    _, crossed, _ = found(streets([(0, 0), (300, 0)], [(100, 0), (150, 0), (200, 0)]))
    overlap = crossed[crossed["kind"] == "overlap"]
    assert overlap["overlap_m"].tolist() == [100]
    twice = found(streets(MAIN, MAIN[::-1]))
    assert len(twice[1]) == 0  # the same vertices: drawn twice, counted once


def test_an_edge_that_crosses_itself_is_named_with_the_place() -> None:
    _, crossed, _ = found(streets([(0, 0), (100, 100), (100, 0), (0, 100)]))
    assert crossed["kind"].tolist() == ["self"]
    assert places(crossed) == {(50, 50)}
    ring = found(streets([(0, 0), (100, 0), (100, 100), (0, 0)]))
    assert len(ring[1]) == 0


def test_dead_ends_are_nodes_of_one_edge() -> None:
    network = build(streets([(0, 0), (100, 0), (200, 0)], [(100, 0), (100, 50)], [(300, 0), (350, 50), (300, 0)]))
    ends = dangling(network)
    assert {tuple(xy) for xy in (network.node_xy[ends.node] - (X0, Y0)).tolist()} == {
        (0, 0),
        (200, 0),
        (100, 50),
    }
    assert ends.edge.tolist() == [np.flatnonzero((network.edge_uv == node).any(axis=1))[0] for node in ends.node]


corner = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda at: (at[0] * 300, at[1] * 300))
line = st.lists(corner, min_size=2, max_size=3, unique=True)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(line, min_size=2, max_size=7))
def test_every_place_where_two_edges_meet_without_a_node_is_found_and_no_other(lines) -> None:
    misses, crossed, network = found(streets(*lines))
    expected = set()
    for i in range(len(network.lines)):
        for j in range(i):
            nodes = set(network.edge_uv[i]) & set(network.edge_uv[j])
            shared = {tuple(np.round(network.node_xy[node] - (X0, Y0), 3).tolist()) for node in nodes}
            met = shapely.get_parts(shapely.intersection(network.lines[i], network.lines[j]))
            points = [part for part in met if part.geom_type == "Point"]
            ends = [shapely.Point(network.node_xy[n]) for k in (i, j) for n in network.edge_uv[k]]
            degree = np.bincount(network.edge_uv.ravel())
            alone = [degree[n] == 1 for k in (i, j) for n in network.edge_uv[k]]
            points += [
                end
                for end, one, other in zip(ends, alone, (j, j, i, i), strict=True)
                if one and shapely.distance(end, network.lines[other]) < 1e-6
            ]
            expected |= {(round(p.x - X0, 3), round(p.y - Y0, 3)) for p in points} - shared
    assert places(misses) | places(crossed[crossed["kind"] == "cross"]) == expected


def test_the_direction_of_lines_and_the_place_of_the_city_change_nothing() -> None:
    lines = [MAIN, [(200, 1), (200, 90)], [(300, -50), (300, 90)], [(100, -80), (100, -1)]]
    here, _, _ = found(streets(*lines))
    turned, _, _ = found(streets(*[line[::-1] for line in lines]))
    assert places(here) == places(turned) == {(200, 1), (100, -1)}
    far = streets(*lines)
    far = far.set_geometry([LineString(shapely.get_coordinates(one) + np.array([1000, -2000])) for one in far.geometry])
    assert len(found(far)[0]) == 2
