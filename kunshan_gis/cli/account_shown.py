"""What differs between results, on a terminal."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kunshan_gis.errors import listed
from kunshan_gis.figures import COUNTED, in_units, people, percent
from kunshan_gis.indicators import label
from kunshan_gis.messages import Lang, Text, keys, text
from kunshan_gis.terminal import escaped, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kunshan_gis.studies.differences import InputChange, Moved, Setting
    from kunshan_gis.studies.reproduce import Reproduced

MINUS = "\N{MINUS SIGN}"
MOST_FIGURES = 20
"""Figures that moved, on the terminal; all are in the JSON."""


def print_reproduced(found: Reproduced, console: Console, *, lang: Lang) -> None:
    """The answer in a line, then what differs in what the figures came from, then the figures."""
    if not found.reportable:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    said = text(f"reproduced_{found.status}").format(rows=found.rows, moved=len(found.figures), reason=found.reason)
    say(getattr(said, lang), console, style=None if found.status == "same" else "red")
    for line in _causes(found):
        say("  · " + getattr(line, lang), console)
    if found.figures:
        console.print(_figures(found.figures[:MOST_FIGURES], lang, demo=not found.reportable))
        if (rest := len(found.figures) - MOST_FIGURES) > 0:
            say(getattr(text("reproduced_more", count=rest), lang), console)


def _causes(found: Reproduced) -> Iterator[Text]:
    """Inputs and settings that differ; a version only where figures moved is a likely cause."""
    for entry in found.changed_inputs:
        yield input_said(entry)
    for setting in found.settings:
        if setting.group == "version" and not found.figures:
            yield text("reproduced_version", name=setting.key, before=setting.before, after=setting.after)
        else:
            yield setting_said(setting)
    if found.status == "differs" and not found.changed_inputs and not found.settings:
        yield text("reproduced_no_cause")


def input_said(entry: InputChange) -> Text:
    """An input that is not what it was, with its dates and what changed in it."""
    dates = dict.fromkeys(one.date for one in (entry.before, entry.after) if one is not None)
    said = text(f"reproduced_input_{entry.state}").format(layer=entry.layer, date=" → ".join(dates))
    what = Text(f"：{entry.what.zh}", f": {entry.what.en}") if entry.what.en else Text("", "")
    return Text(said.zh + what.zh, said.en + what.en)


def setting_said(setting: Setting) -> Text:
    """A parameter, profile or version with both values."""
    group, key = text(f"reproduced_setting_{setting.group}"), setting.key
    name = text(key) if key in keys() else Text(key, key)
    if setting.group == "edit":
        before, after = edits_said(setting.before), edits_said(setting.after)
        return Text(f"{group.zh}：{before} → {after}", f"{group.en}: {before} → {after}")
    before, after = _short(setting.before), _short(setting.after)
    return Text(f"{group.zh} {name.zh}：{before} → {after}", f"{group.en} {name.en}: {before} → {after}")


def edits_said(edits: Sequence[Mapping[str, Any]]) -> str:
    """Edits in a line: what is taken away and what is added, by kind and id."""
    said = [
        f"{'+' if edit['action'] == 'add' else MINUS} {edit['kind']} {listed(edit['ids'] or [edit['row'].get('id')])}"
        for edit in edits
    ]
    return ", ".join(said) or "—"


def _short(value: Any) -> str:
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    is_digest = isinstance(value, str) and len(said) == 64
    return said[:12] + "…" if is_digest else said if len(said) <= 80 else said[:80] + "…"


def _figures(moved: tuple[Moved, ...], lang: Lang, *, demo: bool) -> Table:
    from rich.table import Table

    shown = Table(title=getattr(text("reproduced_moved"), lang), title_justify="left")
    for key in ("profile", "indicator", "column", "before", "after"):
        right = key in ("before", "after")
        shown.add_column(getattr(text(f"column_{key}"), lang), justify="right" if right else "left", overflow="fold")
    for cell in moved:
        profile = str(cell.row.get("profile") or cell.table)
        column = heading(cell.column, lang)
        name = escaped(getattr(cell.name, lang), 80)
        shown.add_row(escaped(profile, 40), name, escaped(column, 40), *sides(cell, demo=demo, lang=lang))
    return shown


def heading(column: str, lang: Lang) -> str:
    """What a column is called, in a check or in another result."""
    key = f"column_{column}"
    return str(getattr(text(key), lang) if key in keys() else label(column)[lang == "en"])


def sides(cell: Moved, *, demo: bool, lang: Lang) -> tuple[str, str]:
    """Both figures as people read them; where they would read alike, with the digits that tell them apart."""
    before, after = (written(value, cell.unit, demo=demo, lang=lang) for value in (cell.before, cell.after))
    if before != after:
        return before, after
    factor, mark = (100, "%") if cell.unit == "share" else (1, "")
    if not all(isinstance(value, (int, float)) for value in (cell.before, cell.after)):
        return before, after
    for digits in range(1, 16):
        before, after = (f"{value * factor:,.{digits}f}{mark}" for value in (cell.before, cell.after))
        if before != after:
            break
    return before, after


def written(value: Any, unit: str, *, demo: bool, lang: Lang) -> str:
    """A figure as people read it: shares in percent, a demonstration's figures coarse, a dash where there is none."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(getattr(text("reproduced_there" if value else "reproduced_absent"), lang))
    if not isinstance(value, (int, float)):
        key = f"verdict_{value}"
        return str(getattr(text(key), lang)) if key in keys() else escaped(value, 40)
    if unit == "share":
        return percent(value, demo=demo)
    if unit == "people":
        return count_said(value, demo=demo, lang=lang)
    if unit in COUNTED:
        return str(getattr(in_units(value, unit, demo=demo).said, lang))
    return f"{float(f'{value:.3g}'):,.10g}" if demo and isinstance(value, float) else f"{value:,.10g}"


def count_said(value: float, *, demo: bool, lang: Lang) -> str:
    """People, 万 or thousands for a demonstration; with a minus where there are fewer."""
    if math.isnan(value):
        return "—"
    unit = ("万" if lang == "zh" else "k") if demo and value else ""
    return f"{MINUS if value < 0 else ''}{getattr(people(abs(value), demo=demo and bool(value)), lang)}{unit}"
