"""Which columns of a table hold coordinates, told by their names in Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from kunshan_gis.errors import listed
from kunshan_gis.layers.degrees import filled

Form = Literal["lon", "lat", "x", "y", "east", "north", "pair", "pair_lat_first", "wkt"]

Single = Literal["pair", "pair_lat_first", "wkt"]

_ORDER = ("wgs84", "cgcs2000", "", "gcj02", "bd09")
"""Of several pairs of columns the first."""

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


@dataclass(frozen=True)
class Columns:
    """Columns that hold coordinates, easting (or longitude) first; one column of text has no second."""

    form: Literal["degrees", "plain", "named", "pair", "pair_lat_first", "wkt"]
    first: str
    second: str = ""
    datum: str = ""

    def __str__(self) -> str:
        return listed([f"`{name}`" for name in (self.first, self.second) if name])


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
    pairs: tuple[tuple[Literal["degrees", "named", "plain"], Form, Form], ...] = (
        ("degrees", "lon", "lat"), ("named", "east", "north"), ("plain", "x", "y"),
    )  # fmt: skip
    if (shapes := _single(table, found, ("wkt",))) is not None:
        return shapes
    for kind, east, north in pairs:
        for datum in _ORDER:
            if (east, datum) in found and (north, datum) in found:
                both = found[east, datum], found[north, datum]
                if kind == "degrees" or all(_holds(table[name], "number") for name in both):
                    return Columns(kind, *both, datum)
    return _single(table, found, ("pair", "pair_lat_first"))


def _single(table: pd.DataFrame, found: dict[tuple[Form, str], str], forms: tuple[Single, ...]) -> Columns | None:
    """The column that alone holds coordinates, by name and by its first cells."""
    for form in forms:
        for datum in _ORDER:
            if (form, datum) in found and _holds(table[found[form, datum]], form):
                return Columns(form, found[form, datum], datum=datum)
    return None


PAIR = re.compile(r"\s*[\[(（【]?\s*(.+?[^\s,，;；])\s*[,，;；\s]\s*([^,，;；]+?)\s*[\])）】]?\s*")
_WKT = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)", re.IGNORECASE)
HEX = re.compile(r"0[01][0-9A-F]{8,}", re.IGNORECASE)


def _holds(column: pd.Series, form: str) -> bool:
    """Whether the first cells are what the name lets expect."""
    first = column[filled(column)].head(20).astype(str)
    if form == "wkt":
        return bool(first.map(lambda cell: bool(_WKT.match(cell) or HEX.fullmatch(cell))).any())
    if form == "number":
        return first.empty or bool(first.map(lambda cell: any(map(str.isdigit, cell))).mean() > 0.5)
    return bool(first.map(lambda cell: bool(PAIR.fullmatch(cell)) and any(map(str.isdigit, cell))).any())
