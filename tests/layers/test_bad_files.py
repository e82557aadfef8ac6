"""Files that are broken, or made to do harm: one clear error each, nothing written, nothing run, nobody asked.

docs/bad-input.md is this table with what each file got for an answer; a test keeps the two in step
(`KUNSHAN_GIS_WRITE_DOCS=1 pytest tests/layers/test_bad_files.py` writes it anew).
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import socket
import sqlite3
import struct
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import rasterio
from rights import as_somebody
from shapely import Point

from kunshan_gis.errors import KunshanGISError, LayerError
from kunshan_gis.layers import source
from kunshan_gis.layers.population import read_population
from kunshan_gis.layers.source import read_source

Make = Callable[[Path], Path]
PAGE = Path(__file__).parents[2] / "docs" / "bad-input.md"
PORT = 47999


def parks() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[Point(121, 31), Point(121.1, 31.1)], crs="EPSG:4326")


def written(name: str) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        parks().to_parquet(path) if name.endswith(".parquet") else parks().to_file(path)
        return path

    return make


def text(name: str, content: str | bytes) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder / name

    return make


def halved(make: Make) -> Make:
    def cut(folder: Path) -> Path:
        path = make(folder)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        return path

    return cut


def patched(make: Make, file: str, at: int, value: bytes) -> Make:
    def patch(folder: Path) -> Path:
        path = make(folder)
        data = bytearray((folder / file).read_bytes())
        data[at : at + len(value)] = value
        (folder / file).write_bytes(bytes(data))
        return path

    return patch


def workbook(folder: Path, rows: list[list[object]], name: str = "t.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def part_replaced(part: str, change: Callable[[bytes], bytes]) -> Make:
    """A workbook, one part of it changed."""

    def make(folder: Path) -> Path:
        path = workbook(folder, [["lng", "lat"], [121, 31]])
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in parts.items():
                new.writestr(name, change(content) if name == part else content)
        return path

    return make


def zipped(name: str, members: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> Make:
    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                info = zipfile.ZipInfo(member)
                info.compress_type = zipfile.ZIP_DEFLATED
                if change:
                    change(info)
                archive.writestr(info, content)
        return folder / name

    return make


def understated(folder: Path) -> Path:
    """A member that claims 10 bytes and unpacks to 3 MB."""
    path = zipped("t.zip", {"a.csv": b"0" * 3_000_000})(folder)
    real, said = struct.pack("<I", 3_000_000), struct.pack("<I", 10)
    path.write_bytes(path.read_bytes().replace(real, said))
    return path


def locked(folder: Path) -> Path:
    path = zipped("t.zip", {"a.csv": b"lng,lat\n121,31\n"})(folder)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    return path


def link(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "t.csv")
    return folder / "t.csv"


def linked(target: str) -> Make:
    def make(folder: Path) -> Path:
        (folder / "t.csv").symlink_to(target)
        return folder / "t.csv"

    return make


def a_folder(folder: Path) -> Path:
    (folder / "t.gpkg").mkdir()
    (folder / "t.gpkg" / "a.csv").write_text("x")
    return folder / "t.gpkg"


def missing_shx(folder: Path) -> Path:
    path = written("t.shp")(folder)
    (folder / "t.shx").unlink()
    return path


def other_dbf(folder: Path) -> Path:
    path = written("t.shp")(folder)
    parks().iloc[:1].to_file(folder / "u.shp")
    (folder / "u.dbf").replace(folder / "t.dbf")
    return path


def journal(folder: Path) -> Path:
    path = written("t.gpkg")(folder)
    (folder / "t.gpkg-wal").write_bytes(b"x")
    return path


def fgb_claims(folder: Path) -> Path:
    """A FlatGeobuf whose head claims 10 thousand million features."""
    path = written("t.fgb")(folder)
    data = path.read_bytes()
    at = data.index(struct.pack("<Q", 2), 8, 400)
    path.write_bytes(data[:at] + struct.pack("<Q", 10_000_000_000) + data[at + 8 :])
    return path


def geocoding_view(folder: Path) -> Path:
    """A GeoPackage whose layer is a view that asks GDAL to look up an address on the network."""
    path = written("t.gpkg")(folder)
    with sqlite3.connect(path) as database:
        database.execute("CREATE VIEW v AS SELECT fid, geom, ogr_geocode('x') AS name FROM t")
        database.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('v', 'features', 'v')")
        database.execute("INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POINT', 4326, 0, 0)")
    database.close()
    return path


def far_cell(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["lng", "lat"], [121, 31]):
        book.active.append(row)
    book.active["XFD1048576"] = "x"
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def formulas(folder: Path) -> Path:
    return workbook(folder, [["lng", "lat"], ["=120+1", 31], [121, '=HYPERLINK("http://127.0.0.1")']])


URL = f"http://127.0.0.1:{PORT}/x"
ENTITY = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
VRT = (
    f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/{URL}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)
SHEET = "xl/worksheets/sheet1.xml"

CASES: dict[str, tuple[Make, tuple[str, ...]]] = {
    "nothing there": (lambda folder: folder / "t.gpkg", ("is not there; check the path",)),
    "an address of the network": (lambda _: Path(URL), ("is an address of the network, not a file; download it",)),
    "GDAL's way to the network": (lambda _: Path(f"/vsicurl/{URL}"), ("is not a file of this machine", "download")),
    "GDAL's way into an archive": (lambda f: Path(f"/vsizip/{f}/t.zip/a.shp"), ("is not a file of this machine",)),
    "a path the reader would cut": (lambda f: f / "a;b.gpkg", ("its path holds ';'; rename it",)),
    "a name of 10,000 letters": (lambda f: f / f"{'a' * 10_000}.csv", ("cannot be read: File name too long",)),
    "an empty file": (text("t.geojson", ""), ("cannot be read: it is empty; copy or export it again",)),
    "a folder": (a_folder, ("is a folder, not a file; name one of the files in it: a.csv",)),
    "a pipe": (pipe, ("is no ordinary file",)),
    "a link to a device": (linked("/dev/zero"), ("is no ordinary file",)),
    "a link to itself": (linked("t.csv"), ("cannot be read: Too many levels of symbolic links",)),
    "a link to nothing": (linked("gone.csv"), ("is not there",)),
    "a picture called Shapefile": (text("t.shp", b"\x89PNG\r\n\x1a\n"), ("not what its suffix says (it is PNG)",)),
    "a workbook called CSV": (
        lambda f: workbook(f, [["lng", "lat"], [121, 31]]).rename(f / "t.csv"),
        ("t.csv is not a text table",),
    ),
    "a web page called XLS": (text("t.xls", "<html><table>"), ("(it is HTML); open it in a browser or Excel",)),
    "a drawing in DWG": (text("t.dwg", "AC1032"), (".dwg, which is not supported; save it as DXF",)),
    "an archive in RAR": (text("t.rar", "Rar!\x1a\x07"), (".rar, which is not supported; unpack it first",)),
    "half a GeoPackage": (halved(written("t.gpkg")), ("t.gpkg",)),
    "half a GeoJSON": (halved(written("t.geojson")), ("t.geojson cannot be read",)),
    "half a FlatGeobuf": (halved(written("t.fgb")), ("t.fgb",)),
    "half a GeoParquet": (halved(written("t.parquet")), ("t.parquet cannot be read", "is it whole")),
    "half a Shapefile": (halved(written("t.shp")), ("t.shp is cut short or damaged: its head claims 100 bytes",)),
    "half a workbook": (halved(part_replaced("", bytes)), ("t.xlsx is cut short or damaged",)),
    "half an archive": (halved(zipped("t.zip", {"a.csv": b"lng,lat\n121,31\n" * 99})), ("t.zip is cut short",)),
    "a Shapefile without .shx": (missing_shx, ("has no .shx beside it; copy its .shp, .shx, .dbf and .prj",)),
    "a Shapefile with another's .dbf": (other_dbf, ("has 2 shapes, its .dbf 1 rows", "export them again")),
    "a .dbf that claims 10 GB": (
        patched(written("t.shp"), "t.dbf", 4, struct.pack("<I", 120_000_000)),
        ("t.dbf is cut short or damaged: its head claims 9,720,", "copy or download it again"),
    ),
    "a .shp that claims 4 GB": (
        patched(written("t.shp"), "t.shp", 24, struct.pack(">i", 2**31 - 1)),
        ("t.shp is cut short or damaged: its head claims 4,294,967,294 bytes",),
    ),
    "a FlatGeobuf that claims thousands of millions of features": (fgb_claims, ("it claims 1,410,065,408 features",)),
    "a GeoPackage that is being edited": (journal, ("is being edited elsewhere", "save and close it")),
    "a GeoPackage whose view asks the network": (geocoding_view, ("cannot be read",)),
    "a zip bomb (300 MB of nothing)": (
        zipped("t.zip", {"a.csv": b"\0" * (300 << 20)}),
        ("unpacks to 314,572,800 bytes from", "may be harmful"),
    ),
    "a zip bomb that claims 10 bytes": (understated, ("more than the 10 claimed",)),
    "a locked archive": (locked, ("is locked with a password; unpack it with the password first",)),
    "a path climbing out of an archive": (zipped("t.zip", {"../../evil.csv": b"x"}), ("lies outside of its folder",)),
    "an absolute path in an archive": (zipped("t.zip", {"/tmp/evil.csv": b"x"}), ("lies outside of its folder",)),
    "a Windows path out of an archive": (zipped("t.zip", {"..\\evil.csv": b"x"}), ("lies outside of its folder",)),
    "a link in an archive": (zipped("t.zip", {"a.csv": b"/etc/passwd"}, link), ("holds `a.csv`, which is a link",)),
    "an archive without layers": (zipped("t.zip", {"readme.md": b"x"}), ("holds no layer that can be read",)),
    "KML with an external entity": (
        text("t.kml", ENTITY + KML.format("&x;")), ("declares XML entities or a document type (DTD)", "harmful"),
    ),
    "KML with a billion laughs": (text("t.kml", LAUGHS + KML.format("&b;")), ("declares XML entities",)),
    "KMZ with an external entity": (
        zipped("t.kmz", {"doc.kml": (ENTITY + KML.format("&x;")).encode()}), ("its part doc.kml declares XML",),
    ),
    "KML that only points elsewhere": (
        text("t.kml", KML.format(f"<NetworkLink><Link><href>{URL}</href></Link></NetworkLink>")), ("t.kml",),
    ),
    "a GDAL program called KML": (text("t.kml", VRT), ("its XML begins with OGRVRTDataSource",)),
    "a GDAL program called GeoJSON": (text("t.geojson", VRT), ("not what its suffix says (it is XML)",)),
    "a GDAL command called GeoJSON": (
        text("t.json", '{"type": "gdal_streamed_alg", "command_line": "gdal vector read /vsicurl/' + URL + '"}'),
        ("holds commands, not shapes",),
    ),
    "a workbook with an external entity": (
        part_replaced("xl/workbook.xml", lambda xml: ENTITY.encode() + xml.split(b"?>", 1)[-1]),
        ("its part xl/workbook.xml declares XML entities",),
    ),
    "a workbook whose strings unpack to 300 MB": (
        part_replaced("xl/styles.xml", lambda _: b"<a>" + b" " * (300 << 20)), ("unpacks to",),
    ),
    "a workbook with a cell in its last corner": (far_cell, ("1,048,576 rows and 16,384 columns, nearly all empty",)),
    "a workbook of formulas never computed": (
        formulas, ("holds formulas without a computed value: A2, B3; open it in Excel and save it",),
    ),
    "SQL for a layer's name": (written("t.gpkg"), ('holds no layer (sheet) `t"; DROP TABLE t; --`; choose one of: t',)),
    "text in no encoding": (text("t.csv", b"lng,lat\n\xff\xff,31\n"), ("it is neither UTF-8 nor GB18030",)),
    "UTF-8 that breaks off": (
        text("t.csv", "名称,经度,纬度\n公园公园公园,121,31\n".encode() + b"\xe5\x85\n"), ("is not UTF-8 in line 3",),
    ),
    "a ragged CSV": (text("t.csv", "lng,lat\n121,31\n121,31,5,6,7\n"), ("more cells in line 3 than in its header",)),
    "a CSV that is all header": (text("t.csv", "lng,lat\n"), ("holds no rows",)),
    "a CSV of NUL bytes": (text("t.csv", b"\0" * 1000), ("is not a text table",)),
}  # fmt: skip
ASKED = {"SQL for a layer's name": {"layer": 't"; DROP TABLE t; --'}}


@pytest.fixture
def listener() -> Iterator[list[object]]:
    """Who came to the door that the files point at."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", PORT)) as door:
        door.settimeout(0.05)
        ended = threading.Event()

        def watch() -> None:
            while not ended.is_set():
                try:
                    caller, _ = door.accept()
                    came.append(caller)
                    caller.close()
                except TimeoutError:
                    continue

        watcher = threading.Thread(target=watch)
        watcher.start()
        yield came
        ended.set()
        watcher.join()


def answer(name: str, folder: Path) -> KunshanGISError:
    path = CASES[name][0](folder)
    before = {file: os.lstat(file).st_mtime_ns for file in folder.rglob("*")}
    with pytest.raises(KunshanGISError) as caught:
        read_source(path, **ASKED.get(name, {}))
    assert {file: os.lstat(file).st_mtime_ns for file in folder.rglob("*")} == before
    return caught.value


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_gets_one_clear_answer(name: str, tmp_path: Path, listener: list[object]) -> None:
    error = answer(name, tmp_path)
    for part in CASES[name][1]:
        assert part in error.said("en")
    assert error.said("zh") != error.said("en")
    assert not listener
    ANSWERS[name] = shown(error, tmp_path)


ANSWERS: dict[str, str] = {}
"""What was said in this run, so that the page's test need not spoil every file again."""


def shown(error: KunshanGISError, folder: Path) -> str:
    """An answer in the page: without this machine's path, and without what a library's version would change."""
    said = error.said("en").replace(str(folder), "/…").replace("//", "/").replace("|", "\\|").replace("\n", "<br>")
    said = re.sub(r"cannot be read: .*; is it whole", "cannot be read: (what the library says); is it whole", said)
    return re.sub(r"a{200,}", "aaa…", re.sub(r"\b\d[\d,]* bytes", "… bytes", said))


def test_the_page_about_bad_files_says_what_they_were_told(tmp_path: Path) -> None:
    for number, name in enumerate(name for name in CASES if name not in ANSWERS):
        folder = tmp_path / str(number)
        folder.mkdir()
        ANSWERS[name] = shown(answer(name, folder), folder)
    rows = "".join(f"| {name} | {ANSWERS[name]} |\n" for name in CASES)
    page = PAGE.read_text(encoding="utf-8")
    whole = f"{page.split('| file | answer |')[0]}| file | answer |\n|---|---|\n{rows}"
    if os.environ.get("KUNSHAN_GIS_WRITE_DOCS"):
        PAGE.write_text(whole, encoding="utf-8")
    assert page == whole, "run once with KUNSHAN_GIS_WRITE_DOCS=1"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights otherwise")
def test_a_file_without_permission() -> None:
    said = r"cannot be read: Permission denied; check its path and its permissions"
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        path = written("t.gpkg")(Path(name))
        path.chmod(0)
        with as_somebody(), pytest.raises(LayerError, match=said):
            read_source(path)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = text("t.csv", "lng,lat\n121,31\n")(tmp_path)
    real = source.read_delimited

    def meanwhile(*arguments: object, **options: object) -> object:
        read = real(*arguments, **options)
        with path.open("a") as file:
            file.write("122,32\n")
        return read

    monkeypatch.setattr(source, "read_delimited", meanwhile)
    with pytest.raises(LayerError, match=r"t\.csv changed while it was read; close it in the other program"):
        read_source(path)


def test_formulas_are_read_as_last_computed_and_said(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["lng", "lat", "name"], [121, 31, "x"]])
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[SHEET] = parts[SHEET].replace(
        b"<v>121</v>", b"<f>WEBSERVICE(&quot;" + URL.encode() + b"&quot;)</f><v>121.5</v>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    path.write_bytes(buffer.getvalue())
    read = read_source(path)
    assert read.table.geometry.x.tolist() == [121.5]
    assert any("1 cells hold formulas; their last computed values were read" in note.en for note in read.notes)


def test_sql_in_a_layers_name_is_a_name(tmp_path: Path) -> None:
    name = 'p"; DROP TABLE t; --'
    parks().to_file(tmp_path / "t.gpkg", layer="t")
    parks().to_file(tmp_path / "t.gpkg", layer=name)
    assert len(read_source(tmp_path / "t.gpkg", layer=name).table) == 2
    assert len(pyogrio.list_layers(tmp_path / "t.gpkg")) == 2


def test_a_link_to_an_ordinary_file_is_followed(tmp_path: Path) -> None:
    text("real.csv", "lng,lat\n121,31\n")(tmp_path)
    assert len(read_source(linked("real.csv")(tmp_path)).table) == 1


def test_a_view_is_read_without_asking_the_network(tmp_path: Path, listener: list[object]) -> None:
    with contextlib.suppress(LayerError):
        read_source(geocoding_view(tmp_path), layer="v")
    assert not listener


def test_a_geotiff_that_claims_14_gb_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "t.tif"
    shape = {"width": 100, "height": 100, "count": 1, "dtype": "float32"}
    place = rasterio.Affine(0.001, 0, 121, 0, -0.001, 31.5)
    with rasterio.open(path, "w", driver="GTiff", crs="EPSG:4326", transform=place, **shape) as raster:
        raster.write(np.ones((100, 100), "float32"), 1)
    data = bytearray(path.read_bytes())
    at = struct.unpack("<I", data[4:8])[0] + 2
    for entry in range(at, at + 24, 12):  # the first two entries: width and height
        data[entry + 2 : entry + 4], data[entry + 8 : entry + 12] = struct.pack("<H", 4), struct.pack("<I", 60_000)
    path.write_bytes(data)
    with pytest.raises(LayerError, match=r"t\.tif cannot be read as a GeoTIFF"):
        read_population(path)
