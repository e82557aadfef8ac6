"""The study of zones and towns: profiles, places and gaps, membership, links among them and outward, focus areas."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis.maps import MapPage
from kunshan_gis.maps.zones import zones_map
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.readable import heading
from kunshan_gis.studies.systems.focus import focus_part
from kunshan_gis.studies.systems.focus.part import KINDS as FOCUS_KINDS
from kunshan_gis.studies.systems.roads.driving import Driving, driving_of
from kunshan_gis.studies.systems.system import Part, Setting, System, answer, demo_of
from kunshan_gis.studies.systems.zones.amounts import Amounts, amounts_of
from kunshan_gis.studies.systems.zones.centres import centres_of
from kunshan_gis.studies.systems.zones.drives import drives_from
from kunshan_gis.studies.systems.zones.links import Borders, links_part
from kunshan_gis.studies.systems.zones.membership import Zones, membership_part, zones_of
from kunshan_gis.studies.systems.zones.outward import outward_part
from kunshan_gis.studies.systems.zones.over import ways_of
from kunshan_gis.studies.systems.zones.profiles import Level, column_of, level_of, profile_table, with_towns, with_zones
from kunshan_gis.studies.systems.zones.ranks import ranks_table
from kunshan_gis.studies.systems.zones.reach import reach_table
from kunshan_gis.studies.systems.zones.rules import Ruled, life_circle_of, rules_said
from kunshan_gis.studies.systems.zones.said import said_of
from kunshan_gis.studies.systems.zones.services import services_table

KEY = "zones"
KINDS = ("towns", "zone_towns", "zones", "facilities")
"""Layers the answer rests on besides those of its figures and links."""
OPTIONAL = ("homes", "streets", "zones", "boundary", "neighbours", "seats", "rail", "water", "jobs", "facilities")
"""Layers without which something cannot be said; why a figure cannot be measured is a warning of its own."""


def study(setting: Setting) -> System:
    """The plan's zones and towns side by side, and what links them.

    Raises
    ------
    LayerSchemaError
        Membership that overlaps or is incomplete; names the towns.
    StandardError, ParameterError
        A life circle that there is not.
    """
    zones = zones_of(setting)
    circle = life_circle_of(setting.area, str(setting.asked.options["life_circle"]))
    measured = amounts_of(setting, zones.units, circle)
    levels = [level_of(zones, key, measured) for key in ("zones", "towns")]
    borders = _borders(zones, measured)
    rest = membership_part(zones, measured.totals.get("population")).and_(
        links_part(borders), outward_part(borders), Part(drawn={"zones_centres": borders.centres}, optional=OPTIONAL)
    )
    kinds = (*KINDS, *measured.kinds, *rest.kinds, *(FOCUS_KINDS if setting.area.has("focus_areas") else ()))
    demo = demo_of(setting, kinds)  # findings and verdicts are a demonstration where the answer is
    part = _side_by_side(zones, levels, circle, measured, demo=demo).and_(rest)
    part = part.and_(Part(said=said_of(zones, part.tables, demo=demo), kinds=kinds), focus_part(setting, kinds))
    return answer(setting, KEY, part, leading="zones_profile", profile_words=rules_said(setting.area, circle))


def _borders(zones: Zones, measured: Amounts) -> Borders:
    setting, driving = zones.setting, driving_of(zones.setting)
    people = measured.totals.get("population", np.full(len(zones.towns) + 1, np.nan))
    by_town = pd.Series(people[: len(zones.towns)], index=zones.towns["id"])
    centres = centres_of(zones, by_town, _driven_from(zones, driving))
    drives = None if driving is None else drives_from(driving, centres)
    return Borders(setting, zones.shapes(), centres, ways_of(setting), drives)


def _driven_from(zones: Zones, driving: Driving | None) -> gpd.GeoDataFrame | None:
    """Homes in the largest piece of the road network: from any other one drives nowhere."""
    homes = zones.setting.area.optional("homes")
    if homes is None or driving is None or driving.homes is None:
        return homes
    piece_m = np.append(driving.roads.network.component_m, 0.0)[driving.homes.edge]
    return homes[piece_m == piece_m.max(initial=0.0)]


def _side_by_side(zones: Zones, levels: list[Level], circle: Ruled, measured: Amounts, *, demo: bool) -> Part:
    setting = zones.setting
    own, towns = levels
    tables = {
        "zones_profile": with_towns(profile_table(own), zones),
        "zones_towns": with_zones(profile_table(towns), zones),
    }
    if setting.units.key == "communities":
        level = level_of(zones, "communities", amounts_of(setting, setting.units, circle))
        tables["zones_communities"] = profile_table(level)
    tables["zones_ranks"] = pd.concat(
        [ranks_table(setting, level, circle, demo=demo) for level in levels], ignore_index=True
    )
    tables["zones_reach"] = reach_table(setting, levels, circle)
    tables["zones_services"] = services_table(setting, zones.units, levels)
    kept = {name: table for name, table in tables.items() if len(table)}
    return Part(kept, warnings=_unmeasured(measured), parameters={"life_circle": circle.key})


def _unmeasured(measured: Amounts) -> list[Text]:
    """Figures that cannot be measured, by the reason."""
    found: dict[Text, list[Text]] = {}
    for rate, reason in measured.reasons.items():
        if not rate.endswith(("_low", "_high")):
            found.setdefault(reason, []).append(heading(column_of(rate), demo=False))
    return [
        text(
            "zones_unmeasured", reason=reason,
            figures=Text("、".join(one.zh for one in named), ", ".join(one.en for one in named)),
        )
        for reason, named in found.items()
    ]  # fmt: skip


def page(found: System, *, lang: Lang = "zh") -> MapPage:
    """The page of an answer."""
    return zones_map(found.area, found.result, found.drawn, found.said, lang=lang)
