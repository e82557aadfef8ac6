"""The drawing plane: streets are drawn square on it and bent onto the ground.

On the plane every way runs along u or v, so that lots, paths and gates are plain arithmetic and lines meet in exactly
the same number. The bend is a sum of shear waves (each moves points across its own direction and so keeps areas),
which turns the grid by up to some fifteen degrees from place to place, as a county's grid turns from town to town.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID_M = 0.1  # coordinates on the ground; far coarser than the 1e-7 degree of a file, so points stay apart there
_WAVELENGTHS = ((16000.0, 400.0), (9000.0, 170.0), (5000.0, 45.0))


@dataclass(frozen=True)
class Plane:
    """Plane coordinates (u, v) in metres, and how they bend onto the ground.

    Attributes
    ----------
    origin : (2,) float64
        Ground point of (0, 0), metres in the analysis CRS.
    waves : (n, 5) float64
        Wave number along x and y (1/m), phase, and displacement along x and y (m).
    """

    origin: NDArray[np.float64]
    waves: NDArray[np.float64]

    @classmethod
    def make(cls, origin: NDArray[np.float64], rng: np.random.Generator) -> Plane:
        """A plane whose waves are drawn from `rng`."""
        waves = []
        for length, amplitude in _WAVELENGTHS:
            for heading in (0.0, np.pi / 2):
                angle = heading + rng.uniform(-0.35, 0.35)
                k = 2 * np.pi / (length * rng.uniform(0.85, 1.15))
                across = (-np.sin(angle) * amplitude, np.cos(angle) * amplitude)
                waves.append((np.cos(angle) * k, np.sin(angle) * k, rng.uniform(0, 2 * np.pi), *across))
        return cls(np.asarray(origin, dtype=float).round(), np.asarray(waves))

    def _shift(self, uv: NDArray[np.float64]) -> NDArray[np.float64]:
        phase = uv @ self.waves[:, :2].T + self.waves[:, 2]
        shift: NDArray[np.float64] = np.sin(phase) @ self.waves[:, 3:]
        return shift

    def to_ground(self, uv: NDArray[np.float64]) -> NDArray[np.float64]:
        """Plane coordinates (n, 2) to ground metres, on the grid of `GRID_M`."""
        uv = np.asarray(uv, dtype=float).reshape(-1, 2)
        ground: NDArray[np.float64] = (self.origin + uv + self._shift(uv)).round(1)
        return ground

    def to_plane(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ground metres (n, 2) back to plane coordinates, by fixed-point iteration."""
        target = np.asarray(xy, dtype=float).reshape(-1, 2) - self.origin
        uv = target.copy()
        for _ in range(40):
            uv = target - self._shift(uv)
        return uv

    def rectangles(self, boxes: NDArray[np.float64], *, step_m: float = 200.0) -> NDArray[np.object_]:
        """Plane boxes (n, 4: u0, v0, u1, v1) as ground polygons, long sides bent with a vertex every `step_m`."""
        boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
        shapes = shapely.segmentize(shapely.box(*boxes.T), step_m)
        return np.asarray(shapely.transform(shapes, self.to_ground), dtype=object)
