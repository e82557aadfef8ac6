"""A rule measured the toolkit's way and every other customary way that could change its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.rules import Rule
from kunshan_gis.studies.asked import Asked
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.rule_figures import Figure, figure, kinds_of
from kunshan_gis.studies.supply import PARKS, coarse, floor_of, groups
from kunshan_gis.studies.terms import AS_MEASURED, Terms, Variant
from kunshan_gis.studies.units import UNIT_KINDS, Units

SENSITIVITY = "customary"
"""The set of other ways that an interval spans."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A rule under the toolkit's own terms and under every other that concerns it, in some units."""

    figure: Figure | None
    reason: Text
    others: tuple[tuple[Variant, Figure], ...]


def measured(one: Asked, measuring: Measuring, units: Units, others: Sequence[Variant]) -> Measured:
    kinds = (*kinds_of(one.rule), *UNIT_KINDS)

    def under(terms: Terms) -> Figure:
        pace = measuring.walk.speed_mps  # what was measured before under the same terms is not measured again
        key = ("figure", one.rule, id(units), terms, pace if one.rule.minutes is not None else None)
        return measuring.keep(key, lambda: (units, figure(one.rule, measuring, units, terms)), kinds)[1]

    try:
        base = under(AS_MEASURED)
    except NotThereError as error:
        return Measured(None, error.reason, ())
    return Measured(
        base, NOTHING,
        tuple(
            (other, under(other.terms))
            for other in others
            if concerns(one.rule, other, measuring)
        ),
    )  # fmt: skip


def concerns(rule: Rule, other: Variant, measuring: Measuring) -> bool:
    """True where measuring the other way could change a rule's figure."""
    terms, walked = other.terms, rule.measure in ("walk", "circle")
    to_parks = PARKS in rule.to or any(PARKS in need.to for need in rule.needs)
    if terms.speed_mps is not None:
        return walked and rule.minutes is not None
    if terms.farther != 1.0:
        return walked or rule.measure == "radius"
    if terms.snapping != "edge" or terms.without or terms.unknown != "apart":
        return walked
    if terms.entrances:
        return walked and to_parks
    if terms.park_floor_m2 is not None:
        floor = floor_of(rule)
        return floor is not None and 0 < floor <= _FLOORS
    return _has_coarse(rule, measuring)


_FLOORS = 2_000.0
"""Rules whose parks count from a larger size than this mean large parks; no other floor is customary for them."""


def _has_coarse(rule: Rule, measuring: Measuring) -> bool:
    """True where a place is known less well than a third of the distance it serves."""
    if rule.measure not in ("walk", "radius"):
        return False
    metres = rule.metres_at(measuring.walk.speed_mps)
    for place in rule.to:
        try:
            places = measuring.supply(place)
        except NotThereError:
            continue
        if any(coarse(places, group).any() for group in groups(rule, places, metres, AS_MEASURED)):
            return True
    return False
