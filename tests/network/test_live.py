"""Steps against a search from nothing, and back again to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st
from laws import tried_on
from oracle import network_of, networks, places_on, points_at

from kunshan_gis.errors import ParameterError
from kunshan_gis.model import Points
from kunshan_gis.network import Live, covered_lengths, nearest, search

CUTOFFS = [3.0, 9.0, 25.0]


def joined(*parts: Points) -> Points:
    return Points(*(np.concatenate([getattr(part, name) for part in parts]) for name in Points.__dataclass_fields__))


def state(live: Live) -> list[np.ndarray]:
    field = live.field
    return [live.home_m, live.home_source, live.people, live.street_m, live.standing,
            field.node_m, field.node_delay_s, field.node_source]  # fmt: skip


@st.composite
def stories(draw: st.DrawFn):
    network = draw(networks())
    steps = st.one_of(
        st.just("add").flatmap(lambda kind: st.tuples(st.just(kind), places_on(network, least=0, most=4))),
        st.tuples(st.just("remove"), st.lists(st.integers(0, 30), min_size=1, max_size=3)),
        st.tuples(st.just("undo"), st.none()),
    )
    homes = draw(places_on(network, most=10))
    return network, draw(places_on(network, least=0)), homes, draw(st.lists(steps, min_size=1, max_size=8))


@tried_on(stories(), fast=120, full=400)
def test_every_step_is_what_a_new_search_would_give_and_undoing_is_exact(story) -> None:
    network, sources, homes, steps = story
    residents = np.arange(1, len(homes.edge) + 1)
    live = Live(network, sources, homes, residents, cutoffs_m=CUTOFFS)
    past = [state(live)]
    for kind, what in steps:
        if kind == "undo":
            if len(past) == 1:
                continue
            live.undo()
            past.pop()
            for now, then in zip(state(live), past[-1], strict=True):
                np.testing.assert_array_equal(now, then)
            continue
        if kind == "add":
            live.add(what)
        else:
            there = live.standing
            if len(there) == 0:
                continue
            live.remove(np.unique(there[np.array(what) % len(there)]))
        past.append(state(live))
        fresh = search(network, live.field.sources)
        found = nearest(fresh, homes)
        np.testing.assert_array_equal(live.home_m, found["metres"])
        np.testing.assert_array_equal(live.home_delay_s, found["delay_s"])
        np.testing.assert_array_equal(live.home_source, found["source"])
        np.testing.assert_array_equal(live.field.node_m, fresh.node_m)
        np.testing.assert_array_equal(live.field.node_delay_s, fresh.node_delay_s)
        np.testing.assert_array_equal(live.field.node_source, fresh.node_source)
        np.testing.assert_array_equal(live.street_m, covered_lengths(fresh, CUTOFFS).sum(axis=1))
        people = [int(residents[(found["metres"] <= cutoff).to_numpy()].sum()) for cutoff in CUTOFFS]
        assert live.people.tolist() == people


ROAD = network_of(3, [(0, 1, 100.0, 0.0), (1, 2, 100.0, 0.0)])


def test_by_hand_one_park_comes_and_goes() -> None:
    homes = points_at([(0, 0, 0), (1, 90, 0), (-1, 0, 0)])
    live = Live(ROAD, points_at([(0, 20, 0)]), homes, [10, 7, 5], cutoffs_m=[50])
    assert live.people.tolist() == [10]
    assert live.street_m.tolist() == [70.0]
    [number] = live.add(points_at([(1, 80, 5)]))
    assert number == 1
    assert live.people.tolist() == [17]
    assert live.home_m[:2].tolist() == [20, 15]
    assert np.isnan(live.home_m[2])
    assert live.street_m.tolist() == [70.0 + 45 + 20]
    live.remove(0)
    assert live.home_m[:2].tolist() == [185, 15]
    assert live.people.tolist() == [7]
    live.undo()
    live.undo()
    assert live.people.tolist() == [10]
    assert live.standing.tolist() == [0]


def test_the_tolerance_is_for_people_and_not_for_street() -> None:
    homes = points_at([(0, 50.04, 0)])
    live = Live(ROAD, points_at([(0, 0, 0)]), homes, [3], cutoffs_m=[50], tolerance_m=0.05)
    assert live.people.tolist() == [3]
    assert live.street_m.tolist() == [50.0]


def test_a_field_taken_out_does_not_change_with_later_steps() -> None:
    live = Live(ROAD, points_at([(0, 20, 0)]), points_at([]), [], cutoffs_m=[50])
    field = live.field
    live.add(points_at([(1, 100, 0)]))
    assert field.node_m.tolist() == [20, 80, 180]
    assert live.field.node_m.tolist() == [20, 80, 0]


def test_what_is_not_there_cannot_be_removed_and_nothing_changes() -> None:
    live = Live(ROAD, points_at([(0, 20, 0), (-1, 0, 0)]), points_at([]), [], cutoffs_m=[50])
    for numbers in ([7], [0, 1], [-1]):
        with pytest.raises(ParameterError, match="not there to remove"):
            live.remove(numbers)
    assert live.standing.tolist() == [0]
    with pytest.raises(ParameterError, match="no step to take back"):
        live.undo()


def test_a_source_that_is_not_on_the_network_changes_nothing() -> None:
    network = network_of(2, [(0, 1, 100.0, 0)])
    live = Live(network, points_at([(0, 10, 0)]), points_at([(0, 40, 0)]), [7], cutoffs_m=CUTOFFS)
    before = state(live)
    for place in [(1, 5, 0), (0, np.nan, 0), (0, 5, np.nan), (0, 5, -1)]:
        with pytest.raises(ParameterError, match="point 0 is not on this network"):
            live.add(points_at([place]))
    for was, now in zip(before, state(live), strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize("residents", [[1], [1, 2, 3], [1, np.nan], [1, -1]])
def test_residents_that_do_not_fit_the_homes_are_refused(residents: list[float]) -> None:
    network, homes = network_of(2, [(0, 1, 100.0, 0)]), points_at([(0, 10, 0), (0, 40, 0)])
    with pytest.raises(ParameterError, match="residents"):
        Live(network, points_at([]), homes, residents, cutoffs_m=CUTOFFS)


def test_seconds_part_of_the_way_along_a_street_are_rounded_as_in_a_search() -> None:
    offsets = [float(offset) for offset in range(1, 30)]
    network = network_of(60, [(2 * i, 2 * i + 1, 31.0, 7.0) for i in range(29)])
    places = points_at([(i, offset, 0) for i, offset in enumerate(offsets)])
    expected = search(network, places).node_delay_s
    live = Live(network, points_at([]), points_at([]), [], cutoffs_m=CUTOFFS)
    live.add(places)
    np.testing.assert_array_equal(live.field.node_delay_s, expected)
    nearer = live.add(points_at([(i, offset + 1, 0) for i, offset in enumerate(offsets)]))
    live.remove(nearer)
    np.testing.assert_array_equal(live.field.node_delay_s, expected)


def test_who_reaches_nothing_is_not_within_an_endless_walk_either() -> None:
    network = network_of(4, [(0, 1, 100.0, 0), (2, 3, 100.0, 0)])
    live = Live(network, points_at([(0, 10, 0)]), points_at([(0, 40, 0), (1, 5, 0)]), [7, 30], cutoffs_m=[np.inf, 1.0])
    assert live.people.tolist() == [7, 0]
    live.remove(0)
    assert live.people.tolist() == [0, 0]
    live.add(points_at([(1, 5, 0)]))
    assert live.people.tolist() == [30, 30]
