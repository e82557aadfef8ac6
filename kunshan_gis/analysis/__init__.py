"""Tables to measures: no files, no maps, no hidden randomness."""

from kunshan_gis.analysis.coverage import STATES, TOLERANCE_M, coverage, states
from kunshan_gis.analysis.decay import (
    TOLERANCE_MIN,
    Gaussian,
    GaussianCatchment,
    InversePower,
    NegativeExponential,
    Within,
    Zones,
)
from kunshan_gis.analysis.floating import (
    balanced,
    enhanced_two_step,
    floating_catchment,
    gaussian_two_step,
    modified_two_step,
    supply_ratio,
    two_step,
)
from kunshan_gis.analysis.grid import cells, street_cells
from kunshan_gis.analysis.opportunities import cumulative, gravity, nearest_k, proximity_time
from kunshan_gis.analysis.tidiness import PLACE_M, SLIVER_M2, Tidiness, filled, tidiness
from kunshan_gis.analysis.units import UNASSIGNED, town_of, zone_of

__all__ = [
    "PLACE_M",
    "SLIVER_M2",
    "STATES",
    "TOLERANCE_M",
    "TOLERANCE_MIN",
    "UNASSIGNED",
    "Gaussian",
    "GaussianCatchment",
    "InversePower",
    "NegativeExponential",
    "Tidiness",
    "Within",
    "Zones",
    "balanced",
    "cells",
    "coverage",
    "cumulative",
    "enhanced_two_step",
    "filled",
    "floating_catchment",
    "gaussian_two_step",
    "gravity",
    "modified_two_step",
    "nearest_k",
    "proximity_time",
    "states",
    "street_cells",
    "supply_ratio",
    "tidiness",
    "town_of",
    "two_step",
    "zone_of",
]
