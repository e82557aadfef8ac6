"""Tables held against the contract of their kind: every breach at once, with layer, row and remedy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kunshan_gis.errors import LayerSchemaError, Problem, at_rows, both, listed
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS, Column, Kind

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa
    from numpy.typing import NDArray

At = Callable[[Sequence[int], str | None], Text]
"""Where rows of a table's index, or their cells in a column, are."""


def check(
    table: pd.DataFrame,
    kind: str,
    *,
    where: str | Text,
    place: At | None = None,
    told: Collection[str] = (),
) -> list[Problem]:
    """Every breach of the kind's contract, sorted, as problems with a remedy; empty if none.

    Parameters
    ----------
    table : DataFrame or GeoDataFrame
        One row a feature.
    kind : str
        A key of `KINDS`.
    where : str or Text
        What to call the table in messages: the layer's name and file.
    place : callable, optional
        `place(rows, column)`: where rows of the table's index, or their cells, are; else they are counted from 1.
    told : collection of str
        Columns whose breaches are told already, and left out here.
    """
    contract, where = KINDS[kind], both(where)
    at = place or (lambda rows, _: at_rows(where, rows))
    problems = _column_problems(table, contract, where, at, told)
    if contract.geometry:
        problems += _geometry_problems(table, contract, where, at)
    if len(table) == 0:
        problems.append(Problem(where, *_NO_ROWS))
    return sorted(problems)


_NO_ROWS = (
    Text("没有任何记录", "holds no rows"),
    Text("补充数据，或从 catalog.toml 中删去该图层", "add features or remove the layer from catalog.toml"),
)


def require(table: pd.DataFrame, kind: str, *, where: str | Text) -> None:
    """Raise `LayerSchemaError` with every breach of the kind's contract."""
    if problems := check(table, kind, where=where):
        title = Text("{where} 不符合图层类别 `{kind}`（{title}）的要求", "{where} does not fit the kind `{kind}`")
        raise LayerSchemaError(title.format(where=both(where), title=KINDS[kind].zh, kind=kind), problems)


def _column_problems(
    table: pd.DataFrame,
    contract: Kind,
    where: Text,
    at: At,
    told: Collection[str],
) -> list[Problem]:
    from pandera.errors import SchemaErrors

    asked = [column for column in contract.all_columns if column.name not in told]
    missing = [column for column in asked if column.required and column.name not in table.columns]
    problems = [_absent(column, table, where) for column in missing]
    try:
        _pandera_schema(asked, table).validate(table, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        for (column, failed), rows in cases.groupby(["column", "check"], sort=True):
            problems.append(_breach(contract, (str(column), str(failed)), rows, where, at))
    return problems


def _absent(column: Column, table: pd.DataFrame, where: Text) -> Problem:
    there = listed(table.columns, 12)
    return Problem(
        where,
        Text(
            f"缺少字段 `{column.name}`（{column.about.zh}）", f"column `{column.name}` ({column.about.en}) is missing"
        ),
        Text(f"补上该字段；现有字段：{there}", f"add it; there are: {there}"),
    )


def _breach(contract: Kind, failure: tuple[str, str], rows: pd.DataFrame, where: Text, at: At) -> Problem:
    name, failed = failure
    column = next(c for c in contract.all_columns if c.name == name)
    numbers = [int(index) for index in rows["index"] if index is not None and not np.isnan(float(index))]
    values = listed(sorted({_short(value) for value in rows["failure_case"]}), 4)
    place = at(numbers, name) if numbers else where
    what = Text(f"字段 `{name}` 的值为 {values}", f"`{name}` is {values}")
    if failed == "field_uniqueness":
        what = Text(f"字段 `{name}` 的值重复：{values}", f"`{name}` occurs more than once: {values}")
        if name != "id":  # it is another layer's
            return Problem(
                place, what, Text("每个编号只留一行，删去其余", "keep one row for every id, delete the others")
            )
        return Problem(place, what, Text("每个要素使用各自唯一的编号", "give every feature its own id"))
    if failed == "not_nullable":
        what = Text(f"字段 `{name}` 为空", f"`{name}` is empty")
        return Problem(place, what, Text(f"填写该字段（{column.about.zh}）", f"fill in the {column.about.en}"))
    if column.values:
        choice = ", ".join(column.values)
        return Problem(place, what, Text(f"只能取 {choice} 之一", f"use one of {choice}"))
    return Problem(place, what, _wanted(column))


def _wanted(column: Column) -> Text:
    zh, en = _TYPES[column.type]
    if column.minimum is not None:
        zh, en = f"不小于 {column.minimum:g} 的{zh}", f"{en} of at least {column.minimum:g}"
    return Text(f"应填{zh}（{column.about.zh}）", f"give {en} ({column.about.en})")


_TYPES = {
    "text": Text("文本", "text"),
    "integer": Text("整数", "a whole number"),
    "number": Text("数值", "a number"),
    "boolean": Text("真值 true 或 false", "true or false"),
}


def _pandera_schema(columns: Sequence[Column], table: pd.DataFrame) -> pa.DataFrameSchema:
    import pandas as pd
    import pandera.pandas as pa

    def fits(column: Column) -> pa.Check:
        return pa.Check(lambda value: _fits(value, column), element_wise=True, name=column.type, ignore_na=True)

    def unique(column: Column) -> bool:  # a list is never text, and cannot be compared for being the same
        cells = table[column.name]
        return column.unique and (
            pd.api.types.infer_dtype(cells, skipna=True) == "string"
            or bool(cells.map(lambda value: isinstance(value, Hashable)).all())
        )

    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                None,
                [] if _plain(table[column.name], column) else [fits(column)],
                nullable=column.nullable,
                unique=unique(column),
                required=False,
            )
            for column in columns
            if column.name in table.columns
        }
    )


def _plain(values: pd.Series, column: Column) -> bool:
    """True where a look at the column as a whole shows that every cell fits; else cell by cell tells."""
    import pandas as pd

    filled = values.dropna()
    if column.type == "text":
        if pd.api.types.infer_dtype(filled, skipna=False) != "string":
            return False
        different = pd.Series(filled.unique(), dtype=object)
        if column.values:
            return bool(different.isin(column.values).all())
        return bool((different.str.strip() != "").all())
    if column.type == "boolean" or not isinstance(filled.dtype, np.dtype) or filled.dtype.kind not in "iuf":
        return False
    figures = filled.to_numpy(dtype=float)
    whole = column.type == "number" or bool((figures == np.floor(figures)).all())
    return (
        whole
        and bool(np.isfinite(figures).all())
        and not (column.minimum is not None and (figures < column.minimum).any())
    )


def _fits(value: object, column: Column) -> bool:
    if column.type == "text":
        return isinstance(value, str) and value.strip() != "" and (not column.values or value in column.values)
    if column.type == "boolean":
        return isinstance(value, (bool, np.bool_))
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return False
    whole = column.type == "number" or float(value).is_integer()
    return bool(np.isfinite(value) and whole and (column.minimum is None or value >= column.minimum))


def _geometry_problems(table: pd.DataFrame, contract: Kind, where: Text, at: At) -> list[Problem]:
    import geopandas as gpd
    import shapely

    zh, en = " 或 ".join(contract.geometry), " or ".join(contract.geometry)
    if not isinstance(table, gpd.GeoDataFrame) or table.active_geometry_name is None:
        remedy = Text(f"补上 {zh} 几何", f"give it {en} geometry")
        return [Problem(where, Text("没有几何图形", "has no geometry"), remedy)]
    shapes = np.asarray(table.geometry.array)
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kinds = np.asarray(table.geometry.geom_type.astype(object))
    wrong = ~absent & ~np.isin(kinds, contract.geometry)
    invalid = ~absent & ~wrong & ~shapely.is_valid(shapes)
    flat = ~absent & ~np.isfinite(np.nan_to_num(shapely.bounds(shapes), nan=np.inf)).all(axis=1)
    found, reasons = listed(sorted(set(kinds[wrong]))), _reasons(shapes[invalid])
    findings = (
        (absent, Text("几何为空", "geometry is empty"), Text("绘制图形，或删去该行", "draw it or remove the row")),
        (wrong, Text(f"几何类型为 {found}", f"geometry is {found}"), Text(f"改绘为 {zh}", f"draw it as {en}")),
        (
            invalid,
            Text(f"几何无效：{reasons}", f"geometry is not valid: {reasons}"),
            Text("修复几何（QGIS：修正几何图形）", "repair it (QGIS: Fix geometries)"),
        ),
        (
            flat,
            Text("坐标不是数字", "coordinates are not numbers"),
            Text("删去该行，或重新绘制", "remove or redraw the row"),
        ),
    )
    return [
        Problem(at([int(row) for row in table.index[rows]], None), what, remedy)
        for rows, what, remedy in findings
        if rows.any()
    ]


def _reasons(shapes: NDArray[np.object_]) -> str:
    import shapely

    return listed(sorted(set(shapely.is_valid_reason(shapes))), 3)


def _short(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "…")
