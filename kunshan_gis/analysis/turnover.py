"""Who gains reach and who loses it between two states of a city, home by home, so that the change adds up."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

TURNOVER = ("gained", "lost", "gained_unknown", "lost_unknown", "grown", "came", "went")


def turnover(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Residents of every home who gain or lose reach.

        covered after - covered before = gained - lost + grown + came - went

    Parameters
    ----------
    before, after : DataFrame indexed by home id, each id once
        `population` (people) and `state` (`covered`, `not_covered`, `not_measurable`).

    Returns
    -------
    DataFrame indexed by home id, those of `before` first
        People (int): `gained` (in a home that was not covered and is), `lost` (that was and is not), of these
        `gained_unknown` (was not measurable) and `lost_unknown` (is not measurable now); `grown`: more or fewer people
        in a home covered in both; `came`, `went`: covered in homes that exist in one only.

    Raises
    ------
    ParameterError
        An id occurs twice, or a population is negative or missing.
    """
    for table in (before, after):
        _require(table)
    ids = before.index.append(after.index[~after.index.isin(before.index)])
    was, now = before.reindex(ids), after.reindex(ids)
    people_was, people_now = (table["population"].fillna(0).astype("int64") for table in (was, now))
    both = np.asarray(ids.isin(before.index) & ids.isin(after.index))
    old, new = (table["state"].eq("covered").to_numpy(dtype=bool) for table in (was, now))
    gained, lost = both & ~old & new, both & old & ~new
    unknown_was, unknown_now = (table["state"].eq("not_measurable").to_numpy(dtype=bool) for table in (was, now))
    return pd.DataFrame(
        {
            "gained": people_now.where(gained, 0),
            "lost": people_was.where(lost, 0),
            "gained_unknown": people_now.where(gained & unknown_was, 0),
            "lost_unknown": people_was.where(lost & unknown_now, 0),
            "grown": (people_now - people_was).where(both & old & new, 0),
            "came": people_now.where(~both & new, 0),
            "went": people_was.where(~both & old, 0),
        },
        index=ids,
    )


def _require(table: pd.DataFrame) -> None:
    if not table.index.is_unique:
        twice = ", ".join(map(str, table.index[table.index.duplicated()].unique()[:5]))
        raise ParameterError(Text(f"居民点编号重复：{twice}", f"homes occur twice: {twice}"))
    if table["population"].isna().any() or (table["population"] < 0).any():
        raise ParameterError(
            Text("每一行的人口都应是不为负的整数", "population must be whole people, zero or more, in every row")
        )


def turnover_cells(homes: gpd.GeoDataFrame, changed: pd.DataFrame, *, size_m: float = 300.0) -> gpd.GeoDataFrame:
    """Residents who gain and lose reach in square cells on a grid of the CRS; cells where nobody does are left out.

    Parameters
    ----------
    homes : GeoDataFrame of points indexed by home id, metric CRS
        Those of both states.
    changed : DataFrame
        From `turnover`.

    Returns
    -------
    GeoDataFrame
        `id` (column_row of the grid), `gained`, `lost` (people, int), square polygons.

    Raises
    ------
    CRSError
        The homes are not in metres.
    """
    require_metric(homes, "homes")
    rows = changed[(changed["gained"] > 0) | (changed["lost"] > 0)]
    points = homes.geometry.reindex(rows.index)
    xy = np.column_stack([shapely.get_x(points.array), shapely.get_y(points.array)])
    place = pd.DataFrame(np.floor(xy / size_m).astype(np.int64), columns=["x", "y"], index=rows.index)
    people = rows[["gained", "lost"]].join(place).groupby(["x", "y"], sort=True).sum().reset_index()
    west, south = people["x"].to_numpy() * size_m, people["y"].to_numpy() * size_m
    ids = [f"{x}_{y}" for x, y in zip(people["x"], people["y"], strict=True)]
    shapes = np.asarray(shapely.box(west, south, west + size_m, south + size_m), dtype=object).reshape(-1)
    return gpd.GeoDataFrame(
        {"id": ids, "gained": people["gained"], "lost": people["lost"]}, geometry=shapes, crs=homes.crs
    )
