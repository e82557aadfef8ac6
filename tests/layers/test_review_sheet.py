"""A filled-in check list read back, with every mistake by sheet and cell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from reviewed import CONFIRMED, DISPUTED, city, fill

from kunshan_gis.errors import LayerError, LayerSchemaError
from kunshan_gis.export import review_workbook
from kunshan_gis.layers.review_sheet import read_filled
from kunshan_gis.review_form import HIDDEN, KEYS
from kunshan_gis.studies.review_list import review_list


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list of the toy city with estates, nothing filled in."""
    made = review_list(city())
    file = tmp_path_factory.mktemp("list") / "review_list.xlsx"
    file.write_bytes(review_workbook(made.result, made.reviewed))
    return file


def problems(file: Path) -> list[str]:
    with pytest.raises(LayerSchemaError) as refused:
        read_filled(file)
    return [str(problem) for problem in refused.value.problems]


def test_a_blank_list_has_no_answers(blank: Path) -> None:
    found = read_filled(blank)
    assert (found.answers, found.left) == ((), 3)
    assert set(found.layers) >= {"homes", "streets", "parks", "estates"}
    assert set(found.profiles) == {"park-reach"}


def test_answers_carry_what_had_been_computed(blank: Path, tmp_path: Path) -> None:
    (one,) = read_filled(fill(blank, {"A": DISPUTED}, tmp_path / "a.xlsx")).answers
    assert (one.key, one.name) == (("park-reach", "park_reach", "A"), "甲小区")
    assert (one.conclusion, one.corrected, one.reason, one.reviewer) == ("disputed", "", "新开了东门", "王工")
    assert (one.date, one.state, one.not_covered, one.not_measurable) == ("2026-09-30", "not_covered", 50, 0)
    assert one.reviewed == review_list(city()).reviewed


@pytest.mark.parametrize(
    "date",
    [dt.date(2026, 9, 30), dt.datetime.fromisoformat("2026-09-30T08:15"), "2026-09-30", "2026/9/30", "2026.9.30",
     "2026年9月30日", "20260930", 46295],
)  # fmt: skip
def test_a_date_is_read_in_the_ways_people_write_one(blank: Path, tmp_path: Path, date: object) -> None:
    (one,) = read_filled(fill(blank, {"A": {**DISPUTED, "date": date}}, tmp_path / "a.xlsx")).answers
    assert one.date == "2026-09-30"


@pytest.mark.parametrize("conclusion", ["有异议", "disputed", " 有 异议", "Disputed"])
def test_words_are_known_in_both_languages(blank: Path, tmp_path: Path, conclusion: str) -> None:
    (one,) = read_filled(fill(blank, {"A": {**DISPUTED, "conclusion": conclusion}}, tmp_path / "a.xlsx")).answers
    assert one.conclusion == "disputed"


@pytest.mark.parametrize(
    ("change", "cell", "what"),
    [
        ({"conclusion": "也许"}, "O5", "“也许” is not known"),
        ({"conclusion": None}, "O5", "no conclusion"),
        ({"reason": None}, "Q5", "a dispute without a reason"),
        ({"reviewer": "  "}, "R5", "no reviewer"),
        ({"date": None}, "S5", "is no date from 2000 to 2100"),
        ({"date": "昨天"}, "S5", "“昨天” is no date"),
        ({"date": "2026-02-30"}, "S5", "“2026-02-30” is no date"),
        ({"date": dt.date(2105, 1, 1)}, "S5", "“2105-01-01” is no date"),
        ({"date": 12}, "S5", "“1900-01-12” is no date"),
        ({"corrected": "部分"}, "P5", "“部分” is not known"),
        ({"corrected": "未覆盖"}, "P5", "corrected to what was computed"),
        ({"conclusion": "属实", "corrected": "覆盖"}, "P5", "a confirmed row cannot be corrected"),
        ({"state": "覆盖"}, "H5", "the computed state was changed to “覆盖”"),
        ({"id": "Z"}, "D5", "the list does not hold “Z”"),
        ({"indicator": "park-reach"}, "D5", "the list does not hold “blank”"),
    ],
)
def test_a_mistake_is_named_by_sheet_and_cell(
    blank: Path, tmp_path: Path, change: dict[str, object], cell: str, what: str
) -> None:
    (found,) = problems(fill(blank, {"A": {**DISPUTED, **change}}, tmp_path / "a.xlsx"))
    assert f"sheet “核查清单 Check list” {cell}: " in found
    assert what in found
    assert "→" in found


def test_all_mistakes_are_told_at_once(blank: Path, tmp_path: Path) -> None:
    wrong = {"A": {**DISPUTED, "reason": None, "reviewer": None}, "B": {**CONFIRMED, "date": "x"}}
    assert len(problems(fill(blank, wrong, tmp_path / "a.xlsx"))) == 3


def _book(blank: Path, tmp_path: Path, answers: dict[str, dict[str, object]]) -> tuple[Path, openpyxl.Workbook]:
    file = fill(blank, answers, tmp_path / "a.xlsx")
    return file, openpyxl.load_workbook(file)


def test_a_row_answered_twice_differently_is_refused_and_the_same_twice_is_one(blank: Path, tmp_path: Path) -> None:
    file, book = _book(blank, tmp_path, {"A": DISPUTED})
    sheet = book.worksheets[0]
    sheet.append([cell.value for cell in sheet[5]])
    book.save(file)
    assert len(read_filled(file).answers) == 1
    sheet.cell(8, KEYS.index("reason") + 1).value = "别的原因"
    book.save(file)
    (found,) = problems(file)
    assert "O8: the same estate and indicator as row 5, answered differently" in found


def test_rows_may_be_sorted_removed_and_columns_added(blank: Path, tmp_path: Path) -> None:
    file, book = _book(blank, tmp_path, {"B": CONFIRMED})
    sheet = book.worksheets[0]
    sheet.delete_rows(5)
    sheet.insert_cols(2)
    sheet.cell(4, 2).value = "自己的列"
    book.save(file)
    assert [one.id for one in read_filled(file).answers] == ["B"]


@pytest.mark.parametrize("change", ["rename", "twice"])
def test_changed_headings_are_refused(blank: Path, tmp_path: Path, change: str) -> None:
    file, book = _book(blank, tmp_path, {"A": DISPUTED})
    cell = book.worksheets[0].cell(4, KEYS.index("reason") + 1)
    cell.value = "why_not" if change == "rename" else "reviewer"
    book.save(file)
    said = problems(file)
    assert any("`reason` occurs 0 times" in one for one in said)
    assert len(said) == (1 if change == "rename" else 2)


def test_another_workbook_is_no_check_list(blank: Path, tmp_path: Path) -> None:
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    with pytest.raises(LayerError, match="no list written by review export"):
        read_filled(tmp_path / "other.xlsx")
    (tmp_path / "x.csv").write_text("a")
    with pytest.raises(LayerError, match="is no workbook"):
        read_filled(tmp_path / "x.csv")
    file, book = _book(blank, tmp_path, {})
    del book[HIDDEN]
    book.save(file)
    with pytest.raises(LayerError, match="with all its sheets"):
        read_filled(file)


def test_a_list_of_a_later_version_says_so(blank: Path, tmp_path: Path) -> None:
    file, book = _book(blank, tmp_path, {})
    mark = book.worksheets[0].cell(2, 1)
    mark.value = str(mark.value).replace("review 1", "review 9")
    book.save(file)
    with pytest.raises(LayerError, match="upgrade kunshan-gis"):
        read_filled(file)
