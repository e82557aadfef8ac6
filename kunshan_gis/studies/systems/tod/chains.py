"""From a station's doors on: minutes on foot to the nearest park of every tier and to every kind of service."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M
from kunshan_gis.indicators import place_label
from kunshan_gis.messages import Text
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.supply import BUS_STOPS, PARKS, categories
from kunshan_gis.studies.systems.system import Part
from kunshan_gis.studies.systems.tod.areas import Around, named
from kunshan_gis.studies.systems.tod.stations import Stations, door_points
from kunshan_gis.studies.terms import AS_MEASURED

Floats = NDArray[np.float64]
KINDS_USED = ("stations", "entrances", "parks", "park_gates", "facilities", "bus_stops")


def chains_part(around: Around) -> Part:
    """Two tables: `tod_chains`, one row a station; `tod_services`, one row a station and kind of service.

    Minutes are walked from the nearest door. A station known less well than a third of the walk has no figure.
    """
    measuring, stations = around.measuring, around.stations
    table = named(around)
    for tier in ("all", *TIERS):
        table[f"park_{tier}_min"] = _minutes(around, _to_parks(measuring, stations, tier))
    table["bus_stop_min"] = _minutes(around, _to(measuring, stations, BUS_STOPS))
    kinds = categories(measuring.area)
    reached = {kind: _minutes(around, _to(measuring, stations, kind)) for kind in kinds}
    known = _known(around) & bool(kinds)
    near = {kind: _in_time(around, minutes) for kind, minutes in reached.items()}
    counted = np.sum(list(near.values()), axis=0) if near else np.zeros(len(stations))
    table["service_kinds"] = np.where(known, counted, np.nan)
    table["service_kinds_of"] = len(kinds)
    missing = [_said([kind for kind in kinds if not near[kind][row]]) for row in range(len(stations))]
    table["services_missing"] = [said.zh if sure else "" for said, sure in zip(missing, known, strict=True)]
    table["services_missing_en"] = [said.en if sure else "" for said, sure in zip(missing, known, strict=True)]
    tables = {"tod_chains": table, "tod_services": _service_rows(around, reached)}
    return Part(tables, kinds=KINDS_USED, optional=("parks", "facilities", "bus_stops", "streets"))


def _minutes(around: Around, metres: Floats) -> Floats:
    """Minutes of a walk; NaN where nothing is reached, or the door is known less well than a third of the walk."""
    known = _known(around) & np.isfinite(metres)
    return np.where(known, metres / around.measuring.walk.speed_mps / 60.0, np.nan)


def _known(around: Around) -> NDArray[np.bool_]:
    """Stations on the network, known to a third of the walk, with ground of the study area around them."""
    known: NDArray[np.bool_] = around.known_within(around.measuring.walk.cutoff_m) & around.stations.on_foot
    return known & around.reaches_in


def _to(measuring: Measuring, stations: Stations, place: str) -> Floats:
    """Walked metres from every station to the nearest place of a kind; infinite where none is reached."""
    try:
        number = len(measuring.supply(place).table)
    except NotThereError:
        return np.full(len(stations), np.nan)
    return _nearest(measuring, stations, place, np.ones(number, dtype=bool))


def _to_parks(measuring: Measuring, stations: Stations, tier: str) -> Floats:
    """To the nearest park of a tier; NaN where there is none of it."""
    try:
        parks = measuring.supply(PARKS).table
    except NotThereError:
        return np.full(len(stations), np.nan)
    rows = np.ones(len(parks), dtype=bool) if tier == "all" else (parks["tier"] == tier).to_numpy(bool)
    return _nearest(measuring, stations, PARKS, rows)


def _nearest(measuring: Measuring, stations: Stations, place: str, rows: NDArray[np.bool_]) -> Floats:
    doors = door_points(stations)
    if doors is None or not rows.any():
        return np.full(len(stations), np.nan)
    points, owner = doors
    found = network.nearest(measuring.field(place, rows, AS_MEASURED)[0], points)
    walked = found["metres"].fillna(np.inf).to_numpy()
    if measuring.walk.delays:
        walked = walked + found["delay_s"].fillna(0.0).to_numpy() * measuring.walk.speed_mps
    metres = np.full(len(stations), np.inf)
    np.minimum.at(metres, owner, walked)
    return np.where(stations.on_foot, metres, np.nan)


def _said(kinds: list[str]) -> Text:
    labels = [place_label(kind) for kind in kinds]
    return Text("、".join(zh for zh, _ in labels), ", ".join(en for _, en in labels))


def _service_rows(around: Around, reached: dict[str, Floats]) -> pd.DataFrame:
    """One row a station and kind: minutes to the nearest, and whether that is within the walk."""
    known = _known(around)
    parts = []
    for kind, minutes in reached.items():
        near = np.where(_in_time(around, minutes), "covered", "not_covered")
        zh, en = place_label(kind)
        parts.append(
            named(around).assign(
                service=zh, service_en=en, service_min=minutes, service_state=np.where(known, near, "not_measurable")
            )
        )
    columns = ["id", "name", "name_en", "service", "service_en", "service_min", "service_state"]
    made = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return made.sort_index(kind="stable").reset_index(drop=True)


def _in_time(around: Around, minutes: Floats) -> NDArray[np.bool_]:
    """Within the walk, to the tolerance of every cutoff."""
    walk = around.measuring.walk
    within: NDArray[np.bool_] = minutes * 60.0 * walk.speed_mps <= walk.cutoff_m + TOLERANCE_M
    return within
