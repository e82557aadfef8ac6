"""How people walk: an explicit option before the profile before the area's default."""

from __future__ import annotations

import pytest

from kunshan_gis import toy
from kunshan_gis.errors import ParameterError, StandardError
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.walk import Walk, walk_network


def test_the_areas_profile_is_the_default() -> None:
    city = toy.city()
    assert Walk.choose(city) == Walk(15, 1.0, "planning-walk")
    slow = StudyArea(city.info.model_copy(update={"profile": "elderly-walk"}), city.layers)
    assert Walk.choose(slow).cutoff_m == 720


def test_a_named_profile_goes_before_the_areas_and_an_option_before_both() -> None:
    city = toy.city()
    assert Walk.choose(city, profile="adult-walk").cutoff_m == 1125
    mixed = Walk.choose(city, profile="adult-walk", minutes=10)
    assert (mixed.minutes, mixed.speed_mps, mixed.cutoff_m) == (10, 1.25, 750)
    assert Walk.choose(city, minutes=10, speed_mps=2).cutoff_m == 1200


@pytest.mark.parametrize(
    ("minutes", "speed"), [(0, 1), (-5, 1), (241, 1), (15, 0), (15, 3.01), (float("nan"), 1), (15, float("inf"))]
)
def test_what_is_no_walk_is_refused(minutes: float, speed: float) -> None:
    with pytest.raises(ParameterError, match="is no walk; give minutes above 0 and up to 240"):
        Walk.choose(toy.city(), minutes=minutes, speed_mps=speed)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(StandardError, match="`nobody` is unknown"):
        Walk.choose(toy.city(), profile="nobody")


def test_every_parameter_is_printed() -> None:
    assert Walk(15, 1.0, "x").parameters() == {
        "minutes": 15, "speed_mps": 1.0, "cutoff_m": 900, "max_leg_m": 200, "min_component_m": 500,
    }  # fmt: skip


def test_the_network_is_built_once_and_says_what_was_let_through() -> None:
    city = toy.city()
    network = walk_network(city)
    assert walk_network(city) is network
    assert network.walk_filter == "walkable = true"
    assert network.length_m.sum() == 2000 + 6 * 300 + 80
    assert network.crs == toy.CRS
