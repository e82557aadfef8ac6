"""Severance on the page of the expressways: what bars walkers, where they get across, and where they should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from kunshan_gis.maps import base
from kunshan_gis.maps.page import MapLayer
from kunshan_gis.maps.system_page import card_of
from kunshan_gis.messages import text
from kunshan_gis.model import Style

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.model import Result, StudyArea

Drawn = Mapping[str, "gpd.GeoDataFrame"]
MEASURED = ("measured", "free")
_ROAD = ("name", "severance_state", "severing_km", "perhaps_severing_km", "ground_crossings", "crossing_spacing_m",
         "longest_uncrossed_m", "severed_parks", "detoured", "detour_m")  # fmt: skip
_CROSSING = ("name", "crossing_rank", "crossing_m", "regained", "regained_total", "regained_needs")
_LOST = ("home_id", "home_unit", "population", "access_before", "access_after", "metres_before", "metres_after")


def severance_layers(area: StudyArea, result: Result, drawn: Drawn) -> list[MapLayer]:
    """The layers of severance, the upper ones last; those without rows are left out."""
    there = [key for key in _LOOKS if len(drawn.get(key, ()))]
    return [_layer(area, result, key, drawn[key]) for key in there]


def stretches() -> dict[str, Style]:
    """Expressways by what they are to walkers; grey where that cannot be measured."""
    looks = {"ground": ("#a12a1e", 4.2, None), "unknown": ("#d98a5b", 3.6, "6 4"), "off": ("#b9b4a8", 2.4, None),
             "not_measurable": ("#8d8d92", 3.0, "2 5")}  # fmt: skip
    return {
        key: Style(*text(f"roads_severance_stretch_{key}"), color=color, width=width, dash=dash)
        for key, (color, width, dash) in looks.items()
    }


def passages() -> dict[str, Style]:
    """Crossings for walkers by how they cross."""
    fills = {"bridge": "#2b6c8f", "tunnel": "#1f8a5b", "level": "#7a6a2f", "unknown": "#9a9a94"}
    return {
        key: Style(*text(f"roads_severance_passage_{key}"), color="#ffffff", fill=fill, width=1.0, radius=3.6)
        for key, fill in fills.items()
    }


class _Look(NamedTuple):
    """How a layer is drawn.

    Attributes
    ----------
    style : one, or by the class of a feature
    columns : of its card
    rests_on : the kind of layer whose basis it shares
    """

    style: Style | dict[str, Style]
    columns: Sequence[str]
    rests_on: str = "expressways"


def _point(key: str, fill: str, radius: float) -> Style:
    return Style(*text(key), color="#ffffff", fill=fill, width=1.2, radius=radius)


def _line(key: str, color: str, width: float) -> Style:
    return Style(*text(key), color=color, width=width)


_LOOKS = {
    "severance_longest": _Look(_line("severance_longest", "#f2c14e", 11.0), ("name", "longest_uncrossed_m")),
    "severance_expressways": _Look(stretches(), _ROAD),
    "severance_passages": _Look(passages(), ("name",)),
    "severance_homes": _Look(_point("severance_homes", "#7d2440", 4.0), ("home_id", "population", "metres"), "homes"),
    "severance_closed": _Look(_line("severance_closed", "#26313a", 6.0), ("street_id", "closed_structure"), "streets"),
    "severance_lost_homes": _Look(_point("severance_lost_homes", "#c2312f", 5.0), _LOST, "homes"),
    "severance_crossings": _Look(_point("severance_crossings", "#5b2a86", 8.0), _CROSSING),
}
"""By the name of the frame, the upper ones last."""


def _layer(area: StudyArea, result: Result, key: str, table: gpd.GeoDataFrame) -> MapLayer:
    look = _LOOKS[key]
    if key == "severance_crossings":  # 80 m of street: drawn as a point with its place in the order
        lines = np.asarray(table.geometry.array)
        table = table.set_geometry(shapely.line_interpolate_point(lines, 0.5, normalized=True), crs=table.crs)
    carded, fields = card_of(table, look.columns, demo=not result.reportable, counted=result.provenance.counted)
    label = next((field for field in fields if field.column.startswith("crossing_rank")), None)
    style, by = look.style, None
    if isinstance(style, dict):
        carded = carded.assign(class_=_classes(carded))
        style, by = {name: one for name, one in style.items() if (carded["class_"] == name).any()}, "class_"
    return MapLayer(
        key, text(key), text("group_severance"), carded, style, by=by, fields=fields, label=label,
        basis=base.basis_of_kind(area, look.rests_on), partly=base.partly(area, look.rests_on), derived=True,
    )  # fmt: skip


def _classes(table: gpd.GeoDataFrame) -> list[str]:
    """How walkers cross, or what a stretch of expressway is to them, as far as it can be measured."""
    if "passage" in table:
        return list(table["passage"])
    pairs = zip(table["bars"], table["severance_state"], strict=True)
    return [bars if state in MEASURED else "not_measurable" for bars, state in pairs]
