"""Workbooks (XLSX, XLS, ODS): values as they were last computed, formulas never run, every cell's place kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from kunshan_gis.errors import LayerError, listed
from kunshan_gis.layers.guards import refused, unreadable
from kunshan_gis.layers.header import find_header
from kunshan_gis.messages import Text

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")


@dataclass(frozen=True, eq=False)
class SheetTable:
    """One sheet as a table: the row of the sheet (from 1) of each of its rows, and what was found out."""

    name: str
    table: pd.DataFrame
    rows: NDArray[np.intp]
    notes: tuple[Text, ...]
    headings: tuple[str, ...]
    """Of all columns of the sheet, those without cells (left out of the table) included."""

    def place(self, rows: Sequence[int], column: str | None) -> Text:
        """Cells (or whole rows) in words: sheet and address."""
        letters = column_letters(self.headings.index(column)) if column in self.headings else ""
        return place_in_sheet(self.name, [int(self.rows[row]) for row in rows], letters)


def place_in_sheet(sheet: str, numbers: Sequence[int], letters: str = "") -> Text:
    """Rows (from 1) of a sheet, or their cells in a column, in words."""
    if letters:
        cells = listed([f"{letters}{number}" for number in numbers])
        return Text(f"表“{sheet}”{cells}", f"sheet “{sheet}” {cells}")
    return Text(f"表“{sheet}”第 {listed(numbers)} 行", f"sheet “{sheet}”, row {listed(numbers)}")


def column_letters(number: int) -> str:
    """A column's letters in a sheet: 0 is A, 26 is AA."""
    letters, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_sheets(path: Path, layer: str | None = None) -> list[SheetTable]:
    """The sheets of a workbook that hold rows, or the one asked for.

    Raises
    ------
    LayerError
        Not a workbook, locked with a password, no rows, or no such sheet.
    """
    try:
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
            if layer is not None and layer not in names:
                raise no_such_layer(path, layer, names)
            grids = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
                     for name in ([layer] if layer is not None else names)]  # fmt: skip
    except PasswordError as error:
        raise refused(
            path,
            Text("有密码保护", "is locked with a password"),
            Text("请在 Excel 中去掉密码后另存", "save it without the password"),
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise unreadable(path, error) from error
    tables = [_table(path, name, grid) for name, grid in grids]
    found = [table for table in tables if table is not None]
    if not found:
        raise refused(
            path,
            Text("的工作表中没有数据行", "holds no rows in its sheets"),
            Text("是否选错了文件？", "is it the right file?"),
        )
    return found


def no_such_layer(path: Path, layer: str, names: Iterable[object]) -> LayerError:
    """The error where a layer or sheet is asked for that a file does not hold."""
    there = listed(names, 12)
    return refused(
        path,
        Text(f"中没有图层（工作表）`{layer}`", f"holds no layer (sheet) `{layer}`"),
        Text(f"可选：{there}", f"choose one of: {there}"),
    )


def _table(path: Path, name: str, grid: list[list[Any]]) -> SheetTable | None:
    header = find_header(grid, f"{path.name} “{name}”")
    body = [[_value(cell) for cell in row] for row in grid[header.body :]]
    kept = [number for number, row in enumerate(body) if any(cell is not None for cell in row)]
    if not header.names or not kept:
        return None
    width = len(header.names)
    rows = [[*body[number][:width], *[None] * (width - len(body[number]))] for number in kept]
    table = pd.DataFrame(rows, columns=list(header.names), dtype=object)
    held = [column for column in table if table[column].notna().any() or not str(column).startswith("列")]
    typed = table[held].apply(_typed) if held else table
    numbers = np.array(kept, dtype=np.intp) + header.body + 1
    return SheetTable(name, typed, numbers, header.notes, header.names)


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell


def _typed(column: pd.Series) -> pd.Series:
    """Numbers as numbers where the column holds nothing else; else the cells as they are."""
    filled = column.dropna()
    kinds = {type(cell) for cell in filled}
    if kinds and kinds <= {int, float}:
        whole = kinds == {int} and len(filled) == len(column)
        return column.astype("int64" if whole else float)
    return column
