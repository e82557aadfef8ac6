"""Who and what lies within a walk of parks, stops or services: in three states, by any units and several cutoffs.

Read `rule_figures` for how a share is measured: a cutoff is a rule like those of the standards, so that the check and
this table say the same of the same question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.errors import ParameterError
from kunshan_gis.figures import amount, percent
from kunshan_gis.indicators import STATE_LABELS, TIER_LABELS
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Progress, Result, StudyArea, silent
from kunshan_gis.rules import Of, Rule
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.park_reach import near_the_edge, tiers_of
from kunshan_gis.studies.places import places_named, said_of
from kunshan_gis.studies.rule_figures import Figure, figure
from kunshan_gis.studies.shown import Lead, Shown
from kunshan_gis.studies.supply import PARKS
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import HEX, Units, units_sha256
from kunshan_gis.studies.walk import Walk, walk_network
from kunshan_gis.studies.walked import REQUIRED, chosen_units, not_there, walked_account

AMOUNTS: dict[Of, str] = {"people": "people", "homes": "homes", "jobs": "jobs", "land": "m2", "street": "m"}
"""What can be covered, and the unit it is counted in."""
MOST_METRES = 50_000.0
MOST_MINUTES = 240.0
_ALWAYS_READ = (
    "boundary", "streets", "homes", "water", "barriers", "rail", "expressways", "parks", "park_gates", "stations",
    "entrances", "bus_stops", "facilities", "towns", "zones", "zone_towns",
)  # fmt: skip
COLUMNS = (
    "places", "of", "tier", "minutes", "metres", "unit_id", "name", "name_en", "total", "covered", "not_covered",
    "not_measurable", "share_covered", "share_measurable", "amount_unit", "reportable",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Coverage(Shown):
    """What the study worked out.

    Attributes
    ----------
    result : Result
        One table, `coverage_<units>`: a row a unit, tier and cutoff (`COLUMNS`).
    rules : one a tier and cutoff, as `kunshan-gis check` would measure them
    units : Units
    """

    result: Result
    rules: tuple[Rule, ...]
    units: Units

    @property
    def table(self) -> pd.DataFrame:
        """The figures: covered, not covered and not measurable sum to the total."""
        return self.result.tables[f"coverage_{self.units.key}"]

    def lead(self) -> Lead:
        """Every unit and cutoff in three states."""
        demo, by_tier = not self.result.reportable, set(self.table["tier"]) != {ALL}
        rows = []
        for row in self.table.to_dict(orient="records"):
            amounts = [amount(row[key], row["amount_unit"], demo=demo) for key in ("total", *STATE_LABELS)]
            share = "—" if pd.isna(row["share_covered"]) else percent(row["share_covered"], demo=demo)
            tier = [Text(*TIER_LABELS.get(row["tier"], (row["tier"],) * 2))] if by_tier else []
            rows.append([Text(row["name"], row["name_en"]), *tier, upto(row), *amounts, Text(share, share)])
        keys = ("unit_name", *(("tier",) if by_tier else ()), "cutoff", "total", *STATE_LABELS, "share_covered")
        places, of = said_of(self.rules[0].to), text(f"column_of_{self.rules[0].of}")
        headings = [text(f"column_{key}") for key in keys]
        return Lead(text("coverage_title", places=places, of=of), headings, rows)

    def drawn(self) -> gpd.GeoDataFrame:
        """The figures with the outlines of their units, where units have any; for maps and GIS files."""
        names, shapes = self.units.names["unit_id"], self.units.shapes
        outline = {} if shapes is None else dict(zip(names, shapes, strict=False))
        geometry = [outline.get(unit) for unit in self.table["unit_id"]]
        return gpd.GeoDataFrame(self.table.copy(), geometry=geometry, crs=self.units.area.info.analysis_crs)


def upto(row: Mapping[Any, Any]) -> Text:
    """A cutoff in words: 900 米（15 分钟）."""
    metres = f"{row['metres']:,.0f}"
    if pd.isna(row["minutes"]):
        return text("cutoff_metres", metres=metres)
    return text("cutoff_minutes", metres=metres, minutes=f"{row['minutes']:g}")


def coverage(
    area: StudyArea,
    places: str | Sequence[str],
    *,
    of: Of = "people",
    by: str = "area",
    polygons: gpd.GeoDataFrame | None = None,
    hex_m: float = 500.0,
    minutes: float | Sequence[float] = (),
    metres: float | Sequence[float] = (),
    tier: str = ALL,
    speed_mps: float | None = None,
    profile: str | None = None,
    allow_open_edge: bool = False,
    progress: Progress = silent,
) -> Coverage:
    """The share of residents, homes, jobs, residential land or streets within a walk of any of some places.

        share_covered = covered / (covered + not covered + not measurable)

    Parameters
    ----------
    places : a key or name, Chinese or English, or several
        `parks`, `stations`, `bus_stops`, categories of facilities; the nearest of any of them counts.
    of : people, homes, jobs, land (residential) or street
    by : area, zones, towns, communities (or zone, town, community), hex, or what `polygons` are called
    polygons : areas of one's own with `id`, metres in the analysis CRS
        Points count where they lie; land and streets with the share of their area or length there.
    hex_m : float
        Width of the hexagons, metres.
    minutes, metres : a cutoff or several, inclusive, of one kind; by default the profile's minutes
        Minutes become metres at the pace; seconds of delay, where the profile has any, are taken off.
    tier : of parks only; `all` gives all parks and each tier there is

    Raises
    ------
    ParameterError, LayerSchemaError
        A place, tier, cutoff or unit that is not there; units that overlap.
    LayerNotFoundError
        A layer is missing.
    NetworkError
        The street data ends within one walk of residents although a boundary is given.
    """
    area.require(*REQUIRED)
    keys = places_named(area, places)
    walk = Walk.choose(area, speed_mps=speed_mps, profile=profile)
    tiers = _tiers(area, keys, tier)
    rules = tuple(_rules(keys, of, tiers, _cutoffs(walk, _several(minutes), _several(metres))))
    farthest = max(rule.metres_at(walk.speed_mps) or 0.0 for rule in rules)
    progress("building_network", 0, 1)
    near = near_the_edge(area, walk_network(area, walk), farthest, allow_open_edge=allow_open_edge)
    measuring = Measuring(area, walk)
    found: list[Figure] = []
    try:
        for key in keys:
            measuring.supply(key)  # all that is asked for must be there
        units = chosen_units(measuring, by, of, polygons=polygons, hex_m=hex_m)
        for done, rule in enumerate(rules):
            progress("walking", done, len(rules))
            found.append(figure(rule, measuring, units, AS_MEASURED))
    except NotThereError as error:
        raise not_there(error) from error
    progress("walking", len(rules), len(rules))
    parameters = {
        "places": list(keys), "of": of, "by": units.key,
        "units_sha256": "" if polygons is None else units_sha256(polygons),
        "hex_m": hex_m if units.key == HEX else None, "tier": tier,
        "minutes": [rule.minutes for rule in rules if rule.tiers == rules[0].tiers and rule.minutes is not None],
        "metres": [rule.metres for rule in rules if rule.tiers == rules[0].tiers and rule.metres is not None],
        "speed_mps": walk.speed_mps, "max_leg_m": walk.max_leg_m, "min_component_m": walk.min_component_m,
        "allow_open_edge": allow_open_edge, "scenario": area.info.scenario,
    }  # fmt: skip
    account = walked_account(
        measuring, parameters, keys, study="coverage", units=units, kinds=found[0].kinds,
        near_edge=near, farthest_m=farthest,
    )  # fmt: skip
    if of == "street" and walk.delays and rules[0].minutes is not None:
        account = replace(account, warnings=(*account.warnings, text("warn_street_delays")))
    rows = [
        row for rule, one in zip(rules, found, strict=True)
        for row in _rows(rule, one, units, walk, reportable=account.reportable)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    return Coverage(Result(account, {f"coverage_{units.key}": table}), rules, units)


def kinds_read(*others: str) -> tuple[str, ...]:
    """The layers a study of walks to places reads; those of its units and of what is covered besides."""
    rest = {"land": "landuse", "jobs": "jobs", "communities": "communities"}
    return (*_ALWAYS_READ, *(rest[other] for other in others if other in rest))


def _rows(rule: Rule, found: Figure, units: Units, walk: Walk, *, reportable: bool) -> Iterator[dict[str, Any]]:
    """One row a unit; a unit without anything is shown, but for hexagons and what is `unassigned`."""
    total, covered, unknown = (_amounts(rule, part) for part in (found.denominator, found.numerator, found.unknown))
    for number, unit in enumerate(units.names.to_dict(orient="records")):
        whole = total[number]
        if whole <= 0 and (unit["unit_id"] == UNASSIGNED or units.key == HEX):
            continue
        reached, lost = covered[number], unknown[number]
        yield {
            "places": ";".join(rule.to), "of": rule.of, "tier": rule.tiers[0] if rule.tiers else ALL,
            "minutes": np.nan if rule.minutes is None else rule.minutes, "metres": rule.metres_at(walk.speed_mps),
            "unit_id": unit["unit_id"], "name": unit["name"], "name_en": unit["name_en"],
            "total": whole, "covered": reached, "not_covered": _whole(rule, whole - reached - lost),
            "not_measurable": lost,
            "share_covered": reached / whole if whole > 0 else np.nan,
            "share_measurable": reached / (whole - lost) if whole - lost > 0 else np.nan,
            "amount_unit": AMOUNTS[rule.of], "reportable": reportable,
        }  # fmt: skip


def _amounts(rule: Rule, values: NDArray[np.float64]) -> list[float]:
    return [_whole(rule, value) for value in values.tolist()]


def _whole(rule: Rule, value: float) -> float:
    """People, homes and jobs in whole numbers, land and street to a tenth of a square metre or metre."""
    return max(round(value, 1), 0.0) if rule.of in ("land", "street") else round(value)


def _several(cutoffs: float | Sequence[float]) -> Sequence[float]:
    return (cutoffs,) if isinstance(cutoffs, int | float) else cutoffs


def _cutoffs(walk: Walk, minutes: Sequence[float], metres: Sequence[float]) -> list[dict[str, float]]:
    if minutes and metres:
        raise ParameterError(
            Text("距离应给一种：minutes 或 metres", "give the distances in minutes or in metres, one of the two")
        )
    name, values, most = ("metres", metres, MOST_METRES) if metres else ("minutes", minutes, MOST_MINUTES)
    wrong = [value for value in values if not 0 < value <= most]
    if wrong or len(set(values)) < len(values):
        said = ", ".join(f"{value:g}" for value in (wrong or values))
        raise ParameterError(
            Text(
                f"{name} = {said} 不能作为步行口径：各不相同、大于 0、不超过 {most:g}",
                f"{name} = {said} is no walk: give numbers that differ, above 0 and up to {most:g}",
            )
        )
    return [{name: float(value)} for value in sorted(values)] or [{"minutes": walk.minutes}]


def _tiers(area: StudyArea, places: tuple[str, ...], tier: str) -> tuple[str, ...]:
    """The tiers to show, `all` for all parks; of places other than parks alone there is one row."""
    there = tiers_of(area.standing(PARKS)) if PARKS in places and "tier" in area.table(PARKS) else (ALL,)
    if tier == ALL:
        return there if places == (PARKS,) else (ALL,)
    if tier not in there:
        tiers = ", ".join(there)
        raise ParameterError(
            Text(
                f"公园图层中没有层级 `{tier}`；可选：{tiers}"
                if PARKS in places
                else f"层级 `{tier}` 只用于公园；请把公园加入，或不给层级",
                f"tier `{tier}` does not occur in the parks layer; there are: {tiers}"
                if PARKS in places
                else f"tier `{tier}` chooses parks, and there are none here; add parks, or give no tier",
            )
        )
    return (tier,)


def _rules(places: tuple[str, ...], of: Of, tiers: tuple[str, ...], cutoffs: list[dict[str, float]]) -> Iterator[Rule]:
    said = said_of(places)
    for tier in sorted(tiers, key=(ALL, *TIERS).index):
        for cutoff in cutoffs:
            minutes, metres = cutoff.get("minutes"), cutoff.get("metres")
            how_far = f"{minutes:g} min" if metres is None else f"{metres:g} m"
            yield Rule(
                key="coverage", name=f"{said.zh} {how_far}", name_en=f"{said.en} {how_far}", measure="walk",
                to=places, of=of, minutes=minutes, metres=metres, tiers=() if tier == ALL else (tier,),
                verified="memory",
            )  # fmt: skip
