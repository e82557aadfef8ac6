"""A made-up place of some forty square kilometres: two towns, a lake, a river, a metro line, one expressway."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import LineString, Point

from kunshan_gis.demo.generator import build
from kunshan_gis.demo.spec import parse_spec

CRS = "EPSG:4549"
X, Y = 590_000.0, 3_470_000.0  # south-west corner of the place


def _lonlat(x, y):
    point = gpd.GeoSeries([Point(X + x, Y + y)], crs=CRS).to_crs("EPSG:4326")[0]
    return [point.x, point.y]


def _town(number, weight, urban):
    return {
        "id": f"town-{number}", "name": f"镇{number}", "name_en": f"Town {number}", "adcode": f"00000{number}",
        "area_km2": 20.0, "people_weight": weight, "urban_radius_m": urban, "core_radius_m": 450.0,
        "core_block_m": 130.0, "industry_share": 0.2, "evidence": "invented",
    }  # fmt: skip


@pytest.fixture(scope="session")
def place_facts():
    return {
        "seed": 7,
        "evidence": "invented",
        "frame": {"margin_m": 2300, "lattice_m": 1100, "canal_half_m": 14, "river_half_m": 45, "evidence": "invented"},
        "people": {
            "total": 60_001, "date": "2020-11-01", "share_0_14": 0.15, "share_60_plus": 0.12, "evidence": "invented",
            "group": [{"towns": ["town-2"], "total": 10_007, "evidence": "invented"}],
        },
        "town": [_town(1, 3, 2300.0), _town(2, 1, 1500.0)],
        "station_urban": {"radius_m": 900, "evidence": "invented"},
        "expressway": [{
            "class": "link", "name": "联络线", "name_en": "Link", "status": "existing", "structure": "ground",
            "path": [_lonlat(3050, -1500), _lonlat(3250, 7800)], "evidence": "invented",
        }],
        "rail": [{
            "line": "一号线", "name_en": "Line 1", "structure": "tunnel", "status": "existing",
            "through_stations": True, "evidence": "invented",
        }],
        "corridors": {"horizontal_lat": [_lonlat(0, 2000)[1]], "vertical_lon": [_lonlat(2500, 0)[0]],
                      "evidence": "invented"},
        "focus_area": [{"class": "centre", "name": "中心", "name_en": "Centre", "at": _lonlat(2000, 4000),
                        "accuracy_m": 500, "evidence": "invented"}],
        "parks": {
            "comprehensive": 1, "community": 6, "pocket": 20, "code_edition": "CJJ/T 85-2017", "evidence": "invented",
            "named": [{"name": "大公园", "name_en": "Large Park", "tier": "comprehensive", "area_ha": [19, 21],
                       "at": _lonlat(2300, 4300), "accuracy_m": 500, "evidence": "invented"}],
        },
        "landuse": {
            "code_edition": "GB 50137-2011", "evidence": "invented",
            "codes": {"estate": "R2", "open_housing": "R3", "village": "H14", "public": "A", "commerce": "B",
                      "industry": "M", "verge": "G2", "park": "G1"},
        },
        "jobs": {"total": 30_003, "weights": {"industry": 1, "commerce": 1, "village": 0.1},
                 "sectors": {"industry": "manufacturing", "commerce": "services", "village": "agriculture"},
                 "evidence": "invented"},
        "estates": {"label": "示例小区", "label_en": "Demo estate", "evidence": "invented"},
        "communities": {"people_each": 5000, "label": "示例社区", "label_en": "Demo community", "evidence": "invented"},
        "bus": {"spacing_m": 500, "evidence": "invented"},
        "facility": [{"category": "primary_school", "people_each": 20_000, "capacity": 900, "evidence": "invented"}],
    }  # fmt: skip


@pytest.fixture
def facts(place_facts):
    """The facts of the place, free to be changed."""
    return copy.deepcopy(place_facts)


@pytest.fixture(scope="session")
def real_place():
    def at(x, y):
        return Point(X + x, Y + y)

    def table(rows, shapes):
        return gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)

    river = LineString([(X - 3000, Y + 1500), (X + 3000, Y + 1300), (X + 9000, Y + 1700)])
    return {
        "boundary": table([{"id": "place"}], [shapely.box(X, Y, X + 6000, Y + 7000)]),
        "water": table(
            [{"id": "lake", "class": "lake"}, {"id": "river", "class": "river"}], [at(900, 6100).buffer(700), river]
        ),
        "seats": table(
            [{"id": "s1", "town_id": "town-1"}, {"id": "s2", "town_id": "town-2"}], [at(2000, 3600), at(4900, 5600)]
        ),
        "stations": table(
            [{"id": f"m{n}", "line": "一号线", "orders": str(n), "accuracy_m": 50.0} for n in (1, 2, 3)],
            [at(1200, 3500), at(2100, 3650), at(3900, 3600)],
        ),
    }


@pytest.fixture(scope="session")
def spec(place_facts):
    return parse_spec(place_facts)


@pytest.fixture(scope="session")
def city(real_place, spec):
    """Every layer of the made-up place; treat it as read-only."""
    return build(real_place, spec)


def _keys(streets):
    """Vertices as whole 1e-7 degrees, and the street row of each."""
    xy, row = shapely.get_coordinates(np.asarray(streets.to_crs("EPSG:4326").geometry.array), return_index=True)
    return (xy * 1e7).round().astype(np.int64), row


def main_share(streets):
    """Share of the length in the largest connected piece, walkable streets only, noded by identical coordinates."""
    walkable = streets[streets["walkable"]]
    key, row = _keys(walkable)
    _, node = np.unique(key, axis=0, return_inverse=True)
    node = node.ravel()
    same = row[1:] == row[:-1]
    assert not (node[1:] == node[:-1])[same].any(), "a street has two vertices in one place"
    size = int(node.max()) + 1
    graph = coo_array((np.ones(same.sum()), (node[:-1][same], node[1:][same])), shape=(size, size))
    _, piece = connected_components(graph, directed=False)
    length = np.asarray(walkable.length)
    first = node[np.searchsorted(row, np.arange(len(walkable)))]
    return np.bincount(piece[first], weights=length).max() / length.sum()


def shared_with_fast_roads(streets):
    """Vertices that walkable and other streets have in common."""
    key, row = _keys(streets)
    walkable = streets["walkable"].to_numpy()[row]
    return set(map(tuple, key[walkable].tolist())) & set(map(tuple, key[~walkable].tolist()))


def _ground_ways(streets):
    return np.asarray(streets.geometry.array)[(streets["walkable"] & (streets["structure"] == "ground")).to_numpy()]


def crossing_on_the_ground(streets, barriers):
    """Ground-level walkable streets that cross a barrier."""
    ways = _ground_ways(streets)
    hits = shapely.STRtree(ways).query(np.asarray(barriers, dtype=object), predicate="intersects")[1]
    return len(np.unique(hits))


def meeting_without_a_vertex(streets):
    """Pairs of ground-level walkable streets that touch or cross where one of them has no vertex (5 cm)."""
    ways = _ground_ways(streets)
    first, second = shapely.STRtree(ways).query(ways, predicate="intersects")
    first, second = first[first < second], second[first < second]
    places, pair = shapely.get_parts(shapely.intersection(ways[first], ways[second]), return_index=True)
    at, of = shapely.get_coordinates(ways, return_index=True)
    vertices = shapely.multipoints(at, indices=of)
    points = shapely.get_point(shapely.line_merge(places), 0)
    points = np.where(shapely.get_type_id(places) == 0, places, points)
    apart = [shapely.distance(points, vertices[side[pair]]) > 0.05 for side in (first, second)]
    return int((apart[0] | apart[1]).sum())


@pytest.fixture(scope="session")
def laws():
    """What must hold of any street network the generator draws."""
    return SimpleNamespace(
        main_share=main_share,
        shared_with_fast_roads=shared_with_fast_roads,
        crossing_on_the_ground=crossing_on_the_ground,
        meeting_without_a_vertex=meeting_without_a_vertex,
    )
