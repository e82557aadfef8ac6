"""Figures of a table (a census by town or village) brought to the areas they belong to, whole or not at all.

Rows find their area by a code or a name. What does not find one is listed, from both sides, and nothing is joined: a
table of another year's units joins through a crosswalk that says which unit became which, and in no other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.errors import LayerSchemaError, ParameterError, Problem, listed
from kunshan_gis.layers.census_keys import Rows, plain, require_once, table_rows, unit_keys
from kunshan_gis.layers.census_values import carried, total_line, values_to_bring
from kunshan_gis.layers.crosswalk import Crosswalk
from kunshan_gis.layers.source import Source
from kunshan_gis.messages import Text


@dataclass(frozen=True, eq=False)
class Joined:
    """A layer's table with the columns that came to it, and what to know."""

    table: gpd.GeoDataFrame
    columns: tuple[str, ...]
    notes: tuple[Text, ...]


def join_table(
    source: Source,
    on: str,
    areas: gpd.GeoDataFrame,
    *,
    crosswalk: Crosswalk | None = None,
    beside: Crosswalk | None = None,
    as_of: str | None = None,
    columns: Sequence[str] = (),
    weights: str | None = None,
) -> Joined:
    """The areas with the table's figures, every one of its rows and of the areas accounted for.

    Parameters
    ----------
    source : Source
        The table as read; a row a unit.
    on : str
        Its column with the statistical code (9 or 12 digits) or the name. Villages' codes of 12 digits find the town
        their first 9 name, and are added up.
    areas : GeoDataFrame
        With `adcode` or `code`, or `name`.
    crosswalk : Crosswalk, optional
        Leads from the table's units to those of the areas: merged units are added, split ones need weights.
    beside : Crosswalk, optional
        Not used to join, only to tell the remedy.
    as_of : str, optional
        The table's code list in the crosswalk, for example 2020-06; else the one that holds all of its keys.
    columns : sequence of str, optional
        Columns to bring; else all with numbers.
    weights : str, optional
        Column of the areas by which a unit that was split is shared out.

    Returns
    -------
    Joined
        Whole numbers stay whole, and every column sums to what it did; NaN where a part is not stated.

    Raises
    ------
    ParameterError
        No such column or code list.
    LayerSchemaError
        Codes that a spreadsheet spoiled, rows or areas without a partner, a split without weights, shares that would be
        added up; all problems together, by cell.
    """
    rows = table_rows(source, on, areas)
    units = unit_keys(areas, rows.by)
    require_once(source, rows, on)
    passage, said = _passage(rows, units, crosswalk, as_of)
    _require_whole(source, rows, on, units=units, passage=passage, areas=areas, direct=crosswalk is None, beside=beside)
    shares = _shares(passage, units, areas, weights)
    values = values_to_bring(source, on, columns, several=rows.parts or _mixed(shares, rows))
    found = {name: carried(column, rows, units, shares) for name, column in values.items()}
    notes = [said, *(total_line(name, values[name], found[name]) for name in found)]
    table = areas.drop(columns=[name for name in found if name in areas]).assign(**found)
    ordered = [*(name for name in table.columns if name != "geometry"), "geometry"]
    return Joined(table[ordered], tuple(found), tuple(note for note in notes if note.en))


def _passage(
    rows: Rows, units: NDArray[np.object_], crosswalk: Crosswalk | None, as_of: str | None
) -> tuple[pd.DataFrame, Text]:
    """What goes where, and how it was found."""
    if crosswalk is None:
        return pd.DataFrame({"key": units, "unit": units, "weight": 1.0}), Text("", "")
    keys = {key for key in rows.key if key}
    if as_of is not None and as_of not in crosswalk.dates:
        dates = listed(crosswalk.dates)
        raise ParameterError(
            Text(
                f"{crosswalk.name} 中没有 {as_of} 的代码表；可选：{dates}",
                f"{crosswalk.name} has no code list of {as_of}; choose one of {dates}",
            )
        )
    ends = crosswalk.fitting(set(units), rows.by)
    starts = [as_of] if as_of else crosswalk.fitting(keys, rows.by)
    if set(starts) & set(ends):
        same = min(set(starts) & set(ends))
        identity = pd.DataFrame({"key": units, "unit": units, "weight": 1.0})
        return identity, Text(f"表格与图层同为 {same} 的单元", f"table and layer both have the units of {same}")
    if len(starts) != 1 or len(ends) != 1:
        return pd.DataFrame({"key": [], "unit": [], "weight": []}), Text("", "")
    start, end = starts[0], ends[0]
    said = Text(
        f"经 {crosswalk.name} 由 {start} 的单元换为 {end} 的单元",
        f"from the units of {start} to those of {end} by {crosswalk.name}",
    )
    return crosswalk.passage(start, end, rows.by), said


def _require_whole(
    source: Source,
    rows: Rows,
    on: str,
    *,
    units: NDArray[np.object_],
    passage: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    direct: bool,
    beside: Crosswalk | None,
) -> None:
    """Every row has an area and every area a row."""
    there = passage["unit"].isin(set(units)).groupby(passage["key"]).transform("all")
    used = passage[there.astype(bool)]
    lost = np.flatnonzero(~np.isin(rows.key, used["key"].to_numpy(dtype=object)))
    reached = set(used.loc[used["key"].isin(set(rows.key)), "unit"])
    bare = np.flatnonzero(~np.isin(units, list(reached)))
    halves = used[~used["key"].isin(set(rows.key)) & used["unit"].isin(reached)]
    if not (lost.size or bare.size or len(halves)):
        return
    remedy = _remedy(rows, units, direct=direct, beside=beside)
    problems = []
    if lost.size:
        names = listed([text or "（空）/ (empty)" for text in rows.cell[lost]], 12)
        what = Text(f"{lost.size} 行在图层中没有对应：{names}", f"{lost.size} rows have no area: {names}")
        problems.append(Problem(source.place(lost.tolist(), on), what, remedy))
    if bare.size:
        called = [f"{key} {name}".strip() for key, name in zip(units[bare], _called(areas)[bare], strict=True)]
        what = Text(
            f"{bare.size} 个区域在表格中没有对应：{listed(called, 12)}",
            f"{bare.size} areas have no row: {listed(called, 12)}",
        )
        problems.append(Problem(Text("图层", "the layer"), what, remedy))
    if len(halves):
        parts = listed(sorted(halves["key"]), 12)
        what = Text(f"合并后的单元缺少组成部分：{parts}", f"parts of merged units are missing: {parts}")
        problems.append(Problem(source.name, what, Text("补上这些行", "add their rows")))
    title = Text(
        f"{source.name} 与图层不能完整关联，未作任何改动", f"{source.name} does not join whole; nothing was changed"
    )
    raise LayerSchemaError(title, problems)


def _remedy(rows: Rows, units: NDArray[np.object_], *, direct: bool, beside: Crosswalk | None) -> Text:
    if direct and beside is not None:
        keys = {key for key in rows.key if key}
        starts, ends = beside.fitting(keys, rows.by), beside.fitting(set(units), rows.by)
        if starts and ends and not set(starts) & set(ends):
            return Text(
                f"表格用的是 {starts[0]} 的单元，图层是 {ends[0]} 的；加上 --as-of {starts[0]}",
                f"the table has the units of {starts[0]}, the layer those of {ends[0]}: add --as-of {starts[0]}",
            )
    return Text(
        "更正代码或名称；若单元已调整，用 --crosswalk FILE 给出对照表，或用 --as-of 2020-06 之类指明表格的代码表",
        "correct codes or names; where units changed, give a --crosswalk FILE, or say whose units the table has with "
        "--as-of, for example 2020-06",
    )


def _called(areas: gpd.GeoDataFrame) -> NDArray[np.object_]:
    names = areas["name"] if "name" in areas else pd.Series("", index=areas.index)
    return np.array([plain(name) for name in names], dtype=object)


def _shares(
    passage: pd.DataFrame, units: NDArray[np.object_], areas: gpd.GeoDataFrame, weights: str | None
) -> pd.DataFrame:
    """The passage with every weight known."""
    unknown = passage["weight"].isna()
    if not unknown.any():
        return passage
    if weights is None:
        split = passage[unknown].groupby("key")["unit"].agg(list)
        problems = [
            Problem(
                str(key),
                Text(
                    f"分为 {listed(parts)}，各得多少未知", f"was split into {listed(parts)}; what each has is not known"
                ),
                Text(
                    "用 --weights 指明图层中按其分摊的字段（如面积、户籍人口），或在对照表中填写 weight",
                    "name a column of the layer to share it by with --weights (area, registered people …), or fill in "
                    "`weight` in the crosswalk",
                ),
            )
            for key, parts in split.items()
        ]
        raise LayerSchemaError(Text("拆分的单元需要权重", "a unit that was split needs weights"), problems)
    if weights not in areas:
        there = listed([name for name in areas.columns if name != "geometry"], 12)
        raise ParameterError(
            Text(f"图层没有字段 `{weights}`；现有：{there}", f"the layer has no column `{weights}`; there are: {there}")
        )
    size = pd.Series(pd.to_numeric(areas[weights], errors="coerce").to_numpy(dtype=float), index=units)
    own = passage["unit"].map(size)
    if not bool((own[unknown] > 0).all()):
        raise ParameterError(
            Text(f"字段 `{weights}` 须全部为正数", f"`{weights}` must be more than zero in every area concerned")
        )
    total = own.groupby(passage["key"]).transform("sum")
    return passage.assign(weight=passage["weight"].where(~unknown, own / total))


def _mixed(shares: pd.DataFrame, rows: Rows) -> bool:
    used = shares[shares["key"].isin(set(rows.key))]
    return bool(used["unit"].duplicated().any() or used["key"].duplicated().any())
