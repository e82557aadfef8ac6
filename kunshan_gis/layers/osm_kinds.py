"""OpenStreetMap elements sorted into the layer kinds of `schema.KINDS`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.crs import suggest_metric
from kunshan_gis.layers import osm_tags as tags
from kunshan_gis.layers.osm_parks import gates_complete, is_gate, is_park, merge_parks, park_gates
from kunshan_gis.layers.osm_tags import Mask, has
from kunshan_gis.layers.walkfilter import is_walkable

STREET_TAGS = (
    "foot", "access", "service", "oneway", "bridge", "tunnel", "layer", "surface", "lit", "maxspeed", "lanes",
    "crossing", "footway", "bicycle", "segregated", "motorroad", "sidewalk", "sidewalk_both", "sidewalk_left",
    "sidewalk_right", "incline", "step_count", "handrail", "conveying", "covered", "indoor", "smoothness", "wheelchair",
    "width", "area",
)  # fmt: skip
"""Tags kept with every street, for the work that comes after reach."""

COMMON = ("id", "name", "name_en", "osm_date")
STATION_M = 500.0
"""A station entrance farther than this from every station belongs to none that is in the extract."""
SAME_STATION_M = 100.0
"""A station drawn as an area is the same as a station node this near."""


@dataclass(frozen=True, eq=False)
class Elements:
    """What the extract holds: tagged nodes, ways that are lines, and areas (closed ways and multipolygons)."""

    nodes: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame

    @property
    def metric(self) -> str:
        """A CRS in metres for the middle of the streets."""
        west, south, east, north = self.lines.total_bounds if len(self.lines) else self.areas.total_bounds
        return suggest_metric((west + east) / 2, (south + north) / 2)


def tables_by_kind(osm: Elements) -> dict[str, gpd.GeoDataFrame]:
    """One table a kind, those without rows left out."""
    ways, parks, stations, built = streets(osm), _parks(osm), _stations(osm), _buildings(osm)
    tables = {
        "streets": ways,
        "parks": parks,
        "park_gates": _park_gates(osm, parks, ways, built),
        "facilities": _facilities(osm),
        "stations": stations,
        "entrances": _entrances(osm, stations),
        "bus_stops": _bus_stops(osm),
        "rail": _rail(osm),
        "water": _water(osm),
        "barriers": _barriers(osm),
        "green": _green(osm, parks),
        "trees": _pick(osm.nodes, has(osm.nodes, "natural", ("tree",))),
        "buildings": built,
    }
    return {kind: table for kind, table in tables.items() if len(table)}


def streets(osm: Elements) -> gpd.GeoDataFrame:
    """Every way with highway=*; an area that carries it (a square, a closed path around a park) by its outline."""
    ways, outlines = osm.lines[has(osm.lines, "highway")], osm.areas[has(osm.areas, "highway")]
    if len(outlines):
        ways = _together([ways, outlines.set_geometry(outlines.geometry.boundary)])
    ways = ways.assign(**{"class": ways["highway"], "structure": tags.structure(ways)})
    ways = ways.assign(walkable=is_walkable(ways), status=ways["class"].map(tags.STATUS).fillna("existing"))
    return _columns(ways, "class", "walkable", "structure", "status", *STREET_TAGS)


def _parks(osm: Elements) -> gpd.GeoDataFrame:
    parks = osm.areas[is_park(osm.areas)]
    park_class = parks["leisure"].where(parks["leisure"].notna(), parks["landuse"])
    return merge_parks(_columns(parks.assign(**{"class": park_class}), "class", "access"))


def _park_gates(
    osm: Elements, parks: gpd.GeoDataFrame, ways: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    gates = osm.nodes[is_gate(osm.nodes)]
    if gates.empty or parks.empty:
        return _pick(gates, np.zeros(len(gates), dtype=bool))
    gate_class = gates["barrier"].where(gates["barrier"].notna(), gates["entrance"])
    gates = gates.assign(**{"class": gate_class})
    found = park_gates(gates, parks, buildings, metric=osm.metric)
    found = found.assign(complete=gates_complete(found, parks, ways, metric=osm.metric))
    return _columns(found, "park_id", "class", "access", "complete")


def _facilities(osm: Elements) -> gpd.GeoDataFrame:
    places = _together([osm.nodes, _as_points(osm.areas)])
    places = places.assign(category=tags.facility_category(places))
    found = places[places["category"].notna()]
    capacity = pd.to_numeric(found["capacity"], errors="coerce")
    return _columns(found.assign(capacity=capacity.where(capacity >= 0)), "category", "capacity", "access")


def _stations(osm: Elements) -> gpd.GeoDataFrame:
    """railway=station and halt; one that is drawn twice, as node and area, is kept as the node."""
    nodes = osm.nodes[has(osm.nodes, "railway", ("station", "halt"))]
    areas = osm.areas[has(osm.areas, "railway", ("station", "halt"))]
    if len(nodes) and len(areas):
        drawn = np.asarray(areas.geometry.to_crs(osm.metric).array)
        tree = shapely.STRtree(np.asarray(nodes.geometry.to_crs(osm.metric).array))
        twice = tree.query(drawn, predicate="dwithin", distance=SAME_STATION_M)[0]
        areas = areas[~np.isin(np.arange(len(areas)), twice)]
    found = _together([nodes, _as_points(areas)])
    return _columns(found.assign(**{"class": found["station"].fillna(found["railway"])}), "class", "line")


def _entrances(osm: Elements, stations: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    doors = osm.nodes[has(osm.nodes, "railway", ("subway_entrance", "train_station_entrance"))]
    doors = doors.assign(**{"class": doors["railway"]}).reset_index(drop=True)
    if stations.empty or doors.empty:
        return _pick(doors, np.zeros(len(doors), dtype=bool))
    tree = shapely.STRtree(np.asarray(stations.geometry.to_crs(osm.metric).array))
    points = np.asarray(doors.geometry.to_crs(osm.metric).array)
    door, station = tree.query_nearest(points, max_distance=STATION_M, all_matches=False)
    doors = doors.iloc[door].assign(station_id=stations["id"].to_numpy()[station])
    return _columns(doors, "station_id", "class")


def _bus_stops(osm: Elements) -> gpd.GeoDataFrame:
    """Stops of buses and trams: the low-capacity transit of SDG 11.2.1."""
    tram = has(osm.nodes, "railway", ("tram_stop",))
    bus = has(osm.nodes, "highway", ("bus_stop",)) | (
        has(osm.nodes, "public_transport", ("platform",)) & has(osm.nodes, "bus", ("yes",))
    )
    stops = osm.nodes.assign(**{"class": np.where(tram, "tram_stop", "bus_stop")})
    return _pick(stops, tram | bus, "class")


def _rail(osm: Elements) -> gpd.GeoDataFrame:
    tracks = osm.lines.assign(**{"class": osm.lines["railway"], "structure": tags.structure(osm.lines)})
    return _pick(tracks, has(tracks, "railway", tags.RAIL), "class", "structure", "line", "service", "usage")


def _water(osm: Elements) -> gpd.GeoDataFrame:
    """Lakes, rivers and docks as areas; rivers, canals and the coast as lines, culverts left out."""
    areas = osm.areas[
        has(osm.areas, "natural", ("water", "bay", "strait"))
        | has(osm.areas, "waterway", ("riverbank", "dock"))
        | has(osm.areas, "landuse", tags.WATER_LANDUSE)
    ]
    lines = osm.lines[
        (has(osm.lines, "waterway", tags.WATERWAYS) | has(osm.lines, "natural", ("coastline",)))
        & (tags.structure(osm.lines) != "tunnel")
    ]
    found = _together([areas, lines])
    return _columns(found.assign(**{"class": _first_set(found, "water", "waterway", "natural", "landuse")}), "class")


def _barriers(osm: Elements) -> gpd.GeoDataFrame:
    """Walls, fences and the like, and cliffs; a fenced area (a school ground) by its outline."""
    fenced = osm.areas[has(osm.areas, "barrier", tags.BARRIERS)]
    fenced = fenced.set_geometry(fenced.geometry.boundary)
    lines = osm.lines[has(osm.lines, "barrier", tags.BARRIERS) | has(osm.lines, "natural", ("cliff",))]
    found = _together([lines, fenced])
    walls = {"class": _first_set(found, "barrier", "natural"), "structure": "ground"}
    return _columns(found.assign(**walls), "class", "structure")


def _green(osm: Elements, parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    found = np.logical_or.reduce([has(osm.areas, key, values) for key, values in tags.GREEN.items()])
    areas = osm.areas.assign(**{"class": _first_set(osm.areas, "natural", "landuse")})
    return _pick(areas, found & ~np.asarray(areas["id"].isin(parks["id"])), "class")


def _buildings(osm: Elements) -> gpd.GeoDataFrame:
    built = osm.areas[has(osm.areas, "building") & ~has(osm.areas, "building", ("no",))]
    built = built.assign(**{"class": built["building"], "lived_in": tags.lived_in(built), "levels": tags.levels(built)})
    return _columns(built, "class", "lived_in", "levels")


def _first_set(table: pd.DataFrame, *keys: str) -> pd.Series:
    """The first of several tags that is set, row by row."""
    return table.reindex(columns=list(keys)).bfill(axis=1).iloc[:, 0]


def _as_points(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return areas.set_geometry(areas.geometry.representative_point())


def _together(tables: Iterable[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Rows of several tables under each other, in order of id."""
    table = pd.concat(list(tables), ignore_index=True)
    kind, number = (np.array([name.split("/")[part] for name in table["id"]]) for part in (0, 1))
    return table.iloc[np.lexsort([number.astype(np.int64), kind])].reset_index(drop=True)


def _pick(table: gpd.GeoDataFrame, rows: Mask, *own: str) -> gpd.GeoDataFrame:
    return _columns(table[rows], *own)


def _columns(table: gpd.GeoDataFrame, *own: str) -> gpd.GeoDataFrame:
    """The common columns, the kind's own, the geometry; the row numbers start again."""
    return table.reindex(columns=[*COMMON, *own, "geometry"]).reset_index(drop=True)
