"""The park system: exactly the plan's numbers by tier, in invented places, sizes spread as in reality.

Named parks take the boxes reserved for them. Community parks take lots, a few of them whole superblocks; pocket parks
take a strip of a lot along a street, in villages a corner by the lane. Most parks have gates with a path to the street;
some pocket parks have none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.demo.lots import BOX, SIDES, Lot, each_lot
from kunshan_gis.demo.texture import wobble
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import spread_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kunshan_gis.demo.blocks import Box
    from kunshan_gis.demo.plane import Plane
    from kunshan_gis.demo.spec import DemoSpec, NamedParkSpec, Tier
    from kunshan_gis.demo.ways import Ways

_REST_M = 45.0  # what a park leaves of its lot is built on if deeper than this
_VERGE_M = 9.0  # from the middle of a street to a park's outline
_COMMUNITY_HA = (2.3, 0.62, 0.55, 14.0)  # median, sigma of the logarithm, least, most
_POCKET_HA = (0.21, 0.95, 0.022, 0.97)
_UNEVEN = 1.0  # how unevenly parks lie within a town: some quarters have many, some none
_GATELESS = 0.08  # pocket parks without a gate
_CLASS = {"comprehensive": "G11", "community": "G12", "pocket": "G14"}
_LABEL = {"community": ("示例社区公园", "Demo community park"), "pocket": ("示例口袋公园", "Demo pocket park")}


@dataclass
class ParkDraft:
    """A park on the plane: tier, outline, gates on the outline, and the named park it stands for (or -1)."""

    tier: Tier
    box: Box
    gates: list[tuple[float, float]] = field(default_factory=list)
    named: int = -1


def draw_parks(
    lots: pd.DataFrame, ways: Ways, plane: Plane, spec: DemoSpec, rng: np.random.Generator
) -> list[ParkDraft]:
    """All parks: the named ones, then community, then pocket parks; `lots` and `ways` are changed."""
    weights = {town.id: town.people_weight**0.9 for town in spec.town}
    named = draw_named(lots, spec.parks.named, plane, ways)
    tiers = Counter(park.tier for park in named)
    community = draw_community(lots, spec.parks.community - tiers["community"], weights, ways, rng)
    return named + community + draw_pocket(lots, spec.parks.pocket - tiers["pocket"], weights, ways, rng)


def draw_named(lots: pd.DataFrame, named: Sequence[NamedParkSpec], plane: Plane, ways: Ways) -> list[ParkDraft]:
    """The parks known by name, trimmed to the middle of their published area, with gates on every side."""
    parks = []
    for lot in each_lot(lots, lots["reserved"] >= 0):
        park = named[lot.reserved]
        box = _trimmed(_inset(lot.box, lot.faces), sum(park.area_ha) / 2 * 1e4, plane)
        draft = ParkDraft(park.tier, box, named=lot.reserved)
        _gates_and_paths(draft, lot.box, lot.faces, ways)
        parks.append(draft)
    parks.sort(key=lambda park: park.named)
    return parks


def _inset(box: Box, faces: Sequence[bool]) -> Box:
    inset = [_VERGE_M if street else 3.0 for street in faces]
    return box[0] + inset[0], box[1] + inset[1], box[2] - inset[2], box[3] - inset[3]


def _trimmed(box: Box, area_m2: float, plane: Plane) -> Box:
    """The box drawn in evenly until its area on the ground is the wanted one; as it is if already smaller."""
    share = min(1.0, float(np.sqrt(area_m2 / plane.rectangles(np.array([box]))[0].area)))
    cut_u, cut_v = (box[2] - box[0]) * (1 - share) / 2, (box[3] - box[1]) * (1 - share) / 2
    return box[0] + cut_u, box[1] + cut_v, box[2] - cut_u, box[3] - cut_v


def _gates_and_paths(park: ParkDraft, lot: Box, faces: Sequence[bool], ways: Ways) -> None:
    """Straight paths from street to street through the park, a gate where each crosses the outline."""
    u0, v0, u1, v1 = park.box
    for axis, (low, high) in enumerate(((v0, v1), (u0, u1))):  # axis 0: paths along u, from left to right
        count = max(1, round((high - low) / 320))
        for at in low + (np.arange(count) + 0.5) * (high - low) / count:
            place = round(float(at), 1)
            start = lot[axis] if faces[axis] else park.box[axis] + 6
            end = lot[axis + 2] if faces[axis + 2] else park.box[axis + 2] - 6
            ways.add(*((start, place, end, place) if axis == 0 else (place, start, place, end)), "footway")
            for side in (axis, axis + 2):
                if faces[side]:
                    park.gates.append((park.box[side], place) if axis == 0 else (place, park.box[side]))


def draw_community(
    lots: pd.DataFrame, count: int, weights: dict[str, float], ways: Ways, rng: np.random.Generator
) -> list[ParkDraft]:
    """Community parks on lots of the built-up land; `lots` is changed: their use becomes park."""
    faces = lots[SIDES].to_numpy().sum(axis=1) > 0
    allowed = (
        (lots["kind"] == "superblock")
        & lots["free"]
        & faces
        & lots["use"].isin(["estate", "public", "commerce", "industry"])
    )
    lean = lots["use"].map({"estate": 1.0, "public": 0.8, "commerce": 0.5, "industry": 0.08}).fillna(0.0)
    rows = _chosen(lots, allowed, lean, count, weights, apart_m=420.0, rng=rng)
    chosen = list(each_lot(lots, rows))
    size = [(lot.box[2] - lot.box[0]) * (lot.box[3] - lot.box[1]) for lot in chosen]
    areas = np.empty(count)
    areas[np.argsort(size, kind="stable")] = np.sort(_areas(_COMMUNITY_HA, count, rng))  # small parks on small lots
    parks = []
    for lot, area in zip(chosen, areas.tolist(), strict=True):
        box, side = _cut_back(_inset(lot.box, lot.faces), lot.faces, area)
        park = ParkDraft("community", box)
        open_to = [face and abs(box[n] - lot.box[n]) < 2 * _VERGE_M for n, face in enumerate(lot.faces)]
        _gates_and_paths(park, lot.box, open_to, ways)
        parks.append(park)
        _move_back(lots, lot, side, box)
        left = abs(lot.box[(side + 2) % 4] - box[(side + 2) % 4])
        lots.loc[lot.row, "use"] = str(rng.choice(["public", "commerce"])) if left > _REST_M else "park"
    return parks


def _cut_back(box: Box, faces: Sequence[bool], area_m2: float) -> tuple[Box, int]:
    """A box of at most the wanted area, and the side of the old box it keeps to; cut across its length first."""
    size = box[2] - box[0], box[3] - box[1]
    axis = 0 if size[0] >= size[1] else 1
    share = min(1.0, area_m2 / (size[0] * size[1]))
    long = max(share, 0.5)
    edges = list(box)
    for way, part in ((axis, long), (1 - axis, share / long)):
        length = round(size[way] * part, 1)
        if faces[way] or not faces[way + 2]:
            edges[way + 2] = edges[way] + length
        else:
            edges[way] = edges[way + 2] - length
    kept = axis if faces[axis] or not faces[axis + 2] else axis + 2
    return (edges[0], edges[1], edges[2], edges[3]), kept


def _move_back(lots: pd.DataFrame, lot: Lot, side: int, park: Box) -> None:
    """The lot gives the park the strip along one side, and no longer faces the street there."""
    lots.loc[lot.row, BOX[side]] = park[(side + 2) % 4] + (2.0 if side < 2 else -2.0)
    lots.loc[lot.row, SIDES[side]] = False


def _areas(law: tuple[float, float, float, float], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Areas in m2, log-normal between the least and the most."""
    median, sigma, least, most = law
    areas: NDArray[np.float64] = np.clip(np.exp(rng.normal(np.log(median), sigma, count)), least, most) * 1e4
    return areas


def _chosen(
    lots: pd.DataFrame,
    allowed: pd.Series,
    lean: pd.Series,
    count: int,
    weights: dict[str, float],
    *,
    apart_m: float,
    rng: np.random.Generator,
) -> list[int]:
    """Rows of lots: each town its share by weight, within a town by lean, no two nearer than `apart_m` if possible.

    Raises
    ------
    ParameterError
        There are not enough lots.
    """
    middle = lots[BOX].to_numpy().reshape(-1, 2, 2).mean(axis=1)
    chance = lean.to_numpy(dtype=float) * np.exp(_UNEVEN * wobble(middle, 1900.0, 4.1))
    rows = np.flatnonzero(allowed.to_numpy() & (chance > 0))
    order = rows[np.argsort(-(np.log(chance[rows]) + rng.gumbel(size=len(rows))), kind="stable")]
    shares = spread_people(count, np.array(list(weights.values())))
    left = dict(zip(weights, shares.tolist(), strict=True))
    town = lots["town_id"].to_numpy()
    taken: list[int] = []
    for gap, own_town in ((apart_m, True), (apart_m / 2, True), (0.0, True), (0.0, False)):
        for row in order:
            if len(taken) == count:
                return taken
            near = bool(taken) and np.min(np.hypot(*(middle[taken] - middle[row]).T)) < gap
            if row in taken or near or (own_town and left[town[row]] <= 0):
                continue
            taken.append(int(row))
            left[town[row]] -= 1
    if len(taken) < count:
        raise ParameterError(
            Text(
                f"{count} 个公园只有 {len(taken)} 个可用地块；请加大 urban_radius_m 或减少公园数",
                f"only {len(taken)} lots for {count} parks; enlarge urban_radius_m or lower the count",
            )
        )
    return taken


def draw_pocket(
    lots: pd.DataFrame, count: int, weights: dict[str, float], ways: Ways, rng: np.random.Generator
) -> list[ParkDraft]:
    """Pocket parks on street-side strips of lots; `lots` is changed: the rest of the lot moves back from the park."""
    faces = lots[SIDES].to_numpy().sum(axis=1)
    allowed = lots["free"] & (faces >= 2) & lots["use"].isin(["estate", "commerce", "public", "open_housing"])
    lean = lots["use"].map({"estate": 0.8, "commerce": 1.3, "public": 1.0, "open_housing": 0.7}).fillna(0.0)
    rows = _chosen(lots, allowed, lean, count, weights, apart_m=130.0, rng=rng)
    parks = []
    for lot, area in zip(each_lot(lots, rows), _areas(_POCKET_HA, count, rng).tolist(), strict=True):
        side = int(rng.choice([n for n, face in enumerate(lot.faces) if face]))
        park = ParkDraft("pocket", _strip(lot.box, side, area, rng))
        _pocket_gate(park, lot.box, side, ways, rng)
        parks.append(park)
        _move_back(lots, lot, side, park.box)
    return parks


def _strip(lot: Box, side: int, area_m2: float, rng: np.random.Generator) -> Box:
    """A box along one side of a lot, its depth at most two fifths of the lot's."""
    along = (lot[3] - lot[1]) if side % 2 == 0 else (lot[2] - lot[0])
    deep = (lot[2] - lot[0]) if side % 2 == 0 else (lot[3] - lot[1])
    length_most = along - 2 * _VERGE_M - 2
    depth = min(max(float(np.sqrt(area_m2 * rng.uniform(0.35, 0.9))), 11.0), 0.4 * deep)
    length = round(min(area_m2 / depth, length_most), 1)
    depth = round(min(area_m2 / length, 0.45 * deep), 1)
    share = float(rng.choice([0.0, 0.5, 1.0]))
    start = round((lot[1] if side % 2 == 0 else lot[0]) + _VERGE_M + 1 + share * (length_most - length), 1)
    near = lot[side] + _VERGE_M if side < 2 else lot[side] - _VERGE_M - depth
    if side % 2 == 0:
        return near, start, near + depth, start + length
    return start, near, start + length, near + depth


def _pocket_gate(park: ParkDraft, lot: Box, side: int, ways: Ways, rng: np.random.Generator) -> None:
    if rng.random() < _GATELESS:
        return
    u0, v0, u1, v1 = park.box
    inner = park.box[side] + (5.0 if side < 2 else -5.0)
    if side % 2 == 0:
        at = round((v0 + v1) / 2, 1)
        ways.add(lot[side], at, inner, at, "footway")
        park.gates.append((park.box[side], at))
    else:
        at = round((u0 + u1) / 2, 1)
        ways.add(at, lot[side], at, inner, "footway")
        park.gates.append((at, park.box[side]))


def park_tables(parks: list[ParkDraft], spec: DemoSpec, plane: Plane) -> dict[str, gpd.GeoDataFrame]:
    """The drafts as the layers `parks` and `park_gates`."""
    shapes = plane.rectangles(np.array([park.box for park in parks]))
    number = dict.fromkeys(_CLASS, 0)
    rows, gates = [], []
    for park, shape in zip(parks, shapes, strict=True):
        number[park.tier] += 1
        key = f"park-{park.tier}-{number[park.tier]:03d}"
        rows.append(
            {
                "id": key,
                **_about(park, number[park.tier], spec),
                "tier": park.tier,
                "area_m2": round(shape.area, 1),
                "code": _CLASS[park.tier],
                "code_edition": spec.parks.code_edition,
            }
        )
        for n, (u, v) in enumerate(park.gates, 1):
            gates.append((f"{key}-gate-{n}", key, u, v))
    points = plane.to_ground(np.array([(u, v) for _, _, u, v in gates]))
    gate_rows = [{"id": key, "status": "planned", "name": None, "park_id": park} for key, park, _, _ in gates]
    return {
        "parks": gpd.GeoDataFrame(rows, geometry=list(shapes)),
        "park_gates": gpd.GeoDataFrame(gate_rows, geometry=shapely.points(points)),
    }


def _about(park: ParkDraft, number: int, spec: DemoSpec) -> dict[str, object]:
    if park.named >= 0:
        known = spec.parks.named[park.named]
        return {
            "status": None,
            "name": known.name,
            "name_en": known.name_en,
            "accuracy_m": known.accuracy_m,
            "basis": "schematic",
            "evidence": known.evidence,
        }
    zh, en = _LABEL[park.tier]
    return {
        "status": "planned",
        "name": f"{zh} {number:03d}",
        "name_en": f"{en} {number:03d}",
        "accuracy_m": None,
        "basis": "synthetic",
        "evidence": spec.parks.evidence,
    }
