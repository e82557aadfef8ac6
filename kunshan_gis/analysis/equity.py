"""How evenly something is spread over people: Lorenz, Gini, Theil, Palma, location quotients, gaps between groups.

One row is a home or a unit with a figure per resident (minutes, square metres, places) and its whole people; every
resident of a row has the row's figure. A row of 200 people is 200 people, so that splitting a home in two changes
nothing.

Nothing here knows which way is good: 0.3 in minutes is not 0.3 in square metres. Rows without a figure are refused
and not left out unsaid: keep the measurable ones, `value[value.notna()]`, and say how many people the rest are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis.requirements import PEOPLE, amounts, at_ids, named_rows, refuse, same_rows
from kunshan_gis.errors import ParameterError, Problem
from kunshan_gis.messages import Text

VALUE = Text("数值", "value")
GROUP = Text("分组", "group")


def lorenz(value: pd.Series, people: pd.Series) -> pd.DataFrame:
    """Which share of the whole the worst-off share of residents has, from nobody to everybody.

    Parameters
    ----------
    value : Series
        Figure per resident of each row, zero or more.
    people : Series of int, same index
        Residents of each row.

    Returns
    -------
    DataFrame
        `share_people, share_value`, both from 0 to 1, rows of equal value as one step; the first row is (0, 0).

    Raises
    ------
    LayerSchemaError
        A value or a number of people is negative or missing, or the rows differ; every problem by id.
    ParameterError
        Nobody lives here, or all values are zero: there is nothing to share.

    References
    ----------
    Lorenz 1905, Methods of measuring the concentration of wealth.

    Examples
    --------
    Three in four residents have 1 m2 each, the fourth has 5: together 3 of 8.

    >>> lorenz(pd.Series([5, 1]), pd.Series([1, 3])).to_numpy().tolist()
    [[0.0, 0.0], [0.75, 0.375], [1.0, 1.0]]
    """
    _require(value, people)
    steps = pd.DataFrame({"people": people, "amount": value * people}).groupby(value.to_numpy(), sort=True).sum()
    steps = steps[steps["people"] > 0]
    summed = np.vstack([np.zeros(2), np.cumsum(steps.to_numpy(dtype=float), axis=0)])
    return pd.DataFrame(summed / summed[-1], columns=["share_people", "share_value"])


def gini(value: pd.Series, people: pd.Series) -> float:
    """How unevenly residents share, from 0 (all have the same) to almost 1 (one has all).

        G = sum_i sum_j p_i p_j |x_i - x_j| / (2 P^2 mean) = 1 - twice the area under the Lorenz curve

    Parameters, errors as in `lorenz`.

    References
    ----------
    Gini 1912, Variabilita e mutabilita. PySAL's `inequality.gini.Gini` is the same for one resident per row.

    Examples
    --------
    Three residents with 1 m2, one with 5: pairs differ by 4 in 3 of 6, so 2 * 3 * 4 / (2 * 16 * 2).

    >>> gini(pd.Series([5, 1]), pd.Series([1, 3]))
    0.375
    """
    curve = lorenz(value, people).to_numpy()
    width = np.diff(curve[:, 0])
    return float(1.0 - np.sum(width * (curve[1:, 1] + curve[:-1, 1])))


def palma(value: pd.Series, people: pd.Series) -> float:
    """How many times as much the best-off tenth of residents has as the worst-off four tenths together.

        (1 - L(0.9)) / L(0.4), L the Lorenz curve, straight between its points

    Parameters, errors as in `lorenz`. 0.25 where all have the same; NaN where the worst-off four tenths have nothing.

    References
    ----------
    Palma 2011; Cobham and Sumner 2013.

    Examples
    --------
    Ten residents, nine with 1 m2 and one with 6: 6 / 4.

    >>> round(palma(pd.Series([1, 6]), pd.Series([9, 1])), 9)
    1.5
    """
    curve = lorenz(value, people)
    low, high = np.interp([0.4, 0.9], curve["share_people"], curve["share_value"])
    return float((1.0 - high) / low) if low > 0 else float("nan")


class Theil(NamedTuple):
    """Theil's T: between the groups, within them, and by group; `total` is the sum of the two."""

    between: float
    within: float
    groups: pd.DataFrame

    @property
    def total(self) -> float:
        """All inequality."""
        return self.between + self.within


def theil(value: pd.Series, people: pd.Series, by: pd.Series | None = None) -> Theil:
    """How unevenly residents share (Theil's T), and how much of it lies between and within zones.

        T = sum_i (p_i x_i / X) ln(x_i / mean)
          = sum_g s_g ln(mean_g / mean) + sum_g s_g T_g,   s_g the group's share of the whole

    Parameters
    ----------
    value, people
        As in `lorenz`; a value of zero adds nothing (x ln x goes to 0).
    by : Series, same index, optional
        The zone of each row; without it all is within one group, `all`.

    Returns
    -------
    Theil
        `total` from 0 (all the same) to ln P; `between` and `within`, which sum to it; `groups`, a table by group of
        `people, mean, share_value, theil, between, within`, whose last two columns sum to the figures above. A group of
        nobody or with nothing has NaN for what it lacks and adds 0.

    Raises
    ------
    LayerSchemaError, ParameterError
        As `lorenz`, and where a row is in no group.

    References
    ----------
    Theil 1967, Economics and information theory; Shorrocks 1980 for the decomposition. PySAL's
    `inequality.theil.TheilD` is the same for one resident per row and adds a tiny number to zeros.

    Examples
    --------
    West has 1 and 3, east 2 and 2: the means are equal, so nothing lies between.

    >>> found = theil(pd.Series([1, 3, 2, 2]), pd.Series(1, range(4)), by=pd.Series(list("wwee")))
    >>> found.between, round(found.within, 4), found.groups["mean"].tolist()
    (0.0, 0.0654, [2.0, 2.0])
    """
    group = pd.Series("all", index=people.index) if by is None else by
    _require(value, people, [*same_rows(group, people.index, GROUP), *named_rows(group, GROUP)])
    number, key = people.to_numpy(dtype=float), group.to_numpy()
    amount = value.to_numpy(dtype=float) * number
    table = pd.DataFrame({"people": people.to_numpy(), "amount": amount}).groupby(key, sort=True).sum()
    table["mean"] = table["amount"] / table["people"].where(table["people"] > 0)
    table["share_value"] = table["amount"] / table["amount"].sum()
    mean = pd.Series(key).map(table["mean"]).to_numpy(dtype=float)
    own = pd.Series(amount * _log(value.to_numpy(dtype=float), mean)).groupby(key, sort=True).sum()
    table["theil"] = own / table["amount"].where(table["amount"] > 0)
    whole = table["amount"].sum() / table["people"].sum()
    table["between"] = table["share_value"] * _log(table["mean"].fillna(0.0).to_numpy(), np.full(len(table), whole))
    table["within"] = table["share_value"] * table["theil"].fillna(0.0)
    table = table.drop(columns="amount").rename_axis("group")
    return Theil(float(table["between"].sum()), float(table["within"].sum()), table)


def location_quotient(amount: pd.Series, people: pd.Series) -> pd.Series:
    """A unit's share of something beside its share of the people: 1 is its fair part, 2 twice that.

        LQ_u = (a_u / A) / (p_u / P)

    Parameters
    ----------
    amount : Series, indexed by unit
        What there is in all: square metres, places, or the people of one group (then: is the group over-represented).
    people : Series of int, same index
        All residents of the unit.

    Returns
    -------
    Series `location_quotient`, same index
        Zero or more; NaN where nobody lives.

    Raises
    ------
    LayerSchemaError, ParameterError
        As `lorenz`.

    Examples
    --------
    The west has half of the parks' land and a quarter of the people.

    >>> location_quotient(pd.Series({"west": 5, "east": 5}), pd.Series({"west": 25, "east": 75})).tolist()
    [2.0, 0.6666666666666666]
    """
    refuse([*amounts(amount, VALUE), *amounts(people, PEOPLE), *same_rows(amount, people.index, VALUE)])
    _something(float(amount.sum()), int(people.sum()))
    rate = amount.astype(float) / people.where(people > 0).astype(float)
    return (rate / (amount.sum() / people.sum())).rename("location_quotient")


def gaps(
    value: pd.Series, people: pd.Series, groups: pd.DataFrame, *, against: str | None = None, whole: bool = False
) -> pd.DataFrame:
    """How a figure differs between groups of residents, by age for one: the mean of each, its distance and its ratio.

    Parameters
    ----------
    value : Series
        Figure per resident of each row, zero or more.
    people : Series of int, same index
        All residents of each row.
    groups : DataFrame of int, same index
        One column a group, the residents of each row in it. Groups of one kind (ages, or tenures), which do not
        overlap.
    against : str, optional
        The group the others are compared with; without it all residents.
    whole : bool
        Refuse groups that do not add up to all residents in every row.

    Returns
    -------
    DataFrame indexed by group
        `people` (int), `mean` (weighted by people), `difference` (mean minus the reference's), `ratio` (mean by the
        reference's); NaN where a group is empty, the ratio also where the reference's mean is 0. Without `against` the
        first row is `all`.

    Raises
    ------
    LayerSchemaError
        As `lorenz`; groups that are more than all residents of a row, or not as many with `whole`, by the rows' ids.
    ParameterError
        There is no such group, one is called `all`, or nobody lives here.

    Notes
    -----
    Residents of one row share one figure: a gap between groups is one between the places they live in.

    Examples
    --------
    Ten people at 5 minutes of whom 8 are young, ten at 15 of whom 2 are: 7 minutes for the young, 13 for the rest.

    >>> ages = pd.DataFrame({"young": [8, 2], "old": [2, 8]})
    >>> gaps(pd.Series([5, 15]), pd.Series([10, 10]), ages, against="young")["difference"].tolist()
    [0.0, 6.0]
    """
    if (against is not None and against not in groups) or "all" in groups or not len(groups.columns):
        names = ", ".join(map(str, groups.columns))
        raise ParameterError(
            Text(
                f"对照组须是 {names} 之一（分组不能名为 all）",
                f"compare with one of the groups, {names}; none may be called all",
            )
        )
    problems = [problem for name in groups for problem in amounts(groups[name], Text(str(name), str(name)))]
    _require(value, people, [*problems, *same_rows(groups, people.index, GROUP)], zeros=True)
    refuse(_adding_up(groups, people, whole=whole))
    table = groups if against is not None else pd.concat([people.rename("all"), groups], axis=1)
    count = table.sum()
    mean = (table.mul(value, axis=0).sum() / count.where(count > 0)).astype(float)
    reference = mean["all" if against is None else against]
    result = {
        "people": count.astype("int64"),
        "mean": mean,
        "difference": mean - reference,
        "ratio": mean / (reference if reference > 0 else np.nan),
    }
    return pd.DataFrame(result).rename_axis("group")


def require_groups(people: pd.Series, groups: pd.DataFrame, *, whole: bool = False) -> None:
    """Groups of one kind are part of the residents of every row, also of rows that have no figure.

    Parameters
    ----------
    people, groups, whole
        As in `gaps`.

    Raises
    ------
    LayerSchemaError
        A count is negative or missing, the rows differ, or the groups are more than all residents of a row (with
        `whole`: not as many); by id.

    Examples
    --------
    Six children and four elderly can live in a home of ten; a fifth could not.

    >>> require_groups(pd.Series({"h1": 10}), pd.DataFrame({"young": [6], "old": [4]}, index=["h1"]))
    """
    problems = [problem for name in groups for problem in amounts(groups[name], Text(str(name), str(name)))]
    refuse([*amounts(people, PEOPLE), *problems, *same_rows(groups, people.index, GROUP)])
    refuse(_adding_up(groups, people, whole=whole))


def _adding_up(groups: pd.DataFrame, people: pd.Series, *, whole: bool) -> Iterator[Problem]:
    total = groups.sum(axis=1)
    over = people.index[(total > people).to_numpy()]
    if len(over):
        remedy = Text("核对人数；相互重叠的分组分开计算", "mend the counts; measure groups that overlap apart")
        yield Problem(GROUP, at_ids(Text("各组之和大于总人口", "more in the groups than residents"), over), remedy)
    under = people.index[(total < people).to_numpy()]
    if whole and len(under):
        remedy = Text("补一列其余人口，或用 whole=False", "add a column for the rest, or whole=False")
        yield Problem(GROUP, at_ids(Text("各组之和小于总人口", "fewer in the groups than residents"), under), remedy)


def _require(
    value: pd.Series, people: pd.Series, problems: list[Problem] | None = None, *, zeros: bool = False
) -> None:
    found = [*amounts(value, VALUE), *amounts(people, PEOPLE), *same_rows(value, people.index, VALUE)]
    refuse([*found, *(problems or [])])
    _something(1.0 if zeros else float((value * people).sum()), int(people.sum()))


def _something(amount: float, people: int) -> None:
    if people == 0:
        raise ParameterError(Text("没有居民，无从比较", "nobody lives here: there is nobody to compare"))
    if amount == 0:
        raise ParameterError(
            Text("所有居民的数值都为零，无从比较均衡程度", "every resident has zero: there is nothing to share")
        )


def _log(x: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln(x / mean), 0 where x is 0: its weight is 0 there."""
    logs = np.zeros(len(x))
    there = x > 0
    logs[there] = np.log(x[there] / mean[there])
    return logs
