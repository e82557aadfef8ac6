"""Station areas (TOD): who and what lies around stations, node and place, chains, circles, first gaps to close."""

from __future__ import annotations

from kunshan_gis.studies.systems.tod.options import Options
from kunshan_gis.studies.systems.tod.study import study

OPTIONS = Options

__all__ = ["OPTIONS", "study"]
