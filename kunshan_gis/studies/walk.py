"""How people walk in a study, and the network they walk on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from kunshan_gis import __version__, network
from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import StudyArea, WalkNetwork, digest
from kunshan_gis.standards import walk_profile


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
    """

    minutes: float
    speed_mps: float
    profile: str
    max_leg_m: float = 200.0
    min_component_m: float = 500.0

    @property
    def cutoff_m(self) -> float:
        """Walked metres within the time."""
        return self.minutes * 60.0 * self.speed_mps

    def parameters(self) -> dict[str, float]:
        """What result.json prints of the walk."""
        names = ("minutes", "speed_mps", "cutoff_m", "max_leg_m", "min_component_m")
        return {name: getattr(self, name) for name in names}

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


def walk_network(area: StudyArea, *, cache: DiskCache | None = None) -> WalkNetwork:
    """The study area's walking network: built once for the same streets, and kept on disk between runs."""
    kept = cache or DiskCache()
    streets = area.layer("streets")
    walk_filter = streets.info.walk_filter or "walkable = true"

    key = digest("network", network.BUILD, __version__, area.digest_of("streets"), walk_filter)

    def build() -> dict[str, NDArray[Any]]:
        return network.to_arrays(network.build(area.table("streets"), walk_filter=walk_filter))

    return area.remember("network", ["streets"], walk_filter, lambda: network.from_arrays(kept.arrays(key, build)))
