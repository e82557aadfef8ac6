"""The demonstration city: from the real layers and `demo.toml` to every schematic and synthetic layer.

After the sketch of what is schematic it is drawn in stages, each with its own random numbers from the seed, so that a
change to one leaves the draws of the others: blocks, parks, housing, streets, people, services. Nothing here reads or
writes a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from kunshan_gis.crs import require_metric
from kunshan_gis.demo import estates, land, lattice, parks, people, services, sketch, streets, villages
from kunshan_gis.demo.ground import Ground, make_ground, make_texture, reserve_parks
from kunshan_gis.demo.lots import draw_lots
from kunshan_gis.demo.plane import Plane
from kunshan_gis.demo.site import Canvas
from kunshan_gis.demo.ways import Ways
from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, silent

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.demo.blocks import Box, Fabric
    from kunshan_gis.demo.parks import ParkDraft
    from kunshan_gis.demo.spec import DemoSpec, Use
    from kunshan_gis.demo.texture import Texture

    Tables = dict[str, gpd.GeoDataFrame]

REAL = ("boundary", "water", "seats", "stations")
_STAGES = 6  # blocks, parks, housing, streets, people, services


def build(
    real: Mapping[str, gpd.GeoDataFrame | pd.DataFrame], spec: DemoSpec, *, progress: Progress = silent
) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
    """Every schematic and synthetic layer of a place, drawn from its real layers.

    Parameters
    ----------
    real : mapping of layer name to table
        `boundary`, `water` (class: lake or river), `seats` (town_id) and `stations` (line, orders, accuracy_m), all in
        one CRS in metres. Other layers are ignored; none is changed.
    spec : DemoSpec
        Counts, names, sketches and the seed.
    progress : callable
        Told of every stage.

    Returns
    -------
    dict of layer name to table
        In the CRS given; the same for the same input. Layers are named as their kinds; `barriers` holds the canals;
        a layer without rows is left out.

    Raises
    ------
    LayerNotFoundError
        One of the real layers is missing.
    CRSError
        A table is not in metres.
    ParameterError
        The place has no room for what the spec asks for.
    """
    for name in REAL:
        if name not in real:
            raise LayerNotFoundError(
                Text(
                    f"生成演示数据需要真实图层 `{name}`；请将其加入研究区",
                    f"the demonstration needs the real layer `{name}`; add it to the study area",
                )
            )
        require_metric(real[name], name)
    stage = _stages(spec.seed, progress)
    layers = _sketched(real, spec)
    ground = make_ground(real, layers, spec)
    city = _drawn(ground, make_texture(real, spec), spec, stage)
    next(stage)
    lines = city.ways.on_ground(city.canvas.plane)
    pieces = streets.lay_streets(city.ways, lines, frame=ground.frame, lakes=ground.lakes, barriers=ground.barriers)
    layers["streets"] = streets.street_table(pieces, layers["expressways"])
    layers |= _peopled(city, ground, layers["streets"], spec, next(stage))
    layers |= _served(layers, real["stations"], ground, spec, next(stage))
    layers["homes"] = layers["homes"].drop(columns="use")
    next(stage, None)
    return {name: table.set_crs(ground.crs) for name, table in layers.items() if len(table)}


def _stages(seed: int, progress: Progress) -> Iterator[np.random.Generator]:
    """Tell of each stage as it starts, and hand over its random numbers."""
    for number in range(_STAGES):
        progress("generating", number, _STAGES)
        yield np.random.default_rng([seed, number])
    progress("generating", _STAGES, _STAGES)


@dataclass(frozen=True)
class _City:
    """What is drawn on the plane, before it is bent onto the ground."""

    canvas: Canvas
    ways: Ways
    fabric: Fabric
    lots: pd.DataFrame
    parks: list[ParkDraft]
    housing: estates.Housing


def _sketched(real: Mapping[str, gpd.GeoDataFrame], spec: DemoSpec) -> Tables:
    boundary, crs = shapely.union_all(np.asarray(real["boundary"].geometry.array)), real["boundary"].crs
    return {
        "towns": sketch.draw_towns(boundary, real["seats"], spec),
        "expressways": sketch.draw_expressways(boundary, spec, crs),
        "rail": sketch.draw_rail(real["stations"], spec),
        "corridors": sketch.draw_corridors(boundary, spec, crs),
        "focus_areas": sketch.draw_focus_areas(spec, crs),
        "green": sketch.draw_wetlands(spec, crs),
    }


def _drawn(ground: Ground, texture: Texture, spec: DemoSpec, stage: Iterator[np.random.Generator]) -> _City:
    rng = next(stage)
    plane, ways = Plane.make(shapely.get_coordinates(shapely.centroid(ground.boundary))[0], rng), Ways()
    canvas = Canvas(plane, texture, ground.site)
    reserved, lines = reserve_parks(ground, plane, spec, rng)
    fabric = lattice.draw_fabric(lines, reserved, ways, canvas, canal_half_m=spec.frame.canal_half_m, rng=rng)
    lots = draw_lots(fabric.blocks, canvas, {town.id: town.industry_share for town in spec.town}, rng)
    drafts = parks.draw_parks(lots, ways, plane, spec, next(stage))
    rng, housing = next(stage), estates.Housing()
    estates.draw_estates(lots, ways, housing, rng)
    estates.draw_open_housing(lots, ways, housing)
    villages.draw_villages(fabric.blocks, lots, ways, housing, canvas, rng=rng)
    return _City(canvas, ways, fabric, lots, drafts, housing)


def _peopled(city: _City, ground: Ground, street: gpd.GeoDataFrame, spec: DemoSpec, rng: np.random.Generator) -> Tables:
    """Homes, jobs and neighbourhoods, and the land they stand on."""
    plane, shapes = city.canvas.plane, land.lot_shapes(city.lots, city.canvas.plane)
    homes = people.settle(city.housing, street, city.canvas, spec, rng)
    rest: dict[Use, list[Box]] = {"village": city.housing.villages, "park": [park.box for park in city.parks]}
    return {
        "homes": homes,
        "communities": people.draw_communities(homes, spec),
        "jobs": people.draw_jobs(city.lots, shapes, homes, spec, rng),
        "landuse": land.draw_landuse(city.lots, shapes, rest, plane, spec),
        "scope": land.draw_scope(city.lots, plane, ground),
        "barriers": land.draw_canals(city.fabric.canals, plane, ground),
        **land.draw_estates(city.housing, plane, spec),
        **parks.park_tables(city.parks, spec, plane),
    }


def _served(
    layers: Tables, stations: gpd.GeoDataFrame, ground: Ground, spec: DemoSpec, rng: np.random.Generator
) -> Tables:
    street = layers["streets"]
    return {
        "facilities": services.draw_facilities(layers["homes"], street, ground.boundary, spec, rng),
        "bus_stops": services.draw_bus_stops(street, ground.boundary, spec),
        "entrances": services.draw_entrances(stations, street, rng),
        "ramps": services.draw_ramps(layers["expressways"], street, spec),
    }
