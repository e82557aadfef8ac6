"""What lies within a radius: points by their distance, land and street by the exact part of them inside the circles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import TOLERANCE_M
from kunshan_gis.studies.demand import DEMAND_KINDS, Demand
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.supply import Group, Supply, supply_kinds

Floats = NDArray[np.float64]
Parts = Sequence[tuple[Supply, Group]]
QUAD_SEGS = 32
"""Segments to a quarter of a circle: a radius of 500 m is drawn at most 0.2 m too small."""
_INSCRIBED = np.cos(np.pi / (4 * QUAD_SEGS))
"""The drawn circle reaches at least this part of its radius everywhere."""


def within_radius(rows: Demand, parts: Parts, measuring: Measuring) -> Floats:
    """How much of every row is within the radius of any of the places; ground of several circles counts once."""
    if not rows.extended:
        inside = np.zeros(len(rows.amount), dtype=bool)
        for places, part in parts:
            inside |= measuring.straight(rows.key, places.place, part.rows) <= part.metres + TOLERANCE_M
        return np.where(inside, rows.amount, 0.0)
    said = tuple((places.place, part.rows.tobytes(), part.metres) for places, part in parts)
    kinds = (*DEMAND_KINDS[rows.key], *(kind for places, _ in parts for kind in supply_kinds(places.place)))
    return measuring.keep(("radius", rows.key, said), lambda: _ground_within(rows, parts, measuring), kinds)


def _ground_within(rows: Demand, parts: Parts, measuring: Measuring) -> Floats:
    """Only rows near the edge of a circle are cut; of the others their distance tells."""
    sure, perhaps = (np.zeros(len(rows.amount), dtype=bool) for _ in range(2))
    for places, part in parts:
        away = measuring.straight(rows.key, places.place, part.rows)
        sure |= away + rows.span_m <= part.metres * _INSCRIBED
        perhaps |= away - rows.span_m <= part.metres
    within = part_inside(rows, circles(parts), np.flatnonzero(perhaps & ~sure))
    return np.where(sure, rows.amount, within)


def circles(parts: Parts) -> NDArray[np.object_]:
    """The ground within the radius of every place, from a park's outline; ground of several is there several times."""
    made = [
        shapely.buffer(
            np.asarray(places.straight_from.array)[places.straight_rows(part.rows)], part.metres, quad_segs=QUAD_SEGS
        )
        for places, part in parts
    ]
    return np.concatenate(made) if made else np.empty(0, dtype=object)


def part_inside(rows: Demand, areas: NDArray[np.object_], some: NDArray[np.int64] | None = None) -> Floats:
    """How much of every row (m2 of land, metres of street) lies in any of some areas; shared ground counts once.

    Parameters
    ----------
    some : rows to look at; of the others nothing is taken to lie inside
    """
    inside = np.zeros(len(rows.amount))
    some = np.arange(len(inside)) if some is None else some
    shapes = rows.shapes[some]
    of, area = shapely.STRtree(areas).query(shapes)
    shapely.prepare(areas)
    whole = np.bincount(of[shapely.contains_properly(areas[area], shapes[of])], minlength=len(some)) > 0
    inside[some[whole]] = rows.amount[some[whole]]
    cut = ~whole[of]
    of, area = of[cut], area[cut]
    met = shapely.intersection(shapes[of], areas[area])
    first = np.flatnonzero(np.diff(of, prepend=-1))
    joined = met[first]  # of most rows one area takes a part; where several do, their parts are joined
    ends = np.append(first, len(of))
    several = np.flatnonzero(np.diff(ends) > 1)
    joined[several] = [shapely.union_all(met[ends[at] : ends[at + 1]]) for at in several]
    inside[some[of[first]]] = (shapely.area if rows.areal else shapely.length)(joined)
    return inside
