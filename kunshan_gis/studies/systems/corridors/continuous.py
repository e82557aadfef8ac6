"""How continuous the corridors are: gaps between their pieces, unbroken stretches, and what breaks them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from kunshan_gis.analysis.continuity import coherence, free_stretches, links
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.systems.corridors.crossed import BUILT, CERTAIN, built, cuts
from kunshan_gis.studies.systems.corridors.drawn import Drawn, middles
from kunshan_gis.studies.systems.corridors.width import narrow_places

GAP, BORDER, TOO_NARROW = "gap", "border", "narrow"
TOUCH_M = 0.01
"""Pieces nearer than this touch."""


@dataclass(frozen=True, eq=False)
class Continuity:
    """Corridors and what breaks them.

    Attributes
    ----------
    each : a row a corridor, in the order of the corridors
    breaks : every gap, cut, built-up stretch and pinch: `row` of the corridor, `cut_by`, `sure`, `break_m`, `narrow_m`,
        `what`, point
    stretches : the course as it is drawn: `row`, `stretch` (free, built_up, gap or border), lines
    beyond : (n, 2) pairs of pieces of one corridor that leaves the study area in between
    """

    each: pd.DataFrame
    breaks: gpd.GeoDataFrame
    stretches: gpd.GeoDataFrame
    beyond: NDArray[np.int64]


def continuity(area: StudyArea, drawn: Drawn) -> Continuity:
    """Gaps, cuts and built-up stretches of every corridor, and what they leave unbroken."""
    gaps, crossed, land = _gaps(drawn), cuts(area, drawn), built(area, drawn)
    owner, length = drawn.pieces[1], shapely.length(drawn.lines)
    rows, lines = [], []
    for row in range(len(drawn.table)):
        pieces = [int(piece) for piece in np.flatnonzero(owner == row)]
        own = gaps[(gaps["row"] == row) & (gaps["cut_by"] == GAP)]
        whole = float(length[pieces].sum() + own["break_m"].sum())
        known = [_free(piece, length[piece], crossed[crossed["sure"] == CERTAIN], land) for piece in pieces]
        least = [_free(piece, length[piece], crossed, land) for piece in pieces]
        told = {"course_m": float(length[pieces].sum()), **_counts(pieces, own, crossed, land)}
        rows.append(told | _figures(whole, known, least, sure=land is not None))
        lines += [_drawn(drawn, row, piece, free) for piece, free in zip(pieces, known, strict=True)]
    beyond = gaps.loc[gaps["cut_by"] == BORDER, ["a", "b"]].to_numpy(dtype=np.int64)
    gaps = gaps.drop(columns=["a", "b"])
    breaks = pd.concat([gaps, _of_pieces(crossed, owner), _of_land(land, owner), _of_width(drawn)], ignore_index=True)
    stretches = pd.concat([*lines, gaps.assign(stretch=gaps["cut_by"])[["row", "stretch", "geometry"]]])
    points, crs = middles(np.asarray(breaks["geometry"], dtype=object)), drawn.table.crs
    return Continuity(
        pd.DataFrame(rows, columns=list(COLUMNS)),
        gpd.GeoDataFrame(breaks.drop(columns="geometry"), geometry=points, crs=crs),
        gpd.GeoDataFrame(stretches.reset_index(drop=True), geometry="geometry", crs=crs),
        beyond,
    )


COLUMNS = (
    "course_m", "corridor_pieces", "corridor_gaps", "gap_m", "cuts", "cuts_perhaps", "built_m", "share_free",
    "longest_m", "longest_m_low", "longest_m_high", "coherence", "coherence_low", "coherence_high",
)  # fmt: skip


def _gaps(drawn: Drawn) -> pd.DataFrame:
    """Between the pieces of a corridor; where it leaves the study area in between it has no gap."""
    found = []
    pieces, owner = drawn.pieces
    for row in range(len(drawn.table)):
        own = np.flatnonzero(owner == row)
        between = links(pieces[own])
        between = between[between["metres"] > TOUCH_M]
        outside = _outside(np.asarray(between.geometry.array), drawn.inside)
        found.append(pd.DataFrame({
            "row": row, "cut_by": np.where(outside, BORDER, GAP), "sure": CERTAIN, "break_m": between["metres"],
            "narrow_m": np.nan, "what": "", "geometry": np.asarray(between.geometry.array),
            "a": own[between["a"]], "b": own[between["b"]],
        }))  # fmt: skip
    return pd.concat(found, ignore_index=True)


def _outside(gaps: NDArray[np.object_], inside: shapely.Geometry | None) -> NDArray[np.bool_]:
    """Which lie beyond the boundary for more than half their length."""
    if inside is None:
        return np.zeros(len(gaps), dtype=bool)
    part: NDArray[np.bool_] = shapely.length(shapely.intersection(gaps, inside)) < shapely.length(gaps) / 2
    return part


def _free(piece: int, length_m: float, crossed: gpd.GeoDataFrame, land: gpd.GeoDataFrame | None) -> NDArray[np.float64]:
    taken = [] if land is None else land.loc[land["piece"] == piece, ["from_m", "to_m"]].to_numpy()
    return free_stretches(length_m, cuts_m=crossed.loc[crossed["piece"] == piece, "at_m"], taken_m=taken)


def _figures(
    whole_m: float, known: list[NDArray[np.float64]], least: list[NDArray[np.float64]], *, sure: bool
) -> dict[str, float]:
    """What is unbroken, a range where some cuts are not certain or nobody knows what is built up."""
    high, low = (np.diff(np.vstack([np.empty((0, 2)), *parts]), axis=1).ravel() for parts in (known, least))
    found = {"share_free": float(high.sum() / whole_m) if sure and whole_m > 0 else np.nan}
    for name, top, bottom in (
        ("longest_m", float(high.max(initial=0.0)), float(low.max(initial=0.0))),
        ("coherence", coherence(high, whole_m=whole_m), coherence(low, whole_m=whole_m)),
    ):
        one = sure and top == bottom
        found |= {name: top if one else np.nan, f"{name}_high": np.nan if one else top}
        found[f"{name}_low"] = bottom if sure and not one else np.nan
    return found


def _counts(
    pieces: list[int], gaps: pd.DataFrame, crossed: gpd.GeoDataFrame, land: gpd.GeoDataFrame | None
) -> dict[str, float]:
    own = crossed[crossed["piece"].isin(pieces)]
    stretches = None if land is None else land[land["piece"].isin(pieces)]
    return {
        "corridor_pieces": len(pieces), "corridor_gaps": len(gaps), "gap_m": float(gaps["break_m"].sum()),
        "cuts": int((own["sure"] == CERTAIN).sum()), "cuts_perhaps": int((own["sure"] != CERTAIN).sum()),
        "built_m": np.nan if stretches is None else float((stretches["to_m"] - stretches["from_m"]).sum()),
    }  # fmt: skip


def _of_pieces(crossed: gpd.GeoDataFrame, owner: NDArray[np.int64]) -> pd.DataFrame:
    rows = owner[crossed["piece"].to_numpy(dtype=np.int64)]
    found = pd.DataFrame(crossed.drop(columns=["piece", "at_m", "geometry"]))
    return found.assign(row=rows, break_m=np.nan, narrow_m=np.nan, geometry=np.asarray(crossed.geometry.array))


def _of_land(land: gpd.GeoDataFrame | None, owner: NDArray[np.int64]) -> pd.DataFrame:
    if land is None:
        return pd.DataFrame()
    return pd.DataFrame({
        "row": owner[land["piece"].to_numpy(dtype=np.int64)], "cut_by": BUILT, "sure": CERTAIN,
        "break_m": land["to_m"] - land["from_m"], "narrow_m": np.nan, "what": "",
        "geometry": np.asarray(land.geometry.array),
    })  # fmt: skip


def _of_width(drawn: Drawn) -> pd.DataFrame:
    found = narrow_places(drawn)
    figures = pd.DataFrame(found.drop(columns="geometry")).assign(geometry=np.asarray(found.geometry.array))
    return figures.assign(cut_by=TOO_NARROW, sure=CERTAIN, what="")


def _drawn(drawn: Drawn, row: int, piece: int, free: NDArray[np.float64]) -> pd.DataFrame:
    """A piece's course as free and built-up stretches."""
    line = drawn.lines[piece]
    ends = np.unique(np.r_[0.0, free.ravel(), line.length])
    parts = [substring(line, a, b) for a, b in pairwise(ends)]
    middles = (ends[:-1] + ends[1:]) / 2
    unbroken = ((middles[:, None] > free[:, 0]) & (middles[:, None] < free[:, 1])).any(axis=1)
    return pd.DataFrame({"row": row, "stretch": np.where(unbroken, "free", BUILT), "geometry": parts})
