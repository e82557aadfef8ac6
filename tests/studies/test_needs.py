"""Life circles kind by kind on the toy city with services."""

from __future__ import annotations

from typing import Any

import pytest

from kunshan_gis import toy
from kunshan_gis.analysis import missing_kinds
from kunshan_gis.rules import Rule, shipped
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.needs import circle_of_homes, needs, states_of_homes
from kunshan_gis.studies.units import units_of
from kunshan_gis.studies.walk import Walk

WALK = Walk(minutes=15, speed_mps=1.0, profile="planning-walk")
CIRCLE = Rule.model_validate(
    {
        "key": "circle", "name": "生活圈", "name_en": "Circle", "measure": "circle", "verified": "memory",
        "needs": [
            {"key": "school", "name": "小学", "name_en": "School", "to": ["primary_school"], "metres": 710},
            {"key": "market", "name": "市场", "name_en": "Market", "to": ["food_market"], "metres": 550},
            {"key": "nursery", "name": "托儿所", "name_en": "Nursery", "to": ["nursery"], "metres": 300},
        ],
    }
)  # fmt: skip


def rows(rule: Rule, by: str = "area") -> list[dict[str, Any]]:
    area = toy.serviced_city()
    return list(needs(shipped()["gb50180-2018"], rule, Measuring(area, WALK), units_of(area, by)))


def test_states_of_every_home_and_kind() -> None:
    """School within 710 m: h1 to h4. Market within 550 m: h1 and h2. No layer shows a nursery."""
    states = states_of_homes(CIRCLE, Measuring(toy.serviced_city(), WALK))
    assert states["school"].tolist() == ["covered"] * 4 + ["not_covered"] + ["not_measurable"] * 2
    assert states["market"].tolist() == ["covered"] * 2 + ["not_covered"] * 3 + ["not_measurable"] * 2
    assert set(states["nursery"]) == {"not_measurable"}


def test_missing_kinds_of_every_home() -> None:
    homes = circle_of_homes(CIRCLE, Measuring(toy.serviced_city(), WALK))
    assert homes["missing"].tolist()[:5] == [(), (), ("market",), ("market",), ("market", "school")]
    assert homes["state"].tolist() == ["not_measurable"] * 2 + ["not_covered"] * 3 + ["not_measurable"] * 2


def test_the_kind_that_would_complete_most_comes_first() -> None:
    """Two of three are needed: h3 and h4 (340 people) lack the market alone; h5 lacks two."""
    two = CIRCLE.model_copy(update={"needs": CIRCLE.needs[:2]})
    first, second = rows(two)
    assert (first["need"], first["completed"], first["lacking"], first["reached"]) == ("market", 340, 390, 300)
    assert (second["need"], second["completed"], second["lacking"], second["reached"]) == ("school", 0, 50, 640)
    assert {row["population"] for row in (first, second)} == {700}


@pytest.mark.parametrize("by", ["towns", "zones", "communities"])
def test_units_add_up(by: str) -> None:
    whole = {row["need"]: row for row in rows(CIRCLE)}
    for name in ("reached", "lacking", "not_measurable", "population"):
        for need, row in whole.items():
            assert sum(one[name] for one in rows(CIRCLE, by) if one["need"] == need) == row[name]


def test_a_circle_of_which_nothing_is_there_has_no_rows() -> None:
    assert rows(CIRCLE.model_copy(update={"needs": CIRCLE.needs[2:]})) == []


@pytest.mark.parametrize("needed", [None, 1, 2])
def test_the_same_as_the_measure_for_the_homes_of_a_unit(needed: int | None) -> None:
    area, rule = toy.serviced_city(), CIRCLE.model_copy(update={"needed": needed})
    states = states_of_homes(rule, Measuring(area, WALK))
    people = area.table("homes")["population"].reset_index(drop=True)
    for unit, homes in (("west", [0, 1, 6]), ("east", [2, 3, 4, 5])):
        own = [row for row in rows(rule, "towns") if row["unit_id"] == unit]
        found = missing_kinds(states.iloc[homes], people.iloc[homes], required=list(states), needed=needed)
        assert [row["need"] for row in own] == found.index.tolist()
        for name in ("completed", "lacking", "not_measurable"):
            assert [row[name] for row in own] == found[name].tolist()
