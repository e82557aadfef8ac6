"""A filled-in check list read back: what was answered, and every mistake by sheet and cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from python_calamine import CalamineError, CalamineWorkbook

from kunshan_gis import review_form as form
from kunshan_gis.errors import LayerSchemaError, Problem
from kunshan_gis.forms import address
from kunshan_gis.layers.archive import require_workbook
from kunshan_gis.layers.form_sheet import at, plain_text
from kunshan_gis.layers.guards import refused, require_file, require_signature
from kunshan_gis.layers.review_folder import EARLIEST, LATEST
from kunshan_gis.layers.sheets import WORKBOOKS
from kunshan_gis.messages import Text
from kunshan_gis.review import CONCLUSIONS, CORRECTED, Answer, Key

_SERIALS = (36526, 73415)
"""What a spreadsheet stores for the first day of 2000 and the last of 2100."""


@dataclass(frozen=True)
class FilledList:
    """A check list that came back.

    Attributes
    ----------
    reviewed : digest of what the list asked
    layers, profiles : digests of what it was made of, by name
    answers : the rows that were filled in
    left : rows that were left blank
    """

    reviewed: str
    layers: Mapping[str, str]
    profiles: Mapping[str, str]
    answers: tuple[Answer, ...]
    left: int


@dataclass(frozen=True, eq=False)
class _Sheet:
    name: str
    cells: Sequence[Sequence[Any]]
    place: Mapping[str, int]
    """Column of each key."""

    def cell(self, row: int, key: str) -> Any:
        return at(self.cells, row, self.place[key])

    def said(self, row: int, key: str) -> Text:
        where = address(row, self.place[key])
        return Text(f"表“{self.name}”{where}", f"sheet “{self.name}” {where}")

    def filled(self) -> list[int]:
        """Rows with anything in them that the list holds or a reviewer fills in."""
        return [
            row
            for row in range(form.FIRST_ROW, len(self.cells))
            if any(plain_text(self.cell(row, key)) is not None for key in form.KEYS)
        ]


@dataclass(frozen=True)
class _Asked:
    """What the hidden sheet says of one row of the list."""

    group: str
    state: str
    not_covered: int
    not_measurable: int
    asked: str


def read_filled(path: Path) -> FilledList:
    """A filled-in check list.

    Raises
    ------
    LayerError
        The file may not be opened (see `guards`), is no check list, or is one of a later version.
    LayerSchemaError
        Headings or computed cells changed, an unknown id or word, a date that is none, a dispute without a reason, an
        answer without reviewer or date, a row answered twice differently: all at once, by sheet and cell.
    """
    sheet, hidden = _sheets(path)
    reviewed, layers, profiles, asked = _hidden(path, hidden)
    problems, answers = [], dict[Key, tuple[int, Answer]]()
    left = 0
    for row in sheet.filled():
        key, wrong = _key(sheet, row, asked)
        answer, more = (None, []) if key is None else _answer(sheet, row, key, asked[key], reviewed)
        problems += [*wrong, *more]
        left += answer is None and not more and not wrong
        if answer is None:
            continue
        first, before = answers.setdefault(answer.key, (row, answer))
        if before.said != answer.said:
            problems.append(_twice(sheet, row, first))
    if problems:
        title = Text(f"核查清单 {path.name} 须改正后才能读入", f"the check list {path.name} cannot be read as it is")
        raise LayerSchemaError(title, sorted(problems))
    return FilledList(reviewed, layers, profiles, tuple(answer for _, answer in answers.values()), left)


def _sheets(path: Path) -> tuple[_Sheet, list[list[Any]]]:
    if path.suffix.lower() not in WORKBOOKS:
        raise refused(path, Text("不是工作簿", "is no workbook"), _AGAIN)
    require_file(path)
    require_signature(path)
    require_workbook(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, OSError) as error:
        raise refused(path, Text(f"无法读取：{error}", f"cannot be read: {error}"), _AGAIN) from error
    marks = {name: form.read_mark(at(cells, form.MARK_ROW, 0)) for name, cells in sheets.items()}
    found = [name for name, mark in marks.items() if mark is not None and name != form.HIDDEN]
    if not found or form.HIDDEN not in sheets:
        raise refused(path, Text("不是 review export 写出的核查清单", "is no list written by review export"), _AGAIN)
    version, _ = cast("tuple[int, str]", marks[found[0]])
    if version > form.VERSION:
        raise refused(
            path, Text("由更新版本的软件写出", "was written by a later version"),
            Text("请升级 kunshan-gis", "upgrade kunshan-gis"),
        )  # fmt: skip
    cells = sheets[found[0]]
    return _Sheet(found[0], cells, _places(path, found[0], cells)), sheets[form.HIDDEN]


_AGAIN = Text(
    "使用 kunshan-gis review export 写出的 .xlsx 文件，保留其中各表",
    "use the .xlsx that kunshan-gis review export wrote, with all its sheets",
)


def _places(path: Path, name: str, cells: Sequence[Sequence[Any]]) -> dict[str, int]:
    """Where each column is; the row of field names must hold every one of them once."""
    names = [plain_text(cell) for cell in cells[form.NAME_ROW]] if len(cells) > form.NAME_ROW else []
    where = Text(f"表“{name}”第 {form.NAME_ROW + 1} 行", f"sheet “{name}”, row {form.NAME_ROW + 1}")
    problems = [
        Problem(
            where,
            Text(f"字段名 `{key}` 出现 {names.count(key)} 次", f"`{key}` occurs {names.count(key)} times"),
            Text("恢复该行的字段名，每个一次", "restore the row of field names, each once"),
        )
        for key in form.KEYS
        if names.count(key) != 1
    ]
    if problems:
        title = Text(f"核查清单 {path.name} 的表头已改动", f"the headings of the check list {path.name} were changed")
        raise LayerSchemaError(title, problems)
    return {key: names.index(key) for key in form.KEYS}


def _hidden(
    path: Path, cells: Sequence[Sequence[Any]]
) -> tuple[str, dict[str, str], dict[str, str], dict[Key, _Asked]]:
    """Digest, layers, profiles and rows as the list was written."""
    digests: dict[str, dict[str, str]] = {"layer": {}, "profile": {}}
    asked: dict[Key, _Asked] = {}
    reviewed = ""
    try:
        for row in cells:
            tag, *rest = [str(cell) for cell in row]
            if tag == "mark":
                reviewed = (form.read_mark(rest[0]) or (0, ""))[1]
            elif tag in digests:
                digests[tag][rest[0]] = rest[1]
            elif tag == "row":
                profile, indicator, key, group, state, out, lost, question = rest[:8]
                asked[profile, indicator, key] = _Asked(group, state, int(out), int(lost), question)
    except (ValueError, IndexError) as error:
        raise refused(path, Text("的隐藏表已损坏", "has a hidden sheet that was damaged"), _AGAIN) from error
    return reviewed, digests["layer"], digests["profile"], asked


def _key(sheet: _Sheet, row: int, asked: Mapping[Key, _Asked]) -> tuple[Key | None, list[Problem]]:
    """What a row is about, if the list asked it and its computed state is as written."""
    words = (plain_text(sheet.cell(row, "indicator")) or "").split()
    key = (words[0], words[1], plain_text(sheet.cell(row, "id")) or "") if len(words) == 2 else ("", "", "")
    if key not in asked:
        said = Text(
            f"清单中没有“{key[2] or '空'}”（{' '.join(words)}）",
            f"the list does not hold “{key[2] or 'blank'}” ({' '.join(words)})",
        )
        return None, [Problem(sheet.said(row, "id"), said, Text("恢复编号与指标", "restore id and indicator"))]
    state = plain_text(sheet.cell(row, "state")) or ""
    if state != " ".join(form.word(asked[key].state)):
        remedy = Text("恢复该单元格；更正写在“更正为”一列", "restore the cell; corrections go into “Corrected to”")
        what = Text(f"测算的状态被改为“{state}”", f"the computed state was changed to “{state}”")
        return None, [Problem(sheet.said(row, "state"), what, remedy)]
    return key, []


def _answer(sheet: _Sheet, row: int, key: Key, asked: _Asked, reviewed: str) -> tuple[Answer | None, list[Problem]]:
    """The answer of a row, or what is wrong with it; nothing of either where it was left blank."""
    said = {name: _plain(sheet.cell(row, name)) for name in form.FILLED}
    if not any(said.values()):
        return None, []
    conclusion = form.chosen(said["conclusion"], CONCLUSIONS) if said["conclusion"] else ""
    corrected = form.chosen(said["corrected"], CORRECTED) if said["corrected"] else ""
    date = _day(sheet.cell(row, "date"))
    told = {**said, "conclusion": conclusion, "corrected": corrected, "date": date}
    wrong = [Problem(sheet.said(row, name), what, remedy) for name, what, remedy in _mistakes(said, told, asked)]
    if wrong:
        return None, wrong
    profile, indicator, group = key
    return Answer(
        profile=profile, indicator=indicator, id=group, name=asked.group,
        **cast("dict[str, Any]", told), state=cast("Any", asked.state), not_covered=asked.not_covered,
        not_measurable=asked.not_measurable, asked=asked.asked, reviewed=reviewed,
    ), []  # fmt: skip


def _mistakes(
    said: Mapping[str, str], told: Mapping[str, str | None], asked: _Asked
) -> Iterator[tuple[str, Text, Text]]:
    """Column, what is wrong, remedy."""
    words = {name: "、".join(form.word(value).zh for value in of) for name, of in _CHOICES.items()}
    for name, choice in words.items():
        if told[name] is None:
            yield (
                name,
                Text(f"“{said[name]}”未知", f"“{said[name]}” is not known"),
                Text(f"填 {choice}", f"use {choice}"),
            )
    if not said["conclusion"]:
        yield (
            "conclusion",
            Text("没有结论", "no conclusion"),
            Text(f"填 {words['conclusion']}", "choose one, or clear the row"),
        )
    if told["conclusion"] == "disputed" and not said["reason"]:
        yield "reason", Text("有异议而没有原因", "a dispute without a reason"), Text("写明原因", "give the reason")
    if told["conclusion"] == "confirmed" and told["corrected"]:
        yield (
            "corrected", Text("属实的行不能更正", "a confirmed row cannot be corrected"),
            Text("清空该单元格，或结论改为有异议", "clear the cell, or choose 有异议"),
        )  # fmt: skip
    if told["corrected"] == "not_covered" and asked.state == "not_covered":
        yield (
            "corrected", Text("更正为与测算相同的状态", "corrected to what was computed"),
            Text("结论改为属实，或更正为覆盖", "choose 属实, or correct it to 覆盖"),
        )  # fmt: skip
    if not said["reviewer"]:
        yield "reviewer", Text("没有核查人", "no reviewer"), Text("填写姓名", "give a name")
    if told["date"] is None:
        said_date = said["date"] or "—"
        yield (
            "date", Text(f"“{said_date}”不是 2000 至 2100 年间的日期", f"“{said_date}” is no date from 2000 to 2100"),
            Text("写作 YYYY-MM-DD", "write YYYY-MM-DD"),
        )  # fmt: skip


_CHOICES: dict[str, tuple[str, ...]] = {"conclusion": CONCLUSIONS, "corrected": CORRECTED}


def _plain(cell: Any) -> str:
    """A cell as one line of text without what no reader can see."""
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.isoformat()[:10]
    said = plain_text(cell) or ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())


def _day(cell: Any) -> str | None:
    """A date in any of the ways a spreadsheet holds or people write one; None where it is none of 2000 to 2100."""
    found: dt.date | None = None
    if isinstance(cell, dt.datetime):
        found = cell.date()
    elif isinstance(cell, dt.date):
        found = cell
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and _SERIALS[0] <= cell <= _SERIALS[1]:
        found = dt.date(1899, 12, 30) + dt.timedelta(days=int(cell))
    else:
        found = _written(_plain(cell))
    return found.isoformat() if found is not None and EARLIEST <= found <= LATEST else None


def _written(said: str) -> dt.date | None:
    parts = said.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-").split("-")
    try:
        if len(parts) == 1:
            return dt.date.fromisoformat(said) if len(said) == 8 else None
        year, month, day = (int(part) for part in parts)
        return dt.date(year, month, day)
    except ValueError:
        return None


def _twice(sheet: _Sheet, row: int, first: int) -> Problem:
    what = Text(
        f"与第 {first + 1} 行是同一小区同一指标，而答复不同",
        f"the same estate and indicator as row {first + 1}, answered differently",
    )
    return Problem(sheet.said(row, "conclusion"), what, Text("只保留一行", "keep one of the rows"))
