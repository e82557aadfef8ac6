"""The focus areas as a part of the study of zones: one row an area, its needs, what it would bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis import network
from kunshan_gis.analysis.life_circle import completeness
from kunshan_gis.messages import Text, text
from kunshan_gis.readable import unit_of
from kunshan_gis.rules import Rule
from kunshan_gis.standards import focus_profile
from kunshan_gis.studies.asked import walk_of
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.systems.focus.around import Focus, around, focus_of
from kunshan_gis.studies.systems.focus.lacking import Lacking, brings_of, brings_table, lacking_of, needs_table
from kunshan_gis.studies.systems.focus.said import said_of
from kunshan_gis.studies.systems.system import Fault, Part, Setting, demo_of, faults_part
from kunshan_gis.studies.terms import AS_MEASURED

PROFILE = "plan-focus"
KINDS = ("focus_areas", "homes", "streets", "jobs", "facilities", "parks", "park_gates")
OPTIONAL = ("homes", "streets", "jobs", "facilities", "parks")
EXTENDED = {"renewal_line": ("line", "area"), "renewal_area": ("area",), "corridor": ("line", "area")}
"""Classes whose extent matters, and how they are drawn then."""


def focus_part(setting: Setting, beside: Iterable[str] = ()) -> Part:
    """What the study of zones says of focus areas; nothing where there is no such layer.

    Options read where they are given: `life_circle` (whose needs) and `brings` (`class:category,…;…`).

    Parameters
    ----------
    beside : layers the rest of the answer rests on: findings are a demonstration where all of it is
    """
    if not setting.area.has("focus_areas"):
        return Part()
    focus, (rule, measuring) = focus_of(setting, focus_profile(PROFILE)), _circle(setting)
    lacking = lacking_of(focus, rule, measuring)
    each = _each(focus, lacking)
    brings = brings_of(focus, str(setting.asked.options.get("brings") or ""))
    made = {"zones_focus": each, "zones_focus_brings": brings_table(focus, rule, brings)}
    if lacking is not None:
        made["zones_focus_needs"] = needs_table(focus, lacking)
    tables = {name: _counted(table) for name, table in made.items() if len(table)}
    demo = demo_of(setting, (*KINDS, *beside))
    part = Part(
        tables, said_of(focus, tables, demo=demo), _frames(focus, each), kinds=KINDS, optional=OPTIONAL,
        warnings=_warnings(focus), counts={"focus_areas": len(focus.table)},
    )  # fmt: skip
    return part.and_(faults_part(setting, "zones_focus", list(_faults(focus))))


def _circle(setting: Setting) -> tuple[Rule, Measuring]:
    """The life circle of the study of zones, whose needs these are too, and what it is measured with, at its pace."""
    from kunshan_gis.studies.systems.zones.rules import life_circle_of

    circle = life_circle_of(setting.area, str(setting.asked.options.get("life_circle") or ""))
    return circle.rule, Measuring(setting.area, walk_of(setting.area, circle.profile, setting.asked.speed_mps))


def _each(focus: Focus, lacking: Lacking | None) -> pd.DataFrame:
    """A row an area: what it is, who and what lies within the walk, what they lack."""
    there = around(focus)
    table = pd.DataFrame(focus.table[["id", "name", "name_en"]]).assign(
        focus_class=focus.table["class"], focus_shape=focus.form,
        focus_ha=np.where(focus.form == "area", shapely.area(focus.shapes) / 1e4, np.nan),
    )  # fmt: skip
    table = pd.concat([table, _people_of(focus)], axis=1)
    for kind in there.within:
        table[f"focus_{kind}"] = there.within[kind]
    for kind in there.inside:
        table[f"focus_inside_{kind}"] = there.inside[kind]
    return pd.concat([table, _lacking_of_each(focus, lacking)], axis=1)


def _people_of(focus: Focus) -> pd.DataFrame:
    columns = ("focus_people", "focus_people_low", "focus_people_high", "focus_inside_people")
    table = pd.DataFrame(np.nan, index=range(len(focus.table)), columns=list(columns))
    area = focus.setting.area
    if not area.has("homes"):
        return table
    homes = area.table("homes")
    people = homes["population"].to_numpy(dtype=float)
    inside = people @ focus.inside(np.asarray(homes.geometry.array))
    table["focus_inside_people"] = np.where(focus.form == "area", inside, np.nan)
    if focus.setting.walkable:
        table["focus_people"] = np.where(focus.reached & ~focus.coarse, people @ focus.near(), np.nan)
        for end, error in (("low", 1), ("high", -1)):
            table[f"focus_people_{end}"] = np.where(focus.reached & focus.coarse, people @ focus.near(error), np.nan)
    return table


def _lacking_of_each(focus: Focus, lacking: Lacking | None) -> pd.DataFrame:
    """How complete the life circle is around each area, and the kinds that most there lack."""
    columns = ["focus_complete_share", "focus_mean_reached", "focus_lacking", "focus_lacking_en"]
    rows: list[tuple[Any, ...]] = [(np.nan, np.nan, "", "")] * len(focus.table)
    if lacking is None:
        return pd.DataFrame(rows, columns=columns)
    people = focus.setting.area.table("homes")["population"].to_numpy(dtype=float)
    states = lacking.now(focus.setting.area.info.scenario)
    whole = completeness(states, required=[need.key for need in lacking.rule.needs], needed=lacking.rule.needed)
    near = focus.near()
    for area in np.flatnonzero(focus.reached & ~focus.coarse):
        own = np.where(near[:, area], people, 0.0)
        known = own * (whole["measured"] == whole["required"]).to_numpy()
        complete = float(own[(whole["state"] == "covered").to_numpy()].sum())
        decided = float(own[(whole["state"] != "not_measurable").to_numpy()].sum())
        mean = float((known * whole["reached"].fillna(0).to_numpy()).sum() / known.sum()) if known.any() else np.nan
        share = complete / own.sum() if decided > 0 else np.nan
        most = _most_lacking(focus, lacking, states, own)
        rows[area] = (share, mean, "、".join(one.zh for one in most), ", ".join(one.en for one in most))
    return pd.DataFrame(rows, columns=columns)


def _most_lacking(focus: Focus, lacking: Lacking, states: pd.DataFrame, own: Any) -> list[Text]:
    sums = [(float(own[(states[need.key] == "not_covered").to_numpy()].sum()), need) for need in lacking.rule.needs]
    ordered = sorted((pair for pair in sums if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].key))
    return [Text(need.name, need.name_en) for _, need in ordered[: focus.profile.top]]


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    """People, jobs and numbers of things as whole numbers, where all are known."""
    whole = [name for name in table if unit_of(str(name)) in ("people", "jobs", "count") and table[name].notna().all()]
    counted: pd.DataFrame = table.astype(dict.fromkeys(whole, "int64"))
    return counted


def _frames(focus: Focus, each: pd.DataFrame) -> dict[str, gpd.GeoDataFrame]:
    """The areas with their figures, and the ground within the walk of each."""
    frames = {"focus_areas": gpd.GeoDataFrame(each, geometry=focus.shapes, crs=focus.table.crs)}
    if focus.doors is not None and len(focus.owner):
        net, walk = focus.setting.measuring.net(AS_MEASURED), focus.setting.walk
        ground = network.service_areas(
            net, focus.doors, focus.owner, cutoffs_m=[walk.cutoff_m], cell_m=10.0,
            ids=focus.table["id"].iloc[: int(focus.owner.max()) + 1],
        )  # fmt: skip
        ground = ground[~ground.geometry.is_empty].set_geometry(ground.geometry.simplify(5.0))
        frames["focus_reach"] = ground.merge(each[["id", "name", "name_en", "focus_class"]], on="id")
    return frames


def _warnings(focus: Focus) -> list[Text]:
    found = []
    if focus.table["sketched"].any():
        found.append(text("zones_focus_warn_sketched", count=int(focus.table["sketched"].sum())))
    if focus.coarse.any():
        found.append(text("zones_focus_warn_coarse", count=int(focus.coarse.sum())))
    return found


def _faults(focus: Focus) -> Iterator[Fault]:
    """Areas outside the boundary, without a street, drawn in a shape that cannot hold them, of one name."""
    table, area = focus.table, focus.setting.area
    inside = shapely.union_all(np.asarray(area.table("boundary").geometry.array)) if area.has("boundary") else None
    shapes = zip(table["id"], table["class"], focus.form, focus.shapes, focus.reached, strict=True)
    for one, name, form, shape, reached in shapes:
        if inside is not None and not shapely.intersects(shape, inside):
            yield Fault("zones_focus_outside", (str(one),), shape, float(shapely.distance(shape, inside)))
        if focus.setting.walkable and not reached:
            yield Fault("zones_focus_no_street", (str(one),), shape)
        if form not in EXTENDED.get(name, (form,)):
            yield Fault("zones_focus_shape", (str(one),), shape)
    for _, rows in table[table["name"].duplicated(keep=False)].groupby("name", sort=True):
        place = shapely.union_all(np.asarray(rows.geometry.array))
        yield Fault("zones_focus_one_name", tuple(map(str, rows["id"])), place)
