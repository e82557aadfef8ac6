"""Which rules a check asks, by which pace, and how far they reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kunshan_gis.model import StudyArea
from kunshan_gis.rules import CheckProfile, Rule, profile_named, shipped
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


def farthest(rule: Rule, speed_mps: float) -> float:
    """The longest walk a rule asks about, in metres."""
    if rule.unstated is not None or rule.measure not in ("walk", "circle"):
        return 0.0
    metres = [rule.metres or 0.0, (rule.minutes or 0.0) * 60.0 * speed_mps]
    return max([*metres, *(band.metres for band in rule.bands), *(need.metres or 0.0 for need in rule.needs)])
