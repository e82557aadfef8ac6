"""Where people are counted: cells or points of a population file, whatever its format."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.crs import WEB, project
from kunshan_gis.datum import SHIFTED
from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError, ParameterError, listed
from kunshan_gis.layers.delimited import read_delimited
from kunshan_gis.layers.quantity import Quantity, Totals, stated, told_by_numbers, told_by_words
from kunshan_gis.layers.raster import RASTERS, Band, coverage, open_band
from kunshan_gis.layers.source import read_source
from kunshan_gis.layers.vector import read_vector
from kunshan_gis.messages import Text

Bounds = tuple[float, float, float, float]

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

WORKBOOKS = (".xlsx", ".xls", ".ods")

_UNCOUNTED = Text("行的人口数为负或无法读取", "rows with a negative number or none")
_UNPLACED = Text("行没有坐标", "rows without a place")
_NEGATIVE = Text("个格网单元的人口数为负", "cells with a negative number")


@dataclass(frozen=True, eq=False)
class Counted:
    """People as counted within a study area.

    Attributes
    ----------
    table : GeoDataFrame
        `population` (float, more than zero) on polygons or points inside the area, in the file's own CRS.
    left_out : float
        People of cells that the area's line cuts, in the parts outside it.
    notes : tuple of Text
        How the file was read.
    """

    table: gpd.GeoDataFrame
    left_out: float
    notes: tuple[Text, ...] = ()


def count_within(
    path: Path,
    outline: gpd.GeoDataFrame,
    *,
    values: str | None = None,
    band: str | None = None,
    census: int | None = None,
    datum: str = "wgs84",
) -> Counted:
    """The people of a file who live within an outline, before any rounding.

    Parameters
    ----------
    path : Path
        As `read_population`.
    outline : GeoDataFrame
        Areas whose union is the study area, in any CRS.
    values : {"count", "density", "density-ha"}, optional
        Of a GeoTIFF; else what the file says, or what its numbers leave no doubt about.
    band : str, optional
        Of a GeoTIFF with several bands: number or name.
    census : int, optional
        People the study area is said to hold; helps to tell counts from densities.
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}
        Of points or areas; a shift is undone before anything is counted.

    Raises
    ------
    LayerNotFoundError, LayerError, CRSError, ParameterError
        As `read_population`; nobody within the outline.

    Notes
    -----
    A cell that the line cuts keeps the share of its people that its area inside has, as if they lived evenly over it.
    Of a GeoTIFF only the blocks that the outline touches are read, one at a time.
    """
    if path.suffix.lower() in RASTERS:
        _require_true(path, datum)
        with open_band(path, band) as source:
            shape = shapely.union_all(source.to_pixels(outline))
            quantity = quantity_of(source, shape, values, census)
            table, left_out = _gathered(source, shape, quantity, cut=True)
            notes: tuple[Text, ...] = (quantity.said, Text(f"基准：{source.datum}", f"datum: {source.datum}"))
    else:
        people = read_population(path)
        if datum in SHIFTED:
            people = project(people, datum=datum, to=WEB, name=path.name)
        table, left_out = _within(people, outline)
        notes = ()
    return Counted(_peopled(table, path.name), left_out, notes)


def _require_true(path: Path, datum: str) -> None:
    """A shifted raster is bent, not moved: it cannot be counted as it is."""
    if datum in SHIFTED:
        raise ParameterError(
            Text(
                f"栅格 {path.name} 不能按 {datum} 读取；请先纠正为 WGS 84 或 CGCS2000，再去掉 --datum",
                f"raster {path.name} cannot be read as {datum}; warp it to WGS 84 or CGCS2000 first, and leave out "
                "--datum",
            )
        )


def read_population(
    path: Path, *, extent: Bounds | None = None, values: str | None = None, band: str | None = None
) -> gpd.GeoDataFrame:
    """People as counted, one row a cell or point.

    Parameters
    ----------
    path : Path
        Areas or points (GeoPackage, GeoJSON, Shapefile, GeoParquet …) or a CSV with degrees, each with one of
        `POPULATION_COLUMNS`; or a GeoTIFF of people per cell, or of their density.
    extent : (west, south, east, north), optional
        Degrees; of a GeoTIFF only the cells that touch it are read.
    values, band : str, optional
        Of a GeoTIFF; see `count_within`.

    Returns
    -------
    GeoDataFrame
        `population` (float, more than zero) and polygons or points, in the file's own CRS; the index is the row of
        the file (of a GeoTIFF, the number of the cell), from 0.

    Raises
    ------
    LayerNotFoundError, LayerError
        Not there, not readable, no population column, nobody in it; a GeoTIFF that may hold counts or densities.
    CRSError
        The file states no CRS, or a CSV's coordinates are not degrees.
    ParameterError
        `values` or `band` does not fit the file.

    Warns
    -----
    KunshanGISWarning
        Rows or cells with a negative number, or none that can be read, were left out.
    """
    if not path.is_file():
        raise LayerNotFoundError(
            Text(f"找不到人口文件 {path}；请检查路径", f"population file {path} is not there; check the path")
        )
    if path.suffix.lower() in RASTERS:
        return _peopled(_cells_of_raster(path, extent, values, band), path.name)
    return _peopled(_counted(_placed(path), path.name), path.name)


def _peopled(table: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    if table.empty:
        raise LayerError(
            Text(
                f"人口文件 {name} 在此范围内人口为零；地点和文件是否选对？",
                f"population file {name} counts nobody here; is it the right place and file?",
            )
        )
    return table


def in_extent(population: gpd.GeoDataFrame, extent: Bounds) -> gpd.GeoDataFrame:
    """The rows that touch the extent (degrees), each whole: a cell on the edge keeps all its people."""
    # A hair's breadth around it, for an extent of one straight street has no area to be met.
    edge = shapely.segmentize(shapely.box(*extent).buffer(1e-7, join_style="mitre"), 0.01)
    box = gpd.GeoSeries([edge], crs=WEB).to_crs(population.crs)
    return population[np.asarray(population.intersects(box.iloc[0]))]


def _placed(path: Path) -> gpd.GeoDataFrame:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _points_of_csv(path)
    if suffix not in WORKBOOKS:
        return read_vector(path)
    table = read_source(path).table
    if not isinstance(table, gpd.GeoDataFrame):
        raise LayerError(
            Text(
                f"人口文件 {path.name} 没有经纬度字段；请把字段命名为 `lon` 和 `lat`",
                f"population file {path.name} has no columns with degrees; name them `lon` and `lat`",
            )
        )
    return table


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
    table = read_delimited(path).table
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


def _cells_of_raster(path: Path, extent: Bounds | None, values: str | None, band: str | None) -> gpd.GeoDataFrame:
    """The cells of the blocks that an extent (degrees) touches, each whole."""
    with open_band(path, band) as source:
        shape = None if extent is None else source.to_pixels(_framed(extent))[0]
        quantity = quantity_of(source, shape, values, None)
        return _gathered(source, shape, quantity)[0]


def quantity_of(source: Band, shape: shapely.Geometry | None, values: str | None, census: int | None) -> Quantity:
    """What the numbers are: as somebody says, as the file says, or as the numbers leave no doubt."""
    known = stated(values) or told_by_words(source)
    if known is not None:
        return known
    totals = Totals()
    for window in source.tiles(shape):
        cells = source.read(window)
        here = cells > 0
        if shape is not None:
            here &= coverage(cells, window, shape) > 0
        totals.add(cells[here], source.cell_m2(window)[here] / 1e6)
    source.noticed.clear()
    return told_by_numbers(source, totals, census)


def _gathered(
    source: Band, shape: shapely.Geometry | None, quantity: Quantity, *, cut: bool = False
) -> tuple[gpd.GeoDataFrame, float]:
    """Every cell with people that a shape in pixel space holds, and the people left out where its line cuts cells."""
    parts: list[gpd.GeoDataFrame] = []
    outside, negative = 0.0, 0
    for window in source.tiles(shape):
        values = source.read(window)
        negative += int((values < 0).sum())
        share = coverage(values, window, shape) if cut and shape is not None else np.ones(values.shape)
        people = np.where((values > 0) & (share > 0), quantity.people(values, source, window), 0.0)
        row, column = np.nonzero(people > 0)
        people, share = people[row, column], share[row, column]
        outside += float((people * (1 - share)).sum())
        row, column = row + window.row_off, column + window.col_off
        squares = source.squares(row, column)
        halved = share < 1
        if shape is not None and halved.any():
            squares[halved] = source.clipped(row[halved], column[halved], shape)
        index = row * source.raster.width + column
        parts.append(gpd.GeoDataFrame({"population": people * share}, geometry=squares, crs=source.crs, index=index))
    _tell_dropped(negative, _NEGATIVE, source.file)
    source.tell_noticed()
    return _joined(parts, source.crs), outside


def _joined(parts: list[gpd.GeoDataFrame], crs: Any) -> gpd.GeoDataFrame:
    filled = [part for part in parts if len(part)]
    if not filled:
        return gpd.GeoDataFrame({"population": np.zeros(0)}, geometry=[], crs=crs)
    return gpd.GeoDataFrame(pd.concat(filled)).sort_index()


def _within(table: gpd.GeoDataFrame, outline: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, float]:
    """Rows inside an outline: points by where they lie, areas by the share of their area; and the people left out."""
    area = shapely.union_all(np.asarray(outline.to_crs(table.crs).geometry.array))
    shapely.prepare(area)
    shapes, people = np.asarray(table.geometry.array), np.asarray(table["population"], dtype=float)
    share = shapely.intersects(area, shapes).astype(float)
    cut = (share > 0) & (shapely.area(shapes) > 0) & ~shapely.covers(area, shapes)
    shapes = shapes.copy()
    whole = shapely.area(shapes[cut])
    shapes[cut] = shapely.intersection(shapely.make_valid(shapes[cut]), area)
    share[cut] = np.minimum(shapely.area(shapes[cut]) / whole, 1.0)
    kept = share > 0
    touched = float((people[kept] * (1 - share[kept])).sum())
    inside = gpd.GeoDataFrame(
        {"population": (people * share)[kept]}, geometry=shapes[kept], crs=table.crs, index=table.index[kept]
    )
    return inside, touched


def _framed(extent: Bounds) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.segmentize(shapely.box(*extent), 0.01)], crs=WEB)


def _tell_dropped(number: int, what: Text, name: str) -> None:
    if number:
        said = Text(
            f"人口文件 {name}：{number} {what.zh}，已略去", f"population file {name}: {number} {what.en} were left out"
        )
        warnings.warn(KunshanGISWarning(said), stacklevel=4)
