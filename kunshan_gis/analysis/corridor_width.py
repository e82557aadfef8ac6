"""How wide a strip of land is: along its middle from end to end, where it is too narrow, and how much of it is not."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import Voronoi
from shapely.geometry import LineString, Polygon

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

WIDTH_TOLERANCE_M = 0.5
"""Outlines are drawn to about half a metre: what is narrower by no more than this is as wide as asked for."""
MITRE = 1.5
"""How far a corner reaches, by the buffer's radius: a right angle needs 1.41."""
STEP_M, MOST_POINTS = 5.0, 40_000
"""Spacing of the points an outline is seen by, and how many at most."""

Floats = NDArray[np.float64]


class Course(NamedTuple):
    """The middle line of a strip.

    Attributes
    ----------
    line : from end to end
    at_m : (samples,) metres along it where the width was measured; rounded and square ends are left out
    width_m : (samples,) twice the distance to the outline
    """

    line: LineString
    at_m: Floats
    width_m: Floats

    @property
    def length_m(self) -> float:
        """From end to end."""
        return float(self.line.length)

    @property
    def narrowest(self) -> int:
        """The sample where the strip is narrowest."""
        return int(np.argmin(self.width_m))


def course(ground: Polygon) -> Course:
    """The line along the middle of a strip of land, and the strip's width all along it (metres).

        width(x) = 2 distance(x, outline)

    Parameters
    ----------
    ground : one area without a break, metric CRS

    Returns
    -------
    Course
        The line leads straight out to the outline at both ends. Where the area is no strip (a square), the line goes
        through its middle along its longer side.

    Raises
    ------
    ParameterError
        The geometry is not one area.

    Notes
    -----
    The middle is the longest way along the edges of the Voronoi diagram of points 5 m apart along the outline (nearer
    in strips narrower than 20 m), which tells the width of parallel banks to 0.1 m. Side branches are not followed; of
    a strip around an island one side is. Rounded and square ends are no narrow places, tapering ones are.

    References
    ----------
    Blum 1967, A transformation for extracting new descriptors of shape (the medial axis).

    Examples
    --------
    A rectangle of 1,000 by 100 m:

    >>> found = course(shapely.box(0, 0, 1000, 100))
    >>> round(found.length_m), round(float(found.width_m.min()), 1)
    (1000, 100.0)
    """
    if ground.geom_type != "Polygon" or ground.is_empty or ground.area <= 0:
        said = ground.geom_type
        raise ParameterError(Text(f"须为单个面，给出的是 {said}", f"give one area; given {said}"))
    xy, at, width = _middle(ground)
    first, last = _end(at, width), len(at) - _end(at[-1:] - at[::-1], width[::-1])
    if last - first < 2 or at[last - 1] - at[first] < width[first:last].mean():
        return _of_blob(ground)
    xy, width = xy[first:last], width[first:last]
    start, end = _led_out(ground, xy[::-1], width[::-1]), _led_out(ground, xy, width)
    line = LineString(np.vstack([start[::-1], xy, end]))
    return Course(line, _along(np.vstack([start[::-1], xy]))[len(start) :], width)


def pinches(middle: Course, *, least_m: float) -> gpd.GeoDataFrame:
    """Stretches of a strip that are narrower than wanted, each with its narrowest place.

    Parameters
    ----------
    least_m : width wanted, inclusive to half a metre

    Returns
    -------
    GeoDataFrame without CRS
        `from_m, to_m` along the middle line, `width_m` and the point where it is narrowest; stretches nearer to each
        other than the width wanted are one.

    Examples
    --------
    1,000 m of 200 m width, narrowed to 60 m for 200 m in its middle:

    >>> strip = shapely.union_all([shapely.box(0, 0, 400, 200), shapely.box(600, 0, 1000, 200),
    ...                            shapely.box(399, 70, 601, 130)])
    >>> [(round(row.width_m), round(row.geometry.x)) for row in pinches(course(strip), least_m=100).itertuples()]
    [(60, 500)]
    """
    narrow = np.flatnonzero(middle.width_m < least_m - WIDTH_TOLERANCE_M)
    breaks = np.flatnonzero(np.diff(middle.at_m[narrow]) > least_m) + 1
    runs = [run for run in np.split(narrow, breaks) if len(run)]
    rows = []
    for run in runs:
        width = middle.width_m[run]
        least = np.flatnonzero(width <= width.min() + WIDTH_TOLERANCE_M)
        place = run[least[len(least) // 2]]  # the middle of a long neck
        at = shapely.line_interpolate_point(middle.line, middle.at_m[place])
        rows.append((middle.at_m[run[0]], middle.at_m[run[-1]], float(width.min()), at))
    table = pd.DataFrame(rows, columns=["from_m", "to_m", "width_m", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry")


def wide_part(ground: shapely.Geometry, *, least_m: float) -> shapely.Geometry:
    """The ground of an area that is at least so wide: it is shrunk by half the width and grown again (opening).

    Notes
    -----
    Grown with sharp corners, so that a rectangle wide enough is kept whole; corners more acute than a right angle are
    cut off, so that none grows into a neck. Inclusive to half a metre.

    References
    ----------
    Serra 1982, Image Analysis and Mathematical Morphology.

    Examples
    --------
    Of the strip of `pinches`, 200 m x 60 m are too narrow:

    >>> strip = shapely.union_all([shapely.box(0, 0, 400, 200), shapely.box(600, 0, 1000, 200),
    ...                            shapely.box(400, 70, 600, 130)])
    >>> round(wide_part(strip, least_m=100).area / strip.area, 2)
    0.94
    """
    half = max(least_m - WIDTH_TOLERANCE_M, 0.0) / 2
    shrunk = shapely.buffer(ground, -half, quad_segs=16)
    return shapely.intersection(
        shapely.buffer(shrunk, half, quad_segs=16, join_style="mitre", mitre_limit=MITRE), ground
    )


def _middle(ground: Polygon) -> tuple[Floats, Floats, Floats]:
    """Samples along the longest way through the middle: places, metres along, width."""
    step = min(STEP_M, ground.area / ground.length / 2)
    outline = shapely.segmentize(ground.boundary, max(step, ground.length / MOST_POINTS))
    points = np.unique(shapely.get_coordinates(outline), axis=0)
    origin = points.mean(axis=0)
    found = Voronoi(points - origin)
    ridges = np.asarray(found.ridge_vertices)
    ridges = ridges[(ridges >= 0).all(axis=1)]
    vertices = found.vertices + origin
    middles = vertices[ridges].mean(axis=1)
    shapely.prepare(ground)
    inside = shapely.contains_xy(ground, middles)
    way = _longest_way(vertices, ridges[inside])
    if len(way) < 3:
        return np.empty((0, 2)), np.empty(0), np.empty(0)
    xy = (vertices[way[:-1]] + vertices[way[1:]]) / 2
    xy = xy if tuple(xy[0]) <= tuple(xy[-1]) else xy[::-1]  # from west to east, whatever the search began with
    return xy, _along(xy), 2 * shapely.distance(shapely.points(xy), ground.boundary)


def _end(at: Floats, width: Floats) -> int:
    """The first sample of the strip proper: before it the middle turns into a corner or runs out into a rounded end.

    There the width grows faster than one walks (in a corner by 1.4 m a metre, in a round end by 2), and `width - at`
    with it; in a strip that tapers to less than 60 degrees it does not, and nothing is left out.
    """
    inside = np.flatnonzero(at >= width)
    if not len(inside):
        return len(at)
    turn = int(np.argmax((width - at)[: inside[0] + 1]))
    return turn + 1 if turn else 0


def _longest_way(vertices: Floats, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The vertices of the longest of all shortest ways, found by walking to the farthest end twice."""
    if not len(edges):
        return np.empty(0, dtype=np.int64)
    used, node = np.unique(edges, return_inverse=True)
    node = node.reshape(-1, 2)
    metres = np.hypot(*(vertices[edges[:, 0]] - vertices[edges[:, 1]]).T)
    size = (len(used), len(used))
    graph = coo_array((np.maximum(metres, 1e-9), (node[:, 0], node[:, 1])), shape=size).tocsr()
    _, piece = connected_components(graph, directed=False)
    largest = np.argmax(np.bincount(piece[node[:, 0]], weights=metres))
    one = _farthest(graph, int(np.flatnonzero(piece == largest)[0]))[0]
    other, before = _farthest(graph, one)
    way = [other]
    while before[way[-1]] >= 0:
        way.append(int(before[way[-1]]))
    return np.asarray(used[way], dtype=np.int64)


def _farthest(graph: Any, start: int) -> tuple[int, NDArray[np.int64]]:
    metres, before = dijkstra(graph, False, [start], True)  # both ways; with the node before each on its way
    return int(np.argmax(np.where(np.isfinite(metres[0]), metres[0], -1.0))), before[0]


def _led_out(ground: Polygon, xy: Floats, width: Floats) -> Floats:
    """The place where the outline is met straight ahead of the last sample; none where it lies on it."""
    back = _along(xy[::-1])
    behind = xy[::-1][min(int(np.searchsorted(back, width[-1] / 2)), len(xy) - 1)]
    ahead = xy[-1] - behind
    reach = xy[-1] + ahead / max(float(np.hypot(*ahead)), 1e-9) * 4 * max(float(width[-1]), 1.0)
    parts = shapely.get_parts(shapely.intersection(LineString([xy[-1], reach]), ground))
    lines = parts[shapely.get_dimensions(parts) == 1]
    near = lines[np.argsort(shapely.distance(lines, shapely.points(xy[-1])))][:1]
    ends = shapely.get_coordinates(near)
    far = ends[np.argsort(np.hypot(*(ends - xy[-1]).T))][-1:]
    return far if len(far) and np.hypot(*(far[0] - xy[-1])) > WIDTH_TOLERANCE_M / 10 else np.empty((0, 2))


def _of_blob(ground: Polygon) -> Course:
    """An area that is no strip: straight through its middle along its longer side."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(ground))[:4]
    sides = np.diff(np.vstack([corners, corners[:1]]), axis=0)
    long = sides[int(np.argmax(np.hypot(*sides.T)))]
    middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(ground, tolerance=WIDTH_TOLERANCE_M))
    across = LineString([middle[0] - long, middle[0] + long])
    parts = shapely.get_parts(shapely.intersection(across, ground))
    lines = parts[shapely.get_dimensions(parts) == 1]
    line = LineString(shapely.get_coordinates(lines[int(np.argmax(shapely.length(lines)))]))
    width = 2 * float(shapely.distance(shapely.points(middle[0]), ground.boundary))
    at = float(shapely.line_locate_point(line, shapely.points(middle[0])))
    return Course(line, np.array([at]), np.array([width]))


def _along(xy: Floats) -> Floats:
    """Metres along a way at each of its places."""
    steps = np.diff(xy, axis=0)
    return np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])
