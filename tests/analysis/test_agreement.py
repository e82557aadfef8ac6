"""PySAL beside us on the same numbers; where it answers otherwise, how.

`access`, `inequality` and `tobler` load matplotlib, statsmodels and scikit-learn and take seconds to import: in the
full set, imported inside.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from paper import frame
from shapely import box

from kunshan_gis import toy
from kunshan_gis.analysis.areal import areal_weights
from kunshan_gis.analysis.decay import Gaussian, InversePower
from kunshan_gis.analysis.equity import gini, theil
from kunshan_gis.analysis.floating import enhanced_two_step, floating_catchment, two_step
from kunshan_gis.analysis.opportunities import cumulative, gravity
from kunshan_gis.errors import LayerSchemaError

pytestmark = pytest.mark.full
RINGS = {"upto_min": (5, 10, 20), "weights": (1, 0.68, 0.22)}


@pytest.fixture(scope="module")
def world() -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]:
    """300 homes, 20 supplies, every pair; whole minutes, so that cutoffs are met exactly."""
    random = np.random.default_rng(1)
    homes, places = [f"o{i:03}" for i in range(300)], [f"d{j:02}" for j in range(20)]
    costs = pd.MultiIndex.from_product([homes, places], names=["origin", "destination"]).to_frame(index=False)
    costs["minutes"] = random.integers(1, 40, len(costs)).astype(float)
    people, capacity = random.integers(1, 500, 300), random.integers(0, 60, 20)
    return costs, pd.Series(people, homes), pd.Series(capacity, places), pd.Series(True, homes)


def theirs(world: tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]) -> dict[str, object]:
    costs, people, capacity, _ = world
    return {
        "demand_df": people.to_frame("demand").rename_axis("geoid"),
        "supply_df": capacity.to_frame("supply").rename_axis("geoid"),
        "cost_df": costs.rename(columns={"destination": "dest", "minutes": "cost"}),
        "demand_name": "demand",
        "supply_name": "supply",
    }


def test_two_step_is_access_two_stage_fca(world) -> None:
    from access.fca import two_stage_fca

    ours = two_step(*world, cutoff_min=15)
    pd.testing.assert_series_equal(
        two_stage_fca(**theirs(world), max_cost=15), ours[ours > 0], check_names=False, rtol=1e-12
    )


def test_enhanced_two_step_is_two_stage_fca_with_a_step_function(world) -> None:
    from access.fca import two_stage_fca
    from access.weights import step_fn

    rings = step_fn(dict(zip(RINGS["upto_min"], RINGS["weights"], strict=True)))
    found = two_stage_fca(**theirs(world), weight_fn=rings)
    pd.testing.assert_series_equal(found, enhanced_two_step(*world, **RINGS), check_names=False, rtol=1e-12)


def test_two_step_with_the_untruncated_bell_is_theirs_too(world) -> None:
    from access.fca import two_stage_fca
    from access.weights import gaussian

    found = two_stage_fca(**theirs(world), weight_fn=gaussian(8))
    pd.testing.assert_series_equal(found, floating_catchment(*world, decay=Gaussian(8)), check_names=False, rtol=1e-12)


def test_cumulative_and_gravity_are_weighted_catchment(world) -> None:
    from access.fca import weighted_catchment
    from access.weights import gravity as power

    costs, _, capacity, measurable = world
    supply = capacity.to_frame("supply").rename_axis("geoid").reset_index()
    names = {"cost_source": "destination", "cost_dest": "origin", "cost_cost": "minutes", "loc_value": "supply"}
    found = weighted_catchment(supply, costs, 15, **names)
    ours = cumulative(costs, capacity, measurable, cutoffs_min=[15])["within_15_min"]
    assert (found == ours[found.index]).all()
    assert (ours.drop(found.index) == 0).all()
    found = weighted_catchment(supply.astype({"supply": float}), costs, **names, weight_fn=power(1, -1.5, min_dist=2))
    weighed = gravity(costs, capacity, measurable, decay=InversePower(1.5, least_min=2))
    pd.testing.assert_series_equal(found, weighed, check_names=False, rtol=1e-12)


def test_homes_that_reach_nothing_are_absent_there_and_zero_here() -> None:
    from access.fca import two_stage_fca

    people = toy.city().table("homes").set_index("id")["population"]
    city = toy.costs(), people, pd.Series({"C": 600.0, "P": 680.0}), toy.measurable()
    found = two_stage_fca(**theirs(city), max_cost=15)
    assert found.to_dict() == {"h1": 1, "h2": 1, "h3": 3, "h4": 2}
    ours = two_step(*city, cutoff_min=15)
    assert ours["h5"] == 0
    assert ours[["h6", "h7"]].isna().all()


def test_gini_is_inequality_gini_of_single_residents() -> None:
    from inequality.gini import Gini

    random = np.random.default_rng(2)
    value, people = pd.Series(random.integers(0, 90, 40)), pd.Series(random.integers(0, 9, 40))
    assert gini(value, people) == pytest.approx(Gini(np.repeat(value.to_numpy(), people)).g, rel=1e-12)


def test_theil_and_its_parts_are_inequality_theil_d() -> None:
    """Theirs adds a tiny number to zeros; ours takes the limit. Both come to the same."""
    from inequality.theil import Theil, TheilD

    random = np.random.default_rng(3)
    value, people = pd.Series(random.integers(0, 90, 40)), pd.Series(random.integers(0, 9, 40))
    group = pd.Series(random.choice(list("abc"), 40))
    each, of = np.repeat(value.to_numpy(dtype=float), people), np.repeat(group.to_numpy(dtype=str), people)
    found, parts = theil(value, people, group), TheilD(each, of)
    assert found.total == pytest.approx(float(Theil(each).T), rel=1e-12)
    assert found.between == pytest.approx(float(np.squeeze(parts.bg)), rel=1e-9)
    assert found.within == pytest.approx(float(np.squeeze(parts.wg)), rel=1e-9)


def test_theil_of_a_constant_group_with_nothing_agrees_too() -> None:
    from inequality.theil import TheilD

    value, group = pd.Series([0.0, 0.0, 4.0, 2.0]), pd.Series(list("aabb"))
    found = theil(value, pd.Series(1, range(4)), group)
    parts = TheilD(value.to_numpy(), group.to_numpy(dtype=str))
    assert found.between == pytest.approx(float(np.squeeze(parts.bg)))
    assert found.within == pytest.approx(float(np.squeeze(parts.wg)))


def test_areal_weights_are_tobler_area_interpolate() -> None:
    """Theirs shows no remainder outside; with `allocate_total=False` what lies in the targets is the same."""
    from tobler.area_weighted import area_interpolate

    random = np.random.default_rng(4)
    sources = frame([box(x, y, x + 90, y + 70) for x, y in random.integers(0, 900, (60, 2)).tolist()])
    zones = frame([box(x, y, x + 300, y + 250) for x in (0, 300, 600) for y in (0, 250, 500)])
    people = pd.Series(random.integers(0, 500, 60), sources["id"].to_numpy())
    table = areal_weights(sources, zones)
    spread = (table["share"] * people[table["source"]].to_numpy()).groupby(table["target"]).sum()
    source = sources.assign(people=people.to_numpy().astype(float))
    found = area_interpolate(source, zones, extensive_variables=["people"], allocate_total=False)
    np.testing.assert_allclose(spread[zones["id"]], found["people"], rtol=1e-9)
    assert spread.sum() == pytest.approx(people.sum())
    assert found["people"].sum() == pytest.approx(people.sum() - spread["unassigned"])


def test_overlapping_zones_count_twice_there_and_are_refused_here() -> None:
    from tobler.area_weighted import area_interpolate

    zones = frame([box(0, 0, 100, 100), box(0, 0, 100, 100)])
    source = frame([box(0, 0, 50, 50)], people=[10.0])
    found = area_interpolate(source, zones, extensive_variables=["people"], allocate_total=False)
    assert found["people"].sum() == 20
    with pytest.raises(LayerSchemaError, match="i0 × i1: overlap by 10,000 m2"):
        areal_weights(source, zones)
