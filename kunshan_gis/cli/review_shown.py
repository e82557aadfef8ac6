"""What `kunshan-gis review` shows on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kunshan_gis.figures import people_with_unit
from kunshan_gis.messages import Lang, Text, text

if TYPE_CHECKING:
    from rich.console import Console

    from kunshan_gis.model import Result
    from kunshan_gis.review import Answer
    from kunshan_gis.studies.review import Imported

MOST = 20
"""Answers listed one by one."""
_TOTALS = ("indicator", "name", "estates", "people", "covered", "not_covered", "not_measurable")


def print_list(result: Result, console: Console, *, lang: Lang) -> None:
    """Rows and people of a check list by rule."""
    from rich.table import Table

    from kunshan_gis.terminal import escaped, say

    if not result.reportable:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    shown = Table(title=getattr(text("review_sheet_list"), lang), title_justify="left")
    for key in _TOTALS:
        heading = text("column_indicator") if key == "name" else text(f"review_total_{key}")
        shown.add_column(getattr(heading, lang), justify="left" if key in ("indicator", "name") else "right")
    coarse = not result.reportable and result.provenance.counted == "people"
    for row in result.tables["review_totals"].to_dict(orient="records"):
        named = [escaped(row["indicator"], 60), escaped(row["name_en" if lang == "en" else "name"], 80)]
        amounts = [
            getattr(people_with_unit(row[key], demo=True), lang) if coarse else f"{row[key]:,}" for key in _TOTALS[3:]
        ]
        shown.add_row(*named, f"{row['estates']:,}", *amounts)
    console.print(shown)
    for warning in result.provenance.warnings:
        say("! " + warning.first(lang), console)


def print_imported(imported: Imported, console: Console, *, lang: Lang, dry_run: bool) -> None:
    """What became of the rows of a filled-in list, and what is to be known."""
    from kunshan_gis.terminal import say

    counts = {name: len(getattr(imported, name)) for name in ("new", "replaced", "unchanged", "older", "gone")}
    say(getattr(text("review_imported", left=imported.left, **counts), lang), console)
    for line in imported.differs:
        say("! " + line.first(lang), console)
    for name in ("replaced", "older", "gone"):
        for line in _each(name, getattr(imported, name)):
            say("  " + line.first(lang), console)
    if dry_run:
        say(getattr(text("review_dry_run"), lang), console)


def _each(name: str, answers: tuple[Answer, ...]) -> Iterator[Text]:
    for answer in answers[:MOST]:
        said = f"{answer.profile} {answer.indicator} {answer.id} {answer.name}"
        yield text(f"review_each_{name}", answer=said, date=answer.date)
    if len(answers) > MOST:
        yield text("review_more", count=len(answers) - MOST)
