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
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kunshan_gis.errors import ParameterError, StandardError
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
    """Areas around a station: core and influence area, by straight radius and on foot.

    Attributes
    ----------
    radii_m
        By straight radius and, as far, on foot; the smallest first: the core, the largest: the influence area.
    minutes
        By walking time, at the pace of the walk.
    measured_from
        A radius is measured from the station's entrances, or from its centre.
    centre_to_entrance_m
        How far an entrance may be from a centre that stands for it.
    """

    radii_m: tuple[float, ...] = Field(min_length=1)
    minutes: tuple[float, ...] = ()
    measured_from: Literal["entrances", "centre"] = "entrances"
    centre_to_entrance_m: float = Field(default=0.0, ge=0, le=2_000)

    @property
    def core_m(self) -> float:
        """Radius of the core."""
        return self.radii_m[0]

    @property
    def influence_m(self) -> float:
        """Radius of the influence area."""
        return self.radii_m[-1]


class NodePlaceProfile(Profile):
    """Station areas as nodes and places: how far a place reaches, and from where on the two are out of balance.

    Attributes
    ----------
    place_m
        Straight radius of the place.
    bus_m
        Straight distance to bus stops one changes to.
    gap, low, high
        Limits of the classes, see `analysis.node_place_class`.
    """

    place_m: float = Field(gt=0, le=5_000)
    bus_m: float = Field(gt=0, le=5_000)
    gap: float = Field(gt=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(gt=0, le=1)


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


def node_place_profile(key: str) -> NodePlaceProfile:
    """The node-place profile of that name.

    Raises
    ------
    StandardError
        There is none (names those there are), or its file is broken.
    """
    return _named(NodePlaceProfile, "node_place", key)


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


def _rising(kmh: tuple[float, float, float]) -> tuple[float, float, float]:
    if not 0 < kmh[0] <= kmh[1] <= kmh[2]:
        said = ", ".join(f"{speed:g}" for speed in kmh)
        raise ParameterError(
            Text(f"速度 {said} 应大于 0，由低到高排列", f"speeds {said}: give km/h above 0, the lowest first")
        )
    return kmh


Speeds = Annotated[tuple[float, float, float], AfterValidator(_rising)]
"""Lowest, usual and highest km/h."""


class DriveProfile(Profile):
    """How fast one drives, and how near is joined: the usual speed gives the figure, the other two its range.

    Attributes
    ----------
    street_kmh
        By class of street; a class that is not named is not driven on.
    expressway_kmh, ramp_kmh, access_kmh
        On the expressways layer, on its ramps, and on the straight leg from a home to its street.
    minutes
        Drives within which people are counted.
    joint_m
        Ends and lines of expressways nearer than this meet, and what lies nearer along a line is one junction.
    gap_m
        An end farther than this from any other expressway ends nowhere; a nearer one was meant to meet it.
    ramp_m, street_m
        A ramp farther from its expressway, or a ramp or home farther from a street, joins nothing.
    """

    street_kmh: dict[str, Speeds] = Field(min_length=1)
    expressway_kmh: Speeds
    ramp_kmh: Speeds
    access_kmh: Speeds
    minutes: tuple[float, ...] = Field(min_length=1)
    joint_m: float = Field(gt=0, le=500)
    gap_m: float = Field(gt=0, le=5000)
    ramp_m: float = Field(gt=0, le=5000)
    street_m: float = Field(gt=0, le=2000)


def drive_profile(key: str) -> DriveProfile:
    """The driving profile of that name.

    Raises
    ------
    StandardError
        There is none (names those there are), or its file is broken.
    """
    return _named(DriveProfile, "drive", key)


class CorridorProfile(Profile):
    """What ecological corridors are held against, and how near is joined; metres.

    Attributes
    ----------
    width_m
        Width a corridor is wanted to have.
    near_m
        Straight distance within which people live near a corridor.
    meet_m
        A street this near leads into a corridor drawn as a line.
    joined_m
        Parks and water this near are joined to a corridor, and two corridors meet.
    least_built_m
        Less of built-up land along a corridor is no break.
    one_place_m
        Cuts of one kind this near along a corridor are one place.
    slip_m
        A gap shorter than this is likely a slip of drawing.
    cut_classes
        Classes of street that cut a corridor, beside expressways and what only wheels may use.
    crossed_rail
        Classes of railway that cut nothing.
    built_uses, green_uses
        Uses of land (`land_codes.toml`) that are built up, and green or water.
    """

    width_m: float = Field(gt=0, le=10_000)
    near_m: float = Field(gt=0, le=50_000)
    meet_m: float = Field(gt=0, le=1_000)
    joined_m: float = Field(ge=0, le=5_000)
    least_built_m: float = Field(ge=0, le=5_000)
    one_place_m: float = Field(ge=0, le=1_000)
    slip_m: float = Field(ge=0, le=1_000)
    cut_classes: tuple[str, ...] = ()
    crossed_rail: tuple[str, ...] = ()
    built_uses: tuple[str, ...] = ()
    green_uses: tuple[str, ...] = ()


def corridor_profile(key: str) -> CorridorProfile:
    """The corridor profile of that name.

    Raises
    ------
    StandardError
        There is none (names those there are), or its file is broken.
    """
    return _named(CorridorProfile, "corridor", key)


class FocusProfile(Profile):
    """How focus areas are walked to, and what they would bring.

    Attributes
    ----------
    meet_m
        A street this near leads to a focus area drawn as a line.
    top
        How many of the kinds that are lacked most are named.
    brings
        By class of focus area the categories of facilities it is assumed to bring.
    """

    meet_m: float = Field(gt=0, le=1_000)
    top: int = Field(ge=1, le=20)
    brings: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def focus_profile(key: str) -> FocusProfile:
    """The focus-area profile of that name.

    Raises
    ------
    StandardError
        There is none (names those there are), or its file is broken.
    """
    return _named(FocusProfile, "focus", key)
