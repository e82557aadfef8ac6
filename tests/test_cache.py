"""The cache on disk: bounded, clearable, never trusted."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kunshan_gis import network, toy
from kunshan_gis.cache import DiskCache, default_folder
from kunshan_gis.model import Edit
from kunshan_gis.studies.walk import walk_network


def test_an_entry_is_made_once_and_read_back(tmp_path: Path) -> None:
    cache, made = DiskCache(tmp_path), []

    def make() -> dict[str, np.ndarray]:
        made.append(1)
        return {"a": np.arange(3.0)}

    assert cache.arrays("k", make)["a"].tolist() == [0, 1, 2]
    assert DiskCache(tmp_path).arrays("k", make)["a"].tolist() == [0, 1, 2]
    assert made == [1]


def test_a_broken_entry_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "k.npz").write_bytes(b"PK\x03\x04 not really")
    assert DiskCache(tmp_path).arrays("k", lambda: {"a": np.ones(1)})["a"].tolist() == [1]


def test_a_pickled_entry_is_never_run(tmp_path: Path) -> None:
    np.savez(tmp_path / "k.npz", a=np.array([{"run": "me"}], dtype=object))
    assert DiskCache(tmp_path).arrays("k", lambda: {"a": np.ones(1)})["a"].tolist() == [1]


def test_the_oldest_goes_first_when_the_limit_is_reached(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, limit_bytes=20_000)
    for age, key in enumerate(["old", "middle", "new"]):
        cache.arrays(key, lambda: {"a": np.zeros(1000)})
        os.utime(tmp_path / f"{key}.npz", (age, age)) if key != "new" else None
    assert sorted(file.stem for file in tmp_path.iterdir()) == ["middle", "new"]
    assert cache.size_bytes() <= 20_000
    assert cache.clear() == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_time_not_the_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert DiskCache(tmp_path / "file").arrays("k", lambda: {"a": np.ones(1)})["a"].tolist() == [1]


def test_a_changed_street_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    real = network.build
    monkeypatch.setattr(network, "build", lambda *args, **kw: built.append(1) or real(*args, **kw))
    cache = DiskCache(tmp_path)
    first = walk_network(toy.city(), cache=cache)
    again = walk_network(toy.city(), cache=cache)
    assert built == [1]
    assert again.edge_id.tolist() == first.edge_id.tolist()
    assert again.lines.tolist() == first.lines.tolist()
    area = toy.city()
    streets = area.layer("streets")
    other = replace(streets, table=streets.table[streets.table["id"] != "s4"].reset_index(drop=True), sha256="other")
    shorter = walk_network(replace(area, layers={**area.layers, "streets": other}), cache=cache)
    assert built == [1, 1]
    assert len(shorter.edge_id) < len(first.edge_id)
    edited = walk_network(area.with_edits(Edit.remove("streets", "s4")), cache=cache)  # worked into what is kept
    assert built == [1, 1]
    assert sorted(edited.edge_id) == sorted(shorter.edge_id)


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUNSHAN_GIS_CACHE", str(tmp_path))
    assert default_folder() == tmp_path


def test_an_answer_is_kept_for_some_days_and_counted_and_cleared_with_the_rest(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path)
    assert cache.answer("k", days=1) is None
    assert cache.keep_answer("k", b"answer")
    assert cache.answer("k", days=1) == b"answer"
    assert cache.answer("k", days=-1) is None
    (tmp_path / "k.gz").write_bytes((tmp_path / "k.gz").read_bytes()[:-5])
    assert cache.answer("k", days=1) is None
    assert cache.size_bytes() > 0
    assert cache.clear() == 1
    (tmp_path / "file").write_text("in the way")
    assert not DiskCache(tmp_path / "file").keep_answer("k", b"answer")
