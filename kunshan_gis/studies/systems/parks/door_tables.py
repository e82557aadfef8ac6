"""How green in sight and a park at the door are spread over residents: bands, both beside each other, unit by unit."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import TOLERANCE_M, quantiles
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.rule_figures import unit_share
from kunshan_gis.studies.supply import PARKS
from kunshan_gis.studies.systems.parks.doors import DOOR_MIN, SIGHT_M, Doors, Floats
from kunshan_gis.studies.systems.parks.held import PEOPLE, Rows
from kunshan_gis.studies.systems.parks.states import STATES, three_states
from kunshan_gis.studies.systems.parks.tiers import measured
from kunshan_gis.studies.units import Units

MORE, NONE_REACHED, NOT_MEASURABLE = "more", "none_reached", "not_measurable"
CELL_M = 300.0
"""Side of the map's cells."""


def door_table(doors: Doors) -> pd.DataFrame:
    """Residents by minutes to the nearest park entrance; without homes and streets no rows."""
    columns = ["door_band", "population", "park_people_share", "park_share_up_to"]
    if not doors.parks.setting.peopled:
        return pd.DataFrame(columns=columns)
    tolerance = TOLERANCE_M / doors.parks.setting.walk.speed_mps / 60.0
    band = _bands(doors.minutes, DOOR_MIN, tolerance)
    keys = [*(f"{edge:g}" for edge in DOOR_MIN), MORE, NONE_REACHED, NOT_MEASURABLE]
    people = np.bincount(band, weights=doors.parks.people, minlength=len(keys)).astype(np.int64)
    return _spread(keys, people, "door_band", within=len(DOOR_MIN))[columns]


def sight_table(doors: Doors) -> pd.DataFrame:
    """Residents by straight metres to the nearest park, to any green, and to a tree where trees are known."""
    columns = ["sight_band", "sight_park", "sight_green", "park_people_share", "park_share_up_to", "sight_tree"]
    if not doors.parks.setting.area.has("homes"):
        return pd.DataFrame(columns=columns)
    keys = [*(f"{edge:g}" for edge in SIGHT_M), MORE, NONE_REACHED]
    green = _people(doors, doors.to_green_m, len(keys))
    table = _spread(keys, green, "sight_band", within=len(SIGHT_M)).rename(columns={"population": "sight_green"})
    trees = doors.to_tree_m
    table["sight_park"] = _people(doors, doors.to_park_m, len(keys))
    table["sight_tree"] = math.nan if trees is None else _people(doors, trees, len(keys))
    return table[columns]


def ways_table(doors: Doors) -> pd.DataFrame:
    """Green and parks in a straight line beside a park on foot, each in three states, with the range they may lie in.

    Nothing without homes; on foot not measurable without streets.
    """
    columns = ["reach_way", "reach_way_m", *STATES]
    if not doors.parks.setting.area.has("homes"):
        return pd.DataFrame(columns=columns)
    parks, seen = doors.parks, (PARKS, *doors.kinds)
    everybody: Rows = np.ones(len(parks.people), dtype=bool)
    ways = [
        ("sight_green", doors.sight_m, three_states(parks, doors.sees, everybody, doors.sees_between(seen))),
        ("sight_park", doors.sight_m, three_states(parks, doors.sees_park, everybody, doors.sees_between((PARKS,)))),
    ]
    if parks.setting.walkable:
        ways.append(("door", doors.door_m, three_states(parks, doors.enters, parks.placed, doors.enters_between)))
    rows = [{"reach_way": way, "reach_way_m": metres, **states} for way, metres, states in ways]
    return pd.DataFrame(rows, columns=columns)


def beside_table(doors: Doors) -> pd.DataFrame:
    """Residents who see green and walk to a park, who only see it, who only walk there, and who do neither."""
    columns = ["sees_enters", "population", "park_people_share"]
    if not doors.parks.setting.peopled:
        return pd.DataFrame(columns=columns)
    sees, enters, placed = doors.sees, doors.enters, doors.parks.placed
    states = {
        "both": sees & enters, "sees": sees & ~enters & placed, "enters": ~sees & enters,
        "neither": ~sees & ~enters & placed, NOT_MEASURABLE: ~placed,
    }  # fmt: skip
    people = doors.parks.people
    counted = {key: int(people[rows].sum()) for key, rows in states.items()}
    whole = int(people.sum())
    rows = [(key, number, number / whole if whole else math.nan) for key, number in counted.items()]
    return pd.DataFrame(rows, columns=columns)


def units_table(doors: Doors, units: Units) -> pd.DataFrame:
    """A row a unit: parks, square metres per resident by tier, minutes to the door, green in sight, who has a door."""
    parks = doors.parks
    table = units.names.assign(population=math.nan)
    number = measured(parks, "count", ALL, units)
    table["parks"] = math.nan if number is None else number.numerator
    for group in (ALL, *parks.tiers):
        found = measured(parks, "provision", group, units)
        table[_PER_PERSON[group]] = math.nan if found is None else found.value
    lived_in = _of_people(doors, units, table)
    rest = table["unit_id"].to_numpy() == "unassigned"
    empty = rest & ~lived_in & ~(table["parks"].fillna(0) > 0).to_numpy()
    shown: pd.DataFrame = table[~empty].reset_index(drop=True)
    return shown


def units_drawn(table: pd.DataFrame, units: Units) -> gpd.GeoDataFrame | None:
    """The table by unit with the outlines of the units; None where they have none."""
    if units.shapes is None:
        return None
    shape = dict(zip(units.names["unit_id"], units.shapes, strict=False))  # what is unassigned has none
    own = table[table["unit_id"].isin(list(shape))]
    return gpd.GeoDataFrame(own, geometry=[shape[one] for one in own["unit_id"]], crs=units.area.info.analysis_crs)


_PER_PERSON = {ALL: "park_m2_per_person", "comprehensive": "park_m2_comprehensive", "community": "park_m2_community",
               "pocket": "park_m2_pocket"}  # fmt: skip


def _of_people(doors: Doors, units: Units, table: pd.DataFrame) -> NDArray[np.bool_]:
    """Adds the figures of residents; returns which units have any."""
    parks, setting = doors.parks, doors.parks.setting
    columns = ["door_min", "door_people", "door_share", "door_no", "not_measurable", "sight_people",
               "sight_share"]  # fmt: skip
    for column in columns:
        table[column] = math.nan
    if not setting.area.has("homes"):
        return np.zeros(len(table), dtype=bool)
    share = unit_share(setting.measuring, units, PEOPLE)
    people = parks.people.astype(float)

    def of(rows: Rows) -> Floats:
        found: Floats = np.where(rows, people, 0.0) @ share
        return found

    whole = people @ share
    table["population"] = whole
    table["sight_people"] = of(doors.sees)
    table["sight_share"] = _by(table["sight_people"], whole)
    if setting.walkable:
        lost = of(~parks.placed)
        table["door_people"], table["not_measurable"] = of(doors.enters), lost
        table["door_no"] = whole - table["door_people"] - lost
        table["door_share"] = _by(table["door_people"], whole)
        table["door_min"] = _median(doors, share.toarray() > 0)
    return np.asarray(whole > 0)


def _median(doors: Doors, member: NDArray[np.bool_]) -> list[float]:
    """Minutes that half of a unit's residents on the network do not exceed; NaN where half of them reach none."""
    minutes = pd.Series(doors.minutes)
    people = pd.Series(np.where(doors.parks.placed, doors.parks.people, 0))
    found = [quantiles(minutes, people.where(member[:, unit], 0), [0.5])[0] for unit in range(member.shape[1])]
    return [value if math.isfinite(value) else math.nan for value in found]


def door_cells(doors: Doors) -> gpd.GeoDataFrame | None:
    """Residents by cell with their mean minutes to the door; `door_band` says which band that is in."""
    setting = doors.parks.setting
    if not setting.peopled:
        return None
    homes, people = setting.area.table("homes"), doors.parks.people.astype(float)
    xy = np.floor(shapely.get_coordinates(np.asarray(homes.geometry.array)) / CELL_M).astype(np.int64)
    at, cell = np.unique(xy, axis=0, return_inverse=True)
    known = np.isfinite(doors.minutes)
    number, timed, placed = (np.bincount(cell.ravel(), weights=np.where(some, people, 0.0), minlength=len(at))
                             for some in (np.ones(len(people), dtype=bool), known, doors.parks.placed))  # fmt: skip
    spent = np.bincount(cell.ravel(), weights=np.where(known, people * np.nan_to_num(doors.minutes, posinf=0), 0.0))
    none = np.where(placed > 0, math.inf, math.nan)  # on the network and no park in reach, or not on it
    minutes = np.divide(spent, timed, out=none, where=timed > 0)
    keys = np.array([*(f"{edge:g}" for edge in DOOR_MIN), MORE, NONE_REACHED, NOT_MEASURABLE])
    west, south = at.T * CELL_M
    cells = gpd.GeoDataFrame(
        {"id": [f"{x}_{y}" for x, y in at.tolist()], "population": number, "door_min": minutes,
         "door_band": keys[_bands(minutes, DOOR_MIN, 0.0)]},
        geometry=shapely.box(west, south, west + CELL_M, south + CELL_M), crs=homes.crs,
    )  # fmt: skip
    return cells[cells["population"] > 0].reset_index(drop=True)


def _bands(values: Floats, edges: tuple[float, ...], tolerance: float) -> NDArray[np.int64]:
    """Number of the band of each value: up to an edge inclusive, more, infinite, NaN."""
    band = np.searchsorted(np.array(edges) + tolerance, values, side="left")
    band = np.where(np.isposinf(values), len(edges) + 1, band)
    found: NDArray[np.int64] = np.where(np.isnan(values), len(edges) + 2, band)
    return found


def _people(doors: Doors, metres: Floats, keys: int) -> NDArray[np.int64]:
    band = _bands(metres, SIGHT_M, TOLERANCE_M)
    return np.bincount(band, weights=doors.parks.people, minlength=keys).astype(np.int64)


def _spread(keys: list[str], people: NDArray[np.int64], column: str, *, within: int) -> pd.DataFrame:
    """The bands with their people, their share, and the share up to each edge."""
    whole = people.sum()
    share = people / whole if whole else np.full(len(people), math.nan)
    up_to = np.where(np.arange(len(keys)) < within, np.cumsum(share), math.nan)
    return pd.DataFrame({column: keys, "population": people, "park_people_share": share, "park_share_up_to": up_to})


def _by(part: pd.Series, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(len(whole), math.nan), where=whole > 0)
    return found
