"""Expressway lines to a graph: nodes where they meet or a ramp leads on, segments in between, ends that hang.

Lines meet where an end of one comes near another, and where two cross on the same level. What lies nearer together
along a line than the tolerance is one node: an interchange is not a dozen of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.ops import substring

from kunshan_gis.crs import require_metric

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
UNKNOWN = "unknown"


class Joints(NamedTuple):
    """Where two lines meet: metres along each, and how far apart they are there."""

    one: Rows
    one_m: Floats
    other: Rows
    other_m: Floats
    gap_m: Floats


class Apart(NamedTuple):
    """Two lines that cross on different levels and are not joined there."""

    one: Rows
    other: Rows
    place: NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class ExpresswayGraph:
    """Expressways as a graph.

    Attributes
    ----------
    lines : (lines,) LineString
        Single lines with a length, each drawn once.
    row : (lines,) int64
        Row of the table each is a part of.
    node_xy : (nodes, 2) float64
    segments : DataFrame
        From node to node: `line`, `row`, `node`, `to`, `from_m`, `to_m` along the line.
    ends : DataFrame
        Two rows a line: `line`, `row`, `last` (its last vertex), `x`, `y`, `node`, `hanging` (nothing meets it),
        `near_row` and `gap_m` (the nearest other line, NaN where none is near), `past_m` (metres drawn past the last
        place where the line meets another, NaN where it meets none) and `past_row`.
    ramp_node : (ramps,) int64
        -1 where a ramp joins no line.
    ramp_m : (ramps,) float64
        From the ramp to its line, or to the nearest.
    apart : crossings on different levels
    repeated : (row, row) of lines drawn twice; the second is left out
    empty : rows without a length
    """

    lines: NDArray[np.object_]
    row: Rows
    node_xy: Floats
    segments: pd.DataFrame
    ends: pd.DataFrame
    ramp_node: Rows
    ramp_m: Floats
    apart: Apart
    repeated: list[tuple[int, int]]
    empty: list[int]

    def shapes(self) -> NDArray[np.object_]:
        """The segments as lines."""
        found = np.empty(len(self.segments), dtype=object)
        line, start, end = (self.segments[name].to_numpy() for name in ("line", "from_m", "to_m"))
        for place in range(len(found)):
            found[place] = substring(self.lines[line[place]], start[place], end[place])
        return found


def expressway_graph(
    expressways: gpd.GeoDataFrame,
    ramps: gpd.GeoDataFrame | None = None,
    *,
    joint_m: float,
    gap_m: float,
    ramp_m: float,
) -> ExpresswayGraph:
    """The expressways as a graph.

    Parameters
    ----------
    expressways : GeoDataFrame of lines, metric CRS
        `id`, and `structure` where known; lines of an unknown structure meet all they cross.
    ramps : GeoDataFrame of points, optional
        `expressway_id` where known: a ramp leads onto that line, else onto the nearest.
    joint_m : float
        How near an end must come to meet; nearer marks along a line are one node.
    gap_m : float
        How far other lines are looked for from an end.
    ramp_m : float
        A ramp farther from its line joins nothing.

    Raises
    ------
    CRSError
        The lines are not in metres.
    """
    require_metric(expressways, "expressways")
    lines, row, repeated, empty = _single_lines(np.asarray(expressways.geometry.array))
    level = _levels(expressways)[row]
    length = shapely.length(lines)
    joints, apart = _joints(lines, length, level, joint_m)
    on_line, on_m, away_m = _ramp_feet(expressways, ramps, lines, row, ramp_m)
    line, along, node = _nodes(length, joints, on_line, on_m, joint_m)
    nodes = int(node.max(initial=-1)) + 1
    node_xy = np.full((nodes, 2), np.nan)
    places = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], along))
    node_xy[node[::-1]] = places[::-1]  # the first mark of a node is where it stands
    ramp_node = np.full(len(on_line), -1, dtype=np.int64)
    ramp_node[on_line >= 0] = node[len(node) - int((on_line >= 0).sum()) :]
    segments = _segments(line, along, node, row, joint_m)
    ends = _ends(lines, length, row, joints, node, ramp_node, gap_m)
    return ExpresswayGraph(
        lines, row, node_xy, segments, ends, ramp_node, away_m, Apart(row[apart.one], row[apart.other], apart.place),
        repeated, empty,
    )  # fmt: skip


def _single_lines(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.object_], Rows, list[tuple[int, int]], list[int]]:
    """Lines in one piece with their row; what is drawn twice once, and what has no length not at all."""
    merged = np.where(shapely.get_type_id(shapes) == 5, shapely.line_merge(shapes), shapes)
    parts, row = shapely.get_parts(shapely.force_2d(merged), return_index=True)
    long = shapely.length(parts) > 0
    empty = sorted(set(range(len(shapes))) - set(row[long].tolist()))
    parts, row = parts[long], row[long].astype(np.int64)
    first: dict[bytes, int] = {}
    kept, repeated = [], []
    for place, wkb in enumerate(shapely.to_wkb(shapely.normalize(parts))):
        if wkb in first:
            repeated.append((int(row[first[wkb]]), int(row[place])))
        else:
            first[wkb] = place
            kept.append(place)
    return parts[kept], row[kept], repeated, empty


def _levels(expressways: gpd.GeoDataFrame) -> NDArray[np.object_]:
    if "structure" not in expressways:
        return np.full(len(expressways), UNKNOWN, dtype=object)
    levels: NDArray[np.object_] = expressways["structure"].fillna(UNKNOWN).to_numpy(dtype=object)
    return levels


def _joints(
    lines: NDArray[np.object_], length: Floats, level: NDArray[np.object_], joint_m: float
) -> tuple[Joints, Apart]:
    if not len(lines):
        none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
        return Joints(none, nothing, none, nothing, nothing), Apart(none, none, np.empty(0, dtype=object))
    tree = shapely.STRtree(lines)
    crossings, apart = _crossings(tree, lines, length, level, joint_m)
    parts = [crossings, _near_ends(tree, lines, length, joint_m), _closing(lines, length, joint_m)]
    return Joints(*(np.concatenate(columns) for columns in zip(*parts, strict=True))), apart


def _crossings(
    tree: shapely.STRtree, lines: NDArray[np.object_], length: Floats, level: NDArray[np.object_], joint_m: float
) -> tuple[Joints, Apart]:
    """Lines that cross; on different levels only near an end of one of them, where the other is driven onto."""
    one, other = tree.query(lines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shapes, pair = shapely.get_parts(shapely.intersection(lines[one], lines[other]), return_index=True)
    point = shapely.get_type_id(shapes) == 0
    shapes, one, other = shapes[point], one[pair[point]], other[pair[point]]
    one_m, other_m = shapely.line_locate_point(lines[one], shapes), shapely.line_locate_point(lines[other], shapes)
    to_end = np.minimum(np.minimum(one_m, length[one] - one_m), np.minimum(other_m, length[other] - other_m))
    meet = (level[one] == level[other]) | (level[one] == UNKNOWN) | (level[other] == UNKNOWN) | (to_end <= joint_m)
    joints = Joints(one[meet], one_m[meet], other[meet], other_m[meet], np.zeros(int(meet.sum())))
    return joints, Apart(one[~meet], other[~meet], shapes[~meet])


def _near_ends(tree: shapely.STRtree, lines: NDArray[np.object_], length: Floats, joint_m: float) -> Joints:
    """Ends within the tolerance of another line, and of its end where that is as near."""
    found = []
    for last in (False, True):
        points = shapely.get_point(lines, -1 if last else 0)
        one, other = tree.query(points, predicate="dwithin", distance=joint_m)
        one, other = one[one != other], other[one != other]
        other_m = shapely.line_locate_point(lines[other], points[one])
        one_m = length[one] if last else np.zeros(len(one))
        found.append(Joints(one, one_m, other, other_m, shapely.distance(points[one], lines[other])))
    return Joints(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _closing(lines: NDArray[np.object_], length: Floats, joint_m: float) -> Joints:
    """Lines whose two ends meet."""
    gap = shapely.distance(shapely.get_point(lines, 0), shapely.get_point(lines, -1))
    own = np.flatnonzero((gap <= joint_m) & (length > 2 * joint_m))
    return Joints(own, np.zeros(len(own)), own, length[own], gap[own])


def _ramp_feet(
    expressways: gpd.GeoDataFrame, ramps: gpd.GeoDataFrame | None, lines: NDArray[np.object_], row: Rows, ramp_m: float
) -> tuple[Rows, Floats, Floats]:
    """Of every ramp its line (-1 where too far), metres along it, and metres to its line or else to the nearest."""
    if ramps is None or not len(ramps) or not len(lines):
        n = 0 if ramps is None else len(ramps)
        return np.full(n, -1, dtype=np.int64), np.zeros(n), np.full(n, np.nan)
    known = {key: number for number, key in enumerate(expressways["id"])}
    given = ramps["expressway_id"] if "expressway_id" in ramps else pd.Series(None, index=ramps.index, dtype=object)
    line, away, along = np.full(len(ramps), -1, dtype=np.int64), np.full(len(ramps), np.nan), np.zeros(len(ramps))
    for ramp, (point, key) in enumerate(zip(ramps.geometry.array, given, strict=True)):
        own = np.flatnonzero(row == known[key]) if key in known else np.arange(len(lines))
        own = own if len(own) else np.arange(len(lines))
        metres = shapely.distance(lines[own], point)
        best = own[int(np.argmin(metres))]
        away[ramp] = metres.min()
        along[ramp] = shapely.line_locate_point(lines[best], point)
        line[ramp] = best if away[ramp] <= ramp_m else -1
    return line, along, away


def _nodes(length: Floats, joints: Joints, on_line: Rows, on_m: Floats, joint_m: float) -> tuple[Rows, Floats, Rows]:
    """Marks (both ends of every line, both sides of every joint, every ramp): line, metres along it, node."""
    n, there = len(length), on_line >= 0
    line = np.concatenate([np.arange(n), np.arange(n), joints.one, joints.other, on_line[there]])
    along = np.concatenate([np.zeros(n), length, joints.one_m, joints.other_m, on_m[there]])
    order = np.lexsort((along, line))
    near = (line[order][1:] == line[order][:-1]) & (np.diff(along[order]) <= joint_m)
    size, k = len(line), len(joints.one)
    one = np.concatenate([order[:-1][near], 2 * n + np.arange(k)])
    other = np.concatenate([order[1:][near], 2 * n + k + np.arange(k)])
    _, node = connected_components(coo_array((np.ones(len(one)), (one, other)), shape=(size, size)), directed=False)
    return line, along, node.astype(np.int64)


def _segments(line: Rows, along: Floats, node: Rows, row: Rows, joint_m: float) -> pd.DataFrame:
    """What lies between neighbouring nodes of a line."""
    order = np.lexsort((along, line))
    here, there = order[:-1], order[1:]
    between = (line[here] == line[there]) & (along[there] - along[here] > joint_m)
    here, there = here[between], there[between]
    return pd.DataFrame(
        {
            "line": line[here], "row": row[line[here]], "node": node[here], "to": node[there], "from_m": along[here],
            "to_m": along[there],
        }
    )  # fmt: skip


def _ends(
    lines: NDArray[np.object_],
    length: Floats,
    row: Rows,
    joints: Joints,
    node: Rows,
    ramp_node: Rows,
    gap_m: float,
) -> pd.DataFrame:
    """Both ends of every line: what they meet, and how far off the nearest other line is."""
    n = len(lines)
    line = np.tile(np.arange(n), 2)
    last = np.repeat([False, True], n)
    met_line = np.concatenate([joints.one, joints.other])
    met_m = np.concatenate([joints.one_m, joints.other_m])
    met_node = node[2 * n : 2 * n + len(met_line)]
    points = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    hanging = ~np.isin(node[: 2 * n], met_node) & ~np.isin(node[: 2 * n], ramp_node[ramp_node >= 0])
    partner = row[np.concatenate([joints.other, joints.one])]
    past_m, past_row = _past(length, line, last, met_line, met_m, partner)
    near, gap = _nearest_other(lines, line, points, gap_m)
    return pd.DataFrame(
        {
            "line": line, "row": row[line], "last": last, "x": shapely.get_x(points), "y": shapely.get_y(points),
            "node": node[: 2 * n], "hanging": hanging, "near_row": np.where(near >= 0, row[near], -1), "gap_m": gap,
            "past_m": past_m, "past_row": past_row,
        }
    )  # fmt: skip


def _past(
    length: Floats, line: Rows, last: NDArray[np.bool_], met_line: Rows, met_m: Floats, partner: Rows
) -> tuple[Floats, Rows]:
    """Metres from each end to the nearest place along its line where that meets another, and which that is."""
    past, whose = np.full(len(line), np.nan), np.full(len(line), -1, dtype=np.int64)
    for end, (own, at_last) in enumerate(zip(line, last, strict=True)):
        rows = np.flatnonzero(met_line == own)
        if len(rows):
            away = np.abs((length[own] if at_last else 0.0) - met_m[rows])
            past[end], whose[end] = away.min(), partner[rows[int(np.argmin(away))]]
    return past, whose


def _nearest_other(
    lines: NDArray[np.object_], line: Rows, points: NDArray[np.object_], gap_m: float
) -> tuple[Rows, Floats]:
    near, gap = np.full(len(line), -1, dtype=np.int64), np.full(len(line), np.nan)
    if not len(lines):
        return near, gap
    end, other = shapely.STRtree(lines).query(points, predicate="dwithin", distance=gap_m)
    end, other = end[line[end] != other], other[line[end] != other]
    metres = shapely.distance(points[end], lines[other])
    order = np.lexsort((other, metres, end))
    found, first = np.unique(end[order], return_index=True)
    near[found], gap[found] = other[order][first], metres[order][first]
    return near, gap
