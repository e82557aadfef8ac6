"""Whether two engines give the same answer, and how far apart they are where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from benchmarks.city import City
from benchmarks.question import Array, Coverage, Reached

Verdict = tuple[bool, str]
IOU = 0.995
"""From here on an area is the same."""


def compare(work: str, city: City, answer: Any, oracle: Any, *, tolerance_m: float, up_to_m: float = np.inf) -> Verdict:
    """Whether an answer is the oracle's within the tolerance, and what to say of it."""
    compares: dict[str, Callable[[], Verdict]] = {
        "nearest": lambda: _distances(answer, oracle, tolerance_m, up_to_m),
        "tiers": lambda: _distances(answer, oracle, tolerance_m, np.inf),
        "searches": lambda: _reached(answer, oracle, tolerance_m, city.cutoff_m),
        "counts": lambda: _counts(answer, oracle, tolerance_m),
        "add_park": lambda: _coverage(answer, oracle, tolerance_m),
        "snap": lambda: _snapped(city, answer, oracle, tolerance_m),
        "polygons": lambda: _areas(answer, oracle),
    }
    return compares[work]()


def _distances(answer: Array, oracle: Array, tolerance_m: float, up_to_m: float) -> Verdict:
    """Unreached in both, or as far; beyond `up_to_m` nothing is asked, and at it a hair decides."""
    asked = (oracle < up_to_m - tolerance_m) if np.isfinite(up_to_m) else np.ones(oracle.shape, dtype=bool)
    answer, oracle = answer[asked], oracle[asked]
    both = np.isfinite(answer) & np.isfinite(oracle)
    apart = np.abs(answer[both] - oracle[both]).max(initial=0.0)
    differ = (np.isfinite(answer) != np.isfinite(oracle)).sum() + (
        np.abs(answer[both] - oracle[both]) > tolerance_m
    ).sum()
    return bool(differ == 0), f"{differ / max(len(answer), 1):.1%} differ, up to {apart:.3g} m" if differ else _close(
        apart
    )


def _close(apart: float) -> str:
    return f"within {apart:.2g} m" if apart else ""


def _reached(answer: Reached, oracle: Reached, tolerance_m: float, cutoff_m: float) -> Verdict:
    size = int(max(answer.node.max(initial=0), oracle.node.max(initial=0))) + 1
    ours, theirs = answer.park * size + answer.node, oracle.park * size + oracle.node
    _, a, b = np.intersect1d(ours, theirs, return_indices=True)
    apart = np.abs(answer.metres[a] - oracle.metres[b])
    known = apart[~np.isnan(apart)]
    near = cutoff_m - tolerance_m
    lost = int((oracle.metres[~np.isin(theirs, ours)] < near).sum())
    more = answer.metres[~np.isin(ours, theirs)]
    extra = int((~(more > near)).sum())
    same = lost + extra == 0 and bool((known <= tolerance_m).all())
    return same, _close(known.max(initial=0.0)) if same else f"{lost} junctions missing, {extra} too many"


def _counts(answer: Array, oracle: Array, tolerance_m: float) -> Verdict:
    """Equal for every home; where lengths are coarse, one home in a thousand may stand at the cutoff."""
    off = float((answer != oracle).mean())
    same = off == 0 or (tolerance_m > 1e-6 and off < 1e-3)
    return same, f"{off:.2%} of homes differ, {int(answer.sum()):,} for {int(oracle.sum()):,}" if off else ""


def _coverage(answer: Coverage, oracle: Coverage, tolerance_m: float) -> Verdict:
    same, said = _distances(answer.node_m, oracle.node_m, tolerance_m, np.inf)
    street = abs(answer.street_m - oracle.street_m)
    if answer.homes != oracle.homes or street > 1e-3:
        return False, f"{answer.homes:,} homes for {oracle.homes:,}; {street:.3g} m of street apart"
    return same, said


def _snapped(city: City, answer: Any, oracle: Any, tolerance_m: float) -> Verdict:
    """As near and at the same place; of edges equally near any will do."""
    legs = np.nan_to_num(answer[2], nan=-1.0), np.nan_to_num(oracle[2], nan=-1.0)
    apart = np.abs(legs[0] - legs[1])
    other = np.flatnonzero((answer[0] != oracle[0]) & (apart <= tolerance_m))
    both = np.flatnonzero((answer[0] == oracle[0]) & (answer[0] >= 0))
    lines = city.network.lines
    places = [shapely.line_interpolate_point(lines[one[0][both]], one[1][both]) for one in (answer, oracle)]
    moved = shapely.distance(*places)
    wrong = int((apart > tolerance_m).sum() + (moved > 1e-3).sum())
    said = f"{wrong} points elsewhere" if wrong else _close(float(apart.max(initial=0.0)))
    return wrong == 0, ", ".join(filter(None, [said, f"{len(other)} equally near edges" if len(other) else ""]))


def _areas(answer: Any, oracle: Any) -> Verdict:
    """Ninety-nine in a hundred at least as alike as asked: those of a few metres of street are all outline."""
    met = shapely.area(shapely.intersection(answer, oracle))
    iou = met / np.maximum(shapely.area(answer) + shapely.area(oracle) - met, 1e-9)
    said = f"IoU mean {iou.mean():.4f}, least {iou.min():.4f}, {(iou < IOU).sum()} of {len(iou)} below {IOU}"
    return bool((iou < IOU).mean() <= 0.01), said
