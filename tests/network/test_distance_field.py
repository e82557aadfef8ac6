"""The distance field against the distance shapely measures, node by node."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis.network.distance_field import Vertices, draw, straight_parts
from kunshan_gis.network.pieces import Pieces

RAMP = np.arange(40, dtype=np.float32)
PLACE = st.tuples(st.integers(-500, 4500), st.integers(-500, 3500)).map(lambda p: (p[0] / 100, p[1] / 100))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.tuples(PLACE, PLACE), min_size=1, max_size=5), st.floats(2, 8))
def test_every_node_within_reach_has_its_distance(
    parts: list[tuple[tuple[float, float], tuple[float, float]]], reach: float
) -> None:
    field = np.full((30, 40), reach**2, dtype=np.float32)
    draw(field, np.array(parts).reshape(-1, 4), reach, RAMP)
    row, column = np.indices(field.shape)
    nodes = shapely.points(column, row)
    exact = np.min([shapely.distance(nodes, shapely.LineString(part)) for part in parts], axis=0)
    np.testing.assert_allclose(np.sqrt(field), np.minimum(exact, reach), atol=2e-4)


def pieces(*between: tuple[float, float]) -> Pieces:
    n = len(between)
    return Pieces(np.zeros(n, np.int32), np.array(between, dtype=float), np.arange(n, dtype=np.int32))


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ((0, 70), [[0, 0, 30, 0], [30, 0, 30, 40]]),
        ((10, 20), [[10, 0, 20, 0]]),
        ((10, 30), [[10, 0, 30, 0]]),
        ((30, 50), [[30, 0, 30, 20]]),
        ((10, 50), [[10, 0, 30, 0], [30, 0, 30, 20]]),
        ((0, 0), [[0, 0, 0, 0]]),
        ((70, 70), [[30, 40, 30, 40]]),
        ((30, 30), [[30, 0, 30, 0]]),
    ],
)
def test_a_piece_of_a_bent_street_is_cut_where_it_begins_and_ends(
    between: tuple[float, float], expected: list[list[float]]
) -> None:
    bent = Vertices(np.array([0, 3], np.int32), np.array([[0.0, 0], [30, 0], [30, 40]]), np.array([0.0, 30, 70]))
    parts, band = straight_parts(pieces(between), bent)
    np.testing.assert_allclose(parts, expected)
    assert band.tolist() == [0] * len(expected)
