"""The outline of what is near on a grid: marching squares whose rings never touch; numba compiles on first use."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.network.arrays import F8, I4
from kunshan_gis.network.compiled import kernel

NEAR = 2e-4
"""Cells: what is as near to the level as this lies below it by as much, so that no ring passes through a grid node."""


@kernel
def contour(flat: NDArray[np.float32], columns: int, level: float) -> tuple[F8, I4, I4]:
    """Closed rings around everything within `level`, what is inside on their left: outer ones turn left, holes right.

    The field holds squared distances in cells, row after row; its rim lies above the level. Opposite corners of a
    square that are within are joined if the mean of its four corners is. Wherever a field is lower its outline is
    wider, each vertex and each square alone, so that outlines of ever lower fields nest.

    Returns
    -------
    xy : (vertices, 2)
        Column and row, in cells; a ring's last vertex repeats its first.
    ring_first : (rings + 1,)
        Where each ring begins.
    outer : (rings,)
        The ring it is a hole of; an outer ring's own number.

    References
    ----------
    Maple 2003, Geometric design and space planning using the marching squares and marching cube algorithms.
    """
    within = np.empty(len(flat), np.bool_)
    limit = np.float32((level + NEAR) * (level + NEAR))
    for i in range(len(flat)):
        within[i] = flat[i] < limit
    label = np.empty(len(flat), np.int32)  # ring that passes between a node and its right neighbour
    crossings = 0
    for i in range(len(flat) - columns):
        if within[i] != within[i + 1]:
            crossings += 1
            label[i] = -1
    for i in range(len(flat) - columns):
        if within[i] != within[i + columns]:
            crossings += 1
    most = crossings // 4 + 1
    xy = np.empty((crossings + most, 2), np.float64)
    ring_first, outer = np.zeros(most + 1, np.int32), np.zeros(most, np.int32)
    at, ring, last = 0, 0, 0
    for start in range(len(flat) - columns):
        if within[start] == within[start + 1]:
            continue
        if label[start] < 0:
            hole = within[
                start
            ]  # its leftmost crossing leaves the area; the crossing before is of its outer ring or a hole
            outer[ring] = outer[last] if hole else ring
            inside = start if hole else start + 1
            outside = start + 1 if hole else start
            while True:
                step = outside - inside
                below = max(level - math.sqrt(flat[inside]), NEAR)
                t = 1.0 / (1.0 + (math.sqrt(flat[outside]) - level) / below)
                xy[at, 0], xy[at, 1] = inside % columns, inside // columns
                if abs(step) == 1:
                    label[min(inside, outside)] = ring
                    xy[at, 0] += t * step
                    ahead = step * columns
                else:
                    ahead = -1 if step > 0 else 1
                    xy[at, 1] -= t * ahead
                at += 1
                left, right = inside + ahead, outside + ahead
                turn_right = within[right]
                if turn_right and not within[left]:
                    across = math.sqrt(flat[inside]) + math.sqrt(flat[right])
                    turn_right = across + (math.sqrt(flat[left]) + math.sqrt(flat[outside])) <= 4.0 * level
                if turn_right:
                    inside = right
                elif within[left]:
                    inside, outside = left, right
                else:
                    outside = left
                if min(inside, outside) == start and abs(outside - inside) == 1:
                    break
            xy[at, 0], xy[at, 1] = xy[ring_first[ring], 0], xy[ring_first[ring], 1]
            at += 1
            ring += 1
            ring_first[ring] = at
        last = label[start]
    return xy[:at], ring_first[: ring + 1], outer[:ring]
