"""Streets to walking costs: build, snap, find entrances, search. Metres first; pace comes afterwards."""

from kunshan_gis.network.access import ACCESS_SOURCES, ParkAccess, park_access, select
from kunshan_gis.network.audit import edge_distance
from kunshan_gis.network.build import BUILD, build
from kunshan_gis.network.covered import covered_streets
from kunshan_gis.network.search import Field, nearest, search
from kunshan_gis.network.snap import snap
from kunshan_gis.network.stored import from_arrays, to_arrays

__all__ = [
    "ACCESS_SOURCES",
    "BUILD",
    "Field",
    "ParkAccess",
    "build",
    "covered_streets",
    "edge_distance",
    "from_arrays",
    "nearest",
    "park_access",
    "search",
    "select",
    "snap",
    "to_arrays",
]
