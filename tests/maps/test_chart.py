"""Charts: places as shares of the drawing, what is missing named, words harmless, quiet in a browser."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from kunshan_gis.maps import Axis, Bar, BarGroup, Bars, Dot, Guide, MapPage, Scatter, render
from kunshan_gis.maps.chart_drawn import drawn, ticks
from kunshan_gis.messages import Text
from kunshan_gis.model import Style

RED, BLUE = Style("红", "Red", "#c4563f"), Style("蓝", "Blue", "#2f6f8a", fill="#112233")


def same(said: str) -> Text:
    return Text(said, said)


def scatter(*dots: Dot, **more: Any) -> Scatter:
    return Scatter(Text("图", "Chart"), Axis(Text("横", "Across")), Axis(Text("纵", "Up")), dots, {"r": RED, "b": BLUE},
                   **more)  # fmt: skip


def bars(*rows: Bar, mark: float = math.nan) -> Bars:
    group = BarGroup(Text("人口", "People"), rows, mark, Text("平均", "mean"))
    return Bars(Text("比较", "Compared"), (group,), {"r": RED}, Text("全市平均", "City mean"))


def page(*charts: Scatter | Bars, demo: bool = False) -> MapPage:
    return MapPage(same("题"), same("副"), (), charts=charts, demo=demo)


def test_a_dot_lies_where_its_figures_say_from_the_bottom_left() -> None:
    html = drawn(scatter(Dot(same("A"), 0.25, 0.25, "b")), demo=False)
    assert '<circle cx="25.00%" cy="75.00%" r="5" fill="#112233">' in html


def test_the_legend_names_the_kinds_that_occur_and_no_others() -> None:
    html = drawn(scatter(Dot(same("A"), 0.5, 0.5, "r")), demo=False)
    assert "红" in html
    assert "蓝" not in html


def test_a_dot_without_a_figure_is_named_and_not_drawn() -> None:
    html = drawn(scatter(Dot(Text("无数", "No figure"), math.nan, 0.5, "r")), demo=False)
    assert "<circle cx" not in html
    assert "无法测算：无数" in html
    assert "Not measurable: No figure" in html


def test_names_that_would_lie_over_each_other_are_left_out_the_first_stays() -> None:
    html = drawn(scatter(*(Dot(same(f"站{row}"), 0.5, 0.5) for row in range(9))), demo=False)
    shown = re.findall(r"<text class=\"zh\"[^>]*>(站\d)</text>", html)
    assert shown[0] == "站0"
    assert 0 < len(set(shown)) < 9


def test_a_guide_runs_between_its_places() -> None:
    html = drawn(scatter(guides=(Guide(((0, 0), (1, 1)), Text("线", "Line")),)), demo=False)
    assert '<line class="guide dashed" x1="0.00%" y1="100.00%" x2="100.00%" y2="0.00%"/>' in html
    assert ">线</text>" in html


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (0, 9, [0, 2, 4, 6, 8]), (-3, 5, [-2, 0, 2, 4]), (1, 1, []), (0, 0, [])],
)
def test_ticks_are_round_figures_between_the_ends(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_a_bar_is_as_long_as_its_part_of_the_longest_and_the_mark_lies_where_it_should() -> None:
    html = drawn(bars(Bar(same("东"), 50, same("50"), "r"), Bar(same("西"), 200, same("200")), mark=100), demo=False)
    assert 'width="25.00%" height="12" fill="#c4563f"' in html
    assert html.count('<rect x="50.00%" y="0" width="2"') == 2
    assert "全市平均" in html


def test_a_bar_below_nothing_runs_to_the_left_of_it() -> None:
    html = drawn(bars(Bar(same("东"), -1, same("-1")), Bar(same("西"), 3, same("3"))), demo=False)
    assert '<rect x="0.00%" y="3" width="25.00%"' in html
    assert '<rect x="25.00%" y="3" width="75.00%"' in html


def test_a_bar_without_a_figure_is_an_empty_frame() -> None:
    html = drawn(bars(Bar(same("东"), math.nan, same("—"))), demo=False)
    assert 'class="track lacking"' in html
    assert "nan" not in html


def test_a_range_is_drawn_from_its_low_to_its_high_end() -> None:
    html = drawn(bars(Bar(same("东"), 2, same("2"), low=1, high=4)), demo=False)
    assert '<line x1="25.00%" x2="100.00%" y1="9" y2="9" class="whisker"/>' in html


def test_a_demonstration_says_so_in_the_caption_and_in_the_drawing() -> None:
    chart = scatter(Dot(same("A"), 0.5, 0.5))
    assert drawn(chart, demo=True).count("演示数据·不得上报") == 2
    assert "演示" not in drawn(chart, demo=False)


def test_words_from_data_stay_words(payload: str) -> None:
    said = same(payload)
    style = {"r": Style(said.zh, said.en, "#c4563f")}
    chart = Scatter(said, Axis(said), Axis(said), (Dot(said, 0.5, 0.5, "r", said), Dot(said, math.nan, 1)), style,
                    (Guide(((0, 0), (1, 1)), said),), (((0.5, 0.2), said),), said)  # fmt: skip
    group = BarGroup(said, (Bar(said, 1, said, "r"),), 1, said)
    html = drawn(chart, demo=False) + drawn(Bars(said, (group,), style, said, said), demo=False)
    plain = re.sub(r"<[a-z/][^<>]*>", "", html)
    assert "<" not in plain
    assert "{{" not in html
    assert "window.ran=1>" not in html


def test_a_page_shows_charts_between_words_and_tables_the_same_every_time() -> None:
    asked = page(scatter(Dot(same("A"), 0.1, 0.2, "r")), bars(Bar(same("东"), 1, same("1"))))
    html = render(asked)
    assert html == render(asked)
    assert html.index('<section class="charts">') < html.index('<div id="tables"')
    assert 'class="charts"' not in render(page())


@pytest.mark.parametrize("phone", [False, True])
def test_charts_fit_the_page_in_a_browser(visit: Callable[..., Any], phone: bool) -> None:
    dots = [Dot(Text(f"车站{row}", f"Station number {row}"), (row % 6) / 6, (row % 7) / 7, "r") for row in range(30)]
    html = render(
        page(scatter(*dots), bars(Bar(same("很长很长很长的名称"), 3, same("3,000 人/平方公里"), "r")), demo=True)
    )
    shown = visit(html, width=390 if phone else 1280, phone=phone)
    assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert shown.trouble == []
