"""The check: every rule of some standards measured, with target, verdict, interval, and what may be reported.

Read `rule_figures` for how one rule is measured, `sensitivity` and `terms` for the other ways of measuring that the
interval spans, `check_rows` for verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from kunshan_gis.figures import checked
from kunshan_gis.findings import findings, named, summary, verdict_said
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.model import Progress, Result, StudyArea, silent
from kunshan_gis.rules import CheckProfile, Rule
from kunshan_gis.standards import content_digest, sensitivity_profile, walk_profile
from kunshan_gis.studies.asked import Asked, asked_of, farthest_of, measurings_of, walk_of, walks_of
from kunshan_gis.studies.beside import BESIDE, beside
from kunshan_gis.studies.check_account import account_of, notes_of
from kunshan_gis.studies.check_rows import (
    COLUMNS,
    RANKINGS,
    VARIANTS,
    marked,
    ranking,
    residents,
    rows_of,
    variant_rows,
)
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.needs import NEEDS, needs
from kunshan_gis.studies.park_reach import near_the_edge
from kunshan_gis.studies.reviewed import reviewed
from kunshan_gis.studies.rule_figures import kinds_of
from kunshan_gis.studies.sensitivity import SENSITIVITY, Measured, measured
from kunshan_gis.studies.shown import Lead, Shown
from kunshan_gis.studies.supply import PARKS
from kunshan_gis.studies.terms import Variant, variants
from kunshan_gis.studies.units import UNIT_KINDS, Units, units_of, units_sha256
from kunshan_gis.studies.walk import Walk, walk_network

REQUIRED = ("streets", "homes")


@dataclass(frozen=True, eq=False, repr=False)
class Check(Shown):
    """Everything the check worked out.

    Attributes
    ----------
    result : Result
        `check`: one row a rule for the whole area; `check_<units>`: one row a rule and unit, with what reviewers said
        and the change since the last submission beside the figures (`reviewed`); `answers`: theirs; `variants`: every
        rule under every other way of measuring; `rankings`: whether the order of units changes under any.
    """

    result: Result
    asked: tuple[Asked, ...]
    units: Units
    walk: Walk

    def lead(self) -> Lead:
        """Every rule over the whole area: figure, target, interval, verdict, and what went into it."""
        columns = ("value", "target", "interval", "verdict", "numerator", "denominator", "not_measurable")
        rows = []
        for row in self.result.tables["check"].to_dict(orient="records"):
            said = checked(row, counted=self.result.provenance.counted)
            amounts = [said.numerator, said.denominator, said.not_measurable]
            figures = [said.value.said, said.target.said, said.interval, verdict_said(row)]
            rows.append([Text(*[row["profile"]] * 2), named(row), *figures, *(amount.said for amount in amounts)])
        headings = [text(f"column_{key}") for key in ("profile", "indicator", *columns)]
        return Lead(text("check_title", place=self._place()), headings, rows)

    def _place(self) -> Text:
        info = self.units.area.info
        return Text(info.name, info.name_en)

    @property
    def exit_code(self) -> int:
        """1 where something is not met, else 0; what is not measurable or a demonstration is a row, never a code."""
        return int((self.result.tables["check"]["verdict"] == "not_met").any())

    def explain(self, lang: Lang = "zh") -> str:
        """Every finding in words, a paragraph each: the whole area, then its units, then what could not be measured."""
        paragraphs = [*summary(self.result), *(finding.said for finding in findings(self.result))]
        return "\n\n".join(getattr(paragraph, lang) for paragraph in paragraphs)


def check(
    area: StudyArea,
    profiles: str | Sequence[str] = (),
    *,
    by: str = "area",
    polygons: gpd.GeoDataFrame | None = None,
    speed_mps: float | None = None,
    sensitivity: bool = True,
    allow_open_edge: bool = False,
    progress: Progress = silent,
) -> Check:
    """Every rule of the profiles measured for the study area and its units.

    Parameters
    ----------
    profiles : a key or .toml file, or several
        By default the study area's reporting basis, its own and all that are shipped.
    by : area, zones, towns, communities (or zone, town, community), or what `polygons` are called
    polygons : areas of one's own with `id`, metres in the analysis CRS
    speed_mps : a pace in place of the profiles' own, for rules in minutes
    sensitivity : also measure the other customary ways, for intervals

    Raises
    ------
    StandardError, ProfileError
        A profile is unknown or broken.
    ParameterError, LayerSchemaError
        The units are not there, or overlap.
    NetworkError
        The street data ends within one walk of residents although a boundary is given.
    """
    area.require(*REQUIRED)
    asked = asked_of(area, profiles)
    walk = Walk.choose(area, speed_mps=speed_mps)
    measurings = measurings_of(area, asked, speed_mps)
    reach_m = farthest_of(asked, measurings, walk)
    near = near_the_edge(area, walk_network(area, walk), reach_m, allow_open_edge=allow_open_edge)
    whole = units_of(area, "area")
    parts = whole if by == "area" and polygons is None else units_of(area, by, polygons)
    others = variants(sensitivity_profile(SENSITIVITY)) if sensitivity else ()
    tables = _Tables(area, whole, parts, others, speed_mps)
    for done, one in enumerate(asked):
        progress("checking", done, len(asked))
        tables.add(one, measurings[one.profile.key])
    progress("checking", len(asked), len(asked))
    measured_by = tuple(dict.fromkeys(one.profile for one in asked))
    parameters = {
        "profiles": [{"key": one.key, "sha256": one.sha256} for one in measured_by],
        "walks": [{"key": key, "sha256": content_digest(walk_profile(key))} for key in walks_of(area, measured_by)],
        "reporting_basis": next((one.profile.key for one in asked if one.lead), ""),
        "by": parts.key, "scenario": area.info.scenario,
        "units_sha256": "" if polygons is None else units_sha256(polygons),
        "minutes": None, "speed_mps": speed_mps, "stated_population": area.info.population,
        "sensitivity": SENSITIVITY if sensitivity else "",
        "sensitivity_sha256": content_digest(sensitivity_profile(SENSITIVITY)) if sensitivity else "",
        "max_leg_m": walk.max_leg_m, "min_component_m": walk.min_component_m, "allow_open_edge": allow_open_edge,
    }  # fmt: skip
    provenance = account_of(
        area, [*tables.used, *parts.kinds], parameters, walk, near_edge=near, farthest_m=reach_m, asked=measured_by
    )
    provenance = replace(provenance, warnings=(*provenance.warnings, *notes_of(area, asked, parts)))
    result = reviewed(
        Result(provenance, tables.named()), area, [(one.profile, one.rule) for one in asked],
        {"check": whole} if parts is whole else {"check": whole, f"check_{parts.key}": parts},
        lambda profile: measurings[profile.key],
    )  # fmt: skip
    return Check(result, asked, parts, walk)


class _Tables:
    """The rows of a check as they come in, rule by rule."""

    def __init__(
        self, area: StudyArea, whole: Units, parts: Units, others: Sequence[Variant], speed_mps: float | None
    ) -> None:
        self.area, self.whole, self.parts, self.others, self.speed_mps = area, whole, parts, others, speed_mps
        self.used: list[str] = list(REQUIRED)
        own = "check" if parts is whole else f"check_{parts.key}"
        self._rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in dict.fromkeys(["check", own, "rankings", "beside", "needs", "variants"])
        }
        self._own = own

    def add(self, one: Asked, measuring: Measuring) -> None:
        """Measure a rule and keep its rows."""
        area, rule = self.area, one.rule
        found = measured(one, measuring, self.whole, self.others)
        self._rows["check"] += rows_of(area, one, self.whole, found, self.speed_mps)
        self._rows["variants"] += variant_rows(one, found, rule.target_for(residents(area)))
        if self.parts is not self.whole:
            in_parts = measured(one, measuring, self.parts, self.others)
            self._rows[self._own] += rows_of(area, one, self.parts, in_parts, self.speed_mps)
            self._rows["rankings"] += ranking(one, self.parts, in_parts)
        if found.figure is None:
            return
        self.used += found.figure.kinds
        if rule.measure == "radius" and PARKS in rule.to:
            self._further("beside", beside, one, measuring, found)
        if rule.measure == "circle":
            self._further("needs", needs, one, measuring, found)

    def _further(self, name: str, table: _Further, one: Asked, measuring: Measuring, found: Measured) -> None:
        """The rows of a rule's further table, or what they were before."""
        pace = measuring.walk.speed_mps if one.rule.minutes is not None else None
        kinds = (*kinds_of(one.rule), *UNIT_KINDS)
        for units in dict.fromkeys((self.whole, self.parts)):
            key = (name, one.profile.key, one.rule, id(units), pace)

            def made(units: Units = units) -> tuple[Units, list[dict[str, Any]]]:
                return units, list(table(one.profile, one.rule, measuring, units))

            self._rows[name] += [marked(self.area, row, found, units) for row in measuring.keep(key, made, kinds)[1]]

    def named(self) -> dict[str, pd.DataFrame]:
        """The tables there is anything in; those of the check whatever is in them."""
        always = {"check", self._own, *(["rankings"] if self.parts is not self.whole else [])}
        always |= {"variants"} if self.others else set()
        return {
            name: pd.DataFrame(rows, columns=_COLUMNS.get(name, COLUMNS))
            for name, rows in self._rows.items()
            if rows or name in always
        }


_Further = Callable[[CheckProfile, Rule, Measuring, Units], Iterable[dict[str, Any]]]
_COLUMNS = {"rankings": RANKINGS, "beside": BESIDE, "needs": NEEDS, "variants": VARIANTS}


def measuring_of(found: Check, one: Asked) -> Measuring:
    """The measurements behind a rule of a check, kept for whoever asks what lies where."""
    area = found.units.area
    return Measuring(area, walk_of(area, one.profile, found.result.provenance.parameters["speed_mps"]))
