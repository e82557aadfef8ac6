"""Shapefiles that plain geopandas reads back, Chinese names and values included."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from kunshan_gis.errors import OutputError
from kunshan_gis.export import shapefile, write_files
from kunshan_gis.export.shapefile import short_names
from kunshan_gis.layers.source import read_source


def parks(**columns: object) -> gpd.GeoDataFrame:
    held = {"公园名称": ["玉山公园", "亭林公园"], "面积_公顷": [1.5, 2.0], "编号": ["01", "02"], **columns}
    return gpd.GeoDataFrame(held, geometry=[box(0, 0, 1, 1), box(2, 0, 3, 1)], crs="EPSG:4549")


def back(folder: Path, table: gpd.GeoDataFrame, **options: object) -> gpd.GeoDataFrame:
    write_files(folder, shapefile(table, "公园", **options))
    return gpd.read_file(folder / "公园.shp")


def test_chinese_names_and_values_come_back(tmp_path: Path) -> None:
    read = back(tmp_path, parks())
    assert list(read.columns) == ["公园名称", "面积_公顷", "编号", "geometry"]
    assert read["公园名称"].tolist() == ["玉山公园", "亭林公园"]
    assert read["编号"].tolist() == ["01", "02"]
    assert read.crs.equals("EPSG:4549", ignore_axis_order=True)
    assert (tmp_path / "公园.cpg").read_text() == "GBK"


def test_a_gbk_shapefile_without_cpg_is_read_written_and_read_by_plain_geopandas(tmp_path: Path) -> None:
    files = shapefile(parks(), "公园")
    write_files(tmp_path / "old", {name: data for name, data in files.items() if not name.endswith(".cpg")})
    read = read_source(tmp_path / "old" / "公园.shp")
    assert "by its bytes it is GBK" in read.notes[0].en
    again = back(tmp_path / "new", read.table)
    assert list(again.columns) == ["公园名称", "面积_公顷", "编号", "geometry"]
    assert again["公园名称"].tolist() == ["玉山公园", "亭林公园"]
    assert again.geometry.geom_equals(parks().geometry).all()


def test_long_names_are_cut_between_characters_and_listed(tmp_path: Path) -> None:
    read = back(tmp_path, parks(公园服务半径一级=[1, 2], 公园服务半径二级=[3, 4]))
    assert list(read.columns)[3:5] == ["公园服务半", "公园服务_2"]
    assert read["公园服务_2"].tolist() == [3, 4]
    listed = (tmp_path / "公园.txt").read_text(encoding="utf-8-sig")
    assert "公园服务_2\t公园服务半径二级" in listed


def test_characters_beyond_gbk_make_it_utf8_or_are_refused(tmp_path: Path) -> None:
    table = parks(公园名称=["𠮷园", "亭林"])
    with pytest.raises(OutputError, match=r"holds characters beyond GBK: 𠮷; use UTF-8"):
        shapefile(table, "公园", encoding="GBK")
    read = back(tmp_path, table)
    assert read["公园名"].tolist() == ["𠮷园", "亭林"]
    assert (tmp_path / "公园.cpg").read_text() == "UTF-8"


def test_text_too_long_is_cut_between_characters_and_said(tmp_path: Path) -> None:
    read = back(tmp_path, parks(备注=["园" * 200, None]))
    assert read["备注"].iloc[0] == "园" * 127
    assert "备注: 1 " in (tmp_path / "公园.txt").read_text(encoding="utf-8-sig")


def test_mixed_shapes_and_a_missing_crs_are_refused() -> None:
    mixed = gpd.GeoDataFrame(geometry=[Point(0, 0), LineString([(0, 0), (1, 1)])], crs="EPSG:4549")
    with pytest.raises(OutputError, match=r"cannot be a Shapefile: it holds lines, points; write one for each kind"):
        shapefile(mixed, "x")
    with pytest.raises(OutputError, match="states no CRS"):
        shapefile(parks().set_crs(None, allow_override=True), "x")


def test_the_same_table_gives_the_same_bytes_and_stays_as_it_is() -> None:
    table = parks()
    assert shapefile(table, "公园") == shapefile(table, "公园")
    assert table.equals(parks())


@settings(derandomize=True, max_examples=50)
@given(
    st.lists(st.text("公园名称面积aAbB_1 ", max_size=12), min_size=1, max_size=12), st.sampled_from(["GBK", "UTF-8"])
)
def test_short_names_fit_and_differ(names: list[str], encoding: str) -> None:
    short = short_names(names, encoding)
    assert all(0 < len(name.encode(encoding)) <= 10 for name in short)
    assert len({name.casefold() for name in short}) == len(names)
