"""People in square cells: everybody once, on a grid that does not move."""

from __future__ import annotations

import pandas as pd
import pytest
from paper import X0, Y0, homes

from kunshan_gis.analysis import cells
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
