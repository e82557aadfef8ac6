"""The streets within reach, exact to the metre: whole edges, and the near part of edges at the limit."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.network.along import pieces_of
from kunshan_gis.network.graph import graph_of
from kunshan_gis.network.search import Field, require_cutoffs, require_searched


def covered_streets(field: Field, cutoffs_m: Sequence[float]) -> gpd.GeoDataFrame:
    """Pieces of street by the smallest cutoff that reaches them; the bands do not overlap.

    A last cutoff of infinity takes in the rest, what nothing reaches included.

    Parameters
    ----------
    cutoffs_m : sequence of float
        Ascending, inclusive.

    Returns
    -------
    GeoDataFrame in the network's CRS
        `cutoff_m`, `length_m`, `edge` (row of the network's edges), LineString geometry. What no cutoff reaches is
        left out.

    Raises
    ------
    ParameterError
        A cutoff is no distance, or finite and farther than the search went.
    """
    network = field.network
    cutoffs = np.unique(require_cutoffs(cutoffs_m))
    require_searched(field, cutoffs[np.isfinite(cutoffs)])
    band, edge, start, end = pieces_of(
        np.r_[-np.inf, cutoffs], graph_of(network).edges, field.labels, field.stops, field.most_stops
    )
    order = np.lexsort((start, edge, band))
    band, edge, start, end = band[order], edge[order], start[order], end[order]
    lines = network.lines[edge]
    cut = np.flatnonzero((start > 0) | (end < network.length_m[edge]))
    lines[cut] = cut_lines(lines[cut], start[cut], end[cut])
    columns = {"cutoff_m": cutoffs[band], "length_m": end - start, "edge": edge.astype(np.int64)}
    return gpd.GeoDataFrame(columns, geometry=lines, crs=network.crs)


def cut_lines(
    lines: NDArray[np.object_], start_m: NDArray[np.float64], end_m: NDArray[np.float64]
) -> NDArray[np.object_]:
    """The part of every line from `start_m` to `end_m` along it."""
    if len(lines) == 0:
        return np.empty(0, dtype=object)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.r_[True, line[1:] != line[:-1]])
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    step[first] = 0.0
    along = np.cumsum(step)
    along -= along[first][line]
    inside = (along > start_m[line]) & (along < end_m[line])
    ends = [shapely.get_coordinates(shapely.line_interpolate_point(lines, at)) for at in (start_m, end_m)]
    rows = np.arange(len(lines))
    owner = np.r_[rows, line[inside], rows]
    place = np.r_[np.full(len(rows), -1.0), along[inside], np.full(len(rows), np.inf)]
    order = np.lexsort((place, owner))
    parts: NDArray[np.object_] = np.asarray(
        shapely.linestrings(np.concatenate([ends[0], xy[inside], ends[1]])[order], indices=owner[order])
    )
    return parts
