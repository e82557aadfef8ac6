"""The demonstration city: from the real layers and `demo.toml` to every schematic and synthetic layer.

The stages are drawn in order, each with its own random numbers from the seed, so that a change to one leaves the
places of the others: sketch, plane and texture, blocks, lots, parks, housing, streets, people, services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.crs import require_metric
from kunshan_gis.demo import blocks, estates, lots, parks, people, services, sketch, streets
from kunshan_gis.demo.plane import Plane
from kunshan_gis.demo.texture import Texture
from kunshan_gis.demo.ways import Ways
from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.model import Progress, silent

if TYPE_CHECKING:
    from kunshan_gis.demo.blocks import Box
    from kunshan_gis.demo.parks import ParkDraft
    from kunshan_gis.demo.spec import DemoSpec, NamedParkSpec

REAL = ("boundary", "water", "seats", "stations")
_STAGES = ("sketch", "blocks", "parks", "housing", "streets", "people", "services")
_FAST_HALF_M = 30.0
_RAIL_HALF_M = 24.0


@dataclass(frozen=True)
class _Ground:
    """The real ground and the schematic systems on it."""

    boundary: shapely.Geometry
    lakes: shapely.Geometry
    frame: shapely.Geometry
    barriers: list[streets.Barrier]
    site: lots.Site
    wetlands: gpd.GeoDataFrame


def build(
    real: Mapping[str, gpd.GeoDataFrame | pd.DataFrame], spec: DemoSpec, *, progress: Progress = silent
) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
    """Every schematic and synthetic layer of a place, from its real layers.

    Parameters
    ----------
    real : mapping of layer name to table
        `boundary`, `water` (class lake or river), `seats` (town_id) and `stations` (line, orders), in one CRS in metres.
    spec : DemoSpec
        Counts, names, sketches and the seed.
    progress : callable
        Told of every stage.

    Returns
    -------
    dict of layer name to table
        In the CRS given; the same for the same input.

    Raises
    ------
    LayerNotFoundError
        One of the real layers is missing.
    CRSError
        A table is not in metres.
    """
    for name in REAL:
        if name not in real:
            raise LayerNotFoundError(f"the demonstration needs the real layer `{name}`; add it to the folder")
        require_metric(real[name], name)
    crs = real["boundary"].crs
    rng = [np.random.default_rng([spec.seed, stage]) for stage in range(len(_STAGES))]

    progress("generating", 0, len(_STAGES))
    layers: dict[str, gpd.GeoDataFrame | pd.DataFrame] = _sketched(real, spec)
    ground = _ground(real, layers, spec)

    progress("generating", 1, len(_STAGES))
    plane = Plane.make(shapely.get_coordinates(ground.boundary.centroid)[0], rng[0])
    texture = _texture(real, spec)
    ways = Ways()
    reserved, lines = _reserved(ground, plane, spec, rng[1])
    fabric = blocks.draw_fabric(lines, reserved, ways, plane, texture, canal_half_m=spec.frame.canal_half_m, rng=rng[1])
    plots = lots.draw_lots(fabric.blocks, plane, texture, ground.site, rng[1])

    progress("generating", 2, len(_STAGES))
    drafts = _parks(plots, ways, plane, spec, rng[2])

    progress("generating", 3, len(_STAGES))
    housing = estates.Housing()
    estates.draw_estates(plots, ways, housing, rng[3])
    estates.draw_open_housing(plots, ways, housing)
    estates.draw_villages(fabric.blocks, plots, ways, housing, plane, ground.site, rng[3])

    progress("generating", 4, len(_STAGES))
    pieces = streets.lay_streets(ways, ways.on_ground(plane), frame=ground.frame, lakes=ground.lakes,
                                 barriers=ground.barriers)  # fmt: skip
    table = streets.street_table(pieces, layers["expressways"], crs)

    progress("generating", 5, len(_STAGES))
    homes = people.settle(housing, table, ground.site, plane, texture, spec, rng[5]).set_crs(crs)
    lot_shapes = plane.rectangles(people.lot_boxes(plots))
    layers |= {"streets": table, "jobs": people.draw_jobs(plots, lot_shapes, homes, spec, rng[5])}
    layers |= parks.park_tables(drafts, spec, plane, crs)
    layers |= _land(plots, lot_shapes, drafts, housing, plane, ground, spec, crs)

    progress("generating", 6, len(_STAGES))
    layers |= {
        "homes": homes.drop(columns="use"),
        "communities": people.draw_communities(homes, spec),
        "facilities": services.draw_facilities(homes, table, ground.boundary, spec, rng[6]),
        "bus_stops": services.draw_bus_stops(table, ground.boundary, spec),
        "entrances": services.draw_entrances(real["stations"], table, rng[6]),
        "ramps": services.draw_ramps(layers["expressways"], table, spec),
        "barriers": _canals(fabric.canals, plane, ground, crs),
    }
    progress("generating", len(_STAGES), len(_STAGES))
    return layers


def _sketched(
    real: Mapping[str, gpd.GeoDataFrame | pd.DataFrame], spec: DemoSpec
) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
    boundary, crs = shapely.union_all(np.asarray(real["boundary"].geometry.array)), real["boundary"].crs
    return {
        "towns": sketch.draw_towns(boundary, real["seats"], spec),
        "expressways": sketch.draw_expressways(boundary, spec, crs),
        "rail": sketch.draw_rail(real["stations"], spec),
        "corridors": sketch.draw_corridors(boundary, spec, crs),
        "focus_areas": sketch.draw_focus_areas(spec, crs),
        "green": sketch.draw_wetlands(spec, crs),
    }


def _ground(
    real: Mapping[str, gpd.GeoDataFrame | pd.DataFrame],
    drawn: Mapping[str, gpd.GeoDataFrame | pd.DataFrame],
    spec: DemoSpec,
) -> _Ground:
    boundary = shapely.union_all(np.asarray(real["boundary"].geometry.array))
    water = real["water"]
    lakes = shapely.union_all(np.asarray(water.geometry.array)[(water["class"] == "lake").to_numpy()])
    river = np.asarray(water.geometry.array)[(water["class"] == "river").to_numpy()]
    fast, rail = drawn["expressways"], drawn["rail"]
    low = np.asarray(fast.geometry.array)[(fast["structure"] != "elevated").to_numpy()]
    tracks = np.asarray(rail.geometry.array)[rail["structure"].isin(["ground", "unknown"]).to_numpy()]
    barriers = [
        *([_barrier(river, spec.frame.river_half_m, "elevated")] if len(river) else []),
        *([_barrier(low, _FAST_HALF_M, "tunnel")] if len(low) else []),
        *([_barrier(tracks, _RAIL_HALF_M, "tunnel")] if len(tracks) else []),
    ]
    raised = shapely.buffer(np.asarray(fast.geometry.array), _FAST_HALF_M - 8)
    barred = shapely.union_all([lakes.buffer(22), *raised, *(barrier.corridor.buffer(6) for barrier in barriers)])
    wetlands = drawn["green"]
    wet = shapely.union_all(np.asarray(wetlands.geometry.array))
    towns = drawn["towns"]
    site = lots.Site(boundary.buffer(-12).difference(wet), barred, np.asarray(towns.geometry.array),
                     tuple(towns["id"]))  # fmt: skip
    return _Ground(boundary, lakes, boundary.buffer(spec.frame.margin_m), barriers, site, wetlands)


def _barrier(lines: np.ndarray, half_m: float, structure: str) -> streets.Barrier:
    axis = shapely.union_all(lines)
    return streets.Barrier(axis, axis.buffer(half_m), structure)


def _texture(real: Mapping[str, gpd.GeoDataFrame | pd.DataFrame], spec: DemoSpec) -> Texture:
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


def _reserved(
    ground: _Ground, plane: Plane, spec: DemoSpec, rng: np.random.Generator
) -> tuple[list[Box], tuple[np.ndarray, np.ndarray]]:
    """A box for every named park near its place, clear of barriers and of each other, and the lattice around them."""
    corners = plane.to_plane(shapely.get_coordinates(ground.frame.envelope))
    low, high = corners.min(axis=0) - 300, corners.max(axis=0) + 300
    step = spec.frame.lattice_m
    boxes: dict[int, Box] = {}
    big = [n for n, park in enumerate(spec.parks.named) if _side(park) > 0.6 * step]
    for n in big:
        boxes[n] = _clear_box(spec.parks.named[n], ground, plane, list(boxes.values()), None, spec)
    lines = tuple(
        blocks.lattice_lines(low[axis], high[axis], step, [(box[axis], box[axis + 2]) for box in boxes.values()], rng)
        for axis in (0, 1)
    )
    for n, park in enumerate(spec.parks.named):
        if n not in boxes:
            boxes[n] = _clear_box(park, ground, plane, list(boxes.values()), (lines[0], lines[1]), spec)
    return [boxes[n] for n in range(len(spec.parks.named))], (lines[0], lines[1])


def _side(park: NamedParkSpec) -> float:
    """Side of a square of a park's area with the verge around it, metres."""
    return float(np.sqrt(sum(park.area_ha) / 2 * 1e4)) + 24.0


def _clear_box(
    park: NamedParkSpec, ground: _Ground, plane: Plane, taken: list[Box],
    lines: tuple[np.ndarray, np.ndarray] | None, spec: DemoSpec,
) -> Box:  # fmt: skip
    side = _side(park)
    middle = plane.to_plane(sketch.lonlat_to_ground([park.at], ground.wetlands.crs))[0]
    reach = np.arange(-4000.0, 4001.0, 100.0)
    tries = np.array([(u, v) for u in reach for v in reach])
    tries = tries[np.argsort(np.hypot(*tries.T), kind="stable")] + middle
    candidates = np.column_stack([tries - side / 2, tries + side / 2]).round()
    fit = np.ones(len(candidates), dtype=bool)
    margin = spec.frame.canal_half_m + 6
    for axis in (0, 1) if lines else ():
        assert lines is not None
        cell = np.searchsorted(lines[axis], tries[:, axis])
        inner = (cell > 0) & (cell < len(lines[axis]))
        cell = np.clip(cell, 1, len(lines[axis]) - 1)
        fit &= inner & (candidates[:, axis] >= lines[axis][cell - 1] + margin)
        fit &= candidates[:, axis + 2] <= lines[axis][cell] - margin
    for box in taken:
        fit &= ((candidates[:, 0] > box[2] + 90) | (candidates[:, 2] < box[0] - 90)
                | (candidates[:, 1] > box[3] + 90) | (candidates[:, 3] < box[1] - 90))  # fmt: skip
    candidates = candidates[fit]
    for start in range(0, len(candidates), 400):
        free = np.flatnonzero(ground.site.free(plane.rectangles(candidates[start : start + 400])))
        if len(free):
            u0, v0, u1, v1 = candidates[start + free[0]].tolist()
            return u0, v0, u1, v1
    raise ValueError(f"no room for {park.name} within 4 km of its place; move it in demo.toml")


def _parks(
    plots: pd.DataFrame, ways: Ways, plane: Plane, spec: DemoSpec, rng: np.random.Generator
) -> list[ParkDraft]:
    weights = {town.id: town.people_weight**0.9 for town in spec.town}
    named = parks.draw_named(plots, spec.parks.named, plane, ways)
    left = {tier: spec.parks.count(tier) - sum(park.tier == tier for park in named)
            for tier in ("community", "pocket")}  # fmt: skip
    community = parks.draw_community(plots, left["community"], weights, ways, plane, rng)
    pocket = parks.draw_pocket(plots, [], left["pocket"], weights, ways, rng)
    return named + community + pocket


def _land(plots: pd.DataFrame, lot_shapes: np.ndarray, drafts: list[ParkDraft], housing: estates.Housing, plane: Plane,
          ground: _Ground, spec: DemoSpec, crs: object) -> dict[str, gpd.GeoDataFrame]:  # fmt: skip
    """Land use, estates with their gates, and the built-up scope."""
    codes = spec.landuse.codes
    park_boxes = plane.rectangles(np.array([park.box for park in drafts]))
    villages = plane.rectangles(np.array(housing.villages)) if housing.villages else np.empty(0, dtype=object)
    used = plots["use"].isin(list(codes)).to_numpy() & (plots["use"] != "park").to_numpy()
    shapes = np.concatenate([lot_shapes[used], villages, park_boxes])
    code = np.concatenate([plots["use"][used].map(codes).to_numpy(dtype=object),
                           np.full(len(villages), codes["village"], dtype=object),
                           np.full(len(park_boxes), codes["park"], dtype=object)])  # fmt: skip
    ids = [f"land-{n:05d}" for n in range(1, len(shapes) + 1)]
    landuse = gpd.GeoDataFrame(
        {"id": ids, "code": code, "code_edition": spec.landuse.code_edition}, geometry=shapes, crs=crs
    )
    walls = plane.rectangles(np.array([wall for wall, _ in housing.estates]))
    keys = [f"estate-{n:04d}" for n in range(1, len(walls) + 1)]
    estate = gpd.GeoDataFrame(
        {"id": keys, "status": "existing", "gated": [gated for _, gated in housing.estates]}, geometry=walls, crs=crs
    )
    of = [keys[n] for n, _, _ in housing.gates]
    gates = gpd.GeoDataFrame(
        {"id": [f"estate-gate-{n:05d}" for n in range(1, len(of) + 1)], "status": "existing", "estate_id": of},
        geometry=shapely.points(plane.to_ground(np.array([(u, v) for _, u, v in housing.gates]))), crs=crs,
    )  # fmt: skip
    return {"landuse": landuse, "estates": estate, "estate_gates": gates, "scope": _scope(plots, plane, ground, crs)}


def _scope(plots: pd.DataFrame, plane: Plane, ground: _Ground, crs: object) -> gpd.GeoDataFrame:
    """The built-up land: urban lots grown together, the larger patches only."""
    urban = plane.rectangles(plots.loc[plots["kind"] != "rural", lots.BOX].to_numpy())
    grown = shapely.union_all(shapely.buffer(urban, 30, join_style="mitre")).buffer(-30).simplify(15)
    patches = shapely.get_parts(grown.intersection(ground.boundary).difference(ground.lakes))
    patches = patches[(shapely.get_type_id(patches) == 3) & (shapely.area(patches) > 3e5)]
    patches = patches[np.argsort(-shapely.area(patches), kind="stable")]
    rows = [
        {"id": f"built-up-{n:02d}", "status": "existing", "scope": "built_up", "basis": "synthetic",
         "evidence": "invented: the generator's urban blocks"}
        for n in range(1, len(patches) + 1)
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry=shapely.set_precision(patches, 0.1), crs=crs)


def _canals(canals: list[Box], plane: Plane, ground: _Ground, crs: object) -> gpd.GeoDataFrame:
    """Canal centre lines, ended at the lakes."""
    pieces = np.asarray(canals).reshape(-1, 2, 2)
    lines = shapely.transform(shapely.segmentize(shapely.linestrings(pieces), 240.0), plane.to_ground)
    cut = shapely.difference(shapely.intersection(lines, ground.frame), ground.lakes)
    parts = shapely.get_parts(shapely.line_merge(cut))
    parts = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 30)]
    rows = {"id": [f"canal-{n:04d}" for n in range(1, len(parts) + 1)], "status": "existing", "class": "canal",
            "structure": "ground"}  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry=shapely.set_precision(parts, 0.1), crs=crs)
