"""Points put on junctions: the shortcut whose error the sensitivity interval shows."""

from __future__ import annotations

import geopandas as gpd
import pytest
from paper import frame, streets
from shapely.geometry import Point

from kunshan_gis import network
from kunshan_gis.errors import CRSError


def net() -> network.Field:
    return network.build(streets([(0, 0), (100, 0)], [(100, 0), (400, 0)], [(0, 500), (9, 500)]), walk_filter="all")


def placed(*xy: tuple[float, float], max_leg_m: float = 200.0, least: float = 0.0) -> list[tuple[str, float]]:
    found = network.at_junctions(
        frame([Point(one) for one in xy]).geometry, net(), max_leg_m=max_leg_m, min_component_m=least
    )
    return [(reason, round(float(leg), 3)) for reason, leg in zip(found.reason, found.leg_m, strict=True)]


def test_a_point_goes_to_the_nearest_junction_and_the_leg_counts() -> None:
    assert placed((70, 0), (30, 40), (100, 0)) == [("", 30.0), ("", 50.0), ("", 0.0)]


def test_distances_from_junctions_by_hand() -> None:
    """From x = 30 (junction 0) to x = 70 (junction 100): 30 + 100 + 30 instead of 40."""
    streets_ = net()
    ends = frame([Point(30, 0), Point(70, 0)]).geometry
    at = network.at_junctions(ends, streets_, max_leg_m=200, min_component_m=0)
    field = network.search(streets_, network.select(at, [0]))
    assert network.nearest(field, at)["metres"].tolist() == [60.0, 160.0]


def test_far_points_and_islands_are_not_placed() -> None:
    assert [reason for reason, _ in placed((100, 201), (4, 500), least=50)] == ["too_far", "too_far"]
    assert placed((4, 500))[0] == ("", 4.0)


def test_a_point_without_a_place_says_so() -> None:
    empty = gpd.GeoSeries([Point()], crs="EPSG:4549")
    found = network.at_junctions(empty, net(), max_leg_m=200, min_component_m=0)
    assert found.reason.tolist() == ["no_place"]


def test_degrees_are_refused() -> None:
    with pytest.raises(CRSError):
        network.at_junctions(gpd.GeoSeries([Point(120, 31)], crs="EPSG:4326"), net(), max_leg_m=9, min_component_m=0)
