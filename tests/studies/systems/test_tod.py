"""Station areas on paper: the toy city's one station, interchanges listed twice, ranges, links, circles, scenarios."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from paper import X0, Y0, area_of, frame, homes, layer, streets
from shapely.geometry import LineString, Point, box

import kunshan_gis as kg
from kunshan_gis import toy
from kunshan_gis.errors import LayerNotFoundError, ParameterError, StandardError
from kunshan_gis.findings import WHOLE
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import read_profile
from kunshan_gis.studies.check import check
from kunshan_gis.studies.systems.registry import run
from kunshan_gis.studies.systems.system import Asked, System

OWN_CIRCLES = """
name = "三圈"
name_en = "Three circles"
standard = "自定"
edition = "2026"
verified = "text"
walk = "planning-walk"
"""
CIRCLE = """
[[rule]]
key = "{key}"
name = "{key}圈"
name_en = "{key}"
measure = "circle"
minutes = 15
verified = "text"
[[rule.needs]]
key = "{key}"
name = "{key}"
name_en = "{key}"
to = {to}
"""
TO = {"transport": '["stations", "bus_stops"]', "commerce": '["food_market"]', "life": '["primary_school"]'}


def circles(*keys: str) -> bytes:
    return (OWN_CIRCLES + "".join(CIRCLE.format(key=key, to=TO[key]) for key in keys)).encode()


def city(**tables: Any) -> StudyArea:
    """The toy city with services, other tables in place of its own, and circles that its services make."""
    plain = toy.serviced_city()
    layers = {**plain.layers, **{kind: layer(kind, table) for kind, table in tables.items()}}
    own = {"own": read_profile(circles(*TO), "own", "own.toml")}
    return StudyArea(plain.info, {name: one for name, one in layers.items() if one.table is not None}, profiles=own)


def tod(area: StudyArea, **asked: Any) -> System:
    own = {name: asked.pop(name) for name in ("by", "scenario", "beyond", "minutes") if name in asked}
    return run(area, "tod", Asked(**own, options={"circle_profile": "own", **asked} if area.profiles else asked))


@cache
def found() -> System:
    return tod(city(), by="area")


def row(system: System, table: str, **wanted: Any) -> dict[str, Any]:
    rows = system.result.tables[table]
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    (one,) = rows.to_dict(orient="records")
    return one


def areas(system: System, way: str, what: str) -> list[float]:
    """A figure of the one station, from the nearest area outwards."""
    rows = system.result.tables["tod_areas"]
    return rows.loc[rows["tod_way"] == way, f"{what}_around"].tolist()


def stations(*places: tuple[float, float], **columns: Any) -> gpd.GeoDataFrame:
    return frame([Point(place) for place in places], **columns)


# ---- the toy city: entrance at (1200, 100); the sums are those of its page --------------------------------------


def test_residents_by_radius_by_metres_and_by_minutes() -> None:
    # straight: h2 403, h3 141, h4 134, h6 525, h1 907, h5 825; on foot: h3 200, h4 190, h2 650, h1 1010, h5 1200
    assert areas(found(), "radius", "people") == [540, 547]  # 500 m: 200 + 300 + 40; 800 m: and h6's 7
    assert areas(found(), "walk", "people") == [340, 540]  # 500 m: h3, h4; 800 m: and h2
    assert areas(found(), "time", "people") == [340, 340, 540]  # 5, 10, 15 minutes at 1 m/s: 300, 600, 900 m


def test_jobs_services_and_parks_by_radius_and_on_foot() -> None:
    assert areas(found(), "radius", "jobs") == [150, 150]  # x = 1600 at 412 m, x = 400 at 806 m
    assert areas(found(), "time", "jobs") == [0, 150, 200]  # 500 m, and 900 m exactly at the cutoff
    assert areas(found(), "walk", "facilities") == [1, 1]  # the school 300 m; market and station K 900 m
    assert areas(found(), "time", "facilities") == [1, 1, 3]
    assert areas(found(), "radius", "parks") == [1, 1]  # the outline of P is 412 m away, that of C 950 m
    assert areas(found(), "walk", "parks") == [0, 1]  # the gate of P 720 m


def test_the_catchment_ratio_is_the_ground_beside_the_walked_streets_by_the_circle() -> None:
    # 800 m from (1200, 100): its side street whole, the main street from x = 500 to 1900, two side streets whole
    walked = [LineString([(500, 0), (1900, 0)]), *(LineString([(x, 0), (x, 300)]) for x in (800, 1200, 1600))]
    ground = shapely.union_all(shapely.buffer(walked, 25)).area
    ratio = row(found(), "tod_areas", tod_way="walk", within_m=800)["catchment_ratio"]
    assert ratio == pytest.approx(ground / (math.pi * 800**2), rel=0.02)
    assert row(found(), "tod_stations")["catchment_ratio"] == ratio


def test_intensity_goes_by_the_ground_of_the_area() -> None:
    found_row = row(found(), "tod_areas", tod_way="radius", within_m=800)
    assert found_row["people_jobs_per_ha"] == pytest.approx((547 + 150) / (math.pi * 800**2 / 1e4), rel=1e-3)


def test_the_chain_from_the_station_to_parks_and_services() -> None:
    chain = row(found(), "tod_chains")
    assert chain["park_pocket_min"] == pytest.approx(720 / 60)
    assert chain["park_community_min"] == pytest.approx(1100 / 60)
    assert math.isnan(chain["park_comprehensive_min"])
    assert chain["park_all_min"] == pytest.approx(12)
    assert chain["bus_stop_min"] == pytest.approx(500 / 60)
    assert (chain["service_kinds"], chain["service_kinds_of"]) == (3, 3)  # two of them exactly at the cutoff
    assert row(found(), "tod_services", service_en="Primary schools")["service_min"] == pytest.approx(5)
    nearer = tod(city(), by="area", minutes=10)
    assert row(nearer, "tod_chains")["service_kinds"] == 1
    assert row(nearer, "tod_chains")["services_missing_en"] == "Food markets, Health stations"


def test_the_three_circles_count_every_resident_once() -> None:
    # within 900 m: a stop everybody on the street; the market all but h5; the school all but h5
    whole = row(found(), "tod_circles")
    assert [whole[f"circles_{number}"] for number in range(4)] == [0, 50, 0, 640]
    assert (whole["not_measurable"], whole["population"]) == (10, 700)
    assert whole["share_all_circles"] == pytest.approx(640 / 700)
    assert (whole["has_commerce"], whole["lacks_commerce"], whole["unknown_commerce"]) == (640, 50, 10)
    at_station = row(found(), "tod_station_circles")
    assert (at_station["population"], at_station["circles_3"]) == (540, 540)


def test_cells_of_the_map_hold_every_resident() -> None:
    cells = found().drawn["tod_cells"]
    assert cells["population"].sum() == 700
    assert (cells[["circles_0", "circles_1", "circles_2", "circles_3", "not_measurable"]].sum(axis=1)
            == cells["population"]).all()  # fmt: skip
    assert set(cells["circles"]) == {"1", "3", "not_measurable"}


def test_a_circle_that_no_layer_shows_is_known_of_nobody() -> None:
    without = toy.serviced_city()
    whole = row(run(without, "tod", Asked(by="area")), "tod_circles")  # the shipped circles ask for shops
    assert whole["not_measurable"] == 700
    assert math.isnan(whole["share_all_circles"])
    assert whole["has_transport"] == 690


def test_land_use_mix_and_balance() -> None:
    # within 800 m of (1200, 100): land F (x 400-600) from 608 m on, A and B farther than 900 m and 750 m
    land = row(found(), "tod_landuse")
    circle = Point(1200, 100).buffer(800, quad_segs=32)
    inside = [box(*bounds).intersection(circle).area for bounds in ((400, -100, 600, 0), (1950, 300, 2050, 400))]
    assert land["industrial_ha"] * 1e4 == pytest.approx(inside[0])
    assert land["residential_ha"] * 1e4 == pytest.approx(inside[1])
    assert land["share_landuse"] == pytest.approx(sum(inside) / circle.area)
    # 547 people, 150 jobs; the city 700 and 200: 547 * 200 / 700 = 156.3 wanted
    assert land["job_balance"] == pytest.approx(1 - (156.2857 - 150) / (156.2857 + 150), abs=1e-4)


def test_a_plot_ratio_is_told_where_the_layer_states_it() -> None:
    landuse = toy.serviced_city().table("landuse").assign(plot_ratio=[2.0, None, 1.5])
    assert row(tod(city(landuse=landuse), by="area"), "tod_landuse")["plot_ratio"] == pytest.approx(1.5)
    assert "plot_ratio" not in found().result.tables["tod_landuse"]


def test_codes_that_are_on_no_list_are_said_and_count_as_other() -> None:
    landuse = toy.serviced_city().table("landuse").assign(code=["R2", "R2", "XYZ"])
    other = tod(city(landuse=landuse), by="area")
    assert row(other, "tod_landuse")["other_ha"] > 0
    assert any("XYZ" in warning.en for warning in other.result.provenance.warnings)


def test_coverage_is_the_figure_of_the_check() -> None:
    told = row(found(), "tod_coverage", tod_way="radius")
    checked = check(city(), ("gbt51328-2018",), by="area").result.tables[WHOLE]
    own = checked[checked["indicator"] == "rail_800m"].iloc[0]
    assert told["share_both"] == pytest.approx(own["value"])
    assert told["share_people"] == pytest.approx(547 / 700)
    on_foot = row(found(), "tod_coverage", tod_way="walk")
    assert (on_foot["people_covered"], on_foot["people_unknown"]) == (540, 10)
    assert math.isnan(told["target_share"])  # no target is known for a city of 700


def test_units_add_up_to_the_whole() -> None:
    by_town = tod(city(), by="towns").result.tables["tod_coverage"]
    radius = by_town[by_town["tod_way"] == "radius"]
    whole, towns = radius.iloc[0], radius.iloc[1:]
    assert whole["people_covered"] == towns["people_covered"].sum() == 547
    assert by_town["name"].tolist()[0] == "玩具城"


# ---- stations that share residents, are listed twice, or are known badly ----------------------------------------


def two(**more: Any) -> StudyArea:
    """Two stations on a street, 400 m apart, with entrances at their centres; homes at x = 100, 350 and 700."""
    return area_of(
        streets=streets([(0, 0), (200, 0)], [(200, 0), (600, 0)], [(600, 0), (1000, 0)]),
        homes=homes((100, 0), (350, 0), (700, 0), population=[10, 20, 40]),
        stations=stations((200, 0), (600, 0), id=["a", "b"], name=["甲站", "乙站"], line=["1", "1; 2"]),
        entrances=stations((200, 0), (600, 0), id=["ea", "eb"], station_id=["a", "b"]),
        **more,
    )


def test_what_two_stations_share_belongs_to_the_nearest_once() -> None:
    # from a: 100, 150, 500 m; from b: 500, 250, 100 m
    table = tod(two()).result.tables["tod_areas"]
    core = table[(table["tod_way"] == "walk") & (table["within_m"] == 500)].set_index("id")
    assert core["people_around"].to_dict() == {"a": 70, "b": 70}
    assert core["people_nearest"].to_dict() == {"a": 30, "b": 40}
    radius = table[(table["tod_way"] == "radius") & (table["within_m"] == 500)].set_index("id")
    assert radius["people_nearest"].sum() == 70


def test_a_line_counts_each_resident_once_and_an_interchange_belongs_to_both() -> None:
    lines = tod(two()).result.tables["tod_lines"]
    core = lines[(lines["tod_way"] == "walk") & (lines["within_m"] == 500)].set_index("line")
    assert core["stations_on_line"].to_dict() == {"1": 2, "2": 1}
    assert core["people_around"].to_dict() == {"1": 70, "2": 70}


def test_lines_are_called_in_english_as_the_rail_layer_has_them() -> None:
    rail = frame([LineString([(0, 0), (1000, 0)])], line="1", name_en="Line one")
    system = tod(two(rail=rail))
    assert system.table["line_en"].tolist() == ["Line one", "Line one; 2"]
    assert set(system.result.tables["tod_lines"]["line_en"]) == {"Line one", "2"}


def test_an_interchange_listed_twice_is_one_station_and_said() -> None:
    area = area_of(
        streets=streets([(0, 0), (1000, 0)]), homes=homes((100, 0), population=[10]),
        stations=stations((500, 0), (500, 0), (540, 0), id=["a", "b", "c"], name=["甲站", "甲站", "甲站"],
                          line=["1", "2", "3"]),
    )  # fmt: skip
    system = tod(area)
    own = row(system, "tod_stations")
    assert (own["id"], own["line"], own["station_lines"]) == ("a", "1; 2; 3", 3)
    fault = row(system, "tod_faults", fault="tod_same_place")
    assert (fault["features"], fault["fault_m"]) == ("a, b, c", 40)
    apart = tod(area, same_place_m=0)
    assert len(apart.result.tables["tod_stations"]) == 2  # those at one point stay one place


def test_a_station_without_entrances_is_entered_at_its_centre_and_gives_a_range() -> None:
    area = two().layers
    plain = StudyArea(two().info, {name: one for name, one in area.items() if name != "entrances"})
    system = tod(plain)
    own = system.result.tables["tod_stations"]
    assert own["entered_by"].tolist() == ["centre", "centre"]
    assert own["accuracy_m"].tolist() == [150, 150]  # the way from a centre to a door, as the profile has it
    five = system.result.tables["tod_areas"]
    five = five[(five["tod_way"] == "time") & (five["within_m"] == 300)].set_index("id")
    # 150 m is more than a third of 300: from a within 150 to 450 m: homes at 100 and 150, and none at 500 m
    assert (five.loc["a", "people_around_low"], five.loc["a", "people_around_high"]) == (30, 30)
    assert five.loc["a", "people_around"] == 30  # least and most agree
    # from b within 150 m the home at 100 m, within 450 m also that at 250 m
    assert (five.loc["b", "people_around_low"], five.loc["b", "people_around_high"]) == (40, 60)
    assert math.isnan(five.loc["b", "people_around"])
    assert (system.result.tables["tod_faults"]["fault"] == "tod_no_entrance").sum() == 2


def test_a_position_known_badly_gives_a_range_no_circle_and_no_class() -> None:
    coarse = two().table("entrances").assign(accuracy_m=[10.0, 400.0])
    base = two()
    system = tod(StudyArea(base.info, {**base.layers, "entrances": layer("entrances", coarse)}))
    own = system.result.tables["tod_stations"].set_index("id")
    # 800 m: a third is 267, so 400 m is too coarse: from b within 400 m 20 + 40, within 1200 m all
    assert (own.loc["b", "radius_people_around_low"], own.loc["b", "radius_people_around_high"]) == (60, 70)
    assert math.isnan(own.loc["b", "radius_people_around"])
    assert own.loc["a", "radius_people_around"] == 70
    assert math.isnan(own.loc["b", "catchment_ratio"])
    assert set(system.drawn["tod_circles"]["id"]) == {"a"}
    classes = system.result.tables["tod_node_place"].set_index("id")["node_place_class"]
    assert classes["b"] == "not_measurable"
    assert any("乙站（误差 400 米）" in said.zh for said in system.said)


def test_entrances_of_unknown_stations_and_far_ones_are_said() -> None:
    base = two()
    wrong = stations((200, 0), (900, 0), (600, 0), id=["ea", "eb", "ex"], station_id=["a", "a", "nobody"])
    system = tod(StudyArea(base.info, {**base.layers, "entrances": layer("entrances", wrong)}))
    faults = system.result.tables["tod_faults"].set_index("fault")
    assert faults.loc["tod_unknown_station", "features"] == "ex, nobody"
    assert (faults.loc["tod_far_entrance", "features"], faults.loc["tod_far_entrance", "fault_m"]) == ("eb, a", 700)
    assert system.result.tables["tod_stations"].set_index("id").loc["a", "entrances"] == 2  # counted as drawn
    assert system.result.tables["tod_stations"].set_index("id").loc["b", "entered_by"] == "centre"


def test_only_the_entrances_of_the_scenario_are_doors() -> None:
    base = two()
    doors = stations((200, 0), (250, 0), id=["ea", "ep"], station_id=["a", "a"], status=["planned", "existing"],
                     accuracy_m=[5.0, 10.0])  # fmt: skip
    area = StudyArea(base.info, {**base.layers, "entrances": layer("entrances", doors)})
    own = tod(area).result.tables["tod_stations"].set_index("id")
    assert own["entrances"].to_dict() == {"a": 1, "b": 0}
    assert own["entered_by"].to_dict() == {"a": "entrances", "b": "centre"}
    assert own["accuracy_m"].to_dict() == {"a": 10, "b": 150}
    planned = tod(area, scenario="planned").result.tables["tod_stations"].set_index("id")
    assert planned["entrances"].to_dict() == {"a": 2, "b": 0}


def test_a_station_off_the_streets_is_not_measurable_on_foot() -> None:
    base = two()
    far = stations((200, 0), (600, 2000), id=["a", "b"], name=["甲站", "乙站"])
    layers = {**base.layers, "stations": layer("stations", far)}
    system = tod(StudyArea(base.info, {name: one for name, one in layers.items() if name != "entrances"}))
    own = system.result.tables["tod_stations"].set_index("id")
    assert math.isnan(own.loc["b", "walk_people_around_high"])
    assert own.loc["b", "radius_people_around_high"] == 0
    assert "tod_off_street" in set(system.result.tables["tod_faults"]["fault"])


def test_a_station_beyond_the_boundary_is_shown_and_nothing_is_known_around_it() -> None:
    boundary = frame([box(-500, -500, 1500, 500)])
    base = two(boundary=boundary)
    out = stations((200, 0), (9000, 0), id=["a", "b"], name=["甲站", "外站"])
    layers = {**base.layers, "stations": layer("stations", out)}
    area = StudyArea(base.info, {name: one for name, one in layers.items() if name != "entrances"})
    own = run(area, "tod", Asked(allow_open_edge=True)).result.tables["tod_stations"].set_index("id")
    assert own["in_boundary"].tolist() == [True, False]
    assert math.isnan(own.loc["b", "radius_people_around_high"])
    within = run(area, "tod", Asked(allow_open_edge=True, beyond=False)).result.tables["tod_stations"]
    assert within["id"].tolist() == ["a"]


# ---- node and place --------------------------------------------------------------------------------------------


def test_node_and_place_compare_the_stations_there_are() -> None:
    jobs = stations((150, 0), (650, 0), jobs=[10, 30], sector=["shops", "shops"])
    table = tod(two(jobs=jobs)).result.tables["tod_node_place"].set_index("id")
    assert table["station_lines"].tolist() == [1, 2]
    assert table["stations_direct"].tolist() == [1, 1]
    assert table["node_index"].tolist() == [0, 1]  # only the number of lines tells them apart
    assert table["place_people"].tolist() == [70, 70]
    assert table["place_jobs"].tolist() == [40, 40]
    assert table["place_index"].isna().all()  # nothing tells their places apart
    assert (table["node_place_class"] == "not_measurable").all()


def test_jobs_by_sector_are_told_station_by_station() -> None:
    jobs = stations((-600, 0), (650, 0), jobs=[10, 30], sector=["mills", None])
    sectors = tod(two(jobs=jobs)).result.tables["tod_sectors"]
    own = sectors.set_index(["sector", "id"])["jobs_around"]
    assert own["mills"].to_dict() == {"a": 0, "b": 0}  # 800 m and more
    assert own["all"].to_dict() == {"a": 30, "b": 30}


def test_a_sector_may_be_called_people() -> None:
    jobs = stations((150, 0), (650, 0), (650, 0), jobs=[10, 30, 5], sector=["people", "functional_mix", "mills"])
    system = tod(two(jobs=jobs))
    table = system.result.tables["tod_node_place"]
    assert (table["place_people"].tolist(), table["place_jobs"].tolist()) == ([70, 70], [45, 45])
    assert set(system.result.tables["tod_sectors"]["sector"]) == {"people", "functional_mix", "mills"}


def test_a_synthetic_land_use_makes_sentences_and_verdicts_a_demonstration() -> None:
    plain = city()
    invented = layer("landuse", plain.table("landuse"), basis="synthetic")
    system = tod(StudyArea(plain.info, {**plain.layers, "landuse": invented}, profiles=plain.profiles), by="area")
    assert not system.result.reportable
    assert "met" not in set(system.result.tables["tod_coverage"]["coverage_verdict"])
    assert system.said[1] != found().said[1]  # rounded as a demonstration


# ---- gaps ------------------------------------------------------------------------------------------------------


def gap(**more: Any) -> StudyArea:
    """A station on a street; a second street 50 m to the north joins it only 600 m away.

    ::

        y = 50   +----[home 300]----------+
                                          |
        y = 0    [station]----------------+      x = 0 ... 600
    """
    return area_of(
        streets=streets([(0, 0), (300, 0)], [(300, 0), (600, 0)], [(600, 0), (600, 50)], [(600, 50), (0, 50)]),
        homes=homes((100, 50), (400, 50), population=[300, 7]),
        stations=stations((0, 0), id=["a"], name=["甲站"]),
        entrances=stations((0, 0), id=["ea"], station_id=["a"]),
        **more,
    )


def test_the_link_that_brings_most_residents_within_the_walk_comes_first() -> None:
    # 300 people walk 600 + 50 + 500 = 1150 m; over a link of 50 m at x = 0: 150 m. The 7 walk 850 m, over it 450 m
    system = tod(gap())
    first = system.result.tables["tod_links"].iloc[0]
    assert (first["link_needs"], first["link_rank"], first["people_gained"], first["people_added"]) == (
        "path",
        1,
        307,
        307,
    )
    assert first["link_m"] == 50
    assert math.isnan(first["jobs_gained"])
    assert system.drawn["tod_links"].geometry.iloc[0].length == pytest.approx(50)
    assert len(system.result.tables["tod_links"]) == 1  # after it no other gains anybody


def test_a_link_over_water_needs_a_bridge_and_through_a_wall_an_opening() -> None:
    canal = frame([box(-50, 20, 500, 30)])
    wall = frame([LineString([(-50, 25), (500, 25)])], **{"class": "wall"})
    over = tod(gap(water=canal)).result.tables["tod_links"].iloc[0]
    assert (over["link_needs"], over["link_crosses_en"]) == ("bridge", "water or a canal")
    through = tod(gap(barriers=wall)).result.tables["tod_links"].iloc[0]
    assert (through["link_needs"], through["link_crosses"]) == ("opening", "围墙等阻隔")


def test_no_link_is_proposed_where_the_way_round_is_short_or_the_gap_too_wide() -> None:
    assert not len(tod(gap(), link_detour=50).result.tables["tod_links"])
    assert not len(tod(gap(), link_gap_m=49).result.tables["tod_links"])
    assert "tod_links" not in tod(gap(), links_each=0).result.tables


def test_a_link_does_not_cross_a_street() -> None:
    between = streets(
        [(0, 0), (300, 0)], [(300, 0), (600, 0)], [(600, 0), (600, 50)], [(600, 50), (0, 50)],
        [(-700, 25), (700, 25)],
    )  # fmt: skip
    base = gap()
    links = tod(StudyArea(base.info, {**base.layers, "streets": layer("streets", between)})).drawn.get("tod_links")
    middle = LineString([(X0 - 700, Y0 + 25), (X0 + 700, Y0 + 25)])
    assert links is None or not shapely.crosses(np.asarray(links.geometry.array), middle).any()


# ---- scenarios, missing layers, what is asked ---------------------------------------------------------------------


def test_existing_and_planned_stations_side_by_side() -> None:
    base = two()
    table = base.table("stations").assign(status=["existing", "planned"])
    area = StudyArea(base.info, {**base.layers, "stations": layer("stations", table)})
    for scenario in ("existing", "planned"):
        rows = tod(area, scenario=scenario).result.tables["tod_scenarios"]
        walk = rows[rows["tod_way"] == "walk"].set_index("tod_scenario")
        assert walk["stations_standing"].to_dict() == {"existing": 1, "planned": 2}
        assert walk["lines_standing"].to_dict() == {"existing": 1, "planned": 2}
        assert walk["people_covered"].to_dict() == {"existing": 70, "planned": 70}
        assert len(tod(area, scenario=scenario).table) == {"existing": 1, "planned": 2}[scenario]


def test_where_every_station_is_planned_nobody_is_covered_today() -> None:
    base = two()
    planned = base.table("stations").assign(status="planned")
    area = StudyArea(base.info, {**base.layers, "stations": layer("stations", planned)})
    with pytest.raises(LayerNotFoundError, match="--scenario planned"):
        tod(area)
    rows = tod(area, scenario="planned").result.tables["tod_scenarios"]
    assert rows.loc[rows["tod_scenario"] == "existing", "people_covered"].tolist() == [0, 0]


def test_where_no_station_stands_what_is_not_there_has_no_figure() -> None:
    base = two()
    planned = base.table("stations").assign(status="planned")
    area = StudyArea(base.info, {**base.layers, "stations": layer("stations", planned)})
    rows = tod(area, scenario="planned").result.tables["tod_scenarios"]
    own = rows[rows["tod_scenario"] == "existing"]
    assert own["share_people"].tolist() == [0, 0]
    assert own[["jobs_covered", "share_jobs", "share_both"]].isna().all(axis=None)  # there are no jobs


def test_planned_entrances_count_in_the_planned_scenario_alone() -> None:
    base = two()
    doors = stations((200, 0), (1600, 0), id=["ea", "ep"], station_id=["a", "a"], status=["existing", "planned"])
    layers = {**base.layers, "entrances": layer("entrances", doors)}
    layers["stations"] = layer("stations", base.table("stations").iloc[:1])
    layers["homes"] = layer("homes", homes((100, 0), (1500, 0), population=[10, 20]))
    for scenario in ("existing", "planned"):
        rows = tod(StudyArea(base.info, layers), scenario=scenario).result.tables["tod_scenarios"]
        radius = rows[rows["tod_way"] == "radius"].set_index("tod_scenario")
        assert radius["people_covered"].to_dict() == {"existing": 10, "planned": 30}


EVERYTHING = ("homes", "jobs", "streets", "facilities", "parks", "park_gates", "bus_stops")


@pytest.mark.parametrize(
    "kinds", [("jobs",), ("facilities",), ("parks", "park_gates"), ("landuse",), ("homes",), ("streets",), EVERYTHING]
)
def test_what_is_missing_has_no_figure_and_is_named(kinds: tuple[str, ...]) -> None:
    plain = city()
    area = StudyArea(plain.info, {name: one for name, one in plain.layers.items() if name not in kinds},
                     profiles=plain.profiles)  # fmt: skip
    system = tod(area, by="area")
    assert {missing["kind"] for missing in system.result.provenance.missing} >= set(kinds) - {"park_gates"}
    own = row(system, "tod_stations")
    unknown = {"jobs": "radius_jobs_around_high", "homes": "radius_people_around_high", "parks": "radius_parks_around",
               "facilities": "radius_facilities_around", "streets": "walk_people_around_high"}  # fmt: skip
    for kind, column in unknown.items():
        assert math.isnan(own[column]) == (kind in kinds or (kind == "streets" and "homes" in kinds)), kind
    assert system.explain()


def test_without_lines_there_is_no_table_of_lines() -> None:
    base = two()
    table = base.table("stations").drop(columns="line")
    system = tod(StudyArea(base.info, {**base.layers, "stations": layer("stations", table)}))
    assert "tod_lines" not in system.result.tables
    assert "图层没有写明线路" in system.said[0].zh


def test_the_profile_decides_the_radii() -> None:
    table = tod(two(), station_profile="tod-2015-bands").result.tables["tod_areas"]
    assert sorted(table.loc[table["tod_way"] == "radius", "within_m"].unique()) == [300, 500, 800]
    inner = tod(two(), station_profile="tod-2015-inner")
    assert inner.result.provenance.parameters["station_radii_m"] == [300, 500]


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"station_profile": "x"}, StandardError, "there are: tod-2015"),
    ({"circle_profile": "gb50180-2018"}, ParameterError, "give three"),
    ({"circle_profile": "nobody"}, StandardError, "is unknown"),
    ({"links_each": -1}, ParameterError, "links_each"),
    ({"nonsense": 1}, ParameterError, "nonsense"),
]


@pytest.mark.parametrize(("options", "error", "said"), REFUSED)
def test_what_cannot_be_asked_is_refused(options: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        tod(two(), **options)


# ---- laws ------------------------------------------------------------------------------------------------------


def test_farther_is_never_fewer_and_a_walk_never_more_than_its_circle() -> None:
    table = found().result.tables["tod_areas"]
    for way in ("radius", "walk", "time"):
        for what in ("people", "jobs", "facilities", "parks"):
            assert areas(found(), way, what) == sorted(areas(found(), way, what))
    for metres in (500, 800):
        rows = table[table["within_m"] == metres].set_index("tod_way")
        assert rows.loc["walk", "people_around"] <= rows.loc["radius", "people_around"]
        assert 0 <= rows.loc["walk", "catchment_ratio"] <= 1


def test_the_order_of_rows_changes_no_figure_and_layers_stay_as_they_are() -> None:
    area = two()
    before = {name: one.table.copy() for name, one in area.layers.items()}
    turned = StudyArea(
        area.info,
        {name: layer(name, one.table.iloc[::-1].reset_index(drop=True)) for name, one in area.layers.items()},
    )
    one, other = (tod(each).table.set_index("id").sort_index() for each in (area, turned))
    pd.testing.assert_frame_equal(one, other)
    for name, table in before.items():
        pd.testing.assert_frame_equal(area.layers[name].table, table)


# ---- the embedded city -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def embedded() -> System:
    return kg.tod(kg.open_area(kg.embedded_folder()))


def test_the_embedded_city_agrees_with_its_check_and_gives_ranges_where_stations_are_coarse(embedded: System) -> None:
    tables = embedded.result.tables
    assert not embedded.result.reportable
    checked = check(kg.open_area(kg.embedded_folder()), ("gbt51328-2018",), by="area").result.tables[WHOLE]
    own = checked[checked["indicator"] == "rail_800m"].iloc[0]
    assert tables["tod_coverage"]["share_both"].iloc[0] == pytest.approx(own["value"])
    assert tables["tod_coverage"]["coverage_verdict"].iloc[0] == own["verdict"] == "demo"
    stations = tables["tod_stations"].set_index("name")
    south = stations.loc["昆山南"]
    assert math.isnan(south["radius_people_around"])
    assert south["radius_people_around_low"] < south["radius_people_around_high"]
    assert stations.loc["花桥", "station_lines"] == 2
    assert len(embedded.said) == 8


def test_the_embedded_city_counts_everybody_once(embedded: System) -> None:
    tables = embedded.result.tables
    circles = tables["tod_circles"].iloc[0]
    parts = [circles[f"circles_{number}"] for number in range(4)]
    assert sum(parts) + circles["not_measurable"] == circles["population"] == 2_092_496
    walk = tables["tod_areas"].query("tod_way == 'walk' and within_m == 800")
    line = tables["tod_lines"].query("tod_way == 'walk' and within_m == 800")
    assert walk["people_nearest"].sum() <= line["people_around_high"].sum()
