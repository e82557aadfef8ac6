"""kunshan_gis itself."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np

from benchmarks.city import MAX_LEG_M, City
from benchmarks.question import Array, Coverage, Prepared, Reached
from benchmarks.scipy_engine import gates_of_tier
from benchmarks.shapely_engine import WIDTH_M, Snapped
from kunshan_gis import network


def nearest(city: City) -> Prepared:
    """Every junction's metres to its nearest park."""
    return Prepared(lambda: network.search(city.network, city.gates).node_m)


def tiers(city: City) -> Prepared:
    """Nearest park of each tier, and the exact metres of each edge within the cutoff."""
    gates = [gates_of_tier(city, tier) for tier in range(3)]

    def run() -> Array:
        fields = [network.search(city.network, tier, cutoff_m=city.cutoff_m) for tier in gates]
        return np.array([network.covered_lengths(field, [city.cutoff_m])[0] for field in fields])

    return Prepared(run)


def searches(city: City) -> Prepared:
    """What each park reaches: junctions and metres."""

    def read(found: Any) -> Reached:
        park = np.repeat(np.arange(city.parks), np.diff(found.first))
        return Reached.of(park, found.node, found.metres, nodes=len(city.network.node_xy))

    return Prepared(lambda: network.searches(city.network, city.gates, city.park, cutoff_m=city.cutoff_m), read)


def counts(city: City) -> Prepared:
    """How many parks are within the cutoff of every home."""
    return Prepared(
        lambda: network.opportunities(city.network, city.homes, city.gates, city.park, cutoffs_m=[city.cutoff_m]),
        lambda found: found[:, 0].astype(np.int64),
    )


def add_park(city: City) -> Prepared:
    """One more park: what it brings nearer follows, distances, homes and street."""
    one_each = np.ones(len(city.homes.edge), dtype=np.int64)
    live = network.Live(city.network, city.gates, city.homes, one_each, cutoffs_m=[city.cutoff_m])

    def run() -> tuple[int, float]:
        live.add(city.one_more)
        return int(live.people[0]), float(live.street_m[0])

    return Prepared(run, lambda found: Coverage(live.field.node_m, *found), again=live.undo)


def snap(city: City) -> Prepared:
    """The nearest edge within the cap, and the place on it."""
    points = gpd.GeoSeries(gpd.points_from_xy(*city.scattered.T), crs=city.network.crs)

    def read(found: Any) -> Snapped:
        return found.edge, found.offset_m, found.leg_m

    return Prepared(lambda: network.snap(points, city.network, max_leg_m=MAX_LEG_M, min_component_m=0.0), read)


def polygons(city: City) -> Prepared:
    """The ground beside the streets within a walk of every park, the searches included."""
    from kunshan_gis.network.service_area import service_areas

    return Prepared(
        lambda: service_areas(city.network, city.gates, city.park, cutoffs_m=[city.cutoff_m], width_m=WIDTH_M),
        lambda found: np.asarray(found.geometry.array),
    )
