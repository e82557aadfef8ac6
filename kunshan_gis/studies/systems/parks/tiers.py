"""Parks by tier: how many, how much, how large, and whom they serve, beside what the plan and standards ask."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from kunshan_gis.rules import Rule
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.rule_figures import Figure, figure, park_ground
from kunshan_gis.studies.supply import PARKS
from kunshan_gis.studies.systems.parks.held import Parks
from kunshan_gis.studies.systems.parks.states import STATES, three_states
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import Units

_HECTARE_M2 = 10_000.0


def tiers_table(parks: Parks, sizes: pd.Series, *, demo: bool) -> pd.DataFrame:
    """A row a tier, parks without a tier, and all parks; what is not measurable is NaN.

    Parameters
    ----------
    sizes : of every park `below`, `fits` or `above` what its tier asks for
    """
    return pd.DataFrame([_row(parks, sizes, group, demo=demo) for group in parks.groups])


def measured(parks: Parks, measure: str, group: str, units: Units) -> Figure | None:
    """A rule of numbers or of square metres per resident for a tier, as a check measures it; None where it cannot."""
    asked = {"to": (PARKS,), "tiers": () if group == ALL else (group,), "verified": "text"}
    rule = Rule.model_validate({"key": measure, "name": "-", "name_en": "-", "measure": measure, **asked})
    try:
        return figure(rule, parks.setting.measuring, units, AS_MEASURED)
    except NotThereError:
        return None


def number_of(parks: Parks, group: str) -> int:
    """Parks of a tier most of whose ground lies in the study area."""
    return int(np.count_nonzero(parks.rows(group) & parks.counted))


def _row(parks: Parks, sizes: pd.Series, group: str, *, demo: bool) -> dict[str, Any]:
    rows, number = parks.rows(group) & parks.counted, number_of(parks, group)
    planned = _plan(parks, group)
    size = park_ground(parks.setting.measuring, parks.rows(group)).sum()
    once = parks.own_m2[parks.rows(group)].sum()
    state = sizes[rows]
    people = parks.people.sum() if parks.setting.area.has("homes") else 0
    per_person = size / people if people else math.nan
    rule = parks.asks.per_person.get(group)
    target = math.nan if rule is None or rule.target is None else rule.target
    return {
        "tier": group,
        "parks": number,
        "park_plan": planned,
        "park_gap": number - planned,
        "park_ha": size / _HECTARE_M2,
        "park_once_ha": once / _HECTARE_M2,
        "park_m2_per_person": per_person,
        "park_once_per_person": once / people if people else math.nan,
        "park_m2_target": target,
        "park_verdict": verdict(rule, per_person, demo=demo),
        "park_too_small": float((state == "below").sum()) if state.notna().any() else math.nan,
        "park_too_large": float((state == "above").sum()) if state.notna().any() else math.nan,
        "park_serves_nobody": int(np.count_nonzero(rows & ~parks.serving)),
    }  # fmt: skip


def _plan(parks: Parks, group: str) -> float:
    plan = parks.asks.plan
    if group == ALL:
        return sum(plan.values()) if plan else math.nan
    return plan.get(group, math.nan)


def verdict(rule: Rule | None, value: float, *, demo: bool) -> str:
    """Whether a figure is what a rule asks for; a demonstration never is or is not."""
    if math.isnan(value):
        return "not_measurable"
    if rule is None or rule.target is None:
        return "no_target"
    return "demo" if demo else "met" if rule.met(value, rule.target) else "not_met"


def served_table(parks: Parks) -> pd.DataFrame:
    """A row a tier: residents who walk no farther than its parks serve, in three states, and those inside the circles.

    Parks known less well than a third of their distance give a range: left out, and as near as their error allows.
    """
    return pd.DataFrame([_served(parks, group) for group in parks.groups])


def _served(parks: Parks, group: str) -> dict[str, Any]:
    parts = parks.parts(group)
    metres = [part.metres for part in parts] or [math.nan]
    found: dict[str, Any] = {"tier": group, "park_serves_from_m": min(metres), "park_serves_to_m": max(metres)}
    found |= dict.fromkeys((*STATES, "park_in_circle", "park_circle_share"), math.nan)
    if not parks.setting.area.has("homes"):
        return found
    circled = parks.circled(parts)
    found |= {"population": int(parks.people.sum()), "park_in_circle": int(parks.people[circled].sum())}
    found["park_circle_share"] = parks.share(circled)
    if parks.setting.walkable:
        found |= three_states(parks, parks.walked_to(parts), parks.placed, parks.between(group))
    return found
