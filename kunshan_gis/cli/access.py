"""`kunshan-gis access`: how far, how much, and how evenly, by any of the customary methods."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from kunshan_gis.cli.options import (
    UNIT_KEYS,
    By,
    ByOption,
    Format,
    FormatOption,
    HexWidth,
    Lang,
    LangOption,
    Layers,
    OpenEdge,
    OutFolder,
    ProfileName,
    ScenarioOption,
    Speed,
    UnitsFile,
    own_units,
    print_rows,
    read_area,
    showing_progress,
    stdout,
    units_key,
    written,
)
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text


class Method(StrEnum):
    """How access is measured."""

    nearest = "nearest"
    cumulative = "cumulative"
    gravity = "gravity"
    two_step = "2sfca"
    enhanced = "e2sfca"
    gaussian = "gaussian"
    modified = "m2sfca"
    balanced = "bfca"
    proximity = "proximity"


class Weight(StrEnum):
    """What is added up."""

    places = "places"
    capacity = "capacity"


class Table(StrEnum):
    """Tables of the result."""

    homes = "homes"
    supply = "supply"
    categories = "categories"
    equity = "equity"
    lorenz = "lorenz"
    theil = "theil"
    gaps = "gaps"
    provision = "provision"


def access(
    place: Annotated[
        str,
        typer.Argument(
            metavar="PLACE",
            help="parks, jobs, stations, bus_stops or a category of facilities, by key or name; all with "
            "--method proximity. 公园、就业岗位、站点或设施类别",
        ),
    ],
    layers: Layers = None,
    method: Annotated[Method, typer.Option(help="How access is measured. 测度方法")] = Method.nearest,
    k: Annotated[int, typer.Option("--k", help="Mean of the nearest k. 最近 k 处的平均")] = 1,
    minutes: Annotated[
        float | None, typer.Option(help="Cutoff; default: the profile's, none for the nearest. 时间阈值（分钟）")
    ] = None,
    weight: Annotated[Weight | None, typer.Option(help="What cumulative and gravity add up. 累计处数或容量")] = None,
    half_min: Annotated[
        float, typer.Option("--half-min", help="gravity: minutes at which a place counts half. 权重减半的分钟数")
    ] = 5.0,
    by: ByOption = By.area,
    units: UnitsFile = None,
    hex_m: HexWidth = 500.0,
    groups: Annotated[
        str,
        typer.Option(
            metavar="COLUMN,...",
            help="Columns of the homes with residents of a group; default: ages. 居住人口点中的分组人数列",
        ),
    ] = "",
    table: Annotated[Table, typer.Option(help="Which table CSV and JSON hold. 输出哪张表")] = Table.homes,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    scenario: ScenarioOption = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
    out: OutFolder = None,
) -> None:
    """Walks to the nearest, places in reach, capacity per resident, and how evenly. 可达性、人均容量与均衡程度。"""
    from kunshan_gis.studies.access import access as access_study
    from kunshan_gis.studies.coverage import kinds_read

    with showing_progress() as progress:
        area = read_area(layers, progress, kinds=kinds_read("jobs", UNIT_KEYS[by]), scenario=scenario)
        found = access_study(
            area, place, method=method.value, k=k, minutes=minutes, weight=None if weight is None else weight.value,
            half_min=half_min, by=units_key(by, units), polygons=own_units(units, area), hex_m=hex_m,
            groups=[name.strip() for name in groups.split(",") if name.strip()], speed_mps=speed_mps, profile=profile,
            allow_open_edge=allow_open_edge, progress=progress,
        )  # fmt: skip
        written(area, found.result, out)
    if format is not Format.table:
        tables = {("homes" if name.startswith("homes_") else name): one for name, one in found.result.tables.items()}
        if table.value not in tables:
            there = ", ".join(tables)
            raise ParameterError(
                Text(
                    f"成果中没有表 {table.value}；可选：{there}", f"there is no table {table.value}; there are: {there}"
                )
            )
        return print_rows(tables[table.value], format)
    from kunshan_gis.terminal import print_access

    return print_access(found, stdout(), lang=lang.value)
