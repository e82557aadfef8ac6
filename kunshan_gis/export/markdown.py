"""The check as Markdown, for a report or a message: tables in one language, marked where they are a demonstration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kunshan_gis.figures import checked
from kunshan_gis.messages import Lang, text

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.model import Result

_COLUMNS = ("profile", "indicator", "unit_name", "value", "target", "interval", "verdict", "numerator", "denominator")


def check_markdown(table: pd.DataFrame, result: Result, *, lang: Lang = "zh") -> str:
    """The rows of a check, the reporting basis first and the other profiles as an annex."""
    return "\n".join(_lines(table, result, lang))


def _lines(table: pd.DataFrame, result: Result, lang: Lang) -> Iterator[str]:
    if not result.reportable:
        yield f"**{getattr(text('demo_mark'), lang)}**\n"
    for lead, rows in table.groupby("lead", sort=False):
        yield f"## {getattr(text('check_lead' if lead else 'check_annex'), lang)}\n"
        yield "| " + " | ".join(getattr(text(f"column_{name}"), lang) for name in _COLUMNS) + " |"
        yield "|---|---|---|--:|--:|--:|---|--:|--:|"
        for row in rows.to_dict(orient="records"):
            yield "| " + " | ".join(_escaped(cell) for cell in _cells(row, lang)) + " |"
        yield ""
    for warning in result.provenance.warnings:
        yield f"- {getattr(warning, lang)}"


def _cells(row: Mapping[Any, Any], lang: Lang) -> Iterator[str]:
    suffix = "_en" if lang == "en" else ""
    said = checked(row)
    verdict = getattr(said.verdict, lang)
    if said.flips:
        verdict += f" ⇄ {getattr(text('check_flips'), lang)}"
    yield from (row["profile"], row[f"name{suffix}"], row[f"unit_name{suffix}"])
    yield from (
        said.value,
        said.target,
        said.interval,
        row[f"reason{suffix}"] or verdict,
        said.numerator,
        said.denominator,
    )


def _escaped(cell: str) -> str:
    return str(cell).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
