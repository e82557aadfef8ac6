"""Files are written whole or not at all, with the same bytes for the same content."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from paper import homes, parks
from rights import as_somebody
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no limit to files")
def test_a_file_the_system_will_not_take_leaves_no_new_folder_and_no_old_file_changed(tmp_path: Path) -> None:
    import resource

    write_files(tmp_path / "there", {"x.txt": b"old"})
    before = content(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        for folder in (tmp_path / "a" / "b", tmp_path / "there"):
            with pytest.raises(OutputError, match="File too large"):
                write_files(folder, {"w.txt": b"1", "x.txt": b"1" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert content(tmp_path) == before


def test_a_disk_that_turns_out_to_be_full_when_all_is_handed_over_is_said(tmp_path: Path, monkeypatch) -> None:
    write_files(tmp_path / "there", {"x.txt": b"old"})
    before = content(tmp_path)

    def full(_: int) -> None:  # as a network drive answers
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_files(tmp_path / "there", {"x.txt": b"new", "y.txt": b"new"})
    assert content(tmp_path) == before


@pytest.mark.full
def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("this account may not mount a small disk")
    try:
        write_files(disk, {"a.txt": b"old", "b.txt": b"old"})
        before = content(disk)
        with pytest.raises(OutputError, match="No space left on device"):
            write_files(disk, {"a.txt": b"new", "b.txt": b"1" * 100_000, "deep/c.txt": b"new"}, stale=("a.txt",))
        assert content(disk) == before
        write_files(disk, {"a.txt": b"new"})
    finally:
        subprocess.run(["umount", disk], check=True)


def interrupted(change: Callable[[], object], stop_at: int) -> bool:
    """Press Ctrl-C at one line of the work, renames and what undoes them included: was there such a line?"""
    steps = 0

    def step(frame: FrameType, event: str, _: object) -> Callable:
        nonlocal steps
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if not file.endswith(("files.py", "contextlib.py")) and name not in ("replace", "mkdir", "rmdir", "unlink"):
            return step
        if event == "line":
            steps += 1
            if steps == stop_at:
                raise KeyboardInterrupt
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        change()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file stopped while being opened
def test_an_interruption_at_any_line_leaves_all_as_it_was_or_all_done(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(secrets, "token_hex", lambda _: "x")
    old = {"a.txt": b"old a", "stale.txt": b"old s"}
    new = {"a.txt": b"new a", "deep/b.txt": b"new b"}
    lines, seen = 1, []
    while True:
        folder = tmp_path / str(lines)
        write_files(folder, old)
        before = content(folder)
        stopped = interrupted(lambda folder=folder: write_files(folder, new, stale=("stale.txt",)), lines)
        after = {name: held for name, held in content(folder).items() if not name.startswith(".writing-")}
        done = after == {"a.txt": b"new a", "deep": None, "deep/b.txt": b"new b"}
        assert done or after == before, lines
        seen.append(done)
        if not stopped:
            break
        lines += 1
    assert lines > 150
    assert seen == sorted(seen)  # nothing is done up to some line, all of it from there on
    assert not any((tmp_path / "1").glob(".writing-*"))


def test_a_file_that_cannot_be_put_back_is_kept(tmp_path: Path, monkeypatch) -> None:
    write_files(tmp_path, {"a.txt": b"old"})
    real = Path.replace

    def stuck(self: Path, target: Path) -> Path:
        if "new" in self.parts or "old" in self.parts:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stuck)
    with pytest.raises(OutputError, match="Input/output error"):
        write_files(tmp_path, {"a.txt": b"new"})
    (kept,) = tmp_path.rglob("a.txt")
    assert kept.read_bytes() == b"old"


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


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder of another's that may be read and not written, and an account that is not the superuser's."""
    folder = Path(tempfile.mkdtemp())
    (folder / "x.txt").write_bytes(b"mine")
    folder.chmod(0o555)
    with as_somebody():
        yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights otherwise")
def test_a_folder_that_may_not_be_written_is_said(read_only: Path) -> None:
    for folder in (read_only, read_only / "new" / "deep"):
        with pytest.raises(OutputError, match=r"cannot write to .*: Permission denied\. Choose another folder"):
            write_files(folder, {"x.txt": b"1"})
    assert content(read_only) == {"x.txt": b"mine"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights otherwise")
def test_a_folder_inside_that_may_not_be_written_changes_nothing_beside_it(read_only: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, {"a.txt": b"old", "deep/b.txt": b"old"})
        (folder / "deep").chmod(0o555)
        before = content(folder)
        with pytest.raises(OutputError, match="Permission denied"):
            write_files(folder, {"a.txt": b"new", "deep/b.txt": b"new"}, stale=("never.txt",))
        assert content(folder) == before
        (folder / "deep").chmod(0o755)


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
