"""Files to tables: every supported format through one door, encodings and empty cells settled here."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from kunshan_gis.crs import proposal
from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError, listed
from kunshan_gis.messages import Text
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
    try:
        table = _typed(_read(file, suffix), info.kind)
    except LayerError:
        raise
    except UnicodeDecodeError as error:
        raise LayerError(
            Text(
                f"文件 {info.path} 无法读取：既不是 UTF-8 也不是 GB18030 文本",
                f"file {info.path} cannot be read: it is neither UTF-8 nor GB18030 text",
            ),
            Text("在 Excel 中另存为“CSV UTF-8”", "save it as CSV UTF-8"),
        ) from error
    except Exception as error:  # every format's library fails in its own way on a broken file
        reason = " ".join(str(error).split()) or type(error).__name__
        raise LayerError(
            Text(f"文件 {info.path} 无法读取：{reason}", f"file {info.path} cannot be read: {reason}"),
            Text("请检查文件是否完整、格式是否与后缀一致", "is it whole, and what its name says?"),
        ) from error
    return _located(table, info) if isinstance(table, gpd.GeoDataFrame) else table


def content_sha256(file: Path) -> str:
    """SHA-256 of a layer's file, a Shapefile's companions included."""
    if file.suffix.lower() != ".shp":
        return file_sha256(file)
    companions = sorted(other for other in file.parent.glob(f"{file.stem}.*") if other.is_file())
    return digest([(other.suffix.lower(), file_sha256(other)) for other in companions])


def _read(file: Path, suffix: str) -> gpd.GeoDataFrame | pd.DataFrame:
    if suffix == ".csv":
        return _csv(file)
    if suffix == ".parquet":
        return gpd.read_parquet(file)
    return _only_layer(file)


def _csv(file: Path) -> pd.DataFrame:
    """A CSV in UTF-8, or in GB18030 as Chinese Excel saves it; every cell as text."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = file.read_text(encoding="gb18030")
        said = Text(f"{file.name} 不是 UTF-8，已按 GB18030 读取", f"{file.name} is not UTF-8 and was read as GB18030")
        warnings.warn(KunshanGISWarning(said), stacklevel=2)
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, na_values=[""])


_SPLIT = set(";!\n\r\t")
"""pyogrio takes paths for addresses and cuts them at these."""


def _only_layer(file: Path) -> gpd.GeoDataFrame:
    """The one layer of a file that holds shapes; tables beside it (QGIS keeps styles there) are passed over."""
    if bad := sorted(_SPLIT & set(str(file))):
        signs = listed(map(repr, bad))
        raise LayerError(
            Text(f"文件 {file} 无法读取：路径中含有 {signs}", f"file {file} cannot be read: its path holds {signs}"),
            Text("重命名文件或所在文件夹", "rename it or its folder"),
        )
    layers = [str(name) for name, shape in pyogrio.list_layers(file) if shape is not None]
    if len(layers) > 1:
        count, names = len(layers), listed(layers)
        raise LayerError(
            Text(f"文件 {file.name} 含有 {count} 个图层：{names}", f"file {file.name} holds {count} layers: {names}"),
            Text("每个图层单独存为一个文件", "give each a file of its own"),
        )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Could not parse column")  # mixed text stays text, for the check to name
        return cast("gpd.GeoDataFrame", pyogrio.read_dataframe(file, layer=layers[0] if layers else None))


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
