"""The check list as a page: estates by state with their number, each card the row of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kunshan_gis.indicators import label
from kunshan_gis.maps import base, palette
from kunshan_gis.maps.page import MapLayer, MapPage, PageTable
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import Lang, Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from kunshan_gis.model import Result, StudyArea

_LABELS_FROM = 14.0
"""Zoom level from which numbers are written: before it they would cover what they name."""


def review_page(area: StudyArea, result: Result, drawn: gpd.GeoDataFrame, *, lang: Lang = "zh") -> MapPage:
    """The map beside a check list.

    Parameters
    ----------
    result : table `review_totals`
    drawn : the list's rows with the estate's outline, or a home for those in none
    """
    inputs = [str(given["kind"]) for given in result.provenance.inputs]
    layers = [
        *base.ground(area),
        *base.water(area, only_real=False),
        *_layers(area, result, drawn),
        *base.outline(area),
    ]
    return MapPage(
        title=text("title_review", place=base.place(area)),
        subtitle=text("subtitle_review"),
        layers=tuple(layers),
        intro=(text("intro_review"),),
        tables=(_totals(result),),
        tables_heading=text("review_sheet_totals"),
        provenance=(*base.account(result.provenance), *base.sources(area, inputs), base.measured_in(area)),
        demo=not result.reportable,
        lang=lang,
        extent=base.extent(area),
        credit=base.credit(area, inputs),
    )


def _layers(area: StudyArea, result: Result, drawn: gpd.GeoDataFrame) -> Iterator[MapLayer]:
    """Of each rule the estates and the homes in none; the first rule is shown when the page opens."""
    basis = base.basis_of_kind(area, "homes")
    fields = _fields(result)
    rules = list(drawn.groupby(["profile", "indicator"], sort=False))
    several = len(base.by_shape(drawn)) > 1
    for place, ((profile, indicator), rows) in reversed(list(enumerate(rules))):
        for shape, some in base.by_shape(rows).items():
            name = Text(some["name"].iloc[0], some["name_en"].iloc[0])
            title = text("of_shape", title=name, shape=text(f"review_shape_{shape}")) if several else name
            there = set(some["state"])
            styles = {state: style for state, style in palette.review_states().items() if state in there}
            yield MapLayer(
                f"review_{profile}_{indicator}_{shape}".replace("-", "_"), title, text("review_sheet_list"), some,
                styles, by="state", fields=base.fields_of(some, *fields), label=fields[1], label_zoom=_LABELS_FROM,
                shown=place == 0, basis=basis, derived=True,
            )  # fmt: skip


def _fields(result: Result) -> tuple[Field, ...]:
    counted = result.provenance.counted
    people = [Field(key, *label(key if key != "people" else "population", counted), format=counted) for key in _PEOPLE]
    return (
        Field("group", *text("review_column_group"), column_en="group_en"),
        Field("number", *text("review_column_number"), format="number"),
        Field("id", *text("review_column_id")),
        Field("town", *text("review_column_town"), column_en="town_en"),
        Field("state", *text("review_column_state"), format="term", prefix="review_"),
        *people,
        Field("nearest", *text("review_column_nearest"), column_en="nearest_en"),
        Field("walked_m", *text("review_on_foot"), format="metres"),
        Field("straight_m", *text("review_straight"), format="metres"),
        Field("why", *text("review_column_why"), column_en="why_en"),
        Field("conclusion", *text("review_column_conclusion"), format="term", prefix="review_"),
        Field("corrected", *text("review_column_corrected"), format="term", prefix="review_"),
        Field("reason", *text("review_column_reason")),
    )


_PEOPLE = ("people", "not_covered", "not_measurable")


def _totals(result: Result) -> PageTable:
    counted = result.provenance.counted
    people = [Field(key, *label(key if key != "people" else "population", counted), format=counted)
              for key in ("people", "covered", "not_covered", "not_measurable")]  # fmt: skip
    columns = (
        Field("name", *text("column_indicator"), column_en="name_en"),
        Field("estates", *text("review_total_estates"), format="number"),
        *people,
    )
    note = text("review_totals_note")
    return PageTable(
        text("review_totals_caption"), columns, result.tables["review_totals"],
        states=("covered", "not_covered", "not_measurable"), note=note,
    )  # fmt: skip
