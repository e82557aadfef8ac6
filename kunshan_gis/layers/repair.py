"""Geometry as a kind wants it: mended where there is one way to mend it, listed always.

What is mended: heights dropped, collections taken apart, closed lines made areas, invalid areas made valid where the
area stays, areas made points where points are asked for, slivers and repeated rows left out. What has two answers is a
problem for the planner. The table that comes in is never changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import Problem
from kunshan_gis.layers.source import Place
from kunshan_gis.layers.vocabulary import is_own_field
from kunshan_gis.messages import Text
from kunshan_gis.schema import AREA, KINDS, LINE, POINT

SAME_AREA_M2 = 1.0
SAME_AREA_SHARE = 0.001
"""A repair is unique where every way to mend gives the area the outline encloses, to 1 m2 or 0.1 %."""

GAP_M = 1.0
"""A line whose ends are this near each other, and within 1 % of its length, is a ring that was not closed."""

SLIVER_M2 = 1.0
"""An area, or a part of one, below this is a sliver that drawing left behind."""


@dataclass(frozen=True)
class Repair:
    """One thing that was mended.

    Attributes
    ----------
    rows : tuple of int
        Of the table (its index).
    what : Text
        What was done.
    before_m2, after_m2 : float
        Area in the CRS's square metres; 0 for lines and points.
    """

    rows: tuple[int, ...]
    what: Text
    before_m2: float = 0.0
    after_m2: float = 0.0


@dataclass(frozen=True, eq=False)
class Repaired:
    """The table, what was mended, and what could not be.

    Rows that were left out are missing from the table's index; where areas became points, `accuracy_of_middle` is
    how far each had reached, in metres.
    """

    table: gpd.GeoDataFrame
    repairs: tuple[Repair, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Mended:
    """A geometry after a step; None where nothing is left of it, or where it cannot be mended in one way."""

    shape: BaseGeometry | None
    what: Text
    stuck: Text | None = None
    accuracy_m: float | None = None


_REDRAW = Text("在原软件中改正这些要素的图形", "correct the drawing of these features in the program they come from")


def repair(table: gpd.GeoDataFrame, kind: str, place: Place) -> Repaired:
    """A copy of a table in metres, its geometry mended for a kind.

    Parameters
    ----------
    table : GeoDataFrame
        In metres; its index says which rows of the file these are.
    place : callable
        Where rows are in the file.

    Raises
    ------
    CRSError
        The table is not in metres.
    """
    require_metric(table, kind)
    shapes = np.asarray(table.geometry.array).copy()
    allowed = KINDS[kind].geometry
    repairs: list[Repair] = []
    stuck: dict[Text, list[int]] = {}
    kept = np.ones(len(shapes), dtype=bool)
    accuracy: dict[int, float] = {}

    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if absent.any():
        rows = tuple(int(row) for row in table.index[absent])
        repairs.append(Repair(rows, Text("没有图形，未录入", "no geometry: left out")))
        kept &= ~absent
    high = ~absent & shapely.has_z(shapes)
    if high.any():
        rows = tuple(int(row) for row in table.index[high])
        shapes[high] = shapely.force_2d(shapes[high])
        repairs.append(Repair(rows, Text("略去高程（Z/M）", "heights (Z/M) dropped")))
    for step in (_fitting, _valid, _without_slivers):
        for position in np.flatnonzero(kept & step.concerns(shapes, allowed)):
            before = shapes[position]
            mended = step.mend(before, allowed)
            row = int(table.index[position])
            if mended.stuck is not None:
                stuck.setdefault(mended.stuck, []).append(row)
                kept[position] = False
            elif mended.shape is None:
                kept[position] = False
                repairs.append(Repair((row,), mended.what, _area(before)))
            elif mended.shape is not before:
                shapes[position] = mended.shape
                repairs.append(Repair((row,), mended.what, _area(before), _area(mended.shape)))
                if mended.accuracy_m is not None:
                    accuracy[row] = mended.accuracy_m
    done = table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))[kept]
    if accuracy:
        done = done.assign(accuracy_of_middle=pd.Series(accuracy).reindex(done.index))
    problems = tuple(Problem(place(rows, None), what, _REDRAW) for what, rows in stuck.items())
    return Repaired(done, tuple(repairs), problems)


def without_repeats(table: gpd.GeoDataFrame | pd.DataFrame) -> tuple[gpd.GeoDataFrame | pd.DataFrame, list[Repair]]:
    """Rows that say the same of the same place once.

    Every column of the file is compared, whether the layer keeps it or not, but for those a program numbers by itself.
    """
    own = [name for name in table.columns if name == "geometry" or is_own_field(name)]
    shown = pd.DataFrame(table.drop(columns=own)).astype(str)
    if not len(shown.columns) and not isinstance(table, gpd.GeoDataFrame):
        return table, []
    if isinstance(table, gpd.GeoDataFrame):
        shown = shown.assign(geometry=shapely.to_wkb(shapely.normalize(np.asarray(table.geometry.array))))
    again = np.asarray(shown.duplicated())
    if not again.any():
        return table, []
    rows = tuple(int(row) for row in table.index[again])
    areas = float(table.geometry.area[again].sum()) if isinstance(table, gpd.GeoDataFrame) else 0.0
    what = Text("与前面某行完全相同，只录入一次", "the same as an earlier row in every respect: entered once")
    return table[~again], [Repair(rows, what, areas, 0.0)]


def in_one_place(table: gpd.GeoDataFrame) -> list[tuple[int, ...]]:
    """Groups of rows with the same geometry that differ in what they say."""
    marks = pd.Series(list(shapely.to_wkb(shapely.normalize(np.asarray(table.geometry.array)))), index=table.index)
    return [tuple(int(row) for row in rows) for rows in marks.groupby(marks).groups.values() if len(rows) > 1]


def _area(shape: BaseGeometry) -> float:
    return float(shapely.area(shape))


@dataclass(frozen=True)
class _Step:
    concerns: Callable[[np.ndarray, tuple[str, ...]], np.ndarray]
    mend: Callable[[BaseGeometry, tuple[str, ...]], _Mended]


def _types(shapes: np.ndarray) -> np.ndarray:
    return np.array(["" if shape is None else shape.geom_type for shape in shapes], dtype=object)


def _fit(shape: BaseGeometry, allowed: tuple[str, ...]) -> _Mended:
    """One geometry in a type that the kind takes."""
    name = shape.geom_type
    if name == "LinearRing":
        return _Mended(shapely.LineString(shape.coords), Text("环改为线", "ring to line"))
    if name == "GeometryCollection":
        return _out_of_collection(shape, allowed)
    if name == "MultiPoint" and "Point" in allowed and len({point.wkb for point in shapely.get_parts(shape)}) == 1:
        return _Mended(shapely.get_parts(shape)[0], Text("单点的多点改为点", "multipoint of one point to point"))
    if name in LINE and set(AREA) <= set(allowed):
        return _closed(shape)
    if name in AREA and allowed == POINT:
        return _middle(shape)
    return _stuck(name, allowed)


def _stuck(name: str, allowed: tuple[str, ...]) -> _Mended:
    zh, en = " 或 ".join(allowed), " or ".join(allowed)
    return _Mended(
        None,
        Text("", ""),
        Text(f"几何类型为 {name}，应为 {zh}，没有唯一的转换方法", f"is {name} and must be {en}; no one way to turn it"),
    )


def _out_of_collection(shape: BaseGeometry, allowed: tuple[str, ...]) -> _Mended:
    """The parts of the kind's own sort; the others were left by a cut."""
    parts = _leaves(shape)
    for family, dimension in ((AREA, 2), (LINE, 1), (POINT, 0)):
        own = [part for part in parts if shapely.get_dimensions(part) == dimension]
        if not own or not set(family) <= set(allowed):
            continue
        others = len(parts) - len(own)
        whole = shapely.union_all(own) if dimension == 2 and len(own) > 1 else _together(own)
        if whole.geom_type not in allowed:
            break
        return _Mended(
            whole,
            Text(
                f"几何集合中只取 {len(own)} 个{_SORT[dimension].zh}，略去其他 {others} 个",
                f"{len(own)} {_SORT[dimension].en} taken out of a collection, {others} others left out",
            ),
        )
    return _stuck(shape.geom_type, allowed)


_SORT = {2: Text("面", "areas"), 1: Text("线", "lines"), 0: Text("点", "points")}


def _leaves(shape: BaseGeometry) -> list[BaseGeometry]:
    return [
        leaf for part in shapely.get_parts(shape) for leaf in ([part] if not hasattr(part, "geoms") else _leaves(part))
    ]


def _together(parts: list[BaseGeometry]) -> BaseGeometry:
    if len(parts) == 1:
        return parts[0]
    dimension = int(shapely.get_dimensions(parts[0]))
    whole: BaseGeometry = _SEVERAL[dimension](parts)
    return whole


_SEVERAL: dict[int, Callable[..., Any]] = {2: shapely.MultiPolygon, 1: shapely.MultiLineString, 0: shapely.MultiPoint}


def _closed(shape: BaseGeometry) -> _Mended:
    """An area out of the line around it: closed, or open by a hair; several lines that are one ring count as one."""
    merged = shapely.line_merge(shape)
    rings = [part for part in shapely.get_parts(merged) if len(part.coords) > 2]
    gaps = [
        float(shapely.distance(ring.boundary.geoms[0], ring.boundary.geoms[1]))
        if not ring.is_ring and len(shapely.get_parts(ring.boundary)) == 2
        else 0.0
        for ring in rings
    ]
    ends_meet = [gap <= min(GAP_M, 0.01 * ring.length) for ring, gap in zip(rings, gaps, strict=True)]
    if not rings or len(rings) < len(shapely.get_parts(merged)) or not all(ends_meet):
        return _Mended(
            None,
            Text("", ""),
            Text("是未闭合的线，无法唯一地构成面", "is a line that does not close: no one area is inside it"),
        )
    polygons = [shapely.Polygon(ring.coords) for ring in rings]
    together = polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)
    if not shapely.is_valid(together):
        return _Mended(
            None,
            Text("", ""),
            Text(
                "是自相交或互相重叠的闭合线，无法唯一地构成面", "is closed lines that cross: no one area is inside them"
            ),
        )
    widest = max(gaps)
    closed = Text(f"，首尾相距 {widest:.2f} 米，已闭合", f", its ends {widest:.2f} m apart were joined")
    said = closed if widest > 0 else Text("", "")
    return _Mended(together, Text(f"闭合线改为面{said.zh}", f"closed line to area{said.en}"))


def _middle(shape: BaseGeometry) -> _Mended:
    """A point for an area: its centroid, or a point inside where that is not; the error is as far as it reaches."""
    whole = shape if shapely.is_valid(shape) else shapely.make_valid(shape)
    point = shapely.centroid(whole)
    if not shapely.intersects(whole, point):
        point = shapely.point_on_surface(whole)
    reach = float(shapely.hausdorff_distance(shapely.convex_hull(whole), point))
    return _Mended(
        point,
        Text(
            "面改为其中心点，位置误差计至最远的边角",
            "area to its middle, its farthest corner counted as position error",
        ),
        accuracy_m=round(reach, 1),
    )


def _mend(shape: BaseGeometry, _: tuple[str, ...]) -> _Mended:
    """An invalid area made valid, where both ways to do so agree with the area that its outline encloses."""
    reason = str(shapely.is_valid_reason(shape)).partition("[")[0]
    if shape.geom_type in LINE:
        return _Mended(None, Text("长度为零的线，未录入", "a line without length: left out"))
    if shape.geom_type not in AREA:
        return _Mended(None, Text("", ""), Text(f"几何无效：{reason}", f"geometry is not valid: {reason}"))
    ways = [
        _areas_of(shapely.make_valid(shape, method="structure", keep_collapsed=False)),
        _areas_of(shapely.make_valid(shape, method="linework")),
    ]
    before, areas = _area(shape), [_area(way) for way in ways]
    limit = max(SAME_AREA_M2, SAME_AREA_SHARE * before)
    if any(abs(area - before) > limit for area in areas) or shapely.is_empty(ways[0]):
        found = " / ".join(f"{area:,.0f}" for area in areas)
        return _Mended(
            None,
            Text("", ""),
            Text(
                f"几何无效（{reason}），修复结果不唯一：原面积 {before:,.0f} 平方米，修复后为 {found} 平方米",
                f"geometry is not valid ({reason}) and can be mended in more than one way: {before:,.0f} m2 as drawn, "
                f"{found} m2 mended",
            ),
        )
    return _Mended(ways[0], Text(f"几何无效（{reason}），已修复", f"not valid ({reason}): made valid"))


def _areas_of(shape: BaseGeometry) -> BaseGeometry:
    parts = [part for part in _leaves(shape) if part.geom_type == "Polygon"] if hasattr(shape, "geoms") else [shape]
    parts = [part for part in parts if part.geom_type == "Polygon"]
    return _together(parts) if parts else shapely.Polygon()


def _no_slivers(shape: BaseGeometry, _: tuple[str, ...]) -> _Mended:
    parts = list(shapely.get_parts(shape))
    large = [part for part in parts if _area(part) >= SLIVER_M2]
    small = len(parts) - len(large)
    if not large:
        return _Mended(
            None, Text(f"面积不足 {SLIVER_M2:g} 平方米的碎面，未录入", f"a sliver under {SLIVER_M2:g} m2: left out")
        )
    return _Mended(
        _together(large),
        Text(f"去掉 {small} 个不足 {SLIVER_M2:g} 平方米的碎部", f"{small} parts under {SLIVER_M2:g} m2 left out"),
    )


def _has_slivers(shapes: np.ndarray, allowed: tuple[str, ...]) -> np.ndarray:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    small = (shapely.get_dimensions(parts) == 2) & (shapely.area(parts) < SLIVER_M2)
    found = np.zeros(len(shapes), dtype=bool)
    found[owner[small]] = set(AREA) <= set(allowed)
    return found


_fitting = _Step(lambda shapes, allowed: ~np.isin(_types(shapes), allowed), _fit)
_valid = _Step(lambda shapes, _: ~shapely.is_valid(shapes), _mend)
_without_slivers = _Step(_has_slivers, _no_slivers)
