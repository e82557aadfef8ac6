"""Files to tables: every supported format through one door, encodings and empty cells settled here."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.crs import proposal
from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError, listed
from kunshan_gis.layers.delimited import read_delimited
from kunshan_gis.layers.features import layers_of, read_features, require_readable
from kunshan_gis.layers.guards import require_file
from kunshan_gis.messages import Text
from kunshan_gis.model import LayerInfo
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
        raise LayerNotFoundError(
            Text(f"文件 {info.path} 不存在", f"file {info.path} is not there"),
            Text("把它放入文件夹，或删去对应的 [[layer]]", "put it into the folder or remove its [[layer]]"),
        )
    suffix = file.suffix.lower()
    if suffix not in FORMATS:
        formats = ", ".join(FORMATS)
        raise LayerError(
            Text(
                f"文件 {info.path}：不支持{f' {suffix} ' if suffix else '无后缀的'}格式",
                f"file {info.path}: format {suffix or 'without suffix'} is not supported",
            ),
            Text(f"转换为 {formats} 之一", f"convert it to one of {formats}"),
        )
    table = _typed(_read(file, suffix), info.kind)
    return _located(table, info) if isinstance(table, gpd.GeoDataFrame) else table


def _read(file: Path, suffix: str) -> gpd.GeoDataFrame | pd.DataFrame:
    if suffix == ".csv":
        require_file(file)
        text = read_delimited(file, titles=False)
        _tell(text.notes)
        return text.table
    require_readable(file)
    shapes = [] if suffix in {".parquet", ".shp"} else [name for name, shape in layers_of(file).items() if shape]
    if len(shapes) > 1:
        count, names = len(shapes), listed(shapes)
        raise LayerError(
            Text(f"文件 {file.name} 含有 {count} 个图层：{names}", f"file {file.name} holds {count} layers: {names}"),
            Text("每个图层单独存为一个文件", "give each a file of its own"),
        )
    found = read_features(file)
    _tell(found.notes)
    return found.table


def _tell(notes: Iterable[Text]) -> None:
    for note in notes:
        warnings.warn(KunshanGISWarning(note), stacklevel=4)


def _typed(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The contract's columns as what they hold, where the file says it otherwise; what does not fit stays as it is."""
    as_type = {"text": _text, "integer": _number, "number": _number, "boolean": _truth}
    columns = [column for column in KINDS[kind].all_columns if column.name in table.columns]
    return table.assign(**{column.name: as_type[column.type](table[column.name]) for column in columns})


def _text(column: pd.Series) -> pd.Series:
    """Ids and codes that a file stored as numbers become text again (110101, not 110101.0)."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        filled = column.dropna()
        whole = bool((np.isfinite(filled) & (filled == np.floor(filled))).all())
        column = column.map(lambda value: str(int(value)) if whole else str(value), na_action="ignore")
    return column.astype(object).where(column.notna(), None)


def _number(column: pd.Series) -> pd.Series:
    """Numbers written as text become numbers: a CSV knows no others, and one stray word makes text of a column."""

    def number(value: object) -> object:
        try:
            return float(value) if isinstance(value, str) else value
        except ValueError:
            return value

    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.astype(object).map(number, na_action="ignore").infer_objects()


def _truth(column: pd.Series) -> pd.Series:
    """`true` and `false` written as text, and the 1 and 0 of a Shapefile, become truth values."""

    def truth(value: object) -> object:
        return _TRUTHS.get(value, value) if isinstance(value, (str, int, float)) else value

    return column if pd.api.types.is_bool_dtype(column) else column.astype(object).map(truth).infer_objects()


_TRUTHS: dict[object, bool] = {"true": True, "false": False, 1: True, 0: False}


def _located(table: gpd.GeoDataFrame, info: LayerInfo) -> gpd.GeoDataFrame:
    if table.active_geometry_name is None:
        return table
    if table.crs is None:
        if info.crs is None:
            said = proposal(tuple(table.total_bounds))
            raise CRSError(
                Text(f"文件 {info.path} 未注明坐标系", f"file {info.path} states no CRS"),
                Text(
                    f'查明其原坐标系并写入 catalog.toml，例如 crs = "EPSG:4549"{said.zh}',
                    'find out which one it was made in and write it into catalog.toml, for example crs = "EPSG:4549"'
                    f"{said.en}",
                ),
            )
        table = table.set_crs(info.crs)
    if table.active_geometry_name != "geometry":
        table = table.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    return table.set_geometry(shapely.force_2d(np.asarray(table.geometry.array)))
