"""A census table into the towns of a study area, through the command line and with its origin."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from paper import area_of, frame
from shapely.geometry import Point, box

from kunshan_gis.errors import LayerError, LayerSchemaError, ParameterError
from kunshan_gis.export import write_area
from kunshan_gis.layers import embedded_folder, open_area
from kunshan_gis.studies.census_join import census_join

CODES = ("110101101", "110101102")


def city(folder: Path, **info: Any) -> Path:
    towns = frame([box(0, 0, 150, 200), box(150, 0, 300, 200)], adcode=list(CODES), name=["西镇", "东镇"])
    area = area_of(towns=towns)
    described = [(each.info.model_copy(update=info), each.table) for each in area.layers.values()]
    write_area(folder, area.info, described)
    return folder


def census(folder: Path, codes: Any = CODES, **columns: Any) -> Path:
    """A table as a GeoJSON of points: a place beside a code changes nothing."""
    path = folder / "census.geojson"
    gpd.GeoDataFrame({"code": list(codes), **columns}, geometry=[Point(121, 31)] * len(codes), crs=4326).to_file(path)
    return path


def test_columns_are_written_with_where_they_come_from(tmp_path: Path) -> None:
    folder = city(tmp_path / "a")
    before = open_area(folder).table("towns")
    summary = census_join(census(tmp_path, 常住人口=[10, 20]), folder)
    layer = open_area(folder).layer("towns")
    assert layer.table["常住人口"].tolist() == [10, 20]
    assert summary.columns == ("常住人口",)
    assert "常住人口: 30 in the table, 30 in the layer" in layer.info.history[-1]
    assert shapely.equals_exact(layer.table.geometry.array, before.geometry.array, 0.02).all()


def test_a_dry_run_and_a_refusal_change_nothing(tmp_path: Path) -> None:
    folder = city(tmp_path / "a")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert census_join(census(tmp_path, n=[1, 2]), folder, dry_run=True).files == ()
    with pytest.raises(LayerSchemaError, match="does not join whole"):
        census_join(census(tmp_path, codes=CODES[:1], n=[1]), folder)
    with pytest.raises(ParameterError, match="name cannot be replaced"):
        census_join(census(tmp_path, name=["x", "y"]), folder, columns=["name"])
    with pytest.raises(LayerError, match=r"holds no crosswalk\.csv.*--crosswalk FILE"):
        census_join(census(tmp_path, n=[1, 2]), folder, as_of="2020-06")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_column_that_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    folder = city(tmp_path / "a")
    census_join(census(tmp_path, n=[1, 2]), folder)
    with pytest.raises(ParameterError, match="has n already; add --overwrite"):
        census_join(census(tmp_path, n=[3, 4]), folder)
    census_join(census(tmp_path, n=[3, 4]), folder, overwrite=True)
    assert open_area(folder).table("towns")["n"].tolist() == [3, 4]


def test_a_layer_in_a_shifted_datum_says_that_it_was_converted(tmp_path: Path) -> None:
    folder = city(tmp_path / "a")
    text = (folder / "catalog.toml").read_text(encoding="utf-8").replace('datum = "wgs84"', 'datum = "gcj02"')
    (folder / "catalog.toml").write_text(text, encoding="utf-8")
    true = open_area(folder).table("towns")
    census_join(census(tmp_path, n=[1, 2]), folder)
    layer = open_area(folder).layer("towns")
    assert layer.info.datum == "wgs84"
    assert "converted from GCJ-02 to WGS 84, moved by" in layer.info.history[0]
    assert shapely.equals_exact(layer.table.geometry.array, true.geometry.array, 0.02).all()


def test_a_table_of_nine_units_and_one_of_eleven_join_the_embedded_towns(tmp_path: Path, cli: Any) -> None:
    folder = shutil.copytree(embedded_folder(), tmp_path / "a")
    walk = pd.read_csv(folder / "crosswalk.csv", dtype=str, encoding="utf-8-sig")
    old = census(tmp_path, codes=walk["from_code"], 户籍=range(1, 12))
    ran = cli("layers", "join", old, "--layers", folder, "--format", "csv")
    assert (ran.code, ran.out.splitlines()[1]) == (0, "town-100,玉山镇,1")
    new = census(tmp_path, codes=walk["to_code"].drop_duplicates(), 常住=range(100, 1000, 100))
    ran = cli("layers", "join", new, "--layers", folder)
    assert (ran.code, "add --as-of 2021-10" in ran.err) == (2, True)
    ran = cli("layers", "join", new, "--layers", folder, "--as-of", "2021-10")
    assert (ran.code, "--weights" in ran.err) == (2, True)
    ran = cli("layers", "join", new, "--layers", folder, "--as-of", "2021-10", "--weights", "户籍", "--format", "json")
    assert ran.code == 0
    towns = open_area(folder, ("towns",)).table("towns").set_index("id")
    assert towns["常住"].sum() == sum(range(100, 1000, 100))
    merged = walk.loc[walk["to_code"].duplicated(keep=False), "from_code"].str[-3:]
    shares = towns.loc["town-" + merged, ["户籍", "常住"]]
    assert (shares["常住"] / shares["常住"].sum()).tolist() == pytest.approx(
        (shares["户籍"] / shares["户籍"].sum()).tolist(), abs=0.01
    )
    assert cli("layers", "check", "--layers", folder).code == 0
