"""Two states of a layer against each other: by content and id, whatever the order or the format."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis.studies.changes import Changes, Footprint, compare, footprint

CRS = "EPSG:4549"
X, Y = 590_000.0, 3_470_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def parks(**columns: Any) -> gpd.GeoDataFrame:
    shapes = columns.pop("geometry", [box(0, 0, 100, 100), box(200, 0, 300, 50), box(400, 0, 440, 40)])
    table = {"id": ["a", "b", "c"], "tier": ["community", None, "pocket"], "area_m2": [1e4, 5000, None], **columns}
    return gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)


def changes(before: pd.DataFrame, after: pd.DataFrame, kind: str = "parks") -> Changes:
    return compare(footprint(before, kind), footprint(after, kind))


def test_the_same_features_in_another_order_or_storage_are_no_change() -> None:
    other = parks(area_m2=np.array([10_000, 5000, np.nan]), tier=pd.Categorical(["community", None, "pocket"]))
    turned = shapely.Polygon([(X + 100, Y), (X + 100, Y + 100), (X, Y + 100), (X, Y)])
    other.geometry = [turned, *other.geometry[1:]]
    assert not changes(parks(), other.iloc[::-1][["geometry", "area_m2", "tier", "id"]])
    assert changes(parks(), other).said() == ("", "")


def test_empty_columns_and_areas_of_one_part_are_no_change() -> None:
    other = parks(code=[None, None, None], geometry=[shapely.MultiPolygon([shape]) for shape in parks().geometry])
    assert not changes(parks(), other)
    assert changes(parks(code=["G11", None, None]), parks()).lost_columns == ("code",)


def test_features_that_come_and_go_are_named() -> None:
    after = parks(id=["a", "b", "d"])
    found = changes(parks(), after)
    assert (found.added, found.removed, found.rows) == (("d",), ("c",), (3, 3))
    assert found.said() == ("新增 1 个：d；删除 1 个：c", "1 added: d; 1 removed: c")
    assert changes(parks(), after.iloc[:1]).rows == (3, 1)


def test_a_park_that_moved_says_how_far() -> None:
    found = changes(parks(), parks(geometry=[box(30, 40, 130, 140), box(200, 0, 300, 50), box(400, 0, 440, 40)]))
    assert found.moved == {"a": pytest.approx(50, abs=0.05)}  # 30-40-50
    assert not found.reshaped
    assert found.said().en == "1 moved (up to 50.0 m): a 50.0 m"


def test_a_park_that_was_redrawn_says_by_how_much() -> None:
    found = changes(parks(), parks(geometry=[box(0, 0, 100, 160), box(200, 0, 300, 50), box(400, 0, 440, 40)]))
    assert not found.moved
    assert found.reshaped == {"a": pytest.approx(60, abs=0.05)}  # the north side; the centroid only 30
    assert found.said().zh == "改绘 1 个（最远 60.0 米）：a 60.0 m"


def test_a_hole_is_a_change_of_shape() -> None:
    ring = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    found = changes(parks(), parks(geometry=[ring, box(200, 0, 300, 50), box(400, 0, 440, 40)]))
    assert list(found.reshaped) == ["a"]


def test_values_and_columns_are_told_apart() -> None:
    found = changes(parks(), parks(tier=["pocket", "pocket", "pocket"], code="G12").drop(columns="area_m2"))
    assert found.values == {"tier": ("a", "b")}
    assert (found.new_columns, found.lost_columns) == (("code",), ("area_m2",))
    assert found.said().zh == "公园层级 tier 改动 2 处：a, b；新增字段 code；字段不再有 area_m2"
    assert found.as_dict()["values"] == {"tier": ["a", "b"]}


def test_an_empty_cell_is_not_the_word_for_it() -> None:
    assert changes(parks(name=[None, "x", "y"]), parks(name=["None", "x", "y"])).values == {"name": ("a",)}
    assert changes(parks(name=[None, "x", "y"]), parks(name=["", "x", "y"])).values == {"name": ("a",)}


def test_points_lines_and_tables_are_compared_alike() -> None:
    point = gpd.GeoDataFrame({"id": ["s"]}, geometry=[shapely.Point(X, Y)], crs=CRS)
    assert changes(point, point.translate(3, 4).to_frame("geometry").assign(id="s"), "stations").moved == {
        "s": pytest.approx(5, abs=0.05)
    }
    towns = pd.DataFrame({"town_id": ["1", "2"], "zone_id": ["w", "e"]})
    assert changes(towns, towns.assign(zone_id="e"), "zone_towns").values == {"zone_id": ("1",)}


def test_rows_without_an_id_or_with_one_twice_are_still_counted() -> None:
    found = changes(parks(), parks(id=["a", None, "a"]))
    assert found.added == ("#1", "a#2")
    assert found.removed == ("b", "c")


def test_missing_geometry_is_compared_too() -> None:
    found = changes(parks(), parks(geometry=[None, box(200, 0, 300, 50), box(400, 0, 440, 40)]))
    assert list(found.reshaped) == ["a"]


def test_a_footprint_survives_being_stored() -> None:
    made = footprint(parks(), "parks")
    again = Footprint.of_arrays(made.arrays("0."), "0.")
    assert not compare(made, again)
    assert made.cells.shape == (3, 2)
    assert made.places.shape == (3, 7)
    assert made.places[0].tolist() == pytest.approx([X, Y, X + 100, Y + 100, X + 50, Y + 50, 10_000])


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.lists(st.sampled_from("abcdefgh"), unique=True))
def test_going_back_undoes_every_change(first: list[str], second: list[str]) -> None:
    tables = [
        pd.DataFrame({"id": pd.Series(ids, dtype=object), "strategy": pd.Series(ids, dtype=object)})
        for ids in (first, second)
    ]
    there, back = changes(tables[0], tables[1], "zones"), changes(tables[1], tables[0], "zones")
    assert (there.added, there.removed) == (back.removed, back.added)
    assert len(there.added) - len(there.removed) == there.rows[1] - there.rows[0]
