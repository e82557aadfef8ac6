"""Borders between areas and what crosses them: how long, how many streets lead over, where.

Borders are rarely drawn to the metre. Two outlines within a tolerance of each other are one border, and a street
crosses it only where it leads out of that strip on both sides: a road along the border, or one that is drawn a few
metres to this side and to that, does not cross it once for every wiggle.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.ops import substring

BORDER_M = 20.0
"""Outlines nearer than this to each other are one border, and as far a street must lead on either side to cross it.
As wide as an ordinary road, which borders often follow; a choice, no standard says so."""
STEP_M = 50.0
"""Longest piece of an outline that belongs to one zone and one neighbour as a whole."""
FARTHEST_M = 300.0
"""How far a neighbour's outline may have been drawn from the city's."""
OTHER = "other"
"""The class of streets that the order does not name."""
_MM = 1_000.0


def shared_border(one: shapely.Geometry, other: shapely.Geometry, *, within_m: float = BORDER_M) -> shapely.Geometry:
    """The part of an area's outline along which another area adjoins.

    Parameters
    ----------
    one, other : areas in a metric CRS
    within_m : float
        How far apart the two outlines may have been drawn.

    Returns
    -------
    LineString or MultiLineString, empty where they do not adjoin
        Areas that meet in a corner only share no border.

    Notes
    -----
    The outline within `within_m` reaches that far around the corners where the border ends; so much is taken off each
    end. Where the outlines were drawn some metres apart, the length is off by so much at each end.

    Examples
    --------
    >>> shared_border(shapely.box(0, 0, 1000, 1000), shapely.box(1000, 200, 2000, 3000)).length
    800.0
    """
    near = shapely.intersection(shapely.boundary(one), shapely.buffer(other, within_m))
    pieces = _merged(near)
    kept = [piece if piece.is_closed else _shortened(piece, within_m) for piece in pieces]
    return shapely.union_all([piece for piece in kept if not shapely.is_empty(piece)])


def _merged(lines: shapely.Geometry) -> list[shapely.LineString]:
    parts = shapely.get_parts(lines)
    merged = shapely.line_merge(shapely.multilinestrings(parts[shapely.get_dimensions(parts) == 1]))
    return [piece for piece in shapely.get_parts(merged) if isinstance(piece, shapely.LineString)]


def _shortened(line: shapely.LineString, by_m: float) -> shapely.Geometry:
    return substring(line, by_m, line.length - by_m) if line.length > 2 * by_m + 1 / _MM else shapely.LineString()


def outward(
    outline: shapely.Geometry,
    inside: gpd.GeoDataFrame,
    outside: gpd.GeoDataFrame,
    *,
    step_m: float = STEP_M,
    farthest_m: float = FARTHEST_M,
) -> gpd.GeoDataFrame:
    """Which part of a city's outline lies between which of its zones and which neighbour, in pieces.

    Each piece belongs to the nearest zone and to the nearest neighbour, so that nothing is lost where town polygons,
    the city's boundary and the neighbours come from different sources and do not meet.

    Parameters
    ----------
    outline : line or lines, metric CRS
    inside, outside : GeoDataFrames of areas with `id`, same CRS
    step_m : float
        Longest piece; the lengths are good to about this at each end.
    farthest_m : float
        A piece with no neighbour this near has none: coast, or a layer that is not whole.

    Returns
    -------
    GeoDataFrame
        `inside`, `outside` (empty where none is near), lines; one row a piece, along the outline.

    Examples
    --------
    >>> square, east = shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)
    >>> zone = gpd.GeoDataFrame({"id": ["z"]}, geometry=[square], crs="EPSG:4549")
    >>> beyond = gpd.GeoDataFrame({"id": ["n"]}, geometry=[east], crs="EPSG:4549")
    >>> found = outward(square.exterior, zone, beyond, farthest_m=10)
    >>> float(found[found["outside"] == "n"].length.sum())
    1000.0
    """
    corners, ring = shapely.get_coordinates(shapely.segmentize(shapely.get_parts(outline), step_m), return_index=True)
    pieces = shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1)[ring[:-1] == ring[1:]])
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    return gpd.GeoDataFrame(
        {"inside": nearest_of(middles, inside), "outside": nearest_of(middles, outside, farthest_m=farthest_m)},
        geometry=pieces, crs=inside.crs,
    )  # fmt: skip


def nearest_of(
    points: NDArray[np.object_], areas: gpd.GeoDataFrame, *, farthest_m: float | None = None
) -> NDArray[np.object_]:
    """The id of the area nearest to each point, the first of several as near; empty where none is near enough."""
    ids = np.full(len(points), "", dtype=object)
    if len(areas) and len(points):
        tree = shapely.STRtree(np.asarray(areas.geometry.array))
        row, area = tree.query_nearest(points, max_distance=farthest_m)
        first = np.unique(row, return_index=True)[1]
        order = np.lexsort((area, row))
        ids[row[order][first]] = areas["id"].to_numpy(dtype=object)[area[order][first]]
    return ids


def crossings(
    lines: gpd.GeoDataFrame,
    border: shapely.Geometry,
    one: shapely.Geometry,
    other: shapely.Geometry | None = None,
    *,
    order: Sequence[str],
    within_m: float = BORDER_M,
) -> gpd.GeoDataFrame:
    """The places where streets lead over a border, each with the class of the lesser street of the two it joins.

    Streets are cut at `within_m` on both sides of the border. Of the pieces in that strip those that share a vertex
    hang together; a group that leads out on one side `a` times and on the other `b` times is min(a, b) crossings.

    Parameters
    ----------
    lines : GeoDataFrame
        `id`, `class`, lines in a metric CRS that share a vertex where they join.
    border : line or lines
    one, other : areas on the two sides; without `other` all that is not `one`
    order : classes from the greatest to the least; others come last
    within_m : float

    Returns
    -------
    GeoDataFrame
        `class`, `ids` (of the streets on both sides, `; ` between), `one`, `other` (points where they leave the strip),
        and as geometry the point of the border between them. One row a crossing, the greatest class first.

    Notes
    -----
    A road drawn as two carriageways crosses twice. Streets over or under each other share no vertex and do not hang
    together. A street that ends in the strip does not cross.

    Examples
    --------
    A street from west to east crosses; one that comes up to the border and turns back does not.

    >>> shapes = [shapely.LineString([(0, 50), (200, 50)]), shapely.LineString([(0, 80), (95, 80), (0, 90)])]
    >>> streets = gpd.GeoDataFrame({"id": ["a", "b"], "class": ["primary"] * 2}, geometry=shapes, crs="EPSG:4549")
    >>> border, west = shapely.LineString([(100, 0), (100, 100)]), shapely.box(0, 0, 100, 100)
    >>> found = crossings(streets, border, west, order=["primary"])
    >>> found[["class", "ids"]].to_numpy().tolist(), found.geometry.iloc[0].wkt
    ([['primary', 'a']], 'POINT (100 50)')
    """
    strip = shapely.buffer(border, within_m, cap_style="flat")
    exits = _exits(np.asarray(lines.geometry.array), strip)
    exits = exits.assign(
        id=lines["id"].to_numpy()[exits["line"]], place=_places(lines["class"], order)[exits["line"]],
        one=shapely.intersects(one, exits["point"].to_numpy()),
    )  # fmt: skip
    exits["other"] = ~exits["one"] if other is None else shapely.intersects(other, exits["point"].to_numpy())
    return _paired(exits, border, [*order, OTHER], lines.crs)


def _places(classes: pd.Series, order: Sequence[str]) -> NDArray[np.int64]:
    """Where each class stands in the order."""
    place = {name: number for number, name in enumerate(order)}
    return np.asarray(classes.map(place).fillna(len(order)), dtype=np.int64)


def _exits(lines: NDArray[np.object_], strip: shapely.Geometry) -> pd.DataFrame:
    """Where lines leave a strip: the line, the point, and which of the pieces that hang together it belongs to."""
    near = shapely.STRtree(lines).query(strip, predicate="intersects")
    near.sort()
    parts, owner = shapely.get_parts(shapely.intersection(lines[near], strip), return_index=True)
    real = shapely.length(parts) > 0
    parts, owner = parts[real], near[owner[real]]
    group = _hanging_together(parts)
    points = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    leaves = shapely.distance(points, shapely.boundary(strip)) < 1 / _MM
    table = pd.DataFrame({"line": np.r_[owner, owner], "group": np.r_[group, group], "point": points})
    return table[leaves].reset_index(drop=True)


def _hanging_together(parts: NDArray[np.object_]) -> NDArray[np.int64]:
    """A number for each line: lines that share a vertex, directly or through others, have the same."""
    if not len(parts):
        return np.empty(0, dtype=np.int64)
    xy, row = shapely.get_coordinates(parts, return_index=True)
    vertex = np.unique(np.round(xy * _MM).astype(np.int64), axis=0, return_inverse=True)[1].ravel()
    size = len(parts) + int(vertex.max()) + 1
    joined = coo_array((np.ones(len(row)), (row, len(parts) + vertex)), shape=(size, size))
    return np.asarray(connected_components(joined, directed=False)[1][: len(parts)], dtype=np.int64)


def _paired(exits: pd.DataFrame, border: shapely.Geometry, names: Sequence[str], crs: object) -> gpd.GeoDataFrame:
    """The exits of every group, the greatest first, one of this side with one of that."""
    x, y = (coordinate(exits["point"].to_numpy()) for coordinate in (shapely.get_x, shapely.get_y))
    ordered = exits.assign(x=x, y=y).sort_values(["group", "place", "x", "y"], kind="stable")
    here, there = (ordered[ordered[side]] for side in ("one", "other"))
    here, there = (side.assign(turn=side.groupby("group").cumcount()) for side in (here, there))
    pairs = here.merge(there, on=["group", "turn"], suffixes=("", "_there"))
    middles = shapely.points((pairs["x"] + pairs["x_there"]) / 2, (pairs["y"] + pairs["y_there"]) / 2)
    at = shapely.get_point(shapely.shortest_line(border, middles), 0)
    place = np.maximum(pairs["place"].to_numpy(dtype=np.int64), pairs["place_there"].to_numpy(dtype=np.int64))
    both = zip(pairs["id"].astype(str), pairs["id_there"].astype(str), strict=True)
    columns = {
        "class": np.asarray(names, dtype=object)[place], "ids": ["; ".join(dict.fromkeys(ids)) for ids in both],
        "one": pairs["point"].to_numpy(), "other": pairs["point_there"].to_numpy(),
    }  # fmt: skip
    table = gpd.GeoDataFrame(columns, geometry=np.asarray(at, dtype=object), crs=crs)
    return table.iloc[np.lexsort((shapely.get_y(at), shapely.get_x(at), place))].reset_index(drop=True)
