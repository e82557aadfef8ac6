"""Points on streets: the nearest edge, the place along it, the straight leg, and why not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from paper import CRS, X0, Y0, streets
from shapely import Point

from kunshan_gis.errors import CRSError, ParameterError
from kunshan_gis.network import build, nearest, search, snap

GRID = [[(x, 0), (x, 100)] for x in range(0, 500, 100)] + [[(x, 0), (x + 100, 0)] for x in range(0, 400, 100)]


def at(*places: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(x + X0, y + Y0) for x, y in places], crs=CRS)


def put(points: gpd.GeoSeries, network, *, leg: float = 200.0, component: float = 0.0):
    return snap(points, network, max_leg_m=leg, min_component_m=component)


def test_a_point_stands_along_its_nearest_edge() -> None:
    network = build(streets([(0, 0), (600, 0)], [(0, 0), (0, 300)]))
    found = put(at((310, 40), (5, 250)), network)
    main = int(np.flatnonzero(network.length_m == 600)[0])
    assert found.edge.tolist() == [main, 1 - main]
    assert found.offset_m.tolist() == pytest.approx([310, 250], abs=1e-9)
    assert found.leg_m.tolist() == [40, 5]


def test_the_cap_on_the_leg_is_inclusive_and_beyond_it_there_is_no_place() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    found = put(at((300, 200), (300, 200.01)), network)
    assert found.placed.tolist() == [True, False]
    assert found.reason.tolist() == ["", "too_far"]
    assert np.isnan(found.offset_m[1])
    assert np.isnan(found.leg_m[1])


def test_an_isolated_80_m_path_is_not_walked_from() -> None:
    network = build(streets([(0, 0), (600, 0)], [(280, 150), (360, 150)]))
    found = put(at((300, 140), (300, 390)), network, leg=140, component=500)
    assert found.placed.tolist() == [True, False]
    assert found.leg_m[0] == 140  # the main street, though the path is 10 m away
    assert found.reason[1] == "too_far"
    assert put(at((300, 160)), network, leg=100, component=500).reason.tolist() == ["isolated"]
    assert put(at((300, 160)), network, leg=100, component=80).placed.all()  # at least 80 m is enough


def test_a_point_on_a_junction_is_at_the_same_place_whichever_edge_it_is_put_on() -> None:
    network = build(streets(*GRID))
    junction = put(at((200, 0)), network)
    gate = put(at((0, 100)), network)
    assert junction.leg_m.tolist() == [0]
    assert nearest(search(network, gate), junction)["metres"].tolist() == [300]
    assert nearest(search(network, junction), gate)["metres"].tolist() == [300]


def test_ties_are_settled_by_the_edge_and_not_by_the_order_of_rows() -> None:
    there, back = build(streets(*GRID)), build(streets(*GRID[::-1]))
    middle = at((50, 50), (150, 50), (250, 50), (350, 50), (100, 0))
    one, two = put(middle, there), put(middle, back)
    assert there.edge_id[one.edge].tolist() == back.edge_id[two.edge].tolist()


def test_no_points_and_no_eligible_edges_are_fine() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    assert len(put(at(), network).edge) == 0
    assert put(at((0, 0)), network, component=1e9).reason.tolist() == ["isolated"]


def test_another_crs_is_refused_with_the_remedy() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    with pytest.raises(CRSError, match=r'the study area measures in EPSG:4549. Reproject first: homes.to_crs\("EPSG'):
        snap(at((0, 0)).to_crs("EPSG:32651"), network, max_leg_m=200, min_component_m=0, name="homes")


@pytest.mark.parametrize(("leg", "component"), [(0, 0), (-1, 0), (np.nan, 0), (200, -1), (200, np.nan)])
def test_a_cap_that_means_nothing_is_refused(leg: float, component: float) -> None:
    with pytest.raises(ParameterError, match="longest leg"):
        put(at((0, 0)), build(streets([(0, 0), (600, 0)])), leg=leg, component=component)
