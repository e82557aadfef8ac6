"""Ways straight across a line, and where a line is crossed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from paper import X0, Y0, streets
from shapely import LineString, box
from shapely.affinity import translate

from kunshan_gis.network import build, crossed_at, crossing_edges, opposite

LINE = np.array([translate(LineString([(0, 0), (1000, 0)]), X0, Y0)], dtype=object)
NOTHING = np.empty(0, dtype=object)
NORTH, SOUTH = [(-100, 40), (1100, 40)], [(-100, -30), (1100, -30)]


def ways(*lines, every_m: float = 250.0, within_m: float = 60.0, barriers=NOTHING, **columns):
    net = build(streets(*lines, **columns))
    onto = np.ones(len(net.lines), dtype=bool)
    return opposite(net, LINE, every_m=every_m, within_m=within_m, onto=onto, barriers=barriers)


def test_a_way_leads_straight_across_every_so_many_metres() -> None:
    found = ways(NORTH, SOUTH)
    assert found.along_m.tolist() == [125, 375, 625, 875]
    assert found.links.metres.tolist() == [70.0] * 4  # 40 m to the north, 30 m to the south
    middle = shapely.get_coordinates(found.shapes[0]) - (X0, Y0)
    assert middle.tolist() == [[125, 40], [125, 0], [125, -30]]  # the left of a line that leads east is north


def test_no_way_where_one_side_has_no_street_near() -> None:
    assert len(ways(NORTH, [(-100, -61), (1100, -61)]).line) == 0
    assert len(ways(NORTH, [(-100, -60), (1100, -60)]).line) == 4  # at the distance itself it counts
    assert len(ways(NORTH, [(-100, 20), (1100, 20)]).line) == 0  # both on one side


def test_a_dead_end_before_the_line_has_a_way_of_its_own() -> None:
    stub = [(300, 200), (300, 25)]
    found = ways(stub, [(300, 200), (300, 900)], SOUTH)
    assert found.along_m.tolist() == [300]  # no place every 250 m has a street within 60 m to the north
    assert found.links.metres.tolist() == [55.0]
    assert len(ways([(300, 200), (300, 75)], SOUTH).line) == 0


def test_a_leg_crosses_no_barrier() -> None:
    canal = np.array([translate(box(300, 10, 700, 20), X0, Y0), translate(LineString([(800, 5), (900, 5)]), X0, Y0)])
    assert ways(NORTH, SOUTH, barriers=canal).along_m.tolist() == [125]
    nearer = [(-100, 8), (1100, 8)]
    assert ways(NORTH, nearer, SOUTH, barriers=canal).along_m.tolist() == [125, 375, 625]  # the street before the canal


def test_edges_that_may_not_be_joined_are_passed_over() -> None:
    net = build(streets(NORTH, SOUTH, [(0, -20), (1000, -20)], structure=["ground", "ground", "elevated"]))
    onto = np.array([line.length > 1100 for line in net.lines])
    found = opposite(net, LINE, every_m=1000.0, within_m=60.0, onto=onto, barriers=NOTHING)
    assert found.links.metres.tolist() == [70.0]


def test_ways_do_not_depend_on_which_way_the_line_is_drawn() -> None:
    net = build(streets(NORTH, SOUTH))
    onto = np.ones(len(net.lines), dtype=bool)
    there, back = (
        opposite(net, lines, every_m=250.0, within_m=60.0, onto=onto, barriers=NOTHING)
        for lines in (LINE, shapely.reverse(LINE))
    )
    assert there.links.metres.tolist() == back.links.metres.tolist()
    both = there.and_(back)
    assert len(both.shapes) == len(both.links.metres) == 8
    assert both.rows(np.array([7])).along_m.tolist() == [875]


def test_no_lines_and_no_streets_near_give_no_ways() -> None:
    net = build(streets(NORTH, SOUTH))
    onto = np.ones(len(net.lines), dtype=bool)
    assert len(opposite(net, NOTHING, every_m=50.0, within_m=60.0, onto=onto, barriers=NOTHING).line) == 0
    assert len(opposite(net, LINE, every_m=50.0, within_m=60.0, onto=~onto, barriers=NOTHING).line) == 0


@pytest.mark.parametrize(("apart", "places"), [(20.0, 1), (40.0, 2)])
def test_crossings_close_together_are_one_place(apart: float, places: int) -> None:
    over = [[(500 + shift, -30), (500 + shift, 40)] for shift in (0.0, apart)]
    net = build(streets([(-100, 40), (500, 40), (500 + apart, 40), (1100, 40)], *over))
    found = crossed_at(net, LINE)
    assert found["along_m"].round(6).tolist() == [500.0, 500.0 + apart][:places]
    assert len(crossing_edges(net, LINE)) == 2


def test_a_street_that_only_touches_the_line_does_not_cross_it() -> None:
    net = build(streets([(500, 100), (500, 0)], NORTH))
    assert len(crossed_at(net, LINE)) == 0
    assert len(crossing_edges(net, LINE)) == 0
