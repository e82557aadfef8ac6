"""The check: every rule of some standards measured, with target, verdict, interval, and what may be reported.

Read `rule_figures` for how one rule is measured, `terms` for the other ways of measuring that the interval spans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.errors import listed
from kunshan_gis.findings import findings, summary
from kunshan_gis.indicators import place_label
from kunshan_gis.messages import NOTHING, Lang, Text, known, text
from kunshan_gis.model import Progress, Provenance, Result, StudyArea, silent
from kunshan_gis.rule_words import in_a_line
from kunshan_gis.rules import CheckProfile, Rule, profile_named, shipped
from kunshan_gis.schema import KINDS
from kunshan_gis.standards import content_digest, sensitivity_profile, walk_profile
from kunshan_gis.studies.accounts import homes_counts, moves_a_figure, provenance_of
from kunshan_gis.studies.beside import BESIDE, beside
from kunshan_gis.studies.demand import NotThereError, require_layers
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.needs import NEEDS, needs
from kunshan_gis.studies.on_foot import people_over_unknown, placed_homes
from kunshan_gis.studies.park_reach import near_the_edge
from kunshan_gis.studies.park_rule import PARK_REACH, park_reach_profile
from kunshan_gis.studies.reviewed import reviewed
from kunshan_gis.studies.rule_figures import Figure, figure, kinds_of
from kunshan_gis.studies.supply import PARKS, coarse, floor_of, groups, not_yet_there
from kunshan_gis.studies.terms import AS_MEASURED, Terms, Variant, variants
from kunshan_gis.studies.units import UNIT_KINDS, Units, units_of, units_sha256
from kunshan_gis.studies.walk import Walk, walk_network

Verdict = Literal["met", "not_met", "not_measurable", "no_target", "demo"]
REQUIRED = ("streets", "homes")
SENSITIVITY = "customary"
UNIT_SHOWN = {"percent": "share"}
"""Shares are kept from 0 to 1; percent is for reading."""


class Asked(NamedTuple):
    """A rule with the profile it belongs to."""

    profile: CheckProfile
    rule: Rule
    lead: bool


@dataclass(frozen=True, eq=False)
class Check:
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
    profiles: Sequence[str] = (),
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
    profiles : keys or .toml files; by default the study area's reporting basis, its own and all that are shipped
    by : area, zones, towns, communities, or what `polygons` are called
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
    require_layers(area, REQUIRED)
    asked = asked_of(area, profiles)
    walk = Walk.choose(area, speed_mps=speed_mps)
    reach_m = max((farthest(one.rule, walk.speed_mps) for one in asked), default=0.0)
    near = near_the_edge(area, walk_network(area, walk), reach_m, allow_open_edge=allow_open_edge)
    whole = units_of(area, "area")
    parts = whole if by == "area" and polygons is None else units_of(area, by, polygons)
    others = variants(sensitivity_profile(SENSITIVITY)) if sensitivity else ()
    rows: list[dict[str, Any]] = []
    by_unit: list[dict[str, Any]] = []
    under: list[dict[str, Any]] = []
    rankings: list[dict[str, Any]] = []
    both: list[dict[str, Any]] = []
    kinds: list[dict[str, Any]] = []
    used: list[str] = ["streets", "homes"]
    for done, one in enumerate(asked):
        progress("checking", done, len(asked))
        measuring = Measuring(area, walk_of(area, one.profile, speed_mps))
        measured = _measured(one, measuring, whole, others)
        used += measured.figure.kinds if measured.figure is not None else ()
        rows += _rows(area, one, whole, measured, speed_mps)
        under += _variant_rows(one, measured, one.rule.target_for(_residents(area)))
        if parts is not whole:
            in_parts = _measured(one, measuring, parts, others)
            by_unit += _rows(area, one, parts, in_parts, speed_mps)
            rankings += _ranking(one, parts, in_parts)
        shown = [whole] if parts is whole else [whole, parts]
        if measured.figure is not None and one.rule.measure == "radius" and PARKS in one.rule.to:
            both += [
                _marked(area, row, measured, units) for units in shown for row in _kept(beside, one, measuring, units)
            ]
        if measured.figure is not None and one.rule.measure == "circle":
            kinds += [
                _marked(area, row, measured, units) for units in shown for row in _kept(needs, one, measuring, units)
            ]
    progress("checking", len(asked), len(asked))
    tables = {"check": pd.DataFrame(rows, columns=COLUMNS)}
    if parts is not whole:
        tables[f"check_{parts.key}"] = pd.DataFrame(by_unit, columns=COLUMNS)
        tables["rankings"] = pd.DataFrame(rankings, columns=_RANKING)
    if both:
        tables["beside"] = pd.DataFrame(both, columns=BESIDE)
    if kinds:
        tables["needs"] = pd.DataFrame(kinds, columns=NEEDS)
    if sensitivity:
        tables["variants"] = pd.DataFrame(under, columns=_VARIANT)
    measured_by = tuple(dict.fromkeys(one.profile for one in asked))
    parameters = {
        "profiles": [{"key": one.key, "sha256": one.sha256} for one in measured_by],
        "walks": [{"key": key, "sha256": content_digest(walk_profile(key))} for key in _walks(area, measured_by)],
        "reporting_basis": next((one.profile.key for one in asked if one.lead), ""),
        "by": parts.key, "scenario": area.info.scenario,
        "units_sha256": "" if polygons is None else units_sha256(polygons),
        "minutes": None, "speed_mps": speed_mps, "stated_population": area.info.population,
        "sensitivity": SENSITIVITY if sensitivity else "",
        "sensitivity_sha256": content_digest(sensitivity_profile(SENSITIVITY)) if sensitivity else "",
        "max_leg_m": walk.max_leg_m, "min_component_m": walk.min_component_m, "allow_open_edge": allow_open_edge,
    }  # fmt: skip
    provenance = account_of(area, [*used, *parts.kinds], parameters, walk, near_edge=near, farthest_m=reach_m)
    provenance = replace(provenance, warnings=(*provenance.warnings, *notes_of(area, asked, parts)))
    result = reviewed(
        Result(provenance, tables), area, [(one.profile, one.rule) for one in asked],
        {"check": whole} if parts is whole else {"check": whole, f"check_{parts.key}": parts},
        lambda profile: Measuring(area, walk_of(area, profile, speed_mps)),
    )  # fmt: skip
    return Check(result, asked, parts, walk)


def notes_of(area: StudyArea, asked: Sequence[Asked], units: Units) -> Iterator[Text]:
    """What is planned and not counted, and units that overlap."""
    places = dict.fromkeys(
        place for one in asked for place in (*one.rule.to, *(to for need in one.rule.needs for to in need.to))
    )
    waiting = [(Text(*place_label(place)), number) for place in places if (number := not_yet_there(area, place))]
    if waiting:
        zh = "、".join(f"{name.zh} {number:,} 处" for name, number in waiting)
        en = ", ".join(f"{name.en} ({number:,})" for name, number in waiting)
        yield text("warn_not_yet_there", places=Text(zh, en))
    pairs = units.overlapping()
    if len(pairs):
        said = listed([f"{row.a} × {row.b}: {row.overlap_m2:,.0f} m2" for row in pairs.itertuples()], 3)
        yield text("warn_overlap", units=known(units.key), pairs=said)


def account_of(
    area: StudyArea, used: Sequence[str], parameters: dict[str, Any], walk: Walk, *, near_edge: int, farthest_m: float
) -> Provenance:
    net = walk_network(area, walk)
    placed = placed_homes(area, net, walk)
    counts = homes_counts(
        area.table("homes")["population"], placed, near_edge=near_edge,
        over_unknown=people_over_unknown(area, net, placed),
    )  # fmt: skip
    kinds = [kind for kind in KINDS if kind in {*used, "boundary"}]
    basis = parameters["reporting_basis"]
    said = profile_named(basis, dict(area.profiles)).said() if basis else text("check_no_basis")
    return provenance_of(
        area, kinds, parameters, {**counts, "farthest_m": farthest_m}, study="check", profile=basis,
        profile_said=said, walk_filter=net.walk_filter, optional=(),
    )  # fmt: skip


def asked_of(area: StudyArea, profiles: Sequence[str]) -> tuple[Asked, ...]:
    """The rules to measure: those of the reporting basis first, then the other profiles' in the order given.

    Raises
    ------
    StandardError
        A profile is unknown, or two of them share a key.
    """
    basis = area.info.reporting_basis
    own = dict(area.profiles)
    answered = [PARK_REACH] if not basis and PARK_REACH in {one.profile for one in area.review.answers} else []
    names = list(profiles) or [*([basis] if basis else answered), *own, *shipped()]
    own = {PARK_REACH: park_reach_profile(area), **own}
    found: dict[str, CheckProfile] = {}
    for name in names:
        profile = profile_named(name, own)
        found[profile.key] = profile
    ordered = sorted(found.values(), key=lambda profile: profile.key != basis)
    return tuple(Asked(profile, rule, profile.key == basis) for profile in ordered for rule in profile.rules)


def _walks(area: StudyArea, profiles: Iterable[CheckProfile]) -> list[str]:
    """The walking profiles that pace the rules, in alphabetical order."""
    return sorted({profile.walk or area.info.profile for profile in profiles})


def measuring_of(found: Check, one: Asked) -> Measuring:
    """The measurements behind a rule of a check, kept for whoever asks what lies where."""
    area = found.units.area
    return Measuring(area, walk_of(area, one.profile, found.result.provenance.parameters["speed_mps"]))


def walk_of(area: StudyArea, profile: CheckProfile, speed_mps: float | None) -> Walk:
    """How people walk under a profile: at a pace given, else the profile's, else the area's."""
    return Walk.choose(area, speed_mps=speed_mps, profile=profile.walk or None)


def farthest(rule: Rule, speed_mps: float) -> float:
    """The longest walk a rule asks about, in metres."""
    if rule.unstated is not None or rule.measure not in ("walk", "circle"):
        return 0.0
    metres = [rule.metres or 0.0, (rule.minutes or 0.0) * 60.0 * speed_mps]
    return max([*metres, *(band.metres for band in rule.bands), *(need.metres or 0.0 for need in rule.needs)])


def _kept(
    table: Callable[[CheckProfile, Rule, Measuring, Units], Iterable[dict[str, Any]]],
    one: Asked,
    measuring: Measuring,
    units: Units,
) -> list[dict[str, Any]]:
    """The rows of a rule's further table, or what they were before."""
    pace = measuring.walk.speed_mps
    key = (table.__name__, one.profile.key, one.rule, id(units), pace if one.rule.minutes is not None else None)
    kinds = (*kinds_of(one.rule), *UNIT_KINDS)
    return measuring.keep(key, lambda: (units, list(table(one.profile, one.rule, measuring, units))), kinds)[1]


@dataclass(frozen=True, eq=False)
class _Measured:
    """A rule under the toolkit's own terms and under every other that concerns it, in some units."""

    figure: Figure | None
    reason: Text
    others: tuple[tuple[Variant, Figure], ...]


def _measured(one: Asked, measuring: Measuring, units: Units, others: Sequence[Variant]) -> _Measured:
    kinds = (*kinds_of(one.rule), *UNIT_KINDS)

    def under(terms: Terms) -> Figure:
        pace = measuring.walk.speed_mps  # what was measured before under the same terms is not measured again
        key = ("figure", one.rule, id(units), terms, pace if one.rule.minutes is not None else None)
        return measuring.keep(key, lambda: (units, figure(one.rule, measuring, units, terms)), kinds)[1]

    try:
        base = under(AS_MEASURED)
    except NotThereError as error:
        return _Measured(None, error.reason, ())
    return _Measured(
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
    metres = None if rule.bands else rule.metres or (rule.minutes or 0.0) * 60.0 * measuring.walk.speed_mps
    for place in rule.to:
        try:
            places = measuring.supply(place)
        except NotThereError:
            continue
        if any(coarse(places, group).any() for group in groups(rule, places, metres, AS_MEASURED)):
            return True
    return False


COLUMNS = (
    "profile", "lead", "indicator", "name", "name_en", "unit_id", "unit_name", "unit_name_en", "value", "target",
    "unit", "relation", "verdict", "numerator", "denominator", "not_measurable", "counted",
    "interval_low", "interval_high", "flips", "flipped_by", "reportable", "verified", "clause", "reason", "reason_en",
    "profile_name", "profile_name_en", "measured", "measured_en", "layers", "note", "note_en",
)  # fmt: skip
_VARIANT = ("profile", "indicator", "variant", "name", "name_en", "value", "meets_target")
_RANKING = ("profile", "indicator", "order_changes", "changed_by")


def _rows(
    area: StudyArea, one: Asked, units: Units, found: _Measured, speed_mps: float | None
) -> Iterator[dict[str, Any]]:
    """One row a unit; a unit nobody and nothing lies in is left out if it is `unassigned`."""
    rule = one.rule
    target = rule.target_for(_residents(area)) if units.whole or rule.measure != "count" else None
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
        reason = found.reason if found.figure is None else (NOTHING if not np.isnan(value) else text("check_nobody"))
        yield {
            "profile": one.profile.key, "lead": one.lead, "indicator": rule.key,
            "name": rule.name, "name_en": rule.name_en,
            "unit_id": unit["unit_id"], "unit_name": unit["name"], "unit_name_en": unit["name_en"],
            "value": value, "target": target,
            "unit": UNIT_SHOWN.get(rule.natural_unit, rule.natural_unit), "relation": rule.relation,
            "verdict": verdict(rule, value, target, demo=demo),
            "numerator": _amount(found, "numerator", number), "denominator": _amount(found, "denominator", number),
            "not_measurable": _amount(found, "unknown", number),
            "counted": counted(rule),
            "interval_low": low, "interval_high": high, "flips": bool(flipped), "flipped_by": ";".join(flipped),
            "reportable": not demo and not np.isnan(value), "verified": rule.verified, "clause": rule.clause,
            "reason": reason.zh, "reason_en": reason.en,
            "profile_name": one.profile.name, "profile_name_en": one.profile.name_en,
            "measured": said.zh, "measured_en": said.en, "layers": ";".join(dict.fromkeys(kinds)),
            "note": rule.note, "note_en": rule.note_en,
        }  # fmt: skip


def counted(rule: Rule) -> str:
    """What a rule's numerator counts: people, homes, jobs, people_and_jobs, m2, m, km or parks."""
    if rule.measure in ("walk", "radius", "circle"):
        return {"land": "m2", "built_up": "m2", "street": "m"}.get(rule.of, rule.of)
    return {"provision": "m2", "density": "km"}.get(rule.measure, "parks")


def _marked(area: StudyArea, row: dict[str, Any], found: _Measured, units: Units) -> dict[str, Any]:
    """A row that says whether it may be reported: what it rests on is what its rule rests on, and the streets."""
    kinds = () if found.figure is None else (*found.figure.kinds, "streets", "homes", *units.kinds)
    return {**row, "reportable": not _demo(area, kinds)}


def _demo(area: StudyArea, kinds: Iterable[str]) -> bool:
    return any(moves_a_figure(area.layer(kind)) for kind in dict.fromkeys(kinds) if area.has(kind))


def _amount(found: _Measured, name: str, number: int) -> float:
    """People and numbers whole, m2 and km to the tenth."""
    if found.figure is None:
        return np.nan
    return round(float(getattr(found.figure, name)[number]), 1)


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


def _variant_rows(one: Asked, found: _Measured, target: float | None) -> Iterator[dict[str, Any]]:
    for other, figures in found.others:
        value = float(figures.value[0])
        meets = None if target is None or np.isnan(value) else one.rule.met(value, target)
        yield {
            "profile": one.profile.key, "indicator": one.rule.key, "variant": other.key,
            "name": other.said.zh, "name_en": other.said.en, "value": value, "meets_target": meets,
        }  # fmt: skip


def _ranking(one: Asked, units: Units, found: _Measured) -> Iterator[dict[str, Any]]:
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


def _residents(area: StudyArea) -> int | None:
    if area.info.population is not None:
        return area.info.population
    return int(area.table("homes")["population"].sum())
