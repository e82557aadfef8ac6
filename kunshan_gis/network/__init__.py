"""Streets to walking costs: build, snap, find entrances, search. Metres first; pace comes afterwards."""

from kunshan_gis.network.access import ACCESS_SOURCES, FARTHEST_M, ParkAccess, joined, park_access, select, touching
from kunshan_gis.network.along_line import crossed_at, crossing_edges
from kunshan_gis.network.audit import Audit, audit
from kunshan_gis.network.build import BUILD, build
from kunshan_gis.network.covered import covered_streets
from kunshan_gis.network.delay import with_delays
from kunshan_gis.network.driving import (
    EXPRESSWAY,
    RAMP,
    STREET,
    DriveNetwork,
    drive_network,
    in_seconds,
    points_in_seconds,
    street_drive,
    street_only,
)
from kunshan_gis.network.edit import JOIN_M, Edited, carried, replaced, with_line, without
from kunshan_gis.network.expressways import ExpresswayGraph, expressway_graph
from kunshan_gis.network.extent import edge_distance
from kunshan_gis.network.junctions import at_junctions
from kunshan_gis.network.links import Links, over_links
from kunshan_gis.network.live import Live
from kunshan_gis.network.many import NodeReach, k_nearest, opportunities, reach, searches
from kunshan_gis.network.opposite import Opposite, opposite
from kunshan_gis.network.passages import passages, structure_of
from kunshan_gis.network.search import Field, covered_lengths, nearest, search
from kunshan_gis.network.service_area import service_areas
from kunshan_gis.network.snap import not_placed, snap
from kunshan_gis.network.stored import from_arrays, to_arrays

__all__ = [
    "ACCESS_SOURCES",
    "BUILD",
    "EXPRESSWAY",
    "FARTHEST_M",
    "JOIN_M",
    "RAMP",
    "STREET",
    "Audit",
    "DriveNetwork",
    "Edited",
    "ExpresswayGraph",
    "Field",
    "Links",
    "Live",
    "NodeReach",
    "Opposite",
    "ParkAccess",
    "at_junctions",
    "audit",
    "build",
    "carried",
    "covered_lengths",
    "covered_streets",
    "crossed_at",
    "crossing_edges",
    "drive_network",
    "edge_distance",
    "expressway_graph",
    "from_arrays",
    "in_seconds",
    "joined",
    "k_nearest",
    "nearest",
    "not_placed",
    "opportunities",
    "opposite",
    "over_links",
    "park_access",
    "passages",
    "points_in_seconds",
    "reach",
    "replaced",
    "search",
    "searches",
    "select",
    "service_areas",
    "snap",
    "street_drive",
    "street_only",
    "structure_of",
    "to_arrays",
    "touching",
    "with_delays",
    "with_line",
    "without",
]
