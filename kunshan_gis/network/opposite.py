"""Where a straight way across a line would join the streets on its two sides."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.faults import dangling
from kunshan_gis.network.links import Links

ON_LINE_M = 1.0
"""A street this near to the line lies on neither side of it."""
TANGENT_M = 1.0
"""Half the length of line from which its direction is taken."""


class Opposite(NamedTuple):
    """Ways straight across lines, one row each, in order of line and of metres along it.

    Attributes
    ----------
    line : (rows,) int
        Row of the lines.
    along_m : (rows,) float
        Metres along it.
    links : Links
        From the street on its left to the street on its right; no legs.
    shapes : (rows,) LineString
        From the street to the line and on to the other street.
    """

    line: NDArray[np.int64]
    along_m: NDArray[np.float64]
    links: Links
    shapes: NDArray[np.object_]

    def rows(self, rows: NDArray[np.int64]) -> Opposite:
        """Some of the ways."""
        return Opposite(self.line[rows], self.along_m[rows], self.links.rows(rows), self.shapes[rows])

    def and_(self, more: Opposite) -> Opposite:
        """These ways and others, across lines of their own."""
        return Opposite(
            np.r_[self.line, more.line], np.r_[self.along_m, more.along_m], self.links.and_(more.links),
            np.r_[self.shapes, more.shapes],
        )  # fmt: skip


def opposite(
    network: WalkNetwork,
    lines: NDArray[np.object_],
    *,
    every_m: float,
    within_m: float,
    onto: NDArray[np.bool_],
    barriers: NDArray[np.object_],
) -> Opposite:
    """Every way straight across some lines between streets near both sides.

    From places along a line, one about every `every_m` and one before every dead end within `within_m`, a straight leg
    leads to the nearest street in sight on each side. Where both sides have one within `within_m`, there is a way.

    Parameters
    ----------
    lines : (lines,) LineString in the network's CRS
    onto : (edges,) bool
        Edges that may be joined: not a bridge overhead.
    barriers : lines or polygons (their outlines)
        What a leg may not cross; the lines themselves are none.
    """
    line, along = _places(network, lines, every_m, within_m, onto)
    place = shapely.line_interpolate_point(lines[line], along)
    row, edge, offset, foot, away = _legs(network, place, within_m, onto)
    side = _sides(lines[line[row]], foot)
    seen = (side != 0) & ~_crossed(place[row], foot, barriers)
    row, edge, offset, foot, away, side = (values[seen] for values in (row, edge, offset, foot, away, side))
    best = _nearest_each(row, side, away, network.edge_id[edge])
    left, right = best[:, 0], best[:, 1]
    at = row[left]
    xy = np.stack([shapely.get_coordinates(points) for points in (foot[left], place[at], foot[right])], axis=1)
    shapes = np.asarray(shapely.linestrings(xy), dtype=object) if len(xy) else np.empty(0, dtype=object)
    links = Links(_at(edge[left], offset[left]), _at(edge[right], offset[right]), away[left] + away[right])
    return Opposite(line[at], along[at], links, shapes)


def _at(edge: NDArray[np.int64], offset_m: NDArray[np.float64]) -> Points:
    return Points(edge, offset_m, np.zeros(len(edge)), np.full(len(edge), "", dtype=object))


def _places(
    network: WalkNetwork, lines: NDArray[np.object_], every_m: float, within_m: float, onto: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Places along the lines: evenly, and before dead ends."""
    length = shapely.length(lines)
    number = np.maximum(np.ceil(length / every_m), 1).astype(np.int64)
    even = np.repeat(np.arange(len(lines)), number)
    nth = np.arange(len(even)) - np.repeat(np.cumsum(number) - number, number)
    ends = dangling(network)
    dead = np.asarray(shapely.points(network.node_xy[ends.node[onto[ends.edge]]]), dtype=object)
    near, end = shapely.STRtree(dead).query(lines, predicate="dwithin", distance=within_m)
    line = np.r_[even, near]
    along = np.r_[(nth + 0.5) * (length / number)[even], shapely.line_locate_point(lines[near], dead[end])]
    places = np.unique(np.column_stack([line, along.round(3)]), axis=0)
    return places[:, 0].astype(np.int64), places[:, 1]


def _legs(
    network: WalkNetwork, place: NDArray[np.object_], within_m: float, onto: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.object_], NDArray[np.float64]]:
    """From every place to every edge near it: place, edge, metres along the edge, the foot there, and the leg."""
    rows = np.flatnonzero(onto)
    row, near = shapely.STRtree(network.lines[rows]).query(place, predicate="dwithin", distance=within_m)
    edge = rows[near]
    offset = np.minimum(shapely.line_locate_point(network.lines[edge], place[row]), network.length_m[edge])
    foot = shapely.line_interpolate_point(network.lines[edge], offset)
    return row, edge, offset, foot, shapely.distance(place[row], foot)


def _sides(lines: NDArray[np.object_], foot: NDArray[np.object_]) -> NDArray[np.int64]:
    """1 for feet on the left of their line, -1 on its right, 0 on it or before an end of it."""
    at, length = shapely.line_locate_point(lines, foot), shapely.length(lines)
    here, behind, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, np.clip(at + step, 0.0, length)))
        for step in (0.0, -TANGENT_M, TANGENT_M)
    )
    (east, north), (x, y) = (ahead - behind).T, (shapely.get_coordinates(foot) - here).T
    off = (east * y - north * x) / np.maximum(np.hypot(east, north), 1e-9)
    sides: NDArray[np.int64] = (off > ON_LINE_M).astype(np.int64) - (off < -ON_LINE_M)
    return sides


def _crossed(place: NDArray[np.object_], foot: NDArray[np.object_], barriers: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Legs that cross a barrier."""
    crossed = np.zeros(len(place), dtype=bool)
    if len(place) and len(barriers):
        legs = shapely.linestrings(np.stack([shapely.get_coordinates(place), shapely.get_coordinates(foot)], axis=1))
        parts = shapely.get_parts(barriers)
        outlines = np.where(shapely.get_dimensions(parts) == 2, shapely.boundary(parts), parts)
        crossed[shapely.STRtree(outlines).query(legs, predicate="crosses")[0]] = True
    return crossed


def _nearest_each(
    row: NDArray[np.int64], side: NDArray[np.int64], away: NDArray[np.float64], edge_id: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Of every place with streets on both sides the nearest leg on the left and on the right."""
    order = np.lexsort((edge_id, away.round(6), -side, row))
    key = row[order] * 2 + (side[order] < 0)
    first = order[np.r_[True, key[1:] != key[:-1]][: len(order)]]
    left, right = first[side[first] > 0], first[side[first] < 0]
    both = np.intersect1d(row[left], row[right], return_indices=True)
    return np.column_stack([left[both[1]], right[both[2]]])
