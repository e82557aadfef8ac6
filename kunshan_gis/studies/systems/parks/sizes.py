"""Parks that are smaller or larger than their tier asks for, and those too small to serve anybody."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis.analysis import size_states
from kunshan_gis.studies.systems.parks.held import Parks

COLUMNS = ["id", "name", "name_en", "tier", "size_state", "park_m2", "park_limit_m2", "park_times"]


def sizes_of(parks: Parks) -> pd.Series:
    """Of every park `below`, `fits` or `above` what its tier asks for; None where nothing is asked."""
    limits = parks.asks.limits
    least, most = ({tier: limit[end] for tier, limit in limits.items()} for end in (0, 1))
    area = pd.Series(parks.area_m2, index=parks.table.index)
    return size_states(area, parks.tier.map(least).astype(float), parks.tier.map(most).astype(float))


def size_table(parks: Parks, sizes: pd.Series) -> pd.DataFrame:
    """Parks of the study area that do not fit their tier, by tier, the farthest off first.

    `serves_nobody` are parks smaller than any that serves: they count towards the number of parks alone.
    """
    state = sizes.where(parks.serving, "serves_nobody")
    wrong = np.flatnonzero(state.isin(("below", "above", "serves_nobody")).to_numpy() & parks.counted)
    limit = [_limit(parks, int(row), str(state.iloc[row])) for row in wrong]
    named = list(parks.named(wrong))
    table = pd.DataFrame({
        "id": [one[0] for one in named], "name": [one[1] for one in named], "name_en": [one[2] for one in named],
        "tier": parks.tier.to_numpy()[wrong], "size_state": state.to_numpy()[wrong],
        "park_m2": parks.area_m2[wrong], "park_limit_m2": limit,
    })  # fmt: skip
    table["park_times"] = table["park_m2"] / table["park_limit_m2"]
    order = {group: place for place, group in enumerate(parks.groups)}
    off = np.abs(np.log(table["park_times"].clip(lower=1e-9).to_numpy(dtype=float)))
    table = table.assign(order_=table["tier"].map(order), off_=-off)
    return table.sort_values(["order_", "size_state", "off_", "id"], ignore_index=True)[COLUMNS]


def with_sizes(parks: Parks, sizes: pd.Series) -> gpd.GeoDataFrame:
    """The parks for a map, with tier, size and whether they serve anybody."""
    state = sizes.where(parks.serving, "serves_nobody")
    return parks.table.assign(tier=parks.tier, size_state=state, inside=parks.counted)


def _limit(parks: Parks, row: int, state: str) -> float:
    """The size that is missed."""
    if state == "serves_nobody":
        return min(band.from_m2 for band in parks.asks.bands)
    limits = parks.asks.limits[parks.tier.iloc[row]]
    return limits.at_most_m2 if state == "above" else limits.at_least_m2
