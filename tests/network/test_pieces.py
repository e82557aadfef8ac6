"""The covered pieces of a group are the covered streets, found without a look at the rest of the city."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import streets
from shapely import LineString

from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network import build, covered_streets, search
from kunshan_gis.network.graph import graph_of
from kunshan_gis.network.pieces import Around, Entrances, Reached, covered_pieces

PLACES = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda p: (p[0] * 50.0, p[1] * 50.0))
LINES = st.lists(st.lists(PLACES, min_size=2, max_size=4), min_size=1, max_size=8)


def around(network: WalkNetwork) -> Around:
    graph = graph_of(network)
    nothing = np.full(len(network.node_xy), np.inf), np.zeros(len(network.length_m), dtype=bool)
    return Around(graph.first, graph.arc_edge, graph.edges, *nothing)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(LINES, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 40)), min_size=1, max_size=5), st.data())
def test_each_band_has_the_length_of_the_covered_streets(
    lines: list[list[tuple[float, float]]], sources: list[tuple[float, float]], data: st.DataObject
) -> None:
    lines = [line for line in lines if LineString(line).length > 0]
    if not lines:
        return
    network, n = build(streets(*lines)), len(sources)
    edge = np.array([data.draw(st.integers(0, len(network.length_m) - 1)) for _ in sources])
    along, leg = np.array(sources).T
    points = Points(edge, along * network.length_m[edge], leg, np.full(n, "", dtype=object))
    cutoffs = np.array([20.0, 55.0, 130.0, 400.0])
    field = search(network, points)
    node = np.flatnonzero(field.node_m <= cutoffs[-1])
    order = np.lexsort((points.offset_m, edge))
    whole = around(network)
    edges, between, band = covered_pieces(
        Reached(node.astype(np.int32), field.node_m[node]),
        Entrances(edge[order].astype(np.int32), points.offset_m[order], leg[order]),
        cutoffs,
        whole,
    )
    size = len(network.length_m) * len(cutoffs)
    mine = np.bincount(edges * len(cutoffs) + band, between[:, 1] - between[:, 0], minlength=size)
    exact = covered_streets(field, cutoffs)
    where = exact["edge"] * len(cutoffs) + np.searchsorted(cutoffs, exact["cutoff_m"])
    np.testing.assert_allclose(mine, np.bincount(where, exact["length_m"], minlength=size), atol=1e-6)
    assert np.isinf(whole.node_m).all()
    assert not whole.seen.any()


def test_a_place_reached_with_nothing_left_is_a_piece_without_length() -> None:
    network = build(streets([(0, 0), (100, 0)]))
    nothing = Reached(np.zeros(0, np.int32), np.zeros(0))
    entrance = Entrances(np.zeros(1, np.int32), np.array([40.0]), np.array([10.0]))
    assert len(covered_pieces(nothing, entrance, np.array([9.9]), around(network)).edge) == 0
    found = covered_pieces(nothing, entrance, np.array([10.0, 30.0]), around(network))
    assert set(found.between_m[found.band == 0].ravel()) == {40.0}
    np.testing.assert_allclose(np.sort(found.between_m[found.band == 1].ravel()), [20, 40, 40, 60])
