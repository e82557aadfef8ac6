"""What severance is asked besides: how links are laid, how many crossings to propose, which crossings to take away."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from kunshan_gis.studies.systems.system import Setting


class SeveranceOptions(BaseModel):
    """Options of the study; those of the roads include them.

    Attributes
    ----------
    close_crossings : an expressway by name or id, whose bridges and underpasses for walkers are taken away; empty: none
    link_within_m : how near to the expressway a street must come on both sides for a way straight across
    link_every_m : how far apart such ways are, metres along the expressway
    new_crossings : how many crossings to propose at most
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    close_crossings: str = ""
    link_within_m: float = Field(default=60.0, gt=0, le=300)
    link_every_m: float = Field(default=50.0, ge=10, le=1000)
    new_crossings: int = Field(default=10, ge=0, le=50)


def options_of(setting: Setting) -> SeveranceOptions:
    """What was asked of this part; the roads' other options are passed over."""
    asked = {
        name: setting.asked.options[name] for name in SeveranceOptions.model_fields if name in setting.asked.options
    }
    return SeveranceOptions.model_validate(asked)
