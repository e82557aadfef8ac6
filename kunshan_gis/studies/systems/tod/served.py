"""What the stations serve of the whole: the standard's coverage of people and jobs, and existing beside planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.model import Scenario
from kunshan_gis.rules import Rule, profile_named
from kunshan_gis.schema import FUTURE
from kunshan_gis.studies.check_rows import residents, verdict
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.rule_figures import Figure, figure
from kunshan_gis.studies.systems.system import Part
from kunshan_gis.studies.systems.tod.areas import Around
from kunshan_gis.studies.systems.tod.stations import Stations
from kunshan_gis.studies.terms import AS_MEASURED, Terms
from kunshan_gis.studies.units import Units, units_of

STANDARD, RULE = "gbt51328-2018", "rail_800m"
"""The rule of coverage; the check measures the same one."""
OF = {"people": "people", "jobs": "jobs", "both": "people_and_jobs"}
NEAR = replace(AS_MEASURED, coarse="near")
OUT = replace(AS_MEASURED, coarse="out")
KINDS_USED = ("stations", "entrances", "homes", "jobs")
SCENARIOS: tuple[Scenario, ...] = ("existing", "planned")
_ENDS = ("", "_low", "_high")
SCENARIO_COLUMNS = (
    "tod_way", "within_m", "people_covered", "share_people", "share_people_low", "share_people_high", "jobs_covered",
    "share_jobs", "share_jobs_low", "share_jobs_high", "share_both", "share_both_low", "share_both_high",
)  # fmt: skip


def coverage_part(around: Around, units: Units, *, demo: bool) -> Part:
    """The table `tod_coverage`: residents and jobs within the standard's radius, and as far on foot, in every unit."""
    parts = [units] if units.whole else [around.whole, units]
    rows = [
        row
        for part in parts
        for way, rule in _ways(around.measuring)
        for row in _rows(around.measuring, part, way, rule, demo=demo)
    ]
    return Part({"tod_coverage": pd.DataFrame(rows)}, kinds=KINDS_USED, optional=("homes", "jobs", "streets"))


def coverage_rule() -> Rule:
    """The standard's rule."""
    return next(rule for rule in profile_named(STANDARD).rules if rule.key == RULE)


def _ways(measuring: Measuring) -> Iterator[tuple[str, Rule]]:
    """The rule, and beside it as far on foot, for which there is no target."""
    rule = coverage_rule()
    yield "radius", rule
    if measuring.area.has("streets"):
        yield "walk", rule.model_copy(update={"measure": "walk", "targets": (), "target": None})


def _rows(measuring: Measuring, units: Units, way: str, rule: Rule, *, demo: bool) -> Iterator[dict[str, Any]]:
    found = {name: _three(rule.model_copy(update={"of": of}), measuring, units) for name, of in OF.items()}
    target = None if not measuring.area.has("homes") else rule.target_for(residents(measuring.area))
    for number, unit in enumerate(units.names.to_dict(orient="records")):
        people = found["people"][0]
        if unit["unit_id"] == UNASSIGNED and not _at(people, "denominator", number) > 0:
            continue
        value = _value(found["both"][0], number)
        yield {
            **{str(name): said for name, said in unit.items()}, "tod_way": way, "within_m": rule.metres,
            **{name: value for key, three in found.items() for name, value in _told(key, three, number).items()},
            "target_share": np.nan if target is None else target,
            "coverage_verdict": verdict(rule, value, target, demo=demo),
        }  # fmt: skip


def _told(key: str, three: tuple[Figure | None, ...], number: int) -> dict[str, float]:
    """What is covered of how much, what is not measurable, the share and its range."""
    given = three[0]
    ends = [_value(one, number) for one in three]
    amounts = {} if key == "both" else {
        f"{key}_total": _at(given, "denominator", number), f"{key}_covered": _at(given, "numerator", number),
        f"{key}_unknown": _at(given, "unknown", number),
    }  # fmt: skip
    return amounts | {
        f"share_{key}": ends[0], f"share_{key}_low": float(np.fmin(ends[0], ends[1])),
        f"share_{key}_high": float(np.fmax(ends[0], ends[2])),
    }  # fmt: skip


def _three(rule: Rule, measuring: Measuring, units: Units) -> tuple[Figure | None, ...]:
    """As measured, without places known too badly, and with them as near as they may be."""
    return tuple(_figure(rule, measuring, units, terms) for terms in (AS_MEASURED, OUT, NEAR))


def _figure(rule: Rule, measuring: Measuring, units: Units, terms: Terms) -> Figure | None:
    try:
        return figure(rule, measuring, units, terms)
    except NotThereError:
        return None


def _value(found: Figure | None, number: int) -> float:
    return np.nan if found is None else float(found.value[number])


def _at(found: Figure | None, name: str, number: int) -> float:
    return np.nan if found is None else round(float(getattr(found, name)[number]))


def scenarios_part(around: Around, again: Callable[[Measuring], Stations]) -> Part:
    """The table `tod_scenarios`: the same of the whole area with the stations there are, and with those planned.

    Parameters
    ----------
    again : the stations of another scenario
    """
    rows = [row for scenario in SCENARIOS for row in _in_scenario(around, scenario, again)]
    return Part({"tod_scenarios": pd.DataFrame(rows)}, kinds=KINDS_USED)


def _in_scenario(
    around: Around, scenario: Scenario, again: Callable[[Measuring], Stations]
) -> Iterator[dict[str, Any]]:
    """A row a way, in a scenario; where no station stands nobody is covered."""
    measuring = _measuring(around, scenario)
    try:
        stations = around.stations if measuring is around.measuring else again(measuring)
    except LayerNotFoundError:
        stations = None
    lines = set() if stations is None else {line for own in stations.lines for line in own}
    for way, rule in _ways(measuring):
        for row in _rows(measuring, units_of(measuring.area, "area"), way, rule, demo=False):
            shown = {name: row[name] for name in SCENARIO_COLUMNS}
            if stations is None:
                shown |= _nobody(measuring)
            yield {
                "tod_scenario": scenario, "stations_standing": 0 if stations is None else len(stations),
                "lines_standing": len(lines), **shown,
            }  # fmt: skip


def _nobody(measuring: Measuring) -> dict[str, float]:
    """Nobody is covered; of homes or jobs that there are not, nothing is known."""
    total: dict[str, float] = {}
    for key in ("people", "jobs"):
        with suppress(NotThereError):
            total[key] = float(np.nansum(measuring.demand(key).amount))
    shared = [key for key, amount in total.items() if amount > 0]
    shared += ["both"] if len(shared) == 2 else []
    names = [*(f"{key}_covered" for key in total), *(f"share_{key}{end}" for key in shared for end in _ENDS)]
    return dict.fromkeys(names, 0.0)


def _measuring(around: Around, scenario: Scenario) -> Measuring:
    """The same measuring where neither station nor entrance is only planned: the other scenario's are these."""
    measuring = around.measuring
    tables = [table for kind in ("stations", "entrances") if (table := measuring.area.optional(kind)) is not None]
    future = any("status" in table and table["status"].isin(FUTURE).any() for table in tables)
    if scenario == measuring.area.info.scenario or not future:
        return measuring
    return Measuring(measuring.area.in_scenario(scenario), measuring.walk)
