"""What each expressway costs walkers: a part of the system of roads.

Read `divide` first (what bars whom, and the ways straight across), then `cost`, `proposed` and `closed`.
"""

from kunshan_gis.studies.systems.severance.options import SeveranceOptions
from kunshan_gis.studies.systems.severance.part import severance_part, without_crossings

__all__ = ["SeveranceOptions", "severance_part", "without_crossings"]
