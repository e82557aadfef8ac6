"""Files as they lie on a planner's disk: read correctly, or refused with the place and the remedy."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from shapely import Point, box

from kunshan_gis.errors import CRSError, LayerError, LayerSchemaError
from kunshan_gis.layers.source import Source, read_source


def csv(folder: Path, text: str, encoding: str = "utf-8", **asked: object) -> Source:
    (folder / "t.csv").write_bytes(text.encode(encoding))
    return read_source(folder / "t.csv", **asked)


def xlsx(folder: Path, rows: list[list[object]], **asked: object) -> Source:
    book = openpyxl.Workbook()
    book.active.title = "公园"
    for row in rows:
        book.active.append(row)
    book.save(folder / "t.xlsx")
    return read_source(folder / "t.xlsx", **asked)


def points(source: Source) -> list[tuple[float, float]]:
    return [tuple(pair) for pair in shapely.get_coordinates(source.table.geometry.array).round(6).tolist()]


def said(source: Source) -> str:
    return "\n".join(note.en for note in source.notes)


def parks(**columns: object) -> gpd.GeoDataFrame:
    columns.setdefault("公园名称", ["玉山公园", "亭林公园"])
    return gpd.GeoDataFrame(columns, geometry=[Point(121, 31), Point(121.1, 31.2)], crs="EPSG:4326")


def shapefile(folder: Path, encoding: str, cpg: str | None = None) -> Path:
    path = folder / "parks.shp"
    pyogrio.write_dataframe(parks(), path, encoding=encoding)
    (folder / "parks.cpg").unlink()
    if cpg is not None:
        (folder / "parks.cpg").write_text(cpg)
    return path


def test_degrees_in_every_way_people_write_them(tmp_path: Path) -> None:
    rows = [
        "121.0,31.3",
        "121°00′30″E,31 12 30.5",
        "１２１．５,N31.5",
        "东经121度30分,北纬31度30分",
        "121:30:00,31:30:00N",
    ]
    read = csv(tmp_path, "经度,纬度\n" + "\n".join(rows) + "\n")
    assert points(read) == [(121, 31.3), (121.008333, 31.208472), (121.5, 31.5), (121.5, 31.5), (121.5, 31.5)]
    assert "nothing states the datum" in said(read)
    assert "--datum gcj02 undoes it" in said(read)


@pytest.mark.parametrize(
    "names",
    [
        "lng,lat",
        "lon,lat",
        "Longitude,Latitude",
        "X,Y",
        "经度(°),纬度(°)",
        "东经,北纬",
        "wgs84_lng,wgs84_lat",
        "经 度,纬 度",
    ],
)
def test_columns_of_degrees_by_many_names(tmp_path: Path, names: str) -> None:
    assert points(csv(tmp_path, f"{names},id\n121,31,a\n")) == [(121, 31)]


def test_of_two_pairs_that_in_wgs84_is_taken_and_a_name_may_state_the_datum(tmp_path: Path) -> None:
    both = csv(tmp_path, "lng_gcj02,lat_gcj02,lng_wgs84,lat_wgs84\n121.005,31.002,121,31\n")
    assert (points(both), both.datum) == ([(121, 31)], "wgs84")
    shifted = csv(tmp_path, "高德经度,高德纬度\n121,31\n")
    assert shifted.datum == "gcj02"
    assert "--datum gcj02 undoes it" in said(shifted)


def test_axes_swapped_beyond_doubt_are_swapped_and_said(tmp_path: Path) -> None:
    read = csv(tmp_path, "经度,纬度\n31.3,121.0\n31.2,120.9\n")
    assert points(read) == [(121, 31.3), (120.9, 31.2)]
    assert "swapped back" in said(read)


def test_axes_swapped_in_some_rows_or_perhaps_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerSchemaError, match=r"t\.csv, line 3 `纬度`: the latitude is beyond 90.*correct these rows"):
        csv(tmp_path, "经度,纬度\n121.0,31.3\n31.2,120.9\n")
    with pytest.raises(LayerError, match=r"may be swapped: only swapped do they lie in China; check them and swap"):
        csv(tmp_path, "经度,纬度\n40.1,87.0\n")


def test_northing_first_columns_are_noticed(tmp_path: Path) -> None:
    read = csv(tmp_path, "X,Y\n3465000.5,512345\n", crs="EPSG:4549")
    assert points(read) == [(512345, 3465000.5)]
    assert "`X` is the northing" in said(read)
    assert points(csv(tmp_path, "X,Y\n512345,3465000.5\n", crs="EPSG:4549")) == [(512345, 3465000.5)]
    assert points(csv(tmp_path, "X,Y\n3465000,40512345\n", crs="EPSG:4528")) == [(40512345, 3465000)]


def test_metres_without_a_crs_are_refused_with_a_proposal(tmp_path: Path) -> None:
    with pytest.raises(CRSError, match=r"states no CRS; find out .* --crs EPSG:4528; it looks like EPSG:4528"):
        csv(tmp_path, "X,Y\n3465000,40512345\n")
    with pytest.raises(CRSError, match=r"it looks like EPSG:4549"):
        csv(tmp_path, "X,Y\n3465000,512345\n", near=(121.0, 31.3))
    with pytest.raises(CRSError, match=r"lie outside of EPSG:4528; check --crs"):
        csv(tmp_path, "X,Y\n3465000,512345\n", crs="EPSG:4528")
    with pytest.raises(CRSError, match=r"is in degrees, --crs says EPSG:4549; leave --crs out"):
        csv(tmp_path, "lng,lat\n121,31\n", crs="EPSG:4549")


def test_both_coordinates_in_one_column_and_shapes_as_text(tmp_path: Path) -> None:
    assert points(csv(tmp_path, '名称,坐标\n甲,"121.0,31.3"\n乙,"120.9，31.2"\n')) == [(121, 31.3), (120.9, 31.2)]
    assert points(csv(tmp_path, 'a,latlng\n1,"31.3,121.0"\n')) == [(121, 31.3)]
    wkt = csv(tmp_path, 'id;WKT\n1;"SRID=4549;POLYGON ((0 0,1 0,1 1,0 0))"\n')
    assert wkt.table.crs == "EPSG:4549"
    assert wkt.table.geom_type.tolist() == ["Polygon"]


def test_cells_that_are_no_coordinates_are_listed_and_blank_ones_left_out(tmp_path: Path) -> None:
    with pytest.raises(LayerSchemaError) as caught:
        csv(tmp_path, "名称,经度,纬度\n甲,121.0,待定\n乙,121,\n丙,1,1\n丁,121 75 0,31\n")
    lines = [problem.said("en") for problem in caught.value.problems]
    assert [line.split(" → ")[0] for line in lines] == [
        "t.csv, line 2 `纬度`: is no coordinate: '待定'",
        "t.csv, line 3 `纬度`: lacks its half of the coordinates",
        "t.csv, line 5 `经度`: is no coordinate: '121 75 0'",
    ]
    read = csv(tmp_path, "名称,经度,纬度\n\n甲,,\n乙,121,31\n,,\n丙,0,0\n丁,121.5,31.5\n")
    assert read.table["名称"].tolist() == ["乙", "丁"]
    assert read.place([0, 1], "名称").en == "t.csv, line 4, 7 `名称`"
    assert "1 rows have 0, 0" in said(read)
    assert "1 rows have no coordinates" in said(read)


def test_a_line_break_in_a_cell_does_not_shift_the_lines(tmp_path: Path) -> None:
    read = csv(tmp_path, '名称,经度,纬度\n"甲\n东",121,31\n乙,121.1,31.1\n')
    assert read.place([1], None).en == "t.csv, line 4"


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_of_a_text_table_is_found(tmp_path: Path, encoding: str) -> None:
    read = csv(tmp_path, "名称,经度,纬度\n玉山公园,121,31\n", encoding)
    assert read.table["名称"].tolist() == ["玉山公园"]
    assert ("GB18030" in said(read)) == encoding.startswith("gb")


def test_text_in_another_encoding_is_not_taken_for_chinese(tmp_path: Path) -> None:
    text = "nome,lon,lat\nSão João da Conceição à praça,-51,-30\n"
    with pytest.raises(LayerError, match=r"neither UTF-8 nor GB18030 text; save it .* or say which encoding"):
        csv(tmp_path, text, "latin-1")
    assert read_source(tmp_path / "t.csv", encoding="latin-1").table["nome"].iloc[0].startswith("São")


def test_a_workbook_with_titles_and_a_header_of_two_rows(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["公园一览表"], ["名称", "坐标", None, "面积"], [None, "经度", "纬度", None],
        ["甲", 121.0, 31.3, 5], ["乙", "120.95", "31.2", None], [], ["丙", "121.2", "31.2", "４"],
    ]  # fmt: skip
    read = xlsx(tmp_path, rows)
    assert list(read.table.columns) == ["名称", "经度", "纬度", "面积", "geometry"]
    assert points(read) == [(121, 31.3), (120.95, 31.2), (121.2, 31.2)]
    assert read.place([0, 2], "纬度") == ("表“公园”C4, C7", "sheet “公园” C4, C7")
    assert read.place([1], None).zh == "表“公园”第 5 行"
    with pytest.raises(LayerError, match=r"holds no layer \(sheet\) `x`; choose one of: 公园"):
        xlsx(tmp_path, rows, layer="x")


def test_of_several_sheets_the_only_one_with_coordinates_is_taken(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, rows in (("说明", [["a", "b"], ["c", "d"]]), ("点", [["lng", "lat"], [121, 31]])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    read = read_source(tmp_path / "t.xlsx")
    assert (read.name, points(read)) == ("t.xlsx 点", [(121, 31)])
    assert "not read: 说明" in said(read)
    book["说明"].append(["x", "y"])
    book.create_sheet("点二").append(["lng", "lat"])
    book["点二"].append([121, 31])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(LayerError, match=r"holds 3 layers: 说明, 点, 点二; name one with --layer"):
        read_source(tmp_path / "t.xlsx")


@pytest.mark.parametrize(
    ("encoding", "cpg", "note"),
    [
        ("GBK", None, "states no encoding (no .cpg); by its bytes it is GBK/GB18030"),
        ("GBK", "GBK", ""),
        ("GBK", "UTF-8", "its .cpg says UTF-8, its bytes are GBK/GB18030; read as GBK/GB18030"),
        ("GBK", "936", ""),
        ("GB18030", None, "by its bytes it is GBK/GB18030"),
    ],
)
def test_a_shapefile_in_chinese(tmp_path: Path, encoding: str, cpg: str | None, note: str) -> None:
    read = read_source(shapefile(tmp_path, encoding, cpg))
    assert read.table["公园名称"].tolist() == ["玉山公园", "亭林公园"]
    assert note in said(read)
    assert bool(note) == bool(read.notes)


@pytest.mark.filterwarnings("ignore:Could not decode", "ignore:Normalized")
@pytest.mark.parametrize("cpg", [None, "UTF-8", "GBK"])
def test_field_names_cut_within_a_character_are_mended(tmp_path: Path, cpg: str | None) -> None:
    path = shapefile(tmp_path, "UTF-8", cpg)
    if cpg != "GBK":
        with pytest.raises(UnicodeDecodeError):
            pyogrio.read_dataframe(path, encoding="UTF-8")
    read = read_source(path)
    assert list(read.table.columns) == ["公园名", "geometry"]
    assert read.table["公园名"].tolist() == ["玉山公园", "亭林公园"]
    assert "cut at 10 bytes within a character, half a character was left out: 公园名" in said(read)


def test_a_layer_of_several_is_named_and_tables_beside_it_are_passed_over(tmp_path: Path) -> None:
    parks().to_file(tmp_path / "t.gpkg", layer="公园")
    assert read_source(tmp_path / "t.gpkg").name == "t.gpkg 公园"
    parks().assign(n=1).to_file(tmp_path / "t.gpkg", layer="绿地")
    with pytest.raises(
        LayerError, match=r"holds 2 layers: 公园, 绿地; name one with --layer, for example --layer 公园"
    ):
        read_source(tmp_path / "t.gpkg")
    assert "n" in read_source(tmp_path / "t.gpkg", layer="绿地").table


def test_rows_without_a_shape_are_left_out_and_places_stay_right(tmp_path: Path) -> None:
    table = parks(n=[1, 2]).set_geometry([None, Point(121, 31, 9)]).set_crs("EPSG:4326")
    table.to_file(tmp_path / "t.gpkg")
    read = read_source(tmp_path / "t.gpkg")
    assert read.table["n"].tolist() == [2]
    assert not np.asarray(read.table.has_z).any()
    assert read.place([0], None).en == "t.gpkg, row 2"
    assert "t.gpkg, row 1: 1 features without geometry" in said(read)


def test_a_crs_that_is_not_stated_is_asked_for_and_one_that_is_stated_stands(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"n": [1]}, geometry=[box(40512000, 3465000, 40513000, 3466000)])
    table.to_parquet(tmp_path / "t.parquet")
    with pytest.raises(CRSError, match=r"t\.parquet states no CRS; .* --crs EPSG:4528; it looks like EPSG:4528"):
        read_source(tmp_path / "t.parquet")
    assert read_source(tmp_path / "t.parquet", crs="EPSG:4528").table.crs == "EPSG:4528"
    table.set_crs("EPSG:4528").to_parquet(tmp_path / "t.parquet")
    with pytest.raises(CRSError, match=r"states EPSG:4528, --crs says EPSG:4549; leave --crs out"):
        read_source(tmp_path / "t.parquet", crs="EPSG:4549")


DRIVERS = {"t.gpkg": None, "t.fgb": None, "t.geojson": None, "t.kml": "LIBKML", "t.gdb": "OpenFileGDB"}


@pytest.mark.parametrize("name", [*DRIVERS, "t.parquet"])
def test_map_layers_of_every_format_come_with_their_text_and_crs(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "t.parquet":
        parks().to_parquet(path)
    else:
        options = {"SPATIAL_INDEX": "NO"} if name == "t.fgb" else {}  # which would sort the rows
        pyogrio.write_dataframe(parks(), path, driver=DRIVERS[name], **options)
    read = read_source(path)
    assert read.table["公园名称"].tolist() == ["玉山公园", "亭林公园"]
    assert points(read) == [(121, 31), (121.1, 31.2)]
    assert read.table.crs.equals("EPSG:4326", ignore_axis_order=True)
    assert "visibility" not in read.table
    assert len(read.sha256) == 64


def test_a_geodatabase_and_a_shapefile_in_an_archive(tmp_path: Path) -> None:
    parks().to_file(tmp_path / "t.gdb", driver="OpenFileGDB", layer="公园")
    shapefile(tmp_path, "GBK")
    with zipfile.ZipFile(tmp_path / "t.gdb.zip", "w") as archive:
        for file in (tmp_path / "t.gdb").iterdir():
            archive.write(file, f"t.gdb/{file.name}")
    assert read_source(tmp_path / "t.gdb.zip").table["公园名称"].tolist() == ["玉山公园", "亭林公园"]
    with zipfile.ZipFile(tmp_path / "门户.zip", "w") as archive:
        for file in tmp_path.glob("parks.*"):
            archive.write(file, f"数据/公园{file.suffix}")
        archive.writestr("数据/说明.txt", "read me")
    read = read_source(tmp_path / "门户.zip")
    assert read.name == "门户.zip 公园.shp"
    assert read.table["公园名称"].tolist() == ["玉山公园", "亭林公园"]
    with zipfile.ZipFile(tmp_path / "门户.zip", "a") as archive:
        archive.writestr("绿地.csv", "lng,lat\n121,31\n")
    with pytest.raises(LayerError, match=r"holds 2 layers: 公园, 绿地; name one with --layer"):
        read_source(tmp_path / "门户.zip")
    assert len(read_source(tmp_path / "门户.zip", layer="绿地").table) == 1


def test_names_in_an_archive_packed_by_chinese_windows(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("GONG.csv", "lng,lat\n121,31\n")
    path = tmp_path / "t.zip"
    path.write_bytes(path.read_bytes().replace(b"GONG", "公园".encode("gbk")))
    assert read_source(path).name == "t.zip 公园.csv"


def test_a_drawing_is_read_by_its_layers_and_has_no_crs(tmp_path: Path) -> None:
    drawn = gpd.GeoDataFrame({"Layer": ["公园", "道路"]}, geometry=[Point(512345, 3465000), Point(512346, 3465001)])
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.write_dataframe(drawn, tmp_path / "t.dxf", driver="DXF")
    with pytest.raises(LayerError, match=r"holds 2 layers: 公园, 道路; name one with --layer"):
        read_source(tmp_path / "t.dxf")
    with pytest.raises(CRSError, match=r"t\.dxf 公园 states no CRS"):
        read_source(tmp_path / "t.dxf", layer="公园")
    assert points(read_source(tmp_path / "t.dxf", layer="公园", crs="EPSG:4549")) == [(512345, 3465000)]


def test_a_text_table_called_xls_is_read_as_text(tmp_path: Path) -> None:
    (tmp_path / "t.xls").write_bytes("名称\t经度\t纬度\n甲\t121\t31\n".encode("gbk"))
    assert points(read_source(tmp_path / "t.xls")) == [(121, 31)]


def test_a_table_without_coordinates_stays_a_table(tmp_path: Path) -> None:
    read = csv(tmp_path, "编码,人口\n0701,5\n")
    assert not isinstance(read.table, gpd.GeoDataFrame)
    assert read.table["编码"].tolist() == ["0701"]


def test_an_opendocument_sheet(tmp_path: Path) -> None:
    def cell(value: object) -> str:
        kind = (
            f'office:value-type="float" office:value="{value}"'
            if isinstance(value, float)
            else 'office:value-type="string"'
        )
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    rows = [["名称", "经度", "纬度"], ["甲", 121.0, 31.3]]
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = f'<office:document-content{names}><office:body><office:spreadsheet><table:table table:name="公园">'
    content += f"{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    read = read_source(tmp_path / "t.ods")
    assert points(read) == [(121, 31.3)]
    assert read.place([0], "经度").zh == "表“公园”B2"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("id,name\na,x;y;z;u\nb,v;w;x;y\nc,p;q;r;s\n", ["id", "name"]),
        ("id;share\na;1,5\nb;2,5\nc;3\n", ["id", "share"]),
        ("id，名称\n甲，一\n乙，二\n", ["id", "名称"]),
    ],
)
def test_the_separator_is_the_one_that_the_heading_has_as_well(tmp_path: Path, text: str, names: list[str]) -> None:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    assert list(read_source(file).table.columns) == names
