"""Seconds on top of walking: waiting to cross a road, climbing stairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import WalkNetwork

STAIRS = ("steps",)


def with_delays(
    network: WalkNetwork,
    streets: gpd.GeoDataFrame,
    *,
    crossing_s: float = 0.0,
    crossing_classes: Sequence[str] = (),
    stairs_s_per_m: float = 0.0,
) -> WalkNetwork:
    """The network with the seconds that each of its edges costs on top of walking.

    Stairs cost by the metre. A road of `crossing_classes` costs `crossing_s` to cross: once for every such road that
    an edge crosses at ground level; half of it where a way ends on one that walkers use themselves, since to go on
    along the near side needs no crossing and along the far side needs one. Bridges and tunnels wait for nobody.

    Parameters
    ----------
    streets : GeoDataFrame
        What the network was built from: `class`, `walkable` and, where known, `structure`.
    crossing_s : float
        Mean wait at a crossing, seconds.
    crossing_classes : sequence of str
        Classes of road (OpenStreetMap's highway words) at which one waits.
    stairs_s_per_m : float
        Seconds on stairs beyond those of a level way as long.

    Returns
    -------
    WalkNetwork
        The same one with `delay_s`; geometry, lengths and ids are untouched.

    Raises
    ------
    ParameterError
        A delay is negative or not a number.

    Notes
    -----
    The search takes the shortest way in metres and adds up what waits on it; it does not walk a detour to save a wait.
    Each carriageway that is drawn as a line of its own is a crossing of its own.
    """
    if not (0 <= crossing_s < np.inf and 0 <= stairs_s_per_m < np.inf):
        raise ParameterError(
            Text(
                f"过街延误（{crossing_s} 秒）与楼梯延误（{stairs_s_per_m} 秒/米）应为不小于 0 的有限数",
                f"the delays ({crossing_s} s a crossing, {stairs_s_per_m} s a metre of stairs) must be numbers from "
                "zero up",
            )
        )
    road = streets["class"].to_numpy(dtype=object)
    built = streets["structure"] if "structure" in streets else pd.Series("ground", index=streets.index)
    overhead = built.isin(["elevated", "tunnel"]).to_numpy()
    waits = np.isin(road, list(crossing_classes)) & ~overhead
    delay = np.where(np.isin(road[network.street], STAIRS), stairs_s_per_m * network.length_m, 0.0)

    along = waits[network.street]
    node_waits = np.zeros(len(network.node_xy), dtype=bool)
    node_waits[network.edge_uv[along].ravel()] = True
    pays = ~along & ~overhead[network.street]
    delay[pays] += crossing_s / 2.0 * node_waits[network.edge_uv[pays]].sum(axis=1)

    barring = np.asarray(streets.geometry.array)[waits & ~streets["walkable"].to_numpy(dtype=bool)]
    if len(barring) and crossing_s > 0:
        rows = np.flatnonzero(pays)
        crossing = shapely.STRtree(barring).query(network.lines[rows], predicate="intersects")[0]
        delay[rows] += crossing_s * np.bincount(crossing, minlength=len(rows))
    return replace(network, delay_s=delay)
