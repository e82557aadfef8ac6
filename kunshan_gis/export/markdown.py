"""The check as Markdown, for a report or a message: tables in one language, marked where they are a demonstration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kunshan_gis.figures import beside_computed, checked, reviewed_lines
from kunshan_gis.messages import Lang, text

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.model import Result

_NAMES = ("profile", "indicator", "unit_name", "value")
_FIGURES = ("target", "interval", "verdict", "numerator", "denominator")


def check_markdown(table: pd.DataFrame, result: Result, *, lang: Lang = "zh") -> str:
    """The rows of a check, the reporting basis first and the other profiles as an annex."""
    return "\n".join(_lines(table, result, lang))


def _lines(table: pd.DataFrame, result: Result, lang: Lang) -> Iterator[str]:
    if not result.reportable:
        yield f"**{getattr(text('demo_mark'), lang)}**\n"
    reviewed = beside_computed(table, result)
    columns = (*_NAMES, *reviewed, *_FIGURES)
    for lead, rows in table.groupby("lead", sort=False):
        yield f"## {getattr(text('check_lead' if lead else 'check_annex'), lang)}\n"
        yield "| " + " | ".join(getattr(text(f"column_{name}"), lang) for name in columns) + " |"
        yield "|---|---|---|--:|" + "--:|" * len(reviewed) + "--:|--:|---|--:|--:|"
        for row in rows.to_dict(orient="records"):
            yield "| " + " | ".join(_escaped(cell) for cell in _cells(row, reviewed, lang)) + " |"
        yield ""
    for line in (*reviewed_lines(result), *result.provenance.warnings):
        yield f"- {getattr(line, lang)}"


def _cells(row: Mapping[Any, Any], reviewed: tuple[str, ...], lang: Lang) -> Iterator[str]:
    suffix = "_en" if lang == "en" else ""
    said = checked(row)
    verdict = getattr(said.verdict, lang)
    if said.flips:
        verdict += f" ⇄ {getattr(text('check_flips'), lang)}"
    yield from (row["profile"], row[f"name{suffix}"], row[f"unit_name{suffix}"])
    beside = {"corrected_value": said.corrected, "change": getattr(said.change, lang)}
    yield from (
        said.value,
        *(beside[key] for key in reviewed),
        said.target,
        said.interval,
        row[f"reason{suffix}"] or verdict,
        said.numerator,
        said.denominator,
    )


def _escaped(cell: str) -> str:
    return str(cell).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
