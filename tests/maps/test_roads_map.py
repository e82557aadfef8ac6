"""The page of the expressways: what is drawn, what is grey, what opens first."""

from __future__ import annotations

from typing import Any

import pytest
from paper import area_of, frame, homes, streets
from shapely.geometry import LineString, Point

from kunshan_gis.maps import MapLayer, MapPage, render
from kunshan_gis.maps.palette import NOT_MEASURABLE
from kunshan_gis.maps.roads import drive_styles
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.systems.registry import entry_of, run
from kunshan_gis.studies.systems.system import System


def city(**changed: Any) -> StudyArea:
    """A street, an expressway beside it that exists in part, two ramps; somebody lives far from any street."""
    tables = {
        "expressways": frame([LineString([(0, 200), (6000, 200)]), LineString([(6000, 200), (9000, 200)])],
                             **{"class": "link"}, name=["X", "X"], status=["existing", None]),
        "ramps": frame([Point(500, 100), Point(5500, 100)], id=["<r>", "b"], expressway_id="i0"),
        "streets": streets([(0, 0), (9000, 0)]),
        "homes": homes((0, 0), (3000, 0), (9000, 0), (4000, 5000), population=[100, 200, 300, 5]),
        "seats": frame([Point(500, 0)], name=["镇"], town_id=["t"]),
    }  # fmt: skip
    return area_of(**{kind: table for kind, table in (tables | changed).items() if table is not None})


@pytest.fixture(scope="module")
def found() -> System:
    return run(city(), "roads")


def page(found: System) -> MapPage:
    made = entry_of("roads").page(found)
    assert isinstance(made, MapPage)
    return made


def layers(found: System) -> dict[str, MapLayer]:
    return {layer.key: layer for layer in page(found).layers}


def test_expressways_are_drawn_by_class_and_status_with_what_is_known_of_their_road(found: System) -> None:
    drawn = layers(found)["expressways"]
    assert set(drawn.styles) == {"link/existing", "link/unknown"}
    assert {"名称", "类别", "状态", "里程（公里）"} <= {field.zh for field in drawn.fields}
    assert drawn.table["road_km_zh_"].tolist() == ["9.0", "9.0"]


def test_cells_are_banded_by_minutes_and_grey_where_nobody_can_be_measured(found: System) -> None:
    cells = layers(found)["roads_cells"]
    assert NOT_MEASURABLE in cells.styles
    assert set(cells.table["band"]) <= set(cells.styles)
    far = cells.table.loc[cells.table["band"] == NOT_MEASURABLE, "drive_min_zh_"]
    assert far.tolist() == ["—"]


def test_bands_follow_each_other_and_the_last_has_no_end() -> None:
    styles = drive_styles([5, 10, 15, 20, 30])
    assert list(styles) == ["5", "10", "15", "20", "30", "inf", NOT_MEASURABLE]
    assert styles["5"].en == "0 to 5 min"
    assert styles["inf"].en == "more than 30 min"
    assert len({style.fill for style in styles.values()}) == 7


def test_the_cost_of_closing_waits_until_it_is_asked_for(found: System) -> None:
    drawn = layers(found)
    assert not drawn["roads_segments"].shown
    assert drawn["expressways"].shown
    assert set(drawn["roads_segments"].table["dear"]) == {"most", "nothing"}


def test_without_ramps_closing_is_grey_and_no_ramps_are_drawn() -> None:
    drawn = layers(run(city(ramps=None), "roads"))
    assert "ramps" not in drawn
    assert list(drawn["roads_segments"].styles) == [NOT_MEASURABLE]
    assert list(drawn["roads_cells"].styles) == [NOT_MEASURABLE]


def test_without_homes_or_features_there_is_still_a_page() -> None:
    bare = run(city(homes=None, seats=None), "roads")
    assert "roads_cells" not in layers(bare)
    assert render(page(bare))
    empty = run(city(expressways=frame([], id=[], **{"class": []}), ramps=None), "roads")
    assert "expressways" not in layers(empty)
    assert "no features" in render(page(empty))


def test_both_languages_and_the_tables_stand_on_the_page_and_names_are_escaped(found: System) -> None:
    html = render(page(found))
    for said in ("快速路与规划", "Against the plan", "驾车到最近匝道", "Drive to the nearest ramp", "封闭代价"):
        assert said in html
    assert "<r>" not in html
    (chart,) = page(found).charts
    assert chart.groups[0].bars[0].low <= chart.groups[0].bars[0].value <= chart.groups[0].bars[0].high
