"""The embedded layers themselves: totals to the unit, contracts, sizes, and the laws of the street network."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from kunshan_gis import contracts
from kunshan_gis.demo.generator import build
from kunshan_gis.demo.spec import parse_spec
from kunshan_gis.maps.escape import LONGEST
from kunshan_gis.model import AreaInfo, LayerInfo

LAYERS = Path(__file__).parents[2] / "layers"
CATALOG = tomllib.loads((LAYERS / "catalog.toml").read_text(encoding="utf-8"))
INFO = {block["name"]: LayerInfo(**block) for block in CATALOG["layer"]}
CRS = "EPSG:4549"


@cache
def table(name):
    path = LAYERS / INFO[name].path
    if path.suffix == ".csv":
        return pd.read_csv(path, encoding="utf-8-sig")
    return (gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)).to_crs(CRS)


def shapes(name):
    return np.asarray(table(name).geometry.array)


def test_the_area_is_the_city_of_the_census():
    area = AreaInfo(**CATALOG["area"])
    assert (area.name, area.name_en, area.adcode) == ("昆山市", "Kunshan", "320583")
    assert (area.population, area.population_date, area.analysis_crs) == (2_092_496, "2020-11-01", CRS)


def test_the_catalogue_and_the_folder_hold_the_same_files():
    beside = {"catalog.toml", "demo.toml", "NOTICE.md", "crosswalk.csv", "profiles"}
    assert {info.path for info in INFO.values()} == {path.name for path in LAYERS.iterdir()} - beside


@pytest.mark.parametrize("name", sorted(INFO))
def test_a_layer_says_in_both_languages_when_it_was_made_and_what_it_rests_on(name):
    assert INFO[name].date
    said = [INFO[name].note]
    if "evidence" in table(name):
        said += table(name)["evidence"].dropna().unique().tolist()
    for line in said:
        zh, slash, en = line.partition(" / ")
        assert slash, line
        assert any("一" <= letter <= "鿿" for letter in zh), line
        assert len(en) > len(zh) / 2, line
        assert " / " not in en, line
    assert all(len(line) <= LONGEST for line in said[1:])  # as much as a card on the map shows


@pytest.mark.parametrize("name", sorted(INFO))
def test_a_layer_fits_its_kind(name):
    assert contracts.check(table(name), INFO[name].kind, where=name) == []


def test_the_folder_stays_small():
    assert sum(path.stat().st_size for path in LAYERS.iterdir()) < 12e6


def test_people_add_up_to_the_census():
    homes = table("homes")
    assert homes["population"].sum() == 2_092_496
    assert homes["pop_0_14"].sum() == round(0.1529 * 2_092_496)
    assert homes["pop_60_plus"].sum() == round(0.123 * 2_092_496)
    south = homes[homes["town_id"].isin(["town-105", "town-107", "town-109"])]
    assert south["population"].sum() == 275_000


def test_homes_lie_in_the_city_and_not_in_a_lake():
    assert 12_000 <= len(table("homes")) <= 25_000
    assert shapely.contains(shapely.union_all(shapes("boundary")), shapes("homes")).all()
    lakes = shapes("water")[(table("water")["class"] == "lake").to_numpy()]
    assert shapely.STRtree(shapes("homes")).query(lakes, predicate="intersects").size == 0


def test_the_park_system_counts_as_the_plan_does():
    parks = table("parks")
    assert parks["tier"].value_counts().to_dict() == {"pocket": 500, "community": 200, "comprehensive": 3}
    assert "existing" not in set(parks["status"].dropna())
    area = parks.geometry.area
    assert ((area < 400) & (parks["tier"] == "pocket")).sum() >= 10
    assert ((area < 10_000) & (parks["tier"] == "community")).sum() >= 10
    assert ((area > 10_400) & (parks["tier"] == "pocket")).sum() == 0
    assert set(table("park_gates")["park_id"]) < set(parks["id"])  # some pocket parks have no gate


def test_named_parks_keep_their_published_area():
    spec = parse_spec(tomllib.loads((LAYERS / "demo.toml").read_text(encoding="utf-8")))
    parks = table("parks").set_index("name")
    hectares = {park.name: parks.loc[park.name].geometry.area / 1e4 for park in spec.parks.named}
    assert len(hectares) == 7
    assert all(park.area_ha[0] <= hectares[park.name] <= park.area_ha[1] for park in spec.parks.named)
    assert "天福国家湿地公园" not in parks.index
    assert table("green").geometry.area.iloc[0] == pytest.approx(779.5e4, rel=0.001)


def test_parks_overlap_neither_each_other_nor_the_lakes():
    first, second = shapely.STRtree(shapes("parks")).query(shapes("parks"), predicate="intersects")
    assert (first == second).all()
    assert shapely.STRtree(shapes("parks")).query(shapes("water"), predicate="intersects").size == 0


def test_streets_form_one_network_of_believable_size(laws):
    streets = table("streets")
    assert laws.main_share(streets) > 0.98
    inside = shapely.intersection(shapes("streets"), shapely.union_all(shapes("boundary")))
    assert 5e6 < shapely.length(inside[streets["walkable"].to_numpy()]).sum() < 8e6
    assert not laws.shared_with_fast_roads(streets)
    assert laws.meeting_without_a_vertex(streets) == 0


def test_streets_cross_water_and_ground_level_lines_by_bridge_or_underpass_only(laws):
    fast, rail = table("expressways"), table("rail")
    for barrier in (
        shapes("water"),
        shapes("barriers"),
        shapes("expressways")[(fast["structure"] == "ground").to_numpy()],
        shapes("rail")[rail["structure"].isin(["ground", "unknown"]).to_numpy()],
    ):
        assert laws.crossing_on_the_ground(table("streets"), barrier) == 0


def test_streets_reach_two_kilometres_past_the_boundary():
    """Every point of the boundary's two-kilometre ring on dry land has a street within the size of a block."""
    ring = shapely.union_all(shapes("boundary")).buffer(2000).boundary
    points = shapely.line_interpolate_point(ring, np.arange(0, ring.length, 1000))
    points = points[shapely.distance(points, shapely.union_all(shapes("water"))) > 400]
    _, away = shapely.STRtree(shapes("streets")).query_nearest(points, return_distance=True, all_matches=False)
    assert len(points) > 100
    assert away.max() < 700


def test_the_middle_ring_has_its_published_length_and_mixes_structures():
    ring = table("expressways")
    ring = ring[ring["id"].str.startswith("middle-ring")]
    assert ring.length.sum() == pytest.approx(44_200, abs=30)
    assert set(ring["structure"]) == {"elevated", "ground"}


def test_towns_cover_the_city_with_seats_in_their_own_cells():
    towns = table("towns").set_index("id")
    assert towns.geometry.area.sum() == pytest.approx(shapely.union_all(shapes("boundary")).area, rel=1e-4)
    for seat in table("seats").itertuples():
        assert towns.geometry.loc[seat.town_id].contains(seat.geometry)
    spec = parse_spec(tomllib.loads((LAYERS / "demo.toml").read_text(encoding="utf-8")))
    for town in spec.town:  # remembered to ten percent
        assert towns.geometry.area[town.id] == pytest.approx(town.area_km2 * 1e6, rel=0.1)


def test_ids_refer_to_rows_that_exist():
    towns = set(table("towns")["id"])
    assert set(table("zone_towns")["town_id"]) == towns == set(table("seats")["town_id"])
    assert set(table("zone_towns")["zone_id"].dropna()) == set(table("zones")["id"])
    assert set(table("homes")["town_id"]) == towns
    assert set(table("homes")["estate_id"].dropna()) <= set(table("estates")["id"])
    assert set(table("estate_gates")["estate_id"]) <= set(table("estates")["id"])
    inside = table("stations")["inside"]
    assert set(table("stations")["id"][inside]) <= set(table("entrances")["station_id"]) <= set(table("stations")["id"])
    assert set(table("ramps")["expressway_id"]) <= set(table("expressways")["id"])


def test_schematic_rows_say_what_they_rest_on():
    for name in ("towns", "rail", "expressways", "corridors", "focus_areas", "green"):
        assert set(table(name)["basis"]) == {"schematic"}
        assert table(name)["evidence"].notna().all()


def test_a_status_is_given_only_where_a_fact_states_it():
    """The middle ring opened in 2015 and the railways run; of nothing else sketched is it known."""
    assert set(table("rail")["status"]) == {"existing"}
    fast = table("expressways")
    middle = fast["id"].str.startswith("middle-ring")
    assert set(fast.loc[middle, "status"]) == {"existing"}
    assert fast.loc[~middle, "status"].isna().all()
    for name in ("towns", "corridors", "focus_areas", "green"):
        assert "status" not in table(name)
    parks = table("parks")
    assert parks.loc[parks["basis"] == "schematic", "status"].isna().all()


def test_sketched_courses_claim_no_accuracy():
    """An error can be stated only of what was placed from something."""
    for name in ("towns", "rail", "expressways", "corridors", "focus_areas"):
        assert INFO[name].accuracy_m is None
        assert "accuracy_m" not in table(name) or table(name)["accuracy_m"].isna().all()


def test_towns_tell_the_remembered_area_and_not_that_of_the_sketch():
    spec = parse_spec(tomllib.loads((LAYERS / "demo.toml").read_text(encoding="utf-8")))
    towns = table("towns").set_index("id")
    assert {town.id: town.area_km2 for town in spec.town}["town-101"] == 157
    for town in spec.town:
        told = towns["evidence"][town.id]
        assert told.startswith(f"约{town.area_km2:g}平方公里，凭记忆±10 %；")
        assert f" / about {town.area_km2:g} km2 from memory ±10 %; " in told
        assert told.endswith("; this cell is a sketch")


def test_points_from_memory_are_schematic_and_stay_off_the_map_of_what_is_on_record():
    for name, remembered in (("seats", {"seat-400"}), ("stations", {"station-kunshan"})):
        rows = table(name).set_index("id")
        assert set(rows.index[rows["basis"] == "schematic"]) == remembered
        assert set(rows.index[rows["evidence"].str.contains("from memory")]) == remembered
    assert table("seats")["evidence"].str.contains("does not mark the seat of government").sum() == 10


def test_the_corridor_of_the_north_group_is_not_one_of_the_centres():
    focus = table("focus_areas").set_index("name")["class"]
    assert focus["夏驾河科创走廊"] == "corridor"
    assert set(focus.index[focus == "centre"]) == {"昆山未来城", "吴淞江科创带", "青阳港滨水城市客厅", "西部副中心"}


@pytest.mark.full
def test_the_folder_is_what_the_generator_draws():
    spec = parse_spec(tomllib.loads((LAYERS / "demo.toml").read_text(encoding="utf-8")))
    drawn = build({name: table(name) for name in ("boundary", "water", "seats", "stations")}, spec)
    for name, layer in drawn.items():
        assert list(layer["id"]) == list(table(name)["id"]), name
        gap = shapely.hausdorff_distance(shapes(name), np.asarray(layer.geometry.array))
        assert gap.max() < 0.02, name  # a file keeps 1e-7 degrees
        if "evidence" in layer:
            assert list(layer["evidence"]) == list(table(name)["evidence"]), name
