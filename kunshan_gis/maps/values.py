"""Values as people read them, in both languages: the one place where figures become text.

Demonstration figures are rounded here, before they reach the page: people in 万人, shares in whole percent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from kunshan_gis.figures import people, percent
from kunshan_gis.messages import Text, known, text

Format = Literal["text", "term", "people", "buildings", "share", "metres", "hectares", "minutes", "number", "figure"]
"""A `figure` is a number that is written out already."""

_CHINESE = re.compile("[㐀-鿿]")
_LATIN = re.compile("[A-Za-z]")
_WORD = re.compile("[A-Za-z_]{3,}")


@dataclass(frozen=True)
class Field:
    """One column that may be shown: where it is, what it is called, and how its values are written.

    `column_en` names a column with the English text; rows without one fall back to `column`.
    A `term` is a word of the catalogue of texts (with `prefix` before it), shown in both languages.
    A row without a value says `missing`, a key of that catalogue.
    """

    column: str
    zh: str
    en: str
    format: Format = "text"
    column_en: str = ""
    prefix: str = ""
    missing: str = "no_value"

    def heading(self, *, demo: bool) -> Text:
        """The label with its unit, if it has one."""
        unit = {"people": "unit_people_demo" if demo else "unit_people"}.get(self.format, f"unit_{self.format}")
        label = Text(self.zh, self.en)
        if self.format in ("text", "term", "share", "number", "figure"):
            return label
        return text("with_unit", label=label, unit=text(unit))

    def texts(self, table: pd.DataFrame, *, demo: bool) -> list[Text]:
        """The column's values as text, row by row."""
        values = table[self.column].tolist()
        if self.format in ("text", "figure") and self.column_en in table.columns:
            english = table[self.column_en].tolist()
            return [_pair(zh, en, self.missing) for zh, en in zip(values, english, strict=True)]
        if self.format == "term":
            return [text(self.missing) if empty(value) else known(value, prefix=self.prefix) for value in values]
        if self.format == "text":
            return [text(self.missing) if empty(value) else halves(str(value)) for value in values]
        return [written(value, self.format, demo=demo) for value in values]


def written(value: Any, as_: Format, *, demo: bool) -> Text:
    """One value as text in both languages; no value is a dash, a share without one is 无法测算."""
    if empty(value):
        return text("not_measurable") if as_ == "share" else text("no_value")
    if as_ in ("text", "term"):
        return halves(str(value))
    number = float(value)
    if as_ == "people":
        return people(number, demo=demo)
    if as_ == "share":
        return _same(percent(number, demo=demo))
    if as_ == "hectares":
        return _same(f"{number:,.1f}" if number >= 10 else f"{number:.2f}")
    if as_ == "number":
        return _same(f"{number:,.0f}" if number.is_integer() else f"{number:,.1f}")
    return _same(f"{number:,.0f}" if as_ in ("metres", "buildings") else f"{number:g}")


def halves(value: str) -> Text:
    """Text from data written ``中文 / English`` as its two halves; any other text is the same in both languages.

    The right half begins in another script than Chinese and is mostly Latin letters: it may hold a Chinese name.
    A name in Latin letters that the left half begins with belongs to both: ``GSHHG 2.3.7：岸线 / shorelines``.
    """
    for found in re.finditer(" / ", value):
        left, right = value[: found.start()].strip(), value[found.end() :].strip()
        chinese, latin = len(_CHINESE.findall(right)), len(_LATIN.findall(right))
        if _CHINESE.search(left) and right and not _CHINESE.match(right) and latin > 2 * chinese:
            opening = _CHINESE.split(left, maxsplit=1)[0]
            opening = (opening.rpartition("：")[0] or opening).rstrip(" :，,；;（(")
            named = any(word.lower() not in right.lower() for word in _WORD.findall(opening))
            return Text(left, f"{opening}: {right}" if named else right)
    return Text(value, value)


def empty(value: Any) -> bool:
    """True for None, NaN, NaT and text without a letter."""
    return value is None or bool(pd.isna(value)) or (isinstance(value, str) and not value.strip())


def _same(both: str) -> Text:
    return Text(both, both)


def _pair(zh: Any, en: Any, missing: str) -> Text:
    if empty(zh) and empty(en):
        return text(missing)
    return Text(str(en if empty(zh) else zh), str(zh if empty(en) else en))
