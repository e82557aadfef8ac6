"""How far what comes out of a study area's layers can be trusted, and what to mend first. No verdict on any plan.

Read `quality_layers` (each layer by itself), `quality_people` (streets beside homes) and `quality_parks` (what
belongs together) for what is looked at; docs/data-quality.md lists every row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis import __version__, maps
from kunshan_gis.analysis import SLIVER_M2
from kunshan_gis.crs import project
from kunshan_gis.errors import KunshanGISError
from kunshan_gis.export import json_bytes, records, write_files
from kunshan_gis.layers import Survey, survey
from kunshan_gis.layers.readers import read_table
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.model import LayerInfo, Progress, StudyArea, silent
from kunshan_gis.schema import BASIS, KINDS
from kunshan_gis.studies.park_reach import OPTIONAL, REQUIRED
from kunshan_gis.studies.quality_checks import SEVERITIES, Check, fine, found, ordered
from kunshan_gis.studies.quality_layers import (
    CHECK_AGAIN,
    COARSE_SHARE,
    FIGURES,
    OLDER_YEARS,
    Sheet,
    basis_of_rows,
    demonstration,
    layer_checks,
    reportable,
    said,
    sheets,
)
from kunshan_gis.studies.quality_parks import GATE_NEAR_M, access_table, belonging_checks, park_checks
from kunshan_gis.studies.quality_people import (
    CELL_M,
    CROWDED,
    FAR_M,
    OnFoot,
    lacking,
    people_checks,
    typical_density,
)
from kunshan_gis.studies.walk import Walk

FORMAT = 1


@dataclass(frozen=True, eq=False)
class DataQuality:
    """The report of one study area.

    Attributes
    ----------
    checks : tuple of Check
        Findings first: the severest first, among them those that concern most people; then what is not measurable;
        then what is fine.
    sheets : tuple of Sheet
        One a layer, in the catalogue's order.
    basis : DataFrame
        One row a basis: people, park_m2, street_m and the share of each (NaN where there is none).
    access : DataFrame or None
        Parks and the residents who depend on them, by how the entrances are known.
    reportable : bool
        False where homes, parks or streets are demonstration data.
    """

    area: StudyArea
    walk: Walk
    checks: tuple[Check, ...]
    sheets: tuple[Sheet, ...]
    basis: pd.DataFrame
    access: pd.DataFrame | None
    on_foot: OnFoot
    reportable: bool

    @property
    def title(self) -> Text:
        """What the report is about."""
        return text("quality_title", place=Text(self.area.info.name, self.area.info.name_en))

    @property
    def stops(self) -> bool:
        """True where a study refuses, or a layer cannot be used."""
        return any(check.severity == "stops" for check in self.checks)

    def of_state(self, state: str) -> tuple[Check, ...]:
        """The checks that came out so, in the report's order."""
        return tuple(check for check in self.checks if check.state == state)

    def summary(self) -> dict[str, int]:
        """How many findings of each severity, how much is not measurable, how much is fine."""
        found_ = Counter(check.severity for check in self.checks)
        states = Counter(check.state for check in self.checks)
        return {**{name: found_[name] for name in SEVERITIES}, **{n: states[n] for n in ("not_measurable", "fine")}}

    def table(self) -> pd.DataFrame:
        """The checks as rows, in the report's order, for CSV."""
        columns = ("key", "state", "severity", "layer", "count", "people", "km", "command")
        table = pd.DataFrame([check.as_dict() for check in self.checks])[list(columns)]
        words = {"what": [check.what.zh for check in self.checks], "what_en": [check.what.en for check in self.checks]}
        return table.assign(**words).astype({"count": "Int64", "people": "Int64"})

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data: see docs/data-quality.md for the schema. No clock, no path."""
        info = self.area.info
        return {
            "format": FORMAT,
            "title": self.title._asdict(),
            "reportable": self.reportable,
            "counted": self.area.layer("homes").info.counts if self.area.has("homes") else None,
            "area": {
                key: getattr(info, key)
                for key in ("name", "name_en", "adcode", "analysis_crs", "population", "population_date")
            },
            "parameters": {**self.walk.parameters(), **limits()},
            "version": __version__,
            "summary": self.summary(),
            "checks": [check.as_dict() for check in self.checks],
            "layers": [sheet.as_dict() for sheet in self.sheets],
            "basis": records(self.basis),
            "access": None if self.access is None else records(self.access),
            "cells": _cells_in_short(self.on_foot),
            "network": None if lacking(self.on_foot, "streets") else records(self.on_foot.audit.audit.table),
        }

    def page(self, *, lang: Lang = "zh") -> maps.MapPage:
        """The report as one page: the map of what to mend, the findings, the layers."""
        return maps.quality_page(
            self.area,
            maps.QualityParts(
                title=self.title,
                demo=not self.reportable,
                notices=tuple(_notice(self.area, check) for check in self.of_state("found")),
                unknown=tuple((check.title, check.what) for check in self.of_state("not_measurable")),
                fine=tuple(check.title for check in self.of_state("fine") if not check.what.zh),
                fine_network=tuple(check.what for check in self.of_state("fine") if check.what.zh),
                summary=self.summary(),
                sheets=pd.DataFrame([_row(sheet) for sheet in self.sheets]),
                columns=pd.DataFrame([row for sheet in self.sheets for row in _column_rows(sheet)]),
                basis=self.basis,
                access=self.access,
                network=None if lacking(self.on_foot, "streets") else self.on_foot.audit.audit.table,
                cells=None if lacking(self.on_foot, "streets", "homes") else self.on_foot.cells,
                parks=_parks(self.on_foot),
                places=_places(self.checks, self.area.info.analysis_crs),
                limits={**self.walk.parameters(), **limits()},
            ),
            lang=lang,
        )

    def write(self, folder: Path, *, lang: Lang = "zh") -> list[Path]:
        """`data_quality.html` and `data_quality.json`, marked DEMO where not reportable; both or none.

        Raises
        ------
        OutputError
            The folder cannot be written; nothing in it has changed.
        """
        marks = ("-DEMO", "")
        mark, other = marks if not self.reportable else marks[::-1]
        files = {
            f"data_quality{mark}.html": maps.render(self.page(lang=lang)).encode(),
            f"data_quality{mark}.json": json_bytes(self.as_dict()),
        }
        return write_files(folder, files, stale=tuple(f"data_quality{other}.{kind}" for kind in ("html", "json")))


def limits() -> dict[str, float]:
    """The limits that decide what is a finding; the project's own judgement, printed with every report."""
    return {
        "sliver_m2": SLIVER_M2, "cell_m": CELL_M, "crowded_times": CROWDED, "far_m": FAR_M,
        "gate_near_m": GATE_NEAR_M, "older_years": OLDER_YEARS, "coarse_share": round(COARSE_SHARE, 4),
    }  # fmt: skip


def data_quality(
    folder: Path,
    *,
    minutes: float | None = None,
    speed_mps: float | None = None,
    profile: str | None = None,
    progress: Progress = silent,
) -> DataQuality:
    """The data-quality report of a study area's folder; layers with problems are in it, and stop nothing.

    Raises
    ------
    LayerNotFoundError, CatalogError
        The catalogue is not there or cannot be used.
    ParameterError, StandardError
        The walk means nothing.
    """
    surveyed = survey(folder, progress=progress)
    area = StudyArea(surveyed.info, {layer.info.name: layer for layer in surveyed.layers})
    walk = Walk.choose(area, minutes=minutes, speed_mps=speed_mps, profile=profile)
    unusable = {
        info.name: table
        for info in surveyed.described
        if info.name not in area.layers and (table := _as_it_is(folder, info, area)) is not None
    }
    made = sheets(area, surveyed.described, unusable)
    on_foot = OnFoot(area, walk)
    progress("auditing", 0, 1)
    checks = ordered(
        [
            *_layers_missing(surveyed),
            *layer_checks(area, made, walk.cutoff_m),
            *people_checks(on_foot),
            *park_checks(on_foot),
            *belonging_checks(on_foot),
            *_demonstration(on_foot),
        ]
    )
    progress("auditing", 1, 1)
    return DataQuality(
        area=area,
        walk=walk,
        checks=checks,
        sheets=tuple(made),
        basis=_basis(on_foot),
        access=access_table(on_foot),
        on_foot=on_foot,
        reportable=reportable(area),
    )


def _as_it_is(folder: Path, info: LayerInfo, area: StudyArea) -> gpd.GeoDataFrame | pd.DataFrame | None:
    """A layer that breaks its contract, read all the same to be described; None where that is not possible."""
    try:
        table = read_table(folder / info.path, info)
        if isinstance(table, gpd.GeoDataFrame):
            return project(table, datum=info.datum, to=area.info.analysis_crs, name=info.name)
        return table
    except KunshanGISError:
        return None


def _layers_missing(surveyed: Survey) -> Iterator[Check]:
    """Every problem that `layers check` lists, and the kinds that are not there."""
    by_place = {f"{info.name} ({info.path})": info.name for info in surveyed.described}
    for problem in surveyed.problems:
        layer = next((name for place, name in by_place.items() if problem.where.en.startswith(place)), "")
        what = Text(f"{problem.where.zh}：{problem.what.zh}", f"{problem.where.en}: {problem.what.en}")
        yield Check(
            "layer_problem", "found", "stops", layer=layer, what=what, means=text("quality_layer_problem_means"),
            remedy=problem.remedy, command=CHECK_AGAIN,
        )  # fmt: skip
    if not surveyed.problems:
        yield fine("layer_problem")
    there = {info.kind for info in surveyed.described}
    for kind in (*REQUIRED, *OPTIONAL):
        if kind in there:
            continue
        words = {"kind": Text(KINDS[kind].zh, KINDS[kind].en)}
        command = f"kunshan-gis layers add FILE --kind {kind} --layers DIR"
        if kind in REQUIRED:
            yield found("required_missing", "stops", words=words, command=command)
        else:
            words |= {"without": text(f"without_{kind}")}
            yield found("optional_missing", "information", words=words, command=command)


def _demonstration(on_foot: OnFoot) -> Iterator[Check]:
    """Homes, parks and streets that were sketched or invented, and the residents whose figures rest on them."""
    area = on_foot.area
    for kind in FIGURES:
        key = f"demonstration_{kind}"
        if (reason := lacking(on_foot, kind)) is not None:
            yield Check(key, "not_measurable", what=reason)
            continue
        rows = demonstration(area, kind)
        if not rows.any():
            yield fine(key)
            continue
        table = area.table(kind)[rows]
        people = _resting_on(on_foot, kind, rows)
        km = float(table.length[table["walkable"].astype(bool)].sum()) / 1000 if kind == "streets" else None
        words = {
            "said": text("no_value") if people is None else said(area, people),
            "hectares": f"{table.area.sum() / 1e4:,.1f}",
            "length": "" if km is None else f"{km:,.1f}",
            "kind": kind,
        }
        command = f"kunshan-gis layers add FILE --kind {kind} --layers DIR"
        yield found(
            key, "distorts", layer=area.layer(kind).info.name, count=int(rows.sum()), people=people, km=km,
            words=words, command=command,
        )  # fmt: skip


def _resting_on(on_foot: OnFoot, kind: str, rows: np.typing.NDArray[np.bool_]) -> int | None:
    """Residents counted in such rows, living on such a street, or served by such a park."""
    if kind == "homes":
        return int(on_foot.people[rows].sum())
    if lacking(on_foot, "homes", "streets") is not None:
        return None
    if kind == "parks":
        whole = set(on_foot.area.table("parks")["id"][rows])
        return on_foot.through(on_foot.parks["id"][on_foot.parks["id"].isin(whole)])
    placed = on_foot.placed.placed
    on_such = rows[on_foot.net.street[on_foot.placed.edge[placed]]]
    return int(on_foot.people[placed][on_such].sum())


def _basis(on_foot: OnFoot) -> pd.DataFrame:
    """People, ground of parks, length of walkable street by what they rest on, and the share of each."""
    area, columns = on_foot.area, {}
    for kind, name in (("homes", "people"), ("parks", "park_m2"), ("streets", "street_m")):
        columns[name] = pd.Series(np.nan, index=list(BASIS))
        if area.has(kind):
            amounts = _amounts(area.table(kind), kind).groupby(basis_of_rows(area, kind)).sum()
            columns[name] = amounts.reindex(list(BASIS)).fillna(0.0).round(1)
    table = pd.DataFrame(columns)
    for name, share in (("people", "share_people"), ("park_m2", "share_parks"), ("street_m", "share_streets")):
        total = table[name].sum()
        table[share] = (table[name] / total).round(6) if total > 0 else np.nan
    return table.rename_axis("basis").reset_index()


def _amounts(table: gpd.GeoDataFrame, kind: str) -> pd.Series:
    """Of each row its residents, its ground in m2 or its walkable metres."""
    amounts: pd.Series = table["population"] if kind == "homes" else table.area if kind == "parks" else table.length
    if kind == "parks" and "area_m2" in table:
        amounts = table["area_m2"].astype(float).fillna(amounts)
    if kind == "streets":
        amounts = amounts.where(table["walkable"].astype(bool), 0.0)
    return amounts.astype(float)


def _cells_in_short(on_foot: OnFoot) -> dict[str, Any] | None:
    """Residents and street by square cell, in figures."""
    if lacking(on_foot, "streets", "homes") is not None:
        return None
    cells, typical = on_foot.cells, typical_density(on_foot.cells)
    people, count = cells.groupby("class_")["population"].sum(), cells["class_"].value_counts()
    return {
        "size_m": CELL_M,
        "cells": len(cells),
        "typical_people_per_km": round(typical, 1) if np.isfinite(typical) else None,
        "by_class": {
            name: {"cells": int(count.get(name, 0)), "people": int(people.get(name, 0))}
            for name in ("none", "crowded", "dense", "usual")
        },
    }


def _notice(area: StudyArea, check: Check) -> maps.Notice:
    """A finding as the page shows it."""
    figures = []
    if check.people is not None:
        figures.append(said(area, check.people))
    if check.km is not None:
        figures.append(text("quality_km", km=f"{check.km:,.1f}"))
    if check.count is not None and check.people is None:
        figures.append(text("quality_rows", count=check.count))
    layer = area.layers.get(check.layer)
    return maps.Notice(
        level=check.severity or "information",
        title=check.title,
        about=Text(layer.info.title, layer.info.title_en) if layer else Text(check.layer, check.layer),
        figures=tuple(figures),
        what=_sentence(check.what),
        means=_sentence(check.means),
        remedy=_sentence(check.remedy),
        command=check.command,
    )


def _sentence(said_: Text) -> Text:
    """Words of a finding as a sentence in each language."""
    if not said_.zh:
        return said_
    return Text(said_.zh.rstrip("。") + "。", said_.en[:1].upper() + said_.en[1:].rstrip(".") + ".")


def _row(sheet: Sheet) -> dict[str, Any]:
    """A sheet as the page's tables show it; NaN where there is no such figure."""
    row = sheet.as_dict()
    faults = {name: row[name] for name in ("rows", "twice", "invalid", "slivers", "multipart", "outside")}
    contract = [column.name for column in KINDS[sheet.info.kind].all_columns]
    shares = [share for name, share in sheet.columns.items() if name in contract]
    return {
        **{key: row[key] for key in ("name", "kind", "title", "title_en", "basis", "source", "licence", "date")},
        **{key: row[key] for key in ("datum", "crs", "accuracy_m", "sensitivity", "behind_years", "usable")},
        "history": sheet.info.history,
        **{name: np.nan if value is None else float(value) for name, value in faults.items()},
        "filled": float(np.mean(shares)) if shares else np.nan,
    }


def _column_rows(sheet: Sheet) -> Iterable[dict[str, Any]]:
    contract = {column.name: column for column in KINDS[sheet.info.kind].all_columns}
    for name, share in sheet.columns.items():
        about = contract[name].about if name in contract else text("quality_own_column")
        yield {
            "title": sheet.info.title, "title_en": sheet.info.title_en,
            "column": name, "about": about.zh, "about_en": about.en, "filled": share,
        }  # fmt: skip


def _parks(on_foot: OnFoot) -> gpd.GeoDataFrame | None:
    if lacking(on_foot, "parks") is not None:
        return None
    source = None
    if lacking(on_foot, "streets") is None:
        source = on_foot.access.source.reindex(on_foot.parks["id"]).to_numpy()
    return on_foot.parks.assign(access_source=source if source is not None else "unknown")


def _places(checks: Iterable[Check], crs: str) -> gpd.GeoDataFrame:
    """Where the findings are, a point each, with the words of the finding; cells and parks have layers of their own."""
    drawn = [check for check in checks if check.places is not None and not check.key.startswith(("cells_", "parks_"))]
    parts = [
        gpd.GeoDataFrame(
            {"severity": check.severity, "title": check.title.zh, "title_en": check.title.en},
            index=range(len(check.places)), geometry=check.places.representative_point().to_numpy(), crs=crs,
        )
        for check in drawn if check.places is not None
    ]  # fmt: skip
    empty = gpd.GeoDataFrame({"severity": [], "title": [], "title_en": []}, geometry=[], crs=crs)
    return gpd.GeoDataFrame(pd.concat([empty, *parts], ignore_index=True), crs=crs) if parts else empty
