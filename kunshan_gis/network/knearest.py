"""The k nearest groups of every node and every point, compiled.

One group after the other walks over labels that hold each node's k-th best so far: where it is no nearer it stops, so
that all groups together cost little more than k whole searches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.network.arrays import F8, I4, Arcs, Edges, Labels, Placed, Queue, Seeds
from kunshan_gis.network.compiled import kernel
from kunshan_gis.network.kernels import spread


@kernel
def _insert(near_m: F8, near_s: F8, near: I4, m: float, s: float, g: int) -> None:
    """Put a group into one row of best ones, in order of metres, delay, number; a group stands there once."""
    k = len(near)
    at = k
    for i in range(k):  # already there: keep the better
        if near[i] == g:
            if m > near_m[i] or (m == near_m[i] and s >= near_s[i]):
                return
            at = i
            break
    else:
        last = k - 1
        if m > near_m[last] or (m == near_m[last] and near[last] >= 0 and (s, g) >= (near_s[last], near[last])):
            return
        at = last
    while at > 0 and (m < near_m[at - 1] or (m == near_m[at - 1] and (s, g) < (near_s[at - 1], near[at - 1]))):
        near_m[at], near_s[at], near[at] = near_m[at - 1], near_s[at - 1], near[at - 1]
        at -= 1
    near_m[at], near_s[at], near[at] = m, s, g


@kernel
def k_spread(
    arcs: Arcs, labels: Labels, seeds: Seeds, seed_first: I4, limit_m: float, per_m: float, queue: Queue,
    near_m: F8, near_s: F8, near: I4, number: NDArray[np.int64],
) -> None:  # fmt: skip
    """Fill `near*` (nodes x k) with metres, delay and number of the k nearest groups of every node."""
    last = near.shape[1] - 1
    for g in range(len(seed_first) - 1):
        changed = spread(arcs, labels, seeds, seed_first[g], seed_first[g + 1], 0.0, limit_m, per_m, queue)
        for i in range(changed):
            y = queue.touched[i]
            _insert(near_m[y], near_s[y], near[y], labels.metres[y], labels.delay_s[y], number[g])
        for i in range(changed):
            y = queue.touched[i]
            labels.metres[y], labels.delay_s[y], labels.source[y] = near_m[y, last], near_s[y, last], near[y, last]


@kernel
def k_at_points(
    points: Placed, edges: Edges, near_m: F8, near_s: F8, near: I4, on_edge: Placed, group: I4,
    best_m: F8, best_s: F8, best: I4,
) -> None:  # fmt: skip
    """Fill `best*` (points x k) from both ends of each point's edge and from the sources on it; legs included."""
    k = near.shape[1]
    for p in range(len(points.row)):
        e, offset, leg = points.edge[p], points.offset_m[p], points.leg_m[p]
        length = edges.metres[e]
        per_m = edges.delay_s[e] / length if length > 0.0 else 0.0
        for end in range(2):
            x = edges.u[e] if end == 0 else edges.v[e]
            along = offset if end == 0 else max(length - offset, 0.0)
            for i in range(k):
                if near[x, i] >= 0:
                    _insert(
                        best_m[p], best_s[p], best[p],
                        near_m[x, i] + along + leg, near_s[x, i] + per_m * along, near[x, i],
                    )  # fmt: skip
        for b in range(on_edge.first[e], on_edge.first[e + 1]):
            along = abs(offset - on_edge.offset_m[b])
            _insert(best_m[p], best_s[p], best[p], along + on_edge.leg_m[b] + leg, per_m * along, group[b])
