"""What people live on and in, to hand counted people to: residential land by its code, buildings by their floors."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis.errors import LayerError, listed
from kunshan_gis.layers.catalog import read_toml
from kunshan_gis.layers.osm import read_osm
from kunshan_gis.layers.osm_file import inspect_osm
from kunshan_gis.layers.vector import read_vector
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, silent

EXTRACTS = (".pbf", ".osm", ".osm.gz")
LEVELS = ("levels", "building:levels", "floors", "storeys", "stories", "层数", "楼层", "楼层数", "地上层数", "floor")
"""Names of the column with the number of storeys, the likeliest first."""


def residential(landuse: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows of a land-use layer that people live on, by code and edition of the code list.

    Raises
    ------
    LayerError
        No row is residential, or an edition is not known; names the codes or the edition.
    """
    lived = np.zeros(len(landuse), dtype=bool)
    for edition, rows in landuse.groupby(landuse["code_edition"].astype(str), sort=True).groups.items():
        at = landuse.index.get_indexer(rows)
        lived[at] = _lived_on(landuse["code"].astype(str).to_numpy()[at], str(edition))
    if not lived.any():
        codes = listed(sorted(set(landuse["code"])), 8)
        raise LayerError(
            Text(
                f"用地图层中没有居住用地；现有代码：{codes}。请改用 --over buildings 或 --over none",
                f"the land-use layer has no residential land; its codes: {codes}. Use --over buildings or --over none",
            )
        )
    return landuse[lived]


def read_buildings(path: Path, *, progress: Progress = silent) -> gpd.GeoDataFrame:
    """Buildings of an OpenStreetMap extract or of any layer of areas.

    Returns
    -------
    GeoDataFrame
        `id`, `lived_in`, `levels` (storeys; NaN where not known) and areas in the file's own CRS.

    Raises
    ------
    LayerNotFoundError, LayerError, CRSError
        As the readers; no building in it.
    """
    if path.name.lower().endswith(EXTRACTS):
        table = read_osm(inspect_osm(path), progress=progress).get("buildings")
    else:
        table = _outlines(read_vector(path))
    if table is None or table.empty:
        raise LayerError(
            Text(
                f"文件 {path.name} 中没有建筑轮廓面；请提供建筑面图层或含建筑的 OpenStreetMap 数据",
                f"file {path.name} holds no building; give a layer of their outlines, or an OpenStreetMap extract",
            )
        )
    return table


def _outlines(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    areas = table[np.asarray(table.geom_type.isin(("Polygon", "MultiPolygon")))]
    by_name = {str(column).strip().casefold(): column for column in areas.columns}
    column = next((by_name[name] for name in LEVELS if name in by_name), None)
    levels = np.full(len(areas), np.nan)
    if column is not None:
        levels = pd.to_numeric(areas[column], errors="coerce").to_numpy(dtype=float)
    levels = np.where(levels > 0, levels, np.nan)
    ids = [f"building/{row}" for row in areas.index]
    columns = {"id": ids, "lived_in": np.ones(len(areas), dtype=bool), "levels": levels}
    return gpd.GeoDataFrame(columns, geometry=areas.geometry.array, crs=areas.crs)


def _lived_on(codes: Any, edition: str) -> Any:
    for known in _lists():
        if any(word.casefold() in edition.casefold() for word in known["edition"]):
            return [
                code.startswith(tuple(known["codes"])) and not code.startswith(tuple(known["but"])) for code in codes
            ]
    titles = "；".join(known["title"] for known in _lists())
    raise LayerError(
        Text(
            f"用地图层的 code_edition 为 `{edition}`，无法判断哪些代码是居住用地；已知版本：{titles}",
            f"the land-use layer's code_edition is `{edition}`, so its residential codes are not known; "
            f"known editions: {titles}",
        )
    )


@cache
def _lists() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_toml(Path(__file__).parent / "residential.toml")["list"]
    return found
