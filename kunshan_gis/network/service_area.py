"""Service areas and isochrones as polygons: the ground beside the streets that are within a walk.

The covered street is exact, partial edges at the cutoff included; the polygon is everything within `width_m` straight
metres of it, never a hull. To count people measure walked metres to points, not these polygons; the streets themselves
are in `covered_streets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.arrays import F8
from kunshan_gis.network.distance_field import Vertices, straight_parts
from kunshan_gis.network.graph import graph_of
from kunshan_gis.network.many import NodeReach, searches
from kunshan_gis.network.outline import Grid
from kunshan_gis.network.pieces import Around, Entrances, Reached, covered_pieces
from kunshan_gis.network.search import require_cutoffs

SMALL_M = 4_000.0


def service_areas(
    network: WalkNetwork,
    sources: Points,
    group: ArrayLike | None = None,
    *,
    cutoffs_m: Sequence[float],
    width_m: float = 25.0,
    cell_m: float = 4.0,
    ids: ArrayLike | None = None,
) -> gpd.GeoDataFrame:
    """The ground within `width_m` of the streets from which a facility is within a walk of each cutoff.

    The network is undirected: with homes as sources the same polygons are their isochrones.

    Parameters
    ----------
    network : WalkNetwork
        Streets in the analysis CRS.
    sources : Points
        Entrances on the network. The leg is walked as well; what is not placed is passed over.
    group : (sources,) int, optional
        Which facility each is an entrance of, from 0 up; by default each is one of its own.
    cutoffs_m : sequence of float
        Walked metres, inclusive; infinity takes in all that is connected. Each is answered once, in rising order.
    width_m : float
        Straight metres to either side of the covered street, and around its ends.
    cell_m : float
        Spacing of the grid, at most half the width. Gaps narrower than a cell may close.
    ids : (facilities,), optional
        What the facilities are called; by default their numbers.

    Returns
    -------
    GeoDataFrame in the network's CRS, one row a facility and cutoff
        `id`, `cutoff_m`, `area_m2`, MultiPolygon geometry with its holes. Empty, with an area of 0, where nothing is
        within the cutoff. The polygons of a facility nest.

    Raises
    ------
    ParameterError
        A cutoff, the width or the cell means nothing, the groups do not fit the sources or the ids, or an area needs
        more than 2^27 grid nodes.

    Notes
    -----
    Areas with less than `SMALL_M` of street are drawn on cells half as wide, since they have more edge to their ground.
    At 25 m and cells of 4 m the ground in common with shapely's buffer and union is 0.995 to 0.999 of the joint
    ground; the outline strays from it by less than a cell, in the inner corners of streets. A cutoff of 0 gives a disc
    around each source that needs no leg. The grid begins at the network's south-west corner, so that a city moved as
    a whole moves its polygons, to the rounding of coordinates. Rings keep a vertex every few metres, so that they nest
    exactly; `.simplify(1)` before drawing takes away five of six.
    """
    cutoffs = np.unique(require_cutoffs(cutoffs_m))
    _require_grid(width_m, cell_m)
    of = np.arange(len(sources.edge)) if group is None else np.asarray(group)
    reached = searches(network, sources, of, cutoff_m=float(cutoffs[-1]))
    names = _names(ids, int(of.max(initial=-1)) + 1)
    geometry = np.empty((len(names), len(cutoffs)), dtype=object)
    for row, areas in enumerate(_areas(network, sources, of, reached, cutoffs, width_m=width_m, cell_m=cell_m)):
        geometry[row] = areas
    geometry[geometry == None] = shapely.MultiPolygon()  # noqa: E711 - facilities after the last that has a source
    return gpd.GeoDataFrame(
        {
            "id": np.repeat(names, len(cutoffs)),
            "cutoff_m": np.tile(cutoffs, len(names)),
            "area_m2": shapely.area(geometry.ravel()),
        },
        geometry=geometry.ravel(),
        crs=network.crs,
    )


def _areas(
    network: WalkNetwork,
    sources: Points,
    group: NDArray[np.int64],
    reached: NodeReach,
    cutoffs: F8,
    *,
    width_m: float,
    cell_m: float,
) -> Iterator[list[shapely.MultiPolygon]]:
    """Group by group its polygons by rising cutoff."""
    graph, vertices = graph_of(network), _vertices_of(network)
    corner = vertices.xy.min(axis=0)
    vertices = vertices._replace(xy=(vertices.xy - corner) / cell_m)
    grid, fine = (Grid(corner, cell_m=cell, width_m=width_m) for cell in (cell_m, cell_m / 2))
    node_m, seen = np.full(len(network.node_xy), np.inf), np.zeros(len(network.length_m), dtype=np.bool_)
    around = Around(graph.first, graph.arc_edge, graph.edges, node_m, seen)
    limits = np.minimum(cutoffs, np.finfo(np.float64).max)
    first, entrances = _sorted(network, sources, group, len(reached.first) - 1)
    for g in range(len(reached.first) - 1):
        own, rows = slice(first[g], first[g + 1]), slice(reached.first[g], reached.first[g + 1])
        mine = Entrances(entrances.edge[own], entrances.offset_m[own], entrances.leg_m[own])
        nodes = Reached(reached.node[rows], reached.metres[rows])
        pieces = covered_pieces(nodes, mine, limits, around)
        parts, band = straight_parts(pieces, vertices)
        street_m = cell_m * float(np.hypot(parts[:, 2] - parts[:, 0], parts[:, 3] - parts[:, 1]).sum())
        small = street_m < SMALL_M
        yield (fine if small else grid).areas(parts * 2 if small else parts, band, len(cutoffs))


def _sorted(
    network: WalkNetwork, sources: Points, group: NDArray[np.int64], groups: int
) -> tuple[NDArray[np.int64], Entrances]:
    """The placed sources by group, edge and offset, and where each group begins."""
    used = np.flatnonzero(sources.placed)
    used = used[np.lexsort((sources.leg_m[used], sources.offset_m[used], sources.edge[used], group[used]))]
    edge = sources.edge[used]
    offset = np.clip(sources.offset_m[used], 0.0, network.length_m[edge])
    first = np.searchsorted(group[used], np.arange(groups + 1))
    return first, Entrances(edge.astype(np.int32), offset, sources.leg_m[used])


_KEPT: WeakKeyDictionary[WalkNetwork, Vertices] = WeakKeyDictionary()


def _vertices_of(network: WalkNetwork) -> Vertices:
    """The network's lines in flat arrays, made once and kept as long as the network is."""
    kept = _KEPT.get(network)
    if kept is None:
        xy, edge = shapely.get_coordinates(network.lines, return_index=True)
        first = np.searchsorted(edge, np.arange(len(network.lines) + 1))
        step = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)]
        step[first[:-1]] = 0.0
        along = np.cumsum(step)
        along -= np.repeat(along[first[:-1]], np.diff(first))
        kept = _KEPT[network] = Vertices(first.astype(np.int32), xy, along)
    return kept


def _require_grid(width_m: float, cell_m: float) -> None:
    if not (np.isfinite(width_m) and 0 < cell_m <= width_m / 2):
        raise ParameterError(
            Text(
                f"width_m 须大于 0，cell_m 须大于 0 且不超过其一半，给出的是 {width_m} 和 {cell_m}；例如 25 和 4",
                f"width_m is above 0 and cell_m above 0 and at most half of it; "
                f"given {width_m} and {cell_m}, take 25 and 4",
            )
        )


def _names(ids: ArrayLike | None, groups: int) -> NDArray[np.object_]:
    names = np.arange(groups, dtype=object) if ids is None else np.asarray(ids, dtype=object)
    if len(names) < groups:
        raise ParameterError(
            Text(
                f"来源点分属 {groups} 处设施，只给出了 {len(names)} 个 ids",
                f"the sources belong to {groups} facilities and only {len(names)} ids are given",
            )
        )
    return names
