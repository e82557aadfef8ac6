"""The layers of the focus areas: by class with their figures, the walks around them when asked for."""

from __future__ import annotations

from paper import frame, layer
from shapely.geometry import Point, box

from kunshan_gis import toy
from kunshan_gis.maps import MapPage, render
from kunshan_gis.maps.focus import focus_layers
from kunshan_gis.messages import Text
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.systems.focus import focus_part
from kunshan_gis.studies.systems.system import Asked, Part, answer, setting_of


def answered(*shapes: object, classes: list[str], **columns: object) -> tuple[StudyArea, object, Part]:
    plain = toy.serviced_city()
    table = frame(shapes, **{"class": classes}, **columns)
    area = StudyArea(plain.info, {**plain.layers, "focus_areas": layer("focus_areas", table)})
    setting = setting_of(area, Asked(by="area"))
    part = focus_part(setting)
    return area, answer(setting, "zones", part, leading="zones_focus").result, part


def test_points_and_areas_are_layers_of_their_own_above_the_walks_around_them() -> None:
    area, result, part = answered(
        Point(1000, 0), box(1950, 250, 2050, 350), classes=["centre", "renewal_area"], name=["甲", "乙"]
    )
    drawn = focus_layers(area, result, part.drawn)
    assert [one.key for one in drawn] == ["focus_reach", "focus_area", "focus_point"]
    assert [one.shown for one in drawn] == [False, True, True]
    assert set(drawn[0].styles) == {"centre", "renewal_area"}
    assert set(drawn[1].styles) == {"renewal_area"}
    fields = {field.en for field in drawn[2].fields}
    assert {"Name", "Class", "Residents around (people)"} <= fields
    assert "Residents inside (people)" in {field.en for field in drawn[1].fields}


def test_a_sketch_is_drawn_as_one_and_a_page_shows_its_figures() -> None:
    area, result, part = answered(Point(1000, 0), classes=["medical"], basis="schematic", name=["医疗中心"])
    drawn = focus_layers(area, result, part.drawn)
    assert {one.basis for one in drawn} == {"schematic"}
    html = render(MapPage(Text("题", "Title"), Text("副", "Sub"), tuple(drawn), demo=True))
    assert "医疗中心" in html
    assert "640" not in html  # demonstration figures are rounded


def test_without_focus_areas_nothing_is_drawn() -> None:
    assert focus_layers(toy.city(), None, {}) == []
