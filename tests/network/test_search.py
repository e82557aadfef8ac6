"""The fast path against brute force: networkx on a graph with every point split in."""

from __future__ import annotations

import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import strategies as st
from laws import tried_on
from shapely import LineString, Point

from kunshan_gis.model import Points
from kunshan_gis.network import build, covered_streets, nearest, search

CRS = "EPSG:4549"


def streets(*lines: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"walkable": True}, index=range(len(lines)), geometry=[LineString(x) for x in lines], crs=CRS
    )


def on(edge: int, *offsets: float, leg: float = 0.0) -> Points:
    n = len(offsets)
    return Points(np.full(n, edge), np.array(offsets, dtype=float), np.full(n, leg), np.full(n, "", dtype=object))


def test_two_points_on_one_long_edge_are_as_far_apart_as_they_are() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    found = nearest(search(network, on(0, 300)), on(0, 310))
    assert found["metres"].tolist() == [10.0]


def test_legs_at_both_ends_are_walked() -> None:
    network = build(streets([(0, 0), (100, 0)], [(100, 0), (200, 0)]))
    found = nearest(search(network, on(0, 40, leg=3)), on(1, 50, leg=5))
    assert found["metres"].tolist() == [60 + 50 + 3 + 5]


def test_the_nearest_source_is_named() -> None:
    network = build(streets([(0, 0), (100, 0)], [(100, 0), (200, 0)]))
    sources = Points(
        np.array([0, -1, 1]), np.array([0, np.nan, 90.0]), np.array([0, np.nan, 0]), np.array(["", "far", ""])
    )
    found = nearest(search(network, sources), on(1, 10, 60))
    assert found["source"].tolist() == [2, 2]
    assert found["metres"].tolist() == [80.0, 30.0]


def test_unreached_is_nan_and_never_a_number() -> None:
    network = build(streets([(0, 0), (100, 0)], [(0, 500), (100, 500)]))
    found = nearest(search(network, on(0, 50)), on(1, 50))
    assert np.isnan(found["metres"]).all()
    assert found["source"].tolist() == [-1]


def test_no_source_reaches_nobody() -> None:
    network = build(streets([(0, 0), (100, 0)]))
    assert nearest(search(network, on(0)), on(0, 50))["metres"].isna().all()


@st.composite
def cities(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, list[tuple[int, float, float]], list[tuple[int, float, float]]]:
    """Random networks with parallel edges, loops, islands, bends and several points per edge."""
    places = [(x * 100.0, y * 100.0) for x in range(4) for y in range(3)]
    index = st.integers(0, len(places) - 1)
    lines = []
    for number in range(draw(st.integers(1, 14))):
        a, b = places[draw(index)], places[draw(index)]
        bend = (a[0] + 17.0 + number, a[1] + 31.0 + 2 * number)
        straight = draw(st.booleans()) and a != b
        lines.append([a, b] if straight else [a, bend, (bend[0] + 3, bend[1]), b])
    place = st.tuples(st.integers(0, 30), st.floats(0, 1), st.sampled_from([0.0, 7.5]))
    return streets(*lines), draw(st.lists(place, min_size=1, max_size=6)), draw(st.lists(place, min_size=1, max_size=8))


def brute(network, sources: Points, origins: Points) -> list[float]:
    g = nx.MultiGraph()
    g.add_nodes_from(range(len(network.node_xy)))
    stops: dict[int, list[tuple[float, object]]] = {}
    for name, points in (("s", sources), ("o", origins)):
        for i, (edge, offset) in enumerate(zip(points.edge, points.offset_m, strict=True)):
            stops.setdefault(int(edge), []).append((float(offset), (name, i)))
    for edge, (u, v) in enumerate(network.edge_uv.tolist()):
        chain = [(0.0, u), *sorted(stops.get(edge, []), key=lambda stop: stop[0]), (float(network.length_m[edge]), v)]
        for (a, p), (b, q) in itertools.pairwise(chain):
            g.add_edge(p, q, weight=max(b - a, 0.0))
    for i, leg in enumerate(sources.leg_m):
        g.add_edge("root", ("s", i), weight=float(leg))
    # legs are dead ends, so they may be walked from the root into the network only
    metres = nx.single_source_dijkstra_path_length(g, "root", weight="weight")
    return [metres.get(("o", i), np.nan) + leg for i, leg in enumerate(origins.leg_m)]


@tried_on(cities(), fast=60, full=200)
def test_agrees_with_brute_force(city) -> None:
    table, source_places, origin_places = city
    network = build(table)

    def points(places: list[tuple[int, float, float]]) -> Points:
        edge = np.array([place[0] % len(network.length_m) for place in places])
        offset = network.length_m[edge] * np.array([place[1] for place in places])
        return Points(edge, offset, np.array([place[2] for place in places]), np.full(len(places), "", dtype=object))

    sources, origins = points(source_places), points(origin_places)
    field = search(network, sources)
    np.testing.assert_allclose(nearest(field, origins)["metres"], brute(network, sources, origins), atol=1e-9)

    # the same distances, read off as covered street: within 120 m, and one band inside the other
    spread = np.linspace(0.0005, 0.9995, 400)
    sample = Points(
        np.repeat(np.arange(len(network.length_m)), len(spread)),
        np.concatenate([length * spread for length in network.length_m]),
        np.zeros(len(spread) * len(network.length_m)),
        np.full(len(spread) * len(network.length_m), "", dtype=object),
    )
    near = (nearest(field, sample)["metres"] <= 120).to_numpy().reshape(len(network.length_m), -1).mean(axis=1)
    expected = float((near * network.length_m).sum())
    bands = covered_streets(field, [50, 120])
    assert bands["length_m"].sum() == pytest.approx(expected, abs=0.012 * network.length_m.sum() + 1)
    np.testing.assert_allclose(bands.length, bands["length_m"], atol=1e-6)
    everything = covered_streets(field, [50, 120, np.inf])  # bands and the rest are all the street there is
    assert everything["length_m"].sum() == pytest.approx(network.length_m.sum())


def test_partial_edges_end_exactly_at_the_cutoff() -> None:
    network = build(streets([(0, 0), (1000, 0)]))
    bands = covered_streets(search(network, on(0, 300)), [100, 250])
    spans = sorted((row.cutoff_m, *row.geometry.bounds[::2]) for row in bands.itertuples())
    assert spans == [(100, 200, 400), (250, 50, 200), (250, 400, 550)]


def test_a_hundred_gates_on_one_edge() -> None:
    network = build(streets([(0, 0), (1000, 0)]))
    found = nearest(search(network, on(0, *np.arange(0, 1000, 10.0))), on(0, 994))
    assert found["metres"].tolist() == [4.0]


def test_row_order_changes_nothing() -> None:
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 80), (0, 80)], [(0, 80), (0, 0)], [(100, 0), (200, 0)]]
    there, back = build(streets(*lines)), build(streets(*lines[::-1]))
    assert sorted(there.edge_id) == sorted(back.edge_id)
    reversed_lines = build(streets(*[line[::-1] for line in lines]))
    assert sorted(there.edge_id) == sorted(reversed_lines.edge_id)


def test_zero_length_ways_between_gates_do_not_break_the_search() -> None:
    network = build(streets([(0, 0), (100, 0)], [(100, 0), (200, 0)]))
    at_the_node = nearest(search(network, on(0, 100)), on(1, 0, 50))
    assert at_the_node["metres"].tolist() == [0.0, 50.0]
    assert Point(100, 0).equals(Point(network.node_xy[network.edge_uv[0, 1]]))
