"""Expressways as a graph, worked out on paper: a square ring of 4 km sides, and what meets it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from paper import X0, Y0, frame
from shapely.geometry import LineString, MultiLineString, Point

from kunshan_gis.errors import CRSError
from kunshan_gis.network import ExpresswayGraph, expressway_graph

RING = [
    LineString([(0, 0), (4000, 0)]), LineString([(4000, 0), (4000, 4000)]), LineString([(4000, 4000), (0, 4000)]),
    LineString([(0, 4000), (0, 0)]),
]  # fmt: skip


def graph(*lines: Any, ramps: gpd.GeoDataFrame | None = None, **columns: Any) -> ExpresswayGraph:
    columns.setdefault("class", "ring")
    return expressway_graph(frame(lines, **columns), ramps, joint_m=50, gap_m=500, ramp_m=300)


def lengths(found: ExpresswayGraph) -> list[float]:
    return sorted((found.segments["to_m"] - found.segments["from_m"]).round(1))


def ramps(*places: tuple[float, float], of: Any = None) -> gpd.GeoDataFrame:
    return frame([Point(place) for place in places], expressway_id=of)


def test_four_sides_make_a_ring_of_four_nodes() -> None:
    found = graph(*RING)
    assert len(found.node_xy) == 4
    assert lengths(found) == [4000] * 4
    assert not found.ends["hanging"].any()
    assert (found.ends["gap_m"] == 0).all()
    assert np.allclose(sorted(found.node_xy[:, 0]), [X0, X0, X0 + 4000, X0 + 4000])


def test_a_radial_that_begins_on_a_side_cuts_it_in_two() -> None:
    found = graph(*RING, LineString([(4000, 1000), (9000, 1000)]))
    assert lengths(found) == [1000, 3000, 4000, 4000, 4000, 5000]
    assert found.ends["hanging"].tolist().count(True) == 1
    far = found.ends[found.ends["hanging"]].iloc[0]
    assert (far["x"] - X0, far["y"] - Y0, far["last"]) == (9000, 1000, True)
    assert far["past_m"] == 5000


@pytest.mark.parametrize(("short_m", "hanging"), [(0, 1), (30, 1), (50, 1), (51, 2), (400, 2)])
def test_an_end_meets_a_line_within_the_tolerance(short_m: float, hanging: int) -> None:
    found = graph(*RING, LineString([(4000 + short_m, 1000), (9000, 1000)]))
    first = found.ends[(found.ends["row"] == 4) & ~found.ends["last"]].iloc[0]
    assert found.ends["hanging"].sum() == hanging
    assert first["gap_m"] == pytest.approx(short_m)


def test_an_end_drawn_past_a_line_meets_it_and_the_stub_is_no_segment() -> None:
    found = graph(*RING, LineString([(3970, 1000), (9000, 1000)]))
    assert found.ends["hanging"].sum() == 1
    assert lengths(found) == [1000, 3000, 4000, 4000, 4000, 5000]


def test_an_end_drawn_far_past_a_line_hangs() -> None:
    found = graph(*RING, LineString([(3800, 1000), (9000, 1000)]))
    stub = found.ends[found.ends["hanging"] & ~found.ends["last"]].iloc[0]
    assert stub["past_m"] == pytest.approx(200)
    assert lengths(found) == [200, 1000, 3000, 4000, 4000, 4000, 5000]


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [("ground", "ground", True), ("elevated", "ground", False), ("elevated", "unknown", True), (None, "tunnel", True),
     ("tunnel", "ground", False)],
)  # fmt: skip
def test_lines_that_cross_meet_on_one_level(one: str | None, other: str, meet: bool) -> None:
    found = graph(LineString([(0, 0), (4000, 0)]), LineString([(2000, -2000), (2000, 2000)]), structure=[one, other])
    assert len(found.segments) == (4 if meet else 2)
    assert len(found.apart.one) == (0 if meet else 1)
    if not meet:
        assert found.apart.place[0].equals(Point(X0 + 2000, Y0))


def test_near_an_end_the_level_does_not_matter() -> None:
    found = graph(LineString([(0, 0), (4000, 0)]), LineString([(2000, -40), (2000, 2000)]),
                  structure=["elevated", "ground"])  # fmt: skip
    assert len(found.segments) == 3
    assert len(found.apart.one) == 0


def test_a_ramp_is_a_node_of_its_line() -> None:
    found = graph(*RING, ramps=ramps((1000, 100), (4200, 500)))
    assert lengths(found) == [500, 1000, 3000, 3500, 4000, 4000]
    assert found.ramp_m.round(6).tolist() == [100, 200]
    assert (found.ramp_node >= 0).all()


def test_a_ramp_belongs_to_the_line_it_names_and_may_be_too_far() -> None:
    found = graph(*RING, ramps=ramps((2000, 100), (2000, 100), (2000, 301), of=["i2", None, "nobody"]))
    assert found.ramp_m.round(6).tolist() == [3900, 100, 301]
    assert (found.ramp_node >= 0).tolist() == [False, True, False]


def test_ramps_on_both_sides_of_one_place_are_one_node() -> None:
    found = graph(*RING, ramps=ramps((2000, 100), (2030, -100)))
    assert found.ramp_node[0] == found.ramp_node[1]


def test_one_line_that_comes_round_closes() -> None:
    found = graph(LineString([(0, 0), (4000, 0), (4000, 4000), (0, 4000), (0, 20)]))
    assert not found.ends["hanging"].any()
    assert found.segments[["node", "to"]].nunique(axis=1).tolist() == [1]


def test_a_line_drawn_twice_and_one_without_length_are_left_out() -> None:
    found = graph(*RING, LineString([(4000, 0), (0, 0)]), LineString([(5, 5), (5, 5)]))
    assert found.repeated == [(0, 4)]
    assert found.empty == [5]
    assert lengths(found) == [4000] * 4


def test_a_line_in_two_parts_is_put_together() -> None:
    found = graph(MultiLineString([[(0, 0), (1000, 0)], [(1000, 0), (3000, 0)]]))
    assert lengths(found) == [3000]


def test_no_lines_and_no_ramps_are_an_empty_graph() -> None:
    found = expressway_graph(frame([], **{"class": []}), ramps((0, 0)), joint_m=50, gap_m=500, ramp_m=300)
    assert len(found.node_xy) == len(found.segments) == len(found.ends) == len(found.shapes()) == 0
    assert found.ramp_node.tolist() == [-1]


def test_order_of_rows_and_place_change_nothing_and_inputs_stay() -> None:
    lines = [*RING, LineString([(4000, 1000), (9000, 1000)]), LineString([(-500, 2000), (4500, 2000)])]
    table = frame(lines, **{"class": "ring"})
    before = table.to_wkb().copy()
    whole = expressway_graph(table, joint_m=50, gap_m=500, ramp_m=300)
    turned = expressway_graph(table.iloc[::-1].reset_index(drop=True), joint_m=50, gap_m=500, ramp_m=300)
    assert lengths(whole) == lengths(turned)
    moved = table.set_geometry(table.translate(1234.5, -77.25))
    assert lengths(whole) == lengths(expressway_graph(moved, joint_m=50, gap_m=500, ramp_m=300))
    pd.testing.assert_frame_equal(before, table.to_wkb())


def test_degrees_are_refused() -> None:
    with pytest.raises(CRSError, match="to_crs"):
        expressway_graph(frame(RING, **{"class": "ring"}).to_crs("EPSG:4326"), joint_m=50, gap_m=500, ramp_m=300)
