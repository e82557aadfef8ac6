"""Two results side by side: every figure with its difference, whose verdict changed, and what went in otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kunshan_gis.errors import ParameterError
from kunshan_gis.layers.result_file import SavedResult
from kunshan_gis.messages import Text
from kunshan_gis.studies.differences import (
    InputChange,
    Row,
    Setting,
    identity,
    inputs_between,
    same,
    settings_between,
)


@dataclass(frozen=True)
class Beside:
    """One figure of both results.

    Attributes
    ----------
    row : what tells it from the others: profile, indicator, unit, tier
    name, unit_name : Text
    unit : of the figure: share, m2_per_person, count …
    difference : after minus before, in the figure's own unit (a share from -1 to 1); None where one is missing
    verdict_before, verdict_after : empty for figures without one
    """

    table: str
    row: Row
    name: Text
    unit_name: Text
    unit: str
    before: float | None
    after: float | None
    verdict_before: str
    verdict_after: str
    reportable: bool

    @property
    def difference(self) -> float | None:
        """After minus before."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def changed(self) -> bool:
        """True where the figure or its verdict is another."""
        return not same(self.before, self.after) or self.verdict_before != self.verdict_after

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "table": self.table, **dict(self.row), "name": self.name.zh, "name_en": self.name.en,
            "unit_name": self.unit_name.zh, "unit_name_en": self.unit_name.en, "unit": self.unit,
            "before": self.before, "after": self.after, "difference": self.difference,
            "verdict_before": self.verdict_before, "verdict_after": self.verdict_after, "reportable": self.reportable,
        }  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """What two results have to say to each other."""

    study: str
    figures: tuple[Beside, ...]
    inputs: tuple[InputChange, ...]
    settings: tuple[Setting, ...]
    reportable: bool

    @property
    def changed(self) -> tuple[Beside, ...]:
        """The figures that are not the same."""
        return tuple(figure for figure in self.figures if figure.changed)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for `--format json` and compare.json."""
        return {
            "study": self.study, "reportable": self.reportable,
            "figures": [figure.as_dict() for figure in self.figures],
            "inputs": [entry.as_dict() for entry in self.inputs],
            "settings": [setting.as_dict() for setting in self.settings],
        }  # fmt: skip


def compare_results(before: SavedResult, after: SavedResult) -> Compared:
    """Figures of two results of one study side by side, and what differs in what they came from.

    Raises
    ------
    ParameterError
        They answer different questions.
    """
    if before.study != after.study:
        raise ParameterError(
            Text(
                f"两份成果分别为 {before.study[:60]} 与 {after.study[:60]}，不能对比；请给出同一项分析的成果",
                f"the results are of {before.study[:60]} and of {after.study[:60]}; give two of the same study",
            )
        )
    reportable = before.reportable and after.reportable
    figures = tuple(
        beside
        for name in dict.fromkeys([*before.tables, *after.tables])
        for beside in _beside(name, before.tables.get(name, []), after.tables.get(name, []), reportable=reportable)
    )
    inputs = inputs_between(before.inputs, after.inputs)
    return Compared(before.study, figures, inputs, settings_between(before, after), reportable)


_FIGURES = {"value": "", "share_covered": "share", "mean": "", "m2_per_person": "m2_per_person"}
"""Columns that hold a table's figure, and their unit where the row does not say it."""
_BESIDE = ("variants",)
"""Tables of other ways of measuring: not a result's figures."""


def _beside(
    table: str, before: list[dict[str, Any]], after: list[dict[str, Any]], *, reportable: bool
) -> Iterator[Beside]:
    rows = [*before, *after]
    column = next((name for name in _FIGURES if rows and name in rows[0]), None)
    if column is None or table in _BESIDE:
        return
    key = identity(before, after)
    old, new = ({key(row, number): row for number, row in enumerate(side)} for side in (before, after))
    for one in dict.fromkeys([*old, *new]):
        yield _figure(table, column, old.get(one, {}), new.get(one, {}), reportable=reportable)


_ROW = ("profile", "indicator", "tier", "places", "of", "measure", "group", "minutes", "metres", "unit_id")


def _figure(table: str, column: str, was: Mapping[str, Any], now: Mapping[str, Any], *, reportable: bool) -> Beside:
    known = now or was
    named = "unit_name" in known
    said = " · ".join(str(known[key]) for key in _ROW[2:-1] if known.get(key) not in (None, ""))
    name = Text(str(known.get("name") or ""), str(known.get("name_en") or "")) if named else Text(said, said)
    unit = [str(known.get(part) or "") for part in (("unit_name", "unit_name_en") if named else ("name", "name_en"))]
    before, after = (_number(side.get(column)) for side in (was, now))
    verdict_before, verdict_after = (str(side.get("verdict") or "") for side in (was, now))
    figure_unit = str(known.get("unit") or known.get("value_unit") or _FIGURES[column])
    return Beside(
        table, {key: known[key] for key in _ROW if key in known}, name, Text(*unit), figure_unit, before, after,
        verdict_before, verdict_after, reportable=bool(known.get("reportable", reportable)),
    )  # fmt: skip


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
