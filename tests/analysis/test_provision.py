"""Land and places per resident, numerator and denominator beside the ratio."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from kunshan_gis.analysis.provision import area_per_person, places_per_person
from kunshan_gis.errors import LayerSchemaError

PEOPLE = pd.Series({"west": 303, "east": 397})


def test_park_land_per_resident_of_the_toy_city() -> None:
    found = area_per_person(pd.Series({"west": 10_000, "east": 1_600}), PEOPLE)
    assert found.index.name == "unit_id"
    assert found.loc["west"].tolist() == [10_000, 303, 10_000 / 303]
    assert found.loc["east"].tolist() == [1_600, 397, 1_600 / 397]
    assert found["population"].dtype == "int64"


def test_no_land_is_none_and_nobody_is_no_answer() -> None:
    found = area_per_person(pd.Series({"west": 10, "lake": 5}), PEOPLE)
    assert found.index.tolist() == ["east", "lake", "west"]
    assert found["area_m2"].tolist() == [0, 5, 10]
    assert found["population"].tolist() == [397, 0, 303]
    assert found.loc["east", "m2_per_person"] == 0
    assert math.isnan(found.loc["lake", "m2_per_person"])


def test_places_per_person_and_per_thousand() -> None:
    found = places_per_person(pd.Series({"west": 101}), PEOPLE)
    assert found.columns.tolist() == ["places", "population", "places_per_person", "places_per_thousand"]
    assert found.loc["west"].tolist() == [101, 303, 101 / 303, pytest.approx(1000 / 3)]


def test_what_cannot_be_divided_is_refused_and_inputs_stay() -> None:
    land, before = pd.Series({"west": -1.0, "east": math.nan}), PEOPLE.copy()
    with pytest.raises(LayerSchemaError) as error:
        area_per_person(land, pd.Series([1, 2], ["west", "west"]))
    assert [problem.said("en") for problem in error.value.problems] == [
        "area_m2: missing or infinite: east → give it, 0 if none",
        "area_m2: negative: west → must be zero or more",
        "population: id twice: west → keep one row per id",
    ]
    area_per_person(pd.Series({"west": 1}), PEOPLE)
    pd.testing.assert_series_equal(PEOPLE, before)


def test_columns_of_other_makes_give_the_same_figures() -> None:
    land = pd.Series({"lake": 5, "west": 10})
    expected = area_per_person(land, PEOPLE)
    pd.testing.assert_frame_equal(area_per_person(land.astype("Int64"), PEOPLE.astype("Int64")), expected)
