"""Units side by side: which place each takes, how far it is from the whole, and from a target."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

Better = Literal["more", "less", "neither"]
"""Whether a high figure is good: park land per resident is better the more, minutes the less; density is neither."""


def ranks(value: pd.Series, *, better: Better = "more") -> pd.Series:
    """The place each unit takes: 1 for the best, for the largest where neither end is better.

    Units with the same figure share the better place, and the next place is left out (1, 2, 2, 4).

    Parameters
    ----------
    value : Series of float, one row a unit
        NaN where it is not known.
    better : more, less or neither

    Returns
    -------
    Series `rank` of float, same index
        From 1 up; NaN where the figure is not known: no unit is last for want of data.

    Examples
    --------
    >>> ranks(pd.Series({"a": 3.0, "b": 5.0, "c": 3.0, "d": np.nan})).tolist()
    [2.0, 1.0, 2.0, nan]
    >>> ranks(pd.Series({"a": 3.0, "b": 5.0}), better="less").tolist()
    [1.0, 2.0]
    """
    return value.astype(float).rank(method="min", ascending=better == "less").rename("rank")


def beside(value: pd.Series, whole: float, *, target: float | None = None, better: Better = "more") -> pd.DataFrame:
    """Every unit's figure beside that of the whole, and beside a target.

        gap_u = value_u - whole,   gap_to_target_u = value_u - target

    Parameters
    ----------
    value : Series of float, one row a unit
        NaN where it is not known.
    whole : float
        The figure of all units together: of a rate the sum of what there is by the sum of what it is shared among; the
        mean of the units' figures is another.
    target : float, optional
        What a standard asks for.
    better : more, less or neither

    Returns
    -------
    DataFrame, same index
        `value, rank, whole, gap, target, gap_to_target`; gaps are above zero where the unit has more, NaN where either
        side is not known.

    Notes
    -----
    A target set for a city says nothing of its parts: a zone below it is a place to look at, no breach.

    Examples
    --------
    A has 20 m2 for 10 people, B 10 m2 for 20: 2.0 and 0.5, together 30 for 30.

    >>> found = beside(pd.Series({"a": 2.0, "b": 0.5}), 1.0, target=3.0)
    >>> found[["value", "rank", "gap", "gap_to_target"]].to_numpy().tolist()
    [[2.0, 1.0, 1.0, -1.0], [0.5, 2.0, -0.5, -2.5]]
    """
    number = value.astype(float)
    wanted = np.nan if target is None else float(target)
    return pd.DataFrame(
        {
            "value": number, "rank": ranks(number, better=better), "whole": float(whole), "gap": number - whole,
            "target": wanted, "gap_to_target": number - wanted,
        }
    )  # fmt: skip
