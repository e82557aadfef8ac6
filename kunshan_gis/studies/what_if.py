"""What if: a park, a gate, a path or a bridge comes or goes, and the coverage figures follow at once.

Only what an edit touches is worked out again; every step can be taken back exactly. The figures are those that
`park_reach` gives for the study area with the same edits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M, coverage
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Edit, Points, StudyArea, WalkNetwork
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.on_foot import entrances, measured_parks, placed_homes
from kunshan_gis.studies.park_reach import homes_of, require, state_of, tiers_of
from kunshan_gis.studies.walk import Walk, walk_network


@dataclass(frozen=True, eq=False)
class _State:
    """A study area, and everything its figures are read off."""

    area: StudyArea
    net: WalkNetwork
    placed: Points
    homes: gpd.GeoDataFrame
    access: network.ParkAccess
    tier_of: pd.Series
    tiers: tuple[str, ...]
    live: dict[str, network.Live]
    numbers: dict[str, dict[str, NDArray[np.int64]]]


class WhatIf:
    """Park reach that follows edits.

    Parameters
    ----------
    area : StudyArea
        With streets, homes and parks.
    walk : Walk
        How far and how fast one walks.

    Examples
    --------
    In the toy city 50 people live out of reach; a pocket park at their corner reaches them.

    >>> from kunshan_gis import toy
    >>> from kunshan_gis.model import Edit
    >>> city = WhatIf(toy.city(), Walk(minutes=15, speed_mps=1.0, profile="planning-walk"))
    >>> int(city.figures.loc["all", "covered"])
    640
    >>> x, y = toy.ORIGIN[0] + 2000, toy.ORIGIN[1] + 260
    >>> corner = f"POLYGON (({x} {y}, {x + 40} {y}, {x + 40} {y + 40}, {x} {y + 40}, {x} {y}))"
    >>> int(city.apply(Edit.add("parks", corner, id="new", tier="pocket")).loc["all", "covered"])
    690
    >>> int(city.undo().loc["all", "covered"])
    640
    """

    def __init__(self, area: StudyArea, walk: Walk) -> None:
        require(area)
        self.walk = walk
        self._states = [self._anew(area)]
        self._steps: list[Counter[str]] = []
        self._first = self._homes_now()

    @property
    def area(self) -> StudyArea:
        """The study area as it is now; `park_reach` of it gives the whole study."""
        return self._states[-1].area

    @property
    def figures(self) -> pd.DataFrame:
        """Coverage per tier of park: residents in three states, shares, and the street within the distance.

        Returns
        -------
        DataFrame indexed by tier
            The columns of `analysis.coverage` and `street_m` (metres of street within the distance of an entrance).
        """
        state, homes = self._states[-1], self._homes_now()
        rows = [
            coverage(homes["population"], homes[f"state_{tier}"]).assign(
                tier=tier, street_m=float(state.live[tier].street_m[0])
            )
            for tier in state.tiers
        ]
        return pd.concat(rows).set_index("tier")

    @property
    def homes(self) -> gpd.GeoDataFrame:
        """The homes as they are now: id, population, town, zone, and per tier `metres_<tier>` and `state_<tier>`."""
        return self._homes_now()

    def apply(self, *edits: Edit) -> pd.DataFrame:
        """Make edits; returns the new figures.

        Raises
        ------
        ParameterError, LayerSchemaError, NetworkError
            An edit cannot be made; nothing has changed then.
        """
        if not edits:
            raise ParameterError(Text("没有给出任何改动", "no edit given"))
        now = self._states[-1]
        after = now.area.with_edits(*edits)
        changed: Counter[str] = Counter()
        if {edit.kind for edit in edits} <= {"parks", "park_gates"}:
            state = self._followed(now, after, changed)
        else:
            state = self._anew(after)
        self._states.append(state)
        self._steps.append(changed)
        return self.figures

    def undo(self) -> pd.DataFrame:
        """Take the last `apply` back, to the last bit; returns the figures as they were.

        Raises
        ------
        ParameterError
            There is nothing to take back.
        """
        if not self._steps:
            raise ParameterError(Text("没有可以撤销的步骤", "there is no step to take back"))
        gone = self._states.pop()
        for tier, steps in self._steps.pop().items():
            for _ in range(steps):
                gone.live[tier].undo()
        return self.figures

    def changed_homes(self, tier: str = ALL) -> gpd.GeoDataFrame:
        """The homes whose state is another than before the first edit.

        Returns
        -------
        GeoDataFrame
            id, population, `state_before`, `state`, `metres_before`, `metres` (NaN where no park is reached).

        Raises
        ------
        ParameterError
            There is no such tier.
        """
        if tier not in (ALL, *TIERS):
            tiers = ", ".join((ALL, *TIERS))
            raise ParameterError(
                Text(f"没有 {tier} 这一公园层级；可选：{tiers}", f"no tier {tier}; there are: {tiers}")
            )
        now, first = (self._with_tier(homes, tier) for homes in (self._homes_now(), self._first))
        first = first.set_index("id").reindex(now["id"])
        table = now[["id", "population", "geometry"]].assign(
            state_before=first[f"state_{tier}"].to_numpy(),
            state=now[f"state_{tier}"],
            metres_before=first[f"metres_{tier}"].to_numpy(),
            metres=now[f"metres_{tier}"],
        )
        return table[table["state_before"] != table["state"]].reset_index(drop=True)

    def _with_tier(self, homes: gpd.GeoDataFrame, tier: str) -> gpd.GeoDataFrame:
        """The homes with what they reach of a tier that may have no park."""
        if f"state_{tier}" in homes:
            return homes
        nothing = pd.DataFrame({"metres": np.nan, "delay_s": np.nan}, index=homes.index)
        return homes.assign(
            **{f"metres_{tier}": np.nan, f"state_{tier}": state_of(nothing, homes["reason"], self.walk)}
        )

    def _homes_now(self) -> gpd.GeoDataFrame:
        state = self._states[-1]
        homes = state.homes.copy()
        for tier in state.tiers:
            live = state.live[tier]
            found = pd.DataFrame({"metres": live.home_m, "delay_s": live.home_delay_s}, index=homes.index)
            homes[f"metres_{tier}"] = found["metres"]
            homes[f"state_{tier}"] = state_of(found, homes["reason"], self.walk)
        return homes

    def _anew(self, area: StudyArea) -> _State:
        """All figures; the study area still keeps what its edits did not touch."""
        net = walk_network(area, self.walk)
        parks, placed = measured_parks(area), placed_homes(area, net, self.walk)
        homes = homes_of(area).assign(reason=placed.reason)
        access = entrances(area, net, parks, self.walk)
        state = _State(area, net, placed, homes, access, _tier_of(parks), tiers_of(parks), {}, {})
        for tier in state.tiers:
            self._begin(state, tier)
        return state

    def _begin(self, state: _State, tier: str) -> None:
        own = state.tier_of.index if tier == ALL else state.tier_of.index[state.tier_of == tier]
        rows = state.access.rows(own)
        state.live[tier] = network.Live(
            state.net, network.select(state.access.points, rows), state.placed, state.homes["population"],
            cutoffs_m=[self.walk.cutoff_m], tolerance_m=TOLERANCE_M,
        )  # fmt: skip
        park = state.access.table["park_id"].iloc[rows]
        state.numbers[tier] = {str(key): value for key, value in park.groupby(park.to_numpy()).indices.items()}

    def _followed(self, now: _State, area: StudyArea, changed: Counter[str]) -> _State:
        """Parks or gates came or went: the same network, and the same distances but for theirs."""
        parks = measured_parks(area)
        access = entrances(area, now.net, parks, self.walk)
        state = _State(
            area, now.net, now.placed, now.homes, access, _tier_of(parks), tiers_of(parks), dict(now.live),
            {tier: dict(numbers) for tier, numbers in now.numbers.items()},
        )  # fmt: skip
        was, new = _entered(now), _entered(state)
        for tier in state.tiers:
            if tier not in state.live:
                self._begin(state, tier)
        for park in sorted(set(was) - set(new)):
            for tier in _tiers_with(now, park):
                self._remove(state, tier, park, changed)
        for park in sorted(set(new)):
            if park in was and was[park] == new[park]:
                continue
            for tier in _tiers_with(now, park) if park in was else ():
                self._remove(state, tier, park, changed)
            rows = np.flatnonzero((access.table["park_id"] == park).to_numpy())
            for tier in _tiers_with(state, park):
                if park not in state.numbers[tier]:
                    state.numbers[tier][park] = state.live[tier].add(network.select(access.points, rows))
                    changed[tier] += 1
        return state

    @staticmethod
    def _remove(state: _State, tier: str, park: str, changed: Counter[str]) -> None:
        numbers = state.numbers[tier].pop(park, None)
        if numbers is not None and len(numbers):
            state.live[tier].remove(numbers)
            changed[tier] += 1


def _tier_of(parks: gpd.GeoDataFrame) -> pd.Series:
    tier: pd.Series = parks.set_index("id")["tier"]
    return tier


def _tiers_with(state: _State, park: str) -> list[str]:
    return [tier for tier in (ALL, state.tier_of.get(park)) if tier in state.live]


def _entered(state: _State) -> dict[str, tuple[object, ...]]:
    """What tells a park's entrances from others: its tier and the places of the entrances."""
    points, park = state.access.points, state.access.table["park_id"].to_numpy()
    found: dict[str, tuple[object, ...]] = {}
    for row in range(len(park)):
        place = (int(points.edge[row]), float(points.offset_m[row]), float(points.leg_m[row]))
        found[park[row]] = (*found.get(park[row], (state.tier_of.get(park[row]),)), place)
    return found
