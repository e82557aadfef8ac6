"""Shapefiles that survive: Chinese in GBK, field names cut at characters and never alike, what was cut listed."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from kunshan_gis.errors import OutputError, listed
from kunshan_gis.export.files import explained
from kunshan_gis.messages import Text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Encoding = Literal["GBK", "UTF-8"]

NAME_BYTES = 10
"""Longest field name that a .dbf holds; a Chinese character takes 2 of them in GBK, 3 in UTF-8."""

TEXT_BYTES = 254
"""Longest text that a .dbf holds."""

_FAMILIES = {"Point": "points", "MultiPoint": "points", "LineString": "lines", "MultiLineString": "lines",
             "Polygon": "areas", "MultiPolygon": "areas"}  # fmt: skip
_DATE = "2000-01-01"
"""Written into every .dbf in place of today, so that the same table gives the same bytes."""


def shapefile(table: gpd.GeoDataFrame, name: str, *, encoding: Encoding | None = None) -> dict[str, bytes]:
    """A table as a Shapefile's files and a text that says what its fields were called.

    Parameters
    ----------
    table : GeoDataFrame
        Points, lines or areas in any CRS, which the .prj states.
    name : str
        Of the files, without suffix.
    encoding : {"GBK", "UTF-8"}, optional
        Of the text; GBK, which every program in China expects, unless the text holds characters beyond it.

    Returns
    -------
    dict of file name to bytes
        .shp, .shx, .dbf, .prj, .cpg and .txt, to be handed to `write_files`.

    Raises
    ------
    OutputError
        Points, lines and areas together, no CRS, nothing to write, or GBK asked for text that is beyond it.
    """
    import pyogrio

    _require_one_family(table, name)
    code = _encoding(table, encoding, name)
    columns = [str(column) for column in table.columns if column != table.geometry.name]
    fields = short_names(columns, code)
    plain, cut = _fitting(table, code)
    plain = plain.rename(columns=dict(zip(columns, fields, strict=True)))
    with explained(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of numbers wider than a field, which GDAL widens
        pyogrio.write_dataframe(
            plain, Path(place) / "t.shp", driver="ESRI Shapefile", encoding=code, DBF_DATE_LAST_UPDATE=_DATE
        )
        files = {f"{name}{file.suffix}": file.read_bytes() for file in sorted(Path(place).iterdir())}
    return {**files, f"{name}.cpg": code.encode(), f"{name}.txt": _list(columns, fields, cut, code).encode("utf-8-sig")}


def short_names(names: Iterable[str], encoding: str) -> list[str]:
    """Field names of at most 10 bytes, cut between characters; no two alike, capitals aside."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        base = "".join("_" if sign.isspace() or not sign.isprintable() else sign for sign in name) or "field"
        short, number = _cut(base, NAME_BYTES, encoding), 1
        while short.casefold() in taken:
            number += 1
            short = f"{_cut(base, NAME_BYTES - len(f'_{number}'), encoding)}_{number}"
        taken.add(short.casefold())
        found.append(short)
    return found


def _cut(text: str, size: int, encoding: str) -> str:
    return text.encode(encoding, "replace")[:size].decode(encoding, "ignore")


def _require_one_family(table: gpd.GeoDataFrame, name: str) -> None:
    families = sorted({_FAMILIES.get(kind, kind) for kind in table.geom_type.dropna()})
    if len(families) == 1 and families[0] in _FAMILIES.values() and table.crs is not None:
        return
    what = (
        Text(f"含有 {listed(families) or '零个要素'}", f"holds {listed(families) or 'nothing'}")
        if table.crs is not None
        else Text("未注明坐标系", "states no CRS")
    )
    raise OutputError(
        Text(f"`{name}` 不能写为 Shapefile：{what.zh}", f"`{name}` cannot be a Shapefile: it {what.en}"),
        Text("每种几何分别写出，或写为 GeoPackage", "write one for each kind of shape, or a GeoPackage"),
    )


def _encoding(table: gpd.GeoDataFrame, asked: Encoding | None, name: str) -> Encoding:
    beyond = sorted({sign for text in _texts(table) if not text.isascii() for sign in text if not _in_gbk(sign)})
    if asked == "GBK" and beyond:
        raise OutputError(
            Text(
                f"`{name}` 含有 GBK 没有的字：{listed(beyond)}",
                f"`{name}` holds characters beyond GBK: {listed(beyond)}",
            ),
            Text("改用 UTF-8", "use UTF-8"),
        )
    return asked or ("UTF-8" if beyond else "GBK")


def _texts(table: gpd.GeoDataFrame) -> Iterable[str]:
    for column in table.columns:
        yield str(column)
        if column != table.geometry.name and _is_text(table[column]):
            yield from {cell for cell in table[column].dropna() if isinstance(cell, str)}


def _is_text(column: pd.Series) -> bool:
    import pandas as pd

    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


def _in_gbk(sign: str) -> bool:
    try:
        sign.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _fitting(table: gpd.GeoDataFrame, encoding: str) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Text cut between characters where it is too long, and in how many cells of which column."""
    cut: dict[str, int] = {}
    columns = {}
    for column in table.columns:
        if column == table.geometry.name or not _is_text(table[column]):
            continue
        short = table[column].map(
            lambda cell: _cut(cell, TEXT_BYTES, encoding) if isinstance(cell, str) else cell, na_action="ignore"
        )
        held = np.asarray(table[column].notna())
        if changed := int((np.asarray(short)[held] != np.asarray(table[column])[held]).sum()):
            cut[str(column)] = changed
        columns[column] = short
    return table.assign(**columns), cut


def _list(columns: list[str], fields: list[str], cut: dict[str, int], encoding: str) -> str:
    """What the fields were called, one line each."""
    lines = [f"编码 encoding: {encoding}", "", "字段 field\t原名 original name"]
    lines += [f"{field}\t{column}" for field, column in zip(fields, columns, strict=True)]
    lines += [
        f"{column}: {number} 个单元格超过 {TEXT_BYTES} 字节，已截断 / cells beyond {TEXT_BYTES} bytes were cut"
        for column, number in cut.items()
    ]
    return "\r\n".join(lines) + "\r\n"
