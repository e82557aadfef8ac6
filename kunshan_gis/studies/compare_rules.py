"""The rules two study areas are compared by, and which homes they cover."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from kunshan_gis.messages import Text, text
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import CheckProfile, read_profile
from kunshan_gis.standards import WalkProfile, walk_profile
from kunshan_gis.studies.asked import Asked, asked_of, walk_of
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.rule_figures import covered, demanded, figure, unit_share
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import units_of

PARK_COVERAGE = "park-coverage"
OF_RESIDENTS = ("people", "homes", "land", "people_and_jobs")
"""Rules of these are followed home by home; land is lived on, and its residents are counted."""


def compared_by(before: StudyArea, after: StudyArea, profiles: Sequence[str]) -> tuple[StudyArea, StudyArea, list[str]]:
    """Both areas with what they are compared by: the profiles asked, the first's reporting basis, or park coverage.

    Profiles of its own that the second lacks it takes from the first; where it has another under the same key, each is
    measured by its own, and the rules are a cause of the difference.
    """
    if not profiles and not before.info.reporting_basis:
        made = park_coverage(walk_profile(before.info.profile))
        own = {**before.profiles, made.key: made}
        names = [made.key]
    else:
        own, names = dict(before.profiles), list(profiles) or [before.info.reporting_basis]
    same_lead = after.info.model_copy(update={"reporting_basis": before.info.reporting_basis})
    return replace(before, profiles=own), replace(after, info=same_lead, profiles={**own, **after.profiles}), names


class Pair(NamedTuple):
    """One rule as each of both areas has it."""

    before: Asked
    after: Asked

    @property
    def key(self) -> tuple[str, str]:
        """Of the profile and of the rule."""
        return self.before.profile.key, self.before.rule.key


def pairs_of(before: StudyArea, after: StudyArea, names: Sequence[str]) -> tuple[Pair, ...]:
    """The rules that both areas have, in the order of the first."""
    there = {(one.profile.key, one.rule.key): one for one in asked_of(after, names)}
    both = ((one, there.get((one.profile.key, one.rule.key))) for one in asked_of(before, names))
    return tuple(Pair(one, other) for one, other in both if other is not None)


def park_coverage(walk: WalkProfile) -> CheckProfile:
    """One rule: residents who reach any park on foot within the time of a walking profile."""
    return read_profile(park_coverage_toml(walk), PARK_COVERAGE, f"{PARK_COVERAGE}.toml")


def park_coverage_toml(walk: WalkProfile) -> bytes:
    """The file of `park_coverage`, so that a result measured by it can be run again."""
    name = text("park_coverage_rule", minutes=f"{walk.minutes:g}")
    named = {"name": name.zh, "name_en": name.en, "verified": walk.verified}
    head = {**named, "standard": walk.standard, "edition": walk.edition, "walk": walk.key}
    rule = {**named, "key": "parks", "measure": "walk", "to": ["parks"], "minutes": walk.minutes}
    return "\n".join([*_entries(head), "", "[[rule]]", *_entries(rule), ""]).encode()


def _entries(values: Mapping[str, Any]) -> list[str]:
    """Lines of TOML; text, numbers and lists of text are written as in JSON."""
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]


def measuring_of(area: StudyArea, one: Asked) -> Measuring:
    """What measures a rule in an area."""
    return Measuring(area, walk_of(area, one.profile, None))


def value_of(area: StudyArea, one: Asked) -> float:
    """A rule's figure for the whole area; NaN where it cannot be measured."""
    try:
        found = figure(one.rule, measuring_of(area, one), units_of(area, "area"), AS_MEASURED)
    except NotThereError:
        return float("nan")
    return float(found.value[0])


def homes_under(area: StudyArea, one: Asked) -> pd.DataFrame:
    """Every home by id with its residents and its state under a rule.

    Raises
    ------
    NotThereError
        The rule is not about reach on foot or in a straight line, or cannot be measured here.
    """
    rule = one.rule
    if rule.measure not in ("walk", "radius", "circle") or rule.of not in OF_RESIDENTS:
        raise NotThereError(text("compare_not_of_residents"))
    if rule.unstated is not None:
        raise NotThereError(Text(*rule.unstated))
    measuring = measuring_of(area, one)
    found = covered(rule, "people", measuring, AS_MEASURED)
    inside = unit_share(measuring, units_of(area, "area"), "people", rule.within).toarray()[:, 0] > 0
    reached = inside & (found.amount > 0)
    state = np.where(found.measurable, np.where(reached, "covered", "not_covered"), "not_measurable")
    homes = area.table("homes")
    people = demanded(measuring, "people").amount.astype(np.int64)
    return pd.DataFrame({"population": people, "state": state}, index=pd.Index(homes["id"], name="id"))
