"""Map layers of a file through one door: only formats that are known, nothing fetched, text in the right encoding."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from kunshan_gis.errors import LayerError, listed
from kunshan_gis.layers.archive import require_plain_kmz
from kunshan_gis.layers.encoding import guess_encoding
from kunshan_gis.layers.guards import refused, require_file, require_plain_xml, require_signature, unreadable
from kunshan_gis.layers.shapefile import read_shapefile
from kunshan_gis.layers.sheets import no_such_layer
from kunshan_gis.messages import Text

DRIVERS = {
    ".gpkg": ("GPKG",),
    ".shp": ("ESRI Shapefile",),
    ".geojson": ("GeoJSON", "GeoJSONSeq"),
    ".json": ("GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON"),
    ".fgb": ("FlatGeobuf",),
    ".gdb": ("OpenFileGDB",),
    ".kml": ("LIBKML", "KML"),
    ".kmz": ("LIBKML",),
    ".dxf": ("DXF",),
}
"""GDAL's drivers that may read a file of that name: none of them follows an address."""

MAP_LAYERS = (*DRIVERS, ".parquet")

_OFFLINE = {
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".nothing",
    "LIBKML_RESOLVE_STYLE": "NO",
}
"""GDAL reaches nobody, whatever a file asks it to fetch."""

_NOISE = ("Could not parse column", "non conformant file extension", "driver does not support open option")

_LARGEST = 16 << 30
"""Bytes of columns that a GeoParquet may claim to hold."""


@dataclass(frozen=True, eq=False)
class Features:
    """A layer as it came (own CRS, heights and all) and what was found out in reading it."""

    table: gpd.GeoDataFrame | pd.DataFrame
    layer: str = ""
    notes: tuple[Text, ...] = ()


def layers_of(path: Path) -> dict[str, bool]:
    """Names of a file's layers, and whether each holds shapes."""
    with _explained(path):
        return {str(name): shape is not None for name, shape in pyogrio.list_layers(path)}


def read_features(path: Path, layer: str | None = None, encoding: str | None = None) -> Features:
    """One layer of a file: the one asked for, or the only one that holds shapes (or rows, where none does).

    Raises
    ------
    LayerNotFoundError, LayerError
        Not there, not whole, not what its suffix says, a format that is not read, or several layers and none named.
    """
    require_readable(path)
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return Features(_parquet(path))
    if suffix == ".shp":
        with _explained(path):
            table, notes = read_shapefile(path, encoding)
        return Features(table, path.stem, notes)
    name = chosen_layer(path, layers_of(path), None if suffix == ".dxf" else layer)
    _require_possible(path, name)
    found, notes = _read(path, name)
    if suffix == ".dxf":
        return _drawing(path, found, layer, notes)
    if suffix in {".kml", ".kmz"}:
        found = found.drop(columns=[column for column in _KML_STYLE if column in found])
    return Features(found, name, notes)


_KML_STYLE = (
    "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet",
)  # fmt: skip
"""Columns that KML has for how a place is shown, whether anything is in them or not."""


def require_readable(path: Path) -> None:
    """Refuse a file that is not there, not whole, or of a format that is not read as a map layer.

    Raises
    ------
    LayerNotFoundError, LayerError
        Says which.
    """
    require_file(path)
    suffix = path.suffix.lower()
    if suffix not in MAP_LAYERS:
        raise unknown_format(path, MAP_LAYERS)
    require_signature(path)
    if suffix == ".kml":
        require_plain_xml(path, roots=("kml",))
    if suffix == ".kmz":
        require_plain_kmz(path)
    if suffix in {".geojson", ".json"}:
        _require_geojson(path)
    if suffix == ".gpkg":
        _require_settled(path)


def unknown_format(path: Path, known: tuple[str, ...]) -> LayerError:
    """The error for a format that is not read, with the way to one that is."""
    suffix = path.suffix.lower()
    remedies = {
        ".dwg": Text("在 CAD 中另存为 DXF", "save it as DXF in the drawing program"),
        ".rar": Text("请先解压", "unpack it first"),
        ".7z": Text("请先解压", "unpack it first"),
        ".gz": Text("请先解压", "unpack it first"),
        ".mdb": Text("在 ArcGIS 中导出为 .gdb 或 Shapefile", "export it as .gdb or Shapefile in ArcGIS"),
        ".xlsb": Text("在 Excel 中另存为 .xlsx", "save it as .xlsx in Excel"),
        ".dbf": Text("请指定同名的 .shp", "name the .shp beside it"),
        ".shx": Text("请指定同名的 .shp", "name the .shp beside it"),
        ".prj": Text("请指定同名的 .shp", "name the .shp beside it"),
    }
    formats = ", ".join(known)
    return refused(
        path,
        Text(
            f"的格式{f' {suffix} ' if suffix else '（无后缀）'}不支持",
            f"has the format {suffix or 'without suffix'}, which is not supported",
        ),
        remedies.get(suffix, Text(f"转换为 {formats} 之一", f"convert it to one of {formats}")),
    )


def chosen_layer(path: Path, layers: dict[str, bool], layer: str | None) -> str:
    """The layer asked for, else the only one with shapes, else the only one.

    Raises
    ------
    LayerError
        No layers, none of that name, or several and none named.
    """
    if layer is not None:
        if layer not in layers:
            raise no_such_layer(path, layer, layers)
        return layer
    found = [name for name, shapes in layers.items() if shapes] or list(layers)
    if not found:
        raise refused(path, Text("没有图层", "holds no layers"), Text("是否选错了文件？", "is it the right file?"))
    if len(found) > 1:
        raise several_layers(path, found)
    return found[0]


def several_layers(path: Path, names: list[str]) -> LayerError:
    """The error where a file holds several layers and none is named."""
    shown = listed(names, 20)
    return LayerError(
        Text(
            f"文件 {path.name} 含有 {len(names)} 个图层：{shown}",
            f"file {path.name} holds {len(names)} layers: {shown}",
        ),
        Text(
            f"用 --layer 指明其中一个，例如 --layer {names[0]}",
            f"name one with --layer, for example --layer {names[0]}",
        ),
    )


@contextlib.contextmanager
def offline() -> Iterator[None]:
    """GDAL as it is, but without a way out of this machine."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in _OFFLINE}
    pyogrio.set_gdal_config_options(_OFFLINE)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What GDAL complains of becomes an error that names the file."""
    try:
        with offline():
            yield
    except LayerError:
        raise
    except Exception as error:  # every format fails in its own way on a broken file
        raise unreadable(path, error) from error


def _read(path: Path, layer: str) -> tuple[gpd.GeoDataFrame | pd.DataFrame, tuple[Text, ...]]:
    options: dict[str, Any] = {"IMMUTABLE": "YES"} if _journalled(path) else {}
    with _explained(path), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = pyogrio.read_dataframe(path, layer=layer, **options)
    texts = {str(warning.message): None for warning in said if issubclass(warning.category, RuntimeWarning)}
    heard = [text for text in texts if not any(noise in text for noise in _NOISE)]
    return table, tuple(Text(f"{path.name}：{text}", f"{path.name}: {text}") for text in heard)


def _journalled(path: Path) -> bool:
    """Whether SQLite would write beside a file that is only read (write-ahead logging)."""
    if path.suffix.lower() != ".gpkg":
        return False
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\x02\x02"


def _require_possible(path: Path, layer: str) -> None:
    """Refuse another driver than the suffix's, and more features than the file has bytes."""
    with _explained(path):
        info = pyogrio.read_info(path, layer=layer)
    if info["driver"] not in DRIVERS[path.suffix.lower()]:
        driver = info["driver"]
        raise refused(
            path,
            Text(
                f"无法读取：内容与后缀不符（实为 {driver}）",
                f"cannot be read: it is not what its suffix says (it is {driver})",
            ),
            Text("请改正后缀，或重新导出", "correct its suffix or export it again"),
        )
    if path.is_file() and path.suffix.lower() != ".kmz" and info["features"] > path.stat().st_size:
        count, there = info["features"], path.stat().st_size
        raise refused(
            path,
            Text(
                f"不完整或已损坏：称有 {count:,} 个要素，而文件只有 {there:,} 字节",
                f"is cut short or damaged: it claims {count:,} features in {there:,} bytes",
            ),
            Text("请重新复制或下载", "copy or download it again"),
        )


def _require_geojson(path: Path) -> None:
    """Refuse JSON that tells GDAL what to do instead of holding shapes."""
    with path.open("rb") as file:
        last = b""
        while block := file.read(1 << 20):
            if b"gdal_streamed_alg" in last + block:
                raise refused(
                    path,
                    Text("含有命令而不是图形", "holds commands, not shapes"),
                    Text("请提供 GeoJSON", "give GeoJSON"),
                )
            last = block[-32:]


def _require_settled(path: Path) -> None:
    """Refuse a GeoPackage whose latest changes are still in its journal."""
    journal = path.with_name(f"{path.name}-wal")
    if journal.is_file() and journal.stat().st_size:
        raise refused(
            path,
            Text("正在被其他程序编辑（有未合并的 -wal 文件）", "is being edited elsewhere (there is a -wal file)"),
            Text("请在 QGIS 中保存并关闭，再试一次", "save and close it in QGIS, then try again"),
        )


def _parquet(path: Path) -> gpd.GeoDataFrame | pd.DataFrame:
    with _explained(path):
        described = pq.read_metadata(path)
        claimed = sum(described.row_group(number).total_byte_size for number in range(described.num_row_groups))
        if claimed > _LARGEST or described.num_rows > 1000 * path.stat().st_size:
            raise refused(
                path,
                Text(f"称展开后有 {claimed:,} 字节", f"claims to hold {claimed:,} bytes"),
                Text("请核对来源", "check where it comes from"),
            )
        if b"geo" not in (described.metadata or {}):
            return pd.read_parquet(path)
        return gpd.read_parquet(path)


def _drawing(
    path: Path, table: gpd.GeoDataFrame | pd.DataFrame, layer: str | None, notes: tuple[Text, ...]
) -> Features:
    """One layer of a CAD drawing, its text decoded where the drawing states no code page."""
    table = table.assign(**{name: _undone(table[name]) for name in ("Layer", "Text") if name in table})
    held = {str(name): True for name in dict.fromkeys(table["Layer"].dropna())}
    name = chosen_layer(path, held, layer)
    return Features(table[np.asarray(table["Layer"] == name)].reset_index(drop=True), name, notes)


def _undone(column: pd.Series) -> pd.Series:
    """Text that GDAL took for Western European because the drawing did not say what it is."""

    def undone(text: Any) -> Any:
        try:
            raw = text.encode("latin-1")
        except (AttributeError, UnicodeEncodeError):
            return text
        found = guess_encoding(raw).encoding
        return raw.decode(found) if found else text

    return column.astype(object).map(undone, na_action="ignore")
