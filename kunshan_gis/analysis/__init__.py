"""Tables to measures: no files, no maps, no hidden randomness."""

from kunshan_gis.analysis.areal import areal_weights, overlaps, require_apart, spread_by_area
from kunshan_gis.analysis.borders import BORDER_M, crossings, nearest_of, outward, shared_border
from kunshan_gis.analysis.catchment import (
    Pairs,
    Range,
    amount_to_nearest,
    amount_within,
    amount_within_any,
    catchment_ratio,
    nearest_station,
    slack_of,
)
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
from kunshan_gis.analysis.distribution import quantiles, summary
from kunshan_gis.analysis.equity import Theil, gaps, gini, location_quotient, lorenz, palma, require_groups, theil
from kunshan_gis.analysis.expressways import (
    cut_edges,
    extra_person_minutes,
    road_cycles,
    road_ends,
    road_meetings,
    stretches,
    whole_roads,
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
from kunshan_gis.analysis.grid import amount_cells, cells, hexagon_cells, hexagons, street_cells
from kunshan_gis.analysis.life_circle import completeness, completeness_by, missing_kinds
from kunshan_gis.analysis.membership import require_membership, uncovered, zones_without_towns
from kunshan_gis.analysis.nesting import combinations, ground_once
from kunshan_gis.analysis.node_place import (
    NODE_PLACE,
    entropy,
    functional_mix,
    index_of,
    job_balance,
    min_max,
    node_place_class,
)
from kunshan_gis.analysis.opportunities import cumulative, gravity, nearest_k, proximity_time
from kunshan_gis.analysis.provision import area_per_person, places_per_person
from kunshan_gis.analysis.ranks import beside, ranks
from kunshan_gis.analysis.severance import longest_gap, severed
from kunshan_gis.analysis.siting import most_reached
from kunshan_gis.analysis.sizes import SIZES, size_states
from kunshan_gis.analysis.tidiness import PLACE_M, SLIVER_M2, Tidiness, filled, tidiness
from kunshan_gis.analysis.turnover import TURNOVER, turnover, turnover_cells
from kunshan_gis.analysis.units import UNASSIGNED, estate_of, town_of, zone_of

__all__ = [
    "BORDER_M",
    "NODE_PLACE",
    "PLACE_M",
    "SIZES",
    "SLIVER_M2",
    "STATES",
    "TOLERANCE_M",
    "TOLERANCE_MIN",
    "TURNOVER",
    "UNASSIGNED",
    "Gaussian",
    "GaussianCatchment",
    "InversePower",
    "NegativeExponential",
    "Pairs",
    "Range",
    "Theil",
    "Tidiness",
    "Within",
    "Zones",
    "amount_cells",
    "amount_to_nearest",
    "amount_within",
    "amount_within_any",
    "area_per_person",
    "areal_weights",
    "balanced",
    "beside",
    "catchment_ratio",
    "cells",
    "combinations",
    "completeness",
    "completeness_by",
    "coverage",
    "crossings",
    "cumulative",
    "cut_edges",
    "enhanced_two_step",
    "entropy",
    "estate_of",
    "extra_person_minutes",
    "filled",
    "floating_catchment",
    "functional_mix",
    "gaps",
    "gaussian_two_step",
    "gini",
    "gravity",
    "ground_once",
    "hexagon_cells",
    "hexagons",
    "index_of",
    "job_balance",
    "location_quotient",
    "longest_gap",
    "lorenz",
    "min_max",
    "missing_kinds",
    "modified_two_step",
    "most_reached",
    "nearest_k",
    "nearest_of",
    "nearest_station",
    "node_place_class",
    "outward",
    "overlaps",
    "palma",
    "places_per_person",
    "proximity_time",
    "quantiles",
    "ranks",
    "require_apart",
    "require_groups",
    "require_membership",
    "road_cycles",
    "road_ends",
    "road_meetings",
    "severed",
    "shared_border",
    "size_states",
    "slack_of",
    "spread_by_area",
    "states",
    "street_cells",
    "stretches",
    "summary",
    "supply_ratio",
    "theil",
    "tidiness",
    "town_of",
    "turnover",
    "turnover_cells",
    "two_step",
    "uncovered",
    "whole_roads",
    "zone_of",
    "zones_without_towns",
]
