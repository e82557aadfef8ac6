"""The study of the park system: its parts put together. Read this first."""

from __future__ import annotations

from typing import Any

from kunshan_gis.messages import Text, text
from kunshan_gis.network import ACCESS_SOURCES
from kunshan_gis.studies.accounts import future_rows, profile_said
from kunshan_gis.studies.systems.parks.asks import asks_of
from kunshan_gis.studies.systems.parks.balance import balance_table
from kunshan_gis.studies.systems.parks.by_size import by_size, without_tier
from kunshan_gis.studies.systems.parks.door_tables import (
    beside_table,
    door_cells,
    door_table,
    sight_table,
    units_drawn,
    units_table,
    ways_table,
)
from kunshan_gis.studies.systems.parks.doors import GREEN, TREES, Doors
from kunshan_gis.studies.systems.parks.faults import park_faults
from kunshan_gis.studies.systems.parks.held import Parks
from kunshan_gis.studies.systems.parks.levels import levels_table
from kunshan_gis.studies.systems.parks.nested import combined, shared_ground
from kunshan_gis.studies.systems.parks.next_sites import next_sites
from kunshan_gis.studies.systems.parks.options import Options
from kunshan_gis.studies.systems.parks.said import findings
from kunshan_gis.studies.systems.parks.scenarios import scenarios_table
from kunshan_gis.studies.systems.parks.sizes import size_table, sizes_of, with_sizes
from kunshan_gis.studies.systems.parks.tiers import served_table, tiers_table
from kunshan_gis.studies.systems.system import Part, Setting, System, answer, demo_of, faults_part

KEY = "parks"
OPTIONAL = ("homes", "streets", "towns", "landuse")


def study(setting: Setting) -> System:
    """The park system: tiers, sizes, nesting, green in sight, a park at the door, balance, next sites, faults.

    Raises
    ------
    LayerNotFoundError
        No park stands in the scenario asked for.
    StandardError
        The profile of distances is unknown, or says of no park how far it serves.
    """
    options = Options.model_validate(dict(setting.asked.options))
    asks = asks_of(setting.area, options.served_by)
    untiered = without_tier(setting.area.table("parks"))
    parks = Parks(by_size(setting, asks) if options.tiers_by_size and untiered else setting, asks)
    doors = Doors(parks, options.sight_m, options.door_minutes, options.water_counts)
    demo = demo_of(setting, _kinds(doors))
    part = _tiers(parks, demo=demo).and_(_homes(doors), _sites(parks, options), _faults(parks, options))
    counted = setting.area.layer("homes").info.counts if setting.area.has("homes") else "people"
    said = findings(
        part.tables, asks, options, minutes=setting.walk.minutes, demo=demo, counted=counted,
    )  # fmt: skip
    words = asks.said(profile_said(setting.walk.profile, setting.walk.parameters()))
    whole = part.and_(
        Part(
            said=said, kinds=_kinds(doors), optional=OPTIONAL, counts=_counts(parks),
            warnings=_warnings(doors, untiered if options.tiers_by_size else 0),
        )
    )  # fmt: skip
    return answer(parks.setting, KEY, whole, leading="parks_tiers", profile_words=words)


def _tiers(parks: Parks, *, demo: bool) -> Part:
    sizes = sizes_of(parks)
    tables = {
        "parks_tiers": tiers_table(parks, sizes, demo=demo), "parks_served": served_table(parks),
        "parks_overlap_of_tiers": combined(parks), "parks_levels": levels_table(parks, demo=demo),
        "parks_size": size_table(parks, sizes),
    }  # fmt: skip
    return Part(tables, drawn={"parks": with_sizes(parks, sizes)})


def _homes(doors: Doors) -> Part:
    units = doors.parks.setting.units
    tables = {
        f"parks_{units.key}": units_table(doors, units), "parks_door": door_table(doors),
        "parks_sight": sight_table(doors), "parks_ways": ways_table(doors),
        "parks_sight_door": beside_table(doors),
        "parks_balance": balance_table(doors),
    }  # fmt: skip
    drawn = {"door_cells": door_cells(doors), "park_units": units_drawn(tables[f"parks_{units.key}"], units)}
    return Part(tables, drawn={name: table for name, table in drawn.items() if table is not None})


def _sites(parks: Parks, options: Options) -> Part:
    found = next_sites(parks, options)
    tables = {"parks_next": found.drop(columns="geometry"), "parks_scenarios": scenarios_table(parks)}
    return Part(tables, drawn={"next_sites": found})


def _faults(parks: Parks, options: Options) -> Part:
    shared = shared_ground(parks)
    faults = park_faults(parks, shared, differs=options.area_differs, near_m=options.name_near_m)
    own = Part({"parks_shared": shared.table}, drawn={"parks_shared": shared.ground})
    return own.and_(faults_part(parks.setting, KEY, faults))


def _kinds(doors: Doors) -> tuple[str, ...]:
    return ("parks", "park_gates", "landuse", "towns", TREES, *doors.kinds)


def _counts(parks: Parks) -> dict[str, Any]:
    """What result.json says of the parks, and the warnings of every result rest on."""
    counts: dict[str, Any] = {
        "parks": len(parks.table), "parks_not_existing": future_rows(parks.setting.area, "parks"),
        "parks_of_several_pieces": int((parks.table["pieces"] > 1).sum()),
    }  # fmt: skip
    if parks.access is not None:
        source = parks.access.source
        counts["parks_by_access_source"] = {name: int((source == name).sum()) for name in ACCESS_SOURCES}
    return counts


def _warnings(doors: Doors, by_their_size: int) -> list[Text]:
    parks, found = doors.parks, []
    if by_their_size:
        found.append(text("parks_warn_by_size", parks=by_their_size))
    merged = parks.table[parks.table["pieces"] > 1]
    if len(merged):
        found.append(text("parks_warn_pieces", pieces=int(merged["pieces"].sum()), parks=len(merged)))
    if not parks.tiers:
        found.append(text("parks_warn_no_tier"))
    if parks.setting.area.has("homes") and not parks.setting.area.has(GREEN):
        found.append(text("parks_warn_no_green"))
    return found
