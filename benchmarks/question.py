"""What every engine answers in, and the exact street and homes for all engines that give distances of junctions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.city import City
from kunshan_gis.model import Points

Array = NDArray[np.float64]
WORKS = ("load", "nearest", "tiers", "searches", "counts", "add_park", "snap", "polygons")


@dataclass(frozen=True, eq=False)
class Prepared:
    """An engine ready for one work: `run` is timed, `read` puts what it returns into the common form and is not.

    `tolerance_m` is what the engine's own number format allows, `up_to_m` how far it looks, `note` what else there is
    to know of its answer; `again` puts things back before another run, where a run changes them.
    """

    run: Callable[[], Any]
    read: Callable[[Any], Any] = lambda raw: raw
    tolerance_m: float = 1e-6
    note: str = ""
    up_to_m: float = np.inf
    again: Callable[[], object] = lambda: None


@dataclass(frozen=True, eq=False)
class Arcs:
    """The network for an engine of nodes and arcs, both directions listed, of parallel ones the shortest.

    Node `nodes + k` is park k: arcs lead out of it through its entrances and none leads in, so that no walk passes
    through a park's inside. Behind the parks come four nodes from which the walk of all parks and of each tier starts.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    metres: Array
    nodes: int
    parks: int

    @property
    def size(self) -> int:
        """All nodes, the parks and the four starts included."""
        return self.nodes + self.parks + 4

    @property
    def park_nodes(self) -> NDArray[np.int64]:
        """Where each park's walks start."""
        return np.arange(self.nodes, self.nodes + self.parks)

    def start(self, tier: int | None = None) -> int:
        """Where the walk from all parks, or from those of a tier, starts."""
        return self.nodes + self.parks + (0 if tier is None else 1 + tier)


def arcs_of(city: City, gates: Points | None = None, park: NDArray[np.int64] | None = None) -> Arcs:
    """The network with its parks as arcs; gates and parks other than the city's may be given."""
    gates, park = (city.gates, city.park) if gates is None or park is None else (gates, park)
    streets, n, parks = city.network, len(city.network.node_xy), int(park.max()) + 1
    (u, v), (to_u, to_v) = streets.edge_uv.T, streets.edge_uv[gates.edge].T
    rest = streets.length_m[gates.edge] - gates.offset_m
    tier = np.r_[city.tier, np.full(parks - city.parks, 2)]
    supers = np.r_[np.full(parks, n + parks), n + parks + 1 + tier]
    table = pd.DataFrame(
        {
            "tail": np.r_[u, v, n + park, n + park, supers],
            "head": np.r_[v, u, to_u, to_v, n + np.tile(np.arange(parks), 2)],
            "metres": np.r_[
                streets.length_m,
                streets.length_m,
                gates.leg_m + gates.offset_m,
                gates.leg_m + rest,
                np.zeros(2 * parks),
            ],
        }
    )
    found = table[table["tail"] != table["head"]].groupby(["tail", "head"])["metres"].min()
    tail, head = (found.index.get_level_values(level).to_numpy() for level in (0, 1))
    return Arcs(tail, head, found.to_numpy(), nodes=n, parks=parks)


@dataclass(frozen=True, eq=False)
class Reached:
    """Junctions reached from every park: rows in order of park and node."""

    park: NDArray[np.int64]
    node: NDArray[np.int64]
    metres: Array

    @classmethod
    def of(cls, park: Any, node: Any, metres: Any, nodes: int) -> Reached:
        """From columns in any order; nodes from `nodes` on are no junctions and are left out."""
        park, node, metres = (np.asarray(column) for column in (park, node, metres))
        keep = np.flatnonzero(node < nodes)
        order = keep[np.lexsort((node[keep], park[keep]))]
        return cls(park[order].astype(np.int64), node[order].astype(np.int64), metres[order].astype(np.float64))


@dataclass(frozen=True, eq=False)
class Coverage:
    """Distances with one more park, the homes within the cutoff, and the street within it."""

    node_m: Array
    homes: int
    street_m: float


class Figures:
    """Street and homes within the cutoff from node distances alone; all that does not depend on them is made ready."""

    def __init__(self, city: City, gates: Points) -> None:
        streets, homes = city.network, city.homes
        self.city, self.uv, self.length = city, streets.edge_uv, streets.length_m
        self.edges, row = np.unique(gates.edge, return_inverse=True)
        own, size = np.arange(len(self.edges)), self.length[self.edges]
        self.owner, self.at = np.r_[own, own, row], np.r_[np.zeros(len(own)), size, gates.offset_m]
        self.leg, self.size = gates.leg_m, size
        self.home_u, self.home_v = streets.edge_uv[homes.edge].T
        self.home_a = homes.offset_m + homes.leg_m
        self.home_b = streets.length_m[homes.edge] - homes.offset_m + homes.leg_m
        home, gate = same_edge(homes, gates)
        along = np.abs(homes.offset_m[home] - gates.offset_m[gate]) + gates.leg_m[gate] + homes.leg_m[home]
        self.along = np.full(len(homes.edge), np.inf)
        np.minimum.at(self.along, home, along)

    def covered_m(self, node_m: Array) -> Array:
        """Exact metres of every edge within the cutoff: from both ends, and from the entrances upon it."""
        left = np.maximum(self.city.cutoff_m - node_m, 0.0)
        covered: Array = np.minimum(left[self.uv[:, 0]] + left[self.uv[:, 1]], self.length)
        ends = left[self.uv[self.edges].T.ravel()]
        reach = np.r_[ends, np.maximum(self.city.cutoff_m - self.leg, 0.0)]
        covered[self.edges] = _union(self.owner, self.at - reach, self.at + reach, self.size)
        return covered

    def home_m(self, node_m: Array) -> Array:
        """Metres from every home to its nearest entrance, the way along a shared edge included."""
        over_ends = np.minimum(node_m[self.home_u] + self.home_a, node_m[self.home_v] + self.home_b)
        nearest: Array = np.minimum(over_ends, self.along)
        return nearest

    def coverage(self, node_m: Array) -> Coverage:
        """The figures of `add_park`."""
        homes = int((self.home_m(node_m) <= self.city.cutoff_m).sum())
        return Coverage(node_m, homes, float(self.covered_m(node_m).sum()))


def _union(owner: NDArray[np.int64], start: Array, end: Array, length: Array) -> Array:
    """Total length of the intervals of each owner, cut to [0, its length]."""
    start, end = np.maximum(start, 0.0), np.minimum(end, length[owner])
    order = np.lexsort((start, owner))
    owner, start, end = owner[order], start[order], end[order]
    shift = owner * (length.max() + 1.0)  # owners one after the other, so that one running maximum serves all
    before = np.r_[-np.inf, np.maximum.accumulate(end + shift)[:-1]] - shift
    met = np.maximum(end - np.maximum(start, before), 0.0)
    return np.bincount(owner, met, minlength=len(length)).astype(np.float64)


def same_edge(homes: Points, gates: Points) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of home and entrance on one edge."""
    order = np.argsort(gates.edge, kind="stable")
    low = np.searchsorted(gates.edge[order], homes.edge, "left")
    count = np.searchsorted(gates.edge[order], homes.edge, "right") - low
    home = np.repeat(np.arange(len(homes.edge)), count)
    step = np.arange(len(home)) - np.repeat(np.cumsum(count) - count, count)
    return home, order[low[home] + step]
