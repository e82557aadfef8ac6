"""The studies of the plan's systems by name: run, drawn, written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import ParameterError
from kunshan_gis.export import json_bytes, result_data, system_workbook, write_files
from kunshan_gis.maps import MapPage, render
from kunshan_gis.messages import Lang, Text
from kunshan_gis.model import Progress, StudyArea, silent
from kunshan_gis.studies.seen import keep_seen
from kunshan_gis.studies.systems.system import ANYTHING, Asked, Setting, System, setting_of

_HOME = "kunshan_gis.studies.systems"
_DEMO = "-DEMO"


@dataclass(frozen=True)
class Entry:
    """One system: the layer without which there is nothing to say, and where its study and its page are.

    The package `<home>.<key>` has `study(Setting) -> System`, `page(System, lang) -> MapPage` and `OPTIONS`, a pydantic
    model of what it is asked besides.
    """

    key: str
    needs: tuple[str, ...]

    @property
    def study(self) -> Callable[[Setting], System]:
        """The study."""
        return self._of("study")  # type: ignore[no-any-return]

    @property
    def page(self) -> Callable[..., MapPage]:
        """The page of an answer."""
        return self._of("page")  # type: ignore[no-any-return]

    @property
    def options(self) -> Any:
        """The model of what the study is asked besides."""
        return self._of("OPTIONS")

    def _of(self, name: str) -> Any:
        return getattr(import_module(f"{_HOME}.{self.key}"), name)


SYSTEMS = {
    entry.key: entry
    for entry in (
        Entry("zones", ("towns", "zone_towns")),
        Entry("tod", ("stations",)),
        Entry("roads", ("expressways",)),
        Entry("corridors", ("corridors",)),
        Entry("parks", ("parks",)),
    )
}
"""In the order of the plan, and of the publication."""


def systems_there(area: StudyArea) -> tuple[str, ...]:
    """The systems a study area has layers for."""
    return tuple(key for key, entry in SYSTEMS.items() if all(area.has(kind) for kind in entry.needs))


def entry_of(key: str) -> Entry:
    """A system by its key.

    Raises
    ------
    ParameterError
        There is none of that name.
    """
    if key not in SYSTEMS:
        there = ", ".join(SYSTEMS)
        raise ParameterError(
            Text(f"没有系统 `{key}`；可选：{there}", f"there is no system `{key}`; there are: {there}")
        )
    return SYSTEMS[key]


def run(area: StudyArea, key: str, asked: Asked = ANYTHING, *, progress: Progress = silent) -> System:
    """Measure a system of a study area.

    Raises
    ------
    LayerNotFoundError
        The layer the system is drawn in is missing.
    ParameterError, StandardError, NetworkError
        See `setting_of`; an option the study does not have, or cannot take.
    """
    entry = entry_of(key)
    area.require(*entry.needs)
    setting = setting_of(area, with_options(key, asked), progress=progress)
    progress("measuring_systems", 0, 1)
    found = entry.study(setting)
    progress("measuring_systems", 1, 1)
    return found


def with_options(key: str, asked: Asked) -> Asked:
    """What is asked, the study's own options completed by their defaults and checked."""
    from pydantic import ValidationError

    from kunshan_gis.validation import problems_of

    try:
        options = entry_of(key).options.model_validate(dict(asked.options))
    except ValidationError as error:
        problems = problems_of(error, key)
        reasons = Text("；".join(p.what.zh for p in problems), "; ".join(p.what.en for p in problems))
        raise ParameterError(
            Text(f"{key} 的选项无法使用：{reasons.zh}", f"options of {key} cannot be used: {reasons.en}")
        ) from error
    return asked.model_copy(update={"options": options.model_dump()})


def system_files(found: System, *, lang: Lang = "zh") -> dict[str, bytes]:
    """The files of a system by name; what rests on a demonstration says `-DEMO` in its name, but for result.json."""
    stem = found.key + ("" if found.result.reportable else _DEMO)
    page = entry_of(found.key).page(found, lang=lang)
    return {
        "result.json": json_bytes(result_data(found.result)),
        f"{stem}.xlsx": system_workbook(found.result, found.said),
        f"{stem}.html": render(page).encode(),
    }


def write_system(found: System, out: Path, *, lang: Lang = "zh", cache: DiskCache | None = None) -> list[Path]:
    """Write page, workbook and result.json of a system into a folder, all or none.

    Raises
    ------
    OutputError
        The folder cannot be written; nothing in it has changed.
    """
    stale = tuple(f"{found.key}{mark}.{suffix}" for mark in ("", _DEMO) for suffix in ("xlsx", "html"))
    paths = write_files(out, system_files(found, lang=lang), stale=stale)
    keep_seen(cache or DiskCache(), found.area, found.result.provenance)
    return sorted(paths)
