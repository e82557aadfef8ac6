"""Planning standards as versioned data: profiles read from TOML files, never numbers in code.

A profile names the standard, its edition and clause, and how the number was verified:
`text` (read in the standard), `secondary` (read in a published secondary copy) or `memory` (known to
practitioners, not re-read). Every map and table prints the profile's name.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kunshan_gis.errors import StandardError

Verified = Literal["text", "secondary", "memory"]


class Profile(BaseModel):
    """One way to measure on foot, with its origin.

    `minutes` times `speed_mps` is the walked distance a home may lie from an entrance.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    name_en: str
    standard: str
    edition: str
    clause: str
    minutes: float = Field(gt=0, le=240)
    speed_mps: float = Field(gt=0, le=3)
    verified: Verified
    note: str
    note_en: str


@cache
def profiles() -> dict[str, Profile]:
    """All profiles by key, in alphabetical order.

    Raises
    ------
    StandardError
        A profile's file is broken; names it.
    """
    found = {}
    for file in sorted((files("kunshan_gis") / "profiles").iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            found[file.name.removesuffix(".toml")] = Profile.model_validate(
                {"key": file.name.removesuffix(".toml"), **tomllib.loads(file.read_text(encoding="utf-8"))}
            )
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise StandardError(f"profile {file.name} is broken: {error}") from error
    return found


def profile(key: str) -> Profile:
    """The profile of that name.

    Raises
    ------
    StandardError
        There is none; names those there are.
    """
    if key not in profiles():
        raise StandardError(f"profile `{key}` is unknown; there are: {', '.join(profiles())}")
    return profiles()[key]
