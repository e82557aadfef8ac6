"""What is wrong with parks: over each other, against their code, beyond the border, no way in, areas that differ."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.studies.systems.parks.codes import code_faults
from kunshan_gis.studies.systems.parks.held import Parks
from kunshan_gis.studies.systems.parks.nested import Shared
from kunshan_gis.studies.systems.system import Fault

OVER = {"inside": "park_inside", "over": "park_overlap"}


def park_faults(parks: Parks, shared: Shared, *, differs: float, near_m: float) -> list[Fault]:
    """Every fault of the parks that count or serve, named and located."""
    return [
        *_shared(shared),
        *code_faults(parks.table),
        *_beyond(parks),
        *_no_way_in(parks),
        *_differing(parks.setting.area.standing("parks"), differs),
        *_same_name(parks.table, near_m),
    ]


def _shared(shared: Shared) -> Iterator[Fault]:
    for lies, key in OVER.items():
        for ids, ground in shared.ids(lies):
            yield Fault(key, ids, ground)


def _beyond(parks: Parks) -> Iterator[Fault]:
    """Parks most of whose ground lies outside the study area."""
    if not parks.setting.area.has("boundary"):
        return
    yield from _rows("park_beyond", parks.table, ~parks.counted)


def _no_way_in(parks: Parks) -> Iterator[Fault]:
    """Parks that nothing walkable leads into: nobody is served by them on foot."""
    if parks.access is None:
        return
    source = parks.access.source.reindex(parks.table["id"]).to_numpy()
    yield from _rows("park_no_entrance", parks.table, source == "none")


def _differing(parks: gpd.GeoDataFrame, differs: float) -> Iterator[Fault]:
    """Stated areas that are not their outline's; drawn piece by piece, since pieces may state an area each."""
    if "area_m2" not in parks:
        return
    stated, drawn = parks["area_m2"].to_numpy(dtype=float), shapely.area(np.asarray(parks.geometry.array))
    off = np.abs(stated - drawn) > differs * drawn
    for row in np.flatnonzero(off):
        yield Fault("park_area_differs", (str(parks["id"].iloc[row]),), parks.geometry.iloc[row])


def _same_name(parks: gpd.GeoDataFrame, near_m: float) -> Iterator[Fault]:
    """Parks of one name close by that do not touch: one park in pieces, or one drawn twice."""
    named = parks[parks["name"].notna()] if "name" in parks else parks.iloc[:0]
    shapes, name = np.asarray(named.geometry.array), pd.factorize(named["name"])[0] if len(named) else np.empty(0)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=near_m)
    pairs = (one < other) & (name[one] == name[other])
    for a, b in sorted(zip(one[pairs], other[pairs], strict=True)):
        away = float(shapely.distance(shapes[a], shapes[b]))
        yield Fault("park_same_name", (str(named["id"].iloc[a]), str(named["id"].iloc[b])), shapes[b], away)


def _rows(key: str, parks: gpd.GeoDataFrame, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Iterator[Fault]:
    for row in np.flatnonzero(rows):
        yield Fault(key, (str(parks["id"].iloc[row]),), parks.geometry.iloc[row])
