"""Homes, the points that people walk from: counted people spread over the buildings they may live in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import LayerError
from kunshan_gis.messages import Text
from kunshan_gis.model import spread_people

POINT_REACH = 0.75
"""A building belongs to the nearest counted point if it is within this share of the points' usual spacing: the corners
of a hexagon lie at 0.58 of it, those of a square at 0.71."""


def spread_over_buildings(population: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """People of each cell or point on its buildings, by floor area, the whole number of people kept exactly.

    Parameters
    ----------
    population : GeoDataFrame
        `population` (people, fractions allowed) on areas or points, in metres.
    buildings : GeoDataFrame
        Areas in the same CRS with `id`, `lived_in`, `levels` (NaN where unknown); may be empty.

    Returns
    -------
    GeoDataFrame
        `id`, `population` (whole people, more than zero) and points. A home in a building has the building's id; the
        people of a cell without any stay at the cell's middle, those of a point at the point, id `cell/` and its index.

    Raises
    ------
    CRSError
        Not in metres.

    Notes
    -----
    Floor area is the footprint times the storeys; where those are not tagged, the median of those that are, else one.
    A building lies in the cell that holds its representative point (the first, should cells overlap), or belongs to
    the nearest point within `POINT_REACH`. The total is rounded once, and handed down by largest remainder.
    """
    require_metric(population, "population")
    require_metric(buildings, "buildings", analysis_crs=population.crs)
    people = _whole(population)
    lived = buildings[np.asarray(buildings["lived_in"], dtype=bool)]
    doors = np.asarray(lived.geometry.representative_point().array)
    cell = _cell_of(doors, np.asarray(population.geometry.array))
    return _homes(population, people, list(lived["id"]), doors, cell=cell, weight=_floor_area(lived))


def spread_over_land(population: gpd.GeoDataFrame, land: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """People of each cell or point on the residential land in it, by area, the whole number of people kept exactly.

    Parameters
    ----------
    population : GeoDataFrame
        `population` (people, fractions allowed) on areas or points, in metres.
    land : GeoDataFrame
        Areas people live on, in the same CRS, with `id`; they may not overlap. May be empty.

    Returns
    -------
    GeoDataFrame
        `id`, `population` (whole people, more than zero) and points: one home for each piece of land in each cell,
        inside the piece, with the ids of both. The people of a cell without residential land stay at its middle, those
        of a point at the point, id `cell/` and its index.

    Raises
    ------
    CRSError
        Not in metres.
    """
    require_metric(population, "population")
    require_metric(land, "land", analysis_crs=population.crs)
    people = _whole(population)
    cells, shapes = np.asarray(population.geometry.array), np.asarray(land.geometry.array)
    cell, piece = shapely.STRtree(shapes).query(cells, predicate="intersects") if len(land) else _NO_PAIRS
    pieces = shapely.intersection(cells[cell], shapes[piece])
    area = shapely.area(pieces)
    order = np.flatnonzero(area > 0)
    order = order[np.lexsort([piece[order], cell[order]])]
    cell, piece, pieces, area = cell[order], piece[order], pieces[order], area[order]
    index = np.asarray(population.index)[cell]
    ids = [f"{name}/{number}" for name, number in zip(np.asarray(land["id"])[piece], index, strict=True)]
    return _homes(population, people, ids, shapely.point_on_surface(pieces), cell=cell, weight=area)


def at_cells(population: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """People at the middle of their cell or at their point, the whole number of people kept exactly.

    Returns
    -------
    GeoDataFrame
        As `spread_over_land`, every id `cell/` and its index.
    """
    return spread_over_land(population, gpd.GeoDataFrame({"id": []}, geometry=[], crs=population.crs))


def one_per_building(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One person in every building that may be lived in: a stand-in where no one was counted.

    Raises
    ------
    LayerError
        There is no such building.
    """
    lived = buildings[np.asarray(buildings["lived_in"], dtype=bool)]
    if lived.empty:
        raise LayerError(
            Text(
                "数据中没有可供居住的建筑，无法得到居住人口点；请用 --population 提供人口数（人口格网或人口点）",
                "the extract holds no building that people may live in, so there are no homes; give the number of "
                "people with --population (a grid or points)",
            )
        )
    points = lived.geometry.representative_point()
    ones = np.ones(len(lived), dtype=np.int64)
    return gpd.GeoDataFrame({"id": lived["id"].to_numpy(), "population": ones}, geometry=points.array, crs=lived.crs)


_NO_PAIRS = np.zeros((2, 0), dtype=np.int64)


def _whole(population: gpd.GeoDataFrame) -> NDArray[np.int64]:
    counted = np.asarray(population["population"], dtype=float)
    return spread_people(round(float(counted.sum())), counted)


def _homes(
    population: gpd.GeoDataFrame,
    people: NDArray[np.int64],
    ids: list[str],
    places: NDArray[np.object_],
    *,
    cell: NDArray[np.int64],
    weight: NDArray[np.float64],
) -> gpd.GeoDataFrame:
    """Homes at places, each in a cell (-1: none) with a weight in it; cells without any keep theirs at their middle."""
    share = _spread(people, cell, weight)
    without = np.setdiff1d(np.flatnonzero(people), cell)
    middle = np.asarray(population.geometry.iloc[without].representative_point().array)
    left = [f"cell/{number}" for number in population.index[without]]
    homes = gpd.GeoDataFrame(
        {"id": np.array([*ids, *left], dtype=object), "population": np.r_[share, people[without]]},
        geometry=np.r_[places, middle],
        crs=population.crs,
    )
    return homes[homes["population"] > 0].reset_index(drop=True)


def _cell_of(doors: NDArray[np.object_], cells: NDArray[np.object_]) -> NDArray[np.int64]:
    """Row of the cell each building lies in, -1 where in none."""
    found = np.full(len(doors), -1, dtype=np.int64)
    points = np.flatnonzero(shapely.get_type_id(cells) == shapely.GeometryType.POINT)
    areas = np.setdiff1d(np.arange(len(cells)), points)
    if len(points) > 1 and len(doors):
        tree = shapely.STRtree(cells[points])
        spacing = tree.query_nearest(cells[points], exclusive=True, all_matches=False, return_distance=True)[1]
        door, point = tree.query_nearest(doors, max_distance=POINT_REACH * np.median(spacing), all_matches=False)
        found[door] = points[point]
    if len(areas) and len(doors):
        area, door = shapely.STRtree(doors).query(cells[areas], predicate="intersects")
        order = np.lexsort([-area, door])
        found[door[order]] = areas[area[order]]  # the last assignment stands: the first cell
    return found


def _floor_area(buildings: gpd.GeoDataFrame) -> NDArray[np.float64]:
    storeys = np.asarray(buildings["levels"], dtype=float)
    usual = float(np.nanmedian(storeys)) if np.isfinite(storeys).any() else 1.0
    return np.asarray(buildings.geometry.area, dtype=float) * np.where(np.isfinite(storeys), storeys, usual)


def _spread(people: NDArray[np.int64], cell: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.int64]:
    share = np.zeros(len(cell), dtype=np.int64)
    order = np.argsort(cell, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
        if len(rows) and cell[rows[0]] >= 0:
            share[rows] = spread_people(int(people[cell[rows[0]]]), weight[rows])
    return share
