"""Cells of a planner's file as the contract wants them: numbers out of text, units, known words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis.errors import ParameterError, Problem, listed
from kunshan_gis.layers.columns import Use
from kunshan_gis.layers.source import Place
from kunshan_gis.layers.vocabulary import plain, says_nothing, truths, unit_family, units, values_of
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS, Column

_NEAR = 1.5
"""Figures agree with the outlines where their middle ratio is within this factor of a unit's."""


@dataclass(frozen=True)
class Value:
    """A value of the file and what it became, in how many rows."""

    column: str
    said: str
    became: str | None
    rows: int


@dataclass(frozen=True, eq=False)
class Filled:
    """A table with the kind's columns, what its values became, what to know, and what is not known."""

    table: pd.DataFrame
    values: tuple[Value, ...]
    notes: tuple[Text, ...]
    problems: tuple[Problem, ...]
    doubtful: frozenset[str]
    """Columns whose problems are told already."""


def fill(
    table: pd.DataFrame,
    kind: str,
    uses: list[Use],
    *,
    values: Mapping[str, Mapping[str, str]],
    constants: Mapping[str, str],
    place: Place,
) -> Filled:
    """The kind's columns out of the file's.

    Parameters
    ----------
    table : DataFrame or GeoDataFrame
        Where it has geometry, in metres: areas without a unit are compared with the outlines.
    uses : list of Use
        From `columns.match_columns`.
    values : mapping of column to {value in the file: the contract's word}
        An empty word empties the cell.
    place : callable
        Where rows of the table's index are in the file.

    Raises
    ------
    ParameterError
        `values` names a column that is not read, or a word the contract does not have.
    """
    contract = {column.name: column for column in KINDS[kind].all_columns}
    _require_words(values, contract, {use.target for use in uses if use.target})
    filled: dict[str, Any] = {}
    seen: list[Value] = []
    notes: list[Text] = []
    problems: list[Problem] = []
    doubtful: set[str] = set()
    for use in uses:
        if use.target is None:
            continue
        if use.how == "constant":
            cells = pd.Series([constants[use.target]] * len(table), index=table.index, dtype=object)
        else:
            cells = table[use.source].astype(object).where(table[use.source].notna(), None)
        column = contract.get(use.target)
        if column is None:
            filled[use.target] = cells
            continue
        cells = cells.map(lambda cell, c=column: None if says_nothing(cell, c) else cell)
        words = {**values_of(kind, column.name), **_own_words(values.get(column.name, {}))}
        if column.type in ("number", "integer"):
            cells, said, wrong = _figures(cells, use, kind, column, table=table, place=place)
            notes += said
        else:
            cells, said_values, wrong = _words(cells, use, column, words, place)
            seen += said_values
        if wrong:
            problems += wrong
            doubtful.add(column.name)
        filled[column.name] = cells.where(cells.notna(), None).infer_objects()
    done = pd.DataFrame(filled, index=table.index)
    if isinstance(table, gpd.GeoDataFrame):
        done = gpd.GeoDataFrame(done, geometry=np.asarray(table.geometry.array), crs=table.crs)
    return Filled(done, tuple(seen), tuple(notes), tuple(problems), frozenset(doubtful))


def _require_words(values: Mapping[str, Mapping[str, str]], contract: Mapping[str, Column], read: set[str]) -> None:
    for name, words in values.items():
        if name not in contract or name not in read:
            there = ", ".join(sorted(read & set(contract)))
            raise ParameterError(
                Text(f"--values：没有读入字段 `{name}`", f"--values: no column `{name}` is read"),
                Text(f"读入的字段：{there}", f"there are: {there}"),
            )
        allowed = ("true", "false") if contract[name].type == "boolean" else contract[name].values
        if wrong := [word for word in words.values() if word and allowed and word not in allowed]:
            choice, what = ", ".join(allowed), listed(wrong)
            raise ParameterError(
                Text(f"--values：`{name}` 不能取 {what}", f"--values: `{name}` cannot be {what}"),
                Text(f"只能取 {choice} 之一，留空表示清空", f"use one of {choice}, or nothing to empty the cell"),
            )


def _own_words(words: Mapping[str, str]) -> dict[str, str | None]:
    return {plain(said): word or None for said, word in words.items()}


def _words(
    cells: pd.Series, use: Use, column: Column, words: Mapping[str, str | None], place: Place
) -> tuple[pd.Series, list[Value], list[Problem]]:
    """Text and truth values: known words become the contract's; unknown ones are problems where it is closed."""
    closed = bool(column.values) or column.type == "boolean"
    texts = cells[cells.notna()].map(_as_text)
    if not closed and not words:
        return texts.reindex(cells.index).astype(object).where(cells.notna(), None), [], []
    counts = texts.value_counts(sort=False)
    became = {said: _word(said, column, words) for said in counts.index}
    after = pd.Series(None, index=cells.index, dtype=object)
    after[texts.index] = texts.map(lambda said: said if became[said] is _UNKNOWN else became[said])
    problems = [
        _unknown_value(said, [int(row) for row in texts.index[texts == said]], use, column, place)
        for said, word in became.items()
        if word is _UNKNOWN
    ]
    seen = [
        Value(column.name, said, None if word is None else str(word).lower(), int(counts[said]))
        for said, word in became.items()
        if word is not _UNKNOWN and (closed or (words and word != said))
    ]
    return after, seen, problems


_UNKNOWN = object()


def _word(said: str, column: Column, words: Mapping[str, str | None]) -> Any:
    key = plain(said)
    if column.type == "boolean":
        return (words[key] == "true" if words[key] else None) if key in words else truths().get(key, _UNKNOWN)
    if key in words:
        return words[key]
    return _UNKNOWN if column.values else said


def _as_text(cell: object) -> str:
    """A cell as text: 110101 stays 110101 where a program made a number of it."""
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return str(cell).strip()


def _unknown_value(said: str, rows: list[int], use: Use, column: Column, place: Place) -> Problem:
    choice = "|".join(column.values or ("true", "false"))
    option = f"--values {column.name}:{said}={choice}"
    empty = column.nullable
    return Problem(
        place(rows, use.source or None),
        Text(
            f"“{said}”不是 `{column.name}`（{column.about.zh}）的已知取值，共 {len(rows)} 行",
            f"`{said}` is no known value of `{column.name}` ({column.about.en}); {len(rows)} rows",
        ),
        Text(
            f"说明其含义：{option}" + ("，等号后留空表示清空" if empty else ""),
            f"say what it means: {option}" + (", or nothing after the sign to empty the cell" if empty else ""),
        ),
    )


_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?|[+-]?\.\d+)\s*(.*)")


def _figures(
    cells: pd.Series, use: Use, kind: str, column: Column, *, table: pd.DataFrame, place: Place
) -> tuple[pd.Series, list[Text], list[Problem]]:
    """Numbers, in the contract's unit; a text that is none stays for the contract to name."""
    family = unit_family(kind, column.name)
    known = units(family) if family else {}
    factor = known.get(use.unit, 1.0)
    after = _each(cells, lambda cell: _figure(cell, known, factor))
    notes: list[Text] = []
    if use.unit and factor != 1:
        notes.append(_converted(use, column, use.unit, factor))
    if family != "area" or not isinstance(table, gpd.GeoDataFrame):
        return _whole(after, column), notes, []
    return _against_outlines(after, use, column, table, notes=notes, place=place)


def _each(cells: pd.Series, read: Callable[[object], object]) -> pd.Series:
    """What becomes of every cell; of text each different one is looked at once, an empty one stays."""
    filled = cells[cells.notna()]
    if pd.api.types.infer_dtype(filled, skipna=False) != "string":
        return pd.Series([read(cell) for cell in cells], index=cells.index, dtype=object)
    number, different = pd.factorize(filled)
    became = np.empty(len(different), dtype=object)
    became[:] = [read(cell) for cell in different]
    return pd.Series(became[number], index=filled.index, dtype=object).reindex(cells.index)


def _figure(cell: object, known: Mapping[str, float], factor: float) -> object:
    if not isinstance(cell, str):
        numeric = isinstance(cell, (int, float, np.number)) and not isinstance(cell, (bool, np.bool_))
        return float(cell) * factor if numeric and factor != 1 else cell  # type: ignore[arg-type]
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", cell).strip().lower())
    if found is None:
        return cell
    number, unit = float(found[1].replace(",", "")), plain(found[2])
    if not unit:
        return number * factor
    return number * known[unit] if unit in known else cell


def _whole(after: pd.Series, column: Column) -> pd.Series:
    """Counts that a factor made a hair's breadth off are whole again."""
    if column.type != "integer":
        return after
    if pd.api.types.infer_dtype(after, skipna=True) == "floating":
        figures = after.astype(float)
        near = (figures - figures.round()).abs() < 1e-6
        return figures.round().astype("int64") if near.all() else figures.where(~near, figures.round())
    return after.map(
        lambda x: round(x) if isinstance(x, float) and np.isfinite(x) and abs(x - round(x)) < 1e-6 else x
    ).infer_objects()


def _converted(use: Use, column: Column, unit: str, factor: float) -> Text:
    to = {"area_m2": "m2"}.get(column.name, "m" if column.name.endswith("_m") else "1")
    return Text(
        f"字段 `{use.source}` 的单位为{unit}，已乘以 {factor:g} 换算为 {to}（`{column.name}`）",
        f"`{use.source}` is in {unit}: times {factor:g} to {to} (`{column.name}`)",
    )


def _against_outlines(
    after: pd.Series, use: Use, column: Column, table: gpd.GeoDataFrame, *, notes: list[Text], place: Place
) -> tuple[pd.Series, list[Text], list[Problem]]:
    """An area without a unit is compared with the outlines; one with a unit that does not fit them is said."""
    measured = np.asarray(table.geometry.area, dtype=float)
    figures = np.asarray(pd.to_numeric(after, errors="coerce"), dtype=float)
    there = (figures > 0) & (measured > 0)
    if not there.any():
        return after, notes, []
    ratio = float(np.median(measured[there] / figures[there]))
    if use.unit:
        if not 1 / 5 < ratio < 5:
            notes.append(
                Text(
                    f"请核对：字段 `{use.source}` 换算后与图形面积之比的中位数为 1 : {ratio:.3g}，单位可能有误",
                    f"check: the outlines are {ratio:.3g} times what `{use.source}` says (median); is its unit right?",
                )
            )
        return after, notes, []
    fits = [(unit, factor) for unit, factor in units("area").items() if 1 / _NEAR < ratio / factor < _NEAR]
    distinct = {factor for _, factor in fits}
    if len(distinct) == 1:
        unit, factor = fits[0]
        if factor != 1:
            number = after.map(lambda x: x * factor if isinstance(x, (int, float, np.number)) else x)
            return number, [*notes, _compared(use, unit, factor, column)], []
        return after, notes, []
    return after, notes, [_unclear(use, column, ratio, [int(row) for row in table.index[there][:1]], place)]


def _compared(use: Use, unit: str, factor: float, column: Column) -> Text:
    return Text(
        f"字段 `{use.source}` 未注明单位；与图形面积相比应为 {unit}，已乘以 {factor:g} 换算（`{column.name}`）",
        f"`{use.source}` states no unit; beside the outlines it is in {unit}: times {factor:g} (`{column.name}`)",
    )


def _unclear(use: Use, column: Column, ratio: float, rows: list[int], place: Place) -> Problem:
    return Problem(
        place(rows, use.source),
        Text(
            f"字段 `{use.source}` 未注明单位，图形面积（平方米）是其数值的 {ratio:.3g} 倍（中位数），不是任何常用单位",
            f"`{use.source}` states no unit, and the outlines (m2) are {ratio:.3g} times its figures (median): no "
            "unit in use",
        ),
        Text(
            f"注明单位，例如 --map {use.source}={column.name}:ha，或不读该列：--map {use.source}=",
            f"state it, for example --map {use.source}={column.name}:ha, or leave the column out: --map {use.source}=",
        ),
    )
