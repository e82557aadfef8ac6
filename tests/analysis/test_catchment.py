"""Catchments on paper: who is within, counted once, ranges of coarse positions, the catchment ratio."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kunshan_gis.analysis import (
    Pairs,
    amount_to_nearest,
    amount_within,
    amount_within_any,
    catchment_ratio,
    nearest_station,
    slack_of,
)
from kunshan_gis.errors import ParameterError

PEOPLE = np.array([10.0, 20.0, 40.0, 80.0])
SURE = np.zeros(2)


def pairs() -> Pairs:
    """Two stations, four homes: the second home lies near both, the last near none.

    ======  =======  =======
    home    from 0   from 1
    ======  =======  =======
    0 (10)  100
    1 (20)  500      400
    2 (40)           800
    3 (80)
    ======  =======  =======
    """
    station, thing = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2])
    return Pairs(station, thing, np.array([100.0, 500.0, 400.0, 800.0]), 2, 4)


def test_what_two_stations_share_counts_for_both_side_by_side() -> None:
    assert amount_within(pairs(), PEOPLE, metres=500, error_m=SURE).value.tolist() == [30, 20]
    assert amount_within(pairs(), PEOPLE, metres=800, error_m=SURE).value.tolist() == [30, 60]


def test_the_distance_is_inclusive() -> None:
    assert amount_within(pairs(), PEOPLE, metres=499.9, error_m=SURE).value.tolist() == [10, 20]


def test_each_resident_belongs_to_the_nearest_station_once() -> None:
    station, metres = nearest_station(pairs())
    assert station.tolist() == [0, 1, 1, -1]
    assert metres.tolist() == [100, 400, 800, math.inf]
    assert amount_to_nearest(pairs(), PEOPLE, metres=800).tolist() == [10, 60]
    once = amount_within_any(pairs(), PEOPLE, np.ones(2, dtype=bool), metres=800, error_m=SURE)
    assert once.value.tolist() == [70]


def test_among_equals_the_first_station_is_the_nearest() -> None:
    tied = Pairs(np.array([1, 0]), np.array([0, 0]), np.array([50.0, 50.0]), 2, 1)
    assert nearest_station(tied)[0].tolist() == [0]


def test_a_position_coarser_than_a_third_of_the_distance_gives_a_range_and_no_figure() -> None:
    found = amount_within(pairs(), PEOPLE, metres=600, error_m=np.array([200.0, 201.0]))
    assert found.value[0] == 30
    assert math.isnan(found.value[1])
    # second station: within 600 - 201 nobody, within 600 + 201 homes 1 and 2
    assert (found.low.tolist(), found.high.tolist()) == ([30, 0], [30, 60])
    assert slack_of(np.array([math.nan, 200.0]), 600).tolist() == [0, 0]


def test_several_stations_have_a_figure_where_all_of_them_do() -> None:
    error = np.array([0.0, 300.0])
    both = amount_within_any(pairs(), PEOPLE, np.array([True, True]), metres=500, error_m=error)
    assert math.isnan(both.value[0])
    assert (both.low[0], both.high[0]) == (30, 70)
    first = amount_within_any(pairs(), PEOPLE, np.array([True, False]), metres=500, error_m=error)
    assert first.value.tolist() == [30]


def test_farther_is_never_less_and_ranges_hold_the_figure() -> None:
    rng = np.random.default_rng(3)
    many = Pairs(rng.integers(0, 5, 300), np.arange(300) % 90, rng.uniform(0, 1000, 300), 5, 90)
    amount = rng.integers(1, 99, 90).astype(float)
    error = rng.uniform(0, 400, 5)
    before = np.zeros(5)
    for metres in (100.0, 300.0, 500.0, 900.0):
        sure = amount_within(many, amount, metres=metres, error_m=np.zeros(5)).value
        found = amount_within(many, amount, metres=metres, error_m=error)
        assert (sure >= before).all()
        assert (found.low <= sure).all()
        assert (sure <= found.high).all()
        before = sure
    assert amount_to_nearest(many, amount, metres=900).sum() <= amount.sum()


def test_nobody_near_is_nothing_and_not_unknown() -> None:
    none = Pairs(*(np.zeros(0, dtype=np.int64),) * 2, np.zeros(0), 2, 4)
    assert amount_within(none, PEOPLE, metres=800, error_m=SURE).value.tolist() == [0, 0]
    assert nearest_station(none)[0].tolist() == [-1] * 4


def test_a_full_grid_reaches_a_diamond_in_its_circle() -> None:
    walked, circle = np.array([2 * 800.0**2, math.nan, 0.0]), np.array([math.pi * 800.0**2, 1.0, 0.0])
    assert catchment_ratio(walked, circle)[0] == pytest.approx(2 / math.pi)
    assert np.isnan(catchment_ratio(walked, circle)[1:]).all()
    with pytest.raises(ParameterError, match="negative"):
        catchment_ratio(np.array([-1.0]), np.array([1.0]))
