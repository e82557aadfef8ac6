"""A planner's file of each kind, from the file to the map: written, brought in, checked, published, looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from kunshan_gis.datum import from_wgs84
from kunshan_gis.export import write_area
from kunshan_gis.layers import embedded_folder, open_area
from kunshan_gis.model import StudyArea

pytestmark = pytest.mark.full

CHINESE = {"comprehensive": "综合公园", "community": "社区公园", "pocket": "口袋公园"}
HALF_M = 3500


@pytest.fixture(scope="module")
def middle() -> StudyArea:
    """Seven kilometres around the most crowded home of the embedded city."""
    area = open_area(embedded_folder(), ("boundary", "streets", "homes", "parks"))
    crowded = area.table("homes").set_index("id")["population"].idxmax()
    centre = area.table("homes").set_index("id").geometry[crowded]
    square = shapely.box(centre.x - HALF_M, centre.y - HALF_M, centre.x + HALF_M, centre.y + HALF_M)
    tables = {
        "boundary": gpd.GeoDataFrame({"id": ["b"], "name": ["中心"]}, geometry=[square], crs=area.info.analysis_crs)
    }
    for kind, reach in (("streets", 2500), ("homes", 0), ("parks", 0)):
        table = area.table(kind)
        tables[kind] = table[table.intersects(square.buffer(reach))].reset_index(drop=True)
    info = area.info.model_copy(update={"population": int(tables["homes"]["population"].sum())})
    return StudyArea(info, {kind: replace(area.layer(kind), table=table) for kind, table in tables.items()})


def office_parks(middle: StudyArea) -> gpd.GeoDataFrame:
    """The parks as an office keeps them: Chinese headings and words."""
    parks = middle.table("parks")
    table = parks[["name", "tier", "geometry"]].assign(tier=parks["tier"].map(CHINESE))
    return table.rename(columns={"name": "公园名称", "tier": "公园类型"})


def geopackage(middle: StudyArea, folder: Path) -> Path:
    office_parks(middle).to_file(folder / "a.gpkg", layer="公园")
    return folder / "a.gpkg"


def shapefile(middle: StudyArea, folder: Path) -> Path:
    office_parks(middle).to_crs("EPSG:4528").to_file(folder / "a.shp", encoding="GBK")
    (folder / "a.cpg").unlink(missing_ok=True)
    return folder / "a.shp"


def geodatabase(middle: StudyArea, folder: Path) -> Path:
    office_parks(middle).to_file(folder / "a.gdb", driver="OpenFileGDB", layer="公园绿地")
    return folder / "a.gdb"


def kml(middle: StudyArea, folder: Path) -> Path:
    office_parks(middle).to_crs("EPSG:4326").rename(columns={"公园名称": "Name"}).to_file(
        folder / "a.kml", driver="LIBKML"
    )
    return folder / "a.kml"


def drawing(middle: StudyArea, folder: Path) -> Path:
    outlines = middle.table("parks").geometry.explode().boundary
    gpd.GeoDataFrame(geometry=outlines).to_file(folder / "a.dxf", driver="DXF")
    return folder / "a.dxf"


Source = Callable[[StudyArea, Path], Path]
SOURCES: dict[str, tuple[Source, list[str], str]] = {
    "GeoPackage": (geopackage, [], "#0d5a37"),
    "Shapefile in GBK": (shapefile, [], "#0d5a37"),
    "File Geodatabase": (geodatabase, [], "#0d5a37"),
    "KML": (kml, [], "#0d5a37"),
    "DXF, closed lines": (drawing, ["--crs", "EPSG:4549"], "#86b583"),  # a drawing knows no tiers
}


def colour(picture: np.ndarray, code: str) -> float:
    """Share of the picture in a colour, to a few steps: the mark lies over some of it."""
    wanted = np.array([int(code[place : place + 2], 16) for place in (1, 3, 5)])
    return float((np.abs(picture - wanted) <= 6).all(axis=-1).mean())


@pytest.fixture
def seen(visit, pixels) -> Callable[[Path], np.ndarray]:
    """The map of a page as pixels; the page asked for nothing."""

    def looked_at(file: Path) -> np.ndarray:
        page = visit(file.read_text(encoding="utf-8"))
        picture = pixels(page)
        assert page.trouble == []
        return picture

    return looked_at


def added(cli: Any, middle: StudyArea, folder: Path, *arguments: object, without: str) -> Path:
    """The middle of the city on disk, with a layer from a file of its own."""
    layers = [(layer.info, layer.table) for kind, layer in middle.layers.items() if kind != without]
    write_area(folder, middle.info, layers)
    ran = cli("layers", "add", *arguments, "--layers", folder, "--basis", "synthetic")
    assert ran.code == 0, ran.err
    assert cli("layers", "check", "--layers", folder).code == 0
    return folder


@pytest.mark.parametrize("kind", SOURCES)
def test_parks_of_each_kind_of_file_come_to_the_map(cli, seen, middle, tmp_path, kind) -> None:
    make, options, fill = SOURCES[kind]
    folder = added(cli, middle, tmp_path / "city", make(middle, tmp_path), "--kind", "parks", *options, without="parks")
    parks, before = open_area(folder, ("parks",)).table("parks"), middle.table("parks")
    assert len(parks) == len(before)
    assert parks.area.sum() == pytest.approx(before.area.sum(), abs=1)
    assert parks.union_all().symmetric_difference(before.union_all()).area < 5  # centimetres along every outline
    published = cli("publish", "--layers", folder, "--out", tmp_path / "out", "--allow-open-edge")
    assert published.code == 0, published.err
    assert colour(seen(tmp_path / "out" / "park_reach-DEMO.html"), fill) > 0.01  # the largest park alone


def test_a_list_in_gcj02_comes_to_where_the_people_live(cli, middle, tmp_path) -> None:
    homes = middle.table("homes").to_crs("EPSG:4326")
    east, north = from_wgs84(homes.geometry.x.to_numpy(), homes.geometry.y.to_numpy(), "gcj02")
    listed = {"经度": east.round(6), "纬度": north.round(6), "居住人口": homes["population"]}
    pd.DataFrame(listed).to_excel(tmp_path / "homes.xlsx", index=False)
    folder = added(
        cli, middle, tmp_path / "city", tmp_path / "homes.xlsx", "--kind", "homes", "--datum", "gcj02", without="homes"
    )
    table = open_area(folder, ("homes",)).table("homes")
    away = shapely.distance(np.asarray(table.geometry.array), np.asarray(middle.table("homes").geometry.array))
    assert len(table) == len(homes)
    assert away.max() < 0.2  # six decimals of a degree
    assert table["population"].sum() == homes["population"].sum()
    report = json.loads(cli("layers", "report", "--layers", folder, "--format", "json").out)
    (told,) = [layer["history"] for layer in report["layers"] if layer["kind"] == "homes"]
    assert "gcj02" in " ".join(told).lower().replace("-", "")
