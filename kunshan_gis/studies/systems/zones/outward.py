"""What links zones outward: their stretch of border with each neighbour, what leads over it, the drive to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis import nearest_of, outward
from kunshan_gis.analysis.borders import FARTHEST_M
from kunshan_gis.messages import text
from kunshan_gis.studies.systems.system import Part
from kunshan_gis.studies.systems.zones.drives import NO_DRIVE
from kunshan_gis.studies.systems.zones.ground import ground_of
from kunshan_gis.studies.systems.zones.links import KINDS, Borders, drawn_places, without_unknown_water
from kunshan_gis.studies.systems.zones.membership import toward_of
from kunshan_gis.studies.systems.zones.over import Kinds, counts, over

NOBODY = ""
"""The id of what lies beyond where no neighbour is near."""


def outward_part(borders: Borders) -> Part:
    """The table of zones and the neighbours they adjoin or look to, and the places that lead over the city's border."""
    ground, neighbours = ground_of(borders.setting), _neighbours(borders)
    outline = shapely.boundary(ground)
    pieces = outward(outline, borders.shapes, neighbours)
    found, none_beyond = _assigned(borders, over(borders.ways, outline, ground), neighbours)
    toward, minutes = toward_of(borders.setting), _drives(borders, pieces)
    rows, nowhere = [], [NO_DRIVE] * len(borders.shapes)
    for number, unit in enumerate(borders.shapes.to_dict(orient="records")):
        for neighbour in _of_zone(unit["id"], pieces, neighbours, toward):
            mine = (pieces["inside"] == unit["id"]) & (pieces["outside"] == neighbour["id"])
            own = found.of(_between(unit["id"], neighbour["id"]))
            border = shapely.line_merge(shapely.union_all(np.asarray(pieces.geometry[mine].array)))
            rows.append({
                **_named(borders, unit, neighbour, toward), **minutes.get(neighbour["id"], nowhere)[number],
                **counts(own, border, borders.water),
            })  # fmt: skip
    table = without_unknown_water(pd.DataFrame(rows), borders)
    warnings = (text("zones_none_beyond"),) if none_beyond else ()
    drawn = drawn_places("zones_outward_over", [found], borders)
    return Part({"zones_outward": table}, drawn=drawn, kinds=(*KINDS, "boundary", "neighbours"), warnings=warnings)


def _neighbours(borders: Borders) -> gpd.GeoDataFrame:
    """The neighbours, the study area itself left out, which the same source may hold."""
    area = borders.setting.area
    if not area.has("neighbours"):
        return gpd.GeoDataFrame({"id": [], "name": [], "name_en": []}, geometry=[], crs=borders.shapes.crs)
    table = area.table("neighbours")
    own = shapely.covers(ground_of(borders.setting), shapely.point_on_surface(np.asarray(table.geometry.array)))
    return table[~own].reset_index(drop=True)


def _assigned(borders: Borders, found: Kinds, neighbours: gpd.GeoDataFrame) -> tuple[Kinds, bool]:
    """Crossings with the zone they lead from and the neighbour they lead to; none at all where streets end there."""

    def known(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        inside = nearest_of(places["one"].to_numpy(), borders.shapes)
        outside = nearest_of(places["other"].to_numpy(), neighbours, farthest_m=FARTHEST_M)
        return places.assign(inside=inside, outside=outside)

    none_beyond = (
        found.walked is not None and not len(found.walked) and found.streets is not None and not len(found.streets)
    )
    if none_beyond:
        found = found._replace(streets=None, walked=None)
    return Kinds(*(None if one is None else known(one) for one in found)), none_beyond


def _between(zone: str, neighbour: str) -> Any:
    return lambda places: (places["inside"] == zone) & (places["outside"] == neighbour)


def _of_zone(
    zone: str, pieces: gpd.GeoDataFrame, neighbours: gpd.GeoDataFrame, toward: Mapping[str, list[str]]
) -> list[dict[Any, Any]]:
    """The neighbours a zone adjoins, in the order of their layer, and those it looks to."""
    adjoining = set(pieces.loc[pieces["inside"] == zone, "outside"])
    wanted = adjoining | set(toward.get(zone, []))
    found = neighbours[neighbours["id"].isin(wanted)].to_dict(orient="records")
    beyond = text("zones_beyond")
    nobody = {"id": NOBODY, "name": beyond.zh, "name_en": beyond.en}
    return [*found, nobody] if NOBODY in adjoining else found


def _named(
    borders: Borders, unit: Mapping[Any, Any], neighbour: Mapping[Any, Any], toward: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Names of both sides, and whether the plan links them."""
    strategy = borders.setting.area.optional("zones")
    said = None
    if strategy is not None and "strategy" in strategy:
        said = strategy.set_index("id")["strategy"].get(unit["id"])
    name = _known(neighbour.get("name"), neighbour["id"])
    return {
        "unit_id": unit["id"], "name": unit["name"], "name_en": unit["name_en"], "zone_strategy": said,
        "zone_other_id": neighbour["id"], "zone_other": name, "zone_other_en": _known(neighbour.get("name_en"), name),
        "zone_toward": neighbour["id"] in toward.get(unit["id"], []),
    }  # fmt: skip


def _known(name: Any, otherwise: str) -> str:
    """A name, or another where a row has none."""
    return otherwise if pd.isna(name) or not name else str(name)


def _drives(borders: Borders, pieces: gpd.GeoDataFrame) -> dict[str, list[Mapping[str, float]]]:
    """Minutes from every zone's centre to the nearest road over the border with a neighbour, wherever in the city."""
    drives = borders.drives
    if drives is None:
        return {}
    lines = {
        neighbour: shapely.union_all(np.asarray(pieces.geometry[pieces["outside"] == neighbour].array))
        for neighbour in sorted(set(pieces["outside"]))
    }
    roads = {neighbour: drives.driving.across(line) for neighbour, line in lines.items()}
    return {neighbour: drives.to(points) for neighbour, points in roads.items() if len(points.edge)}
