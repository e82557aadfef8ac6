"""Station areas as nodes and as places: two indices from 0 to 1, and how they stand to each other.

A node is what trains and buses bring; a place is who lives and works around. Rows are stations, columns variables. The
indices compare the stations of one table with each other and mean nothing beside those of another.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kunshan_gis.analysis.requirements import refuse, same_rows
from kunshan_gis.errors import ParameterError, Problem
from kunshan_gis.messages import Text

NODE_PLACE = ("balanced", "stressed", "dependent", "unbalanced_node", "unbalanced_place", "not_measurable")
"""In balance between the extremes, both high, both low, too much node, too much place."""
AMOUNTS = Text("各类数量", "amounts")


def functional_mix(amounts: pd.DataFrame) -> pd.Series:
    """How mixed a station area is, at most 1 where residents and every sector are equally many.

        mix = 1 - ((a - b) / d - (a - c) / d) / 2

    with a the largest, b the smallest, c the mean and d the sum of a row's amounts.

    Parameters
    ----------
    amounts : DataFrame, one row a station
        Residents and jobs by sector, a column each; zero or more, NaN where not known.

    Returns
    -------
    Series indexed like `amounts`
        `functional_mix`, an index up to 1; 0 where nobody lives or works (there is nothing to mix), NaN where an
        amount is not known.

    Raises
    ------
    LayerSchemaError
        An amount is negative or infinite, or a station occurs twice.

    Notes
    -----
    As the formula is commonly printed, with a minus between its two parts, it is 1 - (c - b) / (2 d): it depends on
    the share of the smallest amount alone and, with k amounts, lies between 1 - 1 / (2 k) and 1. An area without one
    sector has the same mix as one without four. `entropy` tells those apart.

    References
    ----------
    Bertolini 1999, Spatial development patterns and public transport: the application of an analytical model in the
    Netherlands (the formula from memory; taken over by Reusser et al. 2008 and others).

    Examples
    --------
    6,000 residents, 1,000 jobs in each of two sectors, none in the third: a = 6000, b = 0, c = 2000, d = 8000, and
    1 - (0.75 - 0.5) / 2 = 0.875. Where all are equal it is 1.

    >>> functional_mix(pd.DataFrame({"people": [6000, 5], "a": [1000, 5], "b": [1000, 5], "c": [0, 5]})).tolist()
    [0.875, 1.0]
    """
    refuse(_amounts(amounts))
    largest, smallest = amounts.max(axis=1, skipna=False), amounts.min(axis=1, skipna=False)
    mean, total = amounts.mean(axis=1, skipna=False), amounts.sum(axis=1, skipna=False)
    parts = ((largest - smallest) - (largest - mean)) / total.where(total > 0)
    return (1.0 - parts / 2.0).where(total != 0, 0.0).rename("functional_mix")


def entropy(amounts: pd.DataFrame) -> pd.Series:
    """How evenly amounts are spread over kinds, from 0 (all of one kind) to 1 (as much of each).

        H = - sum_k p_k ln p_k / ln K, p_k the share of kind k among K kinds

    Parameters
    ----------
    amounts : DataFrame, one row an area
        A column a kind: square metres by use, people and jobs by sector; zero or more, NaN where not known.

    Returns
    -------
    Series indexed like `amounts`
        `entropy`; NaN where there is nothing, or an amount is not known.

    Raises
    ------
    LayerSchemaError
        An amount is negative or infinite, or an area occurs twice.
    ParameterError
        There are fewer than two kinds.

    Notes
    -----
    Which kinds there are is part of the answer: one more kind that is nowhere makes every figure smaller. It does not
    see which kinds they are, nor how they lie to each other.

    References
    ----------
    Cervero and Kockelman 1997, Travel demand and the 3Ds.

    Examples
    --------
    >>> entropy(pd.DataFrame({"homes": [1, 4, 0], "shops": [1, 0, 0]})).tolist()
    [1.0, 0.0, nan]
    """
    refuse(_amounts(amounts))
    if amounts.shape[1] < 2:
        raise ParameterError(Text("混合度至少需要两类", "mix needs at least two kinds"))
    share = amounts.div(amounts.sum(axis=1, skipna=False).where(lambda total: total > 0), axis=0).to_numpy(dtype=float)
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    spread = -(share * logs).sum(axis=1) / np.log(amounts.shape[1])
    return pd.Series(np.abs(spread), index=amounts.index, name="entropy")  # of a single kind 0, not -0


def job_balance(people: pd.Series, jobs: pd.Series, *, jobs_per_person: float) -> pd.Series:
    """How near an area's jobs are to what its residents would fill, from 0 (only homes, or only jobs) to 1.

        B = 1 - |J - r P| / (J + r P), r the jobs a resident fills

    Parameters
    ----------
    people, jobs : Series, same index
        Of each area; NaN where not known.
    jobs_per_person : float
        r: usually the whole city's jobs by its residents.

    Returns
    -------
    Series
        `job_balance`; NaN where there is neither, or one is not known.

    Raises
    ------
    ParameterError
        r is not a number above zero.
    LayerSchemaError
        The two have other rows.

    References
    ----------
    The job-population balance of Ewing and others, 2015 (from memory; a factor of 0.2 there, here the city's own).

    Examples
    --------
    Where a city has a job for every two residents, 100 residents and 50 jobs are in balance, 100 residents alone not.

    >>> job_balance(pd.Series([100, 100]), pd.Series([50, 0]), jobs_per_person=0.5).tolist()
    [1.0, 0.0]
    """
    refuse(same_rows(jobs, people.index, AMOUNTS))
    if not (np.isfinite(jobs_per_person) and jobs_per_person > 0):
        raise ParameterError(
            Text(
                f"jobs_per_person = {jobs_per_person}：须大于 0",
                f"jobs_per_person = {jobs_per_person}: give one above 0",
            )
        )
    wanted = people * jobs_per_person
    both = jobs + wanted
    return (1.0 - (jobs - wanted).abs() / both.where(both > 0)).rename("job_balance")


def min_max(values: pd.DataFrame, *, within: pd.DataFrame | None = None, log: bool = False) -> pd.DataFrame:
    """Variables brought to 0 (the station with least) to 1 (the one with most).

        z = (x - min) / (max - min); with `log` of ln(1 + x)

    Parameters
    ----------
    values : DataFrame, one row a station
    within : DataFrame with the same columns, optional
        The stations whose least and most are 0 and 1; by default `values`. What lies beyond them is cut off there.
    log : bool
        For variables of which a few stations have nearly all.

    Returns
    -------
    DataFrame like `values`
        NaN where a value is; a column in which all are equal tells nothing apart and is left out.

    Examples
    --------
    >>> min_max(pd.DataFrame({"lines": [1, 2, 3], "modes": [2, 2, 2]})).to_dict("list")
    {'lines': [0.0, 0.5, 1.0]}
    """
    basis = values if within is None else within[values.columns]
    of, at = (np.log1p(table) if log else table for table in (basis, values))
    least, most = of.min(), of.max()
    told = most.index[(most > least).to_numpy()]
    return ((at[told] - least[told]) / (most[told] - least[told])).clip(0.0, 1.0)


def index_of(values: pd.DataFrame, *, within: pd.DataFrame | None = None, log: bool = False) -> pd.Series:
    """One index of several variables: the mean of them scaled, each weighing as much, scaled once more.

    Parameters as in `min_max`.

    Returns
    -------
    Series indexed like `values`, 0 to 1
        NaN where a variable is not known, and everywhere where none tells the stations apart.

    Examples
    --------
    Three stations: scaled means 0, (0.5 + 1) / 2 = 0.75 and (1 + 0) / 2 = 0.5, and again 0, 1 and 0.5 / 0.75.

    >>> index_of(pd.DataFrame({"lines": [1, 2, 3], "stops": [0, 4, 0]})).round(3).tolist()
    [0.0, 1.0, 0.667]
    """
    basis = values if within is None else within
    means = [min_max(table, within=basis, log=log).mean(axis=1, skipna=False) for table in (values, basis)]
    least, most = means[1].min(), means[1].max()
    if not most > least:
        return pd.Series(np.nan, index=values.index)
    index: pd.Series = ((means[0] - least) / (most - least)).clip(0.0, 1.0)
    return index


def node_place_class(node: pd.Series, place: pd.Series, *, gap: float, low: float, high: float) -> pd.Series:
    """How a station's node and place indices stand to each other, one of `NODE_PLACE`.

    Parameters
    ----------
    node, place : Series, same index
        Indices from 0 to 1; NaN where not known.
    gap : float
        Farther apart than this they are out of balance.
    low, high : float
        In balance with a mean below `low` a station area is dependent, above `high` stressed.

    Returns
    -------
    Series of str
        `not_measurable` where an index is not known.

    Raises
    ------
    ParameterError
        The limits are not 0 < gap and 0 <= low < high <= 1.
    LayerSchemaError
        The two have other rows.

    Notes
    -----
    The literature draws the classes as regions of a diagram and gives no numbers: the limits are the reader's.

    References
    ----------
    Bertolini 1999.

    Examples
    --------
    >>> node, place = pd.Series([0.5, 0.9, 0.1, 0.9, 0.1]), pd.Series([0.5, 0.9, 0.1, 0.2, 0.8])
    >>> node_place_class(node, place, gap=0.33, low=0.33, high=0.67).tolist()
    ['balanced', 'stressed', 'dependent', 'unbalanced_node', 'unbalanced_place']
    """
    refuse(same_rows(place, node.index, AMOUNTS))
    if not (gap > 0 and 0 <= low < high <= 1):
        said = f"gap = {gap:g}, low = {low:g}, high = {high:g}"
        raise ParameterError(
            Text(f"{said}：须 gap > 0 且 0 ≤ low < high ≤ 1", f"{said}: give gap > 0 and 0 <= low < high <= 1")
        )
    away, mean = node - place, (node + place) / 2.0
    tests = (away.isna(), away > gap, away < -gap, mean > high, mean < low)
    names = ("not_measurable", "unbalanced_node", "unbalanced_place", "stressed", "dependent")
    found = np.select([test.to_numpy() for test in tests], names, "balanced")
    return pd.Series(found.astype(object), index=node.index, name="node_place_class")


def _amounts(table: pd.DataFrame) -> Iterator[Problem]:
    values = table.to_numpy(dtype=float)
    if (values < 0).any() or np.isinf(values).any():
        remedy = Text("改为 0 或正数，未知留空", "must be zero or more; NaN where not known")
        yield Problem(AMOUNTS, Text("为负或无穷", "negative or infinite"), remedy)
    if not table.index.is_unique:
        yield Problem(AMOUNTS, Text("编号重复", "id twice"), Text("每个编号只保留一行", "keep one row per id"))
