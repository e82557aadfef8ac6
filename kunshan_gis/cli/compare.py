"""`kunshan-gis compare`: two results or study areas side by side, who gains, who loses, where and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kunshan_gis.cli.options import (
    UNIT_KEYS,
    CheckUnit,
    Lang,
    LangOption,
    OpenEdge,
    say_each,
    showing_progress,
    stdout,
    write,
)
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

if TYPE_CHECKING:
    from kunshan_gis.layers import SavedResult
    from kunshan_gis.model import Edit, Progress
    from kunshan_gis.studies.compare import Compared
    from kunshan_gis.studies.compare_areas import ComparedAreas


class CompareFormat(StrEnum):
    """How the comparison is printed."""

    table = "table"
    json = "json"
    md = "md"


_RESULT = "result.json"


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="A result.json or a study area's folder. 成果或图层文件夹")],
    b: Annotated[Path | None, typer.Argument(metavar="[B]", help="The other one. 另一份成果或文件夹")] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND:ID", help="B is A without this feature; may be given several times. 从 A 中移除"),
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(help="What to compare by; default: A's reporting basis, else park coverage. 标准口径，可多次给出"),
    ] = None,
    by: Annotated[CheckUnit, typer.Option(help="Figures also by these units. 统计单元")] = CheckUnit.area,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write both results and who gains and loses here. 输出文件夹")
    ] = None,
    format: Annotated[CompareFormat, typer.Option(help="How to print. 输出格式")] = CompareFormat.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
    allow_open_edge: OpenEdge = False,
) -> None:
    """Two results or study areas: who gains reach, who loses it, where, and why. 对比两份成果或两个研究区。"""
    edits = removals(remove or ())
    if (b is None) == (not edits):
        raise ParameterError(
            Text("请给出 A 与 B，或只给出 A 并用 --remove 类别:编号", "give A and B, or A alone with --remove KIND:ID")
        )
    paths: list[Path] = []
    found: Compared | ComparedAreas
    with showing_progress() as progress:
        if edits or (_is_area(a) and b is not None and _is_area(b)):
            found = _areas(a, b, edits, tuple(profile or ()), UNIT_KEYS[by], progress, allow_open_edge=allow_open_edge)
        else:
            assert b is not None
            found = _results(a, b, tuple(profile or ()), progress)
        if out is not None:
            paths = _written(found, out)
    if format is CompareFormat.json:
        write(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        from kunshan_gis.cli import compare_shown

        show = compare_shown.print_compared if format is CompareFormat.table else compare_shown.print_markdown
        show(found, stdout(), lang=lang.value)
    say_each(paths)


def removals(said: Sequence[str]) -> tuple[Edit, ...]:
    """Edits that take features away, from `KIND:ID`.

    Raises
    ------
    ParameterError
        One is not written so, or its kind is unknown.
    """
    from kunshan_gis.model import Edit
    from kunshan_gis.schema import KINDS

    by_kind: dict[str, list[str]] = {}
    for one in said:
        kind, colon, key = one.partition(":")
        if not colon or not key or kind not in KINDS:
            raise ParameterError(
                Text(
                    f"--remove {one}：应写作 类别:编号，例如 streets:street-03025",
                    f"--remove {one}: write KIND:ID, for example streets:street-03025",
                ),
                Text(f"类别有：{', '.join(KINDS)}", f"kinds are: {', '.join(KINDS)}"),
            )
        by_kind.setdefault(kind, []).append(key)
    return tuple(Edit.remove(kind, *ids) for kind, ids in by_kind.items())


def _is_area(path: Path) -> bool:
    return path.is_dir() and not (path / _RESULT).is_file()


def _areas(
    a: Path,
    b: Path | None,
    edits: tuple[Edit, ...],
    profiles: tuple[str, ...],
    by: str,
    progress: Progress,
    *,
    allow_open_edge: bool,
) -> ComparedAreas:
    from kunshan_gis.layers import open_area
    from kunshan_gis.studies.compare_areas import compare_areas

    before = open_area(a, progress=progress)
    after = before.with_edits(*edits) if b is None else open_area(b, progress=progress)
    return compare_areas(before, after, profiles, by=by, allow_open_edge=allow_open_edge, progress=progress)


def _results(a: Path, b: Path, profiles: tuple[str, ...], progress: Progress) -> Compared:
    """Two results; a study area beside a result is measured as the result was."""
    from kunshan_gis.layers import open_area, read_result
    from kunshan_gis.studies.compare import compare_results
    from kunshan_gis.studies.reproduce import kinds_of, measured_like

    def measured(path: Path, other: SavedResult) -> SavedResult:
        area = open_area(path, kinds_of(other), progress=progress)
        return measured_like(other, area, profiles=profiles, progress=progress)

    before, after = (None if _is_area(path) else read_result(_file(path)) for path in (a, b))
    if before is None:
        assert after is not None
        before = measured(a, after)
    return compare_results(before, after or measured(b, before))


def _file(path: Path) -> Path:
    """A result, or the one in the folder that a command wrote."""
    return path / _RESULT if path.is_dir() else path


def _written(found: Compared | ComparedAreas, out: Path) -> list[Path]:
    from kunshan_gis.export import json_bytes, write_files
    from kunshan_gis.studies.compare_areas import ComparedAreas, compare_files, ever_written

    if isinstance(found, ComparedAreas):
        return sorted(write_files(out, compare_files(found), stale=ever_written()))
    return write_files(out, {"compare.json": json_bytes(found.as_dict())}, stale=ever_written())
