"""Who gains and who loses, home by home, so that the change adds up."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from kunshan_gis.analysis import TURNOVER, turnover, turnover_cells
from kunshan_gis.errors import CRSError, ParameterError

C, N, U = "covered", "not_covered", "not_measurable"


def homes(**rows: tuple[int, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"population": [people for people, _ in rows.values()], "state": [state for _, state in rows.values()]},
        index=pd.Index(list(rows), name="id"),
    )


def test_every_way_a_home_can_change_is_told_apart() -> None:
    before = homes(a=(10, C), b=(20, N), c=(30, U), d=(40, C), e=(50, C), f=(60, C), g=(70, N))
    after = homes(a=(10, N), b=(22, C), c=(30, C), d=(40, U), e=(55, C), h=(80, C), g=(70, N))
    found = turnover(before, after)
    assert list(found.columns) == list(TURNOVER)
    assert list(found.index) == [*"abcdefgh"]
    assert found.sum().to_dict() == {
        "gained": 22 + 30, "lost": 10 + 40, "gained_unknown": 30, "lost_unknown": 40, "grown": 5, "came": 80, "went": 60
    }  # fmt: skip
    covered = 22 + 30 + 55 + 80, 10 + 40 + 50 + 60
    assert covered[0] - covered[1] == 52 - 50 + 5 + 80 - 60


def test_nothing_changes_between_a_city_and_itself_or_between_two_of_nobody() -> None:
    same = homes(a=(10, C), b=(5, U))
    assert not turnover(same, same).to_numpy().any()
    nobody = homes()
    assert turnover(nobody, nobody).empty
    assert turnover(nobody, same)["came"].tolist() == [10, 0]
    assert turnover(same, nobody)["went"].tolist() == [10, 0]


@pytest.mark.parametrize("people", [-1, float("nan")])
def test_people_below_zero_or_unknown_are_refused(people: float) -> None:
    with pytest.raises(ParameterError, match="zero or more"):
        turnover(homes(a=(people, C)), homes(a=(1, C)))


def test_a_home_that_occurs_twice_is_refused_by_name() -> None:
    twice = pd.concat([homes(a=(1, C)), homes(a=(2, N))])
    with pytest.raises(ParameterError, match="homes occur twice: a"):
        turnover(homes(a=(1, C)), twice)


city = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 9), st.sampled_from([C, N, U])))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(city, city)
def test_the_parts_add_up_to_the_change_and_turn_round(before: dict, after: dict) -> None:
    one, other = homes(**before), homes(**after)
    kept = one.copy(), other.copy()
    there, back = turnover(one, other).sum(), turnover(other, one).sum()
    covered = [sum(people for people, state in side.values() if state == C) for side in (before, after)]
    parts = there["gained"] - there["lost"] + there["grown"] + there["came"] - there["went"]
    assert parts == covered[1] - covered[0]
    assert (there["came"], there["went"], there["grown"]) == (back["went"], back["came"], -back["grown"])
    pd.testing.assert_frame_equal(one, kept[0])
    pd.testing.assert_frame_equal(other, kept[1])


def test_cells_sum_to_the_people_and_show_only_where_somebody_gains_or_loses() -> None:
    points = gpd.GeoDataFrame(
        geometry=[Point(10, 10), Point(290, 290), Point(300, 10), Point(900, 900)], index=[*"abcd"], crs="EPSG:4549"
    )
    changed = turnover(
        homes(a=(1, C), b=(20, N), c=(300, C), d=(4, C)), homes(a=(1, N), b=(20, C), c=(300, U), d=(4, C))
    )
    found = turnover_cells(points, changed)
    assert found.drop(columns="geometry").to_dict(orient="records") == [
        {"id": "0_0", "gained": 20, "lost": 1}, {"id": "1_0", "gained": 0, "lost": 300}
    ]  # fmt: skip
    assert found.geometry.iloc[1].bounds == (300, 0, 600, 300)
    assert turnover_cells(points, changed.iloc[3:]).empty
    with pytest.raises(CRSError):
        turnover_cells(points.set_crs("EPSG:4326", allow_override=True), changed)
