from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis.errors import CRSError, LayerError
from kunshan_gis.layers.homes import at_cells, one_per_building, spread_over_buildings, spread_over_land

CRS = "EPSG:4549"


def buildings(*rows: tuple[float, float, float, float, bool]) -> gpd.GeoDataFrame:
    """Squares by their south-west corner, side, storeys (NaN where unknown) and whether people may live in them."""
    return gpd.GeoDataFrame(
        {
            "id": [f"way/{number}" for number in range(len(rows))],
            "levels": np.array([row[3] for row in rows], dtype=float),
            "lived_in": np.array([row[4] for row in rows], dtype=bool),
        },
        geometry=[shapely.box(x, y, x + side, y + side) for x, y, side, _, _ in rows],
        crs=CRS,
    )


def cells(*people: float, side: float = 100) -> gpd.GeoDataFrame:
    squares = [shapely.box(i * side, 0, (i + 1) * side, side) for i in range(len(people))]
    return gpd.GeoDataFrame({"population": list(people)}, geometry=squares, crs=CRS)


def people(homes: gpd.GeoDataFrame) -> dict[str, int]:
    return dict(zip(homes["id"], homes["population"].tolist(), strict=True))


def test_people_go_by_floor_area() -> None:
    # 100 m2 on one floor and 100 m2 on four: 10 people are 2 and 8; the garage gets nobody.
    town = buildings((0, 0, 10, 1, True), (20, 0, 10, 4, True), (40, 0, 30, 1, False))
    homes = spread_over_buildings(cells(10), town)
    assert people(homes) == {"way/0": 2, "way/1": 8}
    assert town.geometry.iloc[1].contains(homes.geometry.iloc[1])


def test_untagged_storeys_are_the_usual_ones_here() -> None:
    # Storeys 2, 4 and 6 are tagged: the untagged house counts as 4 of 16.
    town = buildings((0, 0, 10, 2, True), (20, 0, 10, 4, True), (40, 0, 10, 6, True), (60, 0, 10, np.nan, True))
    assert people(spread_over_buildings(cells(160), town)) == {"way/0": 20, "way/1": 40, "way/2": 60, "way/3": 40}
    bare = buildings((0, 0, 10, np.nan, True), (20, 0, 20, np.nan, True))
    assert people(spread_over_buildings(cells(50), bare)) == {"way/0": 10, "way/1": 40}


def test_each_cell_keeps_its_people() -> None:
    town = buildings((0, 0, 10, 1, True), (110, 0, 50, 1, True))
    assert people(spread_over_buildings(cells(7, 3), town)) == {"way/0": 7, "way/1": 3}


def test_people_of_a_cell_without_buildings_stay_in_its_middle() -> None:
    homes = spread_over_buildings(cells(5, 0.2, 9), buildings((0, 0, 10, 1, True)))
    assert people(homes) == {"way/0": 5, "cell/2": 9}
    assert (homes.geometry.iloc[1].x, homes.geometry.iloc[1].y) == (250, 50)
    assert people(spread_over_buildings(cells(5, 9), buildings())) == {"cell/0": 5, "cell/1": 9}


def test_fractions_are_rounded_once_over_all_cells() -> None:
    # 0.4 + 0.4 + 0.4 + 0.4 = 1.6: two people, to the first of the equal remainders.
    homes = spread_over_buildings(cells(0.4, 0.4, 0.4, 0.4), buildings())
    assert people(homes) == {"cell/0": 1, "cell/1": 1}


def test_counted_points_hand_their_people_to_the_buildings_around_them() -> None:
    points = gpd.GeoDataFrame({"population": [10, 20]}, geometry=gpd.points_from_xy([0, 100], [0, 0]), crs=CRS)
    # Spacing 100 m, so a building counts up to 75 m away; the second stands 5 m nearer to the second point.
    town = buildings((10, 0, 10, 1, True), (50, -5, 10, 1, True), (300, 0, 10, 1, True))
    assert people(spread_over_buildings(points, town)) == {"way/0": 10, "way/1": 20}
    alone = points.iloc[[0]]
    assert people(spread_over_buildings(alone, town)) == {"cell/0": 10}


def test_a_building_in_two_overlapping_cells_belongs_to_the_first() -> None:
    overlapping = gpd.GeoDataFrame(
        {"population": [4, 6]}, geometry=[shapely.box(0, 0, 100, 100), shapely.box(0, 0, 50, 50)], crs=CRS
    )
    assert people(spread_over_buildings(overlapping, buildings((0, 0, 10, 1, True)))) == {"way/0": 4, "cell/1": 6}


@given(
    st.lists(st.floats(0, 5000, allow_nan=False), min_size=1, max_size=8),
    st.lists(
        st.tuples(
            st.floats(0, 780), st.floats(0, 90), st.floats(1, 20), st.sampled_from([np.nan, 1, 6, 33]), st.booleans()
        ),
        max_size=12,
    ),
)
def test_nobody_is_lost_or_made(counted: list[float], rows: list[tuple[float, float, float, float, bool]]) -> None:
    population, town = cells(*counted), buildings(*rows)
    before = population.copy(), town.copy()
    homes = spread_over_buildings(population, town)
    assert homes["population"].sum() == round(float(np.sum(counted)))
    assert (homes["population"] > 0).all()
    assert homes["id"].is_unique
    assert_geodataframe_equal(population, before[0])
    assert_geodataframe_equal(town, before[1])


def test_degrees_are_refused() -> None:
    with pytest.raises(CRSError, match="measures metres"):
        spread_over_buildings(cells(1).to_crs(4326), buildings())
    with pytest.raises(CRSError, match="buildings"):
        spread_over_buildings(cells(1), buildings().to_crs(32651))


def test_one_person_a_building_where_nobody_counted() -> None:
    homes = one_per_building(buildings((0, 0, 10, 30, True), (20, 0, 10, 1, False), (40, 0, 10, 1, True)))
    assert people(homes) == {"way/0": 1, "way/2": 1}
    with pytest.raises(LayerError, match="--population"):
        one_per_building(buildings((0, 0, 10, 1, False)))


def land(*rows: tuple[float, float, float]) -> gpd.GeoDataFrame:
    """Strips 100 m deep by where they begin and end along the cells."""
    boxes = [shapely.box(west, 0, east, 100) for _, west, east in rows]
    return gpd.GeoDataFrame({"id": [f"land-{int(number)}" for number, _, _ in rows]}, geometry=boxes, crs=CRS)


def test_people_go_by_residential_area_within_their_cell() -> None:
    # The first cell has 20 m of one piece and 60 m of another, the second 40 m of the latter, the third nothing.
    homes = spread_over_land(cells(8, 5, 3), land((1, 0, 20), (2, 40, 140)))
    assert people(homes) == {"land-1/0": 2, "land-2/0": 6, "land-2/1": 5, "cell/2": 3}
    assert [(p.x, p.y) for p in homes.geometry] == [(10, 50), (70, 50), (120, 50), (250, 50)]


def test_without_anything_to_live_on_people_stand_in_the_middle_of_their_cell() -> None:
    assert people(at_cells(cells(8, 0.2, 3))) == {"cell/0": 8, "cell/2": 3}


@given(st.lists(st.floats(0, 50), min_size=1, max_size=12), st.lists(st.floats(0, 1200), min_size=2, max_size=8))
@settings(deadline=None, derandomize=True)
def test_residential_land_keeps_the_whole_number_of_people(counted: list[float], cuts: list[float]) -> None:
    edges = sorted(cuts)
    strips = [(i, edges[i], edges[i + 1]) for i in range(0, len(edges) - 1, 2)]
    homes = spread_over_land(cells(*counted), land(*strips))
    assert homes["population"].sum() == round(sum(counted))
    assert homes["id"].is_unique
    assert (homes["population"] > 0).all()
