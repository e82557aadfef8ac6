"""Distances from what is walked to, measured once and kept: every rule, cutoff and pace is then a comparison.

A `Measuring` belongs to a study area. It searches the streets once for each choice of places, and keeps for every row
of a demand the metres walked and the metres in a straight line; thresholds cost nothing after that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.model import Points, StudyArea, WalkNetwork, digest
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.demand import DEMAND_KINDS, Demand, demand
from kunshan_gis.studies.on_foot import BARRING, barriers_of, entrances, gates_of, overhead, placed_homes
from kunshan_gis.studies.supply import PARKS, Supply, supply, supply_kinds
from kunshan_gis.studies.terms import Terms
from kunshan_gis.studies.walk import Walk, walk_network

T = TypeVar("T")

MOST_BYTES = 600_000_000
"""Kept for a study area and its scenarios; what was not asked for longest goes first."""
HOMES_ON = BARRING
"""Layers that decide where on the street somebody stands."""


class Walked(NamedTuple):
    """Of every row of a demand the way to the nearest place: metres, seconds of delay, and which place it is.

    `metres` is infinite where none is reached, NaN where the row is not on the network; `place` is a row of the
    supply, -1 where none.
    """

    metres: NDArray[np.float64]
    delay_s: NDArray[np.float64]
    place: NDArray[np.int32]


class Measuring:
    """What is measured of one study area, kept for the next question.

    A scenario shares everything its edits do not touch; another pace or distance asks nothing anew.
    """

    def __init__(self, area: StudyArea, walk: Walk) -> None:
        self.area, self.walk = area, walk
        self._kept = area.remember("measured", (), None, _Kept)
        self._digests: dict[tuple[str, ...], str] = {}

    def net(self, terms: Terms) -> WalkNetwork:
        """The streets that are walked."""
        return self.keep(("network", terms.without), lambda: self._network(terms), ("streets",))

    def demand(self, of: str) -> Demand:
        """The rows of which a share is measured."""
        return self.keep(("demand", of), lambda: demand(self.area, of), DEMAND_KINDS[of])

    def placed(self, of: str, terms: Terms) -> Points:
        """The rows of a demand on the network."""
        key = ("placed", of, terms.snapping, terms.without)
        return self.keep(key, lambda: self._placed(of, terms), (*DEMAND_KINDS[of], *HOMES_ON))

    def supply(self, place: str) -> Supply:
        """The places of one kind."""
        return self.keep(("supply", place), lambda: supply(self.area, place), supply_kinds(place))

    def doors(self, place: str, terms: Terms) -> tuple[Points, NDArray[np.int64]]:
        """Where the places are entered, and which place each entrance belongs to."""
        key = ("doors", place, *_ways(place, terms))
        return self.keep(key, lambda: self._doors(self.supply(place), terms), (*supply_kinds(place), *HOMES_ON))

    def field(self, place: str, rows: NDArray[np.bool_], terms: Terms) -> tuple[network.Field, NDArray[np.int64]]:
        """Distances from some of the places to every junction, and the place behind each source."""
        key = ("field", place, _digest(rows), *_ways(place, terms))
        return self.keep(key, lambda: self._field(place, rows, terms), (*supply_kinds(place), *HOMES_ON))

    def walked(self, of: str, place: str, rows: NDArray[np.bool_], terms: Terms) -> Walked:
        """The way from every row of a demand to the nearest of some places."""
        key = ("walked", of, place, _digest(rows), *_ways(place, terms))
        kinds = (*DEMAND_KINDS[of], *supply_kinds(place), *HOMES_ON)
        return self.keep(key, lambda: self._walked(of, place, rows, terms), kinds)

    def straight(self, of: str, place: str, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Straight metres from the place of every row of a demand to the nearest of some places (a park's outline)."""
        kinds = (*DEMAND_KINDS[of], *supply_kinds(place))
        key = ("straight", of, place, _digest(rows))
        return self.keep(key, lambda: self._straight(self.demand(of), self.supply(place), rows), kinds)

    def keep(self, key: Hashable, make: Callable[[], T], kinds: Iterable[str] = KINDS) -> T:
        """`make()`, or what it gave before under the same key for the same content of `kinds`."""
        walk = (self.walk.max_leg_m, self.walk.min_component_m, str(self.walk.delays))
        return self._kept.get((self._content(tuple(kinds)), walk, key), make)

    def _content(self, kinds: tuple[str, ...]) -> str:
        if kinds not in self._digests:
            said = [self.area.layer(kind).info for kind in kinds if self.area.has(kind)]
            stated = [(info.basis, info.accuracy_m) for info in said]
            self._digests[kinds] = digest(self.area.digest_of(*kinds), stated)
        return self._digests[kinds]

    def _network(self, terms: Terms) -> WalkNetwork:
        net = walk_network(self.area, self.walk)
        if not terms.without:
            return net
        gone = self.area.table("streets")["class"].isin(terms.without).to_numpy()[net.street]
        return net if not gone.any() or gone.all() else network.without(net, gone).network

    def _points(self, places: gpd.GeoSeries, terms: Terms, name: str) -> Points:
        net, walk = self.net(terms), self.walk
        if terms.snapping == "junction":
            return network.at_junctions(places, net, max_leg_m=walk.max_leg_m, min_component_m=walk.min_component_m)
        return network.snap(
            places, net, max_leg_m=walk.max_leg_m, min_component_m=walk.min_component_m,
            barred=overhead(self.area, net),
            barriers=self.keep("barriers", lambda: barriers_of(self.area), BARRING), name=name,
        )  # fmt: skip

    def _placed(self, of: str, terms: Terms) -> Points:
        if of in ("people", "homes"):
            if terms.snapping == "edge" and not terms.without:
                return placed_homes(self.area, self.net(terms), self.walk)
            if of == "homes":
                return self.placed("people", terms)
        return self._points(self.demand(of).places, terms, of)

    def _doors(self, places: Supply, terms: Terms) -> tuple[Points, NDArray[np.int64]]:
        if places.doors is not None:
            return self._points(places.doors, terms, places.place), places.owner
        net = self.net(terms)
        if terms.entrances or terms.without:
            access = network.park_access(
                places.table, gates_of(self.area), net, bridged=overhead(self.area, net),
                min_component_m=self.walk.min_component_m, ladder=terms.entrances or network.ACCESS_SOURCES,
            )  # fmt: skip
        else:
            access = entrances(self.area, net, places.table, self.walk)
        row = {park: number for number, park in enumerate(places.table["id"])}
        owner = access.table["park_id"].map(row).to_numpy(dtype=np.int64)
        if terms.snapping == "junction":
            return self._points(access.table.geometry, terms, places.place), owner
        return access.points, owner

    def _field(self, place: str, rows: NDArray[np.bool_], terms: Terms) -> tuple[network.Field, NDArray[np.int64]]:
        points, owner = self.doors(place, terms)
        used = np.flatnonzero(rows[owner])
        return network.search(self.net(terms), network.select(points, used)), owner[used]

    def _walked(self, of: str, place: str, rows: NDArray[np.bool_], terms: Terms) -> Walked:
        field, owner = self.field(place, rows, terms)
        origins = self.placed(of, terms)
        found = network.nearest(field, origins)
        source, metres = found["source"].to_numpy(), found["metres"].to_numpy(dtype=float)
        metres = np.where(origins.placed & np.isnan(metres), np.inf, metres)
        delay = np.nan_to_num(found["delay_s"].to_numpy(dtype=float)) if self.walk.delays else np.zeros(1)
        return Walked(metres, np.broadcast_to(delay, metres.shape), np.append(owner, -1)[source].astype(np.int32))

    def _straight(self, rows_of: Demand, places: Supply, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        shapes = np.asarray(places.straight_from.array)[places.straight_rows(rows)]
        metres, points = np.full(len(rows_of.amount), np.inf), np.asarray(rows_of.places.array)
        there = ~(shapely.is_missing(points) | shapely.is_empty(points))
        if len(shapes) and there.any():
            tree = shapely.STRtree(shapes)
            found, away = tree.query_nearest(points[there], return_distance=True, all_matches=False)
            metres[np.flatnonzero(there)[found[0]]] = away
        return metres


def _digest(rows: NDArray[np.bool_]) -> bytes:
    return hashlib.blake2b(np.packbits(rows).tobytes() + len(rows).to_bytes(8, "little"), digest_size=16).digest()


def _ways(place: str, terms: Terms) -> tuple[Hashable, ...]:
    """What of the terms decides where a place is entered."""
    return (terms.snapping, terms.without, terms.entrances if place == PARKS else ())


class _Kept:
    """Pieces of work by key, as many as fit; what was used last stays."""

    def __init__(self) -> None:
        self._pieces: dict[Hashable, tuple[Any, int]] = {}
        self._bytes = 0

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        if key in self._pieces:
            self._pieces[key] = self._pieces.pop(key)
            value: T = self._pieces[key][0]
            return value
        value = make()
        self._pieces[key] = (value, _bytes(value))
        self._bytes += self._pieces[key][1]
        while self._bytes > MOST_BYTES and len(self._pieces) > 1:
            self._bytes -= self._pieces.pop(next(iter(self._pieces)))[1]
        return value


def _bytes(value: Any) -> int:
    """About how much memory a piece of work takes."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes if value.base is None else 0) + 100
    if isinstance(value, (tuple, list)):
        return 100 + sum(_bytes(part) for part in value)
    if isinstance(value, network.Field):
        return 20 * len(value.node_m)
    if isinstance(value, Demand):
        return 600 * len(value.amount)
    if isinstance(value, Points):
        return 32 * len(value.edge)
    return 12 * int(getattr(value, "nnz", 100))
