"""The plan's systems as a planner asks for them: `kg.tod(area, by="town").table`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kunshan_gis.model import Progress, Scenario, StudyArea, silent
from kunshan_gis.studies.systems.registry import run
from kunshan_gis.studies.systems.system import Asked, System


def _study(key: str, about: str) -> Callable[..., System]:
    def ask(
        area: StudyArea,
        *,
        by: str = "",
        scenario: Scenario | None = None,
        beyond: bool = True,
        minutes: float | None = None,
        speed_mps: float | None = None,
        profile: str | None = None,
        allow_open_edge: bool = False,
        progress: Progress = silent,
        **options: Any,
    ) -> System:
        asked = Asked(
            by=by, scenario=scenario, beyond=beyond, minutes=minutes, speed_mps=speed_mps, profile=profile,
            allow_open_edge=allow_open_edge, options=options,
        )  # fmt: skip
        return run(area, key, asked, progress=progress)

    ask.__name__ = ask.__qualname__ = key
    ask.__doc__ = about + _SHARED
    return ask


_SHARED = """

    Parameters
    ----------
    by : area, zones, towns or communities (or zone, town, community)
        Units of the tables by unit; by default zones, else towns.
    scenario : existing or planned; by default the study area's
    beyond : whether parks, stations and services beyond the boundary count
    minutes, speed_mps, profile : the walk; by default the study area's profile
    options : what the study is asked besides, by the names of `kunshan_gis.studies.systems.<system>.OPTIONS`

    Raises
    ------
    LayerNotFoundError
        The layer the system is drawn in is missing.
    ParameterError, StandardError
        An option, unit, pace or profile that there is not.
    LayerSchemaError
        Layers that contradict each other; every problem by name.
    NetworkError
        The street data ends within one walk of residents although a boundary is given.
    """

zones = _study("zones", "The plan's zones and towns side by side, and what links them with each other and outward.")
tod = _study("tod", "Station areas: who and what lies around each station, within radii and on foot.")
roads = _study("roads", "The expressways: their topology, drive times, redundancy, and what they cost walkers.")
corridors = _study("corridors", "Ecological corridors: width, continuity, what they join, who reaches them.")
parks = _study("parks", "The park system in tiers: count, area, size, balance, and where the next park goes.")
