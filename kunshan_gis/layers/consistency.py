"""Layers against each other and against the ground: what no single file can show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import shapely

from kunshan_gis.crs import WEB, require_true_scale
from kunshan_gis.errors import CRSError, Problem, listed
from kunshan_gis.layers.catalog import CATALOG
from kunshan_gis.messages import Text
from kunshan_gis.model import AreaInfo, Layer
from kunshan_gis.schema import KINDS, REFERENCES

ELSEWHERE_M = 50_000.0
"""A layer with nothing within this distance of the boundary (or the streets) lies elsewhere."""

AGES = ("pop_0_14", "pop_60_plus")
"""Columns of homes that count parts of their residents, none of whom is in two."""

GATE_M = 100.0
"""A gate farther than this from its park's outline is not its gate; a GCJ-02 shift is several times that."""


def inconsistencies(info: AreaInfo, layers: Sequence[Layer]) -> list[Problem]:
    """Every problem between layers and columns: a CRS for another place, a layer elsewhere, unknown ids, ages."""
    kinds = {layer.info.kind: layer for layer in layers}
    return [*_stretched(info, layers), *_elsewhere(kinds), *_dangling(kinds), *_gates_off(kinds), *_ages(kinds)]


def _stretched(info: AreaInfo, layers: Iterable[Layer]) -> list[Problem]:
    """A CRS made for another place measures wrongly here, and nothing would show it."""
    spatial = [layer.table for layer in layers if isinstance(layer.table, gpd.GeoDataFrame)]
    if not spatial:
        return []
    bounds = np.array([table.total_bounds for table in spatial])
    x, y = (np.median(bounds[:, :2], axis=0) + np.median(bounds[:, 2:], axis=0)) / 2
    middle = gpd.GeoSeries.from_xy([x], [y], crs=info.analysis_crs).to_crs(WEB)
    try:
        require_true_scale(info.analysis_crs, middle.x.iloc[0], middle.y.iloc[0])
    except CRSError as error:
        return [Problem(f"{CATALOG} [area]", error.message, error.remedy)]
    return []


def _elsewhere(kinds: Mapping[str, Layer]) -> list[Problem]:
    """Layers that lie nowhere near the boundary, or without one, the streets."""
    measure = kinds.get("boundary") or kinds.get("streets")
    if measure is None:
        return []
    here = shapely.box(*measure.table.total_bounds).buffer(ELSEWHERE_M)
    problems = []
    for layer in kinds.values():
        if not isinstance(layer.table, gpd.GeoDataFrame) or here.intersects(shapely.box(*layer.table.total_bounds)):
            continue
        west, south, east, north = (f"{edge:.2f}" for edge in layer.table.to_crs(WEB).total_bounds)
        what = Text(
            f"位于别处（东经 {west} 至 {east}，北纬 {south} 至 {north}），距{KINDS[measure.info.kind].zh} 50 公里以上",
            f"lies elsewhere ({west} to {east} E, {south} to {north} N), over 50 km from the {measure.info.kind}",
        )
        remedy = Text("检查坐标系与坐标轴顺序", "check its CRS and the order of its axes")
        problems.append(Problem(f"{layer.info.name} ({layer.info.path})", what, remedy))
    return problems


def _gates_off(kinds: Mapping[str, Layer]) -> list[Problem]:
    """Gates far from the park they belong to: wrong ids, or one of the two layers in another datum."""
    if "parks" not in kinds or "park_gates" not in kinds:
        return []
    info, gates = kinds["park_gates"].info, kinds["park_gates"].table
    parks = kinds["parks"].table.set_index("id").geometry
    known = gates[gates["park_id"].isin(parks.index)]
    own = np.asarray(parks.reindex(known["park_id"]).array)
    away = shapely.distance(np.asarray(known.geometry.array), shapely.boundary(own))
    far = away > GATE_M
    if not far.any():
        return []
    count, metres, ids = int(far.sum()), float(np.median(away[far])), listed(known["id"][far])
    what = Text(
        f"{count} 个出入口离所属公园边界超过 {GATE_M:g} 米（中位数 {metres:.0f} 米）：{ids}",
        f"{count} gates lie over {GATE_M:g} m from the outline of their park (median {metres:.0f} m): {ids}",
    )
    remedy = Text(
        "检查 park_id，以及两个图层的基准（datum）：GCJ-02 与 WGS 84 相差数百米",
        "check park_id, and the datum of both layers: GCJ-02 is several hundred metres from WGS 84",
    )
    return [Problem(f"{info.name} ({info.path})", what, remedy)]


def _ages(kinds: Mapping[str, Layer]) -> list[Problem]:
    """Homes with more children and old people than residents: shares of an age would come out above the whole."""
    if "homes" not in kinds:
        return []
    info, homes = kinds["homes"].info, kinds["homes"].table
    ages = [column for column in AGES if column in homes]
    if not ages:
        return []
    over = homes[ages].fillna(0).sum(axis=1).to_numpy() > homes["population"].to_numpy()
    if not over.any():
        return []
    count, ids, columns = int(over.sum()), listed(homes["id"][over]), " + ".join(ages)
    what = Text(
        f"{count} 处居民点的分年龄人口之和（{columns}）大于 population：{ids}",
        f"of {count} homes the ages ({columns}) add up to more than `population`: {ids}",
    )
    remedy = Text("更正这些行，或删去分年龄的列", "correct these rows, or leave the columns of ages out")
    return [Problem(f"{info.name} ({info.path})", what, remedy)]


def _dangling(kinds: Mapping[str, Layer]) -> list[Problem]:
    problems = []
    for kind, column, other in REFERENCES:
        if kind in kinds and other in kinds and column in kinds[kind].table:
            problems += _unknown_ids(kinds[kind], column, kinds[other])
    return problems


def _unknown_ids(layer: Layer, column: str, other: Layer) -> list[Problem]:
    unknown = sorted(set(layer.table[column].dropna()) - set(other.table["id"]))
    if not unknown:
        return []
    count, kind, ids, path = len(unknown), other.info.kind, listed(unknown), other.info.path
    what = Text(
        f"字段 `{column}` 引用了 {count} 个不存在的{KINDS[kind].zh}编号：{ids}",
        f"`{column}` names {count} {kind} that do not exist: {ids}",
    )
    remedy = Text(
        f"更正编号（{path} 中列有全部编号），或删去这些行，或从 {CATALOG} 中移除本图层",
        f"correct the ids ({path} lists them), delete those rows, or take this layer out of {CATALOG}",
    )
    return [Problem(f"{layer.info.name} ({layer.info.path})", what, remedy)]
