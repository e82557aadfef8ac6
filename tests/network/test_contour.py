"""Contours on a grid: valid whatever the field, holes kept, and wider wherever the field is lower."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point

from kunshan_gis.network.contour import NEAR, contour

LEVEL = 4.0
VALUES = st.sampled_from([0.0, 3.0, 3.9999, 4.0, 4.0001, 4.001, 4.5, 5.0])


def outlined(field: np.ndarray) -> MultiPolygon:
    xy, ring_first, outer = contour((field**2).astype(np.float32).ravel(), field.shape[1], LEVEL)
    rings = [xy[a:b] for a, b in pairwise(ring_first)]
    for number, ring in enumerate(rings):
        assert shapely.LinearRing(ring).is_ccw == (outer[number] == number)
    holes = [[rings[j] for j in np.flatnonzero(outer == i) if j != i] for i in range(len(rings))]
    return MultiPolygon([shapely.Polygon(rings[i], holes[i]) for i in range(len(rings)) if outer[i] == i])


def far_with(*near: tuple[int, int], value: float = 3.0) -> np.ndarray:
    field = np.full((9, 9), 5.0)
    for row, column in near:
        field[row, column] = value
    return field


def test_one_near_node_has_a_diamond_around_it() -> None:
    diamond = shapely.Polygon([(4.5, 4), (4, 4.5), (3.5, 4), (4, 3.5)])
    assert shapely.symmetric_difference(outlined(far_with((4, 4))), diamond).area < 1e-6


def test_nothing_near_has_no_outline() -> None:
    assert outlined(far_with()).is_empty


def test_what_lies_in_a_hole_is_an_area_of_its_own() -> None:
    ring = [(r, c) for r in range(1, 8) for c in range(1, 8) if {r, c} & {1, 7}]
    found = outlined(far_with(*ring, (4, 4)))
    assert len(found.geoms) == 2
    assert sorted(len(part.interiors) for part in found.geoms) == [0, 1]
    assert found.is_valid


def test_opposite_corners_join_if_the_middle_is_near() -> None:
    assert len(outlined(far_with((4, 4), (5, 5), value=3.5)).geoms) == 2
    assert len(outlined(far_with((4, 4), (5, 5), value=2.5)).geoms) == 1


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(VALUES, min_size=36, max_size=36), st.data())
def test_any_field_gives_valid_areas_that_nest(values: list[float], data: st.DataObject) -> None:
    field = np.full((8, 8), 6.0)
    field[1:-1, 1:-1] = np.reshape(values, (6, 6))
    lower = field.copy()
    for _ in range(5):
        row, column = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
        lower[row, column] = min(lower[row, column], data.draw(VALUES))
    narrow, wide = outlined(field), outlined(lower)
    assert narrow.is_valid
    assert wide.is_valid
    assert wide.buffer(1e-9).covers(narrow)
    limit = np.float32((LEVEL + NEAR) ** 2)
    near = (field**2).astype(np.float32) < limit
    assert all(narrow.covers(Point(column, row)) == near[row, column] for row, column in np.ndindex(*field.shape))
