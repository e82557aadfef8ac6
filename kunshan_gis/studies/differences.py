"""What differs between two saved results: inputs, settings, and every figure that moved."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kunshan_gis.export import result_data
from kunshan_gis.indicators import INDICATORS
from kunshan_gis.layers.result_file import SavedInput, SavedResult, saved
from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.model import Result

SAME = 1e-9
"""Numbers that agree to this share of their size are one figure: another processor rounds the last digit otherwise."""

InputState = Literal["same", "changed", "described", "missing", "new"]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class InputChange:
    """An input of one result beside that of the other.

    Attributes
    ----------
    state : `changed`: other bytes; `described`: the same bytes under another description; `missing`: only the first
        has it; `new`: only the second
    what : what changed in it, where that is known
    """

    kind: str
    layer: str
    state: InputState
    before: SavedInput | None
    after: SavedInput | None
    what: Text = NOTHING

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        sides = {
            side: None if one is None else {"sha256": one.sha256, "date": one.date, "basis": one.basis}
            for side, one in (("before", self.before), ("after", self.after))
        }
        return {"kind": self.kind, "layer": self.layer, "state": self.state, **sides,
                "what": self.what.zh, "what_en": self.what.en}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """A parameter, profile or version that differs; None where a result does not state it."""

    group: Literal["parameter", "profile", "version", "filter", "crs", "edit"]
    key: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"group": self.group, "key": self.key, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Moved:
    """One cell of a table that is another: which row, which column, from what to what.

    Attributes
    ----------
    row : what tells the row from the others of its table
    name : what the row is called: rule and unit
    unit : share, people, m2, m …; empty for words
    size : how large the change is as a share of what it is counted in; infinite where a figure came or went
    """

    table: str
    row: Row
    name: Text
    column: str
    before: Any
    after: Any
    unit: str
    size: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"table": self.table, "row": dict(self.row), "name": self.name.zh, "name_en": self.name.en,
                "column": self.column, "before": self.before, "after": self.after, "unit": self.unit}  # fmt: skip


def saved_of(result: Result) -> SavedResult:
    """A result as it would be read again from its file."""
    return saved(result_data(result), "result.json")


def inputs_between(before: Iterable[SavedInput], after: Iterable[SavedInput]) -> tuple[InputChange, ...]:
    """Every input of either, in the order of the first, what only the second has last."""
    old, new = ({entry.kind: entry for entry in side} for side in (before, after))
    return tuple(_input(kind, old.get(kind), new.get(kind)) for kind in dict.fromkeys([*old, *new]))


def _input(kind: str, before: SavedInput | None, after: SavedInput | None) -> InputChange:
    known = after or before
    assert known is not None
    return InputChange(kind, known.layer, _state(before, after), before, after)


def _state(before: SavedInput | None, after: SavedInput | None) -> InputState:
    if before is None or after is None:
        return "new" if before is None else "missing"
    if before.sha256 != after.sha256:
        return "changed"
    told = [(one.date, one.basis, one.datum, one.source, one.accuracy_m) for one in (before, after)]
    return "same" if told[0] == told[1] else "described"


def settings_between(before: SavedResult, after: SavedResult) -> tuple[Setting, ...]:
    """Parameters, profiles, walking filter, CRS, edits and versions that are not the same."""
    return tuple(_settings(before, after))


_DIGESTED = ("profiles", "walks")
"""Parameters that are lists of profiles with their digests."""


def _settings(before: SavedResult, after: SavedResult) -> Iterator[Setting]:
    if before.profile != after.profile:
        yield Setting("profile", "profile", before.profile, after.profile)
    for name in _DIGESTED:
        old, new = (_digests(one.parameters.get(name)) for one in (before, after))
        for key in dict.fromkeys([*old, *new]):
            if old.get(key) != new.get(key):
                yield Setting("profile", key, old.get(key), new.get(key))
    for key in dict.fromkeys([*before.parameters, *after.parameters]):
        one, other = before.parameters.get(key), after.parameters.get(key)
        if key not in _DIGESTED and one != other:
            yield Setting("parameter", key, one, other)
    if before.walk_filter != after.walk_filter:
        yield Setting("filter", "walk_filter", before.walk_filter, after.walk_filter)
    if before.analysis_crs != after.analysis_crs:
        yield Setting("crs", "analysis_crs", before.analysis_crs, after.analysis_crs)
    if before.edits != after.edits:
        yield Setting("edit", "edits", [one.model_dump(mode="json") for one in before.edits],
                      [one.model_dump(mode="json") for one in after.edits])  # fmt: skip
    for key in dict.fromkeys([*before.versions, *after.versions]):
        if before.versions.get(key) != after.versions.get(key):
            yield Setting("version", key, before.versions.get(key), after.versions.get(key))


def _digests(said: Any) -> dict[str, str]:
    """Digest by key of a list of profiles; what is written otherwise counts as a digest of its own."""
    rows = said if isinstance(said, list) else []
    return {str(row.get("key")): str(row.get("sha256")) for row in rows if isinstance(row, dict)}


def figures_between(before: SavedResult, after: SavedResult) -> tuple[Moved, ...]:
    """Every cell that is another, rows that came or went, counts and warnings: the largest change first."""
    rules = _rules(before) | _rules(after)
    moved = [
        cell
        for name in dict.fromkeys([*before.tables, *after.tables])
        for cell in _cells(name, *(_of_rules(name, side.tables.get(name, []), rules) for side in (before, after)))
    ]
    moved += _cells("counts", [_flat(before.counts)], [_flat(after.counts)])
    moved += _warnings(before, after)
    return tuple(sorted(moved, key=lambda cell: (_LATER.get(cell.table, 0), _LATER.get(cell.column, 0), -cell.size)))


_LATER = {
    "variants": 1, "rankings": 1, "interval_low": 1, "interval_high": 1,
    "reason": 2, "reason_en": 3, "name_en": 3, "unit_name_en": 3,
}  # fmt: skip
"""Other ways of measuring are said after the figures, and words that follow from a figure after it."""


def _rules(result: SavedResult) -> dict[tuple[Any, Any], Row]:
    """The row of every rule of a check for the whole area."""
    return {_rule(row): row for row in result.tables.get("check", [])}


def _rule(row: Row) -> tuple[Any, Any]:
    return _hashable(row.get("profile")), _hashable(row.get("indicator"))


def _of_rules(table: str, rows: list[dict[str, Any]], rules: Mapping[tuple[Any, Any], Row]) -> list[dict[str, Any]]:
    """Other ways of measuring with the name and the unit of their rule, which their table leaves out."""
    if table not in ("variants", "rankings"):
        return rows
    found = []
    for row in rows:
        rule = rules.get(_rule(row), {})
        named = {"name": rule.get("name"), "name_en": rule.get("name_en"), "unit": rule.get("unit", "")}
        way = {"unit_name": row.get("name"), "unit_name_en": row.get("name_en")}
        found.append({**row, **named, **way})
    return found


def _flat(counts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in counts.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return found


def _warnings(before: SavedResult, after: SavedResult) -> Iterator[Moved]:
    old, new = ({one.get("en", ""): Text(one.get("zh", ""), one.get("en", "")) for one in side.warnings}
                for side in (before, after))  # fmt: skip
    for key in dict.fromkeys([*old, *new]):
        if (key in old) != (key in new):
            said = old.get(key) or new[key]
            yield Moved("warnings", {}, said, "warning", key in old, key in new, "", 0.0)


def _cells(table: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[Moved]:
    key = identity(before, after)
    old, new = ({key(row, number): row for number, row in enumerate(side)} for side in (before, after))
    for one in dict.fromkeys([*old, *new]):
        was, now = old.get(one), new.get(one)
        known = now or was or {}
        where = {name: known[name] for name in KEYS if name in known} or {"row": one[-1]}
        where = {} if table == "counts" else where
        if was is None or now is None:
            yield Moved(table, where, _called(known), "row", was is not None, now is not None, "", math.inf)
            continue
        for column in dict.fromkeys([*was, *now]):
            a, b = was.get(column), now.get(column)
            if not same(a, b):
                yield Moved(
                    table, where, _called(known), column, a, b, unit_of(column, known), _size(column, a, b, was, now)
                )


KEYS = ("profile", "indicator", "variant", "need", "id", "unit_id", "tier", "metres", "access_source")
"""Columns that tell the rows of a result's tables apart."""


def identity(before: Sequence[Row], after: Sequence[Row]) -> Callable[[Row, int], tuple[Any, ...]]:
    """What tells a row from the others in both tables: the keys there are, else words as well, else its place."""
    rows = [*before, *after]
    columns = list(rows[0]) if rows else []
    names = [name for name in KEYS if name in columns]
    words = [name for name in columns if name not in names and all(isinstance(row.get(name), str) for row in rows)]
    words += [name for name in _NUMBERS if name in columns]
    while words and not all(_unique(side, names) for side in (before, after)):
        names.append(words.pop(0))
    if names and all(_unique(side, names) for side in (before, after)):
        return lambda row, _: tuple(_hashable(row.get(name)) for name in names)
    return lambda _, number: (number,)


_NUMBERS = ("minutes", "metres", "within_m", "within_min", "area_min", "next_rank", "lon", "lat")
"""Numbers that tell rows apart where a table has several cutoffs."""


def _unique(rows: Sequence[Row], names: Iterable[str]) -> bool:
    names = list(names)
    return len({tuple(_hashable(row.get(name)) for name in names) for row in rows}) == len(rows)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, type(None))) else repr(value)


def _called(row: Row) -> Text:
    """Rule and unit by their names."""
    parts = [("name", "name_en"), ("unit_name", "unit_name_en")]
    zh = [str(row[name]) for name, _ in parts if row.get(name)]
    en = [str(row[name]) for _, name in parts if row.get(name)]
    rest = str(row.get("tier") or "")
    return Text("，".join([*zh, *([rest] if rest else [])]), ", ".join([*en, *([rest] if rest else [])]))


def same(one: Any, other: Any) -> bool:
    """Whether two cells say the same; numbers to nine digits."""
    if _number(one) and _number(other):
        return math.isclose(one, other, rel_tol=SAME, abs_tol=1e-12)
    return type(one) is type(other) and bool(one == other)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_SCALES = {"numerator": "denominator", "not_measurable": "denominator", "covered": "population",
           "not_covered": "population"}  # fmt: skip
"""What a number is a part of."""


def _size(column: str, one: Any, other: Any, was: Row, now: Row) -> float:
    """Change as a share: of a share in points, of a part of the whole, else of itself; words more than any number."""
    if not (_number(one) and _number(other)):
        return math.inf
    change: float = abs(other - one)
    if column.startswith("share") or (was.get("unit") == "share" and column in SHARES):
        return change
    whole = [abs(side[_SCALES[column]]) for side in (was, now) if _number(side.get(_SCALES.get(column, "")))]
    return change / float(max([abs(one), abs(other), *whole]))


def unit_of(column: str, row: Row) -> str:
    """The unit of a cell: a check's rows say their own, other columns have theirs in the registry."""
    if column in SHARES and "unit" in row:
        return str(row["unit"])
    if "counted" in row and column in (*_SCALES, "denominator"):
        return str(row.get("counted", ""))
    if column in ("value", "mean", "median", "p10", "p90") and "value_unit" in row:
        return str(row["value_unit"])
    unit = INDICATORS[column].unit if column in INDICATORS else ""
    return "" if unit in ("text", "term") else unit


SHARES = ("value", "target", "interval_low", "interval_high", "corrected_value", "submitted_value")
"""Columns of a check in the unit that the row says."""
