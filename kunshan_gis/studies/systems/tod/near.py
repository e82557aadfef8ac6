"""Who and what lies near stations: pairs of a station and a thing, in a straight line and on foot.

Things are residents, jobs, facilities and parks: each with an amount, a place, and its doors on the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import Pairs
from kunshan_gis.model import Points
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.supply import PARKS, categories
from kunshan_gis.studies.systems.tod.stations import Stations, door_points
from kunshan_gis.studies.terms import AS_MEASURED

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
THINGS = ("people", "jobs", "facilities", "parks")


@dataclass(frozen=True, eq=False)
class Things:
    """What may lie near a station.

    Attributes
    ----------
    amount : (things,) residents, jobs, or one each
    shapes : (things,) points, outlines of parks
    points, owner : doors on the network, and whose they are; None without streets
    """

    amount: Floats
    shapes: NDArray[np.object_]
    points: Points | None
    owner: Rows


def things(measuring: Measuring, what: str) -> Things | None:
    """Residents, jobs, facilities or parks; None where the layer is missing or nothing of it stands."""
    return measuring.keep(("tod things", what), lambda: _things(measuring, what))


def _things(measuring: Measuring, what: str) -> Things | None:
    try:
        return _MAKERS[what](measuring)
    except NotThereError:
        return None


def _demanded(what: str) -> Callable[[Measuring], Things]:
    def made(measuring: Measuring) -> Things:
        rows = measuring.demand(what)
        points = measuring.placed(what, AS_MEASURED) if measuring.area.has("streets") else None
        return Things(rows.amount, rows.shapes, points, np.arange(len(rows.amount)))

    return made


def _parks(measuring: Measuring) -> Things:
    table = measuring.supply(PARKS).table
    points, owner = (None, np.empty(0, dtype=np.int64))
    if measuring.area.has("streets"):
        points, owner = measuring.doors(PARKS, AS_MEASURED)
    return Things(np.ones(len(table)), np.asarray(table.geometry.array), points, owner)


def _facilities(measuring: Measuring) -> Things:
    """Facilities of every category, those that stand."""
    places = [place for place in categories(measuring.area) if _stands(measuring, place)]
    if not places:
        measuring.supply(next(iter(categories(measuring.area)), "facilities"))  # says what is missing
    shapes = np.concatenate([np.asarray(measuring.supply(place).table.geometry.array) for place in places])
    points = None
    if measuring.area.has("streets"):
        points = network.joined(*(measuring.doors(place, AS_MEASURED)[0] for place in places))
    return Things(np.ones(len(shapes)), shapes, points, np.arange(len(shapes)))


def _stands(measuring: Measuring, place: str) -> bool:
    try:
        measuring.supply(place)
    except NotThereError:
        return False
    return True


_MAKERS: dict[str, Callable[[Measuring], Things]] = {
    "people": _demanded("people"), "jobs": _demanded("jobs"), "facilities": _facilities, "parks": _parks,
}  # fmt: skip


def straight(starts: NDArray[np.object_], owner: Rows, stations: int, found: Things, *, metres: float) -> Pairs:
    """Pairs in a straight line, from the nearest of a station's doors to the point or the park's outline."""
    shapes = found.shapes
    there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    door, row = shapely.STRtree(shapes[there]).query(starts, predicate="dwithin", distance=metres + 1.0)
    thing = there[row]
    return _pairs(owner[door], thing, shapely.distance(starts[door], shapes[thing]), stations, len(shapes))


def walked(
    measuring: Measuring, found: Stations, what: Things, *, metres: float, speed_mps: float | None = None
) -> Pairs | None:
    """Pairs on foot, from the nearest door to the nearest door; None where nothing can be walked.

    Parameters
    ----------
    metres : as far as this
    speed_mps : with a pace, the seconds waited on the way are taken as metres walked in them
    """
    doors = door_points(found)
    if doors is None or what.points is None:
        return None
    points, owner = doors
    reached = network.reach(measuring.net(AS_MEASURED), what.points, points, owner, cutoff_m=metres + 1.0)
    row, station = (axis.astype(np.int64) for axis in reached.metres.tocoo().coords)
    away = reached.metres.data
    if speed_mps is not None and measuring.walk.delays:
        away = away + reached.delay_s.data * speed_mps
    return _pairs(station, what.owner[row], away, len(found), len(what.amount))


def _pairs(station: Rows, thing: Rows, metres: Floats, stations: int, number: int) -> Pairs:
    """Each pair once, by its nearest doors, in order."""
    order = np.lexsort((metres, thing, station))
    of, at = station[order], thing[order]
    first = np.flatnonzero((np.diff(of, prepend=-1) != 0) | (np.diff(at, prepend=-1) != 0))
    return Pairs(of[first], at[first], metres[order][first], stations, number)
