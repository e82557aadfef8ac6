"""What is wrong with the expressways and their ramps: each fault with the features, the place and how far it is off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import road_ends
from kunshan_gis.studies.systems.roads.drawn import Drawn
from kunshan_gis.studies.systems.roads.driving import Driving
from kunshan_gis.studies.systems.system import Fault

EXACT_M = 0.5
"""Ends nearer than this to what they meet are drawn to meet it."""
OVERLAP_M = 1.0
"""Lines that share less of their course only cross."""
ORDER = (
    "roads_ring_open", "roads_link_one", "roads_radial_no_ring", "roads_radial_no_border", "roads_dead_end",
    "roads_gap", "roads_overshoot", "roads_apart", "roads_inexact", "roads_ramp_far", "roads_ramp_no_street",
    "roads_ramp_unknown", "roads_repeated", "roads_overlap", "roads_empty",
)  # fmt: skip


def faults_of(drawn: Drawn, driving: Driving | None) -> list[Fault]:
    """All faults, kind by kind in the order of the table."""
    found = [
        *_rings(drawn), *_links(drawn), *_radials(drawn), *_ends(drawn), *_apart(drawn), *_twice(drawn),
        *_ramps(drawn, driving),
    ]  # fmt: skip
    return sorted(found, key=lambda fault: (ORDER.index(fault.key), fault.ids))


def _rings(drawn: Drawn) -> Iterator[Fault]:
    """Rings that do not come round, with the narrowest gap between two of their ends."""
    ends = road_ends(drawn.graph.segments, drawn.features["road"])
    for road in drawn.roads.index[drawn.roads["closed"] == False]:  # noqa: E712 - None is neither
        places = drawn.graph.node_xy[ends.loc[ends["road"] == road, "node"].to_numpy()]
        gap = _narrowest(places)
        yield Fault("roads_ring_open", drawn.ids(road), gap, math.nan if gap is None else round(shapely.length(gap), 1))


def _narrowest(places: NDArray[Any]) -> shapely.Geometry | None:
    pairs = [(i, j) for i in range(len(places)) for j in range(i)]
    if not pairs:
        return None
    lines = shapely.linestrings([[places[i], places[j]] for i, j in pairs])
    return lines[int(np.argmin(shapely.length(lines)))]  # type: ignore[no-any-return]


def _links(drawn: Drawn) -> Iterator[Fault]:
    """Links that join fewer than two other roads."""
    for road in drawn.roads.index[(drawn.roads["class"] == "link") & ~drawn.roads["sound"]]:
        ends = drawn.graph.ends
        loose = ends[ends["hanging"] & (drawn.features["road"].to_numpy()[ends["row"]] == road)]
        place = shapely.Point(loose["x"].iloc[0], loose["y"].iloc[0]) if len(loose) else drawn.lines(road)[0]
        yield Fault("roads_link_one", drawn.ids(road), place)


def _radials(drawn: Drawn) -> Iterator[Fault]:
    """Radials that leave no ring, or do not reach the border."""
    for road in drawn.roads.index[drawn.roads["class"] == "radial"]:
        lines = drawn.lines(road)
        if drawn.roads["leaves"][road] == 0:
            rings = drawn.graph.lines[drawn.features["class"].to_numpy()[drawn.graph.row] == "ring"]
            yield Fault("roads_radial_no_ring", drawn.ids(road), *_nearest(lines, rings))
        if drawn.roads["reaches"][road] is False:
            assert drawn.border is not None
            yield Fault("roads_radial_no_border", drawn.ids(road), *_nearest(lines, np.array([drawn.border])))


def _nearest(lines: NDArray[Any], others: NDArray[Any]) -> tuple[shapely.Geometry, float]:
    """Where lines come nearest to others, and how near; the place is on the lines."""
    if not len(others):
        return shapely.Point(lines[0].coords[0]), math.nan
    way = shapely.get_coordinates(shapely.shortest_line(shapely.multilinestrings(lines), shapely.union_all(others)))
    return shapely.Point(way[0]), round(float(np.hypot(*(way[1] - way[0]))), 1)


def _ends(drawn: Drawn) -> Iterator[Fault]:
    """Ends short of what they were meant to meet or past it, and ends of links that lead nowhere."""
    ids, kinds, within = drawn.features["id"].to_numpy(), drawn.features["class"].to_numpy(), drawn.profile
    for end in drawn.graph.ends.to_dict(orient="records"):
        row, past_m, gap_m = end["row"], float(end["past_m"]), float(end["gap_m"])
        place = shapely.Point(end["x"], end["y"])
        if not end["hanging"]:
            if EXACT_M < gap_m <= within.joint_m:
                yield Fault("roads_inexact", (ids[row], ids[end["near_row"]]), place, round(gap_m, 1))
        elif past_m <= within.gap_m:
            yield Fault("roads_overshoot", (ids[row], ids[end["past_row"]]), place, round(past_m, 1))
        elif gap_m <= within.gap_m:
            yield Fault("roads_gap", (ids[row], ids[end["near_row"]]), place, round(gap_m, 1))
        elif kinds[row] == "link" and not drawn.outside(place):
            yield Fault("roads_dead_end", (ids[row],), place)


def _apart(drawn: Drawn) -> Iterator[Fault]:
    ids = drawn.features["id"].to_numpy()
    for one, other, place in zip(*drawn.graph.apart, strict=True):
        yield Fault("roads_apart", (ids[one], ids[other]), place)


def _twice(drawn: Drawn) -> Iterator[Fault]:
    """Lines without a length, lines drawn twice, and lines that share a part of their course."""
    ids, graph = drawn.features["id"].to_numpy(), drawn.graph
    for row in graph.empty:
        yield Fault("roads_empty", (ids[row],))
    for first, again in graph.repeated:
        line = drawn.features.geometry.iloc[first]
        yield Fault("roads_repeated", (ids[first], ids[again]), line, round(shapely.length(line), 1))
    left, right = shapely.STRtree(graph.lines).query(graph.lines, predicate="intersects")
    left, right = left[left < right], right[left < right]
    shared = shapely.intersection(graph.lines[left], graph.lines[right])
    for k in np.flatnonzero(shapely.length(shared) > OVERLAP_M):
        pair = (ids[graph.row[left[k]]], ids[graph.row[right[k]]])
        yield Fault("roads_overlap", pair, shared[k], round(shapely.length(shared[k]), 1))


def _ramps(drawn: Drawn, driving: Driving | None) -> Iterator[Fault]:
    """Ramps of an unknown expressway, far from theirs, or with no street near."""
    known, ramps = set(drawn.features["id"]), drawn.ramps
    given = ramps["expressway_id"] if "expressway_id" in ramps else pd.Series(None, index=ramps.index, dtype=object)
    for row, (key, whose, place) in enumerate(zip(ramps["id"], given, ramps.geometry, strict=True)):
        away = float(drawn.graph.ramp_m[row])
        if isinstance(whose, str) and whose not in known:
            yield Fault("roads_ramp_unknown", (key, whose), place)
        if not away <= drawn.profile.ramp_m:
            yield Fault("roads_ramp_far", (key, *([whose] if isinstance(whose, str) else [])), place, round(away, 1))
    if driving is None:
        return
    nowhere = driving.ramps[np.isnan(driving.roads.ramp_street_m)]
    for key, place in zip(nowhere["id"], nowhere.geometry, strict=True):
        yield Fault("roads_ramp_no_street", (key,), place)
