"""The parks a study measures: which count, which serve, whose ground is whose, and where they are entered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M, ground_once
from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.messages import Text
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.on_foot import entrances
from kunshan_gis.studies.rule_figures import parks_inside
from kunshan_gis.studies.supply import PARKS, Group, Supply, coarse, groups
from kunshan_gis.studies.systems.parks.asks import Asks
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED, Terms

Rows = NDArray[np.bool_]
OTHER = "other"
"""Parks without a tier."""
PEOPLE = "people"


@dataclass(frozen=True, eq=False)
class Parks:
    """The parks of a setting, and what is asked of them.

    Attributes
    ----------
    setting : whose parks: those of its scenario, and beyond the border where that counts
    asks : what plan and standards ask
    """

    setting: Setting
    asks: Asks

    @cached_property
    def supply(self) -> Supply:
        """One row a park, touching pieces of one as one.

        Raises
        ------
        LayerNotFoundError
            None of the layer's parks stands, or none lies within the border and nothing beyond it counts.
        """
        try:
            return self.setting.measuring.supply(PARKS)
        except NotThereError as error:
            raise LayerNotFoundError(_none_stands(self.setting)) from error

    @property
    def table(self) -> gpd.GeoDataFrame:
        """The parks with `tier`, `area_m2`, `pieces`, `accuracy_m`."""
        return self.supply.table

    @cached_property
    def tier(self) -> pd.Series:
        """Of every park its tier; `other` where it has none."""
        found: pd.Series = self.table["tier"].fillna(OTHER)
        return found

    @cached_property
    def tiers(self) -> tuple[str, ...]:
        """All tiers, those without a park too; none where no park says its tier."""
        return () if set(self.tier) <= {OTHER} else TIERS

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The tiers, parks without one where there are any beside, and all parks."""
        other = (OTHER,) if self.tiers and (self.tier == OTHER).any() else ()
        return (*self.tiers, *other, ALL)

    @cached_property
    def inside(self) -> NDArray[np.float64]:
        """Which share of every park lies in the study area."""
        return parks_inside(self.setting.measuring)

    @cached_property
    def counted(self) -> Rows:
        """Parks most of whose ground lies in the study area."""
        return self.inside > 0.5

    def rows(self, group: str) -> Rows:
        """The parks of a tier, or all."""
        everything: Rows = np.ones(len(self.table), dtype=bool)
        return everything if group == ALL else (self.tier == group).to_numpy()

    @cached_property
    def serving(self) -> Rows:
        """Parks large enough to serve anybody."""
        served: Rows = np.zeros(len(self.table), dtype=bool)
        for part in self.parts(ALL):
            served |= part.rows
        return served

    @cached_property
    def own_m2(self) -> NDArray[np.float64]:
        """Of every park the ground in the study area that no larger tier, and no larger park of its own, holds already.

        As stated where an area is stated, in proportion to the outline.
        """
        shapes = np.asarray(self.table.geometry.array)
        rank = {tier: place for place, tier in enumerate((*TIERS, OTHER))}
        order = np.lexsort((self.table["id"].astype(str), -shapely.area(shapes), self.tier.map(rank)))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        size = shapely.area(shapes)
        share = np.divide(ground_once(shapes, place), size, out=np.zeros(len(size)), where=size > 0)
        own: NDArray[np.float64] = self.area_m2 * self.inside * share
        return own

    @cached_property
    def area_m2(self) -> NDArray[np.float64]:
        """Square metres of every park, as stated, else of its outline."""
        found: NDArray[np.float64] = self.table["area_m2"].to_numpy(dtype=float)
        return found

    @cached_property
    def access(self) -> network.ParkAccess | None:
        """Where they are entered; None without streets."""
        if not self.setting.walkable:
            return None
        net = self.setting.measuring.net(AS_MEASURED)
        return entrances(self.setting.area, net, self.table, self.setting.walk)

    def parts(self, group: str, terms: Terms = AS_MEASURED, *, metres: float | None = None) -> list[Group]:
        """The parks of a tier by how far they serve, or all with one distance.

        Parameters
        ----------
        terms : what becomes of parks that are known less well than a third of their distance
        """
        rows = self.rows(group)
        found = groups(self.asks.serving, self.supply, metres, terms)
        parts = [Group(part.rows & rows, part.metres) for part in found]
        return [part for part in parts if part.rows.any()]

    def coarse(self, group: str, *, metres: float | None = None) -> bool:
        """True where some of a tier's parks are known less well than a third of their distance."""
        return any(coarse(self.supply, part).any() for part in self.parts(group, metres=metres))

    def walked_to(self, parts: list[Group], *, timed: bool = False) -> Rows:
        """Homes that walk no farther to a park than it serves.

        Parameters
        ----------
        timed : the distance stands for minutes, which waiting takes off it
        """
        measuring, speed = self.setting.measuring, self.setting.walk.speed_mps
        reached: Rows = np.zeros(len(measuring.demand(PEOPLE).amount), dtype=bool)
        for part in parts:
            way = measuring.walked(PEOPLE, PARKS, part.rows, AS_MEASURED)
            lost = way.delay_s * speed if timed else 0.0
            reached |= way.metres + lost <= part.metres + TOLERANCE_M
        return reached

    def between(self, group: str, *, metres: float | None = None) -> tuple[Rows, Rows] | None:
        """Homes that walk to a tier where parks known too badly are left out, and where they are as near as can be.

        None where all are known well enough: there is nothing between.
        """
        if not self.coarse(group, metres=metres):
            return None
        ends = [self.parts(group, Terms(coarse=how), metres=metres) for how in ("out", "near")]
        low, high = (self.walked_to(parts, timed=metres is not None) for parts in ends)
        return low, high

    def circled(self, parts: list[Group]) -> Rows:
        """Homes no farther in a straight line from a park's outline than it serves."""
        measuring = self.setting.measuring
        inside: Rows = np.zeros(len(measuring.demand(PEOPLE).amount), dtype=bool)
        for part in parts:
            inside |= measuring.straight(PEOPLE, PARKS, part.rows) <= part.metres + TOLERANCE_M
        return inside

    @cached_property
    def placed(self) -> Rows:
        """Homes that are on the network."""
        found: Rows = self.setting.measuring.placed(PEOPLE, AS_MEASURED).placed
        return found

    @cached_property
    def people(self) -> NDArray[np.int64]:
        """Residents of every home."""
        return self.setting.measuring.demand(PEOPLE).amount.astype(np.int64)

    def share(self, homes: Rows) -> float:
        """The share of all residents who live in some homes; NaN where nobody lives."""
        whole = int(self.people.sum())
        return float(self.people[homes].sum() / whole) if whole else math.nan

    def named(self, rows: NDArray[np.int64]) -> Iterator[tuple[str, str, str]]:
        """Id, Chinese and English name of some parks; the id where there is no name."""
        for row in rows:
            park = self.table.iloc[row]
            name = park.get("name")
            said = name if isinstance(name, str) and name else str(park["id"])
            english = park.get("name_en")
            yield str(park["id"]), said, english if isinstance(english, str) and english else said


def _none_stands(setting: Setting) -> Text:
    info = setting.area.info
    border = Text("", "") if info.beyond else Text("，或均在界外", ", or lie beyond the border")
    return Text(
        f"{info.name}：公园图层中没有可测算的公园（status 均为规划或在建{border.zh}）；"
        "如要按规划测算，用 --scenario planned",
        f"{info.name_en}: there is no park to measure (all are planned or under construction{border.en}); to measure "
        "them as planned use --scenario planned",
    )
