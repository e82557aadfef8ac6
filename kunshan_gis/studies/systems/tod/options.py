"""What the study of station areas is asked besides."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Options(BaseModel):
    """Profiles, and what has no standard.

    Attributes
    ----------
    station_profile, node_place_profile : keys of shipped profiles
    circle_profile : profile of rules with the three circles: shipped, the study area's own, or a .toml file
    place_mix : how mixed a place is: entropy, or the published formula (which sees the smallest amount alone)
    place_logs : node and place variables as logarithms, where a few stations have nearly all
    same_place_m : stations nearer than this are one (an interchange listed twice)
    far_entrance_m : an entrance farther from its station is a fault
    link_gap_m : longest link that is looked for, straight metres
    link_detour : how many times longer the way round must be than the link
    links_each : how many links to name of each need
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    station_profile: str = "tod-2015"
    node_place_profile: str = "bertolini-1999"
    circle_profile: str = "three-circles"
    place_mix: Literal["published", "entropy"] = "entropy"
    place_logs: bool = False
    same_place_m: float = Field(default=100.0, ge=0, le=500)
    far_entrance_m: float = Field(default=500.0, gt=0, le=5_000)
    link_gap_m: float = Field(default=150.0, gt=0, le=500)
    link_detour: float = Field(default=3.0, ge=1, le=50)
    links_each: int = Field(default=10, ge=0, le=100)
