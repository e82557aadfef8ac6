"""What the pages of the plan's systems share: findings, tables as `readable` writes them, ground, account, sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kunshan_gis.maps import base
from kunshan_gis.maps.chart import Chart
from kunshan_gis.maps.page import KeyFigure, Link, MapLayer, MapPage, PageTable, Section
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import NOTHING, Lang, Text, text
from kunshan_gis.readable import filled, heading, is_number, named_cell, shown_columns

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.model import Result, StudyArea

_BACKGROUND = ("boundary", "neighbours", "water")
LONG_TABLE = 30
"""A table with more rows opens when it is asked for."""


def system_map(
    area: StudyArea,
    result: Result,
    layers: Iterable[MapLayer],
    *,
    said: Sequence[Text] = (),
    figures: Sequence[KeyFigure] = (),
    tables: Sequence[str] = (),
    charts: Sequence[Chart] = (),
    nav: Sequence[Link] = (),
    lang: Lang = "zh",
) -> MapPage:
    """The page of a system, named by `title_<study>`, `subtitle_<study>` and `intro_<study>` of the catalogue of texts.

    Parameters
    ----------
    layers : above the ground and the water, below the boundary's line; the last on top
    said : findings in words
    tables : names of the result's tables to show below the map, in order
    charts : above the tables
    """
    key, inputs = result.provenance.study, [str(given["kind"]) for given in result.provenance.inputs]
    return MapPage(
        title=text(f"title_{key}", place=base.place(area)),
        subtitle=text(f"subtitle_{key}"),
        layers=(*base.ground(area), *base.water(area, only_real=False), *layers, *base.outline(area)),
        intro=(text(f"intro_{key}"),),
        figures=tuple(figures),
        sections=(Section(text("system_findings"), tuple(said)),) if said else (),
        tables=tuple(table_of(result, name) for name in tables if len(result.tables.get(name, ()))),
        tables_heading=text("system_figures"),
        charts=tuple(charts),
        nav=tuple(nav),
        provenance=(*base.account(result.provenance), *base.sources(area, inputs), base.measured_in(area)),
        demo=not result.reportable,
        lang=lang,
        extent=base.extent(area),
        credit=base.credit(area, [*inputs, *_BACKGROUND]),
    )


def table_of(result: Result, name: str, columns: Sequence[str] = ()) -> PageTable:
    """A table of a result for a page: every column people read, or those named, that holds anything."""
    table, demo, counted = result.tables[name], not result.reportable, result.provenance.counted
    rows, fields = written_out(table, list(columns) or list(table.columns), demo=demo, counted=counted)
    return PageTable(text(f"sheet_{name}"), fields, rows, note=_note(name), folded=len(table) > LONG_TABLE)


def card_of(
    table: pd.DataFrame, columns: Sequence[str], *, demo: bool, counted: str = "people"
) -> tuple[pd.DataFrame, tuple[Field, ...]]:
    """A layer's table with the columns of its card written out, and their fields; geometry and other columns stay."""
    rows, fields = written_out(table, columns, demo=demo, counted=counted)
    return table.assign(**{str(name): rows[name].to_numpy() for name in rows}), fields


def written_out(
    table: pd.DataFrame, columns: Sequence[str], *, demo: bool, counted: str = "people"
) -> tuple[pd.DataFrame, tuple[Field, ...]]:
    """Columns that hold anything, as text in both languages (`<name>_zh_`, `<name>_en_`), and their fields."""
    import pandas as pd

    records = table[[column for column in table.columns if column != "geometry"]].to_dict(orient="records")
    made, fields = {}, []
    for column in (one for one in shown_columns(columns) if filled(table, one)):
        cells = [named_cell(column, row, demo=demo, counted=counted) for row in records]
        zh, en = f"{column}_zh_", f"{column}_en_"
        made[zh], made[en] = [one.zh for one in cells], [one.en for one in cells]
        said = heading(column, demo=demo, counted=counted)
        fields.append(Field(zh, said.zh, said.en, format="figure" if is_number(column) else "text", column_en=en))
    return pd.DataFrame(made, index=np.arange(len(table))), tuple(fields)


def _note(name: str) -> Text:
    from kunshan_gis.messages import keys

    key = f"table_note_{name}"
    return text(key) if key in keys() else NOTHING
