"""From a page to one HTML file: the Folium map, inlined, inside our own frame."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any
from urllib.parse import quote

import folium
from jinja2 import Environment
from markupsafe import Markup

from kunshan_gis.maps import chart_drawn, headlines, legend, tables
from kunshan_gis.maps.escape import clean, escape, js_json
from kunshan_gis.maps.offline import POLICY, parts
from kunshan_gis.maps.packed import Drawing, PackedLayer, Watermark, asset
from kunshan_gis.maps.page import Bounds, MapLayer, MapPage, Span
from kunshan_gis.messages import NOTHING, Text, text

_FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="4" fill="#17545c"/>'
    '<path d="M4 22 L12 9 L17 17 L21 12 L28 22 Z" fill="#fbfaf6"/>'
    '<path d="M4 26h24" stroke="#d9a441" stroke-width="2.5"/>'
    "</svg>"
)
_SPOKEN = ("zoom_in", "zoom_out", "full_extent", "close", "also_here")


def render(page: MapPage) -> str:
    """The page as one HTML document that asks the network for nothing; the same page gives the same bytes.

    Raises
    ------
    CRSError
        A layer's table states no CRS.
    ParameterError
        A layer mixes kinds of geometry, or holds a class without a style.
    """
    map_, groups = folium_map(page)
    made = parts(map_)
    data = {
        "map": made.name(map_),
        "bounds": _leaflet_bounds(page),
        "text": {"title": list(page.title)} | {key: list(text(key)) for key in _SPOKEN},
    }
    html: str = _template().render(
        page=page,
        map=made,
        grounded=any(layer.key == "ground" for layer in page.layers),
        legend=legend.groups(page.layers, {key: made.name(group) for key, group in groups.items()}),
        attributes=[tables.attributes(layer, demo=page.demo) for layer in reversed(page.layers) if layer.fields],
        data=js_json(data),
        css=asset("page.css"),
        script=asset("page.js"),
        policy=POLICY,
        favicon="data:image/svg+xml;base64," + base64.b64encode(_FAVICON.encode()).decode(),
        table_html=lambda table: tables.page_table(table, demo=page.demo),
        charts=[chart_drawn.drawn(chart, demo=page.demo) for chart in page.charts],
    )
    return html


def folium_map(page: MapPage) -> tuple[folium.Map, dict[str, folium.FeatureGroup]]:
    """The page's map, and the feature group of each layer by its key."""
    bounds = _leaflet_bounds(page) or [[-60.0, -180.0], [75.0, 180.0]]
    centre = [(bounds[0][axis] + bounds[1][axis]) / 2 for axis in (0, 1)]
    map_ = folium.Map(
        centre,
        tiles=None,
        zoom_start=10,
        zoom_snap=0.1,
        zoom_delta=0.5,
        minZoom=3,
        maxZoom=18,
        attributionControl=False,
    )
    groups: dict[str, folium.FeatureGroup] = {}
    for order, layer in enumerate(page.layers):
        group = folium.FeatureGroup(name=escape(layer.title.zh), show=layer.shown)
        group.add_to(map_)
        PackedLayer(layer.table, _drawing(layer, order, demo=page.demo)).add_to(group)
        groups[layer.key] = group
    if page.demo and page.marked_map:
        Watermark(*text("demo_mark")).add_to(map_)
    return map_, groups


def _drawing(layer: MapLayer, order: int, *, demo: bool) -> Drawing:
    own_basis = any(field.column == "basis" for field in layer.fields)  # a row's own word goes before the layer's
    basis = legend.basis_tag(layer) or text(f"basis_{layer.basis}")
    note = text("derived_note" if layer.derived else "basis_note", basis=basis)
    return Drawing(
        styles=legend.drawn_styles(layer),
        by=layer.by,
        fields=layer.fields,
        label=layer.label,
        label_size=layer.label_size,
        label_zoom=layer.label_zoom,
        label_look=layer.label_look,
        title=Text(*(clean(part, longest=60) for part in layer.title)),
        note=NOTHING if own_basis else note,
        order=order,
        min_zoom=layer.min_zoom,
        demo=demo,
    )


def _leaflet_bounds(page: MapPage) -> list[list[float]] | None:
    extent = page.extent or _extent(page.layers)
    return [[extent[1], extent[0]], [extent[3], extent[2]]] if extent else None


def _extent(layers: tuple[MapLayer, ...]) -> Bounds | None:
    boxes = [layer.table.to_crs("EPSG:4326").total_bounds for layer in layers if len(layer.table)]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return float(min(west)), float(min(south)), float(max(east)), float(max(north))


def _escaped(value: Any) -> Any:
    """What a template expression prints: markup made by our own functions as it is, all else escaped."""
    return value if isinstance(value, Markup) else escape(value, longest=1000)


@cache
def _template() -> Any:
    environment = Environment(finalize=_escaped, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 (finalize escapes more)
    environment.globals |= {
        "markup": Markup,
        "both": lambda pair, *longest: Markup(tables.both(pair, *longest)),  # noqa: S704 (escaped there)
        "state_bar": tables.state_bar,
        "chip_shape": headlines.chip_shape,
        "span_bar": headlines.span_bar,
        "span_key": headlines.span_bar(Span(0.5, 0.25, 0.7, 0.85)),
        "text": text,
        "href": href,
    }
    return environment.from_string(asset("page.html.j2"))


def href(file: str) -> Markup:
    """A relative link to a file beside the page, percent-encoded: never a scheme, never another host."""
    return Markup("./" + quote(clean(file).lstrip("/"), safe="/"))  # noqa: S704 (percent-encoded)
