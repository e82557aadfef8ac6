"""Tables as planners hand them in: CSV and XLSX with Chinese and English headers.

Demonstration figures are rounded (people in 万人, shares in whole percent) and marked on every sheet.
Text that a spreadsheet would run as a formula is defused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kunshan_gis.export.book import LONGEST_CELL, about, book_bytes, marked
from kunshan_gis.export.files import csv_bytes
from kunshan_gis.figures import ten_thousands
from kunshan_gis.indicators import INDICATORS, TIER_LABELS, label
from kunshan_gis.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xlsxwriter

    from kunshan_gis.model import Provenance, Result

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def result_csv(result: Result, name: str) -> bytes:
    """One table of a result as CSV, a column `reportable` in every row."""
    shown = _shown(result.tables[name], result.provenance)
    shown[" ".join(label("reportable"))] = str(result.reportable).lower()
    return csv_bytes(shown.map(_defused))


def rows_csv(table: pd.DataFrame) -> str:
    """Figures in full under the columns' own names, for other programs; text is as harmless as in `result_csv`."""
    plain = table.map(lambda value: str(value).lower() if isinstance(value, (bool, np.bool_)) else _defused(value))
    text_lines: str = plain.to_csv(index=False, lineterminator="\n")
    return text_lines


def workbook(result: Result) -> bytes:
    """All tables of a result as one XLSX: a sheet that says what made them, then a sheet a table."""

    def fill(book: xlsxwriter.Workbook, formats: Mapping[str, Any]) -> None:
        about(book, formats, result)
        for name, table in result.tables.items():
            _sheet(book, formats, name, table, result.provenance)

    return book_bytes(result, fill)


def _sheet(
    book: xlsxwriter.Workbook, formats: Mapping[str, Any], name: str, table: pd.DataFrame, provenance: Provenance
) -> None:
    title = text(f"sheet_{name}")
    sheet = book.add_worksheet(f"{title.zh} {title.en}")
    top = marked(sheet, formats, provenance)
    shown = _shown(table, provenance)
    sheet.freeze_panes(top + 1, min(3, len(shown.columns)))
    for column, (key, header) in enumerate(zip(table.columns, shown.columns, strict=True)):
        sheet.set_column(column, column, 14)
        sheet.write_string(top, column, header, formats["head"])
        style = formats[_number_format(str(key), provenance)]
        for row, value in enumerate(shown[header], top + 1):
            if isinstance(value, str):
                sheet.write_string(row, column, value[:LONGEST_CELL], formats["text"])
            elif not pd.isna(value):
                sheet.write_number(row, column, float(value), style)


def _unit(key: str) -> str:
    return INDICATORS[key].unit if key in INDICATORS else "text"


def _in_ten_thousands(key: str, provenance: Provenance) -> bool:
    return _unit(key) == "people" and not provenance.reportable and provenance.counted == "people"


def _number_format(key: str, provenance: Provenance) -> str:
    if _unit(key) == "share":
        return "percent" if provenance.reportable else "whole_percent"
    return "ten_thousand" if _in_ten_thousands(key, provenance) else "people"


def _header(key: str, provenance: Provenance) -> str:
    zh, en = label(key, provenance.counted)
    if _unit(key) == "share":
        return f"{zh}（%） {en} (%)"
    if _in_ten_thousands(key, provenance):
        unit = text("ten_thousand")
        return f"{zh}（{unit.zh}） {en} ({unit.en})"
    return f"{zh} {en}"


def _shown(table: pd.DataFrame, provenance: Provenance) -> pd.DataFrame:
    """The table as people read it: bilingual headers and tiers, percent, demonstration figures rounded."""
    shown = {}
    for name in table.columns:
        key, column = str(name), table[name]
        if key == "tier":
            column = column.map(lambda tier: " ".join(TIER_LABELS.get(tier, (tier,))))
        elif _unit(key) == "share":
            column = (column * 100).round(1 if provenance.reportable else 0)
        elif _unit(key) == "m2":
            column = column.round(0 if provenance.reportable else -4)
        elif _in_ten_thousands(key, provenance):
            column = column.map(ten_thousands)
        shown[_header(key, provenance)] = column
    return pd.DataFrame(shown)


def _defused(value: Any) -> Any:
    """Text that begins like a formula gets an apostrophe before it (OWASP, CSV injection)."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
