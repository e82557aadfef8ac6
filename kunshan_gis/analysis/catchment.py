"""Catchments of stations from tables of pairs: who lies within, each counted once, and how much of a circle is walked.

A pair is a station (row of the stations), a thing (row of the things: homes, jobs, parks) and the metres between them.
Nothing here knows how they were measured: a straight line and a walk are added up alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.analysis.coverage import TOLERANCE_M
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
COARSE_PART = 3.0
"""A position known less well than the distance divided by this gives a range and no figure."""


class Pairs(NamedTuple):
    """Stations and things that lie near each other, each pair once.

    Attributes
    ----------
    station, thing : (pairs,) int
    metres : (pairs,) float
    stations, things : how many there are of each
    """

    station: Rows
    thing: Rows
    metres: Floats
    stations: int
    things: int


class Range(NamedTuple):
    """A figure a station with the least and the most it can be; `value` is NaN where its position is too coarse."""

    value: Floats
    low: Floats
    high: Floats


def amount_within(pairs: Pairs, amount: Floats, *, metres: float, error_m: Floats) -> Range:
    """How much lies within a distance of each station, stations side by side: what two share counts for both.

    Parameters
    ----------
    pairs : as far as `metres` and the largest error
    amount : (things,) residents, jobs, or one each
    metres : the distance, inclusive to 5 cm
    error_m : (stations,) how badly each position is known

    Returns
    -------
    Range
        Where the error is more than a third of the distance: what lies within the distance less and plus the error,
        and no figure unless the two agree. Of a straight distance they are bounds; of a walk they are what nearer and
        farther doors would give.

    Examples
    --------
    Homes of 10 and 20 residents at 400 and 900 m; a position good to 600 m gives a range.

    >>> pairs = Pairs(np.array([0, 0]), np.array([0, 1]), np.array([400.0, 900.0]), 1, 2)
    >>> amount_within(pairs, np.array([10.0, 20.0]), metres=800, error_m=np.array([50.0])).value.tolist()
    [10.0]
    >>> [end.tolist() for end in amount_within(pairs, np.array([10.0, 20.0]), metres=800, error_m=np.array([600.0]))]
    [[nan], [0.0], [30.0]]
    """
    slack = slack_of(error_m, metres)
    low, high = (_sums(pairs, amount, metres + side * slack) for side in (-1.0, 1.0))
    return Range(np.where(low == high, low, np.nan), low, high)


def slack_of(error_m: Floats, metres: float) -> Floats:
    """How much nearer or farther a station may be: its error where that exceeds a third of the distance, else 0."""
    error = np.nan_to_num(np.asarray(error_m, dtype=float))
    slack: Floats = np.where(error > metres / COARSE_PART, error, 0.0)
    return slack


def _sums(pairs: Pairs, amount: Floats, limit: Floats) -> Floats:
    inside = pairs.metres <= limit[pairs.station] + TOLERANCE_M
    sums: Floats = np.bincount(
        pairs.station[inside], weights=amount[pairs.thing[inside]], minlength=pairs.stations
    ).astype(np.float64)
    return sums


def amount_within_any(
    pairs: Pairs, amount: Floats, stations: NDArray[np.bool_], *, metres: float, error_m: Floats
) -> Range:
    """How much lies within a distance of any of some stations, counted once; bounds as in `amount_within`."""
    slack = slack_of(error_m, metres)
    low, high = (_once(pairs, amount, stations, metres + side * slack) for side in (-1.0, 1.0))
    return Range(*(np.array([end]) for end in (low if low == high else np.nan, low, high)))


def _once(pairs: Pairs, amount: Floats, stations: NDArray[np.bool_], limit: Floats) -> float:
    inside = stations[pairs.station] & (pairs.metres <= limit[pairs.station] + TOLERANCE_M)
    return float(amount[np.unique(pairs.thing[inside])].sum())


def nearest_station(pairs: Pairs) -> tuple[Rows, Floats]:
    """Of every thing its nearest station and the metres to it; -1 and infinity where none is near.

    Among equals the station that comes first.

    Examples
    --------
    >>> pairs = Pairs(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([300.0, 200.0, 50.0]), 2, 3)
    >>> [column.tolist() for column in nearest_station(pairs)]
    [[1, 1, -1], [200.0, 50.0, inf]]
    """
    order = np.lexsort((pairs.station, pairs.metres, pairs.thing))
    thing = pairs.thing[order]
    first = np.flatnonzero(np.diff(thing, prepend=-1))
    station, metres = np.full(pairs.things, -1, dtype=np.int64), np.full(pairs.things, np.inf)
    station[thing[first]] = pairs.station[order][first]
    metres[thing[first]] = pairs.metres[order][first]
    return station, metres


def amount_to_nearest(pairs: Pairs, amount: Floats, *, metres: float) -> Floats:
    """How much lies within a distance of each station and has no nearer one: over all stations each thing counts once.

    Examples
    --------
    A home of 10 lies 300 m from one station and 200 m from the next: it belongs to the second.

    >>> pairs = Pairs(np.array([0, 1]), np.array([0, 0]), np.array([300.0, 200.0]), 2, 1)
    >>> amount_to_nearest(pairs, np.array([10.0]), metres=500).tolist()
    [0.0, 10.0]
    """
    station, away = nearest_station(pairs)
    inside = away <= metres + TOLERANCE_M
    sums: Floats = np.bincount(station[inside], weights=amount[inside], minlength=pairs.stations).astype(np.float64)
    return sums


def catchment_ratio(walked_m2: Floats, circle_m2: Floats) -> Floats:
    """The ground reached on foot by the circle's of the same distance (pedestrian catchment ratio, pedshed).

        PCR = walked area / circle area

    Parameters
    ----------
    walked_m2 : (stations,) ground beside the streets within the walk
    circle_m2 : (stations,) ground within the same distance in a straight line

    Returns
    -------
    (stations,) float
        NaN where there is no circle, or the walk is not known.

    Raises
    ------
    ParameterError
        A ground is negative.

    Notes
    -----
    A full grid of streets gives about 0.64 (a diamond in its circle); the width taken beside the streets is part of the
    figure. Water and fields in the circle count as ground that is not reached.

    References
    ----------
    Schlossberg and Brown 2004, Comparing transit-oriented development sites by walkability indicators.

    Examples
    --------
    >>> catchment_ratio(np.array([1.0e6]), np.array([2.0e6])).tolist()
    [0.5]
    """
    walked, circle = np.asarray(walked_m2, dtype=float), np.asarray(circle_m2, dtype=float)
    if (walked < 0).any() or (circle < 0).any():
        raise ParameterError(Text("面积不能为负", "areas cannot be negative"))
    ratio: Floats = np.full(len(walked), np.nan)
    np.divide(walked, circle, out=ratio, where=circle > 0)
    return ratio
