"""What walkers lose: every home's way to a park and to each daily need, as it is and as it would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import severed
from kunshan_gis.model import Points, StudyArea
from kunshan_gis.rules import Need, Rule, profile_named, shipped
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.rule_figures import need_rule
from kunshan_gis.studies.supply import PARKS, chosen, supply_kinds
from kunshan_gis.studies.systems.severance.divide import Divide
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED

Floats = NDArray[np.float64]
CIRCLE = ("gb50180-2018", "life_circle_15min")
"""The life circle of an area whose reporting basis has none."""


@dataclass(frozen=True, eq=False)
class Walked:
    """A park or a daily need, and how far every home walks to it.

    Attributes
    ----------
    field : distances to every junction
    metres : (homes,) infinite where none is reached, NaN where the home is not on the network
    kinds : layers it rests on
    """

    key: str
    name: str
    name_en: str
    field: network.Field
    metres: pd.Series
    kinds: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Loss:
    """What one or several expressways cost: homes in rows.

    Attributes
    ----------
    parks : DataFrame or None
        `lost` and `detour_m` of `analysis.severed` for the nearest park; None where no park can be measured.
    needs : DataFrame of bool
        A column for each need that can be measured: whether the home loses it.
    """

    parks: pd.DataFrame | None
    needs: pd.DataFrame


def circle_of(area: StudyArea) -> Rule:
    """The first life circle of the reporting basis; else that of GB 50180."""
    basis = area.info.reporting_basis
    rules = profile_named(basis, area.profiles).rules if basis else ()
    own = (rule for rule in rules if rule.measure == "circle" and rule.unstated is None)
    profile, key = CIRCLE
    return next(own, None) or next(rule for rule in shipped()[profile].rules if rule.key == key)


def walks_of(setting: Setting, rule: Rule) -> tuple[Walked | None, tuple[Walked, ...], tuple[Need, ...]]:
    """Ways to the nearest park, to each need of the circle, and the needs that no layer shows."""
    park = Need(key=PARKS, name="公园", name_en="Park", to=(PARKS,))
    any_park = rule.model_copy(update={"from_m2": None})
    parks = _walked(setting, any_park, park)
    found = {need: _walked(setting, rule, need) for need in rule.needs}
    return parks, tuple(one for one in found.values() if one), tuple(need for need, one in found.items() if not one)


def _walked(setting: Setting, rule: Rule, need: Need) -> Walked | None:
    """The way of every home to the nearest place of a need; None where there is none."""
    measuring, own = setting.measuring, need_rule(rule, need)
    doors: list[Points] = []
    kinds: list[str] = []
    for place in need.to:
        try:
            places = measuring.supply(place)
            rows = chosen(own, places, AS_MEASURED)
        except NotThereError:
            continue
        points, owner = measuring.doors(place, AS_MEASURED)
        doors.append(network.select(points, np.flatnonzero(rows[owner])))
        kinds += supply_kinds(place)
    if not sum(len(points.edge) for points in doors):
        return None
    field = network.search(measuring.net(AS_MEASURED), network.joined(*doors))
    there = tuple(kind for kind in dict.fromkeys(kinds) if setting.area.has(kind))
    return Walked(need.key, need.name, need.name_en, field, metres_of(setting, field), there)


def metres_of(setting: Setting, field: network.Field) -> pd.Series:
    """The way of every home by a field."""
    homes = setting.measuring.placed("people", AS_MEASURED)
    metres = network.nearest(field, homes)["metres"]
    return metres.where(metres.notna() | ~homes.placed, np.inf)


def loss_over(setting: Setting, links: network.Links, parks: Walked | None, needs: tuple[Walked, ...]) -> Loss:
    """Who loses what because these links are not there."""

    def without(walked: Walked) -> pd.DataFrame:
        cutoff = setting.walk.cutoff_m
        field = network.over_links(walked.field, links, cutoff_m=cutoff + 1.0)
        would = metres_of(setting, field)
        return severed(walked.metres, would.where(would < walked.metres, walked.metres), cutoff_m=cutoff)

    lost = {need.key: without(need)["lost"] for need in needs}
    rows = pd.RangeIndex(len(setting.area.table("homes")))
    return Loss(None if parks is None else without(parks), pd.DataFrame(lost, index=rows))


def links_of(divides: tuple[Divide, ...], *, unknown: bool) -> network.Links:
    """The ways across the ground stretches of some expressways, and across unknown ones if these bar walkers too."""
    ways = [one.certain.links for one in divides] + [one.possible.links for one in divides if unknown]
    return reduce(network.Links.and_, ways)


def losses(
    setting: Setting, divides: tuple[Divide, ...], parks: Walked | None, needs: tuple[Walked, ...]
) -> Iterator[Loss]:
    """The least and the most that some expressways cost: unknown structures bar nobody, or bar like ground ones."""
    least = loss_over(setting, links_of(divides, unknown=False), parks, needs)
    yield least
    if any(len(one.possible.line) for one in divides):
        yield loss_over(setting, links_of(divides, unknown=True), parks, needs)
    else:
        yield least
