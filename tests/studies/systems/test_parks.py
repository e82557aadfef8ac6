"""The park system worked out on paper: the toy city, parks over each other, codes, ranges, sites, faults."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import shapely
from paper import ONE_RULE, area_of, frame, gates, homes, layer, parks, streets
from shapely.geometry import LineString, Point, box

import kunshan_gis as kg
from kunshan_gis import toy
from kunshan_gis.errors import LayerNotFoundError, LayerSchemaError, StandardError
from kunshan_gis.messages import text
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import profile_named, read_profile
from kunshan_gis.studies.rule_figures import figure
from kunshan_gis.studies.systems.parks.asks import asks_of
from kunshan_gis.studies.systems.registry import run
from kunshan_gis.studies.systems.system import Asked, System, setting_of
from kunshan_gis.studies.terms import AS_MEASURED

PLAN = (
    ONE_RULE
    + """
[[rule]]
key = "community_parks"
name = "社区公园数量"
name_en = "Community parks"
measure = "count"
to = ["parks"]
tiers = ["community"]
target = 3
unit = "count"
verified = "text"
"""
)


def asked(area: StudyArea, **options: Any) -> System:
    shared = {name: options.pop(name) for name in ("by", "scenario", "beyond", "minutes") if name in options}
    return run(area, "parks", Asked(allow_open_edge=True, options=options, **shared))


def rows(found: System, name: str, by: str = "tier") -> dict[str, dict[Any, Any]]:
    return {row[by]: row for row in found.result.tables[f"parks_{name}"].to_dict(orient="records")}


def faults(found: System) -> dict[str, list[str]]:
    table = found.result.tables["parks_faults"]
    return {str(key): list(own["features"]) for key, own in table.groupby("fault")}


def with_parks(area: StudyArea, **columns: Any) -> StudyArea:
    table = area.table("parks").assign(**columns)
    return StudyArea(area.info, {**area.layers, "parks": layer("parks", table)}, profiles=area.profiles)


@pytest.fixture(scope="module")
def toys() -> System:
    return asked(toy.serviced_city(), by="towns")


def test_number_and_area_by_tier_beside_plan_and_standard(toys: System) -> None:
    # C has 10,000 m2 and P 1,600 m2 for 700 residents
    tiers = rows(toys, "tiers")
    assert list(tiers) == ["comprehensive", "community", "pocket", "all"]
    assert [tiers[tier]["parks"] for tier in tiers] == [0, 1, 1, 2]  # a tier without a park has none
    assert [tiers[tier]["park_ha"] for tier in tiers] == pytest.approx([0, 1.0, 0.16, 1.16])
    each = [tiers[tier]["park_m2_per_person"] for tier in tiers]
    assert each == pytest.approx([0, 10_000 / 700, 1_600 / 700, 11_600 / 700])
    assert [tiers[tier]["park_m2_target"] for tier in ("community", "all")] == [3.0, 8.0]
    assert [tiers[tier]["park_verdict"] for tier in tiers] == ["not_met", "met", "no_target", "met"]
    assert math.isnan(tiers["community"]["park_plan"])


def test_the_plan_is_the_study_areas_own_profile() -> None:
    plain = toy.serviced_city()
    profile = read_profile(PLAN.encode(), "plan", "plan.toml")
    area = replace(plain, profiles={"plan": profile})
    tiers = rows(asked(area), "tiers")
    assert (tiers["community"]["park_plan"], tiers["community"]["park_gap"]) == (3, -2)
    assert (tiers["all"]["park_plan"], tiers["all"]["park_gap"]) == (3, -1)
    assert math.isnan(tiers["pocket"]["park_plan"])
    assert "社区公园1个（规划3个）" in asked(area).explain()


def test_the_check_measures_the_same() -> None:
    area = toy.serviced_city()
    setting, tiers = setting_of(area), rows(asked(area), "tiers")
    for rule in profile_named("gb55014-2021").rules:
        if rule.measure == "provision" and rule.tiers != ("comprehensive",):
            own = figure(rule, setting.measuring, setting.sub("area"), AS_MEASURED)
            assert own.value[0] == pytest.approx(tiers[(rule.tiers or ("all",))[0]]["park_m2_per_person"])


def test_parks_serve_by_their_size_and_are_walked_to(toys: System) -> None:
    # C (1 ha) serves 500 m, P (0.16 ha) 300 m; of the homes only h1 is as near to C, none to P; 10 cannot be placed
    served = rows(toys, "served")
    assert (served["community"]["park_serves_from_m"], served["pocket"]["park_serves_to_m"]) == (500, 300)
    states = ("covered", "not_covered", "not_measurable", "population")
    assert [served["community"][state] for state in states] == [100, 590, 10, 700]
    assert [served["pocket"][state] for state in states] == [0, 690, 10, 700]
    assert served["all"]["share_covered"] == pytest.approx(100 / 700)
    assert math.isnan(served["all"]["share_covered_low"])  # all are known well enough
    assert served["community"]["park_in_circle"] == 100  # h2 is 552 m from the outline


def test_another_profile_of_distances_serves_otherwise() -> None:
    # WHO: from 0.5 ha 300 m in a straight line; below, the garden city's 300 m from 400 m2
    served = rows(asked(toy.serviced_city(), served_by="who-2016"), "served")
    assert (served["community"]["park_serves_to_m"], served["pocket"]["park_serves_to_m"]) == (300, 300)
    for profile, said in (("gb50180-2018", "gbt51346-2019"), ("nobody", "nobody")):
        with pytest.raises(StandardError, match=said):
            asked(toy.serviced_city(), served_by=profile)


def test_distances_go_down_to_the_smallest_pocket_park() -> None:
    asks = asks_of(toy.city(), "gbt51346-2019")
    assert [asks.serves_m(size) for size in (1e6, 5e5, 49_999.9, 10_000, 2_000, 1_999, 400)] == [
        3000, 3000, 500, 500, 300, 300, 300,
    ]  # fmt: skip
    assert math.isnan(asks.serves_m(399.9))
    assert [asks.smallest_m2(tier) for tier in ("comprehensive", "community", "pocket")] == [100_000, 10_000, 400]


def test_green_in_sight_beside_a_park_at_the_door(toys: System) -> None:
    # straight to a park: h1 51 m, h2 552, h3 539, h4 529, h5 365, h6 666, h7 838
    sight = rows(toys, "sight", "sight_band")
    assert {band: row["sight_park"] for band, row in sight.items() if row["sight_park"]} == {
        "100": 100, "500": 50, "1000": 550,
    }  # fmt: skip
    assert math.isnan(sight["100"]["sight_tree"])
    # on foot at 1 m/s: h1 1.8 min, h4 11.8, h3 12, h2 12.5, h5 15.3
    door = rows(toys, "door", "door_band")
    assert {band: row["population"] for band, row in door.items() if row["population"]} == {
        "5": 100, "15": 540, "20": 50, "not_measurable": 10,
    }  # fmt: skip
    assert door["15"]["park_share_up_to"] == pytest.approx(640 / 700)
    ways = rows(toys, "ways", "reach_way")
    assert [ways[way]["covered"] for way in ("sight_green", "sight_park", "door")] == [100, 100, 100]
    assert [ways[way]["not_measurable"] for way in ways] == [0, 0, 10]
    both = rows(toys, "sight_door", "sees_enters")
    assert {state: row["population"] for state, row in both.items()} == {
        "both": 100, "sees": 0, "enters": 0, "neither": 590, "not_measurable": 10,
    }  # fmt: skip


def test_minutes_and_metres_are_inclusive() -> None:
    # h1 walks 110 m to C, 51 m in a straight line (50 east of the outline, 10 south): sqrt(2,600)
    area = toy.serviced_city()
    for options, covered in (
        ({"door_minutes": 110 / 60}, 100), ({"door_minutes": 109.9 / 60}, 0),
        ({"sight_m": math.sqrt(2_600)}, 100), ({"sight_m": 50.9}, 0),
    ):  # fmt: skip
        way = "door" if "door_minutes" in options else "sight_park"
        assert rows(asked(area, **options), "ways", "reach_way")[way]["covered"] == covered


def test_other_green_water_and_trees_are_seen_where_they_count() -> None:
    plain = toy.serviced_city()
    more = {
        "green": layer("green", frame([box(1050, 100, 1090, 200)])), "trees": layer("trees", frame([Point(2000, 310)])),
    }  # fmt: skip
    area = StudyArea(plain.info, {**plain.layers, **more})
    ways = rows(asked(area), "ways", "reach_way")
    assert ways["sight_green"]["covered"] == 100 + 200 + 300 + 40  # h3, h4 100 m, h2 (800, 150) 250 m; h6 400 m
    assert ways["sight_park"]["covered"] == 100
    sight = rows(asked(area), "sight", "sight_band")
    assert sight["50"]["sight_tree"] == 50  # h5, 10 m from the tree
    wet = rows(asked(area, water_counts=True, sight_m=500), "ways", "reach_way")["sight_green"]["covered"]
    assert wet == 697  # h6 (1040, 600): 400 m from the green; h7: from none
    assert wet >= rows(asked(area, sight_m=500), "ways", "reach_way")["sight_green"]["covered"]


def test_figures_by_unit_sum_to_the_whole(toys: System) -> None:
    units = rows(toys, "towns", "unit_id")
    assert list(units) == ["west", "east"]
    assert [units[unit]["population"] for unit in units] == [303, 397]
    assert [units[unit]["parks"] for unit in units] == [1, 1]
    assert [units[unit]["park_m2_per_person"] for unit in units] == pytest.approx([10_000 / 303, 1_600 / 397])
    assert [units[unit]["park_m2_pocket"] for unit in units] == pytest.approx([0, 1_600 / 397])
    assert [units[unit]["door_people"] for unit in units] == [100, 0]
    assert [units[unit]["door_no"] for unit in units] == [200, 390]
    assert [units[unit]["not_measurable"] for unit in units] == [3, 7]
    assert [units[unit]["door_min"] for unit in units] == pytest.approx([12.5, 12.0])  # h2; 300 of 390 are h3


def test_a_community_known_as_a_point_has_the_parks_nearest_to_it() -> None:
    units = rows(asked(toy.serviced_city(), by="communities"), "communities", "unit_id")
    assert {unit: row["parks"] for unit, row in units.items()} == {"cw": 1, "ce": 1}
    people = {unit: row["population"] for unit, row in units.items()}
    assert units["cw"]["park_m2_per_person"] == pytest.approx(10_000 / people["cw"])
    assert units["ce"]["park_m2_per_person"] == pytest.approx(1_600 / people["ce"])


def test_balance_over_towns_and_residents(toys: System) -> None:
    balance = rows(toys, "balance", "balance")
    west, east, mean = 10_000 / 303, 1_600 / 397, 11_600 / 700
    every = balance["m2_all"]
    assert every["park_gini"] == pytest.approx(303 * 397 * (west - east) / (700**2 * mean))
    theil = (10_000 * math.log(west / mean) + 1_600 * math.log(east / mean)) / 11_600
    assert every["park_theil"] == pytest.approx(theil)
    assert (every["balance_units"], every["balance_target"]) == (2, 8.0)
    assert (every["balance_under"], every["balance_under_share"], every["balance_under_people"]) == (1, 0.5, 397)
    assert (every["balance_best_en"], every["balance_worst_en"]) == ("West", "East")
    minutes = balance["minutes"]
    assert 0 < minutes["park_gini"] < 1
    assert minutes["park_theil_between"] <= minutes["park_theil"]


def test_next_sites_reach_whom_no_park_of_the_tier_reaches(toys: System) -> None:
    sites = toys.result.tables["parks_next"]
    community = sites[sites["tier"] == "community"]
    assert community["next_people"].sum() == 590  # all on the network but h1
    assert community["next_people"].iloc[0] == 540  # within 500 m of one place: h2, h3 and h4
    assert community["next_share_after"].iloc[-1] == pytest.approx(690 / 700)
    assert community["next_town_en"].iloc[-1] == "East"
    for tier, own in sites.groupby("tier"):
        assert own["next_people"].is_monotonic_decreasing, tier
        assert own["next_people_sum"].tolist() == own["next_people"].cumsum().tolist()
        assert own["next_rank"].tolist() == list(range(1, len(own) + 1))
    assert (community["next_serves_m"].unique().tolist(), community["next_smallest_m2"].unique().tolist()) == (
        [500.0], [10_000.0],
    )  # fmt: skip
    assert len(asked(toy.serviced_city(), next_sites=0).result.tables["parks_next"]) == 0
    assert len(asked(toy.serviced_city(), next_sites=1).result.tables["parks_next"]) == 3


def street_of(population: Any = 100, **more: Any) -> StudyArea:
    """A street of 6 km from west to east with homes at 5,000 m, and a community park at its western end."""
    tables = {
        "streets": streets([(0, 0), (6000, 0)]), "homes": homes((5000, 0), population=population),
        "parks": parks((0, 0, 100, 100), tier="community"),
    }  # fmt: skip
    return area_of(**(tables | more))


def test_a_site_is_not_in_water_nor_on_land_that_cannot_be_a_park() -> None:
    free = asked(street_of()).drawn["next_sites"]
    assert free["next_people"].tolist() == [100, 100, 100]  # one of each tier
    flooded = frame([box(4000, -2000, 6500, 2000)], **{"class": "lake"})
    assert len(asked(street_of(water=flooded)).drawn["next_sites"]) == 0
    for code, number in (("S1", 0), ("M", 1), ("E1", 0)):
        land = frame([box(4000, -2000, 6500, 2000)], code=code, code_edition="GB 50137-2011")
        found = asked(street_of(landuse=land)).drawn["next_sites"]
        found = found[found["tier"] == "community"]
        assert len(found) == number, code
        assert found[["next_land_en", "next_green"]].to_numpy().tolist() == [["M industry", False]] * number


def test_green_land_that_is_no_park_yet_is_preferred_where_it_gains_hardly_less() -> None:
    def sites(**options: Any) -> pd.DataFrame:
        land = frame(
            [box(4600, 0, 4760, 150), box(0, 0, 100, 100), box(5300, 0, 5320, 20)], id=["free", "park", "small"],
            code=["G2", "G1", "G1"], code_edition="GB 50137-2011",
        )  # fmt: skip
        area = street_of(homes=homes((5000, 0), (5300, 0), population=[95, 5]), landuse=land)
        found = asked(area, **options).result.tables["parks_next"]
        return found[found["tier"] == "community"]

    # the middle of the free land is 405 m from 95 residents and 695 m from the other 5: 95 of the 100 of the best site
    first = sites().iloc[0]
    assert (first["next_people"], first["next_green"], first["next_green_id"]) == (95, True, "free")
    assert (first["next_green_ha"], first["next_green_m"]) == (pytest.approx(2.4), 0)
    other = sites(prefer_green=0.96).iloc[0]
    assert (other["next_people"], other["next_green"], other["next_green_id"]) == (100, False, "free")
    assert other["next_green_m"] > 0


def test_sites_stay_within_the_border() -> None:
    inside = street_of(boundary=frame([box(-100, -500, 4750, 500)]))
    assert asked(inside).drawn["next_sites"].geometry.x.max() <= toy.ORIGIN[0] + 4750
    beyond = street_of(boundary=frame([box(-100, -500, 3500, 500)]))
    assert len(asked(beyond).drawn["next_sites"]) == 0


def nested(**more: Any) -> StudyArea:
    """A comprehensive park of 400 m by 400 m, a pocket park of 20 by 20 m in it, a community park half over it."""
    park = frame(
        [box(0, 0, 400, 400), box(100, 100, 120, 120), box(350, 0, 450, 100)], id=["big", "small", "half"],
        tier=["comprehensive", "pocket", "community"],
    )  # fmt: skip
    tables = {
        "streets": streets([(-1000, 0), (0, 0), (100, 0), (2000, 0)], [(110, 0), (110, 300)]),
        "homes": homes((-200, 0), (-900, 0), (1500, 0), (1900, 0), population=[1000, 200, 30, 4]), "parks": park,
    }  # fmt: skip
    return area_of(**(tables | more))


def test_ground_of_two_parks_counts_once_and_belongs_to_the_larger_tier() -> None:
    tiers = rows(asked(nested()), "tiers")
    assert [tiers[tier]["park_ha"] for tier in tiers] == pytest.approx([16, 1, 0.04, 16.5])
    assert [tiers[tier]["park_once_ha"] for tier in tiers] == pytest.approx([16, 0.5, 0, 16.5])
    assert tiers["all"]["park_once_per_person"] == pytest.approx(165_000 / 1234)
    assert tiers["all"]["park_m2_per_person"] == pytest.approx(165_000 / 1234)


def test_ground_counts_once_in_every_scenario() -> None:
    both = rows(asked(with_parks(nested(), status=["existing", "planned", "existing"])), "scenarios", "park_scenario")
    assert both["existing"]["park_ha"] == pytest.approx(16.5)


def test_a_stated_area_counts_once_in_proportion() -> None:
    stated = with_parks(nested(), area_m2=[160_000.0, 400.0, 20_000.0])
    assert rows(asked(stated), "tiers")["community"]["park_once_ha"] == pytest.approx(1.0)  # half of the 2 ha stated


def test_parks_over_each_other_are_named_with_what_they_share() -> None:
    found = asked(nested())
    shared = found.result.tables["parks_shared"]
    assert shared[["id", "tier", "park_other_tier", "park_lies"]].to_numpy().tolist() == [
        ["half", "community", "comprehensive", "over"], ["small", "pocket", "comprehensive", "inside"],
    ]  # fmt: skip
    assert shared["park_shared_m2"].tolist() == pytest.approx([5_000, 400])
    assert shared["park_shared_share"].tolist() == pytest.approx([0.5, 1.0])
    assert faults(found) == {"park_inside": ["small, big"], "park_overlap": ["half, big"]}
    assert found.drawn["parks_shared"].area.sum() == pytest.approx(5_400)


def test_residents_by_the_tiers_that_serve_them() -> None:
    # big (16 ha) serves 1,200 m, half (1 ha) 500 m, small (400 m2) 300 m; small is entered from the street in the park.
    # The home at -200 m: big 200 m, half 550, small 200 + 110 + 100 = 410; at -900: big alone; at 1,500: big 1,100,
    # half 1,050; at 1,900: none (1,500)
    found = rows(asked(nested()), "overlap_of_tiers", "combination")
    people = {name: row["population"] for name, row in found.items() if row["population"]}
    assert people == {"comprehensive": 1230, "none": 4}
    near = rows(asked(nested(homes=homes((0, 0), (550, 0), population=[7, 5]))), "overlap_of_tiers", "combination")
    assert near["comprehensive_community_pocket"]["population"] == 7
    assert near["comprehensive_community"]["population"] == 5
    assert sum(row["population"] for row in near.values()) == 12
    assert {row["park_tiers_count"] for name, row in near.items() if name.count("_") == 1} == {0, 2}


def test_parks_smaller_or_larger_than_their_tier_are_named() -> None:
    park = frame(
        [box(0, 0, 300, 300), box(400, 0, 480, 100), box(500, 0, 510, 30), box(600, 0, 800, 100),
         box(900, 0, 1000, 100)],
        id=["nine", "eight", "tiny", "wide", "right"], name=[None, "小园", "角园", None, None],
        tier=["comprehensive", "community", "pocket", "pocket", "community"],
    )  # fmt: skip
    found = asked(area_of(parks=park))
    table = found.result.tables["parks_size"]
    assert table[["id", "size_state"]].to_numpy().tolist() == [
        ["nine", "below"], ["eight", "below"], ["wide", "above"], ["tiny", "serves_nobody"],
    ]  # fmt: skip
    assert table["park_limit_m2"].tolist() == [100_000, 10_000, 10_000, 400]
    assert table["park_times"].tolist() == pytest.approx([0.9, 0.8, 2.0, 0.75])
    assert table["name"].tolist() == ["nine", "小园", "wide", "角园"]
    tiers = rows(found, "tiers")
    assert [tiers[tier]["park_too_small"] for tier in tiers] == [1, 1, 1, 3]
    assert tiers["pocket"]["park_too_large"] == 1
    assert tiers["pocket"]["park_serves_nobody"] == 1
    assert tiers["pocket"]["parks"] == 2  # too small to serve, and a pocket park all the same
    assert {row["parks"] for row in found.result.tables["parks_levels"].to_dict(orient="records")} == {1, 2}


def test_levels_of_the_life_circle_hold_no_park_of_another() -> None:
    park = frame(
        [box(0, 0, 300, 200), box(400, 0, 500, 100), box(600, 0, 680, 50), box(700, 0, 720, 20)],
        tier=["comprehensive", "community", "community", "pocket"],
    )  # fmt: skip
    levels = asked(area_of(parks=park, homes=homes((0, -50), population=1000))).result.tables["parks_levels"]
    # 6 ha; 1 ha; 0.4 ha; the 400 m2 are of no level
    assert levels["parks"].tolist() == [1, 1, 1]
    assert levels["park_m2_per_person"].tolist() == pytest.approx([60, 10, 4])
    assert levels["park_m2_target"].tolist() == [2, 1, 1]


def test_parks_without_a_tier_have_a_row_of_their_own() -> None:
    some = with_parks(toy.serviced_city(), tier=["community", None])
    found = asked(some)
    assert list(rows(found, "tiers")) == ["comprehensive", "community", "pocket", "other", "all"]
    assert rows(found, "tiers")["other"]["parks"] == 1
    assert math.isnan(rows(found, "tiers")["other"]["park_too_small"])
    assert "community_other" in rows(found, "overlap_of_tiers", "combination")
    none = asked(with_parks(toy.serviced_city(), tier=None))
    assert list(rows(none, "tiers")) == ["all"]
    assert len(none.result.tables["parks_overlap_of_tiers"]) == len(none.result.tables["parks_next"]) == 0
    assert text("parks_warn_no_tier") in none.result.provenance.warnings
    assert "没有写明层级" in none.explain()


def test_tiers_by_size_where_the_layer_states_none() -> None:
    found = asked(with_parks(toy.serviced_city(), tier=None), tiers_by_size=True)
    assert [rows(found, "tiers")[tier]["parks"] for tier in ("community", "pocket")] == [1, 1]  # 1 ha, 0.16 ha
    assert text("parks_warn_by_size", parks=2) in found.result.provenance.warnings
    kept = asked(with_parks(toy.serviced_city(), tier=["pocket", None]), tiers_by_size=True)
    assert rows(kept, "tiers")["pocket"]["parks"] == 2  # what is stated stays
    halves = frame([box(0, 0, 400, 150), box(400, 0, 800, 150)], name="大园")
    whole = asked(area_of(parks=halves), tiers_by_size=True)
    assert rows(whole, "tiers")["comprehensive"]["parks"] == 1  # 6 ha each, one park of 12 ha
    assert text("parks_warn_pieces", pieces=2, parks=1) in whole.result.provenance.warnings


def test_an_unknown_tier_is_refused_by_the_contract(write_toy) -> None:
    with pytest.raises(LayerSchemaError, match="regional"):
        kg.open_area(write_toy(with_parks(toy.city(), tier=["regional", "pocket"])))


def test_parks_known_badly_give_a_range() -> None:
    # C serves 500 m and is known to 200 m (more than a third): without it nobody; 700 m from it lives only h1
    found = asked(with_parks(toy.serviced_city(), accuracy_m=[200.0, None]))
    served = rows(found, "served")["community"]
    assert served["share_covered"] == pytest.approx(100 / 700)
    assert (served["share_covered_low"], served["share_covered_high"]) == (0, pytest.approx(100 / 700))
    wide = rows(asked(with_parks(toy.serviced_city(), accuracy_m=[250.0, None])), "served")["community"]
    assert wide["share_covered_high"] == pytest.approx(300 / 700)  # within 750 m: h2 too
    ways = rows(found, "ways", "reach_way")
    assert (ways["door"]["share_covered_low"], ways["door"]["share_covered_high"]) == (0, pytest.approx(100 / 700))
    assert (ways["sight_park"]["share_covered_low"], ways["sight_park"]["share_covered_high"]) == (
        0,
        pytest.approx(100 / 700),
    )
    exact = rows(asked(with_parks(toy.serviced_city(), accuracy_m=[100.0, None])), "ways", "reach_way")
    assert math.isnan(exact["sight_park"]["share_covered_low"])  # 100 m is a third of 300 m


def test_existing_beside_planned() -> None:
    area = with_parks(toy.serviced_city(), status=["existing", "planned"])
    for scenario in ("existing", "planned"):
        found = asked(area, scenario=scenario)
        table = found.result.tables["parks_scenarios"]
        every = table[table["tier"] == "all"].set_index("park_scenario")
        assert every["parks"].tolist() == [1, 2]
        assert every["park_ha"].tolist() == pytest.approx([1.0, 1.16])
        assert every["covered"].tolist() == [600, 640]  # within 15 minutes of C; of any
        assert "步行15分钟可达任一公园的居民：现状1个公园，占85.7%；规划2个，占91.4%。" in found.explain()
    only = asked(with_parks(toy.serviced_city(), status="planned"), scenario="planned")
    every = only.result.tables["parks_scenarios"].set_index(["tier", "park_scenario"]).loc["all"]
    assert every.loc["existing", ["parks", "covered", "not_measurable"]].tolist() == [0, 0, 10]
    one = asked(toy.serviced_city()).result.tables["parks_scenarios"]
    assert set(one["park_scenario"]) == {"existing"}


def test_where_no_park_stands_the_study_says_how_to_go_on() -> None:
    with pytest.raises(LayerNotFoundError, match="--scenario planned"):
        asked(with_parks(toy.city(), status="planned"))


def test_codes_are_read_with_their_edition() -> None:
    def named(tier: str, code: str, edition: str | None) -> dict[str, list[str]]:
        area = area_of(parks=frame([box(0, 0, 100, 100)], id=["p"], tier=[tier], code=[code], code_edition=[edition]))
        return faults(asked(area))

    now, before = "CJJ/T 85-2017", "CJJ/T 85-2002"
    assert named("pocket", "G14", now) == named("community", "G12", now) == named("pocket", "G15", before) == {}
    assert named("comprehensive", "G14", now) == {"park_tier_code": ["p"]}
    assert named("pocket", "G14", before) == {"park_tier_code": ["p"]}  # a belt park then
    assert named("community", "G13", now) == {}  # a special park may be of any tier
    assert named("pocket", "G14", None) == named("pocket", "G14", "1993") == {"park_code_edition": ["p"]}
    assert named("pocket", "G121", now) == {"park_tier_code": ["p"]}  # a class of G12


def test_two_editions_in_one_layer_are_named() -> None:
    area = area_of(parks=frame(
        [box(0, 0, 100, 100), box(200, 0, 300, 100), box(400, 0, 500, 100)], tier="community", code="G12",
        code_edition=["CJJ/T 85-2017", "CJJ/T 85-2002", "CJJ/T 85-2017"],
    ))  # fmt: skip
    assert faults(asked(area)) == {"park_code_mixed": ["i1"]}


def test_faults_of_place_entrance_area_and_name() -> None:
    park = frame(
        [box(0, 0, 100, 100), box(300, 0, 400, 100), box(900, 0, 1000, 100), box(2000, 900, 2100, 1000),
         box(150, 2000, 250, 2100)],
        id=["a", "b", "c", "far", "out"], name=["同名", "同名", "同名", None, None], tier="community",
        area_m2=[10_000.0, 11_000.0, 15_000.0, None, None],
    )  # fmt: skip
    area = area_of(
        parks=park, streets=streets([(-500, 0), (1500, 0)]), boundary=frame([box(-100, -100, 3000, 1500)]),
        homes=homes((50, 0)),
    )  # fmt: skip
    found = faults(asked(area))
    assert found == {
        "park_area_differs": ["c"],  # 10 % is still the same
        "park_beyond": ["out"],
        "park_no_entrance": ["far", "out"],
        "park_same_name": ["a, b"],
    }
    assert faults(asked(area, area_differs=0.05))["park_area_differs"] == ["b", "c"]
    assert faults(asked(area, name_near_m=600))["park_same_name"] == ["a, b", "b, c"]
    assert "park_beyond" not in faults(asked(area, beyond=False))
    named = asked(area).result.tables["parks_faults"].set_index("fault")
    assert named.loc["park_same_name", "fault_m"] == 200


def test_a_park_that_nobody_enters_serves_nobody_and_counts() -> None:
    lonely = street_of(parks=parks((4900, 900, 5000, 1000), tier="community"))
    found = asked(lonely)
    assert rows(found, "tiers")["community"]["parks"] == 1
    assert rows(found, "served")["community"]["covered"] == 0
    assert rows(found, "door", "door_band")["none_reached"]["population"] == 100
    assert math.isnan(rows(found, "area", "unit_id")["area"]["door_min"])


def test_waiting_takes_time_off_the_minutes_to_the_door() -> None:
    waits = rows(run(toy.serviced_city(), "parks", Asked(profile="planning-walk-waits")), "door", "door_band")
    assert sum(row["population"] for row in waits.values()) == 700


def test_more_distance_or_time_never_loses_a_resident() -> None:
    area = nested()
    for way, option, steps in (("sight_green", "sight_m", (100, 300, 900)), ("door", "door_minutes", (2, 5, 20))):
        covered = [rows(asked(area, **{option: step}), "ways", "reach_way")[way]["covered"] for step in steps]
        assert covered == sorted(covered)


def test_rows_shuffled_and_the_city_moved_give_the_same_figures() -> None:
    plain = nested()
    shuffled = StudyArea(plain.info, {
        **plain.layers, "parks": layer("parks", plain.table("parks").iloc[::-1].reset_index(drop=True)),
    })  # fmt: skip
    moved = StudyArea(plain.info, {
        kind: layer(kind, plain.table(kind).set_geometry(plain.table(kind).translate(2_000, 4_000)))
        for kind in plain.layers
    })  # fmt: skip
    first = asked(plain).result.tables
    for other in (asked(shuffled).result.tables, asked(moved).result.tables):
        for name in ("parks_tiers", "parks_served", "parks_overlap_of_tiers", "parks_levels", "parks_door"):
            pd.testing.assert_frame_equal(first[name], other[name])
        assert first["parks_next"]["next_people"].tolist() == other["parks_next"]["next_people"].tolist()


def test_gates_are_the_way_in_where_they_are_mapped() -> None:
    area = street_of(parks=parks((4000, 0, 4300, 300), tier="community"), park_gates=gates((4000, 0), park_id="i0"))
    served = rows(asked(area), "served")["community"]
    assert served["covered"] == 0  # the gate is 1,000 m away, the outline 700 m: 9 ha serve 800 m
    assert served["park_in_circle"] == 100
    assert (
        rows(asked(street_of(parks=parks((4000, 0, 4300, 300), tier="community"))), "served")["all"]["covered"] == 100
    )


def test_parks_over_a_border_count_where_most_of_them_lies() -> None:
    half = street_of(
        parks=parks((-60, 0, 40, 100), (200, 0, 300, 100), tier="community"), boundary=frame([box(0, -50, 6000, 900)])
    )
    tiers = rows(asked(half), "tiers")["community"]
    assert (tiers["parks"], tiers["park_ha"]) == (1, pytest.approx(1.4))


def test_lines_and_points_do_not_break_green() -> None:
    rivers = frame([LineString([(4990, 40), (5010, 40)]), box(0, 500, 10, 510)], **{"class": "river"})
    ways = rows(asked(street_of(water=rivers), water_counts=True, sight_m=50), "ways", "reach_way")
    assert ways["sight_green"]["covered"] == 100
    assert shapely.area(rivers.geometry.iloc[0]) == 0


@pytest.fixture(scope="module")
def embedded() -> System:
    return run(kg.open_area(kg.embedded_folder()), "parks")


def test_the_embedded_city_has_the_plans_numbers(embedded: System) -> None:
    tiers = rows(embedded, "tiers")
    assert [(tiers[tier]["parks"], tiers[tier]["park_plan"], tiers[tier]["park_gap"]) for tier in tiers] == [
        (3, 3, 0), (200, 200, 0), (500, 500, 0), (703, 703, 0),
    ]  # fmt: skip
    assert not embedded.result.reportable
    assert {tiers[tier]["park_verdict"] for tier in tiers} == {"demo", "no_target"}
    area, setting = embedded.area, setting_of(embedded.area)
    for rule in area.profiles["park-system"].rules:
        own = figure(rule, setting.measuring, setting.sub("area"), AS_MEASURED)
        assert own.value[0] == tiers[rule.tiers[0]]["parks"]


def test_the_embedded_citys_people_add_up(embedded: System) -> None:
    tables = embedded.result.tables
    for name, column in (
        ("overlap_of_tiers", "population"), ("door", "population"), ("sight", "sight_green"), ("zones", "population"),
    ):  # fmt: skip
        assert tables[f"parks_{name}"][column].sum() == 2_092_496
    scenarios = tables["parks_scenarios"].set_index(["tier", "park_scenario"])
    assert scenarios.loc["all", "parks"].tolist() == [7, 703]
    sites = tables["parks_next"]
    assert sites.groupby("tier").size().tolist() == [10, 10, 10]
    assert sites["next_town"].notna().all()
    assert len(tables["parks_faults"]) == 0
