"""A planner's file to a clean table of a kind: converted, repaired, its columns and values mapped, its parents found.

Nothing is decided silently: every step leaves notes, every row that was mended or left out is listed, and what is not
clear is a problem with its place in the file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.contracts import check
from kunshan_gis.crs import DECIMALS, WEB, project
from kunshan_gis.datum import SHIFTED, Datum, converted_line, mean_shift_m
from kunshan_gis.errors import LayerError, Problem, listed
from kunshan_gis.layers.cells import Filled, Value, fill
from kunshan_gis.layers.columns import Use, match_columns
from kunshan_gis.layers.ids import with_ids
from kunshan_gis.layers.land_codes import code_notes, edition_called, editions, editions_with
from kunshan_gis.layers.parents import NEAREST_M, resolve
from kunshan_gis.layers.repair import Repair, in_one_place, repair, without_repeats
from kunshan_gis.layers.source import Place, Source
from kunshan_gis.layers.walkfilter import WALK_FILTER, is_walkable
from kunshan_gis.messages import Text
from kunshan_gis.schema import AREA, KINDS, REFERENCES, Column

COUNTED = ("homes", "jobs")
"""Kinds whose rows count people: two equal rows may be two households, and are never taken for a repetition."""


@dataclass(frozen=True)
class Wishes:
    """What the planner says beside the file.

    Attributes
    ----------
    columns : mapping of heading to column
        See `columns.match_columns`.
    values : mapping of column to {value in the file: the contract's word}
    constants : mapping of column to value
        The same in every row.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Taken:
    """What became of a file.

    Attributes
    ----------
    table : GeoDataFrame or DataFrame
        The kind's columns in the contract's order, then those that were kept; geometry in EPSG:4326. Its index says
        which rows of the file these are.
    uses, values : what became of each column, and of each value
    repairs : what was mended or left out
    notes, history : what to know now, and what the catalogue keeps
    problems : what must be settled before the layer can be written
    source_name : str
        The file's name.
    place : callable
        Where rows, and their cells in a column of the contract, are in the file.
    """

    table: gpd.GeoDataFrame | pd.DataFrame
    uses: tuple[Use, ...]
    values: tuple[Value, ...]
    source_name: str
    place: Place
    repairs: list[Repair] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def said(self, done: Repair) -> Text:
        """What was mended or left out, and where in the file."""
        where = self.place(list(done.rows), None)
        return Text(f"{where.zh}：{done.what.zh}", f"{where.en}: {done.what.en}")


def degrees_of(source: Source, kind: str, datum: Datum) -> gpd.GeoDataFrame | pd.DataFrame:
    """A file's rows with WGS 84 degrees, the datum's shift undone; a plain table where the kind has no geometry.

    Raises
    ------
    LayerError
        The kind has geometry and the file has none.
    CRSError, DatumError, LayerSchemaError
        See `crs.project`.
    """
    table = source.table.reset_index(drop=True)
    if not KINDS[kind].geometry:
        return pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    if not isinstance(table, gpd.GeoDataFrame):
        headings, title = listed(table.columns, 30), KINDS[kind]
        raise LayerError(
            Text(
                f"文件 {source.name} 没有坐标，而{title.zh}需要图形；现有字段：{headings}",
                f"{source.name} has no coordinates, and {title.en} need them; its columns: {headings}",
            ),
            Text(
                "补充经度、纬度两列，或改用带图形的文件",
                "add a column of longitudes and one of latitudes, or give a map layer",
            ),
        )
    return project(table, datum=datum, to=WEB, name=source.name)


def take_in(
    source: Source,
    degrees: gpd.GeoDataFrame | pd.DataFrame,
    kind: str,
    wishes: Wishes,
    *,
    metric: str,
    datum: Datum,
    others: Mapping[str, gpd.GeoDataFrame],
) -> Taken:
    """A file's rows as a table of a kind.

    Parameters
    ----------
    degrees : table
        From `degrees_of`.
    metric : str
        CRS to measure in, metres.
    others : tables by kind
        Layers that this one may refer to, in `metric`.

    Raises
    ------
    ParameterError
        The wishes name a column or a value that does not exist.
    """
    where = Text(source.name, source.name)
    table = degrees
    uses, problems = match_columns(table, kind, wishes.columns, wishes.constants, where=where)
    origin = {use.target: use.source for use in uses if use.target and use.source}
    taken = Taken(
        table, tuple(uses), (), source.name, lambda rows, column: source.place(rows, origin.get(str(column), column))
    )
    taken.notes += source.notes
    taken.problems += problems
    if isinstance(table, gpd.GeoDataFrame):
        _record_conversion(taken, source, degrees, datum)
        mended = repair(table.to_crs(metric), kind, source.place)
        table = mended.table
        taken.repairs += mended.repairs
        taken.problems += mended.problems
    if kind not in COUNTED:
        table, repeats = without_repeats(table)
        taken.repairs += repeats
    taken.notes += _left_out(uses)
    filled = fill(table, kind, uses, values=wishes.values, constants=wishes.constants, place=source.place)
    taken.values, table = filled.values, _with_accuracy(filled, table)
    taken.notes += filled.notes
    taken.problems += filled.problems
    told = set(filled.doubtful) | {use.target for use in uses if use.how == "conflict" and use.target}
    found = resolve(table, kind, others, taken.place)
    taken.notes += found.notes
    taken.problems += found.problems
    table = _derived(found.table, kind, taken)
    told |= found.doubtful | _missing(table, kind, source, taken)
    if isinstance(table, gpd.GeoDataFrame):
        table = _rounded(table, metric, taken)
    _finish(table, kind, taken, where, told)
    return taken


def _left_out(uses: list[Use]) -> list[Text]:
    names = [use.source for use in uses if use.how == "unknown"]
    if not names:
        return []
    said = listed(names, 12)
    return [
        Text(
            f"未读入的字段：{said}；要读入某列写 --map 列名=字段，按原名保留写 --map 列名=列名",
            f"columns left out: {said}; --map COLUMN=FIELD reads one, --map COLUMN=COLUMN keeps it under its own name",
        )
    ]


def _record_conversion(taken: Taken, source: Source, degrees: gpd.GeoDataFrame, datum: Datum) -> None:
    crs = source.table.crs
    if datum in SHIFTED:
        taken.history.append(converted_line(datum, mean_shift_m(source.table, degrees)))
    elif crs is not None and crs.to_string() != WEB:
        taken.history.append(f"由 {crs.to_string()} 换算为 {WEB} / reprojected from {crs.to_string()} to {WEB}")


def _with_accuracy(filled: Filled, mended: gpd.GeoDataFrame | pd.DataFrame) -> pd.DataFrame | gpd.GeoDataFrame:
    """Areas that became points are less accurate by as much as they reached."""
    table = filled.table
    if not isinstance(mended, gpd.GeoDataFrame) or "accuracy_of_middle" not in mended.columns:
        return table
    own = pd.to_numeric(table["accuracy_m"], errors="coerce") if "accuracy_m" in table.columns else np.nan
    return table.assign(accuracy_m=np.fmax(own, mended["accuracy_of_middle"]))


def _derived(table: pd.DataFrame | gpd.GeoDataFrame, kind: str, taken: Taken) -> pd.DataFrame | gpd.GeoDataFrame:
    """What follows from other columns by a rule with a name."""
    if kind == "streets" and "class" in table.columns and "walkable" not in table.columns:
        table = table.assign(walkable=is_walkable(table))
        closed = int((~table["walkable"]).sum())
        said = Text(
            f"没有可否步行一列：按 {WALK_FILTER.version} 规则由道路类别推定，{closed} 条不可步行",
            f"no column says who may walk: rule {WALK_FILTER.version} decides from the class, {closed} ways are closed",
        )
        _both(taken, said)
    if "code_edition" in table.columns and editions(kind):
        called = {str(name): edition_called(str(name), kind) for name in table["code_edition"].dropna().unique()}
        official = {name: name if edition is None else edition.edition for name, edition in called.items()}
        table = table.assign(code_edition=table["code_edition"].map(official))
    return table


def _both(taken: Taken, said: Text) -> None:
    taken.notes.append(said)
    taken.history.append(f"{said.zh} / {said.en}")


def _missing(table: pd.DataFrame, kind: str, source: Source, taken: Taken) -> set[str]:
    """Columns the kind needs and nothing in the file was recognised as."""
    told = set()
    for column in KINDS[kind].all_columns:
        if not column.required or column.name in table.columns or column.name == "id":
            continue
        if (kind, column.name) == ("streets", "walkable"):  # follows from the class
            told.add(column.name)
            continue
        told.add(column.name)
        if any(column.name in problem.what.en and "could each be" in problem.what.en for problem in taken.problems):
            continue
        taken.problems.append(
            Problem(
                source.name,
                Text(
                    f"没有可作为 `{column.name}`（{column.about.zh}）的字段",
                    f"no column is known to be `{column.name}` ({column.about.en})",
                ),
                _how_to_give(column, table, kind, source),
            )
        )
    return told


def _how_to_give(column: Column, table: pd.DataFrame, kind: str, source: Source) -> Text:
    headings = listed([name for name in source.table.columns if name != "geometry"], 30)
    for child, reference, parent in REFERENCES:
        if (child, reference) == (kind, column.name) and kind in NEAREST_M:
            return Text(
                f"先录入{KINDS[parent].zh}（--kind {parent}），即按距离匹配；或用 --map 字段={reference}；"
                f"现有字段：{headings}",
                f"first add the {parent} (--kind {parent}), each is matched to the nearest; or name the column with "
                f"--map COLUMN={reference}; there are: {headings}",
            )
    example = (column.values or ("…",))[0]
    choice = "|".join(column.values)
    hint = f" ({choice})" if choice else ""
    if column.name == "code_edition" and "code" in table.columns:
        fitting = editions_with(table["code"].dropna().astype(str), kind) or list(editions(kind))
        example = fitting[0].edition
        hint = f" ({' | '.join(edition.edition for edition in fitting)})"
    constant = f'"{column.name}={example}"' if " " in example else f"{column.name}={example}"
    return Text(
        f"指明字段 --map 字段={column.name}，或全部取同一值 --set {constant}{hint}；现有字段：{headings}",
        f"name it with --map COLUMN={column.name}, or the same for all rows with --set {constant}{hint}; "
        f"there are: {headings}",
    )


def _rounded(table: gpd.GeoDataFrame, metric: str, taken: Taken) -> gpd.GeoDataFrame:
    """The table in degrees as it will be written; what rounding to a centimetre made invalid is made valid again."""
    table = table.to_crs(WEB)
    shapes = shapely.transform(np.asarray(table.geometry.array), lambda xy: xy.round(DECIMALS))
    broken = ~shapely.is_valid(shapes) & shapely.is_valid(np.asarray(table.geometry.array))
    if broken.any():
        whole = np.asarray(table.geometry.array)[broken]
        shapes[broken] = shapely.set_precision(whole, 10.0**-DECIMALS)
        before, after = (_areas(part, metric) for part in (whole, shapes[broken]))
        what = Text("坐标取到厘米后重新修复", "made valid again after rounding to a centimetre")
        for row, was, became in zip(table.index[broken], before, after, strict=True):
            taken.repairs.append(Repair((int(row),), what, float(was), float(became)))
    return table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=WEB))


def _areas(shapes: np.ndarray, metric: str) -> np.ndarray:
    return np.asarray(gpd.GeoSeries(list(shapes), crs=WEB).to_crs(metric).area)


def _finish(
    table: pd.DataFrame | gpd.GeoDataFrame, kind: str, taken: Taken, where: Text, told: Collection[str]
) -> None:
    """Ids, order and types of the columns, notes about the whole, and the contract."""
    if any(column.name == "id" for column in KINDS[kind].all_columns):
        table, made = with_ids(table, kind)
        if made:
            _both(
                taken,
                Text(
                    f"{made} 行没有编号：已按图形与名称生成（文件不变则编号不变）",
                    f"{made} rows had no id: made from geometry and name (the same file gives the same ids)",
                ),
            )
    if isinstance(table, gpd.GeoDataFrame) and set(AREA) & set(KINDS[kind].geometry):
        taken.notes += _shape_notes(table, taken.place)
    taken.notes += code_notes(table, kind)
    if len(table) or not taken.problems:
        taken.problems += check(table, kind, where=where, place=taken.place, told=told)
    taken.table = _ordered(table, kind)
    taken.history += _repair_lines(taken.repairs)


def _shape_notes(table: gpd.GeoDataFrame, place: Place) -> list[Text]:
    notes = []
    if groups := in_one_place(table):
        rows = place([row for group in groups for row in group], None)
        notes.append(
            Text(
                f"请核对：{len(groups)} 处有图形完全相同而属性不同的要素（{rows.zh}）",
                f"check: features in {len(groups)} places have the same outline and different columns ({rows.en})",
            )
        )
    several = int((np.asarray(shapely.get_num_geometries(np.asarray(table.geometry.array))) > 1).sum())
    if several:
        notes.append(
            Text(
                f"{several} 个要素由多块组成，各计为一个",
                f"{several} features have several parts and count as one each",
            )
        )
    return notes


def _repair_lines(repairs: list[Repair]) -> list[str]:
    """One line of history for each sort of repair."""
    sorts: dict[Text, int] = {}
    for done in repairs:
        sorts[done.what] = sorts.get(done.what, 0) + len(done.rows)
    if len(sorts) > _MOST_LINES:
        rows = sum(sorts.values())
        return [f"修复图形 {rows} 行，见 layers add 的输出 / geometry of {rows} rows mended, listed by layers add"]
    return [f"{what.zh}（{rows} 行） / {what.en} (rows: {rows})" for what, rows in sorts.items()]


_MOST_LINES = 8


def _ordered(table: pd.DataFrame | gpd.GeoDataFrame, kind: str) -> pd.DataFrame | gpd.GeoDataFrame:
    columns = {column.name: column for column in KINDS[kind].all_columns}
    own = [name for name in columns if name in table.columns]
    kept = [name for name in table.columns if name not in columns and name != "geometry"]
    typed: dict[str, Any] = {name: _typed(table[name], columns[name].type) for name in own}
    typed |= {name: table[name].map(_storable, na_action="ignore") for name in kept}
    plain = pd.DataFrame(typed, index=table.index)
    if not isinstance(table, gpd.GeoDataFrame):
        return plain
    return gpd.GeoDataFrame(plain, geometry=table.geometry, crs=table.crs)


def _typed(cells: pd.Series, type_: str) -> pd.Series:
    """Whole numbers without a decimal point where every row has one; what does not fit stays for the contract."""
    if type_ == "integer" and pd.api.types.is_numeric_dtype(cells) and cells.notna().all():
        whole = cells.astype(float)
        return cells.astype("int64") if bool((np.isfinite(whole) & (whole == whole.round())).all()) else cells
    if type_ in ("integer", "number"):
        return cells
    return cells.astype(object).where(cells.notna(), None)


def _storable(cell: object) -> object:
    return cell if isinstance(cell, (str, int, float, bool, np.number, np.bool_)) else str(cell)
