"""One way of measuring, and the others a planner could have taken: what a sensitivity interval spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from kunshan_gis.messages import Text, known, text
from kunshan_gis.standards import SensitivityProfile


@dataclass(frozen=True)
class Terms:
    """How a figure is measured; the defaults are how the toolkit measures.

    Attributes
    ----------
    speed_mps : float or None
        Pace of rules in minutes; None is the walking profile's.
    farther : float
        Factor on every distance.
    snapping : `edge` or `junction`
        Where on the street network homes and places are put.
    entrances : rungs of `network.ACCESS_SOURCES` for parks; empty is the whole ladder
    without : classes of street nobody walks
    park_floor_m2 : float or None
        Smallest park that counts, in place of the rule's own.
    coarse : what becomes of places known less well than a third of the distance
        `given`: taken as drawn; `out`: left out; `near`: as near as their error allows.
    unknown : `apart` or `covered`
        What is not measurable stays apart, or counts as covered.
    """

    speed_mps: float | None = None
    farther: float = 1.0
    snapping: Literal["edge", "junction"] = "edge"
    entrances: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    park_floor_m2: float | None = None
    coarse: Literal["given", "out", "near"] = "given"
    unknown: Literal["apart", "covered"] = "apart"


AS_MEASURED = Terms()


class Variant(NamedTuple):
    """Another way of measuring, and what it is called."""

    key: str
    said: Text
    terms: Terms


def variants(profile: SensitivityProfile, base: Terms = AS_MEASURED) -> tuple[Variant, ...]:
    """Every other way of measuring, one thing changed at a time, in a fixed order."""
    return tuple(_variants(profile, base))


def _variants(profile: SensitivityProfile, base: Terms) -> Iterator[Variant]:
    for speed in profile.speed_mps:
        yield Variant(f"speed_{speed:g}", text("variant_speed", speed=f"{speed:g}"), replace(base, speed_mps=speed))
    for factor in profile.farther:
        said = text("variant_farther", percent=f"{(factor - 1) * 100:+.0f}".replace("-", "−"))
        yield Variant(f"farther_{factor:g}", said, replace(base, farther=factor))
    for snapping in profile.snapping:
        yield Variant(f"snapping_{snapping}", text(f"variant_{snapping}"), replace(base, snapping=snapping))
    for rung in profile.park_entrances:
        yield Variant(f"entrances_{rung}", text(f"variant_{rung}"), replace(base, entrances=(rung,)))
    for classes in profile.without_classes:
        said = text("variant_without", classes=_named_ways(classes))
        yield Variant("without_" + "_".join(classes), said, replace(base, without=classes))
    for floor in profile.park_floor_m2:
        said = text("variant_floor", area=f"{floor:,.0f}")
        yield Variant(f"park_floor_{floor:g}", said, replace(base, park_floor_m2=floor))
    yield Variant("coarse_out", text("variant_coarse_out"), replace(base, coarse="out"))
    yield Variant("coarse_near", text("variant_coarse_near"), replace(base, coarse="near"))
    yield Variant("unknown_covered", text("variant_unknown"), replace(base, unknown="covered"))


def _named_ways(classes: Iterable[str]) -> Text:
    """Classes of street by their names, else as the layer writes them."""
    names = [known(name, prefix="way_") for name in classes]
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
