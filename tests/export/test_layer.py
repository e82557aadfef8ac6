"""One layer more in a catalogue: what its author wrote stays, letter for letter."""

from __future__ import annotations

import tomllib

import pytest

from kunshan_gis.export.layer import Replaced, catalog_with
from kunshan_gis.model import LayerInfo

INFO = LayerInfo(
    name="parks", kind="parks", path="parks.geojson", title="公园", title_en="Parks", datum="wgs84", source="普查",
    licence="内部", date="2024", basis="official", history=("一 / one", "二 / two"),
)  # fmt: skip
TEXT = """# 规划处维护
[area]
name = "城"      # 简称
name_en = "City"
analysis_crs = "EPSG:4549"

# 边界
[[layer]]
name = "old"
kind = "parks"
path = "old.shp"   # 2019 年
crs = "EPSG:4528"
"""
OLD = INFO.model_copy(update={"name": "old", "path": "old.shp"})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_new_entry_stands_last_and_all_before_it_is_unchanged(newline: str, mark: str) -> None:
    text = mark + TEXT.replace("\n", newline)
    said = catalog_with(text, INFO.model_copy(update={"kind": "homes"}), None)
    assert said.startswith(text)
    assert said.count("\n") == said.count(newline)
    entry = tomllib.loads(said.removeprefix("\ufeff").replace("\r\n", "\n"))["layer"][1]
    assert LayerInfo.model_validate(entry) == INFO.model_copy(update={"kind": "homes"})


def test_a_replaced_entry_keeps_its_place_and_the_remarks_around_it() -> None:
    said = catalog_with(TEXT, INFO, Replaced(OLD, {}, ""))
    assert said.startswith(TEXT[: TEXT.index('name = "old"')])
    assert "# 2019 年" in said or "parks.geojson" in said
    (entry,) = tomllib.loads(said)["layer"]
    assert LayerInfo.model_validate(entry) == INFO


def test_a_catalogue_without_layers_or_with_them_in_one_line_is_added_to() -> None:
    bare = TEXT[: TEXT.index("# 边界")]
    (entry,) = tomllib.loads(catalog_with(bare, INFO, None))["layer"]
    assert entry["name"] == "parks"
    inline = 'layer = [{name = "old"}]\n' + bare
    assert [layer["name"] for layer in tomllib.loads(catalog_with(inline, INFO, None))["layer"]] == ["old", "parks"]
