"""The words planners' files use for columns, values and units, from `columns.toml`; texts made comparable."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from kunshan_gis.schema import KINDS, Column


def plain(said: object) -> str:
    """A heading or a cell without case, full width, spaces and signs: `公园 名称＊` is `公园名称`."""
    return re.sub(r"[\s_\-·.*:'\"`]+", "", unicodedata.normalize("NFKC", str(said)).lower())


def heading_parts(heading: object) -> tuple[str, str]:
    """A heading's name and what stands behind it in brackets, both plain: `面积（公顷）` is (`面积`, `公顷`)."""
    said = unicodedata.normalize("NFKC", str(heading)).strip()
    found = re.fullmatch(r"(.+?)\s*[(\[【〔<]([^()\[\]【】〔〕<>]*)[)\]】〕>]\s*", said, flags=re.DOTALL)
    return (plain(found[1]), plain(found[2])) if found else (plain(said), "")


@cache
def names_of(kind: str) -> Mapping[str, str]:
    """Every plain heading that is known for a kind, and the column it stands for; the kind's own words come first."""
    known: dict[str, str] = {}
    columns = KINDS[kind].all_columns
    for column in columns:
        known.setdefault(plain(column.name), column.name)
    for section in (kind, "common"):
        for column in columns:
            for name in _entry(section, column.name).get("names", ()):
                known.setdefault(plain(name), column.name)
    for column in columns:
        for about in column.about:
            known.setdefault(plain(about), column.name)
    for word in _words()[kind].get("words", ()):
        for name, target in list(known.items()):
            known.setdefault(plain(word) + name, target)
    return known


def values_of(kind: str, column: str) -> Mapping[str, str | None]:
    """Every plain value that is known for a column, and the contract's word for it; None empties the cell."""
    said = _entry(kind, column).get("values") or _entry("common", column).get("values", {})
    return {plain(value): target or None for target, values in said.items() for value in (target, *values)}


def unit_family(kind: str, column: str) -> str | None:
    """Whether a column counts area, length or people; None where units mean nothing."""
    family = _entry(kind, column).get("unit") or _entry("common", column).get("unit")
    return str(family) if family else None


def units(family: str) -> Mapping[str, float]:
    """Plain units of a family, and how many of the contract's unit one of them is."""
    return {plain(unit): float(factor) for unit, factor in _words()["units"][family].items()}


def is_own_field(heading: object) -> bool:
    """True for a program's own fields, row numbers and coordinates: nothing that a layer would keep."""
    return _listed(heading, "ignored") or is_coordinate(heading)


def is_coordinate(heading: object) -> bool:
    """True for a column that says where a row is."""
    return _listed(heading, "coordinates")


def _listed(heading: object, section: str) -> bool:
    return plain(heading) in _names(section) or heading_parts(heading)[0] in _names(section)


def says_nothing(cell: object, column: Column) -> bool:
    """True for a cell that stands for an empty one in a column of that kind."""
    if not isinstance(cell, str):
        return False
    empty, said = _words()["empty"], cell.strip().lower()
    figures = column.type in ("number", "integer") or bool(column.values)
    return said in empty["anywhere"] or (figures and said in empty["figures"])


def truths() -> Mapping[str, bool]:
    """Plain words for true and for false."""
    words = _words()["truth"]
    return {plain(word): answer for key, answer in (("yes", True), ("no", False)) for word in words[key]}


@cache
def _names(section: str) -> frozenset[str]:
    return frozenset(plain(name) for name in _words()[section]["names"])


def _entry(section: str, column: str) -> dict[str, Any]:
    found = _words().get(section, {}).get(column, {})
    return found if isinstance(found, dict) else {}


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("kunshan_gis") / "layers" / "columns.toml").read_text(encoding="utf-8"))
