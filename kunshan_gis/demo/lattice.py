"""The lattice of roads and canals that the whole place hangs on, and the cells between its lines.

A lattice line is a road, or in stretches a canal with a lane on each bank and a bridge every few hundred metres: the
pattern of the Jiangnan plain, where water and road run side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kunshan_gis.demo.blocks import Block, Cutter, Fabric, bridge, subdivide, turned_box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kunshan_gis.demo.blocks import Box
    from kunshan_gis.demo.lots import Faces
    from kunshan_gis.demo.site import Canvas
    from kunshan_gis.demo.ways import Ways

    Lattice = tuple[NDArray[np.float64], NDArray[np.float64]]
    Canals = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def lattice_lines(
    low: float, high: float, step: float, keep: Sequence[tuple[float, float]], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Places of the lattice lines from `low` to `high`; each interval of `keep` lies between two lines."""
    count = max(2, round((high - low) / step))
    lines = low + (np.arange(count + 1) + rng.uniform(-0.22, 0.22, count + 1)) * (high - low) / count
    lines[0], lines[-1] = low, high
    for start, end in keep:
        lines = lines[(lines < start - 0.45 * step) | (lines > end + 0.45 * step)]
        lines = np.sort(np.append(lines, [start, end]))
    return lines.round()


def draw_fabric(
    lattice: Lattice,
    reserved: Sequence[Box],
    ways: Ways,
    canvas: Canvas,
    *,
    canal_half_m: float,
    rng: np.random.Generator,
) -> Fabric:
    """Lattice, canals, bridges and all streets between blocks.

    Parameters
    ----------
    lattice : pair of arrays
        u of the lattice lines that run along v, and v of those along u.
    reserved : boxes that stay whole; each lies inside one cell.
    ways : the streets drawn are added here.
    """
    fabric = Fabric()
    us, vs = (line.tolist() for line in lattice)
    nodes = np.array([(u, v) for u in us for v in vs])
    urban = canvas.texture.urbanity(canvas.plane.to_ground(nodes)).reshape(len(us), len(vs)) > 0
    # canal[0][i, j]: the stretch along v on line u_i between v_j and v_j+1; canal[1][j, i] likewise along u
    canal = (_canal_stretches(urban, rng), _canal_stretches(urban.T, rng))
    bridges: dict[tuple[int, int, int], list[float]] = {}
    for turned, (place, other) in enumerate(((us, vs), (vs, us))):
        town = urban.T if turned else urban
        for i, j in np.ndindex(len(place), len(other) - 1):
            stretch = (place[i], other[j], other[j + 1])
            if canal[turned][i, j]:
                start, end = (0.0 if _flows_on(canal, turned, i, node) else canal_half_m for node in (j, j + 1))
                fabric.canals.append(turned_box(turned, place[i], other[j] + start, place[i], other[j + 1] - end))
                bridges[turned, i, j] = bridge(ways, turned, stretch, canal_half_m, rng)
            else:
                kind = _road_class(i, urban=bool(town[i, j]))
                _road(ways, turned, stretch, kind, ends=_ends(canal, turned, i, j), half=canal_half_m)
    for i, j in np.ndindex(len(us) - 1, len(vs) - 1):
        wet = (bool(canal[0][i, j]), bool(canal[1][j, i]), bool(canal[0][i + 1, j]), bool(canal[1][j + 1, i]))
        arrive_u = bridges.get((1, j, i), []) + bridges.get((1, j + 1, i), [])
        arrive_v = bridges.get((0, i, j), []) + bridges.get((0, i + 1, j), [])
        cell = _cell((us[i], vs[j], us[i + 1], vs[j + 1]), wet, (arrive_u, arrive_v), canal_half_m)
        inside = [(n, fitted) for n, box in enumerate(reserved) if (fitted := _fitted(cell.box, box))]
        subdivide(cell, inside, fabric, ways, Cutter(canvas, rng, canal_half_m))
    return fabric


def _canal_stretches(urban: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which stretches of the canal lines hold water: most in the country, about half in town."""
    chance = np.where(urban[:, :-1] | urban[:, 1:], 0.5, 0.78)
    water = rng.random(chance.shape) < chance
    water[0::2] = False
    water[[0, -1]] = False
    return np.asarray(water)


def _road_class(i: int, *, urban: bool) -> str:
    """Class of lattice line i, where it is a road: every second line may hold a canal, every fourth is a main road."""
    if i % 2 == 1:
        return "tertiary"
    if urban:
        return "primary" if i % 4 == 0 else "secondary"
    return "secondary" if i % 4 == 0 else "tertiary"


def _ends(canal: Canals, turned: int, i: int, j: int) -> tuple[str, str]:
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


def _flows_on(canal: Canals, turned: int, i: int, node: int) -> bool:
    """Whether water passes a lattice node from side to side; else roads meet there and canals end before it."""

    def through(lines: NDArray[np.bool_], line: int, at: int) -> bool:
        return 0 < at < lines.shape[1] and bool(lines[line, at - 1] and lines[line, at])

    return through(canal[turned], i, node) or through(canal[1 - turned], node, i)


def _road(
    ways: Ways, turned: int, stretch: tuple[float, float, float], kind: str, *, ends: tuple[str, str], half: float
) -> None:
    place, start, end = stretch
    a = start + (half if ends[0] != "join" else 0.0)
    b = end - (half if ends[1] != "join" else 0.0)
    ways.add(*turned_box(turned, place, a, place, b), kind)
    if ends[1] == "bridge":  # each bridge is drawn once, by the stretch before it
        ways.add(*turned_box(turned, place, b, place, end + half), kind, structure="elevated")


def _cell(
    corners: tuple[float, float, float, float],
    wet: Faces,
    arrive: tuple[list[float], list[float]],
    half: float,
) -> Block:
    """The block of a lattice cell, drawn in from the canals at its sides; `arrive`: u and v of the bridges there."""
    inset = [half if side else 0.0 for side in wet]
    box = (corners[0] + inset[0], corners[1] + inset[1], corners[2] - inset[2], corners[3] - inset[3])
    left, bottom, right, top = ("canal" if side else "street" for side in wet)
    return Block(box, (left, bottom, right, top), (tuple(sorted(arrive[0])), tuple(sorted(arrive[1]))))


def _fitted(cell: Box, box: Box) -> Box | None:
    """A reserved box inside its cell; sides almost at the cell's sides lie on them. None if it is of another cell."""
    u, v = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if not (cell[0] < u < cell[2] and cell[1] < v < cell[3]):
        return None
    near = [min(60.0, 0.2 * (box[axis + 2] - box[axis])) for axis in (0, 1)]
    low = [cell[axis] if box[axis] < cell[axis] + near[axis] else box[axis] for axis in (0, 1)]
    high = [cell[axis + 2] if box[axis + 2] > cell[axis + 2] - near[axis] else box[axis + 2] for axis in (0, 1)]
    return low[0], low[1], high[0], high[1]
