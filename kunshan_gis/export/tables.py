"""Tables as planners hand them in: CSV and XLSX with Chinese and English headers.

Demonstration figures are rounded (people in 万人, shares in whole percent) and marked on every sheet.
Text that a spreadsheet would run as a formula is defused.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kunshan_gis.export.files import csv_bytes
from kunshan_gis.export.template import narrow
from kunshan_gis.figures import parameter, ten_thousands
from kunshan_gis.indicators import INDICATORS, TIER_LABELS, label
from kunshan_gis.messages import known, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xlsxwriter

    from kunshan_gis.model import Provenance, Result

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
CELL = 32_767  # Excel's longest text
MADE = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - a fixed date keeps the bytes the same; Excel knows no zones


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
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": MADE, "title": result.provenance.study})
        formats = _formats(book)
        about(book, formats, result)
        for name, table in result.tables.items():
            _sheet(book, formats, name, table, result.provenance)
    return buffer.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8EEF2", "bottom": 1, "valign": "top"}),
        "mark": book.add_format({"bold": True, "font_color": "#B3261E", "font_size": 13}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "people": book.add_format({"num_format": "#,##0"}),
        "ten_thousand": book.add_format({"num_format": "0.0#"}),
        "percent": book.add_format({"num_format": "0.0"}),
        "whole_percent": book.add_format({"num_format": "0"}),
    }


def _sheet(
    book: xlsxwriter.Workbook, formats: Mapping[str, Any], name: str, table: pd.DataFrame, provenance: Provenance
) -> None:
    title = text(f"sheet_{name}")
    sheet = book.add_worksheet(f"{title.zh} {title.en}")
    top = 0
    if not provenance.reportable:
        mark = text("demo_mark")
        sheet.write_string(0, 0, f"{mark.zh}  {mark.en}", formats["mark"])
        top = 1
    shown = _shown(table, provenance)
    sheet.freeze_panes(top + 1, min(3, len(shown.columns)))
    for column, (key, header) in enumerate(zip(table.columns, shown.columns, strict=True)):
        sheet.set_column(column, column, 14)
        sheet.write_string(top, column, header, formats["head"])
        style = formats[_number_format(str(key), provenance)]
        for row, value in enumerate(shown[header], top + 1):
            if isinstance(value, str):
                sheet.write_string(row, column, value[:CELL], formats["text"])
            elif not pd.isna(value):
                sheet.write_number(row, column, float(value), style)


def about(
    book: xlsxwriter.Workbook, formats: Mapping[str, Any], result: Result, *, extra: Sequence[tuple[str, str]] = ()
) -> Any:
    """The sheet that says what made a workbook; `extra` lines (key of a text, value) come first."""
    title = text("sheet_about")
    sheet = book.add_worksheet(f"{title.zh} {title.en}")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    rows = [*([("demo_mark", "")] if not result.reportable else []), *extra, *_about_rows(result.provenance)]
    for row, (key, value) in enumerate(rows):
        name = known(key)
        style = formats["mark"] if key == "demo_mark" else formats["text"]
        sheet.write_string(row, 0, name.zh if name.zh == name.en else f"{name.zh} {name.en}", style)
        sheet.write_string(row, 1, value[:CELL], formats["text"])
        lines = sum(1 + narrow(line) // 100 for line in value.split("\n"))
        sheet.set_row(row, 14 * max(lines, 1 + narrow(" ".join(name)) // 40))
    return sheet


def _about_rows(provenance: Provenance) -> list[tuple[str, str]]:
    rows = [
        ("profile", f"{provenance.profile_said.zh} {provenance.profile_said.en}"),
        ("versions", ", ".join(f"{name} {number}" for name, number in provenance.versions.items())),
    ]
    rows += [(key, parameter(value)) for key, value in provenance.parameters.items()]
    rows += [("walk_filter", provenance.walk_filter), ("analysis_crs", provenance.analysis_crs)]
    for entry in provenance.inputs:
        rows.append(
            ("input", f"{entry['layer']} · {entry['basis']} · {entry['date']} · {entry['source']} · {entry['sha256']}")
        )
    rows += [("missing", f"{entry['title'].zh} {entry['title'].en}: {entry['without'].zh} {entry['without'].en}")
             for entry in provenance.missing]  # fmt: skip
    return rows + [("warning", f"{warning.zh} {warning.en}") for warning in provenance.warnings]


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
