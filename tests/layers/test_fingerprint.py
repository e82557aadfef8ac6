"""Layers held against streets: every slip of a datum is found, nothing else is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString
from town import CRS, TOWN, homes, streets

from kunshan_gis.layers.fingerprint import ENOUGH, PLACES, SLIPS, Comparison, Slip, lines_of, sample

TREE = lines_of(streets())


def comparison(table: gpd.GeoDataFrame) -> Comparison:
    return Comparison(sample(table, TREE), TREE, CRS)


def slipped(table: gpd.GeoDataFrame, slip: Slip) -> gpd.GeoDataFrame:
    shapes = shapely.transform(np.asarray(table.geometry.array), lambda xy: slip.reversed.corrected(xy, CRS))
    return table.set_geometry(shapes)


def test_a_layer_that_lies_right_is_left_alone() -> None:
    assert comparison(homes()).find() is None
    assert comparison(homes()).fits()


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.true}-as-{slip.undone}")
def test_every_slip_is_found_with_its_metres(slip: Slip) -> None:
    found = comparison(slipped(homes(), slip)).find()
    assert found is not None
    assert found.slip == slip
    assert found.after_m < 15
    assert found.before_m > 40
    if {slip.undone, slip.true} == {"wgs84", "gcj02"}:
        assert 461 < found.offset_m < 487
    if {slip.undone, slip.true} == {"wgs84", "bd09"}:
        assert 1090 < found.offset_m < 1170
    assert not comparison(slipped(homes(), slip)).fits()


def test_correcting_a_slip_is_exact_and_its_reverse_undoes_it() -> None:
    places = np.array([[590_000.0, 3_460_000.0], [600_000.0, 3_470_000.0]])
    for slip in SLIPS:
        back = slip.reversed.corrected(slip.corrected(places, CRS), CRS)
        np.testing.assert_allclose(back, places, atol=1e-5)


@pytest.mark.parametrize("bearing", range(0, 360, 20))
@pytest.mark.parametrize("metres", [300, 470, 1100])
def test_a_layer_that_is_off_for_another_reason_is_not_called_shifted(metres: int, bearing: int) -> None:
    """The slips themselves point about 118 and 298 degrees; nearer than 100 m to one, it is one."""
    angle = np.radians(bearing)
    off = metres * np.array([np.sin(angle), np.cos(angle)])
    middle = np.array([TOWN.mean(axis=0)])
    if min(np.hypot(*(off + (slip.corrected(middle, CRS) - middle)[0])) for slip in SLIPS) > 100:
        assert comparison(homes().set_geometry(homes().translate(*off))).find() is None


def test_places_without_any_relation_to_streets_are_not_called_shifted() -> None:
    for seed in range(20):
        places = np.random.default_rng(seed).uniform(*TOWN, (500, 2))
        scattered = gpd.GeoDataFrame(geometry=shapely.points(places), crs=CRS)
        assert comparison(scattered).find() is None
        assert not comparison(scattered).fits()


def test_too_few_places_say_nothing() -> None:
    few = slipped(homes(), SLIPS[0]).iloc[:: len(homes()) // (ENOUGH - 1)][: ENOUGH - 1]
    assert comparison(few).find() is None
    heap = slipped(homes(), SLIPS[0])
    heap = heap[heap.distance(heap.geometry.iloc[0]) < 500]  # many places, few squares
    assert len(heap) > ENOUGH
    assert comparison(heap).find() is None
    assert comparison(heap.iloc[:0]).find() is None


def test_abroad_there_is_no_slip_to_find() -> None:
    away = homes().set_crs("EPSG:32635", allow_override=True)
    tree = lines_of(streets().set_crs("EPSG:32635", allow_override=True))
    places = sample(away.set_geometry(away.translate(420, 230)), tree)
    assert Comparison(places, tree, "EPSG:32635").find() is None


def test_the_same_places_are_taken_every_time_and_never_more_than_enough() -> None:
    table = homes()
    one, two = sample(table, TREE), sample(table, TREE)
    np.testing.assert_array_equal(one, two)
    assert len(one) == min(PLACES, len(table))
    far = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1e5, 0)])], crs=CRS)
    assert len(sample(far, TREE)) == 0
    assert len(sample(gpd.GeoDataFrame(geometry=[None], crs=CRS), TREE)) == 0
