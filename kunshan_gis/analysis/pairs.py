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

from kunshan_gis.analysis.requirements import at_ids, distinct, flags, refuse
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
    destinations : Index of ids
    problems : of the other arguments, told together with those found here

    Raises
    ------
    LayerSchemaError
        A column or an id is missing, a pair occurs twice, or minutes are not numbers of zero or more.
    """
    found = [*problems, *flags(measurable, MEASURABLE), *_problems(costs, measurable.index, destinations)]
    refuse(found)
    row = measurable.index.get_indexer(pd.Index(costs["origin"]))
    column = destinations.get_indexer(pd.Index(costs["destination"]))
    order = np.lexsort((column, row))
    order = order[measurable.to_numpy(dtype=bool)[row[order]]]
    minutes = costs["minutes"].to_numpy(dtype=float)
    return Pairs(row[order].astype(np.int64), column[order].astype(np.int64), minutes[order], measurable, destinations)


def _problems(costs: pd.DataFrame, origins: pd.Index, destinations: pd.Index) -> Iterator[Problem]:
    if absent := [name for name in _COLUMNS if name not in costs]:
        remedy = Text("使用 `Reach.costs(speed_mps=…)` 的表", "give the table of `Reach.costs(speed_mps=…)`")
        yield Problem(COSTS, Text(f"缺少列 {', '.join(absent)}", f"no column {', '.join(absent)}"), remedy)
        return
    if not origins.is_unique:
        return
    yield from distinct(destinations, Text("设施编号", "destinations"))
    for column, ids, remedy in (
        ("origin", origins, Text("补充起点或删去这些行", "add the origin, or leave these rows out")),
        ("destination", destinations, Text("补充设施或删去这些行", "add the destination, or leave these rows out")),
    ):
        unknown = pd.Index(costs[column].unique()).difference(ids)
        if len(unknown):
            what = at_ids(Text(f"`{column}` 中有未知编号", f"unknown id in `{column}`"), unknown)
            yield Problem(COSTS, what, remedy)
    minutes = pd.to_numeric(costs["minutes"], errors="coerce")
    wrong = ~(minutes >= 0) | ~np.isfinite(minutes)
    if wrong.any():
        what = Text("分钟数空缺、为负或无穷", "minutes missing, negative or infinite")
        yield Problem(
            COSTS, at_ids(what, _named(costs[wrong])), Text("到达不了的不列入表中", "leave out what is not reached")
        )
    twice = costs.duplicated(["origin", "destination"])
    if twice.any():
        remedy = Text("每对只保留最短的一行", "keep the shortest row of each pair")
        yield Problem(COSTS, at_ids(Text("同一对出现两次", "a pair twice"), _named(costs[twice])), remedy)


def _named(rows: pd.DataFrame) -> list[str]:
    return [f"{origin}→{place}" for origin, place in zip(rows["origin"], rows["destination"], strict=True)]
