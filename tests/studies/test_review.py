"""A list goes out, is filled in and comes back; computed figures stay, corrected ones stand beside them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from reviewed import CONFIRMED, DAY, DISPUTED, city, fill

import kunshan_gis
from kunshan_gis import toy
from kunshan_gis.errors import LayerSchemaError, OutputError, ParameterError
from kunshan_gis.export import check_workbook, write_area
from kunshan_gis.layers import open_area
from kunshan_gis.maps import render
from kunshan_gis.maps.headlines import headline_groups
from kunshan_gis.model import Edit, StudyArea
from kunshan_gis.review import ANSWERS, HISTORY
from kunshan_gis.review_form import COLUMNS, HIDDEN
from kunshan_gis.rules import shipped
from kunshan_gis.studies.check import Check, check
from kunshan_gis.studies.review import export_list, import_answers, list_page, submit
from kunshan_gis.studies.review_list import review_list

RULE = ("park-reach", "park_reach")
LIST = "review_list.xlsx"


@pytest.fixture(scope="session")
def _listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review") / "city"
    area = city()
    write_area(folder, area.info, [(layer.info, layer.table) for layer in area.layers.values()])
    export_list(open_area(folder), folder / "review")
    return folder


@pytest.fixture
def folder(_listed: Path, tmp_path: Path) -> Path:
    """The city on disk with its check list, not filled in."""
    import shutil

    return Path(shutil.copytree(_listed, tmp_path / "city"))


def answered(folder: Path, **answers: dict[str, object]) -> Path:
    fill(folder / "review" / LIST, {key.replace("_", ":"): value for key, value in answers.items()})
    import_answers(folder / "review" / LIST, folder)
    return folder


def measured(area: StudyArea | Path, *profiles: str, by: str = "area") -> Check:
    found = open_area(area) if isinstance(area, Path) else area
    return check(found, profiles or ("park-reach",), by=by, sensitivity=False)


def row(found: Check, table: str = "check", unit: str = "area") -> dict[str, object]:
    rows = found.result.tables[table]
    return rows[rows["unit_id"] == unit].iloc[0].to_dict()


def test_the_list_holds_every_estate_with_people_outside_and_adds_up_to_the_check() -> None:
    table = review_list(city()).result.tables["review"].set_index("id")
    assert table.index.tolist() == ["A", "B", "town:west"]
    assert table["state"].tolist() == ["not_covered", "not_measurable", "not_measurable"]
    assert table["people"].tolist() == [50, 7, 303]
    assert (table["not_covered"] + table["not_measurable"]).tolist() == [50, 7, 3]
    computed = row(measured(city()))
    assert table["not_covered"].sum() + table["not_measurable"].sum() == 700 - computed["numerator"]
    assert table["not_measurable"].sum() == computed["not_measurable"] == 10


def test_the_list_names_the_nearest_place_with_both_distances_and_why_nothing_is_known() -> None:
    table = review_list(city()).result.tables["review"].set_index("id")
    assert table["nearest"].tolist() == ["口袋公园", "口袋公园", "社区公园"]
    assert table.loc["A", ["walked_m", "straight_m"]].tolist() == [920, 365]  # 300 + 400 + 220; 360 east, 60 south
    assert table["walked_m"].isna().tolist() == [False, True, True]
    assert table.loc["town:west", "straight_m"] == 838  # 250 west and 800 south to the park's outline
    assert table.loc["B", "why_en"] == "only isolated bits of street near"


def test_without_estates_every_home_is_a_row_and_nobody_is_dropped() -> None:
    table = review_list(toy.city()).result.tables["review"]
    assert table["id"].tolist() == ["home:h5", "home:h6", "home:h7"]


@pytest.mark.parametrize("profile", sorted(shipped()))
def test_of_every_profile_the_people_of_the_list_are_those_of_the_check(profile: str) -> None:
    area = toy.serviced_city()
    rules = {rule.key for rule in shipped()[profile].rules if rule.of == "people"}
    try:
        totals = review_list(area, (profile,)).result.tables["review_totals"]
    except ParameterError:
        return  # no share, or none that can be measured here
    computed = measured(area, profile).result.tables["check"].set_index("indicator")
    for total in totals.to_dict(orient="records"):
        if total["indicator"] in rules:
            one = computed.loc[total["indicator"]]
            assert total["people"] == one["denominator"]
            assert total["not_covered"] + total["not_measurable"] == one["denominator"] - one["numerator"]
            assert total["not_measurable"] == one["not_measurable"]


def test_an_unknown_indicator_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match="there are: park_reach"):
        review_list(city(), (), ("parks",))


def test_the_workbook_can_be_filled_in_printed_and_says_what_made_it(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "review" / LIST)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[4]] == [column.key for column in COLUMNS]
    assert sheet.freeze_panes == "F5"
    assert {one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"} == {
        '"属实,有异议"', '"覆盖,未覆盖"'
    }  # fmt: skip
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$3:$4"
    assert book[HIDDEN].sheet_state == "veryHidden"
    about = "".join(str(cell.value) for line in book.worksheets[2].iter_rows() for cell in line)
    assert review_list(open_area(folder)).reviewed in about


def test_two_lists_of_the_same_city_are_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = export_list(open_area(folder), tmp_path / "again").paths
    assert [path.read_bytes() for path in again] == [(folder / "review" / path.name).read_bytes() for path in again]


def test_a_list_that_may_have_been_filled_in_is_not_written_over(folder: Path) -> None:
    with pytest.raises(OutputError, match="add --overwrite"):
        export_list(open_area(folder), folder / "review")


def test_names_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    area = city()
    estates = area.table("estates").assign(name=["=HYPERLINK(1)", "@x"])
    layers = {**area.layers, "estates": replace(area.layer("estates"), table=estates)}
    export_list(replace(area, layers=layers), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / LIST).worksheets[0]
    cell = sheet.cell(5, 5)
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_the_page_draws_estates_by_state_with_their_number() -> None:
    page = list_page(city(), review_list(city()))
    keys = [layer.key for layer in page.layers if layer.key.startswith("review")]
    assert keys == ["review_park_reach_park_reach_area", "review_park_reach_park_reach_point"]
    html = render(page)
    assert "甲小区" in html
    assert "Check list" in html or "check list" in html


def test_answers_come_back_and_stand_beside_the_computed_figure(folder: Path) -> None:
    before = row(measured(folder))
    answered(folder, A=DISPUTED, B={**DISPUTED, "corrected": "未覆盖"}, town_west=CONFIRMED)
    after = measured(folder)
    one = row(after)
    assert one["corrected_value"] == pytest.approx(690 / 700)  # the 50 of A; B's 7 are known not to be covered
    assert (one["disputed"], one["confirmed"], one["stale"]) == (57, 3, 0)
    untouched = [key for key in before if key not in ("corrected_value", "disputed", "confirmed")]
    assert {key: one[key] for key in untouched if one[key] == one[key]} == {
        key: before[key] for key in untouched if before[key] == before[key]
    }
    assert before["corrected_value"] != before["corrected_value"]
    assert (before["disputed"], before["confirmed"]) == (0, 0)
    assert after.result.tables["answers"]["standing"].tolist() == ["counted"] * 3
    assert after.result.provenance.parameters["answers_sha256"] == open_area(folder).review.sha256


def test_the_workbook_of_the_check_shows_both_figures_and_the_answers(folder: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(check_workbook(measured(answered(folder, A=DISPUTED)).result)))
    heads = [str(cell.value).split("\n")[1] for cell in book.worksheets[0][1]]
    assert heads[heads.index("Value") + 1] == "Corrected"
    answers = [[cell.value for cell in line] for line in book["核查结论 Answers"].iter_rows()]
    assert answers[1][2:6] == ["A", "甲小区", "有异议\ndisputed", ""]
    assert answers[1][-1] == "计入更正值\ncounted"


def test_the_page_of_the_check_says_both_figures_and_the_change(folder: Path) -> None:
    submit(folder, "2026-Q3", "2026-09-30", ("park-reach",), sensitivity=False)
    found = measured(answered(folder, A=DISPUTED))
    (group,) = headline_groups(found.result, words=False)
    (shown,) = group.rows
    assert shown.value.en == "91.4%"
    assert shown.amounts.en.endswith("corrected 98.6%; 0 pp since the last submission")


def test_a_unit_shows_what_was_answered_about_its_own_people(folder: Path) -> None:
    found = measured(answered(folder, A=DISPUTED), by="towns")
    east, west = (row(found, "check_towns", unit) for unit in ("east", "west"))
    assert east["corrected_value"] == pytest.approx((340 + 50) / 397)
    assert (east["disputed"], west["disputed"]) == (50, 0)
    assert west["corrected_value"] == west["value"]


def test_only_disputed_to_covered_raises_the_figure(folder: Path) -> None:
    one = row(measured(answered(folder, A=CONFIRMED, B={**DISPUTED, "corrected": "未覆盖"})))
    assert one["corrected_value"] == one["value"]


def test_without_answers_nothing_is_corrected(folder: Path) -> None:
    one = measured(folder)
    assert "answers" not in one.result.tables
    assert "answers_sha256" not in one.result.provenance.parameters


def test_an_answer_about_another_state_is_stale_listed_and_counts_for_nothing(folder: Path) -> None:
    area = open_area(answered(folder, A=DISPUTED, B=CONFIRMED))
    joined = "LINESTRING (601600 3470300, 602000 3470300)"  # h5 now walks 400 + 80 m
    changed = area.with_edits(
        Edit.add("streets", joined, id="new", walkable=True, structure="ground", **{"class": "path"})
    )
    found = measured(changed)
    assert row(found)["numerator"] == 690
    answers = found.result.tables["answers"].set_index("id")
    assert answers.loc["A", ["standing", "state", "state_now"]].tolist() == ["stale", "not_covered", "covered"]
    assert answers.loc["B", "standing"] == "counted"
    assert row(found)["stale"] == 1
    assert row(found)["disputed"] == 0
    assert any("1 answers are stale" in warning.en for warning in found.result.provenance.warnings)


def test_an_answer_never_speaks_for_more_people_than_it_was_given_about(folder: Path) -> None:
    area = open_area(answered(folder, A=DISPUTED))
    homes = area.table("homes").copy()
    homes.loc[homes["id"] == "h5", "population"] = 51
    more = replace(area, layers={**area.layers, "homes": replace(area.layer("homes"), table=homes, sha256="more")})
    assert measured(more).result.tables["answers"]["standing"].tolist() == ["stale"]
    homes.loc[homes["id"] == "h5", "population"] = 49
    fewer = replace(area, layers={**area.layers, "homes": replace(area.layer("homes"), table=homes, sha256="fewer")})
    assert measured(fewer).result.tables["answers"]["standing"].tolist() == ["counted"]


def test_another_pace_is_another_question(folder: Path) -> None:
    found = check(open_area(answered(folder, A=DISPUTED)), ("park-reach",), speed_mps=0.9, sensitivity=False)
    assert found.result.tables["answers"]["standing"].tolist() == ["stale"]


def test_an_answer_about_an_estate_that_is_gone_is_kept_and_listed(folder: Path) -> None:
    area = open_area(answered(folder, A=DISPUTED))
    found = measured(replace(area, layers={name: layer for name, layer in area.layers.items() if name != "estates"}))
    assert found.result.tables["answers"]["standing"].tolist() == ["gone"]
    assert row(found)["corrected_value"] != row(found)["corrected_value"]


def test_answers_survive_a_rerun_and_are_not_asked_again(folder: Path) -> None:
    answered(folder, A=DISPUTED)
    again = export_list(open_area(folder), folder / "review", overwrite=True)
    table = again.made.result.tables["review"].set_index("id")
    assert table.loc["A", ["conclusion", "reason", "reviewer", "date"]].tolist() == [
        "disputed", "新开了东门", "王工", "2026-09-30"
    ]  # fmt: skip
    taken = import_answers(folder / "review" / LIST, folder)
    assert (len(taken.unchanged), len(taken.new), taken.left) == (1, 0, 2)
    assert taken.paths == ()


def test_a_newer_answer_replaces_an_older_one_which_is_kept(folder: Path) -> None:
    answered(folder, A=DISPUTED)
    fill(folder / "review" / LIST, {"A": {"conclusion": "属实", "date": DAY.replace(month=10)}})
    assert len(import_answers(folder / "review" / LIST, folder).replaced) == 1
    fill(folder / "review" / LIST, {"A": {"conclusion": "属实", "date": DAY.replace(month=1)}})
    assert len(import_answers(folder / "review" / LIST, folder).older) == 1
    review = open_area(folder).review.require()
    assert [(one.conclusion, one.date) for one in review.answers] == [("confirmed", "2026-10-30")]
    assert [one.date for one in review.history] == ["2026-01-30", "2026-09-30"]
    assert (folder / HISTORY).read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    fill(folder / "review" / LIST, {"A": DISPUTED})
    assert len(import_answers(folder / "review" / LIST, folder, dry_run=True).new) == 1
    assert not (folder / ANSWERS).exists()


def test_a_list_made_for_other_layers_says_what_differs_and_takes_what_still_exists(folder: Path) -> None:
    area = city()
    fill(folder / "review" / LIST, {"A": DISPUTED, "B": CONFIRMED})
    estates = area.table("estates").iloc[:1]
    layers = {**area.layers, "estates": replace(area.layer("estates"), table=estates)}
    write_area(folder, area.info, [(one.info, one.table) for one in layers.values()], overwrite=True)
    taken = import_answers(folder / "review" / LIST, folder)
    assert [one.id for one in taken.new] == ["A"]
    assert [one.id for one in taken.gone] == ["B"]
    assert [said.en for said in taken.differs] == ["layers that changed since the list was made: estates"]


def test_text_that_looks_like_a_formula_is_harmless_in_the_answers_and_comes_back_whole(folder: Path) -> None:
    said = "=cmd|' /C calc'!A0"
    answered(folder, A={**DISPUTED, "reviewer": "'引号", "reason": "'" + said})
    content = (folder / ANSWERS).read_text(encoding="utf-8-sig")
    assert ",=cmd" not in content
    (answer,) = open_area(folder).review.require().answers
    assert (answer.reason, answer.reviewer) == ("'" + said, "'引号")


def test_broken_answers_stop_the_check_and_nothing_else(folder: Path) -> None:
    answered(folder, A=DISPUTED)
    content = (folder / ANSWERS).read_text(encoding="utf-8-sig")
    (folder / ANSWERS).write_text(content.replace("disputed", "perhaps").replace("2026-09-30", "2026-13-30"))
    area = open_area(folder)
    with pytest.raises(LayerSchemaError) as refused:
        check(area, ("park-reach",), sensitivity=False)
    assert [problem.where.en for problem in refused.value.problems] == ["review/answers.csv, row 2"] * 2
    assert {problem.what.en for problem in refused.value.problems} == {
        "conclusion cannot be “perhaps”", "date is no date: “2026-13-30”"
    }  # fmt: skip


def test_a_submission_is_kept_and_later_checks_show_the_change_since(folder: Path) -> None:
    submit(folder, "2026-Q3", "2026-09-30", ("park-reach", "who-2016"), sensitivity=False)
    area = open_area(folder)
    same = row(measured(area))
    assert (same["submitted_value"], same["change"]) == (same["value"], 0)
    joined = "LINESTRING (601600 3470300, 602000 3470300)"
    changed = area.with_edits(
        Edit.add("streets", joined, id="new", walkable=True, structure="ground", **{"class": "path"})
    )
    assert row(measured(changed))["change"] == pytest.approx(50 / 700)
    later = measured(area).result.provenance.parameters
    assert (later["submission"], later["submission_date"]) == ("2026-Q3", "2026-09-30")


def test_the_last_submission_is_the_one_compared_with(folder: Path) -> None:
    submit(folder, "b", "2026-03-31", ("park-reach",), sensitivity=False)
    submit(folder, "a", "2026-06-30", ("park-reach",), sensitivity=False)
    assert measured(folder).result.provenance.parameters["submission"] == "a"


def test_what_cannot_be_compared_says_why_instead_of_a_difference(folder: Path) -> None:
    path = submit(folder, "2026-Q3", "2026-09-30", ("park-reach",), sensitivity=False).path
    area = open_area(folder)
    slower = check(area, ("park-reach",), speed_mps=0.9, sensitivity=False)
    assert row(slower)["change_note_en"] == "the last submission had other parameters (speed_mps)"
    assert row(slower)["change"] != row(slower)["change"]
    assert row(measured(area, "who-2016"))["change_note_en"] == "not in the last submission"
    data = json.loads(path.read_bytes())
    data["result"]["parameters"]["profiles"][0]["sha256"] = "0"
    path.write_text(json.dumps(data))
    other = row(measured(folder))
    assert other["change_note_en"] == "the last submission was measured by another text of the profile"
    assert other["change"] != other["change"]


def test_the_city_as_planned_is_another_question_and_no_change(folder: Path) -> None:
    submit(folder, "2026-Q3", "2026-09-30", ("park-reach",), sensitivity=False)
    found = measured(open_area(answered(folder, A=DISPUTED)).in_scenario("planned"))
    assert found.result.tables["answers"]["standing"].tolist() == ["stale"]
    assert row(found)["change_note_en"] == "the last submission had other parameters (scenario)"


def test_running_a_result_again_sees_that_answers_came_in(folder: Path, tmp_path: Path, cli) -> None:
    options = ("--layers", folder, "--profile", "park-reach", "--no-sensitivity")
    assert cli("check", *options, "--out", tmp_path / "out").code == 0
    assert "相同" in cli("reproduce", tmp_path / "out" / "result.json", "--layers", folder).out
    answered(folder, A=DISPUTED)
    again = cli("reproduce", tmp_path / "out" / "result.json", "--layers", folder)
    assert "answers_sha256" in again.out
    assert "更正值" in again.out


def test_a_submission_needs_a_name_a_date_and_its_own_file(folder: Path) -> None:
    for name, date, what in (("../x", "2026-09-30", "file's name"), ("x", "30.9.2026", "YYYY-MM-DD")):
        with pytest.raises(ParameterError, match=what):
            submit(folder, name, date, ("park-reach",), sensitivity=False)
    submit(folder, "x", "2026-09-30", ("park-reach",), sensitivity=False)
    with pytest.raises(OutputError, match="is kept already"):
        submit(folder, "x", "2026-12-31", ("park-reach",), sensitivity=False)


def test_demonstration_is_no_submission_unless_it_is_marked_as_a_trial(tmp_path: Path) -> None:
    area = city()
    layers = [
        (one.info.model_copy(update={"basis": "synthetic"}) if name == "homes" else one.info, one.table)
        for name, one in area.layers.items()
    ]
    write_area(tmp_path / "demo", area.info, layers)
    with pytest.raises(ParameterError, match="add --trial"):
        submit(tmp_path / "demo", "x", "2026-09-30", ("park-reach",), sensitivity=False)
    submit(tmp_path / "demo", "x", "2026-09-30", ("park-reach",), sensitivity=False, trial=True)
    assert row(measured(tmp_path / "demo"))["change"] == 0
    made = export_list(open_area(tmp_path / "demo"), tmp_path / "out")
    assert [path.name for path in made.paths] == ["review_list-DEMO.html", "review_list-DEMO.xlsx"]
    for sheet in openpyxl.load_workbook(made.paths[1]).worksheets[:3]:
        assert "DEMO" in "".join(str(cell.value) for cell in sheet[1])


def test_layers_and_the_demonstration_pass_the_folder_over(folder: Path, cli) -> None:
    answered(folder, A=DISPUTED)
    (folder / ANSWERS).write_text("spoiled")
    assert cli("layers", "check", "--layers", folder).code == 0
    assert cli("layers", "qgis", "--layers", folder).code == 0
    assert cli("coverage", "parks", "--layers", folder, "--format", "csv").code == 0


def test_the_commands_go_from_list_to_corrected_figure(folder: Path, cli) -> None:
    listed = cli("review", "export", "--layers", folder, "--out", folder / "out", "--lang", "en")
    assert listed.code == 0
    assert "50" in listed.out
    filled = fill(folder / "out" / LIST, {"A": DISPUTED})
    ran = cli("review", "import", filled, "--layers", folder, "--lang", "en")
    assert (ran.code, ran.out) == (
        0,
        "1 new, 0 replaced, 0 the same, 0 older than the one kept, 0 no longer in the layers, 2 left blank.\n",
    )
    handed = cli("review", "submit", "--layers", folder, "--name", "Q3", "--date", "2026-09-30", "--profile",
                 "park-reach", "--no-sensitivity")  # fmt: skip
    assert handed.code == 0
    shown = cli("check", "--layers", folder, "--profile", "park-reach", "--no-sensitivity", "--lang", "en")
    assert "98.6%" in shown.out
    assert "0 pp" in shown.out
    assert "submitted as Q3 (2026-09-30)" in shown.out
    (one,) = json.loads(cli("check", "--layers", folder, "--profile", "park-reach", "--format", "json").out)
    assert (one["value"], one["corrected_value"], one["disputed"]) == (640 / 700, 690 / 700, 50)
    told = cli("check", "--layers", folder, "--profile", "park-reach", "--format", "md", "--no-sensitivity")
    assert "更正值" in told.out


def test_nothing_is_put_into_the_embedded_area(cli) -> None:
    ran = cli("review", "export")
    assert ran.code == 2
    assert "give --layers DIR" in ran.err


@pytest.mark.full
def test_the_embedded_area_lists_all_residents_of_its_reporting_basis_and_corrects_land(tmp_path: Path) -> None:
    area = open_area(kunshan_gis.embedded_folder())
    made = review_list(area, (), ("parks_5min",))
    total = made.result.tables["review_totals"].iloc[0]
    table = made.result.tables["review"]
    assert total["people"] == 2_092_496 == total["covered"] + total["not_covered"] + total["not_measurable"]
    assert table["not_covered"].sum() == total["not_covered"]
    assert set(table["kind"]) == {"estate", "community"}
    estate = table[(table["kind"] == "estate") & (table["state"] == "not_covered")].iloc[0]
    from kunshan_gis.review import Answer, Review

    said = Answer(
        "mnr-life-circle", "parks_5min", estate["id"], "", "disputed", "", "x", "y", "2026-09-30", estate["state"],
        estate["not_covered"], estate["not_measurable"], estate["asked"], made.reviewed,
    )  # fmt: skip
    found = measured(replace(area, review=Review((said,), "x")), "mnr-life-circle")
    one = found.result.tables["check"].set_index("indicator").loc["parks_5min"]
    outline = area.table("estates").set_index("id").geometry.loc[estate["id"]]
    assert 0 < (one["corrected_value"] - one["value"]) * one["denominator"] <= outline.area + 1
    assert one["disputed"] == estate["not_covered"]
    assert one["verdict"] in ("no_target", "demo")
