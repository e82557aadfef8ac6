"""One sheet of a form: its cells, which field stands in which column, and where a row of the table is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kunshan_gis import forms
from kunshan_gis.errors import Problem, listed
from kunshan_gis.forms import Cell
from kunshan_gis.messages import Text


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet as it was read.

    Attributes
    ----------
    name : str
        What it is called in the workbook.
    kind, version : str, int
        What its mark says; "" and 0 where it has none.
    cells : rows of cells
        From the sheet's first row and column.
    """

    name: str
    kind: str
    version: int
    cells: Sequence[Sequence[Cell]]

    @cached_property
    def names(self) -> list[str]:
        """Field names as they stand over the columns; "" over the first, which marks examples."""
        row = self.cells[forms.NAME_ROW] if len(self.cells) > forms.NAME_ROW else []
        return ["", *(plain_text(cell) or "" for cell in row[1:])]

    @cached_property
    def fields(self) -> list[forms.Field]:
        """The kind's fields that have a column here."""
        names = set(self.names)
        return [field for field in forms.fields(self.kind) if field.name in names]

    @cached_property
    def rows(self) -> list[int]:
        """Numbers (from 0) of the rows that hold data."""
        return data_rows(self.cells)

    def notes(self) -> tuple[Text, ...]:
        """Columns of the planner's own, which are not read."""
        known = {field.name for field in forms.fields(self.kind)}
        own = [name for name in self.names if name and name not in known]
        if not own:
            return ()
        said = listed(own, 8)
        return (Text(f"表“{self.name}”：未读取字段 {said}", f"sheet “{self.name}”: columns not read: {said}"),)

    def column(self, field: forms.Field) -> list[object]:
        """A field's cells from top to bottom as the contract stores them; what does not fit stays as it is."""
        place = self.names.index(field.name)
        return [_value(at(self.cells, row, place), field) for row in self.rows]

    def said(self, cells: str = "") -> Text:
        """The sheet, or cells in it, in words."""
        return Text(f"表“{self.name}”{cells}", f"sheet “{self.name}”{cells and ' '}{cells}")

    def cell(self, row: int, name: str) -> str:
        """The address of a field's cell in a row of the sheet."""
        return forms.address(row, self.names.index(name))

    def place(self, rows: Sequence[int], column: str | None) -> Text:
        """Where rows of the table, or their cells in a column, are in the sheet."""
        drawn = next((name for name in (forms.VERTICES, forms.LON) if name in self.names), None)
        name, held = drawn if column == "geometry" else column, self.rows
        numbers = [held[row] for row in rows]
        if name in self.names and name:
            return self.said(listed([self.cell(number, name) for number in numbers]))
        if not numbers:
            return self.said()
        said = listed([number + 1 for number in numbers])
        return Text(f"表“{self.name}”第 {said} 行", f"sheet “{self.name}”, row {said}")

    def heading_problems(self) -> list[Problem]:
        """Field names that are gone or occur twice: what stands below them could be anything."""
        names, where = self.names, self.said(f"{forms.NAME_ROW + 1}:{forms.NAME_ROW + 1}")
        twice = sorted({name for name in names if name and names.count(name) > 1})
        gone = [field for field in forms.fields(self.kind) if field.required and field.name not in names]
        once = Text("只保留一列", "keep one of the columns")
        back = Text("把字段名填回该列之上，或重新生成表格", "write it over its column again, or make the form anew")
        return [
            *(Problem(where, Text(f"字段名 `{name}` 出现多次", f"`{name}` occurs twice"), once) for name in twice),
            *(
                Problem(where, Text(f"缺少字段名 `{field.name}`（{field.label.zh}）", f"`{field.name}` is gone"), back)
                for field in gone
            ),
        ]

    def example_problems(self) -> list[Problem]:
        """Rows still marked as an example that were written over: they would be lost unsaid."""
        said = {name: value for name, value in forms.example(self.kind).items() if name in self.names}
        problems = []
        for number, row in enumerate(self.cells):
            if not _is_example(number, row):
                continue
            cells = {name: at(self.cells, number, self.names.index(name)) for name in said}
            changed = [name for name, cell in cells.items() if not _same(cell, said[name])]
            if changed:
                where = self.said(listed([self.cell(number, name) for name in changed]))
                problems.append(Problem(where, _WRITTEN_OVER, _clear(number)))
        return problems


_WRITTEN_OVER = Text("示例行已被改写，而示例行不读入", "the example row was written over, and examples are not read")


def _clear(number: int) -> Text:
    return Text(
        f"若是数据，清空 A{number + 1} 的“{forms.EXAMPLE}”；若不是，删去整行",
        f"if it is data, clear A{number + 1}; if not, delete the row",
    )


def at(cells: Sequence[Sequence[Cell]], row: int, column: int) -> Cell:
    """A cell; blank beyond the sheet's edge."""
    return cells[row][column] if row < len(cells) and column < len(cells[row]) else ""


def plain_text(cell: Cell) -> str | None:
    """A cell as text, None where it is blank; whole numbers carry no decimals (an id 42, not 42.0)."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip() or None


def data_rows(cells: Sequence[Sequence[Cell]]) -> list[int]:
    """Numbers of the rows below the headings with something in them; examples are passed over."""
    return [
        number
        for number, row in enumerate(cells)
        if number > forms.UNIT_ROW
        and not _is_example(number, row)
        and any(plain_text(cell) is not None for cell in row[1:])
    ]


def _is_example(number: int, row: Sequence[Cell]) -> bool:
    return number > forms.UNIT_ROW and bool(row) and plain_text(row[0]) == forms.EXAMPLE


def _same(cell: Cell, said: str | float) -> bool:
    if isinstance(cell, (int, float)) and isinstance(said, (int, float)):
        return float(cell) == float(said)
    return plain_text(cell) in (None, str(said))


def _value(cell: Cell, field: forms.Field) -> object:
    said = plain_text(cell)
    if said is None:
        return None
    if field.choices == forms.TRUTHS:
        truth = {"1": "true", "0": "false"}.get(said, said)
        key = forms.chosen(truth, field.choices)
        return said if key is None else key == "true"
    if field.choices:
        return forms.chosen(said, field.choices) or said
    return _number(said) if field.numeric and not isinstance(cell, bool) else said


def _number(said: str) -> float | str:
    """A number, also one written as text with thousands separators; else the text, for the check to name."""
    try:
        return float(said.replace(",", "").replace("，", ""))
    except ValueError:
        return said
