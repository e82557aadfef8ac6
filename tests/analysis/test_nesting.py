"""Ground and people counted once: parks over each other, residents by the tiers that cover them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis.analysis import combinations, ground_once
from kunshan_gis.errors import LayerSchemaError, ParameterError

LARGE, SMALL, APART = shapely.box(0, 0, 100, 100), shapely.box(80, 0, 120, 50), shapely.box(500, 0, 510, 10)


def test_ground_of_two_parks_belongs_to_the_first_in_order() -> None:
    # they share 20 m by 50 m: 1,000 m2
    assert ground_once([LARGE, SMALL, APART], [0, 1, 2]).tolist() == [10_000, 1_000, 100]
    assert ground_once([LARGE, SMALL, APART], [2, 1, 0]).tolist() == [9_000, 2_000, 100]


def test_a_park_inside_another_adds_nothing_and_one_drawn_twice_counts_once() -> None:
    assert ground_once([shapely.box(10, 10, 20, 20), LARGE], [1, 0]).tolist() == [0, 10_000]
    assert ground_once([LARGE, LARGE, LARGE], [5, 3, 9]).tolist() == [0, 10_000, 0]


def test_neighbours_that_touch_share_nothing() -> None:
    assert ground_once([LARGE, shapely.box(100, 0, 200, 100)], [0, 1]).tolist() == [10_000, 10_000]
    assert ground_once([], []).tolist() == []


boxes = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 40), st.integers(1, 40)).map(
    lambda b: shapely.box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@settings(max_examples=60, deadline=None)
@given(shapes=st.lists(boxes, min_size=1, max_size=8), data=st.data())
def test_the_sum_is_the_union_whatever_the_order(shapes: list[shapely.Polygon], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(shapes))))
    own = ground_once(shapes, order)
    assert own.sum() == pytest.approx(shapely.union_all(shapes).area)
    assert (own <= shapely.area(np.asarray(shapes)) + 1e-9).all()
    assert own[order.index(0)] == pytest.approx(shapes[order.index(0)].area)


def test_every_park_needs_its_place() -> None:
    for order in ([0], [1, 1]):
        with pytest.raises(ParameterError):
            ground_once([LARGE, SMALL], order)


def covered(**tiers: list[bool]) -> pd.DataFrame:
    return pd.DataFrame(tiers)


def test_every_resident_is_in_one_row() -> None:
    tiers = covered(large=[True, True, False, False, True], small=[True, False, True, False, True])
    people, known = pd.Series([1, 2, 4, 8, 16]), pd.Series([True, True, True, True, False])
    found = combinations(tiers, people, known)
    assert found["population"].to_dict() == {
        "large_small": 1, "large": 2, "small": 4, "none": 8, "not_measurable": 16,
    }  # fmt: skip
    assert found["kinds"].tolist() == [2, 1, 1, 0, 0]
    assert found["population"].sum() == people.sum()


def test_without_tiers_there_is_one_row_of_everybody() -> None:
    found = combinations(pd.DataFrame(index=range(2)), pd.Series([3, 4]), pd.Series([True, False]))
    assert found["population"].to_dict() == {"none": 3, "not_measurable": 4}
    empty = combinations(covered(a=[]), pd.Series([], dtype=int), pd.Series([], dtype=bool))
    assert empty["population"].tolist() == [0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.integers(0, 50)), max_size=12))
def test_a_tiers_people_are_those_of_every_combination_with_it(rows: list[tuple[bool, bool, bool, int]]) -> None:
    tiers = pd.DataFrame([row[:3] for row in rows], columns=["a", "b", "c"], dtype=bool)
    people = pd.Series([row[3] for row in rows], dtype="int64")
    found = combinations(tiers, people, pd.Series(True, index=people.index))["population"]
    assert found.sum() == people.sum()
    for tier in tiers:
        with_it = found[[tier in str(name).split("_") for name in found.index]].sum()
        assert with_it == people[tiers[tier]].sum()


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(LayerSchemaError):
        combinations(covered(a=[True]), pd.Series([1, 2]), pd.Series([True, True]))
    with pytest.raises(LayerSchemaError):
        combinations(covered(a=[True]), pd.Series([-1]), pd.Series([True]))
