"""The data-quality report as a page: a map of what to mend, the findings in words, the layers as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kunshan_gis.figures import counted_with_unit, percent
from kunshan_gis.indicators import label
from kunshan_gis.maps import base, palette
from kunshan_gis.maps.page import KeyFigure, MapLayer, MapPage, Notice, PageTable, Section
from kunshan_gis.maps.values import Field, empty, halves, written
from kunshan_gis.messages import Lang, Text, known, text
from kunshan_gis.model import DEMONSTRATION

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from kunshan_gis.model import StudyArea

_LEVELS = ("stops", "distorts", "information")


@dataclass(frozen=True, eq=False)
class QualityParts:
    """What a data-quality report found, as tables and words.

    Attributes
    ----------
    notices : the findings, in order
    unknown : what could not be looked at, and why
    fine : what nothing is wrong with; fine_network : the same of the network, as sentences
    summary : findings by severity, and how much is not measurable and fine
    sheets : one row a layer; columns : one row a column of a layer
    basis : one row a basis, with amounts and shares of people, parks, streets
    access : parks and residents by how entrances are known
    network : figures of the walking network by key and class
    cells : areas with population, street_m, people_per_km and `class_`: none, crowded, dense, usual
    parks : areas with access_source
    places : points with severity and title
    limits : what decided what is a finding
    """

    title: Text
    demo: bool
    notices: tuple[Notice, ...]
    unknown: tuple[tuple[Text, Text], ...]
    fine: tuple[Text, ...]
    fine_network: tuple[Text, ...]
    summary: Mapping[str, int]
    sheets: pd.DataFrame
    columns: pd.DataFrame
    basis: pd.DataFrame
    access: pd.DataFrame | None
    network: pd.DataFrame | None
    cells: gpd.GeoDataFrame | None
    parks: gpd.GeoDataFrame | None
    places: gpd.GeoDataFrame
    limits: Mapping[str, object]


def quality_page(area: StudyArea, parts: QualityParts, *, lang: Lang = "zh") -> MapPage:
    """The page of a data-quality report; nothing on it is a verdict on a plan."""
    kinds = [kind for kind in ("boundary", "neighbours", "water", "homes", "parks", "streets") if area.has(kind)]
    return MapPage(
        title=parts.title,
        subtitle=text("quality_subtitle"),
        layers=(
            *base.ground(area),
            *base.water(area, only_real=False),
            *_cells(area, parts),
            *_parks(area, parts),
            *base.outline(area),
            *_places(parts),
        ),
        intro=(text("quality_intro"),),
        notices=parts.notices,
        notices_heading=text("quality_mend"),
        sections=tuple(_sections(parts)),
        tables=tuple(_tables(area, parts)),
        tables_heading=text("quality_layers"),
        figures=tuple(_figures(area, parts)),
        provenance=(
            text("parameters_line", parameters=base.joined("parts_joined", _limits(parts))),
            *base.sources(area, kinds),
            base.measured_in(area),
        ),
        demo=parts.demo,
        lang=lang,
        extent=base.extent(area),
        credit=base.credit(area, kinds),
    )


def _limits(parts: QualityParts) -> list[Text]:
    return [
        text("parameter", label=known(key), value=f"{value:g}" if isinstance(value, int | float) else str(value))
        for key, value in parts.limits.items()
    ]


def _figures(area: StudyArea, parts: QualityParts) -> list[KeyFigure]:
    """How many findings of each severity, and what share of the residents is observed."""
    told = {name: str(number) for name, number in parts.summary.items()}
    first = KeyFigure(
        value=Text(told["stops"], told["stops"]),
        label=text("quality_figure_stops"),
        note=text("quality_figure_note", **told),
    )
    if not area.has("homes"):
        return [first]
    observed = parts.basis[~parts.basis["basis"].isin(DEMONSTRATION)]["share_people"]
    share = float("nan") if parts.basis["share_people"].isna().all() else float(observed.sum())
    counted = area.layer("homes").info.counts
    key = "quality_figure_buildings" if counted == "buildings" else "quality_figure_observed"
    note = text("quality_figure_observed_note")
    return [first, KeyFigure(value=written(share, "share", demo=parts.demo), label=text(key), note=note)]


def _cells(area: StudyArea, parts: QualityParts) -> list[MapLayer]:
    if parts.cells is None or not len(parts.cells):
        return []
    table = parts.cells.assign(street_km=parts.cells["street_m"] / 1000)
    counted = area.layer("homes").info.counts
    fields = (
        Field("population", *label("population", counted), format=counted),
        Field("street_m", *text("quality_street"), format="metres"),
        Field("people_per_km", *text("quality_density"), format=counted),
    )
    return [
        MapLayer(
            "quality_cells", text("quality_cells"), text("quality_group"), table, palette.street_cells(), by="class_",
            fields=fields, basis=base.basis_of_kind(area, "homes"), derived=True,
        )
    ]  # fmt: skip


def _parks(area: StudyArea, parts: QualityParts) -> list[MapLayer]:
    if parts.parks is None or not len(parts.parks):
        return []
    access = Field("access_source", *text("quality_access"), format="term", prefix="quality_access_")
    return [
        MapLayer(
            "quality_parks", text("quality_parks"), text("quality_group"), parts.parks,
            palette.park_access(), by="access_source", fields=base.fields_of(parts.parks, base.NAME, access),
            basis=base.basis_of_kind(area, "parks"), partly=base.partly(area, "parks"),
            file=area.layer("parks").info.path,
        )
    ]  # fmt: skip


def _places(parts: QualityParts) -> list[MapLayer]:
    if not len(parts.places):
        return []
    field = Field("title", *text("quality_finding"), column_en="title_en")
    return [
        MapLayer(
            f"quality_places_{level}", text("quality_places", level=text(f"quality_{level}")), text("quality_group"),
            parts.places[parts.places["severity"] == level], palette.finding(level), fields=(field,), derived=True,
            shown=level != "information",
        )
        for level in reversed(_LEVELS)
        if (parts.places["severity"] == level).any()
    ]  # fmt: skip


def _sections(parts: QualityParts) -> list[Section]:
    """What could not be looked at, and what is fine."""
    unknown = tuple(text("quality_unknown_line", title=title, reason=reason) for title, reason in parts.unknown)
    sections = [Section(text("quality_unknown"), unknown)] if unknown else []
    if parts.fine:
        sections.append(Section(text("quality_fine"), (base.joined("parts_joined", parts.fine), *parts.fine_network)))
    return sections


def _tables(area: StudyArea, parts: QualityParts) -> list[PageTable]:
    counted = area.layer("homes").info.counts if area.has("homes") else "people"
    people = Field("people", *label("people", counted), format=counted)
    made = [_basis(parts, people)]
    if parts.access is not None:
        access = Field("access_source", *text("quality_access"), format="term", prefix="quality_access_")
        number = Field("parks", *text("parks"), format="number")
        made.append(PageTable(text("quality_table_access"), (access, number, people), parts.access))
    if parts.network is not None:
        made.append(_network(parts.network, counted, demo=parts.demo))
    return [*made, *_layer_tables(parts.sheets), _columns(parts.columns)]


def _basis(parts: QualityParts, people: Field) -> PageTable:
    rows = parts.basis[(parts.basis[["people", "park_m2", "street_m"]].fillna(0) > 0).any(axis=1)]
    rows = rows.assign(park_ha=rows["park_m2"] / 1e4, street_km=(rows["street_m"] / 1e3).round(1))
    columns = (
        Field("basis", *text("basis"), format="term", prefix="basis_"),
        people,
        Field("share_people", *text("quality_share_people"), format="share"),
        Field("park_ha", *text("parks"), format="hectares"),
        Field("share_parks", *text("quality_share_parks"), format="share"),
        Field("street_km", *text("quality_street_km"), format="number"),
        Field("share_streets", *text("quality_share_streets"), format="share"),
    )
    return PageTable(text("quality_table_basis"), columns, rows, note=text("quality_table_basis_note"))


def _network(table: pd.DataFrame, counted: str, *, demo: bool) -> PageTable:
    """The figures of the network as a whole, metres in kilometres."""
    rows = table[table["class"].isna() & table["value"].notna()].copy()
    names = [label(key, counted) for key in rows["key"]]
    figures = [
        _figure(value, unit, counted, demo=demo) for value, unit in zip(rows["value"], rows["unit"], strict=True)
    ]
    rows["name"], rows["name_en"] = [zh for zh, _ in names], [en for _, en in names]
    rows["figure"], rows["figure_en"] = [one.zh for one in figures], [one.en for one in figures]
    columns = (
        Field("name", *label("key"), column_en="name_en"),
        Field("figure", *label("value"), column_en="figure_en"),
    )
    note = text("quality_table_network_note")
    return PageTable(text("quality_table_network"), columns, rows, note=note, folded=True)


def _figure(value: float, unit: str, counted: str, *, demo: bool) -> Text:
    if unit == "m":
        return text("quality_km", km=f"{value / 1000:,.2f}")
    if unit == "share":
        return Text(*[percent(value, demo=False)] * 2)
    if unit == "people":
        return counted_with_unit(value, demo=demo, counted=counted)
    return Text(*[f"{value:,.0f}"] * 2)


def _layer_tables(sheets: pd.DataFrame) -> list[PageTable]:
    """Where the layers come from, then what is in them."""
    rows = sheets.copy()
    for column in ("source", "licence"):
        pairs = [halves(str(value)) for value in rows[column]]
        rows[column], rows[f"{column}_en"] = [pair.zh for pair in pairs], [pair.en for pair in pairs]
    lines = [[halves(line) for line in history] for history in rows["history"]]
    rows["history"] = ["；".join(line.zh for line in own) or None for own in lines]
    rows["history_en"] = ["; ".join(line.en for line in own) or None for own in lines]
    rows["crs"] = [text("quality_crs_in_file").zh if empty(value) else value for value in rows["crs"]]
    rows["crs_en"] = [
        text("quality_crs_in_file").en if value == text("quality_crs_in_file").zh else value for value in rows["crs"]
    ]
    ages = [_age(years) for years in rows["behind_years"]]
    rows["age"], rows["age_en"] = [age.zh for age in ages], [age.en for age in ages]
    rows["usable"] = ["yes" if usable else "no" for usable in rows["usable"]]
    title = Field("title", *text("quality_layer"), column_en="title_en")
    origin = (
        title,
        Field("basis", *text("basis"), format="term", prefix="basis_"),
        Field("source", *text("source"), column_en="source_en"),
        Field("licence", *text("quality_licence"), column_en="licence_en"),
        Field("date", *text("date"), missing="date_unknown"),
        Field("age", *text("quality_age"), column_en="age_en"),
        Field("datum", *text("quality_datum")),
        Field("crs", *text("quality_crs"), column_en="crs_en"),
        Field("accuracy_m", *text("accuracy"), format="metres"),
        Field("sensitivity", *text("quality_sensitivity"), format="term", prefix="quality_"),
        *base.fields_of(rows, Field("history", *text("quality_history"), column_en="history_en")),
    )
    numbers = ("rows", "twice", "invalid", "slivers", "multipart", "outside")
    inside = (
        title,
        Field("usable", *text("quality_usable"), format="term"),
        *(Field(name, *text(f"quality_column_{name}"), format="number") for name in numbers),
        Field("filled", *text("quality_column_filled"), format="share"),
    )
    return [
        PageTable(text("quality_table_inside"), inside, rows, note=text("quality_table_inside_note")),
        PageTable(text("quality_table_origin"), origin, rows, note=text("quality_table_origin_note")),
    ]


def _age(years: object) -> Text:
    if empty(years):
        return text("no_value")
    number = int(float(str(years)))
    return text("quality_latest") if number == 0 else text("quality_years_behind", years=str(number))


def _columns(columns: pd.DataFrame) -> PageTable:
    layer = Field("title", *text("quality_layer"), column_en="title_en")
    fields = (
        Field("column", *text("quality_column")),
        Field("about", *text("quality_about"), column_en="about_en"),
        Field("filled", *text("quality_column_filled"), format="share"),
    )
    return PageTable(text("quality_table_columns"), fields, columns, group=layer, folded=True)
