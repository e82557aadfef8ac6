"""The search, compiled: one loop that every answer comes from, and the loops that call it park by park.

All take and fill plain arrays and hold no state. Of two ways equally long the one with less delay stands, then the
one from the earlier source, so that no answer hangs on the order of rows. numba compiles on first use and keeps the
result on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.network.arrays import F8, I4, IDLE, U4, Arcs, Edges, Labels, Placed, Queue, Scratch, Seeds, Sides
from kunshan_gis.network.compiled import kernel

SETTLED = -2
"""In `Queue.bucket`: the node changed and does not wait any more."""
START = -1


@kernel
def spread(
    arcs: Arcs, labels: Labels, seeds: Seeds, begin: int, end: int, low_m: float, limit_m: float, per_m: float,
    queue: Queue,
) -> int:  # fmt: skip
    """Let the seeds `begin` to `end` walk until nothing gets nearer; returns how many nodes changed (`queue.touched`).

    Labels may hold earlier distances. There are `per_m` buckets to a metre. No seed is nearer than `low_m`; the ring, a
    power of two, must be longer than the longest arc and than the spread of the seeds, or than `limit_m`.
    """
    first, neighbour, arc_m, arc_s = arcs
    metres, delay, source = labels
    seed_node, seed_m, seed_s, seed_source = seeds
    head, after, before, bucket, touched = queue
    last, at, waiting, changed = len(head) - 1, 0, 0, 0
    x, so_far, waited, origin = START, 0.0, 0.0, np.int32(0)
    while True:
        for a in range(begin, end):
            if x == START:
                y, m, s, origin = seed_node[a], seed_m[a], seed_s[a], seed_source[a]
            else:
                y, m, s = neighbour[a], so_far + arc_m[a], waited + arc_s[a]
            if m > metres[y] or m > limit_m:
                continue
            if m == metres[y] and (s > delay[y] or (s == delay[y] and origin >= source[y])):
                continue
            metres[y], delay[y], source[y] = m, s, origin
            old, number = bucket[y], int(m * per_m) & last
            if old == number:
                continue
            if old >= 0:  # out of the bucket it waited in
                if before[y] >= 0:
                    after[before[y]] = after[y]
                else:
                    head[old] = after[y]
                if after[y] >= 0:
                    before[after[y]] = before[y]
            else:
                waiting += 1
                if old == IDLE:
                    touched[changed] = y
                    changed += 1
            bucket[y], before[y], after[y] = number, -1, head[number]
            if head[number] >= 0:
                before[head[number]] = y
            head[number] = y
        if waiting == 0:
            break
        if x == START:
            at = int(low_m * per_m) & last
        while head[at] < 0:
            at = (at + 1) & last
        x = head[at]
        head[at] = after[x]
        if after[x] >= 0:
            before[after[x]] = -1
        bucket[x] = SETTLED
        waiting -= 1
        so_far, waited, origin = metres[x], delay[x], source[x]
        begin, end = first[x], first[x + 1]
    for i in range(changed):
        bucket[touched[i]] = IDLE
    return changed


@kernel
def grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    """The array, or one twice as long where it does not hold `size`."""
    if size <= len(array):
        return array
    longer = np.empty(2 * size, dtype=array.dtype)
    for i in range(len(array)):  # slicing would draw in a compiler of its own
        longer[i] = array[i]
    return longer


@kernel
def spread_in_parts(
    arcs: Arcs, labels: Labels, seeds: Seeds, parts: NDArray[np.int64], near_m: float, limit_m: float, per_m: float,
    queue: Queue,
) -> None:  # fmt: skip
    """`spread` of all seeds, bounded by `parts`: each part as far as `near_m`, then all from there on.

    The answer is the same. Parts that lie together keep to memory that lies together; what a part reached beyond its
    border is corrected by the next.
    """
    for i in range(len(parts) - 1):
        spread(arcs, labels, seeds, parts[i], parts[i + 1], 0.0, near_m, per_m, queue)
    if near_m >= limit_m:
        return
    front = _front(arcs, labels, _counted_front(arcs, labels))
    if len(front.node):
        spread(arcs, labels, front, 0, len(front.node), front.metres.min(), limit_m, per_m, queue)
    spread(arcs, labels, seeds, 0, len(seeds.node), 0.0, limit_m, per_m, queue)  # those farther than `near_m`, too


@kernel
def _counted_front(arcs: Arcs, labels: Labels) -> int:
    """How many arcs lead to a node that would be nearer over them."""
    first, neighbour, arc_m, metres = arcs.first, arcs.neighbour, arcs.metres, labels.metres
    found = 0
    for x in range(len(first) - 1):
        for a in range(first[x], first[x + 1]):
            if metres[x] + arc_m[a] < metres[neighbour[a]]:
                found += 1
    return found


@kernel
def _front(arcs: Arcs, labels: Labels, number: int) -> Seeds:
    """Seeds over these arcs."""
    first, neighbour, arc_m, arc_s = arcs
    metres, delay, source = labels
    node, node_m = np.empty(number, np.uint32), np.empty(number)
    node_s, node_source = np.empty(number), np.empty(number, np.int32)
    found = 0
    for x in range(len(first) - 1):
        for a in range(first[x], first[x + 1]):
            if metres[x] + arc_m[a] < metres[neighbour[a]]:
                node[found], node_m[found] = neighbour[a], metres[x] + arc_m[a]
                node_s[found], node_source[found] = delay[x] + arc_s[a], source[x]
                found += 1
    return Seeds(node, node_m, node_s, node_source)


@kernel
def forget(labels: Labels, touched: U4, changed: int) -> None:
    """Labels of the changed nodes as before any search."""
    for i in range(changed):
        labels.metres[touched[i]], labels.delay_s[touched[i]], labels.source[touched[i]] = np.inf, 0.0, -1


@kernel
def node_searches(
    arcs: Arcs, labels: Labels, seeds: Seeds, seed_first: I4, limit_m: float, per_m: float, queue: Queue
) -> tuple[I4, U4, F8]:
    """The nodes within the limit of each group of seeds, with their metres."""
    groups = len(seed_first) - 1
    found = np.zeros(groups + 1, dtype=np.int32)
    node, metres = np.empty(64 * (groups + 1), dtype=np.uint32), np.empty(64 * (groups + 1))
    for g in range(groups):
        changed = spread(arcs, labels, seeds, seed_first[g], seed_first[g + 1], 0.0, limit_m, per_m, queue)
        at = found[g]
        node, metres = grown(node, at + changed), grown(metres, at + changed)
        for i in range(changed):
            node[at + i] = queue.touched[i]
            metres[at + i] = labels.metres[queue.touched[i]]
        found[g + 1] = at + changed
        forget(labels, queue.touched, changed)
    return found, node[: found[groups]], metres[: found[groups]]


@kernel
def _reached_points(
    arcs: Arcs, sides: Sides, edges: Edges, labels: Labels, touched: U4, changed: int,
    sources: Placed, begin: int, end: int, points: Placed, limit_m: float, scratch: Scratch,
) -> int:  # fmt: skip
    """The points one search gets to, each once: over the ends of their edge, and along it from sources on it."""
    visit, own, hit, hit_m, hit_s = scratch
    first, (arc_edge, arc_back) = arcs.first, sides
    edge_u, edge_v, edge_m, edge_s = edges
    metres, delay, _ = labels
    _, _, source_edge, source_offset, source_leg = sources
    here, _, _, point_offset, point_leg = points
    visits = 0
    for b in range(begin, end):
        if not own[source_edge[b]]:
            own[source_edge[b]], visit[visits] = True, source_edge[b]
            visits += 1
    owned = visits
    for i in range(changed):
        x = touched[i]
        for a in range(first[x], first[x + 1]):
            e = arc_edge[a]
            if here[e] == here[e + 1] or own[e]:
                continue
            if arc_back[a] and metres[edge_u[e]] < np.inf:
                continue  # visited from its first node
            visit[visits] = e
            visits += 1
    hits = 0
    for i in range(visits):
        e = visit[i]
        u, v, length = edge_u[e], edge_v[e], edge_m[e]
        m_u, m_v, s_u, s_v = metres[u], metres[v], delay[u], delay[v]
        wait_m = edge_s[e] / length if length > 0.0 else 0.0
        for p in range(here[e], here[e + 1]):
            offset = point_offset[p]
            rest = max(length - offset, 0.0)
            m, s, m_b, s_b = m_u + offset, s_u + wait_m * offset, m_v + rest, s_v + wait_m * rest
            if m_b < m or (m_b == m and s_b < s):
                m, s = m_b, s_b
            if i < owned:
                for b in range(begin, end):
                    along = abs(offset - source_offset[b])
                    m_b, s_b = along + source_leg[b], wait_m * along
                    if source_edge[b] == e and (m_b < m or (m_b == m and s_b < s)):
                        m, s = m_b, s_b
            m += point_leg[p]
            if m <= limit_m:
                hit[hits], hit_m[hits], hit_s[hits] = p, m, s
                hits += 1
    for i in range(owned):
        own[visit[i]] = False
    return hits


@kernel
def count_groups(
    arcs: Arcs, sides: Sides, edges: Edges, labels: Labels, seeds: Seeds, sources: Placed, points: Placed,
    cutoffs_m: F8, weight: F8, per_m: float, queue: Queue, scratch: Scratch, sums: F8,
) -> None:  # fmt: skip
    """Add each group's weight to every point within the cutoffs of it (`sums`: points x cutoffs, in order of edge).

    `sources.first` bounds the groups; the cutoffs ascend.
    """
    limit_m = cutoffs_m[-1]
    for g in range(len(sources.first) - 1):
        begin, end = sources.first[g], sources.first[g + 1]
        changed = spread(arcs, labels, seeds, 2 * begin, 2 * end, 0.0, limit_m, per_m, queue)
        hits = _reached_points(
            arcs, sides, edges, labels, queue.touched, changed, sources, begin, end, points, limit_m, scratch
        )
        for i in range(hits):
            for c in range(len(cutoffs_m) - 1, -1, -1):
                if scratch.hit_m[i] > cutoffs_m[c]:
                    break
                sums[scratch.hit[i], c] += weight[g]
        forget(labels, queue.touched, changed)


@kernel
def pair_groups(
    arcs: Arcs, sides: Sides, edges: Edges, labels: Labels, seeds: Seeds, sources: Placed, points: Placed,
    limit_m: float, per_m: float, queue: Queue, scratch: Scratch,
) -> tuple[NDArray[np.int64], I4, F8, F8]:  # fmt: skip
    """Every point within the limit of every group: (first pair of each group, point, metres, delay)."""
    groups = len(sources.first) - 1
    found = np.zeros(groups + 1, dtype=np.int64)
    row, metres, delay = np.empty(1024, dtype=np.int32), np.empty(1024), np.empty(1024)
    for g in range(groups):
        begin, end = sources.first[g], sources.first[g + 1]
        changed = spread(arcs, labels, seeds, 2 * begin, 2 * end, 0.0, limit_m, per_m, queue)
        hits = _reached_points(
            arcs, sides, edges, labels, queue.touched, changed, sources, begin, end, points, limit_m, scratch
        )
        at = found[g]
        row, metres, delay = grown(row, at + hits), grown(metres, at + hits), grown(delay, at + hits)
        for i in range(hits):
            row[at + i] = points.row[scratch.hit[i]]
            metres[at + i], delay[at + i] = scratch.hit_m[i], scratch.hit_s[i]
        found[g + 1] = at + hits
        forget(labels, queue.touched, changed)
    return found, row[: found[groups]], metres[: found[groups]], delay[: found[groups]]
