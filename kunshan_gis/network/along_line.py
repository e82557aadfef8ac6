"""Where the network gets across a line, and how far along it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.model import WalkNetwork
from kunshan_gis.network.across import across, meetings
from kunshan_gis.network.passages import ONE_PLACE_M


def crossed_at(network: WalkNetwork, lines: NDArray[np.object_]) -> pd.DataFrame:
    """Places where edges lead from one side of a line to the other: `line`, `along_m` and `edge`, one row each.

    Both pavements of a bridge and all its edges are one place: crossings of a line no more than 30 m after the one
    before them. In order of line and of metres along it.
    """
    met = meetings(network.lines, lines)
    found = pd.DataFrame({"line": met.line, "edge": met.way})
    found["along_m"] = shapely.line_locate_point(lines[met.line], shapely.points(met.xy))
    found = found[across(met, network.lines, lines)].sort_values(["line", "along_m", "edge"], kind="stable")
    before = found.groupby("line")["along_m"].diff()
    return found[~(before <= ONE_PLACE_M)][["line", "along_m", "edge"]].reset_index(drop=True)


def crossing_edges(network: WalkNetwork, lines: NDArray[np.object_]) -> NDArray[np.int64]:
    """Every edge that leads across one of the lines, in order."""
    met = meetings(network.lines, lines)
    edges: NDArray[np.int64] = np.unique(met.way[across(met, network.lines, lines)])
    return edges
