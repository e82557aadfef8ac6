"""Tables to measures: no files, no maps, no hidden randomness."""

from kunshan_gis.analysis.coverage import STATES, TOLERANCE_M, coverage, states
from kunshan_gis.analysis.grid import cells, street_cells
from kunshan_gis.analysis.tidiness import PLACE_M, SLIVER_M2, Tidiness, filled, tidiness
from kunshan_gis.analysis.units import UNASSIGNED, town_of, zone_of

__all__ = [
    "PLACE_M",
    "SLIVER_M2",
    "STATES",
    "TOLERANCE_M",
    "UNASSIGNED",
    "Tidiness",
    "cells",
    "coverage",
    "filled",
    "states",
    "street_cells",
    "tidiness",
    "town_of",
    "zone_of",
]
