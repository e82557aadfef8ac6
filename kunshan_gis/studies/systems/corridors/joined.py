"""What the corridors join: parks, water, each other; how much of their land is green."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kunshan_gis.model import StudyArea
from kunshan_gis.studies.on_foot import measured_parks
from kunshan_gis.studies.systems.corridors.crossed import built_up_land, of_uses
from kunshan_gis.studies.systems.corridors.drawn import Drawn, Shapes

PARKS, WATER, ISOLATED = "parks", "water", "isolated"


class Touched(NamedTuple):
    """Parks or waters by the corridors they are joined to.

    Attributes
    ----------
    table : every one of them: `id`, `name`, `name_en`, `tier`, `area_ha` (NaN of lines), `joined_to` (names),
        `joined_to_en`, `apart_m` to the nearest of those (NaN where joined to none)
    piece, row : pairs of a piece of a corridor and a row of the table
    """

    table: gpd.GeoDataFrame
    piece: NDArray[np.int64]
    row: NDArray[np.int64]


def green_shares(area: StudyArea, drawn: Drawn) -> pd.DataFrame:
    """Share of the corridors' land (of the line, where it has no width) in parks, water, any green, built-up land.

    NaN where no layer shows it; green is what is known to be: parks, green, water, and land of green use.
    """
    layers = {kind: _areas(area, kind) for kind in (PARKS, WATER, "green")}
    uses = of_uses(area, drawn.profile.green_uses) if area.has("landuse") else None
    known = [found for found in (*layers.values(), uses) if found is not None]
    shapes = {
        "share_green": np.concatenate(known) if known else None,
        "share_parkland": layers[PARKS], "share_water": layers[WATER], "share_built_up": built_up_land(area, drawn),
    }  # fmt: skip
    return pd.DataFrame({name: _share(drawn, found) for name, found in shapes.items()})


def _areas(area: StudyArea, kind: str) -> Shapes | None:
    if not area.has(kind):
        return None
    shapes = np.asarray(area.standing(kind).geometry.array)
    return shapely.get_parts(shapes[shapely.get_dimensions(shapes) == 2])


def _share(drawn: Drawn, land: Shapes | None) -> NDArray[np.float64]:
    share = np.full(len(drawn.table), np.nan)
    if land is None:
        return share
    shapely.prepare(drawn.ground)
    row, plot = shapely.STRtree(land).query(drawn.ground, predicate="intersects")
    for number, ground in enumerate(drawn.ground):
        own = shapely.union_all(land[plot[row == number]])
        size = shapely.area if shapely.get_dimensions(ground) == 2 else shapely.length
        share[number] = float(size(shapely.intersection(ground, own)) / size(ground))
    return share


def parks_joined(area: StudyArea, drawn: Drawn) -> Touched:
    """The parks of the scenario, touching pieces as one, by the corridors they are joined to."""
    parks = measured_parks(area)
    return _touched(parks.assign(area_ha=parks["area_m2"].astype(float) / 1e4), drawn)


def water_joined(area: StudyArea, drawn: Drawn) -> Touched:
    """Lakes, rivers and canals by the corridors they are joined to."""
    water = area.standing("water")
    flat = shapely.get_dimensions(np.asarray(water.geometry.array)) == 2
    return _touched(water.assign(area_ha=np.where(flat, water.geometry.area / 1e4, np.nan)), drawn)


def _touched(table: gpd.GeoDataFrame, drawn: Drawn) -> Touched:
    table = table.reset_index(drop=True)
    name = (table["name"] if "name" in table else table["id"]).fillna(table["id"])
    english = table.get("name_en", name).fillna(name)
    tier = table["tier"] if "tier" in table else pd.Series(None, index=table.index, dtype=object)
    shapes, pieces = np.asarray(table.geometry.array), _piece_ground(drawn)
    piece, row = shapely.STRtree(shapes).query(pieces, predicate="dwithin", distance=drawn.profile.joined_m)
    apart = pd.Series(shapely.distance(pieces[piece], shapes[row])).groupby(row).min()
    pairs = pd.DataFrame({"row": row, "owner": drawn.pieces[1][piece]}).drop_duplicates()
    own = pairs.sort_values(["row", "owner"]).join(drawn.table[["name", "name_en"]], on="owner").groupby("row")
    said = {"joined_to": own["name"].agg("、".join), "joined_to_en": own["name_en"].agg(", ".join)}
    kept = {"id": table["id"], "name": name, "name_en": english, "tier": tier, "area_ha": table["area_ha"]}
    found = pd.DataFrame(kept | {key: values.reindex(table.index) for key, values in said.items()})
    found["apart_m"] = apart.reindex(table.index)
    return Touched(gpd.GeoDataFrame(found, geometry=shapes, crs=table.crs), piece, row)


def _piece_ground(drawn: Drawn) -> Shapes:
    """Every piece at its stated width, where it is a line and has one."""
    pieces, owner = drawn.pieces
    wide = (shapely.get_dimensions(pieces) == 1) & np.isfinite(drawn.stated[owner])
    grown = shapely.buffer(pieces, np.where(wide, drawn.stated[owner], 0.0) / 2, cap_style="flat")
    return np.where(wide, grown, pieces)


def per_corridor(drawn: Drawn, touched: Touched | None, kind: str) -> pd.DataFrame:
    """How many parks or waters each corridor joins, and their hectares; NaN where there is no such layer."""
    number, land = f"joined_{kind}", f"joined_{kind}_ha"
    if touched is None:
        return pd.DataFrame({number: np.nan, land: np.nan}, index=range(len(drawn.table)))
    pairs = pd.DataFrame({"owner": drawn.pieces[1][touched.piece], "row": touched.row}).drop_duplicates()
    area_ha = np.nan_to_num(touched.table["area_ha"].to_numpy(dtype=float))[pairs["row"]]
    counted = drawn.per_corridor(np.ones(len(pairs)), pairs["owner"].to_numpy())
    return pd.DataFrame({number: counted, land: drawn.per_corridor(area_ha, pairs["owner"].to_numpy())})


def networks(drawn: Drawn, parks: Touched | None, beyond: NDArray[np.int64]) -> pd.DataFrame:
    """Corridors and parks that hang together, the most parks first; a park joins what it is joined to.

    Parameters
    ----------
    beyond : (n, 2) pairs of pieces that are joined beyond the boundary

    Returns
    -------
    DataFrame
        `network` (1, 2 …), `corridors` (names) and `corridors_en`, `parks`, `joined_parks_ha`; last the parks joined to
        no corridor, as network `isolated`.
    """
    pieces, owner = _piece_ground(drawn), drawn.pieces[1]
    tree = shapely.STRtree(pieces)
    a, b = tree.query(pieces, predicate="dwithin", distance=drawn.profile.joined_m)
    a, b = np.r_[a, beyond[:, 0]], np.r_[b, beyond[:, 1]]
    count = 0 if parks is None else len(parks.table)
    if parks is not None:
        a, b = np.r_[a, parks.piece], np.r_[b, parks.row + len(pieces)]
    size = len(pieces) + count
    _, group = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(size, size)), directed=False)
    rows = list(_networks(drawn, parks, group[: len(pieces)], group[len(pieces) :], owner))
    rows.sort(key=lambda row: (-row["parks"], row["corridors"]))
    table = pd.DataFrame([{"network": str(place), **row} for place, row in enumerate(rows, 1)])
    if parks is None:
        return table.assign(parks=np.nan, joined_parks_ha=np.nan)
    alone = ~np.isin(np.arange(count), parks.row)
    rest = {"network": ISOLATED, "corridors": "", "corridors_en": "", "parks": int(alone.sum()),
            "joined_parks_ha": float(parks.table["area_ha"][alone].sum())}  # fmt: skip
    return pd.concat([table, pd.DataFrame([rest])], ignore_index=True)


def _networks(
    drawn: Drawn, parks: Touched | None, of_piece: NDArray[np.int32], of_park: NDArray[np.int32],
    owner: NDArray[np.int64],
) -> Iterator[dict[str, Any]]:  # fmt: skip
    for group in np.unique(of_piece):
        own = np.unique(owner[of_piece == group])
        here = of_park == group
        land = 0.0 if parks is None else float(parks.table["area_ha"][here].sum())
        yield {
            "corridors": "、".join(drawn.table["name"].iloc[own]),
            "corridors_en": ", ".join(drawn.table["name_en"].iloc[own]),
            "parks": int(here.sum()), "joined_parks_ha": land,
        }  # fmt: skip


def crossings(drawn: Drawn) -> gpd.GeoDataFrame:
    """Every horizontal with every vertical corridor: whether they meet, where, and how far apart they are if not.

    Returns
    -------
    GeoDataFrame
        `name`, `name_en` (the horizontal one), `other`, `other_en`, `meets`, `apart_m` (0 where they meet), point.
    """
    table, ground = drawn.table, drawn.ground
    flat, upright = (np.flatnonzero(table["class"] == side) for side in ("horizontal", "vertical"))
    one, other = np.repeat(flat, len(upright)), np.tile(upright, len(flat))
    apart = shapely.distance(ground[one], ground[other])
    met = shapely.intersection(ground[one], ground[other])
    places = np.where(apart > 0, shapely.shortest_line(ground[one], ground[other]), met)
    found = {
        "id": table["id"].iloc[one].to_numpy() + "/" + table["id"].iloc[other].to_numpy(),
        "name": table["name"].iloc[one].to_numpy(), "name_en": table["name_en"].iloc[one].to_numpy(),
        "crossed": table["name"].iloc[other].to_numpy(), "crossed_en": table["name_en"].iloc[other].to_numpy(),
        "meets": apart <= drawn.profile.joined_m, "apart_m": apart,
    }  # fmt: skip
    return gpd.GeoDataFrame(found, geometry=shapely.centroid(places), crs=table.crs)
