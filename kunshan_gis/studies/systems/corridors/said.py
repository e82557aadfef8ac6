"""The corridors in words, from the figures of their tables."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kunshan_gis.figures import people_with_unit, percent
from kunshan_gis.messages import Text, text
from kunshan_gis.readable import cell
from kunshan_gis.standards import CorridorProfile
from kunshan_gis.studies.systems.corridors.access import Access
from kunshan_gis.studies.systems.corridors.joined import ISOLATED

Tables = dict[str, pd.DataFrame]


def said(tables: Tables, found: Access | None, profile: CorridorProfile, *, minutes: float, demo: bool) -> list[Text]:
    """Findings: number against the plan, width, continuity, what is joined, who reaches a corridor, the mesh."""
    each = tables["corridors_each"]
    lines = [_plan(tables["corridors_classes"]), *_width(each, profile, demo=demo), _breaks(each, demo=demo)]
    lines += [*_longest(each, demo=demo), *_green(each, tables, profile, demo=demo), *_mesh(tables)]
    return [*lines, *_people(found, profile, minutes=minutes, demo=demo)]


def _plan(classes: pd.DataFrame) -> Text:
    own = classes.set_index("corridor_class")
    there = [int(own["drawn_number"].get(side, 0)) for side in ("horizontal", "vertical")]
    wanted = [own["plan_number"].get(side, float("nan")) for side in ("horizontal", "vertical")]
    if any(pd.isna(number) for number in wanted):
        return text("corridors_said_number", flat=there[0], upright=there[1])
    return text("corridors_said_plan", flat=there[0], upright=there[1], plan_flat=int(wanted[0]),
                plan_upright=int(wanted[1]))  # fmt: skip


def _width(each: pd.DataFrame, profile: CorridorProfile, *, demo: bool) -> Iterator[Text]:
    count = each["width_class"].value_counts()
    known = len(each) - int(count.get("not_measurable", 0))
    if not known:
        yield text("corridors_said_no_width", count=len(each), width=f"{profile.width_m:g}")
        return
    yield text("corridors_said_width", count=len(each), known=known, width=f"{profile.width_m:g}",
               wide=int(count.get("wide", 0)), part=int(count.get("in_part", 0)),
               narrow=int(count.get("narrow", 0)))  # fmt: skip
    least = each["narrowest_m"].min()
    if least < profile.width_m:
        row = each.iloc[int(each["narrowest_m"].argmin())]
        yield text("corridors_said_narrowest", name=_named(row), metres=cell("narrowest_m", least, demo=demo))


def _breaks(each: pd.DataFrame, *, demo: bool) -> Text:
    perhaps, built = int(each["cuts_perhaps"].sum()), each["built_km"].sum(min_count=len(each))
    maybe = text("corridors_said_perhaps", count=perhaps) if perhaps else Text("", "")
    land = text("corridors_said_land_unknown") if pd.isna(built) else text(
        "corridors_said_land", km=cell("built_km", built, demo=demo))  # fmt: skip
    whole = cell("course_km", each["course_km"].sum(), demo=demo)
    gaps, cuts = (int(each[name].sum()) for name in ("corridor_gaps", "cuts"))
    return text("corridors_said_breaks", km=whole, gaps=gaps, cuts=cuts, maybe=maybe, land=land)


def _longest(each: pd.DataFrame, *, demo: bool) -> Iterator[Text]:
    """The corridor with the longest stretch that is certainly unbroken."""
    longest = each["longest_km"].fillna(each["longest_km_low"])
    if longest.notna().any():
        row = each.iloc[int(longest.argmax())]
        free = (each["share_free"] * each["course_km"]).sum() / each["course_km"].sum()
        yield text("corridors_said_longest", name=_named(row), km=cell("longest_km", longest.max(), demo=demo),
                   share=percent(float(free), demo=demo))  # fmt: skip


def _green(each: pd.DataFrame, tables: Tables, profile: CorridorProfile, *, demo: bool) -> Iterator[Text]:
    if each["share_green"].notna().any():
        share = (each["share_green"] * each["course_km"]).sum() / each["course_km"].sum()
        yield text("corridors_said_green", share=percent(float(share), demo=demo))
    nets = tables["corridors_networks"]
    alone, joined = (nets[side] for side in (nets["network"] == ISOLATED, nets["network"] != ISOLATED))
    if len(alone):
        yield text("corridors_said_parks", joined=int(joined["parks"].sum()), alone=int(alone["parks"].sum()),
                   ha=cell("joined_parks_ha", joined["joined_parks_ha"].sum(), demo=demo), nets=len(joined),
                   metres=f"{profile.joined_m:g}", most=int(joined["parks"].max()))  # fmt: skip


def _mesh(tables: Tables) -> Iterator[Text]:
    mesh = tables["corridors_mesh"]
    if len(mesh):
        yield text("corridors_said_mesh", met=int(mesh["meets"].sum()), pairs=len(mesh))


def _people(found: Access | None, profile: CorridorProfile, *, minutes: float, demo: bool) -> Iterator[Text]:
    if found is None or not found.people.sum():
        return
    total, near = float(found.people.sum()), float(found.people[found.neighbours()].sum())
    within = {
        "people": people_with_unit(near, demo=demo), "share": percent(near / total, demo=demo),
        "metres": f"{profile.near_m:g}", "total": people_with_unit(total, demo=demo),
    }  # fmt: skip
    if not found.placed.any():
        yield text("corridors_said_near", **within)
        return
    walked = float(found.people[found.walkers()].sum())
    lost = float(found.people[~found.placed].sum())
    yield text("corridors_said_people", **within, minutes=f"{minutes:g}", walkers=people_with_unit(walked, demo=demo),
               walk_share=percent(walked / total, demo=demo), lost=people_with_unit(lost, demo=demo))  # fmt: skip


def _named(row: pd.Series) -> Text:
    return Text(str(row["name"]), str(row["name_en"]))
