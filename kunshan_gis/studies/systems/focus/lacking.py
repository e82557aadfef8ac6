"""What residents around focus areas lack, kind by kind: now, as planned, and with what the area would bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis import TOLERANCE_M
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Scenario
from kunshan_gis.rules import Need, Rule
from kunshan_gis.schema import FUTURE, KINDS
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.needs import states_of_homes
from kunshan_gis.studies.places import called
from kunshan_gis.studies.rule_figures import covered, need_rule
from kunshan_gis.studies.supply import supply_kinds
from kunshan_gis.studies.systems.focus.around import Bools, Floats, Focus
from kunshan_gis.studies.terms import AS_MEASURED

SCENARIOS: tuple[Scenario, Scenario] = ("existing", "planned")
NEEDS = (
    "id", "name", "name_en", "focus_need_key", "focus_need", "focus_need_en", "focus_people", "focus_has",
    "focus_lacks", "focus_lacks_share", "focus_unknown", "focus_lacks_existing", "focus_lacks_planned",
)  # fmt: skip
BRINGS = (
    "id", "name", "name_en", "focus_brings", "focus_brings_en", "focus_reach_m", "focus_in_reach", "focus_served",
    "focus_gain", "focus_unknown",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Lacking:
    """Needs of the homes, by scenario.

    Attributes
    ----------
    states : by scenario, (homes, needs) covered, not_covered or not_measurable
    """

    rule: Rule
    states: Mapping[str, pd.DataFrame]

    def now(self, scenario: str) -> pd.DataFrame:
        """The states of a scenario."""
        return self.states[scenario]


def lacking_of(focus: Focus, rule: Rule, measuring: Measuring) -> Lacking | None:
    """Every need of the life circle for every home, as things stand and as planned; None where none can be measured.

    Parameters
    ----------
    measuring : at the life circle's own pace
    """
    setting = focus.setting
    if not setting.peopled:
        return None
    changing = [need for need in rule.needs if any(_has_future(focus, place) for place in need.to)]
    try:
        here = states_of_homes(rule, measuring)
    except NotThereError:
        return None
    own = setting.area.info.scenario
    other: Scenario = "planned" if own == "existing" else "existing"
    states: dict[str, pd.DataFrame] = {own: _with(here, rule, changing, measuring), other: here}
    if changing:
        states[other] = _with(here, rule, changing, Measuring(setting.area.in_scenario(other), measuring.walk))
    return Lacking(rule, states)


def _with(here: pd.DataFrame, rule: Rule, changing: list[Need], measuring: Measuring) -> pd.DataFrame:
    """The states with the needs that the scenario decides measured in it; of what does not stand everybody lacks it."""
    found = here.copy()
    for need in changing:
        try:
            state = covered(need_rule(rule, need), "people", measuring, AS_MEASURED)
        except NotThereError:
            placed = measuring.placed("people", AS_MEASURED).placed
            found[need.key] = np.where(placed, "not_covered", "not_measurable")
            continue
        known = np.where(state.amount > 0, "covered", "not_covered")
        found[need.key] = np.where(state.measurable, known, "not_measurable")
    return found


def _has_future(focus: Focus, place: str) -> bool:
    """True where places of a kind are planned or being built."""
    kind = supply_kinds(place)[0]
    table = focus.setting.area.optional(kind)
    if table is None or "status" not in table:
        return False
    rows = table[table["category"] == place] if kind == "facilities" else table
    return bool(rows["status"].isin(FUTURE).any())


def needs_table(focus: Focus, lacking: Lacking) -> pd.DataFrame:
    """Every need of every focus area's residents, the one most lack first."""
    people = _people(focus)
    scenario, near = focus.setting.area.info.scenario, focus.near()
    rows: list[dict[str, Any]] = []
    for area, row in enumerate(focus.table.to_dict(orient="records")):
        own = np.where(near[:, area], people, 0.0)
        if focus.coarse[area] or not focus.reached[area] or not own.any():
            continue
        found = [_need(lacking, need, own, scenario) for need in lacking.rule.needs]
        found.sort(key=lambda one: (-np.nan_to_num(one["focus_lacks"], nan=-1.0), one["focus_need_key"]))
        rows += [{key: row[key] for key in ("id", "name", "name_en")} | one for one in found]
    return pd.DataFrame(rows, columns=list(NEEDS))


def _need(lacking: Lacking, need: Any, own: Floats, scenario: str) -> dict[str, Any]:
    """One need of the residents of one area; a need that no layer shows is lacked by nobody that is known."""
    sums: dict[str, dict[str, float]] = {
        name: _by_state(states[need.key], own) for name, states in lacking.states.items()
    }
    here, total = sums[scenario], float(own.sum())
    unseen = here["not_measurable"] >= total
    lacks: dict[str, float] = {name: np.nan if unseen else sums[name]["not_covered"] for name in SCENARIOS}
    return {
        "focus_need_key": need.key, "focus_need": need.name, "focus_need_en": need.name_en, "focus_people": total,
        "focus_has": np.nan if unseen else here["covered"], "focus_lacks": lacks[scenario],
        "focus_lacks_share": lacks[scenario] / total if total > 0 else np.nan, "focus_unknown": here["not_measurable"],
        **{f"focus_lacks_{name}": lacks[name] for name in SCENARIOS},
    }  # fmt: skip


def _by_state(states: pd.Series, own: Floats) -> dict[str, float]:
    said = states.to_numpy()
    return {name: float(own[said == name].sum()) for name in ("covered", "not_covered", "not_measurable")}


def brings_of(focus: Focus, wanted: str) -> dict[str, tuple[str, ...]]:
    """By class of focus area what it is assumed to bring: the profile's, or `class:category,category;class:…`.

    Raises
    ------
    ParameterError
        Not of this form, or a class that no focus area can have.
    """
    if not wanted:
        return dict(focus.profile.brings)
    found = {}
    for part in wanted.split(";"):
        name, colon, categories = part.partition(":")
        named = tuple(one.strip() for one in categories.split(",") if one.strip())
        if name.strip() not in _classes() or not colon or not named:
            raise ParameterError(
                Text(
                    f"brings 中的 `{part}` 无法使用：写作 medical:hospital,health_station，多类以 ; 分隔；"
                    f"类别：{', '.join(_classes())}",
                    f"`{part}` in brings cannot be used: write medical:hospital,health_station, classes apart by ;. "
                    f"Classes: {', '.join(_classes())}",
                )
            )
        found[name.strip()] = named
    return found


def _classes() -> tuple[str, ...]:
    return next(column.values for column in KINDS["focus_areas"].columns if column.name == "class")


def brings_table(focus: Focus, rule: Rule | None, brings: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """What residents would gain if a focus area held a facility of a category, an assumption to try out.

    Counted are those within the category's distance of the area (that of the life circle, else the walk) who have none
    within it now.
    """
    if not focus.setting.peopled:
        return pd.DataFrame(columns=list(BRINGS))
    rows = [_gain(focus, rule, area, category) for area, category in _tried(focus, brings)]
    return pd.DataFrame(rows, columns=list(BRINGS))


def _tried(focus: Focus, brings: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[int, str]]:
    for area, name in enumerate(focus.table["class"]):
        if focus.reached[area] and not focus.coarse[area]:
            for category in brings.get(name, ()):
                yield area, category


def _gain(focus: Focus, rule: Rule | None, area: int, category: str) -> dict[str, Any]:
    setting, people = focus.setting, _people(focus)
    metres = _metres_of(focus, rule, category)
    near = _within(focus, metres)[:, area]
    placed = setting.measuring.placed("people", AS_MEASURED).placed
    served = _served(focus, category, metres)
    row = focus.table.iloc[area]
    said = called(category)
    return {
        "id": row["id"], "name": row["name"], "name_en": row["name_en"], "focus_brings": said.zh,
        "focus_brings_en": said.en, "focus_reach_m": metres, "focus_in_reach": float(people[near].sum()),
        "focus_served": float(people[near & served].sum()), "focus_gain": float(people[near & ~served & placed].sum()),
        "focus_unknown": float(people[near & ~served & ~placed].sum()),
    }  # fmt: skip


def _metres_of(focus: Focus, rule: Rule | None, category: str) -> float:
    """How far a category serves: as the life circle says, else the walk."""
    walk = focus.setting.walk
    for need in rule.needs if rule is not None else ():
        if category in need.to:
            metres = need_rule(rule, need).metres_at(walk.speed_mps) if rule is not None else None
            return walk.cutoff_m if metres is None else float(metres)
    return walk.cutoff_m


def _within(focus: Focus, metres: float) -> Bools:
    if metres <= focus.setting.walk.cutoff_m:
        return np.asarray(focus.homes <= metres + TOLERANCE_M)
    placed = focus.setting.measuring.placed("people", AS_MEASURED)
    places = np.asarray(focus.setting.area.table("homes").geometry.array)
    return np.asarray(focus.metres(placed, places, metres + TOLERANCE_M) <= metres + TOLERANCE_M)


def _served(focus: Focus, category: str, metres: float) -> Bools:
    """Who has one within the distance already; nobody where there is none."""
    measuring = focus.setting.measuring
    try:
        places = measuring.supply(category)
    except NotThereError:
        return np.zeros(len(_people(focus)), dtype=bool)
    way = measuring.walked("people", category, np.ones(len(places.table), dtype=bool), AS_MEASURED)
    return np.asarray(way.metres + way.delay_s * focus.setting.walk.speed_mps <= metres + TOLERANCE_M)


def _people(focus: Focus) -> NDArray[np.float64]:
    return np.asarray(focus.setting.area.table("homes")["population"], dtype=np.float64)
