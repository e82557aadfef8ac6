"""Streets to walking costs: build, snap, find entrances, search. Metres first; pace comes afterwards."""

from kunshan_gis.network.access import ACCESS_SOURCES, FARTHEST_M, ParkAccess, joined, park_access, select, touching
from kunshan_gis.network.audit import Audit, audit
from kunshan_gis.network.build import BUILD, build
from kunshan_gis.network.covered import covered_streets
from kunshan_gis.network.delay import with_delays
from kunshan_gis.network.edit import JOIN_M, Edited, carried, replaced, with_line, without
from kunshan_gis.network.extent import edge_distance
from kunshan_gis.network.junctions import at_junctions
from kunshan_gis.network.live import Live
from kunshan_gis.network.many import NodeReach, k_nearest, opportunities, reach, searches
from kunshan_gis.network.search import Field, covered_lengths, nearest, search
from kunshan_gis.network.service_area import service_areas
from kunshan_gis.network.snap import not_placed, snap
from kunshan_gis.network.stored import from_arrays, to_arrays

__all__ = [
    "ACCESS_SOURCES",
    "BUILD",
    "FARTHEST_M",
    "JOIN_M",
    "Audit",
    "Edited",
    "Field",
    "Live",
    "NodeReach",
    "ParkAccess",
    "at_junctions",
    "audit",
    "build",
    "carried",
    "covered_lengths",
    "covered_streets",
    "edge_distance",
    "from_arrays",
    "joined",
    "k_nearest",
    "nearest",
    "not_placed",
    "opportunities",
    "park_access",
    "reach",
    "replaced",
    "search",
    "searches",
    "select",
    "service_areas",
    "snap",
    "to_arrays",
    "touching",
    "with_delays",
    "with_line",
    "without",
]
