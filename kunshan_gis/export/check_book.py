"""A check as offices hand it in: one workbook with the reporting basis, the annex, units, variants and what made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from kunshan_gis.export.book import LONGEST_CELL, about, book_bytes, lines_in, marked
from kunshan_gis.figures import Amount, Checked, beside_computed, checked, in_units
from kunshan_gis.findings import (
    WHOLE,
    findings,
    spread_of,
    summary,
    units_name,
    units_tables,
    ways_of,
    ways_said,
)
from kunshan_gis.messages import Text, text

if TYPE_CHECKING:
    import pandas as pd
    import xlsxwriter

    from kunshan_gis.model import Result

Row = Mapping[Any, Any]
_WIDTHS = {
    "number": 6, "indicator": 38, "profile": 22, "unit_name": 16, "measured": 44, "note": 44, "interval": 22,
    "flipped_by": 28, "verdict": 14, "data_date": 16, "verified": 20, "finding": 90, "finding_en": 90,
    "changed_by": 60,
}  # fmt: skip
_FIGURE_WIDTH, _LINE, _TALLEST = 17, 15.0, 400.0
_SHORT = 4
"""English units longer than this (residents, jobs) are named once, on the sheet of words, not in every cell."""
_LOOKS: dict[str, dict[str, Any]] = {
    "not_met": {"bg_color": "#F8D7D4", "font_color": "#8A1C12", "bold": True},
    "not_measurable": {"bg_color": "#DEDEDA", "font_color": "#3C464E"},
    "met": {"font_color": "#17545C", "bold": True},
    "demo": {"font_color": "#8A1C12", "italic": True},
}
"""How a verdict looks; the word always stands beside the colour."""


class Cell(NamedTuple):
    """A figure or words, and the verdict whose look it wears."""

    value: Amount | Text | str | int
    look: str = ""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet: what it is called, its columns by key, its rows."""

    title: Text
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    headings: Mapping[str, Text] = field(default_factory=dict)
    fixed: int = 3


def check_workbook(result: Result) -> bytes:
    """A check as XLSX: the same check gives the same bytes."""

    def fill(book: xlsxwriter.Workbook, formats: dict[str, Any]) -> None:
        looks = _Looks(book, formats)
        for sheet in _sheets(result):
            _write(book, looks, sheet, result)
        about(book, formats, result)

    return book_bytes(result, fill)


class _Looks:
    """Formats of cells, each made once: decimals, unit, verdict."""

    def __init__(self, book: xlsxwriter.Workbook, formats: dict[str, Any]) -> None:
        self.book, self.formats = book, formats
        self.made: dict[tuple[str, str], Any] = {}

    def of(self, number: str, look: str) -> Any:
        if (number, look) not in self.made:
            own: dict[str, Any] = {"num_format": number} if number else {"text_wrap": True}
            own |= {"align": "right"} if number == "@" else {}
            self.made[number, look] = self.book.add_format({"valign": "top", **own, **_LOOKS.get(look, {})})
        return self.made[number, look]


def _write(book: xlsxwriter.Workbook, looks: _Looks, sheet: Sheet, result: Result) -> None:
    page = book.add_worksheet(f"{sheet.title.zh} {sheet.title.en}"[:31])
    top = marked(page, looks.formats, result.provenance)
    page.freeze_panes(top + 1, sheet.fixed)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    headings = [_both(sheet.headings.get(key) or text(f"column_{key}")) for key in sheet.columns]
    widths = [_WIDTHS.get(key, _FIGURE_WIDTH) for key in sheet.columns]
    page.set_row(top, _LINE * max(map(lines_in, headings, widths)))
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        page.set_column(column, column, width)
        page.write_string(top, column, heading, looks.formats["head"])
    for row, cells in enumerate(sheet.rows, top + 1):
        page.set_row(row, min(_TALLEST, _LINE * max(map(_lines, cells, widths))))
        for column, cell in enumerate(cells):
            _put(page, (row, column), cell, looks)
    if sheet.rows:
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.columns) - 1)


def _lines(cell: Cell, width: float) -> int:
    return 1 if isinstance(cell.value, Amount | int) else lines_in(_both(cell.value), width)


def _put(page: Any, at: tuple[int, int], cell: Cell, looks: _Looks) -> None:
    value = cell.value
    if isinstance(value, Amount):
        if value.number == value.number:
            page.write_number(*at, value.number, looks.of(_number_format(value), cell.look))
            return
        page.write_string(*at, _in_words(value), looks.of("@", cell.look))
        return
    if isinstance(value, int):
        page.write_number(*at, value, looks.of("0", cell.look))
    else:
        page.write_string(*at, _both(value)[:LONGEST_CELL], looks.of("", cell.look))


def _in_words(value: Amount) -> str:
    """`<0.01 万人` or a dash; in both languages where the unit is a short one, as beside numbers."""
    return value.said.zh if len(value.unit.en) > _SHORT else _both(value.said)


def _number_format(value: Amount) -> str:
    unit = value.unit
    both = f"{unit.zh} {unit.en}" if unit.zh != unit.en and len(unit.en) <= _SHORT else unit.zh
    digits = f".{'0' * value.digits}" if value.digits else ""
    behind = f'"{"" if both == "%" else " "}{both}"' if both else ""
    return f"{_sign(value)}#,##0{digits}{behind}"


def _sign(value: Amount) -> str:
    """The relation before a target, plus before a gap: they are part of how the number reads."""
    lead = value.said.en[:2].strip()
    return f'"{lead} "' if lead in ("≥", ">", "≤", "<") else ('"+"' if lead.startswith("+") else "")


def _both(value: Text | str) -> str:
    if isinstance(value, str):
        return value
    return value.zh if value.zh == value.en else f"{value.zh}\n{value.en}".strip()


def _sheets(result: Result) -> Iterator[Sheet]:
    dates = _dates(result)
    for _, part in result.tables[WHOLE].groupby("lead", sort=False):
        rows = part.to_dict(orient="records")
        title = "sheet_lead" if rows[0]["lead"] else "sheet_annex"
        lacks = not result.provenance.parameters["reporting_basis"]
        yield _figures(text("sheet_profiles" if lacks else title), rows, result, dates, by_unit=False)
    for table in units_tables(result).values():
        yield _figures(text("sheet_units"), table.to_dict(orient="records"), result, dates, by_unit=True)
    yield from _variants(result)
    yield from _rankings(result)
    yield from _beside(result)
    yield from _needs(result)
    yield from _answers(result)
    yield _words(result)


def _dates(result: Result) -> dict[str, str]:
    return {entry["kind"]: entry["date"] for entry in result.provenance.inputs}


def _date_of(row: Row, dates: Mapping[str, str]) -> str:
    """The dates of the layers a figure rests on, each once, in order."""
    return "、".join(sorted({dates[kind] for kind in row["layers"].split(";") if dates.get(kind)}))


_FIGURES = ("numerator", "denominator", "not_covered", "not_measurable", "value", "target", "gap")


def _figures(title: Text, rows: Sequence[Row], result: Result, dates: Mapping[str, str], *, by_unit: bool) -> Sheet:
    names = ("number", "indicator", "profile", *(("unit_name",) if by_unit else ()))
    rest = ("verdict", "interval", "flipped_by", "data_date", "reportable", "verified", "measured", "note")
    ways = ways_of(result)
    at = _FIGURES.index("value") + 1
    columns = (*_FIGURES[:at], *beside_computed(result.tables[WHOLE], result), *_FIGURES[at:])
    cells = [
        (
            Cell(number), *_named(row), *((Cell(_unit(row)),) if by_unit else ()),
            *_figure_cells(row, columns, checked(row, counted=result.provenance.counted)),
            *_rest_cells(row, checked(row, counted=result.provenance.counted), ways, dates),
        )
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
    return Sheet(title, (*names, *columns, *rest), cells, fixed=len(names))


def _figure_cells(row: Row, columns: Sequence[str], said: Checked) -> Iterator[Cell]:
    for name in columns:
        figure = said.corrected if name == "corrected_value" else getattr(said, name)
        yield Cell(figure, row["verdict"] if name == "value" else "")


def _rest_cells(row: Row, said: Checked, ways: Mapping[str, Text], dates: Mapping[str, str]) -> Iterator[Cell]:
    reason = Text(row["reason"], row["reason_en"])
    verdict = text("check_reason", verdict=said.verdict, reason=reason) if row["reason"] else said.verdict
    yield Cell(verdict, row["verdict"])
    yield Cell(said.interval)
    yield Cell(ways_said(row["flipped_by"], ways))
    yield Cell(_date_of(row, dates))
    yield Cell(text("yes" if row["reportable"] else "no"))
    yield Cell(text(f"verified_{row['verified']}") if not row["clause"] else _with_clause(row))
    yield Cell(Text(row["measured"], row["measured_en"]))
    yield Cell(Text(row["note"], row["note_en"]))


def _with_clause(row: Row) -> Text:
    sure = text(f"verified_{row['verified']}")
    return Text(f"{sure.zh}（{row['clause']}）", f"{sure.en} ({row['clause']})")


def _named(row: Row) -> tuple[Cell, Cell]:
    return Cell(Text(row["name"], row["name_en"])), Cell(row["profile"])


def _unit(row: Row) -> Text:
    return Text(row["unit_name"], row["unit_name_en"])


def _variants(result: Result) -> Iterator[Sheet]:
    """One row a rule, one column another way of measuring; where the verdict would change the cell says so."""
    table = result.tables.get("variants")
    if table is None or not len(table):
        return
    ways = ways_of(result)
    given = {(row["profile"], row["indicator"], row["variant"]): row["value"] for row in _records(table)}
    cells: list[tuple[Cell, ...]] = []
    for row in _records(result.tables[WHOLE]):
        if not any((row["profile"], row["indicator"], way) in given for way in ways):
            continue
        own = checked(row, counted=result.provenance.counted)
        others = (_variant_cell(row, way, given, result) for way in ways)
        cells.append((Cell(len(cells) + 1), *_named(row), Cell(own.value), Cell(own.target), *others))
    headings = {"own": text("column_value"), **ways}
    yield Sheet(
        text("sheet_variants"), ("number", "indicator", "profile", "own", "target", *ways), cells, headings=headings
    )


def _variant_cell(row: Row, way: str, given: Mapping[tuple[str, str, str], float], result: Result) -> Cell:
    key = (row["profile"], row["indicator"], way)
    if key not in given:
        return Cell("")
    said = checked({**row, "value": given[key]}, counted=result.provenance.counted).value
    if way not in row["flipped_by"].split(";"):
        return Cell(said)
    flips = text("check_flips_here")
    return Cell(Text(f"{said.said.zh} ⇄ {flips.zh}", f"{said.said.en} ⇄ {flips.en}"), "not_met")


_ANSWERS = ("profile", "indicator", "id", "name", "conclusion", "corrected", "reason", "reviewer", "date", "standing")


def _answers(result: Result) -> Iterator[Sheet]:
    """What reviewers answered, and whether it still stands."""
    table = result.tables.get("answers")
    if table is None or not len(table):
        return
    words = ("conclusion", "corrected", "standing")
    cells = [
        tuple(Cell(text(f"review_{row[key]}") if key in words and row[key] else row[key]) for key in _ANSWERS)
        for row in _records(table)
    ]
    headings = {key: text(f"review_column_{'group' if key == 'name' else key}") for key in _ANSWERS[2:]}
    headings["profile"] = text("column_profile")
    yield Sheet(text("sheet_answers"), _ANSWERS, cells, headings=headings)


def _rankings(result: Result) -> Iterator[Sheet]:
    table = result.tables.get("rankings")
    if table is None or not len(table):
        return
    changed = {(row["profile"], row["indicator"]): row for row in _records(table)}
    ways = ways_of(result)
    cells: list[tuple[Cell, ...]] = []
    for units, by_unit in units_tables(result).items():
        for (profile, indicator), part in by_unit.groupby(["profile", "indicator"], sort=False):
            rows = _records(part[part["unit_id"] != "unassigned"])
            found, order = spread_of(rows, result.provenance.counted), changed.get((profile, indicator))
            if found is None or order is None:
                continue
            stable = text("column_order_changes" if order["order_changes"] else "column_order_holds")
            cells.append(
                (
                    Cell(len(cells) + 1), *_named(rows[0]), Cell(units_name(units)),
                    Cell(found.highest), Cell(found.high), Cell(found.lowest), Cell(found.low), Cell(found.apart),
                    Cell(stable, "not_met" if order["order_changes"] else ""),
                    Cell(ways_said(order["changed_by"], ways)),
                )
            )  # fmt: skip
    columns = ("number", "indicator", "profile", "unit_name", "highest", "high", "lowest", "low", "apart", "order",
               "changed_by")  # fmt: skip
    yield Sheet(text("sheet_rankings"), columns, cells)


def _beside(result: Result) -> Iterator[Sheet]:
    """The statutory radius and the walked figure, side by side."""
    table = result.tables.get("beside")
    if table is None or not len(table):
        return
    amounts = ("inside_not_on_foot", "on_foot_not_inside", "not_measurable", "total")
    cells = [
        (
            Cell(number), *_named(row), Cell(_unit(row)), Cell(text(f"rule_of_{row['of']}")),
            Cell(_share(row["share_radius"], row)), Cell(_share(row["share_walk"], row)),
            *(Cell(in_units(row[name], _of(row["of"], result), demo=not row["reportable"])) for name in amounts),
        )
        for number, row in enumerate(_records(table), 1)
    ]  # fmt: skip
    columns = ("number", "indicator", "profile", "unit_name", "of", "share_radius", "share_walk", *amounts)
    yield Sheet(text("sheet_beside"), columns, cells)


def _share(share: float, row: Row) -> Amount:
    """A share as the check shows them."""
    nothing = float("nan")
    plain = {"unit": "share", "value": share, "target": None, "counted": "people", "verdict": "no_target",
             "interval_low": nothing, "interval_high": nothing, "relation": ">=", "flips": False,
             "numerator": nothing, "denominator": nothing, "not_measurable": nothing}  # fmt: skip
    return checked({**plain, "reportable": row["reportable"]}).value


def _of(of: str, result: Result) -> str:
    if result.provenance.counted == "buildings" and of in ("people", "homes"):
        return "buildings"
    return {"land": "m2", "built_up": "m2", "street": "m"}.get(of, of)


def _needs(result: Result) -> Iterator[Sheet]:
    """Life circles kind by kind."""
    table = result.tables.get("needs")
    if table is None or not len(table):
        return
    amounts = ("reached", "lacking", "not_measurable", "completed", "population")
    people = _of("people", result)
    cells = [
        (
            Cell(number), *_named(row), Cell(_unit(row)), Cell(Text(row["need_name"], row["need_name_en"])),
            *(Cell(in_units(row[name], people, demo=not row["reportable"])) for name in amounts),
        )
        for number, row in enumerate(_records(table), 1)
    ]  # fmt: skip
    yield Sheet(text("sheet_needs"), ("number", "indicator", "profile", "unit_name", "need", *amounts), cells)


def _words(result: Result) -> Sheet:
    """The paragraphs, Chinese and English side by side."""
    rows: Iterable[tuple[str, Text]] = [
        ("", text("check_units_named")),
        *(("", paragraph) for paragraph in summary(result)),
        *((one.profile, one.said) for one in findings(result)),
    ]
    cells: list[tuple[Cell, ...]] = [
        (Cell(number), Cell(profile), Cell(said.zh), Cell(said.en)) for number, (profile, said) in enumerate(rows, 1)
    ]
    columns = ("number", "profile", "finding", "finding_en")
    return Sheet(text("sheet_words"), columns, cells, fixed=2)


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict(orient="records")
