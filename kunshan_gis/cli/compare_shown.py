"""Two results or study areas side by side, on a terminal or as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kunshan_gis.cli.account_shown import count_said, input_said, setting_said, written
from kunshan_gis.figures import difference
from kunshan_gis.messages import Lang, text
from kunshan_gis.schema import KINDS
from kunshan_gis.terminal import escaped, say

if TYPE_CHECKING:
    from rich.console import Console

    from kunshan_gis.studies.compare import Beside, Compared
    from kunshan_gis.studies.compare_areas import ComparedAreas

MOST_ROWS = 40
"""Rows of each table on the terminal; all are in the JSON."""
_MOVED = ("gained", "lost", "came", "went")
_PEOPLE = (*_MOVED, "grown")


class Sheet(NamedTuple):
    """A table in words, and lines below it."""

    title: str
    headings: list[str]
    rows: list[list[str]]
    notes: list[str]
    numbers_from: int


def print_compared(found: Compared | ComparedAreas, console: Console, *, lang: Lang) -> None:
    """Figures, people, causes and inputs as tables."""
    from rich.table import Table

    if not found.reportable:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    for sheet in sheets(found, lang):
        if sheet.rows:
            shown = Table(title=escaped(sheet.title, 120), title_justify="left")
            for number, heading in enumerate(sheet.headings):
                right = number >= sheet.numbers_from
                shown.add_column(heading, justify="right" if right else "left", overflow="fold")
            for row in sheet.rows[:MOST_ROWS]:
                shown.add_row(*(escaped(cell, 80) for cell in row))
            console.print(shown)
            if (rest := len(sheet.rows) - MOST_ROWS) > 0:
                say(getattr(text("reproduced_more", count=rest), lang), console)
        for note in sheet.notes:
            say(note, console)


def print_markdown(found: Compared | ComparedAreas, console: Console, *, lang: Lang) -> None:
    """The same as Markdown."""
    from kunshan_gis.export import markdown_table

    if not found.reportable:
        say(f"**{getattr(text('demo_mark'), lang)}**\n", console)
    for sheet in sheets(found, lang):
        if sheet.rows:
            say(markdown_table(sheet.title, sheet.headings, sheet.rows), console)
        for note in sheet.notes:
            say(f"- {note.lstrip(' ·')}", console)
        if sheet.notes:
            say("", console)


def sheets(found: Compared | ComparedAreas, lang: Lang) -> Iterator[Sheet]:
    """What there is to show, in its order."""
    from kunshan_gis.studies.compare_areas import ComparedAreas

    areas = found if isinstance(found, ComparedAreas) else None
    compared = found.compared if isinstance(found, ComparedAreas) else found
    yield _figures(compared, lang)
    if areas is not None:
        yield _people(areas, lang)
        yield _causes(areas, lang)
    inputs = [input_said(entry) for entry in compared.inputs if entry.state != "same"]
    lines = [*inputs, *(setting_said(setting) for setting in compared.settings)]
    title = getattr(text("compared_inputs"), lang)
    yield Sheet("", [], [], [title, *(f"  · {getattr(line, lang)}" for line in lines)] if lines else [], 0)


def _figures(compared: Compared, lang: Lang) -> Sheet:
    changed = compared.changed
    rest = len(compared.figures) - len(changed)
    notes = [] if changed else [getattr(text("compared_nothing"), lang)]
    notes += [getattr(text("compared_unchanged", count=rest), lang)] if rest and changed else []
    keys = ("profile", "indicator", "unit_name", "before", "after")
    headings = [_heading(key, lang) for key in keys]
    headings += [getattr(text("compared_difference"), lang), _heading("verdict", lang)]
    return Sheet(
        getattr(text("compared_figures"), lang), headings, [_figure(figure, lang) for figure in changed], notes, 3
    )


def _heading(key: str, lang: Lang) -> str:
    return str(getattr(text(f"column_{key}"), lang))


def _figure(figure: Beside, lang: Lang) -> list[str]:
    demo = not figure.reportable
    before, after = (_verdict(said, lang) for said in (figure.verdict_before, figure.verdict_after))
    return [
        str(figure.row.get("profile") or figure.table), getattr(figure.name, lang), getattr(figure.unit_name, lang),
        *(written(value, figure.unit, demo=demo, lang=lang) for value in (figure.before, figure.after)),
        getattr(difference(figure.difference, figure.unit, demo=demo), lang),
        before if before == after else f"{before} → {after}",
    ]  # fmt: skip


def _verdict(said: str, lang: Lang) -> str:
    return str(getattr(text(f"verdict_{said}"), lang)) if said in VERDICTS else "—"


VERDICTS = ("met", "not_met", "not_measurable", "no_target", "demo")


def _people(found: ComparedAreas, lang: Lang) -> Sheet:
    table = found.people
    grown = (table["units"] == "area") & (table["grown"] != 0)  # of the units in the JSON only
    shown = table[(table[list(_MOVED)] != 0).any(axis=1) | grown]
    headings = [_heading(key, lang) for key in ("profile", "indicator", "unit_name")]
    headings += [getattr(text(f"compared_unit_people_{key}"), lang) for key in _PEOPLE]
    names = {(one.row.get("profile"), one.row.get("indicator")): one.name for one in found.compared.figures}
    rows = [_row(row, names, lang, demo=not found.reportable) for row in shown.to_dict(orient="records")]
    notes = [] if rows else [getattr(text("compared_nobody"), lang)]
    return Sheet(getattr(text("compared_people"), lang), headings, rows, notes, 3)


def _row(row: Mapping[Any, Any], names: Mapping[Any, Any], lang: Lang, *, demo: bool) -> list[str]:
    unit = str(row["name_en" if lang == "en" else "name"])
    rule = names.get((row["profile"], row["indicator"]))
    said = str(row["indicator"]) if rule is None else str(getattr(rule, lang))
    return [str(row["profile"]), said, unit, *(count_said(row[key], demo=demo, lang=lang) for key in _PEOPLE)]


def _cause(said: str, lang: Lang) -> str:
    """Kinds of layers by their names; parameters and what is left are called by the next column."""
    names = [KINDS[kind] for kind in said.split("+") if kind in KINDS]
    return ("、" if lang == "zh" else ", ").join(getattr(name, lang) for name in names) or "—"


def _causes(found: ComparedAreas, lang: Lang) -> Sheet:
    figures = {
        (one.row.get("profile"), one.row.get("indicator")): one for one in reversed(found.compared.figures)
    }  # fmt: skip
    headings = [_heading(key, lang) for key in ("profile", "indicator")]
    headings += [getattr(text(f"compared_{key}"), lang) for key in ("cause", "why", "difference")]
    headings += [getattr(text(f"compared_unit_people_{key}"), lang) for key in ("gained", "lost")]
    rows = []
    for row in found.causes.to_dict(orient="records"):
        figure = figures.get((row["profile"], row["indicator"]))
        demo = not found.reportable
        rows.append([
            str(row["profile"]), str(row["indicator"]) if figure is None else str(getattr(figure.name, lang)),
            _cause(str(row["cause"]), lang), str(getattr(text(f"compared_why_{row['why']}"), lang)),
            getattr(difference(row["difference"], "" if figure is None else figure.unit, demo=demo), lang),
            *(count_said(row[key], demo=demo, lang=lang) for key in ("gained", "lost")),
        ])  # fmt: skip
    return Sheet(getattr(text("compared_causes"), lang), headings, rows, [], 4)
