"""Driving in a study area: streets by class, expressways by their ramps, times with the range of the speed profile.

`driving_of(setting)` is what other studies ask for; `Driving.to(places)` gives minutes from anywhere to the nearest of
some places, `Driving.between` all pairs, `Driving.across(line)` where the roads cross a border.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.model import Points, StudyArea, WalkNetwork
from kunshan_gis.schema import FUTURE, STATUS
from kunshan_gis.standards import DriveProfile, drive_profile
from kunshan_gis.studies.on_foot import BARRING, WHEELS_ONLY, barriers_of
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.walk import OVERHEAD

DRIVE_PROFILE = "design-speeds"
DRIVE_KINDS = ("streets", "expressways", "ramps")
"""Layers that driving rests on, besides where one comes from."""
Stage = Literal["sure", "existing", "planned"]
STAGES: tuple[Stage, ...] = ("sure", "existing", "planned")
"""Expressways that are known to stand; those of unknown status with them; all of the plan."""
SPEEDS = (2, 1, 0)
"""Columns of a profile's speeds: the highest gives the fewest minutes."""
MINUTES = ("minutes_low", "minutes", "minutes_high")


@dataclass(frozen=True, eq=False)
class Driving:
    """A network to drive on, with the times of its speed profile.

    Attributes
    ----------
    profile : speeds and tolerances
    roads : streets and expressways in metres
    timed : the same in seconds, at the highest, the usual and the lowest speeds
    graph : the expressways that stand; None where there are none
    expressways, ramps : the rows of the layers that stand, in the order of the graph
    barred : edges that are not stepped onto from beside: bridges, tunnels, expressways, ramps
    barriers : what a straight leg does not cross
    """

    profile: DriveProfile
    roads: network.DriveNetwork
    timed: tuple[WalkNetwork, WalkNetwork, WalkNetwork]
    graph: network.ExpresswayGraph | None
    expressways: gpd.GeoDataFrame
    ramps: gpd.GeoDataFrame
    barred: NDArray[np.bool_]
    barriers: gpd.GeoSeries
    homes_at: gpd.GeoSeries | None
    min_component_m: float

    def on(self, places: gpd.GeoSeries) -> Points:
        """Places on the streets one drives on, in metres; never on an expressway."""
        return network.snap(
            places, self.roads.network, max_leg_m=self.profile.street_m, min_component_m=self.min_component_m,
            barred=self.barred, barriers=self.barriers, name="places",
        )  # fmt: skip

    @cached_property
    def homes(self) -> Points | None:
        """The homes on the streets; None where there are none."""
        return None if self.homes_at is None else self.on(self.homes_at)

    def across(self, line: shapely.Geometry) -> Points:
        """Where the roads, expressways too, cross a line (the border)."""
        net = self.roads.network
        edges = np.sort(shapely.STRtree(net.lines).query(line, predicate="intersects"))
        places, row = shapely.get_parts(shapely.intersection(net.lines[edges], line), return_index=True)
        places, edge = shapely.point_on_surface(places), edges[row]
        offset = shapely.line_locate_point(net.lines[edge], places)
        return _exactly(edge, offset)

    def at_nodes(self, nodes: NDArray[np.int64]) -> Points:
        """Nodes of the network as places."""
        net, wanted = self.roads.network, np.unique(nodes)
        ends = net.edge_uv.ravel()
        order = np.argsort(ends, kind="stable")
        first = order[np.searchsorted(ends[order], wanted)]
        edge = first // 2
        return _exactly(edge, np.where(first % 2 == 1, net.length_m[edge], 0.0))

    def to(self, places: gpd.GeoSeries | Points) -> Driven:
        """Drives to the nearest of some places; a place off the network is not driven to."""
        points = places if isinstance(places, Points) else self.on(places)
        fields = [network.search(net, self.seconds(points, step)) for step, net in enumerate(self.timed)]
        return Driven(self, (fields[0], fields[1], fields[2]))

    def between(self, origins: gpd.GeoSeries | Points, places: gpd.GeoSeries | Points) -> NDArray[np.float64]:
        """Minutes from every origin to every place: (low, usual, high; origins; places), NaN and infinite as `at`."""
        start, goals = (one if isinstance(one, Points) else self.on(one) for one in (origins, places))
        found = np.full((len(MINUTES), len(start.edge), len(goals.edge)), np.nan)
        for column in np.flatnonzero(goals.placed):
            minutes = self.to(network.select(goals, np.array([column]))).at(start)
            found[:, :, column] = minutes[list(MINUTES)].to_numpy().T
        return found

    def seconds(self, points: Points, step: int) -> Points:
        """Points as a timed network takes them: in seconds along their edge."""
        speed = self.profile.access_kmh[SPEEDS[step]]
        return network.points_in_seconds(points, self.roads.network, self.timed[step], access_kmh=speed)


@dataclass(frozen=True, eq=False)
class Driven:
    """Driving times to the nearest of some places."""

    driving: Driving
    fields: tuple[network.Field, network.Field, network.Field]

    def at(self, places: gpd.GeoSeries | Points) -> pd.DataFrame:
        """Minutes from each place: `minutes_low`, `minutes`, `minutes_high`, and `source`, the place driven to.

        NaN where the place is not on the network, infinite where it is and no way leads there; `source` -1 then.
        """
        points = places if isinstance(places, Points) else self.driving.on(places)
        found = [network.nearest(field, self.driving.seconds(points, step)) for step, field in enumerate(self.fields)]
        minutes = [np.where(points.placed & one["metres"].isna(), np.inf, one["metres"] / 60.0) for one in found]
        return pd.DataFrame(dict(zip(MINUTES, minutes, strict=True))).assign(source=found[1]["source"].to_numpy())

    @cached_property
    def homes(self) -> pd.DataFrame:
        """Minutes from every home, in the order of the layer; NaN for all where the homes are not known."""
        assert self.driving.homes is not None
        return self.at(self.driving.homes)


def driving_missing(setting: Setting) -> tuple[str, ...]:
    """Layers without which driving is not measured: streets, and ramps where there are expressways."""
    area = setting.area
    lacking = [] if area.has("streets") else ["streets"]
    if area.has("expressways") and not area.has("ramps"):
        lacking.append("ramps")
    return tuple(lacking)


def driving_of(setting: Setting, stage: Stage | None = None) -> Driving | None:
    """How one drives in the study area's scenario, or at another stage; None where `driving_missing` names a layer.

    Where there is no expressways layer, the streets alone are driven on, motorways among them.
    """
    if driving_missing(setting):
        return None
    at: Stage = setting.area.info.scenario if stage is None else stage
    profile = drive_profile(str(setting.asked.options.get("drive", DRIVE_PROFILE)))
    kinds = (*DRIVE_KINDS, "homes", *BARRING)
    return setting.measuring.keep(("driving", at, profile.key), lambda: _driving(setting, at, profile), kinds)


def at_stage(area: StudyArea, kind: str, stage: Stage) -> gpd.GeoDataFrame:
    """The rows of a kind at a stage; a row without a status may stand or not."""
    table = area.table(kind)
    if "status" not in table or stage == "planned":
        return table
    keeps = table["status"] == STATUS[0] if stage == "sure" else ~table["status"].isin(FUTURE)
    return table[keeps]


def ramps_at(area: StudyArea, stage: Stage) -> gpd.GeoDataFrame:
    """The ramps at a stage, beyond the border where that counts."""
    table = at_stage(area, "ramps", stage)
    return table if area.info.beyond else table[area.inside(table)]


def _driving(setting: Setting, stage: Stage, profile: DriveProfile) -> Driving:
    area, walk = setting.area, setting.walk
    graph, expressways, ramps = expressways_at(area, stage, profile)
    streets = _streets(area, profile, stage)
    base = setting.measuring.keep(
        ("driven streets", stage, profile.key), lambda: network.street_drive(streets), ("streets", "expressways")
    )
    high = _high(streets)[base.street]
    roads = network.street_only(base)
    if graph is not None:
        roads = network.drive_network(
            base, graph, ramps.geometry, street_m=profile.street_m, min_component_m=walk.min_component_m, barred=high
        )
    timed = [network.in_seconds(roads.network, _kmh(roads, streets, profile, column)) for column in SPEEDS]
    on_street = roads.kind == network.STREET
    barred = ~on_street
    barred[on_street] = _high(streets)[roads.network.street[on_street]]
    barriers = setting.measuring.keep("barriers", lambda: barriers_of(area), BARRING)
    homes = area.table("homes").geometry if area.has("homes") else None
    return Driving(
        profile, roads, (timed[0], timed[1], timed[2]), graph, expressways, ramps, barred, barriers, homes,
        walk.min_component_m,
    )  # fmt: skip


def expressways_at(
    area: StudyArea, stage: Stage, profile: DriveProfile
) -> tuple[network.ExpresswayGraph | None, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The graph of the expressways at a stage, their rows, and those of the ramps."""
    empty = gpd.GeoDataFrame({"id": []}, geometry=[], crs=area.info.analysis_crs)
    if not area.has("expressways"):
        return None, empty, empty
    expressways = at_stage(area, "expressways", stage).reset_index(drop=True)
    ramps = ramps_at(area, stage).reset_index(drop=True) if area.has("ramps") else empty
    graph = network.expressway_graph(
        expressways, ramps, joint_m=profile.joint_m, gap_m=profile.gap_m, ramp_m=profile.ramp_m
    )
    return graph, expressways, ramps


def _streets(area: StudyArea, profile: DriveProfile, stage: Stage) -> gpd.GeoDataFrame:
    """Streets one drives on; what only wheels may use is the expressways layer's, where there is one."""
    table = at_stage(area, "streets", stage if stage == "planned" else "existing")
    driven = table["class"].isin(list(profile.street_kmh))
    if area.has("expressways"):
        driven &= ~(table["class"].isin(WHEELS_ONLY) & ~table["walkable"].astype(bool))
    return table[driven].reset_index(drop=True)


def _high(streets: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    if "structure" not in streets:
        return np.zeros(len(streets), dtype=bool)
    high: NDArray[np.bool_] = streets["structure"].isin(OVERHEAD).to_numpy(dtype=bool)
    return high


def _kmh(
    roads: network.DriveNetwork, streets: gpd.GeoDataFrame, profile: DriveProfile, column: int
) -> NDArray[np.float64]:
    by_class = {name: kmh[column] for name, kmh in profile.street_kmh.items()}
    kmh = np.full(len(roads.kind), profile.expressway_kmh[column])
    kmh[roads.kind == network.RAMP] = profile.ramp_kmh[column]
    on_street = roads.kind == network.STREET
    kmh[on_street] = streets["class"].map(by_class).to_numpy(dtype=float)[roads.network.street[on_street]]
    return kmh


def _exactly(edge: NDArray[np.int64], offset_m: Iterable[float]) -> Points:
    """Places on edges, without a leg."""
    offset = np.asarray(offset_m, dtype=np.float64)
    return Points(edge.astype(np.int64), offset, np.zeros(len(edge)), np.full(len(edge), "", dtype=object))
