"""The palette: ordered by lightness where it means an order, readable where it carries text."""

import re
from itertools import pairwise

import pytest

from kunshan_gis.maps import palette
from kunshan_gis.maps.packed import asset


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_lightness_falls_with_coverage_so_that_grey_prints_keep_the_order():
    shades = [luminance(style.fill) for style in palette.covered().values() if not style.hatch]
    assert len(shades) == 5
    assert all(covered - missed > 0.04 for covered, missed in pairwise(shades))


def test_nearer_streets_are_darker():
    shades = [luminance(style.color) for style in palette.bands(["5", "10", "15"]).values()]
    assert shades == sorted(shades)


def test_what_cannot_be_measured_is_grey_and_hatched():
    style = palette.covered()[palette.NOT_MEASURABLE]
    red, green, blue = (int(style.color[i : i + 2], 16) for i in (1, 3, 5))
    assert max(red, green, blue) - min(red, green, blue) < 8
    assert style.hatch
    assert style.zh == "无法测算"


def test_smaller_park_tiers_are_lighter():
    shades = [luminance(palette.parks()[tier].fill) for tier in ("comprehensive", "community", "pocket")]
    assert shades == sorted(shades)


@pytest.mark.parametrize("text", ["ink", "muted", "accent", "seal"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_text_on_the_page_has_contrast_aa(text, ground):
    colors = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", asset("page.css")))
    assert contrast(colors[text], colors[ground]) >= 4.5
