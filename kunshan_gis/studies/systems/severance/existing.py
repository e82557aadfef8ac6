"""The crossings there are: how many of which kind, how far apart, and the longest stretch without one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from kunshan_gis import network
from kunshan_gis.analysis import longest_gap
from kunshan_gis.studies.systems.severance.divide import GROUND, UNKNOWN, Expressway, Lines
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED


class Spacing(NamedTuple):
    """How far apart the crossings of a line are.

    Attributes
    ----------
    mean_m : metres of line to a crossing; NaN where there is none
    longest_m : the longest stretch without one; NaN where no stretch bars walkers
    longest : that stretch, None where there is none
    """

    mean_m: float
    longest_m: float
    longest: shapely.Geometry | None


NO_SPACING = Spacing(np.nan, np.nan, None)
"""Nothing bars walkers, or it cannot be measured."""


def passages_of(setting: Setting, expressways: Iterable[Expressway]) -> gpd.GeoDataFrame:
    """Places where walkers get across a stretch that bars them or may: `kind` (the expressway's id), `passage`."""
    net = setting.measuring.net(AS_MEASURED)
    lines = {
        one.id: gpd.GeoDataFrame(
            {"structure": [GROUND] * len(one.ground) + [UNKNOWN] * len(one.unknown)}, geometry=one.barring, crs=net.crs
        )
        for one in expressways
    }
    return network.passages(net, network.structure_of(setting.area.table("streets"))[net.street], lines)


def spacing_of(setting: Setting, lines: Lines) -> Spacing:
    """The spacing of the crossings of some lines.

    Two carriageways count each for itself: a crossing of both is one on each.
    """
    if not len(lines):
        return NO_SPACING
    found = network.crossed_at(setting.measuring.net(AS_MEASURED), lines)
    length = shapely.length(lines)
    gaps = pd.DataFrame(
        [
            longest_gap(
                found["along_m"].to_numpy()[(found["line"] == row).to_numpy()],
                length[row], closed=bool(shapely.is_closed(lines[row])),
            )
            for row in range(len(lines))
        ],
        columns=["start", "end"],
    )  # fmt: skip
    widest = int((gaps["end"] - gaps["start"]).to_numpy().argmax())
    start, end = gaps.iloc[widest]
    mean = float(length.sum() / len(found)) if len(found) else np.nan
    return Spacing(mean, float(end - start), _stretch(lines[widest], start, end))


def _stretch(line: shapely.LineString, start: float, end: float) -> shapely.Geometry:
    """The part of a line between two places; on a ring it may pass the beginning."""
    length = line.length
    if end <= length:
        return substring(line, start, end)
    parts = [substring(line, start, length), substring(line, 0.0, end - length)]
    return shapely.union_all(parts)
