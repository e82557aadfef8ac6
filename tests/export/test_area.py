"""A study area written and read again is the same, whatever is in its titles."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paper import area_of, homes, layer, parks, streets

from kunshan_gis import toy
from kunshan_gis.errors import LayerSchemaError, OutputError
from kunshan_gis.export import write_area
from kunshan_gis.export.area import catalog_text
from kunshan_gis.layers import open_area
from kunshan_gis.layers.catalog import read_catalog


def layers(area):
    return [(each.info, each.table) for each in area.layers.values()]


def test_written_read_and_written_again_the_bytes_are_the_same(tmp_path: Path) -> None:
    city = toy.city()
    first = write_area(tmp_path / "a", city.info, layers(city))
    again = open_area(tmp_path / "a")
    second = write_area(tmp_path / "b", again.info, layers(again))
    assert [path.name for path in first] == [path.name for path in second]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


@pytest.mark.parametrize(
    "title",
    [
        "\"quoted\" and 'apostrophes'", "two\nlines", "tab\tand\\backslash\\n", "昆山 🏞️", "\x01\x1f\x7f\x80",
        'a]\n[[layer]]\nname = "b"', "{{7*7}}<script>${x}", '"""', "a\u2028\u2029b", "x" * 65_536,
    ],
)  # fmt: skip
def test_any_title_survives_the_catalogue(tmp_path: Path, title: str) -> None:
    city = toy.city()
    changed = [(info.model_copy(update={"title": title, "note": title}), table) for info, table in layers(city)]
    write_area(tmp_path, city.info.model_copy(update={"name": title}), changed)
    info, described = read_catalog(tmp_path)
    assert info.name == title
    assert [each.title for each in described] == [title] * 7


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_text_at_all_is_a_toml_string(text: str) -> None:
    info = toy.city().info.model_copy(update={"name": text})
    assert tomllib.loads(catalog_text(info, []))["area"]["name"] == text


def test_what_is_at_its_default_is_left_out_and_numbers_stay_numbers() -> None:
    city = toy.city()
    info = city.layers["homes"].info.model_copy(update={"accuracy_m": 2.5})
    block = tomllib.loads(catalog_text(city.info, [info]))["layer"][0]
    assert block["accuracy_m"] == 2.5
    assert "sensitivity" not in block
    assert "crs" not in block


def test_a_shifted_layer_is_written_unshifted_and_says_so(tmp_path: Path) -> None:
    area = area_of(homes=homes((0, 0)))
    shifted = layer("homes", area.table("homes"), datum="gcj02")
    write_area(tmp_path, area.info, [(shifted.info, shifted.table)])
    read = open_area(tmp_path)
    assert read.layer("homes").info.datum == "wgs84"
    assert read.table("homes").distance(area.table("homes")).max() < 0.02


def test_a_study_area_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    city = toy.city()
    write_area(tmp_path, city.info, layers(city))
    before = (tmp_path / "catalog.toml").read_bytes()
    with pytest.raises(OutputError, match="already holds a study area; choose another folder, or add --overwrite"):
        write_area(tmp_path, city.info.model_copy(update={"name": "x"}), layers(city))
    assert (tmp_path / "catalog.toml").read_bytes() == before
    write_area(tmp_path, city.info.model_copy(update={"name": "x"}), layers(city), overwrite=True)
    assert open_area(tmp_path).info.name == "x"


def test_a_table_that_breaks_its_contract_is_not_written(tmp_path: Path) -> None:
    area = area_of(streets=streets([(0, 0), (9, 0)]), homes=homes((0, 0), population=-1), parks=parks((0, 0, 9, 9)))
    with pytest.raises(LayerSchemaError, match=r"homes \(homes.geojson\) does not fit"):
        write_area(tmp_path / "new", area.info, layers(area))
    assert not (tmp_path / "new").exists()


def test_a_folder_name_the_system_refuses_is_an_output_error(tmp_path: Path) -> None:
    city = toy.city()
    with pytest.raises(OutputError, match="cannot write to"):
        write_area(tmp_path / ("x" * 300), city.info, layers(city))
