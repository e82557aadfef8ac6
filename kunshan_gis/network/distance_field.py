"""The straight distance to pieces of street, on a grid; numba compiles on first use.

Places are in cells, so that a node of the grid is a pair of whole numbers. The field holds squared cells in float32:
near the street that is good to a hundredth of a millimetre.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.network.arrays import F8, I4
from kunshan_gis.network.compiled import kernel
from kunshan_gis.network.pieces import Pieces


class Vertices(NamedTuple):
    """The vertices of edge `e`, `first[e]` up to `first[e + 1]`: where they are (rows of x, y), how far along it."""

    first: I4
    xy: F8
    along_m: F8


@kernel
def straight_parts(pieces: Pieces, vertices: Vertices) -> tuple[F8, I4]:
    """The pieces as straight parts (rows of x, y, x, y) and the band of each; every piece gives at least one."""
    first, xy, along_m = vertices
    most = 0
    for e in pieces.edge:
        most += first[e + 1] - first[e]
    parts, band, at = np.empty((most, 4), np.float64), np.empty(most, np.int32), 0
    for i in range(len(pieces.edge)):
        start, end = pieces.between_m[i, 0], pieces.between_m[i, 1]
        j, last = first[pieces.edge[i]], first[pieces.edge[i] + 1] - 1
        while j < last - 1 and along_m[j + 1] <= start:
            j += 1
        while True:
            span = along_m[j + 1] - along_m[j]
            for side in range(2):
                metres = (end if side else start) - along_m[j]
                share = min(max(metres / span, 0.0), 1.0) if span > 0.0 else 0.0
                for axis in range(2):
                    parts[at, 2 * side + axis] = xy[j, axis] + share * (xy[j + 1, axis] - xy[j, axis])
            band[at] = pieces.band[i]
            at += 1
            j += 1
            if j >= last or along_m[j] >= end:
                break
    return parts[:at], band[:at]


@kernel
def draw(field: NDArray[np.float32], parts: F8, reach: float, ramp: NDArray[np.float32]) -> None:
    """Lower the field (rows, columns) to the squared distance from the parts, wherever that is within `reach`.

    `ramp` counts 0, 1, 2, … for as many columns: with it, and with choices in place of `min`, the inner loop runs on
    vectors.
    """
    rows, columns = field.shape
    zero = np.float32(0.0)
    for i in range(len(parts)):
        ax, ay, bx, by = parts[i]
        dx, dy = bx - ax, by - ay
        length = math.sqrt(dx * dx + dy * dy)
        east, north = np.float32(1.0), zero
        if length > 0.0:
            east, north = np.float32(dx / length), np.float32(dy / length)
        span = np.float32(length)
        top = min(int(max(ay, by) + reach), rows - 1)
        for row in range(max(math.ceil(min(ay, by) - reach), 0), top + 1):
            low, high = 0.0, 1.0
            if dy != 0.0:
                t, s = (row - reach - ay) / dy, (row + reach - ay) / dy
                low, high = max(min(t, s), 0.0), min(max(t, s), 1.0)
            left = max(math.ceil(ax + min(low * dx, high * dx) - reach), 0)
            right = min(int(ax + max(low * dx, high * dx) + reach), columns - 1)
            x, y = np.float32(left - ax), np.float32(row - ay)
            line = field[row, left : right + 1]
            for k in range(len(line)):
                px, old = x + ramp[k], line[k]
                along = px * east + y * north
                along = along if along > zero else zero  # noqa: FURB136
                along = along if along < span else span  # noqa: FURB136
                ex, ey = px - along * east, y - along * north
                squared = ex * ex + ey * ey
                line[k] = squared if squared < old else old  # noqa: FURB136
