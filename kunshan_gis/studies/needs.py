"""Life circles kind by kind: who reaches it, who lacks it, and whom it alone would complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.analysis.life_circle import completeness, missing_kinds
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
    """Every need of a life circle in every unit, the one that would complete most residents first."""
    try:
        states = states_of_homes(rule, measuring)
    except NotThereError:
        return
    people = pd.Series(demanded(measuring, "people").amount.astype("int64"))
    member = unit_share(measuring, units, "people", rule.within).tocsc()
    called = {need.key: need for need in rule.needs}
    for number, unit in enumerate(units.names.to_dict(orient="records")):
        rows = member.indices[member.indptr[number] : member.indptr[number + 1]]
        rows = np.sort(rows[people.to_numpy()[rows] > 0])
        if unit["unit_id"] == UNASSIGNED and not len(rows):
            continue
        own = people.iloc[rows]
        found = missing_kinds(states.iloc[rows], own, required=_keys(rule), needed=rule.needed)
        total = int(own.sum())
        for key, row in found.iterrows():
            need = called[str(key)]
            yield {
                "profile": profile.key, "indicator": rule.key, "name": rule.name, "name_en": rule.name_en,
                "unit_id": unit["unit_id"], "unit_name": unit["name"], "unit_name_en": unit["name_en"],
                "need": need.key, "need_name": need.name, "need_name_en": need.name_en,
                "reached": total - int(row["lacking"]) - int(row["not_measurable"]), "lacking": int(row["lacking"]),
                "not_measurable": int(row["not_measurable"]), "completed": int(row["completed"]), "population": total,
            }  # fmt: skip


def _keys(rule: Rule) -> list[str]:
    return [need.key for need in rule.needs]
