"""Layers of the focus areas: what the plan makes of each, its figures, the ground within the walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kunshan_gis.maps import base, palette
from kunshan_gis.maps.page import MapLayer
from kunshan_gis.maps.system_page import card_of
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Style

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.model import Result, StudyArea

_CARD = ("name", "focus_class", "focus_people", "focus_inside_people", "focus_jobs", "focus_facilities", "focus_parks",
         "focus_complete_share", "focus_lacking")  # fmt: skip


def focus_layers(area: StudyArea, result: Result, drawn: Mapping[str, gpd.GeoDataFrame]) -> list[MapLayer]:
    """Focus areas by class with their figures, above the ground within the walk of each; nothing where there are none.

    Parameters
    ----------
    drawn : with `focus_areas`, and `focus_reach` where walks can be measured
    """
    table = drawn.get("focus_areas")
    if table is None or not len(table):
        return []
    return [*_reach(area, drawn), *_areas(area, result, table)]


def walked() -> dict[str, Style]:
    """The ground within the walk, by what the plan makes of the area: pale under everything."""
    return {
        name: Style(style.zh, style.en, color=style.fill or style.color, fill=style.fill or style.color, width=0.8,
                    opacity=0.18)
        for name, style in palette.focus().items()
    }  # fmt: skip


def _reach(area: StudyArea, drawn: Mapping[str, gpd.GeoDataFrame]) -> list[MapLayer]:
    """Shown when it is asked for: fourteen areas overlap the zones' figures."""
    table = drawn.get("focus_reach")
    if table is None or not len(table):
        return []
    title = text("zones_focus_reach")
    return [_layer(area, "focus_reach", title, table, walked(), fields=(base.NAME,), shown=False)]


def _areas(area: StudyArea, result: Result, table: gpd.GeoDataFrame) -> list[MapLayer]:
    carded, fields = card_of(table, _CARD, demo=not result.reportable, counted=result.provenance.counted)
    shapes = base.by_shape(carded)
    title = text("zones_focus_areas")
    return [
        _layer(
            area, f"focus_{shape}", title if len(shapes) == 1 else _of_shape(title, shape), rows, palette.focus(),
            fields=fields, label=base.NAME, label_zoom=11,
        )
        for shape, rows in shapes.items()
    ]  # fmt: skip


def _of_shape(title: Text, shape: str) -> Text:
    return text("of_shape", title=title, shape=text(f"shape_{shape}"))


def _layer(
    area: StudyArea, key: str, title: Text, table: gpd.GeoDataFrame, styles: Mapping[str, Style], **options: object
) -> MapLayer:
    """A layer with the styles of the classes it has."""
    classes = table["focus_class"].where(table["focus_class"].isin(list(styles)), "other")
    used = {name: style for name, style in styles.items() if (classes == name).any()}
    return MapLayer(
        key, title, text("group_focus"), table.assign(class_=classes), used, by="class_",
        basis=base.basis_of_kind(area, "focus_areas"), partly=base.partly(area, "focus_areas"), derived=True,
        **options,  # type: ignore[arg-type]
    )  # fmt: skip
