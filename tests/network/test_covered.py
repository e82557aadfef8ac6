"""The covered streets: exact to the metre, one band inside the other, never counted twice."""

from __future__ import annotations

import numpy as np
import pytest
from paper import streets
from shapely.ops import unary_union

from kunshan_gis.model import Points
from kunshan_gis.network import build, covered_streets, search


def on(edge: int, *offsets: float, leg: float = 0.0) -> Points:
    n = len(offsets)
    return Points(np.full(n, edge), np.array(offsets, float), np.full(n, leg), np.full(n, "", dtype=object))


def covered(lines, sources: Points, *cutoffs: float) -> dict[float, float]:
    bands = covered_streets(search(build(streets(*lines)), sources), cutoffs)
    np.testing.assert_allclose(bands.length, bands["length_m"], atol=1e-6)
    return bands.groupby("cutoff_m")["length_m"].sum().round(6).to_dict()


def test_reach_spreads_over_a_junction_into_every_arm() -> None:
    star = [[(0, 0), (100, 0)], [(0, 0), (0, 100)], [(0, 0), (-100, 0)]]
    assert covered(star, on(0, 0), 40) == {40: 120}
    assert covered(star, on(0, 0), 100) == {100: 300}


def test_the_leg_to_the_street_is_spent_before_the_street() -> None:
    assert covered([[(0, 0), (1000, 0)]], on(0, 500, leg=30), 100) == {100: 140}
    assert covered([[(0, 0), (1000, 0)]], on(0, 500, leg=101), 100) == {}


def test_around_a_loop_both_ways_meet_in_the_middle() -> None:
    square = [[(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]]
    assert covered(square, on(0, 0), 150) == {150: 300}
    assert covered(square, on(0, 0), 200) == {200: 400}
    assert covered(square, on(0, 0), 500) == {500: 400}


def test_two_gates_on_one_street_do_not_count_the_street_between_them_twice() -> None:
    assert covered([[(0, 0), (1000, 0)]], on(0, 400, 500), 100) == {100: 300}


def test_bands_share_no_street_and_together_are_the_widest_reach() -> None:
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 90)], [(0, 0), (100, 90)], [(100, 90), (300, 90)]]
    field = search(build(streets(*lines)), on(0, 30))
    bands, whole = covered_streets(field, [50, 120, 260]), covered_streets(field, [260])
    assert bands["length_m"].sum() == pytest.approx(whole["length_m"].sum())
    assert unary_union(bands.geometry).length == pytest.approx(whole["length_m"].sum(), abs=1e-6)


def test_reach_never_shrinks_as_the_cutoff_grows() -> None:
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 90)], [(0, 0), (100, 90)], [(100, 90), (300, 90)]]
    field = search(build(streets(*lines)), on(2, 30, leg=5))
    lengths = [covered_streets(field, [cutoff])["length_m"].sum() for cutoff in range(1, 500, 7)]
    assert lengths == sorted(lengths)
    assert lengths[-1] == pytest.approx(sum(field.network.length_m))


def test_an_unreached_island_and_a_search_without_sources_cover_nothing() -> None:
    apart = [[(0, 0), (100, 0)], [(0, 900), (100, 900)]]
    assert covered(apart, on(0, 50), 1e6) == {1e6: 100}
    assert covered(apart, on(0), 1e6) == {}
