"""Charts as HTML and SVG that need no script: sized by the page, letters as large on a phone as on a desk.

Places are shares of the drawing and only letters are in pixels. Every text is escaped and in both languages.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from kunshan_gis.maps.chart import Axis, Bar, BarGroup, Bars, Chart, Dot, Place, Scatter
from kunshan_gis.maps.escape import escape
from kunshan_gis.maps.tables import both
from kunshan_gis.messages import NOTHING, Text, text

HEIGHT, WIDTHS = 380.0, {"wide": 560.0, "narrow": 290.0}
"""Pixels that labels are laid out for; on a larger drawing they only lie farther apart."""
_LETTER, _LINE, _GAP = 12.0, 15.0, 8.0
_TICKS, _SIDE = 5, 0.3
_INK = "#17545c"


def drawn(chart: Chart, *, demo: bool) -> str:
    """The chart as one figure; a demonstration says so in its caption and in the drawing."""
    shape, body = ("scatter", _scatter(chart, demo=demo)) if isinstance(chart, Scatter) else ("bars", _bars(chart))
    tag = f' <span class="tag tag-demo">{both(text("demo_mark"))}</span>' if demo else ""
    note = f'<p class="chart-note">{both(chart.note, 1000)}</p>' if chart.note.zh else ""
    return (
        f'<figure class="chart chart-{shape}"><figcaption>{both(chart.title)}{tag}</figcaption>{_legend(chart)}{body}'
        f"{note}</figure>"
    )


def _legend(chart: Chart) -> str:
    """The kinds that occur, each with its colour, and what a line across is."""
    dots: Iterable[Dot | Bar] = (
        (dot for dot in chart.dots if dot.there)
        if isinstance(chart, Scatter)
        else (bar for group in chart.groups for bar in group.bars)
    )
    used = {dot.kind for dot in dots}
    items = [
        f'<li><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="5" fill="{_fill(chart, kind)}"/>'
        f"</svg>{both(Text(style.zh, style.en))}</li>"
        for kind, style in chart.styles.items()
        if kind in used
    ]
    if isinstance(chart, Bars) and chart.mark.zh:
        line = '<rect x="5" y="0" width="2" height="12" class="target"/>'
        items.append(f'<li><svg viewBox="0 0 12 12" aria-hidden="true">{line}</svg>{both(chart.mark)}</li>')
    return f'<ul class="chart-key">{"".join(items)}</ul>' if items else ""


def _fill(chart: Chart, kind: str) -> str:
    style = chart.styles.get(kind)
    return escape(_INK if style is None else style.fill or style.color)


def _scatter(chart: Scatter, *, demo: bool) -> str:
    there = [dot for dot in chart.dots if dot.there]
    parts = [
        *_grid(chart.x, chart.y),
        *_guides(chart),
        *(
            f'<g class="words">{_label(*_share(chart, *place), word, anchor=_toward(chart, place))}</g>'
            for place, word in chart.words
        ),
        *([f'<g class="mark">{_label(0.5, 0.5, text("demo_mark"))}</g>'] if demo else []),
        *(_dot(chart, dot) for dot in reversed(there)),
        *(f'<g class="labels-{room}">{"".join(_labels(chart, there, width))}</g>' for room, width in WIDTHS.items()),
    ]
    lacking = [dot.name for dot in chart.dots if not dot.there]
    return (
        f'<p class="axis-y">↑ {both(chart.y.title)}</p><div class="plot"><svg role="img" '
        f'aria-label="{escape(chart.title.zh)} / {escape(chart.title.en)}">{"".join(parts)}</svg></div>'
        f'<p class="axis-x">{both(chart.x.title)} →</p>{_lacking(lacking)}'
    )


def _toward(chart: Scatter, place: Place) -> str:
    """Words near a side run from it inwards."""
    across = _share(chart, *place)[0]
    return "start" if across < _SIDE else "end" if across > 1 - _SIDE else "middle"


def _lacking(names: list[Text]) -> str:
    if not names:
        return ""
    listed = Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
    said = Text(f"{text('not_measurable').zh}：{listed.zh}", f"{text('not_measurable').en}: {listed.en}")
    return f'<p class="chart-note">{both(said, 2000)}</p>'


def _share(chart: Scatter, x: float, y: float) -> tuple[float, float]:
    """A place as shares of the drawing, from its top left."""
    across = (x - chart.x.low) / ((chart.x.high - chart.x.low) or 1.0)
    return across, 1.0 - (y - chart.y.low) / ((chart.y.high - chart.y.low) or 1.0)


def _grid(x: Axis, y: Axis) -> Iterator[str]:
    yield '<rect width="100%" height="100%" class="paper"/>'
    for value in ticks(x.low, x.high):
        at = _percent((value - x.low) / (x.high - x.low))
        yield f'<line x1="{at}" x2="{at}" y1="0" y2="100%"/><text x="{at}" y="100%" dy="17" text-anchor="middle">'
        yield f"{_tick(value, x)}</text>"
    for value in ticks(y.low, y.high):
        at = _percent(1 - (value - y.low) / (y.high - y.low))
        yield f'<line y1="{at}" y2="{at}" x1="0" x2="100%"/><text x="0" y="{at}" dx="-7" dy="4" text-anchor="end">'
        yield f"{_tick(value, y)}</text>"


def ticks(low: float, high: float) -> list[float]:
    """Round figures between two ends, about five."""
    if not high > low:
        return []
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(part * power for part in (1, 2, 2.5, 5, 10) if part * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(step * number, 12) for number in range(first, last + 1)]


def _tick(value: float, axis: Axis) -> str:
    return f"{value * 100:g}%" if axis.share else f"{value:,.6g}".replace("-", "\N{MINUS SIGN}")


def _guides(chart: Scatter) -> Iterator[str]:
    for guide in chart.guides:
        places = [_share(chart, *place) for place in guide.places]
        kind = "guide dashed" if guide.dashed else "guide"
        for (x1, y1), (x2, y2) in pairwise(places):
            ends = f'x1="{_percent(x1)}" y1="{_percent(y1)}" x2="{_percent(x2)}" y2="{_percent(y2)}"'
            yield f'<line class="{kind}" {ends}/>'
        if guide.said.zh:
            x, y = places[-1]
            yield f'<g class="words">{_label(x, y, guide.said, dx=-6, dy=-6, anchor="end")}</g>'


def _dot(chart: Scatter, dot: Dot) -> str:
    x, y = _share(chart, dot.x, dot.y)
    said = dot.name.first("zh") if dot.name.zh != dot.name.en else dot.name.zh
    if dot.said.zh:
        said = f"{said}\n{dot.said.zh}\n{dot.said.en}" if dot.said.zh != dot.said.en else f"{said}\n{dot.said.zh}"
    return (
        f'<circle cx="{_percent(x)}" cy="{_percent(y)}" r="5" fill="{_fill(chart, dot.kind)}">'
        f"<title>{escape(said, longest=400)}</title></circle>"
    )


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def _labels(chart: Scatter, dots: list[Dot], width: float) -> Iterator[str]:
    """Names beside their dots, in each language those that find room."""
    for lang in ("zh", "en"):
        yield from (
            f'<text class="{lang}" x="{_percent(x)}" y="{_percent(y)}" dx="{dx:g}" dy="{dy:g}" text-anchor="{anchor}">'
            f"{escape(name, longest=40)}</text>"
            for name, x, y, dx, dy, anchor in _laid_out(chart, dots, width, lang)
        )


_BESIDE: tuple[tuple[float, float, str], ...] = (
    (_GAP, 4.0, "start"), (-_GAP, 4.0, "end"), (0.0, -9.0, "middle"), (0.0, 18.0, "middle"), (_GAP, 15.0, "start"),
    (-_GAP, 15.0, "end"), (_GAP, -6.0, "start"), (-_GAP, -6.0, "end"),
)  # fmt: skip


def _laid_out(
    chart: Scatter, dots: list[Dot], width: float, lang: str
) -> Iterator[tuple[str, float, float, float, float, str]]:
    places = [_share(chart, dot.x, dot.y) for dot in dots]
    taken = [_Box(x * width - 5, y * HEIGHT - 5, x * width + 5, y * HEIGHT + 5) for x, y in places]
    for place, word in chart.words:
        x, y = _share(chart, *place)
        taken.append(_box(getattr(word, lang), x * width, y * HEIGHT + 4, _toward(chart, place)))
    frame = _Box(-4.0, -12.0, width + 12.0, HEIGHT + 2.0)
    for row, (dot, (x, y)) in enumerate(zip(dots, places, strict=True)):
        name: str = getattr(dot.name, lang)
        for dx, dy, anchor in _BESIDE:
            box = _box(name, x * width + dx, y * HEIGHT + dy, anchor)
            inside = frame.left <= box.left and box.right <= frame.right and frame.top <= box.top
            clear = not any(box.meets(other) for at, other in enumerate(taken) if at != row)
            if name and inside and box.bottom <= frame.bottom and clear:
                taken.append(box)
                yield name, x, y, dx, dy, anchor
                break


def _box(name: str, x: float, y: float, anchor: str) -> _Box:
    wide = sum(_LETTER if unicodedata.east_asian_width(letter) in "WF" else 0.56 * _LETTER for letter in name[:40])
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    return _Box(left, y - 0.85 * _LINE, left + wide, y + 0.15 * _LINE)


def _label(x: float, y: float, said: Text, *, dx: float = 0, dy: float = 4, anchor: str = "middle") -> str:
    at = f'x="{_percent(x)}" y="{_percent(y)}" dx="{dx:g}" dy="{dy:g}" text-anchor="{anchor}"'
    return "".join(
        f'<text class="{lang}" {at}>{escape(getattr(said, lang), longest=80)}</text>' for lang in said._fields
    )


def _bars(chart: Bars) -> str:
    return "".join(_group(chart, group) for group in chart.groups)


def _group(chart: Bars, group: BarGroup) -> str:
    at = _scale(group)
    beside = f" <small>{both(group.mark_said)}</small>" if group.mark_said != NOTHING else ""
    rows = "".join(_bar(chart, group, bar, at) for bar in group.bars)
    return f'<div class="bar-group"><h3>{both(group.heading)}{beside}</h3><ol>{rows}</ol></div>'


def _scale(group: BarGroup) -> Callable[[float], float]:
    """From a figure to its place along the bars; nothing is always on the scale."""
    ends = [end for bar in group.bars for end in (bar.value, bar.low, bar.high)]
    known = [end for end in (*ends, group.mark, 0.0) if math.isfinite(end)]
    low, high = min(known), max(known)
    return lambda value: (value - low) / ((high - low) or 1.0)


def _bar(chart: Bars, group: BarGroup, bar: Bar, at: Callable[[float], float]) -> str:
    track = "track" if math.isfinite(bar.value) else "track lacking"
    parts = [f'<rect y="3" width="100%" height="12" class="{track}"/>']
    if math.isfinite(bar.value):
        left, right = sorted((at(0.0), at(bar.value)))
        parts.append(
            f'<rect x="{_percent(left)}" y="3" width="{_percent(right - left)}" height="12" '
            f'fill="{_fill(chart, bar.kind)}"/>'
        )
    if math.isfinite(bar.low) and math.isfinite(bar.high):
        low, high = (_percent(at(end)) for end in (bar.low, bar.high))
        parts.append(f'<line x1="{low}" x2="{high}" y1="9" y2="9" class="whisker"/>')
    if math.isfinite(group.mark):
        parts.append(f'<rect x="{_percent(at(group.mark))}" y="0" width="2" height="18" class="target"/>')
    return (
        f'<li><span>{both(bar.name)}</span><svg class="bar" aria-hidden="true">{"".join(parts)}</svg>'
        f"<b>{both(bar.said)}</b></li>"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
