"""Facilities by group: how many, for 10,000 residents, beside the city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.studies.demand import Demand
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.systems.zones.amounts import points_of
from kunshan_gis.studies.systems.zones.profiles import Level, total_of
from kunshan_gis.studies.units import Units

GROUPS: Mapping[str, tuple[str, ...]] = {
    "education": ("kindergarten", "primary_school", "junior_middle_school", "school"),
    "health": ("hospital", "community_health_centre", "health_station", "health_centre"),
    "care": ("nursery", "elderly_day_care", "elderly_care"),
    "culture": ("culture_centre", "culture_station", "culture"),
    "sport": ("large_sports_ground", "medium_sports_ground", "small_sports_ground", "sports_ground"),
    "community": ("street_service_centre", "community_service_station", "community_service"),
    "trade": ("food_market", "shopping"),
}
"""Groups of facilities by category; any other category is `other`."""
OTHER = "other"
Floats = NDArray[np.float64]
_COLUMNS = (
    "zone_level", "zone_group", "unit_id", "name", "name_en", "zone_facilities", "zone_facilities_per_10k",
    "zone_city_per_10k", "zone_gap_per_10k", "zone_capacity",
)  # fmt: skip


def services_table(setting: Setting, units: Units, levels: Iterable[Level]) -> pd.DataFrame:
    """One row a group and unit, the city last; empty without facilities.

    Parameters
    ----------
    units : the towns, whose facilities add up to those of every level
    """
    if not setting.area.has("facilities"):
        return pd.DataFrame(columns=_COLUMNS)
    counted = _by_group(setting, units)
    return pd.concat([_of_group(level, one) for level in levels for one in counted], ignore_index=True)


def group_of(category: pd.Series) -> pd.Series:
    """The group each category belongs to."""
    group = {one: name for name, categories in GROUPS.items() for one in categories}
    return category.map(group).fillna(OTHER)


class _Group(NamedTuple):
    """Facilities of a group, and the places they state, in each of the smallest units."""

    key: str
    facilities: Floats
    places: Floats


def _by_group(setting: Setting, units: Units) -> list[_Group]:
    table = setting.area.standing("facilities")
    group = group_of(table["category"])
    stated = table["capacity"].astype(float).fillna(0.0) if "capacity" in table else pd.Series(0.0, index=table.index)

    def per_unit(rows: Demand) -> Floats:
        return np.asarray(rows.amount @ units.share(rows), dtype=np.float64)

    return [
        _Group(
            name, per_unit(points_of(setting, table[group == name])),
            per_unit(points_of(setting, table[group == name], np.asarray(stated[group == name], dtype=np.float64))),
        )
        for name in (*GROUPS, OTHER)
        if (group == name).any()
    ]  # fmt: skip


def _of_group(level: Level, group: _Group) -> pd.DataFrame:
    people, number, places = (
        total_of(level, "population"),
        level.members @ group.facilities,
        level.members @ group.places,
    )
    rate = np.divide(number * 1e4, people, out=np.full(len(people), np.nan), where=people > 0)
    table = level.names.assign(
        zone_level=level.key, zone_group=group.key, zone_facilities=number, zone_facilities_per_10k=rate,
        zone_city_per_10k=rate[-1], zone_gap_per_10k=rate - rate[-1],
        zone_capacity=np.where(places > 0, places, np.nan),
    )  # fmt: skip
    there = (table["unit_id"] != UNASSIGNED) | (people > 0) | (number > 0)
    return table[there][list(_COLUMNS)]
