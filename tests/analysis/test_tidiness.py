"""Rows at fault, each kind of fault alone, and columns by how many rows fill them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from paper import X0, Y0, frame, homes, parks, streets
from shapely import MultiPolygon, Point, Polygon, box

from kunshan_gis.analysis import filled, tidiness
from kunshan_gis.errors import CRSError

FAULTS = ("twice", "invalid", "slivers", "multipart", "outside")
LIMITS = frame([box(0, 0, 1000, 1000)]).geometry


def faults(table: gpd.GeoDataFrame, boundary: gpd.GeoSeries | None = LIMITS) -> dict[str, list[int]]:
    found = tidiness(table, boundary)
    return {name: np.flatnonzero(flags).tolist() for name in FAULTS if (flags := getattr(found, name)) is not None}


def test_a_tidy_table_has_no_fault() -> None:
    table = parks((0, 0, 100, 100), (200, 0, 300, 100))
    assert faults(table) == {name: [] for name in FAULTS}


def test_each_fault_is_found_where_it_is_and_is_no_other() -> None:
    bowtie = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    apart = MultiPolygon([box(0, 0, 50, 50), box(60, 0, 99, 50)])
    shapes = [box(0, 0, 100, 100), bowtie, apart, box(500, 0, 503, 3), box(2000, 0, 2100, 100), box(0, 0, 100, 100)]
    assert faults(frame(shapes)) == {"twice": [5], "invalid": [1], "slivers": [3], "multipart": [2], "outside": [4]}


def test_an_area_of_ten_square_metres_is_no_sliver_yet_a_small_part_of_a_large_one_is() -> None:
    shapes = [box(0, 0, 2, 5), box(10, 0, 12, 4.9), MultiPolygon([box(20, 0, 90, 90), box(100, 0, 101, 1)])]
    assert faults(frame(shapes))["slivers"] == [1, 2]


def test_a_line_drawn_the_other_way_round_is_the_same_line() -> None:
    table = streets([(0, 0), (100, 0)], [(100, 0), (0, 0)], [(0, 0), (100, 1)], walkable=[True, False, True])
    assert faults(table)["twice"] == [1]
    assert "slivers" not in faults(table)


def test_homes_at_one_place_are_the_same_only_if_all_they_say_is_the_same() -> None:
    table = homes((0, 0), (0, 0), (0.004, 0), (0, 1), population=[3, 4, 3, 3])
    assert faults(table)["twice"] == [2]


def test_rows_of_a_table_without_geometry_are_compared_by_all_but_their_id() -> None:
    table = pd.DataFrame({"id": ["a", "b", "c"], "name": ["x", "x", "y"]})
    found = tidiness(table)
    assert found.twice.tolist() == [False, True, False]
    assert [getattr(found, name) for name in FAULTS[1:]] == [None] * 4


def test_without_a_boundary_nothing_is_outside() -> None:
    assert tidiness(homes((5000, 0))).outside is None


def test_rows_without_geometry_are_at_no_fault_but_outside() -> None:
    table = frame([Point(0, 0), Point(1, 1)])
    table.loc[0, "geometry"] = None
    assert faults(table) == {"twice": [], "invalid": [], "multipart": [], "outside": [0]}


def test_degrees_are_refused_and_the_table_stays_as_it_was() -> None:
    table = parks((0, 0, 100, 100), (0, 0, 100, 100))
    before = table.copy()
    tidiness(table, LIMITS)
    pd.testing.assert_frame_equal(table, before)
    with pytest.raises(CRSError, match="degree"):
        tidiness(table.to_crs("EPSG:4326"))


def test_blank_text_fills_no_column_and_an_absent_column_is_empty() -> None:
    table = pd.DataFrame({"name": ["a", " ", None, "b"], "population": [0, 1, None, 3]})
    assert filled(table, ["name", "population", "tier"]) == {"name": 0.5, "population": 0.75, "tier": 0.0}
    assert filled(table.iloc[:0], ["name"]) == {"name": 0.0}


def test_the_order_of_rows_and_a_shift_of_place_change_no_number() -> None:
    shapes = [box(0, 0, 100, 100), box(0, 0, 100, 100), box(7, 7, 8, 8)]
    numbers = {name: len(rows) for name, rows in faults(frame(shapes), None).items()}
    assert numbers == {name: len(rows) for name, rows in faults(frame(shapes[::-1]), None).items()}
    moved = frame(shapes).translate(X0 / 1000, Y0 / 1000)
    assert numbers == {name: len(rows) for name, rows in faults(gpd.GeoDataFrame(geometry=moved), None).items()}
