"""Street lines to a walking network: nodes where vertices are shared, edges with their length in metres.

Ways that meet share a vertex; a bridge or a tunnel shares none with what it crosses, so it does not
touch it. One-way tags are for wheels and are ignored.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import NetworkError
from kunshan_gis.messages import Text
from kunshan_gis.model import WalkNetwork
from kunshan_gis.network.hilbert import hilbert_order

BUILD = 2
"""Raised whenever the same streets give another network, so that kept ones are built again."""

GRID_M = 0.001
"""Vertices are the same if they agree to a millimetre."""


def build(streets: gpd.GeoDataFrame, *, walk_filter: str = "walkable = true") -> WalkNetwork:
    """The walking network of the streets that walkers may use.

    Parameters
    ----------
    streets : GeoDataFrame
        Lines in a metric CRS with the boolean column `walkable`.
    walk_filter : str
        What `walkable` lets through, in words; carried into every result.

    Raises
    ------
    NetworkError
        No street is walkable, or none has any length.
    CRSError
        The streets are not in metres.
    """
    require_metric(streets, "streets")
    rows = np.flatnonzero(np.asarray(streets["walkable"], dtype=bool))
    if len(rows) == 0:
        raise NetworkError(
            Text(
                "没有可步行的街道；请检查街道图层的字段 `walkable`",
                "no street is walkable; check the column `walkable` of the streets layer",
            )
        )
    parts, owner = shapely.get_parts(np.asarray(streets.geometry.array)[rows], return_index=True)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    repeated = np.r_[False, (line[1:] == line[:-1]) & (_grid(xy[1:]) == _grid(xy[:-1])).all(axis=1)]
    xy, line = xy[~repeated], line[~repeated]
    start, end = _edge_spans(xy, line)
    if len(start) == 0:
        raise NetworkError(
            Text(
                "可步行街道的长度均不足一毫米；请检查街道图层的几何",
                "no walkable street is longer than a millimetre; check the streets layer's geometry",
            )
        )

    vertex, first = _vertices(xy)
    edge_of, flat = _spread_spans(start, end)
    lines = shapely.linestrings(xy[flat], indices=edge_of)
    edge_id = _edge_ids(_grid(xy)[flat], edge_of)
    _, keep = np.unique(edge_id, return_index=True)  # the same geometry drawn twice is one edge
    node_xy, edge_uv = _numbered(xy[first], np.column_stack([vertex[start], vertex[end]])[keep])
    order = np.lexsort((edge_id[keep], edge_uv.max(axis=1), edge_uv.min(axis=1)))
    keep, edge_uv = keep[order], edge_uv[order]
    length = shapely.length(lines[keep])
    return WalkNetwork(
        node_xy=node_xy,
        edge_uv=edge_uv,
        length_m=length,
        delay_s=np.zeros(len(keep)),
        edge_id=edge_id[keep],
        component_m=component_lengths(edge_uv, length, len(node_xy)),
        lines=lines[keep],
        street=rows[owner[line[start[keep]]]],
        crs=streets.crs.to_string(),
        walk_filter=walk_filter,
    )


def _grid(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(xy / GRID_M).astype(np.int64)


def _vertices(xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of the place each coordinate stands on, and the first coordinate standing there."""
    grid = _grid(xy)
    grid -= grid.min(axis=0)
    place = grid[:, 0] * (int(grid[:, 1].max()) + 1) + grid[:, 1]
    _, first, vertex = np.unique(place, return_index=True, return_inverse=True)
    return vertex, first


def _edge_spans(xy: NDArray[np.float64], line: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last coordinate of every edge: lines cut wherever a vertex occurs more than once."""
    vertex, _ = _vertices(xy)
    last_of_line = np.r_[line[1:] != line[:-1], True]
    first_of_line = np.r_[True, last_of_line[:-1]]
    is_node = first_of_line | last_of_line | (np.bincount(vertex)[vertex] > 1)
    nodes = np.flatnonzero(is_node)
    start, end = nodes[:-1], nodes[1:]
    within = line[start] == line[end]
    return start[within], end[within]


def _spread_spans(start: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every coordinate of every span, ends included: (span number, coordinate number)."""
    size = end - start + 1
    edge = np.repeat(np.arange(len(start)), size)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(size) - size, size)
    return edge, start[edge] + step


def _edge_ids(grid: NDArray[np.int64], edge: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A 64-bit id per edge from its vertices, the same in both directions, on any machine."""
    begin = np.flatnonzero(np.r_[True, edge[1:] != edge[:-1]])
    step = (np.arange(len(edge)) - begin[edge]).astype(np.uint64)
    size = np.diff(np.r_[begin, len(edge)]).astype(np.uint64)
    place = _mix(grid[:, 0].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ _mix(grid[:, 1].astype(np.uint64)))
    forward: NDArray[np.uint64] = np.add.reduceat(_mix(place + step), begin)
    backward: NDArray[np.uint64] = np.add.reduceat(_mix(place + size[edge] - np.uint64(1) - step), begin)
    either_way: NDArray[np.uint64] = np.bitwise_xor(_mix(np.bitwise_xor(forward, backward)), forward + backward)
    return either_way


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finaliser (Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _numbered(place_xy: NDArray[np.float64], ends: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Nodes where edges end, numbered along Hilbert's curve, and each edge's two ends by that number."""
    places, edge_uv = np.unique(ends, return_inverse=True)
    order = hilbert_order(place_xy[places])
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return place_xy[places[order]], number[edge_uv.reshape(-1, 2)]


def component_lengths(edge_uv: NDArray[np.int64], length: NDArray[np.float64], nodes: int) -> NDArray[np.float64]:
    """Street length of the connected piece each edge belongs to."""
    u, v = edge_uv.T
    _, label = connected_components(coo_array((np.ones(len(u)), (u, v)), shape=(nodes, nodes)), directed=False)
    piece: NDArray[np.int64] = label[u]
    metres = np.zeros(nodes)
    np.add.at(metres, piece, length)
    whole: NDArray[np.float64] = metres[piece]
    return whole
