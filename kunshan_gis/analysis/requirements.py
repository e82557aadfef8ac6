"""What the measures ask of the tables they are given; all that is wrong is said at once, by id.

A measure gathers the problems of its arguments and calls `refuse`; nothing is dropped or filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from kunshan_gis.errors import LayerSchemaError, Problem, listed
from kunshan_gis.messages import Text

PEOPLE = Text("人口", "population")
CAPACITY = Text("容量", "capacity")


def refuse(problems: Iterable[Problem]) -> None:
    """Nothing where there is no problem.

    Raises
    ------
    LayerSchemaError
        Lists every problem.
    """
    if found := list(problems):
        raise LayerSchemaError(Text("数据无法用于测算", "this cannot be measured"), found)


def amounts(values: pd.Series, name: Text) -> Iterator[Problem]:
    """Amounts must be numbers, zero or more, in every row, and no id twice."""
    yield from distinct(values.index, name)
    if not is_numeric_dtype(values):
        yield Problem(name, Text("不是数字", "not numbers"), Text("请转换为数字", "convert it to numbers"))
        return
    number = values.to_numpy(dtype=float, na_value=np.nan)
    for wrong, what, remedy in (
        (
            ~np.isfinite(number),
            Text("空缺或无穷", "missing or infinite"),
            Text("填写数值，没有则填 0", "give it, 0 if none"),
        ),
        (number < 0, Text("为负", "negative"), Text("改为 0 或正数", "must be zero or more")),
    ):
        if wrong.any():
            yield Problem(name, at_ids(what, values.index[wrong]), remedy)


def distinct(index: pd.Index, name: Text) -> Iterator[Problem]:
    """Ids must not occur twice."""
    if not index.is_unique:
        twice = index[index.duplicated()].unique()
        remedy = Text("每个编号只保留一行", "keep one row per id")
        yield Problem(name, at_ids(Text("编号重复", "id twice"), twice), remedy)


def flags(values: pd.Series, name: Text) -> Iterator[Problem]:
    """Flags must be true or false in every row, and no id twice."""
    yield from distinct(values.index, name)
    if not is_bool_dtype(values) or values.isna().any():
        remedy = Text("给出布尔列", "give a column of bool")
        yield Problem(name, Text("须逐行为真或假", "must be true or false in every row"), remedy)


def same_rows(values: pd.Series | pd.DataFrame, rows: pd.Index, name: Text) -> Iterator[Problem]:
    """Two tables of the same rows must have the same index in the same order."""
    if not values.index.equals(rows):
        odd = values.index.symmetric_difference(rows)
        what = Text("与另一表的行不一致", "not the same rows as the other table")
        remedy = Text("用 .reindex() 对齐两表", "align the two with .reindex()")
        yield Problem(name, at_ids(what, odd) if len(odd) else what, remedy)


def named_rows(values: pd.Series, name: Text) -> Iterator[Problem]:
    """A column that groups rows must name a group in every row."""
    if values.isna().any():
        what = at_ids(Text("未归入任何组", "in no group"), values.index[values.isna()])
        remedy = Text("为其余部分命名，例如 `unassigned`", "name the rest, for example `unassigned`")
        yield Problem(name, what, remedy)


def at_ids(what: Text, ids: Iterable[object]) -> Text:
    """What is wrong, and at which ids."""
    names = listed(ids)
    return Text(f"{what.zh}：{names}", f"{what.en}: {names}")
