"""The page of the expressways: by class and status, how far a ramp is, what is dear to close, what is out of order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kunshan_gis.figures import counted_with_unit
from kunshan_gis.indicators import label
from kunshan_gis.maps import base, palette, systems
from kunshan_gis.maps.chart import Bar, BarGroup, Bars
from kunshan_gis.maps.page import KeyFigure, MapLayer, MapPage
from kunshan_gis.maps.reach import sized
from kunshan_gis.maps.severance import severance_layers
from kunshan_gis.maps.system_page import card_of, system_map
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import NOTHING, Lang, Text, text
from kunshan_gis.model import Style
from kunshan_gis.readable import cell

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.model import Result, StudyArea

Drawn = Mapping[str, "gpd.GeoDataFrame"]
_BANDS = ("#a9d6bd", "#dbe08f", "#f0cf7f", "#e39b52", "#cb6244", "#8c2f45")
"""Minutes to a ramp: the farther, the darker."""
_FARTHER = (20.0, 30.0)
"""Bands of the map beyond the profile's minutes."""
_SEVERANCE_SHOWN = ("severance_crossings", "severance_closed", "severance_lost_homes")
_ID = Field("id", *label("unit_id"))
_DEAR = {"most": ("#7d2440", 6.0), "much": ("#c4563f", 4.6), "little": ("#e0a95a", 3.4), "nothing": ("#9aa0a5", 2.0)}


def roads_map(area: StudyArea, result: Result, drawn: Drawn, said: Sequence[Text], *, lang: Lang = "zh") -> MapPage:
    """The page of an answer.

    Parameters
    ----------
    drawn : `roads_lines`, and of `roads_cells`, `roads_segments`, `roads_ramps`, `roads_faults` and what
        `severance_layers` draws those there are
    """
    demo, counted = not result.reportable, result.provenance.counted
    layers = [
        *_cells(area, drawn, _minutes(result), demo=demo, counted=counted),
        *_lines(area, drawn["roads_lines"], demo=demo),
        *_severance(area, result, drawn),
        *_closing(area, drawn, demo=demo, counted=counted),
        *_ramps(area, drawn),
        *_faults(area, drawn, demo=demo),
        *systems.seats(area, area.optional("seats")),
    ]
    return system_map(
        area, result, layers, said=said, figures=tuple(_figures(result)), tables=list(result.tables),
        charts=_charts(result), lang=lang,
    )  # fmt: skip


def _minutes(result: Result) -> list[float]:
    """Upper ends of the bands of minutes."""
    if "roads_access" not in result.tables:
        return []
    own = sorted(result.tables["roads_access"]["within_min"].unique())
    return [float(one) for one in own] + [one for one in _FARTHER if one > own[-1]]


def drive_styles(minutes: Sequence[float]) -> dict[str, Style]:
    """Cells by minutes to the nearest ramp; grey and hatched where it cannot be measured."""
    styles, low = {}, 0.0
    for place, high in enumerate([*minutes, np.inf]):
        between = text("roads_band", low=f"{low:g}", high=f"{high:g}")
        said = text("roads_band_beyond", low=f"{low:g}") if np.isinf(high) else between
        fill = _BANDS[min(place, len(_BANDS) - 1)]
        styles[f"{high:g}"] = Style(*said, color="#ffffff", fill=fill, width=0, opacity=0.9)
        low = float(high)
    grey = Style(*text("not_measurable"), color="#8c8c88", fill="#dededa", width=0, hatch=True)
    return styles | {palette.NOT_MEASURABLE: grey}


def _cells(area: StudyArea, drawn: Drawn, minutes: Sequence[float], *, demo: bool, counted: str) -> Iterator[MapLayer]:
    cells = drawn.get("roads_cells")
    if cells is None or not len(cells):
        return
    place = np.searchsorted(minutes, cells["drive_min"].fillna(0.0).to_numpy(dtype=float) - 1e-9)
    names = [*(f"{one:g}" for one in minutes), "inf"]
    known = cells["drive_min"].notna().to_numpy()
    band = pd.Series([names[at] if there else palette.NOT_MEASURABLE for at, there in zip(place, known, strict=True)])
    drawn_at = cells.assign(band=band.to_numpy()).set_geometry(sized(cells, "population"))
    table, fields = card_of(drawn_at, ["population", "drive_min"], demo=demo, counted=counted)
    styles = {key: style for key, style in drive_styles(minutes).items() if (band == key).any()}
    yield MapLayer(
        "roads_cells", text("roads_layer_cells"), text("roads_group_drive"), table, styles, by="band", fields=fields,
        basis=base.basis_of_kind(area, "homes"), derived=True,
    )  # fmt: skip


def _lines(area: StudyArea, lines: gpd.GeoDataFrame, *, demo: bool) -> Iterator[MapLayer]:
    """The expressways by class and status, each piece with what is known of its road."""
    if not len(lines):
        return
    columns = ["road_km", "road_closed", "road_meets", "road_reaches", "road_sound"]
    table = lines.assign(class_=lines["class"] + "/" + lines["state"], road_class=lines["class"],
                         road_state=lines["state"])  # fmt: skip
    table, fields = card_of(table, ["road_class", "road_state", *columns], demo=demo)
    styles = {key: style for key, style in palette.expressways().items() if (table["class_"] == key).any()}
    yield MapLayer(
        "expressways", text("expressways"), text("group_roads"), table, styles, by="class_",
        fields=(base.NAME, *fields), basis=base.basis_of_kind(area, "expressways"),
        partly=base.partly(area, "expressways"), file=area.layer("expressways").info.path,
    )  # fmt: skip


def _closing(area: StudyArea, drawn: Drawn, *, demo: bool, counted: str) -> Iterator[MapLayer]:
    """Stretches by what closing them costs, in thirds of those that cost anything, and those nothing leads round."""
    lines = drawn.get("roads_segments")
    if lines is None or not len(lines):
        return
    cost = lines["road_person_min"].to_numpy(dtype=float)
    rank = pd.Series(np.where(cost > 0, cost, np.nan)).rank(pct=True).to_numpy()
    cuts_off = lines["road_cut_off"].to_numpy(dtype=float) > 0
    kind = np.select([np.isnan(cost), cuts_off, ~(cost > 0), rank > 2 / 3, rank > 1 / 3],
                     [palette.NOT_MEASURABLE, "most", "nothing", "most", "much"], "little")  # fmt: skip
    columns = [
        "road_between",
        "road_km",
        "road_person_min",
        "road_extra_min",
        "road_cut_off",
        "road_detour_min",
        "road_cut_edge",
    ]
    table, fields = card_of(lines.assign(dear=kind), columns, demo=demo, counted=counted)
    styles = {key: Style(*text(f"roads_dear_{key}"), color=color, width=width) for key, (color, width) in _DEAR.items()}
    styles[palette.NOT_MEASURABLE] = Style(*text("not_measurable"), color="#b9bec3", width=3.0, dash="4 4")
    yield MapLayer(
        "roads_segments", text("roads_layer_closing"), text("group_roads"), table,
        {key: style for key, style in styles.items() if (kind == key).any()}, by="dear", fields=(base.NAME, *fields),
        shown=False, basis=base.basis_of_kind(area, "expressways"), derived=True,
    )  # fmt: skip


def _severance(area: StudyArea, result: Result, drawn: Drawn) -> Iterator[MapLayer]:
    """Severance; at first only what is proposed and what was asked for, so that the roads' classes stay in sight."""
    for layer in severance_layers(area, result, drawn):
        yield replace(layer, shown=layer.key in _SEVERANCE_SHOWN)


def _ramps(area: StudyArea, drawn: Drawn) -> Iterator[MapLayer]:
    ramps = drawn.get("roads_ramps")
    if ramps is None or not len(ramps) or not area.has("ramps"):
        return
    whose = Field("expressway_id", *text("roads_ramp_of"))
    style = Style(*text("ramps"), color="#5b2a0c", fill="#ffffff", width=1.6, radius=3.4)
    yield base.simple(area, "ramps", style, ramps, group=text("group_roads"), fields=(_ID, whose))


def _faults(area: StudyArea, drawn: Drawn, *, demo: bool) -> Iterator[MapLayer]:
    faults = drawn.get("roads_faults")
    if faults is None or not len(faults):
        return
    table, fields = card_of(faults, ["fault", "features"], demo=demo)
    style = Style(*text("roads_layer_faults"), color="#ffffff", fill="#b3261e", width=1.2, radius=4.6)
    yield MapLayer(
        "roads_faults", text("roads_layer_faults"), text("group_roads"), table, style, fields=fields,
        basis=base.basis_of_kind(area, "expressways"), derived=True,
    )  # fmt: skip


def _figures(result: Result) -> Iterator[KeyFigure]:
    """How many roads stand and are drawn beside the plan, kilometres, people within the middle drive of a ramp."""
    demo, counted = not result.reportable, result.provenance.counted
    whole = result.tables["roads_plan"].set_index("road_class").loc["all"]
    plan = whole["roads_plan"]
    yield KeyFigure(
        value=cell("roads_existing", whole["roads_existing"], demo=demo), label=text("roads_figure_existing"),
        note=text("roads_figure_of_plan", plan=f"{plan:,.0f}", drawn=whole["roads_drawn"],
                  unknown=whole["roads_unknown"]) if pd.notna(plan) else NOTHING,
    )  # fmt: skip
    lengths = result.tables["roads_lengths"].set_index("road_class").loc["all"]
    yield KeyFigure(
        value=cell("road_km", lengths["road_km_existing"], demo=demo), label=text("roads_figure_km"),
        note=text("roads_figure_of_km", km=cell("road_km", lengths["road_km"], demo=demo)),
    )  # fmt: skip
    access = result.tables.get("roads_access")
    if access is None:
        return
    minutes = sorted(access["within_min"].unique())
    own = access[access["within_min"] == minutes[len(minutes) // 2]]
    people, near, lost = (float(own[name].sum()) for name in ("population", "covered", "not_measurable"))
    if people:
        yield KeyFigure(
            value=text("not_measurable") if lost == people else cell("share_covered", near / people, demo=demo),
            label=text("roads_figure_near", minutes=f"{minutes[len(minutes) // 2]:g}"),
            note=text("roads_figure_of_people", all=counted_with_unit(people, demo=demo, counted=counted)),
            states=(near / people, (people - near - lost) / people, lost / people),
        )  # fmt: skip


def _charts(result: Result) -> tuple[Bars, ...]:
    """Mean drive of every town's residents to a ramp with the range of the speeds; what is dearest to close."""
    demo, groups = not result.reportable, []
    towns = result.tables.get("roads_towns")
    if towns is not None:
        own = towns[(towns["drive_to"] == text("roads_nearest_ramp").zh) & towns["drive_min"].notna()]
        bars = tuple(
            Bar(Text(row["name"], row["name_en"]), row["drive_min"], cell("drive_min", row["drive_min"], demo=demo),
                low=row["drive_min_low"], high=row["drive_min_high"])
            for row in own.sort_values("drive_min").to_dict(orient="records")
        )  # fmt: skip
        groups += [BarGroup(text("roads_chart_towns"), bars)] if bars else []
    return (Bars(text("roads_chart"), tuple(groups), note=text("roads_chart_note")),) if groups else ()
