"""What a resident gets to on foot: places within a time, time to the nearest places, places weighted by time.

In all of them an origin that could not be put on the network is NaN. An origin on the network that reaches nothing
has 0 where places are added up and NaN where time is averaged: it has no places, and no time to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis.decay import Decay, Within, weigh
from kunshan_gis.analysis.pairs import pairs
from kunshan_gis.analysis.requirements import CAPACITY, amounts, distinct, named_rows
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

CATEGORY = Text("设施类别", "category")


def cumulative(
    costs: pd.DataFrame, supply: pd.Series, measurable: pd.Series, *, cutoffs_min: Sequence[float]
) -> pd.DataFrame:
    """How many places (or beds, or square metres) a resident reaches on foot within each of several times.

        A_i = sum_j O_j [t_ij <= T]

    Parameters
    ----------
    costs : DataFrame
        `origin, destination, minutes`, one row a pair, as `Reach.costs` gives; it must hold the pairs up to the
        largest cutoff.
    supply : Series, indexed by destination id
        O_j, zero or more; all ones count places.
    measurable : Series of bool, indexed by origin id
        False where the origin could not be put on the network.
    cutoffs_min : sequence of float
        Minutes, each inclusive, to 5 cm at 1 m/s (`TOLERANCE_MIN`).

    Returns
    -------
    DataFrame indexed like `measurable`
        `within_15_min` for a cutoff of 15, and so on, in the unit of `supply`; 0 where nothing is reached, NaN where
        not measurable.

    Raises
    ------
    LayerSchemaError
        The tables do not fit together, or a supply is negative or missing; every problem by id.
    ParameterError
        A cutoff is not a number above zero, is given twice, or there is none.

    Notes
    -----
    Sees a step at the cutoff and no competition: a full school counts like an empty one.

    References
    ----------
    Wachs and Kumagai 1973; Hansen 1959 for the idea.

    Examples
    --------
    h1 walks 110 m to park C, h3 900 m to C and 720 m to P, h5 920 m to P; at 1 m/s in 15 minutes that is one, two,
    none.

    >>> from kunshan_gis import toy
    >>> parks, homes = pd.Series(1, ["C", "P"]), toy.measurable()
    >>> cumulative(toy.costs(), parks, homes, cutoffs_min=[15, 16])["within_15_min"].tolist()
    [1.0, 1.0, 2.0, 1.0, 0.0, nan, nan]
    """
    names = [f"within_{cutoff:g}_min" for cutoff in cutoffs_min]
    if not names or len(set(names)) < len(names):
        raise ParameterError(Text("请给出互不相同的时间阈值", "give one cutoff or several that differ, in minutes"))
    steps = [Within(cutoff) for cutoff in cutoffs_min]
    there = pairs(costs, measurable, supply.index, amounts(supply, CAPACITY))
    amount = supply.to_numpy(dtype=float)[there.column]
    columns = {
        name: there.series(there.by_origin(amount * step(there.minutes)), name)
        for name, step in zip(names, steps, strict=True)
    }
    return pd.DataFrame(columns, index=measurable.index)


def nearest_k(costs: pd.DataFrame, measurable: pd.Series, *, k: int, allow_fewer: bool = False) -> pd.Series:
    """The mean walk to the nearest `k` places, in minutes.

    Parameters
    ----------
    costs : DataFrame
        `origin, destination, minutes`, one row a pair.
    measurable : Series of bool, indexed by origin id
        False where the origin could not be put on the network.
    k : int
        1 is the walk to the nearest.
    allow_fewer : bool
        Average those there are where fewer than `k` are in the table; these figures look better than they are.

    Returns
    -------
    Series `nearest_3_min` for k = 3, indexed like `measurable`
        Minutes; NaN where not measurable, and where fewer than `k` places are reached (none, with `allow_fewer`).

    Raises
    ------
    LayerSchemaError
        The tables do not fit together.
    ParameterError
        `k` is not a whole number above zero.

    Notes
    -----
    Sees no capacity. A table cut off at some minutes has NaN where the k-th place is farther.

    Examples
    --------
    h1 walks 110 m to C and 1530 m to P, 820 m on average; at 1 m/s 13 min 40 s.

    >>> from kunshan_gis import toy
    >>> round(nearest_k(toy.costs(), toy.measurable(), k=2)["h1"] * 60)
    820
    """
    there = pairs(
        costs, measurable, pd.Index(costs["destination"].unique()) if "destination" in costs else pd.Index([])
    )
    mean = _mean_of_nearest(there.row, there.minutes, len(measurable), _whole(k), allow_fewer=allow_fewer)
    return there.series(mean, f"nearest_{k}_min")


def gravity(costs: pd.DataFrame, supply: pd.Series, measurable: pd.Series, *, decay: Decay) -> pd.Series:
    """Places (or beds, or square metres) in reach, each counted the less the farther it is.

        A_i = sum_j O_j f(t_ij)

    Parameters
    ----------
    costs, supply, measurable
        As in `cumulative`.
    decay : callable from minutes to weights
        `NegativeExponential`, `InversePower`, `Gaussian` or any other of `analysis.decay`, or one of your own.

    Returns
    -------
    Series `gravity`, indexed like `measurable`
        In the unit of `supply`; 0 where nothing is reached, NaN where not measurable. Compare homes with each other;
        the size by itself says little.

    Raises
    ------
    LayerSchemaError
        The tables do not fit together, or a supply is negative or missing.
    ParameterError
        The decay gives a weight that is negative, infinite or missing.

    References
    ----------
    Hansen 1959, How accessibility shapes land use.

    Examples
    --------
    With weight 1/t, h1 gets 60/110 of park C and 60/1530 of P.

    >>> from kunshan_gis import toy
    >>> from kunshan_gis.analysis.decay import InversePower
    >>> parks = pd.Series(1, ["C", "P"])
    >>> found = gravity(toy.costs(), parks, toy.measurable(), decay=InversePower(alpha=1))
    >>> round(float(found["h1"]), 4)
    0.5847
    """
    there = pairs(costs, measurable, supply.index, amounts(supply, CAPACITY))
    weight = weigh(decay, there.minutes)
    return there.series(there.by_origin(supply.to_numpy(dtype=float)[there.column] * weight), "gravity")


def proximity_time(
    costs: pd.DataFrame,
    category: pd.Series,
    measurable: pd.Series,
    *,
    categories: Sequence[str] | None = None,
    k: int = 20,
    allow_fewer: bool = False,
) -> pd.DataFrame:
    """How many minutes of walking daily needs take: the mean walk to the nearest 20 places, averaged over categories.

    Parameters
    ----------
    costs, measurable, k, allow_fewer
        As in `nearest_k`.
    category : Series of text, indexed by destination id
    categories : sequence of text, optional
        Those that are needed; one without any place is NaN and so is the average. Without it, those that occur.

    Returns
    -------
    DataFrame indexed like `measurable`
        Minutes per category, in the order given (else sorted), then `proximity_min`, their mean; NaN where one of
        them is.

    Raises
    ------
    LayerSchemaError
        The tables do not fit together, or a destination has no category.
    ParameterError
        `k` is not a whole number above zero; a category is named twice or like the mean; there is none.

    Notes
    -----
    Every category counts alike, and every place in it: twenty kiosks are twenty markets. Where a town has fewer than
    20 of a kind, `k` or `allow_fewer` must say so.

    References
    ----------
    Bruno, Melo, Campanelli and Loreto 2024, A universal framework for inclusive 15-minute cities, Nature Cities,
    doi 10.1038/s44284-024-00119-4.

    Examples
    --------
    With C and P as two categories and k = 1, h2 walks 750 m and 1170 m: 960 m on average, 16 minutes at 1 m/s.

    >>> from kunshan_gis import toy
    >>> kinds = pd.Series({"C": "community", "P": "pocket"})
    >>> proximity_time(toy.costs(), kinds, toy.measurable(), k=1).loc["h2"].tolist()
    [12.5, 19.5, 16.0]
    """
    wanted = sorted(category.dropna().unique()) if categories is None else list(categories)
    if not wanted or len(set(wanted)) < len(wanted) or "proximity_min" in wanted:
        raise ParameterError(
            Text("请给出互不相同的设施类别", "give categories that differ, none of them called proximity_min")
        )
    there = pairs(
        costs, measurable, category.index, [*distinct(category.index, CATEGORY), *named_rows(category, CATEGORY)]
    )
    of = category.to_numpy()[there.column]
    columns = {}
    for name in wanted:
        own = of == name
        mean = _mean_of_nearest(there.row[own], there.minutes[own], len(measurable), _whole(k), allow_fewer=allow_fewer)
        columns[name] = there.series(mean, name)
    table = pd.DataFrame(columns, index=measurable.index)
    return table.assign(proximity_min=table.mean(axis=1, skipna=False))


def _whole(k: int) -> int:
    try:
        number = index(k)
    except TypeError:
        number = 0
    if number < 1:
        raise ParameterError(Text(f"k = {k}：须为 1 以上的整数", f"k = {k}: give a whole number, 1 or more"))
    return number


def _mean_of_nearest(
    row: NDArray[np.int64], minutes: NDArray[np.float64], rows: int, k: int, *, allow_fewer: bool
) -> NDArray[np.float64]:
    """Mean of the k smallest minutes of each row; NaN where there are fewer (with `allow_fewer`: none)."""
    order = np.lexsort((minutes, row))
    row, minutes = row[order], minutes[order]
    count = np.bincount(row, minlength=rows)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    near = rank < k
    total = np.bincount(row[near], minutes[near], minlength=rows)
    taken = np.minimum(count, k)
    mean = np.full(rows, np.nan)
    np.divide(total, taken, out=mean, where=taken >= (1 if allow_fewer else k))
    return mean
