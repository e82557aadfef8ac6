"""Where the walking network gets across expressways, railways, water and walls, and how: nowhere else can one cross."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from kunshan_gis.crs import require_metric
from kunshan_gis.model import WalkNetwork
from kunshan_gis.network.across import across, meetings

PASSAGES = ("bridge", "tunnel", "level", "clear", "unknown")
"""How a way crosses: over it, under it, at its level, or there is nothing to cross, since the barrier is up or down."""
ONE_PLACE_M = 30.0
"""Crossings of one kind this near to each other are one place: both pavements of a bridge, all tracks of a railway."""
WET_M = 1.0
"""Less of a way over water than this is a matter of drawing."""


def passages(
    network: WalkNetwork, structure: NDArray[np.object_], barriers: Mapping[str, gpd.GeoDataFrame]
) -> gpd.GeoDataFrame:
    """One row a place where the network crosses a barrier.

    Parameters
    ----------
    structure : (edges,) object
        ground, elevated, tunnel or unknown.
    barriers : mapping of kind to table
        Lines or areas in the network's CRS, with `structure` where it is known, else they lie on the ground.

    Returns
    -------
    GeoDataFrame
        kind, passage (one of PASSAGES), edge (one that crosses there), edges (how many do), and the place.

    Raises
    ------
    CRSError
        A barrier is not in the network's CRS.
    """
    found = [_none(network)]
    for kind, table in barriers.items():
        require_metric(table, kind, analysis_crs=network.crs)
        shapes = np.asarray(table.geometry.array)
        dimension = shapely.get_dimensions(shapes)
        state = structure_of(table)
        lines = _over_lines(network, structure, shapes[dimension == 1], state[dimension == 1])
        areas = _over_areas(network, structure, shapes[dimension == 2])
        found.append(_places(pd.concat([lines, areas]), kind, network))
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=network.crs)


def structure_of(table: pd.DataFrame) -> NDArray[np.object_]:
    """The column `structure`, ground where it says nothing."""
    if "structure" not in table.columns:
        return np.full(len(table), "ground", dtype=object)
    said: NDArray[np.object_] = table["structure"].astype(object).where(table["structure"].notna(), "ground").to_numpy()
    return said


def _none(network: WalkNetwork) -> gpd.GeoDataFrame:
    columns = {name: np.zeros(0, dtype=np.int64) for name in ("edge", "edges")}
    return gpd.GeoDataFrame({"kind": [], "passage": [], **columns}, geometry=[], crs=network.crs)


def _passage(way: NDArray[np.object_], barrier: NDArray[np.object_] | str) -> NDArray[np.object_]:
    off = np.isin(barrier, ("elevated", "tunnel"))
    unknown = (way == "unknown") | (barrier == "unknown")
    choices = (off, way == "elevated", way == "tunnel", unknown)
    return np.select(choices, ("clear", "bridge", "tunnel", "unknown"), "level").astype(object)


def _over_lines(
    network: WalkNetwork, structure: NDArray[np.object_], shapes: NDArray[np.object_], state: NDArray[np.object_]
) -> pd.DataFrame:
    """Places where edges cross lines, and how: a way that is cut there counts by its bridge or tunnel."""
    lines, row = shapely.get_parts(shapes, return_index=True)
    met = meetings(network.lines, lines)
    way = _passage(structure[met.way], state[row[met.line]])
    found = pd.DataFrame({"edge": met.way, "passage": way, "x": met.xy[:, 0], "y": met.xy[:, 1]})
    found = found[across(met, network.lines, lines)]
    place = [found["x"].round(2), found["y"].round(2)]
    rank = found["passage"].map({"bridge": 0, "tunnel": 1, "clear": 2, "unknown": 3, "level": 4})
    return found[rank == rank.groupby(place).transform("min")]


def _over_areas(network: WalkNetwork, structure: NDArray[np.object_], shapes: NDArray[np.object_]) -> pd.DataFrame:
    """Ways through areas, all edges of one way together; piers, which enter and do not leave, are none."""
    whole = shapely.get_parts(shapely.union_all(shapely.make_valid(shapes)))
    whole = whole[shapely.get_dimensions(whole) == 2]
    area, edge = shapely.STRtree(network.lines).query(whole, predicate="intersects")
    wet = shapely.intersection(network.lines[edge], whole[area])
    long = shapely.length(wet) > WET_M
    area, edge, wet = area[long], edge[long], wet[long]
    exits = shapely.get_num_geometries(shapely.intersection(network.lines[edge], shapely.boundary(whole[area])))
    ends = network.edge_uv[edge]
    nodes = shapely.points(network.node_xy[ends])
    inside = shapely.intersects(nodes, whole[area][:, None])
    group = _linked(ends, inside, area, len(network.node_xy))
    xy = shapely.get_coordinates(shapely.line_interpolate_point(_longest(wet), 0.5, normalized=True))
    table = pd.DataFrame({"edge": edge, "metres": shapely.length(wet), "exits": exits, "x": xy[:, 0], "y": xy[:, 1]})
    table["exits"] = table.groupby(group)["exits"].transform("sum")
    table = table.assign(group=group, passage=_passage(structure[edge], "ground"))
    table = table[table["exits"] >= 2].sort_values("metres", ascending=False, kind="stable")
    return table.drop_duplicates("group")[["edge", "passage", "x", "y"]]


def _linked(
    ends: NDArray[np.int64], inside: NDArray[np.bool_], area: NDArray[np.int64], nodes: int
) -> NDArray[np.int64]:
    """Number of the way each wet piece belongs to: pieces that meet inside the same area are one."""
    row, side = np.nonzero(inside)
    place = area[row] * nodes + ends[row, side]
    _, place = np.unique(place, return_inverse=True)
    size = len(ends) + int(place.max(initial=-1)) + 1
    links = coo_array((np.ones(len(row)), (row, len(ends) + place)), shape=(size, size))
    number: NDArray[np.int64] = connected_components(links, directed=False)[1][: len(ends)].astype(np.int64)
    return number


def _longest(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((-shapely.length(parts), owner))
    _, first = np.unique(owner[order], return_index=True)
    longest: NDArray[np.object_] = parts[order[first]]
    return longest


def _places(points: pd.DataFrame, kind: str, network: WalkNetwork) -> gpd.GeoDataFrame:
    """Crossings of the same sort near each other as one place: the westernmost of them."""
    points = points.sort_values(["passage", "x", "y", "edge"], kind="stable").reset_index(drop=True)
    place = np.zeros(len(points), dtype=np.int64)
    for rows in points.groupby("passage").indices.values():
        near = KDTree(points.loc[rows, ["x", "y"]].to_numpy()).query_pairs(ONE_PLACE_M, output_type="ndarray")
        links = coo_array((np.ones(len(near)), near.T), shape=(len(rows), len(rows)))
        place[rows] = connected_components(links, directed=False)[1] + place.max() + 1
    edges = points.groupby(place)["edge"].transform("nunique")
    kept = points.assign(kind=kind, edges=edges)[~pd.Series(place).duplicated().to_numpy()]
    return gpd.GeoDataFrame(
        kept[["kind", "passage", "edge", "edges"]], geometry=gpd.points_from_xy(kept["x"], kept["y"]), crs=network.crs
    )
