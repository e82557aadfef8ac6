"""The network as a search walks it: for every node its neighbours and the metres to them, in flat arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.errors import NetworkError
from kunshan_gis.messages import Text
from kunshan_gis.model import WalkNetwork
from kunshan_gis.network.arrays import NONE, Arcs, Edges, Queue, Sides, queue_for, ring_for

BUCKETS = 1 << 16
PER_EDGE = 2
"""Buckets of the search queue to a mean edge; from 1 to 8 make no difference worth having."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Both directions of every edge, sorted by the node they leave (compressed sparse rows).

    Parallel edges and loops stay as they are; nothing is summed and a length of zero is a length.

    Attributes
    ----------
    first : (nodes + 1,) uint32
        The arcs leaving node `n` are `first[n]` up to but not including `first[n + 1]`.
    neighbour : (arcs,) uint32
        The node an arc leads to.
    arc_m, arc_delay_s : (arcs,) float64
        Its length in metres and its delay in seconds.
    arc_edge : (arcs,) int32
        Row of the network's edges it is a direction of.
    arc_back : (arcs,) bool
        True where it runs from the edge's last node to its first.
    """

    first: NDArray[np.uint32]
    neighbour: NDArray[np.uint32]
    arc_m: NDArray[np.float64]
    arc_delay_s: NDArray[np.float64]
    arc_edge: NDArray[np.int32]
    arc_back: NDArray[np.bool_]
    edges: Edges
    _spare: list[Queue] = field(default_factory=list, repr=False)

    @cached_property
    def arcs(self) -> Arcs:
        """The arcs as kernels take them."""
        return Arcs(self.first, self.neighbour, self.arc_m, self.arc_delay_s)

    @cached_property
    def sides(self) -> Sides:
        """Of every arc the edge and the direction along it."""
        return Sides(self.arc_edge, self.arc_back)

    @cached_property
    def longest_m(self) -> float:
        """The longest edge."""
        return float(self.arc_m.max(initial=0.0))

    @cached_property
    def mean_m(self) -> float:
        """The mean edge."""
        return float(self.arc_m.mean()) if len(self.arc_m) else 1.0

    @contextmanager
    def queue(self, span_m: float) -> Iterator[tuple[Queue, float]]:
        """An empty queue for labels that differ by at most `span_m` at any time, and its buckets to a metre.

        It is used again by later searches, so that small ones do not pay for a city's worth of memory; searches at
        the same time each have their own.
        """
        per_m = 1.0 / max(self.mean_m / PER_EDGE, span_m / BUCKETS, 1e-3)
        buckets = ring_for(span_m, per_m)
        try:
            queue = self._spare.pop()
        except IndexError:
            queue = queue_for(len(self.first) - 1, buckets)
        if len(queue.head) < buckets:
            queue = queue._replace(head=np.full(buckets, NONE, dtype=np.int32))
        yield queue, per_m
        self._spare.append(queue)  # not after an error: it may not be empty then


_KEPT: WeakKeyDictionary[WalkNetwork, Graph] = WeakKeyDictionary()


def graph_of(network: WalkNetwork) -> Graph:
    """The network's graph, made once and kept as long as the network is.

    Raises
    ------
    NetworkError
        An edge's length or delay is negative, infinite or not a number, or it ends at no node.
    """
    graph = _KEPT.get(network)
    if graph is None:
        graph = _KEPT[network] = _made(network)
    return graph


def _made(network: WalkNetwork) -> Graph:
    _require_lengths(network)
    _require_nodes(network)
    metres, delay_s = (np.ascontiguousarray(one, dtype=np.float64) for one in (network.length_m, network.delay_s))
    u, v = network.edge_uv.T.astype(np.uint32)
    leaves = np.r_[u, v]
    order = np.argsort(leaves, kind="stable")
    edge = np.r_[np.arange(len(u)), np.arange(len(u))][order]
    first = np.zeros(len(network.node_xy) + 1, dtype=np.uint32)
    np.cumsum(np.bincount(leaves, minlength=len(network.node_xy)), out=first[1:])
    return Graph(
        first=first,
        neighbour=np.r_[v, u][order],
        arc_m=metres[edge],
        arc_delay_s=delay_s[edge],
        arc_edge=edge.astype(np.int32),
        arc_back=order >= len(u),
        edges=Edges(u, v, metres, delay_s),
    )


def _require_nodes(network: WalkNetwork) -> None:
    nodes, uv = len(network.node_xy), network.edge_uv
    wrong = np.flatnonzero((uv < 0).any(axis=1) | (uv >= nodes).any(axis=1))
    if len(wrong):
        raise NetworkError(
            Text(
                f"{len(wrong)} 条路段的端点不在 {nodes} 个节点之内，首条为第 {wrong[0]} 条；请由街道图层重新构建路网",
                f"{len(wrong)} edges end at nodes that are not among the {nodes} there are, the first at row "
                f"{wrong[0]}; build the network anew from the streets (network.build)",
            )
        )


def _require_lengths(network: WalkNetwork) -> None:
    for values, zh, en in ((network.length_m, "长度", "length"), (network.delay_s, "延误", "delay")):
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            raise NetworkError(
                Text(
                    f"{len(wrong)} 条路段的{zh}不是大于等于 0 的有限数，首条为第 {wrong[0]} 条（{values[wrong[0]]}）；"
                    "请由街道图层重新构建路网（network.build）",
                    f"the {en} of {len(wrong)} edges is no finite number from zero up, the first at row {wrong[0]} "
                    f"({values[wrong[0]]}); build the network anew from the streets (network.build)",
                )
            )
