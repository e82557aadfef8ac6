"""Mean, median and tenths by people, and who has none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis.analysis import quantiles, summary
from kunshan_gis.errors import LayerSchemaError, ParameterError

NAN = float("nan")


def table(*rows: tuple[float, int, bool]) -> tuple[pd.Series, pd.Series, pd.Series]:
    value, people, there = zip(*rows, strict=True)
    ids = [f"h{row}" for row in range(len(rows))]
    return pd.Series(value, ids, dtype=float), pd.Series(people, ids), pd.Series(there, ids)


def test_a_tenth_of_the_people_is_not_a_tenth_of_the_homes() -> None:
    value, people, _ = table((5, 90, True), (20, 9, True), (60, 1, True))
    assert quantiles(value, people, [0, 0.1, 0.5, 0.9, 0.91, 0.99, 1]) == [5, 5, 5, 5, 20, 20, 60]
    assert np.isnan(quantiles(value * NAN, people, [0.5])).all()
    assert quantiles(value, people * 0 + 1, [0.5]) == [20]


def test_units_are_summed_up_in_whole_people() -> None:
    value, people, there = table((4, 2, True), (10, 1, True), (NAN, 3, True), (7, 5, False), (8, 0, True))
    by = pd.Series(["a", "a", "b", "b", "c"], index=value.index)
    found = summary(value, people, there, none=value.isna(), by=by)
    assert found.loc["a"].tolist() == [3, 3, 0, 0, 0, 6, 4, 4, 10]
    assert found.loc["b", ["population", "reached", "none", "not_measurable"]].tolist() == [8, 0, 3, 5]
    assert found.loc["b", "share_none"] == 3 / 8
    assert found.loc["b", ["mean", "median"]].isna().all()  # what is not on the network has no figure
    assert found.loc["c", "population"] == 0
    assert found.loc["c", ["share_none", "mean", "p90"]].isna().all()  # nobody: no mean
    whole = summary(value, people, there, none=value.isna())
    assert whole.index.tolist() == ["all"]
    assert whole.loc["all", "population"] == 11


@settings(derandomize=True, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=12))
def test_a_home_of_many_is_that_many_homes_of_one(rows: list[tuple[int, int]]) -> None:
    value = pd.Series([float(figure) for figure, _ in rows])
    people = pd.Series([number for _, number in rows])
    each = value.repeat(people).reset_index(drop=True)
    shares = [0.0, 0.1, 0.37, 0.5, 0.9, 1.0]
    found = quantiles(value, people, shares)
    if not len(each):
        assert np.isnan(found).all()
        return
    assert found == quantiles(each, pd.Series(1, index=each.index), shares)
    there = pd.Series(True, index=value.index)
    mean = summary(value, people, there, none=~there).loc["all", "mean"]
    assert mean == pytest.approx(each.mean())


def test_tables_that_do_not_fit_are_refused_by_id() -> None:
    value, people, there = table((4, 2, True), (10, -1, True))
    with pytest.raises(LayerSchemaError, match="negative: h1"):
        summary(value, people, there, none=~there)
    with pytest.raises(LayerSchemaError, match="not the same rows"):
        quantiles(value.iloc[:1], people.abs(), [0.5])
    with pytest.raises(LayerSchemaError, match="in no group"):
        summary(value, people.abs(), there, none=~there, by=pd.Series(["a", None], index=value.index))
    with pytest.raises(ParameterError, match="from 0 to 1"):
        quantiles(value, people.abs(), [1.5])
