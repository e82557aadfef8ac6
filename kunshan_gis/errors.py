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
    ├── ParameterError              an option has no meaning                  (ValueError)
    └── OutputError                 a result cannot be written                (OSError)

    KunshanGISWarning               rows that were dropped or lie far away    (UserWarning)

A message says what, where and the remedy. Raise for a wrong question, NaN for no answer,
warn for dropped rows. Several problems travel together in `.problems`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with the input: where it is, what it is, and what to do about it."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{self.where}: {self.what}{remedy}"


class KunshanGISError(Exception):
    """Base of all errors the toolkit raises on purpose."""


class LayerError(KunshanGISError):
    """Something is wrong with a layer or a study area's folder."""


class LayerNotFoundError(LayerError, FileNotFoundError):
    """A file, a folder or a kind of layer is not there."""

    def __str__(self) -> str:  # FileNotFoundError would print an errno pair
        return str(self.args[0]) if self.args else ""


class _ProblemsError(LayerError, ValueError):
    """An error that carries all problems found, not the first."""

    def __init__(self, title: str, problems: Iterable[Problem] = ()) -> None:
        self.title = title
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(title)

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  - {problem}" for problem in self.problems)])


class LayerSchemaError(_ProblemsError):
    """A table breaks its column contract; `.problems` lists every breach."""


class CatalogError(_ProblemsError):
    """`catalog.toml` cannot be used; `.problems` lists every reason."""


class CRSError(KunshanGISError, ValueError):
    """A coordinate reference system is missing, not in metres, or not the same."""


class DatumError(CRSError):
    """Coordinates are in GCJ-02 or BD-09 where WGS 84 or CGCS2000 was expected."""


class NetworkError(KunshanGISError, ValueError):
    """The streets cannot carry the question that was asked."""


class StandardError(KunshanGISError, ValueError):
    """A threshold profile is missing or contradicts itself."""


class ParameterError(KunshanGISError, ValueError):
    """An option has a value that means nothing."""


class OutputError(KunshanGISError, OSError):
    """A result cannot be written where it was asked for."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class KunshanGISWarning(UserWarning):
    """Rows that were dropped, or that lie far from where they are needed."""


def listed(names: Sequence[str] | Iterable[object], most: int = 5) -> str:
    """Names in one line, cut after `most` with the number left out."""
    shown = [str(name) for name in names]
    rest = f" … (+{len(shown) - most})" if len(shown) > most else ""
    return ", ".join(shown[:most]) + rest
