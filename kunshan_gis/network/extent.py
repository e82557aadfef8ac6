"""How far the street data reaches, and who lives so near its edge that their walk may leave it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from kunshan_gis.model import WalkNetwork

CELL_M = 100.0
GAP_M = 600.0
"""Street data with no gap wider than this counts as unbroken: villages lie closer together."""


def edge_distance(
    points: gpd.GeoSeries, network: WalkNetwork, *, known_empty: gpd.GeoSeries | None = None
) -> NDArray[np.float64]:
    """Straight metres from each point to where the street data ends (0 outside it), good to about 100 m.

    The data's extent is its streets with gaps up to 600 m closed; holes inside it are not edges.

    Parameters
    ----------
    known_empty : GeoSeries, optional
        Lakes and rivers: no street is missing there, so they count as data.
    """
    xy = shapely.get_coordinates(shapely.segmentize(network.lines, CELL_M))
    margin = 2 * GAP_M
    origin = xy.min(axis=0) - margin
    shape = tuple(np.ceil((xy.max(axis=0) + margin - origin) / CELL_M).astype(int) + 1)
    filled = np.zeros(shape, dtype=bool)
    filled[_cells(xy, origin, shape)] = True
    if known_empty is not None and len(known_empty):
        x, y = (origin[axis] + CELL_M * (np.arange(shape[axis]) + 0.5) for axis in (0, 1))
        grid_x, grid_y = np.meshgrid(x, y, indexing="ij")
        filled |= shapely.contains_xy(known_empty.union_all(), grid_x, grid_y)
    steps = round(GAP_M / CELL_M / 2)
    extent = ndimage.binary_fill_holes(ndimage.binary_closing(filled, iterations=steps))
    to_edge = ndimage.distance_transform_edt(extent) * CELL_M
    return np.asarray(to_edge[_cells(shapely.get_coordinates(points.array), origin, shape)])


def _cells(
    xy: NDArray[np.float64], origin: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    column = ((xy - origin) // CELL_M).astype(np.int64)
    clipped = np.clip(column, 0, np.asarray(shape) - 1)
    return clipped[:, 0], clipped[:, 1]
