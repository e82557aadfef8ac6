"""A rule of a standard as data: what is measured, to what, of whom, how far, and what is asked for."""

from __future__ import annotations

import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from kunshan_gis.errors import StandardError
from kunshan_gis.messages import Text
from kunshan_gis.standards import Profile, Verified, walk_profiles

Measure = Literal["walk", "radius", "circle", "provision", "count", "size", "density"]
Of = Literal["people", "homes", "land", "street", "jobs", "people_and_jobs", "built_up"]
Unit = Literal["percent", "m2_per_person", "count", "km_per_km2"]
Relation = Literal[">=", ">", "<=", "<"]

UNIT_OF: dict[str, Unit] = {
    "walk": "percent", "radius": "percent", "circle": "percent", "size": "percent",
    "provision": "m2_per_person", "count": "count", "density": "km_per_km2",
}  # fmt: skip
"""The unit each measure is given in."""


MOST_LETTERS = 2_000
"""Longest text of an entry; the longest note of a shipped profile has some 500."""
_LINES = "\n\r\t"


def _plain(value: object) -> object:
    """An entry as a file may hold it: never true or false (`true` would be one metre), no text to steer a terminal."""
    if isinstance(value, bool):
        said = str(value).lower()
        raise StandardError(
            Text(f"不应为 {said}", f"cannot be {said}"), Text("写数值或文本", "write a number or a text")
        )
    if isinstance(value, str) and any(unicodedata.category(sign) == "Cc" and sign not in _LINES for sign in value):
        raise StandardError(Text("含控制字符", "holds control characters"), Text("删去它们", "remove them"))
    if isinstance(value, str) and len(value) > MOST_LETTERS:
        raise StandardError(
            Text(f"长 {len(value):,} 字", f"is {len(value):,} characters long"),
            Text(f"至多 {MOST_LETTERS:,} 字", f"write at most {MOST_LETTERS:,}"),
        )
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    _entries = field_validator("*", mode="before")(_plain)


class Band(_Strict):
    """Parks of a size (m2, from inclusive, below exclusive) and how far they serve (metres)."""

    from_m2: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    below_m2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    metres: float = Field(gt=0, le=50_000)


class Need(_Strict):
    """One kind of daily need of a life circle: any of some places within a distance; parks from `from_m2` up."""

    key: str = Field(min_length=1)
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    to: tuple[str, ...] = Field(min_length=1)
    metres: float | None = Field(default=None, gt=0, le=50_000)
    from_m2: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class ForSize(_Strict):
    """A target for cities of a size (residents, from inclusive, below exclusive)."""

    from_people: int = Field(default=0, ge=0)
    below_people: int | None = Field(default=None, gt=0)
    target: float = Field(allow_inf_nan=False)


class Rule(_Strict):
    """One thing a standard asks for.

    Attributes
    ----------
    measure
        `walk`: share of `of` that walks no farther than the distance to a place of `to`; `radius`: share in a straight
        line from the park's outline (or the point); `circle`: share with every one of `needs` in reach;
        `provision`: m2 of parks per resident; `count`: number of parks; `size`: share of the parks with at least
        `at_least_m2`; `density`: km of street to a km2.
    to
        `parks`, `stations`, `bus_stops` or categories of facilities; the nearest of any of them.
    of
        Whose share: residents, homes, residential land, streets, jobs, residents and jobs together, built-up land.
    within
        Only what lies in this scope (`built_up`, …); empty: the whole area.
    metres, minutes, bands
        How far: metres, minutes at the profile's pace, or metres by the park's size. One of them.
    tiers, codes, from_m2, below_m2
        Which parks count.
    classes
        Which streets count for `density`; empty: all.
    needs, needed
        A life circle's kinds of daily need, and how many of them must be in reach; `needed` left out: all.
    at_least_m2, at_most_m2
        The sizes that `size` asks for, both inclusive.
    target, unit, relation
        What is asked for; `targets` where it depends on the number of residents.
    unstated
        What the copy that was read does not state, so that nothing can be measured (Chinese, English).
    """

    key: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    measure: Measure
    to: tuple[str, ...] = ()
    of: Of = "people"
    within: str = ""
    metres: float | None = Field(default=None, gt=0, le=50_000)
    minutes: float | None = Field(default=None, gt=0, le=240)
    bands: tuple[Band, ...] = ()
    needs: tuple[Need, ...] = ()
    needed: int | None = Field(default=None, ge=1)
    tiers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    from_m2: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    below_m2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    at_least_m2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    at_most_m2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    target: float | None = Field(default=None, allow_inf_nan=False)
    targets: tuple[ForSize, ...] = ()
    unit: Unit | None = None
    relation: Relation = ">="
    unstated: tuple[str, str] | None = None
    clause: str = ""
    verified: Verified
    note: str = ""
    note_en: str = ""

    @property
    def natural_unit(self) -> Unit:
        """The unit the rule's figure is given in."""
        return UNIT_OF[self.measure]

    def metres_at(self, speed_mps: float) -> float | None:
        """How far the rule reaches at a pace; None where bands or needs say it, or nothing does."""
        return self.metres if self.minutes is None else self.minutes * 60.0 * speed_mps

    def target_for(self, residents: int | None) -> float | None:
        """The target in the figure's own unit (a share from 0 to 1 for percent); None where there is none."""
        asked = self.target
        for row in self.targets:
            below = float("inf") if row.below_people is None else row.below_people
            if residents is not None and row.from_people <= residents < below:
                asked = row.target
        if asked is None:
            return None
        return asked / 100 if self.unit == "percent" else asked

    def met(self, value: float, target: float) -> bool:
        """True where the value is what is asked for."""
        return {
            ">=": value >= target, ">": value > target, "<=": value <= target, "<": value < target
        }[self.relation]  # fmt: skip


class CheckProfile(Profile):
    """A standard's rules, in their order; minutes become metres at the pace of the walking profile `walk`."""

    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    standard: str = Field(min_length=1)
    walk: str = ""
    rules: tuple[Rule, ...] = Field(min_length=1)
    sha256: str = ""
    """Digest of the file's bytes, so that a result knows which text of a profile it was measured by."""

    _entries = field_validator("*", mode="before")(_plain)

    @field_validator("walk")
    @classmethod
    def _walked(cls, key: str) -> str:
        if key and key not in walk_profiles():
            there = ", ".join(walk_profiles())
            raise StandardError(
                Text(f"没有步行口径 `{key}`", f"walking profile `{key}` is not known"),
                Text(f"可选：{there}", f"there are: {there}"),
            )
        return key
