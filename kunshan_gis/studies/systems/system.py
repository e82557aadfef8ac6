"""What the studies of the plan's systems share: what is asked, what it is measured with, and the answer.

Each study is a function `(Setting) -> System` in its own package; `run` opens the setting and calls it. A study says
with `missing` which layers it lacks, and gives no figure (NaN) where it cannot measure.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely
from pydantic import BaseModel, ConfigDict, Field

from kunshan_gis.maps import MapPage
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.model import Progress, Provenance, Result, Scenario, StudyArea, silent
from kunshan_gis.readable import filled, heading, named_cell, shown_columns
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.accounts import homes_counts, moves_a_figure, profile_said, provenance_of
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.on_foot import BARRING, people_over_unknown
from kunshan_gis.studies.park_reach import near_the_edge
from kunshan_gis.studies.shown import Lead, Shown
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import Units, units_of
from kunshan_gis.studies.walk import Walk, walk_network

BY = ("area", "zones", "towns", "communities")


class Asked(BaseModel):
    """What a planner asks of a system; a result states all of it, so that it can be run again.

    Attributes
    ----------
    by : units of the tables by unit: area, zones, towns or communities; empty is the smallest of zones, towns and area
    scenario : existing or planned; None is the area's own
    beyond : parks, stations and services beyond the border count
    minutes, speed_mps, profile : the walk; None is the area's profile
    options : what one study asks besides
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    by: str = ""
    scenario: Scenario | None = None
    beyond: bool = True
    minutes: float | None = Field(default=None, gt=0, le=240)
    speed_mps: float | None = Field(default=None, gt=0, le=3)
    profile: str | None = None
    allow_open_edge: bool = False
    options: Mapping[str, Any] = Field(default_factory=dict)


ANYTHING = Asked()
"""Nothing in particular: the study area's own defaults."""


@dataclass(frozen=True, eq=False)
class Setting:
    """What a system is measured with.

    Attributes
    ----------
    area : the study area in the scenario asked for
    walk : pace and cutoff: `walk.cutoff_m` is the 15-minute walk
    units : of the tables by unit
    near_edge : residents whose walk may leave the street data
    """

    area: StudyArea
    asked: Asked
    walk: Walk
    measuring: Measuring
    units: Units
    near_edge: int
    progress: Progress = silent

    @property
    def walkable(self) -> bool:
        """True where there are streets to walk on."""
        return self.area.has("streets")

    @property
    def peopled(self) -> bool:
        """True where there are streets and homes: walks of residents can be measured."""
        return self.walkable and self.area.has("homes")

    def missing(self, *kinds: str) -> tuple[str, ...]:
        """Those of the kinds that the study area lacks."""
        return tuple(kind for kind in kinds if not self.area.has(kind))

    def sub(self, units: str) -> Units:
        """Other units of the same area."""
        return self.units if units == self.units.key else units_of(self.area, units)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """What result.json states of what was asked."""
        return {
            "by": self.units.key, "scenario": self.area.info.scenario, "beyond": self.area.info.beyond,
            **self.walk.parameters(), "allow_open_edge": self.asked.allow_open_edge,
            **{name: _without_folder(value) for name, value in self.asked.options.items()},
        }  # fmt: skip


def _without_folder(value: Any) -> Any:
    """A profile's file by its name alone: a result says nothing of where it was made."""
    return Path(value).name if isinstance(value, str) and value.endswith(".toml") else value


@dataclass(frozen=True, eq=False)
class Part:
    """Some of a system's answer; a study is put together from parts.

    Attributes
    ----------
    tables : by name, each name beginning with the system's key; figures NaN where not measurable
    said : findings in words, each a sentence with its numbers
    drawn : what the map draws, by name
    kinds : layers the figures rest on; streets, homes and what bars walkers are added where there are any
    optional : layers whose absence leaves figures without a value
    warnings : what to be wary of
    parameters, counts : beside those every system states
    subjects : layers the figures are about: of a sketch of them nothing is reportable
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    said: Sequence[Text] = ()
    drawn: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    kinds: Sequence[str] = ()
    optional: Sequence[str] = ()
    warnings: Sequence[Text] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, Any] = field(default_factory=dict)
    subjects: Sequence[str] = ()

    def and_(self, *others: Part) -> Part:
        """One part of this and others, in order."""
        parts = (self, *others)

        def rows(name: str) -> list[Any]:
            return list(dict.fromkeys(one for part in parts for one in getattr(part, name)))

        def entries(name: str) -> dict[str, Any]:
            return {key: value for part in parts for key, value in getattr(part, name).items()}

        return Part(
            entries("tables"), rows("said"), entries("drawn"), rows("kinds"), rows("optional"), rows("warnings"),
            entries("parameters"), entries("counts"), rows("subjects"),
        )  # fmt: skip


class Fault(NamedTuple):
    """Something wrong with a layer of a system, and where.

    Attributes
    ----------
    key : `fault_<key>` and `fault_remedy_<key>` of the catalogue say what it is and what to do
    ids : features concerned
    place : where, in the analysis CRS; None where it has no place
    metres : how far or how long, NaN where that says nothing
    """

    key: str
    ids: tuple[str, ...]
    place: shapely.Geometry | None = None
    metres: float = math.nan


FAULTS = ("fault", "features", "lon", "lat", "fault_m", "remedy", "remedy_en")


def faults_part(setting: Setting, key: str, faults: Sequence[Fault]) -> Part:
    """The faults of a system's layers as the table `<key>_faults`, with their place in degrees and the remedy."""
    points = [None if one.place is None else shapely.point_on_surface(one.place) for one in faults]
    degrees = gpd.GeoSeries(points, crs=setting.area.info.analysis_crs).to_crs("EPSG:4326")
    rows = [
        (one.key, ", ".join(one.ids), round(at.x, 6) if at else math.nan, round(at.y, 6) if at else math.nan,
         one.metres, *text(f"fault_remedy_{one.key}"))
        for one, at in zip(faults, degrees, strict=True)
    ]  # fmt: skip
    said = Counter(one.key for one in faults)
    warnings = [text("warn_fault", count=count, fault=text(f"fault_{name}")) for name, count in said.items()]
    table = pd.DataFrame(rows, columns=FAULTS)
    where = [(one, at) for one, at in zip(faults, points, strict=True) if at is not None]
    drawn = gpd.GeoDataFrame(
        {"fault": [one.key for one, _ in where], "features": [", ".join(one.ids) for one, _ in where]},
        geometry=[at for _, at in where], crs=setting.area.info.analysis_crs,
    )  # fmt: skip
    return Part({f"{key}_faults": table}, drawn={f"{key}_faults": drawn}, warnings=warnings)


@dataclass(frozen=True, eq=False, repr=False)
class System(Shown):
    """A system's answer: tables bound to what made them, what the map draws, and findings in words.

    Attributes
    ----------
    key : zones, tod, roads, corridors or parks
    result : tables by name, each name beginning with the key; figures NaN where not measurable
    leading : the table a planner looks at first
    said : findings, each a sentence with its numbers
    drawn : what the map draws, by name
    """

    key: str
    area: StudyArea
    result: Result
    leading: str
    said: tuple[Text, ...] = ()
    drawn: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)

    @property
    def table(self) -> pd.DataFrame:
        """The leading table."""
        return self.result.tables[self.leading]

    def lead(self) -> Lead:
        """The leading table as people read it."""
        return lead_of(self.result, self.leading)

    def explain(self, lang: Lang = "zh") -> str:
        """The findings in words, a line each."""
        return "\n".join(getattr(one, lang) for one in self.said)

    def map(self, lang: Lang = "zh") -> MapPage:
        """The system as a page; in a notebook it shows itself."""
        from kunshan_gis.studies.systems.registry import entry_of

        return entry_of(self.key).page(self, lang=lang)

    def save(self, out: Path, *, lang: Lang = "zh") -> list[Path]:
        """Write page, workbook and result.json into a folder, all or none.

        Raises
        ------
        OutputError
            The folder cannot be written; nothing in it has changed.
        """
        from kunshan_gis.studies.systems.registry import write_system

        return write_system(self, out, lang=lang)


def lead_of(result: Result, name: str) -> Lead:
    """A table of a result as people read it."""
    table, demo, counted = result.tables[name], not result.reportable, result.provenance.counted
    columns = [column for column in shown_columns(list(table.columns)) if filled(table, column)]
    headings = [heading(column, demo=demo, counted=counted) for column in columns]
    rows = [
        [named_cell(column, row, demo=demo, counted=counted) for column in columns]
        for row in table.to_dict(orient="records")
    ]
    return Lead(text(f"sheet_{name}"), headings, rows)


def setting_of(area: StudyArea, asked: Asked = ANYTHING, *, progress: Progress = silent) -> Setting:
    """The study area in the scenario asked for, with its walk and its units.

    Raises
    ------
    ParameterError, StandardError
        Units, minutes, pace or profile that there are not.
    NetworkError
        The street data ends within one walk of residents although a boundary is given.
    """
    area = area if asked.scenario is None else area.in_scenario(asked.scenario)
    area = area if asked.beyond else area.within_border()
    walk = Walk.choose(area, minutes=asked.minutes, speed_mps=asked.speed_mps, profile=asked.profile)
    near = 0
    if area.has("streets") and area.has("homes"):
        progress("building_network", 0, 1)
        near = near_the_edge(area, walk_network(area, walk), walk.cutoff_m, allow_open_edge=asked.allow_open_edge)
    return Setting(
        area, asked, walk, Measuring(area, walk), units_of(area, asked.by or _smallest(area)), near, progress
    )


def _smallest(area: StudyArea) -> str:
    return "zones" if area.has("towns") and area.has("zone_towns") else "towns" if area.has("towns") else "area"


def answer(setting: Setting, key: str, part: Part, *, leading: str, profile_words: Text | None = None) -> System:
    """The answer of a study, bound to what made it; every table gets a column `reportable`.

    Parameters
    ----------
    profile_words : standards the figures were held against, in words; else the walking profile
    """
    account = account_of(setting, key, part, profile_words=profile_words)
    marked = {name: table.assign(reportable=account.reportable) for name, table in part.tables.items()}
    return System(key, setting.area, Result(account, marked), leading, tuple(part.said), dict(part.drawn))


def account_of(setting: Setting, key: str, part: Part, *, profile_words: Text | None = None) -> Provenance:
    """What made a system's figures."""
    area, walk = setting.area, setting.walk
    of_homes: dict[str, Any] = {
        "population": 0, "people_within_one_walk_of_the_data_edge": 0,
        "people_whose_leg_crosses_an_unknown_structure": 0,
    }  # fmt: skip
    walk_filter = ""
    if setting.peopled:
        net, placed = setting.measuring.net(AS_MEASURED), setting.measuring.placed("people", AS_MEASURED)
        of_homes = homes_counts(
            area.table("homes")["population"], placed, near_edge=setting.near_edge,
            over_unknown=people_over_unknown(area, net, placed),
        )  # fmt: skip
        walk_filter = net.walk_filter
    elif area.has("homes"):
        of_homes["population"] = int(area.table("homes")["population"].sum())
    said = {**setting.parameters, **part.parameters}
    found = provenance_of(
        area, kinds_used(setting, part.kinds), said, {**of_homes, **part.counts}, study=key,
        profile=walk.profile, profile_said=profile_words or profile_said(walk.profile, walk.parameters()),
        walk_filter=walk_filter, optional=(),
    )  # fmt: skip
    lacking = tuple(
        {"kind": kind, "title": Text(KINDS[kind].zh, KINDS[kind].en), "without": text("system_without")}
        for kind in dict.fromkeys(part.optional)
        if not area.has(kind)
    )
    border = (text("warn_beyond" if area.info.beyond else "warn_not_beyond"),) if area.has("boundary") else ()
    reportable = found.reportable and not demo_of(setting, (), part.subjects)
    return replace(
        found,
        reportable=reportable,
        missing=lacking,
        warnings=(*found.warnings, *border, *setting.units.warnings(), *part.warnings),
    )


def kinds_used(setting: Setting, kinds: Iterable[str]) -> list[str]:
    """The layers figures rest on: those named, those of the units, and what walks are measured with."""
    walked = ("homes", "streets", *BARRING) if setting.peopled else ()
    used = {*kinds, *setting.units.kinds, "boundary", *walked}
    return [kind for kind in KINDS if kind in used]


def demo_of(setting: Setting, kinds: Iterable[str], subjects: Iterable[str] = ()) -> bool:
    """True where figures that rest on these layers are a demonstration: they are said and rounded as one.

    Parameters
    ----------
    subjects : layers the figures are about, schematic railways and expressways among them, which otherwise bar nobody
    """
    area = setting.area
    moved = any(moves_a_figure(area.layer(one)) for one in kinds_used(setting, kinds) if area.has(one))
    return moved or any(area.layer(one).demonstration for one in subjects if area.has(one))


Study = Callable[[Setting], System]
