"""Who reaches a corridor on foot, and who lives within a straight distance of one, by corridor and by unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import STATES, TOLERANCE_M, UNASSIGNED, amount_cells
from kunshan_gis.studies.on_foot import overhead
from kunshan_gis.studies.rule_figures import unit_share
from kunshan_gis.studies.systems.corridors.drawn import Drawn, Floats
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import Units

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Access:
    """Homes by corridors.

    Attributes
    ----------
    people : (homes,) residents
    placed : (homes,) on the network; all False without streets
    walked : (homes, corridors) metres on foot, delays taken in as metres, infinite where farther than looked for
    straight : (homes, corridors) straight metres, infinite where farther than looked for
    doors : (corridors,) places where streets lead into each
    """

    people: Floats
    placed: Bools
    walked: Floats
    straight: Floats
    doors: NDArray[np.int64]
    walk_m: float
    near_m: float
    drawn: Drawn

    def walkers(self, error: int = 0) -> Bools:
        """(homes,) within the walk of any corridor."""
        return np.asarray(self.on_foot(error).any(axis=1))

    def neighbours(self, error: int = 0) -> Bools:
        """(homes,) within the straight distance of any corridor."""
        return np.asarray(self.near(error).any(axis=1))

    def on_foot(self, error: int = 0) -> Bools:
        """(homes, corridors) within the walk; with an error of +1 or -1 as far or as near as coarse positions allow."""
        return self._within(self.walked, self.walk_m, error)

    def near(self, error: int = 0) -> Bools:
        """(homes, corridors) within the straight distance."""
        return self._within(self.straight, self.near_m, error)

    def _within(self, metres: Floats, limit_m: float, error: int) -> Bools:
        off = np.where(self.drawn.coarse(limit_m), error * self.drawn.accuracy, 0.0)
        found: Bools = metres + off <= limit_m + TOLERANCE_M
        return found


def access(setting: Setting, drawn: Drawn) -> Access | None:
    """Walked and straight metres from every home to every corridor; None without homes."""
    if not setting.area.has("homes"):
        return None
    homes, limit, near = setting.area.table("homes"), setting.walk.cutoff_m, drawn.profile.near_m
    shape = (len(homes), len(drawn.table))
    placed, walked, doors = np.zeros(shape[0], dtype=bool), np.full(shape, np.inf), np.zeros(shape[1], dtype=np.int64)
    straight = _straight(homes.geometry, drawn, near + _error(drawn, near))
    if setting.walkable:
        placed, walked, doors = _walked(setting, drawn, limit + _error(drawn, limit))
        walked = np.where(straight == 0.0, 0.0, walked)  # who lives in it is there
        placed = placed | (straight == 0.0).any(axis=1)
    people = homes["population"].to_numpy(dtype=float)
    return Access(people, placed, walked, straight, doors, limit, near, drawn)


def _error(drawn: Drawn, metres: float) -> float:
    """How much farther must be looked for what coarse positions might bring near."""
    return float(np.max(drawn.accuracy, initial=0.0, where=drawn.coarse(metres)))


def _walked(setting: Setting, drawn: Drawn, limit_m: float) -> tuple[Bools, Floats, NDArray[np.int64]]:
    measuring, walk = setting.measuring, setting.walk
    net, origins = measuring.net(AS_MEASURED), measuring.placed("people", AS_MEASURED)
    ground = gpd.GeoDataFrame({"id": drawn.table["id"]}, geometry=drawn.entered, crs=drawn.table.crs)
    doors = network.park_access(
        ground, None, net, bridged=overhead(setting.area, net), min_component_m=walk.min_component_m,
        ladder=("crossing", "outline"),
    )  # fmt: skip
    row = {one: number for number, one in enumerate(drawn.table["id"])}
    owner = doors.table["park_id"].map(row).to_numpy(dtype=np.int64)
    metres = np.full((len(origins.edge), len(row)), np.inf)
    if len(owner):
        found = network.reach(net, origins, doors.points, owner, cutoff_m=limit_m + TOLERANCE_M)
        pairs, delay = found.metres.tocoo(), found.delay_s.tocoo().data
        home, corridor = pairs.coords
        metres[home, corridor] = pairs.data + delay * walk.speed_mps
    return origins.placed, metres, np.bincount(owner, minlength=len(row))


def _straight(homes: gpd.GeoSeries, drawn: Drawn, limit_m: float) -> Floats:
    points = np.asarray(homes.array)
    ground = drawn.ground
    shapely.prepare(ground)
    corridor, home = shapely.STRtree(points).query(ground, predicate="dwithin", distance=limit_m + TOLERANCE_M)
    metres = np.full((len(points), len(ground)), np.inf)
    metres[home, corridor] = shapely.distance(points[home], ground[corridor])
    return metres


def people_of_each(found: Access | None, drawn: Drawn, *, walkable: bool) -> pd.DataFrame:
    """Residents who reach each corridor on foot and who live near it, with the range of coarse positions."""
    columns = ("entrances", *(f"{name}{end}" for name in ("on_foot", "within_near") for end in ("", "_low", "_high")))
    table = pd.DataFrame(np.nan, index=range(len(drawn.table)), columns=list(columns))
    if found is None:
        return table
    measures = {"within_near": (found.near, found.near_m)}
    if walkable:
        measures["on_foot"] = (found.on_foot, found.walk_m)
        table["entrances"] = found.doors
    for name, (within, metres) in measures.items():
        coarse = drawn.coarse(metres)
        table[name] = np.where(coarse, np.nan, found.people @ within())
        for end, error in (("low", 1), ("high", -1)):
            table[f"{name}_{end}"] = np.where(coarse, found.people @ within(error), np.nan)
    return table


def people_by_unit(found: Access, setting: Setting, units: Units) -> pd.DataFrame:
    """Residents of every unit by state: on foot within the walk, and straight within the distance.

    Where corridors of coarse position serve, `covered` and `within_near` are NaN and their range is given.
    """
    share = unit_share(setting.measuring, units, "people")

    def summed(rows: Bools) -> Floats:
        total: Floats = np.round((found.people * rows) @ share)
        return total

    drawn, table = found.drawn, units.names.copy()
    table["population"] = summed(np.ones(len(found.people), dtype=bool))
    walk, straight = found.walkers(), found.neighbours()
    vague, far = bool(drawn.coarse(found.walk_m).any()), bool(drawn.coarse(found.near_m).any())
    if setting.walkable:
        reached = summed(walk)
        table["covered"] = np.nan if vague else reached
        table["not_covered"] = np.nan if vague else summed(~walk & found.placed)
        table["not_measurable"] = summed(~walk & ~found.placed)
        table["share_covered"] = table["covered"] / table["population"].where(table["population"] > 0)
        for end, error in (("low", 1), ("high", -1)):
            table[f"covered_{end}"] = summed(found.walkers(error)) if vague else np.nan
        table["near_not_on_foot"] = np.nan if vague or far else summed(straight & ~walk & found.placed)
    else:
        table[[*STATES, "share_covered", "near_not_on_foot"]] = np.nan
        table["not_measurable"] = table["population"]
    table["within_near"] = np.nan if far else summed(straight)
    table["share_near"] = table["within_near"] / table["population"].where(table["population"] > 0)
    for end, error in (("low", 1), ("high", -1)):
        table[f"within_near_{end}"] = summed(found.neighbours(error)) if far else np.nan
    return table[(table["unit_id"] != UNASSIGNED) | (table["population"] > 0)].reset_index(drop=True)


def people_cells(found: Access, setting: Setting) -> gpd.GeoDataFrame:
    """Residents by square cell and state on foot; not measurable where coarse positions leave it open."""
    homes = setting.area.table("homes").geometry
    least = found.walkers(1)
    covered = np.where(least, found.people, 0.0)
    known: Any = found.placed & (least == found.walkers(-1)) if setting.walkable else np.zeros(len(homes), dtype=bool)
    return amount_cells(homes, found.people, covered, known)
