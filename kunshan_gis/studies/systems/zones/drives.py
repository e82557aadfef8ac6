"""Drives from the centres of zones; one known only roughly is driven from all around it too, for the range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.model import Points
from kunshan_gis.studies.systems.roads.driving import MINUTES, Driving

Floats = NDArray[np.float64]
DRIVES = ("zone_drive", "zone_drive_low", "zone_drive_high")
NO_DRIVE: Mapping[str, float] = dict.fromkeys(DRIVES, np.nan)
ROUND = 8
"""Places on the circle around a centre."""


@dataclass(frozen=True, eq=False)
class Drives:
    """Places that stand for centres.

    Attributes
    ----------
    places : the centres themselves first, then places as far around each as its error
    owner : (places,) the centre each belongs to
    """

    driving: Driving
    places: Points
    owner: NDArray[np.int64]

    def between(self) -> dict[tuple[int, int], Mapping[str, float]]:
        """Minutes between two centres by their rows, the lesser first."""
        found = self.driving.between(self.places, self.places)
        count = int(self.owner.max(initial=-1)) + 1
        return {
            (one, other): _range(
                found[:, self.owner == one][:, :, self.owner == other].reshape(len(MINUTES), -1), found[1, one, other]
            )
            for one in range(count)
            for other in range(one + 1, count)
        }

    def to(self, goals: Points) -> list[Mapping[str, float]]:
        """Minutes from every centre to the nearest of some places."""
        found = self.driving.to(goals).at(self.places)[list(MINUTES)].to_numpy(dtype=float).T
        return [
            _range(found[:, self.owner == one], found[1, one]) for one in range(int(self.owner.max(initial=-1)) + 1)
        ]


def drives_from(driving: Driving, centres: gpd.GeoDataFrame) -> Drives:
    """Drives from centres, each with its error in `accuracy_m` (NaN where it is known well)."""
    xy, error = shapely.get_coordinates(np.asarray(centres.geometry.array)), centres["accuracy_m"].to_numpy(dtype=float)
    rough = np.flatnonzero(np.nan_to_num(error) > 0)
    angle = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    around = xy[rough, None, :] + error[rough, None, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    places = gpd.GeoSeries(shapely.points(np.concatenate([xy, around.reshape(-1, 2)])), crs=centres.crs)
    return Drives(driving, driving.on(places), np.r_[np.arange(len(xy)), np.repeat(rough, ROUND)])


def _range(minutes: Floats, usual: float) -> Mapping[str, float]:
    """The usual drive of the centre itself; the least and the most of all that it may be. NaN where no way leads."""
    known = np.where(np.isfinite(minutes), minutes, np.nan)
    if not np.isfinite(usual):
        return NO_DRIVE
    low, high = float(np.nanmin(known[0])), float(np.nanmax(known[2]))
    return dict(zip(DRIVES, (float(usual), low, high), strict=True))
