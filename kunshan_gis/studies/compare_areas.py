"""Two study areas side by side: who gains reach and who loses it, where, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from kunshan_gis.analysis import TURNOVER, turnover, turnover_cells
from kunshan_gis.errors import CRSError
from kunshan_gis.export import json_bytes, records, result_data, table_bytes
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, Result, StudyArea, silent
from kunshan_gis.standards import walk_profile
from kunshan_gis.studies.accounts import area_names, unit_names
from kunshan_gis.studies.causes import Difference, causes, differences, layer_changes
from kunshan_gis.studies.check import check
from kunshan_gis.studies.compare import Compared, compare_results
from kunshan_gis.studies.compare_rules import (
    PARK_COVERAGE,
    Pair,
    compared_by,
    homes_under,
    pairs_of,
    park_coverage_toml,
)
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.differences import InputChange, saved_of
from kunshan_gis.studies.park_reach import homes_of

PEOPLE = ("profile", "indicator", "units", "unit_id", "name", "name_en", *TURNOVER)
_UNIT_OF = {"zones": "zone_id", "towns": "town_id"}


@dataclass(frozen=True, eq=False)
class ComparedAreas:
    """Everything the comparison of two study areas worked out.

    Attributes
    ----------
    compared : figures side by side, inputs and settings that differ
    people : DataFrame
        A row a rule and unit (area, zones, towns): people who gain and lose reach, and the rest of the difference;
        see `analysis.turnover`.
    causes : DataFrame
        See `causes.causes`.
    cells : GeoDataFrame
        `profile`, `indicator`, `id`, `gained`, `lost` in squares of 300 m.
    differences : layers that differ
    """

    before: Result
    after: Result
    compared: Compared
    people: pd.DataFrame
    causes: pd.DataFrame
    cells: gpd.GeoDataFrame
    differences: tuple[Difference, ...]

    @property
    def reportable(self) -> bool:
        """False where a demonstration layer went into either."""
        return self.before.reportable and self.after.reportable

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for `--format json` and compare.json."""
        return {
            **self.compared.as_dict(),
            "people": records(self.people),
            "causes": records(self.causes),
            "layers_that_differ": [{"kinds": list(each.kinds), "why": each.why} for each in self.differences],
        }


def compare_areas(
    before: StudyArea,
    after: StudyArea,
    profiles: Sequence[str] = (),
    *,
    by: str = "area",
    allow_open_edge: bool = False,
    progress: Progress = silent,
) -> ComparedAreas:
    """Measure two study areas by the same rules and follow every home from one to the other.

    Parameters
    ----------
    profiles : keys or .toml files; by default the first area's reporting basis, else coverage of parks on foot
    by : area, zones, towns or communities: also the figures side by side by these

    Raises
    ------
    CRSError
        They are measured in different CRS.
    StandardError, ParameterError, NetworkError
        See `check`.
    """
    _require_one_crs(before, after)
    before, after, names = compared_by(before, after, profiles)
    first, second = (
        check(area, names, by=by, sensitivity=False, allow_open_edge=allow_open_edge, progress=progress).result
        for area in (before, after)
    )
    pairs, found = pairs_of(before, after, names), differences(before, after)
    compared = compare_results(saved_of(first), saved_of(second))
    told = tuple(_told(entry, before, after) for entry in compared.inputs)
    changed = {pair.key: _turnover(pair, before, after) for pair in pairs}
    followed = {key: table for key, table in changed.items() if table is not None}
    return ComparedAreas(
        first, second, replace(compared, inputs=told), _people(followed, before, after),
        causes(before, after, pairs, found, progress=progress), _cells(followed, before, after), found,
    )  # fmt: skip


def _require_one_crs(before: StudyArea, after: StudyArea) -> None:
    crs = before.info.analysis_crs, after.info.analysis_crs
    if crs[0] != crs[1]:
        raise CRSError(
            Text(
                f"两个研究区的量算坐标系不同（{crs[0]} 与 {crs[1]}）；请在 catalog.toml 中把 analysis_crs 改为一致",
                f"the study areas are measured in {crs[0]} and {crs[1]}; give both the same analysis_crs in "
                "catalog.toml",
            )
        )


def _told(entry: InputChange, before: StudyArea, after: StudyArea) -> InputChange:
    """The input with what changed in it, feature by feature; edits of a scenario count."""
    if not (before.has(entry.kind) and after.has(entry.kind)):
        return entry
    old, new = before.layer(entry.kind), after.layer(entry.kind)
    if old.digest == new.digest:
        return entry
    return replace(entry, what=layer_changes(old, new).said(), state="changed")


def _turnover(pair: Pair, before: StudyArea, after: StudyArea) -> pd.DataFrame | None:
    try:
        return turnover(homes_under(before, pair.before), homes_under(after, pair.after))
    except NotThereError:
        return None


def _people(followed: dict[tuple[str, str], pd.DataFrame], before: StudyArea, after: StudyArea) -> pd.DataFrame:
    """People by rule for the area, its zones and its towns; a home that came is in its unit of the second area."""
    unit = _homes(before, after)
    tables = []
    for (profile, indicator), changed in followed.items():
        for units, names in _units(before, after):
            of = unit[_UNIT_OF[units]] if units in _UNIT_OF else pd.Series(names["unit_id"].iloc[0], index=unit.index)
            people = changed.groupby(of.reindex(changed.index)).sum().reindex(names["unit_id"])
            table = names.set_index("unit_id").join(people.fillna(0).astype("int64")).reset_index()
            told = {"profile": profile, "indicator": indicator, "units": units}
            tables.append(table.assign(**told))
    return pd.concat(tables, ignore_index=True)[list(PEOPLE)] if tables else pd.DataFrame(columns=list(PEOPLE))


def _homes(before: StudyArea, after: StudyArea) -> gpd.GeoDataFrame:
    """The homes of both by id, with place, town and zone; of those in both as the first has them."""
    both = pd.concat([homes_of(before), homes_of(after)], ignore_index=True)
    return gpd.GeoDataFrame(both.drop_duplicates("id").set_index("id"), crs=before.info.analysis_crs)


def _units(before: StudyArea, after: StudyArea) -> Iterator[tuple[str, pd.DataFrame]]:
    yield "area", area_names(before)
    for units in ("zones", "towns"):
        if all(area.has("towns") and (units == "towns" or area.has("zone_towns")) for area in (before, after)):
            both = pd.concat([unit_names(before, units), unit_names(after, units)])
            yield units, both.drop_duplicates("unit_id", ignore_index=True)


def _cells(followed: dict[tuple[str, str], pd.DataFrame], before: StudyArea, after: StudyArea) -> gpd.GeoDataFrame:
    homes = _homes(before, after)
    tables = [
        turnover_cells(homes, changed).assign(profile=profile, indicator=indicator)
        for (profile, indicator), changed in followed.items()
    ]
    columns = ["profile", "indicator", "id", "gained", "lost", "geometry"]
    if not tables:
        return gpd.GeoDataFrame({name: [] for name in columns}, geometry="geometry", crs=homes.crs)
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True)[columns], geometry="geometry", crs=homes.crs)


def compare_files(found: ComparedAreas) -> dict[str, bytes]:
    """The files of a comparison by name: both results, compare.json, and who gains and loses in squares of 300 m."""
    demo = "" if found.reportable else "-DEMO"
    files = {
        "before/result.json": json_bytes(result_data(found.before)),
        "after/result.json": json_bytes(result_data(found.after)),
        "compare.json": json_bytes(found.as_dict()),
        f"gained_and_lost{demo}.geojson": table_bytes(
            found.cells.assign(reportable=found.reportable), ".geojson"
        ),
    }  # fmt: skip
    asked = {entry["key"] for entry in found.before.provenance.parameters["profiles"]}
    if PARK_COVERAGE in asked:
        walk = found.before.provenance.parameters["walks"][0]["key"]
        files[f"{PARK_COVERAGE}.toml"] = park_coverage_toml(walk_profile(walk))
    return files


def ever_written() -> tuple[str, ...]:
    """Names of files that a comparison may have left in a folder."""
    cells = (f"gained_and_lost{demo}.geojson" for demo in ("", "-DEMO"))
    return ("before/result.json", "after/result.json", "compare.json", *cells, f"{PARK_COVERAGE}.toml")
