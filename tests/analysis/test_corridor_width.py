"""Strips of land whose width, pinches and wide ground can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.affinity import rotate, translate
from shapely.geometry import LineString, box

from kunshan_gis.analysis.corridor_width import course, pinches, wide_part
from kunshan_gis.errors import ParameterError

PINCHED = shapely.union_all([box(0, 0, 400, 200), box(600, 0, 1000, 200), box(400, 70, 600, 130)])
"""1,000 m long, 200 m wide, 60 m wide for 200 m in its middle: 400 x 200 x 2 + 200 x 60 = 172,000 m2."""


def test_a_rectangle_has_its_own_length_and_width_however_it_lies() -> None:
    for strip in (box(0, 0, 1000, 100), translate(rotate(box(0, 0, 1000, 100), 37), 600_000, 3_470_000)):
        middle = course(strip)
        assert middle.length_m == pytest.approx(1000, abs=1)
        assert strip.area / middle.length_m == pytest.approx(100, abs=0.1)
        np.testing.assert_allclose(middle.width_m, 100, atol=0.2)


def test_exactly_as_wide_as_wanted_is_wide_enough() -> None:
    strip = box(0, 0, 1000, 100)
    assert pinches(course(strip), least_m=100).empty
    assert wide_part(strip, least_m=100).area == pytest.approx(strip.area)
    assert len(pinches(course(strip), least_m=102)) == 1
    assert wide_part(strip, least_m=102).area == 0


def test_a_pinch_is_found_where_it_is() -> None:
    middle = course(PINCHED)
    (pinch,) = pinches(middle, least_m=100).itertuples()
    assert pinch.width_m == pytest.approx(60, abs=0.2)
    assert (pinch.geometry.x, pinch.geometry.y) == (pytest.approx(500, abs=5), pytest.approx(100, abs=1))
    assert pinch.to_m - pinch.from_m == pytest.approx(200, abs=25)
    assert PINCHED.area / middle.length_m == pytest.approx(172, abs=1)
    # 12,000 of 172,000 m2 are too narrow, but for a cap of a 100 m disc looking in at both mouths
    assert wide_part(PINCHED, least_m=100).area / PINCHED.area == pytest.approx(1 - 12 / 172, abs=0.01)


def test_two_pinches_apart_are_two_and_near_each_other_one() -> None:
    blocks = [box(0, 0, 400, 200), box(600, 0, 1000, 200), box(1200, 0, 1600, 200)]
    necks = [box(400, 70, 600, 130), box(1000, 90, 1200, 110)]
    widths = pinches(course(shapely.union_all([*blocks, *necks])), least_m=100)["width_m"]
    assert [round(width) for width in widths] == [60, 20]
    joined = shapely.union_all([box(0, 0, 400, 200), box(460, 0, 500, 200), box(560, 0, 1000, 200),
                                box(400, 70, 460, 130), box(500, 70, 560, 130)])  # fmt: skip
    assert len(pinches(course(joined), least_m=100)) == 1


def test_a_neck_of_two_metres_still_joins_both_halves() -> None:
    strip = shapely.union_all([box(0, 0, 400, 200), box(600, 0, 1000, 200), box(400, 99, 600, 101)])
    middle = course(strip)
    assert middle.length_m == pytest.approx(1000, abs=5)
    assert float(middle.width_m.min()) == pytest.approx(2, abs=0.1)


def test_a_bent_strip_is_as_long_as_its_middle() -> None:
    x = np.linspace(0, 5000, 200)
    line = LineString(np.column_stack([x, 300 * np.sin(x / 800)]))
    strip = line.buffer(60, cap_style="flat")
    middle = course(strip)
    assert middle.length_m == pytest.approx(line.length, rel=0.01)
    np.testing.assert_allclose(middle.width_m, 120, atol=1)


def test_a_square_and_a_triangle_have_a_middle_too() -> None:
    middle = course(box(0, 0, 100, 100))
    assert (middle.length_m, middle.width_m.tolist()) == (pytest.approx(100), [pytest.approx(100)])
    taper = course(shapely.Polygon([(0, 0), (1000, 0), (0, 100)]))
    assert float(taper.width_m.min()) < 5  # a tapering end is narrow, and not left out


def test_an_island_makes_each_side_as_narrow_as_it_is() -> None:
    strip = box(0, 0, 2000, 300).difference(box(900, 100, 1100, 200))
    (pinch,) = pinches(course(strip), least_m=150).itertuples()
    assert pinch.width_m == pytest.approx(100, abs=0.5)


def test_a_wider_demand_never_leaves_more_ground_and_the_strip_is_unchanged() -> None:
    before = PINCHED.wkb
    areas = [wide_part(PINCHED, least_m=least).area for least in (10, 60, 61, 100, 200, 201)]
    assert areas == sorted(areas, reverse=True)
    course(PINCHED)
    assert PINCHED.wkb == before


def test_what_is_no_single_area_is_refused() -> None:
    with pytest.raises(ParameterError, match="give one area; given MultiPolygon"):
        course(shapely.union_all([box(0, 0, 1, 1), box(5, 5, 6, 6)]))
    with pytest.raises(ParameterError, match="须为单个面"):
        course(LineString([(0, 0), (1, 1)]))
