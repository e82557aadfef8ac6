"""A layer whose coordinates are in GCJ-02 or BD-09 to WGS 84, or a conversion taken back: on request, and on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from kunshan_gis.crs import WEB
from kunshan_gis.datum import (
    NAMES,
    SHIFTED,
    Datum,
    converted_line,
    last_conversion,
    mean_shift_m,
    shapes_from_wgs84,
    shapes_to_wgs84,
)
from kunshan_gis.errors import DatumError, ParameterError
from kunshan_gis.export.files import suffix_for
from kunshan_gis.export.layer import place_layer
from kunshan_gis.layers import read_catalog, survey, verbatim
from kunshan_gis.layers.catalog import CATALOG
from kunshan_gis.layers.datum_guard import slips
from kunshan_gis.layers.fingerprint import Slip
from kunshan_gis.layers.readers import read_table
from kunshan_gis.messages import Text
from kunshan_gis.model import AreaInfo, LayerInfo, Progress, silent
from kunshan_gis.studies.in_place import making_room, named

ORIGINALS = "originals"
"""Folder of a study area that keeps the files as they were before a conversion."""


@dataclass(frozen=True)
class Converted:
    """What was done: the layer's new entry, how far its vertices moved on average, and the files written."""

    info: LayerInfo
    metres: float
    files: tuple[Path, ...]


def convert_layer(folder: Path, name: str, *, datum: str, undo: bool = False, progress: Progress = silent) -> Converted:
    """Rewrite a layer of a study area in WGS 84; the file as it was stays in `originals/`.

    Parameters
    ----------
    folder : Path
        The study area.
    name : str
        The layer's name in the catalogue.
    datum : {"gcj02", "bd09"}
        What its coordinates are in; with `undo`, the datum it was wrongly converted from.
    undo : bool
        Put the shift of a needless conversion back on.

    Raises
    ------
    LayerNotFoundError, CatalogError, LayerError, CRSError
        No such layer, or it cannot be read.
    ParameterError
        The datum is not a shifted one, contradicts the catalogue, or the layer has no geometry.
    DatumError
        The same was done before, and the streets or the boundary do not show that it is needed again; or the layer fits
        them now and would not afterwards. Nothing is written.
    OutputError
        The folder cannot be written; it is as it was.
    """
    area, described = read_catalog(folder)
    info, shift = named(described, name, folder), _shifted(datum)
    _require_declared(info, shift, undo=undo)
    progress("reading", 0, 2)
    table = read_table(folder / info.path, info)
    if not isinstance(table, gpd.GeoDataFrame):
        raise ParameterError(Text(f"图层 `{name}` 没有坐标", f"layer `{name}` has no coordinates"))
    degrees = table.to_crs(WEB)
    moved = (shapes_from_wgs84 if undo else shapes_to_wgs84)(degrees, shift)
    metres = mean_shift_m(degrees, moved)
    if metres < 1:
        raise DatumError(
            Text(
                f"图层 `{name}` 不在中国境内，无需换算", f"layer `{name}` lies outside China, where nothing is shifted"
            )
        )
    _require_sound(folder, area, info, moved, shift, undo=undo, progress=progress)
    new = info.model_copy(
        update={
            "datum": "wgs84",
            "crs": None,
            "path": _path(folder, info, len(table)),
            "history": (*info.history, converted_line(shift, metres, undo=undo)),
        }
    )
    old = making_room(folder, info)
    catalog = verbatim(folder, [CATALOG])[CATALOG]
    files = place_layer(folder, catalog, area, new, moved, instead=old, kept=ORIGINALS)
    progress("reading", 2, 2)
    return Converted(new, metres, tuple(files))


def _shifted(datum: str) -> Datum:
    for known in SHIFTED:
        if datum == known:
            return known
    choice = ", ".join(SHIFTED)
    raise ParameterError(
        Text(f"--from 不能取 `{datum}`", f"--from cannot be `{datum}`"),
        Text(f"可选：{choice}", f"choose one of {choice}"),
    )


def _require_declared(info: LayerInfo, datum: Datum, *, undo: bool) -> None:
    """What the catalogue declares is undone whenever the layer is read; it must not be undone twice."""
    if info.datum not in SHIFTED or (info.datum == datum and not undo):
        return
    declared = NAMES[info.datum]
    raise ParameterError(
        Text(
            f"`{info.name}` 在目录中注明为 {declared}，读取时即按此换算；文件本身没有换算过",
            f"`{info.name}` is declared {declared} and converted from it whenever it is read; its file is not",
        ),
        Text(
            f"若注明有误，在 {CATALOG} 中更正它的 datum 即可",
            f"if that is wrong, correct its datum in {CATALOG} instead",
        ),
    )


def _require_sound(
    folder: Path, area: AreaInfo, info: LayerInfo, moved: Any, datum: Datum, *, undo: bool, progress: Progress
) -> None:
    """Ask the streets and the boundary: no second conversion unless they show it, and none that they speak against."""
    progress("reading", 1, 2)
    layers = survey(folder).layers
    crs = area.analysis_crs
    before = slips(layers, analysis_crs=crs).get(info.name)
    proved = before is not None and (before.undone == datum if undo else before == Slip("wgs84", datum))
    if last_conversion(info.history, datum) == ("taken back" if undo else "done") and not proved:
        raise _repeated(info, datum, undo=undo)
    after = [
        replace(layer, info=_undeclared(info), table=moved.to_crs(crs)) if layer.info.name == info.name else layer
        for layer in layers
    ]
    needless = Slip("wgs84", datum) if undo else Slip(datum, "wgs84")
    if info.datum not in SHIFTED and slips(after, analysis_crs=crs).get(info.name) == needless:
        raise DatumError(
            Text(
                f"`{info.name}` 现在与街道或边界相符，换算后将不再相符；未作改动",
                f"`{info.name}` fits streets or boundary as it is and would not afterwards; nothing was changed",
            ),
            Text(
                f"它已是 WGS 84，保留原样；若街道或边界才是 {NAMES[datum]}，则先改正它们",
                f"leave it, it is WGS 84; if it is the streets or the boundary that are {NAMES[datum]}, put them right "
                "first",
            ),
        )


def _undeclared(info: LayerInfo) -> LayerInfo:
    return info.model_copy(update={"datum": "wgs84"})


def _repeated(info: LayerInfo, datum: Datum, *, undo: bool) -> DatumError:
    done = (
        Text(f"由 {NAMES[datum]} 的换算已撤销过", f"conversion from {NAMES[datum]} was taken back already")
        if undo
        else Text(f"已由 {NAMES[datum]} 换算过", f"was converted from {NAMES[datum]} already")
    )
    return DatumError(
        Text(f"`{info.name}` {done.zh}（见其 history）", f"`{info.name}`: {done.en} (its history says so)"),
        Text(
            "街道与边界也未显示仍有偏移，无需再做；若要回到之前，原文件在 originals/",
            "the streets and the boundary show no shift either, so there is nothing left to do; the file as it was is "
            "in originals/",
        ),
    )


def _path(folder: Path, info: LayerInfo, rows: int) -> str:
    """The layer's own file name where its format can be written, else a free one beside it."""
    own = Path(info.path)
    if own.suffix.lower() in (".geojson", ".parquet"):
        return info.path
    for number in range(1, 1000):
        path = own.with_name(f"{own.stem}{'' if number == 1 else f'-{number}'}{suffix_for(rows)}")
        if not (folder / path).exists():
            return path.as_posix()
    raise ParameterError(Text(f"{folder} 中重名文件过多", f"{folder} holds too many files called {own.stem}"))


def kept_under(converted: Converted) -> list[Path]:
    """The files written under `originals/`."""
    return [path for path in converted.files if path.parent.name == ORIGINALS and path.suffix != ".toml"]
