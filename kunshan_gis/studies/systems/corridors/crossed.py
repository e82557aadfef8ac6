"""What crosses the corridors at ground level, and the built-up land they run through; where, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.layers.land_codes import edition_called
from kunshan_gis.model import DEMONSTRATION, StudyArea
from kunshan_gis.studies.on_foot import WHEELS_ONLY
from kunshan_gis.studies.systems.corridors.drawn import Drawn, Shapes, middles
from kunshan_gis.studies.walk import OVERHEAD

EXPRESSWAYS, RAIL, ROADS, BUILT = "expressways", "rail", "main_roads", "built_up"
CERTAIN, PERHAPS = "certain", "perhaps"
LEAST_OVERLAP_M = 1.0
CUTS = ("piece", "at_m", "cut_by", "sure", "what", "geometry")


def cuts(area: StudyArea, drawn: Drawn) -> gpd.GeoDataFrame:
    """Places where expressways, railways and main roads cross the course of a corridor on the ground.

    Perhaps only, where nobody says whether the way is on the ground, or where its own place is a sketch; viaducts and
    tunnels cut nothing. Ways of one kind near each other (two carriageways) are one place.

    Returns
    -------
    GeoDataFrame
        `piece` (row of `drawn.pieces`), `at_m` along it, `cut_by`, `sure`, `what` (ids), point.
    """
    crs = drawn.table.crs
    ways = pd.concat([_none(), *_ways(area, drawn)], ignore_index=True)
    shapes = np.asarray(ways["geometry"].array, dtype=object)
    piece, way = shapely.STRtree(shapes).query(drawn.lines, predicate="intersects")
    met, pair = shapely.get_parts(shapely.intersection(drawn.lines[piece], shapes[way]), return_index=True)
    table = ways.drop(columns="geometry").iloc[way[pair]].assign(
        piece=piece[pair], at_m=shapely.line_locate_point(drawn.lines[piece[pair]], middles(met))
    )  # fmt: skip
    return gpd.GeoDataFrame(_places(table, drawn), geometry="geometry", crs=crs)


def built(area: StudyArea, drawn: Drawn) -> gpd.GeoDataFrame | None:
    """Stretches of corridors through built-up land; None where no layer tells what is built up.

    Returns
    -------
    GeoDataFrame
        `piece`, `from_m`, `to_m`, and the middle of the stretch.
    """
    land = built_up_land(area, drawn)
    if land is None:
        return None
    piece, plot = shapely.STRtree(land).query(drawn.lines, predicate="intersects")
    inside, pair = shapely.get_parts(shapely.intersection(drawn.lines[piece], land[plot]), return_index=True)
    long = (shapely.get_dimensions(inside) == 1) & (shapely.length(inside) > 0)
    inside, piece = inside[long], piece[pair[long]]
    ends = [shapely.line_locate_point(drawn.lines[piece], shapely.get_point(inside, at)) for at in (0, -1)]
    table = pd.DataFrame({"piece": piece, "from_m": np.minimum(*ends), "to_m": np.maximum(*ends)})
    found = pd.DataFrame(_joined(table, drawn.profile.least_built_m), columns=["piece", "from_m", "to_m"])
    middle = (found["from_m"] + found["to_m"]).to_numpy(dtype=float) / 2
    places = shapely.line_interpolate_point(drawn.lines[found["piece"].to_numpy(dtype=np.int64)], middle)
    return gpd.GeoDataFrame(found, geometry=places, crs=drawn.table.crs)


def built_up_land(area: StudyArea, drawn: Drawn) -> Shapes | None:
    """Plots whose use is built up by their code; without land use the built-up scope; None where there is neither."""
    if area.has("landuse"):
        return of_uses(area, drawn.profile.built_uses)
    if not area.has("scope"):
        return None
    scope = area.table("scope")
    found = np.asarray(scope.geometry.array)[(scope["scope"] == "built_up").to_numpy()]
    return shapely.get_parts(found) if len(found) else None


def of_uses(area: StudyArea, uses: tuple[str, ...]) -> Shapes:
    """Plots of the land-use layer whose code stands for one of some uses, in its edition of the code list."""
    table = area.table("landuse")
    known = _uses(table)
    wanted = [known[pair] in uses for pair in _codes(table)]
    shapes: Shapes = np.asarray(table.geometry.array)[np.array(wanted, dtype=bool)]
    return shapes


def unknown_codes(area: StudyArea) -> list[str]:
    """Codes of the land-use layer that stand in no list of their edition, with the edition."""
    known = _uses(area.table("landuse")) if area.has("landuse") else {}
    return sorted(f"{edition} {code}" for (edition, code), use in known.items() if use is None)


def _codes(table: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    return list(zip(table["code_edition"].astype(str), table["code"].astype(str), strict=True))


def _uses(table: gpd.GeoDataFrame) -> dict[tuple[str, str], str | None]:
    """The use of every edition and code there is; of a longer code that of its beginning; None where neither is."""
    found: dict[tuple[str, str], str | None] = {}
    for edition, code in set(_codes(table)):
        listed = edition_called(edition, "landuse")
        codes = {} if listed is None else listed.codes
        said = (codes[code[:letters]].use for letters in range(len(code), 0, -1) if code[:letters] in codes)
        found[edition, code] = next(said, None)
    return found


def _ways(area: StudyArea, drawn: Drawn) -> Iterator[pd.DataFrame]:
    """Lines that can cut a corridor: kind, how sure, id."""
    if area.has(EXPRESSWAYS):
        yield _told(area, EXPRESSWAYS, EXPRESSWAYS, area.standing(EXPRESSWAYS))
    if area.has(RAIL):
        rail = area.standing(RAIL)
        barring = ~rail["class"].isin(drawn.profile.crossed_rail) if "class" in rail else slice(None)
        yield _told(area, RAIL, RAIL, rail[barring])
    if area.has("streets"):
        streets = area.standing("streets")
        yield _told(area, "streets", EXPRESSWAYS, streets[streets["class"].isin(WHEELS_ONLY)])
        yield _told(area, "streets", ROADS, streets[streets["class"].isin(drawn.profile.cut_classes)])


def _told(area: StudyArea, kind: str, cut_by: str, rows: gpd.GeoDataFrame) -> pd.DataFrame:
    built = rows["structure"] if "structure" in rows else pd.Series(None, index=rows.index, dtype=object)
    basis = rows["basis"] if "basis" in rows else pd.Series(None, index=rows.index, dtype=object)
    sketched = basis.fillna(area.layer(kind).info.basis) == DEMONSTRATION[0]
    sure = np.where((built == "ground") & ~sketched, CERTAIN, PERHAPS)
    table = pd.DataFrame({"cut_by": cut_by, "sure": sure, "what": rows["id"],
                          "geometry": np.asarray(rows.geometry.array)})  # fmt: skip
    return table[~built.isin(OVERHEAD).to_numpy()]


def _none() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in ("cut_by", "sure", "what", "geometry")})


def _places(table: pd.DataFrame, drawn: Drawn) -> pd.DataFrame:
    """Cuts of one kind near each other along a piece as one, in its middle; certain where any of them is."""
    rows: list[tuple[Any, ...]] = []
    ordered = table.sort_values("at_m", kind="stable")
    for (piece, cut_by), some in ordered.groupby(["piece", "cut_by"], sort=True):
        new = some["at_m"].diff() > drawn.profile.one_place_m
        for _, place in some.groupby(new.cumsum()):
            at = float((place["at_m"].iloc[0] + place["at_m"].iloc[-1]) / 2)
            sure = CERTAIN if (place["sure"] == CERTAIN).any() else PERHAPS
            what = ", ".join(sorted(set(place["what"])))
            line = drawn.lines[some["piece"].iloc[0]]
            rows.append((piece, at, cut_by, sure, what, shapely.line_interpolate_point(line, at)))
    return pd.DataFrame(rows, columns=list(CUTS))


def _joined(table: pd.DataFrame, least_m: float) -> Iterator[tuple[int, float, float]]:
    """Stretches of a piece nearer to each other than `least_m` as one, those of at least so many metres."""
    for _, rows in table.sort_values(["piece", "from_m"], kind="stable").groupby("piece"):
        reach = rows["to_m"].cummax().shift()
        new = rows["from_m"] - reach > least_m
        for _, stretch in rows.groupby(new.cumsum()):
            start, end = float(stretch["from_m"].min()), float(stretch["to_m"].max())
            if end - start >= max(least_m, LEAST_OVERLAP_M):
                yield int(rows["piece"].iloc[0]), start, end
