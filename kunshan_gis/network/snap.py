"""Points to places on the network: which edge, how far along it, and the straight leg to get there."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, WalkNetwork


def snap(
    points: gpd.GeoSeries,
    network: WalkNetwork,
    *,
    max_leg_m: float,
    min_component_m: float,
    barred: NDArray[np.bool_] | None = None,
    name: str = "points",
) -> Points:
    """Each point on its nearest edge, exact along the edge; the straight leg counts as walking.

    Parameters
    ----------
    points : GeoSeries of Point, metric CRS
    max_leg_m : float
        Farther points are not placed (reason `too_far`).
    min_component_m : float
        Pieces of the network with less street than this are not snapped to; a point near nothing
        else is not placed (reason `isolated`).
    barred : (edges,) bool, optional
        Edges that cannot be stepped onto from beside them (a bridge overhead).

    Raises
    ------
    CRSError
        The points are not in the network's CRS.
    """
    require_metric(points.to_frame("geometry"), name, analysis_crs=network.crs)
    if not max_leg_m > 0 or not min_component_m >= 0:
        raise ParameterError(
            Text(
                f"接入路网的最大直线距离（{max_leg_m} 米）应大于 0，连通路段的最小长度应不小于 0 米",
                f"longest leg ({max_leg_m} m) must be above 0 and shortest component at least 0 m",
            )
        )
    shapes = np.asarray(points.array)
    open_edges = np.ones(len(network.lines), dtype=bool) if barred is None else ~barred
    eligible = np.flatnonzero(open_edges & (network.component_m >= min_component_m))
    edge = _nearest(shapes, network, eligible, max_leg_m)
    offset, leg = np.full((2, len(shapes)), np.nan)
    placed = edge >= 0
    lines = network.lines[edge[placed]]
    offset[placed] = shapely.line_locate_point(lines, shapes[placed])
    leg[placed] = shapely.distance(lines, shapes[placed])
    reason = np.where(placed, "", "too_far").astype(object)
    lost = np.flatnonzero(~placed)
    near_any = _nearest(shapes[lost], network, np.flatnonzero(open_edges), max_leg_m) >= 0
    reason[lost[near_any]] = "isolated"
    return Points(edge=edge, offset_m=offset, leg_m=leg, reason=reason)


def _nearest(
    shapes: NDArray[np.object_], network: WalkNetwork, edges: NDArray[np.int64], max_leg_m: float
) -> NDArray[np.int64]:
    """Row of the nearest edge, -1 beyond the cap; among equals the smallest edge id, whatever the row order."""
    nearest = np.full(len(shapes), -1, dtype=np.int64)
    if len(shapes) == 0 or len(edges) == 0:
        return nearest
    tree = shapely.STRtree(network.lines[edges])
    point, hit = tree.query_nearest(shapes, max_distance=max_leg_m, all_matches=True)
    edge = edges[hit]
    order = np.lexsort((network.edge_id[edge], point))
    point, edge = point[order], edge[order]
    first = np.r_[True, point[1:] != point[:-1]][: len(point)]
    nearest[point[first]] = edge[first]
    return nearest
