"""One figure of access a home: from walks to places by the method asked for.

The walks are a tidy table (`origin`, `destination`, `minutes`) with the pairs within the cutoff alone, or with the
nearest places alone where no cutoff is asked: never all homes by all places.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from kunshan_gis import analysis, network
from kunshan_gis.analysis import TOLERANCE_M, GaussianCatchment, NegativeExponential, Within, Zones
from kunshan_gis.analysis.requirements import at_ids
from kunshan_gis.errors import LayerSchemaError, ParameterError, Problem
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.places import called
from kunshan_gis.studies.supply import JOBS, PARKS, Supply
from kunshan_gis.studies.terms import AS_MEASURED

Method = Literal["nearest", "cumulative", "gravity", "2sfca", "e2sfca", "gaussian", "m2sfca", "bfca", "proximity"]
METHODS: tuple[Method, ...] = get_args(Method)
TIMES = ("nearest", "proximity")
"""Methods whose figure is a time: less is better, and who reaches nothing has none."""
SHARED = ("2sfca", "e2sfca", "gaussian", "m2sfca", "bfca")
"""Methods in which all who reach a place share its capacity."""
RINGS = (1 / 3, 2 / 3, 1.0)
RING_WEIGHTS = (1.0, 0.68, 0.22)
"""Rings of E2SFCA as parts of the cutoff, and their weights (Luo and Qi 2009, there by car): an assumption, stated."""


@dataclass(frozen=True)
class Question:
    """What is asked of the walks.

    Attributes
    ----------
    minutes : float or None
        The cutoff, inclusive; None where the nearest is asked for, however far.
    k : how many of the nearest (`nearest`, `proximity`)
    half_min : a place this many minutes away counts half (`gravity`)
    by_capacity : what places hold is added up, and not the places (`cumulative`, `gravity`)
    """

    method: Method
    minutes: float | None
    k: int = 1
    half_min: float = 5.0
    by_capacity: bool = False

    @property
    def decay(self) -> Any:
        """How much a place counts by the minutes it is away; None where it counts or does not."""
        if self.method in (*TIMES, "cumulative") or self.minutes is None:
            return None
        if self.method == "gravity":
            return NegativeExponential(beta_per_min=log(2.0) / self.half_min)
        if self.method == "2sfca":
            return Within(self.minutes)
        if self.method == "e2sfca":
            return Zones(tuple(round(part * self.minutes, 6) for part in RINGS), RING_WEIGHTS)
        return GaussianCatchment(self.minutes)

    def unit(self, place: str) -> str:
        """What the figure is counted in: min, places, m2, jobs, capacity, and these per person where shared."""
        if self.method in TIMES:
            return "min"
        held = {PARKS: "m2", JOBS: "jobs"}.get(place, "capacity")
        if self.method in SHARED:
            return f"{held}_per_person"
        return held if self.by_capacity else "places"


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks from homes to places.

    Attributes
    ----------
    costs : DataFrame
        `origin`, `destination`, `minutes`; the ids of homes and places.
    measurable : Series of bool, indexed by home id
    table : DataFrame
        The places: `id`, `name`, `place` (what kind), `capacity` (NaN where not stated).
    """

    costs: pd.DataFrame
    measurable: pd.Series
    table: pd.DataFrame


def walks_within(measuring: Measuring, place: str, minutes: float) -> Walks:
    """All walks to the places of one kind that take no longer, inclusive to 5 cm."""
    points, owner = measuring.doors(place, AS_MEASURED)
    table, speed = table_of(measuring, place), measuring.walk.speed_mps
    found = network.reach(
        measuring.net(AS_MEASURED), measuring.placed("people", AS_MEASURED), points, owner,
        cutoff_m=minutes * 60.0 * speed + TOLERANCE_M, origin_ids=_home_ids(measuring),
        destination_ids=table["id"].to_numpy()[: int(owner.max(initial=-1)) + 1],
    )  # fmt: skip
    costs = found.costs(speed_mps=speed)[["origin", "destination", "minutes"]]
    inside = costs["minutes"] <= minutes + TOLERANCE_M / speed / 60.0
    return Walks(costs[inside].reset_index(drop=True), measurable_homes(measuring), table)


def walks_to_nearest(measuring: Measuring, place: str, k: int, minutes: float | None) -> Walks:
    """The walks to the k nearest places of one kind, however far unless `minutes` end them."""
    points, owner = measuring.doors(place, AS_MEASURED)
    table, speed = table_of(measuring, place), measuring.walk.speed_mps
    limit = inf if minutes is None else minutes * 60.0 * speed + TOLERANCE_M
    found = network.k_nearest(
        measuring.net(AS_MEASURED), measuring.placed("people", AS_MEASURED), points, owner, k=k, cutoff_m=limit
    )
    costs = pd.DataFrame(
        {
            "origin": _home_ids(measuring)[found["origin"].to_numpy()],
            "destination": table["id"].to_numpy()[found["destination"].to_numpy()],
            "minutes": (found["metres"] / speed + found["delay_s"]) / 60.0,
        }
    )
    inside = costs["minutes"] <= (inf if minutes is None else minutes + TOLERANCE_M / speed / 60.0)
    return Walks(costs[inside].reset_index(drop=True), measurable_homes(measuring), table)


def table_of(measuring: Measuring, place: str) -> pd.DataFrame:
    """The places of one kind with what they hold: m2 of parks, jobs, the stated capacity of facilities."""
    places: Supply = measuring.supply(place)
    table = places.table
    column = {PARKS: "area_m2", JOBS: "jobs"}.get(place, "capacity")
    held = table[column].astype(float) if column in table else pd.Series(np.nan, index=table.index)
    name = table["name"] if "name" in table else pd.Series(None, index=table.index, dtype=object)
    return pd.DataFrame({"id": table["id"], "name": name.fillna(table["id"]), "place": place, "capacity": held})


def measurable_homes(measuring: Measuring) -> pd.Series:
    """Whether each home is on the network, by its id."""
    placed = measuring.placed("people", AS_MEASURED).placed
    return pd.Series(placed, index=pd.Index(_home_ids(measuring), name="id"), name="measurable")


def value_of(question: Question, walks: Walks, people: pd.Series) -> pd.Series:
    """The figure of every home, indexed by its id; NaN where there is none.

    Raises
    ------
    LayerSchemaError
        Capacity is shared out or added up, and places do not state theirs; lists them.
    """
    costs, there, method = walks.costs, walks.measurable, question.method
    if method == "nearest":
        return analysis.nearest_k(costs, there, k=question.k)
    weighed = question.by_capacity or method in SHARED
    if weighed:
        require_capacity(walks.table)
    held = walks.table.set_index("id")["capacity"] if weighed else pd.Series(1.0, index=walks.table["id"])
    if method == "cumulative":
        return analysis.cumulative(costs, held, there, cutoffs_min=[float(question.minutes or 0.0)]).iloc[:, 0]
    if method == "gravity":
        return analysis.gravity(costs, held, there, decay=question.decay)
    shared = {"m2sfca": analysis.modified_two_step, "bfca": analysis.balanced}.get(method, analysis.floating_catchment)
    return shared(costs, people, held, there, decay=question.decay)


def require_capacity(table: pd.DataFrame) -> None:
    """Every place must say how much it holds.

    Raises
    ------
    LayerSchemaError
        Lists those that do not, and what to ask instead.
    """
    without = table[table["capacity"].isna()]
    if not len(without):
        return
    place = str(table["place"].iloc[0])
    kind = place if place in KINDS else "facilities"
    what = Text(
        f"{len(table)} 处中 {len(without)} 处没有容量（capacity）",
        f"{len(without)} of {len(table)} state no capacity",
    )
    count = Text(
        "按处数计：--method nearest，或 cumulative、gravity 加 --weight places",
        "count the places: --method nearest, or cumulative or gravity with --weight places",
    )
    remedy = Text(
        f"补上 capacity（学位、床位等），或{count.zh}",
        f"fill in capacity (places, beds), or {count.en}",
    )
    if place in KINDS:
        remedy = count
    name = called(place)
    raise LayerSchemaError(
        Text(f"{name.zh}没有容量，无法分摊", f"{name.en} without capacity cannot be shared out"),
        [Problem(f"{kind} `{place}`", at_ids(what, without["id"]), remedy)],
    )


def require_enough(measuring: Measuring, place: str, k: int) -> None:
    """There must be as many places as are asked for.

    Raises
    ------
    ParameterError
        There are fewer, or `k` is not above zero.
    """
    number = len(measuring.supply(place).table)
    if not 1 <= k <= number:
        name = called(place)
        raise ParameterError(
            Text(
                f"k = {k}：{name.zh}共 {number} 处，k 取 1 至 {number}",
                f"k = {k}: there are {number} of {name.en}; give k from 1 to {number}",
            )
        )


def _home_ids(measuring: Measuring) -> np.ndarray[Any, np.dtype[np.object_]]:
    ids: np.ndarray[Any, np.dtype[np.object_]] = measuring.area.table("homes")["id"].to_numpy(dtype=object)
    return ids
