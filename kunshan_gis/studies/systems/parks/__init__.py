"""The park system in tiers: count, area, size, balance, green in sight, a park at the door, the next sites."""

from __future__ import annotations

from kunshan_gis.maps import MapPage
from kunshan_gis.maps.park_system import park_system_map
from kunshan_gis.messages import Lang
from kunshan_gis.studies.systems.parks.options import Options
from kunshan_gis.studies.systems.parks.study import study
from kunshan_gis.studies.systems.system import System

OPTIONS = Options

__all__ = ["OPTIONS", "page", "study"]


def page(found: System, *, lang: Lang = "zh") -> MapPage:
    """The map of an answer, its findings and its tables."""
    return park_system_map(found.area, found.result, found.drawn, found.said, lang=lang)
