"""Classes of the maps of zones: figures in five steps of round numbers, crossings by kind of way, links by number."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.maps import palette
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Style
from kunshan_gis.readable import cell

STEPS = 5
_SHADES = {  # light to dark; a figure keeps its hue on both maps
    "people": ("#fdf1dc", "#f6cf95", "#e59a5c", "#c25a3c", "#7d2440"),
    "good": ("#eef4e6", "#c5e0bd", "#8dc39a", "#4c9a7c", "#1c6a63"),
    "time": ("#eef1f8", "#c8d3ea", "#94a9d4", "#6078b3", "#34427e"),
}
_GREAT, _MIDDLE = ("expressway", "trunk", "primary"), ("secondary", "tertiary")


def breaks(values: NDArray[np.float64]) -> list[float]:
    """Round numbers that cut the range of some figures into about five steps of the same width; none for none."""
    known = values[np.isfinite(values)]
    if not len(known):
        return []
    low, high = float(known.min()), float(known.max())
    if high <= low:
        return [low, low]
    power = 10.0 ** math.floor(math.log10((high - low) / STEPS))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if (high - low) / (size * power) <= STEPS)
    first = math.floor(low / step)
    return [round((first + number) * step, 10) for number in range(math.ceil(high / step) - first + 1)]


def classes(values: NDArray[np.float64], cuts: Sequence[float]) -> NDArray[np.object_]:
    """The step each figure falls in, by its number; not measurable where there is none."""
    step = np.clip(np.searchsorted(cuts, np.nan_to_num(values), side="right") - 1, 0, max(len(cuts) - 2, 0))
    found = step.astype(str).astype(object)
    found[~np.isfinite(values)] = palette.NOT_MEASURABLE
    return np.asarray(found, dtype=object)


def shades(column: str, cuts: Sequence[float], hue: str, *, demo: bool) -> dict[str, Style]:
    """A shade for every step, the darkest for the most; grey and hatched where it cannot be measured."""
    colors, steps = _SHADES[hue], max(len(cuts) - 1, 0)
    styles = {}
    for number in reversed(range(steps)):
        fill = colors[min(round(number * (len(colors) - 1) / max(steps - 1, 1)), len(colors) - 1)]
        said = _between(column, cuts[number], cuts[number + 1], demo=demo)
        styles[str(number)] = Style(*said, color="#8b8f94", fill=fill, width=0.7, opacity=0.78)
    unknown = text("not_measurable")
    styles[palette.NOT_MEASURABLE] = Style(*unknown, color="#8c8c88", fill="#dededa", width=0.7, hatch=True)
    return styles


def _between(column: str, low: float, high: float, *, demo: bool) -> Text:
    parts = {"low": cell(column, low, demo=demo), "high": cell(column, high, demo=demo)}
    return text("zones_class" if high > low else "zones_class_one", **parts)


def crossing_styles() -> dict[str, Style]:
    """Places on a border by what crosses there, the greatest largest."""
    looks = {"path": ("#8db33a", 2.0), "local": ("#9aa0a5", 2.2), "middle": ("#d08a1f", 3.0), "great": ("#a8430f", 3.8),
             "rail": ("#5b3a8c", 3.4)}  # fmt: skip
    return {
        key: Style(*text(f"zones_cross_{key}"), color="#ffffff", fill=fill, width=0.8, radius=radius)
        for key, (fill, radius) in reversed(looks.items())
    }


def crossing_class(kind: str) -> str:
    """The class on the map of a class of way."""
    if kind in _GREAT:
        return "great"
    return "middle" if kind in _MIDDLE else kind if kind in ("path", "rail") else "local"


def link_styles(cuts: Sequence[float]) -> dict[str, Style]:
    """Lines between zones, the wider the more roads lead over their border; dotted where none does."""
    styles = {}
    for number in reversed(range(max(len(cuts) - 1, 0))):
        low, high = (f"{cuts[number + end]:,.0f}" for end in (0, 1))
        said = text("zones_links_class" if high != low else "zones_links_one", low=low, high=high)
        styles[str(number)] = Style(*said, color="#3b4a63", width=1.6 + 1.5 * number, opacity=0.8)
    styles[palette.NOT_MEASURABLE] = Style(*text("not_measurable"), color="#8c8c88", width=1.4, dash="2 4")
    return styles
