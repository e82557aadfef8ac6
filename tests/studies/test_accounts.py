"""The account of a result: what went in, what was missing, what to be wary of."""

from __future__ import annotations

import pytest
from paper import layer

from kunshan_gis import __version__, toy
from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.export import result_csv
from kunshan_gis.model import Edit, StudyArea
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.walk import Walk

WALK = Walk(15, 1.0, "planning-walk")


def with_info(**changes: object) -> StudyArea:
    city = toy.city()
    return StudyArea(city.info.model_copy(update=changes), city.layers)


def test_every_input_is_named_with_its_digest_and_origin() -> None:
    provenance = park_reach(toy.city(), WALK).result.provenance
    city = toy.city()
    assert {entry["layer"]: entry["sha256"] for entry in provenance.inputs} == {
        name: each.sha256 for name, each in city.layers.items()
    }
    assert all(entry["basis"] == "surveyed" and entry["source"] == "kunshan_gis.toy" for entry in provenance.inputs)
    assert provenance.versions["kunshan-gis"] == __version__
    assert provenance.analysis_crs == toy.CRS


def test_a_census_total_that_differs_is_said_and_nothing_is_scaled() -> None:
    result = park_reach(with_info(population=705), WALK).result
    assert any(
        "homes hold 700 residents, the catalogue states 705 residents" in w.en for w in result.provenance.warnings
    )
    assert result.tables["area"]["population"].tolist() == [700] * 3
    assert not any("states" in w.en for w in park_reach(toy.city(), WALK).result.provenance.warnings)


def test_planned_parks_count_in_the_scenario_that_says_so_and_are_said_in_both() -> None:
    """C stands and P is planned: without P, h4 (910 m from C) is not covered."""
    city = toy.city()
    parks = city.table("parks").assign(status=["existing", "planned"])
    area = StudyArea(city.info, {**city.layers, "parks": layer("parks", parks)})
    now, then = (park_reach(area.in_scenario(one), WALK).result for one in ("existing", "planned"))
    assert [int(one.tables["area"]["covered"].iloc[0]) for one in (now, then)] == [600, 640]
    assert [one.provenance.parameters["scenario"] for one in (now, then)] == ["existing", "planned"]
    assert {one.provenance.counts["parks_not_existing"] for one in (now, then)} == {1}
    assert any("1 more parks are planned" in warning.en for warning in now.provenance.warnings)
    assert any("1 of the parks are planned" in warning.en for warning in then.provenance.warnings)
    assert not any("planned" in warning.en for warning in park_reach(city, WALK).result.provenance.warnings)


def test_a_layer_of_nothing_but_plans_is_refused_with_the_way_to_measure_them() -> None:
    city = toy.city()
    parks = city.table("parks").assign(status="planned")
    area = StudyArea(city.info, {**city.layers, "parks": layer("parks", parks)})
    with pytest.raises(LayerNotFoundError, match=r"--scenario planned"):
        park_reach(area, WALK)


def test_the_profile_is_named_with_how_sure_it_is_and_whether_it_was_followed() -> None:
    followed = park_reach(toy.city(), WALK).result.provenance.profile_said
    assert (
        followed.en == "15 minutes on foot (planning pace) (planning-walk; from memory, not checked against the text)"
    )
    other = park_reach(toy.city(), Walk(minutes=10, speed_mps=1.0, profile="planning-walk")).result
    assert other.provenance.profile_said.en == f"{followed.en}, with another time or speed"


def test_a_scenario_says_so() -> None:
    result = park_reach(toy.city().with_edits(Edit.remove("parks", "P")), WALK).result
    assert any("1 edits were made" in warning.en for warning in result.provenance.warnings)


def test_the_area_is_called_by_its_code_where_it_has_one() -> None:
    assert park_reach(with_info(adcode="999999"), WALK).result.tables["area"]["unit_id"].tolist() == ["999999"] * 3


def test_units_stand_in_the_order_of_their_layer_and_fall_back_to_their_ids() -> None:
    city = toy.city()
    towns = city.table("towns").iloc[::-1].drop(columns=["name", "name_en"]).reset_index(drop=True)
    tables = park_reach(StudyArea(city.info, {**city.layers, "towns": layer("towns", towns)}), WALK).result.tables
    assert tables["towns"]["unit_id"].tolist() == ["east"] * 3 + ["west"] * 3
    assert tables["towns"]["name"].tolist() == tables["towns"]["unit_id"].tolist()


def test_zones_without_names_are_called_by_their_ids() -> None:
    city = toy.city()
    layers = {kind: each for kind, each in city.layers.items() if kind != "zones"}
    zones = park_reach(StudyArea(city.info, layers), WALK).result.tables["zones"]
    assert zones["unit_id"].tolist() == ["w"] * 3 + ["unassigned"] * 3
    assert zones["name"].iloc[0] == "w"


def test_parks_per_tier_are_counted_once_and_measured() -> None:
    table = park_reach(toy.city(), WALK).result.tables["parks"].set_index("tier")
    assert table["parks"].to_dict() == {"all": 2, "community": 1, "pocket": 1}
    assert table["entrances"].to_dict() == {"all": 2, "community": 1, "pocket": 1}
    assert table["area_m2"].to_dict() == pytest.approx({"all": 11_600, "community": 10_000, "pocket": 1_600})


def test_too_few_parks_for_the_people_are_said() -> None:
    city = toy.city()
    homes = city.table("homes").assign(population=100_001)
    result = park_reach(StudyArea(city.info, {**city.layers, "homes": layer("homes", homes)}), WALK).result
    assert any(warning.en.startswith("only 2 park(s) for 700,007 residents") for warning in result.provenance.warnings)
    assert not any("only" in warning.en for warning in park_reach(city, WALK).result.provenance.warnings)


def test_buildings_are_never_called_residents() -> None:
    city = toy.city()
    homes = layer("homes", city.table("homes"), counts="buildings")
    result = park_reach(StudyArea(city.info, {**city.layers, "homes": homes}), WALK).result
    assert result.provenance.counted == "buildings"
    assert any("the figures count buildings, not residents" in warning.en for warning in result.provenance.warnings)
    header = result_csv(result, "area").decode("utf-8-sig").splitlines()[0]
    assert "建筑 Buildings" in header
    assert "人口" not in header
