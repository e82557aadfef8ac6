"""Every exception and warning of the toolkit.

::

    KunshanGISError
    ├── LayerError                  something is wrong with a layer or a study area's folder
    │   ├── LayerNotFoundError      a file or a kind that is not there        (FileNotFoundError)
    │   ├── LayerSchemaError        a table breaks its contract; `.problems`  (ValueError)
    │   └── CatalogError            catalog.toml cannot be used; `.problems`  (ValueError)
    ├── CRSError                    missing, not projected, not the same      (ValueError)
    │   └── DatumError              GCJ-02 or BD-09 where WGS 84 was expected
    ├── NetworkError                the streets cannot carry the question     (ValueError)
    ├── StandardError               a threshold profile is missing or broken  (ValueError)
    │   └── ProfileError            a profile of rules is broken; `.problems`
    ├── ParameterError              an option has no meaning                  (ValueError)
    ├── ResultError                 a saved result cannot be used; `.problems` (ValueError)
    ├── OutputError                 a result cannot be written                (OSError)
    └── DownloadError               a server gave no answer that can be used  (ConnectionError)

    KunshanGISWarning               rows that were dropped or lie far away    (UserWarning)

A message says what, where and the remedy, in Chinese and English. Raise for a wrong question, NaN for no answer,
warn for dropped rows. Several problems travel together in `.problems`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kunshan_gis.messages import NOTHING, Lang, Text


def both(said: str | Text) -> Text:
    """The text in both languages; what is the same in both (a file, an id, a column) may be given once."""
    return said if isinstance(said, Text) else Text(said, said)


@dataclass(frozen=True, order=True, init=False)
class Problem:
    """One thing wrong with the input, in both languages: where it is, what it is, and what to do about it."""

    where: Text
    what: Text
    remedy: Text

    def __init__(self, where: str | Text, what: str | Text, remedy: str | Text = NOTHING) -> None:
        for name, said in (("where", where), ("what", what), ("remedy", remedy)):
            object.__setattr__(self, name, both(said))

    def said(self, lang: Lang) -> str:
        """The problem as one line in one language."""
        where, what, remedy = (getattr(part, lang) for part in (self.where, self.what, self.remedy))
        return f"{where}{'：' if lang == 'zh' else ': '}{what}" + (f" → {remedy}" if remedy else "")

    def __str__(self) -> str:
        return self.said("en")


class KunshanGISError(Exception):
    """Base of all errors the toolkit raises on purpose; the message is in Chinese and English.

    `said("zh")` and `said("en")` give one language, `str` gives both. The remedy is part of the message, or apart
    from it where the error becomes one `Problem` among others.
    """

    def __init__(self, message: str | Text = NOTHING, remedy: Text = NOTHING) -> None:
        super().__init__(message)
        self.message = both(message)
        self.remedy = remedy

    def said(self, lang: Lang) -> str:
        """The whole message in one language."""
        parts: list[str] = [getattr(part, lang) for part in (self.message, self.remedy) if part != NOTHING]
        return ("；" if lang == "zh" else "; ").join(parts)

    def __str__(self) -> str:
        zh, en = self.said("zh"), self.said("en")
        return en if zh == en else f"{zh}\n{en}"


class LayerError(KunshanGISError):
    """Something is wrong with a layer or a study area's folder."""


class LayerNotFoundError(LayerError, FileNotFoundError):
    """A file, a folder or a kind of layer is not there."""


class _ProblemsError(KunshanGISError):
    """An error that carries all problems found, not the first."""

    def __init__(self, title: str | Text, problems: Iterable[Problem] = ()) -> None:
        super().__init__(title)
        self.problems: tuple[Problem, ...] = tuple(problems)

    def said(self, lang: Lang) -> str:
        return "\n".join([super().said(lang), *(f"  - {problem.said(lang)}" for problem in self.problems)])


class LayerSchemaError(_ProblemsError, LayerError, ValueError):
    """A table breaks its column contract; `.problems` lists every breach."""


class CatalogError(_ProblemsError, LayerError, ValueError):
    """`catalog.toml` cannot be used; `.problems` lists every reason."""


class CRSError(KunshanGISError, ValueError):
    """A coordinate reference system is missing, not in metres, or not the same."""


class DatumError(CRSError):
    """Coordinates are in GCJ-02 or BD-09 where WGS 84 or CGCS2000 was expected."""


class NetworkError(KunshanGISError, ValueError):
    """The streets cannot carry the question that was asked."""


class StandardError(KunshanGISError, ValueError):
    """A threshold profile is missing or contradicts itself."""


class ProfileError(_ProblemsError, StandardError):
    """A profile of rules cannot be used; `.problems` lists every reason."""


class ParameterError(KunshanGISError, ValueError):
    """An option has a value that means nothing."""


class ResultError(_ProblemsError, ValueError):
    """A saved result is none, is broken, or was made by a newer version; `.problems` lists every reason."""


class OutputError(KunshanGISError, OSError):
    """A result cannot be written where it was asked for."""


class DownloadError(KunshanGISError, ConnectionError):
    """A server was not reached, refused, or gave no answer that can be used."""


class KunshanGISWarning(UserWarning):
    """Rows that were dropped, or that lie far from where they are needed; in Chinese and English."""

    def __init__(self, message: str | Text) -> None:
        self.message = said = both(message)
        super().__init__(said.en if said.zh == said.en else f"{said.zh}\n{said.en}")


def at_rows(where: str | Text, rows: Iterable[int]) -> Text:
    """A place in a table: `where` and the rows concerned, counted from 1."""
    place, numbers = both(where), listed([row + 1 for row in rows])
    return Text(f"{place.zh}，第 {numbers} 行", f"{place.en}, row {numbers}")


def listed(names: Sequence[str] | Iterable[object], most: int = 5) -> str:
    """Names in one line, cut after `most` with the number left out."""
    shown = [str(name) for name in names]
    rest = f" … (+{len(shown) - most})" if len(shown) > most else ""
    return ", ".join(shown[:most]) + rest
