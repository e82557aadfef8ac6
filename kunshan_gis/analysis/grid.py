"""People in square or hexagonal cells: what a map can show where a point per home says too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis.coverage import coverage
from kunshan_gis.crs import require_metric
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text


def cells(homes: gpd.GeoDataFrame, state: pd.Series, *, size_m: float = 300.0) -> gpd.GeoDataFrame:
    """Residents per state in square cells on a grid of the CRS; empty cells are left out.

    Returns
    -------
    GeoDataFrame
        `id` (column_row of the grid), the columns of `coverage`, square polygons.

    Raises
    ------
    CRSError
        The homes are not in metres.
    ParameterError
        The size is not above zero.
    """
    require_metric(homes, "homes")
    if not np.isfinite(size_m) or size_m <= 0:
        raise ParameterError(Text(f"size_m = {size_m}：须大于 0", f"size_m = {size_m}: give metres above 0"))
    column_row = np.floor(shapely.get_coordinates(homes.geometry.array) / size_m).astype(np.int64)
    return _counted(homes, state, column_row, lambda at: _squares(at, size_m))


def amount_cells(
    points: gpd.GeoSeries,
    amount: NDArray[np.float64],
    covered: NDArray[np.float64],
    measurable: NDArray[np.bool_],
    *,
    size_m: float = 300.0,
) -> gpd.GeoDataFrame:
    """How much of anything (people, m2 of land) is covered in square cells on a grid of the CRS.

    Parameters
    ----------
    points : where each amount is, metric CRS
    amount : (points,) people, m2, metres
    covered : (points,) how much of it is covered
    measurable : (points,) whether that is known

    Returns
    -------
    GeoDataFrame
        `id` (column_row of the grid), `amount`, and its three states `covered`, `not_covered`, `not_measurable`, which
        sum to it; `share_covered` of all, NaN where nothing is measurable; squares. Cells without any amount are left
        out.
    """
    require_metric(points, "points")
    place = np.floor(shapely.get_coordinates(points.array) / size_m).astype(np.int64)
    states = {
        "amount": amount,
        "covered": np.where(measurable, covered, 0.0),
        "not_covered": np.where(measurable, amount - covered, 0.0),
        "not_measurable": np.where(measurable, 0.0, amount),
    }
    table = pd.DataFrame(states).groupby([place[:, 0], place[:, 1]]).sum()
    table = table[table["amount"] > 0]
    at = np.array(table.index.tolist(), dtype=np.int64).reshape(-1, 2)
    known = table["amount"] - table["not_measurable"] > 0
    table = table.assign(share_covered=(table["covered"] / table["amount"]).where(known)).reset_index(drop=True)
    table.insert(0, "id", [f"{x}_{y}" for x, y in at.tolist()])
    return gpd.GeoDataFrame(table, geometry=_squares(at, size_m), crs=points.crs)


def hexagons(
    homes: gpd.GeoDataFrame,
    state: pd.Series,
    *,
    side_m: float | None = None,
    area_m2: float | None = None,
    top: Literal["pointy", "flat"] = "pointy",
) -> gpd.GeoDataFrame:
    """Residents per state in hexagons on a grid of the CRS; empty ones are left out.

        area = 3 sqrt(3) / 2 side^2

    Parameters
    ----------
    homes : GeoDataFrame of points with `population`, metric CRS
    state : Series, same index
        From `states`.
    side_m, area_m2 : float
        The size, by one of the two.
    top : `pointy` or `flat`
        A corner or a side to the north.

    Returns
    -------
    GeoDataFrame
        `id` (the two axial numbers of the grid, q_r), the columns of `coverage`, hexagons that share their corners
        to the last bit. The grid's centre (0_0) is the origin of the CRS, so that ids stay when homes come or go.

    Raises
    ------
    CRSError
        The homes are not in metres.
    ParameterError
        Both sizes are given, or none, or one that is not above zero.

    References
    ----------
    Birch, Oom and Beecham 2007, Rectangular and hexagonal grids used for observation, experiment and simulation in
    ecology.
    """
    require_metric(homes, "homes")
    side = _side(side_m, area_m2)
    xy = shapely.get_coordinates(homes.geometry.array)
    across = xy if top == "pointy" else xy[:, ::-1]
    return _counted(homes, state, _axial(across / side), lambda at: _hexagons(at, side, flat=top == "flat"))


def hexagon_cells(
    shapes: gpd.GeoSeries,
    *,
    side_m: float | None = None,
    area_m2: float | None = None,
    top: Literal["pointy", "flat"] = "pointy",
) -> gpd.GeoDataFrame:
    """The hexagons of the grid of `hexagons` that points, lines or areas lie in, without any figures.

    Parameters
    ----------
    shapes : GeoSeries of any geometry, metric CRS
    side_m, area_m2, top
        As in `hexagons`.

    Returns
    -------
    GeoDataFrame
        `id` as in `hexagons`, polygons; sorted by the two numbers of the id. A hexagon that is only touched is there
        too.

    Raises
    ------
    CRSError
        The shapes are not in metres.
    ParameterError
        As `hexagons`.

    Examples
    --------
    A line of 200 m east from the middle of a hexagon 100 m wide goes through its neighbour into the one beyond.

    >>> line = gpd.GeoSeries([shapely.LineString([(0, 0.1), (200, 0.1)])], crs="EPSG:4549")
    >>> hexagon_cells(line, side_m=100 / np.sqrt(3))["id"].tolist()
    ['0_0', '1_0', '2_0']
    """
    require_metric(shapes, "shapes")
    side = _side(side_m, area_m2)
    geometry = np.asarray(shapes.array)
    geometry = geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    dense = np.where(shapely.get_dimensions(geometry) > 0, shapely.segmentize(geometry, side / 2), geometry)
    xy = shapely.get_coordinates(dense)
    at = np.unique(_axial((xy if top == "pointy" else xy[:, ::-1]) / side), axis=0)
    at = np.unique((at[:, None, :] + _RING).reshape(-1, 2), axis=0)
    if shapely.area(geometry).max(initial=0.0) > side**2:  # a hexagon can lie inside an area, away from its outline
        at = np.unique(np.vstack([at, _between(at)]), axis=0)
    drawn = _hexagons(at, side, flat=top == "flat")
    met = np.unique(shapely.STRtree(drawn).query(geometry, predicate="intersects")[1])
    ids = [f"{q}_{r}" for q, r in at[met].tolist()]
    return gpd.GeoDataFrame({"id": ids}, geometry=drawn[met], crs=shapes.crs)


_RING = np.array([(0, 0), (1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)])
"""A hexagon and its six neighbours, in axial numbers: of what crosses its corner a vertex lies in one of them."""


def _between(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """All hexagons of the rows between the outermost ones."""
    low, high = at.min(axis=0), at.max(axis=0)
    q, r = (np.arange(first, last + 1) for first, last in zip(low, high, strict=True))
    return np.array(np.meshgrid(q, r)).reshape(2, -1).T


def _counted(
    homes: gpd.GeoDataFrame,
    state: pd.Series,
    place: NDArray[np.int64],
    draw: Callable[[NDArray[np.int64]], NDArray[np.object_]],
) -> gpd.GeoDataFrame:
    """`coverage` of the cells that homes lie in, each drawn from its two numbers."""
    name = pd.Series([f"{x}_{y}" for x, y in place.tolist()], index=homes.index, dtype=object)
    table = coverage(homes["population"], state, name)
    first = pd.DataFrame(place, index=name).groupby(level=0).first().reindex(table.index)
    shapes = draw(first.to_numpy(dtype=np.int64).reshape(-1, 2))
    return gpd.GeoDataFrame(table.rename_axis("id").reset_index(), geometry=shapes, crs=homes.crs)


def _squares(at: NDArray[np.int64], size_m: float) -> NDArray[np.object_]:
    west, south = (at * size_m).T
    return np.asarray(shapely.box(west, south, west + size_m, south + size_m))


def _side(side_m: float | None, area_m2: float | None) -> float:
    size = side_m if area_m2 is None else area_m2
    if (side_m is None) == (area_m2 is None) or size is None or not np.isfinite(size) or size <= 0:
        raise ParameterError(
            Text(
                "六边形大小用 side_m（边长，米）或 area_m2（面积，平方米）之一给出，且大于 0",
                "give the hexagons' size by side_m or by area_m2, one of the two, above 0",
            )
        )
    return size if area_m2 is None else float(np.sqrt(area_m2 / (1.5 * np.sqrt(3.0))))


def _axial(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Axial numbers q, r of the pointy hexagon of side 1 around each point: the three cube numbers sum to zero."""
    r = xy[:, 1] / 1.5
    q = xy[:, 0] / np.sqrt(3.0) - r / 2
    cube = np.column_stack([q, r, -q - r])
    near = np.round(cube)
    worst = np.argmax(np.abs(near - cube), axis=1)
    rows = np.arange(len(cube))
    near[rows, worst] -= near.sum(axis=1)
    return near[:, :2].astype(np.int64)


_CORNERS = np.array([(0, 2), (-1, 1), (-1, -1), (0, -2), (1, -1), (1, 1)])
"""Of a pointy hexagon from its centre, in half widths and half sides: whole numbers, so that neighbours share
corners."""


def _hexagons(at: NDArray[np.int64], side: float, *, flat: bool) -> NDArray[np.object_]:
    centre = np.column_stack([2 * at[:, 0] + at[:, 1], 3 * at[:, 1]])
    corners = (centre[:, None, :] + _CORNERS) * np.array([np.sqrt(3.0) / 2 * side, side / 2])
    return np.asarray(shapely.polygons(corners[:, ::-1, ::-1] if flat else corners))


def street_cells(homes: gpd.GeoDataFrame, streets: gpd.GeoSeries, *, size_m: float = 500.0) -> gpd.GeoDataFrame:
    """Residents and metres of street in square cells on a grid of the CRS; only cells with residents.

    A street counts in each cell with the metres it runs there, exactly.

    Parameters
    ----------
    homes : GeoDataFrame of points with `population`, metric CRS
    streets : GeoSeries of lines, same CRS

    Returns
    -------
    GeoDataFrame
        `id` (column_row of the grid), `population` (int), `street_m`, `people_per_km` (NaN without street), squares.
    """
    require_metric(homes, "homes")
    require_metric(streets, "streets", analysis_crs=str(homes.crs))
    xy = np.floor(shapely.get_coordinates(homes.geometry.array) / size_m).astype(np.int64)
    people = pd.Series(homes["population"].to_numpy(), index=_places(xy)).groupby(level=[0, 1]).sum()
    people = people[people > 0]
    metres = _lengths(np.asarray(streets.array), size_m).reindex(people.index).fillna(0.0)
    corners = np.array(people.index.tolist(), dtype=float).reshape(-1, 2) * size_m
    table = pd.DataFrame(
        {
            "id": [f"{x}_{y}" for x, y in people.index],
            "population": people.to_numpy(),
            "street_m": metres.to_numpy(),
            "people_per_km": (people / (metres / 1000).where(metres > 0)).to_numpy(),
        }
    )
    squares = shapely.box(*corners.T, *(corners + size_m).T)
    return gpd.GeoDataFrame(table, geometry=squares, crs=homes.crs)


def _places(column_row: NDArray[np.int64]) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([column_row[:, 0], column_row[:, 1]], names=["column", "row"])


def _lengths(lines: NDArray[np.object_], size_m: float) -> pd.Series:
    """Metres of line by column and row of the grid: straight pieces are cut where they cross its lines."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    xy = xy / size_m
    ahead = line[1:] == line[:-1]
    start, end = xy[:-1][ahead], xy[1:][ahead]
    piece = [np.arange(len(start)), np.arange(len(start))]
    along = [np.zeros(len(start)), np.ones(len(start))]
    for axis in (0, 1):
        low, high = np.minimum(start[:, axis], end[:, axis]), np.maximum(start[:, axis], end[:, axis])
        first = np.floor(low) + 1
        count = np.maximum(np.ceil(high) - first, 0).astype(np.int64)
        owner = np.repeat(np.arange(len(start)), count)
        crossed = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        piece.append(owner)
        along.append((crossed - start[owner, axis]) / (end - start)[owner, axis])
    owner, share = np.concatenate(piece), np.concatenate(along)
    order = np.lexsort((share, owner))
    owner, share = owner[order], share[order]
    same = owner[1:] == owner[:-1]
    owner, middle, part = owner[:-1][same], ((share[1:] + share[:-1]) / 2)[same], np.diff(share)[same]
    cell = np.floor(start[owner] + middle[:, None] * (end - start)[owner]).astype(np.int64)
    metres = np.hypot(*(end - start).T)[owner] * part * size_m
    return pd.Series(metres, index=_places(cell)).groupby(level=[0, 1]).sum()
