"""A result's columns as people read them: headings with units, cells with as many digits as they deserve."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from kunshan_gis.indicators import INDICATORS, Unit
from kunshan_gis.messages import Text
from kunshan_gis.readable import cell, filled, heading, is_number, named_cell, rounded, shown_columns, term, unit_of

NUMBERS = [unit for unit in get_args(Unit) if unit not in ("text", "term", "figure")]


def column_of(unit: str) -> str:
    return next(key for key, indicator in INDICATORS.items() if indicator.unit == unit)


def test_a_heading_has_the_unit_of_what_is_below_it() -> None:
    assert heading("population", demo=False) == ("人口（人）", "Residents (people)")
    assert heading("population", demo=True) == ("人口（万人）", "Residents (thousand)")
    assert heading("park_ha", demo=True) == ("面积（公顷）", "Area (ha)")
    assert heading("share_covered", demo=False).en == "Share covered"  # its cells have the percent sign
    assert heading("name", demo=False) == ("名称", "Name")
    assert heading("nobody's", demo=False) == ("nobody's", "nobody's")


def test_one_number_in_a_spreadsheet_has_one_unit_in_both_languages() -> None:
    assert heading("population", demo=True, sheet=True) == ("人口（万人）", "Residents (10,000 people)")
    assert heading("population", demo=False, sheet=True) == heading("population", demo=False)
    assert rounded("population", 1_234_567, demo=True) == (123.5, 2)


def test_homes_that_count_buildings_are_headed_and_counted_so() -> None:
    assert heading("population", demo=True, counted="buildings").zh.startswith("建筑")
    assert cell("population", 1234, demo=True, counted="buildings") == Text("1,234", "1,234")
    assert rounded("population", 1234, demo=True, counted="buildings") == (1234, 0)


@pytest.mark.parametrize("unit", NUMBERS)
def test_every_unit_is_headed_and_written(unit: str) -> None:
    known = [key for key, indicator in INDICATORS.items() if indicator.unit == unit]
    for column in known[:1]:
        for demo in (False, True):
            assert heading(column, demo=demo).zh
            assert heading(column, demo=demo, sheet=True).en
            assert cell(column, 0.5, demo=demo).zh
            assert not math.isnan(rounded(column, 0.5, demo=demo)[0])


@pytest.mark.parametrize(
    ("column", "value", "real", "demo"),
    [
        ("park_ha", 1234.56, "1,234.6", "1,230"), ("park_ha", 221.04, "221.0", "221"),
        ("park_ha", 22.14, "22.1", "22.1"), ("park_m2_per_person", 4.716, "4.72", "4.7"),
        ("parks", 703, "703", "703"), ("share_covered", 0.2246, "22.5%", "22%"),
        ("share_covered", 0.002, "0.2%", "<1%"),
        ("park_serves_to_m", 1234.4, "1,234", "1,230"), ("park_gap", -196, "\N{MINUS SIGN}196", "\N{MINUS SIGN}196"),
        ("door_min", 7.84, "7.8", "7.8"), ("park_times", 0.545, "0.55", "0.55"),
    ],
)  # fmt: skip
def test_a_figure_has_as_many_digits_as_it_deserves(column: str, value: float, real: str, demo: str) -> None:
    assert cell(column, value, demo=False) == Text(real, real)
    assert cell(column, value, demo=True) == Text(demo, demo)


def test_people_are_whole_or_in_ten_thousands() -> None:
    assert cell("population", 20_924.0, demo=False) == Text("20,924", "20,924")
    assert cell("population", 20_924, demo=True) == Text("2.1", "21")
    assert cell("population", np.int64(7), demo=True) == Text("<0.01", "<0.1")


@pytest.mark.parametrize("nothing", [None, math.nan, np.float64("nan"), "", math.inf])
def test_what_is_not_there_is_a_dash_and_never_zero(nothing: object) -> None:
    assert cell("parks", nothing, demo=False) == Text("—", "—")
    assert cell("parks", 0, demo=False) == Text("0", "0")
    if isinstance(nothing, float):
        assert math.isnan(rounded("parks", nothing, demo=False)[0])


def test_words_are_looked_up_and_others_stand_as_they_are() -> None:
    assert term("tier", "pocket") == ("口袋公园", "Pocket parks")
    assert term("tier", "other") == ("未分级公园绿地", "Parks without a tier")
    assert term("size_state", "below") == ("小于本级规模", "below its tier's size")
    assert term("size_state", "planned") == ("规划", "planned")  # a word of its own
    assert term("size_state", "{{x}}") == ("{{x}}", "{{x}}")
    assert cell("next_green", value=True, demo=False) == Text("是", "yes")
    assert cell("next_green", np.bool_(False), demo=False) == Text("否", "no")
    assert cell("features", "a, b", demo=True) == Text("a, b", "a, b")
    assert (unit_of("size_state"), unit_of("nobody's"), is_number("parks"), is_number("size_state")) == (
        "term", "text", True, False,
    )  # fmt: skip


def test_a_second_name_stands_beside_the_first_and_programs_columns_are_not_shown() -> None:
    columns = ["unit_id", "name", "name_en", "next_town", "next_town_en", "reportable", "only_en"]
    assert shown_columns(columns) == ["name", "next_town", "only_en"]
    row = {"next_town": "东镇", "next_town_en": "East", "name": "西", "name_en": math.nan}
    assert named_cell("next_town", row, demo=False) == Text("东镇", "East")
    assert named_cell("name", row, demo=False) == Text("西", "西")


def test_a_spreadsheet_holds_what_the_page_shows() -> None:
    for column, value in (("park_ha", 1234.56), ("park_m2_per_person", 4.716), ("share_covered", 0.2246)):
        for demo in (False, True):
            number, digits = rounded(column, value, demo=demo)
            shown = cell(column, value, demo=demo).zh.rstrip("%").replace(",", "")
            assert f"{number:.{digits}f}" == shown


def test_every_column_of_numbers_can_be_headed() -> None:
    for key in INDICATORS:
        assert heading(key, demo=True).zh
        assert heading(key, demo=False, sheet=True).en
    assert column_of("people") in INDICATORS


def test_the_ends_of_a_range_are_read_beside_their_figure() -> None:
    columns = ["name", "drive_min", "drive_min_low", "drive_min_high", "alone_low"]
    assert shown_columns(columns) == ["name", "drive_min", "alone_low"]
    assert shown_columns(columns, ranges=False) == columns
    row = {"drive_min": 11.2, "drive_min_low": 9.0, "drive_min_high": 15.3}
    assert named_cell("drive_min", row, demo=False) == Text("11.2（9.0—15.3）", "11.2 (9.0 to 15.3)")
    assert named_cell("drive_min", row | {"drive_min": math.nan}, demo=False) == Text("9.0—15.3", "9.0 to 15.3")
    same = {"drive_min": 9.0, "drive_min_low": 9.0, "drive_min_high": 9.04}
    assert named_cell("drive_min", same, demo=False) == Text("9.0", "9.0")
    assert named_cell("drive_min", row | {"drive_min_high": math.nan}, demo=False) == Text("11.2", "11.2")


def test_a_column_is_filled_by_the_ends_of_its_range_alone() -> None:
    table = pd.DataFrame({"x": [math.nan], "x_low": [1.0], "x_high": [2.0], "y": [math.nan]})
    assert filled(table, "x")
    assert not filled(table, "y")
