"""The keys a table finds its areas by: statistical codes, checked for what spreadsheets do to them, or names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.errors import LayerError, LayerSchemaError, ParameterError, Problem, listed
from kunshan_gis.layers.source import Source
from kunshan_gis.messages import Text

By = Literal["code", "name"]

CODES, NAMES = ("adcode", "code"), ("name",)
"""Columns of a layer that hold the statistical code, and the name."""

_CODE = re.compile(r"\d{6}|\d{9}|\d{12}")
_NUMBER = re.compile(r"[\d.]+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of the table by the key of the layer's units: `key` as joined, `cell` as written."""

    key: NDArray[np.object_]
    cell: NDArray[np.object_]
    by: By
    parts: bool


def plain(value: Any) -> str:
    """A cell as its text: whole numbers without a point, full-width signs as usual ones."""
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, (int, np.integer)) or (isinstance(value, (float, np.floating)) and float(value).is_integer()):
        return str(int(value))
    return unicodedata.normalize("NFKC", str(value)).strip()


def table_rows(source: Source, on: str, areas: gpd.GeoDataFrame) -> Rows:
    if on not in source.table:
        there = listed([name for name in source.table.columns if name != "geometry"], 12)
        raise ParameterError(
            Text(
                f"{source.name} 没有字段 `{on}`；现有：{there}。请用 --on 指明代码或名称所在字段",
                f"{source.name} has no column `{on}`; there are: {there}. Name the one with codes or names with --on",
            )
        )
    cell = np.array([plain(value) for value in source.table[on]], dtype=object)
    numeric = [bool(_NUMBER.fullmatch(text)) for text in cell if text]
    if not numeric or np.mean(numeric) < 0.5:
        return Rows(cell, cell, "name", parts=False)
    _require_codes(source, on, cell)
    size = max((len(code) for code in unit_keys(areas, "code")), default=9)
    cut = np.array([_shortened(code, size) for code in cell], dtype=object)
    return Rows(cut, cell, "code", parts=any(len(code) > size and not code.endswith("000") for code in cell))


def _shortened(code: str, size: int) -> str:
    return code[:size] if len(code) > size else code


def _require_codes(source: Source, on: str, cell: NDArray[np.object_]) -> None:
    kinds: dict[Text, list[int]] = {}
    for row, text in enumerate(cell):
        if text and not _CODE.fullmatch(text):
            kinds.setdefault(_spoiled(text), []).append(row)
    if not kinds:
        return
    remedy = Text(
        "在 Excel 中把该列设为“文本”后重新填写完整代码（9 或 12 位）",
        "format the column as text in Excel and enter the full codes again (9 or 12 digits)",
    )
    problems = [Problem(source.place(rows, on), _naming(what, cell[rows]), remedy) for what, rows in kinds.items()]
    title = Text(f"{source.name} 的代码字段 `{on}` 已损坏", f"codes in `{on}` of {source.name} are spoiled")
    raise LayerSchemaError(title, sorted(problems))


def _naming(what: Text, cells: Iterable[object]) -> Text:
    """What is wrong, and with which cells."""
    return Text(f"{what.zh}：{listed(cells)}", f"{what.en}: {listed(cells)}")


def _spoiled(text: str) -> Text:
    if re.fullmatch(r"[\d.]+[eE][+-]?\d+", text):
        return Text(
            "代码变成了科学计数法，末尾数字已丢失", "a code became scientific notation and lost its last digits"
        )
    if "." in text:
        return Text("代码变成了小数", "a code became a decimal number")
    if text.isdigit():
        return Text(
            "代码位数不是 6、9 或 12（前导零或末位可能丢失）",
            "a code has not 6, 9 or 12 digits (leading zeros or last digits may be lost)",
        )
    return Text("不是代码", "not a code")


def unit_keys(areas: gpd.GeoDataFrame, by: By) -> NDArray[np.object_]:
    """The key of each area; town codes of 12 digits are those of 9."""
    wanted = CODES if by == "code" else NAMES
    column = next((name for name in wanted if name in areas), None)
    if column is None:
        names = " / ".join(wanted)
        raise LayerError(
            Text(
                f"图层没有字段 {names}，表格无法与其关联；请先补上，或换用另一字段（--on）",
                f"the layer has no column {names} to join by; add it, or join on another column (--on)",
            )
        )
    keys = [plain(value) for value in areas[column]]
    return np.array(
        [key[:9] if by == "code" and len(key) == 12 and key.endswith("000") else key for key in keys], object
    )


def require_once(source: Source, rows: Rows, on: str) -> None:
    """No unit twice, and no unit beside its own parts."""
    problems = []
    filled = pd.Series(rows.cell)
    repeated = np.flatnonzero(filled.duplicated(keep=False) & (filled != ""))
    if repeated.size:
        remedy = Text("每个单元保留一行", "keep one row for each unit")
        what = _naming(Text("重复出现", "more than once"), sorted(set(filled[repeated])))
        problems.append(Problem(source.place(repeated.tolist(), on), what, remedy))
    if rows.parts:
        sums = np.flatnonzero(
            [len(text) <= len(key) or text.endswith("000") for text, key in zip(rows.cell, rows.key, strict=True)]
        )
        sums = sums[rows.cell[sums] != ""]
        if sums.size:
            what = _naming(Text("合计行与其下级行同在一表", "totals stand beside their parts"), rows.cell[sums])
            remedy = Text("删去合计行，或只保留合计行", "delete the totals, or keep nothing but them")
            problems.append(Problem(source.place(sums.tolist(), on), what, remedy))
    if problems:
        title = Text(f"{source.name} 中有重复计算", f"{source.name} would be counted twice")
        raise LayerSchemaError(title, problems)
