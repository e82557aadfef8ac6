"""The account of a check: its inputs and counts, what is planned, and units that overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kunshan_gis.figures import counted_with_unit
from kunshan_gis.indicators import place_label
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Provenance, StudyArea
from kunshan_gis.rules import CheckProfile, profile_named
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.accounts import MOST_PEOPLE_A_PARK, homes_counts, provenance_of
from kunshan_gis.studies.asked import Asked
from kunshan_gis.studies.on_foot import measured_parks, people_over_unknown, placed_homes
from kunshan_gis.studies.supply import PARKS, counted_as_there, not_yet_there
from kunshan_gis.studies.units import Units
from kunshan_gis.studies.walk import Walk, walk_network

MOST_NAMED = 3
"""Profiles that are named one by one where none of them is the reporting basis."""


def notes_of(area: StudyArea, asked: Sequence[Asked], units: Units) -> Iterator[Text]:
    """What is planned, whether it is counted, units that overlap, and who lives in none."""
    places = dict.fromkeys(
        place for one in asked for place in (*one.rule.to, *(to for need in one.rule.needs for to in need.to))
    )
    for key, counting in (("warn_not_yet_there", not_yet_there), ("warn_counted_as_there", counted_as_there)):
        future = [(Text(*place_label(place)), number) for place in places if (number := counting(area, place))]
        if future:
            zh = "、".join(f"{name.zh} {number:,} 处" for name, number in future)
            en = ", ".join(f"{name.en} ({number:,})" for name, number in future)
            yield text(key, places=Text(zh, en))
    yield from _few_parks(area, asked)
    yield from units.warnings()


def _few_parks(area: StudyArea, asked: Sequence[Asked]) -> Iterator[Text]:
    """So few parks for so many residents that the layer is likely not whole, where a figure rests on it."""
    of_parks = any(PARKS in one.rule.to or one.rule.measure in ("provision", "count", "size") for one in asked)
    if not of_parks or not area.has("parks"):
        return
    people, parks = int(area.table("homes")["population"].sum()), len(measured_parks(area))
    if people > MOST_PEOPLE_A_PARK * parks:
        info = area.layer("homes").info
        said = counted_with_unit(people, demo=area.layer("homes").demonstration, counted=info.counts)
        yield text("warn_few_parks", parks=parks, people=said)


def account_of(
    area: StudyArea,
    used: Sequence[str],
    parameters: dict[str, Any],
    walk: Walk,
    *,
    near_edge: int,
    farthest_m: float,
    asked: Sequence[CheckProfile] = (),
) -> Provenance:
    """Parameters, inputs and counts of a check, led by the reporting basis, else by the few profiles asked for."""
    net = walk_network(area, walk)
    placed = placed_homes(area, net, walk)
    counts = homes_counts(
        area.table("homes")["population"], placed, near_edge=near_edge,
        over_unknown=people_over_unknown(area, net, placed),
    )  # fmt: skip
    kinds = [kind for kind in KINDS if kind in {*used, "boundary"}]
    basis = parameters["reporting_basis"]
    said = profile_named(basis, dict(area.profiles)).said() if basis else _without_basis(asked)
    return provenance_of(
        area, kinds, parameters, {**counts, "farthest_m": farthest_m}, study="check", profile=basis,
        profile_said=said, walk_filter=net.walk_filter, optional=(),
    )  # fmt: skip


def _without_basis(asked: Sequence[CheckProfile]) -> Text:
    """What the figures rest on where the reporting basis is not among it."""
    if not 0 < len(asked) <= MOST_NAMED:
        return text("check_no_basis")
    said = [profile.said() for profile in asked]
    return Text("；".join(one.zh for one in said), "; ".join(one.en for one in said))
