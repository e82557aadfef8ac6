"""The check list: every estate with residents who are not covered or not measurable, under each rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Progress, Result, StudyArea, digest, silent
from kunshan_gis.rules import Rule
from kunshan_gis.studies.answers import answers_about, standing_of
from kunshan_gis.studies.asked import Asked, asked_of, farthest_of, measurings_of
from kunshan_gis.studies.check_account import account_of, notes_of
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.park_reach import near_the_edge
from kunshan_gis.studies.park_rule import park_reach_profile
from kunshan_gis.studies.people_states import SHARES, PeopleStates, asked_digest, by_people, people_states, states_of
from kunshan_gis.studies.review_why import nearest_of, reasons_of
from kunshan_gis.studies.reviewed_groups import ESTATE, Groups, groups_of
from kunshan_gis.studies.rule_figures import covered
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import units_of
from kunshan_gis.studies.walk import Walk, walk_network

REQUIRED = ("streets", "homes")


@dataclass(frozen=True, eq=False)
class ReviewList:
    """A check list.

    Attributes
    ----------
    result : Result
        `review`: one row an estate (or group of homes) and rule, numbered; `review_totals`: one row a rule.
    places : GeoSeries
        Where each row of `review` is drawn: the estate, else the home with most of the residents concerned.
    reviewed : digest of the rows and of what was asked
    unmeasured : rules that cannot be measured, and why
    """

    result: Result
    places: gpd.GeoSeries
    reviewed: str
    unmeasured: tuple[tuple[Text, Text], ...]


def review_list(
    area: StudyArea,
    profiles: Sequence[str] = (),
    indicators: Sequence[str] = (),
    *,
    allow_open_edge: bool = False,
    progress: Progress = silent,
) -> ReviewList:
    """Estates whose residents are not covered or not measurable, by rule; the people add up to those of the check.

    Parameters
    ----------
    profiles : keys or .toml files; by default the reporting basis, without one the walk to any park
    indicators : keys of rules; by default every share that can be asked of residents

    Raises
    ------
    StandardError, ProfileError
        A profile is unknown or broken.
    ParameterError
        An indicator is unknown or no share, or none of them can be measured.
    NetworkError
        The street data ends within one walk of residents although a boundary is given.
    """
    area.require(*REQUIRED)
    area.review.require()
    asked = _chosen(area, profiles, indicators)
    walk = Walk.choose(area)
    measurings = measurings_of(area, asked, None)
    reach_m = farthest_of(asked, measurings, walk)
    near = near_the_edge(area, walk_network(area, walk), reach_m, allow_open_edge=allow_open_edge)
    groups, parts, totals, places, used, unmeasured = groups_of(area), [], [], [], ["homes"], []
    for done, one in enumerate(asked):
        progress("review_listing", done, len(asked))
        measuring = measurings[one.profile.key]
        try:
            part, row, total = _listed(area, one, measuring, groups)
        except NotThereError as error:
            unmeasured.append((Text(one.rule.name, one.rule.name_en), error.reason))
            continue
        parts.append(part)
        totals.append(total)
        places.append(row)
        used += _kinds(one.rule, measuring)
    progress("review_listing", len(asked), len(asked))
    if not parts:
        raise ParameterError(_nothing(unmeasured))
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "number", np.arange(1, len(table) + 1))
    parameters = {
        "profiles": [{"key": one.key, "sha256": one.sha256} for one in dict.fromkeys(one.profile for one in asked)],
        "reporting_basis": next((one.profile.key for one in asked if one.lead), ""),
        "indicators": [one.rule.key for one in asked], "scenario": area.info.scenario,
        "max_leg_m": walk.max_leg_m, "min_component_m": walk.min_component_m, "allow_open_edge": allow_open_edge,
    }  # fmt: skip
    kinds = [*used, *(kind for kind in ("estates", "communities", "towns") if area.has(kind))]
    made = account_of(area, kinds, parameters, walk, near_edge=near, farthest_m=reach_m)
    warnings = (*made.warnings, *notes_of(area, asked, units_of(area, "area")), *_notes(asked, unmeasured))
    result = Result(
        replace(made, study="review", warnings=warnings), {"review": table, "review_totals": pd.DataFrame(totals)}
    )
    drawn = gpd.GeoSeries(pd.concat(places, ignore_index=True), crs=area.info.analysis_crs)
    return ReviewList(result, drawn, reviewed_digest(table), tuple(unmeasured))


def reviewed_digest(table: pd.DataFrame) -> str:
    """Digest of what a list asks: its rows with the computed states, and the rules behind them."""
    return digest(table[list(REVIEWED)].to_numpy().tolist())


REVIEWED = ("profile", "indicator", "id", "state", "not_covered", "not_measurable", "asked")
"""What an answer is held against when it comes back."""


def _chosen(area: StudyArea, profiles: Sequence[str], indicators: Sequence[str]) -> list[Asked]:
    """The rules to list; without a reporting basis the walk to any park."""
    if not profiles and not area.info.reporting_basis:
        own = park_reach_profile(area)
        asked: Sequence[Asked] = [Asked(own, rule, lead=False) for rule in own.rules]
    else:
        asked = asked_of(area, profiles or (area.info.reporting_basis,))
    fit = [one for one in asked if one.rule.measure in SHARES and one.rule.unstated is None]
    there = ", ".join(one.rule.key for one in fit)
    unknown = sorted(set(indicators) - {one.rule.key for one in fit})
    if unknown:
        raise ParameterError(
            Text(
                f"没有可列入核查清单的指标 {', '.join(unknown)}；可选：{there}",
                f"no share that can be reviewed is called {', '.join(unknown)}; there are: {there}",
            )
        )
    if not fit:
        raise ParameterError(
            Text(
                "所选口径没有以居民是否可达衡量的指标；请用 --profile 另选",
                "no rule of the profile asks what residents reach; choose another with --profile",
            )
        )
    return [one for one in fit if not indicators or one.rule.key in indicators]


def _nothing(unmeasured: Sequence[tuple[Text, Text]]) -> Text:
    zh = "；".join(f"{name.zh}：{reason.zh}" for name, reason in unmeasured)
    en = "; ".join(f"{name.en}: {reason.en}" for name, reason in unmeasured)
    return Text(f"没有可核查的指标（{zh}）", f"nothing can be reviewed ({en})")


def _notes(asked: Sequence[Asked], unmeasured: Sequence[tuple[Text, Text]]) -> list[Text]:
    names = [Text(one.rule.name, one.rule.name_en) for one in asked if one.rule.of != "people"]
    others = [name for name in names if name not in dict(unmeasured)]
    return [
        *(text("review_by_people", name=name) for name in others),
        *(text("review_unmeasured", name=name, reason=reason) for name, reason in unmeasured),
    ]


def _listed(
    area: StudyArea, one: Asked, measuring: Measuring, groups: Groups
) -> tuple[pd.DataFrame, gpd.GeoSeries, dict[str, Any]]:
    """The rows of one rule, where they are drawn, and the people in them."""
    rule = one.rule
    found = people_states(rule, measuring)
    states = states_of(groups, found)
    table = groups.table.rename(columns={"name": "group", "name_en": "group_en"})
    table["state"] = [state for state, _, _ in states]
    table["not_covered"] = [out for _, out, _ in states]
    table["not_measurable"] = [lost for _, _, lost in states]
    near, why = nearest_of(rule, measuring, found, groups), reasons_of(rule, measuring, found, groups)
    table["nearest"], table["nearest_en"] = [one.name.zh for one in near], [one.name.en for one in near]
    table["walked_m"], table["straight_m"] = (
        np.array([getattr(one, name) for one in near]).round() for name in _METRES
    )
    table["why"], table["why_en"] = [one.zh for one in why], [one.en for one in why]
    asked = asked_digest(rule, measuring)
    said = {"profile": one.profile.key, "indicator": rule.key, "name": rule.name, "name_en": rule.name_en}
    table = table.assign(**said, asked=asked)
    table = _with_answers(table, area, one.profile.key, rule, asked)
    table["row"] = np.arange(len(table))
    table["concerned"] = table["not_covered"] + table["not_measurable"]
    listed = table[table["state"] != "covered"].sort_values(["town", "concerned", "id"], ascending=[True, False, True])
    total = {
        **said, "estates": len(listed), "people": round(float(found.everybody.sum())),
        "covered": round(float(found.covered.sum())),
        "not_covered": int(listed["not_covered"].sum()), "not_measurable": int(listed["not_measurable"].sum()),
    }  # fmt: skip
    return listed[list(COLUMNS)], _drawn(area, groups, found, listed["row"].to_numpy()), total


_METRES = ("walked_m", "straight_m")
COLUMNS = (
    "profile", "indicator", "name", "name_en", "id", "kind", "group", "group_en", "town", "town_en", "people", "state",
    "not_covered", "not_measurable", "nearest", "nearest_en", "walked_m", "straight_m", "why", "why_en", "conclusion",
    "corrected", "reason", "reviewer", "date", "asked",
)  # fmt: skip


def _with_answers(table: pd.DataFrame, area: StudyArea, profile: str, rule: Rule, asked: str) -> pd.DataFrame:
    """The answers that still stand, so that nobody is asked twice; stale ones are asked anew."""
    now = {key: (state, out, lost) for key, state, out, lost in table[["id", *REVIEWED[3:6]]].itertuples(index=False)}
    standing = {
        answer.id: answer
        for answer in answers_about(area, profile, rule)
        if standing_of(answer, now, asked) == "counted"
    }
    for name in ("conclusion", "corrected", "reason", "reviewer", "date"):
        table[name] = [getattr(standing[key], name) if key in standing else "" for key in table["id"]]
    return table


def _drawn(area: StudyArea, groups: Groups, found: PeopleStates, rows: NDArray[np.int64]) -> gpd.GeoSeries:
    """The outline of an estate; of other groups the home with most residents concerned."""
    homes = area.table("homes").geometry
    concerned = found.not_covered + found.not_measurable
    order = np.lexsort((np.arange(len(concerned)), -concerned, groups.row))
    first = np.unique(groups.row[order], return_index=True)[1]
    shapes = np.asarray(homes.array)[order[first]]
    if area.has("estates"):
        outlines = area.table("estates").set_index("id").geometry
        own = np.flatnonzero(groups.table["kind"] == ESTATE)
        shapes[own] = np.asarray(outlines.loc[groups.table["id"].iloc[own]].array)
    return gpd.GeoSeries(shapes[rows], crs=homes.crs)


def _kinds(rule: Rule, measuring: Measuring) -> tuple[str, ...]:
    return covered(by_people(rule), "people", measuring, AS_MEASURED).kinds
