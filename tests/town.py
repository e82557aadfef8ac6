"""A town of crooked streets with homes and parks beside them, where a shift of half a kilometre shows."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import paper
import shapely
from shapely import LineString, Point, box

from kunshan_gis.model import StudyArea

CRS = "EPSG:4549"
TOWN = np.array([[586_000.0, 3_458_000.0], [592_000.0, 3_464_000.0]])
"""South-west and north-east corner, metres."""


@cache
def streets() -> gpd.GeoDataFrame:
    """Streets at uneven distances of 120 to 330 m, each in 24 pieces."""
    random = np.random.default_rng(1)
    (west, south), (east, north) = TOWN
    lines = []
    for low, high, turned in ((west, east, False), (south, north, True)):
        across, ends = low, (west, east) if turned else (south, north)
        while (across := across + random.uniform(120, 330)) < high:
            along = np.linspace(*ends, 25)
            bent = across + np.cumsum(random.normal(0, 12, len(along)))
            corners = np.column_stack((along, bent) if turned else (bent, along))
            lines += [LineString(corners[at : at + 2]) for at in range(len(corners) - 1)]
    ids = [f"s{row}" for row in range(len(lines))]
    return gpd.GeoDataFrame({"id": ids, "class": "residential", "walkable": True}, geometry=lines, crs=CRS)


@cache
def homes() -> gpd.GeoDataFrame:
    """1500 homes 5 to 25 m from a street."""
    random = np.random.default_rng(2)
    lines = np.asarray(streets().geometry.array)
    line = lines[random.integers(0, len(lines), 1500)]
    spots = shapely.get_coordinates(shapely.line_interpolate_point(line, random.uniform(0, 1, 1500), normalized=True))
    angle, away = random.uniform(0, 2 * np.pi, 1500), random.uniform(5, 25, 1500)
    spots = spots + np.column_stack([np.cos(angle), np.sin(angle)]) * away[:, None]
    ids = [f"h{row}" for row in range(1500)]
    return gpd.GeoDataFrame({"id": ids, "population": 10}, geometry=shapely.points(spots), crs=CRS)


@cache
def parks() -> gpd.GeoDataFrame:
    """Blocks between the streets, 10 m in from them."""
    blocks = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(streets().geometry.array))))
    blocks = shapely.buffer(blocks[shapely.area(blocks) > 20_000][::4], -10)
    ids = [f"p{row}" for row in range(len(blocks))]
    return gpd.GeoDataFrame({"id": ids, "tier": None}, geometry=blocks, crs=CRS).astype({"tier": object})


@cache
def boundary() -> gpd.GeoDataFrame:
    """A crooked outline of the town."""
    random = np.random.default_rng(3)
    outline = shapely.segmentize(box(*TOWN.ravel()), 400)
    ring = shapely.get_coordinates(outline)[:-1]
    return gpd.GeoDataFrame(
        {"id": ["b"]}, geometry=[shapely.polygons(ring + random.normal(0, 60, ring.shape))], crs=CRS
    )


def small_town(seed: int = 3) -> StudyArea:
    """A grid with gaps, homes and parks at odd places, two towns, markets and stops."""
    rng = np.random.default_rng(seed)
    lines = [[(x, y), (x + 200, y)] for x in range(0, 1200, 200) for y in range(0, 1201, 200)]
    lines += [[(x, y), (x, y + 200)] for x in range(0, 1201, 200) for y in range(0, 1200, 200)]
    kept = rng.random(len(lines)) < 0.8
    corners = rng.uniform(100, 1000, (8, 2)).round(1)
    sizes = np.where(np.arange(8) % 2, 40, 90)
    return paper.area_of(
        streets=paper.streets(*[line for line, there in zip(lines, kept, strict=True) if there]),
        homes=paper.homes(*map(tuple, rng.uniform(-50, 1250, (150, 2)).round(2)), population=rng.integers(0, 60, 150)),
        parks=paper.parks(*[(x, y, x + s, y + s) for (x, y), s in zip(corners, sizes, strict=True)],
                    tier=["community", "pocket"] * 4),
        facilities=paper.frame([Point(*at) for at in rng.uniform(0, 1200, (6, 2)).round(1)], category="food_market"),
        bus_stops=paper.frame([Point(*at) for at in rng.uniform(0, 1200, (6, 2)).round(1)]),
        towns=paper.frame([box(-100, -100, 600, 1300), box(600, -100, 1300, 1300)], id=["w", "e"]),
        zone_towns=pd.DataFrame({"zone_id": ["z", None], "town_id": ["w", "e"]}),
    )  # fmt: skip
