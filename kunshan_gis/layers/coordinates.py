"""Coordinates in a table's columns: found by name and by value, swapped axes and northing-first columns noticed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import crs as crs_module
from kunshan_gis.crs import WEB, read_crs
from kunshan_gis.errors import CRSError, LayerError, LayerSchemaError, Problem, listed
from kunshan_gis.layers.degrees import degrees_of, filled
from kunshan_gis.messages import Text

Floats = NDArray[np.float64]
Place = Callable[[Sequence[int], str | None], Text]
Form = Literal["lon", "lat", "x", "y", "east", "north", "pair", "pair_lat_first", "wkt"]

_FORMS: dict[Form, tuple[str, ...]] = {
    "lon": ("lon", "lng", "long", "longitude", "longtitude", "经度", "东经", "lonx", "lngx", "xlon"),
    "lat": ("lat", "latitude", "latitute", "纬度", "北纬", "laty", "ylat"),
    "x": ("x", "xcoord", "pointx", "coordx", "coordinatex", "centerx", "centroidx", "x坐标", "坐标x", "纵坐标x", "xm"),
    "y": ("y", "ycoord", "pointy", "coordy", "coordinatey", "centery", "centroidy", "y坐标", "坐标y", "横坐标y", "ym"),
    "east": ("east", "easting", "e", "东坐标", "横坐标", "东向坐标"),
    "north": ("north", "northing", "n", "北坐标", "纵坐标", "北向坐标"),
    "pair": (
        "坐标", "经纬度", "经纬度坐标", "coordinates", "coordinate", "coord", "coords", "location", "lonlat", "lnglat",
        "position", "point", "坐标经度纬度", "坐标点",
    ),
    "pair_lat_first": ("latlon", "latlng", "latlong", "纬经度", "坐标纬度经度"),
    "wkt": ("wkt", "geom", "geometry", "thegeom", "shape", "wkbgeometry", "几何", "几何图形", "图形"),
}  # fmt: skip
_FORM_OF = {name: form for form, names in _FORMS.items() for name in names}

_DATUMS = (
    ("wgs84", ("wgs84", "wgs", "gps", "4326")),
    ("cgcs2000", ("cgcs2000", "国家2000", "2000", "4490")),
    ("gcj02", ("gcj02", "gcj", "高德", "火星", "腾讯", "amap", "gaode", "mars")),
    ("bd09", ("bd09", "bd09ll", "百度", "baidu", "bd")),
)
"""What a column's name says of its datum; the first is taken where a table has several pairs."""

_UNITS = re.compile(r"[（(\[【](?:°|度|m|米|degrees?|deg|十进制|小数|e|n|单位[:：]?[度米])[)）\]】]")
_NOISE = re.compile(r"[\s_\-.,，、/:：()（）\[\]【】]")

CHINA = (73.0, 3.0, 136.0, 54.0)
"""Degrees within which China lies: west, south, east, north."""


@dataclass(frozen=True)
class Columns:
    """Columns that hold coordinates, easting (or longitude) first; one column of text has no second."""

    form: Literal["degrees", "plain", "named", "pair", "pair_lat_first", "wkt"]
    first: str
    second: str = ""
    datum: str = ""


@dataclass(frozen=True, eq=False)
class Placed:
    """A table with its points, the rows of the table it came from, notes, and the datum the names speak of."""

    table: gpd.GeoDataFrame | pd.DataFrame
    rows: NDArray[np.intp]
    notes: tuple[Text, ...] = ()
    datum: str = ""


def plain_name(name: str) -> tuple[str, str]:
    """A column's name without units, blanks and datum, and the datum it names."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _NOISE.sub("", _UNITS.sub("", text))
    for datum, words in _DATUMS:
        for word in words:
            if word in text and text != word and _FORM_OF.get(text.replace(word, "", 1)):
                return text.replace(word, "", 1), datum
    return text, ""


def coordinate_columns(table: pd.DataFrame) -> Columns | None:
    """The columns that hold coordinates, by their names; of several pairs that in WGS 84, else the first."""
    found: dict[tuple[Form, str], str] = {}
    for column in table.columns:
        plain, datum = plain_name(str(column).rsplit("坐标_", 1)[-1])
        if form := _FORM_OF.get(plain):
            found.setdefault((form, datum), str(column))
    order = ("wgs84", "cgcs2000", "", "gcj02", "bd09")
    pairs: tuple[tuple[Literal["degrees", "named", "plain"], Form, Form], ...] = (
        ("degrees", "lon", "lat"), ("named", "east", "north"), ("plain", "x", "y"),
    )  # fmt: skip
    for kind, east, north in pairs:
        for datum in order:
            if (east, datum) in found and (north, datum) in found:
                return Columns(kind, found[east, datum], found[north, datum], datum)
    singles: tuple[Literal["pair", "pair_lat_first", "wkt"], ...] = ("wkt", "pair", "pair_lat_first")
    for single in singles:
        for datum in order:
            if (single, datum) in found and _holds(table[found[single, datum]], single):
                return Columns(single, found[single, datum], datum=datum)
    return None


_PAIR = re.compile(r"\s*[\[(（【]?\s*(.+?[^\s,，;；])\s*[,，;；\s]\s*([^,，;；]+?)\s*[\])）】]?\s*")
_WKT = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)", re.IGNORECASE)
_HEX = re.compile(r"0[01][0-9A-F]{8,}", re.IGNORECASE)


def _holds(column: pd.Series, form: str) -> bool:
    """Whether the first cells are what the name lets expect."""
    first = column[filled(column)].head(20).astype(str)
    if form == "wkt":
        return bool(first.map(lambda cell: bool(_WKT.match(cell) or _HEX.fullmatch(cell))).any())
    return bool(first.map(lambda cell: bool(_PAIR.fullmatch(cell)) and any(map(str.isdigit, cell))).any())


def placed(table: pd.DataFrame, place: Place, name: str, *, crs: str | None = None) -> Placed:
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
    columns = coordinate_columns(table)
    if columns is None:
        return Placed(table, np.arange(len(table)))
    if columns.form == "wkt":
        return _from_wkt(table, columns, place, name, crs)
    x, y, notes = _numbers(table, columns, place, name)
    here = np.isfinite(x) & np.isfinite(y)
    if not here.any():
        raise LayerError(
            Text(
                f"{name} 的坐标字段 {_titles(columns)} 没有数值", f"{name}: no coordinates in column {_titles(columns)}"
            ),
            Text("请填写坐标", "fill in the coordinates"),
        )
    if (zero := here & (x == 0) & (y == 0)).any() and not zero.all():
        here &= ~zero
        notes.append(_left_out(name, place, np.flatnonzero(zero), columns.first, Text("坐标为 0,0", "have 0, 0")))
    rows = np.flatnonzero(here)
    x, y = x[rows], y[rows]
    if _in_degrees(x, y):
        x, y, more = _unswapped(x, y, rows, columns, place, name)
        notes += more
        code = crs or WEB
        if read_crs(code).is_projected:
            raise CRSError(
                Text(f"{name} 的坐标为经纬度，而 --crs 为 {code}", f"{name} is in degrees, --crs says {code}"),
                Text("去掉 --crs，或改为 EPSG:4490", "leave --crs out, or say EPSG:4490"),
            )
        notes.append(_in_words(name, columns, code, stated=crs is not None))
    else:
        x, y, code, more = _projected(x, y, columns, name, crs)
        notes += more
    if len(rows) < len(table) and (empty := np.setdiff1d(np.flatnonzero(~here), np.flatnonzero(_zero(table, columns)))).size:
        notes.append(_left_out(name, place, empty, columns.first, Text("没有坐标", "have no coordinates")))
    kept = table.iloc[rows].drop(columns=[c for c in ("geometry",) if c in table.columns]).reset_index(drop=True)
    shapes = gpd.GeoDataFrame(kept, geometry=shapely.points(x, y), crs=code)
    return Placed(shapes, rows, tuple(notes), columns.datum)


def _zero(table: pd.DataFrame, columns: Columns) -> NDArray[np.bool_]:
    if not columns.second:
        return np.zeros(len(table), dtype=bool)
    first, second = (pd.to_numeric(table[c], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
                     for c in (columns.first, columns.second))  # fmt: skip
    return cast("NDArray[np.bool_]", (first == 0) & (second == 0))


def _titles(columns: Columns) -> str:
    return listed([f"`{name}`" for name in (columns.first, columns.second) if name])


def _left_out(name: str, place: Place, rows: NDArray[np.intp], column: str, why: Text) -> Text:
    where = place(rows.tolist(), column)
    return Text(
        f"{name}：{len(rows)} 行{why.zh}，已略去（{where.zh}）",
        f"{name}: {len(rows)} rows {why.en} and were left out ({where.en})",
    )


def _numbers(
    table: pd.DataFrame, columns: Columns, place: Place, name: str
) -> tuple[Floats, Floats, list[Text]]:
    """Easting and northing of each row as the columns' names say, NaN where both cells are empty."""
    if columns.second:
        cells = [table[columns.first], table[columns.second]]
    else:
        parts = table[columns.first].astype(object).map(_halves, na_action="ignore")
        halves = [parts.map(lambda pair, n=n: pair[n], na_action="ignore") for n in (0, 1)]
        cells = halves[::-1] if columns.form == "pair_lat_first" else halves
    (x, x_axes), (y, y_axes) = degrees_of(cells[0]), degrees_of(cells[1])
    held = [filled(cell) for cell in cells]
    problems = []
    remedy = Text("更正该单元格；不要这一行时请清空坐标", "correct the cell, or empty it to leave the row out")
    names = [columns.first, columns.second or columns.first]
    for numbers, there, other, title in ((x, *held, names[0]), (y, *held[::-1], names[1])):
        unread = np.flatnonzero(there & ~np.isfinite(numbers))
        if unread.size:
            said = repr(str(table[title].iloc[unread[0]]))
            what = Text(f"不是坐标：{said}", f"is no coordinate: {said}")
            problems.append(Problem(place(unread.tolist(), title), what, remedy))
        alone = np.flatnonzero(other & ~there)
        if alone.size:
            what = Text("缺少另一个坐标值", "lacks its half of the coordinates")
            problems.append(Problem(place(alone.tolist(), title), what, remedy))
    if problems:
        title = Text(f"{name} 的坐标无法读取", f"the coordinates of {name} cannot be read")
        raise LayerSchemaError(title, sorted(set(problems)))
    crossed = (x_axes == "lat") & (y_axes == "lon")
    if crossed.any():
        x, y = np.where(crossed, y, x), np.where(crossed, x, y)
        if not columns.second:
            return x, y, []
        said = Text(
            f"{name}：{_titles(columns)} 的值自带 N/E，实为先纬后经，已对调",
            f"{name}: the cells of {_titles(columns)} say N and E themselves, latitude first; they were swapped",
        )
        return x, y, [said]
    return x, y, []


def _halves(cell: object) -> tuple[str, str]:
    text = unicodedata.normalize("NFKC", str(cell)) if not str(cell).isascii() else str(cell)
    found = _PAIR.fullmatch(text)
    return (found[1], found[2]) if found else (str(cell), str(cell))


def _in_degrees(x: Floats, y: Floats) -> bool:
    return bool(np.nanmax(np.abs(x)) <= 180 and np.nanmax(np.abs(y)) <= 180)


def _unswapped(
    x: Floats, y: Floats, rows: NDArray[np.intp], columns: Columns, place: Place, name: str
) -> tuple[Floats, Floats, list[Text]]:
    """Longitude and latitude; swapped where every row shows that the columns are, refused where only some do."""
    beyond = np.abs(y) > 90
    if beyond.all() and (np.abs(x) <= 90).all():
        if columns.form == "pair_lat_first":
            return y, x, []
        said = Text(
            f"{name}：{_titles(columns)} 的经纬度颠倒（“纬度”超过 90°），已对调",
            f"{name}: {_titles(columns)} hold latitude and longitude swapped (latitudes beyond 90°); swapped back",
        )
        return y, x, [said]
    if beyond.any():
        where = place(rows[beyond].tolist(), columns.second or columns.first)
        what = Text("纬度超过 90°，而其他行没有", "the latitude is beyond 90°, in other rows it is not")
        remedy = Text("这些行的经纬度可能颠倒，请更正", "their axes may be swapped; correct these rows")
        raise LayerSchemaError(
            Text(f"{name} 的经纬度不一致", f"the axes of {name} do not agree"), [Problem(where, what, remedy)]
        )
    if not _in_china(x, y) and _in_china(y, x):
        raise LayerError(
            Text(
                f"{name}：{_titles(columns)} 的经纬度可能颠倒：对调后才位于中国境内",
                f"{name}: the axes of {_titles(columns)} may be swapped: only swapped do they lie in China",
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


def _in_words(name: str, columns: Columns, code: str, *, stated: bool) -> Text:
    """Which columns were read, and that nothing in them tells GCJ-02 from WGS 84."""
    titles = _titles(columns)
    if columns.datum in {"gcj02", "bd09"}:
        shown = {"gcj02": "GCJ-02", "bd09": "BD-09"}[columns.datum]
        return Text(
            f"{name}：坐标取自 {titles}，列名表明为 {shown}；请加 --datum {columns.datum} 还原",
            f"{name}: coordinates from {titles}, by their names {shown}; --datum {columns.datum} undoes it",
        )
    if columns.datum:
        return Text(
            f"{name}：坐标取自 {titles}，列名表明为 {columns.datum.upper()}，坐标系 {code}",
            f"{name}: coordinates from {titles}, by their names {columns.datum.upper()}, read as {code}",
        )
    read = Text("已按指定的", "read as the given") if stated else Text("按", "read as")
    return Text(
        f"{name}：坐标取自 {titles}，{read.zh} {code} 读取；未注明基准，从网络地图抄录的坐标可能是 GCJ-02，"
        "加 --datum gcj02 可还原",
        f"{name}: coordinates from {titles}, {read.en} {code}; nothing states the datum: lists copied from web maps "
        "may be GCJ-02, --datum gcj02 undoes it",
    )


NORTHINGS = (1_900_000.0, 6_100_000.0)
"""Metres from the equator within which China lies."""


def _chinese_order(x: Floats, y: Floats) -> Literal["as named", "north first", ""]:
    """Whether the numbers are a Gauss-Krueger easting and northing of China, and in which order."""

    def northing(values: Floats) -> bool:
        return bool(((values > NORTHINGS[0]) & (values < NORTHINGS[1])).all())

    def easting(values: Floats) -> bool:
        within = values % 1e6
        return bool((((values < 1e6) | (values > 1.3e7)) & (within > 1e5) & (within < 9e5)).all())

    if northing(y) and easting(x):
        return "as named"
    return "north first" if northing(x) and easting(y) else ""


def _projected(
    x: Floats, y: Floats, columns: Columns, name: str, crs: str | None
) -> tuple[Floats, Floats, str, list[Text]]:
    """Easting and northing in metres, and their CRS."""
    order = _chinese_order(x, y)
    if crs is not None and not order:
        order = _order_in(x, y, crs)
    notes = []
    if order == "north first":
        x, y = y, x
        said = Text(
            f"{name}：`{columns.first}` 为北坐标、`{columns.second}` 为东坐标（测量惯例），已据此读取",
            f"{name}: `{columns.first}` is the northing and `{columns.second}` the easting (as surveyors write); "
            "read so",
        )
        notes.append(said)
    if crs is None:
        raise _no_crs(name, x, y, columns)
    if not read_crs(crs).is_projected:
        raise CRSError(
            Text(f"{name} 的坐标不是经纬度，而 --crs 为 {crs}", f"{name} is not in degrees, --crs says {crs}"),
            Text("请指明投影坐标系，例如 --crs EPSG:4549", "name a projected one, for example --crs EPSG:4549"),
        )
    if _order_in(x, y, crs) != "as named":
        raise CRSError(
            Text(f"{name} 的坐标不在 {crs} 的适用范围内", f"the coordinates of {name} lie outside of {crs}"),
            Text("请核对 --crs（分带、带号）与坐标列", "check --crs (its zone) and the coordinate columns"),
        )
    return x, y, crs, notes


def _no_crs(name: str, x: Floats, y: Floats, columns: Columns) -> CRSError:
    """The error that asks for a CRS, and proposes one where the numbers let guess it."""
    bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    return missing_crs(Text(f"{name}（{_titles(columns)}）", f"{name} ({_titles(columns)})"), bounds)


def missing_crs(where: Text, bounds: tuple[float, float, float, float]) -> CRSError:
    """The error that asks for a CRS, with a proposal and its reason where the numbers let guess one."""
    what = Text(f"{where.zh} 未注明坐标系", f"{where.en} states no CRS")
    propose = getattr(crs_module, "propose_crs", None)
    if propose is not None and (found := propose(bounds)) is not None:
        code, reason = found
        return CRSError(
            Text(f"{what.zh}；{reason.zh}", f"{what.en}; {reason.en}"),
            Text(f"核对后加 --crs {code}", f"check it, then add --crs {code}"),
        )
    return CRSError(
        what,
        Text(
            "查明制作时所用的坐标系并指明，例如 --crs EPSG:4549",
            "find out which one it was made in and say so, for example --crs EPSG:4549",
        ),
    )


def _order_in(x: Floats, y: Floats, crs: str) -> Literal["as named", "north first", ""]:
    """In which order the numbers lie where a CRS is meant to be used (a degree around it)."""
    if _lies_in(x, y, crs):
        return "as named"
    return "north first" if _lies_in(y, x, crs) else ""


def _lies_in(x: Floats, y: Floats, crs: str) -> bool:
    from pyproj import Transformer

    area = read_crs(crs).area_of_use
    if area is None:
        return True
    to_degrees = Transformer.from_crs(read_crs(crs), WEB, always_xy=True)
    lon, lat = to_degrees.transform([x.min(), x.max()], [y.min(), y.max()])
    lon, lat = np.asarray(lon), np.asarray(lat)
    west, south, east, north = area.bounds
    wide = 1.0 if west < east else 360.0
    return bool(
        ((lon > west - wide) & (lon < east + wide) & (lat > south - 1) & (lat < north + 1)).all()
    )


def _from_wkt(table: pd.DataFrame, columns: Columns, place: Place, name: str, crs: str | None) -> Placed:
    """Shapes written as text (WKT, EWKT or hexadecimal WKB)."""
    column = table[columns.first]
    there = filled(column)
    rows = np.flatnonzero(there)
    text = [str(cell).strip() for cell in column.iloc[rows]]
    srids = {match[1] for cell in text if (match := re.match(r"SRID=(\d+);", cell, re.IGNORECASE))}
    bare = np.array([re.sub(r"^SRID=\d+;", "", cell, flags=re.IGNORECASE) for cell in text], dtype=object)
    binary = np.array([bool(_HEX.fullmatch(cell)) for cell in bare], dtype=bool)
    shapes: NDArray[np.object_] = np.full(len(bare), None, dtype=object)
    shapes[binary] = shapely.from_wkb(bare[binary], on_invalid="ignore")
    shapes[~binary] = shapely.from_wkt(bare[~binary], on_invalid="ignore")
    if (broken := shapely.is_missing(shapes)).any():
        what = Text("不是 WKT 图形", "is no shape in WKT")
        remedy = Text("更正该单元格；不要这一行时请清空", "correct the cell, or empty it to leave the row out")
        problem = Problem(place(rows[broken].tolist(), columns.first), what, remedy)
        raise LayerSchemaError(Text(f"{name} 的图形无法读取", f"the shapes of {name} cannot be read"), [problem])
    srids |= {str(srid) for srid in set(shapely.get_srid(shapes[binary]).tolist()) if srid}
    notes = [] if there.all() else [
        _left_out(name, place, np.flatnonzero(~there), columns.first, Text("没有图形", "have no shape"))
    ]  # fmt: skip
    bounds = tuple(shapely.total_bounds(shapes).tolist())
    code = crs or (f"EPSG:{srids.pop()}" if len(srids) == 1 else None)
    if code is None:
        west, south, east, north = bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise missing_crs(Text(f"{name}（`{columns.first}`）", f"{name} (`{columns.first}`)"), bounds)
        code = WEB
        notes.append(_in_words(name, columns, code, stated=False))
    kept = table.iloc[rows].drop(columns=columns.first).reset_index(drop=True)
    kept = kept.drop(columns=[c for c in ("geometry",) if c in kept.columns])
    return Placed(gpd.GeoDataFrame(kept, geometry=shapely.force_2d(shapes), crs=code), rows, tuple(notes), columns.datum)
