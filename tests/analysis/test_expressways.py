"""Rings, links and radials from the tables of a graph, worked out on paper; laws on random graphs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from kunshan_gis.analysis import (
    cut_edges,
    extra_person_minutes,
    road_cycles,
    road_ends,
    road_meetings,
    stretches,
    whole_roads,
)


def ends(*rows: tuple[int, int, float, float]) -> pd.DataFrame:
    """Ends as (row, node, x, y)."""
    return pd.DataFrame(rows, columns=["row", "node", "x", "y"])


def test_pieces_of_a_ring_are_one_road_whatever_their_names() -> None:
    features = pd.DataFrame({"class": ["ring"] * 3, "name": ["A", None, "C"]})
    found = whole_roads(
        features, ends((0, 0, 0, 0), (0, 1, 9, 0), (1, 1, 9, 0), (1, 2, 9, 9), (2, 2, 9, 9), (2, 0, 0, 0)), gap_m=1
    )
    assert found.tolist() == [0, 0, 0]


def test_pieces_of_a_link_are_one_road_where_they_share_a_name() -> None:
    at = ends((0, 0, 0, 0), (0, 1, 5, 0), (1, 1, 5, 0), (1, 2, 9, 0))
    for names, roads in ((["A", "A"], [0, 0]), (["A", "B"], [0, 1]), ([None, None], [0, 1]), (["A", None], [0, 1])):
        assert whole_roads(pd.DataFrame({"class": "link", "name": names}), at, gap_m=1).tolist() == roads


def test_two_classes_are_never_one_road() -> None:
    at = ends((0, 0, 0, 0), (0, 1, 5, 0), (1, 1, 5, 0), (1, 2, 9, 0))
    assert whole_roads(pd.DataFrame({"class": ["link", "radial"], "name": "A"}), at, gap_m=9).tolist() == [0, 1]


@pytest.mark.parametrize(("gap_m", "roads"), [(99.0, [0, 1]), (100.0, [0, 0])])
def test_a_gap_does_not_part_a_ring_up_to_the_width_given(gap_m: float, roads: list[int]) -> None:
    at = ends((0, 0, 0, 0), (0, 1, 500, 0), (1, 2, 600, 0), (1, 3, 900, 0))
    assert whole_roads(pd.DataFrame({"class": "ring", "name": None}, index=[0, 1]), at, gap_m=gap_m).tolist() == roads


def test_closed_rings_beside_each_other_stay_two() -> None:
    at = ends((0, 0, 0, 0), (0, 0, 0, 0), (1, 1, 50, 0), (1, 1, 50, 0))
    assert whole_roads(pd.DataFrame({"class": ["ring", "ring"], "name": "A"}), at, gap_m=100).tolist() == [0, 1]


def test_a_feature_without_an_end_belongs_to_no_road() -> None:
    found = whole_roads(pd.DataFrame({"class": ["link"] * 2, "name": "A"}), ends((1, 0, 0, 0), (1, 1, 9, 9)), gap_m=1)
    assert found.tolist() == [-1, 0]


def test_a_ring_with_a_spur_still_comes_round() -> None:
    segments = pd.DataFrame({"row": [0, 0, 0], "node": [0, 1, 1], "to": [1, 0, 5]})
    road = pd.Series([0])
    assert road_cycles(segments, road).tolist() == [1]
    assert road_ends(segments, road).to_numpy().tolist() == [[0, 5]]


def test_a_ring_with_a_gap_does_not() -> None:
    segments = pd.DataFrame({"row": [0, 1], "node": [0, 1], "to": [1, 2]})
    assert road_cycles(segments, pd.Series([0, 0])).tolist() == [0]
    assert road_ends(segments, pd.Series([0, 0]))["node"].tolist() == [0, 2]


def test_meetings_are_said_from_both_sides_and_once() -> None:
    segments = pd.DataFrame({"row": [0, 1, 2], "node": [0, 1, 1], "to": [1, 2, 3]})
    found = road_meetings(segments, ends((0, 0, 0, 0)), pd.Series([0, 1, 2]))
    assert found[["road", "other"]].to_numpy().tolist() == [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]]
    assert set(found["node"]) == {1}


def test_parallel_ways_and_loops_are_no_cut_edges() -> None:
    segments = pd.DataFrame({"node": [0, 0, 1, 2], "to": [1, 1, 2, 2]}, index=list("abcd"))
    assert cut_edges(segments).to_dict() == {"a": False, "b": False, "c": True, "d": False}


def test_cut_edges_agree_with_bridges_of_random_graphs() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        pairs = rng.integers(0, 12, (14, 2))
        segments = pd.DataFrame(pairs, columns=["node", "to"])
        simple = nx.Graph([tuple(pair) for pair in pairs if pair[0] != pair[1]])
        bridges = {frozenset(pair) for pair in nx.bridges(simple)}
        times = pd.Series([frozenset(pair) for pair in pairs.tolist()]).value_counts()
        expected = [frozenset(p) in bridges and times[frozenset(p)] == 1 for p in pairs.tolist()]
        assert cut_edges(segments).tolist() == expected


def test_stretches_end_at_junctions_and_at_stops() -> None:
    segments = pd.DataFrame({"node": [0, 1, 2, 2, 4], "to": [1, 2, 3, 4, 5]})
    assert stretches(segments, np.array([], dtype=int)).tolist() == [0, 0, 1, 2, 2]
    assert stretches(segments, np.array([1, 4])).tolist() == [0, 1, 2, 3, 4]


def test_a_ring_without_stops_is_one_stretch() -> None:
    segments = pd.DataFrame({"node": [0, 1, 2], "to": [1, 2, 0]})
    assert stretches(segments, np.array([], dtype=int)).tolist() == [0, 0, 0]
    assert stretches(pd.DataFrame({"node": [0], "to": [0]}), np.array([], dtype=int)).tolist() == [0]


def test_nothing_is_nothing() -> None:
    none = pd.DataFrame({"row": [], "node": [], "to": []}, dtype=int)
    assert cut_edges(none).tolist() == stretches(none, np.array([], dtype=int)).tolist() == []
    assert len(road_ends(none, pd.Series([], dtype=int))) == len(road_cycles(none, pd.Series([], dtype=int))) == 0
    assert extra_person_minutes(np.array([1.0]), np.array([1.0]), np.array([np.inf])) == 0


def test_person_minutes_leave_out_who_had_no_way_or_has_none_left() -> None:
    people, inf = np.array([10.0, 5, 3, 2]), np.inf
    before, after = np.array([5.0, 4, 6, np.nan]), np.array([8.0, 4, inf, 7])
    assert extra_person_minutes(people, before, after) == 30
    assert extra_person_minutes(people, before, before) == 0
