"""A table's columns at the areas they belong to: what is a number, what may be added up, and the sums kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.errors import LayerSchemaError, ParameterError, Problem, listed
from kunshan_gis.layers.census_keys import Rows, plain
from kunshan_gis.layers.source import Source
from kunshan_gis.messages import Text
from kunshan_gis.model import spread_people

_NOT_ADDED = re.compile(
    "率|比例|占比|比重|密度|平均|人均|户均|指数|%|share|rate|ratio|densit|mean|average|median|percent|per_",
    re.IGNORECASE,
)
_ABSENT = {"", "-", "--", "—", "－", "…", "...", "na", "n/a", "nan", "null", "none"}


def values_to_bring(source: Source, on: str, columns: Sequence[str], *, several: bool) -> dict[str, NDArray[Any]]:
    """The columns to bring, as numbers where they are; what cannot be added is refused where adding is needed."""
    if missing := [name for name in columns if name not in source.table or name == on]:
        there = listed([name for name in source.table.columns if name not in (on, "geometry")], 12)
        raise ParameterError(
            Text(
                f"{source.name} 没有字段 {listed(missing)}；现有：{there}",
                f"{source.name} has no columns {listed(missing)}; there are: {there}",
            )
        )
    found: dict[str, NDArray[Any]] = {}
    problems: list[Problem] = []
    for name in columns or [name for name in source.table.columns if name not in (on, "geometry")]:
        numbers, wrong = _numbers(source.table[name])
        if numbers is None:
            if columns and not several:
                found[name] = np.array([plain(value) or None for value in source.table[name]], dtype=object)
            elif columns:
                problems.append(_not_added(source, name, Text("是文字", "is text")))
            continue
        if wrong.size:
            bad = listed([plain(value) for value in source.table[name].iloc[wrong]])
            what = Text(f"不是数字：{bad}", f"not a number: {bad}")
            problems.append(
                Problem(source.place(wrong.tolist(), name), what, Text("更正，或留空", "correct it, or leave it empty"))
            )
        elif several and _NOT_ADDED.search(name):
            problems.append(_not_added(source, name, Text("是比率或均值", "is a share or a mean")))
        found[name] = numbers
    if not found and not problems:
        raise ParameterError(
            Text(
                f"{source.name} 没有数值字段；请用 --columns 指明",
                f"{source.name} has no column with numbers; name them with --columns",
            )
        )
    if problems:
        raise LayerSchemaError(
            Text(f"{source.name} 的字段无法关联", f"columns of {source.name} cannot be joined"), problems
        )
    return found


def _not_added(source: Source, name: str, why: Text) -> Problem:
    return Problem(
        f"{source.name} `{name}`",
        Text(f"{why.zh}，不能相加", f"{why.en} and cannot be added up"),
        Text("用 --columns 只列出可相加的字段", "list the columns that can be added with --columns"),
    )


def _numbers(column: pd.Series) -> tuple[NDArray[np.float64] | None, NDArray[np.int64]]:
    """A column as numbers and the rows that are none; nothing where it holds text, or codes."""
    texts = [plain(value) for value in column]
    filled = np.array([text.casefold() not in _ABSENT for text in texts])
    ungrouped = [re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", text) for text in texts]
    numbers = pd.to_numeric(pd.Series(ungrouped, dtype=object), errors="coerce").to_numpy(dtype=float)
    right = filled & np.isfinite(numbers)
    if not filled.any() or right.sum() * 2 < filled.sum():
        return None, np.zeros(0, dtype=np.int64)
    if all(re.fullmatch(r"\d{9}|\d{12}", text) for text in np.array(texts, dtype=object)[filled]):
        return None, np.zeros(0, dtype=np.int64)
    return np.where(right, numbers, np.nan), np.flatnonzero(filled & ~right)


def carried(column: NDArray[Any], rows: Rows, units: NDArray[np.object_], shares: pd.DataFrame) -> NDArray[Any]:
    """One column's values at the areas."""
    place = {unit: row for row, unit in enumerate(units)}
    targets = {str(key): group for key, group in shares[shares["unit"].isin(place)].groupby("key")}
    if column.dtype == object:
        text = np.full(len(units), None, dtype=object)
        for key, value in zip(rows.key, column, strict=True):
            text[place[targets[key]["unit"].iloc[0]]] = value
        return text
    whole = bool(np.isfinite(column).all() and (column == np.floor(column)).all() and (column >= 0).all())
    found = np.zeros(len(units), dtype=np.int64 if whole else np.float64)
    for key, value in zip(rows.key, column, strict=True):
        at = [place[unit] for unit in targets[key]["unit"]]
        weight = targets[key]["weight"].to_numpy(dtype=float)
        np.add.at(found, at, spread_people(int(value), weight) if whole else value * weight)
    return found


def total_line(name: str, before: NDArray[Any], after: NDArray[Any]) -> Text:
    if before.dtype == object:
        return Text(f"{name}：{len(before)} 行", f"{name}: {len(before)} rows")
    empty = int(np.isnan(np.asarray(after, dtype=float)).sum())
    gap = Text(f"；{empty} 个区域缺值", f"; {empty} areas have no value") if empty else Text("", "")
    first, second = f"{np.nansum(before):,.10g}", f"{np.nansum(after):,.10g}"
    return Text(
        f"{name}：表格合计 {first}，图层合计 {second}{gap.zh}",
        f"{name}: {first} in the table, {second} in the layer{gap.en}",
    )
