"""How the land is used: land use, estates with their gates, built-up land, canals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from kunshan_gis.demo.lots import BOX, SIDES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from kunshan_gis.demo.blocks import Box
    from kunshan_gis.demo.estates import Housing
    from kunshan_gis.demo.ground import Ground
    from kunshan_gis.demo.plane import Plane
    from kunshan_gis.demo.spec import DemoSpec, Use

_STREET_HALF_M, _LOT_LINE_M = 12.0, 3.0
_SLUICE_M = 25.0  # from a lake to the end of a canal
_PATCH_M2 = 3e5  # smaller built-up patches are left out


def lot_shapes(lots: pd.DataFrame, plane: Plane) -> NDArray[np.object_]:
    """Lots on the ground, drawn in from the middle of their streets."""
    faces = lots[SIDES].to_numpy(dtype=bool)
    inset = np.where(faces, _STREET_HALF_M, _LOT_LINE_M) * [1, 1, -1, -1]
    return plane.rectangles(lots[BOX].to_numpy(dtype=float) + inset)


def draw_landuse(
    lots: pd.DataFrame,
    shapes: NDArray[np.object_],
    rest: dict[Use, list[Box]],
    plane: Plane,
    spec: DemoSpec,
) -> gpd.GeoDataFrame:
    """Lots in use with their codes, and the rest (villages, parks) by their boxes; open land is not drawn."""
    codes = spec.landuse.codes
    used = lots["use"].isin([use for use in codes if use not in rest]).to_numpy()
    parts = [(lots["use"][used].map(codes).to_numpy(dtype=object), shapes[used])]
    parts += [
        (np.full(len(boxes), codes[use], dtype=object), plane.rectangles(np.array(boxes)))
        for use, boxes in rest.items()
    ]
    code, shape = (np.concatenate(column) for column in zip(*parts, strict=True))
    ids = [f"land-{n:05d}" for n in range(1, len(code) + 1)]
    edition = spec.landuse.code_edition
    return gpd.GeoDataFrame({"id": ids, "code": code, "code_edition": edition}, geometry=shape)


def draw_estates(housing: Housing, plane: Plane, spec: DemoSpec) -> dict[str, gpd.GeoDataFrame]:
    """The layers `estates` and `estate_gates`."""
    numbers = range(1, len(housing.estates) + 1)
    keys = [f"estate-{n:04d}" for n in numbers]
    estates = {
        "id": keys,
        "status": "existing",
        "name": [f"{spec.estates.label} {n:04d}" for n in numbers],
        "name_en": [f"{spec.estates.label_en} {n:04d}" for n in numbers],
        "gated": [gated for _, gated in housing.estates],
    }
    gates = {
        "id": [f"estate-gate-{n:05d}" for n in range(1, len(housing.gates) + 1)],
        "status": "existing",
        "estate_id": [keys[n] for n, _, _ in housing.gates],
    }
    places = plane.to_ground(np.array([(u, v) for _, u, v in housing.gates]))
    walls = plane.rectangles(np.array([wall for wall, _ in housing.estates]))
    return {
        "estates": gpd.GeoDataFrame(estates, geometry=walls),
        "estate_gates": gpd.GeoDataFrame(gates, geometry=shapely.points(places)),
    }


def draw_scope(lots: pd.DataFrame, plane: Plane, ground: Ground) -> gpd.GeoDataFrame:
    """The built-up land: urban lots grown together, larger patches only, the largest first."""
    urban = plane.rectangles(lots.loc[lots["kind"] != "rural", BOX].to_numpy())
    grown = shapely.union_all(shapely.buffer(urban, 30, join_style="mitre")).buffer(-30).simplify(15)
    patches = shapely.get_parts(grown.intersection(ground.boundary).difference(ground.lakes))
    patches = patches[(shapely.get_type_id(patches) == 3) & (shapely.area(patches) > _PATCH_M2)]
    patches = patches[np.argsort(-shapely.area(patches), kind="stable")]
    rows = {
        "id": [f"built-up-{n:02d}" for n in range(1, len(patches) + 1)],
        "status": "existing",
        "scope": "built_up",
        "basis": "synthetic",
        "evidence": "虚构：生成程序的城镇地块 / invented: the generator's urban blocks",
    }
    return gpd.GeoDataFrame(rows, geometry=shapely.set_precision(patches, 0.1))


def draw_canals(canals: list[Box], plane: Plane, ground: Ground) -> gpd.GeoDataFrame:
    """Centre lines of canals and creeks, ended by a sluice just before the lakes' shore paths."""
    lines = shapely.segmentize(shapely.linestrings(np.asarray(canals).reshape(-1, 2, 2)), 240.0)
    cut = shapely.intersection(
        shapely.transform(lines, plane.to_ground), ground.frame.difference(ground.lakes.buffer(_SLUICE_M))
    )
    parts = shapely.get_parts(shapely.line_merge(cut))
    parts = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 30)]
    ids = [f"canal-{n:04d}" for n in range(1, len(parts) + 1)]
    rows = {"id": ids, "status": "existing", "class": "canal", "structure": "ground"}
    return gpd.GeoDataFrame(rows, geometry=shapely.set_precision(parts, 0.1))
