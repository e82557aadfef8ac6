"""What the tables of the expressways say, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kunshan_gis.figures import counted_with_unit, percent
from kunshan_gis.messages import Text, text
from kunshan_gis.readable import cell
from kunshan_gis.studies.systems.roads.drawn import CLASSES

Tables = Mapping[str, pd.DataFrame]


def findings(tables: Tables, *, demo: bool, counted: str) -> list[Text]:
    """Two to six paragraphs with their numbers; homes count people or buildings."""
    found = [
        _plan(tables["roads_plan"]), [_sound(tables)], [_length(tables, demo=demo)],
        [*_within(tables, demo=demo, counted=counted), *_towns(tables, demo=demo)], _stages(tables, demo=demo),
        _closing(tables, demo=demo, counted=counted),
    ]  # fmt: skip
    return [Text("".join(one.zh for one in said), " ".join(one.en for one in said)) for said in found if said]


def _plan(plan: pd.DataFrame) -> list[Text]:
    """What is drawn and what stands beside the plan, class by class."""
    rows = plan[plan["road_class"].isin(CLASSES) & ((plan["roads_drawn"] > 0) | (plan["roads_plan"] > 0))]
    if not len(rows):
        return [text("roads_said_nothing")]
    planned = rows["roads_plan"].notna().any()
    parts = [
        text("roads_said_class_plan" if planned else "roads_said_class", kind=text(f"class_{row['road_class']}"),
             drawn=row["roads_drawn"], existing=row["roads_existing"], unknown=row["roads_unknown"],
             **({"plan": _number(row["roads_plan"])} if planned else {}))
        for row in rows.to_dict(orient="records")
    ]  # fmt: skip
    return [text("roads_said_plan" if planned else "roads_said_no_plan", parts=_joined(parts))]


def _sound(tables: Tables) -> Text:
    """Of every class that is drawn how many roads do what they should."""
    plan, each = tables["roads_plan"], tables["roads_each"]
    drawn = plan[plan["road_class"].isin(CLASSES) & (plan["roads_drawn"] > 0)]
    unknown = each.loc[each["road_class"] == "radial", "road_reaches"].isna().any()
    keys = {kind: f"roads_said_sound_{kind}" for kind in CLASSES}
    keys |= {"radial": "roads_said_sound_no_border"} if unknown else {}
    parts = [
        text(keys[row["road_class"]], ok=row["roads_sound"], all=row["roads_drawn"])
        for row in drawn.to_dict(orient="records")
    ]
    return text("roads_said_sound", parts=_joined(parts), faults=len(tables["roads_faults"]))


def _length(tables: Tables, *, demo: bool) -> Text:
    whole = tables["roads_lengths"].set_index("road_class").loc["all"]
    km = {name: cell("road_km", whole[f"road_km_{name}"], demo=demo) for name in ("existing", "unknown")}
    inside = tables["roads_density"].iloc[0]
    whole_km = cell("road_km", whole["road_km"], demo=demo)
    if not inside["unit_km2"] > 0:
        return text("roads_said_length", km=whole_km, **km)
    return text("roads_said_density", km=whole_km, **km, inside=cell("road_km", inside["road_km_standing"], demo=demo),
                density=cell("road_density", inside["road_density"], demo=demo))  # fmt: skip


def _within(tables: Tables, *, demo: bool, counted: str) -> list[Text]:
    """People within each drive of a ramp, of all people."""
    if "roads_access" not in tables:
        return []
    table = tables["roads_access"]
    total = table.loc[table["within_min"] == table["within_min"].min(), "population"].sum()
    if table["not_measurable"].sum() == table["population"].sum():
        return [text("roads_said_no_ramps")]
    parts = []
    for minutes, own in table.groupby("within_min"):
        people = own["population"].to_numpy(dtype=float)
        share, low, high = (
            float(np.nan_to_num(own[name].to_numpy(dtype=float)) @ people / people.sum())
            for name in ("share_covered", "share_covered_low", "share_covered_high")
        )
        parts.append(
            text("roads_said_within", minutes=f"{minutes:g}", share=percent(share, demo=demo),
                 low=percent(low, demo=demo), high=percent(high, demo=demo))
        )  # fmt: skip
    whole = counted_with_unit(float(total), demo=demo, counted=counted)
    return [text("roads_said_access", parts=_joined(parts), total=whole)]


def _towns(tables: Tables, *, demo: bool) -> list[Text]:
    """The towns nearest to and farthest from a ramp, by the mean of their residents."""
    table = tables.get("roads_towns")
    if table is None:
        return []
    own = table[(table["drive_to"] == text("roads_nearest_ramp").zh) & table["drive_min"].notna()]
    if len(own) < 2:
        return []
    near, far = own.iloc[int(own["drive_min"].argmin())], own.iloc[int(own["drive_min"].argmax())]
    return [
        text("roads_said_towns", near=Text(near["name"], near["name_en"]), far=Text(far["name"], far["name_en"]),
             near_min=cell("drive_min", near["drive_min"], demo=demo),
             far_min=cell("drive_min", far["drive_min"], demo=demo),
             low=cell("drive_min", far["drive_min_low"], demo=demo),
             high=cell("drive_min", far["drive_min_high"], demo=demo))
    ]  # fmt: skip


def _stages(tables: Tables, *, demo: bool) -> list[Text]:
    """What the plan changes in the mean drive to a town."""
    table = tables.get("roads_stages")
    if table is None or table["drive_trip_min"].isna().all():
        return []
    first = table.drop_duplicates("road_stage").to_dict(orient="records")
    trip = {row["road_stage"]: cell("drive_min", row["drive_trip_min"], demo=demo) for row in first}
    km = {f"km_{row['road_stage']}": cell("road_km", row["road_km_standing"], demo=demo) for row in first}
    if len(set(trip.values())) == 1:
        key = "roads_said_trip" if len(set(km.values())) == 1 else "roads_said_stages_same"
        return [text(key, minutes=trip["planned"])]
    return [text("roads_said_stages", **trip, **km)]


def _closing(tables: Tables, *, demo: bool, counted: str) -> list[Text]:
    """The segment that is dearest to close, and how many have no way round on expressways."""
    table = tables["roads_redundancy"]
    if not len(table):
        return []
    cut, km = table[table["road_cut_edge"]], table["road_km"].sum()
    share = percent(cut["road_km"].sum() / km, demo=demo) if km else "—"
    said = [text("roads_said_cut", cut=len(cut), total=len(table), share=share)]
    worst = table.iloc[0]
    if worst["road_cut_off"] > 0:
        people = counted_with_unit(worst["road_cut_off"], demo=demo, counted=counted)
        return [text("roads_said_cut_off", name=Text(worst["name"], worst["name_en"]), people=people,
                     between=Text(worst["road_between"], worst["road_between_en"])), *said]  # fmt: skip
    if not worst["road_person_min"] > 0:
        return said
    return [
        text("roads_said_closing", name=Text(worst["name"], worst["name_en"]),
             between=Text(worst["road_between"], worst["road_between_en"]),
             cost=cell("road_person_min", worst["road_person_min"], demo=demo),
             unit=text("unit_person_min_demo" if demo else "unit_person_min"),
             detour=cell("road_detour_min", worst["road_detour_min"], demo=demo)),
        *said,
    ]  # fmt: skip


def _joined(parts: list[Text]) -> Text:
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _number(value: float) -> str:
    return "—" if np.isnan(value) else f"{value:.0f}"
