"""Who takes part in which work, and which library has to be there for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from benchmarks.city import City
from benchmarks.question import Prepared

OURS = "kunshan_gis"


@dataclass(frozen=True)
class Contestant:
    """An engine in one work.

    Attributes
    ----------
    needs : str
        The library to import.
    where : str
        `module:function` that prepares it, or `module:function:name` for one that serves several libraries.
    slow : bool
        Run once only when warm.
    """

    work: str
    engine: str
    needs: str
    where: str
    slow: bool = False

    def missing(self) -> str:
        """Why it cannot take part; empty if it can."""
        if find_spec(self.needs) is None:
            return f"{self.needs} is not installed; uv run --group bench"
        module, name, *_ = self.where.split(":")
        return "" if hasattr(import_module(f"benchmarks.{module}"), name) else "not there yet"

    @property
    def prepare(self) -> Callable[[City], Prepared]:
        """What makes it ready."""
        module, name, *of = self.where.split(":")
        found = getattr(import_module(f"benchmarks.{module}"), name)
        chosen: Callable[[City], Prepared] = found(*of) if of else found
        return chosen


CONTESTANTS = (
    Contestant("nearest", OURS, "kunshan_gis", "kunshan_engine:nearest"),
    Contestant("nearest", "scipy", "scipy", "scipy_engine:nearest"),
    Contestant("nearest", "networkx", "networkx", "networkx_engine:nearest"),
    Contestant("nearest", "pandana", "pandana", "pandana_engine:nearest"),
    Contestant("nearest", "cityseer", "cityseer", "cityseer_engine:nearest", slow=True),
    Contestant("nearest", "igraph", "igraph", "graph_engines:nearest:igraph"),
    Contestant("nearest", "networkit", "networkit", "graph_engines:nearest:networkit"),
    Contestant("nearest", "rustworkx", "rustworkx", "graph_engines:nearest:rustworkx"),
    Contestant("tiers", OURS, "kunshan_gis", "kunshan_engine:tiers"),
    Contestant("tiers", "scipy", "scipy", "scipy_engine:tiers"),
    Contestant("tiers", "networkx", "networkx", "networkx_engine:tiers"),
    Contestant("tiers", "networkx + numpy", "networkx", "networkx_engine:tiers_with_numpy"),
    Contestant("tiers", "igraph", "igraph", "graph_engines:tiers:igraph"),
    Contestant("tiers", "networkit", "networkit", "graph_engines:tiers:networkit"),
    Contestant("tiers", "rustworkx", "rustworkx", "graph_engines:tiers:rustworkx"),
    Contestant("searches", OURS, "kunshan_gis", "kunshan_engine:searches"),
    Contestant("searches", "scipy", "scipy", "scipy_engine:searches"),
    Contestant("searches", "networkx", "networkx", "networkx_engine:searches", slow=True),
    Contestant("searches", "osmnx", "networkx", "networkx_engine:ego_graph_searches", slow=True),
    Contestant("searches", "pandana", "pandana", "pandana_engine:searches"),
    Contestant("counts", OURS, "kunshan_gis", "kunshan_engine:counts"),
    Contestant("counts", "scipy", "scipy", "scipy_engine:counts"),
    Contestant("counts", "pandana", "pandana", "pandana_engine:counts"),
    Contestant("counts", "pandana (exact)", "pandana", "pandana_engine:exact_counts"),
    Contestant("counts", "cityseer", "cityseer", "cityseer_engine:counts", slow=True),
    Contestant("add_park", OURS, "kunshan_gis", "kunshan_engine:add_park"),
    Contestant("add_park", "scipy", "scipy", "scipy_engine:add_park"),
    Contestant("add_park", "networkx", "networkx", "networkx_engine:add_park"),
    Contestant("snap", OURS, "kunshan_gis", "kunshan_engine:snap"),
    Contestant("snap", "shapely", "shapely", "shapely_engine:snap"),
    Contestant("snap", "geopandas", "geopandas", "shapely_engine:join_nearest"),
    Contestant("polygons", OURS, "kunshan_gis", "kunshan_engine:polygons"),
    Contestant("polygons", "shapely", "shapely", "shapely_engine:polygons", slow=True),
)
"""The first of a work is ours, the second the oracle that all are held against."""

LOADERS = (
    (OURS, "kunshan_gis", "kunshan_gis"),
    (f"{OURS} (streets only)", "kunshan_gis", "kunshan_gis_streets"),
    ("osmnx", "osmnx", "osmnx"),
    ("pyrosm", "pyrosm", "pyrosm"),
)
"""Engine, library and function of loading.py."""
