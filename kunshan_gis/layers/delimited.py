"""Text tables (CSV, TSV, TXT): encoding and separator found from the text, every cell kept as text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kunshan_gis.errors import LayerError
from kunshan_gis.layers.encoding import guess_encoding
from kunshan_gis.layers.guards import refused, unreadable
from kunshan_gis.layers.header import SEARCHED, find_header, first_row
from kunshan_gis.layers.shapefile import required_encoding
from kunshan_gis.messages import Text

_SEPARATORS = (",", "\t", ";", "|", "，")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Delimited:
    """A table of text, the line (from 1) of each row, and what was found out."""

    table: pd.DataFrame
    lines: NDArray[np.int64]
    notes: tuple[Text, ...]


def read_delimited(path: Path, encoding: str | None = None, *, titles: bool = True) -> Delimited:
    """A text table; blank rows are passed over.

    Parameters
    ----------
    encoding : str, optional
        Of the text; else found out.
    titles : bool
        Whether there may be other text above the header; else the first line that is not blank is the header.

    Raises
    ------
    LayerError
        Not text, in no encoding that can be told, without rows, or with rows longer than its header.
    """
    text, notes = read_text(path, encoding)
    separator = _separator(text)
    if not separator.isascii():
        text, separator = _with_commas(text, separator), ","
    start = _rows(text, separator, SEARCHED)
    header = find_header(start, path.name) if titles else first_row(start)
    if not header.names:
        raise refused(
            path,
            Text("没有内容，不是 CSV 表格", "is empty, not a CSV table"),
            Text("是否选错了文件？", "is it the right file?"),
        )
    skipped = _line_after(text, separator, header.body)
    table = _parsed(path, text, separator, header.names, skipped)
    lines = _lines(table, text, separator, skipped)
    kept = np.asarray(table.notna().any(axis=1))
    return Delimited(table[kept].reset_index(drop=True), lines[kept], (*notes, *header.notes))


def read_text(path: Path, encoding: str | None = None) -> tuple[str, tuple[Text, ...]]:
    """A text file's text.

    Raises
    ------
    LayerError
        Not text, or in no encoding that can be told.
    """
    raw = path.read_bytes()
    mark = next((name for start, name in _MARKS if raw.startswith(start)), None)
    if encoding is not None:
        mark = required_encoding(encoding)
    elif mark is None and b"\x00" in raw[:1_000_000]:
        raise refused(path, Text("不是文本表格", "is not a text table"), Text("后缀是否正确？", "is its suffix right?"))
    guess = guess_encoding(raw) if mark is None else None
    found = mark or (guess.encoding if guess else "")
    try:
        text = raw.decode(found or "utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        if found or (guess and guess.broken_at is not None):
            name = found or "UTF-8"
            what = Text(f"第 {line} 行不是 {name} 编码", f"is not {name} in line {line}")
        else:
            what = Text(
                "无法读取：既不是 UTF-8 也不是 GB18030 文本",
                "cannot be read: it is neither UTF-8 nor GB18030 text",
            )
        remedy = Text(
            "在 Excel 中另存为“CSV UTF-8”，或用 --encoding 指明编码",
            "save it as CSV UTF-8, or say which encoding with --encoding",
        )
        raise refused(path, what, remedy) from error
    if found == "gb18030" and encoding is None:
        said = Text(f"{path.name} 不是 UTF-8，已按 GB18030 读取", f"{path.name} is not UTF-8 and was read as GB18030")
        return text, (said,)
    return text, ()


def _separator(text: str) -> str:
    """The sign that most lines at the beginning have equally often, the heading's among them."""
    bare = re.sub(r'"[^"]*"', "", text[:200_000])
    lines = [line for line in bare.splitlines()[:SEARCHED] if line.strip()]

    def agreement(sign: str) -> tuple[int, int]:
        times = Counter(number for line in lines if (number := line.count(sign)))
        usual, number = max(times.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        return number, usual

    best = max(_SEPARATORS, key=agreement)
    return best if agreement(best)[0] else ","


def _with_commas(text: str, separator: str) -> str:
    """The text with commas for a separator that pandas does not take; cells with commas of their own are quoted."""
    said = io.StringIO(newline="")
    csv.writer(said, lineterminator="\n").writerows(_Reader(text, separator))
    return said.getvalue()


def _rows(text: str, separator: str, most: int) -> list[list[str]]:
    reader = _Reader(text[:2_000_000], separator)
    rows = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) >= most:
                break
    except csv.Error:
        pass
    return rows


class _Reader:
    """Rows of a text, and the number of lines read so far."""

    def __init__(self, text: str, separator: str) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), 1 << 30))  # a polygon as text is longer than the usual 128 KB
        self._rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)

    def __iter__(self) -> Iterator[list[str]]:
        return self._rows

    @property
    def line(self) -> int:
        return int(self._rows.line_num)


def _line_after(text: str, separator: str, rows: int) -> int:
    """Lines of the file that the first rows take."""
    reader = _Reader(text[:2_000_000], separator)
    for _ in range(rows):
        next(iter(reader), None)
    return reader.line


def _parsed(path: Path, text: str, separator: str, names: tuple[str, ...], skipped: int) -> pd.DataFrame:
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=separator, dtype=str, header=None, names=range(len(names) + 1), index_col=False,
            skiprows=skipped, keep_default_na=False, na_values=[""], skip_blank_lines=False, low_memory=False,
        )  # fmt: skip
    except pd.errors.EmptyDataError:
        return pd.DataFrame({name: pd.Series(dtype=str) for name in names})
    except (pd.errors.ParserError, csv.Error) as error:
        if (line := re.search(r"in line (\d+), saw", str(error))) is not None:
            raise _too_long(path, int(line[1])) from error
        raise unreadable(path, error) from error
    extra = table.iloc[:, len(names) :]
    if (long := np.asarray(extra.notna().any(axis=1))).any():
        raise _too_long(path, int(np.flatnonzero(long)[0]) + skipped + 1)
    return table.iloc[:, : len(names)].set_axis(list(names), axis=1)


def _too_long(path: Path, line: int) -> LayerError:
    return refused(
        path,
        Text(f"第 {line} 行的单元格多于表头", f"has more cells in line {line} than in its header"),
        Text("请更正该行的分隔符与引号", "correct the separators and quotes of that line"),
    )


def _lines(table: pd.DataFrame, text: str, separator: str, skipped: int) -> NDArray[np.int64]:
    """The line on which each row begins; cells may hold line breaks."""
    plain = np.arange(len(table)) + skipped + 1
    if '"' not in text or text.count("\n", 0) - skipped <= len(table):
        return plain
    reader = _Reader(text, separator)
    starts, last = [], 0
    for _ in reader:
        starts.append(last + 1)
        last = reader.line
    after = [line for line in starts if line > skipped]
    return np.array(after[: len(table)]) if len(after) >= len(table) else plain
