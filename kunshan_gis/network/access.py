"""Where a park is entered: the best evidence there is, and which that was.

The ladder, best first, each rung recorded as `access_source`:

1. `gate`      a surveyed or mapped gate of the park, on a walkable way, unless `complete` says the park has others;
2. `crossing`  a walkable way at ground level crosses the outline;
3. `outline`   points along the outline within reach of a walkable way;
4. `centroid`  the middle of a park near a way, its outline unreachable;
5. `none`      nothing walkable near: the park cannot be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kunshan_gis.crs import require_metric
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.snap import snap

ACCESS_SOURCES = ("gate", "crossing", "outline", "centroid", "none")
GATE_LEG_M = 60.0
OUTLINE_LEG_M = 30.0
OUTLINE_STEP_M = 20.0
TOUCH_M = 0.1
"""Pieces of a park no farther apart than this touch."""
CENTROID_LEG_M = 200.0
FARTHEST_M = max(GATE_LEG_M, OUTLINE_LEG_M, CENTROID_LEG_M)
"""No way farther from a park than this is an entrance of it."""
_FIELDS = ("edge", "offset_m", "leg_m", "reason")


@dataclass(frozen=True, eq=False)
class ParkAccess:
    """Park entrances placed on the network.

    Attributes
    ----------
    table : GeoDataFrame
        One row an entrance: park_id, access_source, geometry.
    points : Points
        The same rows on the network, all placed.
    source : Series
        Per park (index: park id) the rung of the ladder that serves it.
    """

    table: gpd.GeoDataFrame
    points: Points
    source: pd.Series

    def rows(self, parks: Iterable[str]) -> NDArray[np.int64]:
        """Rows of the entrances of some parks."""
        return np.flatnonzero(self.table["park_id"].isin(set(parks)))

    def with_parks(self, others: ParkAccess, order: pd.Series) -> ParkAccess:
        """The entrances of the parks in `order`: from `others` where it knows the park, else from here."""
        stays = np.flatnonzero(self.table["park_id"].isin(set(order) - set(others.source.index)))
        table = pd.concat([self.table.iloc[stays], others.table], ignore_index=True)
        points = joined(select(self.points, stays), others.points)
        source = pd.concat([self.source[~self.source.index.isin(others.source.index)], others.source]).reindex(order)
        return ParkAccess(gpd.GeoDataFrame(table, crs=self.table.crs), points, source.rename("access_source"))


def select(points: Points, rows: NDArray[np.int64]) -> Points:
    """Some of the points, in the order of `rows`."""
    return Points(points.edge[rows], points.offset_m[rows], points.leg_m[rows], points.reason[rows])


def joined(*points: Points) -> Points:
    """Points one after the other."""
    return Points(*(np.concatenate([getattr(part, key) for part in points]) for key in _FIELDS))


def park_access(
    parks: gpd.GeoDataFrame,
    gates: gpd.GeoDataFrame | None,
    network: WalkNetwork,
    *,
    bridged: NDArray[np.bool_] | None = None,
    min_component_m: float = 0.0,
    ladder: Sequence[str] = ACCESS_SOURCES[:-1],
) -> ParkAccess:
    """Entrances of every park by the ladder; each park stands on one rung.

    Parameters
    ----------
    parks : GeoDataFrame
        Polygons with `id`, metric CRS.
    gates : GeoDataFrame or None
        Points with `park_id`.
    bridged : (edges,) bool, optional
        Edges on a bridge or in a tunnel: they pass a park without leading in; only a gate may lie on one.
    ladder : rungs to stand on, best first
        To see what entrances from the outline or the middle alone would give.

    Raises
    ------
    CRSError
        Parks or gates are not in the network's CRS.
    """
    require_metric(parks, "parks", analysis_crs=network.crs)
    if gates is not None:
        require_metric(gates, "park_gates", analysis_crs=network.crs)
    found = []
    waiting = parks[["id", "geometry"]]
    rungs: tuple[tuple[str, Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame], float], ...] = (
        ("gate", lambda rest: _gates(rest, gates), GATE_LEG_M),
        ("crossing", lambda rest: _crossings(rest, network, bridged), 1.0),
        ("outline", _outline, OUTLINE_LEG_M),
        ("centroid", _middle, CENTROID_LEG_M),
    )
    for source, candidates, leg in rungs:
        if source not in ladder:
            continue
        table = candidates(waiting)
        placed = snap(
            table.geometry, network,
            max_leg_m=leg, min_component_m=min_component_m, barred=None if source == "gate" else bridged, name="parks",
        )  # fmt: skip
        rows = np.flatnonzero(placed.placed)
        found.append((table.iloc[rows].assign(access_source=source), select(placed, rows)))
        waiting = waiting[~waiting["id"].isin(table["park_id"].iloc[rows])]
    table = gpd.GeoDataFrame(pd.concat([part for part, _ in found], ignore_index=True), crs=parks.crs)
    points = joined(*(part for _, part in found))
    source = table.groupby("park_id")["access_source"].first().reindex(parks["id"]).fillna("none")
    return ParkAccess(table, points, source.rename("access_source"))


def touching(parks: gpd.GeoDataFrame, same: Sequence[str]) -> pd.Series:
    """Of every park the smallest id among the pieces it is one with: they touch, and agree in the columns `same`.

    One park is often drawn in several pieces; they must not count as several parks, nor the border between two pieces
    as a way in. Absent values agree with each other.

    Parameters
    ----------
    parks : GeoDataFrame
        Polygons with `id`, metric CRS.
    same : sequence of str
        Columns; those the table does not have are passed over.

    Returns
    -------
    Series of id, index as `parks`.
    """
    shapes = np.asarray(parks.geometry.array)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCH_M)
    agrees = np.ones(len(one), dtype=bool)
    for column in same:
        if column in parks:
            value = pd.factorize(parks[column])[0]
            agrees &= value[one] == value[other]
    n = len(parks)
    links = coo_array((np.ones(int(agrees.sum())), (one[agrees], other[agrees])), shape=(n, n))
    _, piece = connected_components(links, directed=False)
    whole: pd.Series = parks["id"].groupby(piece).transform("min")
    return whole


def _entrances(park_id: object, geometry: object, crs: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"park_id": np.asarray(park_id, dtype=object)}, geometry=geometry, crs=crs)


def _gates(parks: gpd.GeoDataFrame, gates: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    if gates is None:
        return _entrances([], [], parks.crs)
    own = gates[gates["park_id"].isin(parks["id"])]
    if "complete" in own:  # one mapped gate must not close a park that paths enter elsewhere
        partial = own.loc[own["complete"].eq(False), "park_id"]
        own = own[~own["park_id"].isin(partial)]
    return _entrances(own["park_id"], np.asarray(own.geometry.array), parks.crs)


def _crossings(parks: gpd.GeoDataFrame, network: WalkNetwork, bridged: NDArray[np.bool_] | None) -> gpd.GeoDataFrame:
    outline = shapely.boundary(np.asarray(parks.geometry.array))
    edges = np.arange(len(network.lines)) if bridged is None else np.flatnonzero(~bridged)
    park, hit = shapely.STRtree(network.lines[edges]).query(outline, predicate="intersects")
    met = shapely.intersection(outline[park], network.lines[edges[hit]])
    points, owner = shapely.get_coordinates(met, return_index=True)  # a way along the outline gives its vertices
    unique = ~pd.DataFrame(points.round(2)).assign(park=park[owner]).duplicated().to_numpy()
    return _entrances(parks["id"].to_numpy()[park[owner[unique]]], shapely.points(points[unique]), parks.crs)


def _outline(parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    outline = shapely.segmentize(shapely.boundary(np.asarray(parks.geometry.array)), OUTLINE_STEP_M)
    points, park = shapely.get_coordinates(outline, return_index=True)
    return _entrances(parks["id"].to_numpy()[park], shapely.points(points), parks.crs)


def _middle(parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return _entrances(parks["id"].to_numpy(), shapely.point_on_surface(np.asarray(parks.geometry.array)), parks.crs)
