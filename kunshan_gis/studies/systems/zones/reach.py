"""Who has the life circle, each of its needs, and a station in reach: residents of every unit in three states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.messages import Text
from kunshan_gis.studies.asked import walk_of
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.needs import needs
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.systems.zones.profiles import Level
from kunshan_gis.studies.systems.zones.rules import Ruled, ruled

COLUMNS = (
    "zone_level", "unit_id", "name", "name_en", "zone_reached", "zone_reached_en", "population", "covered",
    "not_covered", "not_measurable", "share_covered", "zone_completed",
)  # fmt: skip


def reach_table(setting: Setting, levels: Iterable[Level], circle: Ruled) -> pd.DataFrame:
    """One row a unit and thing in reach: the whole life circle, a station, each need; the city last of each."""
    rows = [row for level in levels for row in (*_wholes(setting, level, circle), *_needs(setting, level, circle))]
    return pd.DataFrame(rows, columns=COLUMNS)


def _wholes(setting: Setting, level: Level, circle: Ruled) -> Iterator[dict[str, Any]]:
    for rate, one in (("circle_share", circle), ("station_share", ruled(setting.area, "station_share"))):
        if rate not in level.amounts.rates or one.rule.of != "people":
            continue
        found, said = level.amounts.rates[rate], Text(one.rule.name, one.rule.name_en)
        for number, unit in enumerate(level.names.to_dict(orient="records")):
            people = (round(float(part[number])) for part in (found.denominator, found.numerator, found.unknown))
            counted = _Counted(*people)
            if counted.population or unit["unit_id"] != UNASSIGNED:
                yield _row(level.key, unit, said, counted)


def _needs(setting: Setting, level: Level, circle: Ruled) -> Iterator[dict[str, Any]]:
    """Each need, the one that would complete most residents first."""
    if not setting.peopled:
        return
    measuring = Measuring(setting.area, walk_of(setting.area, circle.profile, setting.asked.speed_mps))
    for units in (level.key, "area"):
        for row in needs(circle.profile, circle.rule, measuring, setting.sub(units)):
            unit = {"unit_id": row["unit_id"], "name": row["unit_name"], "name_en": row["unit_name_en"]}
            counted = _Counted(row["population"], row["reached"], row["not_measurable"], row["completed"])
            yield _row(level.key, unit, Text(row["need_name"], row["need_name_en"]), counted)


class _Counted(NamedTuple):
    """Residents of a unit: all, those who have it in reach, those it cannot be said of; those it alone completes."""

    population: int
    covered: int
    not_measurable: int
    completed: int | None = None


def _row(level: str, unit: Mapping[Any, Any], said: Text, counted: _Counted) -> dict[str, Any]:
    known = counted.population - counted.not_measurable
    return {
        "zone_level": level, "unit_id": unit["unit_id"], "name": unit["name"], "name_en": unit["name_en"],
        "zone_reached": said.zh, "zone_reached_en": said.en, "population": counted.population,
        "covered": counted.covered, "not_covered": known - counted.covered, "not_measurable": counted.not_measurable,
        "share_covered": counted.covered / counted.population if known > 0 else float("nan"),
        "zone_completed": counted.completed,
    }  # fmt: skip
