"""Villages: rows of homes along canal banks and country roads, and the few lanes that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kunshan_gis.demo.estates import ASIDE_M
from kunshan_gis.demo.lots import each_lot

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.demo.blocks import Block, Box
    from kunshan_gis.demo.estates import Housing
    from kunshan_gis.demo.site import Canvas
    from kunshan_gis.demo.ways import Ways

_FARM_M = 128.0  # between homes along a row (a home stands for a few farmhouses)
_LONELY, _WIDE_M = 14, 480.0  # farm lanes that meet no other way, in blocks at least this wide


def draw_villages(
    blocks: list[Block], lots: pd.DataFrame, ways: Ways, housing: Housing, canvas: Canvas, *, rng: np.random.Generator
) -> None:
    """Villages on the sides of rural blocks, canal banks first: a back lane, alleys, and rows of homes."""
    drafts: list[tuple[Box, int, int]] = []
    for lot in each_lot(lots, lots["kind"] == "rural"):
        sides = sorted(range(4), key=lambda n: (blocks[lot.block].sides[n] != "canal", rng.random()))
        for side in sides[: int(rng.choice([0, 1, 2, 2]))]:
            draft = _village_box(lot.box, side, rng)
            if draft is not None:
                drafts.append((draft, side, lot.block))
    _lonely_lanes(lots, ways, housing)
    if not drafts:
        return
    free = canvas.site.free(canvas.plane.rectangles(np.array([draft for draft, _, _ in drafts])))
    taken: dict[int, list[Box]] = {}
    for (box, side, block), fits in zip(drafts, free, strict=True):
        others = taken.setdefault(block, [])
        if fits and not any(_overlap(box, other) for other in others):
            others.append(box)
            housing.villages.append(box)
            _village(box, side, ways, housing)


def _lonely_lanes(lots: pd.DataFrame, ways: Ways, housing: Housing) -> None:
    """A few short lanes in the middle of open land that lead nowhere, with two homes each: islands of the network."""
    width, height = lots["u1"] - lots["u0"], lots["v1"] - lots["v0"]
    wide = lots.index[(lots["kind"] == "rural") & lots["free"] & (width > _WIDE_M) & (height > _WIDE_M)].tolist()
    for lot in each_lot(lots, wide[:: max(1, len(wide) // _LONELY)][:_LONELY]):
        u, v = round((lot.box[0] + lot.box[2]) / 2), round((lot.box[1] + lot.box[3]) / 2)
        ways.add(u - 45, v, u + 45, v, "path")
        housing.homes += [(u - 25.0, v + ASIDE_M, -1, "village"), (u + 25.0, v + ASIDE_M, -1, "village")]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] + 20 and b[0] < a[2] + 20 and a[1] < b[3] + 20 and b[1] < a[3] + 20


def _village_box(block: Box, side: int, rng: np.random.Generator) -> Box | None:
    u0, v0, u1, v1 = block
    along, deep = (v1 - v0, u1 - u0) if side % 2 == 0 else (u1 - u0, v1 - v0)
    length = round(min(float(rng.uniform(150, 460)), along - 60))
    depth = float(rng.choice([62.0, 112.0, 162.0], p=[0.5, 0.35, 0.15]))
    if length < 110 or deep < depth + 60:
        return None
    start = round((v0 if side % 2 == 0 else u0) + float(rng.uniform(25, along - length - 25)))
    low = (u0, v0, u1 - depth, v1 - depth)[side]
    if side % 2 == 0:
        return low, start, low + depth, start + length
    return start, low, start + length, low + depth


def _village(box: Box, side: int, ways: Ways, housing: Housing) -> None:
    """Back lanes along the road or bank, alleys to it, homes in rows between."""
    turned = side % 2 == 1
    a0, b0, a1, b1 = (box[1], box[0], box[3], box[2]) if turned else box  # a: away from the road, b: along it
    front, sign = (a0, 1.0) if side < 2 else (a1, -1.0)
    rows = [50.0, 100.0, 150.0][: round((a1 - a0 - 12) / 50)]

    def way(p0: float, q0: float, p1: float, q1: float, kind: str) -> None:
        ways.add(*((q0, p0, q1, p1) if turned else (p0, q0, p1, q1)), kind)

    back = front + sign * rows[-1]
    alleys = np.linspace(b0 + 6, b1 - 6, max(2, round((b1 - b0) / 90) + 1)).round(1)
    for q in alleys:
        way(front, float(q), back, float(q), "footway")
    for row in rows:
        way(front + sign * row, float(alleys[0]), front + sign * row, float(alleys[-1]), "path")
    for row in (14.0, *(row - 13.0 for row in rows)):
        for q in np.arange(b0 + 28, b1 - 20, _FARM_M):
            p = front + sign * row
            housing.homes.append((float(q), p, -1, "village") if turned else (p, float(q), -1, "village"))
