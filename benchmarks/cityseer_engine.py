"""cityseer: localised network analysis in Rust (AGPL: measured against, never depended on).

It places entrances on edges with their offset and counts a park with several once; homes take the figures of their
nearer junction.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.city import City
from benchmarks.question import Array, Prepared

SPEED_MPS = 1.25
FLOAT32_M = 0.01
"""Lengths and distances are single precision, summed along the way."""


def _prepared(city: City) -> tuple[Any, Any, dict[Any, str]]:
    from cityseer import rustalgos

    logging.getLogger("cityseer").setLevel(logging.ERROR)
    streets, graph = city.network, rustalgos.graph.NetworkStructure()
    for node, (x, y) in enumerate(streets.node_xy.tolist()):
        graph.add_street_node(node, x, y, live=True, weight=1.0)
    forward = shapely.to_wkt(streets.lines, rounding_precision=-1)
    backward = shapely.to_wkt(shapely.reverse(streets.lines), rounding_precision=-1)
    for edge, (u, v) in enumerate(streets.edge_uv.tolist()):
        graph.add_street_edge(u, v, edge, u, v, forward[edge])
        graph.add_street_edge(v, u, edge, v, u, backward[edge])
    graph.build_edge_rtree()
    gates, data = city.gates, rustalgos.data.DataMap()
    places = shapely.line_interpolate_point(streets.lines[gates.edge], gates.offset_m)
    for gate, (wkt, park) in enumerate(zip(shapely.to_wkt(places, rounding_precision=-1), city.park, strict=True)):
        data.insert(gate, wkt, int(park))
    data.assign_data_to_network(graph, 1.0, 50)
    return graph, data, dict.fromkeys(range(len(places)), "park")


def _run(city: City) -> Any:
    graph, data, kinds = _prepared(city)
    metres = round(city.cutoff_m)
    return lambda: data.accessibility(
        graph, kinds, ["park"], distances=[metres], speed_m_s=SPEED_MPS, pbar_disabled=True
    ).result["park"]


def nearest(city: City) -> Prepared:
    """Every junction's metres to its nearest park, as far as the walk goes (it counts the parks as well)."""
    metres = round(city.cutoff_m)

    def read(found: Any) -> Array:
        distance = np.asarray(found.distance[metres], dtype=np.float64)
        return np.where(np.isnan(distance), np.inf, distance)

    note = "only up to the cutoff; it counts parks at the same time"
    return Prepared(_run(city), read, FLOAT32_M, note, city.cutoff_m)


def counts(city: City) -> Prepared:
    """Parks within the cutoff of every junction; each home takes the figure of its nearer junction."""
    first = city.homes.offset_m <= city.network.length_m[city.homes.edge] / 2
    node = np.where(first, *city.network.edge_uv[city.homes.edge].T)

    def read(found: Any) -> NDArray[np.int64]:
        parks: NDArray[np.int64] = np.rint(np.asarray(found.count[round(city.cutoff_m)])).astype(np.int64)
        return parks[node]

    return Prepared(_run(city), read, note="counts parks at junctions, not at homes")
