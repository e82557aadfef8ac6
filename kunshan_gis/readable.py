"""A result's columns as people read them: the heading with its unit, every cell with as many digits as it deserves.

What a column holds is in `indicators`. A demonstration's figures are coarse: people in 万人 and thousands, shares in
whole percent, lengths and areas to three places.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kunshan_gis.figures import people, percent, ten_thousands
from kunshan_gis.indicators import INDICATORS, TIER_LABELS, Unit, label
from kunshan_gis.messages import Text, keys, known, text

if TYPE_CHECKING:
    import pandas as pd

NO_FIGURE = Text("—", "—")
ENDS = ("_low", "_high")
"""What the columns with the ends of a range end in."""
HIDDEN = ("unit_id", "id", "name_en", "reportable")
"""Columns for programs; a second name ends in `_en`, and its cell is read with the Chinese one."""
FIGURE: Unit = "figure"
"""A table of several figures, one a row, names them in this column; its other columns of this unit are counted so."""
_PEOPLE: tuple[Unit, ...] = ("people", "jobs", "person_min")
_DIGITS: dict[Unit, int] = {
    "m": 0, "km": 1, "min": 1, "m2": 0, "ha": 1, "km2": 1, "count": 0, "kmh": 0, "index": 2, "ratio": 2,
    "m2_per_person": 2, "per_10k": 1, "people_per_km2": 0, "km_per_km2": 2,
}  # fmt: skip
_ROUGH: tuple[Unit, ...] = ("m", "km", "m2", "ha", "km2", "people_per_km2")
"""To three places where they are a demonstration."""


def unit_of(column: str) -> Unit:
    """What a column is counted in; a column nobody registered is text."""
    return INDICATORS[column].unit if column in INDICATORS else "text"


def is_number(column: str) -> bool:
    """True for figures, false for words."""
    return unit_of(column) not in ("text", "term")


def heading(column: str, *, demo: bool, counted: str = "people", sheet: bool = False) -> Text:
    """The column's label with its unit: 人口（万人）.

    Parameters
    ----------
    sheet : of a spreadsheet, whose one number is read in both languages: 万人 is 10,000 people and not thousands
    """
    named, unit = Text(*label(column, counted)), unit_of(column)
    if unit in ("text", "term", "share", "count", "index", "ratio", FIGURE):
        return named
    if unit == "people" and counted == "buildings":
        return text("with_unit", label=named, unit=text("unit_buildings"))
    coarse = "_sheet" if sheet else "_demo"
    key = f"unit_{unit}{coarse}" if demo and unit in _PEOPLE else f"unit_{unit}"
    return text("with_unit", label=named, unit=text(key))


def cell(column: str, value: Any, *, demo: bool, counted: str = "people") -> Text:
    """One value without its unit; a dash where there is none, percent signs stay."""
    unit = unit_of(column)
    if value is None or (isinstance(value, float) and math.isnan(value)) or value == "":
        return NO_FIGURE
    if type(value).__name__ in ("bool", "bool_"):  # numpy calls its own by either name
        return text("yes" if value else "no")
    if unit == "term":
        return term(column, value)
    if unit == "text" or isinstance(value, str):
        return Text(str(value), str(value))
    number = float(value)
    if math.isinf(number):
        return NO_FIGURE
    if unit == "share":
        said = percent(number, demo=demo).replace("-", "\N{MINUS SIGN}")
    elif unit in _PEOPLE:
        return people(number, demo=demo and counted != "buildings")
    else:
        said = _number(number, unit, demo=demo)
    return Text(said, said)


def rounded(column: str, value: Any, *, demo: bool, counted: str = "people") -> tuple[float, int]:
    """A figure for a spreadsheet and its decimals: as coarse as `cell` writes it, shares in percent, NaN for none."""
    number, unit = float(value), unit_of(column)
    if not math.isfinite(number):
        return math.nan, 0
    if unit == "share":
        digits = 0 if demo else 1
        return round(number * 100, digits), digits
    if unit in _PEOPLE:
        coarse = demo and counted != "buildings"
        return (ten_thousands(number), 2) if coarse else (round(number), 0)
    digits = _digits(number, unit, demo=demo)
    return round(_rough(number, unit, demo=demo), digits), digits


def named_cell(column: str, row: Mapping[Any, Any], *, demo: bool, counted: str = "people") -> Text:
    """The cell of a column in a row, with what stands beside it: its English (`_en`), its range (`_low`, `_high`)."""
    said = cell(counted_as(column, row), row[column], demo=demo, counted=counted)
    english = row.get(f"{column}_en")
    if isinstance(english, str) and english:
        return Text(said.zh, english)
    low, high = (cell(column, row.get(f"{column}{end}"), demo=demo, counted=counted) for end in ENDS)
    if NO_FIGURE in (low, high) or low == high == said:
        return said
    key = "figure_between" if said == NO_FIGURE else "figure_in_range"
    return text(key, figure=said, low=low, high=high)


def counted_as(column: str, row: Mapping[Any, Any]) -> str:
    """The column that says what a cell is counted in: its own, or the one its row names."""
    return str(row[FIGURE]) if unit_of(column) == FIGURE else column


def shown_columns(columns: Sequence[str], *, ranges: bool = True) -> list[str]:
    """The columns people read, in order: none for programs, no second name.

    Parameters
    ----------
    ranges : the ends of a range are read beside their figure; False for a sheet, where they are columns of their own
    """
    ends = ENDS if ranges else ()
    beside = {f"{name}{end}" for name in columns for end in ("_en", *ends)}
    return [name for name in columns if name not in HIDDEN and name not in beside]


def filled(table: pd.DataFrame, column: str) -> bool:
    """True for a column that holds anything, be it the ends of a range alone; an empty text is nothing."""
    there = [name for name in (column, *(f"{column}{end}" for end in ENDS)) if name in table]
    return any(((table[name].notna()) & (table[name].astype(object) != "")).any() for name in there)


def term(column: str, value: Any) -> Text:
    """A word for a value of a column: of the catalogue (`<column>_<value>`), else its own, else as it is."""
    if column == "tier" and value in TIER_LABELS:
        return Text(*TIER_LABELS[value])
    if column == FIGURE and value in INDICATORS:
        named = heading(str(value), demo=False)
        return text("with_unit", label=named, unit=Text("%", "%")) if unit_of(str(value)) == "share" else named
    key = f"{column}_{value}"
    return text(key) if key in keys() else known(value)


def _number(number: float, unit: Unit, *, demo: bool) -> str:
    shown = f"{_rough(number, unit, demo=demo):,.{_digits(number, unit, demo=demo)}f}"
    return shown.replace("-", "\N{MINUS SIGN}")


def _digits(number: float, unit: Unit, *, demo: bool) -> int:
    """Decimals of a figure; none that stands behind a place already rounded away."""
    digits = _DIGITS[unit] - (demo and unit in ("m2_per_person", "km_per_km2"))
    places = 2 - math.floor(math.log10(abs(number))) if number else digits
    return max(0, min(digits, places)) if demo and unit in _ROUGH else digits


def _rough(number: float, unit: Unit, *, demo: bool) -> float:
    return float(f"{number:.3g}") if demo and unit in _ROUGH else number
