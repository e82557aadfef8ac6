"""What land-use and park codes mean, by edition of the code list (`land_codes.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from kunshan_gis.layers.vocabulary import plain
from kunshan_gis.messages import Text


@dataclass(frozen=True)
class Code:
    """A code of a list: its title, and what a study asks for (`residential`, `green` …; empty where nothing)."""

    title: Text
    use: str


@dataclass(frozen=True)
class Edition:
    """One edition of a code list, where it was read and how it was verified (`memory`, `secondary`, `text`)."""

    edition: str
    title: Text
    kinds: tuple[str, ...]
    also: tuple[str, ...]
    source: Text
    verified: str
    codes: Mapping[str, Code]


@cache
def editions(kind: str) -> tuple[Edition, ...]:
    """The code lists of a kind of layer."""
    said = tomllib.loads((files("kunshan_gis") / "layers" / "land_codes.toml").read_text(encoding="utf-8"))
    return tuple(
        Edition(
            block["edition"],
            Text(*block["title"]),
            tuple(block["kinds"]),
            tuple(block["also"]),
            Text(*block["source"]),
            block["verified"],
            {code: Code(Text(zh, en), use) for code, (zh, en, use) in block["codes"].items()},
        )
        for block in said["edition"]
        if kind in block["kinds"]
    )


def edition_called(name: str, kind: str) -> Edition | None:
    """The edition that goes by a name: its own, its title, or what people call it (三调)."""
    for edition in editions(kind):
        if plain(name) in {plain(said) for said in (edition.edition, *edition.title, *edition.also)}:
            return edition
    return None


def editions_with(codes: Iterable[str], kind: str) -> list[Edition]:
    """The editions that hold most of the codes, all of them where any does."""
    asked = set(codes)
    held = [len(asked & set(edition.codes)) for edition in editions(kind)]
    most = max(held, default=0)
    return [edition for edition, count in zip(editions(kind), held, strict=True) if count == most > 0]


def code_notes(table: pd.DataFrame, kind: str) -> list[Text]:
    """Codes that their edition's list does not hold, and editions that are not on file."""
    if not editions(kind) or not {"code", "code_edition"} <= set(table.columns):
        return []
    notes = []
    for name, rows in table.dropna(subset=["code", "code_edition"]).groupby("code_edition"):
        edition = edition_called(str(name), kind)
        if edition is None:
            there = ", ".join(known.edition for known in editions(kind))
            notes.append(
                Text(
                    f"没有 {name} 的代码表，未核对代码；已有：{there}",
                    f"no list of {name} is on file, so its codes were not looked up; there are: {there}",
                )
            )
            continue
        counts = rows["code"].value_counts().sort_index()
        unknown = counts[~counts.index.isin(edition.codes)]
        if len(unknown):
            said = ", ".join(f"{code} ({count})" for code, count in unknown.items())
            notes.append(
                Text(
                    f"{edition.edition} 代码表（{_VERIFIED[edition.verified].zh}）未列的代码（行数）：{said}；原样保留",
                    f"the list of {edition.edition} ({_VERIFIED[edition.verified].en}) does not hold these codes "
                    f"(rows): {said}; they were kept as they are",
                )
            )
    return notes


_VERIFIED = {
    "memory": Text("凭记忆", "from memory"),
    "secondary": Text("二手资料", "secondary source"),
    "text": Text("标准原文", "the standard's text"),
}
