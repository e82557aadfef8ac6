"""Figures as people read them, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from kunshan_gis.maps.values import Field, halves, written


@pytest.mark.parametrize(
    ("people", "zh", "en"),
    [
        (2_092_496, "209.2", "2,092"),
        (523_456, "52.3", "523"),
        (10_000, "1.0", "10"),
        (9_960, "1.00", "10.0"),
        (6_800, "0.68", "6.8"),
        (120, "0.01", "0.1"),
        (49, "<0.01", "<0.1"),
        (0, "0", "0"),
    ],
)
def test_demonstration_people_in_ten_thousands_and_thousands(people, zh, en):
    assert written(people, "people", demo=True) == (zh, en)


def test_real_people_are_exact():
    assert written(2_092_496, "people", demo=False) == ("2,092,496", "2,092,496")


@pytest.mark.parametrize(
    ("share", "demo", "real"),
    [
        (0.917705, "92%", "91.8%"),
        (0.0, "0%", "0.0%"),
        (1.0, "100%", "100.0%"),
        (0.9999, ">99%", ">99.9%"),
        (0.0004, "<1%", "<0.1%"),
        (0.996, ">99%", "99.6%"),
        (0.004, "<1%", "0.4%"),
    ],
)
def test_shares_are_never_rounded_into_all_or_nothing(share, demo, real):
    assert written(share, "share", demo=True).zh == demo
    assert written(share, "share", demo=False).en == real


def test_a_share_of_nobody_is_not_measurable():
    assert written(float("nan"), "share", demo=False) == ("无法测算", "Not measurable")
    assert written(None, "people", demo=True) == ("—", "—")


@pytest.mark.parametrize(("hectares", "text"), [(0.0412, "0.04"), (9.87, "9.87"), (153.26, "153.3")])
def test_hectares(hectares, text):
    assert written(hectares, "hectares", demo=False).zh == text


def test_english_falls_back_to_chinese_row_by_row():
    table = pd.DataFrame({"name": ["阳澄湖", "吴淞江", None], "name_en": ["Yangcheng Lake", None, None]})
    texts = Field("name", "名称", "Name", column_en="name_en").texts(table, demo=False)
    assert texts == [("阳澄湖", "Yangcheng Lake"), ("吴淞江", "吴淞江"), ("—", "—")]


def test_terms_are_said_in_both_languages_and_unknown_ones_stand_as_they_are():
    table = pd.DataFrame({"tier": ["pocket", "heritage", np.nan]})
    texts = Field("tier", "层级", "Tier", format="term", prefix="tier_").texts(table, demo=False)
    assert texts == [("口袋公园", "Pocket parks"), ("heritage", "heritage"), ("—", "—")]


def test_headings_carry_the_unit():
    people = Field("population", "人口", "Population", format="people")
    assert people.heading(demo=True) == ("人口（万人）", "Population (thousand)")
    assert people.heading(demo=False) == ("人口（人）", "Population (people)")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("公开资料 / published", "公开资料", "published"),
        ("规划：四处 / plan: four", "规划：四处", "plan: four"),
        (
            "二手资料：城北路 / secondary: 城北路, place schematic",
            "二手资料：城北路",
            "secondary: 城北路, place schematic",
        ),
        ("甲 / 乙 / Alpha and beta", "甲 / 乙", "Alpha and beta"),
        ("甲 / alpha / beta", "甲", "alpha / beta"),
        ("GSHHG (Debian)：WVS 岸线 / WVS shores", "GSHHG (Debian)：WVS 岸线", "GSHHG (Debian): WVS shores"),
        ("GSHHG 2.3.7：岸线 / shorelines", "GSHHG 2.3.7：岸线", "GSHHG 2.3.7: shorelines"),
        (
            "GeoNames 17，误差约500 m / GeoNames 17, good to 500 m",
            "GeoNames 17，误差约500 m",
            "GeoNames 17, good to 500 m",
        ),
    ],
)
def test_a_text_in_both_languages_is_shown_by_halves(value, zh, en):
    assert halves(value) == (zh, en)
    table = pd.DataFrame({"evidence": [value]})
    assert Field("evidence", "根据", "Evidence").texts(table, demo=False) == [(zh, en)]


@pytest.mark.parametrize(
    "value",
    ["published / open", "沪宁城际/京沪高铁", "甲路 / 乙路", "11号线 / S1线", "甲 / ", "Park / 公园", "1 / 2", ""],
)
def test_any_other_text_stays_whole_in_both_languages(value):
    assert halves(value) == (value, value)
