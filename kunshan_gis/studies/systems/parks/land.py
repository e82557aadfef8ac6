"""Where a park could go, as far as the layers say: not in water, not on land that cannot be one, best on green land."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.layers.land_codes import Code, edition_called
from kunshan_gis.messages import Text
from kunshan_gis.studies.systems.parks.held import Parks, Rows

CANNOT_BE = ("water", "transport", "utility")
"""Uses of land where no park is put; any other land is said and not refused: renewal turns works into parks."""
GREEN = "green"


@dataclass(frozen=True, eq=False)
class Land:
    """The ground new parks could lie on."""

    parks: Parks

    @cached_property
    def landuse(self) -> gpd.GeoDataFrame | None:
        """The land-use layer with what a study asks of each code (`use`, `title`), where there is one."""
        table = self.parks.setting.area.optional("landuse")
        if table is None:
            return None
        pairs = table[["code", "code_edition"]].drop_duplicates()
        known = {(code, edition): _code(code, edition) for code, edition in pairs.itertuples(index=False)}
        said = [known[pair] for pair in zip(table["code"], table["code_edition"], strict=True)]
        return table[["id", "code", "geometry"]].assign(
            use=[one.use for one in said], title=[one.title.zh for one in said], title_en=[one.title.en for one in said]
        )

    @cached_property
    def green(self) -> gpd.GeoDataFrame | None:
        """Land of a green code, without the ground of the parks: `id`, `free_m2`, what is left of it.

        None without a land-use layer.
        """
        if self.landuse is None:
            return None
        table = self.landuse[self.landuse["use"] == GREEN].reset_index(drop=True)
        shapes, taken = np.asarray(table.geometry.array), np.asarray(self.parks.table.geometry.array)
        left = shapes.copy()
        of, park = shapely.STRtree(taken).query(shapes, predicate="intersects")
        for row, over in pd.Series(park).groupby(of):
            left[row] = shapely.difference(shapes[row], shapely.union_all(taken[over.to_numpy()]))
        free = table.set_geometry(gpd.GeoSeries(left, crs=table.crs)).assign(free_m2=shapely.area(left))
        return free[free["free_m2"] > 0].reset_index(drop=True)

    def free_green(self, smallest_m2: float) -> gpd.GeoDataFrame | None:
        """Green land with room for a park of a size."""
        return None if self.green is None else self.green[self.green["free_m2"] >= smallest_m2].reset_index(drop=True)

    def possible(self, points: NDArray[np.object_]) -> Rows:
        """Points in the study area that are not in water, in a park, or on land that cannot be one."""
        area = self.parks.setting.area
        found: Rows = np.ones(len(points), dtype=bool)
        if area.has("boundary"):
            found &= _inside(points, np.asarray(area.table("boundary").geometry.array))
        barred = [np.asarray(self.parks.table.geometry.array)]
        if area.has("water"):
            barred.append(np.asarray(area.table("water").geometry.array))
        if self.landuse is not None:
            barred.append(np.asarray(self.landuse[self.landuse["use"].isin(CANNOT_BE)].geometry.array))
        return found & ~_inside(points, np.concatenate(barred))

    def at(self, points: NDArray[np.object_]) -> pd.DataFrame:
        """Code and title of the land each point lies on, None where none is known: `code`, `title`, `title_en`."""
        names = ["code", "title", "title_en"]
        found = pd.DataFrame(None, index=range(len(points)), columns=names, dtype=object)
        if self.landuse is None:
            return found
        point, row = shapely.STRtree(np.asarray(self.landuse.geometry.array)).query(points, predicate="intersects")
        first = pd.Series(row).groupby(point).min()
        found.loc[first.index, names] = self.landuse.iloc[first.to_numpy()][names].to_numpy()
        return found


def _code(code: str, edition: str) -> Code:
    """A code of its list; of a longer code that is not listed, the class it belongs to."""
    known = edition_called(str(edition), "landuse")
    for length in range(len(str(code)), 0, -1) if known is not None else ():
        if str(code)[:length] in known.codes:  # type: ignore[union-attr]
            return known.codes[str(code)[:length]]  # type: ignore[union-attr]
    return Code(Text(str(code), str(code)), "")


def _inside(points: NDArray[np.object_], areas: NDArray[np.object_]) -> Rows:
    found: Rows = np.zeros(len(points), dtype=bool)
    found[np.unique(shapely.STRtree(areas).query(points, predicate="intersects")[0])] = True
    return found
