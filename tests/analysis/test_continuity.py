"""Gaps, unbroken stretches and coherence of corridors, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from kunshan_gis.analysis.continuity import coherence, free_stretches, links
from kunshan_gis.errors import ParameterError


def pieces(*shapes: object) -> np.ndarray:
    return np.array(shapes, dtype=object)


def test_gaps_lead_from_end_to_nearest_end() -> None:
    found = links(pieces(LineString([(0, 0), (100, 0)]), LineString([(130, 40), (300, 40)])))
    (gap,) = found.itertuples()
    assert gap.metres == pytest.approx(50)  # 3-4-5
    assert list(gap.geometry.coords) == [(100, 0), (130, 40)]


def test_the_order_of_pieces_changes_no_gap_and_touching_ones_have_none() -> None:
    row = [box(0, 0, 100, 10), box(100, 0, 200, 10), box(260, 0, 300, 10)]
    assert links(pieces(*row))["metres"].tolist() == [0, 60]
    assert sorted(links(pieces(*row[::-1]))["metres"]) == [0, 60]


def test_one_piece_or_none_has_no_gap() -> None:
    assert links(pieces(LineString([(0, 0), (1, 0)]))).empty
    assert links(np.empty(0, dtype=object)).empty


def test_cuts_part_and_land_takes_away() -> None:
    assert free_stretches(1000).tolist() == [[0, 1000]]
    assert free_stretches(1000, cuts_m=[300, 300]).tolist() == [[0, 300], [300, 1000]]
    assert free_stretches(1000, taken_m=[(400, 600), (500, 700)]).tolist() == [[0, 400], [700, 1000]]
    assert free_stretches(1000, cuts_m=[500], taken_m=[(400, 600)]).tolist() == [[0, 400], [600, 1000]]
    assert free_stretches(1000, taken_m=[(0, 1000)]).tolist() == []
    assert free_stretches(1000, cuts_m=[0, 1000]).tolist() == [[0, 1000]]  # at the ends nothing is parted
    assert free_stretches(0).tolist() == []


def test_what_is_no_stretch_is_refused() -> None:
    with pytest.raises(ParameterError, match="from and to"):
        free_stretches(100, taken_m=[1, 2, 3])


def test_coherence_is_one_unbroken_and_falls_with_every_break() -> None:
    assert coherence([1000], whole_m=1000) == 1
    assert coherence([250] * 4, whole_m=1000) == 0.25
    assert coherence([], whole_m=1000) == 0
    assert math.isnan(coherence([], whole_m=0))


@given(
    st.lists(st.floats(0, 1000), max_size=6),
    st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)).map(sorted), max_size=4),
    st.floats(0, 1000),
)
def test_one_more_cut_never_makes_a_corridor_longer_or_more_coherent(cuts, taken, more) -> None:
    def measured(places: list[float]) -> tuple[float, float, float]:
        lengths = np.diff(free_stretches(1000, cuts_m=places, taken_m=taken), axis=1).ravel()
        return lengths.sum(), lengths.max(initial=0), coherence(lengths, whole_m=1000)

    before, after = measured(cuts), measured([*cuts, more])
    assert after[0] == pytest.approx(before[0])  # a cut takes no length
    assert after[1] <= before[1] + 1e-9
    assert after[2] <= before[2] + 1e-9
