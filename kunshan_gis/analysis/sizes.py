"""Whether a piece of ground is as large as its class asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kunshan_gis.analysis.requirements import amounts, refuse, same_rows
from kunshan_gis.messages import Text

AREA = Text("面积", "area_m2")
LIMIT = Text("规模界限", "limit")
SIZES = ("below", "fits", "above")


def size_states(area_m2: pd.Series, at_least_m2: pd.Series, at_most_m2: pd.Series) -> pd.Series:
    """Of every park whether it is smaller than its tier asks for, as large, or larger.

        below: area < at least;   above: area > at most;   fits: else

    Parameters
    ----------
    area_m2 : Series of float
        Square metres of each park.
    at_least_m2, at_most_m2 : Series of float, same index
        What the park's tier asks for, both inclusive; NaN where nothing is asked.

    Returns
    -------
    Series `size_state`, same index
        `below`, `fits` or `above`; None where neither limit is there.

    Raises
    ------
    LayerSchemaError
        An area is negative or missing, or the rows differ; by id.

    Notes
    -----
    Sees hectares and no shape: a strip along a road is as large as a square, though a standard may ask for a width too.

    References
    ----------
    CJJ/T 85-2017 for comprehensive and community parks; the Ministry of Housing's papers of 2022 for pocket parks.

    Examples
    --------
    A comprehensive park of 9 ha where 10 are asked for, a pocket park of 0.5 ha, and one of 2 ha where 1 is the most.

    >>> least, most = pd.Series([100_000, 400, 400]), pd.Series([np.nan, 10_000, 10_000])
    >>> size_states(pd.Series([90_000, 5_000, 20_000]), least, most).tolist()
    ['below', 'fits', 'above']
    """
    refuse([
        *amounts(area_m2, AREA), *same_rows(at_least_m2, area_m2.index, LIMIT),
        *same_rows(at_most_m2, area_m2.index, LIMIT),
    ])  # fmt: skip
    least, most = at_least_m2.astype(float), at_most_m2.astype(float)
    state = np.where(area_m2 < least, "below", np.where(area_m2 > most, "above", "fits")).astype(object)
    state[(least.isna() & most.isna()).to_numpy()] = None
    return pd.Series(state, index=area_m2.index, name="size_state", dtype=object)
