"""How continuous a corridor is: the gaps between its pieces, the stretches nothing breaks, how well they cohere."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import minimum_spanning_tree

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

Floats = NDArray[np.float64]


def links(pieces: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """The shortest lines that would join pieces into one: the gaps of a corridor (metres).

    Parameters
    ----------
    pieces : (n,) lines or areas, metric CRS

    Returns
    -------
    GeoDataFrame without CRS, n - 1 rows
        `a, b` (rows of the pieces), `metres` (0 where they touch) and the line from one to the other, sorted by rows.

    Notes
    -----
    The smallest sum of all ways to join them (minimum spanning tree), so that the order of the pieces does not matter.

    References
    ----------
    Kruskal 1956, On the shortest spanning subtree of a graph.

    Examples
    --------
    Of three pieces in a row, 50 m and 20 m apart:

    >>> row = shapely.linestrings([[(0, 0), (100, 0)], [(150, 0), (300, 0)], [(320, 0), (400, 0)]])
    >>> links(row)[["a", "b", "metres"]].to_numpy().tolist()
    [[0.0, 1.0, 50.0], [1.0, 2.0, 20.0]]
    """
    apart = shapely.distance(pieces[:, None], pieces[None, :]) if len(pieces) else np.zeros((0, 0))
    tree = minimum_spanning_tree(apart + 1.0).tocoo()  # a distance of 0 would be no edge
    pairs = np.sort(np.column_stack([tree.row, tree.col]).astype(np.int64), axis=1)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    a, b = pairs[:, 0], pairs[:, 1]
    table = pd.DataFrame({"a": a, "b": b, "metres": apart[a, b]})
    return gpd.GeoDataFrame(table, geometry=shapely.shortest_line(pieces[a], pieces[b]))


def free_stretches(length_m: float, *, cuts_m: ArrayLike = (), taken_m: ArrayLike = ()) -> Floats:
    """From where to where along a line nothing breaks it (metres).

    Parameters
    ----------
    length_m : of the line
    cuts_m : (cuts,) places along it where something crosses
    taken_m : (stretches, 2) from where to where something else lies on it

    Returns
    -------
    (stretches, 2) float64
        In order; none of length 0.

    Raises
    ------
    ParameterError
        A stretch is not two places.

    Examples
    --------
    A line of 1,000 m with a road at 300 and houses from 500 to 600:

    >>> free_stretches(1000, cuts_m=[300], taken_m=[(500, 600)]).tolist()
    [[0.0, 300.0], [300.0, 500.0], [600.0, 1000.0]]
    """
    taken = np.asarray(taken_m, dtype=np.float64).reshape(-1, 2) if np.size(taken_m) % 2 == 0 else None
    if taken is None:
        raise ParameterError(Text("每段须给出起点与终点", "give each stretch as from and to"))
    cuts = np.asarray(cuts_m, dtype=np.float64).ravel()
    ends = np.unique(np.clip(np.r_[0.0, length_m, cuts, taken.ravel()], 0.0, length_m))
    pieces = np.column_stack([ends[:-1], ends[1:]])
    middles = pieces.mean(axis=1)
    free = ~((middles[:, None] > taken[:, 0]) & (middles[:, None] < taken[:, 1])).any(axis=1)
    return _joined(pieces[free], cuts)


def coherence(stretches_m: ArrayLike, *, whole_m: float) -> float:
    """The chance that two places taken anywhere on a corridor lie on the same unbroken stretch (0 to 1).

        C = sum of (l_i / L)^2

    Parameters
    ----------
    stretches_m : lengths of the unbroken stretches
    whole_m : length of the corridor, gaps included

    Returns
    -------
    float
        1 for a corridor without any break, 0 where no stretch is free, NaN for a corridor without length.

    References
    ----------
    Jaeger 2000, Landscape division, splitting index, and effective mesh size: the degree of coherence, of lengths here
    instead of areas.

    Examples
    --------
    Two halves of one corridor: whoever starts on one finds the other place on it half the time.

    >>> coherence([500, 500], whole_m=1000)
    0.5
    """
    lengths = np.asarray(stretches_m, dtype=np.float64)
    return float(((lengths / whole_m) ** 2).sum()) if whole_m > 0 else float("nan")


def _joined(pieces: Floats, cuts: Floats) -> Floats:
    """Neighbouring pieces as one where no cut lies between them."""
    if not len(pieces):
        return pieces
    parted = (pieces[1:, 0] > pieces[:-1, 1]) | np.isin(pieces[1:, 0], cuts)
    first = np.flatnonzero(np.r_[True, parted])
    last = np.r_[first[1:] - 1, len(pieces) - 1]
    return np.column_stack([pieces[first, 0], pieces[last, 1]])
