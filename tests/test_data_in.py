"""The benchmark of bringing data in, on small data: what it makes and what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
import rasterio

from benchmarks import data_in


def test_the_raster_is_sparse_and_its_people_are_found(tmp_path: Path) -> None:
    path = tmp_path / "people_ppp.tif"
    data_in.make_raster(path, 8192)
    with rasterio.open(path) as raster:
        assert raster.block_shapes == [(512, 512)]
    assert path.stat().st_size < 8e6
    row = data_in.measured(data_in.window_of_raster, path)
    assert row["cells"] == pytest.approx(305 * 305, rel=0.01)
    assert row["people"] == pytest.approx(305 * 305 * 20, rel=0.01)
    assert row["peak_mb"] > 0


def test_the_points_are_a_table_as_chinese_excel_writes_it(tmp_path: Path) -> None:
    data_in.make_points(tmp_path / "points.csv", 3)
    lines = (tmp_path / "points.csv").read_text(encoding="gb18030").splitlines()
    assert lines[0] == "编号,名称,经度,纬度,人口"
    assert len(lines) == 4


def test_a_work_that_fails_is_a_row_that_says_so(tmp_path: Path) -> None:
    row = data_in.fresh("window of a 2 GB raster", str(tmp_path / "none.tif"))
    assert "raster" in row["failed"]
    assert "is not there" in row["failed"]
