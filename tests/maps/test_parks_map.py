"""The page of the park system: what is drawn, in which colours, and what is grey because it is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from paper import area_of, frame, homes, layer, parks, streets
from shapely.geometry import box

from kunshan_gis import toy
from kunshan_gis.maps import MapPage, palette, render
from kunshan_gis.maps.park_system import door_styles, site_style
from kunshan_gis.messages import text
from kunshan_gis.model import StudyArea
from kunshan_gis.schema import TIERS
from kunshan_gis.studies.systems.parks.door_tables import MORE, NONE_REACHED, NOT_MEASURABLE
from kunshan_gis.studies.systems.parks.doors import DOOR_MIN
from kunshan_gis.studies.systems.registry import entry_of, run
from kunshan_gis.studies.systems.system import Asked


def page_of(area: StudyArea, lang: str = "zh", by: str = "") -> MapPage:
    return entry_of("parks").page(run(area, "parks", Asked(by=by, allow_open_edge=True)), lang=lang)


@pytest.fixture(scope="module")
def page() -> MapPage:
    return page_of(toy.serviced_city(), by="towns")


def layers(page: MapPage) -> dict[str, object]:
    return {one.key: one for one in page.layers}


def test_everything_there_is_has_its_layer(page: MapPage) -> None:
    assert list(layers(page)) == [
        "water_area", "door_cells", "park_units", "parks", "next_comprehensive", "next_community", "next_pocket",
    ]  # fmt: skip
    cells = layers(page)["door_cells"]
    assert cells.table["population"].sum() == 700  # type: ignore[attr-defined]
    assert set(cells.styles) == {"5", "15", "20", "not_measurable"}  # type: ignore[attr-defined]


def test_the_farther_the_door_the_darker_and_grey_where_it_is_not_known() -> None:
    styles = door_styles()
    assert list(styles) == [*(f"{edge:g}" for edge in DOOR_MIN), MORE, NONE_REACHED, NOT_MEASURABLE]
    known = [styles[key].fill or "" for key in styles if key != palette.NOT_MEASURABLE]
    light = [sum(int(fill[at : at + 2], 16) * part for at, part in ((1, 0.3), (3, 0.6), (5, 0.1))) for fill in known]
    assert light == sorted(light, reverse=True)
    assert styles[palette.NOT_MEASURABLE].hatch
    sizes = [site_style(tier).radius for tier in TIERS]
    assert sizes == sorted(sizes, reverse=True)


def test_cards_say_the_figures_as_the_tables_do(page: MapPage) -> None:
    units = layers(page)["park_units"]
    said = {field.zh for field in units.fields}  # type: ignore[attr-defined]
    assert {"名称", "人均面积（平方米/人）", "开门进园率", "推窗见绿率"} <= said
    assert "编号" not in said
    site = layers(page)["next_community"]
    row = site.table.iloc[0]  # type: ignore[attr-defined]
    assert (row["short"], row["short_en"], row["site_en"]) == ("社1", "Comm 1", "Community parks: site 1")
    assert row["next_people_zh_"] == "540"


def test_figures_findings_charts_and_tables_stand_on_the_page(page: MapPage) -> None:
    assert [figure.value.zh for figure in page.figures] == ["2", "14.3%", "14.3%"]
    assert page.figures[1].states == pytest.approx((100 / 700, 590 / 700, 10 / 700))
    assert len(page.sections[0].paragraphs) >= 3
    (chart,) = page.charts
    assert [len(group.bars) for group in chart.groups] == [4, 3]
    assert chart.groups[0].bars[0].said.zh == "100 人"
    assert text("sheet_parks_tiers") in [table.caption for table in page.tables]


def test_faults_sizes_and_shared_ground_are_drawn_where_there_are_any() -> None:
    table = frame(
        [box(0, 0, 400, 400), box(100, 100, 110, 120)], id=["big", "small"], tier=["comprehensive", "pocket"],
        name=["大园", "小园"],
    )  # fmt: skip
    found = layers(page_of(area_of(parks=table, streets=streets([(-500, 0), (900, 0)]), homes=homes((700, 0)))))
    assert {"parks_out_of_size", "parks_shared", "parks_faults"} <= set(found)
    size = found["parks_out_of_size"]
    assert set(size.styles) == {"serves_nobody"}  # type: ignore[attr-defined]
    assert size.table.geom_type.tolist() == ["Point"]  # type: ignore[attr-defined]
    assert found["parks_shared"].table.area.tolist() == [200]  # type: ignore[attr-defined]
    assert found["parks_faults"].table["fault_en_"].tolist() == ["a park inside another"]  # type: ignore[attr-defined]


def test_parks_alone_make_a_page_too() -> None:
    bare = page_of(area_of(parks=parks((0, 0, 200, 200), tier="community")))
    assert list(layers(bare)) == ["parks"]
    assert len(bare.figures) == 1
    assert bare.charts == ()
    assert "<html" in render(bare)


def test_a_demonstration_is_marked_and_dashed_where_it_is_schematic() -> None:
    plain = toy.serviced_city()
    area = StudyArea(plain.info, {**plain.layers, "parks": layer("parks", plain.table("parks"), basis="schematic")})
    html = render(page_of(area))
    assert "演示数据·不得上报" in html
    assert "DEMO" in html
    assert layers(page_of(area))["next_pocket"].basis == "schematic"  # type: ignore[attr-defined]


def test_both_languages_are_in_the_page_and_the_first_is_chosen(page: MapPage) -> None:
    for lang in ("zh", "en"):
        html = render(replace(page, lang=lang))
        assert "三级公园体系" in html
        assert "The park system of Toy City" in html
    assert render(page) == render(page)
