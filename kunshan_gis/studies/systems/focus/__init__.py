"""Focus areas of the plan: who and what lies within a walk, what is lacking there, what they would bring."""

from kunshan_gis.studies.systems.focus.part import focus_part

__all__ = ["focus_part"]
