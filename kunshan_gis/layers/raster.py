"""One band of a raster, read block by block where it is needed, however it lies on the ground.

Cells are spoken of by row and column, and zones are brought to the raster: in *pixel space* (x the column, y the row
downwards, so negative) every raster is a grid of unit squares, whether north is up, down or askew, and shares of area
are what they are on the map.
"""

from __future__ import annotations

import math
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from pyproj import CRS, Proj, Transformer
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from kunshan_gis.crs import WEB
from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError, ParameterError, listed
from kunshan_gis.messages import Text

Numbers = NDArray[Any]
Floats = NDArray[np.float64]

RASTERS = (".tif", ".tiff")
CELLS_AT_ONCE = 2**20
"""Cells held at a time: 8 MB as numbers."""

NO_VALUE = (-9999.0, -99999.0, -999999.0, -32768.0, -2147483648.0)
"""What stands for "nothing here" in files that forgot to declare it; beyond 1e30 either way means it as well."""

LARGEST_BLOCK = 2**26
"""Cells a file may make one block of; a block is read whole, whatever is wanted of it."""

_CACHE_MB = 64
_STEP_M, _STEP_DEGREES = 500.0, 0.005
"""A zone's edge is bent to the raster's CRS at least this often: off by millimetres between."""


@dataclass(frozen=True, eq=False)
class Band:
    """One band of an open raster.

    Attributes
    ----------
    file : str
        The file's name, for messages.
    words : mapping of place (zh, en) to str
        What the file says of the band's meaning: unit, description, tags, its own name.
    noticed : Counter
        Cells read as nothing though the file does not declare it, by value; of the cells read so far.
    """

    raster: Any
    index: int
    file: str
    words: dict[Text, str]
    noticed: Counter[float] = field(default_factory=Counter)

    @property
    def crs(self) -> CRS:
        """The raster's own CRS."""
        return CRS.from_wkt(self.raster.crs.to_wkt())

    @property
    def datum(self) -> str:
        """The datum its CRS stands on, by name."""
        datum = self.crs.datum or (self.crs.geodetic_crs.datum if self.crs.geodetic_crs else None)
        return str(datum.name) if datum else "?"

    def read(self, window: Window) -> Floats:
        """Values of a window, scaled as the file asks, NaN where there are none."""
        cells = self.raster.read(self.index, window=window, masked=True)
        if np.ma.getmask(cells).all():
            return np.full(cells.shape, np.nan)
        values = np.asarray(cells.data, dtype=np.float64)
        raw = np.where(np.ma.getmaskarray(cells), np.nan, values)
        missing = self._undeclared(raw)
        if missing.any():
            found, times = np.unique(raw[missing], return_counts=True)
            self.noticed.update(dict(zip(found.tolist(), times.tolist(), strict=True)))
            raw[missing] = np.nan
        scale, offset = self.raster.scales[self.index - 1], self.raster.offsets[self.index - 1]
        return np.asarray(np.where(np.isinf(raw), np.nan, raw) * scale + offset, dtype=np.float64)

    def _undeclared(self, raw: Floats) -> NDArray[np.bool_]:
        kind = np.dtype(self.raster.dtypes[self.index - 1])
        ends = (float(np.iinfo(kind).max),) if kind.kind in "iu" and kind.itemsize > 1 else ()
        return np.asarray(np.isin(raw, (*NO_VALUE, *ends)) | (np.isfinite(raw) & (np.abs(raw) > 1e30)))

    def tiles(self, shape: shapely.Geometry | None = None) -> Iterator[Window]:
        """Windows of whole blocks, top to bottom, that together hold the shape (pixel space), or the whole raster."""
        whole = (0, -self.raster.height, self.raster.width, 0)
        west, south, east, north = whole if shape is None else shapely.bounds(shape)
        if not math.isfinite(west):
            return
        high, wide = self.raster.block_shapes[self.index - 1]
        across = max(1, 1024 // wide) * wide
        down = max(1, CELLS_AT_ONCE // across // high) * high
        left, right = max(0, math.floor(west)), min(self.raster.width, math.ceil(east))
        top, bottom = max(0, math.floor(-north)), min(self.raster.height, math.ceil(-south))
        for row in range(top // down * down, bottom, down):
            for column in range(left // across * across, right, across):
                first, above = max(column, left), max(row, top)
                yield Window(first, above, min(column + across, right) - first, min(row + down, bottom) - above)

    def to_pixels(self, table: gpd.GeoDataFrame) -> NDArray[np.object_]:
        """The shapes of a table in pixel space."""
        shapes = np.asarray(table.geometry.array)
        moved = self.to_raster(shapes, table.crs)
        a, b, c, d, e, f = tuple(~self.raster.transform)[:6]
        turned = shapely.transform(
            moved, lambda xy: np.column_stack((a * xy[:, 0] + b * xy[:, 1] + c, -(d * xy[:, 0] + e * xy[:, 1] + f)))
        )
        return np.asarray(turned, dtype=object)

    def to_raster(self, shapes: NDArray[np.object_], crs: Any) -> NDArray[np.object_]:
        """Shapes in the raster's CRS, long edges bent with it."""
        if CRS.from_user_input(crs).equals(self.crs, ignore_axis_order=True):
            return shapes
        step = _STEP_DEGREES if CRS.from_user_input(crs).is_geographic else _STEP_M
        move = Transformer.from_crs(crs, self.crs, always_xy=True)
        bent = shapely.segmentize(shapes, step)
        return np.asarray(shapely.transform(bent, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1]))))

    def squares(self, row: Numbers, column: Numbers) -> NDArray[np.object_]:
        """The outlines of cells, in the raster's CRS."""
        corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
        rings = [np.column_stack(self.at(row + down, column + right)) for right, down in corners]
        return np.array(shapely.polygons(np.stack(rings, axis=1)), dtype=object)

    def clipped(self, row: Numbers, column: Numbers, shape: shapely.Geometry) -> NDArray[np.object_]:
        """The parts of cells inside a shape in pixel space, in the raster's CRS."""
        pieces = np.array(
            [shapely.clip_by_rect(shape, x, -y - 1, x + 1, -y) for x, y in zip(column, row, strict=True)], dtype=object
        )
        kept = np.where(shapely.area(pieces) > 0, pieces, shapely.box(column, -row - 1, column + 1, -row))
        return np.asarray(shapely.transform(kept, lambda xy: np.column_stack(self.at(-xy[:, 1], xy[:, 0]))))

    def at(self, row: Numbers, column: Numbers) -> tuple[Floats, Floats]:
        """Coordinates of places in the raster, its north-west corner (0, 0)."""
        a, b, c, d, e, f = tuple(self.raster.transform)[:6]
        return a * column + b * row + c, d * column + e * row + f

    def cell_m2(self, window: Window) -> Floats:
        """The area of each cell of a window on the ground, m2: in degrees cells shrink towards the poles."""
        a, b, _, d, e, _ = tuple(self.raster.transform)[:6]
        row = np.arange(window.height, dtype=float)[:, None] + window.row_off + 0.5
        column = np.arange(window.width, dtype=float)[None, :] + window.col_off + 0.5
        x, y = self.at(*np.broadcast_arrays(row, column))
        return np.asarray(abs(a * e - b * d) * _ground_per_unit(self.crs, x, y), dtype=np.float64)

    def tell_noticed(self) -> None:
        """Warn of cells that were taken for empty although the file does not say so."""
        if self.noticed:
            count, values = sum(self.noticed.values()), listed([f"{value:g}" for value in sorted(self.noticed)])
            said = Text(
                f"{self.file}：{count} 个单元的值为 {values}，文件未将其声明为无数据（nodata），已按无数据处理；"
                "请用 gdal_edit -a_nodata 写入文件",
                f"{self.file}: {count} cells hold {values}, which the file does not declare as nodata; they were read "
                "as empty. Write it into the file with gdal_edit -a_nodata",
            )
            warnings.warn(KunshanGISWarning(said), stacklevel=4)


@contextmanager
def open_band(path: Path, band: str | None = None) -> Iterator[Band]:
    """One band of a GeoTIFF, open while in use.

    Parameters
    ----------
    band : str, optional
        Its number from 1, or a part of its description that no other band has; needed where there are several.

    Raises
    ------
    LayerNotFoundError, LayerError
        Not there, not readable; several bands and none chosen.
    CRSError
        It states no CRS.
    """
    if not path.is_file():
        raise LayerNotFoundError(
            Text(f"找不到栅格文件 {path}；请检查路径", f"raster {path} is not there; check the path")
        )
    try:
        with rasterio.Env(GDAL_CACHEMAX=_CACHE_MB), _opened(path) as raster:
            _require_usable(raster, path.name)
            index = _chosen(raster, band, path.name)
            yield Band(raster, index, path.name, _words(raster, index, path.name))
    except RasterioError as error:
        reason = error.__cause__ or error  # rasterio says "see previous exception"
        raise LayerError(
            Text(
                f"文件 {path.name} 无法作为 GeoTIFF 读取：{reason}。请检查文件是否完整",
                f"file {path.name} cannot be read as a GeoTIFF: {reason}. Is it whole?",
            )
        ) from error


def bands(path: Path) -> list[str]:
    """The descriptions of a raster's bands, empty where it gives none.

    Raises
    ------
    LayerError
        As `open_band`.
    """
    with open_band(path, "1") as first:
        return [str(text or "") for text in first.raster.descriptions]


def _opened(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(path, driver="GTiff")


def _require_usable(raster: Any, name: str) -> None:
    if raster.crs is None:
        raise CRSError(
            Text(
                f"文件 {name} 未标明坐标系；请写入文件（gdal_edit -a_srs）",
                f"file {name} states no CRS; write it into the file (gdal_edit -a_srs)",
            )
        )
    high, wide = max(raster.block_shapes)
    if high * wide > LARGEST_BLOCK:
        raise LayerError(
            Text(
                f"文件 {name} 的数据块为 {wide} × {high} 个单元，无法分块读取；请转换：gdal_translate -co TILED=YES",
                f"file {name} is stored in blocks of {wide} × {high} cells and cannot be read in parts; convert it: "
                "gdal_translate -co TILED=YES",
            )
        )


def coverage(values: Floats, window: Window, shape: shapely.Geometry) -> Floats:
    """The share of each cell of a window that a shape in pixel space covers, 0 to 1."""
    box = _extent(window)
    part = shapely.clip_by_rect(shape, *box)
    if part.is_empty or part.area == 0:
        return np.zeros(values.shape)
    if part.area > values.size * (1 - 1e-12):
        return np.ones(values.shape)
    grid = NumPyRasterSource(np.zeros(values.shape), *box)
    found = exact_extract(grid, [as_feature(part)], ["cell_id", "coverage"])[0]["properties"]
    share = np.zeros(values.size)
    share[np.asarray(found["cell_id"], dtype=np.int64)] = found["coverage"]
    return share.reshape(values.shape)


def as_feature(shape: Any) -> dict[str, Any]:
    """A shape as exactextract takes it."""
    return {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)}


def _extent(window: Window) -> tuple[float, float, float, float]:
    west, north = window.col_off, -window.row_off
    return west, north - window.height, west + window.width, north


def _chosen(raster: Any, band: str | None, name: str) -> int:
    described = [f"{number} {text or ''}".strip() for number, text in enumerate(raster.descriptions, 1)]
    if band is None and raster.count == 1:
        return 1
    if band is not None:
        wanted = str(band).strip()
        found = [int(wanted)] if wanted.isdigit() and 1 <= int(wanted) <= raster.count else []
        parts = [i for i, text in enumerate(raster.descriptions, 1) if text and wanted.casefold() in text.casefold()]
        if len(found or parts) == 1:
            return (found or parts)[0]
    bands = listed(described, 12)
    problem = Text(f"没有或不止一个波段 `{band}`", f"no band, or several, `{band}`") if band else Text("", "")
    raise ParameterError(
        Text(
            f"文件 {name} 有 {raster.count} 个波段：{bands}；{problem.zh}请用 --band 选定一个（序号或名称）",
            f"file {name} has {raster.count} bands: {bands}; {problem.en} choose one with --band (number or name)",
        )
    )


def _words(raster: Any, index: int, name: str) -> dict[Text, str]:
    """What the file says of a band, the weightiest first."""
    tags = {**raster.tags(), **raster.tags(index)}
    told = {key: text for key, text in tags.items() if not re.match("AREA_OR_POINT|TIFFTAG_(SOFTWARE|DATETIME)", key)}
    return {
        Text("波段单位", "unit of the band"): str(raster.units[index - 1] or ""),
        Text("波段名称", "description of the band"): str(raster.descriptions[index - 1] or ""),
        Text("文件标签", "tags of the file"): " ; ".join(f"{key} {text}" for key, text in sorted(told.items())),
        Text("文件名", "file's name"): name,
    }


def _ground_per_unit(crs: CRS, x: Floats, y: Floats) -> Floats:
    """Square metres on the ground for a square unit of the CRS, at places."""
    ellipsoid = crs.ellipsoid
    if crs.is_geographic and ellipsoid is not None:
        major, flat = (
            ellipsoid.semi_major_metre,
            1 / ellipsoid.inverse_flattening if ellipsoid.inverse_flattening else 0,
        )
        squared, latitude = flat * (2 - flat), np.radians(y)
        bend = 1 - squared * np.sin(latitude) ** 2
        return np.asarray(major**2 * (1 - squared) * np.cos(latitude) / bend**2 * np.radians(1) ** 2)
    lon, lat = Transformer.from_crs(crs, WEB, always_xy=True).transform(x, y)
    metres = crs.axis_info[0].unit_conversion_factor
    scale = Proj(crs).get_factors(lon.ravel(), lat.ravel(), errcheck=False).areal_scale
    return np.asarray(metres**2 / np.asarray(scale).reshape(x.shape))
