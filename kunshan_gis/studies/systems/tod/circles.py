"""The plan's three circles of transport, commerce and daily life: who has which on foot, and who has all three.

The circles are rules of a profile, measured like those of a check: three states, the denominator always there.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import TOLERANCE_M, UNASSIGNED
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import CheckProfile, Rule, profile_named, read_profile
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.rule_figures import covered, kinds_of
from kunshan_gis.studies.systems.system import Part
from kunshan_gis.studies.systems.tod.areas import Around, named
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import Units

Floats = NDArray[np.float64]
_SHIPPED = files("kunshan_gis") / "profiles" / "circles"
CELL_M = 300.0
CIRCLES = 3


@dataclass(frozen=True, eq=False)
class Circles:
    """Of every home how many of the circles it has.

    Attributes
    ----------
    rules : one a circle
    has, known : (homes, circles) bool
    """

    rules: tuple[Rule, ...]
    has: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @property
    def measurable(self) -> NDArray[np.bool_]:
        """Homes of which every circle is known."""
        return np.asarray(self.known.all(axis=1), dtype=bool)

    @property
    def number(self) -> NDArray[np.int64]:
        """How many circles a home has."""
        return np.asarray(self.has.sum(axis=1), dtype=np.int64)


def circles_profile(area: StudyArea, name: str) -> CheckProfile:
    """The profile of the three circles: shipped, the study area's own, or a file.

    Raises
    ------
    StandardError, ProfileError
        There is none of that name, or it is broken.
    ParameterError
        It has not three rules of the measure `circle`.
    """
    shipped = {entry.name.removesuffix(".toml"): entry for entry in _SHIPPED.iterdir()}
    if name in shipped:
        found = read_profile(shipped[name].read_bytes(), name, shipped[name].name)
    else:
        found = profile_named(name, area.profiles)
    if len(found.rules) != CIRCLES or any(rule.measure != "circle" for rule in found.rules):
        said = ", ".join(f"{rule.key} ({rule.measure})" for rule in found.rules)
        raise ParameterError(
            Text(
                f'口径 `{name}` 须有三条 measure = "circle" 的规则，依次为交通、商业、生活；现有：{said}',
                f'profile `{name}`: give three rules of measure = "circle", transport, commerce and daily life; '
                f"there are: {said}",
            )
        )
    return found


def circles_of(measuring: Measuring, profile: CheckProfile) -> Circles | None:
    """Which circles every home has within the walk; None where there are no homes or no streets.

    A circle that no layer shows is known of nobody.
    """
    if not (measuring.area.has("homes") and measuring.area.has("streets")):
        return None
    rules = tuple(_in_walk(rule, measuring) for rule in profile.rules)
    homes = len(measuring.area.table("homes"))
    has, known = (np.zeros((homes, len(rules)), dtype=bool) for _ in range(2))
    for row, rule in enumerate(rules):
        try:
            found = covered(rule, "people", measuring, AS_MEASURED)
        except NotThereError:
            continue
        people = measuring.demand("people").amount
        has[:, row] = found.measurable & (found.amount >= people) & (people > 0)
        known[:, row] = found.measurable
    return Circles(rules, has, known)


def _in_walk(rule: Rule, measuring: Measuring) -> Rule:
    """The rule within the walk that is asked for."""
    return rule.model_copy(update={"minutes": measuring.walk.minutes, "metres": None})


def circles_part(around: Around, units: Units, profile: CheckProfile) -> Part:
    """The tables `tod_circles` (a row a unit) and `tod_station_circles` (a row a station), and cells for the map."""
    measuring = around.measuring
    found = circles_of(measuring, profile)
    if found is None:
        return Part(optional=("homes", "streets"))
    people = measuring.demand("people")
    parts = [units] if units.whole else [around.whole, units]
    rows = [_unit_rows(part, part.share(people).T @ _columns(found, people.amount)) for part in parts]
    tables = {"tod_circles": pd.concat(rows, ignore_index=True), "tod_station_circles": _station_rows(around, found)}
    kinds = tuple(dict.fromkeys(kind for rule in found.rules for kind in kinds_of(rule)))
    drawn = {"tod_cells": cells_of(measuring, found)}
    return Part(tables, drawn=drawn, kinds=("homes", *kinds), optional=("facilities", "bus_stops", "stations"))


COLUMNS = (
    "population", *(f"circles_{number}" for number in range(CIRCLES + 1)), "not_measurable",
    *(f"{part}_{name}" for name in ("transport", "commerce", "daily_life") for part in ("has", "lacks", "unknown")),
)  # fmt: skip


def _columns(found: Circles, people: Floats) -> Floats:
    """Of every home its residents by the number of circles, and by each circle in three states."""
    sure = found.measurable
    by_number = [people * (sure & (found.number == number)) for number in range(CIRCLES + 1)]
    by_circle = [
        people * state
        for row in range(CIRCLES)
        for state in (found.has[:, row], found.known[:, row] & ~found.has[:, row], ~found.known[:, row])
    ]
    return np.column_stack([people, *by_number, people * ~sure, *by_circle])


def _unit_rows(units: Units, sums: Floats) -> pd.DataFrame:
    table = pd.DataFrame(np.round(sums), columns=COLUMNS)
    made = pd.concat([units.names.reset_index(drop=True), _shared(table)], axis=1)
    return made[(made["unit_id"] != UNASSIGNED) | (made["population"] > 0)].reset_index(drop=True)


def _shared(table: pd.DataFrame) -> pd.DataFrame:
    """Residents with all three by all residents; NaN where nobody can be measured."""
    measurable = table["population"] - table["not_measurable"]
    share = (table[f"circles_{CIRCLES}"] / table["population"].where(measurable > 0)).rename("share_all_circles")
    whole = table.astype("int64")
    return pd.concat([whole, share], axis=1)


def _station_rows(around: Around, found: Circles) -> pd.DataFrame:
    """Residents within the walk of each station, by how many circles they have; NaN at a coarse position."""
    pairs, walk = around.pairs("people", "time"), around.measuring.walk
    table = named(around)
    people = around.measuring.demand("people").amount
    columns = _columns(found, people)[:, : CIRCLES + 3]
    known = around.known_within(walk.cutoff_m) & around.stations.on_foot & around.reaches_in
    for name, amount in zip(COLUMNS, columns.T, strict=False):
        if pairs is None:
            table[name] = np.nan
            continue
        near = pairs.metres <= walk.cutoff_m + TOLERANCE_M
        sums = np.bincount(pairs.station[near], weights=amount[pairs.thing[near]], minlength=pairs.stations)
        table[name] = np.where(known, sums, np.nan)
    total = table["population"].where(table["population"] > table["not_measurable"])
    return table.assign(share_all_circles=table[f"circles_{CIRCLES}"] / total)


def cells_of(measuring: Measuring, found: Circles) -> gpd.GeoDataFrame:
    """Squares with residents: how many circles most of them have, and how many residents have 0 to 3 of them."""
    people = measuring.demand("people")
    number = np.where(found.measurable, found.number, -1)
    xy = {"x": np.floor(people.places.x.to_numpy() / CELL_M), "y": np.floor(people.places.y.to_numpy() / CELL_M)}
    counted = pd.DataFrame({**xy, "number": number, "people": people.amount}).dropna()
    sums = counted.pivot_table(index=["x", "y"], columns="number", values="people", aggfunc="sum", fill_value=0.0)
    sums = sums.reindex(columns=range(-1, CIRCLES + 1), fill_value=0.0)
    sums = sums[sums.sum(axis=1) > 0]
    most = sums.to_numpy().argmax(axis=1) - 1  # among equals the fewer circles
    table = pd.DataFrame({f"circles_{n}": sums[n].to_numpy() for n in range(CIRCLES + 1)})
    table = table.assign(
        not_measurable=sums[-1].to_numpy(), population=sums.sum(axis=1).to_numpy(),
        circles=np.where(most < 0, "not_measurable", most.astype(str)),
    )  # fmt: skip
    west, south = np.array(sums.index.tolist(), dtype=float).reshape(-1, 2).T * CELL_M
    squares = shapely.box(west, south, west + CELL_M, south + CELL_M)
    return gpd.GeoDataFrame(table, geometry=squares, crs=people.places.crs)
