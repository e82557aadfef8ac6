"""Where drives between zones begin and end."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.analysis import town_of
from kunshan_gis.messages import Text, text
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.systems.zones.membership import Zones


def centres_of(zones: Zones, people: pd.Series) -> gpd.GeoDataFrame:
    """A centre for every zone with towns: the seat of its largest town, or the home nearest to its residents' middle.

    Parameters
    ----------
    people : residents of the towns, by town id; NaN where not known

    Returns
    -------
    GeoDataFrame of points
        `id`, `name`, `name_en`, `zone_centre` and `zone_centre_en` (what the point is), `accuracy_m`.
    """
    setting, shapes = zones.setting, zones.shapes()
    rows = [_centre(zones, zone, shape, people) for zone, shape in zip(shapes["id"], shapes.geometry, strict=True)]
    return gpd.GeoDataFrame(
        {
            "id": shapes["id"], "name": shapes["name"], "name_en": shapes["name_en"],
            "zone_centre": [said.zh for _, said, _ in rows], "zone_centre_en": [said.en for _, said, _ in rows],
            "accuracy_m": [error for _, _, error in rows],
        },
        geometry=[point for point, _, _ in rows], crs=setting.area.info.analysis_crs,
    )  # fmt: skip


def _centre(
    zones: Zones, zone: str, shape: shapely.Geometry, people: pd.Series
) -> tuple[shapely.Geometry, Text, float]:
    """The point, what it is, and how well its place is known; what is asked for first, else the next best."""
    own = zones.towns[zones.towns["zone"] == zone]
    wanted = str(zones.setting.asked.options["centre"])
    for found in (_seat, _middle) if wanted == "seat" else (_middle, _seat):
        if (centre := found(zones.setting, own, people)) is not None:
            return centre
    return shapely.point_on_surface(shape), text("zones_centre_ground"), np.nan


def _seat(setting: Setting, towns: gpd.GeoDataFrame, people: pd.Series) -> tuple[shapely.Geometry, Text, float] | None:
    """The seat of the most populous town that has one; of the largest where residents are not known."""
    seats = setting.area.optional("seats")
    if seats is None or "town_id" not in seats:
        return None
    size = pd.Series(towns.geometry.area.to_numpy(), index=towns["id"]) if people.isna().all() else people
    there = towns[towns["id"].isin(seats["town_id"])]
    if not len(there):
        return None
    town = max(there["id"], key=lambda one: (size[one], one))
    seat, name = seats[seats["town_id"] == town].iloc[0], towns.set_index("id").loc[town]
    said = text("zones_centre_seat", town=Text(name["name"], name["name_en"]))
    error = float(seat.get("accuracy_m", np.nan))
    if np.isnan(error):
        error = setting.area.layer("seats").info.accuracy_m or np.nan
    if not np.isnan(error):
        said = text("zones_centre_accurate", centre=said, metres=f"{error:,.0f}")
    return seat.geometry, said, error


def _middle(setting: Setting, towns: gpd.GeoDataFrame, _: pd.Series) -> tuple[shapely.Geometry, Text, float] | None:
    """The home nearest to the mean place of all residents: the mean itself may lie in a lake."""
    homes = setting.area.optional("homes")
    if homes is None:
        return None
    own = homes[town_of(homes, setting.area.table("towns")).isin(towns["id"]).to_numpy()]
    weight = own["population"].to_numpy(dtype=float)
    if not weight.sum():
        return None
    xy = shapely.get_coordinates(np.asarray(own.geometry.array))
    away = np.hypot(*(xy - np.average(xy, axis=0, weights=weight)).T)
    return own.geometry.iloc[int(np.argmin(away))], text("zones_centre_people"), np.nan
