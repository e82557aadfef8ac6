"""The findings about station areas, as a planner reads them aloud: numbers with their denominators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kunshan_gis.analysis import NODE_PLACE
from kunshan_gis.figures import counted_with_unit, in_units, percent
from kunshan_gis.messages import NOTHING, Text, text
from kunshan_gis.readable import cell
from kunshan_gis.studies.systems.tod.areas import Around
from kunshan_gis.studies.systems.tod.circles import CIRCLES
from kunshan_gis.studies.systems.tod.served import coverage_rule

Row = Mapping[str, Any]
_LISTED, _APART = Text("、", ", "), Text("；", "; ")
NAMED = 3
"""Stations that a finding names."""


def findings(tables: Mapping[str, pd.DataFrame], around: Around, *, demo: bool) -> list[Text]:
    """Up to eight sentences; what cannot be measured is not said."""
    return list(_Findings(tables, around, demo).all())


@dataclass(frozen=True)
class _Findings:
    tables: Mapping[str, pd.DataFrame]
    around: Around
    demo: bool

    def all(self) -> Iterator[Text]:
        yield self._stations()
        yield from self._covered()
        yield from self._ratio()
        yield from self._coarse()
        yield from self._classes()
        yield from self._chains()
        yield from self._circles()
        yield from self._links()

    @property
    def _influence(self) -> str:
        return f"{self.around.profile.influence_m:g}"

    @property
    def _minutes(self) -> str:
        return f"{self.around.measuring.walk.minutes:g}"

    def _people(self, number: float) -> Text:
        area = self.around.measuring.area
        counted = area.layer("homes").info.counts if area.has("homes") else "people"
        return counted_with_unit(number, demo=self.demo, counted=counted)

    def _percent(self, share: float) -> str:
        return percent(share, demo=self.demo)

    def _stations(self) -> Text:
        own = self.tables["tod_stations"]
        lines = len({line for one in self.around.stations.lines for line in one})
        return text(
            "tod_said_stations", stations=len(own), outside=int((~own["in_boundary"].astype(bool)).sum()),
            lines=text("tod_said_lines", count=lines) if lines else text("tod_said_no_lines"),
            by_centre=int((own["entered_by"] == "centre").sum()),
        )  # fmt: skip

    def _covered(self) -> Iterator[Text]:
        """The standard's coverage, and as far on foot; of a demonstration nothing is met or not met."""
        rows = {row["tod_way"]: row for row in reversed(_records(self.tables["tod_coverage"]))}
        found = rows["radius"]
        if pd.isna(found["share_people"]):
            return
        both = not pd.isna(found["share_both"])
        share = "share_both" if both else "share_people"
        jobs = {"jobs": in_units(found["jobs_covered"], "jobs", demo=self.demo).said} if both else {}
        yield text(
            "tod_said_covered_both" if both else "tod_said_covered_people", metres=f"{coverage_rule().metres:g}",
            people=self._people(found["people_covered"]), total=self._people(found["people_total"]), **jobs,
            share=self._percent(found[share]),
            range=self._range(found, share),
            verdict=_verdict(found), on_foot=self._on_foot(rows.get("walk")),
        )  # fmt: skip

    def _range(self, row: Row, share: str) -> Text:
        """The least and the most a share can be, where they are not the same."""
        low, high = (self._percent(row[f"{share}_{end}"]) for end in ("low", "high"))
        return NOTHING if low == high else text("tod_said_between", low=low, high=high)

    def _on_foot(self, row: Row | None) -> Text:
        if row is None or pd.isna(row["share_people"]):
            return NOTHING
        share = self._percent(row["share_people"])
        return text("tod_said_on_foot", people=self._people(row["people_covered"]), share=share)

    def _ratio(self) -> Iterator[Text]:
        """How much of its circle a station area reaches on foot."""
        own = self.tables["tod_stations"].dropna(subset=["catchment_ratio"])
        if not len(own):
            return
        ordered = own.sort_values(["catchment_ratio", "id"])
        ratios = (own["catchment_ratio"].median(), *ordered["catchment_ratio"].iloc[[0, -1]])
        median, low, high = (cell("catchment_ratio", value, demo=self.demo) for value in ratios)
        yield text(
            "tod_said_ratio", metres=self._influence, stations=len(own), median=median, low=low, high=high,
            least=_named(ordered.head(NAMED)), most=_named(ordered.tail(1)),
        )  # fmt: skip

    def _coarse(self) -> Iterator[Text]:
        """Stations known too badly for a figure, with their range."""
        own = self.tables["tod_stations"]
        coarse = ~self.around.known_within(self.around.profile.influence_m)
        rows = _records(own[coarse & own["radius_people_around_high"].notna()])
        if rows:
            ranges = [
                text(
                    "tod_said_range", station=_name(row), error=f"{row['accuracy_m']:,.0f}",
                    low=self._people(row["radius_people_around_low"]),
                    high=self._people(row["radius_people_around_high"]),
                )
                for row in rows[:NAMED]
            ]  # fmt: skip
            yield text("tod_said_coarse", metres=self._influence, ranges=_joined(ranges, _APART))

    def _classes(self) -> Iterator[Text]:
        table = self.tables["tod_node_place"]
        counts = table["node_place_class"].value_counts()
        known = [key for key in NODE_PLACE if key in counts]
        if known in ([], ["not_measurable"]):
            return
        parts = [text("tod_said_class", kind=text(f"node_place_class_{key}"), count=int(counts[key])) for key in known]
        most = [
            text(f"tod_said_{key}", stations=_named(_apart(table[table["node_place_class"] == key]).head(NAMED)))
            for key in ("unbalanced_place", "unbalanced_node")
            if key in counts
        ]
        extremes = Text("".join(one.zh for one in most), "".join(one.en for one in most))
        yield text("tod_said_classes", classes=_joined(parts), extremes=extremes)

    def _chains(self) -> Iterator[Text]:
        """From the station to a park and to services within the walk."""
        table = self.tables["tod_chains"]
        known = table.dropna(subset=["service_kinds"]).sort_values(["service_kinds", "id"])
        if not len(known) or not table["park_all_min"].notna().any():
            return
        yield text(
            "tod_said_chains", stations=len(known), minutes=self._minutes,
            within=int((table["park_all_min"] <= self.around.measuring.walk.minutes).sum()),
            median=f"{known['service_kinds'].median():g}", kinds=int(known["service_kinds_of"].iloc[0]),
            least=_named(known.head(NAMED)), low=int(known["service_kinds"].iloc[0]),
        )  # fmt: skip

    def _circles(self) -> Iterator[Text]:
        if "tod_circles" not in self.tables:
            return
        whole = _records(self.tables["tod_circles"])[0]
        if pd.isna(whole["share_all_circles"]):
            return
        shares = {name: self._percent(whole[f"has_{name}"] / whole["population"]) for name in _CIRCLES}
        yield text(
            "tod_said_circles", minutes=self._minutes, all=self._people(whole[f"circles_{CIRCLES}"]),
            share=self._percent(whole["share_all_circles"]), total=self._people(whole["population"]),
            none=self._people(whole["circles_0"]), **shares,
        )  # fmt: skip

    def _links(self) -> Iterator[Text]:
        """Of every need the first link."""
        table = self.tables.get("tod_links")
        if table is None or not len(table):
            return
        links = [
            text(
                "tod_said_link", needs=text(f"link_needs_{row['link_needs']}"), station=_name(row),
                metres=f"{row['link_m']:.0f}", people=self._people(row["people_gained"]),
            )
            for row in _records(table.drop_duplicates("link_needs"))
        ]  # fmt: skip
        yield text("tod_said_links", metres=self._influence, links=_joined(links, _APART))


_CIRCLES = ("transport", "commerce", "daily_life")


def _verdict(row: Row) -> Text:
    if pd.isna(row["target_share"]):
        return text("tod_no_target")
    said = text(f"verdict_{row['coverage_verdict']}")
    return text("tod_target", target=f"{row['target_share'] * 100:g}%", verdict=said)


def _apart(table: pd.DataFrame) -> pd.DataFrame:
    """Those whose indices are farthest apart first."""
    away = (table["node_index"] - table["place_index"]).abs()
    return table.assign(away=away).sort_values(["away", "id"], ascending=[False, True])


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")]


def _name(row: Row) -> Text:
    return Text(str(row["name"]), str(row["name_en"]))


def _named(rows: pd.DataFrame) -> Text:
    return _joined(_name(row) for row in _records(rows))


def _joined(parts: Iterable[Text], between: Text = _LISTED) -> Text:
    said = list(parts)
    return Text(between.zh.join(part.zh for part in said), between.en.join(part.en for part in said))
