"""`kunshan-gis layers`: check layers and bring them in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kunshan_gis.cli.options import Format, Layers, folder_of, print_rows, showing_progress, stderr, stdout, write

layers_app = typer.Typer(help="Check and bring in layers. 检查与导入图层。", no_args_is_help=True)


@layers_app.command("check")
def layers_check(
    layers: Layers = None,
    format: Annotated[Format, typer.Option(help="How to print. 输出格式")] = Format.table,  # noqa: A002 - the option's name
) -> None:
    """List the layers, their extents and basis, and every problem; exit 1 if any. 检查图层，列出全部问题。"""
    from kunshan_gis.studies.check_layers import check_layers

    with showing_progress() as progress:
        report = check_layers(folder_of(layers), progress=progress)
    if format is Format.table:
        from kunshan_gis.terminal import print_report

        print_report(report, stdout())
    elif format is Format.json:
        write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        print_rows(report.table, format)
    raise typer.Exit(1 if report.problems else 0)


@layers_app.command("import-osm")
def layers_import_osm(
    file: Annotated[Path, typer.Argument(help="OpenStreetMap extract: .osm.pbf, .osm. 开放街道地图数据")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New study area's folder. 新图层文件夹")],
    boundary: Annotated[Path | None, typer.Option(help="Polygon of the study area. 研究范围")] = None,
    population: Annotated[
        Path | None, typer.Option(help="Grid or points with a population column, or a GeoTIFF. 人口格网或点")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the study area. 名称")] = None,
    crs: Annotated[str | None, typer.Option(help="Analysis CRS; default: by the place. 量算坐标系")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a study area that is there. 覆盖")] = False,
) -> None:
    """Make a study area from an OpenStreetMap extract. 由开放街道地图建立研究区。"""
    from kunshan_gis.studies.osm_import import import_osm

    with showing_progress() as progress:
        summary = import_osm(
            file, out, boundary=boundary, population=population, name=name, crs=crs, overwrite=overwrite,
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
