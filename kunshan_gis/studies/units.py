"""The units figures are given by: the area, zones, towns, communities, a grid, or any polygons of the planner's own.

Points belong to the unit they lie in. Land that lies across a border counts in each unit with the share of its area
there. What lies in no unit is `unassigned`, shown and never dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree

from kunshan_gis.analysis import UNASSIGNED, hexagon_cells, overlaps, require_apart, town_of, zone_of
from kunshan_gis.errors import ParameterError, listed
from kunshan_gis.messages import Text, known, text
from kunshan_gis.model import StudyArea, digest
from kunshan_gis.studies.accounts import area_names, unit_names
from kunshan_gis.studies.demand import Demand
from kunshan_gis.studies.demand import demand as residents_of

UNITS = ("area", "zones", "towns", "communities")
HEX = "hex"
HEX_M = (100.0, 20_000.0)
"""Least and greatest width of hexagons; in narrower ones there is hardly more than one house."""
UNIT_KINDS = ("towns", "zones", "zone_towns", "communities")
"""Layers that say which units there are."""


@dataclass(frozen=True, eq=False)
class Units:
    """Units by name, and where they are.

    Attributes
    ----------
    key : area, zones, towns, communities, hex, or what the planner's polygons are called
    names : DataFrame
        `unit_id`, `name`, `name_en`; the last row is `unassigned`, but for the area.
    shapes : polygons of the units in the order of `names`, where they have any
    own : the planner's polygons, whatever they are called
    """

    key: str
    names: pd.DataFrame
    shapes: NDArray[np.object_] | None
    area: StudyArea
    own: bool = False

    @property
    def whole(self) -> bool:
        """True for the study area as one unit."""
        return self.key == "area" and not self.own

    @property
    def kinds(self) -> tuple[str, ...]:
        """The layers that say where the units are."""
        return () if self.own else _NEEDED.get(self.key, ())

    def overlapping(self) -> pd.DataFrame:
        """Units that lie over each other, as `analysis.overlaps` gives them; empty where none do."""
        if self.shapes is None:
            return pd.DataFrame({"a": [], "b": [], "overlap_m2": []})
        ids = self.names["unit_id"].to_numpy()[: len(self.shapes)]
        valid = shapely.is_valid(self.shapes) & (shapely.area(self.shapes) > 0)
        return overlaps(
            gpd.GeoDataFrame({"id": ids[valid]}, geometry=self.shapes[valid], crs=self.area.info.analysis_crs)
        )

    def warnings(self) -> Iterator[Text]:
        """Units of the study area that overlap; residents who live in none of the planner's polygons.

        The planner's polygons may not overlap, and a file that is shifted looks like any other.
        """
        if not self.own:
            pairs = [f"{row.a} × {row.b}: {row.overlap_m2:,.0f} m2" for row in self.overlapping().itertuples()]
            if pairs:
                yield text("warn_overlap", units=known(self.key), pairs=listed(pairs, 3))
            return
        if self.key == HEX:
            return
        rows = residents_of(self.area, "people")
        people = rows.amount @ self.share(rows)
        if people[-1] > 0:
            yield text("warn_in_no_unit", people=round(people[-1]), total=round(people.sum()), units=self.key)

    def share(self, demand: Demand) -> csr_array:
        """The share of each row of a demand that belongs to each unit: sparse (rows, units), rows sum to 1."""
        rows = len(demand.amount)
        if self.whole:
            return csr_array(np.ones((rows, 1)))
        if demand.extended and self.shapes is not None:
            return self._by_extent(demand)
        return _one_each(self._row_of(demand), len(self.names))

    def _row_of(self, demand: Demand) -> NDArray[np.int64]:
        number = pd.Series(np.arange(len(self.names)), index=self.names["unit_id"])
        if demand.kinds == ("homes",) and not self.own and self.key in ("towns", "zones"):
            unit = _unit_of_homes(self.area, self.key)
        elif self.key == "communities" and not self.own:
            unit = nearest_community(self.area, demand.places)
        else:
            return _unit_of_points(demand.places, self.shapes, len(self.names) - 1)
        return np.asarray(number.reindex(unit).fillna(len(self.names) - 1), dtype=np.int64)

    def _by_extent(self, demand: Demand) -> csr_array:
        assert self.shapes is not None
        size, shapes = shapely.area if demand.areal else shapely.length, demand.shapes
        row, unit = shapely.STRtree(self.shapes).query(shapes, predicate="intersects")
        whole = size(shapes)
        shapely.prepare(self.shapes)
        inside = shapely.contains_properly(self.shapes[unit], shapes[row])
        part = np.where(inside, whole[row], 0.0)
        cut = np.flatnonzero(~inside)
        part[cut] = size(shapely.intersection(shapes[row[cut]], self.shapes[unit[cut]]))
        share = np.divide(part, whole[row], out=np.zeros_like(part), where=whole[row] > 0)
        share /= np.maximum(np.bincount(row, weights=share, minlength=len(shapes)), 1.0)[row]  # units that overlap
        rest = np.clip(1.0 - np.bincount(row, weights=share, minlength=len(shapes)), 0.0, None)
        rest[rest < 1e-9] = 0.0
        last = np.full(len(shapes), len(self.names) - 1)
        data, at = np.r_[share, rest], (np.r_[row, np.arange(len(shapes))], np.r_[unit, last])
        return coo_array((data, at), shape=(len(shapes), len(self.names))).tocsr()


def units_of(area: StudyArea, key: str, polygons: gpd.GeoDataFrame | None = None) -> Units:
    """The units of a study area by their key, or the planner's own polygons.

    Parameters
    ----------
    polygons : GeoDataFrame with `id`, metres in the analysis CRS, optional
        Any areas that do not overlap; `name` and `name_en` where they have them.

    Raises
    ------
    ParameterError
        The study area lacks the layers that say which units there are.
    LayerSchemaError
        The polygons overlap: names them, and the ground they share.
    """
    if polygons is not None:
        return _own_units(area, f"own_{key}" if key in UNITS else key, polygons)
    key = _ONE_OF.get(key, key)
    if key not in UNITS:
        raise ParameterError(_no_such_units(key))
    return area.remember("units", ["homes", *UNIT_KINDS], key, lambda: _units(area, key))


def _units(area: StudyArea, key: str) -> Units:
    if key == "area":
        return Units(key, area_names(area), None, area)
    missing = [kind for kind in _NEEDED[key] if not area.has(kind)]
    if missing:
        kinds = ", ".join(missing)
        raise ParameterError(
            Text(
                f"没有按{text(key).zh}统计的数字：需要图层 {kinds}；请在 catalog.toml 中补上，或改用其他统计单元",
                f"no figures by {text(key).en.lower()}: they need the layers {kinds}; add them to catalog.toml, "
                "or choose other units",
            )
        )
    return Units(key, unit_names(area, key), _shapes(area, key), area)


def units_sha256(polygons: gpd.GeoDataFrame) -> str:
    """Digest of polygons of one's own: their ids, names and outlines, whatever file they came from."""
    named = [polygons[column].astype(str).tolist() for column in ("id", "name", "name_en") if column in polygons]
    return digest(named, [shape.hex() for shape in shapely.to_wkb(np.asarray(polygons.geometry.array))])


def hexagons_of(area: StudyArea, rows_of: Demand, width_m: float) -> Units:
    """Hexagons with something of a demand in them, on a grid of the CRS.

    Parameters
    ----------
    width_m : float
        From the middle of one to the middle of the next, metres.

    Raises
    ------
    ParameterError
        The width is not between 100 m and 20 km.
    """
    if not HEX_M[0] <= width_m <= HEX_M[1]:
        least, most = HEX_M
        raise ParameterError(
            Text(
                f"六边形宽 {width_m:g} 米：须在 {least:g} 至 {most:g} 米之间",
                f"hexagons {width_m:g} m wide: give from {least:g} to {most:g} m",
            )
        )
    shapes = gpd.GeoSeries(rows_of.shapes[rows_of.amount > 0], crs=rows_of.places.crs)
    cells = hexagon_cells(shapes, side_m=width_m / np.sqrt(3.0))
    return _of_polygons(area, HEX, cells.assign(id=HEX + cells["id"]))  # no id begins like a formula of a spreadsheet


def there(area: StudyArea) -> tuple[str, ...]:
    """The units a study area can give figures by."""
    return tuple(key for key in UNITS if key == "area" or all(area.has(kind) for kind in _NEEDED[key]))


_ONE_OF = {"zone": "zones", "town": "towns", "community": "communities"}
"""Units by what one of them is called, as the command line asks for them."""
_NEEDED = {"zones": ("towns", "zone_towns"), "towns": ("towns",), "communities": ("communities",)}


def _no_such_units(key: str) -> Text:
    said = ", ".join(UNITS)
    return Text(
        f"没有统计单元 `{key}`；可选：{said}（覆盖与可达性另有 {HEX}），或用 polygons 给出自己的面",
        f"there are no units `{key}`; there are: {said} ({HEX} for coverage and access), or give your own as polygons",
    )


def _shapes(area: StudyArea, key: str) -> NDArray[np.object_] | None:
    if key == "communities":
        return None
    towns = area.table("towns")
    if key == "towns":
        return np.asarray(towns.geometry.array)
    ids = unit_names(area, key)["unit_id"].tolist()[:-1]
    zone = zone_of(towns["id"], area.table("zone_towns"))
    shapes = np.asarray(towns.geometry.array)
    return np.array([shapely.union_all(shapes[(zone == one).to_numpy()]) for one in ids], dtype=object)


def _unit_of_homes(area: StudyArea, key: str) -> pd.Series:
    town = town_of(area.table("homes"), area.table("towns"))
    return town if key == "towns" else zone_of(town, area.table("zone_towns"))


def nearest_community(area: StudyArea, places: gpd.GeoSeries) -> pd.Series:
    """The community a point lies in; of communities known as points the nearest one in a straight line."""
    communities = area.table("communities")
    shapes = np.asarray(communities.geometry.array)
    if (shapely.get_dimensions(shapes) == 2).all():
        row = _unit_of_points(places, shapes, len(communities))
        ids = np.append(communities["id"].to_numpy(dtype=object), UNASSIGNED)
        return pd.Series(ids[row], index=places.index)
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes))
    on = shapely.point_on_surface(np.asarray(places.array))  # of a park its middle
    points = np.column_stack([shapely.get_x(on), shapely.get_y(on)])
    nearest = cKDTree(xy).query(np.nan_to_num(points))[1]
    return pd.Series(communities["id"].to_numpy(dtype=object)[nearest], index=places.index)


def _unit_of_points(places: gpd.GeoSeries, shapes: NDArray[np.object_] | None, rest: int) -> NDArray[np.int64]:
    """Row of the unit each point lies in, the first on a shared border; `rest` where none."""
    assert shapes is not None
    found = np.full(len(places), rest, dtype=np.int64)
    point, unit = shapely.STRtree(shapes).query(np.asarray(places.array), predicate="intersects")
    order = np.lexsort((unit, point))
    first = np.unique(point[order], return_index=True)[1]
    found[point[order][first]] = unit[order][first]
    return found


def _one_each(unit: NDArray[np.int64], number: int) -> csr_array:
    rows = len(unit)
    return csr_array((np.ones(rows), unit, np.arange(rows + 1)), shape=(rows, number))


def _own_units(area: StudyArea, key: str, polygons: gpd.GeoDataFrame) -> Units:
    require_apart(polygons)
    if not len(polygons):
        raise ParameterError(Text(f"{key} 中没有任何单元", f"{key} holds no unit"))
    return _of_polygons(area, key, polygons)


def _of_polygons(area: StudyArea, key: str, polygons: gpd.GeoDataFrame) -> Units:
    names = pd.DataFrame({"unit_id": polygons["id"].astype(object)})
    for column, other in (("name", "unit_id"), ("name_en", "name")):
        names[column] = polygons[column].fillna(names[other]) if column in polygons else names[other]
    rest = text("unassigned")
    last = pd.DataFrame({"unit_id": [UNASSIGNED], "name": [rest.zh], "name_en": [rest.en]})
    return Units(key, pd.concat([names, last], ignore_index=True), np.asarray(polygons.geometry.array), area, own=True)
