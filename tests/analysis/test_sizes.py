"""Size against class: the limits are inclusive, and where nothing is asked nothing is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kunshan_gis.analysis import SIZES, size_states
from kunshan_gis.errors import LayerSchemaError

IDS = ["a", "b", "c", "d", "e"]


def sizes(area: list[float], least: object, most: object) -> list[object]:
    index = IDS[: len(area)]
    limits = [pd.Series(limit, index=index, dtype=float) for limit in (least, most)]
    return size_states(pd.Series(area, index=index), *limits).tolist()


def test_limits_are_inclusive() -> None:
    # 1 ha asked for: 9,999 m2 is below, 10,000 fits; 400 to 10,000 m2: 399 below, 400 and 10,000 fit, 10,001 above
    assert sizes([9_999, 10_000], 10_000.0, np.nan) == ["below", "fits"]
    assert sizes([399, 400, 10_000, 10_001], 400.0, 10_000.0) == ["below", "fits", "fits", "above"]


def test_what_nothing_is_asked_of_has_no_state() -> None:
    assert sizes([0, 5], np.nan, np.nan) == [None, None]
    assert sizes([5, 15], np.nan, 10.0) == ["fits", "above"]
    assert size_states(*(pd.Series([], dtype=float) for _ in range(3))).tolist() == []


def test_the_answer_is_indexed_like_the_parks_and_the_question_is_unchanged() -> None:
    area, least = pd.Series([1.0, 3.0], index=["x", "y"]), pd.Series([2.0, 2.0], index=["x", "y"])
    before = area.copy()
    found = size_states(area, least, least * np.nan)
    assert (found.name, found.to_dict()) == ("size_state", {"x": "below", "y": "fits"})
    assert set(found) <= set(SIZES)
    pd.testing.assert_series_equal(area, before)


def test_a_larger_park_is_never_less_than_a_smaller_one() -> None:
    rank = {name: place for place, name in enumerate(SIZES)}
    found = sizes([100, 400, 2_000, 10_000, 50_000], 400.0, 10_000.0)
    assert [rank[str(state)] for state in found] == sorted(rank[str(state)] for state in found)


@pytest.mark.parametrize("broken", [-1.0, np.nan, np.inf])
def test_an_area_that_is_none_is_refused_by_id(broken: float) -> None:
    with pytest.raises(LayerSchemaError) as refused:
        sizes([1.0, broken], 1.0, np.nan)
    assert "b" in str(refused.value)


def test_limits_of_other_parks_are_refused() -> None:
    area = pd.Series([1.0], index=["a"])
    with pytest.raises(LayerSchemaError):
        size_states(area, pd.Series([1.0], index=["b"]), area)
