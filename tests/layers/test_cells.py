"""Cells of planners' files: numbers out of text, units, known and unknown words."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from kunshan_gis.errors import at_rows
from kunshan_gis.layers.cells import Filled, fill
from kunshan_gis.layers.columns import match_columns
from kunshan_gis.messages import Text


def filled(kind: str, table: pd.DataFrame, values: Any = None, constants: Any = None, **given: str) -> Filled:
    uses, problems = match_columns(table, kind, given, constants or {}, where=Text("f", "f"))
    assert problems == []
    return fill(
        table, kind, uses, values=values or {}, constants=constants or {}, place=lambda rows, _: at_rows("f", rows)
    )


def squares(**columns: Any) -> gpd.GeoDataFrame:
    """Two areas of 1 ha and 4 ha."""
    return gpd.GeoDataFrame(columns, geometry=[box(0, 0, 100, 100), box(0, 0, 200, 200)], crs="EPSG:4549")


@pytest.mark.parametrize(
    ("heading", "cells", "said"),
    [
        ("面积(ha)", [1, 4], "`面积(ha)` is in ha: times 10000"),
        ("面积", [10_000, 40_000], None),
        ("面积", [1.0, 4.0], "beside the outlines it is in ha"),
        ("面积", [15, 60], "beside the outlines it is in 亩"),
        ("面积", ["1公顷", "4 公顷"], None),
        ("面积", ["10,000", "４０，０００"], None),
    ],
)
def test_areas_come_to_square_metres_whatever_their_unit(heading: str, cells: list[Any], said: str | None) -> None:
    done = filled("parks", squares(**{heading: cells}))
    assert done.table["area_m2"].tolist() == pytest.approx([10_000, 40_000])
    assert [said in note.en for note in done.notes] == ([] if said is None else [True])
    assert done.problems == ()


def test_an_area_in_no_unit_in_use_is_a_problem_and_not_a_guess() -> None:
    (problem,) = filled("parks", squares(面积=[77, 308])).problems
    assert "--map 面积=area_m2:ha" in problem.remedy.en
    assert filled("parks", squares(面积=[77, 308]), 面积="").problems == ()


def test_a_stated_unit_that_does_not_fit_the_outlines_is_said() -> None:
    (_, note) = filled("parks", squares(**{"面积(ha)": [10_000, 40_000]})).notes
    assert "is its unit right?" in note.en


def test_people_in_ten_thousands_are_whole_people() -> None:
    done = filled("homes", pd.DataFrame({"人口(万人)": [0.0123, 1.1]}))
    assert done.table["population"].tolist() == [123, 11_000]


def test_words_for_true_and_false() -> None:
    done = filled("estates", pd.DataFrame({"是否封闭": ["是", "否", "有", "无", "封闭式", "开放", 1, None, "0"]}))
    assert done.table["gated"].tolist() == [True, False, True, False, True, False, True, None, False]
    assert done.problems == ()


def test_known_words_become_the_contracts_and_unknown_ones_are_named_with_their_rows() -> None:
    table = pd.DataFrame({"类型": ["综合", "专类公园", "郊野公园", None, "/", "郊野公园", "COMMUNITY"]})
    done = filled("parks", table)
    assert done.table["tier"].iloc[[0, 6]].tolist() == ["comprehensive", "community"]
    assert done.table["tier"].iloc[[1, 3, 4]].isna().all()
    (problem,) = done.problems
    assert "row 3, 6" in problem.where.en
    assert "2 rows" in problem.what.en
    assert "--values tier:郊野公园=comprehensive|community|pocket" in problem.remedy.zh
    assert done.doubtful == {"tier"}
    mended = filled("parks", table, values={"tier": {"郊野公园": "community", "专类公园": "pocket"}})
    assert mended.table["tier"].tolist()[:3] == ["comprehensive", "pocket", "community"]
    assert mended.problems == ()


def test_open_columns_take_known_words_and_keep_the_others() -> None:
    done = filled("facilities", pd.DataFrame({"类别": ["小学", "幼儿园", "驿站"], "学位": ["540", "", "—"]}))
    assert done.table["category"].tolist() == ["primary_school", "kindergarten", "驿站"]
    assert done.table["capacity"].iloc[0] == 540
    assert done.table["capacity"].isna().tolist() == [False, True, True]
    assert [(value.said, value.became) for value in done.values] == [
        ("小学", "primary_school"), ("幼儿园", "kindergarten"),
    ]  # fmt: skip


def test_codes_keep_their_zeros_and_lose_a_programs_decimals() -> None:
    assert filled("landuse", pd.DataFrame({"DLBM": ["0701", "1403"]})).table["code"].tolist() == ["0701", "1403"]
    assert filled("towns", pd.DataFrame({"代码": [110101.0, 110102.0]})).table["adcode"].tolist() == [
        "110101",
        "110102",
    ]


def test_one_value_for_all_rows_goes_through_the_same_words() -> None:
    done = filled("scope", pd.DataFrame({"名称": ["a", "b"]}), constants={"scope": "城镇开发边界"})
    assert done.table["scope"].tolist() == ["growth_boundary"] * 2


def test_the_input_is_not_changed() -> None:
    table = squares(面积=[1.0, 4.0], 类型=["综合", "社区"])
    before = table.copy()
    filled("parks", table)
    pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(before))
