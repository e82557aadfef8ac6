"""The stations of a scenario with their doors: what is listed twice made one, what is wrong with them said.

A station is entered at its entrances; one without any at its centre, which is known less well than an entrance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kunshan_gis import network
from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, StudyArea
from kunshan_gis.standards import StationProfile
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.supply import STATIONS, Supply
from kunshan_gis.studies.systems.system import Fault
from kunshan_gis.studies.systems.tod.options import Options
from kunshan_gis.studies.terms import AS_MEASURED

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Stations:
    """The stations of a scenario, each place once.

    Attributes
    ----------
    table : GeoDataFrame
        `id, name, name_en, line, line_en, station_lines` (how many), `entrances, entered_by` (entrances, centre),
        `in_boundary, accuracy_m`; the centre as geometry.
    lines : of every station its lines
    listed : (rows of the layer in the scenario,) station of each
    doors, owner : where they are entered, and whose door each is
    points : the doors on the network; None without streets
    error_m : (stations,) how badly the doors are known, NaN where nothing says
    """

    table: gpd.GeoDataFrame
    lines: tuple[tuple[str, ...], ...]
    listed: Rows
    doors: gpd.GeoSeries
    owner: Rows
    points: Points | None
    error_m: Floats

    def __len__(self) -> int:
        return len(self.table)

    @property
    def on_foot(self) -> NDArray[np.bool_]:
        """Stations with a door on the network."""
        found = np.zeros(len(self), dtype=bool)
        if self.points is not None:
            found[self.owner[self.points.placed]] = True
        return found

    def starts(self, profile: StationProfile) -> tuple[NDArray[np.object_], Rows]:
        """What a radius is measured from, and whose it is."""
        if profile.measured_from == "entrances":
            return np.asarray(self.doors.array), self.owner
        return np.asarray(self.table.geometry.array), np.arange(len(self))


def stations_of(measuring: Measuring, profile: StationProfile, options: Options) -> Stations:
    """The stations that stand in the area's scenario.

    Raises
    ------
    LayerNotFoundError
        None stands: all are planned, or lie beyond the boundary and do not count.
    """
    area = measuring.area
    places = _supply(measuring)
    listed = _listed(places.table, options.same_place_m)
    table, lines = _merged(area, places.table, listed)
    entrances = _entrances(area, places)
    surveyed = _entered(places, entrances)
    by_centre = np.setdiff1d(listed, listed[places.owner[surveyed]])
    used = np.flatnonzero(surveyed | np.isin(listed[places.owner], by_centre))
    owner, error = listed[places.owner[used]], _errors(area, places, entrances, profile)[used]
    worst = np.full(len(table), np.nan)
    np.fmax.at(worst, owner, error)
    table = table.assign(
        entrances=np.bincount(listed[places.owner[surveyed]], minlength=len(table)),
        entered_by=np.where(np.isin(np.arange(len(table)), by_centre), "centre", "entrances"),
        accuracy_m=worst,
    )
    points = network.select(measuring.doors(STATIONS, AS_MEASURED)[0], used) if area.has("streets") else None
    assert places.doors is not None
    return Stations(table, lines, listed, places.doors.iloc[used].reset_index(drop=True), owner, points, worst)


def _supply(measuring: Measuring) -> Supply:
    try:
        return measuring.supply(STATIONS)
    except NotThereError as error:
        info = measuring.area.info
        raise LayerNotFoundError(
            Text(
                f"{info.name}：{error.reason.zh}；如要按规划测算，用 --scenario planned，界外站点须计入（不用 "
                "--within-border）",
                f"{info.name_en}: {error.reason.en}; to measure stations as planned use --scenario planned, and to "
                "count those beyond the boundary leave out --within-border",
            )
        ) from error


def _listed(table: gpd.GeoDataFrame, same_place_m: float) -> Rows:
    """Which station each row is of: rows nearer to each other than that are one, numbered by their first row."""
    shapes = np.asarray(table.geometry.array)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=same_place_m)
    joined = coo_array((np.ones(len(a)), (a, b)), shape=(len(shapes),) * 2)
    found = connected_components(joined, directed=False)[1]
    first = np.unique(found, return_index=True)[1]
    return np.asarray(np.argsort(np.argsort(first))[found], dtype=np.int64)


def _merged(
    area: StudyArea, rows: gpd.GeoDataFrame, listed: Rows
) -> tuple[gpd.GeoDataFrame, tuple[tuple[str, ...], ...]]:
    """One row a station, named as its first row; its lines in the order they are listed."""
    number = int(listed.max()) + 1
    first = np.unique(listed, return_index=True)[1]
    own = [_lines(said) for said in rows["line"]] if "line" in rows else [()] * len(rows)
    lines = tuple(
        tuple(dict.fromkeys(line for row in np.flatnonzero(listed == station) for line in own[row]))
        for station in range(number)
    )
    xy = shapely.get_coordinates(np.asarray(rows.geometry.array))
    centre = np.column_stack([np.bincount(listed, weights=axis) for axis in xy.T]) / np.bincount(listed)[:, None]
    table = gpd.GeoDataFrame(
        {"id": rows["id"].to_numpy()[first], **_names(rows, first)},
        geometry=shapely.points(centre), crs=rows.crs,
    )  # fmt: skip
    english = line_names(area)
    table["line"] = ["; ".join(one) for one in lines]
    table["line_en"] = ["; ".join(english.get(line, line) for line in one) for one in lines]
    table["station_lines"] = [float(len(one)) if one else np.nan for one in lines]
    table["in_boundary"] = area.inside(table)
    return table, lines


def line_names(area: StudyArea) -> dict[str, str]:
    """English names of lines, as the rail layer has them."""
    rail = area.optional("rail")
    if rail is None or not {"line", "name_en"} <= set(rail.columns):
        return {}
    named = rail.dropna(subset=["line", "name_en"])
    return dict(zip(named["line"].astype(str), named["name_en"].astype(str), strict=True))


def _lines(said: object) -> tuple[str, ...]:
    if not isinstance(said, str):
        return ()
    return tuple(part.strip() for part in said.replace("；", ";").split(";") if part.strip())


def _names(rows: gpd.GeoDataFrame, first: Rows) -> dict[str, NDArray[np.object_]]:
    ids = rows["id"].astype(object)
    name = rows["name"].astype(object).fillna(ids) if "name" in rows else ids
    english = rows["name_en"].astype(object).fillna(name) if "name_en" in rows else name
    return {"name": name.to_numpy()[first], "name_en": english.to_numpy()[first]}


def _entrances(area: StudyArea, places: Supply) -> gpd.GeoDataFrame | None:
    """The entrances that stand in the scenario, of stations that do: the first of the doors, in their order."""
    if not area.has("entrances"):
        return None
    rows = area.standing("entrances")
    return rows[rows["station_id"].isin(set(places.table["id"]))]


def _entered(places: Supply, entrances: gpd.GeoDataFrame | None) -> NDArray[np.bool_]:
    """Which of the doors are entrances, and not centres that stand for them: entrances come first."""
    entrance: NDArray[np.bool_] = np.arange(len(places.owner)) < (0 if entrances is None else len(entrances))
    return entrance


def _errors(area: StudyArea, places: Supply, entrances: gpd.GeoDataFrame | None, profile: StationProfile) -> Floats:
    """How badly each door is known: an entrance by its own word, a centre by the station's and the way to a door."""
    centres = places.table["accuracy_m"].to_numpy(dtype=float)[places.owner]
    error: Floats = np.nan_to_num(centres) + profile.centre_to_entrance_m
    if entrances is not None:
        whole = area.layer("entrances").info.accuracy_m
        own = pd.Series(np.nan, index=entrances.index)
        said = entrances["accuracy_m"].astype(float) if "accuracy_m" in entrances else own
        error[_entered(places, entrances)] = said.fillna(np.nan if whole is None else whole).to_numpy()
    return error


def faults_of(area: StudyArea, found: Stations, options: Options) -> list[Fault]:
    """What is wrong with stations and entrances, in a fixed order."""
    return [*_twice(area, found), *_without(found), *_entrance_faults(area, options), *_off_street(found)]


def _twice(area: StudyArea, found: Stations) -> Iterator[Fault]:
    rows = area.standing(STATIONS).reset_index(drop=True)
    for station in np.flatnonzero(np.bincount(found.listed) > 1):
        own = rows[found.listed == station]
        xy = shapely.get_coordinates(np.asarray(own.geometry.array))
        apart = float(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)).max())
        place = found.table.geometry.iloc[station]
        yield Fault("tod_same_place", tuple(sorted(own["id"])), place, round(apart, 1))


def _without(found: Stations) -> Iterator[Fault]:
    """Stations entered at their centre, where others have entrances or none does."""
    rows = found.table[found.table["entered_by"] == "centre"]
    for row in rows.itertuples():
        yield Fault("tod_no_entrance", (str(row.id),), row.geometry)


def _entrance_faults(area: StudyArea, options: Options) -> Iterator[Fault]:
    entrances = area.optional("entrances")
    if entrances is None:
        return
    stations = area.table(STATIONS).drop_duplicates("id").set_index("id")
    known = entrances["station_id"].isin(stations.index)
    for row in entrances[~known].itertuples():
        yield Fault("tod_unknown_station", (str(row.id), str(row.station_id)), row.geometry)
    own = entrances[known]
    centres = stations.geometry.reindex(own["station_id"])
    away = shapely.distance(np.asarray(own.geometry.array), np.asarray(centres.array))
    for row, metres in zip(own.itertuples(), away, strict=True):
        if metres > options.far_entrance_m:
            yield Fault("tod_far_entrance", (str(row.id), str(row.station_id)), row.geometry, round(float(metres), 1))


def _off_street(found: Stations) -> Iterator[Fault]:
    if found.points is None:
        return
    for row in found.table[~found.on_foot].itertuples():
        yield Fault("tod_off_street", (str(row.id),), row.geometry)


def door_points(found: Stations) -> tuple[Points, Rows] | None:
    """The doors on the network and whose they are; None where no station has one."""
    if found.points is None or not found.points.placed.any():
        return None
    rows = np.flatnonzero(found.points.placed)
    return network.select(found.points, rows), found.owner[rows]
