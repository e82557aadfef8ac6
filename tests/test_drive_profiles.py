"""Driving profiles are data: speeds from the lowest to the highest, each by class, and how sure they are."""

from __future__ import annotations

import pytest

from kunshan_gis import standards
from kunshan_gis.errors import StandardError
from kunshan_gis.standards import DriveProfile, drive_profile


def test_the_design_speeds_of_urban_roads_in_order() -> None:
    profile = drive_profile("design-speeds")
    assert profile.expressway_kmh == (60, 80, 100)
    assert [profile.street_kmh[name] for name in ("primary", "secondary", "tertiary")] == [
        (40, 50, 60), (30, 40, 50), (20, 30, 40),
    ]  # fmt: skip
    assert profile.verified == "memory"
    assert "CJJ 37-2012" in profile.standard
    assert "congestion" in profile.note_en
    for low, usual, high in [*profile.street_kmh.values(), profile.ramp_kmh, profile.access_kmh]:
        assert 0 < low <= usual <= high
    assert "footway" not in profile.street_kmh
    assert profile.minutes == (5, 10, 15)


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(StandardError, match="profile `walk` is unknown; there are: design-speeds"):
        drive_profile("walk")


def test_speeds_that_do_not_rise_are_refused_in_both_languages(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "drive").mkdir()
    good = (standards._FOLDER / "drive" / "design-speeds.toml").read_text(encoding="utf-8")
    broken = good.replace("primary = [40, 50, 60]", "primary = [60, 50, 40]")
    (tmp_path / "drive" / "fast.toml").write_text(broken, encoding="utf-8")
    monkeypatch.setattr(standards, "_FOLDER", tmp_path)
    with pytest.raises(StandardError) as caught:
        standards._all.__wrapped__(DriveProfile, "drive")
    assert "`street_kmh.primary`: speeds 60, 50, 40: give km/h above 0, the lowest first" in caught.value.said("en")
    assert "速度 60, 50, 40 应大于 0，由低到高排列" in caught.value.said("zh")
