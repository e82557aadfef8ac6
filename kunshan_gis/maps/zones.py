"""The page of zones and towns: towns and zones by one figure at a time, links between them, what crosses borders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kunshan_gis.figures import people_with_unit
from kunshan_gis.maps import base, palette, systems
from kunshan_gis.maps.chart import Bar, BarGroup, Bars
from kunshan_gis.maps.focus import focus_layers
from kunshan_gis.maps.page import KeyFigure, MapLayer, MapPage, PageTable
from kunshan_gis.maps.system_page import card_of, system_map, table_of
from kunshan_gis.maps.values import Field
from kunshan_gis.maps.zone_classes import breaks, classes, crossing_class, crossing_styles, link_styles, shades
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.model import Style
from kunshan_gis.readable import cell, filled, heading, named_cell, shown_columns

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from kunshan_gis.model import Result, StudyArea

Drawn = Mapping[str, "gpd.GeoDataFrame"]
FIGURES = {
    "zone_people_per_km2": "people", "zone_needs_share": "good", "zone_circle_share": "good",
    "zone_park_green": "good", "zone_station_share": "good", "zone_road_density": "time", "zone_ramp_min": "time",
    "zone_jobs_per_10k": "people", "zone_facilities_per_10k": "good",
}  # fmt: skip
"""Figures that are mapped, with their hue; the first that there is shows when the page opens."""
CHARTED = ("zone_people_per_km2", "zone_needs_share", "zone_circle_share", "zone_station_share", "zone_park_green",
           "zone_park_comprehensive", "zone_park_community", "zone_road_built", "zone_ramp_min",
           "zone_facilities_per_10k")  # fmt: skip
_LINK = ("name", "zone_other", "zone_border_km", "zone_over", "zone_over_per_km", "zone_walked", "zone_rail_names",
         "zone_drive")  # fmt: skip
_TABLES = ("zones_towns", "zones_communities", "zones_links", "zones_outward", "zones_focus", "zones_focus_needs",
           "zones_focus_brings", "zones_reach", "zones_services", "zones_ranks", "zones_membership", "zones_faults",
           "zones_focus_faults")  # fmt: skip
_OPEN = ("zones_links", "zones_outward", "zones_focus", "zones_faults", "zones_focus_faults")
_IN_WORDS = ("name", "zone_members")
_PROGRAMS = ("zone", "zone_other_id")
_STATES = ("covered", "not_covered", "not_measurable")


def zones_map(
    area: StudyArea, result: Result, drawn: Drawn, said: Sequence[Text] = (), *, lang: Lang = "zh"
) -> MapPage:
    """The page: figures of towns and zones as shades, zones as outlines, links as lines, crossings as points."""
    layers = [
        *_shaded(area, result, "zones_profile", "zones", shown=False),
        *_shaded(area, result, "zones_towns", "towns", shown=True),
        *_outlines(area), *_links(area, result, drawn), *_crossings(area, drawn),
        *(replace(layer, shown=False) for layer in focus_layers(area, result, drawn)), *_centres(area, drawn),
    ]  # fmt: skip
    page = system_map(area, result, layers, said=said, figures=_key_figures(result), charts=_charts(result), lang=lang)
    return replace(page, tables=tuple(_tables(result)))


def _shaded(area: StudyArea, result: Result, name: str, level: str, *, shown: bool) -> Iterator[MapLayer]:
    """One layer a figure, of which at most the first is drawn at the start."""
    figures, demo = result.tables[name], not result.reportable
    shapes = _shapes(area, level)
    table = shapes.merge(figures.drop(columns=["name", "name_en"]), left_on="id", right_on="unit_id", how="inner")
    there = [column for column in FIGURES if table[column].notna().any()]
    for number, column in enumerate(there):
        values = table[column].to_numpy(dtype=float)
        cuts = breaks(values)
        styles = shades(column, cuts, FIGURES[column], demo=demo)
        rows, fields = card_of(table, ("name", "population", column), demo=demo, counted=result.provenance.counted)
        rows = rows.assign(class_=classes(values, cuts))
        used = {key: style for key, style in styles.items() if (rows["class_"] == key).any() or key.isdigit()}
        title = text(f"zones_layer_{level}", figure=heading(column, demo=demo))
        yield MapLayer(
            f"{level}_{column}", title, text(f"zones_group_{level}"), rows, used, by="class_", fields=fields,
            label=fields[0] if level == "towns" else None, shown=shown and number == 0,
            basis=base.basis_of_kind(area, "towns"), partly=base.partly(area, "towns"), derived=True,
        )  # fmt: skip


def _shapes(area: StudyArea, level: str) -> gpd.GeoDataFrame:
    """Towns, or zones as their towns together, with `id`, `name`, `name_en`."""
    towns = systems.zone_table(area)
    assert towns is not None
    if level == "towns":
        names = towns.get("name", towns["id"]).fillna(towns["id"])
        english = towns.get("name_en", names)
        return towns[["id", "geometry"]].assign(name=names, name_en=english.fillna(names))
    zones = towns[["zone_id", "zone_zh", "zone_en", "geometry"]].dissolve("zone_id", as_index=False)
    return zones.rename(columns={"zone_id": "id", "zone_zh": "name", "zone_en": "name_en"})


def _outlines(area: StudyArea) -> list[MapLayer]:
    """Zones as heavy lines with their names; towns in none are hatched."""
    zones = _shapes(area, "zones").assign(class_="zone")
    zones.loc[zones["id"] == palette.UNASSIGNED, "class_"] = palette.UNASSIGNED
    styles = {
        "zone": palette.outline(text("zones"), width=2.6, color="#26313a"),
        palette.UNASSIGNED: Style(*text("unassigned"), color="#6b6b66", width=1.6, hatch=True),
    }
    used = {key: style for key, style in styles.items() if (zones["class_"] == key).any()}
    title, group = text("zones_layer_outlines"), text("group_zones")
    return [
        MapLayer("zones", title, group, zones, used, by="class_", fields=(base.NAME,), label=base.NAME, label_size=18,
                 basis=base.basis_of_kind(area, "towns"), partly=base.partly(area, "towns"))
    ]  # fmt: skip


def _links(area: StudyArea, result: Result, drawn: Drawn) -> list[MapLayer]:
    """Lines between the centres of zones that adjoin, as wide as there are roads over their border."""
    if "zones_links" not in drawn:
        return []
    table = drawn["zones_links"]
    values = table["zone_over"].to_numpy(dtype=float)
    cuts = breaks(values)
    rows, fields = card_of(table, _LINK, demo=not result.reportable)
    rows = rows.assign(class_=classes(values, cuts))
    styles = link_styles(cuts)
    used = {key: style for key, style in styles.items() if (rows["class_"] == key).any()}
    return [_layer(area, "zones_links", text("zones_layer_links"), rows, used, fields=fields)]


def _crossings(area: StudyArea, drawn: Drawn) -> Iterator[MapLayer]:
    for key, title, shown in (
        ("zones_over", "zones_layer_over", False),
        ("zones_outward_over", "zones_layer_outward", True),
    ):
        if key not in drawn:
            continue
        rows = drawn[key].assign(class_=drawn[key]["class"].map(crossing_class))
        used = {name: style for name, style in crossing_styles().items() if (rows["class_"] == name).any()}
        yield _layer(area, key, text(title), rows, used, shown=shown)


def _centres(area: StudyArea, drawn: Drawn) -> list[MapLayer]:
    table = drawn["zones_centres"]
    rows, fields = card_of(table, ["name", "zone_centre"], demo=False)
    style = Style(*text("zones_layer_centres"), color="#26313a", fill="#ffd34d", width=1.6, radius=5.0)
    return [_layer(area, "zones_centres", text("zones_layer_centres"), rows, style, fields=fields)]


def _layer(
    area: StudyArea, key: str, title: Text, rows: gpd.GeoDataFrame, style: object, **options: object
) -> MapLayer:
    by = "class_" if isinstance(style, Mapping) else None
    return MapLayer(
        key, title, text("zones_group_links"), rows, style, by=by, basis=base.basis_of_kind(area, "towns"),  # type: ignore[arg-type]
        partly=base.partly(area, "towns"), derived=True, **options,  # type: ignore[arg-type]
    )  # fmt: skip


def _key_figures(result: Result) -> list[KeyFigure]:
    """Who has the whole life circle and who a station, in three states; parks per resident beside the standard."""
    profile, reach, demo = result.tables["zones_profile"], result.tables.get("zones_reach"), not result.reportable
    city, found = profile.iloc[-1], []
    whole = [] if reach is None else reach[reach["zone_completed"].isna()].to_dict(orient="records")
    for row in whole:
        if (row["zone_level"], row["unit_id"]) != ("zones", city["unit_id"]) or np.isnan(row["share_covered"]):
            continue
        parts = {name: people_with_unit(row[name], demo=demo) for name in ("population", *_STATES)}
        states = tuple(float(row[name]) / float(row["population"]) for name in _STATES)
        label = Text(row["zone_reached"], row["zone_reached_en"])
        value = cell("share_covered", row["share_covered"], demo=demo)
        found.append(KeyFigure(value, label, text("zones_key_states", **parts), states=states))  # type: ignore[arg-type]
    found += _against(result, "zone_park_green", city)
    return [*found[:-1], *(replace(one, warnings=result.provenance.warnings) for one in found[-1:])]


def _against(result: Result, column: str, city: pd.Series) -> list[KeyFigure]:
    """A figure of the whole city and what a standard asks for."""
    if np.isnan(city[column]):
        return []
    demo, ranks = not result.reportable, result.tables["zones_ranks"]
    asked = ranks[(ranks["figure"] == column) & ranks["zone_target"].notna()].head(1)
    note = Text("", "")
    for row in asked.to_dict(orient="records"):
        standard = Text(row["zone_standard"], row["zone_standard_en"])
        note = text("zones_key_target", target=cell(column, row["zone_target"], demo=demo), standard=standard)
    return [KeyFigure(cell(column, city[column], demo=demo), heading(column, demo=demo), note)]


def _charts(result: Result) -> list[Bars]:
    """Bars by zone with the city and the target."""
    table, ranks, demo = result.tables["zones_profile"], result.tables.get("zones_ranks"), not result.reportable
    groups = tuple(
        _group(table, ranks, column, demo=demo)
        for column in CHARTED
        if ranks is not None and table[column].notna().any()
    )
    if not groups:
        return []
    looks = {"zone": ("zones_chart_zone", "#7d9cc4"), "rest": ("zones_chart_rest", "#c9c9c3"),
             "city": ("zones_chart_city", "#3b4a63")}  # fmt: skip
    styles = {key: Style(*text(name), color=color, fill=color) for key, (name, color) in looks.items()}
    return [Bars(text("zones_chart"), groups, styles, mark=text("zones_chart_mark"), note=text("zones_chart_note"))]


def _group(table: pd.DataFrame, ranks: pd.DataFrame, column: str, *, demo: bool) -> BarGroup:
    bars = []
    for number, row in enumerate(table.to_dict(orient="records")):
        kind = "city" if number == len(table) - 1 else "rest" if row["unit_id"] == palette.UNASSIGNED else "zone"
        low, high = (float(row.get(f"{column}_{end}", np.nan)) for end in ("low", "high"))
        said = cell(column, row[column], demo=demo)
        bars.append(Bar(Text(str(row["name"]), str(row["name_en"])), float(row[column]), said, kind, low, high))
    target = ranks.loc[ranks["figure"] == column, "zone_target"]
    mark = float(target.iloc[0]) if len(target) else np.nan
    said = Text("", "") if np.isnan(mark) else text("zones_target_said", target=cell(column, mark, demo=demo))
    return BarGroup(heading(column, demo=demo), tuple(bars), mark, said)


def _tables(result: Result) -> Iterator[PageTable]:
    """Zones in columns, to be read across; every other table as it is, without what only programs read."""
    yield _compared(result)
    for name in _TABLES:
        if not len(result.tables.get(name, ())):
            continue
        columns = [column for column in result.tables[name].columns if column not in _PROGRAMS]
        yield replace(table_of(result, name, columns), folded=name not in _OPEN)


def _compared(result: Result) -> PageTable:
    """One row a figure, one column a zone and the city; a range stands behind its figure."""
    table, demo, counted = result.tables["zones_profile"], not result.reportable, result.provenance.counted
    units = table.to_dict(orient="records")
    columns = [one for one in shown_columns(list(table.columns)) if filled(table, one) and one not in _IN_WORDS]
    said = [[named_cell(column, unit, demo=demo, counted=counted) for unit in units] for column in columns]
    heads = [heading(column, demo=demo, counted=counted) for column in columns]
    made = {"figure_zh": [one.zh for one in heads], "figure_en": [one.en for one in heads]}
    fields = [Field("figure_zh", *text("zones_figure"), column_en="figure_en")]
    for number, unit in enumerate(units):
        zh, en = f"unit{number}_zh", f"unit{number}_en"
        made[zh], made[en] = [row[number].zh for row in said], [row[number].en for row in said]
        fields.append(Field(zh, str(unit["name"]), str(unit["name_en"]), format="figure", column_en=en))
    return PageTable(text("sheet_zones_profile"), tuple(fields), _frame(made), note=text("table_note_zones_profile"))


def _frame(columns: Mapping[str, list[str]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)
