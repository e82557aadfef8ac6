"""How a figure of access is spread over the residents of a unit: mean, median, tenths, and who has none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis.equity import GROUP, VALUE
from kunshan_gis.analysis.pairs import MEASURABLE
from kunshan_gis.analysis.requirements import PEOPLE, amounts, flags, named_rows, refuse, same_rows
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

ALL_PEOPLE = "all"


def quantiles(value: pd.Series, people: pd.Series, shares: Sequence[float]) -> list[float]:
    """The figures that given shares of the residents do not exceed.

        the smallest x with sum of p_i over x_i <= x at least q P

    Parameters
    ----------
    value : Series
        Figure of each row; rows of NaN are left out.
    people : Series of int, same index
        Residents of each row.
    shares : sequence of float
        0 to 1; 0.5 is the median.

    Returns
    -------
    list of float
        One of the values each; NaN where nobody has a figure.

    Raises
    ------
    LayerSchemaError
        The rows differ, or a number of people is negative or missing.
    ParameterError
        A share is not from 0 to 1.

    Examples
    --------
    Three residents at 5 minutes, one at 20: half are no farther than 5, nine tenths no farther than 20.

    >>> quantiles(pd.Series([20, 5]), pd.Series([1, 3]), [0.5, 0.9])
    [5.0, 20.0]
    """
    refuse([*amounts(people, PEOPLE), *same_rows(value, people.index, VALUE)])
    if any(not 0 <= share <= 1 for share in shares):
        raise ParameterError(Text(f"分位数 {shares}：须在 0 至 1 之间", f"shares {shares}: give from 0 to 1"))
    return _quantiles(value.to_numpy(dtype=float, na_value=np.nan), people.to_numpy(dtype=float), shares)


def summary(
    value: pd.Series, people: pd.Series, measurable: pd.Series, *, none: pd.Series, by: pd.Series | None = None
) -> pd.DataFrame:
    """What the residents of each unit have: how many have some, none, or cannot be measured, and how much it is.

    Parameters
    ----------
    value : Series
        Figure per resident of each row; NaN where there is none.
    people : Series of int, same index
    measurable : Series of bool, same index
        False where the row could not be put on the network.
    none : Series of bool, same index
        True where nothing is reached: no time to it, or zero of it.
    by : Series, same index, optional
        The unit of each row; without it all are one, `all`.

    Returns
    -------
    DataFrame indexed by unit, sorted
        `population, reached, none, not_measurable` (int; the last three sum to the first), `share_none` (of all
        residents), `mean`, `median`, `p10`, `p90` of the figures, weighted by people; NaN where nobody has one.

    Raises
    ------
    LayerSchemaError
        The rows differ, people are negative or missing, flags are not bool, or a row is in no unit; by id.

    Notes
    -----
    Where `value` is a time, those who reach nothing have none and are in no mean: read it beside `none`. Where places
    are added up they have zero and are.

    Examples
    --------
    Two at 5 minutes, one at 8, three who reach none, four not on the network.

    >>> table = pd.DataFrame({"min": [5, 8, np.nan, np.nan], "people": [2, 1, 3, 4], "net": [True, True, True, False]})
    >>> found = summary(table["min"], table["people"], table["net"], none=table["min"].isna())
    >>> found.loc["all", ["reached", "none", "not_measurable", "mean", "p90"]].tolist()
    [3.0, 3.0, 4.0, 6.0, 8.0]
    """
    unit = pd.Series(ALL_PEOPLE, index=people.index) if by is None else by
    refuse([
        *amounts(people, PEOPLE), *flags(measurable, MEASURABLE), *same_rows(value, people.index, VALUE),
        *same_rows(measurable, people.index, MEASURABLE), *same_rows(none, people.index, VALUE),
        *same_rows(unit, people.index, GROUP), *named_rows(unit, GROUP),
    ])  # fmt: skip
    number, figure = people.to_numpy(dtype=np.int64), value.to_numpy(dtype=float, na_value=np.nan)
    there, nothing = measurable.to_numpy(dtype=bool), none.to_numpy(dtype=bool)
    figure = np.where(there, figure, np.nan)
    rows = unit.groupby(unit.to_numpy(), sort=True).indices
    table = {name: _one(number[at], figure[at], there[at], nothing[at]) for name, at in rows.items()}
    found = pd.DataFrame.from_dict(table, orient="index", columns=_COLUMNS).rename_axis("unit_id")
    return found.astype(dict.fromkeys(_COLUMNS[:4], "int64"))


_COLUMNS = ["population", "reached", "none", "not_measurable", "share_none", "mean", "median", "p10", "p90"]


def _one(
    people: NDArray[np.int64], figure: NDArray[np.float64], there: NDArray[np.bool_], nothing: NDArray[np.bool_]
) -> list[float]:
    whole, lost, without = people.sum(), people[~there].sum(), people[there & nothing].sum()
    known = ~np.isnan(figure) & (people > 0)
    mean = float(np.average(figure[known], weights=people[known])) if known.any() else np.nan
    share = without / whole if whole else np.nan
    spread = _quantiles(figure, people.astype(float), (0.5, 0.1, 0.9))
    return [whole, whole - lost - without, without, lost, share, mean, *spread]


def _quantiles(figure: NDArray[np.float64], people: NDArray[np.float64], shares: Sequence[float]) -> list[float]:
    known = ~np.isnan(figure) & (people > 0)
    if not known.any():
        return [float("nan")] * len(shares)
    order = np.argsort(figure[known], kind="stable")
    ascending, upto = figure[known][order], np.cumsum(people[known][order])
    at = np.searchsorted(upto, np.array(shares) * upto[-1] * (1 - 1e-12), side="left")
    return [float(ascending[row]) for row in np.minimum(at, len(ascending) - 1)]
