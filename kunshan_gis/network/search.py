"""Walking distance to the nearest of many sources, exact along the edges, in metres.

The search starts from the few (park gates), not from the many (homes). For a point at offset a on
an edge (u, v) of length L the nearest source is

    min(d(u) + a, d(v) + L - a, |a - b| over sources at offset b on the same edge)

plus the straight legs at both ends. The last term is what most tools forget.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from kunshan_gis.model import Points, WalkNetwork


@dataclass(frozen=True, eq=False)
class Field:
    """Distance from the nearest of some sources to every node of the network.

    Attributes
    ----------
    node_m : (nodes,) float64
        Metres, infinite where no source is reached.
    node_source : (nodes,) int64
        Which source it is, -1 where none.
    sources : Points
        What the search started from.
    """

    network: WalkNetwork
    sources: Points
    node_m: NDArray[np.float64]
    node_source: NDArray[np.int64]


def search(network: WalkNetwork, sources: Points) -> Field:
    """Distance from the nearest source to every node; each source enters its edge at its own offset."""
    n, used = len(network.node_xy), np.flatnonzero(sources.placed)
    if len(used) == 0:
        return Field(network, sources, np.full(n, np.inf), np.full(n, -1, dtype=np.int64))
    edge, offset, leg = sources.edge[used], sources.offset_m[used], sources.leg_m[used]
    rest = np.maximum(network.length_m[edge] - offset, 0.0)
    own = n + np.arange(len(used))
    (u, v), (to_u, to_v) = network.edge_uv.T, network.edge_uv[edge].T
    matrix = _symmetric(
        np.r_[u, own, own], np.r_[v, to_u, to_v], np.r_[network.length_m, leg + offset, leg + rest], n + len(used)
    )
    distance, _, origin = dijkstra(matrix, indices=own, min_only=True, return_predecessors=True)
    reached = np.isfinite(distance[:n])
    nearest = np.where(reached, used[np.clip(origin[:n] - n, 0, len(used) - 1)], -1)
    return Field(network, sources, distance[:n], nearest)


def nearest(field: Field, origins: Points) -> pd.DataFrame:
    """For every origin the walked metres to its nearest source, and which source that is.

    Returns
    -------
    DataFrame with one row an origin, in order
        `metres` (NaN where the origin is not placed or nothing is reached) and `source` (row of the
        sources, -1 where none).
    """
    ways = pd.concat([_by_the_ends(field, origins), _along_the_edge(field.sources, origins)])
    ways = ways[np.isfinite(ways["metres"])].sort_values(["origin", "metres", "source"], kind="stable")
    best = ways.drop_duplicates("origin").set_index("origin")[["metres", "source"]]
    best = best.reindex(np.arange(len(origins.edge)))
    table: pd.DataFrame = best.assign(source=best["source"].fillna(-1).astype(np.int64))
    return table


def _by_the_ends(field: Field, origins: Points) -> pd.DataFrame:
    """Ways that leave the origin's edge over its first or its last node."""
    used = np.flatnonzero(origins.placed)
    edge, offset, leg = origins.edge[used], origins.offset_m[used], origins.leg_m[used]
    u, v = field.network.edge_uv[edge].T
    rest = np.maximum(field.network.length_m[edge] - offset, 0.0)
    return pd.DataFrame(
        {
            "origin": np.r_[used, used],
            "metres": np.r_[field.node_m[u] + offset + leg, field.node_m[v] + rest + leg],
            "source": np.r_[field.node_source[u], field.node_source[v]],
        }
    )


def _along_the_edge(sources: Points, origins: Points) -> pd.DataFrame:
    """Ways that never leave the edge on which both origin and source lie."""
    pairs = _placed(origins, "origin").merge(_placed(sources, "source"), on="edge", suffixes=("", "_source"))
    metres = (pairs["offset"] - pairs["offset_source"]).abs() + pairs["leg"] + pairs["leg_source"]
    return pairs[["origin", "source"]].assign(metres=metres)


def _placed(points: Points, name: str) -> pd.DataFrame:
    rows = np.flatnonzero(points.placed)
    return pd.DataFrame(
        {name: rows, "edge": points.edge[rows], "offset": points.offset_m[rows], "leg": points.leg_m[rows]}
    )


def _symmetric(row: NDArray[np.int64], column: NDArray[np.int64], metres: NDArray[np.float64], size: int) -> csr_array:
    """Undirected edges as a sparse matrix; of parallel edges the shortest stands, and a length of zero stays.

    Built by hand because scipy sums parallel entries on conversion and drops zeros on addition.
    """
    row, column, metres = np.r_[row, column], np.r_[column, row], np.r_[metres, metres]
    order = np.lexsort((metres, column, row))
    pair = row[order] * size + column[order]
    edge = order[np.r_[True, pair[1:] != pair[:-1]]]
    pointer = np.searchsorted(row[edge], np.arange(size + 1))
    return csr_array((metres[edge], column[edge], pointer), shape=(size, size))
