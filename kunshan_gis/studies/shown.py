"""What a notebook and a Python prompt show of a result: the demonstration mark, its lead table, what to be wary of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

import pandas as pd

from kunshan_gis.messages import Text, text
from kunshan_gis.model import Result

MOST_ROWS = 24
"""Rows that are shown; a check by towns has hundreds, and its tables hold them all."""


class Lead(NamedTuple):
    """The table a study is asked for, as it is read.

    Attributes
    ----------
    columns : headings by their keys, Chinese and English
    rows : a text a column; the rest is what `result.tables` holds
    """

    title: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[Text]]


class Shown(ABC):
    """A study's answer that shows its figures where it stands at the end of a cell."""

    result: Result

    @abstractmethod
    def lead(self) -> Lead:
        """The figures to show, coarse where they are a demonstration."""

    def __repr__(self) -> str:
        """The lead table in Chinese as text, marked where it is a demonstration."""
        lead = self.lead()
        cells = [[cell.zh for cell in row] for row in lead.rows[:MOST_ROWS]]
        table = pd.DataFrame(cells, columns=[column.zh for column in lead.columns])
        with pd.option_context("display.unicode.east_asian_width", True):
            figures = table.to_string(index=False)
        return "\n".join([*_before(self.result, lead), figures, *_after(self.result, lead)])

    def _repr_html_(self) -> str:
        """The lead table in both languages; what a layer's file says is text and never markup."""
        lead = self.lead()
        style = ' style="color:#B3261E;font-weight:bold"'
        before = [
            f"<p{'' if number or self.result.reportable else style}>{escape(line)}</p>"
            for number, line in enumerate(_before(self.result, lead))
        ]
        head = "".join(f"<th>{escape(column.zh)}<br>{escape(column.en)}</th>" for column in lead.columns)
        rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in lead.rows[:MOST_ROWS])
        after = "".join(f"<p>{escape(line)}</p>" for line in _after(self.result, lead))
        return f"<div>{''.join(before)}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{after}</div>"


def _cell(said: Text) -> str:
    alike = said.zh == said.en
    return f"<td>{escape(said.zh)}{'' if alike else f'<br><small>{escape(said.en)}</small>'}</td>"


def _before(result: Result, lead: Lead) -> Iterator[str]:
    if not result.reportable:
        yield text("demo_mark").first("zh")
    yield lead.title.first("zh")


def _after(result: Result, lead: Lead) -> Iterator[str]:
    if len(lead.rows) > MOST_ROWS:
        yield text("shown_more", count=len(lead.rows) - MOST_ROWS).first("zh")
    yield text("profile_line", profile=result.provenance.profile_said).first("zh")
    yield from (f"! {warning.first('zh')}" for warning in result.provenance.warnings)
    yield text("shown_tables", names=", ".join(result.tables)).first("zh")
