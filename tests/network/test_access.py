"""Where a park is entered: gate before crossing before outline before centroid, and each is recorded."""

from __future__ import annotations

import numpy as np
import pytest
from paper import X0, Y0, gates, parks, streets

from kunshan_gis.network import build, nearest, park_access, search, select

MAIN = [(-1000, 0), (1000, 0)]  # the park stands on x = 0 to 100


def entered(park, lines, gate=None, *, bridged=(), component: float = 0.0):
    network = build(streets(*lines))
    over = np.isin(network.street, bridged)
    return park_access(parks(park), gate, network, bridged=over, min_component_m=component)


def places(access) -> set[tuple[float, float]]:
    return {(round(p.x - X0, 1), round(p.y - Y0, 1)) for p in access.table.geometry}


def test_a_gate_on_a_walkable_way_serves_the_park() -> None:
    access = entered((0, 0, 100, 100), [MAIN], gates((30, 0), (70, 20), park_id="i0"))
    assert access.source.to_dict() == {"i0": "gate"}
    assert places(access) == {(30, 0), (70, 20)}
    assert access.points.leg_m.tolist() == [0, 20]


def test_a_gate_farther_than_60_m_from_any_way_falls_to_the_next_rung() -> None:
    near = entered((0, -50, 100, 50), [MAIN], gates((30, 60), park_id="i0"))
    far = entered((0, -50, 100, 50), [MAIN], gates((30, 60.1), park_id="i0"))
    assert near.source.to_dict() == {"i0": "gate"}
    assert far.source.to_dict() == {"i0": "crossing"}
    assert places(far) == {(0, 0), (100, 0)}


def test_a_gate_of_another_park_serves_nobody_here() -> None:
    access = entered((0, -50, 100, 50), [MAIN], gates((30, 0), park_id="another"))
    assert access.source.to_dict() == {"i0": "crossing"}


def test_a_bridge_over_a_park_is_no_entrance_on_any_rung() -> None:
    lines = [MAIN, [(50, 200), (50, 400)]]
    over = entered((0, 250, 100, 350), lines, bridged=[1])
    assert over.source.to_dict() == {"i0": "none"}
    assert len(over.table) == 0
    ground = entered((0, 250, 100, 350), lines)
    assert ground.source.to_dict() == {"i0": "crossing"}
    assert places(ground) == {(50, 250), (50, 350)}


def test_a_gate_onto_a_footbridge_is_a_gate() -> None:
    access = entered((0, 250, 100, 350), [MAIN, [(50, 200), (50, 400)]], gates((50, 300), park_id="i0"), bridged=[1])
    assert access.source.to_dict() == {"i0": "gate"}


def test_a_path_that_ends_at_the_outline_enters_there() -> None:
    access = entered((0, 50, 100, 150), [MAIN, [(20, 0), (20, 50)]])
    assert access.source.to_dict() == {"i0": "crossing"}
    assert places(access) == {(20, 50)}


def test_a_way_along_the_outline_enters_at_its_corners() -> None:
    access = entered((0, 0, 100, 100), [MAIN])
    assert access.source.to_dict() == {"i0": "crossing"}
    assert places(access) == {(0, 0), (100, 0)}


def test_an_outline_within_30_m_of_a_way_is_entered_every_20_m() -> None:
    access = entered((0, 30, 100, 130), [MAIN])
    assert access.source.to_dict() == {"i0": "outline"}
    assert places(access) == {(x, 30) for x in (0, 20, 40, 60, 80, 100)}
    assert access.points.leg_m.tolist() == pytest.approx([30] * len(access.table))


def test_beyond_the_outline_the_middle_within_200_m_then_nothing() -> None:
    assert entered((0, 31, 100, 131), [MAIN]).source.to_dict() == {"i0": "centroid"}
    assert entered((0, 150, 100, 250), [MAIN]).source.to_dict() == {"i0": "centroid"}  # middle at exactly 200 m
    assert entered((0, 151, 100, 251), [MAIN]).source.to_dict() == {"i0": "none"}


def test_an_isolated_path_in_the_park_is_no_way_to_it() -> None:
    lines = [MAIN, [(50, 500), (50, 580)]]
    assert entered((0, 450, 100, 550), lines, component=500).source.to_dict() == {"i0": "none"}
    assert entered((0, 450, 100, 550), lines, component=80).source.to_dict() == {"i0": "crossing"}


def test_each_park_stands_on_its_own_rung() -> None:
    table = parks((0, -50, 100, 50), (200, -50, 300, 50), (400, 20, 500, 90), (600, 50, 700, 100), (0, 900, 50, 950))
    access = park_access(table, gates((10, 0), park_id="i0"), build(streets(MAIN)))
    assert access.source.to_dict() == {
        "i0": "gate", "i1": "crossing", "i2": "outline", "i3": "centroid", "i4": "none",
    }  # fmt: skip
    assert access.source.name == "access_source"
    assert set(access.table["park_id"]) == {"i0", "i1", "i2", "i3"}
    assert (access.table["access_source"] == access.table["park_id"].map(access.source)).all()
    assert len(access.table) == len(access.points.edge)
    assert access.points.placed.all()
    some = select(access.points, access.rows(access.source.index[[0, 3]]))
    assert len(some.edge) == 2


def test_the_straight_leg_to_the_entrance_is_walked() -> None:
    network = build(streets(MAIN))
    access = park_access(parks((0, 30, 100, 130)), None, network)
    home = park_access(parks((490, -5, 510, 5)), gates((500, 0), park_id="i0"), network).points
    assert nearest(search(network, access.points), home)["metres"].tolist() == pytest.approx([400 + 30])


def test_parks_and_gates_are_not_changed() -> None:
    park, gate = parks((0, 0, 100, 100)), gates((30, 0), park_id="i0")
    before = park.copy(deep=True), gate.copy(deep=True)
    park_access(park, gate, build(streets(MAIN)))
    assert park.equals(before[0])
    assert gate.equals(before[1])


def test_no_parks_and_no_gates_are_an_empty_answer() -> None:
    network = build(streets(MAIN))
    empty = park_access(parks((0, 0, 1, 1)).iloc[:0], gates((0, 0), park_id="x").iloc[:0], network)
    assert len(empty.table) == len(empty.source) == len(empty.points.edge) == 0
    assert np.isnan(nearest(search(network, empty.points), empty.points)["metres"]).all()


def test_a_gate_that_is_not_the_only_way_in_does_not_close_the_park() -> None:
    gate = gates((0, 0), park_id="i0")
    open_park = entered((0, -50, 100, 50), [MAIN, [(50, -80), (50, 80)]], gate.assign(complete=False))
    assert open_park.source.to_dict() == {"i0": "crossing"}
    assert places(open_park) == {(0, 0), (100, 0), (50, -50), (50, 50)}
    walled = entered((0, -50, 100, 50), [MAIN], gate.assign(complete=True))
    assert walled.source.to_dict() == {"i0": "gate"}
