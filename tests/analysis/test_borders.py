"""Borders and what crosses them, on streets drawn on paper: over, along, back and forth, not at all."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import frame, streets
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.affinity import translate

from kunshan_gis.analysis.borders import crossings, nearest_of, outward, shared_border
from kunshan_gis.toy import ORIGIN

ORDER = ["primary", "residential", "footway"]
WEST, EAST = (translate(box(x, 0, x + 1000, 1000), *ORIGIN) for x in (0, 1000))
BORDER = translate(LineString([(1000, 0), (1000, 1000)]), *ORIGIN)


def over(*lines: object, classes: object = "primary") -> list[tuple[str, str]]:
    table = streets(*lines, **{"class": classes})
    found = crossings(table, BORDER, WEST, EAST, order=ORDER)
    assert found.columns.tolist() == ["class", "ids", "one", "other", "geometry"]
    return list(zip(found["class"], found["ids"], strict=True))


def test_borders_of_squares_by_hand() -> None:
    assert shared_border(WEST, EAST).equals(BORDER)
    half = translate(box(1000, 600, 2000, 3000), *ORIGIN)
    assert shared_border(WEST, half).length == pytest.approx(400)
    assert shared_border(half, WEST).length == pytest.approx(400)


@pytest.mark.parametrize("gap", [-15.0, 0.0, 15.0])
def test_outlines_drawn_a_few_metres_apart_are_one_border(gap: float) -> None:
    assert shared_border(WEST, translate(EAST, gap)).length == pytest.approx(1000, abs=30)


def test_a_corner_or_a_distance_is_no_border() -> None:
    for other in (translate(box(1000, 1000, 2000, 2000), *ORIGIN), translate(EAST, 30)):
        assert shared_border(WEST, other).is_empty


def test_an_area_within_another_shares_its_whole_outline() -> None:
    hole = box(200, 200, 400, 400)
    ring = Polygon(box(0, 0, 1000, 1000).exterior.coords, [hole.exterior.coords])
    assert shared_border(hole, ring).length == 800
    assert shared_border(MultiPolygon([hole, box(600, 200, 800, 400)]), box(0, 400, 1000, 500)).length == 400


def test_a_street_crosses_once_and_its_place_is_on_the_border() -> None:
    found = crossings(streets([(500, 300), (1500, 300)]), BORDER, WEST, EAST, order=ORDER)
    assert found.geometry.tolist() == [translate(shapely.Point(1000, 300), *ORIGIN)]
    assert found["one"].iloc[0].x == ORIGIN[0] + 980
    assert found["other"].iloc[0].x == ORIGIN[0] + 1020


def test_what_ends_turns_back_or_runs_along_does_not_cross() -> None:
    assert over([(500, 300), (1010, 300)]) == []
    assert over([(500, 300), (1010, 300), (1010, 310), (500, 310)]) == []
    assert over([(1000, 100), (1000, 900)]) == []
    assert over([(995, 100), (1005, 300), (995, 500), (1005, 700)]) == []


def test_a_street_that_weaves_along_the_border_crosses_once() -> None:
    weave = [(500, 100), (995, 100), (1005, 300), (995, 500), (1005, 700), (1500, 700)]
    assert over(weave) == [("primary", "i0")]


def test_streets_joined_on_the_border_cross_and_those_above_each_other_do_not() -> None:
    assert over([(500, 300), (1000, 300)], [(1000, 300), (1500, 300)]) == [("primary", "i0; i1")]
    assert over([(900, 300), (1010, 310)], [(1005, 200), (1015, 400), (1500, 400)]) == []


def test_a_road_along_the_border_joins_as_many_streets_as_lead_to_it_on_the_poorer_side() -> None:
    road = [(1000, 100), (1000, 300), (1000, 500), (1000, 700)]
    west = [[(500, y), (1000, y)] for y in (100, 300, 700)]
    east = [[(1000, y), (1500, y)] for y in (300, 500)]
    classes = ["primary", "residential", "footway", "primary", "residential", "footway"]
    found = over(road, *west, *east, classes=classes)
    # west: residential, footway, primary; east: residential, footway. The greatest of each side go together.
    assert [one for one, _ in found] == ["residential", "footway"]


def test_a_crossing_is_as_good_as_the_lesser_street() -> None:
    assert over([(500, 300), (1000, 300)], [(1000, 300), (1500, 300)], classes=["primary", "footway"]) == [
        ("footway", "i0; i1")
    ]
    assert over([(500, 300), (1500, 300)], classes=["goat_track"]) == [("other", "i0")]


def test_without_another_area_the_other_side_is_everything_else() -> None:
    table = streets([(500, 500), (500, 1500)], [(500, 600), (1500, 600)])
    found = crossings(table, WEST.exterior, WEST, order=ORDER)
    assert found["ids"].tolist() == ["i0", "i1"]


def test_nothing_crosses_no_border_and_no_streets() -> None:
    table = streets([(500, 300), (1500, 300)])
    assert not len(crossings(table, shapely.MultiLineString(), WEST, EAST, order=ORDER))
    assert not len(crossings(table.iloc[:0], BORDER, WEST, EAST, order=ORDER))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(1, 48), st.integers(1, 48)),
        min_size=1,
        max_size=8,
        unique_by=(lambda p: p[0], lambda p: p[1]),
    ),
    st.randoms(),
)
def test_as_many_cross_from_east_as_from_west_in_any_order_of_rows(ends, random) -> None:
    table = streets(*[[(500, 20 * a), (1500, 20 * b)] for a, b in ends])
    shuffled = table.sample(frac=1, random_state=random.randrange(1000)).reset_index(drop=True)
    one = crossings(table, BORDER, WEST, EAST, order=ORDER)
    other = crossings(shuffled, BORDER, EAST, WEST, order=ORDER)
    assert len(one) == len(other) == len(ends)
    before = table.copy()
    assert before.equals(table)


def test_the_outline_is_shared_out_between_zones_and_neighbours() -> None:
    zones = frame([box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)], id=["w", "e"])
    beyond = frame([box(-900, -900, 2900, -5), box(2005, 0, 2900, 1000)], id=["south", "far_east"])
    outline = shapely.union_all(zones.geometry.array).exterior
    found = outward(outline, zones, beyond, farthest_m=20).assign(metres=lambda t: t.length)
    assert found.groupby(["inside", "outside"])["metres"].sum().to_dict() == {
        ("e", ""): 1000, ("e", "far_east"): 1000, ("e", "south"): 1000, ("w", ""): 2000, ("w", "south"): 1000,
    }  # fmt: skip
    assert found["metres"].sum() == outline.length


def test_without_neighbours_nothing_lies_beyond() -> None:
    zones = frame([box(0, 0, 1000, 1000)], id=["z"])
    none = gpd.GeoDataFrame({"id": []}, geometry=[], crs=zones.crs)
    assert set(outward(zones.geometry.iloc[0].exterior, zones, none)["outside"]) == {""}
    assert nearest_of(zones.geometry.iloc[:0].to_numpy(), zones).tolist() == []


def test_the_first_of_two_areas_as_near_is_taken() -> None:
    zones = frame([box(10, 0, 20, 10), box(-20, 0, -10, 10)], id=["b", "a"])
    middle = translate(shapely.Point(0, 5), *ORIGIN)
    assert nearest_of(gpd.GeoSeries([middle]).to_numpy(), zones).tolist() == ["b"]
