"""How far streets, homes and units fit together: what stands between a figure of people and the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M, UNASSIGNED, street_cells, town_of, zone_of
from kunshan_gis.errors import KunshanGISError
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Points, StudyArea, WalkNetwork
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.network_audit import NetworkAudit, network_audit
from kunshan_gis.studies.on_foot import entrances, measured_parks, placed_homes
from kunshan_gis.studies.quality_checks import Check, Severity, fine, found, not_measurable
from kunshan_gis.studies.quality_layers import said
from kunshan_gis.studies.walk import Walk, walk_network

CELL_M = 500.0
CROWDED = 5.0
"""A cell with so many times the typical people to a km of street likely lacks streets (this project's judgement)."""
FAR_M = 100.0
"""A straight leg longer than this from a home to its street is likely a path that nobody drew."""
REASONS = ("too_far", "isolated", "barred", "no_place")
_ADD_STREETS = "kunshan-gis layers add FILE --kind streets --layers DIR"
_AUDIT = "kunshan-gis audit --layers DIR --output PLACES"


@dataclass(frozen=True, eq=False)
class OnFoot:
    """Streets, homes and parks put together; every part is made when first asked for, and kept."""

    area: StudyArea
    walk: Walk

    @cached_property
    def net(self) -> WalkNetwork:
        """The walking network."""
        return walk_network(self.area, self.walk)

    @cached_property
    def unwalkable(self) -> Text | None:
        """Why the streets carry no network; None where they do."""
        try:
            return None if len(self.net.lines) else text("no_value")
        except KunshanGISError as error:
            return error.message

    @cached_property
    def audit(self) -> NetworkAudit:
        """The walking network looked over."""
        return network_audit(self.area, self.walk)

    @cached_property
    def homes(self) -> gpd.GeoDataFrame:
        """The homes, in the order of their layer."""
        return self.area.table("homes")

    @cached_property
    def people(self) -> NDArray[np.int64]:
        """Residents of each home."""
        return np.asarray(self.homes["population"].astype("int64"))

    @cached_property
    def placed(self) -> Points:
        """The homes on their streets."""
        return placed_homes(self.area, self.net, self.walk)

    @cached_property
    def parks(self) -> gpd.GeoDataFrame:
        """The parks, touching pieces of one as one row."""
        return measured_parks(self.area)

    @cached_property
    def access(self) -> network.ParkAccess:
        """Where the parks are entered."""
        return entrances(self.area, self.net, self.parks, self.walk)

    @cached_property
    def nearest(self) -> pd.DataFrame:
        """Of each home the park and the kind of entrance it reaches first within the walk; None where none."""
        if not len(self.access.table):
            return pd.DataFrame({"park_id": [None] * len(self.homes), "access_source": None}, index=self.homes.index)
        reached = network.nearest(network.search(self.net, self.access.points), self.placed)
        metres = reached["metres"] + reached["delay_s"] * self.walk.speed_mps
        within = (metres <= self.walk.cutoff_m + TOLERANCE_M).to_numpy()
        rows = np.where(within, reached["source"].to_numpy(), -1)
        table = self.access.table
        return pd.DataFrame(
            {name: table[name].reindex([*table.index, -1]).to_numpy()[rows] for name in ("park_id", "access_source")},
            index=self.homes.index,
        )

    def through(self, parks: pd.Series) -> int:
        """Residents whose nearest park within the walk is one of these."""
        return int(self.people[self.nearest["park_id"].isin(set(parks)).to_numpy()].sum())

    @cached_property
    def cells(self) -> gpd.GeoDataFrame:
        """Residents and street by cell; `crowded`, and `class_`: none, crowded, dense or usual street."""
        table = street_cells(self.homes, gpd.GeoSeries(self.net.lines, crs=self.net.crs), size_m=CELL_M)
        typical = typical_density(table)
        times = (table["people_per_km"] / typical).to_numpy(dtype=float)
        bands = np.select(
            [table["street_m"].to_numpy() == 0, times > CROWDED, times > 2], ["none", "crowded", "dense"], "usual"
        )
        return table.assign(class_=bands)


def typical_density(cells: gpd.GeoDataFrame) -> float:
    """People per km of street that half of the people live below; NaN where nobody lives by a street."""
    known = cells[cells["street_m"] > 0].sort_values("people_per_km", kind="stable")
    half = known["population"].cumsum() >= known["population"].sum() / 2
    return float(known.loc[half, "people_per_km"].iloc[0]) if half.any() else float("nan")


def people_checks(on_foot: OnFoot) -> Iterator[Check]:
    """Totals, units, streets beside people, homes that could not be put on a street, the network's own faults."""
    yield from _total(on_foot)
    yield from _units(on_foot)
    if (reason := lacking(on_foot, "streets", "homes")) is not None:
        for key in ("cells_without_street", "cells_crowded", "homes_far", *(f"homes_{name}" for name in REASONS)):
            yield not_measurable(key, reason)
    else:
        yield from _cells(on_foot)
        yield from _legs(on_foot)
    yield from _network(on_foot)


def lacking(on_foot: OnFoot, *kinds: str) -> Text | None:
    """Why nothing can be said that needs these kinds; None where it can."""
    missing = [kind for kind in kinds if not on_foot.area.has(kind)]
    if not missing:
        return on_foot.unwalkable if "streets" in kinds else None
    listing = text("listing")
    names = [Text(f"{KINDS[kind].zh}（{kind}）", f"{KINDS[kind].en} ({kind})") for kind in missing]
    joined = Text(listing.zh.join(name.zh for name in names), listing.en.join(name.en for name in names))
    return text("quality_lacks", kinds=joined)


def _total(on_foot: OnFoot) -> Iterator[Check]:
    area = on_foot.area
    stated = area.info.population
    if (reason := lacking(on_foot, "homes")) is not None:
        yield not_measurable("population_total", reason)
        yield not_measurable("buildings", reason)
        return
    held = int(on_foot.people.sum())
    if area.layer("homes").info.counts == "buildings":
        command = "kunshan-gis layers add FILE --kind homes --layers DIR"
        yield found("buildings", "distorts", count=len(on_foot.homes), people=held, command=command)
        yield not_measurable("population_total", text("quality_counts_buildings"))
        return
    yield fine("buildings")
    if stated is None:
        yield not_measurable("population_total", text("quality_no_stated_total"))
    elif stated == held:
        yield fine("population_total")
    else:
        words = {"homes": said(area, held), "stated": said(area, stated), "said": said(area, abs(stated - held))}
        line = '[area] population = …, population_date = "…"'
        yield found("population_total", "distorts", people=abs(stated - held), words=words, command=line)


def _units(on_foot: OnFoot) -> Iterator[Check]:
    area = on_foot.area
    if (reason := lacking(on_foot, "homes", "towns")) is not None:
        yield not_measurable("homes_without_town", reason)
        yield not_measurable("towns_without_zone", reason)
        return
    town = town_of(on_foot.homes, area.table("towns"))
    yield _homes_found("homes_without_town", "distorts", on_foot, (town == UNASSIGNED).to_numpy())
    if (reason := lacking(on_foot, "zone_towns")) is not None:
        yield not_measurable("towns_without_zone", reason)
        return
    towns = area.table("towns")
    without = towns[zone_of(towns["id"], area.table("zone_towns")).to_numpy() == UNASSIGNED]
    if not len(without):
        yield fine("towns_without_zone")
        return
    people = int(on_foot.people[town.isin(set(without["id"])).to_numpy()].sum())
    words = {"said": said(area, people)}
    yield found("towns_without_zone", "information", table=without, people=people, words=words)


def _homes_found(
    key: str, severity: Severity, on_foot: OnFoot, rows: NDArray[np.bool_], *, command: str = "", **words: str
) -> Check:
    if not rows.any():
        return fine(key)
    people = int(on_foot.people[rows].sum())
    filled = {"said": said(on_foot.area, people), **words}
    return found(key, severity, table=on_foot.homes[rows], people=people, words=filled, command=command)


def _cells(on_foot: OnFoot) -> Iterator[Check]:
    cells = on_foot.cells
    typical = typical_density(cells)
    severities: dict[str, tuple[str, Severity]] = {
        "cells_without_street": ("none", "distorts"),
        "cells_crowded": ("crowded", "information"),
    }
    for key, (band, severity) in severities.items():
        some = cells[cells["class_"] == band]
        if not len(some):
            yield fine(key)
            continue
        people = int(some["population"].sum())
        words = {
            "said": said(on_foot.area, people), "size": f"{CELL_M:g}", "times": f"{CROWDED:g}",
            "typical": said(on_foot.area, typical) if np.isfinite(typical) else text("no_value"),
        }  # fmt: skip
        yield found(key, severity, table=some, people=people, words=words, command=_ADD_STREETS)


def _legs(on_foot: OnFoot) -> Iterator[Check]:
    placed = on_foot.placed
    for reason in REASONS:
        words = {"metres": f"{on_foot.walk.max_leg_m:g}", "shortest": f"{on_foot.walk.min_component_m:g}"}
        rows = np.asarray(placed.reason == reason, dtype=bool)
        yield _homes_found(f"homes_{reason}", "distorts", on_foot, rows, command=_AUDIT, **words)
    far = placed.placed & (placed.leg_m > FAR_M)
    yield _homes_found("homes_far", "information", on_foot, far, command=_ADD_STREETS, metres=f"{FAR_M:g}")


_TOPICS: dict[str, tuple[str, str]] = {
    "edge": ("", ""),
    "pieces": ("islands", "islands_m"),
    "unjoined": ("unjoined_crossings", "cut_off_m"),
    "near": ("near_misses", "cut_off_m"),
    "overlaps": ("overlaps", "overlaps_m"),
    "self": ("self_crossings", ""),
    "hanging": ("hanging_ends", ""),
    "dropped": ("drawn_twice", "drawn_twice_m"),
    "closed_ends": ("dead_ends_closed", ""),
}
_PLACES = {"unjoined": "unjoined", "near": "near_misses", "hanging": "hanging"}
_WRONG = ("edge", "pieces", "unjoined", "near", "hanging", "expressways", "rail")
"""Topics that make somebody's walk too long, too short or unknown."""


def _network(on_foot: OnFoot) -> Iterator[Check]:
    """The audit's remarks as they are, each with the people or kilometres it concerns."""
    if (reason := lacking(on_foot, "streets")) is not None:
        yield not_measurable("network", reason)
        return
    checked = on_foot.audit
    figure = checked.audit.value
    for remark in checked.remarks:
        near = figure("people_near_data_edge")
        edge = remark.topic == "edge" and near > 0
        severity: Severity = "information"
        if remark.topic in _WRONG and remark.level != "note" and (remark.topic != "edge" or edge):
            severity = "stops" if edge and remark.level == "repair" else "distorts"
        number, metres = (figure(key) if key else np.nan for key in _TOPICS.get(remark.topic, ("", "")))
        if remark.topic == "hanging":
            number = figure("hanging_ends", "elevated")
        if remark.topic == "pieces" and remark.level == "repair":
            number, metres = figure("pieces"), figure("network_m") - figure("largest_piece_m")
        places = checked.places()[_PLACES[remark.topic]] if remark.topic in _PLACES else None
        if remark.topic == "hanging" and places is not None:
            places = places[places["structure"] == "elevated"]
        yield Check(
            f"network_{remark.topic}", "found", severity, layer=on_foot.area.layer("streets").info.name,
            count=None if np.isnan(number) else int(number),
            people=int(near) if edge else None,
            km=None if np.isnan(metres) else metres / 1000,
            what=remark.what, means=remark.means, remedy=remark.remedy, command=_AUDIT,
            places=None if places is None else places.geometry,
        )  # fmt: skip
    yield Check("network", "fine", what=checked.fine)
