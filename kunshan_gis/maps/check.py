"""The page of a check: figures against targets, in words, and on the map where what is asked for is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kunshan_gis.figures import beside_computed, checked
from kunshan_gis.findings import WHOLE, findings, units_name, units_tables, verdict_said
from kunshan_gis.maps import base, palette
from kunshan_gis.maps import reach as reach_layers
from kunshan_gis.maps.headlines import headline_groups
from kunshan_gis.maps.page import Link, MapLayer, MapPage, PageTable, Section
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import Lang, Text, text

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.maps.values import Format
    from kunshan_gis.model import Basis, Result, StudyArea

_HECTARE_M2 = 10_000.0
_STATES = ("amount", "covered", "not_covered", "not_measurable")
_BACKGROUND = ("boundary", "neighbours", "water")


@dataclass(frozen=True, eq=False)
class Gap:
    """Where a rule is not met: cells with an amount (people, m2 of land) and its three states.

    Attributes
    ----------
    key : profile and indicator, unique in the page
    counted : people, homes, jobs, people_and_jobs, m2 or m
    kinds : layers the figure rests on
    """

    key: str
    name: Text
    counted: str
    kinds: tuple[str, ...]
    cells: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Circle:
    """A life circle on the map: cells with people and how many of the needs each of them reaches in the mean.

    Attributes
    ----------
    required : needs of the circle; `measured` of them are in the layers
    cells : `amount` people, `reached` needs, `share_covered` of the measured needs, and the three states
    """

    name: Text
    required: int
    measured: int
    kinds: tuple[str, ...]
    cells: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Outside:
    """Homes inside a park's circle that do not reach one on foot, with what is likely in the way (`barrier`)."""

    name: Text
    kinds: tuple[str, ...]
    homes: gpd.GeoDataFrame


def check_map(
    area: StudyArea,
    result: Result,
    *,
    circle: Circle | None = None,
    gaps: Sequence[Gap] = (),
    outside: Outside | None = None,
    nav: Sequence[Link] = (),
    lang: Lang = "zh",
) -> MapPage:
    """A check with its headline figures, findings in words, and maps of who and what is left out.

    Parameters
    ----------
    result : tables `check`, and `check_<units>` where it was made by units
    """
    inputs = [str(given["kind"]) for given in result.provenance.inputs]
    layers = [
        *base.ground(area),
        *base.water(area, only_real=False),
        *_circle(area, circle, result),
        *(layer for number, gap in enumerate(gaps) for layer in _gap(area, gap, result, number, circle)),
        *base.outline(area),
        *_outside(area, outside),
    ]
    return MapPage(
        title=text("title_check", place=base.place(area)),
        subtitle=_subtitle(result),
        layers=tuple(layers),
        intro=(text("intro_check"),),
        headlines=headline_groups(result, words=True),
        sections=tuple(_by_units_in_words(result)),
        tables=tuple(_by_units(result)),
        tables_heading=text("check_by_units"),
        nav=tuple(nav),
        provenance=(*base.account(result.provenance), *base.sources(area, inputs), base.measured_in(area)),
        demo=not result.reportable,
        lang=lang,
        extent=base.extent(area),
        credit=base.credit(area, [*inputs, *_BACKGROUND]),
    )


def _subtitle(result: Result) -> Text:
    if result.provenance.parameters["reporting_basis"]:
        return text("subtitle_check", profile=result.provenance.profile_said)
    return text("subtitle_check_all")


def _circle(area: StudyArea, circle: Circle | None, result: Result) -> list[MapLayer]:
    if circle is None or not len(circle.cells):
        return []
    people = result.provenance.counted
    fields = (
        Field("reached", *text("circle_reached", measured=circle.measured), format="number"),
        Field("amount", *text("population_buildings" if people == "buildings" else "population"), format=people),
    )
    title = text("layer_circle", name=circle.name, measured=circle.measured, required=circle.required)
    table = reach_layers.by_fifth(circle.cells.assign(reached=circle.cells["reached"].round(1)), sized_by="amount")
    return [
        MapLayer(
            "circle", title, text("group_check"), table, palette.covered(), by="class_", fields=fields,
            basis=_weakest(area, circle.kinds), derived=True,
        )
    ]  # fmt: skip


def _gap(area: StudyArea, gap: Gap, result: Result, number: int, circle: Circle | None) -> Iterator[MapLayer]:
    """What a rule leaves out, cell by cell; the first is shown where no life circle is."""
    if not len(gap.cells):
        return
    table, how = _in_units(gap, result.provenance.counted)
    fields = (
        Field("not_covered", *text("column_not_covered"), format=how),
        Field("covered", *text("check_covered"), format=how),
        Field("not_measurable", *text("column_not_measurable"), format=how),
        Field("share_covered", *text("check_share"), format="share"),
    )
    yield MapLayer(
        f"gap_{gap.key}", gap.name, text("group_check"), reach_layers.by_fifth(table, sized_by="amount"),
        palette.covered(), by="class_", fields=fields, shown=number == 0 and circle is None,
        basis=_weakest(area, gap.kinds), derived=True,
    )  # fmt: skip


def _in_units(gap: Gap, homes: str) -> tuple[gpd.GeoDataFrame, Format]:
    """The amounts in the unit that is read: people, buildings, hectares."""
    if gap.counted == "m2":
        return gap.cells.assign(**{name: gap.cells[name] / _HECTARE_M2 for name in _STATES}), "hectares"
    if gap.counted in ("people", "homes"):
        return gap.cells, "buildings" if homes == "buildings" else ("people" if gap.counted == "people" else "number")
    return gap.cells.assign(**{name: gap.cells[name].round() for name in _STATES}), "number"


def _outside(area: StudyArea, outside: Outside | None) -> list[MapLayer]:
    if outside is None or not len(outside.homes):
        return []
    walked = outside.homes["walked_m"].to_numpy(dtype=float)
    table = outside.homes.assign(walked_m=np.where(np.isfinite(walked), walked, np.nan))
    fields = (
        Field("barrier", *text("check_barrier"), format="term", prefix="barrier_"),
        Field("population", *text("population"), format=area.layer("homes").info.counts),
        Field("straight_m", *text("check_straight"), format="metres"),
        Field("walked_m", *text("check_walked"), format="metres"),
    )
    return [
        MapLayer(
            "outside", text("layer_outside", name=outside.name), text("group_check"), table, palette.likely_barriers(),
            by="barrier", fields=fields, shown=False, basis=_weakest(area, outside.kinds), derived=True, min_zoom=11,
        )
    ]  # fmt: skip


def _weakest(area: StudyArea, kinds: Iterable[str]) -> Basis:
    """What a figure made from several layers rests on: the least certain of them."""
    found = [base.basis_of_kind(area, kind) for kind in kinds if area.has(kind)]
    return next((basis for basis in ("synthetic", "schematic") if basis in found), found[0] if found else "open")


def _by_units_in_words(result: Result) -> Iterator[Section]:
    """What is highest and lowest of the reporting basis; of all profiles where none is named."""
    basis = bool(result.provenance.parameters["reporting_basis"])
    for units in units_tables(result):
        said = tuple(one.said for one in findings(result) if one.units == units and (one.lead or not basis))
        if said:
            yield Section(text("check_by_in_words", units=units_name(units)), said)


def _by_units(result: Result) -> Iterator[PageTable]:
    """The figures by units, one heading a rule; the reporting basis open, the annex folded."""
    note = text("table_note_demo_check") if not result.reportable else text("table_note_check")
    for units, table in units_tables(result).items():
        for _, part in table.groupby("lead", sort=False):
            rows = pd.DataFrame([_cells(row, result) for row in part.to_dict(orient="records")])
            folded = not part["lead"].iloc[0] and bool(result.provenance.parameters["reporting_basis"])
            name = "check_annex" if folded else "check_lead"
            heading = text(name if result.provenance.parameters["reporting_basis"] else "check_profiles")
            caption = text("check_by", heading=heading, units=units_name(units))
            group = Field("rule", "", "", column_en="rule_en")
            columns = tuple(_columns(beside_computed(result.tables[WHOLE], result)))
            yield PageTable(caption, columns, rows, group=group, note=note, folded=folded)


_SHOWN = ("target", "interval", "verdict", "numerator", "denominator")


def _columns(reviewed: Sequence[str]) -> Iterator[Field]:
    for name in ("unit", "value", *reviewed, *_SHOWN):
        yield Field(name, *text("column_unit_name" if name == "unit" else f"column_{name}"), column_en=f"{name}_en")


def _cells(row: Mapping[Any, Any], result: Result) -> dict[str, str]:
    said = checked(row, counted=result.provenance.counted)
    cells = {
        "rule": Text(row["name"], row["name_en"]), "unit": Text(row["unit_name"], row["unit_name_en"]),
        "value": said.value.said, "target": said.target.said, "interval": said.interval, "verdict": verdict_said(row),
        "numerator": said.numerator.said, "denominator": said.denominator.said,
        "corrected_value": said.corrected.said, "change": said.change,
    }  # fmt: skip
    return {
        f"{name}{suffix}": part for name, cell in cells.items() for suffix, part in zip(("", "_en"), cell, strict=True)
    }
