"""What leads over a border: streets and expressways by class, ways on foot, railways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis import crossings
from kunshan_gis.standards import drive_profile
from kunshan_gis.studies.on_foot import WHEELS_ONLY
from kunshan_gis.studies.systems.roads.driving import at_stage
from kunshan_gis.studies.systems.system import Setting

EXPRESSWAY, PATH = "expressway", "path"
CLASSES: Mapping[str, tuple[str, ...]] = {
    EXPRESSWAY: (), "trunk": ("motorway", "motorway_link", "trunk", "trunk_link"),
    "primary": ("primary", "primary_link"), "secondary": ("secondary", "secondary_link"),
    "tertiary": ("tertiary", "tertiary_link"),
    "local": ("unclassified", "road", "residential", "living_street", "service"), PATH: (),
}  # fmt: skip
"""Classes of street in OpenStreetMap's words, the greatest first; expressways are a layer of their own."""
DRIVEN = tuple(name for name in CLASSES if name != PATH)


Places: TypeAlias = gpd.GeoDataFrame | None
"""Crossings as `analysis.crossings` gives them; None where the layer is missing."""


class Kinds(NamedTuple):
    """Four kinds of way, or what of each leads over a border; None where the layer is missing.

    Attributes
    ----------
    streets : to drive on, by their class in `CLASSES`
    expressways : of the layer of that name
    walked : streets and paths open to walkers
    rail : railways, by line
    """

    streets: Places
    expressways: Places
    walked: Places
    rail: Places

    def of(self, keep: Callable[[gpd.GeoDataFrame], pd.Series]) -> Kinds:
        """Some of the rows of each."""
        return Kinds(*(None if one is None else one[keep(one)] for one in self))


def ways_of(setting: Setting) -> Kinds:
    """The lines of the study area's scenario."""
    area = setting.area
    there = {
        kind: at_stage(area, kind, area.info.scenario) if area.has(kind) else None
        for kind in ("streets", "expressways", "rail")
    }
    streets, fast, rail = there["streets"], there["expressways"], there["rail"]
    return Kinds(
        None if streets is None else _classed(streets[_driven(setting, streets)]),
        None if fast is None else fast.assign(**{"class": EXPRESSWAY}),
        None if streets is None else streets[streets["walkable"].astype(bool)].assign(**{"class": PATH}),
        None if rail is None else rail.assign(**{"class": _lines(rail)}),
    )


def _driven(setting: Setting, streets: gpd.GeoDataFrame) -> pd.Series:
    """What only wheels may use is the expressways layer's, where there is one, as in driving."""
    profile = drive_profile(str(setting.asked.options["drive"]))
    apart = pd.Series(setting.area.has("expressways"), index=streets.index)
    apart &= streets["class"].isin(WHEELS_ONLY) & ~streets["walkable"].astype(bool)
    driven = streets["class"].isin(list(profile.street_kmh))
    return pd.Series(driven & ~apart, index=streets.index)


def _classed(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    own = {one: name for name, classes in CLASSES.items() for one in classes}
    return streets.assign(**{"class": streets["class"].map(own).fillna("local")})


def _lines(rail: gpd.GeoDataFrame) -> pd.Series:
    """A railway's line, else its name; tracks with neither are one unnamed railway."""
    named = pd.Series("", index=rail.index, dtype=object)
    for column in ("name", "line"):
        if column in rail:
            named = rail[column].where(rail[column].notna(), named)
    return named


def over(ways: Kinds, border: shapely.Geometry, one: shapely.Geometry, other: shapely.Geometry | None = None) -> Kinds:
    """What leads over a border from one area into another, or into all that is not the one."""

    def crossed(lines: Places) -> Places:
        return None if lines is None else crossings(lines, border, one, other, order=list(CLASSES))

    return Kinds(
        crossed(ways.streets), crossed(ways.expressways), crossed(ways.walked), _by_line(ways, border, one, other)
    )


def _by_line(ways: Kinds, border: shapely.Geometry, one: shapely.Geometry, other: shapely.Geometry | None) -> Places:
    """Where railways cross; the class of each place is its line."""
    if ways.rail is None:
        return None
    lines = sorted(set(ways.rail["class"])) or [""]  # none stands: nothing crosses
    found = [crossings(ways.rail[ways.rail["class"] == line], border, one, other, order=[line]) for line in lines]
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=ways.rail.crs)


def counts(found: Kinds, border: shapely.Geometry, water: shapely.Geometry) -> dict[str, Any]:
    """The columns of a border: its length, what of it is water, what leads over it."""
    km = float(shapely.length(border)) / 1e3
    by_class = {name: _number(found.streets, name) for name in DRIVEN} | {EXPRESSWAY: _number(found.expressways)}
    driven = _number(found.streets) + (0.0 if found.expressways is None else len(found.expressways))
    walked = _number(found.walked)
    lines = None if found.rail is None else sorted(set(found.rail["class"]))
    return {
        "zone_border_km": km, "zone_border_water_km": shapely.length(shapely.intersection(border, water)) / 1e3,
        "zone_over": driven, "zone_over_per_km": driven / km if km > 0 else np.nan,
        **{f"zone_over_{name}": number for name, number in by_class.items()},
        "zone_walked": walked, "zone_walked_per_km": walked / km if km > 0 else np.nan,
        "zone_rail": np.nan if lines is None else float(len(lines)),
        "zone_rail_names": "；".join(one for one in lines or () if one) or None,
    }  # fmt: skip


def _number(places: Places, name: str | None = None) -> float:
    if places is None:
        return np.nan
    return float(len(places) if name is None else (places["class"] == name).sum())
