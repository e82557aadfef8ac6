"""Profiles are data: each says where its number is from, and an unknown one is refused by name."""

from __future__ import annotations

import pytest

from kunshan_gis import standards
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


def test_a_broken_profile_is_refused_with_file_entry_and_reason(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "walk").mkdir()
    good = (standards._FOLDER / "walk" / "planning-walk.toml").read_text(encoding="utf-8")
    (tmp_path / "walk" / "far.toml").write_text(good.replace("minutes = 15", "minutes = 900"), encoding="utf-8")
    monkeypatch.setattr(standards, "_FOLDER", tmp_path)
    with pytest.raises(StandardError) as caught:
        standards._all.__wrapped__(standards.WalkProfile, "walk")
    assert caught.value.said("en") == (
        "profile walk/far.toml is broken: `minutes`: Input should be less than or equal to 240"
    )
    assert caught.value.said("zh") == "标准口径 walk/far.toml 无法使用：`minutes`：应不大于 240"
    (tmp_path / "walk" / "far.toml").write_text("minutes =", encoding="utf-8")
    with pytest.raises(StandardError, match=r"walk/far\.toml is broken: Invalid value"):
        standards._all.__wrapped__(standards.WalkProfile, "walk")


def test_a_profile_is_frozen_and_the_list_is_a_copy() -> None:
    with pytest.raises(ValueError, match="frozen"):
        walk_profile("planning-walk").minutes = 20
    walk_profiles().clear()
    assert walk_profiles()
