"""The layers and tables of severance on a page: what is grey, what is numbered, what is left out."""

from __future__ import annotations

import geopandas as gpd
from paper import CRS, area_of, frame, homes, parks, streets
from shapely import LineString, Point

from kunshan_gis.maps import render
from kunshan_gis.maps.page import MapLayer
from kunshan_gis.maps.severance import severance_layers
from kunshan_gis.maps.system_page import system_map
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.systems.severance import severance_part
from kunshan_gis.studies.systems.system import Asked, System, answer, setting_of

NORTH, SOUTH = ([(-1000, y), (0, y), (1000, y)] for y in (40, -40))


def town(**columns: object) -> StudyArea:
    line = frame([LineString([(-1000, 0), (1000, 0)])], name="环路", name_en="Ring", **({"class": "ring"} | columns))
    return area_of(
        streets=streets(NORTH, SOUTH, [(0, 40), (0, -40)], structure=["ground", "ground", "tunnel"]),
        expressways=line, homes=homes((10, 40), (600, 40), population=[10, 30]), parks=parks((780, -70, 820, -40)),
    )  # fmt: skip


def found(area: StudyArea, **options: object) -> System:
    setting = setting_of(area, Asked(minutes=15, speed_mps=1.0, options=options))
    return answer(setting, "roads", severance_part(setting), leading="roads_severance")


def layers(answered: System) -> dict[str, MapLayer]:
    drawn = severance_layers(answered.area, answered.result, answered.drawn)
    return {layer.key: layer for layer in drawn}


def test_the_layers_are_those_with_something_in_them() -> None:
    drawn = layers(found(town(structure="ground"), close_crossings="环路"))
    assert list(drawn) == ["severance_longest", "severance_expressways", "severance_passages", "severance_homes",
                           "severance_closed", "severance_lost_homes", "severance_crossings"]  # fmt: skip
    assert list(layers(found(town(structure="elevated")))) == ["severance_expressways"]


def test_a_proposed_crossing_is_a_point_with_its_place_in_the_order() -> None:
    answered = found(town(structure="ground"))
    crossings = layers(answered)["severance_crossings"]
    (point,) = crossings.table.geometry
    assert isinstance(point, Point)
    assert point.distance(answered.drawn["severance_crossings"].geometry.iloc[0]) < 1e-6
    assert crossings.label is not None
    assert crossings.table[crossings.label.column].tolist() == ["1"]
    assert isinstance(answered.drawn["severance_crossings"].geometry.iloc[0], LineString)  # as it was


def test_what_cannot_be_measured_is_grey_and_what_is_unknown_a_class_of_its_own() -> None:
    assert list(layers(found(town(structure="ground", basis="schematic")))["severance_expressways"].styles) == [
        "not_measurable"
    ]
    assert list(layers(found(town(structure="unknown")))["severance_expressways"].styles) == ["unknown"]


def test_cards_carry_figures_or_ranges_and_nothing_empty() -> None:
    known, unknown = (
        layers(found(town(structure=structure)))["severance_expressways"] for structure in ("ground", "unknown")
    )
    named = [{field.column.removesuffix("_zh_") for field in layer.fields} for layer in (known, unknown)]
    assert "severed_parks" in named[0]
    assert "severed_parks_low" not in named[0] | named[1]
    shown = [layer.table["severed_parks_en_"].tolist() for layer in (known, unknown)]
    assert " to " not in shown[0][0]
    assert " to " in shown[1][0]


def test_the_page_holds_the_tables_in_both_languages() -> None:
    answered = found(town(structure="ground"), close_crossings="Ring")
    page = system_map(
        answered.area, answered.result, layers(answered).values(), said=answered.said,
        tables=list(answered.result.tables), lang="en",
    )  # fmt: skip
    html = render(page)
    assert "Proposed crossings" in html
    assert "建议过路通道" in html


def test_frames_without_rows_draw_nothing() -> None:
    answered = found(town(structure="ground"))
    empty = {key: gpd.GeoDataFrame(table.iloc[:0], crs=CRS) for key, table in answered.drawn.items()}
    assert severance_layers(answered.area, answered.result, empty) == []
