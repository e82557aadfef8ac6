"""networkx: graphs as dictionaries, the usual Python way."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from benchmarks.city import City, join
from benchmarks.question import Arcs, Array, Coverage, Figures, Prepared, Reached, arcs_of
from benchmarks.scipy_engine import gates_of_tier


def graph_of(arcs: Arcs, kind: type[nx.DiGraph] = nx.DiGraph) -> nx.DiGraph:
    """The arcs as a graph with the metres under `length`, as osmnx names them."""
    graph = kind()
    graph.add_nodes_from(range(arcs.size))
    rows = zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.metres.tolist(), strict=True)
    graph.add_weighted_edges_from(rows, weight="length")
    return graph


def _array(found: dict[int, float], size: int) -> Array:
    node_m = np.full(size, np.inf)
    node_m[np.fromiter(found.keys(), np.int64, len(found))] = np.fromiter(found.values(), np.float64, len(found))
    return node_m


def nearest(city: City) -> Prepared:
    """Every junction's metres to its nearest park."""
    arcs = arcs_of(city)
    graph, parks = graph_of(arcs), arcs.park_nodes.tolist()
    return Prepared(
        lambda: nx.multi_source_dijkstra_path_length(graph, parks, weight="length"),
        lambda found: _array(found, arcs.size)[: arcs.nodes],
    )


def tiers(city: City) -> Prepared:
    """Nearest park of each tier, and the lengths in a loop over the street pieces between junctions and entrances."""
    arcs = arcs_of(city)
    graph = graph_of(arcs)
    parks = [arcs.park_nodes[city.tier == tier].tolist() for tier in range(3)]
    pieces, owners, starts = zip(*(_pieces(city, arcs, tier) for tier in range(3)), strict=True)
    cutoff, infinite = city.cutoff_m, float("inf")

    def run() -> list[list[float]]:
        answers = []
        for tier in range(3):
            found = nx.multi_source_dijkstra_path_length(graph, parks[tier], cutoff=cutoff, weight="length")
            found.update(starts[tier])
            known = found.get
            answers.append(
                [
                    min(metres, max(0.0, cutoff - known(a, infinite)) + max(0.0, cutoff - known(b, infinite)))
                    for a, b, metres in pieces[tier]
                ]
            )
        return answers

    def read(answers: list[list[float]]) -> Array:
        edges = len(city.network.length_m)
        return np.array([np.bincount(owners[tier], answers[tier], minlength=edges) for tier in range(3)])

    return Prepared(run, read)


def _pieces(
    city: City, arcs: Arcs, tier: int
) -> tuple[list[tuple[int, int, float]], NDArray[np.int64], dict[int, float]]:
    """Edges cut at a tier's entrances: pieces as (node, node, metres), the edge of each, the entrances' own metres."""
    gates, streets, edges = gates_of_tier(city, tier), city.network, np.arange(len(city.network.length_m))
    own = arcs.size + np.arange(len(gates.edge))
    edge = np.r_[edges, gates.edge, edges]
    node = np.r_[streets.edge_uv[:, 0], own, streets.edge_uv[:, 1]]
    at = np.r_[np.full(len(edges), -1.0), gates.offset_m, np.full(len(edges), np.inf)]
    order = np.lexsort((at, edge))
    edge, node = edge[order], node[order]
    at = np.clip(at[order], 0.0, streets.length_m[edge])
    same = edge[1:] == edge[:-1]
    rows = (node[:-1][same].tolist(), node[1:][same].tolist(), np.diff(at)[same].tolist())
    return list(zip(*rows, strict=True)), edge[:-1][same], dict(zip(own.tolist(), gates.leg_m.tolist(), strict=True))


def tiers_with_numpy(city: City) -> Prepared:
    """Nearest park of each tier in networkx; the lengths with numpy, as fast as they can be."""
    arcs = arcs_of(city)
    graph = graph_of(arcs)
    parks = [arcs.park_nodes[city.tier == tier].tolist() for tier in range(3)]
    figures = [Figures(city, gates_of_tier(city, tier)) for tier in range(3)]

    def run() -> Array:
        answers = []
        for tier in range(3):
            found = nx.multi_source_dijkstra_path_length(graph, parks[tier], cutoff=city.cutoff_m, weight="length")
            answers.append(figures[tier].covered_m(_array(found, arcs.size)))
        return np.array(answers)

    return Prepared(run)


def searches(city: City) -> Prepared:
    """What each park reaches by `single_source_dijkstra_path_length`, without making graphs of it."""
    arcs = arcs_of(city)
    graph, parks = graph_of(arcs), arcs.park_nodes.tolist()

    def run() -> list[dict[int, float]]:
        return [
            nx.single_source_dijkstra_path_length(graph, park, cutoff=city.cutoff_m, weight="length") for park in parks
        ]

    return Prepared(run, lambda found: _reached(found, arcs))


def ego_graph_searches(city: City) -> Prepared:
    """What each park reaches as osmnx's examples do it: a subgraph a park, of a graph that holds osmnx's attributes."""
    arcs = arcs_of(city)
    graph, parks = graph_of(arcs, nx.MultiDiGraph), arcs.park_nodes.tolist()

    def run() -> list[nx.MultiDiGraph]:
        return [nx.ego_graph(graph, park, radius=city.cutoff_m, distance="length") for park in parks]

    return Prepared(run, lambda found: _nodes_only(found, arcs), note="nodes only: ego_graph keeps no distances")


def _reached(found: list[dict[int, float]], arcs: Arcs) -> Reached:
    park = np.repeat(np.arange(len(found)), [len(one) for one in found])
    node = np.concatenate([np.fromiter(one.keys(), np.int64, len(one)) for one in found])
    metres = np.concatenate([np.fromiter(one.values(), np.float64, len(one)) for one in found])
    return Reached.of(park, node, metres, nodes=arcs.nodes)


def _nodes_only(found: list[Any], arcs: Arcs) -> Reached:
    return _reached([dict.fromkeys(graph.nodes, np.nan) for graph in found], arcs)


def add_park(city: City) -> Prepared:
    """One more park by doing everything again; homes and lengths with numpy."""
    gates, park = join(city.gates, city.one_more), np.r_[city.park, np.full(len(city.one_more.edge), city.parks)]
    arcs = arcs_of(city, gates, park)
    graph, parks, figures = graph_of(arcs), arcs.park_nodes.tolist(), Figures(city, gates)

    def run() -> Coverage:
        found = nx.multi_source_dijkstra_path_length(graph, parks, weight="length")
        return figures.coverage(_array(found, arcs.size)[: arcs.nodes])

    return Prepared(run)
