"""The maps' styles in QGIS's words: symbols, classes, labels."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping

from kunshan_gis.model import Style

MM = 25.4 / 96
"""Millimetres of a pixel on a screen."""

DEMO_DASH = "6 3"
FONT = "Noto Sans CJK SC"


def add_style(layer: ET.Element, shape: str, styles: Mapping[str, Style], *, by: str, dashed: bool) -> None:
    """A renderer: one symbol for all features, or one for each value of the expression `by` ("": all others)."""
    kind = "categorizedSymbol" if by else "singleSymbol"
    renderer = ET.SubElement(layer, "renderer-v2", {"type": kind, "enableorderby": "0", "forceraster": "0"})
    if by:
        renderer.set("attr", by)
        categories = ET.SubElement(renderer, "categories")
        for number, (value, style) in enumerate(styles.items()):
            ET.SubElement(categories, "category", {
                "symbol": str(number), "value": value, "label": f"{style.zh} {style.en}", "render": "true",
            })  # fmt: skip
    symbols = ET.SubElement(renderer, "symbols")
    for number, style in enumerate(styles.values()):
        _symbol(symbols, str(number), shape, style, dashed=dashed)


def _symbol(parent: ET.Element, name: str, shape: str, style: Style, *, dashed: bool) -> None:
    kinds = {"Point": "marker", "Line": "line", "Polygon": "fill"}
    symbol = ET.SubElement(parent, "symbol", {
        "name": name, "type": kinds[shape], "alpha": f"{style.opacity:g}", "clip_to_extent": "1", "force_rhr": "0",
    })  # fmt: skip
    makers = {"Point": _marker, "Line": _line, "Polygon": _fill}
    makers[shape](symbol, style, DEMO_DASH if dashed and style.dash is None else style.dash)


def _properties(symbol: ET.Element, name: str, properties: Mapping[str, str]) -> None:
    node = ET.SubElement(symbol, "layer", {"class": name, "enabled": "1", "locked": "0", "pass": "0"})
    for key, value in properties.items():
        ET.SubElement(node, "prop", {"k": key, "v": value})


def _marker(symbol: ET.Element, style: Style, dash: str | None) -> None:
    _properties(symbol, "SimpleMarker", {
        "name": "circle", "color": _rgb(style.fill or style.color), "outline_color": _rgb(style.color),
        "outline_style": "dash" if dash else "solid", "outline_width": _mm(style.width), "outline_width_unit": "MM",
        "size": _mm(2 * style.radius), "size_unit": "MM",
    })  # fmt: skip


def _line(symbol: ET.Element, style: Style, dash: str | None) -> None:
    _properties(symbol, "SimpleLine", {
        "line_color": _rgb(style.color), "line_style": "solid", "line_width": _mm(max(style.width, 0.4)),
        "line_width_unit": "MM", "capstyle": "round", "joinstyle": "round", **_dashes(dash),
    })  # fmt: skip


def _fill(symbol: ET.Element, style: Style, dash: str | None) -> None:
    if style.fill is not None:
        _properties(symbol, "SimpleFill", {
            "color": _rgb(style.fill), "style": "b_diagonal" if style.hatch else "solid", "outline_style": "no",
        })  # fmt: skip
    if style.width or style.fill is None:
        _line(symbol, style, dash)


def _dashes(dash: str | None) -> dict[str, str]:
    """A dash in pixels (`9 3 2 3`) in millimetres."""
    if dash is None:
        return {"use_custom_dash": "0"}
    return {
        "use_custom_dash": "1",
        "customdash": ";".join(_mm(float(part)) for part in dash.split()),
        "customdash_unit": "MM",
    }


def _rgb(color: str) -> str:
    """`#rrggbb` as QGIS writes it."""
    return ",".join(str(int(color[place : place + 2], 16)) for place in (1, 3, 5)) + ",255"


def _mm(pixels: float) -> str:
    return f"{pixels * MM:.2f}"


def add_labels(layer: ET.Element, column: str) -> None:
    """Names on the map, with a white edge."""
    labeling = ET.SubElement(layer, "labeling", {"type": "simple"})
    settings = ET.SubElement(labeling, "settings", {"calloutType": "simple"})
    style = ET.SubElement(settings, "text-style", {
        "fieldName": column, "isExpression": "0", "fontFamily": FONT, "fontSize": "9", "fontSizeUnit": "Point",
        "textColor": "38,49,58,255", "textOpacity": "1", "namedStyle": "Regular", "fontWeight": "50",
    })  # fmt: skip
    ET.SubElement(style, "text-buffer", {
        "bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": "255,255,255,255",
        "bufferOpacity": "0.9", "bufferNoFill": "0",
    })  # fmt: skip
    ET.SubElement(settings, "placement", {"placement": "1", "dist": "1", "distUnits": "MM", "priority": "5"})
    ET.SubElement(settings, "rendering", {"obstacle": "0", "displayAll": "0"})
