"""Zones of a city drawn on paper: profiles, places, links, borders outward, membership that is wrong.

::

    y
    1500 +-------------------+        town n, in no zone
         |    h4   n         |
    1000 +----|----+---------+
         |  C |    |         |        west (zone a): h1, h2, park C, pond
     500 +-h1-+-h2-+----h3---+----    one primary street from x = 0 to 3000, a path at y = 200
         |pond|....+....|    |        east (zone b): h3
       0 +---------+---------+
         0   500  1000     2000  x

The pond is 200 m by 500 m, 0.1 km2: the land of a is 0.9, of b 1.0, of n 1.0 km2. Neighbours: `out` east of x = 2000,
`rest` on all other sides.
"""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from paper import ONE_RULE, area_of, frame, homes, layer, parks, streets
from rich.console import Console
from shapely import Point, box
from shapely.geometry import LineString

import kunshan_gis as kg
from kunshan_gis import toy
from kunshan_gis.errors import LayerNotFoundError, LayerSchemaError, ParameterError
from kunshan_gis.export import system_workbook
from kunshan_gis.maps import render
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import read_profile
from kunshan_gis.studies.systems.registry import entry_of, run, systems_there, write_system
from kunshan_gis.studies.systems.system import Asked, System, lead_of
from kunshan_gis.terminal import print_system

OPEN = Asked(allow_open_edge=True)
WAYS = [
    [(0, 500), (500, 500)], [(500, 500), (1500, 500)], [(1500, 500), (3000, 500)],  # the primary street
    [(500, 200), (500, 500)], [(1500, 200), (1500, 500)], [(500, 500), (500, 1400)],  # residential
    [(500, 200), (1500, 200)],  # the path
]  # fmt: skip
CLASSES = ["primary"] * 3 + ["residential"] * 3 + ["footway"]
TOWNS = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000), box(0, 1000, 2000, 1500)]


def zones_of(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"id": ["a", "b"], "name": ["甲片", "乙片"], "name_en": ["Zone A", "Zone B"], **columns})


def city(**changed: Any) -> StudyArea:
    """The city above; `changed` layers replace its own, None takes one away."""
    city_box = box(0, 0, 2000, 1500)
    tables: dict[str, Any] = {
        "boundary": frame([city_box], id=["city"]),
        "neighbours": frame([box(2000, -900, 4000, 2400), box(-900, -900, 2000, 2400) - city_box],
                            id=["out", "rest"], name=["东邻", "余邻"], name_en=["Out", "Rest"]),
        "towns": frame(TOWNS, id=["west", "east", "n"], name=["西镇", "东镇", "北镇"],
                       name_en=["West", "East", "North"]),
        "zones": zones_of(strategy=["西融", "东接"], toward=[None, "out"]),
        "zone_towns": pd.DataFrame({"zone_id": ["a", "b", None], "town_id": ["west", "east", "n"],
                                    "evidence": ["规划 / plan", None, "未定 / open"]}),
        "seats": frame([Point(400, 500), Point(1600, 500)], town_id=["west", "east"], accuracy_m=[50.0, None]),
        "homes": homes((400, 500), (600, 500), (1400, 500), (500, 1300), population=[100, 50, 300, 50]),
        "streets": streets(*WAYS, **{"class": CLASSES}),
        "parks": parks((300, 600, 500, 700), tier=["comprehensive"]),
        "water": frame([box(0, 0, 200, 500)], **{"class": "lake"}),
        "jobs": frame([Point(700, 500), Point(2500, 500)], jobs=[30, 99]),
        "facilities": frame([Point(450, 500), Point(1450, 500), Point(2500, 500)],
                            category=["primary_school", "library", "hospital"], capacity=[90.0, None, None]),
        "rail": frame([LineString([(-500, 800), (3000, 800)])], line=["L1"], structure="elevated"),
    }  # fmt: skip
    return area_of(**{kind: table for kind, table in (tables | changed).items() if table is not None})


@pytest.fixture(scope="module")
def found() -> System:
    return run(city(), "zones", OPEN)


def row(found: System, table: str, **where: Any) -> pd.Series:
    """The one row with these values."""
    rows = found.result.tables[table]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_zones_side_by_side_by_hand(found: System) -> None:
    table = found.result.tables["zones_profile"].set_index("unit_id")
    assert table.index.tolist() == ["a", "b", "unassigned", "area"]
    assert table["population"].tolist() == [150, 300, 50, 500]
    assert table["zone_towns"].tolist() == [1, 1, 1, 3]
    assert table["zone_members_en"].tolist()[:3] == ["West", "East", "North"]
    by_hand = {
        "zone_share_people": [0.3, 0.6, 0.1, 1.0],
        "zone_area_km2": [1.0, 1.0, 1.0, 3.0],
        "zone_land_km2": [0.9, 1.0, 1.0, 2.9],
        "zone_people_per_km2": [150 / 0.9, 300, 50, 500 / 2.9],
        "zone_water_share": [0.1, 0, 0, 0.1 / 3],
        "zone_green_share": [0.02, 0, 0, 0.02 / 3],
        # primary 1.0 km in both, side streets 0.3 km in both and 0.5 km in a, 0.4 km in n; the path 0.5 km in both
        "zone_road_density": [1.8 / 0.9, 1.3, 0.4, 3.5 / 2.9],
        "zone_walk_density": [2.3 / 0.9, 1.8, 0.4, 4.5 / 2.9],
        "zone_park_green": [20_000 / 150, 0, 0, 40],
        "zone_park_comprehensive": [20_000 / 150, 0, 0, 40],
        "zone_jobs_per_10k": [2000, 0, 0, 600],  # the jobs at x = 2500 lie beyond the boundary
        "zone_facilities_per_10k": [1e4 / 150, 1e4 / 300, 0, 40],
    }
    for column, values in by_hand.items():
        np.testing.assert_allclose(table[column], values, err_msg=column, atol=1e-12)


def test_towns_add_up_to_zones_and_the_city(found: System) -> None:
    towns, zones = (found.result.tables[name].set_index("unit_id") for name in ("zones_towns", "zones_profile"))
    assert towns.index.tolist() == ["west", "east", "n", "area"]
    assert towns["zone_name_en"].tolist()[:3] == ["Zone A", "Zone B", "Unassigned"]
    for column in ("population", "zone_land_km2", "zone_facilities"):
        assert towns[column].iloc[:-1].sum() == zones[column].iloc[:-1].sum() == zones[column].iloc[-1]


def test_what_no_layer_shows_has_no_figure_and_says_why(found: System) -> None:
    table = found.result.tables["zones_profile"]
    nothing = ["zone_station_share", "zone_station_min", "zone_ramp_min", "zone_road_built", "zone_park_community"]
    assert table[["zone_circle_share", *nothing[:4]]].isna().all(axis=None)
    assert (table["zone_park_community"] == 0).all()
    said = "\n".join(one.en for one in found.result.provenance.warnings)
    assert "not measurable: Within a walk of a station" in said
    assert "no ramp leads" in said
    assert "zone_circle_share" not in set(found.result.tables["zones_ranks"]["figure"])


def test_places_gaps_and_targets(found: System) -> None:
    green = {"figure": "zone_park_green", "zone_level": "zones"}
    a, b = (row(found, "zones_ranks", unit_id=unit, **green) for unit in ("a", "b"))
    assert (a["zone_rank"], b["zone_rank"], a["zone_ranked"]) == (1, 2, 2)
    assert (b["zone_city"], b["zone_gap"], b["zone_target"], b["zone_to_target"]) == (40, -40, 8, -8)
    assert (a["zone_verdict"], b["zone_verdict"]) == ("met", "not_met")
    assert "GB 55014-2021" in a["zone_standard"]
    rest = row(found, "zones_ranks", unit_id="unassigned", **green)
    assert np.isnan(rest["zone_rank"])
    assert rest["zone_value"] == 0
    density = {"figure": "zone_people_per_km2", "zone_level": "zones"}
    assert row(found, "zones_ranks", unit_id="b", **density)["zone_better"] == "neither"
    assert row(found, "zones_ranks", unit_id="b", **density)["zone_verdict"] == "no_target"
    towns = found.result.tables["zones_ranks"].query("zone_level == 'towns' and figure == 'zone_people_per_km2'")
    assert towns["zone_rank"].tolist() == [2, 1, 3]  # a town in no zone is a town like any other


def test_findings_and_verdicts_are_a_demonstration_where_the_answer_is() -> None:
    area = city()
    made_up = replace(area, layers={**area.layers, "parks": layer("parks", area.table("parks"), basis="synthetic")})
    found = run(made_up, "zones", OPEN)
    assert not found.result.reportable
    assert "met" not in set(found.result.tables["zones_ranks"]["zone_verdict"])
    assert any("0.1 thousand" in one.en for one in found.said)  # 50 residents of the town in no zone, rounded


def test_facilities_by_group(found: System) -> None:
    school = row(found, "zones_services", zone_level="zones", zone_group="education", unit_id="a")
    assert (school["zone_facilities"], school["zone_capacity"]) == (1, 90)
    assert school["zone_facilities_per_10k"] == pytest.approx(1e4 / 150)
    assert school["zone_city_per_10k"] == 20
    assert row(found, "zones_services", zone_level="zones", zone_group="other", unit_id="b")["zone_facilities"] == 1
    health = found.result.tables["zones_services"].query("zone_group == 'health'")
    assert (health["zone_facilities"] == 0).all()  # the hospital stands beyond the boundary


def test_links_between_zones_by_hand(found: System) -> None:
    """600 m of primary to the border and 600 m beyond it at 50 (40 to 60) km/h; the seat of the west is known to 50 m.

    Least from 50 m nearer, most from 50 m off the street (a leg at 10 km/h).
    """
    link = row(found, "zones_links", unit_id="a", zone_other_id="b")
    assert link["zone_border_km"] == pytest.approx(1.0)
    assert (link["zone_over"], link["zone_over_primary"], link["zone_over_local"]) == (1, 1, 0)
    assert (link["zone_walked"], link["zone_walked_per_km"]) == (2, pytest.approx(2.0))
    assert np.isnan(link["zone_over_expressway"])
    assert (link["zone_rail"], link["zone_rail_names"]) == (1, "L1")
    minutes = [link[name] for name in ("zone_drive_low", "zone_drive", "zone_drive_high")]
    assert minutes == pytest.approx([1.15, 1.44, 1.8 + 0.3])
    north = row(found, "zones_links", unit_id="a", zone_other_id="unassigned")
    assert (north["zone_over_local"], north["zone_over"], north["zone_border_km"]) == (1, 1, pytest.approx(1.0))
    apart = row(found, "zones_links", unit_id="b", zone_other_id="unassigned")
    assert (apart["zone_over"], apart["zone_walked"], apart["zone_rail"]) == (0, 0, 0)


def test_links_outward_by_hand(found: System) -> None:
    """400 m from the seat of the east at x = 1600 to the border at x = 2000."""
    out = row(found, "zones_outward", unit_id="b", zone_other_id="out")
    assert out["zone_toward"]
    assert (out["zone_strategy"], out["zone_other_en"]) == ("东接", "Out")
    assert out["zone_border_km"] == pytest.approx(1.0)
    assert (out["zone_over_primary"], out["zone_walked"], out["zone_rail"]) == (1, 1, 1)
    assert out["zone_drive"] == pytest.approx(400 / 50_000 * 60)
    rest = row(found, "zones_outward", unit_id="a", zone_other_id="rest")
    assert not rest["zone_toward"]
    assert (rest["zone_over"], rest["zone_rail"]) == (0, 1)
    assert rest["zone_border_km"] == pytest.approx(2.0)
    table = found.result.tables["zones_outward"]
    assert table["zone_border_km"].sum() == pytest.approx(7.0)  # all of the outline, once
    assert row(found, "zones_outward", unit_id="unassigned", zone_other_id="out")["zone_border_km"] == 0.5


def test_a_neighbour_without_an_english_name_is_called_by_its_own() -> None:
    plain = city().table("neighbours")
    found = run(
        city(neighbours=plain.assign(name_en=["Out", None]), zones=zones_of(toward=["rest", None])), "zones", OPEN
    )
    assert row(found, "zones_outward", unit_id="a", zone_other_id="rest")["zone_other_en"] == "余邻"
    assert any("余邻" in one.en for one in found.said)


def test_a_zone_looks_to_a_neighbour_it_does_not_adjoin() -> None:
    table = run(city(zones=zones_of(toward=["out", "rest"])), "zones", OPEN).result.tables["zones_outward"]
    far = table[(table["unit_id"] == "a") & (table["zone_other_id"] == "out")].iloc[0]
    assert (far["zone_border_km"], far["zone_over"], far["zone_toward"]) == (0, 0, True)
    assert far["zone_drive"] == pytest.approx(1600 / 50_000 * 60)


def test_what_the_centre_is_is_said_and_can_be_chosen(found: System) -> None:
    seats = found.drawn["zones_centres"].set_index("id")
    assert seats["zone_centre_en"].tolist() == [
        "seat of West (within 50 m)", "seat of East", "home nearest to the middle of all residents"
    ]  # fmt: skip
    people = run(city(), "zones", OPEN.model_copy(update={"options": {"centre": "people"}}))
    xy = people.drawn["zones_centres"].geometry
    # of 100 at x = 400 and 50 at x = 600 the middle is 467: the home at 400 is nearest
    assert [round(point.x - 600_000) for point in xy] == [400, 1400, 500]
    none = run(city(seats=None, homes=None, parks=None), "zones")
    assert set(none.drawn["zones_centres"]["zone_centre_en"]) == {"a point of its ground"}


def test_membership_says_what_it_rests_on(found: System) -> None:
    west = row(found, "zones_membership", unit_id="west")
    assert (west["zone"], west["zone_name_en"], west["population"]) == ("a", "Zone A", 150)
    assert (west["zone_basis"], west["zone_evidence"], west["zone_evidence_en"]) == ("surveyed", "规划", "plan")
    assert row(found, "zones_membership", unit_id="n")["zone"] == "unassigned"
    assert not len(found.result.tables["zones_faults"])
    assert any("北镇" in one.zh and "North" in one.en for one in found.said)


def test_faults_of_ground_and_table_are_named_with_their_place() -> None:
    moved = [box(0, 0, 1000, 1000), box(900, 0, 2000, 1000), box(0, 1000, 1500, 1600)]
    towns = frame(moved, id=["west", "east", "n"], name=["西镇", "东镇", "北镇"])
    more = pd.DataFrame({"id": ["a", "b", "c"], "toward": [None, "out; nowhere", None]})
    found = run(city(towns=towns, zones=more), "zones", OPEN)
    faults = found.result.tables["zones_faults"].set_index("fault")
    assert faults.index.tolist() == ["zones_overlap", "zones_hole", "zones_beyond", "zones_empty", "zones_toward"]
    np.testing.assert_allclose(faults["fault_km2"], [0.1, 0.25, 0.15, np.nan, np.nan], atol=1e-9)
    assert faults.loc["zones_overlap", "features"] == "west, east"
    assert faults.loc["zones_empty", "features"] == "c"
    assert faults.loc["zones_toward", "features"] == "b, nowhere"
    assert faults.loc["zones_overlap", "remedy_en"] == "mend the towns' outlines; people there are counted once"
    assert found.result.tables["zones_profile"]["population"].iloc[-1] == 500  # nobody is counted twice
    assert "c" in set(found.result.tables["zones_profile"]["unit_id"])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"zone_id": ["a", "b"], "town_id": ["west", "east"]}, "towns in no row: n 北镇"),
        ({"zone_id": ["a", "b", "b"], "town_id": ["west", "east", "x"]}, "towns layer does not hold: x"),
        ({"zone_id": ["a", "z", None], "town_id": ["west", "east", "n"]}, "zones table does not hold: z"),
    ],
)
def test_membership_that_is_wrong_is_an_error_that_names_the_towns(table, said) -> None:
    with pytest.raises(LayerSchemaError, match=said):
        run(city(zone_towns=pd.DataFrame(table)), "zones", OPEN)


@pytest.mark.parametrize("without", ["towns", "zone_towns"])
def test_without_towns_or_membership_the_study_says_what_it_needs(without: str) -> None:
    area = city(**{without: None})
    assert "zones" not in systems_there(area)
    with pytest.raises(LayerNotFoundError, match=without):
        run(area, "zones", OPEN)


def test_with_towns_and_membership_alone_there_is_still_an_answer() -> None:
    plain = city()
    kept = {kind: plain.layers[kind] for kind in ("towns", "zone_towns")}
    found = run(StudyArea(plain.info, kept), "zones")
    table = found.result.tables["zones_profile"]
    assert table["zone_area_km2"].tolist() == [1, 1, 1, 3]
    assert table[["population", "zone_people_per_km2", "zone_park_green"]].isna().all(axis=None)
    assert found.result.tables["zones_links"][["zone_over", "zone_drive", "zone_rail"]].isna().all(axis=None)
    assert found.result.tables["zones_links"]["zone_border_km"].tolist() == pytest.approx([1, 1, 1])
    assert found.result.tables["zones_outward"]["zone_other_en"].unique().tolist() == ["not in the layers"]
    assert {lacking["kind"] for lacking in found.result.provenance.missing} >= {"homes", "streets", "neighbours"}
    assert "演示" not in render(found.map())


def test_without_homes_streets_are_still_measured() -> None:
    built = frame([box(0, 0, 2000, 1000)], scope=["built_up"])
    ranks = run(city(homes=None, scope=built), "zones", OPEN).result.tables["zones_ranks"]
    roads = ranks[(ranks["figure"] == "zone_road_built") & (ranks["zone_level"] == "zones")]
    assert (roads["zone_target"] == 8).all()  # km in a km2, whoever lives there
    assert "zone_park_green" not in set(ranks["figure"])


def test_where_nobody_lives_no_share_is_said() -> None:
    found = run(city(homes=city().table("homes").assign(population=0)), "zones", OPEN)
    assert any(one.en.endswith("in no zone: North.") for one in found.said)
    assert not any("nan" in one.en for one in found.said)


def test_a_railway_that_does_not_stand_crosses_nothing() -> None:
    planned = city().table("rail").assign(status="planned")
    links = run(city(rail=planned), "zones", OPEN.model_copy(update={"scenario": "existing"})).result.tables[
        "zones_links"
    ]
    assert (links["zone_rail"] == 0).all()
    assert links["zone_rail_names"].isna().all()


def test_streets_that_end_at_the_border_count_no_crossing() -> None:
    short = [*WAYS[:2], [(1500, 500), (2000, 500)], *WAYS[3:]]
    found = run(city(streets=streets(*short, **{"class": CLASSES})), "zones", OPEN)
    assert found.result.tables["zones_outward"][["zone_over", "zone_walked"]].isna().all(axis=None)
    assert any("no street leads beyond" in one.en for one in found.result.provenance.warnings)
    assert found.result.tables["zones_links"]["zone_over"].tolist() == [1, 1, 0]


def test_what_is_planned_leads_over_a_border_only_in_the_plan() -> None:
    status = ["existing"] * 5 + ["planned", None]
    area = city(streets=streets(*WAYS, **{"class": CLASSES}, status=status))
    over = {
        scenario: run(area, "zones", OPEN.model_copy(update={"scenario": scenario})).result.tables["zones_links"]
        for scenario in ("existing", "planned")
    }
    assert over["existing"]["zone_over"].tolist() == [1, 0, 0]
    assert over["planned"]["zone_over"].tolist() == [1, 1, 0]


def test_expressways_are_counted_apart_and_not_twice() -> None:
    fast = streets(
        *WAYS, [(0, 700), (3000, 700)], **{"class": [*CLASSES, "motorway"], "walkable": [True] * 7 + [False]}
    )
    alone = run(city(streets=fast), "zones", OPEN).result.tables["zones_links"].iloc[0]
    assert (alone["zone_over_trunk"], alone["zone_over"], alone["zone_walked"]) == (1, 2, 2)
    ring = frame([LineString([(0, 700), (3000, 700)])], **{"class": "ring"}, structure="elevated")
    both = run(city(streets=fast, expressways=ring), "zones", OPEN).result.tables["zones_links"].iloc[0]
    assert (both["zone_over_trunk"], both["zone_over_expressway"], both["zone_over"]) == (0, 1, 2)


def test_the_life_circle_is_the_reporting_bases_own_or_the_one_asked_for() -> None:
    area = city()
    assert run(area, "zones", OPEN).result.provenance.parameters["life_circle"] == "gb50180-2018/life_circle_15min"
    asked = OPEN.model_copy(update={"options": {"life_circle": "gb50180-2018/life_circle_5min"}})
    assert run(area, "zones", asked).result.provenance.parameters["life_circle"] == "gb50180-2018/life_circle_5min"
    own = replace(area, info=area.info.model_copy(update={"reporting_basis": "tdt1062-2021"}))  # states no kinds
    assert run(own, "zones", OPEN).result.provenance.parameters["life_circle"] == "gb50180-2018/life_circle_15min"
    with pytest.raises(ParameterError, match="life_circle_10min"):
        run(area, "zones", OPEN.model_copy(update={"options": {"life_circle": "gb50180-2018/nope"}}))


@pytest.mark.parametrize("wrong", ["gb55014-2021/park_green", "gb55014-2021"])
def test_a_rule_that_is_no_life_circle_is_refused_with_those_there_are(wrong: str) -> None:
    with pytest.raises(ParameterError, match="gb50180-2018/life_circle_15min"):
        run(city(), "zones", OPEN.model_copy(update={"options": {"life_circle": wrong}}))


OWN = (
    ONE_RULE
    + """
[[rule]]
key = "daily"
name = "日常"
name_en = "Daily needs"
measure = "circle"
verified = "text"
"""
    + "".join(
        f"""
[[rule.needs]]
key = "{kind}"
name = "设施"
name_en = "{kind}"
to = ["{kind}"]
metres = 900
"""
        for kind in ("primary_school", "food_market")
    )
)


def test_reach_of_the_toy_city_by_hand() -> None:
    """School and market within 900 m: h1 to h4; the station within 800 m: h2, h3, h4 (540); h6 and h7 not measurable.

    The west is h1, h2 and h7 (303 people), the east h3 to h6 (397), in no zone.
    """
    area = replace(toy.serviced_city(), profiles={"own": read_profile(OWN.encode(), "own", "own.toml")})
    found = run(area, "zones", OPEN.model_copy(update={"options": {"life_circle": "own"}}))
    profile = found.result.tables["zones_profile"].set_index("unit_id")
    assert profile.index.tolist() == ["w", "e", "unassigned", "area"]
    assert profile["zone_circle_share"].tolist() == pytest.approx(
        [300 / 303, np.nan, 340 / 397, 640 / 700], nan_ok=True
    )
    assert profile["zone_needs_share"].tolist() == pytest.approx([1.0, np.nan, 340 / 390, 640 / 690], nan_ok=True)
    assert profile["zone_station_share"].iloc[-1] == pytest.approx(540 / 700)
    walked = 100 * 1010 + 200 * 650 + 300 * 200 + 40 * 190 + 50 * 1200
    assert profile["zone_station_min"].iloc[-1] == pytest.approx(walked / 690 / 60)
    assert profile["zone_road_built"].iloc[-1] == pytest.approx(2.0 + 6 * 0.3)  # km of street on 1 km2 built up
    city_row = {"zone_level": "zones", "unit_id": "area"}
    whole = row(found, "zones_reach", zone_reached_en="Daily needs", **city_row)
    assert whole[["population", "covered", "not_covered", "not_measurable"]].tolist() == [700, 640, 50, 10]
    school = row(found, "zones_reach", zone_reached_en="primary_school", **city_row)
    assert school[["covered", "not_covered", "not_measurable"]].tolist() == [640, 50, 10]
    assert school["zone_completed"] == 0  # h5 lacks both


def test_a_station_known_badly_gives_a_range() -> None:
    """300 m is more than a third of 800: without the station nobody, with 1,100 m h1 too."""
    toy_city = toy.serviced_city()
    stations = toy_city.table("stations").assign(accuracy_m=300.0)
    rough = replace(toy_city, layers={**toy_city.layers, "stations": layer("stations", stations)})
    city_row = run(rough, "zones", OPEN).result.tables["zones_profile"].iloc[-1]
    shares = city_row[["zone_station_share_low", "zone_station_share", "zone_station_share_high"]].tolist()
    assert shares == pytest.approx([0, 540 / 700, 640 / 700])
    # h2 (650 m), h3 and h4 (200 and 190 m) know their way to less than a third; h1 and h5 do not need the range
    lower = 100 * 1010 + 200 * 350 + 0 + 0 + 50 * 1200
    assert city_row["zone_station_min_low"] == pytest.approx(lower / 690 / 60)


def test_the_drive_to_a_ramp_by_hand() -> None:
    """A ramp 50 m north of the main street at x = 600; residential streets at 30, ramps at 40, legs at 15 km/h.

    h1: a leg of 10 m, 300 m of street, 50 m of ramp; h2: 350 m of street, 50 m of ramp.
    """
    toy_city = toy.serviced_city()
    ramps = frame([Point(600, 50)], id=["r"], expressway_id=["x1"])
    found = run(replace(toy_city, layers={**toy_city.layers, "ramps": layer("ramps", ramps)}), "zones", OPEN)
    h1, h2 = 0.6 / 15 + 18 / 30 + 3 / 40, 21 / 30 + 3 / 40
    west = found.result.tables["zones_profile"].iloc[0]
    assert west["zone_ramp_min"] == pytest.approx((100 * h1 + 200 * h2) / 300, abs=1e-3)
    assert west["zone_ramp_min_low"] < west["zone_ramp_min"] < west["zone_ramp_min_high"]


def test_the_drive_to_a_ramp_is_measured_anew_where_a_barrier_is_drawn() -> None:
    toy_city = toy.serviced_city()
    ramps = layer("ramps", frame([Point(600, 50)], id=["r"], expressway_id=["x1"]))
    wall = layer("barriers", frame([LineString([(250, -5), (350, -5)])], **{"class": "wall"}))  # before h1's street
    minutes = [
        run(replace(toy_city, layers={**toy_city.layers, "ramps": ramps, **more}), "zones", OPEN)
        .result.tables["zones_profile"]["zone_ramp_min"].iloc[0]
        for more in ({}, {"barriers": wall})
    ]  # fmt: skip
    assert minutes[0] != minutes[1]


def test_communities_have_profiles_of_their_own_when_asked_for() -> None:
    area = city(communities=frame([Point(400, 500), Point(1400, 500)], name=["甲社区", "乙社区"]))
    found = run(area, "zones", OPEN.model_copy(update={"by": "communities"}))
    table = found.result.tables["zones_communities"].set_index("unit_id")
    assert table["population"].to_dict() == {"i0": 200, "i1": 300, "area": 500}
    assert table["zone_land_km2"].isna().all()


def test_moving_the_city_and_shuffling_its_rows_changes_nothing(found: System) -> None:
    plain = city()
    shuffled = {
        kind: layer(kind, one.table.iloc[::-1].reset_index(drop=True)) if kind in ("homes", "streets") else one
        for kind, one in plain.layers.items()
    }
    again = run(StudyArea(plain.info, shuffled), "zones", OPEN)
    for name in ("zones_profile", "zones_links", "zones_outward", "zones_ranks"):
        pd.testing.assert_frame_equal(again.result.tables[name], found.result.tables[name])


def test_inputs_stay_as_they_are() -> None:
    area = city()
    before = {kind: one.table.copy() for kind, one in area.layers.items()}
    run(area, "zones", OPEN)
    for kind, table in before.items():
        pd.testing.assert_frame_equal(area.layers[kind].table, table)


def test_page_and_files_in_both_languages(found: System, tmp_path) -> None:
    paths = {path.name for path in write_system(found, tmp_path)}
    assert paths == {"result.json", "zones.xlsx", "zones.html"}
    for lang in ("zh", "en"):
        page = render(entry_of("zones").page(found, lang=lang))
        for said in ("甲片", "Zone A", "人均公园绿地", "Unassigned"):
            assert said in page


def test_each_row_of_the_places_is_written_in_the_unit_of_its_figure(found: System) -> None:
    lead = lead_of(found.result, "zones_ranks")
    heads = [head.en for head in lead.columns]
    said = [dict(zip(heads, (cell.en for cell in cells), strict=True)) for cells in lead.rows]
    own = {one["Figure"]: one for one in said if one["Level"] == "zone" and one["Name"] == "Zone B"}
    assert own["Parks (m2 per resident)"]["Value"] == "0.00"
    assert own["Parks (m2 per resident)"]["Against the target"] == "\N{MINUS SIGN}8.00"
    assert own["Water (%)"]["City"] == "3.3%"
    assert own["Density of land (residents per km2)"]["Value"] == "300"
    assert own["Density of land (residents per km2)"]["Better"] == "neither"


def test_the_workbook_writes_numbers_in_the_unit_of_their_figure(found: System, tmp_path) -> None:
    (tmp_path / "zones.xlsx").write_bytes(system_workbook(found.result, found.said))
    sheet = load_workbook(tmp_path / "zones.xlsx")["排名与差距 Places and gaps"]
    rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
    water = [line for line in rows if "水面率（%） Water (%)" in line and "甲片 Zone A" in line]
    assert len(water) == 1
    assert 10 in water[0]  # percent of the ground


def test_a_wide_table_is_turned_on_the_terminal(found: System) -> None:
    out = StringIO()
    print_system(found.result, ["zones_profile"], (), Console(file=out, width=100), lang="en")
    lines = out.getvalue().splitlines()
    heads = next(line for line in lines if "Name" in line)
    assert "Zone A" in heads
    assert "Test City" in heads
    assert any("Density of land" in line and "300" in line for line in lines)


def test_the_command_gives_a_table_and_files(cli, write_toy, tmp_path) -> None:
    folder = write_toy(toy.serviced_city())
    ran = cli("zones", "--layers", folder, "--table", "membership", "--format", "csv", "--out", tmp_path / "out")
    assert ran.code == 0
    assert [line.split(",")[0] for line in ran.out.splitlines()] == ["unit_id", "west", "east"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"result.json", "zones.html", "zones.xlsx"}
    assert cli("reproduce", tmp_path / "out" / "result.json", "--layers", folder).code == 0
    wrong = cli("zones", "--layers", folder, "--centre", "middle")
    assert (wrong.code, "'seat'" in wrong.err) == (2, True)


@pytest.fixture(scope="module")
def embedded() -> System:
    return run(kg.open_area(kg.embedded_folder()), "zones")


def test_the_embedded_city_agrees_with_the_check(embedded: System) -> None:
    area = embedded.area
    checked = kg.check(area, ["gb50180-2018", "gb55014-2021"], by="zones").result.tables["check_zones"]
    profile = embedded.result.tables["zones_profile"].set_index("unit_id").iloc[:-1]
    for indicator, column in (("life_circle_15min", "zone_circle_share"), ("rail_station", "zone_station_share"),
                              ("park_green", "zone_park_green"), ("community", "zone_park_community")):  # fmt: skip
        value = checked[checked["indicator"] == indicator].set_index("unit_id")["value"]
        np.testing.assert_allclose(profile[column], value.reindex(profile.index).astype(float), err_msg=column)


def test_the_embedded_citys_zones_links_and_unassigned_towns(embedded: System) -> None:
    assert not embedded.result.reportable
    tables = embedded.result.tables
    assert tables["zones_profile"]["unit_id"].tolist() == ["east", "west", "north", "south", "unassigned", "320583"]
    assert tables["zones_profile"]["population"].iloc[:-1].sum() == 2_092_496
    rest = tables["zones_membership"].query("zone == 'unassigned'")["name_en"].tolist()
    assert rest == ["Zhangpu", "Qiandeng"]
    toward = tables["zones_outward"].query("zone_toward")
    assert set(zip(toward["unit_id"], toward["zone_other_en"], strict=True)) == {
        ("east", "Jiading"), ("east", "Qingpu"), ("west", "Xiangcheng"), ("west", "Wuzhong"), ("north", "Taicang"),
        ("north", "Changshu"), ("south", "Qingpu"), ("south", "Wujiang"),
    }  # fmt: skip
    assert (tables["zones_links"]["zone_over"] > 0).all()
    drives = tables["zones_links"][["zone_drive_low", "zone_drive", "zone_drive_high"]].to_numpy()
    assert (np.diff(drives, axis=1) > 0).all()
    assert not len(tables["zones_faults"])
    assert set(tables["zones_ranks"]["zone_verdict"]) <= {"demo", "no_target", "not_measurable"}
