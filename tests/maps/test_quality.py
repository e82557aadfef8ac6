"""The data-quality report's page in a real Chromium with the network off: quiet, harmless, readable on a phone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kunshan_gis import toy
from kunshan_gis.export import write_area
from kunshan_gis.maps import render
from kunshan_gis.maps.escape import clean
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.data_quality import data_quality


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> str:
    city = toy.city()
    folder = tmp_path_factory.mktemp("page") / "toy"
    write_area(folder, city.info, [(layer.info, layer.table) for layer in city.layers.values()])
    return render(data_quality(folder).page())


def test_the_page_asks_for_nothing_and_lists_every_finding_in_both_languages(visit, html) -> None:
    page = visit(html)
    page.wait_for_selector("[data-painted]")
    assert page.title() == "玩具城：数据质量报告"
    assert page.locator(".notice").count() == 12
    assert "距街道数据边缘不足一次步行" in page.locator(".notice").first.inner_text()
    page.click("#switch")
    first = page.locator(".notice").first.inner_text()
    assert "Distorts" in first
    assert "700 residents" in first
    assert "The street data ends within one walk (900 m) of the homes of 700 residents." in first
    assert page.locator("h2", has_text="What could not be looked at").is_visible()
    assert page.trouble == []


def test_tables_have_captions_and_the_long_ones_open_when_asked(visit, html) -> None:
    page = visit(html)
    assert page.locator(".tables").first.locator("caption").count() == 6
    folded = page.locator(".tables").first.locator("details")
    assert folded.count() == 2
    folded.last.locator("summary").click()
    assert folded.last.locator("tbody tr").count() > 40
    assert page.trouble == []


def test_on_a_phone_nothing_but_tables_and_commands_is_wider_than_the_page(visit, html) -> None:
    page = visit(html, width=390, height=844, phone=True)
    page.wait_for_selector("[data-painted]")
    for language in ("zh", "en"):
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        wide = page.evaluate(
            "[...document.querySelectorAll('.notice p, .notice b, h2, .figure p')]"
            ".filter((e) => e.getBoundingClientRect().right > 391).map((e) => e.textContent)"
        )
        assert wide == [], language
        page.click("#switch")


def test_it_prints_with_every_finding(visit, html) -> None:
    page = visit(html)
    page.wait_for_selector("[data-painted]")
    page.emulate_media(media="print")
    assert all(notice.is_visible() for notice in page.locator(".notice").all())
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


@pytest.mark.full
def test_one_name_from_a_catalogue_runs_nowhere(visit, tmp_path, payload, monkeypatch) -> None:
    opens_harmlessly(clean(payload)[:2000], visit, tmp_path, monkeypatch)


def test_all_names_from_a_catalogue_at_once_run_nowhere(visit, tmp_path, monkeypatch) -> None:
    name = "</script><script>window.ran=1</script>{{7*7}}{# ${window.ran=1} '\"`<img src=x onerror=window.ran=1>\u202e🏞️"
    opens_harmlessly(name, visit, tmp_path, monkeypatch)


def opens_harmlessly(name: str, visit, tmp_path, monkeypatch) -> None:
    """The page of a catalogue in which every name, title and source is this one."""
    monkeypatch.chdir(tmp_path)
    city = toy.city()
    layers = {}
    for key, layer in city.layers.items():
        told = {"title": name, "title_en": name, "source": name, "licence": name, "date": name, "history": (name,)}
        layers[key] = replace(layer, info=layer.info.model_copy(update=told))
    area = StudyArea(city.info.model_copy(update={"name": name, "name_en": name}), layers)
    write_area(tmp_path / "city", area.info, [(layer.info, layer.table) for layer in area.layers.values()])
    page = visit(render(data_quality(tmp_path / "city").page()))
    page.wait_for_selector("[data-painted]")
    assert page.evaluate("typeof window.ran") == "undefined"
    assert page.trouble == []
    assert not (tmp_path / "RAN").exists()


def test_tables_that_are_not_folded_are_on_paper_too(visit, html) -> None:
    page = visit(html)
    page.emulate_media(media="print")
    assert page.locator(".tables").first.locator("table").first.is_visible()
    assert not page.locator(".tables.attributes").is_visible()
