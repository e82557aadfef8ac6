"""Homes and parks put on the walking network: where a walk starts, where it ends, and what it cannot cross."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.model import DEMONSTRATION, Points, StudyArea, WalkNetwork
from kunshan_gis.studies.walk import OVERHEAD, Walk, street_change, walk_network

WHEELS_ONLY = ("motorway", "motorway_link", "trunk", "trunk_link")
"""Streets that bar walkers where they run at ground level and walkers may not use them."""
BARRING = ("water", "barriers", "rail", "expressways", "streets")
"""Kinds that hold what a straight leg cannot cross."""


def barriers_of(area: StudyArea, structure: str = "ground") -> gpd.GeoSeries:
    """What bars a straight leg: water, walls, and railways and expressways with this structure.

    Elevated and tunnelled ones bar nobody. Water and walls without a structure stand on the ground. What is only
    schematic bars nobody either: its place is not known to the metre.
    """
    parts = list(barriers_by_kind(area, structure).values())
    shapes = np.concatenate(parts) if parts else np.empty(0, dtype=object)
    return gpd.GeoSeries(shapes, crs=area.info.analysis_crs)


def barriers_by_kind(area: StudyArea, structure: str = "ground") -> dict[str, NDArray[np.object_]]:
    """The shapes of `barriers_of` by kind; streets for wheels only stand with the expressways."""
    found: dict[str, list[NDArray[np.object_]]] = {}
    for kind in BARRING:
        table = area.optional(kind)
        if table is None:
            continue
        built = table["structure"] if "structure" in table else pd.Series(None, index=table.index, dtype=object)
        stands = built.fillna("ground" if kind in ("water", "barriers") else "unknown") == structure
        if kind == "streets":
            stands &= table["class"].isin(WHEELS_ONLY) & ~table["walkable"].astype(bool)
        basis = table["basis"] if "basis" in table else pd.Series(None, index=table.index, dtype=object)
        stands &= basis.fillna(area.layer(kind).info.basis) != DEMONSTRATION[0]
        name = "expressways" if kind == "streets" else kind
        found.setdefault(name, []).append(np.asarray(table.geometry.array)[stands.to_numpy()])
    return {kind: np.concatenate(shapes) for kind, shapes in found.items()}


def overhead(area: StudyArea, net: WalkNetwork) -> NDArray[np.bool_]:
    """Edges on a bridge or in a tunnel: nobody steps onto them from beside."""
    streets = area.table("streets")
    if "structure" not in streets:
        return np.zeros(len(net.lines), dtype=bool)
    high: NDArray[np.bool_] = streets["structure"].isin(OVERHEAD).to_numpy()[net.street]
    return high


def placed_homes(area: StudyArea, net: WalkNetwork, walk: Walk) -> Points:
    """Every home on its street, never across a barrier.

    Where a scenario changed streets, only the homes are placed anew that stood on a changed one or come near one.
    """
    return area.remember(
        "homes on network", ["homes", *BARRING], [walk.max_leg_m, walk.min_component_m],
        lambda: _placed(area, net, walk),
    )  # fmt: skip


def _placed(area: StudyArea, net: WalkNetwork, walk: Walk) -> Points:
    before = area.before_edits("streets")
    homes = area.table("homes").geometry

    def snapped(rows: NDArray[np.int64]) -> Points:
        return network.snap(
            homes.iloc[rows], net, max_leg_m=walk.max_leg_m, min_component_m=walk.min_component_m,
            barred=overhead(area, net), barriers=barriers_of(area), name="homes",
        )  # fmt: skip

    if before is area or _bars_differently(area):
        return snapped(np.arange(len(homes)))
    net_before = walk_network(before, walk)
    placed = placed_homes(before, net_before, walk)
    moved = _changed_ground(area, net_before, net, walk)
    lost = ~placed.placed | np.isin(placed.edge, moved.left)
    near = shapely.STRtree(np.asarray(homes.array)).query(
        net.lines[moved.entered], predicate="dwithin", distance=walk.max_leg_m
    )[1]
    rows = np.union1d(np.flatnonzero(lost), near)
    return network.replaced(network.carried(placed, moved.kept), rows, snapped(rows))


def _bars_differently(area: StudyArea) -> bool:
    """True if an edit of the streets changed what bars the way, and not only where one walks."""
    before, after = (barriers_of(one) for one in (area.before_edits("streets"), area))
    return len(before) != len(after) or not (before.geom_equals(after)).all()


@dataclass(frozen=True, eq=False)
class _Ground:
    """Edges one could step onto before and cannot now (rows before), and the other way round (rows now)."""

    kept: NDArray[np.int64]
    left: NDArray[np.int64]
    entered: NDArray[np.int64]


def _changed_ground(area: StudyArea, net_before: WalkNetwork, net: WalkNetwork, walk: Walk) -> _Ground:
    change = street_change(area, walk_network(area.before_edits("streets")))
    was = (net_before.component_m >= walk.min_component_m) & ~overhead(area.before_edits("streets"), net_before)
    now = (net.component_m >= walk.min_component_m) & ~overhead(area, net)
    still = np.where(change.kept >= 0, now[change.kept], False)
    entered = change.fresh.copy()
    entered[change.kept[still & ~was]] = True
    return _Ground(change.kept, np.flatnonzero((change.kept < 0) | (was & ~still)), np.flatnonzero(entered))


def people_over_unknown(area: StudyArea, net: WalkNetwork, placed: Points) -> int:
    """Residents whose leg crosses a railway or expressway of which nobody says whether it is at ground level.

    They are placed as if it were not; were it, their walk could be longer.
    """
    lines = barriers_of(area, "unknown")
    rows = np.flatnonzero(placed.placed & (placed.leg_m > 0))
    if len(lines) == 0 or len(rows) == 0:
        return 0
    homes = area.table("homes")
    from_home = shapely.get_coordinates(np.asarray(homes.geometry.array)[rows])
    to_street = shapely.get_coordinates(
        shapely.line_interpolate_point(net.lines[placed.edge[rows]], placed.offset_m[rows])
    )
    legs = shapely.linestrings(np.stack([from_home, to_street], axis=1))
    crossed = np.unique(shapely.STRtree(np.asarray(lines.array)).query(legs, predicate="crosses")[0])
    return int(homes["population"].to_numpy()[rows[crossed]].sum())


def measured_parks(area: StudyArea) -> gpd.GeoDataFrame:
    """The parks of the area's scenario with their area and tier.

    The `pieces` of one park that touch are one row, with the smallest id.

    Areas that are given add up; where none is, ground that two pieces share is measured once.
    """
    parks = area.standing("parks")
    outline = pd.Series(parks.geometry.area, index=parks.index)
    given = parks["area_m2"].astype(float) if "area_m2" in parks else pd.Series(np.nan, index=parks.index)
    tier = parks["tier"] if "tier" in parks else pd.Series(None, index=parks.index, dtype=object)
    measured = parks.assign(area_m2=given.fillna(outline), tier=tier, pieces=1)
    whole = _whole_park(area)
    several = whole.duplicated(keep=False)
    if not several.any():
        return measured
    sums = {"area_m2": "sum", "pieces": "sum"}
    first = dict.fromkeys(measured.columns.difference(["id", "geometry"]), "first")
    merged = measured[several].assign(id=whole[several]).dissolve("id", aggfunc=first | sums).reset_index()
    drawn = given[several].isna().groupby(whole[several]).all().loc[merged["id"]].to_numpy()
    merged.loc[drawn, "area_m2"] = merged.geometry.area[drawn]
    merged.index = whole[several].drop_duplicates().sort_values().index  # `dissolve` sorts by id
    table: gpd.GeoDataFrame = pd.concat([measured[~several], merged[measured.columns]]).sort_index()
    return table.reset_index(drop=True)


def _whole_park(area: StudyArea) -> pd.Series:
    """Of every piece the id of the park it is a piece of."""
    return area.remember(
        "whole parks", ["parks"], None, lambda: network.touching(area.standing("parks"), ["name", "tier"])
    )


def gates_of(area: StudyArea) -> gpd.GeoDataFrame | None:
    """The gates of the area's scenario, each with the whole park it leads into."""
    if not area.has("park_gates"):
        return None
    gates = area.standing("park_gates")
    whole = dict(zip(area.standing("parks")["id"], _whole_park(area), strict=True))
    return gates.assign(park_id=[whole.get(park, park) for park in gates["park_id"]])


def entrances(area: StudyArea, net: WalkNetwork, parks: gpd.GeoDataFrame, walk: Walk) -> network.ParkAccess:
    """Where the parks are entered, by the ladder of evidence.

    Where a scenario changed parks, gates or streets, only the parks concerned are looked at anew.
    """
    return area.remember(
        "access", ["streets", "parks", "park_gates"], walk.min_component_m, lambda: _entered(area, net, parks, walk)
    )


def _entered(area: StudyArea, net: WalkNetwork, parks: gpd.GeoDataFrame, walk: Walk) -> network.ParkAccess:
    def looked_at(some: gpd.GeoDataFrame) -> network.ParkAccess:
        return network.park_access(
            some, gates_of(area), net, bridged=overhead(area, net), min_component_m=walk.min_component_m
        )

    before = area
    for kind in ("streets", "parks", "park_gates"):
        before = before.before_edits(kind) if before.has(kind) else before
    if before is area:
        return looked_at(parks)
    net_before, parks_before = walk_network(before, walk), measured_parks(before)
    access = entrances(before, net_before, parks_before, walk)
    points, concerned = access.points, _differs(area, before, parks, parks_before)
    if area.before_edits("streets") is not area:
        moved = _changed_ground(area, net_before, net, walk)
        concerned |= set(access.table["park_id"][np.isin(points.edge, moved.left)])
        near = shapely.STRtree(net.lines[moved.entered]).query(
            np.asarray(parks.geometry.array), predicate="dwithin", distance=network.FARTHEST_M
        )[0]
        concerned |= set(parks["id"].iloc[near])
        points = network.carried(points, moved.kept)
    known = network.ParkAccess(access.table, points, access.source)
    return known.with_parks(looked_at(parks[parks["id"].isin(concerned)]), parks["id"])


def _differs(area: StudyArea, before: StudyArea, parks: gpd.GeoDataFrame, parks_before: gpd.GeoDataFrame) -> set[str]:
    """Parks that are new, or whose outline or gates are not what they were."""
    old = parks_before.set_index("id").geometry.reindex(parks["id"])
    same = old.geom_equals(parks.set_index("id").geometry)
    gates = [gates_of(one) for one in (before, area)]
    own = [set() if one is None else _told_apart(one) for one in gates]
    return set(same.index[~same]) | {park for _, park, *_ in own[0] ^ own[1]}


def _told_apart(gates: gpd.GeoDataFrame) -> set[tuple[str, str, bytes, bool]]:
    """What makes a gate another one: its id, its park, its place, and whether its park has others unmapped."""
    complete = gates["complete"].ne(False) if "complete" in gates else pd.Series(True, index=gates.index)
    return set(zip(gates["id"], gates["park_id"], gates.geometry.to_wkb(), complete, strict=True))
