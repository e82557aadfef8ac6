"""The ground of units: land without water, water, green, and the streets on it."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.studies.systems.roads.driving import at_stage
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.units import Units

Floats = NDArray[np.float64]


def ground_of(setting: Setting) -> shapely.Geometry:
    """The study area's ground: within its boundary, else within its towns."""
    kind = "boundary" if setting.area.has("boundary") else "towns"
    whole = shapely.union_all(np.asarray(setting.area.table(kind).geometry.array))
    shapely.prepare(whole)
    return whole


def own_ground(setting: Setting, units: Units) -> NDArray[np.object_]:
    """The ground of every unit within the study area, and last what lies in none."""
    assert units.shapes is not None
    ground, shapes = ground_of(setting), np.asarray(units.shapes)
    rest = shapely.difference(ground, shapely.union_all(shapes))
    return np.array([*shapely.intersection(shapes, ground), rest], dtype=object)


def surface(setting: Setting, kinds: Iterable[str]) -> shapely.Geometry:
    """The areas of some layers as one, ground drawn twice once; lines have no surface."""
    tables = [setting.area.standing(kind) for kind in kinds if setting.area.has(kind)]
    shapes = np.concatenate([np.asarray(table.geometry.array) for table in tables]) if tables else np.empty(0, object)
    return shapely.union_all(shapes[shapely.get_dimensions(shapes) == 2])


def covered_m2(ground: NDArray[np.object_], surface: shapely.Geometry) -> Floats:
    """How much of each unit's ground a surface covers."""
    return np.asarray(shapely.area(shapely.intersection(ground, surface)), dtype=np.float64)


def street_m(setting: Setting, ground: NDArray[np.object_], classes: Iterable[str] | None) -> Floats:
    """Metres of street on each unit's ground: of some classes, or all that walkers may use.

    Each street once along its middle line; one on a border belongs to both of its sides by half.
    """
    streets = at_stage(setting.area, "streets", setting.area.info.scenario)
    rows = streets["walkable"].astype(bool) if classes is None else streets["class"].isin(list(classes))
    return _metres(streets[rows], ground)


def _metres(streets: gpd.GeoDataFrame, ground: NDArray[np.object_]) -> Floats:
    lines = np.asarray(streets.geometry.array)
    tree = shapely.STRtree(lines)
    shapely.prepare(ground)
    return np.array([_metres_on(lines, tree, shape) for shape in ground])


def _metres_on(lines: NDArray[np.object_], tree: shapely.STRtree, shape: shapely.Geometry) -> float:
    near = tree.query(shape, predicate="intersects")
    inside = shapely.contains_properly(shape, lines[near])
    cut = lines[near[~inside]]
    along = shapely.intersection(cut, shapely.boundary(shape))
    parts = shapely.length(shapely.intersection(cut, shape)) - shapely.length(along) / 2.0
    return float(shapely.length(lines[near[inside]]).sum() + parts.sum())
