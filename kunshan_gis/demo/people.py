"""Where people live and work: homes with whole people, neighbourhoods, jobs; every total exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis.model import spread_people

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kunshan_gis.demo.estates import Housing
    from kunshan_gis.demo.site import Canvas, Site
    from kunshan_gis.demo.spec import DemoSpec
    from kunshan_gis.demo.texture import Texture

NEAR_STREET_M = 30.0
_STOREYS = {"estate": 1.0, "open_housing": 0.55, "village": 0.16}  # people of a home against an estate's
_YOUNG = {"estate": 1.1, "open_housing": 0.85, "village": 0.75}
_OLD = {"estate": 0.85, "open_housing": 1.35, "village": 1.9}
_REMOTE, _REMOTE_M = 40, 240.0  # homes far from any street: what cannot be measured must occur


def town_totals(spec: DemoSpec) -> dict[str, int]:
    """People of each town: the groups' known totals and the rest, spread by the invented weights."""
    weights = {town.id: town.people_weight for town in spec.town}
    grouped = {town for group in spec.people.group for town in group.towns}
    rest = spec.people.total - sum(group.total for group in spec.people.group)
    parts = [(group.towns, group.total) for group in spec.people.group]
    parts.append((tuple(town for town in weights if town not in grouped), rest))
    totals: dict[str, int] = {}
    for towns, total in parts:
        people = spread_people(total, np.array([weights[town] for town in towns]))
        totals |= dict(zip(towns, people.tolist(), strict=True))
    return totals


def settle(
    housing: Housing, streets: gpd.GeoDataFrame, canvas: Canvas, spec: DemoSpec, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Homes that stand inside the area and beside a walkable way, with their people; a few stand far from any."""
    u, v, estate, use = zip(*housing.homes, strict=True)
    xy = canvas.plane.to_ground(np.column_stack([u, v]))
    estates, uses = np.array(estate), np.array(use, dtype=object)
    walkable = np.asarray(streets.geometry.array)[streets["walkable"].to_numpy()]
    tree = shapely.STRtree(walkable)
    near = np.zeros(len(xy), dtype=bool)
    near[np.unique(tree.query(shapely.points(xy), predicate="dwithin", distance=NEAR_STREET_M)[0])] = True
    keep = near & np.asarray(shapely.contains_xy(canvas.site.inside, *xy.T))
    xy, estates, uses = xy[keep], estates[keep], uses[keep]
    remote = _remote_places(tree, canvas.site, rng)
    xy = np.vstack([xy, remote])
    estates = np.append(estates, np.full(len(remote), -1))
    uses = np.append(uses, np.full(len(remote), "village", dtype=object))
    weight = _weights(xy, estates, uses, canvas.texture, rng)
    return _peopled(xy, estates, uses, canvas.site.town_of(xy), weight, spec=spec)


def _remote_places(tree: shapely.STRtree, site: Site, rng: np.random.Generator) -> NDArray[np.float64]:
    """The points farthest from any street among many tried, each over `_REMOTE_M` away."""
    west, south, east, north = site.inside.bounds
    tries = np.column_stack([rng.uniform(west, east, 9000), rng.uniform(south, north, 9000)]).round(1)
    tries = tries[shapely.contains_xy(site.inside, *tries.T) & ~shapely.contains_xy(site.barred, *tries.T)]
    if len(tries) == 0:
        return tries
    (row, _), away = tree.query_nearest(shapely.points(tries), return_distance=True, all_matches=False)
    order = row[np.argsort(-away, kind="stable")]
    far = away[np.argsort(row, kind="stable")][order] > _REMOTE_M
    return np.asarray(tries[order[far][:_REMOTE]])


def _weights(
    xy: NDArray[np.float64],
    estates: NDArray[np.int64],
    uses: NDArray[np.object_],
    texture: Texture,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """How many people a home holds against others of its town: by use, higher towards the centres, estates differ."""
    storeys = np.array([_STOREYS[use] for use in uses])
    central = np.clip(texture.urbanity(xy), 0, 1)
    one_estate = np.exp(rng.normal(0, 0.3, int(estates.max(initial=0)) + 1))[np.maximum(estates, 0)]
    several = np.where(estates >= 0, one_estate, 1.0) * rng.uniform(0.7, 1.3, len(xy))
    return np.asarray(storeys * (0.65 + 0.7 * central) * several)


def _peopled(
    xy: NDArray[np.float64],
    estates: NDArray[np.int64],
    uses: NDArray[np.object_],
    towns: NDArray[np.object_],
    weight: NDArray[np.float64],
    *,
    spec: DemoSpec,
) -> gpd.GeoDataFrame:
    people = np.zeros(len(xy), dtype=np.int64)
    for town, total in town_totals(spec).items():
        people[towns == town] = spread_people(total, weight[towns == town])
    young = _group(people, np.array([_YOUNG[use] for use in uses]), spec.people.share_0_14)
    old = _group(people, np.array([_OLD[use] for use in uses]), spec.people.share_60_plus)
    return gpd.GeoDataFrame(
        {
            "id": [f"home-{n:05d}" for n in range(1, len(xy) + 1)],
            "population": people,
            "pop_0_14": young,
            "pop_60_plus": old,
            "town_id": towns,
            "estate_id": [f"estate-{n + 1:04d}" if n >= 0 else None for n in estates],
            "use": uses,
        },
        geometry=shapely.points(xy),
    )


def _group(people: NDArray[np.int64], lean: NDArray[np.float64], share: float) -> NDArray[np.int64]:
    """People of an age group at each home, its citywide share exact."""
    return spread_people(round(share * int(people.sum())), people * lean)


def draw_communities(homes: gpd.GeoDataFrame, spec: DemoSpec) -> gpd.GeoDataFrame:
    """Neighbourhood units: homes of a town in geographic order, cut after about the stated number of people."""
    order = homes.assign(place=homes.geometry.hilbert_distance()).sort_values(["town_id", "place"], kind="stable")
    before = order.groupby("town_id")["population"].cumsum() - order["population"]
    unit = order["town_id"] + "|" + (before // spec.communities.people_each).astype(int).astype(str).str.zfill(4)
    x, y, people = order.geometry.x, order.geometry.y, order["population"]
    sums = (
        pd.DataFrame({"x": x * people, "y": y * people, "n": people, "town_id": order["town_id"]})
        .groupby(unit)
        .agg({"x": "sum", "y": "sum", "n": "sum", "town_id": "first"})
    )
    numbers = range(1, len(sums) + 1)
    return gpd.GeoDataFrame(
        {
            "id": [f"community-{n:03d}" for n in numbers],
            "status": "existing",
            "name": [f"{spec.communities.label} {n:03d}" for n in numbers],
            "name_en": [f"{spec.communities.label_en} {n:03d}" for n in numbers],
            "town_id": sums["town_id"].to_numpy(),
            "basis": "synthetic",
            "evidence": spec.communities.evidence,
        },
        geometry=shapely.points((sums["x"] / sums["n"]).round(1), (sums["y"] / sums["n"]).round(1)),
    )


def draw_jobs(
    lots: pd.DataFrame, shapes: NDArray[np.object_], homes: gpd.GeoDataFrame, spec: DemoSpec, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Jobs on lots by their use, and a few in villages; the total is exact."""
    lean = lots["use"].map(dict(spec.jobs.weights)).fillna(0.0).to_numpy(dtype=float)
    rows = np.flatnonzero((lean > 0) & lots["free"].to_numpy())
    area = shapely.area(shapes[rows]) * (0.6 + np.clip(lots["urbanity"].to_numpy()[rows], 0, 1))
    village = homes[homes["use"] == "village"].iloc[::9]
    weight = np.append(
        lean[rows] * area * rng.uniform(0.5, 1.5, len(rows)),
        np.full(len(village), spec.jobs.weights.get("village", 0.0) * 30000),
    )
    uses = np.append(lots["use"].to_numpy()[rows], np.full(len(village), "village", dtype=object))
    xy = np.vstack(
        [
            shapely.get_coordinates(shapely.centroid(shapes[rows])).round(1),
            shapely.get_coordinates(np.asarray(village.geometry.array)),
        ]
    )
    jobs = spread_people(spec.jobs.total, weight)
    return gpd.GeoDataFrame(
        {
            "id": [f"jobs-{n:05d}" for n in range(1, len(jobs) + 1)],
            "jobs": jobs,
            "sector": [spec.jobs.sectors[use] for use in uses],
        },
        geometry=shapely.points(xy),
    )
