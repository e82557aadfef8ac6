"""Ids made from what a feature is, for files that bring none: the same file gives the same ids."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.model import digest

DECIMALS = 6
"""Degrees, about 10 cm: an export from another program or in another CRS gives the same ids."""


def with_ids(table: pd.DataFrame | gpd.GeoDataFrame, kind: str) -> tuple[pd.DataFrame | gpd.GeoDataFrame, int]:
    """A copy with an id in every row, and how many had to be made.

    An id is the kind and ten digits of the digest of the geometry (in degrees) and the name; features in one place
    under one name are numbered in the file's order.
    """
    own = table["id"] if "id" in table.columns else pd.Series(None, index=table.index, dtype=object)
    absent = np.asarray(own.isna())
    if not absent.any():
        return table, 0
    taken = {str(key) for key in own.dropna()}
    made = []
    for content in _contents(table[absent]):
        stem = f"{kind}-{digest(content)[:10]}"
        key, number = stem, 1
        while key in taken:
            number += 1
            key = f"{stem}-{number}"
        taken.add(key)
        made.append(key)
    ids = own.astype(object).copy()
    ids[absent] = made
    rest = table.drop(columns="id", errors="ignore")
    rest.insert(0, "id", ids)
    return rest, len(made)


def _contents(table: pd.DataFrame | gpd.GeoDataFrame) -> list[list[str]]:
    if not isinstance(table, gpd.GeoDataFrame):
        return [[str(cell) for cell in row] for row in table.itertuples(index=False)]
    rounded = shapely.transform(np.asarray(table.geometry.array), lambda xy: np.round(xy, DECIMALS))
    places = shapely.to_wkt(shapely.normalize(rounded), rounding_precision=DECIMALS)
    names = table["name"] if "name" in table.columns else [None] * len(table)
    return [[str(place), "" if pd.isna(name) else str(name)] for place, name in zip(places, names, strict=True)]
