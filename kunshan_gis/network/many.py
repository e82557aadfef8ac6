"""Walking costs from every park to every home, park by park: pairs, counts and sums, the k nearest.

A park (any facility, any origin) is a group of points on the network: its entrances. What is reached through any of
them is reached, once; entrances are never counted where parks are meant. The network is undirected, so a search from
the few gives the distances of the many.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, Reach, WalkNetwork
from kunshan_gis.network.along import placed_on
from kunshan_gis.network.arrays import Placed, Seeds, labels_for, scratch_for, seeds_of
from kunshan_gis.network.graph import Graph, graph_of
from kunshan_gis.network.kernels import count_groups, node_searches, pair_groups
from kunshan_gis.network.knearest import k_at_points, k_spread
from kunshan_gis.network.placement import require_on
from kunshan_gis.network.search import LARGE, require_cutoff, require_cutoffs

MOST_EMPTY_GROUPS = 10_000_000
"""Numbers far above these are ids taken for groups; room would be made for every group below them."""


class NodeReach(NamedTuple):
    """The nodes one search after the other gets to, in the order of groups.

    Attributes
    ----------
    first : (groups + 1,) int32
        Group `g` holds the rows `first[g]` up to but not including `first[g + 1]`.
    node : (rows,) uint32
    metres : (rows,) float64
    """

    first: NDArray[np.int32]
    node: NDArray[np.uint32]
    metres: NDArray[np.float64]


class _Groups(NamedTuple):
    """Sources sorted by group, and the searches they start; `order` is the number of each group.

    In a large network groups that lie together come together, so that one search finds in the processor's cache what
    the one before it left there.
    """

    graph: Graph
    sources: Placed
    seeds: Seeds
    span_m: float
    order: NDArray[np.int64]


def searches(network: WalkNetwork, sources: Points, group: ArrayLike, *, cutoff_m: float) -> NodeReach:
    """One search a group of sources, as far as the cutoff (metres, inclusive): the nodes it gets to.

    Parameters
    ----------
    group : (sources,) int
        Which group each source belongs to, from 0 up; sources not placed are passed over.

    Raises
    ------
    ParameterError
        The cutoff is no distance, or the groups do not fit the sources.
    """
    limit = require_cutoff(cutoff_m)
    groups = _groups(network, sources, group, limit)
    with groups.graph.queue(groups.span_m) as (queue, per_m):
        first, node, metres = node_searches(
            groups.graph.arcs, labels_for(len(network.node_xy)), groups.seeds, 2 * groups.sources.first, limit, per_m,
            queue,
        )  # fmt: skip
    first, rows = _by_number(first, groups.order)
    return NodeReach(first, node[rows], metres[rows])


def reach(
    network: WalkNetwork,
    origins: Points,
    destinations: Points,
    group: ArrayLike | None = None,
    *,
    cutoff_m: float,
    origin_ids: ArrayLike | None = None,
    destination_ids: ArrayLike | None = None,
) -> Reach:
    """Metres and delay from every origin to every destination (group of points) within the cutoff.

    Parameters
    ----------
    group : (destination points,) int, optional
        Which destination each point is an entrance of; by default each is one of its own.
    cutoff_m : float
        Inclusive; farther pairs are absent.
    origin_ids, destination_ids : array-like, optional
        Names of rows and columns; by default their numbers.
    """
    limit = require_cutoff(cutoff_m)
    groups = _groups(network, destinations, group, limit)
    graph, edges = groups.graph, len(network.length_m)
    with groups.graph.queue(groups.span_m) as (queue, per_m):
        first, row, metres, delay = pair_groups(
            graph.arcs, graph.sides, graph.edges, labels_for(len(network.node_xy)), groups.seeds, groups.sources,
            placed_on(origins, graph.edges), limit, per_m, queue, scratch_for(edges, len(origins.edge)),
        )  # fmt: skip
    first, rows = _by_number(first, groups.order)
    row, metres, delay = row[rows], metres[rows], delay[rows]
    number = len(first) - 1
    shape = (len(origins.edge), number)
    return Reach(
        metres=csc_array((metres, row, first), shape=shape).tocsr(),
        delay_s=csc_array((delay, row, first), shape=shape).tocsr(),
        origins=_ids(origin_ids, shape[0]),
        destinations=_ids(destination_ids, shape[1]),
    )


def opportunities(
    network: WalkNetwork,
    origins: Points,
    facilities: Points,
    group: ArrayLike | None = None,
    *,
    cutoffs_m: ArrayLike,
    weights: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """How many facilities, or how much of their weight, each origin gets to within each cutoff; no pair is kept.

    Parameters
    ----------
    cutoffs_m : (cutoffs,) metres, inclusive
    weights : (facilities,), optional
        Capacity, jobs, hectares of each facility; by default 1, which counts them.

    Returns
    -------
    (origins, cutoffs) float64
        In the order of the cutoffs given; NaN where the origin is not placed.
    """
    cutoffs = require_cutoffs(cutoffs_m)
    ascending = np.unique(cutoffs)
    groups = _groups(network, facilities, group, float(ascending[-1]))
    graph, number = groups.graph, len(groups.sources.first) - 1
    weight = np.ones(number) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (number,):
        raise _unfitting(Text("设施权重", "weights"), weight.size, number)
    if not np.isfinite(weight).all():
        raise ParameterError(Text("设施权重不能缺失或无穷大", "weights are finite numbers, none of them absent"))
    points = placed_on(origins, graph.edges)
    sums = np.zeros((len(points.row), len(ascending)))
    with groups.graph.queue(groups.span_m) as (queue, per_m):
        count_groups(
            graph.arcs, graph.sides, graph.edges, labels_for(len(network.node_xy)), groups.seeds, groups.sources,
            points, ascending, weight[groups.order], per_m, queue,
            scratch_for(len(network.length_m), len(points.row)), sums,
        )  # fmt: skip
    answer = np.full((len(origins.edge), len(ascending)), np.nan)
    answer[points.row] = sums
    return answer[:, np.searchsorted(ascending, cutoffs)]


def k_nearest(
    network: WalkNetwork,
    origins: Points,
    facilities: Points,
    group: ArrayLike | None = None,
    *,
    k: int,
    cutoff_m: float = np.inf,
) -> pd.DataFrame:
    """The k nearest facilities of every origin, nearest first; among equals the one that comes first.

    Returns
    -------
    DataFrame
        `origin` (row), `rank` (from 1), `destination` (group), `metres`, `delay_s`; fewer rows where fewer are
        within the cutoff, none for an origin that is not placed.
    """
    if not isinstance(k, int | np.integer) or k < 1:
        raise ParameterError(
            Text(f"最近设施个数 k 须为不小于 1 的整数，给出的是 {k}", f"k is at least 1, a whole number; given {k}")
        )
    limit = require_cutoff(cutoff_m)
    groups = _groups(network, facilities, group, limit)
    graph, nodes = groups.graph, len(network.node_xy)
    k = min(k, max(len(groups.sources.first) - 1, 1))
    near_m, near_s = np.full((nodes, k), np.inf), np.zeros((nodes, k))
    near = np.full((nodes, k), -1, dtype=np.int32)
    with groups.graph.queue(groups.span_m) as (queue, per_m):
        k_spread(
            graph.arcs, labels_for(nodes), groups.seeds, 2 * groups.sources.first, limit, per_m, queue,
            near_m, near_s, near, groups.order,
        )  # fmt: skip
    points = placed_on(origins, graph.edges)
    n = len(points.row)
    best_m, best_s, best = np.full((n, k), np.inf), np.zeros((n, k)), np.full((n, k), -1, dtype=np.int32)
    on_edge = placed_on(facilities, graph.edges)
    of = np.asarray(_group_numbers(facilities, group), dtype=np.int32)[on_edge.row]
    k_at_points(points, graph.edges, near_m, near_s, near, on_edge, of, best_m, best_s, best)
    found, rank = np.nonzero((best >= 0) & (best_m <= limit))
    table = pd.DataFrame(
        {
            "origin": points.row[found].astype(np.int64),
            "rank": rank + 1,
            "destination": best[found, rank].astype(np.int64),
            "metres": best_m[found, rank],
            "delay_s": best_s[found, rank],
        }
    )
    return table.sort_values(["origin", "rank"], ignore_index=True)


def _groups(network: WalkNetwork, points: Points, group: ArrayLike | None, limit_m: float) -> _Groups:
    graph = graph_of(network)
    require_on(points, graph.edges.metres)
    of = _group_numbers(points, group)
    used = np.flatnonzero(points.placed)
    number = int(of.max(initial=-1)) + 1
    order = np.arange(number)
    if len(network.node_xy) >= LARGE:
        place = np.full(number, len(network.node_xy))
        np.minimum.at(place, of[used], graph.edges.u[points.edge[used]])
        order = np.argsort(place, kind="stable")
    turn = np.empty(number, dtype=np.int64)
    turn[order] = np.arange(number)
    rows = used[np.argsort(turn[of[used]], kind="stable")]
    first = np.zeros(number + 1, dtype=np.int32)
    np.cumsum(np.bincount(turn[of[rows]], minlength=number), out=first[1:])
    edge, offset, leg = points.edge[rows].astype(np.int32), points.offset_m[rows], points.leg_m[rows]
    seeds = seeds_of(points, graph.edges, rows, of[rows])
    span = min(graph.longest_m + float(seeds.metres.max(initial=0.0)), limit_m)
    return _Groups(graph, Placed(first, rows.astype(np.int32), edge, offset, leg), seeds, span, order)


def _by_number(
    first: NDArray[np.integer[Any]], order: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[np.int64] | slice]:
    """Where each group begins once the groups stand in order of their numbers, and which rows to take for that."""
    if (np.diff(order) > 0).all():
        return first, slice(None)
    turn = np.empty(len(order), dtype=np.int64)
    turn[order] = np.arange(len(order))
    size = np.diff(first)[turn]
    begin = np.zeros(len(order) + 1, dtype=first.dtype)
    np.cumsum(size, out=begin[1:])
    rows = np.repeat(first[:-1][turn] - begin[:-1], size) + np.arange(begin[-1])
    return begin, rows


def _group_numbers(points: Points, group: ArrayLike | None) -> NDArray[np.int64]:
    if group is None:
        return np.arange(len(points.edge))
    of = np.asarray(group)
    if of.shape != points.edge.shape:
        raise _unfitting(Text("分组", "groups"), of.size, len(points.edge))
    if len(of) and (of.dtype.kind not in "iu" or of.min() < 0 or of.max() >= MOST_EMPTY_GROUPS + len(of)):
        raise ParameterError(
            Text(
                "分组须为从 0 起、没有大段空号的整数（pd.factorize）",
                "groups are whole numbers from 0 up, without large gaps (pd.factorize)",
            )
        )
    return of.astype(np.int64)


def _ids(given: ArrayLike | None, number: int) -> NDArray[np.object_]:
    ids = np.arange(number, dtype=object) if given is None else np.asarray(given, dtype=object)
    if len(ids) != number:
        raise _unfitting(Text("编号", "ids"), len(ids), number)
    return ids


def _unfitting(what: Text, given: int, wanted: int) -> ParameterError:
    return ParameterError(
        Text(f"{what.zh}有 {given} 个，应为 {wanted} 个", f"{given} {what.en} given where {wanted} are wanted")
    )
