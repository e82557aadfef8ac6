"""A count of people into the homes of a study area: read within its boundary, handed to buildings or land."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

import geopandas as gpd
import numpy as np
import shapely

from kunshan_gis.crs import project
from kunshan_gis.datum import DATUMS, NAMES, SHIFTED, Datum
from kunshan_gis.errors import LayerError, ParameterError
from kunshan_gis.export.files import suffix_for
from kunshan_gis.layers import open_area, read_catalog
from kunshan_gis.layers.dwellings import read_buildings, residential
from kunshan_gis.layers.homes import at_cells, spread_over_buildings, spread_over_land
from kunshan_gis.layers.population import Counted, count_within
from kunshan_gis.layers.raster import RASTERS, bands
from kunshan_gis.messages import Text
from kunshan_gis.model import Basis, LayerInfo, Progress, StudyArea, silent
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.in_place import put_in_place

Over = Literal["buildings", "landuse", "none"]
READ = ("boundary", "streets", "landuse", "towns")


@dataclass(frozen=True, eq=False)
class PopulationSummary:
    """What came of a count: the homes, how they were made, and the files written (none in a dry run).

    Attributes
    ----------
    homes : GeoDataFrame
        `id`, `population` (whole people), `town_id` where the area has towns; in the analysis CRS.
    layer : LayerInfo
        The catalogue's entry.
    counted : float
        People within the study area before rounding.
    left_out : float
        People of cells that the boundary cuts, in the parts outside it.
    notes : tuple of Text
    """

    homes: gpd.GeoDataFrame
    layer: LayerInfo
    counted: float
    left_out: float
    notes: tuple[Text, ...]
    files: tuple[Path, ...] = field(default=())


def bring_population(
    file: Path,
    folder: Path,
    *,
    over: str | None = None,
    buildings: Path | None = None,
    values: str | None = None,
    band: str | None = None,
    year: int | None = None,
    datum: str = "wgs84",
    source: str = "",
    licence: str = "",
    dry_run: bool = False,
    progress: Progress = silent,
) -> PopulationSummary:
    """Add or replace the homes of a study area from a population raster, grid or points.

    Parameters
    ----------
    file : Path
        See `layers.population.count_within`.
    folder : Path
        The study area; its catalogue and its homes are written, whole or not at all. Homes that were there go to
        `replaced/`.
    over : {"buildings", "landuse", "none"}, optional
        What people are handed to within their cell: buildings by floor area, residential land by area, or nothing (the
        cell's middle). Else buildings where they are given, land use where the area has that layer, nothing otherwise.
    buildings : Path, optional
        Outlines of buildings, or an OpenStreetMap extract.
    values, band : str, optional
        Of a GeoTIFF.
    year : int, optional
        The count's; picks the band that names it. Else the year in the file's name.
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}
        Of points or areas.
    source, licence : str, optional
        For the catalogue.
    dry_run : bool
        Write nothing.

    Raises
    ------
    LayerNotFoundError, LayerError, CatalogError, LayerSchemaError, CRSError
        An input is missing, damaged, elsewhere or empty; see the readers.
    ParameterError
        Options that do not fit each other or the file.
    OutputError
        The folder cannot be written.
    """
    info, described = read_catalog(folder)
    kinds = {layer.kind for layer in described}
    onto = _chosen(over, buildings, kinds)
    area = open_area(folder, [kind for kind in READ if kind in kinds and _needed(kind, onto, kinds)], progress=progress)
    band, shift = band or _band_of(file, year), known_datum(datum)
    counted = count_within(file, _outline(area), values=values, band=band, census=info.population, datum=shift)
    progress("spreading_people", 0, 1)
    cells = project(counted.table, datum="wgs84", to=info.analysis_crs, name=file.name)
    homes = _spread(cells, onto, area, buildings, progress)
    homes = _with_towns(homes, area)
    progress("spreading_people", 1, 1)
    notes = _notes(homes, counted, file, onto)
    if shift in SHIFTED:
        name = NAMES[shift]
        notes = (*notes, Text(f"由 {name} 换算为 WGS 84", f"converted from {name} to WGS 84"))
    old = next((layer for layer in described if layer.kind == "homes"), None)
    layer = _described(homes, old, notes, file, over=onto, area=area, year=year, source=source, licence=licence)
    files = () if dry_run else tuple(put_in_place(folder, layer, homes))
    people = float(counted.table["population"].sum())
    return PopulationSummary(homes, layer, people, counted.left_out, notes, files)


def known_datum(name: str) -> Datum:
    """The datum of that name.

    Raises
    ------
    ParameterError
        There is none.
    """
    for datum in DATUMS:
        if datum == name.lower().replace("-", ""):
            return datum
    choice = ", ".join(DATUMS)
    raise ParameterError(Text(f"--datum 只能是 {choice} 之一", f"--datum is one of {choice}"))


def _chosen(over: str | None, buildings: Path | None, kinds: set[str]) -> Over:
    if over is None:
        return "buildings" if buildings is not None else "landuse" if "landuse" in kinds else "none"
    if over == "buildings" and buildings is None:
        raise ParameterError(
            Text(
                "--over buildings 需要建筑轮廓：请加上 --buildings FILE（建筑面图层或 OpenStreetMap 数据）",
                "--over buildings needs their outlines: add --buildings FILE (areas, or an OpenStreetMap extract)",
            )
        )
    if over in ("landuse", "none") and buildings is not None:
        raise ParameterError(
            Text(
                f"--buildings 与 --over {over} 不能同时使用；请去掉其中一个",
                f"--buildings does not go with --over {over}; leave one of them out",
            )
        )
    if over == "landuse" and "landuse" not in kinds:
        raise ParameterError(
            Text(
                "--over landuse 需要用地图层，研究区没有；请先用 layers add 导入，或用 --over none",
                "--over landuse needs the layer landuse, which the study area lacks; bring it in with layers add, "
                "or use --over none",
            )
        )
    for known in get_args(Over):
        if over == known:
            return cast("Over", known)
    choice = ", ".join(get_args(Over))
    raise ParameterError(Text(f"--over 只能是 {choice} 之一", f"--over is one of {choice}"))


def _needed(kind: str, over: Over, kinds: set[str]) -> bool:
    if kind == "landuse":
        return over == "landuse"
    return kind != "streets" or "boundary" not in kinds


def _outline(area: StudyArea) -> gpd.GeoDataFrame:
    """The boundary, or without one the box around the streets."""
    if area.has("boundary"):
        return area.table("boundary")
    if area.has("streets"):
        streets = area.table("streets")
        return gpd.GeoDataFrame(geometry=[shapely.box(*streets.total_bounds)], crs=streets.crs)
    raise LayerError(
        Text(
            "研究区既没有范围（boundary）也没有街道，无法确定取哪里的人口；请先导入范围",
            "the study area has neither a boundary nor streets, so where to count is not known; bring in a boundary",
        )
    )


def _band_of(file: Path, year: int | None) -> str | None:
    if year is None or file.suffix.lower() not in RASTERS or len(bands(file)) < 2:
        return None
    return str(year)


def _spread(
    cells: gpd.GeoDataFrame, over: Over, area: StudyArea, buildings: Path | None, progress: Progress
) -> gpd.GeoDataFrame:
    if over == "landuse":
        return spread_over_land(cells, residential(area.table("landuse")))
    if over == "none" or buildings is None:
        return at_cells(cells)
    outlines = project(
        read_buildings(buildings, progress=progress), datum="wgs84", to=area.info.analysis_crs, name=buildings.name
    )
    inside = outlines[outlines.representative_point().intersects(shapely.union_all(_outline(area).geometry.array))]
    return spread_over_buildings(cells, inside)


def _with_towns(homes: gpd.GeoDataFrame, area: StudyArea) -> gpd.GeoDataFrame:
    """The town each home lies in, empty where in none."""
    if not area.has("towns"):
        return homes
    towns = area.table("towns")
    home, town = shapely.STRtree(np.asarray(homes.geometry.array)).query(
        np.asarray(towns.geometry.array), predicate="intersects"
    )[::-1]
    ids = np.full(len(homes), None, dtype=object)
    ids[home[::-1]] = np.asarray(towns["id"], dtype=object)[town[::-1]]  # on a shared line the first town stands
    return homes.assign(town_id=ids)[["id", "population", "town_id", "geometry"]]


def _notes(homes: gpd.GeoDataFrame, counted: Counted, file: Path, over: Over) -> tuple[Text, ...]:
    whole, people = float(counted.table["population"].sum()), int(homes["population"].sum())
    housed = ~homes["id"].str.startswith("cell/")
    placed, at_middle = int(homes["population"][housed].sum()), int(homes["population"][~housed].sum())
    names = {
        "buildings": Text("建筑（按建筑面积）", "buildings by floor area"),
        "landuse": Text("居住用地（按面积）", "residential land by area"),
        "none": Text("（未指定承载物）", "nothing"),
    }
    lines = [
        Text(
            f"{file.name}：研究区内 {whole:.3f} 人，取整为 {people} 人，分到 {len(homes)} 个居住点；"
            f"被边界切割的格网按面积取其份额，界外 {counted.left_out:.0f} 人未计入",
            f"{file.name}: {whole:.3f} people in the study area, {people} in whole people, on {len(homes)} homes; "
            f"cells cut by the boundary keep their share by area, {counted.left_out:.0f} people outside are left out",
        ),
        *counted.notes,
    ]
    if over == "none":
        lines.append(Text("人口置于格网中心或原始点位", "people stand at the middle of their cell or at their point"))
    else:
        name = names[over]
        lines.append(
            Text(
                f"{placed} 人分配到{name.zh}；{at_middle} 人所在格网内没有，置于格网中心或原始点位",
                f"{placed} people handed to {name.en}; {at_middle} in cells without any stay at the middle of their "
                "cell or at their point",
            )
        )
    return tuple(lines)


def _described(
    homes: gpd.GeoDataFrame,
    old: LayerInfo | None,
    notes: tuple[Text, ...],
    file: Path,
    *,
    over: Over,
    area: StudyArea,
    year: int | None,
    source: str,
    licence: str,
) -> LayerInfo:
    """The catalogue's entry: the name that the homes had, all else new."""
    basis: Basis = "open"
    history = [f"{line.zh} / {line.en}" for line in notes]
    if over == "landuse" and area.layer("landuse").demonstration:
        basis = "schematic"
        history.append(
            "用地图层为演示数据，居住点位置因此为示意 / the land use is a demonstration, so where homes lie is too"
        )
    found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", file.stem)
    date = str(year) if year else found.group() if found else "unknown"
    name = old.name if old else "homes"
    return LayerInfo(
        name=name,
        kind="homes",
        path=f"{name}{suffix_for(len(homes))}",
        title=KINDS["homes"].zh,
        title_en=KINDS["homes"].en,
        datum="wgs84",
        source=source.strip() or f"population file {file.name}",
        licence=licence.strip() or "as its publisher states",
        date=date,
        basis=basis,
        sensitivity=old.sensitivity if old else "public",
        history=tuple(history),
    )
