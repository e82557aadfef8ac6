"""What the command line shows on a terminal: progress, coverage tables, the check of the layers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.cells import cell_len
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kunshan_gis.figures import (
    amount,
    beside_computed,
    checked,
    people,
    people_with_unit,
    percent,
    reviewed_lines,
    to_three,
)
from kunshan_gis.findings import heading_of, verdict_said
from kunshan_gis.indicators import STATE_LABELS, TIER_LABELS, label
from kunshan_gis.messages import Lang, Text, known, text
from kunshan_gis.readable import filled, heading, is_number, named_cell, shown_columns
from kunshan_gis.studies.coverage import upto
from kunshan_gis.studies.places import said_of

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from kunshan_gis import model
    from kunshan_gis.model import Result
    from kunshan_gis.studies.access import Access
    from kunshan_gis.studies.check_layers import LayersReport
    from kunshan_gis.studies.network_audit import NetworkAudit
    from kunshan_gis.studies.osm_import import ImportSummary
    from kunshan_gis.studies.qgis_project import Opened

_SHARES = ("share_covered", "share_measurable")
MOST_CLASSES = 12
"""Classes of street in the audit's table, the longest first; the others are in its JSON."""


@contextmanager
def progress_bar(console: Console) -> Iterator[model.Progress]:
    """A callback that draws one line per kind of work; silent where the output is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def show(key: str, done: int, total: int) -> None:
            if key not in tasks:
                tasks[key] = bar.add_task(text(key).first("zh"), total=total)
            bar.update(tasks[key], completed=done, total=total)

        yield show


def print_coverage(table: pd.DataFrame, result: model.Result, console: Console, *, lang: Lang) -> None:
    """Coverage per unit and tier, the denominator shown, demonstration figures rounded and marked."""
    demo = not result.reportable
    parameters = result.provenance.parameters
    title = f"{parameters['minutes']:g} min × {parameters['speed_mps']:g} m/s = {parameters['cutoff_m']:g} m · "
    if demo:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    columns = ("population", "covered", "not_covered", "not_measurable", "share_covered", "share_measurable")
    shown = Table(title=title + result.provenance.profile, title_justify="left")
    for key in ("name", "tier"):
        shown.add_column(label(key)[lang == "en"])
    counted = result.provenance.counted
    for key in columns:
        shown.add_column(label(key, counted)[lang == "en"], justify="right")
    for row in table.to_dict(orient="records"):
        tier = TIER_LABELS.get(row["tier"], (row["tier"], row["tier"]))
        name = row["name_en"] if lang == "en" else row["name"]
        cells = [_figure(key, row[key], demo=demo, counted=counted, lang=lang) for key in columns]
        shown.add_row(escaped(name, 60), tier[lang == "en"], *cells)
    console.print(shown)
    say(getattr(text("profile_line", profile=result.provenance.profile_said), lang), console)
    for warning in result.provenance.warnings:
        say("! " + warning.first(lang), console)


def print_amounts(table: pd.DataFrame, result: model.Result, console: Console, *, title: Text, lang: Lang) -> None:
    """How much is covered within each cutoff, in three states, the denominator shown, demonstration figures coarse."""
    demo, en = not result.reportable, lang == "en"
    if demo:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    unit = table["amount_unit"].iloc[0] if len(table) else "people"
    shown = Table(title=escaped(getattr(title, lang), 160), title_justify="left")
    by_tier = set(table["tier"]) != {"all"}
    for key in ("unit_name", *(("tier",) if by_tier else ())):
        shown.add_column(getattr(text(f"column_{key}"), lang), overflow="fold")
    figures = ("total", *STATE_LABELS)
    for key in ("cutoff", *figures, *_SHARES):
        shown.add_column(getattr(text(f"column_{key}"), lang), justify="right")
    for row in table.to_dict(orient="records"):
        tier = [TIER_LABELS.get(row["tier"], (row["tier"],) * 2)[en]] if by_tier else []
        cutoff = getattr(upto(row), lang)
        cells = [getattr(amount(row[key], unit, demo=demo), lang) for key in figures]
        shares = [
            _figure(key, row[key], demo=demo, counted="", lang=lang) for key in ("share_covered", "share_measurable")
        ]
        shown.add_row(escaped(row["name_en" if en else "name"], 60), *tier, cutoff, *cells, *shares)
    console.print(shown)
    say(getattr(text(f"column_unit_{unit}"), lang), console)
    _print_account(result, console, lang)


def print_access(found: Access, console: Console, *, lang: Lang) -> None:
    """What the residents of each unit have, how evenly it is spread, and the gaps between groups."""
    result, en = found.result, lang == "en"
    demo, parameters = not result.reportable, result.provenance.parameters
    if demo:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    table, unit = found.table, text(f"value_unit_{found.table['value_unit'].iloc[0]}")
    upto = "" if parameters["minutes"] is None else f" · {parameters['minutes']:g} min"
    upto += f" · k = {parameters['k']}" if parameters["k"] else ""
    method = text(f"method_{parameters['method']}")
    title = f"{getattr(said_of(parameters['places']), lang)} · {getattr(method, lang)}{upto}"
    shown = Table(title=escaped(title, 240), title_justify="left", caption=escaped(getattr(unit, lang), 80))
    shown.add_column(getattr(text("column_unit_name"), lang), overflow="fold")
    people_columns, figures = ("population", "reached", "none", "not_measurable"), ("mean", "median", "p10", "p90")
    for key in (*people_columns, *figures):
        shown.add_column(getattr(text(f"gets_{key}"), lang), justify="right")
    for row in table.to_dict(orient="records"):
        numbers = [getattr(amount(row[key], "people", demo=demo), lang) for key in people_columns]
        cells = [to_three(row[key], demo=demo) for key in figures]
        shown.add_row(escaped(row["name_en" if en else "name"], 60), *numbers, *cells)
    console.print(shown)
    for line in _evenly(result.tables, demo=demo):
        say(getattr(line, lang), console)
    if parameters["decay"]:
        minutes, half = (f"{parameters[key] or 0:g}" for key in ("minutes", "half_min"))
        decay = text(f"decay_{parameters['method']}", minutes=minutes, half=half)
        say(getattr(text("access_decay", decay=decay), lang), console)
    _print_account(result, console, lang)


def _evenly(tables: Mapping[str, pd.DataFrame], *, demo: bool) -> Iterator[Text]:
    """Equity and gaps, a line each."""
    for row in tables["equity"].to_dict(orient="records"):
        value = (
            Text(row["reason"], row["reason_en"]) if row["reason"] else Text(*[to_three(row["value"], demo=demo)] * 2)
        )
        yield text("access_equity", measure=text(f"measure_{row['measure']}"), value=value)
    for row in tables["gaps"].to_dict(orient="records") if "gaps" in tables else ():
        group = known(row["group"], prefix="group_")
        difference = (
            "—" if pd.isna(row["difference"]) else f"{row['difference']:+.{2 if demo else 3}g}".replace("-", "−")
        )
        yield text("access_gap", group=group, mean=to_three(row["mean"], demo=demo), difference=difference)


def _print_account(result: model.Result, console: Console, lang: Lang) -> None:
    say(getattr(text("profile_line", profile=result.provenance.profile_said), lang), console)
    for warning in result.provenance.warnings:
        say("! " + warning.first(lang), console)


def print_report(report: LayersReport, console: Console, *, folder: Path) -> None:
    """The layers of a study area, what is missing, and every problem."""
    shown = Table(title=escaped(report.title, 120), title_justify="left")
    columns = ("layer", "kind", "rows", "extent", "basis", "datum", "date")
    for name in columns:
        shown.add_column(name, justify="right" if name == "rows" else "left", overflow="fold")
    for row in report.table[list(columns)].itertuples(index=False):
        shown.add_row(*("" if pd.isna(cell) else escaped(cell, 80) for cell in row))
    console.print(shown)
    for note in report.notes:
        say("· " + note.first("zh"), console)
    for line in _changes(report):
        say(line.first("zh"), console)
    for file, edits in report.waiting.items():
        said = text("check_unreadable", file=file) if edits is None else text("check_waiting", file=file)
        detail = Text("", "") if edits is None else edits.said()
        say(f"! {said.zh}：{detail.zh} / {said.en}: {detail.en}" if edits else "! " + said.first("zh"), console)
        if edits:
            kind = file.split("/")[-1].removesuffix(".gpkg")
            say(f"  kunshan-gis layers add {folder / file} --kind {kind} --layers {folder}", console)
    for problem in report.problems:
        say(f"✗ {problem.said('zh')}", console, style="red")
        say(f"  {problem.said('en')}", console, style="red")
    ok = text("check_problems", count=len(report.problems)) if report.problems else text("check_fine")
    say(ok.first("zh"), console)


def _changes(report: LayersReport) -> Iterator[Text]:
    """What changed since the last check, one line a layer."""
    if report.changes is None:
        return
    lines = [(name, change.said()) for name, change in report.changes.items()]
    lines += [(name, text("check_new")) for name in report.new] + [(name, text("check_gone")) for name in report.gone]
    if not lines:
        yield text("check_unchanged")
        return
    yield text("check_changed")
    for name, said in lines:
        yield Text(f"  ~ {name}：{said.zh}", f"/ {said.en}")


def print_audit(found: NetworkAudit, console: Console, *, lang: Lang) -> None:
    """Figures of the walking network, length by class, and in words what they mean."""
    if not found.reportable:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    figures, classes = _audit_figures(found, lang), _audit_classes(found, lang)
    for shown in (figures, classes):
        console.print(shown)
    say(getattr(text("filter_line", filter=found.walk_filter), lang), console)
    marks = {"repair": "✗", "check": "!", "note": "·"}
    for remark in found.remarks:
        style = "red" if remark.level == "repair" else None
        level = getattr(text(f"audit_{remark.level}"), lang)
        say(
            f"{marks[remark.level]} {level}{'：' if lang == 'zh' else ': '}{getattr(remark.said(), lang)}",
            console,
            style=style,
        )
    say("✓ " + getattr(found.fine, lang), console)


def _audit_figures(found: NetworkAudit, lang: Lang) -> Table:
    shown = Table(title=escaped(getattr(found.title, lang), 120), title_justify="left")
    shown.add_column(label("key")[lang == "en"])
    shown.add_column(label("value")[lang == "en"], justify="right")
    by_class = ("streets_m", "walkable_m", "share_walkable")
    for row in found.audit.table.to_dict(orient="records"):
        if row["class"] is not None and (row["key"] in by_class or not row["value"]):
            continue
        name = label(row["key"], found.counted)[lang == "en"]
        if row["class"] is not None:
            way = known(row["class"], prefix="passage_" if row["key"].startswith("crossings") else "structure_")
            name += f"{'：' if lang == 'zh' else ': '}{getattr(way, lang)}"
        shown.add_row(escaped(name, 80), _audit_value(row, found, lang))
    return shown


def _audit_value(row: Mapping[Any, Any], found: NetworkAudit, lang: Lang) -> str:
    value = row["value"]
    if value != value:  # noqa: PLR0124 - NaN: nothing to measure
        return "—"
    if row["unit"] == "share":
        return percent(value, demo=False)
    if row["unit"] == "people":
        return _figure("people", value, demo=not found.reportable, counted=found.counted, lang=lang)
    km = row["unit"] == "m" and value >= 10_000
    return f"{value / 1000:,.1f} km" if km else f"{value:,.0f}" + (" m" if row["unit"] == "m" else "")


def _audit_classes(found: NetworkAudit, lang: Lang) -> Table:
    shown = Table(title=getattr(text("audit_classes"), lang), title_justify="left")
    shown.add_column(getattr(text("class"), lang))
    for title in (getattr(text(key), lang) for key in ("audit_before", "audit_after")):
        shown.add_column(title, justify="right")
    shown.add_column(label("share_walkable")[lang == "en"], justify="right")
    table = found.audit.table.dropna(subset=["class"]).pivot_table(
        index="class", columns="key", values="value", sort=False, dropna=False
    )
    for name, row in table.dropna(subset=["streets_m"]).head(MOST_CLASSES).iterrows():
        lengths = (f"{row[key] / 1000:,.1f}" for key in ("streets_m", "walkable_m"))
        share = row["share_walkable"]
        shown.add_row(escaped(name, 40), *lengths, "—" if pd.isna(share) else percent(share, demo=False))
    return shown


def print_import(summary: ImportSummary, out: Path, console: Console) -> None:
    """What an import made, and the next command."""
    for kind, count in summary.counts.items():
        say(f"{kind}: {count:,}", console)
    for note in summary.notes:
        say("· " + " ".join(note), console)
    say(f"kunshan-gis publish --layers {out}", console)


def print_figures(table: pd.DataFrame, console: Console) -> None:
    """A table of figures: text to the left, numbers to the right, a dash where there is none."""
    shown = Table()
    for name in table.columns:
        shown.add_column(name, justify="right" if pd.api.types.is_numeric_dtype(table[name]) else "left")
    for row in table.itertuples(index=False):
        shown.add_row(*("—" if pd.isna(cell) else _rounded(cell) for cell in row))
    console.print(shown)


MOST_SHOWN = 40
"""Rows of a system's table on the terminal; the others are in CSV, JSON and the workbook."""
WIDEST = 14
"""Columns of a system's table; a wider one with fewer rows is turned, its rows become columns."""
_FRAME = 3
"""Signs a column takes beside what stands in it."""


def print_system(
    result: Result,
    names: Sequence[str],
    said: Sequence[Text],
    console: Console,
    *,
    lang: Lang,
    others: Sequence[str] = (),
) -> None:
    """A system's tables as far as they fit, its findings in words, and what to be wary of.

    Parameters
    ----------
    others : tables that are not shown, by name
    """
    if not result.reportable:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    for name in names:
        _print_table(result, name, console, lang)
    if others:
        say(getattr(text("system_other_tables", names=", ".join(others)), lang), console)
    for finding in said:
        say("· " + getattr(finding, lang), console)
    for warning in result.provenance.warnings:
        say("! " + getattr(warning, lang), console)
    for lacking in result.provenance.missing:
        lacks = text("lacks_optional", kind=lacking["title"], without=lacking["without"])
        say("! " + getattr(lacks, lang), console)


def _print_table(result: Result, name: str, console: Console, lang: Lang) -> None:
    """A table's first rows and the columns there is room for; few rows of many columns are turned."""
    table, demo, counted = result.tables[name], not result.reportable, result.provenance.counted
    columns = [one for one in shown_columns(list(table.columns)) if filled(table, one)]
    rows = table.head(MOST_SHOWN).to_dict(orient="records")
    lines = [[getattr(heading(column, demo=demo, counted=counted), lang) for column in columns]]
    lines += [
        [escaped(getattr(named_cell(column, row, demo=demo, counted=counted), lang), 60) for column in columns]
        for row in rows
    ]
    numbers = [is_number(column) for column in columns]
    if len(columns) > WIDEST > len(rows) and len(rows) < len(columns):  # one line a figure reads better then
        lines = [list(line) for line in zip(*lines, strict=True)]
        numbers = [False, *(True for _ in rows)]
    fits = _fitting(lines, console.width)
    shown = Table(title=getattr(text(f"sheet_{name}"), lang), title_justify="left")
    for head, number in list(zip(lines[0], numbers, strict=True))[:fits]:
        shown.add_column(head, justify="right" if number else "left", overflow="fold")
    for line in lines[1:]:
        shown.add_row(*line[:fits])
    console.print(shown)
    if (rest := len(lines[0]) - fits) > 0:
        say(getattr(text("system_more_columns", count=rest), lang), console)
    if (rest := len(table) - MOST_SHOWN) > 0:
        say(getattr(text("shown_more", count=rest), lang), console)


def _fitting(lines: Sequence[Sequence[str]], width: int) -> int:
    """How many columns can be read side by side: no word and no figure is broken, long names take a third at most."""
    taken = 1
    for number, column in enumerate(zip(*lines, strict=True)):
        parts = [part for cell in column for part in (cell.split() or [""])]
        widest = max(cell_len(part) for part in parts)
        figures = max(min(cell_len(cell), width // 6) for cell in column[1:]) if len(column) > 1 else 0
        taken += min(max(widest, figures), width // 3) + _FRAME
        if taken > width and number > 1:
            return number
    return len(lines[0])


def _rounded(cell: object) -> str:
    return (
        f"{cell:,.4g}"
        if isinstance(cell, float) and abs(cell) < 1000
        else (f"{cell:,.0f}" if isinstance(cell, float) else escaped(cell, 60))
    )


def print_opened(opened: Opened, console: Console) -> None:
    """What a QGIS project was made of, and how edits come back."""
    say(text("qgis_written", count=len(opened.written)).first("zh"), console)
    if opened.kept:
        say(text("qgis_kept", names=", ".join(opened.kept)).first("zh"), console)
    if opened.left_out:
        say("! " + text("qgis_left_out", names=", ".join(opened.left_out)).first("zh"), console)
    say(text("qgis_back").first("zh"), console)


def say(line: str, console: Console, *, style: str | None = None) -> None:
    """One line as it is: nothing in it is markup, it is not wrapped, and no control character reaches the terminal."""
    console.print(
        _CONTROL.sub("\N{REPLACEMENT CHARACTER}", line), markup=False, highlight=False, soft_wrap=True, style=style
    )


_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but the line feed, and those that turn the direction of writing."""


def escaped(value: object, most: int) -> str:
    """A value for a cell of a table: short, nothing in it markup, no control character."""
    return escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(value)[:most]))


def _figure(key: str, value: float, *, demo: bool, counted: str, lang: Lang) -> str:
    if value != value:  # noqa: PLR0124 - NaN: nobody to share among
        return "—"
    if key.startswith("share"):
        return percent(value, demo=demo)
    coarse = demo and counted == "people"
    said = people_with_unit(value, demo=True) if coarse else people(value, demo=False)
    return said.en if lang == "en" else said.zh


def print_check(table: pd.DataFrame, result: model.Result, console: Console, *, lang: Lang) -> None:
    """Every rule with figure, target, verdict and interval, the reporting basis first, the others as an annex."""
    if not result.reportable:
        console.print(f"[bold red]{text('demo_mark').zh}  {text('demo_mark').en}[/]")
    by_unit = len(set(table["unit_id"])) > 1
    table = _after_the_whole(table, result) if by_unit else table
    for _, rows in table.groupby("lead", sort=False):
        title = getattr(heading_of(rows.to_dict(orient="records"), result), lang)
        shown = Table(title=escaped(title, 120), title_justify="left")
        for key in ("profile", "indicator", *(("unit_name",) if by_unit else ())):
            shown.add_column(getattr(text(f"column_{key}"), lang), overflow="fold")
        reviewed = beside_computed(table, result)
        for key in ("value", *reviewed, "target", "interval", "verdict", "numerator", "denominator", "not_measurable"):
            shown.add_column(getattr(text(f"column_{key}"), lang), justify="right")
        for row in rows.to_dict(orient="records"):
            unit = [escaped(row["unit_name_en" if lang == "en" else "unit_name"], 40)] if by_unit else []
            name = escaped(row["name_en" if lang == "en" else "name"], 80)
            cells = _check_cells(row, reviewed, lang, result.provenance.counted)
            shown.add_row(escaped(row["profile"], 40), name, *unit, *cells)
        console.print(shown)
    say(getattr(text("profile_line", profile=result.provenance.profile_said), lang), console)
    for line in reviewed_lines(result):
        say(getattr(line, lang), console)
    for warning in result.provenance.warnings:
        say("! " + warning.first(lang), console)


def _after_the_whole(table: pd.DataFrame, result: model.Result) -> pd.DataFrame:
    """Every rule over the whole area, then by its units."""
    rows = pd.concat([result.tables["check"], table], ignore_index=True)
    rules = rows.groupby(["profile", "indicator"], sort=False).ngroup()
    return rows.loc[rules.sort_values(kind="stable").index]


def _check_cells(row: Mapping[Any, Any], reviewed: tuple[str, ...], lang: Lang, counted: str) -> list[str]:
    cells = checked(row, counted=counted)
    beside = {"corrected_value": cells.corrected.said, "change": cells.change}
    figures = (cells.value.said, *(beside[key] for key in reviewed), cells.target.said, cells.interval)
    amounts = (cells.numerator.said, cells.denominator.said, cells.not_measurable.said)
    verdict = getattr(verdict_said(row), lang)
    return [
        *(escaped(getattr(said, lang), 60) for said in figures),
        escaped(verdict, 80),
        *(getattr(said, lang) for said in amounts),
    ]
