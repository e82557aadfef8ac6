"""Which ways walkers may use: one versioned rule, in words and as data. Reasons: docs/walking-filter.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class WalkFilter:
    """The rule that decides `walkable` from OpenStreetMap tags.

    Attributes
    ----------
    version : str
        Changes whenever any other field does.
    zh, en : str
        The rule in words, printed with every result.
    open : tuple of str
        highway=* that walkers may use unless a tag closes it.
    signed : tuple of str
        highway=* that walkers may use only where `foot`, a sidewalk or `segregated` says so. All others are closed.
    foot_yes, foot_no, access_no : tuple of str
        Values of foot=* that open, values that close, and values of access=* that close where foot=* does not open.
    sidewalk_yes : tuple of str
        Values of sidewalk=* (and :left, :right, :both) that open a signed way.
    """

    version: str
    zh: str
    en: str
    open: tuple[str, ...]
    signed: tuple[str, ...]
    foot_yes: tuple[str, ...]
    foot_no: tuple[str, ...]
    access_no: tuple[str, ...]
    sidewalk_yes: tuple[str, ...]


WALK_FILTER = WalkFilter(
    version="walk-1",
    zh=(
        "walk-1：除高速公路外的城乡道路、街巷、人行道、台阶、小径均可步行；快速路与干线公路（trunk）、自行车道、马道、"
        "站台、公交专用道仅在标有行人可通行或设人行道时计入；在建、规划、禁止行人或私有的道路不计；步行不受单行限制。"
    ),
    en=(
        "walk-1: every street, footway, path and flight of steps; trunk roads, cycleways, bridleways, platforms and "
        "busways only where tagged for walkers or with a sidewalk; no motorways, nothing under construction or "
        "planned, nothing private or closed to walkers; one-way signs do not bind walkers."
    ),
    open=(
        "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified",
        "residential", "residential_link", "living_street", "road", "service", "track", "pedestrian", "footway",
        "path", "steps", "corridor", "elevator", "crossing",
    ),
    signed=("trunk", "trunk_link", "cycleway", "bridleway", "platform", "busway"),
    foot_yes=("yes", "designated", "permissive", "official", "public", "destination", "customers"),
    foot_no=("no", "private", "use_sidepath", "agricultural", "forestry", "delivery", "emergency"),
    access_no=("no", "private", "agricultural", "forestry", "delivery", "emergency", "military", "permit", "residents"),
    sidewalk_yes=("both", "left", "right", "yes", "left;right", "right;left"),
)  # fmt: skip


def is_walkable(streets: pd.DataFrame, rule: WalkFilter = WALK_FILTER) -> pd.Series:
    """True for each way that walkers may use.

    Parameters
    ----------
    streets : DataFrame
        One row a way: `class` (the highway=* value) and, where tagged, `foot`, `access`, `motorroad`, `segregated`,
        `sidewalk`, `sidewalk_both`, `sidewalk_left`, `sidewalk_right`. A column that is missing counts as untagged.

    Returns
    -------
    Series of bool
        Named `walkable`, indexed like `streets`.
    """

    def tagged(name: str, values: tuple[str, ...]) -> np.ndarray:
        if name not in streets.columns:
            return np.zeros(len(streets), dtype=bool)
        return np.asarray(streets[name].isin(values), dtype=bool)

    sides = ("sidewalk", "sidewalk_both", "sidewalk_left", "sidewalk_right")
    invited = tagged("foot", rule.foot_yes)
    beside = np.logical_or.reduce([tagged(side, rule.sidewalk_yes) for side in sides])
    shared = tagged("class", ("cycleway",)) & tagged("segregated", ("yes", "no"))
    barred = tagged("foot", rule.foot_no) | (
        ~invited & (tagged("access", rule.access_no) | tagged("motorroad", ("yes",)))
    )
    may = tagged("class", rule.open) | (tagged("class", rule.signed) & (invited | beside | shared))
    return pd.Series(may & ~barred, index=streets.index, name="walkable", dtype=bool)
