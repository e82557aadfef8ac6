"""Every figure of every unit with its place, its distance from the city and from what a standard asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kunshan_gis.analysis import UNASSIGNED, beside, ranks
from kunshan_gis.analysis.ranks import Better
from kunshan_gis.messages import NOTHING, Text, text
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.check_rows import residents, verdict
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.systems.zones.profiles import RANGED, RATES, Level, column_of, held, value_of
from kunshan_gis.studies.systems.zones.rules import RULES, Ruled, ruled

BETTER: dict[str, Better] = {
    "people_per_km2": "neither", "jobs_per_10k": "neither", "water_share": "neither", "station_min": "less",
    "ramp_min": "less",
}  # fmt: skip
"""Which way is good, where it is not the more the better."""


def ranks_table(setting: Setting, level: Level, circle: Ruled, *, demo: bool) -> pd.DataFrame:
    """One row a figure and unit, the city beside each; `unassigned` has no place.

    Parameters
    ----------
    circle : the life circle that is measured
    demo : the answer is a demonstration, whose verdicts are one too
    """
    rows = [_of_rate(setting, rate, level, circle, demo=demo) for rate in RATES if rate in level.amounts.rates]
    table = (
        pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["figure", "unit_id", "name", "name_en"])
    )
    return table.assign(zone_level=level.key)[["zone_level", *table.columns]]


def _of_rate(setting: Setting, rate: str, level: Level, circle: Ruled, *, demo: bool) -> pd.DataFrame:
    one, better = level.amounts.rates[rate], BETTER.get(rate, "more")
    rule = circle if rate == "circle_share" else ruled(setting.area, rate) if rate in RULES else None
    target = None if rule is None else rule.rule.target_for(_residents(setting.area))
    value = pd.Series(one.value)
    found = beside(value, float(value.iloc[-1]), target=target, better=better)
    in_order = value.where(level.names["unit_id"] != UNASSIGNED).iloc[:-1]
    ends = {end: value_of(level, f"{rate}_{end}") for end in ("low", "high") if rate in RANGED}
    said = NOTHING if rule is None else _standard(rule)
    verdicts = ["no_target" if rule is None else verdict(rule.rule, each, target, demo=demo) for each in value]
    table = level.names.assign(
        zone_value=value, zone_low=ends.get("low", np.nan), zone_high=ends.get("high", np.nan),
        zone_rank=ranks(in_order, better=better), zone_ranked=int(in_order.notna().sum()), zone_better=better,
        zone_city=found["whole"], zone_gap=found["gap"], zone_target=found["target"],
        zone_to_target=found["gap_to_target"], zone_verdict=verdicts, zone_standard=said.zh, zone_standard_en=said.en,
    )  # fmt: skip
    table.insert(0, "figure", column_of(rate))
    return table[held(level)].iloc[:-1]


def _residents(area: StudyArea) -> int | None:
    """None where neither the catalogue nor homes say how many."""
    return residents(area) if area.info.population is not None or area.has("homes") else None


def _standard(one: Ruled) -> Text:
    """The standard, and how sure its number is."""
    sure = text(f"verified_{one.rule.verified}")
    return text("zones_standard", standard=one.profile.standard, sure=sure)
