"""`kunshan-gis check`: the rules of the standards measured, with verdicts, intervals and an exit code."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kunshan_gis.cli.options import (
    CheckUnit,
    Lang,
    LangOption,
    Layers,
    OpenEdge,
    ScenarioOption,
    Speed,
    own_units,
    read_area,
    say_each,
    showing_progress,
    stdout,
    units_key,
    write,
)

if TYPE_CHECKING:
    from kunshan_gis.model import StudyArea
    from kunshan_gis.studies.check import Check


class CheckFormat(StrEnum):
    """How the check is printed."""

    table = "table"
    json = "json"
    md = "md"
    csv = "csv"


def check(
    layers: Layers = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            help="A standard's profile, or a .toml file; may be given several times. Default: the reporting basis, "
            "the area's own and all shipped. 标准口径，可多次给出"
        ),
    ] = None,
    by: Annotated[CheckUnit, typer.Option(help="Also by these units. 统计单元")] = CheckUnit.area,
    units: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also by polygons of your own. 自备的统计单元面")
    ] = None,
    speed_mps: Speed = None,
    scenario: ScenarioOption = None,
    sensitivity: Annotated[
        bool, typer.Option(help="Measure the interval over other customary ways. 计算参数敏感区间")
    ] = True,
    format: Annotated[CheckFormat, typer.Option(help="How to print. 输出格式")] = CheckFormat.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Also write the page, workbook, report and result.json here. 另存网页、工作簿、文字与结果文件的文件夹",
        ),
    ] = None,
) -> None:
    """Measure every rule of the standards; exit 1 if one is not met. 逐条核算标准，未达标时退出码为 1。"""
    from kunshan_gis.studies.check import check as check_study

    with showing_progress() as progress:
        area = read_area(layers, progress, scenario=scenario)
        found = check_study(
            area, tuple(profile or ()), by=units_key(by, units), polygons=own_units(units, area),
            speed_mps=speed_mps, sensitivity=sensitivity, allow_open_edge=allow_open_edge, progress=progress,
        )  # fmt: skip
        paths = [] if out is None else _written(area, found, out, lang)
    table = found.result.tables["check" if found.units.whole else f"check_{found.units.key}"]
    if format is CheckFormat.table:
        from kunshan_gis.terminal import print_check

        print_check(table, found.result, stdout(), lang=lang.value)
    elif format is CheckFormat.json:
        write(json.dumps(_records(table), ensure_ascii=False, indent=2))
    elif format is CheckFormat.csv:
        from kunshan_gis.export import rows_csv

        write(rows_csv(table).rstrip("\n"))
    else:
        from kunshan_gis.export import check_markdown

        write(check_markdown(found.result, lang=lang.value))
    say_each(paths)
    raise typer.Exit(found.exit_code)


def _written(area: StudyArea, found: Check, out: Path, lang: Lang) -> list[Path]:
    from kunshan_gis.studies.check_files import write_check

    return write_check(area, found, out, lang=lang.value)


def _records(table: Any) -> list[dict[str, Any]]:
    from kunshan_gis.export import records

    rows = records(table)
    for row in rows:
        low, high = row.pop("interval_low"), row.pop("interval_high")
        row["interval"] = None if low is None else [low, high]
        row["flipped_by"] = row["flipped_by"].split(";") if row["flipped_by"] else []
    return rows
