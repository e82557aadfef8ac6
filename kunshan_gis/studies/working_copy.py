"""Working copies: what an editor changes, a GeoPackage a layer, beside the layers and not in their place.

A layer's own file is never edited: half a drawing never reaches a study. What was edited comes back through
`layers add`, which checks it first; until then `layers check` says what waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd

from kunshan_gis.crs import WEB, project
from kunshan_gis.errors import KunshanGISError
from kunshan_gis.layers import read_table, survey
from kunshan_gis.messages import Text
from kunshan_gis.model import Layer, LayerInfo
from kunshan_gis.studies.changes import Changes, Footprint, compare, footprint

FOLDER = "editing"


def copy_name(info: LayerInfo) -> str:
    """A working copy's file in the project's folder: `editing/parks.gpkg`."""
    return f"{FOLDER}/{info.kind}.gpkg"


def edits_waiting(folder: Path, layers: Mapping[str, Layer], analysis_crs: str) -> dict[str, Changes | None]:
    """What the working copies in a folder say otherwise than the layers, by layer name; None: not readable."""
    waiting: dict[str, Changes | None] = {}
    for name, layer in layers.items():
        file = folder / copy_name(layer.info)
        if not file.is_file():
            continue
        try:
            edited = _footprint(file, layer.info, analysis_crs)
        except KunshanGISError:
            waiting[name] = None
            continue
        if changes := compare(footprint(layer.table, layer.info.kind), edited):
            waiting[name] = changes
    return waiting


def is_working_copy(folder: Path, kind: str, file: Path) -> bool:
    """True where a file is the working copy of a study area's own layer of this kind."""
    return file.resolve() == (folder / FOLDER / f"{kind}.gpkg").resolve()


def edited_entry(folder: Path, old: LayerInfo, path: str, history: Sequence[str]) -> LayerInfo:
    """The entry of a layer whose working copy is taken back: what it said before, and that it was edited.

    Parameters
    ----------
    path : str
        The layer's new file.
    history : sequence of str
        What was done to the edited rows on their way in.
    """
    found = survey(folder, {old.kind})
    edits = edits_waiting(folder, {layer.info.name: layer for layer in found.layers}, found.info.analysis_crs)
    said = next((changes.said() for changes in edits.values() if changes is not None), None)
    what = said or Text("未与改动前比较", "not compared with what it was")
    line = f"编辑工作副本：{what.zh} / working copy edited: {what.en}"
    return old.model_copy(
        update={"path": path, "datum": "wgs84", "crs": None, "history": (*old.history, line, *history)}
    )


def _footprint(file: Path, info: LayerInfo, analysis_crs: str) -> Footprint:
    table = read_table(file, info.model_copy(update={"datum": "wgs84", "crs": WEB}))
    if isinstance(table, gpd.GeoDataFrame):
        table = project(table, datum="wgs84", to=analysis_crs, name=file.name)
    return footprint(table, info.kind)
