"""What every engine is asked about: a real walking network, with parks, homes and points drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from kunshan_gis import network
from kunshan_gis.model import Points, WalkNetwork

PARKS = 703
HOMES = 20_000
SCATTERED = 100_000
TIER_PARKS = (3, 200, 500)
"""City, district and pocket parks, as a tiered system has them: few of the large, many of the small."""
CUTOFF_M = 15 * 60 * 1.25
"""Fifteen minutes at 1.25 m/s, inclusive."""
GATES_NEAR_M = 250.0
MAX_LEG_M = 200.0
SEED = 20


@dataclass(frozen=True, eq=False)
class City:
    """What every engine is asked about.

    Attributes
    ----------
    gates : Points
        Entrances on edges, several a park; their legs are zero.
    park : (gates,) int64
        Which park each belongs to.
    tier : (parks,) int64
        0, 1 or 2.
    homes : Points
        Near edges: with a straight leg.
    one_more : Points
        The entrances of a park that is added.
    scattered : (points, 2) float64
        Anywhere within 150 m of a street, to be snapped.
    """

    network: WalkNetwork
    gates: Points
    park: NDArray[np.int64]
    tier: NDArray[np.int64]
    homes: Points
    one_more: Points
    scattered: NDArray[np.float64]
    cutoff_m: float = CUTOFF_M

    @property
    def parks(self) -> int:
        """How many there are."""
        return len(self.tier)


def city_of(
    streets: WalkNetwork, *, parks: int = PARKS, homes: int = HOMES, scattered: int = SCATTERED, seed: int = SEED
) -> City:
    """Parks, homes and points on a network; the same seed gives the same, and tiers keep their shares."""
    random = np.random.default_rng(seed)
    gates, park = _gates(streets, parks + 1, random)
    known = park < parks
    sizes = np.maximum(np.rint(np.cumsum(TIER_PARKS) / sum(TIER_PARKS) * parks), (1, 2, 3))
    return City(
        network=streets,
        gates=network.select(gates, np.flatnonzero(known)),
        park=park[known],
        tier=np.digitize(random.permutation(parks), sizes[:2]),
        homes=_on_edges(streets, homes, random, longest_leg_m=60.0),
        one_more=network.select(gates, np.flatnonzero(~known)),
        scattered=_scattered(streets, scattered, random),
    )


def _gates(streets: WalkNetwork, parks: int, random: np.random.Generator) -> tuple[Points, NDArray[np.int64]]:
    """One to four entrances a park, on edges near each other."""
    middle = streets.node_xy[streets.edge_uv].mean(axis=1)
    first = _edges(streets, parks, random)
    near = cKDTree(middle).query_ball_point(middle[first], GATES_NEAR_M)
    count = random.integers(0, 4, parks)
    others = [random.choice(edges, size) for edges, size in zip(near, count, strict=True)]
    edge = np.concatenate([np.r_[one, rest] for one, rest in zip(first, others, strict=True)]).astype(np.int64)
    offset = random.uniform(0, 1, len(edge)) * streets.length_m[edge]
    return _points(edge, offset, np.zeros(len(edge))), np.repeat(np.arange(parks), count + 1)


def _on_edges(streets: WalkNetwork, count: int, random: np.random.Generator, *, longest_leg_m: float) -> Points:
    edge = _edges(streets, count, random)
    offset = random.uniform(0, 1, count) * streets.length_m[edge]
    return _points(edge, offset, random.uniform(0, longest_leg_m, count))


def _scattered(streets: WalkNetwork, count: int, random: np.random.Generator) -> NDArray[np.float64]:
    edge = _edges(streets, count, random)
    on = shapely.line_interpolate_point(streets.lines[edge], random.uniform(0, 1, count), normalized=True)
    angle, away = random.uniform(0, 2 * np.pi, count), random.uniform(0, 150, count)
    moved: NDArray[np.float64] = shapely.get_coordinates(on) + away[:, None] * np.c_[np.cos(angle), np.sin(angle)]
    return moved


def _edges(streets: WalkNetwork, count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Edges drawn by their length."""
    return random.choice(len(streets.length_m), count, p=streets.length_m / streets.length_m.sum())


def _points(edge: NDArray[np.int64], offset: NDArray[np.float64], leg: NDArray[np.float64]) -> Points:
    return Points(edge=edge, offset_m=offset, leg_m=leg, reason=np.full(len(edge), "", dtype=object))


def join(first: Points, then: Points) -> Points:
    """Both, one after the other."""
    fields = ("edge", "offset_m", "leg_m", "reason")
    return Points(*(np.concatenate([getattr(first, name), getattr(then, name)]) for name in fields))
