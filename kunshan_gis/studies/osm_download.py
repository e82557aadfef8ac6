"""A study area from a place's name or an outline: OpenStreetMap asked for, then imported like any extract.

First a plan, which says what would be sent where; nothing but a place's name has left the machine until then.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import shapely

from kunshan_gis.cache import DiskCache
from kunshan_gis.crs import WEB, analysis_crs, project, suggest_metric
from kunshan_gis.errors import CatalogError, DownloadError, LayerError, LayerNotFoundError, NetworkError, ParameterError
from kunshan_gis.export.area import require_free
from kunshan_gis.export.files import write_files
from kunshan_gis.layers.catalog import CATALOG, read_catalog
from kunshan_gis.layers.nominatim import Place, find_place
from kunshan_gis.layers.osm_answers import Gathered, cut, osm_xml
from kunshan_gis.layers.overpass import OPTION, OVERPASS_URL, VARIABLE, Box, Overpass, rectangles
from kunshan_gis.layers.vector import read_boundary
from kunshan_gis.layers.web import Manners, endpoint, host_of
from kunshan_gis.messages import Text
from kunshan_gis.model import LayerInfo, Progress, Sensitivity, silent
from kunshan_gis.studies.osm_import import OSM_LICENCE, UNKNOWN, ImportSummary, Note, Origin, Outline, import_osm

MARGIN_M = 2000.0
"""How far past the outline data is asked for: walks cross the line, and the longest usual one is shorter."""

Marking = Sensitivity | Literal["unmarked"]

_MARKED = {
    "internal": Text("标注为内部", "marked internal"),
    "secret": Text("标注为涉密", "marked secret"),
    "unmarked": Text("未标注是否公开", "not marked public"),
}


@dataclass(frozen=True, eq=False)
class Plan:
    """What a download would ask for.

    Attributes
    ----------
    title : str
        The study area's name, unless another is given.
    outline : Outline
        Of the study area.
    wanted : Polygon or MultiPolygon
        The outline and its margin, in degrees: what is kept.
    boxes : tuple of Box
        The rectangles that are sent.
    url : str
        The server they are sent to.
    marking : str
        Whether the outline may be known: `public`, `internal`, `secret`, `unmarked`.
    notes : tuple of (zh, en)
        What to know of the place.
    """

    title: str
    outline: Outline
    wanted: shapely.Geometry
    boxes: tuple[Box, ...]
    url: str
    marking: Marking
    notes: tuple[Note, ...] = field(default=())

    @property
    def question(self) -> Text | None:
        """What would be sent of an outline that is not marked public; None where nothing need be asked."""
        if self.marking == "public":
            return None
        marked, host, name, number = _MARKED[self.marking], host_of(self.url), self.outline.called, len(self.boxes)
        vertices = int(shapely.get_num_coordinates(self.outline.table.geometry.iloc[0]))
        south, west = min(box.south for box in self.boxes), min(box.west for box in self.boxes)
        north, east = max(box.north for box in self.boxes), max(box.east for box in self.boxes)
        return Text(
            f"范围 {name} {marked.zh}。将向 {host} 发送 {number} 个 0.1° 网格矩形（东经 {west:g} 至 {east:g}，"
            f"北纬 {south:g} 至 {north:g}），由此可知研究区的大致位置；边界的 {vertices} 个顶点不发送",
            f"boundary {name} is {marked.en}. {number} rectangles of a 0.1 degree grid ({west:g} to {east:g} E, "
            f"{south:g} to {north:g} N) would be sent to {host}, which tells roughly where the study area is; the "
            f"boundary's {vertices} vertices are not sent",
        )


def plan_download(
    *,
    place: str | None = None,
    boundary: Path | None = None,
    margin_m: float = MARGIN_M,
    bbox_only: bool = False,
    url: str | None = None,
    nominatim: str | None = None,
    manners: Manners | None = None,
    progress: Progress = silent,
) -> Plan:
    """What to ask for: the area of a name (one request to a Nominatim server) or of a file (no request).

    Parameters
    ----------
    place : str, optional
        A name or an OpenStreetMap id such as `relation/123`.
    boundary : Path, optional
        Areas whose union is the study area. One that a catalogue beside it marks public may be sent unasked.
    margin_m : float
        Metres past the outline.
    bbox_only : bool
        Ask for every rectangle of the bounding box, so that they tell nothing of the outline's shape. An outline
        marked secret is never asked for otherwise. What is kept is the same.

    Raises
    ------
    ParameterError
        Not one of place and boundary; the name of several places; too large an area; an address that is none.
    LayerNotFoundError, LayerError, CRSError, DownloadError
        See `layers.nominatim.find_place` and `layers.vector.read_boundary`.
    """
    if (place is None) == (boundary is None):
        raise ParameterError(
            Text("请给出 --place 或 --boundary 之一", "give either --place or --boundary"),
        )
    if not 0 <= margin_m <= 20_000:
        raise ParameterError(
            Text(f"--margin-m {margin_m:g} 应为 0 至 20000 米", f"--margin-m {margin_m:g}: give 0 to 20000 metres")
        )
    address = endpoint(url, OPTION, VARIABLE, OVERPASS_URL)
    notes: tuple[Note, ...] = ()
    marking: Marking = "public"
    if boundary is not None:
        entry, title = _entry(boundary), boundary.stem
        marking = "unmarked" if entry is None else entry.sensitivity
        outline = _from_file(boundary, entry)
    else:
        found, table, others = find_place(place or "", nominatim, manners, progress=progress)
        title = found.title
        outline, notes = _from_place(found, table, others)
    wanted = _with_margin(outline.table, margin_m)
    boxes = rectangles(wanted, whole_box=bbox_only or marking == "secret")
    return Plan(title, outline, wanted, tuple(boxes), address, marking, notes)


def download_osm(
    plan: Plan,
    out: Path,
    *,
    consent: bool = False,
    population: Path | None = None,
    name: str | None = None,
    crs: str | None = None,
    overwrite: bool = False,
    manners: Manners | None = None,
    cache: DiskCache | None = None,
    progress: Progress = silent,
) -> ImportSummary:
    """A folder with a catalogue and layers, as `import_osm` makes it, from what an Overpass server answers.

    Parameters
    ----------
    plan : Plan
        See `plan_download`.
    consent : bool
        The user agrees to `plan.question`.
    population, name, crs, overwrite
        See `import_osm`.
    cache : DiskCache or None
        Where answers are kept, so that a download that broke off goes on where it was.

    Raises
    ------
    ParameterError
        `plan.question` was not agreed to; nothing was sent.
    DownloadError
        The server gave no usable answer, or the download was interrupted; says what is kept.
    LayerError, NetworkError, CRSError, LayerSchemaError, OutputError
        See `import_osm`; OpenStreetMap has no street there.
    """
    require_free(out, overwrite=overwrite)
    if plan.question is not None and not consent:
        raise ParameterError(
            plan.question, Text("同意请加 --yes。没有发送任何内容", "add --yes to agree. Nothing was sent")
        )
    if population is not None and not population.is_file():
        raise LayerNotFoundError(
            Text(
                f"找不到人口文件 {population}；请检查路径", f"population file {population} is not there; check the path"
            )
        )
    if crs is not None:
        analysis_crs(crs)
    server = Overpass(plan.url, manners, cache=cache, progress=progress)
    found = _fetched(server, plan)
    kept = cut(found, plan.wanted)
    if not kept.has_streets:
        raise NetworkError(
            Text(
                f"OpenStreetMap 在 {plan.outline.called} 一带没有道路；请检查范围是否在海上或坐标有误",
                f"OpenStreetMap has no street in and around {plan.outline.called}; check whether the area lies at sea "
                "or its coordinates are wrong",
            )
        )
    title = (name or "").strip() or plan.title
    with tempfile.TemporaryDirectory(prefix="kunshan-gis-") as folder:
        (file,) = write_files(Path(folder), {"download.osm": osm_xml(kept)})
        del found, kept
        summary = import_osm(
            file, out, boundary=plan.outline, population=population, name=title, crs=crs, overwrite=overwrite,
            source=f"OpenStreetMap, Overpass API {server.server.host}", date=min(server.dates, default=None),
            progress=progress,
        )  # fmt: skip
    return replace(summary, notes=(*plan.notes, *summary.notes, *_notes(server)))


def _entry(boundary: Path) -> LayerInfo | None:
    """What the catalogue in the file's folder says of it, if there is one that can be read."""
    if not (boundary.parent / CATALOG).is_file():
        return None
    try:
        _, layers = read_catalog(boundary.parent)
    except (CatalogError, LayerNotFoundError):
        return None
    same = [layer for layer in layers if (boundary.parent / layer.path).resolve() == boundary.resolve()]
    return same[0] if same else None


def _from_file(boundary: Path, entry: LayerInfo | None) -> Outline:
    """The outline of a file; what a catalogue says of it goes along, and what nothing is said of counts as internal."""
    table = read_boundary(boundary)
    if entry is None:
        origin = Origin(f"boundary file {boundary.name}", "as its publisher states", UNKNOWN, sensitivity="internal")
        return Outline(table, boundary.name, origin)
    origin = Origin(entry.source, entry.licence, entry.date, entry.basis, sensitivity=entry.sensitivity)
    return Outline(project(table, datum=entry.datum, to=WEB, name=boundary.name), boundary.name, origin)


def _from_place(place: Place, table: gpd.GeoDataFrame, others: Sequence[Place]) -> tuple[Outline, tuple[Note, ...]]:
    note = (
        f"{place.name}（{place.osm_id}）。界线由 OpenStreetMap 志愿者绘制，不是法定界线；"
        "公开出图须用带审图号的标准地图底图。",
        f"{place.name} ({place.osm_id}). Drawn by volunteers of OpenStreetMap, not a legal line; a published map of "
        "China needs the official base map with its approval number.",
    )
    origin = Origin(f"OpenStreetMap {place.osm_id}, Nominatim", OSM_LICENCE, UNKNOWN, note=note)
    notes = [note]
    if others:
        also = "; ".join(str(other) for other in others[:5])
        notes.append((f"同名的其他范围未采用：{also}", f"Other areas of that name were not taken: {also}"))
    return Outline(table, place.title, origin), tuple(notes)


def _with_margin(outline: gpd.GeoDataFrame, margin_m: float) -> shapely.Geometry:
    """The outline and its margin in degrees."""
    degrees = project(outline, datum="wgs84", to=WEB, name="boundary")
    west, south, east, north = degrees.total_bounds
    metric = degrees.to_crs(suggest_metric((west + east) / 2, (south + north) / 2))
    wide: gpd.GeoSeries = metric.buffer(margin_m).to_crs(WEB)
    if not np.isfinite(wide.total_bounds).all():
        raise LayerError(
            Text("范围太大，无法外扩；请缩小范围", "the area is too large to be widened; take a smaller one")
        )
    return shapely.union_all(np.asarray(wide.array))


def _fetched(server: Overpass, plan: Plan) -> Gathered:
    found = Gathered()
    try:
        for answer in server.answers(plan.boxes):
            found.add(answer)
    except KeyboardInterrupt:
        stopped = Text("下载已中断" + server.standing.zh, "the download was interrupted" + server.standing.en)
        raise DownloadError(stopped) from None
    finally:
        server.close()
    return found


def _notes(server: Overpass) -> tuple[Note, ...]:
    asked = (
        f"向 {server.server.host} 请求 {server.asked} 次，另有 {server.kept} 块取自缓存。",
        f"{server.asked} requests to {server.server.host}; {server.kept} pieces were kept from before.",
    )
    days = sorted(server.dates)
    if len(days) < 2:
        return (asked,)
    return asked, (
        f"各块数据的日期不同：{days[0]} 至 {days[-1]}；目录中记最早的一天。",
        f"The pieces are of different days, {days[0]} to {days[-1]}; the catalogue states the earliest.",
    )
