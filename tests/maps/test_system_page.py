"""What the pages of the plan's systems share: tables as they are read, cards, findings, account."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from paper import layer

from kunshan_gis import toy
from kunshan_gis.maps import Link, render
from kunshan_gis.maps.system_page import LONG_TABLE, card_of, system_map, table_of, written_out
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Result, StudyArea
from kunshan_gis.studies.systems.registry import entry_of, run

TABLE = pd.DataFrame({
    "unit_id": ["w", "e"], "name": ["西镇", "东镇"], "name_en": ["West", "East"], "population": [303, 397],
    "share_covered": [0.5, math.nan], "park_plan": [math.nan, math.nan], "size_state": ["below", None],
})  # fmt: skip


def city(*, demo: bool = False) -> StudyArea:
    plain = toy.serviced_city()
    parks = layer("parks", plain.table("parks"), basis="synthetic" if demo else "surveyed")
    return StudyArea(plain.info, {**plain.layers, "parks": parks})


@pytest.fixture(scope="module")
def account() -> Any:
    return run(city(), "parks").result.provenance


def result(account: Any, table: pd.DataFrame = TABLE, *, demo: bool = False) -> Result:
    return Result(replace(account, reportable=not demo), {"parks_tiers": table})


def test_a_table_shows_what_people_read_and_no_empty_column(account: Any) -> None:
    shown = table_of(result(account), "parks_tiers")
    assert [field.zh for field in shown.columns] == ["名称", "人口（人）", "覆盖率", "规模"]
    assert [field.format for field in shown.columns] == ["text", "figure", "figure", "text"]
    west, east = shown.rows.to_dict(orient="records")
    assert (west["name_zh_"], west["name_en_"], west["population_zh_"]) == ("西镇", "West", "303")
    assert (east["share_covered_zh_"], east["size_state_en_"]) == ("—", "—")
    assert shown.caption == text("sheet_parks_tiers")
    assert shown.note == text("table_note_parks_tiers")
    assert not shown.folded


def test_columns_can_be_chosen_and_long_tables_are_folded(account: Any) -> None:
    long = pd.concat([TABLE] * LONG_TABLE)
    shown = table_of(result(account, long), "parks_tiers", columns=["name", "park_plan", "population"])
    assert shown.folded
    assert [field.zh for field in shown.columns] == ["名称", "人口（人）"]  # of the plan nothing is known
    assert len(shown.rows) == 2 * LONG_TABLE


def test_a_demonstration_is_coarse_in_tables_and_cards(account: Any) -> None:
    shown = table_of(result(account, demo=True), "parks_tiers")
    assert shown.columns[1].en == "Residents (thousand)"
    assert shown.rows["population_zh_"].tolist() == ["0.03", "0.04"]
    homes = city().table("homes").assign(population=20_924)
    table, fields = card_of(homes, ["population"], demo=True)
    assert table["population_zh_"].tolist() == ["2.1"] * 7
    assert table.crs == homes.crs
    assert [field.column_en for field in fields] == ["population_en_"]
    assert "population_zh_" not in homes


def test_buildings_are_called_buildings(account: Any) -> None:
    counted = replace(account, counted="buildings")
    shown = table_of(Result(counted, {"parks_tiers": TABLE}), "parks_tiers")
    assert shown.columns[1].zh.startswith("建筑")


def test_written_rows_keep_their_order_and_need_no_geometry() -> None:
    rows, fields = written_out(TABLE, ["name"], demo=False)
    assert rows["name_zh_"].tolist() == ["西镇", "东镇"]
    assert len(fields) == 1
    assert len(written_out(TABLE.iloc[:0], ["name"], demo=False)[0]) == 0


def test_the_page_says_what_it_is_what_it_found_and_what_made_it(account: Any) -> None:
    nav = (Link("index.html", Text("首页", "Home")),)
    said = (Text("一句。", "A sentence."),)
    page = system_map(city(), result(account), (), said=said, tables=["parks_tiers", "gone"], nav=nav, lang="en")
    assert page.title == text("title_parks", place=Text("玩具城", "Toy City"))
    assert (page.subtitle, page.intro) == (text("subtitle_parks"), (text("intro_parks"),))
    assert page.sections[0].paragraphs == said
    assert [table.caption for table in page.tables] == [text("sheet_parks_tiers")]
    assert not page.demo
    assert (page.lang, page.nav) == ("en", nav)
    account_said = " ".join(line.en for line in page.provenance)
    assert "gb55014-2021" in account_said
    assert toy.CRS in account_said
    assert [one.key for one in page.layers] == ["water_area"]


def test_a_page_without_rows_or_findings_has_no_empty_heading(account: Any) -> None:
    page = system_map(city(), result(account, TABLE.iloc[:0]), (), tables=["parks_tiers"])
    assert page.tables == ()
    assert page.sections == ()


def test_names_from_data_are_text_on_the_page() -> None:
    plain = city(demo=True)
    evil = plain.table("parks").assign(name=["{{ 7 * 7 }}", "<img src=x onerror=alert(1)>"])
    area = StudyArea(plain.info, {**plain.layers, "parks": layer("parks", evil, basis="synthetic")})
    found = run(area, "parks")
    html = render(entry_of("parks").page(found))
    assert "<img src=x" not in html
    assert ">49<" not in html
    assert "演示数据·不得上报" in html
