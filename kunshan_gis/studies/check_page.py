"""The page of a check: where on the map what the standards ask for is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis import maps
from kunshan_gis.analysis import amount_cells
from kunshan_gis.maps import Circle, Gap, MapPage, Outside
from kunshan_gis.messages import Lang, Text
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.asked import Asked
from kunshan_gis.studies.beside import inside_not_on_foot
from kunshan_gis.studies.check import Check, measuring_of
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.needs import circle_of_homes
from kunshan_gis.studies.rule_figures import BY_PARTS, covered, demanded
from kunshan_gis.studies.supply import PARKS
from kunshan_gis.studies.terms import AS_MEASURED

MOST_GAPS = 8
"""Rules drawn on one page, those with a target first: more could not be told apart in a legend."""
CELL_M = 300.0


def check_page(found: Check, *, lang: Lang = "zh") -> MapPage:
    """A check as a page; in a notebook it shows itself."""
    area, measured = found.units.area, _measured(found)
    return maps.check_map(
        area, found.result, circle=_circle(found, measured), gaps=tuple(_gaps(found, measured)),
        outside=_outside(found, measured), lang=lang,
    )  # fmt: skip


def _measured(found: Check) -> list[Asked]:
    """The rules of the reporting basis that have a figure; of all profiles where no basis is named or has any."""
    table = found.result.tables["check"]
    there = set(table.loc[table["value"].notna(), ["profile", "indicator"]].itertuples(index=False, name=None))
    rules = [one for one in found.asked if (one.profile.key, one.rule.key) in there]
    return [one for one in rules if one.lead] or rules


def _gaps(found: Check, rules: Sequence[Asked]) -> Iterator[Gap]:
    shares = [one for one in rules if one.rule.measure in ("walk", "radius")]
    shares.sort(key=lambda one: one.rule.target is None and not one.rule.targets)
    for one in shares[:MOST_GAPS]:
        measuring = measuring_of(found, one)
        cells, kinds = _cells(one, measuring)
        name = Text(one.rule.name, one.rule.name_en)
        counted = {"land": "m2", "built_up": "m2", "street": "m"}.get(one.rule.of, one.rule.of)
        yield Gap(f"{one.profile.key}_{one.rule.key}", name, counted, kinds, cells)


def _cells(one: Asked, measuring: Measuring) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """A rule's three states in cells; what of the demand lies outside the rule's scope is not left out here."""
    parts = BY_PARTS.get(one.rule.of, (one.rule.of,))
    rows = [demanded(measuring, of) for of in parts]
    figures = [covered(one.rule, of, measuring, AS_MEASURED) for of in parts]
    points = gpd.GeoSeries(pd.concat([part.places for part in rows], ignore_index=True), crs=rows[0].places.crs)
    amount, inside, known = (
        np.concatenate(column)
        for column in (
            [part.amount for part in rows], [part.amount for part in figures], [part.measurable for part in figures],
        )
    )  # fmt: skip
    there = ~(points.is_empty | points.isna()).to_numpy()
    cells = amount_cells(points[there], amount[there], inside[there], known[there], size_m=CELL_M)
    kinds = dict.fromkeys([*(kind for part in rows for kind in part.kinds),
                           *(kind for part in figures for kind in part.kinds)])  # fmt: skip
    return cells, tuple(kinds)


def _circle(found: Check, rules: Sequence[Asked]) -> Circle | None:
    """How many needs of the first life circle are in reach, in the mean over the residents of a cell."""
    for one in rules:
        if one.rule.measure != "circle":
            continue
        measuring = measuring_of(found, one)
        homes = circle_of_homes(one.rule, measuring)
        people = demanded(measuring, "people")
        measured = int(homes["measured"].max())
        known = homes["measured"].to_numpy() > 0
        reached = homes["reached"].fillna(0).to_numpy(dtype=float)
        needs = amount_cells(people.places, people.amount * max(measured, 1), people.amount * reached, known,
                             size_m=CELL_M)  # fmt: skip
        cells = needs.assign(amount=needs["amount"] / max(measured, 1))
        mean = needs["covered"] / (needs["covered"] + needs["not_covered"]).replace(0, np.nan) * measured
        kinds = tuple(dict.fromkeys([*people.kinds, *covered(one.rule, "people", measuring, AS_MEASURED).kinds]))
        name = Text(one.rule.name, one.rule.name_en)
        return Circle(name, len(one.rule.needs), measured, kinds, cells.assign(reached=mean))
    return None


def _outside(found: Check, rules: Sequence[Asked]) -> Outside | None:
    """Of the first rule with a distance to parks: who is inside the circle and not on foot."""
    for one in rules:
        if one.rule.measure not in ("walk", "radius") or one.rule.to != (PARKS,):
            continue
        try:
            homes = inside_not_on_foot(_area(found), one.rule, measuring_of(found, one))
        except NotThereError:
            return None
        return Outside(Text(one.rule.name, one.rule.name_en), ("homes", "parks", "streets"), homes)
    return None


def _area(found: Check) -> StudyArea:
    return found.units.area
