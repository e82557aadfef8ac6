"""Whether ways that meet a line cross it, or only touch it or run along it: what leads to which side of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

STEP_M = 0.002
"""How far along a line one looks to see where it goes; nearer to its end, as far as it goes."""
LEAST_M = 1e-6
ALONG_RAD = 0.01
"""A way within this angle of the line runs along it."""
SAME_PLACE_M = 0.001


class Meetings(NamedTuple):
    """Places where a way meets a line, one row each: rows of both, and the place."""

    way: NDArray[np.int64]
    line: NDArray[np.int64]
    xy: NDArray[np.float64]


def meetings(ways: NDArray[np.object_], lines: NDArray[np.object_]) -> Meetings:
    """Every point where a way meets a line, with the ends of stretches they share."""
    line, way = shapely.STRtree(ways).query(lines, predicate="intersects")
    met, pair = shapely.get_parts(shapely.intersection(ways[way], lines[line]), return_index=True)
    stretch = shapely.get_dimensions(met) == 1
    ends = [shapely.get_coordinates(shapely.get_point(met[stretch], at)) for at in (0, -1)]
    xy = np.concatenate([shapely.get_coordinates(met[~stretch]), *ends])
    pair = np.r_[pair[~stretch], pair[stretch], pair[stretch]]
    return Meetings(way[pair], line[pair], xy)


def across(found: Meetings, ways: NDArray[np.object_], lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """True for meetings at places where ways lead from one side of the lines to another.

    All ways and lines of a place are seen together, since either may be cut there. Ways that run along the line lie
    on no side of it.
    """
    _, place = np.unique(np.rint(found.xy / SAME_PLACE_M), axis=0, return_inverse=True)
    place = place.ravel()
    way, line = _directions(found.way, ways, found.xy, place), _directions(found.line, lines, found.xy, place)
    sector, sectors, apart = _sectors(way, line)
    sides = pd.DataFrame({"place": way.place, "sector": sector})[apart & (sectors >= 2)]
    count = sides.groupby("place")["sector"].nunique()
    crossed: NDArray[np.bool_] = np.isin(place, count.index[count >= 2])
    return crossed


class _Directions(NamedTuple):
    place: NDArray[np.int64]
    angle: NDArray[np.float64]


def _directions(
    row: NDArray[np.int64], shapes: NDArray[np.object_], xy: NDArray[np.float64], place: NDArray[np.int64]
) -> _Directions:
    """Where shapes lead from the places on them, both ways, as angles from 0 to 2 pi."""
    at = shapely.line_locate_point(shapes[row], shapely.points(xy))
    length, closed = shapely.length(shapes[row]), shapely.is_closed(shapes[row])
    places, angles = [], []
    for step in (-STEP_M, STEP_M):
        to = np.where(closed, (at + step) % length, np.clip(at + step, 0.0, length))
        on = np.abs(to - at) > LEAST_M
        there = shapely.get_coordinates(shapely.line_interpolate_point(shapes[row[on]], to[on]))
        dx, dy = (there - xy[on]).T
        places.append(place[on])
        angles.append(np.arctan2(dy, dx) % (2 * np.pi))
    return _Directions(np.concatenate(places), np.concatenate(angles))


def _sectors(way: _Directions, line: _Directions) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """For each way the sector between two lines it leads into, how many there are, and whether it runs along none."""
    turn = 10.0  # more than a full turn: places stand apart in one row of keys
    keys = np.sort(line.place * turn + line.angle)
    again = np.r_[False, np.diff(keys) <= ALONG_RAD][: len(keys)]
    keys = keys[~again]
    first = np.searchsorted(keys, way.place * turn)
    sectors = np.searchsorted(keys, (way.place + 1) * turn) - first
    key = way.place * turn + way.angle
    before = np.searchsorted(keys, key)
    sector = np.where(sectors > 0, (before - first) % np.maximum(sectors, 1), 0)
    apart = np.ones(len(key), dtype=bool)
    for shift in (-2 * np.pi, 0.0, 2 * np.pi):
        low = np.searchsorted(keys, np.maximum(key + shift - ALONG_RAD, way.place * turn))
        high = np.searchsorted(keys, np.clip(key + shift + ALONG_RAD, way.place * turn, way.place * turn + turn / 1.5))
        apart &= low >= high
    return sector, sectors, apart
