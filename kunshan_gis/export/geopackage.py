"""A layer as a GeoPackage that an editor can write to: every column of its kind there, the same bytes every time."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from kunshan_gis.export.files import in_degrees
from kunshan_gis.schema import AREA, KINDS, LINE, POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TYPES = {"text": "object", "integer": "Int64", "number": "Float64", "boolean": "boolean"}
GPKG = "1.2"
"""Version of the format that editors of the last years read without complaint."""

_MADE = "1980-01-01T00:00:00.000Z"


def geopackage(table: pd.DataFrame, kind: str, *, layer: str) -> bytes:
    """A checked table as the bytes of a .gpkg with one layer, coordinates in WGS 84 degrees.

    Columns of the kind that the table lacks are there and empty, so that an editor can fill them in. Areas and lines
    become multi-part ones, unless the kind takes other shapes too.
    """
    options: dict[str, Any] = {"layer": layer, "driver": "GPKG", "use_arrow": True}
    if isinstance(table, gpd.GeoDataFrame):
        options["geometry_type"] = stored_type(kind)
        located = in_degrees(table)
        multi = options["geometry_type"].startswith("Multi")
        table = located.set_geometry(_multi(np.asarray(located.geometry.array))) if multi else located
    table = _columns(table, kind)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _MADE})
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "layer.gpkg"
            pyogrio.write_dataframe(table, file, dataset_options={"VERSION": GPKG}, **options)
            return file.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def stored_type(kind: str) -> str:
    """The geometry type of a kind's layer: one, or `Unknown` where the kind takes several."""
    return {POINT: "Point", LINE: "MultiLineString", AREA: "MultiPolygon"}.get(KINDS[kind].geometry, "Unknown")


def _columns(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    contract = KINDS[kind].all_columns
    absent = {column.name: None for column in contract if column.name not in table.columns}
    table = table.assign(**absent)
    types = {column.name: _TYPES[column.type] for column in contract}
    order = [column.name for column in contract]
    rest = [name for name in table.columns if name not in order]
    return table[[*order, *rest]].astype(types)


def _multi(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Single shapes as multi-part ones of one part."""
    single = np.isin(shapely.get_type_id(shapes), (1, 3))
    types = np.where(shapely.get_type_id(shapes) == 1, 5, 6)
    result = shapes.copy()
    for of, make in ((5, shapely.multilinestrings), (6, shapely.multipolygons)):
        rows = single & (types == of)
        result[rows] = make(shapes[rows][:, None]) if rows.any() else shapes[rows]
    return result
