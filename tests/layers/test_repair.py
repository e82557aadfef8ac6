"""Geometry that is mended in one way, and what is not: areas by hand, in metres."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from kunshan_gis.errors import at_rows
from kunshan_gis.layers.repair import Repaired, in_one_place, repair, without_repeats

SQUARE = box(0, 0, 100, 100)
RING = [(0, 0), (100, 0), (100, 100), (0, 100)]


def mended(kind: str, *shapes: Any) -> Repaired:
    table = gpd.GeoDataFrame({"name": [str(n) for n in range(len(shapes))]}, geometry=list(shapes), crs="EPSG:4549")
    before = table.copy()
    done = repair(table, kind, lambda rows, _: at_rows("f", rows))
    assert table.geom_equals(before).all() or any(shape is None or shape.is_empty for shape in shapes)
    return done


@pytest.mark.parametrize(
    ("shape", "said", "area"),
    [
        (Polygon([*RING[:3], (100, 200), (100, 100), RING[3]]), "made valid", 10_000),
        (LineString([*RING, (0, 0)]), "closed line to area", 10_000),
        (LineString([*RING, (0, 0.5)]), "0.50 m apart were joined", 10_000),
        (MultiLineString([RING[:3], [*RING[2:], (0, 0)]]), "closed line to area", 10_000),
        (GeometryCollection([SQUARE, LineString([(0, 0), (-50, 0)]), Point(9, 9)]), "2 others left out", 10_000),
        (MultiPolygon([SQUARE, box(300, 0, 300.5, 0.5)]), "1 parts under 1 m2 left out", 10_000),
        (Polygon([(0, 0, 3), (100, 0, 3), (100, 100, 3), (0, 100, 3)]), "heights (Z/M) dropped", 10_000),
    ],
)
def test_what_has_one_repair_is_repaired_and_listed(shape: Any, said: str, area: float) -> None:
    done = mended("parks", SQUARE, shape)
    assert done.problems == ()
    (one,) = done.repairs
    assert one.rows == (1,)
    assert said in one.what.en
    assert done.table.geometry.iloc[1].is_valid
    assert done.table.geometry.iloc[1].area == pytest.approx(area)
    assert not done.table.geometry.iloc[1].has_z


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]), "more than one way: 0 m2 as drawn, 5,000 / 5,000 m2"),
        (LineString([*RING, (0, 20)]), "does not close"),
        (MultiLineString([[*RING, (0, 0)], [(50, 50), (150, 50), (150, 150), (50, 50)]]), "closed lines that cross"),
        (Point(0, 0), "is Point and must be Polygon or MultiPolygon"),
    ],
)
def test_what_has_no_one_repair_is_a_problem_with_its_place(shape: Any, said: str) -> None:
    done = mended("parks", SQUARE, shape)
    (problem,) = done.problems
    assert problem.where.en == "f, row 2"
    assert said in problem.what.en
    assert done.repairs == ()


def test_slivers_and_rows_without_geometry_are_left_out_and_listed() -> None:
    done = mended("parks", SQUARE, box(0, 0, 0.5, 0.5), None, Polygon())
    assert done.table.index.tolist() == [0]
    assert {(repair.rows, repair.before_m2) for repair in done.repairs} == {((2, 3), 0.0), ((1,), 0.25)}


def test_a_point_stands_for_an_area_and_says_how_far_it_reached() -> None:
    corner = Polygon([(0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100)])
    done = mended("homes", box(0, 0, 60, 80), corner, MultiPoint([(5, 5)]), Point(1, 1))
    assert done.table.geom_type.tolist() == ["Point"] * 4
    assert done.table.geometry.iloc[0].coords[0] == (30, 40)
    assert corner.intersects(done.table.geometry.iloc[1])
    assert done.table["accuracy_of_middle"].iloc[0] == 50
    assert done.table["accuracy_of_middle"].isna().tolist() == [False, False, True, True]
    assert "several" not in str(done.problems)


def test_lines_of_a_line_kind_stay_lines() -> None:
    ring = LineString([*RING, (0, 0)])
    done = mended("streets", ring, LineString([(0, 0), (0, 0)]))
    assert done.table.geom_type.tolist() == ["LineString"]
    assert done.repairs[0].what.en == "a line without length: left out"
    assert mended("barriers", ring).table.geom_type.tolist() == ["LineString"]


def test_repetitions_are_of_the_whole_row_but_for_a_programs_own_numbers() -> None:
    turned = Polygon([RING[2], RING[3], RING[0], RING[1]])
    table = gpd.GeoDataFrame(
        {"OBJECTID": [1, 2, 3], "名称": ["a", "a", "b"]}, geometry=[SQUARE, turned, SQUARE], crs="EPSG:4549"
    )
    once, (done,) = without_repeats(table)
    assert once["名称"].tolist() == ["a", "b"]
    assert (done.rows, done.before_m2) == ((1,), 10_000)
    assert in_one_place(once) == [(0, 2)]
    assert without_repeats(pd.DataFrame({"a": [1, 2]}))[1] == []
