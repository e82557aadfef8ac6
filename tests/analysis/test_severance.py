"""Access lost to a barrier, and the longest stretch without a crossing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from laws import tried_on

from kunshan_gis.analysis import longest_gap, severed
from kunshan_gis.errors import ParameterError

INDEX = ["a", "b", "c", "d", "e", "f"]
IS = pd.Series([900.0, 901.0, np.inf, np.nan, 2000.0, 400.0], index=INDEX)
WOULD = pd.Series([500.0, 900.0, np.inf, np.nan, 950.0, 400.0], index=INDEX)


def test_access_is_lost_where_the_walk_passes_the_cutoff_because_of_the_barrier() -> None:
    found = severed(IS, WOULD, cutoff_m=900)
    assert found["lost"].tolist() == [False, True, False, False, False, False]  # at the cutoff itself it is not lost
    assert found["detour_m"].tolist()[:2] == [400.0, 1.0]
    assert found["detour_m"].isna().tolist() == [False, False, True, True, True, False]
    assert found.index.tolist() == INDEX
    assert found.loc["f", "detour_m"] == 0.0


def test_the_inputs_stay_as_they_are() -> None:
    now, would = IS.copy(), WOULD.copy()
    severed(now, would, cutoff_m=900)
    pd.testing.assert_series_equal(now, IS)
    pd.testing.assert_series_equal(would, WOULD)


def test_walks_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ParameterError, match="wrong way round"):
        severed(WOULD, IS, cutoff_m=900)
    with pytest.raises(ParameterError, match="different rows"):
        severed(IS, WOULD.reset_index(drop=True), cutoff_m=900)


@tried_on(st.lists(st.floats(0, 1000), max_size=6), st.booleans(), fast=60, full=400)
def test_a_crossing_more_never_lengthens_the_longest_stretch(along: list[float], closed: bool) -> None:
    start, end = longest_gap(np.array(along), 1000.0, closed=closed)
    gaps = np.diff(sorted(along))
    assert 0 <= start <= end <= 2000
    assert end - start >= gaps.max(initial=0.0) - 1e-9
    more = longest_gap(np.array([*along, 333.0]), 1000.0, closed=closed)
    assert more[1] - more[0] <= end - start + 1e-9


def test_a_line_without_crossings_is_one_stretch() -> None:
    assert longest_gap(np.empty(0), 700.0) == (0.0, 700.0)
    assert longest_gap(np.empty(0), 700.0, closed=True) == (0.0, 700.0)
    assert longest_gap(np.array([100.0]), 700.0, closed=True) == (100.0, 800.0)
