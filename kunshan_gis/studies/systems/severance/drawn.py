"""What the map draws of severance, as frames in the analysis CRS."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.studies.systems.severance.closed import Closed
from kunshan_gis.studies.systems.severance.cost import Loss, Walked
from kunshan_gis.studies.systems.severance.proposed import Proposed
from kunshan_gis.studies.systems.severance.tables import Found, changed_homes
from kunshan_gis.studies.systems.system import Setting

_NAMED = ["id", "name", "name_en"]


def expressways_drawn(setting: Setting, found: Sequence[Found], table: pd.DataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Stretches by what they are to walkers, crossings, and the longest stretch without one of each expressway.

    `severance_expressways`: `bars` (ground, unknown, off) and the figures of the table; `severance_passages`:
    `passage`; `severance_longest`: `longest_uncrossed_m`.
    """
    rows, crs = table.set_index("id", drop=False), setting.area.info.analysis_crs
    parts = [
        (one.expressway.id, part, shapely.multilinestrings(lines))
        for one in found
        for part, lines in (
            ("off", one.expressway.off), ("unknown", one.expressway.unknown), ("ground", one.expressway.ground)
        )
        if len(lines)
    ]  # fmt: skip
    stretches = rows.loc[[key for key, *_ in parts]].reset_index(drop=True).assign(bars=[part for _, part, _ in parts])
    long = [(one.expressway.id, one.spacing.longest) for one in found if one.spacing.longest is not None]
    gaps = rows.loc[[key for key, _ in long], [*_NAMED, "longest_uncrossed_m"]].reset_index(drop=True)
    places = [one.passages.assign(id=one.expressway.id) for one in found if one.passages is not None]
    known = rows.index.to_series()
    crossed = pd.concat(places) if places else gpd.GeoDataFrame({"id": known[:0], "passage": []}, geometry=[])
    names = rows.loc[crossed["id"], ["name", "name_en"]].reset_index(drop=True)
    return {
        "severance_expressways": gpd.GeoDataFrame(stretches, geometry=[shape for *_, shape in parts], crs=crs),
        "severance_longest": gpd.GeoDataFrame(gaps, geometry=[shape for _, shape in long], crs=crs),
        "severance_passages": gpd.GeoDataFrame(
            names.assign(passage=crossed["passage"].to_numpy()), geometry=np.asarray(crossed.geometry.array), crs=crs
        ),
    }


def homes_drawn(setting: Setting, loss: Loss, parks: Walked) -> gpd.GeoDataFrame:
    """`severance_homes`: homes that lose a park because of the expressways; `metres` to the nearest, NaN: none."""
    assert loss.parks is not None
    homes = setting.area.table("homes")[["id", "population", "geometry"]].reset_index(drop=True)
    metres = parks.metres.where(np.isfinite(parks.metres))
    return homes.assign(home_id=homes["id"], metres=metres)[loss.parks["lost"]].reset_index(drop=True)


def ways_drawn(setting: Setting, found: Proposed, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """`severance_crossings`: the proposed crossings with the columns of their table."""
    return gpd.GeoDataFrame(table.copy(), geometry=list(found.ways.shapes), crs=setting.area.info.analysis_crs)


def closed_drawn(found: Closed) -> dict[str, gpd.GeoDataFrame]:
    """`severance_closed`: the streets taken away; `severance_lost_homes`: the homes whose state changes."""
    streets = found.streets[["id", "geometry"]].reset_index(drop=True)
    streets = streets.assign(street_id=streets["id"], closed_structure=found.streets["structure"].to_numpy())
    return {"severance_closed": streets, "severance_lost_homes": changed_homes(found)}
