"""Every word for planners that is not a label of a figure: Chinese and English side by side.

The words are data, in `messages.toml` and, system by system, in `words/*.toml`. Both languages travel together to the
page, the workbook and result.json; `--lang` only picks the one shown first. Labels of figures are in `indicators`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

Lang = Literal["zh", "en"]


class Text(NamedTuple):
    """The same thing said in Chinese and in English."""

    zh: str
    en: str

    def format(self, **parts: object) -> Text:
        """Both texts with their places filled; a `Text` gives each language its own part."""
        return Text(
            self.zh.format(**{key: part.zh if isinstance(part, Text) else part for key, part in parts.items()}),
            self.en.format(**{key: part.en if isinstance(part, Text) else part for key, part in parts.items()}),
        )

    def first(self, lang: str) -> str:
        """One line with both, the chosen language first."""
        return f"{self.en} {self.zh}" if lang == "en" else f"{self.zh} {self.en}"


NOTHING = Text("", "")


def text(key: str, **parts: object) -> Text:
    """The message of that key, its places filled."""
    found = _texts()[key]
    return found.format(**parts) if parts else found


def known(value: object, *, prefix: str = "") -> Text:
    """A value in both languages where the catalogue knows it, else as it stands."""
    return _texts().get(f"{prefix}{value}", Text(str(value), str(value)))


def keys() -> tuple[str, ...]:
    """All keys of the catalogue."""
    return tuple(_texts())


INDICATOR_SECTION = "indicators"
"""Of a file of words: the labels of figures, which `indicators` reads."""


@cache
def word_files() -> dict[str, dict[str, Any]]:
    """The sections of every file of words, `messages.toml` first, by the file's name."""
    folder = files("kunshan_gis")
    own = sorted((file for file in (folder / "words").iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    return {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in (folder / "messages.toml", *own)
    }


@cache
def _texts() -> dict[str, Text]:
    sections = [
        section for file in word_files().values() for name, section in file.items() if name != INDICATOR_SECTION
    ]
    return {key: Text(*pair) for section in sections for key, pair in section.items()}
