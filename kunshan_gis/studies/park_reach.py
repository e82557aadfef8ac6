"""Who reaches a park on foot: the study that joins layers, network and analysis.

Read this first: it is the whole path from a study area to coverage per tier, zone and town.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis import network
from kunshan_gis.analysis import states, town_of, zone_of
from kunshan_gis.errors import LayerNotFoundError, NetworkError
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, Result, StudyArea, WalkNetwork, silent
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.accounts import ALL, counts_of, future_rows, profile_said, provenance_of, unit_tables
from kunshan_gis.studies.on_foot import entrances, measured_parks, people_over_unknown, placed_homes
from kunshan_gis.studies.walk import Walk, walk_network

REQUIRED = ("streets", "homes", "parks")
OPTIONAL = ("boundary", "park_gates", "towns", "zone_towns", "zones", "water", "barriers")
KINDS_READ = (*REQUIRED, *OPTIONAL, "rail", "expressways")


@dataclass(frozen=True, eq=False)
class ParkReach:
    """Everything the study worked out, for tables and maps.

    Attributes
    ----------
    homes : GeoDataFrame
        id, population, town_id, zone_id, `reason` (why not on the network, "" where it is), and per tier
        `metres_<tier>`, `state_<tier>`, `access_<tier>` (what is known of the nearest entrance) and, where the walk
        has delays, `delay_s_<tier>`.
    parks : GeoDataFrame
        The parks, touching pieces of one as one row, with `area_m2`, `pieces`, `access_source`, `entrances`.
    entrances : GeoDataFrame
        Where parks are entered: park_id, access_source, geometry.
    fields : mapping of tier to network.Field
        Distance from the nearest entrance to every junction, for drawing reach.
    """

    result: Result
    homes: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    fields: dict[str, network.Field]
    tiers: tuple[str, ...]
    walk: Walk


def park_reach(area: StudyArea, walk: Walk, *, allow_open_edge: bool = False, progress: Progress = silent) -> ParkReach:
    """Residents within walking distance of a park entrance, per tier, for the area, its zones and towns.

    Raises
    ------
    LayerNotFoundError
        Streets, homes or parks are missing.
    NetworkError
        Nothing can be walked on, or the street data ends within one walk of residents although a boundary is
        given (`allow_open_edge` goes on and says so).
    """
    require(area)
    progress("building_network", 0, 4)
    net = walk_network(area, walk)
    near_edge = near_the_edge(area, net, walk.cutoff_m, allow_open_edge=allow_open_edge)
    progress("finding_entrances", 1, 4)
    parks = measured_parks(area)
    access = entrances(area, net, parks, walk)
    parks = parks.assign(
        access_source=access.source.reindex(parks["id"]).to_numpy(),
        entrances=parks["id"].map(access.table["park_id"].value_counts()).fillna(0).astype(int),
    )
    progress("walking", 2, 4)
    placed = placed_homes(area, net, walk)
    homes = homes_of(area).assign(reason=placed.reason)
    tiers, fields = tiers_of(parks), {}
    for tier in tiers:
        rows = access.rows(parks["id"] if tier == ALL else parks.loc[parks["tier"] == tier, "id"])
        fields[tier] = network.search(net, network.select(access.points, rows))
        found = network.nearest(fields[tier], placed).set_index(homes.index)
        source = np.append(access.table["access_source"].to_numpy()[rows], "none")  # row -1: reached none
        homes[f"metres_{tier}"] = found["metres"]
        if walk.delays:
            homes[f"delay_s_{tier}"] = found["delay_s"]
        homes[f"access_{tier}"] = source[found["source"]]
        homes[f"state_{tier}"] = state_of(found, homes["reason"], walk)
    progress("summing", 3, 4)
    parameters = {**walk.parameters(), "allow_open_edge": allow_open_edge, "scenario": area.info.scenario}
    counts = counts_of(
        homes, parks, access, placed,
        near_edge=near_edge, over_unknown=people_over_unknown(area, net, placed), future=future_rows(area, "parks"),
    )  # fmt: skip
    provenance = provenance_of(
        area, KINDS_READ, parameters, counts, study="park_reach", profile=walk.profile,
        profile_said=profile_said(walk.profile, parameters), walk_filter=net.walk_filter, optional=OPTIONAL,
    )  # fmt: skip
    tables = unit_tables(area, homes, parks, tiers)
    progress("summing", 4, 4)
    return ParkReach(Result(provenance, tables), homes, parks, access.table, fields, tiers, walk)


def require(area: StudyArea) -> None:
    """Streets, homes and parks must be there.

    Raises
    ------
    LayerNotFoundError
        Names those that are not.
    """
    area.require(*REQUIRED)
    if len(area.table("parks")) and not len(area.standing("parks")):
        raise LayerNotFoundError(
            Text(
                f"{area.info.name}：公园图层中没有已建成的公园（status 均为规划或在建）；"
                "如要按规划测算，用 --scenario planned",
                f"{area.info.name_en}: no park of the layer stands, all are planned or under construction; to measure "
                "them as planned use --scenario planned",
            )
        )


def near_the_edge(area: StudyArea, net: WalkNetwork, cutoff_m: float, *, allow_open_edge: bool) -> int:
    """People whose walk may leave the street data; with a boundary given that is refused.

    Raises
    ------
    NetworkError
        There are any, although a boundary is given (`allow_open_edge` goes on).
    """
    homes, water = area.table("homes"), area.optional("water")
    areal = None if water is None else water.geometry[water.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    distance = area.remember(
        "edge distance", ["streets", "homes", "water"], None,
        lambda: network.edge_distance(homes.geometry, net, known_empty=areal),
    )  # fmt: skip
    people = int(homes["population"].to_numpy()[distance < cutoff_m].sum())
    if people and area.has("boundary") and not allow_open_edge:
        raise NetworkError(
            Text(
                f"{people:,} 名居民的住处距街道数据边缘不足 {cutoff_m:g} 米，边缘以外能走到哪里无从得知。"
                "请把街道数据补到研究范围外一次步行的距离，或用 --allow-open-edge 继续（各项成果均会注明）",
                f"the street data ends within {cutoff_m:g} m of the homes of {people:,} residents: what they "
                "reach beyond it is unknown. Add streets to one walk beyond the boundary, or go on with "
                "--allow-open-edge (every result then says so)",
            )
        )
    return people


def state_of(found: pd.DataFrame, reason: pd.Series, walk: Walk) -> pd.Series:
    """Each home's state; a second of delay takes the metres walked in it off the distance."""
    metres = found["metres"] + found["delay_s"] * walk.speed_mps
    return states(metres, reason == "", cutoff_m=walk.cutoff_m)


def homes_of(area: StudyArea) -> gpd.GeoDataFrame:
    """The homes with their residents and the town and zone they lie in."""
    homes = area.table("homes")
    table = homes[["id", "population", "geometry"]].copy()
    table["population"] = table["population"].astype("int64")
    if area.has("towns"):
        table["town_id"] = town_of(homes, area.table("towns"))
        if area.has("zone_towns"):
            table["zone_id"] = zone_of(table["town_id"], area.table("zone_towns"))
    return table


def tiers_of(parks: gpd.GeoDataFrame) -> tuple[str, ...]:
    """All parks, then the tiers there are."""
    return (ALL, *(tier for tier in TIERS if (parks["tier"] == tier).any()))
