"""The network as a search walks it: for every node its neighbours and the metres to them, in one row of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.model import WalkNetwork


@dataclass(frozen=True, eq=False)
class Graph:
    """Both directions of every edge, sorted by the node they leave (compressed sparse rows).

    Parallel edges and loops stay as they are; nothing is summed and a length of zero is a length.

    Attributes
    ----------
    first : (nodes + 1,) int32
        The arcs leaving node `n` are `first[n]` up to but not including `first[n + 1]`.
    neighbour : (arcs,) int32
        The node an arc leads to.
    arc_m, arc_delay_s : (arcs,) float64
        Its length in metres and its delay in seconds.
    arc_edge : (arcs,) int32
        Row of the network's edges it is a direction of.
    delayed : bool
        True if any edge has a delay.
    """

    first: NDArray[np.int32]
    neighbour: NDArray[np.int32]
    arc_m: NDArray[np.float64]
    arc_delay_s: NDArray[np.float64]
    arc_edge: NDArray[np.int32]
    delayed: bool


_KEPT: WeakKeyDictionary[WalkNetwork, Graph] = WeakKeyDictionary()


def graph_of(network: WalkNetwork) -> Graph:
    """The network's graph, made once and kept as long as the network is."""
    graph = _KEPT.get(network)
    if graph is None:
        graph = _KEPT[network] = _made(network)
    return graph


def _made(network: WalkNetwork) -> Graph:
    u, v = network.edge_uv.T
    edges = np.arange(len(u))
    leaves = np.r_[u, v]
    order = np.argsort(leaves, kind="stable")
    edge = np.r_[edges, edges][order]
    first = np.zeros(len(network.node_xy) + 1, dtype=np.int32)
    np.cumsum(np.bincount(leaves, minlength=len(network.node_xy)), out=first[1:])
    return Graph(
        first=first,
        neighbour=np.r_[v, u][order].astype(np.int32),
        arc_m=network.length_m[edge],
        arc_delay_s=network.delay_s[edge],
        arc_edge=edge.astype(np.int32),
        delayed=bool(network.delay_s.any()),
    )
