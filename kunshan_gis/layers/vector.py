"""A vector file that is not part of a study area's folder yet: a boundary, a population table."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.crs import proposal
from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, listed
from kunshan_gis.layers.features import layers_of, read_features, require_readable
from kunshan_gis.messages import Text


def read_vector(path: Path) -> gpd.GeoDataFrame:
    """The features of a vector file in its own CRS, empty geometries dropped, heights dropped.

    Raises
    ------
    LayerNotFoundError
        The file is not there.
    LayerError
        It cannot be read, or holds no features with a geometry.
    CRSError
        It states no CRS.

    Warns
    -----
    KunshanGISWarning
        Features without geometry were dropped, or the file holds several layers and the first was taken.
    """
    if path.is_file() and path.suffix.lower() != ".parquet":
        require_readable(path)
        table = _first_layer(path)
    else:
        table = read_features(path).table
    if not isinstance(table, gpd.GeoDataFrame) or table.active_geometry_name is None:
        raise LayerError(
            Text(
                f"文件 {path.name} 是没有几何的属性表；请提供点图层或面图层",
                f"file {path.name} is a table without geometry; give a layer with points or areas",
            )
        )
    if table.crs is None:
        said = proposal(tuple(table.total_bounds))
        raise CRSError(
            Text(
                f"文件 {path.name} 未标明坐标系；请把制作时所用的坐标系写入文件（QGIS：设置投影），"
                f"Shapefile 须与其 .prj 文件放在一起{said.zh}",
                f"file {path.name} states no CRS; write the one it was made in into the file (QGIS: Assign "
                f"Projection), for a Shapefile keep its .prj beside it{said.en}",
            )
        )
    if table.geometry.name != "geometry":
        table = table.rename_geometry("geometry")
    absent = np.asarray(table.geometry.isna() | table.geometry.is_empty)
    if absent.all():
        raise LayerError(
            Text(
                f"文件 {path.name} 中没有带几何的要素；是否选错了文件？",
                f"file {path.name} holds no feature with a geometry; is it the right file?",
            )
        )
    if absent.any():
        lost = int(absent.sum())
        _warn(
            Text(
                f"文件 {path.name}：{lost} 个要素没有几何，已略去",
                f"file {path.name}: {lost} features without geometry were left out",
            )
        )
    table = table[~absent].reset_index(drop=True)
    return table.set_geometry(shapely.force_2d(np.asarray(table.geometry.array)))


def read_boundary(path: Path) -> gpd.GeoDataFrame:
    """One row, the union of a file's areas, in the file's own CRS.

    Raises
    ------
    LayerNotFoundError, LayerError, CRSError
        As `read_vector`; also where the file holds no areas.
    """
    table = read_vector(path)
    areas = table[np.asarray(table.geom_type.isin(("Polygon", "MultiPolygon")))]
    if areas.empty:
        held = listed(sorted(set(table.geom_type)))
        raise LayerError(
            Text(
                f"文件 {path.name} 只有 {held}，没有面要素；边界须由一个或多个多边形组成",
                f"file {path.name} holds {held} and no area; a boundary is one or more polygons",
            )
        )
    union = shapely.union_all(shapely.make_valid(np.asarray(areas.geometry.array)))
    return gpd.GeoDataFrame({"id": ["boundary"]}, geometry=[union], crs=table.crs)


def _first_layer(path: Path) -> gpd.GeoDataFrame | pd.DataFrame:
    layers = list(layers_of(path))
    if len(layers) > 1:
        _warn(
            Text(
                f"文件 {path.name} 含有多个图层：{listed(layers)}；取用 `{layers[0]}`",
                f"file {path.name} holds the layers {listed(layers)}; `{layers[0]}` was taken",
            )
        )
    return read_features(path, layers[0] if layers else None).table


def _warn(message: Text) -> None:
    warnings.warn(KunshanGISWarning(message), stacklevel=4)
