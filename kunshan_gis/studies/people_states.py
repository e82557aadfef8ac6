"""The residents under one rule, in three states by home and by group: what a check list is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.model import digest
from kunshan_gis.review import State
from kunshan_gis.rules import Rule
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.reviewed_groups import Groups
from kunshan_gis.studies.rule_figures import covered, unit_share
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import units_of

Floats = NDArray[np.float64]
SHARES = ("walk", "radius", "circle")
"""Measures that are the share of something in reach, and can be asked of residents."""
_ASKED = ("measure", "to", "within", "metres", "minutes", "bands", "needs", "needed", "tiers", "codes", "from_m2",
          "below_m2")  # fmt: skip


@dataclass(frozen=True, eq=False)
class PeopleStates:
    """Residents of every home by state; the three add up to those the rule asks about.

    Attributes
    ----------
    covered, not_covered, not_measurable : (homes,) float
    """

    covered: Floats
    not_covered: Floats
    not_measurable: Floats

    @property
    def everybody(self) -> Floats:
        """All whom the rule asks about."""
        return self.covered + self.not_covered + self.not_measurable

    @property
    def concerned(self) -> NDArray[np.bool_]:
        """Homes with residents who are not covered or not measurable."""
        found: NDArray[np.bool_] = (self.not_covered + self.not_measurable) > 0
        return found


def by_people(rule: Rule) -> Rule:
    """The same rule asked of residents: what a list of estates is made by where a standard asks for land."""
    return rule if rule.of == "people" else rule.model_copy(update={"of": "people"})


def people_states(rule: Rule, measuring: Measuring) -> PeopleStates:
    """The residents of every home under a rule, whomever it asks about.

    Raises
    ------
    NotThereError
        A layer it needs is missing.
    """
    rule = by_people(rule)
    found = covered(rule, "people", measuring, AS_MEASURED)
    asked = unit_share(measuring, units_of(measuring.area, "area"), "people", rule.within).toarray()[:, 0]
    people = measuring.demand("people").amount * asked
    inside = np.where(found.measurable, found.amount * asked, 0.0)
    unknown = np.where(found.measurable, 0.0, people)
    return PeopleStates(inside, people - inside - unknown, unknown)


def asked_digest(rule: Rule, measuring: Measuring) -> str:
    """Digest of what a rule asks of residents: other words or targets ask the same, another distance does not."""
    asked = rule.model_dump(include=set(_ASKED))
    pace = measuring.walk.speed_mps if rule.minutes is not None else None
    return digest(asked, pace, measuring.walk.max_leg_m, measuring.area.info.scenario)[:16]


def states_of(groups: Groups, found: PeopleStates) -> list[tuple[State, int, int]]:
    """Of every group its state, residents not covered, residents not measurable."""
    outside, unknown = groups.sums(found.not_covered).tolist(), groups.sums(found.not_measurable).tolist()
    return [(_state(out, lost), out, lost) for out, lost in zip(outside, unknown, strict=True)]


def _state(not_covered: int, not_measurable: int) -> State:
    if not_covered and not_measurable:
        return "both"
    if not_covered:
        return "not_covered"
    return "not_measurable" if not_measurable else "covered"
