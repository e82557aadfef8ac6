"""Where the network crosses expressways, railways and water, and how."""

from __future__ import annotations

import geopandas as gpd
import pytest
from paper import frame, streets
from shapely import LineString, box

from kunshan_gis.network import build
from kunshan_gis.network.passages import PASSAGES, passages, structure_of


def found(table: gpd.GeoDataFrame, **barriers: gpd.GeoDataFrame) -> list[tuple[str, str, int]]:
    network = build(table)
    places = passages(network, structure_of(table)[network.street], barriers)
    return [tuple(row) for row in places[["kind", "passage", "edges"]].to_numpy().tolist()]


RAIL = frame([LineString([(-500, 0), (500, 0)])], structure="ground")
ACROSS = [(0, -100), (0, 100)]


@pytest.mark.parametrize(
    ("way", "barrier", "passage"),
    [
        ("ground", "ground", "level"),
        ("elevated", "ground", "bridge"),
        ("tunnel", "ground", "tunnel"),
        ("ground", "elevated", "clear"),
        ("ground", "tunnel", "clear"),
        ("unknown", "ground", "unknown"),
        ("ground", "unknown", "unknown"),
        ("elevated", "unknown", "bridge"),
    ],
)
def test_how_a_way_crosses_follows_from_both_structures(way: str, barrier: str, passage: str) -> None:
    assert found(streets(ACROSS, structure=way), rail=RAIL.assign(structure=barrier)) == [("rail", passage, 1)]
    assert passage in PASSAGES


def test_what_states_no_structure_lies_on_the_ground() -> None:
    assert found(streets(ACROSS, structure=None), rail=RAIL.drop(columns="structure")) == [("rail", "level", 1)]
    assert structure_of(streets(ACROSS).drop(columns="structure")).tolist() == ["ground"]


def test_all_tracks_of_a_railway_and_both_pavements_of_a_bridge_are_one_place() -> None:
    tracks = frame([LineString([(-500, y), (500, y)]) for y in (0, 5, 10, 15)])
    ways = streets(ACROSS, [(8, -100), (8, 100)], [(200, -100), (200, 100)], structure="elevated")
    assert found(ways, rail=tracks) == [("rail", "bridge", 2), ("rail", "bridge", 1)]


def test_a_dead_end_that_touches_a_railway_does_not_cross_it() -> None:
    assert found(streets([(0, -100), (0, 0)]), rail=RAIL) == []
    through = streets([(0, -100), (0, 0)], [(0, 0), (0, 100)])
    assert found(through, rail=RAIL) == [("rail", "level", 2)]


LAKE = frame([box(-50, 0, 50, 40)])


def test_a_bridge_of_several_pieces_is_one_crossing_of_water_and_a_pier_is_none() -> None:
    bridge = streets([(0, -20), (0, 10), (0, 30), (0, 60)], [(0, 10), (20, 15), (0, 30)], structure="elevated")
    assert found(bridge, water=LAKE) == [("water", "bridge", 1)]
    assert found(streets([(0, -20), (0, 10)]), water=LAKE) == []
    assert found(streets([(0, 5), (0, 30)]), water=LAKE) == []


def test_a_bridge_whose_ramp_is_drawn_into_the_water_is_still_a_bridge() -> None:
    ways = streets(
        [(0, -20), (0, 3)], [(0, 3), (0, 37)], [(0, 37), (0, 60)], structure=["ground", "elevated", "ground"]
    )
    assert found(ways, water=LAKE) == [("water", "bridge", 1)]


def test_water_cut_into_areas_is_one_water() -> None:
    halves = frame([box(-50, 0, 50, 20), box(-50, 20, 50, 40)])
    assert found(streets([(0, -20), (0, 60)]), water=halves) == [("water", "level", 1)]


def test_lines_and_areas_of_one_kind_count_together_and_no_barrier_gives_no_row() -> None:
    water = frame([box(-50, 0, 50, 40), LineString([(-500, 300), (500, 300)])])
    ways = streets([(0, -20), (0, 400)])
    assert found(ways, water=water) == [("water", "level", 1), ("water", "level", 1)]
    assert found(ways) == []
    assert found(ways, rail=frame([LineString([(900, 900), (950, 900)])])) == []


def test_a_ring_is_crossed_at_its_first_vertex_too() -> None:
    ring = frame([LineString([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])])
    assert len(found(streets([(-50, -50), (0, 0), (50, 50)]), water=ring)) == 1
    assert len(found(streets([(-50, 50), (0, 0), (50, -50)]), water=ring)) == 0


@pytest.mark.parametrize(
    ("ways", "crossings"),
    [
        ([[(-100, 0), (100, 0)]], 0),  # along it
        ([[(-100, -50), (0, 0), (100, -50)]], 0),  # touches it with a vertex
        ([[(-100, -50), (0, 0)], [(0, 0), (100, -50)]], 0),  # touches it with a junction
        ([[(-100, -50), (0, 0)], [(0, 0), (100, 50)]], 1),  # cut just there
        ([[(-100, -50), (0, 0), (100, 50)]], 1),
        ([[(-100, -50), (0, 0)], [(0, 0), (100, -50)], [(0, 0), (0, 70)]], 1),
        ([[(-100, -50), (-50, 0), (50, 0), (100, -50)]], 0),  # along it for a while, and back
        ([[(-100, 0), (0, 0)], [(0, 0), (0, 50)], [(0, 0), (0, -50)]], 1),
        ([[(0, -50), (0, 50)], [(200, -50), (200, 50)]], 2),
        ([[(500, -50), (500, 50)]], 0),  # around its end
    ],
)
@pytest.mark.parametrize("cut", [False, True])
def test_touching_a_line_or_running_along_it_is_no_crossing(ways, crossings: int, cut: bool) -> None:
    whole = [LineString([(-500, 0), (0, 0), (500, 0)])]
    halves = [LineString([(-500, 0), (0, 0)]), LineString([(0, 0), (500, 0)])]
    for lines in (halves if cut else whole, [line.reverse() for line in whole]):
        for flip in (1, -1):
            turned = [[(x, flip * y) for x, y in way] for way in ways]
            assert len(found(streets(*turned), rail=frame(lines))) == crossings
            tall = [LineString([(y, x) for x, y in line.coords]) for line in lines]
            upright = [[(y, x) for x, y in way] for way in turned]
            assert len(found(streets(*upright), rail=frame(tall))) == crossings
