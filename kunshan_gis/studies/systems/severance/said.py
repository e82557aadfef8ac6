"""Severance in words: sentences a planner would read aloud, each with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from kunshan_gis.errors import listed
from kunshan_gis.figures import counted_with_unit, people, percent
from kunshan_gis.messages import Text, text
from kunshan_gis.readable import cell
from kunshan_gis.studies.systems.severance.closed import Closed
from kunshan_gis.studies.systems.severance.cost import Loss
from kunshan_gis.studies.systems.severance.tables import RANGE, figures, highest, people_of
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED


def severance_said(
    setting: Setting, table: pd.DataFrame, crossings: pd.DataFrame, together: Sequence[Loss], *, demo: bool
) -> Iterator[Text]:
    """What the expressways cost together, which costs most, the longest stretch, and what new crossings give."""
    if together and together[0].parks is not None:
        yield _together(setting, together, demo=demo)
        yield _worst(setting, table, demo=demo)
    yield from _longest(table, demo=demo)
    if together and together[0].parks is not None:
        yield _crossings(setting, crossings, demo=demo)
    unmeasured = table[~table["severance_state"].isin(["measured", "free"])]
    for state, rows in unmeasured.groupby("severance_state", sort=True):
        names = Text(listed(rows["name"]), listed(rows["name_en"]))
        yield text("severance_said_unmeasured", names=names, reason=text(f"severance_state_{state}"))


def between(low: Text, high: Text) -> Text:
    """A range, or one figure where both are the same."""
    return low if low == high else text("severance_range", low=low, high=high)


def _people(setting: Setting, number: float, *, demo: bool) -> Text:
    """What homes count: 1,234 residents, or buildings."""
    return counted_with_unit(number, demo=demo, counted=setting.area.layer("homes").info.counts)


def _range(setting: Setting, low: float, high: float, *, demo: bool) -> Text:
    counted = setting.area.layer("homes").info.counts
    ends = (people(number, demo=demo and counted == "people") for number in (low, high))
    key = "buildings_in_words" if counted == "buildings" else "people_in_words_demo" if demo else "people_in_words"
    return text(key, value=between(*ends))


def _together(setting: Setting, together: Sequence[Loss], *, demo: bool) -> Text:
    """What all expressways cost, of the residents who can be measured."""
    sums = [figures(setting, loss) for loss in together]
    total = float(people_of(setting) @ setting.measuring.placed("people", AS_MEASURED).placed)
    share = [percent(one["severed_parks"] / total if total else 0.0, demo=demo) for one in sums]
    lost, farther = (_range(setting, *(one[name] for one in sums), demo=demo) for name in ("severed_parks", "detoured"))
    return text(
        "severance_said_all", minutes=f"{setting.walk.minutes:g}", people=lost, farther=farther,
        share=between(*(Text(one, one) for one in share)), total=_people(setting, total, demo=demo),
    )  # fmt: skip


def _worst(setting: Setting, table: pd.DataFrame, *, demo: bool) -> Text:
    """The expressway that costs most people a park, or of several the longest ways round."""
    order = np.lexsort([-highest(table, name).fillna(-1.0) for name in ("detour_person_min", "severed_parks")])
    row = table.iloc[int(order[0])]
    if not row[["severed_parks", "severed_parks_high", "detoured", "detoured_high"]].sum():
        return text("severance_said_nobody")
    lost, farther = (
        _range(setting, *(row[name] if np.isfinite(row[name]) else row[f"{name}_{end}"] for end in RANGE), demo=demo)
        for name in ("severed_parks", "detoured")
    )
    metres = highest(table, "detour_m").iloc[int(order[0])]
    return text(
        "severance_said_worst", name=Text(row["name"], row["name_en"]), people=lost, farther=farther,
        metres=cell("detour_m", metres, demo=demo),
    )  # fmt: skip


def _longest(table: pd.DataFrame, *, demo: bool) -> Iterator[Text]:
    """The longest stretch without a crossing."""
    known = table[table["longest_uncrossed_m"].notna()]
    if not len(known):
        return
    row = known.iloc[int(known["longest_uncrossed_m"].to_numpy().argmax())]
    yield text(
        "severance_said_longest", name=Text(row["name"], row["name_en"]),
        metres=cell("longest_uncrossed_m", row["longest_uncrossed_m"], demo=demo),
        count=int(known["ground_crossings"].sum()),
        km=cell("severing_km", known["severing_km"].sum() + known["perhaps_severing_km"].sum(), demo=demo),
    )  # fmt: skip


def _crossings(setting: Setting, crossings: pd.DataFrame, *, demo: bool) -> Text:
    if not len(crossings):
        return text("severance_said_no_crossing")
    first, last = crossings.iloc[0], crossings.iloc[-1]
    return text(
        "severance_said_crossings", name=Text(first["name"], first["name_en"]),
        people=_people(setting, float(first["regained"]), demo=demo), count=len(crossings),
        total=_people(setting, float(last["regained_total"]), demo=demo),
    )  # fmt: skip


def closed_said(setting: Setting, found: Closed, units: pd.DataFrame, *, demo: bool) -> Iterator[Text]:
    """What is lost with the crossings, and where most of it."""
    name = Text(listed([one.name for one in found.expressways]), listed([one.name_en for one in found.expressways]))
    if not len(found.streets):
        yield text("severance_said_nothing_closed", name=name)
        return
    number = found.streets["structure"].value_counts()
    sums = units.drop(columns=["unit_id", "name", "name_en", "farther_m"]).sum()
    walked = float((units["farther_m"] * units["farther_people"]).sum())
    both = {
        "name": name, "minutes": f"{setting.walk.minutes:g}", "count": len(found.streets),
        "bridges": int(number.get("elevated", 0)), "tunnels": int(number.get("tunnel", 0)),
        "before": _people(setting, sums["access_before_people"], demo=demo),
    }  # fmt: skip
    if sums["lost_people"]:
        lost = _people(setting, sums["lost_people"], demo=demo)
        yield text("severance_said_closed", homes=int(sums["lost_homes"]), people=lost, **both)
    else:
        yield text("severance_said_none_lost", **both)
    if sums["farther_people"]:
        mean = cell("farther_m", walked / sums["farther_people"], demo=demo)
        yield text("severance_said_farther", people=_people(setting, sums["farther_people"], demo=demo), metres=mean)
    row = units.iloc[int(units["lost_people"].to_numpy().argmax())]
    if len(units) > 1 and row["lost_people"] > 0:
        said = _people(setting, row["lost_people"], demo=demo)
        yield text("severance_said_most", unit=Text(row["name"], row["name_en"]), people=said)
    if found.stay:
        yield text("severance_said_stay", name=name, count=found.stay)
