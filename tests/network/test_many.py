"""Every kind of answer against brute force, to the last bit; and values by hand."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import tried_on
from oracle import by_group, covered, metres_and_seconds, network_of, networks, places_on, points_at

from kunshan_gis.errors import NetworkError, ParameterError
from kunshan_gis.network import (
    covered_lengths,
    covered_streets,
    k_nearest,
    nearest,
    opportunities,
    reach,
    search,
    searches,
)

INF = np.inf
SEARCH, MANY = (import_module(f"kunshan_gis.network.{name}") for name in ("search", "many"))
CUTOFFS = st.sampled_from([0.0, 1.0, 3.0, 6.0, 10.0, 25.0, INF])


@st.composite
def cases(draw: st.DrawFn):
    network = draw(networks())
    sources, origins = draw(places_on(network)), draw(places_on(network, most=10))
    group = np.array(draw(st.lists(st.integers(0, 4), min_size=len(sources.edge), max_size=len(sources.edge))))
    return network, sources, group, origins, draw(CUTOFFS)


@tried_on(cases(), fast=120, full=400)
def test_every_answer_agrees_with_brute_force(case) -> None:
    agrees(case)


@tried_on(cases(), st.sampled_from([1, 2, 4]), fast=60, full=200)
def test_a_large_network_searched_part_by_part_agrees_too(case, part_nodes: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (SEARCH, MANY):
            patch.setattr(module, "LARGE", 0)
        patch.setattr(SEARCH, "PART_NODES", part_nodes)
        agrees(case)


def agrees(case) -> None:
    network, sources, group, origins, cutoff = case
    metres, seconds = metres_and_seconds(network, sources, origins)
    groups = int(group.max()) + 1
    m, s = by_group(metres, seconds, group, groups)
    m[m > cutoff], s[~(m <= cutoff)] = np.nan, np.nan

    # nearest: metres, delay, and a source that is as near as it is said to be
    field = search(network, sources, cutoff_m=cutoff)
    found = nearest(field, origins)
    best, best_s = by_group(metres, seconds, np.zeros(len(group), dtype=int), 1)
    within = best[:, 0] <= cutoff
    np.testing.assert_array_equal(found["metres"], np.where(within, best[:, 0], np.nan))
    np.testing.assert_array_equal(found["delay_s"], np.where(within, best_s[:, 0], np.nan))
    named = found["source"].to_numpy()
    assert (named[~within] == -1).all()
    rows = np.flatnonzero(within)
    np.testing.assert_array_equal(metres[rows, named[rows]], best[rows, 0])

    # all pairs, and counts without pairs
    pairs = reach(network, origins, sources, group, cutoff_m=cutoff)
    for matrix, expected in ((pairs.metres, m), (pairs.delay_s, s)):
        dense = np.full(m.shape, np.nan)
        coo = matrix.tocoo()
        dense[coo.coords] = coo.data
        np.testing.assert_array_equal(dense, expected)
    weights = np.arange(1.0, groups + 1)
    steps = [cutoff, min(cutoff, 3.0)]
    sums = opportunities(network, origins, sources, group, cutoffs_m=steps, weights=weights)
    expected = np.column_stack([((m <= step) * weights).sum(axis=1) for step in steps])
    np.testing.assert_array_equal(sums, np.where((origins.edge >= 0)[:, None], expected, np.nan))

    # the k nearest, in order
    table = k_nearest(network, origins, sources, group, k=3, cutoff_m=cutoff)
    for i in range(len(origins.edge)):
        order = sorted((m[i, g], s[i, g], g) for g in range(groups) if m[i, g] <= cutoff)[:3]
        mine = table[table["origin"] == i]
        assert list(zip(mine["metres"], mine["delay_s"], mine["destination"], strict=True)) == order
        assert mine["rank"].tolist() == list(range(1, len(order) + 1))

    # covered street, for cutoffs within how far the search went
    for step in {min(cutoff, 4.0), cutoff}:
        np.testing.assert_allclose(
            covered_lengths(field, [step])[0], covered(network, sources, step), rtol=0, atol=1e-12
        )


@tried_on(cases(), fast=60, full=200)
def test_nodes_of_bounded_searches_agree_with_brute_force(case) -> None:
    network, sources, group, _, cutoff = case
    found = searches(network, sources, group, cutoff_m=cutoff)
    ends = {node: (e, off) for e, (u, v) in enumerate(network.edge_uv.tolist())
            for node, off in ((u, 0.0), (v, network.length_m[e]))}  # fmt: skip
    nodes = points_at([(*ends[node], 0.0) for node in sorted(ends)])
    metres, seconds = metres_and_seconds(network, sources, nodes)
    m, _ = by_group(metres, seconds, group, int(group.max()) + 1)
    for g in range(m.shape[1]):
        rows = slice(found.first[g], found.first[g + 1])
        mine = dict(zip(found.node[rows].tolist(), found.metres[rows].tolist(), strict=True))
        theirs = {node: m[i, g] for i, node in enumerate(sorted(ends)) if m[i, g] <= cutoff}
        assert mine == theirs


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cases(), st.randoms(use_true_random=False))
def test_laws_symmetry_order_and_growing_cutoffs(case, random) -> None:
    network, sources, _, origins, cutoff = case
    there = reach(network, origins, sources, cutoff_m=cutoff).metres.toarray()
    back = reach(network, sources, origins, cutoff_m=cutoff).metres.toarray()
    np.testing.assert_array_equal(there, back.T)
    order = list(range(len(network.length_m)))
    random.shuffle(order)
    uv = network.edge_uv[order]
    shuffled = network_of(
        len(network.node_xy),
        [(*uv[i], network.length_m[e], network.delay_s[e]) for i, e in enumerate(order)],
    )
    at = np.argsort(order)

    def moved(points):
        return points_at([(int(at[e]) if e >= 0 else -1, o, leg) for e, o, leg
                          in zip(points.edge, points.offset_m, points.leg_m, strict=True)])  # fmt: skip

    again = reach(shuffled, moved(origins), moved(sources), cutoff_m=cutoff).metres.toarray()
    np.testing.assert_array_equal(there, again)
    steps = covered_lengths(search(network, sources), [0.0, 2.0, 5.0, 9.0, INF])
    assert (np.diff(steps, axis=0) >= 0).all()
    assert (steps <= network.length_m).all()


LINE = network_of(3, [(0, 1, 100.0, 0.0), (1, 2, 100.0, 30.0)])


def test_a_park_with_three_entrances_is_counted_once() -> None:
    entrances, home = points_at([(0, 10, 0), (0, 50, 0), (1, 20, 0)]), points_at([(0, 60, 0)])
    assert opportunities(LINE, home, entrances, [0, 0, 0], cutoffs_m=[100]).tolist() == [[1.0]]
    assert opportunities(LINE, home, entrances, cutoffs_m=[100]).tolist() == [[3.0]]


def test_several_cutoffs_in_one_pass_in_the_order_given() -> None:
    gates, home = points_at([(0, 10, 0), (1, 20, 0)]), points_at([(0, 60, 0)])
    assert opportunities(LINE, home, gates, cutoffs_m=[60, 49, 50]).tolist() == [[2.0, 0.0, 1.0]]


def test_costs_are_a_tidy_table_and_pace_needs_no_search() -> None:
    gates, homes = points_at([(0, 10, 0), (1, 20, 5)]), points_at([(0, 60, 0), (-1, 0, 0), (1, 100, 0)])
    pairs = reach(LINE, homes, gates, cutoff_m=200, origin_ids=["a", "b", "c"], destination_ids=["p", "q"])
    costs = pairs.costs(speed_mps=1.0)
    assert costs["origin"].tolist() == ["a", "a", "c", "c"]
    assert costs["destination"].tolist() == ["p", "q", "p", "q"]
    assert costs["metres"].tolist() == [50, 65, 190, 85]
    # 30 s stand on the second street, 0.3 s a metre: 20, 100 and 80 metres of it are walked
    assert (costs["minutes"] * 60).round(9).tolist() == [50, 65 + 6, 190 + 30, 85 + 24]
    assert (pairs.costs(speed_mps=2.0)["minutes"] * 60).round(9).tolist() == [25, 32.5 + 6, 95 + 30, 42.5 + 24]


def test_at_the_gate_is_a_distance_of_zero_and_not_an_absence() -> None:
    gate = points_at([(0, 10, 0)])
    assert reach(LINE, gate, gate, cutoff_m=0).costs(speed_mps=1.0)["metres"].tolist() == [0.0]
    assert opportunities(LINE, gate, gate, cutoffs_m=[0]).tolist() == [[1.0]]
    assert k_nearest(LINE, gate, gate, k=5)["metres"].tolist() == [0.0]


def test_the_cutoff_is_inclusive() -> None:
    gate, home = points_at([(0, 10, 3)]), points_at([(1, 30, 2)])
    assert reach(LINE, home, gate, cutoff_m=125).metres.nnz == 1
    assert reach(LINE, home, gate, cutoff_m=np.nextafter(125, 0)).metres.nnz == 0


def test_nothing_to_reach_is_no_error() -> None:
    nothing, home = points_at([]), points_at([(0, 5, 0)])
    assert reach(LINE, home, nothing, cutoff_m=10).metres.shape == (1, 0)
    assert opportunities(LINE, home, nothing, cutoffs_m=[10]).tolist() == [[0.0]]
    assert len(k_nearest(LINE, home, nothing, k=2)) == 0
    assert searches(LINE, nothing, [], cutoff_m=10).first.tolist() == [0]


@pytest.mark.parametrize("cutoff", [-1.0, np.nan])
def test_a_cutoff_that_is_no_distance_is_refused(cutoff: float) -> None:
    with pytest.raises(ParameterError, match="distance in metres from zero up"):
        search(LINE, points_at([(0, 10, 0)]), cutoff_m=cutoff)


def test_groups_that_do_not_fit_are_refused() -> None:
    gates = points_at([(0, 10, 0), (1, 20, 0)])
    with pytest.raises(ParameterError, match="1 groups given where 2 are wanted"):
        searches(LINE, gates, [0], cutoff_m=10)
    with pytest.raises(ParameterError, match="whole numbers from 0 up"):
        searches(LINE, gates, [0, -1], cutoff_m=10)
    with pytest.raises(ParameterError, match="3 weights given where 2 are wanted"):
        opportunities(LINE, gates, gates, cutoffs_m=[5], weights=[1, 2, 3])
    for k in (0, 1.5):
        with pytest.raises(ParameterError, match="k is at least 1"):
            k_nearest(LINE, gates, gates, k=k)
    with pytest.raises(ParameterError, match="without large gaps"):
        searches(LINE, gates, [0, 2**31 + 5], cutoff_m=10)
    with pytest.raises(ParameterError, match="finite numbers"):
        opportunities(LINE, gates, gates, cutoffs_m=[5], weights=[1, np.nan])


def test_a_large_network_hears_of_a_source_far_from_both_ends_of_its_street(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SEARCH, "LARGE", 0)
    network = network_of(33, [*((i, i + 1, 10.0, 0) for i in range(30)), (31, 32, 9000.0, 0)])
    sources = points_at([*((i, 5, 0) for i in range(30)), (30, 4000, 0)])
    assert search(network, sources).node_m.tolist() == [5] * 31 + [4000, 5000]
    assert search(network, sources, cutoff_m=4500).node_m.tolist() == [5] * 31 + [4000, INF]


@pytest.mark.parametrize(
    "place",
    [(7, 1, 0), (0, 5000, 0), (0, -1, 0), (0, np.nan, 0), (0, 1, -2), (0, 1, np.nan), (0, 1, INF)],
    ids=["no such edge", "past its end", "before it", "nowhere on it", "negative leg", "no leg", "endless leg"],
)
def test_points_that_are_not_on_this_network_are_refused(place: tuple[int, float, float]) -> None:
    wrong, gate = points_at([(0, 1, 0), place]), points_at([(0, 10, 0)])
    questions = (
        lambda: search(LINE, wrong),
        lambda: nearest(search(LINE, gate), wrong),
        lambda: searches(LINE, wrong, [0, 0], cutoff_m=10),
        lambda: reach(LINE, wrong, gate, cutoff_m=10),
        lambda: reach(LINE, gate, wrong, cutoff_m=10),
        lambda: opportunities(LINE, wrong, gate, cutoffs_m=[10]),
        lambda: k_nearest(LINE, wrong, gate, k=1),
    )
    for question in questions:
        with pytest.raises(ParameterError, match="point 1 is not on this network"):
            question()


def test_several_cutoffs_where_one_is_wanted_are_refused() -> None:
    gate = points_at([(0, 10, 0)])
    questions = (
        lambda: search(LINE, gate, cutoff_m=[10, 20]),
        lambda: searches(LINE, gate, [0], cutoff_m=[10, 20]),
        lambda: reach(LINE, gate, gate, cutoff_m=[10, 20]),
        lambda: k_nearest(LINE, gate, gate, k=1, cutoff_m=[10, 20]),
    )
    for question in questions:
        with pytest.raises(ParameterError, match="one cutoff is wanted here and 2 are given"):
            question()


def test_edges_between_nodes_that_are_not_there_are_refused() -> None:
    for node in (-1, 9):
        network = network_of(2, [(0, 1, 10.0, 0)])
        network.edge_uv[0, 1] = node
        with pytest.raises(NetworkError, match="1 edges end at nodes that are not among the 2"):
            search(network, points_at([]))


def test_street_beyond_where_the_search_went_is_not_made_up() -> None:
    field = search(LINE, points_at([(0, 10, 0)]), cutoff_m=20)
    assert covered_lengths(field, [5, 20]).sum(axis=1).tolist() == [10, 30]
    with pytest.raises(ParameterError, match="the search went 20 m"):
        covered_lengths(field, [20, 21])
    with pytest.raises(ParameterError, match="the search went 20 m"):
        covered_streets(field, [200])


@pytest.mark.parametrize("length", [-1.0, np.nan, np.inf])
def test_a_length_that_is_none_is_refused(length: float) -> None:
    with pytest.raises(NetworkError, match="the first at row 1"):
        search(network_of(2, [(0, 1, 5.0, 0.0), (0, 1, length, 0.0)]), points_at([(0, 1, 0)]))
