"""Tables as planners hand them in, read back cell by cell."""

from __future__ import annotations

import io
import time

import numpy as np
import openpyxl
import pandas as pd
import pytest

from kunshan_gis import toy
from kunshan_gis.export import json_bytes, result_csv, result_data, rows_csv, workbook
from kunshan_gis.model import Result, StudyArea
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.walk import Walk

MARK = "演示数据·不得上报  DEMO — NOT FOR REPORTING"


def reach(*, demo: bool = False, people: int = 1, name: str = "西镇") -> Result:
    """The toy city's result; `people` times as many, a demonstration if asked, the first town called `name`."""
    city = toy.city()
    homes, towns = city.layers["homes"], city.layers["towns"]
    crowd = homes.table.assign(population=homes.table["population"] * people)
    info = homes.info.model_copy(update={"basis": "synthetic"}) if demo else homes.info
    called = type(towns)(towns.info, towns.table.assign(name=[name, "东镇"]), towns.sha256)
    layers = {**city.layers, "homes": type(homes)(info, crowd, homes.sha256), "towns": called}
    return park_reach(StudyArea(city.info, layers), Walk(15, 1.0, "planning-walk")).result


def cells(data: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}


def test_every_table_has_its_sheet_with_headers_in_both_languages() -> None:
    sheets = cells(workbook(reach()))
    derived = ["入口依据 Entrances by source", "无法测算 Not measurable"]
    assert list(sheets) == ["说明 About", "全域 Area", "片区 Zones", "乡镇 Towns", "公园 Parks", *derived]
    head, first, *_ = sheets["乡镇 Towns"]
    assert head == [
        "编号 Id", "名称 Name", "英文名称 English name", "公园层级 Park tier", "人口 Residents", "覆盖人口 Covered",
        "未覆盖人口 Not covered", "无法测算人口 Not measurable", "覆盖率（%） Share covered (%)",
        "可测算人口覆盖率（%） Share of the measurable (%)",
    ]  # fmt: skip
    assert first == ["west", "西镇", "West", "全部公园 All parks", 303, 300, 0, 3, 99, 100]
    assert sheets["全域 Area"][1] == ["area", "玩具城", "Toy City", "全部公园 All parks", 700, 640, 50, 10, 91.4, 92.8]


def test_figures_for_reporting_are_full_and_unmarked() -> None:
    sheets = cells(workbook(reach()))
    for rows in sheets.values():
        assert "DEMO" not in str(rows)
    result = reach()
    for name, title in (("area", "全域 Area"), ("zones", "片区 Zones"), ("towns", "乡镇 Towns")):
        table = result.tables[name]
        shown = [row[4:8] for row in sheets[title][1:]]
        assert shown == table[["population", "covered", "not_covered", "not_measurable"]].to_numpy().tolist()
        shares = [row[8] for row in sheets[title][1:]]
        expected = [None if np.isnan(share) else round(share * 100, 1) for share in table["share_covered"]]
        assert shares == pytest.approx(expected)


def test_demonstration_figures_are_rounded_and_marked_on_every_sheet() -> None:
    sheets = cells(workbook(reach(demo=True, people=1234)))
    for title, rows in sheets.items():
        assert "演示数据·不得上报" in rows[0][0], title
        assert "DEMO" in rows[0][0], title
    assert sheets["乡镇 Towns"][0][0] == MARK
    assert sheets["全域 Area"][1][4] == "人口（万人） Residents (10,000 people)"
    # 700 x 1234 = 863,800 -> 86.4; 640 x 1234 = 789,760 -> 79.0; 61,700 -> 6.2; 12,340 -> 1.2; 91.43 % -> 91
    assert sheets["全域 Area"][2] == ["area", "玩具城", "Toy City", "全部公园 All parks", 86.4, 79.0, 6.2, 1.2, 91, 93]


def test_the_first_sheet_says_what_made_the_figures() -> None:
    about = dict(cells(workbook(reach()))["说明 About"][::-1])
    assert "planning-walk" in about["标准口径 Profile"]
    assert "凭记忆，未核对原文" in about["标准口径 Profile"]
    assert about["步行距离上限（米，含） Walked distance (m, inclusive)"] == "900"
    assert about["量算坐标系 Measured in"] == "EPSG:4549"
    inputs = [value for key, value in cells(workbook(reach()))["说明 About"] if key.startswith("输入图层")]
    assert len(inputs) == 7
    assert all("kunshan_gis.toy" in value for value in inputs)


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("http://x")']
)
def test_no_name_becomes_a_formula(formula: str) -> None:
    result = reach(name=formula)
    book = openpyxl.load_workbook(io.BytesIO(workbook(result)))
    cell = book["乡镇 Towns"]["B2"]
    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r").lstrip() == formula.lstrip()
    assert cell.hyperlink is None
    for text in (
        result_csv(result, "towns").decode("utf-8-sig"),
        rows_csv(result.tables["towns"]),
    ):
        first = pd.read_csv(io.StringIO(text), keep_default_na=False).iloc[0, 1]
        assert first.startswith("'")


def test_a_name_longer_than_a_cell_is_cut_and_the_book_still_opens() -> None:
    sheets = cells(workbook(reach(name="公园" * 32_768)))
    assert len(sheets["乡镇 Towns"][1][1]) == 32_767


@pytest.mark.parametrize(
    "name", ["{{7*7}}", "<script>alert(1)</script>", "&amp;]]>", "🏞️", "\x00\x08\x1b", "https://example.org"]
)
def test_hostile_names_are_text_in_the_workbook(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(reach(name=name))))
    cell = book["乡镇 Towns"]["B2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    if name.isprintable() or name == "🏞️":
        assert cell.value == name


def test_a_csv_says_in_every_row_whether_it_may_be_reported() -> None:
    demo = reach(demo=True, people=1234)
    text = result_csv(demo, "area").decode("utf-8-sig")
    table = pd.read_csv(io.StringIO(text))
    assert table.columns[-1] == "可上报 Reportable"
    assert table.iloc[:, -1].tolist() == [False] * 3
    assert table["人口（万人） Residents (10,000 people)"].tolist() == [86.4] * 3
    rows = pd.read_csv(io.StringIO(rows_csv(demo.tables["area"].assign(reportable=False))))
    assert rows["population"].tolist() == [863_800] * 3  # for programs: in full
    assert rows_csv(demo.tables["area"].assign(reportable=False)).splitlines()[1].endswith(",false")


def test_the_same_result_is_the_same_bytes_seconds_apart() -> None:
    def written() -> list[bytes]:
        result = reach(demo=True)
        tables = [result_csv(result, name) for name in result.tables]
        return [workbook(result), json_bytes(result_data(result)), *tables]

    first = written()
    time.sleep(2.1)  # a ZIP keeps time to two seconds
    assert written() == first


def test_result_json_holds_figures_in_full_and_what_made_them() -> None:
    data = result_data(reach(demo=True, people=1234))
    assert data["reportable"] is False
    assert data["tables"]["area"][0]["population"] == 863_800
    assert data["tables"]["area"][0]["share_covered"] == 640 / 700
    assert {entry["layer"] for entry in data["inputs"]} == set(toy.city().layers)
    assert all(len(entry["sha256"]) == 64 and entry["date"] for entry in data["inputs"])
    assert data["parameters"]["cutoff_m"] == 900
    assert [entry["kind"] for entry in data["missing"]] == ["boundary", "water", "barriers"]
    zones = {row["unit_id"]: row for row in data["tables"]["zones"] if row["tier"] == "all"}
    assert zones["e"]["share_covered"] is None  # nobody lives there
    text = json_bytes(data).decode()
    assert "NaN" not in text
    assert "/tmp" not in text
