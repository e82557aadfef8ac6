"""What the ground of influence areas is used for: area by use, mix, and how jobs stand to residents."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import entropy, job_balance
from kunshan_gis.layers.land_codes import edition_called
from kunshan_gis.messages import Text, text
from kunshan_gis.studies.systems.system import Part
from kunshan_gis.studies.systems.tod.areas import Around, Band, around_each, named

Floats = NDArray[np.float64]
USES = {
    "residential": "residential", "rural_residential": "residential", "commercial": "commercial", "public": "public",
    "industrial": "industrial", "green": "green", "square": "green",
}  # fmt: skip
"""Uses of the code lists by the functions whose mix is told; roads, utilities, water and fields are none."""
FUNCTIONS = tuple(dict.fromkeys(USES.values()))
PLOT_RATIO = "plot_ratio"
"""A column of one's own in the land-use layer: floor area by ground area."""


def land_part(around: Around) -> Part:
    """The table `tod_landuse`: one row a station, the influence area by radius."""
    landuse = around.measuring.area.optional("landuse")
    band = Band("radius", around.profile.influence_m)
    table = named(around).assign(within_m=band.metres)
    uses, unknown = (None, []) if landuse is None else use_of(landuse)
    ground = _by_use(around, landuse, uses, band)
    for function in FUNCTIONS:
        table[f"{function}_ha"] = ground[function] / 1e4
    table["other_ha"] = ground["other"] / 1e4
    table["share_landuse"] = np.clip(ground.sum(axis=1, skipna=False) / around.ground_m2(band), 0.0, 1.0)
    known = ground[list(FUNCTIONS)]
    table["landuse_entropy"] = entropy(known).to_numpy()
    people, jobs = (around_each(around, band, what)[f"{what}_around"] for what in ("people", "jobs"))
    table["job_balance"] = _balance(around, people, jobs)
    land_ha = np.where(around.inside_m2(band) > 0, around.inside_m2(band), np.nan) / 1e4
    table["people_jobs_per_ha"] = np.where(around.sure(band), (people + jobs) / land_ha, np.nan)
    if landuse is not None and PLOT_RATIO in landuse:
        table[PLOT_RATIO] = _plot_ratio(around, landuse, band)
    return Part({"tod_landuse": table}, kinds=("landuse",), optional=("landuse",), warnings=_warnings(unknown))


def use_of(landuse: gpd.GeoDataFrame) -> tuple[NDArray[np.object_], list[str]]:
    """The function of every piece of land by its code and edition, `other` where it is none, and codes not on file."""
    found = np.full(len(landuse), "other", dtype=object)
    unknown: set[str] = set()
    said = landuse["code_edition"].astype(str)
    for name in sorted(set(said)):
        rows = np.flatnonzero((said == name).to_numpy())
        edition, codes = edition_called(name, "landuse"), landuse["code"].astype(str).to_numpy()[rows]
        known = {} if edition is None else {code: one.use for code, one in edition.codes.items()}
        uses = {code: _use(code, known) for code in set(codes)}
        unknown |= {f"{name} {code}" for code, use in uses.items() if use is None}
        found[rows] = [USES.get(uses[code] or "", "other") for code in codes]
    return found, sorted(unknown)


def _use(code: str, known: dict[str, str]) -> str | None:
    """The use of a code, of a longer code that of its beginning; None where the list has neither."""
    return next((known[code[:letters]] for letters in range(len(code), 0, -1) if code[:letters] in known), None)


def _by_use(
    around: Around, landuse: gpd.GeoDataFrame | None, uses: NDArray[np.object_] | None, band: Band
) -> pd.DataFrame:
    """Square metres by function in the area of every station; NaN where that is not known."""
    names = [*FUNCTIONS, "other"]
    if landuse is None or uses is None:
        return pd.DataFrame(np.nan, index=range(len(around.stations)), columns=names)
    station, row, part = parts_within(around, landuse, band)
    made = pd.DataFrame(
        {
            name: np.bincount(station, weights=part * (uses[row] == name), minlength=len(around.stations))
            for name in names
        }
    )
    return made.where(pd.Series(_known(around, band)))


def _known(around: Around, band: Band) -> NDArray[np.bool_]:
    """Stations known well enough, with ground in the study area."""
    known: NDArray[np.bool_] = around.sure(band) & ~(around.inside_m2(band) == 0)
    return known


def parts_within(
    around: Around, landuse: gpd.GeoDataFrame, band: Band
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Station, row of the land and square metres of it inside the station's area."""
    shapes, areas = np.asarray(landuse.geometry.array), around.circles[band.metres]
    station, row = shapely.STRtree(shapes).query(areas, predicate="intersects")
    shapely.prepare(areas)
    whole = shapely.contains_properly(areas[station], shapes[row])
    part = np.where(whole, shapely.area(shapes[row]), 0.0)
    part[~whole] = shapely.area(shapely.intersection(shapes[row[~whole]], areas[station[~whole]]))
    return station, row, part


def _balance(around: Around, people: Floats, jobs: Floats) -> Floats:
    """Jobs against residents, in balance where they stand to each other as in the whole study area."""
    totals = [around.things(what) for what in ("people", "jobs")]
    sums = [0.0 if one is None else float(one.amount.sum()) for one in totals]
    if not all(sums):
        return np.full(len(around.stations), np.nan)
    found = job_balance(pd.Series(people), pd.Series(jobs), jobs_per_person=sums[1] / sums[0])
    return found.to_numpy(dtype=float)


def _plot_ratio(around: Around, landuse: gpd.GeoDataFrame, band: Band) -> Floats:
    """The mean of the plot ratios stated, by ground."""
    station, row, part = parts_within(around, landuse, band)
    ratio = pd.to_numeric(landuse[PLOT_RATIO], errors="coerce").to_numpy(dtype=float)[row]
    there = np.isfinite(ratio)
    floors, ground = (
        np.bincount(station[there], weights=values, minlength=len(around.stations))
        for values in ((ratio * part)[there], part[there])
    )
    return np.where((ground > 0) & _known(around, band), floors / np.where(ground > 0, ground, 1.0), np.nan)


def _warnings(unknown: list[str]) -> tuple[Text, ...]:
    if not unknown:
        return ()
    codes = ", ".join(unknown[:8]) + ("…" if len(unknown) > 8 else "")
    return (text("tod_unknown_codes", count=len(unknown), codes=codes),)
