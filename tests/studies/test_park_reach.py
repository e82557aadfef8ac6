"""Laws of park reach: what may change an answer, and what may not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from paper import area_of, frame, gates, homes, layer, parks, streets
from shapely import LineString, box

from kunshan_gis import network, toy
from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import LayerNotFoundError, NetworkError
from kunshan_gis.model import Edit, StudyArea
from kunshan_gis.studies.on_foot import measured_parks
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.walk import Walk

WALK = Walk(15, 1.0, "planning-walk")
ADDED = ["covered", "not_covered", "not_measurable"]


def river(*, bridge: bool = True) -> StudyArea:
    """Two banks of 1 km, a river between y = 0 and y = 100, one bridge at x = 500; the park is on the south bank."""
    lines = [[(0, 0), (500, 0)], [(500, 0), (1000, 0)], [(0, 100), (500, 100)], [(500, 100), (1000, 100)]]
    ids = ["south-w", "south-e", "north-w", "north-e"]
    if bridge:
        lines, ids = [*lines, [(500, 0), (500, 100)]], [*ids, "bridge"]
    places = [(0, 0), (450, 0), (450, 100), (0, 100), (1000, 100)]
    return area_of(
        streets=streets(*lines, id=ids),
        homes=homes(*places, population=[1, 20, 300, 4000, 50_000]),
        parks=parks((400, -50, 500, 0)),
        park_gates=gates((400, 0), park_id="i0"),
    )


def states_of(area: StudyArea, walk: Walk = WALK) -> list[str]:
    return park_reach(area, walk).homes["state_all"].tolist()


def grown(seed: int = 7) -> StudyArea:
    """A seeded grid town with parks, gates and homes at odd places."""
    rng = np.random.default_rng(seed)
    lines = [[(x, y), (x + 150, y)] for x in range(0, 1500, 150) for y in range(0, 1501, 150)]
    lines += [[(x, y), (x, y + 150)] for x in range(0, 1501, 150) for y in range(0, 1500, 150)]
    lines = [line for line, kept in zip(lines, rng.random(len(lines)) < 0.75, strict=True) if kept]
    corners = rng.uniform(100, 1300, (6, 2)).round(1)
    return area_of(
        streets=streets(*lines),
        homes=homes(*map(tuple, rng.uniform(0, 1500, (300, 2)).round(2)), population=rng.integers(0, 50, 300)),
        parks=parks(*[(x, y, x + 60, y + 45) for x, y in corners], tier=["community", "pocket"] * 3),
    )


def changed(area: StudyArea, change) -> StudyArea:
    return area_of(**{kind: change(kind, area.table(kind)) for kind in area.layers})


def test_taking_the_bridge_away_loses_exactly_the_people_behind_it() -> None:
    with_bridge = river()
    walked = park_reach(with_bridge, WALK).homes["metres_all"]
    assert walked.tolist() == pytest.approx([400, 50, 250, 700, 700])
    without = with_bridge.with_edits(Edit.remove("streets", "bridge"))
    assert states_of(with_bridge) == ["covered"] * 5
    assert states_of(without) == ["covered"] * 2 + ["not_covered"] * 3
    before, after = (park_reach(area, WALK).result.tables["area"].loc[0, "covered"] for area in (with_bridge, without))
    assert before - after == 300 + 4000 + 50_000
    assert states_of(river(bridge=False)) == states_of(without)


def test_coverage_never_falls_as_the_cutoff_grows() -> None:
    area = grown()
    covered = [
        park_reach(area, replace(WALK, minutes=minutes)).result.tables["area"].set_index("tier")["covered"]
        for minutes in (0.5, 1, 2, 3, 5, 8, 13, 21, 60, 240)
    ]
    table = pd.concat(covered, axis=1)
    assert (table.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert (table.iloc[:, -1] > table.iloc[:, 0]).all()
    assert (table.loc["all"] >= table.loc["community"]).all()
    assert (table.loc["all"] >= table.loc["pocket"]).all()


def test_twice_the_speed_in_half_the_time_is_the_same_reach() -> None:
    area = grown()
    one, two = park_reach(area, WALK), park_reach(area, replace(WALK, minutes=7.5, speed_mps=2.0))
    pd.testing.assert_frame_equal(one.result.tables["area"], two.result.tables["area"])
    pd.testing.assert_frame_equal(one.homes, two.homes)


@pytest.mark.parametrize("shift", [(1000, 0), (-77_000, 33_000)])
def test_a_city_moved_elsewhere_has_the_same_answer(shift: tuple[int, int]) -> None:
    area = grown()
    moved = changed(area, lambda _, table: table.set_geometry(table.translate(*shift)))
    here, there = park_reach(area, WALK), park_reach(moved, WALK)
    np.testing.assert_allclose(here.homes["metres_all"], there.homes["metres_all"], atol=1e-6)
    pd.testing.assert_frame_equal(here.result.tables["area"], there.result.tables["area"])


def test_the_order_of_rows_changes_no_figure() -> None:
    area = grown()
    shuffled = changed(area, lambda _, table: table.sample(frac=1, random_state=3).reset_index(drop=True))
    one, two = (park_reach(city, WALK) for city in (area, shuffled))
    pd.testing.assert_frame_equal(one.result.tables["area"], two.result.tables["area"])
    a, b = (found.homes.set_index("id").sort_index()[["metres_all", "state_all"]] for found in (one, two))
    pd.testing.assert_frame_equal(a, b)
    assert one.result.provenance.counts == two.result.provenance.counts


def test_a_walk_is_never_shorter_than_the_straight_line() -> None:
    area = grown()
    found = park_reach(area, WALK)
    straight = found.homes.geometry.apply(lambda home: found.entrances.distance(home).min())
    walked = found.homes["metres_all"]
    assert walked.notna().sum() > 250
    assert (walked.dropna() >= straight[walked.notna()] - 1e-6).all()


def test_one_more_park_never_takes_anyone_away() -> None:
    area = grown()
    west, south, *_ = area.table("parks").total_bounds
    more = area.with_edits(Edit.add("parks", box(west, south, west + 50, south + 50).wkt, id="new", tier="pocket"))
    before, after = (park_reach(city, WALK).homes["metres_all"] for city in (area, more))
    assert (after.fillna(np.inf) <= before.fillna(np.inf) + 1e-9).all()


def test_an_edit_keeps_every_cache_it_does_not_touch(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("KUNSHAN_GIS_CACHE", str(tmp_path))
    calls = {"build": 0, "park_access": 0, "edge_distance": 0, "snap": 0}

    def counting(name: str):
        real = getattr(network, name)

        def call(*arguments, **options):
            calls[name] += 1
            return real(*arguments, **options)

        return call

    for name in calls:
        monkeypatch.setattr(network, name, counting(name))

    def made(area: StudyArea) -> dict[str, int]:
        before = dict(calls)
        park_reach(area, WALK)
        return {name: calls[name] - before[name] for name in calls if calls[name] > before[name]}

    area = river()
    assert made(area) == {"build": 1, "park_access": 1, "edge_distance": 1, "snap": 1}
    assert made(area) == {}
    assert made(area.with_edits(Edit.remove("park_gates", "i0"))) == {"park_access": 1}
    moved = area.with_edits(Edit.remove("homes", "i0"))
    assert made(moved) == {"snap": 1, "edge_distance": 1}
    closed = area.with_edits(Edit.remove("streets", "bridge"))  # worked into the network, not built anew
    assert made(closed) == {"park_access": 1, "edge_distance": 1, "snap": 1}
    assert made(area) == {}
    assert made(river()) == {"park_access": 1, "edge_distance": 1, "snap": 1}  # another run: the network is on disk
    assert DiskCache().clear() == 1


def test_an_edit_leaves_the_area_it_was_made_from_alone() -> None:
    area = river()
    edited = area.with_edits(Edit.remove("streets", "bridge"), Edit.remove("park_gates", "i0"))
    assert len(area.table("streets")) == 5
    assert len(edited.table("streets")) == 4
    assert area.edits == ()
    assert states_of(area) == ["covered"] * 5
    provenance = park_reach(edited, WALK).result.provenance
    assert [edit["kind"] for edit in provenance.edits] == ["streets", "park_gates"]


def test_homes_that_cannot_be_measured_stay_in_the_denominator() -> None:
    area = area_of(
        streets=streets([(0, 0), (1000, 0)], [(0, 400), (80, 400)]),
        homes=homes((0, 10), (40, 410), (500, 900), population=[5, 7, 11]),
        parks=parks((100, -30, 160, 10)),
    )
    row = park_reach(area, WALK).result.tables["area"].iloc[0]
    assert row[["population", *ADDED]].tolist() == [23, 5, 0, 18]
    assert row["share_covered"] == 5 / 23
    assert row["share_measurable"] == 1


def test_a_walk_longer_than_the_data_is_refused_where_a_boundary_is_given() -> None:
    area = river()
    bounded = StudyArea(area.info, {**area.layers, "boundary": layer("boundary", frame([box(-100, -100, 1100, 200)]))})
    with pytest.raises(NetworkError, match=r"within 900 m of the homes of 54,321 residents.*--allow-open-edge"):
        park_reach(bounded, WALK)
    open_edge = park_reach(bounded, WALK, allow_open_edge=True).result
    assert open_edge.provenance.parameters["allow_open_edge"] is True
    assert any(
        "54,321 residents lie within one walk (900 m)" in warning.en for warning in open_edge.provenance.warnings
    )


def test_missing_layers_are_refused_by_name_and_optional_ones_are_said() -> None:
    area = river()
    bare = StudyArea(area.info, {"park_gates": area.layers["park_gates"]})
    with pytest.raises(LayerNotFoundError, match=r"streets .*homes .*parks .*\[\[layer\]\]"):
        park_reach(bare, WALK)
    missing = {entry["kind"] for entry in park_reach(area, WALK).result.provenance.missing}
    assert missing == {"boundary", "towns", "zone_towns", "zones", "water", "barriers"}


def test_a_park_nobody_can_enter_is_counted_and_warned_about() -> None:
    area = river().with_edits(Edit.add("parks", box(9e5, 4e6, 9e5 + 50, 4e6 + 50).wkt, id="far", tier="community"))
    found = park_reach(area, WALK)
    assert found.parks.set_index("id").loc["far", ["access_source", "entrances"]].tolist() == ["none", 0]
    table = found.result.tables["parks"].set_index("tier")
    assert table["parks_without_access"].to_dict() == {"all": 1, "community": 1, "pocket": 0}
    assert any("1 parks have no walkable way" in warning.en for warning in found.result.provenance.warnings)
    row = found.result.tables["area"].set_index("tier").loc["community"]
    assert row[ADDED].tolist() == [0, 54_321, 0]


@pytest.mark.parametrize(
    ("kind", "basis", "reportable"),
    [
        ("homes", "synthetic", False),
        ("parks", "schematic", False),
        ("streets", "open", True),
        ("water", "schematic", True),
    ],
)
def test_a_demonstration_layer_makes_the_figures_unreportable(kind, basis, reportable) -> None:
    area = river()
    table = area.optional(kind) if area.has(kind) else frame([box(0, 10, 1000, 90)])
    marked = StudyArea(area.info, {**area.layers, kind: layer(kind, table, basis=basis)})
    assert park_reach(marked, WALK).result.reportable is reportable


def test_one_demonstration_row_is_enough() -> None:
    area = river()
    rows = area.table("homes").assign(basis=[None, None, None, None, "synthetic"])
    marked = StudyArea(area.info, {**area.layers, "homes": layer("homes", rows)})
    assert not park_reach(marked, WALK).result.reportable


def test_inputs_are_not_changed() -> None:
    area = toy.city()
    before = {kind: area.table(kind).copy(deep=True) for kind in area.layers}
    park_reach(area, WALK)
    for kind, table in before.items():
        assert table.equals(area.table(kind))


def test_a_dual_carriageway_crossed_only_by_its_underpass() -> None:
    """Homes north of an expressway reach the park south of it through the underpass and nowhere else."""
    lines = [
        LineString([(0, 0), (400, 0), (1000, 0)]),
        LineString([(0, 200), (400, 200), (1000, 200)]),
        LineString([(700, 0), (700, 90)]),  # ends at the wall
        LineString([(400, 0), (400, 200)]),  # the underpass
        LineString([(0, 100), (1000, 100)]),  # the expressway, no vertex where it passes over
    ]
    area = area_of(
        streets=streets(
            *lines, walkable=[True, True, True, True, False], structure=["ground"] * 3 + ["tunnel", "ground"]
        ),
        homes=homes((700, 200), (700, 90), (1000, 200)),
        parks=parks((690, -60, 710, 0)),
        park_gates=gates((700, 0), park_id="i0"),
    )
    assert park_reach(area, WALK).homes["metres_all"].tolist() == pytest.approx([800, 90, 1100])
    closed = area.with_edits(Edit.remove("streets", "i3"))
    assert states_of(closed) == ["not_covered", "covered", "not_covered"]


def test_a_zone_or_town_called_like_the_rest_keeps_everybody_once() -> None:
    area = toy.city()
    towns = area.table("towns").assign(id=["west", "unassigned"])
    member = area.table("zone_towns").assign(town_id=["west", "unassigned"])
    named = StudyArea(
        area.info, {**area.layers, "towns": layer("towns", towns), "zone_towns": layer("zone_towns", member)}
    )
    table = park_reach(named, WALK).result.tables["towns"]
    assert table.groupby("tier")["population"].sum().eq(700).all()


def test_the_park_area_is_the_published_one_else_the_outline() -> None:
    table = parks((0, 0, 100, 100), (0, 200, 100, 300)).assign(area_m2=[12_345.0, np.nan])
    area = river()
    found = park_reach(StudyArea(area.info, {**area.layers, "parks": layer("parks", table)}), WALK)
    assert found.parks["area_m2"].tolist() == pytest.approx([12_345, 10_000])


def test_parks_without_a_tier_count_for_all_parks_only() -> None:
    area = river()
    bare = StudyArea(area.info, {**area.layers, "parks": layer("parks", area.table("parks").drop(columns="tier"))})
    found = park_reach(bare, WALK)
    assert found.tiers == ("all",)
    assert found.result.tables["area"]["tier"].tolist() == ["all"]


def test_ground_that_two_pieces_of_a_park_share_is_measured_once_and_given_areas_add_up() -> None:
    ways, home = streets([(0, 0), (500, 0)]), homes((0, 0))
    pieces = parks((0, 0, 100, 100), (20, 20, 40, 40), (50, 50, 150, 100), (300, 0, 310, 10), tier="pocket")
    whole = measured_parks(area_of(streets=ways, homes=home, parks=pieces))
    assert whole["id"].tolist() == ["i0", "i3"]
    assert whole["pieces"].tolist() == [3, 1]
    assert whole["area_m2"].tolist() == [12_500, 100]
    given = pieces.assign(area_m2=[9_000.0, 400.0, 2_000.0, 50.0])
    assert measured_parks(area_of(streets=ways, homes=home, parks=given))["area_m2"].tolist() == [11_400, 50]


def test_a_gate_that_is_only_planned_lets_nobody_in() -> None:
    city = toy.city()
    own = city.layers["park_gates"]
    planned = replace(own, table=own.table.assign(status="planned"))
    area = StudyArea(city.info, {**city.layers, "park_gates": planned})
    assert set(park_reach(area, WALK).parks["access_source"]) == {"crossing"}
    assert set(park_reach(area.in_scenario("planned"), WALK).parks["access_source"]) == {"gate"}
