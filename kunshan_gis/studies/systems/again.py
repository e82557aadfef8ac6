"""A system run again from the parameters of a saved result."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from kunshan_gis.model import Progress, Result, Scenario, StudyArea
from kunshan_gis.studies.systems.registry import entry_of, run
from kunshan_gis.studies.systems.system import Asked


class SystemAsked(BaseModel):
    """The parameters of a system's result; what one study is asked besides stays among `options`."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    by: str
    scenario: Scenario
    beyond: bool
    minutes: float = Field(gt=0, le=240)
    speed_mps: float = Field(gt=0, le=3)
    allow_open_edge: bool = False
    profile: str = ""

    def options_of(self, key: str) -> dict[str, Any]:
        """What the study itself was asked."""
        said = self.model_extra or {}
        return {name: said[name] for name in entry_of(key).options.model_fields if name in said}


def system_again(area: StudyArea, key: str, asked: SystemAsked, progress: Progress) -> Result:
    """The result that the parameters make of a study area."""
    shared = {name: getattr(asked, name) for name in SystemAsked.model_fields}
    return run(area, key, Asked(**shared, options=asked.options_of(key)), progress=progress).result
