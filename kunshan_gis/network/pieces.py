"""The pieces of street that a group of sources covers, exact at the cutoffs, without a look at the rest of the city.

numba compiles on first use.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.network.arrays import F8, I4, U4, Edges
from kunshan_gis.network.compiled import kernel


class Reached(NamedTuple):
    """Nodes within the widest cutoff of a group, and the metres walked to them."""

    node: U4
    metres: F8


class Entrances(NamedTuple):
    """Where the sources of a group lie, sorted by edge and along it."""

    edge: I4
    offset_m: F8
    leg_m: F8


class Around(NamedTuple):
    """Edges at every node, `first[node]` up to `first[node + 1]`; `node_m` and `seen` are wiped after each group."""

    first: U4
    edge: I4
    edges: Edges
    node_m: F8
    seen: NDArray[np.bool_]


class Pieces(NamedTuple):
    """Edges, metres from and to along them (rows of two), and the number of the first cutoff that reaches them."""

    edge: I4
    between_m: F8
    band: I4


@kernel
def covered_pieces(reached: Reached, entrances: Entrances, cutoffs: F8, around: Around) -> Pieces:
    """What one group covers, by rising cutoffs; a place reached with nothing left to walk is a piece without length."""
    first, edge_at, edges, node_m, seen = around
    most = 2 * len(entrances.edge)
    for i in range(len(reached.node)):
        n = reached.node[i]
        node_m[n] = reached.metres[i]
        most += first[n + 1] - first[n]
    most *= 2 * len(cutoffs)
    pieces = Pieces(np.empty(most, np.int32), np.empty((most, 2), np.float64), np.empty(most, np.int32))
    at = _beside_entrances(entrances, cutoffs, around, pieces)
    for n in reached.node:
        for arc in range(first[n], first[n + 1]):
            e = edge_at[arc]
            if not seen[e]:
                seen[e] = True
                ends = (0.0, edges.metres[e], node_m[edges.u[e]], node_m[edges.v[e]])
                at = _add_bands(e, ends, cutoffs, at, pieces)
    for n in reached.node:
        node_m[n] = np.inf
        for arc in range(first[n], first[n + 1]):
            seen[edge_at[arc]] = False
    for e in entrances.edge:
        seen[e] = False
    return Pieces(pieces.edge[:at], pieces.between_m[:at], pieces.band[:at])


@kernel
def _beside_entrances(entrances: Entrances, cutoffs: F8, around: Around, pieces: Pieces) -> int:
    """Edges with entrances on them, cut there, so that what is near on each piece follows from its two ends."""
    edge, offset, leg = entrances
    edges, node_m, seen = around.edges, around.node_m, around.seen
    ahead = np.empty(len(edge) + 1)  # metres at each entrance over what lies further along its edge
    at, i = 0, 0
    while i < len(edge):
        e, begin = edge[i], i
        seen[e] = True
        while i < len(edge) and edge[i] == e:
            i += 1
        ahead[i], place = node_m[edges.v[e]], edges.metres[e]
        for j in range(i - 1, begin - 1, -1):
            ahead[j] = min(leg[j], ahead[j + 1] + place - offset[j])
            place = offset[j]
        here, walked = 0.0, min(node_m[edges.u[e]], ahead[begin] + offset[begin])
        for j in range(begin, i + 1):
            there = offset[j] if j < i else edges.metres[e]
            arrived = min(ahead[j], walked + there - here)
            at = _add_bands(e, (here, there, walked, arrived), cutoffs, at, pieces)
            here, walked = there, arrived
    return at


@kernel
def _add_bands(e: int, ends: tuple[float, float, float, float], cutoffs: F8, at: int, pieces: Pieces) -> int:
    """Write what each cutoff adds of one piece (from, to, metres walked to either end); returns how many stand."""
    start, end, from_start, from_end = ends
    length = end - start
    near, far = -1.0, -1.0  # metres covered from either end by the cutoffs before; below zero where not yet there
    for band in range(len(cutoffs)):
        a, b = min(cutoffs[band] - from_start, length), min(cutoffs[band] - from_end, length)
        done_a, done_b = max(near, 0.0), max(far, 0.0)
        whole = max(a, b) >= 0.0 and max(a, 0.0) + max(b, 0.0) >= length
        if whole or (a >= 0.0 and a > near):
            pieces.edge[at], pieces.band[at] = e, band
            pieces.between_m[at, 0] = start + done_a
            pieces.between_m[at, 1] = end - done_b if whole else start + a
            at += 1
        if whole:
            break
        if b >= 0.0 and b > far:
            pieces.edge[at], pieces.band[at] = e, band
            pieces.between_m[at, 0], pieces.between_m[at, 1] = end - b, end - done_b
            at += 1
        near, far = max(a, near), max(b, far)
    return at
