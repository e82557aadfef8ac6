"""What links zones with each other: their border, what leads over it, and the drive between their centres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import shared_border
from kunshan_gis.studies.systems.roads.driving import DRIVE_KINDS
from kunshan_gis.studies.systems.system import Part, Setting
from kunshan_gis.studies.systems.zones.drives import NO_DRIVE, Drives
from kunshan_gis.studies.systems.zones.ground import surface
from kunshan_gis.studies.systems.zones.over import Kinds, counts, over

KINDS = ("towns", "zone_towns", "water", "rail", "seats", *DRIVE_KINDS)
"""Layers that links rest on."""


@dataclass(frozen=True, eq=False)
class Borders:
    """What links are measured with.

    Attributes
    ----------
    shapes : the zones with towns, `unassigned` last where a town belongs to none
    centres : where drives begin, in the order of the shapes
    ways : the lines that may lead over a border
    drives : from the centres; None where driving is not measured
    """

    setting: Setting
    shapes: gpd.GeoDataFrame
    centres: gpd.GeoDataFrame
    ways: Kinds
    drives: Drives | None

    @cached_property
    def water(self) -> shapely.Geometry:
        """All areas of water."""
        return surface(self.setting, ("water",))

    @property
    def water_known(self) -> bool:
        """True where there is a layer of water."""
        return self.setting.area.has("water")


def links_part(borders: Borders) -> Part:
    """The table of zones that adjoin, one row a pair, and for the map the lines between their centres."""
    minutes = {} if borders.drives is None else borders.drives.between()
    rows, lines, places = [], [], []
    units = borders.shapes.to_dict(orient="records")
    for a, b in combinations(range(len(units)), 2):
        one, other = units[a]["geometry"], units[b]["geometry"]
        border = shared_border(one, other)
        if shapely.is_empty(border):
            continue
        found = over(borders.ways, border, one, other)
        rows.append(
            {**_named(units[a], units[b]), **minutes.get((a, b), NO_DRIVE), **counts(found, border, borders.water)}
        )
        lines.append(shapely.LineString([borders.centres.geometry[a], borders.centres.geometry[b]]))
        places.append(found)
    if not rows:
        return Part(kinds=KINDS)
    table = without_unknown_water(pd.DataFrame(rows), borders)
    drawn = gpd.GeoDataFrame(table, geometry=lines, crs=borders.shapes.crs)
    shown = {"zones_links": drawn, **drawn_places("zones_over", places, borders)}
    return Part({"zones_links": table}, drawn=shown, kinds=KINDS)


def without_unknown_water(table: pd.DataFrame, borders: Borders) -> pd.DataFrame:
    """Without a layer of water nobody knows how much of a border is water."""
    return table if borders.water_known else table.assign(zone_border_water_km=np.nan)


def _named(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "unit_id": one["id"], "name": one["name"], "name_en": one["name_en"],
        "zone_other_id": other["id"], "zone_other": other["name"], "zone_other_en": other["name_en"],
    }  # fmt: skip


def drawn_places(name: str, found: list[Kinds], borders: Borders) -> dict[str, gpd.GeoDataFrame]:
    """The places on the map: streets and expressways by class, and where only walkers cross."""
    parts = [part[["class", "geometry"]] for one in found for part in _to_draw(one)]
    if not parts:
        return {}
    return {name: gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=borders.shapes.crs)}


def _to_draw(found: Kinds) -> list[gpd.GeoDataFrame]:
    parts = [part for part in (found.expressways, found.streets) if part is not None and len(part)]
    if found.walked is not None and len(found.walked):
        own = found.walked[~_near(found.walked, parts)]
        parts += [own] if len(own) else []
    if found.rail is not None and len(found.rail):
        parts.append(found.rail.assign(**{"class": "rail"}))
    return parts


def _near(walked: gpd.GeoDataFrame, driven: list[gpd.GeoDataFrame]) -> NDArray[np.bool_]:
    """Crossings on foot that are those of a street, to the metre."""
    places = [shape for part in driven for shape in part.geometry]
    found = np.zeros(len(walked), dtype=bool)
    if places:
        found[shapely.STRtree(places).query(np.asarray(walked.geometry.array), "dwithin", distance=1.0)[0]] = True
    return found
