"""What lies within a walk of each focus area: residents, jobs, facilities and parks, and what lies inside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M
from kunshan_gis.model import DEMONSTRATION, Points
from kunshan_gis.standards import FocusProfile
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.on_foot import barriers_of, overhead
from kunshan_gis.studies.supply import COARSE_PART, PARKS
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SHAPES = ("point", "line", "area")


@dataclass(frozen=True, eq=False)
class Focus:
    """The focus areas and where streets lead to them.

    Attributes
    ----------
    table : GeoDataFrame
        `id`, `name`, `name_en`, `class`, `accuracy_m` (NaN where not stated), `sketched` (schematic, and nobody says
        how far off).
    doors : places on the street network; none without streets
    owner : (doors,) row of the area each leads to
    reasons : (areas,) why no street leads to one, empty where one does
    """

    setting: Setting
    table: gpd.GeoDataFrame
    profile: FocusProfile
    doors: Points | None
    owner: NDArray[np.int64]
    reasons: NDArray[np.object_]

    @property
    def shapes(self) -> NDArray[np.object_]:
        """The areas as drawn."""
        return np.asarray(self.table.geometry.array)

    @property
    def form(self) -> NDArray[np.object_]:
        """Point, line or area."""
        return np.asarray(SHAPES, dtype=object)[shapely.get_dimensions(self.shapes)]

    @property
    def error(self) -> Floats:
        """Position errors that are too large for the walk; 0 of the others."""
        stated = np.nan_to_num(np.asarray(self.table["accuracy_m"], dtype=np.float64))
        return np.where(stated > self.setting.walk.cutoff_m / COARSE_PART, stated, 0.0)

    @property
    def coarse(self) -> Bools:
        """Which are known too badly for the walk: their figures are a range."""
        return self.error > 0

    @property
    def reached(self) -> Bools:
        """Which a street leads to; of the others nothing can be measured on foot."""
        return np.asarray(self.reasons == "")

    def metres(self, origins: Points, places: NDArray[np.object_], limit_m: float) -> Floats:
        """(origins, areas) metres on foot, delays taken in as metres; 0 inside an area, infinite beyond the limit."""
        found = np.full((len(origins.edge), len(self.table)), np.inf)
        if self.doors is not None and len(self.owner):
            measuring, walk = self.setting.measuring, self.setting.walk
            pairs = network.reach(measuring.net(AS_MEASURED), origins, self.doors, self.owner, cutoff_m=limit_m)
            told, delay = pairs.metres.tocoo(), pairs.delay_s.tocoo().data
            row, area = told.coords
            found[row, area] = told.data + delay * walk.speed_mps
        return np.where(self.inside(places), 0.0, found)

    def inside(self, places: NDArray[np.object_]) -> Bools:
        """(places, areas) which lie in an area."""
        found = np.zeros((len(places), len(self.table)), dtype=bool)
        area, place = shapely.STRtree(places).query(self.shapes, predicate="intersects")
        found[place, area] = self.form[area] == "area"
        return found

    @cached_property
    def homes(self) -> Floats:
        """(homes, areas) metres on foot, as far as coarse positions can matter."""
        limit = self.setting.walk.cutoff_m + TOLERANCE_M + float(self.error.max(initial=0.0))
        places = np.asarray(self.setting.area.table("homes").geometry.array)
        return self.metres(self.setting.measuring.placed("people", AS_MEASURED), places, limit)

    def near(self, error: int = 0) -> Bools:
        """(homes, areas) within the walk; with an error of +1 or -1 as far or as near as coarse positions allow."""
        return np.asarray(self.homes + error * self.error <= self.setting.walk.cutoff_m + TOLERANCE_M)


def focus_of(setting: Setting, profile: FocusProfile) -> Focus:
    """The focus areas of a study area, whatever their status: the plan looks at them before they are built."""
    area = setting.area
    rows = area.table("focus_areas").reset_index(drop=True)
    name = rows["name"].fillna(rows["id"]) if "name" in rows else rows["id"]
    whole = area.layer("focus_areas").info
    stated = rows["accuracy_m"].astype(float) if "accuracy_m" in rows else pd.Series(np.nan, index=rows.index)
    basis = rows["basis"].fillna(whole.basis) if "basis" in rows else pd.Series(whole.basis, index=rows.index)
    accuracy = stated.fillna(np.nan if whole.accuracy_m is None else whole.accuracy_m)
    table = rows[["id", "class", "geometry"]].assign(
        name=name, name_en=rows["name_en"].fillna(name) if "name_en" in rows else name, accuracy_m=accuracy,
        sketched=(basis == DEMONSTRATION[0]) & accuracy.isna(),
    )  # fmt: skip
    if not setting.walkable:
        return Focus(setting, table, profile, None, np.empty(0, dtype=np.int64), np.full(len(table), "no_street"))
    doors, owner = _doors(setting, table, profile)
    reasons = np.where(np.isin(np.arange(len(table)), owner), "", "no_street")
    return Focus(setting, table, profile, doors, owner, reasons.astype(object))


def _doors(setting: Setting, table: gpd.GeoDataFrame, profile: FocusProfile) -> tuple[Points, NDArray[np.int64]]:
    """Where streets lead to each area: the street a point lies by, where streets cross an outline, else come near."""
    net, walk = setting.measuring.net(AS_MEASURED), setting.walk
    high = overhead(setting.area, net)
    shapes = np.asarray(table.geometry.array)
    point = np.flatnonzero(shapely.get_dimensions(shapes) == 0)
    placed = network.snap(
        table.geometry.iloc[point], net, max_leg_m=walk.max_leg_m, min_component_m=walk.min_component_m, barred=high,
        barriers=barriers_of(setting.area), name="focus_areas",
    )  # fmt: skip
    there = np.flatnonzero(placed.placed)
    wide = np.flatnonzero(shapely.get_dimensions(shapes) > 0)
    line = shapely.get_dimensions(shapes[wide]) == 1
    ground = np.where(line, shapely.buffer(shapes[wide], profile.meet_m, cap_style="flat"), shapes[wide])
    outlines = gpd.GeoDataFrame({"id": table["id"].iloc[wide].to_numpy()}, geometry=ground, crs=table.crs)
    met = network.park_access(
        outlines, None, net, bridged=high, min_component_m=walk.min_component_m, ladder=("crossing", "outline")
    )
    row = {one: int(number) for one, number in zip(outlines["id"], wide, strict=True)}
    owner = met.table["park_id"].map(row).to_numpy(dtype=np.int64)
    return network.joined(network.select(placed, there), met.points), np.r_[point[there], owner]


@dataclass(frozen=True, eq=False)
class Around:
    """(areas,) what lies within the walk and inside; NaN where a layer is missing or no street leads there."""

    within: dict[str, Floats]
    inside: dict[str, Floats]


def around(focus: Focus) -> Around:
    """Jobs, facilities and parks within the walk of each focus area and inside it."""
    setting = focus.setting
    within, inside = {}, {}
    for kind in ("jobs", "facilities", PARKS):
        rows = _standing(setting, kind)
        if rows is None:
            within[kind] = inside[kind] = np.full(len(focus.table), np.nan)
            continue
        amount = rows["jobs"].to_numpy(dtype=float) if kind == "jobs" else np.ones(len(rows))
        places = shapely.point_on_surface(np.asarray(rows.geometry.array))
        inside[kind] = np.where(focus.form == "area", amount @ focus.inside(places), np.nan)
        reached = _reached(focus, kind, rows, places)
        within[kind] = np.where(focus.reached & ~focus.coarse, amount @ reached, np.nan)
    return Around(within, inside)


def _standing(setting: Setting, kind: str) -> gpd.GeoDataFrame | None:
    """The things of a kind, the pieces of a park as one; None where the layer or all that stands of it is missing."""
    if not setting.area.has(kind):
        return None
    if kind != PARKS:
        return setting.area.standing(kind)
    try:
        return setting.measuring.supply(PARKS).table
    except NotThereError:
        return None


def _reached(focus: Focus, kind: str, rows: gpd.GeoDataFrame, places: NDArray[np.object_]) -> Bools:
    """(rows, areas) which lie within the walk; a park by any of its entrances."""
    setting = focus.setting
    limit = setting.walk.cutoff_m + TOLERANCE_M
    if not setting.walkable:
        return focus.inside(places)
    if kind == PARKS:
        doors, owner = setting.measuring.doors(PARKS, AS_MEASURED)
        near = focus.metres(doors, places[owner], limit) <= limit
        of_park = np.zeros((len(rows), len(focus.table)), dtype=bool)
        np.logical_or.at(of_park, owner, near)
        return of_park
    net = setting.measuring.net(AS_MEASURED)
    origins = network.snap(
        gpd.GeoSeries(places, crs=rows.crs), net, max_leg_m=setting.walk.max_leg_m,
        min_component_m=setting.walk.min_component_m, barred=overhead(setting.area, net),
        barriers=barriers_of(setting.area), name=kind,
    )  # fmt: skip
    return np.asarray(focus.metres(origins, places, limit) <= limit)
