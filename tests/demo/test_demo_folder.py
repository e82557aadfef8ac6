"""The study that builds the demonstration: a whole study area elsewhere, only the generated files in place."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from kunshan_gis import embedded_folder, open_area
from kunshan_gis.cli import app
from kunshan_gis.export import table_bytes
from kunshan_gis.studies.demo_build import demo_build

GENERATED = ("towns.geojson", "expressways.geojson", "streets.parquet", "homes.parquet", "parks.parquet")
REAL = ("boundary.geojson", "water.geojson", "seats.geojson", "stations.geojson")


OURS = """name = "本地口径"
name_en = "Ours"
standard = "plan"
edition = "2022"
verified = "text"

[[rule]]
key = "parks"
name = "公园数量"
name_en = "Parks"
measure = "count"
verified = "text"
"""


def _toml(value):
    """A TOML value; a block within a block is written inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _catalogue():
    area = {"name": "某地", "name_en": "Place", "analysis_crs": "EPSG:4549", "population": 60_001}
    lines = ["[area]", *(f"{key} = {_toml(value)}" for key, value in area.items())]
    for path in (*REAL, *GENERATED):
        name = path.partition(".")[0]
        about = {"name": name, "kind": name, "path": path, "title": name, "title_en": name, "datum": "wgs84",
                 "source": "invented", "licence": "MIT", "date": "2020",
                 "basis": "open" if path in REAL else "synthetic"}  # fmt: skip
        lines += ["", "[[layer]]", *(f"{key} = {_toml(value)}" for key, value in about.items())]
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path, real_place, place_facts):
    """The made-up place as a folder: catalogue, demo.toml, notices, and a profile, the real layers alone."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "catalog.toml").write_text(_catalogue(), encoding="utf-8")
    facts = "\n".join(f"{key} = {_toml(value)}" for key, value in place_facts.items())
    (place / "demo.toml").write_text(facts + "\n", encoding="utf-8")
    (place / "NOTICE.md").write_text("# 说明 Notices\n", encoding="utf-8")
    (place / "profiles").mkdir()
    (place / "profiles" / "ours.toml").write_text(OURS, encoding="utf-8")
    for path in REAL:
        spaced = table_bytes(real_place[path.partition(".")[0]], ".geojson") + b"\n\n"  # no writer of ours ends so
        (place / path).write_bytes(spaced)
    return place


def _content(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_elsewhere_stands_a_whole_study_area_with_the_real_files_as_they_were(folder, tmp_path):
    before = _content(folder)
    written = demo_build(folder, out=tmp_path / "other")
    assert {path.relative_to(tmp_path / "other").as_posix() for path in written} == {*before, *GENERATED}
    built = _content(tmp_path / "other")
    assert set(built) == {*before, *GENERATED}
    assert {name: built[name] for name in before} == before
    assert _content(folder) == before
    area = open_area(tmp_path / "other")
    assert area.table("homes")["population"].sum() == 60_001
    assert len(area.table("parks")) == 27
    assert list(area.profiles) == ["ours"]


def test_in_place_only_generated_files_are_written_and_the_bytes_are_those_of_elsewhere(folder, tmp_path):
    before = _content(folder)
    demo_build(folder, out=tmp_path / "other")
    for out in (None, folder):
        assert {path.name for path in demo_build(folder, out=out)} == set(GENERATED)
        after = _content(folder)
        assert {name: after[name] for name in before} == before
        assert after == _content(tmp_path / "other")


@pytest.mark.full
def test_a_publication_is_made_of_what_was_built_elsewhere(tmp_path):
    assert CliRunner().invoke(app, ["demo", "build", "--out", str(tmp_path / "built")]).exit_code == 0
    assert _content(tmp_path / "built") == _content(embedded_folder())
    done = CliRunner().invoke(app, ["publish", "--layers", str(tmp_path / "built"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "index.html").is_file()
