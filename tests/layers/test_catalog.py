"""The catalogue: what it says about an area and its layers (what is refused is in test_bad_input)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kunshan_gis.errors import CatalogError
from kunshan_gis.layers import embedded_folder
from kunshan_gis.layers.catalog import read_catalog


def test_the_area_and_its_layers_in_the_catalogues_order(write_toy) -> None:
    info, layers = read_catalog(write_toy())
    assert (info.name, info.name_en, info.population) == ("玩具城", "Toy City", 700)
    assert [layer.kind for layer in layers] == [
        "towns", "zones", "zone_towns", "streets", "homes", "parks", "park_gates",
    ]  # fmt: skip


def test_a_byte_order_mark_and_windows_line_ends_are_fine(write_toy) -> None:
    file = write_toy() / "catalog.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_catalog(file.parent)[0].name == "玩具城"


def test_a_file_in_a_folder_of_the_folder_and_a_link_inside_it_are_fine(write_toy) -> None:
    folder = write_toy()
    (folder / "deep").mkdir()
    (folder / "homes.geojson").rename(folder / "deep" / "h.geojson")
    (folder / "homes.geojson").symlink_to(folder / "deep" / "h.geojson")
    read_catalog(folder)
    file = folder / "catalog.toml"
    file.write_text(file.read_text().replace('"homes.geojson"', '"deep/../deep/h.geojson"'))
    read_catalog(folder)


def test_all_problems_of_a_catalogue_are_told_together(write_toy) -> None:
    file = write_toy() / "catalog.toml"
    text = file.read_text().replace('licence = "MIT"\n', "").replace('datum = "wgs84"', 'datum = "moon"')
    file.write_text(text + "colour = 1\n")
    with pytest.raises(CatalogError) as caught:
        read_catalog(file.parent)
    assert len(caught.value.problems) == 7 + 7 + 1
    assert all(problem.where.en.startswith("catalog.toml [[layer]]") for problem in caught.value.problems)


def test_the_embedded_study_area_is_found_and_readable() -> None:
    folder = embedded_folder()
    assert isinstance(folder, Path)
    info, layers = read_catalog(folder)
    assert info.analysis_crs == "EPSG:4549"
    assert len({layer.kind for layer in layers}) == len(layers)
    assert all(layer.licence and layer.source for layer in layers)


def test_a_database_is_no_layers_path_for_a_study_area_works_offline(write_toy) -> None:
    file = write_toy() / "catalog.toml"
    file.write_text(file.read_text().replace('"homes.geojson"', '"postgresql://gis.local/db?table=a.homes"'))
    with pytest.raises(CatalogError, match="path is a database; a study area works without one") as caught:
        read_catalog(file.parent)
    assert "kunshan-gis layers add" in str(caught.value)


@pytest.mark.parametrize("entry", ["source", "path", "note"])
def test_a_password_in_a_catalogue_is_refused_and_not_repeated(write_toy, entry: str) -> None:
    file = write_toy() / "catalog.toml"
    lines = [line for line in file.read_text().split("\n") if not (entry != "note" and line.startswith(f"{entry} ="))]
    lines.insert(lines.index("[[layer]]") + 1, f'{entry} = "from postgresql://planner:Geheim@gis.local/db"')
    file.write_text("\n".join(lines))
    with pytest.raises(CatalogError, match="a database address must not hold a password") as caught:
        read_catalog(file.parent)
    assert "Geheim" not in str(caught.value)
