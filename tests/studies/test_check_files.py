"""What a check leaves behind: result.json, whole or not at all, the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from paper import layer

from kunshan_gis import toy
from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import OutputError
from kunshan_gis.layers import open_area
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.check import check
from kunshan_gis.studies.check_files import check_files, write_check
from kunshan_gis.studies.seen import seen

PROFILE = "three-30-300"


def test_two_runs_give_the_same_bytes(cli, write_toy, tmp_path: Path) -> None:
    folder = write_toy()
    for name in ("one", "other"):
        ran = cli("check", "--layers", folder, "--profile", PROFILE, "--by", "town", "--out", tmp_path / name)
        assert ran.code in (0, 1), ran.err
        assert "result.json" in ran.err
    one, other = ((tmp_path / name / "result.json").read_bytes() for name in ("one", "other"))
    assert one == other
    assert str(tmp_path).encode() not in one


def test_the_result_holds_everything_that_made_it() -> None:
    found = check(toy.city(), (PROFILE,), by="towns")
    saved = json.loads(check_files(found)["result.json"])
    assert saved["study"] == "check"
    assert list(saved["tables"]) == list(found.result.tables)
    assert {"check", "check_towns", "variants", "rankings"} <= set(saved["tables"])
    (profile,) = saved["parameters"]["profiles"]
    assert profile["key"] == PROFILE
    assert len(profile["sha256"]) == 64
    assert [walk["key"] for walk in saved["parameters"]["walks"]] == ["planning-walk"]
    assert saved["parameters"]["stated_population"] == 700
    assert {entry["kind"] for entry in saved["inputs"]} >= {"streets", "homes", "towns"}
    assert all(len(entry["sha256"]) == 64 for entry in saved["inputs"])


def test_own_units_are_named_by_a_digest_that_changes_with_them() -> None:
    towns = toy.city().table("towns")
    first = check(toy.city(), (PROFILE,), by="mine", polygons=towns, sensitivity=False)
    again = check(toy.city(), (PROFILE,), by="mine", polygons=towns.copy(), sensitivity=False)
    renamed = check(toy.city(), (PROFILE,), by="mine", polygons=towns.assign(name="x"), sensitivity=False)
    digests = [one.result.provenance.parameters["units_sha256"] for one in (first, again, renamed)]
    assert digests[0] == digests[1] != digests[2]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    area = toy.city()
    with pytest.raises(OutputError, match="taken"):
        write_check(area, check(area, (PROFILE,), sensitivity=False), tmp_path / "taken", cache=DiskCache(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken"]


def test_what_the_layers_looked_like_is_kept_but_not_of_secret_ones(write_toy, tmp_path: Path) -> None:
    folder, cache = write_toy(), DiskCache(tmp_path / "cache")
    catalog = folder / "catalog.toml"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace('kind = "homes"', 'kind = "homes"\nsensitivity = "secret"'), encoding="utf-8")
    area = open_area(folder)
    write_check(area, check(area, (PROFILE,), sensitivity=False), tmp_path / "out", cache=cache)

    def kept(kind: str) -> bool:
        layer = area.layer(kind)
        return seen(cache, area, kind, layer.sha256, layer.info.datum) is not None

    assert kept("streets")
    assert not kept("homes")


def test_a_demonstration_says_so_in_the_names_and_a_real_run_takes_its_place(tmp_path: Path) -> None:
    plain = toy.city()
    homes = layer("homes", plain.table("homes"), basis="synthetic")
    demo = StudyArea(plain.info, {**plain.layers, "homes": homes})
    cache = DiskCache(tmp_path / "cache")
    for area, mark in ((demo, "-DEMO"), (plain, "")):
        write_check(area, check(area, (PROFILE,), sensitivity=False), tmp_path / "out", cache=cache)
        names = {file.name for file in (tmp_path / "out").iterdir()}
        assert names == {"result.json", f"check{mark}.xlsx", f"check{mark}.md", f"check{mark}.html"}
    assert "# Toy City: checked" in check_files(check(plain, (PROFILE,)), lang="en")["check.md"].decode()


def test_by_units_the_terminal_shows_the_whole_area_first_and_what_cannot_be_measured(cli, write_toy) -> None:
    ran = cli("check", "--layers", write_toy(), "--profile", PROFILE, "--by", "town", "--no-sensitivity")
    rows = [[cell.strip() for cell in line.split("│")] for line in ran.out.splitlines() if "three-30-300 │" in line]
    assert [row[3] for row in rows].count("玩具城") == 2
    assert rows[0][3] == "玩具城"
    assert len(rows) > 4
    assert "无法测算" in ran.out
    assert "3-30-300 法则：300米有公园（three-30-300；据二手文献）" in ran.out
