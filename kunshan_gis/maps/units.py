"""Figures on a page: coverage of units as cards, tables and the figures that open a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kunshan_gis.figures import people_with_unit
from kunshan_gis.maps.page import KeyFigure, PageTable
from kunshan_gis.maps.values import Field, written
from kunshan_gis.messages import text

if TYPE_CHECKING:
    from kunshan_gis.model import Result

STATES = ("covered", "not_covered", "not_measurable")
ALL = "all"
PEOPLE = tuple(Field(column, *text(column), format="people") for column in ("population", *STATES))
SHARES = tuple(Field(column, *text(column), format="share") for column in ("share_covered", "share_measurable"))
_TIER = Field("tier", *text("tier"), format="term", prefix="tier_")
_UNIT = Field("name", *text("name"), column_en="name_en")


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
                columns=(first, *PEOPLE, *SHARES),
                rows=rows if key == "area" else _by_tier(rows),
                group=group,
                states=STATES,
                note=text("table_note" if result.reportable else "table_note_demo"),
            )
        )
    return tuple(made)


def cards(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Field, ...]]:
    """One row a unit, indexed by unit: the three states for all parks, the share for each tier."""
    wide = rows[rows["tier"] == ALL].set_index("unit_id")
    fields = [*PEOPLE, SHARES[0]]
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
    demo = not result.reportable
    people = {name: people_with_unit(row[name], demo=demo) for name in ("population", *STATES)}
    total = float(row["population"])
    minutes = result.provenance.parameters.get("minutes", "")
    return (
        KeyFigure(
            value=written(row["share_covered"], "share", demo=demo),
            label=text("figure_share", minutes=_plain(minutes)),
            note=text("figure_states", **people),
            states=tuple(float(row[name]) / total for name in STATES) if total else None,  # type: ignore[arg-type]
        ),
    )


def _by_tier(rows: pd.DataFrame) -> pd.DataFrame:
    order = {tier: place for place, tier in enumerate(dict.fromkeys(rows["tier"]))}
    return rows.sort_values("tier", key=lambda tier: tier.map(order), kind="stable")


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
