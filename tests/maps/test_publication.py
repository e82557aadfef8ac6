"""A whole publication with hostile names in every place, opened page by page in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kunshan_gis import toy
from kunshan_gis.layers import open_area
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.publish import publish
from kunshan_gis.studies.walk import Walk

WALK = Walk(minutes=15, speed_mps=1.0, profile="planning-walk")


def renamed(name: str) -> StudyArea:
    """The toy city with one text as every name, title, source and note, written to no file yet."""
    city = toy.city()
    info = city.info.model_copy(update={"name": name, "name_en": name, "note": name})
    layers = {}
    for key, layer in city.layers.items():
        described = layer.info.model_copy(
            update={"title": name, "title_en": name, "source": name, "licence": name, "note": name, "date": name}
        )
        table = layer.table.assign(name=name, name_en=name, evidence=name)
        layers[key] = replace(layer, info=described, table=table)
    return StudyArea(info, layers)


def opens_harmlessly(name: str, visit, folder: Path) -> None:
    published = publish(renamed(name), WALK, folder / "out")
    pages = [path for path in published.paths if path.suffix == ".html"]
    assert len(pages) == 7
    for path in pages:
        page = visit(path.read_text(encoding="utf-8"), name=path.name)
        page.wait_for_selector("[data-painted]", timeout=10_000)
        assert page.evaluate("typeof window.ran") == "undefined"
        assert page.trouble == []
    assert not Path("RAN").exists()


def test_all_of_it_in_one_name_opens_harmlessly(visit, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "</script><script>window.ran=1</script>{{7*7}}{# ${window.ran=1} '\"`<img src=x onerror=window.ran=1>\u202e🏞️"
    opens_harmlessly(name, visit, tmp_path)


@pytest.mark.full
def test_each_kind_of_name_opens_harmlessly(payload, visit, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    opens_harmlessly(payload, visit, tmp_path)


@pytest.mark.full
def test_a_folder_written_with_such_names_publishes_too(payload, write_toy, tmp_path) -> None:
    area = open_area(write_toy(renamed(payload.replace("\x00", ""))))  # neither TOML nor CSV can hold a NUL
    assert len(publish(area, WALK, tmp_path / "out").paths) == 18
