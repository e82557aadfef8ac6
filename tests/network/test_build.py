"""Streets to a network: what meets, what does not, and how long it is."""

from __future__ import annotations

import numpy as np
import pytest
from paper import streets
from shapely import LineString, MultiLineString

from kunshan_gis.errors import CRSError, NetworkError
from kunshan_gis.network import build


def pieces(network) -> list[float]:
    return sorted(set(network.component_m.round(3)))


def test_ways_meet_where_they_share_a_vertex() -> None:
    network = build(streets([(0, 0), (100, 0), (200, 0)], [(100, 0), (100, 50)]))
    assert sorted(network.length_m) == [50, 100, 100]
    assert len(network.node_xy) == 4
    assert pieces(network) == [250]


def test_an_expressway_that_crosses_without_a_shared_vertex_does_not_connect() -> None:
    network = build(streets([(0, 0), (200, 0)], [(100, -50), (100, 50)]))
    assert len(network.length_m) == 2
    assert pieces(network) == [100, 200]


def test_ends_a_centimetre_apart_do_not_meet_and_a_tenth_of_a_millimetre_do() -> None:
    assert pieces(build(streets([(0, 0), (100, 0)], [(100.01, 0), (200, 0)]))) == [99.99, 100]
    assert pieces(build(streets([(0, 0), (100, 0)], [(100.0001, 0), (200, 0)]))) == [200]


def test_parallel_ways_stay_two_edges() -> None:
    network = build(streets([(0, 0), (100, 0)], [(0, 0), (50, 50), (100, 0)]))
    assert len(network.length_m) == 2
    assert network.edge_uv[0].tolist() == network.edge_uv[1].tolist()
    assert sorted(network.length_m.round(2)) == [100, 141.42]


def test_a_loop_begins_and_ends_at_the_same_node() -> None:
    network = build(streets([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]))
    assert network.edge_uv.tolist() == [[0, 0]]
    assert network.length_m.tolist() == [400]


def test_a_street_drawn_twice_or_backwards_counts_once() -> None:
    there, back = [(0, 0), (100, 0)], [(100, 0), (0, 0)]
    network = build(streets(there, there, back))
    assert network.length_m.tolist() == [100]
    assert network.street.tolist() == [0]
    assert len(set(build(streets(there)).edge_id) | set(build(streets(back)).edge_id)) == 1


def test_a_street_drawn_over_part_of_another_counts_once() -> None:
    network = build(streets([(0, 0), (50, 10), (100, 0)], [(100, 0), (50, 10)]))
    np.testing.assert_allclose(network.length_m, [np.hypot(50, 10)] * 2)
    assert network.street.tolist() == [0, 0]


def test_repeated_vertices_add_no_edge_and_no_length() -> None:
    network = build(streets([(0, 0), (0, 0), (60, 0), (60, 0), (60, 0), (100, 0), (100, 0)]))
    assert network.length_m.tolist() == [100]
    assert len(network.node_xy) == 2


def test_the_parts_of_a_multi_line_do_not_join_by_themselves() -> None:
    parts = MultiLineString([[(0, 0), (100, 0)], [(300, 0), (340, 0)]])
    network = build(streets(parts))
    assert sorted(network.length_m) == [40, 100]
    assert network.street.tolist() == [0, 0]
    assert pieces(network) == [40, 100]


def test_heights_are_not_walked() -> None:
    network = build(streets(LineString([(0, 0, 0), (30, 40, 1000)])))
    assert network.length_m.tolist() == [50]
    assert not network.lines[0].has_z


def test_a_line_that_crosses_itself_is_a_node_only_where_it_has_a_vertex() -> None:
    crossing = build(streets([(0, 0), (100, 100), (100, 0), (0, 100)]))
    assert len(crossing.length_m) == 1
    eight = build(streets([(0, 0), (50, 50), (100, 100), (100, 0), (50, 50), (0, 100)]))
    assert sorted(eight.length_m.round(2)) == [70.71, 70.71, 241.42]
    assert sum(u == v for u, v in eight.edge_uv) == 1


def test_the_length_follows_the_bends_and_not_the_end_points() -> None:
    assert build(streets([(0, 0), (0, 300), (10, 300), (10, 0)])).length_m.tolist() == [610]


def test_only_walkable_streets_are_walked_and_each_edge_remembers_its_row() -> None:
    table = streets([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(200, 0), (300, 0)], walkable=[True, False, True])
    network = build(table)
    assert network.street.tolist() == [0, 2]
    assert pieces(network) == [100]


def test_edge_ids_survive_a_rebuild_another_order_and_an_edit_elsewhere() -> None:
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 80)], [(0, 0), (0, 70)]]
    whole, shuffled, edited = build(streets(*lines)), build(streets(*lines[::-1])), build(streets(*lines[:2]))
    assert set(whole.edge_id) == set(shuffled.edge_id)
    assert set(edited.edge_id) < set(whole.edge_id)
    assert len(set(whole.edge_id)) == 3


def test_mirrored_and_shifted_edges_have_their_own_ids() -> None:
    table = streets([(0, 0), (3, 5)], [(0, 0), (5, 3)], [(1, 0), (4, 5)], [(0, 1), (3, 6)], [(0, 0), (2, 1), (3, 5)])
    assert len(set(build(table).edge_id)) == 5


def test_inputs_are_not_changed() -> None:
    table = streets([(0, 0), (0, 0), (100, 0)])
    before = table.copy(deep=True)
    build(table)
    assert table.equals(before)


@pytest.mark.parametrize("table", [streets([(0, 0), (1, 0)], walkable=False), streets([(0, 0), (1, 0)]).iloc[:0]])
def test_without_a_walkable_street_there_is_no_network(table) -> None:
    with pytest.raises(NetworkError, match="no street is walkable; check the column `walkable`"):
        build(table)


def test_streets_without_length_are_no_network() -> None:
    with pytest.raises(NetworkError, match="millimetre"):
        build(streets([(0, 0), (0, 0)]))


def test_degrees_are_refused_with_the_remedy() -> None:
    with pytest.raises(CRSError, match=r"EPSG:4326 \(degree\).*to_crs"):
        build(streets([(0, 0), (100, 0)]).to_crs("EPSG:4326"))


def test_component_metres_are_of_street_and_not_of_nodes() -> None:
    star = [[(0, 0), (10, 10 * i)] for i in range(1, 9)]
    network = build(streets(*star, [(1000, 0), (1900, 0)]))
    short = network.component_m < 800
    assert short.sum() == 8
    np.testing.assert_allclose(network.component_m[short], network.length_m[short].sum())
