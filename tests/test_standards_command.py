"""`kunshan-gis standards`, and the page about the profiles, which is written from them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from kunshan_gis.cli.options import Lang
from kunshan_gis.cli.standards import list_markdown, profile_markdown
from kunshan_gis.layers import embedded_folder, read_catalog
from kunshan_gis.rule_words import asked, certainty, distance, measured, of_whom
from kunshan_gis.rules import read_profile, shipped

PAGE = Path(__file__).parents[1] / "docs" / "standards.md"
MARK = "<!-- from here on written by KUNSHAN_GIS_WRITE_DOCS=1 pytest tests/test_standards_command.py -->\n"
EXAMPLE = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)[1]


def test_the_page_is_what_the_shipped_profiles_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    by_hand = page.partition(MARK)[0]
    whole = f"{by_hand}{MARK}\n## 现有口径 / The profiles\n\n{list_markdown(list(shipped().values()), Lang.en)}"
    for key, profile in shipped().items():
        whole += f"\n## {key}\n\n{profile_markdown(profile, Lang.en)}"
    if os.environ.get("KUNSHAN_GIS_WRITE_DOCS"):
        PAGE.write_text(whole, encoding="utf-8")
    assert page == whole, "run once with KUNSHAN_GIS_WRITE_DOCS=1"


def test_the_example_of_the_page_is_a_profile_in_which_every_measure_but_two_occurs() -> None:
    profile = read_profile(EXAMPLE.encode(), "mine", "mine.toml")
    assert {rule.measure for rule in profile.rules} == {"walk", "radius", "circle", "provision", "count"}
    assert profile.rules[1].target_for(499_999) == 0.8
    assert profile.rules[1].target_for(500_000) == 0.85


def test_the_rules_of_the_example_in_words() -> None:
    profile = read_profile(EXAMPLE.encode(), "mine", "mine.toml")
    school, radius, daily, area, pocket = profile.rules
    said = [(measured(rule), distance(rule, profile), of_whom(rule), asked(rule)) for rule in profile.rules]
    assert [tuple(part.en for part in parts) for parts in said] == [
        ("on foot: Primary schools", "10 min, 600 m (planning-walk)", "residential land", "≥ 90 %"),
        (
            "straight radius: Parks",
            "500 m (from 5,000 m2), 300 m (from 400 m2 to under 5,000 m2)",
            "residential land (built-up area)",
            "≥ 80 % (residents under 500,000), ≥ 85 % (residents from 500,000)",
        ),
        (
            "life circle, all of: Food market 500 m, Park (from 1,000 m2) 300 m",
            "each its own",
            "residents",
            "no target",
        ),
        ("area per resident: Parks (Community parks, Pocket parks)", "—", "residents", "≥ 4.5 m2 per resident"),
        ("number: Parks (Pocket parks)", "—", "—", "≥ 40 parks"),
    ]
    assert measured(radius).zh == "直线半径：公园"
    assert distance(school, profile).zh == "10 分钟，600 米（planning-walk）"
    assert asked(area).zh == "≥ 4.5 平方米/人"
    assert certainty(school) == ("已核对标准原文（3.2.1）", "checked against the standard's text (3.2.1)")
    assert certainty(daily).en == certainty(pocket).en == "checked against the standard's text"


@pytest.mark.parametrize("key", sorted(shipped()))
def test_every_shipped_rule_can_be_said_in_both_languages(key: str) -> None:
    profile = shipped()[key]
    for rule in profile.rules:
        for said in (measured(rule), distance(rule, profile), of_whom(rule), asked(rule), certainty(rule)):
            assert said.zh
            assert said.en
            assert not re.search("[一-鿿]", said.en)


def test_some_of_the_needs_and_what_is_not_stated_are_said() -> None:
    either = shipped()["sdg-11-2-1"].rules[2]
    assert measured(either).en == "on foot, at least 1 of 2: Bus stop 500 m, Rail station 1,000 m"
    unstated = shipped()["gb55014-2021"]
    assert distance(unstated.rules[0], unstated).en == (
        "not measurable: the copy that was read does not state sizes and radii"
    )
    pocket = shipped()["pocket-parks-2022"]
    assert distance(pocket.rules[0], pocket).en == "400 m2 to 1 ha"


def test_the_list_names_the_area_s_own_first_and_its_reporting_basis(cli) -> None:
    rows = json.loads(cli("standards", "--format", "json").out)
    assert [row["key"] for row in rows] == ["park-system", *shipped()]
    assert [row["key"] for row in rows if row["reporting_basis"]] == ["mnr-life-circle"]
    assert (rows[0]["origin"], rows[1]["origin"]) == ("own", "shipped")
    assert {row["key"]: row["rules"] for row in rows}["gb50180-2018"] == 24
    for lang, word in (("zh", "公园体系规划（三级）"), ("en", "this study area")):
        ran = cli("standards", "--lang", lang)
        assert ran.code == 0
        assert word in ran.out


def test_the_plan_s_parks_are_a_profile_of_the_embedded_area(cli) -> None:
    info, _ = read_catalog(embedded_folder())
    assert info.reporting_basis == "mnr-life-circle"
    rules = json.loads(cli("standards", "park-system", "--format", "json").out)["rules"]
    assert [(rule["tiers"], rule["measure"], rule["target"]) for rule in rules] == [
        (["comprehensive"], "count", 3), (["community"], "count", 200), (["pocket"], "count", 500),
    ]  # fmt: skip


def test_one_profile_is_shown_by_key_or_by_file(cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(EXAMPLE, encoding="utf-8")
    shown = cli("standards", file, "--lang", "en")
    assert shown.code == 0
    assert "Our county's own · mine" in shown.out
    assert "Residential land as of the survey of 2024" in shown.out
    page = cli("standards", "garden-city-2022", "--format", "md").out
    assert page.startswith("# garden-city-2022\n\n**国家园林城市标准（2022） National garden city standard (2022)**\n")
    assert page.count("\n| ") == 2 + len(shipped()["garden-city-2022"].rules)
    assert json.loads(cli("standards", file, "--format", "json").out)["origin"] == "file"


def test_what_is_wrong_is_said_at_once_and_nothing_else(cli, tmp_path: Path, write_toy) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(EXAMPLE.replace('unit = "percent"', ""), encoding="utf-8")
    ran = cli("standards", file)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count('add unit = "percent"') == 2
    assert ran.err.count('补上 unit = "percent"') == 2
    assert "there are: city-checkup-2022" in cli("standards", "nobody", "--layers", write_toy(name="plain")).err

    folder = write_toy()
    (folder / "profiles").mkdir()
    (folder / "profiles" / "who-2016.toml").write_text(EXAMPLE, encoding="utf-8")
    (folder / "profiles" / "empty.toml").write_text("", encoding="utf-8")
    ran = cli("standards", "--layers", folder)
    assert (ran.code, ran.out) == (2, "")
    for said in ("profiles/who-2016.toml", "rename the file", "profiles/empty.toml", "holds no rules"):
        assert said in ran.err


def test_a_profile_s_own_signs_are_not_taken_for_markup(cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(EXAMPLE.replace("Our county's own", "[red]a|b<script>[/]"), encoding="utf-8")
    page = cli("standards", file, "--format", "md").out
    assert "[red]a\\|b&lt;script>" in page
    shown = cli("standards", file, "--lang", "en").out
    assert "[red]a|b<script>[/]" in shown


def test_a_profile_that_would_steer_the_terminal_is_refused(cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(EXAMPLE.replace("Our county's own", "ours\\u001b[2J"), encoding="utf-8")
    ran = cli("standards", file)
    assert (ran.code, ran.out) == (2, "")
    assert "holds control characters → remove them" in ran.err
    assert "\x1b" not in ran.err


def test_a_size_of_city_from_nothing_up_is_said_as_under() -> None:
    rules = {rule.key: rule for rule in read_profile(EXAMPLE.encode(), "mine", "mine.toml").rules}
    assert asked(rules["park_radius"]).zh == "≥ 80 %（居民 不足500,000）、≥ 85 %（居民 500,000起）"
    small = rules["park_area"].model_copy(update={"tiers": (), "below_m2": 5_000.0})
    assert measured(small).zh == "人均面积：公园（不足5,000 平方米）"
