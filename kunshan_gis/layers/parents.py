"""Gates to their park, entrances to their station: by id, by name, or as the nearest one where only one is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import Problem, listed
from kunshan_gis.layers.consistency import GATE_M
from kunshan_gis.layers.source import Place
from kunshan_gis.layers.vocabulary import plain
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS, REFERENCES

CLEARER_M = 20.0
"""The nearest parent is the one where the next lies at least this much farther: more than a gate's own error."""

NEAREST_M: Mapping[str, float] = {"park_gates": GATE_M, "estate_gates": GATE_M, "ramps": GATE_M, "entrances": 500.0}
"""How far a feature may lie from the outline of its parent; station entrances lie around a point in the middle."""


@dataclass(eq=False)
class Resolved:
    """A table whose references are ids, what was found out, and rows whose parent is not clear."""

    table: gpd.GeoDataFrame | pd.DataFrame
    notes: list[Text] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)


def resolve(
    table: gpd.GeoDataFrame | pd.DataFrame, kind: str, others: Mapping[str, gpd.GeoDataFrame], place: Place
) -> Resolved:
    """References of a kind as ids of the layers that are there.

    Parameters
    ----------
    table, others : tables by kind, in one CRS in metres.
    place : callable
        Where rows and their cells are in the file; takes the contract's column.
    """
    done = Resolved(table)
    for child, column, parent in REFERENCES:
        if child != kind or parent not in others:
            continue
        if column in done.table.columns:
            _by_name(done, column, parent, others[parent], place)
        if kind in NEAREST_M and isinstance(done.table, gpd.GeoDataFrame):
            _nearest(done, kind, column, parent, others=others[parent], place=place)
    return done


def _by_name(done: Resolved, column: str, parent: str, others: pd.DataFrame, place: Place) -> None:
    """Names where ids are asked for become the ids of the one that is called so."""
    ids = {str(key) for key in others["id"]}
    said = done.table[column]
    strange = said[said.notna() & ~said.isin(ids)]
    if strange.empty:
        return
    names = others["name"].map(plain, na_action="ignore") if "name" in others.columns else pd.Series(dtype=object)
    once = names[names.notna() & ~names.duplicated(keep=False)]
    by_name = dict(zip(once, others.loc[once.index, "id"], strict=True))
    found = strange.map(lambda value: by_name.get(plain(value)))
    if found.notna().any():
        done.table = done.table.assign(**{column: found.combine_first(said)})
        done.notes.append(
            Text(
                f"`{column}`：{int(found.notna().sum())} 行写的是{KINDS[parent].zh}名称，已换为编号",
                f"`{column}`: {int(found.notna().sum())} rows name their {parent} by name; ids were put in",
            )
        )
    unknown = strange[found.isna()]
    shared = unknown.map(lambda value: bool((names == plain(value)).any()))
    for rows, zh, en in (
        (unknown[~shared], "没有这个编号或名称", "none has this id or name"),
        (unknown[shared], "有多个同名要素", "several have this name"),
    ):
        if rows.empty:
            continue
        values = listed(sorted({str(value) for value in rows}))
        done.problems.append(
            Problem(
                place([int(row) for row in rows.index], column),
                Text(
                    f"`{column}` 为 {values}，{KINDS[parent].zh}图层中{zh}",
                    f"`{column}` is {values}; of {parent}, {en}",
                ),
                Text("改用编号，或先补充该图层", "give the id, or add it to that layer first"),
            )
        )
        done.doubtful.add(column)


def _nearest(done: Resolved, kind: str, column: str, parent: str, *, others: gpd.GeoDataFrame, place: Place) -> None:
    table, limit = done.table, NEAREST_M[kind]
    empty = np.asarray(table[column].isna()) if column in table.columns else np.ones(len(table), dtype=bool)
    if not empty.any() or not len(others):
        return
    require_metric(table, kind)
    require_metric(others, parent, analysis_crs=str(table.crs))
    outlines = np.asarray(others.geometry.array)
    areas = shapely.get_dimensions(outlines) == 2
    outlines = np.where(areas, shapely.boundary(outlines), outlines)
    points = np.asarray(table.geometry.array)[empty]
    tree = shapely.STRtree(outlines)
    found: dict[int, str] = {}
    unclear: dict[str, list[int]] = {}
    for row, point in zip(table.index[empty], points, strict=True):
        near = tree.query(point, predicate="dwithin", distance=limit)
        away = shapely.distance(point, outlines[near])
        order = near[np.argsort(away, kind="stable")]
        away = np.sort(away)
        if len(near) and (len(near) == 1 or away[1] - away[0] >= CLEARER_M):
            found[int(row)] = str(others["id"].iloc[order[0]])
        else:
            unclear.setdefault(listed(others["id"].iloc[order[:3]]) if len(near) else "", []).append(int(row))
    filled = pd.Series(found, dtype=object).reindex(table.index)
    before = table[column] if column in table.columns else pd.Series(None, index=table.index, dtype=object)
    done.table = table.assign(**{column: filled.where(filled.notna(), before)})
    if found:
        done.notes.append(
            Text(
                f"`{column}`：{len(found)} 行未填，已取 {limit:g} 米内最近的{KINDS[parent].zh}",
                f"`{column}`: {len(found)} rows left empty were given the nearest of {parent} within {limit:g} m",
            )
        )
    if kind == "ramps":  # a ramp may stand alone
        return
    for ids, rows in unclear.items():
        what = (
            Text(
                f"{limit:g} 米内有多个{KINDS[parent].zh}，相距不足 {CLEARER_M:g} 米，无法确定 `{column}`：{ids}",
                f"several {parent} lie within {limit:g} m, less than {CLEARER_M:g} m apart: `{column}` could be {ids}",
            )
            if ids
            else Text(
                f"{limit:g} 米内没有{KINDS[parent].zh}，无法确定 `{column}`",
                f"none of {parent} lies within {limit:g} m: `{column}` is not known",
            )
        )
        done.problems.append(
            Problem(
                place(rows, column),
                what,
                Text(
                    "在文件中填写该列；若坐标抄自网络地图，先注明 --datum gcj02 或 bd09",
                    "fill in that column in the file; were the coordinates copied off a web map, say --datum gcj02 or "
                    "bd09 first",
                ),
            )
        )
        done.doubtful.add(column)
