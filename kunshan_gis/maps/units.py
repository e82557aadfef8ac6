"""Figures on a page: coverage of units as cards, tables and the figures that open a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kunshan_gis.figures import people, people_with_unit
from kunshan_gis.maps import base
from kunshan_gis.maps.page import KeyFigure, PageTable
from kunshan_gis.maps.values import Field, written
from kunshan_gis.messages import Text, text

if TYPE_CHECKING:
    from kunshan_gis.model import Result

STATES = ("covered", "not_covered", "not_measurable")
ALL = "all"
_TIER = Field("tier", *text("tier"), format="term", prefix="tier_")
_UNIT = Field("name", *text("name"), column_en="name_en")
_ACCESS = ("access_gate", "access_crossing", "access_outline", "access_centroid", "access_none")


def of_buildings(result: Result) -> bool:
    """True where no count of people was given and the figures count buildings."""
    return result.provenance.counted == "buildings"


def counts(result: Result) -> tuple[Field, ...]:
    """The columns of people (or buildings): all, and the three states."""
    if of_buildings(result):
        names = {"population": text("population_buildings")} | {state: text(state) for state in STATES}
        return tuple(Field(column, *name, format="buildings") for column, name in names.items())
    return tuple(Field(column, *text(column), format="people") for column in ("population", *STATES))


def shares(result: Result) -> tuple[Field, Field]:
    """The columns of shares: of all, and of those that can be measured."""
    if of_buildings(result):
        of_all, of_measurable = text("share_covered_buildings"), text("share_measurable_buildings")
    else:
        of_all, of_measurable = text("share_covered"), text("share_measurable")
    return (Field("share_covered", *of_all, format="share"),
            Field("share_measurable", *of_measurable, format="share"))  # fmt: skip


def tables(result: Result) -> tuple[PageTable, ...]:
    """A table of the three states per tier for the whole area, the zones and the towns, those there are."""
    made = []
    for key in ("area", "zones", "towns"):
        rows = result.tables.get(key)
        if rows is None or rows.empty:
            continue
        first, group = (_TIER, None) if key == "area" else (_UNIT, _TIER)
        made.append(
            PageTable(
                caption=text(f"table_{key}"),
                columns=(first, *counts(result), *shares(result)),
                rows=rows if key == "area" else _by_tier(rows),
                group=group,
                states=STATES,
                note=_note(result),
            )
        )
    return tuple(made)


def cards(result: Result, rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Field, ...]]:
    """One row a unit, indexed by unit: the three states for all parks, the share for each tier."""
    wide = rows[rows["tier"] == ALL].set_index("unit_id")
    fields = [*counts(result), shares(result)[0]]
    for tier in dict.fromkeys(rows["tier"]):
        if tier == ALL:
            continue
        column = f"share_{tier}"
        share = rows[rows["tier"] == tier].set_index("unit_id")["share_covered"]
        wide = wide.assign(**{column: share.reindex(wide.index)})
        fields.append(Field(column, *text("share_of_tier", tier=text(f"tier_{tier}")), format="share"))
    return wide, tuple(fields)


def key_figures(result: Result) -> tuple[KeyFigure, ...]:
    """The share of all residents who reach a park, with its denominator."""
    rows = result.tables.get("area")
    if rows is None or rows.empty:
        return ()
    row = rows[rows["tier"] == ALL].iloc[0]
    demo, buildings = not result.reportable, of_buildings(result)
    parts = {
        name: text("buildings_of", value=people(row[name], demo=False))
        if buildings
        else people_with_unit(row[name], demo=demo)
        for name in ("population", *STATES)
    }
    total = float(row["population"])
    minutes = _plain(result.provenance.parameters.get("minutes", ""))
    return (
        KeyFigure(
            value=written(row["share_covered"], "share", demo=demo),
            label=text("figure_share_buildings" if buildings else "figure_share", minutes=minutes),
            note=text("figure_states_buildings" if buildings else "figure_states", **parts),
            states=tuple(float(row[name]) / total for name in STATES) if total else None,  # type: ignore[arg-type]
            warnings=result.provenance.warnings,
            remarks=_access(result),
        ),
    )


def _access(result: Result) -> tuple[Text, ...]:
    """What the parks' entrances rest on: gates that are mapped, or what was derived."""
    found = result.provenance.counts.get("parks_by_access_source", {})
    parts = [text(key, parks=f"{number:,}") for key in _ACCESS if (number := found.get(key.removeprefix("access_"), 0))]
    return (text("access_line", sources=base.joined("listing", parts)),) if parts else ()


def _note(result: Result) -> Text:
    if of_buildings(result):
        return text("table_note_buildings")
    return text("table_note" if result.reportable else "table_note_demo")


def _by_tier(rows: pd.DataFrame) -> pd.DataFrame:
    order = {tier: place for place, tier in enumerate(dict.fromkeys(rows["tier"]))}
    return rows.sort_values("tier", key=lambda tier: tier.map(order), kind="stable")


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
