"""Places, the whole and targets: ties, what is not known, and the whole's weight."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from kunshan_gis.analysis.ranks import beside, ranks

AMOUNT = pd.Series({"a": 20.0, "b": 10.0, "c": np.nan, "d": 0.0})
BASE = pd.Series({"a": 10.0, "b": 20.0, "c": 5.0, "d": 0.0})


def same(found: pd.Series, wanted: list[float]) -> None:
    np.testing.assert_allclose(found.to_numpy(dtype=float), wanted)


def test_the_whole_is_weighted_and_what_is_not_known_has_no_place() -> None:
    """30 for 30: c is not known and left out on both sides, d has nobody."""
    found = beside(AMOUNT, BASE, target=1.5)
    assert found.columns.tolist() == ["value", "rank", "whole", "gap", "target", "gap_to_target"]
    same(found["value"], [2.0, 0.5, math.nan, math.nan])
    same(found["whole"], [1.0] * 4)
    same(found["rank"], [1, 2, math.nan, math.nan])
    same(found["gap"], [1.0, -0.5, math.nan, math.nan])
    same(found["gap_to_target"], [0.5, -1.0, math.nan, math.nan])


def test_gaps_weighted_by_the_base_add_up_to_nothing() -> None:
    base = pd.Series([3.0, 5.0, 7.0])
    assert (beside(pd.Series([1.0, 2.0, 30.0]), base)["gap"] * base).sum() == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("better", "places"), [("more", [1, 2, 2, 4]), ("neither", [1, 2, 2, 4]), ("less", [4, 2, 2, 1])]
)
def test_ties_share_the_better_place(better, places) -> None:
    same(ranks(pd.Series([9.0, 5.0, 5.0, 1.0]), better=better), places)


def test_without_a_target_or_anything_at_all_there_is_no_gap() -> None:
    assert beside(AMOUNT, BASE)["gap_to_target"].isna().all()
    nothing = beside(pd.Series([np.nan]), pd.Series([1.0]))
    assert nothing[["value", "rank", "whole", "gap"]].isna().all(axis=None)


def test_inputs_stay_as_they_are() -> None:
    before = AMOUNT.copy(), BASE.copy()
    beside(AMOUNT, BASE, target=1.0, better="less")
    pd.testing.assert_series_equal(AMOUNT, before[0])
    pd.testing.assert_series_equal(BASE, before[1])
