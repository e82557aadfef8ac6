"""`coverage` and `access` run again from the parameters of a saved result, and their results written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from kunshan_gis.cache import DiskCache
from kunshan_gis.export import json_bytes, result_data, write_files
from kunshan_gis.model import Progress, Result, Scenario, StudyArea
from kunshan_gis.rules import Of
from kunshan_gis.studies.access import EVERYTHING, Weight, access
from kunshan_gis.studies.access_methods import Method
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.coverage import MOST_METRES, MOST_MINUTES, coverage, kinds_read
from kunshan_gis.studies.seen import keep_seen

KINDS_READ = kinds_read("land", "jobs", "communities")
RESULT = "result.json"


class WalksAsked(BaseModel):
    """What both studies are asked; `polygons` and `profile` are not the parameters' to say."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, arbitrary_types_allowed=True)

    places: tuple[str, ...] = Field(min_length=1)
    by: str
    units_sha256: str = ""
    hex_m: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    speed_mps: float = Field(gt=0, le=3)
    allow_open_edge: bool = False
    scenario: Scenario = "existing"
    polygons: Any = None
    profile: str = ""

    def shared(self) -> dict[str, Any]:
        """The options both studies share."""
        names = ("by", "polygons", "speed_mps", "profile", "allow_open_edge")
        return {name: getattr(self, name) for name in names} | ({"hex_m": self.hex_m} if self.hex_m else {})


class CoverageAsked(WalksAsked):
    """Parameters of a coverage."""

    of: Of
    tier: str = ALL
    minutes: tuple[Annotated[float, Field(gt=0, le=MOST_MINUTES)], ...] = ()
    metres: tuple[Annotated[float, Field(gt=0, le=MOST_METRES)], ...] = ()


class AccessAsked(WalksAsked):
    """Parameters of access."""

    asked: str
    method: Method
    k: int | None = None
    minutes: float | None = Field(default=None, gt=0, le=MOST_MINUTES)
    half_min: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    weight: Weight | None = None
    groups: tuple[str, ...] = ()


def coverage_again(area: StudyArea, asked: CoverageAsked, progress: Progress) -> Result:
    """The coverage a result states."""
    return coverage(
        area.in_scenario(asked.scenario), asked.places, of=asked.of, tier=asked.tier, minutes=asked.minutes,
        metres=asked.metres, progress=progress, **asked.shared(),
    ).result  # fmt: skip


def access_again(area: StudyArea, asked: AccessAsked, progress: Progress) -> Result:
    """The access a result states."""
    place = EVERYTHING if asked.asked == EVERYTHING else asked.places[0]
    others = {name: value for name in ("k", "half_min") if (value := getattr(asked, name)) is not None}
    return access(
        area.in_scenario(asked.scenario), place, method=asked.method, minutes=asked.minutes, weight=asked.weight,
        groups=asked.groups, progress=progress, **others, **asked.shared(),
    ).result  # fmt: skip


def write_result(area: StudyArea, result: Result, out: Path, *, cache: DiskCache | None = None) -> list[Path]:
    """Write `result.json` into a folder; what the layers looked like is kept, so that `reproduce` can say what changed.

    Raises
    ------
    OutputError
        The folder cannot be written; nothing in it has changed.
    """
    paths = write_files(out, {RESULT: json_bytes(result_data(result))})
    keep_seen(cache or DiskCache(), area, result.provenance)
    return sorted(paths)
