"""Nothing is measured in degrees, in web-map metres or in another CRS: each measuring function says so itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import geopandas as gpd
import pytest
from paper import gates, homes, layer, parks, streets

from kunshan_gis import toy
from kunshan_gis.analysis import cells, street_cells, tidiness
from kunshan_gis.errors import CRSError, at_rows
from kunshan_gis.layers.datum_guard import guard
from kunshan_gis.layers.homes import spread_over_buildings, spread_over_land
from kunshan_gis.layers.parents import resolve
from kunshan_gis.layers.repair import repair
from kunshan_gis.network import audit, build, park_access, snap
from kunshan_gis.network.passages import passages, structure_of

STREETS = streets([(0, 0), (500, 0)], [(500, 0), (500, 400)])
HOMES, PARKS = homes((10, 10), (480, 300)), parks((100, 20, 200, 120))
GATES = gates((150, 20), park_id=["i0"])
NETWORK = build(STREETS)


def place(rows, _):
    return at_rows("x", rows)


MEASURES: dict[str, Callable[[Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]], object]] = {
    "build": lambda to: build(to(STREETS)),
    "snap": lambda to: snap(to(HOMES).geometry, NETWORK, max_leg_m=100, min_component_m=0),
    "snap barred": lambda to: snap(
        HOMES.geometry, NETWORK, max_leg_m=100, min_component_m=0, barriers=to(STREETS).geometry
    ),
    "audit homes": lambda to: audit(STREETS, NETWORK, longest_walk_m=900, homes=to(HOMES)),
    "park_access": lambda to: park_access(to(PARKS), None, NETWORK),
    "park_access gates": lambda to: park_access(PARKS, to(GATES), NETWORK),
    "passages": lambda to: passages(NETWORK, structure_of(STREETS), {"water": to(PARKS)}),
    "cells": lambda to: cells(to(HOMES), None),
    "street_cells": lambda to: street_cells(to(HOMES), STREETS.geometry),
    "street_cells streets": lambda to: street_cells(HOMES, to(STREETS).geometry),
    "tidiness": lambda to: tidiness(to(PARKS)),
    "spread_over_buildings": lambda to: spread_over_buildings(to(HOMES), PARKS),
    "spread_over_land": lambda to: spread_over_land(HOMES, to(PARKS)),
    "repair": lambda to: repair(to(PARKS), "parks", place),
    "resolve": lambda to: resolve(to(GATES).drop(columns="park_id"), "park_gates", {"parks": to(PARKS)}, place),
    "guard": lambda to: guard(to(HOMES), layer("homes", HOMES).info, [], analysis_crs=toy.CRS),
}


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
@pytest.mark.parametrize("name", MEASURES)
def test_degrees_and_web_map_metres_are_refused_with_the_remedy(name: str, crs: str) -> None:
    assert inspect.isfunction(MEASURES[name])
    with pytest.raises(CRSError, match=rf'is in {crs}.*to_crs\("EPSG'):
        MEASURES[name](lambda table: table.to_crs(crs))
