"""A vector file that is not part of a study area's folder yet: a boundary, a population table."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError, listed


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
    if not path.is_file():
        raise LayerNotFoundError(f"file {path} is not there; check the path")
    try:
        table = gpd.read_parquet(path) if path.suffix.lower() == ".parquet" else _first_layer(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException, ValueError) as error:
        raise LayerError(
            f"file {path.name} cannot be read as a map layer: {error}. Give GeoPackage, GeoJSON, Shapefile, "
            "FlatGeobuf or GeoParquet"
        ) from error
    if not isinstance(table, gpd.GeoDataFrame) or table.active_geometry_name is None:
        raise LayerError(f"file {path.name} is a table without geometry; give a layer with points or areas")
    if table.crs is None:
        raise CRSError(
            f"file {path.name} states no CRS; write the one it was made in into the file (QGIS: Assign Projection), "
            "for a Shapefile keep its .prj beside it"
        )
    if table.geometry.name != "geometry":
        table = table.rename_geometry("geometry")
    absent = np.asarray(table.geometry.isna() | table.geometry.is_empty)
    if absent.all():
        raise LayerError(f"file {path.name} holds no feature with a geometry; is it the right file?")
    if absent.any():
        _warn(f"file {path.name}: {int(absent.sum())} features without geometry were left out")
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
        raise LayerError(
            f"file {path.name} holds {listed(sorted(set(table.geom_type)))} and no area; "
            "a boundary is one or more polygons"
        )
    union = shapely.union_all(shapely.make_valid(np.asarray(areas.geometry.array)))
    return gpd.GeoDataFrame({"id": ["boundary"]}, geometry=[union], crs=table.crs)


def _first_layer(path: Path) -> gpd.GeoDataFrame:
    layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    if len(layers) > 1:
        _warn(f"file {path.name} holds the layers {listed(layers)}; `{layers[0]}` was taken")
    return pyogrio.read_dataframe(path, layer=layers[0]) if layers else gpd.GeoDataFrame()


def _warn(message: str) -> None:
    warnings.warn(message, KunshanGISWarning, stacklevel=4)
