"""How evenly parks are spread over the units and over residents."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from kunshan_gis import analysis
from kunshan_gis.errors import ParameterError
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.rule_figures import unit_share
from kunshan_gis.studies.systems.parks.doors import Doors
from kunshan_gis.studies.systems.parks.held import PEOPLE
from kunshan_gis.studies.systems.parks.tiers import measured
from kunshan_gis.studies.units import Units

COLUMNS = ["balance", "balance_over", "balance_units", "park_gini", "park_palma", "park_theil", "park_theil_between",
           "balance_target",
           "balance_under", "balance_under_share", "balance_under_people", "balance_best", "balance_best_en",
           "balance_worst", "balance_worst_en"]  # fmt: skip
SMALLEST_UNITS = ("towns", "zones")


def balance_table(doors: Doors) -> pd.DataFrame:
    """Square metres per resident of the towns by tier, and minutes to the door of every resident.

    Square metres are the same for all residents of a town, so that all their inequality lies between towns. Residents
    who reach no park have no minutes and are left out.
    """
    units = balance_units(doors)
    rows = [] if units is None else list(_square_metres(doors, units))
    rows += [] if not doors.parks.setting.peopled else [_minutes(doors, units)]
    return pd.DataFrame(rows, columns=COLUMNS)


def balance_units(doors: Doors) -> Units | None:
    """Towns, else zones; None without either, or without homes."""
    setting = doors.parks.setting
    if not setting.area.has("homes") or not setting.area.has("towns"):
        return None
    return setting.sub(SMALLEST_UNITS[0])


def _square_metres(doors: Doors, units: Units) -> Iterator[dict[str, Any]]:
    parks = doors.parks
    named = units.names["unit_id"].to_numpy() != analysis.UNASSIGNED
    people = pd.Series(parks.people.astype(float) @ unit_share(parks.setting.measuring, units, PEOPLE))
    lived_in = named & (people > 0).to_numpy()
    for group in (ALL, *parks.tiers):
        found = measured(parks, "provision", group, units)
        if found is None or not lived_in.any():
            continue
        value = pd.Series(found.value)[lived_in]
        rule = parks.asks.per_person.get(group)
        target = math.nan if rule is None or rule.target is None else rule.target
        under = np.array([rule is not None and not rule.met(one, target) for one in value])
        own, names = people[lived_in].round().astype("int64"), units.names[lived_in]
        yield {
            "balance": f"m2_{group}", "balance_over": units.key, "balance_units": int(lived_in.sum()),
            **_uneven(value, own, None), "balance_target": target,
            **({} if math.isnan(target) else _under(under, own)), **_ends(value, names),
        }  # fmt: skip


def _minutes(doors: Doors, units: Units | None) -> dict[str, Any]:
    known = np.isfinite(doors.minutes)
    value, people = pd.Series(doors.minutes)[known], pd.Series(doors.parks.people)[known]
    by, number = None, math.nan
    if units is not None:
        share = unit_share(doors.parks.setting.measuring, units, PEOPLE)
        by = pd.Series(share.toarray().argmax(axis=1))[known]
        number = by[people > 0].nunique()
    return {"balance": "minutes", "balance_over": "residents", "balance_units": number, **_uneven(value, people, by)}


def _uneven(value: pd.Series, people: pd.Series, by: pd.Series | None) -> dict[str, float]:
    """Gini, Palma and Theil; NaN where there is nothing to share or nobody to share it."""
    try:
        theil = analysis.theil(value, people, by)
        gini, palma = analysis.gini(value, people), analysis.palma(value, people)
    except ParameterError:
        return {}
    found = {"park_gini": gini, "park_palma": palma, "park_theil": theil.total}
    return found | ({} if by is None else {"park_theil_between": theil.between})


def _under(under: np.ndarray[Any, Any], people: pd.Series) -> dict[str, float]:
    return {
        "balance_under": int(under.sum()), "balance_under_share": float(under.mean()),
        "balance_under_people": int(people.to_numpy()[under].sum()),
    }  # fmt: skip


def _ends(value: pd.Series, names: pd.DataFrame) -> dict[str, str]:
    best, worst = int(value.to_numpy().argmax()), int(value.to_numpy().argmin())
    return {
        "balance_best": names["name"].iloc[best], "balance_best_en": names["name_en"].iloc[best],
        "balance_worst": names["name"].iloc[worst], "balance_worst_en": names["name_en"].iloc[worst],
    }  # fmt: skip
