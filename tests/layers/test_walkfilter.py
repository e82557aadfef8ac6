from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kunshan_gis.layers.walkfilter import WALK_FILTER, is_walkable


def walkable(**tags: str) -> bool:
    return bool(is_walkable(pd.DataFrame([{"class": tags.pop("highway"), **tags}])).iloc[0])


@pytest.mark.parametrize("highway", ["footway", "residential", "primary", "steps", "path", "service", "corridor"])
def test_streets_and_paths_are_open(highway: str) -> None:
    assert walkable(highway=highway)


@pytest.mark.parametrize(
    "highway",
    ["motorway", "motorway_link", "construction", "proposed", "raceway", "bus_guideway", "trail", "rest_area"],
)
def test_what_is_not_listed_is_closed_whatever_else_it_says(highway: str) -> None:
    assert not walkable(highway=highway)
    assert not walkable(highway=highway, foot="yes", sidewalk="both")


@pytest.mark.parametrize("highway", ["trunk", "trunk_link", "cycleway", "bridleway", "platform", "busway"])
def test_signed_ways_need_a_sign(highway: str) -> None:
    assert not walkable(highway=highway)
    assert walkable(highway=highway, foot="yes")
    assert walkable(highway=highway, foot="designated")
    assert walkable(highway=highway, sidewalk="right")
    assert walkable(highway=highway, sidewalk_left="yes")
    assert not walkable(highway=highway, sidewalk="no")
    assert not walkable(highway=highway, foot="no", sidewalk="both")


def test_a_segregated_cycleway_is_shared_with_walkers() -> None:
    assert walkable(highway="cycleway", segregated="no")
    assert not walkable(highway="trunk", segregated="no")


def test_private_is_closed_unless_walkers_are_let_in() -> None:
    assert not walkable(highway="service", access="private")
    assert not walkable(highway="service", access="no")
    assert walkable(highway="service", access="private", foot="permissive")
    assert walkable(highway="service", access="destination")
    assert not walkable(highway="footway", foot="no")
    assert not walkable(highway="footway", foot="use_sidepath")
    assert not walkable(highway="primary", motorroad="yes")
    assert walkable(highway="primary", motorroad="yes", foot="yes")


def test_one_way_does_not_bind_walkers() -> None:
    assert walkable(highway="residential", oneway="yes")


def test_the_answer_is_aligned_and_the_input_unchanged() -> None:
    streets = pd.DataFrame({"class": ["footway", "motorway"]}, index=[7, 3])
    before = streets.copy()
    answer = is_walkable(streets)
    assert answer.to_dict() == {7: True, 3: False}
    assert (answer.name, answer.dtype) == ("walkable", bool)
    pd.testing.assert_frame_equal(streets, before)


def test_the_rule_says_its_version_in_both_languages() -> None:
    assert WALK_FILTER.zh.startswith(WALK_FILTER.version)
    assert WALK_FILTER.en.startswith(WALK_FILTER.version)
    assert not set(WALK_FILTER.open) & set(WALK_FILTER.signed)
    assert not set(WALK_FILTER.foot_yes) & set(WALK_FILTER.foot_no)


def test_the_page_names_every_word_of_the_rule() -> None:
    page = (Path(__file__).parents[2] / "docs" / "walking-filter.md").read_text(encoding="utf-8")
    assert f"## {WALK_FILTER.version}\n" in page
    words = WALK_FILTER.open + WALK_FILTER.signed + WALK_FILTER.foot_yes + WALK_FILTER.foot_no + WALK_FILTER.access_no
    assert [word for word in words if word not in page] == []
