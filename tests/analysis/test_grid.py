"""People in square cells: everybody once, on a grid that does not move."""

from __future__ import annotations

import pandas as pd
import pytest
from paper import X0, Y0, homes, streets

from kunshan_gis.analysis import cells, street_cells
from kunshan_gis.errors import CRSError


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
