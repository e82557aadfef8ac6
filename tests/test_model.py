"""What passes between the stages: people, edits, digests, the tidy costs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import area_of, homes, parks, streets
from scipy.sparse import csr_array

from kunshan_gis import toy
from kunshan_gis.errors import LayerNotFoundError, LayerSchemaError, ParameterError
from kunshan_gis.model import REMEMBERED, AreaInfo, Edit, LayerInfo, Reach, digest, spread_people


def test_people_are_spread_by_largest_remainder() -> None:
    assert spread_people(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert spread_people(7, np.array([0.6, 0.2, 0.2])).tolist() == [4, 2, 1]  # 4.2, 1.4, 1.4: a tie, the earlier row
    assert spread_people(100, np.array([0.0, 2.0, 0.0, 6.0])).tolist() == [0, 25, 0, 75]
    assert spread_people(0, np.array([0.0, 0.0])).tolist() == [0, 0]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 3_000_000), st.lists(st.floats(0, 1e9), min_size=1, max_size=200))
def test_nobody_is_lost_or_invented_and_each_share_is_off_by_less_than_one(total: int, weights: list[float]) -> None:
    weight = np.array(weights)
    if weight.sum() == 0:
        return
    people = spread_people(total, weight)
    assert people.sum() == total
    assert (people >= 0).all()
    assert (np.abs(people - total * (weight / weight.sum())) < 1 + 1e-6).all()


@pytest.mark.parametrize(
    ("total", "weights"),
    [(-1, [1.0]), (1, [-1.0, 2.0]), (1, [np.nan, 1.0]), (1, [np.inf]), (5, [0.0, 0.0]), (5, [])],
)
def test_people_that_cannot_be_spread_are_refused(total: int, weights: list[float]) -> None:
    with pytest.raises(ParameterError):
        spread_people(total, np.array(weights))


def city():
    return area_of(streets=streets([(0, 0), (900, 0)]), homes=homes((0, 0), (9, 9)), parks=parks((0, 0, 9, 9)))


def test_a_kind_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(LayerNotFoundError, match=r'no layer of kind `water`.*homes, parks, streets.*kind = "water"'):
        city().layer("water")
    assert city().optional("water") is None
    with pytest.raises(LayerNotFoundError):
        city().with_edits(Edit.remove("water", "w1"))


def test_an_edit_of_a_feature_that_is_not_there_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"no feature with id \['nowhere'\] to remove"):
        city().with_edits(Edit.remove("streets", "i0", "nowhere"))
    with pytest.raises(ParameterError, match="needs an id"):
        Edit.add("parks", "POINT (0 0)", tier="pocket")


def test_an_added_feature_keeps_the_contract_of_its_kind() -> None:
    line = "LINESTRING (0 0, 1 0)"
    with pytest.raises(ParameterError, match="already has a feature with id i0"):
        city().with_edits(Edit.add("streets", line, id="i0", walkable=True, **{"class": "path"}))
    with pytest.raises(LayerSchemaError, match="column `walkable`"):
        city().with_edits(Edit.add("streets", line, id="new", **{"class": "path"}))
    with pytest.raises(LayerSchemaError, match="geometry is LineString"):
        city().with_edits(Edit.add("homes", line, id="new", population=1))
    with pytest.raises(ParameterError, match="not WKT"):
        city().with_edits(Edit.add("homes", "POINT (0", id="new", population=1))


def test_an_added_feature_names_only_features_that_are_there() -> None:
    area = toy.city()
    gate = Edit.add("park_gates", "POINT (0 0)", id="new", park_id="Q")
    with pytest.raises(ParameterError, match="park_id is Q, and no parks have this id"):
        area.with_edits(gate)
    park = Edit.add("parks", "POLYGON ((0 0, 9 0, 9 9, 0 0))", id="Q", tier="pocket")
    assert "new" in set(area.with_edits(gate, park).table("park_gates")["id"])
    assert "gC" in set(area.with_edits(Edit.remove("parks", "C")).table("park_gates")["id"])


def test_edits_of_several_kinds_are_all_made_in_order() -> None:
    area = city().with_edits(
        Edit.add("homes", "POINT (5 5)", id="new", population=3),
        Edit.remove("parks", "i0"),
        Edit.remove("homes", "new"),
    )
    assert area.table("homes")["id"].tolist() == ["i0", "i1"]
    assert len(area.table("parks")) == 0
    assert [edit.action for edit in area.edits] == ["add", "remove", "remove"]
    assert area.with_edits(Edit.remove("homes", "i1")).edits[:3] == area.edits


def test_a_digest_tells_content_edits_and_absence_apart() -> None:
    area = city()
    edited = area.with_edits(Edit.remove("homes", "i1"))
    assert area.digest_of("streets") == edited.digest_of("streets")
    assert area.digest_of("homes") != edited.digest_of("homes")
    assert area.digest_of("streets", "water") != area.digest_of("streets")
    assert digest("a", 1) != digest("a1")
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


def test_frozen_is_frozen() -> None:
    area = city()
    with pytest.raises(dataclasses.FrozenInstanceError):
        area.edits = ()
    with pytest.raises(ValueError, match="frozen"):
        area.info.name = "another"


def test_costs_apply_the_pace_after_the_metres_and_keep_a_distance_of_zero() -> None:
    metres = csr_array(([0.0, 300.0, 600.0], ([0, 0, 1], [0, 1, 1])), shape=(2, 2))
    delay = csr_array(([0.0, 30.0, 0.0], ([0, 0, 1], [0, 1, 1])), shape=(2, 2))
    reach = Reach(metres, delay, np.array(["h1", "h2"], dtype=object), np.array(["p1", "p2"], dtype=object))
    table = reach.costs(speed_mps=1.25)
    assert table["origin"].tolist() == ["h1", "h1", "h2"]
    assert table["metres"].tolist() == [0, 300, 600]
    assert table["minutes"].tolist() == [0, 4.5, 8]


def test_a_catalogue_entry_is_checked_on_its_own() -> None:
    good = {"name": "城", "name_en": "City", "analysis_crs": "EPSG:4549"}
    assert AreaInfo(**good).profile == "planning-walk"
    for wrong in ({"analysis_crs": "EPSG:4326"}, {"population": -1}, {"name": "  "}, {"colour": "red"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            AreaInfo(**good | wrong)
    layer = {
        "name": "a", "kind": "homes", "path": "a.csv", "title": "a", "title_en": "a", "datum": "wgs84", "source": "s",
        "licence": "l", "date": "2020", "basis": "open",
    }  # fmt: skip
    assert LayerInfo(**layer).sensitivity == "public"
    for wrong in ({"kind": "castles"}, {"accuracy_m": -1}, {"accuracy_m": float("inf")}, {"datum": "moon"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            LayerInfo(**layer | wrong)


def test_a_long_row_of_scenarios_forgets_the_first_and_keeps_what_is_used() -> None:
    area, made = area_of(homes=homes((0, 0))), []

    def value(number: int) -> int:
        return area.remember("some work", ["homes"], number, lambda: made.append(number) or number)

    for number in range(3 * REMEMBERED):
        assert value(number) == number
        assert value(-1) == -1  # the base of every scenario
    assert made.count(-1) == 1
    assert value(0) == 0
    assert made.count(0) == 2
    assert len(area._memory) == REMEMBERED
