"""The other ways of measuring: one thing changed at a time, in a fixed order, all of them said in two languages."""

from __future__ import annotations

from dataclasses import fields

from kunshan_gis.standards import sensitivity_profile
from kunshan_gis.studies.terms import AS_MEASURED, Terms, variants

CUSTOMARY = sensitivity_profile("customary")


def test_every_variant_changes_one_thing() -> None:
    for one in variants(CUSTOMARY):
        changed = [f.name for f in fields(Terms) if getattr(one.terms, f.name) != getattr(AS_MEASURED, f.name)]
        assert len(changed) == 1, one.key


def test_the_customary_set_spans_what_is_promised() -> None:
    keys = [one.key for one in variants(CUSTOMARY)]
    assert keys == [
        "speed_0.8", "speed_1.25", "farther_0.9", "farther_1.1", "snapping_junction", "entrances_outline",
        "entrances_centroid", "without_service_track", "park_floor_0", "park_floor_2000", "coarse_out", "coarse_near",
        "unknown_covered",
    ]  # fmt: skip
    assert len({one.said for one in variants(CUSTOMARY)}) == len(keys)
    assert all(one.said.zh and one.said.en for one in variants(CUSTOMARY))


def test_a_base_of_ones_own_is_kept_in_every_variant() -> None:
    base = Terms(without=("steps",))
    assert all(one.terms.without for one in variants(CUSTOMARY, base))
