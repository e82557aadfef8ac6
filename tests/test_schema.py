"""Column contracts: every kind is complete, and every breach is told at once."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from paper import frame, homes, parks, streets
from shapely import Point

from kunshan_gis import toy
from kunshan_gis.contracts import check, require
from kunshan_gis.errors import LayerSchemaError
from kunshan_gis.schema import KINDS, REFERENCES

CHINESE = re.compile("[一-鿿]")
FOUNDATIONS = [
    "boundary", "neighbours", "towns", "zones", "zone_towns", "seats", "communities", "scope", "landuse", "homes",
    "estates", "estate_gates", "jobs", "parks", "park_gates", "facilities", "stations", "entrances", "bus_stops",
    "rail", "expressways", "ramps", "streets", "barriers", "water", "corridors", "focus_areas", "trees", "green",
]  # fmt: skip


def test_every_kind_the_foundations_name_has_a_contract() -> None:
    assert list(KINDS) == FOUNDATIONS
    for kind in KINDS.values():
        assert kind.zh
        assert kind.en
        names = [column.name for column in kind.all_columns]
        assert all(CHINESE.search(column.about.zh) and column.about.en for column in kind.all_columns)
        assert not any(CHINESE.search(column.about.en) for column in kind.all_columns)
        assert len(names) == len(set(names))
        if kind.geometry:
            assert {"id", "status", "accuracy_m", "name", "name_en", "basis", "evidence"} <= set(names)


def test_references_name_kinds_and_columns_that_exist() -> None:
    for kind, column, other in REFERENCES:
        assert column in {c.name for c in KINDS[kind].all_columns}
        assert "id" in {c.name for c in KINDS[other].all_columns}


def test_the_toy_city_keeps_every_contract() -> None:
    area = toy.city()
    for kind in area.layers:
        assert check(area.table(kind), kind, where=kind) == []


def test_all_breaches_of_a_table_come_together_with_rows_and_remedies() -> None:
    table = homes((0, 0), (1, 1), (2, 2), population=[1, -1, 2.5]).assign(id=["a", "a", " "], status="open")
    problems = check(table, "homes", where="homes (h.gpkg)")
    assert [str(problem) for problem in problems] == [
        "homes (h.gpkg), row 1, 2: `id` occurs more than once: 'a' → give every feature its own id",
        "homes (h.gpkg), row 1, 2, 3: `status` is 'open' → use one of existing, under_construction, planned",
        "homes (h.gpkg), row 2, 3: `population` is '-1.0', '2.5' → give a whole number of at least 0 (residents)",
        "homes (h.gpkg), row 3: `id` is ' ' → give text (stable key; joins go by it)",
    ]
    with pytest.raises(LayerSchemaError, match="does not fit the kind `homes`") as caught:
        require(table, "homes", where="homes (h.gpkg)")
    assert caught.value.problems == tuple(problems)
    assert [problem.said("zh") for problem in problems] == [
        "homes (h.gpkg)，第 1, 2 行：字段 `id` 的值重复：'a' → 每个要素使用各自唯一的编号",
        "homes (h.gpkg)，第 1, 2, 3 行：字段 `status` 的值为 'open' → "
        "只能取 existing, under_construction, planned 之一",
        "homes (h.gpkg)，第 2, 3 行：字段 `population` 的值为 '-1.0', '2.5' → 应填不小于 0 的整数（居住人口）",
        "homes (h.gpkg)，第 3 行：字段 `id` 的值为 ' ' → 应填文本（稳定编号，图层之间据此关联）",
    ]
    assert caught.value.message.zh == "homes (h.gpkg) 不符合图层类别 `homes`（居住人口点）的要求"


def test_long_values_and_many_rows_are_cut_short() -> None:
    table = homes(*[(x, 0) for x in range(100)], population=-1).assign(id=["x" * 70_000] * 100)
    for problem in check(table, "homes", where="homes"):
        assert len(str(problem)) < 400
        assert "(+95)" in problem.where.zh
        assert "(+95)" in problem.where.en


@pytest.mark.parametrize(
    ("kind", "table", "says"),
    [
        ("homes", pd.DataFrame({"id": ["a"], "population": [1]}), "has no geometry"),
        ("homes", gpd.GeoDataFrame({"id": ["a"], "population": [1]}), "has no geometry"),
        ("homes", frame([Point(np.nan, 0)], population=1), "geometry is"),
        ("homes", homes((0, 0)).set_geometry(gpd.GeoSeries([None])), "geometry is empty"),
        ("homes", frame([Point()], population=1), "geometry is empty"),
        ("parks", homes((0, 0)), "geometry is Point"),
        ("streets", parks((0, 0, 1, 1)), "column `walkable`"),
        ("streets", streets([(0, 0), (0, 0)]), "geometry is not valid"),
        ("streets", streets([(0, 0), (1, 1)], walkable=[None]), "`walkable` is empty"),
        ("streets", streets([(0, 0), (1, 1)], walkable=[1]), "`walkable` is '1'"),
        ("homes", homes((0, 0), population=[True]), "`population` is 'True'"),
        ("homes", homes((0, 0), population=[np.inf]), "`population` is 'inf'"),
        ("homes", homes((0, 0)).iloc[:0], "holds no rows"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(kind: str, table: pd.DataFrame, says: str) -> None:
    assert any(says in problem.what.en for problem in check(table, kind, where=kind)), check(table, kind, where=kind)


def test_checking_changes_nothing() -> None:
    table = homes((0, 0), population=[-1])
    before = table.copy(deep=True)
    check(table, "homes", where="homes")
    assert table.equals(before)
