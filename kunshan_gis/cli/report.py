"""The data-quality report on a terminal: the layers in short, then every finding with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kunshan_gis.messages import Lang, text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kunshan_gis.studies.data_quality import DataQuality
    from kunshan_gis.studies.quality_checks import Check

_MARKS = {"stops": "✗", "distorts": "!", "information": "·"}
_COUNTED = ("rows", "twice", "invalid", "slivers", "multipart", "outside")


def print_quality(report: DataQuality, console: Console, *, lang: Lang) -> None:
    """Layers as a table; findings, what is not measurable, and what is fine, in words."""
    from kunshan_gis.terminal import say

    if not report.reportable:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    console.print(_layers(report, lang))
    for check in report.of_state("found"):
        say(_finding(check, lang), console, style="red" if check.severity == "stops" else None)
        if check.command:
            say(f"    {check.command}", console)
    for check in report.of_state("not_measurable"):
        line = text("quality_unknown_line", title=check.title, reason=check.what)
        say(f"? {getattr(text('not_measurable'), lang)} · {getattr(line, lang)}", console)
    fine = report.of_state("fine")
    titles = [getattr(check.title, lang) for check in fine if not check.what.zh]
    lines = [getattr(check.what, lang) for check in fine if check.what.zh]
    heading = getattr(text("quality_fine"), lang)
    for line in (
        f"{heading}{'：' if lang == 'zh' else ': '}{getattr(text('parts_joined'), lang).join(titles)}",
        *lines,
    ):
        say(f"✓ {line}", console)


def _layers(report: DataQuality, lang: Lang) -> Table:
    from rich.table import Table

    shown = Table(title=getattr(report.title, lang), title_justify="left")
    shown.add_column(getattr(text("quality_layer"), lang), overflow="fold")
    shown.add_column(getattr(text("basis"), lang))
    shown.add_column(getattr(text("date"), lang))
    for name in _COUNTED:
        shown.add_column(getattr(text(f"quality_column_{name}"), lang), justify="right")
    for sheet in report.sheets:
        row = sheet.as_dict()
        basis = getattr(text(f"basis_{sheet.info.basis}"), lang)
        numbers = ["—" if row[name] is None else f"{row[name]:,}" for name in _COUNTED]
        shown.add_row(_plain(sheet.info.name), basis, _plain(sheet.info.date), *numbers)
    return shown


def _plain(value: str) -> str:
    from rich.markup import escape

    return escape("".join(letter for letter in value[:40] if letter.isprintable()))


def _finding(check: Check, lang: Lang) -> str:
    """Severity, what, what it means, what to do, in one line."""
    severity = getattr(text(f"quality_{check.severity}"), lang)
    stop, colon = ("。", "：") if lang == "zh" else (". ", ": ")
    parts = [getattr(part, lang) for part in (check.what, check.means) if part.zh]
    if lang == "en":
        parts = [part[:1].upper() + part[1:] for part in parts]
    remedy = getattr(check.remedy, lang)
    title = getattr(check.title, lang)
    return f"{_MARKS[check.severity or 'information']} {severity}{colon}{title} · {stop.join(parts)}" + (
        f" → {remedy}" if remedy else ""
    )
