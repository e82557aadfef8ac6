"""How near the street data's edge people live, good to a cell of 100 m."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from paper import CRS, X0, Y0, streets
from shapely import Point, box

from kunshan_gis.network import build, edge_distance

CELL = 150.0  # a cell and its diagonal


def grid(size: int, step: int = 200, *, shift: tuple[int, int] = (0, 0), hole=None):
    """Streets every `step` metres over a square of `size` metres; those that touch `hole` are missing."""
    a, b = shift
    lines = [[(a + x, b), (a + x, b + size)] for x in range(0, size + 1, step)]
    lines += [[(a, b + y), (a + size, b + y)] for y in range(0, size + 1, step)]
    table = streets(*lines)
    return table if hole is None else table.assign(geometry=table.difference(hole)).loc[lambda t: ~t.is_empty]


def at(*places: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(x + X0, y + Y0) for x, y in places], crs=CRS)


def test_the_middle_of_a_grid_is_half_its_width_from_the_edge() -> None:
    found = edge_distance(at((2000, 2000), (500, 2000), (2000, 3700)), build(grid(4000)))
    assert found == pytest.approx([2000, 500, 300], abs=CELL)


def test_outside_the_data_it_is_zero() -> None:
    far = edge_distance(at((-500, 2000), (90_000, 2000), (2000, -90_000)), build(grid(4000)))
    assert far.tolist() == [0, 0, 0]


def test_a_hole_in_the_data_is_not_its_edge() -> None:
    lake = box(X0 + 1500, Y0 + 1500, X0 + 2500, Y0 + 2500)
    found = edge_distance(at((1400, 2000)), build(grid(4000, hole=lake)))
    assert found == pytest.approx([1400], abs=CELL)


def test_water_counts_as_data() -> None:
    network = build(grid(4000))
    lake = gpd.GeoSeries([box(X0 + 4000, Y0 - 2000, X0 + 8000, Y0 + 6000)], crs=CRS)
    shore = at((3900, 2000))
    assert edge_distance(shore, network) == pytest.approx([100], abs=CELL)
    assert edge_distance(shore, network, known_empty=lake)[0] > 1000


def test_villages_600_m_apart_are_one_and_1500_m_apart_are_two() -> None:
    def between(gap: int) -> float:
        west, east = grid(3000), grid(3000, shift=(3000 + gap, 0))
        both = streets(*west.translate(-X0, -Y0), *east.translate(-X0, -Y0))
        return float(edge_distance(at((2900, 1500)), build(both))[0])

    assert between(400) > 1000
    assert between(1500) == pytest.approx(100, abs=CELL)


def test_one_street_is_data_too_and_a_shift_of_the_city_changes_nothing() -> None:
    network = build(streets([(0, 0), (3000, 0)]))
    assert np.isfinite(edge_distance(at((1500, 0)), network)).all()
    here = edge_distance(at((2000, 1000)), build(grid(4000)))
    there = edge_distance(at((52_037, 1041)), build(grid(4000, shift=(50_037, 41))))
    assert here.tolist() == there.tolist()
