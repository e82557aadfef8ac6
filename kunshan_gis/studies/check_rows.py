"""The rows of a check's tables: figure, target, verdict, interval, and whether it may be reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.messages import NOTHING, Text, text
from kunshan_gis.model import StudyArea
from kunshan_gis.rule_words import in_a_line
from kunshan_gis.rules import Rule
from kunshan_gis.studies.accounts import moves_a_figure
from kunshan_gis.studies.asked import Asked
from kunshan_gis.studies.sensitivity import Measured
from kunshan_gis.studies.units import Units

Verdict = Literal["met", "not_met", "not_measurable", "no_target", "demo"]
UNIT_SHOWN = {"percent": "share"}
"""Shares are kept from 0 to 1; percent is for reading."""
COLUMNS = (
    "profile", "lead", "indicator", "name", "name_en", "unit_id", "unit_name", "unit_name_en", "value", "target",
    "unit", "relation", "verdict", "numerator", "denominator", "not_measurable", "counted",
    "interval_low", "interval_high", "flips", "flipped_by", "reportable", "verified", "clause", "reason", "reason_en",
    "profile_name", "profile_name_en", "measured", "measured_en", "layers", "note", "note_en",
)  # fmt: skip
VARIANTS = ("profile", "indicator", "variant", "name", "name_en", "value", "meets_target")
RANKINGS = ("profile", "indicator", "order_changes", "changed_by")


def rows_of(
    area: StudyArea, one: Asked, units: Units, found: Measured, speed_mps: float | None
) -> Iterator[dict[str, Any]]:
    """One row a unit; a unit nobody and nothing lies in is left out if it is `unassigned`."""
    rule = one.rule
    target = rule.target_for(residents(area)) if units.whole or rule.measure != "count" else None
    kinds = () if found.figure is None else (*found.figure.kinds, *units.kinds)
    said = in_a_line(rule, one.profile, speed_mps)
    demo = _demo(area, kinds)
    for number, unit in enumerate(units.names.to_dict(orient="records")):
        if unit["unit_id"] == UNASSIGNED and (found.figure is None or found.figure.denominator[number] <= 0):
            continue
        value = np.nan if found.figure is None else float(found.figure.value[number])
        others = [(other, float(figures.value[number])) for other, figures in found.others]
        known = [other for _, other in others if not np.isnan(other)]
        low, high = (
            (min([value, *known]), max([value, *known])) if found.others and not np.isnan(value) else (np.nan, np.nan)
        )
        flipped = [other.key for other, changed in others if _flips(rule, value, changed, target)]
        reason = _reason(found, number) if np.isnan(value) else NOTHING
        yield {
            "profile": one.profile.key, "lead": one.lead, "indicator": rule.key,
            "name": rule.name, "name_en": rule.name_en,
            "unit_id": unit["unit_id"], "unit_name": unit["name"], "unit_name_en": unit["name_en"],
            "value": value, "target": target,
            "unit": UNIT_SHOWN.get(rule.natural_unit, rule.natural_unit), "relation": rule.relation,
            "verdict": verdict(rule, value, target, demo=demo),
            "numerator": _amount(rule, found, "numerator", number),
            "denominator": _amount(rule, found, "denominator", number),
            "not_measurable": _amount(rule, found, "unknown", number),
            "counted": counted(rule),
            "interval_low": low, "interval_high": high, "flips": bool(flipped), "flipped_by": ";".join(flipped),
            "reportable": not demo and not np.isnan(value), "verified": rule.verified, "clause": rule.clause,
            "reason": reason.zh, "reason_en": reason.en,
            "profile_name": one.profile.name, "profile_name_en": one.profile.name_en,
            "measured": said.zh, "measured_en": said.en, "layers": ";".join(dict.fromkeys(kinds)),
            "note": rule.note, "note_en": rule.note_en,
        }  # fmt: skip


def _reason(found: Measured, number: int) -> Text:
    """Why a unit has no figure: the rule cannot be measured, nobody is there, or none of those there is measurable."""
    if found.figure is None:
        return found.reason
    return text("check_all_unknown" if found.figure.denominator[number] > 0 else "check_nobody")


def counted(rule: Rule) -> str:
    """What a rule's numerator counts: people, homes, jobs, people_and_jobs, m2, m, km or parks."""
    if rule.measure in ("walk", "radius", "circle"):
        return {"land": "m2", "built_up": "m2", "street": "m"}.get(rule.of, rule.of)
    return {"provision": "m2", "density": "km"}.get(rule.measure, "parks")


def marked(area: StudyArea, row: dict[str, Any], found: Measured, units: Units) -> dict[str, Any]:
    """A row that says whether it may be reported: what it rests on is what its rule rests on, and the streets."""
    kinds = () if found.figure is None else (*found.figure.kinds, "streets", "homes", *units.kinds)
    return {**row, "reportable": not _demo(area, kinds)}


def _demo(area: StudyArea, kinds: Iterable[str]) -> bool:
    return any(moves_a_figure(area.layer(kind)) for kind in dict.fromkeys(kinds) if area.has(kind))


def _amount(rule: Rule, found: Measured, name: str, number: int) -> float:
    """People and numbers whole, m2 to the tenth, km to the metre."""
    if found.figure is None:
        return np.nan
    return round(float(getattr(found.figure, name)[number]), 3 if rule.measure == "density" else 1)


def verdict(rule: Rule, value: float, target: float | None, *, demo: bool) -> Verdict:
    """Met or not met only where there is a target, a figure, and nothing invented behind it."""
    if np.isnan(value):
        return "not_measurable"
    if target is None:
        return "no_target"
    if demo:
        return "demo"
    return "met" if rule.met(value, target) else "not_met"


def _flips(rule: Rule, value: float, changed: float, target: float | None) -> bool:
    if target is None or np.isnan(value) or np.isnan(changed):
        return False
    return rule.met(value, target) != rule.met(changed, target)


def variant_rows(one: Asked, found: Measured, target: float | None) -> Iterator[dict[str, Any]]:
    for other, figures in found.others:
        value = float(figures.value[0])
        meets = None if target is None or np.isnan(value) else one.rule.met(value, target)
        yield {
            "profile": one.profile.key, "indicator": one.rule.key, "variant": other.key,
            "name": other.said.zh, "name_en": other.said.en, "value": value, "meets_target": meets,
        }  # fmt: skip


def ranking(one: Asked, units: Units, found: Measured) -> Iterator[dict[str, Any]]:
    """Whether the order of the units under a rule is another one under other terms."""
    if found.figure is None or not found.others:
        return
    own = (units.names["unit_id"] != UNASSIGNED).to_numpy()
    base = _order(found.figure.value[own])
    changed = [other.key for other, figures in found.others if _order(figures.value[own]) != base]
    yield {
        "profile": one.profile.key, "indicator": one.rule.key, "order_changes": bool(changed),
        "changed_by": ";".join(changed),
    }  # fmt: skip


def _order(values: NDArray[np.float64]) -> list[int]:
    """Units from the highest value down; equal values in the units' own order, absent ones last."""
    order: list[int] = np.argsort(-np.nan_to_num(values.round(12), nan=-np.inf), kind="stable").tolist()
    return order


def residents(area: StudyArea) -> int | None:
    if area.info.population is not None:
        return area.info.population
    return int(area.table("homes")["population"].sum())
