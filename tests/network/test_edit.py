"""Ways that come and go in a built network, against the network built from the changed streets."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import strategies as st
from laws import tried_on
from shapely import LineString

from kunshan_gis.errors import NetworkError, ParameterError
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network import Edited, build, nearest, search, snap, with_line, without

CRS = "EPSG:4549"


def streets(*lines) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"walkable": True}, index=range(len(lines)), geometry=[LineString(x) for x in lines], crs=CRS
    )


def walked(network: WalkNetwork, start: tuple[float, float], *ends: tuple[float, float]) -> list[float]:
    def placed(*places: tuple[float, float]) -> Points:
        points = gpd.GeoSeries(gpd.points_from_xy(*zip(*places, strict=True)), crs=CRS)
        return snap(points, network, max_leg_m=1.0, min_component_m=0.0)

    return nearest(search(network, placed(start)), placed(*ends))["metres"].round(6).tolist()


BANKS = [[(0, 0), (400, 0)], [(0, 100), (400, 100)]]


def test_a_bridge_drawn_from_street_to_street_joins_both() -> None:
    network = build(streets(*BANKS))
    assert np.isnan(walked(network, (0, 0), (0, 100))).all()
    change = with_line(network, LineString([(150, 0), (150, 100)]), street=2)
    assert walked(change.network, (0, 0), (0, 100), (400, 100)) == [400, 500]
    assert (change.network.component_m == 900).all()
    assert sorted(change.network.length_m) == [100, 150, 150, 250, 250]
    assert change.network.street[change.fresh].tolist().count(2) == 1
    assert change.kept.tolist() == [-1, -1]


def test_an_end_drawn_near_a_street_is_drawn_to_it_and_the_piece_is_walked() -> None:
    change = with_line(build(streets(*BANKS)), LineString([(150, 8), (150, 75)]), street=2)
    assert walked(change.network, (0, 0), (0, 100)) == [400]


def test_an_end_drawn_past_a_street_is_cut_off_there() -> None:
    change = with_line(build(streets(*BANKS)), LineString([(150, -8), (150, 120)]), street=2)
    assert walked(change.network, (0, 0), (0, 100)) == [400]
    assert change.network.length_m.sum() == 900


def test_what_a_bridge_passes_over_it_does_not_touch() -> None:
    network = build(streets(*BANKS, [(0, 50), (400, 50)]))
    change = with_line(network, LineString([(150, 0), (150, 100)]), street=3)
    assert np.isnan(walked(change.network, (0, 0), (0, 50))).all()
    assert change.kept[network.street == 2].min() >= 0


def test_a_path_with_a_vertex_on_a_vertex_of_the_network_joins_it_there() -> None:
    network = build(streets(*BANKS, [(0, 50), (150, 50), (400, 50)]))
    change = with_line(network, LineString([(150, 0), (150, 50), (150, 100)]), street=3)
    assert walked(change.network, (0, 0), (0, 50)) == [350]


def test_a_dead_end_is_a_path_and_an_island_is_refused() -> None:
    network = build(streets(*BANKS))
    dead_end = with_line(network, LineString([(150, 0), (150, -60)]), street=2).network
    assert walked(dead_end, (0, 0), (150, -60)) == [210]
    with pytest.raises(NetworkError, match="would be an island"):
        with_line(network, LineString([(150, 40), (160, 60)]), street=2)
    with pytest.raises(NetworkError, match="no length"):
        with_line(network, LineString([(150, 0), (150, 0)]), street=2)


def test_an_end_may_be_kept_from_joining_a_bridge_in_passing() -> None:
    network = build(streets(*BANKS))
    onto = network.street == 1
    with pytest.raises(NetworkError, match="island"):
        with_line(network, LineString([(150, 3), (150, -80)]), street=2, onto=onto)
    assert len(with_line(network, LineString([(150, 0), (150, -80)]), street=2, onto=onto).network.lines) == 4


def test_removing_keeps_the_other_edges_and_all_is_never_removed() -> None:
    network = build(streets(*BANKS, [(0, 0), (0, 100)]))
    gone = network.street == 2
    change = without(network, gone)
    assert np.isnan(walked(change.network, (400, 0), (400, 100))).all()
    assert change.network.edge_id.tolist() == network.edge_id[~gone].tolist()
    assert (change.network.component_m == 400).all()
    assert not change.fresh.any()
    with pytest.raises(NetworkError, match="no walkable street would be left"):
        without(network, np.ones(3, dtype=bool))
    with pytest.raises(ParameterError, match="each of the 3 edges"):
        without(network, np.zeros(2, dtype=bool))


def test_two_changes_are_one() -> None:
    network = build(streets(*BANKS))
    first = with_line(network, LineString([(100, 0), (100, 100)]), street=2)
    both = first.then(with_line(first.network, LineString([(300, 0), (300, 100)]), street=3))
    assert walked(both.network, (400, 0), (400, 100)) == [300]
    assert both.kept.tolist() == [-1, -1]
    assert both.fresh.all()
    same = Edited.nothing(network).then(first)
    assert same.kept.tolist() == first.kept.tolist()
    assert same.fresh.tolist() == first.fresh.tolist()


@tried_on(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=3, max_size=12),
    st.integers(0, 11), st.integers(0, 11), st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.sampled_from([0.0, 0.3, 1.0]),
    fast=50, full=150,
)  # fmt: skip
def test_the_same_distances_as_a_network_built_from_the_changed_streets(pairs, a, b, s, t) -> None:
    places = [(x * 100.0, y * 100.0) for x in range(4) for y in range(3)]
    lines = [[places[i], places[j]] for i, j in pairs if i != j]
    if not lines:
        return
    one, two = lines[a % len(lines)], lines[b % len(lines)]

    def along(line, part):
        return tuple(np.round(np.array(line[0]) + part * (np.array(line[1]) - line[0]), 6))

    new = [along(one, s), (333.3, -77.7), along(two, t)]
    network = build(streets(*lines))
    change = with_line(network, LineString(new), street=len(lines))

    def cut(line):  # with a vertex where the new way begins or ends on it
        on = {end: LineString(line).project(gpd.points_from_xy(*[[c] for c in end])[0]) for end in (new[0], new[-1])
              if LineString(line).distance(gpd.points_from_xy(*[[c] for c in end])[0]) < 1e-4}  # fmt: skip
        inner = [end for end, at in sorted(on.items(), key=lambda item: item[1]) if end not in line]
        return [line[0], *inner, line[-1]]

    fresh = build(streets(*[cut(line) for line in lines], new))
    ends = [place for line in lines for place in line]
    ours, theirs = walked(change.network, new[0], *ends), walked(fresh, new[0], *ends)
    np.testing.assert_allclose(ours, theirs, atol=1e-3)
    assert change.network.length_m.sum() == pytest.approx(fresh.length_m.sum(), abs=1e-3)
