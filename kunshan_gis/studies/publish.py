"""The main job: a study area's maps, tables and result.json, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis import maps, network
from kunshan_gis.analysis import cells
from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import KunshanGISError
from kunshan_gis.export import (
    check_workbook,
    json_bytes,
    result_csv,
    result_data,
    system_workbook,
    workbook,
    write_files,
)
from kunshan_gis.maps import Link, MapPage
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.model import Progress, Result, StudyArea, silent
from kunshan_gis.standards import station_profile, walk_profile
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.check import Check, check
from kunshan_gis.studies.check_page import check_page
from kunshan_gis.studies.park_reach import ParkReach, park_reach
from kunshan_gis.studies.seen import keep_seen
from kunshan_gis.studies.systems.registry import SYSTEMS, entry_of, run, systems_there
from kunshan_gis.studies.systems.system import Asked, System
from kunshan_gis.studies.walk import Walk

BANDS_MIN = (5.0, 10.0, 15.0)
STATION_PROFILE = "tod-2015"
UNITS = ("area", "zones", "towns")
_DEMO = "-DEMO"


@dataclass(frozen=True, eq=False)
class Published:
    """What was written, the result it shows, the check against the standards, and the plan's systems.

    Attributes
    ----------
    left_out : systems that could not be measured, each with the reason
    """

    paths: tuple[Path, ...]
    result: Result
    check: Check
    systems: tuple[System, ...] = ()
    left_out: tuple[tuple[str, KunshanGISError], ...] = ()

    @property
    def exit_code(self) -> int:
        """1 where a system was left out, else 0."""
        return int(bool(self.left_out))


def publish(
    area: StudyArea,
    walk: Walk,
    out: Path,
    *,
    lang: Lang = "zh",
    allow_open_edge: bool = False,
    progress: Progress = silent,
) -> Published:
    """Write the publication into a folder: index.html, the maps, CSV and XLSX tables, result.json, check.json, systems.

    The check is by the area's reporting basis; where none is named, by every profile there is. Of the plan's systems
    those there are layers for; one whose layers are faulty is left out and said, the others stand.

    Files of an earlier publication that this one does not write again are removed; other files in the
    folder are left alone.

    Raises
    ------
    LayerNotFoundError, NetworkError
        See `park_reach`.
    OutputError
        The folder cannot be written; nothing in it has changed.
    """
    reach = park_reach(area, walk, allow_open_edge=allow_open_edge, progress=progress)
    result = reach.result
    files = {"result.json": json_bytes(result_data(result)), _name("coverage", "xlsx", result): workbook(result)}
    for unit in UNITS:
        if unit in result.tables:
            files[_name(f"coverage_by_{unit}", "csv", result)] = result_csv(result, unit)
    checked = _checked(area, walk, progress)
    files["check.json"] = json_bytes(result_data(checked.result))
    files[_name("check", "xlsx", checked.result)] = check_workbook(checked.result)
    systems, left_out = _systems(area, walk, progress)
    for found in systems:
        files[f"{found.key}.json"] = json_bytes(result_data(found.result))
        files[_name(found.key, "xlsx", found.result)] = system_workbook(found.result, found.said)
    pages = dict(_pages(area, _Made(reach, checked, systems, left_out), lang, list(files)))
    for done, (name, page) in enumerate(pages.items()):
        progress("drawing", done, len(pages))
        files[name] = maps.render(page).encode()
    progress("drawing", len(pages), len(pages))
    progress("writing", 0, 1)
    paths = write_files(out, files, stale=tuple(_ever_written()))
    for made in (result, checked.result, *(found.result for found in systems)):
        keep_seen(DiskCache(), area, made.provenance)
    progress("writing", 1, 1)
    return Published(tuple(sorted(paths)), result, checked, systems, left_out)


def _systems(
    area: StudyArea, walk: Walk, progress: Progress
) -> tuple[tuple[System, ...], tuple[tuple[str, KunshanGISError], ...]]:
    """The plan's systems with the walk of the publication, and those that could not be measured."""
    found, left_out = [], []
    asked = Asked(minutes=walk.minutes, speed_mps=walk.speed_mps, profile=walk.profile, allow_open_edge=True)
    keys = systems_there(area)
    for done, key in enumerate(keys):
        progress("measuring_systems", done, len(keys))
        try:
            found.append(run(area, key, asked))
        except KunshanGISError as error:
            left_out.append((key, error))
    progress("measuring_systems", len(keys), len(keys))
    return tuple(found), tuple(left_out)


def _checked(area: StudyArea, walk: Walk, progress: Progress) -> Check:
    """The area against its reporting basis; park reach has refused an open edge, so that here it is only said."""
    basis = area.info.reporting_basis
    own_pace = walk.speed_mps == walk_profile(walk.profile).speed_mps
    return check(
        area, (basis,) if basis else (), speed_mps=None if own_pace else walk.speed_mps, allow_open_edge=True,
        progress=progress,
    )  # fmt: skip


class _Made(NamedTuple):
    """What the pages show."""

    reach: ParkReach
    checked: Check
    systems: tuple[System, ...]
    left_out: tuple[tuple[str, KunshanGISError], ...]


def _pages(area: StudyArea, made: _Made, lang: Lang, tables: Sequence[str]) -> Iterator[tuple[str, MapPage]]:
    """Every page with its file name; a page is named, marked and linked by what it draws."""
    pages = {
        "real": maps.real_map(area, lang=lang),
        "park_reach": park_reach_page(area, made.reach, lang=lang),
        "check": check_page(made.checked, lang=lang),
        "overview": maps.overview_map(area, circles=station_circles(area), lang=lang),
        **{found.key: entry_of(found.key).page(found, lang=lang) for found in made.systems},
    }
    links = tuple(
        Link(f"{key}{_DEMO if page.demo else ''}.html", text(f"page_{key}"), page.subtitle)
        for key, page in pages.items()
    )
    nav = (Link("index.html", text("page_index")), *links)
    files = [Link(name, _file_said(name)) for name in tables]
    missing = [
        text("system_left_out", system=text(f"page_{key}"), reason=error.message) for key, error in made.left_out
    ]
    yield (
        "index.html",
        maps.index_page(
            area, made.reach.result, checked=made.checked.result, pages=links, files=files, left_out=missing, lang=lang
        ),
    )
    for link, page in zip(links, pages.values(), strict=True):
        yield link.file, replace(page, nav=nav)


def park_reach_page(area: StudyArea, reach: ParkReach, *, lang: Lang = "zh") -> MapPage:
    """The park-reach map of a study; in a notebook the page shows itself."""
    return maps.park_reach_map(
        area,
        reach.result,
        cells=cells(reach.homes, reach.homes[f"state_{ALL}"]),
        reach=reach_bands(reach),
        parks=reach.parks,
        lang=lang,
    )


def reach_bands(reach: ParkReach, tier: str = ALL) -> gpd.GeoDataFrame:
    """Streets by the minutes within which they are reached, exact to the metre; `band` is NaN beyond the walk."""
    minutes = [*(band for band in BANDS_MIN if band < reach.walk.minutes), reach.walk.minutes]
    metres = [band * 60.0 * reach.walk.speed_mps for band in minutes]
    pieces = network.covered_streets(reach.fields[tier], [*metres, np.inf])
    band = pieces["cutoff_m"].map(dict(zip(metres, minutes, strict=True)))
    return gpd.GeoDataFrame({"band": band}, geometry=pieces.geometry, crs=pieces.crs)


def station_circles(area: StudyArea) -> gpd.GeoDataFrame | None:
    """Core and influence areas around stations by radius, from the station profile; None without stations."""
    stations = area.optional("stations")
    if stations is None:
        return None
    named = stations[[column for column in ("id", "name", "name_en", "geometry") if column in stations]]
    rings = [
        named.assign(radius_m=radius, geometry=stations.geometry.buffer(radius, quad_segs=16))
        for radius in station_profile(STATION_PROFILE).radii_m
    ]
    return gpd.GeoDataFrame(pd.concat(rings, ignore_index=True), crs=stations.crs)


def _name(stem: str, suffix: str, result: Result) -> str:
    return f"{stem}{'' if result.reportable else _DEMO}.{suffix}"


def _file_said(name: str) -> Text:
    stem = _stem(name)
    if name.endswith(".json") and stem != "result":
        return text("file_json_of", what=text(f"page_{stem}"))
    return text(f"file_{stem}")


def _stem(name: str) -> str:
    return Path(name).stem.removesuffix(_DEMO)


def _ever_written() -> Iterator[str]:
    stems = [("overview", "html"), ("park_reach", "html"), ("real", "html"), ("coverage", "xlsx"),
             ("check", "html"), ("check", "xlsx")]  # fmt: skip
    stems += [(key, suffix) for key in SYSTEMS for suffix in ("html", "xlsx")]
    yield from (f"{key}.json" for key in SYSTEMS)
    for stem, suffix in [*stems, *((f"coverage_by_{unit}", "csv") for unit in UNITS)]:
        yield f"{stem}.{suffix}"
        yield f"{stem}{_DEMO}.{suffix}"
