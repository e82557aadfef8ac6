"""Whether a straight leg crosses a barrier: water, a wall, a railway.

A leg is crossed where barriers lead from one of its sides to the other between its two ends: by a segment that
does so plainly, or by segments that come up to the leg from both sides and meet on it, in one place or along a
stretch of barrier that lies on the leg. So a leg through a corner from one side to the other is crossed, a leg that
brushes a corner or ends on a barrier is not, and it makes no difference how the barriers are cut into lines.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.network.arrays import F8
from kunshan_gis.network.compiled import kernel
from kunshan_gis.network.segments import Cells, cells_of, columns_passed, rows_passed

TOLERANCE_M = 1e-6
"""Places nearer to each other than this are one place."""

Leg = tuple[float, float, float, float]
"""A straight leg: x, y of its start, and how far it leads east and north."""


def barrier_cells(barriers: NDArray[np.object_]) -> Cells:
    """The segments of lines and of polygons' outlines in a grid; points, empty shapes and None bar nothing."""
    parts = shapely.get_parts(shapely.get_parts(barriers))
    flat = shapely.get_dimensions(parts) == 2
    lines = np.r_[parts[shapely.get_dimensions(parts) == 1], shapely.get_rings(parts[flat])]
    return cells_of(*shapely.get_coordinates(lines, return_index=True))


@kernel
def _turned(ax: float, ay: float, bx: float, by: float) -> float:
    """How far to the left b points, seen along a, times the length of a."""
    return ax * by - ay * bx


@kernel
def _met(barriers: Cells, leg: Leg, met: F8) -> int:
    """How many barrier segments have an end on the leg's line, -1 if any plainly crosses the leg.

    If `met` has room they are written there as (from, to, side): metres along the leg from where to where the
    segment is on its line, and, where only an end of it is, how far off to the left the other end lies.
    """
    x, y, leg_x, leg_y = leg
    line, metres, count = (x, y, x + leg_x, y + leg_y), math.sqrt(leg_x * leg_x + leg_y * leg_y), 0
    east, north = leg_x / metres, leg_y / metres
    south_row, north_row = rows_passed(barriers, line)
    for row in range(south_row, north_row + 1):
        first, last = columns_passed(barriers, row, line)
        cell = row * barriers.columns
        for at in range(barriers.first[cell + first], barriers.first[cell + last + 1]):
            segment = barriers.segment[at]
            ax, ay = barriers.xy[segment, 0] - x, barriers.xy[segment, 1] - y
            bx, by = barriers.xy[segment + 1, 0] - x, barriers.xy[segment + 1, 1] - y
            a, b = _turned(east, north, ax, ay), _turned(east, north, bx, by)
            if a * b > 0.0 and abs(a) > TOLERANCE_M and abs(b) > TOLERANCE_M:
                continue
            if abs(a) > TOLERANCE_M and abs(b) > TOLERANCE_M:
                length = math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay))
                start = _turned(ax, ay, bx, by) / length
                end = start + _turned(leg_x, leg_y, ax - bx, ay - by) / length
                if start * end < 0.0 and abs(start) > TOLERANCE_M and abs(end) > TOLERANCE_M:
                    return -1
                continue
            if len(met):
                a_along, b_along = east * ax + north * ay, east * bx + north * by
                side = 0.0
                if abs(a) > TOLERANCE_M:
                    a_along, side = b_along, a
                elif abs(b) > TOLERANCE_M:
                    b_along, side = a_along, b
                if side == 0.0 and a_along > b_along:
                    a_along, b_along = b_along, a_along
                if side != 0.0 and not TOLERANCE_M < a_along < metres - TOLERANCE_M:
                    a_along, b_along = math.inf, -math.inf  # nowhere: by the leg's ends a barrier only touches it
                met[count, 0], met[count, 1], met[count, 2] = a_along, b_along, side
            count += 1
    return count


@kernel
def _parts(met: F8) -> bool:
    """True if barriers that come up to the leg from its left and from its right meet on it, or along it."""
    for left in range(len(met)):
        low, high, grows = met[left, 0], met[left, 1], met[left, 2] > 0.0
        while grows:
            grows = False
            for other in range(len(met)):
                if met[other, 0] > high + TOLERANCE_M or met[other, 1] < low - TOLERANCE_M:
                    continue
                if met[other, 2] < 0.0:
                    return True
                if met[other, 2] == 0.0 and (met[other, 0] < low or met[other, 1] > high):
                    low, high, grows = min(low, met[other, 0]), max(high, met[other, 1]), True
    return False


@kernel
def crosses(barriers: Cells, leg: Leg, nothing: F8) -> bool:
    """True if barriers lead from one side of a leg to its other side, between its ends; `nothing`: an array (0, 3)."""
    if abs(leg[2]) + abs(leg[3]) <= 2 * TOLERANCE_M:
        return False
    met = nothing
    while True:
        count = _met(barriers, leg, met)
        if count < 2:
            return count < 0
        if len(met):
            return _parts(met)
        met = np.empty((count, 3))
