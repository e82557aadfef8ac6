"""Where people are counted: cells or points of a population file, whatever its format."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from kunshan_gis.crs import WEB
from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError, listed
from kunshan_gis.layers.vector import read_vector
from kunshan_gis.messages import Text

Bounds = tuple[float, float, float, float]
Numbers = NDArray[Any]

POPULATION_COLUMNS = (
    "population", "常住人口", "人口", "人口数", "总人口", "residents", "inhabitants", "people", "persons", "pop",
    "pop_total", "total_pop", "tot_p", "asukkaita", "populacao", "população", "poblacion", "bevoelkerung", "einwohner",
)  # fmt: skip
"""Names of the column with the number of people, the likeliest first; capitals make no difference."""

COORDINATE_COLUMNS = (
    ("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"), ("lon_wgs84", "lat_wgs84"), ("lng_wgs84", "lat_wgs84"),
    ("x_wgs84", "y_wgs84"), ("经度", "纬度"),
)  # fmt: skip
"""Columns of a CSV that hold WGS 84 degrees."""

RASTERS = (".tif", ".tiff")

_UNCOUNTED = Text("行的人口数为负或无法读取", "rows with a negative number or none")
_UNPLACED = Text("行没有坐标", "rows without a place")
_NEGATIVE = Text("个格网单元的人口数为负", "cells with a negative number")


def read_population(path: Path, *, extent: Bounds | None = None) -> gpd.GeoDataFrame:
    """People as counted, one row a cell or point.

    Parameters
    ----------
    path : Path
        Areas or points (GeoPackage, GeoJSON, Shapefile, GeoParquet …) or a CSV with degrees, each with one of
        `POPULATION_COLUMNS`; or a GeoTIFF whose first band counts people per cell.
    extent : (west, south, east, north), optional
        Degrees; of a GeoTIFF only the cells that touch it are read.

    Returns
    -------
    GeoDataFrame
        `population` (float, more than zero) and polygons or points, in the file's own CRS; the index is the row of
        the file (of a GeoTIFF, the number of the cell), from 0.

    Raises
    ------
    LayerNotFoundError, LayerError
        Not there, not readable, no population column, nobody in it.
    CRSError
        The file states no CRS, or a CSV's coordinates are not degrees.

    Warns
    -----
    KunshanGISWarning
        Rows or cells with a negative number, or none that can be read, were left out.
    """
    if not path.is_file():
        raise LayerNotFoundError(
            Text(f"找不到人口文件 {path}；请检查路径", f"population file {path} is not there; check the path")
        )
    suffix = path.suffix.lower()
    if suffix in RASTERS:
        table = _cells_of_raster(path, extent)
    else:
        source = _points_of_csv(path) if suffix == ".csv" else read_vector(path)
        table = _counted(source, path.name)
    if table.empty:
        raise LayerError(
            Text(
                f"人口文件 {path.name} 在此范围内人口为零；地点和文件是否选对？",
                f"population file {path.name} counts nobody here; is it the right place and file?",
            )
        )
    return table


def in_extent(population: gpd.GeoDataFrame, extent: Bounds) -> gpd.GeoDataFrame:
    """The rows that touch the extent (degrees), each whole: a cell on the edge keeps all its people."""
    # A hair's breadth around it, for an extent of one straight street has no area to be met.
    edge = shapely.segmentize(shapely.box(*extent).buffer(1e-7, join_style="mitre"), 0.01)
    box = gpd.GeoSeries([edge], crs=WEB).to_crs(population.crs)
    return population[np.asarray(population.intersects(box.iloc[0]))]


def _counted(table: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    column = _population_column(table, name)
    shapes = sorted(set(table.geom_type) - {"Point", "Polygon", "MultiPolygon"})
    if shapes:
        raise LayerError(
            Text(
                f"人口文件 {name} 含有 {listed(shapes)}；请提供面（格网单元）或点",
                f"population file {name} holds {listed(shapes)}; give areas (cells) or points",
            )
        )
    people = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    usable = np.isfinite(people) & (people >= 0)
    _tell_dropped(int((~usable).sum()), _UNCOUNTED, name)
    kept = usable & (people > 0)
    geometry = table.geometry.array[kept]
    rows = np.flatnonzero(kept)
    return gpd.GeoDataFrame({"population": people[kept]}, geometry=geometry, crs=table.crs, index=rows)


def _population_column(table: pd.DataFrame, name: str) -> str:
    by_name = {str(column).strip().casefold(): str(column) for column in table.columns}
    for candidate in POPULATION_COLUMNS:
        if candidate in by_name:
            return by_name[candidate]
    columns = listed([column for column in table.columns if column != "geometry"], 12)
    raise LayerError(
        Text(
            f"人口文件 {name} 没有人口数字段；请将其命名为 `population`。现有字段：{columns}",
            f"population file {name} has no column for the number of people; name it `population`. "
            f"There are: {columns}",
        )
    )


def _points_of_csv(path: Path) -> gpd.GeoDataFrame:
    table = _csv(path)
    by_name = {str(column).strip().casefold(): str(column) for column in table.columns}
    for east, north in COORDINATE_COLUMNS:
        if east in by_name and north in by_name:
            lon = pd.to_numeric(table[by_name[east]], errors="coerce").to_numpy(dtype=float)
            lat = pd.to_numeric(table[by_name[north]], errors="coerce").to_numpy(dtype=float)
            break
    else:
        raise LayerError(
            Text(
                f"人口文件 {path.name} 没有经纬度字段；请把字段命名为 `lon` 和 `lat`（WGS 84）。"
                f"现有字段：{listed(table.columns, 12)}",
                f"population file {path.name} has no columns with degrees; name them `lon` and `lat` (WGS 84). "
                f"There are: {listed(table.columns, 12)}",
            )
        )
    placed = np.isfinite(lon) & np.isfinite(lat)
    _tell_dropped(int((~placed).sum()), _UNPLACED, path.name)
    if (np.abs(lon[placed]) > 180).any() or (np.abs(lat[placed]) > 90).any():
        raise CRSError(
            Text(
                f"人口文件 {path.name}：字段 `{by_name[east]}` 和 `{by_name[north]}` 不是经纬度；"
                "请提供 WGS 84 经纬度，或标明坐标系的 GeoPackage",
                f"population file {path.name}: columns `{by_name[east]}` and `{by_name[north]}` are not degrees; "
                "give WGS 84 degrees, or a GeoPackage that states its CRS",
            )
        )
    return gpd.GeoDataFrame(table[placed], geometry=shapely.points(lon[placed], lat[placed]), crs=WEB)


def _csv(path: Path) -> pd.DataFrame:
    """A CSV as text, in UTF-8 or, as Excel writes it in China, GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return pd.read_csv(path, encoding=encoding, dtype=str)
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise LayerError(
                Text(
                    f"人口文件 {path.name} 不是 CSV 表格：{error}",
                    f"population file {path.name} is not a CSV table: {error}",
                )
            ) from error
    raise LayerError(
        Text(
            f"人口文件 {path.name} 既非 UTF-8 也非 GB 18030 编码；请另存为 CSV UTF-8",
            f"population file {path.name} is neither UTF-8 nor GB 18030 text; save it as CSV UTF-8",
        )
    )


def _cells_of_raster(path: Path, extent: Bounds | None) -> gpd.GeoDataFrame:
    try:
        with rasterio.open(path) as raster:
            if raster.crs is None:
                raise CRSError(
                    Text(
                        f"人口文件 {path.name} 未标明坐标系；请写入文件（gdal_edit -a_srs）",
                        f"population file {path.name} states no CRS; write it into the file (gdal_edit -a_srs)",
                    )
                )
            window = _window(raster, extent)
            people = _people(raster, window)
            code, transform, width = raster.crs.to_wkt(), raster.transform, raster.width
    except RasterioError as error:
        raise LayerError(
            Text(
                f"人口文件 {path.name} 无法作为 GeoTIFF 读取：{error}",
                f"population file {path.name} cannot be read as a GeoTIFF: {error}",
            )
        ) from error
    _tell_dropped(int((people < 0).sum()), _NEGATIVE, path.name)
    within = np.nonzero(people > 0)
    row, column = within[0] + window.row_off, within[1] + window.col_off
    return gpd.GeoDataFrame(
        {"population": people[within]},
        geometry=_squares(row, column, transform),
        crs=code,
        index=row * width + column,
    )


def _window(raster: rasterio.DatasetReader, extent: Bounds | None) -> Window:
    """Rows and columns that touch the extent; nothing where it lies elsewhere."""
    if extent is None:
        return Window(0, 0, raster.width, raster.height)
    west, south, east, north = transform_bounds(WEB, raster.crs, *extent)
    column, row = _at(~raster.transform, np.array([west, east, east, west]), np.array([south, south, north, north]))
    left, top = max(0, int(np.floor(column.min()))), max(0, int(np.floor(row.min())))
    right, bottom = min(raster.width, int(np.ceil(column.max()))), min(raster.height, int(np.ceil(row.max())))
    return Window(left, top, max(0, right - left), max(0, bottom - top))


def _people(raster: rasterio.DatasetReader, window: Window) -> NDArray[np.float64]:
    if window.width == 0 or window.height == 0:
        return np.zeros((0, 0))
    cells = raster.read(1, window=window, masked=True).astype(float)
    return np.asarray(cells.filled(np.nan), dtype=float)


def _squares(row: Numbers, column: Numbers, transform: rasterio.Affine) -> NDArray[np.object_]:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    rings = [np.column_stack(_at(transform, column + right, row + down)) for right, down in corners]
    return np.array(shapely.polygons(np.stack(rings, axis=1)), dtype=object)


def _at(transform: rasterio.Affine, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """An affine transform of many points; its own operator takes one and warns of its coming change."""
    a, b, c, d, e, f = tuple(transform)[:6]
    return a * x + b * y + c, d * x + e * y + f


def _tell_dropped(number: int, what: Text, name: str) -> None:
    if number:
        said = Text(
            f"人口文件 {name}：{number} {what.zh}，已略去", f"population file {name}: {number} {what.en} were left out"
        )
        warnings.warn(KunshanGISWarning(said), stacklevel=4)
