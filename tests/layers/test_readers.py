"""Files as planners have them: encodings, zeros, styles, Shapefiles."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import LineString, Point, box

from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError
from kunshan_gis.layers.guards import content_sha256
from kunshan_gis.layers.readers import read_table
from kunshan_gis.model import LayerInfo


def info(kind: str, path: str, **more: object) -> LayerInfo:
    described = {
        "name": kind, "kind": kind, "path": path, "title": kind, "title_en": kind, "datum": "wgs84", "source": "a test",
        "licence": "MIT", "date": "2020", "basis": "surveyed",
    }  # fmt: skip
    return LayerInfo(**described | more)


def csv(folder: Path, text: str, kind: str = "zone_towns", encoding: str = "utf-8") -> pd.DataFrame:
    (folder / "t.csv").write_bytes(text.encode(encoding))
    return read_table(folder / "t.csv", info(kind, "t.csv"))


def written(folder: Path, name: str, kind: str, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    table.to_parquet(folder / name) if name.endswith(".parquet") else table.to_file(folder / name)
    return read_table(folder / name, info(kind, name))


def towns(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[box(121, 31, 121.1, 31.1), box(121.1, 31, 121.2, 31.1)], crs="EPSG:4326")


def test_ids_in_a_csv_keep_their_zeros_and_all_their_digits(tmp_path: Path) -> None:
    table = csv(tmp_path, "zone_id,town_id\n01,320583001000000001\n1,320583001000000002\n,1e5\n")
    assert table["zone_id"].tolist()[:2] == ["01", "1"]
    assert pd.isna(table["zone_id"].iloc[2])
    assert table["town_id"].tolist() == ["320583001000000001", "320583001000000002", "1e5"]


def test_names_that_other_tools_take_for_nothing_stay_names(tmp_path: Path) -> None:
    table = csv(tmp_path, "id,name\na,NA\nb,None\nc,nan\nd,\n", kind="zones")
    assert table["name"].tolist()[:3] == ["NA", "None", "nan"]
    assert table["name"].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_with_or_without_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    assert csv(tmp_path, "id,name\nw,西片\n", "zones", encoding)["id"].tolist() == ["w"]


def test_a_csv_as_chinese_excel_saves_it_is_read_and_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("id,name\nw,西片\n".encode("gbk"))
    with pytest.warns(KunshanGISWarning, match=r"t\.csv is not UTF-8 and was read as GB18030"):
        table = read_table(tmp_path / "t.csv", info("zones", "t.csv"))
    assert table["name"].tolist() == ["西片"]


def test_a_csv_in_no_known_encoding_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"id,name\nw,\xff\xff\n")
    with pytest.raises(
        LayerError, match=r"t\.csv cannot be read: it is neither UTF-8 nor GB18030 text; save it as CSV"
    ):
        read_table(tmp_path / "t.csv", info("zones", "t.csv"))


def test_codes_stored_as_numbers_become_text_again(tmp_path: Path) -> None:
    for name in ("t.gpkg", "t.geojson", "t.parquet", "t.fgb"):
        table = written(tmp_path, name, "towns", towns(id=[320583, 320584], adcode=[320583.0, None]))
        assert dict(zip(table["id"], table["adcode"], strict=True)) == {"320583": "320583", "320584": None}


def test_numbers_and_truths_written_as_text_are_what_they_say(tmp_path: Path) -> None:
    line = [LineString([(121, 31), (121.1, 31)])] * 2
    streets = gpd.GeoDataFrame({"id": ["a", "b"], "walkable": ["true", "false"]}, geometry=line, crs="EPSG:4326")
    assert written(tmp_path, "s.geojson", "streets", streets)["walkable"].tolist() == [True, False]
    homes = gpd.GeoDataFrame({"id": ["a", "b"], "population": ["12", " 7 "]}, geometry=[Point(121, 31)] * 2, crs=4326)
    assert written(tmp_path, "h.geojson", "homes", homes)["population"].tolist() == [12, 7]


def test_a_shapefile_is_read_with_its_companions(tmp_path: Path) -> None:
    line = [LineString([(121, 31), (121.1, 31)])] * 2
    streets = gpd.GeoDataFrame({"id": ["a", "b"], "class": "路", "walkable": [1, 0]}, geometry=line, crs="EPSG:4326")
    streets.to_file(tmp_path / "s.shp", encoding="utf-8")
    table = read_table(tmp_path / "s.shp", info("streets", "s.shp"))
    assert table["walkable"].tolist() == [True, False]
    assert table["class"].tolist() == ["路", "路"]
    before = content_sha256(tmp_path / "s.shp")
    (tmp_path / "s.dbf").write_bytes((tmp_path / "s.dbf").read_bytes().replace(b"a", b"z"))
    assert content_sha256(tmp_path / "s.shp") != before


def test_a_file_of_several_layers_is_refused_by_name(tmp_path: Path) -> None:
    for name in ("now", "planned"):
        towns(id=["a", "b"]).to_file(tmp_path / "t.gpkg", layer=name)
    with pytest.raises(LayerError, match=r"holds 2 layers: now, planned; give each a file of its own"):
        read_table(tmp_path / "t.gpkg", info("towns", "t.gpkg"))


def test_the_styles_a_desktop_gis_keeps_beside_a_layer_are_passed_over(tmp_path: Path) -> None:
    towns(id=["a", "b"]).to_file(tmp_path / "t.gpkg", layer="towns")
    with sqlite3.connect(tmp_path / "t.gpkg") as database:
        database.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 's')"
        )
    database.close()
    assert len(pyogrio.list_layers(tmp_path / "t.gpkg")) == 2
    assert read_table(tmp_path / "t.gpkg", info("towns", "t.gpkg"))["id"].tolist() == ["a", "b"]


def test_the_geometry_is_called_geometry_and_flat(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"id": ["a"]}, geometry=[Point(121, 31, 5)], crs="EPSG:4326").rename_geometry("shape")
    for name in ("p.parquet", "p.gpkg"):
        read = written(tmp_path, name, "seats", table)
        assert read.active_geometry_name == "geometry"
        assert not read.has_z.any()


def test_the_catalogue_states_a_crs_where_the_file_does_not(tmp_path: Path) -> None:
    towns(id=["a", "b"]).set_crs(None, allow_override=True).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(CRSError, match=r'states no CRS; .*crs = "EPSG:4549"'):
        read_table(tmp_path / "t.parquet", info("towns", "t.parquet"))
    assert read_table(tmp_path / "t.parquet", info("towns", "t.parquet", crs="EPSG:4490")).crs == "EPSG:4490"


@pytest.mark.parametrize("name", ["a#b?c=d", "{{7*7}}", "<b>", "${x}", "'q\"", "🏞", "CSV:x", "a b,c", "%20", "a.zip"])
@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".fgb", ".parquet"])
def test_a_file_and_its_folder_may_be_called_nearly_anything(tmp_path: Path, name: str, suffix: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    plain = tmp_path / f"t{suffix}"
    towns(id=["a", "b"]).to_parquet(plain) if suffix == ".parquet" else towns(id=["a", "b"]).to_file(plain)
    plain.rename(folder / f"{name}{suffix}")
    assert len(read_table(folder / f"{name}{suffix}", info("towns", f"{name}{suffix}"))) == 2


@pytest.mark.parametrize("name", ["a;b", "a!b", "a\nb", "a.zip!b"])
def test_the_few_names_the_reader_would_cut_are_refused_with_the_remedy(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    towns(id=["a", "b"]).to_file(tmp_path / "t.geojson")
    (tmp_path / "t.geojson").rename(tmp_path / name / "t.geojson")
    with pytest.raises(LayerError, match=r"its path holds .*; rename it or its folder"):
        read_table(tmp_path / name / "t.geojson", info("towns", "t.geojson"))


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LayerNotFoundError, match=r"t\.gpkg is not there; put it into the folder or remove its"):
        read_table(tmp_path / "t.gpkg", info("towns", "t.gpkg"))
