"""Blocks: a cell of the lattice cut again and again until each block has the size of its place.

In town every cut is a street; in the country half of them are creeks with a lane on each bank. Reserved boxes (named
parks) are cut out whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kunshan_gis.demo.site import Canvas
    from kunshan_gis.demo.ways import Ways

Box = tuple[float, float, float, float]
_BRIDGE_M = (240.0, 430.0)  # canal bridges lie this far apart
_CREEK_HALF_M = 9.0  # from the middle of a creek to its bank lane
_CREEK_SHARE = 0.5  # of the cuts in the country
_RURAL_SIDE_M = 600.0  # blocks meant to be larger than this are country


@dataclass(frozen=True)
class Block:
    """A box between streets: u0, v0, u1, v1 on the plane, and what runs along each side."""

    box: Box
    sides: tuple[str, str, str, str]  # left, bottom, right, top: street | canal
    crossings: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())  # u and v at which bridges arrive
    reserved: int = -1  # row of the reserved box this block is, or -1

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, metres."""
        u0, v0, u1, v1 = self.box
        return u1 - u0, v1 - v0


@dataclass
class Fabric:
    """What the lattice gives: blocks, and canals as plane pieces."""

    blocks: list[Block] = field(default_factory=list)
    canals: list[Box] = field(default_factory=list)


def turned_box(turned: int, p0: float, q0: float, p1: float, q1: float) -> Box:
    """A box from places p across and q along a line: u and v, or v and u for a line that runs along u."""
    return (q0, p0, q1, p1) if turned else (p0, q0, p1, q1)


def bridge(
    ways: Ways, turned: int, stretch: tuple[float, float, float], half: float, rng: np.random.Generator
) -> list[float]:
    """Bridges over a canal stretch; their places along it."""
    place, start, end = stretch
    count = max(1, round((end - start) / rng.uniform(*_BRIDGE_M)))
    places = start + (np.arange(count) + 0.5 + rng.uniform(-0.2, 0.2, count)) * (end - start) / count
    for at in places.round():
        ways.add(*turned_box(turned, place - half, at, place + half, at), "residential", structure="elevated")
    return [float(at) for at in places.round()]


def _bank_lanes(ways: Ways, cell: Block) -> None:
    u0, v0, u1, v1 = cell.box
    lanes = ((u0, v0, u0, v1), (u0, v0, u1, v0), (u1, v0, u1, v1), (u0, v1, u1, v1))
    for lane, side in zip(lanes, cell.sides, strict=True):
        if side == "canal":
            ways.add(*lane, "residential")


@dataclass(frozen=True)
class Cutter:
    """What decides how blocks are cut: the texture under the canvas, and chance."""

    canvas: Canvas
    rng: np.random.Generator
    canal_half_m: float

    def side_m(self, box: Box) -> float:
        """Side a block should have here, metres."""
        middle = self.canvas.plane.to_ground(np.array([[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]]))
        return float(self.canvas.texture.block_m(middle)[0])


def subdivide(cell: Block, reserved: list[tuple[int, Box]], fabric: Fabric, ways: Ways, cutter: Cutter) -> None:
    """Cut a block along its longer side until it has the size of its place."""
    waiting = [(cell, reserved)]
    while waiting:
        block, inside = waiting.pop()
        side = cutter.side_m(block.box)
        cut = _reserved_cut(block, inside) if inside else _cut(block, side, cutter.rng)
        if cut is None:
            fabric.blocks.append(replace(block, reserved=inside[0][0]) if inside else block)
            _bank_lanes(ways, block)
            continue
        axis, at = cut
        if not inside and side > _RURAL_SIDE_M and cutter.rng.random() < _CREEK_SHARE:
            parts = _creek(block, axis, at, (fabric, ways), cutter)
        else:
            parts = _halves(block, axis, at)
            ways.add(*_across(block, axis, at), _street_class(block.size[1 - axis], side))
        for part in reversed(parts):
            waiting.append((part, [(n, box) for n, box in inside if _holds(part.box, box)]))


def _across(block: Block, axis: int, at: float) -> Box:
    """The line that cuts a block at u = `at` (axis 0) or v = `at` (axis 1)."""
    u0, v0, u1, v1 = block.box
    return (at, v0, at, v1) if axis == 0 else (u0, at, u1, at)


def _creek(block: Block, axis: int, at: float, drawn: tuple[Fabric, Ways], cutter: Cutter) -> tuple[Block, Block]:
    """Cut a block by a creek: water into the canals it meets, bank lanes bridged at its mouths, bridges along it."""
    fabric, ways = drawn
    half, other = _CREEK_HALF_M, 1 - axis
    low, high = block.box[other], block.box[other + 2]
    first, second = _halves(block, axis, at, half=half, side="canal")
    mouths = [block.sides[other] == "canal", block.sides[other + 2] == "canal"]
    start = low - cutter.canal_half_m if mouths[0] else low + half
    end = high + cutter.canal_half_m if mouths[1] else high - half
    turned = axis  # a creek along v (axis 0) has its place on u
    fabric.canals.append(turned_box(turned, at, start, at, end))
    for mouth, lane in zip(mouths, (low, high), strict=True):
        if mouth:
            ways.add(*turned_box(turned, at - half, lane, at + half, lane), "residential", structure="elevated")
    arrive = bridge(ways, turned, (at, low, high), half, cutter.rng)
    known = [tuple(sorted({*places, *(arrive if n == other else [])})) for n, places in enumerate(block.crossings)]
    crossings = (known[0], known[1])
    return replace(first, crossings=crossings), replace(second, crossings=crossings)


def _holds(box: Box, other: Box) -> bool:
    return box[0] <= other[0] and box[1] <= other[1] and box[2] >= other[2] and box[3] >= other[3]


def _reserved_cut(block: Block, inside: list[tuple[int, Box]]) -> tuple[int, float] | None:
    """The next cut that frees a reserved box without cutting another one; None once the block is the box."""
    for _, box in inside:
        for axis, at in ((0, box[0]), (0, box[2]), (1, box[1]), (1, box[3])):
            low, high = block.box[axis], block.box[axis + 2]
            if low < at < high and all(not other[axis] < at < other[axis + 2] for _, other in inside):
                return axis, at
    return None


def _cut(block: Block, side_m: float, rng: np.random.Generator) -> tuple[int, float] | None:
    """Across the longer side near its middle, where a bridge arrives if one does; None if small enough."""
    width, height = block.size
    axis = 0 if width * rng.uniform(0.85, 1.18) >= height else 1
    length = (width, height)[axis]
    if length < 1.36 * side_m or length < 130:
        return None
    low = block.box[axis]
    at = low + length * (0.5 + rng.uniform(-0.11, 0.11))
    near = [place for place in block.crossings[axis] if abs(place - (low + length / 2)) < 0.2 * length]
    return axis, float(near[0] if near else round(at))


def _street_class(length: float, side_m: float) -> str:
    if side_m > _RURAL_SIDE_M:
        return "unclassified"
    if side_m < 200 and length < 420:
        return "living_street" if length < 260 else "residential"
    return "tertiary" if length > 560 else "residential"


def _halves(block: Block, axis: int, at: float, *, half: float = 0.0, side: str = "street") -> tuple[Block, Block]:
    u0, v0, u1, v1 = block.box
    left, bottom, right, top = block.sides
    if axis == 0:
        return (
            replace(block, box=(u0, v0, at - half, v1), sides=(left, bottom, side, top)),
            replace(block, box=(at + half, v0, u1, v1), sides=(side, bottom, right, top)),
        )
    return (
        replace(block, box=(u0, v0, u1, at - half), sides=(left, bottom, right, side)),
        replace(block, box=(u0, at + half, u1, v1), sides=(left, side, right, top)),
    )
