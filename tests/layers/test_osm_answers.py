"""Answers put together: each feature once, whole, in an order that GDAL reads; cut to what was wanted."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import shapely
from replay import engine, town, town_file, wrapped

from kunshan_gis.layers.osm import read_osm
from kunshan_gis.layers.osm_answers import Gathered, cut, osm_xml
from kunshan_gis.layers.overpass import GROUPS, read_answer, rectangles, statement

TOWN = shapely.box(120.98, 31.04, 121.02, 31.06)


def gathered(*contents: bytes) -> Gathered:
    found = Gathered()
    for content in contents:
        found.add(read_answer(content))
    return found


def test_a_feature_that_comes_twice_is_kept_once_with_its_tags() -> None:
    bare = {"type": "node", "id": 1, "lat": 31.0, "lon": 121.0}
    gate = {**bare, "tags": {"barrier": "gate"}, "timestamp": "2024-01-01T00:00:00Z"}
    newer = {**gate, "tags": {"barrier": "stile"}, "timestamp": "2025-01-01T00:00:00Z"}
    for order in ([bare, gate, newer], [newer, gate, bare], [gate, newer, bare]):
        found = gathered(*(wrapped([element]) for element in order))
        assert len(found.nodes) == 1
        assert found.nodes[1].tags == {"barrier": "stile"}
        assert found.nodes[1].edited == "2025-01-01T00:00:00Z"


def test_rectangles_put_together_make_the_town() -> None:
    answer = engine(town())
    pieces = gathered(*(answer(statement(group, box)) for box in rectangles(TOWN) for group in GROUPS))
    whole = gathered(wrapped(town()))
    far = {12, 13}
    assert set(pieces.ways) == set(whole.ways) == far | set(range(1, 12))
    kept = cut(pieces, TOWN)
    assert set(kept.ways) == set(range(1, 12))
    assert set(kept.relations) == {1}
    assert {node for way in kept.ways.values() for node in way.parts} <= set(kept.nodes)
    assert {5001, 5002, 5003, 5004, 5005} <= set(kept.nodes)
    assert 1200 not in kept.nodes
    assert osm_xml(kept) == osm_xml(cut(whole, TOWN))


def test_what_touches_the_area_stays_whole() -> None:
    whole = gathered(wrapped(town()))
    corner = cut(whole, shapely.box(121.0088, 31.0499, 121.0092, 31.0501))
    assert set(corner.ways) == {1}
    assert len(corner.ways[1].parts) == 3
    yard = cut(whole, shapely.box(121.00495, 31.05005, 121.00501, 31.05012))
    assert set(yard.relations) == {1}
    assert {6, 7} <= set(yard.ways)
    assert cut(whole, shapely.box(10, 10, 11, 11)) == Gathered()
    assert not cut(whole, shapely.box(10, 10, 11, 11)).has_streets


def test_the_file_is_sorted_escaped_and_names_no_mapper(tmp_path: Path) -> None:
    bad = {
        "type": "node",
        "id": 7,
        "lat": 31.05,
        "lon": 121.0,
        "tags": {"amenity": "school", "name": 'a\x00\x1b<&"\ud800'},
    }
    content = osm_xml(gathered(wrapped([*town(), bad])))
    tree = ET.fromstring(content)
    order = [("node", "way", "relation").index(child.tag) for child in tree]
    assert order == sorted(order)
    for kind in ("node", "way", "relation"):
        numbers = [int(child.get("id")) for child in tree.iter(kind)]
        assert numbers == sorted(numbers)
    assert b"mapper" not in content
    assert b"uid" not in content
    assert tree.find("./node[@id='7']/tag[@k='name']").get("v") == 'a��<&"�'
    (tmp_path / "bad.osm").write_bytes(content)
    assert 'a��<&"�' in set(read_osm(tmp_path / "bad.osm")["facilities"]["name"])


def test_the_town_holds_one_of_each(tmp_path: Path) -> None:
    tables = read_osm(town_file(tmp_path))
    counts = {kind: len(table) for kind, table in tables.items()}
    assert counts == {
        "streets": 3, "parks": 1, "park_gates": 1, "facilities": 1, "stations": 1, "entrances": 1, "bus_stops": 1,
        "water": 1, "barriers": 1, "green": 1, "trees": 1, "buildings": 4,
    }  # fmt: skip
    assert set(tables["streets"]["osm_date"]) == {"2024-05-06"}
