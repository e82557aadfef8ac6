"""The straight segments of lines in a grid of cells, so that a place looks only at what is near it.

A segment stands in every cell it passes. The grid covers where the lines are; what lies far off (a vertex at
0, 0) is held by the outermost cells, so that one stray street spoils neither memory nor time: bringing places
into the grid's extent never moves them apart, and so a cell that is too far there is too far in truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.model import WalkNetwork
from kunshan_gis.network.arrays import F8, I4
from kunshan_gis.network.compiled import kernel

Line = tuple[float, float, float, float]
"""A straight line: x, y of its start, x, y of its end."""

PAD_M = 1e-5
"""Cells reach this far over their sides: more than rounding, and more than places that count as one are apart."""

CELLS_PER_SEGMENT = 2.0
RINGS = 20
STRAY = 0.01
"""Share of the segments, at either end of either axis, that may lie far off without widening the grid."""


class Cells(NamedTuple):
    """Segments by cell (compressed sparse rows); the segment `c` runs from coordinate `c` to the next.

    Attributes
    ----------
    west, south, side : float
        Corner of the grid and side of a cell, metres.
    columns, rows : int
        Size of the grid; no columns: nothing is in it.
    whole : bool
        True if the grid covers all segments, False if the outermost cells hold some from beyond.
    first : (cells + 1,) int32
        The segments of a cell are `segment[first[cell]]` up to but not including `segment[first[cell + 1]]`.
    hollow : (cells,) int32
        At least that many rings of cells around the cell, itself the first, hold nothing.
    segment : (entries,) int32
    xy : (coordinates, 2) float64
        Metres.
    """

    west: float
    south: float
    side: float
    columns: int
    rows: int
    whole: bool
    first: I4
    hollow: I4
    segment: I4
    xy: F8


@dataclass(frozen=True, eq=False)
class Segments:
    """A network's segments in their grid.

    Attributes
    ----------
    edge : (coordinates,) int32
        The edge a coordinate belongs to.
    along_m : (coordinates,) float64
        Metres along that edge.
    """

    cells: Cells
    edge: I4
    along_m: F8


_KEPT: WeakKeyDictionary[WalkNetwork, Segments] = WeakKeyDictionary()


def segments_of(network: WalkNetwork) -> Segments:
    """The network's segments, put in a grid once and kept as long as the network is."""
    segments = _KEPT.get(network)
    if segments is None:
        xy, edge = shapely.get_coordinates(network.lines, return_index=True)
        along = _along(xy, edge, network.length_m)
        segments = _KEPT[network] = Segments(cells_of(xy, edge), edge.astype(np.int32), along)
    return segments


def _along(xy: F8, edge: NDArray[np.int64], length_m: F8) -> F8:
    """Metres from the first vertex of its edge to every vertex; at the last one the edge's length."""
    step = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)][: len(xy)]
    begins = np.r_[True, edge[1:] != edge[:-1]][: len(xy)]
    step[begins] = 0.0
    total = np.cumsum(step)
    along: F8 = total - total[np.flatnonzero(begins)][np.cumsum(begins) - 1]
    last = np.r_[begins[1:], True][: len(xy)]
    along[last] = length_m[edge[last]]
    return along


def cells_of(xy: F8, line: NDArray[np.int64]) -> Cells:
    """The segments of lines in a grid; those without finite coordinates are left out.

    Parameters
    ----------
    xy : (coordinates, 2) float64
        Metres.
    line : (coordinates,) int
        The line each belongs to, in one piece.
    """
    finite = np.isfinite(xy[:, 0] + xy[:, 1])
    segment = np.flatnonzero((line[1:] == line[:-1]) & finite[1:] & finite[:-1])
    none = np.zeros(0, dtype=np.int32)
    if len(segment) == 0:
        return Cells(0.0, 0.0, 1.0, 0, 0, True, np.zeros(1, dtype=np.int32), none, none, xy)
    low, high, whole = _extent(xy[segment], xy[segment + 1])
    side = _side(np.clip(xy[segment], low, high), np.clip(xy[segment + 1], low, high), high - low)
    columns, rows = (int(size) + 1 for size in (high - low) / side)
    corner = float(low[0]), float(low[1]), side, columns, rows
    first = np.zeros(columns * rows + 1, dtype=np.int32)
    empty = Cells(*corner, whole, first, none, none, xy)
    _enter(empty, segment, first[1:], none)
    np.cumsum(first, out=first)
    entered = np.empty(first[-1], dtype=np.int32)
    _enter(empty, segment, first[:-1].copy(), entered)
    hollow = _hollow((np.diff(first) > 0).reshape(rows, columns))
    return Cells(*corner, whole, first, hollow, entered, xy)


def _hollow(filled: NDArray[np.bool_]) -> I4:
    """Rings around every cell that hold nothing, as far as it pays to know."""
    hollow = np.zeros(filled.shape, dtype=np.int32)
    for _ in range(RINGS):
        if filled.all():
            break
        hollow += ~filled
        for grown in (filled, filled.T):
            before = grown.copy()
            grown[1:] |= before[:-1]
            grown[:-1] |= before[1:]
    return hollow.ravel()


def _extent(start: F8, end: F8) -> tuple[F8, F8, bool]:
    """West-south and east-north corner of where the segments are, and whether that is all of them."""
    low, high = np.minimum(start, end).min(axis=0), np.maximum(start, end).max(axis=0)
    few = int(STRAY * len(start))
    most = np.partition((start + end) / 2, (few, len(start) - 1 - few), axis=0)[[few, -1 - few]]
    room = most[1] - most[0] + PAD_M
    kept_low, kept_high = np.maximum(low, most[0] - room), np.minimum(high, most[1] + room)
    return kept_low, kept_high, bool((kept_low == low).all() and (kept_high == high).all())


def _side(start: F8, end: F8, size: F8) -> float:
    """Side of a cell: a typical segment fits, and there are no more cells or entries than segments allow."""
    n = CELLS_PER_SEGMENT * len(start)
    typical = float(np.abs(end - start).sum()) / len(start)
    return max(typical, math.sqrt(float(size.prod()) / n), float(size.max()) / n) or 1.0


def in_order(x: F8, y: F8, cells: Cells) -> NDArray[np.int64]:
    """The places with finite coordinates, row of cells by row, so that what is near in space is read together."""
    somewhere = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    column = np.clip((x[somewhere] - cells.west) / cells.side, 0, cells.columns).astype(np.int64)
    row = np.clip((y[somewhere] - cells.south) / cells.side, 0, cells.rows).astype(np.int64)
    order: NDArray[np.int64] = somewhere[np.argsort(row * (cells.columns + 1) + column)]
    return order


@kernel
def place_in(value: float, low: float, side: float, count: int) -> int:
    """The column or row of a coordinate; beyond the grid the outermost."""
    place = (value - low) / side
    if place >= count:
        return count - 1
    return int(place) if place > 0.0 else 0


@kernel
def rows_passed(cells: Cells, line: Line) -> tuple[int, int]:
    """First and last row a straight line passes."""
    _, y0, _, y1 = line
    if y0 > y1:
        y0, y1 = y1, y0
    first = place_in(y0 - PAD_M, cells.south, cells.side, cells.rows)
    return first, place_in(y1 + PAD_M, cells.south, cells.side, cells.rows)


@kernel
def columns_passed(cells: Cells, row: int, line: Line) -> tuple[int, int]:
    """First and last column a straight line passes within a row; the outermost rows have no end."""
    x0, y0, x1, y1 = line
    if y0 > y1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    south = cells.south + row * cells.side - PAD_M
    north = south + cells.side + 2 * PAD_M
    slope = (x1 - x0) / (y1 - y0)
    xa = x0 + slope * (south - y0) if row > 0 and south > y0 else x0
    xb = x0 + slope * (north - y0) if row < cells.rows - 1 and north < y1 else x1
    if xa > xb:
        xa, xb = xb, xa
    first = place_in(xa - PAD_M, cells.west, cells.side, cells.columns)
    return first, place_in(xb + PAD_M, cells.west, cells.side, cells.columns)


@kernel
def _enter(cells: Cells, segments: NDArray[np.int64], following: I4, entered: I4) -> None:
    """Count the segments of every cell in `following`, or write them where `following` says if there is room."""
    for segment in segments:
        line = (
            cells.xy[segment, 0], cells.xy[segment, 1], cells.xy[segment + 1, 0], cells.xy[segment + 1, 1]
        )  # fmt: skip
        south, north = rows_passed(cells, line)
        for row in range(south, north + 1):
            west, east = columns_passed(cells, row, line)
            for cell in range(row * cells.columns + west, row * cells.columns + east + 1):
                if len(entered):
                    entered[following[cell]] = segment
                following[cell] += 1
