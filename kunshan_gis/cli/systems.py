"""`kunshan-gis zones | tod | roads | corridors | parks`: a system of the plan as tables, page and workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kunshan_gis.cli.options import (
    UNIT_KEYS,
    CheckUnit,
    Format,
    FormatOption,
    Lang,
    LangOption,
    Layers,
    Minutes,
    OpenEdge,
    ProfileName,
    ScenarioOption,
    Speed,
    print_rows,
    read_area,
    say_each,
    showing_progress,
    stdout,
    write,
)

if TYPE_CHECKING:
    from kunshan_gis.studies.systems.system import System

ByUnits = Annotated[
    CheckUnit | None, typer.Option(help="Units of the tables by unit; default: zones, else towns. 统计单元")
]
Within = Annotated[
    bool, typer.Option("--within-border", help="Count nothing beyond the boundary. 不计入界外公园、站点与设施")
]
TableName = Annotated[
    str | None,
    typer.Option("--table", metavar="NAME", help="Only this table (csv: default the leading one). 只输出此表"),
]
WidthWanted = Annotated[
    float | None, typer.Option(help="Width wanted of corridors, metres; default: the corridor profile's. 廊道要求宽度")
]
NearBy = Annotated[
    float | None, typer.Option(help="Straight metres within which people live near a corridor. 距廊道的直线距离")
]
JoinedWithin = Annotated[
    float | None, typer.Option(help="Metres within which parks and water are joined to a corridor. 视为相连的距离")
]
LifeCircle = Annotated[
    str | None,
    typer.Option(metavar="PROFILE/RULE", help="Life circle; default: the reporting basis's or GB 50180's. 生活圈口径"),
]
Centre = Annotated[str | None, typer.Option(help="Centre of a zone: seat or people; default: seat. 片区中心取法")]
Brings = Annotated[
    str | None,
    typer.Option(metavar="CLASS:CATEGORY;…", help="What focus areas are tried out with. 重点地区假定增设的设施"),
]
ZoneSpeeds = Annotated[
    str | None, typer.Option("--drive", metavar="PROFILE", help="Driving speeds; default: design-speeds. 驾车口径")
]
DriveProfileName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Profile of driving: speeds by class of street. 驾车口径"),
]
CloseCrossings = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Also: what is lost without the bridges and underpasses for walkers across this expressway (name or id). "
        "取消跨越该快速路的步行通道后的影响",
    ),
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Also write page, XLSX and result.json here. 另存成果的文件夹"),
]

ServedBy = Annotated[
    str | None,
    typer.Option(metavar="PROFILE", help="How far parks of a size serve; default: gbt51346-2019. 服务距离口径"),
]
TiersBySize = Annotated[
    bool, typer.Option("--tiers-by-size", help="Parks without a tier get that of their size. 未分级公园按面积归级")
]
NextSites = Annotated[int | None, typer.Option(help="Next sites a tier; default: 10. 每级选址个数")]
SiteCell = Annotated[float | None, typer.Option(help="Cells tried as sites, metres; default: 200. 选址方格")]
PreferGreen = Annotated[
    float | None,
    typer.Option(help="Green land is taken from this share of the best gain; default: 0.9. 优先绿地的比例"),
]
Sight = Annotated[float | None, typer.Option(help="Green is in sight within, metres; default: 300. 见绿距离")]
DoorMinutes = Annotated[float | None, typer.Option(help="A park is at the door within; default: 5. 进园时间（分钟）")]
WaterCounts = Annotated[bool, typer.Option("--water-counts", help="Water counts as green in sight. 水面计为绿地")]
AreaDiffers = Annotated[
    float | None, typer.Option(help="Name stated areas that differ by more; default: 0.1. 面积相差比例")
]
NameNear = Annotated[
    float | None, typer.Option(help="Name parks of one name within, metres; default: 300. 同名公园距离")
]
StationProfileName = Annotated[
    str | None,
    typer.Option(metavar="PROFILE", help="Radii of station areas: tod-2015 (default), tod-2015-inner, tod-2015-bands. "
                 "站点地区口径"),
]  # fmt: skip
CircleProfile = Annotated[
    str | None,
    typer.Option(metavar="PROFILE", help="What makes the three circles; default: three-circles, or a .toml. 三圈口径"),
]
PlaceMix = Annotated[str | None, typer.Option(help="entropy (default) or published. 功能混合度算法")]
LinksEach = Annotated[int | None, typer.Option(help="Gaps listed of each kind; default: 10. 每种做法列出的断点数")]


def zones(
    layers: Layers = None,
    by: ByUnits = None,
    scenario: ScenarioOption = None,
    within_border: Within = False,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    table: TableName = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
    out: OutFolder = None,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
    life_circle: LifeCircle = None,
    centre: Centre = None,
    drive: ZoneSpeeds = None,
    brings: Brings = None,
) -> None:
    """The plan's zones and towns side by side, and what links them. 片区与乡镇画像、片区间与对外联系。"""
    _shown("zones", **_asked(locals()))


def tod(
    layers: Layers = None,
    by: ByUnits = None,
    scenario: ScenarioOption = None,
    within_border: Within = False,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    table: TableName = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
    out: OutFolder = None,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
    station_profile: StationProfileName = None,
    circle_profile: CircleProfile = None,
    place_mix: PlaceMix = None,
    links_each: LinksEach = None,
) -> None:
    """Station areas: who and what lies around each station, by radius and on foot. 轨道站点地区（TOD）。"""
    _shown("tod", **_asked(locals()))


def roads(
    layers: Layers = None,
    by: ByUnits = None,
    scenario: ScenarioOption = None,
    within_border: Within = False,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    table: TableName = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
    out: OutFolder = None,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
    close_crossings: CloseCrossings = None,
    drive: DriveProfileName = None,
) -> None:
    """The expressways: topology, completeness, drive times, redundancy, severance. 快速路系统。"""
    _shown("roads", **_asked(locals()))


def corridors(
    layers: Layers = None,
    by: ByUnits = None,
    scenario: ScenarioOption = None,
    within_border: Within = False,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    width_m: WidthWanted = None,
    near_m: NearBy = None,
    joined_m: JoinedWithin = None,
    table: TableName = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
    out: OutFolder = None,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
) -> None:
    """Ecological corridors: width, continuity, what they join, who reaches them. 生态廊道。"""
    _shown("corridors", **_asked(locals()))


def parks(
    layers: Layers = None,
    by: ByUnits = None,
    scenario: ScenarioOption = None,
    within_border: Within = False,
    minutes: Minutes = None,
    speed_mps: Speed = None,
    profile: ProfileName = None,
    table: TableName = None,
    format: FormatOption = Format.table,  # noqa: A002 - the option's name
    out: OutFolder = None,
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
    served_by: ServedBy = None,
    tiers_by_size: TiersBySize = False,
    next_sites: NextSites = None,
    site_cell_m: SiteCell = None,
    prefer_green: PreferGreen = None,
    sight_m: Sight = None,
    door_minutes: DoorMinutes = None,
    water_counts: WaterCounts = False,
    area_differs: AreaDiffers = None,
    name_near_m: NameNear = None,
) -> None:
    """The park system in three tiers: count, area, size, balance, where the next one goes. 三级公园体系。"""
    _shown("parks", **_asked(locals()))


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """The command's options; those of the study itself are all that is not shared."""
    shared = {"layers", "by", "scenario", "within_border", "minutes", "speed_mps", "profile", "table", "format", "out",
              "lang", "allow_open_edge"}  # fmt: skip
    own = {name: value for name, value in given.items() if name not in shared and value is not None}
    return {**{name: given[name] for name in shared}, "options": own}


def _shown(key: str, *, options: dict[str, Any], **given: Any) -> None:
    from kunshan_gis.studies.systems.registry import run, write_system
    from kunshan_gis.studies.systems.system import Asked

    by, chosen = given["by"], given["format"]
    asked = Asked(
        by="" if by is None else UNIT_KEYS[by], beyond=not given["within_border"], minutes=given["minutes"],
        speed_mps=given["speed_mps"], profile=given["profile"], allow_open_edge=given["allow_open_edge"],
        options=options,
    )  # fmt: skip
    with showing_progress() as progress:
        area = read_area(given["layers"], progress, scenario=given["scenario"])
        found = run(area, key, asked, progress=progress)
        names = _tables(found, given["table"])
        paths = [] if given["out"] is None else write_system(found, given["out"], lang=given["lang"].value)
    if chosen is Format.table:
        from kunshan_gis.terminal import print_system

        shown = names[:1]
        others = [name for name in names if name not in shown]
        print_system(found.result, shown, found.said, stdout(), lang=given["lang"].value, others=others)
    elif chosen is Format.json:
        from kunshan_gis.export import records

        write(json.dumps({name: records(found.result.tables[name]) for name in names}, ensure_ascii=False, indent=2))
    else:
        print_rows(found.result.tables[names[0] if given["table"] else found.leading], chosen)
    say_each(paths)


def _tables(found: System, name: str | None) -> list[str]:
    """The tables to show: one by name, or all, the leading one first.

    Raises
    ------
    ParameterError
        There is no table of that name.
    """
    from kunshan_gis.errors import ParameterError
    from kunshan_gis.messages import Text

    there = list(found.result.tables)
    if name is None:
        return [found.leading, *(one for one in there if one != found.leading)]
    known = {one: one for one in there} | {one.removeprefix(f"{found.key}_"): one for one in there}
    if name not in known:
        names = ", ".join(there)
        raise ParameterError(Text(f"没有表 `{name}`；可选：{names}", f"there is no table `{name}`; there are: {names}"))
    return [known[name]]
