"""What changes when a source comes or goes, compiled: the nodes it touches, their edges, the homes on them.

`Live` keeps distances, homes' metres and covered street together; these kernels change just what is touched and write
down what stood there before, so that a step can be taken back to the last bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.network.along import at_place, chain, covered_on, stops_on
from kunshan_gis.network.arrays import F8, I4, NONE, U4, Arcs, Edges, Labels, Placed, Queue, Seeds, Sides, Stops
from kunshan_gis.network.compiled import kernel
from kunshan_gis.network.kernels import spread

BLOCK = 128
"""Edges whose street is summed together, so that a step sums a few blocks anew and not the city."""


class Figures(NamedTuple):
    """What is read off the nodes: of every home, of street within (cutoffs x edges, x blocks of edges), of people."""

    home_m: F8
    home_s: F8
    home_source: I4
    covered_m: F8
    block_m: F8
    people: NDArray[np.int64]


class Demand(NamedTuple):
    """Homes by edge, their residents, and the cutoffs: for people with the tolerance, for street without."""

    homes: Placed
    residents: NDArray[np.int64]
    people_cutoffs_m: F8
    street_cutoffs_m: F8


class Log(NamedTuple):
    """What stood there before a step: nodes, edges and homes that changed, with their old values, first rows first."""

    node: I4
    node_m: F8
    node_s: F8
    node_source: I4
    edge: I4
    edge_m: F8
    home: I4
    home_m: F8
    home_s: F8
    home_source: I4


@kernel
def unchain(stops: Stops, e: int, b: int) -> None:
    """Take source `b` out of the chain of edge `e`."""
    before, at = NONE, stops.head[e]
    while at != b:
        before, at = at, stops.after[at]
    if before == NONE:
        stops.head[e] = stops.after[b]
    else:
        stops.after[before] = stops.after[b]
    stops.after[b] = NONE


@kernel
def sum_blocks(edge: I4, covered_m: F8, block_m: F8) -> None:
    """Sum the blocks of these edges anew, edge after edge, so that a sum does not hang on what came before."""
    cutoffs, edges = covered_m.shape
    for i in range(len(edge)):
        block_m[0, edge[i] // BLOCK] = np.nan
    for i in range(len(edge)):
        block = edge[i] // BLOCK
        if np.isnan(block_m[0, block]):
            for c in range(cutoffs):
                total = 0.0
                for e in range(block * BLOCK, min((block + 1) * BLOCK, edges)):
                    total += covered_m[c, e]
                block_m[c, block] = total


@kernel
def _figured(
    arcs: Arcs, sides: Sides, edges: Edges, labels: Labels, old: Labels, stops: Stops, nodes: U4, number: int,
    source_edge: I4, demand: Demand, figures: Figures, log: Log, seen: NDArray[np.bool_], room: F8,
) -> tuple[int, int, int]:  # fmt: skip
    """Bring figures and log up to the changed nodes and the edges of the sources; how many nodes, edges, homes."""
    n_edges = n_homes = 0
    for i in range(len(source_edge)):
        if not seen[source_edge[i]]:
            seen[source_edge[i]], log.edge[n_edges] = True, source_edge[i]
            n_edges += 1
    for i in range(number):
        x = nodes[i]
        log.node[i], log.node_m[i], log.node_s[i], log.node_source[i] = x, old.metres[x], old.delay_s[x], old.source[x]
        old.metres[x], old.delay_s[x], old.source[x] = labels.metres[x], labels.delay_s[x], labels.source[x]
        for a in range(arcs.first[x], arcs.first[x + 1]):
            e = sides.edge[a]
            if not seen[e]:
                seen[e], log.edge[n_edges] = True, e
                n_edges += 1
    cutoffs = len(demand.street_cutoffs_m)
    at, metres = room[: len(room) // 2], room[len(room) // 2 :]
    for i in range(n_edges):
        e = log.edge[i]
        seen[e] = False
        stop = stops_on(e, edges, labels, stops, at, metres)
        for c in range(cutoffs):
            log.edge_m[i * cutoffs + c] = figures.covered_m[c, e]
            figures.covered_m[c, e] = covered_on(demand.street_cutoffs_m[c], stop, at, metres)
        for p in range(demand.homes.first[e], demand.homes.first[e + 1]):
            m, s, source = at_place(e, demand.homes.offset_m[p], demand.homes.leg_m[p], edges, labels, stops)
            was = figures.home_m[p]
            if m == was and s == figures.home_s[p] and source == figures.home_source[p]:
                continue
            log.home[n_homes], log.home_m[n_homes] = p, was
            log.home_s[n_homes], log.home_source[n_homes] = figures.home_s[p], figures.home_source[p]
            n_homes += 1
            figures.home_m[p], figures.home_s[p], figures.home_source[p] = m, s, source
            for c in range(len(demand.people_cutoffs_m)):
                cutoff = demand.people_cutoffs_m[c]
                if m <= cutoff < was:
                    figures.people[c] += demand.residents[p]
                elif was <= cutoff < m:
                    figures.people[c] -= demand.residents[p]
    sum_blocks(log.edge[:n_edges], figures.covered_m, figures.block_m)
    return number, n_edges, n_homes


@kernel
def come(
    arcs: Arcs, sides: Sides, edges: Edges, labels: Labels, old: Labels, stops: Stops, first: int, source_edge: I4,
    per_m: float, queue: Queue, demand: Demand, figures: Figures, log: Log, seen: NDArray[np.bool_], room: F8,
) -> tuple[int, int, int]:  # fmt: skip
    """Sources from number `first` on come, one on each of `source_edge`."""
    n = 2 * len(source_edge)
    seeds = Seeds(np.empty(n, np.uint32), np.empty(n), np.empty(n), np.empty(n, np.int32))
    for i in range(len(source_edge)):
        e, b = source_edge[i], first + i
        chain(stops, e, b)
        for end in range(2):
            along = stops.offset_m[b] if end == 0 else max(edges.metres[e] - stops.offset_m[b], 0.0)
            per_metre = edges.delay_s[e] / edges.metres[e] if edges.metres[e] > 0.0 else 0.0
            seeds.node[2 * i + end] = edges.u[e] if end == 0 else edges.v[e]
            seeds.metres[2 * i + end] = stops.leg_m[b] + along
            seeds.delay_s[2 * i + end] = per_metre * along
            seeds.source[2 * i + end] = b
    number = spread(arcs, labels, seeds, 0, n, 0.0, np.inf, per_m, queue)
    return _figured(
        arcs, sides, edges, labels, old, stops, queue.touched, number, source_edge, demand, figures, log, seen, room
    )


@kernel
def lost_nodes(labels: Labels, gone: NDArray[np.bool_], lost: U4) -> int:
    """Forget the nodes whose source is gone; lists them in `lost` and returns how many."""
    number = 0
    for x in range(len(labels.source)):
        if labels.source[x] >= 0 and gone[labels.source[x]]:
            lost[number] = x
            number += 1
            labels.metres[x], labels.delay_s[x], labels.source[x] = np.inf, 0.0, NONE
    return number


@kernel
def seeds_around(
    arcs: Arcs, sides: Sides, edges: Edges, labels: Labels, stops: Stops, lost: U4, number: int, seeds: Seeds
) -> int:
    """Where the lost nodes can be reached from: neighbours that stand, and sources on their edges.

    With an empty `seeds` it only counts them.
    """
    found, count_only = 0, len(seeds.node) == 0
    for i in range(number):
        x = lost[i]
        for a in range(arcs.first[x], arcs.first[x + 1]):
            y, e = arcs.neighbour[a], sides.edge[a]
            if labels.metres[y] < np.inf:
                if not count_only:
                    seeds.node[found], seeds.metres[found] = x, labels.metres[y] + arcs.metres[a]
                    seeds.delay_s[found] = labels.delay_s[y] + arcs.delay_s[a]
                    seeds.source[found] = labels.source[y]
                found += 1
            b = stops.head[e]
            while b != NONE:
                if not count_only:
                    length, offset = edges.metres[e], stops.offset_m[b]
                    along = max(length - offset, 0.0) if sides.back[a] else offset
                    per_metre = edges.delay_s[e] / length if length > 0.0 else 0.0
                    seeds.node[found], seeds.metres[found] = x, stops.leg_m[b] + along
                    seeds.delay_s[found], seeds.source[found] = per_metre * along, b
                found += 1
                b = stops.after[b]
    return found


@kernel
def go(
    arcs: Arcs, sides: Sides, edges: Edges, labels: Labels, old: Labels, stops: Stops, lost: U4, number: int,
    source_edge: I4, seeds: Seeds, low_m: float, per_m: float, queue: Queue,
    demand: Demand, figures: Figures, log: Log, seen: NDArray[np.bool_], room: F8,
) -> tuple[int, int, int]:  # fmt: skip
    """The lost nodes are reached anew from `seeds`; figures follow."""
    spread(arcs, labels, seeds, 0, len(seeds.node), low_m, np.inf, per_m, queue)
    return _figured(arcs, sides, edges, labels, old, stops, lost, number, source_edge, demand, figures, log, seen, room)
