"""What reviewers answered beside what is computed: which answers stand, and the figure they would make of a rule.

An answer never speaks for another question, another state, or more people than it was given about: then it is stale,
listed, and counts for nothing. The computed figure stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.model import StudyArea
from kunshan_gis.review import Answer, State
from kunshan_gis.rules import Rule
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.ground import part_inside
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.people_states import SHARES, PeopleStates, asked_digest, people_states, states_of
from kunshan_gis.studies.reviewed_groups import ESTATE, Groups, groups_of
from kunshan_gis.studies.rule_figures import BY_PARTS, Figure, covered, demanded, unit_share
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import Units

Floats = NDArray[np.float64]
Standing = Literal["counted", "stale", "gone"]
CORRECTABLE = ("people", "homes", "land")
"""Demands whose rows are known to belong to an estate."""
ANSWERED = (
    "profile", "indicator", "id", "name", "conclusion", "corrected", "reason", "reviewer", "date", "state", "state_now",
    "not_covered", "not_measurable", "standing",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Answered:
    """The answers about one rule, held against what is computed now.

    Attributes
    ----------
    rows : DataFrame
        `ANSWERED`: one row an answer; people as they are now.
    becomes : (groups,) object
        "covered" or "not_covered" where a standing answer disputes the computed state, "confirmed" where one confirms
        it, else empty.
    """

    groups: Groups
    states: PeopleStates
    rows: pd.DataFrame
    becomes: NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class InUnits:
    """In each unit: the corrected value (NaN where no answer stands), residents disputed and confirmed."""

    corrected: Floats
    disputed: Floats
    confirmed: Floats


def answers_about(area: StudyArea, profile: str, rule: Rule) -> list[Answer]:
    """The answers a study area has about a rule."""
    return [answer for answer in area.review.answers if (answer.profile, answer.indicator) == (profile, rule.key)]


def answered(answers: Iterable[Answer], rule: Rule, measuring: Measuring) -> Answered | None:
    """The answers about a rule held against what is computed; None where there are none or nothing can be computed."""
    answers = list(answers)
    if not answers or rule.measure not in SHARES or rule.unstated is not None:
        return None
    try:
        states = people_states(rule, measuring)
    except NotThereError:
        return None
    groups = groups_of(measuring.area)
    now = dict(zip(groups.table["id"], states_of(groups, states), strict=True))
    asked = asked_digest(rule, measuring)
    row = {key: number for number, key in enumerate(groups.table["id"])}
    becomes = np.full(len(groups.table), "", dtype=object)
    rows = []
    for answer in answers:
        how = standing_of(answer, now, asked)
        if how == "counted":
            becomes[row[answer.id]] = answer.becomes or "confirmed"
        rows.append(_row(answer, now, how))
    return Answered(groups, states, pd.DataFrame(rows, columns=ANSWERED), becomes)


def standing_of(answer: Answer, now: Mapping[str, tuple[State, int, int]], asked: str) -> Standing:
    """Whether an answer still speaks for what is computed now."""
    if answer.id not in now:
        return "gone"
    state, not_covered, not_measurable = now[answer.id]
    same = answer.state == state and answer.asked == asked
    more = not_covered > answer.not_covered or not_measurable > answer.not_measurable
    return "counted" if same and not more else "stale"


def _row(answer: Answer, now: Mapping[str, tuple[State, int, int]], how: Standing) -> dict[str, Any]:
    state, not_covered, not_measurable = now.get(answer.id, ("", 0, 0))
    told = {name: getattr(answer, name) for name in ANSWERED if hasattr(answer, name)}
    current = {"state_now": state, "not_covered": not_covered, "not_measurable": not_measurable, "standing": how}
    return {**told, **current}


def in_units(found: Answered, rule: Rule, measuring: Measuring, units: Units) -> InUnits:
    """The rule's figure in each unit as the standing answers would have it, beside the computed one.

    Residents concerned of disputed groups count as covered (or not covered, where the answer says so). Of land the
    ground of disputed estates does; land beside estates stays as computed, and so do jobs and streets.
    """
    share = unit_share(measuring, units, "people", rule.within)
    concerned = found.states.not_covered + found.states.not_measurable
    said = found.becomes[found.groups.row]
    disputed = np.where(np.isin(said, ("covered", "not_covered")), concerned, 0.0) @ share
    confirmed = np.where(said == "confirmed", concerned, 0.0) @ share
    parts = BY_PARTS.get(rule.of, (rule.of,))
    if not (found.becomes != "").any() or not any(of in CORRECTABLE for of in parts):
        return InUnits(np.full(len(units.names), np.nan), disputed, confirmed)
    numerator, denominator, unknown = np.zeros((3, len(units.names)))
    for of in parts:
        amount = demanded(measuring, of).amount
        counted, lost = _corrected(found, rule, of, measuring)
        share_of = unit_share(measuring, units, of, rule.within)
        numerator += counted @ share_of
        denominator += amount @ share_of
        unknown += lost @ share_of
    return InUnits(Figure(numerator, denominator, unknown, ()).value, disputed, confirmed)


def _corrected(found: Answered, rule: Rule, of: str, measuring: Measuring) -> tuple[Floats, Floats]:
    """Of every row of a demand how much is covered and how much is not measurable, as the answers have it."""
    rows, computed = demanded(measuring, of), covered(rule, of, measuring, AS_MEASURED)
    counted = np.where(computed.measurable, computed.amount, 0.0)
    lost = np.where(computed.measurable, 0.0, rows.amount)
    if of not in CORRECTABLE:
        return counted, lost
    yes, no = (_amount_in(found, of, measuring, becomes) for becomes in ("covered", "not_covered"))
    counted = np.minimum(np.maximum(counted, yes), rows.amount)
    return counted, np.clip(lost - yes - no, 0.0, None)


def _amount_in(found: Answered, of: str, measuring: Measuring, becomes: str) -> Floats:
    """How much of every row of a demand belongs to groups that an answer makes covered, or not covered."""
    rows = demanded(measuring, of)
    if of != "land":
        return np.where(found.becomes[found.groups.row] == becomes, rows.amount, 0.0)
    table = found.groups.table
    ids = table["id"][(found.becomes == becomes) & (table["kind"] == ESTATE).to_numpy()]
    if not len(ids):
        return np.zeros(len(rows.amount))
    estates = measuring.area.table("estates")
    return part_inside(rows, np.asarray(estates.geometry.array)[estates["id"].isin(ids).to_numpy()])
