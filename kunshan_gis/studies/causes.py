"""Why a figure is another in a second study area: one differing layer at a time taken into the first.

What the layers change together beyond the sum of what each changes alone is given apart, as `together`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from kunshan_gis.analysis import turnover
from kunshan_gis.errors import KunshanGISError
from kunshan_gis.model import Layer, Progress, StudyArea, silent
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.asked import Asked
from kunshan_gis.studies.changes import Changes, compare, footprint
from kunshan_gis.studies.compare_rules import Pair, homes_under, value_of
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.rule_figures import kinds_of

Why = Literal["data", "city", "parameters", "together"]
CAUSES = ("profile", "indicator", "cause", "why", "difference", "gained", "lost")
PARAMETERS, TOGETHER = "parameters", "together"
TOGETHER_KINDS = (("parks", "park_gates"), ("stations", "entrances"), ("towns", "zone_towns", "zones"))
"""Layers that name each other's features: one without the other says nothing."""


@dataclass(frozen=True)
class Difference:
    """Layers of which the second area has others.

    Attributes
    ----------
    kinds : that differ, those that name each other's features together
    why : `data`: the same date, revised, or a layer that came or went; `city`: another date, another status of
        features, or a scenario's edit
    """

    kinds: tuple[str, ...]
    why: Why

    @property
    def name(self) -> str:
        """The kinds in a line."""
        return "+".join(self.kinds)


def differences(before: StudyArea, after: StudyArea) -> tuple[Difference, ...]:
    """Every layer that differs in content or description, in the order of the kinds."""
    differ = [kind for kind in KINDS if _content(before, kind) != _content(after, kind)]
    groups = [tuple(kind for kind in group if kind in differ) for group in TOGETHER_KINDS]
    grouped = {kind: group for group in groups for kind in group}
    found = dict.fromkeys(grouped.get(kind, (kind,)) for kind in differ)
    return tuple(Difference(kinds, _why(before, after, kinds)) for kinds in found)


def _content(area: StudyArea, kind: str) -> tuple[object, ...] | None:
    if not area.has(kind):
        return None
    layer = area.layer(kind)
    return layer.digest, layer.info.basis, layer.info.accuracy_m, layer.info.date


def _why(before: StudyArea, after: StudyArea, kinds: Sequence[str]) -> Why:
    for kind in kinds:
        if not (before.has(kind) and after.has(kind)):
            continue
        old, new = before.layer(kind), after.layer(kind)
        if new.edits != old.edits or old.info.date != new.info.date or "status" in layer_changes(old, new).values:
            return "city"
    return "data"


def layer_changes(before: Layer, after: Layer) -> Changes:
    """What changed in a layer, feature by feature."""
    kind = after.info.kind
    return compare(footprint(before.table, kind), footprint(after.table, kind))


def with_layers(before: StudyArea, after: StudyArea, kinds: Sequence[str]) -> StudyArea:
    """The first area with some layers of the second."""
    layers = {name: layer for name, layer in before.layers.items() if layer.info.kind not in kinds}
    for layer in after.layers.values():
        if layer.info.kind in kinds:
            taken = _called(layer, layers)
            layers[taken.info.name] = taken
    edits = tuple(edit for edit in before.edits if edit.kind not in kinds)
    edits += tuple(edit for edit in after.edits if edit.kind in kinds)
    return replace(before, layers=layers, edits=edits)


def _called(layer: Layer, others: Mapping[str, Layer]) -> Layer:
    """The layer under a name that no other has."""
    name = layer.info.name
    while name in others:
        name += "+"
    if name == layer.info.name:
        return layer
    info = layer.info.model_copy(update={"name": name})
    return replace(layer, info=info, original=layer.original and replace(layer.original, info=info))


def causes(
    before: StudyArea,
    after: StudyArea,
    pairs: Sequence[Pair],
    found: Sequence[Difference],
    *,
    progress: Progress = silent,
) -> pd.DataFrame:
    """How much of each rule's difference each differing layer explains.

    Returns
    -------
    DataFrame, a row a rule and cause, the largest difference first
        `profile`, `indicator`, `cause` (kinds of layers, `parameters`, `together`), `why`, `difference` (after minus
        before in the figure's own unit; NaN where it cannot be measured alone), `gained` and `lost` (people; NaN for
        rules that are not about residents in reach). The differences of a rule add up to its whole.
    """
    rows = []
    for done, pair in enumerate(pairs):
        progress("comparing", done, len(pairs))
        rows += list(_causes_of(pair, before, after, found))
    progress("comparing", len(pairs), len(pairs))
    return pd.DataFrame(rows, columns=CAUSES)


def _causes_of(
    pair: Pair, before: StudyArea, after: StudyArea, found: Sequence[Difference]
) -> Iterator[tuple[object, ...]]:
    one, other = pair
    concerned = [each for each in found if set(each.kinds) & {*kinds_of(one.rule), *kinds_of(other.rule)}]
    base, whole = value_of(before, one), value_of(after, other)
    alone = [_Alone(each.name, each.why, with_layers(before, after, each.kinds), one) for each in concerned]
    if one.rule != other.rule or one.profile.walk != other.profile.walk:
        alone.append(_Alone(PARAMETERS, "parameters", before, other))
    effects = [(cause, _effect(one, cause, before, base)) for cause in alone]
    for cause, effect in sorted(effects, key=lambda found: -np.nan_to_num(abs(found[1][0]))):
        if effect[0] != 0 or np.nan_to_num(effect[1:]).any():
            yield (*pair.key, cause.name, cause.why, *effect)
    explained = sum(np.nan_to_num(effect[0]) for _, effect in effects)
    if abs(rest := whole - base - explained) > _NOTHING:
        yield (*pair.key, TOGETHER, TOGETHER, rest, np.nan, np.nan)


class _Alone(NamedTuple):
    """One difference taken into the first area: what it is called, and what is measured then."""

    name: str
    why: Why
    area: StudyArea
    rule: Asked


_NOTHING = 1e-12


def _effect(one: Asked, cause: _Alone, before: StudyArea, base: float) -> tuple[float, float, float]:
    """Difference of the figure, people gaining, people losing; NaN what cannot be measured."""
    try:
        difference = value_of(cause.area, cause.rule) - base
    except KunshanGISError:  # streets of one year may not carry the parks of another
        return np.nan, np.nan, np.nan
    try:
        people = turnover(homes_under(before, one), homes_under(cause.area, cause.rule))[["gained", "lost"]].sum()
    except (KunshanGISError, NotThereError):
        return difference, np.nan, np.nan
    return difference, float(people["gained"]), float(people["lost"])
