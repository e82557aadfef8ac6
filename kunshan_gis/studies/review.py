"""Review as offices do it: a check list goes out, its answers come back and are kept, and figures are handed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from kunshan_gis import maps
from kunshan_gis.errors import OutputError, ParameterError, StandardError, listed
from kunshan_gis.export import answers_csv, json_bytes, result_data, review_workbook, write_files
from kunshan_gis.layers import open_area
from kunshan_gis.layers.review_folder import FORMAT, day
from kunshan_gis.layers.review_sheet import FilledList, read_filled
from kunshan_gis.messages import Lang, Text
from kunshan_gis.model import Progress, Scenario, StudyArea, silent
from kunshan_gis.review import ANSWERS, HISTORY, SUBMISSIONS, Answer, by_key
from kunshan_gis.rules import profile_named
from kunshan_gis.studies.check import Check, check
from kunshan_gis.studies.park_rule import PARK_REACH, park_reach_profile
from kunshan_gis.studies.review_list import ReviewList, review_list
from kunshan_gis.studies.reviewed_groups import groups_of

LIST = "review_list"
_NAME = re.compile(r"\w[\w.-]{0,59}")


@dataclass(frozen=True, eq=False)
class Listed:
    """The list that was made, and the files it was written to."""

    made: ReviewList
    paths: tuple[Path, ...]


def export_list(
    area: StudyArea,
    out: Path,
    profiles: Sequence[str] = (),
    indicators: Sequence[str] = (),
    *,
    lang: Lang = "zh",
    overwrite: bool = False,
    allow_open_edge: bool = False,
    progress: Progress = silent,
) -> Listed:
    """Write the check list of a study area: a workbook to fill in and a map beside it, both or none.

    Raises
    ------
    ParameterError, StandardError, NetworkError, LayerSchemaError
        See `review_list`.
    OutputError
        A list is there already (it may have been filled in) and `overwrite` is not set, or the folder cannot be
        written.
    """
    for name in (f"{LIST}.xlsx", f"{LIST}-DEMO.xlsx"):
        if (out / name).exists() and not overwrite:
            raise OutputError(
                Text(
                    f"{out / name} 已存在，可能已经填写；请用 --out 换一个文件夹，或加上 --overwrite",
                    f"{out / name} is there already and may have been filled in; choose another folder with --out, or "
                    "add --overwrite",
                )
            )
    made = review_list(area, profiles, indicators, allow_open_edge=allow_open_edge, progress=progress)
    marks = ("", "-DEMO") if made.result.reportable else ("-DEMO", "")
    progress("drawing", 0, 1)
    files = {
        f"{LIST}{marks[0]}.xlsx": review_workbook(made.result, made.reviewed),
        f"{LIST}{marks[0]}.html": maps.render(list_page(area, made, lang=lang)).encode(),
    }
    progress("drawing", 1, 1)
    stale = tuple(f"{LIST}{marks[1]}.{kind}" for kind in ("xlsx", "html"))
    return Listed(made, tuple(sorted(write_files(out, files, stale=stale))))


def list_page(area: StudyArea, made: ReviewList, *, lang: Lang = "zh") -> maps.MapPage:
    """The map of a check list; in a notebook the page shows itself."""
    drawn = gpd.GeoDataFrame(made.result.tables["review"], geometry=made.places.to_numpy(), crs=made.places.crs)
    return maps.review_page(area, made.result, drawn, lang=lang)


@dataclass(frozen=True)
class Imported:
    """What became of a filled-in list.

    Attributes
    ----------
    new, replaced, unchanged : answers by what became of them
    older : answers given before the ones that are kept
    gone : answers about what is no longer in the layers, not taken in
    left : rows that were left blank
    differs : what the list was made of that is another one now
    """

    new: tuple[Answer, ...]
    replaced: tuple[Answer, ...]
    unchanged: tuple[Answer, ...]
    older: tuple[Answer, ...]
    gone: tuple[Answer, ...]
    left: int
    differs: tuple[Text, ...]
    paths: tuple[Path, ...]


def import_answers(file: Path, folder: Path, *, dry_run: bool = False, progress: Progress = silent) -> Imported:
    """Take a filled-in list into a study area: `review/answers.csv` holds the latest answer about each row.

    Earlier answers are kept in `review/history.csv`. What was answered about something that is no longer in the layers
    is named and left out.

    Raises
    ------
    LayerError, LayerSchemaError
        The file is no list, or cannot be read as it is: every mistake by sheet and cell.
    OutputError
        The folder cannot be written; nothing in it has changed.
    """
    filled = read_filled(file)
    area = open_area(folder, progress=progress)
    kept = by_key(area.review.require().answers)
    ids = set(groups_of(area).table["id"])
    outcome: dict[str, list[Answer]] = {name: [] for name in ("new", "replaced", "unchanged", "older", "gone")}
    past = list(area.review.history)
    for answer in filled.answers:
        what = _outcome(answer, kept.get(answer.key), ids)
        outcome[what].append(answer)
        past += [kept[answer.key]] if what == "replaced" else [answer] if what == "older" else []
        if what in ("new", "replaced"):
            kept[answer.key] = answer
    files = {ANSWERS: answers_csv(kept[key] for key in sorted(kept))}
    if past:
        files[HISTORY] = answers_csv(sorted(dict.fromkeys(past), key=lambda one: (one.key, one.date, one.said)))
    changed = any(outcome[name] for name in ("new", "replaced", "older"))
    paths = write_files(folder, files) if changed and not dry_run else []
    told = {name: tuple(answers) for name, answers in outcome.items()}
    return Imported(**told, left=filled.left, differs=tuple(_differs(filled, area)), paths=tuple(paths))


def _outcome(answer: Answer, before: Answer | None, ids: set[str]) -> str:
    if answer.id not in ids:
        return "gone"
    if before is None:
        return "new"
    if before.date > answer.date:
        return "older"
    same = before.said == answer.said and before.reviewed == answer.reviewed
    return "unchanged" if same else "replaced"


def _differs(filled: FilledList, area: StudyArea) -> list[Text]:
    """Layers and profiles that the list was made of and that are others now."""
    now = {name: layer.sha256 for name, layer in area.layers.items()}
    layers = [name for name, sha256 in filled.layers.items() if now.get(name) != sha256]
    profiles = [key for key, sha256 in filled.profiles.items() if _profile_sha256(area, key) != sha256]
    return [
        Text(
            f"清单制作以后已改变的{zh}：{listed(names, 20)}",
            f"{en} that changed since the list was made: {listed(names, 20)}",
        )
        for zh, en, names in (("图层", "layers", layers), ("标准口径", "profiles", profiles))
        if names
    ]


def _profile_sha256(area: StudyArea, key: str) -> str:
    try:
        return profile_named(key, {PARK_REACH: park_reach_profile(area), **area.profiles}).sha256
    except StandardError:
        return ""


@dataclass(frozen=True, eq=False)
class Submitted:
    """The figures that were handed in, and the file that keeps them."""

    found: Check
    path: Path


def submit(
    folder: Path,
    name: str,
    date: str,
    profiles: Sequence[str] = (),
    *,
    by: str = "area",
    scenario: Scenario | None = None,
    trial: bool = False,
    sensitivity: bool = True,
    allow_open_edge: bool = False,
    progress: Progress = silent,
) -> Submitted:
    """Keep the figures of now as a submission, so that later checks show the change since.

    Parameters
    ----------
    name : becomes the file's name, for example 2026-Q3
    date : YYYY-MM-DD, the day it is handed in
    trial : mark it as no submission; needed where figures rest on demonstration layers

    Raises
    ------
    ParameterError
        The name or the date means nothing, or the figures rest on a demonstration and `trial` is not set.
    OutputError
        A submission of that name is kept already, or the folder cannot be written.
    """
    _require(folder, name, date)
    area = open_area(folder, progress=progress)
    area = area if scenario is None else area.in_scenario(scenario)
    found = check(
        area, profiles, by=by, sensitivity=sensitivity, allow_open_edge=allow_open_edge, progress=progress
    )  # fmt: skip
    if not found.result.reportable and not trial:
        raise ParameterError(
            Text(
                "数字依据演示数据，不能作为提交成果", "the figures rest on demonstration layers and cannot be submitted"
            ),
            Text(
                "换成实际图层后再提交；仅作试用请加 --trial（会注明）",
                "replace those layers first; to try it out add --trial, which marks it",
            ),
        )
    data = {"format": FORMAT, "name": name, "date": date, "trial": trial, "result": result_data(found.result)}
    return Submitted(found, write_files(folder, {_file(name): json_bytes(data)})[0])


def _file(name: str) -> str:
    return f"{SUBMISSIONS}/{name}.json"


def _require(folder: Path, name: str, date: str) -> None:
    if not _NAME.fullmatch(name):
        raise ParameterError(
            Text(f"名称“{name}”不能作文件名", f"“{name}” cannot be a file's name"),
            Text("用字母、数字、汉字与 - _ .，例如 2026-Q3", "use letters, digits and - _ ., for example 2026-Q3"),
        )
    if day(date) is None:
        raise ParameterError(
            Text(f"--date 不是日期：“{date}”", f"--date is no date: “{date}”"),
            Text("写作 YYYY-MM-DD", "write YYYY-MM-DD"),
        )
    if (folder / _file(name)).exists():
        raise OutputError(
            Text(
                f"已有名为 {name} 的提交成果；请换一个名称，或先移走 {_file(name)}",
                f"a submission called {name} is kept already; choose another name, or move {_file(name)} away first",
            )
        )
