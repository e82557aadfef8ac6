"""Answers to check lists as CSV that Excel opens: UTF-8 with a byte order mark, text defused against formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple

from kunshan_gis.export.tables import FORMULA
from kunshan_gis.review import COLUMNS, Answer


def answers_csv(answers: Iterable[Answer]) -> bytes:
    """One row an answer; text that begins like a formula, or with an apostrophe, gets an apostrophe before it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for answer in answers:
        writer.writerow([_defused(str(cell)) for cell in astuple(answer)])
    return file.getvalue().encode("utf-8-sig")


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*FORMULA, "'")) else cell
