"""Figures as people read them: exact where they are real, coarse where they are a demonstration.

Demonstration figures never look more precise than they are: people in 万人 (and thousands), shares in whole percent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kunshan_gis.messages import Text, text

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.model import Result


def ten_thousands(number: float) -> float:
    """People in 万, the last digit 1,000 people, for groups under 10,000 the last digit 100."""
    step = 100 if number < 10_000 else 1000
    return math.floor(number / step + 0.5) * step / 10_000


def people(number: float, *, demo: bool) -> Text:
    """People without a unit: all digits, or 万 in Chinese and thousands in English."""
    if not demo:
        return Text(f"{number:,.0f}", f"{number:,.0f}")
    if 0 < number < 50:
        return Text("<0.01", "<0.1")
    coarse = ten_thousands(number)
    if number < 10_000:
        return Text(f"{coarse:.2f}" if coarse else "0", f"{coarse * 10:.1f}" if coarse else "0")
    return Text(f"{coarse:,.1f}", f"{coarse * 10:,.0f}")


def people_with_unit(number: float, *, demo: bool) -> Text:
    """People with their unit: 1,234 人, or 12.3 万人 and 123 thousand."""
    return text("people_of_demo" if demo else "people_of", value=people(number, demo=demo))


def counted_with_unit(number: float, *, demo: bool, counted: str) -> Text:
    """What homes count, in a sentence: 1,234 人 and 1,234 residents, or 377 栋建筑 and 377 buildings."""
    if counted == "buildings":
        return text("buildings_in_words", value=people(number, demo=False))
    return text("people_in_words_demo" if demo else "people_in_words", value=people(number, demo=demo))


def amount(value: float, unit: str, *, demo: bool) -> Text:
    """People, homes, jobs in numbers, m2 in hectares and m in kilometres, whole where they are a demonstration."""
    if unit == "people":
        return people_with_unit(value, demo=True) if demo else people(value, demo=False)
    if unit in ("m2", "m"):
        said = f"{value / (1e4 if unit == 'm2' else 1e3):,.{0 if demo else 1}f}"
        return Text(said, said)
    return text("number_of_demo", value=people(value, demo=True)) if demo else people(value, demo=False)


def percent(share: float, *, demo: bool) -> str:
    """Percent with one decimal, whole for demonstration; never 0 or 100 where it is neither."""
    digits = 0 if demo else 1
    step = 10.0**-digits
    rounded = math.floor(share * 100 / step + 0.5) * step
    if rounded < step and share > 0:
        return f"<{step:.{digits}f}%"
    if rounded > 100 - step and share < 1:
        return f">{100 - step:.{digits}f}%"
    return f"{rounded:.{digits}f}%"


class Checked(NamedTuple):
    """One row of a check as people read it."""

    value: str
    target: str
    interval: str
    verdict: Text
    numerator: str
    denominator: str
    flips: bool
    corrected: str
    change: Text


_RELATIONS = {">=": "≥", ">": ">", "<=": "≤", "<": "<"}


def checked(row: Mapping[Any, Any]) -> Checked:
    """A row of a check's table with its figures in words: exact where real, coarse where a demonstration."""
    demo = not row["reportable"] and row["verdict"] != "not_measurable"

    def said(value: float) -> str:
        if value is None or math.isnan(value):
            return "—"
        if row["unit"] == "share":
            return percent(value, demo=demo)
        return f"{value:,.0f}" if row["unit"] == "count" else f"{value:,.1f}"

    def amount(value: float) -> str:
        if value is None or math.isnan(value):
            return "—"
        return f"{float(f'{value:.3g}'):,.0f}" if demo else f"{value:,.0f}"

    low, high = said(row["interval_low"]), said(row["interval_high"])
    return Checked(
        said(row["value"]),
        "—" if said(row["target"]) == "—" else f"{_RELATIONS[row['relation']]} {said(row['target'])}",
        "—" if low == "—" else f"{low} – {high}",
        text(f"verdict_{row['verdict']}"),
        amount(row["numerator"]),
        amount(row["denominator"]),
        bool(row["flips"]),
        said(row.get("corrected_value", math.nan)),
        changed(row, demo=demo),
    )


def changed(row: Mapping[Any, Any], *, demo: bool) -> Text:
    """The change since the last submission: percentage points of a share, else in the row's own unit."""
    change = row.get("change", math.nan)
    if math.isnan(change):
        return Text(row.get("change_note") or "—", row.get("change_note_en") or "—")
    if row["unit"] == "share":
        return text("review_points", change=f"{change * 100:+.{0 if demo else 1}f}")
    return Text(*[f"{change:+,.0f}" if row["unit"] == "count" else f"{change:+,.1f}"] * 2)


def beside_computed(table: pd.DataFrame, result: Result) -> tuple[str, ...]:
    """Columns of a check's table for what reviewers and the last submission said, where they said anything."""
    corrected = ("corrected_value",) if table["corrected_value"].notna().any() else ()
    return (*corrected, *(("change",) if "submission" in result.provenance.parameters else ()))


def reviewed_lines(result: Result, most: int = 20) -> Iterator[Text]:
    """Below a check's table: which submission it is compared with, and the answers that count for nothing."""
    parameters = result.provenance.parameters
    if "submission" in parameters:
        yield text("review_since", name=parameters["submission"], date=parameters["submission_date"])
    if "answers" not in result.tables:
        return
    answers = result.tables["answers"]
    rest = answers[answers["standing"] != "counted"]
    for row in rest.head(most).to_dict(orient="records"):
        said = f"{row['profile']} {row['indicator']} {row['id']} {row['name']}"
        yield text(f"review_each_{row['standing']}", answer=said, date=row["date"])
    if len(rest) > most:
        yield text("review_more", count=len(rest) - most)


def parameter(value: object) -> str:
    """A parameter as text: several one after the other, a number without needless decimals."""
    if isinstance(value, (list, tuple)):
        return ", ".join(parameter(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(parameter(one) for one in value.values())
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
