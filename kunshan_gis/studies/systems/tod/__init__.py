"""Station areas (TOD): who and what lies around stations, node and place, chains, circles, first gaps to close."""

from __future__ import annotations

from kunshan_gis.maps import MapPage
from kunshan_gis.maps.tod import tod_map
from kunshan_gis.messages import Lang
from kunshan_gis.studies.systems.system import System
from kunshan_gis.studies.systems.tod.options import Options
from kunshan_gis.studies.systems.tod.study import study

OPTIONS = Options

__all__ = ["OPTIONS", "page", "study"]


def page(found: System, *, lang: Lang = "zh") -> MapPage:
    """The map of an answer, its findings, charts and tables."""
    return tod_map(found.area, found.result, found.drawn, found.said, lang=lang)
