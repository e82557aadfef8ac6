"""The park system in words: sentences to read aloud, each with its numbers and what they are shares of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from kunshan_gis.figures import counted_with_unit, percent
from kunshan_gis.messages import NOTHING, Text, text
from kunshan_gis.readable import cell
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.systems.parks.asks import Asks
from kunshan_gis.studies.systems.parks.options import Options

Tables = Mapping[str, pd.DataFrame]


def findings(
    tables: Tables, asks: Asks, options: Options, *, minutes: float, demo: bool, counted: str
) -> tuple[Text, ...]:
    """What a planner would say of the tables, in order; nothing is said of what could not be measured.

    Parameters
    ----------
    minutes : of the study area's walk
    """
    say = _Words(demo=demo, counted=counted)
    parts = (
        _numbers(tables["parks_tiers"], asks, say), _sizes(tables["parks_tiers"], asks),
        _combined(tables["parks_overlap_of_tiers"], say), _beside(tables, options, say),
        _balance(tables["parks_balance"]), _next(tables["parks_next"], tables["parks_served"], say),
        _scenarios(tables["parks_scenarios"], minutes, say),
    )  # fmt: skip
    return tuple(one for part in parts for one in part)


class _Words:
    """Figures as they are rounded in the tables."""

    def __init__(self, *, demo: bool, counted: str) -> None:
        self.demo, self.counted = demo, counted

    def people(self, number: float) -> Text:
        return counted_with_unit(number, demo=self.demo, counted=self.counted)

    def share(self, value: float) -> str:
        return percent(value, demo=self.demo)

    def figure(self, column: str, value: float) -> Text:
        return cell(column, value, demo=self.demo, counted=self.counted)


def _numbers(tiers: pd.DataFrame, asks: Asks, say: _Words) -> Iterator[Text]:
    rows = tiers.set_index("tier")
    own = rows.drop(index=ALL)
    whole = rows.loc[ALL].to_dict()
    parts = [
        text("parks_said_tier_plan" if not math.isnan(row["park_plan"]) else "parks_said_tier",
             tier=text(f"parks_tier_{tier}"), parks=f"{row['parks']:,.0f}", plan=f"{row['park_plan']:,.0f}")
        for tier, row in own.iterrows()
    ]  # fmt: skip
    listed = _joined(parts, "，", "; ") if parts else text("parks_said_no_tier")
    yield text("parks_said_numbers", parks=f"{whole['parks']:,.0f}", listed=listed, area=_area(whole, asks, say))


def _area(whole: Mapping[Any, Any], asks: Asks, say: _Words) -> Text:
    """Hectares, and square metres per resident beside what the standard asks for; nothing without homes."""
    if math.isnan(whole["park_once_per_person"]):
        return NOTHING
    ha = say.figure("park_ha", whole["park_once_ha"])
    each = say.figure("park_m2_per_person", whole["park_once_per_person"])
    rule = asks.per_person.get(ALL)
    if rule is None or rule.target is None:
        return text("parks_said_area", ha=ha, each=each)
    return text(
        "parks_said_area_target", ha=ha, each=each, standard=asks.standard_of(rule), target=f"{rule.target:g}",
        relation=rule.relation.replace(">=", "≥"),
    )  # fmt: skip


def _sizes(tiers: pd.DataFrame, asks: Asks) -> Iterator[Text]:
    parts = []
    for row in tiers[tiers["tier"] != ALL].to_dict(orient="records"):
        if not row["parks"] or math.isnan(row["park_too_small"]):
            continue
        least = asks.limits[row["tier"]].at_least_m2
        parts.append(text(
            "parks_said_small", tier=text(f"parks_tier_{row['tier']}"), small=f"{row['park_too_small']:,.0f}",
            parks=f"{row['parks']:,.0f}", least=_size(least),
        ))  # fmt: skip
    idle = int(tiers.loc[tiers["tier"] == ALL, "park_serves_nobody"].iloc[0])
    if parts:
        least = min(band.from_m2 for band in asks.bands)
        yield text("parks_said_sizes", listed=_joined(parts), idle=f"{idle:,}", least=_size(least))


def _size(area_m2: float) -> Text:
    if area_m2 >= 10_000:
        return text("parks_said_ha", size=f"{area_m2 / 10_000:g}")
    return text("parks_said_m2", size=f"{area_m2:,.0f}")


def _combined(table: pd.DataFrame, say: _Words) -> Iterator[Text]:
    if not len(table):
        return
    whole = int(table["population"].sum())
    by_number = table[table["combination"] != "not_measurable"].groupby("park_tiers_count")["population"].sum()
    known = table.set_index("combination")["population"]
    pocket = known.get("pocket", 0)
    if whole:
        yield text(
            "parks_said_combined", all=say.people(whole), none=say.share(known["none"] / whole),
            one=say.share(by_number.get(1, 0) / whole), pocket=say.share(pocket / whole),
            several=say.share(by_number[by_number.index > 1].sum() / whole),
        )  # fmt: skip


def _beside(tables: Tables, options: Options, say: _Words) -> Iterator[Text]:
    ways, beside = tables["parks_ways"].set_index("reach_way"), tables["parks_sight_door"]
    if not len(beside) or not ways["population"].max():
        return
    sees, enters = (_span(ways.loc[way].to_dict(), say) for way in ("sight_green", "door"))
    only = beside.set_index("sees_enters")["population"]["sees"]
    yield text(
        "parks_said_beside", all=say.people(float(ways["population"].max())), metres=f"{options.sight_m:g}",
        minutes=f"{options.door_minutes:g}", sees=sees, enters=enters, only=say.people(float(only)),
    )  # fmt: skip


def _balance(table: pd.DataFrame) -> Iterator[Text]:
    rows = table.set_index("balance")
    if f"m2_{ALL}" not in rows.index or not isinstance(rows.loc[f"m2_{ALL}", "balance_best"], str):
        return
    row: Any = rows.loc[f"m2_{ALL}"]
    if math.isnan(row["park_gini"]):
        return
    yield text(
        "parks_said_balance", units=f"{row['balance_units']:,.0f}", gini=f"{row['park_gini']:.2f}",
        best=Text(row["balance_best"], row["balance_best_en"]),
        worst=Text(row["balance_worst"], row["balance_worst_en"]),
        under=f"{row['balance_under']:,.0f}", target=f"{row['balance_target']:g}",
    )  # fmt: skip


def _next(sites: pd.DataFrame, served: pd.DataFrame, say: _Words) -> Iterator[Text]:
    before = served.set_index("tier")["share_covered"]
    parts = []
    for tier, rows in sites.groupby("tier", sort=False):
        first, last, town = rows.iloc[0], rows.iloc[-1], rows["next_town"].iloc[0]
        site = text(f"parks_site_{tier}", rank=1)
        place = Text(town, first["next_town_en"]) if isinstance(town, str) else text("parks_said_place", site=site)
        parts.append(text(
            "parks_said_next_one", tier=text(f"parks_tier_{tier}"), town=place, people=say.people(first["next_people"]),
            number=len(rows), before=say.share(before[tier]), after=say.share(last["next_share_after"]),
            metres=f"{first['next_serves_m']:g}",
        ))  # fmt: skip
    if parts:
        yield text("parks_said_next", listed=_joined(parts, "；", "; "))


def _scenarios(table: pd.DataFrame, minutes: float, say: _Words) -> Iterator[Text]:
    rows = table[table["tier"] == ALL].set_index("park_scenario")
    if len(rows) < 2 or rows["share_covered"].isna().any():
        return
    now, then = (rows.loc[scenario].to_dict() for scenario in ("existing", "planned"))
    yield text(
        "parks_said_scenarios", now=f"{now['parks']:,.0f}", then=f"{then['parks']:,.0f}",
        now_share=_span(now, say), then_share=_span(then, say), minutes=f"{minutes:g}",
    )  # fmt: skip


def _span(row: Mapping[Any, Any], say: _Words) -> Text:
    """A share, with its range where parks are known badly."""
    own = say.share(row["share_covered"])
    if math.isnan(row["share_covered_low"]):
        return Text(own, own)
    return text(
        "parks_said_span", share=own, low=say.share(row["share_covered_low"]), high=say.share(row["share_covered_high"])
    )


def _joined(parts: list[Text], zh: str = "，", en: str = ", ") -> Text:
    return Text(zh.join(one.zh for one in parts), en.join(one.en for one in parts))
