"""What is walked to: parks, stations, bus stops, jobs, facilities; which of them count, and where they are entered."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.indicators import place_label
from kunshan_gis.messages import Text, text
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import Rule
from kunshan_gis.schema import FUTURE, KINDS
from kunshan_gis.studies.demand import NotThereError, require_kind
from kunshan_gis.studies.on_foot import measured_parks
from kunshan_gis.studies.terms import Terms

PARKS, STATIONS, BUS_STOPS, JOBS = "parks", "stations", "bus_stops", "jobs"
COARSE_PART = 3.0
"""A place known less well than the distance divided by this gives a range, not a figure."""


@dataclass(frozen=True, eq=False)
class Supply:
    """Places of one kind: one row a park, station, bus stop or facility.

    Attributes
    ----------
    table : GeoDataFrame
        `id`, `accuracy_m` (NaN where not stated), geometry, and of parks `tier`, `code`, `area_m2`.
    doors : GeoSeries of Point, or None
        Where they are entered; None for parks, whose entrances the network finds.
    owner : (doors,) int
        The row each door belongs to.
    kinds : layers the places rest on
    """

    place: str
    table: gpd.GeoDataFrame
    doors: gpd.GeoSeries | None
    owner: NDArray[np.int64]
    kinds: tuple[str, ...]

    @property
    def straight_from(self) -> gpd.GeoSeries:
        """What a radius is measured from: a park's outline, a station's entrances, the place itself."""
        return self.table.geometry if self.doors is None else self.doors

    def straight_rows(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of those belong to some of the places."""
        return rows if self.doors is None else rows[self.owner]


def supply(area: StudyArea, place: str) -> Supply:
    """The places of one kind.

    Raises
    ------
    NotThereError
        The layer is missing, or has none of that category.
    """
    if place == PARKS:
        _standing(area, "parks")
        kinds = ("parks", "park_gates") if area.has("park_gates") else ("parks",)
        return Supply(place, _accurate(area, measured_parks(area), "parks"), None, np.empty(0, dtype=np.int64), kinds)
    if place == STATIONS:
        return _stations(area)
    if place == BUS_STOPS:
        return _points(place, _accurate(area, _standing(area, "bus_stops"), "bus_stops"), "bus_stops")
    if place == JOBS:
        return _points(place, _accurate(area, _standing(area, "jobs"), "jobs"), "jobs")
    table = _standing(area, "facilities")
    table = table[table["category"] == place]
    if not len(table):
        raise NotThereError(text("check_no_category", category=Text(*place_label(place))))
    return _points(place, _accurate(area, table, "facilities"), "facilities")


def not_yet_there(area: StudyArea, place: str) -> int:
    """How many places of a kind are planned or being built, and so not counted."""
    return 0 if area.info.scenario == "planned" else _future(area, place)


def counted_as_there(area: StudyArea, place: str) -> int:
    """How many places of a kind are planned or being built, and counted as if they stood."""
    return _future(area, place) if area.info.scenario == "planned" else 0


def _future(area: StudyArea, place: str) -> int:
    kind = supply_kinds(place)[0]
    if not area.has(kind):
        return 0
    table = area.table(kind)
    own = table if kind != "facilities" else table[table["category"] == place]
    return int(own["status"].isin(FUTURE).sum()) if "status" in own else 0


def supply_kinds(place: str) -> tuple[str, ...]:
    """The layers the places of a kind are read from."""
    own = {PARKS: ("parks", "park_gates"), STATIONS: ("stations", "entrances"), BUS_STOPS: ("bus_stops",)}
    return {**own, JOBS: ("jobs",)}.get(place, ("facilities",))


def categories(area: StudyArea) -> tuple[str, ...]:
    """The categories of facilities there are, in alphabetical order."""
    table = area.optional("facilities")
    return () if table is None else tuple(sorted(table["category"].dropna().unique()))


def _standing(area: StudyArea, kind: str) -> gpd.GeoDataFrame:
    """The rows of the area's scenario.

    Raises
    ------
    NotThereError
        The layer is missing, or all of it is only planned.
    """
    require_kind(area, kind)
    rows = area.standing(kind)
    if not len(rows):
        raise NotThereError(text("check_none_stands", kind=Text(KINDS[kind].zh, KINDS[kind].en)))
    return rows


def _points(place: str, table: gpd.GeoDataFrame, kind: str) -> Supply:
    return Supply(place, table, table.geometry, np.arange(len(table)), (kind,))


def _stations(area: StudyArea) -> Supply:
    """Stations with their entrances; one without any is entered at its centre."""
    table = _accurate(area, _standing(area, "stations"), "stations")
    entrances = area.standing("entrances") if area.has("entrances") else None
    if entrances is None:
        return Supply(STATIONS, table, table.geometry, np.arange(len(table)), ("stations",))
    row = pd.Series(np.arange(len(table)), index=table["id"])
    own = row.reindex(entrances["station_id"]).to_numpy()
    known_owner = np.isfinite(own)
    served = own[known_owner].astype(np.int64)
    rest = np.setdiff1d(np.arange(len(table)), served)
    doors = pd.concat([entrances.geometry[known_owner], table.geometry.iloc[rest]], ignore_index=True)
    kinds = ("stations", "entrances")
    return Supply(STATIONS, table, gpd.GeoSeries(doors, crs=table.crs), np.r_[served, rest], kinds)


def _accurate(area: StudyArea, table: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    """The rows with their own accuracy, else the layer's."""
    whole = area.layer(kind).info.accuracy_m
    own = table["accuracy_m"].astype(float) if "accuracy_m" in table else pd.Series(np.nan, index=table.index)
    return table.assign(accuracy_m=own.fillna(np.nan if whole is None else whole)).reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Group:
    """Some of the places, and how far they serve (metres)."""

    rows: NDArray[np.bool_]
    metres: float


def chosen(rule: Rule, places: Supply, terms: Terms) -> NDArray[np.bool_]:
    """The places a rule counts: those that stand; of parks by tier, code and size.

    Raises
    ------
    NotThereError
        A rule goes by tier or code, and no park says which it is.
    """
    table = places.table
    rows = np.ones(len(table), dtype=bool)
    if places.place != PARKS:
        return rows
    for wanted, column, reason in ((rule.tiers, "tier", "check_no_tier"), (rule.codes, "code", "check_no_code")):
        if wanted and (column not in table or table[column].isna().all()):
            raise NotThereError(text(reason))
    if rule.tiers:
        rows &= table["tier"].isin(rule.tiers).to_numpy()
    if rule.codes:
        rows &= (
            table["code"]
            .astype(object)
            .map(lambda said: isinstance(said, str) and said.startswith(rule.codes))
            .to_numpy(bool)
        )
    area_m2 = table["area_m2"].to_numpy(dtype=float)
    if rule.from_m2 is not None:
        rows &= area_m2 >= _floor(rule.from_m2, terms)
    if rule.below_m2 is not None:
        rows &= area_m2 < rule.below_m2
    return rows


def groups(rule: Rule, places: Supply, metres: float | None, terms: Terms) -> list[Group]:
    """The places a rule counts by how far they serve, with coarse positions as the terms have it.

    Parameters
    ----------
    metres : float or None
        One distance for all; None where the rule's bands say it.
    """
    rows = chosen(rule, places, terms)
    if metres is not None:
        parts = [Group(rows, metres * terms.farther)]
    else:
        area_m2 = places.table["area_m2"].to_numpy(dtype=float)
        lowest = min(band.from_m2 for band in rule.bands)
        parts = []
        for band in rule.bands:
            start = _floor(band.from_m2, terms) if band.from_m2 == lowest else band.from_m2
            below = np.inf if band.below_m2 is None else band.below_m2
            parts.append(Group(rows & (area_m2 >= start) & (area_m2 < below), band.metres * terms.farther))
    return [group for part in parts for group in _by_accuracy(part, places, terms) if group.rows.any()]


def _floor(own: float, terms: Terms) -> float:
    return own if terms.park_floor_m2 is None else terms.park_floor_m2


def floor_of(rule: Rule) -> float | None:
    """The size from which parks count; None where a rule has no such size."""
    if rule.bands:
        return min(band.from_m2 for band in rule.bands)
    return rule.from_m2


def coarse(places: Supply, group: Group) -> NDArray[np.bool_]:
    """The places of a group that are known too badly for its distance."""
    accuracy = places.table["accuracy_m"].to_numpy(dtype=float)
    found: NDArray[np.bool_] = group.rows & (np.nan_to_num(accuracy) > group.metres / COARSE_PART)
    return found


def _by_accuracy(group: Group, places: Supply, terms: Terms) -> list[Group]:
    if terms.coarse == "given":
        return [group]
    badly = coarse(places, group)
    parts = [Group(group.rows & ~badly, group.metres)]
    if terms.coarse == "near":
        accuracy = places.table["accuracy_m"].to_numpy(dtype=float)
        parts += [
            Group(badly & (accuracy == error), group.metres + float(error)) for error in np.unique(accuracy[badly])
        ]
    return parts
