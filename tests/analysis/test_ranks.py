"""Places, the whole and targets: ties, and what is not known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from kunshan_gis.analysis.ranks import beside, ranks

VALUE = pd.Series({"a": 2.0, "b": 0.5, "c": np.nan})


def same(found: pd.Series, wanted: list[float]) -> None:
    np.testing.assert_allclose(found.to_numpy(dtype=float), wanted)


def test_what_is_not_known_has_no_place_and_no_gap() -> None:
    found = beside(VALUE, 1.0, target=1.5)
    assert found.columns.tolist() == ["value", "rank", "whole", "gap", "target", "gap_to_target"]
    same(found["rank"], [1, 2, math.nan])
    same(found["gap"], [1.0, -0.5, math.nan])
    same(found["gap_to_target"], [0.5, -1.0, math.nan])
    same(found["whole"], [1.0] * 3)


@pytest.mark.parametrize(
    ("better", "places"), [("more", [1, 2, 2, 4]), ("neither", [1, 2, 2, 4]), ("less", [4, 2, 2, 1])]
)
def test_ties_share_the_better_place(better, places) -> None:
    same(ranks(pd.Series([9.0, 5.0, 5.0, 1.0]), better=better), places)


def test_without_a_target_or_a_whole_there_is_no_gap() -> None:
    assert beside(VALUE, 1.0)[["target", "gap_to_target"]].isna().all(axis=None)
    assert beside(VALUE, math.nan)["gap"].isna().all()
    assert not len(beside(VALUE.iloc[:0], 1.0))


def test_inputs_stay_as_they_are() -> None:
    before = VALUE.copy()
    beside(VALUE, 1.0, target=1.0, better="less")
    pd.testing.assert_series_equal(VALUE, before)
