"""The sheet of a check list: which columns it has and where, for those who write it and read it back."""

from __future__ import annotations

from typing import NamedTuple

from kunshan_gis.messages import Text, text

MARK = "kunshan-gis review"
VERSION = 1
TITLE_ROW, MARK_ROW, LABEL_ROW, NAME_ROW, FIRST_ROW = range(5)
"""Rows of the sheet, from 0; the list begins at the last."""

HIDDEN = "reviewed"
"""Sheet with what was computed in full; it is hidden and read back, so that a list can be split and sorted."""
HIDDEN_ROW = ("profile", "indicator", "id", "group", "state", "not_covered", "not_measurable", "asked")


class Column(NamedTuple):
    """A column of the sheet: key, width in narrow characters, and whether it is filled in by the reviewer."""

    key: str
    width: float
    filled: bool = False

    @property
    def label(self) -> Text:
        """Its heading."""
        return text(f"review_column_{self.key}")


COLUMNS = (
    Column("number", 5.5), Column("indicator", 14), Column("name", 15), Column("id", 13), Column("group", 16),
    Column("town", 8.5), Column("people", 9), Column("state", 10.5), Column("not_covered", 9),
    Column("not_measurable", 9), Column("nearest", 17), Column("walked_m", 8), Column("straight_m", 8),
    Column("why", 14), Column("conclusion", 10, True), Column("corrected", 10, True), Column("reason", 22, True),
    Column("reviewer", 10, True), Column("date", 11.5, True),
)  # fmt: skip
KEYS = tuple(column.key for column in COLUMNS)
FILLED = tuple(column.key for column in COLUMNS if column.filled)


def word(value: str) -> Text:
    """A conclusion, a correction or a state in words."""
    return text(f"review_{value}")


def chosen(cell: str, values: tuple[str, ...]) -> str | None:
    """The value that a cell names in either language or by its key; None where it names none."""
    said = _plain(cell)
    for value in values:
        zh, en = word(value)
        if said in {_plain(one) for one in (value, zh, en, f"{zh}{en}")}:
            return value
    return None


def _plain(said: str) -> str:
    return "".join(said.lower().split()).replace("_", "")


def mark_of(reviewed: str) -> str:
    """The mark over the list, with the digest of what it asks."""
    return f"{MARK} {VERSION} · {reviewed}"


def read_mark(cell: object) -> tuple[int, str] | None:
    """Version and digest of a mark; None where there is none."""
    if not isinstance(cell, str) or not cell.startswith(MARK):
        return None
    version, _, reviewed = cell.removeprefix(MARK).partition("·")
    return (int(version), reviewed.strip()) if version.strip().isdecimal() else None
