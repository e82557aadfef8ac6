"""The check as Markdown, for a report or a message: headings, tables and paragraphs in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kunshan_gis.figures import beside_computed, checked, reviewed_lines
from kunshan_gis.findings import (
    WHOLE,
    Finding,
    findings,
    heading_of,
    summary,
    units_name,
    units_tables,
    verdict_said,
)
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.schema import KINDS

if TYPE_CHECKING:
    from kunshan_gis.model import Result

_FIGURES = ("target", "gap", "interval", "verdict", "numerator", "denominator", "not_covered",
            "not_measurable")  # fmt: skip
_RULE = "--:"


def check_markdown(result: Result, *, lang: Lang = "zh") -> str:
    """A check as a report: the reporting basis first, the other profiles as an annex, then the figures by units."""
    return "\n".join(_lines(result, lang))


def _lines(result: Result, lang: Lang) -> Iterator[str]:
    first = result.tables[WHOLE].iloc[0]
    yield f"# {_escaped(getattr(text('check_title', place=Text(first['unit_name'], first['unit_name_en'])), lang))}\n"
    if not result.reportable:
        yield f"**{getattr(text('demo_mark'), lang)}**\n"
    for paragraph in summary(result):
        yield f"{_escaped(getattr(paragraph, lang))}\n"
    said = findings(result)
    for units, table in {"": result.tables[WHOLE], **units_tables(result)}.items():
        for _, part in table.groupby("lead", sort=False):
            rows = part.to_dict(orient="records")
            yield f"## {_escaped(getattr(_heading(rows, units, result), lang))}\n"
            yield from _table(rows, units, result, lang)
            yield from _paragraphs(said, bool(rows[0]["lead"]), units, lang)
    yield f"## {getattr(text('check_made_of'), lang)}\n"
    yield from (f"- {_escaped(getattr(line, lang))}" for line in _account(result))


def _heading(rows: Sequence[Mapping[Any, Any]], units: str, result: Result) -> Text:
    heading = heading_of(rows, result)
    if not units:
        return heading
    return text("check_by", heading=heading, units=units_name(units))


def _table(rows: Sequence[Mapping[Any, Any]], units: str, result: Result, lang: Lang) -> Iterator[str]:
    reviewed = beside_computed(result.tables[WHOLE], result)
    columns = ("profile", "indicator", *(("unit_name",) if units else ()), "value", *reviewed, *_FIGURES)
    yield "| " + " | ".join(getattr(text(f"column_{name}"), lang) for name in columns) + " |"
    texts = ("profile", "indicator", "unit_name", "verdict")
    yield "|" + "|".join("---" if name in texts else _RULE for name in columns) + "|"
    for row in rows:
        yield "| " + " | ".join(_escaped(cell) for cell in _cells(row, columns, result, lang)) + " |"
    yield ""


def _cells(row: Mapping[Any, Any], columns: Sequence[str], result: Result, lang: Lang) -> Iterator[str]:
    suffix = "_en" if lang == "en" else ""
    said = checked(row, counted=result.provenance.counted)
    own = {"profile": row["profile"], "indicator": row[f"name{suffix}"], "unit_name": row[f"unit_name{suffix}"]}
    words = {"interval": said.interval, "verdict": verdict_said(row), "change": said.change}
    words["corrected_value"] = said.corrected.said
    for name in columns:
        if name in own:
            yield own[name]
        else:
            yield getattr(words[name] if name in words else getattr(said, name).said, lang)


def _paragraphs(said: Sequence[Finding], lead: bool, units: str, lang: Lang) -> Iterator[str]:  # noqa: FBT001 - a column's value
    for finding in said:
        if finding.lead is lead and finding.units == units:
            yield f"{_escaped(getattr(finding.said, lang))}\n"


def _account(result: Result) -> Iterator[Text]:
    """Profile, streets, coordinates, version, inputs with their dates, and what to be wary of."""
    made = result.provenance
    yield text("profile_line", profile=made.profile_said)
    yield text("filter_line", filter=made.walk_filter)
    yield text("version_line", version=made.versions.get("kunshan-gis", ""))
    for given in made.inputs:
        kind, rest = KINDS[given["kind"]], f"{given['date']} · SHA-256 {given['sha256'][:12]}…"
        yield Text(f"{kind.zh}（{given['layer']}）· {rest}", f"{kind.en} ({given['layer']}) · {rest}")
    yield from reviewed_lines(result)
    yield from (text("warning_line", text=warning) for warning in made.warnings)


def _escaped(cell: str) -> str:
    """Text as it stands: nothing in it is a table, a link, a tag or emphasis."""
    plain = str(cell).replace("\\", "\\\\").replace("\r", " ").replace("\n", " ").replace("<", "&lt;")
    for sign in "|*_`[]":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def markdown_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A heading and a table; nothing in a cell is markup."""
    lines = [f"## {title}", "", "| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join([*lines, *("| " + " | ".join(map(_escaped, row)) + " |" for row in rows), ""])
