"""Straight ways that are not there, walked all the same: distances if a crossing were built or a divide were gone.

The network is left as it is. Whoever reaches one end of a link stands, a link's length later, at its other end; that
end is then a source of its own, and the search goes on from there until no end gets nearer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.model import Points
from kunshan_gis.network.access import joined, select
from kunshan_gis.network.arrays import Labels
from kunshan_gis.network.graph import graph_of
from kunshan_gis.network.search import Field, nearest, relax

NEARER_M = 1e-6
"""An end that gets nearer by less does not get nearer."""


class Links(NamedTuple):
    """Ways between two places of the network, both ways, row by row; `metres` from one to the other."""

    one: Points
    other: Points
    metres: NDArray[np.float64]

    def rows(self, rows: NDArray[np.int64]) -> Links:
        """Some of the links."""
        return Links(select(self.one, rows), select(self.other, rows), self.metres[rows])

    def and_(self, more: Links) -> Links:
        """These links and others."""
        return Links(joined(self.one, more.one), joined(self.other, more.other), np.r_[self.metres, more.metres])

    def improving(self, one_m: NDArray[np.float64], other_m: NDArray[np.float64]) -> Points:
        """The ends that somebody reaches sooner over a link, as sources: `leg_m` is the way to them so far.

        Parameters
        ----------
        one_m, other_m : (links,) metres
            The way to both ends, infinite where they are not reached.
        """
        ends = []
        for end, here_m, there_m in ((self.other, other_m, one_m), (self.one, one_m, other_m)):
            over_m = there_m + self.metres
            rows = np.flatnonzero(end.placed & (over_m < here_m - NEARER_M))
            ends.append(replace(select(end, rows), leg_m=over_m[rows]))
        return joined(*ends)


def over_links(field: Field, links: Links, *, cutoff_m: float = np.inf) -> Field:
    """The distances of a field if these links were there, in metres; those of every link together.

    Parameters
    ----------
    field : Field
        From `search`, as far as it went or farther than `cutoff_m`.
    cutoff_m : float
        Inclusive; the answer holds no longer ways.

    Returns
    -------
    Field
        Its first sources are the field's; the rest are ends of links. Delay counts from the last link on: what was
        waited before it is not in there.
    """
    graph = graph_of(field.network)
    labels = Labels(field.node_m.copy(), field.node_delay_s.copy(), field.node_source.copy())
    cutoff = min(cutoff_m, field.cutoff_m)
    now = Field(field.network, field.sources, *labels, cutoff)
    while True:
        ends = [nearest(now, end)["metres"].fillna(np.inf).to_numpy() for end in (links.one, links.other)]
        new = links.improving(*ends)
        new = select(new, np.flatnonzero(new.leg_m <= cutoff))
        if not len(new.edge):
            return now
        sources = joined(now.sources, new)
        relax(graph, labels, sources, np.arange(len(now.sources.edge), len(sources.edge)), cutoff)
        now = Field(field.network, sources, *labels, cutoff)
