"""Where a table's header is among the first rows of a sheet or a text file, and what its columns are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kunshan_gis.errors import listed
from kunshan_gis.messages import Text

SEARCHED = 30
"""Rows looked at for the header."""

_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+(e[-+]?\d+)?%?", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True)
class Header:
    """Names of the columns, the row (from 0) after the header, and what is to be said of it."""

    names: tuple[str, ...]
    body: int
    notes: tuple[Text, ...]


def find_header(rows: Sequence[Sequence[Any]], where: str) -> Header:
    """The header among the first rows; titles above it are left out, a header of two rows becomes one.

    Parameters
    ----------
    rows : sequence of rows
        The first rows of the table; empty cells are None or empty text.
    where : str
        The file or sheet, for the notes.
    """
    shown = [[_said(cell) for cell in row] for row in rows[:SEARCHED]]
    counts = sorted(count for row in shown if (count := sum(map(bool, row))))
    columns = counts[len(counts) // 2] if counts else 0  # a row or two may be longer than the table
    least = max(1, -(-columns * 6 // 10))
    number = next((number for number, row in enumerate(shown) if sum(map(bool, row)) >= least), None)
    if number is None:
        return Header((), 0, ())
    row = shown[number]
    if any(_is_number(cell) for cell in row if cell):
        numbered = tuple(f"列{column + 1}" for column in range(max(map(len, rows))))
        said = Text(
            f"{where} 没有表头，字段依次称为 {listed(numbered, 3)}",
            f"{where} has no header; its columns are called {listed(numbered, 3)}",
        )
        return Header(numbered, number, (said,))
    body, names = number + 1, list(row)
    if body < len(shown) and _continues(row, shown[body]):
        width = max(len(row), len(shown[body]))
        names, body = _joined(_padded(row, width), _padded(shown[body], width)), body + 1
    notes = []
    if above := [cell for title in shown[:number] for cell in title if cell]:
        said = Text(
            f"{where} 表头之上的文字已略去：{listed(above, 2)}",
            f"{where}: text above the header was left out: {listed(above, 2)}",
        )
        notes.append(said)
    return Header(_unique(names), body, tuple(notes))


def first_row(rows: Sequence[Sequence[Any]]) -> Header:
    """The first row that is not blank as the header, whatever it holds."""
    for number, row in enumerate(rows):
        if any(shown := [_said(cell) for cell in row]):
            return Header(_unique(shown), number + 1, ())
    return Header((), 0, ())


def _said(cell: Any) -> str:
    return "" if cell is None else re.sub(r"\s+", " ", str(cell)).strip()


def _is_number(cell: str) -> bool:
    plain = unicodedata.normalize("NFKC", cell)
    return bool(_NUMBER.fullmatch(plain)) and not _YEAR.fullmatch(plain)


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _continues(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a row goes on where the header is empty, and is empty where the header has spoken."""
    if any(_is_number(cell) for cell in lower if cell) or not any(lower):
        return False
    pairs = [
        (upper[column] if column < len(upper) else "", lower[column] if column < len(lower) else "")
        for column in range(max(len(upper), len(lower)))
    ]
    return any(not above and below for above, below in pairs) and any(above and not below for above, below in pairs)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The lower name where it tells columns apart, else both."""
    spread, last = [], ""
    for above, below in zip(upper, lower, strict=True):
        last = above or (last if below else "")
        spread.append(last)
    return [
        below if below and lower.count(below) == 1 and below not in upper else "_".join(filter(None, (above, below)))
        for above, below in zip(spread, lower, strict=True)
    ]


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    unique: list[str] = []
    for column, name in enumerate(names):
        text = base = name or f"列{column + 1}"
        number = 2
        while text in unique:
            text, number = f"{base}_{number}", number + 1
        unique.append(text)
    return tuple(unique)
