"""The expressways as drawn: which pieces are one ring, link or radial, and whether each does what it should."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import road_cycles, road_meetings, whole_roads
from kunshan_gis.messages import Text, text
from kunshan_gis.model import StudyArea
from kunshan_gis.network import ExpresswayGraph
from kunshan_gis.schema import STATUS
from kunshan_gis.standards import DriveProfile
from kunshan_gis.studies.systems.roads.driving import Stage, expressways_at

CLASSES = ("ring", "link", "radial")
UNKNOWN = "unknown"
STATES = (*STATUS, UNKNOWN)
"""What a row says of its status, or does not."""
SHARED_LETTERS = 2
"""Names of a road's pieces that share fewer first letters have none in common."""
_BRACKETS = " （(：:，,、-—"
_WEAKEST = ("planned", "under_construction", UNKNOWN, "existing")
"""A road is as far as its least advanced piece."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """The expressways of a study area, whatever their status.

    Attributes
    ----------
    graph : of all of them
    features : the layer's rows, with `road` (its number, -1 where it has no length) and `state` of its status
    roads : one row a ring, link or radial; see `_roads`
    meetings : which roads meet, from both sides: `road`, `other`, `node`
    border : the boundary's line; None where there is no boundary
    """

    area: StudyArea
    profile: DriveProfile
    graph: ExpresswayGraph
    features: gpd.GeoDataFrame
    ramps: gpd.GeoDataFrame
    roads: pd.DataFrame
    meetings: pd.DataFrame
    border: shapely.Geometry | None

    def names(self, roads: list[int]) -> Text:
        """Roads by name, one after the other."""
        rows = self.roads.loc[roads]
        return Text("、".join(rows["name"]), "; ".join(rows["name_en"]))

    def met(self, road: int, kind: str | None = None) -> list[int]:
        """The roads that a road meets, of a class."""
        found = self.meetings.loc[self.meetings["road"] == road, "other"].unique()
        return [int(one) for one in found if kind is None or self.roads["class"][one] == kind]

    def ids(self, road: int) -> tuple[str, ...]:
        """The pieces of a road."""
        return tuple(self.features.loc[self.features["road"] == road, "id"].astype(str))

    def lines(self, road: int) -> NDArray[np.object_]:
        """The lines of a road."""
        own: NDArray[np.object_] = self.graph.lines[self.features["road"].to_numpy()[self.graph.row] == road]
        return own

    def outside(self, place: shapely.Geometry) -> bool:
        """Whether a place lies at the border or beyond it; False where there is no boundary."""
        ground = self.area.optional("boundary")
        if ground is None or self.border is None:
            return False
        at = shapely.distance(self.border, place) <= self.profile.joint_m
        return bool(at or shapely.distance(np.asarray(ground.geometry.array), place).min() > 0)


def drawn_of(area: StudyArea, profile: DriveProfile, stage: Stage = "planned") -> Drawn:
    """The expressways of a study area."""
    graph, table, ramps = expressways_at(area, stage, profile)
    assert graph is not None
    features = _features(table)
    features["road"] = whole_roads(pd.DataFrame(features.drop(columns="geometry")), graph.ends, gap_m=profile.gap_m)
    for first, again in graph.repeated:  # at another stage it may be the one that stands
        if features["road"][again] < 0:  # of a line of many parts only some may be drawn twice
            features.loc[again, "road"] = features["road"][first]
    meetings = road_meetings(graph.segments, graph.ends, features["road"])
    outline = area.optional("boundary")
    border = None if outline is None else shapely.boundary(shapely.union_all(np.asarray(outline.geometry.array)))
    drawn = Drawn(area, profile, graph, features, ramps, pd.DataFrame(), meetings, border)
    return Drawn(area, profile, graph, features, ramps, _roads(drawn), meetings, border)


def _features(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows with every column that is asked for."""
    found = table.copy()
    for column in ("name", "name_en", "status", "structure"):
        if column not in found:
            found[column] = None
    found["state"] = found["status"].fillna(UNKNOWN)
    found["structure"] = found["structure"].fillna(UNKNOWN)
    return found


def _roads(drawn: Drawn) -> pd.DataFrame:
    """One row a road, by number: `id`, `name`, `name_en`, `class`, `state`, `pieces`, `km`, and whether it is `sound`.

    `closed` (of a ring), `joins` (roads a link meets), `leaves` (rings a radial meets) and `reaches` (the border) are
    None where the question does not arise, `reaches` also where there is no boundary.
    """
    features, graph = drawn.features, drawn.graph
    metres = pd.Series(shapely.length(graph.lines)).groupby(graph.row).sum().reindex(features.index).fillna(0.0)
    whole = features.assign(km=metres / 1000.0)
    whole = whole[whole["km"] > 0]
    cycles = road_cycles(graph.segments, features["road"])
    rows = []
    for road, own in whole.groupby("road"):
        number, kind = int(str(road)), own["class"].iloc[0]
        met = drawn.meetings.loc[drawn.meetings["road"] == number, "other"].unique()
        rings = [one for one in met if (features.loc[features["road"] == one, "class"] == "ring").any()]
        closed = bool(cycles[number] > 0) if kind == "ring" else None
        joins = len(met) if kind == "link" else None
        leaves = len(rings) if kind == "radial" else None
        reaches = _reaches(drawn, number) if kind == "radial" else None
        sound = {"ring": closed, "link": len(met) > 1, "radial": bool(rings) and reaches is not False}[kind]
        rows.append(
            {"id": str(own["id"].min()), **_named(own), "class": kind,
             "state": min(own["state"], key=_WEAKEST.index), "pieces": len(own), "km": float(own["km"].sum()),
             "closed": closed, "joins": joins, "leaves": leaves, "reaches": reaches, "sound": bool(sound)}
        )  # fmt: skip
    columns = ["id", "name", "name_en", "class", "state", "pieces", "km", "closed", "joins", "leaves", "reaches",
               "sound"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _named(own: pd.DataFrame) -> dict[str, str]:
    """The name of a road: what its pieces' names begin with, else all of them, else its class and id."""
    zh, en = list(own["name"].dropna().unique()), list(own["name_en"].dropna().unique())
    if len(zh) > 1 and len(shared := _beginning(zh)) >= SHARED_LETTERS:
        words = _beginning([f"{one} " for one in en]) if en else shared
        return {"name": shared, "name_en": words.rstrip(_BRACKETS) or "; ".join(en)}
    unnamed = text("roads_unnamed", kind=text(f"class_{own['class'].iloc[0]}"), id=own["id"].min())
    return {"name": "、".join(zh) or unnamed.zh, "name_en": "; ".join(en or zh) or unnamed.en}


def _beginning(names: list[str]) -> str:
    """The letters that all names begin with, without an opening bracket at the end."""
    shared = [letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))]
    return "".join(shared).rstrip(_BRACKETS)


def _reaches(drawn: Drawn, road: int) -> bool | None:
    """Whether a road crosses the boundary, or comes as near to it as ends that meet."""
    if drawn.border is None:
        return None
    return bool((shapely.distance(drawn.lines(road), drawn.border) <= drawn.profile.joint_m).any())
