"""Homes as reviewers know them: by estate, and what lies in none by community, town, or home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis import UNASSIGNED, estate_of, town_of
from kunshan_gis.messages import NOTHING, Text, text
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.units import nearest_community

ESTATE, HOME = "estate", "home"


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of homes, every home in one.

    Attributes
    ----------
    table : DataFrame
        One row a group, in the order of ids: `id`, `kind` (estate, community, town, home), `name`, `name_en`, `town`,
        `town_en`, `people`.
    row : (homes,) int
        Row of the group each home belongs to.
    """

    table: pd.DataFrame
    row: NDArray[np.int64]

    def sums(self, amount: NDArray[np.float64]) -> NDArray[np.int64]:
        """Whole people of each group."""
        return np.rint(np.bincount(self.row, weights=amount, minlength=len(self.table))).astype(np.int64)


def groups_of(area: StudyArea) -> Groups:
    """The homes of a study area as groups.

    A home belongs to the estate it names, else the one it lies in. Where there are estates, homes in none are grouped
    by the nearest community, else by town, so that nobody is dropped; where there are none, every home is one row.
    """
    return area.remember("reviewed groups", ["homes", "estates", "communities", "towns"], None, lambda: _groups(area))


def _groups(area: StudyArea) -> Groups:
    homes = area.table("homes")
    kind, key = _belonging(area, homes)
    ids = np.array([one if of == ESTATE else f"{of}:{one}" for of, one in zip(kind, key, strict=True)], dtype=object)
    different, first, row = np.unique(ids.astype(str), return_index=True, return_inverse=True)
    people = homes["population"].to_numpy(dtype=float)
    table = pd.DataFrame({"id": different.astype(object), "kind": kind[first]})
    names = _names(area)
    said = [names(of, one) for of, one in zip(kind[first], key[first], strict=True)]
    table["name"], table["name_en"] = [one.zh for one in said], [one.en for one in said]
    towns = _town_of_most(area, homes, row, people)
    table["town"], table["town_en"] = [one.zh for one in towns], [one.en for one in towns]
    groups = Groups(table, row.astype(np.int64))
    table["people"] = groups.sums(people)
    return groups


def _belonging(area: StudyArea, homes: gpd.GeoDataFrame) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Of every home the kind of its group and the id of the estate, community, town or home it is."""
    kind, key = np.full(len(homes), HOME, dtype=object), homes["id"].to_numpy(dtype=object).copy()
    if not area.has("estates"):
        return kind, key
    for name, ids in _parents(area, homes):
        found = (kind == HOME) & (ids != UNASSIGNED).to_numpy()
        kind[found], key[found] = name, ids.to_numpy(dtype=object)[found]
    return kind, key


def _parents(area: StudyArea, homes: gpd.GeoDataFrame) -> Iterator[tuple[str, pd.Series]]:
    estates = area.table("estates")
    own = estate_of(homes, estates)
    yield ESTATE, own.where(own.isin(estates["id"]), UNASSIGNED)
    if area.has("communities"):
        yield "community", nearest_community(area, homes.geometry)
    if area.has("towns"):
        yield "town", town_of(homes, area.table("towns"))


def _names(area: StudyArea) -> Callable[[str, str], Text]:
    """Names by kind and id; what lies in no estate is said to."""
    tables = {ESTATE: "estates", "community": "communities", "town": "towns"}
    names = {kind: _named(area.optional(table)) for kind, table in tables.items()}

    def said(kind: str, key: str) -> Text:
        name = names.get(kind, {}).get(key, Text(key, key))
        return name if kind in (ESTATE, HOME) else text("review_around", name=name)

    return said


def _named(table: gpd.GeoDataFrame | None) -> dict[str, Text]:
    """The names of features by id; a feature without one is called by its id."""
    if table is None or "name" not in table:
        return {}
    zh = table["name"].fillna(table["id"])
    en = table["name_en"].fillna(zh) if "name_en" in table else zh
    return {key: Text(str(one), str(other)) for key, one, other in zip(table["id"], zh, en, strict=True)}


def _town_of_most(
    area: StudyArea, homes: gpd.GeoDataFrame, row: NDArray[np.int64], people: NDArray[np.float64]
) -> list[Text]:
    """The town most residents of each group live in; nothing where there are no towns."""
    groups = int(row.max()) + 1 if len(row) else 0
    if not area.has("towns"):
        return [NOTHING] * groups
    towns = pd.DataFrame({"group": row, "town": town_of(homes, area.table("towns")).to_numpy(), "people": people})
    totals = towns.groupby(["group", "town"])["people"].sum().reset_index()
    most = totals.sort_values(["group", "people", "town"], ascending=[True, False, True]).drop_duplicates("group")
    names = {UNASSIGNED: text("unassigned")} | _named(area.table("towns"))
    return [names.get(town, Text(town, town)) for town in most["town"]]
