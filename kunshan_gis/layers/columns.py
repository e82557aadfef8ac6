"""Which column of a planner's file is which column of a kind: given, known, or left out, and always said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kunshan_gis.errors import ParameterError, Problem, listed
from kunshan_gis.layers.vocabulary import (
    heading_parts,
    is_coordinate,
    is_own_field,
    names_of,
    plain,
    unit_family,
    units,
)
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS

How = Literal[
    "given",
    "same",
    "known",
    "cut",
    "kept",
    "constant",
    "coordinate",
    "own_field",
    "unknown",
    "conflict",
    "empty",
    "dropped",
]

_CUT_BYTES = (("gbk", (9, 10)), ("utf-8", (8, 9, 10)))
"""A Shapefile's field names end at 10 bytes; a character that does not fit goes as a whole."""


@dataclass(frozen=True)
class Use:
    """What became of one column of the file.

    Attributes
    ----------
    source : str
        The heading in the file; empty for a constant.
    target : str or None
        The kind's column; None where the column was left out.
    how : str
        `given` by the user, `same` word as the contract's, `known` word, `cut` by the Shapefile format, `kept` under
        its own name, a `constant`; left out as a `coordinate`, as a program's `own_field`, as `unknown`, as in
        `conflict` with another, as `empty` beside another, or `dropped` by the user.
    unit : str
        What the heading says the figures are in; empty where it does not say.
    """

    source: str
    target: str | None
    how: How
    unit: str = ""


def match_columns(
    table: pd.DataFrame, kind: str, given: Mapping[str, str], constants: Mapping[str, str], *, where: Text
) -> tuple[list[Use], list[Problem]]:
    """What becomes of every column, in the file's order, and the conflicts.

    Parameters
    ----------
    given : mapping of heading to column
        `name`, `area_m2:ha` (with a unit), the heading itself (kept under its own name), or empty (left out).
    constants : mapping of column to value
        The same for every row; the file's own column is then not used.

    Raises
    ------
    ParameterError
        A heading that is not in the file, or a column that the kind does not have.
    """
    headings = [str(column) for column in table.columns if str(column) not in ("geometry", "accuracy_of_middle")]
    chosen = dict(_chosen(headings, kind, given))
    for column in constants:
        _require_column(column, kind)
    uses = [chosen.get(heading) or _recognised(heading, kind) for heading in headings]
    uses = [_yielding(use, taken={*constants, *_targets(chosen.values())}) for use in uses]
    uses, problems = _settled(uses, table, where)
    return [*uses, *(Use("", column, "constant") for column in constants)], problems


def unit_of(kind: str, column: str, bracket: str) -> str:
    """The unit a bracket names, where it is one for that column; else empty."""
    family = unit_family(kind, column)
    return bracket if family and bracket in units(family) else ""


def _chosen(headings: Sequence[str], kind: str, given: Mapping[str, str]) -> Iterator[tuple[str, Use]]:
    for said, wanted in given.items():
        heading = said if said in headings else next((h for h in headings if plain(h) == plain(said)), None)
        if heading is None:
            there = listed(headings, 30)
            raise ParameterError(
                Text(f"文件中没有字段 `{said}`", f"the file has no column `{said}`"),
                Text(f"现有字段：{there}", f"there are: {there}"),
            )
        column, _, unit = wanted.partition(":")
        if not column:
            yield heading, Use(heading, None, "dropped")
        elif column == heading and column not in {c.name for c in KINDS[kind].all_columns}:
            yield heading, Use(heading, heading, "kept")
        else:
            _require_column(column, kind)
            stated = plain(unit) or heading_parts(heading)[1]
            if unit and not unit_of(kind, column, plain(unit)):
                choice = listed(units(unit_family(kind, column) or "area"), 12)
                raise ParameterError(
                    Text(f"`{column}` 不能以 `{unit}` 为单位", f"`{column}` cannot be in `{unit}`"),
                    Text(f"可选单位：{choice}", f"units are: {choice}"),
                )
            yield heading, Use(heading, column, "given", unit_of(kind, column, stated))


def _require_column(column: str, kind: str) -> None:
    known = [c.name for c in KINDS[kind].all_columns]
    if column not in known:
        title, there = KINDS[kind].zh, ", ".join(known)
        raise ParameterError(
            Text(f"{title}（{kind}）没有字段 `{column}`", f"kind `{kind}` has no column `{column}`"),
            Text(
                f"可选：{there}；要按原名保留某一列，写 --map 列名=列名",
                f"choose one of {there}; to keep a column under its own name write --map COLUMN=COLUMN",
            ),
        )


def _recognised(heading: str, kind: str) -> Use:
    """What a heading stands for by itself."""
    known = names_of(kind)
    name, bracket = heading_parts(heading)
    own = [column.name for column in KINDS[kind].all_columns]
    if heading in own:
        return Use(heading, heading, "same")
    for said in (plain(heading), name):
        if said in known:
            return Use(heading, known[said], "known", unit_of(kind, known[said], bracket))
    for token in heading.split():
        if token in own:
            return Use(heading, token, "known", unit_of(kind, token, bracket))
    if (found := _with_unit(name, kind)) is not None:
        return Use(heading, found[0], "known", found[1])
    if is_coordinate(heading):
        return Use(heading, None, "coordinate")
    if is_own_field(heading):
        return Use(heading, None, "own_field")
    if (column := _cut(heading, known)) is not None:
        return Use(heading, column, "cut")
    return Use(heading, None, "unknown")


def _with_unit(name: str, kind: str) -> tuple[str, str] | None:
    """A heading that ends in its unit without brackets: `area_ha`, `面积公顷`."""
    for known, column in names_of(kind).items():
        family = unit_family(kind, column)
        if family and name.startswith(known) and name[len(known) :] in units(family):
            return column, name[len(known) :]
    return None


def _cut(heading: str, known: Mapping[str, str]) -> str | None:
    for encoding, lengths in _CUT_BYTES:
        if len(heading.encode(encoding, errors="replace")) in lengths:
            said = plain(heading)
            found = {column for name, column in known.items() if len(name) > len(said) and name.startswith(said)}
            if len(found) == 1:
                return found.pop()
    return None


def _targets(uses: Iterable[Use]) -> set[str]:
    return {use.target for use in uses if use.target}


def _yielding(use: Use, taken: set[str]) -> Use:
    """A column that was only recognised gives way to one that the user named."""
    if use.how in ("same", "known", "cut") and use.target in taken:
        return Use(use.source, None, "unknown")
    return use


def _settled(uses: list[Use], table: pd.DataFrame, where: Text) -> tuple[list[Use], list[Problem]]:
    """Two columns for one: the contract's own word wins, equal contents are one; else the user must say."""
    problems, after = [], list(uses)
    for target in dict.fromkeys(use.target for use in uses if use.target):
        rivals = [use for use in uses if use.target == target]
        if filled := [use for use in rivals if use.how == "given" or _says_something(table[use.source])]:
            after = [Use(use.source, None, "empty") if use in rivals and use not in filled else use for use in after]
            rivals = filled
        if len(rivals) < 2:
            continue
        best = next((use for use in rivals if use.how == "same"), None)
        if best is None and _alike(table, rivals):
            best = rivals[0]
        if best is None:
            names = listed([f"`{use.source}`" for use in rivals])
            first = rivals[0].source
            problems.append(
                Problem(
                    where,
                    Text(f"{names} 都可能是 `{target}`", f"{names} could each be `{target}`"),
                    Text(f"指明其一，例如 --map {first}={target}", f"say which, for example --map {first}={target}"),
                )
            )
        after = [
            Use(use.source, None, "conflict") if use.target == target and use is not best else use for use in after
        ]
    return after, problems


def _says_something(cells: pd.Series) -> bool:
    return bool((cells.notna() & (cells.astype(str).str.strip() != "")).any())


def _alike(table: pd.DataFrame, uses: Sequence[Use]) -> bool:
    first, *others = (np.asarray(table[use.source].astype(str).map(plain)) for use in uses)
    return len({use.unit for use in uses}) == 1 and all(bool((first == other).all()) for other in others)
