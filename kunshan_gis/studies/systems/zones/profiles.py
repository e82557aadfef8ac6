"""Zones, towns and communities side by side: one row a unit, the city last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, identity, vstack

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.studies.systems.zones.amounts import ENDS, Amounts
from kunshan_gis.studies.systems.zones.membership import Zones, city_name

Floats = NDArray[np.float64]
RANGED = ("station_share", "station_min", "ramp_min")
"""Figures with a range: of places that are not known well, of speeds."""
RATES = (
    "people_per_km2", "road_density", "road_built", "walk_density", "park_green", "park_comprehensive",
    "park_community", "park_pocket", "needs_share", "circle_share", "station_share", "station_min", "ramp_min",
    "jobs_per_10k", "facilities_per_10k", "water_share", "green_share",
)  # fmt: skip
"""Rates of a unit in the order of the tables; their columns begin with `zone_`."""
_KM2 = {"area_m2": "zone_area_km2", "land_m2": "zone_land_km2"}


def column_of(rate: str) -> str:
    """The column of a rate."""
    return f"zone_{rate}"


class Level(NamedTuple):
    """The units of one kind side by side.

    Attributes
    ----------
    key : zones, towns or communities
    names : `unit_id`, `name`, `name_en`; then `unassigned`, last the city
    members : (units, smallest units) which of those the figures were measured for belong to each
    amounts : what each unit has
    """

    key: str
    names: pd.DataFrame
    members: csr_array
    amounts: Amounts


def level_of(zones: Zones, key: str, measured: Amounts) -> Level:
    """Zones, towns or communities from the figures of the towns or communities, which add up to them."""
    smallest = zones.setting.sub("towns" if key == "zones" else key).names
    own = zones.members() if key == "zones" else csr_array(identity(len(smallest)))
    names = zones.names if key == "zones" else smallest
    members = csr_array(vstack([own, csr_array(np.ones((1, len(smallest))))]))
    named = pd.concat([names, city_name(zones.setting)], ignore_index=True)
    return Level(key, named, members, measured.grouped(members))


def profile_table(level: Level) -> pd.DataFrame:
    """One row a unit with every figure there is, the city last; `unassigned` stays while it holds anything."""
    table = level.names.copy()
    table["population"] = total_of(level, "population")
    table["zone_share_people"] = table["population"] / table["population"].iloc[-1]
    for key, column in _KM2.items():
        table[column] = total_of(level, key) / 1e6
    table["zone_jobs"], table["zone_facilities"] = total_of(level, "jobs"), total_of(level, "facilities")
    for rate in RATES:
        for end in ("", *(end for end in ENDS if end and rate in RANGED)):
            table[column_of(rate + end)] = value_of(level, rate + end)
    return table[held(level)].reset_index(drop=True)


def held(level: Level) -> NDArray[np.bool_]:
    """Rows to show: all but an `unassigned` in which there is nothing (a metre of street, a square metre at least)."""
    there = np.sum([np.nan_to_num(total) for total in level.amounts.totals.values()], axis=0) >= 1.0
    return np.asarray((level.names["unit_id"] != UNASSIGNED) | there)


def value_of(level: Level, rate: str) -> Floats:
    """The rate of every unit; of a range only what differs from the figure itself."""
    rates = level.amounts.rates
    if rate not in rates:
        return np.full(len(level.names), np.nan)
    value, plain = rates[rate].value, rate.removesuffix("_low").removesuffix("_high")
    return value if plain == rate else np.where(np.isclose(value, rates[plain].value), np.nan, value)


def with_towns(table: pd.DataFrame, zones: Zones) -> pd.DataFrame:
    """The table of zones with how many towns each has, and which."""
    made: dict[str, list[Any]] = {"zone_towns": [], "zone_members": [], "zone_members_en": []}
    for unit in table["unit_id"]:
        own = zones.towns[zones.towns["zone"] == unit] if unit in set(zones.names["unit_id"]) else zones.towns
        made["zone_towns"].append(len(own))
        listed = len(own) < len(zones.towns)
        made["zone_members"].append(_listed(own["name"], "、") if listed else None)
        made["zone_members_en"].append(_listed(own["name_en"], ", ") if listed else None)
    return _after_names(table, made)


def with_zones(table: pd.DataFrame, zones: Zones) -> pd.DataFrame:
    """The table of towns with the zone each belongs to."""
    named = zones.names.set_index("unit_id")
    zone = table["unit_id"].map(zones.towns.set_index("id")["zone"])
    return _after_names(table, {"zone_name": zone.map(named["name"]), "zone_name_en": zone.map(named["name_en"])})


def _after_names(table: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    whole = table.assign(**columns)
    first = ["unit_id", "name", "name_en", *columns]
    return whole[[*first, *(name for name in whole if name not in first)]]


def _listed(names: Iterable[str], between: str) -> str:
    return between.join(str(name) for name in names)


def total_of(level: Level, key: str) -> Floats:
    """A total of every unit; NaN where it is not known."""
    return np.asarray(level.amounts.totals.get(key, np.full(len(level.names), np.nan)), dtype=np.float64)
