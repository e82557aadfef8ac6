"""What every command shares: options, the study area they name, and how things are shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import geopandas as gpd
    from rich.console import Console

    from kunshan_gis.model import Progress, Result, StudyArea
    from kunshan_gis.studies.walk import Walk


class Lang(StrEnum):
    """Language shown first."""

    zh = "zh"
    en = "en"


class Unit(StrEnum):
    """Unit of a table's rows."""

    zone = "zone"
    town = "town"
    area = "area"


class Scenario(StrEnum):
    """Which parks, stops and facilities there are."""

    existing = "existing"
    planned = "planned"


class By(StrEnum):
    """Units of the figures."""

    area = "area"
    zone = "zone"
    town = "town"
    community = "community"
    hex = "hex"


class CheckUnit(StrEnum):
    """Units the rules of standards are measured by."""

    area = "area"
    zone = "zone"
    town = "town"
    community = "community"


class Format(StrEnum):
    """How figures are printed."""

    table = "table"
    csv = "csv"
    json = "json"


Layers = Annotated[
    Path | None,
    typer.Option("--layers", metavar="DIR", help="Study area's folder; default: the embedded one. 图层文件夹"),
]
Minutes = Annotated[float | None, typer.Option(help="Walking time; default: the profile's. 步行分钟数")]
Speed = Annotated[float | None, typer.Option(help="Walking speed, m/s; default: the profile's. 步行速度（米/秒）")]
ProfileName = Annotated[str | None, typer.Option("--profile", help="Profile; default: the area's. 标准口径")]
OpenEdge = Annotated[
    bool,
    typer.Option("--allow-open-edge", help="Go on although street data ends within one walk. 允许街道数据不足一次步行"),
]
ScenarioOption = Annotated[
    Scenario | None,
    typer.Option(help="As it stands, or with what is planned; default: the area's. 现状或规划，默认按研究区"),
]
UNIT_KEYS = {"area": "area", "zone": "zones", "town": "towns", "community": "communities", "hex": "hex"}
ByOption = Annotated[By, typer.Option(help="Rows by these units. 统计单元")]
UnitsFile = Annotated[
    Path | None, typer.Option("--units", metavar="FILE", help="Rows by polygons of your own. 自备的统计单元面")
]
OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Also write result.json here. 另存结果文件的文件夹")
]
HexWidth = Annotated[float, typer.Option("--hex-m", help="Width of the hexagons, m. 六边形宽度（米）")]
LangOption = Annotated[Lang, typer.Option(help="Language shown first. 优先显示的语言")]
FormatOption = Annotated[Format, typer.Option(help="How to print. 输出格式")]
OwnLayers = Annotated[Path, typer.Option("--layers", metavar="DIR", help="Study area's folder. 图层文件夹")]
RasterValues = Annotated[
    str | None, typer.Option(metavar="count|density|density-ha", help="What a raster's numbers are. 栅格数值的含义")
]
NewFolder = Annotated[Path, typer.Option(metavar="DIR", help="New study area's folder. 新图层文件夹")]
NewBoundary = Annotated[Path | None, typer.Option(help="Polygon of the study area. 研究范围")]
NewPopulation = Annotated[
    Path | None, typer.Option(help="Grid or points with a population column, or a GeoTIFF. 人口格网或点")
]
NewName = Annotated[str | None, typer.Option(help="Name of the study area. 名称")]
NewCrs = Annotated[str | None, typer.Option(help="Analysis CRS; default: by the place. 量算坐标系")]
NewOverwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a study area that is there. 覆盖")]


def folder_of(layers: Path | None) -> Path:
    from kunshan_gis.layers import embedded_folder

    return embedded_folder() if layers is None else layers


def folder_for_work(layers: Path | None, out: Path | None) -> Path:
    """The study area's folder, where files are to be put beside it unless they go elsewhere."""
    from kunshan_gis.errors import ParameterError
    from kunshan_gis.messages import Text

    if layers is None and out is None:
        raise ParameterError(
            Text(
                "内置研究区的文件夹不作改动；请用 --layers 指定自己的文件夹，或用 --out 指定输出文件",
                "nothing is put into the embedded study area's folder; give --layers DIR, or --out FILE",
            )
        )
    return folder_of(layers)


def read_area(
    layers: Path | None,
    progress: Progress,
    kinds: tuple[str, ...] | None = None,
    *,
    scenario: Scenario | None = None,
) -> StudyArea:
    from kunshan_gis.layers import open_area

    area = open_area(folder_of(layers), kinds, progress=progress)
    return area if scenario is None else area.in_scenario(scenario.value)


def choose_walk(area: StudyArea, minutes: float | None, speed_mps: float | None, profile: str | None) -> Walk:
    from kunshan_gis.studies.walk import Walk

    return Walk.choose(area, minutes=minutes, speed_mps=speed_mps, profile=profile)


def stdout() -> Console:
    from rich.console import Console

    return Console(emoji=False, width=None if sys.stdout.isatty() else 160)


def stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, emoji=False, width=None if sys.stderr.isatty() else 160)


def write(line: str) -> None:
    sys.stdout.write(line + "\n")


def print_rows(table: Any, format: Format) -> None:  # noqa: A002 - the option's name
    from kunshan_gis.export import records, rows_csv

    if format is Format.json:
        write(json.dumps(records(table), ensure_ascii=False, indent=2))
    else:
        sys.stdout.write(rows_csv(table))


def print_table(table: Any, result: Any, lang: Lang) -> None:
    from kunshan_gis.terminal import print_coverage

    print_coverage(table, result, stdout(), lang=lang.value)


def print_units(result: Result, lang: Lang) -> None:
    """The figures of the smallest unit that there are figures for."""
    unit = next(unit for unit in ("zones", "towns", "area") if unit in result.tables)
    print_table(result.tables[unit], result, lang)


def print_figures(table: Any, format: Format) -> None:  # noqa: A002 - the option's name
    """Any table, in the format asked for."""
    if format is not Format.table:
        return print_rows(table, format)
    from kunshan_gis import terminal

    return terminal.print_figures(table, stdout())


def say_each(lines: Iterable[object]) -> None:
    """What is to be known beside the output proper: the files written, notes."""
    from kunshan_gis.terminal import say

    for line in lines:
        say(str(line), stderr())


@contextmanager
def showing_progress() -> Iterator[Progress]:
    from kunshan_gis.terminal import progress_bar

    with progress_bar(stderr()) as callback:
        yield callback


def written(area: StudyArea, result: Result, out: Path | None) -> None:
    """`result.json` where a folder is given."""
    if out is None:
        return
    from kunshan_gis.studies.walks_again import write_result

    say_each(write_result(area, result, out))


def units_key(by: By | CheckUnit, units: Path | None) -> str:
    """What the units are called: the study area's own, or the file's name."""
    return UNIT_KEYS[by] if units is None else units.stem


def own_units(units: Path | None, area: StudyArea) -> gpd.GeoDataFrame | None:
    """The polygons of a file, where one is given."""
    if units is None:
        return None
    from kunshan_gis.studies.own_units import read_units

    return read_units(units, area)
