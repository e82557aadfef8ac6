"""Polygons of a planner's own as units of figures: any file of areas, read as carefully as a layer."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd

from kunshan_gis.datum import Datum
from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerSchemaError
from kunshan_gis.layers.intake import Wishes, degrees_of, take_in
from kunshan_gis.layers.source import read_source
from kunshan_gis.messages import Text
from kunshan_gis.model import StudyArea

_AS = "towns"
"""The kind whose columns (name, id) and shapes (areas) such a file has."""


def read_units(file: Path, area: StudyArea, *, datum: Datum = "wgs84", layer: str | None = None) -> gpd.GeoDataFrame:
    """The areas of a file, in the study area's CRS, with `id` and, where the file has them, names.

    Raises
    ------
    LayerError, CRSError
        The file cannot be read, holds no areas, or states no CRS.
    LayerSchemaError
        Rows that cannot be used; all problems with their place in the file.

    Warns
    -----
    KunshanGISWarning
        Rows that were mended or left out.
    """
    try:
        source = read_source(file, layer=layer)
    except CRSError as error:
        state = Text(
            "在文件中写明坐标系（QGIS：图层属性 → 数据源 → 指定坐标系）",
            "state the CRS in the file (QGIS: Layer Properties, Source, Assigned CRS)",
        )
        raise CRSError(error.message, state) from error
    degrees = degrees_of(source, _AS, datum)
    taken = take_in(source, degrees, _AS, Wishes(), metric=area.info.analysis_crs, datum=datum, others={})
    if taken.problems:
        title = Text(f"{source.name} 不能作为统计单元", f"{source.name} cannot serve as units")
        raise LayerSchemaError(title, taken.problems)
    for said in (*source.notes, *map(taken.said, taken.repairs)):
        warnings.warn(KunshanGISWarning(said), stacklevel=2)
    found: gpd.GeoDataFrame = gpd.GeoDataFrame(taken.table).to_crs(area.info.analysis_crs)
    return found.reset_index(drop=True)
