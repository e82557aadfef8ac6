"""Points must lie on the network they are used with: a kernel looks nothing up twice, and does not see a wrong row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Points
from kunshan_gis.network.compiled import kernel

SLACK_M = 0.001
"""So far past the end of its edge a point may lie: lengths and places are not always rounded alike."""


@kernel
def _first_misplaced(
    edge: NDArray[np.int64], offset_m: NDArray[np.float64], leg_m: NDArray[np.float64], edge_m: NDArray[np.float64]
) -> int:
    """The first point that is not where it says, -1 where there is none."""
    for i in range(len(edge)):
        if edge[i] < 0:
            continue
        if edge[i] >= len(edge_m) or not (0.0 <= leg_m[i] < np.inf):
            return i
        if not (0.0 <= offset_m[i] <= edge_m[edge[i]] + SLACK_M):
            return i
    return -1


def require_on(points: Points, edge_m: NDArray[np.float64]) -> None:
    """Points that are placed lie on an edge there is, and their legs are distances.

    Raises
    ------
    ParameterError
        One does not; often it was placed on another network, or on this one before an edit.
    """
    sizes = {len(points.edge), len(points.offset_m), len(points.leg_m)}
    if len(sizes) > 1:
        raise ParameterError(
            Text(
                f"点的 edge、offset_m、leg_m 长度不一致：{sorted(sizes)}",
                f"edge, offset_m and leg_m of the points differ in length: {sorted(sizes)}",
            )
        )
    row = _first_misplaced(points.edge, points.offset_m, points.leg_m, edge_m)
    if row >= 0:
        e, offset, leg = int(points.edge[row]), float(points.offset_m[row]), float(points.leg_m[row])
        zh = f"共 {len(edge_m)} 条路段" if e >= len(edge_m) else f"路段长 {edge_m[e]:g} 米"
        en = f"there are {len(edge_m)} edges" if e >= len(edge_m) else f"the edge is {edge_m[e]:g} m long"
        raise ParameterError(
            Text(
                f"第 {row} 个点不在此路网上：路段 {e}、沿路 {offset:g} 米、直线段 {leg:g} 米（{zh}）；"
                "请用 network.snap 在同一路网上重新放置，路网编辑之后用 network.carried",
                f"point {row} is not on this network: edge {e}, {offset:g} m along it, leg {leg:g} m ({en}). "
                "Place it anew on this very network (network.snap), or after an edit with network.carried",
            )
        )
