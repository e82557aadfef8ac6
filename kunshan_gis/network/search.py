"""Walking distance from the nearest of many sources, exact along the edges, in metres and seconds of delay.

The search starts from the few (park gates), not from the many (homes). For a point at offset a on
an edge (u, v) of length L the nearest source is

    min(d(u) + a, d(v) + L - a, |a - b| over sources at offset b on the same edge)

plus the straight legs at both ends. The last term is what most tools forget. The shortest way in metres is taken, and
the delay is what waits on it; pace turns both into minutes afterwards, without another search.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.along import at_points, chain_all, covered_edges, placed_on
from kunshan_gis.network.arrays import (
    NONE,
    Labels,
    Seeds,
    Stops,
    labels_for,
    no_stops,
    seeds_of,
    sorted_stops,
)
from kunshan_gis.network.graph import Graph, graph_of
from kunshan_gis.network.kernels import spread, spread_in_parts
from kunshan_gis.network.placement import require_on

LARGE, PART_NODES, MOST_NODES_A_SOURCE = 131_072, 8_192, 128
"""From so many nodes on a search with sources enough goes part by part of the city, each part small enough for a
processor's cache; half as fast again at a million nodes."""


@dataclass(frozen=True, eq=False)
class Field:
    """Distance from the nearest of some sources to every node of the network.

    Attributes
    ----------
    node_m : (nodes,) float64
        Metres, infinite where no source is reached.
    node_delay_s : (nodes,) float64
        Seconds of delay on that way.
    node_source : (nodes,) int32
        Which source it is, -1 where none.
    sources : Points
        What the search started from.
    cutoff_m : float
        How far it went; what lies farther is unreached.
    """

    network: WalkNetwork
    sources: Points
    node_m: NDArray[np.float64]
    node_delay_s: NDArray[np.float64]
    node_source: NDArray[np.int32]
    cutoff_m: float = np.inf

    @property
    def labels(self) -> Labels:
        """The nodes as kernels take them."""
        return Labels(self.node_m, self.node_delay_s, self.node_source)

    @cached_property
    def _chained(self) -> tuple[Stops, int]:
        edges = len(self.network.length_m)
        stops = no_stops(self.sources, edges)
        most = chain_all(stops, self.sources.edge)
        if most == NONE:  # a crowd on one edge
            placed = self.sources.edge[self.sources.placed]
            return sorted_stops(self.sources, edges), int(np.bincount(placed).max())
        return stops, most

    @property
    def stops(self) -> Stops:
        """The sources by the edge they lie on."""
        return self._chained[0]

    @property
    def most_stops(self) -> int:
        """The largest number of sources that share an edge."""
        return self._chained[1]


def search(network: WalkNetwork, sources: Points, *, cutoff_m: float = np.inf) -> Field:
    """Distance from the nearest source to every node; each source enters its edge at its own offset.

    Parameters
    ----------
    sources : Points
        Those not placed are passed over.
    cutoff_m : float
        Inclusive; nodes farther than this stay unreached.

    Raises
    ------
    NetworkError
        The network holds a length that is none.
    ParameterError
        The cutoff is negative or not a number, or a source is not on this network.
    """
    require_cutoff(cutoff_m)
    graph = graph_of(network)
    require_on(sources, graph.edges.metres)
    labels = labels_for(len(network.node_xy))
    relax(graph, labels, sources, np.flatnonzero(sources.placed), cutoff_m)
    return Field(network, sources, *labels, cutoff_m)


def relax(graph: Graph, labels: Labels, sources: Points, rows: NDArray[np.int64], cutoff_m: float) -> None:
    """Let some sources walk over labels that may know nearer ones."""
    if len(rows) == 0:
        return
    seeds = seeds_of(sources, graph.edges, rows)
    span = min(graph.longest_m + float(seeds.metres.max()), cutoff_m)
    nodes = len(labels.metres)
    with graph.queue(span) as (queue, per_m):
        if nodes < LARGE or len(rows) * MOST_NODES_A_SOURCE < nodes:
            spread(graph.arcs, labels, seeds, 0, len(seeds.node), 0.0, float(cutoff_m), per_m, queue)
            return
        order = np.argsort(seeds.node, kind="stable")  # along Hilbert's curve: near in space, near in memory
        seeds = Seeds(seeds.node[order], seeds.metres[order], seeds.delay_s[order], seeds.source[order])
        parts = np.searchsorted(seeds.node, np.arange(0, nodes + PART_NODES, PART_NODES))
        near_m = min(2.0 * graph.mean_m * np.sqrt(nodes / len(rows)), float(cutoff_m))
        spread_in_parts(graph.arcs, labels, seeds, parts, near_m, float(cutoff_m), per_m, queue)


def nearest(field: Field, origins: Points) -> pd.DataFrame:
    """For every origin the walked metres to its nearest source, the delay on the way, and which source that is.

    Returns
    -------
    DataFrame with one row an origin, in order
        `metres` and `delay_s` (NaN where the origin is not placed or nothing is reached) and `source` (row of the
        sources, -1 where none).
    """
    n = len(origins.edge)
    metres, delay_s, source = np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1, dtype=np.int32)
    edges = graph_of(field.network).edges
    at_points(placed_on(origins, edges), edges, field.labels, field.stops, metres, delay_s, source)
    far = metres > field.cutoff_m
    metres[far], delay_s[far], source[far] = np.nan, np.nan, -1
    return pd.DataFrame({"metres": metres, "delay_s": delay_s, "source": source.astype(np.int64)})


def covered_lengths(field: Field, cutoffs_m: NDArray[np.float64] | list[float]) -> NDArray[np.float64]:
    """Metres of every edge within each cutoff, exact where the cutoff falls inside an edge.

    Returns
    -------
    (cutoffs, edges) float64
        From 0 to the edge's length; never less for a larger cutoff.

    Raises
    ------
    ParameterError
        A cutoff is no distance, or farther than the search went.
    """
    cutoffs = require_cutoffs(cutoffs_m)
    require_searched(field, cutoffs)
    edges = graph_of(field.network).edges
    covered = np.empty((len(cutoffs), len(edges.u)))
    covered_edges(cutoffs, edges, field.labels, field.stops, field.most_stops, covered)
    return covered


def require_searched(field: Field, cutoffs_m: NDArray[np.float64]) -> None:
    """No cutoff may be farther than the search went: what lies beyond is not known.

    Raises
    ------
    ParameterError
        One is.
    """
    farthest = float(cutoffs_m.max(initial=0.0))
    if farthest > field.cutoff_m:
        raise ParameterError(
            Text(
                f"搜索只到 {field.cutoff_m:g} 米，不知道 {farthest:g} 米以内有哪些街道；请用更大的 cutoff_m 重新搜索",
                f"the search went {field.cutoff_m:g} m: the street within {farthest:g} m is not known. Search again "
                "with a larger cutoff_m",
            )
        )


def require_cutoffs(cutoffs_m: object) -> NDArray[np.float64]:
    """The cutoffs as an array; each must be a distance.

    Raises
    ------
    ParameterError
        There is none, or one is negative or not a number.
    """
    cutoffs = np.atleast_1d(np.asarray(cutoffs_m, dtype=np.float64))
    if cutoffs.ndim != 1 or len(cutoffs) == 0 or not (cutoffs >= 0).all():
        given = np.array2string(cutoffs, threshold=5)
        raise ParameterError(
            Text(
                f"步行距离上限须为大于等于 0 的米数，给出的是 {given}",
                f"a cutoff is a distance in metres from zero up; given {given}",
            )
        )
    return cutoffs


def require_cutoff(cutoff_m: object) -> float:
    """The one cutoff as a number.

    Raises
    ------
    ParameterError
        It is negative or not a number, or there are several.
    """
    cutoffs = require_cutoffs(cutoff_m)
    if len(cutoffs) > 1:
        raise ParameterError(
            Text(
                f"这里只能给一个步行距离上限，给出的是 {len(cutoffs)} 个；请用最大的一个搜索",
                f"one cutoff is wanted here and {len(cutoffs)} are given; search with the largest",
            )
        )
    return float(cutoffs[0])
