"""Places in reach, on the toy city by hand and against a double loop."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis import toy
from kunshan_gis.analysis.decay import (
    Decay,
    Gaussian,
    GaussianCatchment,
    InversePower,
    NegativeExponential,
    Within,
    Zones,
)
from kunshan_gis.analysis.opportunities import cumulative, gravity, nearest_k, proximity_time
from kunshan_gis.errors import LayerSchemaError, ParameterError

NAN = math.nan
COSTS, HOMES = toy.costs(), toy.measurable()
AREA = pd.Series({"C": 10_000, "P": 1_600})
LAWS = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Costs, supplies and origins: some pairs are missing, some origins are off the network."""
    origins, places = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    walk = st.one_of(st.none(), st.integers(0, 40))
    rows = [
        (f"o{i}", f"d{j}", float(minutes))
        for i in range(origins)
        for j in range(places)
        if (minutes := draw(walk)) is not None
    ]
    rows = draw(st.permutations(rows))
    costs = pd.DataFrame(rows, columns=["origin", "destination", "minutes"])
    supply = pd.Series([draw(st.integers(0, 9)) for _ in range(places)], [f"d{j}" for j in range(places)])
    measurable = pd.Series([draw(st.booleans()) for _ in range(origins)], [f"o{i}" for i in range(origins)])
    return costs, supply, measurable


def walks_of(costs: pd.DataFrame, origin: str) -> dict[str, float]:
    own = costs[costs["origin"] == origin]
    return dict(zip(own["destination"], own["minutes"], strict=True))


def test_parks_within_each_cutoff_as_on_paper() -> None:
    found = cumulative(COSTS, AREA, HOMES, cutoffs_min=[2, 15, 60])
    assert found.columns.tolist() == ["within_2_min", "within_15_min", "within_60_min"]
    assert found.index.equals(HOMES.index)
    np.testing.assert_array_equal(found["within_2_min"], [10_000, 0, 0, 0, 0, NAN, NAN])
    np.testing.assert_array_equal(found["within_15_min"], [10_000, 10_000, 11_600, 1_600, 0, NAN, NAN])
    np.testing.assert_array_equal(found["within_60_min"], [11_600] * 5 + [NAN] * 2)


@pytest.mark.parametrize(("metres", "counted"), [(900, 1), (900.05, 1), (900.06, 0), (0, 1)])
def test_the_cutoff_is_inclusive_to_five_centimetres(metres: float, counted: float) -> None:
    costs = pd.DataFrame({"origin": ["a"], "destination": ["x"], "minutes": [metres / 60]})
    found = cumulative(costs, pd.Series({"x": 1}), pd.Series({"a": True}), cutoffs_min=[15])
    assert found.loc["a", "within_15_min"] == counted


def test_nothing_in_reach_is_zero_places_and_no_time() -> None:
    nothing = COSTS.iloc[:0]
    assert cumulative(nothing, AREA, HOMES, cutoffs_min=[15])["within_15_min"].tolist()[:5] == [0] * 5
    assert gravity(nothing, AREA, HOMES, decay=Gaussian(5)).tolist()[:5] == [0] * 5
    assert nearest_k(nothing, HOMES, k=1).isna().all()
    assert nearest_k(nothing, HOMES, k=1, allow_fewer=True).isna().all()


def test_an_origin_off_the_network_has_no_answer_whatever_its_costs() -> None:
    lost = HOMES.mask(HOMES.index == "h1", other=False).astype(bool)
    assert np.isnan(cumulative(COSTS, AREA, lost, cutoffs_min=[15]).loc["h1", "within_15_min"])
    assert np.isnan(gravity(COSTS, AREA, lost, decay=Gaussian(5))["h1"])
    assert np.isnan(nearest_k(COSTS, lost, k=1)["h1"])


def test_the_nearest_and_the_two_nearest_as_on_paper() -> None:
    near = nearest_k(COSTS, HOMES, k=1)
    assert near.name == "nearest_1_min"
    np.testing.assert_allclose(near * 60, [110, 750, 720, 710, 920, NAN, NAN])
    np.testing.assert_allclose(nearest_k(COSTS, HOMES, k=2) * 60, [820, 960, 810, 810, 1510, NAN, NAN])


def test_fewer_than_k_is_no_answer_unless_allowed() -> None:
    assert nearest_k(COSTS, HOMES, k=3).isna().all()
    assert nearest_k(COSTS, HOMES, k=3, allow_fewer=True).equals(nearest_k(COSTS, HOMES, k=2).rename("nearest_3_min"))


def test_proximity_time_by_hand() -> None:
    kinds = pd.Series({"C": "community", "P": "pocket"})
    found = proximity_time(COSTS, kinds, HOMES, k=1)
    assert found.columns.tolist() == ["community", "pocket", "proximity_min"]
    np.testing.assert_allclose(found["proximity_min"] * 60, [820, 960, 810, 810, 1510, NAN, NAN])
    clinic = proximity_time(COSTS, kinds, HOMES, k=1, categories=["pocket", "clinic"])
    assert clinic.columns.tolist() == ["pocket", "clinic", "proximity_min"]
    assert clinic["clinic"].isna().all()
    assert clinic["proximity_min"].isna().all()
    assert proximity_time(COSTS, kinds, HOMES).isna().all(axis=None)
    few = proximity_time(COSTS, kinds, HOMES, allow_fewer=True)
    np.testing.assert_array_equal(few["proximity_min"], found["proximity_min"])


@pytest.mark.parametrize(
    ("decay", "minutes", "weight"),
    [
        (Within(15), 15, 1), (Within(15), 15.1, 0),
        (Zones((5, 10), (1, 0.5)), 0, 1), (Zones((5, 10), (1, 0.5)), 5, 1), (Zones((5, 10), (1, 0.5)), 5.1, 0.5),
        (Zones((5, 10), (1, 0.5)), 10, 0.5), (Zones((5, 10), (1, 0.5)), 10.1, 0),
        (NegativeExponential(0.1), 10, math.exp(-1)), (NegativeExponential(0.1), 0, 1),
        (InversePower(2), 4, 1 / 16), (InversePower(2, least_min=2), 0, 1 / 4),
        (Gaussian(10), 10, math.exp(-0.5)),
        (GaussianCatchment(15), 0, 1), (GaussianCatchment(15), 15, 0), (GaussianCatchment(15), 20, 0),
        (GaussianCatchment(10), 5, (math.exp(-1 / 8) - math.exp(-1 / 2)) / (1 - math.exp(-1 / 2))),
    ],
)  # fmt: skip
def test_weights_by_hand(decay: Decay, minutes: float, weight: float) -> None:
    assert decay(np.array([float(minutes)]))[0] == pytest.approx(weight, abs=1e-12)


def test_gravity_by_hand() -> None:
    found = gravity(COSTS, AREA, HOMES, decay=InversePower(1))
    assert found.name == "gravity"
    np.testing.assert_allclose(found["h1"], 10_000 * 60 / 110 + 1_600 * 60 / 1530)


@LAWS
@given(worlds(), st.integers(1, 40))
def test_cumulative_is_the_double_loop_and_never_falls_as_the_cutoff_grows(world, cutoff) -> None:
    costs, supply, measurable = world
    found = cumulative(costs, supply, measurable, cutoffs_min=[cutoff, cutoff + 5])
    for origin, there in measurable.items():
        walks = walks_of(costs, origin)
        expected = sum(supply[place] for place, minutes in walks.items() if minutes <= cutoff) if there else NAN
        assert found.loc[origin].iloc[0] == pytest.approx(expected, nan_ok=True)
    assert (found.diff(axis=1).iloc[:, 1].dropna() >= 0).all()


@LAWS
@given(worlds(), st.integers(1, 4), st.booleans())
def test_nearest_k_is_the_sorted_list(world, k, few) -> None:
    costs, _, measurable = world
    found = nearest_k(costs, measurable, k=k, allow_fewer=few)
    for origin, there in measurable.items():
        near = sorted(walks_of(costs, origin).values())[:k]
        enough = there and len(near) >= (1 if few else k)
        assert found[origin] == pytest.approx(sum(near) / len(near) if enough else NAN, nan_ok=True)


@LAWS
@given(worlds(), st.sampled_from([NegativeExponential(0.2), InversePower(1.5), Gaussian(8), GaussianCatchment(20)]))
def test_gravity_is_the_double_loop_and_the_order_of_rows_changes_no_bit(world, decay) -> None:
    costs, supply, measurable = world
    found = gravity(costs, supply, measurable, decay=decay)
    for origin, there in measurable.items():
        total = sum(supply[place] * decay(np.array([walk]))[0] for place, walk in walks_of(costs, origin).items())
        assert found[origin] == pytest.approx(total if there else NAN, nan_ok=True)
    assert found.equals(gravity(costs.iloc[::-1], supply, measurable, decay=decay))


def test_inputs_stay_as_they_are() -> None:
    costs, area, homes = COSTS.copy(), AREA.copy(), HOMES.copy()
    cumulative(COSTS, AREA, HOMES, cutoffs_min=[15])
    nearest_k(COSTS, HOMES, k=1)
    gravity(COSTS, AREA, HOMES, decay=Gaussian(5))
    pd.testing.assert_frame_equal(COSTS, costs)
    pd.testing.assert_series_equal(AREA, area)
    pd.testing.assert_series_equal(HOMES, homes)


def test_all_that_is_wrong_with_the_tables_is_said_at_once() -> None:
    broken = pd.concat([COSTS, COSTS.iloc[:1], COSTS.iloc[[2]].assign(origin="x", destination="Q", minutes=-1.0)])
    with pytest.raises(LayerSchemaError) as error:
        cumulative(broken, pd.Series({"C": -1.0, "P": NAN}), HOMES, cutoffs_min=[15])
    said = error.value.said("en").splitlines()
    assert said[0] == "this cannot be measured"
    assert [line.strip(" -") for line in said[1:]] == [
        "capacity: missing or infinite: P → give it, 0 if none",
        "capacity: negative: C → must be zero or more",
        "costs: unknown id in `origin`: x → add the origin, or leave these rows out",
        "costs: unknown id in `destination`: Q → add the destination, or leave these rows out",
        "costs: minutes missing, negative or infinite: x→Q → leave out what is not reached",
        "costs: a pair twice: h1→C → keep the shortest row of each pair",
    ]


def test_other_tables_are_refused_with_the_remedy() -> None:
    with pytest.raises(LayerSchemaError, match=r"no column minutes → give the table of `Reach\.costs"):
        nearest_k(COSTS.drop(columns="minutes"), HOMES, k=1)
    with pytest.raises(LayerSchemaError, match="no column origin, destination, minutes"):
        nearest_k(pd.DataFrame(), HOMES, k=1)
    with pytest.raises(LayerSchemaError, match="true or false in every row"):
        nearest_k(COSTS, HOMES.astype(int), k=1)
    with pytest.raises(LayerSchemaError, match="id twice: C"):
        cumulative(COSTS, pd.Series([1, 1, 1], list("CCP")), HOMES, cutoffs_min=[15])
    with pytest.raises(LayerSchemaError, match="category: in no group: P"):
        proximity_time(COSTS, pd.Series({"C": "park", "P": None}), HOMES)


@pytest.mark.parametrize("cutoffs", [[], [15, 15], [0], [NAN], [math.inf], [-5]])
def test_cutoffs_without_meaning_are_refused(cutoffs: list[float]) -> None:
    with pytest.raises(ParameterError):
        cumulative(COSTS, AREA, HOMES, cutoffs_min=cutoffs)


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_k_must_be_a_whole_number(k: float) -> None:
    with pytest.raises(ParameterError, match="whole number, 1 or more"):
        nearest_k(COSTS, HOMES, k=k)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Within(0), lambda: NegativeExponential(-1), lambda: InversePower(1, least_min=0),
        lambda: Gaussian(NAN), lambda: GaussianCatchment(math.inf), lambda: Zones((), ()),
        lambda: Zones((10, 5), (1, 0.5)), lambda: Zones((5, 10), (0.5, 1)), lambda: Zones((5,), (1, 0.5)),
        lambda: Zones((5,), (NAN,)),
    ],
)  # fmt: skip
def test_a_decay_without_meaning_is_refused(make) -> None:
    with pytest.raises(ParameterError):
        make()


@pytest.mark.parametrize("decay", [lambda t: -t, lambda t: t * NAN, lambda t: t[:1], lambda _: 1.0])
def test_weights_of_ones_own_are_held_to_be_weights(decay) -> None:
    with pytest.raises(ParameterError, match="one finite weight of zero or more"):
        gravity(COSTS, AREA, HOMES, decay=decay)


def test_categories_that_repeat_or_are_none_are_refused() -> None:
    kinds = pd.Series({"C": "a", "P": "b"})
    for names in (["a", "a"], [], ["proximity_min"]):
        with pytest.raises(ParameterError, match="categories that differ"):
            proximity_time(COSTS, kinds, HOMES, categories=names)
