"""A table to points (or shapes written as text): swapped axes and northing-first columns noticed, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from kunshan_gis.crs import WEB, proposal, propose_crs, read_crs
from kunshan_gis.errors import CRSError, LayerError, LayerSchemaError, Problem
from kunshan_gis.layers.coordinates import HEX, PAIR, Columns, coordinate_columns
from kunshan_gis.layers.degrees import degrees_of, filled
from kunshan_gis.messages import Text

Near = tuple[float, float] | None
Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Place = Callable[[Sequence[int], str | None], Text]
"""Where rows of a table (from 0), or their cells in a column, are in the file, in words."""

CHINA = (73.0, 3.0, 136.0, 54.0)
"""Degrees within which China lies: west, south, east, north."""

NORTHINGS = (1_900_000.0, 6_100_000.0)
"""Metres from the equator within which China lies."""

_CORRECT = Text("更正该单元格；不要这一行时请清空坐标", "correct the cell, or empty it to leave the row out")


@dataclass(frozen=True, eq=False)
class Table:
    """A table to be placed: where its rows are in the file, what it is called, what was said of its CRS."""

    frame: pd.DataFrame
    place: Place
    name: str
    crs: str | None = None
    near: Near = None


@dataclass(frozen=True, eq=False)
class Placed:
    """A table with its shapes, the rows of the table it came from, notes, and the datum the names speak of."""

    frame: gpd.GeoDataFrame | pd.DataFrame
    rows: Rows
    notes: tuple[Text, ...] = ()
    datum: str = ""


def placed(table: Table) -> Placed:
    """A table with the geometry that its columns hold; as it is where they hold none.

    Raises
    ------
    LayerSchemaError
        Cells that are no coordinates, or axes swapped in some rows; lists all.
    LayerError
        The axes may be swapped, and nothing tells for certain.
    CRSError
        Metres, and nothing says in which CRS.
    """
    columns = coordinate_columns(table.frame)
    if columns is None:
        return Placed(table.frame, np.arange(len(table.frame)))
    return _from_text(table, columns) if columns.form == "wkt" else _from_numbers(table, columns)


def _from_numbers(table: Table, columns: Columns) -> Placed:
    x, y, notes = _numbers(table, columns)
    empty = ~(np.isfinite(x) & np.isfinite(y))
    zero = (x == 0) & (y == 0)
    if zero.all() or (empty | zero).all():
        raise LayerError(
            Text(f"{table.name} 的坐标字段 {columns} 没有数值", f"{table.name}: no coordinates in {columns}"),
            Text("请填写坐标", "fill in the coordinates"),
        )
    for which, why in ((zero, Text("坐标为 0,0", "have 0, 0")), (empty, Text("没有坐标", "have no coordinates"))):
        if which.any():
            notes.append(_left_out(table, np.flatnonzero(which), columns.first, why))
    rows = np.flatnonzero(~empty & ~zero)
    read = _in_degrees if _looks_like_degrees(x[rows], y[rows]) else _in_metres
    x, y, code, more = read(table, columns, x[rows], y[rows], rows)
    shapes = gpd.GeoDataFrame(_kept(table.frame, rows), geometry=shapely.points(x, y), crs=code)
    return Placed(shapes, rows, (*notes, *more), columns.datum)


def _kept(frame: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    return frame.iloc[rows].drop(columns="geometry", errors="ignore").reset_index(drop=True)


def _left_out(table: Table, rows: Rows, column: str, why: Text) -> Text:
    where = table.place(rows.tolist(), column)
    return Text(
        f"{table.name}：{len(rows)} 行{why.zh}，已略去（{where.zh}）",
        f"{table.name}: {len(rows)} rows {why.en} and were left out ({where.en})",
    )


def _numbers(table: Table, columns: Columns) -> tuple[Floats, Floats, list[Text]]:
    """Easting and northing of each row as the columns' names say, NaN where both cells are empty."""
    east, north = _cells(table.frame, columns)
    (x, x_axes), (y, y_axes) = degrees_of(east), degrees_of(north)
    here, there = filled(east), filled(north)
    second = columns.second or columns.first
    problems = [
        *_unread(table, columns.first, here & ~np.isfinite(x)),
        *_unread(table, second, there & ~np.isfinite(y)),
        *_halved(table, columns.first, there & ~here),
        *_halved(table, second, here & ~there),
    ]
    if problems:
        title = Text(f"{table.name} 的坐标无法读取", f"the coordinates of {table.name} cannot be read")
        raise LayerSchemaError(title, sorted(set(problems)))
    crossed = (x_axes == "lat") & (y_axes == "lon")
    if not crossed.any():
        return x, y, []
    said = Text(
        f"{table.name}：{columns} 的值自带 N/E，实为先纬后经，已对调",
        f"{table.name}: the cells of {columns} say N and E themselves, latitude first; they were swapped",
    )
    return np.where(crossed, y, x), np.where(crossed, x, y), [said]


def _cells(frame: pd.DataFrame, columns: Columns) -> tuple[pd.Series, pd.Series]:
    """The columns of eastings and of northings; one column of pairs is cut in two."""
    if columns.second:
        return frame[columns.first], frame[columns.second]
    pairs = frame[columns.first].astype(object).map(_halves, na_action="ignore")
    first, second = (pairs.map(lambda pair, n=n: pair[n], na_action="ignore") for n in (0, 1))
    return (second, first) if columns.form == "pair_lat_first" else (first, second)


def _halves(cell: object) -> tuple[str, str]:
    text = str(cell)
    found = PAIR.fullmatch(text if text.isascii() else unicodedata.normalize("NFKC", text))
    return (found[1], found[2]) if found else (text, text)


def _unread(table: Table, column: str, which: NDArray[np.bool_]) -> list[Problem]:
    rows = np.flatnonzero(which)
    if not rows.size:
        return []
    said = repr(str(table.frame[column].iloc[rows[0]]))
    what = Text(f"不是坐标：{said}", f"is no coordinate: {said}")
    return [Problem(table.place(rows.tolist(), column), what, _CORRECT)]


def _halved(table: Table, column: str, which: NDArray[np.bool_]) -> list[Problem]:
    rows = np.flatnonzero(which)
    what = Text("缺少另一个坐标值", "lacks its half of the coordinates")
    return [Problem(table.place(rows.tolist(), column), what, _CORRECT)] if rows.size else []


def _looks_like_degrees(x: Floats, y: Floats) -> bool:
    return bool(np.abs(x).max() <= 180 and np.abs(y).max() <= 180)


def _in_degrees(
    table: Table, columns: Columns, x: Floats, y: Floats, rows: Rows
) -> tuple[Floats, Floats, str, list[Text]]:
    code = table.crs or WEB
    if read_crs(code).is_projected:
        raise CRSError(
            Text(f"{table.name} 的坐标为经纬度，而 --crs 为 {code}", f"{table.name} is in degrees, --crs says {code}"),
            Text("去掉 --crs，或改为 EPSG:4490", "leave --crs out, or say EPSG:4490"),
        )
    x, y, notes = _unswapped(table, columns, x, y, rows)
    return x, y, code, [*notes, _said_of_datum(table, columns, code)]


def _unswapped(table: Table, columns: Columns, x: Floats, y: Floats, rows: Rows) -> tuple[Floats, Floats, list[Text]]:
    """Longitude and latitude; swapped where every row shows that the columns are, refused where only some do."""
    beyond = np.abs(y) > 90
    if beyond.all() and (np.abs(x) <= 90).all():
        said = Text(
            f"{table.name}：{columns} 的经纬度颠倒（“纬度”超过 90°），已对调",
            f"{table.name}: {columns} hold latitude and longitude swapped (latitudes beyond 90°); swapped back",
        )
        return y, x, [said]
    if beyond.any():
        problem = Problem(
            table.place(rows[beyond].tolist(), columns.second or columns.first),
            Text("纬度超过 90°，而其他行没有", "the latitude is beyond 90°, in other rows it is not"),
            Text("这些行的经纬度可能颠倒，请更正", "their axes may be swapped; correct these rows"),
        )
        raise LayerSchemaError(
            Text(f"{table.name} 的经纬度不一致", f"the axes of {table.name} do not agree"), [problem]
        )
    if not _in_china(x, y) and _in_china(y, x):
        raise LayerError(
            Text(
                f"{table.name}：{columns} 的经纬度可能颠倒：对调后才位于中国境内",
                f"{table.name}: the axes of {columns} may be swapped: only swapped do they lie in China",
            ),
            Text(
                "请核对并对调两列的表头；若无误，请另存为 GeoPackage",
                "check them and swap the two headings; if they are right, save it as a GeoPackage",
            ),
        )
    return x, y, []


def _in_china(x: Floats, y: Floats) -> bool:
    west, south, east, north = CHINA
    return bool(((x >= west) & (x <= east) & (y >= south) & (y <= north)).all())


def _said_of_datum(table: Table, columns: Columns, code: str) -> Text:
    """Which columns were read, and that nothing in them tells GCJ-02 from WGS 84."""
    name, datum = table.name, columns.datum
    if datum in {"gcj02", "bd09"}:
        shown = {"gcj02": "GCJ-02", "bd09": "BD-09"}[datum]
        return Text(
            f"{name}：坐标取自 {columns}，列名表明为 {shown}；请加 --datum {datum} 还原",
            f"{name}: coordinates from {columns}, by their names {shown}; --datum {datum} undoes it",
        )
    if datum:
        return Text(
            f"{name}：坐标取自 {columns}，列名表明为 {datum.upper()}，按 {code} 读取",
            f"{name}: coordinates from {columns}, by their names {datum.upper()}, read as {code}",
        )
    return Text(
        f"{name}：坐标取自 {columns}，按 {code} 读取；未注明基准，从网络地图抄录的坐标可能是 GCJ-02，"
        "加 --datum gcj02 可还原",
        f"{name}: coordinates from {columns}, read as {code}; nothing states the datum: lists copied from web maps "
        "may be GCJ-02, --datum gcj02 undoes it",
    )


def _in_metres(
    table: Table,
    columns: Columns,
    x: Floats,
    y: Floats,
    rows: Rows,  # noqa: ARG001 - as `_in_degrees`
) -> tuple[Floats, Floats, str, list[Text]]:
    """Easting and northing in metres, and their CRS."""
    crs, notes = table.crs, []
    order = _chinese_order(x, y) or ("as named" if crs is None else _order_in(x, y, crs))
    if order == "north first":
        x, y = y, x
        said = Text(
            f"{table.name}：`{columns.first}` 为北坐标、`{columns.second}` 为东坐标（测量惯例），已据此读取",
            f"{table.name}: `{columns.first}` is the northing and `{columns.second}` the easting, as surveyors write; "
            "read so",
        )
        notes.append(said)
    if crs is None:
        bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
        raise missing_crs(Text(f"{table.name}（{columns}）", f"{table.name} ({columns})"), bounds, table.near)
    if not read_crs(crs).is_projected:
        raise CRSError(
            Text(
                f"{table.name} 的坐标不是经纬度，而 --crs 为 {crs}", f"{table.name} is not in degrees, --crs says {crs}"
            ),
            Text("请指明投影坐标系，例如 --crs EPSG:4549", "name a projected one, for example --crs EPSG:4549"),
        )
    if _order_in(x, y, crs) != "as named":
        raise CRSError(
            Text(
                f"{table.name} 的坐标不在 {crs} 的适用范围内", f"the coordinates of {table.name} lie outside of {crs}"
            ),
            Text("请核对 --crs（分带、带号）与坐标列", "check --crs (its zone) and the coordinate columns"),
        )
    return x, y, crs, notes


Order = Literal["as named", "north first", ""]


def _chinese_order(x: Floats, y: Floats) -> Order:
    """Whether the numbers are a Gauss-Krueger easting and northing of China, and in which order."""

    def northing(values: Floats) -> bool:
        return bool(((values > NORTHINGS[0]) & (values < NORTHINGS[1])).all())

    def easting(values: Floats) -> bool:
        within = values % 1e6
        return bool((((values < 1e6) | (values > 1.3e7)) & (within > 1e5) & (within < 9e5)).all())

    if northing(y) and easting(x):
        return "as named"
    return "north first" if northing(x) and easting(y) else ""


def _order_in(x: Floats, y: Floats, crs: str) -> Order:
    """In which order the numbers lie where a CRS is meant to be used (a degree around it)."""
    if _lies_in(x, y, crs):
        return "as named"
    return "north first" if _lies_in(y, x, crs) else ""


def _lies_in(x: Floats, y: Floats, crs: str) -> bool:
    area = read_crs(crs).area_of_use
    if area is None:
        return True
    to_degrees = Transformer.from_crs(read_crs(crs), WEB, always_xy=True)
    lon, lat = (np.asarray(part) for part in to_degrees.transform([x.min(), x.max()], [y.min(), y.max()]))
    west, south, east, north = area.bounds
    wide = 1.0 if west < east else 360.0
    return bool(((lon > west - wide) & (lon < east + wide) & (lat > south - 1) & (lat < north + 1)).all())


def missing_crs(where: Text, bounds: tuple[float, float, float, float], near: Near = None) -> CRSError:
    """The error that asks for a CRS, with a proposal and its reason where the numbers let guess one."""
    said, found = proposal(bounds, near=near), propose_crs(bounds, near=near)
    code = found[0] if found else "EPSG:4549"
    return CRSError(
        Text(f"{where.zh} 未注明坐标系", f"{where.en} states no CRS"),
        Text(
            f"查明制作时所用的坐标系并指明，例如 --crs {code}{said.zh}",
            f"find out which one it was made in and say so, for example --crs {code}{said.en}",
        ),
    )


_SRID = re.compile(r"^SRID=(\d+);", re.IGNORECASE)


def _from_text(table: Table, columns: Columns) -> Placed:
    """Shapes written as text (WKT, EWKT or hexadecimal WKB)."""
    column = table.frame[columns.first]
    there = filled(column)
    rows = np.flatnonzero(there)
    text = [str(cell).strip() for cell in column.iloc[rows]]
    bare = np.array([_SRID.sub("", cell) for cell in text], dtype=object)
    binary = np.array([bool(HEX.fullmatch(cell)) for cell in bare], dtype=bool)
    shapes: NDArray[np.object_] = np.full(len(bare), None, dtype=object)
    shapes[binary] = shapely.from_wkb(bare[binary], on_invalid="ignore")
    shapes[~binary] = shapely.from_wkt(bare[~binary], on_invalid="ignore")
    if (broken := shapely.is_missing(shapes)).any():
        what = Text("不是 WKT 图形", "is no shape in WKT")
        problem = Problem(table.place(rows[broken].tolist(), columns.first), what, _CORRECT)
        raise LayerSchemaError(
            Text(f"{table.name} 的图形无法读取", f"the shapes of {table.name} cannot be read"), [problem]
        )
    srids = {int(found[1]) for cell in text if (found := _SRID.match(cell))}
    srids |= set(shapely.get_srid(shapes[binary]).tolist()) - {0}
    code, notes = _crs_of_text(table, columns, shapes, srids)
    if not there.all():
        notes.append(_left_out(table, np.flatnonzero(~there), columns.first, Text("没有图形", "have no shape")))
    kept = _kept(table.frame, rows).drop(columns=columns.first, errors="ignore")
    found = gpd.GeoDataFrame(kept, geometry=shapely.force_2d(shapes), crs=code)
    return Placed(found, rows, tuple(notes), columns.datum)


def _crs_of_text(
    table: Table, columns: Columns, shapes: NDArray[np.object_], srids: set[int]
) -> tuple[str, list[Text]]:
    if table.crs is not None:
        return table.crs, []
    if len(srids) == 1:
        return f"EPSG:{srids.pop()}", []
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        bounds = (west, south, east, north)
        raise missing_crs(Text(f"{table.name}（{columns}）", f"{table.name} ({columns})"), bounds, table.near)
    return WEB, [_said_of_datum(table, columns, WEB)]
