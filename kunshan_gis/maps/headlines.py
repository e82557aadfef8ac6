"""Figures held against their targets: verdict in a word and a shape, the interval as a bar with the target's tick."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kunshan_gis.figures import NO_AMOUNT, Checked, checked
from kunshan_gis.findings import WHOLE, Finding, findings, heading_of, verdict_said, verdicts
from kunshan_gis.maps.base import joined
from kunshan_gis.maps.page import Headline, HeadlineGroup, Span
from kunshan_gis.messages import NOTHING, Text, text

if TYPE_CHECKING:
    from kunshan_gis.model import Result

Row = Mapping[Any, Any]
_SHAPES = {
    "met": '<path d="M2 6.4 5 9.4 10.2 2.8" fill="none" stroke="currentColor" stroke-width="2"/>',
    "not_met": '<path d="M6 .8 11.6 11H.4Z" fill="currentColor"/><path d="M6 4.2v3.4M6 8.6v1.2" stroke="#fff" '
    'stroke-width="1.4"/>',
    "not_measurable": '<path d="M1.2 1.2h9.6v9.6H1.2ZM1.2 10.8 10.8 1.2" fill="none" stroke="currentColor" '
    'stroke-width="1.3"/>',
    "no_target": '<circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" stroke-width="1.4"/>',
    "demo": '<path d="M6 .8 11.2 6 6 11.2 .8 6Z" fill="none" stroke="currentColor" stroke-width="1.4" '
    'stroke-dasharray="2.4 1.4"/>',
}


def chip_shape(verdict: str) -> str:
    """The shape beside a verdict's word, so that colour never speaks alone."""
    return f'<svg viewBox="0 0 12 12" aria-hidden="true">{_SHAPES[verdict]}</svg>'


def span_bar(span: Span) -> str:
    """The interval as a bar, the figure as a dot, the target as a tick; the numbers stand beside it as text."""
    parts = ['<rect x="0" y="5" width="100%" height="6" rx="1" class="track"/>']
    if not math.isnan(span.low):
        parts.append(
            f'<rect x="{_at(span.low)}" y="3" width="{_at(span.high - span.low)}" height="10" rx="1" class="range"/>'
        )
    if not math.isnan(span.target):
        parts.append(f'<rect x="{_at(span.target)}" y="0" width="2" height="16" class="target"/>')
    if not math.isnan(span.value):
        parts.append(f'<circle cx="{_at(span.value)}" cy="8" r="4" class="value"/>')
    return f'<svg class="span" aria-hidden="true">{"".join(parts)}</svg>'


def _at(place: float) -> str:
    return f"{100 * min(max(place, 0.0), 1.0):.2f}%"


def headline_groups(result: Result, *, words: bool, lead_only: bool = False) -> tuple[HeadlineGroup, ...]:
    """The reporting basis and the annex, or all profiles where no basis is named.

    Parameters
    ----------
    words : with the paragraph of each finding
    lead_only : without the annex
    """
    said = {(one.profile, one.indicator): one for one in findings(result) if not one.units} if words else {}
    groups: list[HeadlineGroup] = []
    for heading, rows, folded in _parts(result):
        if folded and lead_only:
            continue
        lines = verdicts(result) if words and not groups else ()
        shown = tuple(headline(row, result, said) for row in rows)
        groups.append(HeadlineGroup(heading, shown, lines, folded=folded))
    return tuple(groups)


def _parts(result: Result) -> Iterator[tuple[Text, Sequence[Row], bool]]:
    """Heading, rows, and whether they are folded: basis and annex; without a basis what has a figure, then the rest."""
    basis = bool(result.provenance.parameters["reporting_basis"])
    for _, part in result.tables[WHOLE].groupby("lead", sort=False):
        rows = part.to_dict(orient="records")
        heading, folded = heading_of(rows, result), basis and not rows[0]["lead"]
        if basis:
            yield heading, rows, folded
            continue
        there = [row for row in rows if row["verdict"] != "not_measurable"]
        lacking = [row for row in rows if row["verdict"] == "not_measurable"]
        yield heading, there or lacking, False
        if there and lacking:
            yield text("check_lacking", heading=heading), lacking, True


def headline(row: Row, result: Result, words: Mapping[tuple[str, str], Finding]) -> Headline:
    """One row of a check's table."""
    said = checked(row, counted=result.provenance.counted)
    found = words.get((row["profile"], row["indicator"]))
    flips = verdict_said(row) if row["flips"] else NOTHING
    return Headline(
        name=Text(row["name"], row["name_en"]), verdict=row["verdict"], value=said.value.said, target=said.target.said,
        interval=said.interval, amounts=_beside(_amounts(said), said, row), span=_span(row),
        reason=Text(row["reason"], row["reason_en"]) if row["reason"] else flips,
        said=NOTHING if found is None else found.said,
    )  # fmt: skip


def _amounts(said: Checked) -> Text:
    if said.denominator is NO_AMOUNT or said.value is NO_AMOUNT:
        return NOTHING
    return text("headline_of", numerator=said.numerator.said, denominator=said.denominator.said)


def _beside(amounts: Text, said: Checked, row: Row) -> Text:
    """What the figure counts, then the corrected figure and the change since the last submission, where there are."""
    parts = [amounts] if amounts != NOTHING else []
    if said.corrected is not NO_AMOUNT:
        parts.append(text("review_headline_corrected", value=said.corrected.said))
    if not math.isnan(_number(row.get("change"))):
        parts.append(text("review_headline_change", change=said.change))
    return joined("parts_joined", parts)


def _span(row: Row) -> Span | None:
    """Along a bar: shares from 0 to 100 %, other figures up to a little more than the largest of them."""
    ends = [_number(row[name]) for name in ("value", "interval_low", "interval_high", "target")]
    if math.isnan(ends[0]):
        return None
    most = 1.0 if row["unit"] == "share" else 1.15 * max(_there(ends))
    return Span(*(end / most if most > 0 else 0.0 for end in ends))


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _there(values: Sequence[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]
