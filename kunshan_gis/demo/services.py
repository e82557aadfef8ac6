"""Services along the streets: facilities, bus stops, station entrances and ramps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from kunshan_gis.demo.spec import DemoSpec

_STRAY_M = 190.0  # how far a facility lies from the homes it was meant for
_ENTRANCES_M, _ENTRANCE_GAP_M = (70.0, 110.0), 300.0  # from the centre; from where one was wanted to the street


class StreetSide:
    """Places beside walkable streets of some classes."""

    def __init__(self, streets: gpd.GeoDataFrame, classes: tuple[str, ...] | None = None) -> None:
        fit = streets["walkable"].to_numpy() & (streets["structure"] == "ground").to_numpy()
        if classes is not None:
            fit &= streets["class"].isin(classes).to_numpy()
        self.lines = np.asarray(streets.geometry.array)[fit]
        self._tree = shapely.STRtree(self.lines)

    def beside(self, xy: NDArray[np.float64], aside_m: float) -> NDArray[np.float64]:
        """The nearest place on a street, moved `aside_m` towards each point."""
        points = shapely.points(xy)
        row, line = self._tree.query_nearest(points, all_matches=False)
        line = line[np.argsort(row, kind="stable")]
        on = shapely.line_interpolate_point(self.lines[line], shapely.line_locate_point(self.lines[line], points))
        on_xy = shapely.get_coordinates(on)
        away = xy - on_xy
        length = np.maximum(np.hypot(*away.T), 0.1)[:, None]
        moved: NDArray[np.float64] = (on_xy + away / length * np.minimum(aside_m, length)).round(1)
        return moved


def draw_facilities(
    homes: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, boundary: BaseGeometry, spec: DemoSpec, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Each category once for its number of people: two thirds spread evenly over people, the rest at random."""
    order = homes.iloc[np.argsort(homes.geometry.hilbert_distance().to_numpy(), kind="stable")]
    people = np.cumsum(order["population"].to_numpy())
    places = shapely.get_coordinates(np.asarray(order.geometry.array))
    side = StreetSide(streets, ("secondary", "tertiary", "residential", "unclassified", "living_street"))
    rows, points = [], []
    for facility in spec.facility:
        count = max(1, round(people[-1] / facility.people_each))
        even = (np.arange(count) + rng.uniform(0.1, 0.9, count)) / count * people[-1]
        anyone = np.where(rng.random(count) < 0.67, even, rng.uniform(0, people[-1], count))
        at = places[np.minimum(np.searchsorted(people, anyone), len(places) - 1)]
        xy = side.beside(at + rng.normal(0, _STRAY_M / 1.6, (count, 2)), 11.0)
        inside = shapely.contains_xy(boundary, *xy.T)
        xy[~inside] = side.beside(at[~inside], 11.0)
        for n in range(1, count + 1):
            rows.append(
                {
                    "id": f"{facility.category}-{n:03d}",
                    "status": "existing",
                    "name": None,
                    "category": facility.category,
                    "capacity": facility.capacity,
                }
            )
        points.append(xy)
    return gpd.GeoDataFrame(rows, geometry=shapely.points(np.vstack(points)))


def draw_bus_stops(streets: gpd.GeoDataFrame, boundary: BaseGeometry, spec: DemoSpec) -> gpd.GeoDataFrame:
    """Stops along the larger streets, at the stated spacing, none nearer than 0.6 of it to another one."""
    side = StreetSide(streets, ("primary", "secondary", "tertiary"))
    lines = side.lines[shapely.length(side.lines) > 150]
    length = shapely.length(lines)
    count = np.maximum(1, np.round(length / spec.bus.spacing_m)).astype(int)
    line = np.repeat(np.arange(len(lines)), count)
    step = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    at = (step + 0.5) / count[line] * length[line]
    on = shapely.line_interpolate_point(lines[line], at)
    ahead = shapely.line_interpolate_point(lines[line], at + 1.0)
    heading = shapely.get_coordinates(ahead) - shapely.get_coordinates(on)
    aside = np.column_stack([heading[:, 1], -heading[:, 0]]) / np.maximum(np.hypot(*heading.T), 0.1)[:, None]
    xy = (shapely.get_coordinates(on) + aside * 6.0).round(1)
    xy = _thinned(xy[shapely.contains_xy(boundary, *xy.T)], 0.6 * spec.bus.spacing_m)
    ids = [f"bus-stop-{n:04d}" for n in range(1, len(xy) + 1)]
    return gpd.GeoDataFrame({"id": ids, "status": "existing"}, geometry=shapely.points(xy))


def _thinned(xy: NDArray[np.float64], gap_m: float) -> NDArray[np.float64]:
    """Points left when each one removes the later ones nearer than the gap."""
    points = np.asarray(shapely.points(xy), dtype=object)
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=gap_m)
    pairs = np.unique(np.column_stack([first, second])[first < second], axis=0)
    gone = np.zeros(len(xy), dtype=bool)
    for a, b in pairs.tolist():
        if not gone[a]:
            gone[b] = True
    return xy[~gone]


def draw_entrances(stations: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Four entrances around each metro station, two at the others, beside the nearest street if one is near."""
    side = StreetSide(streets)
    rows, places = [], []
    for station in stations.sort_values("id").itertuples():
        metro = isinstance(station.orders, str)
        turn, count = rng.uniform(0, np.pi / 2), 4 if metro else 2
        for n in range(count):
            angle = turn + n * 2 * np.pi / count
            away = rng.uniform(*_ENTRANCES_M)
            places.append((station.geometry.x + away * np.cos(angle), station.geometry.y + away * np.sin(angle)))
            rows.append(
                {
                    "id": f"{station.id}-{'ABCD'[n]}",
                    "status": "existing",
                    "name": f"{'ABCD'[n]}口",
                    "name_en": f"Entrance {'ABCD'[n]}",
                    "station_id": station.id,
                    "accuracy_m": float(station.accuracy_m),
                }
            )
    wanted = np.array(places)
    found = side.beside(wanted, 4.0)
    near = np.hypot(*(found - wanted).T) < _ENTRANCE_GAP_M
    return gpd.GeoDataFrame(rows, geometry=shapely.points(found))[near].reset_index(drop=True)


def draw_ramps(expressways: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, spec: DemoSpec) -> gpd.GeoDataFrame:
    """Ramp groups and interchanges spread along the middle ring, each where the nearest larger street passes."""
    ring = expressways[expressways["id"].str.startswith("middle-ring")] if spec.middle_ring else expressways.iloc[:0]
    if spec.middle_ring is None or ring.empty:
        return gpd.GeoDataFrame({"id": []}, geometry=[])
    whole = shapely.line_merge(shapely.union_all(np.asarray(ring.geometry.array)))
    count = spec.middle_ring.diamond_groups + spec.middle_ring.system_interchanges
    at = shapely.line_interpolate_point(whole, (np.arange(count) + 0.5) / count, normalized=True)
    side = StreetSide(streets, ("primary", "secondary", "tertiary"))
    xy = side.beside(shapely.get_coordinates(at), 60.0)
    points = np.asarray(shapely.points(xy), dtype=object)
    nearest = shapely.STRtree(np.asarray(ring.geometry.array)).query_nearest(points, all_matches=False)[1]
    step = count / max(1, spec.middle_ring.system_interchanges)
    system = {int(step * (n + 0.5)) for n in range(spec.middle_ring.system_interchanges)}
    rows = [
        {
            "id": f"ramp-{n + 1:02d}",
            "status": "existing",
            "expressway_id": ring["id"].iloc[int(nearest[n])],
            "class": "interchange" if n in system else "diamond",
        }
        for n in range(count)
    ]
    return gpd.GeoDataFrame(rows, geometry=shapely.points(xy))
