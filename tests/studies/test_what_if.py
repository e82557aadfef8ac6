"""Edits followed step by step, against everything worked out from nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from laws import tried_on
from paper import X0, Y0, area_of, gates, homes, parks, streets
from shapely import LineString, Point, box
from shapely.affinity import translate

from kunshan_gis import network, toy
from kunshan_gis.errors import KunshanGISError, NetworkError, ParameterError
from kunshan_gis.model import Edit, StudyArea
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.on_foot import barriers_of, gates_of, measured_parks, overhead
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.walk import Walk, walk_network
from kunshan_gis.studies.what_if import WhatIf

WALK = Walk(minutes=8, speed_mps=1.0, profile="planning-walk", max_leg_m=60.0, min_component_m=200.0)


def town(seed: int) -> StudyArea:
    """A seeded grid town of two halves with a river between, two bridges, parks with and without gates, islands."""
    rng = np.random.default_rng(seed)
    lines = [[(x, y), (x + 100, y)] for x in range(0, 800, 100) for y in (0, 100, 200, 400, 500, 600)]
    lines += [[(x, y), (x, y + 100)] for x in range(0, 801, 100) for y in (0, 100, 400, 500)]
    lines = [line for line, stays in zip(lines, rng.random(len(lines)) < 0.8, strict=True) if stays]
    structure = ["ground"] * len(lines) + ["elevated"] * 2 + ["ground"]
    lines += [[(200, 200), (200, 400)], [(600, 200), (600, 400)], [(900, 50), (950, 50)]]
    corners = rng.uniform(20, 760, (5, 2)).round(1)
    return area_of(
        streets=streets(*lines, structure=structure, id=[f"s{i}" for i in range(len(lines))]),
        homes=homes(*map(tuple, rng.uniform(-20, 970, (80, 2)).round(2)), population=rng.integers(0, 50, 80)),
        parks=parks(*[(x, y, x + 40, y + 30) for x, y in corners], tier=["community", *["pocket"] * 4]),
        park_gates=gates(tuple(corners[0]), tuple(corners[1]), park_id=["i0", "i1"]),
        water=streets([(-100, 300), (1000, 300)]).drop(columns=["walkable", "structure", "class"]),
    )  # fmt: skip


def moved(shape) -> str:
    return translate(shape, X0, Y0).wkt


@st.composite
def edits(draw: st.DrawFn):
    number = st.integers(0, 780)
    kind = draw(st.sampled_from(["park", "gate", "no park", "no gate", "path", "no street", "no bridge"]))
    x, y, w, h = draw(number), draw(number), draw(st.integers(10, 120)), draw(st.integers(10, 120))
    unique = draw(st.uuids()).hex[:6]
    if kind == "park":
        tier = draw(st.sampled_from(["community", "pocket", "comprehensive"]))
        return Edit.add("parks", moved(box(x, y, x + w, y + h)), id=f"p{unique}", tier=tier)
    if kind == "gate":
        return Edit.add("park_gates", moved(Point(x, y)), id=f"g{unique}", park_id=f"i{x % 5}")
    if kind == "path":
        line = LineString([(x, y), (x + w, y + h - 60), (x - 30, y + 4 * h)])
        return Edit.add("streets", moved(line), id=f"w{unique}", walkable=True, structure="ground", **{"class": "path"})
    if kind == "no park":
        return Edit.remove("parks", f"i{x % 5}")
    if kind == "no gate":
        return Edit.remove("park_gates", f"i{x % 2}")
    return Edit.remove("streets", f"s{x % 60}")


def from_nothing(area: StudyArea) -> pd.DataFrame:
    """Metres per tier with every home and every park put on the network anew."""
    net, whole = walk_network(area), measured_parks(area)
    placed = network.snap(
        area.table("homes").geometry, net, max_leg_m=WALK.max_leg_m, min_component_m=WALK.min_component_m,
        barred=overhead(area, net), barriers=barriers_of(area),
    )  # fmt: skip
    access = network.park_access(
        whole, gates_of(area), net, bridged=overhead(area, net), min_component_m=WALK.min_component_m
    )
    found = {"reason": placed.reason}
    for tier in ("all", "comprehensive", "community", "pocket"):
        rows = access.rows(whole["id"] if tier == "all" else whole.loc[whole["tier"] == tier, "id"])
        field = network.search(net, network.select(access.points, rows))
        found[tier] = network.nearest(field, placed)["metres"].to_numpy()
    return pd.DataFrame(found)


@tried_on(st.integers(0, 9), st.lists(st.one_of(edits(), st.just(None)), min_size=1, max_size=6), fast=20, full=60)
def test_every_step_is_what_working_it_all_out_again_would_give(seed: int, steps) -> None:
    city = WhatIf(town(seed), WALK)
    past = [city.homes]
    for edit in steps:
        if edit is None:
            if len(past) > 1:
                city.undo()
                past.pop()
                pd.testing.assert_frame_equal(city.homes, past[-1])  # to the last bit
            continue
        before = city.homes
        try:
            city.apply(edit)
        except KunshanGISError:  # nothing there to remove, an island, …
            pd.testing.assert_frame_equal(city.homes, before)
            continue
        past.append(city.homes)
        expected = from_nothing(city.area)
        assert city.homes["reason"].tolist() == expected["reason"].tolist()
        for tier in city.figures.index:
            np.testing.assert_allclose(city.homes[f"metres_{tier}"], expected[tier], atol=1e-9)


def test_the_figures_are_those_of_the_whole_study() -> None:
    city = WhatIf(town(3), WALK)
    city.apply(Edit.add("parks", moved(box(300, 420, 340, 470)), id="new", tier="comprehensive"))
    city.apply(Edit.remove("streets", "s20"), Edit.remove("parks", "i1"))
    study = park_reach(city.area, WALK, allow_open_edge=True)
    table = study.result.tables["area"].set_index("tier")
    for column in ("population", "covered", "not_covered", "not_measurable", "share_covered"):
        assert city.figures[column].tolist() == table[column].tolist(), column
    assert list(city.figures.index) == list(study.tiers)
    for tier in study.tiers:
        street = float(network.covered_lengths(study.fields[tier], [WALK.cutoff_m]).sum())
        assert city.figures.loc[tier, "street_m"] == pytest.approx(street)


def test_a_bridge_removed_takes_the_park_from_exactly_the_people_behind_it() -> None:
    area = area_of(
        streets=streets(
            [(0, 0), (500, 0)], [(500, 0), (1000, 0)], [(0, 100), (500, 100)], [(500, 100), (1000, 100)],
            [(500, 0), (500, 100)], id=["sw", "se", "nw", "ne", "bridge"],
        ),
        homes=homes((0, 0), (450, 0), (450, 100), (100, 100), (1000, 100), population=[1, 20, 300, 4000, 50_000]),
        parks=parks((400, -50, 500, 0)),
        park_gates=gates((400, 0), park_id="i0"),
    )  # fmt: skip
    city = WhatIf(area, Walk(minutes=10, speed_mps=1.0, profile="planning-walk"))
    before = city.figures.loc["all", "covered"]
    after = city.apply(Edit.remove("streets", "bridge")).loc["all", "covered"]
    assert (before, after) == (1 + 20 + 300 + 4000, 21)
    lost = city.changed_homes()
    assert lost["id"].tolist() == ["i2", "i3"]
    assert lost["population"].tolist() == [300, 4000]
    assert lost["metres_before"].tolist() == pytest.approx([250, 600])
    assert lost["metres"].isna().all()
    assert city.undo().loc["all", "covered"] == before
    assert city.changed_homes().empty


def test_a_footbridge_drawn_between_the_banks_reaches_those_behind_it() -> None:
    area = area_of(
        streets=streets([(0, 0), (1000, 0)], [(0, 100), (1000, 100)]),
        homes=homes((300, 100), (700, 100), population=[30, 500]),
        parks=parks((100, -50, 200, 0)),
    )
    city = WhatIf(area, Walk(minutes=10, speed_mps=1.0, profile="planning-walk"))
    assert city.figures.loc["all", "covered"] == 0
    bridge = Edit.add("streets", moved(LineString([(300, 5), (300, 96)])), id="bridge", walkable=True,
                      structure="elevated", **{"class": "footway"})  # fmt: skip
    assert city.apply(bridge).loc["all", "covered"] == 530
    assert city.homes["metres_all"].tolist() == pytest.approx([200, 600])


def test_a_path_that_ends_beside_a_bridge_does_not_climb_onto_it() -> None:
    area = area_of(
        streets=streets([(0, 0), (1000, 0)], [(0, 50), (1000, 50)], structure=["ground", "elevated"]),
        homes=homes((500, 40)), parks=parks((0, -50, 100, 0)),
    )  # fmt: skip
    deck = walk_network(area).edge_id[1]

    def with_path(structure: str, top: float) -> StudyArea:
        path = moved(LineString([(500, 0), (500, top)]))
        return area.with_edits(
            Edit.add("streets", path, id="path", walkable=True, structure=structure, **{"class": "path"})
        )

    assert deck in walk_network(with_path("ground", 42)).edge_id
    assert deck not in walk_network(with_path("ground", 50)).edge_id  # drawn to it: stairs
    assert deck not in walk_network(with_path("elevated", 42)).edge_id


def test_a_gate_said_not_to_be_the_only_way_in_is_another_gate() -> None:
    area = area_of(
        streets=streets([(0, 0), (1000, 0)], [(0, 200), (1000, 200)], [(0, 0), (0, 200)]),
        homes=homes((900, 200)), parks=parks((400, 0, 600, 200)),
        park_gates=gates((400, 0), park_id="i0").assign(complete=True),
    )  # fmt: skip
    city = WhatIf(area, WALK)
    again = Edit.add("park_gates", moved(Point(400, 0)), id="i0", park_id="i0", complete=False)
    city.apply(Edit.remove("park_gates", "i0"), again)
    np.testing.assert_allclose(city.homes["metres_all"], from_nothing(city.area)["all"])
    assert city.homes["metres_all"].tolist() == pytest.approx([300])


def test_what_cannot_be_done_changes_nothing() -> None:
    city = WhatIf(toy.city(), WALK)
    before = city.figures
    far = Edit.add("streets", moved(LineString([(9000, 0), (9100, 0)])), id="far", walkable=True, **{"class": "path"})
    for wrong, error in ((far, NetworkError), (Edit.remove("parks", "nobody"), ParameterError)):
        with pytest.raises(error):
            city.apply(wrong)
        pd.testing.assert_frame_equal(city.figures, before)
    with pytest.raises(ParameterError, match="no step to take back"):
        city.undo()
    with pytest.raises(ParameterError, match="no edit given"):
        city.apply()


def test_homes_may_change_too() -> None:
    city = WhatIf(toy.city(), Walk(minutes=15, speed_mps=1.0, profile="planning-walk"))
    assert city.apply(Edit.remove("homes", "h5")).loc["all", "not_covered"] == 0
    assert city.undo().loc["all", "not_covered"] == 50


def test_a_tier_that_comes_or_goes_has_changed_homes_too() -> None:
    city = WhatIf(toy.city(), WALK)
    tier = next(tier for tier in TIERS if tier not in city.figures.index)
    x, y = city.homes.geometry.iloc[0].coords[0]
    city.apply(Edit.add("parks", box(x - 30, y - 30, x + 30, y + 30).wkt, id="new", tier=tier))
    changed = city.changed_homes(tier)
    assert len(changed)
    assert set(changed["state_before"]) == {"not_covered"}
    assert set(changed["state"]) == {"covered"}
    later = WhatIf(city.area, WALK)
    later.apply(Edit.remove("parks", "new"))
    assert later.changed_homes(tier)["id"].tolist() == changed["id"].tolist()
    assert set(later.changed_homes(tier)["state"]) == {"not_covered"}
    with pytest.raises(ParameterError, match="no tier zzz"):
        city.changed_homes("zzz")


def test_without_any_park_nobody_is_covered_and_gates_lead_nowhere() -> None:
    area = toy.city()
    none = Edit.remove("parks", *area.table("parks")["id"])
    city = WhatIf(area, WALK)
    assert city.apply(none)["covered"].tolist() == [0]
    assert city.figures["street_m"].tolist() == [0.0]
    table = park_reach(area.with_edits(none), WALK, allow_open_edge=True).result.tables["area"]
    assert table["covered"].tolist() == [0]
