"""A town of a few ways, written as OSM XML. One unit is 1e-5 degrees: about 1 m."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from kunshan_gis.contracts import check
from kunshan_gis.errors import KunshanGISWarning, LayerError, LayerNotFoundError, NetworkError
from kunshan_gis.layers.osm import read_osm
from kunshan_gis.schema import KINDS

LON, LAT, UNIT = 121.0, 31.0, 1e-5
DATA = Path(__file__).parents[3] / "shared" / "data"
HELSINKI = DATA / "helsinki" / "Helsinki.osm.pbf"
PORTO_ALEGRE = DATA / "porto-alegre" / "poa_osm.osm.pbf"
needs = pytest.mark.skipif(not DATA.is_dir(), reason="the sample extracts are not beside the repository")


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def node(number: int, x: float, y: float, **tags: str) -> str:
    place = f'lat="{LAT + y * UNIT:.7f}" lon="{LON + x * UNIT:.7f}"'
    return f'<node id="{number}" {place} timestamp="2020-05-0{1 + number % 5}T12:00:00Z">{_tags(tags)}</node>'


def way(number: int, refs: Iterable[int], tags: dict[str, str]) -> str:
    points = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{number}" timestamp="2021-06-01T00:00:00Z">{points}{_tags(tags)}</way>'


def relation(number: int, members: dict[int, str], tags: dict[str, str]) -> str:
    ways = "".join(f'<member type="way" ref="{ref}" role="{role}"/>' for ref, role in members.items())
    return f'<relation id="{number}">{ways}{_tags({"type": "multipolygon"} | tags)}</relation>'


def write(folder: Path, *elements: str, name: str = "town.osm") -> Path:
    """The elements as a file, nodes first, then ways, then relations."""
    path = folder / name
    order = sorted(elements, key=lambda element: ("<node", "<way ", "<rela").index(element[:5]))
    path.write_text(f'<osm version="0.6">{"".join(order)}</osm>', encoding="utf-8")
    return path


def square(first: int, x: float, y: float, side: float) -> list[str]:
    corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    return [node(first + step, *corner) for step, corner in enumerate(corners)]


def ring(first: int) -> list[int]:
    return [first, first + 1, first + 2, first + 3, first]


STREET = (node(1, 0, 0), node(2, 100, 0), way(900, (1, 2), {"highway": "residential"}))


def only(table: gpd.GeoDataFrame, name: str) -> gpd.GeoSeries:
    rows = table[table["id"] == name]
    assert len(rows) == 1
    return rows.iloc[0]


def test_bridges_share_no_point_and_junctions_share_it_exactly(tmp_path: Path) -> None:
    nodes = [node(1, 0, 0.1), node(2, 50, 0.3), node(3, 100, 0), node(4, 50, -50), node(5, 50, 50), node(6, 50, 77.7)]
    streets = read_osm(
        write(
            tmp_path,
            *nodes,
            way(10, (1, 2, 3), {"highway": "primary"}),
            way(11, (4, 5), {"highway": "footway", "bridge": "yes", "layer": "1"}),
            way(12, (2, 6), {"highway": "residential"}),
        )
    )["streets"]
    ground, bridge, side = (shapely.get_coordinates(only(streets, f"way/{i}").geometry) for i in (10, 11, 12))
    assert (ground[1] == side[0]).all()
    assert ground[1].tolist() == [121.0005, 31.000003]
    assert not (ground[:, None] == bridge[None]).all(axis=2).any()
    assert shapely.crosses(*(only(streets, f"way/{i}").geometry for i in (10, 11)))
    assert only(streets, "way/11")["structure"] == "elevated"


def test_structure_comes_from_bridge_tunnel_and_layer(tmp_path: Path) -> None:
    cases = {
        10: ({}, "ground"),
        11: ({"bridge": "viaduct"}, "elevated"),
        12: ({"tunnel": "yes", "layer": "-1"}, "tunnel"),
        13: ({"tunnel": "building_passage", "layer": "1"}, "ground"),
        14: ({"layer": "-1"}, "unknown"),
        15: ({"bridge": "no", "layer": "0"}, "ground"),
    }
    ways = [way(number, (1, 2), {"highway": "footway"} | tags) for number, (tags, _) in cases.items()]
    streets = read_osm(write(tmp_path, node(1, 0, 0), node(2, 9, 0), *ways))["streets"]
    assert dict(zip(streets["id"], streets["structure"], strict=True)) == {
        f"way/{number}": expected for number, (_, expected) in cases.items()
    }


def test_every_street_is_kept_with_its_tags_and_marked_walkable_or_not(tmp_path: Path) -> None:
    tags: dict[int, dict[str, str]] = {
        10: {"highway": "footway", "oneway": "yes", "lit": "yes"},
        11: {"highway": "service", "access": "private"},
        12: {"highway": "trunk", "foot": "yes", "maxspeed": "80"},
        13: {"highway": "trunk"},
        14: {"highway": "construction", "construction": "primary"},
        15: {"highway": "steps", "step_count": "12", "sidewalk:left": "yes"},
    }
    ways = [way(number, (1, 2), one) for number, one in tags.items()]
    streets = read_osm(write(tmp_path, node(1, 0, 0), node(2, 9, 0), *ways))["streets"].set_index("id")
    assert streets["walkable"].tolist() == [True, False, True, False, False, True]
    assert streets.loc["way/10", ["oneway", "lit", "class"]].tolist() == ["yes", "yes", "footway"]
    assert streets.loc["way/12", "maxspeed"] == "80"
    assert streets.loc["way/15", ["step_count", "sidewalk_left"]].tolist() == ["12", "yes"]
    assert streets.loc["way/14", "status"] == "under_construction"
    assert streets.loc["way/10", "access"] is None
    assert streets.loc["way/10", "osm_date"] == "2021-06-01"


def test_clipped_ways_keep_what_is_there(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        *STREET,
        way(10, (1, 2, 77), {"highway": "footway"}),  # 77 lies outside the extract
        way(11, (2, 78, 77), {"highway": "footway"}),
        way(12, (1, 2, 77, 1), {"leisure": "park"}),
    )
    with pytest.warns(KunshanGISWarning, match=r"1 areas are not whole in it and were left out: way/12"):
        tables = read_osm(path)
    assert tables["streets"]["id"].tolist() == ["way/10", "way/900"]
    assert len(shapely.get_coordinates(only(tables["streets"], "way/10").geometry)) == 2
    assert "parks" not in tables


def test_park_relation_keeps_its_hole(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        *STREET,
        *square(10, 0, 0, 100),
        *square(20, 40, 40, 20),
        way(30, ring(10), {}),
        way(31, ring(20), {}),
        relation(40, {30: "outer", 31: "inner"}, {"leisure": "park", "name": "亭林园"}),
    )
    park = only(read_osm(path)["parks"], "relation/40")
    assert park["name"] == "亭林园"
    assert park.geometry.area / UNIT**2 == pytest.approx(100 * 100 - 20 * 20)


def test_which_areas_are_parks(tmp_path: Path) -> None:
    areas: list[dict[str, str]] = [
        {"leisure": "park"},
        {"leisure": "park", "access": "private"},
        {"leisure": "garden"},
        {"leisure": "garden", "name": "月季园"},
        {"leisure": "garden", "garden:type": "residential", "name": "后院"},
        {"landuse": "recreation_ground"},
        {"leisure": "playground", "name": "乐园"},
        {"leisure": "nature_reserve"},
    ]
    elements = [e for step in range(len(areas)) for e in square(10 * step + 10, 200 * step, 0, 50)]
    ways = [way(500 + step, ring(10 * step + 10), tags) for step, tags in enumerate(areas)]
    parks = read_osm(write(tmp_path, *STREET, *elements, *ways))["parks"]
    assert dict(zip(parks["id"], parks["class"], strict=True)) == {
        "way/500": "park",
        "way/503": "garden",
        "way/505": "recreation_ground",
    }


def test_touching_parks_of_one_name_become_one(tmp_path: Path) -> None:
    elements = [*square(10, 0, 0, 50), *square(20, 50, 0, 50), *square(30, 300, 0, 50), *square(40, 100, 0, 50)]
    named = {"leisure": "park", "name": "森林公园"}
    ways = [way(500, ring(20), named), way(499, ring(10), named), way(501, ring(30), named)]
    ways += [way(502, ring(40), {"leisure": "park"})]
    parks = read_osm(write(tmp_path, *STREET, *elements, *ways))["parks"]
    assert parks["id"].tolist() == ["way/499", "way/501", "way/502"]
    assert parks["osm_members"].fillna("").tolist() == ["way/499;way/500", "", ""]
    assert shapely.area(parks.geometry.array) / UNIT**2 == pytest.approx([5000, 2500, 2500])


PARK = (*square(10, 0, 0, 100), way(500, ring(10), {"leisure": "park"}))


def test_gates_belong_to_the_park_they_stand_at(tmp_path: Path) -> None:
    gates = (
        node(50, 50, 0, barrier="gate"),
        node(51, 50, 103, barrier="gate", name="北门"),  # about 3 m off
        node(52, 50, 150, barrier="gate"),  # about 50 m off
        node(53, 0, 50, barrier="gate", access="private"),
        node(54, 100, 50, barrier="bollard"),
        node(55, 100, 60, entrance="main"),  # a door in the wall of the house on the edge
        node(56, 0, 80, entrance="yes"),
    )
    house = (*square(60, 100, 40, 30), way(501, [60, 61, 62, 63, 55, 60], {"building": "yes"}))
    found = read_osm(write(tmp_path, *STREET, *PARK, *gates, *house))["park_gates"]
    assert found["id"].tolist() == ["node/50", "node/51", "node/56"]
    assert set(found["park_id"]) == {"way/500"}
    assert found["name"].tolist() == [None, "北门", None]


@pytest.mark.parametrize(("second_path", "complete"), [(False, True), (True, False)])
def test_gates_are_complete_only_if_no_way_enters_elsewhere(
    tmp_path: Path, *, second_path: bool, complete: bool
) -> None:
    nodes = [node(50, 50, 0, barrier="gate"), node(51, 50, -20), node(52, 50, 50), node(53, 50, 120)]
    ways = [way(600, (51, 50, 52), {"highway": "footway"})]
    ways += [way(601, (52, 53), {"highway": "footway"})] * second_path
    path = write(tmp_path, *PARK, *nodes, *ways)
    assert read_osm(path)["park_gates"]["complete"].tolist() == [complete]


def test_areas_with_highway_are_streets_along_their_outline(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        *square(10, 0, 0, 100),
        *square(20, 40, 40, 20),
        *square(30, 200, 0, 50),
        way(500, ring(30), {"highway": "footway", "leisure": "park"}),
        way(501, ring(10), {}),
        way(502, ring(20), {}),
        way(503, ring(10), {"highway": "footway"}),
        relation(600, {501: "outer", 502: "inner"}, {"highway": "pedestrian"}),
    )
    tables = read_osm(path)
    streets = tables["streets"].set_index("id")
    assert sorted(streets.index) == ["relation/600", "way/500", "way/503"]
    assert streets["walkable"].all()
    lengths = dict(zip(streets.index, shapely.length(streets.geometry.array) / UNIT, strict=True))
    assert lengths == pytest.approx({"relation/600": 480, "way/500": 200, "way/503": 400})
    assert tables["parks"]["id"].tolist() == ["way/500"]


def test_facilities_carry_the_standards_words(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, str], str | None]] = [
        ({"amenity": "school", "isced:level": "1;2"}, "primary_school"),
        ({"amenity": "school", "isced:level": "2", "name": "某某小学"}, "junior_middle_school"),
        ({"amenity": "school", "name": "培本实验小学"}, "primary_school"),
        ({"amenity": "school", "name": "昆山中学"}, "junior_middle_school"),
        ({"amenity": "school"}, "school"),
        ({"amenity": "kindergarten", "capacity": "120"}, "kindergarten"),
        ({"amenity": "clinic"}, "health_centre"),
        ({"amenity": "marketplace"}, "food_market"),
        ({"shop": "supermarket"}, "shopping"),
        ({"amenity": "social_facility", "social_facility:for": "senior"}, "elderly_care"),
        ({"amenity": "social_facility", "social_facility:for": "homeless"}, None),
        ({"leisure": "pitch"}, "sports_ground"),
        ({"leisure": "pitch", "access": "private"}, None),
        ({"amenity": "bench"}, None),
        ({"shop": "jewelry"}, None),
    ]
    nodes = [node(100 + step, step, 5, **tags) for step, (tags, _) in enumerate(cases)]
    path = write(tmp_path, *STREET, *nodes, *square(200, 0, 50, 10), way(901, ring(200), {"amenity": "library"}))
    found = read_osm(path)["facilities"].set_index("id")
    expected = {f"node/{100 + step}": category for step, (_, category) in enumerate(cases) if category}
    assert found["category"].to_dict() == expected | {"way/901": "culture"}
    assert found.loc["node/105", "capacity"] == 120
    assert set(found.geom_type) == {"Point"}


def test_stations_entrances_stops_rail_water_and_walls(tmp_path: Path) -> None:
    nodes = [
        node(10, 0, 0, railway="station", station="subway", name="花桥"),
        node(11, 30, 0, railway="subway_entrance"),
        node(12, 5000, 0, railway="subway_entrance"),
        node(13, 40, 0, railway="tram_stop"),
        node(14, 60, 0, highway="bus_stop", name="站"),
        node(15, 70, 0, public_transport="platform", bus="yes"),
        node(16, 0, 500, natural="tree"),
    ]
    ways = [
        way(901, ring(20), {"building": "train_station", "railway": "station"}),  # the same station, as a building
        way(902, ring(30), {"building": "train_station", "railway": "station"}),
        way(903, (1, 2), {"railway": "subway", "tunnel": "yes", "name": "11号线"}),
        way(904, (1, 2), {"railway": "abandoned"}),
        way(905, (1, 2), {"waterway": "canal", "name": "娄江"}),
        way(906, (1, 2), {"waterway": "river", "tunnel": "culvert"}),
        way(907, ring(20), {"natural": "water", "water": "lake"}),
        way(908, (1, 2), {"barrier": "fence"}),
        way(909, ring(30), {"amenity": "school", "barrier": "wall"}),
        way(910, (1, 2), {"barrier": "kerb"}),
        way(911, ring(20), {"landuse": "forest"}),
    ]
    places = [*square(20, -20, -20, 30), *square(30, 2000, 0, 30)]
    tables = read_osm(write(tmp_path, *STREET, *nodes, *places, *ways))
    assert dict(zip(tables["stations"]["id"], tables["stations"]["class"], strict=True)) == {
        "node/10": "subway",
        "way/902": "station",
    }
    assert tables["entrances"][["id", "station_id"]].to_numpy().tolist() == [["node/11", "node/10"]]
    assert tables["bus_stops"]["class"].tolist() == ["tram_stop", "bus_stop", "bus_stop"]
    assert tables["rail"][["id", "structure", "name"]].to_numpy().tolist() == [["way/903", "tunnel", "11号线"]]
    assert tables["water"][["id", "class"]].to_numpy().tolist() == [["way/905", "canal"], ["way/907", "lake"]]
    assert tables["barriers"][["id", "class"]].to_numpy().tolist() == [["way/908", "fence"], ["way/909", "wall"]]
    assert tables["barriers"].geometry.iloc[1].geom_type == "LineString"
    assert tables["green"]["class"].tolist() == ["forest"]
    assert tables["trees"]["id"].tolist() == ["node/16"]
    assert all(check(table, kind, where=kind) == [] for kind, table in tables.items() if kind in KINDS)


def test_buildings_say_whether_people_may_live_there(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, str], bool]] = [
        ({"building": "yes"}, True),
        ({"building": "apartments", "building:levels": "18"}, True),
        ({"building": "apartments", "amenity": "kindergarten"}, True),
        ({"building": "yes", "shop": "convenience"}, True),
        ({"building": "yes", "amenity": "school"}, False),
        ({"building": "church"}, False),
        ({"building": "garage"}, False),
        ({"building": "industrial"}, False),
        ({"building": "commercial", "building:levels": "many"}, False),
    ]
    nodes = [e for step in range(len(cases)) for e in square(10 * step + 10, 50 * step, 50, 10)]
    ways = [way(500 + step, ring(10 * step + 10), tags) for step, (tags, _) in enumerate(cases)]
    ways += [way(600, ring(10), {"building": "no", "leisure": "pitch"})]
    buildings = read_osm(write(tmp_path, *STREET, *nodes, *ways))["buildings"]
    assert buildings["lived_in"].tolist() == [lived for _, lived in cases]
    assert buildings["levels"].dropna().tolist() == [18]


HOSTILE = ("{{7*7}}昆山", "<script>alert(1)</script>", "${x} \"'`\\ 🌳", "园" * 64 * 1024)


@pytest.mark.parametrize("name", HOSTILE, ids=["jinja", "script", "quotes", "64 KB"])
def test_names_are_data(tmp_path: Path, name: str) -> None:
    park = way(500, ring(10), {"leisure": "park", "name": name})
    path = write(
        tmp_path, *STREET[:2], *square(10, 0, 0, 100), park, way(900, (1, 2), {"highway": "path", "name": name})
    )
    tables = read_osm(path)
    assert tables["parks"]["name"].tolist() == [name]
    assert tables["streets"]["name"].tolist() == [name]


def test_a_blank_name_is_no_name(tmp_path: Path) -> None:
    path = write(tmp_path, *STREET[:2], way(900, (1, 2), {"highway": "path", "name": "   "}))
    assert read_osm(path)["streets"]["name"].tolist() == [None]


@pytest.mark.parametrize("name", ["we ird!x?#&'昆山{{7*7}}<b>.osm", "a:b%20.osm"])
def test_the_file_may_be_called_anything(tmp_path: Path, name: str) -> None:
    assert len(read_osm(write(tmp_path, *STREET, name=name))["streets"]) == 1


def test_gzip_gives_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, *STREET, *PARK)
    packed = tmp_path / "town.osm.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    plain, unpacked = read_osm(path), read_osm(packed)
    assert plain.keys() == unpacked.keys()
    for kind, table in plain.items():
        assert_geodataframe_equal(table, unpacked[kind])


def test_unsorted_and_negative_ids_are_read_in_one_order(tmp_path: Path) -> None:
    nodes = [node(2, 100, 0), node(-7, 50, 9), node(1, 0, 0)]
    ways = [
        way(12, (1, 2), {"highway": "path"}),
        way(-3, (1, -7), {"highway": "path"}),
        way(5, (2, 1), {"highway": "path"}),
    ]
    streets = read_osm(write(tmp_path, *nodes, *ways))["streets"]
    assert streets["id"].tolist() == ["way/-3", "way/5", "way/12"]
    again = read_osm(write(tmp_path, *nodes[::-1], *ways[::-1]))["streets"]
    assert_geodataframe_equal(streets, again)


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_osm(write(tmp_path, *STREET), progress=lambda _what, done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


def test_an_extract_without_streets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"town\.osm holds no street"):
        read_osm(write(tmp_path, node(1, 0, 0, amenity="bench")))
    with pytest.raises(NetworkError, match="holds no street"):
        read_osm(write(tmp_path, *PARK))


@pytest.mark.parametrize("cut", [60, 150, 250, 300])
def test_a_broken_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path, *STREET)
    whole = path.read_bytes()
    assert cut < len(whole)
    path.write_bytes(whole[:cut])
    with pytest.raises(LayerError, match=r"cut short or damaged.*Download it again"):
        read_osm(path)
    path.write_bytes(whole[:cut] + b"<<<<</osm>")
    with pytest.raises(LayerError, match=r"town\.osm cannot be read as OpenStreetMap.*Download it again"):
        read_osm(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LayerNotFoundError, match=r"none\.osm is not there"):
        read_osm(tmp_path / "none.osm")


def nodes_and_edges(streets: gpd.GeoDataFrame) -> tuple[int, int]:
    """A graph by shared coordinates, for comparison with the published counts."""
    xy, line = shapely.get_coordinates(shapely.get_parts(streets.geometry.array), return_index=True)
    _, place, times = np.unique((xy * 1e7).round().astype(np.int64), axis=0, return_inverse=True, return_counts=True)
    new = np.flatnonzero(np.diff(line))
    stop = times[place] > 1
    stop[np.r_[0, new, new + 1, len(line) - 1]] = True
    return len(np.unique(place[stop])), int(stop.sum()) - int(line[-1]) - 1


def as_the_source_counts(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lines without motorways, trunk roads, private ways, and what cannot be walked yet."""
    closed = ("construction", "proposed", "platform", "corridor", "elevator", "rest_area")
    lines = streets[
        streets["area"].isna() & (streets["class"] != "pedestrian") | ~shapely.is_closed(streets.geometry.array)
    ]
    out = (
        lines["class"].str.startswith(("motorway", "trunk"))
        | lines["class"].isin(closed)
        | lines["access"].isin(["private", "no"])
        | lines["foot"].isin(["private", "no"])
    )
    return lines[~out]


@needs
def test_porto_alegre_near_the_published_counts() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tables = read_osm(PORTO_ALEGRE)
    streets = tables["streets"]
    nodes, edges = nodes_and_edges(as_the_source_counts(streets))
    assert nodes == pytest.approx(18_787, rel=0.005)
    assert edges == pytest.approx(25_838, rel=0.005)
    km = streets[streets["walkable"]].to_crs(32722).length.sum() / 1000
    assert km == pytest.approx(1_830, rel=0.02)
    assert tables["parks"]["id"].tolist() == ["relation/5324354"]
    assert all(check(table, kind, where=kind) == [] for kind, table in tables.items() if kind in KINDS)


@needs
def test_helsinki_near_the_published_counts() -> None:
    with pytest.warns(KunshanGISWarning, match="way/123811631|areas are not whole"):
        tables = read_osm(HELSINKI)
    parks = tables["parks"]
    drawn = parks[parks["class"] == "park"]["id"].str.partition("/")[0].value_counts().to_dict()
    assert drawn == {"way": 15, "relation": 1}  # the 16th way, 123811631, holds two points of its ring
    nodes, edges = nodes_and_edges(as_the_source_counts(tables["streets"]))
    assert nodes == pytest.approx(3_500, rel=0.03)
    assert edges == pytest.approx(4_511, rel=0.03)
    assert len(tables["buildings"]) > 433
    assert all(check(table, kind, where=kind) == [] for kind, table in tables.items() if kind in KINDS)
