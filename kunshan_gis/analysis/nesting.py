"""Places that lie over each other, and people whom several kinds of places serve: nothing is counted twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from kunshan_gis.analysis.requirements import PEOPLE, amounts, refuse, same_rows
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

KINDS_OF_PLACE = Text("覆盖情况", "covered")
NOBODY, NOT_MEASURABLE = "none", "not_measurable"


def ground_once(shapes: ArrayLike, order: ArrayLike) -> NDArray[np.float64]:
    """Square metres of every park that no park before it holds already: their sum is the ground there is.

        own_i = area(shape_i minus the union of shape_j, j before i)

    Parameters
    ----------
    shapes : (n,) valid areas, one metric CRS
    order : (n,) distinct numbers
        Whose ground it is where two lie over each other: the smaller number's.

    Returns
    -------
    (n,) float64
        From 0 to the shape's area; their sum is the area of the union, whatever the order.

    Raises
    ------
    ParameterError
        There are not as many numbers as shapes, or two are equal.

    Examples
    --------
    A pocket park of 20 m by 20 m inside a comprehensive one of 100 m by 100 m: the ground is the large one's.

    >>> parks = [shapely.box(0, 0, 20, 20), shapely.box(0, 0, 100, 100)]
    >>> ground_once(parks, [2, 1]).tolist()
    [0.0, 10000.0]
    """
    areas, rank = np.asarray(shapes, dtype=object), np.asarray(order)
    if len(rank) != len(areas) or len(np.unique(rank)) != len(rank):
        raise ParameterError(
            Text("每个面须有各自的次序，不能重复或缺失", "every shape needs a place of its own in the order")
        )
    own: NDArray[np.float64] = shapely.area(areas).astype(np.float64)
    later, earlier = shapely.STRtree(areas).query(areas, predicate="intersects")
    over = rank[earlier] < rank[later]
    for row, before in pd.Series(earlier[over]).groupby(later[over]):
        own[row] = shapely.area(shapely.difference(areas[row], shapely.union_all(areas[before.to_numpy()])))
    return own


def combinations(covered: pd.DataFrame, people: pd.Series, measurable: pd.Series) -> pd.DataFrame:
    """Residents by the kinds of places that cover them, each resident in one row alone.

    Parameters
    ----------
    covered : DataFrame of bool
        One column a kind (tier), one row a home.
    people : Series of int, same index
    measurable : Series of bool, same index
        False where the home could not be put on the network: it is in no other row.

    Returns
    -------
    DataFrame indexed by combination
        `kinds` (how many), `population` (int); the names of the kinds joined by `_` in the order of the columns, `none`
        where there is none, most kinds first, `not_measurable` last. Every combination has a row; they sum to all
        residents.

    Raises
    ------
    LayerSchemaError
        The rows differ, or people are negative or missing.

    Examples
    --------
    Ten have both, five a pocket park alone, one none, two cannot be measured.

    >>> homes = pd.DataFrame({"community": [True, False, False, False], "pocket": [True, True, False, False]})
    >>> found = combinations(homes, pd.Series([10, 5, 1, 2]), pd.Series([True, True, True, False]))
    >>> found["population"].to_dict()
    {'community_pocket': 10, 'community': 0, 'pocket': 5, 'none': 1, 'not_measurable': 2}
    """
    refuse([
        *amounts(people, PEOPLE), *same_rows(covered, people.index, KINDS_OF_PLACE),
        *same_rows(measurable, people.index, KINDS_OF_PLACE),
    ])  # fmt: skip
    names = list(covered.columns)
    weight = 1 << np.arange(len(names))[::-1]
    code = covered.to_numpy(dtype=bool) @ weight if names else np.zeros(len(people), dtype=np.int64)
    code = np.where(measurable.to_numpy(dtype=bool), code, 1 << len(names))
    sums = np.bincount(code, weights=people.to_numpy(dtype=float), minlength=(1 << len(names)) + 1).astype(np.int64)
    held = [
        [name for name, bit in zip(names, weight, strict=True) if number & bit] for number in range(1 << len(names))
    ]
    order = sorted(range(len(held)), key=lambda number: (-len(held[number]), -number))
    rows = [("_".join(held[number]) or NOBODY, len(held[number]), int(sums[number])) for number in order]
    rows.append((NOT_MEASURABLE, 0, int(sums[-1])))
    return pd.DataFrame(rows, columns=["combination", "kinds", "population"]).set_index("combination")
