"""Parks that lie over each other, and residents by the tiers that serve them: ground and people counted once."""

from __future__ import annotations

import math
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis import SLIVER_M2, combinations
from kunshan_gis.studies.systems.parks.held import Parks

NESTED_SHARE = 0.95
"""A park with this share of its ground in another lies inside it: outlines of one place are drawn apart by metres."""
SHARED = ["id", "name", "name_en", "tier", "park_other", "park_other_en", "park_other_tier", "park_shared_m2",
          "park_shared_share", "park_lies"]  # fmt: skip


class Shared(NamedTuple):
    """Pairs of parks over each other as a table, and the ground they share for a map."""

    table: pd.DataFrame
    ground: gpd.GeoDataFrame

    def ids(self, lies: str) -> list[tuple[tuple[str, str], shapely.Geometry]]:
        """Ids and ground of the pairs that lie so."""
        some = self.ground[self.ground["park_lies"] == lies]
        return list(zip(zip(some["id"], some["other"], strict=True), some.geometry, strict=True))


def shared_ground(parks: Parks) -> Shared:
    """Every pair of parks with more than a sliver in common: the smaller, the larger, and what they share."""
    shapes = np.asarray(parks.table.geometry.array)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    size, ids = shapely.area(shapes), parks.table["id"].astype(str).to_numpy()
    smaller = (size[one] < size[other]) | ((size[one] == size[other]) & (ids[one] > ids[other]))
    one, other = one[smaller], other[smaller]
    met = shapely.buffer(shapely.intersection(shapes[one], shapes[other]), 0.0)  # areas alone
    shared = shapely.area(met)
    order = np.lexsort((ids[other], ids[one], -shared))
    order = order[shared[order] > SLIVER_M2]
    one, other, met, shared = one[order], other[order], met[order], shared[order]
    named, larger, tier = list(parks.named(one)), list(parks.named(other)), parks.tier.to_numpy()
    share = shared / size[one] if len(one) else shared
    table = pd.DataFrame({
        "id": [row[0] for row in named], "name": [row[1] for row in named], "name_en": [row[2] for row in named],
        "tier": tier[one], "park_other": [row[1] for row in larger], "park_other_en": [row[2] for row in larger],
        "park_other_tier": tier[other], "park_shared_m2": shared, "park_shared_share": share,
        "park_lies": np.where(share >= NESTED_SHARE, "inside", "over"),
    }, columns=SHARED)  # fmt: skip
    ground = gpd.GeoDataFrame(table.assign(other=[row[0] for row in larger]), geometry=met, crs=parks.table.crs)
    return Shared(table, ground)


def combined(parks: Parks) -> pd.DataFrame:
    """Residents by the combination of tiers that serve them on foot; without tiers, homes or streets no rows."""
    columns = ["combination", "park_tiers_count", "population", "park_people_share"]
    if not parks.tiers or not parks.setting.peopled:
        return pd.DataFrame(columns=columns)
    served = [group for group in parks.groups if group != "all" and parks.rows(group).any()]
    covered = pd.DataFrame({group: parks.walked_to(parks.parts(group)) for group in served})
    people = pd.Series(parks.people)
    found = combinations(covered, people, pd.Series(parks.placed)).reset_index()
    whole = int(people.sum())
    share = found["population"] / whole if whole else math.nan
    return found.rename(columns={"kinds": "park_tiers_count"}).assign(park_people_share=share)[columns]
