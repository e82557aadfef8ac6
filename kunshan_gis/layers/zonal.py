"""What a raster holds within zones: people, means and the like, with the share of each cell that a zone covers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.raster import RasterSource
from numpy.typing import NDArray
from rasterio.windows import Window

from kunshan_gis.errors import ParameterError
from kunshan_gis.layers.population import quantity_of
from kunshan_gis.layers.quantity import Quantity
from kunshan_gis.layers.raster import CELLS_AT_ONCE, Band, Floats, as_feature, open_band
from kunshan_gis.messages import Text

STATS = ("people", "sum", "mean", "min", "max", "median", "stdev")
"""What can be asked of a zone: `people` counts them, whatever the raster gives; the others are of the values as they
are, a cell weighing as much as the zone covers of it."""


def zonal(
    path: Path,
    zones: gpd.GeoDataFrame,
    stats: Sequence[str] = ("people", "mean"),
    *,
    values: str | None = None,
    band: str | None = None,
    census: int | None = None,
) -> pd.DataFrame:
    """Figures of a raster for each zone.

    Parameters
    ----------
    path : Path
        A GeoTIFF.
    zones : GeoDataFrame
        Areas in any CRS, one row a zone.
    stats : sequence of str
        Of `STATS`.
    values, band, census : optional
        See `population.count_within`; `values` matters for `people` only.

    Returns
    -------
    DataFrame
        Indexed as `zones`: one column for each of `stats` (float; NaN where the zone has no value; people: 0 where it
        has values and nobody) and `data_share`, the share of the zone's area that has values (0 to 1). The sums of
        zones that part an area are the sum of that area.

    Raises
    ------
    LayerNotFoundError, LayerError, CRSError, ParameterError
        As `population.count_within`; an unknown figure.

    Notes
    -----
    Read in blocks: what is held at a time does not grow with the raster. Negative values count as nobody in `people`.
    """
    _require_known(stats)
    with open_band(path, band) as source:
        shapes = source.to_pixels(zones)
        found, plain = pd.DataFrame(), [stat for stat in stats if stat != "people"]
        if "people" in stats:
            quantity = quantity_of(source, shapely.union_all(shapes), values, census)
            found = _figures(source, shapes, ["sum"], quantity).rename(columns={"sum": "people"})
        if plain or not stats:
            found = _figures(source, shapes, plain, None).assign(**found.drop(columns="data_share", errors="ignore"))
        source.tell_noticed()
    return found.set_index(zones.index)[[*stats, "data_share"]]


def _require_known(stats: Sequence[str]) -> None:
    if unknown := [stat for stat in stats if stat not in STATS]:
        named, choice = ", ".join(unknown), ", ".join(STATS)
        raise ParameterError(
            Text(f"没有 `{named}` 这一统计量；可选：{choice}", f"there is no figure `{named}`; choose from {choice}")
        )


def _figures(source: Band, shapes: NDArray[np.object_], stats: list[str], quantity: Quantity | None) -> pd.DataFrame:
    features = [as_feature(shape) for shape in shapes]
    source.noticed.clear()
    rows = exact_extract(_Cells(source, quantity), features, [*stats, "count"], max_cells_in_memory=CELLS_AT_ONCE * 4)
    table = pd.DataFrame([row["properties"] for row in rows], columns=[*stats, "count"], dtype=float)
    share = table.pop("count").to_numpy() / shapely.area(shapes)
    none = share == 0
    table[none] = np.nan
    return table.assign(data_share=np.clip(share, 0.0, 1.0))


class _Cells(RasterSource):  # type: ignore[misc]
    """A band in pixel space, as exactextract asks for it."""

    def __init__(self, source: Band, quantity: Quantity | None) -> None:
        super().__init__()
        self.source, self.quantity = source, quantity
        self.set_name("")

    def res(self) -> tuple[float, float]:
        return 1.0, 1.0

    def extent(self) -> tuple[float, float, float, float]:
        return 0.0, float(-self.source.raster.height), float(self.source.raster.width), 0.0

    def srs_wkt(self) -> str | None:
        return None

    def nodata_value(self) -> float | None:
        return None

    def read_window(self, x0: int, y0: int, nx: int, ny: int) -> Floats:
        if nx == 0 or ny == 0:
            return np.full((ny, nx), np.nan)
        window = Window(x0, y0, nx, ny)
        values = self.source.read(window)
        if self.quantity is None:
            return values
        people = self.quantity.people(values, self.source, window)
        return np.asarray(np.where(values < 0, 0.0, people), dtype=np.float64)
