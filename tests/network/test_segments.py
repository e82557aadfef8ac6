"""The grid of segments: every segment is in every cell it passes, whatever the coordinates, and no grid is large."""

from __future__ import annotations

import gc
import weakref

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import CRS, X0, Y0, streets
from shapely import LineString

from kunshan_gis.network import build, snap
from kunshan_gis.network.crossing import barrier_cells
from kunshan_gis.network.segments import Cells, cells_of, in_order, segments_of

FAR = 7e6


def grid(*lines: list[tuple[float, float]]) -> Cells:
    return cells_of(*shapely.get_coordinates([LineString(line) for line in lines], return_index=True))


def cell_of(cells: Cells, xy: np.ndarray) -> np.ndarray:
    column, row = ((xy - (cells.west, cells.south)) / cells.side).astype(np.int64).T
    return np.clip(row, 0, cells.rows - 1) * cells.columns + np.clip(column, 0, cells.columns - 1)


def is_small(cells: Cells) -> bool:
    segments = len(cells.xy)
    return cells.rows * cells.columns <= 8 * segments + 8 and len(cells.segment) <= 8 * segments + 8


NUMBER = st.floats(-1e3, 1e3) | st.integers(-5, 5) | st.sampled_from([-FAR, FAR, 0.001])
SEGMENT = st.lists(st.tuples(NUMBER, NUMBER), min_size=2, max_size=5)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(SEGMENT, min_size=1, max_size=12), st.sampled_from([1, 40]))
def test_a_segment_is_in_every_cell_it_passes(lines: list[list[tuple[float, float]]], copies: int) -> None:
    near = [[(k, k), (k + 1.0, k)] for k in range(copies)]
    cells = grid(*lines, *near)
    assert is_small(cells)
    share = np.linspace(0, 1, 101)[:, None]
    for c in np.unique(cells.segment):
        passed = cell_of(cells, cells.xy[c] + share * (cells.xy[c + 1] - cells.xy[c]))
        for cell in np.unique(passed):
            assert c in cells.segment[cells.first[cell] : cells.first[cell + 1]]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(SEGMENT, min_size=1, max_size=8))
def test_as_many_rings_are_hollow_as_hold_nothing(lines: list[list[tuple[float, float]]]) -> None:
    cells = grid(*lines)
    row, column = np.divmod(np.arange(cells.rows * cells.columns), cells.columns)
    held = np.diff(cells.first) > 0
    for cell, rings in enumerate(cells.hollow):
        nearest = np.maximum(np.abs(row - row[cell]), np.abs(column - column[cell]))[held].min()
        assert rings == min(nearest, 20)


def test_a_diagonal_does_not_fill_its_bounding_box() -> None:
    blocks = [[(x * 100.0, y * 100.0), (x * 100.0 + 50, y * 100.0)] for x in range(40) for y in range(40)]
    cells = grid(*blocks, [(0, 0), (4000, 4000)])
    entries = np.count_nonzero(cells.segment == len(cells.xy) - 2)
    assert cells.columns <= entries <= 3 * cells.columns
    assert cells.columns > 30


HOSTILE = {
    "a segment of 200 km": [(0, 0), (141e3, 141e3)],
    "a vertex at 0, 0": [(50, 50), (-X0, -Y0)],
    "a street on another continent": [(FAR, FAR), (FAR + 50, FAR)],
    "hardly any length": [(50, 50), (50, 50.002)],
}


@pytest.mark.parametrize("case", HOSTILE)
def test_one_odd_street_neither_swells_the_grid_nor_hides_the_others(case: str) -> None:
    blocks = [[(x * 100.0, y * 100.0), (x * 100.0 + 50, y * 100.0)] for x in range(30) for y in range(30)]
    network = build(streets(*blocks, HOSTILE[case]))
    cells = segments_of(network).cells
    assert is_small(cells)
    assert cells.side < 200  # a block is 100 m
    random = np.random.default_rng(3)
    xy = np.r_[random.uniform(-500, 3500, (200, 2)), [(70e3, 70.5e3), (FAR, FAR - 40), (-FAR, 0)]] + (X0, Y0)
    points = gpd.GeoSeries(shapely.points(xy), crs=CRS)
    for cap in (30.0, 400.0, np.inf):
        found = snap(points, network, max_leg_m=cap, min_component_m=0)
        nearest = shapely.distance(np.asarray(points)[:, None], network.lines[None, :]).min(axis=1)
        assert found.placed.tolist() == (nearest <= cap).tolist()
        assert found.leg_m[found.placed] == pytest.approx(nearest[found.placed], abs=1e-6)


def test_a_thousand_streets_in_one_place_are_one_small_grid() -> None:
    star = [[(0, 0), (0.001 * x, 0.001 * y)] for x in range(-20, 21) for y in range(-20, 21) if x or y]
    network = build(streets(*star))
    assert is_small(segments_of(network).cells)
    points = gpd.GeoSeries(shapely.points([(X0 + 100, Y0), (X0, Y0)]), crs=CRS)
    found = snap(points, network, max_leg_m=np.inf, min_component_m=0)
    assert found.leg_m == pytest.approx([99.98, 0])


def test_two_streets_far_apart_are_a_small_grid() -> None:
    cells = grid([(0, 0), (10, 0)], [(FAR, FAR), (FAR + 10, FAR)])
    assert is_small(cells)


def test_a_flat_line_and_a_line_without_extent_have_a_grid() -> None:
    assert is_small(grid([(x * 10.0, 0) for x in range(100)]))
    assert is_small(grid([(5, 5), (5, 5)]))


def test_nothing_is_a_grid_without_cells() -> None:
    assert cells_of(np.empty((0, 2)), np.empty(0, dtype=np.int64)).columns == 0
    assert barrier_cells(np.empty(0, dtype=object)).columns == 0


def test_segments_without_finite_coordinates_are_left_out() -> None:
    xy = np.array([(0, 0), (np.nan, 1), (2, 2), (3, 3), (np.inf, 4)])
    cells = cells_of(xy, np.zeros(5, dtype=np.int64))
    assert set(cells.segment.tolist()) == {2}


def test_places_are_read_cell_by_cell_and_those_nowhere_are_not() -> None:
    cells = grid(*[[(x * 10.0, y * 10.0), (x * 10.0 + 10, y * 10.0)] for x in range(10) for y in range(10)])
    x = np.array([95.0, np.nan, 1.0, 1e9, 1.0, np.inf, 2.0])
    y = np.array([95.0, 1.0, 1.0, -1e9, 95.0, 1.0, 2.0])
    order = in_order(x, y, cells)
    assert sorted(order.tolist()) == [0, 2, 3, 4, 6]
    assert abs(order.tolist().index(2) - order.tolist().index(6)) == 1


def test_the_segments_are_kept_as_long_as_the_network_is() -> None:
    network = build(streets([(0, 0), (600, 0)]))
    kept = segments_of(network)
    assert segments_of(network) is kept
    gone = weakref.ref(kept)
    del network, kept
    gc.collect()
    assert gone() is None


def test_metres_along_begin_at_nought_and_end_at_the_length() -> None:
    network = build(streets([(0, 0), (30, 40), (30, 100)], [(30, 100), (0, 0)]))
    segments = segments_of(network)
    for edge, length in enumerate(network.length_m):
        along = segments.along_m[segments.edge == edge]
        assert (along[0], along[-1]) == (0, length)
