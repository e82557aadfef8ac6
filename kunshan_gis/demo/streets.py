"""Streets on the ground: cut at lakes and barriers, carried over them by bridges and underpasses, one connected whole.

A way that meets the river, a ground-level expressway or railway either crosses it in one straight piece that shares no
vertex with it, or ends before it. Streets from `tertiary` upwards cross;
lesser ones only where nothing else joins two parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from kunshan_gis.demo.ways import Ways

    Lines = NDArray[np.object_]

CROSSING_CLASSES = ("primary", "secondary", "tertiary")
_LONGEST_CROSSING_M = 260.0
_SHORE_M = 15.0
_SMALLEST_PIECE_M = 2.0
_ISLANDS_KEPT = 24  # small isolated bits that stay, as every real network has some
_ISLAND_M = (40.0, 450.0)


@dataclass(frozen=True)
class Barrier:
    """What bars walkers: its axis lines, the corridor streets stop at, and how a crossing is built."""

    axis: BaseGeometry
    corridor: BaseGeometry
    structure: str  # of the crossing: elevated (bridge) or tunnel (underpass)


@dataclass
class Pieces:
    """Lines on the ground with their class and structure, row by row."""

    lines: Lines
    kind: NDArray[np.object_]
    structure: NDArray[np.object_]

    def rows(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Pieces:
        """Some of the rows."""
        return Pieces(self.lines[keep], self.kind[keep], self.structure[keep])

    def and_(self, other: Pieces) -> Pieces:
        """The rows of both."""
        pair = (self, other)
        return Pieces(*(np.concatenate([getattr(p, name) for p in pair]) for name in ("lines", "kind", "structure")))


def lay_streets(
    ways: Ways, lines: Lines, *, frame: BaseGeometry, lakes: BaseGeometry, barriers: list[Barrier]
) -> Pieces:
    """The walkable pieces, connected; `lines` are the ways on the ground."""
    pieces = Pieces(lines, np.asarray(ways.classes, dtype=object), np.asarray(ways.structures, dtype=object))
    pieces = _outside(_within(pieces, frame), shore := lakes.buffer(_SHORE_M).simplify(8.0))
    pieces = pieces.and_(_shore_paths(pieces, shore, frame))
    spare = pieces.rows(np.zeros(len(pieces.lines), dtype=bool))
    for barrier in barriers:
        pieces, held_back = _bar(pieces, barrier)
        spare = spare.and_(held_back)
    return _main_and_few_islands(_join_parts(pieces, spare))


def _split(pieces: Pieces, by: BaseGeometry, *, inside: bool) -> tuple[Pieces, Pieces]:
    """Rows that do not touch a shape, and the parts of the others inside (or outside) it."""
    shapely.prepare(by)
    touching = shapely.intersects(by, pieces.lines)
    hit = pieces.rows(touching)
    cut = shapely.intersection(hit.lines, by) if inside else shapely.difference(hit.lines, by)
    parts, row = shapely.get_parts(shapely.line_merge(cut), return_index=True)
    fit = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) >= _SMALLEST_PIECE_M)
    parts, row = parts[fit], row[fit]
    rounded = shapely.remove_repeated_points(shapely.transform(parts, lambda xy: xy.round(1)))
    return pieces.rows(~touching), Pieces(np.asarray(rounded, dtype=object), hit.kind[row], hit.structure[row])


def _within(pieces: Pieces, frame: BaseGeometry) -> Pieces:
    shapely.prepare(frame)
    whole = shapely.covers(frame, pieces.lines)
    _, parts = _split(pieces.rows(~whole), frame, inside=True)
    return pieces.rows(whole).and_(parts)


def _outside(pieces: Pieces, lakes: BaseGeometry) -> Pieces:
    kept, parts = _split(pieces, lakes, inside=False)
    return kept.and_(parts)


def _shore_paths(pieces: Pieces, shore: BaseGeometry, frame: BaseGeometry) -> Pieces:
    """A path along each lake, meeting every street that ends at the shore."""
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(pieces.lines, n)) for n in (0, -1)])
    near = shapely.dwithin(shapely.points(ends), shore.boundary, 0.5)
    paths = []
    for ring in shapely.get_parts(shore.boundary):
        stops = ends[near][shapely.dwithin(shapely.points(ends[near]), ring, 0.5)]
        corners = shapely.get_coordinates(ring)[:-1].round(1)
        points = np.unique(np.vstack([corners, stops]), axis=0)
        along = shapely.line_locate_point(ring, shapely.points(points))
        points = points[np.argsort(along, kind="stable")]
        paths.append(shapely.LineString(np.vstack([points, points[:1]])))
    lines = np.asarray(paths, dtype=object)
    rows = Pieces(lines, np.full(len(lines), "footway", dtype=object), np.full(len(lines), "ground", dtype=object))
    return _within(rows, frame)


def _bar(pieces: Pieces, barrier: Barrier) -> tuple[Pieces, Pieces]:
    """Streets stopped at a barrier's corridor with their crossings, and the crossings held back (lesser streets)."""
    kept, outside = _split(pieces, barrier.corridor, inside=False)
    _, inside = _split(pieces, barrier.corridor, inside=True)
    ends = np.stack([shapely.get_coordinates(shapely.get_point(inside.lines, n)) for n in (0, -1)], axis=1)
    straight = np.asarray(shapely.linestrings(ends), dtype=object) if len(ends) else inside.lines
    shapely.prepare(barrier.axis)
    through = shapely.crosses(straight, barrier.axis) & (shapely.length(straight) < _LONGEST_CROSSING_M)
    through &= shapely.dwithin(shapely.points(ends[:, 0]), barrier.corridor.boundary, 0.5)
    through &= shapely.dwithin(shapely.points(ends[:, 1]), barrier.corridor.boundary, 0.5)
    crossing = Pieces(straight, inside.kind, np.full(len(straight), barrier.structure, dtype=object)).rows(through)
    major = np.isin(crossing.kind, CROSSING_CLASSES)
    return kept.and_(outside).and_(crossing.rows(major)), crossing.rows(~major)


def components(lines: Lines) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each line the connected piece it belongs to (by shared vertices), and the length of every piece, metres."""
    xy, row = shapely.get_coordinates(lines, return_index=True)
    _, node = np.unique((xy * 10).round().astype(np.int64), axis=0, return_inverse=True)
    node = node.ravel()
    same = row[1:] == row[:-1]
    count = int(node.max()) + 1
    graph = coo_array((np.ones(same.sum()), (node[:-1][same], node[1:][same])), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    first = np.searchsorted(row, np.arange(len(lines)))
    piece = np.asarray(label[node[first]], dtype=np.int64)
    return piece, np.bincount(piece, weights=shapely.length(lines)).astype(np.float64)


def _join_parts(pieces: Pieces, spare: Pieces) -> Pieces:
    """Add a held-back crossing wherever it joins two parts that nothing else joins."""
    if len(spare.lines) == 0:
        return pieces
    both = pieces.and_(spare)
    known, _ = components(pieces.lines)
    xy, row = shapely.get_coordinates(pieces.lines, return_index=True)
    where = dict(zip(map(tuple, xy.tolist()), known[row].tolist(), strict=True))
    parent = list(range(int(known.max()) + 1))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    chosen = []
    for n, line in enumerate(spare.lines):
        ends = [where.get((x, y)) for x, y in shapely.get_coordinates(line)[[0, -1]].tolist()]
        if None not in ends and root(ends[0]) != root(ends[1]):  # type: ignore[arg-type]
            parent[root(ends[0])] = root(ends[1])  # type: ignore[arg-type]
            chosen.append(len(pieces.lines) + n)
    return both.rows(np.concatenate([np.arange(len(pieces.lines)), np.asarray(chosen, dtype=np.int64)]))


def _main_and_few_islands(pieces: Pieces) -> Pieces:
    """The largest connected piece, and a few small ones."""
    piece, length = components(pieces.lines)
    main = int(np.argmax(length))
    islands = np.flatnonzero((length >= _ISLAND_M[0]) & (length <= _ISLAND_M[1]))
    kept = islands[:: max(1, len(islands) // _ISLANDS_KEPT)][:_ISLANDS_KEPT]
    return pieces.rows(np.isin(piece, [main, *kept]))


def street_table(pieces: Pieces, expressways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The layer `streets`: walkable pieces, then the expressways, which walkers may not use."""
    fast = expressways.explode(index_parts=False)
    shapes = np.concatenate([pieces.lines, np.asarray(fast.geometry.array, dtype=object)])
    count = len(pieces.lines)
    return gpd.GeoDataFrame(
        {
            "id": [f"street-{n:05d}" for n in range(1, len(shapes) + 1)],
            "status": ["existing"] * count + fast["status"].tolist(),
            "class": np.concatenate([pieces.kind, np.full(len(fast), "motorway", dtype=object)]),
            "walkable": np.arange(len(shapes)) < count,
            "structure": np.concatenate([pieces.structure, fast["structure"].to_numpy(dtype=object)]),
        },
        geometry=shapes,
    )
