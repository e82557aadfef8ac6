"""Tables below the map as accessible HTML, in both languages, every cell escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kunshan_gis.maps.escape import LONGEST, escape
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import Text, text

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.maps.page import MapLayer, PageTable

MOST_ROWS = 200
"""Rows listed of one layer; the whole count is always said."""

_ROOM = {"long": 24, "middling": 7}
"""Room for columns of text by the letters of the longest: sentences, then names."""


@dataclass(frozen=True)
class Attributes:
    """A layer as a table: its caption, how many rows, and the HTML."""

    caption: Text
    count: Text
    html: str


def both(pair: Text, longest: int = LONGEST) -> str:
    """A text as HTML in both languages; where they are the same, once."""
    zh, en = escape(pair.zh, longest=longest), escape(pair.en, longest=longest)
    if zh == en:
        return zh
    return f'<span class="zh" lang="zh-CN">{zh}</span><span class="en" lang="en">{en}</span>'


def page_table(table: PageTable, *, demo: bool) -> str:
    """A summary table; with states, people in three states as a bar beside the figures."""
    head = [_heading(field, demo=demo) for field in table.columns]
    cells = [_cells(field, table.rows, demo=demo) for field in table.columns]
    if table.states:
        head.append(f'<th scope="col" class="states-cell">{both(text("states"))}</th>')
        cells.append(_bars(table.rows, table.states))
    rows = [_row(row) for row in zip(*cells, strict=True)]
    if table.group:
        rows = _grouped(rows, table.group.texts(table.rows, demo=demo), len(head))
    note = f"<small>{both(table.note, 1000)}</small>" if table.note.zh else ""
    return _wrapped(f'<caption><div class="told">{both(table.caption)}{note}</div></caption>', head, rows)


def attributes(layer: MapLayer, *, demo: bool) -> Attributes:
    """The whitelisted columns of a layer, its first rows; the count says how many there are."""
    first = layer.table.head(MOST_ROWS)
    count = len(layer.table)
    head = [_heading(field, demo=demo) for field in layer.fields]
    cells = [_cells(field, first, demo=demo) for field in layer.fields]
    return Attributes(
        caption=layer.title,
        count=_count(count, len(first), layer.file),
        html=_wrapped("", head, [_row(row) for row in zip(*cells, strict=True)]),
    )


def _count(count: int, shown: int, file: str) -> Text:
    """How many rows there are, and where those are that are not listed."""
    if count > shown:
        numbers = {"count": f"{count:,}", "shown": f"{shown:,}"}
        return text("rows_in_file", **numbers, file=file) if file else text("rows_cut", **numbers)
    return text("rows_one") if count == 1 else text("rows", count=f"{count:,}")


def state_bar(shares: Sequence[float]) -> str:
    """Shares of covered, not covered, not measurable as a bar; the figures stand beside it as text."""
    kinds = ("is-covered", "is-missed", "is-unknown")
    parts = "".join(
        f'<i class="{kind}" style="width:{100 * share:.2f}%"></i>'
        for kind, share in zip(kinds, shares, strict=True)
        if share > 0
    )
    return f'<div class="states" aria-hidden="true">{parts}</div>'


def _wrapped(caption: str, head: Sequence[str], rows: Sequence[str]) -> str:
    return (
        f'<p class="swipe">{both(text("wide_table"))}</p>'
        f'<div class="table-wrap" tabindex="0"><table>{caption}<thead><tr>{"".join(head)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _numeric(field: Field) -> str:
    return "" if field.format in ("text", "term") else ' class="number"'


def _heading(field: Field, *, demo: bool) -> str:
    return f'<th scope="col"{_numeric(field)}>{both(field.heading(demo=demo))}</th>'


def _cells(field: Field, rows: pd.DataFrame, *, demo: bool) -> list[str]:
    """A column's cells; the first column of a table becomes row headings in `_row`."""
    texts, kind = field.texts(rows, demo=demo), _numeric(field)
    if not kind:
        longest = max((len(part) for pair in texts for part in pair), default=0)
        kind = next((f' class="{name}"' for name, letters in _ROOM.items() if longest > letters), "")
    return [f"<td{kind}>{both(pair)}</td>" for pair in texts]


def _row(cells: Sequence[str]) -> str:
    first, *rest = cells
    if first.startswith("<td") and ' class="number"' not in first.split(">", 1)[0]:
        first = f'<th scope="row">{first.split(">", 1)[1].removesuffix("</td>")}</th>'
    return f"<tr>{first}{''.join(rest)}</tr>"


def _bars(rows: pd.DataFrame, states: tuple[str, str, str]) -> list[str]:
    people = rows[list(states)].fillna(0).astype(float)
    total = people.sum(axis=1)
    shares = people.div(total.where(total > 0, 1.0), axis=0)
    return [f'<td class="states-cell">{state_bar(row)}</td>' for row in shares.itertuples(index=False, name=None)]


def _grouped(rows: Sequence[str], names: Sequence[Text], width: int) -> list[str]:
    lines: list[str] = []
    last: Text | None = None
    for row, name in zip(rows, names, strict=True):
        if name != last:
            lines.append(f'<tr class="group"><th scope="rowgroup" colspan="{width}">{both(name)}</th></tr>')
            last = name
        lines.append(row)
    return lines
