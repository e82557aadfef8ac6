"""What the plan and the standards ask of the parks of each tier: how many, how large, how much, how far they serve.

Every number is read from a profile; a tier nothing is asked of has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kunshan_gis.errors import StandardError
from kunshan_gis.messages import Text
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import Band, CheckProfile, Rule, profile_named
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.supply import PARKS
from kunshan_gis.studies.systems.parks.codes import TIER_OF_CODE

PER_PERSON, LEVELS = "gb55014-2021", "gb50180-2018"
SIZES = ("cjjt85-2017", "pocket-parks-2022")
SERVING = "garden-city-2022"
"""Says how far parks serve that are smaller than the smallest of the chosen distances."""


class Limits(NamedTuple):
    """Square metres a park of a tier should have; NaN where nothing is asked."""

    at_least_m2: float = math.nan
    at_most_m2: float = math.nan


@dataclass(frozen=True, eq=False)
class Asks:
    """What is asked of the parks.

    Attributes
    ----------
    plan : parks the plan wants, by tier
    per_person : rules of square metres per resident, by tier and `all`
    levels : rules of the life circles' parks, each tested alone
    limits : sizes by tier
    bands : how far a park of a size serves
    profiles : where all this is written
    """

    plan: Mapping[str, float]
    per_person: Mapping[str, Rule]
    levels: tuple[Rule, ...]
    limits: Mapping[str, Limits]
    bands: tuple[Band, ...]
    profiles: tuple[CheckProfile, ...]

    @property
    def serving(self) -> Rule:
        """How far parks serve, as a rule on foot."""
        return Rule(
            key="serving", name="-", name_en="-", measure="walk", to=(PARKS,), bands=self.bands, verified="memory"
        )

    def smallest_m2(self, tier: str) -> float:
        """The size a new park of a tier has at least; it also serves at that size."""
        least = self.limits[tier].at_least_m2
        return max(0.0 if math.isnan(least) else least, min(band.from_m2 for band in self.bands))

    def serves_m(self, area_m2: float) -> float:
        """How far a park of a size serves; NaN where it serves nobody."""
        for band in self.bands:
            if band.from_m2 <= area_m2 and (band.below_m2 is None or area_m2 < band.below_m2):
                return band.metres
        return math.nan

    def standard_of(self, rule: Rule) -> str:
        """The standard a rule is of."""
        return next(profile.standard for profile in self.profiles if rule in profile.rules)

    def said(self, walk: Text) -> Text:
        """The walking profile and those above, as they are printed with the figures."""
        named = [walk, *(profile.said() for profile in self.profiles)]
        return Text("；".join(one.zh for one in named), "; ".join(one.en for one in named))


def asks_of(area: StudyArea, distances: str) -> Asks:
    """What the area's own profiles and the shipped ones ask.

    Raises
    ------
    StandardError
        The profile of distances is unknown, or has no rule that says how far parks serve.
    """
    own = dict(area.profiles)
    used = {name: profile_named(name, own) for name in (PER_PERSON, LEVELS, *SIZES, SERVING, distances)}
    counts = [profile for profile in own.values() if any(_counts(rule) for rule in profile.rules)]
    limits = {tier: Limits() for tier in TIERS} | dict(_limits([used[name] for name in SIZES]))
    return Asks(
        plan=_plan(counts, area.info.population),
        per_person={(rule.tiers or (ALL,))[0]: rule for rule in used[PER_PERSON].rules if _provides(rule)},
        levels=tuple(rule for rule in used[LEVELS].rules if rule.measure == "provision"),
        limits=limits,
        bands=_bands(used[distances], used[SERVING], limits["pocket"].at_least_m2),
        profiles=tuple({profile.key: profile for profile in (*counts, *used.values())}.values()),
    )


def _counts(rule: Rule) -> bool:
    """A number of parks of one tier, whatever their code, size and place."""
    plain = not (rule.codes or rule.within or rule.from_m2 or rule.below_m2)
    return rule.measure == "count" and rule.to == (PARKS,) and len(rule.tiers) == 1 and plain


def _provides(rule: Rule) -> bool:
    return rule.measure == "provision" and len(rule.tiers) <= 1 and not (rule.codes or rule.from_m2 or rule.below_m2)


def _plan(profiles: list[CheckProfile], residents: int | None) -> dict[str, float]:
    rules = [rule for profile in reversed(profiles) for rule in profile.rules if _counts(rule)]
    asked = {rule.tiers[0]: rule.target_for(residents) for rule in rules}
    return {tier: target for tier, target in asked.items() if target is not None}


def _limits(profiles: list[CheckProfile]) -> Iterator[tuple[str, Limits]]:
    asked = [(profile, rule) for profile in profiles for rule in profile.rules if rule.measure == "size"]
    for profile, rule in asked:
        classes = TIER_OF_CODE.get(profile.standard, {})
        tiers = [*rule.tiers, *(classes.get(code, "") for code in rule.codes)]
        least = math.nan if rule.at_least_m2 is None else rule.at_least_m2
        most = math.nan if rule.at_most_m2 is None else rule.at_most_m2
        yield from ((tier, Limits(least, most)) for tier in tiers if tier)


def _bands(profile: CheckProfile, serving: CheckProfile, floor_m2: float) -> tuple[Band, ...]:
    """The profile's own; down to the smallest pocket park that counts, those of the serving profile."""
    own = _ways(profile)
    if not own:
        raise StandardError(
            Text(
                f"标准口径 `{profile.key}` 没有写明公园服务多远的规则",
                f"profile `{profile.key}` has no rule that says how far parks serve",
            ),
            Text("例如用 gbt51346-2019、garden-city-2022", "take for example gbt51346-2019 or garden-city-2022"),
        )
    lowest = min(band.from_m2 for band in own)
    least = 0.0 if math.isnan(floor_m2) else floor_m2
    below = [
        Band(from_m2=max(band.from_m2, least), below_m2=min(band.below_m2 or lowest, lowest), metres=band.metres)
        for band in _ways(serving)
        if band.from_m2 < lowest and (band.below_m2 or lowest) > least and lowest > least
    ]
    return (*own, *below)


def _ways(profile: CheckProfile) -> tuple[Band, ...]:
    """How far parks of every size serve, by the first rule that says so for all of them."""
    for rule in profile.rules:
        if rule.to != (PARKS,) or rule.measure not in ("walk", "radius") or rule.tiers or rule.codes:
            continue
        if rule.bands:
            return rule.bands
        if rule.metres is not None:
            return (Band(from_m2=rule.from_m2 or 0.0, below_m2=rule.below_m2, metres=rule.metres),)
    return ()
