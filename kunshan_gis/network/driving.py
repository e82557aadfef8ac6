"""Streets and expressways as one network to drive on, joined at ramps and nowhere else.

A street that crosses an expressway passes over or under it, whatever vertices the two share. Streets are driven in both
directions: the layers do not say which are one-way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.build import GRID_M, build, component_lengths
from kunshan_gis.network.expressways import ExpresswayGraph
from kunshan_gis.network.snap import snap

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
STREET, EXPRESSWAY, RAMP = 0, 1, 2
"""What an edge is a piece of."""


@dataclass(frozen=True, eq=False)
class DriveNetwork:
    """A network to drive on.

    Attributes
    ----------
    network : WalkNetwork
        In metres; its `street` is a row of the table of the edge's kind.
    kind : (edges,) int8
        STREET, EXPRESSWAY or RAMP.
    node : (expressway nodes,) int64
        The network's node of every node of the expressways' graph.
    segment : (segments,) int64
        The network's edge of every segment of that graph.
    ramp : (ramps,) int64
        The node a ramp stands for; -1 where it joins no expressway or no street.
    ramp_street_m : (ramps,) float64
        From the ramp to the street it leads to; NaN where there is none near.
    """

    network: WalkNetwork
    kind: NDArray[np.int8]
    node: Rows
    segment: Rows
    ramp: Rows
    ramp_street_m: Floats


def street_drive(streets: gpd.GeoDataFrame) -> WalkNetwork:
    """The streets as a network to drive on, whether walkers may use them or not; errors as in `build`."""
    return build(streets.assign(walkable=True), walk_filter="")


def drive_network(
    streets: WalkNetwork,
    expressways: ExpresswayGraph,
    ramps: gpd.GeoSeries,
    *,
    street_m: float,
    min_component_m: float,
    barred: NDArray[np.bool_] | None = None,
) -> DriveNetwork:
    """Streets and expressways as one network; a ramp is a straight way from its street over its place to its line.

    Parameters
    ----------
    streets : WalkNetwork
        From `street_drive`.
    ramps : GeoSeries of points
        Those of the graph, in its order.
    street_m : float
        A ramp farther from any street joins nothing.
    min_component_m : float
        Streets in shorter pieces lead nowhere.
    barred : (edges,) bool, optional
        Streets on bridges or in tunnels, where no ramp begins.
    """
    feet = snap(ramps, streets, max_leg_m=street_m, min_component_m=min_component_m, barred=barred, name="ramps")
    used = np.flatnonzero(feet.placed & (expressways.ramp_node >= 0))
    base, foot = _split(streets, feet.edge[used], feet.offset_m[used])
    nodes, places = len(base.node_xy), np.asarray(ramps.array)[used]
    node = nodes + np.arange(len(expressways.node_xy))
    place = nodes + len(node) + np.arange(len(used))
    ends = expressways.segments[["node", "to"]].to_numpy(dtype=np.int64)
    on = node[expressways.ramp_node[used]]
    node_xy = np.vstack([base.node_xy, expressways.node_xy, shapely.get_coordinates(places)])
    ways = [
        _Ways(base.edge_uv, base.lines, base.street),
        _Ways(node[ends].reshape(-1, 2), expressways.shapes(), expressways.segments["row"].to_numpy(dtype=np.int64)),
        _Ways(np.column_stack([foot, place]), _straight(node_xy, foot, place), used),
        _Ways(np.column_stack([place, on]), _straight(node_xy, place, on), used),
    ]
    kinds = (STREET, EXPRESSWAY, RAMP, RAMP)
    kind = np.concatenate([np.full(len(way.uv), which, np.int8) for way, which in zip(ways, kinds, strict=True)])
    ramp = np.full(len(ramps), -1, dtype=np.int64)
    ramp[used] = place
    segment = len(base.edge_uv) + np.arange(len(ends))
    return DriveNetwork(_assembled(base, node_xy, ways), kind, node, segment, ramp, feet.leg_m)


def street_only(streets: WalkNetwork) -> DriveNetwork:
    """A network without expressways."""
    none = np.empty(0, dtype=np.int64)
    return DriveNetwork(streets, np.zeros(len(streets.edge_uv), np.int8), none, none, none, np.empty(0))


def in_seconds(network: WalkNetwork, kmh: Floats) -> WalkNetwork:
    """The network with the seconds of driving along every edge in place of its metres."""
    return replace(network, length_m=network.length_m / kmh * 3.6)


def points_in_seconds(points: Points, network: WalkNetwork, seconds: WalkNetwork, *, access_kmh: float) -> Points:
    """Points on a network in metres as points on the same network in seconds; straight legs at a speed of their own."""
    on = np.where(points.placed, points.edge, 0)
    metres = network.length_m[on]
    share = np.divide(points.offset_m, metres, out=np.zeros(len(on)), where=points.placed & (metres > 0))
    offset = np.where(points.placed, share * seconds.length_m[on], np.nan)
    return Points(points.edge, offset, points.leg_m / access_kmh * 3.6, points.reason)


class _Ways(NamedTuple):
    uv: Rows
    lines: NDArray[np.object_]
    row: Rows


def _straight(node_xy: Floats, start: Rows, end: Rows) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack([node_xy[start], node_xy[end]], axis=1)))


def _assembled(base: WalkNetwork, node_xy: Floats, ways: list[_Ways]) -> WalkNetwork:
    edge_uv = np.vstack([way.uv for way in ways])
    lines = np.concatenate([way.lines for way in ways])
    length = np.concatenate([base.length_m, shapely.length(lines[len(base.length_m) :])])
    new = len(lines) - len(base.lines)
    return replace(
        base,
        node_xy=node_xy,
        edge_uv=edge_uv,
        length_m=length,
        delay_s=np.zeros(len(lines)),
        edge_id=np.concatenate([base.edge_id, np.arange(new, dtype=np.uint64)]),
        component_m=component_lengths(edge_uv, length, len(node_xy)),
        lines=lines,
        street=np.concatenate([way.row for way in ways]),
    )


def _split(network: WalkNetwork, edge: Rows, offset: Floats) -> tuple[WalkNetwork, Rows]:
    """The network with a node at each place on an edge, and that node; at an edge's end it is the node there."""
    xy: list[Any] = []
    uv: list[tuple[int, int]] = []
    lines: list[Any] = []
    ids: list[Any] = []
    street: list[Any] = []
    node = np.full(len(edge), -1, dtype=np.int64)
    for one in np.unique(edge):
        at = np.flatnonzero(edge == one)
        at = at[np.argsort(offset[at], kind="stable")]
        line, (u, v), length = network.lines[one], network.edge_uv[one], network.length_m[one]
        before, start = int(u), 0.0
        for k, point in enumerate(at):
            if offset[point] - start <= GRID_M:
                node[point] = before
            elif length - offset[point] <= GRID_M:
                node[point] = v
            else:
                node[point] = len(network.node_xy) + len(xy)
                xy.append(line.interpolate(offset[point]).coords[0])
                uv.append((before, int(node[point])))
                lines.append(substring(line, start, offset[point]))
                ids.append(network.edge_id[one] + np.uint64(k + 1))
                street.append(network.street[one])
                before, start = int(node[point]), float(offset[point])
        if start > 0:
            uv.append((before, int(v)))
            lines.append(substring(line, start, length))
            ids.append(network.edge_id[one])
            street.append(network.street[one])
    if not lines:
        return network, node
    stays = np.ones(len(network.lines), dtype=bool)
    stays[edge[node >= len(network.node_xy)]] = False
    pieces = np.array([*lines, None], dtype=object)[:-1]
    cut = replace(
        network,
        node_xy=np.vstack([network.node_xy, np.array(xy).reshape(-1, 2)]),
        edge_uv=np.vstack([network.edge_uv[stays], np.array(uv, dtype=np.int64)]),
        length_m=np.concatenate([network.length_m[stays], shapely.length(pieces)]),
        delay_s=np.zeros(int(stays.sum()) + len(pieces)),
        edge_id=np.concatenate([network.edge_id[stays], np.array(ids, dtype=np.uint64)]),
        component_m=np.zeros(int(stays.sum()) + len(pieces)),
        lines=np.concatenate([network.lines[stays], pieces]),
        street=np.concatenate([network.street[stays], np.array(street, dtype=np.int64)]),
    )
    return cut, node
