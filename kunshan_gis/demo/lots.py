"""Lots: what each block is used for, and which of its sides face a street.

A superblock is cut into one to four lots without a street between them; a core block is one lot; a rural block is
open land, to which villages are tied. A lot that touches a barrier or water stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from kunshan_gis.demo.texture import wobble

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kunshan_gis.demo.blocks import Block
    from kunshan_gis.demo.plane import Plane
    from kunshan_gis.demo.texture import Texture

BOX = ["u0", "v0", "u1", "v1"]
SIDES = ["left", "bottom", "right", "top"]
_LOT_M = 270.0  # a superblock side longer than this is shared by two lots
_MIX = (("estate", 0.76), ("commerce", 0.09), ("public", 0.10), ("open_housing", 0.05))
_CORE_MIX = (("open_housing", 0.58), ("commerce", 0.25), ("public", 0.17))


@dataclass(frozen=True)
class Site:
    """The ground lots stand on: where people may be, and what no lot may touch.

    Attributes
    ----------
    inside : the study area, a little shrunk, lakes and wetlands taken out.
    barred : corridors of expressways, ground rail and the river, and the lakes.
    towns : polygons of the towns, in the spec's order; `town_ids` beside them.
    """

    inside: shapely.Geometry
    barred: shapely.Geometry
    towns: NDArray[np.object_]
    town_ids: tuple[str, ...]

    def free(self, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """True for shapes inside the area that touch no barrier."""
        shapely.prepare(self.inside)
        shapely.prepare(self.barred)
        return np.asarray(shapely.contains(self.inside, shapes) & ~shapely.intersects(self.barred, shapes))

    def town_of(self, xy: NDArray[np.float64]) -> NDArray[np.object_]:
        """Id of the town each ground point lies in, else of the nearest one."""
        tree = shapely.STRtree(self.towns)
        point, town = tree.query_nearest(shapely.points(xy), all_matches=False)
        ids = np.full(len(xy), None, dtype=object)
        ids[point] = np.asarray(self.town_ids, dtype=object)[town]
        return ids


def draw_lots(blocks: list[Block], plane: Plane, texture: Texture, site: Site,
              rng: np.random.Generator) -> pd.DataFrame:  # fmt: skip
    """One row a lot.

    Returns
    -------
    DataFrame
        u0, v0, u1, v1 (plane metres, to the middle of streets), left, bottom, right, top (True: faces a street),
        block (row of `blocks`), reserved (row of a named park, or -1), kind (core, superblock or rural), use, urbanity,
        core_m, town_id, free (touches no barrier and lies inside the area).
    """
    rows: list[tuple[float | bool | int, ...]] = []
    boxes = np.array([block.box for block in blocks])
    middle = plane.to_ground((boxes[:, :2] + boxes[:, 2:]) / 2)
    urbanity, core = texture.urbanity(middle), texture.core(middle)
    for number, block in enumerate(blocks):
        whole = block.reserved >= 0 or urbanity[number] <= 0 or core[number] > 0
        for box, sides in [(block.box, (True,) * 4)] if whole else _shared(block):
            rows.append((*box, *sides, number, block.reserved))
    lots = pd.DataFrame(rows, columns=[*BOX, *SIDES, "block", "reserved"])
    at = lots["block"].to_numpy()
    lots["urbanity"], lots["core_m"] = urbanity[at], core[at]
    lots["kind"] = np.where(core[at] > 0, "core", np.where(urbanity[at] > 0, "superblock", "rural"))
    shapes = plane.rectangles(lots[BOX].to_numpy())
    lots["free"] = site.free(shapes)
    ground = plane.to_ground(lots[BOX].to_numpy().reshape(-1, 2, 2).mean(axis=1))
    lots["town_id"] = site.town_of(ground)
    lots["use"] = _uses(lots, ground, rng)
    return lots


def _shared(block: Block) -> list[tuple[tuple[float, ...], tuple[bool, ...]]]:
    u0, v0, u1, v1 = block.box
    width, height = block.size
    us = [u0, u1] if width <= _LOT_M else [u0, round((u0 + u1) / 2), u1]
    vs = [v0, v1] if height <= _LOT_M else [v0, round((v0 + v1) / 2), v1]
    lots = []
    for a, b in zip(us[:-1], us[1:], strict=True):
        for c, d in zip(vs[:-1], vs[1:], strict=True):
            lots.append(((a, c, b, d), (a == u0, c == v0, b == u1, d == v1)))
    return lots


def _uses(lots: pd.DataFrame, ground: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.object_]:
    """Industry lies in districts away from the centres; the rest is mixed, housing first."""
    use = np.full(len(lots), "open", dtype=object)
    core, urban = (lots["kind"] == "core").to_numpy(), (lots["kind"] == "superblock").to_numpy()
    use[core] = _drawn(_CORE_MIX, int(core.sum()), rng)
    use[urban] = _drawn(_MIX, int(urban.sum()), rng)
    lean = lots["urbanity"].to_numpy() + 0.42 * wobble(ground, 3100.0, 2.3)
    per_block = pd.Series(lean).groupby(lots["block"].to_numpy()).transform("first").to_numpy()
    industry = urban & (per_block < np.quantile(per_block[urban], 0.36) if urban.any() else urban)
    use[industry] = "industry"
    use[(lots["reserved"] >= 0).to_numpy()] = "named_park"
    use[(~lots["free"] & (lots["reserved"] < 0)).to_numpy()] = "open"
    return use


def _drawn(mix: tuple[tuple[str, float], ...], count: int, rng: np.random.Generator) -> NDArray[np.object_]:
    names = np.array([name for name, _ in mix], dtype=object)
    return np.asarray(names[rng.choice(len(mix), size=count, p=[share for _, share in mix])])
