"""The expressways: the network as class and status, its topology, drive times, redundancy."""

from kunshan_gis.studies.systems.roads.options import OPTIONS
from kunshan_gis.studies.systems.roads.page import page
from kunshan_gis.studies.systems.roads.study import study

__all__ = ["OPTIONS", "page", "study"]
