"""What the study of zones is asked besides."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from kunshan_gis.studies.systems.roads.driving import DRIVE_PROFILE


class ZonesOptions(BaseModel):
    """Options of `kunshan-gis zones`.

    Attributes
    ----------
    life_circle : the life circle whose completeness is measured, `profile/rule` or a profile; empty: that of the area's
        reporting basis where it has one, else the 15-minute circle of GB 50180-2018
    centre : where drives between zones begin: the seat of a zone's largest town, or the home nearest to where its
        residents live on average
    drive : profile of driving speeds
    brings : what focus areas are tried out with, `class:category,category;class:category`; empty: the focus profile's
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    life_circle: str = ""
    centre: Literal["seat", "people"] = "seat"
    drive: str = DRIVE_PROFILE
    brings: str = ""
