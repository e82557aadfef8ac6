"""What the study of the expressways is asked besides."""

from __future__ import annotations

from kunshan_gis.studies.systems.roads.driving import DRIVE_PROFILE
from kunshan_gis.studies.systems.severance import SeveranceOptions


class Options(SeveranceOptions):
    """What the study of the expressways is asked besides, severance included.

    Attributes
    ----------
    drive : profile of driving: speeds by class of street, cutoffs in minutes, tolerances
    """

    drive: str = DRIVE_PROFILE


OPTIONS = Options
