"""The walkable rows of a streets table, held to what a network can be built from; all faults are named at once."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import KunshanGISWarning, LayerSchemaError, NetworkError, Problem, at_rows, listed
from kunshan_gis.messages import Text

FARTHEST_M = 1e8
"""No projected coordinate on earth is larger, zone prefixes included."""

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING, shapely.GeometryType.MULTILINESTRING)
_WHERE = Text("`streets`", "`streets`")


def walkable_lines(streets: gpd.GeoDataFrame) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Single lines of the streets that walkers may use, and the row (from 0) each is a part of.

    Rows that are closed to walkers are not looked at, rows without geometry have no line. Heights and measures stay
    on the lines; nobody walks them.

    Raises
    ------
    LayerSchemaError
        No geometry; `walkable` is missing, empty or no truth; shapes that are no lines; coordinates that are no place.
    CRSError
        The streets are not in metres.
    NetworkError
        No street is walkable.
    """
    _require_geometry(streets)
    require_metric(streets, "streets")
    walkable, problems = _walkable(streets)
    shapes = np.asarray(streets.geometry.array)
    problems += _shape_problems(streets, shapes, walkable)
    if problems:
        title = Text("`streets` 不能构成步行网络", "`streets` cannot become a walking network")
        raise LayerSchemaError(title, sorted(problems))
    if not walkable.any():
        raise NetworkError(
            Text(
                "没有可步行的街道；请检查街道图层的字段 `walkable`",
                "no street is walkable; check the column `walkable` of the streets layer",
            )
        )
    rows = np.flatnonzero(walkable & _there(shapes))
    parts, owner = shapely.get_parts(shapes[rows], return_index=True)
    return parts, rows[owner]


def absent_rows(streets: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Rows (from 0) of walkable streets without geometry; the column `walkable` has been checked."""
    walkable = np.asarray(streets["walkable"], dtype=bool)
    return np.flatnonzero(walkable & ~_there(np.asarray(streets.geometry.array)))


def warn_of_absent(streets: gpd.GeoDataFrame) -> None:
    """Say which walkable streets have no geometry and are left out."""
    rows = absent_rows(streets)
    if len(rows) == 0:
        return
    count, ids = len(rows), _names(streets, rows)
    said = Text(
        f"{count} 条可步行街道没有几何图形，未计入：{ids}",
        f"{count} walkable streets have no geometry and were left out: {ids}",
    )
    warnings.warn(KunshanGISWarning(said), stacklevel=3)


def _there(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    there: NDArray[np.bool_] = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return there


def _require_geometry(streets: gpd.GeoDataFrame) -> None:
    if isinstance(streets, gpd.GeoDataFrame) and streets.active_geometry_name is not None:
        return
    what = Text("没有几何图形", "has no geometry")
    remedy = Text(
        "给出带线几何的 GeoDataFrame（set_geometry）", "give a GeoDataFrame with line geometry (set_geometry)"
    )
    title = Text("`streets` 不能构成步行网络", "`streets` cannot become a walking network")
    raise LayerSchemaError(title, [Problem(_WHERE, what, remedy)])


def _walkable(streets: gpd.GeoDataFrame) -> tuple[NDArray[np.bool_], list[Problem]]:
    """Which rows walkers may use, and what is wrong with the column; rows that do not say count as walkable."""
    remedy = Text("填写 true 或 false（行人可否通行）", "give true or false (walkers may use it)")
    if "walkable" not in streets.columns:
        return np.ones(len(streets), dtype=bool), [
            Problem(_WHERE, Text("缺少字段 `walkable`", "column `walkable` is missing"), remedy)
        ]
    if streets["walkable"].dtype == bool:
        return streets["walkable"].to_numpy(copy=True), []
    values = streets["walkable"].to_numpy(dtype=object)
    empty = np.asarray(streets["walkable"].isna(), dtype=bool)
    wrong = ~empty & ~np.array([isinstance(value, (bool, np.bool_)) for value in values], dtype=bool)
    problems = []
    if empty.any():
        what = Text("字段 `walkable` 为空", "`walkable` is empty")
        problems.append(Problem(_at(streets, np.flatnonzero(empty)), what, remedy))
    if wrong.any():
        said = listed(sorted({repr(str(value)[:40]) for value in values[wrong]}), 4)
        what = Text(f"字段 `walkable` 的值为 {said}", f"`walkable` is {said}")
        problems.append(Problem(_at(streets, np.flatnonzero(wrong)), what, remedy))
    walkable: NDArray[np.bool_] = empty | wrong
    walkable[~walkable] = values[~walkable].astype(bool)
    return walkable, problems


def _shape_problems(
    streets: gpd.GeoDataFrame, shapes: NDArray[np.object_], walkable: NDArray[np.bool_]
) -> list[Problem]:
    there = walkable & _there(shapes)
    wrong = there & ~np.isin(shapely.get_type_id(shapes), _LINES)
    xy, row = shapely.get_coordinates(shapes[there], return_index=True)
    unknown, far = np.zeros((2, len(shapes)), dtype=bool)
    unknown[np.flatnonzero(there)[row[~np.isfinite(xy).all(axis=1)]]] = True
    far[np.flatnonzero(there)[row[(np.abs(np.nan_to_num(xy, posinf=0, neginf=0)) > FARTHEST_M).any(axis=1)]]] = True
    found = listed(sorted({shape.geom_type for shape in shapes[wrong]}), 7)
    redraw = Text("删去该行，或重新绘制", "remove or redraw the row")
    findings = (
        (
            wrong,
            Text(f"几何类型为 {found}", f"geometry is {found}"),
            Text(
                "只保留线；面取其边界（boundary）",
                "keep lines only; of an area take its outline (boundary)",
            ),
        ),
        (unknown, Text("坐标不是有限的数", "coordinates are not finite numbers"), redraw),
        (far, Text("坐标超出地球范围", "coordinates are no place on earth"), redraw),
    )
    return [Problem(_at(streets, np.flatnonzero(rows)), what, remedy) for rows, what, remedy in findings if rows.any()]


def _at(streets: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> Text:
    """Where in the table: by id where there are ids, else by row from 1."""
    if "id" not in streets.columns:
        return at_rows(_WHERE, rows.tolist())
    ids = _names(streets, rows)
    return Text(f"{_WHERE.zh}，编号 {ids}", f"{_WHERE.en}, id {ids}")


def _names(streets: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> str:
    names = streets["id"].to_numpy(dtype=object)[rows] if "id" in streets.columns else rows + 1
    return listed([str(name)[:40] for name in names])
