"""Planning standards as versioned data: profiles read from TOML files, never numbers in code.

A profile names the standard, its edition and clause, and how the number was verified:
`text` (read in the standard), `secondary` (read in a published secondary copy) or `memory` (known to
practitioners, not re-read). Every map and table prints the profile's name.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kunshan_gis.errors import StandardError
from kunshan_gis.messages import Text, text
from kunshan_gis.validation import problems_of

Verified = Literal["text", "secondary", "memory"]


class Profile(BaseModel):
    """Where a threshold comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    name_en: str
    standard: str
    edition: str
    clause: str
    verified: Verified
    note: str
    note_en: str

    def said(self) -> Text:
        """The profile as it is printed with every figure: name, key, and how sure its numbers are."""
        sure = text(f"verified_{self.verified}")
        return Text(f"{self.name}（{self.key}；{sure.zh}）", f"{self.name_en} ({self.key}; {sure.en})")


class WalkProfile(Profile):
    """A walk: `minutes` times `speed_mps` is the walked distance a home may lie from an entrance.

    Where a profile waits to cross roads of some classes (`crossing_delay_s`) or is slower on stairs, those seconds are
    taken off the time.
    """

    minutes: float = Field(gt=0, le=240)
    speed_mps: float = Field(gt=0, le=3)
    crossing_delay_s: float = Field(default=0.0, ge=0, le=600)
    crossing_classes: tuple[str, ...] = ()
    stairs_s_per_m: float = Field(default=0.0, ge=0, le=60)


class StationProfile(Profile):
    """Areas around a station by straight radius, the smallest first."""

    radii_m: tuple[float, ...] = Field(min_length=1)


_P = TypeVar("_P", bound=Profile)
_FOLDER = files("kunshan_gis") / "profiles"


@cache
def _all(model: type[_P], folder: str) -> dict[str, _P]:
    found = {}
    for file in sorted((_FOLDER / folder).iterdir(), key=lambda entry: entry.name.removesuffix(".toml")):
        key = file.name.removesuffix(".toml")
        try:
            found[key] = model.model_validate({"key": key, **tomllib.loads(file.read_text(encoding="utf-8"))})
        except tomllib.TOMLDecodeError as error:
            raise _broken(f"{folder}/{file.name}", Text(str(error), str(error))) from error
        except ValidationError as error:
            problems = problems_of(error, f"{folder}/{file.name}")
            reasons = Text("；".join(p.what.zh for p in problems), "; ".join(p.what.en for p in problems))
            raise _broken(f"{folder}/{file.name}", reasons) from error
    return found


def _broken(file: str, reasons: Text) -> StandardError:
    return StandardError(Text(f"标准口径 {file} 无法使用：{reasons.zh}", f"profile {file} is broken: {reasons.en}"))


def _named(model: type[_P], folder: str, key: str) -> _P:
    known = _all(model, folder)
    if key not in known:
        keys = ", ".join(known)
        raise StandardError(
            Text(f"没有 `{key}` 这一标准口径；可选：{keys}", f"profile `{key}` is unknown; there are: {keys}")
        )
    found: _P = known[key]
    return found


def walk_profiles() -> dict[str, WalkProfile]:
    """All walking profiles by key, in alphabetical order."""
    return dict(_all(WalkProfile, "walk"))


def walk_profile(key: str) -> WalkProfile:
    """The walking profile of that name.

    Raises
    ------
    StandardError
        There is none (names those there are), or its file is broken.
    """
    return _named(WalkProfile, "walk", key)


def station_profile(key: str) -> StationProfile:
    """The station-area profile of that name.

    Raises
    ------
    StandardError
        There is none (names those there are), or its file is broken.
    """
    return _named(StationProfile, "station", key)


def content_digest(profile: Profile) -> str:
    """SHA-256 of what a profile says, so that a result knows by which numbers it was measured."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()


class SensitivityProfile(Profile):
    """Other ways of measuring that a planner could have taken in good faith: what a sensitivity interval spans.

    Attributes
    ----------
    speed_mps
        Other paces, for rules in minutes.
    farther
        Factors on every distance.
    snapping
        `junction`: from junctions instead of along the street.
    park_entrances
        Rungs of evidence for park entrances (`outline`, `centroid`), each alone.
    without_classes
        Classes of street left out, one list a way of measuring.
    park_floor_m2
        Other sizes from which a park counts, where the rule's own is no larger than the largest of these.
    """

    speed_mps: tuple[float, ...] = ()
    farther: tuple[float, ...] = ()
    snapping: tuple[Literal["junction"], ...] = ()
    park_entrances: tuple[Literal["outline", "centroid"], ...] = ()
    without_classes: tuple[tuple[str, ...], ...] = ()
    park_floor_m2: tuple[float, ...] = ()


def sensitivity_profile(key: str) -> SensitivityProfile:
    """The set of other ways of measuring of that name.

    Raises
    ------
    StandardError
        There is none (names those there are), or its file is broken.
    """
    return _named(SensitivityProfile, "sensitivity", key)
