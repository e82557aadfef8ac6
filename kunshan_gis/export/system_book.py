"""The workbook of a system: what made the figures, the findings in words, then a sheet for every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kunshan_gis.export.book import LONGEST_CELL, about, book_bytes, marked
from kunshan_gis.export.template import narrow
from kunshan_gis.messages import Text, text
from kunshan_gis.readable import counted_as, heading, is_number, named_cell, rounded, shown_columns, unit_of

if TYPE_CHECKING:
    import xlsxwriter

    from kunshan_gis.model import Result

_NARROWEST, _WIDEST = 9, 42
_A4 = 9


def system_workbook(result: Result, said: Sequence[Text] = ()) -> bytes:
    """All tables of a system as one XLSX, the same bytes for the same figures.

    Parameters
    ----------
    said : findings in words, on a sheet of their own
    """

    def fill(book: xlsxwriter.Workbook, formats: dict[str, Any]) -> None:
        about(book, formats, result)
        if said:
            _findings(book, formats, result, said)
        for name in result.tables:
            _sheet(book, formats, name, result)

    return book_bytes(result, fill)


def _findings(book: xlsxwriter.Workbook, formats: Mapping[str, Any], result: Result, said: Sequence[Text]) -> None:
    title = text("system_findings")
    sheet = _landscape(book, f"{title.zh} {title.en}")
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 2, 70)
    top = marked(sheet, formats, result.provenance)
    for row, finding in enumerate(said, top):
        sheet.write_number(row, 0, row - top + 1)
        sheet.write_string(row, 1, finding.zh, formats["text"])
        sheet.write_string(row, 2, finding.en, formats["text"])


def _sheet(book: xlsxwriter.Workbook, formats: Mapping[str, Any], name: str, result: Result) -> None:
    table, demo, counted = result.tables[name], not result.reportable, result.provenance.counted
    title, columns = text(f"sheet_{name}"), shown_columns(list(table.columns), ranges=False)
    sheet = _landscape(book, f"{title.zh} {title.en}")
    top, rows = marked(sheet, formats, result.provenance), table.to_dict(orient="records")
    heads = ["序号 No.", *(_head(column, demo=demo, counted=counted) for column in columns)]
    for number, head in enumerate(heads):
        sheet.write_string(top, number, head, formats["head"])
    sheet.freeze_panes(top + 1, 2)
    for row, values in enumerate(rows, top + 1):
        sheet.write_number(row, 0, row - top)
        for number, column in enumerate(columns, 1):
            _cell(book, sheet, (row, number), column, values, demo=demo, counted=counted, style=formats["text"])
    sheet.set_column(0, 0, 6)
    for number, column in enumerate(columns, 1):
        shown = [_said(named_cell(column, row, demo=demo, counted=counted)) for row in rows[:200]]
        widest = max([narrow(said) for said in shown] + [narrow(heads[number]) / 2], default=0)
        sheet.set_column(number, number, min(max(widest + 2, _NARROWEST), _WIDEST))
    sheet.repeat_rows(top)
    sheet.autofilter(top, 0, top + max(len(rows), 1), len(columns))


def _cell(
    book: xlsxwriter.Workbook,
    sheet: Any,
    at: tuple[int, int],
    column: str,
    row: Mapping[Any, Any],
    *,
    demo: bool,
    counted: str,
    style: Any,
) -> None:
    value = row[column]
    if is_number(column) and isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_)):
        number, digits = rounded(counted_as(column, row), value, demo=demo, counted=counted)
        if not pd.isna(number):
            sheet.write_number(*at, number, _numbers(book, digits))
        return
    if not (value is None or (isinstance(value, float) and pd.isna(value))):
        said = _said(named_cell(column, row, demo=demo, counted=counted))
        sheet.write_string(*at, said[:LONGEST_CELL], style)


def _numbers(book: xlsxwriter.Workbook, digits: int) -> Any:
    """The book's format for numbers with so many decimals."""
    kept = book.__dict__.setdefault("_numbers", {})
    if digits not in kept:
        kept[digits] = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
    return kept[digits]


def _landscape(book: xlsxwriter.Workbook, title: str) -> Any:
    sheet = book.add_worksheet(title[:31])
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    return sheet


def _head(column: str, *, demo: bool, counted: str) -> str:
    said = heading(column, demo=demo, counted=counted, sheet=True)
    percent = unit_of(column) == "share"
    zh, en = (f"{said.zh}（%）", f"{said.en} (%)") if percent else said
    return zh if zh == en else f"{zh} {en}"


def _said(said: Text) -> str:
    return said.zh if said.zh == said.en else f"{said.zh} {said.en}"
