"""Places where streets were drawn so that walkers cannot pass although they could: to be repaired by hand.

Ways meet only where both have a vertex. A street that is drawn up to another, or across it, without one
does not join it, and a map does not show it. Bridges and tunnels are left out: they are meant to pass.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.build import component_numbers
from kunshan_gis.network.many import searches

AROUND_M = 500.0
"""How far a way around is looked for."""
SLIGHT = 5.0
"""A way around no longer than so many times the tolerance does no harm: short stubs beside the street they leave."""
JOINED_M = 0.05
"""Two edges that share a node may cross this near to it, and shorter overlaps are none."""

GROUND = "ground"
OFF_GROUND = ("elevated", "tunnel")


class Ends(NamedTuple):
    """Nodes where one edge ends and nothing else begins, and that edge."""

    node: NDArray[np.int64]
    edge: NDArray[np.int64]


class Places(NamedTuple):
    """Where two edges come near each other, one row a place: edges, metres along them, and the place."""

    edge: NDArray[np.int64]
    other: NDArray[np.int64]
    offset_m: NDArray[np.float64]
    other_offset_m: NDArray[np.float64]
    point: NDArray[np.object_]


def dangling(network: WalkNetwork) -> Ends:
    """Dead ends: most are real, some are streets that were not joined."""
    ends = network.edge_uv.ravel()
    alone = np.bincount(ends, minlength=len(network.node_xy))[ends] == 1
    order = np.argsort(ends[alone])
    return Ends(ends[alone][order], (np.flatnonzero(alone) // 2)[order])


def near_misses(network: WalkNetwork, structure: NDArray[np.object_], *, near_m: float) -> gpd.GeoDataFrame:
    """Dead ends on the ground that stop within `near_m` of an edge on the ground which they do not join.

    Returns
    -------
    GeoDataFrame
        edge, other (rows of the network), gap_m, around_m (the walk between both as it is, NaN beyond 500 m),
        cut_off_m (metres of street of the smaller piece where nothing joins both), and the dead end.
    """
    ends = dangling(network)
    here = structure[ends.edge] == GROUND
    points, own = shapely.points(network.node_xy[ends.node[here]]), ends.edge[here]
    ground = np.flatnonzero(structure == GROUND)
    end, other = shapely.STRtree(network.lines[ground]).query(points, predicate="dwithin", distance=near_m)
    other = ground[other]
    end, other = end[other != own[end]], other[other != own[end]]
    at_last = network.edge_uv[own[end], 1] == ends.node[here][end]
    found = _found(
        network,
        Places(
            own[end],
            other,
            np.where(at_last, network.length_m[own[end]], 0.0),
            shapely.line_locate_point(network.lines[other], points[end]),
            points[end],
        ),
    )
    found["gap_m"] = shapely.distance(points[end], network.lines[other])
    found = found[~(found["around_m"] <= SLIGHT * near_m)]
    found = found.sort_values(["gap_m", "other"], kind="stable").drop_duplicates(["edge", "at_m"])
    found = found.sort_values(["edge", "at_m"])
    return _without_pairs(found, near_m)


def _without_pairs(found: gpd.GeoDataFrame, near_m: float) -> gpd.GeoDataFrame:
    """One row where two dead ends stop short of each other."""
    low, high = np.minimum(found["edge"], found["other"]), np.maximum(found["edge"], found["other"])
    ends = pd.DataFrame(
        {"row": range(len(found)), "low": low, "high": high, "x": found.geometry.x, "y": found.geometry.y}
    )
    pairs = ends.merge(ends, on=["low", "high"], suffixes=("", "_2"))
    apart = np.hypot(pairs["x"] - pairs["x_2"], pairs["y"] - pairs["y_2"])
    again = pairs.loc[(pairs["row"] < pairs["row_2"]) & (apart <= 2 * near_m), "row_2"]
    return found[~ends["row"].isin(again).to_numpy()].drop(columns="at_m").reset_index(drop=True)


def unjoined(
    network: WalkNetwork, structure: NDArray[np.object_], misses: gpd.GeoDataFrame, *, near_m: float
) -> gpd.GeoDataFrame:
    """Edges on the ground that cross or lie on each other where they share no vertex; edges that cross themselves.

    Returns
    -------
    GeoDataFrame
        kind (`cross`, `overlap`, `self`), edge, other, overlap_m, around_m and cut_off_m as in `near_misses`, and the
        place. Crossings at the near misses are left out.
    """
    edge, other = _meeting(network, np.flatnonzero(structure == GROUND))
    met = shapely.get_parts(shapely.intersection(network.lines[edge], network.lines[other]), return_index=True)
    part, pair = _single(*met)
    edge, other = edge[pair], other[pair]
    overlap = shapely.length(part)
    point = shapely.point_on_surface(part)
    at, other_at = (shapely.line_locate_point(network.lines[row], point) for row in (edge, other))
    found = _found(network, Places(edge, other, at, other_at, point))
    found = found.assign(kind=np.where(overlap > 0, "overlap", "cross"), overlap_m=overlap)
    slight = (overlap == 0) & ((found["around_m"] <= SLIGHT * near_m) | _at_shared_node(network, edge, other, point))
    slight |= (overlap > 0) & (overlap <= JOINED_M)
    if len(misses):
        slight |= (overlap == 0) & (shapely.distance(point, misses.union_all()) <= near_m)
    found = pd.concat([found[~slight], _self_crossings(network, structure)], ignore_index=True)
    return found.drop(columns="at_m")


def _meeting(network: WalkNetwork, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of edges that share more than their ends."""
    lines = network.lines[rows]
    a, b = shapely.STRtree(lines).query(lines, predicate="intersects")
    a, b = a[a < b], b[a < b]
    ends_only = shapely.relate_pattern(lines[a], lines[b], "FF*F*****")
    return rows[a[~ends_only]], rows[b[~ends_only]]


def _single(parts: NDArray[np.object_], pair: NDArray[np.int64]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Points and lines of collections; pieces of one overlap merged."""
    lines = shapely.get_dimensions(parts) == 1
    merged = [
        shapely.line_merge(shapely.multilinestrings(parts[lines & (pair == number)]))
        for number in np.unique(pair[lines])
    ]
    parts_of, owner = shapely.get_parts(np.array(merged, dtype=object), return_index=True)
    return np.r_[parts[~lines], parts_of], np.r_[pair[~lines], np.unique(pair[lines])[owner]]


def _at_shared_node(
    network: WalkNetwork, edge: NDArray[np.int64], other: NDArray[np.int64], point: NDArray[np.object_]
) -> NDArray[np.bool_]:
    near = np.zeros(len(edge), dtype=bool)
    for side in (0, 1):
        node = network.edge_uv[edge, side]
        shared = (network.edge_uv[other] == node[:, None]).any(axis=1)
        near |= shared & (shapely.distance(shapely.points(network.node_xy[node]), point) <= JOINED_M)
    return near


def _self_crossings(network: WalkNetwork, structure: NDArray[np.object_]) -> gpd.GeoDataFrame:
    edge = np.flatnonzero((structure == GROUND) & ~shapely.is_simple(network.lines))
    middle = shapely.get_coordinates(shapely.line_interpolate_point(network.lines[edge], 0.5, normalized=True))
    places, of = [np.zeros((0, 2))], []
    for row, halfway in zip(edge, middle, strict=True):  # few
        noded = shapely.get_coordinates(shapely.node(network.lines[row]))
        drawn = shapely.get_coordinates(network.lines[row])
        new = ~(noded[:, None] == drawn[None]).all(axis=2).any(axis=1)
        here = np.unique(noded[new], axis=0) if new.any() else halfway[None]
        places.append(here)
        of += [row] * len(here)
    own = np.array(of, dtype=np.int64)
    columns = {"kind": "self", "edge": own, "other": own, "overlap_m": 0.0, "around_m": 0.0, "cut_off_m": 0.0}
    points = shapely.points(np.concatenate(places))
    return gpd.GeoDataFrame(columns, geometry=points, crs=network.crs, index=range(len(own)))


def _found(network: WalkNetwork, places: Places) -> gpd.GeoDataFrame:
    piece = component_numbers(network.edge_uv, len(network.node_xy))
    apart = piece[places.edge] != piece[places.other]
    smaller = np.minimum(network.component_m[places.edge], network.component_m[places.other])
    return gpd.GeoDataFrame(
        {
            "edge": places.edge,
            "other": places.other,
            "at_m": places.offset_m,
            "around_m": around_m(network, places),
            "cut_off_m": np.where(apart, smaller, 0.0),
        },
        geometry=places.point,
        crs=network.crs,
    )


def around_m(network: WalkNetwork, places: Places) -> NDArray[np.float64]:
    """The walk from the place on the one edge to the place on the other, NaN where it is longer than 500 m."""
    count, nodes = len(places.edge), len(network.node_xy)
    sources = Points(places.edge, places.offset_m, np.zeros(count), np.full(count, "", dtype=object))
    found = searches(network, sources, np.arange(count), cutoff_m=AROUND_M)
    key = np.repeat(np.arange(count), np.diff(found.first)) * nodes + found.node
    order = np.argsort(key)
    rest = (places.other_offset_m, network.length_m[places.other] - places.other_offset_m)
    walks = []
    for side, along in zip((0, 1), rest, strict=True):
        wanted = np.arange(count) * nodes + network.edge_uv[places.other, side]
        at = np.minimum(np.searchsorted(key[order], wanted), max(len(key) - 1, 0))
        hit = key[order[at]] == wanted if len(key) else np.zeros(count, dtype=bool)
        walk = np.full(count, np.inf)
        walk[hit] = found.metres[order[at[hit]]] + along[hit]
        walks.append(walk)
    shortest = np.minimum(*walks)
    return np.where(shortest <= AROUND_M, shortest, np.nan)


def joined_m(network: WalkNetwork, edge: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Metres of street that the largest piece would gain if these pairs of edges were joined."""
    piece = component_numbers(network.edge_uv, len(network.node_xy))
    count = int(piece.max()) + 1
    metres = np.bincount(piece, weights=network.length_m, minlength=count)
    joined = component_numbers(
        np.column_stack([np.r_[piece[edge], range(count)], np.r_[piece[other], range(count)]]), count
    )
    whole = np.bincount(joined[-count:], weights=metres)
    return float(whole[joined[-count:][metres.argmax()]] - metres.max())
