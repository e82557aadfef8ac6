"""The page of a check: verdicts in a word and a shape, bars to scale, cells worked out on paper, quiet in a browser."""

from __future__ import annotations

import math
import re
from functools import cache

import pytest
from paper import layer

from kunshan_gis import toy
from kunshan_gis.maps import MapPage, render
from kunshan_gis.maps.headlines import chip_shape, headline_groups, span_bar
from kunshan_gis.maps.page import Span
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.check import Check, check
from kunshan_gis.studies.check_page import check_page

VERDICTS = ("met", "not_met", "not_measurable", "no_target", "demo")


@cache
def found(*, basis: str = "", demo: bool = False, by: str = "area") -> Check:
    plain = toy.serviced_city()
    info = plain.info.model_copy(update={"reporting_basis": basis})
    layers = dict(plain.layers)
    if demo:
        layers["homes"] = layer("homes", plain.table("homes"), basis="synthetic")
    return check(StudyArea(info, layers), ("gbt51328-2018", "garden-city-2022", "sdg-11-2-1", "gb50180-2018"), by=by)


@cache
def page(*, basis: str = "", demo: bool = False, by: str = "area") -> MapPage:
    return check_page(found(basis=basis, demo=demo, by=by))


def test_the_reporting_basis_leads_and_the_annex_is_folded() -> None:
    lead, annex = page(basis="garden-city-2022").headlines
    assert (lead.heading.zh, lead.folded) == ("上报口径", False)
    assert (annex.heading.zh, annex.folded) == ("附：其他口径", True)
    assert [row.verdict for row in lead.rows] == ["not_met", "not_met"]
    assert lead.rows[0].value.en == "50.0%"
    assert lead.rows[0].amounts.en == "1.00 ha of 2.00 ha"
    assert lead.rows[0].said.en.startswith("Service-radius coverage of parks (garden city) (reporting basis: ")


def test_without_a_basis_everything_measurable_is_shown_and_the_rest_folded() -> None:
    shown, lacking = page().headlines
    assert shown.heading.en == "Profiles listed"
    assert not shown.folded
    assert {row.verdict for row in shown.rows} == {"met", "not_met", "no_target"}
    assert lacking.folded
    assert {row.verdict for row in lacking.rows} == {"not_measurable"}
    assert all(row.reason.zh and row.span is None for row in lacking.rows)


def test_only_the_basis_stands_on_the_first_page() -> None:
    groups = headline_groups(found(basis="garden-city-2022").result, words=False, lead_only=True)
    assert [group.heading.en for group in groups] == ["Reporting basis"]
    assert not any(row.said.zh for row in groups[0].rows)


def test_bars_are_to_scale_with_the_target_where_there_is_one() -> None:
    bar = span_bar(Span(0.5, 0.4, 0.6, 0.85))
    assert 'x="40.00%" y="3" width="20.00%"' in bar
    assert '<rect x="85.00%"' in bar
    assert '<circle cx="50.00%"' in bar
    bare = span_bar(Span(0.5, math.nan, math.nan, math.nan))
    assert 'class="range"' not in bare
    assert 'class="target"' not in bare
    span = page(basis="garden-city-2022").headlines[0].rows[0].span
    assert span is not None
    assert (span.value, span.target) == (0.5, 0.85)


def test_other_figures_run_up_to_a_little_more_than_the_largest() -> None:
    rows = {row.name.en: row for row in page().headlines[0].rows}
    span = rows["Road density"].span  # 3.8 km to a km2, 8 asked for
    assert span is not None
    assert span.target == pytest.approx(8 / (1.15 * 8))
    assert span.value == pytest.approx(3.8 / (1.15 * 8))


def test_every_verdict_has_its_own_shape() -> None:
    assert len({chip_shape(verdict) for verdict in VERDICTS}) == len(VERDICTS)


def test_the_colours_of_verdicts_can_be_read() -> None:
    css = render(page(basis="garden-city-2022"))
    for verdict in VERDICTS:
        rule = re.search(rf"\.chip\.is-{verdict} {{([^}}]*)}}", css)
        assert rule
        ink = re.search(r"(?<![-\w])color: (#\w+|var\(--seal\))", rule[1])
        paper = re.search(r"background: (#\w+)", rule[1])
        assert ink
        assert paper
        assert contrast(ink[1].replace("var(--seal)", "#9b2a1a"), paper[1]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2: (lighter + 0.05) / (darker + 0.05) of relative luminances."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_cells_hold_what_a_rule_leaves_out() -> None:
    # land A (1 ha) is covered and B (1 ha) is not: 300 m squares hold them whole or cut, and sum to both
    gap = next(one for one in page(basis="garden-city-2022").layers if one.key.startswith("gap_garden"))
    assert gap.table["amount"].sum() == pytest.approx(2)
    assert gap.table["covered"].sum() == pytest.approx(1)
    assert gap.table["not_covered"].sum() == pytest.approx(1)
    assert gap.shown


def test_a_life_circle_is_drawn_by_needs_in_reach() -> None:
    # a stop within 500 m, a station within 1000 m: h2, h3 and h4 reach both, h1 (510 m, 1010 m) and h5 neither
    layers = {one.key: one for one in page(basis="sdg-11-2-1").layers}
    circle = layers["circle"].table
    assert circle["amount"].sum() == 700
    reached = (circle["reached"].fillna(0) * circle["amount"]).sum()
    assert reached == 2 * (200 + 300 + 40)
    assert layers["circle"].shown
    assert not any(one.shown for key, one in layers.items() if key.startswith("gap_"))


def test_figures_by_units_are_tables_with_the_words_of_the_basis() -> None:
    by_towns = page(basis="garden-city-2022", by="towns")
    assert [table.folded for table in by_towns.tables] == [False, True]
    assert by_towns.tables[0].rows["unit"].tolist()[:2] == ["西镇", "东镇"]
    (words,) = by_towns.sections
    assert len(words.paragraphs) == 2


def test_a_demonstration_is_marked_and_has_no_verdict() -> None:
    demo = page(basis="sdg-11-2-1", demo=True)
    assert demo.demo
    html = render(demo)
    assert "setWatermark" in html
    annex = demo.headlines[1].rows
    assert "demo" in {row.verdict for row in annex}
    assert not {"met", "not_met"} & {
        row.verdict for row in annex if "esidents" in row.name.en and "park" not in row.name.en
    }


def test_the_same_check_gives_the_same_bytes() -> None:
    assert render(check_page(found())) == render(check_page(found()))


@pytest.mark.parametrize("phone", [False, True])
def test_the_page_is_quiet_fits_and_opens_its_annex(visit, phone: bool) -> None:
    opened = visit(render(page(basis="garden-city-2022", by="towns")), width=390 if phone else 1280, phone=phone)
    opened.wait_for_selector("[data-painted]", timeout=10_000)
    assert opened.trouble == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1280)
    assert opened.locator(".headlines > ol > .headline").count() == 2
    hidden = opened.locator(".headline-group .headline").first
    assert not hidden.is_visible()
    opened.locator(".headline-group > summary").click()
    assert hidden.is_visible()
    opened.click("#switch")
    assert opened.locator(".headline .chip >> visible=true").first.inner_text() == "not met"


def test_hostile_names_stay_text(visit) -> None:
    city = toy.serviced_city()
    evil = "</script><script>window.ran=1</script>{{7*7}}<img src=x onerror=window.ran=1>"
    towns = layer("towns", city.table("towns").assign(name=[evil, "东"], name_en=[evil, "East"]))
    made = check(StudyArea(city.info, {**city.layers, "towns": towns}), ("garden-city-2022",), by="towns")
    opened = visit(render(check_page(made)))
    opened.wait_for_selector("[data-painted]", timeout=10_000)
    assert opened.evaluate("typeof window.ran") == "undefined"
    assert opened.trouble == []
