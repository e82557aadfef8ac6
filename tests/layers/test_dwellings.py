from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from kunshan_gis.errors import LayerError
from kunshan_gis.layers.dwellings import read_buildings, residential


def landuse(edition: str, *codes: str) -> gpd.GeoDataFrame:
    squares = [shapely.box(i, 0, i + 1, 1) for i in range(len(codes))]
    return gpd.GeoDataFrame({"code": list(codes), "code_edition": edition}, geometry=squares, crs=4549)


@pytest.mark.parametrize(
    ("edition", "codes", "lived"),
    [
        ("GB 50137-2011", ["R2", "R21", "R22", "A", "B1"], ["R2", "R21"]),
        ("GB/T 21010-2017", ["0701", "0702", "0801"], ["0701", "0702"]),
        ("第三次全国国土调查", ["0701", "0702", "1001"], ["0701", "0702"]),
        (
            "用地用海分类 2023",
            ["07", "0701", "070102", "0702", "0703", "0704", "1401"],
            ["07", "0701", "070102", "0703"],
        ),
    ],
)
def test_residential_codes_by_edition(edition: str, codes: list[str], lived: list[str]) -> None:
    assert residential(landuse(edition, *codes))["code"].tolist() == lived


def test_codes_that_say_nothing_of_homes_are_refused() -> None:
    with pytest.raises(LayerError, match=r"code_edition is `local`.*known editions: GB 50137-2011"):
        residential(landuse("local", "0701"))
    with pytest.raises(LayerError, match=r"no residential land; its codes: 1401, A.*--over none"):
        residential(landuse("2023", "A", "1401"))


def test_buildings_of_any_layer_with_their_storeys(tmp_path: Path) -> None:
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1), shapely.Point(5, 5), shapely.box(4, 0, 5, 1)]
    table = gpd.GeoDataFrame({"层数": ["6", "none", "1", "0"]}, geometry=shapes, crs=4549)
    table.to_file(tmp_path / "b.gpkg")
    found = read_buildings(tmp_path / "b.gpkg")
    assert found["id"].tolist() == ["building/0", "building/1", "building/3"]
    assert np.nan_to_num(found["levels"], nan=-1).tolist() == [6, -1, -1]
    assert found["lived_in"].all()
    table.iloc[[2]].to_file(tmp_path / "points.gpkg")
    with pytest.raises(LayerError, match=r"points\.gpkg holds no building"):
        read_buildings(tmp_path / "points.gpkg")
