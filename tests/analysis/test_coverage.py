"""Three states that sum: inclusive at the cutoff, nobody dropped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis.analysis import STATES, coverage, states
from kunshan_gis.errors import ParameterError


def state_of(metres: float, *, measurable: bool = True, cutoff: float = 900) -> str:
    return states(pd.Series([metres]), pd.Series([measurable]), cutoff_m=cutoff).iloc[0]


@pytest.mark.parametrize(
    ("metres", "state"),
    [
        (0, "covered"), (900, "covered"), (900.05, "covered"), (900.06, "not_covered"), (np.nan, "not_covered"),
        (np.inf, "not_covered"),
    ],
)  # fmt: skip
def test_the_cutoff_is_inclusive_to_five_centimetres(metres: float, state: str) -> None:
    assert state_of(metres) == state


def test_a_home_off_the_network_is_not_measurable_whatever_its_distance() -> None:
    assert state_of(np.nan, measurable=False) == "not_measurable"
    assert state_of(10, measurable=False) == "not_measurable"


@pytest.mark.parametrize("cutoff", [0, -1, np.nan, np.inf])
def test_a_cutoff_that_covers_nothing_is_refused(cutoff: float) -> None:
    with pytest.raises(ParameterError, match="covers nothing; give minutes and speed above 0"):
        state_of(1, cutoff=cutoff)


def test_people_per_state_and_shares_worked_out_by_hand() -> None:
    people = pd.Series([10, 20, 30, 40], index=list("abcd"))
    state = pd.Series(["covered", "not_covered", "not_measurable", "covered"], index=list("abcd"))
    unit = pd.Series(["x", "x", "x", "y"], index=list("abcd"))
    table = coverage(people, state, unit)
    assert table.loc["x"].tolist() == [60, 10, 20, 30, 10 / 60, 10 / 30]
    assert table.loc["y"].tolist() == [40, 40, 0, 0, 1, 1]
    assert table.index.name == "unit_id"
    assert (table[["population", *STATES]].dtypes == "int64").all()
    whole = coverage(people, state)
    assert whole.loc["all", ["population", *STATES]].tolist() == [100, 50, 20, 30]


def test_where_nobody_lives_or_nobody_can_be_measured_there_is_no_share() -> None:
    table = coverage(pd.Series([0, 5]), pd.Series(["covered", "not_measurable"]), pd.Series(["empty", "lost"]))
    assert np.isnan(table.loc["empty", "share_covered"])
    assert table.loc["lost", "share_covered"] == 0
    assert np.isnan(table.loc["lost", "share_measurable"])


@pytest.mark.parametrize("population", [[-1], [np.nan]])
def test_people_that_are_none_are_refused(population: list[float]) -> None:
    with pytest.raises(ParameterError, match="whole people, zero or more, in every row"):
        coverage(pd.Series(population), pd.Series(["covered"]))


def test_a_home_without_a_unit_is_refused_and_not_dropped() -> None:
    with pytest.raises(ParameterError, match="unit"):
        coverage(pd.Series([1, 2]), pd.Series(["covered"] * 2), pd.Series(["x", None]))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 10**7), st.sampled_from(STATES), st.sampled_from("abc")), min_size=1))
def test_nobody_is_lost_whatever_the_mixture(rows: list[tuple[int, str, str]]) -> None:
    people, state, unit = (pd.Series(list(column)) for column in zip(*rows, strict=True))
    table = coverage(people, state, unit)
    assert table["population"].sum() == people.sum()
    assert (table[list(STATES)].sum(axis=1) == table["population"]).all()
    assert list(table.index) == sorted(set(unit))
