"""Distances and coverage that follow each change: a park comes or goes, and only what it touches is worked out again.

For siting and scenarios, where thousands of parks are tried one after the other: adding one costs what it improves,
not what the city has. Every step can be taken back to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.model import Points, WalkNetwork
from kunshan_gis.network.along import chain, placed_on
from kunshan_gis.network.arrays import I4, NONE, Labels, Seeds, Stops
from kunshan_gis.network.follow import (
    BLOCK,
    Demand,
    Figures,
    Log,
    come,
    go,
    lost_nodes,
    seeds_around,
    sum_blocks,
    unchain,
)
from kunshan_gis.network.graph import graph_of
from kunshan_gis.network.placement import require_on
from kunshan_gis.network.search import Field, covered_lengths, nearest, require_cutoffs, search


@dataclass(frozen=True, eq=False)
class _Step:
    """One change, and what it takes to undo it."""

    sources: NDArray[np.int64]
    came: bool
    log: Log
    people: NDArray[np.int64]


class Live:
    """Nearest distances to a changing set of sources, with the people and the street within some cutoffs.

    Parameters
    ----------
    network : WalkNetwork
    sources : Points
        Park entrances to begin with; they bear the numbers 0, 1, … in this order, those not placed too.
    homes : Points
    residents : (homes,) int
    cutoffs_m : (cutoffs,) metres, inclusive
    tolerance_m : float
        Added to the cutoffs for homes, not for street.

    Notes
    -----
    Every answer is what a new search would give, to the last bit; where two sources are equally near, the one with
    the smaller number stands.
    """

    def __init__(
        self,
        network: WalkNetwork,
        sources: Points,
        homes: Points,
        residents: ArrayLike,
        *,
        cutoffs_m: ArrayLike,
        tolerance_m: float = 0.0,
    ) -> None:
        self.network = network
        self._graph = graph_of(network)
        edges = len(network.length_m)
        cutoffs = require_cutoffs(cutoffs_m)
        field = search(network, sources)
        placed = placed_on(homes, self._graph.edges)
        people = _whole_people(residents, len(homes.edge))[placed.row]
        self._homes = len(homes.edge)
        finite = np.minimum(cutoffs + tolerance_m, np.finfo(np.float64).max)  # who reaches nothing is within nothing
        self._demand = Demand(placed, people, finite, cutoffs)
        self._labels, self._old = field.labels, _copied(field.labels)
        self._edge = sources.edge.astype(np.int32)
        head, after, offset_m, leg_m = field.stops
        self._stops = Stops(head.copy(), after.copy(), offset_m.copy(), leg_m.copy())
        self._count = len(sources.edge)
        self._standing = sources.placed.copy()
        found = nearest(field, homes)
        home_m = found["metres"].fillna(np.inf).to_numpy()[placed.row]
        home_s = found["delay_s"].fillna(0.0).to_numpy()[placed.row]
        home_source = found["source"].to_numpy(dtype=np.int32)[placed.row]
        within = np.array([people[home_m <= cutoff].sum() for cutoff in self._demand.people_cutoffs_m], dtype=np.int64)
        street_m = np.zeros((len(cutoffs), -(-edges // BLOCK)))
        self._figures = Figures(home_m, home_s, home_source, covered_lengths(field, cutoffs), street_m, within)
        sum_blocks(np.arange(edges, dtype=np.int32), self._figures.covered_m, street_m)
        self._log = _log_for(len(network.node_xy), edges, len(placed.row), len(cutoffs))
        self._seen = np.zeros(edges, dtype=bool)
        self._steps: list[_Step] = []

    @property
    def people(self) -> NDArray[np.int64]:
        """Residents within each cutoff of a source, by metres alone: a delay is read off `home_delay_s`."""
        return self._figures.people.copy()

    @property
    def street_m(self) -> NDArray[np.float64]:
        """Metres of street within each cutoff of a source, by metres alone."""
        metres: NDArray[np.float64] = self._figures.block_m.sum(axis=1)
        return metres

    @property
    def home_m(self) -> NDArray[np.float64]:
        """Metres from every home to its nearest source; NaN where it is not placed or reaches none."""
        metres = np.full(self._homes, np.nan)
        known = self._figures.home_m
        metres[self._demand.homes.row] = np.where(np.isfinite(known), known, np.nan)
        return metres

    @property
    def home_delay_s(self) -> NDArray[np.float64]:
        """Seconds of delay on the way from every home to its nearest source; NaN where there is none."""
        seconds = np.full(self._homes, np.nan)
        figures = self._figures
        seconds[self._demand.homes.row] = np.where(np.isfinite(figures.home_m), figures.home_s, np.nan)
        return seconds

    @property
    def home_source(self) -> NDArray[np.int64]:
        """The number of every home's nearest source, -1 where there is none."""
        source = np.full(self._homes, NONE, dtype=np.int64)
        source[self._demand.homes.row] = self._figures.home_source
        return source

    @property
    def standing(self) -> NDArray[np.int64]:
        """Numbers of the sources there are."""
        return np.flatnonzero(self._standing[: self._count])

    @property
    def field(self) -> Field:
        """The distances as they are now, for maps and further questions; later steps do not change it."""
        edge = np.where(self._standing, self._edge, NONE)[: self._count].astype(np.int64)
        offset, leg = (values[: self._count].copy() for values in (self._stops.offset_m, self._stops.leg_m))
        points = Points(edge, offset, leg, np.where(edge >= 0, "", "removed").astype(object))
        now = _copied(self._labels)
        return Field(self.network, points, now.metres, now.delay_s, now.source)

    def add(self, sources: Points) -> NDArray[np.int64]:
        """Sources that come; those not placed are passed over. Returns the numbers of those that came.

        Raises
        ------
        ParameterError
            A source is not on this network; nothing is changed then.
        """
        require_on(sources, self._graph.edges.metres)
        first, number = self._count, int(np.count_nonzero(sources.edge >= 0))
        rows = slice(None) if number == len(sources.edge) else sources.edge >= 0
        self._reserve(first + number)
        edge = sources.edge[rows].astype(np.int32)
        self._edge[first : first + number] = edge
        self._stops.offset_m[first : first + number] = sources.offset_m[rows]
        self._stops.leg_m[first : first + number] = sources.leg_m[rows]
        self._stops.after[first : first + number] = NONE
        self._standing[first : first + number] = True
        self._count += number
        graph, people = self._graph, self._figures.people.copy()
        span = graph.longest_m + float(self._stops.leg_m[first : self._count].max(initial=0.0))
        with graph.queue(span) as (queue, per_m):
            sizes = come(
                graph.arcs, graph.sides, graph.edges, self._labels, self._old, self._stops, first, edge,
                per_m, queue, self._demand, self._figures, self._log, self._seen, self._room(),
            )  # fmt: skip
        numbers = np.arange(first, first + number)
        self._remember(numbers, sizes, people, came=True)
        return numbers

    def remove(self, numbers: ArrayLike) -> None:
        """Sources that go, by their numbers.

        Raises
        ------
        ParameterError
            One is not there (any more); nothing is changed then.
        """
        gone_rows = np.unique(np.atleast_1d(np.asarray(numbers, dtype=np.int64)))
        known = (gone_rows >= 0) & (gone_rows < self._count)
        if not known.all() or not self._standing[gone_rows].all():
            raise ParameterError(
                Text(
                    f"编号为 {gone_rows.tolist()[:5]} 的入口中有不存在或已移除的，无法移除",
                    f"of the sources {gone_rows.tolist()[:5]} at least one is not there to remove",
                )
            )
        graph, people = self._graph, self._figures.people.copy()
        gone = np.zeros(self._count, dtype=bool)
        gone[gone_rows] = True
        for b in gone_rows:
            unchain(self._stops, self._edge[b], b)
        self._standing[gone_rows] = False
        lost = np.empty(len(self._labels.source), dtype=np.uint32)
        number = lost_nodes(self._labels, gone, lost)
        around = (graph.arcs, graph.sides, graph.edges, self._labels, self._stops, lost, number)
        seeds = _room_for_seeds(seeds_around(*around, _room_for_seeds(0)))
        seeds_around(*around, seeds)
        low = float(seeds.metres.min(initial=np.inf))
        span = graph.longest_m + (float(seeds.metres.max()) - low if len(seeds.metres) else 0.0)
        with graph.queue(span) as (queue, per_m):
            sizes = go(
                graph.arcs, graph.sides, graph.edges, self._labels, self._old, self._stops, lost, number,
                self._edge[gone_rows], seeds, low if np.isfinite(low) else 0.0, per_m, queue,
                self._demand, self._figures, self._log, self._seen, self._room(),
            )  # fmt: skip
        self._remember(gone_rows, sizes, people, came=False)

    def undo(self) -> None:
        """Take the last step back, to the last bit.

        Raises
        ------
        ParameterError
            There is no step to take back.
        """
        if not self._steps:
            raise ParameterError(Text("没有可以撤销的步骤", "there is no step to take back"))
        step = self._steps.pop()
        log, cutoffs = step.log, len(self._figures.covered_m)
        for labels in (self._labels, self._old):
            labels.metres[log.node], labels.delay_s[log.node] = log.node_m, log.node_s
            labels.source[log.node] = log.node_source
        self._figures.covered_m[:, log.edge] = log.edge_m.reshape(-1, cutoffs).T
        sum_blocks(log.edge, self._figures.covered_m, self._figures.block_m)
        self._figures.home_m[log.home], self._figures.home_s[log.home] = log.home_m, log.home_s
        self._figures.home_source[log.home] = log.home_source
        self._figures.people[:] = step.people
        for b in step.sources:
            if step.came:
                unchain(self._stops, self._edge[b], b)
            else:
                chain(self._stops, self._edge[b], b)
        self._standing[step.sources] = not step.came
        if step.came:
            self._count -= len(step.sources)

    def _remember(
        self, sources: NDArray[np.int64], sizes: tuple[int, int, int], people: NDArray[np.int64], *, came: bool
    ) -> None:
        nodes, edges, homes = sizes
        log, street = self._log, edges * len(self._figures.covered_m)
        kept = Log(
            log.node[:nodes].copy(), log.node_m[:nodes].copy(), log.node_s[:nodes].copy(),
            log.node_source[:nodes].copy(), log.edge[:edges].copy(), log.edge_m[:street].copy(),
            log.home[:homes].copy(), log.home_m[:homes].copy(), log.home_s[:homes].copy(),
            log.home_source[:homes].copy(),
        )  # fmt: skip
        self._steps.append(_Step(sources, came, kept, people))

    def _reserve(self, number: int) -> None:
        """Room for so many sources."""
        have = len(self._edge)
        if number <= have:
            return
        more = 2 * number - have
        stops = self._stops
        self._edge = np.r_[self._edge, np.full(more, NONE, dtype=np.int32)]
        self._standing = np.r_[self._standing, np.zeros(more, dtype=bool)]
        after: I4 = np.r_[stops.after, np.full(more, NONE, dtype=np.int32)]
        self._stops = Stops(
            stops.head, after, np.r_[stops.offset_m, np.zeros(more)], np.r_[stops.leg_m, np.zeros(more)]
        )

    def _room(self) -> NDArray[np.float64]:
        """Room for the stops of the fullest edge, twice."""
        return np.empty(2 * (self._count + 2))


def _whole_people(residents: ArrayLike, homes: int) -> NDArray[np.int64]:
    given = np.asarray(residents)
    if given.shape != (homes,):
        raise ParameterError(
            Text(
                f"居民人数有 {given.size} 个，住处有 {homes} 处", f"{given.size} numbers of residents for {homes} homes"
            )
        )
    if given.size and (given.dtype.kind not in "iufb" or not (np.isfinite(given) & (given >= 0)).all()):
        raise ParameterError(
            Text("居民人数须为不小于 0 的数，不能缺失", "residents are numbers from zero up, none of them absent")
        )
    return given.astype(np.int64)


def _copied(labels: Labels) -> Labels:
    return Labels(labels.metres.copy(), labels.delay_s.copy(), labels.source.copy())


def _room_for_seeds(number: int) -> Seeds:
    return Seeds(np.empty(number, dtype=np.uint32), np.empty(number), np.empty(number), _rows(number))


def _log_for(nodes: int, edges: int, homes: int, cutoffs: int) -> Log:
    return Log(
        node=_rows(nodes),
        node_m=np.empty(nodes),
        node_s=np.empty(nodes),
        node_source=_rows(nodes),
        edge=_rows(edges),
        edge_m=np.empty(edges * cutoffs),
        home=_rows(homes),
        home_m=np.empty(homes),
        home_s=np.empty(homes),
        home_source=_rows(homes),
    )


def _rows(number: int) -> I4:
    return np.empty(number, dtype=np.int32)
