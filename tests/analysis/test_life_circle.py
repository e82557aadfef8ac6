"""Completeness of life circles: three states of a whole, what is missing, and what would help most."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis import toy
from kunshan_gis.analysis import STATES, states
from kunshan_gis.analysis.life_circle import completeness, completeness_by, missing_kinds
from kunshan_gis.errors import LayerSchemaError, ParameterError

YES, NO, LOST = STATES
LAWS = settings(max_examples=60, deadline=None, derandomize=True)
KINDS = ("clinic", "market", "school")
TABLES = st.lists(st.tuples(*[st.sampled_from(STATES)] * 3, st.integers(0, 99)), min_size=1, max_size=8)


def parks() -> tuple[pd.DataFrame, pd.Series]:
    """The toy city's two parks as two kinds of need, at 900 m."""
    walks = toy.costs().pivot_table(index="origin", columns="destination", values="metres")
    people = toy.city().table("homes").set_index("id")["population"]
    walks = walks.reindex(people.index)
    kinds = {name: states(walks[park], toy.measurable(), cutoff_m=900) for park, name in (("C", "big"), ("P", "small"))}
    return pd.DataFrame(kinds), people


def test_the_toy_city_by_hand() -> None:
    """Only h3 reaches both at 900 m; h1 and h2 lack the pocket park, h4 the community park, h5 both."""
    kinds, people = parks()
    found = completeness(kinds, required=["small", "big"])
    assert found["state"].tolist() == [NO, NO, YES, NO, NO, LOST, LOST]
    assert found["reached"].tolist()[:5] == [1, 1, 2, 1, 0]
    assert found["reached"].isna().tolist() == [False] * 5 + [True] * 2
    assert found["missing"].tolist() == [("small",), ("small",), (), ("big",), ("big", "small"), (), ()]
    assert found["unknown"].tolist() == [()] * 5 + [("big", "small")] * 2
    assert found["measured"].tolist() == [2] * 5 + [0] * 2
    whole = completeness_by(found, people).loc["all"]
    assert whole[["population", *STATES]].tolist() == [700, 300, 390, 10]
    assert whole["share_covered"] == 300 / 700
    assert whole["mean_reached"] == (100 + 200 + 600 + 40) / 690
    help_most = missing_kinds(kinds, people, required=["small", "big"])
    assert help_most.index.tolist() == ["small", "big"]
    assert help_most.loc["small"].tolist() == [300, 350, 10]
    assert help_most.loc["big"].tolist() == [40, 90, 10]


def test_one_of_two_is_enough_where_a_standard_asks_for_one() -> None:
    kinds, people = parks()
    found = completeness(kinds, required=["small", "big"], needed=1)
    assert found["state"].tolist() == [YES, YES, YES, YES, NO, LOST, LOST]
    table = missing_kinds(kinds, people, required=["small", "big"], needed=1)
    assert table["completed"].to_dict() == {"big": 50, "small": 50}  # h5, with either
    assert table.index.tolist() == ["small", "big"]  # as many completed; more lack the small one


def test_a_layer_that_is_absent_makes_nobody_complete_and_hides_no_lack() -> None:
    kinds, people = parks()
    found = completeness(kinds, required=["small", "big", "clinic"])
    assert found["state"].tolist() == [NO, NO, LOST, NO, NO, LOST, LOST]
    assert found["unknown"].tolist()[:5] == [("clinic",)] * 5
    assert missing_kinds(kinds, people, required=["big", "clinic"])["not_measurable"].to_dict() == {
        "big": 10,
        "clinic": 700,
    }
    assert math.isnan(completeness_by(found, people).loc["all", "mean_reached"])


@pytest.mark.parametrize(
    ("row", "needed", "state"),
    [
        ((YES, YES, YES), 3, YES), ((YES, YES, NO), 3, NO), ((YES, YES, LOST), 3, LOST), ((YES, NO, LOST), 3, NO),
        ((YES, YES, LOST), 2, YES), ((YES, NO, LOST), 2, LOST), ((NO, NO, LOST), 2, NO), ((LOST, LOST, LOST), 1, LOST),
    ],
)  # fmt: skip
def test_what_is_known_decides(row: tuple[str, ...], needed: int, state: str) -> None:
    table = pd.DataFrame([row], columns=list(KINDS))
    assert completeness(table, required=KINDS, needed=needed)["state"].tolist() == [state]


@LAWS
@given(TABLES, st.integers(1, 3))
def test_adding_a_kind_everywhere_completes_whom_it_says(rows, needed) -> None:
    kinds = pd.DataFrame([row[:3] for row in rows], columns=list(KINDS))
    people = pd.Series([row[3] for row in rows])
    before = completeness(kinds, required=KINDS, needed=needed)
    table = missing_kinds(kinds, people, required=KINDS, needed=needed)
    for kind in KINDS:
        added = completeness(kinds.assign(**{kind: YES}), required=KINDS, needed=needed)
        gained = (before["state"] == NO) & (added["state"] == YES)
        assert table.loc[kind, "completed"] == people[gained].sum()
        assert table.loc[kind, "lacking"] == people[kinds[kind] == NO].sum()
        assert table.loc[kind, "not_measurable"] == people[kinds[kind] == LOST].sum()
    assert table["completed"].is_monotonic_decreasing


@LAWS
@given(TABLES)
def test_people_of_the_units_sum_to_all_and_kinds_split_into_three(rows) -> None:
    kinds = pd.DataFrame([row[:3] for row in rows], columns=list(KINDS))
    people = pd.Series([row[3] for row in rows])
    found = completeness(kinds, required=KINDS)
    count = found["reached"].fillna(0) + found["missing"].map(len) + found["unknown"].map(len)
    assert (count == 3).all()
    unit = pd.Series([f"u{row % 2}" for row in range(len(rows))])
    table = completeness_by(found, people, unit)
    assert table[list(STATES)].sum().sum() == people.sum()
    for name, row in table.iterrows():
        known = (unit == name) & (found["measured"] == 3)
        weight = people[known].sum()
        mean = (found["reached"] * people)[known].sum() / weight if weight else math.nan
        assert row["mean_reached"] == pytest.approx(mean, nan_ok=True)


def test_no_home_is_an_empty_answer() -> None:
    kinds, people = parks()
    found = completeness(kinds.iloc[:0], required=["big"])
    assert found.columns.tolist() == ["required", "measured", "reached", "missing", "unknown", "state"]
    assert missing_kinds(kinds.iloc[:0], people.iloc[:0], required=["big"])["lacking"].tolist() == [0]
    assert len(completeness_by(found, people.iloc[:0])) == 0


def test_what_makes_no_sense_is_refused_and_inputs_stay() -> None:
    kinds, people = parks()
    before = kinds.copy()
    with pytest.raises(LayerSchemaError, match="big: unknown state: h1 → give one of covered, not_covered"):
        completeness(kinds.assign(big=["yes", *kinds["big"].iloc[1:]]), required=["big"])
    with pytest.raises(LayerSchemaError, match="population: negative: h1"):
        missing_kinds(kinds, people - 101, required=["big"])
    with pytest.raises(LayerSchemaError, match="not the same rows"):
        missing_kinds(kinds, people.iloc[1:], required=["big"])
    for required in ([], ["big", "big"]):
        with pytest.raises(ParameterError, match="each once"):
            completeness(kinds, required=required)
    for needed in (0, 3):
        with pytest.raises(ParameterError, match="of 2 kinds: give 1 to 2"):
            completeness(kinds, required=["big", "small"], needed=needed)
    pd.testing.assert_frame_equal(kinds, before)
