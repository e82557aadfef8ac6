"""Regional spatial planning: who reaches what on foot, with every number's origin.

Names are loaded when first used, so that `import kunshan_gis` is instant.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kunshan_gis.layers import embedded_folder, open_area
    from kunshan_gis.model import Edit, Result, StudyArea
    from kunshan_gis.studies.access import Access, access
    from kunshan_gis.studies.check import Check, check
    from kunshan_gis.studies.check_page import check_page
    from kunshan_gis.studies.coverage import Coverage, coverage
    from kunshan_gis.studies.layers_add import Added, add_layer
    from kunshan_gis.studies.network_audit import NetworkAudit, network_audit
    from kunshan_gis.studies.park_reach import ParkReach, park_reach
    from kunshan_gis.studies.publish import park_reach_page, publish
    from kunshan_gis.studies.systems.ask import corridors, parks, roads, tod, zones
    from kunshan_gis.studies.systems.system import System
    from kunshan_gis.studies.walk import Walk
    from kunshan_gis.studies.what_if import WhatIf

__version__ = "0.1.0"

_HOME = {
    "Access": "kunshan_gis.studies.access",
    "Added": "kunshan_gis.studies.layers_add",
    "Check": "kunshan_gis.studies.check",
    "Coverage": "kunshan_gis.studies.coverage",
    "Edit": "kunshan_gis.model",
    "NetworkAudit": "kunshan_gis.studies.network_audit",
    "ParkReach": "kunshan_gis.studies.park_reach",
    "Result": "kunshan_gis.model",
    "StudyArea": "kunshan_gis.model",
    "System": "kunshan_gis.studies.systems.system",
    "Walk": "kunshan_gis.studies.walk",
    "WhatIf": "kunshan_gis.studies.what_if",
    "access": "kunshan_gis.studies.access",
    "add_layer": "kunshan_gis.studies.layers_add",
    "check": "kunshan_gis.studies.check",
    "check_page": "kunshan_gis.studies.check_page",
    "corridors": "kunshan_gis.studies.systems.ask",
    "coverage": "kunshan_gis.studies.coverage",
    "embedded_folder": "kunshan_gis.layers",
    "network_audit": "kunshan_gis.studies.network_audit",
    "open_area": "kunshan_gis.layers",
    "park_reach": "kunshan_gis.studies.park_reach",
    "park_reach_page": "kunshan_gis.studies.publish",
    "parks": "kunshan_gis.studies.systems.ask",
    "publish": "kunshan_gis.studies.publish",
    "roads": "kunshan_gis.studies.systems.ask",
    "tod": "kunshan_gis.studies.systems.ask",
    "zones": "kunshan_gis.studies.systems.ask",
}

__all__ = [
    "Access",
    "Added",
    "Check",
    "Coverage",
    "Edit",
    "NetworkAudit",
    "ParkReach",
    "Result",
    "StudyArea",
    "System",
    "Walk",
    "WhatIf",
    "__version__",
    "access",
    "add_layer",
    "check",
    "check_page",
    "corridors",
    "coverage",
    "embedded_folder",
    "network_audit",
    "open_area",
    "park_reach",
    "park_reach_page",
    "parks",
    "publish",
    "roads",
    "tod",
    "zones",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
