"""What is lost when the bridges and underpasses across an expressway are taken away: home by home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis import network
from kunshan_gis.analysis import states
from kunshan_gis.errors import ParameterError, listed
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Edit
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.rule_figures import unit_share
from kunshan_gis.studies.supply import PARKS
from kunshan_gis.studies.systems.severance.divide import Expressway, expressways_of
from kunshan_gis.studies.systems.severance.options import SeveranceOptions
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.walk import OVERHEAD


@dataclass(frozen=True, eq=False)
class Closed:
    """Expressways without their bridges and underpasses for walkers.

    Attributes
    ----------
    streets : the rows of the streets that were taken away
    stay : streets on which walkers still cross at its level
    homes : one row a home: id, population, geometry, `home_unit`, `home_unit_en`, `access_before`, `access_after`,
        `metres_before`, `metres_after`
    """

    expressways: tuple[Expressway, ...]
    streets: gpd.GeoDataFrame
    stay: int
    homes: gpd.GeoDataFrame


def closed(setting: Setting, asked: Sequence[str], options: SeveranceOptions) -> Closed:
    """Every home's way to the nearest park without the bridges and underpasses across some expressways.

    The streets with structure elevated or tunnel that lead across stretches at ground level, or of unknown structure,
    are removed from the streets layer; homes and park entrances that stood on them are placed anew.

    Parameters
    ----------
    asked : names, English names, or ids of any of their pieces

    Raises
    ------
    ParameterError
        There is no such expressway, its place proves nothing about these streets, or no park stands.
    LayerNotFoundError
        Streets, homes or parks are missing.
    """
    setting.area.require("streets", "homes", "parks")
    there = expressways_of(setting, options)
    roads = tuple(dict.fromkeys(_found(there, one) for one in asked))
    lines = np.concatenate([one.barring for one in roads])
    streets, net = setting.area.table("streets"), setting.measuring.net(AS_MEASURED)
    over = np.unique(net.street[network.crossing_edges(net, lines)])
    high = np.isin(network.structure_of(streets), OVERHEAD)[over]
    gone = streets.iloc[over[high]]
    before = _walked(setting, setting.measuring)
    after = before
    if len(gone):
        area = setting.area.with_edits(Edit.remove("streets", *gone["id"]))
        after = _walked(setting, Measuring(area, setting.walk))
    homes = _homes(setting).assign(
        access_before=before["state"], access_after=after["state"],
        metres_before=before["metres"], metres_after=after["metres"],
    )  # fmt: skip
    return Closed(roads, gone, int((~high).sum()), homes)


def _found(expressways: tuple[Expressway, ...], asked: str) -> Expressway:
    wanted = asked.strip().casefold()
    for one in expressways:
        if wanted in {name.casefold() for name in (one.name, one.name_en, *one.ids)}:
            if one.measured:
                return one
            reason = text(f"severance_state_{one.state}")
            raise ParameterError(
                Text(
                    f"无法判断哪些通道跨越「{one.name}」：{reason.zh}；请用实测线位替换快速路图层",
                    f"which crossings lead across {one.name_en} cannot be told: {reason.en}; put its surveyed course "
                    "into the expressways layer",
                )
            )
    there = Text(*(listed([getattr(one, name) for one in expressways], 8) for name in ("name", "name_en")))
    raise ParameterError(
        Text(
            f"没有名称或编号为 {asked} 的快速路；现有：{there.zh}",
            f"no expressway has the name or id {asked}; there are: {there.en}",
        )
    )


def _walked(setting: Setting, measuring: Measuring) -> pd.DataFrame:
    """Metres of every home to the nearest park, and its state."""
    try:
        places = measuring.supply(PARKS)
    except NotThereError as error:
        raise ParameterError(error.reason) from error
    metres = measuring.walked("people", PARKS, np.ones(len(places.table), dtype=bool), AS_MEASURED).metres
    placed = pd.Series(measuring.placed("people", AS_MEASURED).placed)
    found = pd.DataFrame({"metres": np.where(np.isfinite(metres), metres, np.nan)})
    return found.assign(state=states(found["metres"], placed, cutoff_m=setting.walk.cutoff_m))


def _homes(setting: Setting) -> gpd.GeoDataFrame:
    """The homes and the unit each lies in."""
    homes = setting.area.table("homes")[["id", "population", "geometry"]].reset_index(drop=True)
    unit = np.asarray(unit_share(setting.measuring, setting.units, "people").argmax(axis=1)).ravel()
    names = setting.units.names.iloc[unit].reset_index(drop=True)
    return homes.assign(home_unit=names["name"], home_unit_en=names["name_en"])
