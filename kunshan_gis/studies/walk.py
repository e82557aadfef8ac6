"""How people walk in a study, and the network they walk on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis import __version__, network
from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import StudyArea, WalkNetwork, digest
from kunshan_gis.standards import walk_profile

OVERHEAD = ("elevated", "tunnel")
"""Structures that nobody steps onto from beside."""


@dataclass(frozen=True)
class Walk:
    """How people walk in this study; every value is printed with the result.

    Attributes
    ----------
    minutes, speed_mps : float
        Their product times 60 is the cutoff in metres, inclusive.
    max_leg_m : float
        Farthest straight leg from a home to a street.
    min_component_m : float
        Pieces of street shorter than this in all are islands and not walked from.
    crossing_delay_s, crossing_classes, stairs_s_per_m
        Seconds to cross a road of these classes, and on a metre of stairs; see `network.with_delays`.
    """

    minutes: float
    speed_mps: float
    profile: str
    max_leg_m: float = 200.0
    min_component_m: float = 500.0
    crossing_delay_s: float = 0.0
    crossing_classes: tuple[str, ...] = ()
    stairs_s_per_m: float = 0.0

    @property
    def cutoff_m(self) -> float:
        """Walked metres within the time."""
        return self.minutes * 60.0 * self.speed_mps

    @property
    def delays(self) -> dict[str, Any]:
        """What costs time besides walking; empty where nothing does."""
        crossing = {"crossing_s": self.crossing_delay_s, "crossing_classes": self.crossing_classes}
        stairs = {"stairs_s_per_m": self.stairs_s_per_m}
        return (crossing if self.crossing_delay_s else {}) | (stairs if self.stairs_s_per_m else {})

    def parameters(self) -> dict[str, Any]:
        """What result.json prints of the walk."""
        names = ["minutes", "speed_mps", "cutoff_m", "max_leg_m", "min_component_m"]
        names += ["crossing_delay_s", "crossing_classes"] if self.crossing_delay_s else []
        names += ["stairs_s_per_m"] if self.stairs_s_per_m else []
        found = {name: getattr(self, name) for name in names}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}

    @classmethod
    def choose(
        cls,
        area: StudyArea,
        *,
        minutes: float | None = None,
        speed_mps: float | None = None,
        profile: str | None = None,
    ) -> Walk:
        """Explicit option before profile before the area's default.

        Raises
        ------
        ParameterError
            Minutes or speed are not numbers above zero, or longer than a day's walk.
        StandardError
            The profile is unknown.
        """
        chosen = walk_profile(profile or area.info.profile)
        walk = cls(
            minutes=chosen.minutes if minutes is None else minutes,
            speed_mps=chosen.speed_mps if speed_mps is None else speed_mps,
            profile=chosen.key,
            crossing_delay_s=chosen.crossing_delay_s,
            crossing_classes=chosen.crossing_classes,
            stairs_s_per_m=chosen.stairs_s_per_m,
        )
        if not 0 < walk.minutes <= 240 or not 0 < walk.speed_mps <= 3:
            raise ParameterError(
                Text(
                    f"{walk.minutes:g} 分钟、{walk.speed_mps:g} 米/秒不能作为步行口径；"
                    "时间应大于 0、不超过 240 分钟，速度应大于 0、不超过 3 米/秒",
                    f"{walk.minutes:g} minutes at {walk.speed_mps:g} m/s is no walk; give minutes above 0 and up to "
                    "240, and a speed above 0 and up to 3 m/s",
                )
            )
        return walk


def walk_network(area: StudyArea, walk: Walk | None = None, *, cache: DiskCache | None = None) -> WalkNetwork:
    """The study area's walking network, with the delays of a walk where it has any.

    Built once for the same streets and kept on disk between runs. Streets that a scenario adds or removes are worked
    into the network as it was (see `network.with_line` for how their ends join).
    """
    net = _undelayed(area, cache or DiskCache())
    if walk is None or not walk.delays:
        return net
    return area.remember(
        "delays", ["streets"], walk.delays, lambda: network.with_delays(net, area.table("streets"), **walk.delays)
    )


def _undelayed(area: StudyArea, kept: DiskCache) -> WalkNetwork:
    before = area.before_edits("streets")
    streets = before.layer("streets")
    walk_filter = streets.info.walk_filter or "walkable = true"

    key = digest("network", network.BUILD, __version__, before.digest_of("streets"), walk_filter)

    def build() -> dict[str, NDArray[Any]]:
        return network.to_arrays(network.build(before.table("streets"), walk_filter=walk_filter))

    net = before.remember("network", ["streets"], walk_filter, lambda: network.from_arrays(kept.arrays(key, build)))
    return net if before is area else street_change(area, net).network


def street_change(area: StudyArea, before: WalkNetwork) -> network.Edited:
    """What the edits of the streets make of the network before them, as one change.

    Raises
    ------
    NetworkError
        A new way joins nothing, or nothing would be left.
    """
    return area.remember("street change", ["streets"], None, lambda: _replayed(area, before))


def _replayed(area: StudyArea, before: WalkNetwork) -> network.Edited:
    layer, table = area.layer("streets"), area.before_edits("streets").table("streets")
    ids = list(table["id"])
    high = list(table["structure"].isin(OVERHEAD)) if "structure" in table else [False] * len(ids)
    change = network.Edited.nothing(before)
    for edit in layer.edits:
        if edit.action == "remove":
            gone = np.isin(np.asarray(ids, dtype=object)[change.network.street], edit.ids)
            change = change.then(network.without(change.network, gone))
            continue
        row = edit.feature(layer).iloc[0]
        overhead = row.get("structure") in OVERHEAD
        for line in shapely.get_parts(row.geometry) if row["walkable"] else ():
            onto = None if overhead else ~np.array([*high, False])[change.network.street]
            change = change.then(network.with_line(change.network, line, street=len(ids), onto=onto))
        ids.append(row["id"])
        high.append(overhead)
    now = {street: row for row, street in enumerate(layer.table["id"])}  # a removed id may have been added again
    street = np.array([now[ids[row]] for row in change.network.street], dtype=np.int64)
    return replace(change, network=replace(change.network, street=street))
