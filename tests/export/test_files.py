"""Files are written whole or not at all, with the same bytes for the same content."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from paper import homes, parks
from shapely import Point

from kunshan_gis.errors import OutputError
from kunshan_gis.export import json_bytes, table_bytes, write_files


def content(folder: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))}


def test_files_are_written_into_folders_that_are_made(tmp_path: Path) -> None:
    paths = write_files(tmp_path / "a" / "b", {"x.txt": b"1", "deep/y.txt": b"2"})
    assert [path.read_bytes() for path in paths] == [b"1", b"2"]
    assert set(content(tmp_path / "a" / "b")) == {"x.txt", "deep", "deep/y.txt"}  # nothing temporary is left


def test_what_an_earlier_run_left_is_replaced_or_removed(tmp_path: Path) -> None:
    write_files(tmp_path, {"x.txt": b"old", "gone.txt": b"old", "kept.txt": b"mine"})
    write_files(tmp_path, {"x.txt": b"new"}, stale=("gone.txt", "x.txt", "never.txt"))
    assert content(tmp_path) == {"x.txt": b"new", "kept.txt": b"mine"}


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4, 5, 6, 7])
def test_a_failure_half_way_leaves_everything_as_it_was(tmp_path: Path, monkeypatch, fails_at: int) -> None:
    write_files(tmp_path, {"a.txt": b"old a", "c/c.txt": b"old c", "stale.txt": b"old s"})
    before, calls, real = content(tmp_path), 0, Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    files = {"a.txt": b"new a", "new/b.txt": b"new b", "c/c.txt": b"new c"}
    if fails_at == 7:  # six renames in all: the seventh never comes
        write_files(tmp_path, files, stale=("stale.txt",))
        assert content(tmp_path) == {
            "a.txt": b"new a",
            "c": None,
            "c/c.txt": b"new c",
            "new": None,
            "new/b.txt": b"new b",
        }
        return
    with pytest.raises(OutputError, match=r"cannot write to .*: No space left on device\. Choose another folder"):
        write_files(tmp_path, files, stale=("stale.txt",))
    assert content(tmp_path) == before


def test_a_full_disk_while_writing_leaves_no_new_folder(tmp_path: Path, monkeypatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left"):
        write_files(tmp_path / "a" / "b", {"x.txt": b"1"})
    assert content(tmp_path) == {}


def test_an_interruption_is_not_swallowed_and_changes_nothing(tmp_path: Path, monkeypatch) -> None:
    write_files(tmp_path, {"a.txt": b"old"})
    real = Path.replace

    def stop(self: Path, target: Path) -> Path:
        if "new" in self.parts:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path, {"a.txt": b"new"})
    assert content(tmp_path) == {"a.txt": b"old"}


def test_a_folder_of_the_users_where_a_file_should_go_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    (tmp_path / "b.txt" / "precious").write_bytes(b"mine")
    before = content(tmp_path)
    with pytest.raises(OutputError, match=r"b\.txt is a folder"):
        write_files(tmp_path, {"a.txt": b"1", "b.txt": b"2"})
    with pytest.raises(OutputError, match=r"b\.txt is a folder"):
        write_files(tmp_path, {"a.txt": b"1"}, stale=("b.txt",))
    assert content(tmp_path) == before


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "maps").write_bytes(b"mine")
    for folder in (tmp_path / "maps", tmp_path / "maps" / "deeper", tmp_path / ("x" * 300)):
        with pytest.raises(OutputError, match="cannot write to"):
            write_files(folder, {"x.txt": b"1"})
    assert content(tmp_path) == {"maps": b"mine"}


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.txt").write_bytes(b"mine")

    def refused(*_: object, **__: object) -> str:  # as the system answers whoever is not the superuser
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))

    monkeypatch.setattr(tempfile, "mkdtemp", refused)
    with pytest.raises(OutputError, match="Permission denied"):
        write_files(tmp_path, {"x.txt": b"1"})
    assert content(tmp_path) == {"x.txt": b"mine"}


def test_geojson_has_one_feature_a_line_and_empty_cells_are_null() -> None:
    table = homes((0, 0), (1, 1), population=[3.0, np.nan]).assign(name=["西🏞️", None], truth=np.array([True, False]))
    text = table_bytes(table, ".geojson").decode()
    assert text.count("\n") == 4
    assert '"population": null, "id": "i1", "name": null, "truth": false' in text
    assert "西🏞️" in text
    assert table_bytes(table, ".geojson") == table_bytes(table.copy(), ".geojson")


@pytest.mark.parametrize("suffix", [".geojson", ".parquet"])
def test_a_table_survives_its_file_to_a_centimetre(tmp_path: Path, suffix: str) -> None:
    table = parks((0, 0, 100, 100), (200, 0, 300.123456, 100), tier=["community", "pocket"])
    (tmp_path / f"t{suffix}").write_bytes(table_bytes(table, suffix))
    file = tmp_path / f"t{suffix}"
    read = gpd.read_parquet(file) if suffix == ".parquet" else gpd.read_file(file)
    assert read.crs == "EPSG:4326"
    assert read["tier"].tolist() == ["community", "pocket"]
    assert table.hausdorff_distance(read.to_crs(table.crs)).max() < 0.02


def test_another_format_is_refused() -> None:
    with pytest.raises(OutputError, match=r"not written as \.gpkg; choose \.geojson, \.parquet, \.csv"):
        table_bytes(gpd.GeoDataFrame(geometry=[Point(0, 0)], crs=4326), ".gpkg")


def test_csv_opens_with_chinese_text_intact_and_json_knows_no_nan() -> None:
    assert table_bytes(pd.DataFrame({"名": ["西片"]}), ".csv") == "\ufeff名\r\n西片\r\n".encode()
    assert json_bytes({"名": 1}) == '{\n  "名": 1\n}\n'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_bytes({"x": np.nan})
