"""Distances from what is walked to, measured once and kept: every rule, cutoff and pace is then a comparison.

A `Measuring` belongs to a study area. It searches the streets once for each choice of places, and keeps for every row
of a demand the metres walked and the metres in a straight line; thresholds cost nothing after that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis import network
from kunshan_gis.model import Points, StudyArea, WalkNetwork
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.demand import Demand, demand
from kunshan_gis.studies.on_foot import barriers_of, entrances, gates_of, overhead, placed_homes
from kunshan_gis.studies.supply import PARKS, Supply, supply
from kunshan_gis.studies.terms import Terms
from kunshan_gis.studies.walk import Walk, walk_network

T = TypeVar("T")

MOST_BYTES = 600_000_000
"""Of distances a study area keeps; the oldest go first."""
MOST_FIELDS = 4
"""Searches kept for the next demand; a search is quick and large."""


_BYTES_A_ROW = 12


class Walked(NamedTuple):
    """Of every row of a demand the way to the nearest place: metres, seconds of delay, and which place it is.

    `metres` is infinite where none is reached, NaN where the row is not on the network; `place` is a row of the
    supply, -1 where none.
    """

    metres: NDArray[np.float64]
    delay_s: NDArray[np.float64]
    place: NDArray[np.int32]


class Measuring:
    """What is measured of one study area, kept for the next question."""

    def __init__(self, area: StudyArea, walk: Walk) -> None:
        self.area, self.walk = area, walk
        self._kept: dict[Hashable, Any] = {}
        self._distances: dict[Hashable, Any] = {}
        self._fields: dict[Hashable, tuple[network.Field, NDArray[np.int64]]] = {}

    @classmethod
    def of(cls, area: StudyArea, walk: Walk) -> Measuring:
        """The study area's own; another pace or time asks nothing anew."""
        asked = [walk.max_leg_m, walk.min_component_m, walk.delays]
        found = area.remember("measuring", KINDS, asked, lambda: cls(area, walk))
        return found if found.walk == walk else found.paced(walk)

    def paced(self, walk: Walk) -> Measuring:
        """The same measurements under another pace."""
        other = Measuring(self.area, walk)
        other._kept, other._distances, other._fields = self._kept, self._distances, self._fields
        return other

    def net(self, terms: Terms) -> WalkNetwork:
        """The streets that are walked."""
        return self.keep(("network", terms.without), lambda: self._network(terms))

    def demand(self, of: str) -> Demand:
        """The rows of which a share is measured."""
        return self.keep(("demand", of), lambda: demand(self.area, of))

    def placed(self, of: str, terms: Terms) -> Points:
        """The rows of a demand on the network."""
        return self.keep(("placed", of, terms.snapping, terms.without), lambda: self._placed(of, terms))

    def supply(self, place: str) -> Supply:
        """The places of one kind."""
        return self.keep(("supply", place), lambda: supply(self.area, place))

    def doors(self, place: str, terms: Terms) -> tuple[Points, NDArray[np.int64]]:
        """Where the places are entered, and which place each entrance belongs to."""
        ladder = terms.entrances if place == PARKS else ()
        return self.keep(
            ("doors", place, terms.snapping, terms.without, ladder), lambda: self._doors(self.supply(place), terms)
        )

    def field(self, place: str, rows: NDArray[np.bool_], terms: Terms) -> tuple[network.Field, NDArray[np.int64]]:
        """Distances from some of the places to every junction, and the place behind each source."""
        ladder = terms.entrances if place == PARKS else ()
        key = (place, _digest(rows), terms.snapping, terms.without, ladder)
        if key not in self._fields:
            self._fields[key] = self._field(place, rows, terms)
        while len(self._fields) > MOST_FIELDS:
            del self._fields[next(iter(self._fields))]
        return self._fields[key]

    def walked(self, of: str, place: str, rows: NDArray[np.bool_], terms: Terms) -> Walked:
        """The way from every row of a demand to the nearest of some places."""
        ladder = terms.entrances if place == PARKS else ()
        key = ("walked", of, place, _digest(rows), terms.snapping, terms.without, ladder)
        return self._keep_distances(key, lambda: self._walked(of, place, rows, terms))

    def straight(self, of: str, place: str, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Straight metres from every point of a demand to the nearest of some places (a park's outline)."""
        key = ("straight", of, place, _digest(rows))
        return self._keep_distances(key, lambda: self._straight(self.demand(of), self.supply(place), rows))

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """`make()`, or what it gave before under the same key."""
        if key in self._kept:
            value: T = self._kept[key]
            return value
        value = self._kept[key] = make()
        return value

    def _keep_distances(self, key: Hashable, make: Callable[[], T]) -> T:
        if key in self._distances:
            value: T = self._distances[key]
            return value
        value = self._distances[key] = make()
        rows = sum(len(kept.metres if isinstance(kept, Walked) else kept) for kept in self._distances.values())
        while rows * _BYTES_A_ROW > MOST_BYTES and len(self._distances) > 1:
            oldest = self._distances.pop(next(iter(self._distances)))
            rows -= len(oldest.metres if isinstance(oldest, Walked) else oldest)
        return value

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
            barred=overhead(self.area, net), barriers=self.keep("barriers", lambda: barriers_of(self.area)), name=name,
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
        metres = np.full(len(rows_of.amount), np.inf)
        there = ~(shapely.is_missing(rows_of.shapes) | shapely.is_empty(rows_of.shapes))
        if len(shapes) and there.any():
            tree = shapely.STRtree(shapes)
            found, away = tree.query_nearest(rows_of.shapes[there], return_distance=True, all_matches=False)
            metres[np.flatnonzero(there)[found[0]]] = away
        return metres


def _digest(rows: NDArray[np.bool_]) -> bytes:
    return hashlib.blake2b(np.packbits(rows).tobytes() + len(rows).to_bytes(8, "little"), digest_size=16).digest()
