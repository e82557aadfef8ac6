"""Shares of areas in areas: exact, nothing dropped, overlaps named."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import frame
from shapely import MultiPolygon, Point, Polygon, box

from kunshan_gis.analysis.areal import areal_weights, overlaps, spread_by_area
from kunshan_gis.analysis.units import UNASSIGNED
from kunshan_gis.errors import CRSError, LayerSchemaError

LAWS = settings(max_examples=50, deadline=None, derandomize=True)
ZONES = frame([box(0, 0, 100, 100), box(100, 0, 200, 100)], id=["w", "e"])


def weights(*shapes: object, zones: gpd.GeoDataFrame = ZONES) -> list[tuple[str, str, float, float]]:
    table = areal_weights(frame(shapes), zones)
    assert table.columns.tolist() == ["source", "target", "area_m2", "share"]
    return [(a, b, pytest.approx(m2), pytest.approx(part)) for a, b, m2, part in table.to_numpy().tolist()]


def test_inside_across_and_partly_outside_by_hand() -> None:
    assert weights(box(10, 10, 20, 20), box(80, 0, 120, 10), box(190, 0, 230, 10), box(900, 0, 910, 10)) == [
        ("i0", "w", 100, 1), ("i1", "w", 200, 0.5), ("i1", "e", 200, 0.5), ("i2", "e", 100, 0.25),
        ("i2", UNASSIGNED, 300, 0.75), ("i3", UNASSIGNED, 100, 1),
    ]  # fmt: skip


def test_what_only_touches_shares_nothing_and_what_fills_a_zone_is_whole() -> None:
    table = areal_weights(frame([box(200, 0, 300, 100), box(0, 0, 100, 100)]), ZONES)
    assert table[["source", "target", "share"]].to_numpy().tolist() == [["i0", UNASSIGNED, 1.0], ["i1", "w", 1.0]]


def test_parts_and_holes_are_measured() -> None:
    holed = Polygon(box(0, 0, 40, 40).exterior.coords, [box(10, 10, 30, 30).exterior.coords])
    apart = MultiPolygon([box(0, 0, 10, 10), box(150, 0, 160, 30)])
    assert weights(holed, apart) == [("i0", "w", 1200, 1), ("i1", "w", 100, 0.25), ("i1", "e", 300, 0.75)]


def test_overlapping_zones_are_named_with_their_square_metres() -> None:
    zones = frame([box(0, 0, 100, 100), box(90, 0, 200, 100), box(199, 0, 300, 100)], id=["a", "b", "c"])
    assert overlaps(zones).to_numpy().tolist() == [["a", "b", 1000], ["b", "c", 100]]
    with pytest.raises(LayerSchemaError) as error:
        areal_weights(frame([box(0, 0, 10, 10)]), zones)
    assert [problem.said("en") for problem in error.value.problems] == [
        "a × b: overlap by 1,000 m2 → mend the borders, or measure them apart",
        "b × c: overlap by 100 m2 → mend the borders, or measure them apart",
    ]


def test_a_sliver_is_no_overlap_and_still_nobody_counts_twice() -> None:
    zones = frame([box(0, 0, 100, 100), box(99.95, 0, 200, 100)], id=["a", "b"])  # 5 m2
    assert len(overlaps(zones)) == 0
    assert len(overlaps(zones, at_least_m2=1)) == 1
    table = areal_weights(frame([box(0, 0, 200, 100)]), zones)
    assert table["share"].sum() == pytest.approx(1, abs=1e-12)
    assert table["target"].tolist() == ["a", "b"]


def test_people_are_whole_and_nobody_is_lost() -> None:
    table = areal_weights(frame([box(80, 0, 110, 10), box(190, 0, 230, 10), box(0, 0, 5, 5)]), ZONES)
    found = spread_by_area(table, pd.Series({"i0": 10, "i1": 10, "i2": 0}))
    assert found["population"].tolist() == [7, 3, 3, 7, 0]  # 6.67 and 3.33; 2.5 and 7.5
    assert found.groupby("target")["population"].sum().to_dict() == {"e": 6, "w": 7, UNASSIGNED: 7}


def test_people_of_an_area_that_was_not_weighed_are_refused() -> None:
    table = areal_weights(frame([box(0, 0, 5, 5)]), ZONES)
    with pytest.raises(LayerSchemaError) as error:
        spread_by_area(table, pd.Series({"i0": 1.5, "x": 3, "y": math.nan, "z": 0}))
    assert [problem.said("en") for problem in error.value.problems] == [
        "population: missing or infinite: y → give it, 0 if none",
        "population: not whole people: i0 → give whole numbers",
        "population: not in the table of weights: x → weigh the same areas",
    ]


BOXES = st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(1, 20)] * 2).map(
    lambda b: box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@LAWS
@given(st.lists(BOXES, min_size=1, max_size=6), st.lists(st.integers(0, 1000), min_size=6, max_size=6))
def test_shares_are_those_of_unit_squares_and_sum_to_one(shapes, people) -> None:
    zones = frame([box(0, 0, 15, 30), box(15, 0, 40, 10), box(20, 12, 33, 40)], id=["a", "b", "c"])
    sources = frame(shapes)
    table = areal_weights(sources, zones)
    for shape, name in zip(shapes, sources["id"], strict=True):
        west, south, east, north = (int(v) for v in shape.bounds)
        squares = [(x + 0.5, y + 0.5) for x in range(west, east) for y in range(south, north)]
        own = table[table["source"] == name].set_index("target")["share"]
        assert own.sum() == pytest.approx(1, abs=1e-12)
        inside = {"a": (0, 0, 15, 30), "b": (15, 0, 40, 10), "c": (20, 12, 33, 40)}
        for zone, (x0, y0, x1, y1) in inside.items():
            count = sum(x0 < x < x1 and y0 < y < y1 for x, y in squares)
            assert own.get(zone, 0) == pytest.approx(count / len(squares), abs=1e-9)
    count = pd.Series(people[: len(shapes)], sources["id"].to_numpy())
    spread = spread_by_area(table, count).groupby("source")["population"].sum()
    assert spread.to_dict() == count.to_dict()
    mirrored = areal_weights(sources.iloc[::-1], zones.iloc[::-1])
    key = ["source", "target"]
    pd.testing.assert_frame_equal(
        table.sort_values(key, ignore_index=True), mirrored.sort_values(key, ignore_index=True), rtol=1e-12
    )


def test_areas_that_are_none_are_named() -> None:
    bowtie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    with pytest.raises(LayerSchemaError, match=r"sources: not a valid area: i0, i1 → mend it with \.make_valid"):
        areal_weights(frame([bowtie, Point(0, 0)]), ZONES)
    with pytest.raises(LayerSchemaError, match="targets: id twice: a"):
        areal_weights(ZONES, ZONES.assign(id="a"))
    with pytest.raises(LayerSchemaError, match="unassigned has a meaning of its own"):
        areal_weights(ZONES, ZONES.assign(id=["w", UNASSIGNED]))
    with pytest.raises(LayerSchemaError, match="no column id"):
        overlaps(ZONES.drop(columns="id"))
    with pytest.raises(CRSError, match="degree"):
        areal_weights(ZONES.to_crs("EPSG:4326"), ZONES)
    with pytest.raises(CRSError, match="targets"):
        areal_weights(ZONES, ZONES.to_crs("EPSG:32651"))


def test_no_source_or_no_zone_is_an_empty_answer_or_all_outside() -> None:
    assert len(areal_weights(ZONES.iloc[:0], ZONES)) == 0
    assert areal_weights(ZONES, ZONES.iloc[:0])["target"].tolist() == [UNASSIGNED] * 2
    assert len(overlaps(ZONES.iloc[:0])) == 0


def test_inputs_stay_as_they_are() -> None:
    sources, zones = frame([box(80, 0, 120, 10)]), ZONES.copy()
    before = sources.copy()
    spread_by_area(areal_weights(sources, ZONES), pd.Series({"i0": 5}))
    assert sources.equals(before)
    assert ZONES.equals(zones)
    assert np.asarray(ZONES.geometry.array)[0].equals(np.asarray(zones.geometry.array)[0])
