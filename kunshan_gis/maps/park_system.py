"""The page of the park system: parks by tier, how far the door is, where the next park goes, what is out of order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from kunshan_gis.figures import counted_with_unit
from kunshan_gis.maps import base, palette, systems
from kunshan_gis.maps.chart import Bar, BarGroup, Bars
from kunshan_gis.maps.page import KeyFigure, MapLayer, MapPage
from kunshan_gis.maps.reach import sized
from kunshan_gis.maps.system_page import card_of, system_map
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import NOTHING, Lang, Text, text
from kunshan_gis.model import Style
from kunshan_gis.readable import cell, shown_columns, term

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.model import Result, StudyArea

Drawn = Mapping[str, "gpd.GeoDataFrame"]
_DOOR = {"5": "#d6ece0", "10": "#e6e9bb", "15": "#f0d28a", "20": "#e5a35c", "30": "#cb6244", "more": "#8c2f45",
         "none_reached": "#4a1230"}  # fmt: skip
"""Minutes to the door: the farther, the darker, so that the eye finds the gaps first."""
_SITES = {"comprehensive": ("#7a1fa2", 8.5), "community": ("#c2185b", 6.5), "pocket": ("#e65100", 5.0)}
_SITE_ZOOM = {"comprehensive": 0.0, "community": 12.0, "pocket": 13.0}


def park_system_map(
    area: StudyArea, result: Result, drawn: Drawn, said: Sequence[Text], *, lang: Lang = "zh"
) -> MapPage:
    """The page of an answer.

    Parameters
    ----------
    drawn : `parks`, and of `door_cells`, `park_units`, `next_sites`, `parks_shared`, `parks_faults` those there are
    """
    demo, counted = not result.reportable, result.provenance.counted
    layers = [
        *_cells(area, drawn, demo=demo, counted=counted),
        *_units(area, drawn, demo=demo, counted=counted),
        *systems.parks(area, drawn["parks"]),
        *_out_of_size(area, drawn["parks"], demo=demo),
        *_shared(area, drawn, demo=demo),
        *_sites(area, drawn, demo=demo, counted=counted),
        *_faults(area, drawn, demo=demo),
    ]
    return system_map(
        area, result, layers, said=said, figures=tuple(_figures(result)), tables=list(result.tables),
        charts=_charts(result), lang=lang,
    )  # fmt: skip


def door_styles() -> dict[str, Style]:
    """Cells by minutes to the nearest park entrance; grey and hatched where it cannot be measured."""
    styles = {
        band: Style(*term("door_band", band), color="#ffffff", fill=color, width=0, opacity=0.9)
        for band, color in _DOOR.items()
    }
    nowhere = term("door_band", palette.NOT_MEASURABLE)
    return styles | {palette.NOT_MEASURABLE: Style(*nowhere, color="#8c8c88", fill="#dededa", width=0, hatch=True)}


def site_style(tier: str) -> Style:
    """A site of a tier: the larger the tier, the larger the disc."""
    color, radius = _SITES[tier]
    return Style(*text(f"tier_{tier}"), color="#ffffff", fill=color, width=1.6, radius=radius)


def _cells(area: StudyArea, drawn: Drawn, *, demo: bool, counted: str) -> Iterator[MapLayer]:
    cells = drawn.get("door_cells")
    if cells is None or not len(cells):
        return
    drawn_large = cells.assign(geometry=sized(cells, "population"))
    table, fields = card_of(drawn_large, ["population", "door_min"], demo=demo, counted=counted)
    styles = {band: style for band, style in door_styles().items() if (cells["door_band"] == band).any()}
    yield MapLayer(
        "door_cells", text("parks_layer_cells"), text("group_reach"), table, styles, by="door_band", fields=fields,
        basis=base.basis_of_kind(area, "homes"), derived=True,
    )  # fmt: skip


def _units(area: StudyArea, drawn: Drawn, *, demo: bool, counted: str) -> Iterator[MapLayer]:
    """The units of the table by unit as outlines that carry its figures."""
    units = drawn.get("park_units")
    if units is None:
        return
    columns = [name for name in shown_columns(list(units.columns)) if name not in ("name", "geometry")]
    table, fields = card_of(units, columns, demo=demo, counted=counted)
    style = palette.outline(text("group_units"), width=1.2)
    yield MapLayer(
        "park_units", text("group_units"), text("group_units"), table, style, fields=(base.NAME, *fields),
        label=base.NAME, basis=base.basis_of_kind(area, "towns"),
    )  # fmt: skip


def _out_of_size(area: StudyArea, parks: gpd.GeoDataFrame, *, demo: bool) -> Iterator[MapLayer]:
    looks = {"below": "#c62828", "serves_nobody": "#6a1b1b", "above": "#1565c0"}
    rows = parks[parks["size_state"].isin(list(looks)) & parks["inside"]]
    if not len(rows):
        return
    rows = rows.assign(park_m2=rows["area_m2"], geometry=rows.geometry.representative_point())
    named = ["name", "tier", "size_state", "park_m2"]
    table, fields = card_of(rows, [name for name in named if name in rows], demo=demo)
    styles = {
        state: Style(*term("size_state", state), color=color, fill="#ffffff", width=2.0, radius=4.0)
        for state, color in looks.items() if (rows["size_state"] == state).any()
    }  # fmt: skip
    yield MapLayer(
        "parks_out_of_size", text("parks_layer_size"), text("group_parks"), table, styles, by="size_state",
        fields=fields, shown=False, basis=base.basis_of_kind(area, "parks"), partly=base.partly(area, "parks"),
        derived=True,
    )  # fmt: skip


def _shared(area: StudyArea, drawn: Drawn, *, demo: bool) -> Iterator[MapLayer]:
    shared = drawn.get("parks_shared")
    if shared is None or not len(shared):
        return
    table, fields = card_of(shared, ["name", "park_other", "park_shared_m2", "park_lies"], demo=demo)
    style = Style(*text("parks_layer_shared"), color="#b71c1c", fill="#ef9a9a", width=1.4, opacity=0.7, hatch=True)
    yield MapLayer(
        "parks_shared", text("parks_layer_shared"), text("group_parks"), table, style, fields=fields,
        basis=base.basis_of_kind(area, "parks"), derived=True,
    )  # fmt: skip


def _sites(area: StudyArea, drawn: Drawn, *, demo: bool, counted: str) -> Iterator[MapLayer]:
    """The next sites of each tier in their order; the smaller tiers on top, named from nearer by."""
    sites = drawn.get("next_sites")
    if sites is None or not len(sites):
        return
    columns = ["next_town", "next_people", "next_people_sum", "next_share_after", "next_serves_m", "next_land",
               "next_green", "next_green_id", "next_green_m"]  # fmt: skip
    for tier, rows in sites.groupby("tier", sort=False):
        key = str(tier)
        table, fields = card_of(rows, columns, demo=demo, counted=counted)
        said = [text("parks_site", tier=text(f"tier_{key}"), rank=rank) for rank in rows["next_rank"]]
        short = [text(f"parks_site_{key}", rank=rank) for rank in rows["next_rank"]]
        table = table.assign(site=[one.zh for one in said], site_en=[one.en for one in said],
                             short=[one.zh for one in short], short_en=[one.en for one in short])  # fmt: skip
        name = Field("site", *text("parks_layer_sites"), column_en="site_en")
        yield MapLayer(
            f"next_{key}", text("parks_layer_next", tier=text(f"tier_{key}")), text("parks_layer_sites"), table,
            site_style(key), fields=(name, *fields), label=Field("short", "", "", column_en="short_en"),
            label_size=11.5, label_zoom=_SITE_ZOOM[key], basis=base.basis_of_kind(area, "parks"), derived=True,
        )  # fmt: skip


def _faults(area: StudyArea, drawn: Drawn, *, demo: bool) -> Iterator[MapLayer]:
    faults = drawn.get("parks_faults")
    if faults is None or not len(faults):
        return
    table, fields = card_of(faults, ["fault", "features"], demo=demo)
    style = Style(*text("parks_layer_faults"), color="#ffffff", fill="#b3261e", width=1.2, radius=4.5)
    yield MapLayer(
        "parks_faults", text("parks_layer_faults"), text("group_parks"), table, style, fields=fields, shown=False,
        basis=base.basis_of_kind(area, "parks"), derived=True,
    )  # fmt: skip


def _figures(result: Result) -> Iterator[KeyFigure]:
    """How many parks beside the plan, green in sight, a park at the door with its three states."""
    demo, counted = not result.reportable, result.provenance.counted
    whole = result.tables["parks_tiers"].set_index("tier").loc["all"]
    planned = whole["park_plan"]
    yield KeyFigure(
        value=cell("parks", whole["parks"], demo=demo), label=text("parks_figure_parks"),
        note=text("parks_figure_plan", plan=f"{planned:,.0f}") if pd.notna(planned) else NOTHING,
    )  # fmt: skip
    ways, asked = result.tables["parks_ways"].set_index("reach_way"), result.provenance.parameters
    for way, within in (("door", asked["door_minutes"]), ("sight_green", asked["sight_m"])):
        if way in ways.index and ways.loc[way, "population"]:
            label = text(f"parks_figure_{way}", within=f"{within:g}")
            yield _way(ways.loc[way].to_dict(), label, demo=demo, counted=counted)


def _way(row: Mapping[Any, Any], label: Text, *, demo: bool, counted: str) -> KeyFigure:
    people = float(row["population"])
    covered, missed, lost = (float(row[state]) / people for state in ("covered", "not_covered", "not_measurable"))
    return KeyFigure(
        value=cell("share_covered", row["share_covered"], demo=demo), label=label,
        note=text("parks_figure_of", all=counted_with_unit(people, demo=demo, counted=counted)),
        states=(covered, missed, lost),
    )  # fmt: skip


def _charts(result: Result) -> tuple[Bars, ...]:
    """Residents by minutes to the door and by metres to the nearest green."""
    demo, counted = not result.reportable, result.provenance.counted
    groups = []
    for name, band, people in (("parks_door", "door_band", "population"), ("parks_sight", "sight_band", "sight_green")):
        rows = result.tables[name]
        bars = tuple(
            Bar(term(band, row[band]), row[people], counted_with_unit(row[people], demo=demo, counted=counted))
            for row in rows.to_dict(orient="records") if row[people]
        )  # fmt: skip
        if bars:
            groups.append(BarGroup(text(f"sheet_{name}"), bars))
    return (Bars(text("parks_chart"), tuple(groups)),) if groups else ()
