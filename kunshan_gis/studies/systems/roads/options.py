"""What the study of the expressways is asked besides."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from kunshan_gis.studies.systems.roads.driving import DRIVE_PROFILE


class Options(BaseModel):
    """What the study of the expressways is asked besides.

    Attributes
    ----------
    drive : profile of driving: speeds by class of street, cutoffs in minutes, tolerances
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    drive: str = DRIVE_PROFILE


OPTIONS = Options
