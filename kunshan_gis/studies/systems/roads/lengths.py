"""How many rings, links and radials there are against the plan, how long they are, and how dense by unit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.model import StudyArea
from kunshan_gis.schema import FUTURE, STRUCTURE
from kunshan_gis.studies.demand import Demand
from kunshan_gis.studies.systems.roads.drawn import CLASSES, STATES, UNKNOWN, Drawn
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.units import Units

ALL = "all"
EACH = ("id", "name", "name_en", "road_class", "road_state", "road_pieces", "road_km", "road_closed", "road_meets",
        "road_meets_en", "road_reaches", "road_sound", *(f"road_share_{name}" for name in STRUCTURE))  # fmt: skip
"""Columns of the table of roads."""
_PLAN = {"ring": "rings", "link": "links", "radial": "radials"}
Floats = NDArray[np.float64]


def plan_table(drawn: Drawn) -> pd.DataFrame:
    """Roads by class and status beside the plan's number; shares of the plan are NaN where it is not known."""
    rows = []
    for kind in (*CLASSES, ALL):
        own = drawn.roads if kind == ALL else drawn.roads[drawn.roads["class"] == kind]
        wanted = _planned(drawn.area, kind)
        state = {f"roads_{name}": int((own["state"] == name).sum()) for name in STATES}
        standing = state["roads_existing"] + state["roads_unknown"]
        rows.append(
            {"road_class": kind, "roads_plan": wanted, "roads_drawn": len(own), **state,
             "roads_share_existing": _share(state["roads_existing"], wanted),
             "roads_share_standing": _share(standing, wanted), "roads_share_drawn": _share(len(own), wanted),
             "roads_sound": int(own["sound"].sum())}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _planned(area: StudyArea, kind: str) -> float:
    if area.info.plan is None:
        return np.nan
    if kind == ALL:
        return float(sum(_planned(area, one) for one in CLASSES))
    number = getattr(area.info.plan, _PLAN[kind])
    return np.nan if number is None else float(number)


def _share(number: int, wanted: float) -> float:
    return number / wanted if wanted > 0 else np.nan


def lengths_table(drawn: Drawn) -> pd.DataFrame:
    """Pieces and kilometres by class: by status, and the share of every structure."""
    lines = _lines(drawn)
    rows = []
    for kind in (*CLASSES, ALL):
        own = lines if kind == ALL else lines[lines["class"] == kind]
        km = float(own["km"].sum())
        built = {
            f"road_share_{name}": own.loc[own["structure"] == name, "km"].sum() / km if km else np.nan
            for name in STRUCTURE
        }
        by_state = {f"road_km_{name}": float(own.loc[own["state"] == name, "km"].sum()) for name in STATES}
        rows.append({"road_class": kind, "road_pieces": own["row"].nunique(), "road_km": km, **by_state, **built})
    return pd.DataFrame(rows)


def density_table(drawn: Drawn, setting: Setting) -> pd.DataFrame:
    """Kilometres of expressway in the area and in every unit, by what stands, and for every km2 of ground.

    What lies beyond the boundary counts nowhere; units without polygons are left out.
    """
    units, whole = setting.units, _density(drawn, setting.sub("area"))
    if units.whole or units.shapes is None:
        return whole
    return pd.concat([whole, _density(drawn, units)], ignore_index=True)


def _density(drawn: Drawn, units: Units) -> pd.DataFrame:
    lines = _lines(drawn)
    share = _in_units(drawn.area, lines, units)
    state = lines["state"].to_numpy(dtype=object)
    km = {name: (lines["km"].to_numpy() * (state == name)) @ share for name in STATES}
    future = sum((km[name] for name in FUTURE), np.zeros(share.shape[1]))
    standing = km["existing"] + km[UNKNOWN] + (future if drawn.area.info.scenario == "planned" else 0.0)
    km2 = _km2(drawn.area, units)
    table = units.names.assign(
        unit_km2=km2, road_km_existing=km["existing"], road_km_unknown=km[UNKNOWN], road_km_future=future,
        road_km_standing=standing, road_density=np.divide(standing, km2, out=np.full(len(km2), np.nan), where=km2 > 0),
    )  # fmt: skip
    return pd.DataFrame(table[units.whole | np.isfinite(km2) | (standing + future > 0)])


def _lines(drawn: Drawn) -> gpd.GeoDataFrame:
    """Every single line with class, state and structure of its row."""
    row = drawn.graph.row
    own = drawn.features.loc[row, ["class", "state", "structure"]].reset_index(drop=True)
    return gpd.GeoDataFrame(
        own.assign(row=row, km=shapely.length(drawn.graph.lines) / 1000.0),
        geometry=list(drawn.graph.lines), crs=drawn.features.crs,
    )  # fmt: skip


def _in_units(area: StudyArea, lines: gpd.GeoDataFrame, units: Units) -> Floats:
    """The share of each line's length that lies in each unit and in the boundary."""
    if not len(lines):
        return np.zeros((0, len(units.names)))
    whole, outline = np.asarray(lines.geometry.array), area.optional("boundary")
    shapes = whole
    if outline is not None:
        shapes = shapely.intersection(whole, shapely.union_all(np.asarray(outline.geometry.array)))
    inside = shapely.length(shapes) / shapely.length(whole)
    middles = gpd.GeoSeries(shapely.point_on_surface(whole), crs=lines.crs)
    rows = Demand("street", lines["km"].to_numpy() * inside, shapes, middles, ("expressways",))
    share = units.share(rows).toarray() * inside[:, None]
    return np.asarray(share)


def _km2(area: StudyArea, units: Units) -> Floats:
    """The ground of every unit in the order of its names; NaN where it has no polygon."""
    if units.whole:
        outline = area.optional("boundary")
        return np.array([np.nan if outline is None else float(outline.area.sum()) / 1e6])
    found = np.full(len(units.names), np.nan)
    if units.shapes is not None:
        found[: len(units.shapes)] = shapely.area(units.shapes) / 1e6
    return np.where(found > 0, found, np.nan)


def roads_table(drawn: Drawn) -> pd.DataFrame:
    """One row a ring, link or radial: what it is, how long, and whether it does what it should."""
    lines = _lines(drawn).assign(road=drawn.features["road"].to_numpy()[drawn.graph.row])
    rows = []
    for road in drawn.roads.index:
        one, own = drawn.roads.loc[road], lines[lines["road"] == road]
        others = drawn.names(drawn.met(int(road)))
        built = {f"road_share_{name}": own.loc[own["structure"] == name, "km"].sum() / one["km"] for name in STRUCTURE}
        rows.append(
            {"id": one["id"], "name": one["name"], "name_en": one["name_en"], "road_class": one["class"],
             "road_state": one["state"], "road_pieces": one["pieces"], "road_km": one["km"],
             "road_closed": one["closed"], "road_meets": others.zh, "road_meets_en": others.en,
             "road_reaches": one["reaches"], "road_sound": one["sound"], **built}
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=EACH)
    place = table["road_class"].map({kind: place for place, kind in enumerate(CLASSES)})
    return table.iloc[np.lexsort((table["id"], place))].reset_index(drop=True)
