"""Where drives between zones begin and end."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis import town_of
from kunshan_gis.messages import Text, text
from kunshan_gis.studies.systems.zones.membership import Zones


def centres_of(zones: Zones, people: pd.Series, homes: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """A centre for every zone with towns: the seat of its largest town, or the home nearest to its residents' middle.

    Parameters
    ----------
    people : residents of the towns, by town id; NaN where not known
    homes : those a drive can begin at; None where there are none

    Returns
    -------
    GeoDataFrame of points
        `id`, `name`, `name_en`, `zone_centre` and `zone_centre_en` (what the point is), `accuracy_m`.
    """
    setting, shapes = zones.setting, zones.shapes()
    known = _Known(zones, people, homes)
    rows = [_centre(known, zone, shape) for zone, shape in zip(shapes["id"], shapes.geometry, strict=True)]
    return gpd.GeoDataFrame(
        {
            "id": shapes["id"], "name": shapes["name"], "name_en": shapes["name_en"],
            "zone_centre": [said.zh for _, said, _ in rows], "zone_centre_en": [said.en for _, said, _ in rows],
            "accuracy_m": [error for _, _, error in rows],
        },
        geometry=[point for point, _, _ in rows], crs=setting.area.info.analysis_crs,
    )  # fmt: skip


Centre = tuple[shapely.Geometry, Text, float]
"""The point, what it is, and how well its place is known."""


class _Known(NamedTuple):
    """What centres are told from."""

    zones: Zones
    people: pd.Series
    homes: gpd.GeoDataFrame | None


def _centre(known: _Known, zone: str, shape: shapely.Geometry) -> Centre:
    """What is asked for first, else the next best."""
    own = known.zones.towns[known.zones.towns["zone"] == zone]
    wanted = str(known.zones.setting.asked.options["centre"])
    for found in (_seat, _middle) if wanted == "seat" else (_middle, _seat):
        if (centre := found(known, own)) is not None:
            return centre
    return shapely.point_on_surface(shape), text("zones_centre_ground"), np.nan


def _seat(known: _Known, towns: gpd.GeoDataFrame) -> Centre | None:
    """The seat of the most populous town that has one; of the largest where residents are not known."""
    area, people = known.zones.setting.area, known.people
    seats = area.optional("seats")
    if seats is None or "town_id" not in seats:
        return None
    there = towns[towns["id"].isin(seats["town_id"])]
    if not len(there):
        return None
    size = pd.Series(towns.geometry.area.to_numpy(), index=towns["id"]) if people.isna().all() else people
    town = max(there["id"], key=lambda one: (size[one], one))
    seat, name = seats[seats["town_id"] == town].iloc[0], towns.set_index("id").loc[town]
    said = text("zones_centre_seat", town=Text(name["name"], name["name_en"]))
    error = float(seat.get("accuracy_m", np.nan))
    if np.isnan(error):
        error = area.layer("seats").info.accuracy_m or np.nan
    if not np.isnan(error):
        said = text("zones_centre_accurate", centre=said, metres=f"{error:,.0f}")
    return seat.geometry, said, error


def _middle(known: _Known, towns: gpd.GeoDataFrame) -> Centre | None:
    """The home nearest to the mean place of all residents: the mean itself may lie in a lake."""
    homes = known.homes
    if homes is None:
        return None
    own = homes[town_of(homes, known.zones.setting.area.table("towns")).isin(towns["id"]).to_numpy()]
    weight = own["population"].to_numpy(dtype=float)
    if not weight.sum():
        return None
    xy = shapely.get_coordinates(np.asarray(own.geometry.array))
    away = np.hypot(*(xy - np.average(xy, axis=0, weights=weight)).T)
    return own.geometry.iloc[int(np.argmin(away))], text("zones_centre_people"), np.nan
