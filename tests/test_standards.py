"""Profiles are data: each says where its number is from, and an unknown one is refused by name."""

from __future__ import annotations

import pytest

from kunshan_gis.errors import StandardError
from kunshan_gis.standards import walk_profile, walk_profiles


def test_every_walking_profile_is_whole_and_bilingual() -> None:
    found = walk_profiles()
    assert list(found) == sorted(found)
    assert {"planning-walk", "adult-walk", "elderly-walk"} <= set(found)
    for key, profile in found.items():
        assert profile.key == key
        assert profile.name
        assert profile.name_en
        assert profile.standard
        assert profile.note
        assert profile.note_en


def test_the_planning_walk_is_900_m() -> None:
    profile = walk_profile("planning-walk")
    assert (profile.minutes, profile.speed_mps) == (15, 1.0)


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(StandardError, match="profile `nobody` is unknown; there are: adult-walk, elderly-walk"):
        walk_profile("nobody")


def test_a_profile_is_frozen_and_the_list_is_a_copy() -> None:
    with pytest.raises(ValueError, match="frozen"):
        walk_profile("planning-walk").minutes = 20
    walk_profiles().clear()
    assert walk_profiles()
