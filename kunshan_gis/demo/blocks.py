"""Blocks: a lattice of canals and roads, its cells cut again and again until each block has the size of its place.

A lattice line is a road, or in stretches a canal with a lane on each bank and a bridge every few hundred metres. Inside
a cell every cut is a street; blocks end where the texture says so. Reserved boxes (named parks) are cut out whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kunshan_gis.demo.plane import Plane
    from kunshan_gis.demo.texture import Texture
    from kunshan_gis.demo.ways import Ways

Box = tuple[float, float, float, float]
_BRIDGE_M = (240.0, 430.0)  # canal bridges lie this far apart


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


def lattice_lines(low: float, high: float, step: float, keep: Sequence[tuple[float, float]],
                  rng: np.random.Generator) -> NDArray[np.float64]:  # fmt: skip
    """Places of the lattice lines from `low` to `high`; the interval of each `keep` is bounded by lines, none inside."""
    count = max(2, round((high - low) / step))
    lines = low + (np.arange(count + 1) + rng.uniform(-0.22, 0.22, count + 1)) * (high - low) / count
    lines[0], lines[-1] = low, high
    for start, end in keep:
        lines = lines[(lines < start - 0.45 * step) | (lines > end + 0.45 * step)]
        lines = np.sort(np.append(lines, [start, end]))
    return lines.round()


def draw_fabric(
    lines: tuple[NDArray[np.float64], NDArray[np.float64]], reserved: Sequence[Box], ways: Ways, plane: Plane,
    texture: Texture, *, canal_half_m: float, rng: np.random.Generator,
) -> Fabric:  # fmt: skip
    """Lattice, canals, bridges and all streets between blocks.

    Parameters
    ----------
    lines : pair of arrays
        u of the lattice lines that run along v, and v of those along u.
    reserved : boxes that stay whole; each lies inside one cell.
    ways : the streets drawn are added here.
    """
    fabric = Fabric()
    us, vs = lines
    nodes = np.array([(u, v) for u in us for v in vs])
    urban = texture.urbanity(plane.to_ground(nodes)).reshape(len(us), len(vs)) > 0
    # canal[0][i, j]: the stretch along v on line u_i between v_j and v_j+1; canal[1][j, i] likewise along u
    canal = (_canal_stretches(urban, rng), _canal_stretches(urban.T, rng))
    bridges: dict[tuple[int, int, int], list[float]] = {}
    for turned, (place, other) in enumerate(((us, vs), (vs, us))):
        town = urban.T if turned else urban
        for i, j in np.ndindex(len(place), len(other) - 1):
            stretch = (place[i], other[j], other[j + 1])
            if canal[turned][i, j]:
                fabric.canals.append(_box(turned, place[i], other[j], place[i], other[j + 1]))
                bridges[turned, i, j] = _bridge(ways, turned, stretch, canal_half_m, rng)
            else:
                kind = _road_class(i, bool(town[i, j]), canal_line=_is_canal_line(i))
                _road(ways, turned, stretch, kind, _ends(canal, turned, i, j), canal_half_m)
    for i, j in np.ndindex(len(us) - 1, len(vs) - 1):
        cell = _cell(us, vs, i, j, canal, bridges, canal_half_m)
        _bank_lanes(ways, cell)
        inside = [(n, fitted) for n, box in enumerate(reserved) if (fitted := _fitted(cell.box, box))]
        _subdivide(cell, inside, fabric, ways, _Cutter(plane, texture, rng))
    return fabric


def _is_canal_line(i: int) -> bool:
    return i % 2 == 1


def _canal_stretches(urban: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which stretches of the canal lines hold water: most in the country, about half in town."""
    chance = np.where(urban[:, :-1] | urban[:, 1:], 0.5, 0.78)
    water = rng.random(chance.shape) < chance
    water[0::2] = False
    water[[0, -1]] = False
    return np.asarray(water)


def _road_class(i: int, urban: bool, *, canal_line: bool) -> str:
    if canal_line:
        return "tertiary"
    if urban:
        return "primary" if i % 4 == 0 else "secondary"
    return "secondary" if i % 4 == 0 else "tertiary"


def _box(turned: int, p0: float, q0: float, p1: float, q1: float) -> Box:
    return (q0, p0, q1, p1) if turned else (p0, q0, p1, q1)


def _bridge(ways: Ways, turned: int, stretch: tuple[float, float, float], half: float,
            rng: np.random.Generator) -> list[float]:  # fmt: skip
    """Bridges over a canal stretch; their places along it."""
    place, start, end = stretch
    count = max(1, round((end - start) / rng.uniform(*_BRIDGE_M)))
    places = start + (np.arange(count) + 0.5 + rng.uniform(-0.2, 0.2, count)) * (end - start) / count
    for at in places.round():
        ways.add(*_box(turned, place - half, at, place + half, at), "residential", structure="elevated")
    return [float(at) for at in places.round()]


def _ends(canal: tuple[NDArray[np.bool_], NDArray[np.bool_]], turned: int, i: int, j: int) -> tuple[str, str]:
    """What waits at both ends of a road stretch: `join`, `bridge` (water on both hands) or `stop` (water all round)."""
    own, other = canal[turned], canal[1 - turned]

    def end(node: int, beyond: int) -> str:
        left = other[node, i - 1] if i > 0 else None
        right = other[node, i] if i < other.shape[1] else None
        on = own[i, beyond] if 0 <= beyond < own.shape[1] else None
        if left and right:
            return "join" if on is None else ("stop" if on else "bridge")
        return "join"

    return end(j, j - 1), end(j + 1, j + 1)


def _road(ways: Ways, turned: int, stretch: tuple[float, float, float], kind: str, ends: tuple[str, str],
          half: float) -> None:  # fmt: skip
    place, start, end = stretch
    a = start + (half if ends[0] != "join" else 0.0)
    b = end - (half if ends[1] != "join" else 0.0)
    ways.add(*_box(turned, place, a, place, b), kind)
    if ends[1] == "bridge":  # each bridge is drawn once, by the stretch before it
        ways.add(*_box(turned, place, b, place, end + half), kind, structure="elevated")


def _cell(us: NDArray[np.float64], vs: NDArray[np.float64], i: int, j: int,
          canal: tuple[NDArray[np.bool_], NDArray[np.bool_]], bridges: dict[tuple[int, int, int], list[float]],
          half: float) -> Block:  # fmt: skip
    wet = (bool(canal[0][i, j]), bool(canal[1][j, i]), bool(canal[0][i + 1, j]), bool(canal[1][j + 1, i]))
    inset = [half if side else 0.0 for side in wet]
    box = (us[i] + inset[0], vs[j] + inset[1], us[i + 1] - inset[2], vs[j + 1] - inset[3])
    arrive_u = sorted(bridges.get((1, j, i), []) + bridges.get((1, j + 1, i), []))
    arrive_v = sorted(bridges.get((0, i, j), []) + bridges.get((0, i + 1, j), []))
    left, bottom, right, top = ("canal" if side else "street" for side in wet)
    values = tuple(float(value) for value in box)
    return Block((values[0], values[1], values[2], values[3]), (left, bottom, right, top),
                 (tuple(arrive_u), tuple(arrive_v)))  # fmt: skip


def _bank_lanes(ways: Ways, cell: Block) -> None:
    u0, v0, u1, v1 = cell.box
    lanes = ((u0, v0, u0, v1), (u0, v0, u1, v0), (u1, v0, u1, v1), (u0, v1, u1, v1))
    for lane, side in zip(lanes, cell.sides, strict=True):
        if side == "canal":
            ways.add(*lane, "residential")


@dataclass(frozen=True)
class _Cutter:
    plane: Plane
    texture: Texture
    rng: np.random.Generator

    def side_m(self, box: Box) -> float:
        middle = self.plane.to_ground(np.array([[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]]))
        return float(self.texture.block_m(middle)[0])


def _subdivide(cell: Block, reserved: list[tuple[int, Box]], fabric: Fabric, ways: Ways, cutter: _Cutter) -> None:
    """Cut a block along its longer side until it has the size of its place."""
    waiting = [(cell, reserved)]
    while waiting:
        block, inside = waiting.pop()
        cut = _reserved_cut(block, inside) if inside else _cut(block, cutter)
        if cut is None:
            fabric.blocks.append(replace(block, reserved=inside[0][0]) if inside else block)
            continue
        axis, at = cut
        kind = _street_class(block, axis, cutter)
        first, second = _halves(block, axis, at)
        u0, v0, u1, v1 = block.box
        ways.add(*((at, v0, at, v1) if axis == 0 else (u0, at, u1, at)), kind)
        for part in (second, first):
            waiting.append((part, [(n, box) for n, box in inside if _holds(part.box, box)]))


def _fitted(cell: Box, box: Box) -> Box | None:
    """A reserved box inside its cell; sides almost at the cell's sides lie on them. None if it is of another cell."""
    u, v = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if not (cell[0] < u < cell[2] and cell[1] < v < cell[3]):
        return None
    near = [min(60.0, 0.2 * (box[axis + 2] - box[axis])) for axis in (0, 1)]
    low = [cell[axis] if box[axis] < cell[axis] + near[axis] else box[axis] for axis in (0, 1)]
    high = [cell[axis + 2] if box[axis + 2] > cell[axis + 2] - near[axis] else box[axis + 2] for axis in (0, 1)]
    return low[0], low[1], high[0], high[1]


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


def _cut(block: Block, cutter: _Cutter) -> tuple[int, float] | None:
    width, height = block.size
    axis = 0 if width * cutter.rng.uniform(0.85, 1.18) >= height else 1
    length = (width, height)[axis]
    side = cutter.side_m(block.box)
    if length < 1.36 * side or length < 130:
        return None
    low = block.box[axis]
    at = low + length * (0.5 + cutter.rng.uniform(-0.11, 0.11))
    near = [place for place in block.crossings[axis] if abs(place - (low + length / 2)) < 0.2 * length]
    return axis, float(near[0] if near else round(at))


def _street_class(block: Block, axis: int, cutter: _Cutter) -> str:
    length = block.size[1 - axis]
    side = cutter.side_m(block.box)
    if side > 600:
        return "unclassified"
    if side < 200 and length < 420:
        return "living_street" if length < 260 else "residential"
    return "tertiary" if length > 560 else "residential"


def _halves(block: Block, axis: int, at: float) -> tuple[Block, Block]:
    u0, v0, u1, v1 = block.box
    left, bottom, right, top = block.sides
    if axis == 0:
        return (replace(block, box=(u0, v0, at, v1), sides=(left, bottom, "street", top)),
                replace(block, box=(at, v0, u1, v1), sides=("street", bottom, right, top)))  # fmt: skip
    return (replace(block, box=(u0, v0, u1, at), sides=(left, bottom, right, "street")),
            replace(block, box=(u0, at, u1, v1), sides=(left, "street", right, top)))  # fmt: skip
