"""Housing in town: gated estates with inner paths, open housing along the streets; where homes stand.

Everything is drawn on the plane. A home is a building beside a path; people are given to it later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kunshan_gis.demo.lots import each_lot

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.demo.blocks import Box
    from kunshan_gis.demo.lots import Faces
    from kunshan_gis.demo.ways import Ways

WALL_M = 12.0  # from the middle of a street to an estate's wall
_FRONT_M = 62.0  # between homes along a street without a wall
_BACK_M = 3.0  # from a lot line without a street to the wall
_LOOP_M = 16.0  # from the wall to the inner loop
_ROW_M = 64.0  # between rows of slab buildings
_BUILDING_M = 128.0  # along a row (a home stands for two or three buildings)
ASIDE_M = 13.0  # from a path to a building's middle
_OPEN_SHARE = 0.12  # estates without a wall


@dataclass
class Housing:
    """What housing draws: estates, gates and homes, plane coordinates; villages' outlines."""

    estates: list[tuple[Box, bool]] = field(default_factory=list)
    gates: list[tuple[int, float, float]] = field(default_factory=list)
    homes: list[tuple[float, float, int, str]] = field(default_factory=list)  # u, v, estate or -1, use
    villages: list[Box] = field(default_factory=list)


def draw_estates(lots: pd.DataFrame, ways: Ways, housing: Housing, rng: np.random.Generator) -> None:
    """Estates on the lots whose use says so: wall, gates, a loop and rungs inside, homes along them."""
    for lot in each_lot(lots, lots["use"] == "estate"):
        wall = _wall(lot.box, lot.faces)
        if min(wall[2] - wall[0], wall[3] - wall[1]) < 80:
            _line_with_homes(wall, lot.faces, housing)
            continue
        gated = bool(rng.random() >= _OPEN_SHARE)
        housing.estates.append((wall, gated))
        _inner_paths(wall, len(housing.estates) - 1, ways, housing)
        _gates(wall, lot.faces, gated=gated, ways=ways, housing=housing, rng=rng)


def _wall(lot: Box, faces: Faces) -> Box:
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
        aside = ASIDE_M if n < len(rows) - 1 else -ASIDE_M
        count = max(1, round((u1 - u0) / _BUILDING_M))
        for m in range(count):
            u = u0 + (u1 - u0) * (m + 0.5) / count
            housing.homes.append((u, float(v) + aside, estate, "estate"))


def _gates(wall: Box, faces: Faces, *, gated: bool, ways: Ways, housing: Housing, rng: np.random.Generator) -> None:
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
    loop = _loop(wall)
    axis = side % 2  # 0: left or right wall, the path runs along u
    low, high = (loop[1], loop[3]) if axis == 0 else (loop[0], loop[2])
    at = round(low + share * (high - low), 1)
    near, inner = wall[side], loop[side]
    street = near - WALL_M if side < 2 else near + WALL_M
    if axis == 0:
        return (street, at, inner, at), (near, at)
    return (at, street, at, inner), (at, near)


def _line_with_homes(box: Box, faces: Faces, housing: Housing) -> None:
    """Homes just inside the sides that face a street (no inner path)."""
    u0, v0, u1, v1 = box
    inset = 6.0
    for side, street in enumerate(faces):
        if not street:
            continue
        length = (v1 - v0) if side % 2 == 0 else (u1 - u0)
        count = max(1, int(length // _FRONT_M))
        for m in range(count):
            share = (m + 0.5) / count
            u = (u0 + inset, u0 + share * (u1 - u0), u1 - inset, u0 + share * (u1 - u0))[side]
            v = (v0 + share * (v1 - v0), v0 + inset, v0 + share * (v1 - v0), v1 - inset)[side]
            housing.homes.append((u, v, -1, "open_housing"))


def draw_open_housing(lots: pd.DataFrame, ways: Ways, housing: Housing) -> None:
    """Street-front housing of the cores, with an alley through blocks that are deep enough."""
    for lot in each_lot(lots, lots["use"] == "open_housing"):
        _line_with_homes(_wall(lot.box, lot.faces), lot.faces, housing)
        u0, v0, u1, v1 = lot.box
        if lot.faces[0] and lot.faces[2] and v1 - v0 > 95:
            middle = round((v0 + v1) / 2, 1)
            ways.add(u0, middle, u1, middle, "footway")
            for share in (0.35, 0.65):
                housing.homes.append((u0 + share * (u1 - u0), middle + ASIDE_M, -1, "open_housing"))
