"""Stations as nodes and as places: the variables of both indices, the indices, and how they stand to each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import TOLERANCE_M, entropy, functional_mix, index_of, node_place_class, slack_of
from kunshan_gis.analysis.catchment import COARSE_PART
from kunshan_gis.messages import Text, text
from kunshan_gis.standards import NodePlaceProfile
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.supply import BUS_STOPS
from kunshan_gis.studies.systems.system import Part
from kunshan_gis.studies.systems.tod.areas import Around, named
from kunshan_gis.studies.systems.tod.near import Things, straight
from kunshan_gis.studies.systems.tod.options import Options

Floats = NDArray[np.float64]
NODE = ("station_lines", "station_modes", "stations_direct", "bus_stops_near", "ramp_m")
KINDS_USED = ("stations", "entrances", "rail", "bus_stops", "ramps", "homes", "jobs")
OPTIONAL = ("homes", "jobs", "bus_stops", "ramps")
SECTOR = "sector:"
"""Begins the columns of sectors: a sector may be called `people`."""
FEW = 8
"""With fewer stations an index says little (our own judgement)."""


class _Ends(NamedTuple):
    """Place variables as measured, and where a position is coarse as few and as many as they can be."""

    value: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame


def node_place_part(around: Around, profile: NodePlaceProfile, options: Options) -> Part:
    """The table `tod_node_place`: one row a station, variables, both indices, class.

    Stations outside the study area, and those whose position is too coarse, are not compared: their place is not
    known. A coarse one has the least and the most its place index can be, and a class where both agree on it.
    """
    node, place = node_variables(around, profile), _place(around, profile, options)
    compared = place.value.notna().all(axis=1) & node.notna().all(axis=1) & bool(place.value.shape[1])
    table = named(around).join(node).join(_said(place))
    if "ramp_m" in table:
        table["ramp_m"] = -table["ramp_m"]
    table["node_index"] = index_of(node, within=node[compared], log=options.place_logs)
    basis = place.value[compared]
    for name, end in (("place_index", place.value), ("place_index_low", place.low), ("place_index_high", place.high)):
        table[name] = index_of(end, within=basis, log=options.place_logs)
    limits = {"gap": profile.gap, "low": profile.low, "high": profile.high}
    ends = [node_place_class(table["node_index"], table[f"place_index_{end}"], **limits) for end in ("low", "high")]
    table["node_place_class"] = ends[0].where(ends[0] == ends[1], "not_measurable")
    tables = {"tod_node_place": table, "tod_sectors": _sector_rows(around, place)}
    return Part(tables, kinds=KINDS_USED, optional=OPTIONAL, warnings=_warnings(basis, options))


def _warnings(place: pd.DataFrame, options: Options) -> tuple[Text, ...]:
    """Few stations to compare; a mix that is the same everywhere, since the printed formula sees the least alone."""
    mix = place["functional_mix"] if options.place_mix == "published" and "functional_mix" in place else None
    flat = mix is not None and len(mix) > 1 and mix.max() == mix.min()
    few = 0 < len(place) < FEW
    return (
        *((text("tod_few_compared", count=len(place)),) if few else ()),
        *((text("tod_mix_flat"),) if flat else ()),
    )  # fmt: skip


def _said(place: _Ends) -> pd.DataFrame:
    """Residents, all jobs and mix within the place, with the ends of coarse ones."""
    made = {}
    for name, end in (("", place.value), ("_low", place.low), ("_high", place.high)):
        jobs = end[[column for column in end if str(column).startswith(SECTOR)]]
        if "people" in end:
            made[f"place_people{name}"] = end["people"]
        if jobs.shape[1]:
            made[f"place_jobs{name}"] = jobs.sum(axis=1, skipna=False)
    if "functional_mix" in place.value:
        made["functional_mix"] = place.value["functional_mix"]
    return pd.DataFrame(made, index=place.value.index)


def _sector_rows(around: Around, place: _Ends) -> pd.DataFrame:
    """One row a station and sector: jobs within the place."""
    kinds = [str(name) for name in place.value if str(name).startswith(SECTOR)]
    parts = [
        named(around).assign(
            sector=kind.removeprefix(SECTOR),
            jobs_around=place.value[kind],
            jobs_around_low=place.low[kind],
            jobs_around_high=place.high[kind],
        )
        for kind in kinds
    ]
    columns = ["id", "name", "name_en", "sector", "jobs_around", "jobs_around_low", "jobs_around_high"]
    made = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return made.sort_index(kind="stable").reset_index(drop=True)


def node_variables(around: Around, profile: NodePlaceProfile) -> pd.DataFrame:
    """What a station offers to travel: lines, modes, stations without a change, bus stops, nearness of a ramp.

    A variable whose layer is missing is left out; the metres to a ramp are negative here, since near is much.
    Frequencies of trains are in no layer.
    """
    stations = around.stations
    found = {
        "station_lines": stations.table["station_lines"].to_numpy(dtype=float),
        "stations_direct": _direct(stations.lines),
    }
    stops = _near_stops(around, profile)
    if stops is not None:
        found["bus_stops_near"] = stops
    found["station_modes"] = _modes(around, stops)
    ramps = _ramps(around)
    if ramps is not None:
        found["ramp_m"] = -ramps
    made = pd.DataFrame(found)[[name for name in NODE if name in found]]
    return made.loc[:, made.notna().any()]


def _direct(lines: tuple[tuple[str, ...], ...]) -> Floats:
    """Other stations of the layer on a station's lines; NaN where it states none."""
    own = [set(one) for one in lines]
    reached = [sum(bool(a & b) for b in own) - 1 if a else np.nan for a in own]
    return np.array(reached, dtype=float)


def _near_stops(around: Around, profile: NodePlaceProfile) -> Floats | None:
    try:
        table = around.measuring.supply(BUS_STOPS).table
    except NotThereError:
        return None
    shapes = np.asarray(table.geometry.array)
    found = Things(np.ones(len(shapes)), shapes, None, np.arange(len(shapes)))
    starts, owner = around.stations.starts(around.profile)
    pairs = straight(starts, owner, len(around.stations), found, metres=profile.bus_m)
    near = pairs.metres <= profile.bus_m + TOLERANCE_M
    counted = np.bincount(pairs.station[near], minlength=pairs.stations)
    return np.where(slack_of(around.stations.error_m, profile.bus_m) > 0, np.nan, counted)


def _modes(around: Around, stops: Floats | None) -> Floats:
    """Kinds of railway the station's lines are, as the rail layer says (else one), and the bus where one stops near."""
    rail = around.measuring.area.optional("rail")
    kind: dict[str, str] = {}
    if rail is not None and {"class", "line"} <= set(rail.columns):
        stated = rail.dropna(subset=["class", "line"])
        kind = dict(zip(stated["line"].astype(str), stated["class"].astype(str), strict=True))
    rails = np.array([len({kind.get(line, "rail") for line in own}) or 1 for own in around.stations.lines], dtype=float)
    return rails if stops is None else rails + np.sign(stops)


def _ramps(around: Around) -> Floats | None:
    """Straight metres from a station's centre to the nearest ramp of an expressway."""
    area = around.measuring.area
    if not area.has("ramps") or not len(ramps := area.standing("ramps")):
        return None
    tree = shapely.STRtree(np.asarray(ramps.geometry.array))
    centres = np.asarray(around.stations.table.geometry.array)
    metres: Floats = tree.query_nearest(centres, return_distance=True, all_matches=False)[1]
    coarse = np.nan_to_num(around.stations.error_m) > metres / COARSE_PART
    return np.where(coarse, np.nan, np.round(metres, 1))


def _place(around: Around, profile: NodePlaceProfile, options: Options) -> _Ends:
    """Residents and jobs by sector within the place's radius, with their mix."""
    slack = slack_of(around.stations.error_m, profile.place_m)
    low, high = (_mixed(_amounts(around, profile.place_m + side * slack), options) for side in (-1.0, 1.0))
    sure = (slack == 0) | (low == high).all(axis=1).to_numpy()
    return _Ends(low.where(pd.Series(sure)), low, high)


def _mixed(amounts: pd.DataFrame, options: Options) -> pd.DataFrame:
    """The amounts with how mixed they are; one kind alone has no mix."""
    if amounts.shape[1] < 2:
        return amounts
    if options.place_mix == "published":
        return amounts.assign(functional_mix=functional_mix(amounts))
    even = entropy(amounts).where(amounts.sum(axis=1, skipna=False) != 0, 0.0)
    return amounts.assign(functional_mix=even)


def _amounts(around: Around, radius_m: Floats) -> pd.DataFrame:
    """Residents, and jobs of every sector, within a radius of each station; NaN for stations outside the study area."""
    found = {"people": _within(around, "people", None, radius_m)}
    of = sectors(around)
    if of is not None:
        found |= {f"{SECTOR}{one}": _within(around, "jobs", of == one, radius_m) for one in sorted(set(of))}
    known = {name: amount for name, amount in found.items() if amount is not None}
    made = pd.DataFrame(known, index=range(len(around.stations)))
    return made.where(pd.Series(around.stations.table["in_boundary"].to_numpy()))


def sectors(around: Around) -> NDArray[np.object_] | None:
    """The sector of every row of jobs, `all` where the layer knows none; None without jobs."""
    if around.things("jobs") is None:
        return None
    table = around.measuring.area.table("jobs")
    said = table["sector"] if "sector" in table else pd.Series(None, index=table.index, dtype=object)
    return np.asarray(said.fillna("all").astype(object))


def _within(around: Around, what: str, rows: NDArray[np.bool_] | None, radius_m: Floats) -> Floats | None:
    pairs, found = around.pairs(what, "radius"), around.things(what)
    if pairs is None or found is None:
        return None
    amount = found.amount if rows is None else np.where(rows, found.amount, 0.0)
    near = pairs.metres <= radius_m[pairs.station] + TOLERANCE_M
    sums = np.bincount(pairs.station[near], weights=amount[pairs.thing[near]], minlength=pairs.stations)
    return np.asarray(sums, dtype=np.float64)
