from __future__ import annotations

import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerError, LayerNotFoundError, ParameterError
from kunshan_gis.layers import raster
from kunshan_gis.layers.population import count_within
from kunshan_gis.layers.raster import coverage, open_band
from kunshan_gis.layers.zonal import STATS, zonal

NORTH_UP = rasterio.Affine(100, 0, 500_000, 0, -100, 3_400_000)
SOUTH_UP = rasterio.Affine(100, 0, 500_000, 0, 100, 3_399_700)
ON_ITS_SIDE = rasterio.Affine(0, 100, 500_000, -100, 0, 3_400_000)
CELLS = np.array([[1, 2, 4], [8, 16, 32], [64, 128, 256]], dtype="float32")


def write(path: Path, bands: Any, place: rasterio.Affine = NORTH_UP, **options: Any) -> Path:
    """A GeoTIFF of one band or several, cells of 100 m in EPSG:4549 unless told otherwise."""
    array = np.asarray(bands)
    array = array[None] if array.ndim == 2 else array
    described, tags = options.pop("described", ()), options.pop("tags", {})
    shape = {"count": array.shape[0], "height": array.shape[1], "width": array.shape[2], "dtype": array.dtype}
    with rasterio.open(path, "w", driver="GTiff", transform=place, **{"crs": "EPSG:4549", **shape, **options}) as file:
        file.write(array)
        file.update_tags(**tags)
        for number, text in enumerate(described, 1):
            file.set_band_description(number, text)
    return path


def zone(*bounds: float, crs: str = "EPSG:4549") -> gpd.GeoDataFrame:
    """One rectangle by metres east and south of the raster's north-west corner."""
    west, north, east, south = bounds
    return gpd.GeoDataFrame(
        geometry=[shapely.box(500_000 + west, 3_400_000 - south, 500_000 + east, 3_400_000 - north)], crs=crs
    )


@pytest.mark.parametrize(
    ("cells", "place"), [(CELLS, NORTH_UP), (CELLS[::-1], SOUTH_UP), (CELLS.T, ON_ITS_SIDE)], ids=["N", "S", "side"]
)
def test_a_raster_is_the_same_whichever_way_it_is_stored(
    tmp_path: Path, cells: np.ndarray, place: rasterio.Affine
) -> None:
    # 150 m from the north-west: the first cell whole, halves of 2 and 8, a quarter of 16.
    path, corner = write(tmp_path / "ppp.tif", cells, place), zone(0, 0, 150, 150)
    found = count_within(path, corner)
    assert found.table["population"].sum() == pytest.approx(1 + 1 + 4 + 4)
    assert found.left_out == pytest.approx(1 + 4 + 12)
    assert found.table.area.sum() == pytest.approx(150 * 150)
    assert found.table.within(corner.geometry.iloc[0].buffer(1e-6)).all()
    figures = zonal(path, corner, STATS).iloc[0]
    assert figures["people"] == figures["sum"] == pytest.approx(10)
    assert figures["mean"] == pytest.approx(10 / 2.25)
    assert (figures["min"], figures["max"], figures["data_share"]) == (1, 16, 1)


def test_a_turned_raster_keeps_its_people(tmp_path: Path) -> None:
    turned = NORTH_UP @ rasterio.Affine.rotation(30)
    found = count_within(write(tmp_path / "ppp.tif", CELLS, turned), zone(-1000, -1000, 1000, 1000))
    assert found.table["population"].sum() == 511
    assert found.left_out == 0
    np.testing.assert_allclose(found.table.area, 10_000)


@pytest.mark.parametrize("nodata", [-9999.0, -99999.0, -3.4028234663852886e38, 3.4028234663852886e38, 1e31])
def test_what_stands_for_nothing_is_noticed_where_the_file_does_not_declare_it(tmp_path: Path, nodata: float) -> None:
    cells = np.array([[5, nodata]], dtype="float32")
    with pytest.warns(KunshanGISWarning, match="1 cells hold .* does not declare as nodata.*gdal_edit -a_nodata"):
        found = count_within(write(tmp_path / "ppp.tif", cells), zone(0, 0, 200, 100))
    assert found.table["population"].tolist() == [5]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        declared = write(tmp_path / "declared_ppp.tif", cells, nodata=float(np.float32(nodata)))
        figures = zonal(declared, zone(0, 0, 200, 100), ["people", "mean"]).iloc[0]
    assert (figures["people"], figures["mean"], figures["data_share"]) == (5, 5, 0.5)


def test_not_a_number_is_nobody_and_less_than_nobody_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "ppp.tif", np.array([[7, np.nan, -3, np.inf]], dtype="float32"))
    with pytest.warns(KunshanGISWarning, match="1 cells with a negative number"):
        assert count_within(path, zone(0, 0, 400, 100)).table["population"].tolist() == [7]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KunshanGISWarning)
        assert zonal(path, zone(0, 0, 400, 100), ["people", "sum"]).iloc[0].tolist()[:2] == [7, 4]


def test_whole_numbers_at_the_end_of_their_range_are_no_people(tmp_path: Path) -> None:
    with pytest.warns(KunshanGISWarning, match="65535"):
        found = count_within(write(tmp_path / "ppp.tif", np.array([[3, 65535]], "uint16")), zone(0, 0, 200, 100))
    assert found.table["population"].tolist() == [3]


def test_a_zone_without_values_has_no_figures_and_an_empty_one_has_nobody(tmp_path: Path) -> None:
    path = write(tmp_path / "ppp.tif", np.array([[0, -1]], dtype="float32"), nodata=-1)
    zones = gpd.GeoDataFrame(
        geometry=[*zone(0, 0, 100, 100).geometry, *zone(100, 0, 200, 100).geometry, *zone(900, 0, 999, 99).geometry],
        crs="EPSG:4549",
        index=["nobody", "no value", "elsewhere"],
    )
    found = zonal(path, zones, ["people"])
    assert found["people"].fillna(-1).to_dict() == {"nobody": 0, "no value": -1, "elsewhere": -1}
    assert found["data_share"].tolist() == [1, 0, 0]


def test_scale_and_offset_are_applied(tmp_path: Path) -> None:
    path = write(tmp_path / "ppp.tif", np.array([[10, 20]], dtype="int16"))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1,), (1.0,)
    assert count_within(path, zone(0, 0, 200, 100)).table["population"].tolist() == [2, 3]


def test_a_band_is_chosen_by_number_or_name(tmp_path: Path) -> None:
    path = write(tmp_path / "ppp.tif", np.stack([CELLS, 2 * CELLS]), described=["pop 2015", "pop 2020"])
    everything = zone(0, 0, 300, 300)
    for band in ("2", "2020", "POP 2020"):
        assert count_within(path, everything, band=band).table["population"].sum() == 1022
    for band in (None, "3", "pop", "0"):
        with pytest.raises(ParameterError, match=r"2 bands: 1 pop 2015, 2 pop 2020;.*--band"):
            count_within(path, everything, band=band)


def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(LayerNotFoundError, match="is not there"), open_band(tmp_path / "none.tif"):
        pass
    (tmp_path / "broken.tif").write_bytes(b"II*\0 and no more")
    with (
        pytest.raises(LayerError, match=r"broken\.tif cannot be read as a GeoTIFF"),
        open_band(tmp_path / "broken.tif"),
    ):
        pass
    with pytest.raises(CRSError, match=r"a\.tif states no CRS.*gdal_edit -a_srs"):
        count_within(write(tmp_path / "a.tif", CELLS, crs=None), zone(0, 0, 300, 300))
    cut = write(tmp_path / "cut_ppp.tif", np.ones((600, 600), "float32"), compress="deflate", tiled=True)
    cut.write_bytes(cut.read_bytes()[:2500])
    with pytest.raises(LayerError, match=r"cut_ppp\.tif cannot be read"):
        count_within(cut, zone(0, 0, 60_000, 60_000))
    with pytest.raises(ParameterError, match=r"no figure `total`; choose from people, sum"):
        zonal(write(tmp_path / "ppp.tif", CELLS), zone(0, 0, 300, 300), ["total"])


def test_a_raster_in_one_huge_block_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "LARGEST_BLOCK", 8)
    with pytest.raises(LayerError, match="TILED=YES"):
        count_within(write(tmp_path / "ppp.tif", CELLS), zone(0, 0, 300, 300))


def test_blocks_are_read_where_the_shape_is_and_nowhere_else(tmp_path: Path) -> None:
    cells = np.zeros((4096, 4096), "uint8")
    cells[3000, 1000] = 9
    path = write(tmp_path / "ppp.tif", cells, tiled=True, blockxsize=512, blockysize=512, compress="deflate")
    with open_band(path) as band:
        shape = band.to_pixels(zone(99_000, 299_000, 101_000, 301_000))[0]
        windows = list(band.tiles(shape))
        assert sum(window.width * window.height for window in windows) == 20 * 20
        assert sum(window.width * window.height for window in band.tiles()) == 4096 * 4096
        assert max(window.width * window.height for window in band.tiles()) <= raster.CELLS_AT_ONCE
        assert list(band.tiles(shapely.Polygon())) == []
    assert count_within(path, zone(99_000, 299_000, 101_000, 301_000)).table["population"].tolist() == [9]


@pytest.mark.parametrize(("lat", "km2"), [(0.0, 1.2309), (31.3, 1.0556), (60.0, 0.6217)])
def test_cells_in_degrees_shrink_towards_the_poles(tmp_path: Path, lat: float, km2: float) -> None:
    """One hundredth of a degree; areas from the WGS 84 ellipsoid by pyproj.Geod."""
    path = write(tmp_path / "a.tif", CELLS, rasterio.Affine(0.01, 0, 121, 0, -0.01, lat + 0.005), crs="EPSG:4326")
    with open_band(path) as band:
        area = band.cell_m2(rasterio.windows.Window(0, 0, 3, 1))
    np.testing.assert_allclose(area / 1e6, km2, rtol=1e-4)


def test_metres_of_mercator_are_not_metres_and_mollweide_is_true_to_area(tmp_path: Path) -> None:
    mercator = write(
        tmp_path / "m.tif", CELLS, rasterio.Affine(100, 0, 13_470_000, 0, -100, 3_670_000), crs="EPSG:3857"
    )
    with open_band(mercator) as band:
        assert band.cell_m2(rasterio.windows.Window(0, 0, 1, 1))[0, 0] == pytest.approx(10_000 / 1.37, rel=0.01)
    mollweide = write(
        tmp_path / "g.tif", CELLS, rasterio.Affine(100, 0, 10_800_000, 0, -100, 3_800_000), crs="ESRI:54009"
    )
    with open_band(mollweide) as band:
        assert band.cell_m2(rasterio.windows.Window(0, 0, 1, 1))[0, 0] == pytest.approx(10_000)
        assert band.datum == "World Geodetic System 1984"


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    cells=st.lists(st.floats(0, 1e4, width=32), min_size=36, max_size=36),
    across=st.lists(st.floats(1, 599), max_size=3),
    down=st.lists(st.floats(1, 569), max_size=3),
)
def test_zones_that_part_an_area_sum_to_it(
    tmp_path: Path, cells: list[float], across: list[float], down: list[float]
) -> None:
    path = write(tmp_path / "ppp.tif", np.array(cells, dtype="float32").reshape(6, 6))
    xs, ys = sorted({-50, *across, 620}), sorted({-30, *down, 570})
    parts = [zone(w, n, e, s) for w, e in pairwise(xs) for n, s in pairwise(ys)]
    parted = zonal(path, gpd.GeoDataFrame(geometry=[p.geometry.iloc[0] for p in parts], crs="EPSG:4549"), ["people"])
    whole = zone(-50, -30, 620, 570)
    total = zonal(path, whole, ["people"])["people"].iloc[0]
    assert parted["people"].sum() == pytest.approx(total, rel=1e-6, abs=1e-6)
    rows = np.array(cells, dtype="float32").astype(float).reshape(6, 6).sum(axis=1)
    by_hand = rows[:5].sum() + 0.7 * rows[5]
    assert total == pytest.approx(by_hand, rel=1e-6, abs=1e-6)
    if total > 0:
        assert count_within(path, whole).table["population"].sum() == pytest.approx(total, rel=1e-6)


def test_coverage_of_a_window_is_the_shapes_area_in_it() -> None:
    window = rasterio.windows.Window(10, 20, 3, 2)
    triangle = shapely.Polygon([(10, -20), (13, -20), (10, -23)])
    share = coverage(np.zeros((2, 3)), window, triangle)
    np.testing.assert_allclose(share, [[1, 1, 0.5], [1, 0.5, 0]])
    assert coverage(np.zeros((2, 3)), window, shapely.box(0, -100, 100, 0)).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert coverage(np.zeros((2, 3)), window, shapely.box(0, 0, 1, 1)).sum() == 0
