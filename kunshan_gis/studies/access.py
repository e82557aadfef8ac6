"""What residents get to on foot, how much of it each has, and how evenly it is spread.

Read `access_methods` for the figure of a home; here it is summed up by unit, by place and by group of residents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis import analysis
from kunshan_gis.analysis import UNASSIGNED
from kunshan_gis.errors import ParameterError
from kunshan_gis.figures import amount, to_three
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Progress, Result, StudyArea, silent
from kunshan_gis.rules import Rule
from kunshan_gis.studies.access_equity import chosen_groups, equity, gaps_between
from kunshan_gis.studies.access_methods import (
    METHODS,
    SHARED,
    TIMES,
    Method,
    Question,
    Walks,
    measurable_homes,
    require_enough,
    value_of,
    walks_to_nearest,
    walks_within,
)
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.park_reach import near_the_edge, tiers_of
from kunshan_gis.studies.places import called, places_named, places_there, said_of
from kunshan_gis.studies.rule_figures import figure
from kunshan_gis.studies.shown import Lead, Shown
from kunshan_gis.studies.supply import JOBS, PARKS
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import HEX, Units, there, units_of, units_sha256
from kunshan_gis.studies.walk import Walk, walk_network
from kunshan_gis.studies.walked import REQUIRED, chosen_units, not_there, walked_account

EVERYTHING = "all"
Weight = Literal["places", "capacity"]
_NO_FIGURE = ("supply", "lorenz", "provision")
"""Tables whose columns say their own units."""
_NAMED = ("category", "name", "name_en")


@dataclass(frozen=True, eq=False, repr=False)
class Access(Shown):
    """Everything the study worked out.

    Attributes
    ----------
    result : Result
        `homes_<units>`: what the residents of each unit have (people-weighted mean, median, tenths, how many have
        none); `supply`: each place with its capacity and the people in its catchment, or `categories`: each category
        of proximity time; `equity`: Gini, Theil, Palma; `lorenz`; `theil`: by zone or town; `gaps`: between groups;
        `provision`: m2 of park per resident by tier.
    homes : GeoDataFrame
        `id`, `population`, `measurable`, `value` (NaN where there is none), and of proximity time a column a category.
    units : Units
    """

    result: Result
    homes: gpd.GeoDataFrame
    units: Units

    @property
    def table(self) -> pd.DataFrame:
        """The residents of each unit."""
        return self.result.tables[f"homes_{self.units.key}"]

    def lead(self) -> Lead:
        """What the residents of each unit have, and how many have none."""
        demo, table = not self.result.reportable, self.table
        people, figures = ("population", "reached", "none", "not_measurable"), ("mean", "median", "p10", "p90")
        rows = [
            [
                Text(row["name"], row["name_en"]),
                *(amount(row[key], "people", demo=demo) for key in people),
                *(Text(*[to_three(row[key], demo=demo)] * 2) for key in figures),
            ]
            for row in table.to_dict(orient="records")
        ]
        headings = [text("column_unit_name"), *(text(f"gets_{key}") for key in (*people, *figures))]
        parameters, unit = self.result.provenance.parameters, text(f"value_unit_{table['value_unit'].iloc[0]}")
        places, method = said_of(parameters["places"]), text(f"method_{parameters['method']}")
        return Lead(text("access_title", places=places, method=method, unit=unit), headings, rows)


def access(
    area: StudyArea,
    place: str,
    *,
    method: Method = "nearest",
    k: int = 1,
    minutes: float | None = None,
    weight: Weight | None = None,
    half_min: float = 5.0,
    by: str = "area",
    polygons: gpd.GeoDataFrame | None = None,
    hex_m: float = 500.0,
    groups: Sequence[str] = (),
    speed_mps: float | None = None,
    profile: str | None = None,
    allow_open_edge: bool = False,
    progress: Progress = silent,
) -> Access:
    """How far residents walk to a place, or how much of it they reach or share, and how evenly it is spread.

    Parameters
    ----------
    place : key or name
        `parks` (capacity: m2), `jobs` (jobs), `stations`, `bus_stops`, a category of facilities (its stated capacity);
        `all` with the method `proximity`.
    method : str
        `nearest`: minutes to the nearest `k`; `cumulative`: places within the minutes; `gravity`: the same, each
        counted the less the farther it is; `2sfca`, `e2sfca`, `gaussian`, `m2sfca`, `bfca`: capacity per resident,
        shared by all who reach it; `proximity`: minutes to the nearest `k` of every category, averaged.
    minutes : float, optional
        Cutoff, inclusive; by default the profile's, and none for `nearest` and `proximity`.
    weight : `places` or `capacity`
        What `cumulative` and `gravity` add up; by default places, and jobs where `place` is `jobs`.
    half_min : float
        `gravity`: a place this many minutes away counts half.
    groups : columns of the homes with the residents of a group in each
        By default those of age there are.

    Raises
    ------
    ParameterError
        A place, method, unit or group that is not there, or too few places for `k`.
    LayerSchemaError
        Capacity is shared out and places do not state theirs; groups are more than the residents of a home: by id.
    LayerNotFoundError, NetworkError
        As `coverage`.

    Notes
    -----
    Walks beyond the profile's minutes (the nearest, however far) are not held against the edge of the street data.
    People compete with people: jobs are shared by all residents in reach. Who is not on the network is counted apart
    and does not compete.
    """
    area.require(*REQUIRED)
    _require(method, half_min)
    keys, by_group = _places(area, place, method), chosen_groups(area, groups)
    walk = Walk.choose(area, minutes=minutes, speed_mps=speed_mps, profile=profile)
    by_capacity = weight == "capacity" or (weight is None and keys == (JOBS,))
    limit = (None if minutes is None else float(minutes)) if method in TIMES else float(walk.minutes)
    question = Question(method, limit, k, half_min, by_capacity=by_capacity)
    progress("building_network", 0, 1)
    near = near_the_edge(area, walk_network(area, walk), walk.cutoff_m, allow_open_edge=allow_open_edge)
    measuring = Measuring(area, walk)
    try:
        units = chosen_units(measuring, by, "people", polygons=polygons, hex_m=hex_m)
        for key in keys if method in ("nearest", "proximity") else ():
            require_enough(measuring, key, k if method == "nearest" else 1)
        homes, detail = _measured(measuring, keys, question, progress)
    except NotThereError as error:
        raise not_there(error) from error
    parameters = {
        "asked": EVERYTHING if place.strip().lower() == EVERYTHING else keys[0],
        "places": list(keys), "method": method, "k": k if method in TIMES else None, "minutes": limit,
        "decay": None if question.decay is None else str(question.decay),
        "weight": None if method in TIMES else ("capacity" if by_capacity or method in SHARED else "places"),
        "half_min": half_min if method == "gravity" else None, "by": units.key,
        "units_sha256": "" if polygons is None else units_sha256(polygons),
        "hex_m": hex_m if units.key == HEX else None, "groups": list(by_group),
        "speed_mps": walk.speed_mps, "max_leg_m": walk.max_leg_m, "min_component_m": walk.min_component_m,
        "allow_open_edge": allow_open_edge, "scenario": area.info.scenario,
    }  # fmt: skip
    account = walked_account(
        measuring, parameters, keys, study="access", units=units, near_edge=near,
        farthest_m=walk.cutoff_m,
    )  # fmt: skip
    progress("summing", 0, 1)
    tables = _tables(measuring, homes, detail, units, by_group)
    unit = question.unit(keys[0])
    tables = {
        name: (table if name in _NO_FIGURE else table.assign(value_unit=unit)).assign(reportable=account.reportable)
        for name, table in tables.items()
    }
    return Access(Result(account, tables), homes.drop(columns="none"), units)


def _require(method: str, half_min: float) -> None:
    if method not in METHODS:
        there_are = ", ".join(METHODS)
        raise ParameterError(
            Text(f"没有方法 `{method}`；可选：{there_are}", f"method `{method}` is not known; there are: {there_are}")
        )
    if not np.isfinite(half_min) or half_min <= 0:
        raise ParameterError(Text(f"half_min = {half_min}：须大于 0", f"half_min = {half_min}: give minutes above 0"))


def _places(area: StudyArea, place: str, method: Method) -> tuple[str, ...]:
    if place.strip().lower() != EVERYTHING:
        return places_named(area, [place], also=(JOBS,))
    if method != "proximity":
        raise ParameterError(
            Text(
                f"方法 {method} 一次只量一类设施；请给出一类，或用 --method proximity",
                f"{method} measures one kind of place at a time; name one, or use --method proximity",
            )
        )
    return places_there(area) or places_named(area, [])


def _measured(
    measuring: Measuring, keys: tuple[str, ...], question: Question, progress: Progress
) -> tuple[gpd.GeoDataFrame, tuple[str, pd.DataFrame]]:
    """The figure of every home, and a table of the places behind it, or of the categories."""
    table = measuring.area.table("homes")
    measurable = measurable_homes(measuring)
    people = pd.Series(table["population"].to_numpy(dtype=np.int64), index=measurable.index)
    homes = gpd.GeoDataFrame(
        {"id": table["id"].to_numpy(), "population": people.to_numpy(), "measurable": measurable.to_numpy()},
        geometry=np.asarray(table.geometry.array), crs=table.crs,
    )  # fmt: skip
    if question.method == "proximity":
        for done, key in enumerate(keys):
            progress("walking", done, len(keys))
            homes[key] = _proximity(measuring, key, question)
        homes["value"] = homes[list(keys)].mean(axis=1, skipna=False)
        detail = "categories", _categories(homes, keys)
    else:
        progress("walking", 0, 1)
        walks = _walks(measuring, keys[0], question)
        homes["value"] = value_of(question, walks, people).to_numpy()
        detail = "supply", _supply(walks, people, nearest=question.method == "nearest")
    nothing = homes["value"].isna() | ((homes["value"] == 0) & (question.method not in TIMES))
    return homes.assign(none=homes["measurable"] & nothing), detail


def _walks(measuring: Measuring, key: str, question: Question) -> Walks:
    if question.method in TIMES:
        return walks_to_nearest(measuring, key, question.k, question.minutes)
    return walks_within(measuring, key, float(question.minutes or 0.0))


def _proximity(measuring: Measuring, key: str, question: Question) -> NDArray[np.float64]:
    """Mean minutes to the nearest k of one category, or to all there are where they are fewer."""
    walks = _walks(measuring, key, question)
    mean = analysis.nearest_k(walks.costs, walks.measurable, k=question.k, allow_fewer=True)
    return np.asarray(mean.to_numpy(dtype=float))


def _categories(homes: gpd.GeoDataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """What each category takes, the longest walk first."""
    rows = []
    for key in keys:
        found = analysis.summary(homes[key], homes["population"], homes["measurable"], none=homes[key].isna())
        name = called(key)
        rows.append(found.assign(category=key, name=name.zh, name_en=name.en))
    table = pd.concat(rows, ignore_index=True).sort_values("mean", ascending=False, kind="stable", ignore_index=True)
    return table[["category", "name", "name_en", *(name for name in table if name not in _NAMED)]]


def _supply(walks: Walks, people: pd.Series, *, nearest: bool) -> pd.DataFrame:
    """Each place with the people within the cutoff (`nearest`: those whose nearest it is) and its capacity for each."""
    costs = walks.costs
    if nearest:  # ordered by origin and rank
        costs = costs.drop_duplicates("origin")
    counted = people.reindex(costs["origin"]).groupby(costs["destination"].to_numpy()).sum()
    table = walks.table.assign(people=counted.reindex(walks.table["id"]).fillna(0).astype("int64").to_numpy())
    return table.assign(capacity_per_person=table["capacity"] / table["people"].where(table["people"] > 0))


def _tables(
    measuring: Measuring,
    homes: gpd.GeoDataFrame,
    detail: tuple[str, pd.DataFrame],
    units: Units,
    groups: tuple[str, ...],
) -> dict[str, pd.DataFrame]:
    member = _unit_of(measuring, units)
    found = analysis.summary(homes["value"], homes["population"], homes["measurable"], none=homes["none"], by=member)
    table = units.names.merge(found, how="left", left_on="unit_id", right_index=True)
    counts = ["population", "reached", "none", "not_measurable"]
    table[counts] = table[counts].fillna(0).astype("int64")
    empty = table["population"] == 0
    table = table[~(empty & ((table["unit_id"] == UNASSIGNED) | (units.key == HEX)))].reset_index(drop=True)
    zones, of_zone = _zones(measuring, units, member)
    figures, curve, by_zone = equity(homes["value"], homes["population"], of_zone)
    name, places = detail
    tables = {
        f"homes_{units.key}": table, name: places, "equity": figures.assign(by=zones.key), "lorenz": curve,
        "theil": zones.names.merge(by_zone, on="unit_id"),
    }  # fmt: skip
    if groups:
        tables["gaps"] = gaps_between(measuring.area, homes, groups)
    if name == "supply" and set(places["place"]) == {PARKS}:
        tables["provision"] = _provision(measuring, units)
    return tables


def _provision(measuring: Measuring, units: Units) -> pd.DataFrame:
    """Square metres of park per resident, per tier and unit, wherever in the unit they lie."""
    rows = []
    for tier in tiers_of(measuring.area.standing(PARKS)) if "tier" in measuring.area.table(PARKS) else (ALL,):
        rule = Rule(
            key="provision", name=tier, name_en=tier, measure="provision", to=(PARKS,), verified="memory",
            tiers=() if tier == ALL else (tier,),
        )  # fmt: skip
        found = figure(rule, measuring, units, AS_MEASURED)
        rows.append(
            units.names.assign(
                tier=tier, area_m2=found.numerator.round(1), population=found.denominator.astype(np.int64),
                m2_per_person=found.value,
            )
        )  # fmt: skip
    table = pd.concat(rows, ignore_index=True)
    nothing = (table["population"] == 0) & (table["area_m2"] == 0)
    return table[~(nothing & ((table["unit_id"] == UNASSIGNED) | (units.key == HEX)))].reset_index(drop=True)


def _unit_of(measuring: Measuring, units: Units) -> pd.Series:
    """The unit each home lies in; points lie in one."""
    demand = measuring.demand("people")
    names = units.names["unit_id"].to_numpy(dtype=object)
    return pd.Series(names[units.share(demand).indices], index=range(len(demand.amount)))


def _zones(measuring: Measuring, units: Units, member: pd.Series) -> tuple[Units, pd.Series]:
    """What inequality lies between: the units asked for, else zones or towns, else the whole area."""
    if not units.whole:
        return units, member
    for key in ("zones", "towns"):
        if key in there(measuring.area):
            zones = units_of(measuring.area, key)
            return zones, _unit_of(measuring, zones)
    return units, member
