"""The generator on a made-up place: exact totals, contracts, laws of streets and parks, the same city every time."""

from __future__ import annotations

import copy

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pandas.testing import assert_frame_equal

from kunshan_gis import contracts
from kunshan_gis.demo.generator import build
from kunshan_gis.demo.people import town_totals
from kunshan_gis.demo.spec import parse_spec
from kunshan_gis.errors import CRSError, LayerNotFoundError, ParameterError


def shapes(table, mask=slice(None)):
    return np.asarray(table.geometry.array)[mask]


def test_every_layer_fits_its_kind(city):
    assert [problem for name, table in city.items() for problem in contracts.check(table, name, where=name)] == []


def test_a_layer_without_rows_is_left_out(city):
    assert "green" not in city  # no wetland in the facts
    assert "ramps" not in city  # no middle ring


def test_people_are_whole_and_exact(city):
    homes = city["homes"]
    assert homes["population"].sum() == 60_001
    assert homes.groupby("town_id")["population"].sum().to_dict() == {"town-1": 49_994, "town-2": 10_007}
    assert (homes["pop_0_14"].sum(), homes["pop_60_plus"].sum()) == (9_000, 7_200)
    assert (homes["pop_0_14"] + homes["pop_60_plus"] <= homes["population"]).all()


def test_town_totals_keep_the_groups_and_spread_the_rest(facts):
    facts["town"].append(facts["town"][0] | {"id": "town-3", "people_weight": 1})
    assert town_totals(parse_spec(facts)) == {"town-2": 10_007, "town-1": 37_496, "town-3": 12_498}  # 49,994 as 3 : 1


def test_homes_stand_inside_and_beside_a_walkable_way(city, real_place):
    homes, streets = city["homes"], city["streets"]
    points = shapes(homes)
    assert shapely.contains(real_place["boundary"].geometry[0], points).all()
    assert not shapely.intersects(real_place["water"].geometry[0], points).any()
    far = np.ones(len(homes), dtype=bool)
    tree = shapely.STRtree(shapes(streets, streets["walkable"].to_numpy()))
    far[tree.query(points, predicate="dwithin", distance=30.5)[0]] = False
    assert homes["population"][far].sum() < 0.02 * homes["population"].sum()


def test_homes_of_an_estate_stand_within_its_wall(city):
    homes = city["homes"].dropna(subset="estate_id")
    walls = city["estates"].set_index("id").geometry.loc[homes["estate_id"]]
    assert len(homes) > 50
    assert shapely.contains(shapes(walls), shapes(homes)).all()


def test_parks_are_as_many_as_the_plan_says(city):
    assert city["parks"]["tier"].value_counts().to_dict() == {"pocket": 20, "community": 6, "comprehensive": 1}
    named = city["parks"].set_index("name").loc["大公园"]
    assert 19e4 < named["area_m2"] < 21e4
    assert named.geometry.area == pytest.approx(named["area_m2"], abs=0.1)


def test_an_invented_park_is_planned_and_says_so(city):
    invented = city["parks"][city["parks"]["basis"] == "synthetic"]
    assert set(invented["status"]) == {"planned"}
    assert "existing" not in set(city["parks"]["status"])


def test_parks_overlap_nothing(city, real_place):
    parks = shapes(city["parks"])
    first, second = shapely.STRtree(parks).query(parks, predicate="intersects")
    assert (first == second).all()
    for other in (real_place["water"].geometry, city["estates"].geometry):
        assert shapely.STRtree(parks).query(shapes(gpd.GeoDataFrame(geometry=other)), predicate="intersects").size == 0


def test_gates_lie_on_their_outlines_where_a_way_passes(city):
    gates = city["park_gates"]
    outline = city["parks"].set_index("id").geometry.loc[gates["park_id"]].boundary
    assert (shapely.distance(shapes(gates), shapes(outline.to_frame("geometry").set_geometry("geometry"))) < 1).all()
    streets = city["streets"]
    near = shapely.STRtree(shapes(streets, streets["walkable"].to_numpy())).query(
        shapes(gates), predicate="dwithin", distance=1.0
    )[0]
    assert len(np.unique(near)) == len(gates)


def test_inner_paths_leave_a_gated_estate_at_its_gates_only(city):
    estates = city["estates"][city["estates"]["gated"]]
    streets = city["streets"]
    ways = shapes(streets, streets["walkable"].to_numpy())
    walls = shapely.boundary(shapes(estates))
    wall, way = shapely.STRtree(ways).query(walls, predicate="intersects")
    places, pair = shapely.get_parts(shapely.intersection(walls[wall], ways[way]), return_index=True)
    gates = city["estate_gates"]
    away = [
        place.distance(shapely.multipoints(shapes(gates, (gates["estate_id"] == key).to_numpy())))
        for place, key in zip(places, estates["id"].to_numpy()[wall[pair]], strict=True)
    ]
    assert len(away) > 20
    assert max(away) < 1.0


def test_ways_meet_in_shared_vertices_and_form_one_network(city, laws):
    assert laws.main_share(city["streets"]) > 0.98
    assert laws.meeting_without_a_vertex(city["streets"]) == 0


def test_expressways_share_no_vertex_with_streets(city, laws):
    assert not laws.shared_with_fast_roads(city["streets"])
    assert (city["streets"]["class"][~city["streets"]["walkable"]] == "motorway").all()


def test_barriers_are_crossed_by_bridges_and_underpasses_only(city, real_place, laws):
    streets = city["streets"]
    assert laws.crossing_on_the_ground(streets, shapes(city["expressways"])) == 0
    assert laws.crossing_on_the_ground(streets, shapes(real_place["water"])) == 0
    assert laws.crossing_on_the_ground(streets, shapes(city["barriers"])) == 0
    under = streets[streets["walkable"] & (streets["structure"] == "tunnel")]
    assert shapely.intersects(shapes(under), city["expressways"].geometry[0]).all()
    assert len(under) >= 4  # nine kilometres of expressway


def test_without_bridges_and_underpasses_the_city_falls_apart(city, laws):
    streets = city["streets"]
    assert laws.main_share(streets[streets["structure"] == "ground"]) < 0.9
    assert laws.main_share(streets) > 0.98


def test_streets_reach_past_the_boundary_on_every_side(city, real_place):
    west, south, east, north = real_place["boundary"].total_bounds
    reach = city["streets"][city["streets"]["walkable"]].total_bounds
    assert (np.array([west, south]) - reach[:2] > 2000).all()
    assert (reach[2:] - np.array([east, north]) > 2000).all()


def test_the_same_city_twice_and_the_real_layers_unchanged(city, real_place, spec):
    before = copy.deepcopy(real_place)
    again = build(real_place, spec)
    assert list(again) == list(city)
    for name in city:
        assert_frame_equal(city[name], again[name])
    for name, table in before.items():
        assert_frame_equal(table, real_place[name])


def test_another_seed_is_another_city(real_place, city, facts):
    other = build(real_place, parse_spec(facts | {"seed": 8}))
    assert other["homes"]["population"].sum() == 60_001
    assert not shapes(other["homes"])[0].equals(shapes(city["homes"])[0])


def test_progress_ends_at_its_total(real_place, spec):
    told = []
    build(real_place, spec, progress=lambda what, done, total: told.append((what, done, total)))
    assert told == [("generating", done, 6) for done in range(7)]  # a key of `messages`


def test_a_missing_layer_is_named(real_place, spec):
    with pytest.raises(LayerNotFoundError, match="`seats`"):
        build({name: table for name, table in real_place.items() if name != "seats"}, spec)


def test_degrees_are_refused(real_place, spec):
    with pytest.raises(CRSError, match=r"water.*degree"):
        build(real_place | {"water": real_place["water"].to_crs("EPSG:4326")}, spec)


def test_more_parks_than_there_is_room_for_are_refused(real_place, facts):
    facts["parks"]["community"] = 900
    with pytest.raises(ParameterError, match="lots for 900 parks"):
        build(real_place, parse_spec(facts))
