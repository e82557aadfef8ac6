"""Core and influence areas of every station and line: by straight radius, as far on foot, and by walking time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import Pairs, amount_to_nearest, amount_within, amount_within_any, catchment_ratio, slack_of
from kunshan_gis.standards import StationProfile
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.systems.tod.near import THINGS, Things, straight, things, walked
from kunshan_gis.studies.systems.tod.stations import Stations, door_points, line_names
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import Units, units_of

Floats = NDArray[np.float64]
Way = Literal["radius", "walk", "time"]
QUAD_SEGS = 32
OUTLINE_M = 3.0
"""How far the outline of a walk may be simplified for drawing."""


@dataclass(frozen=True)
class Band:
    """One area around stations: by straight radius, by walked metres, or by minutes on foot.

    Attributes
    ----------
    metres : how far; of minutes at the pace of the walk
    minutes : NaN where it is metres
    """

    way: Way
    metres: float
    minutes: float = math.nan


def bands(profile: StationProfile, speed_mps: float) -> tuple[Band, ...]:
    """The areas of a profile: radii, the same metres on foot, minutes."""
    radii = [Band(way, metres) for way in ("radius", "walk") for metres in profile.radii_m]
    return (*radii, *(Band("time", minutes * 60.0 * speed_mps, minutes) for minutes in profile.minutes))


@dataclass(frozen=True, eq=False)
class Around:
    """What lies around the stations, as far as any band, `also_m` and any error of a position reach."""

    measuring: Measuring
    stations: Stations
    profile: StationProfile
    also_m: float = 0.0

    @cached_property
    def whole(self) -> Units:
        """The study area as one unit."""
        return units_of(self.measuring.area, "area")

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The areas asked for."""
        return bands(self.profile, self.measuring.walk.speed_mps)

    @cached_property
    def farthest_m(self) -> float:
        """The longest distance with the worst error."""
        error = np.nan_to_num(self.stations.error_m).max(initial=0.0)
        return float(max(self.also_m, *(band.metres for band in self.bands)) + error)

    def sure(self, band: Band) -> NDArray[np.bool_]:
        """Stations known well enough for a band: their ground can be drawn."""
        return self.known_within(band.metres)

    def known_within(self, metres: float) -> NDArray[np.bool_]:
        """Stations whose doors are known to a third of a distance."""
        known: NDArray[np.bool_] = slack_of(self.stations.error_m, metres) == 0
        return known

    def things(self, what: str) -> Things | None:
        """Residents, jobs, facilities or parks; None where there is no layer of them."""
        return things(self.measuring, what)

    def pairs(self, what: str, way: Way) -> Pairs | None:
        """Pairs of stations and things; None where they cannot be measured."""
        if (what, way) not in self._kept:
            found = self.things(what)
            self._kept[what, way] = None if found is None else self._pairs(found, way)
        return self._kept[what, way]

    @cached_property
    def _kept(self) -> dict[tuple[str, str], Pairs | None]:
        return {}

    def _pairs(self, found: Things, way: Way) -> Pairs | None:
        if way == "radius":
            starts, owner = self.stations.starts(self.profile)
            return straight(starts, owner, len(self.stations), found, metres=self.farthest_m)
        speed = self.measuring.walk.speed_mps if way == "time" else None
        return walked(self.measuring, self.stations, found, metres=self.farthest_m, speed_mps=speed)

    @cached_property
    def circles(self) -> dict[float, NDArray[np.object_]]:
        """By radius the ground within it of every station."""
        starts, owner = self.stations.starts(self.profile)
        return {
            radius: np.array(
                [
                    shapely.union_all(shapely.buffer(starts[owner == station], radius, quad_segs=QUAD_SEGS))
                    for station in range(len(self.stations))
                ],
                dtype=object,
            )
            for radius in self.profile.radii_m
        }

    @cached_property
    def sheds(self) -> dict[float, NDArray[np.object_]]:
        """By walked metres the ground beside the streets within them; empty where there is nothing to walk on."""
        doors = door_points(self.stations)
        cutoffs = sorted({band.metres for band in self.bands if band.way != "radius"})
        if doors is None:
            return {}
        points, owner = doors
        found = network.service_areas(self.measuring.net(AS_MEASURED), points, owner, cutoffs_m=cutoffs)
        made = {}
        for cutoff in cutoffs:
            own = found[found["cutoff_m"] == cutoff]
            shapes = np.full(len(self.stations), shapely.MultiPolygon(), dtype=object)
            shapes[own["id"].to_numpy(dtype=np.int64)] = np.asarray(own.geometry.array)
            made[cutoff] = shapes
        return made

    def ground(self, band: Band) -> NDArray[np.object_] | None:
        """The ground of a band around every station; None where it is not measurable."""
        if band.way == "radius":
            return self.circles[band.metres]
        return self.sheds.get(band.metres)

    def ground_m2(self, band: Band) -> Floats:
        """Square metres of a band around every station, NaN where it is not measurable."""
        shapes = self.ground(band)
        none = np.full(len(self.stations), np.nan)
        return none if shapes is None else np.where(shapely.is_empty(shapes), np.nan, shapely.area(shapes))

    @property
    def reaches_in(self) -> NDArray[np.bool_]:
        """Stations with ground of the study area in their influence area: around others nothing is known."""
        return np.asarray(self.inside_m2(Band("radius", self.profile.influence_m)) != 0, dtype=bool)

    def inside_m2(self, band: Band) -> Floats:
        """How much of that ground lies in the study area, of which alone residents and jobs are known."""
        if band not in self._inside:
            self._inside[band] = self._inside_m2(band)
        return self._inside[band]

    @cached_property
    def _inside(self) -> dict[Band, Floats]:
        return {}

    def _inside_m2(self, band: Band) -> Floats:
        shapes, part = self.ground(band), self.ground_m2(band)
        if shapes is None or self.inside is None:
            return part
        across = ~shapely.covers(self.inside, shapes)
        part[across] = shapely.area(shapely.intersection(shapes[across], self.inside))
        return part

    @cached_property
    def inside(self) -> shapely.Geometry | None:
        """The study area's ground; None where no boundary says."""
        boundary = self.measuring.area.optional("boundary")
        if boundary is None:
            return None
        ground = shapely.union_all(np.asarray(boundary.geometry.array))
        shapely.prepare(ground)
        return ground


def named(around: Around) -> pd.DataFrame:
    """Id and names of every station."""
    return pd.DataFrame(around.stations.table[["id", "name", "name_en"]])


def areas_table(around: Around) -> pd.DataFrame:
    """One row a station and area: what lies inside, with its range, and what of it has no nearer station."""
    return pd.concat([_area_rows(around, band) for band in around.bands], ignore_index=True)


def _area_rows(around: Around, band: Band) -> pd.DataFrame:
    made = named(around).assign(tod_way=band.way, within_m=band.metres, area_min=band.minutes)
    for what in THINGS:
        for name, values in around_each(around, band, what).items():
            made[name] = values
    ground_m2, inside_m2 = around.ground_m2(band), around.inside_m2(band)
    sure = around.sure(band)
    made["ground_ha"] = np.where(sure, ground_m2 / 1e4, np.nan)
    made["share_in_boundary"] = np.where(sure, inside_m2 / ground_m2, np.nan)
    both, land_ha = made["people_around"] + made["jobs_around"], np.where(inside_m2 > 0, inside_m2 / 1e4, np.nan)
    made["people_jobs_per_ha"] = np.where(sure, both / land_ha, np.nan)
    made["catchment_ratio"] = np.where(sure, _ratio(around, band), np.nan)
    return made


def around_each(around: Around, band: Band, what: str) -> dict[str, Floats]:
    """Figure, least and most of a thing around every station, and how much has no nearer one; NaN where unknown."""
    names = [f"{what}_around", f"{what}_around_low", f"{what}_around_high", f"{what}_nearest"]
    pairs, found = around.pairs(what, band.way), around.things(what)
    if pairs is None or found is None:
        return dict.fromkeys(names, np.full(len(around.stations), np.nan))
    value, low, high = amount_within(pairs, found.amount, metres=band.metres, error_m=around.stations.error_m)
    own = amount_to_nearest(pairs, found.amount, metres=band.metres)
    known = measurable(around, band)
    sure = known & ~np.isnan(value)
    return {
        name: np.where(mask, values, np.nan)
        for name, values, mask in zip(names, (value, low, high, own), (known, known, known, sure), strict=True)
    }


def measurable(around: Around, band: Band) -> NDArray[np.bool_]:
    """Stations of which a band says anything: on foot those with a door on the network; ground in the study area."""
    walked_from = np.ones(len(around.stations), dtype=bool) if band.way == "radius" else around.stations.on_foot
    known: NDArray[np.bool_] = walked_from & ~(around.inside_m2(band) == 0)
    return known


def _ratio(around: Around, band: Band) -> Floats:
    """Ground within the walk by the ground within the radius of as many metres."""
    if band.way != "walk" or not around.sheds:
        return np.full(len(around.stations), np.nan)
    return catchment_ratio(around.ground_m2(band), shapely.area(around.circles[band.metres]))


COMPACT = (
    "people_around", "people_around_low", "people_around_high", "people_nearest", "jobs_around", "jobs_around_low",
    "jobs_around_high",
)  # fmt: skip


def stations_table(around: Around, table: pd.DataFrame) -> pd.DataFrame:
    """One row a station: its lines and doors, and the influence area by radius and on foot side by side."""
    own = around.stations.table
    made = pd.DataFrame(own.drop(columns="geometry"))
    for way in ("radius", "walk"):
        rows = table[(table["tod_way"] == way) & (table["within_m"] == around.profile.influence_m)]
        columns = [*COMPACT, "facilities_around", "parks_around"]
        made = made.assign(**{f"{way}_{name}": rows[name].to_numpy() for name in columns})
        made[f"{way}_share_in_boundary"] = rows["share_in_boundary"].to_numpy()
    walk = table[(table["tod_way"] == "walk") & (table["within_m"] == around.profile.influence_m)]
    made["catchment_ratio"] = walk["catchment_ratio"].to_numpy()
    return made


def lines_table(around: Around) -> pd.DataFrame:
    """One row a line and area: residents, jobs, facilities and parks of all its stations, each counted once."""
    every = dict.fromkeys(line for own in around.stations.lines for line in own)
    groups = {line: np.array([line in own for own in around.stations.lines]) for line in every}
    rows = [
        row for line, mine in groups.items() for row in _line_rows(around, line, mine)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=LINE_COLUMNS)


LINE_COLUMNS = (
    "line", "line_en", "stations_on_line", "tod_way", "within_m", "area_min",
    *(f"{what}_{part}" for what in THINGS for part in ("around", "around_low", "around_high")),
)  # fmt: skip


def _line_rows(around: Around, line: str, mine: NDArray[np.bool_]) -> Iterator[dict[str, Any]]:
    for band in around.bands:
        figures = {
            name: value for what in THINGS for name, value in around_any(around, band, what, mine).items()
        }  # fmt: skip
        yield {
            "line": line, "line_en": line_names(around.measuring.area).get(line, line),
            "stations_on_line": int(mine.sum()), "tod_way": band.way, "within_m": band.metres,
            "area_min": band.minutes, **figures,
        }  # fmt: skip


def around_any(around: Around, band: Band, what: str, mine: NDArray[np.bool_]) -> Mapping[str, float]:
    """Figure, least and most of a thing around any of some stations, each counted once."""
    names = [f"{what}_{part}" for part in ("around", "around_low", "around_high")]
    pairs, found = around.pairs(what, band.way), around.things(what)
    if pairs is None or found is None or not (mine & measurable(around, band)).any():
        return dict.fromkeys(names, math.nan)
    ends = amount_within_any(pairs, found.amount, mine, metres=band.metres, error_m=around.stations.error_m)
    return {name: float(end[0]) for name, end in zip(names, ends, strict=True)}


def drawn(around: Around) -> dict[str, gpd.GeoDataFrame]:
    """Circles and walked grounds of core and influence area, for the map; where a position is coarse none."""
    made = {}
    for name, shapes in (("circles", around.circles), ("sheds", around.sheds)):
        parts = [
            _drawn(around, shapes[metres], metres) for metres in reversed(around.profile.radii_m) if metres in shapes
        ]
        if parts:
            made[f"tod_{name}"] = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=around.stations.table.crs)
    return made


def _drawn(around: Around, shapes: NDArray[np.object_], metres: float) -> gpd.GeoDataFrame:
    sure = (slack_of(around.stations.error_m, metres) == 0) & ~shapely.is_empty(shapes)
    rows = named(around).assign(within_m=metres)
    kept = shapely.simplify(shapes, OUTLINE_M)
    return gpd.GeoDataFrame(rows, geometry=kept, crs=around.stations.table.crs)[sure]
