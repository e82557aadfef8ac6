"""Inequality over people: by hand, against pairs of single residents, and laws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis import toy
from kunshan_gis.analysis.equity import gaps, gini, location_quotient, lorenz, palma, theil
from kunshan_gis.errors import LayerSchemaError, ParameterError

LAWS = settings(max_examples=60, deadline=None, derandomize=True)
ROWS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6), st.sampled_from("abc")), min_size=1, max_size=8)
SHARED = ROWS.filter(lambda rows: sum(x * p for x, p, _ in rows) > 0)


def columns(rows: list[tuple[int, int, str]]) -> tuple[pd.Series, pd.Series, pd.Series]:
    value, people, group = zip(*rows, strict=True)
    return pd.Series(value, dtype=float), pd.Series(people), pd.Series(group)


def residents(value: pd.Series, people: pd.Series) -> list[float]:
    """One number a resident, sorted."""
    return sorted(np.repeat(value.to_numpy(), people).tolist())


def theil_of(each: list[float]) -> float:
    mean = sum(each) / len(each)
    return sum(x / mean * math.log(x / mean) for x in each if x > 0) / len(each) if mean > 0 else 0.0


def test_on_paper() -> None:
    """Three residents with 1 and one with 5: mean 2, T = (3 * 0.5 ln 0.5 + 2.5 ln 2.5) / 4."""
    value, people = pd.Series([5.0, 1.0]), pd.Series([1, 3])
    assert lorenz(value, people).to_numpy().tolist() == [[0, 0], [0.75, 0.375], [1, 1]]
    assert gini(value, people) == 0.375
    assert theil(value, people).total == pytest.approx((1.5 * math.log(0.5) + 2.5 * math.log(2.5)) / 4)
    # the worst-off 40 % have 0.4 * 0.5 of the whole, the best-off 10 % a tenth of 2.5
    assert palma(value, people) == pytest.approx(0.25 / 0.2)


def test_the_walk_to_a_park_in_the_toy_city() -> None:
    """Minutes at 1 m/s: h1 110/60, h2 750/60, h3 720/60, h4 710/60, h5 920/60."""
    people = toy.city().table("homes").set_index("id")["population"].iloc[:5]
    metres = pd.Series([110.0, 750, 720, 710, 920], index=people.index)
    pairs = sum(people[a] * people[b] * abs(metres[a] - metres[b]) for a in people.index for b in people.index)
    mean = (metres * people).sum() / 690
    assert gini(metres / 60, people) == pytest.approx(pairs / (2 * 690**2 * mean))
    west = pd.Series(list("wweee"), index=people.index)
    found = theil(metres, people, west)
    assert found.groups["people"].to_dict() == {"e": 390, "w": 300}
    assert found.groups["mean"].to_dict() == pytest.approx({"e": 290400 / 390, "w": 161000 / 300})
    assert found.total == pytest.approx(theil(metres, people).total)


def test_all_the_same_is_no_inequality() -> None:
    value, people = pd.Series([7.0, 7.0, 7.0]), pd.Series([1, 20, 300])
    assert gini(value, people) == pytest.approx(0, abs=1e-12)
    assert theil(value, people).total == pytest.approx(0, abs=1e-12)
    assert palma(value, people) == pytest.approx(0.25)


def test_one_has_all() -> None:
    value, people = pd.Series([0.0, 9.0]), pd.Series([99, 1])
    assert gini(value, people) == pytest.approx(0.99)
    assert theil(value, people).total == pytest.approx(math.log(100))
    assert math.isnan(palma(value, people))


@LAWS
@given(SHARED)
def test_gini_and_lorenz_are_those_of_single_residents(rows) -> None:
    value, people, _ = columns(rows)
    each = residents(value, people)
    spread = sum(abs(a - b) for a in each for b in each)
    assert gini(value, people) == pytest.approx(spread / (2 * len(each) * sum(each)), abs=1e-12)
    curve = lorenz(value, people)
    count = (curve["share_people"] * len(each)).round().astype(int)
    assert curve["share_value"].tolist() == pytest.approx([sum(each[:n]) / sum(each) for n in count])
    assert (curve.diff().iloc[1:]["share_people"] > 0).all()
    assert (curve["share_value"] <= curve["share_people"] + 1e-12).all()


@LAWS
@given(SHARED)
def test_theil_is_that_of_single_residents_and_its_parts_sum(rows) -> None:
    value, people, group = columns(rows)
    found = theil(value, people, group)
    each = residents(value, people)
    assert found.total == found.between + found.within
    assert found.total == pytest.approx(theil_of(each), abs=1e-12)
    assert found.groups["between"].sum() == found.between
    assert found.groups["within"].sum() == found.within
    for name, row in found.groups.iterrows():
        own = residents(value[group == name], people[group == name])
        assert row["people"] == len(own)
        if sum(own) > 0:
            assert row["theil"] == pytest.approx(theil_of(own), abs=1e-12)
        else:
            assert math.isnan(row["theil"])
    assert found.between >= -1e-12
    assert found.within >= -1e-12


@LAWS
@given(SHARED, st.integers(1, 5), st.integers(1, 4))
def test_another_unit_or_twice_the_people_or_another_order_change_nothing(rows, scale, copies) -> None:
    value, people, group = columns(rows)
    for measure in (gini, palma, lambda v, p: theil(v, p).total):
        expected = pytest.approx(measure(value, people), abs=1e-9, nan_ok=True)
        assert measure(value * scale, people * copies) == expected
        assert measure(value.iloc[::-1], people.iloc[::-1]) == expected
    split = people // 2
    halves = pd.concat([value, value], ignore_index=True), pd.concat([split, people - split], ignore_index=True)
    assert gini(*halves) == pytest.approx(gini(value, people), abs=1e-12)
    both = pd.concat([group, group], ignore_index=True)
    assert theil(*halves, both).between == pytest.approx(theil(value, people, group).between, abs=1e-12)


def test_quotients_by_hand_and_nobody_is_no_answer() -> None:
    land, people = pd.Series({"w": 10_000, "e": 1_600, "x": 0}), pd.Series({"w": 303, "e": 397, "x": 0})
    found = location_quotient(land, people)
    assert found.name == "location_quotient"
    assert found["w"] == pytest.approx((10_000 / 11_600) / (303 / 700))
    assert math.isnan(found["x"])
    assert (found * people).sum() / 700 == pytest.approx(1)


def test_gaps_by_hand() -> None:
    """Ten at 5 minutes, ten at 15: 7 for the young, 13 for the old, 10 for all."""
    minutes, people = pd.Series([5.0, 15.0], list("ab")), pd.Series([10, 10], list("ab"))
    ages = pd.DataFrame({"young": [8, 2], "old": [2, 8], "none": [0, 0]}, index=list("ab"))
    found = gaps(minutes, people, ages)
    assert found.index.tolist() == ["all", "young", "old", "none"]
    assert found["people"].tolist() == [20, 10, 10, 0]
    assert found["mean"].tolist()[:3] == [10, 7, 13]
    assert found["difference"].tolist()[:3] == [0, -3, 3]
    assert found["ratio"].tolist()[:3] == [1, 0.7, 1.3]
    assert found.loc["none", ["mean", "difference", "ratio"]].isna().all()
    assert gaps(minutes, people, ages, against="young").loc["old"].tolist() == [10, 13, 6, 13 / 7]
    nothing = gaps(minutes * 0, people, ages, whole=True)
    assert nothing["difference"].tolist()[:3] == [0, 0, 0]
    assert nothing["ratio"].isna().all()


@LAWS
@given(ROWS.filter(lambda rows: sum(p for _, p, _ in rows) > 0))
def test_groups_that_make_up_all_have_the_mean_of_all(rows) -> None:
    value, people, _ = columns(rows)
    young = people // 3
    found = gaps(value, people, pd.DataFrame({"young": young, "rest": people - young}), whole=True)
    parts = found.loc[["young", "rest"]]
    assert (parts["people"] * parts["mean"].fillna(0)).sum() == pytest.approx(people.sum() * found.loc["all", "mean"])


def test_ages_that_do_not_add_up_are_named_by_row() -> None:
    minutes, people = pd.Series([5.0, 15.0], list("ab")), pd.Series([10, 10], list("ab"))
    ages = pd.DataFrame({"young": [8, 9], "old": [1, 8]}, index=list("ab"))
    with pytest.raises(LayerSchemaError) as error:
        gaps(minutes, people, ages, whole=True)
    assert [problem.said("en") for problem in error.value.problems] == [
        "group: more in the groups than residents: b → mend the counts; measure groups that overlap apart",
        "group: fewer in the groups than residents: a → add a column for the rest, or whole=False",
    ]
    with pytest.raises(LayerSchemaError, match="young: negative: a"):
        gaps(minutes, people, ages.assign(young=[-1, 2]))
    with pytest.raises(LayerSchemaError, match="not the same rows"):
        gaps(minutes, people, ages.iloc[:1])


@pytest.mark.parametrize("measure", [lorenz, gini, palma, theil, location_quotient])
def test_what_cannot_be_shared_is_refused(measure) -> None:
    two = pd.Series([1, 1])
    with pytest.raises(LayerSchemaError, match="value: negative: 1"):
        measure(pd.Series([1, -1]), two)
    with pytest.raises(LayerSchemaError, match="value: missing or infinite: 0"):
        measure(pd.Series([math.nan, 1]), two)
    with pytest.raises(LayerSchemaError, match="population: negative: 0"):
        measure(pd.Series([1, 1]), pd.Series([-1, 1]))
    with pytest.raises(LayerSchemaError, match="not the same rows"):
        measure(pd.Series([1]), two)
    with pytest.raises(ParameterError, match="nobody lives here"):
        measure(pd.Series([1, 1]), pd.Series([0, 0]))
    with pytest.raises(ParameterError, match="nothing to share"):
        measure(pd.Series([0, 0]), two)
    with pytest.raises(ParameterError, match="nobody lives here"):
        measure(two.iloc[:0], two.iloc[:0])


def test_a_row_in_no_group_and_a_group_unheard_of_are_refused() -> None:
    two = pd.Series([1, 1])
    with pytest.raises(LayerSchemaError, match="group: in no group: 1"):
        theil(two, two, pd.Series(["a", None]))
    for groups, against in (
        (pd.DataFrame({"a": two}), "b"),
        (pd.DataFrame({"all": two}), None),
        (pd.DataFrame(), None),
    ):
        with pytest.raises(ParameterError, match="compare with one of the groups"):
            gaps(two, two, groups, against=against)


def test_inputs_stay_as_they_are() -> None:
    value, people, group = pd.Series([3.0, 1.0]), pd.Series([1, 2]), pd.Series(["a", "b"])
    before = value.copy(), people.copy(), group.copy()
    theil(value, people, group)
    gini(value, people)
    gaps(value, people, pd.DataFrame({"x": [1, 1]}))
    for table, old in zip((value, people, group), before, strict=True):
        pd.testing.assert_series_equal(table, old)
