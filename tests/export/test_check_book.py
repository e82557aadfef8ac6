"""The workbook of a check, read back cell by cell."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import openpyxl
from paper import layer

from kunshan_gis import toy
from kunshan_gis.export import check_workbook
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.check import check

PROFILES = ("garden-city-2022", "gbt51328-2018", "gb50180-2018", "sdg-11-2-1")


def city(*, demo: bool = False, town: str = "西镇") -> StudyArea:
    plain = toy.serviced_city()
    info = plain.info.model_copy(update={"reporting_basis": "garden-city-2022"})
    towns = plain.table("towns").assign(name=[town, "东镇"])
    layers = {**plain.layers, "towns": layer("towns", towns)}
    if demo:
        layers["landuse"] = layer("landuse", plain.table("landuse"), basis="synthetic")
    return StudyArea(info, layers)


@cache
def book(*, demo: bool = False, town: str = "西镇") -> Any:
    return openpyxl.load_workbook(
        io.BytesIO(check_workbook(check(city(demo=demo, town=town), PROFILES, by="towns").result))
    )


def column(sheet: Any, heading: str, top: int = 1) -> list[Any]:
    heads = [str(cell.value).split("\n")[0] for cell in sheet[top]]
    return [row[heads.index(heading)] for row in sheet.iter_rows(min_row=top + 1)]


def test_the_reporting_basis_leads_and_every_table_has_a_sheet_with_a_frozen_head() -> None:
    assert book().sheetnames == [
        "上报口径 Reporting basis", "附：其他口径 Annex", "按统计单元 By unit", "其他测法 Other ways", "名次 Rankings",
        "半径与步行 Radius and walk", "生活圈各类设施 Life circles", "文字说明 In words", "说明 About",
    ]  # fmt: skip
    lead = book()["上报口径 Reporting basis"]
    assert lead.freeze_panes == "D2"
    assert [cell.value for cell in column(lead, "口径")] == ["garden-city-2022"] * 2
    heads = [str(cell.value).split("\n")[0] for cell in lead[1]]
    assert heads == [
        "序号", "指标", "口径", "分子", "分母", "未覆盖", "无法测算", "数值", "目标", "差距", "结论", "参数敏感区间",
        "结论改变于", "数据日期", "可上报", "标准数值核实", "测算内容", "注",
    ]  # fmt: skip


def test_figures_are_numbers_with_their_unit() -> None:
    # one of two hectares of residential land lies within the radius: A, beside park C
    lead = book()["上报口径 Reporting basis"]
    for heading, number, unit in (("分子", 1, '#,##0.00" 公顷 ha"'), ("数值", 50, '#,##0.0"%"'),
                                  ("目标", 85, '"≥ "#,##0"%"'), ("差距", -35, None)):  # fmt: skip
        cell = column(lead, heading)[0]
        assert cell.value == number
        assert unit is None or cell.number_format == unit


def test_a_verdict_has_its_word_beside_its_colour() -> None:
    verdict = column(book()["上报口径 Reporting basis"], "结论")[0]
    assert verdict.value == "未达标\nnot met"
    assert verdict.fill.fgColor.rgb == "FFF8D7D4"
    lacking = next(
        cell for cell in column(book()["附：其他口径 Annex"], "结论") if str(cell.value).startswith("无法测算")
    )
    assert lacking.value == (
        "无法测算：设施图层中没有“初中”\nnot measurable: no facility of the layer is “Junior middle schools”"
    )
    assert lacking.fill.fgColor.rgb == "FFDEDEDA"


def test_other_ways_of_measuring_stand_side_by_side_and_say_where_the_verdict_changes() -> None:
    ways = book()["其他测法 Other ways"]
    row = [cell.value for cell in column(ways, "指标")].index(
        "公交站500米覆盖的居民与就业岗位\nResidents and jobs within 500 m of a bus stop"
    )
    assert column(ways, "距离 +10%")[row].value == "98.9% ⇄ 结论改变\n98.9% ⇄ verdict changes"
    assert column(ways, "距离 −10%")[row].value == 82.2


def test_the_data_date_is_that_of_the_layers_a_figure_rests_on() -> None:
    assert {cell.value for cell in column(book()["上报口径 Reporting basis"], "数据日期")} == {"2020-11-01"}


def test_a_demonstration_is_marked_on_every_sheet_and_rounded() -> None:
    for sheet in book(demo=True):
        assert "演示数据·不得上报" in str(sheet["A1"].value), sheet.title
    lead = book(demo=True)["上报口径 Reporting basis"]
    assert column(lead, "结论", top=2)[0].value == "演示\ndemo"
    assert column(lead, "差距", top=2)[0].value == "—"
    assert column(lead, "数值", top=2)[0].number_format == '#,##0"%"'


def test_text_that_looks_like_a_formula_stays_text() -> None:
    evil = book(town='=HYPERLINK("https://example.org","西")')
    cells = [cell for sheet in evil for row in sheet.iter_rows() for cell in row]
    assert any("=HYPERLINK" in str(cell.value) for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_the_same_check_gives_the_same_bytes() -> None:
    found = check(city(), ("garden-city-2022",), sensitivity=False).result
    assert check_workbook(found) == check_workbook(found)
    assert openpyxl.load_workbook(io.BytesIO(check_workbook(found))).sheetnames == [
        "上报口径 Reporting basis", "半径与步行 Radius and walk", "文字说明 In words", "说明 About",
    ]  # fmt: skip


def test_units_with_any_name_have_a_sheet() -> None:
    towns = city().table("towns").to_crs(toy.CRS)
    found = check(city(), ("garden-city-2022",), by="[方案]:*?/\\", polygons=towns, sensitivity=False).result
    assert "按统计单元 By unit" in openpyxl.load_workbook(io.BytesIO(check_workbook(found))).sheetnames


def test_every_figure_fits_its_column_and_every_text_its_row() -> None:
    sheet = book()["附：其他口径 Annex"]
    groups = sheet.column_dimensions.values()
    widths = {column: group.width for group in groups for column in range(group.min, group.max + 1)}
    for row in sheet.iter_rows(min_row=2):
        height = sheet.row_dimensions[row[0].row].height
        for cell in row:
            if isinstance(cell.value, str):
                assert height >= 15 * len(cell.value.split("\n"))
            else:  # digits, separators and the unit, a Chinese sign as wide as two
                unit = re.sub('[#,0."]', "", cell.number_format)
                wide = len(f"{cell.value:,}") + sum(1 + (ord(sign) > 0x2E80) for sign in unit) + 3
                assert wide <= widths[cell.column] + 1


def test_what_is_no_number_stands_where_the_numbers_do() -> None:
    gap = column(book(demo=True)["上报口径 Reporting basis"], "差距", top=2)[0]
    assert (gap.value, gap.alignment.horizontal) == ("—", "right")


def test_the_sheet_on_what_made_the_figures_fits_a_page() -> None:
    about = book()["说明 About"]
    assert (about.page_setup.orientation, about.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
