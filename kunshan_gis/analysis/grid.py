"""People in square cells: what a map can show where a point per home says too much."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis.coverage import coverage
from kunshan_gis.crs import require_metric


def cells(homes: gpd.GeoDataFrame, state: pd.Series, *, size_m: float = 300.0) -> gpd.GeoDataFrame:
    """Residents per state in square cells on a grid of the CRS; empty cells are left out.

    Returns
    -------
    GeoDataFrame
        `id` (column_row of the grid), the columns of `coverage`, square polygons.
    """
    require_metric(homes, "homes")
    column, row = (np.floor(axis / size_m).astype(np.int64) for axis in shapely.get_coordinates(homes.geometry.array).T)
    place = pd.Series([f"{x}_{y}" for x, y in zip(column, row, strict=True)], index=homes.index)
    table = coverage(homes["population"], state, place)
    corner = pd.DataFrame({"x": column * size_m, "y": row * size_m}, index=place).groupby(level=0).first()
    corner = corner.reindex(table.index)
    west, south = corner["x"].to_numpy(), corner["y"].to_numpy()  # without labels, which the new table does not share
    squares = shapely.box(west, south, west + size_m, south + size_m)
    return gpd.GeoDataFrame(table.rename_axis("id").reset_index(), geometry=squares, crs=homes.crs)
