"""Polygons around straight parts of street: a distance field on a grid and its contour, widened part by part."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.network.arrays import F8, I4
from kunshan_gis.network.contour import contour
from kunshan_gis.network.distance_field import draw

MOST_NODES = 2**27
"""Grid nodes of one area: its field then takes half a gigabyte, and cells of 4 m span 46 by 46 km."""

BEYOND = 1.25
"""Cells past the width up to which the field is exact: the contour needs the neighbours of what is inside."""


class Grid:
    """A grid over the whole city, of which each area uses the window it fills; one buffer serves all.

    Parameters
    ----------
    corner : (2,) float64
        Where the grid begins, metres.
    cell_m : float
        Its spacing.
    width_m : float
        Metres to either side of the street.
    """

    def __init__(self, corner: F8, *, cell_m: float, width_m: float) -> None:
        self.corner, self.cell_m = corner, cell_m
        self._level, self._reach = width_m / cell_m, width_m / cell_m + BEYOND
        self._buffer, self._ramp = np.empty(0, np.float32), np.empty(0, np.float32)

    def areas(self, parts: F8, band: I4, bands: int) -> list[shapely.MultiPolygon]:
        """The outline of the parts (rows of x, y, x, y in cells) of band 0, of bands 0 and 1, and so on.

        Raises
        ------
        ParameterError
            The window has too many cells.
        """
        if len(parts) == 0:
            return [shapely.MultiPolygon()] * bands
        x, y = parts[:, ::2], parts[:, 1::2]
        low = np.floor(np.array([x.min(), y.min()]) - self._reach) - 1.0
        field = self._window(np.ceil(np.array([x.max(), y.max()]) + self._reach) + 2.0 - low)
        parts = parts - np.r_[low, low]
        found = []
        for number in range(bands):
            draw(field, parts[band == number], self._reach, self._ramp)
            xy, ring_first, outer = contour(field.ravel(), field.shape[1], self._level)
            found.append(_multipolygon(self.corner + self.cell_m * (low + xy), ring_first, outer))
        return found

    def _window(self, size: F8) -> NDArray[np.float32]:
        """So many columns and rows where nothing is near."""
        nodes = float(size.prod())
        if nodes > MOST_NODES:
            raise ParameterError(
                Text(
                    f"服务范围需要 {nodes:,.0f} 个格网点，上限为 {MOST_NODES:,}；"
                    f"请减小截止距离，或增大 cell_m 和 width_m",
                    f"a service area needs {nodes:,.0f} grid nodes, {MOST_NODES:,} at most; "
                    f"lower the cutoff, or raise cell_m and width_m",
                )
            )
        columns, rows = size.astype(np.int64)
        if len(self._buffer) < columns * rows:
            self._buffer = np.empty(columns * rows, np.float32)
        if len(self._ramp) < columns:
            self._ramp = np.arange(columns, dtype=np.float32)
        field = self._buffer[: columns * rows].reshape(rows, columns)
        field.fill(self._reach**2)
        return field


def _multipolygon(xy: F8, ring_first: I4, outer: I4) -> shapely.MultiPolygon:
    """Rings as one geometry: each outer ring, then its holes."""
    order = np.argsort(outer, kind="stable")
    size = np.diff(ring_first)[order]
    ring_end = np.r_[0, np.cumsum(size)]
    vertex = np.arange(len(xy)) + np.repeat(ring_first[:-1][order] - ring_end[:-1], size)
    polygon = np.r_[np.flatnonzero(outer[order] == order), len(outer)]
    offsets = (ring_end, polygon, np.array([0, len(polygon) - 1]))
    made: NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON, np.ascontiguousarray(xy[vertex]), offsets
    )
    area: shapely.MultiPolygon = made[0]
    return area
