"""The page of the corridors: what breaks them, their width, parks joined; grey where nothing can be measured."""

from __future__ import annotations

from paper import area_of, frame, homes, parks, streets
from shapely.geometry import LineString, MultiLineString, box

from kunshan_gis.maps import MapPage, render
from kunshan_gis.maps.corridors import breaks, stretches, widths
from kunshan_gis.studies.systems.registry import entry_of, run


def page(**more: object) -> MapPage:
    rows = frame(
        [box(0, 0, 1000, 120), MultiLineString([[(0, 500), (400, 500)], [(500, 500), (900, 500)]]),
         LineString([(200, -300), (200, 900)])],
        id=["wide", "line", "up"], name=["宽廊", "线廊", "纵廊"], width_m=[None, None, 40.0],
        **{"class": ["horizontal", "horizontal", "vertical"]},
    )  # fmt: skip
    tables = {
        "corridors": rows, "homes": homes((300, 300), population=5),
        "parks": parks((0, 130, 50, 180), (800, 800, 850, 850)),
        "streets": streets([(300, -500), (300, 900)], **{"class": "primary"}),
    }  # fmt: skip
    found = run(area_of(**(tables | more)), "corridors")
    made: MapPage = entry_of("corridors").page(found)
    return made


def layers(found: MapPage) -> dict[str, set[str]]:
    return {layer.key: set(layer.styles) for layer in found.layers if layer.key.startswith("corridors")}


def test_corridors_are_drawn_by_width_by_what_breaks_them_and_with_their_parks() -> None:
    drawn = layers(page())
    assert drawn["corridors_area"] == {"wide", "narrow"}  # the line of stated width is drawn as wide as it is
    assert drawn["corridors_line"] == {"not_measurable"}
    assert drawn["corridors_course"] == {"free", "gap"}
    assert drawn["corridors_breaks"] == {"gap/certain", "main_roads/certain"}
    assert drawn["corridors_parks"] == {"joined", "apart"}
    assert "corridors_cells" in drawn


def test_every_class_has_a_style_with_both_languages_and_nothing_is_measured_by_colour_alone() -> None:
    for styles in (widths(), stretches(), breaks()):
        assert all(style.zh and style.en for style in styles.values())
        assert len({(style.color, style.fill, style.dash) for style in styles.values()}) == len(styles)
    assert widths()["not_measurable"].hatch


def test_the_page_renders_with_figures_tables_and_a_chart_in_both_languages() -> None:
    found = page()
    html = render(found)
    for said in ("宽廊", "longest unbroken", "最长不间断段", "Continuity of each corridor", "最窄处宽度"):
        assert said.lower() in html.lower()
    assert [table.caption.en for table in found.tables][:2] == ["Plan and layer", "Length and width of each corridor"]
    assert found.figures
    assert found.charts


def test_a_page_without_people_parks_or_streets_draws_what_there_is() -> None:
    rows = frame([LineString([(0, 0), (900, 0)])], **{"class": "horizontal"})
    found = run(area_of(corridors=rows), "corridors")
    made = entry_of("corridors").page(found, lang="en")
    assert set(layers(made)) == {"corridors_line", "corridors_course"}
    assert "not measurable" in render(made)
