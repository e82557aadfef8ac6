"""What a notebook shows of a check, a coverage, an access: the figures, the mark, and nothing a file slips in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kunshan_gis import toy
from kunshan_gis.errors import ParameterError
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.access import access
from kunshan_gis.studies.check import check
from kunshan_gis.studies.coverage import coverage
from kunshan_gis.studies.shown import MOST_ROWS

MARK = "演示数据·不得上报 DEMO — NOT FOR REPORTING"


def demonstration(area: StudyArea) -> StudyArea:
    layers = {name: replace(one, info=one.info.model_copy(update={"basis": "synthetic"}))
              for name, one in area.layers.items()}  # fmt: skip
    return replace(area, layers=layers)


def test_a_coverage_shows_its_three_states_and_where_the_rest_is() -> None:
    found = coverage(toy.serviced_city(), "primary_school", minutes=15)
    lines = repr(found).splitlines()
    assert lines[0].startswith("小学：居住人口覆盖")
    assert lines[1].split() == ["统计单元", "步行距离", "总量", "覆盖", "未覆盖", "无法测算", "覆盖率"]
    assert lines[2].split() == ["玩具城", "900", "米（15", "分钟）", "700", "640", "50", "10", "91.4%"]
    assert "coverage_area" in lines[-1]
    assert "<td>900 米（15 分钟）<br><small>900 m (15 min)</small></td><td>700</td>" in found._repr_html_()
    assert repr(found.result) == "Result(coverage, reportable=True, tables: coverage_area (1))"


def test_a_check_shows_every_rule_with_its_verdict_and_names_what_it_rests_on() -> None:
    found = check(toy.serviced_city(), "garden-city-2022", sensitivity=False)
    said = repr(found)
    assert said.count("未达标") == len(found.result.tables["check"]) == 2
    assert "口径 国家园林城市标准（2022）（garden-city-2022；凭记忆，未核对原文）" in said
    assert "<th>结论<br>Verdict</th>" in found._repr_html_()


def test_an_access_shows_what_residents_have_and_in_which_unit() -> None:
    found = access(toy.serviced_city(), "parks", method="2sfca")
    assert "平方米/人" in repr(found).splitlines()[0]
    assert "<td>700</td>" in found._repr_html_()


@pytest.mark.parametrize("study", [
    lambda area: coverage(area, "parks"), lambda area: access(area, "parks"),
    lambda area: check(area, "garden-city-2022", sensitivity=False),
])  # fmt: skip
def test_a_demonstration_is_marked_first(study) -> None:
    real, demo = study(toy.serviced_city()), study(demonstration(toy.serviced_city()))
    assert repr(demo).startswith(MARK)
    assert demo._repr_html_().startswith(f'<div><p style="color:#B3261E;font-weight:bold">{MARK}</p>')
    assert MARK not in repr(real) + real._repr_html_()


def test_a_name_in_a_layer_is_text_in_a_notebook() -> None:
    area = toy.serviced_city()
    area = replace(area, info=area.info.model_copy(update={"name": "<script>alert(1)</script>"}))
    assert "<script>" not in coverage(area, "parks")._repr_html_()
    assert "<script>" not in check(area, "garden-city-2022", sensitivity=False)._repr_html_()


def test_a_long_table_says_how_many_rows_more_there_are() -> None:
    found = coverage(toy.serviced_city(), "parks", minutes=list(range(1, 15)))
    assert f"另有 {len(found.table) - MOST_ROWS} 行" in repr(found)
    assert found._repr_html_().count("<tr>") == MOST_ROWS + 1


def test_one_place_one_time_one_profile_need_no_list() -> None:
    area = toy.serviced_city()
    one, listed = coverage(area, "小学", minutes=5), coverage(area, ["primary_school"], minutes=[5])
    assert one.table.equals(listed.table)
    alone, several = (check(area, asked, sensitivity=False) for asked in ("who-2016", ["who-2016"]))
    assert alone.result.tables["check"].equals(several.result.tables["check"])


def test_units_that_are_not_known_are_named_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match="可选：area, zones, towns, communities"):
        coverage(toy.serviced_city(), "parks", by="village")
    area = toy.serviced_city()
    assert coverage(area, "parks", by="town").table.equals(coverage(area, "parks", by="towns").table)


def test_places_that_are_planned_and_counted_are_said() -> None:
    area = toy.serviced_city()
    parks = area.layer("parks")
    table = parks.table.assign(status=["planned", *["existing"] * (len(parks.table) - 1)])
    info = area.info.model_copy(update={"scenario": "planned"})
    area = replace(area, info=info, layers={**area.layers, "parks": replace(parks, table=table)})
    warned = [found.result.provenance.warnings for found in
              (coverage(area, "parks"), check(area, "who-2016", sensitivity=False))]  # fmt: skip
    assert any(warning.zh == "公园中 1 处为规划或在建，已按建成计入" for warning in warned[0])
    assert any(warning.zh == "规划或在建、已按建成计入：公园 1 处" for warning in warned[1])
