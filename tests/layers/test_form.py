"""Forms filled in and read back, mistakes by sheet and cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely

from kunshan_gis import forms
from kunshan_gis.contracts import check
from kunshan_gis.errors import LayerError, LayerSchemaError
from kunshan_gis.export import template
from kunshan_gis.layers.form import form_sheets, read_form
from kunshan_gis.layers.source import read_source
from kunshan_gis.schema import KINDS

SQUARE = "120.1 31.2; 120.2 31.2; 120.2 31.3; 120.1 31.3"


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Path]:
    """A form with cells written into it: `{"公园": {"B8": "p1", …}}`."""

    def fill(cells: dict[str, dict[str, Any]], *, kinds: tuple[str, ...] | None = None) -> Path:
        titles = {kind.zh: name for name, kind in KINDS.items()}
        path = tmp_path / "filled.xlsx"
        path.write_bytes(template(kinds or tuple(titles[name] for name in cells)))
        book = openpyxl.load_workbook(path)
        for name, values in cells.items():
            for address, value in values.items():
                book[name][address] = value
        book.save(path)
        return path

    return fill


PARK = {"C3": "GCJ-02", "B8": "p1", "C8": "东园", "D8": "社区公园 community", "E8": 12_000, "H8": SQUARE}


def problems(path: Path, kind: str | None = None) -> list[str]:
    with pytest.raises(LayerSchemaError) as caught:
        read_form(path, kind)
    return [f"{problem.where.zh}：{problem.what.zh}；{problem.remedy.zh}" for problem in caught.value.problems]


def test_a_filled_form_is_a_table_that_keeps_the_contract(filled) -> None:
    source = read_form(filled({"公园": PARK | {"B10": 42, "D10": "口袋公园", "H10": "POLYGON((0 0, 1 0, 1 1, 0 0))"}}))
    assert source.datum == "gcj02"
    assert source.table["id"].tolist() == ["p1", "42"]
    assert source.table["tier"].tolist() == ["community", "pocket"]
    assert source.table["area_m2"].iloc[0] == 12_000
    assert list(source.table.columns) == ["id", "name", "tier", "area_m2", "geometry"]
    assert source.table.crs.to_epsg() == 4326
    assert source.table.geometry.iloc[0].equals(shapely.box(120.1, 31.2, 120.2, 31.3))
    assert check(source.table, "parks", where="parks") == []


def test_the_one_door_knows_a_form(filled) -> None:
    source = read_source(filled({"公园": PARK}))
    assert (source.datum, source.name) == ("gcj02", "filled.xlsx 公园")


def test_breaches_of_the_contract_are_named_by_sheet_and_cell(filled) -> None:
    source = read_form(filled({"公园": PARK | {"B9": "p2", "D9": "大公园", "H9": SQUARE}}))
    assert source.table["tier"].tolist() == ["community", "大公园"]
    assert source.place([1], "tier") == ("表“公园”D9", "sheet “公园” D9")
    assert source.place([0, 1], "geometry").zh == "表“公园”H8, H9"
    assert source.place([1], None).zh == "表“公园”第 9 行"
    assert source.place([], None).zh == "表“公园”"


def test_every_wrong_cell_is_named_at_once(filled) -> None:
    gates = {"B8": "g1", "D8": "p1", "F8": 120.1, "G8": "三十一", "B9": "g2", "D9": "p1", "F9": 31.2, "G9": 120.1,
             "B10": "g3", "D10": "p1", "F10": 120.1, "B11": "g4", "D11": "p1", "F11": 1200, "G11": 31}  # fmt: skip
    said = problems(filled({"公园出入口": gates}))
    assert said == [
        "表“公园出入口”C3：没有选择坐标基准；从 WGS 84, CGCS2000, GCJ-02, BD-09 中选择：选错会使位置偏移数百米",
        "表“公园出入口”F11：经度 1200 超出 ±180 度；填十进制度，例如 116.3910 和 39.9070",
        "表“公园出入口”F9：经度与纬度填反了；把两列的内容对调",
        "表“公园出入口”G10：纬度为空；填十进制度，例如 116.3910 和 39.9070",
        "表“公园出入口”G8：纬度不是数值：三十一；填十进制度，例如 116.3910 和 39.9070",
    ]


@pytest.mark.parametrize(
    ("vertices", "says"),
    [
        (None, "坐标串为空"),
        ("120.1 31.2; 120.2 31.2", "面至少要有三个顶点"),
        ("120.1 31.2; 120.2; 120.2 31.3", "第 2 个顶点不是两个数"),
        ("120.1 31.2; 甲 乙; 120.2 31.3", "坐标串中有非数字"),
        ("31.2 120.1; 31.2 120.2; 31.3 120.2", "经度与纬度填反了"),
        ("590000 3460000; 590100 3460000; 590100 3460100", "坐标超出经纬度范围"),
        ("POLYGON((0 0, 1 0", "坐标串无法读取"),
    ],
)
def test_vertices_that_cannot_be_read_say_why(filled, vertices: str | None, says: str) -> None:
    (said,) = problems(filled({"公园": PARK | {"H8": vertices}}))
    assert said.startswith("表“公园”H8：")
    assert says in said
    assert said.split("；", 1)[1]


def test_vertices_are_read_as_people_write_them(filled) -> None:
    two = "120.1，31.2；120.2,31.2\n120.2 31.3 | 121 31; 121.1 31; 121.1 31.1;"
    source = read_form(filled({"公园": PARK | {"H8": two}}))
    assert source.table.geom_type.tolist() == ["MultiPolygon"]
    line = read_form(filled({"轨道线": {"C3": "wgs84", "B8": "r", "F8": "120 31; 121 32", "E8": "高架"}}))
    assert line.table.geometry.iloc[0].wkt == "LINESTRING (120 31, 121 32)"
    assert line.table["structure"].tolist() == ["elevated"]


def test_a_point_or_an_outline_but_not_both(filled) -> None:
    cells = {"C3": "wgs84", "B8": "a", "E8": 120, "F8": 31, "B9": "b", "G9": SQUARE}
    source = read_form(filled({"社区": cells}))
    assert source.table.geom_type.tolist() == ["Point", "Polygon"]
    (said,) = problems(filled({"社区": cells | {"G8": SQUARE}}))
    assert said == "表“社区”G8：同时填写了坐标串与经纬度；只填其中一种"


def test_the_example_is_not_read_but_never_swallows_data(filled) -> None:
    assert len(read_form(filled({"公园": PARK})).table) == 1
    assert len(read_form(filled({"公园": PARK | {f"{letter}7": None for letter in "ABCDEFGHIJKLM"}})).table) == 1
    assert problems(filled({"公园": PARK | {"C7": "亭林园", "B7": "p0"}})) == [
        "表“公园”B7, C7：示例行已被改写，而示例行不读入；若是数据，清空 A7 的“示例”；若不是，删去整行"
    ]


def test_an_empty_form_says_where_to_begin(filled) -> None:
    (said,) = problems(filled({"公园": {"C3": "WGS 84"}}))
    assert said == "表“公园”：没有填写任何记录；从示例行的下一行起填写"


def test_field_names_must_stand_once(filled) -> None:
    said = problems(filled({"公园": PARK | {"C5": "id", "H5": None}}))
    assert "表“公园”5:5：字段名 `id` 出现多次；只保留一列" in said
    assert "表“公园”5:5：缺少字段名 `vertices`（坐标串）；把字段名填回该列之上，或重新生成表格" in said


def test_columns_of_ones_own_are_left_out_and_said(filled) -> None:
    source = read_form(filled({"公园": PARK | {"N5": "负责人", "N8": "老王"}}))
    assert "负责人" not in source.table
    assert [note.zh for note in source.notes] == ["表“公园”：未读取字段 负责人"]


def test_of_several_sheets_the_one_that_is_filled_or_named(filled) -> None:
    both = ("parks", "park_gates")
    assert list(form_sheets(filled({"公园": PARK}, kinds=both))) == ["parks"]
    gates = {"C3": "WGS 84", "B8": "g", "D8": "p1", "E8": "否", "F8": 120.1, "G8": 31.2}
    path = filled({"公园": PARK, "公园出入口": gates})
    with pytest.raises(LayerError, match="--layer"):
        read_form(path)
    assert read_form(path, "park_gates").table["complete"].tolist() == [False]
    assert read_form(path, "公园").datum == "gcj02"
    with pytest.raises(LayerError, match="parks"):
        read_form(path, "homes")


def test_a_table_without_geometry_needs_no_datum(filled) -> None:
    source = read_form(filled({"片区与乡镇对应表": {"B8": "z1", "C8": 320}}))
    assert source.datum is None
    assert source.table.to_dict(orient="records") == [{"zone_id": "z1", "town_id": "320"}]


def test_other_workbooks_and_later_forms_are_told_apart(tmp_path: Path, filled) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "id"
    book.save(tmp_path / "own.xlsx")
    assert form_sheets(tmp_path / "own.xlsx") == {}
    with pytest.raises(LayerError, match="layers template"):
        read_form(tmp_path / "own.xlsx")
    (tmp_path / "broken.xlsx").write_bytes(b"nothing")
    with pytest.raises(LayerError, match=r"broken\.xlsx"):
        form_sheets(tmp_path / "broken.xlsx")
    later = filled({"公园": PARK | {"A2": f"{forms.MARK} 99 · parks"}})
    with pytest.raises(LayerError, match="upgrade"):
        read_form(later)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_taken_as_data_fits_the_contract_of_its_kind(filled, kind: str) -> None:
    title = KINDS[kind].zh
    cells: dict[str, Any] = {"A7": None} | ({"C3": "CGCS2000"} if KINDS[kind].geometry else {})
    source = read_form(filled({title: cells | {forms.address(6, column): value
                                               for column, value in enumerate(_one_shape(kind), 1)}}))  # fmt: skip
    assert check(source.table, kind, where=kind) == []


def _one_shape(kind: str) -> list[Any]:
    """The example, with a point alone where the kind takes a point or an outline."""
    both = {"lon", "vertices"} <= set(forms.example(kind))
    return [None if both and name == "vertices" else value for name, value in forms.example(kind).items()]
