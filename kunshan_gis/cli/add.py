"""What `layers add` is told on the command line, and what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text, text
from kunshan_gis.terminal import escaped, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kunshan_gis.layers.repair import Repair
    from kunshan_gis.studies.layers_add import Added

MOST_VALUES = 40
"""Rows of the tables that `layers add` shows of values and repairs; all of them are in its JSON."""


def pairs_of(option: str, said: list[str] | None) -> dict[str, str]:
    """`FIELD=COLUMN` of an option that may be repeated."""
    pairs = {}
    for pair in said or []:
        key, sign, value = pair.rpartition("=")
        if not sign or not key.strip():
            raise ParameterError(
                Text(f"{option} {pair}：缺少等号或等号前的名称", f"{option} {pair}: no name before an equals sign"),
                Text(f"写法：{option} 名称=取值", f"write {option} NAME=VALUE"),
            )
        pairs[key.strip()] = value.strip()
    return pairs


def values_of(said: list[str] | None) -> dict[str, dict[str, str]]:
    """`COLUMN:VALUE=WORD` of --values, by column."""
    found: dict[str, dict[str, str]] = {}
    for pair, word in pairs_of("--values", said).items():
        column, sign, value = pair.partition(":")
        if not sign or not value:
            raise ParameterError(
                Text(f"--values {pair}：缺少“字段:”", f"--values {pair}: no COLUMN: before the value"),
                Text("写法：--values tier:综合=comprehensive", "write --values tier:综合=comprehensive"),
            )
        found.setdefault(column.strip(), {})[value.strip()] = word
    return found


def print_added(added: Added, console: Console, *, dry_run: bool) -> None:
    """What became of a file's columns, values and rows, and what to know of the new layer."""
    console.print(_columns_used(added))
    if added.taken.values:
        console.print(_values_used(added))
    if added.taken.repairs:
        console.print(_repairs_done(added))
    if dry_run:
        console.print(_first_rows(added))
    for note in added.notes:
        say(f"· {note.zh}\n  {note.en}", console)
    for problem in (*added.problems, *added.elsewhere):
        say(f"✗ {problem.said('zh')}\n  {problem.said('en')}", console, style="red")
    rows, where = len(added.taken.table), f"{added.info.name} ({added.info.path})"
    key = "added_problems" if added.problems else "added_dry" if dry_run else "added_done"
    done = text(key, rows=rows, layer=where, count=len(added.problems), folder=added.folder)
    say(f"{done.zh}\n{done.en}", console)


def _columns_used(added: Added) -> Table:
    from rich.table import Table

    shown = Table(title=escaped(f"{added.info.kind} ← {added.taken.source_name}", 120), title_justify="left")
    for key in ("added_source", "added_target", "added_how"):
        shown.add_column(text(key).first("zh"), overflow="fold")
    for use in added.taken.uses:
        how = text(f"how_{use.how}").first("zh") + (f" ({use.unit})" if use.unit else "")
        shown.add_row(escaped(use.source, 60), escaped(use.target or "—", 60), how)
    return shown


def _values_used(added: Added) -> Table:
    from rich.table import Table

    shown = Table(title=text("added_values").first("zh"), title_justify="left")
    for key in ("added_target", "added_said", "added_became", "added_rows"):
        shown.add_column(text(key).first("zh"), justify="right" if key == "added_rows" else "left", overflow="fold")
    for value in added.taken.values[:MOST_VALUES]:
        shown.add_row(value.column, escaped(value.said, 60), escaped(value.became or "—", 60), f"{value.rows:,}")
    return shown


def _repairs_done(added: Added) -> Table:
    """Repairs of one sort in one row, their areas summed."""
    from rich.table import Table

    sorts: dict[Text, list[Repair]] = {}
    for done in added.taken.repairs:
        sorts.setdefault(done.what, []).append(done)
    shown = Table(title=text("added_repairs").first("zh"), title_justify="left")
    for key in ("added_what", "added_rows", "added_where", "added_before", "added_after"):
        right = key not in ("added_where", "added_what")
        shown.add_column(text(key).first("zh"), justify="right" if right else "left", overflow="fold")
    for what, group in list(sorts.items())[:MOST_VALUES]:
        rows = [row for done in group for row in done.rows]
        said, where = (escaped("\n".join(dict.fromkeys(part)), 300) for part in (what, added.taken.place(rows, None)))
        before, after = (sum(getattr(done, key) for done in group) for key in ("before_m2", "after_m2"))
        shown.add_row(said, f"{len(rows):,}", where, f"{before:,.1f}", f"{after:,.1f}")
    return shown


def _first_rows(added: Added) -> Table:
    table = added.taken.table.head(5)
    from rich.table import Table

    shown = Table(title=text("added_first").first("zh"), title_justify="left")
    for name in table.columns:
        shown.add_column(escaped(name, 40), overflow="fold")
    for row in table.itertuples(index=False):
        shown.add_row(*(escaped(_brief(cell), 60) for cell in row))
    return shown


def _brief(cell: object) -> str:
    """A cell of a preview: of a geometry its sort and its middle."""
    if not hasattr(cell, "geom_type"):
        return "" if str(cell) in ("None", "nan", "<NA>") else str(cell)
    if cell.is_empty:  # type: ignore[attr-defined]
        return str(cell.geom_type)
    middle = cell.centroid  # type: ignore[attr-defined]
    return f"{cell.geom_type} {middle.x:.5f} {middle.y:.5f}"
