"""The workbook of a system, read back cell by cell."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import Any

import openpyxl
import pandas as pd
import pytest

from kunshan_gis import toy
from kunshan_gis.export import system_workbook
from kunshan_gis.messages import Text
from kunshan_gis.model import Result
from kunshan_gis.studies.systems.registry import run

TIERS = pd.DataFrame({
    "tier": ["community", "pocket", "all"], "parks": [1, 0, 1], "park_plan": [2.0, math.nan, 2.0],
    "park_ha": [1234.56, 0.0, 1234.56], "population": [1_234_567, 0, 1_234_567],
    "share_covered": [0.2246, math.nan, 0.2246], "not_measurable": [math.nan] * 3, "reportable": True,
})  # fmt: skip
NEXT = pd.DataFrame({
    "next_town": ["东镇", None], "next_town_en": ["East", None], "next_green": [True, False],
    "next_land": ["=1+1", "x" * 40_000], "reportable": True,
})  # fmt: skip


@pytest.fixture(scope="module")
def account() -> Any:
    return run(toy.city(), "parks").result.provenance


def opened(account: Any, said: tuple[Text, ...] = (), *, demo: bool = False) -> Any:
    result = Result(replace(account, reportable=not demo), {"parks_tiers": TIERS, "parks_next": NEXT})
    return openpyxl.load_workbook(io.BytesIO(system_workbook(result, said)))


def rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows below the headings; the headings are the first row that begins with a number's name."""
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(number for number, row in enumerate(cells) if row[0] == "序号 No.")
    return [dict(zip(cells[top], row, strict=True)) for row in cells[top + 1 :]]


def test_a_sheet_a_table_after_what_made_them_and_what_they_say(account: Any) -> None:
    book = opened(account, (Text("一句。", "A sentence."),))
    assert book.sheetnames == ["说明 About", "要点 Findings", "公园分级 Park tiers", "下一个公园 Next parks"]
    findings = [[cell.value for cell in row] for row in book["要点 Findings"].iter_rows()]
    assert findings == [[1, "一句。", "A sentence."]]
    assert "要点 Findings" not in opened(account).sheetnames


def test_figures_are_numbers_in_their_unit_and_what_is_not_there_is_empty(account: Any) -> None:
    first, second, _ = rows(opened(account)["公园分级 Park tiers"])
    assert first == {
        "序号 No.": 1, "公园层级 Park tier": "社区公园 Community parks", "公园数 Parks": 1,
        "规划数量 Planned number": 2, "面积（公顷） Area (ha)": 1234.6, "人口（人） Residents (people)": 1_234_567,
        "覆盖率（%） Share covered (%)": 22.5,
        "无法测算人口（人） Not measurable (people)": None,
    }  # fmt: skip
    assert second["公园数 Parks"] == 0
    assert second["规划数量 Planned number"] is None
    assert second["覆盖率（%） Share covered (%)"] is None


def test_a_demonstration_is_marked_on_every_sheet_and_coarse_in_one_unit(account: Any) -> None:
    book = opened(account, (Text("一句。", "A sentence."),), demo=True)
    for sheet in book:
        assert "DEMO" in str(sheet["A1"].value)
    first = rows(book["公园分级 Park tiers"])[0]
    assert first["人口（万人） Residents (10,000 people)"] == 123.5
    assert first["覆盖率（%） Share covered (%)"] == 22
    assert first["面积（公顷） Area (ha)"] == 1230


def test_words_are_text_in_both_languages_and_never_a_formula(account: Any) -> None:
    first, second = rows(opened(account)["下一个公园 Next parks"])
    assert first["所在乡镇 Town"] == "东镇 East"
    assert [row["在未建园的绿地上 On free green land"] for row in (first, second)] == ["是 yes", "否 no"]
    assert first["用地 Land use"] == "=1+1"
    sheet = opened(account)["下一个公园 Next parks"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert len(second["用地 Land use"]) <= 32_767
    assert second["所在乡镇 Town"] is None


def test_headings_stay_in_sight_and_can_be_filtered(account: Any) -> None:
    sheet = opened(account)["公园分级 Park tiers"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:H4"
    assert opened(account, demo=True)["公园分级 Park tiers"].freeze_panes == "C3"


def test_the_same_figures_give_the_same_bytes_and_titles_fit_a_sheet(account: Any) -> None:
    result = Result(account, {"parks_tiers": TIERS})
    assert system_workbook(result) == system_workbook(result)
    found = run(toy.serviced_city(), "parks")
    names = openpyxl.load_workbook(io.BytesIO(system_workbook(found.result, found.said))).sheetnames
    assert len(names) == len(set(names)) == len(found.result.tables) + 2
    assert all(len(name) <= 31 for name in names)
