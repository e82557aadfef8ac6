"""pandana: contraction hierarchies and kept ranges in C++ (AGPL: measured against, never depended on).

Entrances or parks enter as nodes of their own wherever the question allows it: pandana's usual way is to move every
entrance to its nearest junction. It keeps the length of an arc in whole millimetres.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from benchmarks.city import City
from benchmarks.question import Array, Prepared, Reached, arcs_of, same_edge

MILLIMETRES_M = 0.05
"""A walk of 1,125 m crosses some dozens of arcs, each cut to the millimetre below."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Pandana's C++ reports its progress on the process's own output."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _network(xy: Array, tail: Any, head: Any, metres: Any, *, twoway: bool = False) -> Any:
    import pandana

    arcs = pd.DataFrame({"tail": tail, "head": head, "metres": metres})
    arcs = arcs[arcs["tail"] != arcs["head"]].reset_index(drop=True)
    with _quiet():
        return pandana.Network(
            pd.Series(xy[:, 0]), pd.Series(xy[:, 1]), arcs["tail"], arcs["head"], arcs[["metres"]], twoway=twoway
        )


def _with_gates(city: City) -> tuple[Any, NDArray[np.int64], Array]:
    """The streets with every entrance as a node on its edge: network, the entrances' nodes and places."""
    streets, gates = city.network, city.gates
    own = len(streets.node_xy) + np.arange(len(gates.edge))
    place = shapely.get_coordinates(shapely.line_interpolate_point(streets.lines[gates.edge], gates.offset_m))
    (u, v), (to_u, to_v) = streets.edge_uv.T, streets.edge_uv[gates.edge].T
    rest = streets.length_m[gates.edge] - gates.offset_m
    metres = np.r_[streets.length_m, gates.offset_m, rest]
    xy = np.r_[streets.node_xy, place]
    return _network(xy, np.r_[u, own, own], np.r_[v, to_u, to_v], metres, twoway=True), own, place


def nearest(city: City) -> Prepared:
    """Every junction's metres to its nearest park, as far as the walk goes."""
    network, _, place = _with_gates(city)
    with _quiet():
        network.set_pois("park", city.cutoff_m, 1, pd.Series(place[:, 0]), pd.Series(place[:, 1]))
    nodes = len(city.network.node_xy)

    def read(table: pd.DataFrame) -> Array:
        metres = table[1].to_numpy()[:nodes]
        return np.where(metres >= city.cutoff_m, np.inf, metres)

    note = "only up to the cutoff; farther costs it twice as much"
    return Prepared(
        lambda: network.nearest_pois(city.cutoff_m, "park", num_pois=1), read, MILLIMETRES_M, note, city.cutoff_m
    )


def searches(city: City) -> Prepared:
    """What each park reaches: `nodes_in_range` from one node a park, ranges kept beforehand."""
    arcs = arcs_of(city)
    used = arcs.tail < arcs.nodes + arcs.parks
    xy = np.r_[city.network.node_xy, np.zeros((arcs.parks, 2))]
    network = _network(xy, arcs.tail[used], arcs.head[used], arcs.metres[used])
    with _quiet():
        network.precompute(city.cutoff_m)
    return Prepared(
        lambda: network.nodes_in_range(arcs.park_nodes, city.cutoff_m),
        lambda found: Reached.of(found["source"] - arcs.nodes, found["destination"], found["metres"], arcs.nodes),
        MILLIMETRES_M,
    )


def counts(city: City) -> Prepared:
    """The usual way: entrances summed at every junction, and each home takes the figure of its nearer junction."""
    network, own, _ = _with_gates(city)
    first = city.homes.offset_m <= city.network.length_m[city.homes.edge] / 2
    node = np.where(first, *city.network.edge_uv[city.homes.edge].T)
    with _quiet():
        network.precompute(city.cutoff_m)
        network.set(pd.Series(own), variable=pd.Series(np.ones(len(own))), name="entrances")
    return Prepared(
        lambda: _count(network, city.cutoff_m, "entrances")[node],
        lambda raw: raw.astype(np.int64),
        note="counts entrances at junctions",
    )


def _count(network: Any, cutoff_m: float, name: str) -> Array:
    found: Array = network.aggregate(cutoff_m, type="count", decay="flat", name=name).to_numpy()
    return found


def exact_counts(city: City) -> Prepared:
    """Parks and homes as nodes of their own: walks lead from home nodes into park nodes, so that each counts once."""
    arcs, homes, gates = arcs_of(city), city.homes, city.gates
    streets, n = city.network, len(city.network.node_xy)
    own = n + arcs.parks + np.arange(len(homes.edge))
    home, gate = same_edge(homes, gates)
    along = np.abs(homes.offset_m[home] - gates.offset_m[gate]) + homes.leg_m[home]
    u, v = streets.edge_uv[homes.edge].T
    rest = streets.length_m[homes.edge] - homes.offset_m
    street = (arcs.tail < n) & (arcs.head < n)
    out = (arcs.tail >= n) & (arcs.tail < n + arcs.parks)
    metres = (arcs.metres[street], arcs.metres[out], homes.leg_m + homes.offset_m, homes.leg_m + rest, along)
    network = _network(
        np.zeros((n + arcs.parks + len(own), 2)),
        np.r_[arcs.tail[street], arcs.head[out], own, own, own[home]],
        np.r_[arcs.head[street], arcs.tail[out], u, v, n + city.park[gate]],
        np.concatenate(metres),
    )
    with _quiet():
        network.precompute(city.cutoff_m)
        network.set(pd.Series(arcs.park_nodes), variable=pd.Series(np.ones(arcs.parks)), name="parks")
    return Prepared(
        lambda: _count(network, city.cutoff_m, "parks")[own],
        lambda raw: raw.astype(np.int64),
        MILLIMETRES_M,
        note="parks and homes as nodes of their own",
    )
