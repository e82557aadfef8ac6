"""What a chart below the map is: dots in a square, or bars in groups; plain data with words in both languages.

`chart_drawn` turns one into HTML. A figure that is not there is NaN: it is named, never drawn as 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.model import Style

Place = tuple[float, float]


class Axis(NamedTuple):
    """A direction of a scatter: what it says, and where it begins and ends; shares are written in percent."""

    title: Text
    low: float = 0.0
    high: float = 1.0
    share: bool = False


@dataclass(frozen=True)
class Dot:
    """One thing in a scatter.

    Attributes
    ----------
    kind : key of its style
    said : its figures in words, shown where it is pointed at
    """

    name: Text
    x: float
    y: float
    kind: str = ""
    said: Text = NOTHING

    @property
    def there(self) -> bool:
        """True where both figures are known."""
        return math.isfinite(self.x) and math.isfinite(self.y)


@dataclass(frozen=True)
class Guide:
    """A line across a scatter, through places in the axes' own figures."""

    places: tuple[Place, ...]
    said: Text = NOTHING
    dashed: bool = True


@dataclass(frozen=True, eq=False)
class Scatter:
    """Dots by two figures; those named first keep their label where labels would lie over each other.

    Attributes
    ----------
    styles : by kind of dot, as the legend names them
    words : what a part of the square means, written at its middle
    """

    title: Text
    x: Axis
    y: Axis
    dots: tuple[Dot, ...]
    styles: Mapping[str, Style]
    guides: tuple[Guide, ...] = ()
    words: tuple[tuple[Place, Text], ...] = ()
    note: Text = NOTHING


@dataclass(frozen=True)
class Bar:
    """One bar: whose figure, how much, and as it is written; `low` and `high` where it is a range."""

    name: Text
    value: float
    said: Text
    kind: str = ""
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class BarGroup:
    """Bars on one scale under a heading; `mark` is the mean or the target they are held against."""

    heading: Text
    bars: tuple[Bar, ...]
    mark: float = math.nan
    mark_said: Text = NOTHING


@dataclass(frozen=True, eq=False)
class Bars:
    """Groups of bars, each group on its own scale from nothing up; `mark` says what the line across a group is."""

    title: Text
    groups: tuple[BarGroup, ...]
    styles: Mapping[str, Style] = field(default_factory=dict)
    mark: Text = NOTHING
    note: Text = NOTHING


Chart = Scatter | Bars
