"""Brute force for walking distances: a graph with every point split in, and one heap. Slow, short, and independent.

Also the hypothesis strategy for networks with everything nasty in them: parallel edges, loops, edges of no length,
islands, several points on one edge, points at its very ends. Lengths are whole metres and delays whole seconds a metre,
so that sums are exact and answers can be compared to the last bit.
"""

from __future__ import annotations

import heapq
import itertools

import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st

from kunshan_gis.model import Points, WalkNetwork


def network_of(nodes: int, edges: list[tuple[int, int, float, float]]) -> WalkNetwork:
    """A network from (u, v, metres, seconds) alone."""
    uv = np.array([edge[:2] for edge in edges], dtype=np.int64).reshape(-1, 2)
    xy = np.column_stack([np.arange(nodes) * 7.0, np.arange(nodes) % 3 * 5.0])
    return WalkNetwork(
        node_xy=xy,
        edge_uv=uv,
        length_m=np.array([edge[2] for edge in edges], dtype=float),
        delay_s=np.array([edge[3] for edge in edges], dtype=float),
        edge_id=np.arange(len(edges), dtype=np.uint64),
        component_m=np.full(len(edges), 1e6),
        lines=np.asarray(shapely.linestrings(xy[uv])),
        street=np.arange(len(edges)),
        crs="EPSG:4549",
        walk_filter="all",
    )


def points_at(places: list[tuple[int, float, float]]) -> Points:
    """Points from (edge, offset, leg); edge -1 is not placed."""
    edge = np.array([place[0] for place in places], dtype=np.int64)
    offset, leg = (np.array([place[i] if place[0] >= 0 else np.nan for place in places], dtype=float) for i in (1, 2))
    return Points(edge, offset, leg, np.where(edge >= 0, "", "too_far").astype(object))


@st.composite
def networks(draw: st.DrawFn) -> WalkNetwork:
    nodes = draw(st.integers(1, 9))
    node = st.integers(0, nodes - 1)
    edge = st.tuples(node, node, st.sampled_from([0, 1, 2, 3, 5, 8, 20]), st.sampled_from([0, 0, 1, 2]))
    edges = draw(st.lists(edge, min_size=1, max_size=16))
    return network_of(nodes, [(u, v, float(m), float(m * s)) for u, v, m, s in edges])


@st.composite
def places_on(draw: st.DrawFn, network: WalkNetwork, *, least: int = 1, most: int = 8) -> Points:
    number = st.integers(-1, len(network.length_m) - 1)
    place = st.tuples(number, st.sampled_from([0.0, 0.0, 0.5, 1.0, 1.0]), st.sampled_from([0.0, 0.0, 2.0, 7.0]))
    drawn = draw(st.lists(place, min_size=least, max_size=most))
    return points_at([(e, float(np.floor(network.length_m[e] * part)), leg) for e, part, leg in drawn])


def metres_and_seconds(network: WalkNetwork, sources: Points, origins: Points) -> tuple[np.ndarray, np.ndarray]:
    """Origins x sources: the shortest metres and, of the shortest ways, the least seconds; NaN where there is none.

    A leg is walked once at either end and is never a shortcut.
    """
    stops: dict[int, list[tuple[float, tuple[str, int]]]] = {}
    for name, points in (("s", sources), ("o", origins)):
        for i in np.flatnonzero(points.edge >= 0):
            stops.setdefault(int(points.edge[i]), []).append((float(points.offset_m[i]), (name, int(i))))
    ways: dict[object, list[tuple[object, float, float]]] = {}
    for e, (u, v) in enumerate(network.edge_uv.tolist()):
        length, delay = float(network.length_m[e]), float(network.delay_s[e])
        chain = [(0.0, u), *sorted(stops.get(e, []), key=lambda stop: stop[0]), (length, v)]
        for (a, p), (b, q) in itertools.pairwise(chain):
            metres = b - a
            seconds = delay * metres / length if length else delay
            ways.setdefault(p, []).append((q, metres, seconds))
            ways.setdefault(q, []).append((p, metres, seconds))
    metres, seconds = (np.full((len(origins.edge), len(sources.edge)), np.nan) for _ in range(2))
    for j in np.flatnonzero(sources.edge >= 0):
        best = _from(("s", int(j)), ways)
        for i in np.flatnonzero(origins.edge >= 0):
            if ("o", int(i)) in best:
                m, s = best["o", int(i)]
                metres[i, j], seconds[i, j] = m + sources.leg_m[j] + origins.leg_m[i], s
    return metres, seconds


def _from(start: object, ways: dict[object, list[tuple[object, float, float]]]) -> dict[object, tuple[float, float]]:
    best: dict[object, tuple[float, float]] = {}
    tie = itertools.count()
    heap = [(0.0, 0.0, next(tie), start)]
    while heap:
        m, s, _, node = heapq.heappop(heap)
        if node in best:
            continue
        best[node] = (m, s)
        for other, metres, seconds in ways.get(node, []):
            heapq.heappush(heap, (m + metres, s + seconds, next(tie), other))
    return best


def by_group(metres: np.ndarray, seconds: np.ndarray, group: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Origins x groups: of each group's sources the shortest, then the one with the least seconds."""
    m, s = (np.full((metres.shape[0], groups), np.nan) for _ in range(2))
    for i, g in itertools.product(range(metres.shape[0]), range(groups)):
        rows = [(metres[i, j], seconds[i, j]) for j in np.flatnonzero(group == g) if not np.isnan(metres[i, j])]
        if rows:
            m[i, g], s[i, g] = min(rows)
    return m, s


def covered(network: WalkNetwork, sources: Points, cutoff: float) -> np.ndarray:
    """Metres of each edge within the cutoff: every half metre is looked at in its middle."""
    samples = [
        (e, k / 2 + 0.25, 0.0) for e, length in enumerate(network.length_m) for k in range(round(2 * float(length)))
    ]
    if not samples:
        return np.zeros(len(network.length_m))
    points = points_at(samples)
    metres, _ = metres_and_seconds(network, sources, points)
    near = pd.DataFrame(metres).min(axis=1).to_numpy() <= cutoff
    return np.bincount(points.edge[near], minlength=len(network.length_m)) / 2.0
