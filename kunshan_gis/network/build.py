"""Street lines to a walking network: nodes where vertices are shared, edges with their length in metres.

Ways that meet share a vertex; a bridge or a tunnel shares none with what it crosses, so it does not
touch it. One-way tags are for wheels and are ignored.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kunshan_gis.errors import NetworkError
from kunshan_gis.messages import Text
from kunshan_gis.model import WalkNetwork
from kunshan_gis.network.drawn import walkable_lines, warn_of_absent
from kunshan_gis.network.hilbert import hilbert_order

BUILD = 3
"""Raised whenever the same streets give another network, so that kept ones are built again."""

GRID_M = 0.001
"""Vertices are the same if they agree to a millimetre."""


class Drawn(NamedTuple):
    """Every edge as it is drawn; what is drawn twice is here twice.

    Attributes
    ----------
    place_xy : (places, 2) float64
        Metres of every place that has a vertex.
    ends : (edges, 2) int64
        Place at the first and at the last vertex.
    edge_id : (edges,) uint64
        The same for the same vertices, in either direction.
    lines : (edges,) object
    street : (edges,) int64
        Row of the streets table.
    """

    place_xy: NDArray[np.float64]
    ends: NDArray[np.int64]
    edge_id: NDArray[np.uint64]
    lines: NDArray[np.object_]
    street: NDArray[np.int64]


def build(streets: gpd.GeoDataFrame, *, walk_filter: str = "walkable = true") -> WalkNetwork:
    """The walking network of the streets that walkers may use.

    The same streets in another order of rows give the same network, row numbers apart. A line that crosses
    itself or another is joined to it only where both have a vertex. Heights and measures are left out. What is
    drawn twice counts once, for the street with the smaller id.

    Parameters
    ----------
    streets : GeoDataFrame
        Lines in a metric CRS with the boolean column `walkable`, and `id` where there are ids.
    walk_filter : str
        What `walkable` lets through, in words; carried into every result.

    Raises
    ------
    LayerSchemaError
        Rows that cannot become a network; all of them are named.
    NetworkError
        No street is walkable, or none has any length.
    CRSError
        The streets are not in metres.

    Warns
    -----
    KunshanGISWarning
        Walkable streets without geometry, which are left out.
    """
    drawn = drawn_edges(streets)
    warn_of_absent(streets)
    if len(drawn.lines) == 0:
        raise NetworkError(
            Text(
                "可步行街道的长度均不足一毫米；请检查街道图层的几何",
                "no walkable street is longer than a millimetre; check the streets layer's geometry",
            )
        )
    keep = _one_each(drawn, streets)
    node_xy, edge_uv = _numbered(drawn.place_xy, drawn.ends[keep])
    order = np.lexsort((drawn.edge_id[keep], edge_uv.max(axis=1), edge_uv.min(axis=1)))
    keep, edge_uv = keep[order], edge_uv[order]
    length = shapely.length(drawn.lines[keep])
    return WalkNetwork(
        node_xy=node_xy,
        edge_uv=edge_uv,
        length_m=length,
        delay_s=np.zeros(len(keep)),
        edge_id=drawn.edge_id[keep],
        component_m=component_lengths(edge_uv, length, len(node_xy)),
        lines=drawn.lines[keep],
        street=drawn.street[keep],
        crs=streets.crs.to_string(),
        walk_filter=walk_filter,
    )


def drawn_edges(streets: gpd.GeoDataFrame) -> Drawn:
    """The walkable streets cut wherever they share a vertex; errors as in `build`."""
    parts, row = walkable_lines(streets)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    grid = np.rint(xy / GRID_M).astype(np.int64)
    vertex = _vertices(grid)
    place_xy = _places(xy, vertex)
    again = np.zeros(len(xy), dtype=bool)
    again[1:] = (line[1:] == line[:-1]) & (vertex[1:] == vertex[:-1])
    xy, line, grid, vertex = xy[~again], line[~again], grid[~again], vertex[~again]
    start, end = _edge_spans(vertex, line)
    edge_of, flat = _spread_spans(start, end)
    return Drawn(
        place_xy=place_xy,
        ends=np.column_stack([vertex[start], vertex[end]]),
        edge_id=_edge_ids(grid[flat], edge_of),
        lines=np.asarray(shapely.linestrings(xy[flat], indices=edge_of)),
        street=row[line[start]],
    )


def _one_each(drawn: Drawn, streets: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Each edge once: of those drawn twice the smaller street id, then one direction, whatever the order of rows."""
    _, first, number, count = np.unique(drawn.edge_id, return_index=True, return_inverse=True, return_counts=True)
    twice = np.flatnonzero(count[number] > 1)
    if len(twice) == 0:
        return first
    street = drawn.street[twice]
    ids = streets["id"].to_numpy(dtype=object)[street].astype(str) if "id" in streets.columns else street
    ends = [shapely.get_coordinates(shapely.get_point(drawn.lines[twice], at)) for at in (0, 1)]
    keys = np.column_stack(ends).T
    order = np.lexsort((street, *keys, ids, drawn.edge_id[twice]))
    best = twice[order]
    _, foremost = np.unique(drawn.edge_id[best], return_index=True)
    first[number[best[foremost]]] = best[foremost]
    return first


def _vertices(grid: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the place each coordinate stands on, by its millimetres from west to east, then south to north."""
    if len(grid) == 0:
        return np.zeros(0, dtype=np.int64)
    place = grid - grid.min(axis=0)
    if float(place[:, 0].max() + 1) * float(place[:, 1].max() + 1) >= 2.0**62:  # one stray vertex: ranks instead
        place = np.column_stack([np.unique(axis, return_inverse=True)[1] for axis in grid.T])
    vertex: NDArray[np.int64] = np.unique(
        place[:, 0] * (int(place[:, 1].max()) + 1) + place[:, 1], return_inverse=True
    )[1]
    return vertex


def _places(xy: NDArray[np.float64], vertex: NDArray[np.int64]) -> NDArray[np.float64]:
    """Metres of every place: the least of the coordinates that stand there, so that the rows' order does not matter."""
    place_xy = np.full((int(vertex.max(initial=-1)) + 1, 2), np.inf)
    for axis in (0, 1):
        np.minimum.at(place_xy[:, axis], vertex, xy[:, axis])
    return place_xy


def _edge_spans(vertex: NDArray[np.int64], line: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last coordinate of every edge: lines cut wherever a vertex occurs more than once."""
    last_of_line = np.ones(len(line), dtype=bool)
    last_of_line[:-1] = line[1:] != line[:-1]
    first_of_line = np.ones(len(line), dtype=bool)
    first_of_line[1:] = last_of_line[:-1]
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
    if len(edge) == 0:
        return np.zeros(0, dtype=np.uint64)
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
    piece = component_numbers(edge_uv, nodes)
    metres = np.zeros(nodes)
    np.add.at(metres, piece, length)
    whole: NDArray[np.float64] = metres[piece]
    return whole


def component_numbers(edge_uv: NDArray[np.int64], nodes: int) -> NDArray[np.int64]:
    """Number of the connected piece each edge belongs to."""
    u, v = edge_uv.T
    _, label = connected_components(coo_array((np.ones(len(u)), (u, v)), shape=(nodes, nodes)), directed=False)
    piece: NDArray[np.int64] = label[u]
    return piece
