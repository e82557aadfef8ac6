"""Membership of towns in zones: what is wrong is named by town with its remedy, and ground in no town is measured."""

from __future__ import annotations

import pandas as pd
import pytest
from paper import frame
from shapely import box

from kunshan_gis.analysis.membership import require_membership, uncovered, zones_without_towns
from kunshan_gis.errors import CRSError, LayerSchemaError

TOWNS = pd.DataFrame({"id": ["t1", "t2", "t3"], "name": ["甲镇", None, "丙镇"]})


def table(**zone_of: str | None) -> pd.DataFrame:
    return pd.DataFrame({"zone_id": list(zone_of.values()), "town_id": list(zone_of)}, dtype=object)


def problems(members: pd.DataFrame, zones: list[str] | None = None) -> list[str]:
    with pytest.raises(LayerSchemaError) as error:
        require_membership(TOWNS, members, zones)
    return [problem.said("en") for problem in error.value.problems]


def test_a_town_that_is_unassigned_on_purpose_is_no_problem() -> None:
    require_membership(TOWNS, table(t1="z", t2=None, t3=""), ["z"])


def test_a_town_in_no_row_is_named_with_the_remedy() -> None:
    assert problems(table(t1="z")) == [
        "zone_towns: towns in no row: t2, t3 丙镇 → add a row for each with its zone_id, left empty where the town is "
        "meant to be unassigned"
    ]


def test_every_other_fault_is_named_at_once() -> None:
    members = pd.concat([table(t1="y", t2="z", t3=None, t9="z"), table(t1="z")], ignore_index=True)
    assert problems(members, ["z"]) == [
        "zone_towns: t1 甲镇 is in several rows: y, z → keep one of them",
        "zone_towns: towns that the towns layer does not hold: t9 → correct town_id, or delete the row",
        "zone_towns: zones that the zones table does not hold: y → correct zone_id, or add the zone",
    ]


def test_a_town_in_a_zone_and_unassigned_is_in_two() -> None:
    members = pd.concat([table(t1="z", t2="z", t3="z"), table(t1=None)], ignore_index=True)
    assert problems(members) == ["zone_towns: t1 甲镇 is in several rows: z, 未划入 unassigned → keep one of them"]


def test_zones_nobody_belongs_to() -> None:
    assert zones_without_towns(["x", "y", "z"], table(t1="y", t2=None)) == ["x", "z"]


def test_holes_and_ground_beyond_are_measured_and_slivers_left_out() -> None:
    """1,000 m x 2,000 m, of which 300 m are in no town, and 200 m of a town lie outside."""
    boundary = frame([box(0, 0, 2000, 1000)]).geometry
    towns = frame([box(0, 0, 1000, 1000), box(1000, 0, 1695, 1000), box(1995, 0, 2200, 1000)])
    found = uncovered(towns, boundary)
    assert found[["kind", "area_m2"]].to_numpy().tolist() == [["hole", 300_000.0], ["beyond", 200_000.0]]
    assert found.geometry.area.tolist() == [300_000.0, 200_000.0]
    assert uncovered(towns, boundary, at_least_m2=250_000)["kind"].tolist() == ["hole"]
    assert not len(uncovered(frame([box(0, 0, 2000, 1000)]), boundary))


def test_degrees_are_refused() -> None:
    towns = frame([box(0, 0, 1000, 1000)]).to_crs("EPSG:4326")
    with pytest.raises(CRSError):
        uncovered(towns, towns.geometry)
