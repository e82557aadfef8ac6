"""The figures of an audit, worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import X0, Y0, frame, homes, streets
from shapely import LineString, Point, Polygon, box

from kunshan_gis.errors import CRSError, NetworkError, ParameterError
from kunshan_gis.indicators import INDICATORS
from kunshan_gis.network import Audit, audit, build


def of(table: gpd.GeoDataFrame, **options) -> Audit:
    return audit(table, build(table), longest_walk_m=900, **options)


TOWN = streets(
    [(0, 0), (300, 0), (600, 0)],
    [(300, 0), (300, 200)],
    [(900, 0), (900, 100)],
    [(0, 0), (0, 500)],
    [(600, 0), (600, 400)],
    [(300, 200), (300, 300)],
    **{"class": ["primary", "residential", "footway", "motorway", "residential", "footway"]},
    walkable=[True, True, True, False, True, False],
)


def test_size_pieces_and_islands() -> None:
    found = of(TOWN, min_component_m=500)
    assert {key: found.value(key) for key in ("nodes", "edges", "network_m", "pieces")} == {
        "nodes": 7, "edges": 5, "network_m": 1300, "pieces": 2,
    }  # fmt: skip
    assert found.value("largest_piece_m") == 1200
    assert found.value("share_largest_piece") == pytest.approx(1200 / 1300)
    assert (found.value("islands"), found.value("islands_m")) == (1, 100)
    assert of(TOWN, min_component_m=100).value("islands") == 0  # shorter than, not as short as


def test_length_by_class_before_and_after_the_filter() -> None:
    found = of(TOWN)
    assert (found.value("streets_m"), found.value("walkable_m")) == (1900, 1300)
    assert found.value("share_walkable") == pytest.approx(1300 / 1900)
    assert [found.value("streets_m", name) for name in ("primary", "motorway", "footway")] == [600, 500, 200]
    assert [found.value("walkable_m", name) for name in ("primary", "motorway", "footway")] == [600, 0, 100]
    assert found.value("share_walkable", "motorway") == 0
    assert np.isnan(found.value("streets_m", "steps"))
    rows = found.table[found.table["key"] == "streets_m"]["class"].tolist()
    assert rows == [None, "primary", "residential", "motorway", "footway"]


def test_dead_ends_and_those_that_go_on_closed_to_walkers() -> None:
    found = of(TOWN)
    assert found.value("dead_ends") == 5
    assert found.value("dead_ends_closed") == 2  # at the motorway and where the footway is closed


def test_what_the_build_left_out() -> None:
    there = [(0, 0), (300, 0)]
    found = of(streets(there, there[::-1], [(5, 5), (5, 5)], [(300, 0), (300, 70)]))
    assert (found.value("drawn_twice"), found.value("drawn_twice_m")) == (1, 300)
    assert found.value("without_length") == 1
    table = streets(there, LineString(), [(300, 0), (300, 70)])
    with pytest.warns(UserWarning, match="left out"):
        network = build(table)
    assert audit(table, network, longest_walk_m=900).value("without_geometry") == 1


def test_faults_are_counted_and_what_they_cut_off_is_counted_once() -> None:
    found = of(streets([(0, 0), (500, 0)], [(100, 1), (100, 90)], [(200, -50), (200, 90)], [(202, -50), (200, -50)]))
    assert (found.value("near_misses"), found.value("unjoined_crossings")) == (1, 1)
    assert found.value("cut_off_m") == 89 + 142
    assert found.near_misses["street"].tolist() == ["i1"]
    assert found.near_misses["other_street"].tolist() == ["i0"]
    assert set(found.unjoined.loc[0, ["street", "other_street"]]) == {"i0", "i2"}


def test_a_bridge_that_leads_nowhere_hangs_but_not_at_the_edge_of_the_data() -> None:
    lines = [[(x, 0), (x, 3000)] for x in range(0, 3001, 300)] + [[(0, y), (3000, y)] for y in range(0, 3001, 300)]
    structure = ["ground"] * len(lines) + ["elevated"] * 3
    ends = [[(1500, 1350), (1501, 1500.5)], [(3000, 0), (3050, -20)], [(1700, 1700), (1701, 1798.5)]]
    found = of(streets(*lines, *ends, structure=structure))
    assert found.value("hanging_ends", "elevated") == 4
    assert found.value("hanging_ends", "tunnel") == 0
    assert sorted(found.hanging["gap_m"].dropna().round(3)) == [0, 0.5, 1.5]
    assert not set(found.near_misses["street"]) & set(found.hanging["street"])


def test_crossings_are_counted_by_kind_and_way() -> None:
    table = streets([(0, 0), (0, 300)], [(100, 0), (100, 300)], structure=["ground", "tunnel"])
    found = of(table, barriers={"expressways": frame([LineString([(-50, 150), (150, 150)])], structure="ground")})
    assert found.value("crossings_expressways", "level") == 1
    assert found.value("crossings_expressways", "tunnel") == 1
    assert found.value("crossings_expressways", "bridge") == 0
    assert np.isnan(found.value("crossings_rail", "bridge"))
    assert found.passages["street"].tolist() == ["i0", "i1"]


def grid(size: int) -> gpd.GeoDataFrame:
    lines = [[(x, 0), (x, size)] for x in range(0, size + 1, 200)] + [
        [(0, y), (size, y)] for y in range(0, size + 1, 200)
    ]
    return streets(*lines)


def test_how_far_the_data_reaches_past_the_boundary_and_who_lives_near_its_end() -> None:
    table = grid(4000)
    boundary = gpd.GeoSeries([box(X0 + 1500, Y0 + 1200, X0 + 2500, Y0 + 2800)], crs=table.crs)
    people = homes((2000, 2000), (500, 2000), (2000, 3950), population=[100, 20, 3])
    found = of(table, boundary=boundary, homes=people)
    assert found.value("beyond_boundary_m") == pytest.approx(1200, abs=150)
    assert found.value("share_boundary_short") == 0
    assert found.value("people") == 123
    assert found.value("people_near_data_edge") == 23
    assert found.value("home_to_data_edge_m") == pytest.approx(50, abs=150)
    wide = gpd.GeoSeries([box(X0, Y0 + 1500, X0 + 2500, Y0 + 2500)], crs=table.crs)
    assert 0 < of(table, boundary=wide).value("share_boundary_short") < 1
    assert np.isnan(of(table).value("people"))


def test_every_finding_has_a_name_in_both_languages_and_its_unit() -> None:
    found = of(TOWN, homes=homes((0, 0)), barriers={"rail": frame([LineString([(0, 50), (9, 50)])])})
    assert found.table["unit"].tolist() == [INDICATORS[key].unit for key in found.table["key"]]
    assert not found.table.duplicated(["key", "class"]).any()


def test_streets_that_are_not_the_networks_are_refused() -> None:
    with pytest.raises(NetworkError, match=r"was not built from these streets; build it anew.*network\.build"):
        audit(TOWN.iloc[:2], build(TOWN), longest_walk_m=900)
    with pytest.raises(CRSError, match="the study area measures in EPSG:4549"):
        audit(TOWN.to_crs("EPSG:4550"), build(TOWN), longest_walk_m=900)


@pytest.mark.parametrize("option", ["longest_walk_m", "near_m", "min_component_m"])
@pytest.mark.parametrize("metres", [0, -1, float("nan"), float("inf")])
def test_a_length_that_is_none_is_refused(option: str, metres: float) -> None:
    with pytest.raises(ParameterError, match=f"`{option}` is .* give metres above 0"):
        audit(TOWN, build(TOWN), **({"longest_walk_m": 900} | {option: metres}))


def test_every_table_must_be_in_the_networks_crs() -> None:
    far = homes((0, 0)).to_crs("EPSG:4326")
    for option in (
        {"homes": far},
        {"boundary": far.geometry},
        {"known_empty": far.geometry},
        {"barriers": {"rail": far}},
    ):
        with pytest.raises(CRSError, match="EPSG:4326"):
            of(TOWN, **option)


def test_hostile_tables_neither_break_it_nor_count() -> None:
    bow_tie = Polygon([(-50, -50), (50, 50), (50, -50), (-50, 50)])
    water = frame([bow_tie, Point(0, 0), LineString()])
    water.loc[3] = water.loc[2].copy()
    water.loc[3, "geometry"] = None
    found = of(TOWN.drop(columns=["class", "structure"]).set_index(np.zeros(6)), barriers={"water": water})
    assert found.value("streets_m", "") == found.value("streets_m") == 1900
    assert found.value("crossings_water", "bridge") == 0


place = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda at: (300 * at[0], 300 * at[1]))
street = st.tuples(
    st.lists(place, min_size=2, max_size=4),
    st.sampled_from(["ground", "ground", "elevated", "tunnel", "unknown", None]),
    st.booleans(),
)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.lists(street, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_whatever_is_drawn_is_audited_and_the_order_of_rows_changes_nothing(drawn, random) -> None:
    lines, structure, walkable = zip(*drawn, strict=True)
    table = streets(*map(list, lines), structure=list(structure), walkable=list(walkable))
    rail = frame([LineString([(-100, 450), (2000, 450)]), LineString([(600, -50), (600, 2000)])])
    options = {"barriers": {"rail": rail}, "homes": homes((0, 0), (900, 900))}
    try:
        found = of(table, **options)
    except NetworkError:
        assert not (table.length[table["walkable"]] > 0).any()
        return
    rows = list(range(len(table)))
    random.shuffle(rows)
    pd.testing.assert_frame_equal(found.table, of(table.iloc[rows], **options).table, rtol=1e-12)
    by_class = found.table[found.table["class"].notna()].groupby("key")["value"].sum()
    for key in ("streets_m", "walkable_m"):
        assert found.value(key) == pytest.approx(by_class[key])
    assert found.value("largest_piece_m") + found.value("cut_off_m") <= found.value("network_m") + 1e-6
    assert found.value("network_m") + found.value("drawn_twice_m") == pytest.approx(found.value("walkable_m"))
    assert found.value("near_misses") == len(found.near_misses) <= found.value("dead_ends")


def test_inputs_are_not_changed() -> None:
    table, rail = TOWN.copy(deep=True), frame([LineString([(0, 50), (9, 50)])])
    before = rail.copy(deep=True)
    of(table, barriers={"rail": rail})
    assert table.equals(TOWN)
    assert rail.equals(before)
