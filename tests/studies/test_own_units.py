"""Polygons of a planner's own: what was left out of the file is said, never dropped."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from paper import X0, Y0

from kunshan_gis import toy
from kunshan_gis.errors import CRSError, KunshanGISWarning
from kunshan_gis.studies.own_units import read_units

SQUARE = shapely.box(X0, Y0, X0 + 100, Y0 + 100)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (None, "row 2: 1 features without geometry were left out"),
        (SQUARE, "row 2: the same as an earlier row in every respect: entered once"),
        (shapely.box(X0 + 200, Y0, X0 + 300, Y0 + 1e-6), "row 2"),
    ],
)
def test_rows_that_are_left_out_are_said(tmp_path: Path, second: shapely.Geometry | None, said: str) -> None:
    file = tmp_path / "mine.gpkg"
    ids = {"id": ["a", "a" if second is SQUARE else "b"]}
    gpd.GeoDataFrame(ids, geometry=[SQUARE, second], crs=toy.CRS).to_file(file)
    with pytest.warns(KunshanGISWarning, match=said):
        found = read_units(file, toy.city())
    assert found["id"].tolist() == ["a"]


def test_a_clean_file_is_read_without_a_word(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[SQUARE], crs=toy.CRS).to_file(tmp_path / "mine.gpkg")
    assert read_units(tmp_path / "mine.gpkg", toy.city())["id"].tolist() == ["a"]


def test_a_file_without_a_crs_is_refused_with_a_remedy_that_exists_here(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[SQUARE], crs=toy.CRS).to_file(tmp_path / "mine.shp")
    (tmp_path / "mine.prj").unlink()
    with pytest.raises(CRSError, match="Assigned CRS") as caught:
        read_units(tmp_path / "mine.shp", toy.city())
    assert "--crs" not in str(caught.value)
