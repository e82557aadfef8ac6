"""Node and place worked out on paper from the published formula, classes at their limits, mix and balance."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from kunshan_gis.analysis import (
    NODE_PLACE,
    entropy,
    functional_mix,
    index_of,
    job_balance,
    min_max,
    node_place_class,
)
from kunshan_gis.errors import LayerSchemaError, ParameterError

LIMITS = {"gap": 0.33, "low": 0.33, "high": 0.67}
STATIONS = ["A", "B", "C", "D"]
NODE = pd.DataFrame({"lines": [1, 2, 3, 1], "reach": [9, 19, 29, 9], "stops": [0, 5, 10, 2]}, index=STATIONS)
PLACE = pd.DataFrame({"people": [4000, 8000, 12000, 12000], "shops": [0, 2000, 4000, 4000]}, index=STATIONS)
"""No table of a published study was to be had: the numbers are made up, the sums follow the printed formula.

========  =====  =====  =====  ====================  ==========================
station   lines  reach  stops  scaled                mean, and scaled once more
========  =====  =====  =====  ====================  ==========================
A         1      9      0      0, 0, 0               0 -> 0
B         2      19     5      1/2, 1/2, 1/2         1/2 -> 1/2
C         3      29     10     1, 1, 1               1 -> 1
D         1      9      2      0, 0, 1/5             1/15 -> 1/15
========  =====  =====  =====  ====================  ==========================

Functional mix of (people, shops), a = max, b = min, c = mean, d = sum: A (4000, 0): a 4000, b 0, c 2000, d 4000, and
1 - (4000/4000 - 2000/4000) / 2 = 0.75; B (8000, 2000): 1 - (6000/10000 - 3000/10000) / 2 = 0.85; C and D (12000,
4000): 1 - (8000/16000 - 4000/16000) / 2 = 0.875.
"""


def place() -> pd.DataFrame:
    return PLACE.assign(mix=functional_mix(PLACE))


def test_the_functional_mix_is_what_the_formula_gives_on_paper() -> None:
    assert functional_mix(PLACE).tolist() == pytest.approx([0.75, 0.85, 0.875, 0.875])
    assert functional_mix(PLACE).name == "functional_mix"


def test_the_node_index_is_the_mean_of_scaled_variables_scaled_once_more() -> None:
    assert index_of(NODE).tolist() == pytest.approx([0, 0.5, 1, 1 / 15])


def test_the_place_index_and_the_classes_of_the_worked_example() -> None:
    # people 0, 1/2, 1, 1; shops 0, 1/2, 1, 1; mix 0, 0.8, 1, 1: B has (0.5 + 0.5 + 0.8) / 3 = 0.6
    index = index_of(place())
    assert index.tolist() == pytest.approx([0, 0.6, 1, 1])
    found = node_place_class(index_of(NODE), index, **LIMITS)
    assert found.tolist() == ["dependent", "balanced", "stressed", "unbalanced_place"]


def test_equal_amounts_are_wholly_mixed_and_one_amount_alone_as_little_as_can_be() -> None:
    table = pd.DataFrame([[5, 5, 5, 5], [9, 0, 0, 0], [0, 0, 0, 0]], columns=list("pqrs"))
    assert functional_mix(table).tolist() == pytest.approx([1, 1 - 1 / 8, 0])


def test_the_printed_formula_sees_only_the_smallest_share_and_entropy_sees_all() -> None:
    table = pd.DataFrame([[9, 0, 0], [5, 4, 0]], columns=list("pqr"))
    one, two = functional_mix(table)
    assert one == two
    one, two = entropy(table)
    assert (one, two) == (0, pytest.approx(-(5 / 9 * math.log(5 / 9) + 4 / 9 * math.log(4 / 9)) / math.log(3)))


def test_an_amount_that_is_not_known_leaves_no_mix() -> None:
    table = pd.DataFrame({"a": [1, np.nan], "b": [1, 2]})
    assert functional_mix(table).isna().tolist() == [False, True]
    assert entropy(table).isna().tolist() == [False, True]


def test_entropy_is_of_the_order_of_no_kind_and_at_most_one() -> None:
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.integers(0, 50, (40, 4)), columns=list("abcd"))
    found = entropy(table)
    assert found.dropna().between(0, 1).all()
    pd.testing.assert_series_equal(found, entropy(table[list("dbca")]))


@pytest.mark.parametrize("wrong", [-1.0, np.inf])
def test_amounts_below_nothing_and_infinite_ones_are_refused(wrong: float) -> None:
    for measure in (functional_mix, entropy):
        with pytest.raises(LayerSchemaError, match="negative or infinite"):
            measure(pd.DataFrame({"a": [wrong], "b": [1.0]}))


def test_mix_of_one_kind_is_refused() -> None:
    with pytest.raises(ParameterError, match="at least two"):
        entropy(pd.DataFrame({"a": [1]}))


def test_jobs_are_in_balance_where_they_are_what_residents_fill() -> None:
    people, jobs = pd.Series([100.0, 100, 0, 0]), pd.Series([60.0, 20, 30, 0])
    # r = 0.6: 60 wanted; 60 -> 1; 20 -> 1 - 40/80 = 0.5; jobs alone -> 0; nothing -> no figure
    assert job_balance(people, jobs, jobs_per_person=0.6).fillna(-1).tolist() == pytest.approx([1, 0.5, 0, -1])
    with pytest.raises(ParameterError, match="give one above 0"):
        job_balance(people, jobs, jobs_per_person=0)


def test_a_variable_that_is_the_same_everywhere_tells_nothing_apart() -> None:
    assert list(min_max(NODE.assign(modes=2)).columns) == list(NODE.columns)
    pd.testing.assert_series_equal(index_of(NODE.assign(modes=2)), index_of(NODE))
    assert index_of(NODE.iloc[:1]).isna().all()


def test_others_are_scaled_within_the_stations_that_are_known_and_cut_off_beyond() -> None:
    others = pd.DataFrame({"lines": [0, 2, 9]})
    assert min_max(others, within=NODE)["lines"].tolist() == [0, 0.5, 1]


def test_with_logs_a_giant_leaves_the_others_apart() -> None:
    skewed = pd.DataFrame({"jobs": [0, 99, 9999]})
    assert min_max(skewed, log=True)["jobs"].tolist() == pytest.approx([0, 0.5, 1])


@pytest.mark.parametrize(
    ("node", "at", "said"),
    [(0.5, 0.5, "balanced"), (0.83, 0.5, "balanced"), (0.84, 0.5, "unbalanced_node"), (0.1, 0.5, "unbalanced_place"),
     (0.67, 0.67, "balanced"), (0.68, 0.68, "stressed"), (0.33, 0.33, "balanced"), (0.3, 0.3, "dependent"),
     (math.nan, 0.5, "not_measurable"), (0.5, math.nan, "not_measurable")],
)  # fmt: skip
def test_classes_at_their_limits(node: float, at: float, said: str) -> None:
    found = node_place_class(pd.Series([node]), pd.Series([at]), **LIMITS)
    assert found.tolist() == [said]
    assert said in NODE_PLACE


@pytest.mark.parametrize("limits", [{"gap": 0}, {"low": 0.8}, {"high": 1.2}])
def test_limits_that_make_no_classes_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="give gap > 0"):
        node_place_class(pd.Series([0.5]), pd.Series([0.5]), **(LIMITS | limits))


def test_the_order_of_stations_changes_nothing_and_tables_stay_as_they_are() -> None:
    before = NODE.copy()
    turned = index_of(NODE.iloc[::-1])
    pd.testing.assert_series_equal(turned.iloc[::-1], index_of(NODE))
    pd.testing.assert_frame_equal(NODE, before)
