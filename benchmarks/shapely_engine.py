"""shapely and geopandas: the tree of boxes for snapping, buffer and union for the areas around covered streets."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from benchmarks import scipy_engine
from benchmarks.city import MAX_LEG_M, City
from benchmarks.question import Array, Prepared

WIDTH_M = 25.0
"""How far an area reaches to the sides of its streets."""
Lines = NDArray[np.object_]
Snapped = tuple[NDArray[np.int64], Array, Array]
"""Edge (-1 beyond the cap), metres along it, straight leg."""


def snap(city: City) -> Prepared:
    """The nearest edge from a tree that stands ready, then the place on it."""
    lines, points = city.network.lines, np.asarray(shapely.points(city.scattered))
    tree = shapely.STRtree(lines)
    tree.nearest(points[:1])  # the tree is built at its first use

    def run() -> Snapped:
        edge = tree.nearest(points)
        offset = shapely.line_locate_point(lines[edge], points)
        leg = shapely.distance(lines[edge], points)
        far = leg > MAX_LEG_M
        return np.where(far, -1, edge), np.where(far, np.nan, offset), np.where(far, np.nan, leg)

    return Prepared(run)


def join_nearest(city: City) -> Prepared:
    """The nearest edge by geopandas' `sjoin_nearest`, the first of equals, then the place on the edge."""
    lines = gpd.GeoDataFrame(geometry=city.network.lines, crs=city.network.crs)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*city.scattered.T, crs=city.network.crs))

    def run() -> Snapped:
        found = points.sjoin_nearest(lines, max_distance=MAX_LEG_M, distance_col="leg_m")
        found = found[~found.index.duplicated()]
        edge = found["index_right"].to_numpy().astype(np.int64)
        offset = shapely.line_locate_point(city.network.lines[edge], np.asarray(found.geometry.array))
        table = pd.DataFrame({"edge": edge, "offset": offset, "leg": found["leg_m"].to_numpy()}, index=found.index)
        table = table.reindex(points.index)
        return table["edge"].fillna(-1).to_numpy(np.int64), table["offset"].to_numpy(), table["leg"].to_numpy()

    return Prepared(run)


def polygons(city: City) -> Prepared:
    """Each covered edge buffered, and their union; the covered edges of every park are there beforehand."""
    covered = covered_lines(city)
    return Prepared(lambda: np.array([shapely.union_all(shapely.buffer(lines, WIDTH_M)) for lines in covered]))


def covered_lines(city: City) -> list[Lines]:
    """The streets within the cutoff of every park, edges cut where the walk ends."""
    streets, prepared = city.network, scipy_engine.searches(city)
    reached = prepared.read(prepared.run())
    nodes, parks = len(streets.node_xy), np.searchsorted(reached.park, np.arange(city.parks + 1))
    gates = np.searchsorted(city.park, np.arange(city.parks + 1))
    left, answers = np.zeros(nodes), []
    incident = _incident(streets.edge_uv, nodes)
    for park in range(city.parks):
        mine, own = slice(*parks[park : park + 2]), slice(*gates[park : park + 2])
        node = reached.node[mine]
        left[node] = city.cutoff_m - reached.metres[mine]
        edge = np.unique(np.r_[np.concatenate([incident[n] for n in node] or [[]]), city.gates.edge[own]]).astype(int)
        answers.append(_within(city, edge, left, city.gates.edge[own], city.gates.offset_m[own]))
        left[node] = 0.0
    return answers


def _incident(edge_uv: NDArray[np.int64], nodes: int) -> list[NDArray[np.int64]]:
    order = np.argsort(edge_uv.ravel(), kind="stable")
    return np.split(order // 2, np.searchsorted(edge_uv.ravel()[order], np.arange(1, nodes)))


def _within(city: City, edge: NDArray[np.int64], left: Array, gate_edge: NDArray[np.int64], offset: Array) -> Lines:
    streets, pieces = city.network, []
    length, (u, v) = streets.length_m[edge], streets.edge_uv[edge].T
    whole = (left[u] + left[v] >= length) & ~np.isin(edge, gate_edge)
    pieces += list(streets.lines[edge[whole]])
    for row in np.flatnonzero(~whole):
        line, size = streets.lines[edge[row]], length[row]
        spans = [(0.0, left[u[row]]), (size - left[v[row]], size)]
        spans += [(at - city.cutoff_m, at + city.cutoff_m) for at in offset[gate_edge == edge[row]]]
        spans = [(max(low, 0.0), min(high, size)) for low, high in spans if high > low]
        pieces += [substring(line, low, high) for low, high in spans]
    return np.array(pieces, dtype=object)
