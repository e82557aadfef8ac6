"""Coverage on foot: how many residents are within the walked distance, in three states that sum.

    share_covered = covered / (covered + not covered + not measurable)

A home exactly at the cutoff is covered. A home that could not be put on the network is not
measurable; it is in the denominator and never silently dropped.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kunshan_gis.errors import ParameterError
from kunshan_gis.indicators import STATE_LABELS
from kunshan_gis.messages import Text

STATES = tuple(STATE_LABELS)
TOLERANCE_M = 0.05
"""Coordinates are kept to about a centimetre: a home closer to the cutoff than this is exactly at it."""


def states(metres: pd.Series, measurable: pd.Series, *, cutoff_m: float) -> pd.Series:
    """Each home's state: `covered`, `not_covered` or `not_measurable`.

    Parameters
    ----------
    metres : Series of float
        Walked distance to the nearest entrance; NaN where none is reached.
    measurable : Series of bool, same index
        False where the home could not be put on the network.
    cutoff_m : float
        Inclusive, to 5 cm.

    Raises
    ------
    ParameterError
        The cutoff is not a number above zero.
    """
    if not np.isfinite(cutoff_m) or cutoff_m <= 0:
        raise ParameterError(
            Text(
                f"步行距离 {cutoff_m} 米不覆盖任何人；步行时间与速度应大于 0",
                f"a walked distance of {cutoff_m} m covers nothing; give minutes and speed above 0",
            )
        )
    state = np.where(measurable, np.where(metres <= cutoff_m + TOLERANCE_M, "covered", "not_covered"), "not_measurable")
    return pd.Series(state, index=metres.index, name="state", dtype=object)


def coverage(population: pd.Series, state: pd.Series, by: pd.Series | None = None) -> pd.DataFrame:
    """Residents per state and the share covered, per unit or in all.

    Parameters
    ----------
    population : Series of int
        Residents per home.
    state : Series, same index
        From `states`.
    by : Series, same index, optional
        The unit each home belongs to; without it there is one row, `all`.

    Returns
    -------
    DataFrame indexed by unit
        `population, covered, not_covered, not_measurable` (int, exact), `share_covered` and
        `share_measurable` (0 to 1, NaN where there is nobody to share among).

    Raises
    ------
    ParameterError
        Negative or missing population, or a home without a unit.
    """
    if population.isna().any() or (population < 0).any():
        raise ParameterError(
            Text("每一行的人口都应是不为负的整数", "population must be whole people, zero or more, in every row")
        )
    unit = pd.Series("all", index=population.index) if by is None else by
    if unit.isna().any():
        count = int(unit.isna().sum())
        raise ParameterError(
            Text(
                f"{count} 个居住人口点不属于任何统计单元；请为其余部分命名，例如 `unassigned`",
                f"{count} homes belong to no unit; name the rest, for example `unassigned`",
            )
        )
    people = pd.crosstab(unit, state, values=population, aggfunc="sum")
    people = people.reindex(columns=list(STATES)).fillna(0).astype("int64")
    table = people.assign(population=people.sum(axis=1))[["population", *STATES]]
    measured = table["covered"] + table["not_covered"]
    table = table.assign(
        share_covered=table["covered"] / table["population"].where(table["population"] > 0),
        share_measurable=table["covered"] / measured.where(measured > 0),
    )
    return table.rename_axis(index="unit_id", columns=None)
