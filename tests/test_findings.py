"""Findings in words: every number is one of the table's, every verdict and doubt is said, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from paper import layer

from kunshan_gis import toy
from kunshan_gis.figures import checked
from kunshan_gis.findings import Finding, findings, spread_of, summary, units_name
from kunshan_gis.messages import Lang, Text
from kunshan_gis.model import Result, StudyArea
from kunshan_gis.studies.check import Check, check

NUMBER = re.compile(r"[<>]?[+−]?\d[\d,.]*\d|[<>]?[+−]?\d")
PROFILES = ("gb50180-2018", "gbt51328-2018", "gb55014-2021", "garden-city-2022", "cjjt85-2017", "who-2016")


@cache
def real() -> Check:
    return check(toy.serviced_city(), PROFILES, by="towns")


@cache
def demo() -> Check:
    city = toy.serviced_city()
    homes = layer("homes", city.table("homes"), basis="synthetic")
    return check(StudyArea(city.info, {**city.layers, "homes": homes}), PROFILES, by="towns")


def said(found: Check, profile: str, indicator: str, lang: Lang = "en", units: str = "") -> str:
    one = next(
        finding
        for finding in findings(found.result)
        if (finding.profile, finding.indicator, finding.units) == (profile, indicator, units)
    )
    return str(getattr(one.said, lang))


def words_of_the_table(result: Result, finding: Finding, lang: Lang) -> str:
    """Everything the tables show of a rule: the formatted row, its names, and the other ways of measuring."""
    table = result.tables["check" if not finding.units else f"check_{finding.units}"]
    rows = table[(table["profile"] == finding.profile) & (table["indicator"] == finding.indicator)]
    suffix = "_en" if lang == "en" else ""
    words = [str(name) for name in result.tables["variants"][f"name{suffix}"]]
    for row in rows.to_dict(orient="records"):
        cells = checked(row, counted=result.provenance.counted)
        words += [getattr(cell.said, lang) for cell in cells.cells] + [getattr(cells.interval, lang)]
        words += [row[f"{column}{suffix}"] for column in ("name", "profile_name", "measured", "reason", "unit_name")]
        words.append(row["clause"])
    return "\n".join(words)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("found", [real, demo])
def test_every_number_in_the_prose_stands_in_the_table(found: Any, lang: Lang) -> None:
    result = found().result
    for finding in findings(result):
        shown = set(NUMBER.findall(words_of_the_table(result, finding, lang)))
        prose = str(getattr(finding.said, lang))
        if finding.units:  # how far apart two figures are is worked out from the two that are shown
            prose = re.sub(r"相差 [\d.,]+|[\d.,]+ [\w² ]+ apart", "", prose)
        assert set(NUMBER.findall(prose)) <= shown, finding.indicator


def test_a_share_is_said_with_its_three_states_target_and_the_way_that_changes_the_verdict() -> None:
    # straight: of 700 residents and 200 jobs h1 (100 residents, 500.1 m) and 10 more lie over 500 m from a stop
    assert said(real(), "gbt51328-2018", "bus_500m").endswith(
        "Of 900 residents and jobs, 790 residents and jobs are covered: 87.8%. "
        "Not covered: 110 residents and jobs; nothing is left unmeasured. "
        "Target ≥ 90%: not met (−2.2 percentage points from the target). "
        "Measured in other customary ways it is 82.2% – 98.9% (sensitivity interval; lowest: distances −10%; "
        "highest: distances +10%); measured by “distances +10%” the verdict changes, which a report must say. "
        "The standard's number: from memory, not checked against the text."
    )
    assert "目标 ≥ 90%，未达标（与目标相差 −2.2 个百分点）。" in said(real(), "gbt51328-2018", "bus_500m", "zh")


def test_provision_density_and_size_are_said_in_their_own_units() -> None:
    assert "1.00 ha of parks for 700 residents: 14.29 m² per resident. Target ≥ 1" in said(
        real(), "gb50180-2018", "park_10min"
    )
    assert "公园面积 1.00 公顷，服务 700 人，合 14.29 m²/人。" in said(real(), "gb50180-2018", "park_10min", "zh")
    assert "3.80 km of road on 1.00 km²: 3.80 km/km²." in said(real(), "gbt51328-2018", "road_density")


def test_what_cannot_be_measured_says_why_and_has_no_verdict() -> None:
    sentence = said(real(), "gb50180-2018", "kindergarten")
    assert "Not measurable: no facility of the layer is “Kindergartens”." in sentence
    assert "Target" not in sentence


def test_a_demonstration_has_no_verdict_and_rounded_figures() -> None:
    sentence = said(demo(), "gbt51328-2018", "bus_500m")
    assert "there is no verdict" in sentence
    assert "88%" in sentence
    assert "87.8" not in sentence
    assert "the figure crosses the target" in sentence
    assert sentence.endswith("DEMO — NOT FOR REPORTING.")


def test_units_are_said_by_highest_and_lowest_with_what_changes_their_order() -> None:
    # west: of h1, h2, h7 (303 people) h2 alone walks 500 m or less to a stop; east: h3 and h4 of 397
    sentence = said(real(), "gb50180-2018", "bus_stop", units="towns")
    assert sentence.startswith("Bus stop: residents within 500 m on foot, by Towns: highest in ")
    assert "85.6%" in sentence
    assert "66.0%" in sentence
    assert "19.6 percentage points apart" in sentence


def test_the_lead_and_the_annex_are_told_apart_and_counted() -> None:
    city = toy.serviced_city()
    info = city.info.model_copy(update={"reporting_basis": "garden-city-2022"})
    found = check(StudyArea(info, city.layers), ("who-2016", "garden-city-2022"), sensitivity=False)
    first, *_, last = findings(found.result)
    assert "(reporting basis: " in first.said.en
    assert "（附列口径：" in last.said.zh
    assert first.lead
    assert not last.lead
    lines = summary(found.result)
    assert lines[0].en == "Toy City, Reporting basis: not met: 2; 2 in all."
    assert lines[1].zh.startswith("未达标：公园绿化活动场地服务半径覆盖率")
    assert lines[2].zh == "玩具城，“附：其他口径”共 1 项指标：无目标 1 项。"


def test_without_other_ways_of_measuring_nothing_is_said_of_an_interval() -> None:
    found = check(toy.serviced_city(), ("who-2016",), sensitivity=False)
    assert "customary" not in found.explain("en")


def test_explaining_is_all_paragraphs_in_one_language() -> None:
    zh, en = real().explain("zh"), real().explain("en")
    assert len(zh.split("\n\n")) == len(en.split("\n\n")) == len(summary(real().result)) + len(findings(real().result))
    assert not re.search("[一-鿿]", en)


def test_units_of_which_fewer_than_two_are_measurable_are_not_compared() -> None:
    row = real().result.tables["check_towns"].to_dict(orient="records")[0]
    assert spread_of([row], "people") is None


def test_a_figure_beside_its_target_is_not_rounded_onto_it() -> None:
    row = real().result.tables["check"].set_index("indicator").loc["bus_500m"].to_dict()
    near = checked({**row, "value": 0.89996, "verdict": "not_met", "reportable": True})
    assert near.value.said == Text("89.996%", "89.996%")
    assert near.gap.said.en == "−0.004 percentage points"


@pytest.mark.parametrize(
    ("counted", "number", "demo", "zh", "en"),
    [
        ("people", 1234.0, False, "1,234 人", "1,234 residents"),
        ("people", 123_400.0, True, "12.3 万人", "123 thousand residents"),
        ("people", 12.0, True, "<0.01 万人", "<0.1 thousand residents"),
        ("buildings", 377.0, True, "377 栋建筑", "377 buildings"),
        ("jobs", 5_000.0, True, "0.50 万个岗位", "5.0 thousand jobs"),
        ("m2", 625_432.0, False, "62.5 公顷", "62.5 ha"),
        ("m2", 62_543_200.0, True, "6,250 公顷", "6,250 ha"),
        ("m2", 4_210.0, False, "0.42 公顷", "0.42 ha"),
        ("m", 3_880.0, False, "3.88 公里", "3.88 km"),
        ("km2", 328.04, False, "328.0 平方公里", "328.0 km²"),
        ("parks", 210.0, True, "210 个", "210 parks"),
        ("people", float("nan"), True, "—", "—"),
    ],
)
def test_amounts_carry_their_unit(counted: str, number: float, demo: bool, zh: str, en: str) -> None:
    from kunshan_gis.figures import in_units

    assert in_units(number, counted, demo=demo).said == Text(zh, en)


def test_buildings_are_not_called_people() -> None:
    result = replace(real().result, provenance=replace(real().result.provenance, counted="buildings"))
    assert "700 栋建筑" in next(one.said.zh for one in findings(result) if one.indicator == "bus_stop")


def test_units_of_ones_own_are_called_so_whatever_the_file_is_called() -> None:
    assert units_name("towns").zh == "乡镇（街道）"
    assert units_name("parks").zh == "自备统计单元“parks”"
    assert units_name("own_towns").en == "your own units “towns”"
