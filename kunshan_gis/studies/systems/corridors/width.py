"""How wide the corridors are against what is wanted, and where they are too narrow."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis.corridor_width import WIDTH_TOLERANCE_M, pinches, wide_part
from kunshan_gis.studies.systems.corridors.drawn import Drawn, Floats

WIDE, IN_PART, NARROW, UNKNOWN = "wide", "in_part", "narrow", "not_measurable"


def widths(drawn: Drawn) -> pd.DataFrame:
    """Of every corridor its land and its width.

    Returns
    -------
    DataFrame, a row a corridor
        `width_from` (outline, stated, none), `corridor_ha`, `mean_width_m`, `narrowest_m`, `share_wide` of its land and
        its range where the position is known too badly, `width_class`.
    """
    wanted, land = drawn.profile.width_m, _ground_m2(drawn)
    table = pd.DataFrame({"width_from": np.select([drawn.areal, np.isfinite(drawn.stated)], ["outline", "stated"],
                                                  "none"), "corridor_ha": land / 1e4})  # fmt: skip
    mean, least = _of_outlines(drawn)
    table["mean_width_m"] = np.where(drawn.areal, mean, drawn.stated)
    table["narrowest_m"] = np.where(drawn.areal, least, drawn.stated)
    table["share_wide"] = _share_wide(drawn, np.full(len(table), wanted))
    coarse = drawn.areal & drawn.coarse(wanted)
    moved = np.where(coarse, 2 * drawn.accuracy, 0.0)  # both banks may lie as far off
    for end, width in (("low", wanted + moved), ("high", np.maximum(wanted - moved, 0.0))):
        table[f"share_wide_{end}"] = np.where(coarse, _share_wide(drawn, width), np.nan)
    table["share_wide"] = table["share_wide"].where(~coarse)
    table["width_class"] = _classes(table, wanted)
    return table


def narrow_places(drawn: Drawn) -> gpd.GeoDataFrame:
    """Every stretch narrower than wanted: row of the corridor, its length, its least width and where that is."""
    found: list[tuple[Any, ...]] = []
    for owner, middle in zip(drawn.pieces[1], drawn.courses, strict=True):
        if middle is None:
            continue
        here = pinches(middle, least_m=drawn.profile.width_m)
        found += zip(repeat(int(owner)), here["to_m"] - here["from_m"], here["width_m"], here.geometry)
    table = pd.DataFrame(found, columns=["row", "break_m", "narrow_m", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=drawn.table.crs)


def _ground_m2(drawn: Drawn) -> Floats:
    return np.where(shapely.get_dimensions(drawn.ground) == 2, shapely.area(drawn.ground), np.nan)


def _of_outlines(drawn: Drawn) -> tuple[Floats, Floats]:
    """Mean width (land by length of the middle line) and least width of corridors drawn as areas."""
    rows = len(drawn.table)
    length, least = np.zeros(rows), np.full(rows, np.inf)
    for row, middle in zip(drawn.pieces[1], drawn.courses, strict=True):
        if middle is not None:
            length[row] += middle.length_m
            least[row] = min(least[row], float(middle.width_m.min()))
    area = np.where(drawn.areal, shapely.area(drawn.shapes), np.nan)
    return np.divide(area, length, out=np.full(rows, np.nan), where=length > 0), least


def _share_wide(drawn: Drawn, wanted: Floats) -> Floats:
    """Share of the land at least so wide; a line's stated width holds all along it."""
    share = np.where(np.isnan(drawn.stated), np.nan, (drawn.stated >= wanted - WIDTH_TOLERANCE_M).astype(float))
    for row in np.flatnonzero(drawn.areal):
        shape = drawn.shapes[row]
        share[row] = min(shapely.area(wide_part(shape, least_m=float(wanted[row]))) / shapely.area(shape), 1.0)
    return share


def _classes(table: pd.DataFrame, wanted: float) -> list[str]:
    """Wide all along, in part, nowhere; not measurable without a width, or where the range leaves it open."""
    rows = zip(table["share_wide"], table["narrowest_m"], strict=True)
    return [_class(share, least >= wanted - WIDTH_TOLERANCE_M) for share, least in rows]


def _class(share: float, throughout: bool) -> str:  # noqa: FBT001 - private, read in one place
    if np.isnan(share):
        return UNKNOWN
    if throughout:
        return WIDE
    return IN_PART if share > 0 else NARROW
