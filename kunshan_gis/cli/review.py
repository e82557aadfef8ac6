"""`kunshan-gis review`: a check list out, its answers in, figures handed in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kunshan_gis.cli.options import (
    UNIT_KEYS,
    CheckUnit,
    Lang,
    LangOption,
    Layers,
    OpenEdge,
    OwnLayers,
    ScenarioOption,
    folder_for_work,
    read_area,
    say_each,
    showing_progress,
    stdout,
)

review_app = typer.Typer(help="Review of computed figures. 核查与提交。", no_args_is_help=True)

Profiles = Annotated[
    list[str] | None,
    typer.Option("--profile", help="A standard's profile, or a .toml file; may be given several times. 标准口径"),
]


@review_app.command("export")
def review_export(
    layers: Layers = None,
    profile: Profiles = None,
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only these indicators; may be given several times. 指标")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the list goes; default: DIR/review. 输出文件夹")
    ] = None,
    scenario: ScenarioOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a list that is there. 覆盖")] = False,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
) -> None:
    """Write the list of estates to be reviewed (XLSX and map). 导出核查清单。"""
    from kunshan_gis.cli.review_shown import print_list
    from kunshan_gis.review import FOLDER
    from kunshan_gis.studies.review import export_list

    folder = folder_for_work(layers, out)
    with showing_progress() as progress:
        area = read_area(layers, progress, scenario=scenario)
        listed = export_list(
            area, out or folder / FOLDER, profile or (), indicator or (), lang=lang.value, overwrite=overwrite,
            allow_open_edge=allow_open_edge, progress=progress,
        )  # fmt: skip
    print_list(listed.made.result, stdout(), lang=lang.value)
    say_each(listed.paths)


@review_app.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The filled-in list. 填好的清单")],
    layers: OwnLayers,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, write nothing. 试运行")] = False,
    lang: LangOption = Lang.zh,
) -> None:
    """Take the answers of a filled-in list into a study area. 读回核查结论。"""
    from kunshan_gis.cli.review_shown import print_imported
    from kunshan_gis.studies.review import import_answers

    with showing_progress() as progress:
        imported = import_answers(file, layers, dry_run=dry_run, progress=progress)
    print_imported(imported, stdout(), lang=lang.value, dry_run=dry_run)
    say_each(imported.paths)


@review_app.command("submit")
def review_submit(
    layers: OwnLayers,
    name: Annotated[str, typer.Option(help="Its name, for example 2026-Q3. 名称")],
    date: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="The day it is handed in. 提交日期")],
    profile: Profiles = None,
    by: Annotated[CheckUnit, typer.Option(help="Also by these units. 统计单元")] = CheckUnit.area,
    scenario: ScenarioOption = None,
    trial: Annotated[bool, typer.Option("--trial", help="Not handed in, kept to try it out. 试用")] = False,
    sensitivity: Annotated[
        bool, typer.Option(help="Measure the interval over other customary ways. 计算参数敏感区间")
    ] = True,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
) -> None:
    """Keep the figures of now as a submission; later checks show the change since. 留存提交成果。"""
    from kunshan_gis.studies.review import submit
    from kunshan_gis.terminal import print_check

    with showing_progress() as progress:
        submitted = submit(
            layers, name, date, profile or (), by=UNIT_KEYS[by], trial=trial,
            scenario=None if scenario is None else scenario.value, sensitivity=sensitivity,
            allow_open_edge=allow_open_edge, progress=progress,
        )  # fmt: skip
    result = submitted.found.result
    print_check(result.tables["check"], result, stdout(), lang=lang.value)
    say_each([submitted.path])
