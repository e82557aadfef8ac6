"""A count of people becomes the homes of a study area, whole, with its origin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from paper import CRS, X0, Y0, area_of, frame, homes, streets
from shapely.geometry import LineString, Point, box

from kunshan_gis.datum import shapes_from_wgs84
from kunshan_gis.errors import LayerError, ParameterError
from kunshan_gis.export import write_area
from kunshan_gis.layers import open_area, read_catalog
from kunshan_gis.studies.population import bring_population
from kunshan_gis.studies.zonal_figures import zonal_figures


def city(folder: Path, *, boundary: Any = None, population: int | None = None, **more: Any) -> Path:
    """A boundary of 300 by 200 m cut into two towns, one street, one home."""
    tables = {
        "boundary": frame([boundary or box(0, 0, 300, 200)]),
        "towns": frame([box(0, 0, 150, 200), box(150, 0, 300, 200)], id=["west", "east"], name=["西镇", "东镇"]),
        "streets": streets([(0, 0), (300, 0)]),
        "homes": homes((10, 10), population=5),
        **more,
    }
    area = area_of(**{kind: table for kind, table in tables.items() if table is not None})
    info = area.info.model_copy(update={"population": population})
    write_area(folder, info, [(each.info, each.table) for each in area.layers.values()])
    return folder


def raster(path: Path, cells: Any = ((10, 20, 30.4), (40, 50, 60.2))) -> Path:
    """Cells of 100 m over the city, the north-west one first."""
    array = np.array(cells, dtype="float32")
    place = rasterio.Affine(100, 0, X0, 0, -100, Y0 + 200)
    shape = {"height": array.shape[0], "width": array.shape[1], "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", crs=CRS, transform=place, **shape) as file:
        file.write(array, 1)
    return path


def residential(*boxes: Any, basis: str | None = None) -> gpd.GeoDataFrame:
    table = frame(boxes, code="0701", code_edition="2023")
    return table if basis is None else table.assign(basis=basis)


def test_homes_replace_those_that_were_there_and_say_where_they_come_from(tmp_path: Path) -> None:
    folder = city(tmp_path / "a")
    before = (folder / "catalog.toml").read_text(encoding="utf-8")
    file = raster(tmp_path / "xx_ppp_2020.tif")
    summary = bring_population(file, folder, source="WorldPop", licence="CC BY 4.0")
    area = open_area(folder)
    table = area.table("homes")
    # 210.6 people are 211; the largest remainder is that of 30.4.
    assert dict(zip(table["id"], table["population"], strict=True)) == {
        "cell/0": 10, "cell/1": 20, "cell/2": 31, "cell/3": 40, "cell/4": 50, "cell/5": 60,
    }  # fmt: skip
    assert summary.counted == pytest.approx(210.6, rel=1e-4)
    assert set(zip(table["id"], table["town_id"], strict=True)) >= {("cell/0", "west"), ("cell/2", "east")}
    info = area.layer("homes").info
    assert (info.source, info.licence, info.date, info.basis) == ("WorldPop", "CC BY 4.0", "2020", "open")
    assert any("values read as people in each cell" in line and "每个单元的人数" in line for line in info.history)
    assert len(list((folder / "replaced").glob("homes-*.geojson"))) == 1
    after = (folder / "catalog.toml").read_text(encoding="utf-8")
    assert [block for block in before.split("[[layer]]") if 'kind = "homes"' not in block][1:] == [
        block for block in after.split("[[layer]]") if 'kind = "homes"' not in block
    ][1:]


def test_a_cell_the_boundary_cuts_keeps_its_share_and_the_rest_is_counted(tmp_path: Path) -> None:
    folder = city(tmp_path / "a", boundary=box(0, 0, 250, 200), towns=None)
    summary = bring_population(raster(tmp_path / "ppp.tif"), folder, over="none", dry_run=True)
    assert summary.counted == pytest.approx(10 + 20 + 15.2 + 40 + 50 + 30.1, rel=1e-4)
    assert summary.left_out == pytest.approx(15.2 + 30.1, rel=1e-4)
    assert summary.homes["population"].sum() == round(summary.counted)
    assert "45 people outside are left out" in summary.notes[0].en
    assert summary.homes.geometry.x.max() < X0 + 250


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    folder = city(tmp_path / "a")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert bring_population(raster(tmp_path / "ppp.tif"), folder, dry_run=True).files == ()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_residential_land_takes_the_people_of_its_cell(tmp_path: Path) -> None:
    land = residential(box(10, 110, 30, 190), box(60, 110, 80, 150))
    folder = city(tmp_path / "a", landuse=land)
    summary = bring_population(raster(tmp_path / "ppp.tif", [[9, 0, 0], [0, 0, 4]]), folder)
    found = dict(zip(summary.homes["id"], summary.homes["population"], strict=True))
    assert found == {"i0/0": 6, "i1/0": 3, "cell/5": 4}
    assert "9 people handed to residential land by area; 4 in cells without any" in summary.notes[-1].en
    assert open_area(folder).table("homes")["population"].sum() == 13


def test_land_use_that_is_a_demonstration_makes_demonstration_homes(tmp_path: Path) -> None:
    folder = city(tmp_path / "a", landuse=residential(box(10, 110, 30, 190), basis="synthetic"))
    assert bring_population(raster(tmp_path / "ppp.tif"), folder).layer.basis == "schematic"
    assert bring_population(raster(tmp_path / "ppp.tif"), folder, over="none").layer.basis == "open"


def test_buildings_take_the_people_of_their_cell_by_floor_area(tmp_path: Path) -> None:
    folder = city(tmp_path / "a")
    outlines = frame([box(10, 110, 20, 120), box(40, 110, 50, 120), box(900, 0, 950, 50)], levels=[1, 5, 9])
    outlines.to_file(tmp_path / "b.gpkg")
    summary = bring_population(
        raster(tmp_path / "ppp.tif", [[6, 0, 0], [0, 0, 0]]), folder, buildings=tmp_path / "b.gpkg"
    )
    assert dict(zip(summary.homes["id"], summary.homes["population"], strict=True)) == {
        "building/0": 1,
        "building/1": 5,
    }


def test_a_grid_and_points_are_cut_by_the_boundary_too(tmp_path: Path) -> None:
    folder = city(tmp_path / "a", boundary=box(0, 0, 250, 200), towns=None)
    frame([box(0, 0, 200, 200), box(200, 0, 300, 200)], population=[30, 20]).to_file(tmp_path / "grid.gpkg")
    summary = bring_population(tmp_path / "grid.gpkg", folder, dry_run=True)
    assert (summary.counted, summary.left_out) == pytest.approx((40, 10), rel=1e-4)
    frame([Point(10, 10), Point(290, 10)], population=[30, 20]).to_file(tmp_path / "points.gpkg")
    summary = bring_population(tmp_path / "points.gpkg", folder, dry_run=True)
    assert (summary.counted, summary.homes["population"].tolist()) == (30, [30])


def test_without_a_boundary_the_box_around_the_streets_counts(tmp_path: Path) -> None:
    way = frame([LineString([(0, 100), (100, 200)])], **{"class": "residential"}, walkable=True)
    folder = city(tmp_path / "a", streets=way)
    text = (folder / "catalog.toml").read_text(encoding="utf-8")
    blocks = [block for block in text.split("[[layer]]") if 'kind = "boundary"' not in block]
    (folder / "catalog.toml").write_text("[[layer]]".join(blocks), encoding="utf-8")
    assert bring_population(raster(tmp_path / "ppp.tif"), folder).counted == pytest.approx(10, rel=1e-3)


def test_the_year_picks_the_band_and_dates_the_layer(tmp_path: Path) -> None:
    path = tmp_path / "ppp.tif"
    shape = {"height": 1, "width": 1, "count": 2, "dtype": "float32"}
    place = rasterio.Affine(100, 0, X0, 0, -100, Y0 + 100)
    with rasterio.open(path, "w", driver="GTiff", crs=CRS, transform=place, **shape) as file:
        file.write(np.array([[[3]], [[4]]], dtype="float32"))
        file.descriptions = ("2015", "2020")
    folder = city(tmp_path / "a")
    with pytest.raises(ParameterError, match=r"1 2015, 2 2020.*--band"):
        bring_population(path, folder)
    summary = bring_population(path, folder, year=2020)
    assert (round(summary.counted, 3), summary.layer.date) == (4, "2020")


def test_the_stated_population_tells_counts_from_densities(tmp_path: Path) -> None:
    file = raster(tmp_path / "people.tif")
    with pytest.raises(LayerError, match="--values count or --values density"):
        bring_population(file, city(tmp_path / "a"))
    assert bring_population(file, city(tmp_path / "b", population=200)).counted == pytest.approx(210.6, rel=1e-4)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"over": "buildings"}, "--buildings FILE"),
        ({"over": "landuse"}, "lacks; bring it in with layers add"),
        ({"over": "roofs"}, "--over is one of buildings, landuse, none"),
        ({"over": "none", "buildings": Path("b.gpkg")}, "leave one of them out"),
    ],
)
def test_options_that_do_not_fit(tmp_path: Path, options: dict[str, Any], match: str) -> None:
    folder = city(tmp_path / "a")
    with pytest.raises(ParameterError, match=match):
        bring_population(raster(tmp_path / "ppp.tif"), folder, **options)
    assert read_catalog(folder)[1][3].source == "a test"


def test_the_command_writes_the_layer_and_says_so(tmp_path: Path, cli: Any) -> None:
    folder = city(tmp_path / "a")
    ran = cli("layers", "population", raster(tmp_path / "ppp.tif"), "--layers", folder)
    assert ran.code == 0
    assert "211 in whole people" in ran.err
    assert "homes.geojson" in ran.err
    assert cli("layers", "check", "--layers", folder).code == 0
    ran = cli("layers", "population", raster(tmp_path / "p.tif"), "--layers", folder)
    assert (ran.code, "--values count" in ran.err) == (2, True)


def test_figures_by_town_and_zone(tmp_path: Path, cli: Any) -> None:
    import pandas as pd

    zones = pd.DataFrame({"id": ["z"], "name": ["一区"]})
    members = pd.DataFrame({"zone_id": ["z", None], "town_id": ["east", "west"]})
    folder = city(tmp_path / "a", zones=zones, zone_towns=members)
    file = raster(tmp_path / "ppp.tif")
    by_town = zonal_figures(file, folder)
    np.testing.assert_allclose(by_town["people"], [10 + 10 + 40 + 25, 10 + 30.4 + 25 + 60.2], rtol=1e-4)
    assert by_town["reportable"].all()
    by_zone = zonal_figures(file, folder, zones="zones")
    assert by_zone["id"].tolist() == ["z", ""]
    assert by_zone["people"].sum() == pytest.approx(by_town["people"].sum())
    with pytest.raises(ParameterError, match="--zones cannot be `homes`; choose one of zones, boundary"):
        zonal_figures(file, folder, zones="homes")
    for shape, part in (("table", "西镇"), ("csv", "west,西镇,84.99"), ("json", '"people": 84.99')):
        ran = cli("layers", "zonal", file, "--layers", folder, "--format", shape)
        assert (ran.code, part in ran.out) == (0, True)


def test_points_of_a_web_map_are_counted_where_they_are(tmp_path: Path) -> None:
    folder = city(tmp_path / "a")
    true = frame([Point(10, 10), Point(290, 190)], population=[30, 20]).to_crs("EPSG:4326")
    shifted = true.set_geometry(shapes_from_wgs84(true.geometry.array, "gcj02"))
    shifted.drop(columns="geometry").assign(lon=shifted.geometry.x, lat=shifted.geometry.y).to_excel(
        tmp_path / "p.xlsx", index=False
    )
    with pytest.raises(LayerError, match="counts nobody here"):
        bring_population(tmp_path / "p.xlsx", folder)
    summary = bring_population(tmp_path / "p.xlsx", folder, datum="GCJ-02")
    assert summary.homes["population"].tolist() == [30, 20]
    assert "converted from GCJ-02 to WGS 84" in summary.layer.history[-1]
    with pytest.raises(ParameterError, match="--datum is one of wgs84"):
        bring_population(tmp_path / "p.xlsx", folder, datum="mars")
    with pytest.raises(ParameterError, match="cannot be read as gcj02; warp it"):
        bring_population(raster(tmp_path / "ppp.tif"), folder, datum="gcj02")
