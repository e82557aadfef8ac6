"""Any file on a planner's disk, read as it is: its rows, its CRS, and what had to be found out to read it.

The one door for files that are not part of a study area yet. What is read here is neither mapped to a kind nor checked;
`studies.layers_add` does that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.crs import read_crs
from kunshan_gis.errors import CRSError, LayerError, at_rows, both, listed
from kunshan_gis.layers.archive import require_workbook, unpacked
from kunshan_gis.layers.coordinates import coordinate_columns
from kunshan_gis.layers.delimited import read_delimited
from kunshan_gis.layers.features import MAP_LAYERS, read_features, several_layers, unknown_format
from kunshan_gis.layers.guards import GDB_TABLE, kind_of, refused, require_file, require_signature, unchanged
from kunshan_gis.layers.points import Place, Table, missing_crs, placed
from kunshan_gis.layers.sheets import WORKBOOKS, no_such_layer, read_sheets
from kunshan_gis.messages import Text
from kunshan_gis.postgis import is_address

__all__ = ["FORMATS", "Place", "Source", "read_source"]

TEXT = (".csv", ".tsv", ".txt")
FORMATS = (*MAP_LAYERS, *TEXT, *WORKBOOKS, ".zip")


@dataclass(frozen=True, eq=False)
class Source:
    """A file as it came.

    Attributes
    ----------
    table : GeoDataFrame or DataFrame
        Own column names and values, own CRS; where there is geometry it is called `geometry` and has no heights.
    name : str
        The file's name, and the layer's where it holds several.
    sha256 : str
        Of the bytes, a Shapefile's companions included.
    place : callable
        `place(rows, column)`: where these rows (or cells) are in the file.
    notes : tuple of Text
        What was found out or assumed: an encoding, which columns hold coordinates, what was left out.
    datum : str or None
        The datum of the coordinates, where the file itself says it (a form does).
    origin : str
        What the catalogue says of where it comes from, if not the file's name; never how one got in.
    """

    table: gpd.GeoDataFrame | pd.DataFrame
    name: str
    sha256: str
    place: Place
    notes: tuple[Text, ...] = ()
    datum: str | None = None
    origin: str = ""


@dataclass(frozen=True)
class _Asked:
    """What a file was asked for."""

    path: Path
    layer: str | None
    encoding: str | None
    crs: str | None
    near: tuple[float, float] | None


def read_source(
    path: Path | str,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    near: tuple[float, float] | None = None,
) -> Source:
    """A file's rows, or those of a database's table (`postgresql://…` as text).

    Parameters
    ----------
    path : Path
        One of `FORMATS`; a File Geodatabase is its folder.
    layer : str, optional
        Which layer or sheet, where the file holds several.
    encoding : str, optional
        Of the text; else found out.
    crs : str, optional
        Of the coordinates, where the file does not say.
    near : (lon, lat), optional
        Where the study area is, degrees; lets a missing CRS be proposed.

    Raises
    ------
    LayerNotFoundError, LayerError
        Not there, not readable, or several layers and none named.
    CRSError
        The file states no CRS and none is given; proposes one, with the reason.
    """
    if is_address(path):
        from kunshan_gis.layers.postgis import read_postgis

        return read_postgis(str(path), table=layer, crs=crs)
    path = Path(path)
    asked = _Asked(path, layer, encoding, crs, near)
    require_file(path)
    with unchanged(path) as sha256:
        return replace(_read(asked), sha256=sha256)


def _read(asked: _Asked) -> Source:
    """Whatever kind of file it is; the digest is filled in by whom it concerns."""
    from kunshan_gis.layers.form import form_sheets, read_form

    path, suffix = asked.path, asked.path.suffix.lower()
    if suffix not in FORMATS:
        raise unknown_format(path, FORMATS)
    if suffix in WORKBOOKS and not path.is_dir() and kind_of(path) == "":
        return _delimited(asked)  # portals call text tables .xls
    require_signature(path)
    if suffix == ".zip":
        return _zipped(asked)
    if suffix in WORKBOOKS:
        notes = require_workbook(path)
        if form_sheets(path):
            return read_form(path, asked.layer)
        return _workbook(asked, notes)
    return _delimited(asked) if suffix in TEXT else _map_layer(asked)


def _zipped(asked: _Asked) -> Source:
    """The file in an archive; of several the one that `layer` names."""
    path, layer = asked.path, asked.layer
    with unpacked(path) as folder:
        found = {file.stem: file for file in sorted(folder.rglob("*")) if _offered(file)}
        if not found:
            raise refused(
                path,
                Text("中没有可读取的图层", "holds no layer that can be read"),
                Text(f"须含 {listed(FORMATS, 8)} 之一", f"it should hold one of {listed(FORMATS, 8)}"),
            )
        if len(found) > 1 and layer not in found:
            raise several_layers(path, list(found)) if layer is None else no_such_layer(path, layer, found)
        name, file = (str(layer), found[str(layer)]) if layer in found else next(iter(found.items()))
        require_file(file)
        read = _read(replace(asked, path=file, layer=None if layer == name else layer))
        return replace(read, name=f"{path.name} {read.name}")


def _offered(file: Path) -> bool:
    if any(part.lower().endswith(".gdb") for part in file.parent.parts) or "__MACOSX" in file.parts:
        return False
    if file.is_dir():
        return (file / GDB_TABLE).is_file() and file.suffix.lower() == ".gdb"
    return file.suffix.lower() in FORMATS and file.suffix.lower() != ".zip" and not _notes(file)


def _notes(file: Path) -> bool:
    """Whether a text file beside map layers only says something about them."""
    return file.suffix.lower() == ".txt" and any(
        other.suffix.lower() in MAP_LAYERS or other.suffix.lower() == ".csv" for other in file.parent.iterdir()
    )


def _map_layer(asked: _Asked) -> Source:
    path = asked.path
    found = read_features(path, asked.layer, asked.encoding)
    name = path.name if found.layer in {"", path.stem} else f"{path.name} {found.layer}"
    table, notes = found.table, found.notes
    rows: NDArray[np.intp] = np.arange(len(table))
    if isinstance(table, gpd.GeoDataFrame) and table.active_geometry_name is not None:
        table, rows, more = _with_shapes(table, name)
        table = _in_crs(table, name, asked.crs, asked.near)
        notes = (*notes, *more)
    return Source(table, name, "", lambda which, _: at_rows(name, [int(rows[row]) for row in which]), notes)


def _with_shapes(table: gpd.GeoDataFrame, name: str) -> tuple[gpd.GeoDataFrame, NDArray[np.intp], tuple[Text, ...]]:
    """The rows that have a shape, flat; the geometry called so."""
    if table.active_geometry_name != "geometry":
        table = table.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    absent = np.asarray(table.geometry.isna() | table.geometry.is_empty)
    notes = []
    if absent.any() and not absent.all():
        where = at_rows(name, np.flatnonzero(absent))
        lost = int(absent.sum())
        said = Text(
            f"{where.zh}：{lost} 个要素没有几何，已略去", f"{where.en}: {lost} features without geometry were left out"
        )
        notes.append(said)
    if absent.all():
        raise LayerError(
            Text(f"{name} 中没有带几何的要素", f"{name} holds no feature with a geometry"),
            Text("是否选错了文件或图层？", "is it the right file and layer?"),
        )
    rows = np.flatnonzero(~absent)
    kept = table.iloc[rows].reset_index(drop=True)
    return kept.set_geometry(shapely.force_2d(np.asarray(kept.geometry.array))), rows, tuple(notes)


def _in_crs(table: gpd.GeoDataFrame, name: str, crs: str | None, near: tuple[float, float] | None) -> gpd.GeoDataFrame:
    if table.crs is None:
        if crs is None:
            raise missing_crs(both(name), tuple(table.total_bounds), near)
        return table.set_crs(read_crs(crs))
    if crs is not None and not table.crs.equals(read_crs(crs), ignore_axis_order=True):
        stated = table.crs.to_string() if table.crs.to_epsg() else table.crs.name
        raise CRSError(
            Text(f"{name} 注明的坐标系为 {stated}，与 --crs {crs} 不同", f"{name} states {stated}, --crs says {crs}"),
            Text(
                "去掉 --crs；若文件所注有误，请先在文件中改正（QGIS：设置投影）",
                "leave --crs out; if the file is wrong, correct it there (QGIS: Assign Projection)",
            ),
        )
    return table


def _delimited(asked: _Asked) -> Source:
    path = asked.path
    found = read_delimited(path, asked.encoding)

    def place(rows: Sequence[int], column: str | None) -> Text:
        numbers = listed([int(found.lines[row]) for row in rows])
        there = f" `{column}`" if column else ""
        return Text(f"{path.name} 第 {numbers} 行{there}", f"{path.name}, line {numbers}{there}")

    return _points(asked, found.table, place, path.name, found.notes)


def _workbook(asked: _Asked, notes: tuple[Text, ...]) -> Source:
    path = asked.path
    sheets = read_sheets(path, asked.layer)
    if len(sheets) > 1:
        located = [sheet for sheet in sheets if coordinate_columns(sheet.table) is not None]
        if len(located) != 1:
            raise several_layers(path, [sheet.name for sheet in sheets])
        others = listed([sheet.name for sheet in sheets if sheet is not located[0]])
        name = located[0].name
        notes = (*notes, Text(
            f"{path.name}：只有表“{name}”含坐标，已取用；未读 {others}",
            f"{path.name}: sheet “{name}” alone has coordinates and was taken; not read: {others}",
        ))  # fmt: skip
        sheets = located
    sheet = sheets[0]
    name = f"{path.name} {sheet.name}"
    return _points(asked, sheet.table, sheet.place, name, (*notes, *sheet.notes))


def _points(asked: _Asked, table: pd.DataFrame, place: Place, name: str, notes: tuple[Text, ...]) -> Source:
    """A table with its points, if its columns hold any; places go by the row they came from."""
    if table.empty:
        raise LayerError(
            Text(f"{name} 没有数据行", f"{name} holds no rows"), Text("是否选错了文件？", "is it the right file?")
        )
    found = placed(Table(table, place, name, asked.crs, asked.near))
    return Source(
        found.frame, name, "",
        lambda rows, column: place([int(found.rows[row]) for row in rows], column),
        (*notes, *found.notes), found.datum or None,
    )  # fmt: skip
