"""Parks of the life circles per resident, each level tested alone (GB 50180)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from kunshan_gis.rules import Rule
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.rule_figures import figure, park_ground
from kunshan_gis.studies.supply import chosen
from kunshan_gis.studies.systems.parks.held import Parks
from kunshan_gis.studies.systems.parks.tiers import verdict
from kunshan_gis.studies.terms import AS_MEASURED


def levels_table(parks: Parks, *, demo: bool) -> pd.DataFrame:
    """A row a level: its parks by size, their area, square metres per resident; a level holds no park of another."""
    return pd.DataFrame([_row(parks, rule, demo=demo) for rule in parks.asks.levels])


def _per_person(parks: Parks, rule: Rule) -> float:
    """As a check measures it; NaN where there are no homes."""
    try:
        found = figure(rule, parks.setting.measuring, parks.setting.sub("area"), AS_MEASURED)
    except NotThereError:
        return math.nan
    return float(found.value[0])


def _row(parks: Parks, rule: Rule, *, demo: bool) -> dict[str, Any]:
    rows, value = chosen(rule, parks.supply, AS_MEASURED), _per_person(parks, rule)
    return {
        "name": rule.name,
        "name_en": rule.name_en,
        "park_from_m2": math.nan if rule.from_m2 is None else rule.from_m2,
        "park_below_m2": math.nan if rule.below_m2 is None else rule.below_m2,
        "parks": int(np.count_nonzero(rows & parks.counted)),
        "park_ha": float(park_ground(parks.setting.measuring, rows).sum() / 10_000.0),
        "park_m2_per_person": value,
        "park_m2_target": math.nan if rule.target is None else rule.target,
        "park_verdict": verdict(rule, value, demo=demo),
    }
