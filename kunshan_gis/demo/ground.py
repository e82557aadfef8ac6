"""The real ground the city is drawn on, what bars its streets, and where the named parks find room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from kunshan_gis.demo import sketch
from kunshan_gis.demo.lattice import lattice_lines
from kunshan_gis.demo.site import Site
from kunshan_gis.demo.streets import Barrier
from kunshan_gis.demo.texture import Texture
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from kunshan_gis.demo.blocks import Box
    from kunshan_gis.demo.lattice import Lattice
    from kunshan_gis.demo.plane import Plane
    from kunshan_gis.demo.spec import DemoSpec, NamedParkSpec

_FAST_HALF_M = 30.0  # corridor of a ground-level expressway
_RAISED_HALF_M = 22.0  # under an elevated one nothing is built either
_RAIL_HALF_M = 24.0
_SEARCH_M = 4000.0  # how far from its place a named park may be drawn


@dataclass(frozen=True)
class Ground:
    """The area, its lakes, the frame streets reach to, the barriers, and the site lots may stand on."""

    boundary: BaseGeometry
    lakes: BaseGeometry
    frame: BaseGeometry
    barriers: list[Barrier]
    site: Site
    crs: object


def make_ground(real: Mapping[str, gpd.GeoDataFrame], drawn: Mapping[str, gpd.GeoDataFrame], spec: DemoSpec) -> Ground:
    """The ground from the real layers (boundary, water) and the sketch (towns, expressways, rail, green)."""
    boundary = shapely.union_all(np.asarray(real["boundary"].geometry.array))
    lakes = shapely.union_all(_where(real["water"], "class", "lake"))
    river = _where(real["water"], "class", "river")
    fast = drawn["expressways"]
    barriers = [
        *_barrier(river, spec.frame.river_half_m, "elevated"),
        *_barrier(_where(fast, "structure", "ground", "unknown"), _FAST_HALF_M, "tunnel"),
        *_barrier(_where(drawn["rail"], "structure", "ground", "unknown"), _RAIL_HALF_M, "tunnel"),
    ]
    raised = shapely.buffer(np.asarray(fast.geometry.array, dtype=object), _RAISED_HALF_M)
    water = shapely.union_all([lakes.buffer(22), *shapely.buffer(river, spec.frame.river_half_m + 6)])
    barred = shapely.union_all([water, *raised, *(barrier.corridor.buffer(6) for barrier in barriers)])
    wet = shapely.union_all(np.asarray(drawn["green"].geometry.array))
    towns = drawn["towns"]
    site = Site(
        boundary.buffer(-12).difference(wet), barred, water, np.asarray(towns.geometry.array), tuple(towns["id"])
    )
    return Ground(boundary, lakes, boundary.buffer(spec.frame.margin_m), barriers, site, real["boundary"].crs)


def _where(table: gpd.GeoDataFrame, column: str, *values: str) -> NDArray[np.object_]:
    shapes: NDArray[np.object_] = np.asarray(table.geometry.array, dtype=object)
    return np.asarray(shapes[table[column].isin(values).to_numpy()])


def _barrier(lines: NDArray[np.object_], half_m: float, crossing: str) -> list[Barrier]:
    axis = shapely.union_all(lines)
    return [Barrier(axis, axis.buffer(half_m), crossing)] if len(lines) else []


def make_texture(real: Mapping[str, gpd.GeoDataFrame], spec: DemoSpec) -> Texture:
    """Built-up land around the seats and around the stations of lines drawn through them."""
    seats = real["seats"].set_index("town_id").geometry
    stops = [sketch.stations_of(real["stations"], rail.line) for rail in spec.rail if rail.through_stations]
    stations = np.vstack([*stops, np.empty((0, 2))])
    none = np.zeros(len(stations))
    return Texture(
        np.vstack([[[seats[town.id].x, seats[town.id].y] for town in spec.town], stations]),
        np.append([town.urban_radius_m for town in spec.town], none + spec.station_urban.radius_m),
        np.append([town.core_radius_m for town in spec.town], none),
        np.append([town.core_block_m for town in spec.town], none + 1),
    )


def reserve_parks(ground: Ground, plane: Plane, spec: DemoSpec, rng: np.random.Generator) -> tuple[list[Box], Lattice]:
    """A plane box for every named park, clear of barriers and of each other; and the lattice around the boxes.

    Raises
    ------
    ParameterError
        A park finds no room within 4 km of its place.
    """
    corners = plane.to_plane(shapely.get_coordinates(ground.frame.envelope))
    low, high = corners.min(axis=0) - 300, corners.max(axis=0) + 300
    step, named = spec.frame.lattice_m, spec.parks.named
    boxes: dict[int, Box] = {}
    for n, park in enumerate(named):
        if _side(park) > 0.85 * step:  # so large that lattice lines must make way
            boxes[n] = _clear_box(park, _side(park) + 5 * spec.frame.canal_half_m, ground, plane, list(boxes.values()))
    keep = [[(box[axis], box[axis + 2]) for box in boxes.values()] for axis in (0, 1)]
    lines = tuple(lattice_lines(low[axis], high[axis], step, keep[axis], rng) for axis in (0, 1))
    lattice = lines[0], lines[1]
    margin = spec.frame.canal_half_m + 6
    for n, park in enumerate(named):
        if n not in boxes:
            taken = list(boxes.values())
            boxes[n] = _clear_box(park, _side(park), ground, plane, taken, cells=(lattice, margin))
    return [boxes[n] for n in range(len(named))], lattice


def _side(park: NamedParkSpec) -> float:
    """Side of a square of a park's area with the verge around it, metres."""
    return float(np.sqrt(sum(park.area_ha) / 2 * 1e4)) + 24.0


def _clear_box(
    park: NamedParkSpec,
    side: float,
    ground: Ground,
    plane: Plane,
    taken: list[Box],
    *,
    cells: tuple[Lattice, float] | None = None,
) -> Box:
    """The box nearest to a park's place that touches no barrier and no other box, inside one lattice cell if given."""
    middle = plane.to_plane(sketch.lonlat_to_ground([park.at], ground.crs))[0]
    reach = np.arange(-_SEARCH_M, _SEARCH_M + 1, 100.0)
    steps = np.array([(u, v) for u in reach for v in reach])
    places = steps[np.argsort(np.hypot(*steps.T), kind="stable")] + middle
    tries = np.column_stack([places - side / 2, places + side / 2]).round()
    fit = np.ones(len(tries), dtype=bool)
    for axis in (0, 1) if cells else ():
        fit &= _in_one_cell(tries[:, axis], tries[:, axis + 2], cells[0][axis], cells[1]) if cells else True
    for box in taken:
        fit &= (
            (tries[:, 0] > box[2] + 90)
            | (tries[:, 2] < box[0] - 90)
            | (tries[:, 1] > box[3] + 90)
            | (tries[:, 3] < box[1] - 90)
        )
    tries = tries[fit]
    for start in range(0, len(tries), 400):  # nearest first, so the later ones are seldom looked at
        free = np.flatnonzero(ground.site.free(plane.rectangles(tries[start : start + 400])))
        if len(free):
            u0, v0, u1, v1 = tries[start + free[0]].tolist()
            return u0, v0, u1, v1
    radius = f"{_SEARCH_M / 1000:g} km"
    raise ParameterError(
        Text(
            f"{park.name}所定位置周围 {radius} 内没有空地；请在 demo.toml 中移动其位置",
            f"no room for {park.name} within {radius} of its place; move it in demo.toml",
        )
    )


def _in_one_cell(
    low: NDArray[np.float64], high: NDArray[np.float64], lines: NDArray[np.float64], margin: float
) -> NDArray[np.bool_]:
    cell = np.clip(np.searchsorted(lines, (low + high) / 2), 1, len(lines) - 1)
    fit: NDArray[np.bool_] = (low >= lines[cell - 1] + margin) & (high <= lines[cell] - margin)
    return fit
