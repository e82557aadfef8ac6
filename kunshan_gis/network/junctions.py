"""Points put on the nearest junction instead of along the street: the customary shortcut, to show what it costs.

No figure of the toolkit rests on it but the other end of a sensitivity interval.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from kunshan_gis.crs import require_metric
from kunshan_gis.model import Points, WalkNetwork


def at_junctions(points: gpd.GeoSeries, network: WalkNetwork, *, max_leg_m: float, min_component_m: float) -> Points:
    """Each point on its nearest junction or street end, in a straight line whatever stands in between.

    Parameters
    ----------
    points : GeoSeries of Point, metres in the network's CRS
    max_leg_m : float
        Farther points are not placed (reason `too_far`); the leg counts as walking.
    min_component_m : float
        Junctions of pieces with less street than this are passed over.

    Raises
    ------
    CRSError
        The points are not in the network's CRS.
    """
    require_metric(points.to_frame("geometry"), "points", analysis_crs=network.crs)
    n, nodes = len(points), len(network.node_xy)
    edge_of, offset_of = np.full(nodes, -1, dtype=np.int64), np.zeros(nodes)
    edges = np.flatnonzero(network.component_m >= min_component_m)
    for end, along in ((1, network.length_m), (0, np.zeros_like(network.length_m))):
        at = network.edge_uv[edges, end]
        edge_of[at], offset_of[at] = edges, along[edges]
    junctions = np.flatnonzero(edge_of >= 0)
    shapes = np.array(points.array, dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    xy = np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])
    somewhere = np.isfinite(xy).all(axis=1)
    leg, nearest = np.full(n, np.inf), np.zeros(n, dtype=np.int64)
    if len(junctions):
        leg[somewhere], nearest[somewhere] = cKDTree(network.node_xy[junctions]).query(xy[somewhere])
    placed = leg <= max_leg_m
    node = junctions[nearest[placed]] if len(junctions) else np.empty(0, dtype=np.int64)
    found = Points(
        np.full(n, -1, dtype=np.int64), np.full(n, np.nan), np.full(n, np.nan),
        np.where(somewhere, "too_far", "no_place").astype(object),
    )  # fmt: skip
    found.edge[placed], found.offset_m[placed], found.leg_m[placed] = edge_of[node], offset_of[node], leg[placed]
    found.reason[placed] = ""
    return found
