"""What the compiled kernels take: graph, sources and distances as bundles of flat arrays.

Metres and seconds are float64, nodes uint32, other rows int32. A bundle is a tuple with names: kernels stay short.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.model import Points

F8 = NDArray[np.float64]
I4 = NDArray[np.int32]
U4 = NDArray[np.uint32]
"""Nodes, and where their arcs begin: never below zero, so that kernels need not ask."""

NONE = -1
"""No source, no edge, the end of a chain."""
IDLE = -1
"""In `Queue.bucket`: the node does not wait and has not changed."""


class Arcs(NamedTuple):
    """Where one gets from a node: its arcs are `first[node]` up to but not including `first[node + 1]`."""

    first: U4
    neighbour: U4
    metres: F8
    delay_s: F8


class Edges(NamedTuple):
    """First and last node, metres and delay of every edge."""

    u: U4
    v: U4
    metres: F8
    delay_s: F8


class Sides(NamedTuple):
    """Which edge an arc runs along, and whether from its last node to its first."""

    edge: I4
    back: NDArray[np.bool_]


class Labels(NamedTuple):
    """What is known of every node: metres and delay from its nearest source, and which that is."""

    metres: F8
    delay_s: F8
    source: I4


class Seeds(NamedTuple):
    """Where a search begins: a node, what it took to get there, and from which source."""

    node: U4
    metres: F8
    delay_s: F8
    source: I4


class Queue(NamedTuple):
    """Nodes waiting, in a ring of buckets by distance; each bucket is a chain through the nodes.

    `bucket` is IDLE or SETTLED where a node does not wait; `touched` lists the nodes that changed.
    """

    head: I4
    after: I4
    before: I4
    bucket: I4
    touched: U4


class Stops(NamedTuple):
    """Sources by the edge they lie on: `head[edge]` is the first along it, `after[source]` the next, NONE the end."""

    head: I4
    after: I4
    offset_m: F8
    leg_m: F8


class Placed(NamedTuple):
    """Points sorted by edge or by group: those of one are `first[it]` up to `first[it + 1]`; `row`: their old place."""

    first: I4
    row: I4
    edge: I4
    offset_m: F8
    leg_m: F8


class Scratch(NamedTuple):
    """Room for one search's points: edges to visit, whether a source lies on an edge, points hit with metres, delay."""

    visit: I4
    own: NDArray[np.bool_]
    hit: I4
    hit_m: F8
    hit_s: F8


def labels_for(nodes: int) -> Labels:
    """Nothing reached yet."""
    return Labels(np.full(nodes, np.inf), np.zeros(nodes), np.full(nodes, NONE, dtype=np.int32))


def scratch_for(edges: int, points: int) -> Scratch:
    """Room for all edges and all points."""
    hit_m, hit_s = np.empty(points), np.empty(points)
    return Scratch(
        np.empty(edges, dtype=np.int32), np.zeros(edges, dtype=bool), np.empty(points, dtype=np.int32), hit_m, hit_s
    )


def ring_for(span_m: float, per_m: float) -> int:
    """Buckets for labels that differ by at most `span_m` at any time, `per_m` buckets to a metre: a power of two."""
    return 1 << (int(span_m * per_m) + 2).bit_length()


def queue_for(nodes: int, buckets: int) -> Queue:
    """An empty queue."""
    ring = np.full(buckets, NONE, dtype=np.int32)
    after, before = np.empty(nodes, dtype=np.int32), np.empty(nodes, dtype=np.int32)
    return Queue(ring, after, before, np.full(nodes, IDLE, dtype=np.int32), np.empty(nodes, dtype=np.uint32))


def seeds_of(points: Points, edges: Edges, rows: NDArray[np.int64], source: NDArray[np.int64] | None = None) -> Seeds:
    """Both ends of the edges some points lie on; the point, or what `source` says of it, is where the walk began."""
    edge, offset, leg = points.edge[rows], points.offset_m[rows], points.leg_m[rows]
    length, delay = edges.metres[edge], edges.delay_s[edge]
    rest = np.maximum(length - offset, 0.0)
    per_m = np.divide(delay, length, out=np.zeros(len(rows)), where=length > 0)
    origin = (rows if source is None else source).astype(np.int32)
    return Seeds(
        np.column_stack([edges.u[edge], edges.v[edge]]).ravel(),
        np.column_stack([leg + offset, leg + rest]).ravel(),
        np.column_stack([per_m * offset, per_m * rest]).ravel(),
        np.repeat(origin, 2),
    )


def sorted_stops(points: Points, edges: int) -> Stops:
    """The placed points chained along the edges they lie on, in order of offset, leg and row."""
    used = np.flatnonzero(points.placed)
    order = used[np.lexsort((used, points.leg_m[used], points.offset_m[used], points.edge[used]))]
    edge = points.edge[order]
    stops = no_stops(points, edges)
    starts = np.r_[True, edge[1:] != edge[:-1]][: len(order)]
    stops.head[edge[starts]] = order[starts]
    stops.after[order[:-1]] = np.where(starts[1:], NONE, order[1:])
    return stops


def no_stops(points: Points, edges: int) -> Stops:
    """Chains without any of the points in them."""
    head, after = np.full(edges, NONE, dtype=np.int32), np.full(len(points.edge), NONE, dtype=np.int32)
    return Stops(head, after, points.offset_m, points.leg_m)
