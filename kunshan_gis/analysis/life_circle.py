"""How complete daily life on foot is: which of the required kinds of facility a home reaches, and which one it lacks.

A home is complete (`covered`) when the kinds that are needed are within reach (all, or as many as a standard asks for),
incomplete (`not_covered`) when they are known not to be, and `not_measurable` otherwise: it is off the network, or
nothing is known of a kind that would decide. The three states go on to `coverage`, which sums them per unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from kunshan_gis.analysis.coverage import STATES, coverage
from kunshan_gis.analysis.requirements import PEOPLE, amounts, at_ids, distinct, refuse, same_rows
from kunshan_gis.errors import ParameterError, Problem
from kunshan_gis.messages import Text

KIND_STATES = Text("设施类别状态", "kinds")


def completeness(kinds: pd.DataFrame, *, required: Sequence[str], needed: int | None = None) -> pd.DataFrame:
    """How many of the required kinds each home reaches, which ones it lacks, and whether it is complete.

    Parameters
    ----------
    kinds : DataFrame, one row a home
        A column per kind with the state of each home, from `states`.
    required : sequence of str
        The kinds of a standard. One without a column has no layer here: nobody can be measured for it.
    needed : int, optional
        How many of them must be within reach, where a standard asks for some; without it, all.

    Returns
    -------
    DataFrame indexed like `kinds`
        `required` and `measured` (int): kinds asked for and kinds with an answer; `reached`: kinds within reach, NaN
        where none has an answer; `missing` and `unknown`: sorted tuples of the kinds not within reach and of those
        without an answer; `state`: `covered` where enough are reached, `not_covered` where too many are
        missing, else `not_measurable`.

    Raises
    ------
    LayerSchemaError
        A state is none of the three, or a home occurs twice.
    ParameterError
        No kind is required, one twice, or more are needed than there are.

    Examples
    --------
    Of a school and a clinic the first home reaches both, the second only the school; no home can be measured for a
    market.

    >>> homes = pd.DataFrame({"school": ["covered", "covered"], "clinic": ["covered", "not_covered"]})
    >>> completeness(homes, required=["school", "clinic"])[["reached", "missing", "state"]].to_numpy().tolist()
    [[2.0, (), 'covered'], [1.0, ('clinic',), 'not_covered']]
    >>> completeness(homes, required=["school", "clinic", "market"])["state"].tolist()
    ['not_measurable', 'not_covered']
    """
    state = _of_required(kinds, required)
    least = _needed(needed, required)
    missing, unknown = state == "not_covered", state == "not_measurable"
    reached, measured = (state == "covered").sum(axis=1), (~unknown).sum(axis=1)
    perhaps = np.where(reached + unknown.sum(axis=1) >= least, "not_measurable", "not_covered")
    whole = np.where(reached >= least, "covered", perhaps)
    table = {
        "required": len(state.columns),
        "measured": measured,
        "reached": reached.astype(float).where(measured > 0),
        "missing": _names(missing),
        "unknown": _names(unknown),
        "state": pd.Series(whole, index=state.index, dtype=object),
    }
    return pd.DataFrame(table, index=kinds.index)


def completeness_by(homes: pd.DataFrame, population: pd.Series, by: pd.Series | None = None) -> pd.DataFrame:
    """Which share of residents has everything within reach, and how many kinds a resident reaches, per unit or in all.

    Parameters
    ----------
    homes : DataFrame
        From `completeness`.
    population : Series of int, same index
    by : Series, same index, optional
        The unit each home belongs to; without it there is one row, `all`.

    Returns
    -------
    DataFrame indexed by unit_id
        The columns of `coverage` (`covered` are the people with everything, `share_covered` their share of all),
        `required` and `mean_reached`: kinds reached, the mean over residents of homes that have an answer for every
        kind (NaN where there are none).

    Raises
    ------
    LayerSchemaError, ParameterError
        Not the same rows; negative or missing population; a home without a unit.
    """
    refuse(same_rows(population, homes.index, PEOPLE))
    table = coverage(population, homes["state"], by)
    unit = pd.Series("all", index=population.index) if by is None else by
    people = population.where(homes["measured"] == homes["required"], 0)
    sums = pd.DataFrame({"kinds": homes["reached"].fillna(0) * people, "people": people}).groupby(unit).sum()
    mean = (sums["kinds"] / sums["people"].where(sums["people"] > 0)).reindex(table.index)
    required = int(homes["required"].iloc[0]) if len(homes) else 0
    return table.assign(required=required, mean_reached=mean)


def missing_kinds(
    kinds: pd.DataFrame, population: pd.Series, *, required: Sequence[str], needed: int | None = None
) -> pd.DataFrame:
    """Which missing kind would complete most residents, if it were added within everybody's reach: the first row.

    Parameters
    ----------
    kinds, required, needed
        As in `completeness`; the homes of one unit for the answer of that unit.
    population : Series of int, same index

    Returns
    -------
    DataFrame indexed by kind
        `completed`: residents who are one kind short and lack this one; `lacking`: residents who
        do not reach it, `not_measurable`: without an answer for it (int). Most completed first, then most lacking,
        then by name.

    Raises
    ------
    LayerSchemaError, ParameterError
        As `completeness`; people that are negative or missing.

    Notes
    -----
    A bound from above: one new facility is not within everybody's reach. Two kinds missing at once complete nobody
    alone, so `completed` may be 0 for all while everybody lacks something; read `lacking` then.

    Examples
    --------
    20 people lack the clinic only, 5 both, 30 the school only.

    >>> near, far = "covered", "not_covered"
    >>> homes = pd.DataFrame({"school": [near, far, far], "clinic": [far, far, near]})
    >>> found = missing_kinds(homes, pd.Series([20, 5, 30]), required=["clinic", "school"])
    >>> found[["completed", "lacking"]].to_dict(orient="index")
    {'school': {'completed': 30, 'lacking': 35}, 'clinic': {'completed': 20, 'lacking': 25}}
    """
    state = _of_required(kinds, required)
    refuse([*amounts(population, PEOPLE), *same_rows(population, kinds.index, PEOPLE)])
    missing, unknown = state == "not_covered", state == "not_measurable"
    reached = (state == "covered").sum(axis=1)
    least = _needed(needed, required)
    one_short = (reached == least - 1) & (reached + unknown.sum(axis=1) < least)
    table = pd.DataFrame(
        {
            "completed": missing.mul(population.where(one_short, 0), axis=0).sum(),
            "lacking": missing.mul(population, axis=0).sum(),
            "not_measurable": unknown.mul(population, axis=0).sum(),
        }
    ).astype("int64")
    table = table.rename_axis("kind").sort_index()
    return table.sort_values(["completed", "lacking"], ascending=False, kind="stable")


def _of_required(kinds: pd.DataFrame, required: Sequence[str]) -> pd.DataFrame:
    """The states of the required kinds, in order of their names; a kind without a column has no answer."""
    if not len(required) or len(set(required)) < len(required):
        raise ParameterError(Text("请给出互不相同的必备设施类别", "give the required kinds, each once"))
    refuse([*distinct(kinds.index, KIND_STATES), *_unknown_states(kinds, required)])
    names = sorted(required)
    columns = {name: kinds.get(name, "not_measurable") for name in names}
    return pd.DataFrame(columns, index=kinds.index, dtype=object)


def _needed(needed: int | None, required: Sequence[str]) -> int:
    least = len(required) if needed is None else needed
    if not 1 <= least <= len(required):
        count = len(required)
        raise ParameterError(
            Text(f"{count} 类设施中须达到 {least} 类：取 1 至 {count}", f"{least} of {count} kinds: give 1 to {count}")
        )
    return least


def _unknown_states(kinds: pd.DataFrame, required: Sequence[str]) -> Iterator[Problem]:
    for name in required:
        if name in kinds and not (known := kinds[name].isin(STATES)).all():
            what = at_ids(Text("状态无法识别", "unknown state"), kinds.index[~known])
            remedy = Text(f"取 {'、'.join(STATES)} 之一", f"give one of {', '.join(STATES)}")
            yield Problem(Text(str(name), str(name)), what, remedy)


def _names(flags: pd.DataFrame) -> pd.Series:
    """The columns that hold, as a tuple per row; rows that hold the same share one."""
    columns = flags.columns.to_numpy()
    patterns, which = np.unique(flags.to_numpy(dtype=bool), axis=0, return_inverse=True)
    tuples = np.empty(len(patterns), dtype=object)
    tuples[:] = [tuple(columns[pattern]) for pattern in patterns]
    return pd.Series(tuples[which.reshape(-1)], index=flags.index, dtype=object)
