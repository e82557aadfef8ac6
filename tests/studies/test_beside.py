"""The circle beside the walk on the toy city: who is inside and not on foot, and what is likely in the way."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from paper import X0, Y0

from kunshan_gis import toy
from kunshan_gis.rules import Rule, shipped
from kunshan_gis.studies.beside import beside, first_barrier, inside_not_on_foot
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.units import units_of
from kunshan_gis.studies.walk import Walk

WALK = Walk(minutes=15, speed_mps=1.0, profile="planning-walk")
WHO = shipped()["who-2016"]


def circle(**said: Any) -> Rule:
    return Rule.model_validate(
        {"key": "r", "name": "规", "name_en": "r", "verified": "memory", "to": ["parks"], "measure": "radius", **said}
    )


def both(rule: Rule, by: str = "area") -> list[dict[str, Any]]:
    area = toy.serviced_city()
    return list(beside(WHO, rule, Measuring(area, WALK), units_of(area, by)))


def test_radius_and_walk_of_people_by_hand() -> None:
    """Within 600 m: all five as the crow flies, h1 (110 m) alone on foot; h6 and h7 are not measurable."""
    (row,) = both(circle(metres=600))
    assert (row["of"], row["total"]) == ("people", 700)
    assert (row["share_radius"], row["share_walk"]) == (690 / 700, 100 / 700)
    assert (row["inside_not_on_foot"], row["on_foot_not_inside"], row["not_measurable"]) == (590, 0, 10)


def test_land_comes_first_where_the_rule_is_over_land_and_people_follow() -> None:
    rows = both(circle(metres=100, of="land"))
    assert [row["of"] for row in rows] == ["land", "people"]
    east = 50 / 2 * math.sqrt(7500) + 100**2 / 2 * math.asin(0.5)  # of the half of A that lies beside C's corner
    assert rows[0]["share_radius"] == pytest.approx((5000 + east) / 20_000, rel=1e-3)
    assert rows[0]["share_walk"] == pytest.approx(0.375)  # three quarters of A on foot
    assert rows[0]["inside_not_on_foot"] == pytest.approx(east - 2500, rel=1e-3)


def test_units_add_up() -> None:
    (whole,), parts = both(circle(metres=600)), both(circle(metres=600), "towns")
    for name in ("inside_not_on_foot", "not_measurable", "total"):
        assert sum(row[name] for row in parts) == whole[name]


def test_those_inside_and_not_on_foot_by_name_park_and_likely_barrier() -> None:
    area = toy.serviced_city()
    found = inside_not_on_foot(area, circle(metres=600), Measuring(area, WALK)).set_index("id")
    assert found["population"].to_dict() == {"h2": 200, "h3": 300, "h4": 40, "h5": 50}
    assert found["park_id"].to_dict() == {"h2": "C", "h3": "P", "h4": "P", "h5": "P"}
    assert found["barrier"].to_dict() == {"h2": "expressways", "h3": "water", "h4": "water", "h5": "none"}
    assert found["straight_m"].to_dict() == {"h2": 552.3, "h3": 538.5, "h4": 529.2, "h5": 365.0}
    assert found["walked_m"].to_dict() == {"h2": 750.0, "h3": 720.0, "h4": 710.0, "h5": 920.0}


def test_nobody_in_the_difference_is_an_empty_layer() -> None:
    area = toy.serviced_city()
    found = inside_not_on_foot(area, circle(metres=2500), Measuring(area, WALK))
    assert len(found) == 0


def test_the_first_of_two_barriers_counts_and_an_elevated_one_does_not() -> None:
    area = toy.serviced_city()
    lines = np.array(
        [
            shapely.LineString([(X0 + 500, Y0 + 100), (X0 + 1500, Y0 + 100)]),
            shapely.LineString([(X0 + 1500, Y0 + 100), (X0 + 500, Y0 + 100)]),
            shapely.LineString([(X0, Y0), (X0 + 10, Y0)]),
        ]
    )
    assert first_barrier(area, lines).tolist() == ["expressways", "water", "none"]
    up = area.layers["expressways"]
    raised = replace(up, table=up.table.assign(structure="elevated"), sha256="up")
    high = replace(area, layers={**area.layers, "expressways": raised})
    assert first_barrier(high, lines).tolist() == ["water", "water", "none"]


def test_a_walk_in_minutes_has_its_circle_at_the_pace() -> None:
    """Ten minutes at 1.0 m/s are 600 m: the same homes."""
    area = toy.serviced_city()
    timed = circle(measure="walk", minutes=10)
    found = inside_not_on_foot(area, timed, Measuring(area, WALK))
    assert found["id"].tolist() == ["h2", "h3", "h4", "h5"]
    assert found["park_id"].tolist() == ["C", "P", "P", "P"]
