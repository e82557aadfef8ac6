"""People in square and hexagonal cells: everybody once, on a grid that does not move."""

from __future__ import annotations

import math
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from paper import X0, Y0, homes, streets

from kunshan_gis.analysis import amount_cells, cells, hexagon_cells, hexagons, street_cells
from kunshan_gis.errors import CRSError, ParameterError


def test_people_are_summed_per_cell_and_nobody_is_lost() -> None:
    table = homes((0, 0), (99, 99), (100, 0), (-1, 0), population=[1, 20, 300, 4000])
    grid = cells(table, pd.Series(["covered", "not_covered", "covered", "not_measurable"]), size_m=100)
    assert grid.set_index("id")["population"].to_dict() == {"5999_34700": 4000, "6000_34700": 21, "6001_34700": 300}
    assert grid["covered"].tolist() == [0, 1, 300]
    assert grid.total_bounds.tolist() == [X0 - 100, Y0, X0 + 200, Y0 + 100]
    assert grid.crs == table.crs


def test_every_home_lies_in_its_own_cell() -> None:
    table = homes(*[(17 * n % 997, 31 * n % 991) for n in range(200)], population=2)
    grid = cells(table, pd.Series(["covered"] * 200), size_m=100)
    joined = grid.sjoin(table[["geometry"]], predicate="intersects")
    assert (joined.groupby("id").size() >= grid.set_index("id")["population"] // 2).all()
    assert grid["population"].sum() == 400
    assert grid["id"].is_unique


def test_degrees_are_refused() -> None:
    with pytest.raises(CRSError, match="degree"):
        cells(homes((0, 0)).to_crs("EPSG:4326"), pd.Series(["covered"]))


def test_street_counts_where_it_runs_and_only_cells_with_people_are_listed() -> None:
    line = streets([(50, 50), (250, 50)])  # 50 m in the first cell, 100 in the second, 50 in the third
    people = homes((10, 10), (20, 20), (110, 10), (10, 910), population=[3, 4, 0, 5])
    grid = street_cells(people, line.geometry, size_m=100).set_index("id")
    assert grid["population"].to_dict() == {"6000_34700": 7, "6000_34709": 5}
    assert grid["street_m"].to_dict() == {"6000_34700": pytest.approx(50), "6000_34709": 0}
    assert grid["people_per_km"].tolist() == [pytest.approx(140), pytest.approx(float("nan"), nan_ok=True)]


def test_street_is_cut_exactly_where_it_crosses_the_grid() -> None:
    table = streets([(-30, -40), (30, 40)], [(0, 0), (0, 250), (250, 250)], [(-5, 10), (-95, 10)])
    people = homes(*[(x, y) for x in (-50, 50, 150, 250) for y in (-50, 50, 150, 250)])
    grid = street_cells(people, table.geometry, size_m=100)
    pieces = table.overlay(grid[["id", "geometry"]], how="intersection", keep_geom_type=True)
    assert grid["street_m"].sum() == pytest.approx(100 + 500 + 90)
    assert grid.set_index("id")["street_m"]["6000_34700"] == pytest.approx(50 + 100)
    assert pieces.length.sum() >= grid["street_m"].sum()  # a line on a border lies in both cells there, in one here


@pytest.mark.parametrize("top", ["pointy", "flat"])
def test_hexagons_have_the_size_that_was_asked_for(top: Literal["pointy", "flat"]) -> None:
    table, covered = homes((0, 0)), pd.Series(["covered"])
    by_side = hexagons(table, covered, side_m=100, top=top)
    assert by_side.area.iloc[0] == pytest.approx(1.5 * math.sqrt(3) * 100**2)
    assert hexagons(table, covered, area_m2=50_000, top=top).area.iloc[0] == pytest.approx(50_000)
    west, south, east, north = by_side.total_bounds
    wide, high = 100 * math.sqrt(3), 200
    assert (east - west, north - south) == pytest.approx((wide, high) if top == "pointy" else (high, wide))
    assert by_side.geometry.iloc[0].exterior.is_ccw


def test_hexagons_have_the_columns_of_squares_and_nobody_is_lost() -> None:
    table = homes(*[(17 * n % 997, 31 * n % 991) for n in range(200)], population=2)
    state = pd.Series([("covered", "not_covered", "not_measurable")[n % 3] for n in range(200)])
    grid, squares = hexagons(table, state, side_m=60), cells(table, state, size_m=100)
    assert grid.columns.tolist() == squares.columns.tolist()
    for name in ("population", "covered", "not_covered", "not_measurable"):
        assert grid[name].sum() == squares[name].sum()
    assert grid["id"].is_unique
    assert grid.crs == table.crs


@pytest.mark.parametrize("top", ["pointy", "flat"])
def test_every_home_lies_in_its_hexagon_and_hexagons_do_not_overlap(top: Literal["pointy", "flat"]) -> None:
    table = homes(*[(17 * n % 997, 31 * n % 991) for n in range(400)])
    grid = hexagons(table, pd.Series(["covered"] * 400), side_m=40, top=top)
    joined = grid.sjoin(table[["geometry"]], predicate="intersects")
    assert (joined.groupby("id").size() >= grid.set_index("id")["population"]).all()
    assert shapely.union_all(grid.geometry.array).area == pytest.approx(grid.area.sum())
    corners = shapely.get_coordinates(grid.geometry.array)
    rounded = np.unique(corners.round(3), axis=0)
    assert len(np.unique(corners, axis=0)) == len(rounded)  # neighbours share theirs to the last bit


def test_ids_of_hexagons_stay_when_homes_come_and_go() -> None:
    table = homes((0, 0), (5000, 300), (-700, 40))
    state = pd.Series(["covered"] * 3)
    every = hexagons(table, state, side_m=100).set_index("id")
    alone = hexagons(table.iloc[[2]], state.iloc[[2]], side_m=100).set_index("id")
    assert alone.index[0] in every.index
    assert alone.geometry.iloc[0].equals(every.geometry[alone.index[0]])


@pytest.mark.parametrize(
    "size", [{}, {"side_m": 0}, {"area_m2": -1}, {"side_m": 1, "area_m2": 1}, {"side_m": math.inf}]
)
def test_a_hexagon_of_no_size_or_two_is_refused(size: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="by side_m or by area_m2, one of the two"):
        hexagons(homes((0, 0)), pd.Series(["covered"]), **size)


def test_hexagons_refuse_degrees_and_no_home_is_no_cell() -> None:
    with pytest.raises(CRSError, match="degree"):
        hexagons(homes((0, 0)).to_crs("EPSG:4326"), pd.Series(["covered"]), side_m=100)
    nobody = homes((0, 0)).iloc[:0]
    for grid in (hexagons(nobody, pd.Series([], dtype=object), side_m=9), cells(nobody, pd.Series([], dtype=object))):
        assert len(grid) == 0
        assert grid.crs == nobody.crs


def test_a_square_of_no_size_is_refused() -> None:
    with pytest.raises(ParameterError, match="size_m = 0: give metres above 0"):
        cells(homes((0, 0)), pd.Series(["covered"]), size_m=0)


@pytest.mark.parametrize("top", ["pointy", "flat"])
def test_hexagons_of_shapes_are_all_that_they_lie_in_and_no_others(top: Literal["pointy", "flat"]) -> None:
    rng = np.random.default_rng(4)
    ends = rng.uniform(0, 3000, (12, 2, 2)) + np.array([X0, Y0])
    shapes = [*shapely.linestrings(ends), *shapely.points(rng.uniform(0, 3000, (9, 2)) + np.array([X0, Y0]))]
    shapes += [shapely.box(X0 + 400, Y0 + 400, X0 + 1700, Y0 + 1500)]  # whole hexagons lie inside it
    table = gpd.GeoSeries(shapes, crs=homes((0, 0)).crs)
    found = hexagon_cells(table, side_m=120, top=top)
    everywhere = shapely.points(np.stack(np.meshgrid(np.arange(-300, 3300, 60), np.arange(-300, 3300, 60)), -1))
    grid = homes(*[(point.x, point.y) for point in everywhere.ravel()])
    whole = hexagons(grid, pd.Series("covered", index=grid.index), side_m=120, top=top).set_index("id")
    met = whole[whole.intersects(shapely.union_all(shapes))]
    assert set(found["id"]) == set(met.index)
    assert found.set_index("id").geometry.geom_equals(met.geometry.loc[found["id"]]).all()


def test_hexagons_of_nothing_are_none() -> None:
    assert not len(hexagon_cells(gpd.GeoSeries([], crs="EPSG:4549"), side_m=100))
    with pytest.raises(CRSError):
        hexagon_cells(gpd.GeoSeries([shapely.Point(121, 31)], crs="EPSG:4326"), side_m=100)
    with pytest.raises(ParameterError, match="one of the two"):
        hexagon_cells(gpd.GeoSeries([], crs="EPSG:4549"))


def test_amounts_in_cells_keep_their_three_states() -> None:
    # two places in one cell of 300 m, one in the next, one without any amount
    points = gpd.GeoSeries(gpd.points_from_xy([10, 290, 310, 700], [10, 10, 10, 10]), crs="EPSG:4549")
    amount, covered = np.array([4.0, 6.0, 5.0, 0.0]), np.array([4.0, 1.5, 5.0, 0.0])
    table = amount_cells(points, amount, covered, np.array([True, True, False, True]))
    assert table["id"].tolist() == ["0_0", "1_0"]
    assert table[["amount", "covered", "not_covered", "not_measurable"]].to_numpy().tolist() == [
        [10.0, 5.5, 4.5, 0.0], [5.0, 0.0, 0.0, 5.0],
    ]  # fmt: skip
    assert table["share_covered"].iloc[0] == 0.55
    assert np.isnan(table["share_covered"].iloc[1])
    assert table.area.tolist() == [90_000.0, 90_000.0]
    assert amount_cells(points[:0], amount[:0], covered[:0], np.zeros(0, bool)).empty
