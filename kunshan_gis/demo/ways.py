"""Ways on the plane: collected as straight pieces along u or v, then given a vertex wherever two of them meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kunshan_gis.demo.plane import Plane

_VERTEX_M = 240.0  # a way has a vertex at least this often, to bend with the plane


@dataclass
class Ways:
    """Straight pieces (u0, v0, u1, v1) with the class and structure of each; grows while the city is drawn."""

    pieces: list[tuple[float, float, float, float]] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    structures: list[str] = field(default_factory=list)

    def add(self, u0: float, v0: float, u1: float, v1: float, kind: str, *, structure: str = "ground") -> None:
        """One piece along u or along v; pieces under a metre are left out."""
        if abs(u1 - u0) + abs(v1 - v0) < 1.0:
            return
        self.pieces.append((min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1)))
        self.classes.append(kind)
        self.structures.append(structure)

    def on_ground(self, plane: Plane) -> NDArray[np.object_]:
        """Every piece as a line on the ground, with a shared vertex wherever pieces touch or cross."""
        pieces = np.asarray(self.pieces).round(1)
        flat = pieces[:, 1] == pieces[:, 3]
        lines = np.asarray(shapely.linestrings(pieces.reshape(-1, 2, 2)), dtype=object)
        across, along = np.flatnonzero(~flat), np.flatnonzero(flat)
        at_across, at_along = shapely.STRtree(lines[along]).query(lines[across], predicate="intersects")
        standing, lying = across[at_across], along[at_along]
        way = [np.arange(len(pieces)), np.arange(len(pieces)), standing, lying, *self._bends(pieces)]
        u = [pieces[:, 0], pieces[:, 2], pieces[standing, 0], pieces[standing, 0]]
        v = [pieces[:, 1], pieces[:, 3], pieces[lying, 1], pieces[lying, 1]]
        extra = way.pop()
        u.append(extra[:, 0])
        v.append(extra[:, 1])
        vertices = np.column_stack([np.concatenate(way), np.concatenate(u), np.concatenate(v)])
        vertices = np.unique(vertices, axis=0)  # sorted by way, then along it
        ground = plane.to_ground(vertices[:, 1:])
        return np.asarray(shapely.linestrings(ground, indices=vertices[:, 0].astype(np.int64)), dtype=object)

    @staticmethod
    def _bends(pieces: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Vertices inside long pieces: which piece, and where."""
        length = np.abs(pieces[:, 2:] - pieces[:, :2]).sum(axis=1)
        count = np.ceil(length / _VERTEX_M).astype(np.int64) - 1
        way = np.repeat(np.arange(len(pieces)), count)
        step = np.arange(len(way)) - np.repeat(np.cumsum(count) - count, count) + 1
        share = (step / (count[way] + 1))[:, None]
        return way, (pieces[way, :2] + share * (pieces[way, 2:] - pieces[way, :2])).round(1)
