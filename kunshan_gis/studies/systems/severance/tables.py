"""The tables of severance: by expressway, by need, by unit, and of crossings taken away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.rules import Need
from kunshan_gis.studies.rule_figures import unit_share
from kunshan_gis.studies.systems.severance.closed import Closed
from kunshan_gis.studies.systems.severance.cost import Loss, Walked
from kunshan_gis.studies.systems.severance.divide import Expressway, Lines
from kunshan_gis.studies.systems.severance.existing import Spacing
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.terms import AS_MEASURED

RANGE = ("low", "high")
"""What unknown structures decide: a figure stands in the column itself, else both ends in `_low` and `_high`."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was measured of one expressway: its crossings, and what it costs at least and at most.

    Attributes
    ----------
    passages : its crossings (`passage` and the place); None where it cannot be measured
    losses : least and most; empty where no walks can be measured
    """

    expressway: Expressway
    passages: gpd.GeoDataFrame | None
    spacing: Spacing
    losses: tuple[Loss, ...]


def people_of(setting: Setting) -> NDArray[np.float64]:
    """Residents of every home."""
    return setting.measuring.demand("people").amount


def severance_table(setting: Setting, found: Sequence[Found]) -> pd.DataFrame:
    """The table `roads_severance`: one row an expressway."""
    return pd.DataFrame([_row(setting, one) for one in found], columns=list(_COLUMNS))


_FIGURES = ("severed_parks", "severed_any", "severed_needs", "detoured", "detour_m", "detour_person_min")
_COLUMNS = (
    "id", "name", "name_en", "severance_state", "severing_km", "perhaps_severing_km",
    "ground_crossings", "ground_bridges", "ground_underpasses", "ground_level",
    "crossing_spacing_m", "longest_uncrossed_m",
    *(column for name in _FIGURES for column in (name, *(f"{name}_{end}" for end in RANGE))),
)  # fmt: skip


def _row(setting: Setting, found: Found) -> dict[str, Any]:
    one = found.expressway
    row: dict[str, Any] = {
        "id": one.id, "name": one.name, "name_en": one.name_en, "severance_state": one.state,
        "severing_km": _km(one.ground), "perhaps_severing_km": _km(one.unknown),
        "crossing_spacing_m": found.spacing.mean_m, "longest_uncrossed_m": found.spacing.longest_m,
    }  # fmt: skip
    if found.passages is not None:
        number = found.passages["passage"].value_counts()
        row |= {f"ground_{name}": float(number.get(kind, 0)) for name, kind in _PASSAGES.items()}
        row["ground_crossings"] = float(number.sum())
    if found.losses:
        least, most = (figures(setting, loss) for loss in found.losses)
        for name in _FIGURES:
            row |= figure_or_range(name, least[name], most[name])
    return row


def figure_or_range(name: str, low: float, high: float) -> dict[str, float]:
    """A figure where both ends agree, else its range; a mean may be less where more people walk round."""
    if low == high or (math.isnan(low) and math.isnan(high)):
        return {name: low, f"{name}_low": math.nan, f"{name}_high": math.nan}
    return {name: math.nan, f"{name}_low": min(low, high), f"{name}_high": max(high, low)}


def highest(table: pd.DataFrame, name: str) -> pd.Series:
    """The figure, or the high end of its range."""
    most: pd.Series = table[name].fillna(table[f"{name}_high"])
    return most


def _km(lines: Lines) -> float:
    return float(shapely.length(lines).sum()) / 1e3


_PASSAGES = {"bridges": "bridge", "underpasses": "tunnel", "level": "level"}


def figures(setting: Setting, loss: Loss) -> dict[str, float]:
    """What a loss comes to over all residents; NaN where there is nothing to lose."""
    people = people_of(setting)
    found = dict.fromkeys(_FIGURES, math.nan)
    if loss.parks is not None:
        extra = np.nan_to_num(loss.parks["detour_m"].to_numpy())
        walked = float(people @ extra)
        found["severed_parks"] = float(people @ loss.parks["lost"].to_numpy())
        found["detoured"] = float(people[extra > 0].sum())
        found["detour_m"] = walked / found["detoured"] if found["detoured"] else math.nan
        found["detour_person_min"] = walked / setting.walk.speed_mps / 60.0
    if len(loss.needs.columns):
        lost = loss.needs.to_numpy(dtype=bool)
        found["severed_needs"] = float(people @ lost.sum(axis=1))
        found["severed_any"] = float(people @ lost.any(axis=1))
    return found


def needs_table(setting: Setting, found: Sequence[Found], needs: Sequence[Walked | Need]) -> pd.DataFrame:
    """The table `roads_severance_needs`: one row an expressway and daily need; NaN where no layer shows the need."""
    people, rows = people_of(setting), []
    for one in (one for one in found if one.expressway.measured):
        road = one.expressway
        for need in needs:
            ends = [float(people @ loss.needs[need.key]) if need.key in loss.needs else math.nan for loss in one.losses]
            named = {"id": road.id, "name": road.name, "name_en": road.name_en, "severed_need": need.name,
                     "severed_need_en": need.name_en}  # fmt: skip
            rows.append({**named, **figure_or_range("severed", *ends)})
    columns = ["id", "name", "name_en", "severed_need", "severed_need_en", "severed", "severed_low", "severed_high"]
    return pd.DataFrame(rows, columns=columns)


def units_table(setting: Setting, losses: Sequence[Loss]) -> pd.DataFrame:
    """The table `roads_severance_units`: what all expressways together cost the residents of each unit."""
    people, share = people_of(setting), unit_share(setting.measuring, setting.units, "people")
    placed = setting.measuring.placed("people", AS_MEASURED).placed
    table = setting.units.names.assign(
        population=np.round(people @ share), not_measurable=np.round((people * ~placed) @ share)
    )
    low, high = (np.zeros(len(people)) if one.parks is None else one.parks["lost"].to_numpy() for one in losses)
    ends = [np.round((people * lost) @ share) for lost in (low, high)]
    for name, of in (("severed_parks", 1.0), ("share_severed", table["population"].replace(0, np.nan).to_numpy())):
        rows = [figure_or_range(name, *pair) for pair in zip(*(end / of for end in ends), strict=True)]
        table = table.join(pd.DataFrame(rows, index=table.index))
    return _peopled(table)


def _peopled(table: pd.DataFrame) -> pd.DataFrame:
    """Without the row of those in no unit where nobody is."""
    kept = (table["unit_id"] != "unassigned") | (table["population"] > 0)
    return table[kept].reset_index(drop=True)


def changed_homes(found: Closed) -> gpd.GeoDataFrame:
    """The homes whose state changes when the crossings are gone, the most people first."""
    homes = found.homes
    changed = homes[homes["access_before"] != homes["access_after"]]
    changed.insert(1, "home_id", changed["id"])
    return changed.sort_values(["population", "id"], ascending=[False, True], kind="stable").reset_index(drop=True)


def closed_streets(found: Closed) -> pd.DataFrame:
    """The table `roads_underpasses_closed`: the streets taken away, and where they are."""
    gone = found.streets
    places = gone.geometry.representative_point().to_crs("EPSG:4326")
    table = {"id": gone["id"], "street_id": gone["id"], "closed_structure": gone["structure"],
             "lon": places.x.round(6), "lat": places.y.round(6), "closed_m": gone.length}  # fmt: skip
    return pd.DataFrame(table).reset_index(drop=True)


def closed_units(setting: Setting, found: Closed) -> pd.DataFrame:
    """The table `roads_underpasses`: what the residents of each unit lose with the crossings."""
    homes, share = found.homes, unit_share(setting.measuring, setting.units, "people")
    people = people_of(setting)
    before, after = (homes[f"access_{when}"].to_numpy() for when in ("before", "after"))
    lost = (before == "covered") & (after == "not_covered")
    farther = (after == "covered") & (homes["metres_after"] > homes["metres_before"]).to_numpy()
    extra = np.where(farther, (homes["metres_after"] - homes["metres_before"]).to_numpy(), 0.0)

    def sums(amount: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(np.round(amount @ share))

    walked = people * np.nan_to_num(extra) @ share
    table = setting.units.names.assign(
        population=sums(people), access_before_people=sums(people * (before == "covered")),
        access_after_people=sums(people * (after == "covered")), lost_people=sums(people * lost),
        lost_homes=sums(lost.astype(float)), farther_people=sums(people * farther),
        not_measurable=sums(people * (after == "not_measurable")),
    )  # fmt: skip
    table["farther_m"] = np.divide(
        walked, people * farther @ share, out=np.full(len(table), np.nan), where=table["farther_people"].to_numpy() > 0
    )
    return _peopled(table)
