"""`kunshan-gis coverage`: who and what lies within a walk of parks, stops or services, without maps."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

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
    Minutes,
    OpenEdge,
    OutFolder,
    ProfileName,
    ScenarioOption,
    Speed,
    Unit,
    UnitsFile,
    choose_walk,
    own_units,
    print_rows,
    print_table,
    read_area,
    showing_progress,
    stdout,
    units_key,
    written,
)
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text, text

if TYPE_CHECKING:
    pass

coverage_app = typer.Typer(help="Coverage figures without maps. 只出覆盖率数字，不出图。", no_args_is_help=True)


class Of(StrEnum):
    """What is covered."""

    people = "people"
    homes = "homes"
    land = "land"
    street = "street"
    jobs = "jobs"


@coverage_app.command("to")
def coverage_to(
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="PLACE...",
            help="parks, stations, bus_stops or categories of facilities, by key or name; the nearest of any counts. "
            "公园、轨道站点、公交站或设施类别，可多个，任一处即可",
        ),
    ],
    layers: Layers = None,
    of: Annotated[Of, typer.Option(help="What is covered. 覆盖对象")] = Of.people,
    by: ByOption = By.area,
    units: UnitsFile = None,
    minutes: Annotated[
        list[float] | None, typer.Option(help="Walking time; may be given several times. 步行分钟数，可多次给出")
    ] = None,
    metres: Annotated[
        list[float] | None, typer.Option(help="Or metres; may be given several times. 或步行米数，可多次给出")
    ] = None,
    tier: Annotated[str, typer.Option(help="Tier of the parks; all: all and each. 公园层级")] = "all",
    hex_m: HexWidth = 500.0,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    scenario: ScenarioOption = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
    out: OutFolder = None,
) -> None:
    """Residents, homes, jobs, land or streets within a walk, in three states that sum. 步行覆盖（三态）。"""
    from kunshan_gis.studies.coverage import coverage, kinds_read

    with showing_progress() as progress:
        area = read_area(layers, progress, kinds=kinds_read(of.value, UNIT_KEYS[by]), scenario=scenario)
        found = coverage(
            area, places, of=of.value, by=units_key(by, units), polygons=own_units(units, area), hex_m=hex_m,
            minutes=minutes or (), metres=metres or (), tier=tier_key(tier), speed_mps=speed_mps, profile=profile,
            allow_open_edge=allow_open_edge, progress=progress,
        )  # fmt: skip
        written(area, found.result, out)
    if format is not Format.table:
        return print_rows(found.table, format)
    from kunshan_gis.studies.places import said_of
    from kunshan_gis.terminal import print_amounts

    title = text("coverage_title", places=said_of(found.rules[0].to), of=text(f"column_of_{of.value}"))
    return print_amounts(found.table, found.result, stdout(), title=title, lang=lang.value)


@coverage_app.command("parks")
def coverage_parks(
    layers: Layers = None,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    scenario: ScenarioOption = None,
    by: Annotated[
        Unit | None, typer.Option(help="Rows; default: zone where there are zones, else area. 统计单元")
    ] = None,
    tier: Annotated[str, typer.Option(help="Tier of the parks, or all. 公园层级")] = "all",
    format: Annotated[Format, typer.Option(help="How to print. 输出格式")] = Format.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
) -> None:
    """Residents within walking distance of a park, in three states that sum. 公园步行覆盖人口（三态）。"""
    from kunshan_gis.studies.park_reach import KINDS_READ, park_reach

    with showing_progress() as progress:
        area = read_area(layers, progress, kinds=KINDS_READ, scenario=scenario)
        walk = choose_walk(area, minutes, speed_mps, profile)
        result = park_reach(area, walk, allow_open_edge=allow_open_edge, progress=progress).result
    unit = by or (Unit.zone if "zones" in result.tables else Unit.area)
    name = {"zone": "zones", "town": "towns", "area": "area"}[unit]
    if name not in result.tables:
        zh, en = (
            ("towns 与 zone_towns", "layers towns and zone_towns") if unit is Unit.zone else ("towns", "layer towns")
        )
        raise ParameterError(
            Text(
                f"没有按 {unit.value} 统计的数字：需要图层 {zh}；请在 catalog.toml 中补上所缺图层，或用 --by area",
                f"no figures by {unit.value}: they need the {en}; add what is missing to catalog.toml, "
                "or use --by area",
            )
        )
    table = result.tables[name]
    tier = tier_key(tier)
    if tier not in set(table["tier"]):
        tiers = ", ".join(table["tier"].unique())
        raise ParameterError(
            Text(
                f"公园图层中没有层级 `{tier}`；可选：{tiers}",
                f"tier `{tier}` does not occur in the parks layer; there are: {tiers}",
            )
        )
    table = table[table["tier"] == tier]
    if format is Format.table:
        print_table(table, result, lang)
    else:
        print_rows(table.rename(columns={"unit_id": unit.value}).assign(reportable=result.reportable), format)


def tier_key(said: str) -> str:
    """A tier by its key or by either label, however it is capitalised."""
    from kunshan_gis.indicators import TIER_LABELS

    known = {name.lower(): key for key, labels in TIER_LABELS.items() for name in (key, *labels)}
    return known.get(said.strip().lower(), said)
