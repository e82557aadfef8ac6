"""Which unit a home belongs to: by the id it carries, else by the polygon it lies in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

UNASSIGNED = "unassigned"


def town_of(homes: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> pd.Series:
    """Town id of every home; `unassigned` outside all towns. On a shared border the first id wins."""
    return _belongs(homes, towns, "town_id")


def estate_of(homes: gpd.GeoDataFrame, estates: gpd.GeoDataFrame) -> pd.Series:
    """Estate id of every home, by the id it carries, else by the estate it lies in; `unassigned` outside all."""
    return _belongs(homes, estates, "estate_id")


def _belongs(homes: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, column: str) -> pd.Series:
    own = homes[column] if column in homes else pd.Series(None, index=homes.index, dtype=object)
    missing = np.flatnonzero(own.isna())
    ordered = areas.sort_values("id")
    tree = shapely.STRtree(np.asarray(ordered.geometry.array))
    point, area = tree.query(np.asarray(homes.geometry.array)[missing], predicate="intersects")
    order = np.lexsort((area, point))
    located, first = np.unique(point[order], return_index=True)
    result = own.astype(object).fillna(UNASSIGNED)
    result.iloc[missing[located]] = ordered["id"].to_numpy()[area[order][first]]
    return result.rename(column)


def zone_of(town: pd.Series, zone_towns: pd.DataFrame) -> pd.Series:
    """Zone id of every home by its town, from the editable membership table; else `unassigned`."""
    member = zone_towns.dropna(subset=["zone_id"]).set_index("town_id")["zone_id"]
    return town.map(member).astype(object).fillna(UNASSIGNED).rename("zone_id")
