"""A saved result run again: the same, or what differs and why.

The inputs are compared first, by their digests; then the study runs with the parameters and edits the result states,
and every cell of every table is held against what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import geopandas as gpd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import KunshanGISError, ParameterError, ResultError, listed
from kunshan_gis.layers.result_file import SavedInput, SavedResult
from kunshan_gis.messages import NOTHING, Text, text
from kunshan_gis.model import Edit, Progress, Result, Scenario, StudyArea, silent
from kunshan_gis.rules import profile_file
from kunshan_gis.schema import KINDS
from kunshan_gis.studies import walks_again
from kunshan_gis.studies.accounts import input_of
from kunshan_gis.studies.changes import compare, footprint
from kunshan_gis.studies.check import check
from kunshan_gis.studies.differences import (
    InputChange,
    Moved,
    Setting,
    figures_between,
    inputs_between,
    saved_of,
    settings_between,
)
from kunshan_gis.studies.park_reach import KINDS_READ, park_reach
from kunshan_gis.studies.seen import before_edits, seen
from kunshan_gis.studies.sensitivity import SENSITIVITY
from kunshan_gis.studies.systems.again import SystemAsked, system_again
from kunshan_gis.studies.systems.registry import SYSTEMS
from kunshan_gis.studies.units import HEX, UNITS
from kunshan_gis.studies.walk import Walk
from kunshan_gis.studies.walks_again import AccessAsked, CoverageAsked, WalksAsked
from kunshan_gis.validation import problems_of

Status = Literal["same", "figures_same", "differs", "not_run"]


@dataclass(frozen=True)
class Reproduced:
    """What running a result again showed.

    Attributes
    ----------
    status : `same`: inputs, settings and figures; `figures_same`: something went in that is not what it was, and no
        figure moved; `differs`: figures moved; `not_run`: the study refuses these inputs, see `reason`
    inputs : every input, also those that are the same
    settings : parameters, profiles and versions that differ
    figures : cells that differ, the largest change first
    rows : how many rows of tables were held against each other
    """

    study: str
    status: Status
    inputs: tuple[InputChange, ...]
    settings: tuple[Setting, ...]
    figures: tuple[Moved, ...]
    rows: int
    reason: Text = NOTHING
    reportable: bool = True

    @property
    def exit_code(self) -> int:
        """0 where it is the same, else 1."""
        return int(self.status != "same")

    @property
    def changed_inputs(self) -> tuple[InputChange, ...]:
        """The inputs that are not what they were."""
        return tuple(entry for entry in self.inputs if entry.state != "same")

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for `--format json`."""
        return {
            "study": self.study, "status": self.status, "rows": self.rows, "reportable": self.reportable,
            "reason": self.reason.zh, "reason_en": self.reason.en,
            "inputs": [entry.as_dict() for entry in self.inputs],
            "settings": [entry.as_dict() for entry in self.settings],
            "figures": [entry.as_dict() for entry in self.figures],
        }  # fmt: skip


def reproduce(
    result: SavedResult,
    area: StudyArea,
    *,
    polygons: gpd.GeoDataFrame | None = None,
    profiles: Sequence[str] = (),
    cache: DiskCache | None = None,
    progress: Progress = silent,
) -> Reproduced:
    """Run a saved result again on a study area and hold both against each other.

    Parameters
    ----------
    polygons : the areas of one's own that the figures are given by, where the result says so
    profiles : .toml files of profiles that are neither shipped nor the study area's own

    Raises
    ------
    ResultError
        The study is unknown, or its parameters or edits cannot be used.
    ParameterError, StandardError
        Units or a profile of one's own are needed again.
    """
    study = study_of(result)
    asked = study.asked(result, polygons, profiles)
    kept = cache or DiskCache()
    there = [SavedInput(**input_of(area.layer(one.kind))) for one in result.inputs if area.has(one.kind)]
    found = _told(inputs_between(result.inputs, there), area, kept)
    try:
        again = saved_of(study.run(_edited(area, result), asked, progress))
    except KunshanGISError as error:
        if all(entry.state == "same" for entry in found):
            raise
        return Reproduced(result.study, "not_run", found, (), (), 0, error.message, result.reportable)
    return judged(result, again, _told(inputs_between(result.inputs, again.inputs), area, kept))


def measured_like(
    result: SavedResult,
    area: StudyArea,
    *,
    polygons: gpd.GeoDataFrame | None = None,
    profiles: Sequence[str] = (),
    progress: Progress = silent,
) -> SavedResult:
    """What the study of a saved result says of another study area, with the same parameters and no edits.

    Raises
    ------
    ResultError, ParameterError, StandardError
        See `reproduce`.
    """
    study = study_of(result)
    return saved_of(study.run(area, study.asked(result, polygons, profiles), progress))


def judged(before: SavedResult, after: SavedResult, inputs: tuple[InputChange, ...]) -> Reproduced:
    """Two results of one study held against each other; another version of a library is no difference by itself."""
    settings, figures = settings_between(before, after), figures_between(before, after)
    alike = all(one.state == "same" for one in inputs) and all(one.group == "version" for one in settings)
    status: Status = "differs" if figures else "same" if alike else "figures_same"
    rows = sum(len(table) for table in after.tables.values())
    return Reproduced(before.study, status, inputs, settings, figures, rows, reportable=after.reportable)


def kinds_of(result: SavedResult) -> tuple[str, ...] | None:
    """The kinds of layers that running a result again reads; None for all.

    Raises
    ------
    ResultError
        The study is unknown.
    """
    return study_of(result).kinds


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    allow_open_edge: bool = False
    scenario: Scenario = "existing"


class _Walked(_Asked):
    minutes: float = Field(gt=0, le=240)
    speed_mps: float = Field(gt=0, le=3)
    max_leg_m: float = Field(ge=0, le=100_000)
    min_component_m: float = Field(ge=0, le=1e9)
    crossing_delay_s: float = Field(default=0.0, ge=0, le=600)
    crossing_classes: tuple[str, ...] = ()
    stairs_s_per_m: float = Field(default=0.0, ge=0, le=60)
    profile: str = ""


class _ProfileAsked(BaseModel):
    key: str = Field(pattern=r"^[^/\\]+$")
    sha256: str = ""


class _Checked(_Asked):
    profiles: tuple[_ProfileAsked, ...] = Field(min_length=1)
    by: str
    units_sha256: str = ""
    speed_mps: float | None = Field(default=None, gt=0, le=3)
    sensitivity: str = Field(default="", pattern=f"^({SENSITIVITY})?$")
    polygons: Any = None
    files: Mapping[str, str] = Field(default_factory=dict)


_A = TypeVar("_A", bound=BaseModel)
_W = TypeVar("_W", bound=WalksAsked)


@dataclass(frozen=True)
class _Study:
    """How the parameters of a study are read from a result, and how it runs."""

    kinds: tuple[str, ...] | None
    asked: Callable[[SavedResult, gpd.GeoDataFrame | None, Sequence[str]], Any]
    run: Callable[[StudyArea, Any, Progress], Result]


def study_of(result: SavedResult) -> _Study:
    """The study that made a result.

    Raises
    ------
    ResultError
        This version does not know it.
    """
    if result.study not in _STUDIES:
        known = ", ".join(_STUDIES)
        raise ResultError(
            Text(
                f"没有 `{result.study[:60]}` 这项分析，成果无法重算；可重算的有：{known}",
                f"the study `{result.study[:60]}` is unknown, so the result cannot be run again; there are: {known}",
            )
        )
    return _STUDIES[result.study]


def _walk_asked(result: SavedResult, _: gpd.GeoDataFrame | None, __: Sequence[str]) -> _Walked:
    return _model(_Walked, result).model_copy(update={"profile": result.profile})


def _run_park_reach(area: StudyArea, asked: _Walked, progress: Progress) -> Result:
    walk = Walk(**asked.model_dump(exclude={"allow_open_edge", "scenario"}))
    area = area.in_scenario(asked.scenario)
    return park_reach(area, walk, allow_open_edge=asked.allow_open_edge, progress=progress).result


def _check_asked(result: SavedResult, polygons: gpd.GeoDataFrame | None, files: Sequence[str]) -> _Checked:
    asked = _model(_Checked, result)
    own = {profile_file(Path(name)).key: name for name in files}
    if odd := [one.key for one in asked.profiles if one.key.endswith(".toml")]:  # a file of that name is not meant
        raise ResultError(Text(f"成果中的口径代号 {listed(odd)} 无效", f"{listed(odd)} is no key of a profile"))
    _require_units(asked.by, asked.units_sha256, polygons)
    return asked.model_copy(update={"polygons": polygons, "files": own})


def _require_units(by: str, units_sha256: str, polygons: gpd.GeoDataFrame | None) -> None:
    """Units of one's own are given again, and no others.

    Raises
    ------
    ParameterError
        They are not, or the result is not by any.
    """
    known = (*UNITS, HEX)
    if (by not in known or units_sha256) and polygons is None:
        raise ParameterError(
            Text(
                f"成果按自备的统计单元 `{by[:60]}` 统计，请用 --units 给出该文件",
                f"the result is by units of your own, `{by[:60]}`; give their file with --units",
            )
        )
    if by in known and polygons is not None and not units_sha256:
        raise ParameterError(
            Text(f"成果按 {by} 统计，不需要 --units", f"the result is by {by}; --units has no meaning")
        )


def _run_check(area: StudyArea, asked: _Checked, progress: Progress) -> Result:
    names = [asked.files.get(one.key, one.key) for one in asked.profiles]
    return check(
        area.in_scenario(asked.scenario), names, by=asked.by, polygons=asked.polygons, speed_mps=asked.speed_mps,
        sensitivity=bool(asked.sensitivity), allow_open_edge=asked.allow_open_edge, progress=progress,
    ).result  # fmt: skip


def _system_asked(result: SavedResult, _: gpd.GeoDataFrame | None, __: Sequence[str]) -> SystemAsked:
    return _model(SystemAsked, result).model_copy(update={"profile": result.profile})


def _run_system(key: str, area: StudyArea, asked: SystemAsked, progress: Progress) -> Result:
    return system_again(area, key, asked, progress)


def _walks_asked(model: type[_W]) -> Callable[[SavedResult, gpd.GeoDataFrame | None, Sequence[str]], _W]:
    def asked(result: SavedResult, polygons: gpd.GeoDataFrame | None, _: Sequence[str]) -> _W:
        said = _model(model, result)
        _require_units(said.by, said.units_sha256, polygons)
        return said.model_copy(update={"polygons": polygons, "profile": result.profile})

    return asked


_STUDIES = {
    "coverage": _Study(walks_again.KINDS_READ, _walks_asked(CoverageAsked), walks_again.coverage_again),
    "access": _Study(walks_again.KINDS_READ, _walks_asked(AccessAsked), walks_again.access_again),
    "park_reach": _Study(KINDS_READ, _walk_asked, _run_park_reach),
    "check": _Study(None, _check_asked, _run_check),
    **{key: _Study(None, _system_asked, partial(_run_system, key)) for key in SYSTEMS},
}


def _model(model: type[_A], result: SavedResult) -> _A:
    try:
        return model.model_validate(result.parameters)
    except ValidationError as error:
        title = Text("成果中的参数无法使用，不能重算", "the parameters of the result cannot be used to run it again")
        raise ResultError(title, problems_of(error, "parameters")) from error


def _edited(area: StudyArea, result: SavedResult) -> StudyArea:
    """The study area with the edits of the result made again.

    Raises
    ------
    ParameterError, LayerSchemaError
        The features are not there any more, or are there already.
    """
    for edit in result.edits:
        table = area.optional(edit.kind) if edit.kind in KINDS else None
        if table is None or "id" not in table or not isinstance(table, gpd.GeoDataFrame):
            raise ResultError(
                Text(
                    f"成果中的情景改动涉及 `{edit.kind[:60]}`，研究区没有这类可改动的图层",
                    f"an edit of the result is of `{edit.kind[:60]}`, and the study area has no such layer to edit",
                )
            )
    return area.with_edits(*(Edit.of(edit.model_dump()) for edit in result.edits)) if result.edits else area


def _told(inputs: tuple[InputChange, ...], area: StudyArea, cache: DiskCache) -> tuple[InputChange, ...]:
    """The inputs, with what changed in each where the cache knows what it was."""
    return tuple(replace(entry, what=_what(entry, area, cache)) for entry in inputs)


def _what(entry: InputChange, area: StudyArea, cache: DiskCache) -> Text:
    if entry.state != "changed" or entry.before is None:
        return NOTHING
    was = seen(cache, area, entry.kind, entry.before.sha256, entry.before.datum)
    if was is None:
        return text("what_not_known")
    changes = compare(was, footprint(before_edits(area, entry.kind).table, entry.kind))
    return changes.said() if changes else text("what_only_the_file")
