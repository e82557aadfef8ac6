"""Lots: what each block is used for, and which of its sides face a street.

A superblock is cut into one to four lots without a street between them; a core block is one lot; a rural block is
open land, to which villages are tied. A lot that touches a barrier or water stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from kunshan_gis.demo.texture import wobble

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kunshan_gis.demo.blocks import Block, Box
    from kunshan_gis.demo.site import Canvas

    Faces = tuple[bool, bool, bool, bool]

BOX = ["u0", "v0", "u1", "v1"]
SIDES = ["left", "bottom", "right", "top"]
_LOT_M = 290.0  # a superblock side longer than this is shared by two lots
_MIX = (("estate", 0.76), ("commerce", 0.09), ("public", 0.10), ("open_housing", 0.05))
_CORE_MIX = (("open_housing", 0.58), ("commerce", 0.25), ("public", 0.17))


class Lot(NamedTuple):
    """One lot: its row in the table, its box, and which sides (left, bottom, right, top) face a street."""

    row: int
    box: Box
    faces: Faces
    block: int
    reserved: int


def each_lot(lots: pd.DataFrame, rows: pd.Series | list[int]) -> Iterator[Lot]:
    """The chosen rows of the table of lots (a mask or row numbers), one by one."""
    chosen = lots.loc[lots.index[rows] if isinstance(rows, pd.Series) else rows]
    boxes, faces = chosen[BOX].to_numpy(dtype=float).tolist(), chosen[SIDES].to_numpy(dtype=bool).tolist()
    for row, box, face, block, reserved in zip(
        chosen.index, boxes, faces, chosen["block"], chosen["reserved"], strict=True
    ):
        yield Lot(int(row), (box[0], box[1], box[2], box[3]), (face[0], face[1], face[2], face[3]), block, reserved)


def draw_lots(
    blocks: list[Block], canvas: Canvas, industry: Mapping[str, float], rng: np.random.Generator
) -> pd.DataFrame:
    """One row a lot; `industry` is the share of each town's built-up lots that works and does not live.

    Returns
    -------
    DataFrame
        u0, v0, u1, v1 (plane metres, to the middle of streets), left, bottom, right, top (True: faces a street),
        block (row of `blocks`), reserved (row of a named park, or -1), kind (core, superblock or rural), use, urbanity,
        town_id, free (touches no barrier and lies inside the area), verge (touches a barrier, but no water).
    """
    boxes = np.array([block.box for block in blocks])
    middle = canvas.plane.to_ground((boxes[:, :2] + boxes[:, 2:]) / 2)
    urbanity, core = canvas.texture.urbanity(middle), canvas.texture.core(middle) > 0
    shared = (urbanity > 0) & ~core & np.array([block.reserved < 0 for block in blocks])
    rows: list[tuple[float, ...]] = []
    for number, block in enumerate(blocks):
        for box, faces in _shared(block, rng) if shared[number] else [(block.box, (True,) * 4)]:
            rows.append((*box, *faces, number, block.reserved))
    lots = pd.DataFrame(rows, columns=[*BOX, *SIDES, "block", "reserved"])
    at = lots["block"].to_numpy()
    lots["urbanity"] = urbanity[at]
    lots["kind"] = np.where(core[at], "core", np.where(urbanity[at] > 0, "superblock", "rural"))
    shapes = canvas.plane.rectangles(lots[BOX].to_numpy())
    lots["free"], lots["verge"] = canvas.site.free(shapes), canvas.site.verge(shapes)
    ground = canvas.plane.to_ground(lots[BOX].to_numpy().reshape(-1, 2, 2).mean(axis=1))
    lots["town_id"] = canvas.site.town_of(ground)
    lots["use"] = _uses(lots, ground, industry, rng)
    return lots


def _shared(block: Block, rng: np.random.Generator) -> list[tuple[Box, Faces]]:
    """One to four lots of a superblock, cut near the middle of its long sides."""
    u0, v0, u1, v1 = block.box
    width, height = block.size
    share_u, share_v = rng.uniform(0.41, 0.59, 2).tolist()
    us = [u0, u1] if width <= _LOT_M else [u0, float(round(u0 + share_u * width)), u1]
    vs = [v0, v1] if height <= _LOT_M else [v0, float(round(v0 + share_v * height)), v1]
    return [
        ((a, c, b, d), (a == u0, c == v0, b == u1, d == v1)) for (a, b), (c, d) in product(pairwise(us), pairwise(vs))
    ]


def _uses(
    lots: pd.DataFrame, ground: NDArray[np.float64], industry: Mapping[str, float], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Industry lies in districts, rather at the edge; the rest is mixed, housing first."""
    use = np.full(len(lots), "open", dtype=object)
    core, urban = (lots["kind"] == "core").to_numpy(), (lots["kind"] == "superblock").to_numpy()
    use[core] = _drawn(_CORE_MIX, int(core.sum()), rng)
    use[urban] = _drawn(_MIX, int(urban.sum()), rng)
    lean = pd.Series(0.55 * lots["urbanity"].to_numpy() + 0.42 * wobble(ground, 3100.0, 2.3))
    rank = lean[urban].groupby(lots["block"].to_numpy()[urban]).transform("first")
    rank = rank.groupby(lots["town_id"].to_numpy()[urban]).rank(pct=True)
    share = lots["town_id"].map(dict(industry)).to_numpy(dtype=float)[urban]
    use[np.flatnonzero(urban)[rank.to_numpy() <= share]] = "industry"
    named = (lots["reserved"] >= 0).to_numpy()
    use[(~lots["free"]).to_numpy() & ~named] = "open"
    use[(lots["verge"] & (lots["kind"] != "rural")).to_numpy()] = "verge"
    use[named] = "named_park"
    return use


def _drawn(mix: tuple[tuple[str, float], ...], count: int, rng: np.random.Generator) -> NDArray[np.object_]:
    names = np.array([name for name, _ in mix], dtype=object)
    return np.asarray(names[rng.choice(len(mix), size=count, p=[share for _, share in mix])])
