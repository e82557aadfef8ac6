"""The statutory radius beside the walked figure: the same parks and distances, as the crow flies and on foot.

What lies in the difference is inside the circle and not reached on foot. `inside_not_on_foot` shows the residents
there, with the first barrier on the straight line to their park: a likely reason, not a proven one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import TOLERANCE_M, UNASSIGNED
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import CheckProfile, Rule
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.on_foot import barriers_by_kind
from kunshan_gis.studies.rule_figures import covered, demanded, unit_share
from kunshan_gis.studies.supply import PARKS, groups
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import Units

BESIDE = (
    "profile", "indicator", "name", "name_en", "of", "unit_id", "unit_name", "unit_name_en", "share_radius",
    "share_walk", "inside_not_on_foot", "on_foot_not_inside", "not_measurable", "total", "reportable",
)  # fmt: skip
BARRIERS = ("expressways", "rail", "water", "barriers")
"""What can stand between a home and a park, in the order told apart where two are equally near."""


def twins(rule: Rule) -> tuple[Rule, Rule]:
    """The rule in a straight line, and on foot."""
    return rule.model_copy(update={"measure": "radius"}), rule.model_copy(update={"measure": "walk"})


def beside(profile: CheckProfile, rule: Rule, measuring: Measuring, units: Units) -> Iterator[dict[str, Any]]:
    """A radius rule both ways, over its own denominator and over people, in every unit; nothing where layers lack."""
    straight, on_foot = twins(rule)
    for of in dict.fromkeys((rule.of, "people")):
        if of == "people_and_jobs":
            continue
        try:
            circle, walked = (covered(one, of, measuring, AS_MEASURED) for one in (straight, on_foot))
            share = unit_share(measuring, units, of, rule.within)
        except NotThereError:
            continue
        amount = demanded(measuring, of).amount
        inside = circle.amount
        reached = np.where(walked.measurable, walked.amount, 0.0)
        unknown = np.where(walked.measurable, 0.0, amount)
        more = np.where(walked.measurable, np.maximum(inside - reached, 0.0), 0.0) @ share
        less = np.where(walked.measurable, np.maximum(reached - inside, 0.0), 0.0) @ share
        total, in_circle, on_feet, lost = (column @ share for column in (amount, inside, reached, unknown))
        for number, unit in enumerate(units.names.to_dict(orient="records")):
            if unit["unit_id"] == UNASSIGNED and total[number] <= 0:
                continue
            there = total[number] > 0
            yield {
                "profile": profile.key, "indicator": rule.key, "name": rule.name, "name_en": rule.name_en, "of": of,
                "unit_id": unit["unit_id"], "unit_name": unit["name"], "unit_name_en": unit["name_en"],
                "share_radius": in_circle[number] / total[number] if there else np.nan,
                "share_walk": on_feet[number] / total[number] if there else np.nan,
                "inside_not_on_foot": round(float(more[number]), 1),
                "on_foot_not_inside": round(float(less[number]), 1),
                "not_measurable": round(float(lost[number]), 1), "total": round(float(total[number]), 1),
            }  # fmt: skip


def inside_not_on_foot(area: StudyArea, rule: Rule, measuring: Measuring) -> gpd.GeoDataFrame:
    """Homes inside the circle of a park whose walk to every park is farther than it serves.

    Parameters
    ----------
    rule : a rule with a distance to parks, in a straight line or on foot

    Returns
    -------
    GeoDataFrame of points, in the order of the homes
        `id`, `population`, `park_id` (the park in whose circle the home lies deepest), `straight_m` (to its outline),
        `walked_m` (to the nearest entrance of the parks the rule counts; infinite where there is none), `barrier`: the
        first of `expressways`, `rail`, `water`, `barriers` on the straight line, else `none`. Likely, not proven.

    Raises
    ------
    NotThereError
        A layer is missing.
    """
    straight, on_foot = twins(rule)
    circle, walked = (covered(one, "people", measuring, AS_MEASURED) for one in (straight, on_foot))
    homes = area.table("homes")
    amount = demanded(measuring, "people").amount
    rows = np.flatnonzero((circle.amount > 0) & walked.measurable & (walked.amount <= 0) & (amount > 0))
    park, line = _deepest(rule, measuring, np.asarray(homes.geometry.array)[rows])
    table = measuring.supply(PARKS).table
    return gpd.GeoDataFrame(
        {
            "id": homes["id"].to_numpy()[rows],
            "population": homes["population"].to_numpy()[rows],
            "park_id": table["id"].to_numpy()[park],
            "straight_m": shapely.length(line).round(1),
            "walked_m": _walked(rule, measuring)[rows].round(1),
            "barrier": first_barrier(area, line),
        },
        geometry=np.asarray(homes.geometry.array)[rows],
        crs=homes.crs,
    )


def _walked(rule: Rule, measuring: Measuring) -> NDArray[np.float64]:
    """Metres to the nearest of all the parks the rule counts."""
    metres = np.full(len(demanded(measuring, "people").amount), np.inf)
    for part in groups(rule, measuring.supply(PARKS), rule.metres_at(measuring.walk.speed_mps), AS_MEASURED):
        metres = np.fmin(metres, measuring.walked("people", PARKS, part.rows, AS_MEASURED).metres)
    return metres


def _deepest(
    rule: Rule, measuring: Measuring, homes: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Of every home the park in whose circle it lies deepest, and the straight line to its outline."""
    places = measuring.supply(PARKS)
    shapes = np.asarray(places.table.geometry.array)
    best, park = np.full(len(homes), np.inf), np.full(len(homes), -1, dtype=np.int64)
    for part in groups(rule, places, rule.metres_at(measuring.walk.speed_mps), AS_MEASURED):
        rows = np.flatnonzero(part.rows)
        found, away = shapely.STRtree(shapes[rows]).query_nearest(homes, return_distance=True, all_matches=False)
        left = away - part.metres
        deeper = (left <= TOLERANCE_M) & (left < best[found[0]])
        best[found[0][deeper]], park[found[0][deeper]] = left[deeper], rows[found[1][deeper]]
    return park, shapely.shortest_line(homes, shapes[park])


def first_barrier(area: StudyArea, lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """What each line meets first that can bar the way: a kind of `BARRIERS`, or `none`."""
    nearest, kind = np.full(len(lines), np.inf), np.full(len(lines), "none", dtype=object)
    starts = shapely.get_point(lines, 0)
    for name, shapes in barriers_by_kind(area).items():
        line, hit = shapely.STRtree(shapes).query(lines, predicate="crosses")
        away = shapely.distance(starts[line], shapely.intersection(lines[line], shapes[hit]))
        order = np.lexsort((away, line))
        first = order[np.flatnonzero(np.diff(line[order], prepend=-1))]
        nearer = first[away[first] < nearest[line[first]]]
        nearest[line[nearer]], kind[line[nearer]] = away[nearer], name
    return kind
