"""First gaps to close: straight links that are not there and would bring most residents within the walk of a station.

A candidate joins a junction or dead end to the nearest place on another street, at most `link_gap_m` away in a straight
line, where one end is far nearer a station than the other: the way from one to the other is then at least `link_detour`
times as long as the link. A link that crosses a street in between is none: it would join there.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.studies.on_foot import overhead
from kunshan_gis.studies.supply import STATIONS
from kunshan_gis.studies.systems.system import Part
from kunshan_gis.studies.systems.tod.areas import Around, named
from kunshan_gis.studies.systems.tod.crossed import crossings
from kunshan_gis.studies.systems.tod.options import Options
from kunshan_gis.studies.terms import AS_MEASURED

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
LEAST_M = 5.0
"""A shorter gap is a matter of drawing, which the audit of the network tells."""
KINDS_USED = (
    "stations",
    "entrances",
    "homes",
    "jobs",
    "streets",
    "water",
    "barriers",
    "rail",
    "expressways",
    "estates",
)
NEEDS = ("path", "bridge", "opening")
"""A path alone; a bridge or an underpass; an opening in a wall or a walled estate."""
COLUMNS = (
    "link_needs", "link_rank", "id", "name", "name_en", "link_m", "way_saved_m", "people_gained", "people_added",
    "jobs_gained", "link_crosses", "link_crosses_en", "lon", "lat",
)  # fmt: skip


class _Links(NamedTuple):
    """Candidates: from the end near a station to the far one, over `metres` in a straight line.

    Attributes
    ----------
    far : the far end, its leg being the way to the station over the link
    saved_m : how much shorter that is than the way now
    source : the station door it leads to, as a row of the search's sources
    """

    far: Points
    lines: NDArray[np.object_]
    metres: Floats
    saved_m: Floats
    source: Rows

    def rows(self, rows: Rows | NDArray[np.bool_]) -> _Links:
        """Some of the links."""
        at = np.arange(len(self.metres))[rows]
        far = network.select(self.far, at)
        return _Links(far, self.lines[at], self.metres[at], self.saved_m[at], self.source[at])


def links_part(around: Around, options: Options) -> Part:
    """The table `tod_links`: of every need the best first, each counted after those before it; and for the map."""
    area = around.measuring.area
    if not (area.has("streets") and area.has("homes")) or not options.links_each:
        return Part(optional=("streets", "homes"))
    found, owner = _candidates(around, options)
    crossed = crossings(area, found.lines)
    needs = np.array([need for need, _ in crossed], dtype=object)
    best = [one for need in NEEDS for one in _best(around, found, np.flatnonzero(needs == need), options.links_each)]
    table, lines = _rows(around, found, owner, best, crossed)
    drawn = {"tod_links": gpd.GeoDataFrame(table, geometry=lines, crs=area.info.analysis_crs)} if len(table) else {}
    return Part({"tod_links": table}, drawn=drawn, kinds=KINDS_USED, counts={"tod_link_candidates": len(found.metres)})


def _candidates(around: Around, options: Options) -> tuple[_Links, Rows]:
    """Links worth a look, and the station of every door the search starts from."""
    measuring, influence = around.measuring, around.profile.influence_m
    net = measuring.net(AS_MEASURED)
    sure = around.known_within(influence)[around.stations.listed]
    field, rows = measuring.field(STATIONS, sure, AS_MEASURED)
    owner = around.stations.listed[rows]
    walkable = np.flatnonzero(~overhead(measuring.area, net) & (net.component_m >= measuring.walk.min_component_m))
    node, ends = _junctions(net, walkable)
    near = _near_doors(around, net.node_xy[node], sure, influence + options.link_gap_m)
    pairs = _across(net, node[near], network.select(ends, near), walkable, options.link_gap_m)
    found = _worth(field, pairs, options.link_detour, influence)
    return found.rows(~_interrupted(net, walkable, found.lines)), owner


def _junctions(net: WalkNetwork, walkable: Rows) -> tuple[Rows, Points]:
    """Nodes one can step off the street at, each as a point on one of its edges."""
    node = np.r_[net.edge_uv[walkable, 0], net.edge_uv[walkable, 1]]
    edge = np.r_[walkable, walkable]
    offset = np.r_[np.zeros(len(walkable)), net.length_m[walkable]]
    found, first = np.unique(node, return_index=True)
    return found, _points(edge[first], offset[first])


def _points(edge: Rows, offset: Floats) -> Points:
    return Points(edge, offset, np.zeros(len(edge)), np.full(len(edge), "", dtype=object))


def _near_doors(around: Around, xy: Floats, sure: NDArray[np.bool_], metres: float) -> Rows:
    """Nodes in a straight line near a door of a station that is known well enough."""
    stations = around.stations
    known = around.known_within(around.profile.influence_m)[stations.owner]
    doors = shapely.get_coordinates(np.asarray(stations.doors.array)[known])
    if not len(doors) or not len(xy) or not sure.any():
        return np.empty(0, dtype=np.int64)
    away = cKDTree(doors).query(xy, distance_upper_bound=metres)[0]
    return np.flatnonzero(np.isfinite(away))


class _Pairs(NamedTuple):
    """A junction and the nearest place on another street, and the straight line from one to the other."""

    junction: Points
    place: Points
    lines: NDArray[np.object_]
    metres: Floats


def _across(net: WalkNetwork, node: Rows, ends: Points, walkable: Rows, gap_m: float) -> _Pairs:
    at = np.asarray(shapely.points(net.node_xy[node]))
    row, number = shapely.STRtree(net.lines[walkable]).query(at, predicate="dwithin", distance=gap_m)
    edge = walkable[number]
    other = (net.edge_uv[edge] != node[row][:, None]).all(axis=1)
    row, edge = row[other], edge[other]
    offset = np.asarray(shapely.line_locate_point(net.lines[edge], at[row]))
    feet = np.asarray(shapely.line_interpolate_point(net.lines[edge], offset))
    metres = np.asarray(shapely.distance(at[row], feet))
    kept = np.flatnonzero(metres >= LEAST_M)
    lines = np.asarray(shapely.linestrings(
        np.stack([net.node_xy[node[row[kept]]], shapely.get_coordinates(feet[kept])], axis=1)
    ))  # fmt: skip
    place = _points(edge[kept], np.minimum(offset[kept], net.length_m[edge[kept]]))
    return _Pairs(network.select(ends, row[kept]), place, lines, metres[kept])


def _worth(field: network.Field, pairs: _Pairs, detour: float, influence_m: float) -> _Links:
    """The pairs of which one end is within the walk and the other far round; from the near end to the far one."""
    ways = [network.nearest(field, end) for end in (pairs.junction, pairs.place)]
    here, there = (way["metres"].fillna(np.inf).to_numpy() for way in ways)
    inward = there < here  # the place on the other street is the one near the station
    near, far = np.minimum(here, there), np.maximum(here, there)
    over = near + pairs.metres
    kept = np.flatnonzero((over <= influence_m) & np.isfinite(near) & (far >= near + detour * pairs.metres))
    source = np.where(inward, ways[1]["source"].to_numpy(), ways[0]["source"].to_numpy())
    edge, offset = (
        np.where(inward, getattr(pairs.junction, name), getattr(pairs.place, name)) for name in ("edge", "offset_m")
    )
    ends = Points(edge[kept], offset[kept], over[kept], np.full(len(kept), "", dtype=object))
    lines = np.where(inward[kept], shapely.reverse(pairs.lines[kept]), pairs.lines[kept])
    return _Links(ends, lines, pairs.metres[kept], far[kept] - over[kept], source[kept])


def _interrupted(net: WalkNetwork, walkable: Rows, lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Links that cross a street on their way."""
    inner = shapely.line_interpolate_point(lines[:, None], np.array([[0.01, 0.99]]), normalized=True)
    between = shapely.linestrings(shapely.get_coordinates(inner).reshape(-1, 2, 2))
    met = shapely.STRtree(net.lines[walkable]).query(between, predicate="intersects")[0]
    return np.isin(np.arange(len(lines)), met)


def _best(around: Around, found: _Links, some: Rows, number: int) -> list[tuple[int, int, int, int]]:
    """Candidate, its rank, residents it gains alone and adds to those before it; best first, then the shorter.

    What a link adds never grows as others come, so that only the one on top is counted anew.
    """
    people = around.measuring.demand("people").amount
    live = _live(around, people)
    alone = {row: _gain(live, network.select(found.far, np.array([row]))) for row in some.tolist()}
    waiting = sorted((-gain, float(found.metres[row]), row) for row, gain in alone.items() if gain > 0)
    best: list[tuple[int, int, int, int]] = []
    while waiting and len(best) < number:
        promised, metres, row = heapq.heappop(waiting)
        end = network.select(found.far, np.array([row]))
        now = _gain(live, end)
        if now == -promised:
            best.append((row, len(best) + 1, alone[row], now))
            live.add(end)
        elif now > 0:
            heapq.heappush(waiting, (-now, metres, row))
    return best


def _live(around: Around, amount: Floats) -> network.Live:
    measuring = around.measuring
    sure = around.known_within(around.profile.influence_m)[around.stations.listed]
    sources = measuring.field(STATIONS, sure, AS_MEASURED)[0].sources
    return network.Live(
        measuring.net(AS_MEASURED), sources, measuring.placed("people", AS_MEASURED), amount,
        cutoffs_m=[around.profile.influence_m], tolerance_m=TOLERANCE_M,
    )  # fmt: skip


def _gain(live: network.Live, end: Points) -> int:
    before = int(live.people[0])
    live.add(end)
    gained = int(live.people[0]) - before
    live.undo()
    return gained


def _jobs_gained(around: Around, found: _Links, rows: Rows) -> Floats:
    """Jobs newly within the walk, link by link; NaN without jobs."""
    measuring = around.measuring
    jobs = around.things("jobs")
    if jobs is None or jobs.points is None:
        return np.full(len(rows), np.nan)
    sure = around.known_within(around.profile.influence_m)[around.stations.listed]
    sources = measuring.field(STATIONS, sure, AS_MEASURED)[0].sources
    live = network.Live(
        measuring.net(AS_MEASURED), sources, jobs.points, jobs.amount, cutoffs_m=[around.profile.influence_m],
        tolerance_m=TOLERANCE_M,
    )  # fmt: skip
    return np.array([_gain(live, network.select(found.far, np.array([row]))) for row in rows], dtype=float)


def _rows(
    around: Around,
    found: _Links,
    owner: Rows,
    best: list[tuple[int, int, int, int]],
    crossed: list[tuple[str, Text]],
) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    rows = np.array([row for row, *_ in best], dtype=np.int64)
    lines = found.lines[rows]
    middles = gpd.GeoSeries(shapely.line_interpolate_point(lines, 0.5, normalized=True), crs=around.stations.table.crs)
    degrees = middles.to_crs("EPSG:4326")
    over = [crossed[row] for row in rows]
    table = named(around).iloc[owner[found.source[rows]]].reset_index(drop=True)
    saved = found.saved_m[rows]
    table = table.assign(
        link_rank=[rank for _, rank, _, _ in best], link_m=np.round(found.metres[rows], 1),
        way_saved_m=np.where(np.isfinite(saved), np.round(saved, 1), np.nan),
        people_gained=[alone for _, _, alone, _ in best], people_added=[added for *_, added in best],
        jobs_gained=_jobs_gained(around, found, rows), link_needs=[needs for needs, _ in over],
        link_crosses=[said.zh for _, said in over], link_crosses_en=[said.en for _, said in over],
        lon=degrees.x.round(6).to_numpy(), lat=degrees.y.round(6).to_numpy(),
    )  # fmt: skip
    return table[list(COLUMNS)], lines
