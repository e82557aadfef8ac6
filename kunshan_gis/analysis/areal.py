"""Areas of one kind in areas of another, exactly: shares of estates in zones, of villages in a renewal area.

Nothing is dropped: what of a source lies in no target is a row of its own, `unassigned`. Targets that overlap would
count people twice and are refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis.requirements import PEOPLE, amounts, at_ids, distinct, refuse
from kunshan_gis.analysis.tidiness import SLIVER_M2
from kunshan_gis.analysis.units import UNASSIGNED
from kunshan_gis.crs import require_metric
from kunshan_gis.errors import LayerSchemaError, Problem
from kunshan_gis.messages import Text
from kunshan_gis.model import spread_people

_LEAST_SHARE = 1e-9
"""What is left of a source below this is the rounding of coordinates: a square metre of a square kilometre is a
thousand times as much."""


def overlaps(areas: gpd.GeoDataFrame, *, at_least_m2: float = SLIVER_M2) -> pd.DataFrame:
    """Which areas of one table lie over each other, and by how many square metres.

    Parameters
    ----------
    areas : GeoDataFrame of areas with `id`, metric CRS
    at_least_m2 : float
        Slivers up to this are left by drawing and are not listed.

    Returns
    -------
    DataFrame
        `a, b, overlap_m2`, a pair once, the earlier row first, largest overlap first; empty where none overlap.

    Raises
    ------
    CRSError
        The table is not in metres.
    LayerSchemaError
        An id occurs twice, or a geometry is not a valid area.
    """
    _require(areas, "areas")
    shapes, ids = np.asarray(areas.geometry.array), areas["id"].to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    order = np.lexsort((second, first, -shared))
    order = order[shared[order] > at_least_m2]
    return pd.DataFrame({"a": ids[first[order]], "b": ids[second[order]], "overlap_m2": shared[order]})


def areal_weights(sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Which share of each source's area lies in each target, and which in none.

        share_st = area(s and t) / area(s)

    Parameters
    ----------
    sources, targets : GeoDataFrames of areas with `id`, the same metric CRS
        Targets may leave gaps but not overlap by more than a sliver (10 m2).

    Returns
    -------
    DataFrame
        `source, target, area_m2, share`, a row for each pair that shares area and one with target `unassigned` where
        part of a source lies in no target; in the order of sources, then of targets, `unassigned` last. A source's
        shares sum to 1.

    Raises
    ------
    CRSError
        A table is not in metres, or the two are not in the same CRS.
    LayerSchemaError
        Targets overlap (each pair by id with its square metres), an id occurs twice or is `unassigned`, a geometry
        is not a valid area.

    Notes
    -----
    By land alone: right for land, and for people where they are spread evenly over the source. Where homes are known as
    points, count points.

    References
    ----------
    Goodchild and Lam 1980, Areal interpolation. PySAL's `tobler.area_weighted.area_interpolate` with
    `allocate_total=False` gives the same sums, does not show what lies outside, and counts overlaps twice.

    Examples
    --------
    A square from x = 900 to 1100 lies half in the toy city's west (up to 1000) and half in its east.

    >>> from kunshan_gis import toy
    >>> x, y = toy.ORIGIN
    >>> square = gpd.GeoDataFrame({"id": ["s"]}, geometry=[shapely.box(x + 900, y, x + 1100, y + 200)], crs=toy.CRS)
    >>> areal_weights(square, toy.city().table("towns"))[["target", "area_m2", "share"]].to_numpy().tolist()
    [['west', 20000.0, 0.5], ['east', 20000.0, 0.5]]
    """
    _require(sources, "sources")
    _require(targets, "targets", crs=sources.crs)
    require_apart(targets)
    parts, ground = np.asarray(sources.geometry.array), np.asarray(targets.geometry.array)
    size = shapely.area(parts)
    source, target = shapely.STRtree(ground).query(parts, predicate="intersects")
    shared = _shared(parts, ground, source, target)
    source, target, shared = source[shared > 0], target[shared > 0], shared[shared > 0]
    share = shared / size[source]
    inside = np.bincount(source, share, minlength=len(parts))
    share /= np.maximum(inside, 1.0)[source]  # slivers of targets over each other
    outside = np.flatnonzero(1.0 - inside > _LEAST_SHARE)
    table = pd.DataFrame(
        {
            "source": np.concatenate([source, outside]),
            "target": np.concatenate([target, np.full(len(outside), len(ground))]),
            "area_m2": np.concatenate([share * size[source], (1.0 - inside[outside]) * size[outside]]),
            "share": np.concatenate([share, 1.0 - inside[outside]]),
        }
    ).sort_values(["source", "target"], ignore_index=True)
    names = np.append(targets["id"].to_numpy(dtype=object), UNASSIGNED)
    return table.assign(
        source=sources["id"].to_numpy()[table["source"].to_numpy(dtype=np.int64)],
        target=names[table["target"].to_numpy(dtype=np.int64)],
    )


def spread_by_area(weights: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    """The people of each source as whole people in the targets, by area, every total kept.

    Parameters
    ----------
    weights : DataFrame
        From `areal_weights`.
    people : Series of int, indexed by source id
        A source with people must be in `weights`.

    Returns
    -------
    DataFrame
        `weights` with a column `population` (int), which sums to each source's people; for a target's people, sum it by
        `target` (`unassigned` are those in none).

    Raises
    ------
    LayerSchemaError
        People are negative, missing, not whole, or of a source that is not in `weights`.

    Examples
    --------
    >>> table = pd.DataFrame({"source": ["s", "s"], "target": ["west", "unassigned"], "share": [0.5, 0.5]})
    >>> spread_by_area(table, pd.Series({"s": 7}))["population"].tolist()
    [4, 3]
    """
    refuse([*amounts(people, PEOPLE), *_whole_and_known(people, weights)])
    spread = np.zeros(len(weights), dtype=np.int64)
    share = weights["share"].to_numpy(dtype=float)
    for source, rows in weights.groupby("source", sort=False).indices.items():
        spread[rows] = spread_people(int(people.get(source, 0)), share[rows])
    return weights.assign(population=spread)


def _shared(
    parts: NDArray[np.object_], ground: NDArray[np.object_], source: NDArray[np.int64], target: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Square metres each pair has in common; a part wholly inside is not cut."""
    shapely.prepare(ground)
    shared = shapely.area(parts[source])
    cut = ~shapely.covers(ground[target], parts[source])
    shared[cut] = shapely.area(shapely.intersection(parts[source[cut]], ground[target[cut]]))
    return np.asarray(shared, dtype=np.float64)


def _require(areas: gpd.GeoDataFrame, name: str, *, crs: object | None = None) -> None:
    require_metric(areas, name, analysis_crs=None if crs is None else str(crs))
    called = Text(name, name)
    if "id" not in areas:
        remedy = Text("每个面给一个编号", "give every area an id")
        refuse([Problem(called, Text("缺少列 id", "no column id"), remedy)])
    refuse([*distinct(pd.Index(areas["id"]), called), *_no_areas(areas, called), *_reserved(areas, called)])


def _no_areas(areas: gpd.GeoDataFrame, name: Text) -> Iterator[Problem]:
    shapes = np.asarray(areas.geometry.array)
    wrong = ~shapely.is_valid(shapes) | ~(shapely.area(shapes) > 0)
    if wrong.any():
        what = at_ids(Text("不是有效的面", "not a valid area"), areas["id"][wrong])
        yield Problem(name, what, Text("用 .make_valid() 修复，或删去", "mend it with .make_valid(), or leave it out"))


def _reserved(areas: gpd.GeoDataFrame, name: Text) -> Iterator[Problem]:
    if (areas["id"] == UNASSIGNED).any():
        what = Text(f"编号 {UNASSIGNED} 另有含义", f"the id {UNASSIGNED} has a meaning of its own")
        yield Problem(name, what, Text("改用其他编号", "give it another id"))


def require_apart(targets: gpd.GeoDataFrame) -> None:
    """Areas that people are summed by may not lie over each other by more than a sliver.

    Raises
    ------
    LayerSchemaError
        They do: each pair by id with its square metres. Or an id occurs twice, or a geometry is no valid area.
    CRSError
        The table is not in metres.
    """
    pairs = overlaps(targets)
    if len(pairs):
        remedy = Text("修正边界，或分别测算", "mend the borders, or measure them apart")
        raise LayerSchemaError(
            Text("分区相互重叠，人口会被重复计算", "areas overlap: people would be counted twice"),
            [
                Problem(
                    f"{row.a} × {row.b}",
                    Text(f"重叠 {row.overlap_m2:,.0f} 平方米", f"overlap by {row.overlap_m2:,.0f} m2"),
                    remedy,
                )
                for row in pairs.itertuples()
            ],
        )


def _whole_and_known(people: pd.Series, weights: pd.DataFrame) -> Iterator[Problem]:
    number = pd.to_numeric(people, errors="coerce").fillna(0.0)
    if (broken := (number % 1 != 0)).any():
        what = at_ids(Text("不是整数", "not whole people"), people.index[broken])
        yield Problem(PEOPLE, what, Text("取整数", "give whole numbers"))
    lost = people.index[((number > 0) & ~people.index.isin(weights["source"])).to_numpy()]
    if len(lost):
        what = at_ids(Text("不在面积权重表中", "not in the table of weights"), lost)
        yield Problem(PEOPLE, what, Text("用同一批面计算权重", "weigh the same areas"))
