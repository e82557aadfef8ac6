"""`kunshan-gis layers`: check layers and bring them in."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from kunshan_gis.cli.options import (
    Format,
    FormatOption,
    Lang,
    LangOption,
    Layers,
    Minutes,
    NewBoundary,
    NewCrs,
    NewFolder,
    NewName,
    NewOverwrite,
    NewPopulation,
    OwnLayers,
    ProfileName,
    RasterValues,
    Speed,
    folder_for_work,
    folder_of,
    print_figures,
    print_rows,
    say_each,
    showing_progress,
    stderr,
    stdout,
    write,
)
from kunshan_gis.messages import Text

layers_app = typer.Typer(help="Check and bring in layers. 检查与导入图层。", no_args_is_help=True)


@layers_app.command("check")
def layers_check(
    layers: Layers = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
) -> None:
    """List the layers, their extents and basis, and every problem; exit 1 if any. 检查图层，列出全部问题。"""
    from kunshan_gis.studies.check_layers import check_layers

    with showing_progress() as progress:
        report = check_layers(folder_of(layers), progress=progress)
    if format is Format.table:
        from kunshan_gis.terminal import print_report

        print_report(report, stdout(), folder=folder_of(layers))
    elif format is Format.json:
        write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        print_rows(report.table, format)
    raise typer.Exit(1 if report.problems else 0)


@layers_app.command("import-osm")
def layers_import_osm(
    file: Annotated[Path, typer.Argument(help="OpenStreetMap extract: .osm.pbf, .osm. 开放街道地图数据")],
    out: NewFolder,
    boundary: NewBoundary = None,
    population: NewPopulation = None,
    values: RasterValues = None,
    name: NewName = None,
    crs: NewCrs = None,
    overwrite: NewOverwrite = False,
) -> None:
    """Make a study area from an OpenStreetMap extract. 由开放街道地图建立研究区。"""
    from kunshan_gis.studies.osm_import import import_osm

    with showing_progress() as progress:
        summary = import_osm(
            file, out, boundary=boundary, population=population, values=values, name=name, crs=crs, overwrite=overwrite,
            progress=progress,
        )  # fmt: skip
    from kunshan_gis.terminal import print_import

    print_import(summary, out, stderr())


@layers_app.command("template")
def layers_template(
    kind: Annotated[
        list[str], typer.Option("--kind", help="Kind of layer; repeat for several sheets. 图层类别，可重复")
    ],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Default: KIND.xlsx here. 表格文件")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there. 覆盖")] = False,
) -> None:
    """Write a blank XLSX form to fill in and bring back with `layers add`. 生成空白填报表格。"""
    from kunshan_gis.studies.blank_form import blank_form

    write(str(blank_form(kind, out, overwrite=overwrite)))


@layers_app.command("qgis")
def layers_qgis(
    layers: Layers = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Default: project.qgs in DIR. 项目文件")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Give up edits in editing/. 放弃工作副本中的改动")
    ] = False,
) -> None:
    """Write a QGIS project with styles and forms, and working copies to edit. 生成 QGIS 项目与可编辑的工作副本。"""
    from kunshan_gis.studies.qgis_project import open_in_qgis

    with showing_progress() as progress:
        opened = open_in_qgis(folder_for_work(layers, out), out, overwrite=overwrite, progress=progress)
    from kunshan_gis.terminal import print_opened

    print_opened(opened, stderr())
    write(str(opened.project))


@layers_app.command("population")
def layers_population(
    file: Annotated[Path, typer.Argument(help="GeoTIFF, grid or points of people. 人口栅格、格网或点")],
    layers: Layers = None,
    over: Annotated[
        str | None, typer.Option(metavar="buildings|landuse|none", help="What people live in or on. 人口分配到何处")
    ] = None,
    buildings: Annotated[Path | None, typer.Option(help="Building outlines or an OSM extract. 建筑轮廓")] = None,
    values: RasterValues = None,
    band: Annotated[str | None, typer.Option(help="Band of a raster: number or name. 波段")] = None,
    year: Annotated[int | None, typer.Option(help="Year of the count. 统计年份")] = None,
    datum: Annotated[str, typer.Option(help="Of points or areas: wgs84, cgcs2000, gcj02, bd09. 坐标基准")] = "wgs84",
    source: Annotated[str, typer.Option(help="Source, for the catalogue. 来源")] = "",
    licence: Annotated[str, typer.Option(help="Licence, for the catalogue. 许可")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done. 只试算，不写入")] = False,
) -> None:
    """Add or replace the homes of a study area from a count of people. 由人口数据生成居住人口点。"""
    from kunshan_gis.studies.population import bring_population

    with showing_progress() as progress:
        summary = bring_population(
            file, folder_of(layers), over=over, buildings=buildings, values=values, band=band, year=year, datum=datum,
            source=source, licence=licence, dry_run=dry_run, progress=progress,
        )  # fmt: skip
    say_each("· " + note.first("zh") for note in summary.notes)
    say_each(summary.files)


@layers_app.command("join")
def layers_join(
    table: Annotated[Path, typer.Argument(help="Table of figures: CSV, Excel. 统计表")],
    to: Annotated[str, typer.Option(help="Layer that gets the columns: towns, communities … 目标图层")] = "towns",
    on: Annotated[str, typer.Option(help="The table's column with codes or names. 代码或名称字段")] = "code",
    layers: Layers = None,
    crosswalk: Annotated[Path | None, typer.Option(help="Which unit became which (CSV). 新旧代码对照表")] = None,
    as_of: Annotated[str | None, typer.Option(help="Code list of the table, e.g. 2020-06. 表格所用代码的时点")] = None,
    columns: Annotated[str, typer.Option(help="Columns to bring, comma between. 要关联的字段")] = "",
    weights: Annotated[str | None, typer.Option(help="Layer's column to share split units by. 拆分权重字段")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook. 工作表")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace columns that are there. 覆盖")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print, write nothing. 只显示，不写入")] = False,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
) -> None:
    """Join a table (a census by town or village) to a layer, whole or not at all. 将统计表关联到图层。"""
    from kunshan_gis.studies.census_join import census_join

    with showing_progress() as progress:
        summary = census_join(
            table, folder_of(layers), to=to, on=on, crosswalk=crosswalk, as_of=as_of,
            columns=[name.strip() for name in columns.split(",") if name.strip()],
            weights=weights, sheet=sheet, overwrite=overwrite, dry_run=dry_run, progress=progress,
        )  # fmt: skip
    names = [name for name in ("id", "name") if name in summary.table]
    shown = summary.table[[*names, *summary.columns]]
    print_figures(shown, format)
    say_each("· " + note.first("zh") for note in summary.notes)
    say_each(summary.files)


@layers_app.command("zonal")
def layers_zonal(
    file: Annotated[Path, typer.Argument(help="GeoTIFF. 栅格")],
    zones: Annotated[str, typer.Option(help="Layer of areas: towns, zones, landuse … 统计单元图层")] = "towns",
    stats: Annotated[str, typer.Option(help="people,sum,mean,min,max,median,stdev. 统计量")] = "people,mean",
    layers: Layers = None,
    values: Annotated[
        str | None, typer.Option(metavar="count|density|density-ha", help="What the numbers are. 栅格数值的含义")
    ] = None,
    band: Annotated[str | None, typer.Option(help="Band: number or name. 波段")] = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
) -> None:
    """Figures of a raster in each town, zone or other area. 按乡镇、片区等统计栅格。"""
    from kunshan_gis.studies.zonal_figures import zonal_figures

    with showing_progress() as progress:
        table = zonal_figures(
            file, folder_of(layers), zones=zones, stats=tuple(stat.strip() for stat in stats.split(",")),
            values=values, band=band, progress=progress,
        )  # fmt: skip
    print_figures(table, format)


@layers_app.command("report")
def layers_report(
    layers: Layers = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the page and the JSON here. 另存网页与 JSON")
    ] = None,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
) -> None:
    """How far the layers can be trusted, and what to mend first; exit 1 if a study would refuse. 数据质量报告。"""
    from kunshan_gis.studies.data_quality import data_quality

    with showing_progress() as progress:
        report = data_quality(
            folder_of(layers), minutes=minutes, speed_mps=speed_mps, profile=profile, progress=progress
        )
        paths = report.write(out, lang=lang.value) if out is not None else []
    if format is Format.table:
        from kunshan_gis.cli.report import print_quality

        print_quality(report, stdout(), lang=lang.value)
    elif format is Format.json:
        write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        print_rows(report.table().assign(reportable=report.reportable), format)
    say_each(paths)
    raise typer.Exit(1 if report.stops else 0)


@layers_app.command("download")
def layers_download(
    out: NewFolder,
    place: Annotated[str | None, typer.Option(help="Name of the place, or relation/ID. 地名")] = None,
    boundary: NewBoundary = None,
    population: NewPopulation = None,
    name: NewName = None,
    crs: NewCrs = None,
    margin_m: Annotated[float, typer.Option(help="Also take this far past the outline, m. 外扩（米）")] = 2000.0,
    bbox_only: Annotated[
        bool, typer.Option("--bbox-only", help="Send the bounding box, not its parts. 只发送外接矩形")
    ] = False,
    endpoint: Annotated[
        str | None, typer.Option(help="Overpass server; or KUNSHAN_GIS_OVERPASS_URL. 数据服务器")
    ] = None,
    nominatim: Annotated[
        str | None, typer.Option(help="Place name server; or KUNSHAN_GIS_NOMINATIM_URL. 地名服务器")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for an answer. 等待秒数")] = 180.0,
    retries: Annotated[int, typer.Option(help="Further tries after a failure. 重试次数")] = 4,
    cache: Annotated[Path | None, typer.Option(metavar="DIR", help="Where answers are kept. 缓存文件夹")] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Keep nothing, use nothing kept. 不用缓存")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree to what is sent. 同意发送")] = False,
    overwrite: NewOverwrite = False,
) -> None:
    """Make a study area from a place's name or outline, out of OpenStreetMap on the internet. 联网下载并建立研究区。"""
    from kunshan_gis.cache import DiskCache
    from kunshan_gis.layers.web import Manners
    from kunshan_gis.studies.osm_download import download_osm, plan_download

    manners = Manners(timeout_s=timeout, retries=retries)
    kept = None if no_cache else DiskCache() if cache is None else DiskCache(cache)
    plan = plan_download(
        place=place, boundary=boundary, margin_m=margin_m, bbox_only=bbox_only, url=endpoint, nominatim=nominatim,
        manners=manners,
    )  # fmt: skip
    consent = yes or (plan.question is not None and sys.stdin.isatty() and _agreed(plan.question))
    with showing_progress() as progress:
        summary = download_osm(
            plan, out, consent=consent, population=population, name=name, crs=crs, overwrite=overwrite,
            manners=manners, cache=kept, progress=progress,
        )  # fmt: skip
    from kunshan_gis.terminal import print_import

    print_import(summary, out, stderr())


def _agreed(question: Text) -> bool:
    from kunshan_gis.terminal import say

    say(f"{question.zh}。\n{question.en}.", stderr())
    return typer.confirm("发送？Send?", default=False, err=True)


@layers_app.command("add")
def layers_add(
    file: Annotated[
        str, typer.Argument(help="Your file, never changed, or postgresql://host/db?table=a.b. 自有文件或数据库表")
    ],
    kind: Annotated[str, typer.Option(help="Kind of layer, for example parks. 图层类别")],
    layers: Annotated[
        Path,
        typer.Option("--layers", metavar="DIR", help="Study area's folder, made if not there. 图层文件夹"),
    ],
    layer: Annotated[str | None, typer.Option(help="Which layer or sheet of the file. 文件中的图层或工作表")] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="公园名称=name, 面积=area_m2:ha, 备注= (left out). 对应"),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--values", metavar="COLUMN:VALUE=WORD", help="tier:综合=comprehensive. 取值对应"),
    ] = None,
    constants: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="COLUMN=VALUE", help="The same in every row: scope=built_up. 整列取同一值"),
    ] = None,
    datum: Annotated[
        str | None, typer.Option(help="Of the coordinates: wgs84, cgcs2000, gcj02, bd09. 坐标基准")
    ] = None,
    crs: Annotated[str | None, typer.Option(help="CRS of a file that states none. 文件未注明时的坐标系")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a file's text, else found out. 文字编码")] = None,
    name: Annotated[str | None, typer.Option(help="Name in the catalogue; default: the kind. 图层名")] = None,
    title: Annotated[str | None, typer.Option(help="Title in legends. 标题")] = None,
    source: Annotated[str | None, typer.Option(help="Where it comes from. 来源")] = None,
    licence: Annotated[str | None, typer.Option(help="Under which licence. 许可")] = None,
    date: Annotated[str | None, typer.Option(help="Of the data, not of the file. 数据日期")] = None,
    basis: Annotated[
        str | None, typer.Option(help="surveyed, official (default), open, facts, schematic, synthetic. 依据")
    ] = None,
    sensitivity: Annotated[str | None, typer.Option(help="public, internal (default), secret. 密级")] = None,
    area_name: Annotated[str | None, typer.Option(help="Name of a new study area. 新研究区名称")] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Take that layer's place; it is kept in replaced/. 以新换旧"),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, write nothing. 试运行")] = False,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
) -> None:
    """Bring your own file in as a layer: mapped, converted, repaired, checked. 录入自有数据。"""
    from kunshan_gis.cli.add import pairs_of, values_of
    from kunshan_gis.studies.layers_add import add_layer

    with showing_progress() as progress:
        added = add_layer(
            layers, file, kind=kind, layer=layer, columns=pairs_of("--map", columns), values=values_of(values),
            constants=pairs_of("--set", constants), datum=datum, crs=crs, encoding=encoding, name=name, title=title,
            source=source, licence=licence, date=date, basis=basis, sensitivity=sensitivity, area_name=area_name,
            replace=replace, dry_run=dry_run, progress=progress,
        )  # fmt: skip
    if format is Format.json:
        write(json.dumps(added.as_dict(), ensure_ascii=False, indent=2, default=str))
    elif format is Format.csv:
        print_rows(added.taken.table.drop(columns="geometry", errors="ignore"), format)
    else:
        from kunshan_gis.cli.add import print_added

        print_added(added, stdout(), dry_run=dry_run)
    raise typer.Exit(1 if added.problems or added.elsewhere else 0)


@layers_app.command("datum")
def layers_datum(
    name: Annotated[str, typer.Argument(help="Name of the layer in the catalogue. 图层名")],
    datum: Annotated[str, typer.Option("--from", help="What its coordinates are in: gcj02 or bd09. 坐标实际所用基准")],
    layers: OwnLayers,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take a needless conversion back instead. 撤销多余的换算")
    ] = False,
) -> None:
    """Rewrite a layer in WGS 84, on record; its file as it was stays in originals/. 把图层换算为 WGS 84。"""
    from kunshan_gis.studies.layer_datum import convert_layer, kept_under

    with showing_progress() as progress:
        done = convert_layer(layers, name, datum=datum, undo=undo, progress=progress)
    zh, _, en = done.info.history[-1].partition(" / ")
    kept = ", ".join(path.name for path in kept_under(done))
    stdout().print(f"{name}：{zh}；原文件保留为 originals/{kept}", markup=False, soft_wrap=True)
    stdout().print(f"{name}: {en}; the file as it was is originals/{kept}", markup=False, soft_wrap=True)


@layers_app.command("remove")
def layers_remove(
    name: Annotated[str, typer.Argument(help="Name of the layer in the catalogue. 图层名")],
    layers: OwnLayers,
) -> None:
    """Take a layer out of a study area; its files stay in replaced/. 移出图层，原文件保留。"""
    from kunshan_gis.studies.in_place import remove_layer

    remove_layer(layers, name)
    stdout().print(f"已移出 {name}；原文件与条目保留在 replaced/", markup=False, soft_wrap=True)
    stdout().print(
        f"layer {name} was taken out; its files and entry are kept in replaced/", markup=False, soft_wrap=True
    )
