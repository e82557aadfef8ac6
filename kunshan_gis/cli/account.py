"""`kunshan-gis reproduce`: a saved result run again, the same or what differs and why."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kunshan_gis.cli.options import Lang, LangOption, Layers, folder_of, own_units, showing_progress, stdout, write


class AccountFormat(StrEnum):
    """How the account is printed."""

    table = "table"
    json = "json"


OwnUnits = Annotated[
    Path | None, typer.Option("--units", metavar="FILE", help="The polygons of your own it is by. 自备的统计单元面")
]
OwnProfiles = Annotated[
    list[str] | None,
    typer.Option("--profile", metavar="FILE", help="A profile of your own it was measured by. 自备的标准口径文件"),
]


def reproduce(
    result: Annotated[Path, typer.Argument(metavar="RESULT.json", help="What a command wrote. 结果文件")],
    layers: Layers = None,
    units: OwnUnits = None,
    profile: OwnProfiles = None,
    format: Annotated[AccountFormat, typer.Option(help="How to print. 输出格式")] = AccountFormat.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
) -> None:
    """Run a saved result again: same (exit 0), or what differs and why (exit 1). 重算已存成果，逐项对比。"""
    from kunshan_gis.layers import open_area, read_result
    from kunshan_gis.studies.reproduce import kinds_of
    from kunshan_gis.studies.reproduce import reproduce as run_again

    saved = read_result(result)
    kinds = kinds_of(saved)
    with showing_progress() as progress:
        area = open_area(folder_of(layers), kinds, progress=progress)
        found = run_again(
            saved, area, polygons=own_units(units, area), profiles=tuple(profile or ()), progress=progress
        )
    if format is AccountFormat.json:
        write(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        from kunshan_gis.cli.account_shown import print_reproduced

        print_reproduced(found, stdout(), lang=lang.value)
    raise typer.Exit(found.exit_code)
