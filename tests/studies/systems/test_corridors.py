"""Corridors worked out on paper: a strip with a pinch, a gap, a road and a house on it, crossed by a line."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from paper import X0, Y0, area_of, frame, homes, layer, parks, streets
from shapely.affinity import translate
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box

import kunshan_gis as kg
from kunshan_gis.contracts import check
from kunshan_gis.errors import LayerNotFoundError, ParameterError
from kunshan_gis.model import Plan, StudyArea
from kunshan_gis.standards import content_digest, corridor_profile
from kunshan_gis.studies.systems.registry import entry_of, run
from kunshan_gis.studies.systems.system import Asked, System

STRIP = shapely.union_all([box(0, 0, 400, 200), box(600, 0, 1000, 200), box(400, 70, 600, 130)])
"""1,000 m long and 200 m wide, 60 m wide for 200 m: 172,000 m2."""
REST = box(1040, 0, 1500, 200)
"""Its other part, 460 m long, 40 m farther east: 92,000 m2."""
LAKE = box(1100, 0, 1140, 200)


def city(**more: object) -> StudyArea:
    """The strip (horizontal), a line of 1,300 m with a stated width of 60 m (vertical), and what breaks and joins them.

    On the strip's course: a house plot from 100 to 180 m, a main road at 250 m, an expressway sketched at 700 m, a
    viaduct at 800 m; the main road leads north to the homes.
    """
    tables = {
        "corridors": frame(
            [shapely.MultiPolygon([STRIP, REST]), LineString([(1200, -500), (1200, 800)])],
            id=["h", "v"], name=["横廊", "纵廊"], name_en=["Across", "Up"], width_m=[None, 60.0],
            **{"class": ["horizontal", "vertical"]},
        ),
        "streets": streets(
            [(250, -1000), (250, 1500)], [(800, -500), (800, 500)], **{"class": "primary"},
            structure=["ground", "elevated"],
        ),
        "expressways": frame(
            [LineString([(700, -500), (700, 500)])], id=["x"], structure="ground", basis="schematic",
            **{"class": "ring"},
        ),
        "landuse": frame([box(100, 80, 180, 120)], id=["plot"], code="R2", code_edition="GB 50137-2011"),
        "parks": parks((0, 210, 100, 310), (0, 1000, 100, 1100)),
        "water": frame([LAKE], id=["lake"], name=["湖"]),
        "homes": homes((250, 1100), (250, 1102), (250, 1250), (5000, 5000), (1470, 150),
                       population=[100, 20, 3, 7, 1000]),
    }  # fmt: skip
    return area_of(**(tables | more))


def asked(area: StudyArea, **options: object) -> System:
    return run(area, "corridors", Asked(options=options))


@pytest.fixture(scope="module")
def found() -> System:
    return asked(city())


def test_width_is_that_of_the_outline_or_as_stated(found: System) -> None:
    strip, line = found.table.to_dict(orient="records")
    assert (strip["width_from"], line["width_from"]) == ("outline", "stated")
    assert strip["corridor_ha"] == pytest.approx(26.4)
    assert strip["course_km"] == pytest.approx(1.46, abs=0.001)
    assert strip["mean_width_m"] == pytest.approx(264_000 / 1460, abs=0.5)
    assert strip["narrowest_m"] == pytest.approx(60, abs=0.2)
    assert strip["share_wide"] == pytest.approx(1 - 12 / 264, abs=0.01)  # the neck's 200 x 60 m are too narrow
    assert strip["width_class"] == "in_part"
    assert (line["corridor_ha"], line["narrowest_m"], line["share_wide"]) == (pytest.approx(7.8), 60, 0)
    assert line["width_class"] == "narrow"


def test_the_width_wanted_is_data_and_may_be_asked_for(found: System) -> None:
    asked_for = found.result.provenance.parameters
    assert asked_for["width_m"] == 100
    assert asked_for["corridor_sha256"] == content_digest(corridor_profile(asked_for["corridor"]))
    narrower = asked(city(), width_m=60).table
    assert narrower["width_class"].tolist() == ["wide", "wide"]
    wider = asked(city(), width_m=201).table
    assert wider["width_class"].tolist() == ["narrow", "narrow"]
    shares = [asked(city(), width_m=width).table["share_wide"].to_numpy() for width in (40, 60, 100, 201)]
    assert (np.diff(np.array(shares), axis=0) <= 1e-9).all()  # more is never met more


def test_gaps_cuts_houses_and_pinches_are_each_found_where_they_are(found: System) -> None:
    table = found.drawn["corridors_gaps"]
    own = table[table["id"] == "h"].set_index("cut_by")
    at = {name: (round(place.x - X0), round(place.y - Y0)) for name, place in own.geometry.items()}
    assert at["gap"] == (1020, at["gap"][1])
    assert own.loc["gap", "break_m"] == pytest.approx(40)
    assert at["main_roads"] == (pytest.approx(250, abs=1), pytest.approx(100, abs=1))
    assert own.loc["main_roads", "sure"] == "certain"
    assert (at["expressways"][0], own.loc["expressways", "sure"]) == (pytest.approx(700, abs=1), "perhaps")
    assert at["built_up"] == (pytest.approx(140, abs=1), pytest.approx(100, abs=1))
    assert own.loc["built_up", "break_m"] == pytest.approx(80, abs=0.5)
    assert at["narrow"] == (pytest.approx(500, abs=5), pytest.approx(100, abs=1))
    assert own.loc["narrow", "narrow_m"] == pytest.approx(60, abs=0.2)
    assert len(own) == 5  # the viaduct at 800 m cuts nothing


def test_continuity_is_a_range_where_a_cut_is_not_certain(found: System) -> None:
    strip = found.table.iloc[0]
    assert (strip["corridor_pieces"], strip["corridor_gaps"], strip["gap_m"]) == (2, 1, pytest.approx(40))
    assert (strip["cuts"], strip["cuts_perhaps"]) == (1, 1)
    assert strip["built_km"] == pytest.approx(0.08, abs=0.001)
    assert strip["share_free"] == pytest.approx(1380 / 1500, abs=0.001)
    # free: 0-100, 180-250, 250-1000 and the other part's 460; with the sketched expressway 250-700, 700-1000
    assert math.isnan(strip["longest_km"])
    assert strip["longest_km_high"] == pytest.approx(0.75, abs=0.001)
    assert strip["longest_km_low"] == pytest.approx(0.46, abs=0.001)
    assert strip["coherence_high"] == pytest.approx((100**2 + 70**2 + 750**2 + 460**2) / 1500**2, abs=0.002)
    assert strip["coherence_low"] == pytest.approx((100**2 + 70**2 + 450**2 + 300**2 + 460**2) / 1500**2, abs=0.002)


def test_a_surveyed_expressway_is_certain_and_a_bare_figure(found: System) -> None:
    known = city().table("expressways").assign(basis="surveyed")
    strip = asked(city(expressways=known)).table.iloc[0]
    assert (strip["cuts"], strip["cuts_perhaps"]) == (2, 0)
    assert strip["longest_km"] == pytest.approx(found.table["longest_km_low"].iloc[0])
    unknown = city().table("expressways").assign(basis="surveyed", structure="unknown")
    assert asked(city(expressways=unknown)).table["cuts_perhaps"].iloc[0] == 1
    bridge = city().table("expressways").assign(basis="surveyed", structure="elevated")
    assert asked(city(expressways=bridge)).table["cuts"].iloc[0] == 1


def test_a_railway_cuts_and_a_tram_in_the_street_does_not() -> None:
    tracks = [LineString([(320, -500), (320, 500)]), LineString([(900, -500), (900, 500)])]
    rail = frame(tracks, structure="ground", **{"class": ["rail", "tram"]})
    table = asked(city(rail=rail)).drawn["corridors_gaps"]
    (place,) = table[table["cut_by"] == "rail"].geometry
    assert place.x - X0 == pytest.approx(320, abs=1)
    unclassed = asked(city(rail=rail.drop(columns="class"))).table
    assert unclassed["cuts"].iloc[0] == 3


def test_without_land_use_or_scope_unbroken_is_at_most_so_long() -> None:
    layers = {kind: one.table for kind, one in city().layers.items() if kind != "landuse"}
    table = asked(area_of(**layers)).table
    assert table["built_km"].isna().all()
    assert table["share_free"].isna().all()
    assert table["share_built_up"].isna().all()
    assert table["longest_km"].isna().all()
    assert table["longest_km_high"].iloc[0] == pytest.approx(0.75, abs=0.001)
    assert table["longest_km_low"].isna().all()


def test_built_up_scope_stands_in_for_land_use() -> None:
    layers = {kind: one.table for kind, one in city().layers.items() if kind != "landuse"}
    scope = frame([box(100, -50, 180, 250)], scope="built_up")
    table = asked(area_of(**layers, scope=scope)).table
    assert table["built_km"].iloc[0] == pytest.approx(0.08, abs=0.001)


def test_walk_and_straight_distance_stand_side_by_side(found: System) -> None:
    """By the main road to the outline at y = 200: 900 m (covered), 902 m, 1,050 m; one home lies in the strip."""
    (row,) = found.result.tables["corridors_access_area"].to_dict(orient="records")
    assert (row["population"], row["covered"], row["not_covered"], row["not_measurable"]) == (1130, 1100, 23, 7)
    assert row["share_covered"] == pytest.approx(1100 / 1130)
    assert (row["within_near"], row["near_not_on_foot"]) == (1120, 20)
    each = found.table.set_index("id")
    assert (each.loc["h", "on_foot"], each.loc["h", "within_near"]) == (1100, 1120)
    # no street leads into the line; to its edge at x = 1170, y <= 800: sqrt(920^2 + 300^2) = 968 m
    assert (each.loc["v", "on_foot"], each.loc["v", "within_near"]) == (0, 1120)
    assert each.loc["h", "entrances"] == 2


def test_a_longer_walk_or_distance_never_loses_anybody() -> None:
    walked = [run(city(), "corridors", Asked(minutes=minutes)).result.tables["corridors_access_area"]["covered"].sum()
              for minutes in (5, 15, 20, 30)]  # fmt: skip
    near = [asked(city(), near_m=metres).result.tables["corridors_access_area"]["within_near"].sum()
            for metres in (100, 950, 1000, 2000)]  # fmt: skip
    assert walked == sorted(walked)
    assert near == sorted(near)
    assert (walked[-1], near[-1]) == (1123, 1123)


def test_what_touches_or_lies_near_is_joined(found: System) -> None:
    joined = found.result.tables["corridors_joined"].set_index("id")
    assert joined["joined_kind"].to_dict() == {"i0": "parks", "lake": "water"}
    assert joined.loc["i0", "apart_m"] == pytest.approx(10)
    assert joined.loc["i0", "joined_to_en"] == "Across"
    strip = found.table.iloc[0]
    assert (strip["joined_parks"], strip["joined_parks_ha"], strip["joined_water"]) == (1, 1.0, 1)
    assert strip["share_water"] == pytest.approx(8_000 / 264_000)
    assert strip["share_green"] == pytest.approx(8_000 / 264_000)
    assert strip["share_built_up"] == pytest.approx(3_200 / 264_000)
    nets = found.result.tables["corridors_networks"]
    assert nets[["network", "parks"]].to_numpy().tolist() == [["1", 1], ["isolated", 1]]
    far = asked(city(), joined_m=5).result.tables["corridors_networks"]
    # 40 m between its parts is now too far: the strip's west, its east with the line that crosses it
    assert far[["network", "parks"]].to_numpy().tolist() == [["1", 0], ["2", 0], ["isolated", 2]]


def test_every_horizontal_meets_every_vertical_or_is_so_far_from_it(found: System) -> None:
    (pair,) = found.result.tables["corridors_mesh"].to_dict(orient="records")
    assert (pair["id"], pair["meets"], pair["apart_m"]) == ("h/v", True, 0)
    moved = city().table("corridors")
    moved.loc[1, "geometry"] = translate(LineString([(1700, -500), (1700, 800)]), X0, Y0)
    (pair,) = asked(city(corridors=moved)).result.tables["corridors_mesh"].to_dict(orient="records")
    assert (pair["meets"], pair["apart_m"]) == (False, pytest.approx(170))  # its own half width off


def test_drawn_against_the_plan_class_by_class(found: System) -> None:
    classes = found.result.tables["corridors_classes"].set_index("corridor_class")
    assert classes["plan_number"].isna().all()
    assert "[area.plan]" in found.explain("en")
    area = city()
    plan = Plan(source="the plan", corridors_horizontal=7, corridors_vertical=4)
    planned = asked(replace(area, info=area.info.model_copy(update={"plan": plan}))).result.tables["corridors_classes"]
    assert planned[["corridor_class", "plan_number", "drawn_number", "plan_gap"]].to_numpy().tolist() == [
        ["horizontal", 7, 1, -6], ["vertical", 4, 1, -3],
    ]  # fmt: skip


def test_planned_corridors_are_drawn_and_serve_nobody_yet() -> None:
    rows = city().table("corridors").assign(status=["planned", "existing"])
    area = city(corridors=rows)
    now, then = (run(area, "corridors", Asked(scenario=which)) for which in ("existing", "planned"))
    assert now.table["id"].tolist() == ["v"]
    assert then.table["id"].tolist() == ["h", "v"]
    assert now.result.tables["corridors_classes"]["drawn_number"].tolist() == [1, 1]
    assert now.result.tables["corridors_classes"]["there_number"].tolist() == [0, 1]


def test_coarse_positions_give_ranges_and_no_bare_figure() -> None:
    rough = city().table("corridors").assign(accuracy_m=[400.0, 5.0])
    found = asked(city(corridors=rough))
    strip = found.table.iloc[0]
    assert math.isnan(strip["on_foot"])
    assert (strip["on_foot_low"], strip["on_foot_high"]) == (1000, 1123)
    assert math.isnan(strip["share_wide"])
    assert (strip["share_wide_low"], strip["share_wide_high"], strip["width_class"]) == (0, 1, "not_measurable")
    (row,) = found.result.tables["corridors_access_area"].to_dict(orient="records")
    assert math.isnan(row["covered"])
    assert (row["covered_low"], row["covered_high"]) == (1000, 1123)
    assert "known less well than a third" in " ".join(one.en for one in found.result.provenance.warnings)


def test_a_sketch_is_a_demonstration_and_says_so() -> None:
    area = city()
    info = area.layer("corridors").info.model_copy(update={"basis": "schematic"})
    sketched = replace(area, layers={**area.layers, "corridors": replace(area.layer("corridors"), info=info)})
    found = asked(sketched)
    assert not found.result.reportable
    assert "is a sketch" in " ".join(one.en for one in found.result.provenance.warnings)


def test_without_homes_streets_or_parks_the_rest_is_measured() -> None:
    bare = asked(area_of(corridors=city().table("corridors")))
    assert not any(name.startswith("corridors_access") for name in bare.result.tables)
    assert bare.table["corridor_gaps"].tolist() == [1, 0]
    assert bare.table[["on_foot", "within_near", "joined_parks", "share_green"]].isna().all(axis=None)
    assert {one["kind"] for one in bare.result.provenance.missing} >= {"homes", "streets", "parks", "water"}
    unwalked = asked(area_of(corridors=city().table("corridors"), homes=city().table("homes")))
    (row,) = unwalked.result.tables["corridors_access_area"].to_dict(orient="records")
    assert (row["within_near"], row["not_measurable"]) == (1120, 1130)
    assert math.isnan(row["covered"])
    assert "without streets" in unwalked.explain("en")
    with pytest.raises(LayerNotFoundError, match="corridors"):
        asked(area_of(homes=city().table("homes")))


def test_a_line_without_width_is_not_measurable_and_says_so() -> None:
    lines = frame([LineString([(0, 0), (1000, 0)])], id=["h"], **{"class": "horizontal"})
    found = asked(area_of(corridors=lines))
    assert found.table["width_class"].tolist() == ["not_measurable"]
    assert found.table[["mean_width_m", "narrowest_m", "share_wide", "corridor_ha"]].isna().all(axis=None)
    assert "not measurable" in found.explain("en")
    assert found.table["name"].tolist() == ["h"]


def test_an_option_that_means_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="width_m"):
        asked(city(), width_m=0)
    with pytest.raises(ParameterError, match="colour"):
        asked(city(), colour="green")


def faults(rows: object, **more: object) -> dict[str, tuple[str, float]]:
    found = asked(area_of(corridors=rows, **more))
    table = found.result.tables["corridors_faults"]
    assert table["remedy_en"].str.len().gt(0).all()
    return {row["fault"]: (row["features"], row["fault_m"]) for row in table.to_dict(orient="records")}


def lines(*shapes: object, **columns: object):
    return frame(shapes, **({"class": "horizontal"} | columns))


def test_faults_are_named_located_and_have_a_remedy() -> None:
    straight = LineString([(0, 0), (1000, 0)])
    assert faults(lines(straight)) == {}
    assert faults(lines(straight, **{"class": [None]}))["corridors_no_class"][0] == "i0"
    assert faults(lines(straight, **{"class": "vertical"}))["corridors_direction"] == ("i0", 1000)
    loop = LineString([(0, 0), (1000, 0), (1000, 300), (500, 300), (500, -300)])
    assert faults(lines(loop))["corridors_crosses_itself"][0] == "i0"
    twice = lines(straight, LineString([(200, 0), (900, 0)]), name=["甲", "乙"])
    assert faults(twice)["corridors_overlap"] == ("i0, i1", pytest.approx(700))
    named = lines(straight, LineString([(0, 500), (1000, 500)]), name=["甲", "甲"])
    assert faults(named)["corridors_one_name"][0] == "i0, i1"
    slip = lines(MultiLineString([[(0, 0), (500, 0)], [(505, 0), (1000, 0)]]))
    assert faults(slip)["corridors_slip"] == ("i0", pytest.approx(5))


def test_areas_over_each_other_are_a_fault_and_a_crossing_is_none() -> None:
    areas = frame([box(0, 0, 1000, 100), box(500, 50, 1500, 150)], **{"class": "horizontal"})
    assert faults(areas)["corridors_overlap"][0] == "i0, i1"
    mesh = frame([box(0, 0, 1000, 100), box(400, -500, 500, 500)], **{"class": ["horizontal", "vertical"]})
    assert faults(mesh) == {}


def test_what_lies_outside_the_boundary_does_not_count_and_what_reaches_out_is_told() -> None:
    boundary = frame([box(0, -1000, 1000, 1000)])
    rows = lines(LineString([(100, 0), (1300, 0)]), LineString([(5000, 0), (6000, 0)]))
    found = faults(rows, boundary=boundary)
    assert found["corridors_beyond"] == ("i0", pytest.approx(300))
    assert found["corridors_outside"] == ("i1", pytest.approx(1000))
    table = asked(area_of(corridors=rows, boundary=boundary)).table
    assert table["id"].tolist() == ["i0"]


def test_a_corridor_that_leaves_the_area_and_comes_back_has_no_gap() -> None:
    boundary = frame([Polygon([(0, -500), (1000, -500), (1000, 500), (600, 500), (600, -400), (400, -400), (400, 500),
                               (0, 500)])])  # fmt: skip
    rows = lines(MultiLineString([[(0, 0), (400, 0)], [(600, 0), (1000, 0)]]))
    found = asked(area_of(corridors=rows, boundary=boundary))
    assert found.table[["corridor_gaps", "gap_m"]].to_numpy().tolist() == [[0, 0]]
    assert found.result.tables["corridors_gaps"]["cut_by"].tolist() == ["border"]
    assert found.result.tables["corridors_networks"]["network"].tolist() == ["1"]  # it goes on outside


def test_points_and_self_crossing_areas_are_refused_with_row_and_remedy() -> None:
    points = frame([Point(0, 0)], **{"class": "horizontal"})
    (problem,) = check(points, "corridors", where="corridors")
    assert str(problem) == (
        "corridors, row 1: geometry is Point → draw it as LineString or MultiLineString or Polygon or MultiPolygon"
    )
    bow = frame([Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])], **{"class": "horizontal"})
    (problem,) = check(bow, "corridors", where="corridors")
    assert "row 1: geometry is not valid: Self-intersection" in str(problem)
    assert "repair it" in str(problem)
    (problem,) = check(lines(LineString([(0, 0), (1, 0)]), **{"class": "diagonal"}), "corridors", where="corridors")
    assert "use one of horizontal, vertical" in str(problem)


def test_the_layers_are_unchanged_and_the_figures_the_same_again(found: System) -> None:
    area = city()
    before = {kind: one.table.to_csv() for kind, one in area.layers.items()}
    again = asked(area)
    assert {kind: one.table.to_csv() for kind, one in area.layers.items()} == before
    for name, table in found.result.tables.items():
        assert table.to_csv() == again.result.tables[name].to_csv()


def test_shuffled_rows_change_no_figure(found: System) -> None:
    rows = city().table("corridors").iloc[::-1].reset_index(drop=True)
    shuffled = asked(city(corridors=rows)).table
    assert shuffled["id"].tolist() == ["h", "v"]
    assert shuffled.round(6).to_csv() == found.table.round(6).to_csv()


def test_the_embedded_city_has_all_its_corridors_as_a_demonstration() -> None:
    found = run(kg.open_area(kg.embedded_folder()), "corridors")
    assert not found.result.reportable
    assert found.result.tables["corridors_classes"]["plan_gap"].tolist() == [0, 0]
    assert (found.table["width_class"] == "not_measurable").all()
    zones = found.result.tables["corridors_access_zones"]
    states = zones[["covered", "not_covered", "not_measurable"]].sum(axis=1)
    assert (states == zones["population"]).all()
    assert zones["population"].sum() == 2_092_496


def test_where_no_corridor_is_left_the_remedy_is_said() -> None:
    line = LineString([(0, 0), (1000, 0)])
    planned = area_of(corridors=frame([line], id=["h"], status="planned", **{"class": "horizontal"}))
    existing = StudyArea(planned.info.model_copy(update={"scenario": "existing"}), planned.layers)
    beyond = area_of(
        corridors=frame([line], id=["h"], **{"class": "horizontal"}), boundary=frame([box(0, 5000, 100, 5100)])
    )
    for area in (existing, beyond):
        with pytest.raises(LayerNotFoundError, match="--scenario planned"):
            asked(area)


def test_a_longer_code_is_what_its_beginning_is_and_an_unknown_one_is_told() -> None:
    plot = box(100, 80, 180, 120)

    def coded(code: str, edition: str = "GB 50137-2011") -> System:
        return asked(city(landuse=frame([plot], id=["plot"], code=code, code_edition=edition)))

    assert coded("R21").table["built_km"].iloc[0] == pytest.approx(0.08, abs=0.001)
    unknown = coded("R2", "another list")
    assert unknown.table["built_km"].iloc[0] == 0
    assert any("another list R2" in warning.en for warning in unknown.result.provenance.warnings)
    assert not any("codes" in warning.en for warning in coded("R21").result.provenance.warnings)


def test_coarse_positions_are_said_as_a_range_and_drawn_as_not_measurable() -> None:
    rough = city().table("corridors").assign(accuracy_m=400.0)
    found = asked(city(corridors=rough))
    table = found.result.tables["corridors_access_area"].iloc[0]
    assert math.isnan(table["covered"])
    ends = [f"{table[f'covered_{end}']:,.0f}" for end in ("low", "high")]
    assert f"{ends[0]} to {ends[1]} residents (" in found.said[-1].en
    cells = found.drawn["corridors_cells"]
    assert cells["covered"].sum() == table["covered_low"]
    assert cells["not_measurable"].sum() == table["not_measurable"] + table["covered_high"] - table["covered_low"]


def test_homes_that_count_buildings_are_not_called_residents() -> None:
    area = city()
    counting = layer("homes", area.table("homes"), counts="buildings")
    found = asked(StudyArea(area.info, {**area.layers, "homes": counting}))
    assert "buildings (" in found.said[-1].en
    assert "residents" not in found.said[-1].en
    figures = entry_of("corridors").page(found, lang="en").figures
    assert "of 1,130 buildings" in [figure.note.en for figure in figures]
