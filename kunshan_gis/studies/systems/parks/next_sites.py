"""Where the next park of each tier newly reaches the most residents on foot."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M, most_reached, town_of
from kunshan_gis.studies.on_foot import barriers_of, overhead
from kunshan_gis.studies.systems.parks.held import PEOPLE, Parks, Rows
from kunshan_gis.studies.systems.parks.land import Land
from kunshan_gis.studies.systems.parks.options import Options
from kunshan_gis.studies.terms import AS_MEASURED

COLUMNS = ["tier", "next_rank", "lon", "lat", "next_town", "next_town_en", "next_people", "next_people_sum",
           "next_share_sum", "next_share_after", "next_serves_m", "next_smallest_m2", "next_land", "next_land_en",
           "next_green", "next_green_id", "next_green_m", "next_green_ha"]  # fmt: skip
CELLS_A_DISTANCE = 4
"""Cells of a fourth of how far the tier serves are fine enough: smaller ones are not tried."""


class Tried(NamedTuple):
    """Places that are tried as sites: where they are, and the row of the free green land they lie on (-1: none)."""

    points: NDArray[np.object_]
    green: NDArray[np.int64]


def next_sites(parks: Parks, options: Options) -> gpd.GeoDataFrame:
    """The next sites of each tier in the order of choice, with their place; no rows without tiers, homes or streets."""
    land = Land(parks)
    tiers = parks.tiers if parks.setting.peopled and options.next_sites else ()
    found = [_of_tier(parks, land, tier, options) for tier in tiers]
    rows = [one for one in found if len(one)]
    if rows:
        return gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), crs=parks.table.crs)
    return gpd.GeoDataFrame({name: [] for name in COLUMNS}, geometry=[], crs=parks.table.crs)


def _of_tier(parks: Parks, land: Land, tier: str, options: Options) -> gpd.GeoDataFrame:
    smallest = parks.asks.smallest_m2(tier)
    serves, reached = parks.asks.serves_m(smallest), parks.walked_to(parks.parts(tier))
    wanting = np.flatnonzero(parks.placed & ~reached & (parks.people > 0))
    homes = parks.setting.measuring.demand(PEOPLE).places.iloc[wanting]
    tried = _tried(land, homes, serves, smallest, max(options.site_cell_m, serves / CELLS_A_DISTANCE))
    chosen = most_reached(
        _reach(parks, tried.points, wanting, serves), parks.people[wanting], sites=options.next_sites,
        preferred=tried.green >= 0, near_best=options.prefer_green,
    )  # fmt: skip
    covered = int(parks.people[reached & parks.placed].sum())
    return _rows(parks, land, tried, chosen, {
        "tier": tier, "next_serves_m": serves, "next_smallest_m2": smallest, "covered": covered,
    })  # fmt: skip


def _tried(land: Land, homes: gpd.GeoSeries, serves_m: float, smallest_m2: float, cell_m: float) -> Tried:
    """Middles of the cells near residents without a park of the tier, and of green land with room for one."""
    xy = shapely.get_coordinates(np.asarray(homes.array))
    if not len(xy):
        return Tried(np.empty(0, dtype=object), np.empty(0, dtype=np.int64))
    near = math.ceil(serves_m / cell_m)
    around = np.stack(np.meshgrid(*[np.arange(-near, near + 1)] * 2), axis=-1).reshape(-1, 2)
    cells = np.unique(np.floor(xy / cell_m).astype(np.int64), axis=0)
    cells = np.unique((cells[:, None, :] + around).reshape(-1, 2), axis=0)
    middles = shapely.points((cells + 0.5) * cell_m)
    green = land.free_green(smallest_m2)
    patches = np.empty(0, dtype=object) if green is None else np.asarray(green.geometry.array)
    points = np.concatenate([shapely.point_on_surface(patches), middles])
    points = points[land.possible(points) & _near(points, xy, serves_m)]
    on = np.full(len(points), -1, dtype=np.int64)
    point, patch = shapely.STRtree(patches).query(points, predicate="intersects")
    on[point[::-1]] = patch[::-1]
    return Tried(points, on)


def _near(points: NDArray[np.object_], xy: NDArray[np.float64], metres: float) -> Rows:
    """Points that are no farther than so many straight metres from any of some places."""
    away, _ = cKDTree(xy).query(shapely.get_coordinates(points), distance_upper_bound=metres)
    return np.isfinite(away)


def _reach(parks: Parks, points: NDArray[np.object_], wanting: NDArray[np.int64], serves_m: float) -> csr_array:
    """Which of the homes each point is walked to from: sparse (points, homes)."""
    setting, measuring = parks.setting, parks.setting.measuring
    net = measuring.net(AS_MEASURED)
    doors = network.snap(
        gpd.GeoSeries(points, crs=parks.table.crs), net, max_leg_m=setting.walk.max_leg_m,
        min_component_m=setting.walk.min_component_m, barred=overhead(setting.area, net),
        barriers=barriers_of(setting.area), name="sites",
    )  # fmt: skip
    homes = network.select(measuring.placed(PEOPLE, AS_MEASURED), wanting)
    found = network.reach(net, homes, doors, cutoff_m=serves_m + TOLERANCE_M)
    return csr_array(found.metres.T)


def _rows(parks: Parks, land: Land, tried: Tried, chosen: pd.DataFrame, said: dict[str, Any]) -> gpd.GeoDataFrame:
    row = chosen["site"].to_numpy()
    points, whole = tried.points[row], int(parks.people.sum())
    place = gpd.GeoSeries(points, crs=parks.table.crs)
    degrees, on, town = place.to_crs("EPSG:4326"), land.at(points), _towns(parks, place)
    table = pd.DataFrame({
        "tier": said["tier"], "next_rank": np.arange(1, len(row) + 1), "lon": degrees.x.round(5),
        "lat": degrees.y.round(5), "next_town": town["name"], "next_town_en": town["name_en"],
        "next_people": chosen["people_new"], "next_people_sum": chosen["people_sum"],
        "next_share_sum": chosen["share_sum"], "next_share_after": (said["covered"] + chosen["people_sum"]) / whole,
        "next_serves_m": said["next_serves_m"], "next_smallest_m2": said["next_smallest_m2"],
        "next_land": on["code"].str.cat(on["title"], sep=" "),
        "next_land_en": on["code"].str.cat(on["title_en"], sep=" "),
        **_green(land.free_green(said["next_smallest_m2"]), points, tried.green[row]),
    })  # fmt: skip
    return gpd.GeoDataFrame(table[COLUMNS], geometry=place)


def _green(free: gpd.GeoDataFrame | None, points: NDArray[np.object_], on: NDArray[np.int64]) -> dict[str, Any]:
    """Whether sites lie on free green land with room for them, else the nearest such land; nothing without land use."""
    known = free is not None
    lies = np.array([bool(row >= 0) if known else None for row in on], dtype=object)
    nothing = {"next_green_id": None, "next_green_m": math.nan, "next_green_ha": math.nan}
    if free is None or not len(free) or not len(points):
        return {"next_green": lies, **nothing}
    nearest = shapely.STRtree(np.asarray(free.geometry.array)).nearest(points)
    patch = free.iloc[np.where(on >= 0, on, nearest)]
    away = shapely.distance(points, np.asarray(patch.geometry.array))
    return {
        "next_green": lies, "next_green_id": patch["id"].to_numpy(), "next_green_m": away,
        "next_green_ha": patch["free_m2"].to_numpy() / 10_000.0,
    }  # fmt: skip


def _towns(parks: Parks, place: gpd.GeoSeries) -> pd.DataFrame:
    """Names of the towns the places lie in; None where there are none."""
    area = parks.setting.area
    if not area.has("towns"):
        return pd.DataFrame({"name": [None] * len(place), "name_en": [None] * len(place)})
    names = parks.setting.sub("towns").names.set_index("unit_id")
    return names.loc[town_of(gpd.GeoDataFrame(geometry=place), area.table("towns"))].reset_index(drop=True)
