"""What a finished search says of places along the edges, compiled: points on them, and how much of them is near.

For a point at offset a of an edge (u, v) of length L, with sources at offsets b on the same edge, the distance is
min(d(u) + a, d(v) + L - a, |a - b|), plus the straight legs. Delay is spread evenly along an edge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.model import Points
from kunshan_gis.network.arrays import F8, I4, NONE, Edges, Labels, Placed, Stops
from kunshan_gis.network.compiled import kernel
from kunshan_gis.network.kernels import grown
from kunshan_gis.network.placement import require_on


@kernel
def at_place(
    e: int, offset_m: float, leg_m: float, edges: Edges, labels: Labels, stops: Stops
) -> tuple[float, float, int]:
    """Metres, delay and source of the nearest source to one place; infinite and NONE where there is none."""
    length = edges.metres[e]
    rest = max(length - offset_m, 0.0)
    per_m = edges.delay_s[e] / length if length > 0.0 else 0.0
    u, v = edges.u[e], edges.v[e]
    m, s, source = labels.metres[u] + offset_m, labels.delay_s[u] + per_m * offset_m, labels.source[u]
    m2, s2, source2 = labels.metres[v] + rest, labels.delay_s[v] + per_m * rest, labels.source[v]
    if m2 < m or (m2 == m and (s2 < s or (s2 == s and source2 < source))):
        m, s, source = m2, s2, source2
    b = stops.head[e]
    while b != NONE:
        along = abs(offset_m - stops.offset_m[b])
        m2, s2 = along + stops.leg_m[b], per_m * along
        if m2 < m or (m2 == m and (s2 < s or (s2 == s and b < source))):
            m, s, source = m2, s2, b
        b = stops.after[b]
    return m + leg_m, s, source


@kernel
def _sorted_by_edge(edge: NDArray[np.int64], edges: int) -> tuple[I4, I4]:
    """Rows of the placed points edge by edge, and where each edge begins."""
    first = np.zeros(edges + 1, dtype=np.int32)
    for e in edge:
        if e >= 0:
            first[e + 1] += 1
    for e in range(edges):
        first[e + 1] += first[e]
    free, row = first.copy(), np.empty(first[edges], dtype=np.int32)
    for i in range(len(edge)):
        if edge[i] >= 0:
            row[free[edge[i]]] = i
            free[edge[i]] += 1
    return first, row


def placed_on(points: Points, edges: Edges) -> Placed:
    """The placed points sorted by edge; on one edge as they came.

    Raises
    ------
    ParameterError
        A point is not on these edges.
    """
    require_on(points, edges.metres)
    first, row = _sorted_by_edge(points.edge, len(edges.metres))
    return Placed(first, row, points.edge[row].astype(np.int32), points.offset_m[row], points.leg_m[row])


@kernel
def at_points(points: Placed, edges: Edges, labels: Labels, stops: Stops, metres: F8, delay_s: F8, source: I4) -> None:
    """`at_place` for every point, written where the point came from."""
    for i in range(len(points.row)):
        m, s, b = at_place(points.edge[i], points.offset_m[i], points.leg_m[i], edges, labels, stops)
        row = points.row[i]
        if m < np.inf:
            metres[row], delay_s[row], source[row] = m, s, b


@kernel
def stops_on(e: int, edges: Edges, labels: Labels, stops: Stops, at: F8, metres: F8) -> int:
    """Both ends of an edge and the sources on it: where along it, and how far from a source. Returns how many.

    Ordered along the edge; each has heard of the others along it, so that between two of them only these two count.
    """
    at[0], metres[0], n = 0.0, labels.metres[edges.u[e]], 1
    b = stops.head[e]
    while b != NONE:
        at[n], metres[n] = min(stops.offset_m[b], edges.metres[e]), stops.leg_m[b]
        n += 1
        b = stops.after[b]
    at[n], metres[n] = edges.metres[e], labels.metres[edges.v[e]]
    n += 1
    for i in range(1, n):
        metres[i] = min(metres[i], metres[i - 1] + (at[i] - at[i - 1]))
    for i in range(n - 2, -1, -1):
        metres[i] = min(metres[i], metres[i + 1] + (at[i + 1] - at[i]))
    return n


@kernel
def covered_on(cutoff_m: float, n: int, at: F8, metres: F8) -> float:
    """Metres of an edge within the cutoff, from its `stops_on`."""
    covered = 0.0
    if metres[0] == np.inf:
        return covered  # one place of an edge is reached, or none
    for i in range(n - 1):
        length = at[i + 1] - at[i]
        covered += min(length, max(cutoff_m - metres[i], 0.0) + max(cutoff_m - metres[i + 1], 0.0))
    return covered


MOST_INSERTED = 64
"""Longer chains are sorted, not built by insertion."""


@kernel
def chain(stops: Stops, e: int, b: int) -> int:
    """Put source `b` into the chain of edge `e`, in order of offset, leg, number; how many stand before it."""
    before, at, passed = NONE, stops.head[e], 0
    key = (stops.offset_m[b], stops.leg_m[b], b)
    while at != NONE and (stops.offset_m[at], stops.leg_m[at], at) < key:
        before, at = at, stops.after[at]
        passed += 1
    stops.after[b] = at
    if before == NONE:
        stops.head[e] = b
    else:
        stops.after[before] = b
    return passed


@kernel
def chain_all(stops: Stops, edge: NDArray[np.int64]) -> int:
    """Chain all placed sources; the length of the longest chain, or NONE where one is too long for insertion."""
    longest = 0
    for b in range(len(edge)):
        if edge[b] >= 0:
            longest = max(longest, chain(stops, edge[b], b) + 1)
            if longest > MOST_INSERTED:
                return NONE
    return longest


@kernel
def covered_edges(cutoffs_m: F8, edges: Edges, labels: Labels, stops: Stops, most: int, covered_m: F8) -> None:
    """Metres of every edge within each cutoff (`covered_m`: cutoffs x edges); at most `most` sources share an edge."""
    at, metres = np.empty(most + 2), np.empty(most + 2)
    u, v, edge_m, node_m, head = edges.u, edges.v, edges.metres, labels.metres, stops.head
    for e in range(len(u)):
        if head[e] == NONE:
            length, m_u, m_v = edge_m[e], node_m[u[e]], node_m[v[e]]
            for c in range(len(cutoffs_m)):
                near = max(cutoffs_m[c] - m_u, 0.0) if m_u < np.inf else 0.0
                near += max(cutoffs_m[c] - m_v, 0.0) if m_v < np.inf else 0.0
                covered_m[c, e] = min(length, near)
            continue
        n = stops_on(e, edges, labels, stops, at, metres)
        for c in range(len(cutoffs_m)):
            covered_m[c, e] = covered_on(cutoffs_m[c], n, at, metres)


@kernel
def pieces_of(
    bounds_m: F8, edges: Edges, labels: Labels, stops: Stops, most: int
) -> tuple[NDArray[np.int64], I4, F8, F8]:
    """Every edge cut where the distance passes a bound: band (between bounds k and k + 1), edge, start, end.

    Neighbouring pieces of one band stand as one; distances above the last bound, unreached ones too, are left out.
    """
    at, metres = np.empty(most + 2), np.empty(most + 2)
    band, edge = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int32)
    start, end = np.empty(1024), np.empty(1024)
    found = 0
    for e in range(len(edges.u)):
        n = stops_on(e, edges, labels, stops, at, metres)
        room = found + (n - 1) * 2 * len(bounds_m)
        band, edge, start, end = grown(band, room), grown(edge, room), grown(start, room), grown(end, room)
        begin_of_edge = found
        for i in range(n - 1):
            length, m1, m2 = at[i + 1] - at[i], metres[i], metres[i + 1]
            # up from m1 to the peak, then down to m2; nothing known at either end: all of it infinitely far
            peak = 0.0 if m1 == np.inf else min(max((length + m2 - m1) / 2.0, 0.0), length)
            for side in range(2):
                for j in range(len(bounds_m) - 1):
                    k = j if side == 0 else len(bounds_m) - 2 - j
                    low, high = bounds_m[k], bounds_m[k + 1]
                    if side == 0:
                        a = at[i] + min(max(low - m1, 0.0), peak)
                        b = at[i] + min(max(high - m1, 0.0), peak)
                    else:
                        a = at[i + 1] - min(max(high - m2, 0.0), length - peak)
                        b = at[i + 1] - min(max(low - m2, 0.0), length - peak)
                    if m1 == np.inf and m2 == np.inf:
                        a, b = (at[i], at[i + 1]) if side == 0 and high == np.inf else (0.0, 0.0)
                    if not b - a > 1e-9:
                        continue
                    last = found - 1
                    if last >= begin_of_edge and band[last] == k and a - end[last] <= 1e-9:
                        end[last] = b
                        continue
                    band[found], edge[found], start[found], end[found] = k, e, a, b
                    found += 1
    return band[:found], edge[:found], start[:found], end[:found]
