"""Layers as GeoPackages that an editor writes to, read back as they were."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from kunshan_gis import toy
from kunshan_gis.export import geopackage
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.changes import compare, footprint

CITY = toy.city()


def opened(data: bytes, folder: Path) -> gpd.GeoDataFrame:
    (folder / "a.gpkg").write_bytes(data)
    return pyogrio.read_dataframe(folder / "a.gpkg")


def test_the_same_layer_is_the_same_bytes_whatever_the_clock_says() -> None:
    made = [geopackage(CITY.table("parks"), "parks", layer="parks") for _ in range(2)]
    assert made[0] == made[1]
    assert b"1980-01-01T00:00:00" in made[0]
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


@pytest.mark.parametrize("name", CITY.layers)
def test_every_layer_comes_back_without_a_change(tmp_path: Path, name: str) -> None:
    layer = CITY.layers[name]
    again = opened(geopackage(layer.table, layer.info.kind, layer=name), tmp_path)
    if isinstance(again, gpd.GeoDataFrame):
        assert again.crs.to_epsg() == 4326
        again = again.to_crs(CITY.info.analysis_crs)
    assert not compare(footprint(layer.table, layer.info.kind), footprint(again, layer.info.kind))


def test_every_column_of_the_kind_is_there_to_be_filled_in(tmp_path: Path) -> None:
    table = CITY.table("parks")[["id", "geometry"]].assign(own="x")
    again = opened(geopackage(table, "parks", layer="parks"), tmp_path)
    columns = [column.name for column in KINDS["parks"].all_columns]
    assert list(again.columns) == [*columns, "own", "geometry"]
    types = dict(zip(*(pyogrio.read_info(tmp_path / "a.gpkg")[part] for part in ("fields", "dtypes")), strict=True))
    assert (types["area_m2"], types["tier"]) == ("float64", "object")
    assert set(again.geom_type) == {"MultiPolygon"}


def test_truth_and_whole_numbers_keep_their_gaps(tmp_path: Path) -> None:
    homes = gpd.GeoDataFrame(
        {"id": ["a", "b"], "population": [3, 4], "pop_0_14": [1, None]}, geometry=[shapely.Point(0, 0)] * 2, crs=4326
    )
    again = opened(geopackage(homes, "homes", layer="homes"), tmp_path)
    assert again["pop_0_14"].isna().tolist() == [False, True]
    estates = gpd.GeoDataFrame(
        {"id": ["a", "b"], "gated": [True, None]}, geometry=[shapely.box(0, 0, 1, 1)] * 2, crs=4326
    )
    info = (
        pyogrio.read_info(tmp_path / "a.gpkg")
        if opened(geopackage(estates, "estates", layer="e"), tmp_path) is not None
        else {}
    )
    assert "bool" in info["dtypes"][info["fields"].tolist().index("gated")]


def test_mixed_shapes_stay_as_they_are(tmp_path: Path) -> None:
    water = gpd.GeoDataFrame(
        {"id": ["l", "a"]}, geometry=[shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 1, 1)], crs=4326
    )
    assert opened(geopackage(water, "water", layer="water"), tmp_path).geom_type.tolist() == ["LineString", "Polygon"]


def test_nothing_given_is_changed_and_tables_need_no_geometry(tmp_path: Path) -> None:
    zones = pd.DataFrame({"id": ["w"], "name": ["西"]})
    before = zones.copy()
    again = opened(geopackage(zones, "zones", layer="zones"), tmp_path)
    assert again.loc[0, "name"] == "西"
    pd.testing.assert_frame_equal(zones, before)
    assert np.isin(["id", "name", "strategy"], again.columns).all()
