"""A table of figures by town or village into a layer of a study area, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from kunshan_gis.crs import WEB
from kunshan_gis.datum import converted_line, from_wgs84
from kunshan_gis.errors import LayerError, ParameterError, listed
from kunshan_gis.export.area import WRITTEN
from kunshan_gis.layers import open_area, read_catalog
from kunshan_gis.layers.census import join_table
from kunshan_gis.layers.crosswalk import CROSSWALK, Crosswalk, read_crosswalk
from kunshan_gis.layers.source import read_source
from kunshan_gis.messages import Text
from kunshan_gis.model import Layer, LayerInfo, Progress, silent
from kunshan_gis.studies.in_place import put_in_place

_OWN = ("id", "name", "name_en", "adcode", "code", "geometry")
"""Columns of a layer that no table replaces."""


@dataclass(frozen=True, eq=False)
class JoinSummary:
    """The layer's table with its new columns, what to know, and the files written (none in a dry run)."""

    table: gpd.GeoDataFrame
    columns: tuple[str, ...]
    notes: tuple[Text, ...]
    files: tuple[Path, ...]


def census_join(
    file: Path,
    folder: Path,
    *,
    to: str = "towns",
    on: str = "code",
    crosswalk: Path | None = None,
    as_of: str | None = None,
    columns: Sequence[str] = (),
    weights: str | None = None,
    sheet: str | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> JoinSummary:
    """Bring a table's figures into a layer of areas.

    Parameters
    ----------
    file : Path
        CSV, Excel or any other table.
    folder : Path
        The study area; the layer and its entry in the catalogue are written, whole or not at all. The file as it was
        goes to `replaced/`.
    to : str
        Kind of the layer.
    on : str
        The table's column with codes or names.
    crosswalk : Path, optional
        From the table's units to the layer's; else, where `as_of` is given, the study area's own `crosswalk.csv`.
    as_of, columns, weights
        See `layers.census.join_table`.
    sheet : str, optional
        Of a workbook.
    overwrite : bool
        Replace columns that the layer has.
    dry_run : bool
        Write nothing.

    Raises
    ------
    LayerNotFoundError, LayerError, LayerSchemaError, CatalogError, ParameterError
        As the readers and `layers.census.join_table`; the layer has a column of that name.
    OutputError
        The folder cannot be written.
    """
    read_catalog(folder)
    source = read_source(file, layer=sheet)
    layer = open_area(folder, (to,), progress=progress).layer(to)
    if not isinstance(layer.table, gpd.GeoDataFrame):
        raise ParameterError(Text(f"图层 {to} 没有几何；请用 --to towns 之类", f"{to} has no areas; use --to towns"))
    beside = read_crosswalk(folder / CROSSWALK) if (folder / CROSSWALK).is_file() else None
    chosen = _crosswalk(crosswalk, beside, as_of, folder)
    joined = join_table(
        source, on, layer.table, crosswalk=chosen, beside=beside, as_of=as_of, columns=columns, weights=weights
    )
    _require_new(layer, joined.columns, overwrite=overwrite)
    notes = (*source.notes, *joined.notes)
    files = () if dry_run else tuple(put_in_place(folder, _described(layer, source.name, notes), joined.table))
    return JoinSummary(joined.table, joined.columns, notes, files)


def _crosswalk(path: Path | None, beside: Crosswalk | None, as_of: str | None, folder: Path) -> Crosswalk | None:
    if path is not None:
        return read_crosswalk(path)
    if as_of is None:
        return None
    if beside is None:
        raise LayerError(
            Text(
                f"{folder} 中没有 {CROSSWALK}，--as-of {as_of} 无从换算；请用 --crosswalk FILE 给出对照表",
                f"{folder} holds no {CROSSWALK}, so --as-of {as_of} leads nowhere; give a --crosswalk FILE",
            )
        )
    return beside


def _require_new(layer: Layer, columns: Sequence[str], *, overwrite: bool) -> None:
    own = [name for name in columns if name in _OWN]
    there = [name for name in columns if name in layer.table and name not in _OWN]
    if own:
        raise ParameterError(
            Text(
                f"不能替换图层的字段 {listed(own)}；请在表格中改名，或用 --columns 只列出其他字段",
                f"the layer's {listed(own)} cannot be replaced; rename the table's, or list the others with --columns",
            )
        )
    if there and not overwrite:
        raise ParameterError(
            Text(
                f"图层中已有字段 {listed(there)}；加上 --overwrite 替换，或在表格中改名",
                f"the layer has {listed(there)} already; add --overwrite to replace, or rename the table's",
            )
        )


def _described(layer: Layer, name: str, notes: Sequence[Text]) -> LayerInfo:
    """The layer's entry with what was done; a layer stored in a shifted datum is stored in WGS 84 from now on."""
    info = layer.info
    history, changed = [*info.history], dict[str, object](crs=None)
    if info.datum in ("gcj02", "bd09"):
        changed = {"datum": "wgs84", "crs": None}
        history.append(converted_line(info.datum, _shift_m(gpd.GeoDataFrame(layer.table), info.datum)))
    said = "；".join(note.zh for note in notes), "; ".join(note.en for note in notes)
    history.append(f"关联表格 {name}：{said[0]} / joined the table {name}: {said[1]}")
    path = info.path if Path(info.path).suffix in WRITTEN else f"{info.name}.geojson"
    return info.model_copy(update={**changed, "history": tuple(history), "path": path})


def _shift_m(table: gpd.GeoDataFrame, datum: str) -> float:
    """How far the layer's datum lies from WGS 84 at its middle, metres."""
    west, south, east, north = table.to_crs(WEB).total_bounds
    middle = np.array([(west + east) / 2]), np.array([(south + north) / 2])
    shifted = from_wgs84(*middle, datum)
    points = shapely.points(np.r_[middle[0], shifted[0]], np.r_[middle[1], shifted[1]])
    ends = gpd.GeoDataFrame(geometry=points, crs=WEB).to_crs(table.crs)
    x, y = shapely.get_coordinates(np.asarray(ends.geometry.array)).T
    return float(np.hypot(np.diff(x), np.diff(y))[0])
