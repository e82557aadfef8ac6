"""Green in sight (推窗见绿) and a park at the door (开门进园), home by home: straight metres and minutes on foot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import TOLERANCE_M
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.supply import COARSE_PART, PARKS
from kunshan_gis.studies.systems.parks.held import PEOPLE, Parks, Rows
from kunshan_gis.studies.systems.parks.states import Between
from kunshan_gis.studies.terms import AS_MEASURED

Floats = NDArray[np.float64]
SIGHT_M = (50.0, 100.0, 300.0, 500.0, 1000.0)
DOOR_MIN = (5.0, 10.0, 15.0, 20.0, 30.0)
"""Bands of the two distributions; no standard says them, the thresholds are options."""
GREEN, TREES, WATER = "green", "trees", "water"


@dataclass(frozen=True, eq=False)
class Doors:
    """What every home sees and walks to.

    Attributes
    ----------
    sight_m : green is in sight within this
    door_minutes : a park is at the door within this
    water : water counts as green
    """

    parks: Parks
    sight_m: float
    door_minutes: float
    water: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """Layers of green beside the parks that there are."""
        kinds = (GREEN, WATER) if self.water else (GREEN,)
        return tuple(kind for kind in kinds if self.parks.setting.area.has(kind))

    @cached_property
    def minutes(self) -> Floats:
        """To the nearest entrance of any park; infinite where none is reached, NaN where the home is not placed."""
        walk, everything = self.parks.setting.walk, self.parks.rows(ALL)
        way = self.parks.setting.measuring.walked(PEOPLE, PARKS, everything, AS_MEASURED)
        found: Floats = (way.metres / walk.speed_mps + way.delay_s) / 60.0
        return found

    @cached_property
    def to_park_m(self) -> Floats:
        """Straight metres to the nearest park's outline."""
        return self.parks.setting.measuring.straight(PEOPLE, PARKS, self.parks.rows(ALL))

    @cached_property
    def to_green_m(self) -> Floats:
        """Straight metres to the nearest green: a park, the green layer, water where it counts."""
        found: Floats = np.minimum.reduce([self.to_park_m, *(self._to(kind) for kind in self.kinds)])
        return found

    @cached_property
    def to_tree_m(self) -> Floats | None:
        """Straight metres to the nearest tree; None without a layer of trees."""
        return self._to(TREES) if self.parks.setting.area.has(TREES) else None

    @cached_property
    def sees(self) -> Rows:
        """Homes with green in sight."""
        return self.to_green_m <= self.sight_m + TOLERANCE_M

    @cached_property
    def sees_park(self) -> Rows:
        """Homes with a park in sight."""
        return self.to_park_m <= self.sight_m + TOLERANCE_M

    @cached_property
    def enters(self) -> Rows:
        """Homes with a park at the door."""
        speed = self.parks.setting.walk.speed_mps
        return self.minutes <= self.door_minutes + TOLERANCE_M / speed / 60.0

    @property
    def door_m(self) -> float:
        """How far one walks in the minutes to the door."""
        return self.door_minutes * 60.0 * self.parks.setting.walk.speed_mps

    @cached_property
    def enters_between(self) -> Between:
        """Homes with a park at the door where parks known too badly are left out, and where they are near."""
        return self.parks.between(ALL, metres=self.door_m)

    def sees_between(self, kinds: Iterable[str]) -> Between:
        """Homes with any of these in sight where what is known too badly is left out, and where it is near."""
        parts = [self._between(kind) for kind in kinds]
        if not any(coarse for _, _, coarse in parts):
            return None
        return np.any([part[0] for part in parts], axis=0), np.any([part[1] for part in parts], axis=0)

    def _to(self, kind: str) -> Floats:
        area = self.parks.setting.area
        return self.parks.setting.measuring.keep(
            ("straight to", kind), lambda: _nearest(area.table("homes").geometry.array, area.standing(kind)),
            ("homes", kind),
        )  # fmt: skip

    def _between(self, kind: str) -> tuple[Rows, Rows, bool]:
        table = self.parks.table if kind == PARKS else self.parks.setting.area.standing(kind)
        accuracy = _accuracy(self.parks, kind, table)
        badly = accuracy > self.sight_m / COARSE_PART
        homes = self.parks.setting.area.table("homes").geometry.array
        low = _nearest(homes, table[~badly]) <= self.sight_m + TOLERANCE_M
        high = low.copy()
        for error in np.unique(accuracy[badly]):
            high |= _nearest(homes, table[badly & (accuracy == error)]) <= self.sight_m + error + TOLERANCE_M
        return low, high, bool(badly.any())


def _accuracy(parks: Parks, kind: str, table: pd.DataFrame) -> Floats:
    whole = parks.setting.area.layer(kind).info.accuracy_m
    own = table["accuracy_m"].astype(float) if "accuracy_m" in table else pd.Series(np.nan, index=table.index)
    return np.asarray(own.fillna(0.0 if whole is None else whole), dtype=np.float64)


def _nearest(homes: object, table: pd.DataFrame) -> Floats:
    """Straight metres from every home to the nearest feature; infinite where there is none or the home has no place."""
    points, shapes = np.asarray(homes), np.asarray(table.geometry.array)
    metres: Floats = np.full(len(points), np.inf, dtype=np.float64)
    there = ~(shapely.is_missing(points) | shapely.is_empty(points))
    if len(shapes) and there.any():
        tree = shapely.STRtree(shapes)
        found, away = tree.query_nearest(points[there], return_distance=True, all_matches=False)
        metres[np.flatnonzero(there)[found[0]]] = away
    return metres
