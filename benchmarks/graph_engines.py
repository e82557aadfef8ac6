"""igraph, networkit and rustworkx: graph libraries in C, C++ and Rust. None of them stops a search at a distance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.city import City
from benchmarks.question import Arcs, Array, Figures, Prepared, arcs_of
from benchmarks.scipy_engine import gates_of_tier

From = Callable[[int], Array]
"""Metres from a node to all."""


def _igraph(arcs: Arcs) -> From:
    import igraph

    graph = igraph.Graph(n=arcs.size, edges=np.column_stack([arcs.tail, arcs.head]), directed=True)
    graph.es["length"] = arcs.metres.tolist()
    return lambda source: np.array(graph.distances(source, weights="length", mode="out", algorithm="dijkstra")[0])


def _networkit(arcs: Arcs) -> From:
    import networkit

    networkit.setNumberOfThreads(1)
    ends = (arcs.tail.astype(np.uint64), arcs.head.astype(np.uint64))
    graph = networkit.GraphFromCoo((arcs.metres, ends), n=arcs.size, weighted=True, directed=True)

    def metres(source: int) -> Array:
        search = networkit.distance.Dijkstra(graph, source, storePaths=False)
        search.run()
        found = np.array(search.getDistances(asarray=True))
        return np.where(found > 1e300, np.inf, found)

    return metres


def _rustworkx(arcs: Arcs) -> From:
    import rustworkx

    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(arcs.size))
    graph.add_edges_from(list(zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.metres.tolist(), strict=True)))

    def metres(source: int) -> Array:
        found = rustworkx.digraph_dijkstra_shortest_path_lengths(graph, source, float)
        node_m = np.full(arcs.size, np.inf)
        node_m[np.fromiter(found.keys(), np.int64, len(found))] = np.fromiter(found.values(), np.float64, len(found))
        return node_m

    return metres


ENGINES: dict[str, Callable[[Arcs], From]] = {"igraph": _igraph, "networkit": _networkit, "rustworkx": _rustworkx}


def nearest(name: str) -> Callable[[City], Prepared]:
    """Every junction's metres to its nearest park, from the one start before all parks."""

    def prepare(city: City) -> Prepared:
        arcs = arcs_of(city)
        search = ENGINES[name](arcs)
        return Prepared(lambda: search(arcs.start())[: arcs.nodes])

    return prepare


def tiers(name: str) -> Callable[[City], Prepared]:
    """Nearest park of each tier; the lengths with numpy."""

    def prepare(city: City) -> Prepared:
        arcs = arcs_of(city)
        search = ENGINES[name](arcs)
        figures = [Figures(city, gates_of_tier(city, tier)) for tier in range(3)]

        def run() -> Array:
            return np.array([figures[tier].covered_m(search(arcs.start(tier))) for tier in range(3)])

        return Prepared(run)

    return prepare
