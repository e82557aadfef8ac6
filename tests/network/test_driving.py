"""Driving, worked out on paper.

::

    y=200  ======x====================x======     expressway, 72 km/h (20 m/s), x from 0 to 2000
    y=100        o                    o           ramps at x = 200 and x = 1800, 36 km/h (10 m/s)
    y=0    ----------------------------------     street, 36 km/h (10 m/s), x from 0 to 2000
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from paper import frame, streets
from shapely.geometry import LineString, Point

from kunshan_gis.model import Points
from kunshan_gis.network import (
    EXPRESSWAY,
    RAMP,
    STREET,
    DriveNetwork,
    drive_network,
    expressway_graph,
    in_seconds,
    nearest,
    points_in_seconds,
    search,
    snap,
    street_drive,
    street_only,
)

KMH = {STREET: 36.0, EXPRESSWAY: 72.0, RAMP: 36.0}
HIGHWAY = LineString([(0, 200), (2000, 200)])


def roads(*ramps: tuple[float, float], street: LineString | None = None, highway: LineString = HIGHWAY) -> DriveNetwork:
    base = street_drive(streets(street or LineString([(0, 0), (2000, 0)]), walkable=False))
    places = frame([Point(place) for place in ramps], expressway_id=None)
    graph = expressway_graph(frame([highway], **{"class": "link"}), places, joint_m=50, gap_m=500, ramp_m=300)
    return drive_network(base, graph, places.geometry, street_m=200, min_component_m=0)


def seconds(found: DriveNetwork, start: tuple[float, float], goal: tuple[float, float]) -> float:
    timed = in_seconds(found.network, np.array([KMH[int(kind)] for kind in found.kind]))
    barred = found.kind != STREET

    def at(place: tuple[float, float]) -> Points:
        points = snap(frame([Point(place)]).geometry, found.network, max_leg_m=100, min_component_m=0, barred=barred)
        return points_in_seconds(points, found.network, timed, access_kmh=18.0)

    return float(nearest(search(timed, at(start)), at(goal))["metres"].iloc[0])


def test_the_way_over_the_expressway_is_the_sum_of_its_parts() -> None:
    found = roads((200, 100), (1800, 100))
    # 200 m street + 200 m ramp + 1600 m expressway + 200 m ramp + 200 m street
    assert seconds(found, (0, 0), (2000, 0)) == pytest.approx(20 + 20 + 80 + 20 + 20)
    assert np.bincount(found.kind).tolist() == [3, 3, 4]


def test_a_short_drive_stays_on_the_street_and_legs_count_at_their_own_speed() -> None:
    found = roads((200, 100), (1800, 100))
    assert seconds(found, (900, 0), (1000, 0)) == pytest.approx(10)
    assert seconds(found, (900, -50), (1000, 0)) == pytest.approx(10 + 50 / 5)  # 18 km/h is 5 m/s


def test_ramps_are_the_only_way_on() -> None:
    one = roads((200, 100))
    assert seconds(one, (0, 0), (2000, 0)) == pytest.approx(200)
    crossing = roads(street=LineString([(1000, -300), (1000, 200), (1000, 500)]), highway=LineString(
        [(0, 200), (1000, 200), (2000, 200)]))  # fmt: skip  # they share the vertex (1000, 200)
    field = search(crossing.network, snap(frame([Point(1000, 0)]).geometry, crossing.network, max_leg_m=9,
                                          min_component_m=0))  # fmt: skip
    on_expressway = crossing.network.edge_uv[crossing.kind == EXPRESSWAY].ravel()
    assert np.isinf(field.node_m[on_expressway]).all()
    assert len(on_expressway) > 0


def test_a_ramp_without_a_street_or_an_expressway_near_leads_nowhere() -> None:
    found = roads((200, 100), (1800, 450), (1000, 201), (500, 199))
    assert (found.ramp >= 0).tolist() == [True, False, False, True]
    assert found.ramp_street_m.round(6).tolist()[:1] == [100]
    assert np.isnan(found.ramp_street_m[1:3]).all()


def test_ramps_at_one_place_of_a_street_split_it_once() -> None:
    found = roads((200, 100), (200, 50), (0, 100), (2000, 100))
    assert (found.ramp >= 0).all()
    assert (found.kind == STREET).sum() == 2
    length = found.network.length_m[found.kind == STREET]
    assert sorted(length.round(6)) == [200, 1800]


def test_streets_alone_are_a_network_too() -> None:
    found = street_only(street_drive(streets(LineString([(0, 0), (2000, 0)]))))
    assert (found.kind == STREET).all()
    assert len(found.ramp) == len(found.segment) == 0


def test_random_networks_agree_with_dijkstra_and_faster_is_never_longer() -> None:
    rng = np.random.default_rng(7)
    for _ in range(20):
        x = np.sort(rng.uniform(0, 2000, 3))
        found = roads(*((float(one), float(rng.uniform(50, 150))) for one in x))
        kmh = rng.uniform(20, 100, len(found.kind))
        timed = in_seconds(found.network, kmh)
        graph = nx.MultiGraph()
        for (u, v), cost in zip(found.network.edge_uv.tolist(), timed.length_m.tolist(), strict=True):
            graph.add_edge(u, v, weight=cost)
        start = Points(np.array([0]), np.array([0.0]), np.zeros(1), np.array([""], dtype=object))
        field = search(timed, start)
        exact = nx.single_source_dijkstra_path_length(graph, int(found.network.edge_uv[0, 0]))
        for node, cost in exact.items():
            assert field.node_m[node] == pytest.approx(cost, abs=1e-6)
        faster = search(in_seconds(found.network, kmh * 1.5), start)
        assert (faster.node_m <= field.node_m + 1e-9).all()
