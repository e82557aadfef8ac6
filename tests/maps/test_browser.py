"""Whole pages in a real Chromium with the network off: drawn, quiet, marked, readable, and deaf to payloads."""

import time
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from kunshan_gis import toy
from kunshan_gis.maps import (
    Field,
    KeyFigure,
    Link,
    MapLayer,
    MapPage,
    PageTable,
    Section,
    overview_map,
    real_map,
    render,
)
from kunshan_gis.maps.escape import clean
from kunshan_gis.messages import Text
from kunshan_gis.model import Style

GROUP = Text("组", "Group")
NAME = Field("name", "名称", "Name", column_en="name_en")


def square(**columns) -> gpd.GeoDataFrame:
    columns = columns or {"name": ["甲地"], "name_en": ["Place A"]}
    return gpd.GeoDataFrame(columns, geometry=[shapely.box(120.9, 31.2, 121.1, 31.4)], crs="EPSG:4326")


def layer(key: str = "a", table: gpd.GeoDataFrame | None = None, **options) -> MapLayer:
    table = square() if table is None else table
    style = options.pop("style", Style("甲", "A", color="#225588", fill="#3377bb"))
    return MapLayer(key, Text("甲层", "Layer A"), GROUP, table, style, **({"fields": (NAME,)} | options))


def page_of(*layers: MapLayer, **options) -> MapPage:
    return MapPage(Text("图题", "Map title"), Text("副题", "Subtitle"), layers or (layer(),), **options)


def red(picture: np.ndarray) -> int:
    """Pixels of the demonstration mark's colour: clearly more red than green and blue."""
    return int(((picture[..., 0] - picture[..., 1] > 14) & (picture[..., 0] - picture[..., 2] > 14)).sum())


def everywhere(payload: str) -> MapPage:
    """A page with the payload in every place that text from data can take."""
    both = Text(payload, payload)
    field = Field("name", payload, payload, column_en="name_en")
    rows = pd.DataFrame({"name": [payload], "name_en": [payload], "group": [payload]})
    hostile = MapLayer(
        payload[:99], both, both, square(name=[payload], name_en=[payload], kind=[payload]),
        {payload: Style(payload, payload, color="#225588", fill="#3377bb")}, by="kind", fields=(field,), label=field,
    )  # fmt: skip
    return MapPage(
        title=both, subtitle=both, layers=(hostile,), intro=(both,), provenance=(both,), demo=True,
        figures=(KeyFigure(both, both, both, (0.5, 0.3, 0.2)),),
        tables=(PageTable(both, (field,), rows, group=Field("group", payload, payload), note=both),),
        sections=(
            Section(both, (both,), (payload,), (Link(payload, both, both),), cards=True),
            Section(both, links=(Link(payload, both),)),
        ),
        nav=(Link(payload, both),),
    )  # fmt: skip


def test_a_payload_runs_nowhere_and_is_shown_as_it_is(visit, payload, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = visit(render(everywhere(payload)))
    page.wait_for_selector("[data-painted]")
    frame = page.locator(".folium-map").bounding_box()
    middle = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(*middle)
    page.wait_for_selector(".packed-tip")
    page.mouse.click(*middle)
    page.wait_for_selector(".packed-popup")
    assert page.locator(".packed-popup .packed-card-name").text_content() == clean(payload, longest=200)
    for summary in page.locator(".tables summary").all():
        summary.click()
    page.click("#switch")
    assert page.evaluate("typeof window.ran") == "undefined"
    assert not Path("RAN").exists()
    assert page.trouble == []
    seen = {
        "title": page.locator("h1").text_content(),
        "legend": page.locator(".legend-layer label").text_content(),
        "class": page.locator(".legend-layer li").text_content(),
        "caption": page.locator("caption").first.text_content(),
        "heading": page.locator(".tables thead th").first.text_content(),
        "cell": page.locator("tbody tr:not(.group) th").first.text_content(),
        "attribute": page.locator("details tbody th").first.text_content(),
        "figure": page.locator(".figure-value").text_content(),
        "paragraph": page.locator(".prose p").first.text_content(),
        "command": page.locator(".prose pre").text_content(),
        "link": page.locator(".prose a").last.text_content(),
        "origin": page.locator(".origin li").text_content(),
    }
    start = clean(payload)[:110]
    assert {place: text for place, text in seen.items() if start not in text} == {}
    assert all(
        href.startswith("./")
        for href in page.eval_on_selector_all(
            "a[href]", "all => all.map((a) => a.getAttribute('href')).filter((h) => !h.startsWith('#'))"
        )
    )
    assert page.locator("body").is_visible()


def test_a_page_is_drawn_and_asks_for_nothing(visit, pixels):
    page = visit(render(page_of()))
    picture = pixels(page)
    assert ((picture == [0x33, 0x77, 0xBB]).all(axis=-1)).mean() > 0.2
    assert page.trouble == []


def test_the_demonstration_mark_is_inside_the_map_if_and_only_if_demo(visit, pixels):
    plain = layer(style=Style("甲", "A", color="#888888", fill="#dddddd"))
    assert red(pixels(visit(render(page_of(plain, demo=True))))) > 3000
    assert red(pixels(visit(render(page_of(plain, demo=False))))) < 100
    assert red(pixels(visit(render(page_of(plain, demo=True, marked_map=False))))) < 100


def test_the_mark_stays_when_the_map_is_moved_zoomed_and_printed(visit, pixels):
    page = visit(render(page_of(layer(style=Style("甲", "A", color="#888888", fill="#dddddd")), demo=True)))
    page.wait_for_selector("[data-painted]")
    page.evaluate("map_1.setView([31.25, 121.0], 14, {animate: false})")
    assert red(pixels(page)) > 3000
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert red(pixels(page)) > 3000
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


def test_the_language_switch_changes_page_title_labels_and_cards(visit):
    page = visit(render(page_of(layer(label=NAME))))
    page.wait_for_selector("[data-painted]")
    assert page.title() == "图题"
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.locator("h1").inner_text() == "图题"
    page.click("#switch")
    assert page.title() == "Map title"
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("h1").inner_text() == "Map title"
    assert page.get_attribute(".leaflet-control-zoom-in", "aria-label") == "Zoom in"
    page.mouse.click(450, 420)
    assert page.locator(".packed-popup .packed-card-name").inner_text() == "Place A"
    page.click("#switch")
    assert page.title() == "图题"
    assert page.locator(".packed-popup .packed-card-name").inner_text() == "甲地"


def test_english_first_is_english_first(visit):
    page = visit(render(page_of(lang="en")))
    page.wait_for_selector("[data-painted]")
    assert page.title() == "Map title"
    assert page.locator("#switch").inner_text() == "中文"


def test_layers_are_switched_from_the_legend(visit, pixels):
    page = visit(render(page_of()))
    blue = [0x33, 0x77, 0xBB]
    assert (pixels(page) == blue).all(axis=-1).any()
    page.uncheck("input[data-layer]")
    assert not (pixels(page, ".folium-map") == blue).all(axis=-1).any()
    page.check("input[data-layer]")
    assert (pixels(page, ".folium-map") == blue).all(axis=-1).any()


def test_a_hidden_layer_is_listed_but_not_drawn(visit, pixels):
    page = visit(render(page_of(layer(shown=False), layer("b", style=Style("乙", "B", color="#999999", width=1)))))
    assert not (pixels(page) == [0x33, 0x77, 0xBB]).all(axis=-1).any()
    assert page.locator("input[data-layer]").count() == 2


def test_details_come_with_the_zoom(visit):
    page = visit(render(page_of(layer(min_zoom=15))))
    page.wait_for_selector("[data-painted='0']")
    page.evaluate("map_1.setView([31.3, 121.0], 16, {animate: false})")
    page.wait_for_selector("[data-painted='1']")


def test_full_extent_brings_the_area_back(visit):
    page = visit(render(page_of()))
    page.wait_for_selector("[data-painted]")
    before = page.evaluate("map_1.getCenter()")
    page.evaluate("map_1.setView([10, 10], 15, {animate: false})")
    page.click("a.home")
    assert page.evaluate("map_1.getCenter()") == before


def test_a_phone_shows_map_legend_and_no_sideways_scroll(visit, pixels):
    page = visit(render(page_of(demo=True)), width=390, height=844, phone=True)
    assert (pixels(page) == [0x33, 0x77, 0xBB]).all(axis=-1).any()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.locator(".legend-layer").first.is_visible()
    page.click(".legend summary")
    assert page.locator(".legend-layer").first.is_visible()
    assert "user-scalable" not in page.content()
    controls = page.locator(".leaflet-control-zoom-in").bounding_box()
    assert controls["width"] >= 36


def test_the_map_has_scale_north_and_no_flag(visit):
    page = visit(render(page_of()))
    page.wait_for_selector("[data-painted]")
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith(("km", "m"))
    assert page.locator(".leaflet-control-scale-line").count() == 1
    assert page.locator("svg.north").is_visible()
    assert page.locator(".leaflet-control-attribution").count() == 0


def test_keys_reach_every_control(visit):
    page = visit(render(page_of()))
    page.wait_for_selector("[data-painted]")
    reached = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.className || document.activeElement.id || document.activeElement.tagName"
            )
        )
    assert {"skip", "switch", "home", "leaflet-control-zoom-in", "INPUT", "SUMMARY"} <= reached


def test_every_toy_page_is_quiet_in_both_languages(visit):
    nothing = replace(toy.city(), layers={"homes": toy.city().layers["homes"]})
    for made in (overview_map(toy.city()), real_map(toy.city()), real_map(nothing)):
        page = visit(render(made))
        page.wait_for_selector("[data-painted]")
        page.click("#switch")
        assert page.trouble == []


def test_a_hundred_thousand_edges_are_drawn_within_three_seconds(visit, pixels):
    random = np.random.default_rng(1)
    start = random.uniform([120.8, 31.1], [121.2, 31.5], (100_000, 1, 2))
    bends = start + random.normal(0, 4e-4, (100_000, 4, 2)).cumsum(axis=1)
    table = gpd.GeoDataFrame(
        {"band": random.choice(["5", "10", "15"], 100_000)},
        geometry=shapely.linestrings(np.concatenate([start, bends], axis=1)), crs="EPSG:4326",
    )  # fmt: skip
    styles = {
        band: Style(band, band, color=color)
        for band, color in zip(("5", "10", "15"), ("#0b4f57", "#3f938c", "#9dccbb"), strict=True)
    }
    html = render(page_of(layer(table=table, style=styles, by="band", fields=())))
    assert len(html) < 3_000_000
    began = time.monotonic()
    page = visit(html)
    page.wait_for_selector("[data-painted='1']")
    assert time.monotonic() - began < 3
    ground = [0xEC, 0xEA, 0xE3]
    assert (np.abs(pixels(page) - ground).sum(axis=-1) > 30).mean() > 0.3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_policy_language_title_icon_and_viewport_stand_in_the_head(lang):
    head = render(page_of(lang=lang)).split("<style>")[0]
    assert "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:" in head
    assert f'<html lang="{"en" if lang == "en" else "zh-CN"}"' in head
    assert "<title>" in head
    assert 'rel="icon" href="data:image/svg+xml' in head
    assert 'content="width=device-width, initial-scale=1"' in head


def shares_room(one: dict, other: dict) -> bool:
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


def middle_of(page) -> tuple[float, float]:
    box = page.locator(".folium-map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def talkative() -> gpd.GeoDataFrame:
    """A feature with more to say than a phone can show at once."""
    return square(name=["甲地"], name_en=["Place A"], **{f"c{i}": ["值" * 30] for i in range(20)})


def test_a_card_on_a_phone_is_clear_of_the_controls_scrolls_and_closes(visit):
    fields = (NAME, *(Field(f"c{i}", f"栏{i}", f"Column {i}") for i in range(20)))
    page = visit(render(page_of(layer(table=talkative(), fields=fields))), width=390, height=844, phone=True)
    page.wait_for_selector("[data-painted]")
    page.touchscreen.tap(*middle_of(page))
    sheet = page.wait_for_selector(".packed-sheet").bounding_box()
    frame = page.locator(".map-frame").bounding_box()
    for control in (".leaflet-control-zoom-in", ".leaflet-control-zoom-out", "a.home"):
        assert not shares_room(sheet, page.locator(control).bounding_box())
    assert sheet["height"] <= 0.6 * frame["height"]
    assert sheet["y"] + sheet["height"] <= frame["y"] + frame["height"] + 1
    cards = page.locator(".packed-sheet .packed-cards")
    assert cards.evaluate("e => e.scrollHeight > e.clientHeight && getComputedStyle(e).overflowY") == "auto"
    assert page.locator(".leaflet-popup").count() == 0
    page.tap(".packed-close")
    assert page.locator(".packed-sheet").count() == 0


def test_a_double_click_zooms_and_opens_no_card(visit):
    page = visit(render(page_of()))
    page.wait_for_selector("[data-painted]")
    before = page.evaluate("map_1.getZoom()")
    page.mouse.dblclick(*middle_of(page))
    page.wait_for_timeout(500)
    assert page.evaluate("map_1.getZoom()") > before
    assert page.locator(".packed-popup").count() == 0


def test_keys_open_the_card_at_the_cross_and_escape_closes_it(visit):
    page = visit(render(page_of()))
    page.wait_for_selector("[data-painted]")
    assert not page.locator(".cross").is_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('folium-map')"):
            break
    assert page.locator(".cross").is_visible()
    assert page.locator(".keys").is_visible()
    page.keyboard.press("Enter")
    assert page.locator(".packed-popup .packed-card-name").inner_text() == "甲地"
    assert page.evaluate("document.activeElement.className") == "packed-cards"
    page.keyboard.press("Escape")
    assert page.locator(".packed-popup").count() == 0
    assert page.evaluate("document.activeElement.classList.contains('folium-map')")
    page.mouse.click(*middle_of(page))
    assert not page.locator(".cross").is_visible()


def test_one_card_with_the_topmost_first_and_three_more_to_choose_from(visit):
    layers = [layer(key, square(name=[key], name_en=[key])) for key in "abcdef"]
    page = visit(render(page_of(*layers)))
    page.wait_for_selector("[data-painted]")
    page.mouse.click(*middle_of(page))
    page.wait_for_selector(".packed-popup")
    assert page.locator(".packed-card").count() == 1
    assert page.locator(".packed-card-name").inner_text() == "f"
    assert page.locator(".packed-other b").all_inner_texts() == ["e", "d", "c"]
    popup, header = page.locator(".packed-popup").bounding_box(), page.locator(".masthead").bounding_box()
    assert popup["y"] >= header["y"] + header["height"]
    page.locator(".packed-other").nth(1).click()
    assert page.locator(".packed-card-name").inner_text() == "d"
    assert page.locator(".packed-other b").all_inner_texts() == ["f", "e", "c"]


def test_the_map_ends_where_the_coordinates_do(visit):
    page = visit(render(page_of()))
    page.wait_for_selector("[data-painted]")
    page.evaluate("map_1.setView([31.3, 121.0], 30, {animate: false})")
    assert page.evaluate("map_1.getZoom()") == 18
    scale = page.locator(".leaflet-control-scale-line").inner_text()
    assert scale.endswith(" m")
    assert int(scale.split()[0]) >= 10


def coverage_table() -> PageTable:
    columns = ("population", "covered", "not_covered", "not_measurable")
    rows = pd.DataFrame({"name": ["综合公园"], "name_en": ["Comprehensive parks"], **{c: [2_092_496] for c in columns}})
    headings = ("Population", "Covered", "Not covered", "Not measurable")
    fields = (NAME, *(Field(c, "人口", en, format="people") for c, en in zip(columns, headings, strict=True)))
    return PageTable(Text("覆盖", "Coverage"), fields, rows, states=columns[1:])


@pytest.mark.parametrize("width", [1280, 1440])
def test_tables_fit_a_wide_page_with_their_bars(visit, width):
    page = visit(render(page_of(tables=(coverage_table(),), lang="en")), width=width, height=900)
    assert page.locator(".table-wrap").first.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert not page.locator(".swipe").first.is_visible()


def test_wide_tables_on_a_phone_say_that_they_scroll_and_break_no_word(visit):
    evidence = "二手资料说明位置出自公布的表格，误差以所标精度为准，不得当作实测"
    said = layer(table=square(name=["甲"], evidence=[evidence]), fields=(NAME, Field("evidence", "根据", "Evidence")))
    page = visit(render(page_of(said, tables=(coverage_table(),), lang="en")), width=390, height=844, phone=True)
    assert page.locator(".swipe").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    name = page.locator(".table-wrap tbody th").first
    assert name.evaluate("e => { const r = document.createRange(); r.selectNodeContents(e);"
                         "return new Set([...r.getClientRects()].map((b) => Math.round(b.y))).size }") <= 2  # fmt: skip
    page.locator(".tables summary").click()
    assert page.locator("td.long").bounding_box()["width"] > 250


def test_a_name_at_the_edge_of_the_map_is_written_whole_on_the_other_side(visit, pixels):
    point = gpd.GeoDataFrame(
        {"name": ["一个很长的名称"]}, geometry=gpd.points_from_xy([121.0], [31.3]), crs="EPSG:4326"
    )
    style = Style("点", "P", color="#ffffff", fill="#3377bb", radius=3)
    page = visit(render(page_of(layer(table=point, style=style, label=NAME))))
    page.wait_for_selector("[data-painted]")
    page.evaluate("map_1.setView([31.3, 121.0], 14, {animate: false})")
    page.evaluate("map_1.panBy([-(map_1.getSize().x / 2 - 30), 0], {animate: false})")
    picture = pixels(page)
    dark = (picture.sum(axis=-1) < 250)[picture.shape[0] // 2 - 10 : picture.shape[0] // 2 + 10]
    edge = picture.shape[1] - 30
    assert dark[:, edge - 100 : edge - 5].sum() > 60
    assert dark[:, edge + 6 :].sum() == 0


def test_a_card_that_opens_with_a_figure_says_what_it_is(visit):
    share = Field("share", "覆盖率", "Share covered", format="share")
    page = visit(render(page_of(layer(table=square(share=[0.5]), fields=(share,)))))
    page.wait_for_selector("[data-painted]")
    page.mouse.click(*middle_of(page))
    page.wait_for_selector(".packed-popup")
    assert page.locator(".packed-popup .packed-card-kind").all_inner_texts() == ["甲层", "覆盖率"]
    assert page.locator(".packed-popup .packed-card-name").inner_text() == "50.0%"
