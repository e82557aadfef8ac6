"""How evenly a figure of access is spread over residents, between zones and between groups."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from kunshan_gis import analysis
from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.model import StudyArea

AGES = ("pop_0_14", "pop_60_plus")
NOBODY_HAS_ONE = Text("没有居民有此数值，无从比较", "no resident has a figure: there is nothing to compare")
LORENZ_POINTS = 101
"""A point a hundredth of the residents."""
_CURVE = ["share_people", "share_value"]
_PARTS = ["group", "people", "mean", "share_value", "theil", "between", "within"]


def equity(value: pd.Series, people: pd.Series, zone: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Gini, Theil and Palma as a long table, the Lorenz curve, and Theil's parts by zone.

    Residents without a figure are left out and counted (`left_out`). Where nobody has any, or nobody lives, the
    figures are NaN and say why.
    """
    known = value.notna()
    own, number = value[known], people[known]
    left = int(people[~known].sum())
    try:
        found = analysis.theil(own, number, zone[known])
        gini, palma = analysis.gini(own, number), analysis.palma(own, number)
        figures = {
            "gini": gini, "theil": found.total, "theil_between": found.between, "theil_within": found.within,
            "palma": palma,
        }  # fmt: skip
        curve, parts, reason = analysis.lorenz(own, number), found.groups.reset_index(), NOTHING
    except ParameterError as error:
        figures = dict.fromkeys(("gini", "theil", "theil_between", "theil_within", "palma"), np.nan)
        curve, parts, reason = pd.DataFrame(columns=_CURVE), pd.DataFrame(columns=_PARTS), error.message
        reason = NOBODY_HAS_ONE if left and not number.sum() else reason
    table = pd.DataFrame(
        {
            "measure": list(figures), "value": list(figures.values()), "people": int(number.sum()), "left_out": left,
            "reason": reason.zh, "reason_en": reason.en,
        }
    )  # fmt: skip
    return table, _hundredths(curve), parts.rename(columns={"group": "unit_id"})


def _hundredths(curve: pd.DataFrame) -> pd.DataFrame:
    """The curve at every hundredth of the residents, straight between its points."""
    if not len(curve):
        return curve
    at = np.linspace(0.0, 1.0, LORENZ_POINTS)
    return pd.DataFrame({"share_people": at, "share_value": np.interp(at, curve["share_people"], curve["share_value"])})


def chosen_groups(area: StudyArea, asked: Sequence[str]) -> tuple[str, ...]:
    """The columns of the homes that count residents of a group: those asked for, else those of age there are.

    Raises
    ------
    ParameterError
        There is no such column of whole numbers; lists those there are.
    """
    homes = area.table("homes")
    counts = [
        str(name) for name in homes.columns
        if name not in ("population", homes.geometry.name) and _whole_numbers(homes[name])
    ]  # fmt: skip
    unknown = [name for name in asked if name not in counts]
    if unknown:
        names, there = ", ".join(unknown), ", ".join(counts) or "—"
        raise ParameterError(
            Text(
                f"居住人口点没有人数列 {names}；可选：{there}。可用 layers add 为居住人口点补上分组人数",
                f"the homes have no column of people {names}; there are: {there}. Add the groups to the homes layer",
            )
        )
    return tuple(dict.fromkeys(asked)) or tuple(name for name in AGES if name in counts)


def _whole_numbers(column: pd.Series) -> bool:
    if is_integer_dtype(column):
        return True
    number = pd.to_numeric(column, errors="coerce") if column.dtype == float else pd.Series([np.nan])
    return bool(number.notna().any() and (number.dropna() % 1 == 0).all())


def gaps_between(area: StudyArea, homes: gpd.GeoDataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """The mean figure of each group beside that of all residents.

    Ages are held against the residents together, other groups each by itself, since they may overlap.

    Raises
    ------
    LayerSchemaError
        A group is not known in every home, or more than its residents: by the homes' ids.
    """
    table = area.table("homes")
    counts = pd.DataFrame({name: table[name].to_numpy() for name in groups}, index=pd.Index(table["id"], name="id"))
    people = pd.Series(homes["population"].to_numpy(), index=counts.index)
    value = pd.Series(homes["value"].to_numpy(), index=counts.index)
    ages = [name for name in groups if name in AGES]
    parts = [*([ages] if ages else []), *([name] for name in groups if name not in AGES)]
    for part in parts:
        analysis.require_groups(people, counts[part])
    known = value.notna()
    if not people[known].sum():
        return pd.DataFrame(columns=["group", "people", "mean", "difference", "ratio"])
    found = [analysis.gaps(value[known], people[known], counts.loc[known, part]).reset_index() for part in parts]
    joined: pd.DataFrame = pd.concat(found, ignore_index=True).drop_duplicates("group", ignore_index=True)
    return joined
