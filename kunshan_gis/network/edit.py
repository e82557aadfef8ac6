"""Streets that come or go in a built network: only the edges concerned are cut anew, all others keep their rows' ids.

A path drawn on a map seldom ends exactly on a street. Its ends are joined to the nearest place of the network within
`JOIN_M`: by a straight piece, or cut off where they were drawn past it. Where its vertices lie on the network already,
they join there too. What it crosses in between it does not touch, so that a bridge needs no more than its two ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from kunshan_gis.errors import NetworkError, ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.build import GRID_M, build, component_lengths

JOIN_M = 25.0
"""Farther from any street, the end of a new path is an end."""


@dataclass(frozen=True, eq=False)
class Edited:
    """A network after a change, and which of its edges are the ones from before.

    Attributes
    ----------
    network : WalkNetwork
        Nodes of the network before keep their rows; those of new edges come after them.
    kept : (edges before,) int64
        Row of each old edge in the new network, -1 where it was removed or cut.
    fresh : (edges,) bool
        True for edges that were not there before.
    """

    network: WalkNetwork
    kept: NDArray[np.int64]
    fresh: NDArray[np.bool_]

    @classmethod
    def nothing(cls, network: WalkNetwork) -> Edited:
        """No change."""
        edges = len(network.lines)
        return cls(network, np.arange(edges), np.zeros(edges, dtype=bool))

    def then(self, later: Edited) -> Edited:
        """Both changes, the later one after it, as one."""
        kept = np.where(self.kept >= 0, later.kept[self.kept], -1)
        carried = later.kept[self.fresh]
        fresh = later.fresh.copy()
        fresh[carried[carried >= 0]] = True
        return Edited(later.network, kept, fresh)


def carried(points: Points, kept: NDArray[np.int64]) -> Points:
    """Points on the edges of a changed network; those whose edge is gone are not placed (reason `street_gone`)."""
    edge = np.where(points.placed, kept[points.edge], -1)
    gone = points.placed & (edge < 0)
    offset, leg = (np.where(gone, np.nan, values) for values in (points.offset_m, points.leg_m))
    return Points(edge, offset, leg, np.where(gone, "street_gone", points.reason).astype(object))


def replaced(points: Points, rows: NDArray[np.int64], others: Points) -> Points:
    """The points, with others in some rows."""
    values = [getattr(points, name).copy() for name in ("edge", "offset_m", "leg_m", "reason")]
    for value, name in zip(values, ("edge", "offset_m", "leg_m", "reason"), strict=True):
        value[rows] = getattr(others, name)
    return Points(*values)


def without(network: WalkNetwork, edges: NDArray[np.bool_]) -> Edited:
    """The network without some edges (a bridge closed, a path taken away).

    Raises
    ------
    NetworkError
        Nothing would be left.
    ParameterError
        There are not as many answers as edges.
    """
    stays = ~np.asarray(edges, dtype=bool)
    if stays.shape != network.length_m.shape:
        raise ParameterError(
            Text(
                f"须为 {len(network.length_m)} 条路段逐条给出是否移除，给出的是 {stays.size} 个",
                f"say of each of the {len(network.length_m)} edges whether it goes; given {stays.size}",
            )
        )
    if not stays.any():
        raise NetworkError(
            Text("移除后没有可步行的街道；请保留至少一条", "no walkable street would be left; keep at least one")
        )
    return _assembled(network, stays, None, np.empty(0, dtype=np.int64))


def with_line(
    network: WalkNetwork, line: shapely.LineString, *, street: int, onto: NDArray[np.bool_] | None = None
) -> Edited:
    """The network with one more way.

    Parameters
    ----------
    line : LineString in the network's CRS
        Its ends join the network where it is within `JOIN_M`.
    street : int
        Row of the streets table the new edges come from.
    onto : (edges,) bool, optional
        Edges it may join in passing by (not a bridge overhead); its ends may touch any edge they lie on.

    Raises
    ------
    NetworkError
        The line has no length, or neither end is near the network: it would be an island.
    """
    tree = shapely.STRtree(network.lines)
    joined, met = _joined(network, shapely.force_2d(line), tree, onto)
    shared = tree.query(shapely.points(shapely.get_coordinates(joined)), predicate="dwithin", distance=GRID_M)[1]
    touched = np.unique(np.r_[shared, met]).astype(np.int64)
    stays = np.ones(len(network.lines), dtype=bool)
    stays[touched] = False
    lines = np.r_[_with_vertices(network.lines[touched], joined), [joined]]
    part = build(gpd.GeoDataFrame({"walkable": True}, geometry=lines, crs=network.crs, index=range(len(lines))))
    from_street = np.r_[network.street[touched], street]
    return _assembled(network, stays, part, from_street)


def _joined(
    network: WalkNetwork, line: shapely.LineString, tree: shapely.STRtree, onto: NDArray[np.bool_] | None
) -> tuple[shapely.LineString, NDArray[np.int64]]:
    """The line with its ends drawn to the network, and the edges they lie on."""
    if (
        shapely.is_empty(line)
        or not shapely.length(line) > GRID_M
        or not np.isfinite(shapely.get_coordinates(line)).all()
    ):
        raise NetworkError(
            Text(
                "新增道路没有长度或坐标无效；请重新绘制",
                "the new way has no length or no valid coordinates; draw it again",
            )
        )
    feet, met, beyond = [], [], []
    for way in (line, shapely.reverse(line)):
        point = shapely.Point(way.coords[0])
        edges = tree.query(point, predicate="dwithin", distance=JOIN_M)
        away = shapely.distance(network.lines[edges], point)
        if onto is not None:
            edges, away = edges[onto[edges] | (away <= GRID_M)], away[onto[edges] | (away <= GRID_M)]
        if len(edges) == 0:
            feet.append(shapely.get_coordinates(point)[0])
            beyond.append(0.0)
            continue
        best = edges[np.lexsort((network.edge_id[edges], away))[0]]
        beyond.append(_overshoot(way, network.lines[best]))
        feet.append(_foot(network.lines[best], shapely.line_interpolate_point(way, beyond[-1])))
        met.append(best)
    if not met:
        raise NetworkError(
            Text(
                f"新增道路的两端距现有路网均超过 {JOIN_M:g} 米，将成为孤立路段；请把至少一端画到街道上",
                f"both ends of the new way are more than {JOIN_M:g} m from the network: it would be an island. Draw at "
                "least one end to a street",
            )
        )
    xy = shapely.get_coordinates(substring(line, beyond[0], shapely.length(line) - beyond[1]))
    drawn = np.vstack([feet[0], xy, feet[1]])
    repeated = np.r_[False, np.hypot(*np.diff(drawn, axis=0).T) <= GRID_M]
    return shapely.linestrings(drawn[~repeated]), np.array(met, dtype=np.int64)


def _overshoot(way: shapely.LineString, street: shapely.LineString) -> float:
    """Metres at the way's beginning that were drawn past the street: nobody walks there and back."""
    crossings = shapely.get_parts(shapely.intersection(way, street))
    along = shapely.line_locate_point(way, crossings[shapely.get_type_id(crossings) == 0])
    near = along[along <= min(JOIN_M, shapely.length(way) / 2)]
    return float(near.min()) if len(near) else 0.0


def _foot(line: shapely.LineString, point: shapely.Point) -> NDArray[np.float64]:
    """The place on a line nearest to a point; a vertex of the line where that is within a millimetre."""
    foot = shapely.get_coordinates(shapely.line_interpolate_point(line, shapely.line_locate_point(line, point)))[0]
    vertices = shapely.get_coordinates(line)
    gap = np.hypot(*(vertices - foot).T)
    nearest: NDArray[np.float64] = vertices[gap.argmin()] if gap.min() <= GRID_M else foot
    return nearest


def _with_vertices(lines: NDArray[np.object_], joined: shapely.LineString) -> NDArray[np.object_]:
    """The lines with a vertex wherever an end of the joined line lies on them, so that they meet there."""
    ends = list(shapely.get_parts(shapely.multipoints(shapely.get_coordinates(joined)[[0, -1]])))
    found = lines.copy()
    for row, line in enumerate(lines):
        xy = shapely.get_coordinates(line)
        along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
        for end in ends:
            on_it = shapely.distance(line, end) <= GRID_M
            if on_it and np.hypot(*(xy - shapely.get_coordinates(end)[0]).T).min() > GRID_M:
                at = np.searchsorted(along, shapely.line_locate_point(line, end))
                xy, along = (
                    np.insert(xy, at, shapely.get_coordinates(end), axis=0),
                    np.insert(along, at, shapely.line_locate_point(line, end)),
                )
        found[row] = shapely.linestrings(xy)
    return found


def _assembled(
    network: WalkNetwork, stays: NDArray[np.bool_], part: WalkNetwork | None, from_street: NDArray[np.int64]
) -> Edited:
    """The edges that stay and the ones cut anew, in one network."""
    rows = np.flatnonzero(stays)
    kept = np.where(stays, np.cumsum(stays) - 1, -1)
    if part is None:
        part_uv, part_nodes = np.empty((0, 2), dtype=np.int64), np.empty((0, 2))
        part_lines, part_ids, part_m = np.empty(0, dtype=object), np.empty(0, dtype=np.uint64), np.empty(0)
        part_street = np.empty(0, dtype=np.int64)
    else:
        number, part_nodes = _known_nodes(network.node_xy, part.node_xy)
        part_uv, part_lines, part_ids, part_m = number[part.edge_uv], part.lines, part.edge_id, part.length_m
        part_street = from_street[part.street]
    edge_uv = np.vstack([network.edge_uv[rows], part_uv])
    length = np.r_[network.length_m[rows], part_m]
    node_xy = np.vstack([network.node_xy, part_nodes])
    changed = replace(
        network,
        node_xy=node_xy,
        edge_uv=edge_uv,
        length_m=length,
        delay_s=np.r_[network.delay_s[rows], np.zeros(len(part_m))],
        edge_id=np.r_[network.edge_id[rows], part_ids],
        component_m=component_lengths(edge_uv, length, len(node_xy)),
        lines=np.r_[network.lines[rows], part_lines],
        street=np.r_[network.street[rows], part_street],
    )
    return Edited(changed, kept, np.r_[np.zeros(len(rows), dtype=bool), np.ones(len(part_m), dtype=bool)])


def _known_nodes(
    before: NDArray[np.float64], part: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Row of each node of the part, and the places of those that are new."""
    tree = shapely.STRtree(list(shapely.get_parts(shapely.multipoints(part))))
    old, new = tree.query(shapely.points(before), predicate="dwithin", distance=GRID_M)
    number = np.full(len(part), -1, dtype=np.int64)
    number[new] = old
    fresh = np.flatnonzero(number < 0)
    number[fresh] = len(before) + np.arange(len(fresh))
    return number, part[fresh]
