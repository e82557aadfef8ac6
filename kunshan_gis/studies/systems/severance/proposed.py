"""Crossings that would give most back: each candidate is tried on the city as it is, and the best is built first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M
from kunshan_gis.studies.systems.severance.cost import Walked, loss_over
from kunshan_gis.studies.systems.severance.divide import Divide
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED


class Proposed(NamedTuple):
    """Crossings in the order they should be built.

    Attributes
    ----------
    owner : the expressway each crosses, by its place among the divides
    ways : the crossings
    regained : residents each brings within the walk of a park, after those before it
    """

    owner: NDArray[np.int64]
    ways: network.Opposite
    regained: NDArray[np.int64]


def proposed(setting: Setting, divides: Sequence[Divide], parks: Walked, number: int) -> Proposed:
    """The crossings of ground stretches that give most residents a park back, greedily, each after those before it.

    Of crossings that give equally many the first along the expressways in their order; none that gives nobody.
    """
    owner = np.concatenate([np.full(len(one.certain.line), place) for place, one in enumerate(divides)]).astype(int)
    ways = reduce(network.Opposite.and_, [one.certain for one in divides])
    tried = _Trial(setting, parks, ways.links)
    xy = middles(ways)
    gains = np.array([tried.gain(row) for row in range(len(owner))], dtype=np.int64)
    regained: list[int] = []
    while len(regained) < number and gains.max(initial=0) > 0:
        best = int(gains.argmax())
        regained.append(int(gains[best]))
        tried.build(best)
        # farther apart than two walks, no way within the walk leads over both
        near = np.hypot(*(xy - xy[best]).T) <= 2.0 * setting.walk.cutoff_m
        gains[near] = [tried.gain(int(row)) for row in np.flatnonzero(near)]
    rows = np.array(tried.built, dtype=np.int64)
    return Proposed(owner[rows], ways.rows(rows), np.array(regained, dtype=np.int64))


def middles(ways: network.Opposite) -> NDArray[np.float64]:
    """Where each crossing meets the expressway."""
    return shapely.get_coordinates(shapely.get_point(ways.shapes, 1)).reshape(-1, 2)


class _Trial:
    """The city with some crossings built, and what one more would give.

    The ends of all candidates go along as homes where nobody lives, so that the way to them is always known.
    """

    def __init__(self, setting: Setting, parks: Walked, links: network.Links) -> None:
        homes = setting.measuring.placed("people", AS_MEASURED)
        people = setting.measuring.demand("people").amount.astype(np.int64)
        self._links, self._homes, self._limit = links, len(people), setting.walk.cutoff_m
        everybody = network.joined(homes, links.one, links.other)
        residents = np.r_[people, np.zeros(2 * len(links.metres), dtype=np.int64)]
        self._live = network.Live(
            setting.measuring.net(AS_MEASURED), parks.field.sources, everybody, residents,
            cutoffs_m=[self._limit], tolerance_m=TOLERANCE_M,
        )  # fmt: skip
        self.built: list[int] = []

    def gain(self, row: int) -> int:
        """Residents whom this crossing would bring within the walk, beside those built."""
        if row in self.built:
            return 0
        before = int(self._live.people[0])
        steps = self._opened([*self.built, row])
        gained = int(self._live.people[0]) - before
        for _ in range(steps):
            self._live.undo()
        return gained

    def build(self, row: int) -> None:
        """Leave this crossing standing."""
        self.built.append(row)
        self._opened(self.built)

    def _opened(self, rows: list[int]) -> int:
        """Let people walk over these crossings; how many steps that took."""
        links, steps = self._links.rows(np.array(rows)), 0
        while True:
            metres = np.nan_to_num(self._live.home_m[self._homes :], nan=np.inf)
            one, other = metres.reshape(2, -1)[:, rows]
            new = links.improving(one, other)
            near = np.flatnonzero(new.leg_m <= self._limit)
            if not len(near):
                return steps
            self._live.add(network.select(new, near))
            steps += 1


def needs_regained(setting: Setting, found: Proposed, needs: tuple[Walked, ...]) -> NDArray[np.float64]:
    """Daily needs that each crossing brings within the walk, summed over residents, after the crossings before it.

    NaN where no need can be measured.
    """
    people = setting.measuring.demand("people").amount
    sums = [0.0 if needs else np.nan]
    for number in range(1, len(found.owner) + 1):
        links = found.ways.links.rows(np.arange(number))
        lost = loss_over(setting, links, None, needs).needs.to_numpy(dtype=bool)
        sums.append(float(people @ lost.sum(axis=1)))
    return np.diff(sums)


def crossings_table(
    setting: Setting, found: Proposed, divides: Sequence[Divide], needs: tuple[Walked, ...]
) -> pd.DataFrame:
    """The table `roads_crossings`: one row a crossing, the one to build first on top."""
    points = gpd.GeoSeries(gpd.points_from_xy(*middles(found.ways).T), crs=setting.area.info.analysis_crs)
    degrees, number = points.to_crs("EPSG:4326"), np.arange(1, len(points) + 1)
    roads = [divides[place].expressway for place in found.owner]
    return pd.DataFrame(
        {
            "id": [f"crossing-{rank}" for rank in number],
            "crossing_rank": number,
            "name": [road.name for road in roads],
            "name_en": [road.name_en for road in roads],
            "lon": degrees.x.round(6),
            "lat": degrees.y.round(6),
            "crossing_m": found.ways.links.metres,
            "regained": found.regained,
            "regained_total": np.cumsum(found.regained),
            "regained_needs": needs_regained(setting, found, needs),
        }
    )
