"""The check on the toy city with services: verdicts, intervals, what flips, what may be reported, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from paper import X0, Y0, layer

from kunshan_gis import toy
from kunshan_gis.errors import LayerNotFoundError, LayerSchemaError, NetworkError, ParameterError, StandardError
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import read_profile, shipped
from kunshan_gis.studies.check import check

HEAD = 'name = "试"\nname_en = "Trial"\nstandard = "none"\nedition = "1"\nverified = "memory"\n'
SCHOOL = """
[[rule]]
key = "school"
name = "小学"
name_en = "School"
measure = "walk"
to = ["primary_school"]
metres = 350
verified = "memory"
"""
PARK = SCHOOL.replace("school", "park").replace("primary_park", "parks").replace("350", "900")


def area_with(*rules: str, basis: str = "", area: StudyArea | None = None, **others: str) -> StudyArea:
    """The toy city with a profile `own` of its own, and others by name."""
    profiles = {"own": "".join(rules), **others}
    found = {key: read_profile((HEAD + said).encode(), key, f"{key}.toml") for key, said in profiles.items()}
    area = toy.serviced_city() if area is None else area
    return replace(area, info=area.info.model_copy(update={"reporting_basis": basis}), profiles=found)


def asked(target: float) -> str:
    return SCHOOL + f'target = {target}\nunit = "percent"\n'


def row(area: StudyArea, **how: Any) -> pd.Series:
    return check(area, ["own"], **how).result.tables["check"].iloc[0]


def test_a_row_says_value_target_verdict_and_what_they_rest_on() -> None:
    found = row(area_with(asked(75)))
    assert (found["numerator"], found["denominator"], found["not_measurable"]) == (540, 700, 10)
    assert found["value"] == pytest.approx(540 / 700)
    assert (found["target"], found["unit"], found["verdict"], found["counted"]) == (0.75, "share", "met", "people")
    assert found["reportable"]
    assert row(area_with(asked(78)))["verdict"] == "not_met"
    assert row(area_with(SCHOOL))["verdict"] == "no_target"


def test_a_density_keeps_the_metres_of_its_streets() -> None:
    rows = check(toy.serviced_city(), ["gbt51328-2018"]).result.tables["check"].set_index("indicator")
    assert rows.loc["road_density", "numerator"] / rows.loc["road_density", "denominator"] == pytest.approx(
        rows.loc["road_density", "value"], abs=1e-3
    )


def test_a_target_is_met_exactly_at_it() -> None:
    exact = area_with(
        SCHOOL.replace("350", "720").replace("primary_school", "parks")
        + 'target = 62.857142857142854\nunit = "percent"\n'
    )
    assert row(exact)["value"] == 440 / 700
    assert row(exact)["verdict"] == "met"
    above = area_with(
        SCHOOL.replace("350", "720").replace("primary_school", "parks")
        + 'target = 62.857142857142854\nunit = "percent"\nrelation = ">"\n'
    )
    assert row(above)["verdict"] == "not_met"


def test_the_interval_spans_the_other_ways_and_says_which_flips_the_verdict() -> None:
    """Met at 350 m (540 of 700); at 315 m only 340 are left, and that flips it."""
    found = row(area_with(asked(75)))
    assert found["interval_low"] <= 340 / 700 < 0.75 <= found["interval_high"]
    assert found["flips"]
    assert "farther_0.9" in found["flipped_by"].split(";")
    variants = check(area_with(asked(75)), ["own"]).result.tables["variants"].set_index("variant")
    assert variants.loc["farther_0.9", "value"] == pytest.approx(340 / 700)
    assert not variants.loc["farther_0.9", "meets_target"]
    assert variants.loc["unknown_covered", "value"] == pytest.approx(550 / 700)
    assert "speed_0.8" not in variants.index  # metres do not hang on the pace


def test_the_interval_holds_the_figure_and_every_variant() -> None:
    tables = check(toy.serviced_city()).result.tables
    rows = tables["check"].dropna(subset=["interval_low"]).set_index(["profile", "indicator"])
    assert (rows["interval_low"] <= rows["value"]).all()
    assert (rows["value"] <= rows["interval_high"]).all()
    for other in tables["variants"].dropna(subset=["value"]).itertuples():
        own = rows.loc[(other.profile, other.indicator)]
        assert own["interval_low"] <= other.value <= own["interval_high"]


def test_no_sensitivity_no_interval() -> None:
    found = check(area_with(asked(75)), ["own"], sensitivity=False)
    assert "variants" not in found.result.tables
    assert np.isnan(found.result.tables["check"]["interval_low"].iloc[0])
    assert not found.result.tables["check"]["flips"].iloc[0]


def test_demonstration_is_never_met_or_not_met() -> None:
    area = area_with(asked(75))
    invented = {**area.layers, "facilities": layer("facilities", area.table("facilities"), basis="synthetic")}
    found = check(replace(area, layers=invented), ["own"])
    assert found.result.tables["check"]["verdict"].tolist() == ["demo"]
    assert not found.result.tables["check"]["reportable"].any()
    assert not found.result.reportable
    assert found.exit_code == 0


def test_a_rule_that_does_not_use_what_is_invented_can_be_reported() -> None:
    area = area_with(asked(75), PARK + 'target = 90\nunit = "percent"\n')
    invented = {**area.layers, "facilities": layer("facilities", area.table("facilities"), basis="synthetic")}
    table = check(replace(area, layers=invented), ["own"]).result.tables["check"]
    assert table["verdict"].tolist() == ["demo", "met"]
    assert table["reportable"].tolist() == [False, True]


def test_what_is_not_there_is_a_row_and_never_a_code() -> None:
    absent = SCHOOL.replace("primary_school", "nursery") + 'target = 90\nunit = "percent"\n'
    found = check(area_with(absent), ["own"])
    only = found.result.tables["check"].iloc[0]
    assert only["verdict"] == "not_measurable"
    assert np.isnan(only["value"])
    assert not only["reportable"]
    assert "no facility" in only["reason_en"]
    assert only["reason"]
    assert found.exit_code == 0
    assert check(area_with(asked(99)), ["own"]).exit_code == 1


def test_the_reporting_basis_leads_and_the_others_follow() -> None:
    area = area_with(SCHOOL, basis="own")
    table = check(area).result.tables["check"]
    assert table["profile"].iloc[0] == "own"
    assert table["lead"].tolist() == [True] + [False] * (len(table) - 1)
    assert set(table["profile"]) == {"own", *shipped()}
    assert check(area, ["who-2016", "own"]).result.tables["check"]["profile"].tolist() == ["own", "who-2016"]
    assert check(area).result.provenance.profile == "own"


def test_figures_by_town_carry_their_own_verdict_and_interval() -> None:
    found = check(area_with(asked(75)), ["own"], by="towns")
    table = found.result.tables["check_towns"].set_index("unit_id")
    assert table["value"].to_dict() == {"west": pytest.approx(200 / 303), "east": pytest.approx(340 / 397)}
    assert table["verdict"].to_dict() == {"west": "not_met", "east": "met"}
    assert table.loc["east", "interval_low"] <= 340 / 397 <= table.loc["east", "interval_high"]
    assert found.result.tables["check"]["value"].iloc[0] == pytest.approx(540 / 700)


def test_a_ranking_that_changes_under_other_terms_is_flagged() -> None:
    """At 350 m the east leads (340 of 397 against 200 of 303); from 900 m up nobody changes place."""
    wide = SCHOOL.replace("350", "2000").replace('"school"', '"wide"')
    table = check(area_with(SCHOOL, wide), ["own"], by="towns").result.tables["rankings"].set_index("indicator")
    assert not table.loc["wide", "order_changes"]
    park = PARK.replace("900", "720")
    by = check(area_with(park), ["own"], by="towns").result.tables["rankings"].iloc[0]
    assert bool(by["order_changes"]) == bool(by["changed_by"])


def test_polygons_of_ones_own_are_units_and_nobody_is_dropped() -> None:
    boxes = [shapely.box(X0 - 50, Y0 - 50, X0 + 900, Y0 + 200), shapely.box(X0 + 900, Y0 - 50, X0 + 1105, Y0 + 200)]
    own = gpd.GeoDataFrame({"id": ["a", "b"], "name": ["甲", "乙"]}, geometry=boxes, crs=toy.CRS)
    table = check(area_with(asked(75)), ["own"], by="mine", polygons=own).result.tables["check_mine"]
    assert table["unit_id"].tolist() == ["a", "b", "unassigned"]
    assert table["denominator"].tolist() == [300, 300, 100]
    assert table["unit_name"].iloc[0] == "甲"


def test_a_polygon_outside_the_data_is_a_row_without_a_figure() -> None:
    far = gpd.GeoDataFrame({"id": ["far"]}, geometry=[shapely.box(X0 + 9e4, Y0, X0 + 9.1e4, Y0 + 9)], crs=toy.CRS)
    first = check(area_with(asked(75)), ["own"], by="mine", polygons=far).result.tables["check_mine"].iloc[0]
    assert (first["unit_id"], first["verdict"], first["denominator"]) == ("far", "not_measurable", 0)
    assert first["reason_en"] == "there is nothing to measure"


def test_a_unit_of_people_who_are_not_on_the_network_is_not_said_to_hold_nothing() -> None:
    lost = gpd.GeoDataFrame(
        {"id": ["h6"]}, geometry=[toy.city().table("homes").geometry.iloc[5].buffer(5)], crs=toy.CRS
    )
    first = check(area_with(asked(75)), ["own"], by="mine", polygons=lost).result.tables["check_mine"].iloc[0]
    assert (first["verdict"], first["denominator"], first["not_measurable"]) == ("not_measurable", 7, 7)
    assert first["reason_en"] == "all of it is not measurable"


def test_polygons_that_miss_residents_say_how_many() -> None:
    """A file in another datum or CRS looks like any other: only who falls out of it tells."""
    far = gpd.GeoDataFrame({"id": ["far"]}, geometry=[shapely.box(X0 + 9e4, Y0, X0 + 9.1e4, Y0 + 9)], crs=toy.CRS)
    warnings = check(area_with(asked(75)), ["own"], by="mine", polygons=far).result.provenance.warnings
    assert any("700 of 700 residents lie in none of the units of mine" in said.en for said in warnings)
    all_in = gpd.GeoDataFrame(
        {"id": ["all"]}, geometry=[shapely.box(X0 - 9e4, Y0 - 9e4, X0 + 9e4, Y0 + 9e4)], crs=toy.CRS
    )
    warnings = check(area_with(asked(75)), ["own"], by="mine", polygons=all_in).result.provenance.warnings
    assert not any("lie in none" in said.en for said in warnings)


def test_overlapping_units_are_refused_by_name_and_ground() -> None:
    boxes = [shapely.box(X0, Y0, X0 + 100, Y0 + 100), shapely.box(X0 + 50, Y0, X0 + 150, Y0 + 100)]
    own = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=boxes, crs=toy.CRS)
    with pytest.raises(LayerSchemaError) as caught:
        check(area_with(SCHOOL), ["own"], by="mine", polygons=own)
    assert "a × b" in str(caught.value)
    assert "5,000 m2" in str(caught.value)


def test_what_is_only_planned_serves_nobody_and_is_said() -> None:
    area = area_with(asked(75))
    table = area.table("facilities")
    twin = table.iloc[[0]].assign(id="S2", status="planned").set_geometry(table.geometry.iloc[[0]].translate(1000))
    more = replace(
        area, layers={**area.layers, "facilities": layer("facilities", pd.concat([table, twin], ignore_index=True))}
    )
    found = check(more, ["own"])
    assert found.result.tables["check"]["numerator"].tolist() == [540]
    assert found.result.provenance.warnings[-1].en == "planned or under construction, not counted: Primary schools (1)"


def test_so_few_parks_that_the_layer_is_likely_not_whole_are_said() -> None:
    """Two parks for 100,700 residents; a rule that does not ask for parks says nothing of them."""
    area = area_with(PARK, other=SCHOOL)
    crowd = area.table("homes").assign(population=[100_100, 200, 300, 40, 50, 7, 3])
    full = replace(area, layers={**area.layers, "homes": layer("homes", crowd)})
    said = [warning.en for warning in check(full, ["own"]).result.provenance.warnings]
    assert "only 2 park(s) for 100,700 residents: the parks layer may not be whole" in said
    assert not any("park(s)" in warning.en for warning in check(full, ["other"]).result.provenance.warnings)


def test_towns_that_overlap_are_said_and_nothing_counts_twice() -> None:
    area = area_with(asked(75), SCHOOL.replace('"school"', '"land"') + 'of = "land"\n')
    wider = area.table("towns").assign(geometry=area.table("towns").geometry.buffer(60, join_style="mitre"))
    lapped = replace(area, layers={**area.layers, "towns": layer("towns", wider)})
    found = check(lapped, ["own"], by="towns")
    assert "west × east: 170,400 m2" in found.result.provenance.warnings[-1].en
    table = found.result.tables["check_towns"].groupby("indicator")["denominator"].sum()
    assert table.to_dict() == {"school": 700, "land": pytest.approx(20_000)}


def test_units_that_are_not_there_are_refused_with_the_remedy() -> None:
    area = area_with(SCHOOL)
    without = replace(area, layers={name: one for name, one in area.layers.items() if name != "zone_towns"})
    with pytest.raises(ParameterError, match="need the layers zone_towns"):
        check(without, ["own"], by="zones")


def test_streets_and_homes_are_needed() -> None:
    area = area_with(SCHOOL)
    with pytest.raises(LayerNotFoundError, match=r"homes \(Homes\)"):
        check(replace(area, layers={name: one for name, one in area.layers.items() if name != "homes"}), ["own"])


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(StandardError, match=r"there are: .*own"):
        check(area_with(SCHOOL), ["nobody"])


def test_streets_that_end_within_a_walk_of_residents_are_refused_where_a_boundary_is_given() -> None:
    area = area_with(PARK)
    limits = layer("boundary", area.table("towns").dissolve().reset_index(drop=True).assign(id="b")[["id", "geometry"]])
    bounded = replace(area, layers={**area.layers, "boundary": limits})
    with pytest.raises(NetworkError, match="allow-open-edge"):
        check(bounded, ["own"])
    assert len(check(bounded, ["own"], allow_open_edge=True).result.tables["check"]) == 1


def test_the_account_names_profiles_inputs_and_terms() -> None:
    area = area_with(asked(75), basis="own")
    told = check(area, ["own"], by="towns").result.provenance
    assert told.parameters["profiles"] == [{"key": "own", "sha256": area.profiles["own"].sha256}]
    assert (told.study, told.parameters["by"], told.parameters["reporting_basis"]) == ("check", "towns", "own")
    kinds = {entry["kind"] for entry in told.inputs}
    assert {"streets", "homes", "facilities", "towns"} <= kinds
    assert "parks" not in kinds
    assert told.counts["population"] == 700
    assert told.counts["people_not_measurable_by_reason"] == {"isolated": 7, "too_far": 3}


def test_twice_the_same_is_the_same() -> None:
    one, other = (check(area_with(asked(75), PARK), by="towns").result.tables for _ in range(2))
    assert one.keys() == other.keys()
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name])


def test_another_pace_changes_rules_in_minutes_only() -> None:
    minutes = SCHOOL.replace("metres = 350", "minutes = 10").replace('"school"', '"timed"')
    paced = area_with('walk = "planning-walk"\n', SCHOOL, minutes)
    slow = check(paced, ["own"], speed_mps=0.5).result.tables["check"].set_index("indicator")
    assert slow["numerator"].to_dict() == {"school": 540, "timed": 340}


def test_the_command_prints_what_was_measured_and_its_exit_code(cli: Any, write_toy: Any) -> None:
    toy_folder = write_toy()
    ran = cli("check", "--layers", toy_folder, "--profile", "three-30-300", "--format", "json", "--allow-open-edge")
    assert ran.code == 1
    assert '"verdict": "not_met"' in ran.out
    assert '"interval": [' in ran.out
    ran = cli("check", "--layers", toy_folder, "--profile", "who-2016", "--format", "md", "--lang", "en")
    assert ran.code == 0
    assert "| who-2016 |" in ran.out
    ran = cli("check", "--layers", toy_folder, "--profile", "nobody")
    assert ran.code == 2
    assert "profile `nobody` is unknown" in ran.err
