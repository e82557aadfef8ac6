"""Waiting and climbing, by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from oracle import points_at
from shapely import LineString

from kunshan_gis.errors import ParameterError
from kunshan_gis.network import build, nearest, search, with_delays


def table(**ways) -> gpd.GeoDataFrame:
    rows = list(ways.values())
    return gpd.GeoDataFrame(
        {
            "class": [row[0] for row in rows],
            "walkable": [row[1] for row in rows],
            "structure": [row[2] for row in rows],
        },
        geometry=[LineString(row[3]) for row in rows],
        index=range(len(rows)),
        crs="EPSG:4549",
    )


def delays(streets: gpd.GeoDataFrame, **options) -> dict[str, list[float]]:
    network = with_delays(build(streets), streets, **options)
    found: dict[str, list[float]] = {}
    for street, delay in zip(network.street, network.delay_s, strict=True):
        found.setdefault(streets["class"].iloc[street], []).append(float(delay))
    return {key: sorted(values) for key, values in found.items()}


CROSS = {"crossing_s": 30, "crossing_classes": ["primary"]}


def test_stairs_cost_by_the_metre() -> None:
    streets = table(a=("steps", True, "ground", [(0, 0), (10, 0)]), b=("path", True, "ground", [(10, 0), (30, 0)]))
    assert delays(streets, stairs_s_per_m=0.5) == {"steps": [5.0], "path": [0.0]}


def test_a_road_that_walkers_may_not_use_costs_a_wait_where_a_way_crosses_it() -> None:
    streets = table(
        a=("footway", True, "ground", [(0, 0), (0, 100)]),
        b=("footway", True, "elevated", [(50, 0), (50, 100)]),
        road=("primary", False, "ground", [(-50, 40), (90, 40)]),
        high=("primary", False, "elevated", [(-50, 60), (90, 60)]),
    )
    assert delays(streets, **CROSS) == {"footway": [0.0, 30.0]}


def test_crossing_a_road_that_walkers_use_costs_one_wait_in_two_halves() -> None:
    streets = table(
        a=("footway", True, "ground", [(0, 0), (0, 50)]),
        b=("footway", True, "ground", [(0, 50), (0, 100)]),
        road=("primary", True, "ground", [(-50, 50), (0, 50), (50, 50)]),
    )
    assert delays(streets, **CROSS) == {"footway": [15.0, 15.0], "primary": [0.0, 0.0]}


def test_delay_comes_with_the_metres_and_changes_no_way() -> None:
    streets = table(
        a=("footway", True, "ground", [(0, 0), (0, 100)]), road=("primary", False, "ground", [(-9, 40), (9, 40)])
    )
    plain = build(streets)
    network = with_delays(plain, streets, **CROSS)
    found = nearest(search(network, points_at([(0, 0, 0)])), points_at([(0, 100, 0), (0, 50, 0)]))
    assert found["metres"].tolist() == [100, 50]
    assert found["delay_s"].tolist() == [30, 15]
    assert not plain.delay_s.any()


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_a_delay_that_is_none_is_refused(wrong: float) -> None:
    streets = table(a=("path", True, "ground", [(0, 0), (0, 100)]))
    with pytest.raises(ParameterError, match="numbers from zero up"):
        with_delays(build(streets), streets, crossing_s=wrong)
