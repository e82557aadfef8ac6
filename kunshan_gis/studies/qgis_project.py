"""A study area opened in QGIS: a project with the maps' styles and forms, and working copies to edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np

from kunshan_gis.crs import WEB
from kunshan_gis.errors import LayerSchemaError, OutputError, ParameterError, listed
from kunshan_gis.export import EditorLayer, geopackage, write_files
from kunshan_gis.export import qgis_project as project_file
from kunshan_gis.layers import survey
from kunshan_gis.maps import palette
from kunshan_gis.messages import Text, text
from kunshan_gis.model import DEMONSTRATION, Layer, Progress, Style, silent
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.working_copy import copy_name, edits_waiting

GROUPS: Mapping[str, tuple[str, ...]] = {
    "group_services": ("facilities", "bus_stops"),
    "group_rail": ("entrances", "stations", "rail"),
    "group_parks": ("park_gates", "parks"),
    "group_focus": ("focus_areas",),
    "group_people": ("jobs", "homes", "estate_gates", "communities", "estates"),
    "group_roads": ("ramps", "expressways"),
    "group_streets": ("barriers", "streets"),
    "group_ecology": ("corridors", "trees", "green"),
    "group_zones": ("seats", "towns"),
    "group_base": ("boundary", "water", "neighbours"),
    "group_land": ("scope", "landuse"),
    "group_tables": ("zones", "zone_towns"),
}
"""Kinds by group, from the top of the map to its bottom."""

HIDDEN = (
    "communities",
    "jobs",
    "homes",
    "estates",
    "estate_gates",
    "trees",
    "scope",
    "landuse",
    "facilities",
    "barriers",
)
"""Kinds that are switched off when the project opens."""

NEAR = {"park_gates": 60_000, "estate_gates": 60_000, "entrances": 60_000, "homes": 80_000, "trees": 20_000,
        "bus_stops": 80_000, "barriers": 80_000}  # fmt: skip
"""Kinds drawn only at larger scales than one to this."""

NAMED = ("seats", "stations")
"""Kinds whose names stand on the map."""

_SHAPES = {"Point": "Point", "LineString": "Line", "MultiLineString": "Line", "Polygon": "Polygon",
           "MultiPolygon": "Polygon"}  # fmt: skip
_URI = {"Point": "Point", "Line": "LineString", "Polygon": "Polygon"}


@dataclass(frozen=True)
class Opened:
    """The project's file, the working copies written and those kept as they were, and layers that could not be read."""

    project: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]
    left_out: tuple[str, ...]


def open_in_qgis(
    folder: Path, out: Path | None = None, *, overwrite: bool = False, progress: Progress = silent
) -> Opened:
    """Write a QGIS project for a study area, and a working copy of each layer beside it in `editing/`.

    Parameters
    ----------
    folder : Path
        Holds catalog.toml; nothing that is there changes.
    out : Path, optional
        The project; default: `project.qgs` in `folder`.
    overwrite : bool
        Replace working copies that hold edits.

    Returns
    -------
    Opened
        Layers that have problems are left out and named; `layers check` says what is wrong with them.

    Raises
    ------
    ParameterError
        `out` is not called .qgs.
    OutputError
        Working copies hold edits that have not been taken back, and `overwrite` is not set; or nothing can be written.
    LayerSchemaError
        No layer can be read.
    """
    out = out or folder / "project.qgs"
    if out.suffix.lower() != ".qgs":
        raise ParameterError(
            Text(
                f"项目文件须以 .qgs 结尾：{out.name}",
                f"a project is called .qgs: {out.name}; give --out {out.stem}.qgs",
            )
        )
    found = survey(folder, progress=progress)
    layers = {layer.info.name: layer for layer in found.layers}
    if not layers:
        raise LayerSchemaError(Text(f"{folder}：没有可读的图层", f"{folder}: no layer can be read"), found.problems)
    if not overwrite:
        _require_no_edits(out.parent, layers, found.info.analysis_crs)
    there = [] if overwrite else [layer for layer in layers.values() if (out.parent / copy_name(layer.info)).is_file()]
    files = {
        copy_name(layer.info): geopackage(layer.table, layer.info.kind, layer=layer.info.kind)
        for layer in layers.values()
        if layer not in there
    }
    entries = list(_entries(layers))
    bounds = _bounds(layers)
    demo = text("demo_mark") if any(entry.demo for entry in entries) else None
    title = Text(found.info.name, found.info.name_en)
    files[out.name] = project_file(title, entries, crs=found.info.analysis_crs, bounds=bounds, mark=demo)
    write_files(out.parent, files)
    return Opened(
        out,
        tuple(name for name in files if name != out.name),
        tuple(copy_name(layer.info) for layer in there),
        tuple(info.name for info in found.described if info.name not in layers),
    )


def _require_no_edits(folder: Path, layers: Mapping[str, Layer], analysis_crs: str) -> None:
    edited = edits_waiting(folder, layers, analysis_crs)
    if not edited:
        return
    names = listed([copy_name(layers[name].info) for name in edited])
    raise OutputError(
        Text(
            f"{folder} 中的工作副本有尚未读回的改动：{names}；先用 layers add 读回，或加上 --overwrite 放弃改动",
            f"working copies in {folder} hold edits that were not taken back: {names}; take them back with layers add, "
            "or add --overwrite to give them up",
        )
    )


def _entries(layers: Mapping[str, Layer]) -> Iterator[EditorLayer]:
    """The project's layers from top to bottom; a layer of several shapes is one entry a shape."""
    by_kind = {layer.info.kind: layer for layer in layers.values()}
    for group, kinds in GROUPS.items():
        for kind in kinds:
            if kind in by_kind:
                yield from _shapes(by_kind[kind], text(group))


def _shapes(layer: Layer, group: Text) -> Iterator[EditorLayer]:
    info, key = layer.info, f"studyarea_{layer.info.kind}"
    source = f"{copy_name(info)}|layername={info.kind}"
    columns = [column.name for column in KINDS[info.kind].all_columns]
    title = _title(layer)
    about = f"{info.source}；{info.licence}；{info.date}"
    if not isinstance(layer.table, gpd.GeoDataFrame):
        yield EditorLayer(key, info.kind, title, group, source, "No geometry", columns, about=about)
        return
    shapes = layer.table.geom_type.map(_SHAPES)
    allowed = list(dict.fromkeys(_SHAPES[name] for name in KINDS[info.kind].geometry))
    used = [shape for shape in ("Point", "Line", "Polygon") if (shapes == shape).any()]
    for shape in used:
        rows = layer.table[np.asarray(shapes == shape)]
        styles, by = _styles(info.kind, shape)
        several = len(allowed) > 1
        yield EditorLayer(
            f"{key}_{shape.lower()}" if len(used) > 1 else key,
            info.kind,
            title,
            group,
            f"{source}|geometrytype={_URI[shape]}" if several else source,
            shape,
            columns,
            styles,
            by,
            label="name" if info.kind in NAMED else "",
            demo=layer.demonstration,
            visible=info.kind not in HIDDEN,
            largest_scale=NEAR.get(info.kind, 0),
            bounds=tuple(rows.to_crs(WEB).total_bounds),
            about=about,
        )


def _title(layer: Layer) -> Text:
    """The layer's title, which says so where it is schematic or synthetic."""
    info = layer.info
    said = any(word in info.title for word in ("演示", "示意"))
    if said or not layer.demonstration:
        return Text(info.title, info.title_en)
    mark = text(f"basis_{info.basis}") if info.basis in DEMONSTRATION else _PARTLY
    return Text(f"{info.title}（{mark.zh}）", f"{info.title_en} ({mark.en})")


_PARTLY = Text("部分为演示", "demonstration in part")


def _styles(kind: str, shape: str) -> tuple[dict[str, Style], str]:
    """The maps' styles for a kind, and the expression that picks one."""
    if kind in _CLASSED:
        styles, by = _CLASSED[kind]()
        return {"" if value == "other" else value: style for value, style in styles.items()}, by
    if kind == "water":
        return {"": palette.water()["area" if shape == "Polygon" else "line"]}, ""
    single = _SINGLE.get(kind)
    return {"": single() if single else palette.editing()[kind]}, ""


_CLASSED: Mapping[str, Callable[[], tuple[dict[str, Style], str]]] = {
    "parks": lambda: (palette.parks(), '"tier"'),
    "expressways": lambda: (palette.expressways(), "\"class\" || '/' || coalesce(\"status\", 'unknown')"),
    "corridors": lambda: (palette.corridors(), '"class"'),
    "focus_areas": lambda: (palette.focus(), '"class"'),
}
_SINGLE: Mapping[str, Callable[[], Style]] = {
    "boundary": palette.boundary, "neighbours": palette.neighbours, "streets": palette.streets, "seats": palette.seats,
    "stations": palette.stations, "entrances": palette.entrances, "rail": palette.rail,
    "park_gates": palette.park_gates, "towns": lambda: palette.outline(text("towns")),
}  # fmt: skip


def _bounds(layers: Mapping[str, Layer]) -> tuple[float, float, float, float]:
    """What is shown first: the boundary, else the streets, else everything."""
    spatial = [layer for layer in layers.values() if isinstance(layer.table, gpd.GeoDataFrame)]
    main = [layer for kind in ("boundary", "streets") for layer in spatial if layer.info.kind == kind][:1]
    boxes = np.array([layer.table.total_bounds for layer in main or spatial] or [[0.0, 0.0, 1.0, 1.0]])
    west, south = (float(edge) for edge in boxes[:, :2].min(axis=0))
    east, north = (float(edge) for edge in boxes[:, 2:].max(axis=0))
    margin = 0.03 * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin
