"""The page of station areas: what its legend, its cards, its diagram and its tables hold, quiet in a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from paper import layer

from kunshan_gis import toy
from kunshan_gis.maps import Bars, MapPage, Scatter, render
from kunshan_gis.maps.tod import circle_styles, class_styles
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.systems.registry import run
from kunshan_gis.studies.systems.system import Asked, System
from kunshan_gis.studies.systems.tod import page


@cache
def found(*, demo: bool = False) -> System:
    """Four stations in the toy city: one badly known, one without entrances."""
    plain = toy.serviced_city()
    x, y = toy.ORIGIN
    one = plain.table("stations")
    names = ["车站", "西站", "东站", "北站"]
    places = [(1200, 0), (400, 0), (1900, 0), (1600, 280)]
    table = one.iloc[[0] * 4].reset_index(drop=True).assign(
        id=["T", "W", "E", "N"], name=names, name_en=["Station", "West", "East", "North"],
        line=["1", "1; 2", "1", "2"], accuracy_m=[None, None, None, 900.0],
        geometry=[one.geometry.iloc[0].__class__(x + east, y + north) for east, north in places],
    )  # fmt: skip
    layers = {**plain.layers, "stations": layer("stations", table)}
    if demo:
        layers["homes"] = layer("homes", plain.table("homes"), basis="synthetic")
    return run(StudyArea(plain.info, layers), "tod", Asked(by="area"))


@cache
def made(*, demo: bool = False, lang: str = "zh") -> MapPage:
    return page(found(demo=demo), lang=lang)


def layer_of(key: str) -> Any:
    return next(one for one in made().layers if one.key == key)


def test_the_layers_lie_from_the_ground_up() -> None:
    keys = [one.key for one in made().layers]
    own = ["tod_cells", "tod_sheds", "tod_rings", "tod_stations", "tod_faults"]
    assert [key for key in keys if key in own] == own


def test_every_station_is_drawn_and_a_badly_known_one_has_no_ring() -> None:
    assert len(layer_of("tod_stations").table) == 4
    assert set(layer_of("tod_rings").table["id"]) == {"T", "W", "E"}
    assert set(layer_of("tod_rings").table.geom_type) <= {"LineString", "MultiLineString"}


def test_what_is_not_measurable_has_its_own_grey_class() -> None:
    assert circle_styles()["not_measurable"].hatch
    assert class_styles()["not_measurable"].fill == "#ffffff"
    assert "not_measurable" in layer_of("tod_cells").styles
    assert "not_measurable" in layer_of("tod_stations").styles


def test_cards_say_ranges_where_there_is_no_figure() -> None:
    table = layer_of("tod_stations").table.set_index("name")
    assert table.loc["北站", "radius_people_around_zh_"] == "0—700"
    assert table.loc["车站", "line_zh_"] == "1"


def test_the_diagram_holds_every_station_and_names_what_has_no_place() -> None:
    (scatter,) = (chart for chart in made().charts if isinstance(chart, Scatter))
    assert {dot.name.zh for dot in scatter.dots} == {"车站", "西站", "东站", "北站"}
    assert [dot.name.zh for dot in scatter.dots if not dot.there] == ["北站"]
    assert all(0 <= dot.x <= 1 and 0 <= dot.y <= 1 for dot in scatter.dots if dot.there)


def test_the_bars_of_the_catchment_ratio_are_held_against_the_median() -> None:
    (bars,) = (chart for chart in made().charts if isinstance(chart, Bars))
    (group,) = bars.groups
    values = [bar.value for bar in group.bars]
    assert values == sorted(values, reverse=True)
    assert min(values) <= group.mark <= max(values)


def test_figures_open_the_page_with_their_three_states() -> None:
    radius, walk, *_ = made().figures
    assert radius.label.en == "of residents within 800 m of a station in a straight line"
    assert radius.states is not None
    assert walk.states is not None
    assert sum(walk.states) == pytest.approx(1)
    assert walk.states[2] > 0  # h6 and h7


def test_a_demonstration_is_marked_and_coarse() -> None:
    shown = made(demo=True)
    assert shown.demo
    html = render(shown)
    assert "演示数据·不得上报" in html
    assert "%" in shown.figures[0].value.zh
    assert "." not in shown.figures[0].value.zh


def test_the_page_is_the_same_every_time_and_in_both_languages() -> None:
    assert render(made()) == render(made())
    html = render(replace(made(), lang="en"))
    assert "Node and place" in html
    assert "节点与场所" in html


def test_names_from_data_stay_names() -> None:
    plain = found().area
    evil = "<img src=x onerror=window.ran=1>{{7*7}}"
    table = plain.table("stations").assign(name=evil, name_en=evil, line=evil)
    area = StudyArea(plain.info, {**plain.layers, "stations": layer("stations", table)})
    html = render(page(run(area, "tod", Asked(by="area"))))
    assert "<img src=x" not in html
    assert "{{7*7}}" not in html


@pytest.mark.parametrize("phone", [False, True])
def test_the_page_is_quiet_in_a_browser(visit: Callable[..., Any], phone: bool) -> None:
    shown = visit(render(made(demo=True)), width=390 if phone else 1280, phone=phone)
    assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert shown.trouble == []
