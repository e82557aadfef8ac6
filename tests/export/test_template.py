"""The blank form as a spreadsheet opens it: lists, notes, checks, colours, paper."""

from __future__ import annotations

import io

import openpyxl
import pytest

from kunshan_gis import forms
from kunshan_gis.export import template
from kunshan_gis.schema import KINDS


def opened(*kinds: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template(kinds)))


def rules(sheet) -> dict[str, object]:
    """Validations by the column (or cell) they begin at."""
    return {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}


def test_the_same_form_is_the_same_bytes() -> None:
    assert template(["parks", "park_gates"]) == template(["parks", "park_gates"])


def test_all_kinds_fit_one_workbook_with_a_sheet_that_explains_it() -> None:
    book = opened(*KINDS)
    assert book.sheetnames == ["说明", *(kind.zh for kind in KINDS.values())]
    for kind, sheet in zip(KINDS, book.worksheets[1:], strict=True):
        assert sheet["A2"].value == forms.mark_of(kind)
        assert [cell.value for cell in sheet[5]][1:] == [field.name for field in forms.fields(kind)]
        assert sheet["A7"].value == "示例"
        for column, field in enumerate(forms.fields(kind), 2):
            assert sheet.cell(4, column).comment.text.startswith("必填" if field.required else "选填")


def test_enumerated_columns_have_lists_in_chinese_with_their_keys() -> None:
    sheet = opened("parks")["公园"]
    by_cell = rules(sheet)
    assert by_cell["D8"].type == "list"
    assert by_cell["D8"].formula1 == '"综合公园 comprehensive,社区公园 community,口袋公园 pocket"'
    assert str(by_cell["D8"].sqref) == "D8:D5007"
    gated = opened("estates")["小区"]
    assert rules(gated)["D8"].formula1 == '"是 true,否 false"'


def test_a_datum_must_be_chosen_and_none_is() -> None:
    sheet = opened("parks")["公园"]
    assert sheet["C3"].value is None
    assert rules(sheet)["C3"].formula1 == '"WGS 84,CGCS2000,GCJ-02,BD-09"'
    assert "GCJ-02" in sheet["D3"].value
    assert "C3" not in rules(opened("zones")["片区"])


def test_numbers_and_degrees_are_checked_while_typing() -> None:
    homes = rules(opened("homes")["居住人口点"])
    assert (homes["D8"].type, homes["D8"].operator, homes["D8"].formula1) == ("whole", "greaterThanOrEqual", "0")
    lon = next(rule for rule in homes.values() if rule.formula1 == "-180")
    assert (lon.type, lon.formula2) == ("decimal", "180")


def test_ids_of_another_sheet_are_offered() -> None:
    gates = rules(opened("parks", "park_gates")["公园出入口"])
    assert gates["D8"].formula1 == "'公园'!$B$8:$B$5007"
    assert "D8" not in rules(opened("park_gates")["公园出入口"])
    assert gates["B8"].formula1 == "COUNTIF($B$8:$B$5007,B8)=1"


def test_required_columns_are_coloured_and_their_gaps_are_red() -> None:
    sheet = opened("park_gates")["公园出入口"]
    assert sheet["B4"].value == "编号 *\nId"
    assert sheet["B4"].fill.fgColor.rgb != sheet["C4"].fill.fgColor.rgb
    red = {str(area.sqref) for area in sheet.conditional_formatting}
    assert red == {"B8:B5007", "D8:D5007", "F8:F5007", "G8:G5007"}


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_on_a4_across_with_its_headings_on_every_page(kind: str) -> None:
    sheet = opened(kind)[KINDS[kind].zh]
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$6"
    assert sheet.freeze_panes == "C7"
    assert sheet["B4"].font.name == "Microsoft YaHei"
