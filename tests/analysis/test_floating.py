"""Floating catchments: by hand, against a double loop, and what adds up to the capacity."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis import toy
from kunshan_gis.analysis.decay import Decay, GaussianCatchment, NegativeExponential, Within, Zones
from kunshan_gis.analysis.floating import (
    balanced,
    enhanced_two_step,
    floating_catchment,
    gaussian_two_step,
    modified_two_step,
    supply_ratio,
    two_step,
)
from kunshan_gis.errors import LayerSchemaError, ParameterError

NAN = math.nan
COSTS, HOMES = toy.costs(), toy.measurable()
PEOPLE = toy.city().table("homes").set_index("id")["population"]
PARKS = pd.Series({"C": 600.0, "P": 680.0})
ARGUMENTS = (COSTS, PEOPLE, PARKS, HOMES)
DECAYS = [Within(15), Zones((5, 10, 20), (1, 0.68, 0.22)), GaussianCatchment(20), NegativeExponential(0.1)]
LAWS = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]:
    origins, places = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    walk = st.one_of(st.none(), st.integers(0, 30))
    rows = [
        (f"o{i}", f"d{j}", float(minutes))
        for i in range(origins)
        for j in range(places)
        if (minutes := draw(walk)) is not None
    ]
    ids, supplies = [f"o{i}" for i in range(origins)], [f"d{j}" for j in range(places)]
    people = pd.Series([draw(st.integers(0, 500)) for _ in ids], ids)
    capacity = pd.Series([draw(st.integers(0, 50)) for _ in supplies], supplies)
    measurable = pd.Series([draw(st.integers(0, 4)) > 0 for _ in ids], ids)
    return pd.DataFrame(rows, columns=["origin", "destination", "minutes"]), people, capacity, measurable


def weights_of(costs: pd.DataFrame, measurable: pd.Series, decay: Decay) -> dict[tuple[str, str], float]:
    return {
        (a, b): w
        for a, b, minutes in zip(costs["origin"], costs["destination"], costs["minutes"], strict=True)
        if measurable[a] and (w := float(decay(np.array([minutes]))[0])) > 0
    }


def double_loop(world, decay: Decay, *, form: str) -> pd.Series:
    costs, people, capacity, measurable = world
    w = weights_of(costs, measurable, decay)
    at_origin = {a: sum(v for (x, _), v in w.items() if x == a) for a in people.index}
    at_supply = {b: sum(v for (_, y), v in w.items() if y == b) for b in capacity.index}
    ratio = {}
    for b in capacity.index:
        demand = sum(people[x] * v / (at_origin[x] if form == "bfca" else 1) for (x, y), v in w.items() if y == b)
        ratio[b] = capacity[b] / demand if demand > 0 else (NAN if capacity[b] > 0 else 0.0)
    access = {}
    for a in people.index:
        own = [(b, v) for (x, b), v in w.items() if x == a]
        scale = {b: (at_supply[b] if form == "bfca" else 1) for b, _ in own}
        power = 2 if form == "m2sfca" else 1
        access[a] = sum(ratio[b] * v**power / scale[b] for b, v in own) if measurable[a] else NAN
    return pd.Series(access, dtype=float)


def test_two_steps_as_on_paper() -> None:
    found = two_step(*ARGUMENTS, cutoff_min=15)
    assert found.name == "access"
    assert found.index.equals(PEOPLE.index)
    np.testing.assert_array_equal(found, [1, 1, 3, 2, 0, NAN, NAN])
    assert (found * PEOPLE).sum() == 600 + 680
    assert supply_ratio(*ARGUMENTS, decay=Within(15)).to_dict() == {"C": 1, "P": 2}
    assert supply_ratio(*ARGUMENTS, decay=Within(15)).name == "capacity_per_person"


def test_rings_as_on_paper() -> None:
    """C: 100 + 0.22 (200 + 300) = 210 people; P: 0.22 (300 + 40) = 74.8."""
    found = enhanced_two_step(
        COSTS, PEOPLE, pd.Series({"C": 210.0, "P": 748.0}), HOMES, upto_min=[5, 10, 15], weights=[1, 0.68, 0.22]
    )
    np.testing.assert_allclose(found, [1, 0.22, 0.22 + 2.2, 2.2, 0, NAN, NAN])


def test_the_bell_by_hand() -> None:
    """Only h1 at 110 m and h2 at 750 m reach C within 13 minutes (780 m)."""
    edge = math.exp(-0.5)
    near, far = ((math.exp(-0.5 * (m / 780) ** 2) - edge) / (1 - edge) for m in (110, 750))
    found = gaussian_two_step(COSTS, PEOPLE, pd.Series({"C": 60.0, "P": 0.0}), HOMES, cutoff_min=13)
    ratio = 60 / (100 * near + 200 * far)
    np.testing.assert_allclose(found, [ratio * near, ratio * far, 0, 0, 0, NAN, NAN])


def test_the_modified_form_pays_for_distance_by_hand() -> None:
    """All weights 0.5: two steps give 1 m2 a head as before, the modified form half of it."""
    half = Zones((60,), (0.5,))
    one = COSTS[COSTS["destination"] == "C"]
    parks = pd.Series({"C": 690.0})
    assert floating_catchment(one, PEOPLE, parks, HOMES, decay=half).tolist()[:5] == [1] * 5
    assert modified_two_step(one, PEOPLE, parks, HOMES, decay=half).tolist()[:5] == [0.5] * 5


def test_balanced_weights_by_hand() -> None:
    """In 15 minutes h3 reaches both: half its 300 people count at each. C: 100 + 200 + 150 = 450; P: 150 + 40 = 190.

    With 900 and 380 the ratios are 2 and 2; C's is shared by three homes, P's by two.
    """
    found = balanced(COSTS, PEOPLE, pd.Series({"C": 900.0, "P": 380.0}), HOMES, decay=Within(15))
    np.testing.assert_allclose(found, [2 / 3, 2 / 3, 2 / 3 + 1, 1, 0, NAN, NAN])


@LAWS
@given(worlds(), st.sampled_from(DECAYS), st.sampled_from(["2sfca", "m2sfca", "bfca"]))
def test_every_form_is_the_double_loop(world, decay, form) -> None:
    measure = {"2sfca": floating_catchment, "m2sfca": modified_two_step, "bfca": balanced}[form]
    found = measure(*world, decay=decay)
    np.testing.assert_allclose(found, double_loop(world, decay, form=form), rtol=1e-9)
    costs, *rest = world
    assert found.equals(measure(costs.iloc[::-1], *rest, decay=decay))


@LAWS
@given(worlds(), st.sampled_from(DECAYS))
def test_people_times_access_is_the_capacity_in_reach_of_people(world, decay) -> None:
    _, people, capacity, measurable = world
    access = floating_catchment(*world, decay=decay)
    ratio = supply_ratio(*world, decay=decay)
    reached = {b for (a, b) in weights_of(world[0], measurable, decay) if people[a] > 0}
    assert (people[people > 0] * access[people > 0]).sum() == pytest.approx(capacity[sorted(reached)].sum())
    assert set(ratio.index[ratio.isna()]) == set(capacity.index[capacity > 0]) - reached


@LAWS
@given(worlds(), st.sampled_from(DECAYS))
def test_the_modified_form_never_hands_out_more_than_there_is(world, decay) -> None:
    assert (
        (modified_two_step(*world, decay=decay) <= floating_catchment(*world, decay=decay) + 1e-12)
        .eq(world[3] & floating_catchment(*world, decay=decay).notna())
        .all()
    )


@LAWS
@given(worlds(), st.sampled_from(DECAYS))
def test_balanced_access_sums_to_the_ratios_and_counts_everybody_once(world, decay) -> None:
    costs, people, capacity, measurable = world
    w = weights_of(costs, measurable, decay)
    rows = {a: sum(v for (x, _), v in w.items() if x == a) for a in people.index}
    demand = {b: sum(people[a] * v / rows[a] for (a, y), v in w.items() if y == b) for b in capacity.index}
    assert sum(demand.values()) == pytest.approx(sum(people[a] for a in people.index if rows[a] > 0))
    served = {b: capacity[b] / demand[b] for b in capacity.index if demand[b] > 0}
    if len(served) == len(capacity):
        assert balanced(*world, decay=decay).sum() == pytest.approx(sum(served.values()))


def test_balanced_access_times_people_is_not_the_capacity() -> None:
    access = balanced(COSTS, PEOPLE, pd.Series({"C": 900.0, "P": 380.0}), HOMES, decay=Within(15))
    assert (access * PEOPLE).sum() == pytest.approx(740)  # 200 / 3 + 400 / 3 + 500 + 40, of 1280


def test_a_scale_of_the_weights_changes_two_steps_not_at_all() -> None:
    one, tenth = Zones((15, 20), (1, 0.5)), Zones((15, 20), (0.1, 0.05))
    for measure in (floating_catchment, balanced):
        np.testing.assert_allclose(measure(*ARGUMENTS, decay=one), measure(*ARGUMENTS, decay=tenth))


def test_capacity_for_nobody_is_no_answer_and_no_capacity_is_none() -> None:
    nobody = PEOPLE.where(PEOPLE.index != "h1", 0)
    park = pd.Series({"C": 5.0, "P": 0.0})
    access = two_step(COSTS, nobody, park, HOMES, cutoff_min=5)  # only h1 is within 5 minutes of C
    np.testing.assert_array_equal(access, [NAN, 0, 0, 0, 0, NAN, NAN])
    assert np.isnan(supply_ratio(COSTS, nobody, park, HOMES, decay=Within(5))["C"])
    assert two_step(COSTS, nobody, park * 0, HOMES, cutoff_min=5).tolist()[:5] == [0] * 5


def test_people_off_the_network_do_not_compete() -> None:
    lost = HOMES.where(HOMES.index != "h2", other=False).astype(bool)
    found = two_step(COSTS, PEOPLE, PARKS, lost, cutoff_min=15)
    np.testing.assert_array_equal(found, [1.5, NAN, 1.5 + 2, 2, 0, NAN, NAN])


def test_a_supply_nobody_reaches_changes_nothing() -> None:
    far = pd.Series({**PARKS.to_dict(), "Z": 9e9})
    assert two_step(COSTS, PEOPLE, far, HOMES, cutoff_min=15).equals(two_step(*ARGUMENTS, cutoff_min=15))


def test_weights_that_all_but_vanish_do_not_overflow() -> None:
    costs = pd.DataFrame({"origin": ["a"], "destination": ["x"], "minutes": [740.0]})
    world = (costs, pd.Series({"a": 1}), pd.Series({"x": 1.0}), pd.Series({"a": True}))
    for measure in (floating_catchment, modified_two_step, balanced):
        assert measure(*world, decay=NegativeExponential(1)).tolist() == [0]


def test_all_that_is_wrong_is_said_at_once_and_inputs_stay() -> None:
    before = [table.copy() for table in ARGUMENTS]
    with pytest.raises(LayerSchemaError) as error:
        two_step(COSTS, PEOPLE.where(PEOPLE > 3, -3.0).drop("h1"), pd.Series({"C": NAN}), HOMES, cutoff_min=15)
    assert [problem.said("en") for problem in error.value.problems] == [
        "population: negative: h7 → must be zero or more",
        "population: not the same rows as the other table: h1 → align the two with .reindex()",
        "capacity: missing or infinite: C → give it, 0 if none",
        "costs: unknown id in `destination`: P → add the destination, or leave these rows out",
    ]
    with pytest.raises(LayerSchemaError, match="not numbers → convert"):
        two_step(COSTS, PEOPLE.astype(str), PARKS, HOMES, cutoff_min=15)
    with pytest.raises(ParameterError, match="above 0"):
        two_step(*ARGUMENTS, cutoff_min=0)
    for table, old in zip(ARGUMENTS, before, strict=True):
        assert table.equals(old)
