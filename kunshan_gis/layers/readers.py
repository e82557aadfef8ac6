"""Files to tables: every supported format through one door, encodings and empty cells settled here."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from kunshan_gis.errors import CRSError, LayerError, LayerNotFoundError
from kunshan_gis.model import LayerInfo, digest, file_sha256
from kunshan_gis.schema import KINDS

VECTOR = (".geojson", ".json", ".gpkg", ".fgb", ".shp")
FORMATS = (*VECTOR, ".parquet", ".csv")


def read_table(file: Path, info: LayerInfo) -> gpd.GeoDataFrame | pd.DataFrame:
    """One layer's file as a table, in the file's own CRS; text columns are text, whatever the file made of them.

    Raises
    ------
    LayerNotFoundError
        The file is not there.
    LayerError
        The format is not supported or the file cannot be read.
    CRSError
        Neither the file nor the catalogue states a CRS.
    """
    if not file.is_file():
        raise LayerNotFoundError(f"file {info.path} is not there; put it into the folder or remove its [[layer]]")
    suffix = file.suffix.lower()
    if suffix not in FORMATS:
        raise LayerError(f"file {info.path}: format {suffix or 'without suffix'} is not one of {', '.join(FORMATS)}")
    try:
        table = _read(file, suffix)
    except (pyogrio.errors.DataSourceError, pa.ArrowException, ValueError, OSError) as error:
        raise LayerError(f"file {info.path} cannot be read: {error}. Is it whole, and what its name says?") from error
    table = _texts(table, info.kind)
    return _located(table, info) if isinstance(table, gpd.GeoDataFrame) else table


def content_sha256(file: Path) -> str:
    """SHA-256 of a layer's file, a Shapefile's companions included."""
    if file.suffix.lower() != ".shp":
        return file_sha256(file)
    companions = sorted(other for other in file.parent.glob(f"{file.stem}.*") if other.is_file())
    return digest([(other.suffix.lower(), file_sha256(other)) for other in companions])


def _read(file: Path, suffix: str) -> gpd.GeoDataFrame | pd.DataFrame:
    if suffix == ".csv":
        return pd.read_csv(file, encoding="utf-8-sig", dtype=str).pipe(_numbers)
    if suffix == ".parquet":
        return gpd.read_parquet(file)
    return cast("gpd.GeoDataFrame", pyogrio.read_dataframe(file))


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of a CSV in which every filled cell is a number become numbers."""
    numeric = {name: pd.to_numeric(table[name], errors="coerce") for name in table.columns}
    return table.assign(
        **{name: column for name, column in numeric.items() if column.notna().equals(table[name].notna())}
    )


def _texts(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Ids and codes that a file stored as numbers become text again (320583, not 320583.0)."""
    texts = [c.name for c in KINDS[kind].all_columns if c.type == "text" and c.name in table.columns]
    return table.assign(**{name: _text(table[name]) for name in texts})


def _text(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return column.astype(object).where(column.notna(), None)
    filled = column.dropna()
    whole = bool((filled == np.floor(filled)).all())
    return column.map(lambda value: str(int(value)) if whole else str(value), na_action="ignore").astype(object)


def _located(table: gpd.GeoDataFrame, info: LayerInfo) -> gpd.GeoDataFrame:
    if table.active_geometry_name is None:
        return table
    if table.crs is None:
        if info.crs is None:
            raise CRSError(
                f"file {info.path} states no CRS; find out which one it was made in and write it into "
                'catalog.toml, for example crs = "EPSG:4549"'
            )
        table = table.set_crs(info.crs)
    if table.active_geometry_name != "geometry":
        table = table.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    return table.set_geometry(shapely.force_2d(np.asarray(table.geometry.array)))
