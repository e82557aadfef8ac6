"""The focus areas in words, from the figures of their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from kunshan_gis.figures import people_with_unit, percent
from kunshan_gis.messages import Text, known, text
from kunshan_gis.studies.systems.focus.around import Focus


def said_of(focus: Focus, tables: Mapping[str, pd.DataFrame], *, demo: bool) -> list[Text]:
    """Findings: how many of each class, who lives within a walk, what most lack, what the plan changes and brings."""
    return [
        _number(focus), *_people(focus, tables["zones_focus"], demo=demo), *_lacking(tables, demo=demo),
        *_planned(tables, demo=demo), *_brings(tables, demo=demo),
    ]  # fmt: skip


def _number(focus: Focus) -> Text:
    counts = focus.table["class"].value_counts()
    parts = [text("zones_focus_of_class", count=int(counts[name]), name=known(name, prefix="focus_class_"))
             for name in sorted(counts.index, key=lambda name: (-counts[name], name))]  # fmt: skip
    said = Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
    return text("zones_focus_said_number", count=len(focus.table), classes=said)


def _people(focus: Focus, each: pd.DataFrame, *, demo: bool) -> Iterator[Text]:
    setting = focus.setting
    if not setting.peopled or each["focus_people"].isna().all():
        return
    people = setting.area.table("homes")["population"].to_numpy(dtype=float)
    near = float(people[focus.near().any(axis=1)].sum())
    most = each.iloc[int(np.nanargmax(each["focus_people"]))]
    yield text(
        "zones_focus_said_people", minutes=f"{setting.walk.minutes:g}", people=people_with_unit(near, demo=demo),
        share=percent(near / people.sum(), demo=demo) if people.sum() else "—", name=_named(most),
        most=people_with_unit(float(most["focus_people"]), demo=demo),
    )  # fmt: skip


def _lacking(tables: Mapping[str, pd.DataFrame], *, demo: bool) -> Iterator[Text]:
    """The area and need with the most residents who lack it."""
    needs = tables.get("zones_focus_needs")
    if needs is None or not (needs["focus_lacks"] > 0).any():
        return
    row = needs.iloc[int(np.nanargmax(needs["focus_lacks"]))]
    yield text(
        "zones_focus_said_lacking", name=_named(row), need=Text(row["focus_need"], row["focus_need_en"]),
        people=people_with_unit(float(row["focus_lacks"]), demo=demo),
        share=percent(float(row["focus_lacks_share"]), demo=demo),
    )  # fmt: skip


def _planned(tables: Mapping[str, pd.DataFrame], *, demo: bool) -> Iterator[Text]:
    """The need for which what is planned or being built changes most."""
    needs = tables.get("zones_focus_needs")
    if needs is None:
        return
    change = (needs["focus_lacks_existing"] - needs["focus_lacks_planned"]).fillna(0.0)
    if not (change > 0).any():
        yield text("zones_focus_said_no_change")
        return
    row = needs.iloc[int(np.argmax(change))]
    before, after = (people_with_unit(float(row[f"focus_lacks_{one}"]), demo=demo) for one in ("existing", "planned"))
    yield text("zones_focus_said_change", name=_named(row), need=Text(row["focus_need"], row["focus_need_en"]),
               before=before, after=after)  # fmt: skip


def _brings(tables: Mapping[str, pd.DataFrame], *, demo: bool) -> Iterator[Text]:
    brings = tables.get("zones_focus_brings")
    if brings is None or not len(brings):
        return
    row = brings.iloc[int(np.argmax(brings["focus_gain"]))]
    yield text(
        "zones_focus_said_brings", name=_named(row), what=Text(row["focus_brings"], row["focus_brings_en"]),
        metres=f"{row['focus_reach_m']:g}", people=people_with_unit(float(row["focus_gain"]), demo=demo),
        near=people_with_unit(float(row["focus_in_reach"]), demo=demo),
    )  # fmt: skip


def _named(row: pd.Series) -> Text:
    return Text(str(row["name"]), str(row["name_en"]))
