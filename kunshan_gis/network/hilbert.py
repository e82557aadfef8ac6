"""Places along Hilbert's curve: what is near in space stands near in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 16


def hilbert_order(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """The order in which Hilbert's curve over the points' extent meets them; same place: west before east, south first.

    References
    ----------
    Warren 2013, Hacker's Delight, 16-1.
    """
    if len(xy) == 0:
        return np.zeros(0, dtype=np.int64)
    extent = max(float(np.ptp(xy, axis=0).max()), 1e-9)
    cell = np.minimum((xy - xy.min(axis=0)) / extent * 2**BITS, 2**BITS - 1).astype(np.int64)
    x, y = cell.T
    along = np.zeros(len(xy), dtype=np.int64)
    side = 1 << (BITS - 1)
    while side:
        right, top = (x & side) > 0, (y & side) > 0
        along += side * side * ((3 * right) ^ top)
        turned = ~top & right
        x, y = (
            np.where(turned, side * 2 - 1 - (x & (side * 2 - 1)), x),
            np.where(turned, side * 2 - 1 - (y & (side * 2 - 1)), y),
        )
        x, y = np.where(top, x, y), np.where(top, y, x)
        side >>= 1
    order: NDArray[np.int64] = np.lexsort((xy[:, 1], xy[:, 0], along))
    return order
