"""The layers of park reach: residents covered by cell, streets by minutes, units with their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from kunshan_gis.maps import base, palette, systems, units
from kunshan_gis.maps.page import MapLayer
from kunshan_gis.maps.values import Field

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from kunshan_gis.model import Basis, Result, StudyArea
from kunshan_gis.messages import text


def units_with_figures(area: StudyArea, result: Result) -> list[MapLayer]:
    """Zones and towns as outlines that carry their figures."""
    group, layers = text("group_units"), []
    towns = systems.zone_table(area)
    if towns is None:
        towns = area.optional("towns")
    if towns is None:
        return []
    basis = area.layer("towns").info.basis
    if "zones" in result.tables and "zone_id" in towns:
        outlines = towns[["zone_id", "geometry"]].dissolve("zone_id", as_index=False)
        table, fields = _with_figures(result, outlines.rename(columns={"zone_id": "id"}), "zones")
        style = palette.outline(text("zones"), width=2.4, color="#3b4a63")
        layers.append(
            MapLayer("zones", text("zones"), group, table, style, fields=(base.NAME, *fields), shown=False, basis=basis)
        )
    if "towns" in result.tables:
        named = towns.drop(columns=[column for column in ("name", "name_en") if column in towns])
        table, fields = _with_figures(result, named, "towns")
        style = palette.outline(text("towns"))
        layers.append(
            MapLayer(
                "towns", text("towns"), group, table, style, fields=(base.NAME, *fields), label=base.NAME, basis=basis
            )
        )
    return layers


def _with_figures(
    result: Result, outlines: gpd.GeoDataFrame, units_of: str
) -> tuple[gpd.GeoDataFrame, tuple[Field, ...]]:
    figures, fields = units.cards(result, result.tables[units_of])
    columns = ["name", "name_en", *(field.column for field in fields)]
    return outlines.join(figures[columns], on="id"), fields


def cells_covered(cells: gpd.GeoDataFrame | None, result: Result, basis: Basis) -> list[MapLayer]:
    """Residents (or buildings) by cell, coloured by the fifth their covered share falls in, or as not measurable."""
    if cells is None or not len(cells):
        return []
    table = by_fifth(cells, sized_by="population")
    fields = base.fields_of(table, units.shares(result)[0], *units.counts(result))
    return [
        MapLayer(
            "cells",
            text("cells_buildings" if units.of_buildings(result) else "cells"),
            text("group_reach"),
            table,
            palette.covered(),
            by="class_",
            fields=fields,
            basis=basis,
            derived=True,
        )
    ]


def by_fifth(cells: gpd.GeoDataFrame, *, sized_by: str) -> gpd.GeoDataFrame:
    """The cells with `class_`, the fifth their `share_covered` falls in, drawn as large as their amount."""
    share = cells["share_covered"].to_numpy(dtype=float)
    measurable = (cells["covered"] + cells["not_covered"]).to_numpy() > 0
    fifth = np.array(["0", "20", "40", "60", "80"])[np.clip(np.nan_to_num(share) * 5, 0, 4).astype(int)]
    table = cells.assign(class_=np.where(measurable & ~np.isnan(share), fifth, palette.NOT_MEASURABLE))
    return table.set_geometry(sized(table, sized_by))


def sized(cells: gpd.GeoDataFrame, by: str) -> NDArray[np.object_]:
    """Cells drawn as large as their people or land: full at the ninth decile, the side never under a fifth."""
    people = cells[by].to_numpy(dtype=float)
    full = max(float(np.quantile(people, 0.9)), 1.0)
    side = np.clip(np.sqrt(people / full), 0.22, 0.96)
    shapes = np.asarray(cells.geometry.array)
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    points, row = shapely.get_coordinates(shapes, return_index=True)
    moved = middle[row] + (points - middle[row]) * side[row, None]
    return np.asarray(shapely.set_coordinates(shapes.copy(), moved))


def streets_reached(reach: gpd.GeoDataFrame | None, basis: Basis) -> list[MapLayer]:
    """Streets by the minutes within which they are reached, in their own order of `band`."""
    if reach is None or not len(reach):
        return []
    reach = reach.explode(ignore_index=True)  # pieces out of view are skipped one by one
    minutes = pd.to_numeric(reach["band"], errors="coerce")
    table = reach.assign(class_=minutes.map("{:g}".format).where(minutes.notna(), palette.BEYOND))
    bands = [f"{value:g}" for value in sorted(minutes.dropna().unique())]
    styles = palette.bands(bands)
    if not minutes.isna().any():
        del styles[palette.BEYOND]
    return [
        MapLayer(
            "reach",
            text("reach"),
            text("group_reach"),
            table[["class_", "geometry"]],
            styles,
            by="class_",
            min_zoom=12,
            basis=basis,
            derived=True,
        )
    ]
