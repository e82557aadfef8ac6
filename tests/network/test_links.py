"""Distances over links that are not there, against the shortest of all ways through them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from laws import tried_on
from oracle import metres_and_seconds, network_of, networks, places_on, points_at

from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network import Links, joined, nearest, over_links, search


def placed(points: Points) -> Points:
    """Without legs, and on the network."""
    rows = np.flatnonzero(points.placed)
    return Points(points.edge[rows], points.offset_m[rows], np.zeros(len(rows)), points.reason[rows])


@st.composite
def cities(draw: st.DrawFn):
    network = draw(networks())
    one, other = (placed(draw(places_on(network, least=0, most=4))) for _ in range(2))
    number = min(len(one.edge), len(other.edge))
    ends = [Points(*(getattr(p, f)[:number] for f in ("edge", "offset_m", "leg_m", "reason"))) for p in (one, other)]
    metres = np.array(draw(st.lists(st.sampled_from([0.0, 1.0, 4.0, 30.0]), min_size=number, max_size=number)))
    return network, draw(places_on(network)), draw(places_on(network)), Links(*ends, metres)


def brute(network: WalkNetwork, sources: Points, homes: Points, links: Links) -> np.ndarray:
    """Floyd and Warshall over sources, homes and ends of links; legs are walked at the two ends of a way alone."""
    ends = joined(links.one, links.other)
    stops = joined(*(Points(p.edge, p.offset_m, np.where(p.placed, 0.0, np.nan), p.reason)
                     for p in (sources, homes, ends)))  # fmt: skip
    way = np.nan_to_num(metres_and_seconds(network, stops, stops)[0], nan=np.inf)
    first, number = len(sources.edge) + len(homes.edge), len(links.metres)
    for i in range(number):
        a, b = first + i, first + number + i
        way[a, b] = way[b, a] = min(way[a, b], links.metres[i])
    for k in range(first, len(way)):
        way = np.minimum(way, way[:, [k]] + way[[k], :])
    legs = np.where(sources.placed, sources.leg_m, np.inf)
    from_sources = way[len(sources.edge) : first, : len(sources.edge)] + legs
    nearest_m = from_sources.min(axis=1, initial=np.inf) + np.where(homes.placed, homes.leg_m, np.inf)
    return np.where(np.isfinite(nearest_m), nearest_m, np.nan)


@tried_on(cities(), fast=150, full=800)
def test_the_way_over_links_is_the_shortest_there_is(city) -> None:
    network, sources, homes, links = city
    field = search(network, sources)
    before = field.node_m.copy()
    found = nearest(over_links(field, links), homes)["metres"].to_numpy()
    np.testing.assert_allclose(found, brute(network, sources, homes, links), atol=1e-9)
    np.testing.assert_array_equal(field.node_m, before)
    assert (np.nan_to_num(found, nan=np.inf) <= np.nan_to_num(nearest(field, homes)["metres"], nan=np.inf) + 1e-9).all()
    near = nearest(over_links(field, links, cutoff_m=9.0), homes)["metres"].to_numpy()
    within = found <= 9.0
    np.testing.assert_allclose(near[within], found[within], atol=1e-9)
    assert np.isnan(near[~within]).all()


def test_a_way_may_lead_over_two_links_one_after_the_other() -> None:
    network = network_of(6, [(0, 1, 10.0, 0.0), (2, 3, 10.0, 0.0), (4, 5, 10.0, 0.0)])
    door, home = points_at([(0, 4.0, 0.0)]), points_at([(2, 7.0, 3.0)])
    links = Links(
        points_at([(0, 6.0, 0.0), (1, 5.0, 0.0)]), points_at([(1, 1.0, 0.0), (2, 9.0, 0.0)]), np.array([5.0, 6.0])
    )
    # 2 along the first street, 5 across, 4 along the second, 6 across, 2 along the third, 3 to the door
    assert nearest(over_links(search(network, door), links), home)["metres"].tolist() == [22.0]
    assert np.isnan(nearest(over_links(search(network, door), links.rows(np.array([1]))), home)["metres"]).all()
