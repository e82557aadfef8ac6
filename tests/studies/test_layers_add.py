"""A planner's own file into a study area: what it becomes, what is said and refused; the folder whole or as before."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box
from shapely.affinity import translate

import kunshan_gis as kg
from kunshan_gis import toy
from kunshan_gis.datum import from_wgs84
from kunshan_gis.errors import LayerError, LayerSchemaError, OutputError, ParameterError
from kunshan_gis.layers import open_area, survey
from kunshan_gis.layers.vocabulary import names_of
from kunshan_gis.schema import KINDS

X0, Y0 = toy.ORIGIN


def here(*shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    """Shapes in metres around the toy city's origin."""
    return gpd.GeoDataFrame(columns, geometry=[translate(shape, X0, Y0) for shape in shapes], crs=toy.CRS)


def saved(table: Any, path: Path, **options: Any) -> Path:
    table.to_file(path, **options)
    return path


def state(folder: Path) -> dict[str, str]:
    """Every file of a folder and the digest of its bytes."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def problems_of(raised: pytest.ExceptionInfo[LayerSchemaError]) -> str:
    return str(raised.value)


PARKS = {
    "公园名称": ["森林公园", "河滨游园"],
    "公园类型": ["综合公园", "口袋公园"],
    "面积（公顷）": [1.0, 0.16],
    "建设情况": ["已建成", "在建"],
}


def parks() -> gpd.GeoDataFrame:
    return here(box(150, 0, 250, 100), box(1600, 200, 1640, 240), **PARKS)


def test_a_gbk_shapefile_with_chinese_headings_becomes_a_layer_of_a_new_study_area(tmp_path: Path) -> None:
    table = parks().rename(columns={"面积（公顷）": "占地面积"})
    file = saved(table, tmp_path / "公园.shp", encoding="gbk")
    before = state(tmp_path)
    added = kg.add_layer(tmp_path / "area", file, kind="parks", area_name="试验区", licence="内部", encoding="gbk")
    assert {key: digest for key, digest in state(tmp_path).items() if not key.startswith("area/")} == before
    layer = open_area(tmp_path / "area").layer("parks")
    assert layer.table["name"].tolist() == ["森林公园", "河滨游园"]
    assert layer.table["tier"].tolist() == ["comprehensive", "pocket"]
    assert layer.table["status"].tolist() == ["existing", "under_construction"]
    assert layer.table["area_m2"].tolist() == [10_000, 1_600]
    assert layer.table.area.round().tolist() == [10_000, 1_600]
    catalog = tomllib.loads((tmp_path / "area" / "catalog.toml").read_text(encoding="utf-8"))
    assert catalog["area"] == {"name": "试验区", "name_en": "试验区", "analysis_crs": "EPSG:4549"}
    (entry,) = catalog["layer"]
    assert entry["sensitivity"] == "internal"
    assert entry["datum"] == "cgcs2000"
    assert entry["licence"] == "内部"
    assert any("公园.shp" in line and "SHA-256" in line for line in entry["history"])
    assert any("EPSG:4549" in line for line in entry["history"])
    assert any("beside the outlines it is in" in note.en for note in added.notes)


def test_a_dry_run_shows_everything_and_writes_nothing(tmp_path: Path) -> None:
    file = saved(parks(), tmp_path / "parks.gpkg")
    added = kg.add_layer(tmp_path / "area", file, kind="parks", dry_run=True)
    assert not (tmp_path / "area").exists()
    assert added.files == ()
    assert added.problems == ()
    assert {use.source: use.target for use in added.taken.uses} == {
        "公园名称": "name", "公园类型": "tier", "面积（公顷）": "area_m2", "建设情况": "status",
    }  # fmt: skip
    assert ("tier", "口袋公园", "pocket", 1) in [(v.column, v.said, v.became, v.rows) for v in added.taken.values]
    assert json.loads(json.dumps(added.as_dict(), default=str))["rows"] == 2
    with_problem = parks().assign(公园类型=["综合公园", "郊野公园"])
    tried = kg.add_layer(tmp_path / "area", saved(with_problem, tmp_path / "b.gpkg"), kind="parks", dry_run=True)
    assert "--values tier:郊野公园=" in tried.problems[0].remedy.zh


def test_all_problems_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    table = here(
        bow, box(300, 0, 400, 100), box(500, 0, 600, 100), Point(0, 0),
        名称=["a", "b", "c", "d"], 类型=["综合", "郊野公园", "社区", "社区"], 面积=["1公顷", "一公顷", "10000", "3"],
        状态=["现状", "现状", "拆除", "现状"],
    )  # fmt: skip
    file = saved(table, tmp_path / "parks.geojson")
    with pytest.raises(LayerSchemaError) as raised:
        kg.add_layer(tmp_path / "area", file, kind="parks")
    said = problems_of(raised)
    for part in ("row 1: geometry is not valid", "郊野公园", "拆除", "一公顷", "row 4: is Point", "没有唯一的转换方法"):
        assert part in said, part
    assert not (tmp_path / "area").exists()
    kg.add_layer(
        tmp_path / "area",
        saved(table.iloc[[1, 2]].assign(面积=["1公顷", "10000"]), tmp_path / "c.geojson"),
        kind="parks",
        values={"tier": {"郊野公园": ""}, "status": {"拆除": ""}},
        columns={"面积": "area_m2"},
    )
    after = open_area(tmp_path / "area").table("parks")
    assert after["area_m2"].tolist() == [10_000, 10_000]
    assert pd.isna(after["tier"].iloc[0])


def test_gcj02_is_undone_only_on_request_and_recorded(tmp_path: Path, write_toy: Callable[..., Path]) -> None:
    folder = write_toy(without=["park_gates"])
    gates = toy.city().table("park_gates").to_crs("EPSG:4326")
    lon, lat = from_wgs84(gates.geometry.x, gates.geometry.y, "gcj02")
    shifted = gpd.GeoDataFrame({"公园编号": ["C", "P"]}, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    file = saved(shifted, tmp_path / "gates.geojson")
    added = kg.add_layer(folder, file, kind="park_gates", datum="gcj02")
    entry = next(layer for layer in open_area(folder).layers.values() if layer.info.kind == "park_gates")
    assert np.allclose(entry.table.geometry.x, toy.city().table("park_gates").geometry.x, atol=0.02)
    assert entry.info.datum == "wgs84"
    (line,) = [line for line in entry.info.history if "converted from GCJ-02 to WGS 84" in line]
    assert "米" in line
    assert any("converted from gcj02" in note.en for note in added.notes)


def test_gates_without_their_park_go_to_the_nearest_one_or_are_listed(
    tmp_path: Path, write_toy: Callable[..., Path]
) -> None:
    folder = write_toy(without=["park_gates"])
    near, named, far = Point(200, -5), Point(1600, 220), Point(900, 900)
    table = here(near, named, 名称=["东门", "南门"], 所属公园=[None, "口袋公园"])
    kg.add_layer(folder, saved(table, tmp_path / "g.gpkg"), kind="park_gates")
    assert open_area(folder).table("park_gates")["park_id"].tolist() == ["C", "P"]
    worse = here(near, far, named, 名称=["东门", "北门", "西门"], 所属公园=[None, None, "没有的公园"])
    before = state(folder)
    with pytest.raises(LayerSchemaError) as raised:
        kg.add_layer(folder, saved(worse, tmp_path / "w.gpkg"), kind="park_gates", replace=True)
    assert "row 2: none of parks lies within 100 m" in problems_of(raised)
    assert "没有的公园" in problems_of(raised)
    assert "row 1" not in problems_of(raised)
    assert state(folder) == before


def test_a_gate_between_two_parks_is_not_guessed(tmp_path: Path) -> None:
    two = here(box(0, 0, 100, 100), box(130, 0, 200, 100), 名称=["甲", "乙"])
    kg.add_layer(tmp_path / "a", saved(two, tmp_path / "p.gpkg"), kind="parks")
    between = here(Point(116, 50), 名称=["门"])
    with pytest.raises(LayerSchemaError, match=r"several parks lie within 100 m, less than 20 m apart"):
        kg.add_layer(tmp_path / "a", saved(between, tmp_path / "g.gpkg"), kind="park_gates")
    clear = here(Point(103, 50), 名称=["门"])
    kg.add_layer(tmp_path / "a", saved(clear, tmp_path / "h.gpkg"), kind="park_gates")
    area = open_area(tmp_path / "a")
    assert area.table("park_gates")["park_id"].tolist() == area.table("parks")["id"].tolist()[:1]


def test_a_layer_that_is_there_is_replaced_on_request_and_kept(tmp_path: Path, write_toy: Callable[..., Path]) -> None:
    folder = write_toy()
    catalog = folder / "catalog.toml"
    remarks = "# 本目录由规划处维护\n" + catalog.read_text(encoding="utf-8").replace(
        'name = "homes"', '# 人口按 2020 年普查\nname = "homes"'
    )
    catalog.write_text(remarks, encoding="utf-8")
    old = (folder / "parks.geojson").read_bytes()
    table = here(box(150, 0, 250, 100), box(1600, 200, 1640, 240), id=["C", "P"], name=["新", "旧"], tier="社区公园")
    file = saved(table, tmp_path / "new.gpkg")
    with pytest.raises(ParameterError, match="--replace"):
        kg.add_layer(folder, file, kind="parks")
    kg.add_layer(folder, file, kind="parks", replace=True, source="2024 年公园普查")
    assert open_area(folder).table("parks")["name"].tolist() == ["新", "旧"]
    kept = [file for file in (folder / "replaced").iterdir() if file.suffix == ".geojson"]
    assert [file.read_bytes() for file in kept] == [old]
    (entry,) = [file for file in (folder / "replaced").iterdir() if file.suffix == ".toml"]
    assert tomllib.loads(entry.read_text(encoding="utf-8"))["layer"][0]["title"] == "玩具城 parks"
    after = catalog.read_text(encoding="utf-8")
    assert after.startswith("# 本目录由规划处维护\n")
    assert "# 人口按 2020 年普查" in after
    assert 'source = "2024 年公园普查"' in after
    order = [layer["name"] for layer in tomllib.loads(after)["layer"]]
    assert order == [layer["name"] for layer in tomllib.loads(remarks)["layer"]]


def test_replacing_parks_names_the_gates_that_lose_theirs(tmp_path: Path, write_toy: Callable[..., Path], cli) -> None:
    folder = write_toy()
    file = saved(parks(), tmp_path / "new.gpkg")
    ran = cli("layers", "add", file, "--kind", "parks", "--layers", folder, "--replace")
    assert ran.code == 1
    assert "`park_id` names 2 parks that do not exist: C, P" in ran.out
    assert len(survey(folder).problems) == 1


def test_the_layers_own_file_is_not_added_to_itself(write_toy: Callable[..., Path]) -> None:
    folder = write_toy()
    with pytest.raises(ParameterError, match="layers check"):
        kg.add_layer(folder, folder / "parks.geojson", kind="parks", replace=True)


def test_a_file_that_lies_in_the_folder_already_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    file = saved(parks(), tmp_path / "a" / "parks.geojson")
    before = file.read_bytes()
    added = kg.add_layer(tmp_path / "a", file, kind="parks")
    assert added.info.path == "parks-2.geojson"
    assert file.read_bytes() == before


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("call", range(0, 10, 2))
def test_interrupted_anywhere_the_folder_is_as_it_was(
    tmp_path: Path, write_toy: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, failure: BaseException, call: int
) -> None:
    folder = write_toy()
    table = here(box(150, 0, 250, 100), box(1600, 200, 1640, 240), id=["C", "P"], tier="社区公园")
    file = saved(table, tmp_path / "new.gpkg")
    before = state(tmp_path)
    done = 0

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(path: Path, *arguments: Any) -> Any:
            nonlocal done
            if folder in path.parents:
                done += 1
                if done == call + 1:
                    raise failure
            return real(path, *arguments)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", failing(Path.write_bytes))
        patch.setattr(Path, "replace", failing(Path.replace))
        with pytest.raises((KeyboardInterrupt, OutputError)):
            kg.add_layer(folder, file, kind="parks", replace=True)
    assert done > call
    assert state(tmp_path) == before


def test_what_is_mended_is_listed_with_its_area_before_and_after(tmp_path: Path) -> None:
    spike = Polygon([(300, 0), (400, 0), (400, 100), (400, 200), (400, 100), (300, 100)])
    ring = LineString([(500, 0), (600, 0), (600, 100), (500, 100), (500, 0)])
    whole = box(0, 0, 100, 100)
    table = here(whole, spike, ring, whole, 名称=["a", "b", "c", "a"])
    added = kg.add_layer(tmp_path / "a", saved(table, tmp_path / "p.geojson"), kind="parks")
    listed = {row["where"].en.rpartition(" ")[2]: row for row in added.repairs().to_dict(orient="records")}
    assert set(listed) == {"2", "3", "4"}
    assert "made valid" in listed["2"]["what"].en
    assert listed["2"]["before_m2"] == pytest.approx(10_000, abs=1)
    assert listed["2"]["after_m2"] == pytest.approx(10_000, abs=1)
    assert "closed line to area" in listed["3"]["what"].en
    assert "entered once" in listed["4"]["what"].en
    assert open_area(tmp_path / "a").table("parks")["name"].tolist() == ["a", "b", "c"]
    history = added.info.history
    assert any("已修复" in line and "made valid" in line for line in history)
    assert [row["before_m2"] for row in added.as_dict()["repairs"]]


def test_ids_made_from_content_are_the_same_again_in_another_crs(tmp_path: Path) -> None:
    one = kg.add_layer(tmp_path / "a", saved(parks(), tmp_path / "p.gpkg"), kind="parks")
    two = kg.add_layer(tmp_path / "b", saved(parks().iloc[::-1].to_crs("EPSG:4490"), tmp_path / "q.gpkg"), kind="parks")
    assert one.taken.table["id"].tolist() == two.taken.table["id"].tolist()[::-1]
    assert one.taken.table["id"].str.fullmatch(r"parks-[0-9a-f]{10}").all()


def test_a_table_without_places_needs_a_study_area_first(tmp_path: Path, write_toy: Callable[..., Path]) -> None:
    zones = tmp_path / "z.gpkg"
    here(Point(0, 0), 片区名称=["西片"], 编号=["w"]).to_file(zones)
    with pytest.raises(ParameterError, match="first add a layer with geometry"):
        kg.add_layer(tmp_path / "a", zones, kind="zones")
    folder = write_toy(without=["zones"])
    two = here(Point(0, 0), Point(1, 1), 片区名称=["西片", "东片"], 编号=["w", "e"])
    added = kg.add_layer(folder, saved(two, tmp_path / "zz.gpkg"), kind="zones")
    assert added.info.path == "zones.csv"
    assert open_area(folder).table("zones")["name"].tolist() == ["西片", "东片"]


def test_people_counted_twice_in_one_place_are_two_households(tmp_path: Path) -> None:
    table = here(Point(0, 0), Point(0, 0), 人口=[3, 3])
    added = kg.add_layer(tmp_path / "a", saved(table, tmp_path / "h.gpkg"), kind="homes")
    assert added.taken.table["population"].tolist() == [3, 3]
    assert added.taken.table["id"].is_unique


def test_unknown_options_say_what_there_is(tmp_path: Path) -> None:
    file = saved(parks(), tmp_path / "p.gpkg")
    for options, said in (
        ({"kind": "park"}, "--kind cannot be `park`"),
        ({"kind": "parks", "datum": "bj54"}, "wgs84, cgcs2000, gcj02, bd09"),
        ({"kind": "parks", "basis": "guess"}, "surveyed, official"),
        ({"kind": "parks", "columns": {"名字": "name"}}, "the file has no column `名字`"),
        ({"kind": "parks", "columns": {"公园名称": "nam"}}, "kind `parks` has no column `nam`"),
        ({"kind": "parks", "values": {"tier": {"x": "large"}}}, "`tier` cannot be large"),
        ({"kind": "parks", "values": {"gated": {"x": "y"}}}, "no column `gated` is read"),
    ):
        with pytest.raises(ParameterError, match=said.replace("`", ".")):
            kg.add_layer(tmp_path / "a", file, **options)  # type: ignore[arg-type]
    with pytest.raises(LayerSchemaError, match="no column is known to be `scope`"):
        kg.add_layer(tmp_path / "a", file, kind="scope")
    with pytest.raises(LayerError):
        kg.add_layer(tmp_path / "a", tmp_path / "absent.gpkg", kind="parks")


def test_the_command_line_says_it_in_both_languages(tmp_path: Path, cli) -> None:
    file = saved(parks().assign(备注="x"), tmp_path / "p.gpkg")
    ran = cli(
        "layers", "add", file, "--kind", "parks", "--layers", tmp_path / "a", "--dry-run", "--map", "备注=备注",
        "--set", "basis=surveyed",
    )  # fmt: skip
    assert ran.code == 0
    for said in ("公园名称", "按原名保留", "试运行", "dry run: 2 rows could be added", "森林公园", "前 5 行"):
        assert said in ran.out, said
    assert not (tmp_path / "a").exists()
    ran = cli("layers", "add", file, "--kind", "parks", "--layers", tmp_path / "a", "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["files"] == ["parks.geojson", "catalog.toml"]
    assert cli("layers", "check", "--layers", tmp_path / "a").code == 0
    assert "--map NAME=VALUE" in cli("layers", "add", file, "--kind", "parks", "--layers", "x", "--map", "名称").err
    assert "tier:综合=comprehensive" in cli(
        "layers", "add", file, "--kind", "parks", "--layers", "x", "--values", "综合=comprehensive"
    ).err  # fmt: skip


def chinese(kind: str, column: str) -> str:
    """The first Chinese word for a column that is not also a word for another."""
    return next(
        name for name, target in names_of(kind).items() if target == column and not name.isascii() and name[0] != "统"
    )


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "trees"])
def test_every_kind_can_be_added_from_a_file_with_chinese_headings(kind: str, tmp_path: Path) -> None:
    found = survey(kg.embedded_folder(), [kind, "boundary"])
    table = next(layer.table for layer in found.layers if layer.info.kind == kind).head(5)
    table = table[[column.name for column in KINDS[kind].all_columns if column.name in table.columns] + (
        ["geometry"] if KINDS[kind].geometry else [])].dropna(axis=1, how="all")  # fmt: skip
    renamed = table.rename(columns={name: chinese(kind, name) for name in table.columns if name != "geometry"})
    if not KINDS[kind].geometry:
        renamed = gpd.GeoDataFrame(renamed, geometry=[Point(X0, Y0)] * len(renamed), crs=toy.CRS)
    file = saved(renamed, tmp_path / "file.gpkg")
    folder = tmp_path / "area"
    if kind != "boundary":
        outline = next(layer.table for layer in found.layers if layer.info.kind == "boundary")
        kg.add_layer(folder, saved(outline, tmp_path / "b.gpkg"), kind="boundary")
    added = kg.add_layer(
        folder, file, kind=kind, columns={} if kind != "parks" else {chinese(kind, "area_m2"): "area_m2:m2"}
    )
    after = open_area(folder).table(kind)
    assert {use.how for use in added.taken.uses} <= {"known", "given"}
    for name in table.columns.drop("geometry", errors="ignore"):
        was, now = table[name].tolist(), after[name].tolist()
        assert [a for a in was if not pd.isna(a)] == [b for b in now if not pd.isna(b)], name
    assert len(after) == len(table)


def test_real_data_does_not_go_by_the_name_of_the_demonstration_it_replaces(
    tmp_path: Path, write_toy: Callable[..., Path]
) -> None:
    folder = write_toy()
    catalog = folder / "catalog.toml"
    document = tomllib.loads(catalog.read_text(encoding="utf-8"))
    was = next(layer["basis"] for layer in document["layer"] if layer["name"] == "parks")
    head, tail = catalog.read_text(encoding="utf-8").split('name = "parks"')
    tail = tail.replace(f'basis = "{was}"', 'basis = "synthetic"', 1).replace("玩具城 parks", "公园（演示）", 1)
    catalog.write_text(f'{head}name = "parks"{tail}', encoding="utf-8")
    file = saved(here(box(150, 0, 250, 100), id=["C"], tier="社区公园"), tmp_path / "new.gpkg")
    invented = kg.add_layer(folder, file, kind="parks", replace=True, basis="synthetic")
    assert invented.info.title == "公园（演示）"
    assert kg.add_layer(folder, file, kind="parks", replace=True).info.title == "公园"
