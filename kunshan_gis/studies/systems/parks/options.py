"""What the study of the park system is asked besides what every system is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Options(BaseModel):
    """Options of the park system; what is not taken from a profile is the planner's to choose.

    Attributes
    ----------
    served_by : profile whose rule for parks says how far a park of a size serves (walked here)
    tiers_by_size : parks without a tier get that of their size
    next_sites : next sites to look for, a tier
    site_cell_m : side of the cells whose middles are tried as sites
    prefer_green : a site on land that is green in the land-use plan and no park yet is taken if it newly reaches at
        least this share of what the best site does
    sight_m : green is in sight within this straight distance (300 m is customary: 300米见绿, from memory)
    door_minutes : a park is at the door within this walk (5 minutes are the ministry's, from memory)
    water_counts : water counts as green in sight
    area_differs : a stated area that differs from the outline's by more than this share is named
    name_near_m : parks of one name no farther apart than this are named
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    served_by: str = "gbt51346-2019"
    tiers_by_size: bool = False
    next_sites: int = Field(default=10, ge=0, le=100)
    site_cell_m: float = Field(default=200.0, ge=50, le=2000)
    prefer_green: float = Field(default=0.9, ge=0, le=1)
    sight_m: float = Field(default=300.0, gt=0, le=5000)
    door_minutes: float = Field(default=5.0, gt=0, le=60)
    water_counts: bool = False
    area_differs: float = Field(default=0.1, ge=0, le=10)
    name_near_m: float = Field(default=300.0, ge=0, le=5000)
