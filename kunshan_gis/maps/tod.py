"""The page of station areas: node and place, circles and walks, who has which of the three circles, links to close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from kunshan_gis.figures import counted_with_unit
from kunshan_gis.maps import base, systems
from kunshan_gis.maps.chart import Axis, Bar, BarGroup, Bars, Chart, Dot, Guide, Scatter
from kunshan_gis.maps.page import KeyFigure, MapLayer, MapPage, PageTable
from kunshan_gis.maps.reach import sized
from kunshan_gis.maps.system_page import card_of, system_map, table_of
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.model import Style
from kunshan_gis.readable import cell, term

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.model import Result, StudyArea

Drawn = Mapping[str, "gpd.GeoDataFrame"]
MOST_ROWS = 60
"""A city has so many stations; a longer table opens when it is asked for."""
_CLASSES = {
    "balanced": "#2f8a6d", "stressed": "#b3261e", "dependent": "#7c8791", "unbalanced_node": "#1f6fb2",
    "unbalanced_place": "#d9861a", "not_measurable": "#ffffff",
}  # fmt: skip
_CIRCLES = {"0": "#7d2440", "1": "#dd9558", "2": "#e9d28a", "3": "#7fbfa5"}
"""Fewer circles, darker: the gap is what the eye finds first."""
_LINKS = {"path": "#0b6e4f", "bridge": "#0b3fae", "opening": "#8e1f8c"}
_CARD = (
    "line", "entrances", "entered_by", "accuracy_m", "radius_people_around", "walk_people_around",
    "radius_jobs_around", "walk_jobs_around", "walk_facilities_around", "walk_parks_around", "catchment_ratio",
    "node_index", "place_index", "node_place_class",
)  # fmt: skip
_COLUMNS = {
    "tod_stations": (
        "name", "line", "entered_by", "accuracy_m", "radius_people_around", "walk_people_around",
        "walk_people_nearest", "radius_jobs_around", "walk_jobs_around", "walk_facilities_around",
        "walk_parks_around", "radius_share_in_boundary", "catchment_ratio",
    ),
    "tod_coverage": (),
    "tod_scenarios": (),
    "tod_lines": (),
    "tod_node_place": (
        "name", "station_lines", "station_modes", "stations_direct", "bus_stops_near", "ramp_m", "place_people",
        "place_jobs", "functional_mix", "node_index", "place_index", "node_place_class",
    ),
    "tod_landuse": (),
    "tod_chains": (),
    "tod_circles": (),
    "tod_station_circles": (),
    "tod_links": (),
    "tod_faults": (),
}  # fmt: skip
"""Tables on the page and their columns (all where none is named); the workbook holds every table whole."""


def tod_map(area: StudyArea, result: Result, drawn: Drawn, said: Sequence[Text], *, lang: Lang = "zh") -> MapPage:
    """The page of an answer.

    Parameters
    ----------
    drawn : `tod_stations`, and of `tod_cells`, `tod_circles`, `tod_sheds`, `tod_links`, `tod_faults` those there are
    """
    demo, counted = not result.reportable, result.provenance.counted
    layers = [
        *_cells(area, drawn, demo=demo, counted=counted),
        *_sheds(area, drawn),
        *systems.rail(area),
        *_rings(area, drawn),
        *_links(area, drawn, demo=demo, counted=counted),
        *_stations(area, drawn["tod_stations"], demo=demo, counted=counted),
        *_faults(area, drawn, demo=demo),
    ]
    page = system_map(
        area, result, layers, said=said, figures=tuple(_figures(result)), charts=tuple(_charts(result)), lang=lang
    )
    return replace(page, tables=tuple(_tables(result)))


def class_styles() -> dict[str, Style]:
    """Stations by how node and place stand to each other; white where that is not measurable."""
    return {
        key: Style(
            *term("node_place_class", key), color="#26313a" if key != "not_measurable" else "#6a7077", fill=fill,
            width=1.4, radius=6.0,
        )
        for key, fill in _CLASSES.items()
    }  # fmt: skip


def circle_styles() -> dict[str, Style]:
    """Cells by how many circles most residents have; grey and hatched where it cannot be measured."""
    styles = {
        key: Style(*term("circles", key), color="#ffffff", fill=fill, width=0, opacity=0.85)
        for key, fill in _CIRCLES.items()
    }
    unknown = term("circles", "not_measurable")
    return styles | {"not_measurable": Style(*unknown, color="#8c8c88", fill="#dededa", width=0, hatch=True)}


def _cells(area: StudyArea, drawn: Drawn, *, demo: bool, counted: str) -> Iterator[MapLayer]:
    cells = drawn.get("tod_cells")
    if cells is None or not len(cells):
        return
    columns = ["circles", "population", *(f"circles_{number}" for number in range(4)), "not_measurable"]
    shown = cells.assign(geometry=sized(cells, "population"))
    table, fields = card_of(shown, columns, demo=demo, counted=counted)
    styles = {key: style for key, style in circle_styles().items() if (cells["circles"] == key).any()}
    yield MapLayer(
        "tod_cells", text("tod_layer_cells"), text("group_reach"), table, styles, by="circles", fields=fields,
        basis=base.basis_of_kind(area, "homes"), derived=True,
    )  # fmt: skip


def _sheds(area: StudyArea, drawn: Drawn) -> Iterator[MapLayer]:
    """Ground within the walk, the farther one underneath."""
    sheds = drawn.get("tod_sheds")
    if sheds is None or not len(sheds):
        return
    tones = ("#3d2a73", "#7d68b3", "#b9abd9")
    metres = sorted(sheds["within_m"].unique())
    styles = {
        f"{one:g}": Style(*text("tod_shed", metres=f"{one:g}"), color=tone, fill=tone, width=0.6, opacity=0.34)
        for one, tone in zip(metres, (*tones, *[tones[-1]] * len(metres)), strict=False)
    }
    table = sheds.assign(class_=sheds["within_m"].map("{:g}".format))
    yield MapLayer(
        "tod_sheds", text("tod_layer_sheds"), text("group_rail"), table, styles, by="class_",
        fields=(base.NAME, Field("within_m", *text("tod_layer_sheds"), format="metres")),
        basis=base.basis_of_kind(area, "streets"), derived=True,
    )  # fmt: skip


def _rings(area: StudyArea, drawn: Drawn) -> Iterator[MapLayer]:
    """Straight radii as lines, so that what lies inside stays to be seen."""
    rings = drawn.get("tod_circles")
    if rings is None or not len(rings):
        return
    metres = sorted(rings["within_m"].unique())
    styles = {
        f"{one:g}": Style(*text("circle", radius=f"{one:g}"), color="#5b3a8c", width=1.6 if place == 0 else 1.1)
        for place, one in enumerate(metres)
    }
    lines = shapely.boundary(rings.geometry.array)
    table = rings.assign(class_=rings["within_m"].map("{:g}".format), geometry=lines)
    yield MapLayer(
        "tod_rings", text("circles"), text("group_rail"), table, styles, by="class_",
        fields=(base.NAME, Field("within_m", *text("radius"), format="metres")),
        basis=base.basis_of_kind(area, "stations"), partly=base.partly(area, "stations"), derived=True,
    )  # fmt: skip


def _links(area: StudyArea, drawn: Drawn, *, demo: bool, counted: str) -> Iterator[MapLayer]:
    """Links to close: the line from near by, a mark with its rank from a town's scale on."""
    links = drawn.get("tod_links")
    if links is None or not len(links):
        return
    columns = ["name", "link_needs", "link_rank", "link_m", "way_saved_m", "people_gained", "people_added",
               "jobs_gained", "link_crosses"]  # fmt: skip
    table, fields = card_of(links, columns, demo=demo, counted=counted)
    short = [text(f"tod_link_{row.link_needs}", rank=row.link_rank) for row in links.itertuples()]
    table = table.assign(short=[one.zh for one in short], short_en=[one.en for one in short])
    used = [key for key in _LINKS if (links["link_needs"] == key).any()]
    basis = base.basis_of_kind(area, "streets")
    lines = {key: Style(*term("link_needs", key), color=_LINKS[key], fill="#ffffff", width=4.0) for key in used}
    yield MapLayer(
        "tod_link_lines", text("tod_layer_link_lines"), text("tod_layer_links"), table, lines, by="link_needs",
        fields=fields, basis=basis, derived=True, min_zoom=13,
    )  # fmt: skip
    marks = {
        key: Style(*term("link_needs", key), color="#ffffff", fill=_LINKS[key], width=1.2, radius=4.2) for key in used
    }
    middles = shapely.line_interpolate_point(links.geometry.array, 0.5, normalized=True)
    yield MapLayer(
        "tod_links", text("tod_layer_links"), text("tod_layer_links"), table.assign(geometry=middles), marks,
        by="link_needs", fields=fields, label=Field("short", "", "", column_en="short_en"), label_size=11,
        label_zoom=12.5, basis=basis, derived=True,
    )  # fmt: skip


def _stations(area: StudyArea, stations: gpd.GeoDataFrame, *, demo: bool, counted: str) -> Iterator[MapLayer]:
    table, fields = card_of(stations, _CARD, demo=demo, counted=counted)
    styles = {key: style for key, style in class_styles().items() if (stations["node_place_class"] == key).any()}
    yield MapLayer(
        "tod_stations", text("tod_layer_stations"), text("group_rail"), table, styles, by="node_place_class",
        fields=(base.NAME, *fields), label=base.NAME, label_zoom=11.2, label_size=11.5,
        basis=base.basis_of_kind(area, "stations"), partly=base.partly(area, "stations"),
    )  # fmt: skip


def _faults(area: StudyArea, drawn: Drawn, *, demo: bool) -> Iterator[MapLayer]:
    faults = drawn.get("tod_faults")
    if faults is None or not len(faults):
        return
    table, fields = card_of(faults, ["fault", "features"], demo=demo)
    style = Style(*text("tod_layer_faults"), color="#b3261e", fill="#ffffff", width=2.0, radius=8.0)
    yield MapLayer(
        "tod_faults", text("tod_layer_faults"), text("group_rail"), table, style, fields=fields, shown=False,
        basis=base.basis_of_kind(area, "stations"), partly=base.partly(area, "stations"), derived=True,
    )  # fmt: skip


def _figures(result: Result) -> Iterator[KeyFigure]:
    """Residents covered by the standard's radius and on foot, and those with all three circles."""
    demo, counted = not result.reportable, result.provenance.counted
    for row in _whole(result.tables["tod_coverage"]):
        if pd.isna(row["share_people"]):
            continue
        total = row["people_total"]
        states = [row["people_covered"], total - row["people_covered"] - row["people_unknown"], row["people_unknown"]]
        low, high = (cell("share_people", row[f"share_people_{end}"], demo=demo) for end in ("low", "high"))
        yield KeyFigure(
            value=cell("share_people", row["share_people"], demo=demo),
            label=text(f"tod_figure_{row['tod_way']}", metres=f"{row['within_m']:g}"),
            note=text("tod_figure_range", low=low, high=high, all=counted_with_unit(total, demo=demo, counted=counted)),
            states=_shares(states),
        )  # fmt: skip
    circles = result.tables.get("tod_circles")
    if circles is not None and pd.notna(circles["share_all_circles"].iloc[0]):
        row = circles.iloc[0].to_dict()
        lost = row["not_measurable"]
        yield KeyFigure(
            value=cell("share_all_circles", row["share_all_circles"], demo=demo), label=text("tod_figure_circles"),
            note=text("tod_figure_of", all=counted_with_unit(row["population"], demo=demo, counted=counted)),
            states=_shares([row["circles_3"], row["population"] - row["circles_3"] - lost, lost]),
        )  # fmt: skip


def _whole(coverage: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of the study area as a whole, which come first."""
    first = coverage["unit_id"] == coverage["unit_id"].iloc[0]
    rows: list[dict[Any, Any]] = coverage[first].to_dict(orient="records")
    return rows


def _shares(states: Sequence[float]) -> tuple[float, float, float]:
    whole = sum(states) or 1.0
    covered, missed, lost = (float(state) / whole for state in states)
    return covered, missed, lost


def _charts(result: Result) -> Iterator[Chart]:
    """Node against place, and how much of its circle every station area reaches on foot."""
    table, asked = result.tables["tod_node_place"], result.provenance.parameters
    rows = [row for row in table.to_dict(orient="records") if not _outside(result, row)]
    if any(pd.notna(row["place_index"]) for row in rows):
        yield _scatter(rows, float(asked["class_gap"]))
    ratios = result.tables["tod_stations"].dropna(subset=["catchment_ratio"])
    if len(ratios):
        yield _ratios(ratios, demo=not result.reportable)


def _outside(result: Result, row: Mapping[Any, Any]) -> bool:
    stations = result.tables["tod_stations"].set_index("id")
    return not bool(stations.loc[row["id"], "in_boundary"])


def _scatter(rows: list[dict[Any, Any]], gap: float) -> Scatter:
    """Out of balance first: their names stay where names would lie over each other."""
    order = sorted(rows, key=lambda row: -abs(_number(row["node_index"]) - _number(row["place_index"])))
    dots = tuple(
        Dot(
            Text(row["name"], row["name_en"]), float(row["place_index"]), float(row["node_index"]),
            row["node_place_class"], _indices(row),
        )
        for row in order
    )  # fmt: skip
    guides = (
        Guide(((0.0, 0.0), (1.0, 1.0)), dashed=False), Guide(((0.0, gap), (1.0 - gap, 1.0))),
        Guide(((gap, 0.0), (1.0, 1.0 - gap))),
    )  # fmt: skip
    words = tuple(
        (place, term("node_place_class", key))
        for key, place in (
            ("unbalanced_node", (0.02, 0.95)), ("stressed", (0.98, 0.96)), ("dependent", (0.02, 0.04)),
            ("unbalanced_place", (0.98, 0.1)),
        )
    )  # fmt: skip
    return Scatter(
        text("tod_chart_np"), Axis(text("tod_axis_place")), Axis(text("tod_axis_node")), dots, class_styles(), guides,
        words, text("tod_chart_np_note"),
    )  # fmt: skip


def _number(value: float) -> float:
    return 0.0 if pd.isna(value) else float(value)


def _indices(row: Mapping[Any, Any]) -> Text:
    node, place = (cell(name, row[name], demo=False) for name in ("node_index", "place_index"))
    return text("tod_dot", node=node, place=place)


def _ratios(stations: pd.DataFrame, *, demo: bool) -> Bars:
    ordered = stations.sort_values(["catchment_ratio", "id"], ascending=[False, True])
    bars = tuple(
        Bar(Text(row["name"], row["name_en"]), float(row["catchment_ratio"]),
            cell("catchment_ratio", row["catchment_ratio"], demo=demo))
        for row in ordered.to_dict(orient="records")
    )  # fmt: skip
    median = float(ordered["catchment_ratio"].median())
    said = text("tod_median", value=cell("catchment_ratio", median, demo=demo))
    group = BarGroup(text("tod_chart_ratio_group"), bars, median, said)
    return Bars(text("tod_chart_ratio"), (group,), mark=text("tod_median_mark"), note=text("tod_chart_ratio_note"))


def _tables(result: Result) -> Iterator[PageTable]:
    for name, columns in _COLUMNS.items():
        table = result.tables.get(name)
        if table is not None and len(table):
            yield replace(table_of(result, name, columns), folded=len(table) > MOST_ROWS)
