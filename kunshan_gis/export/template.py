"""Blank forms to fill in: a workbook with lists to choose from, notes and an example; `layers.form` reads it back."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kunshan_gis import forms
from kunshan_gis.datum import DATUMS
from kunshan_gis.export.template_about import write_about
from kunshan_gis.forms import Field
from kunshan_gis.schema import KINDS, REFERENCES

if TYPE_CHECKING:
    import xlsxwriter

ROWS = 5000
"""Rows below the headings that carry lists and checks; rows beyond are read as well."""

DRAWN = 30
"""Rows with borders on paper."""

FONT = "Microsoft YaHei"
_MADE = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - a fixed date keeps the bytes the same; Excel knows no zones
_REQUIRED, _OPTIONAL, _TINT, _MISSING, _LINE = "#F4C98B", "#DCE6EC", "#FFF8EC", "#F6B8AE", "#C9D1D6"


def template(kinds: Sequence[str]) -> bytes:
    """A blank form as XLSX: a sheet that explains it, then a sheet to fill in for each kind; the same bytes every time.

    Parameters
    ----------
    kinds : sequence of str
        Keys of `schema.KINDS`, each once.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "default_format_properties": {"font_name": FONT, "font_size": 10}}  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _MADE, "title": " ".join(forms.mark_of(kind) for kind in kinds)})
        formats = _formats(book)
        write_about(book.add_worksheet(forms.ABOUT), kinds, formats)
        sheets = {kind: book.add_worksheet(forms.sheet_title(kind)) for kind in kinds}
        for kind, sheet in sheets.items():
            _write_sheet(sheet, kind, kinds, formats)
        if len(kinds) == 1:
            sheets[kinds[0]].activate()
    return buffer.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    head: dict[str, Any] = {"bold": True, "text_wrap": True, "border": 1, "border_color": _LINE, "valign": "vcenter",
                            "align": "center"}  # fmt: skip
    small = {"font_size": 8, "font_color": "#5B6670", "border": 1, "border_color": _LINE, "align": "center"}
    cell = {"border": 1, "border_color": _LINE, "valign": "vcenter"}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "font_color": "#1F4E5F"},
        "mark": {"font_size": 8, "font_color": "#8A949B"},
        "required": {**head, "bg_color": _REQUIRED},
        "optional": {**head, "bg_color": _OPTIONAL},
        "name": {**small, "bg_color": "#F5F7F8", "italic": True},
        "unit": {**small, "bg_color": "#F5F7F8", "bottom": 2},
        "example": {**cell, "italic": True, "font_color": "#8A949B", "bg_color": "#F2F2F2"},
        "example_mark": {**cell, "bold": True, "font_color": "#B3261E", "bg_color": "#F2F2F2", "align": "center"},
        "cell": cell,
        "needed": {**cell, "bg_color": _TINT},
        "tint": {"bg_color": _TINT},
        "missing": {"bg_color": _MISSING},
        "datum": {**cell, "bold": True, "bg_color": _REQUIRED, "align": "center"},
        "datum_label": {"bold": True, "align": "right", "valign": "vcenter"},
        "hint": {"font_size": 9, "font_color": "#B3261E", "valign": "vcenter", "text_wrap": True},
        "heading": {"bold": True, "font_size": 12, "font_color": "#1F4E5F", "bottom": 1, "bottom_color": _LINE},
        "text": {"text_wrap": True, "valign": "top"},
        "grey": {"text_wrap": True, "valign": "top", "font_color": "#5B6670"},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _write_sheet(sheet: Any, kind: str, kinds: Sequence[str], formats: Mapping[str, Any]) -> None:
    fields = forms.fields(kind)
    title = KINDS[kind]
    sheet.write_string(0, 0, f"{title.zh}  {title.en}", formats["title"])
    sheet.write_string(forms.MARK_ROW, 0, forms.mark_of(kind), formats["mark"])
    if title.geometry:
        _write_datum(sheet, len(fields), formats)
    _write_margin(sheet, formats)
    for column, field in enumerate(fields, 1):
        _write_head(sheet, column, field, formats)
        _limit(sheet, column, field, _listed_elsewhere(kind, field, kinds))
    _write_example(sheet, kind, fields, formats)
    _write_lines(sheet, fields, formats)
    _set_up(sheet, fields, title.zh)


def _write_datum(sheet: Any, width: int, formats: Mapping[str, Any]) -> None:
    row, column = forms.DATUM_ROW, forms.DATUM_CELL
    sheet.merge_range(row, 0, row, column - 1, "坐标基准 Datum *", formats["datum_label"])
    sheet.write_blank(row, column, None, formats["datum"])
    hint = forms.datum_hint()
    sheet.merge_range(row, column + 1, row, max(width, column + 2), f"{hint.zh}\n{hint.en}", formats["hint"])
    sheet.data_validation(row, column, row, column, {
        "validate": "list", "source": [forms.choice(name) for name in DATUMS],
        "input_title": "坐标基准 Datum", "input_message": "必须选择 Must be chosen",
        "error_title": "坐标基准 Datum", "error_message": "请从列表中选择 Choose from the list",
    })  # fmt: skip


def _write_margin(sheet: Any, formats: Mapping[str, Any]) -> None:
    sheet.write_string(forms.LABEL_ROW, 0, "标记\nMark", formats["optional"])
    sheet.write_string(forms.NAME_ROW, 0, "字段", formats["name"])
    sheet.write_string(forms.UNIT_ROW, 0, "单位", formats["unit"])


def _write_head(sheet: Any, column: int, field: Field, formats: Mapping[str, Any]) -> None:
    star, unit = " *" if field.required else "", field.unit
    look = formats["required" if field.required else "optional"]
    sheet.write_string(forms.LABEL_ROW, column, f"{field.label.zh}{star}\n{field.label.en}", look)
    sheet.write_string(forms.NAME_ROW, column, field.name, formats["name"])
    sheet.write_string(
        forms.UNIT_ROW, column, unit.zh if unit.zh == unit.en else f"{unit.zh} {unit.en}", formats["unit"]
    )
    note = _note(field)
    sheet.write_comment(forms.LABEL_ROW, column, note, {
        "author": "kunshan-gis", "font_name": FONT, "font_size": 9, "width": 300, "height": 24 + 16 * _lines(note),
    })  # fmt: skip


def _note(field: Field) -> str:
    need = "必填 Required" if field.required else "选填 Optional"
    lines = [need, field.about.zh, field.about.en]
    lines += [f"{forms.choice(value)} · {forms.value_label(value).en}" for value in field.choices]
    return "\n".join(lines)


def _lines(note: str) -> int:
    """Lines a note takes in its box: about 44 narrow characters each, Chinese ones count double."""
    return sum(1 + narrow(line) // 44 for line in note.splitlines())


def _listed_elsewhere(kind: str, field: Field, kinds: Sequence[str]) -> str | None:
    """The cells of another sheet of this workbook whose ids a field refers to."""
    for of, column, other in REFERENCES:
        if (of, column) == (kind, field.name) and other in kinds:
            letter = forms.address(0, 1 + [one.name for one in forms.fields(other)].index("id"))[:-1]
            return f"='{forms.sheet_title(other)}'!${letter}${forms.FIRST_ROW + 1}:${letter}${forms.FIRST_ROW + ROWS}"
    return None


def _limit(sheet: Any, column: int, field: Field, elsewhere: str | None) -> None:
    """What a column's cells may hold, as the spreadsheet checks it while one types."""
    rule: dict[str, Any]
    if field.choices:
        rule = {"validate": "list", "source": [forms.choice(value) for value in field.choices]}
    elif elsewhere:
        rule = {"validate": "list", "source": elsewhere, "error_type": "warning"}
    elif field.name in (forms.LON, forms.LAT):
        most = 180 if field.name == forms.LON else 90
        rule = {"validate": "decimal", "criteria": "between", "minimum": -most, "maximum": most}
    elif field.numeric and field.column is not None:
        whole = field.column.type == "integer"
        rule = {"validate": "integer" if whole else "decimal", "criteria": ">=", "value": field.column.minimum or 0}
    elif field.column is not None and field.column.unique:
        letter = forms.address(0, column)[:-1]
        first, last = forms.FIRST_ROW + 1, forms.FIRST_ROW + ROWS
        rule = {"validate": "custom", "value": f"=COUNTIF(${letter}${first}:${letter}${last},{letter}{first})=1"}
    else:
        return
    about = field.about
    rule |= {"error_title": f"{field.label.zh} {field.label.en}"[:32],
             "error_message": f"{about.zh[:100]}\n{about.en[:120]}"}  # fmt: skip
    sheet.data_validation(forms.FIRST_ROW, column, forms.FIRST_ROW + ROWS - 1, column, rule)


def _write_example(sheet: Any, kind: str, fields: Sequence[Field], formats: Mapping[str, Any]) -> None:
    said = forms.example(kind)
    sheet.write_string(forms.EXAMPLE_ROW, 0, forms.EXAMPLE, formats["example_mark"])
    for column, field in enumerate(fields, 1):
        value = said[field.name]
        write = sheet.write_string if isinstance(value, str) else sheet.write_number
        write(forms.EXAMPLE_ROW, column, value, formats["example"])


def _write_lines(sheet: Any, fields: Sequence[Field], formats: Mapping[str, Any]) -> None:
    """Lined rows for paper, a tint where something is required, and red where it is still missing."""
    for row in range(forms.FIRST_ROW, forms.FIRST_ROW + DRAWN):
        sheet.write_blank(row, 0, None, formats["cell"])
        for column, field in enumerate(fields, 1):
            sheet.write_blank(row, column, None, formats["needed" if field.required else "cell"])
    first, last = forms.FIRST_ROW, forms.FIRST_ROW + ROWS - 1
    end = forms.address(first, len(fields))
    for column, field in enumerate(fields, 1):
        if field.required and (field.column is None or not field.column.nullable):
            cell = forms.address(first, column)
            rule = f'=AND(LEN(TRIM({cell}))=0,COUNTA($B{first + 1}:${end})>0,$A{first + 1}<>"{forms.EXAMPLE}")'
            sheet.conditional_format(first, column, last, column, {
                "type": "formula", "criteria": rule, "format": formats["missing"],
            })  # fmt: skip


def _set_up(sheet: Any, fields: Sequence[Field], title: str) -> None:
    sheet.set_column(0, 0, 7)
    for column, field in enumerate(fields, 1):
        sheet.set_column(column, column, _width(field))
    sheet.set_row(0, 26)
    sheet.set_row(forms.DATUM_ROW, 30)
    sheet.set_row(forms.LABEL_ROW, 42)
    for row in range(forms.EXAMPLE_ROW, forms.FIRST_ROW + DRAWN):
        sheet.set_row(row, 18)
    sheet.freeze_panes(forms.EXAMPLE_ROW, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(forms.LABEL_ROW, forms.UNIT_ROW)
    sheet.set_footer(f"&L{title}&C{forms.MARK} {forms.VERSION}&R&P / &N")
    sheet.hide_gridlines(2)


def _width(field: Field) -> float:
    """Wide enough for the heading in either language and for what is filled in."""
    if field.name == forms.VERTICES:
        return 40
    heading = max(narrow(field.label.zh) + 4, min(len(field.label.en), 16) + 2)
    choices = max((narrow(forms.choice(value)) for value in field.choices), default=0)
    usual = {"id": 13, "name": 20, "name_en": 18, "evidence": 18}.get(field.name, 11)
    return float(max(heading, choices + 2, usual))


def narrow(said: str) -> int:
    """Length in narrow characters; a Chinese one is as wide as two."""
    return sum(1 + (ord(sign) > 0x2E80) for sign in said)
