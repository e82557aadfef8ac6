"""A folder to a study area: read, checked, projected; all problems of all layers at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis.contracts import check
from kunshan_gis.crs import WEB, project, scale_error, suggest_metric
from kunshan_gis.errors import KunshanGISError, LayerSchemaError, Problem, listed
from kunshan_gis.layers.catalog import CATALOG, read_catalog
from kunshan_gis.layers.readers import content_sha256, read_table
from kunshan_gis.messages import Text
from kunshan_gis.model import AreaInfo, Layer, LayerInfo, Progress, StudyArea, silent
from kunshan_gis.schema import KINDS

LARGEST_SCALE_ERROR = 0.01
"""A walk of 900 m may be measured 9 m wrong; a CRS of the place stays under a tenth of that."""

REFERENCES = (
    ("zone_towns", "zone_id", "zones"),
    ("zone_towns", "town_id", "towns"),
    ("seats", "town_id", "towns"),
    ("communities", "town_id", "towns"),
    ("homes", "town_id", "towns"),
    ("homes", "estate_id", "estates"),
    ("estate_gates", "estate_id", "estates"),
    ("park_gates", "park_id", "parks"),
    ("entrances", "station_id", "stations"),
    ("ramps", "expressway_id", "expressways"),
)
"""Columns that hold another layer's ids: (kind, column, kind it refers to)."""


@dataclass(frozen=True, eq=False)
class Survey:
    """What a folder holds: its description, the layers that could be read, and every problem found."""

    info: AreaInfo
    described: tuple[LayerInfo, ...]
    layers: tuple[Layer, ...]
    problems: tuple[Problem, ...]


def survey(folder: Path, kinds: Collection[str] | None = None, *, progress: Progress = silent) -> Survey:
    """Read and check the layers of a folder (all, or those of some kinds) and list every problem.

    Raises
    ------
    LayerNotFoundError, CatalogError
        The catalogue is not there or cannot be used.
    """
    info, described = read_catalog(folder)
    wanted = [layer for layer in described if kinds is None or layer.kind in kinds]
    layers: list[Layer] = []
    problems: list[Problem] = []
    for done, layer in enumerate(wanted):
        progress("reading", done, len(wanted))
        table, found = _read_checked(folder, layer, info)
        problems += found
        if table is not None:
            layers.append(Layer(layer, table, content_sha256(folder / layer.path)))
    progress("reading", len(wanted), len(wanted))
    problems += [*_stretched(info, layers), *_dangling(layers)]
    return Survey(info, tuple(wanted), tuple(layers), tuple(problems))


def open_area(folder: Path, kinds: Collection[str] | None = None, *, progress: Progress = silent) -> StudyArea:
    """A folder as a study area, its tables in the analysis CRS.

    Parameters
    ----------
    folder : Path
        Holds catalog.toml.
    kinds : collection of str, optional
        Read only layers of these kinds; the others are as if not there.

    Raises
    ------
    LayerNotFoundError, CatalogError
        The catalogue is not there or cannot be used.
    LayerSchemaError
        Any layer cannot be read or breaks its contract; lists all problems of all layers.
    """
    found = survey(folder, kinds, progress=progress)
    if found.problems:
        title = Text(f"{folder}：图层须改正后才能使用", f"{folder}: the layers cannot be used as they are")
        raise LayerSchemaError(title, found.problems)
    return StudyArea(found.info, {layer.info.name: layer for layer in found.layers})


def _read_checked(
    folder: Path, layer: LayerInfo, info: AreaInfo
) -> tuple[gpd.GeoDataFrame | pd.DataFrame | None, list[Problem]]:
    where = f"{layer.name} ({layer.path})"
    try:
        table = read_table(folder / layer.path, layer)
        if problems := check(table, layer.kind, where=where):
            return None, problems
        if isinstance(table, gpd.GeoDataFrame):
            table = project(table, datum=layer.datum, to=info.analysis_crs, name=where)
        return table, []
    except LayerSchemaError as error:
        return None, list(error.problems)
    except KunshanGISError as error:
        return None, [Problem(where, error.message, error.remedy)]


def _stretched(info: AreaInfo, layers: Iterable[Layer]) -> list[Problem]:
    """A CRS made for another place measures wrongly here, and nothing would show it."""
    spatial = [layer.table for layer in layers if isinstance(layer.table, gpd.GeoDataFrame)]
    if not spatial:
        return []
    bounds = np.array([table.total_bounds for table in spatial])
    x, y = (bounds[:, :2].min(axis=0) + bounds[:, 2:].max(axis=0)) / 2
    middle = gpd.GeoSeries.from_xy([x], [y], crs=info.analysis_crs).to_crs(WEB)
    lon, lat = middle.x.iloc[0], middle.y.iloc[0]
    error = scale_error(info.analysis_crs, lon, lat)
    if abs(error) <= LARGEST_SCALE_ERROR:
        return []
    code, better = info.analysis_crs, suggest_metric(lon, lat)
    what = Text(
        f"量算坐标系 {code} 在图层所在位置（东经 {lon:.2f}、北纬 {lat:.2f}）的长度偏差为 {error:+.1%}",
        f"analysis CRS {code} is off by {error:+.1%} at {lon:.2f} E {lat:.2f} N, where the layers are",
    )
    remedy = Text(f"改用适合当地的坐标系，例如 {better}", f"use one made for the place, for example {better}")
    return [Problem(f"{CATALOG} [area]", what, remedy)]


def _dangling(layers: Iterable[Layer]) -> list[Problem]:
    tables = {layer.info.kind: layer for layer in layers}
    problems = []
    for kind, column, other in REFERENCES:
        if kind in tables and other in tables and column in tables[kind].table:
            problems += _unknown_ids(tables[kind], column, tables[other])
    return problems


def _unknown_ids(layer: Layer, column: str, other: Layer) -> list[Problem]:
    unknown = sorted(set(layer.table[column].dropna()) - set(other.table["id"]))
    if not unknown:
        return []
    count, kind, ids, path = len(unknown), other.info.kind, listed(unknown), other.info.path
    what = Text(
        f"字段 `{column}` 引用了 {count} 个不存在的{KINDS[kind].zh}编号：{ids}",
        f"`{column}` names {count} {kind} that do not exist: {ids}",
    )
    remedy = Text(f"更正编号；{path} 中列有全部编号", f"correct the ids; {path} lists them")
    return [Problem(f"{layer.info.name} ({layer.info.path})", what, remedy)]
