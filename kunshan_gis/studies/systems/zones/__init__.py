"""The plan's zones and towns side by side, and what links them with each other and outward."""

from kunshan_gis.studies.systems.zones.options import ZonesOptions
from kunshan_gis.studies.systems.zones.study import page, study

OPTIONS = ZonesOptions

__all__ = ["OPTIONS", "page", "study"]
