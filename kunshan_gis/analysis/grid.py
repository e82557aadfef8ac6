"""People in square cells: what a map can show where a point per home says too much."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

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


def street_cells(homes: gpd.GeoDataFrame, streets: gpd.GeoSeries, *, size_m: float = 500.0) -> gpd.GeoDataFrame:
    """Residents and metres of street in square cells on a grid of the CRS; only cells with residents.

    A street counts in each cell with the metres it runs there, exactly.

    Parameters
    ----------
    homes : GeoDataFrame of points with `population`, metric CRS
    streets : GeoSeries of lines, same CRS

    Returns
    -------
    GeoDataFrame
        `id` (column_row of the grid), `population` (int), `street_m`, `people_per_km` (NaN without street), squares.
    """
    require_metric(homes, "homes")
    require_metric(streets, "streets", analysis_crs=str(homes.crs))
    xy = np.floor(shapely.get_coordinates(homes.geometry.array) / size_m).astype(np.int64)
    people = pd.Series(homes["population"].to_numpy(), index=_places(xy)).groupby(level=[0, 1]).sum()
    people = people[people > 0]
    metres = _lengths(np.asarray(streets.array), size_m).reindex(people.index).fillna(0.0)
    corners = np.array(people.index.tolist(), dtype=float).reshape(-1, 2) * size_m
    table = pd.DataFrame(
        {
            "id": [f"{x}_{y}" for x, y in people.index],
            "population": people.to_numpy(),
            "street_m": metres.to_numpy(),
            "people_per_km": (people / (metres / 1000).where(metres > 0)).to_numpy(),
        }
    )
    squares = shapely.box(*corners.T, *(corners + size_m).T)
    return gpd.GeoDataFrame(table, geometry=squares, crs=homes.crs)


def _places(column_row: NDArray[np.int64]) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([column_row[:, 0], column_row[:, 1]], names=["column", "row"])


def _lengths(lines: NDArray[np.object_], size_m: float) -> pd.Series:
    """Metres of line by column and row of the grid: straight pieces are cut where they cross its lines."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    xy = xy / size_m
    ahead = line[1:] == line[:-1]
    start, end = xy[:-1][ahead], xy[1:][ahead]
    piece = [np.arange(len(start)), np.arange(len(start))]
    along = [np.zeros(len(start)), np.ones(len(start))]
    for axis in (0, 1):
        low, high = np.minimum(start[:, axis], end[:, axis]), np.maximum(start[:, axis], end[:, axis])
        first = np.floor(low) + 1
        count = np.maximum(np.ceil(high) - first, 0).astype(np.int64)
        owner = np.repeat(np.arange(len(start)), count)
        crossed = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        piece.append(owner)
        along.append((crossed - start[owner, axis]) / (end - start)[owner, axis])
    owner, share = np.concatenate(piece), np.concatenate(along)
    order = np.lexsort((share, owner))
    owner, share = owner[order], share[order]
    same = owner[1:] == owner[:-1]
    owner, middle, part = owner[:-1][same], ((share[1:] + share[:-1]) / 2)[same], np.diff(share)[same]
    cell = np.floor(start[owner] + middle[:, None] * (end - start)[owner]).astype(np.int64)
    metres = np.hypot(*(end - start).T)[owner] * part * size_m
    return pd.Series(metres, index=_places(cell)).groupby(level=[0, 1]).sum()
