"""A check list as a workbook: the list to fill in, its totals, what made it; the same bytes for the same list."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kunshan_gis import review_form as form
from kunshan_gis.export.book import LONGEST_CELL, MADE, about
from kunshan_gis.export.template import narrow
from kunshan_gis.figures import people, ten_thousands
from kunshan_gis.indicators import label
from kunshan_gis.messages import Text, text
from kunshan_gis.review import CONCLUSIONS, CORRECTED

if TYPE_CHECKING:
    import pandas as pd
    import xlsxwriter

    from kunshan_gis.model import Result

FONT = "Microsoft YaHei"
_LINE, _TINT, _MISSING = "#C9D1D6", "#FFF8EC", "#F6B8AE"
_FIGURES = ("number", "people", "not_covered", "not_measurable", "walked_m", "straight_m", "date")
_PEOPLE = ("people", "covered", "not_covered", "not_measurable")
_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)


def review_workbook(result: Result, reviewed: str) -> bytes:
    """The list as XLSX, with lists to choose from where it is filled in.

    Parameters
    ----------
    result : tables `review` and `review_totals`
    reviewed : digest of what the list asks
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "default_format_properties": {"font_name": FONT, "font_size": 9}}  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": MADE, "title": form.MARK})
        looks = _looks(book)
        _list(book, looks, result, reviewed)
        _totals(book, looks, result)
        sheet = about(book, {**looks, "text": looks["plain"]}, result, extra=(("review_digest", reviewed), *_steps()))
        _paper(sheet, result, rows=None)
        _hidden(book, result, reviewed)
    return buffer.getvalue()


def _steps() -> Iterable[tuple[str, str]]:
    return [("review_how", "\n".join(text(f"review_step_{step}"))) for step in (1, 2, 3, 4)]


def _looks(book: xlsxwriter.Workbook) -> dict[str, Any]:
    cell = {"border": 1, "border_color": _LINE, "valign": "top", "text_wrap": True}
    head = {**cell, "bold": True, "valign": "vcenter", "align": "center"}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14, "font_color": "#1F4E5F"},
        "mark": {"bold": True, "font_color": "#B3261E", "font_size": 13},
        "digest": {"font_size": 7, "font_color": "#8A949B"},
        "head": {**head, "bg_color": "#DCE6EC"},
        "fill": {**head, "bg_color": "#F4C98B"},
        "name": {**cell, "font_size": 7, "font_color": "#5B6670", "italic": True, "bg_color": "#F5F7F8"},
        "text": {**cell, "num_format": "@"},
        "plain": {"text_wrap": True, "valign": "top"},
        "number": {**cell, "num_format": "#,##0"},
        "ten_thousand": {**cell, "num_format": "0.0#", "align": "right"},
        "answer": {**cell, "bg_color": _TINT, "num_format": "@"},
        "day": {**cell, "bg_color": _TINT, "num_format": "yyyy-mm-dd"},
        "missing": {"bg_color": _MISSING},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _list(book: xlsxwriter.Workbook, looks: Mapping[str, Any], result: Result, reviewed: str) -> None:
    title, table = text("review_sheet_list"), result.tables["review"]
    sheet = book.add_worksheet(f"{title.zh} {title.en}")
    sheet.write_string(form.TITLE_ROW, 0, f"{title.zh}  {title.en}", looks["title"])
    if not result.reportable:
        mark = text("demo_mark")
        sheet.write_string(form.TITLE_ROW, form.KEYS.index("nearest"), f"{mark.zh}  {mark.en}", looks["mark"])
    sheet.write_string(form.MARK_ROW, 0, form.mark_of(reviewed), looks["digest"])
    for column, one in enumerate(form.COLUMNS):
        heading = _heading(one.key, one.label, result)
        sheet.set_column(column, column, one.width)
        sheet.write_string(
            form.LABEL_ROW, column, f"{heading.zh}\n{heading.en}", looks["fill" if one.filled else "head"]
        )
        sheet.write_string(form.NAME_ROW, column, one.key, looks["name"])
    for row, line in enumerate(table.to_dict(orient="records"), form.FIRST_ROW):
        _row(sheet, row, line, looks, result)
    _choices(sheet, len(table), looks)
    sheet.set_row(form.TITLE_ROW, 22)
    sheet.set_row(form.LABEL_ROW, 54 if result.reportable else 78)
    sheet.autofilter(form.NAME_ROW, 0, max(form.NAME_ROW + len(table), form.FIRST_ROW), len(form.COLUMNS) - 1)
    sheet.freeze_panes(form.FIRST_ROW, form.KEYS.index("town"))
    _paper(sheet, result, rows=(form.LABEL_ROW, form.NAME_ROW))


def _heading(key: str, said: Text, result: Result) -> Text:
    """A heading; people in the unit they are shown in, buildings where homes count those."""
    counted = result.provenance.counted
    if key not in _PEOPLE:
        return said
    own = Text(*label(key, counted))
    if result.reportable or counted == "buildings":
        return own
    return text("with_unit", label=own, unit=text("ten_thousand"))


def _row(sheet: Any, row: int, line: Mapping[Any, Any], looks: Mapping[str, Any], result: Result) -> None:
    cells = {**line, "indicator": f"{line['profile']} {line['indicator']}", "state": " ".join(form.word(line["state"]))}
    cells["why"] = _both(line, "why")
    cells |= {name: form.word(line[name]).zh if line[name] else "" for name in ("conclusion", "corrected")}
    for column, one in enumerate(form.COLUMNS):
        value, look = cells[one.key], _look(one, looks)
        if one.key in _PEOPLE:
            value, look = _people(value, look, looks, result)
        elif one.key == "date" and value:
            value = dt.date.fromisoformat(value)
        _cell(sheet, (row, column), value, look)
    sheet.set_row(row, _height((str(cells[one.key]), one.width) for one in form.COLUMNS if one.key not in _FIGURES))


def _height(cells: Iterable[tuple[str, float]]) -> float:
    """Points a row needs for its texts in columns of these widths; other programs than Excel do not work it out."""
    lines = (
        sum(math.ceil(max(narrow(line), 1) / width) for line in said.split("\n")) for said, width in cells
    )  # fmt: skip
    return 4 + 11.5 * max(lines, default=1)


def _look(column: form.Column, looks: Mapping[str, Any]) -> Any:
    if column.filled:
        return looks["day" if column.key == "date" else "answer"]
    return looks["number" if column.key in _FIGURES else "text"]


def _people(value: float, look: Any, looks: Mapping[str, Any], result: Result) -> tuple[Any, Any]:
    """People of a demonstration in 万, as everywhere, with the look of such a cell."""
    if result.reportable or result.provenance.counted != "people":
        return value, look
    coarse = ten_thousands(value)
    return (coarse if coarse or not value else people(value, demo=True).zh), looks["ten_thousand"]


def _cell(sheet: Any, at: tuple[int, int], value: Any, look: Any) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(*at, value, look)
    elif isinstance(value, str) and value:
        sheet.write_string(*at, value[:LONGEST_CELL], look)
    elif isinstance(value, str) or value != value:  # noqa: PLR0124 - NaN: no such distance
        sheet.write_blank(*at, None, look)
    else:
        sheet.write_number(*at, float(value), look)


def _both(line: Mapping[Any, Any], name: str) -> str:
    zh, en = str(line[name]), str(line[f"{name}_en"])
    return zh if zh == en or not en else f"{zh} {en}"


def _choices(sheet: Any, rows: int, looks: Mapping[str, Any]) -> None:
    """Lists and checks where the list is filled in; red where a reason, a name or a date is still missing."""
    first, last = form.FIRST_ROW, form.FIRST_ROW + max(rows, 1) - 1
    at = {key: form.KEYS.index(key) for key in form.FILLED}
    letter = {key: chr(ord("A") + column) for key, column in at.items()}
    for key, values in (("conclusion", CONCLUSIONS), ("corrected", CORRECTED)):
        words = [form.word(value) for value in values]
        message = "\n".join(f"{zh} {en}" for zh, en in words)
        sheet.data_validation(first, at[key], last, at[key], {
            "validate": "list", "source": [zh for zh, _ in words], "input_message": message, "error_message": message,
        })  # fmt: skip
    sheet.data_validation(first, at["date"], last, at["date"], {
        "validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY,
        "error_message": "YYYY-MM-DD",
    })  # fmt: skip
    disputed = form.word("disputed").zh
    rules = {
        "reason": f'AND(${letter["conclusion"]}{first + 1}="{disputed}",LEN(${letter["reason"]}{first + 1})=0)',
        "reviewer": f"AND(LEN(${letter['conclusion']}{first + 1})>0,LEN(${letter['reviewer']}{first + 1})=0)",
        "date": f"AND(LEN(${letter['conclusion']}{first + 1})>0,LEN(${letter['date']}{first + 1})=0)",
    }
    for key, rule in rules.items():
        sheet.conditional_format(
            first, at[key], last, at[key], {"type": "formula", "criteria": f"={rule}", "format": looks["missing"]}
        )


def _paper(sheet: Any, result: Result, *, rows: tuple[int, int] | None) -> None:
    """A4 across, one page wide, headings on every page, the demonstration's mark too."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.35, right=0.35, top=0.6, bottom=0.6)
    if rows is not None:
        sheet.repeat_rows(*rows)
    if not result.reportable:
        mark = text("demo_mark")
        sheet.set_header(f"&R&10{mark.zh}  {mark.en}")
    sheet.set_footer(f"&L{text('review_sheet_list').zh}&C{form.MARK} {form.VERSION}&R&P / &N")
    sheet.hide_gridlines(2)


_TOTALS = ("profile", "indicator", "name", "name_en", "estates", "people", "covered", "not_covered", "not_measurable")


def _totals(book: xlsxwriter.Workbook, looks: Mapping[str, Any], result: Result) -> None:
    title = text("review_sheet_totals")
    sheet = book.add_worksheet(f"{title.zh} {title.en}")
    top = 0
    if not result.reportable:
        mark = text("demo_mark")
        sheet.write_string(0, 0, f"{mark.zh}  {mark.en}", looks["mark"])
        top = 1
    for column, key in enumerate(_TOTALS):
        heading = _heading(key, text(f"review_total_{key}"), result)
        sheet.set_column(column, column, 30 if key.startswith("name") else 18)
        sheet.write_string(top, column, f"{heading.zh}\n{heading.en}", looks["head"])
        for row, value in enumerate(result.tables["review_totals"][key].tolist(), top + 1):
            look = looks["text" if isinstance(value, str) else "number"]
            _cell(sheet, (row, column), *(_people(value, look, looks, result) if key in _PEOPLE else (value, look)))
    sheet.set_row(top, 36)
    sheet.freeze_panes(top + 1, 2)
    _paper(sheet, result, rows=(top, top))


def _hidden(book: xlsxwriter.Workbook, result: Result, reviewed: str) -> None:
    """What was computed, in full, and from which layers: answers are held against it when they come back."""
    sheet = book.add_worksheet(form.HIDDEN)
    lines: list[tuple[Any, ...]] = [("mark", form.mark_of(reviewed))]
    lines += [("layer", entry["layer"], entry["sha256"]) for entry in result.provenance.inputs]
    lines += [("profile", one["key"], one["sha256"]) for one in result.provenance.parameters["profiles"]]
    table: pd.DataFrame = result.tables["review"][list(form.HIDDEN_ROW)]
    lines += [("row", *line) for line in table.itertuples(index=False, name=None)]
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            sheet.write_string(row, column, str(cell)[:LONGEST_CELL])
    sheet.very_hidden()
