"""Coordinates that were typed into a form, as shapes; every cell that cannot be read is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any, cast

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from kunshan_gis import forms
from kunshan_gis.errors import Problem
from kunshan_gis.layers.form_sheet import Sheet
from kunshan_gis.messages import Text
from kunshan_gis.schema import AREA, KINDS

Finding = tuple[str, Text, Text]
"""Field whose cell is wrong, what is wrong, remedy."""


def shapes_of(sheet: Sheet, table: pd.DataFrame) -> tuple[list[BaseGeometry | None], list[Problem]]:
    """A shape for each row (None where there is none to read), and every problem with its cell."""
    shapes: list[BaseGeometry | None] = []
    problems = []
    for number, row in zip(sheet.rows, table.to_dict(orient="records"), strict=True):
        shape, findings = _shape(sheet, row)
        shapes.append(shape)
        problems += [
            Problem(sheet.said(sheet.cell(number, name)), what, remedy)
            for name, what, remedy in findings
            if name in sheet.names
        ]
    return shapes, problems


def _shape(sheet: Sheet, row: Mapping[Hashable, Any]) -> tuple[BaseGeometry | None, list[Finding]]:
    lon, lat, drawn = row.get(forms.LON), row.get(forms.LAT), row.get(forms.VERTICES)
    point = lon is not None or lat is not None
    if drawn is not None and point:
        what = Text("同时填写了坐标串与经纬度", "vertices and a longitude are both given")
        return None, [(forms.VERTICES, what, Text("只填其中一种", "give one of the two"))]
    if drawn is not None:
        return _drawn(str(drawn), area=set(AREA) <= set(KINDS[sheet.kind].geometry))
    if forms.LON not in sheet.names:
        remedy = Text("填写各顶点的经度和纬度", "give the longitude and latitude of every vertex")
        return None, [(forms.VERTICES, Text("坐标串为空", "vertices are missing"), remedy)]
    return _point(lon, lat)


def _point(lon: Any, lat: Any) -> tuple[BaseGeometry | None, list[Finding]]:
    findings = [*_degrees(forms.LON, lon, 180), *_degrees(forms.LAT, lat, 90)]
    if isinstance(lon, float) and isinstance(lat, float) and abs(lon) <= 90 < abs(lat) <= 180:
        findings = [(forms.LON, *_SWAPPED)]
    return (None, findings) if findings else (shapely.points(lon, lat), [])


_SWAPPED = (
    Text("经度与纬度填反了", "longitude and latitude are swapped"),
    Text("把两列的内容对调", "exchange the two cells"),
)
_DECIMAL = Text("填十进制度，例如 116.3910 和 39.9070", "give decimal degrees, for example 116.3910 and 39.9070")


def _degrees(name: str, value: object, most: float) -> list[Finding]:
    label = forms.column_label(name)
    if value is None:
        return [(name, Text(f"{label.zh}为空", f"the {label.en.lower()} is missing"), _DECIMAL)]
    if not isinstance(value, float) or not np.isfinite(value):
        return [(name, Text(f"{label.zh}不是数值：{value}", f"the {label.en.lower()} is no number: {value}"), _DECIMAL)]
    if abs(value) > most:
        what = Text(f"{label.zh} {value:g} 超出 ±{most:g} 度", f"the {label.en.lower()} {value:g} is beyond ±{most:g}")
        return [(name, what, _DECIMAL)]
    return []


def _drawn(said: str, *, area: bool) -> tuple[BaseGeometry | None, list[Finding]]:
    """An area or a line from its vertices or from WKT."""
    try:
        shape = shapely.from_wkt(said) if _WKT.match(said) else _parts(said, _area if area else _line)
    except _UnreadableError as error:
        return None, [(forms.VERTICES, error.what, _VERTICES)]
    except (shapely.errors.ShapelyError, ValueError) as error:
        what = Text(f"坐标串无法读取：{error}", f"the vertices cannot be read: {error}")
        return None, [(forms.VERTICES, what, _VERTICES)]
    west, south, east, north = shapely.bounds(shape)
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        swapped = max(abs(south), abs(north)) <= 180 and max(abs(west), abs(east)) <= 90
        beyond = Text("坐标超出经纬度范围", "the coordinates are no degrees")
        return None, [(forms.VERTICES, *(_SWAPPED if swapped else (beyond, _VERTICES)))]
    return shapely.force_2d(shape), []


_WKT = re.compile(r"\s*(MULTI)?(POLYGON|LINESTRING|POINT)\b", re.IGNORECASE)
_VERTICES = Text(
    "依次填各顶点“经度 纬度”，以分号分隔，例如 116.391 39.907; 116.393 39.907; 116.393 39.909",
    "give the vertices in order as “lon lat”, separated by semicolons, for example "
    "116.391 39.907; 116.393 39.907; 116.393 39.909",
)


class _UnreadableError(ValueError):
    """What is wrong with a list of vertices."""

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


def _parts(said: str, make: Callable[[np.ndarray], BaseGeometry]) -> BaseGeometry:
    shapes = [make(_vertices(part)) for part in re.split(r"[|｜]", said) if part.strip()]
    if len(shapes) == 1:
        return shapes[0]
    return cast("BaseGeometry", (shapely.multipolygons if make is _area else shapely.multilinestrings)(shapes))


def _vertices(said: str) -> np.ndarray:
    """Pairs of degrees, shape (vertices, 2)."""
    pairs = [re.split(r"[,，\s]+", pair.strip()) for pair in re.split(r"[;；\n]", said) if pair.strip()]
    wrong = [number for number, pair in enumerate(pairs, 1) if len(pair) != 2]
    if wrong:
        raise _UnreadableError(Text(f"第 {wrong[0]} 个顶点不是两个数", f"vertex {wrong[0]} is not two numbers"))
    try:
        return np.array(pairs, dtype=np.float64)
    except ValueError as error:
        raise _UnreadableError(Text(f"坐标串中有非数字：{error}", f"the vertices hold no number: {error}")) from error


def _area(xy: np.ndarray) -> BaseGeometry:
    if len(np.unique(xy, axis=0)) < 3:
        raise _UnreadableError(Text("面至少要有三个顶点", "an area has at least three vertices"))
    return shapely.Polygon(xy)


def _line(xy: np.ndarray) -> BaseGeometry:
    if len(np.unique(xy, axis=0)) < 2:
        raise _UnreadableError(Text("线至少要有两个顶点", "a line has at least two vertices"))
    return shapely.LineString(xy)
