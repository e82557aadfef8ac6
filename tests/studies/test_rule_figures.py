"""Rules measured on the toy city with services, each by hand, and held against brute force."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
import town
from paper import area_of, frame, homes, layer, parks, streets
from shapely.geometry import box

from kunshan_gis import toy
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import Rule
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.rule_figures import Figure, figure
from kunshan_gis.studies.terms import AS_MEASURED, Terms
from kunshan_gis.studies.units import units_of
from kunshan_gis.studies.walk import Walk

WALK = Walk(minutes=15, speed_mps=1.0, profile="planning-walk")
BANDS = [{"from_m2": 5000, "metres": 500}, {"from_m2": 400, "below_m2": 5000, "metres": 300}]


def rule(**said: Any) -> Rule:
    return Rule.model_validate(
        {"key": "r", "name": "规", "name_en": "r", "verified": "memory", "to": ["parks"], **said}
    )


def measured(
    one: Rule, *, by: str = "area", terms: Terms = AS_MEASURED, area: StudyArea | None = None, walk: Walk = WALK
) -> Figure:
    area = toy.serviced_city() if area is None else area
    return figure(one, Measuring(area, walk), units_of(area, by), terms)


def numbers(one: Rule, **how: Any) -> tuple[float, float, float]:
    found = measured(one, **how)
    return float(found.numerator[0]), float(found.denominator[0]), float(found.unknown[0])


@pytest.mark.parametrize(
    ("place", "metres", "people"),
    [
        ("primary_school", 349.9, 340), ("primary_school", 350, 540), ("primary_school", 710, 640),
        ("primary_school", 1300, 690), ("food_market", 110, 100), ("food_market", 550, 300),
        ("health_station", 300, 50), ("health_station", 900, 390), ("bus_stops", 300, 500), ("stations", 200, 340),
        ("parks", 720, 440), ("parks", 900, 640), ("parks", 920, 690), ("parks", 109, 0),
    ],
)  # fmt: skip
def test_residents_within_a_walk_are_those_of_the_table(place: str, metres: float, people: int) -> None:
    assert numbers(rule(measure="walk", to=[place], metres=metres)) == (people, 700, 10)


def test_minutes_are_metres_at_the_pace() -> None:
    one = rule(measure="walk", to=["primary_school"], minutes=10)
    assert numbers(one) == (540, 700, 10)  # 600 m
    assert numbers(one, terms=Terms(speed_mps=0.5)) == (340, 700, 10)  # 300 m
    assert numbers(one, walk=replace(WALK, speed_mps=1.25)) == (640, 700, 10)  # 750 m


def test_the_nearest_of_several_categories_serves() -> None:
    assert numbers(rule(measure="walk", to=["primary_school", "food_market"], metres=300)) == (440, 700, 10)
    assert numbers(rule(measure="walk", to=["primary_school", "nursery"], metres=350)) == (540, 700, 10)


def test_homes_jobs_and_both_together() -> None:
    assert numbers(rule(measure="walk", to=["stations"], metres=650, of="homes")) == (3, 7, 2)
    assert numbers(rule(measure="walk", to=["stations"], metres=500, of="jobs")) == (150, 200, 0)
    assert numbers(rule(measure="walk", to=["stations"], metres=650, of="people_and_jobs")) == (690, 900, 10)


def test_land_is_reached_piece_by_piece() -> None:
    """The four quarters of parcel A lie 50, 100, 100 and 150 m from park C's gate."""
    for metres, hectares in ((49, 0), (50, 0.25), (100, 0.75), (150, 1.0), (2000, 2.0)):
        assert numbers(rule(measure="walk", metres=metres, of="land")) == (hectares * 1e4, 2e4, 0)


def test_street_is_reached_to_the_metre() -> None:
    """From the gate of C at x = 200, 200 m to either side and 0 up the side streets; P reaches 200 m of its own."""
    assert numbers(rule(measure="walk", metres=200, of="street", tiers=["community"])) == (400, 3880, 80)
    assert numbers(rule(measure="walk", metres=200, of="street", tiers=["pocket"])) == (280, 3880, 80)
    assert numbers(rule(measure="walk", metres=250, of="street", tiers=["community"])) == (550, 3880, 80)


def test_a_radius_goes_by_the_area_of_the_park_and_from_its_outline() -> None:
    assert numbers(rule(measure="radius", bands=BANDS, of="land")) == (10_000, 20_000, 0)
    assert numbers(rule(measure="radius", bands=BANDS)) == (100, 700, 0)  # h2 lies 552 m from C, h5 365 m from P
    assert numbers(rule(measure="radius", metres=600)) == (690, 700, 0)
    assert numbers(rule(measure="radius", metres=552.2)) == (690 - 200, 700, 0)
    assert numbers(rule(measure="radius", metres=552.3)) == (690, 700, 0)


def test_a_radius_over_land_is_the_exact_area_of_overlapping_circles_counted_once() -> None:
    """Two stops 800 m apart on built-up land that ends 100 m to the south of them."""
    half = math.pi * 300**2 / 2
    strip = 100 * math.sqrt(300**2 - 100**2) + 300**2 * math.asin(100 / 300)
    one = rule(measure="radius", to=["bus_stops"], metres=300, of="built_up")
    assert numbers(one) == (pytest.approx(2 * (half + strip), rel=5e-4), 1e6, 0)
    twice = toy.serviced_city()
    table = pd.concat([twice.table("bus_stops"), twice.table("bus_stops").assign(id=["b3", "b4"])], ignore_index=True)
    doubled = StudyArea(twice.info, {**twice.layers, "bus_stops": layer("bus_stops", table)})
    assert numbers(one, area=doubled) == pytest.approx(numbers(one))


def test_circles_of_several_kinds_of_places_count_their_ground_once() -> None:
    """The market and the school lie 600 m apart on one street: circles of 400 m overlap."""
    both = rule(measure="radius", to=["primary_school", "food_market"], metres=400, of="built_up")
    alone = [numbers(both.model_copy(update={"to": (place,)}))[0] for place in both.to]
    lens = 2 * 400**2 * math.acos(300 / 400) - 600 / 2 * math.sqrt(4 * 400**2 - 600**2)
    strip = shapely.box(0, -100, 2000, 400)
    discs = [shapely.Point(x, 0).buffer(400, quad_segs=32) for x in (1000, 400)]
    assert lens == pytest.approx(discs[0].intersection(discs[1]).area, rel=2e-3)
    assert numbers(both)[0] == pytest.approx(shapely.union_all(discs).intersection(strip).area)
    assert numbers(both)[0] < sum(alone)


def test_within_counts_only_what_lies_in_the_scope() -> None:
    """h6 and h7 lie north of the built-up land, h1 to h5 in it; a quarter of parcel B lies in it."""
    assert numbers(rule(measure="walk", metres=900, within="built_up")) == (640, 690, 0)
    assert numbers(rule(measure="walk", metres=100, of="land", within="built_up")) == (7_500, 10_000 + 5_000, 0)


def test_a_life_circle_asks_for_all_needs_or_as_many_as_are_needed() -> None:
    needs = [
        {"key": "school", "name": "小学", "name_en": "School", "to": ["primary_school"], "metres": 710},
        {"key": "market", "name": "市", "name_en": "Market", "to": ["food_market"], "metres": 550},
        {"key": "park", "name": "园", "name_en": "Park", "to": ["parks"], "metres": 750, "from_m2": 5000},
    ]
    assert numbers(rule(measure="circle", to=[], needs=needs)) == (300, 700, 10)  # h1 and h2
    assert numbers(rule(measure="circle", to=[], needs=needs, needed=1)) == (640, 700, 10)
    absent = {"key": "nursery", "name": "托", "name_en": "Nursery", "to": ["nursery"], "metres": 300}
    with pytest.raises(NotThereError, match="no data on: Nursery"):
        numbers(rule(measure="circle", to=[], needs=[*needs, absent]))
    # two of four: h1 and h2 have three; h3 and h4 have the school and hang on the nursery; h5 has none
    assert numbers(rule(measure="circle", to=[], needs=[*needs, absent], needed=2)) == (300, 700, 10 + 340)


def test_provision_count_and_size_of_parks() -> None:
    assert measured(rule(measure="provision")).value[0] == pytest.approx(11_600 / 700)
    assert measured(rule(measure="provision", tiers=["pocket"])).value[0] == pytest.approx(1_600 / 700)
    assert measured(rule(measure="provision", from_m2=1_600, below_m2=10_000)).value[0] == pytest.approx(1_600 / 700)
    assert measured(rule(measure="count", tiers=["community"])).value[0] == 1
    assert numbers(rule(measure="size", at_least_m2=5_000)) == (1, 2, 0)
    assert numbers(rule(measure="size", at_least_m2=400, at_most_m2=1_600)) == (1, 2, 0)


def test_parks_beyond_the_boundary_are_not_the_area_s() -> None:
    """The boundary takes in C and the western half of P (40 m by 40 m)."""
    area = toy.serviced_city()
    limits = frame([box(-300, -300, 1620, 1000)], id=["b"])
    bounded = StudyArea(area.info, {**area.layers, "boundary": layer("boundary", limits)})
    found = measured(rule(measure="provision"), area=bounded)
    assert found.numerator[0] == pytest.approx(10_000 + 800)
    assert measured(rule(measure="count"), area=bounded).value[0] == 1
    narrow = StudyArea(area.info, {**area.layers, "boundary": layer("boundary", frame([box(-300, -300, 1630, 1000)]))})
    assert measured(rule(measure="count"), area=narrow).value[0] == 2
    assert measured(rule(measure="provision", within="built_up")).numerator[0] == pytest.approx(11_600)


def test_provision_of_units_shares_a_park_by_its_ground() -> None:
    """C lies in the west whole, P in the east; the unassigned row holds nobody."""
    found = measured(rule(measure="provision"), by="towns")
    assert found.numerator.tolist() == pytest.approx([10_000, 1_600, 0])
    assert found.denominator.tolist() == [303, 397, 0]
    assert np.isnan(found.value[2])


def test_street_density_is_kilometres_in_the_scope() -> None:
    assert measured(rule(measure="density", within="built_up")).value[0] == pytest.approx(3.8)
    with pytest.raises(NotThereError, match="primary"):
        measured(rule(measure="density", classes=["primary"]))


@pytest.mark.parametrize("by", ["zones", "towns", "communities"])
@pytest.mark.parametrize(
    "one",
    [
        rule(measure="walk", metres=720), rule(measure="walk", metres=100, of="land"),
        rule(measure="radius", bands=BANDS, of="land"), rule(measure="walk", metres=333, of="street"),
        rule(measure="provision"), rule(measure="walk", to=["stations"], metres=500, of="people_and_jobs"),
    ],
    ids=lambda one: f"{one.measure}-{one.of}",
)  # fmt: skip
def test_units_add_up_to_the_whole(one: Rule, by: str) -> None:
    whole, parts = measured(one), measured(one, by=by)
    for name in ("numerator", "denominator", "unknown"):
        assert getattr(parts, name).sum() == pytest.approx(getattr(whole, name)[0])


def test_towns_by_hand() -> None:
    found = measured(rule(measure="walk", metres=720), by="towns")
    assert (found.numerator.tolist(), found.denominator.tolist()) == ([100, 340, 0], [303, 397, 0])
    assert found.unknown.tolist() == [3, 7, 0]


def test_what_is_missing_is_said_and_never_measured_as_nothing() -> None:
    for one, said in (
        (rule(measure="walk", to=["nursery"], metres=300), "no facility"),
        (rule(measure="radius", bands=BANDS, of="land"), "no layer of Land use"),
        (rule(measure="walk", metres=300, of="jobs"), "no layer of Jobs"),
        (rule(measure="radius", bands=BANDS, of="built_up"), "no layer of Scopes"),
        (rule(measure="provision", codes=["G11"]), "no park states its class"),
        (rule(measure="radius", unstated=["半径", "the radius"]), "the radius"),
    ):
        area = toy.serviced_city() if one.to == ("nursery",) else toy.city()
        with pytest.raises(NotThereError) as caught:
            measured(one, area=area)
        assert said in caught.value.reason.en
        assert caught.value.reason.zh


def test_nobody_to_share_among_has_no_value() -> None:
    area = area_of(streets=streets([(0, 0), (900, 0)]), homes=homes((5, 0), population=0), parks=parks((0, 0, 9, 9)))
    found = measured(rule(measure="walk", metres=300), area=area)
    assert np.isnan(found.value[0])
    assert found.denominator[0] == 0


def test_residents_none_of_whom_can_be_measured_have_no_value() -> None:
    area = area_of(streets=streets([(0, 0), (900, 0)]), homes=homes((5, 5000)), parks=parks((0, 0, 9, 9)))
    found = measured(rule(measure="walk", metres=300), area=area)
    assert (found.unknown[0], found.denominator[0]) == (1, 1)
    assert np.isnan(found.value[0])


def test_other_ways_of_measuring_by_hand() -> None:
    school = rule(measure="walk", to=["primary_school"], metres=350)
    assert numbers(school, terms=Terms(farther=0.9)) == (340, 700, 10)  # 315 m
    assert numbers(school, terms=Terms(unknown="covered")) == (550, 700, 0)
    # from junctions: S at x = 1000 moves to x = 800 (or 1200), 200 m more; h3 stands at x = 1200, 100 m off
    assert numbers(school, terms=Terms(snapping="junction"))[0] in (200, 340)
    park = rule(measure="walk", metres=100, tiers=["community"])
    assert numbers(park) == (0, 700, 10)
    assert numbers(park, terms=Terms(entrances=("outline",))) == (100, 700, 10)  # h1 is 10 + 50 m from the corner
    small = rule(measure="walk", metres=720, from_m2=400)
    assert numbers(small, terms=Terms(park_floor_m2=2_000)) == (100, 700, 10)
    assert numbers(rule(measure="walk", metres=900), terms=Terms(without=("residential",))) == (640, 700, 10)


def test_a_place_known_badly_gives_a_range() -> None:
    area = toy.serviced_city()
    table = area.table("stations").assign(accuracy_m=250.0)
    coarse = StudyArea(area.info, {**area.layers, "stations": layer("stations", table)})
    one = rule(measure="walk", to=["stations"], metres=400)
    assert numbers(one, area=coarse) == (340, 700, 10)
    assert numbers(one, area=coarse, terms=Terms(coarse="out")) == (0, 700, 10)
    assert numbers(one, area=coarse, terms=Terms(coarse="near")) == (540, 700, 10)  # h2 at 650 m
    sure = rule(measure="walk", to=["stations"], metres=750)  # 250 m is a third of it, and no more
    assert numbers(sure, area=coarse, terms=Terms(coarse="out")) == numbers(sure, area=coarse)


def test_seconds_at_crossings_count_in_minutes_and_not_in_metres() -> None:
    area = area_of(
        streets=streets([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, -50), (100, 0)], [(100, 0), (100, 50)],
                        **{"class": ["residential", "residential", "primary", "primary"]}),
        homes=homes((0, 0)), parks=parks((200, -5, 210, 5)),
    )  # fmt: skip
    waits = Walk(
        minutes=15, speed_mps=1.0, profile="planning-walk-waits", min_component_m=0, crossing_delay_s=30,
        crossing_classes=("primary",),
    )  # fmt: skip
    assert numbers(rule(measure="walk", metres=200), area=area, walk=waits)[0] == 1
    assert numbers(rule(measure="walk", minutes=200 / 60), area=area, walk=waits)[0] == 0
    assert numbers(rule(measure="walk", minutes=231 / 60), area=area, walk=waits)[0] == 1


def test_parks_on_foot_agree_with_park_reach() -> None:
    area = town_area()
    reach = park_reach(area, replace(WALK, minutes=5)).result.tables["area"].iloc[0]
    found = numbers(rule(measure="walk", metres=300), area=area)
    assert found == (reach["covered"], reach["population"], reach["not_measurable"])


def town_area() -> StudyArea:
    streets_ = town.streets().assign(structure="ground")
    return area_of(streets=streets_, homes=town.homes(), parks=town.parks().assign(status="existing"))


def test_facilities_of_a_crooked_town_agree_with_brute_force() -> None:
    """networkx on a graph with every home and every school split in."""
    places = town.homes().geometry.iloc[::29].reset_index(drop=True)
    schools = gpd.GeoDataFrame({"id": [f"f{row}" for row in range(len(places))], "category": "primary_school"},
                               geometry=places, crs=town.CRS)  # fmt: skip
    base = town_area()
    area = StudyArea(base.info, {**base.layers, "facilities": layer("facilities", schools)})
    measuring = Measuring(area, WALK)
    net = measuring.net(AS_MEASURED)
    at_home, (at_school, _) = measuring.placed("people", AS_MEASURED), measuring.doors("primary_school", AS_MEASURED)
    metres = brute_force(net, at_home, at_school)
    for limit in (150.0, 400.0, 900.0):
        people = int(area.table("homes")["population"].to_numpy()[metres <= limit + 0.05].sum())
        assert numbers(rule(measure="walk", to=["primary_school"], metres=limit), area=area)[0] == people


def brute_force(net: Any, homes_: Any, schools: Any) -> np.ndarray:
    graph = nx.Graph()
    for edge, (u, v) in enumerate(net.edge_uv):
        stops = [(0.0, ("n", u)), (net.length_m[edge], ("n", v))]
        for name, points in (("h", homes_), ("s", schools)):
            rows = np.flatnonzero(points.edge == edge)
            stops += [(points.offset_m[row], (name, row)) for row in rows]
        stops.sort(key=lambda stop: stop[0])
        for (a, one), (b, other) in pairwise(stops):
            if b - a < graph.get_edge_data(one, other, {"weight": math.inf})["weight"]:
                graph.add_edge(one, other, weight=b - a)
    for row in np.flatnonzero(schools.placed):
        graph.add_edge("source", ("s", row), weight=schools.leg_m[row])
    far = nx.single_source_dijkstra_path_length(graph, "source", weight="weight")
    return np.array([far.get(("h", row), math.inf) + homes_.leg_m[row] for row in range(len(homes_.edge))])


def test_radius_over_land_agrees_with_one_big_union() -> None:
    rng = np.random.default_rng(5)
    sites = np.column_stack([rng.uniform(0, 3000, (40, 2)), rng.uniform(20, 400, (40, 2))])
    lots = frame([box(x, y, x + w, y + h) for x, y, w, h in sites], code="R2", code_edition="GB 50137-2011")
    sites = np.column_stack([rng.uniform(0, 3000, (12, 2)), rng.uniform(5, 150, 12)])
    green = parks(*[(x, y, x + w, y + w) for x, y, w in sites])
    area = area_of(streets=streets([(0, 0), (3000, 0)]), homes=homes((5, 0)), parks=green, landuse=lots)
    found = numbers(rule(measure="radius", bands=BANDS, of="land"), area=area)
    size, shapes = green.geometry.area.to_numpy(), np.asarray(green.geometry.array)
    circles = [
        shapely.buffer(s, 500 if a >= 5000 else 300, quad_segs=32)
        for s, a in zip(shapes, size, strict=True)
        if a >= 400
    ]
    land = shapely.union_all(np.asarray(lots.geometry.array))
    assert found[1] == pytest.approx(land.area)
    assert found[0] == pytest.approx(shapely.intersection(land, shapely.union_all(circles)).area)


def test_a_farther_distance_never_loses_anybody() -> None:
    for one in (rule(measure="walk", metres=300), rule(measure="radius", metres=300)):
        shares = [numbers(one.model_copy(update={"metres": float(m)}))[0] for m in range(50, 2200, 150)]
        assert shares == sorted(shares)


def test_walking_is_never_farther_reaching_than_the_circle() -> None:
    for metres in (100, 300, 552, 900):
        walked, circle = (numbers(rule(measure=how, metres=metres))[0] for how in ("walk", "radius"))
        assert walked <= circle


def test_the_tables_of_the_city_are_as_before() -> None:
    area = toy.serviced_city()
    before = {name: one.table.copy() for name, one in area.layers.items()}
    numbers(rule(measure="radius", bands=BANDS, of="land"), area=area)
    for name, one in area.layers.items():
        assert one.table.equals(before[name]), name
