"""The page of zones: classes by round numbers, shades in order, widths of links, hatching where nothing is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kunshan_gis.maps import palette
from kunshan_gis.maps.zone_classes import (
    STEPS,
    breaks,
    classes,
    crossing_class,
    crossing_styles,
    link_styles,
    shades,
)


@pytest.mark.parametrize(
    ("values", "cuts"),
    [
        ([0.0, 10.0], [0, 2, 4, 6, 8, 10]),
        ([1370.0, 3730.0], [1000, 1500, 2000, 2500, 3000, 3500, 4000]),
        ([0.12, 0.31, np.nan], [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]),
        ([5.0, 5.0], [5, 5]),
        ([np.nan], []),
        ([], []),
    ],
)
def test_breaks_are_round_numbers_around_the_figures(values, cuts) -> None:
    found = breaks(np.array(values))
    assert len(found) <= STEPS + 2
    assert found == pytest.approx(cuts)


def test_every_figure_falls_in_a_class_and_the_largest_in_the_last() -> None:
    values = np.array([0.0, 1.99, 2.0, 10.0, np.nan])
    assert classes(values, breaks(values)).tolist() == ["0", "0", "1", "4", palette.NOT_MEASURABLE]
    assert classes(np.array([5.0, 5.0]), [5.0, 5.0]).tolist() == ["0", "0"]
    assert classes(np.array([np.nan]), []).tolist() == [palette.NOT_MEASURABLE]


def luminance(color: str) -> float:
    return sum(weight * int(color[1 + 2 * at : 3 + 2 * at], 16) for at, weight in enumerate((0.2126, 0.7152, 0.0722)))


@pytest.mark.parametrize("hue", ["people", "good", "time"])
def test_shades_darken_with_the_figure_and_unknown_is_hatched(hue) -> None:
    styles = shades("zone_people_per_km2", [0, 2, 4, 6, 8, 10], hue, demo=False)
    fills = [luminance(styles[str(step)].fill) for step in range(5)]
    assert all(lighter > darker for lighter, darker in pairwise(fills))
    assert styles[palette.NOT_MEASURABLE].hatch
    assert (styles["0"].zh, styles["0"].en) == ("0—2", "0 to 2")


def test_links_widen_with_the_number_of_roads() -> None:
    styles = link_styles([0, 20, 40])
    assert styles["1"].width > styles["0"].width
    assert (styles["1"].zh, styles["1"].en) == ("20—40 处", "20 to 40")
    assert link_styles([7, 7])["0"].en == "7"


def test_every_kind_of_way_has_a_class_that_is_drawn() -> None:
    kinds = ("expressway", "trunk", "primary", "secondary", "tertiary", "local", "path", "rail", "other")
    assert {crossing_class(kind) for kind in kinds} == set(crossing_styles())
    sizes = [style.radius for style in crossing_styles().values()]
    assert max(sizes) == crossing_styles()["great"].radius
