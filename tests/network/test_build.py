"""Streets to a network: what meets, what does not, and how long it is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import X0, Y0, frame, streets
from shapely import GeometryCollection, LinearRing, LineString, MultiLineString, Point, box

from kunshan_gis.errors import CRSError, KunshanGISWarning, LayerSchemaError, NetworkError
from kunshan_gis.model import WalkNetwork
from kunshan_gis.network import build


def pieces(network) -> list[float]:
    return sorted(set(network.component_m.round(3)))


def test_ways_meet_where_they_share_a_vertex() -> None:
    network = build(streets([(0, 0), (100, 0), (200, 0)], [(100, 0), (100, 50)]))
    assert sorted(network.length_m) == [50, 100, 100]
    assert len(network.node_xy) == 4
    assert pieces(network) == [250]


def test_an_expressway_that_crosses_without_a_shared_vertex_does_not_connect() -> None:
    network = build(streets([(0, 0), (200, 0)], [(100, -50), (100, 50)]))
    assert len(network.length_m) == 2
    assert pieces(network) == [100, 200]


def test_ends_a_centimetre_apart_do_not_meet_and_a_tenth_of_a_millimetre_do() -> None:
    assert pieces(build(streets([(0, 0), (100, 0)], [(100.01, 0), (200, 0)]))) == [99.99, 100]
    assert pieces(build(streets([(0, 0), (100, 0)], [(100.0001, 0), (200, 0)]))) == [200]


def test_parallel_ways_stay_two_edges() -> None:
    network = build(streets([(0, 0), (100, 0)], [(0, 0), (50, 50), (100, 0)]))
    assert len(network.length_m) == 2
    assert network.edge_uv[0].tolist() == network.edge_uv[1].tolist()
    assert sorted(network.length_m.round(2)) == [100, 141.42]


def test_a_loop_begins_and_ends_at_the_same_node() -> None:
    network = build(streets([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]))
    assert network.edge_uv.tolist() == [[0, 0]]
    assert network.length_m.tolist() == [400]


def test_a_street_drawn_twice_or_backwards_counts_once() -> None:
    there, back = [(0, 0), (100, 0)], [(100, 0), (0, 0)]
    network = build(streets(there, there, back))
    assert network.length_m.tolist() == [100]
    assert network.street.tolist() == [0]
    assert len(set(build(streets(there)).edge_id) | set(build(streets(back)).edge_id)) == 1


def test_a_street_drawn_over_part_of_another_counts_once() -> None:
    network = build(streets([(0, 0), (50, 10), (100, 0)], [(100, 0), (50, 10)]))
    np.testing.assert_allclose(network.length_m, [np.hypot(50, 10)] * 2)
    assert network.street.tolist() == [0, 0]


def test_repeated_vertices_add_no_edge_and_no_length() -> None:
    network = build(streets([(0, 0), (0, 0), (60, 0), (60, 0), (60, 0), (100, 0), (100, 0)]))
    assert network.length_m.tolist() == [100]
    assert len(network.node_xy) == 2


def test_the_parts_of_a_multi_line_do_not_join_by_themselves() -> None:
    parts = MultiLineString([[(0, 0), (100, 0)], [(300, 0), (340, 0)]])
    network = build(streets(parts))
    assert sorted(network.length_m) == [40, 100]
    assert network.street.tolist() == [0, 0]
    assert pieces(network) == [40, 100]


def test_heights_are_not_walked() -> None:
    network = build(streets(LineString([(0, 0, 0), (30, 40, 1000)])))
    assert network.length_m.tolist() == [50]
    assert not network.lines[0].has_z


def test_a_line_that_crosses_itself_is_a_node_only_where_it_has_a_vertex() -> None:
    crossing = build(streets([(0, 0), (100, 100), (100, 0), (0, 100)]))
    assert len(crossing.length_m) == 1
    eight = build(streets([(0, 0), (50, 50), (100, 100), (100, 0), (50, 50), (0, 100)]))
    assert sorted(eight.length_m.round(2)) == [70.71, 70.71, 241.42]
    assert sum(u == v for u, v in eight.edge_uv) == 1


def test_the_length_follows_the_bends_and_not_the_end_points() -> None:
    assert build(streets([(0, 0), (0, 300), (10, 300), (10, 0)])).length_m.tolist() == [610]


def test_only_walkable_streets_are_walked_and_each_edge_remembers_its_row() -> None:
    table = streets([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(200, 0), (300, 0)], walkable=[True, False, True])
    network = build(table)
    assert network.street.tolist() == [0, 2]
    assert pieces(network) == [100]


def test_edge_ids_survive_a_rebuild_another_order_and_an_edit_elsewhere() -> None:
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 80)], [(0, 0), (0, 70)]]
    whole, shuffled, edited = build(streets(*lines)), build(streets(*lines[::-1])), build(streets(*lines[:2]))
    assert set(whole.edge_id) == set(shuffled.edge_id)
    assert set(edited.edge_id) < set(whole.edge_id)
    assert len(set(whole.edge_id)) == 3


def test_mirrored_and_shifted_edges_have_their_own_ids() -> None:
    table = streets([(0, 0), (3, 5)], [(0, 0), (5, 3)], [(1, 0), (4, 5)], [(0, 1), (3, 6)], [(0, 0), (2, 1), (3, 5)])
    assert len(set(build(table).edge_id)) == 5


def test_inputs_are_not_changed() -> None:
    table = streets([(0, 0), (0, 0), (100, 0)])
    before = table.copy(deep=True)
    build(table)
    assert table.equals(before)


@pytest.mark.parametrize("table", [streets([(0, 0), (1, 0)], walkable=False), streets([(0, 0), (1, 0)]).iloc[:0]])
def test_without_a_walkable_street_there_is_no_network(table) -> None:
    with pytest.raises(NetworkError, match="no street is walkable; check the column `walkable`"):
        build(table)


def test_streets_without_length_are_no_network() -> None:
    with pytest.raises(NetworkError, match="millimetre"):
        build(streets([(0, 0), (0, 0)]))


def test_degrees_are_refused_with_the_remedy() -> None:
    with pytest.raises(CRSError, match=r"EPSG:4326 \(degree\).*to_crs"):
        build(streets([(0, 0), (100, 0)]).to_crs("EPSG:4326"))


def test_component_metres_are_of_street_and_not_of_nodes() -> None:
    star = [[(0, 0), (10, 10 * i)] for i in range(1, 9)]
    network = build(streets(*star, [(1000, 0), (1900, 0)]))
    short = network.component_m < 800
    assert short.sum() == 8
    np.testing.assert_allclose(network.component_m[short], network.length_m[short].sum())


STREET = [(0, 0), (100, 0)]
with np.errstate(invalid="ignore"):
    NOWHERE, ENDLESS = shapely.from_wkt(["LINESTRING (0 0, nan 0)", "LINESTRING (0 0, 0 inf)"])


def problems_of(table: pd.DataFrame) -> list[str]:
    with pytest.raises(LayerSchemaError, match="cannot become a walking network") as caught:
        build(table)
    assert all(part.zh and part.en for one in caught.value.problems for part in (one.where, one.what, one.remedy))
    return [problem.said("en") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (Point(0, 0), "geometry is Point → keep lines only"),
        (box(0, 0, 1, 1), "geometry is Polygon → keep lines only; of an area take its outline (boundary)"),
        (GeometryCollection([LineString([(0, 0), (1, 0)])]), "geometry is GeometryCollection → keep lines only"),
        (NOWHERE, "coordinates are not finite numbers → remove or redraw the row"),
        (ENDLESS, "coordinates are not finite numbers → remove or redraw the row"),
        (LineString([(0, 0), (0, 1e300)]), "coordinates are no place on earth → remove or redraw the row"),
        (LineString([(0, 0), (-1e9, 0)]), "coordinates are no place on earth → remove or redraw the row"),
    ],
)
def test_a_shape_that_cannot_be_walked_is_named_by_its_id(shape, says: str) -> None:
    table = streets(STREET, STREET, walkable=[True, True])
    table.loc[1, "geometry"] = shape
    (found,) = problems_of(table)
    assert found.startswith(f"`streets`, id i1: {says}")
    assert len(build(table.assign(walkable=[True, False])).length_m) == 1


def test_all_faults_are_named_at_once_and_by_row_where_there_are_no_ids() -> None:
    table = streets(STREET, Point(0, 0), STREET, STREET, walkable=[True, True, True, None]).drop(columns="id")
    table.loc[2, "geometry"] = NOWHERE
    assert problems_of(table) == [
        "`streets`, row 2: geometry is Point → keep lines only; of an area take its outline (boundary)",
        "`streets`, row 3: coordinates are not finite numbers → remove or redraw the row",
        "`streets`, row 4: `walkable` is empty → give true or false (walkers may use it)",
    ]


@pytest.mark.parametrize(
    ("walkable", "says"),
    [
        ([True, None], "`streets`, id i1: `walkable` is empty"),
        ([True, float("nan")], "`streets`, id i1: `walkable` is empty"),
        (pd.array([True, None], dtype="boolean"), "`streets`, id i1: `walkable` is empty"),
        (["yes", "False"], "`streets`, id i0, i1: `walkable` is 'False', 'yes'"),
        ([1, 0], "`streets`, id i0, i1: `walkable` is '0', '1'"),
    ],
)
def test_walkable_is_true_or_false_and_nothing_else(walkable, says: str) -> None:
    assert problems_of(streets(STREET, STREET, walkable=walkable)) == [
        f"{says} → give true or false (walkers may use it)"
    ]


def test_walkable_may_come_in_any_column_that_holds_true_and_false() -> None:
    for walkable in ([True, False], np.array([True, False], dtype=object), pd.array([True, False], dtype="boolean")):
        assert len(build(streets(STREET, [(100, 0), (200, 0)], walkable=walkable)).length_m) == 1


def test_a_missing_column_or_geometry_is_named() -> None:
    assert problems_of(streets(STREET).drop(columns="walkable")) == [
        "`streets`: column `walkable` is missing → give true or false (walkers may use it)"
    ]
    for table in (pd.DataFrame(streets(STREET).drop(columns="geometry")), gpd.GeoDataFrame({"walkable": [True]})):
        assert problems_of(table) == [
            "`streets`: has no geometry → give a GeoDataFrame with line geometry (set_geometry)"
        ]


def test_rows_without_geometry_are_left_out_and_said() -> None:
    table = streets(STREET, LineString(), STREET, MultiLineString())
    table.loc[2, "geometry"] = None
    with pytest.warns(KunshanGISWarning, match="3 walkable streets have no geometry and were left out: i1, i2, i3"):
        assert build(table).street.tolist() == [0]
    with pytest.warns(KunshanGISWarning), pytest.raises(NetworkError, match="millimetre"):
        build(table.iloc[1:])


def test_without_a_crs_nothing_is_measured() -> None:
    with pytest.raises(CRSError, match="states no CRS"):
        build(streets(STREET).set_crs(None, allow_override=True))


def test_heights_and_measures_give_the_same_network() -> None:
    flat = same_as = build(frame([LineString([(0, 0), (3, 4), (9, 4)])], walkable=True))
    for wkt in ("LINESTRING Z (0 0 7, 3 4 99, 9 4 -5)", "LINESTRING M (0 0 7, 3 4 99, 9 4 -5)",
                "LINESTRING ZM (0 0 1 2, 3 4 5 6, 9 4 7 8)", "LINESTRING Z (0 0 nan, 3 4 nan, 9 4 nan)"):  # fmt: skip
        shape = shapely.transform(shapely.from_wkt(wkt), lambda xy: xy + np.array([X0, Y0]))
        same_as = build(frame([LineString()], walkable=True).set_geometry([shape]))
        np.testing.assert_array_equal(same_as.edge_id, flat.edge_id)
        assert same_as.length_m.tolist() == [11]
        assert shapely.get_coordinate_dimension(same_as.lines).tolist() == [2]


def test_a_ring_is_a_line() -> None:
    network = build(frame([LinearRing([(0, 0), (100, 0), (100, 100)])], walkable=True))
    assert network.edge_uv.tolist() == [[0, 0]]


def test_the_other_side_of_the_origin_is_a_place_too() -> None:
    line = LineString([(-300.5, -7000), (0, 0), (-200, 50)])
    network = build(gpd.GeoDataFrame({"walkable": [True, True]}, geometry=[line, line.reverse()], crs="EPSG:32631"))
    assert sum(network.length_m) == pytest.approx(line.length)


def test_a_vertex_at_the_far_end_of_the_earth_joins_nothing_that_is_apart() -> None:
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 50)], [(5e7, -9e7), (5e7 + 10, -9e7)]]
    assert pieces(build(streets(*lines))) == [10, 150]


def test_a_repeated_index_is_no_repeated_street() -> None:
    table = streets(STREET, [(100, 0), (200, 0)]).set_index(pd.Index([7, 7]))
    assert build(table).street.tolist() == [0, 1]


def test_of_streets_drawn_twice_the_one_with_the_smaller_id_stays_whatever_the_order() -> None:
    table = streets(STREET, STREET[::-1], STREET, id=["c", "a", "b"])
    for rows in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        shuffled = table.iloc[rows]
        network = build(shuffled)
        assert shuffled["id"].iloc[network.street[0]] == "a"
        assert shapely.get_coordinates(network.lines[0])[0].tolist() == [X0 + 100, Y0]


place = st.tuples(st.integers(0, 4), st.integers(0, 4))
nudge = st.sampled_from([0.0, 0.0, 0.0, 0.0004, -0.0003])
vertex = st.builds(lambda at, dx, dy: (10 * at[0] + dx, 10 * at[1] + dy), place, nudge, nudge)
drawn = st.lists(st.lists(vertex, min_size=2, max_size=6), min_size=1, max_size=8)


def built(table: gpd.GeoDataFrame) -> WalkNetwork | None:
    try:
        return build(table)
    except NetworkError:  # nothing longer than a millimetre was drawn
        return None


@settings(derandomize=True, max_examples=100, deadline=None)
@given(drawn, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_and_the_direction_of_lines_nothing_that_is_measured(lines, random) -> None:
    table = streets(*lines)
    rows = list(range(len(lines)))
    random.shuffle(rows)
    shuffled = table.iloc[rows]
    turned = table.set_geometry([line.reverse() if random.random() < 0.5 else line for line in table.geometry])
    first, second, third = built(table), built(shuffled), built(turned)
    if first is None:
        assert second is third is None
        return
    for name in ("node_xy", "edge_uv", "length_m", "edge_id", "component_m"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert shapely.equals_exact(first.lines, second.lines).all()
    assert table["id"].iloc[first.street].tolist() == shuffled["id"].iloc[second.street].tolist()
    np.testing.assert_array_equal(first.node_xy, third.node_xy)
    np.testing.assert_array_equal(np.sort(first.edge_uv, axis=1), np.sort(third.edge_uv, axis=1))
    np.testing.assert_array_equal(first.edge_id, third.edge_id)
    np.testing.assert_allclose(first.length_m, third.length_m, rtol=0, atol=0.005)
    assert table["id"].iloc[first.street].tolist() == turned["id"].iloc[third.street].tolist()
