"""Tables to measures: no files, no maps, no hidden randomness."""

from kunshan_gis.analysis.coverage import STATES, TOLERANCE_M, coverage, states
from kunshan_gis.analysis.grid import cells
from kunshan_gis.analysis.units import UNASSIGNED, town_of, zone_of

__all__ = ["STATES", "TOLERANCE_M", "UNASSIGNED", "cells", "coverage", "states", "town_of", "zone_of"]
