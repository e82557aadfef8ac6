"""What closing a stretch of expressway costs: person-minutes on the way to the towns, the way round, cut edges.

Every resident makes one trip from home to a town's seat, the seats drawn by the people of their towns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import cut_edges, extra_person_minutes, stretches, town_of
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Points, StudyArea, WalkNetwork
from kunshan_gis.studies.systems.roads.drawn import Drawn
from kunshan_gis.studies.systems.roads.driving import Driving, driving_of, expressways_at
from kunshan_gis.studies.systems.system import Setting

Floats = NDArray[np.float64]
USUAL = 1
"""The usual speeds among those of a driving network."""
TIGHT_S = 1e-6
COSTS = ("road_person_min", "road_extra_min", "road_cut_off", "road_detour_min")


@dataclass(frozen=True, eq=False)
class Trips:
    """One trip of every resident, at the usual speeds.

    Attributes
    ----------
    homes, goals : homes and seats on the network, in seconds
    weight : (goals,) share of the trips that go there; they sum to 1
    fields : of every goal the seconds to every node
    minutes : (homes, goals)
    """

    driving: Driving
    people: Floats
    homes: Points
    goals: Points
    weight: Floats
    fields: tuple[network.Field, ...]
    minutes: Floats

    @property
    def mean(self) -> float:
        """Minutes of the mean trip, of those that arrive."""
        trips = self.people[:, None] * self.weight
        there = np.isfinite(self.minutes)
        total = trips[there].sum()
        return float((trips[there] * self.minutes[there]).sum() / total) if total else np.nan


def trips_of(setting: Setting, driving: Driving | None) -> Trips | None:
    """The trips of all residents; None without homes, seats or a way to drive."""
    area = setting.area
    if driving is None or driving.homes is None or not area.has("seats"):
        return None
    seats = area.table("seats")
    goals = driving.seconds(driving.on(seats.geometry), USUAL)
    weight = np.where(goals.placed, _weights(area, seats), 0.0)
    if not weight.sum() > 0:
        return None
    homes, net = driving.seconds(driving.homes, USUAL), driving.timed[USUAL]
    fields = tuple(network.search(net, network.select(goals, np.array([goal]))) for goal in range(len(seats)))
    minutes = np.column_stack([_minutes(field, homes) for field in fields])
    people = area.table("homes")["population"].to_numpy(dtype=float)
    return Trips(driving, people, homes, goals, weight / weight.sum(), fields, minutes)


def _weights(area: StudyArea, seats: gpd.GeoDataFrame) -> Floats:
    """People of each seat's town; where towns are not known all seats count alike."""
    if not area.has("towns") or "town_id" not in seats:
        return np.ones(len(seats))
    homes = area.table("homes")
    people = homes["population"].groupby(town_of(homes, area.table("towns"))).sum()
    weights: Floats = seats["town_id"].map(people).fillna(0.0).to_numpy(dtype=float)
    return weights


def _minutes(field: network.Field, homes: Points) -> Floats:
    seconds = network.nearest(field, homes)["metres"].to_numpy(dtype=float)
    return np.where(homes.placed & np.isnan(seconds), np.inf, seconds / 60.0)


class _Stretch(NamedTuple):
    """Segments that are closed together: rows of the graph, and the two nodes at its ends."""

    rows: NDArray[np.int64]
    ends: tuple[int, int]


def redundancy_table(setting: Setting, drawn: Drawn, trips: Trips | None) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Every stretch between ramps, junctions and ends, and the same as lines; the dearest to close first.

    Stubs past a crossing (faults of drawing) are left out.
    """
    driving = driving_of(setting)
    if driving is None:  # what stands in the scenario can be told without streets and ramps
        graph, of, ramps = expressways_at(setting.area, setting.area.info.scenario, drawn.profile)
    else:
        graph, of, ramps = driving.graph, driving.expressways, driving.ramps
    assert graph is not None
    number = drawn.features.set_index("id")["road"]
    ends = _Ends(drawn, graph, number.reindex(of["id"]).to_numpy(dtype=np.int64), ramps)
    cut, shapes = cut_edges(graph.segments), graph.shapes()
    row = graph.segments["row"].to_numpy(dtype=np.int64)
    rows, lines = [], []
    for stretch in ends.stretches():
        road = int(ends.road[row[stretch.rows[0]]])
        between = ends.between(stretch, road)
        rows.append(
            {"id": _named(of, row, stretch), "name": drawn.roads["name"][road],
             "name_en": drawn.roads["name_en"][road], "road_class": drawn.roads["class"][road],
             "road_between": between.zh, "road_between_en": between.en,
             "road_km": float(shapely.length(shapes[stretch.rows]).sum()) / 1000.0,
             **_cost(trips, stretch), "road_cut_edge": bool(cut.to_numpy()[stretch.rows[0]])}
        )  # fmt: skip
        lines.append(shapely.line_merge(shapely.multilinestrings(shapes[stretch.rows])))
    table = gpd.GeoDataFrame(rows, geometry=lines, crs=drawn.features.crs)
    if len(table):
        worst = (-table["road_person_min"].fillna(-1.0), -table["road_cut_off"].fillna(-1.0))
        table = table.iloc[np.lexsort((table["id"], *worst))].reset_index(drop=True)
    return pd.DataFrame(table.drop(columns="geometry")), table


def _named(of: gpd.GeoDataFrame, row: NDArray[np.int64], stretch: _Stretch) -> str:
    """The id of a stretch: of its first feature, and the place of its segment along that."""
    first = stretch.rows[0]
    return f"{of['id'].iloc[row[first]]}/{int((row[:first] == row[first]).sum()) + 1}"


class _Ends:
    """What stands at the nodes of the graph: ramps, other roads, the border, or nothing."""

    def __init__(
        self, drawn: Drawn, graph: network.ExpresswayGraph, road: NDArray[np.int64], ramps: gpd.GeoDataFrame
    ) -> None:
        self.drawn, self.graph, self.road = drawn, graph, road
        self.ramps: dict[int, list[str]] = {}
        for key, node in zip(ramps["id"], graph.ramp_node, strict=True):
            self.ramps.setdefault(int(node), []).append(str(key))
        self.roads: dict[int, set[int]] = {}
        for table in (graph.segments[["row", "node"]], graph.segments[["row", "to"]], graph.ends[["row", "node"]]):
            for row, node in table.to_numpy(dtype=np.int64).tolist():
                self.roads.setdefault(node, set()).add(int(road[row]))
        hanging = graph.ends[graph.ends["hanging"]]
        self.hanging = set(hanging["node"])
        self.stubs = set(hanging.loc[hanging["past_m"] <= drawn.profile.gap_m, "node"])
        places = zip(hanging["node"], hanging["x"], hanging["y"], strict=True)
        self.border = {int(node) for node, x, y in places if drawn.outside(shapely.Point(x, y))}

    def stretches(self) -> list[_Stretch]:
        """The stretches of the graph but for stubs, in order."""
        segments = self.graph.segments
        joints = [node for node, roads in self.roads.items() if len(roads) > 1]
        kept = segments[~segments["node"].isin(self.stubs) & ~segments["to"].isin(self.stubs)]
        stops = np.array([*self.ramps, *joints], dtype=np.int64)
        number = stretches(kept, stops)
        found = []
        for _, own in kept.groupby(number.to_numpy()):
            nodes, times = np.unique(own[["node", "to"]].to_numpy(dtype=np.int64), return_counts=True)
            first, once = int(own["node"].iloc[0]), nodes[times == 1]
            if len(once) != 2:  # it comes round to where it began
                once = np.repeat([*np.intersect1d(nodes, stops), first][0], 2)
            ends = (int(once[0]), int(once[1]))
            found.append(_Stretch(own.index.to_numpy(dtype=np.int64), ends if ends[0] == first else ends[::-1]))
        return found

    def between(self, stretch: _Stretch, road: int) -> Text:
        """Both ends of a stretch in words."""
        one, other = (self._said(node, road) for node in stretch.ends)
        return one if stretch.ends[0] == stretch.ends[1] else text("roads_between", one=one, other=other)

    def _said(self, node: int, own: int) -> Text:
        others = sorted(self.roads[node] - {own})
        if others:
            return self.drawn.names(others)
        if node in self.ramps:
            return text("roads_at_ramp", ramp=", ".join(sorted(self.ramps[node])))
        if node in self.border:
            return text("roads_at_border")
        return text("roads_at_end" if node in self.hanging else "roads_whole_loop")


def _cost(trips: Trips | None, stretch: _Stretch) -> dict[str, float]:
    """What closing a stretch costs: person-minutes, minutes a resident, trips that no longer arrive, the way round."""
    if trips is None or not len(trips.driving.roads.segment):
        return dict.fromkeys(COSTS, np.nan)
    net = trips.driving.timed[USUAL]
    edges = trips.driving.roads.segment[stretch.rows]
    u, v = (int(trips.driving.roads.node[node]) for node in stretch.ends)
    seconds = float(net.length_m[edges].sum())
    without = _without(net, int(edges[0]))
    extra = cut_off = 0.0
    for goal, field in enumerate(trips.fields):
        there = np.isfinite(field.node_m[[u, v]]).all()
        if not there or not trips.weight[goal] or abs(field.node_m[u] - field.node_m[v]) < seconds - TIGHT_S:
            continue  # nobody's shortest way leads through
        after = _minutes(network.search(without, network.select(trips.goals, np.array([goal]))), trips.homes)
        before = trips.minutes[:, goal]
        extra += trips.weight[goal] * extra_person_minutes(trips.people, before, after)
        cut_off += trips.weight[goal] * float(trips.people[np.isfinite(before) & np.isinf(after)].sum())
    detour = (_seconds_apart(without, u, v) - seconds) / 60.0 if u != v else np.nan
    people = trips.people.sum()
    return dict(zip(COSTS, (extra, extra / people if people else np.nan, cut_off, detour), strict=True))


def _without(net: WalkNetwork, edge: int) -> WalkNetwork:
    """The network with an edge that leads nowhere: rows stay what they are."""
    uv = net.edge_uv.copy()
    uv[edge] = uv[edge, 0]
    return replace(net, edge_uv=uv)


def _seconds_apart(net: WalkNetwork, u: int, v: int) -> float:
    """Seconds from one node to another; NaN where there is no way."""
    edge = int(np.flatnonzero((net.edge_uv == u).any(axis=1))[0])
    offset = 0.0 if net.edge_uv[edge, 0] == u else float(net.length_m[edge])
    start = Points(np.array([edge]), np.array([offset]), np.zeros(1), np.array([""], dtype=object))
    reached = float(network.search(net, start).node_m[v])
    return reached if np.isfinite(reached) else np.nan
