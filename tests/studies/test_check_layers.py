"""What `layers check` says of a folder that was edited since it was checked last."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest

from kunshan_gis.cache import DiskCache
from kunshan_gis.studies.check_layers import check_layers


@pytest.fixture
def cache(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "cache")


def edit(folder: Path, name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> None:
    change(gpd.read_file(folder / name)).to_file(folder / name, driver="GeoJSON")


def shifted(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    metres = table.to_crs("EPSG:4549")
    return metres.set_geometry(metres.translate(30, 40)).to_crs("EPSG:4326")


def path_of(folder: Path, kind: str) -> str:
    catalog = (folder / "catalog.toml").read_text(encoding="utf-8")
    return re.search(rf'kind = "{kind}"\npath = "(.*)"', catalog)[1]


def test_the_first_check_compares_with_nothing(write_toy, cache: DiskCache) -> None:
    report = check_layers(write_toy(), cache=cache)
    assert report.changes is None
    assert report.as_dict()["changes"] is None


def test_a_check_after_nothing_says_so(write_toy, cache: DiskCache) -> None:
    folder = write_toy()
    check_layers(folder, cache=cache)
    report = check_layers(folder, cache=cache)
    assert (report.changes, report.new, report.gone) == ({}, (), ())


def test_an_edited_park_is_named_with_its_metres_once(write_toy, cache: DiskCache) -> None:
    folder = write_toy()
    check_layers(folder, cache=cache)
    edit(folder, path_of(folder, "parks"), shifted)
    report = check_layers(folder, cache=cache)
    assert list(report.changes) == ["parks"]
    assert all(metres == pytest.approx(50, abs=0.1) for metres in report.changes["parks"].moved.values())
    assert check_layers(folder, cache=cache).changes == {}


def test_another_name_for_the_file_is_no_change_but_another_layer_is(write_toy, cache: DiskCache) -> None:
    folder = write_toy()
    check_layers(folder, cache=cache)
    catalog = folder / "catalog.toml"
    text = catalog.read_text(encoding="utf-8").replace('name = "parks"', 'name = "green_parks"')
    path = path_of(folder, "homes")
    (folder / path).rename(folder / f"other_{path}")
    catalog.write_text(text.replace(f'"{path}"', f'"other_{path}"'), encoding="utf-8")
    report = check_layers(folder, cache=cache)
    assert (report.changes, report.new, report.gone) == ({}, ("green_parks",), ("parks",))


def test_a_broken_layer_is_compared_when_it_is_mended(write_toy, cache: DiskCache) -> None:
    folder = write_toy()
    path = path_of(folder, "parks")
    check_layers(folder, cache=cache)
    edit(folder, path, lambda table: shifted(table).assign(tier="castle"))
    broken = check_layers(folder, cache=cache)
    assert broken.problems
    assert "parks" not in broken.changes
    edit(folder, path, lambda table: table.assign(tier="pocket"))
    assert check_layers(folder, cache=cache).changes["parks"].moved


def test_secret_layers_leave_no_trace(write_toy, cache: DiskCache) -> None:
    folder = write_toy()
    catalog = folder / "catalog.toml"
    text = catalog.read_text(encoding="utf-8").replace('name = "parks"', 'name = "parks"\nsensitivity = "secret"')
    catalog.write_text(text, encoding="utf-8")
    check_layers(folder, cache=cache)
    (kept,) = cache.folder.glob("*.npz")
    assert "parks" not in cache.find(kept.stem)["names"].tolist()
    assert check_layers(folder, cache=cache).new == ()


def test_no_path_is_kept_and_a_locked_cache_is_no_error(write_toy, tmp_path: Path, cache: DiskCache) -> None:
    folder = write_toy()
    check_layers(folder, cache=cache)
    (kept,) = cache.folder.glob("*.npz")
    assert str(folder).encode() not in kept.read_bytes()
    (tmp_path / "file").write_text("in the way")
    assert check_layers(folder, cache=DiskCache(tmp_path / "file" / "cache")).changes is None


def test_the_command_says_it_in_words_and_as_json_with_the_same_exit_code(cli, write_toy) -> None:
    folder = write_toy()
    assert cli("layers", "check", "--layers", folder).code == 0
    edit(folder, path_of(folder, "parks"), shifted)
    ran = cli("layers", "check", "--layers", folder)
    assert ran.code == 0
    assert "与上次检查相比： Since the last check:" in ran.out
    assert re.search(r"~ parks：移动 \d 个（最远 50.0 米）", ran.out)
    data = json.loads(cli("layers", "check", "--layers", folder, "--format", "json").out)
    assert data["changes"] == {"new_layers": [], "gone_layers": [], "layers": {}}
    assert "Nothing changed" in cli("layers", "check", "--layers", folder).out
