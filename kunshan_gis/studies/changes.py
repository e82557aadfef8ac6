"""What changed in a layer: features that came, went, moved or were redrawn, and columns with other values.

Layers are compared by the content of each feature, found again by its id, never by the bytes of a file: the same
features in another order or another format are no change. A `Footprint` is all that has to be remembered for it:
digests, and where each feature lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.crs import DECIMALS, WEB
from kunshan_gis.errors import listed
from kunshan_gis.forms import column_label
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

STILL_M = 0.01
"""Shifts below this are none."""

_PARTS = ("keys", "columns", "cells", "shapes", "places")


@dataclass(frozen=True, eq=False)
class Footprint:
    """What is remembered of a layer.

    Attributes
    ----------
    keys : (rows,) text
        Ids; a row without one is `#1`, `#2` …, one that repeats an id has `#2` … after it.
    columns : (columns,) text
        Those that hold anything: an empty column is none.
    cells : (rows, columns) uint64
        Digests of the values.
    shapes : (rows,) uint64
        Digests of the geometry in degrees; zero where there is none.
    places : (rows, 7) float64
        West, south, east, north, centroid x and y (metres in the analysis CRS), and area or length (m2, m).
    """

    keys: NDArray[np.str_]
    columns: NDArray[np.str_]
    cells: NDArray[np.uint64]
    shapes: NDArray[np.uint64]
    places: NDArray[np.float64]

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """The parts under names that begin with `prefix`."""
        return {f"{prefix}{part}": getattr(self, part) for part in _PARTS}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str) -> Footprint:
        """What `arrays` gave."""
        return cls(*(arrays[f"{prefix}{part}"] for part in _PARTS))


@dataclass(frozen=True)
class Changes:
    """What changed from one state of a layer to another; empty where nothing did.

    Attributes
    ----------
    added, removed : tuple of str
        Ids.
    moved, reshaped : mapping of id to metres
        How far: for a feature that kept its shape the shift of its centroid, for a redrawn one the largest shift of its
        centroid and of the sides of its bounding box.
    values : mapping of column to ids
        Features whose value in the column changed.
    new_columns, lost_columns : tuple of str
    rows : (int, int)
        Before and after.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: Mapping[str, float]
    reshaped: Mapping[str, float]
    values: Mapping[str, tuple[str, ...]]
    new_columns: tuple[str, ...]
    lost_columns: tuple[str, ...]
    rows: tuple[int, int]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.moved, self.reshaped, self.values, self.new_columns,
                    self.lost_columns))  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """The changes as plain data, metres to the centimetre."""
        return {
            "rows_before": self.rows[0],
            "rows_after": self.rows[1],
            "added": list(self.added),
            "removed": list(self.removed),
            "moved_m": {key: round(metres, 2) for key, metres in self.moved.items()},
            "reshaped_m": {key: round(metres, 2) for key, metres in self.reshaped.items()},
            "values": {column: list(ids) for column, ids in self.values.items()},
            "new_columns": list(self.new_columns),
            "lost_columns": list(self.lost_columns),
        }

    def said(self) -> Text:
        """The changes in one line, a few ids of each."""
        parts = [
            *_count(self.added, "新增 {n} 个：{ids}", "{n} added: {ids}"),
            *_count(self.removed, "删除 {n} 个：{ids}", "{n} removed: {ids}"),
            *_shift(self.moved, "移动 {n} 个（最远 {most} 米）：{ids}", "{n} moved (up to {most} m): {ids}"),
            *_shift(self.reshaped, "改绘 {n} 个（最远 {most} 米）：{ids}", "{n} redrawn (up to {most} m): {ids}"),
        ]
        for column, ids in self.values.items():
            name = column_label(column)
            parts += _count(ids, f"{name.zh} {column} 改动 {{n}} 处：{{ids}}", f"{column} changed in {{n}}: {{ids}}")
        parts += _count(self.new_columns, "新增字段 {ids}", "new columns {ids}")
        parts += _count(self.lost_columns, "字段不再有 {ids}", "columns gone {ids}")
        return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _count(ids: tuple[str, ...], zh: str, en: str) -> list[Text]:
    return [Text(zh, en).format(n=len(ids), ids=listed(ids))] if ids else []


def _shift(metres: Mapping[str, float], zh: str, en: str) -> list[Text]:
    if not metres:
        return []
    shown = [f"{key} {distance:.1f} m" for key, distance in metres.items()]
    return [Text(zh, en).format(n=len(metres), most=f"{max(metres.values()):.1f}", ids=listed(shown))]


def footprint(table: pd.DataFrame, kind: str) -> Footprint:
    """What to remember of a table (geometry in the analysis CRS): rows by key, columns by name."""
    contract = KINDS[kind]
    key = next(column.name for column in contract.all_columns if column.unique)
    types = {column.name: column.type for column in contract.all_columns}
    geometry = table.geometry.name if isinstance(table, gpd.GeoDataFrame) else None
    names = sorted(str(name) for name in table.columns if name not in (geometry, key) and table[name].notna().any())
    cells = [_digests(table[name], types.get(name, "text")) for name in names]
    return Footprint(
        np.array(_keys(table[key]) if key in table else _keys(pd.Series([None] * len(table))), dtype=np.str_),
        np.array(names, dtype=np.str_),
        np.stack(cells, axis=1) if cells else np.zeros((len(table), 0), dtype=np.uint64),
        _outlines(table) if geometry else np.zeros(len(table), dtype=np.uint64),
        _places(table) if geometry else np.zeros((len(table), 7)),
    )


def compare(before: Footprint, after: Footprint) -> Changes:
    """What changed from `before` to `after`; ids sorted."""
    old = {key: row for row, key in enumerate(before.keys.tolist())}
    new = {key: row for row, key in enumerate(after.keys.tolist())}
    both = sorted(old.keys() & new.keys())
    was, now = np.array([old[key] for key in both], dtype=np.intp), np.array([new[key] for key in both], dtype=np.intp)
    moved, reshaped = _shifts(both, before, after, was, now)
    columns, others = before.columns.tolist(), after.columns.tolist()
    values = {}
    for name in (name for name in columns if name in others):
        differs = before.cells[was, columns.index(name)] != after.cells[now, others.index(name)]
        if differs.any():
            values[name] = tuple(both[row] for row in np.flatnonzero(differs))
    return Changes(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        moved,
        reshaped,
        values,
        tuple(name for name in others if name not in columns),
        tuple(name for name in columns if name not in others),
        (len(before.keys), len(after.keys)),
    )


def _shifts(
    keys: list[str], before: Footprint, after: Footprint, was: NDArray[np.intp], now: NDArray[np.intp]
) -> tuple[dict[str, float], dict[str, float]]:
    """Features that lie elsewhere in the same shape, and those of another shape, with metres."""
    old, new = before.places[was], after.places[now]
    differs = before.shapes[was] != after.shapes[now]
    extents = np.abs((new[:, 2:4] - new[:, :2]) - (old[:, 2:4] - old[:, :2])).max(axis=1, initial=0.0)
    same = (extents <= STILL_M) & np.isclose(old[:, 6], new[:, 6], rtol=1e-4, atol=STILL_M)
    centre = np.hypot(*(new[:, 4:6] - old[:, 4:6]).T)
    sides = np.abs(new[:, :4] - old[:, :4]).max(axis=1, initial=0.0)
    moved = np.flatnonzero(differs & same & (centre > STILL_M))
    redrawn = np.flatnonzero(differs & ~(same & (centre > STILL_M)))
    return (
        {keys[row]: float(centre[row]) for row in moved},
        {keys[row]: float(max(centre[row], sides[row])) for row in redrawn},
    )


def _keys(ids: pd.Series) -> list[str]:
    """Ids as text, each once."""
    said = ids.map(lambda value: "" if pd.isna(value) else str(value))
    number = said.groupby(said).cumcount()
    first = (number == 0) & (said != "")
    return [key if plain else f"{key}#{place + 1}" for key, place, plain in zip(said, number, first, strict=True)]


def _digests(column: pd.Series, kind: str) -> NDArray[np.uint64]:
    """A digest of every cell, the same for the same value however a file stored it."""
    plain: Callable[[Any], str] = _PLAIN.get(kind, str)
    said = [None if pd.isna(value) else value for value in column.astype(object)]
    texts = np.array(["" if value is None else f"={_or_text(plain, value)}" for value in said], dtype=object)
    return np.asarray(pd.util.hash_array(texts), dtype=np.uint64)


_PLAIN: dict[str, Callable[[Any], str]] = {
    "integer": lambda value: format(float(value), ".15g"),
    "number": lambda value: format(float(value), ".15g"),
    "boolean": lambda value: str(bool(value)),
}


def _or_text(plain: Callable[[Any], str], value: Any) -> str:
    try:
        return plain(value)
    except (TypeError, ValueError):
        return str(value)


def _outlines(table: gpd.GeoDataFrame) -> NDArray[np.uint64]:
    shapes = np.asarray(table.geometry.to_crs(WEB).array)
    single = shapely.get_num_geometries(shapes) == 1  # an editor stores an area as one of one part
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    rounded = shapely.transform(shapes, lambda xy: xy.round(DECIMALS) + 0.0)  # no negative zero
    return np.asarray(pd.util.hash_array(shapely.to_wkb(shapely.normalize(rounded))), dtype=np.uint64)


def _places(table: gpd.GeoDataFrame) -> NDArray[np.float64]:
    shapes = np.asarray(table.geometry.array)
    centre = shapely.centroid(shapes)
    areas = shapely.area(shapes)
    sizes = np.where(areas > 0, areas, shapely.length(shapes))
    parts = (shapely.bounds(shapes), shapely.get_x(centre)[:, None], shapely.get_y(centre)[:, None], sizes[:, None])
    return np.asarray(np.nan_to_num(np.hstack(parts)), dtype=np.float64)
