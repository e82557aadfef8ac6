"""Which town belongs to which zone, and whether the towns fill the ground; what is wrong is named, town by town."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis.requirements import at_ids
from kunshan_gis.crs import require_metric
from kunshan_gis.errors import LayerSchemaError, Problem
from kunshan_gis.messages import Text

HOLE_M2 = 10_000.0
"""Smaller ground between towns and boundary is left by two layers drawn apart (1 ha; no standard says so)."""
_ADD_A_ROW = Text(
    "每个乡镇补一行并填 zone_id；确不划入片区的，zone_id 留空",
    "add a row for each with its zone_id, left empty where the town is meant to be unassigned",
)
_TABLE = Text("片区与乡镇对应表 zone_towns", "zone_towns")


def require_membership(towns: pd.DataFrame, zone_towns: pd.DataFrame, zones: Iterable[str] | None = None) -> None:
    """Every town must be in one row of the membership table: in one zone, or unassigned by an empty `zone_id`.

    Parameters
    ----------
    towns : DataFrame
        `id`, and `name` where there is one.
    zone_towns : DataFrame
        `zone_id` (empty: the town is unassigned on purpose) and `town_id`.
    zones : ids of the zones there are, optional
        Without them any `zone_id` will do.

    Raises
    ------
    LayerSchemaError
        A town in two zones (with both), a town the table does not name, a row for a town or a zone that is not there;
        all at once, by name, with the remedy.

    Examples
    --------
    >>> table = pd.DataFrame({"zone_id": ["z", None], "town_id": ["a", "b"]})
    >>> require_membership(pd.DataFrame({"id": ["a", "b"]}), table)
    """
    if found := list(_problems(towns, zone_towns, zones)):
        title = Text("乡镇与片区的对应有重叠或缺漏", "the membership of towns in zones overlaps or is incomplete")
        raise LayerSchemaError(title, found)


def _problems(towns: pd.DataFrame, table: pd.DataFrame, zones: Iterable[str] | None) -> Iterator[Problem]:
    called = {str(row["id"]): _called(row) for row in towns.to_dict(orient="records")}
    for town, rows in table[table["town_id"].duplicated(keep=False)].groupby("town_id", sort=True):
        name, owners = called.get(str(town), str(town)), rows["zone_id"].fillna("").replace("", "未划入 unassigned")
        what = at_ids(Text(f"{name} 列入多行", f"{name} is in several rows"), owners)
        yield Problem(_TABLE, what, Text("只留一行", "keep one of them"))
    if missing := [name for town, name in called.items() if town not in set(table["town_id"])]:
        yield Problem(_TABLE, at_ids(Text("没有列入的乡镇", "towns in no row"), sorted(missing)), _ADD_A_ROW)
    if unknown := sorted(set(table["town_id"]) - set(called)):
        what = at_ids(Text("乡镇图层中没有的乡镇", "towns that the towns layer does not hold"), unknown)
        yield Problem(_TABLE, what, Text("更正 town_id，或删去该行", "correct town_id, or delete the row"))
    named = set(table["zone_id"].replace("", np.nan).dropna())
    if zones is not None and (unknown := sorted(named - set(zones))):
        what = at_ids(Text("片区表中没有的片区", "zones that the zones table does not hold"), unknown)
        yield Problem(_TABLE, what, Text("更正 zone_id，或在片区表中补上", "correct zone_id, or add the zone"))


def _called(row: Mapping[Hashable, object]) -> str:
    name = row.get("name")
    return f"{row['id']} {name}" if isinstance(name, str) else str(row["id"])


def zones_without_towns(zones: Iterable[str], zone_towns: pd.DataFrame) -> list[str]:
    """Ids of the zones no town belongs to, in their order.

    Examples
    --------
    >>> zones_without_towns(["y", "z"], pd.DataFrame({"zone_id": ["z"], "town_id": ["a"]}))
    ['y']
    """
    there = set(zone_towns["zone_id"].dropna())
    return [zone for zone in zones if zone not in there]


def uncovered(areas: gpd.GeoDataFrame, boundary: gpd.GeoSeries, *, at_least_m2: float = HOLE_M2) -> gpd.GeoDataFrame:
    """Ground of the study area that lies in no town, and ground of towns beyond the study area, in m2.

    Parameters
    ----------
    areas : GeoDataFrame of areas, metric CRS
    boundary : GeoSeries of areas, same CRS
    at_least_m2 : float
        Pieces smaller than this are left out.

    Returns
    -------
    GeoDataFrame
        `kind` (hole or beyond), `area_m2`, geometry: a row for each piece, largest first within a kind.

    Raises
    ------
    CRSError
        The table is not in metres.

    Examples
    --------
    A town 2 km wide in a study area 3 km wide and 1 km high leaves 1 km2.

    >>> town = gpd.GeoDataFrame({"id": ["t"]}, geometry=[shapely.box(0, 0, 2000, 1000)], crs="EPSG:4549")
    >>> found = uncovered(town, gpd.GeoSeries([shapely.box(0, 0, 3000, 1000)], crs="EPSG:4549"))
    >>> found[["kind", "area_m2"]].to_numpy().tolist()
    [['hole', 1000000.0]]
    """
    require_metric(areas, "areas")
    whole, towns = shapely.union_all(np.asarray(boundary.array)), shapely.union_all(np.asarray(areas.geometry.array))
    rows = []
    for kind, ground in (("hole", shapely.difference(whole, towns)), ("beyond", shapely.difference(towns, whole))):
        pieces = [(float(piece.area), piece) for piece in shapely.get_parts(ground)]
        rows += [(kind, m2, piece) for m2, piece in sorted(pieces, key=lambda one: -one[0]) if m2 >= at_least_m2]
    table = {"kind": [row[0] for row in rows], "area_m2": [row[1] for row in rows]}
    return gpd.GeoDataFrame(table, geometry=[row[2] for row in rows], crs=areas.crs)
