"""What a form to fill in holds: its fields, its choices in words, its example row, and where on the sheet all this is.

Writer and reader of the form, and the forms of an editor, go by this page.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from kunshan_gis.messages import Text
from kunshan_gis.schema import AREA, KINDS, LINE, POINT, Column, Kind

VERSION = 1
ABOUT = "说明"
"""The sheet that explains the form."""

MARK = "kunshan-gis form"
"""Begins the second row of every sheet to fill in: `kunshan-gis form 1 · parks`."""

EXAMPLE = "示例"
"""In the first column of a row that is an example, not data."""

MARK_ROW, DATUM_ROW, LABEL_ROW, NAME_ROW, UNIT_ROW, EXAMPLE_ROW, FIRST_ROW = 1, 2, 3, 4, 5, 6, 7
"""Rows of a sheet, from 0: the mark, the datum, headings, field names (read back by these), units, example, data."""

DATUM_CELL = 2
"""Column, from 0, where the sheet's datum is chosen."""

Cell = str | float | bool | date | time | datetime | timedelta
"""What a cell of a workbook may hold."""

TRUTHS = ("true", "false")
LON, LAT, VERTICES = "lon", "lat", "vertices"


@dataclass(frozen=True)
class Field:
    """One column of a form: a column of the contract, or coordinates (then `column` is None)."""

    name: str
    column: Column | None
    required: bool

    @property
    def label(self) -> Text:
        """The heading."""
        return column_label(self.name)

    @property
    def unit(self) -> Text:
        """The unit or the shape of what is filled in."""
        if self.name in _words()["units"]:
            return Text(*_words()["units"][self.name])
        return Text("选填项", "choose") if self.choices else _TYPES[self.column.type if self.column else "number"]

    @property
    def choices(self) -> tuple[str, ...]:
        """Keys that may be chosen; none where anything may be written."""
        if self.column is None:
            return ()
        return TRUTHS if self.column.type == "boolean" else self.column.values

    @property
    def numeric(self) -> bool:
        """True where numbers are filled in."""
        return self.name in (LON, LAT) or (self.column is not None and self.column.type in ("integer", "number"))

    @property
    def about(self) -> Text:
        """What to fill in, in a sentence."""
        return self.column.about if self.column else _COORDINATES[self.name]


_TYPES = {
    "text": Text("文本", "text"),
    "integer": Text("整数", "whole number"),
    "number": Text("数值", "number"),
    "boolean": Text("是或否", "yes or no"),
}
_COORDINATES = {
    LON: Text("十进制度，例如 116.3910", "decimal degrees, for example 116.3910"),
    LAT: Text("十进制度，例如 39.9070", "decimal degrees, for example 39.9070"),
    VERTICES: Text(
        "依次列出各顶点“经度 纬度”，以分号分隔，面不必重复首点；多个部分以 | 分隔；也可填 WKT（带洞的面）",
        "the vertices in order as “lon lat”, separated by semicolons; an area need not repeat the first; parts are "
        "separated by |; WKT is read too (areas with holes)",
    ),
}


def fields(kind: str) -> tuple[Field, ...]:
    """A form's columns in order: key and name, what is the kind's own, coordinates, then what every feature has."""
    contract = KINDS[kind]
    own = {column.name for column in contract.columns}
    own |= {"id", "name"} if any(column.name == "id" for column in contract.all_columns) else set()
    columns = sorted(contract.all_columns, key=lambda column: _rank(column, own))
    cells = [Field(column.name, column, column.required) for column in columns]
    tail = next((place for place, field in enumerate(cells) if _rank(field.column, own) == _LAST), len(cells))
    return (*cells[:tail], *_coordinates(contract), *cells[tail:])


_LAST = 3


def _rank(column: Column | None, own: set[str]) -> int:
    if column is None or column.name not in own:
        return _LAST
    return {"id": 0, "name": 1}.get(column.name, 2)


def _coordinates(contract: Kind) -> list[Field]:
    point = set(POINT) <= set(contract.geometry)
    drawn = bool(set(AREA + LINE) & set(contract.geometry))
    pair = [Field(LON, None, required=not drawn), Field(LAT, None, required=not drawn)] if point else []
    return [*pair, *([Field(VERTICES, None, required=not point)] if drawn else [])]


def example(kind: str) -> dict[str, str | float]:
    """The example row: what each field of the form could say."""
    return {field.name: _example(kind, field) for field in fields(kind)}


def _example(kind: str, field: Field) -> str | float:
    said = _words()["examples"]
    if field.choices:
        return choice(field.choices[0])
    if field.name == VERTICES:
        return str(said["vertices_area" if set(AREA) <= set(KINDS[kind].geometry) else "vertices_line"])
    if field.name in ("id", "name", "name_en"):
        title = KINDS[kind]
        return {"id": f"{kind}-1", "name": f"{EXAMPLE}{title.zh}", "name_en": f"Example {title.en.lower()}"}[field.name]
    found: str | float = said.get(f"{kind}.{field.name}", said.get(field.name, ""))
    return found


def column_label(name: str) -> Text:
    """A column's short name, as a heading shows it; an unknown column is called by its name."""
    return Text(*_words()["columns"].get(name, (name, name)))


def value_label(value: str) -> Text:
    """An enumerated value in words; an unknown one stands as it is."""
    return Text(*_words()["values"].get(value, (value, value)))


def choice(value: str) -> str:
    """A value as a drop-down list shows it: Chinese, then the key (`综合公园 comprehensive`)."""
    zh = value_label(value).zh
    return zh if zh.lower().replace("-", "").replace(" ", "") == value else f"{zh} {value}"


def chosen(cell: str, values: tuple[str, ...]) -> str | None:
    """The value that a cell names by its key, its Chinese or English words, or as the list shows it; else None."""
    wanted = _plain(cell)
    for value in values:
        if wanted in {_plain(word) for word in (value, *value_label(value), choice(value))}:
            return value
    return None


def _plain(word: str) -> str:
    return "".join(word.lower().split()).replace("-", "").replace("_", "")


def datum_hint() -> Text:
    """What to choose as datum, by where the coordinates were read."""
    return _DATUM_HINT


_DATUM_HINT = Text(
    "必选：高德、腾讯地图取点选 GCJ-02，百度地图选 BD-09，GPS、OpenStreetMap 选 WGS 84，天地图与测绘成果选 CGCS2000",
    "Must be chosen: Amap or Tencent GCJ-02, Baidu BD-09, GPS or OpenStreetMap WGS 84, Tianditu or a survey CGCS2000",
)


def kind_of(mark: object) -> tuple[str, int] | None:
    """The kind and version that a sheet's mark names, or None where this is no form."""
    if not isinstance(mark, str) or not mark.startswith(MARK):
        return None
    parts = mark.removeprefix(MARK).split("·")
    version = parts[0].strip()
    kind = parts[1].strip() if len(parts) > 1 else ""
    return (kind, int(version)) if version.isdecimal() and kind in KINDS else None


def mark_of(kind: str) -> str:
    """The mark of a kind's sheet."""
    return f"{MARK} {VERSION} · {kind}"


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("kunshan_gis") / "forms.toml").read_text(encoding="utf-8"))


def sheet_title(kind: str) -> str:
    """What a kind's sheet is called."""
    return KINDS[kind].zh


def address(row: int, column: int) -> str:
    """A cell's address as a spreadsheet says it, from its row and column counted from 0."""
    letters = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        letters, column = chr(ord("A") + rest) + letters, column - 1
    return f"{letters}{row + 1}"
