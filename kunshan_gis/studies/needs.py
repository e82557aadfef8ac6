"""Life circles kind by kind: who reaches it, who lacks it, and whom it alone would complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.analysis.life_circle import completeness
from kunshan_gis.rules import CheckProfile, Rule
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.rule_figures import demanded, need_states, unit_share
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import Units

NEEDS = (
    "profile", "indicator", "name", "name_en", "unit_id", "unit_name", "unit_name_en", "need", "need_name",
    "need_name_en", "reached", "lacking", "not_measurable", "completed", "population", "reportable",
)  # fmt: skip


def states_of_homes(rule: Rule, measuring: Measuring) -> pd.DataFrame:
    """Of every home (row) and need of a life circle (column) one of the three states.

    Raises
    ------
    NotThereError
        None of the needs can be measured.
    """
    placed = measuring.placed("people", AS_MEASURED).placed
    columns = {}
    for key, found in need_states(rule, "people", measuring, AS_MEASURED).items():
        if found is None:
            columns[key] = np.full(len(placed), "not_measurable", dtype=object)
        else:
            state = np.where(found.amount > 0, "covered", "not_covered")
            columns[key] = np.where(found.measurable, state, "not_measurable").astype(object)
    return pd.DataFrame(columns)


def circle_of_homes(rule: Rule, measuring: Measuring) -> pd.DataFrame:
    """Of every home how many needs are in reach, which are missing, and whether the circle is complete."""
    return completeness(states_of_homes(rule, measuring), required=_keys(rule), needed=rule.needed)


def needs(profile: CheckProfile, rule: Rule, measuring: Measuring, units: Units) -> Iterator[dict[str, Any]]:
    """Every need of a life circle in every unit, the one that would complete most residents first.

    The same figures as `analysis.missing_kinds` for the homes of each unit, for all units at once.
    """
    try:
        states = states_of_homes(rule, measuring)
    except NotThereError:
        return
    people = demanded(measuring, "people").amount
    share = unit_share(measuring, units, "people", rule.within)
    keys, least = _keys(rule), rule.needed or len(rule.needs)
    missing, unknown = (states[keys].to_numpy() == state for state in ("not_covered", "not_measurable"))
    reached = len(keys) - missing.sum(axis=1) - unknown.sum(axis=1)
    one_short = (reached == least - 1) & (reached + unknown.sum(axis=1) < least)

    def in_units(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        sums: NDArray[np.int64] = np.round((rows * people[:, None]).T @ share).astype(np.int64)
        return sums

    lacking, lost, completed = in_units(missing), in_units(unknown), in_units(missing & one_short[:, None])
    total = in_units(np.ones((len(people), 1), dtype=bool))[0]
    for number, unit in enumerate(units.names.to_dict(orient="records")):
        if unit["unit_id"] == UNASSIGNED and not total[number]:
            continue
        order = sorted(range(len(keys)), key=lambda k: (-completed[k, number], -lacking[k, number], keys[k]))
        for need, k in ((rule.needs[k], k) for k in order):
            yield {
                "profile": profile.key, "indicator": rule.key, "name": rule.name, "name_en": rule.name_en,
                "unit_id": unit["unit_id"], "unit_name": unit["name"], "unit_name_en": unit["name_en"],
                "need": need.key, "need_name": need.name, "need_name_en": need.name_en,
                "reached": int(total[number] - lacking[k, number] - lost[k, number]),
                "lacking": int(lacking[k, number]), "not_measurable": int(lost[k, number]),
                "completed": int(completed[k, number]), "population": int(total[number]),
            }  # fmt: skip


def _keys(rule: Rule) -> list[str]:
    return [need.key for need in rule.needs]
