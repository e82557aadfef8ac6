"""The five-block city to the person, as the table on paper says."""

from __future__ import annotations

import numpy as np
import pytest

from kunshan_gis import toy
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.walk import Walk

WALK = Walk(15, 1.0, "planning-walk")


@pytest.fixture(scope="module")
def found():
    return park_reach(toy.city(), WALK)


def test_every_home_walks_what_the_table_says(found) -> None:
    homes = found.homes.set_index("id")
    nan = np.nan
    np.testing.assert_allclose(homes["metres_community"], [110, 750, 900, 910, 2100, nan, nan], atol=1e-6)
    np.testing.assert_allclose(homes["metres_pocket"], [1530, 1170, 720, 710, 920, nan, nan], atol=1e-6)
    np.testing.assert_allclose(homes["metres_all"], [110, 750, 720, 710, 920, nan, nan], atol=1e-6)
    assert homes["state_all"].tolist() == ["covered"] * 4 + ["not_covered"] + ["not_measurable"] * 2
    assert homes["state_community"].tolist() == ["covered"] * 3 + ["not_covered"] * 2 + ["not_measurable"] * 2


def test_the_costs_on_paper_are_the_walks_found(found) -> None:
    homes = found.homes.set_index("id")
    table = toy.costs()
    walks = table.pivot_table(index="origin", columns="destination", values="metres")
    for park, tier in (("C", "community"), ("P", "pocket")):
        np.testing.assert_allclose(walks[park].reindex(homes.index), homes[f"metres_{tier}"], atol=1e-6)
    np.testing.assert_allclose(table["minutes"] * 60, table["metres"])
    assert toy.measurable().tolist() == homes["metres_all"].notna().tolist()
    assert toy.measurable().index.tolist() == homes.index.tolist()


def test_the_area_has_700_people_in_three_states(found) -> None:
    table = found.result.tables["area"].set_index("tier")
    columns = ["population", "covered", "not_covered", "not_measurable"]
    assert table[columns].to_dict(orient="index") == {
        "all": {"population": 700, "covered": 640, "not_covered": 50, "not_measurable": 10},
        "community": {"population": 700, "covered": 600, "not_covered": 90, "not_measurable": 10},
        "pocket": {"population": 700, "covered": 340, "not_covered": 350, "not_measurable": 10},
    }
    assert table.loc["all", "share_covered"] == 640 / 700
    assert table.loc["all", "share_measurable"] == 640 / 690


def test_towns_and_zones_add_up_to_the_area(found) -> None:
    towns = found.result.tables["towns"].set_index(["unit_id", "tier"])
    assert towns.loc[("west", "all"), ["population", "covered", "not_covered", "not_measurable"]].tolist() == [
        303, 300, 0, 3,
    ]  # fmt: skip
    assert towns.loc[("east", "all"), ["population", "covered", "not_covered", "not_measurable"]].tolist() == [
        397, 340, 50, 7,
    ]  # fmt: skip
    zones = found.result.tables["zones"].set_index(["unit_id", "tier"])
    assert zones.loc[("w", "all"), "population"] == 303
    assert zones.loc[("unassigned", "all"), "population"] == 397
    assert zones.loc[("e", "all"), "population"] == 0
    assert np.isnan(zones.loc[("e", "all"), "share_covered"])
    for name in ("towns", "zones"):
        for _, rows in found.result.tables[name].groupby("tier"):
            assert rows["population"].sum() == 700


def test_states_are_whole_people_in_every_table(found) -> None:
    for name in ("area", "zones", "towns"):
        table = found.result.tables[name]
        states = table[["covered", "not_covered", "not_measurable"]]
        assert (states.dtypes == "int64").all()
        assert (states.sum(axis=1) == table["population"]).all()


def test_the_account_says_who_cannot_be_measured_and_why(found) -> None:
    counts = found.result.provenance.counts
    assert counts["people_not_measurable_by_reason"] == {"isolated": 7, "too_far": 3}
    assert counts["parks_by_access_source"] == {"gate": 2, "crossing": 0, "outline": 0, "centroid": 0, "none": 0}
    assert counts["home_leg_m"] == {"median": 0.0, "p95": 8.0, "max": 10.0}
    assert found.result.reportable


def test_every_call_makes_a_fresh_equal_city() -> None:
    one, two = toy.city(), toy.city()
    kinds = tuple(layer.info.kind for layer in one.layers.values())
    assert one.digest_of(*kinds) == two.digest_of(*kinds)
    assert one._memory is not two._memory
