"""Headings of planners' files: known, cut, in conflict, with units; and that every column of every kind has words."""

from __future__ import annotations

import pandas as pd
import pytest

from kunshan_gis.errors import ParameterError
from kunshan_gis.layers.columns import Use, match_columns
from kunshan_gis.layers.vocabulary import heading_parts, is_own_field, names_of, plain, units, values_of
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS

COLUMNS = [(kind, column) for kind in KINDS for column in KINDS[kind].all_columns]


def matched(kind: str, table: dict[str, list[object]], **given: str) -> tuple[dict[str, Use], list[str]]:
    uses, problems = match_columns(pd.DataFrame(table), kind, given, {}, where=Text("f", "f"))
    return {use.source: use for use in uses}, [str(problem) for problem in problems]


@pytest.mark.parametrize(("kind", "column"), COLUMNS, ids=[f"{kind}.{column.name}" for kind, column in COLUMNS])
def test_every_column_of_every_kind_is_known_in_chinese_and_english(kind: str, column) -> None:
    said = [name for name, target in names_of(kind).items() if target == column.name]
    assert any(not name.isascii() for name in said)
    assert plain(column.name) in said
    for word in column.values:
        known = [value for value, target in values_of(kind, column.name).items() if target == word]
        assert any(not value.isascii() for value in known), word


def test_words_for_values_are_words_of_the_contract() -> None:
    for kind, column in COLUMNS:
        allowed = {*column.values, "true", "false"} if column.values or column.type == "boolean" else None
        targets = {target for target in values_of(kind, column.name).values() if target is not None}
        assert allowed is None or targets <= allowed, (kind, column.name)


@pytest.mark.parametrize(
    ("kind", "heading", "column", "unit"),
    [
        ("parks", "公园名称", "name", ""), ("parks", "NAME", "name", ""), ("parks", " 公园 名称＊", "name", ""),
        ("parks", "面积(ha)", "area_m2", "ha"), ("parks", "面积（公顷）", "area_m2", "公顷"),
        ("parks", "AREA_HA", "area_m2", "ha"), ("parks", "占地面积公顷", "area_m2", "公顷"),
        ("parks", "公园类型", "tier", ""), ("parks", "等级", "tier", ""),
        ("homes", "常住人口（万人）", "population", "万人"), ("homes", "常住人口", "population", ""),
        ("landuse", "DLBM", "code", ""), ("landuse", "用地用海分类代码", "code", ""),
        ("landuse", "BSM", "id", ""), ("park_gates", "公园名称", "park_id", ""),
        ("park_gates", "出入口名称", "name", ""),
        ("streets", "道路等级", "class", ""), ("estates", "是否封闭", "gated", ""), ("stations", "站名", "name", ""),
        ("entrances", "站名", "station_id", ""), ("facilities", "床位数", "capacity", ""),
        ("expressways", "敷设方式", "structure", ""), ("parks", "name 名称", "name", ""),
    ],
)  # fmt: skip
def test_headings_that_planners_use(kind: str, heading: str, column: str, unit: str) -> None:
    uses, problems = matched(kind, {heading: [1]})
    assert (uses[heading].target, uses[heading].unit) == (column, unit)
    assert problems == []


@pytest.mark.parametrize("heading", ["OBJECTID", "FID", "Shape_Area", "序号"])
def test_a_programs_own_fields_are_left_out(heading: str) -> None:
    assert is_own_field(heading)
    assert matched("parks", {heading: [1]})[0][heading].how == "own_field"


@pytest.mark.parametrize("heading", ["经度", "lon", "东经（度）"])
def test_coordinates_are_in_the_geometry_already(heading: str) -> None:
    assert matched("homes", {heading: [1]})[0][heading].how == "coordinate"


def test_a_heading_cut_at_ten_bytes_is_recognised_by_its_beginning() -> None:
    uses, _ = matched("neighbours", {"行政区划代": ["1"]})
    assert (uses["行政区划代"].target, uses["行政区划代"].how) == ("adcode", "cut")
    assert matched("neighbours", {"行政区": ["1"]})[0]["行政区"].how == "unknown"


def test_two_headings_for_one_column_are_for_the_user_to_settle() -> None:
    table = {"名称": ["甲", "乙"], "公园名称": ["丙", "丁"]}
    uses, problems = matched("parks", table)
    assert {use.how for use in uses.values()} == {"conflict"}
    assert "--map 名称=name" in problems[0]
    uses, problems = matched("parks", table, 名称="name")
    assert (uses["名称"].how, uses["公园名称"].how) == ("given", "unknown")
    assert problems == []
    uses, problems = matched("parks", {"名称": ["甲"], "公园名称": ["甲 "]})
    assert [use.target for use in uses.values()] == ["name", None]
    assert problems == []
    uses, problems = matched("parks", {"Name": [""], "名称": ["甲"]})
    assert [(use.target, use.how) for use in uses.values()] == [(None, "empty"), ("name", "known")]
    assert problems == []
    uses, problems = matched("parks", {"名称": ["甲"], "name": ["A"]})
    assert uses["name"].target == "name"
    assert problems == []


def test_a_column_may_be_dropped_kept_or_given_a_unit() -> None:
    uses, _ = matched("parks", {"面积": [1], "备注": ["x"], "名称": ["a"]}, 面积="area_m2:亩", 备注="备注", 名称="")
    assert (uses["面积"].target, uses["面积"].unit) == ("area_m2", "亩")
    assert (uses["备注"].target, uses["备注"].how) == ("备注", "kept")
    assert (uses["名称"].target, uses["名称"].how) == (None, "dropped")
    with pytest.raises(ParameterError, match="cannot be in `顷`"):
        matched("parks", {"面积": [1]}, 面积="area_m2:顷")


def test_brackets_and_units_are_told_apart() -> None:
    assert heading_parts("面积（ha）") == ("面积", "ha")
    assert heading_parts("编号【必填】") == ("编号", "必填")
    assert heading_parts("面积（㎡）") == ("面积", "m2")
    assert units("area")["亩"] == pytest.approx(2000 / 3)
