"""Vector layers of any size as one Folium element: packed coordinates, drawn on a canvas, with values to read.

Coordinates are quantised to 1e-5 degree (about 1 m), written as differences in zigzag varints and carried as
base64: 100,000 street edges take about 2 MB and are drawn in about a second. `assets/packed.js` is the other half.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from kunshan_gis.crs import WEB
from kunshan_gis.errors import CRSError, ParameterError, listed
from kunshan_gis.maps.escape import LONGEST, clean, escape, js_json
from kunshan_gis.maps.values import Field, empty
from kunshan_gis.messages import NOTHING, Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from kunshan_gis.model import Style

QUANTUM = 1e-5
_SHAPES = {0: "point", 1: "line", 2: "area"}


@cache
def asset(name: str) -> str:
    """The text of a file in `maps/assets`."""
    return (files("kunshan_gis.maps") / "assets" / name).read_text(encoding="utf-8")


@dataclass(frozen=True, eq=False)
class Drawing:
    """What a packed layer is drawn with.

    Attributes
    ----------
    styles : mapping of class to Style, drawn from the last to the first
    by : column that holds the class; with one style alone it may be left out
    fields : the only columns whose values enter the page
    label : field written beside its feature, where there is room
    label_size : pixels; 0 is the usual size for its shape
    label_zoom : zoom level from which labels are written
    label_look : names of waters are lighter and in italics
    title, note : heading and last line of a feature's card
    order : layers with a higher order lie on top
    min_zoom : zoom level from which the layer is drawn
    demo : figures are rounded as demonstration
    """

    styles: Mapping[str, Style]
    by: str | None = None
    fields: Sequence[Field] = ()
    label: Field | None = None
    label_size: float = 0
    label_zoom: float = 0
    label_look: str = ""
    title: Text = NOTHING
    note: Text = NOTHING
    order: int = 0
    min_zoom: float = 0
    demo: bool = False


class _Scripted(JSCSSMixin):
    """Elements that bring `packed.js` along as a data link, which any Folium map can carry without a network."""

    @property
    def default_js(self) -> list[tuple[str, str]]:  # type: ignore[override]
        code = base64.b64encode(asset("packed.js").encode()).decode()
        return [("packed", f"data:text/javascript;base64,{code}")]


class PackedLayer(_Scripted, Layer):
    """A table drawn by class on a canvas, with cards on hover and click; add it to any Folium map or group.

    Parameters
    ----------
    table : GeoDataFrame
        One row a feature, all points, all lines or all areas, in any CRS.
    drawing : Drawing
        Styles, and the whitelist of columns that may be seen.

    Raises
    ------
    CRSError
        The table states no CRS.
    ParameterError
        Kinds of geometry are mixed, or a class has no style.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.packedLayer({{ this.data }});
        {% endmacro %}
        """
    )

    def __init__(self, table: gpd.GeoDataFrame, drawing: Drawing, *, name: str = "", show: bool = True) -> None:
        super().__init__(name=escape(name) or None, overlay=True, show=show)
        self._name = "PackedLayer"
        self.bounds, data = packed(table, drawing)
        self.data = js_json(data)

    def _get_self_bounds(self) -> list[list[float | None]]:
        return self.bounds


class Watermark(_Scripted):
    """Lines of text repeated across the map's own canvas, so that screenshots and prints carry them."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            L.packedPainter({{ this._parent.get_name() }}).setWatermark({{ this.lines }});
        {% endmacro %}
        """
    )

    def __init__(self, *lines: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Watermark"
        self.lines = js_json(lines)


def packed(table: gpd.GeoDataFrame, drawing: Drawing) -> tuple[list[list[float | None]], dict[str, Any]]:
    """Bounds ([[south, west], [north, east]]) and the data `packed.js` draws, for one table."""
    if table.crs is None:
        raise CRSError(
            Text(
                "没有坐标系的数据表无法绘制；请设置制作时所用的坐标系",
                "a table without CRS cannot be drawn; set the one it was made in",
            )
        )
    if len(table) and (table.geometry.isna() | table.geometry.is_empty).all():
        raise ParameterError(
            Text(
                "要绘制的各行都没有几何；请检查数据表的来历",
                "none of the rows to be drawn has a geometry; look at how the table was made",
            )
        )
    table = table[~(table.geometry.isna() | table.geometry.is_empty)].to_crs(WEB)
    shapes = np.asarray(table.geometry.array)
    kind = _kind(shapes)
    names = list(drawing.styles)
    data: dict[str, Any] = {
        "kind": kind,
        "count": len(table),
        "classes": _base64(_varint(_class_of(table, drawing, names))),
        "styles": [_style(drawing.styles[name]) for name in names],
        "order": drawing.order,
        "minZoom": drawing.min_zoom,
        "labelSize": drawing.label_size,
        "labelZoom": drawing.label_zoom,
        "labelLook": drawing.label_look,
        "title": list(drawing.title),
        "note": list(drawing.note),
        "fields": [_field(table, field, demo=drawing.demo) for field in drawing.fields],
        "labels": _labels(table, shapes, drawing.label, demo=drawing.demo) if drawing.label else [],
    }
    data |= _geometry(shapes, kind)
    if len(table) == 0:
        return [[None, None], [None, None]], data
    west, south, east, north = (float(value) for value in table.total_bounds)
    return [[south, west], [north, east]], data


def _kind(shapes: NDArray[np.object_]) -> str:
    dimensions = set(np.unique(shapely.get_dimensions(shapes)).tolist()) if len(shapes) else {0}
    collections = bool((shapely.get_type_id(shapes) == 7).any())
    if len(dimensions) != 1 or collections:
        raise ParameterError(
            Text(
                "一个图层只能全是点、全是线或全是面，不能混合；请分成几个图层绘制",
                "a drawn table holds points, lines or areas, not a mixture; draw them as separate layers",
            )
        )
    return _SHAPES[dimensions.pop()]


def _class_of(table: gpd.GeoDataFrame, drawing: Drawing, names: list[str]) -> NDArray[np.int64]:
    if drawing.by is None:
        if len(names) != 1:
            raise ParameterError(
                Text(
                    "有多种样式时须给出 `by`，即据以选择样式的字段",
                    "several styles need `by`, the column that chooses between them",
                )
            )
        return np.zeros(len(table), dtype=np.int64)
    place = {name: index for index, name in enumerate(names)}
    values = table[drawing.by].astype(str)
    unknown = sorted(set(values) - set(place))
    if unknown:
        raise ParameterError(
            Text(
                f"字段 `{drawing.by}` 含有 {listed(unknown)}，没有对应的样式；现有：{listed(names, 12)}",
                f"`{drawing.by}` holds {listed(unknown)}, for which there is no style; there are: {listed(names, 12)}",
            )
        )
    return np.asarray(values.map(place), dtype=np.int64)


def _style(style: Style) -> dict[str, Any]:
    parts = asdict(style)
    return {key: parts[key] for key in ("color", "fill", "width", "dash", "opacity", "radius", "hatch")}


def _field(table: gpd.GeoDataFrame, field: Field, *, demo: bool) -> dict[str, Any]:
    """A column as its distinct texts and, row by row, which of them."""
    pairs = [_shown(pair) for pair in field.texts(table, demo=demo)]
    distinct = list(dict.fromkeys(pairs))
    place = {pair: index for index, pair in enumerate(distinct)}
    index = np.array([place[pair] for pair in pairs], dtype=np.int64)
    return {
        "name": list(field.heading(demo=demo)),
        "figure": field.format not in ("text", "term"),
        "texts": [pair.zh if pair.zh == pair.en else list(pair) for pair in distinct],
        "index": _base64(_varint(index)),
    }


def _shown(pair: Text) -> Text:
    return Text(clean(pair.zh, longest=LONGEST), clean(pair.en, longest=LONGEST))


def _labels(
    table: gpd.GeoDataFrame, shapes: NDArray[np.object_], field: Field, *, demo: bool
) -> list[list[float | str]]:
    places = shapely.get_coordinates(_label_points(shapes)).round(5)
    labels: list[list[float | str]] = []
    texts = field.texts(table, demo=demo)
    for row, (value, pair, (lon, lat)) in enumerate(
        zip(table[field.column].tolist(), texts, places.tolist(), strict=True)
    ):
        if not empty(value):
            labels.append([row, lon, lat, clean(pair.zh, longest=24), clean(pair.en, longest=40)])
    return labels


def _label_points(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    lines = shapely.get_dimensions(shapes) == 1
    points = np.asarray(shapely.point_on_surface(shapes), dtype=object)
    if lines.any():
        longest = [max(shapely.get_parts(shape), key=shapely.length) for shape in shapes[lines]]
        points[lines] = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    return points


def _geometry(shapes: NDArray[np.object_], kind: str) -> dict[str, Any]:
    """Coordinates and counts as varints: rings of an area, parts of a line, points."""
    parts, feature = shapely.get_parts(shapes, return_index=True)
    if kind == "area":
        rings, part = shapely.get_rings(parts, return_index=True)
        parts, feature = rings, feature[part]
    points, part_of_point = shapely.get_coordinates(parts, return_index=True)
    grid = np.rint(points / QUANTUM).astype(np.int64)
    deltas = np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    zigzag = np.where(deltas >= 0, deltas * 2, -deltas * 2 - 1)
    return {
        "parts": _base64(_varint(np.bincount(feature, minlength=len(shapes)))),
        "points": _base64(_varint(np.bincount(part_of_point, minlength=len(parts)))),
        "xy": _base64(_varint(zigzag.ravel())),
    }


def _varint(values: NDArray[Any]) -> bytes:
    """Whole numbers from zero up, seven bits a byte, the lowest first."""
    left = np.asarray(values, dtype=np.uint64)
    columns = np.zeros((len(left), 10), dtype=np.uint8)
    used = np.ones(len(left), dtype=np.int64)
    for place in range(10):
        columns[:, place] = (left & np.uint64(127)).astype(np.uint8)
        left = left >> np.uint64(7)
        more = left > 0
        if not more.any():
            break
        columns[more, place] |= 128
        used[more] += 1
    kept = np.arange(10)[None, :] < used[:, None]
    return columns[kept].tobytes()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
