"""The corridors in words, from the figures of their tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.figures import counted_with_unit, people, percent
from kunshan_gis.messages import Text, text
from kunshan_gis.readable import cell
from kunshan_gis.standards import CorridorProfile
from kunshan_gis.studies.systems.corridors.access import Access
from kunshan_gis.studies.systems.corridors.joined import ISOLATED

Tables = dict[str, pd.DataFrame]
Rows = NDArray[np.bool_]


def said(
    tables: Tables,
    found: Access | None,
    profile: CorridorProfile,
    *,
    minutes: float,
    demo: bool,
    counted: str,
) -> list[Text]:
    """Findings: number against the plan, width, continuity, what is joined, who reaches a corridor, the mesh.

    Parameters
    ----------
    counted : what the homes count, people or buildings
    """
    each = tables["corridors_each"]
    lines = [_plan(tables["corridors_classes"]), *_width(each, profile, demo=demo), _breaks(each, demo=demo)]
    lines += [*_longest(each, demo=demo), *_green(each, tables, profile, demo=demo), *_mesh(tables)]
    return [*lines, *_people(found, profile, minutes=minutes, demo=demo, counted=counted)]


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


def _people(
    found: Access | None, profile: CorridorProfile, *, minutes: float, demo: bool, counted: str
) -> Iterator[Text]:
    """Who walks to a corridor and who lives near one: a range where positions are coarse."""
    if found is None or not found.people.sum():
        return
    total = float(found.people.sum())

    def told(least: Rows, most: Rows) -> tuple[Text, Text]:
        ends = [float(found.people[rows].sum()) for rows in (least, most)]
        shares = [percent(end / total, demo=demo) for end in ends]
        return _range(*ends, demo=demo, counted=counted), _between(*(Text(one, one) for one in shares))

    near, share = told(found.neighbours(1), found.neighbours(-1))
    within = {
        "people": near, "share": share, "metres": f"{profile.near_m:g}",
        "total": counted_with_unit(total, demo=demo, counted=counted),
    }  # fmt: skip
    if not found.placed.any():
        yield text("corridors_said_near", **within)
        return
    walkers, walk_share = told(found.walkers(1), found.walkers(-1))
    lost = counted_with_unit(float(found.people[~found.placed].sum()), demo=demo, counted=counted)
    yield text("corridors_said_people", **within, minutes=f"{minutes:g}", walkers=walkers, walk_share=walk_share,
               lost=lost)  # fmt: skip


def _range(low: float, high: float, *, demo: bool, counted: str) -> Text:
    """People or buildings between two ends."""
    ends = (people(number, demo=demo and counted == "people") for number in (low, high))
    key = "buildings_in_words" if counted == "buildings" else "people_in_words_demo" if demo else "people_in_words"
    return text(key, value=_between(*ends))


def _between(low: Text, high: Text) -> Text:
    """A range, or one figure where both are the same."""
    return low if low == high else text("corridors_range", low=low, high=high)


def _named(row: pd.Series) -> Text:
    return Text(str(row["name"]), str(row["name_en"]))
