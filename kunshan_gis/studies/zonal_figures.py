"""Figures of a raster for the towns, zones or other areas of a study area."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from kunshan_gis.errors import ParameterError
from kunshan_gis.layers import open_area, read_catalog
from kunshan_gis.layers.zonal import zonal
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, StudyArea, silent
from kunshan_gis.schema import AREA, KINDS

UNASSIGNED = Text("未划入片区", "in no zone")


def zonal_figures(
    file: Path,
    folder: Path,
    *,
    zones: str = "towns",
    stats: tuple[str, ...] = ("people", "mean"),
    values: str | None = None,
    band: str | None = None,
    progress: Progress = silent,
) -> pd.DataFrame:
    """One row for each area of a layer.

    Parameters
    ----------
    file : Path
        A GeoTIFF.
    folder : Path
        The study area.
    zones : str
        A kind of layer with areas; `zones` are made of their towns, with the towns in no zone as the last row.
    stats, values, band
        See `layers.zonal.zonal`.

    Returns
    -------
    DataFrame
        `id`, `name` where the layer has names, the figures, `data_share`, and `reportable`: false where the areas are
        a demonstration.

    Raises
    ------
    ParameterError
        `zones` is no kind of layer with areas.
    LayerNotFoundError, LayerSchemaError, LayerError, CRSError
        As the readers.
    """
    needed = ("zones", "zone_towns", "towns") if zones == "zones" else (zones,)
    if zones != "zones" and (zones not in KINDS or not set(KINDS[zones].geometry) & set(AREA)):
        choice = ", ".join(["zones", *(name for name, kind in KINDS.items() if set(kind.geometry) & set(AREA))])
        raise ParameterError(
            Text(f"--zones 不能是 `{zones}`；可选：{choice}", f"--zones cannot be `{zones}`; choose one of {choice}")
        )
    census = read_catalog(folder)[0].population
    area = open_area(folder, needed, progress=progress)
    table = _zones(area) if zones == "zones" else area.table(zones)
    table = table[table.geom_type.isin(AREA)]
    names = [name for name in ("id", "name") if name in table]
    found = zonal(file, table, stats, values=values, band=band, census=census)
    real = not any(area.layer(kind).demonstration for kind in needed)
    return pd.concat([pd.DataFrame(table[names]), found], axis=1).assign(reportable=real).reset_index(drop=True)


def _zones(area: StudyArea) -> gpd.GeoDataFrame:
    """The zones as the union of their towns, and the towns that belong to none."""
    members = area.table("zone_towns").set_index("town_id")["zone_id"]
    towns = area.table("towns")
    zone = towns["id"].map(members).fillna("")
    shapes = towns[["geometry"]].assign(id=zone).dissolve("id")
    names = area.table("zones").set_index("id")["name"]
    order = [key for key in [*names.index, ""] if key in shapes.index]
    titles = [f"{UNASSIGNED.zh} {UNASSIGNED.en}" if key == "" else names[key] for key in order]
    return gpd.GeoDataFrame({"id": order, "name": titles}, geometry=shapes.loc[order].geometry.array, crs=towns.crs)
