"""What is wrong with the corridors layer: named, located, with the remedy."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis import SLIVER_M2
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.systems.corridors.continuous import GAP, Continuity
from kunshan_gis.studies.systems.corridors.drawn import Drawn
from kunshan_gis.studies.systems.system import Fault

LEAST_OUTSIDE_M, LEAST_SHARED_M = 10.0, 10.0
"""Less beyond the boundary, or along another corridor, is a matter of drawing."""
MOSTLY = 0.5
ACROSS = {"horizontal": 1, "vertical": 0}
"""Of a direction the axis it does not follow."""


def faults(area: StudyArea, drawn: Drawn, found: Continuity) -> Iterator[Fault]:
    """Every fault, kind by kind: outside, no class, wrong direction, crossing itself, overlaps, one name, slips."""
    yield from _beyond(area, drawn)
    yield from _of_class(drawn)
    yield from _crossing_itself(drawn)
    yield from _overlaps(drawn)
    yield from _one_name(drawn)
    slips = found.breaks[(found.breaks["cut_by"] == GAP) & (found.breaks["break_m"] < drawn.profile.slip_m)]
    for row, metres, place in zip(slips["row"], slips["break_m"], slips.geometry, strict=True):
        yield Fault("corridors_slip", (drawn.table["id"].iloc[int(row)],), place, float(metres))


def _beyond(area: StudyArea, drawn: Drawn) -> Iterator[Fault]:
    """Corridors beyond the boundary: as a whole they do not count, in part the metres are told."""
    if drawn.inside is None:
        return
    rows = area.standing("corridors")
    shapes = np.asarray(rows.geometry.array)
    outside = shapely.difference(shapes, drawn.inside)
    flat = shapely.get_dimensions(shapes) == 2
    metres = np.where(flat, shapely.length(outside) / 2, shapely.length(outside))
    for one, shape, rest, far in zip(rows["id"], shapes, outside, metres, strict=True):
        if not shapely.intersects(shape, drawn.inside):
            yield Fault("corridors_outside", (str(one),), shape, float(far))
        elif far > LEAST_OUTSIDE_M:
            yield Fault("corridors_beyond", (str(one),), rest, float(far))


def _of_class(drawn: Drawn) -> Iterator[Fault]:
    for one, side, shape in zip(drawn.table["id"], drawn.table["class"], drawn.shapes, strict=True):
        if side not in ACROSS:
            yield Fault("corridors_no_class", (str(one),), shape)
            continue
        west, south, east, north = shapely.bounds(shape)
        size = (east - west, north - south)
        if size[ACROSS[side]] > size[1 - ACROSS[side]]:
            yield Fault("corridors_direction", (str(one),), shape, float(size[ACROSS[side]]))


def _crossing_itself(drawn: Drawn) -> Iterator[Fault]:
    """Lines that cross themselves; areas that do are refused when the layer is read."""
    pieces, owner = drawn.pieces
    for piece, row in zip(pieces, owner, strict=True):
        if shapely.get_dimensions(piece) == 1 and not shapely.is_simple(piece):
            twice = shapely.difference(shapely.node(piece).boundary, piece.boundary)
            yield Fault("corridors_crosses_itself", (drawn.table["id"].iloc[row],), piece if twice.is_empty else twice)


def _overlaps(drawn: Drawn) -> Iterator[Fault]:
    """Two corridors on the same ground; that one crosses the other is what a mesh is made of."""
    shapes, side = drawn.shapes, drawn.table["class"].to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for one, other in zip(a[a < b], b[a < b], strict=True):
        shared = shapely.intersection(shapes[one], shapes[other])
        flat = shapely.area(shared) > SLIVER_M2
        least = min(_size(shape, flat=flat) for shape in (shapes[one], shapes[other]))
        much = _size(shared, flat=flat) / least if least else 0.0
        enough = flat or shapely.length(shared) > LEAST_SHARED_M
        if enough and (side[one] == side[other] or much > MOSTLY):
            ids = (str(drawn.table["id"].iloc[one]), str(drawn.table["id"].iloc[other]))
            yield Fault("corridors_overlap", ids, shared, float(shapely.length(shared) / (2 if flat else 1)))


def _size(shape: shapely.Geometry, *, flat: bool) -> float:
    return float(shapely.area(shape) if flat else shapely.length(shape))


def _one_name(drawn: Drawn) -> Iterator[Fault]:
    """Corridors of one name count as several; those without a name of their own are called by their id."""
    names: pd.Series = drawn.table["name"]
    for _, rows in drawn.table[names.duplicated(keep=False)].groupby("name", sort=True):
        place = shapely.union_all(np.asarray(gpd.GeoSeries(rows.geometry).array))
        yield Fault("corridors_one_name", tuple(map(str, rows["id"])), place)
