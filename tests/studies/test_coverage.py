"""Coverage of anything by anything: worked out on paper, held against park reach and against brute force."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import oracle
import pandas as pd
import pytest
from paper import area_of, frame, layer
from shapely import Point, box
from town import small_town

from kunshan_gis import network, toy
from kunshan_gis.analysis import hexagons, states
from kunshan_gis.errors import LayerNotFoundError, LayerSchemaError, NetworkError, ParameterError
from kunshan_gis.model import StudyArea
from kunshan_gis.rules import Band, Rule
from kunshan_gis.studies.coverage import COLUMNS, coverage
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.rule_figures import covered, figure
from kunshan_gis.studies.supply import groups
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import units_of
from kunshan_gis.studies.walk import Walk

STATES = ["covered", "not_covered", "not_measurable"]


def figures(area: StudyArea, *places: str, **asked) -> list[list[float]]:
    return coverage(area, places, **asked).table[["total", *STATES]].to_numpy(dtype=float).tolist()


def test_residents_by_tier_and_cutoff_are_those_of_the_toy_citys_table() -> None:
    found = coverage(toy.serviced_city(), ["parks"], minutes=[15, 5, 10])
    table = found.table
    assert tuple(table.columns) == COLUMNS
    assert table[["tier", "minutes", "metres", "covered"]].to_numpy().tolist() == [
        ["all", 5.0, 300.0, 100], ["all", 10.0, 600.0, 100], ["all", 15.0, 900.0, 640],
        ["community", 5.0, 300.0, 100], ["community", 10.0, 600.0, 100], ["community", 15.0, 900.0, 600],
        ["pocket", 5.0, 300.0, 0], ["pocket", 10.0, 600.0, 0], ["pocket", 15.0, 900.0, 340],
    ]  # fmt: skip
    assert (table["total"] == 700).all()
    assert (table["not_measurable"] == 10).all()
    assert table["share_covered"].iloc[2] == pytest.approx(640 / 700)
    assert table["share_measurable"].iloc[2] == pytest.approx(640 / 690)
    assert found.result.provenance.parameters["minutes"] == [5, 10, 15]
    assert found.result.reportable


def test_the_nearest_of_several_kinds_counts_by_its_key_or_either_name() -> None:
    area = toy.serviced_city()
    # within 300 m: M reaches h1 (110), S h3 and h4 (100, 110), the stops h2 (150) and h3 at 300 exactly
    assert figures(area, "food_market", metres=[300]) == [[700, 100, 590, 10]]
    assert figures(area, "菜市场", "小学", metres=[300]) == [[700, 440, 250, 10]]
    assert figures(area, "Bus stops", "food_market", "菜市场", metres=[300]) == [[700, 600, 90, 10]]
    assert figures(area, "stations", metres=[200]) == [[700, 340, 350, 10]]


def test_homes_jobs_land_and_streets_are_worked_out_on_paper() -> None:
    area = toy.serviced_city()
    assert figures(area, "parks", of="homes", tier="community") == [[7, 3, 2, 2]]
    assert figures(area, "parks", of="jobs")[0] == [200, 200, 0, 0]
    assert figures(area, "parks", of="land", by="towns", tier="all")[:2] == [[1e4, 1e4, 0, 0], [1e4, 0, 1e4, 0]]
    # from C's gate 300 m each way and 100 m up two side streets; from P's the side street and 80 m each way
    assert figures(area, "parks", of="street", metres=[300]) == [
        [3880, 1160, 2640, 80], [3880, 700, 3100, 80], [3880, 460, 3340, 80],
    ]  # fmt: skip
    # 250 m from stops at 800 and 1600 and from the station's entrance, where they meet counted once
    assert figures(area, "bus_stops", "stations", of="street", metres=[250]) == [[3880, 2100, 1700, 80]]


def test_it_is_what_park_reach_says_for_every_tier_and_unit() -> None:
    for area in (toy.city(), small_town()):
        for minutes in (4, 15):
            reach = park_reach(area, Walk.choose(area, minutes=minutes)).result
            for by in ("area", "zones", "towns"):
                own = coverage(area, ["parks"], by=by, minutes=[minutes]).table
                both = own.merge(reach.tables[by], on=["unit_id", "tier"], suffixes=("", "_reach"))
                assert len(both) == len(own) == len(reach.tables[by])
                for name in (*STATES, "share_covered", "share_measurable"):
                    np.testing.assert_array_equal(both[name], both[f"{name}_reach"])
                np.testing.assert_array_equal(both["total"], both["population"])


@pytest.mark.parametrize("of", ["people", "homes", "street"])
def test_states_sum_in_every_unit_and_units_sum_to_the_whole(of) -> None:
    area = small_town()
    whole = coverage(area, ["food_market", "parks"], of=of, minutes=[3, 8]).table
    for by in ("towns", "zones", "hex"):
        table = coverage(area, ["food_market", "parks"], of=of, by=by, minutes=[3, 8], hex_m=300).table
        np.testing.assert_allclose(table[STATES].sum(axis=1), table["total"], atol=1e-6)
        sums = table.groupby("minutes")[["total", *STATES]].sum()
        np.testing.assert_allclose(sums, whole.set_index("minutes")[sums.columns], atol=0.1 * len(table))
    assert whole["covered"].is_monotonic_increasing


def test_polygons_of_ones_own_take_the_exact_share_of_land_and_the_homes_inside() -> None:
    area = toy.serviced_city()
    x, y = toy.ORIGIN
    halves = gpd.GeoDataFrame(
        {"id": ["left", "far"], "name": ["左", "远"]},
        geometry=[box(x - 300, y - 200, x + 240, y + 1000), box(x + 9000, y, x + 9100, y + 100)], crs=toy.CRS,
    )  # fmt: skip
    before = halves.copy()
    found = coverage(area, ["food_market"], of="land", by="towns", polygons=halves, metres=[300])  # called towns
    table = found.table.set_index("unit_id")
    assert table.loc["left", ["total", "covered"]].tolist() == [4000, 4000]  # x 200 to 240 of A, 100 m deep
    assert table.loc["far", "total"] == 0  # outside the data: a row, and no share
    assert np.isnan(table.loc["far", "share_covered"])
    assert table.loc["unassigned", "total"] == 16_000
    assert found.drawn().geometry.iloc[0].equals(halves.geometry[0])
    pd.testing.assert_frame_equal(halves, before)


def test_hexagons_are_those_of_the_analysis_and_only_where_there_is_something() -> None:
    area = small_town()
    table = area.table("homes")
    found = coverage(area, ["parks"], by="hex", hex_m=250, minutes=[5]).table
    reach = park_reach(area, Walk.choose(area, minutes=5)).homes
    state = states(reach["metres_all"], reach["reason"] == "", cutoff_m=300)
    cells = hexagons(table, state, side_m=250 / np.sqrt(3)).set_index("id")
    cells = cells[cells["population"] > 0]
    own = found[found["tier"] == "all"].set_index("unit_id").loc["hex" + cells.index]
    assert len(own) == (found["tier"] == "all").sum()
    np.testing.assert_array_equal(own["covered"], cells["covered"])


def test_it_agrees_with_brute_force() -> None:
    area = small_town(11)
    measuring = Measuring(area, Walk.choose(area))
    net, placed = measuring.net(AS_MEASURED), measuring.placed("people", AS_MEASURED)
    doors = network.joined(*(measuring.doors(place, AS_MEASURED)[0] for place in ("food_market", "bus_stops")))
    metres, _ = oracle.metres_and_seconds(net, doors, placed)
    near = pd.DataFrame(metres).min(axis=1).to_numpy() <= 240.05
    people = area.table("homes")["population"].to_numpy()
    total = coverage(area, ["food_market", "bus_stops"], minutes=[4]).table.iloc[0]
    assert total["covered"] == people[near].sum()
    assert total["not_measurable"] == people[~placed.placed].sum()


def test_streets_covered_from_parks_that_serve_differently_far_agree_with_brute_force() -> None:
    area = small_town(5)
    measuring = Measuring(area, Walk.choose(area))
    bands = (Band(below_m2=5000, metres=150), Band(from_m2=5000, metres=320))
    rule = Rule(key="r", name="r", name_en="r", measure="walk", to=("parks",), of="street", bands=bands,
                verified="memory")  # fmt: skip
    net, (points, owner) = measuring.net(AS_MEASURED), measuring.doors("parks", AS_MEASURED)
    samples = oracle.points_at([
        (edge, k + 0.5, 0.0) for edge, length in enumerate(net.length_m) for k in range(round(float(length)))
    ])  # fmt: skip
    near = np.zeros(len(samples.edge), dtype=bool)
    for part in groups(rule, measuring.supply("parks"), None, AS_MEASURED):
        own = network.select(points, np.flatnonzero(part.rows[owner]))
        metres = oracle.metres_and_seconds(net, own, samples)[0]
        near |= pd.DataFrame(metres).min(axis=1).to_numpy() <= part.metres
    whole = covered(rule, "street", measuring, AS_MEASURED)
    found = whole.amount.sum()
    assert found == pytest.approx(near.sum(), rel=0.02)
    assert 0 < found < net.length_m.sum()
    one = figure(rule, measuring, units_of(area, "area"), AS_MEASURED)
    assert one.numerator[0] == pytest.approx(whole.amount[whole.measurable].sum())


def test_nobody_and_places_nobody_reaches_are_figures_and_not_errors() -> None:
    plain = small_town()
    empty = area_of(**{kind: plain.table(kind) for kind in plain.layers}
                    | {"homes": plain.table("homes").assign(population=0)})  # fmt: skip
    row = coverage(empty, ["parks"]).table.iloc[0]
    assert row[["total", *STATES]].tolist() == [0, 0, 0, 0]
    assert np.isnan(row["share_covered"])
    far = area_of(**{kind: plain.table(kind) for kind in plain.layers}
                  | {"facilities": frame([Point(9000, 9000)], category="hospital")})  # fmt: skip
    found = coverage(far, ["hospital"])
    assert found.table["covered"].tolist() == [0]
    assert any("nobody reaches them" in warning.en for warning in found.result.provenance.warnings)


def test_what_is_invented_is_not_reportable() -> None:
    area = toy.serviced_city()
    stops = layer("bus_stops", area.table("bus_stops"), basis="synthetic")
    invented = StudyArea(area.info, {**area.layers, "bus_stops": stops})
    assert not coverage(invented, ["bus_stops"]).table["reportable"].any()
    assert coverage(invented, ["parks"]).table["reportable"].all()


@pytest.mark.parametrize(
    ("places", "asked", "error", "said"),
    [
        (["zoo", "parks"], {}, ParameterError, r"no `zoo`; there are: parks \(Parks\), stations"),
        ([], {}, ParameterError, "say what is to be walked to"),
        (["parks"], {"minutes": [5], "metres": [300]}, ParameterError, "one of the two"),
        (["parks"], {"minutes": [5, 5]}, ParameterError, "numbers that differ"),
        (["parks"], {"minutes": [0]}, ParameterError, "above 0 and up to 240"),
        (["parks"], {"metres": [float("nan")]}, ParameterError, "above 0 and up to 50000"),
        (["parks"], {"tier": "comprehensive"}, ParameterError, "there are: all, community, pocket"),
        (["stations"], {"tier": "pocket"}, ParameterError, "add parks, or give no tier"),
        (["parks"], {"by": "hex", "hex_m": 5}, ParameterError, "from 100 to 20000 m"),
        (["parks"], {"speed_mps": 9}, ParameterError, "a speed above 0"),
    ],
)
def test_a_question_without_an_answer_says_what_to_ask_instead(places, asked, error, said) -> None:
    with pytest.raises(error, match=said):
        coverage(toy.serviced_city(), places, **asked)


def test_streets_under_a_profile_with_waits_say_that_these_are_not_taken_off() -> None:
    found = coverage(toy.serviced_city(), ["parks"], of="street", profile="planning-walk-waits")
    assert any("not taken off" in warning.en for warning in found.result.provenance.warnings)
    plain = coverage(toy.serviced_city(), ["parks"], of="street")
    assert not any("not taken off" in warning.en for warning in plain.result.provenance.warnings)


def test_layers_that_are_missing_are_named() -> None:
    with pytest.raises(LayerNotFoundError, match=r"no layer of Land use.*add what is missing to catalog\.toml"):
        coverage(toy.city(), ["parks"], of="land")
    with pytest.raises(LayerNotFoundError, match="homes"):
        coverage(area_of(streets=toy.city().table("streets")), ["parks"])
    with pytest.raises(ParameterError, match="communities"):
        coverage(toy.city(), ["parks"], by="communities")


def test_zones_that_overlap_are_refused_by_name() -> None:
    x, y = toy.ORIGIN
    two = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[box(x, y, x + 99, y + 99)] * 2, crs=toy.CRS)
    with pytest.raises(LayerSchemaError, match=r"(?s)a.*b.*overlap"):
        coverage(toy.city(), ["parks"], by="mine", polygons=two)


def test_towns_that_overlap_are_said_and_nobody_counts_twice() -> None:
    area = toy.serviced_city()
    x, y = toy.ORIGIN
    towns = area.table("towns").copy()
    towns.loc[0, "geometry"] = box(x - 300, y - 300, x + 1200, y + 1000)  # 200 m into the other
    drawn = StudyArea(area.info, {**area.layers, "towns": layer("towns", towns)})
    found = coverage(drawn, ["parks"], by="towns", tier="community")
    assert found.table["total"].sum() == 700
    assert any("west × east: 260,000 m2" in warning.en for warning in found.result.provenance.warnings)


def test_streets_that_end_before_the_walk_does_are_refused() -> None:
    area = toy.city()
    bounded = area_of(
        **{kind: area.table(kind) for kind in area.layers}, boundary=area.table("towns")[["id", "geometry"]]
    )
    with pytest.raises(NetworkError, match="--allow-open-edge"):
        coverage(bounded, ["parks"])
    assert coverage(bounded, ["parks"], allow_open_edge=True).table["covered"].iloc[0] == 640


def test_inputs_are_not_changed() -> None:
    area = toy.serviced_city()
    before = {kind: area.table(kind).copy() for kind in area.layers}
    coverage(area, ["parks", "stations"], of="land", by="hex")
    for kind, table in before.items():
        pd.testing.assert_frame_equal(area.table(kind), table)
