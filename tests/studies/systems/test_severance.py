"""Severance in towns that can be worked out on paper, and in a crooked one against brute force.

The town lies on both sides of an expressway along y = 0 (x from -1000 to 1000)::

    north street   y =  40, x from -1000 to 1000: homes at x = 10 (10), 30 (20), 600 (30), 990 (40), in brackets people
    underpass      x = 0, 80 m
    south street   y = -40, x from -1000 to 1000: park gate at x = 800, a home at x = -60 (5)

With 900 m the homes of the north walk ``x + 80 + 800`` through the underpass: 890, 910, 1480, 1870. Were the expressway
not there, each would walk ``|x - 800| + 80``: 870, 850, 280, 270. The 20 + 30 + 40 = 90 people lose the park; the 10
walk 20 m farther. The home on the south street walks 860 m along it.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import paper
import pytest
import shapely
import shapely.ops
from paper import X0, Y0, area_of, frame, gates, homes, parks, streets
from shapely import LineString, Point

import kunshan_gis as kg
from kunshan_gis.errors import LayerNotFoundError, ParameterError
from kunshan_gis.model import Edit, StudyArea
from kunshan_gis.readable import heading
from kunshan_gis.rules import shipped
from kunshan_gis.studies.systems.severance import SeveranceOptions, severance_part, without_crossings
from kunshan_gis.studies.systems.severance.cost import circle_of
from kunshan_gis.studies.systems.severance.tables import figure_or_range
from kunshan_gis.studies.systems.system import Asked, Part, Setting, answer, setting_of

NORTH = [(-1000, 40), (0, 40), (1000, 40)]
SOUTH = [(-1000, -40), (0, -40), (1000, -40)]
UNDERPASS = [(0, 40), (0, -40)]
PLACES = [(10, 40), (30, 40), (600, 40), (990, 40), (-60, -40)]
PEOPLE = [10, 20, 30, 40, 5]


def expressway(*lines: Any, structure: Any = "ground", **columns: Any):
    shapes = [LineString(line) for line in lines or ([(-1000, 0), (1000, 0)],)]
    return frame(shapes, **({"class": "ring", "structure": structure, "name": "环路", "name_en": "Ring"} | columns))


def town(**layers: Any) -> StudyArea:
    kinds = {
        "streets": streets(NORTH, SOUTH, UNDERPASS, structure=["ground", "ground", "tunnel"]),
        "expressways": expressway(),
        "homes": homes(*PLACES, population=PEOPLE),
        "parks": parks((780, -70, 820, -40)),
        "park_gates": gates((800, -40), park_id="i0"),
    }
    return area_of(**{kind: table for kind, table in (kinds | layers).items() if table is not None})


def setting(area: StudyArea, **options: Any) -> Setting:
    return setting_of(area, Asked(minutes=15, speed_mps=1.0, options=options))


def part_of(area: StudyArea, **options: Any) -> Part:
    return severance_part(setting(area, **options))


def row_of(area: StudyArea, **options: Any) -> dict[str, Any]:
    (row,) = part_of(area, **options).tables["roads_severance"].to_dict(orient="records")
    return row


def lost(part: Part) -> list[str]:
    return sorted(part.tables["roads_underpasses_homes"]["id"])


def test_who_loses_the_park_and_who_walks_round() -> None:
    row = row_of(town())
    assert (row["name"], row["name_en"], row["severance_state"], row["severing_km"]) == (
        "环路",
        "Ring",
        "measured",
        2.0,
    )
    assert row["severed_parks"] == 90
    assert np.isnan([row["severed_parks_low"], row["severed_parks_high"]]).all()  # nothing is unknown
    assert row["detoured"] == 100
    metres = 10 * 20 + 20 * 60 + 30 * 1200 + 40 * 1600  # person-metres
    assert row["detour_m"] == pytest.approx(metres / 100)
    assert row["detour_person_min"] == pytest.approx(metres / 60)


def test_the_crossings_there_are_and_the_longest_stretch_without_one() -> None:
    row = row_of(town())
    assert (row["ground_crossings"], row["ground_underpasses"], row["ground_bridges"], row["ground_level"]) == (
        1,
        1,
        0,
        0,
    )
    assert (row["crossing_spacing_m"], row["longest_uncrossed_m"]) == (2000, 1000)
    bridges = streets(NORTH, SOUTH, UNDERPASS, [(700, 40), (700, -40)], [(710, 40), (710, -40)],
                      structure=["ground", "ground", "tunnel", "elevated", "elevated"])  # fmt: skip
    row = row_of(town(streets=bridges))
    assert (row["ground_crossings"], row["ground_bridges"]) == (2, 1)  # two pavements of one bridge
    assert (row["crossing_spacing_m"], row["longest_uncrossed_m"]) == (1000, 1000)


def test_a_street_at_its_level_is_a_crossing_like_any_other() -> None:
    level = streets(NORTH, SOUTH, UNDERPASS)
    row = row_of(town(streets=level))
    assert (row["ground_level"], row["severed_parks"]) == (1, 90)


@pytest.mark.parametrize("structure", ["elevated", "tunnel"])
def test_off_the_ground_it_bars_nobody(structure: str) -> None:
    part = part_of(town(expressways=expressway(structure=structure)))
    (row,) = part.tables["roads_severance"].to_dict(orient="records")
    assert (row["severance_state"], row["severing_km"]) == ("free", 0)
    assert (row["severed_parks"], row["ground_crossings"]) == (0, 0)
    assert np.isnan(row["longest_uncrossed_m"])
    assert len(part.tables["roads_crossings"]) == 0


@pytest.mark.parametrize("structure", ["unknown", None])
def test_an_unknown_structure_gives_a_range(structure: str | None) -> None:
    part = part_of(town(expressways=expressway(structure=structure)))
    (row,) = part.tables["roads_severance"].to_dict(orient="records")
    assert (row["severing_km"], row["perhaps_severing_km"]) == (0, 2.0)
    assert (row["severed_parks_low"], row["severed_parks_high"]) == (0, 90)
    assert np.isnan(row["severed_parks"])
    assert (row["detoured_low"], row["detoured_high"]) == (0, 100)
    assert len(part.tables["roads_crossings"]) == 0  # nothing is built where it may not be needed
    assert "0 至 90 人" in part.said[0].zh
    assert "0 to 90 residents" in part.said[0].en


def test_the_ends_of_a_range_stand_in_order() -> None:
    # 10 people walk 800 m round; if unknown structures bar too, 70 more walk 80 m: 170 m each
    assert list(figure_or_range("detour_m", 800.0, 170.0).values())[1:] == [170, 800]
    only_high = figure_or_range("detour_m", np.nan, 170.0)  # nobody walks round at least
    assert np.isnan(only_high["detour_m_low"])
    assert only_high["detour_m_high"] == 170


def test_pieces_of_one_name_are_one_expressway_and_only_those_on_the_ground_bar() -> None:
    pieces = expressway([(-1000, 0), (500, 0)], [(500, 0), (1000, 0)], structure=["elevated", "ground"])
    row = row_of(town(expressways=pieces))
    assert (row["severing_km"], row["ground_crossings"], row["longest_uncrossed_m"]) == (0.5, 0, 500)
    assert row["severed_parks"] == 90  # a way across between x = 500 and 1000 is enough for all three
    assert part_of(town(expressways=pieces.assign(name=["a", "b"]))).tables["roads_severance"]["name"].tolist() == [
        "a",
        "b",
    ]


def test_the_crossing_that_gives_most_back_is_chosen() -> None:
    crossings = part_of(town()).tables["roads_crossings"]
    assert len(crossings) == 1  # it gives the park back to all; a second would give nothing
    (row,) = crossings.to_dict(orient="records")
    # the home at 990 walks 1790 - 2x + 80 over a crossing at x: the first that serves it is at 525
    assert (row["regained"], row["regained_total"], row["crossing_m"]) == (90, 90, 80)
    built = town().with_edits(
        Edit.add("streets", f"LINESTRING ({X0 + 525} {Y0 + 40}, {X0 + 525} {Y0 - 40})", id="new",
                 **{"class": "footway"}, walkable=True, structure="tunnel")
    )  # fmt: skip
    assert row_of(built)["severed_parks"] == 0
    place = frame([Point(525, 0)]).to_crs("EPSG:4326").geometry.iloc[0]
    assert (row["lon"], row["lat"]) == (pytest.approx(place.x, abs=1e-6), pytest.approx(place.y, abs=1e-6))


def test_crossings_come_one_after_the_other_with_what_each_adds() -> None:
    """A second town far to the west, with a park of its own and fewer people: its crossing is the second."""
    west = -5000
    area = town(
        streets=streets(NORTH, SOUTH, UNDERPASS, *([(west - 500, y), (west + 500, y)] for y in (40, -40)),
                        structure=["ground", "ground", "tunnel", "ground", "ground"]),
        expressways=expressway([(-6000, 0), (1000, 0)]),
        homes=homes(*PLACES, (west, 40), population=[*PEOPLE, 7]),
        parks=parks((780, -70, 820, -40), (west - 20, -70, west + 20, -40)),
        park_gates=gates((800, -40), (west, -40), park_id=["i0", "i1"]),
    )  # fmt: skip
    crossings = part_of(area).tables["roads_crossings"]
    assert crossings[["regained", "regained_total"]].to_numpy().tolist() == [[90, 90], [7, 97]]
    assert len(part_of(area, new_crossings=1).tables["roads_crossings"]) == 1
    assert row_of(area)["severed_parks"] == 97


def test_without_the_underpass_exactly_these_homes_lose_the_park() -> None:
    part = without_crossings(setting(town()), "环路")
    assert lost(part) == ["i0"]  # 890 m through the underpass; the others did not reach the park before
    (home,) = part.tables["roads_underpasses_homes"].to_dict(orient="records")
    assert (home["access_before"], home["access_after"], home["metres_before"]) == ("covered", "not_covered", 890)
    assert np.isnan(home["metres_after"])
    (unit,) = part.tables["roads_underpasses"].to_dict(orient="records")
    assert (unit["population"], unit["access_before_people"], unit["access_after_people"]) == (105, 15, 5)
    assert (unit["lost_people"], unit["lost_homes"], unit["farther_people"]) == (10, 1, 0)
    (closed,) = part.tables["roads_underpasses_closed"].to_dict(orient="records")
    assert (closed["id"], closed["closed_structure"], closed["closed_m"]) == ("i2", "tunnel", 80)


def test_with_a_second_way_round_nobody_loses_but_some_walk_farther() -> None:
    north, south = ([(-1000, y), (-5, y), (0, y), (1000, y)] for y in (40, -40))
    table = streets(north, south, UNDERPASS, [(-5, 40), (-5, -40)], structure=["ground", "ground", "tunnel", "ground"])
    part = without_crossings(setting(town(streets=table)), "Ring")
    assert lost(part) == []
    (unit,) = part.tables["roads_underpasses"].to_dict(orient="records")
    assert (unit["lost_people"], unit["farther_people"], unit["farther_m"]) == (0, 10, 10)  # 15 + 80 + 805 = 900
    assert "1 条道路平面穿越" in part.said[-1].zh  # a street at its level is no underpass


def test_those_left_on_an_island_are_no_longer_measurable() -> None:
    short = streets([(-100, 40), (0, 40), (100, 40)], SOUTH, UNDERPASS, structure=["ground", "ground", "tunnel"])
    area = town(streets=short, homes=homes((10, 40), (-60, -40), population=[10, 5]))
    part = without_crossings(setting(area), ["i0"])  # by the id of a piece
    (home,) = part.tables["roads_underpasses_homes"].to_dict(orient="records")
    assert (home["access_after"], home["population"]) == ("not_measurable", 10)
    assert part.tables["roads_underpasses"]["not_measurable"].tolist() == [10]


def test_an_expressway_that_nobody_crosses_has_nothing_to_take_away() -> None:
    part = without_crossings(setting(town(expressways=expressway(structure="elevated"))), "环路")
    assert len(part.tables["roads_underpasses_closed"]) == 0
    assert lost(part) == []
    assert "无可取消" in part.said[0].zh


def test_closing_an_expressway_there_is_not_names_those_there_are() -> None:
    with pytest.raises(ParameterError, match=r"no expressway has the name or id Outer.*Ring"):
        without_crossings(setting(town()), "Outer")
    with pytest.raises(LayerNotFoundError, match="parks"):
        without_crossings(setting(town(parks=None, park_gates=None)), "环路")


def test_the_option_adds_the_tables_of_the_underpasses() -> None:
    tables = part_of(town(), close_crossings="环路").tables
    assert {"roads_underpasses", "roads_underpasses_homes", "roads_underpasses_closed"} <= set(tables)
    assert not any("underpasses" in name for name in part_of(town()).tables)


def test_a_drawn_line_over_surveyed_streets_proves_nothing() -> None:
    area = town(expressways=expressway(basis="schematic"))
    part = part_of(area)
    (row,) = part.tables["roads_severance"].to_dict(orient="records")
    assert row["severance_state"] == "schematic"
    assert np.isnan([row["severed_parks"], row["ground_crossings"], row["longest_uncrossed_m"]]).all()
    assert row["severing_km"] == 2.0
    assert "环路" in part.said[-1].zh
    with pytest.raises(ParameterError, match="cannot be held against each other"):
        without_crossings(setting(area), "环路")
    demo = StudyArea(
        area.info, area.layers | {"streets": paper.layer("streets", area.table("streets"), basis="synthetic")}
    )
    assert row_of(demo)["severed_parks"] == 90


@pytest.mark.parametrize(("accuracy_m", "state"), [(20.0, "measured"), (20.1, "inaccurate"), (None, "measured")])
def test_a_line_known_too_badly_is_not_measured(accuracy_m: float | None, state: str) -> None:
    row = row_of(town(expressways=expressway(accuracy_m=accuracy_m)))
    assert row["severance_state"] == state
    assert np.isnan(row["severed_parks"]) == (state != "measured")


@pytest.mark.parametrize("missing", [["streets"], ["homes"], ["parks", "park_gates"], ["homes", "streets"]])
def test_what_is_missing_leaves_figures_without_a_value(missing: list[str]) -> None:
    area = town(**dict.fromkeys(missing))
    part = part_of(area)
    (row,) = part.tables["roads_severance"].to_dict(orient="records")
    assert np.isnan(row["severed_parks"])
    assert row["severing_km"] == 2.0
    assert (row["ground_crossings"] == 1) == ("streets" not in missing)
    assert answer(setting(area), "roads", part, leading="roads_severance").explain()


def test_of_several_life_circles_the_first_of_the_basis_counts() -> None:
    """A basis whose second circle is the wider in metres, and a basis without any."""
    profile = shipped()["gb50180-2018"]
    near = next(rule for rule in profile.rules if rule.key == "life_circle_15min").model_copy(update={"key": "near"})
    wide = near.model_copy(update={"key": "wide", "metres": 5000.0})
    area = town()
    for rules, key in (((near, wide), "near"), ((), "life_circle_15min")):
        own = profile.model_copy(update={"key": "own", "rules": rules})
        info = area.info.model_copy(update={"reporting_basis": "own"})
        assert circle_of(replace(area, info=info, profiles={"own": own})).key == key


def test_needs_of_the_life_circle_are_lost_too() -> None:
    """A school beside the park: the 90 people lose it as well; of the circle's other needs no layer knows."""
    school = frame([Point(800, -40)], category="junior_middle_school")
    part = part_of(town(facilities=school))
    (row,) = part.tables["roads_severance"].to_dict(orient="records")
    assert (row["severed_any"], row["severed_needs"]) == (90, 90)
    needs = part.tables["roads_severance_needs"].set_index("severed_need_en")["severed"]
    assert needs["Junior middle school"] == 90
    assert np.isnan(needs["Culture centre"])
    assert part.tables["roads_crossings"]["regained_needs"].tolist() == [90]


def test_the_inputs_stay_as_they_are_and_the_rows_order_does_not_matter() -> None:
    area = town()
    before = {kind: layer.table.copy() for kind, layer in area.layers.items()}
    first = part_of(area, close_crossings="环路")
    for kind, layer in area.layers.items():
        pd.testing.assert_frame_equal(layer.table, before[kind])
    turned = town(**{kind: before[kind].iloc[::-1].reset_index(drop=True) for kind in ("streets", "homes")})
    again = part_of(turned, close_crossings="环路")
    for name in ("roads_severance", "roads_crossings", "roads_underpasses"):
        pd.testing.assert_frame_equal(first.tables[name], again.tables[name])


def test_options_out_of_range_are_refused() -> None:
    for wrong in ({"link_within_m": 0}, {"link_every_m": 1}, {"new_crossings": -1}, {"nobody": 1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            SeveranceOptions.model_validate(wrong)


def test_every_column_has_a_heading_in_both_languages() -> None:
    for name, table in part_of(town(), close_crossings="环路").tables.items():
        assert name.startswith("roads_")
        for column in table.columns:
            assert column.endswith("_en") or column == "id" or heading(column, demo=False).zh != column, column


def test_two_carriageways_are_one_expressway_that_is_crossed_whole() -> None:
    pair = expressway([(-1000, 10), (1000, 10)], [(-1000, -10), (1000, -10)])
    row = row_of(town(expressways=pair))
    assert row["severed_parks"] == 90
    assert (row["ground_crossings"], row["crossing_spacing_m"], row["longest_uncrossed_m"]) == (1, 2000, 1000)
    assert row["severing_km"] == 4.0


# A crooked town against brute force.

CORNERS = [(-50, 520), (300, 480), (620, 600), (900, 500), (1250, 560)]
LIMIT = 450.0


def crooked() -> StudyArea:
    """A bent grid of streets that stop 25 m before the expressway, but for two underpasses."""
    random = np.random.default_rng(7)
    lattice = np.stack(np.meshgrid(np.arange(9) * 150.0, np.arange(8) * 150.0, indexing="ij"), axis=-1)
    lattice = lattice + random.uniform(-40, 40, lattice.shape)
    lines = [LineString(lattice[i : i + 2, j]) for i in range(8) for j in range(8)]
    lines += [LineString(lattice[i, j : j + 2]) for i in range(9) for j in range(7)]
    road = LineString(CORNERS)
    cut = [part for line in lines for part in shapely.get_parts(line.difference(road.buffer(25))) if part.length > 1]
    crossing = [line.intersection(road.buffer(25)) for line in lines if line.crosses(road)]
    under = [line for line in crossing if line.geom_type == "LineString" and line.crosses(road)][1:6:4]
    places = []
    for line in (cut[k] for k in random.integers(0, len(cut), 60)):
        places.append(line.interpolate(random.uniform(0, line.length)))
    doors = [shapely.ops.nearest_points(shapely.union_all(cut), Point(x, y))[0] for x, y in ((300, 380), (950, 380))]
    return area_of(
        streets=streets(*cut, *under, structure=["ground"] * len(cut) + ["tunnel"] * len(under)),
        expressways=expressway(CORNERS),
        homes=frame(places, population=random.integers(1, 9, len(places))),
        parks=parks(*((p.x - 5, p.y - 5, p.x + 5, p.y + 5) for p in doors)),
        park_gates=frame(doors, park_id=["i0", "i1"]),
    )  # fmt: skip


def brute_links(area: StudyArea) -> list[tuple[shapely.Point, shapely.Point, float]]:
    """Places every 50 m and before dead ends, each with the nearest ground street on both sides, one by one."""
    road = area.table("expressways").geometry.iloc[0]
    table = area.table("streets")
    ground = list(table.geometry[table["structure"] == "ground"])
    count = int(np.ceil(road.length / 50))
    along = {round((k + 0.5) * road.length / count, 3) for k in range(count)}
    ends = [Point(line.coords[at]) for line in table.geometry for at in (0, -1)]
    dead = [end for end in ends if sum(end.distance(other) < 0.001 for other in ends) == 1]
    along |= {round(road.project(end), 3) for end in dead if end.distance(road) <= 60}
    links = []
    for at in sorted(along):
        place, best = road.interpolate(at), {}
        for line in ground:
            foot = line.interpolate(line.project(place))
            away, here = foot.distance(place), road.project(foot)
            a, b = (road.interpolate(np.clip(here + step, 0, road.length)) for step in (-1.0, 1.0))
            off = ((b.x - a.x) * (foot.y - a.y) - (b.y - a.y) * (foot.x - a.x)) / a.distance(b)
            side = int(off > 1) - int(off < -1)
            if side and away <= 60 and away < best.get(side, (np.inf, None))[0]:
                best[side] = (away, foot)
        if len(best) == 2:
            links.append((best[1][1], best[-1][1], best[1][0] + best[-1][0]))
    return links


def brute_walks(area: StudyArea, links: list[tuple[shapely.Point, shapely.Point, float]], gone: set[str]) -> np.ndarray:
    """Dijkstra on a graph with every home, gate and end of a link split in."""
    table = area.table("streets")
    table = table[~table["id"].isin(gone)]
    stops = [
        *area.table("homes").geometry,
        *area.table("park_gates").geometry,
        *(p for a, b, _ in links for p in (a, b)),
    ]
    graph = nx.Graph()

    def key(point: shapely.Point) -> tuple[float, float]:
        return round(point.x, 3), round(point.y, 3)

    for line in table.geometry:
        on = sorted({0.0, line.length, *(line.project(stop) for stop in stops if line.distance(stop) < 1e-6)})
        for a, b in itertools.pairwise(on):
            ends = key(line.interpolate(a)), key(line.interpolate(b))
            graph.add_edge(*ends, weight=min(b - a, graph.get_edge_data(*ends, {"weight": np.inf})["weight"]))
    for a, b, metres in links:
        ends = key(a), key(b)
        graph.add_edge(*ends, weight=min(metres, graph.get_edge_data(*ends, {"weight": np.inf})["weight"]))
    doors = {key(point) for point in area.table("park_gates").geometry} & set(graph)
    found = nx.multi_source_dijkstra_path_length(graph, doors)
    return np.array([found.get(key(point), np.inf) for point in area.table("homes").geometry])


def test_a_crooked_town_agrees_with_brute_force() -> None:
    area = crooked()
    here = setting_of(area, Asked(minutes=LIMIT / 60, speed_mps=1.0))
    part = severance_part(here)
    (row,) = part.tables["roads_severance"].to_dict(orient="records")
    links, people = brute_links(area), area.table("homes")["population"].to_numpy()
    now, would = brute_walks(area, [], set()), brute_walks(area, links, set())
    cut = (now > LIMIT) & (would <= LIMIT)
    assert len(links) > 20
    assert cut.sum() > 5
    assert row["severed_parks"] == people[cut].sum()
    assert sorted(part.drawn["severance_homes"]["id"]) == sorted(area.table("homes")["id"][cut])
    both = np.isfinite(now) & (would <= LIMIT)
    assert row["detour_person_min"] * 60 == pytest.approx((people * (now - would))[both].sum(), abs=0.1)
    first = part.tables["roads_crossings"].iloc[0]
    gains = [people[(now > LIMIT) & (brute_walks(area, [link], set()) <= LIMIT)].sum() for link in links]
    assert first["regained"] == max(gains)
    assert first["crossing_m"] == pytest.approx(links[int(np.argmax(gains))][2], abs=1e-3)


def test_a_crooked_town_without_its_underpasses_agrees_with_brute_force() -> None:
    area = crooked()
    table = area.table("streets")
    gone = set(table["id"][table["structure"] == "tunnel"])
    here = setting_of(area, Asked(minutes=700 / 60, speed_mps=1.0))
    part = without_crossings(here, "环路")
    now, after = brute_walks(area, [], set()), brute_walks(area, [], gone)
    assert set(part.tables["roads_underpasses_closed"]["id"]) == gone
    assert lost(part) == sorted(area.table("homes")["id"][(now <= 700) & (after > 700)])
    assert len(lost(part)) > 0


def test_the_crossings_proposed_give_back_what_they_say() -> None:
    """Greedy gains never grow; and with as many as it takes, what is left lost is what no single crossing gives."""
    area = crooked()
    crossings = severance_part(setting_of(area, Asked(minutes=LIMIT / 60, speed_mps=1.0))).tables["roads_crossings"]
    assert (crossings["regained"] > 0).all()
    assert crossings["regained_total"].tolist() == crossings["regained"].cumsum().tolist()
    links, people = brute_links(area), area.table("homes")["population"].to_numpy()
    built = [min(links, key=lambda link: abs(link[2] - metres)) for metres in crossings["crossing_m"]]
    now, after = brute_walks(area, [], set()), brute_walks(area, built, set())
    assert people[(now > LIMIT) & (after <= LIMIT)].sum() == crossings["regained_total"].iloc[-1]


def test_streets_looked_for_farther_away_never_lose_fewer_people() -> None:
    area = crooked()
    lost_people = [
        severance_part(setting_of(area, Asked(minutes=LIMIT / 60, speed_mps=1.0, options={"link_within_m": within_m})))
        .tables["roads_severance"]["severed_parks"].iloc[0]
        for within_m in (20.0, 40.0, 60.0, 100.0)
    ]  # fmt: skip
    assert lost_people == sorted(lost_people)
    assert lost_people[0] == 0  # streets stop 25 m before it


def test_the_embedded_city_is_a_demonstration() -> None:
    here = setting_of(kg.open_area(kg.embedded_folder()))
    part = severance_part(here)
    table = part.tables["roads_severance"].set_index("name_en")
    ring = table.loc["Middle ring"]
    assert ring["ground_underpasses"] == 18
    assert 14 < ring["severing_km"] < 15
    assert part.tables["roads_crossings"]["regained_total"].max() <= table["severed_parks"].sum()
    closed = without_crossings(here, "Middle ring")
    assert len(closed.tables["roads_underpasses_closed"]) == 18
    homes_lost = closed.tables["roads_underpasses_homes"]
    assert homes_lost["population"].sum() == closed.tables["roads_underpasses"]["lost_people"].sum()
    assert not answer(here, "roads", part.and_(closed), leading="roads_severance").result.reportable
