"""Housing: gated estates with inner paths, open housing in the cores, villages along lanes; where homes stand.

Everything is drawn on the plane. A home is a building beside a path; people are given to it later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kunshan_gis.demo.lots import BOX, SIDES

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.demo.blocks import Block, Box
    from kunshan_gis.demo.lots import Site
    from kunshan_gis.demo.plane import Plane
    from kunshan_gis.demo.ways import Ways

WALL_M = 12.0  # from the middle of a street to an estate's wall
_BACK_M = 3.0  # from a lot line without a street to the wall
_LOOP_M = 16.0  # from the wall to the inner loop
_ROW_M = 58.0  # between rows of slab buildings
_BUILDING_M = 62.0  # along a row
_ASIDE_M = 13.0  # from a path to a building's middle
_OPEN_SHARE = 0.12  # estates without a wall


@dataclass
class Housing:
    """What housing draws: estates, gates and homes, plane coordinates; villages' outlines."""

    estates: list[tuple[Box, bool]] = field(default_factory=list)
    gates: list[tuple[int, float, float]] = field(default_factory=list)
    homes: list[tuple[float, float, int, str]] = field(default_factory=list)  # u, v, estate or -1, use
    villages: list[Box] = field(default_factory=list)
    open_lots: list[Box] = field(default_factory=list)


def draw_estates(lots: pd.DataFrame, ways: Ways, housing: Housing, rng: np.random.Generator) -> None:
    """Estates on the lots whose use says so: wall, gates, a loop and rungs inside, homes along them."""
    for lot in lots[lots["use"] == "estate"].itertuples():
        faces = tuple(bool(getattr(lot, side)) for side in SIDES)
        wall = _wall(tuple(float(getattr(lot, edge)) for edge in BOX), faces)
        if min(wall[2] - wall[0], wall[3] - wall[1]) < 80:
            _line_with_homes(wall, faces, housing)
            continue
        gated = bool(rng.random() >= _OPEN_SHARE)
        housing.estates.append((wall, gated))
        _inner_paths(wall, len(housing.estates) - 1, ways, housing)
        _gates(wall, faces, gated=gated, ways=ways, housing=housing, rng=rng)


def _wall(lot: tuple[float, ...], faces: tuple[bool, ...]) -> Box:
    inset = [WALL_M if street else _BACK_M for street in faces]
    return lot[0] + inset[0], lot[1] + inset[1], lot[2] - inset[2], lot[3] - inset[3]


def _loop(wall: Box) -> Box:
    return wall[0] + _LOOP_M, wall[1] + _LOOP_M, wall[2] - _LOOP_M, wall[3] - _LOOP_M


def _inner_paths(wall: Box, estate: int, ways: Ways, housing: Housing) -> None:
    u0, v0, u1, v1 = _loop(wall)
    ways.add(u0, v0, u0, v1, "service")
    ways.add(u1, v0, u1, v1, "service")
    rows = np.linspace(v0, v1, max(2, round((v1 - v0) / _ROW_M) + 1)).round(1)
    for n, v in enumerate(rows):
        ways.add(u0, v, u1, v, "service" if n in (0, len(rows) - 1) else "footway")
        aside = _ASIDE_M if n < len(rows) - 1 else -_ASIDE_M
        count = max(1, round((u1 - u0) / _BUILDING_M))
        for m in range(count):
            u = u0 + (u1 - u0) * (m + 0.5) / count
            housing.homes.append((u, float(v) + aside, estate, "estate"))


def _gates(wall: Box, faces: tuple[bool, ...], *, gated: bool, ways: Ways, housing: Housing,
           rng: np.random.Generator) -> None:  # fmt: skip
    """One to three gates on sides that face a street; an estate without a wall opens to every such side twice."""
    sides = [n for n in range(4) if faces[n]]
    wanted = 2 * len(sides) if not gated else int(rng.choice([1, 2, 2, 3]))
    order = [sides[n % len(sides)] for n in range(int(rng.integers(len(sides))), 9)] if sides else []
    for number, side in enumerate(order[:wanted]):
        share = float(rng.uniform(0.3, 0.7)) if gated else (0.25, 0.75)[number // len(sides) % 2]
        at, gate = _gate_way(wall, side, share)
        ways.add(*at, "service")
        housing.gates.append((len(housing.estates) - 1, *gate))


def _gate_way(wall: Box, side: int, share: float) -> tuple[Box, tuple[float, float]]:
    """The path from the street through the wall to the loop, and the gate's place on the wall."""
    u0, v0, u1, v1 = wall
    loop = _loop(wall)
    axis = side % 2  # 0: left or right wall, the path runs along u
    low, high = (loop[1], loop[3]) if axis == 0 else (loop[0], loop[2])
    at = round(low + share * (high - low), 1)
    near, inner = wall[side], loop[side]
    street = near - WALL_M if side < 2 else near + WALL_M
    if axis == 0:
        return (street, at, inner, at), (near, at)
    return (at, street, at, inner), (at, near)


def _line_with_homes(box: Box, faces: tuple[bool, ...], housing: Housing) -> None:
    """Homes just inside the sides that face a street (no inner path)."""
    housing.open_lots.append(box)
    u0, v0, u1, v1 = box
    inset = 6.0
    for side, street in enumerate(faces):
        if not street:
            continue
        length = (v1 - v0) if side % 2 == 0 else (u1 - u0)
        count = max(1, int(length // 45))
        for m in range(count):
            share = (m + 0.5) / count
            u = (u0 + inset, u0 + share * (u1 - u0), u1 - inset, u0 + share * (u1 - u0))[side]
            v = (v0 + share * (v1 - v0), v0 + inset, v0 + share * (v1 - v0), v1 - inset)[side]
            housing.homes.append((u, v, -1, "open_housing"))


def draw_open_housing(lots: pd.DataFrame, ways: Ways, housing: Housing) -> None:
    """Street-front housing of the cores, with an alley through blocks that are deep enough."""
    for lot in lots[lots["use"] == "open_housing"].itertuples():
        box: Box = (float(lot.u0), float(lot.v0), float(lot.u1), float(lot.v1))
        faces = tuple(bool(getattr(lot, side)) for side in SIDES)
        _line_with_homes(_wall(box, faces), faces, housing)
        u0, v0, u1, v1 = box
        if faces[0] and faces[2] and v1 - v0 > 95:
            middle = round((v0 + v1) / 2, 1)
            ways.add(u0, middle, u1, middle, "footway")
            for share in (0.35, 0.65):
                housing.homes.append((u0 + share * (u1 - u0), middle + _ASIDE_M, -1, "open_housing"))


def draw_villages(blocks: list[Block], lots: pd.DataFrame, ways: Ways, housing: Housing, plane: Plane, site: Site,
                  rng: np.random.Generator) -> None:  # fmt: skip
    """Villages on the sides of rural blocks, canal banks first: a back lane, alleys, and two or three rows of homes."""
    drafts: list[tuple[Box, int, Box]] = []
    for lot in lots[lots["kind"] == "rural"].itertuples():
        block = blocks[int(lot.block)]
        sides = sorted(range(4), key=lambda n: (block.sides[n] != "canal", rng.random()))
        for side in sides[: int(rng.choice([1, 2, 2, 3]))]:
            draft = _village_box(block.box, side, rng)
            if draft is not None:
                drafts.append((draft, side, block.box))
    if not drafts:
        return
    free = site.free(plane.rectangles(np.array([draft for draft, _, _ in drafts])))
    taken: dict[Box, list[Box]] = {}
    for (box, side, block_box), fits in zip(drafts, free, strict=True):
        others = taken.setdefault(block_box, [])
        if fits and not any(_overlap(box, other) for other in others):
            others.append(box)
            housing.villages.append(box)
            _village(box, side, ways, housing)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] + 20 and b[0] < a[2] + 20 and a[1] < b[3] + 20 and b[1] < a[3] + 20


def _village_box(block: Box, side: int, rng: np.random.Generator) -> Box | None:
    u0, v0, u1, v1 = block
    along, deep = (v1 - v0, u1 - u0) if side % 2 == 0 else (u1 - u0, v1 - v0)
    length = round(min(float(rng.uniform(130, 380)), along - 60))
    depth = float(rng.choice([62.0, 62.0, 112.0]))
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
    rows = [50.0, 100.0][: 1 if a1 - a0 < 100 else 2]

    def way(p0: float, q0: float, p1: float, q1: float, kind: str) -> None:
        ways.add(*((q0, p0, q1, p1) if turned else (p0, q0, p1, q1)), kind)

    back = front + sign * rows[-1]
    alleys = np.linspace(b0 + 6, b1 - 6, max(2, round((b1 - b0) / 90) + 1)).round(1)
    for q in alleys:
        way(front, float(q), back, float(q), "footway")
    for row in rows:
        way(front + sign * row, float(alleys[0]), front + sign * row, float(alleys[-1]), "path")
    for row in (14.0, *(row - 13.0 for row in rows)):
        for q in np.arange(b0 + 28, b1 - 20, 66.0):
            p = front + sign * row
            housing.homes.append((float(q), p, -1, "village") if turned else (p, float(q), -1, "village"))
