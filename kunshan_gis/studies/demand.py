"""Whose share is measured: residents, homes, jobs, residential land and street, as rows on the walking network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.errors import KunshanGISError
from kunshan_gis.layers.dwellings import residential
from kunshan_gis.messages import Text, text
from kunshan_gis.model import StudyArea
from kunshan_gis.schema import KINDS

DEMAND_KINDS: dict[str, tuple[str, ...]] = {
    "people": ("homes",), "homes": ("homes",), "jobs": ("jobs",), "land": ("landuse",), "built_up": ("scope",),
    "street": ("streets",),
}  # fmt: skip
"""The layers each demand is read from."""
PIECE_M = 50.0
"""Land is measured in pieces no larger than a square of this side, each with its own way to the street."""


@dataclass(frozen=True, eq=False)
class Demand:
    """Rows that lie within reach or do not, each with an amount.

    Attributes
    ----------
    key : people, homes, jobs, land, built_up, street …
    amount : (rows,) people, homes, jobs, m2 or metres
    shapes : (rows,) points, areas for land, lines for street
    places : (rows,) points where each row's walk begins
    kinds : layers the amounts rest on
    """

    key: str
    amount: NDArray[np.float64]
    shapes: NDArray[np.object_]
    places: gpd.GeoSeries
    kinds: tuple[str, ...]

    @property
    def areal(self) -> bool:
        """True for land: the rows are areas, and the amount is their m2."""
        return self.key in ("land", "built_up", "parks")

    @cached_property
    def span_m(self) -> NDArray[np.float64]:
        """How far the farthest corner of each row's shape is from its place."""
        corners, row = shapely.get_coordinates(self.shapes, return_index=True)
        xy = shapely.get_coordinates(np.asarray(self.places.array))
        farthest = np.zeros(len(self.shapes))
        np.maximum.at(farthest, row, np.hypot(*(corners - xy[row]).T))
        return farthest

    @property
    def extended(self) -> bool:
        """True for land and street: a row can lie in several units, with a share in each."""
        return self.areal or self.key in ("street", "streets")


class NotThereError(Exception):
    """A figure cannot be measured in this study area; says what is missing."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def require_kind(area: StudyArea, kind: str) -> gpd.GeoDataFrame:
    """The layer of a kind.

    Raises
    ------
    NotThereError
        There is none.
    """
    if not area.has(kind):
        raise NotThereError(text("check_no_layer", kind=Text(KINDS[kind].zh, KINDS[kind].en)))
    return area.table(kind)


def demand(area: StudyArea, of: str) -> Demand:
    """The rows of which a share is measured.

    Raises
    ------
    NotThereError
        The layer is missing, or no land is residential.
    """
    return _MAKERS[of](area)


def _homes(area: StudyArea) -> Demand:
    table = require_kind(area, "homes")
    return _of_points("people", table, table["population"].to_numpy(dtype=float), ("homes",))


def _each_home(area: StudyArea) -> Demand:
    table = require_kind(area, "homes")
    return _of_points("homes", table, np.ones(len(table)), ("homes",))


def _jobs(area: StudyArea) -> Demand:
    table = require_kind(area, "jobs")
    return _of_points("jobs", table, table["jobs"].to_numpy(dtype=float), ("jobs",))


def _of_points(key: str, table: gpd.GeoDataFrame, amount: NDArray[np.float64], kinds: tuple[str, ...]) -> Demand:
    return Demand(key, amount, np.asarray(table.geometry.array), table.geometry.reset_index(drop=True), kinds)


def _land(area: StudyArea) -> Demand:
    landuse = require_kind(area, "landuse")
    try:
        lived_on = residential(landuse)
    except KunshanGISError as error:
        raise NotThereError(error.message) from error
    return _of_areas("land", lived_on.geometry, ("landuse",))


def _built_up(area: StudyArea) -> Demand:
    scope = require_kind(area, "scope")
    return _of_areas("built_up", scope_of(scope, "built_up"), ("scope",))


def scope_of(scope: gpd.GeoDataFrame, name: str) -> gpd.GeoSeries:
    """The areas of one scope.

    Raises
    ------
    NotThereError
        The layer has none of it.
    """
    rows = scope[scope["scope"] == name]
    if not len(rows):
        raise NotThereError(text("check_no_scope", scope=text(f"scope_{name}")))
    return rows.geometry


def _of_areas(key: str, shapes: gpd.GeoSeries, kinds: tuple[str, ...]) -> Demand:
    whole = shapely.union_all(np.asarray(shapes.array))  # ground drawn twice is there once
    parts = pieces(shapely.get_parts(whole), PIECE_M)
    places = gpd.GeoSeries(shapely.point_on_surface(parts), crs=shapes.crs)
    return Demand(key, shapely.area(parts), parts, places, kinds)


_MAKERS: dict[str, Callable[[StudyArea], Demand]] = {
    "people": _homes, "homes": _each_home, "jobs": _jobs, "land": _land, "built_up": _built_up,
}  # fmt: skip


def pieces(areas: NDArray[np.object_], size_m: float) -> NDArray[np.object_]:
    """Areas cut along a grid of the CRS; their area is kept."""
    west, south, east, north = (np.floor(side / size_m) for side in shapely.bounds(areas).T)
    columns, rows = (east - west + 1).astype(np.int64), (north - south + 1).astype(np.int64)
    number = columns * rows
    owner = np.repeat(np.arange(len(areas)), number)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number)
    x, y = west[owner] + nth % columns[owner], south[owner] + nth // columns[owner]
    squares = shapely.box(x * size_m, y * size_m, (x + 1) * size_m, (y + 1) * size_m)
    shapely.prepare(areas)
    inside = shapely.contains_properly(areas[owner], squares)
    touched = ~inside & shapely.intersects(areas[owner], squares)
    cut = shapely.intersection(areas[owner[touched]], squares[touched])
    found = np.concatenate([squares[inside], cut])
    kept: NDArray[np.object_] = found[shapely.area(found) > 0]
    return kept
