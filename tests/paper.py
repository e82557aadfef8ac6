"""Small cities that can be worked out on paper, in metres around the toy city's origin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
from shapely.affinity import translate
from shapely.geometry import LineString, Point, box

from kunshan_gis import toy
from kunshan_gis.model import AreaInfo, Layer, LayerInfo, StudyArea, digest

CRS = toy.CRS
X0, Y0 = toy.ORIGIN
ONE_RULE = """
name = "一条"
name_en = "One rule"
standard = "自定"
edition = "2026"
verified = "text"
"""
"""The head of a profile."""
PARKS_900 = """
[[rule]]
key = "parks_900"
name = "公园900米"
name_en = "Parks within 900 m"
measure = "walk"
to = ["parks"]
metres = 900
target = 90
unit = "percent"
verified = "text"
"""
"""A rule that 640 of the toy city's 700 residents meet."""


def layer(kind: str, table: Any, **info: Any) -> Layer:
    """A surveyed layer around a table."""
    suffix = "geojson" if isinstance(table, gpd.GeoDataFrame) else "csv"
    described = {
        "name": kind, "kind": kind, "path": f"{kind}.{suffix}", "title": kind, "title_en": kind, "datum": "wgs84",
        "source": "a test", "licence": "MIT", "date": "2020", "basis": "surveyed",
    }  # fmt: skip
    return Layer(LayerInfo(**(described | info)), table, digest("test", kind, table.to_csv()))


def area_of(**tables: Any) -> StudyArea:
    """A study area of tables by kind."""
    info = AreaInfo(name="试城", name_en="Test City", analysis_crs=CRS)
    return StudyArea(info, {kind: layer(kind, table) for kind, table in tables.items()})


def frame(shapes: Iterable[Any], **columns: Any) -> gpd.GeoDataFrame:
    """Shapes in metres around the toy city's origin, with ids by row unless given."""
    moved = [translate(shape, X0, Y0) for shape in shapes]
    columns.setdefault("id", [f"i{row}" for row in range(len(moved))])
    return gpd.GeoDataFrame(columns, geometry=moved, crs=CRS, index=range(len(moved)))


def streets(*lines: Any, **columns: Any) -> gpd.GeoDataFrame:
    """Walkable streets from lists of (x, y) or from shapes."""
    shapes = [LineString(line) if isinstance(line, list) else line for line in lines]
    return frame(shapes, **({"class": "residential", "walkable": True, "structure": "ground"} | columns))


def homes(*places: tuple[float, float], population: Any = 1) -> gpd.GeoDataFrame:
    """Homes at (x, y)."""
    return frame([Point(place) for place in places], population=population)


def parks(*boxes: tuple[float, float, float, float], tier: Any = "pocket") -> gpd.GeoDataFrame:
    """Rectangular parks from (west, south, east, north)."""
    return frame([box(*bounds) for bounds in boxes], tier=tier)


def gates(*places: tuple[float, float], park_id: Any) -> gpd.GeoDataFrame:
    """Park gates at (x, y)."""
    return frame([Point(place) for place in places], park_id=park_id)
