"""The tidy table of walking costs as rows, columns and minutes, checked and in a fixed order.

Sums run over pairs ordered by origin and destination, so that the order of rows in the table changes no bit of a
result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis.requirements import at_ids, flags, refuse
from kunshan_gis.errors import Problem
from kunshan_gis.messages import Text

COSTS = Text("步行成本表", "costs")
MEASURABLE = Text("可测算标记", "measurable")
_COLUMNS = ("origin", "destination", "minutes")


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of a measurable origin and a destination, ordered by both.

    Attributes
    ----------
    row, column : (pairs,) int64
        Positions in `measurable` and in `destinations`.
    minutes : (pairs,) float64
    measurable : Series of bool
        Every origin, in the order of the results.
    destinations : Index
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    minutes: NDArray[np.float64]
    measurable: pd.Series
    destinations: pd.Index

    def by_origin(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of one value a pair, per origin."""
        return np.asarray(np.bincount(self.row, values, minlength=len(self.measurable)), dtype=np.float64)

    def series(self, values: NDArray[np.float64], name: str) -> pd.Series:
        """One value an origin as a column; NaN where the origin is not measurable."""
        measured = np.where(self.measurable.to_numpy(dtype=bool), values, np.nan)
        return pd.Series(measured, index=self.measurable.index, name=name)


def pairs(
    costs: pd.DataFrame, measurable: pd.Series, destinations: pd.Index, problems: Iterable[Problem] = ()
) -> Pairs:
    """The table of costs held against the origins and destinations it speaks of.

    Parameters
    ----------
    costs : DataFrame
        `origin, destination, minutes`, one row a pair, as `Reach.costs` gives; other columns are not looked at.
    measurable : Series of bool, indexed by origin id
        False where the origin could not be put on the network; its costs are not used.
    destinations : Index of ids, each once
    problems : of the other arguments, told together with those found here

    Raises
    ------
    LayerSchemaError
        A column or an id is missing, a pair occurs twice, or minutes are not numbers of zero or more.
    """
    found = [*problems, *flags(measurable, MEASURABLE), *_absent(costs)]
    if not (set(_COLUMNS) <= set(costs) and measurable.index.is_unique and destinations.is_unique):
        refuse(found)
    row, unknown_origins = _positions(costs["origin"], measurable.index)
    column, unknown_destinations = _positions(costs["destination"], destinations)
    found += _unknown("origin", unknown_origins) + _unknown("destination", unknown_destinations)
    minutes = pd.to_numeric(costs["minutes"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    pair = row * (len(destinations) + 1) + column
    order = np.argsort(pair, kind="stable")
    again = np.zeros(len(pair), dtype=bool)
    again[order[1:]] = np.diff(pair[order]) == 0
    again &= (row >= 0) & (column >= 0)
    refuse([*found, *_wrong(costs, ~np.isfinite(minutes) | (minutes < 0), again)])
    order = order[measurable.to_numpy(dtype=bool)[row[order]]]
    return Pairs(row[order], column[order], minutes[order], measurable, destinations)


def _positions(ids: pd.Series, known: pd.Index) -> tuple[NDArray[np.int64], pd.Index]:
    """Where each id stands among those known, -1 where it does not, and the ids that do not."""
    code, different = pd.factorize(ids, use_na_sentinel=False)
    there = known.get_indexer(pd.Index(different))
    return there[code].astype(np.int64), pd.Index(different)[there < 0]


def _absent(costs: pd.DataFrame) -> Iterator[Problem]:
    if absent := [name for name in _COLUMNS if name not in costs]:
        remedy = Text("使用 `Reach.costs(speed_mps=…)` 的表", "give the table of `Reach.costs(speed_mps=…)`")
        yield Problem(COSTS, Text(f"缺少列 {', '.join(absent)}", f"no column {', '.join(absent)}"), remedy)


def _unknown(column: str, ids: pd.Index) -> list[Problem]:
    if not len(ids):
        return []
    what = at_ids(Text(f"`{column}` 中有未知编号", f"unknown id in `{column}`"), sorted(map(str, ids)))
    name = Text("起点" if column == "origin" else "设施", column)
    remedy = Text(f"补充{name.zh}或删去这些行", f"add the {name.en}, or leave these rows out")
    return [Problem(COSTS, what, remedy)]


def _wrong(costs: pd.DataFrame, minutes: NDArray[np.bool_], again: NDArray[np.bool_]) -> Iterator[Problem]:
    for rows, what, remedy in (
        (
            minutes,
            Text("分钟数空缺、为负或无穷", "minutes missing, negative or infinite"),
            Text("到达不了的不列入表中", "leave out what is not reached"),
        ),
        (
            again,
            Text("同一对出现两次", "a pair twice"),
            Text("每对只保留最短的一行", "keep the shortest row of each pair"),
        ),
    ):
        if rows.any():
            named = costs.loc[rows, ["origin", "destination"]].to_numpy().tolist()
            yield Problem(COSTS, at_ids(what, [f"{origin}→{place}" for origin, place in named]), remedy)
