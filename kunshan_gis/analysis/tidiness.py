"""What is wrong with the rows of one table: drawn twice, invalid, slivers, in several parts, outside, columns empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.crs import require_metric

SLIVER_M2 = 10.0
"""An area smaller than this was left over by drawing or cutting (4 m by 2.5 m; no standard says so)."""
PLACE_M = 0.01
"""Coordinates are compared to the centimetre."""


@dataclass(frozen=True, eq=False)
class Tidiness:
    """Which rows are at fault, one flag a row; None where the table has no such thing.

    Attributes
    ----------
    twice : (rows,) bool
        The second and later copies of a row: areas and lines of the same shape, points and rows of a table without
        geometry that agree in every column but `id`.
    invalid : (rows,) bool
        Not a valid geometry (an outline that crosses itself, for one).
    slivers : (rows,) bool
        A part is an area under `SLIVER_M2` (invalid ones have no area to speak of).
    multipart : (rows,) bool
        Several parts in one feature.
    outside : (rows,) bool
        No point of it lies within the boundary.
    """

    twice: NDArray[np.bool_]
    invalid: NDArray[np.bool_] | None = None
    slivers: NDArray[np.bool_] | None = None
    multipart: NDArray[np.bool_] | None = None
    outside: NDArray[np.bool_] | None = None


def tidiness(table: pd.DataFrame, boundary: gpd.GeoSeries | None = None) -> Tidiness:
    """The faults of a table's rows.

    Parameters
    ----------
    table : GeoDataFrame in metres, or DataFrame without geometry
    boundary : GeoSeries of areas, same CRS, optional

    Raises
    ------
    CRSError
        The table or the boundary is not in metres.
    """
    if not isinstance(table, gpd.GeoDataFrame):
        return Tidiness(_same_rows(table))
    require_metric(table, "table")
    shapes = np.asarray(table.geometry.array)
    dimension = shapely.get_dimensions(shapes)
    areal = bool((dimension == 2).any())
    return Tidiness(
        twice=_twice(table, shapes, dimension),
        invalid=~shapely.is_valid(shapes) & ~shapely.is_missing(shapes),
        slivers=_slivers(shapes) if areal else None,
        multipart=shapely.get_num_geometries(shapes) > 1,
        outside=None if boundary is None or not len(boundary) else _outside(shapes, boundary),
    )


def filled(table: pd.DataFrame, columns: Iterable[str]) -> dict[str, float]:
    """Share of rows (0 to 1) in which each column holds something; 0 for a column that is not there."""
    rows = max(len(table), 1)
    there = {name: table[name].notna() & (table[name].astype(str).str.strip() != "") for name in table.columns}
    return {name: float(there[name].sum()) / rows if name in there else 0.0 for name in columns}


def _same_rows(table: pd.DataFrame) -> NDArray[np.bool_]:
    rest = pd.DataFrame(table.drop(columns=[name for name in ("id",) if name in table]))
    return np.asarray(rest.astype(str).duplicated(), dtype=bool) if len(rest.columns) else np.zeros(len(table), bool)


def _twice(table: gpd.GeoDataFrame, shapes: NDArray[np.object_], dimension: NDArray[np.integer]) -> NDArray[np.bool_]:
    decimals = round(-np.log10(PLACE_M))
    rounded = shapely.transform(shapes, lambda xy: xy.round(decimals))
    shape = pd.Series(shapely.to_wkb(shapely.normalize(rounded)), index=range(len(shapes)))
    again = shape.duplicated(keep=False).to_numpy() & (dimension >= 0)
    rows = np.flatnonzero(again)
    rest = pd.DataFrame(table.drop(columns=[table.geometry.name, *[name for name in ("id",) if name in table]]))
    values = rest.iloc[rows].astype(str)
    values[dimension[rows] > 0] = ""  # of lines and areas the shape alone tells
    twice = np.zeros(len(shapes), dtype=bool)
    twice[rows] = values.assign(shape_=shape.iloc[rows].to_numpy()).duplicated().to_numpy()
    return twice


def _slivers(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    small = (shapely.get_dimensions(parts) == 2) & (shapely.area(parts) < SLIVER_M2) & shapely.is_valid(parts)
    return np.bincount(owner[small], minlength=len(shapes)) > 0


def _outside(shapes: NDArray[np.object_], boundary: gpd.GeoSeries) -> NDArray[np.bool_]:
    inside = shapely.union_all(np.asarray(boundary.array))
    shapely.prepare(inside)
    outside: NDArray[np.bool_] = ~shapely.intersects(inside, shapes)
    return outside
