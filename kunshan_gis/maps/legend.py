"""The legend: every class as the small picture of how it is drawn, grouped by system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import shapely

from kunshan_gis.maps.escape import escape
from kunshan_gis.messages import Text, text

if TYPE_CHECKING:
    from kunshan_gis.maps.page import MapLayer
    from kunshan_gis.model import Style

SCHEMATIC_DASH = "6 4"


@dataclass(frozen=True)
class Item:
    """One layer in the legend; `element` is the name of its group in the map's script."""

    title: Text
    tag: Text | None
    element: str
    shown: bool
    min_zoom: float
    swatch: str
    classes: tuple[tuple[Text, str], ...]


@dataclass(frozen=True)
class Group:
    """The layers of one system, the topmost first."""

    title: Text
    items: tuple[Item, ...]


def groups(layers: Sequence[MapLayer], elements: Mapping[str, str]) -> tuple[Group, ...]:
    """The legend from the top of the map down, the base map last."""
    found: dict[Text, list[Item]] = {}
    numbers = count()
    legible = [layer for layer in reversed(layers) if layer.in_legend]
    base = text("group_base")
    for layer in sorted(legible, key=lambda layer: layer.group == base):
        found.setdefault(layer.group, []).append(_item(layer, elements[layer.key], numbers))
    return tuple(Group(title, tuple(items)) for title, items in found.items())


def drawn_styles(layer: MapLayer) -> dict[str, Style]:
    """The layer's styles as drawn: what is schematic has dashed lines."""
    styles = dict(layer.styles)
    if layer.basis != "schematic" or layer.partly or shape_of(layer) == "point":
        return styles
    return {name: style if style.dash else replace(style, dash=SCHEMATIC_DASH) for name, style in styles.items()}


def basis_tag(layer: MapLayer) -> Text | None:
    """示意 or 演示合成 for what is not real, else nothing; 部分示意 where only some of it is."""
    if layer.basis not in ("schematic", "synthetic"):
        return None
    basis = text(f"basis_{layer.basis}")
    return text("partly", basis=basis) if layer.partly else basis


def shape_of(layer: MapLayer) -> str:
    """Point, line or area."""
    shapes = layer.table.geometry.array
    dimension = int(shapely.get_dimensions(shapes[0])) if len(shapes) else 2
    return ("point", "line", "area")[max(0, dimension)]


def _item(layer: MapLayer, element: str, numbers: count[int]) -> Item:
    shape, styles = shape_of(layer), drawn_styles(layer)
    pictures = [(Text(style.zh, style.en), _swatch(style, shape, next(numbers))) for style in styles.values()]
    single = len(pictures) == 1 and layer.by is None
    return Item(
        title=layer.title,
        tag=basis_tag(layer),
        element=element,
        shown=layer.shown,
        min_zoom=layer.min_zoom,
        swatch=pictures[0][1] if single else "",
        classes=() if single else tuple(pictures),
    )


def _swatch(style: Style, shape: str, number: int) -> str:
    """An SVG of 26 x 16 pixels; only numbers and escaped colours enter it."""
    color, fill = escape(style.color), escape(style.fill or "none")
    dash = f' stroke-dasharray="{escape(style.dash)}"' if style.dash else ""
    line = f'stroke="{color}" stroke-width="{style.width:g}"{dash}'
    hatch = ""
    if shape == "point":
        radius = min(style.radius, 7)
        body = f'<circle cx="13" cy="8" r="{radius:g}" fill="{escape(style.fill or style.color)}" {line}/>'
    elif shape == "line" or not (style.fill or style.hatch):
        casing = f'<path d="M1 8H25" stroke="{fill}" stroke-width="{style.width + 2.4:g}"/>' if style.fill else ""
        body = f'{casing}<path d="M1 8H25" fill="none" {line}/>'
    else:
        box = '<rect x="1.5" y="1.5" width="23" height="13"'
        body = f'{box} fill="{fill}" fill-opacity="{style.opacity:g}" {line}/>'
        if style.hatch:
            hatch = (
                f'<pattern id="hatch-{number}" width="6" height="6" patternUnits="userSpaceOnUse">'
                f'<path d="M0 6L6 0M-3 3L3 -3M3 9L9 3" stroke="{color}" stroke-width="0.8"/></pattern>'
            )
            body += f'{box} fill="url(#hatch-{number})"/>'
    return f'<svg viewBox="0 0 26 16" aria-hidden="true">{hatch}{body}</svg>'
