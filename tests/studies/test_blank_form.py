"""Blank forms from the command line: written where asked, never over a form that may have been filled in."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest

from kunshan_gis.errors import OutputError, ParameterError
from kunshan_gis.layers import read_catalog
from kunshan_gis.studies.blank_form import blank_form


def test_a_form_goes_where_it_is_asked_for(cli, tmp_path: Path) -> None:
    out = tmp_path / "new" / "公园.xlsx"
    ran = cli("layers", "template", "--kind", "parks", "--kind", "park_gates", "--out", out)
    assert (ran.code, ran.out) == (0, f"{out}\n")
    assert openpyxl.load_workbook(out).sheetnames == ["说明", "公园", "公园出入口"]


def test_without_a_name_it_is_called_by_its_kinds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert blank_form(["homes"]) == Path("homes.xlsx")
    assert Path("homes.xlsx").is_file()


def test_a_form_that_is_there_is_not_lost(tmp_path: Path) -> None:
    out = blank_form(["parks"], tmp_path / "parks.xlsx")
    out.write_bytes(b"filled in")
    with pytest.raises(OutputError, match="--overwrite"):
        blank_form(["parks"], out)
    assert out.read_bytes() == b"filled in"
    assert blank_form(["parks"], out, overwrite=True).stat().st_size > 5000


@pytest.mark.parametrize(
    ("kinds", "name", "says"),
    [
        (["castles"], "a.xlsx", "choose one of boundary"),
        (["parks", "parks"], "a.xlsx", "once"),
        (["parks"], "a.csv", "--out a.xlsx"),
    ],
)
def test_what_cannot_be_a_form_is_refused_with_the_remedy(
    tmp_path: Path, kinds: list[str], name: str, says: str
) -> None:
    with pytest.raises(ParameterError, match=says):
        blank_form(kinds, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_ends_with_2(cli, tmp_path: Path) -> None:
    ran = cli("layers", "template", "--kind", "castles", "--out", tmp_path / "a.xlsx")
    assert ran.code == 2
    assert "parks（公园）" in ran.err


def filled(path: Path, tier: str) -> Path:
    book = openpyxl.load_workbook(blank_form(["parks"], path, overwrite=True))
    outline = "120.95 31.38; 120.96 31.38; 120.96 31.39; 120.95 31.39"
    for cell, value in {"C3": "GCJ-02", "B8": "p1", "C8": "东园", "D8": tier, "H8": outline}.items():
        book["公园"][cell] = value
    book.save(path)
    return path


def test_a_filled_form_becomes_a_layer_its_datum_undone(cli, tmp_path: Path) -> None:
    form = filled(tmp_path / "parks.xlsx", "口袋公园 pocket")
    ran = cli("layers", "add", form, "--kind", "parks", "--layers", tmp_path / "city")
    assert ran.code == 0, ran.err
    (park,) = gpd.read_file(tmp_path / "city" / "parks.geojson").itertuples()
    assert (park.id, park.tier, park.name) == ("p1", "pocket", "东园")
    west, south, *_ = park.geometry.bounds
    assert (
        300 < np.hypot((120.95 - west) * 95_000, (31.38 - south) * 111_000) < 600
    )  # GCJ-02 is several hundred metres off
    (info,) = read_catalog(tmp_path / "city")[1]
    assert (info.datum, "gcj02" in " ".join(info.history).lower().replace("-", "")) == ("wgs84", True)


def test_a_mistake_in_a_form_is_named_by_its_cell_and_nothing_is_written(cli, tmp_path: Path) -> None:
    form = filled(tmp_path / "parks.xlsx", "大公园")
    ran = cli("layers", "add", form, "--kind", "parks", "--layers", tmp_path / "city")
    assert ran.code == 2
    assert "表“公园”D8" in ran.err
    assert not (tmp_path / "city" / "catalog.toml").exists()
