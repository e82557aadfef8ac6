"""Each layer of a study area looked at by itself: where it comes from, what is in it, what is wrong with its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.analysis import SLIVER_M2, Tidiness, filled, tidiness
from kunshan_gis.figures import counted_with_unit
from kunshan_gis.messages import Text, text
from kunshan_gis.model import DEMONSTRATION, LayerInfo, StudyArea
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.quality_checks import Check, Severity, found

COUNTED_ONCE = ("homes", "jobs", "parks", "facilities", "stations", "bus_stops", "trees")
"""Kinds whose rows are counted or summed: a copy counts twice."""
WITHIN = ("homes",)
"""Kinds whose rows outside the boundary get into figures of the area."""
PLACED = ("homes", "parks", "park_gates", "facilities", "stations", "entrances")
"""Kinds from whose place a walk is measured."""
OLDER_YEARS = 5
"""A layer so many years behind the latest that was observed shows another city (this project's judgement)."""
COARSE_SHARE = 1 / 3
"""A position less accurate than this share of the walk gives a range, not a figure."""
FIGURES = ("homes", "parks", "streets")
"""Kinds whose basis decides what figures of park reach are worth."""
CHECK_AGAIN = "kunshan-gis layers check --layers DIR"

_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, eq=False)
class Sheet:
    """What is known of one layer; figures are None where the layer could not be read or has no such thing."""

    info: LayerInfo
    sha256: str
    table: gpd.GeoDataFrame | pd.DataFrame | None
    faults: Tidiness | None
    columns: Mapping[str, float]
    behind_years: int | None
    usable: bool

    @property
    def title(self) -> Text:
        """The layer's title."""
        return Text(self.info.title, self.info.title_en)

    def rows_at_fault(self, name: str) -> int | None:
        """How many rows have one of the faults of `Tidiness`."""
        flags = None if self.faults is None else getattr(self.faults, name)
        return None if flags is None else int(flags.sum())

    def as_dict(self) -> dict[str, Any]:
        """The sheet as plain data for JSON."""
        info = self.info
        described = {
            key: getattr(info, key)
            for key in ("name", "kind", "title", "title_en", "path", "basis", "source", "licence", "date", "datum")
        }
        return {
            **described,
            "crs": info.crs,
            "accuracy_m": info.accuracy_m,
            "sensitivity": info.sensitivity,
            "history": list(info.history),
            "note": info.note,
            "sha256": self.sha256 or None,
            "usable": self.usable,
            "behind_years": self.behind_years,
            "rows": None if self.table is None else len(self.table),
            **{name: self.rows_at_fault(name) for name in ("twice", "invalid", "slivers", "multipart", "outside")},
            "filled": {name: round(share, 6) for name, share in self.columns.items()},
        }


def sheets(
    area: StudyArea, described: Sequence[LayerInfo], unusable: Mapping[str, gpd.GeoDataFrame | pd.DataFrame]
) -> list[Sheet]:
    """A sheet for every layer of the catalogue; of those that break their contract, from the table as it was read."""
    boundary = area.optional("boundary")
    within = None if boundary is None else boundary.geometry
    latest = _latest(described)
    made = []
    for info in described:
        layer = area.layers.get(info.name)
        table = unusable.get(info.name) if layer is None else layer.table
        spatial = isinstance(table, gpd.GeoDataFrame)
        made.append(
            Sheet(
                info=info,
                sha256="" if layer is None else layer.sha256,
                table=table,
                faults=None if table is None else tidiness(table, within if spatial else None),
                columns={} if table is None else filled(table, _columns(info.kind, table)),
                behind_years=_behind(info, latest),
                usable=layer is not None,
            )
        )
    return made


def _columns(kind: str, table: pd.DataFrame) -> list[str]:
    """The contract's columns, then whatever else the table has."""
    contract = [column.name for column in KINDS[kind].all_columns]
    geometry = table.geometry.name if isinstance(table, gpd.GeoDataFrame) else None
    return [*contract, *sorted(str(name) for name in table.columns if name not in contract and name != geometry)]


def year_of(date: str) -> int | None:
    """The first year a date states, None where it states none."""
    match = _YEAR.search(date)
    return int(match.group()) if match else None


def _latest(described: Sequence[LayerInfo]) -> int | None:
    """The latest year of a layer that was observed: what a generator made today is no observation."""
    years = [year_of(info.date) for info in described if info.basis not in ("schematic", "synthetic")]
    return max((year for year in years if year is not None), default=None)


def _behind(info: LayerInfo, latest: int | None) -> int | None:
    year = year_of(info.date)
    return None if year is None or latest is None else max(latest - year, 0)


def layer_checks(area: StudyArea, made: Sequence[Sheet], cutoff_m: float) -> Iterator[Check]:
    """What each layer's sheet gives cause to say; nothing where it gives none."""
    for sheet in made:
        if sheet.usable and sheet.table is not None:
            yield from _row_checks(area, sheet)
            yield from _accuracy(area, sheet, cutoff_m)
        yield from _origin(sheet)


def _row_checks(area: StudyArea, sheet: Sheet) -> Iterator[Check]:
    kind, faults = sheet.info.kind, sheet.faults
    if faults is None:
        return
    if faults.twice.any():
        severity: Severity = "distorts" if kind in COUNTED_ONCE else "information"
        key = "homes_twice" if kind == "homes" else "twice"
        yield found(key, severity, **_of(area, sheet, faults.twice), command=CHECK_AGAIN)
    if faults.slivers is not None and faults.slivers.any():
        words = {"size": f"{SLIVER_M2:g}"}
        yield found("slivers", "information", **_of(area, sheet, faults.slivers, **words), command=CHECK_AGAIN)
    if faults.multipart is not None and faults.multipart.any():
        yield found("multipart", "information", **_of(area, sheet, faults.multipart))
    if kind in WITHIN and faults.outside is not None and faults.outside.any():
        yield found("homes_outside", "distorts", **_of(area, sheet, faults.outside), command=CHECK_AGAIN)


def _of(area: StudyArea, sheet: Sheet, rows: NDArray[np.bool_], **words: Any) -> dict[str, Any]:
    """Layer, number, ids, places of the rows, and of homes their residents."""
    assert sheet.table is not None
    table = sheet.table[rows]
    given: dict[str, Any] = {"layer": sheet.info.name, "count": len(table)}
    words = {"title": sheet.title, **words}
    if sheet.info.kind == "homes":
        given["people"] = int(table["population"].sum())
        words["said"] = said(area, given["people"])
    if isinstance(table, gpd.GeoDataFrame):
        given["table"] = table
    return {**given, "words": words}


def said(area: StudyArea, people: float) -> Text:
    """People as the report's words say them: coarse where it is not reportable, buildings where homes count those."""
    if not area.has("homes"):
        return counted_with_unit(people, demo=False, counted="people")
    return counted_with_unit(people, demo=not reportable(area), counted=area.layer("homes").info.counts)


def reportable(area: StudyArea) -> bool:
    """False where homes, parks or streets are demonstration data: no figure of people then is more than that."""
    return not any(area.layer(kind).demonstration for kind in FIGURES if area.has(kind))


def _accuracy(area: StudyArea, sheet: Sheet, cutoff_m: float) -> Iterator[Check]:
    """Places known worse than a third of the walk, and places of which nobody says how well they are known."""
    info, table = sheet.info, sheet.table
    if info.kind not in PLACED or table is None:
        return
    own = table["accuracy_m"].astype(float) if "accuracy_m" in table else pd.Series(np.nan, index=table.index)
    metres = own.fillna(np.nan if info.accuracy_m is None else info.accuracy_m).to_numpy()
    line = f'[[layer]] name = "{info.name}": accuracy_m = 10'
    if (coarse := metres > cutoff_m * COARSE_SHARE).any():
        words = {"worst": f"{np.nanmax(metres):,.0f}", "limit": f"{cutoff_m * COARSE_SHARE:,.0f}"}
        yield found("coarse", "distorts", **_of(area, sheet, coarse, **words))
    if (unknown := np.isnan(metres) & ~demonstration(area, info.kind)).any():
        yield found("accuracy_unknown", "information", **_of(area, sheet, unknown), command=line)


def _origin(sheet: Sheet) -> Iterator[Check]:
    info = sheet.info
    line = f'[[layer]] name = "{info.name}": date = "YYYY-MM-DD"'
    words = {"title": sheet.title, "date": info.date.strip() or text("date_unknown")}
    if year_of(info.date) is None:
        yield found("date_unknown", "information", layer=info.name, words=words, command=line)
    elif (sheet.behind_years or 0) >= OLDER_YEARS:
        words |= {"years": str(sheet.behind_years)}
        command = f"kunshan-gis layers add FILE --kind {info.kind} --layers DIR"
        yield found("dates_apart", "information", layer=info.name, words=words, command=command)
    if info.sensitivity != "public":
        words |= {"sensitivity": text(f"quality_{info.sensitivity}")}
        yield found("not_public", "information", layer=info.name, words=words)


def demonstration(area: StudyArea, kind: str) -> NDArray[np.bool_]:
    """Which rows of a kind are schematic or synthetic, by their own word, else by the layer's."""
    return np.isin(basis_of_rows(area, kind), DEMONSTRATION)


def basis_of_rows(area: StudyArea, kind: str) -> NDArray[np.object_]:
    """What each row of a kind rests on."""
    layer = area.layer(kind)
    if "basis" not in layer.table:
        return np.full(len(layer.table), layer.info.basis, dtype=object)
    return np.asarray(layer.table["basis"].fillna(layer.info.basis), dtype=object)
