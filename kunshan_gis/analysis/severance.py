"""What a barrier costs walkers, from walks as they are and as they would be without it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis.coverage import TOLERANCE_M
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text


def severed(metres: pd.Series, metres_without: pd.Series, *, cutoff_m: float) -> pd.DataFrame:
    """Which homes lose access because of a barrier, and how many metres each walks round it.

    A home loses access where ``metres_without <= cutoff_m < metres``; its detour is ``metres - metres_without``.

    Parameters
    ----------
    metres : Series of float, one row a home
        Metres to the nearest place as the streets are; infinite where none is reached, NaN where not measurable.
    metres_without : Series of float, same index
        The same if the barrier were not there; never longer.
    cutoff_m : float
        The longest walk, metres, inclusive.

    Returns
    -------
    DataFrame indexed like `metres`
        `lost` (bool); `detour_m` (m, 0 or more): NaN where the home is not measurable, reaches nothing as the streets
        are, or would not be within the cutoff without the barrier either.

    Raises
    ------
    ParameterError
        The rows differ, or a walk would be longer without the barrier.

    Notes
    -----
    Says nothing of comfort, noise or safety, nor of walks nobody makes because the barrier is there.

    Examples
    --------
    A park 200 m away behind an expressway, 1,000 m round by the underpass; 100 m more for a home 700 m from another.

    >>> walks = pd.DataFrame({"is": [1000.0, 800.0, 300.0, np.inf], "would": [200.0, 700.0, 300.0, 500.0]})
    >>> severed(walks["is"], walks["would"], cutoff_m=900).to_numpy().tolist()
    [[True, 800.0], [False, 100.0], [False, 0.0], [True, nan]]
    """
    if not metres.index.equals(metres_without.index):
        raise ParameterError(
            Text("两列步行距离的行不一致；请用同一张表", "the two walks have different rows; take them from one table")
        )
    now, would = metres.to_numpy(dtype=float), metres_without.to_numpy(dtype=float)
    if (would > now + TOLERANCE_M).any():
        raise ParameterError(
            Text("去掉阻隔后步行距离变长；请核对两列是否颠倒",
                 "a walk is longer without the barrier; are the two columns the wrong way round?")
        )  # fmt: skip
    near = would <= cutoff_m + TOLERANCE_M
    lost = near & (now > cutoff_m + TOLERANCE_M)
    detour = np.full(len(now), np.nan)
    there = near & np.isfinite(now)
    detour[there] = np.maximum(now[there] - would[there], 0.0)
    return pd.DataFrame({"lost": lost, "detour_m": detour}, index=metres.index)


def longest_gap(along_m: NDArray[np.float64], length_m: float, *, closed: bool = False) -> tuple[float, float]:
    """The longest stretch of a line without a crossing: where it begins and ends, in metres along the line.

    Parameters
    ----------
    along_m : crossings, metres from the beginning of the line, in any order
    length_m : float
        The line's length; its ends bound a stretch like crossings do.
    closed : bool
        The line is a ring: the last stretch goes on past its beginning, and ends above `length_m`.

    Returns
    -------
    (float, float)
        Of stretches equally long the first.

    Examples
    --------
    A kilometre with crossings after 200 m and 500 m; the same as a ring.

    >>> longest_gap(np.array([500.0, 200.0]), 1000.0)
    (500.0, 1000.0)
    >>> longest_gap(np.array([500.0, 200.0]), 1000.0, closed=True)
    (500.0, 1200.0)
    """
    at = np.sort(np.asarray(along_m, dtype=float))
    bounds = np.r_[at, at[0] + length_m] if closed and len(at) else np.r_[0.0, at, length_m]
    widest = int(np.diff(bounds).argmax())
    return float(bounds[widest]), float(bounds[widest + 1])
