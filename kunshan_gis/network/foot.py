"""The nearest segment to a place that is in sight, and the foot of the straight leg on it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.network.arrays import F8, I4
from kunshan_gis.network.compiled import kernel
from kunshan_gis.network.crossing import TOLERANCE_M, crosses
from kunshan_gis.network.segments import Cells, place_in

VERTEX_M = 1e-8
"""A foot this near to a vertex is the vertex, so that all segments that meet there give one distance."""

CLOSED, ISLAND, ELIGIBLE = range(3)
"""What an edge is to a point: not there, there but not to be used, or one it may be put on."""

Foot = tuple[float, float, float, float, int, float]
"""Metres from the point, 1 if passed else 0, metres east and north of the point, edge id, metres along the edge."""


class Places(NamedTuple):
    """Points, metres, and the rows to look at."""

    x: F8
    y: F8
    rows: NDArray[np.int64]


class Streets(NamedTuple):
    """Of every coordinate the edge and the metres along it; of every edge its id and what it is to a point."""

    edge: I4
    along_m: F8
    edge_id: NDArray[np.uint64]
    use: NDArray[np.int8]


class Feet(NamedTuple):
    """Of every point the edge, the metres along it and those of the straight leg."""

    edge: NDArray[np.int64]
    offset_m: F8
    leg_m: F8


@kernel
def _foot(ax: float, ay: float, bx: float, by: float) -> tuple[float, float, float]:
    """Share of the segment at which it is nearest to 0, 0, and that place; a vertex wherever it is one."""
    ex, ey = bx - ax, by - ay
    squared, along = ex * ex + ey * ey, -(ax * ex + ay * ey)
    near = VERTEX_M * VERTEX_M * squared
    if along <= 0.0 or along * along <= near:
        return 0.0, ax, ay
    rest = squared - along
    if rest <= 0.0 or rest * rest <= near:
        return 1.0, bx, by
    share = along / squared
    return share, ax + share * ex, ay + share * ey


@kernel
def _before(one: Foot, two: Foot) -> bool:
    """True if a foot is to be taken rather than another: what is smaller counts, part by part."""
    if abs(one[0] - two[0]) > TOLERANCE_M:
        return one[0] < two[0]
    if one[1] != two[1]:
        return one[1] < two[1]
    if abs(one[2] - two[2]) > TOLERANCE_M:
        return one[2] < two[2]
    if abs(one[3] - two[3]) > TOLERANCE_M:
        return one[3] < two[3]
    return one[4] < two[4] or (one[4] == two[4] and one[5] < two[5])


@kernel
def _passed(xy: F8, edge: I4, segment: int, share: float, place: tuple[float, float]) -> float:
    """1 if a foot is a vertex beyond which the edge comes nearer: of use only where the nearer foot is barred."""
    if 0.0 < share < 1.0:
        return 0.0
    at, beyond = (segment, segment - 1) if share == 0.0 else (segment + 1, segment + 2)
    if beyond < 0 or beyond >= len(edge) or edge[beyond] != edge[at]:
        return 0.0
    x, y = xy[at, 0], xy[at, 1]
    ex, ey = xy[beyond, 0] - x, xy[beyond, 1] - y
    along = (place[0] - x) * ex + (place[1] - y) * ey
    return 1.0 if along > 0.0 and along * along > VERTEX_M * VERTEX_M * (ex * ex + ey * ey) else 0.0


@kernel
def _beyond(ax: float, ay: float, bx: float, by: float, limit: float) -> bool:
    """True if the segment is farther from 0, 0 than the root of the limit."""
    ex, ey = bx - ax, by - ay
    share = -(ax * ex + ay * ey) / (ex * ex + ey * ey + 1e-300)
    share = max(0.0, share)
    share = min(1.0, share)
    dx, dy = ax + share * ex, ay + share * ey
    return dx * dx + dy * dy > limit


@kernel
def nearest_feet(places: Places, cells: Cells, streets: Streets, longest: float, barriers: Cells, feet: Feet) -> None:
    """The foot of every point, into `feet`.

    Rings of cells around a point are looked through until none can hold anything nearer. A point without
    a foot gets the edge -1 if there is nothing within the longest leg, -1 - ISLAND if only what must not be
    used, -1 - ELIGIBLE if every leg is barred.
    """
    nothing = np.empty((0, 3))
    edge, along_m, edge_id, use = streets
    xy, side, columns, rows = cells.xy, cells.side, cells.columns, cells.rows
    for point in places.rows:
        px, py = places.x[point], places.y[point]
        column, row = place_in(px, cells.west, side, columns), place_in(py, cells.south, side, rows)
        in_x, in_y = min(max(px - cells.west, 0.0), columns * side), min(max(py - cells.south, 0.0), rows * side)
        off_x, off_y = px - cells.west - in_x, py - cells.south - in_y
        away = off_x * off_x + off_y * off_y if cells.whole else 0.0
        best = (longest, math.inf, math.inf, math.inf, edge_id[0], math.inf)
        there, on = CLOSED, -1
        limit = (longest + TOLERANCE_M) ** 2
        last = max(column, row, columns - 1 - column, rows - 1 - row)
        for ring in range(cells.hollow[row * columns + column], last + 1):
            west, east = in_x - (column - ring + 1) * side, (column + ring) * side - in_x
            clear = min(west, east, in_y - (row - ring + 1) * side, (row + ring) * side - in_y)
            if ring and away + clear * clear > limit:
                break
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                up = max(r * side - in_y, in_y - (r + 1) * side, 0.0)
                rest = limit - away - up * up
                if rest < 0.0:
                    continue
                end_row = abs(r - row) == ring
                for part in range(1 if end_row else 2):
                    if end_row:
                        reach = math.sqrt(rest)
                        first = max(column - ring, place_in(in_x - reach, 0.0, side, columns))
                        final = min(column + ring, place_in(in_x + reach, 0.0, side, columns))
                    else:
                        first = final = column + ring if part else column - ring
                        to = east if part else west
                        if first < 0 or first >= columns or to * to > rest:
                            continue
                    for at in range(cells.first[r * columns + first], cells.first[r * columns + final + 1]):
                        c = cells.segment[at]
                        ax, ay, bx, by = xy[c, 0] - px, xy[c, 1] - py, xy[c + 1, 0] - px, xy[c + 1, 1] - py
                        if _beyond(ax, ay, bx, by, limit):
                            continue
                        there = max(there, use[edge[c]])
                        if use[edge[c]] != ELIGIBLE:
                            continue
                        share, dx, dy = _foot(ax, ay, bx, by)
                        along = along_m[c + 1] if share == 1.0 else along_m[c] + share * (along_m[c + 1] - along_m[c])
                        passed = _passed(xy, edge, c, share, (px, py))
                        foot = (math.sqrt(dx * dx + dy * dy), passed, dx, dy, edge_id[edge[c]], along)
                        if not _before(foot, best):
                            continue
                        if barriers.columns and crosses(barriers, (px, py, dx, dy), nothing):
                            continue
                        best, on = foot, edge[c]
                        limit = (foot[0] + TOLERANCE_M) ** 2
        feet.edge[point] = on if on >= 0 else -1 - there
        if on >= 0:
            feet.leg_m[point], feet.offset_m[point] = min(best[0], longest), best[5]
