"""What every workbook of results has: a fixed date, the same looks, a sheet on what made it, the demonstration mark."""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import TYPE_CHECKING, Any

from kunshan_gis.export.template import narrow
from kunshan_gis.figures import parameter
from kunshan_gis.messages import known, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import xlsxwriter

    from kunshan_gis.model import Provenance, Result

LONGEST_CELL = 32_767
"""Excel's longest text."""
MADE = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - a fixed date keeps the bytes the same; Excel knows no zones


def book_bytes(result: Result, fill: Callable[[xlsxwriter.Workbook, dict[str, Any]], None]) -> bytes:
    """A workbook whose sheets `fill` writes; text is never run as a formula, the same content gives the same bytes."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": MADE, "title": result.provenance.study})
        fill(book, _formats(book))
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


def lines_in(said: str, width: float) -> int:
    """Lines a text takes in a column of that width."""
    return sum(max(1, math.ceil(narrow(line) / max(width - 1, 1))) for line in said.split("\n"))


def marked(sheet: Any, formats: Mapping[str, Any], provenance: Provenance) -> int:
    """Write the demonstration mark if there is need; the row from which the sheet goes on."""
    if provenance.reportable:
        return 0
    mark = text("demo_mark")
    sheet.write_string(0, 0, f"{mark.zh}  {mark.en}", formats["mark"])
    return 1


def about(
    book: xlsxwriter.Workbook, formats: Mapping[str, Any], result: Result, *, extra: Sequence[tuple[str, str]] = ()
) -> Any:
    """A sheet that says what made the figures; `extra` lines (key of a text, value) come first."""
    title = text("sheet_about")
    sheet = book.add_worksheet(f"{title.zh} {title.en}")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    rows = [*([("demo_mark", "")] if not result.reportable else []), *extra, *_about_rows(result.provenance)]
    for row, (key, value) in enumerate(rows):
        name = known(key)
        style = formats["mark"] if key == "demo_mark" else formats["text"]
        sheet.write_string(row, 0, name.zh if name.zh == name.en else f"{name.zh} {name.en}", style)
        sheet.write_string(row, 1, value[:LONGEST_CELL], formats["text"])
        lines = sum(1 + narrow(line) // 100 for line in value.split("\n"))
        sheet.set_row(row, 15 * max(lines, 1 + narrow(" ".join(name)) // 40))
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
