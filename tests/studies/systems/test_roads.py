"""The study of the expressways, worked out on paper.

Topology: a square ring of 4 km sides in a boundary of 12 x 12 km, links and radials around it.

Driving, at the design speeds of the profile (km/h, lowest, usual, highest)::

    y=200   ======x=====================x======   expressway 60/80/100, x from 0 to 10000
    y=100         o                     o         ramps at x = 500 and 9500, 30/40/50
    y=0     W--SW------ ~ ~ ~ ~ ~ ------SE--E     residential 20/30/40 up to x = 1000 and from 9000 on, service
                                                  10/15/20 in between

W (100 people) lives at x = 0 in the town `west`, E (300) at x = 10000 in `east`; the seats are at x = 500 and 9500.

* W to its ramp: 500 m at 30 km/h and 100 m at 40 km/h are 60 + 9 = 69 s.
* W to SE by the expressway: 60 + 18 + 9000 m at 80 km/h (405) + 18 = 501 s; along the streets 60 + 60 + 1920 + 60
  = 2100 s.
* A quarter of all trips go to SW, three quarters to SE: closed, the expressway costs 100 x 3/4 + 300 x 1/4 = 150 trips
  1599 s each, 3997.5 person-minutes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from paper import area_of, frame, homes, layer, streets
from shapely.geometry import LineString, MultiLineString, Point, box

import kunshan_gis as kg
from kunshan_gis.errors import LayerNotFoundError, ParameterError, StandardError
from kunshan_gis.indicators import INDICATORS
from kunshan_gis.messages import keys
from kunshan_gis.model import Plan, StudyArea
from kunshan_gis.standards import content_digest, drive_profile
from kunshan_gis.studies.systems.registry import run, system_files
from kunshan_gis.studies.systems.roads.driving import driving_missing, driving_of
from kunshan_gis.studies.systems.system import Asked, System, setting_of

RING = [[(0, 0), (4000, 0)], [(4000, 0), (4000, 4000)], [(4000, 4000), (0, 4000)], [(0, 4000), (0, 0)]]
OUTER = [[(-2000, -2000), (6000, -2000), (6000, 6000), (-2000, 6000), (-2000, -2000)]]
BORDER = box(-4000, -4000, 8000, 8000)


def roads(*lines: list[tuple[float, float]], **columns: Any) -> Any:
    return frame([LineString(line) for line in lines], **columns)


def network_area(*lines: list[tuple[float, float]], kinds: list[str], **columns: Any) -> StudyArea:
    return area_of(expressways=roads(*lines, **({"class": kinds} | columns)), boundary=frame([BORDER]))


def faults(found: System) -> list[tuple[str, str, float]]:
    table = found.result.tables["roads_faults"]
    return [(row["fault"], row["features"], row["fault_m"]) for row in table.to_dict(orient="records")]


def names(found: System) -> set[str]:
    return set(found.result.tables["roads_faults"]["fault"])


def test_two_rings_a_link_and_a_radial_are_in_order() -> None:
    area = network_area(
        *RING, *OUTER, [(4000, 2000), (6000, 2000)], [(6000, 1000), (9000, 1000)],
        kinds=[*["ring"] * 5, "link", "radial"], status=["existing"] * 4 + [None, "planned", "planned"],
    )  # fmt: skip
    found = run(area, "roads")
    each = found.result.tables["roads_each"].set_index("id")
    assert each["road_class"].to_dict() == {"i0": "ring", "i4": "ring", "i5": "link", "i6": "radial"}
    assert each["road_sound"].all()
    assert each["road_closed"].tolist()[:2] == [True, True]
    assert each.loc["i6", "road_reaches"] is True
    assert each["road_state"].tolist() == ["existing", "unknown", "planned", "planned"]
    assert each["road_km"].tolist() == [16, 32, 2, 3]
    assert faults(found) == []
    plan = found.result.tables["roads_plan"].set_index("road_class")
    assert plan.loc["ring", ["roads_drawn", "roads_existing", "roads_unknown", "roads_sound"]].tolist() == [2, 1, 1, 2]
    assert plan["roads_share_existing"].isna().all()
    assert any("no status" in warning.en for warning in found.result.provenance.warnings)


def test_completeness_is_held_against_the_numbers_of_the_catalogue() -> None:
    area = network_area(*RING, [(4000, 1000), (9000, 1000)], kinds=[*["ring"] * 4, "radial"], status="existing")
    info = area.info.model_copy(update={"plan": Plan(source="a test", rings=2, radials=8)})
    plan = run(StudyArea(info, area.layers), "roads").result.tables["roads_plan"].set_index("road_class")
    assert plan.loc["ring", ["roads_plan", "roads_share_existing"]].tolist() == [2, 0.5]
    assert plan.loc["radial", ["roads_plan", "roads_share_existing"]].tolist() == [8, 0.125]
    assert np.isnan(plan.loc["link", "roads_plan"])
    assert np.isnan(plan.loc["all", "roads_share_drawn"])


@pytest.mark.parametrize(
    ("lines", "kinds", "expected"),
    [
        ([*RING[:3], [(0, 3700), (0, 0)]], ["ring"] * 4,
         {("roads_ring_open", "i0, i1, i2, i3", 300.0), ("roads_gap", "i3, i2", 300.0),
          ("roads_gap", "i2, i3", 300.0)}),
        ([*RING, [(4000, 2000), (5500, 2000)]], [*["ring"] * 4, "link"],
         {("roads_link_one", "i4", None), ("roads_dead_end", "i4", None)}),
        ([*RING, [(5000, 2000), (9000, 2000)]], [*["ring"] * 4, "radial"], {("roads_radial_no_ring", "i4", 1000.0)}),
        ([*RING, [(4000, 2000), (7000, 2000)]], [*["ring"] * 4, "radial"], {("roads_radial_no_border", "i4", 1000.0)}),
        ([*RING, [(4200, 2000), (9000, 2000)]], [*["ring"] * 4, "radial"],
         {("roads_radial_no_ring", "i4", 200.0), ("roads_gap", "i4, i1", 200.0)}),
        ([*RING, [(3800, 2000), (9000, 2000)]], [*["ring"] * 4, "radial"], {("roads_overshoot", "i4, i1", 200.0)}),
        ([*RING, [(4010, 2000), (9000, 2000)]], [*["ring"] * 4, "radial"], {("roads_inexact", "i4, i1", 10.0)}),
        ([*RING, RING[0]], ["ring"] * 5, {("roads_repeated", "i0, i4", 4000.0)}),
        ([*RING, [(1000, 0), (3000, 0)]], ["ring"] * 5, {("roads_overlap", "i0, i4", 2000.0)}),
        ([*RING, [(9, 9), (9, 9)]], ["ring"] * 5, {("roads_empty", "i4", None)}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place_and_how_far(
    lines: list[list[tuple[float, float]]], kinds: list[str], expected: set[tuple[str, str, float | None]]
) -> None:
    found = run(network_area(*lines, kinds=kinds), "roads")
    said = {(key, ids, None if np.isnan(metres) else metres) for key, ids, metres in faults(found)}
    assert expected <= said
    located = found.result.tables["roads_faults"].set_index("fault").drop(index="roads_empty", errors="ignore")
    assert located[["lon", "lat"]].notna().all(axis=None)
    assert {f"fault_{key}" for key, _, _ in expected} <= set(keys())


def test_crossings_on_two_levels_are_said_to_be_apart() -> None:
    area = network_area([(0, 0), (4000, 0)], [(2000, -2000), (2000, 2000)], kinds=["ring", "link"],
                        structure=["elevated", "ground"])  # fmt: skip
    assert ("roads_apart", "i0, i1") in [one[:2] for one in faults(run(area, "roads"))]


def test_without_a_boundary_nobody_knows_whether_a_radial_reaches_it() -> None:
    area = area_of(expressways=roads(*RING, [(4000, 1000), (5000, 1000)], **{"class": [*["ring"] * 4, "radial"]}))
    found = run(area, "roads")
    assert found.result.tables["roads_each"].set_index("id").loc["i4", "road_reaches"] is None
    assert "not known whether they reach" in found.explain("en")
    assert np.isnan(found.result.tables["roads_density"]["road_density"]).all()


def test_density_counts_what_lies_inside_and_stands() -> None:
    lines = [[(-6000, 0), (8000, 0)], [(0, 100), (0, 4100)]]
    towns = frame([box(-4000, -4000, 2000, 8000), box(2000, -4000, 8000, 8000)], id=["w", "e"], name=["W", "E"])
    area = area_of(
        expressways=roads(*lines, **{"class": "link"}, status=["existing", "planned"]),
        boundary=frame([BORDER]),
        towns=towns,
    )
    table = (
        run(area, "roads", Asked(by="towns", scenario="existing")).result.tables["roads_density"].set_index("unit_id")
    )
    assert table["unit_km2"].tolist() == [144, 72, 72]
    assert table["road_km_standing"].round(9).tolist() == [12, 6, 6]
    assert table["road_km_future"].round(9).tolist() == [4, 4, 0]
    assert table["road_density"].round(9).tolist() == [round(12 / 144, 9), round(6 / 72, 9), round(6 / 72, 9)]
    planned = (
        run(area, "roads", Asked(by="towns", scenario="planned")).result.tables["roads_density"].set_index("unit_id")
    )
    assert planned.loc["w", "road_km_standing"] == pytest.approx(10)


def drive_area(**changed: Any) -> StudyArea:
    """The city of the module's head; a layer given as None is left out."""
    tables = {
        "expressways": roads([(0, 200), (10000, 200)], **{"class": "link"}, name="X", status="existing"),
        "ramps": frame([Point(500, 100), Point(9500, 100)], id=["rw", "re"], expressway_id="i0", status="existing"),
        "streets": streets([(0, 0), (1000, 0)], [(1000, 0), (9000, 0)], [(9000, 0), (10000, 0)],
                           **{"class": ["residential", "service", "residential"]}),
        "homes": homes((0, 0), (10000, 0), population=[100, 300]),
        "towns": frame([box(-100, -500, 5000, 500), box(5000, -500, 10100, 500)], id=["west", "east"],
                       name=["西", "东"], name_en=["West", "East"]),
        "seats": frame([Point(500, 0), Point(9500, 0)], town_id=["west", "east"]),
    }  # fmt: skip
    return area_of(**{kind: table for kind, table in (tables | changed).items() if table is not None})


def test_drives_to_a_ramp_are_the_sum_of_street_and_ramp() -> None:
    towns = run(drive_area(), "roads").result.tables["roads_towns"].set_index("unit_id")
    assert towns.loc["west", "drive_min"] == pytest.approx(69 / 60)
    assert towns.loc["west", "drive_min_low"] == pytest.approx((45 + 7.2) / 60)  # 40 and 50 km/h
    assert towns.loc["west", "drive_min_high"] == pytest.approx((90 + 12) / 60)  # 20 and 30 km/h
    assert towns.loc["west", "seat_min"] == pytest.approx(9 / 60)
    assert towns["population"].tolist() == [100, 300]


def test_people_within_a_drive_in_three_states_with_the_range_of_the_speeds() -> None:
    far = homes((0, 0), (10000, 0), (4000, 0), (4000, 1000), population=[100, 300, 40, 7])
    table = run(drive_area(homes=far), "roads", Asked(by="area")).result.tables["roads_access"]
    # the third drives 3000 m at 15 km/h, 500 m at 30 km/h and 100 m of ramp: 720 + 60 + 9 s = 13.15 min
    assert table["within_min"].tolist() == [5, 10, 15]
    assert table["covered"].tolist() == [400, 400, 440]
    assert table["not_covered"].tolist() == [40, 40, 0]
    assert table["not_measurable"].tolist() == [7, 7, 7]
    assert table["share_covered"].tolist() == pytest.approx([400 / 447, 400 / 447, 440 / 447])
    assert table["share_covered_low"].tolist() == pytest.approx([400 / 447] * 3)  # 19.7 min at the lowest speeds
    assert table["share_covered_high"].tolist() == pytest.approx([400 / 447, 440 / 447, 440 / 447])  # 9.9


def test_the_cutoff_is_inclusive() -> None:
    # 100 m of ramp are 9 s; 291 s at 30 km/h are 2425 m
    one = streets([(0, 0), (10000, 0)])
    lives = homes((500 + 2425, 0), (500 + 2426, 0), population=[10, 1])
    table = run(drive_area(streets=one, homes=lives), "roads", Asked(by="area")).result.tables["roads_access"]
    assert table["covered"].tolist() == [10, 11, 11]


def test_closing_the_expressway_costs_what_is_worked_out_by_hand() -> None:
    table = run(drive_area(), "roads").result.tables["roads_redundancy"]
    worst = table.iloc[0]
    assert worst["road_between"] == "匝道 rw—匝道 re"
    assert worst["road_km"] == 9
    assert worst["road_person_min"] == pytest.approx(3997.5)
    assert worst["road_extra_min"] == pytest.approx(3997.5 / 400)
    assert worst["road_detour_min"] == pytest.approx((18 + 60 + 1920 + 60 + 18 - 405) / 60)
    assert worst["road_cut_off"] == 0
    assert bool(worst["road_cut_edge"])
    assert table["road_person_min"].tolist()[1:] == [0, 0]  # from the ramps to the loose ends


def test_a_segment_that_alone_leads_there_cuts_people_off() -> None:
    apart = streets([(0, 0), (1000, 0)], [(9000, 0), (10000, 0)])
    worst = run(drive_area(streets=apart), "roads").result.tables["roads_redundancy"].iloc[0]
    assert worst["road_person_min"] == 0
    assert worst["road_cut_off"] == 150
    assert np.isnan(worst["road_detour_min"])


def test_existing_and_planned_are_told_apart() -> None:
    later = roads([(0, 200), (10000, 200)], **{"class": "link"}, status="planned")
    found = run(drive_area(expressways=later, ramps=drive_area().table("ramps").assign(status="planned")), "roads")
    stages = found.result.tables["roads_stages"].drop_duplicates("road_stage").set_index("road_stage")
    assert stages["road_km_standing"].tolist() == [0, 0, 10]
    assert stages["road_ramps"].tolist() == [0, 0, 2]
    assert stages["share_covered"].isna().tolist() == [True, True, False]

    # W: a quarter to SW 60 s, three quarters to SE; E: 60 s and 501 or 2100 s
    def trip(far: float) -> float:
        return (100 * (0.25 * 60 + 0.75 * far) + 300 * (0.75 * 60 + 0.25 * far)) / 400 / 60

    assert stages["drive_trip_min"].tolist() == pytest.approx([trip(2100), trip(2100), trip(501)])
    towns = found.result.tables["roads_towns_plan"].set_index("unit_id")
    assert towns["drive_existing_min"].isna().all()
    assert towns.loc["west", "drive_planned_min"] == pytest.approx(69 / 60)
    assert found.result.tables["roads_towns"]["drive_min"].isna().all()  # the study area's scenario is the existing one


def test_a_line_drawn_as_planned_and_as_existing_is_one_road_at_either_stage() -> None:
    line = [(0, 200), (10000, 200)]
    twice = roads(line, line, **{"class": "link"}, status=["planned", "existing"], name="X")
    ramps = drive_area().table("ramps").assign(expressway_id=None)
    found = run(drive_area(expressways=twice, ramps=ramps), "roads")
    assert found.result.tables["roads_each"]["road_pieces"].tolist() == [1]
    assert found.result.tables["roads_redundancy"]["name"].tolist() == ["X"] * 3
    assert "roads_repeated" in names(found)


def test_a_row_without_geometry_is_named_and_left_out() -> None:
    drawn = roads([(0, 200), (10000, 200)], [(0, 900), (10000, 900)], **{"class": "link"}, name=["X", "Y"])
    drawn.loc[1, "geometry"] = None
    found = run(drive_area(expressways=drawn), "roads")
    assert ("roads_empty", "i1") in [one[:2] for one in faults(found)]
    assert found.result.tables["roads_each"]["name"].tolist() == ["X"]


def test_what_has_no_status_counts_as_standing_but_not_as_sure() -> None:
    unknown = roads([(0, 200), (10000, 200)], **{"class": "link"}, status=None)
    stages = run(drive_area(expressways=unknown), "roads").result.tables["roads_stages"].drop_duplicates("road_stage")
    assert stages["road_km_standing"].tolist() == [0, 10, 10]


def test_without_ramps_nothing_is_driven_onto_and_it_is_named() -> None:
    area = drive_area(ramps=None)
    setting = setting_of(area)
    assert driving_missing(setting) == ("ramps",)
    assert driving_of(setting) is None
    found = run(area, "roads")
    access = found.result.tables["roads_access"]
    assert (access["not_measurable"] == access["population"]).all()
    assert access["share_covered"].isna().all()
    assert found.result.tables["roads_redundancy"]["road_person_min"].isna().all()
    assert found.result.tables["roads_towns"]["drive_min"].isna().all()
    assert "ramps" in [missing["kind"] for missing in found.result.provenance.missing]
    assert "No ramp leads onto" in found.explain("en")


@pytest.mark.parametrize("lacking", ["homes", "seats", "towns", "streets"])
def test_every_other_layer_may_be_missing(lacking: str) -> None:
    found = run(drive_area(**{lacking: None}), "roads")
    assert found.result.tables["roads_plan"]["roads_drawn"].tolist() == [0, 1, 0, 1]
    assert system_files(found)


def test_ramps_far_from_their_expressway_from_any_street_or_of_none_are_named() -> None:
    ramps = frame([Point(500, 100), Point(2000, 600), Point(3000, 450), Point(4000, 100)],
                  id=["a", "far", "alone", "lost"], expressway_id=["i0", "i0", None, "nobody"])  # fmt: skip
    found = [one for one in faults(run(drive_area(ramps=ramps), "roads")) if one[0].startswith("roads_ramp")]
    assert [one[:2] for one in found] == [
        ("roads_ramp_far", "far, i0"), ("roads_ramp_no_street", "alone"), ("roads_ramp_no_street", "far"),
        ("roads_ramp_unknown", "lost, nobody"),
    ]  # fmt: skip
    assert found[0][2] == 400


def test_the_streets_that_are_the_expressway_are_not_driven_on_twice() -> None:
    twin = streets([(0, 0), (1000, 0)], [(1000, 0), (9000, 0)], [(9000, 0), (10000, 0)], [(0, 0), (10000, 0)],
                   **{"class": ["residential", "service", "residential", "motorway"]},
                   walkable=[True, True, True, False])  # fmt: skip
    with_it, without = (driving_of(setting_of(drive_area(streets=table, **rest))) for table, rest in (
        (twin, {}), (twin, {"expressways": None, "ramps": None})))  # fmt: skip
    assert with_it is not None
    assert without is not None
    ends = frame([Point(0, 0), Point(10000, 0)]).geometry
    assert with_it.between(ends.iloc[:1], ends.iloc[1:])[1, 0, 0] == pytest.approx((60 + 18 + 405 + 18 + 60) / 60)
    assert without.between(ends.iloc[:1], ends.iloc[1:])[1, 0, 0] == pytest.approx(10000 / (100 / 3.6) / 60)


def test_driving_gives_pairs_ranges_and_what_crosses_a_line() -> None:
    driving = driving_of(setting_of(drive_area()))
    assert driving is not None
    seats = drive_area().table("seats").geometry
    low, usual, high = driving.between(seats, seats)
    assert usual[0, 1] == pytest.approx((18 + 405 + 18) / 60)
    assert usual[0, 0] == 0
    assert (low <= usual).all()
    assert (usual <= high).all()
    assert np.allclose(usual, usual.T)
    middle = LineString([(605000, 3469000), (605000, 3471000)])
    assert len(driving.across(middle).edge) == 2  # the street and the expressway
    assert driving.to(driving.across(middle)).at(seats)["minutes"].tolist() == pytest.approx(
        [(18 + 4500 / (80 / 3.6)) / 60] * 2
    )
    assert driving.to(frame([Point(0, 5000)]).geometry).at(seats)["minutes"].tolist() == [np.inf] * 2
    assert np.isnan(driving.to(seats).at(frame([Point(0, 5000)]).geometry)["minutes"].iloc[0])


def test_a_seat_known_roughly_gives_a_wider_range() -> None:
    seats = drive_area().table("seats")
    exact = run(drive_area(seats=seats), "roads").result.tables["roads_towns"].iloc[0]
    rough = run(drive_area(seats=seats.assign(accuracy_m=150.0)), "roads").result.tables["roads_towns"].iloc[0]
    assert rough["seat_min"] == exact["seat_min"]
    assert rough["seat_min_high"] > exact["seat_min_high"]
    assert rough["seat_min_low"] <= exact["seat_min_low"]
    area = drive_area(seats=seats)
    whole = StudyArea(area.info, {**area.layers, "seats": layer("seats", seats, accuracy_m=150.0)})
    pd.testing.assert_series_equal(run(whole, "roads").result.tables["roads_towns"].iloc[0], rough)


def test_schematic_expressways_make_every_figure_a_demonstration() -> None:
    area = drive_area()
    drawn = layer("expressways", area.table("expressways"), basis="schematic")
    found = run(StudyArea(area.info, {**area.layers, "expressways": drawn}), "roads")
    assert not found.result.reportable
    assert not found.result.tables["roads_plan"]["reportable"].any()
    assert run(area, "roads").result.reportable


def test_every_column_has_a_label_and_every_table_a_sheet() -> None:
    found = run(drive_area(), "roads")
    for name, table in found.result.tables.items():
        assert set(table.columns) - {"id"} <= set(INDICATORS) | {c for c in table if str(c).endswith("_en")}, name
        assert f"sheet_{name}" in keys()
        assert name.startswith("roads_")
    assert len(found.said) >= 3
    assert {"roads_severance", "roads_plan"} <= set(found.result.tables)


def test_the_study_leaves_its_layers_alone_and_gives_the_same_again() -> None:
    area = drive_area()
    before = {kind: area.table(kind).to_csv() for kind in ("expressways", "ramps", "streets", "homes", "seats")}
    one, two = (system_files(run(drive_area(), "roads")) for _ in range(2))
    run(area, "roads")
    assert one == two
    assert {kind: area.table(kind).to_csv() for kind in before} == before


def test_wrong_questions_are_refused_with_the_remedy() -> None:
    with pytest.raises(StandardError, match="there are: design-speeds"):
        run(drive_area(), "roads", Asked(options={"drive": "fast"}))
    with pytest.raises(ParameterError, match="roads"):
        run(drive_area(), "roads", Asked(options={"no_such": 1}))
    with pytest.raises(LayerNotFoundError, match="expressways"):
        run(drive_area(expressways=None), "roads")


@pytest.fixture(scope="module")
def embedded() -> System:
    return run(kg.open_area(kg.embedded_folder()), "roads")


def test_the_embedded_city_draws_two_rings_four_links_eight_radials(embedded: System) -> None:
    plan = embedded.result.tables["roads_plan"].set_index("road_class")
    assert plan["roads_plan"].tolist() == plan["roads_drawn"].tolist() == [2, 4, 8, 14]
    assert plan["roads_existing"].tolist() == [1, 0, 0, 1]
    rings = embedded.result.tables["roads_each"].query("road_class == 'ring'")
    assert rings["road_pieces"].tolist() == [2, 15]
    assert rings["road_closed"].all()
    assert rings.set_index("name").loc["中环", "road_km"] == pytest.approx(44.2, abs=0.01)
    assert "roads_ramp_far" in names(embedded)


def test_the_embedded_city_adds_up(embedded: System) -> None:
    access = embedded.result.tables["roads_access"]
    states = access[["covered", "not_covered", "not_measurable"]].sum(axis=1)
    assert (states == access["population"]).all()
    assert access.groupby("within_min")["population"].sum().tolist() == [2_092_496] * 3
    wider = access.pivot_table(index="unit_id", columns="within_min", values="covered")
    assert (wider.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert (access["share_covered_low"] <= access["share_covered"]).all()
    assert (access["share_covered"] <= access["share_covered_high"]).all()
    whole = embedded.result.tables["roads_lengths"].set_index("road_class")["road_km"]
    assert whole["all"] == pytest.approx(whole[["ring", "link", "radial"]].sum())
    costs = embedded.result.tables["roads_redundancy"]["road_person_min"]
    assert (costs >= 0).all()
    assert isinstance(embedded.result.tables["roads_density"], pd.DataFrame)


def test_a_part_drawn_twice_hands_no_road_on_to_the_rest_of_its_line() -> None:
    one, two, three = ([(0, y), (3000, y)] for y in (0, 1000, 2000))
    lines = [LineString(one), MultiLineString([one, two]), LineString(three)]
    area = area_of(expressways=frame(lines, id=["a", "b", "c"], name=["A", "B", "C"], **{"class": "radial"}))
    found = run(area, "roads").result.tables
    assert found["roads_each"][["name", "road_km"]].to_numpy().tolist() == [["A", 3], ["B", 3], ["C", 3]]
    assert sorted(found["roads_redundancy"]["name"]) == ["A", "B", "C"]


def test_without_streets_only_what_stands_can_be_closed() -> None:
    area = network_area(
        *RING, [(4000, 2000), (6000, 2000)], kinds=[*["ring"] * 4, "link"], status=["existing"] * 4 + ["planned"]
    )
    existing = StudyArea(area.info.model_copy(update={"scenario": "existing"}), area.layers)
    assert set(run(existing, "roads").result.tables["roads_redundancy"]["road_class"]) == {"ring"}
    planned = StudyArea(area.info.model_copy(update={"scenario": "planned"}), area.layers)
    assert set(run(planned, "roads").result.tables["roads_redundancy"]["road_class"]) == {"ring", "link"}


def test_where_no_expressway_stands_the_plan_is_still_told() -> None:
    area = network_area(*RING, kinds=["ring"] * 4, status="planned")
    existing = StudyArea(area.info.model_copy(update={"scenario": "existing"}), area.layers)
    found = run(existing, "roads").result.tables
    assert len(found["roads_each"]) == 1
    assert not len(found["roads_redundancy"])


def test_homes_that_count_buildings_are_not_called_residents() -> None:
    area = drive_area()
    counting = layer("homes", area.table("homes"), counts="buildings")
    said = " ".join(one.en for one in run(StudyArea(area.info, {**area.layers, "homes": counting}), "roads").said)
    assert "Of all 400 buildings, who drive" in said
    assert "Of all 400 residents, who drive" in " ".join(one.en for one in run(area, "roads").said)


def test_what_any_layer_makes_a_demonstration_is_said_as_one() -> None:
    area = drive_area()
    shops = frame([Point(50, 5)], id=["s"], category="market")
    made_up = layer("facilities", shops, basis="synthetic")
    found = run(StudyArea(area.info, {**area.layers, "facilities": made_up}), "roads")
    assert not found.result.reportable
    assert "Of all 0.4 thousand residents" in " ".join(one.en for one in found.said)


def test_the_parameters_tell_by_which_speeds() -> None:
    asked = run(drive_area(), "roads").result.provenance.parameters
    assert asked["drive_sha256"] == content_digest(drive_profile(asked["drive"]))
