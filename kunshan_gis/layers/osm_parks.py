"""Parks and their gates from OpenStreetMap areas and nodes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kunshan_gis.layers.osm_tags import PRIVATE, Mask, has

GATE_M = 5.0
"""A gate belongs to a park if it stands within this many metres of the outline."""

CROSSING_M = 20.0
"""A way that meets the outline this near a gate goes through that gate."""

ON_WALL_M = 0.1
"""An entrance this close to a building's outline is a door of that building."""

BARRIER_GATES = ("gate", "entrance", "kissing_gate", "swing_gate", "lift_gate", "turnstile", "full-height_turnstile",
                 "stile", "cycle_barrier", "sally_port")  # fmt: skip
ENTRANCES = ("yes", "main", "secondary", "exit", "side", "entrance")


def is_park(areas: pd.DataFrame) -> Mask:
    """True for areas that count as parks.

    leisure=park, common and recreation_ground, landuse=recreation_ground and village_green; leisure=garden where it
    has a name or states public access. Nothing closed to the public. Playgrounds and pitches are facilities, nature
    reserves a protection line, golf courses and zoos not free to enter: none of them is a park.
    """
    public_garden = has(areas, "leisure", ("garden",)) & (
        has(areas, "name") | has(areas, "access", ("yes", "permissive", "public"))
    )
    green = has(areas, "leisure", ("park", "common", "recreation_ground")) | has(
        areas, "landuse", ("recreation_ground", "village_green")
    )
    home_garden = has(areas, "garden_type", ("residential", "private"))
    return (green | public_garden) & ~home_garden & ~has(areas, "access", PRIVATE)


def merge_parks(parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Parks of the same name whose pieces touch or overlap become one.

    The merged park keeps the row of the piece that comes first by id; `osm_members` lists all of them.
    """
    shapes = np.array(parks.geometry.array)
    names = np.asarray(parks["name"])
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    same = np.array([isinstance(a, str) and a == b for a, b in zip(names[one], names[other], strict=True)], dtype=bool)
    links = coo_array((np.ones(same.sum()), (one[same], other[same])), shape=(len(parks), len(parks)))
    group = connected_components(links, directed=False)[1]
    _, first, size = np.unique(group, return_index=True, return_counts=True)
    members = np.full(len(parks), None, dtype=object)
    for head in first[size > 1]:
        pieces = np.flatnonzero(group == group[head])
        shapes[head] = shapely.union_all(shapes[pieces])
        members[head] = ";".join(parks["id"].iloc[pieces])
    merged = parks.set_geometry(gpd.GeoSeries(shapes, index=parks.index, crs=parks.crs)).assign(osm_members=members)
    return merged.iloc[np.sort(first)].reset_index(drop=True)


def is_gate(nodes: pd.DataFrame) -> Mask:
    """True for nodes that may let people in: gates and entrances not marked private or locked."""
    opening = has(nodes, "barrier", BARRIER_GATES) | has(nodes, "entrance", ENTRANCES)
    return opening & ~has(nodes, "access", PRIVATE) & ~has(nodes, "locked", ("yes",))


def park_gates(
    gates: gpd.GeoDataFrame, parks: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, *, metric: str
) -> gpd.GeoDataFrame:
    """Gates within `GATE_M` of a park's outline, each with the nearest park's id; doors of buildings left out."""
    points = np.asarray(gates.geometry.to_crs(metric).array)
    outlines = np.asarray(parks.geometry.to_crs(metric).boundary.array)
    gate, park = shapely.STRtree(outlines).query_nearest(points, max_distance=GATE_M, all_matches=False)
    door = has(gates, "entrance")[gate] & _near_walls(points[gate], buildings, metric)
    kept = gates.iloc[gate[~door]].reset_index(drop=True)
    return kept.assign(park_id=parks["id"].to_numpy()[park[~door]])


def gates_complete(
    gates: gpd.GeoDataFrame, parks: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, *, metric: str
) -> NDArray[np.bool_]:
    """False for the gates of a park that can also be entered where no gate is mapped.

    That is where a walkable way on the ground meets the park's outline more than `CROSSING_M` from its gates. Mappers
    draw the one gate they passed; taken for all of them, it would close the other sides of an open park.
    """
    ways = streets[np.asarray(streets["walkable"], dtype=bool) & np.asarray(streets["structure"] == "ground")]
    gated = parks[np.asarray(parks["id"].isin(gates["park_id"]))]
    lines = np.asarray(ways.geometry.to_crs(metric).array)
    outlines = np.asarray(gated.geometry.to_crs(metric).boundary.array)
    park, way = shapely.STRtree(lines).query(outlines, predicate="intersects")
    met, row = shapely.get_coordinates(shapely.intersection(outlines[park], lines[way]), return_index=True)
    points = np.asarray(gates.geometry.to_crs(metric).array)
    own = [shapely.multipoints(points[np.asarray(gates["park_id"] == name)]) for name in gated["id"]]
    away = shapely.distance(shapely.points(met), np.array(own, dtype=object)[park[row]]) > CROSSING_M
    open_parks = gated["id"].to_numpy()[np.unique(park[row[away]])]
    return ~np.asarray(gates["park_id"].isin(open_parks), dtype=bool)


def _near_walls(points: NDArray[np.object_], buildings: gpd.GeoDataFrame, metric: str) -> Mask:
    if len(buildings) == 0 or len(points) == 0:
        return np.zeros(len(points), dtype=bool)
    walls = np.asarray(buildings.geometry.to_crs(metric).boundary.array)
    on = shapely.STRtree(walls).query(points, predicate="dwithin", distance=ON_WALL_M)[0]
    return np.isin(np.arange(len(points)), on)
