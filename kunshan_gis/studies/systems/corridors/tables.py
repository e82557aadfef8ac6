"""The tables of the corridors: each one, the classes against the plan, breaks, what is joined, the mesh."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.model import StudyArea
from kunshan_gis.readable import unit_of
from kunshan_gis.studies.systems.corridors.continuous import Continuity
from kunshan_gis.studies.systems.corridors.drawn import Drawn
from kunshan_gis.studies.systems.corridors.joined import PARKS, WATER, Touched, per_corridor

NAMED = ("id", "name", "name_en")
CLASSES = ("horizontal", "vertical", "none")
NONE = "none"


def each(drawn: Drawn, *parts: pd.DataFrame) -> pd.DataFrame:
    """A row a corridor: names, class, and the figures of every part; lengths in kilometres."""
    table = pd.DataFrame(drawn.table[list(NAMED)]).assign(corridor_class=_class(drawn))
    whole = pd.concat([table, *parts], axis=1)
    metres = [name for name in map(str, whole.columns) if name.startswith(_IN_KM)]
    whole[metres] /= 1e3
    return whole.rename(columns={name: name.replace("_m", "_km", 1) for name in metres})


_IN_KM = ("course_m", "built_m", "longest_m")


def joins(drawn: Drawn, parks: Touched | None, water: Touched | None) -> pd.DataFrame:
    """Parks and waters of every corridor."""
    return pd.concat([per_corridor(drawn, parks, PARKS), per_corridor(drawn, water, WATER)], axis=1)


def classes(area: StudyArea, drawn: Drawn, table: pd.DataFrame) -> pd.DataFrame:
    """Corridors by class against the plan: planned number, drawn, there in the scenario, and how wide they are.

    Parameters
    ----------
    table : of `each`
    """
    plan, all_rows = area.info.plan, area.table("corridors")
    if drawn.inside is not None:
        all_rows = all_rows[shapely.intersects(np.asarray(all_rows.geometry.array), drawn.inside)]
    said = all_rows["class"] if "class" in all_rows else pd.Series(None, index=all_rows.index, dtype=object)
    rows = []
    for name in CLASSES:
        own, there = table[table["corridor_class"] == name], int((said.fillna(NONE) == name).sum())
        wanted = getattr(plan, f"corridors_{name}", None)
        if name == NONE and not there:
            continue
        widths = {f"width_{key}": int((own["width_class"] == key).sum())
                  for key in ("wide", "in_part", "narrow", "not_measurable")}  # fmt: skip
        rows.append({
            "corridor_class": name, "plan_number": np.nan if wanted is None else wanted, "drawn_number": there,
            "plan_gap": np.nan if wanted is None else there - wanted, "there_number": len(own), **widths,
            "course_km": own["course_km"].sum(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def breaks(drawn: Drawn, found: Continuity) -> pd.DataFrame:
    """Every gap, cut, built-up stretch and pinch with its place in degrees, corridor by corridor."""
    row = found.breaks["row"].to_numpy(dtype=np.int64)
    named = drawn.table[list(NAMED)].iloc[row].reset_index(drop=True)
    told = pd.DataFrame(found.breaks[["cut_by", "sure", "break_m", "narrow_m", "what"]]).reset_index(drop=True)
    told = told.astype({"break_m": float, "narrow_m": float})
    table = pd.concat([named, told], axis=1).assign(**_degrees(found.breaks), row=row)
    ordered: pd.DataFrame = table.sort_values(["row", "cut_by", "lon", "lat"], kind="stable", ignore_index=True)
    return ordered.drop(columns="row")


def joined(parks: Touched | None, water: Touched | None) -> pd.DataFrame:
    """Every park and water that a corridor joins, the largest first."""
    kinds = ((PARKS, parks), (WATER, water))
    found = [pd.DataFrame(one.table.drop(columns="geometry")).assign(joined_kind=kind) for kind, one in kinds if one]
    columns = [*NAMED, "joined_kind", "tier", "joined_ha", "apart_m", "joined_to", "joined_to_en"]
    if not found:
        return pd.DataFrame(columns=columns)
    table = pd.concat(found, ignore_index=True).rename(columns={"area_ha": "joined_ha"})
    table = table[table["joined_to"].notna()]
    return table.sort_values(["joined_kind", "joined_ha", "id"], ascending=[True, False, True],
                             ignore_index=True)[columns]  # fmt: skip


def mesh(crossed: gpd.GeoDataFrame) -> pd.DataFrame:
    """Every pair of a horizontal and a vertical corridor with the place where they meet or come nearest."""
    return pd.DataFrame(crossed.drop(columns="geometry")).assign(**_degrees(crossed))


def counted(table: pd.DataFrame) -> pd.DataFrame:
    """The table with people and numbers of things as whole numbers, where all are known."""
    whole = [name for name in table if unit_of(str(name)) in ("people", "count") and table[name].notna().all()]
    found: pd.DataFrame = table.astype(dict.fromkeys(whole, "int64"))
    return found


def _class(drawn: Drawn) -> pd.Series:
    said: pd.Series = drawn.table["class"]
    return said.where(said.isin(CLASSES), NONE)


def _degrees(points: gpd.GeoDataFrame) -> dict[str, np.ndarray]:
    at = points.geometry.to_crs("EPSG:4326")
    return {"lon": at.x.round(6).to_numpy(), "lat": at.y.round(6).to_numpy()}
