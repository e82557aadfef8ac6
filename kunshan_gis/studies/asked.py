"""Which rules a check asks, by which pace, and how far they reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kunshan_gis.model import StudyArea
from kunshan_gis.rules import CheckProfile, Rule, profile_named, shipped
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.park_rule import PARK_REACH, park_reach_profile
from kunshan_gis.studies.walk import Walk


class Asked(NamedTuple):
    """A rule with the profile it belongs to."""

    profile: CheckProfile
    rule: Rule
    lead: bool


def asked_of(area: StudyArea, profiles: str | Sequence[str]) -> tuple[Asked, ...]:
    """The rules to measure: those of the reporting basis first, then the other profiles' in the order given.

    Raises
    ------
    StandardError
        A profile is unknown, or two of them share a key.
    """
    profiles = (profiles,) if isinstance(profiles, str) else profiles
    basis = area.info.reporting_basis
    own = dict(area.profiles)
    answered = [PARK_REACH] if not basis and PARK_REACH in {one.profile for one in area.review.answers} else []
    names = list(profiles) or [*([basis] if basis else answered), *own, *shipped()]
    own = {PARK_REACH: park_reach_profile(area), **own}
    found: dict[str, CheckProfile] = {}
    for name in names:
        profile = profile_named(name, own)
        found[profile.key] = profile
    ordered = sorted(found.values(), key=lambda profile: profile.key != basis)
    return tuple(Asked(profile, rule, profile.key == basis) for profile in ordered for rule in profile.rules)


def walks_of(area: StudyArea, profiles: Iterable[CheckProfile]) -> list[str]:
    """The walking profiles that pace the rules, in alphabetical order."""
    return sorted({profile.walk or area.info.profile for profile in profiles})


def walk_of(area: StudyArea, profile: CheckProfile, speed_mps: float | None) -> Walk:
    """How people walk under a profile: at a pace given, else the profile's, else the area's."""
    return Walk.choose(area, speed_mps=speed_mps, profile=profile.walk or None)


def measurings_of(area: StudyArea, asked: Iterable[Asked], speed_mps: float | None) -> dict[str, Measuring]:
    """The measurements behind each profile by its key; profiles that walk alike share them."""
    walks = {one.profile.key: walk_of(area, one.profile, speed_mps) for one in asked}
    made = {walk: Measuring(area, walk) for walk in walks.values()}
    return {key: made[walk] for key, walk in walks.items()}


def farthest_of(asked: Iterable[Asked], measurings: Mapping[str, Measuring], walk: Walk) -> float:
    """The longest walk any rule asks about, in metres, at its profile's pace or the area's, whichever is faster."""
    return max(
        farthest(one.rule, max(walk.speed_mps, measurings[one.profile.key].walk.speed_mps)) for one in asked
    )  # fmt: skip


def farthest(rule: Rule, speed_mps: float) -> float:
    """The longest walk a rule asks about, in metres."""
    if rule.unstated is not None or rule.measure not in ("walk", "circle"):
        return 0.0
    own = rule.metres_at(speed_mps) or 0.0
    return max([own, *(band.metres for band in rule.bands), *(need.metres or 0.0 for need in rule.needs)])
