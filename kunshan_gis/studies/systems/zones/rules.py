"""Which rules of the standards the profile of a zone is measured by; the numbers are in the rules' files."""

from __future__ import annotations

from typing import NamedTuple

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import CheckProfile, Rule, profile_named, shipped

RULES = {
    "park_green": "gb55014-2021/park_green", "park_comprehensive": "gb55014-2021/comprehensive",
    "park_community": "gb55014-2021/community", "station_share": "gb50180-2018/rail_station",
    "road_built": "gbt51328-2018/road_density",
}  # fmt: skip
"""Figures of a zone by the rule each is measured by; `life_circle` is asked for."""
LIFE_CIRCLE = "gb50180-2018/life_circle_15min"
POCKET = Rule(
    key="pocket", name="人均口袋公园面积", name_en="Pocket parks per resident", measure="provision", to=("parks",),
    tiers=("pocket",), verified="text",
)  # fmt: skip
"""No standard asks for an area of pocket parks per resident: a figure without a target."""


class Ruled(NamedTuple):
    """A rule and the profile it belongs to."""

    profile: CheckProfile
    rule: Rule

    @property
    def key(self) -> str:
        """As options name it."""
        return f"{self.profile.key}/{self.rule.key}"


def ruled(area: StudyArea, figure: str) -> Ruled:
    """The rule a figure is measured by: a shipped one, or the study area's own of that name."""
    key, _, name = RULES[figure].partition("/")
    profile = profile_named(key, area.profiles)
    return Ruled(profile, next(rule for rule in profile.rules if rule.key == name))


def life_circle_of(area: StudyArea, wanted: str) -> Ruled:
    """The life circle asked for; else the first of the reporting basis, else the 15-minute one of GB 50180.

    Raises
    ------
    StandardError
        There is no such profile.
    ParameterError
        The profile has no such life circle; names those there are.
    """
    if wanted:
        return _circle_named(area, wanted)
    basis = area.info.reporting_basis
    own = circles_of(profile_named(basis, area.profiles)) if basis in {*shipped(), *area.profiles} else []
    return own[0] if own else _circle_named(area, LIFE_CIRCLE)


def circles_of(profile: CheckProfile) -> list[Ruled]:
    """The life circles of a profile whose text says what they are made of."""
    return [Ruled(profile, rule) for rule in profile.rules if rule.measure == "circle" and rule.unstated is None]


def _circle_named(area: StudyArea, name: str) -> Ruled:
    key, _, rule = name.partition("/")
    circles = circles_of(profile_named(key, area.profiles))
    if found := [one for one in circles if rule in ("", one.rule.key)]:
        return found[0]
    there = ", ".join(one.key for one in circles or _circles(area))
    raise ParameterError(
        Text(
            f"口径 {key} 中没有 `{rule}` 这一生活圈；可选：{there}",
            f"{key} has no life circle `{rule}`; there are: {there}",
        )
    )


def _circles(area: StudyArea) -> list[Ruled]:
    """The life circles of all profiles."""
    keys = sorted({*shipped(), *area.profiles})
    return [one for key in keys for one in circles_of(profile_named(key, area.profiles))]


def rules_said(area: StudyArea, circle: Ruled) -> Text:
    """The standards the figures are held against, in words; each once."""
    profiles = {one.profile.key: one.profile for one in (circle, *(ruled(area, figure) for figure in RULES))}
    said = [profile.said() for profile in profiles.values()]
    circle_said = Text(f"生活圈：{circle.rule.name}", f"life circle: {circle.rule.name_en}")
    return Text(
        "；".join([circle_said.zh, *(one.zh for one in said)]), "; ".join([circle_said.en, *(one.en for one in said)])
    )
