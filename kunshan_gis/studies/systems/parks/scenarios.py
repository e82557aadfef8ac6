"""The parks as they stand beside the parks as planned."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.model import Scenario
from kunshan_gis.schema import FUTURE
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.rule_figures import park_ground
from kunshan_gis.studies.systems.parks.held import Parks, Rows
from kunshan_gis.studies.systems.parks.states import STATES, three_states

BOTH: tuple[Scenario, ...] = ("existing", "planned")


def scenarios_table(parks: Parks) -> pd.DataFrame:
    """A row a tier and scenario: parks, hectares, square metres per resident, residents within the area's walk.

    Both scenarios where some parks are planned or being built, else the one the area stands in.
    """
    held = {scenario: _in_scenario(parks, scenario) for scenario in _scenarios(parks)}
    return pd.DataFrame([_row(parks, group, scenario, held[scenario]) for group in parks.groups for scenario in held])


def _scenarios(parks: Parks) -> tuple[Scenario, ...]:
    table = parks.setting.area.table("parks")
    planned = "status" in table and table["status"].isin(FUTURE).any()
    return BOTH if planned else (parks.setting.area.info.scenario,)


def _in_scenario(parks: Parks, scenario: Scenario) -> Parks | None:
    """The parks of a scenario, measured alike; None where none stands in it."""
    setting = parks.setting
    if scenario == setting.area.info.scenario:
        return parks
    area = setting.area.in_scenario(scenario)
    other = Parks(replace(setting, area=area, measuring=Measuring(area, setting.walk)), parks.asks)
    try:
        return other if len(other.table) else None
    except LayerNotFoundError:
        return None


def _row(parks: Parks, group: str, scenario: Scenario, other: Parks | None) -> dict[str, Any]:
    """`parks` says who lives here, `other` which parks stand in the scenario."""
    rows: Rows = np.zeros(0, dtype=bool) if other is None else other.rows(group)
    size = 0.0 if other is None else float(park_ground(other.setting.measuring, rows).sum())
    found: dict[str, Any] = {
        "tier": group, "park_scenario": scenario,
        "parks": 0 if other is None else int(np.count_nonzero(rows & other.counted)), "park_ha": size / 10_000.0,
        "park_m2_per_person": math.nan, **dict.fromkeys(STATES, math.nan),
    }  # fmt: skip
    if not parks.setting.area.has("homes"):
        return found
    people = int(parks.people.sum())
    found |= {"population": people, "park_m2_per_person": size / people if people else math.nan}
    return found | (_walked(parks, group, other) if parks.setting.peopled else {})


def _walked(parks: Parks, group: str, other: Parks | None) -> dict[str, float]:
    """Residents within the area's walk of a park of the tier, with the range where parks are known badly."""
    if other is None:
        return three_states(parks, np.zeros(len(parks.people), dtype=bool), parks.placed)
    metres = parks.setting.walk.cutoff_m
    reached = other.walked_to(other.parts(group, metres=metres), timed=True)
    return three_states(other, reached, other.placed, other.between(group, metres=metres))
