"""What the numbers of a population raster are: people in each cell, or people on each square kilometre.

Taken for the other one, a figure is a hundred times off on cells of 100 m. So it is never assumed: the file's words say
it, or the numbers leave one reading only, or whoever runs the command says it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rasterio.windows import Window

from kunshan_gis.errors import LayerError, ParameterError
from kunshan_gis.layers.raster import Band, Floats
from kunshan_gis.messages import Text

Values = Literal["count", "density", "density-ha"]
VALUES: dict[str, Text] = {
    "count": Text("每个单元的人数", "people in each cell"),
    "density": Text("每平方公里的人数", "people per km2"),
    "density-ha": Text("每公顷的人数", "people per hectare"),
}
"""What a number may be, as `--values` takes it."""

DENSEST_PER_KM2 = 1_000_000.0
"""No cell of 100 m or more holds people denser than this: a hundred persons on ten by ten metres, throughout."""

ALIKE = 3.0
"""A total within this factor of the population the study area states agrees with it."""

_WORDS: dict[Values, str] = {
    "count": r"(?<![a-z])ppp(?![a-z])|(?:people|persons?|inhabitants) per (?:[\w.]+ ){0,3}(?:pixel|cell)"
    r"|(?:population|people|head)[ _-]?counts?|number of (?:people|persons|inhabitants|residents)|ghs[ _-]?pop|landscan"
    r"|人/(?:格网|栅格|像元|单元)|人口?数(?!据)|pop_\d{4}_[a-z]+_\d+m",
    "density-ha": r"(?<![a-z])pph(?![a-z])|(?:per |/ ?)(?:ha(?![a-z])|hectare)|(?<![a-z])ha-1|人/公顷",
    "density": r"densit|densidad|(?<![a-z])(?:pd|ppkm2?|ppsqkm)(?![a-z])"
    r"|(?:per |/ ?)(?:sq(?:uare|\.)? ?)?k(?:m|ilomet)|km-2|人?口?密度|人/(?:平方公里|平方千米)",
}


@dataclass(frozen=True)
class Quantity:
    """What the numbers are, and how it is known (zh, en)."""

    values: Values
    reason: Text

    def people(self, values: Floats, band: Band, window: Window) -> Floats:
        """Numbers of a window as people in each cell."""
        if self.values == "count":
            return values
        unit_m2 = 1e4 if self.values == "density-ha" else 1e6
        return values * band.cell_m2(window) / unit_m2

    @property
    def said(self) -> Text:
        """As a line for the catalogue and the screen."""
        name = VALUES[self.values]
        return Text(f"数值按{name.zh}读取（{self.reason.zh}）", f"values read as {name.en} ({self.reason.en})")


def stated(values: str | None) -> Quantity | None:
    """The quantity somebody names.

    Raises
    ------
    ParameterError
        It is none.
    """
    if values is None:
        return None
    for known in _WORDS:
        if known == values:
            return Quantity(known, Text("由 --values 指定", "as --values says"))
    choice = ", ".join(VALUES)
    raise ParameterError(
        Text(f"--values 不能是 `{values}`；可选：{choice}", f"--values cannot be `{values}`; choose one of {choice}")
    )


def told_by_words(band: Band) -> Quantity | None:
    """The quantity the file itself names, its weightiest word first; nothing where it says none, or two at once."""
    for place, words in band.words.items():
        found = {values for values, pattern in _WORDS.items() if re.search(pattern, words, re.IGNORECASE)}
        if "density-ha" in found:
            found -= {"density"}  # "density, people per ha"
        if len(found) == 1:
            values = found.pop()
            sample = words if len(words) <= 60 else words[:57] + "…"
            return Quantity(values, Text(f"{place.zh}：{sample}", f"{place.en}: {sample}"))
        if found:
            return None
    return None


def told_by_numbers(band: Band, totals: Totals, census: int | None) -> Quantity:
    """The one quantity the numbers allow.

    Parameters
    ----------
    totals : Totals
        Of the cells in the study area.
    census : int, optional
        People the study area is said to hold.

    Raises
    ------
    LayerError
        They allow both; names the remedy.
    """
    if totals.people_if_density and abs(totals.people_if_count / totals.people_if_density - 1) < 0.01:
        return Quantity("count", Text("单元面积约1平方公里，人数与密度相同", "cells of 1 km2: both are the same"))
    if totals.densest_if_count > DENSEST_PER_KM2:
        dense = f"{totals.densest_if_count:,.0f}"
        return Quantity(
            "density",
            Text(f"若为人数，则密度达每平方公里 {dense} 人", f"as a count it would be {dense} people per km2"),
        )
    if census:
        near = {
            "count": _alike(totals.people_if_count, census),
            "density": _alike(totals.people_if_density, census),
        }
        for values in _WORDS:
            if near.get(values) and sum(near.values()) == 1:
                total = totals.people_if_count if values == "count" else totals.people_if_density
                return Quantity(
                    values,
                    Text(
                        f"如此合计 {total:,.0f} 人，与研究区人口 {census:,} 相符",
                        f"it makes {total:,.0f} people, as the study area's {census:,}",
                    ),
                )
    raise _undecided(band, totals)


def _alike(total: float, census: int) -> bool:
    return census / ALIKE <= total <= census * ALIKE


def _undecided(band: Band, totals: Totals) -> LayerError:
    count, density = f"{totals.people_if_count:,.0f}", f"{totals.people_if_density:,.0f}"
    return LayerError(
        Text(
            f"文件 {band.file} 未说明数值是人数还是密度：按每个单元的人数合计 {count} 人，"
            f"按每平方公里的人数合计 {density} 人；请用 --values count 或 --values density 指明",
            f"file {band.file} does not say whether it counts people or gives their density: as people in each cell it "
            f"makes {count}, as people per km2 {density}; say which with --values count or --values density",
        )
    )


@dataclass
class Totals:
    """What the cells seen so far come to, either way."""

    people_if_count: float = 0.0
    people_if_density: float = 0.0
    densest_if_count: float = 0.0

    def add(self, values: Floats, km2: Floats) -> None:
        """Positive cells of one block, and the area each has."""
        self.people_if_count += float(values.sum())
        self.people_if_density += float((values * km2).sum())
        if values.size:
            self.densest_if_count = max(self.densest_if_count, float(np.max(values / km2)))
