"""The page of an answer about the expressways."""

from __future__ import annotations

from kunshan_gis.maps import MapPage
from kunshan_gis.maps.roads import roads_map
from kunshan_gis.messages import Lang
from kunshan_gis.studies.systems.system import System


def page(found: System, *, lang: Lang = "zh") -> MapPage:
    """The page of an answer."""
    return roads_map(found.area, found.result, found.drawn, found.said, lang=lang)
