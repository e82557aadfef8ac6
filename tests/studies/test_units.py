"""The units of figures: every row belongs somewhere, by point or by ground, and shares sum to one."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from paper import X0, Y0

from kunshan_gis import toy
from kunshan_gis.errors import ParameterError
from kunshan_gis.studies.demand import demand
from kunshan_gis.studies.units import there, units_of


def test_towns_and_zones_of_homes_by_hand() -> None:
    area = toy.serviced_city()
    people = demand(area, "people")
    assert (people.amount @ units_of(area, "towns").share(people)).tolist() == [303, 397, 0]
    assert units_of(area, "zones").names["unit_id"].tolist() == ["w", "e", "unassigned"]
    assert (people.amount @ units_of(area, "zones").share(people)).tolist() == [303, 0, 397]


def test_points_that_stand_for_communities_take_the_homes_nearest_to_them() -> None:
    """x = 1000 lies half way between 400 and 1600: h1, h2 and h7 are nearer to the west."""
    area = toy.serviced_city()
    people = demand(area, "people")
    assert (people.amount @ units_of(area, "communities").share(people)).tolist() == [303, 397, 0]


def test_land_across_a_border_counts_on_both_sides_by_its_ground() -> None:
    area = toy.serviced_city()
    halves = gpd.GeoDataFrame(
        {"id": ["l", "r"]},
        geometry=[shapely.box(X0 + 200, Y0 - 100, X0 + 230, Y0), shapely.box(X0 + 230, Y0 - 100, X0 + 300, Y0)],
        crs=toy.CRS,
    )
    land = demand(area, "land")
    share = units_of(area, "mine", halves).share(land)
    assert (land.amount @ share).tolist() == pytest.approx([3_000, 7_000, 10_000])
    assert share.sum(axis=1) == pytest.approx(np.ones(len(land.amount)))


@pytest.mark.parametrize("of", ["people", "homes", "jobs", "land", "built_up"])
@pytest.mark.parametrize("by", ["area", "zones", "towns", "communities"])
def test_every_row_belongs_somewhere_once(of: str, by: str) -> None:
    area = toy.serviced_city()
    rows = demand(area, of)
    assert units_of(area, by).share(rows).sum(axis=1) == pytest.approx(np.ones(len(rows.amount)))


def test_land_keeps_its_area_in_pieces_no_larger_than_the_grid() -> None:
    land = demand(toy.serviced_city(), "land")
    assert land.amount.sum() == pytest.approx(20_000)
    assert land.amount.max() <= 2_500 + 1e-6
    assert len(land.amount) == 8


def test_only_units_that_are_there_are_offered() -> None:
    area = toy.serviced_city()
    assert there(area) == ("area", "zones", "towns", "communities")
    bare = replace(area, layers={"homes": area.layers["homes"]})
    assert there(bare) == ("area",)
    with pytest.raises(ParameterError, match="communities"):
        units_of(bare, "communities")


def test_polygons_that_hold_nothing_are_refused() -> None:
    area = toy.serviced_city()
    with pytest.raises(ParameterError, match="holds no unit"):
        units_of(area, "mine", gpd.GeoDataFrame({"id": []}, geometry=[], crs=toy.CRS))


@pytest.mark.parametrize("name", ["area", "towns", "communities", "zones"])
def test_polygons_called_like_a_layer_are_still_ones_own(name: str) -> None:
    area = toy.serviced_city()
    people = demand(area, "people")
    all_but_h1 = gpd.GeoDataFrame(
        {"id": ["rest"]}, geometry=[shapely.box(X0 + 301, Y0 - 50, X0 + 2100, Y0 + 700)], crs=toy.CRS
    )
    units = units_of(area, name, all_but_h1)
    assert (people.amount @ units.share(people)).tolist() == [597, 103]
    assert units.kinds == ()


def test_polygons_without_an_english_name_go_by_the_name_they_have() -> None:
    areas = gpd.GeoDataFrame(
        {"id": ["a1", "a2"], "name": ["旧城", None]},
        geometry=[shapely.box(X0, Y0, X0 + 10, Y0 + 10), shapely.box(X0 + 20, Y0, X0 + 30, Y0 + 10)], crs=toy.CRS,
    )  # fmt: skip
    names = units_of(toy.serviced_city(), "mine", areas).names
    assert names[["name", "name_en"]].to_numpy().tolist()[:2] == [["旧城", "旧城"], ["a2", "a2"]]
