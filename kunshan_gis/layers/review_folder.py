"""`review/` beside the catalogue: answers to check lists and earlier submissions, with what is wrong in them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any, cast, get_type_hints

from kunshan_gis.errors import Problem
from kunshan_gis.messages import Text
from kunshan_gis.model import file_sha256
from kunshan_gis.review import (
    ANSWERS,
    COLUMNS,
    CONCLUSIONS,
    CORRECTED,
    HISTORY,
    STATES,
    SUBMISSIONS,
    Answer,
    Review,
    Submission,
)

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
FORMAT = 1
"""Of a submission's file."""
_WORDS = {"conclusion": CONCLUSIONS, "corrected": ("", *CORRECTED), "state": STATES}
_WHOLE = [name for name, kind in get_type_hints(Answer).items() if kind is int]
_RESTORE = Text("恢复该文件的备份，或重新 review import", "restore the file, or import the filled list again")


def read_review(folder: Path) -> Review:
    """What a study area's folder holds of answers and submissions; nothing where there is no `review`."""
    answers, problems = _answers(folder, ANSWERS)
    repeated = Counter(answer.key for answer in answers)
    problems += [
        Problem(ANSWERS, Text(f"{' '.join(key)} 出现 {n} 次", f"{' '.join(key)} occurs {n} times"), _RESTORE)
        for key, n in repeated.items()
        if n > 1
    ]
    history, more = _answers(folder, HISTORY)
    submissions, broken = _submissions(folder)
    return Review(
        tuple(answers), file_sha256(folder / ANSWERS) if (folder / ANSWERS).is_file() else "", tuple(history),
        tuple(submissions), (*problems, *more, *broken),
    )  # fmt: skip


def day(said: str) -> str | None:
    """A date written YYYY-MM-DD, between 2000 and 2100; else None."""
    try:
        found = dt.date.fromisoformat(said)
    except ValueError:
        return None
    return found.isoformat() if EARLIEST <= found <= LATEST and said == found.isoformat() else None


def _answers(folder: Path, name: str) -> tuple[list[Answer], list[Problem]]:
    file = folder / name
    if not file.is_file():
        return [], []
    try:
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [], [Problem(name, Text(f"无法读取：{error}", f"cannot be read: {error}"), _RESTORE)]
    if not rows or tuple(rows[0]) != COLUMNS:
        wanted = ",".join(COLUMNS)
        return [], [Problem(name, Text(f"首行不是 {wanted}", f"its first row is not {wanted}"), _RESTORE)]
    found, problems = [], []
    for number, row in enumerate(rows[1:], 2):
        where = Text(f"{name} 第 {number} 行", f"{name}, row {number}")
        cells = [cell.removeprefix("'") for cell in row]
        wrong = _wrong(dict(zip(COLUMNS, cells, strict=False)), len(row))
        problems += [Problem(where, what, _RESTORE) for what in wrong]
        if not wrong:
            values = {name: int(cell) if name in _WHOLE else cell for name, cell in zip(COLUMNS, cells, strict=True)}
            found.append(Answer(**cast("dict[str, Any]", values)))
    return found, problems


def _wrong(row: dict[str, str], width: int) -> list[Text]:
    """What is wrong with a row of answers.csv."""
    if width != len(COLUMNS):
        return [Text(f"有 {width} 列，应为 {len(COLUMNS)} 列", f"has {width} columns, not {len(COLUMNS)}")]
    wrong = [
        Text(f"{name} 不能是“{row[name]}”", f"{name} cannot be “{row[name]}”")
        for name, words in _WORDS.items()
        if row[name] not in words
    ]
    wrong += [
        Text(f"{name} 不是整数：“{row[name]}”", f"{name} is no whole number: “{row[name]}”")
        for name in _WHOLE
        if not (row[name].isascii() and row[name].isdecimal())
    ]
    if day(row["date"]) is None:
        wrong.append(Text(f"date 不是日期：“{row['date']}”", f"date is no date: “{row['date']}”"))
    return wrong


def _submissions(folder: Path) -> tuple[list[Submission], list[Problem]]:
    found, problems = [], []
    for file in sorted((folder / SUBMISSIONS).glob("*.json")):
        where = f"{SUBMISSIONS}/{file.name}"
        try:
            found.append(_submission(json.loads(file.read_bytes()), file_sha256(file)))
        except _LaterError:
            what = Text("由更新版本的软件写出", "was written by a later version")
            problems.append(Problem(where, what, Text("请升级 kunshan-gis", "upgrade kunshan-gis")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            what = Text(f"不是提交文件：{error!r}", f"is no submission: {error!r}")
            problems.append(Problem(where, what, Text("恢复或删除该文件", "restore the file, or remove it")))
    return found, problems


class _LaterError(Exception):
    """A file of a later version."""


def _submission(data: Any, sha256: str) -> Submission:
    if int(data["format"]) > FORMAT:
        raise _LaterError
    if day(data["date"]) is None:
        raise ValueError(data["date"])
    result = data["result"]
    tables = [rows for name, rows in result["tables"].items() if name.startswith("check")]
    rows = {
        (row["profile"], row["indicator"], row["unit_id"]): float("nan")
        if row["value"] is None
        else float(row["value"])
        for table in tables
        for row in table
    }
    profiles = {one["key"]: one["sha256"] for one in result["parameters"]["profiles"]}
    return Submission(
        str(data["name"]), data["date"], bool(data["trial"]), bool(result["reportable"]), profiles,
        result["parameters"], rows, sha256,
    )  # fmt: skip
