"""The findings on zones in words: what a planner would read aloud."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.figures import people_with_unit, percent
from kunshan_gis.messages import Text, text
from kunshan_gis.readable import cell
from kunshan_gis.studies.systems.zones.membership import Zones

Tables = Mapping[str, pd.DataFrame]
_DRIVEN = {"value": "drive", "low": "drive_low", "high": "drive_high"}
_LINKED = {"roads": "over", "km": "border_km", "per_km": "over_per_km"}


def said_of(zones: Zones, tables: Tables, *, demo: bool) -> list[Text]:
    """Up to seven findings; a figure that cannot be measured is not spoken of."""
    profile = tables["zones_profile"]
    said = (
        _membership(zones, profile, demo=demo),
        _extremes(profile, "zone_people_per_km2", "zones_said_density", demo=demo),
        _life_circle(tables, demo=demo),
        _parks(tables, demo=demo),
        [
            *_extremes(profile, "zone_station_share", "zones_said_station", demo=demo),
            *_extremes(profile, "zone_ramp_min", "zones_said_ramp", demo=demo),
        ],
        _links(tables, demo=demo),
        _outward(tables, demo=demo),
    )
    found = [tuple(one) for one in said]
    return [Text("".join(one.zh for one in each), " ".join(one.en for one in each)) for each in found if each]


def _membership(zones: Zones, profile: pd.DataFrame, *, demo: bool) -> Iterator[Text]:
    """How many zones and towns, and which towns are in none, with their residents."""
    there = int((zones.names["unit_id"] != UNASSIGNED).sum())
    rest = zones.towns[zones.towns["zone"] == UNASSIGNED]
    parts: dict[str, Any] = {"zones": there, "towns": len(zones.towns)}
    if not len(rest):
        yield text("zones_said_members", **parts)
        return
    row = profile[profile["unit_id"] == UNASSIGNED].iloc[0]
    named = Text("、".join(rest["name"]), ", ".join(rest["name_en"]))
    parts["names"] = named
    if math.isnan(row["population"]) or math.isnan(row["zone_share_people"]):  # not known, or nobody lives anywhere
        yield text("zones_said_unassigned", **parts)
        return
    parts["people"] = people_with_unit(row["population"], demo=demo)
    yield text("zones_said_unassigned_people", share=percent(row["zone_share_people"], demo=demo), **parts)


def _extremes(profile: pd.DataFrame, column: str, key: str, *, demo: bool, **more: Text) -> Iterator[Text]:
    """The zones with the largest and the smallest figure, beside the city."""
    zones = profile[(profile["unit_id"] != UNASSIGNED) & profile[column].notna()].iloc[:-1]
    city = profile[column].iloc[-1]
    if len(zones) < 2 or math.isnan(city):
        return
    ordered = zones.sort_values(column, kind="stable", ascending=False)
    most, least = ordered.iloc[0], ordered.iloc[-1]
    yield text(
        key, most=_name(most), high=cell(column, most[column], demo=demo), least=_name(least),
        low=cell(column, least[column], demo=demo), city=cell(column, city, demo=demo), **more,
    )  # fmt: skip


def _life_circle(tables: Tables, *, demo: bool) -> Iterator[Text]:
    """Completeness of zones, and the need that most residents of the city lack."""
    profile = tables["zones_profile"]
    complete = profile["zone_circle_share"].iloc[-1]
    if math.isnan(complete):  # some of its kinds are in no layer
        return
    whole = cell("zone_circle_share", complete, demo=demo)
    yield from _extremes(profile, "zone_needs_share", "zones_said_circle", demo=demo, whole=whole)
    reach = tables.get("zones_reach")
    if reach is None:
        return
    city = reach[(reach["unit_id"] == profile["unit_id"].iloc[-1]) & reach["zone_completed"].notna()]
    if not city["not_covered"].any():
        return
    worst = city.loc[city["not_covered"].idxmax()]
    total = worst["population"]
    yield text(
        "zones_said_need", need=Text(worst["zone_reached"], worst["zone_reached_en"]),
        people=people_with_unit(worst["not_covered"], demo=demo), total=people_with_unit(total, demo=demo),
        share=percent(worst["not_covered"] / total, demo=demo),
    )  # fmt: skip


def _parks(tables: Tables, *, demo: bool) -> Iterator[Text]:
    """Park area per resident of the city and of its zones beside the target."""
    ranks = tables.get("zones_ranks")
    column = "zone_park_green"
    if ranks is None or column not in set(ranks["figure"]):
        return
    rows = ranks[(ranks["figure"] == column) & (ranks["zone_level"] == "zones") & (ranks["unit_id"] != UNASSIGNED)]
    first = rows.iloc[0]
    below = rows[rows["zone_to_target"] < 0]
    named = Text("、".join(below["name"]), ", ".join(below["name_en"]))
    parts: dict[str, Any] = {
        "city": cell(column, first["zone_city"], demo=demo),
        "target": cell(column, first["zone_target"], demo=demo),
    }
    yield text("zones_said_parks_below", names=named, **parts) if len(below) else text("zones_said_parks", **parts)


def _links(tables: Tables, *, demo: bool) -> Iterator[Text]:
    """The pairs of zones that most and fewest roads join, for every kilometre of border."""
    links = tables.get("zones_links")
    if links is None:
        return
    known = links[links["zone_over_per_km"].notna()]
    if not len(known):
        return
    ordered = known.sort_values("zone_over_per_km", kind="stable", ascending=False)
    most, least = ordered.iloc[0], ordered.iloc[-1]
    yield text(
        "zones_said_links", most=_pair(most), high=_counted(most, demo=demo), least=_pair(least),
        low=_counted(least, demo=demo),
    )  # fmt: skip


def _counted(row: Any, *, demo: bool) -> Text:
    parts = {name: cell(f"zone_{column}", row[f"zone_{column}"], demo=demo) for name, column in _LINKED.items()}
    return text("zones_said_link", **parts)


def _outward(tables: Tables, *, demo: bool) -> Iterator[Text]:
    """Where the plan links zones to: roads and railways over the border, and the shortest drive."""
    outward = tables.get("zones_outward")
    if outward is None or not outward["zone_toward"].any():
        return
    said = [_toward(rows, demo=demo) for _, rows in outward[outward["zone_toward"]].groupby("unit_id", sort=False)]
    listed = Text("；".join(one.zh for one in said), "; ".join(one.en for one in said))
    yield text("zones_said_outward", said=listed)


def _toward(rows: pd.DataFrame, *, demo: bool) -> Text:
    """One zone and the neighbours it looks to; a railway that crosses to several counts once."""
    named = Text("、".join(rows["zone_other"]), " and ".join(rows["zone_other_en"]))
    lines = {line for names in rows["zone_rail_names"].dropna() for line in names.split("；")}
    rails = float(len(lines)) if lines else float(rows["zone_rail"].max())
    nearest = rows.sort_values("zone_drive", kind="stable").iloc[0]
    drive = {name: cell("zone_drive", nearest[f"zone_{column}"], demo=demo) for name, column in _DRIVEN.items()}
    minutes = drive["value"] if math.isnan(nearest["zone_drive"]) else text("zones_range", **drive)
    return text(
        "zones_said_toward", zone=_name(rows.iloc[0]), others=named,
        roads=cell("zone_over", rows["zone_over"].sum(min_count=1), demo=demo),
        rail=cell("zone_rail", rails, demo=demo), minutes=minutes,
    )  # fmt: skip


def _name(row: Any) -> Text:
    return Text(str(row["name"]), str(row["name_en"]))


def _pair(row: Any) -> Text:
    rest = text("zones_rest")
    one = rest if row["unit_id"] == UNASSIGNED else _name(row)
    other = rest if row["zone_other_id"] == UNASSIGNED else Text(str(row["zone_other"]), str(row["zone_other_en"]))
    return Text(f"{one.zh}与{other.zh}", f"{one.en} and {other.en}")
