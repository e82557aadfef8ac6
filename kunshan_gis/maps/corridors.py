"""The page of the ecological corridors: their course and what breaks it, their width, parks joined, who walks there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kunshan_gis.figures import counted_with_unit, percent
from kunshan_gis.indicators import STATE_LABELS
from kunshan_gis.maps import base, palette
from kunshan_gis.maps.chart import Bar, BarGroup, Bars
from kunshan_gis.maps.page import KeyFigure, MapLayer, MapPage, PageTable
from kunshan_gis.maps.reach import by_fifth
from kunshan_gis.maps.system_page import card_of, system_map, table_of
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.model import Style
from kunshan_gis.readable import cell

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from kunshan_gis.model import Result, StudyArea

Drawn = Mapping[str, "gpd.GeoDataFrame"]
_NAME = ("name", "corridor_class")
WIDTH = (*_NAME, "course_km", "corridor_ha", "width_from", "mean_width_m", "narrowest_m", "share_wide", "width_class")
UNBROKEN = (*_NAME, "corridor_pieces", "corridor_gaps", "gap_m", "cuts", "cuts_perhaps", "built_km", "share_free",
            "longest_km", "coherence")  # fmt: skip
JOINED = (*_NAME, "share_green", "share_parkland", "share_water", "share_built_up", "joined_parks", "joined_parks_ha",
          "joined_water", "entrances", "on_foot", "within_near")  # fmt: skip
_CARD = ("name", "corridor_class", "course_km", "mean_width_m", "narrowest_m", "share_wide", "cuts", "cuts_perhaps",
         "built_km", "longest_km", "share_green", "joined_parks", "on_foot", "within_near")  # fmt: skip
_BREAKS = ("name", "cut_by", "sure", "break_m", "narrow_m", "what")
_OTHERS = ("corridors_networks", "corridors_joined", "corridors_mesh", "corridors_gaps", "corridors_faults")
_LONG = ("corridors_joined", "corridors_mesh", "corridors_gaps")
_RESTS_ON = "corridors"


def corridors_map(
    area: StudyArea, result: Result, drawn: Drawn, *, said: Sequence[Text] = (), lang: Lang = "zh"
) -> MapPage:
    """The page: corridors by what breaks them and by width, breaks as points, parks joined or not, people by cells."""
    layers = [
        *_people(area, drawn), *_parks(area, drawn), *_width(area, result, drawn), *_course(area, drawn),
        *_breaks(area, result, drawn),
    ]  # fmt: skip
    page = system_map(
        area, result, layers, said=said, figures=tuple(_figures(result)), charts=_charts(result), lang=lang
    )
    return replace(page, tables=tuple(_tables(result)))


def widths(shape: str = "area") -> dict[str, Style]:
    """Corridors by width against what is wanted: outlines of areas, bands of lines; grey where it is not measurable."""
    fills = {"wide": "#8cc6a0", "in_part": "#ecc06a", "narrow": "#d88a5f", "not_measurable": "#b4b4ae"}
    width = 1.0 if shape == "area" else 6.0
    return {
        key: Style(
            *text(f"width_class_{key}"), color=fill, fill=fill, width=width, opacity=0.6, hatch=key == "not_measurable"
        )
        for key, fill in fills.items()
    }


def stretches() -> dict[str, Style]:
    """The course of corridors: unbroken, through built-up land, gaps."""
    looks = {"free": ("#1f8a5b", 2.6, None), "built_up": ("#8a5a2b", 2.6, None), "gap": ("#c2312f", 2.0, "2 5")}
    return {
        key: Style(*text(f"corridors_stretch_{key}"), color=color, width=width, dash=dash)
        for key, (color, width, dash) in looks.items()
    }


def breaks() -> dict[str, Style]:
    """Places by what breaks the corridor there; pale where it is not certain."""
    fills = {"gap": "#c2312f", "narrow": "#e0a030", "expressways": "#a8430f", "rail": "#5b3a8c",
             "main_roads": "#3c464e"}  # fmt: skip
    styles = {}
    for key, fill in fills.items():
        kind = text(f"cut_by_{key}")
        styles[f"{key}/certain"] = Style(*kind, color="#ffffff", fill=fill, width=1.0, radius=4.4)
        uncertain = text("corridors_uncertain", kind=kind)
        styles[f"{key}/perhaps"] = Style(*uncertain, color=fill, fill="#ffffff", width=1.6, radius=3.8)
    return styles


def parks() -> dict[str, Style]:
    """Parks that a corridor joins, and those it does not."""
    return {
        "joined": Style(*text("corridors_park_joined"), color="#0d5a37", fill="#3f9b52", width=0.8, radius=3.0),
        "apart": Style(*text("corridors_park_apart"), color="#9aa58f", fill="#d5dcc9", width=0.6, radius=2.4),
    }


def _layer(
    area: StudyArea, key: str, title: Text, table: gpd.GeoDataFrame, styles: Mapping[str, Style], **options: object
) -> MapLayer:
    """A layer derived from the corridors, with the styles of the classes it has."""
    used = {name: style for name, style in styles.items() if (table["class_"] == name).any()}
    return MapLayer(
        key, title, text("group_ecology"), table, used, by="class_", basis=base.basis_of_kind(area, _RESTS_ON),
        partly=base.partly(area, _RESTS_ON), derived=True, **options,  # type: ignore[arg-type]
    )  # fmt: skip


def _width(area: StudyArea, result: Result, drawn: Drawn) -> list[MapLayer]:
    """The land of the corridors, or their lines, by width."""
    table = drawn["corridors_each"]
    carded, fields = card_of(table, _CARD, demo=not result.reportable, counted=result.provenance.counted)
    shapes = base.by_shape(carded.assign(class_=table["width_class"]))
    title = text("corridors_ground")
    named = {shape: text("of_shape", title=title, shape=text(f"shape_{shape}")) for shape in shapes}
    return [
        _layer(
            area, f"corridors_{shape}", title if len(shapes) == 1 else named[shape], rows, widths(shape), fields=fields
        )
        for shape, rows in shapes.items()
    ]  # fmt: skip


def _course(area: StudyArea, drawn: Drawn) -> list[MapLayer]:
    table = drawn["corridors_stretches"]
    table = table.assign(class_=table["stretch"])[table["stretch"] != "border"]
    if not len(table):
        return []
    return [_layer(area, "corridors_course", text("corridors_stretches"), table, stretches(), fields=(base.NAME,))]


def _breaks(area: StudyArea, result: Result, drawn: Drawn) -> list[MapLayer]:
    table = drawn["corridors_gaps"]
    table = table.assign(class_=table["cut_by"] + "/" + table["sure"])
    table = table[table["class_"].isin(breaks())]
    if not len(table):
        return []
    carded, fields = card_of(table, _BREAKS, demo=not result.reportable)
    return [_layer(area, "corridors_breaks", text("corridors_places"), carded, breaks(), fields=fields)]


def _parks(area: StudyArea, drawn: Drawn) -> list[MapLayer]:
    table = drawn.get("corridors_parks")
    if table is None or not len(table):
        return []
    table = table.assign(class_=table["joined_to"].notna().map({True: "joined", False: "apart"}))
    layer = _layer(area, "corridors_parks", text("corridors_parks"), table, parks(), fields=(base.NAME,))
    return [replace(layer, basis=base.basis_of_kind(area, "parks"), partly=base.partly(area, "parks"))]


def _people(area: StudyArea, drawn: Drawn) -> list[MapLayer]:
    """Residents by cell; not drawn before it is asked for, so that the corridors are seen."""
    cells = drawn.get("corridors_cells")
    if cells is None or not len(cells):
        return []
    table = by_fifth(cells, sized_by="amount")
    layer = _layer(area, "corridors_cells", text("corridors_people"), table, palette.covered(), shown=False)
    return [replace(layer, basis=base.basis_of_kind(area, "homes"), partly=base.partly(area, "homes"))]


def _figures(result: Result) -> Iterable[KeyFigure]:
    """Who reaches a corridor, who lives near one, what is unbroken."""
    demo, each = not result.reportable, result.tables["corridors_each"]
    asked = result.provenance.parameters
    table = next((found for name, found in result.tables.items() if name.startswith("corridors_access_")), None)
    if table is not None and (total := table["population"].sum()):
        counted = result.provenance.counted
        of = text("corridors_figure_of", total=counted_with_unit(float(total), demo=demo, counted=counted))
        for column, label in (
            ("covered", text("corridors_figure_walk", minutes=f"{asked['minutes']:g}")),
            ("within_near", text("corridors_figure_near", metres=f"{asked['near_m']:g}")),
        ):
            if table[column].notna().all():
                states = _states(table) if column == "covered" else None
                yield KeyFigure(_percent(table[column].sum() / total, demo=demo), label, of, states)
    km = each["course_km"].sum()
    if each["share_free"].notna().all() and km:
        share = float((each["share_free"] * each["course_km"]).sum() / km)
        note = text("corridors_figure_km", km=cell("course_km", km, demo=demo))
        yield KeyFigure(_percent(share, demo=demo), text("corridors_figure_free"), note)


def _states(table: pd.DataFrame) -> tuple[float, float, float]:
    """Shares of the residents who reach a corridor, who do not, and of whom nobody knows."""
    people = float(table["population"].sum())
    covered, not_covered, unknown = (float(table[state].sum()) / people for state in STATE_LABELS)
    return covered, not_covered, unknown


def _charts(result: Result) -> tuple[Bars, ...]:
    """The longest unbroken stretch of every corridor, a whisker where some cuts are not certain."""
    demo, bars = not result.reportable, []
    for row in result.tables["corridors_each"].to_dict(orient="records"):
        low, high = row["longest_km_low"], row["longest_km_high"]
        value = low if math.isfinite(low) else row["longest_km"]
        name = Text(row["name"], row["name_en"])
        bars.append(Bar(name, value, cell("longest_km", value, demo=demo), low=low, high=high))
    heading = text("corridors_chart")
    return (Bars(heading, (BarGroup(text("corridors_chart_km"), tuple(bars)),), note=text("corridors_chart_note")),)


def _percent(share: float, *, demo: bool) -> Text:
    said = percent(float(share), demo=demo)
    return Text(said, said)


def _tables(result: Result) -> Iterable[PageTable]:
    """The corridors in three tables that fit a screen, then the others."""
    yield table_of(result, "corridors_classes")
    for name, columns in (("width", WIDTH), ("unbroken", UNBROKEN), ("joined", JOINED)):
        table = table_of(result, "corridors_each", columns)
        yield replace(table, caption=text(f"corridors_table_{name}"), note=text(f"corridors_note_{name}"))
    units = [name for name in result.tables if name.startswith("corridors_access_")]
    for name in (*units, *_OTHERS):
        if len(result.tables.get(name, ())):
            table = table_of(result, name)
            yield replace(table, folded=True) if name in _LONG else table
