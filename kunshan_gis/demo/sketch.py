"""Schematic systems: towns as cells around their seats, expressways, rail, corridors and focus areas."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.ops import substring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from kunshan_gis.demo.spec import DemoSpec, LonLat, RingSpec, TownSpec

_RING_POINTS = 24  # vertices in a rounded corner


def lonlat_to_ground(points: Sequence[LonLat], crs: object) -> NDArray[np.float64]:
    """WGS 84 degrees to metres in the analysis CRS, (n, 2)."""
    ground = gpd.GeoSeries(shapely.points(np.asarray(points, dtype=float)), crs="EPSG:4326").to_crs(crs)
    return np.asarray(shapely.get_coordinates(np.asarray(ground.array)))


def frame(rows: list[dict[str, Any]], shapes: Sequence[Any], crs: object) -> gpd.GeoDataFrame:
    """Rows and their shapes as a table."""
    return gpd.GeoDataFrame(rows, geometry=list(shapes), crs=crs)


def draw_towns(boundary: BaseGeometry, seats: gpd.GeoDataFrame, spec: DemoSpec) -> gpd.GeoDataFrame:
    """Power cells around the seats, clipped to the boundary, with areas near the remembered ones."""
    seat_of = seats.set_index("town_id").geometry
    sites = np.array([[seat_of[town.id].x, seat_of[town.id].y] for town in spec.town])
    wanted = np.array([town.area_km2 for town in spec.town])
    wanted = wanted / wanted.sum() * boundary.area
    cells = _balanced_cells(boundary, sites, wanted)
    rows = [_town_row(town) for town in spec.town]
    return frame(rows, [shapely.set_precision(cell, 0.1) for cell in cells], seats.crs)


def _town_row(town: TownSpec) -> dict[str, Any]:
    """The area told is the one stated, never the drawn cell's."""
    area, (zh, _, en) = f"{town.area_km2:g}", town.evidence.partition(" / ")
    evidence = f"约{area}平方公里，{zh}；此单元为示意 / about {area} km2 {en or zh}; this cell is a sketch"
    names = {"name": town.name, "name_en": town.name_en, "adcode": town.adcode}
    return {"id": town.id, **names, "basis": "schematic", "evidence": evidence}


def _balanced_cells(
    boundary: BaseGeometry, sites: NDArray[np.float64], wanted: NDArray[np.float64]
) -> list[BaseGeometry]:
    """Power cells whose weights are moved towards the wanted areas; a seat never leaves its own cell."""
    coarse = boundary.simplify(100)
    weights = np.zeros(len(sites))
    for _ in range(60):
        areas = np.array([cell.area for cell in _power_cells(coarse, sites, weights)])
        weights = _keeping_seats(sites, weights + 0.35 * (wanted - areas) / np.pi)
    return _power_cells(boundary, sites, weights)


def _keeping_seats(sites: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights cut so that |w_i - w_j| stays under 0.8 of the squared distance of any two seats."""
    squared = ((sites[:, None] - sites[None]) ** 2).sum(axis=2)
    kept: NDArray[np.float64] = np.min(weights[None, :] + 0.8 * squared, axis=1)
    return kept


def _power_cells(
    boundary: BaseGeometry, sites: NDArray[np.float64], weights: NDArray[np.float64]
) -> list[BaseGeometry]:
    far = 4 * max(boundary.bounds[2] - boundary.bounds[0], boundary.bounds[3] - boundary.bounds[1])
    cells = []
    for i, site in enumerate(sites):
        cell = shapely.box(*(site - far), *(site + far))
        for j, other in enumerate(sites):
            if i != j:
                cell = cell.intersection(_nearer_half(site, other, weights[i] - weights[j], far))
        cells.append(cell.intersection(boundary))
    return cells


def _nearer_half(site: NDArray[np.float64], other: NDArray[np.float64], lead: float, far: float) -> BaseGeometry:
    """The half plane of points whose power distance to `site` is the smaller one."""
    gap = float(np.hypot(*(other - site)))
    along = (other - site) / gap
    across = np.array([-along[1], along[0]])
    middle = site + along * (gap / 2 + lead / (2 * gap))
    corners = (across * far, across * far - along * far, -across * far - along * far, -across * far)
    return shapely.Polygon([middle + corner for corner in corners])


def draw_expressways(boundary: BaseGeometry, spec: DemoSpec, crs: object) -> gpd.GeoDataFrame:
    """The middle ring cut into elevated and ground stretches, and the sketched rest."""
    rows, shapes = _ring_pieces(spec.middle_ring, crs) if spec.middle_ring else ([], [])
    near = boundary.buffer(spec.frame.margin_m)
    for number, part in enumerate(spec.expressway, 1):
        line = smooth(lonlat_to_ground(part.path, crs)).intersection(near)
        names = {"name": part.name, "name_en": part.name_en, "class": part.class_, "structure": part.structure}
        rows.append(
            {
                "id": f"expressway-{number:02d}",
                "status": part.status,
                **names,
                "basis": "schematic",
                "evidence": part.evidence,
            }
        )
        shapes.append(line)
    return frame(rows, [shapely.set_precision(shape, 0.1) for shape in shapes], crs)


def _ring_pieces(ring: RingSpec, crs: object) -> tuple[list[dict[str, Any]], list[BaseGeometry]]:
    line = ring_line(ring, crs)
    cuts = sorted({0.0, 1.0, *(share for pair in ring.elevated for share in pair)})
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry] = []
    for number, (start, end) in enumerate(pairwise(cuts), 1):
        high = any(low <= (start + end) / 2 <= top for low, top in ring.elevated)
        names = {"name": ring.name, "name_en": ring.name_en, "class": "ring"}
        rows.append(
            {
                "id": f"middle-ring-{number:02d}",
                "status": ring.status,
                **names,
                "structure": "elevated" if high else "ground",
                "basis": "schematic",
                "evidence": ring.evidence,
            }
        )
        shapes.append(substring(line, start, end, normalized=True))
    return rows, shapes


def ring_line(ring: RingSpec, crs: object) -> LineString:
    """A rounded rectangle between the named sides, its height fitted to the published length."""
    corners = [
        (ring.west_lon, ring.south_lat),
        (ring.east_lon, ring.south_lat),
        (ring.east_lon, ring.north_lat),
        (ring.west_lon, ring.north_lat),
    ]
    xy = lonlat_to_ground(corners, crs)
    west, east = (xy[0, 0] + xy[3, 0]) / 2, (xy[1, 0] + xy[2, 0]) / 2
    middle, width, radius = xy[:, 1].mean(), east - west, ring.corner_m
    # length = 2 (w + h) - 8 r + the four corners, whose chords are a little shorter than arcs
    corners_m = 2 * np.sin(np.pi / (4 * _RING_POINTS)) * 4 * _RING_POINTS * radius
    height = (ring.length_km * 1000 + 8 * radius - corners_m) / 2 - width
    left, right = west + radius, east - radius
    low, high = middle - height / 2 + radius, middle + height / 2 - radius
    turn = np.linspace(0, np.pi / 2, _RING_POINTS + 1)
    arcs = [
        np.column_stack([x + radius * np.cos(turn + q * np.pi / 2), y + radius * np.sin(turn + q * np.pi / 2)])
        for q, (x, y) in enumerate([(right, high), (left, high), (left, low), (right, low)])
    ]
    points = np.vstack(arcs)
    return LineString(np.vstack([points, points[:1]]))


def draw_rail(stations: gpd.GeoDataFrame, spec: DemoSpec) -> gpd.GeoDataFrame:
    """Lines through their stations in order, or along the sketched path."""
    rows, shapes = [], []
    for number, rail in enumerate(spec.rail, 1):
        if rail.through_stations:
            points = stations_of(stations, rail.line)
        else:
            points = lonlat_to_ground(rail.path, stations.crs)
        if rail.beyond:
            points = np.vstack([lonlat_to_ground(rail.beyond, stations.crs), points])
        rows.append(
            {
                "id": f"rail-{number:02d}",
                "status": rail.status,
                "name": rail.line,
                "name_en": rail.name_en,
                "line": rail.line,
                "structure": rail.structure,
                "basis": "schematic",
                "evidence": rail.evidence,
            }
        )
        shapes.append(smooth(points))
    return frame(rows, [shapely.set_precision(shape, 0.1) for shape in shapes], stations.crs)


def stations_of(stations: gpd.GeoDataFrame, line: str) -> NDArray[np.float64]:
    """Stations of a line in their order along it, ground metres (n, 2)."""
    places = []
    for row in stations.itertuples():
        lines = str(row.line).split(";")
        if line in lines and isinstance(row.orders, str):
            places.append((int(row.orders.split(";")[lines.index(line)]), row.geometry.x, row.geometry.y))
    return np.array([(x, y) for _, x, y in sorted(places)])


def draw_corridors(boundary: BaseGeometry, spec: DemoSpec, crs: object) -> gpd.GeoDataFrame:
    """Horizontal and vertical ecological corridors across the area, gently bent."""
    west, south, east, north = gpd.GeoSeries([boundary], crs=crs).to_crs("EPSG:4326").total_bounds
    rows, shapes = [], []
    for kind, along, places in (
        ("horizontal", np.linspace(west, east, 60), spec.corridors.horizontal_lat),
        ("vertical", np.linspace(south, north, 60), spec.corridors.vertical_lon),
    ):
        for number, place in enumerate(places, 1):
            bent = place + 0.004 * np.sin(6.5 * (along - along[0]) / (along[-1] - along[0]) + 1.9 * number)
            points = np.column_stack([along, bent] if kind == "horizontal" else [bent, along])
            line = LineString(lonlat_to_ground([tuple(point) for point in points], crs)).intersection(boundary)
            zh = ("横" if kind == "horizontal" else "纵") + f"{number}"
            rows.append(
                {
                    "id": f"corridor-{kind}-{number}",
                    "name": f"生态廊道{zh}（示意）",
                    "name_en": f"Ecological corridor, {kind} {number} (schematic)",
                    "class": kind,
                    "basis": "schematic",
                    "evidence": spec.corridors.evidence,
                }
            )
            shapes.append(line)
    return frame(rows, [shapely.set_precision(shape, 0.1) for shape in shapes], crs)


def draw_focus_areas(spec: DemoSpec, crs: object) -> gpd.GeoDataFrame:
    """Points that stand for what the plan names."""
    rows = [
        {
            "id": f"focus-{number:02d}",
            "name": area.name,
            "name_en": area.name_en,
            "class": area.class_,
            "accuracy_m": area.accuracy_m,
            "basis": "schematic",
            "evidence": area.evidence,
        }
        for number, area in enumerate(spec.focus_area, 1)
    ]
    return frame(
        rows, [shapely.Point(place) for place in lonlat_to_ground([area.at for area in spec.focus_area], crs)], crs
    )


def smooth(points: NDArray[np.float64]) -> LineString:
    """A line through all the points, its corners rounded (centripetal Catmull-Rom)."""
    if len(points) < 3:
        return LineString(points)
    first, last = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    p = np.vstack([first, points, last])
    pieces = []
    for i in range(1, len(p) - 2):
        pieces.append(_catmull_rom(p[i - 1 : i + 3]))
    return LineString(np.vstack([*pieces, points[-1:]]))


def _catmull_rom(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points from p[1] to just before p[2]."""
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(p, axis=0).T)))])
    t = np.linspace(knots[1], knots[2], 8, endpoint=False)[:, None]

    def blend(a: NDArray[np.float64], b: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
        mixed: NDArray[np.float64] = ((high - t) * a + (t - low) * b) / (high - low)
        return mixed

    a1, a2, a3 = (blend(p[i], p[i + 1], knots[i], knots[i + 1]) for i in range(3))
    b1, b2 = blend(a1, a2, knots[0], knots[2]), blend(a2, a3, knots[1], knots[3])
    return blend(b1, b2, knots[1], knots[2])


def draw_wetlands(spec: DemoSpec, crs: object) -> gpd.GeoDataFrame:
    """Large green areas that are no urban parks: an ellipse of the published area around an approximate point."""
    rows, shapes = [], []
    for number, wetland in enumerate(spec.wetland, 1):
        x, y = lonlat_to_ground([wetland.at], crs)[0]
        turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        corner_loss = np.sin(turn[1]) / turn[1]  # a polygon's area against its circle's
        radius = np.sqrt(wetland.area_ha * 1e4 / np.pi / corner_loss)
        shapes.append(
            shapely.Polygon(np.column_stack([x + 1.3 * radius * np.cos(turn), y + radius / 1.3 * np.sin(turn)]))
        )
        rows.append(
            {
                "id": f"wetland-{number}",
                "name": wetland.name,
                "name_en": wetland.name_en,
                "class": "wetland",
                "accuracy_m": wetland.accuracy_m,
                "basis": "schematic",
                "evidence": wetland.evidence,
            }
        )
    return frame(rows, [shapely.set_precision(shape, 0.1) for shape in shapes], crs)
