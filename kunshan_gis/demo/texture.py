"""How built-up the land is at a place, and how large its blocks are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RURAL_BLOCK_M = 830.0
URBAN_BLOCK_M = 425.0
EDGE_BLOCK_M = 520.0


@dataclass(frozen=True)
class Texture:
    """Urban reach around centres (seats, then stations); all arrays have one row a centre.

    Attributes
    ----------
    xy : (n, 2) float64
        Ground metres.
    urban_m, core_m, core_block_m : (n,) float64
        Radius of the built-up land, radius of the fine old blocks (0: none), side of those blocks.
    """

    xy: NDArray[np.float64]
    urban_m: NDArray[np.float64]
    core_m: NDArray[np.float64]
    core_block_m: NDArray[np.float64]

    def urbanity(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 at a centre, 0 at the edge of the built-up land, below 0 outside; the edge is ragged."""
        xy = np.asarray(xy, dtype=float).reshape(-1, 2)
        ragged = 0.16 * wobble(xy, 2600.0, 0.3) + 0.08 * wobble(xy, 1100.0, 1.7)
        near = np.full(len(xy), -np.inf)
        for centre, radius in zip(self.xy, self.urban_m, strict=True):
            near = np.maximum(near, 1.0 - np.hypot(*(xy - centre).T) / radius)
        return near + ragged

    def core(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Side of the fine blocks in an old core, metres; 0 outside the cores."""
        xy = np.asarray(xy, dtype=float).reshape(-1, 2)
        side = np.zeros(len(xy))
        rough = 1.0 + 0.18 * wobble(xy, 900.0, 0.9)
        for centre, radius, block in zip(self.xy, self.core_m, self.core_block_m, strict=True):
            side[np.hypot(*(xy - centre).T) < radius * rough] = block
        return side

    def block_m(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Side of a block at a place, metres."""
        urbanity, core = self.urbanity(xy), self.core(xy)
        side = np.where(urbanity > 0.25, URBAN_BLOCK_M, np.where(urbanity > 0, EDGE_BLOCK_M, RURAL_BLOCK_M))
        return np.where(core > 0, core, side)


def wobble(xy: NDArray[np.float64], length_m: float, phase: float) -> NDArray[np.float64]:
    """A smooth field between about -1 and 1 that varies over `length_m`."""
    x, y = np.asarray(xy, dtype=float).reshape(-1, 2).T / length_m
    waves = (
        np.sin(2.1 * x + 1.3 * y + phase)
        + np.sin(-1.2 * x + 2.4 * y + 2.2 * phase)
        + np.sin(1.7 * x - 0.6 * y + 3.1 * phase)
    )
    field: NDArray[np.float64] = waves / 2.2
    return field
