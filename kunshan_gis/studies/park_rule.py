"""Any park within the study area's own walk, as a rule: what is reviewed where no reporting basis is named."""

from __future__ import annotations

from kunshan_gis.messages import text
from kunshan_gis.model import StudyArea, digest
from kunshan_gis.rules import CheckProfile, Rule
from kunshan_gis.standards import walk_profile

PARK_REACH = "park-reach"


def park_reach_profile(area: StudyArea) -> CheckProfile:
    """Residents who walk to any park within the time of the study area's walking profile."""
    walk = walk_profile(area.info.profile)
    name = text("review_park_reach", minutes=f"{walk.minutes:g}")
    rule = Rule(
        key="park_reach", name=name.zh, name_en=name.en, measure="walk", to=("parks",), minutes=walk.minutes,
        verified=walk.verified,
    )  # fmt: skip
    return CheckProfile(
        key=PARK_REACH, name=name.zh, name_en=name.en, standard=walk.standard, edition=walk.edition, clause=walk.clause,
        verified=walk.verified, note=walk.note, note_en=walk.note_en, walk=walk.key, rules=(rule,),
        sha256=digest(rule.model_dump(), walk.model_dump()),
    )  # fmt: skip
