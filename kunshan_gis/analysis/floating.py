"""How much of a service there is per resident when all who reach it share it: floating catchment areas.

Two steps. Each supply's capacity is divided by the people who reach it; each resident adds up these ratios over the
supplies in reach. With weights w of the minutes and R_j = S_j / sum_i w_ij P_i:

    2SFCA, E2SFCA, Gaussian   A_i = sum_j w_ij R_j
    M2SFCA                    A_i = sum_j w_ij^2 R_j
    BFCA                      the same two steps with weights that sum to 1 per origin, then per supply

Units: capacity per resident (beds, places, square metres). An origin that reaches no supply has 0, one that is not
measurable NaN; so has one whose only neighbours at a supply with capacity are places where nobody lives: there is
capacity and nobody to share it. People who could not be put on the network do not compete; where they are many, all
figures are too good.

What adds up: in 2SFCA, E2SFCA and the Gaussian form people times access sums to the capacity in reach of anybody. In
M2SFCA it sums to less, by the distance people have to go. In BFCA everybody is counted once over all supplies and the
supplies' ratios sum to the access of the origins, unweighted; people times access does not sum to the capacity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from kunshan_gis.analysis.decay import Decay, GaussianCatchment, Within, Zones, weigh
from kunshan_gis.analysis.pairs import Pairs, pairs
from kunshan_gis.analysis.requirements import CAPACITY, PEOPLE, amounts, same_rows


def two_step(
    costs: pd.DataFrame, people: pd.Series, capacity: pd.Series, measurable: pd.Series, *, cutoff_min: float
) -> pd.Series:
    """Capacity per resident where everybody within the walk shares alike (2SFCA).

        R_j = S_j / sum_{t_kj <= T} P_k,   A_i = sum_{t_ij <= T} R_j

    Parameters
    ----------
    costs : DataFrame
        `origin, destination, minutes`, one row a pair, as `Reach.costs` gives; it must hold the pairs up to the cutoff.
    people : Series of int, indexed by origin id
    capacity : Series, indexed by destination id
        S_j in beds, places or square metres, zero or more.
    measurable : Series of bool, indexed like `people`
        False where the origin could not be put on the network.
    cutoff_min : float
        Minutes, inclusive, to 5 cm at 1 m/s.

    Returns
    -------
    Series `access`, indexed like `people`
        Capacity per resident; 0 where no supply is reached; NaN where not measurable or where nobody lives around a
        supply in reach.

    Raises
    ------
    LayerSchemaError
        The tables do not fit together, or people or capacity are negative or missing; every problem by id.
    ParameterError
        The cutoff is not a number above zero.

    Notes
    -----
    Everybody within the cutoff counts alike, nobody beyond it. People in reach of several supplies count in full at
    each.

    References
    ----------
    Luo and Wang 2003, Measures of spatial accessibility to health care in a GIS environment.

    Examples
    --------
    In 15 minutes at 1 m/s park C is reached by h1, h2, h3 (600 people), park P by h3 and h4 (340). With 600 m2 and
    680 m2 that is 1 m2 and 2 m2 a head; h3 has both.

    >>> from kunshan_gis import toy
    >>> homes = toy.city().table("homes").set_index("id")["population"]
    >>> two_step(toy.costs(), homes, pd.Series({"C": 600, "P": 680}), toy.measurable(), cutoff_min=15).tolist()
    [1.0, 1.0, 3.0, 2.0, 0.0, nan, nan]
    """
    return floating_catchment(costs, people, capacity, measurable, decay=Within(cutoff_min))


def enhanced_two_step(
    costs: pd.DataFrame,
    people: pd.Series,
    capacity: pd.Series,
    measurable: pd.Series,
    *,
    upto_min: Sequence[float],
    weights: Sequence[float],
) -> pd.Series:
    """Capacity per resident where nearer rings of minutes count more, at the supply and at home (E2SFCA).

    Parameters
    ----------
    costs, people, capacity, measurable
        As in `two_step`.
    upto_min, weights : sequences of float
        The rings from near to far, in minutes, and a weight for each; 0 beyond. No default: rings are an assumption
        to state.

    Returns
    -------
    Series `access`, indexed like `people`
        As `two_step`.

    References
    ----------
    Luo and Qi 2009, An enhanced two-step floating catchment area method: rings of 10, 20, 30 minutes by car, weights
    1, 0.68, 0.22 or 1, 0.42, 0.09.

    Examples
    --------
    Rings of 5, 10, 15 minutes with 1, 0.68, 0.22: at C 100 + 0.22 (200 + 300) = 210 people count.

    >>> from kunshan_gis import toy
    >>> homes = toy.city().table("homes").set_index("id")["population"]
    >>> parks = pd.Series({"C": 210.0, "P": 0.0})
    >>> rings = {"upto_min": (5, 10, 15), "weights": (1, 0.68, 0.22)}
    >>> enhanced_two_step(toy.costs(), homes, parks, toy.measurable(), **rings).tolist()
    [1.0, 0.22, 0.22, 0.0, 0.0, nan, nan]
    """
    return floating_catchment(costs, people, capacity, measurable, decay=Zones(tuple(upto_min), tuple(weights)))


def gaussian_two_step(
    costs: pd.DataFrame, people: pd.Series, capacity: pd.Series, measurable: pd.Series, *, cutoff_min: float
) -> pd.Series:
    """Capacity per resident where a place counts 1 at the door, falling along a bell to 0 at the cutoff (Gaussian).

    Parameters and result as in `two_step`; a place exactly at the cutoff counts nothing.

    References
    ----------
    Dai 2010, Black residential segregation, disparities in spatial access to health care facilities, and late-stage
    breast cancer diagnosis in metropolitan Detroit.
    """
    return floating_catchment(costs, people, capacity, measurable, decay=GaussianCatchment(cutoff_min))


def floating_catchment(
    costs: pd.DataFrame, people: pd.Series, capacity: pd.Series, measurable: pd.Series, *, decay: Decay
) -> pd.Series:
    """Capacity per resident in two steps with any weights: A_i = sum_j w_ij R_j (the form of 2SFCA, E2SFCA, Gaussian).

    Parameters
    ----------
    costs, people, capacity, measurable
        As in `two_step`.
    decay : callable from minutes to weights
        One of `analysis.decay`, or one of your own.

    Returns
    -------
    Series `access`, indexed like `people`
        As `two_step`.

    Raises
    ------
    LayerSchemaError, ParameterError
        As `two_step`, and where the decay gives a weight that is negative, infinite or missing.
    """
    there, w = _weights(costs, people, capacity, measurable, decay)
    return there.series(w @ _ratio(capacity, _demand(w, people)), "access")


def modified_two_step(
    costs: pd.DataFrame, people: pd.Series, capacity: pd.Series, measurable: pd.Series, *, decay: Decay
) -> pd.Series:
    """Capacity per resident that falls where supplies are far from everybody, not only from some (M2SFCA).

        A_i = sum_j w_ij^2 S_j / sum_k w_kj P_k

    Parameters and result as in `floating_catchment`. People times access sums to less than the capacity: what is
    missing is the price of distance. The weights must be 1 next door, since their scale does not cancel.

    References
    ----------
    Delamater 2013, Spatial accessibility in suboptimally configured health care systems: a modified two-step floating
    catchment area (M2SFCA) metric.
    """
    there, w = _weights(costs, people, capacity, measurable, decay)
    return there.series(w.power(2) @ _ratio(capacity, _demand(w, people)), "access")


def balanced(
    costs: pd.DataFrame, people: pd.Series, capacity: pd.Series, measurable: pd.Series, *, decay: Decay
) -> pd.Series:
    """Capacity per resident where nobody is counted at two supplies in full and no ratio is handed out twice (BFCA).

        R_j = S_j / sum_i P_i w_ij / (sum_m w_im),   A_i = sum_j R_j w_ij / (sum_k w_kj)

    Parameters and result as in `floating_catchment`.

    Notes
    -----
    A supply's ratio is shared out among origins, not among people: the more homes reach it, the less each has. Two
    halves of a home, kept as two rows, therefore have another figure than the whole; compare areas of like size.

    References
    ----------
    Paez, Higgins and Vivona 2019, Demand and level of service inflation in Floating Catchment Area (FCA) methods,
    doi 10.1371/journal.pone.0218773.
    """
    there, w = _weights(costs, people, capacity, measurable, decay)
    per_origin = diags_array(_inverse(w @ np.ones(len(capacity)))) @ w
    per_supply = w @ diags_array(_inverse(w.T @ np.ones(len(people))))
    return there.series(per_supply @ _ratio(capacity, _demand(per_origin, people)), "access")


def supply_ratio(
    costs: pd.DataFrame, people: pd.Series, capacity: pd.Series, measurable: pd.Series, *, decay: Decay
) -> pd.Series:
    """Capacity per person around each supply: the first step, R_j = S_j / sum_i w_ij P_i.

    Parameters as in `floating_catchment`.

    Returns
    -------
    Series `capacity_per_person`, indexed like `capacity`
        0 without capacity, NaN where there is capacity and nobody in reach.
    """
    _, w = _weights(costs, people, capacity, measurable, decay)
    return pd.Series(_ratio(capacity, _demand(w, people)), index=capacity.index, name="capacity_per_person")


def _weights(
    costs: pd.DataFrame, people: pd.Series, capacity: pd.Series, measurable: pd.Series, decay: Decay
) -> tuple[Pairs, csr_array]:
    """Weights by origin and supply; only those above zero are stored."""
    problems = [*amounts(people, PEOPLE), *same_rows(people, measurable.index, PEOPLE), *amounts(capacity, CAPACITY)]
    there = pairs(costs, measurable, capacity.index, problems)
    shape = (len(people), len(capacity))
    matrix = csr_array((weigh(decay, there.minutes), (there.row, there.column)), shape=shape)
    matrix.eliminate_zeros()
    return there, matrix


def _demand(weights: csr_array, people: pd.Series) -> NDArray[np.float64]:
    demand: NDArray[np.float64] = weights.T @ people.to_numpy(dtype=float)
    return demand


def _ratio(capacity: pd.Series, demand: NDArray[np.float64]) -> NDArray[np.float64]:
    """Capacity by demand; none is none, some for nobody is NaN."""
    supply = capacity.to_numpy(dtype=float)
    ratio = np.where(supply > 0, np.nan, 0.0)
    np.divide(supply, demand, out=ratio, where=demand > 0)
    return ratio


def _inverse(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)
