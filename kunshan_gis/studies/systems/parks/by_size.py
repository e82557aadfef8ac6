"""Parks without a tier given that of their size: for layers that know outlines and no plan."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from kunshan_gis import network
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.systems.parks.asks import Asks
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.units import units_of


def by_size(setting: Setting, asks: Asks) -> Setting:
    """The setting with a tier for every park; what is derived from its layers is worked out anew."""
    layer = setting.area.layer("parks")
    layers = {**setting.area.layers, layer.info.name: replace(layer, table=with_tiers(layer.table, asks))}
    area = replace(setting.area, layers=layers, _memory={})
    return replace(setting, area=area, measuring=Measuring(area, setting.walk), units=units_of(area, setting.units.key))


def with_tiers(parks: gpd.GeoDataFrame, asks: Asks) -> gpd.GeoDataFrame:
    """Parks with the tier they have, else the highest whose smallest size they have, else the lowest tier.

    The pieces of one park are as large as the whole of it.
    """
    area_m2 = pd.Series(parks.geometry.area, index=parks.index)
    if "area_m2" in parks:
        area_m2 = parks["area_m2"].astype(float).fillna(area_m2)
    whole = area_m2.groupby(network.touching(parks, ["name", "tier"])).transform("sum")
    own = pd.Series(TIERS[-1], index=parks.index, dtype=object)
    for tier in reversed(TIERS):
        least = asks.limits[tier].at_least_m2
        own[whole >= least] = tier  # nothing asked is NaN, which no park reaches
    return parks.assign(tier=own if "tier" not in parks else parks["tier"].where(parks["tier"].notna(), own))


def without_tier(parks: gpd.GeoDataFrame) -> int:
    """How many rows say no tier."""
    return int(parks["tier"].isna().sum()) if "tier" in parks else len(parks)
