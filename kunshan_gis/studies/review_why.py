"""What a check list says beside a state: the nearest place, or the kinds that are missing, and why nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.indicators import place_label
from kunshan_gis.messages import NOTHING, Text, text
from kunshan_gis.rules import Rule
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.people_states import PeopleStates, by_people
from kunshan_gis.studies.reviewed_groups import Groups
from kunshan_gis.studies.rule_figures import need_states
from kunshan_gis.studies.supply import Supply, groups
from kunshan_gis.studies.terms import AS_MEASURED

Floats = NDArray[np.float64]


class Nearest(NamedTuple):
    """The nearest place of a group, seen from the home that is nearest to one among those concerned.

    `walked_m` is NaN where the place is not reached on foot; both are for life circles, whose `name` lists the kinds
    that are missing.
    """

    name: Text = NOTHING
    walked_m: float = np.nan
    straight_m: float = np.nan


def nearest_of(rule: Rule, measuring: Measuring, states: PeopleStates, of: Groups) -> list[Nearest]:
    """For every group the nearest place that the rule counts, however far it is."""
    if rule.measure == "circle":
        return _lacking(rule, measuring, states, of)
    rows = np.flatnonzero(states.concerned)
    found = pd.concat([_to(places, rule, measuring, rows) for places in _there(rule, measuring)], ignore_index=True)
    found["group"] = of.row[found["home"]]
    found = found.sort_values(["group", "walked_m", "straight_m", "home"], kind="stable").drop_duplicates("group")
    made = [Nearest()] * len(of.table)
    for one in found[np.isfinite(found["straight_m"])].itertuples():
        name = _named(measuring.supply(one.kind), one.place)
        made[one.group] = Nearest(name, one.walked_m if np.isfinite(one.walked_m) else np.nan, one.straight_m)
    return made


def reasons_of(rule: Rule, measuring: Measuring, states: PeopleStates, of: Groups) -> list[Text]:
    """For every group why residents are not measurable: the reason that concerns most of them."""
    made = [NOTHING] * len(of.table)
    rows = np.flatnonzero(states.not_measurable > 0)
    if not len(rows):
        return made
    placed = measuring.placed("people", AS_MEASURED)
    why = pd.DataFrame(
        {"group": of.row[rows], "why": placed.reason[rows], "people": states.not_measurable[rows]}
    )  # fmt: skip
    most = why.groupby(["group", "why"])["people"].sum().reset_index()
    most = most.sort_values(["group", "people", "why"], ascending=[True, False, True]).drop_duplicates("group")
    unknown = _unknown_needs(rule, measuring)
    for group, reason in most[["group", "why"]].itertuples(index=False):
        made[group] = text(f"reason_{reason}") if reason else unknown
    return made


def _there(rule: Rule, measuring: Measuring) -> Iterator[Supply]:
    for place in rule.to:
        try:
            yield measuring.supply(place)
        except NotThereError:
            continue


def _to(places: Supply, rule: Rule, measuring: Measuring, rows: NDArray[np.int64]) -> pd.DataFrame:
    """From some homes to the nearest counted place of one kind: on foot, else in a straight line."""
    parts = groups(rule, places, None if rule.bands else 1.0, AS_MEASURED)
    counted = np.any([np.zeros(len(places.table), dtype=bool), *(part.rows for part in parts)], axis=0)
    walked, place = np.full(len(rows), np.inf), np.full(len(rows), -1, dtype=np.int64)
    homes = measuring.demand("people").shapes[rows]
    if counted.any():
        way = measuring.walked("people", places.place, counted, AS_MEASURED)
        walked, place = np.nan_to_num(way.metres[rows], nan=np.inf), way.place[rows].astype(np.int64)
        place = np.where(np.isfinite(walked), place, _straight_to(places, counted, homes))
    return pd.DataFrame({
        "home": rows, "kind": places.place, "place": place, "walked_m": walked,
        "straight_m": _straight_m(places, place, homes),
    })  # fmt: skip


def _straight_to(places: Supply, counted: NDArray[np.bool_], homes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Row of the place that is nearest in a straight line; -1 for homes without a place of their own."""
    used = np.flatnonzero(places.straight_rows(counted))
    owner = used if places.doors is None else places.owner[used]
    nearest = np.full(len(homes), -1, dtype=np.int64)
    there = np.flatnonzero(~(shapely.is_missing(homes) | shapely.is_empty(homes)))
    if len(used) and len(there):
        tree = shapely.STRtree(np.asarray(places.straight_from.array)[used])
        home, door = tree.query_nearest(homes[there], all_matches=False)
        nearest[there[home]] = owner[door]
    return nearest


def _straight_m(places: Supply, place: NDArray[np.int64], homes: NDArray[np.object_]) -> Floats:
    """Metres in a straight line to given places; NaN without one."""
    shapes: NDArray[np.object_] = np.asarray(places.straight_from.array)
    if places.doors is not None:
        order = np.argsort(places.owner, kind="stable")
        shapes = np.asarray(shapely.multipoints(shapes[order], indices=places.owner[order]), dtype=object)
    metres = np.full(len(place), np.nan)
    there = place >= 0
    metres[there] = shapely.distance(homes[there], shapes[place[there]])
    return metres


def _named(places: Supply, row: int) -> Text:
    """The name of a place; one without is called by its kind and id."""
    one = places.table.iloc[row]
    zh = one.get("name")
    if not isinstance(zh, str) or not zh.strip():
        kind_zh, kind_en = place_label(places.place)
        return Text(f"{kind_zh} {one['id']}", f"{kind_en} {one['id']}")
    en = one.get("name_en")
    return Text(zh, en if isinstance(en, str) and en.strip() else zh)


def _lacking(rule: Rule, measuring: Measuring, states: PeopleStates, of: Groups) -> list[Nearest]:
    """For every group the kinds of need that residents who are not covered lack, those most lack first."""
    found = need_states(by_people(rule), "people", measuring, AS_MEASURED)
    totals = {}
    for need in rule.needs:
        state = found[need.key]
        if state is not None:
            lacking = np.where(state.amount > 0, 0.0, states.not_covered)
            totals[need.key] = np.bincount(of.row, weights=lacking, minlength=len(of.table))
    names = {need.key: Text(need.name, need.name_en) for need in rule.needs}
    made = []
    for group in range(len(of.table)):
        lacks = sorted((key for key in totals if totals[key][group] > 0), key=lambda key: -totals[key][group])
        made.append(Nearest(text("review_lacks", needs=_listed([names[key] for key in lacks]))) if lacks else Nearest())
    return made


def _unknown_needs(rule: Rule, measuring: Measuring) -> Text:
    """Kinds of need that no layer shows."""
    if rule.measure != "circle":
        return NOTHING
    found = need_states(by_people(rule), "people", measuring, AS_MEASURED)
    unknown = [Text(need.name, need.name_en) for need in rule.needs if found[need.key] is None]
    return text("review_need_unknown", needs=_listed(unknown))


def _listed(names: list[Text]) -> Text:
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
