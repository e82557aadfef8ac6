"""scipy.sparse.csgraph: Dijkstra in C on a sparse matrix. It is also the oracle that every answer is held against."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.city import City, join
from benchmarks.question import Arcs, Array, Coverage, Figures, Prepared, Reached, arcs_of, same_edge

BATCH = 64
"""Parks searched at a time: dense rows of distances to every node are what scipy answers with."""


def matrix_of(arcs: Arcs) -> csr_array:
    """The arcs as compressed rows; a length of zero stays an arc."""
    order = np.lexsort((arcs.head, arcs.tail))
    first = np.searchsorted(arcs.tail[order], np.arange(arcs.size + 1))
    return csr_array((arcs.metres[order], arcs.head[order], first), shape=(arcs.size, arcs.size))


def nearest(city: City) -> Prepared:
    """Every junction's metres to its nearest park."""
    arcs = arcs_of(city)
    matrix = matrix_of(arcs)
    return Prepared(lambda: dijkstra(matrix, indices=arcs.park_nodes, min_only=True)[: arcs.nodes])


def tiers(city: City) -> Prepared:
    """Nearest park of each tier, and the exact metres of each edge within the cutoff."""
    arcs = arcs_of(city)
    matrix = matrix_of(arcs)
    figures = [Figures(city, gates_of_tier(city, tier)) for tier in range(3)]

    def run() -> Array:
        answers = []
        for tier in range(3):
            parks = arcs.park_nodes[city.tier == tier]
            node_m = dijkstra(matrix, indices=parks, min_only=True, limit=city.cutoff_m)[: arcs.nodes]
            answers.append(figures[tier].covered_m(node_m))
        return np.array(answers)

    return Prepared(run)


def gates_of_tier(city: City, tier: int) -> Any:
    """The entrances of a tier's parks."""
    from kunshan_gis.network import select

    return select(city.gates, np.flatnonzero(city.tier[city.park] == tier))


def searches(city: City) -> Prepared:
    """What each park reaches: junctions and metres."""
    arcs = arcs_of(city)
    matrix = matrix_of(arcs)

    def run() -> tuple[NDArray[np.int64], ...]:
        parts = []
        for start in range(0, arcs.parks, BATCH):
            rows = dijkstra(matrix, indices=arcs.park_nodes[start : start + BATCH], limit=city.cutoff_m)
            park, node = np.nonzero(rows[:, : arcs.nodes] <= city.cutoff_m)
            parts.append((park + start, node, rows[park, node]))
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))

    return Prepared(run, lambda raw: Reached.of(raw[0], raw[1], raw[2], nodes=arcs.nodes))


def counts(city: City) -> Prepared:
    """How many parks are within the cutoff of every home, searched from the parks."""
    arcs = arcs_of(city)
    matrix = matrix_of(arcs)
    homes, gates = city.homes, city.gates
    u, v = city.network.edge_uv[homes.edge].T
    offset, rest = homes.offset_m + homes.leg_m, city.network.length_m[homes.edge] - homes.offset_m + homes.leg_m
    home, gate = same_edge(homes, gates)
    along = np.abs(homes.offset_m[home] - gates.offset_m[gate]) + gates.leg_m[gate] + homes.leg_m[home]
    order = np.argsort(city.park[gate], kind="stable")
    home, along, park = home[order], along[order], city.park[gate][order]

    def run() -> NDArray[np.int64]:
        total = np.zeros(len(homes.edge), dtype=np.int64)
        for start in range(0, arcs.parks, BATCH):
            rows = dijkstra(matrix, indices=arcs.park_nodes[start : start + BATCH], limit=city.cutoff_m)
            here = slice(*np.searchsorted(park, (start, start + BATCH)))
            within = np.minimum(rows[:, u] + offset, rows[:, v] + rest) <= city.cutoff_m
            shares = along[here] <= city.cutoff_m
            within[park[here][shares] - start, home[here][shares]] = True
            total += within.sum(axis=0)
        return total

    return Prepared(run)


def add_park(city: City) -> Prepared:
    """One more park: its arcs join the matrix, then the search, the homes and the streets are done again."""
    arcs, gates = arcs_of(city), city.one_more
    matrix, parks = matrix_of(arcs), np.r_[arcs.park_nodes, arcs.size]
    figures = Figures(city, join(city.gates, gates))
    size, (u, v) = arcs.size + 1, city.network.edge_uv[gates.edge].T
    rest = city.network.length_m[gates.edge] - gates.offset_m
    table = pd.DataFrame({"node": np.r_[u, v], "metres": np.r_[gates.offset_m, rest] + np.tile(gates.leg_m, 2)})
    ends = table.groupby("node")["metres"].min()

    def run() -> Coverage:
        metres, node = np.r_[matrix.data, ends.to_numpy()], np.r_[matrix.indices, ends.index.to_numpy(np.int32)]
        joined = csr_array((metres, node, np.r_[matrix.indptr, len(node)]), shape=(size, size))
        return figures.coverage(dijkstra(joined, indices=parks, min_only=True)[: arcs.nodes])

    return Prepared(run)
