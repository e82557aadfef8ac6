"""A study area from an OpenStreetMap extract: read, people spread over buildings, checked, written as a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import geopandas as gpd
import numpy as np
import shapely

from kunshan_gis.crs import WEB, analysis_crs, project, require_true_scale, suggest_metric
from kunshan_gis.errors import LayerError
from kunshan_gis.export.area import require_free, write_area
from kunshan_gis.export.files import suffix_for
from kunshan_gis.layers.homes import one_per_building, spread_over_buildings
from kunshan_gis.layers.osm import read_osm
from kunshan_gis.layers.osm_file import inspect_osm
from kunshan_gis.layers.population import in_extent, read_population
from kunshan_gis.layers.vector import read_boundary
from kunshan_gis.layers.walkfilter import WALK_FILTER
from kunshan_gis.messages import Text
from kunshan_gis.model import AreaInfo, Basis, LayerInfo, Progress, Sensitivity, silent
from kunshan_gis.schema import KINDS

Bounds = tuple[float, float, float, float]
Note = tuple[str, str]

OSM_LICENCE = "ODbL 1.0, © OpenStreetMap contributors"
UNKNOWN = "unknown"

_SUFFIXES = (".osm.pbf", ".osm.gz", ".pbf", ".osm")


@dataclass(frozen=True)
class ImportSummary:
    """What an import made: rows per layer, people with a home and people left out, and what to know (zh, en)."""

    folder: Path
    analysis_crs: str
    date: str
    counts: Mapping[str, int]
    people: int
    people_left_out: int
    notes: tuple[Note, ...]
    files: tuple[Path, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Origin:
    """Where a layer comes from: what the catalogue says of it."""

    source: str
    licence: str
    date: str
    basis: Basis = "open"
    note: Note | None = None
    counts: Literal["people", "buildings"] = "people"
    sensitivity: Sensitivity = "public"


@dataclass(frozen=True, eq=False)
class Outline:
    """The study area's outline, one row in any CRS; what messages call it, and where it comes from."""

    table: gpd.GeoDataFrame
    called: str
    origin: Origin


def import_osm(
    file: Path,
    out: Path,
    *,
    boundary: Path | Outline | None = None,
    population: Path | None = None,
    values: str | None = None,
    name: str | None = None,
    crs: str | None = None,
    source: str | None = None,
    date: str | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
) -> ImportSummary:
    """A folder with a catalogue and layers, from an OpenStreetMap extract and, where given, a count of people.

    Parameters
    ----------
    file : Path
        .osm.pbf, .osm or .osm.gz.
    out : Path
        The folder to write; whole or not at all.
    boundary : Path or Outline, optional
        Areas whose union is the study area. Homes outside it are left out; streets, parks and all other layers keep
        what the extract holds, since walks cross the line.
    population : Path, optional
        Cells or points with people, see `layers.population.read_population`. A cell that touches the extract keeps all
        its people and hands them to its buildings. Without it, one person lives in each building that may be lived in.
    values : {"count", "density", "density-ha"}, optional
        What the numbers of a population raster are, where it does not say.
    name : str, optional
        The study area's name; else the file's.
    crs : str, optional
        Analysis CRS in metres; else the one `crs.suggest_metric` names for the middle.
    source, date : str, optional
        What the catalogue says of the layers; else the file's name, and the day it states or was last edited.

    Raises
    ------
    LayerError, NetworkError, CRSError
        An input is missing, damaged, elsewhere, or empty; see the readers.
    LayerSchemaError, OutputError
        See `export.area.write_area`.
    """
    require_free(out, overwrite=overwrite)
    stated = inspect_osm(file)
    tables = read_osm(stated, progress=progress)
    outline = _outline_of(boundary) if isinstance(boundary, Path) else boundary
    extent = stated.bounds or _bounds(tables["streets"])
    focus = extent if outline is None else _overlapping(outline, extent)
    middle = (focus[0] + focus[2]) / 2, (focus[1] + focus[3]) / 2
    metric = analysis_crs(crs) if crs else suggest_metric(*middle)
    require_true_scale(metric, *middle)

    tables = {kind: project(table, datum="wgs84", to=metric, name=kind) for kind, table in tables.items()}
    source = source or f"OpenStreetMap extract {file.name}"
    date = date or stated.date or max((_newest(table) for table in tables.values()), default="") or UNKNOWN
    origins = dict.fromkeys(tables, Origin(source, OSM_LICENCE, date))
    if outline is not None:
        tables["boundary"] = project(outline.table, datum="wgs84", to=metric, name="boundary")
        origins["boundary"] = outline.origin

    progress("spreading_people", 0, 1)
    buildings = tables.pop("buildings", _no_buildings(metric))
    if population is None:
        tables["homes"], left_out = _inside(one_per_building(buildings), tables.get("boundary")), 0
        origins["homes"] = _one_each(len(tables["homes"]), date)
    else:
        counted = read_population(population, extent=focus, values=values)
        here = project(in_extent(counted, focus), datum="wgs84", to=metric, name="population")
        tables["homes"] = _inside(spread_over_buildings(here, buildings), tables.get("boundary"))
        left_out = round(float(counted["population"].sum())) - int(tables["homes"]["population"].sum())
        origins["homes"] = _counted(population, tables["homes"], left_out)
    if tables["homes"].empty:
        raise LayerError(
            Text(
                "研究区内没有居住人口：数据中没有属于研究区的建筑、格网或人口点；人口文件与研究范围应与数据范围重叠",
                "nobody lives inside the study area: no building, cell or counted point of it lies in the extract; "
                "give a population file and a boundary that overlap the extract",
            )
        )
    progress("spreading_people", 1, 1)

    people = int(tables["homes"]["population"].sum())
    title = (name or "").strip() or _stem(file)
    info = AreaInfo(
        name=title,
        name_en=title,
        analysis_crs=metric,
        population=None if population is None else people,
        note=f"由 OpenStreetMap 数据导入。/ Imported from {source}.",
    )
    layers = [(_describe(kind, len(tables[kind]), origins[kind]), tables[kind]) for kind in KINDS if kind in tables]
    progress("writing", 0, 1)
    files = write_area(out, info, layers, overwrite=overwrite)
    progress("writing", 1, 1)
    return ImportSummary(
        folder=out,
        analysis_crs=metric,
        date=date,
        counts=MappingProxyType({layer.kind: len(table) for layer, table in layers}),
        people=people,
        people_left_out=left_out,
        notes=tuple(_notes(tables, origins["homes"])),
        files=tuple(files),
    )


def _one_each(buildings: int, date: str) -> Origin:
    note = (
        f"未提供人口数据：{buildings} 栋可居住建筑各按 1 人示意，不是人口数。",
        f"No count of people was given: one person stands for each of {buildings} buildings that may be lived in; "
        "these are not people.",
    )
    return Origin("OpenStreetMap buildings, one person each", OSM_LICENCE, date, "schematic", note, "buildings")


def _counted(population: Path, homes: gpd.GeoDataFrame, left_out: int) -> Origin:
    people = int(homes["population"].sum())
    housed = int((~homes["id"].str.startswith("cell/")).sum())
    note = (
        f"{population.name} 中 {people} 人分配到 {len(homes)} 个居住点（{housed} 栋建筑，其余为网格中心或原始点位），"
        f"范围外 {left_out} 人未计入。",
        f"{people} people of {population.name} on {len(homes)} homes ({housed} buildings, the others middles of cells "
        f"or the counted points); {left_out} people outside the area are left out.",
    )
    source = f"population file {population.name}, spread over OpenStreetMap buildings by floor area"
    return Origin(source, f"as its publisher states; buildings {OSM_LICENCE}", UNKNOWN, "open", note)


def _no_buildings(metric: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": [], "lived_in": [], "levels": []}, geometry=[], crs=metric)


def _inside(homes: gpd.GeoDataFrame, outline: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    if outline is None:
        return homes
    area = outline.geometry.iloc[0]
    shapely.prepare(area)
    return homes[shapely.intersects(area, np.asarray(homes.geometry.array))].reset_index(drop=True)


def _outline_of(boundary: Path) -> Outline:
    origin = Origin(f"boundary file {boundary.name}", "as its publisher states", UNKNOWN)
    return Outline(read_boundary(boundary), boundary.name, origin)


def _overlapping(outline: Outline, extent: Bounds) -> Bounds:
    bounds = _bounds(project(outline.table, datum="wgs84", to=WEB, name="boundary"))
    if not shapely.box(*bounds).intersects(shapely.box(*extent)):
        west, south, east, north = (f"{edge:.3f}" for edge in extent)
        raise LayerError(
            Text(
                f"研究范围 {outline.called} 在数据范围之外（东经 {west} 至 {east}，北纬 {south} 至 {north}）；"
                "请改用当地的范围",
                f"boundary {outline.called} lies outside the extract ({west} to {east} E, {south} to {north} N); "
                "give the boundary of this place",
            )
        )
    return bounds


def _bounds(table: gpd.GeoDataFrame) -> Bounds:
    west, south, east, north = (float(edge) for edge in table.total_bounds)
    return west, south, east, north


def _newest(table: gpd.GeoDataFrame) -> str:
    return str(max(table["osm_date"].dropna(), default=""))


def _stem(file: Path) -> str:
    suffix = next((suffix for suffix in _SUFFIXES if file.name.lower().endswith(suffix)), "")
    return file.name[: len(file.name) - len(suffix)].strip() or "OpenStreetMap"


def _describe(kind: str, rows: int, origin: Origin) -> LayerInfo:
    """The layer's entry in the catalogue."""
    return LayerInfo(
        name=kind,
        kind=kind,
        path=f"{kind}{suffix_for(rows)}",
        title=KINDS[kind].zh,
        title_en=KINDS[kind].en,
        datum="wgs84",
        source=origin.source,
        licence=origin.licence,
        date=origin.date,
        basis=origin.basis,
        counts=origin.counts,
        sensitivity=origin.sensitivity,
        walk_filter=f"{WALK_FILTER.zh} / {WALK_FILTER.en}" if kind == "streets" else "",
        note=" / ".join(origin.note or _RULES.get(kind) or ()),
    )


_RULES: Mapping[str, Note] = {
    "streets": (WALK_FILTER.zh, WALK_FILTER.en),
    "parks": (
        "leisure=park、common、recreation_ground，landuse=recreation_ground、village_green，以及有名称或注明对外开放的"
        "花园；不对公众开放的除外；同名且相接的合并；未定级。",
        "leisure=park, common, recreation_ground; landuse=recreation_ground, village_green; gardens with a name or "
        "stated public access; none closed to the public; touching parks of one name are one; no tier is given.",
    ),
    "park_gates": (
        "距公园边界 5 米内的门与出入口，建筑物的门除外；complete=false：该公园另有道路在未标注大门处通入。",
        "Gates and entrances within 5 m of a park's outline, doors of buildings left out; complete=false: ways also "
        "lead into that park where no gate is mapped.",
    ),
    "entrances": ("距最近车站 500 米内的出入口。", "Entrances within 500 m of the nearest station."),
}


def _notes(tables: Mapping[str, gpd.GeoDataFrame], homes: Origin) -> list[Note]:
    """What whoever runs the import should know."""
    streets, rule = tables["streets"], WALK_FILTER.version
    walkable = streets[np.asarray(streets["walkable"], dtype=bool)]
    km = float(walkable.geometry.length.sum()) / 1000
    notes = [
        (
            f"街道 {len(streets)} 条，其中可步行 {len(walkable)} 条，共 {km:.1f} 公里（{rule}）。",
            f"{len(streets)} streets, {len(walkable)} of them walkable, {km:.1f} km ({rule}).",
        )
    ]
    if homes.note:
        notes.append(homes.note)
    if "parks" not in tables:
        notes.append(("数据中没有公园。", "The extract holds no park."))
    return notes
