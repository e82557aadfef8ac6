"""Focus areas in the toy city: who is within the walk, what they lack, what is planned and what an area would bring.

A centre at (1000, 0), a renewal area around h5, a renewal line along y = 300 from x = 0 to 400. Walks to the centre: h1
710, h2 350, h3 100, h4 110 m, h5 1,300 m; the 15-minute walk is 900 m.
"""

from __future__ import annotations

import math

import pytest
from paper import ONE_RULE, area_of, frame, layer
from shapely.geometry import LineString, Point, box

import kunshan_gis as kg
from kunshan_gis import toy
from kunshan_gis.contracts import check
from kunshan_gis.errors import ParameterError
from kunshan_gis.model import Scenario, StudyArea
from kunshan_gis.rules import read_profile
from kunshan_gis.studies.systems.focus import focus_part
from kunshan_gis.studies.systems.registry import run
from kunshan_gis.studies.systems.system import Asked, Part, setting_of

CENTRE, BLOCK, LINE = Point(1000, 0), box(1950, 250, 2050, 350), LineString([(0, 300), (400, 300)])
TEN_MINUTES = "gb50180-2018/life_circle_10min"


def rows(*shapes: object, **columns: object):
    return frame(shapes, **columns)


def city(focus: object = None, **more: object) -> StudyArea:
    plain = toy.serviced_city()
    three = rows(
        CENTRE, BLOCK, LINE, id=["c", "a", "l"], name=["中心", "片区", "沿线"], name_en=["Centre", "Block", "Line"],
        **{"class": ["centre", "renewal_area", "renewal_line"]},
    )  # fmt: skip
    extra = {"focus_areas": three if focus is None else focus} | more
    return StudyArea(plain.info, {**plain.layers, **{kind: layer(kind, table) for kind, table in extra.items()}})


def asked(area: StudyArea, *, scenario: Scenario | None = None, **options: object) -> Part:
    said = {"life_circle": TEN_MINUTES} | options
    return focus_part(setting_of(area, Asked(by="area", scenario=scenario, allow_open_edge=True, options=said)))


@pytest.fixture(scope="module")
def found() -> Part:
    return asked(city(), brings="centre:food_market")


def test_who_and_what_lies_within_the_walk_of_points_areas_and_lines(found: Part) -> None:
    each = found.tables["zones_focus"].set_index("id")
    assert each["focus_shape"].tolist() == ["point", "area", "line"]
    assert each["focus_people"].tolist() == [640, 50, 300]  # h1 to h4; h5 alone; h1 and h2 over the side street
    assert each["focus_jobs"].tolist() == [200, 150, 50]  # 600 m to either; 650 m; 270 m to the west
    assert each["focus_facilities"].tolist() == [2, 1, 2]  # S and M; K; M and S (870 m)
    assert each["focus_parks"].tolist() == [2, 1, 1]  # C 800 m and P 820 m; P 870 m; C 470 m


def test_what_lies_inside_is_told_of_areas_only(found: Part) -> None:
    each = found.tables["zones_focus"].set_index("id")
    assert each.loc["a", ["focus_inside_people", "focus_inside_jobs", "focus_inside_facilities"]].tolist() == [50, 0, 0]
    assert each.loc["a", "focus_ha"] == pytest.approx(1)
    assert each.loc[["c", "l"], ["focus_inside_people", "focus_ha"]].isna().all(axis=None)


def test_needs_kind_by_kind_the_one_most_lack_first(found: Part) -> None:
    needs = found.tables["zones_focus_needs"]
    centre = needs[needs["id"] == "c"].set_index("focus_need_key")
    assert centre.loc["primary_school", ["focus_has", "focus_lacks"]].tolist() == [540, 100]  # 500 m: h1 lacks it
    assert centre.loc["food_market", ["focus_has", "focus_lacks"]].tolist() == [100, 540]  # h1 alone is near M
    assert centre.loc["food_market", "focus_lacks_share"] == pytest.approx(540 / 640)
    assert math.isnan(centre.loc["shopping", "focus_lacks"])  # no layer shows any
    assert centre.loc["shopping", "focus_unknown"] == 640
    lacks = needs[needs["id"] == "c"]["focus_lacks"].dropna().tolist()
    assert lacks == sorted(lacks, reverse=True)
    assert found.tables["zones_focus"].set_index("id").loc["c", "focus_lacking"].startswith("菜市场、公园")


OWN = """
[[rule]]
key = "circle"
name = "圈"
name_en = "circle"
measure = "circle"
minutes = 10
verified = "text"
[[rule.needs]]
key = "school"
name = "学校"
name_en = "school"
to = ["primary_school"]
"""


@pytest.mark.parametrize("walk", ["planning-walk", "elderly-walk", "adult-walk"])
def test_a_life_circle_is_walked_at_its_own_pace_as_in_the_zones(walk: str) -> None:
    own = read_profile(f'{ONE_RULE}walk = "{walk}"\n{OWN}'.encode(), "own", "own.toml")
    everywhere = city(rows(box(-500, -500, 1900, 1000), id=["all"], **{"class": ["renewal_area"]}))
    area = StudyArea(everywhere.info, everywhere.layers, profiles={"own": own})
    tables = run(area, "zones", Asked(allow_open_edge=True, options={"life_circle": "own/circle"})).result.tables
    (need,) = tables["zones_focus_needs"].to_dict(orient="records")
    reach = tables["zones_reach"].query("unit_id == 'area' and zone_level == 'zones' and zone_completed.notna()")
    assert need["focus_has"] == reach["covered"].item()


def test_existing_beside_planned() -> None:
    facilities = toy.serviced_city().table("facilities").assign(status=[None, "planned", None])  # the market M
    needs = asked(city(facilities=facilities)).tables["zones_focus_needs"]
    market = needs[(needs["id"] == "c") & (needs["focus_need_key"] == "food_market")].iloc[0]
    assert (market["focus_lacks_existing"], market["focus_lacks_planned"]) == (640, 540)
    assert market["focus_lacks"] == 640  # the area's own scenario is the existing one
    said = " ".join(one.en for one in asked(city(facilities=facilities)).said)
    assert "go from 640 to 540" in said
    planned = asked(city(facilities=facilities), scenario="planned").tables["zones_focus_needs"]
    again = planned[(planned["id"] == "c") & (planned["focus_need_key"] == "food_market")].iloc[0]
    assert (again["focus_lacks"], again["focus_lacks_existing"]) == (540, 640)


def test_what_an_area_would_bring_is_tried_out(found: Part) -> None:
    (tried,) = found.tables["zones_focus_brings"].to_dict(orient="records")
    assert (tried["id"], tried["focus_brings"], tried["focus_reach_m"]) == ("c", "菜市场", 500)
    # within 500 m of the centre h2, h3, h4 (540), none of whom has the market at x = 400 within 500 m
    assert (tried["focus_in_reach"], tried["focus_served"], tried["focus_gain"]) == (540, 0, 540)
    assert any("Tried out" in one.en for one in found.said)
    hospital = asked(city(), brings="centre:hospital").tables["zones_focus_brings"].iloc[0]
    assert (hospital["focus_reach_m"], hospital["focus_gain"]) == (900, 640)  # not of the circle: the walk


def test_by_default_medical_centres_bring_what_the_profile_assumes() -> None:
    medical = rows(CENTRE, **{"class": "medical"})
    assert asked(city(medical)).tables["zones_focus_brings"]["focus_brings_en"].tolist() == [
        "Hospitals", "Community health centres",
    ]  # fmt: skip
    assert "zones_focus_brings" not in asked(city()).tables  # nothing is assumed of other classes


@pytest.mark.parametrize("wrong", ["hospital", "centre:", "park:hospital", "centre"])
def test_what_is_assumed_must_name_a_class_and_categories(wrong: str) -> None:
    with pytest.raises(ParameterError, match=r"write medical:hospital,health_station"):
        asked(city(), brings=wrong)


def test_a_coarse_place_gives_a_range_and_nothing_bare() -> None:
    found = asked(city(rows(CENTRE, **{"class": "centre"}, accuracy_m=400.0)))
    (row,) = found.tables["zones_focus"].to_dict(orient="records")
    assert math.isnan(row["focus_people"])
    assert (row["focus_people_low"], row["focus_people_high"]) == (540, 690)  # 500 m; 1,300 m, exactly at the cut
    assert math.isnan(row["focus_jobs"])
    assert "zones_focus_needs" not in found.tables
    assert any("are a range" in one.en for one in found.warnings)


def test_a_sketch_says_that_it_is_one() -> None:
    found = asked(city(rows(CENTRE, **{"class": "centre"}, basis="schematic")))
    assert any("is a sketch" in one.en for one in found.warnings)


def test_without_the_layer_there_is_nothing_and_without_homes_or_streets_no_people() -> None:
    plain = toy.serviced_city()
    assert focus_part(setting_of(plain, Asked(by="area"))).tables == {}
    bare = asked(area_of(focus_areas=rows(CENTRE, BLOCK, **{"class": ["centre", "renewal_area"]})))
    assert bare.tables["zones_focus"]["focus_people"].isna().all()
    assert list(bare.tables) == ["zones_focus", "zones_focus_faults"]
    unwalked = area_of(focus_areas=rows(BLOCK, **{"class": "renewal_area"}), homes=toy.city().table("homes"))
    (row,) = asked(unwalked).tables["zones_focus"].to_dict(orient="records")
    assert row["focus_inside_people"] == 50
    assert math.isnan(row["focus_people"])


def test_parks_none_of_which_stands_are_as_good_as_none() -> None:
    parks = toy.serviced_city().table("parks").assign(status="planned")
    each = asked(city(parks=parks), scenario="existing").tables["zones_focus"]
    assert each["focus_parks"].isna().all()
    assert each["focus_people"].tolist() == [640, 50, 300]


def test_a_park_drawn_in_pieces_is_one_park_within_the_walk_and_inside() -> None:
    pieces = rows(
        box(700, -50, 750, 0), box(750, -50, 800, 0), id=["p1", "p2"], name=["园", "园"], tier=["pocket", "pocket"]
    )
    area = city(rows(box(600, -100, 900, 50), id=["f"], **{"class": ["renewal_area"]}), parks=pieces)
    area = StudyArea(area.info, {kind: one for kind, one in area.layers.items() if kind != "park_gates"})
    (each,) = asked(area).tables["zones_focus"].to_dict(orient="records")
    assert (each["focus_parks"], each["focus_inside_parks"]) == (1, 1)


def test_faults_are_named_located_and_have_a_remedy() -> None:
    focus = rows(
        Point(5000, 5000), Point(1200, 0), Point(1000, 0), id=["far", "line", "twin"], name=["远", "同", "同"],
        **{"class": ["centre", "renewal_line", "medical"]},
    )  # fmt: skip
    found = asked(city(focus, boundary=frame([box(-300, -300, 2300, 1000)])))
    table = found.tables["zones_focus_faults"]
    assert dict(zip(table["fault"], table["features"], strict=True)) == {
        "zones_focus_outside": "far", "zones_focus_no_street": "far", "zones_focus_shape": "line",
        "zones_focus_one_name": "line, twin",
    }  # fmt: skip
    assert table["remedy_en"].str.len().gt(0).all()
    assert math.isnan(found.tables["zones_focus"].set_index("id").loc["far", "focus_people"])


def test_a_class_there_is_not_is_refused_when_the_layer_is_read() -> None:
    (problem,) = check(rows(CENTRE, **{"class": "park"}), "focus_areas", where="focus_areas")
    assert "row 1" in str(problem)
    assert "renewal_point" in str(problem)


def test_a_longer_walk_never_loses_anybody_and_inputs_stay_as_they_are() -> None:
    area = city()
    before = {kind: one.table.to_csv() for kind, one in area.layers.items()}
    people = []
    for minutes in (5, 15, 25):
        setting = setting_of(area, Asked(by="area", minutes=minutes, options={"life_circle": TEN_MINUTES}))
        people.append(focus_part(setting).tables["zones_focus"]["focus_people"].to_numpy())
    assert (people[0] <= people[1]).all()
    assert (people[1] <= people[2]).all()
    assert {kind: one.table.to_csv() for kind, one in area.layers.items()} == before


def test_the_embedded_city_has_its_focus_areas_as_a_demonstration() -> None:
    found = focus_part(setting_of(kg.open_area(kg.embedded_folder())))
    each = found.tables["zones_focus"]
    assert len(each) == 14
    assert (each["focus_class"] == "medical").sum() == 3
    assert any("sketch" in one.en for one in found.warnings)
    assert set(found.drawn) >= {"focus_areas", "focus_reach"}
