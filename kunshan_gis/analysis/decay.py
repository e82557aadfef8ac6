"""How much a place counts by the minutes it is away: weights of gravity and floating catchment measures.

Each is a frozen record of its parameters that is called with minutes and gives weights of zero or more; a record
reads as what it is (`NegativeExponential(beta_per_min=0.1)`), so that a result can state it. None of the numbers is
a standard's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kunshan_gis.analysis.coverage import TOLERANCE_M
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

Decay = Callable[[NDArray[np.float64]], NDArray[np.float64]]
TOLERANCE_MIN = TOLERANCE_M / 60.0
"""5 cm at 1 m/s: a place closer to a cutoff in minutes than this is exactly at it."""
_LEAST = 1e-100


@dataclass(frozen=True)
class Within:
    """1 within the cutoff (inclusive), else 0: everybody inside counts alike (2SFCA, cumulative opportunities)."""

    cutoff_min: float

    def __post_init__(self) -> None:
        _above_zero(cutoff_min=self.cutoff_min)

    def __call__(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: D102 - the class says it
        return (minutes <= self.cutoff_min + TOLERANCE_MIN).astype(np.float64)


@dataclass(frozen=True)
class Zones:
    """A weight per ring of minutes, 0 beyond the last (E2SFCA).

    Luo and Qi (2009) use rings of up to 10, 20 and 30 minutes by car with weights 1, 0.68, 0.22 (or 1, 0.42, 0.09,
    a sharper decay).
    """

    upto_min: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        _above_zero(**{f"upto_min[{i}]": edge for i, edge in enumerate(self.upto_min)})
        outward = all(a < b for a, b in pairwise(self.upto_min))
        falling = all(a >= b >= 0 for a, b in pairwise(self.weights)) and all(w >= 0 for w in self.weights)
        if not self.upto_min or len(self.upto_min) != len(self.weights) or not outward or not falling:
            raise ParameterError(
                Text(
                    f"圈层 {self.upto_min} 分钟、权重 {self.weights} 不成立；圈层由近及远，每圈一个权重，越远不得越大",
                    f"zones {self.upto_min} min with weights {self.weights} make no sense; "
                    "give rings from near to far, one weight each, never growing",
                )
            )

    def __call__(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: D102 - the class says it
        ring = np.searchsorted(np.array(self.upto_min) + TOLERANCE_MIN, minutes, side="left")
        return np.array([*self.weights, 0.0])[ring]


@dataclass(frozen=True)
class NegativeExponential:
    """exp(-beta t)."""

    beta_per_min: float

    def __post_init__(self) -> None:
        _above_zero(beta_per_min=self.beta_per_min)

    def __call__(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: D102 - the class says it
        return np.exp(-self.beta_per_min * minutes)


@dataclass(frozen=True)
class InversePower:
    """max(t, least)^-alpha; nobody is nearer than `least_min`, since a place at no distance would count without end."""

    alpha: float
    least_min: float = 1.0

    def __post_init__(self) -> None:
        _above_zero(alpha=self.alpha, least_min=self.least_min)

    def __call__(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: D102 - the class says it
        return np.maximum(minutes, self.least_min) ** -self.alpha


@dataclass(frozen=True)
class Gaussian:
    """exp(-t^2 / 2 sigma^2), which never reaches zero."""

    sigma_min: float

    def __post_init__(self) -> None:
        _above_zero(sigma_min=self.sigma_min)

    def __call__(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: D102 - the class says it
        return np.exp(-(minutes**2) / (2 * self.sigma_min**2))


@dataclass(frozen=True)
class GaussianCatchment:
    """From 1 at the door to 0 at the cutoff: (exp(-t^2 / 2 T^2) - exp(-1/2)) / (1 - exp(-1/2)), else 0 (Dai 2010)."""

    cutoff_min: float

    def __post_init__(self) -> None:
        _above_zero(cutoff_min=self.cutoff_min)

    def __call__(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: D102 - the class says it
        edge = np.exp(-0.5)
        weight: NDArray[np.float64] = (np.exp(-0.5 * (minutes / self.cutoff_min) ** 2) - edge) / (1 - edge)
        return np.maximum(weight, 0.0)


def weigh(decay: Decay, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights of a decay of any make, held to be numbers of zero or more; those too small to divide by are zero.

    Raises
    ------
    ParameterError
        A weight is negative, infinite or missing, or there is not one a pair.
    """
    weights = np.asarray(decay(minutes), dtype=np.float64)
    if weights.shape != minutes.shape or not np.isfinite(weights).all() or (weights < 0).any():
        raise ParameterError(
            Text(
                f"衰减函数 {decay} 须为每个分钟数给出一个有限且不为负的权重",
                f"decay {decay} must give one finite weight of zero or more for every minute given",
            )
        )
    return np.where(weights < _LEAST, 0.0, weights)


def _above_zero(**numbers: float) -> None:
    for name, number in numbers.items():
        if not np.isfinite(number) or number <= 0:
            raise ParameterError(Text(f"{name} = {number}：须大于 0", f"{name} = {number}: give a number above 0"))
