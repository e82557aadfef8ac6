"""From an OpenStreetMap extract to a walking graph, each in a process of its own for a peak of memory of its own.

osmnx reads XML, not .osm.pbf: the walkable ways are written as XML first (by pyosmium, counted apart), and it keeps
the same tags as kunshan_gis does.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Loaded = dict[str, float]
"""Junctions, edges (both directions as one) and metres of street."""


def walkable_streets(extract: Path) -> Any:
    """The extract's streets with every tag, in the UTM zone of their middle."""
    from kunshan_gis.layers.osm import read_osm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # areas that the extract cuts are no matter here
        streets = read_osm(extract)["streets"]
    return metric(streets)


def metric(streets: Any) -> Any:
    """The streets in metres, in a CRS that fits the middle of them."""
    from kunshan_gis.crs import suggest_metric

    west, south, east, north = streets.total_bounds
    return streets.to_crs(suggest_metric((west + east) / 2, (south + north) / 2))


def kunshan_gis(extract: Path) -> Callable[[], Loaded]:
    """Every kind of layer read with its tags, then the walking network of the streets."""
    import geopandas as gpd  # noqa: F401 - on the import's account, as with the others

    from kunshan_gis.network import build

    return lambda: _ours(build(walkable_streets(extract)))


def kunshan_gis_streets(extract: Path) -> Callable[[], Loaded]:
    """The streets alone, with their tags, then the walking network."""
    from kunshan_gis.layers import osm
    from kunshan_gis.network import build

    read_streets: Callable[[Path], Any] = vars(osm)["read_streets"]

    def load() -> Loaded:
        streets = read_streets(extract)
        return _ours(build(metric(streets)))

    return load


def reads_streets_alone() -> bool:
    """Whether kunshan_gis has a reader of streets and nothing else."""
    return hasattr(import_module("kunshan_gis.layers.osm"), "read_streets")


def _ours(network: Any) -> Loaded:
    return {
        "nodes": len(network.node_xy), "edges": len(network.length_m), "street_m": float(network.length_m.sum())
    }  # fmt: skip


def convert(extract: Path, xml: Path) -> Callable[[], Loaded]:
    """The walkable ways and their nodes as XML, by pyosmium. Which ways they are is known beforehand."""
    import osmium

    streets = walkable_streets(extract)
    names = streets.loc[streets["walkable"] & streets["id"].str.startswith("way/"), "id"]
    ways = [int(name.removeprefix("way/")) for name in names]
    nodes, both = osmium.osm.NODE, osmium.osm.NODE | osmium.osm.WAY

    def write() -> Loaded:
        chosen = osmium.filter.IdFilter(ways).enable_for(osmium.osm.WAY)
        needed = {
            node.ref
            for way in osmium.FileProcessor(str(extract), osmium.osm.WAY).with_filter(chosen)
            for node in way.nodes
        }
        kept = osmium.filter.IdFilter(needed).enable_for(nodes)
        with osmium.SimpleWriter(str(xml), overwrite=True) as writer:
            for thing in osmium.FileProcessor(str(extract), both).with_filter(chosen).with_filter(kept):
                writer.add(thing)
        return {"ways": len(ways), "nodes": len(needed)}

    return write


def osmnx(xml: Path) -> Callable[[], Loaded]:
    """`graph_from_xml` and `project_graph`: simplified as by default, every component kept, walkers go both ways."""
    import osmnx as ox

    from kunshan_gis.layers.osm_kinds import STREET_TAGS

    ox.settings.useful_tags_way = ["highway", "name", *(tag.replace("_", ":") for tag in STREET_TAGS)]

    def load() -> Loaded:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns that the file was not made by its own writer
            graph = ox.project_graph(ox.graph_from_xml(xml, bidirectional=True, simplify=True, retain_all=True))
        return {
            "nodes": graph.number_of_nodes(),
            "edges": graph.number_of_edges() / 2,
            "street_m": sum(metres for _, _, metres in graph.edges(data="length")) / 2,
        }

    return load


def pyrosm(extract: Path) -> Callable[[], Loaded]:
    """`get_network` by its own rule of what is walkable, then a networkx graph."""
    from pyrosm import OSM

    def load() -> Loaded:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pandas' warnings about its own deprecations
            osm = OSM(str(extract))
            nodes, edges = osm.get_network(network_type="walking", nodes=True)
            graph = osm.to_graph(nodes, edges, graph_type="networkx", retain_all=True)
        return {
            "nodes": graph.number_of_nodes(),
            "edges": graph.number_of_edges() / 2,
            "street_m": float(sum(metres for _, _, metres in graph.edges(data="length"))) / 2,
        }

    return load
