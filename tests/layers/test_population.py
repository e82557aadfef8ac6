from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError
from kunshan_gis.layers.population import POPULATION_COLUMNS, in_extent, read_population

DATA = Path(__file__).parents[3] / "shared" / "data"
needs = pytest.mark.skipif(not DATA.is_dir(), reason="the sample extracts are not beside the repository")


def cells(*people: object, column: str = "population") -> gpd.GeoDataFrame:
    """A row of cells, one unit of 0.01 degrees each, from 121 E 31 N eastward."""
    squares = [shapely.box(121 + 0.01 * i, 31, 121.01 + 0.01 * i, 31.01) for i in range(len(people))]
    return gpd.GeoDataFrame({column: list(people)}, geometry=squares, crs=4326)


def raster(path: Path, people: list[list[float]], *, crs: str | None = "EPSG:4326", nodata: float = -99) -> Path:
    """Cells of 0.01 degrees, the north-west corner at 121 E 31 N."""
    array = np.array(people, dtype="float32")
    shape = {"height": array.shape[0], "width": array.shape[1], "count": 1, "dtype": "float32"}
    place = rasterio.Affine(0.01, 0, 121, 0, -0.01, 31)
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=place, nodata=nodata, **shape) as file:
        file.write(array, 1)
    return path


@pytest.mark.parametrize("column", ["population", "POP", "asukkaita", "人口", "常住人口", "Residents"])
@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet"])
def test_the_population_column_is_recognised(tmp_path: Path, column: str, suffix: str) -> None:
    path = tmp_path / f"grid.{suffix}"
    table = cells(10, 2.5, column=column)
    table.to_parquet(path) if suffix == "parquet" else table.to_file(path)
    found = read_population(path)
    assert found["population"].tolist() == [10, 2.5]
    assert found.crs == "EPSG:4326"
    assert list(found.columns) == ["population", "geometry"]


def test_the_likeliest_of_two_columns_wins(tmp_path: Path) -> None:
    cells(10).assign(pop=99).to_file(tmp_path / "grid.gpkg")
    assert read_population(tmp_path / "grid.gpkg")["population"].tolist() == [10]
    assert len(set(POPULATION_COLUMNS)) == len(POPULATION_COLUMNS)


def test_a_shapefile_keeps_its_own_crs(tmp_path: Path) -> None:
    cells(3, 4).to_crs(4549).to_file(tmp_path / "grid.shp")
    found = read_population(tmp_path / "grid.shp")
    assert found.crs.to_epsg() == 4549
    (tmp_path / "grid.prj").unlink()
    with pytest.raises(CRSError, match=r"grid\.shp states no CRS.*\.prj"):
        read_population(tmp_path / "grid.shp")


def test_unusable_rows_are_dropped_aloud_and_empty_ones_silently(tmp_path: Path) -> None:
    cells("5", "-1", "about 7", None, "0").to_file(tmp_path / "grid.geojson")
    with pytest.warns(KunshanGISWarning, match="3 rows with a negative number or none"):
        found = read_population(tmp_path / "grid.geojson")
    assert found["population"].to_dict() == {0: 5}


@pytest.mark.parametrize("header", ["id,lon,lat,population", "id,lng_wgs84,lat_wgs84,pop", "编号,经度,纬度,人口"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_of_points(tmp_path: Path, header: str, encoding: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"{header}\n甲,121.5,31.25,12\n乙,121.6,31.25,0\n丙,121.7,31.5,7\n", encoding=encoding)
    found = read_population(path)
    assert found["population"].to_dict() == {0: 12, 2: 7}
    assert [(p.x, p.y) for p in found.geometry] == [(121.5, 31.25), (121.7, 31.5)]


@pytest.mark.parametrize(
    ("content", "error", "match"),
    [
        ("lon,lat,jobs\n121,31,5\n", LayerError, r"no column for the number of people.*lon, lat, jobs"),
        ("x,y,population\n121,31,5\n", LayerError, r"name them `lon` and `lat`.*x, y, population"),
        ("lon,lat,population\n589000,3470000,5\n", CRSError, "not degrees"),
        ("lon,lat,population\n121,31,0\n", LayerError, "counts nobody"),
        ("", LayerError, "not a CSV table"),
    ],
)
def test_csv_that_cannot_be_used(tmp_path: Path, content: str, error: type[Exception], match: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(content)
    with pytest.raises(error, match=match):
        read_population(path)


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(LayerNotFoundError, match="is not there"):
        read_population(tmp_path / "none.gpkg")
    lines = gpd.GeoDataFrame({"population": [1]}, geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    lines.to_file(tmp_path / "lines.gpkg")
    with pytest.raises(LayerError, match="LineString; give areas"):
        read_population(tmp_path / "lines.gpkg")
    for name in ("broken.gpkg", "broken.tif", "broken.parquet"):
        (tmp_path / name).write_bytes(b"not what the name says")
        with pytest.raises(LayerError, match=name):
            read_population(tmp_path / name)


def test_raster_cells_become_squares(tmp_path: Path) -> None:
    path = raster(tmp_path / "grid.tif", [[1.5, 0, -99], [2, 3, -99]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nodata is no loss
        found = read_population(path, values="count")
    assert found["population"].to_dict() == {0: 1.5, 3: 2, 4: 3}
    assert found.geometry.loc[4].equals_exact(shapely.box(121.01, 30.98, 121.02, 30.99), 1e-9, normalize=True)


def test_raster_is_read_where_it_is_needed_with_the_same_cell_numbers(tmp_path: Path) -> None:
    path = raster(tmp_path / "grid.tif", [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    found = read_population(path, extent=(121.011, 30.981, 121.05, 30.989), values="count")
    assert found["population"].to_dict() == {4: 5, 5: 6}
    with pytest.raises(LayerError, match="counts nobody here"):
        read_population(path, extent=(10, 10, 11, 11), values="count")


def test_raster_below_zero_is_dropped_aloud(tmp_path: Path) -> None:
    with pytest.warns(KunshanGISWarning, match="1 cells with a negative number"):
        found = read_population(raster(tmp_path / "grid.tif", [[-3, 8]]), values="count")
    assert found["population"].tolist() == [8]


def test_raster_without_crs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CRSError, match=r"grid\.tif states no CRS"):
        read_population(raster(tmp_path / "grid.tif", [[1]], crs=None))


def test_a_cell_that_touches_the_extent_is_kept_whole() -> None:
    found = in_extent(cells(1, 2, 3), (121.015, 31.005, 121.025, 31.006))
    assert found["population"].to_dict() == {1: 2, 2: 3}
    assert in_extent(cells(1, 2, 3).to_crs(4549), (121.015, 31.005, 121.025, 31.006))["population"].tolist() == [2, 3]


@needs
def test_the_published_totals() -> None:
    helsinki = read_population(DATA / "helsinki" / "helsinki_population_grid_2020.gpkg")
    here = in_extent(helsinki, (24.935176299, 60.164155, 24.953414599, 60.179113))
    assert (helsinki["population"].sum(), len(here), here["population"].sum()) == (71_724, 22, 7_801)
    assert read_population(DATA / "porto-alegre" / "poa_hexgrid.csv")["population"].sum() == 812_935
