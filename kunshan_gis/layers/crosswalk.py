"""Which statistical unit became which: dated code lists, and how a count goes from one to the other.

A crosswalk is a CSV, one row for each pair of an earlier and a later unit: `from_date`, `from_code`, `from_name`,
`to_date`, `to_code`, `to_name`, `weight` (the share of the earlier unit's count that goes to the later one; empty where
all of it does) and `evidence`. The study area's own lies beside its catalogue as `crosswalk.csv`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kunshan_gis.errors import (
    LayerError,
    LayerNotFoundError,
    LayerSchemaError,
    ParameterError,
    Problem,
    at_rows,
    listed,
)
from kunshan_gis.messages import Text

CROSSWALK = "crosswalk.csv"
COLUMNS = ("from_date", "from_code", "from_name", "to_date", "to_code", "to_name", "weight", "evidence")


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """Dated units and what became of them.

    Attributes
    ----------
    name : str
        The file's.
    rows : DataFrame
        `COLUMNS`, text; `weight` float, NaN where the whole unit goes.
    """

    name: str
    rows: pd.DataFrame

    @property
    def dates(self) -> list[str]:
        """The code lists it knows, the earliest first."""
        return sorted({*self.rows["from_date"], *self.rows["to_date"]})

    def units(self, date: str, by: str) -> set[str]:
        """The units of a code list, by `code` or by `name`."""
        then, later = self.rows["from_date"] == date, self.rows["to_date"] == date
        return {*self.rows.loc[then, f"from_{by}"], *self.rows.loc[later, f"to_{by}"]}

    def fitting(self, keys: Collection[str], by: str) -> list[str]:
        """The dates of the code lists that hold all of the keys."""
        return [date for date in self.dates if set(keys) <= self.units(date, by)]

    def passage(self, start: str, end: str, by: str) -> pd.DataFrame:
        """What goes where from one code list to the other: `key`, `unit`, `weight` (NaN where it is not known).

        Raises
        ------
        ParameterError
            The crosswalk does not lead from one to the other.
        """
        forward = self.rows[(self.rows["from_date"] == start) & (self.rows["to_date"] == end)]
        if len(forward):
            pairs = forward.rename(columns={f"from_{by}": "key", f"to_{by}": "unit"})[["key", "unit", "weight"]]
        else:
            back = self.rows[(self.rows["from_date"] == end) & (self.rows["to_date"] == start)]
            pairs = back.rename(columns={f"to_{by}": "key", f"from_{by}": "unit"})[["key", "unit"]]
            pairs = pairs.assign(weight=np.nan)
        if pairs.empty:
            raise ParameterError(
                Text(
                    f"{self.name} 没有从 {start} 到 {end} 的对应关系；其中有：{listed(self.dates)}",
                    f"{self.name} does not lead from {start} to {end}; it knows {listed(self.dates)}",
                )
            )
        alone = ~pairs["key"].duplicated(keep=False)
        return pairs.assign(weight=pairs["weight"].where(~alone | pairs["weight"].notna(), 1.0)).reset_index(drop=True)


def read_crosswalk(path: Path) -> Crosswalk:
    """A crosswalk from its file, checked.

    Raises
    ------
    LayerNotFoundError
        It is not there.
    LayerError
        It is no CSV in UTF-8.
    LayerSchemaError
        Columns are missing, a date or a code is empty, weights of a unit do not sum to 1; all problems together.
    """
    if not path.is_file():
        raise LayerNotFoundError(
            Text(f"找不到对照表 {path}；请检查路径", f"crosswalk {path} is not there; check the path")
        )
    try:
        rows = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise LayerError(
            Text(
                f"对照表 {path.name} 无法读取：{error}；请另存为 CSV UTF-8",
                f"crosswalk {path.name} cannot be read: {error}; save it as CSV UTF-8",
            )
        ) from error
    rows = rows.apply(lambda column: column.str.strip())
    if problems := list(_problems(rows, path.name)):
        title = Text(f"对照表 {path.name} 无法使用", f"crosswalk {path.name} cannot be used")
        raise LayerSchemaError(title, problems)
    optional = {name: rows.get(name, "") for name in COLUMNS}
    table = rows.assign(**optional)[list(COLUMNS)]
    return Crosswalk(path.name, table.assign(weight=pd.to_numeric(table["weight"], errors="coerce")))


def _problems(rows: pd.DataFrame, name: str) -> Iterable[Problem]:
    needed = ("from_date", "from_code", "to_date", "to_code")
    missing = [column for column in needed if column not in rows]
    if missing:
        what = Text(f"缺少字段 {listed(missing)}", f"columns {listed(missing)} are missing")
        yield Problem(name, what, Text(f"补上：{', '.join(COLUMNS)}", f"give it {', '.join(COLUMNS)}"))
        return
    for column in needed:
        if (empty := np.flatnonzero(rows[column] == "")).size:
            what = Text(f"字段 `{column}` 为空", f"`{column}` is empty")
            yield Problem(at_rows(name, empty), what, Text("填写该字段", "fill it in"))
    if "weight" in rows:
        yield from _wrong_weights(rows, name)


def _wrong_weights(rows: pd.DataFrame, name: str) -> Iterable[Problem]:
    weight = pd.to_numeric(rows["weight"], errors="coerce").to_numpy(dtype=float)
    wrong = (rows["weight"].to_numpy() != "") & ~((weight >= 0) & (weight <= 1))
    remedy = Text("填写 0 至 1 之间的份额，合计为 1", "give shares from 0 to 1 that sum to 1")
    if wrong.any():
        yield Problem(at_rows(name, np.flatnonzero(wrong)), Text("weight 不是份额", "`weight` is not a share"), remedy)
    for (date, code), group in rows.assign(share=weight).groupby(["from_date", "from_code"]):
        if group["share"].notna().any() and abs(float(group["share"].sum()) - 1) > 1e-6:
            total = f"{group['share'].sum():g}"
            what = Text(f"{date} {code} 的 weight 合计为 {total}", f"weights of {date} {code} sum to {total}")
            yield Problem(name, what, remedy)
