"""What each unit has: totals and rates, numerator and denominator apart, so that towns add up to zones and the city."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kunshan_gis.messages import Text, text
from kunshan_gis.studies.asked import walk_of
from kunshan_gis.studies.demand import Demand, NotThereError, require_kind
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.needs import circle_of_homes
from kunshan_gis.studies.on_foot import BARRING
from kunshan_gis.studies.rule_figures import Figure, figure
from kunshan_gis.studies.supply import COARSE_PART, STATIONS
from kunshan_gis.studies.systems.roads.driving import DRIVE_KINDS, MINUTES, driving_of
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.systems.zones.ground import covered_m2, own_ground, street_m, surface
from kunshan_gis.studies.systems.zones.rules import POCKET, Ruled, ruled
from kunshan_gis.studies.terms import AS_MEASURED, Terms
from kunshan_gis.studies.units import Units

Floats = NDArray[np.float64]
COARSE = {"_low": Terms(coarse="out"), "_high": Terms(coarse="near")}
"""Stations whose place is not known well enough are left out, or taken as near as their error allows."""
ENDS = dict(zip(("_low", "", "_high"), MINUTES, strict=True))


@dataclass(frozen=True, eq=False)
class Amounts:
    """Of every unit what there is and its rates; what cannot be measured is absent.

    Attributes
    ----------
    totals : (units,) by name: residents, jobs, facilities, m2, metres of street
    rates : numerator, denominator and what is not measurable, by name
    reasons : why a rate cannot be measured, by name
    """

    totals: Mapping[str, Floats]
    rates: Mapping[str, Figure]
    reasons: Mapping[str, Text]

    def grouped(self, members: csr_array) -> Amounts:
        """The same of groups of units: zones of towns, the city of all; `members` is (groups, units)."""
        return Amounts(
            {key: members @ total for key, total in self.totals.items()},
            {
                key: Figure(members @ one.numerator, members @ one.denominator, members @ one.unknown, one.kinds)
                for key, one in self.rates.items()
            },
            self.reasons,
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """Layers the rates rest on."""
        return tuple(dict.fromkeys(kind for one in self.rates.values() for kind in one.kinds))


class _Of(NamedTuple):
    """What the makers of figures are given."""

    setting: Setting
    units: Units
    circle: Ruled

    def per_unit(self, rows: Demand) -> Floats:
        """The amount of a demand in each unit."""
        return np.asarray(rows.amount @ self.units.share(rows), dtype=np.float64)

    def rule(self, one: Ruled, terms: Terms = AS_MEASURED) -> Figure:
        """A rule as `kunshan-gis check` measures it."""
        return figure(one.rule, self.measuring(one), self.units, terms)

    def measuring(self, one: Ruled) -> Measuring:
        """The measurements behind a profile, at its own pace."""
        area = self.setting.area
        return Measuring(area, walk_of(area, one.profile, self.setting.asked.speed_mps))


def amounts_of(setting: Setting, units: Units, circle: Ruled) -> Amounts:
    """The totals and rates of units, as far as the layers tell."""
    given = _Of(setting, units, circle)
    totals: dict[str, Floats] = {}
    for make in _TOTALS:
        with suppress(NotThereError):
            totals.update(make(given))
    rates, reasons = _from_totals(totals), {}
    for key, rate in _RATES.items():
        try:
            rates[key] = rate(given)
        except NotThereError as error:
            reasons[key] = error.reason
    return Amounts(totals, rates, reasons)


def _people(given: _Of) -> dict[str, Floats]:
    return {"population": given.per_unit(given.setting.measuring.demand("people"))}


def _jobs(given: _Of) -> dict[str, Floats]:
    """Jobs within the study area."""
    table = require_kind(given.setting.area, "jobs")
    return {"jobs": given.per_unit(points_of(given.setting, table, table["jobs"].to_numpy(dtype=float)))}


def _facilities(given: _Of) -> dict[str, Floats]:
    require_kind(given.setting.area, "facilities")
    table = given.setting.area.standing("facilities")
    return {"facilities": given.per_unit(points_of(given.setting, table))}


def points_of(setting: Setting, table: gpd.GeoDataFrame, amount: Floats | None = None) -> Demand:
    """Points within the study area with their amounts, one each if none are given."""
    inside = setting.area.inside(table)
    rows = table[inside]
    amounts = np.ones(len(rows)) if amount is None else amount[inside]
    return Demand("places", amounts, np.asarray(rows.geometry.array), rows.geometry.reset_index(drop=True), ("places",))


def _ground(given: _Of) -> dict[str, Floats]:
    if given.units.shapes is None:
        return {}
    own = given.setting.measuring.keep(
        ("own ground", given.units.key), lambda: own_ground(given.setting, given.units), ("towns", "boundary")
    )
    square = np.asarray([shape.area for shape in own])
    water = covered_m2(own, surface(given.setting, ("water",))) if given.setting.area.has("water") else np.zeros(1)
    found = {"area_m2": square, "land_m2": square - water}
    if given.setting.area.has("water"):
        found["water_m2"] = water
    if given.setting.area.has("parks") or given.setting.area.has("green"):
        found["green_m2"] = covered_m2(own, surface(given.setting, ("parks", "green")))
    if given.setting.walkable:
        found["road_m"] = street_m(given.setting, own, ruled(given.setting.area, "road_built").rule.classes)
        found["walk_m"] = street_m(given.setting, own, None)
    return found


_TOTALS = (_people, _jobs, _facilities, _ground)
_BY_TOTALS = {
    "people_per_km2": ("population", "land_m2", 1e6, ("homes", "water", "towns")),
    "water_share": ("water_m2", "area_m2", 1.0, ("water", "towns")),
    "green_share": ("green_m2", "area_m2", 1.0, ("parks", "green", "towns")),
    "road_density": ("road_m", "land_m2", 1e3, ("streets", "water", "towns")),
    "walk_density": ("walk_m", "land_m2", 1e3, ("streets", "water", "towns")),
    "jobs_per_10k": ("jobs", "population", 1e4, ("jobs", "homes")),
    "facilities_per_10k": ("facilities", "population", 1e4, ("facilities", "homes")),
}
"""Rates by what they are made of: numerator, denominator, factor to their unit, layers."""


def _from_totals(totals: Mapping[str, Floats]) -> dict[str, Figure]:
    return {
        key: Figure(totals[top] * factor, totals[base], np.zeros(len(totals[base])), kinds)
        for key, (top, base, factor, kinds) in _BY_TOTALS.items()
        if top in totals and base in totals
    }


def _by_rule(figure: str, terms: Terms = AS_MEASURED) -> Callable[[_Of], Figure]:
    def measured(given: _Of) -> Figure:
        one = ruled(given.setting.area, figure)
        require_walks(given.setting, one)
        return given.rule(one, terms)

    return measured


def require_walks(setting: Setting, one: Ruled) -> None:
    """Rules that are walked need streets to walk on and homes to walk from.

    Raises
    ------
    NotThereError
        A layer is missing.
    """
    if one.rule.measure in ("walk", "circle"):
        require_kind(setting.area, "streets")
        require_kind(setting.area, "homes")


def _pocket_parks(given: _Of) -> Figure:
    return given.rule(Ruled(ruled(given.setting.area, "park_green").profile, POCKET))


def _life_circle(given: _Of) -> Figure:
    require_walks(given.setting, given.circle)
    return given.rule(given.circle)


def _needs_in_reach(given: _Of) -> Figure:
    """Of the kinds of the life circle that can be measured, the share a resident has in reach, on average."""
    require_walks(given.setting, given.circle)
    homes = circle_of_homes(given.circle.rule, given.measuring(given.circle))
    measured = homes["measured"].to_numpy(dtype=float)
    share = homes["reached"].to_numpy(dtype=float) / np.where(measured > 0, measured, np.nan)
    return _mean(given, share, ("homes", "streets", "facilities", "parks", "park_gates"))


def _station_minutes(end: str) -> Callable[[_Of], Figure]:
    """Mean walk of all residents to the nearest station; its ends differ where a station's place is not known well."""

    def measured(given: _Of) -> Figure:
        require_kind(given.setting.area, "streets")
        measuring = given.setting.measuring
        places = measuring.supply(STATIONS)
        way = measuring.walked("people", STATIONS, np.ones(len(places.table), dtype=bool), AS_MEASURED)
        error = np.append(np.nan_to_num(places.table["accuracy_m"].to_numpy(dtype=float)), 0.0)[way.place]
        coarse = np.where(error > way.metres / COARSE_PART, error, 0.0)
        metres = np.maximum(way.metres + {"_low": -1.0, "": 0.0, "_high": 1.0}[end] * coarse, 0.0)
        minutes = (metres / measuring.walk.speed_mps + way.delay_s) / 60.0
        return _mean(given, minutes, ("stations", "entrances", "homes", "streets"))

    return measured


def _ramp_minutes(end: str) -> Callable[[_Of], Figure]:
    """Mean drive of all residents to the nearest ramp, at the highest, the usual and the lowest speeds."""

    def measured(given: _Of) -> Figure:
        require_kind(given.setting.area, "homes")
        minutes = given.setting.measuring.keep(
            ("ramp minutes", given.setting.area.info.scenario, given.setting.asked.options["drive"]),
            lambda: ramp_minutes(given.setting), ("homes", *DRIVE_KINDS, *BARRING),
        )  # fmt: skip
        return _mean(given, minutes[ENDS[end]].to_numpy(), ("homes", *DRIVE_KINDS))

    return measured


def ramp_minutes(setting: Setting) -> pd.DataFrame:
    """Minutes from every home to the nearest ramp that leads from a street onto an expressway.

    Raises
    ------
    NotThereError
        There is none.
    """
    driving = driving_of(setting)
    if driving is None or not (driving.roads.ramp >= 0).any():
        raise NotThereError(text("zones_no_ramps"))
    return driving.to(driving.at_nodes(driving.roads.ramp[driving.roads.ramp >= 0])).homes


def _mean(given: _Of, figure: Floats, kinds: tuple[str, ...]) -> Figure:
    """The mean of residents who have a figure; others (off the network, no way there) are not in the denominator."""
    rows = given.setting.measuring.demand("people")
    there = np.isfinite(figure)
    summed = given.per_unit(replace(rows, amount=rows.amount * np.where(there, figure, 0.0)))
    people = given.per_unit(replace(rows, amount=rows.amount * there))
    return Figure(summed, people, np.zeros(len(people)), kinds)


_RATES: Mapping[str, Callable[[_Of], Figure]] = {
    **{key: _by_rule(key) for key in ("park_green", "park_comprehensive", "park_community", "road_built")},
    "park_pocket": _pocket_parks,
    "circle_share": _life_circle,
    "needs_share": _needs_in_reach,
    "station_share": _by_rule("station_share"),
    **{f"station_share{end}": _by_rule("station_share", terms) for end, terms in COARSE.items()},
    **{f"station_min{end}": _station_minutes(end) for end in ENDS},
    **{f"ramp_min{end}": _ramp_minutes(end) for end in ENDS},
}
