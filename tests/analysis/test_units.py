"""Which town and zone a home belongs to."""

from __future__ import annotations

import pandas as pd
from paper import frame, homes
from shapely import box

from kunshan_gis.analysis import UNASSIGNED, town_of, zone_of

TOWNS = frame([box(0, 0, 100, 100), box(100, 0, 200, 100)], id=["b", "a"])


def test_a_home_lies_in_the_town_around_it() -> None:
    assert town_of(homes((50, 50), (150, 50), (500, 50)), TOWNS).tolist() == ["b", "a", UNASSIGNED]


def test_on_a_shared_border_the_first_id_wins_whatever_the_order_of_rows() -> None:
    border = homes((100, 50))
    assert town_of(border, TOWNS).tolist() == ["a"]
    assert town_of(border, TOWNS.iloc[::-1]).tolist() == ["a"]


def test_the_town_a_home_carries_goes_before_where_it_lies() -> None:
    carried = homes((50, 50), (50, 50), (999, 0)).assign(town_id=["a", None, "b"])
    assert town_of(carried, TOWNS).tolist() == ["a", "b", "b"]


def test_the_answer_keeps_the_homes_index_and_the_homes_stay_as_they_are() -> None:
    table = homes((50, 50), (150, 50)).set_index(pd.Index([7, 3]))
    before = table.copy(deep=True)
    found = town_of(table, TOWNS)
    assert found.index.tolist() == [7, 3]
    assert found.name == "town_id"
    assert table.equals(before)


def test_zones_follow_the_editable_table_and_the_rest_is_unassigned() -> None:
    members = pd.DataFrame({"zone_id": ["z1", "z1", None], "town_id": ["a", "b", "c"]})
    zones = zone_of(pd.Series(["a", "b", "c", "d", UNASSIGNED]), members)
    assert zones.tolist() == ["z1", "z1", UNASSIGNED, UNASSIGNED, UNASSIGNED]
    assert zones.name == "zone_id"
