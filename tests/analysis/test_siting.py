"""Sites one after the other, each the best that is left; green land first where it gains hardly less."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from kunshan_gis.analysis import most_reached
from kunshan_gis.errors import ParameterError

REACH = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]])
PEOPLE = [10, 20, 15, 4]


def chosen(people: list[int] = PEOPLE, **asked: object) -> list[tuple[int, int, int]]:
    found = most_reached(csr_array(REACH), people, **({"sites": 3} | asked))
    return [tuple(row) for row in found[["site", "people_new", "people_sum"]].to_numpy().tolist()]


def test_the_best_first_then_what_it_left() -> None:
    # site 1 reaches 35, then site 0 only the 10 that are left to it, then site 2 its 4
    assert chosen() == [(1, 35, 35), (0, 10, 45), (2, 4, 49)]
    assert chosen(sites=1) == [(1, 35, 35)]
    assert chosen(sites=0) == []


def test_it_ends_where_nobody_is_left_to_gain() -> None:
    assert chosen(sites=10) == chosen()
    assert chosen([0, 0, 0, 0]) == []
    nothing = most_reached(csr_array((2, 3)), [1, 2, 3], sites=2)
    assert len(nothing) == 0
    assert nothing["people_new"].dtype == "int64"


def test_a_distance_of_zero_is_reached() -> None:
    at_home = coo_array(([0.0, 7.0], ([0, 1], [0, 0])), shape=(2, 1))
    assert most_reached(csr_array(at_home), [5], sites=1)["people_new"].tolist() == [5]


def test_among_equals_the_first_and_a_preferred_one_before_it() -> None:
    even = csr_array(np.array([[1, 0], [0, 1]]))
    assert most_reached(even, [5, 5], sites=1)["site"].tolist() == [0]
    assert most_reached(even, [5, 5], sites=1, preferred=[False, True])["site"].tolist() == [1]


def test_preferred_land_is_taken_where_it_gains_hardly_less() -> None:
    reach = csr_array(np.array([[1, 0], [0, 1]]))
    for people, site in (([10, 9], 1), ([100, 89], 0)):
        found = most_reached(reach, people, sites=1, preferred=[False, True], near_best=0.9)
        assert found["site"].tolist() == [site]
    always = most_reached(reach, [100, 1], sites=1, preferred=[False, True], near_best=0.0)
    assert always["site"].tolist() == [1]


def test_the_question_is_unchanged() -> None:
    people, reach = np.array(PEOPLE), csr_array(REACH)
    most_reached(reach, people, sites=3)
    assert people.tolist() == PEOPLE
    assert (reach.toarray() == REACH).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.lists(st.booleans(), min_size=5, max_size=5)), min_size=1, max_size=8))
def test_gains_fall_sums_rise_and_the_bound_holds(homes: list[tuple[int, list[bool]]]) -> None:
    people = np.array([people for people, _ in homes])
    reach = np.array([near for _, near in homes]).T
    found = most_reached(csr_array(reach), people, sites=3)
    gains = found["people_new"].tolist()
    assert gains == sorted(gains, reverse=True)
    assert found["people_sum"].tolist() == list(np.cumsum(gains))
    best = max(people[reach[list(some)].any(axis=0)].sum() for some in combinations(range(5), 3))
    assert (1 - 1 / np.e) * best <= sum(gains) <= best
    assert people.sum() == 0 or found["share_sum"].tolist() == pytest.approx(np.cumsum(gains) / people.sum())


@pytest.mark.parametrize(
    "asked",
    [{"sites": -1}, {"near_best": 1.1}, {"near_best": -0.1}, {"preferred": [True]}, {"people": [1]},
     {"people": [1, 2, 3, -4]}],
)  # fmt: skip
def test_numbers_that_do_not_fit_are_refused(asked: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        chosen(**asked)
