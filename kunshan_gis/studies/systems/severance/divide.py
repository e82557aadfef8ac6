"""The expressways as divides: which stretches bar walkers, and where a way straight across would join both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.model import DEMONSTRATION, StudyArea, WalkNetwork
from kunshan_gis.studies.on_foot import barriers_by_kind, overhead
from kunshan_gis.studies.supply import COARSE_PART
from kunshan_gis.studies.systems.severance.options import SeveranceOptions
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED

Lines = NDArray[np.object_]
State = Literal["measured", "free", "schematic", "inaccurate", "no_streets"]
GROUND, UNKNOWN = "ground", "unknown"


@dataclass(frozen=True, eq=False)
class Expressway:
    """All pieces of one name: what of it bars walkers, and whether that can be measured.

    Attributes
    ----------
    id : of its first piece
    ids : of all its pieces
    state : measured; free (none of it at ground level); schematic (its place is drawn, the streets are not);
        inaccurate (its place is known too badly); no_streets
    ground, unknown, off : its lines at ground level, of unknown structure, and on viaducts or in tunnels
    """

    id: str
    ids: tuple[str, ...]
    name: str
    name_en: str
    state: State
    ground: Lines
    unknown: Lines
    off: Lines

    @property
    def measured(self) -> bool:
        """True where its figures mean something."""
        return self.state in ("measured", "free")

    @property
    def barring(self) -> Lines:
        """All that bars walkers, or may."""
        return np.concatenate([self.ground, self.unknown])


@dataclass(frozen=True, eq=False)
class Divide:
    """An expressway, and the ways straight across its ground stretches and those of unknown structure."""

    expressway: Expressway
    certain: network.Opposite
    possible: network.Opposite


def expressways_of(setting: Setting, options: SeveranceOptions) -> tuple[Expressway, ...]:
    """The expressways there are by name, in the order of their layer; one without a name is alone."""
    area = setting.area
    table = area.standing("expressways")
    structure = structure_of(table)
    state = np.where(structure.isin([GROUND, UNKNOWN]), _states(area, table, options), "free")
    key = _text(table, "name").fillna(table["id"])
    found = []
    for named, rows in table.groupby(key, sort=False):
        shapes = {part: _merged(rows.geometry[structure[rows.index].isin(kinds)]) for part, kinds in _PARTS.items()}
        worst = min(state[table.index.get_indexer(rows.index)], key=_WORST.index)
        english = _text(rows, "name_en").fillna(str(named)).iloc[0]
        found.append(Expressway(str(rows["id"].iloc[0]), tuple(rows["id"]), str(named), str(english), worst, **shapes))
    return tuple(found)


_PARTS = {"ground": (GROUND,), "unknown": (UNKNOWN,), "off": ("elevated", "tunnel")}
_WORST: tuple[State, ...] = ("no_streets", "schematic", "inaccurate", "measured", "free")


def structure_of(table: gpd.GeoDataFrame) -> pd.Series:
    """The structure of every row, `unknown` where nothing is said."""
    return _text(table, "structure").fillna(UNKNOWN)


def _text(table: pd.DataFrame, column: str) -> pd.Series:
    if column not in table:
        return pd.Series(None, index=table.index, dtype=object)
    return table[column].astype(object).where(table[column].notna() & (table[column] != ""), None)


def _states(area: StudyArea, table: gpd.GeoDataFrame, options: SeveranceOptions) -> NDArray[np.object_]:
    """A drawn line proves nothing about surveyed streets, nor a line that may lie beyond them."""
    if not area.has("streets"):
        return np.full(len(table), "no_streets", dtype=object)
    layer = area.layer("expressways").info
    drawn = _text(table, "basis").fillna(layer.basis).isin(DEMONSTRATION)
    drawn &= area.layer("streets").info.basis not in DEMONSTRATION
    given = table["accuracy_m"].astype(float) if "accuracy_m" in table else pd.Series(np.nan, index=table.index)
    error = given.fillna(np.nan if layer.accuracy_m is None else layer.accuracy_m)
    coarse = error > options.link_within_m / COARSE_PART
    return np.select([drawn, coarse], ["schematic", "inaccurate"], "measured").astype(object)


def _merged(shapes: gpd.GeoSeries) -> Lines:
    """Pieces that follow each other as one line."""
    parts = shapely.get_parts(shapely.force_2d(np.asarray(shapes.array)))
    if not len(parts):
        return np.empty(0, dtype=object)
    merged: Lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts)))
    return merged


def divides_of(setting: Setting, expressways: tuple[Expressway, ...], options: SeveranceOptions) -> tuple[Divide, ...]:
    """Every expressway that can be measured with the ways straight across it.

    A leg crosses no water, no wall, no railway and no other expressway; the ends of a way lie on streets at ground
    level that are no islands.
    """
    net = setting.measuring.net(AS_MEASURED)
    barring = barriers_by_kind(setting.area)
    walls = [shapes for kind, shapes in barring.items() if kind != "expressways"]
    onto = _near(setting, net, expressways, options.link_within_m)

    def over(lines: Lines, one: Expressway) -> network.Opposite:
        others = [other.ground for other in expressways if other is not one and other.measured]
        barriers = np.concatenate([np.empty(0, dtype=object), *walls, *others])
        return network.opposite(
            net, lines, every_m=options.link_every_m, within_m=options.link_within_m, onto=onto, barriers=barriers
        )

    return tuple(Divide(one, over(one.ground, one), over(one.unknown, one)) for one in expressways if one.measured)


def _near(
    setting: Setting, net: WalkNetwork, expressways: tuple[Expressway, ...], within_m: float
) -> NDArray[np.bool_]:
    """Edges at ground level that are no islands and come near an expressway; no other can be an end of a way."""
    lines = np.concatenate([np.empty(0, dtype=object), *(one.barring for one in expressways if one.measured)])
    near = np.zeros(len(net.lines), dtype=bool)
    near[shapely.STRtree(net.lines).query(lines, predicate="dwithin", distance=within_m)[1]] = True
    return near & ~overhead(setting.area, net) & (net.component_m >= setting.walk.min_component_m)
