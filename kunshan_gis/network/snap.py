"""Points to places on the network: which edge, how far along it, and the straight leg to get there."""

from __future__ import annotations

from typing import TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import LayerSchemaError, ParameterError, Problem, at_rows
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.crossing import barrier_cells
from kunshan_gis.network.foot import CLOSED, ELIGIBLE, ISLAND, Feet, Places, Streets, nearest_feet
from kunshan_gis.network.segments import Cells, in_order, segments_of

Barriers: TypeAlias = NDArray[np.object_] | gpd.GeoSeries | None

_REASONS = ("", "too_far", "isolated", "barred")  # by 1 + the best that is within reach
_NO_BARRIERS = barrier_cells(np.empty(0, dtype=object))


def snap(
    points: gpd.GeoSeries,
    network: WalkNetwork,
    *,
    max_leg_m: float,
    min_component_m: float,
    barred: NDArray[np.bool_] | None = None,
    barriers: Barriers = None,
    name: str = "points",
) -> Points:
    """Each point on its nearest edge, exact along the edge; the straight leg counts as walking.

    A leg leads to the nearest place of a straight piece of an edge. Distances that differ by less than
    a thousandth of a millimetre are equal, to the longest leg as well; of places equally near the one
    farther west is taken, then farther south, and at one place the edge with the smaller id.

    Parameters
    ----------
    points : GeoSeries of Point, metric CRS
        Empty ones and those without finite coordinates are not placed (reason `no_place`).
    max_leg_m : float
        Farther points are not placed (reason `too_far`); infinite: there is no limit.
    min_component_m : float
        Pieces of the network with less street than this are not snapped to; a point near nothing
        else is not placed (reason `isolated`).
    barred : (edges,) bool, optional
        Edges that cannot be stepped onto from beside them (a bridge overhead).
    barriers : lines or polygons (their outlines), metres in the network's CRS, optional
        What a leg may not cross: water, walls, railways and expressways at ground level. A point that
        reaches edges only across them is not placed (reason `barred`). To touch a barrier is not to
        cross it, be it with an end of the leg (a home or a street on the bank) or in passing a corner.

    Raises
    ------
    CRSError
        The points or the barriers are not in the network's CRS.
    LayerSchemaError
        A geometry is no point.
    ParameterError
        The longest leg or the shortest component means nothing, or `barred` does not fit the edges.
    """
    _require_caps(max_leg_m, min_component_m)
    x, y = _coordinates(points, network, name)
    walls = _cells(barriers, network)
    use = np.where(network.component_m >= min_component_m, ELIGIBLE, ISLAND).astype(np.int8)
    if barred is not None:
        use[_of_edges(barred, network)] = CLOSED
    edge, offset, leg = _nearest(x, y, network, use, max_leg_m=max_leg_m, barriers=walls)
    reason = np.array(_REASONS, dtype=object)[-np.minimum(edge, 0)]
    reason[np.isnan(x)] = "no_place"
    return Points(edge=np.maximum(edge, -1), offset_m=offset, leg_m=leg, reason=reason)


def not_placed(table: pd.DataFrame, points: Points, *, network: WalkNetwork | None = None) -> pd.DataFrame:
    """Who is left out and why: one row for each row of the table that could not be snapped.

    Parameters
    ----------
    table : GeoDataFrame
        What was snapped, in the same order, with `id` and, where it is known, `population`.
    network : WalkNetwork, optional
        Where given, the distance to its nearest edge is measured, whatever stands in between.

    Returns
    -------
    DataFrame
        `id`, `reason`, `population` if the table has it, and `street_m` (metres; NaN where there is no
        place to measure from) if the network was given; in the table's order.
    """
    lost = np.flatnonzero(~points.placed)
    columns = ["id", "population"] if "population" in table else ["id"]
    found = pd.DataFrame(table[columns]).iloc[lost].reset_index(drop=True)
    found.insert(1, "reason", points.reason[lost])
    if network is not None:
        x, y = _coordinates(table.geometry.iloc[lost], network, "points")
        anywhere = np.full(len(network.lines), ELIGIBLE, dtype=np.int8)
        found["street_m"] = _nearest(x, y, network, anywhere, max_leg_m=np.inf).leg_m
    return found


def _require_caps(max_leg_m: float, min_component_m: float) -> None:
    if not max_leg_m > 0 or not min_component_m >= 0:
        raise ParameterError(
            Text(
                f"接入路网的最大直线距离（{max_leg_m} 米）应大于 0，连通路段的最小长度应不小于 0 米",
                f"longest leg ({max_leg_m} m) must be above 0 and shortest component at least 0 m",
            )
        )


def _of_edges(barred: NDArray[np.bool_], network: WalkNetwork) -> NDArray[np.bool_]:
    answers = np.asarray(barred)
    if answers.dtype != np.bool_ or answers.shape != network.length_m.shape:
        raise ParameterError(
            Text(
                f"barred 须为 {len(network.length_m)} 条路段逐条给出是否不可接入（布尔值），给出的是 {answers.size} 个",
                f"barred says of each of the {len(network.length_m)} edges whether it is closed (bool); "
                f"given {answers.size}",
            )
        )
    return answers


def _coordinates(
    points: gpd.GeoSeries, network: WalkNetwork, name: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """East and north of every point, both NaN where it has no place."""
    require_metric(points.iloc[:0].to_frame("geometry"), name, analysis_crs=network.crs)
    shapes = np.asarray(points.array)
    if (empty := shapely.is_empty(shapes)).any():
        shapes = shapes.copy()
        shapes[empty] = None
    wrong = np.flatnonzero(shapely.get_type_id(shapes) > 0)
    if len(wrong):
        raise LayerSchemaError(
            Text(f"`{name}` 无法接入路网", f"`{name}` cannot be put on the network"),
            [
                Problem(
                    at_rows(name, wrong.tolist()),
                    Text("几何不是单点", "the geometry is no single point"),
                    Text("面可先取代表点（representative_point），多点可先拆开（explode）",
                         "take the representative_point of areas, explode multipoints"),
                )
            ],
        )  # fmt: skip
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    nowhere = ~(np.isfinite(x) & np.isfinite(y))
    x[nowhere] = y[nowhere] = np.nan
    return x, y


def _cells(barriers: Barriers, network: WalkNetwork) -> Cells:
    if barriers is None:
        return _NO_BARRIERS
    if isinstance(barriers, gpd.GeoSeries):
        require_metric(barriers.to_frame("geometry"), "barriers", analysis_crs=network.crs)
    return barrier_cells(np.asarray(barriers))


def _nearest(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    network: WalkNetwork,
    use: NDArray[np.int8],
    *,
    max_leg_m: float,
    barriers: Cells = _NO_BARRIERS,
) -> Feet:
    """The nearest edge in sight, the metres along it and the leg to it; without one NaN, and why as below zero."""
    feet = Feet(np.full(len(x), -1, dtype=np.int64), *np.full((2, len(x)), np.nan))
    if len(x) and len(use):
        segments = segments_of(network)
        places = Places(x, y, in_order(x, y, segments.cells))
        streets = Streets(segments.edge, segments.along_m, network.edge_id, use)
        nearest_feet(places, segments.cells, streets, float(max_leg_m), barriers, feet)
        placed = feet.edge >= 0
        feet.offset_m[placed] = np.clip(feet.offset_m[placed], 0.0, network.length_m[feet.edge[placed]])
    return feet
