"""The command line. Exit codes: 0 done, 1 done and something is not met or has problems, 2 bad input or usage."""

from __future__ import annotations

import io
import json
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from kunshan_gis.cli.access import access
from kunshan_gis.cli.account import reproduce
from kunshan_gis.cli.check import check
from kunshan_gis.cli.compare import compare
from kunshan_gis.cli.coverage import coverage_app
from kunshan_gis.cli.layers import layers_app
from kunshan_gis.cli.options import (
    Format,
    Lang,
    LangOption,
    Layers,
    Minutes,
    OpenEdge,
    ProfileName,
    ScenarioOption,
    Speed,
    choose_walk,
    folder_of,
    print_rows,
    print_units,
    read_area,
    say_each,
    showing_progress,
    stderr,
    stdout,
    write,
)
from kunshan_gis.cli.review import review_app
from kunshan_gis.cli.standards import standards
from kunshan_gis.cli.systems import corridors, parks, roads, tod, zones
from kunshan_gis.errors import KunshanGISError, KunshanGISWarning, both
from kunshan_gis.messages import text
from kunshan_gis.postgis import refuse_passwords

app = typer.Typer(
    name="kunshan-gis",
    help="Who reaches a park on foot, with every number's origin. 步行多久能到公园，每个数字都有出处。",
    invoke_without_command=True,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
export_app = typer.Typer(help="Results to where others read them. 把成果写到别处。", no_args_is_help=True)
demo_app = typer.Typer(help="The demonstration layers. 演示数据。", no_args_is_help=True)
app.command()(check)
app.command()(access)
app.command()(reproduce)
app.command()(compare)
for system in (zones, tod, roads, corridors, parks):
    app.command()(system)
app.add_typer(coverage_app, name="coverage")
app.add_typer(layers_app, name="layers")
app.add_typer(review_app, name="review")
app.add_typer(export_app, name="export")
app.add_typer(demo_app, name="demo")
app.command()(standards)


@app.command()
def publish(
    layers: Layers = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the maps go. 输出文件夹")] = Path("maps"),
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    scenario: ScenarioOption = None,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
) -> None:
    """Publish the maps, tables and result.json of a study area. 发布地图、表格与结果文件。"""
    from kunshan_gis.studies.publish import publish as publish_study

    with showing_progress() as progress:
        area = read_area(layers, progress, scenario=scenario)
        walk = choose_walk(area, minutes, speed_mps, profile)
        published = publish_study(area, walk, out, lang=lang.value, allow_open_edge=allow_open_edge, progress=progress)
    print_units(published.result, lang)
    say_each(published.paths)
    say_each(text("system_left_out", system=text(f"page_{key}"), reason=error.message).first(lang.value)
             for key, error in published.left_out)  # fmt: skip
    raise typer.Exit(published.exit_code)


@app.command()
def audit(
    layers: Layers = None,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    near_m: Annotated[
        float, typer.Option(help="A dead end this near to another street should join it, m. 断头与邻路的容差（米）")
    ] = 2.0,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Also write the places here. 另存问题位置")
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print. 输出格式")] = Format.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
) -> None:
    """Look the walking network over before use; exit 1 if it must be repaired first. 使用前检查步行网络。"""
    from kunshan_gis.studies.network_audit import KINDS_READ, network_audit

    with showing_progress() as progress:
        area = read_area(layers, progress, kinds=KINDS_READ)
        walk = choose_walk(area, minutes, speed_mps, profile)
        found = network_audit(area, walk, near_m=near_m, progress=progress)
    paths = found.write(output) if output is not None else []
    if format is Format.table:
        from kunshan_gis.terminal import print_audit

        print_audit(found, stdout(), lang=lang.value)
    elif format is Format.json:
        write(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        print_rows(found.audit.table.assign(reportable=found.reportable), format)
    say_each(paths)
    raise typer.Exit(1 if found.needs_repair else 0)


@export_app.command("postgis")
def export_postgis(
    address: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="postgresql://[user@]host[:port]/database[?schema=NAME]; passwords from PGPASSWORD or ~/.pgpass. "
            "数据库地址，不含密码",
        ),
    ],
    layers: Layers = None,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
) -> None:
    """Write who reaches a park on foot into a PostGIS schema, all tables or none. 把公园可达成果写入 PostGIS。"""
    from kunshan_gis.postgis import read_address
    from kunshan_gis.studies.publish_postgis import publish_postgis

    read_address(address)
    with showing_progress() as progress:
        area = read_area(layers, progress)
        walk = choose_walk(area, minutes, speed_mps, profile)
        published = publish_postgis(area, walk, address, allow_open_edge=allow_open_edge, progress=progress)
    print_units(published.result, lang)
    say_each(published.tables)


@demo_app.command("build")
def demo_build(
    layers: Annotated[
        Path | None,
        typer.Option("--layers", metavar="DIR", help="Folder with demo.toml and the real layers. 图层文件夹"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a whole study area here instead. 另存为完整的研究区")
    ] = None,
) -> None:
    """Generate the schematic and synthetic layers again, the same bytes every time. 重新生成演示图层。"""
    from kunshan_gis.studies.demo_build import demo_build as build

    with showing_progress() as progress:
        paths = build(folder_of(layers), out=out, progress=progress)
    say_each(paths)


@app.command()
def cache(clear: Annotated[bool, typer.Option("--clear", help="Remove what is kept. 清空缓存")] = False) -> None:
    """Where built networks and downloads are kept between runs, and how much. 缓存位置与大小。"""
    from kunshan_gis.cache import DiskCache

    kept = DiskCache()
    if clear:
        kept.clear()
    write(f"{kept.folder}  {kept.size_bytes() / 1e6:.1f} MB")


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version. 版本号")] = False,
) -> None:
    """Options of the whole."""
    if version:
        from kunshan_gis import __version__

        write(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; one clear message and exit code 2 for what the user can mend."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Chinese Windows console is GBK when piped
    warnings.showwarning = _warn
    try:
        for argument in sys.argv[1:]:
            refuse_passwords(argument)  # before anything can repeat it
        app()
    except KunshanGISError as error:
        from kunshan_gis.terminal import say

        say(f"错误：{error.said('zh')}\nerror: {error.said('en')}", stderr())
        raise SystemExit(2) from None


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    """A warning as a planner reads it: what it says, not where in the code."""
    from kunshan_gis.terminal import say

    said = message.message if isinstance(message, KunshanGISWarning) else both(str(message))
    say(f"注意：{said.zh}\nnote: {said.en}" if said.zh != said.en else f"注意 note: {said.en}", stderr())
