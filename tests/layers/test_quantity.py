"""Counts and densities are told apart by what the file says, or by numbers that leave one reading; else refused."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from kunshan_gis.errors import LayerError, ParameterError
from kunshan_gis.layers.population import count_within, read_population
from kunshan_gis.layers.zonal import zonal

AREA = gpd.GeoDataFrame(geometry=[shapely.box(500_000, 3_399_800, 500_200, 3_400_000)], crs="EPSG:4549")


def write(path: Path, value: float = 5000, *, cell: float = 100, unit: str = "", band: str = "", **tags: str) -> Path:
    """Two by two cells of one value."""
    place = rasterio.Affine(cell, 0, 500_000, 0, -cell, 3_400_000)
    options = {"crs": "EPSG:4549", "transform": place, "height": 2, "width": 2, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", **options) as file:
        file.write(np.full((1, 2, 2), value, dtype="float32"))
        file.update_tags(**tags)
        if unit:
            file.units = (unit,)
        if band:
            file.set_band_description(1, band)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "chn_ppp_2020_UNadj.tif", "GHS_POP_E2020_GLOBE_R2023A_54009_100_V1_0.tif", "landscan-global-2020.tif",
        "gpw_v4_population_count_rev11_2020.tif", "chn_pop_2020_CN_100m_R2025A_v1.tif", "2020年人口数.tif",
    ],
)  # fmt: skip
def test_names_that_say_count(tmp_path: Path, name: str) -> None:
    found = count_within(write(tmp_path / name, 7), AREA)
    assert found.table["population"].sum() == 28
    assert "people in each cell (file's name: " + name in found.notes[0].en


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("chn_pd_2020_1km.tif", 200), ("gpw_v4_population_density_rev11.tif", 200), ("人口密度.tif", 200),
        ("CHN_pph_v2b_2010.tif", 20_000),
    ],
)  # fmt: skip
def test_names_that_say_density(tmp_path: Path, name: str, people: float) -> None:
    """5000 per km2 on 0.04 km2 are 200; 5000 per hectare on 4 ha are 20 000; the grid's scale is off by 0.02 %."""
    assert count_within(write(tmp_path / name), AREA).table["population"].sum() == pytest.approx(people, rel=3e-4)


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ({"unit": "people/km2"}, 200), ({"unit": "persons per cell"}, 20_000), ({"unit": "人/平方公里"}, 200),
        ({"unit": "人/公顷"}, 20_000), ({"band": "Population density, people per sq. km"}, 200),
        ({"TIFFTAG_IMAGEDESCRIPTION": "number of people per 3 arc second cell"}, 20_000),
        ({"units": "people per hectare, density"}, 20_000),
    ],
)  # fmt: skip
def test_unit_description_and_tags_say_it(tmp_path: Path, said: dict[str, str], people: float) -> None:
    assert count_within(write(tmp_path / "a.tif", **said), AREA).table["population"].sum() == pytest.approx(
        people, rel=3e-4
    )


def test_a_weightier_word_and_the_one_who_asks_win(tmp_path: Path) -> None:
    path = write(tmp_path / "count_ppp.tif", unit="people per km2")
    assert count_within(path, AREA).table["population"].sum() == pytest.approx(200, rel=3e-4)
    found = count_within(path, AREA, values="count")
    assert found.table["population"].sum() == 20_000
    assert found.notes[0].zh == "数值按每个单元的人数读取（由 --values 指定）"


def test_where_nothing_decides_the_file_is_refused_with_both_totals(tmp_path: Path) -> None:
    for path in (write(tmp_path / "people.tif", 50), write(tmp_path / "人口数据.tif", 50)):
        with pytest.raises(LayerError, match=r"in each cell it makes 200, as people per km2 2; .*--values count"):
            count_within(path, AREA)
    with pytest.raises(LayerError, match="--values density"):
        read_population(tmp_path / "people.tif")
    with pytest.raises(LayerError, match="--values density"):
        zonal(tmp_path / "people.tif", AREA)
    assert zonal(tmp_path / "people.tif", AREA, ["mean"])["mean"].tolist() == [50]
    with pytest.raises(ParameterError, match="--values cannot be `counts`; choose one of count, density, density-ha"):
        count_within(tmp_path / "people.tif", AREA, values="counts")


def test_two_words_that_contradict_each_other_decide_nothing(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="does not say"):
        count_within(write(tmp_path / "ppp_density.tif", 50), AREA)


@pytest.mark.parametrize(("census", "people"), [(190, 200), (3, 2), (450, 200)])
def test_the_population_the_area_states_decides(tmp_path: Path, census: int, people: float) -> None:
    found = count_within(write(tmp_path / "people.tif", 50), AREA, census=census)
    assert found.table["population"].sum() == pytest.approx(people, rel=3e-4)
    assert f"as the study area's {census}" in found.notes[0].en


@pytest.mark.parametrize("census", [20, 5000])
def test_a_stated_population_that_fits_neither_decides_nothing(tmp_path: Path, census: int) -> None:
    with pytest.raises(LayerError, match="does not say"):
        count_within(write(tmp_path / "people.tif", 50), AREA, census=census)


def test_more_people_than_fit_are_a_density(tmp_path: Path) -> None:
    found = count_within(write(tmp_path / "people.tif", 20_000), AREA)
    assert found.table["population"].sum() == pytest.approx(800, rel=3e-4)
    assert "as a count it would be 2,000" in found.notes[0].en


def test_on_cells_of_a_square_kilometre_both_are_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "people.tif", 300, cell=1000)
    everything = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 3_398_000, 502_000, 3_400_000)], crs="EPSG:4549")
    assert count_within(path, everything).table["population"].sum() == 1200
